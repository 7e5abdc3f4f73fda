"""Records to quads: each key gives the statement that the context promises; citations describe themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import BlankNode, Dataset, NamedNode, Quad

from cscip_kg.graph import (
    build_graph,
    canonical,
    citation_quads,
    document_quads,
    hash_of,
    ontology_quads,
    vocabulary_quads,
)
from cscip_kg.namespaces import DATA_GRAPH, ID, ONTOLOGY_GRAPH, VOCABULARY_GRAPH, term
from cscip_kg.records import load_records

CONTEXT = '"@context": ../ontology/context.jsonld\n'

# One record and the statements that it makes, both written by hand.
RECORD = """
id: intervention/x
type: Intervention
name: Plan X
accounts:
  - id: intervention/x#rees-2017
    type: InterventionAccount
    printedName: [Plan X, "X, the plan"]
    theme: [adolescents]
    aim: To try.
    citation: [rees-2017#L4, rees-2017#L8-9]
projects:
  - id: project/x
    type: Project
    accounts:
      - id: project/x#rees-2017
        type: ProjectAccount
        region: north-east
        funding: £1.2 million
        fundingGBP: "1200000.0"
        projectCount: 3
    evaluations:
      - id: evaluation/x
        type: Evaluation
        findings:
          - id: evaluation/x#one
            type: Finding
            measure: placement-moves
            value: "96.0"
            figure: ["96"]
"""
TRIPLES = """
intervention/x a cscip:Intervention
intervention/x rdfs:label "Plan X"@en
intervention/x#rees-2017 a cscip:InterventionAccount
intervention/x#rees-2017 cscip:accountOf intervention/x
intervention/x#rees-2017 cscip:printedName "Plan X"
intervention/x#rees-2017 cscip:printedName "X, the plan"
intervention/x#rees-2017 cscip:statesTheme theme/adolescents
intervention/x#rees-2017 cscip:statesAim "To try."@en
intervention/x#rees-2017 cscip:citation source/rees-2017#L4
intervention/x#rees-2017 cscip:citation source/rees-2017#L8-9
project/x a cscip:Project
project/x cscip:delivers intervention/x
project/x#rees-2017 a cscip:ProjectAccount
project/x#rees-2017 cscip:accountOf project/x
project/x#rees-2017 cscip:statesRegion area/north-east
project/x#rees-2017 cscip:fundingAsPrinted "£1.2 million"
project/x#rees-2017 cscip:fundingGBP "1200000.0"^^<http://www.w3.org/2001/XMLSchema#decimal>
project/x#rees-2017 cscip:projectCount "3"^^<http://www.w3.org/2001/XMLSchema#integer>
evaluation/x a cscip:Evaluation
evaluation/x cscip:evaluates project/x
evaluation/x#one a cscip:Finding
evaluation/x#one cscip:reportedBy evaluation/x
evaluation/x#one cscip:aboutMeasure outcome-measure/placement-moves
evaluation/x#one cscip:value "96.0"^^<http://www.w3.org/2001/XMLSchema#decimal>
evaluation/x#one cscip:citedFigure "96"
"""


def ntriples(text: str) -> set[str]:
    """Write short lines of `subject predicate object` out as N-Triples."""

    def node(short: str) -> str:
        if short == "a":
            return "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        if short.startswith('"'):
            return short
        for prefix, space in (
            ("cscip:", "https://w3id.org/cscip/ontology#"),
            ("rdfs:", "http://www.w3.org/2000/01/rdf-schema#"),
        ):
            if short.startswith(prefix):
                return f"<{space}{short.removeprefix(prefix)}>"
        return f"<https://w3id.org/cscip/id/{short}>"

    return {" ".join(map(node, line.split(" ", 2))) + " ." for line in text.strip().splitlines()}


def written(quads: Iterable[Quad]) -> set[str]:
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads]
    lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode().splitlines()
    assert len(lines) == len(set(lines)), "no statement twice"
    return set(lines)


def statements(folder: Path, *records: str) -> list[Quad]:
    """Return the quads of records written into `folder`."""
    data = folder / "data"
    data.mkdir()
    for number, record in enumerate(records):
        (data / f"{number}.yaml").write_text(CONTEXT + record, encoding="utf-8")
    return list(document_quads(load_records(data)))


def test_a_record_makes_the_statements_written_here(tmp_path: Path) -> None:
    """Texts get a language, figures a datatype, codes their kind's IRI, nested nodes a link upwards."""
    found = statements(tmp_path, RECORD)
    assert written(found) == ntriples(TRIPLES)
    assert {q.graph_name for q in found} == {DATA_GRAPH}


def test_a_list_of_nodes_makes_the_statements_of_each(tmp_path: Path) -> None:
    """The items of @graph are read like records of their own, over several files."""
    found = statements(
        tmp_path,
        '"@graph":\n  - id: note/a\n    type: Note\n    text: One.\n  - id: note/b\n    type: Note\n',
        "id: note/c\ntype: Note\naboutThing: [note/a, note/b]\n",
    )
    assert written(found) == ntriples(
        'note/a a cscip:Note\nnote/a cscip:text "One."@en\nnote/b a cscip:Note\nnote/c a cscip:Note\n'
        "note/c cscip:aboutThing note/a\nnote/c cscip:aboutThing note/b"
    )


@pytest.mark.parametrize(
    "text", ["£5: \u201chalf\u201d", "a\\nb \\ c", "<b>&amp;</b>", "@id", "caf\u00e9 \U0001f600"]
)
def test_text_arrives_letter_for_letter(tmp_path: Path, text: str) -> None:
    """Nothing in a text is read as mark-up, as an escape or as a keyword."""
    (label,) = [q.object for q in statements(tmp_path, f"id: note/a\ntype: Note\nname: '{text}'\n")
                if q.predicate.value.endswith("#label")]  # fmt: skip
    assert label == ox.Literal(text, language="en")


# --- citations ------------------------------------------------------------------------------------------

SECTIONS = """
id: source/s
type: Source
sections:
  - {id: source/s#all, type: Section, startLine: 1, endLine: 100, heading: All, page: "1"}
  - {id: source/s#part, type: Section, startLine: 10, endLine: 40, heading: Part}
  - {id: source/s#table, type: Section, startLine: 20, endLine: 30, page: "7"}
  - {id: source/s#same-start, type: Section, startLine: 10, endLine: 12, heading: Head, page: "5"}
  - {id: source/s#next, type: Section, startLine: 41, endLine: 60, heading: Next, page: "9"}
"""


def citations(folder: Path, *targets: str) -> dict[str, dict[str, str]]:
    """Return what is said of each citation node when a statement of a source `s` points at it."""
    quads = statements(folder, SECTIONS, "id: note/a\ntype: Note\n")
    quads += [Quad(NamedNode(ID + "note/a"), term("citation"), NamedNode(ID + t), DATA_GRAPH)
              for t in targets]  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    for q in citation_quads(quads):
        assert isinstance(q.subject, NamedNode)
        assert not isinstance(q.object, ox.Triple)
        assert q.graph_name == DATA_GRAPH
        name = q.predicate.value.rpartition("#")[2]
        said = found.setdefault(q.subject.value.removeprefix(ID), {})
        assert name not in said, "one value each"
        said[name] = q.object.value
    return found


@pytest.mark.parametrize(
    ("line", "heading", "page"),
    [
        (1, "All", "1"),
        (9, "All", "1"),
        (10, "Head", "5"),
        (12, "Head", "5"),
        (13, "Part", "1"),
        (19, "Part", "1"),
        (20, "Part", "7"),
        (30, "Part", "7"),
        (31, "Part", "1"),
        (40, "Part", "1"),
        (41, "Next", "9"),
        (60, "Next", "9"),
        (61, "All", "1"),
        (100, "All", "1"),
        (101, None, None),
    ],
)
def test_a_citation_takes_heading_and_page_from_the_innermost_section(
    tmp_path: Path, line: int, heading: str | None, page: str | None
) -> None:
    """The smallest section around the line that has a heading gives it, and likewise the page."""
    said = citations(tmp_path, f"source/s#L{line}")[f"source/s#L{line}"]
    assert (said.get("heading"), said.get("printedPage")) == (heading, page)


def test_a_citation_of_one_line_describes_itself(tmp_path: Path) -> None:
    """A citation node has its class, its source, and its line as both ends."""
    assert citations(tmp_path, "source/s#L41") == {
        "source/s#L41": {
            "type": "https://w3id.org/cscip/ontology#Citation",
            "source": "https://w3id.org/cscip/id/source/s",
            "startLine": "41",
            "endLine": "41",
            "heading": "Next",
            "printedPage": "9",
        }
    }


def test_a_citation_of_several_lines_stands_where_its_first_line_does(tmp_path: Path) -> None:
    """Both ends are kept; heading and page are those of the first line."""
    said = citations(tmp_path, "source/s#L12-50")["source/s#L12-50"]
    assert (said["startLine"], said["endLine"]) == ("12", "50")
    assert (said["heading"], said["printedPage"]) == ("Head", "5")


def test_line_numbers_are_integers(tmp_path: Path) -> None:
    """The lines of a citation are numbers, so that they sort and compare."""
    quads = statements(tmp_path, "id: note/a\ntype: Note\ncitation: [s#L2-10]\n")
    lines = [q.object for q in citation_quads(quads) if q.predicate in (term("startLine"), term("endLine"))]
    integer = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    assert lines == [ox.Literal("2", datatype=integer), ox.Literal("10", datatype=integer)]


def test_a_source_without_sections_gives_neither_heading_nor_page(tmp_path: Path) -> None:
    """The node is described all the same: its source need not list any section."""
    said = citations(tmp_path, "source/other#L3")["source/other#L3"]
    assert sorted(said) == ["endLine", "source", "startLine", "type"]


@pytest.mark.parametrize(
    "target",
    [
        "source/s",
        "source/s#12",
        "source/s#L",
        "source/s#L1-",
        "source/s#L1-2-3",
        "source/s#l1",
        "source/S#L1",
        "organisation/s#L1",
        "source/s/more#L1",
    ],
)
def test_a_malformed_citation_stays_undescribed(tmp_path: Path, target: str) -> None:
    """No node is made up for an IRI that is not a citation's: validation is to find it."""
    assert citations(tmp_path, target, "source/s#L1").keys() == {"source/s#L1"}


# --- the whole dataset ----------------------------------------------------------------------------------


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A folder with an ontology and two vocabularies, all of which use the blank node label `x`."""
    folder = tmp_path / "ontology"
    (folder / "vocabularies").mkdir(parents=True)
    head = (
        "@prefix c: <https://w3id.org/cscip/ontology#> . @prefix s: <https://w3id.org/cscip/id/source/> .\n"
    )
    (folder / "cscip.ttl").write_text(head + "_:x a c:OfTheOntology .", encoding="utf-8")
    (folder / "vocabularies" / "a.ttl").write_text(
        head + "_:x a c:OfA . <http://t/a> c:citation <https://w3id.org/cscip/id/source/s#L3> .", "utf-8"
    )
    (folder / "vocabularies" / "b.ttl").write_text(head + "_:x a c:OfB .", encoding="utf-8")
    (folder / "mappings.ttl").write_text(head + "c:No a c:No .", encoding="utf-8")
    return folder


def test_each_statement_goes_to_the_graph_of_its_origin(ontology: Path, tmp_path: Path) -> None:
    """Ontology, vocabularies and records keep their own named graphs; citations are data; no file else."""
    data = tmp_path / "data"
    data.mkdir()
    record = CONTEXT + "id: note/a\ntype: Note\ncitation: [s#L3]\n"
    (data / "a.yaml").write_text(record, encoding="utf-8")
    quads = build_graph(load_records(data), ontology)
    assert len(quads) == len(set(quads))
    found = {(q.graph_name, q.predicate.value.rpartition("#")[2], str(q.object)) for q in quads}
    ours = "<https://w3id.org/cscip/"
    assert found == {
        (ONTOLOGY_GRAPH, "type", f"{ours}ontology#OfTheOntology>"),
        (VOCABULARY_GRAPH, "type", f"{ours}ontology#OfA>"),
        (VOCABULARY_GRAPH, "type", f"{ours}ontology#OfB>"),
        (VOCABULARY_GRAPH, "citation", f"{ours}id/source/s#L3>"),
        (DATA_GRAPH, "type", f"{ours}ontology#Note>"),
        (DATA_GRAPH, "citation", f"{ours}id/source/s#L3>"),
        (DATA_GRAPH, "type", f"{ours}ontology#Citation>"),
        (DATA_GRAPH, "source", f"{ours}id/source/s>"),
        (DATA_GRAPH, "startLine", '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (DATA_GRAPH, "endLine", '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    }


def test_blank_nodes_of_different_files_stay_apart(ontology: Path) -> None:
    """The same label in two files is two nodes."""
    quads = [*ontology_quads(ontology), *vocabulary_quads(ontology)]
    assert len({q.subject for q in quads if isinstance(q.subject, BlankNode)}) == 3


def test_canonical_quads_do_not_depend_on_labels_or_order() -> None:
    """Two readings of the same text with other labels in another order are the same list of quads."""
    one = '_:a <http://p> _:b . _:b <http://p> "x" . _:c <http://p> "y" .'
    other = '_:z <http://p> "y" . _:y <http://p> "x" . _:x <http://p> _:y .'
    first, second = (canonical(ox.parse(text, format=ox.RdfFormat.TURTLE)) for text in (one, other))
    assert first == second
    assert first != canonical(ox.parse(one.replace("_:c", "_:a"), format=ox.RdfFormat.TURTLE))


def test_naming_only_what_has_no_name_gives_what_naming_all_gives(quads: list[Quad]) -> None:
    """The whole graph, made canonical by the library in one piece, has the same quads and the same hash."""
    whole = Dataset(quads)
    whole.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(map(str, whole))
    assert [*map(str, canonical(quads))] == lines
    assert hash_of(quads) == hashlib.sha256("\n".join(lines).encode()).hexdigest()
