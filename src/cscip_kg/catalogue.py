"""The stored queries → RDF, in the form of the SIB collection of SPARQL examples.

In: the stored queries. Out: Turtle: each query is a SHACL SPARQL executable whose text runs as it stands,
with its question, keywords, parameters and columns, so that the catalogue can itself be queried. That form
has no terms for parameters and columns: they are the inputs and outputs of a schema.org action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Triple

from cscip_kg.errors import QueryError
from cscip_kg.namespaces import BASE, DCTERMS, ID, LABEL, OWL, PREFIXES, RDFS, SH, SKOS, TYPE, XSD
from cscip_kg.queries import Parameter, StoredQuery, catalogue

QUERIES: Final = BASE + "queries/"
SCHEMA: Final = PREFIXES["schema"]
_COMMENT: Final = NamedNode(RDFS + "comment")
_FORM: Final = re.compile(r"(?m)^\s*(SELECT|CONSTRUCT|ASK)\b")
_SLUG: Final = "[a-z0-9-]+"
_ABOUT: Final = (
    "The stored queries of cscip-kg, an open knowledge graph of the Children's Social Care Innovation "
    "Programme's evidence. All named graphs together are the default graph. To choose a value, put it in the "
    "place of UNDEF in the block VALUES of the parameter's variable; left alone, it matches anything, and a "
    "query that requires it may take very long. No public endpoint serves the graph yet: the target of each "
    "query names the graph itself."
)


def _words(text: str) -> Literal:
    return Literal(text, language="en")


def _schema(name: str) -> NamedNode:
    return NamedNode(SCHEMA + name)


def _pattern(kind: str) -> str | None:
    """Return what a value looks like; any text will do for a string."""
    start = re.escape(ID)
    if kind == "thing":
        return f"{start}{_SLUG}/{_SLUG}(#[A-Za-z0-9-]+)?"
    return {"string": None, "integer": "-?[0-9]+"}.get(kind, f"{start}{kind}/{_SLUG}")


def _parameter(node: NamedNode, parameter: Parameter) -> Iterator[Triple]:
    yield Triple(node, TYPE, _schema("PropertyValueSpecification"))
    yield Triple(node, _schema("valueName"), Literal(parameter.name))
    yield Triple(node, _schema("alternateName"), Literal(f"?{parameter.variable}"))
    yield Triple(node, _schema("description"), _words(parameter.summary))
    yield Triple(node, _schema("valueRequired"), Literal(parameter.required))
    yield Triple(node, _schema("additionalType"), Literal(parameter.kind))
    # An example is no default: a parameter that is left out matches anything.
    yield Triple(node, NamedNode(SKOS + "example"), Literal(parameter.example))
    if pattern := _pattern(parameter.kind):
        yield Triple(node, _schema("valuePattern"), Literal(pattern))


def _column(node: NamedNode, name: str, position: int) -> Iterator[Triple]:
    yield Triple(node, TYPE, _schema("PropertyValueSpecification"))
    yield Triple(node, _schema("valueName"), Literal(name))
    yield Triple(node, _schema("position"), Literal(position))


def _query(query: StoredQuery) -> Iterator[Triple]:
    form = _FORM.search(query.text)
    if form is None:
        raise QueryError(f"{query.name} is no SELECT, CONSTRUCT or ASK.")
    node = NamedNode(QUERIES + query.name)
    run = NamedNode(f"{node.value}#run")
    yield Triple(node, TYPE, NamedNode(SH + "SPARQLExecutable"))
    yield Triple(node, TYPE, NamedNode(f"{SH}SPARQL{form[1].capitalize()}Executable"))
    yield Triple(node, NamedNode(SH + form[1].lower()), Literal(query.text))
    yield Triple(node, NamedNode(SH + "prefixes"), NamedNode(QUERIES))
    yield Triple(node, LABEL, _words(query.name))
    yield Triple(node, _COMMENT, _words(query.summary))
    yield Triple(node, _schema("description"), _words(query.description))
    for keyword in dict.fromkeys((query.topic, *query.tags)):
        yield Triple(node, _schema("keywords"), Literal(keyword))
    yield Triple(node, _schema("target"), NamedNode(BASE))
    yield Triple(node, _schema("potentialAction"), run)
    yield Triple(run, TYPE, _schema("SearchAction"))
    for parameter in query.parameters:
        place = NamedNode(f"{node.value}#parameter-{parameter.name}")
        yield Triple(run, _schema("query-input"), place)
        yield from _parameter(place, parameter)
    for position, column in enumerate(query.columns, 1):
        place = NamedNode(f"{node.value}#column-{column}")
        yield Triple(run, _schema("result-output"), place)
        yield from _column(place, column, position)


def _prefixes() -> Iterator[Triple]:
    whole = NamedNode(QUERIES)
    yield Triple(whole, TYPE, NamedNode(OWL + "Ontology"))
    yield Triple(whole, LABEL, _words("The stored queries of cscip-kg"))
    yield Triple(whole, _COMMENT, _words(_ABOUT))
    yield Triple(
        whole, NamedNode(DCTERMS + "license"), NamedNode("https://creativecommons.org/licenses/by/4.0/")
    )
    for prefix, namespace in PREFIXES.items():
        node = NamedNode(f"{QUERIES}#prefix-{prefix}")
        yield Triple(whole, NamedNode(SH + "declare"), node)
        yield Triple(node, NamedNode(SH + "prefix"), Literal(prefix))
        yield Triple(
            node, NamedNode(SH + "namespace"), Literal(namespace, datatype=NamedNode(XSD + "anyURI"))
        )


def turtle() -> bytes:
    """Return the catalogue of stored queries as Turtle, the texts over as many lines as they have."""
    from rdflib import Graph  # noqa: PLC0415 - slow to import, needed here only

    triples = [*_prefixes(), *(triple for query in catalogue().values() for triple in _query(query))]
    graph = Graph()
    graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")
    for prefix, namespace in {**PREFIXES, "sh": SH, "query": QUERIES}.items():
        graph.bind(prefix, namespace)
    return graph.serialize(format="turtle", encoding="utf-8")
