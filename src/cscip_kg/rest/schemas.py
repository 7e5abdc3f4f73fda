"""The parts that an OpenAPI document is put together from, and what is not a stored query.

In: names and schemas. Out: pieces of an OpenAPI 3.1 document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cscip_kg import gapmap, queries, search
from cscip_kg.reply import PROBLEM
from cscip_kg.rest.others import MOST_HITS
from cscip_kg.rest.problems import MAX_VALUE
from cscip_kg.rest.stored import FORMS

Schema = dict[str, Any]
SLUG: Final = "[a-z0-9-]+"
TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
NUMBER: Final[Schema] = {"type": "integer", "minimum": 0}
TYPED: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": MAX_VALUE}
PATTERN: Final[Schema] = {"type": "string", "pattern": f"^{SLUG}$"}
_NAMES: Final[Schema] = {"type": "object", "additionalProperties": TEXT}
_OBJECTS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
PROBLEMS: Final[Schema] = {
    "400": {"$ref": "#/components/responses/BadRequest"},
    "406": {"$ref": "#/components/responses/NotAcceptable"},
}
MISSING: Final[Schema] = {"404": {"$ref": "#/components/responses/NotFound"}}


def ref(name: str) -> Schema:
    """Return a reference to one of the schemas of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def fields(properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    """Return a parameter of the query string; one that may be left out may also be left empty."""
    taken = schema if more.get("required") else {"anyOf": [schema, {"const": ""}]}
    return {"name": name, "in": "query", "description": description, "schema": taken, **more}


def form(*names: str) -> Schema:
    """Return the parameter `format` with the forms there are."""
    return parameter("format", "The form of the answer; wins over `Accept`.", {"enum": [*names]} | TEXT)


def answer(schema: Schema, description: str, *others: str) -> Schema:
    """Return the answer of an operation: JSON of a schema, and text of other media types."""
    other = {media: {"schema": TEXT} for media in others}
    return {"description": description, "content": {FORMS["json"]: {"schema": schema}, **other}}


def problem(description: str) -> Schema:
    """Return an answer in problem details."""
    return {"description": description, "content": {PROBLEM: {"schema": ref("Problem")}}}


def _get(name: str, summary: str, told: Schema, *parameters: Schema) -> Schema:
    in_path = any(one["in"] == "path" for one in parameters)
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": ["other"],
            "parameters": list(parameters),
            "responses": {"200": told, **PROBLEMS, **(MISSING if in_path else {})},
        }
    }


def _in_path(name: str, schema: Schema, example: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


_HITS: Final = fields(
    {
        "hits": {
            "type": "array",
            "items": fields(
                dict.fromkeys(("id", "iri", "name", "kind"), TEXT)
                | {"score": {"type": "number"}}
                | dict.fromkeys(("why", "citations", "fields"), TEXTS)
            ),
        },
        "unknown": TEXTS,
        "read_as": _NAMES,
        "caution": TEXT,
        "build": TEXT,
    }
)
_ASKED: Final = fields(
    dict.fromkeys(("question", "query", "reason", "caution", "build"), TEXT)
    | dict.fromkeys(("why", "columns", "alternatives"), TEXTS)
    | {"answered": {"type": "boolean"}, "parameters": _NAMES, "rows": {"type": "array", "items": TEXTS}}
)
_CELL: Final[Schema] = {
    "type": "object",
    "required": ["row", "outcome", "interventions", "findings"],
    "properties": {"row": TEXT, "outcome": TEXT},
    "additionalProperties": NUMBER,
}
_MAP: Final = fields(
    dict.fromkeys(("map", "title", "query", "note", "caution", "build"), TEXT)
    | dict.fromkeys(("rows", "outcomes"), _NAMES)
    | {
        "cells": {"type": "array", "items": _CELL},
        "process": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": NUMBER},
        },
    }
)
_PANEL: Final = fields({"query": TEXT, "summary": TEXT, "columns": TEXTS, "rows": _OBJECTS})
_PROFILE: Final = fields(
    dict.fromkeys(("id", "iri", "name", "caution", "cite", "build"), TEXT)
    | {"panels": {"type": "object", "additionalProperties": _PANEL}, "sources": _NAMES}
)
_QUESTION: Final = "which projects reduced missing episodes?"


def other_paths() -> dict[str, Schema]:
    """Return the operations that are no stored queries."""
    topics = list(dict.fromkeys(query.topic for query in queries.catalogue().values()))
    listed = fields({"count": NUMBER, "topics": TEXTS, "queries": _OBJECTS, "build": TEXT})
    every = fields({"count": NUMBER, "interventions": _OBJECTS, "build": TEXT})
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_HITS}
    return {
        "/api/queries": _get(
            "list-queries",
            "The stored queries with their parameters and columns",
            answer(listed, "The list."),
            parameter("topic", "Those of one topic.", {"enum": topics} | TEXT),
            form("json"),
        ),
        "/api/search": _get(
            "search",
            "Things by words, interventions first, with why each was found",
            answer(_HITS, "Hits; `score` tells how well words fit and weighs no evidence."),
            parameter("q", "The words.", TYPED, required=True, example="missing episodes"),
            parameter("kind", "One kind only.", {"enum": list(search.KINDS)} | TEXT),
            parameter("limit", "How many at most.", limit),
            form("json"),
        ),
        "/api/ask": _get(
            "ask",
            "A plain question: a stored query's answer, or the reason why there is none",
            answer(_ASKED, "`answered` tells which."),
            parameter("q", "The question.", TYPED, required=True, example=_QUESTION),
            form("json"),
        ),
        "/api/map/{rows}": _get(
            "gap-map",
            "The evidence gap map",
            answer(_MAP, "Every cell.", FORMS["csv"]),
            _in_path("rows", {"enum": list(gapmap.TITLES)} | TEXT, "practice"),
            form("json", "csv"),
        ),
        "/api/interventions": _get(
            "list-interventions", "Every intervention", answer(every, "The list."), form("json")
        ),
        "/api/interventions/{slug}": _get(
            "profile",
            "All that is said of an intervention",
            answer(_PROFILE, "Panel by panel."),
            _in_path("slug", PATTERN, "pause"),
            form("json"),
        ),
    }
