"""The larger graphs that `bench/` measures on are true copies, fast growth is marked, no run is endless."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from itertools import count, islice
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.namespaces import DATA_GRAPH, DCTERMS, ID, INFERRED_GRAPH, LABEL, TYPE, term, value_of
from cscip_kg.records import load_records

sys.path.append(str(Path(__file__).parents[1] / "bench"))
answers = import_module("answers")
growth = import_module("growth")
measure = import_module("measure")
scale = import_module("scale")

FIXTURE = Path(__file__).parent / "fixture"
SHARED_KINDS = ("source", "area", "organisation", "programme", "round")


@pytest.fixture(scope="module")
def asserted() -> list[Quad]:
    """What the five interventions of the fixture assert, vocabularies and ontology included."""
    return build_graph(load_records(FIXTURE))


def kind(node: object) -> str:
    assert isinstance(node, NamedNode)
    return node.value.removeprefix(ID).partition("/")[0]


def original(node: NamedNode, number: int) -> NamedNode:
    """Return the node that a node of copy `number` was made from; a shared node is its own."""
    return NamedNode(node.value.replace(f"-copy-{number}", ""))


def of_kind(quads: list[Quad], name: str) -> set[object]:
    return {q.subject for q in quads if q.predicate == TYPE and q.object == term(name)}


# --- the copies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 10])
def test_copied_inference_is_inference_over_copies(asserted: list[Quad], size: int) -> None:
    """What follows from the larger data is what was inferred at first, copied: nothing more, nothing less."""
    whole = [*asserted, *infer(asserted)]
    copied = {q for q in scale.scaled(whole, size) if q.graph_name == INFERRED_GRAPH}
    anew = infer(scale.scaled(asserted, size))
    assert len(anew) > (size - 1) * 100
    assert copied == set(anew)


def test_copied_inference_holds_on_the_whole_graph(quads: list[Quad]) -> None:
    """The same on all records, whose links are of more kinds than the fixture's."""
    stated = [q for q in quads if q.graph_name != INFERRED_GRAPH]
    copied = {q for q in scale.scaled(quads, 2) if q.graph_name == INFERRED_GRAPH}
    assert copied == set(infer(scale.scaled(stated, 2)))


def test_size_one_is_the_graph_itself(asserted: list[Quad]) -> None:
    """At size 1 the very quads come back, in their order."""
    assert list(scale.scaled(asserted, 1)) == asserted


def test_each_copy_is_the_original_under_other_names(asserted: list[Quad]) -> None:
    """Read back to the first names, the statements of a copy are those of the original, none twice."""
    first, third = list(scale.scaled(asserted, 2)), list(scale.scaled(asserted, 3))
    added = third[len(first) :]
    assert len(set(third)) == len(third) == len(asserted) + 2 * len(added)
    links = {
        (original(q.subject, 3), q.predicate, original(q.object, 3), q.graph_name)
        for q in added
        if isinstance(q.object, NamedNode)
    }
    subjects = {
        q.subject for q in asserted if q.graph_name == DATA_GRAPH and kind(q.subject) not in SHARED_KINDS
    }
    assert links == {tuple(q) for q in asserted if q.subject in subjects and isinstance(q.object, NamedNode)}


def test_what_is_shared_stays_single(asserted: list[Quad]) -> None:
    """Interventions, accounts and findings multiply; sources, citations, places and bodies do not."""
    larger = list(scale.scaled(asserted, 4))
    for name in ("Intervention", "Project", "Evaluation", "InterventionAccount", "Finding", "Discrepancy"):
        assert len(of_kind(larger, name)) == 4 * len(of_kind(asserted, name)) > 0
    for name in ("Source", "Citation", "Section", "Organisation", "Region", "Round", "Programme"):
        assert of_kind(larger, name) == of_kind(asserted, name) != set()
    made = {q.subject for q in larger} - {q.subject for q in asserted}
    assert not {kind(node) for node in made} & set(SHARED_KINDS)


def test_a_link_from_what_is_shared_reaches_every_copy(asserted: list[Quad]) -> None:
    """What a shared thing says of an intervention, it says of each copy too."""
    link = Quad(NamedNode(ID + "round/round-2"), term("x"), NamedNode(ID + "intervention/pause"), DATA_GRAPH)
    found = [value_of(q.object) for q in scale.scaled([*asserted, link], 3) if q.predicate == term("x")]
    assert found == [ID + "intervention/" + name for name in ("pause", "pause-copy-2", "pause-copy-3")]


