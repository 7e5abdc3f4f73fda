"""Documents → the asserted dataset: ontology, vocabularies and data, each in its named graph.

In: a `Corpus` and the Turtle files of the ontology. Out: quads. Pure: nothing is fetched or written.
Citation nodes are not written by curators: each is made here from its own IRI, `source/<id>#L12-15`, and
from the sections that its Source record lists.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, Quad, Triple

from cscip_kg.assets import ontology_dir
from cscip_kg.context import load_context
from cscip_kg.namespaces import DATA_GRAPH, ID, ONTOLOGY_GRAPH, TYPE, VOCABULARY_GRAPH, XSD, term, value_of
from cscip_kg.records import Corpus

_CITATION = re.compile(re.escape(ID) + r"source/([a-z0-9-]+)#L(\d+)(?:-(\d+))?")
_INTEGER = NamedNode(XSD + "integer")


def document_quads(corpus: Corpus) -> Iterator[Quad]:
    """Yield the statements of every record, in the data graph."""
    nodes = [
        {key: value for key, value in node.items() if key != "@context"}
        for record in corpus.records
        for node in record.document.get("@graph", [record.document])
    ]
    document = {**load_context().document, "@graph": nodes}
    for quad in ox.parse(json.dumps(document, ensure_ascii=False), format=ox.RdfFormat.JSON_LD):
        yield Quad(quad.subject, quad.predicate, quad.object, DATA_GRAPH)


def turtle_quads(paths: Iterable[Path], graph: NamedNode) -> Iterator[Quad]:
    """Yield the triples of Turtle files as quads of `graph`."""
    for path in paths:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


class _Sections:
    """The sections of each source, so that a line finds its heading and printed page."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        facts: dict[str, dict[str, str]] = defaultdict(dict)
        wanted = {term(n): n for n in ("sectionOf", "startLine", "endLine", "heading", "printedPage")}
        for quad in quads:
            if (name := wanted.get(quad.predicate)) is not None:
                facts[value_of(quad.subject)][name] = value_of(quad.object)
        self.by_source: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
        for fact in facts.values():
            if "sectionOf" in fact and "startLine" in fact and "endLine" in fact:
                span = int(fact["startLine"]), int(fact["endLine"])
                self.by_source[fact["sectionOf"]].append(
                    (*span, fact.get("heading", ""), fact.get("printedPage", ""))
                )
        for sections in self.by_source.values():
            sections.sort(key=lambda s: (s[0], -s[1]))
        self.starts = {source: [s[0] for s in found] for source, found in self.by_source.items()}

    def around(self, source: str, line: int) -> tuple[str, str]:
        """Return heading and page of the innermost sections of `source` that hold `line`, or empty words."""
        heading = page = ""
        if source not in self.starts:
            return heading, page
        before = self.by_source[source][: bisect_right(self.starts[source], line)]
        for _, end, name, number in reversed(before):
            if end >= line:
                heading = heading or name
                page = page or number
            if heading and page:
                break
        return heading, page


def citation_quads(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the description of each citation that a statement among `quads` points at.

    The lines are those of the citation's IRI; heading and page come from the source's sections (evidence
    model, section 1). A malformed IRI yields nothing: validation reports it as an undescribed thing.
    """
    known = list(quads)
    sections = _Sections(known)
    cited = {value_of(q.object) for q in known if q.predicate == term("citation")}
    for iri in sorted(cited):
        match = _CITATION.fullmatch(iri)
        if not match:
            continue
        node, source = NamedNode(iri), ID + "source/" + match[1]
        heading, page = sections.around(source, int(match[2]))
        yield Quad(node, TYPE, term("Citation"), DATA_GRAPH)
        yield Quad(node, term("source"), NamedNode(source), DATA_GRAPH)
        yield Quad(node, term("startLine"), Literal(match[2], datatype=_INTEGER), DATA_GRAPH)
        yield Quad(node, term("endLine"), Literal(match[3] or match[2], datatype=_INTEGER), DATA_GRAPH)
        if heading:
            yield Quad(node, term("heading"), Literal(heading), DATA_GRAPH)
        if page:
            yield Quad(node, term("printedPage"), Literal(page), DATA_GRAPH)


def ontology_quads(folder: Path | None = None) -> list[Quad]:
    """Return the ontology (`cscip.ttl`) as quads of the ontology graph."""
    return list(turtle_quads([(folder or ontology_dir()) / "cscip.ttl"], ONTOLOGY_GRAPH))


def vocabulary_quads(folder: Path | None = None) -> list[Quad]:
    """Return every vocabulary file as quads of the vocabularies graph."""
    files = sorted(((folder or ontology_dir()) / "vocabularies").glob("*.ttl"))
    return list(turtle_quads(files, VOCABULARY_GRAPH))


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads sorted, each once, blank nodes named by their place in the graph (RDFC-1.0).

    Only quads that mention blank nodes have a part in their names, and those are few.
    """
    settled: set[Quad] = set()
    open_ones = Dataset()
    for quad in quads:
        if any(isinstance(node, BlankNode | Triple) for node in (quad.subject, quad.object, quad.graph_name)):
            open_ones.add(quad)
        else:
            settled.add(quad)
    open_ones.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    settled.update(open_ones)
    return sorted(settled, key=str)


def hash_of(quads: Iterable[Quad]) -> str:
    """Return the sha256 of the quads' canonical N-Quads, a line each, the last one without its end."""
    found = hashlib.sha256()
    for number, quad in enumerate(canonical(quads)):
        found.update(f"{chr(10) if number else ''}{quad}".encode())
    return found.hexdigest()


def build_graph(corpus: Corpus, ontology: Path | None = None) -> list[Quad]:
    """Return the whole asserted dataset.

    Args:
        corpus: the records.
        ontology: the folder of ontology and vocabularies; by default the project's own.

    Returns:
        Quads of the ontology, vocabularies and data graphs, in a fixed order, none twice.
    """
    quads = [*ontology_quads(ontology), *vocabulary_quads(ontology), *document_quads(corpus)]
    quads.extend(citation_quads(quads))
    return list(dict.fromkeys(quads))
