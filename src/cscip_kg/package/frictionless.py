"""The package as a Frictionless data package (version 2): `datapackage.json`.

In: what is said of the package, its files and tables. Out: a document that names the files with size and
sha256, and every column with its type and meaning. "Not stated" stays a value of texts; in columns of numbers
it is declared as a word for a missing one. The workbook, which repeats the tables, and the records are left
to the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cscip_kg.package.about import LICENCE_NAME, LICENCE_SPDX, About
from cscip_kg.package.contents import TSV, Item
from cscip_kg.package.tables import Column, Described

FILE: Final = "datapackage.json"
_SCHEMA: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_RESOURCE: Final = "https://datapackage.org/profiles/2.0/dataresource.json"
_TYPES: Final = {"text": "string", "number": "number", "integer": "integer", "list": "list"}


def _field(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind]}
    if column.meaning:
        made["description"] = column.meaning
    if column.kind == "list":
        made["delimiter"] = "|"
    if column.kind in ("number", "integer"):
        made["missingValues"] = ["", "not stated"]
    elif column.full:
        made["constraints"] = {"required": True}
    return made


def _links(item: Item) -> dict[str, Any]:
    """Return what makes a table of a file of links, which begins with its own description as comments."""
    lines = item.content.decode().splitlines()
    header = next(line for line in lines if not line.startswith("#"))
    fields = [{"name": name, "type": "string"} for name in header.split("\t")]
    return {
        "type": "table",
        "dialect": {"delimiter": "\t", "commentChar": "#", "header": True},
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _resource(item: Item, table: Described | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": item.name,
        "path": item.path,
        "title": item.title,
        "mediatype": item.media,
        "encoding": "utf-8",
        "bytes": item.size,
        "hash": f"sha256:{item.sha256}",
    }
    if item.media == TSV:
        return made | _links(item)
    if table is None:
        return made
    schema: dict[str, Any] = {"fields": [_field(c) for c in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = [table.key]
    return made | {
        "description": table.description,
        "type": "table",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }


def data_package(told: About, items: Iterable[Item], tables: Iterable[Described]) -> dict[str, Any]:
    """Return the document.

    Args:
        told: what is said of the whole package.
        items: its files but for this one.
        tables: the descriptions of those that are tables.
    """
    known = {table.item.path: table for table in tables}
    shown = [item for item in items if item.media == TSV or not (item.in_tree or item.path.endswith(".xlsx"))]
    return {
        "$schema": _SCHEMA,
        "name": "cscip-kg",
        "id": told.iri,
        "title": told.title,
        "description": told.description,
        "version": told.version,
        "created": f"{told.day.isoformat()}T00:00:00Z",
        "keywords": list(told.keywords),
        "licenses": [{"name": LICENCE_SPDX, "path": told.licence, "title": LICENCE_NAME}],
        "contributors": [{"title": told.creator, "roles": ["creator"]}],
        "sources": [
            {"title": f"{source.title} ({source.short})", "path": source.iri} for source in told.sources
        ],
        "resources": [_resource(item, known.get(item.path)) for item in shown],
    }
