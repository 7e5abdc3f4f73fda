"""The beginning of a name → things, kinds or properties of which it may be, for boxes that complete.

In: what somebody has typed so far. Out: answers after the specification's schemas, names that begin so first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cscip_kg.reconcile.kinds import KINDS, agrees
from cscip_kg.reconcile.matching import candidates
from cscip_kg.reconcile.properties import PROPERTIES
from cscip_kg.reconcile.protocol import types_of
from cscip_kg.reconcile.register import Register, register
from cscip_kg.reconcile.words import MOST_SIGNS, key, worded

_NEVER: Final = 9


def _rank(prefix: str, last: str, text: str, form: str) -> int:
    """Return how well a name continues a prefix: 0 best, `_NEVER` not at all."""
    if key(text).startswith(prefix):
        return 0 if form == "preferred" else 1
    if form == "hidden" or not any(word.startswith(last) for word in worded(text)):
        return _NEVER
    return 2 if prefix in key(text) else _NEVER


def _entities(known: Register, text: str, kinds: Sequence[str]) -> list[str]:
    prefix, said = key(text), worded(text)
    if not prefix or len(text) > MOST_SIGNS:
        return []
    ranked: dict[str, tuple[int, int, str]] = {}
    for name in known.names:
        entity = name.entity
        if not agrees(entity.kinds, kinds or tuple(KINDS)):
            continue
        place = _rank(prefix, said[0], name.text, name.form)
        if place < _NEVER:
            order = (place, len(entity.name), entity.name)
            ranked[entity.iri] = min(order, ranked.get(entity.iri, order))
    found = sorted(ranked, key=lambda iri: ranked[iri])
    # What is spelt otherwise, or in another order, comes after.
    spelt = [one.entity for one in candidates(known, text, kinds) if agrees(one.entity.kinds, kinds)]
    found += [entity.iri for entity in spelt if entity.iri not in ranked]
    return found


def entities(
    text: str, kinds: Sequence[str], cursor: int, limit: int, folder: Path | None = None
) -> dict[str, Any]:
    """Return things whose name begins so.

    Args:
        text: what has been typed.
        kinds: ids of the kinds that are meant; none for all.
        cursor: how many to pass over.
        limit: how many at most.
        folder: the build folder.

    Raises:
        NoStoreError: nothing has been built.
    """
    known = register(folder)
    found = [known.entities[iri] for iri in _entities(known, text, kinds)[cursor : cursor + limit]]
    return {
        "result": [
            {
                "id": one.id,
                "name": one.name,
                "description": KINDS[one.kinds[0]].name,
                "notable": types_of(one.kinds),
            }
            for one in found
        ]
    }


def _chosen(text: str, told: Sequence[dict[str, Any]], cursor: int, limit: int) -> dict[str, Any]:
    wanted = text.strip().casefold()
    found = [
        one
        for one in told
        if one["id"].casefold().startswith(wanted)
        or any(word.startswith(wanted) for word in (one["name"].casefold(), *one["name"].casefold().split()))
    ]
    return {"result": found[cursor : cursor + limit]}


def kinds(text: str, cursor: int, limit: int) -> dict[str, Any]:
    """Return kinds whose name, or a word of it, begins so; all of them for an empty text."""
    return _chosen(text, [kind_told(one) for one in KINDS], cursor, limit)


def kind_told(name: str) -> dict[str, Any]:
    """Return a kind as answers have it, with the kind that takes it in."""
    kind = KINDS[name]
    told: dict[str, Any] = {"id": kind.id, "name": kind.name, "description": kind.description}
    if kind.broader:
        told["broader"] = [{"id": kind.broader, "name": KINDS[kind.broader].name}]
    return told


def properties(text: str, cursor: int, limit: int) -> dict[str, Any]:
    """Return properties whose name, or a word of it, begins so; all of them for an empty text."""
    told = [{"id": p.id, "name": p.name, "description": p.description} for p in PROPERTIES.values()]
    return _chosen(text, told, cursor, limit)
