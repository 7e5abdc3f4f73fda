"""What changed between two versions: every statement once, whatever the nodes without a name are called.

Hand-made versions stand for the rules; rdflib's test for the same graph is the reference for nodes without a
name.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib.compare import isomorphic

from cscip_kg import changes
from cscip_kg.changes import blanks, reading
from cscip_kg.changes.comparing import Change, Changes
from cscip_kg.errors import ExportError
from cscip_kg.namespaces import BASE, DATA_GRAPH, ID, INFERRED_GRAPH, LABEL, ONTOLOGY_GRAPH, XSD, term
from test_cli import Cscip, cscip

__all__ = ["cscip"]

EX = "http://example.org/"
PAUSE, OTHER, NEW = (NamedNode(f"{ID}intervention/{name}") for name in ("pause", "other", "new"))
SIZE, CITES = term("sampleSize"), term("citation")


def number(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "integer"))


OLD = [
    Quad(PAUSE, LABEL, Literal("Pause", language="en"), DATA_GRAPH),
    Quad(PAUSE, SIZE, number("120"), DATA_GRAPH),
    Quad(PAUSE, CITES, NamedNode(f"{ID}source/s#L1"), DATA_GRAPH),
    Quad(PAUSE, CITES, NamedNode(f"{ID}source/s#L2"), DATA_GRAPH),
    Quad(OTHER, LABEL, Literal("Other", language="en"), DATA_GRAPH),
    Quad(PAUSE, term("effect"), NamedNode(f"{ID}effect/unclear"), INFERRED_GRAPH),
]
LATER = [
    *OLD[:1],
    Quad(PAUSE, SIZE, number("125"), DATA_GRAPH),
    OLD[2],
    Quad(PAUSE, CITES, NamedNode(f"{ID}source/s#L3"), DATA_GRAPH),
    Quad(PAUSE, term("caveat"), Literal("a | b\n<i>c</i>", language="en"), DATA_GRAPH),
    Quad(NEW, LABEL, Literal("New", language="en"), DATA_GRAPH),
    Quad(PAUSE, term("effect"), NamedNode(f"{ID}effect/favourable"), INFERRED_GRAPH),
]


def difference(old: Iterable[Quad], new: Iterable[Quad]) -> Changes:
    return changes.compare(changes.Version("old", list(old)), changes.Version("new", list(new)))


# --- what counts as what --------------------------------------------------------------------------------


def test_added_changed_and_withdrawn_are_told_apart() -> None:
    """Another value for the same property of a thing is a change; a value alone was added or withdrawn."""
    found = difference(OLD, LATER)
    assert {(c.kind, c.subject, c.predicate): (c.before, c.after) for c in found.changes} == {
        ("changed", str(PAUSE), str(SIZE)): ((str(number("120")),), (str(number("125")),)),
        ("changed", str(PAUSE), str(CITES)): ((f"<{ID}source/s#L2>",), (f"<{ID}source/s#L3>",)),
        ("added", str(PAUSE), str(term("caveat"))): ((), (str(LATER[4].object),)),
        ("withdrawn", str(OTHER), str(LABEL)): (('"Other"@en',), ()),
        ("added", str(NEW), str(LABEL)): ((), ('"New"@en',)),
        ("changed", str(PAUSE), str(term("effect"))): (
            (f"<{ID}effect/unclear>",),
            (f"<{ID}effect/favourable>",),
        ),
    }
    assert (found.added, found.withdrawn, found.sizes) == (5, 4, (6, 7))
    assert (found.gone, found.come) == ((OTHER.value,), (NEW.value,))
    assert found.by_graph[str(DATA_GRAPH)] == {"added": 2, "changed": 2, "withdrawn": 1}


def test_the_other_way_round_is_the_opposite() -> None:
    """What was added is withdrawn, and what was changed is changed back."""
    forth, back = difference(OLD, LATER), difference(LATER, OLD)
    assert [(c.before, c.after) for c in forth.changes] == [(c.after, c.before) for c in back.changes]
    assert (forth.gone, forth.come) == (back.come, back.gone)


def test_a_statement_in_another_graph_is_another_statement() -> None:
    """Moved from one graph to another, it is withdrawn here and added there."""
    moved = Quad(PAUSE, SIZE, number("120"), ONTOLOGY_GRAPH)
    assert sorted(c.kind for c in difference([OLD[1]], [moved]).changes) == ["added", "withdrawn"]


@pytest.mark.parametrize(
    "other",
    [Literal("120"), Literal("0120", datatype=NamedNode(XSD + "integer")), Literal("120", language="en")],
)
def test_values_are_compared_to_the_letter(other: Literal) -> None:
    """Another kind, language or spelling of a value is a change: the data say it otherwise."""
    assert [c.kind for c in difference([OLD[1]], [Quad(PAUSE, SIZE, other, DATA_GRAPH)]).changes] == [
        "changed"
    ]


def test_the_order_and_repetition_of_statements_do_not_matter() -> None:
    """A dump has no order."""
    assert difference(OLD, [*OLD[::-1], OLD[0]]).changes == ()


def test_the_graph_without_a_name_is_compared_too() -> None:
    """Turtle and N-Triples have no other."""
    found = difference([Quad(PAUSE, SIZE, number("1"))], [Quad(PAUSE, SIZE, number("2"))])
    assert [(c.graph, c.kind) for c in found.changes] == [("", "changed")]
    assert "no graph of its own" in changes.markdown(found).decode()


# --- nodes without a name -------------------------------------------------------------------------------

P, Q = NamedNode(EX + "p"), NamedNode(EX + "q")


def shape(*edges: tuple[int, int], names: str = "b", graph: NamedNode = DATA_GRAPH) -> list[Quad]:
    """Return nodes without a name, joined as the edges say."""
    return [Quad(BlankNode(f"{names}{a}"), P, BlankNode(f"{names}{b}"), graph) for a, b in edges]


def restriction(value: str, names: str) -> list[Quad]:
    """Return a named thing with a structure that has no name, as an ontology has them."""
    outer, inner = BlankNode(f"{names}1"), BlankNode(f"{names}2")
    return [
        Quad(NamedNode(EX + "class"), P, outer, ONTOLOGY_GRAPH),
        Quad(outer, Q, inner, ONTOLOGY_GRAPH),
        Quad(inner, Q, Literal(value), ONTOLOGY_GRAPH),
    ]


def test_other_names_for_nodes_without_one_are_no_change() -> None:
    """The labels in a dump mean nothing."""
    assert difference(restriction("a", "x"), restriction("a", "y")).changes == ()


def test_a_change_deep_in_a_structure_without_names_is_found() -> None:
    """The structure is told whole, before and after, and what holds it is changed."""
    found = difference(restriction("a", "x"), restriction("b", "x"))
    assert (found.added, found.withdrawn) == (3, 3)
    (held,) = (c for c in found.changes if c.subject == f"<{EX}class>")
    assert held.kind == "changed"


def test_a_change_in_one_structure_leaves_the_others_alone() -> None:
    """Were all nodes numbered in one go, one more would move them all."""
    many = [quad for n in range(50) for quad in restriction(f"value {n}", f"n{n}x")]
    found = difference(many, [*many, *restriction("one more", "z")])
    assert (found.added, found.withdrawn) == (3, 0)


def test_the_number_of_equal_structures_counts() -> None:
    """Two that look alike are not one."""
    one, two = shape((1, 2)), [*shape((1, 2)), *shape((3, 4))]
    assert (difference(one, two).added, difference(two, one).withdrawn) == (1, 1)
    assert (difference([], two).added, difference(two, []).withdrawn) == (2, 2)
    assert difference(two, shape((5, 6), (7, 8))).changes == ()


TRIANGLES = ((0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3))
HEXAGON = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0))


def wheel(*ring: tuple[int, int], names: str = "b") -> list[Quad]:
    """Return rings whose nodes are all joined to one more, so that they hang together."""
    hub = [Quad(BlankNode(f"{names}hub"), Q, BlankNode(f"{names}{n}"), DATA_GRAPH) for n in range(6)]
    return [*shape(*ring, names=names), *hub]


def test_rings_that_look_alike_from_each_node_are_told_apart() -> None:
    """Two triangles and a hexagon on one hub: each node has one before it, one after it, and the hub."""
    assert difference(wheel(*TRIANGLES), wheel(*HEXAGON)).added == 12
    turned = [((a + 2) % 6, (b + 2) % 6) for a, b in HEXAGON[::-1]]
    assert difference(wheel(*HEXAGON), wheel(*turned, names="z")).changes == ()


@pytest.mark.parametrize("size", [12, 60])
def test_what_would_take_for_ever_is_refused_at_once(size: int) -> None:
    """Where all nodes are joined with all, the canonical algorithm tries every order: it is not begun."""
    edges = [(a, b) for a in range(size) for b in range(size) if a != b]
    start = time.monotonic()
    with pytest.raises(ExportError, match=r"nodes without a name .* Give them names"):
        difference(shape(*edges), shape(*edges))
    assert time.monotonic() - start < 5


def test_a_long_chain_of_equal_nodes_is_refused_when_it_costs_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each round looks one node further: the work has a bound."""
    monkeypatch.setattr(blanks, "MOST_WORK", 1000)
    chain = shape(*((n, n + 1) for n in range(100)))
    with pytest.raises(ExportError, match="too much alike"):
        difference(chain, chain)


