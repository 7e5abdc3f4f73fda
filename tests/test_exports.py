"""The exports: other people's readers find the same graph in each, and the bytes depend on the data only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib.compare import to_canonical_graph

from cscip_kg import exports, formats
from cscip_kg.errors import ExportError
from cscip_kg.formats import FORMATS
from cscip_kg.graph import canonical
from cscip_kg.namespaces import (
    CSCIP,
    DATA_GRAPH,
    ID,
    INFERRED_GRAPH,
    LABEL,
    ONTOLOGY_GRAPH,
    SKOS,
    TYPE,
    VOCABULARY_GRAPH,
    XSD,
    term,
)
from cscip_kg.store import Build

ONE_GRAPH = {"turtle": "cscip.ttl", "rdfxml": "cscip.rdf", "jsonld": "cscip.jsonld"}
ALL_GRAPHS = {"trig": "cscip.trig", "nquads": "cscip.nq"}
OXIGRAPH = {
    "cscip.ttl": ox.RdfFormat.TURTLE,
    "cscip.rdf": ox.RdfFormat.RDF_XML,
    "cscip.jsonld": ox.RdfFormat.JSON_LD,
    "cscip.trig": ox.RdfFormat.TRIG,
    "cscip.nq": ox.RdfFormat.N_QUADS,
}
RDFLIB = {
    "cscip.ttl": "turtle",
    "cscip.rdf": "xml",
    "cscip.jsonld": "json-ld",
    "cscip.trig": "trig",
    "cscip.nq": "nquads",
}

ELSEWHERE = NamedNode("http://example.org/a,b;c(d)?e=f&g#h")
FINDING = NamedNode(ID + "evaluation/e#f")
TEXTS = [
    "plain",
    "",
    " a b ",
    "q\"uo'te",
    "back\\slash",
    "two\nlines and\ttab",
    "<b>&amp;</b>",
    "£5 ½ \U0001f600",
    "]]>",
]
TRICKY = [
    Quad(FINDING, TYPE, term("Finding"), DATA_GRAPH),
    Quad(NamedNode(ID + "evaluation/e"), TYPE, term("Evaluation"), DATA_GRAPH),
    *(Quad(FINDING, LABEL, Literal(text, language="en"), DATA_GRAPH) for text in TEXTS),
    *(Quad(FINDING, term("printedName"), Literal(text), DATA_GRAPH) for text in TEXTS),
    Quad(FINDING, term("printedName"), Literal("Cymraeg", language="cy"), DATA_GRAPH),
    Quad(FINDING, term("value"), Literal("96.0", datatype=NamedNode(XSD + "decimal")), DATA_GRAPH),
    Quad(FINDING, term("sampleSize"), Literal("12", datatype=NamedNode(XSD + "integer")), DATA_GRAPH),
    Quad(FINDING, term("reportedBy"), NamedNode(ID + "evaluation/e"), DATA_GRAPH),
    Quad(FINDING, term("citation"), NamedNode(ID + "source/s#L1-2"), DATA_GRAPH),
    Quad(FINDING, term("direction"), NamedNode(ID + "direction/decrease"), DATA_GRAPH),
    Quad(NamedNode(ID + "theme/t"), TYPE, NamedNode(SKOS + "Concept"), VOCABULARY_GRAPH),
    Quad(NamedNode(ID + "theme/t"), NamedNode(SKOS + "closeMatch"), ELSEWHERE, VOCABULARY_GRAPH),
    Quad(FINDING, term("effect"), NamedNode(ID + "effect/favourable"), INFERRED_GRAPH),
    Quad(BlankNode("a"), NamedNode(CSCIP + "x"), BlankNode("b"), ONTOLOGY_GRAPH),
    Quad(BlankNode("b"), NamedNode(CSCIP + "y"), Literal("deep"), ONTOLOGY_GRAPH),
]  # fmt: skip


# The formats of this file hold the statements and nothing of the build.
BUILD = Build("0" * 16, "0", {})


def export(quads: Iterable[Quad], names: Iterable[str], folder: Path) -> list[Path]:
    return formats.export(quads, BUILD, names, folder)


@pytest.fixture(scope="session")
def tricky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every format of the hand-made statements."""
    folder = tmp_path_factory.mktemp("tricky")
    export(TRICKY, [*ONE_GRAPH, *ALL_GRAPHS], folder)
    return folder


