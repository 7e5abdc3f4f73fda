"""The API described for machines: OpenAPI 3.1, made from the headers of the stored queries.

In: the stored queries and the names of a build. Out: a document with an operation for each query, its
parameters typed: the allowed values where they are few, else what a value looks like and an example.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cscip_kg import __version__, queries, store
from cscip_kg.described.dataset import CREATORS, TITLE
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION
from cscip_kg.queries import Parameter, StoredQuery
from cscip_kg.rest import rows
from cscip_kg.rest.schemas import (
    MISSING,
    NUMBER,
    PATTERN,
    PROBLEMS,
    SLUG,
    TEXT,
    TEXTS,
    TYPED,
    Schema,
    answer,
    fields,
    form,
    other_paths,
    parameter,
    problem,
    ref,
)
from cscip_kg.rest.stored import FORMS, MOST_PAGES, MOST_PER_PAGE, PER_PAGE, is_graph
from cscip_kg.rest.values import allowed

_PLACE: Final[Schema] = {"type": ["string", "null"]}
_CELL: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}
_ABOUT: Final = (
    "The stored queries of the evidence graph, each by its name and parameters; search, plain questions, the "
    "gap map and profiles besides. Read-only, no key.\n\n"
    "A row is an object with the query's columns as fields. A thing is its whole IRI as text, and its name "
    "stands in a field of its own; a number is a number; an open cell is null; lists and citations are "
    'arrays in every row. "not stated" and "lost in extraction" are values, also where other rows have '
    "numbers. JSON comes page by page with the number of all rows, and `next` is as seen from the answer's "
    "own address; CSV and Turtle hold every row unless `page` or `per_page` is given. Turtle of rows is in "
    "the W3C's result set vocabulary; that of a query that makes a graph is the graph.\n\n"
    f"A parameter takes a slug, an IRI or a name of the thing. What is left empty is left out. {CAUTION}"
)


def _value(one: Parameter, folder: Path | None) -> Schema:
    """Return what one value of a parameter looks like."""
    if one.kind == "integer":
        return {"type": "integer", "minimum": -(10**15) + 1, "maximum": 10**15 - 1}
    if one.kind == "string":
        return TYPED
    if one.kind == "thing":
        return {"type": "string", "pattern": f"^{SLUG}/{SLUG}(#[A-Za-z0-9-]+)?$"}
    return ref(f"kind-{one.kind}") if allowed(one, folder) else PATTERN


def _example(one: Parameter) -> Any:
    if one.kind == "integer":
        return int(one.example)
    start = f"{one.kind}/"
    parts = [part.strip().removeprefix(ID).removeprefix(start) for part in one.example.split(",")]
    return parts if one.many else one.example.removeprefix(ID).removeprefix(start)


def _parameter(one: Parameter, folder: Path | None) -> Schema:
    value = _value(one, folder)
    needs = f" Only together with `{one.needs}`." if one.needs else ""
    schema = {"type": "array", "minItems": 1, "items": value} if one.many else value
    told = parameter(
        one.name,
        f"{one.summary} ({one.kind}).{needs}",
        schema,
        required=one.required,
        example=_example(one),
    )
    return told | ({"style": "form", "explode": False} if one.many else {})


def _stored(query: StoredQuery, folder: Path | None) -> Schema:
    cells = {column: TEXTS if rows.is_list(query, column) else _CELL for column in query.columns}
    row = fields(cells) | {"additionalProperties": False}
    page = {"allOf": [ref("Page"), {"properties": {"rows": {"type": "array", "items": row}}}]}
    turtle = "the graph itself" if is_graph(query) else "a W3C result set"
    told = answer(page, f"Rows; as Turtle, {turtle}.", FORMS["csv"], FORMS["ttl"])
    told["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
    own = [{"$ref": f"#/components/parameters/{name}"} for name in ("page", "per_page", "format")]
    return {
        "get": {
            "operationId": f"query-{query.name}",
            "summary": query.summary,
            "description": query.description,
            "tags": [query.topic],
            "parameters": [*(_parameter(p, folder) for p in query.parameters), *own],
            "responses": {"200": told, **PROBLEMS, **MISSING},
        }
    }


def _kinds(folder: Path | None) -> Schema:
    """Return the allowed values of each kind of parameter that has few."""
    every = {p.kind: p for query in queries.catalogue().values() for p in query.parameters}
    found = {kind: allowed(one, folder) for kind, one in sorted(every.items())}
    return {f"kind-{kind}": {"enum": few} | TEXT for kind, few in found.items() if few}


def _components(folder: Path | None) -> Schema:
    page = fields(
        dict.fromkeys(("query", "summary", "description", "caution", "cite", "build", "version"), TEXT)
        | dict.fromkeys(("count", "page", "pages", "per_page"), NUMBER)
        | dict.fromkeys(("next", "previous"), _PLACE)
        | {"parameters": {"type": "object"}, "columns": TEXTS}
        | {"rows": {"type": "array", "items": {"type": "object"}}}
    )
    wrong = fields({"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT})
    wrong["properties"] |= {"parameter": TEXT, "allowed": TEXTS, "nearest": TEXTS, "example": TEXT}
    which = {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 1}
    size = {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE}
    return {
        "schemas": {"Page": page, "Problem": wrong, **_kinds(folder)},
        "responses": {
            "BadRequest": problem("A parameter is missing, unknown, given twice, or has no such value."),
            "NotFound": problem("There is no such thing, or no such page."),
            "NotAcceptable": problem("The client accepts none of the forms."),
        },
        "headers": {
            "Link": {"description": "First, last and neighbouring pages (RFC 8288).", "schema": TEXT}
        },
        "parameters": {
            "page": parameter("page", "Which page.", which),
            "per_page": parameter("per_page", "Rows on a page.", size),
            "format": form(*FORMS),
        },
    }


@lru_cache(maxsize=2)
def _paths(build: Path) -> dict[str, Schema]:
    folder = build.parent.parent
    found = {f"/api/queries/{q.name}": _stored(q, folder) for q in queries.catalogue().values()}
    return other_paths() | found


def openapi(folder: Path | None = None, server: str = "..") -> Schema:
    """Return the description of the API.

    Args:
        folder: the build folder that allowed values are read from.
        server: the address that the paths are under, also as seen from the document's own.

    Raises:
        NoStoreError: nothing has been built.
    """
    topics = list(dict.fromkeys(query.topic for query in queries.catalogue().values()))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": __version__,
            "description": _ABOUT,
            "contact": {"name": CREATORS},
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
            "x-build": store.describe(folder).id,
        },
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in (*topics, "other")],
        "paths": _paths(store.current(folder)),
        "components": _components(folder),
    }
