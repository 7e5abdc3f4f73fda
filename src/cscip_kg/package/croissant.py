"""The package in Croissant 1.0, for who loads data sets into programs that learn: `croissant.json`.

In: what is said of the package, its files and tables. Out: JSON-LD that names the files with their sha256 and
the columns of each table with their meaning. The context stands in the document: nothing is fetched to read
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cscip_kg.package.about import About
from cscip_kg.package.contents import Item
from cscip_kg.package.tables import Column, Described
from cscip_kg.pages import cite_as

FILE: Final = "croissant.json"
# The specification's own context, word for word: tools warn of any other.
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def _file(item: Item) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": item.path,
        "name": item.path,
        "description": item.title,
        "contentUrl": item.path,
        "contentSize": f"{item.size} B",
        "encodingFormat": item.media,
        "sha256": item.sha256,
    }


def _kind(column: Column) -> str:
    # A reader of numbers stumbles over "not stated": such columns are read as they are printed.
    if column.gaps or column.kind in ("text", "list"):
        return "sc:Text"
    return "sc:Integer" if column.kind == "integer" else "sc:Float"


def _records(table: Described) -> dict[str, Any]:
    name = table.item.path.rpartition("/")[2].removesuffix(".csv")
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{column.name}",
            "name": column.name,
            "description": column.meaning or f"The column {column.name} of the table.",
            "dataType": _kind(column),
            "source": {"fileObject": {"@id": table.item.path}, "extract": {"column": column.name}},
        }
        for column in table.columns
    ]
    made: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{table.item.title.removeprefix('Table: ')}. {table.description}",
        "field": fields,
    }
    if table.key:
        made["key"] = {"@id": f"{name}/{table.key}"}
    return made


def croissant(told: About, items: Iterable[Item], tables: Iterable[Described]) -> dict[str, Any]:
    """Return the document.

    Args:
        told: what is said of the whole package.
        items: its files; those of folders that stand there as a whole are left to the other descriptions.
        tables: the descriptions of those that are tables.
    """
    maker = {"@type": "sc:Organization", "name": told.creator}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "@id": told.iri,
        "name": told.title,
        "description": told.description,
        "url": told.iri,
        "version": told.version,
        "license": told.licence,
        "datePublished": told.day.isoformat(),
        "inLanguage": "en",
        "keywords": list(told.keywords),
        "creator": maker,
        "publisher": maker,
        "citeAs": cite_as(told.title, told.build),
        "isLiveDataset": False,
        "distribution": [_file(item) for item in items if not item.in_tree],
        "recordSet": [_records(table) for table in tables],
    }