def test_many_equal_leaves_are_compared() -> None:
    """A tree, however alike its leaves, is quickly decided: no order has to be tried."""
    leaves = shape(*((0, n) for n in range(1, 200)))
    assert difference(leaves, shape(*((0, n) for n in range(1, 200)), names="z")).changes == ()
    assert difference(leaves, leaves[1:]).changes != ()


EDGES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([P, Q]), st.integers(0, 5)), min_size=1, max_size=7
)


def drawn(edges: list[tuple[int, NamedNode, int]], names: list[int]) -> list[Quad]:
    return [Quad(BlankNode(f"n{names[a]}"), p, BlankNode(f"n{names[b]}"), DATA_GRAPH) for a, p, b in edges]


def by_rdflib(quads: list[Quad]) -> rdflib.Graph:
    graph = rdflib.Graph()
    lines = ox.serialize(
        (Triple(q.subject, q.predicate, q.object) for q in quads), format=ox.RdfFormat.N_TRIPLES
    )
    return graph.parse(data=lines or b"", format="nt")


@settings(deadline=None, max_examples=150)
@given(EDGES, EDGES, st.permutations(range(6)))
def test_no_change_is_found_where_rdflib_finds_the_same_graph(
    first: list[tuple[int, NamedNode, int]], second: list[tuple[int, NamedNode, int]], names: list[int]
) -> None:
    """And a change where it does not: any small graph against another, and itself under other names."""
    one, renamed, two = drawn(first, list(range(6))), drawn(first, names), drawn(second, names)
    assert difference(one, renamed[::-1]).changes == ()
    assert (difference(one, two).changes == ()) is isomorphic(by_rdflib(one), by_rdflib(two))