def test_the_number_stands_in_the_slug() -> None:
    """The number goes before the fragment, so that a part of a thing belongs to its copy."""
    assert (
        scale.copy_of(NamedNode(ID + "intervention/pause#x"), 7).value == ID + "intervention/pause-copy-7#x"
    )
    assert scale.copy_of(NamedNode(ID + "intervention/pause"), 7).value == ID + "intervention/pause-copy-7"


def test_names_of_copies_differ(asserted: list[Quad]) -> None:
    """A copy's label is the original's with its number; all other words stay as they are."""
    names = {LABEL, NamedNode(DCTERMS + "title")}
    stated = {(q.subject, q.predicate): q.object for q in asserted if isinstance(q.object, Literal)}
    copied = [
        q for q in scale.scaled(asserted, 3) if "-copy-3" in str(q.subject) and isinstance(q.object, Literal)
    ]
    labels = {q.object for q in copied if q.predicate == LABEL}
    assert len(labels) > 10
    assert not labels & {q.object for q in scale.scaled(asserted, 2)}
    for q in copied:
        before = stated[original(q.subject, 3), q.predicate]
        if q.predicate in names:
            assert (q.object.value, q.object.language) == (f"{before.value} 3", before.language)
    words = {q.object for q in copied if q.predicate not in names}
    assert words <= set(stated.values()) | {q.object for q in asserted}


def test_the_stream_is_lazy(asserted: list[Quad]) -> None:
    """Copies are made as they are asked for: of a thousand million, the first are there at once."""
    stream = scale.scaled(asserted, 10**9)
    assert len(list(islice(stream, len(asserted) + 5))) == len(asserted) + 5


def test_an_iri_that_looks_like_a_copy_is_refused(asserted: list[Quad]) -> None:
    """A copy can never fall on a thing that is there already."""
    odd = Quad(NamedNode(ID + "intervention/pause-copy-2"), TYPE, term("Intervention"), DATA_GRAPH)
    with pytest.raises(ValueError, match="-copy-"):
        list(scale.scaled([*asserted, odd], 2))


# --- what grows faster than the work --------------------------------------------------------------------


def grown(seconds: list[float | None], rows: list[int | None], data: float = 9.5) -> bool:
    costs = tuple(growth.Cost(s, r) for s, r in zip(seconds, rows, strict=True))
    return bool(growth.Growth(growth.Case("x", ""), costs, data).too_fast)


@pytest.mark.parametrize(
    ("seconds", "rows", "fast"),
    [
        ([0.01, 0.1, 1.0], [5, 50, 500], False),
        ([0.01, 0.1, 10.0], [5, 50, 500], True),
        ([0.01, 0.1, 10.0], [5, 50, 5000], False),
        ([0.01, 0.1, 2.8], [5, 5, 5], False),
        ([0.01, 0.1, 2.9], [5, 5, 5], True),
        ([0.01, 0.1, None], [5, 50, None], True),
        ([0.0001, 0.0001, 0.019], [1, 1, 1], False),
        ([0.01, 0.1, 1.0], [0, 0, 0], False),
    ],
)
def test_fast_growth_is_marked(seconds: list[float | None], rows: list[int | None], fast: bool) -> None:
    """Faster than three times the growth of data or rows, whichever is more; ended counts, trifles do not."""
    assert grown(seconds, rows) is fast


