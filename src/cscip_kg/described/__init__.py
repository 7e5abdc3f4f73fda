"""Linked data: every address of the project answers, to people with a page, to programs with RDF.

In: a `Request`. Out: a `Reply`, or None where the path is another room's. `/id/…` names things and points
on; `/data/…` describes them; `/code/…` points at the links to codes of others that have no address; the
ontology, the vocabularies and the graphs answer at their own addresses; VoID, DCAT and the files of the
exports say what the whole is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import queries, store
from cscip_kg.described import downloads
from cscip_kg.described.dataset import dcat, schema_org
from cscip_kg.described.downloads import Download, Made, files, offered, prepare
from cscip_kg.described.opened import opened, things
from cscip_kg.described.statistics import void
from cscip_kg.described.terms import (
    CONTEXT,
    graph,
    graphs,
    ontology,
    ontology_version,
    served,
    split,
    vocabularies,
    vocabulary,
)
from cscip_kg.described.things import described
from cscip_kg.described.writing import FORMS, PAGE, chosen, document, not_acceptable, see_other, written
from cscip_kg.links import TARGETS, linkset_graph
from cscip_kg.namespaces import BASE, GRAPH
from cscip_kg.reply import Reply, Request, text

__all__ = [
    "Download",
    "Made",
    "documents",
    "files",
    "offered",
    "opened",
    "prepare",
    "reply",
    "schema_org",
    "things",
]

_PLACE: Final = re.compile(r"([a-z0-9-]+)/([a-z0-9-]+)")
_CODE: Final = re.compile(r"[a-z-]+/[A-Za-z0-9-]+")
_SHOWN: Final = 200
_NOT_READY: Final = (
    "The files to download have not been made yet and this server cannot write beside its build. "
    "`cscip export` makes them anywhere."
)


def _unknown(path: str, folder: Path | None) -> Reply:
    """Return a 404 that names what comes near: kinds where the kind is not known, else things of the kind."""
    known = things(folder).by_kind
    kind, _, slug = path.partition("/")
    if kind not in known:
        return text(404, f"No kind of thing has that name. Kinds: {', '.join(sorted(known))}.")
    near = get_close_matches(slug[:_SHOWN], known[kind], 3, 0.5)
    hint = f" Did you mean {', '.join(f'{kind}/{name}' for name in near)}?" if near else ""
    return text(404, f"Nothing of the kind {kind} has that name.{hint}")


def _thing(request: Request, folder: Path | None) -> Reply:
    """Answer for `id/<kind>/<slug>`: a thing is no document, so 303 to its page or its data."""
    path = request.path.removeprefix("id").strip("/")
    match = _PLACE.fullmatch(path)
    if not match or not things(folder).holds(match[1], match[2]):
        return _unknown(path, folder)
    form = chosen(request)
    if form is None:
        return not_acceptable()
    return see_other(request, f"{path}/" if form == PAGE else f"data/{path}.{form}")


@lru_cache(maxsize=32)
def _data_bytes(kind: str, slug: str, ending: str, build: Path) -> bytes:
    return written(described(kind, slug, build.parent.parent) or (), ending)


def _code(request: Request, folder: Path | None) -> Reply:
    """Answer for `code/<list>/<code>`, a code of others that has no address of its own: 303 to its links."""
    code = request.path.removeprefix("code").strip("/")
    name = next((n for n, t in TARGETS.items() if t.codes and f"{BASE}code/{code}".startswith(t.spaces)), "")
    if not _CODE.fullmatch(code) or not name or not _named(f"{BASE}code/{code}", folder):
        return text(404, "Nothing here is linked to such a code.")
    return see_other(request, f"graph/{linkset_graph(name).value.removeprefix(GRAPH)}")


def _named(iri: str, folder: Path | None) -> bool:
    """Tell whether any statement is about a thing."""
    return next(opened(folder).quads_for_pattern(NamedNode(iri), None, None, None), None) is not None


def _data(request: Request, folder: Path | None) -> Reply:
    """Answer for `data/<kind>/<slug>` and its forms."""
    path, ending = split(request.path.removeprefix("data").removeprefix("/"))
    match = _PLACE.fullmatch(path)
    if not match or not things(folder).holds(match[1], match[2]):
        return _unknown(path, folder)
    kind, slug = match.groups()
    build = store.current(folder)
    return served(request, lambda form: _data_bytes(kind, slug, form, build), f"{path}/", slug, ending)


def _dcat(request: Request, folder: Path | None) -> Reply:
    _, ending = split(request.path)
    try:
        return served(
            request, lambda form: written(dcat(folder, request.origin), form), "downloads/", "dcat", ending
        )
    except OSError:
        return text(503, _NOT_READY, {"Retry-After": "60"})


def _void(request: Request, folder: Path | None) -> Reply:
    """Answer for VoID: programs ask for it, so Turtle comes before a page, and there is no page."""
    _, ending = split(request.path)
    form = ending or chosen(request, pages=False)
    if form is None:
        return not_acceptable(pages=False)
    body = written(void(folder, request.origin), form)
    return document(body, form, "" if ending else ("../" if "/" in request.path else "") + f"void.{form}")


def _download(request: Request, folder: Path | None) -> Reply | None:
    name = request.path.removeprefix("downloads/")
    if name == downloads.READ_ME:
        return text(200, downloads.read_me_of(folder).decode().rstrip("\n"))
    try:
        found = downloads.path_of(name, folder)
    except OSError:
        return text(503, _NOT_READY, {"Retry-After": "60"})
    if found:
        one, path = found
        headers = {"Content-Disposition": f'attachment; filename="{one.name}"'}
        return Reply(200, one.media, path.read_bytes(), headers)
    # The tables of the page of downloads lie there too.
    if name.endswith(".csv"):
        return None
    return text(404, f"No such file. Files: {', '.join(one.name for one in offered())}.")


def _query(request: Request) -> Reply | None:
    """Answer for `queries/<name>`, the address of a stored query: its page, or the file of them all."""
    name = request.path.removeprefix("queries/")
    if name not in queries.catalogue():
        return None
    form = chosen(request)
    if form is None:
        return not_acceptable()
    return see_other(request, f"queries/{name}/" if form == PAGE else "downloads/cscip-queries.ttl")


_WHOLE: Final[dict[str, Callable[[Request, Path | None], Reply | None]]] = {
    "ontology": lambda request, _: ontology(request),
    "dcat": _dcat,
    "void": _void,
    ".well-known/void": _void,
}
_UNDER: Final[dict[str, Callable[[Request, Path | None], Reply | None]]] = {
    "id": _thing,
    "data": _data,
    "code": _code,
    "ontology": lambda request, _: ontology(request),
    "vocabulary": lambda request, _: vocabulary(request),
    "graph": graph,
    "downloads": _download,
    "queries": lambda request, _: _query(request),
}
# What lies at the root, besides the endings of `FORMS`.
_NAMES: Final = ("ontology", "ontology/mappings", "ontology/shapes", "dcat", "void")
# Pages of the explorer, which have these rooms' names.
_PAGES_OF_OTHERS: Final = {"ontology/", "vocabulary/", "downloads/", "queries/"}


def documents(folder: Path | None = None, forms: Iterable[str] = FORMS) -> Iterator[str]:
    """Yield the path of every document of this room that needs no choice by `Accept`, for a site of files.

    Args:
        folder: the build folder.
        forms: the forms of RDF that are wanted, by their endings.

    Raises:
        NoStoreError: nothing has been built.
    """
    names = [
        *_NAMES,
        f"ontology/{ontology_version()}",
        *(f"vocabulary/{name}" for name in vocabularies()),
        *(f"graph/{name}" for name in graphs(folder)),
        *(f"data/{kind}/{slug}" for kind, slugs in things(folder).by_kind.items() for slug in slugs),
    ]
    yield from (f"{name}.{ending}" for ending in forms for name in names)
    yield from (f"downloads/{one.name}" for one in offered())
    yield from (f"downloads/{downloads.READ_ME}", CONTEXT, ".well-known/void")


def reply(request: Request, folder: Path | None = None) -> Reply | None:
    """Answer a request for linked data.

    Args:
        request: what is asked for.
        folder: the build folder.

    Returns:
        The reply; None when the path belongs to another room.

    Raises:
        NoStoreError: nothing has been built.
    """
    path = request.path
    if path in _PAGES_OF_OTHERS:
        return None
    whole, ending = split(path)
    if path in _WHOLE or (ending in FORMS and whole in _WHOLE and "." not in whole):
        return _WHOLE[whole if ending else path](request, folder)
    first, slash, _ = path.partition("/")
    if first in _UNDER and (slash or first in ("id", "data", "code", "graph")):
        return _UNDER[first](request, folder)
    return None
