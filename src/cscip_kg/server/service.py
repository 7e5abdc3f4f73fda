"""The endpoint → what it says of itself (SPARQL 1.1 Service Description).

In: the address of the endpoint and the build. Out: triples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cscip_kg.described.writing import VOID
from cscip_kg.namespaces import TYPE, XSD
from cscip_kg.store import Build

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def _sized(node: BlankNode | NamedNode, triples: int) -> Triple:
    return Triple(
        node, NamedNode(VOID + "triples"), Literal(str(triples), datatype=NamedNode(XSD + "integer"))
    )


def description(endpoint: str, build: Build) -> Iterator[Triple]:
    """Yield the description of a service.

    Args:
        endpoint: its address.
        build: what it serves; all named graphs together are its default graph.
    """
    service, dataset, default = NamedNode(endpoint), BlankNode("dataset"), BlankNode("default")
    yield Triple(service, TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), service)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _FORMATS:
        yield Triple(service, _sd("resultFormat"), NamedNode(f"http://www.w3.org/ns/formats/{name}"))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield Triple(dataset, TYPE, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, TYPE, _sd("Graph"))
    yield _sized(default, sum(build.graphs.values()))
    for number, (name, iri) in enumerate(build.named().items()):
        named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, TYPE, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(iri))
        yield Triple(named, _sd("graph"), graph)
        yield Triple(graph, TYPE, _sd("Graph"))
        yield _sized(graph, build.graphs[name])