@pytest.fixture(scope="session")
def whole(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every format of the project's graph that is quickly written: no JSON-LD, no tables."""
    folder = tmp_path_factory.mktemp("whole")
    export(quads, [name for name in (*ONE_GRAPH, *ALL_GRAPHS) if name != "jsonld"], folder)
    return folder


@pytest.fixture(scope="session")
def with_jsonld(whole: Path, quads: list[Quad]) -> Path:
    """The same folder with JSON-LD too."""
    export(quads, ["jsonld"], whole)
    return whole


def asserted(quads: Iterable[Quad]) -> set[Triple]:
    kept = (q for q in quads if q.graph_name in (DATA_GRAPH, VOCABULARY_GRAPH))
    return {Triple(q.subject, q.predicate, q.object) for q in kept}


def by_oxigraph(path: Path) -> list[Quad]:
    return list(ox.parse(path=path, format=OXIGRAPH[path.name]))


def triples(quads: Iterable[Quad]) -> set[Triple]:
    return {Triple(q.subject, q.predicate, q.object) for q in quads}


# --- other readers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_GRAPH.values())
def test_oxigraph_reads_the_asserted_graph(tricky: Path, whole: Path, quads: list[Quad], name: str) -> None:
    """A one-graph format holds data and vocabularies letter for letter, and nothing inferred."""
    assert triples(by_oxigraph(tricky / name)) == asserted(TRICKY)
    if name != "cscip.jsonld":
        assert triples(by_oxigraph(whole / name)) == asserted(quads)


@pytest.mark.reference
def test_oxigraph_reads_all_of_the_json_ld(with_jsonld: Path, quads: list[Quad], tmp_path: Path) -> None:
    """The JSON-LD of the whole graph holds each asserted statement, and is written again as it was."""
    path = with_jsonld / "cscip.jsonld"
    found = triples(by_oxigraph(path))
    assert found == asserted(quads)
    (written,) = export(
        [Quad(t.subject, t.predicate, t.object, DATA_GRAPH) for t in found], ["jsonld"], tmp_path
    )
    assert written.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ALL_GRAPHS.values())
def test_oxigraph_reads_every_named_graph(tricky: Path, whole: Path, quads: list[Quad], name: str) -> None:
    """TriG and N-Quads hold each statement in its own graph, the ontology and what is inferred included."""
    assert canonical(by_oxigraph(tricky / name)) == canonical(TRICKY)
    assert canonical(by_oxigraph(whole / name)) == canonical(quads)


Read = TypeVar("Read", rdflib.Graph, rdflib.Dataset)


def by_rdflib(empty: Read, data: bytes, syntax: str) -> Read:
    with warnings.catch_warnings():
        # RDFLib's own parsers use what RDFLib deprecates.
        message = r"(Dataset\.default_context|ConjunctiveGraph) is deprecated"
        warnings.filterwarnings("ignore", message, DeprecationWarning)
        empty.parse(data=data, format=syntax)
    return empty


def same_in_rdflib(folder: Path, quads: list[Quad]) -> None:
    """Check that rdflib reads from each format in `folder` what it reads from the statements themselves."""
    expected = by_rdflib(rdflib.Dataset(), ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"", "nquads")
    stated = rdflib.Graph()
    for graph in (DATA_GRAPH, VOCABULARY_GRAPH):
        stated += expected.graph(rdflib.URIRef(graph.value))
    for name in ONE_GRAPH.values():
        read = by_rdflib(rdflib.Graph(), (folder / name).read_bytes(), RDFLIB[name])
        assert set(read) == set(stated), name
    for name in ALL_GRAPHS.values():
        found = by_rdflib(rdflib.Dataset(), (folder / name).read_bytes(), RDFLIB[name])
        names = {g.identifier for g in expected.graphs() if len(g)}
        assert {g.identifier for g in found.graphs() if len(g)} == names, name
        for graph_name in names:
            first, second = (to_canonical_graph(d.graph(graph_name)) for d in (expected, found))
            assert set(first) == set(second), f"{name}: {graph_name}"


def test_rdflib_reads_the_same(tricky: Path) -> None:
    """RDFLib finds in every format the statements that went in, whatever signs they hold."""
    same_in_rdflib(tricky, TRICKY)


@pytest.mark.reference
def test_rdflib_reads_the_same_from_the_whole_graph(with_jsonld: Path, quads: list[Quad]) -> None:
    """RDFLib finds in every format of the project's graph all of its statements."""
    same_in_rdflib(with_jsonld, quads)


def outside(*command: str, needs: str) -> bytes:
    """Run a tool that is not of Python; without it the test fails and says what to install."""
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is not installed; it comes with the Debian package {needs}.")
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.outside_tools
@pytest.mark.parametrize(("name", "syntax"), [("cscip.ttl", "turtle"), ("cscip.rdf", "rdfxml")])
def test_rapper_reads_turtle_and_rdf_xml(
    tricky: Path, whole: Path, quads: list[Quad], name: str, syntax: str
) -> None:
    """The Raptor parser finds the asserted statements, all of them, without a warning."""
    for folder, expected in ((tricky, asserted(TRICKY)), (whole, asserted(quads))):
        found = outside(
            "rapper", "-q", "-i", syntax, "-o", "ntriples", str(folder / name), needs="raptor2-utils"
        )
        assert triples(ox.parse(found, format=ox.RdfFormat.N_TRIPLES)) == expected


