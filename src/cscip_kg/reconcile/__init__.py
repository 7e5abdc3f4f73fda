"""Other people's lists → the things of the graph: a reconciliation service, and the matching behind it.

In: a `Request` under `reconcile`. Out: a `Reply` after version 0.2 of the Reconciliation Service API, or None
where the path is another room's. What cannot be served is told in problem details. Nothing of what is matched
is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cscip_kg.reconcile import suggesting
from cscip_kg.reconcile.kinds import KINDS, Kind, kind_named
from cscip_kg.reconcile.manifest import manifest
from cscip_kg.reconcile.protocol import extended, proposed, reconciled
from cscip_kg.reconcile.showing import flyout, policy, preview
from cscip_kg.reply import HTML, Reply, Request
from cscip_kg.rest.problems import MAX_VALUE, Refusal, is_odd, shown

__all__ = ["reply"]

_ROOT: Final = "reconcile"
_MOST: Final = 100
_SUGGESTED: Final = 10
_FAR: Final = 10_000
# What somebody sends of a list of their own is not kept here or on the way.
_PASSING: Final = {"Cache-Control": "no-store"}


def _json(content: Any, *, passing: bool = False) -> Reply:
    body = json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"
    return Reply(200, "application/json", body.encode("utf-8", "replace"), _PASSING if passing else {})


def _one(request: Request, name: str) -> str:
    """Return the value of a parameter; what clients add besides, such as `callback`, says nothing here."""
    found = [value for key, value in request.params if key == name]
    if len(found) > 1:
        raise Refusal(400, f"The parameter {name} is given twice.", parameter=name)
    value = found[0] if found else ""
    if len(value) > MAX_VALUE or is_odd(value):
        raise Refusal(
            400, f"{name} is longer than {MAX_VALUE} characters, or holds control characters.", parameter=name
        )
    return value


def _root(request: Request, folder: Path | None) -> Reply:
    given = {name: value for name, value in request.params if name in ("queries", "extend")}
    if len([name for name, _ in request.params if name in ("queries", "extend")]) > 1:
        raise Refusal(400, "One of queries and extend is taken, once.", parameter="queries")
    if "queries" in given:
        return _json(reconciled(given["queries"], folder), passing=True)
    if "extend" in given:
        return _json(extended(given["extend"], f"{request.origin}/{_ROOT}", folder), passing=True)
    return _json(manifest(request.origin))


def _kinds(request: Request) -> list[Kind]:
    """Return the kinds that a request names, one or several with commas between."""
    found = []
    for name in filter(None, (part.strip() for part in _one(request, "type").split(","))):
        kind = kind_named(name)
        if kind is None:
            raise Refusal(400, f"There is no type {shown(name)}.", parameter="type", allowed=list(KINDS))
        found.append(kind)
    return found


def _number(request: Request, name: str, default: int, most: int) -> int:
    """Return a parameter that is a whole number; more than `most` counts as that."""
    text = _one(request, name).strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise Refusal(400, f"{name} takes a whole number.", parameter=name)
    return min(int(text[:9]), most)


def _suggest(request: Request, what: str, folder: Path | None) -> Reply:
    prefix = _one(request, "prefix")
    cursor, limit = _number(request, "cursor", 0, _FAR), _number(request, "limit", _SUGGESTED, _MOST)
    if what == "entity":
        kinds = [kind.id for kind in _kinds(request)]
        return _json(suggesting.entities(prefix, kinds, cursor, limit, folder))
    made = suggesting.kinds if what == "type" else suggesting.properties
    return _json(made(prefix, cursor, limit))


def _missing(request: Request) -> Refusal:
    return Refusal(404, f"Nothing here has the id {shown(_one(request, 'id'))}.", parameter="id")


def _flyout(request: Request, what: str, folder: Path | None) -> Reply:
    found = flyout(what, _one(request, "id"), folder)
    if found is None:
        raise _missing(request)
    return _json(found)


def _properties(request: Request, _: Path | None) -> Reply:
    kinds = _kinds(request)
    return _json(proposed(kinds[0] if kinds else None, _number(request, "limit", _MOST, _MOST)))


def _preview(request: Request, folder: Path | None) -> Reply:
    page = preview(_one(request, "id"), request.origin, folder)
    if page is None:
        raise _missing(request)
    return Reply(200, HTML, page.encode(), {"Content-Security-Policy": policy()})


_PLACES: Final[dict[str, Callable[[Request, Path | None], Reply]]] = {
    _ROOT: _root,
    f"{_ROOT}/properties": _properties,
    f"{_ROOT}/preview": _preview,
}
_WHATS: Final = ("entity", "property", "type")


def _made(request: Request, folder: Path | None) -> Reply:
    path = request.path.rstrip("/")
    if path in _PLACES:
        return _PLACES[path](request, folder)
    start, _, what = path.rpartition("/")
    if what in _WHATS and start == f"{_ROOT}/suggest":
        return _suggest(request, what, folder)
    if what in _WHATS and start == f"{_ROOT}/flyout":
        return _flyout(request, what, folder)
    raise Refusal(404, f"Nothing is at {shown('/' + request.path)}. The service is at /{_ROOT}.")


def reply(request: Request, folder: Path | None = None) -> Reply | None:
    """Answer a request to the reconciliation service.

    Args:
        request: what is asked for.
        folder: the build folder.

    Returns:
        The reply; None when the path is not under `reconcile`.

    Raises:
        NoStoreError: nothing has been built.
    """
    if request.path != _ROOT and not request.path.startswith(f"{_ROOT}/"):
        return None
    try:
        return _made(request, folder)
    except Refusal as refusal:
        return refusal.reply