def test_triple_terms_are_refused() -> None:
    """Statements about statements are not compared yet, and it says so."""
    quad = Quad(PAUSE, P, Triple(PAUSE, P, OTHER), DATA_GRAPH)
    with pytest.raises(ExportError, match="triple terms"):
        difference([quad], [])


# --- the project's own graph ----------------------------------------------------------------------------


def test_the_projects_graph_in_two_forms_is_the_same(quads: list[Quad], tmp_path: Path) -> None:
    """N-Quads and TriG of one graph, read back: the labels of nodes without a name are other ones."""
    for name, form in (("a.nq", ox.RdfFormat.N_QUADS), ("b.trig", ox.RdfFormat.TRIG)):
        (tmp_path / name).write_bytes(ox.serialize(sorted(quads, key=str), format=form) or b"")
    first, second = (changes.version(tmp_path / name) for name in ("a.nq", "b.trig"))
    found = changes.compare(first, second)
    assert (found.changes, found.sizes) == ((), (len(set(quads)), len(set(quads))))
    assert any(isinstance(q.subject, BlankNode) for q in first.quads)


def test_the_cost_grows_with_the_data(quads: list[Quad]) -> None:
    """Four times the statements take no more than about four times as long."""

    def seconds(copies: int) -> float:
        many = [
            Quad(NamedNode(f"{q.subject.value}-{n}"), q.predicate, q.object, q.graph_name)
            for n in range(copies)
            for q in quads[::8]
            if isinstance(q.subject, NamedNode) and not isinstance(q.object, BlankNode)
        ]
        best = 1e9
        for _ in range(2):
            start = time.process_time()
            assert difference(many, many[: len(many) // 2]).added == 0
            best = min(best, time.process_time() - start)
        return best

    assert seconds(4) < 8 * seconds(1)


# --- the tellings ---------------------------------------------------------------------------------------


def test_the_markdown_is_for_people() -> None:
    """Short names, both values, new and lost things; what the data hold has no meaning in Markdown."""
    text = changes.markdown(difference(OLD, LATER)).decode()
    assert "# Changes from old to new" in text
    assert "6 statements before, 7 after: 5 are new and 4 are there no more." in text
    assert "| data | 2 | 2 | 1 |" in text
    assert '| changed | cscip:sampleSize | "120"^^xsd:integer | "125"^^xsd:integer |' in text
    assert "## Things described no more (1)\n\nA name that was published should not vanish" in text
    assert "- intervention/other\n" in text
    assert "## New things (1)" in text
    assert "favourable" not in text
    (row,) = (line for line in text.splitlines() if "caveat" in line)
    assert "<i>" not in row
    assert row.replace("\\|", "").count("|") == 5


def test_where_nothing_changed_it_says_so() -> None:
    """In one line, without tables."""
    text = changes.markdown(difference(OLD, OLD)).decode()
    assert text.endswith("Both say the same.\n")
    assert "##" not in text


def test_the_table_makes_the_new_version_of_the_old_one() -> None:
    """Nothing is lost in it: without what was before, and with what came after, it is the later one."""
    content = changes.as_csv(difference(OLD, LATER)).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    lines = {" ".join(map(str, (q.subject, q.predicate, q.object, q.graph_name))) for q in OLD}

    def statements(row: dict[str, str], values: str) -> set[str]:
        """Return the statements of a row: one value a line."""
        start = f"<{row['thing']}> <{row['property']}>"
        return {f"{start} {value} <{row['graph']}>" for value in values.splitlines()}

    for row in rows:
        lines -= statements(row, row["before"])
        lines |= statements(row, row["after"])
    assert lines == {" ".join(map(str, (q.subject, q.predicate, q.object, q.graph_name))) for q in LATER}


CS = "http://purl.org/vocab/changeset/schema#"
COUNTED = f"""SELECT ?role (COUNT(*) AS ?n) {{
  ?set a <{CS}ChangeSet> ; <{CS}subjectOfChange> ?thing ; ?role ?statement .
  ?statement a rdf:Statement ; rdf:subject ?thing ; rdf:predicate ?p ; rdf:object ?o ;
    dcterms:isPartOf ?graph .
  FILTER(?role IN (<{CS}addition>, <{CS}removal>))
}} GROUP BY ?role"""


def test_the_rdf_has_a_change_set_for_each_thing() -> None:
    """Every statement once, as addition or removal, with its graph; and no node without a name."""
    found = difference([*OLD, *restriction("a", "x")], [*LATER, *restriction("b", "x")])
    store = ox.Store()
    store.load(changes.turtle(found), format=ox.RdfFormat.TURTLE)
    prefixes = {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dcterms": "http://purl.org/dc/terms/"}
    counted = {row["role"].value.removeprefix(CS): int(row["n"].value)
               for row in store.query(COUNTED, prefixes=prefixes)}  # type: ignore[union-attr]  # fmt: skip
    assert counted == {"addition": found.added, "removal": found.withdrawn}
    nodes = [node for q in store for node in (q.subject, q.object)]
    assert not any(isinstance(node, BlankNode) for node in nodes)
    assert any(f"{BASE}.well-known/genid/" in str(node) for node in nodes)


def test_the_tellings_are_the_same_for_the_same_versions() -> None:
    """Byte for byte, in whatever order the statements come and whatever nodes without a name are called."""

    def both(names: str) -> tuple[list[Quad], list[Quad]]:
        old = [*OLD, *restriction("a", names), *wheel(*HEXAGON, names=f"h{names}")]
        return old, [*LATER, *restriction("b", names), *wheel(*TRIANGLES, names=f"t{names}")]

    first, second = difference(*both("x")), difference(*(side[::-1] for side in both("y")))
    assert any("_:" in change.subject for change in first.changes)
    for write in changes.FILES.values():
        assert write(first) == write(second)


# --- versions -------------------------------------------------------------------------------------------


def dump(path: Path, quads: list[Quad]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return path


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release with what matters here: the dump, its checksum, and the number of the version."""
    folder = tmp_path / "release"
    path = dump(folder / "graph" / "cscip.nq", OLD)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  graph/cscip.nq\n")
    (folder / "datapackage.json").write_text('{"version": "1.2.3+abc"}')
    return folder


def test_a_release_is_read_as_folder_and_as_archive(release: Path, tmp_path: Path) -> None:
    """It is called by its number; a dump and a folder of exports by their own names."""
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", release))
    for path in (release, archive):
        found = changes.version(path)
        assert (found.name, set(found.quads)) == ("1.2.3+abc", set(OLD))
    dump(tmp_path / "exports" / "cscip.nq", OLD)
    assert changes.version(tmp_path / "exports").name == "exports"
    assert changes.version(dump(tmp_path / "old.nq", OLD)).name == "old.nq"


def test_a_release_that_was_changed_is_refused(release: Path, tmp_path: Path) -> None:
    """Its dump is not the one that was released: a comparison would tell wrong things of that release."""
    dump(release / "graph" / "cscip.nq", LATER)
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", release))
    for path in (release, archive):
        with pytest.raises(ExportError, match=r"graph/cscip.nq is not the file of the release"):
            changes.version(path)


def refusals(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """Return each thing that is no version, and what is said of it."""
    (tmp_path / "broken.nq").write_text("<http://a> <http://b> <http://c> .\n<http://a> oops\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "table.csv").write_text("a")
    (tmp_path / "torn.zip").write_bytes(b"PK no")
    (tmp_path / "binary.trig").write_bytes(b"\xff\xfe\x00")
    with zipfile.ZipFile(tmp_path / "locked.zip", "w") as archive:
        archive.writestr("cscip.nq", "")
    locked = bytearray((tmp_path / "locked.zip").read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    dump(tmp_path / "deep" / "cscip.nq", OLD)
    (tmp_path / "deep" / "datapackage.json").write_text("[" * 100_000)
    return {
        "broken": (tmp_path / "broken.nq", r"broken.nq, line 2: this cannot be read as RDF"),
        "empty": (tmp_path / "empty", r"holds no graph/cscip.nq or cscip.nq. Name a release"),
        "kind": (tmp_path / "table.csv", r"names no format. Let it end in \.nq"),
        "missing": (tmp_path / "none.nq", r"Cannot read .*none.nq: No such file"),
        "torn": (tmp_path / "torn.zip", r"is no ZIP archive, or a damaged one"),
        "locked": (tmp_path / "locked.zip", r"is no ZIP archive, or a damaged one \(.*password"),
        "deep": (tmp_path / "deep", r"deep/datapackage.json: this is no JSON"),
        "binary": (tmp_path / "binary.trig", r"binary.trig, line 1: this cannot be read as RDF"),
    }


@pytest.mark.parametrize("case", ["broken", "empty", "kind", "missing", "torn", "locked", "deep", "binary"])
def test_what_is_no_version_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    """File, line where there is one, and what to do."""
    path, message = refusals(tmp_path)[case]
    with pytest.raises(ExportError, match=message):
        changes.version(path)


def test_a_version_has_a_greatest_size(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file, in a folder and unpacked from an archive: more is refused before it is read."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("graph/cscip.nq", "\n" * 100_000)
    assert (tmp_path / "bomb.zip").stat().st_size < 1000
    monkeypatch.setattr(reading, "MAX_BYTES", 500)
    for path in (release, tmp_path / "bomb.zip", dump(tmp_path / "large.nq", OLD)):
        with pytest.raises(ExportError, match=r"bytes; versions of at most 500 are compared"):
            changes.version(path)


# --- the command ----------------------------------------------------------------------------------------


def test_the_command_tells_people(cscip: Cscip, release: Path, tmp_path: Path) -> None:
    """Markdown on standard output, the numbers on standard error, exit code 0."""
    done = cscip("changes", str(release), str(dump(tmp_path / "later.nq", LATER)))
    assert done.code == 0
    assert done.out.startswith("# Changes from 1.2.3+abc to later.nq\n")
    assert "5 statements are new, 4 are there no more." in done.err


def test_the_command_writes_files(cscip: Cscip, release: Path, tmp_path: Path) -> None:
    """The three forms, each named on standard output."""
    later, folder = dump(tmp_path / "later.nq", LATER), tmp_path / "out"
    done = cscip("changes", str(release), str(later), "-o", str(folder))
    assert (done.code, done.out.split()) == (0, [str(folder / name) for name in changes.FILES])
    assert {path.name for path in folder.iterdir()} == {"CHANGES.md", "changes.csv", "changes.ttl"}


def test_the_command_says_what_it_cannot_read(cscip: Cscip, release: Path, tmp_path: Path) -> None:
    """Exit code 2; nothing is written, and a file is not taken for a folder."""
    done = cscip("changes", str(release), str(tmp_path / "none.nq"), "-o", str(tmp_path / "out"))
    assert (done.code, done.out, (tmp_path / "out").exists()) == (2, "", False)
    assert "none.nq" in done.err
    done = cscip("changes", str(release), str(release), "-o", str(release / "SHA256SUMS"))
    assert (done.code, "is a file" in done.err) == (2, True)


def test_a_change_knows_its_kind() -> None:
    """By which side has values."""
    sides = {(("a",), ("b",)): "changed", (("a",), ()): "withdrawn", ((), ("b",)): "added"}
    for (before, after), kind in sides.items():
        assert Change("", "<s>", "<p>", before, after).kind == kind
