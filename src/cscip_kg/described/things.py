"""One thing → all that the graph states of it, as a document of its own.

In: kind and slug. Out: triples: the statements of the thing and of what it contains, where each stands in its
source, the names of what it is linked to, some of what links to it, and what the document itself is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from cscip_kg.described.opened import opened, things, version_of
from cscip_kg.described.writing import FOAF, FORMS, LICENCE, PROV, VOID
from cscip_kg.namespaces import BASE, DCTERMS, GRAPH, ID, LABEL, PREFIXES, RDFS, SKOS, TYPE, term, value_of
from cscip_kg.output import CAUTION

DATASET: Final = NamedNode(BASE + "dcat#dataset")
MOST_INCOMING: Final = 500
_CITATION: Final = term("citation")
_SOURCE: Final = term("source")
_LABELS: Final = (
    LABEL,
    NamedNode(SKOS + "prefLabel"),
    NamedNode(DCTERMS + "title"),
    term("printedLabel"),
)

Node = NamedNode | BlankNode


def _of(store: Store, subject: Node) -> Iterator[Triple]:
    for quad in store.quads_for_pattern(subject, None, None, None):
        yield Triple(quad.subject, quad.predicate, quad.object)


def _own(store: Store, thing: NamedNode, parts: Iterable[str]) -> dict[Triple, None]:
    """Return the statements of a thing and its parts, followed through nodes that have no name."""
    found: dict[Triple, None] = {}
    waiting: list[Node] = [thing, *map(NamedNode, parts)]
    seen: set[Node] = set(waiting)
    while waiting:
        for triple in _of(store, waiting.pop()):
            found[triple] = None
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
    return found


def _incoming(store: Store, thing: NamedNode, parts: Iterable[str]) -> list[Triple]:
    """Return what links to a thing, or to what it contains, from elsewhere: the thing's own links first.

    What describes a link to another dataset is not itself a link from elsewhere.
    """
    start = f"{thing.value}#"
    found: dict[Triple, None] = {}
    for target in (thing, *map(NamedNode, parts)):
        links = [
            Triple(q.subject, q.predicate, q.object)
            for q in store.quads_for_pattern(None, None, target, None)
            if isinstance(q.subject, NamedNode)
            and q.subject != thing
            and not q.subject.value.startswith((start, GRAPH))
        ]
        found |= dict.fromkeys(sorted(links, key=str))
    return list(found)


def _names(store: Store, nodes: Iterable[object]) -> Iterator[Triple]:
    for node in nodes:
        if isinstance(node, NamedNode) and node.value.startswith(ID):
            for predicate in _LABELS:
                for quad in store.quads_for_pattern(node, predicate, None, None):
                    yield Triple(quad.subject, quad.predicate, quad.object)


def _cited(store: Store, own: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the description of each passage that the statements cite, with the title of its source."""
    for citation in dict.fromkeys(t.object for t in own if t.predicate == _CITATION):
        if isinstance(citation, NamedNode):
            described = list(_of(store, citation))
            yield from described
            yield from _names(store, (t.object for t in described if t.predicate == _SOURCE))


def _about(
    document: NamedNode, thing: NamedNode, name: str, sources: Iterable[str], links: tuple[int, int]
) -> Iterator[Triple]:
    """Yield what the document itself is, from which sources, and whether links were left out."""
    path = thing.value.removeprefix(ID)
    told = (
        "All that the graph states of this thing and of what its address contains, asserted and inferred, "
        "with the lines of the sources."
    )
    if links[0] < links[1]:
        told += f" Of the {links[1]} links from elsewhere, {links[0]} are given; a query finds the others."
    facts: list[tuple[str, NamedNode | Literal]] = [
        (FOAF + "primaryTopic", thing),
        (DCTERMS + "title", Literal(f"Data about {name}", language="en")),
        (DCTERMS + "description", Literal(told, language="en")),
        (RDFS + "comment", Literal(CAUTION, language="en")),
        (DCTERMS + "license", LICENCE),
        (VOID + "inDataset", DATASET),
        (RDFS + "seeAlso", NamedNode(f"{BASE}{path}/")),
        *((PROV + "wasDerivedFrom", NamedNode(source)) for source in sources),
        *((DCTERMS + "hasFormat", NamedNode(f"{document.value}.{ending}")) for ending in FORMS),
    ]
    yield Triple(document, TYPE, NamedNode(FOAF + "Document"))
    for predicate, value in facts:
        yield Triple(document, NamedNode(predicate), value)


def described(kind: str, slug: str, folder: Path | None = None) -> list[Triple] | None:
    """Return all that is to be said of a thing; None when the build does not hold it.

    Raises:
        NoStoreError: nothing has been built.
    """
    known = things(folder)
    if not known.holds(kind, slug):
        return None
    store = opened(folder)
    thing = NamedNode(f"{ID}{kind}/{slug}")
    parts = known.parts.get(thing.value, ())
    own = _own(store, thing, parts)
    every = _incoming(store, thing, parts)
    links = list(islice(every, MOST_INCOMING))
    cited = list(_cited(store, own))
    sources = sorted({value_of(t.object) for t in cited if t.predicate == _SOURCE})
    named = dict.fromkeys([*(t.object for t in own), *(t.subject for t in links)])
    label = next(
        (value_of(t.object) for p in _LABELS for t in own if t.subject == thing and t.predicate == p), ""
    )
    document = NamedNode(f"{BASE}data/{kind}/{slug}")
    version = Triple(document, NamedNode(PREFIXES["schema"] + "version"), Literal(version_of(folder)))
    return [
        *own,
        *links,
        *cited,
        *_names(store, named),
        *_about(document, thing, label or f"{kind}/{slug}", sources, (len(links), len(every))),
        version,
    ]
