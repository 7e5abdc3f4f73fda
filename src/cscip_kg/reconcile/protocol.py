"""What a client of the Reconciliation Service API 0.2 sends → what it gets back, as values for JSON.

In: the text of a batch of queries, or of a query for values. Out: answers after the specification's schemas,
or a `Refusal` that tells what is wrong with which query. A batch is answered whole or refused whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cscip_kg.namespaces import ID
from cscip_kg.reconcile.kinds import KINDS, USUAL, Kind, kind_named
from cscip_kg.reconcile.matching import Candidate, candidates, why
from cscip_kg.reconcile.properties import PROPERTIES, Property, Value, values
from cscip_kg.reconcile.refining import Wanted, by_columns, refined
from cscip_kg.reconcile.register import Register, register
from cscip_kg.rest.problems import Refusal, shown

MOST_QUERIES: Final = 50
MOST_IDS: Final = 200
MOST_VALUES: Final = 50
PER_QUERY, MOST_PER_QUERY = 10, 50
_KEYS: Final = ("query", "type", "limit", "properties", "type_strict")
_STRICT: Final = ("any", "should", "all")
QUERIES: Final = '{"q0": {"query": "No Wrong Door", "type": "Intervention"}}'
EXTEND: Final = '{"ids": ["organisation/derby-city-council"], "properties": [{"id": "gssCode"}]}'


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _parsed(text: str, name: str, example: str) -> dict[str, Any]:
    """Return the JSON object that a parameter holds."""
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, ValueError) else "it is nested too deep"
        raise Refusal(400, f"{name} is no JSON: {told[:200]}.", parameter=name, example=example) from error
    if not isinstance(found, dict):
        raise Refusal(400, f"{name} holds no JSON object.", parameter=name, example=example)
    return found


class _Query:
    """One query of a batch, checked."""

    def __init__(self, key: str, content: Any) -> None:
        self._key = key
        if not isinstance(content, dict):
            raise self._wrong("It is no JSON object.")
        if unknown := [name for name in content if name not in _KEYS]:
            raise self._wrong(f"It has a field {shown(str(unknown[0]))}. Fields: {', '.join(_KEYS)}.")
        self.text = content.get("query", "")
        if not isinstance(self.text, str):
            raise self._wrong("query is no text.")
        self.limit = self._limit(content.get("limit", PER_QUERY))
        self.strict = content.get("type_strict", "any")
        if self.strict not in _STRICT:
            raise self._wrong(f"type_strict is one of {', '.join(_STRICT)}.")
        self.named, self.kinds = self._kinds(content.get("type", []))
        self.wanted = self._wanted(content.get("properties", []))
        if "query" not in content and not content.get("properties"):
            raise self._wrong("It has neither query nor properties.")

    def _wrong(self, told: str) -> Refusal:
        detail = f"The query {shown(self._key)} cannot be read: {told}"
        return Refusal(400, detail, parameter="queries", example=QUERIES)

    def _limit(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value < 1e9:
            raise self._wrong("limit is a number from 1 on.")
        return min(int(value), MOST_PER_QUERY)

    def _kinds(self, value: Any) -> tuple[bool, list[str]]:
        """Return whether kinds were named, and those of them that there are."""
        several = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in several):
            raise self._wrong("type is a text, or a list of them.")
        given = [one for one in several if one.strip()]
        found = [kind_named(one) for one in given]
        if self.strict == "all" and None in found:
            return True, []
        return bool(given), [kind.id for kind in found if kind]

    def _wanted(self, value: Any) -> Wanted:
        if not isinstance(value, list) or len(value) > MOST_VALUES:
            raise self._wrong(f"properties is a list of at most {MOST_VALUES}.")
        found = []
        for one in value:
            if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
                raise self._wrong('each of properties is an object with "pid" and "v".')
            given = frozenset(self._given(one["v"]))
            if (prop := PROPERTIES.get(one["pid"])) and given:
                found.append((prop, given))
        return found

    def _given(self, value: Any) -> list[str]:
        several = value if isinstance(value, list) else [value]
        if len(several) > MOST_VALUES:
            raise self._wrong(f"v holds at most {MOST_VALUES} values.")
        found = []
        for one in several:
            text = one.get("id") if isinstance(one, dict) else one
            if not isinstance(text, str | int | float):
                raise self._wrong(
                    'v is a text, a number, yes or no, or an object with "id"; or a list of them.'
                )
            found.append(str(text).removeprefix(ID).strip().casefold())
        return [text for text in found if text]


def _features(one: Candidate) -> list[dict[str, Any]]:
    evidence = one.evidence
    told: dict[str, bool | float] = {
        "same_name": evidence.same,
        "words_of_text": round(evidence.of_text, 3),
        "words_of_name": round(evidence.of_name, 3),
        "slips": evidence.slips,
        "kind": evidence.kind,
        "ahead": one.ahead,
        **{f"column_{name}": agrees for name, agrees in one.columns.items()},
    }
    return [{"id": name, "value": value} for name, value in told.items()]


def types_of(kinds: tuple[str, ...]) -> list[dict[str, str]]:
    """Return kinds as answers have them."""
    return [{"id": KINDS[one].id, "name": KINDS[one].name} for one in kinds]


def _result(one: Candidate) -> dict[str, Any]:
    return {
        "id": one.entity.id,
        "name": one.entity.name,
        "description": f"Found by {why(one)}.",
        "score": one.score,
        "match": one.match,
        "features": _features(one),
        "type": types_of(one.entity.kinds),
    }


def _answered(known: Register, query: _Query, folder: Path | None) -> list[dict[str, Any]]:
    if query.named and not query.kinds:
        return []
    if query.text.strip():
        found = candidates(known, query.text, query.kinds, limit=len(known.entities))
        if query.wanted:
            found = refined(found, query.wanted, query.kinds or USUAL, folder)
    else:
        found = by_columns(known, query.wanted, query.kinds or USUAL, folder)
    if query.strict == "all":
        found = [one for one in found if set(query.kinds) <= set(one.entity.kinds)]
    return [_result(one) for one in found[: query.limit]]


def reconciled(text: str, folder: Path | None = None) -> dict[str, Any]:
    """Answer a batch of reconciliation queries.

    Args:
        text: the JSON of the parameter `queries`.
        folder: the build folder.

    Raises:
        Refusal: it is no batch as the specification has it, or too large.
    """
    batch = _parsed(text, "queries", QUERIES)
    if len(batch) > MOST_QUERIES:
        raise Refusal(
            400, f"A batch holds at most {MOST_QUERIES} queries, not {len(batch)}.", parameter="queries"
        )
    queries = {key: _Query(key, content) for key, content in batch.items()}
    known = register(folder)
    return {key: {"result": _answered(known, query, folder)} for key, query in queries.items()}


def _cell(prop: Property, value: Value) -> dict[str, Any]:
    if prop.shape == "thing":
        return {"id": value.id, "name": value.text}
    return {"int": int(value.text)} if prop.shape == "number" else {"str": value.text}


def _columns(asked: Any) -> list[tuple[Property, int]]:
    """Return the properties asked for, each with how many values are wanted; 0 for all."""

    def wrong(told: str) -> Refusal:
        return Refusal(400, told, parameter="extend", allowed=list(PROPERTIES), example=EXTEND)

    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise wrong('properties is a list of objects with "id".')
    found = []
    for one in asked:
        name, settings = one.get("id"), one.get("settings", {})
        if name not in PROPERTIES:
            raise wrong(f"There is no property {shown(str(name))}.")
        limit = settings.get("limit", 0) if isinstance(settings, dict) else None
        if isinstance(limit, str) and limit.isascii() and limit.isdigit():
            limit = int(limit[:6])
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit < 1e6:
            raise wrong("The setting limit is a number from 0 on.")
        found.append((PROPERTIES[name], int(limit)))
    return found


def extended(text: str, service: str, folder: Path | None = None) -> dict[str, Any]:
    """Answer a query for values of properties.

    Args:
        text: the JSON of the parameter `extend`.
        service: the address of this service, with which ids in the answer can be matched.
        folder: the build folder.

    Raises:
        Refusal: it is no query as the specification has it, or too large.
    """
    asked = _parsed(text, "extend", EXTEND)
    ids, columns = asked.get("ids"), _columns(asked.get("properties"))
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids) or len(ids) > MOST_IDS:
        raise Refusal(400, f"ids is a list of at most {MOST_IDS} texts.", parameter="extend", example=EXTEND)
    rows: dict[str, Mapping[str, Any]] = {}
    for one in ids:
        iri = ID + one.removeprefix(ID)
        cells = {}
        for prop, most in columns:
            every = values(prop, iri, folder)
            cells[prop.id] = [_cell(prop, value) for value in (every[:most] if most else every)]
        rows[one] = cells
    return {"meta": [_meta(prop, service) for prop, _ in columns], "rows": rows}


def _meta(prop: Property, service: str) -> dict[str, Any]:
    told: dict[str, Any] = {"id": prop.id, "name": prop.name}
    if prop.of:
        told |= {"type": {"id": prop.of, "name": KINDS[prop.of].name}, "service": service}
    return told


def proposed(kind: Kind | None, limit: int) -> dict[str, Any]:
    """Return the properties that the things of a kind have, or all there are."""
    found = [one for one in PROPERTIES.values() if kind is None or kind.id in one.kinds]
    told = [{"id": one.id, "name": one.name, "description": one.description} for one in found[:limit]]
    return {"properties": told, "limit": limit, **({"type": kind.id} if kind else {})}
