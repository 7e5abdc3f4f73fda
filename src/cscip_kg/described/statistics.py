"""The dataset in numbers: VoID.

In: a build folder and the address under which it is served. Out: triples: how many statements and things, of
which classes, through which properties, in which graphs, where they can be had, and one to look at first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from cscip_kg import store
from cscip_kg.described import downloads
from cscip_kg.described.dataset import TITLE, address, english, published, say
from cscip_kg.described.opened import opened, things, version_of
from cscip_kg.described.terms import graphs
from cscip_kg.described.things import DATASET
from cscip_kg.described.writing import DCAT, FOAF, LICENCE, VOID
from cscip_kg.engine import select
from cscip_kg.namespaces import BASE, DCTERMS, ID, PREFIXES, RDFS, SKOS, value_of

MOST_PARTITIONS: Final = 100
EXAMPLE: Final = NamedNode(ID + "intervention/pause")
_DOCUMENT: Final = NamedNode(BASE + ".well-known/void")
_FORMATS: Final = ("Turtle", "TriG", "N-Quads", "JSON-LD", "RDF_XML", "N-Triples")
_VOCABULARIES: Final = (
    BASE + "ontology",
    DCTERMS,
    FOAF,
    RDFS,
    SKOS,
    PREFIXES["owl"],
    PREFIXES["rdf"],
    PREFIXES["schema"],
)
_COUNTS: Final = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
}
_CLASSES: Final = "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x } GROUP BY ?x ORDER BY DESC(?n) ?x"
_PROPERTIES: Final = "SELECT ?x (COUNT(*) AS ?n) { ?s ?x ?o } GROUP BY ?x ORDER BY DESC(?n) ?x"


def _integer(number: int) -> Literal:
    return Literal(number)


@lru_cache(maxsize=2)
def _counted(build: Path) -> tuple[dict[str, int], list[tuple[str, int]], list[tuple[str, int]]]:
    """Return the totals, and the commonest classes and properties with their numbers."""
    folder = build.parent.parent
    graph = opened(folder)
    totals = {name: int(value_of(next(select(graph, query))["n"])) for name, query in _COUNTS.items()}
    known = things(folder)
    named = sum(map(len, (*known.by_kind.values(), *known.parts.values())))

    def commonest(query: str) -> list[tuple[str, int]]:
        rows = ((value_of(row["x"]), int(value_of(row["n"]))) for row in select(graph, query))
        return list(rows)[:MOST_PARTITIONS]

    return totals | {"entities": named}, commonest(_CLASSES), commonest(_PROPERTIES)


def _local(iri: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in iri.partition("://")[2])


def _partitions(classes: list[tuple[str, int]], properties: list[tuple[str, int]]) -> Iterator[Triple]:
    for role, number, found in (("class", "entities", classes), ("property", "triples", properties)):
        for iri, count in found:
            node = NamedNode(f"{_DOCUMENT.value}#{role}-{_local(iri)}")
            yield Triple(DATASET, NamedNode(f"{VOID}{role}Partition"), node)
            yield Triple(node, NamedNode(VOID + role), NamedNode(iri))
            yield Triple(node, NamedNode(VOID + number), _integer(count))


def void(folder: Path | None = None, origin: str = "") -> list[Triple]:
    """Return the dataset in numbers as VoID.

    Args:
        folder: the build folder.
        origin: where it is served; without one, addresses are the lasting ones.

    Raises:
        NoStoreError: nothing has been built.
    """
    totals, classes, properties = _counted(store.current(folder))
    sizes, named = store.describe(folder).graphs, graphs(folder)
    dumps = [address(origin, f"downloads/{one.name}") for one in downloads.offered() if one.is_rdf]
    made = list(
        say(
            DATASET,
            VOID + "Dataset",
            (DCTERMS + "title", english(TITLE)),
            (DCTERMS + "license", LICENCE),
            (DCTERMS + "modified", published(folder)),
            (DCAT + "version", Literal(version_of(folder))),
            (FOAF + "homepage", NamedNode(address(origin, ""))),
            (VOID + "uriSpace", Literal(ID)),
            (VOID + "sparqlEndpoint", NamedNode(address(origin, "sparql"))),
            (VOID + "exampleResource", EXAMPLE),
            *((VOID + name, _integer(number)) for name, number in totals.items()),
            *((VOID + "vocabulary", NamedNode(iri)) for iri in _VOCABULARIES),
            *((VOID + "dataDump", NamedNode(dump)) for dump in dumps),
            *((VOID + "feature", NamedNode(f"http://www.w3.org/ns/formats/{name}")) for name in _FORMATS),
            *((VOID + "subset", node) for node in named.values()),
        )
    )
    for name, node in named.items():
        made += say(node, VOID + "Dataset", (VOID + "triples", _integer(sizes.get(name, 0))))
    made += say(
        _DOCUMENT,
        VOID + "DatasetDescription",
        (DCTERMS + "title", english(f"{TITLE}: the dataset in numbers")),
        (FOAF + "primaryTopic", DATASET),
    )
    return [*made, *_partitions(classes, properties)]