@pytest.mark.outside_tools
def test_jsonld_js_reads_json_ld(js: Path, tricky: Path, with_jsonld: Path, quads: list[Quad]) -> None:
    """The JavaScript library finds the asserted statements, all of them, and has nothing to fetch."""
    for folder, expected in ((tricky, asserted(TRICKY)), (with_jsonld, asserted(quads))):
        file = str(folder / "cscip.jsonld")
        found = outside("node", str(js / "to-nquads.mjs"), file, needs="nodejs")
        assert triples(ox.parse(found, format=ox.RdfFormat.N_QUADS)) == expected


# --- the same bytes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_GRAPH)
def test_a_graph_read_back_is_written_as_it_was(tricky: Path, whole: Path, tmp_path: Path, name: str) -> None:
    """File to graph to file changes no byte."""
    for folder in (tricky,) if name == "jsonld" else (tricky, whole):
        path = folder / ONE_GRAPH[name]
        again = [Quad(q.subject, q.predicate, q.object, DATA_GRAPH) for q in by_oxigraph(path)]
        (written,) = export(again, [name], tmp_path)
        assert written.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ALL_GRAPHS)
def test_a_dataset_read_back_is_written_as_it_was(
    tricky: Path, whole: Path, tmp_path: Path, name: str
) -> None:
    """File to dataset to file changes no byte, although blank nodes get new labels on the way."""
    for folder in (tricky, whole):
        path = folder / ALL_GRAPHS[name]
        (written,) = export(by_oxigraph(path), [name], tmp_path)
        assert written.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", [*ONE_GRAPH, *ALL_GRAPHS])
def test_the_order_of_the_statements_does_not_matter(tricky: Path, tmp_path: Path, name: str) -> None:
    """The same statements in another order, one of them twice, give the same file."""
    (written,) = export([*TRICKY[::-1], TRICKY[0]], [name], tmp_path)
    assert written.read_bytes() == (tricky / written.name).read_bytes()


BUILDER = """
import sys
from pathlib import Path
from cscip_kg import exports, formats, store
from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.records import load_records
folder = Path(sys.argv[1])
quads = build_graph(load_records())
build = store.publish(quads + infer(quads), folder / "build")
kept = exports.graph_of(store.open_store(folder / "build"))
formats.export(kept, build, formats.FORMATS, folder / "exports")
"""


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    """Two processes with different hash seeds build the same graph and write the same files, tables too."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(tmp_path / seed)], env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert [process.wait(timeout=300) for process in running] == [0, 0]
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / s / "exports").iterdir()} for s in "12")
    one_file = {*ONE_GRAPH.values(), *ALL_GRAPHS.values(), "cscip.xlsx", "cscip-queries.ttl"}
    assert first.keys() == second.keys() > one_file
    assert all(name.endswith(".csv") for name in first.keys() - one_file)
    assert [name for name in first if first[name] != second[name]] == []


# --- where and whether ----------------------------------------------------------------------------------


def test_every_format_is_written_to_the_folder_made_for_it(tmp_path: Path) -> None:
    """The folder is made, the files written are named, and nothing else lies there."""
    written = export(TRICKY, [*ONE_GRAPH, *ALL_GRAPHS], tmp_path / "new" / "folder")
    assert [p.name for p in written] == [*ONE_GRAPH.values(), *ALL_GRAPHS.values()]
    assert sorted((tmp_path / "new" / "folder").iterdir()) == sorted(written)
    assert {oct(p.stat().st_mode & 0o777) for p in written} == {"0o644"}


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    """Not even the known formats of the same order are written."""
    with pytest.raises(ExportError) as caught:
        export(TRICKY, ["turtle", "word"], tmp_path)
    assert str(caught.value) == (
        "There is no format 'word'. Formats: turtle, trig, nquads, jsonld, rdfxml, csv, xlsx, queries."
    )
    assert list(tmp_path.iterdir()) == []
    assert set(FORMATS) == {*ONE_GRAPH, *ALL_GRAPHS, "csv", "xlsx", "queries"}


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder that is a file, or lies below one, cannot be written, and the file stays as it was."""
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for folder in (file, file / "below"):
        with pytest.raises(ExportError, match=r"Cannot write .*cscip\.ttl.*Choose another place"):
            export(TRICKY, ["turtle"], folder)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_told() -> None:
    """A folder that the system refuses to make is an ExportError."""
    with pytest.raises(ExportError, match="Cannot write"):
        export(TRICKY, ["turtle"], Path("/proc/cscip-exports"))


def test_a_folder_in_the_place_of_the_file_is_left_alone(tmp_path: Path) -> None:
    """A folder named like the export stays, and no part of the export is left beside it."""
    (tmp_path / "cscip.ttl").mkdir()
    with pytest.raises(ExportError, match="Cannot write"):
        export(TRICKY, ["turtle"], tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["cscip.ttl"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails half-way, the file that was there is whole and nothing lies beside it."""
    exports.write_whole(tmp_path / "a.txt", b"old")

    def refuse(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ExportError, match="No space left on device"):
        exports.write_whole(tmp_path / "a.txt", b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"old"}
