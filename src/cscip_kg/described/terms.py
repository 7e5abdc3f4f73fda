"""The ontology, the vocabularies, the shapes and the named graphs at their addresses.

In: a request under `ontology`, `vocabulary` or `graph`. Out: a `Reply`, or None where the path is another
room's. The files of the package are served as they stand; their other forms are made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from cscip_kg.assets import ontology_dir
from cscip_kg.described.opened import opened
from cscip_kg.described.writing import FORMS, PAGE, chosen, document, not_acceptable, see_other, written
from cscip_kg.graph import canonical, turtle_quads
from cscip_kg.links import PREFIX, linkset_graph
from cscip_kg.namespaces import (
    BASE,
    DATA_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    OWL,
    VOCABULARY_GRAPH,
    value_of,
)
from cscip_kg.reply import Reply, Request, text
from cscip_kg.store import describe

ONTOLOGY: Final = NamedNode(BASE + "ontology")
_GRAPHS: Final = (DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, VOCABULARY_GRAPH)
CONTEXT: Final = "ontology/context.jsonld"
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")
_ENDING: Final = re.compile(rf"(.+)\.({'|'.join(FORMS)})")


def graphs(folder: Path | None = None) -> dict[str, NamedNode]:
    """Return the named graphs by their short names: the four of every build, then those of its links.

    Raises:
        NoStoreError: nothing has been built.
    """
    links = (
        linkset_graph(name.removeprefix(PREFIX))
        for name in describe(folder).graphs
        if name.startswith(PREFIX)
    )
    return {node.value.rpartition("/")[2]: node for node in (*_GRAPHS, *links)}


def _steady(quads: Iterable[Quad]) -> list[Triple]:
    """Return quads as triples; nodes without a name are called by their place, the same at each request."""
    kept = list(quads)
    if any(isinstance(node, BlankNode) for q in kept for node in (q.subject, q.object)):
        kept = canonical(kept)
    return [Triple(q.subject, q.predicate, q.object) for q in kept]


def _triples(paths: Iterable[Path]) -> list[Triple]:
    return _steady(turtle_quads(paths, ONTOLOGY_GRAPH))


@cache
def _rdf(paths: tuple[Path, ...], ending: str) -> bytes:
    """Return Turtle files in another form; as Turtle they stand one after the other."""
    if ending == "ttl":
        return b"\n".join(path.read_bytes() for path in paths)
    return written(_triples(paths), ending)


@cache
def ontology_version() -> str:
    """Return the version of the ontology, as its version IRI ends."""
    (found,) = (t.object for t in _triples([_ontology()]) if t.predicate == NamedNode(OWL + "versionIRI"))
    return value_of(found).rpartition("/")[2]


def _ontology() -> Path:
    return ontology_dir() / "cscip.ttl"


def split(path: str) -> tuple[str, str]:
    """Return a path without its ending, and the ending: a key of `FORMS`, or nothing."""
    match = _ENDING.fullmatch(path)
    return (match[1], match[2]) if match else (path, "")


def served(request: Request, make: Callable[[str], bytes], page: str, name: str, ending: str = "") -> Reply:
    """Return RDF in the form that the path or `Accept` asks for, or send people to the page.

    Args:
        request: the request.
        make: what makes the bytes for a key of `FORMS`.
        page: the path of the page for people; empty without one.
        name: the last piece of the path of the RDF, without an ending.
        ending: a key of `FORMS`, when the path names the form.
    """
    if ending:
        return document(make(ending), ending)
    form = chosen(request, pages=bool(page))
    if form is None:
        return not_acceptable(pages=bool(page))
    return see_other(request, page) if form == PAGE else document(make(form), form, f"{name}.{form}")


def _versioned(request: Request, rest: str) -> Reply | None:
    """Return the ontology at its version IRI; another version is not here."""
    name, ending = split(rest)
    if not _VERSION.fullmatch(name):
        return None
    if name != ontology_version():
        return text(404, f"Version {name} of the ontology is not served here; this is {ontology_version()}.")
    return served(request, lambda form: _rdf((_ontology(),), form), "ontology/", name, ending)


def _files(name: str) -> tuple[Path, ...]:
    """Return the Turtle files behind a name under `ontology/`; none where there is no such name."""
    folder = ontology_dir()
    shapes = {f"shapes/{path.stem}": (path,) for path in sorted((folder / "shapes").glob("*.ttl"))}
    known = {"mappings": (folder / "mappings.ttl",), "shapes": tuple(p for (p,) in shapes.values()), **shapes}
    return known.get(name, ())


def ontology(request: Request) -> Reply | None:
    """Answer for `ontology`, its forms and versions, `ontology/context.jsonld`, the mappings and shapes."""
    if request.path == CONTEXT:
        return Reply(200, FORMS["jsonld"].media, (ontology_dir() / "context.jsonld").read_bytes())
    whole, ending = split(request.path)
    if whole == "ontology":
        return served(request, lambda form: _rdf((_ontology(),), form), "ontology/", "ontology", ending)
    name, ending = split(request.path.removeprefix("ontology/"))
    if ending and (files := _files(name)):
        return document(_rdf(files, ending), ending)
    return _versioned(request, request.path.removeprefix("ontology/"))


def vocabularies() -> list[str]:
    """Return the names of the vocabularies."""
    return sorted(path.stem for path in (ontology_dir() / "vocabularies").glob("*.ttl"))


def vocabulary(request: Request) -> Reply | None:
    """Answer for `vocabulary/<scheme>` and its forms; the page of a scheme is that of the thing."""
    name, ending = split(request.path.removeprefix("vocabulary/"))
    if not re.fullmatch(r"[a-z-]+", name):
        return None
    if name not in vocabularies():
        return text(404, f"There is no vocabulary {name!r}. Vocabularies: {', '.join(vocabularies())}.")
    path = ontology_dir() / "vocabularies" / f"{name}.ttl"
    return served(request, lambda form: _rdf((path,), form), f"scheme/{name}/", name, ending)


def graph(request: Request, folder: Path | None = None) -> Reply:
    """Answer for `graph/<name>` and its forms: the statements of one named graph of the build."""
    name, ending = split(request.path.removeprefix("graph").removeprefix("/"))
    known = graphs(folder)
    if name not in known:
        return text(404, f"There is no such graph. Graphs: {', '.join(f'graph/{g}' for g in known)}.")

    def make(form: str) -> bytes:
        triples = _steady(opened(folder).quads_for_pattern(None, None, None, known[name]))
        if form != "jsonld":
            return written(triples, form)
        # Compacting a whole graph takes too long for a request.
        return ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.JSON_LD) or b""

    return served(request, make, "downloads/", name, ending)