def test_a_query_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, asserted: list[Quad]) -> None:
    """The worker is killed at the limit, the table says so, and the next query is answered."""
    worker = growth.Worker(asserted, 1)
    assert worker.count == len(asserted)
    monkeypatch.setattr(growth, "LIMIT", 0.3)
    endless = growth.Case("endless", "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    start = time.monotonic()
    costs = (growth.Cost(0.1, 1), worker.cost(endless))
    assert time.monotonic() - start < 15
    assert costs[1] == growth.Cost(None, None, "> 0.3 s")
    assert "| > 0.3 s | ? | faster than the work |" in growth.table(
        [growth.Growth(endless, costs, 9.5)], [1, 10]
    )
    short = worker.cost(growth.Case("short", "SELECT ?s WHERE { ?s a cscip:Source }"))
    assert short.rows == len(of_kind(asserted, "Source"))
    assert short.seconds is not None
    worker.end()


def test_a_query_that_takes_too_much_memory_is_ended(
    monkeypatch: pytest.MonkeyPatch, asserted: list[Quad]
) -> None:
    """The worker dies alone; a query that is wrong is an error, not a cost."""
    monkeypatch.setattr(growth, "MEMORY", 1024**3)
    worker = growth.Worker(asserted, 1)
    large = growth.Case("large", "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a")
    assert worker.cost(large) == growth.Cost(None, None, "> 1 GiB")
    with pytest.raises(RuntimeError, match="wrong failed"):
        worker.cost(growth.Case("wrong", "SELECT ?a WHERE {"))
    worker.end()


@pytest.mark.parametrize(
    ("seconds", "rows", "mark"),
    [
        ([0.01, 0.1, 1.0], [5, 5, 5], "with the graph"),
        ([0.01, 0.1, 1.0], [5, 50, 500], ""),
        ([0.01, 0.1, 10.0], [5, 5, 5], "faster than the work"),
        ([0.01, 0.01, 0.03], [5, 5, 5], ""),
        ([0.001, 0.001, 0.015], [5, 5, 5], ""),
    ],
)
def test_growth_with_the_graph_alone_is_told(seconds: list[float], rows: list[int], mark: str) -> None:
    """A cost that grows with the graph while the answer does not has a mark of its own."""
    costs = tuple(growth.Cost(s, r) for s, r in zip(seconds, rows, strict=True))
    assert growth.Growth(growth.Case("x", ""), costs, 9.5).mark == mark


def test_every_query_is_measured(built: Path) -> None:
    """Each stored query is walked, with what it requires and with the example of each other parameter."""
    found = [case.name for case in growth.cases(built, [])]
    wanted = []
    for query in growth.queries.catalogue().values():
        least = "".join(f" {p.name}={p.example}" for p in query.parameters if p.required)
        wanted.append(f"{query.topic}/{query.name}{least}")
        wanted += [
            f"{query.topic}/{query.name}{least} {p.name}={p.example}"
            for p in query.parameters
            if not p.required
        ]
    assert found == wanted


def test_the_summary_tells_median_and_worst_of_each_topic() -> None:
    """By topic and in all: half of the cases cost less than the first figure, none more than the second."""

    def one(name: str, first: float, last: float | None) -> object:
        rows = (growth.Cost(first, 5), growth.Cost(last, None if last is None else 50))
        return growth.Growth(growth.Case(name, ""), rows, 10.0)

    grown = [one("a/x", 0.01, 0.1), one("a/y", 0.02, 0.4), one("a/z", 0.03, 0.9), one("b/v", 0.04, None)]
    lines = growth.summary(grown, [1, 10]).splitlines()[2:]
    assert lines == [
        "| a | 3 | 20.0, 30.0 | 400.0, 900.0 | 2.0, 3.0 |",
        "| b | 1 | 40.0, 40.0 | > 60,000, > 60,000 | ?, ? |",
        "| all | 4 | 25.0, 40.0 | 650.0, > 60,000 | 2.5, ? |",
    ]


# --- what people wait for -------------------------------------------------------------------------------


def test_all_that_people_wait_for_is_measured(
    monkeypatch: pytest.MonkeyPatch, quads: list[Quad], tmp_path: Path
) -> None:
    """Publishing, index, search, question, profile, comparison, and of the map numbers, picture and page."""
    monkeypatch.setattr(answers, "RUNS", 1)
    found = dict(answers.costs(quads, tmp_path))
    for work in ("publish", "index", "search", "ask", "profile", "comparison", "numbers", "picture", "page"):
        assert [name for name in found if work in name], work
    assert min(found.values()) > 0
    # The index is made while the build is published, and its share is told apart.
    assert found["build the search index"] > found["search, three words"]


def test_what_is_not_reached_within_the_limit_is_told(asserted: list[Quad]) -> None:
    """The process is ended, and the table has a word where a figure is lacking."""
    start = time.monotonic()
    assert answers.measured(asserted, 1, 0.0) == {}
    assert time.monotonic() - start < 15
    lines = answers.table([{"search": 0.5, "map": 0.1}, {"search": 2.0}], [1, 10]).splitlines()
    assert lines[2:] == ["| search | 500 | 2,000 | 4.0 |", "| map | 100 | not reached | ? |"]


# --- the clock ------------------------------------------------------------------------------------------


def test_slow_work_is_run_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many runs as were asked for, or none more once those so far took long enough."""
    runs: list[int] = []
    measure.seconds(lambda: runs.append(1), 5)
    assert len(runs) == 5
    monkeypatch.setattr(measure, "ENOUGH", 1e-9)
    measure.seconds(lambda: runs.append(1), 5)
    assert len(runs) == 6


def test_work_in_python_is_ended() -> None:
    """An endless loop ends at the limit, and what follows is left in peace."""
    start = time.monotonic()
    with pytest.raises(TimeoutError), measure.ended_after(1):
        all(number >= 0 for number in count())
    assert time.monotonic() - start < 10
    with measure.ended_after(1):
        pass
    time.sleep(1.2)
