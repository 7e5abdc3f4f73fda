"""The IRIs that the project uses, each written once.

Terms live in `CSCIP`, things in `ID`, named graphs in `GRAPH` (evidence model, section 5).
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

BASE: Final = "https://w3id.org/cscip/"
CSCIP: Final = BASE + "ontology#"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCTERMS: Final = "http://purl.org/dc/terms/"
SH: Final = "http://www.w3.org/ns/shacl#"
OA: Final = "http://www.w3.org/ns/oa#"

PREFIXES: Final[dict[str, str]] = {
    "cscip": CSCIP,
    "id": ID,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "skos": SKOS,
    "xsd": XSD,
    "dcterms": DCTERMS,
    "oa": OA,
    "schema": "https://schema.org/",
}

TYPE: Final = NamedNode(RDF + "type")
LABEL: Final = NamedNode(RDFS + "label")

ONTOLOGY_GRAPH: Final = NamedNode(GRAPH + "ontology")
VOCABULARY_GRAPH: Final = NamedNode(GRAPH + "vocabularies")
DATA_GRAPH: Final = NamedNode(GRAPH + "data")
INFERRED_GRAPH: Final = NamedNode(GRAPH + "inferred")


def term(name: str) -> NamedNode:
    """Return the ontology term called `name`, for instance `term("Finding")`."""
    return NamedNode(CSCIP + name)


def value_of(node: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return the IRI, label or lexical form of a node; the project's graphs hold no quoted triples."""
    return str(node) if isinstance(node, Triple) else node.value


def short(iri: str) -> str:
    """Return `iri` as people read it: `intervention/pause`, `cscip:Finding`, `skos:Concept`.

    An IRI outside the known namespaces comes back unchanged.
    """
    if iri.startswith(ID):
        return iri.removeprefix(ID)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
