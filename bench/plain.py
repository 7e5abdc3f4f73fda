"""The plain stack: what a Python user would reach for first.

rdflib's memory graph, its parsers and its SPARQL engine, owlrl for OWL RL and pySHACL for shapes, on the
same records, ontology and shapes. Nothing here is tuned, and nothing is done that the fast way does not do.
"""

from __future__ import annotations

import json
from pathlib import Path

import owlrl
import pyshacl
import yaml
from rdflib import Dataset, Graph
from rdflib.query import Result

from cscip_kg.assets import data_dir, ontology_dir
from cscip_kg.context import load_context
from cscip_kg.namespaces import PREFIXES
from cscip_kg.validation import shape_files


def read(citations: str) -> tuple[Graph, Graph]:
    """Return ontology and data (with the citation nodes given as N-Triples) as two graphs."""
    ontology = Graph().parse(ontology_dir() / "cscip.ttl")
    data = Graph()
    for path in sorted((ontology_dir() / "vocabularies").glob("*.ttl")):
        data.parse(path)
    for path in sorted(data_dir().rglob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        document["@context"] = load_context().document["@context"]
        data.parse(data=json.dumps(document), format="json-ld")
    data.parse(data=citations, format="nt")
    return ontology, data


def check(ontology: Graph, data: Graph) -> bool:
    """Return whether the data conform."""
    shapes = Graph()
    for path in shape_files():
        shapes.parse(path)
    conforms, _, _ = pyshacl.validate(data + ontology, shacl_graph=shapes, advanced=True)
    return bool(conforms)


def infer(ontology: Graph, data: Graph) -> Graph:
    """Return the data with all that follows by OWL 2 RL."""
    graph = data + ontology
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def write(graph: Graph, path: Path) -> None:
    """Write the graph as N-Triples."""
    graph.serialize(path, format="nt", encoding="utf-8")


def load(nquads: Path) -> Dataset:
    """Return a memory dataset of a built graph, all graphs together the default one."""
    dataset = Dataset(default_union=True)
    dataset.parse(nquads, format="nquads")
    return dataset


def ask(dataset: Dataset, text: str) -> int:
    """Return the number of rows of a query."""
    result: Result = dataset.query(text, initNs=PREFIXES)
    return sum(1 for _ in result)
