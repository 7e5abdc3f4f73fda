"""The stored queries on other people's stores: the rows of the embedded store; the commands that ask them.

Rows are compared as `test_queries` does; the run ends with a table of query and engine.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import Quad

from cscip_kg import gapmap, queries, store
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.exports import graph_of
from cscip_kg.graph import canonical, ontology_quads
from cscip_kg.links import TARGETS
from cscip_kg.namespaces import ID, TYPE, term
from cscip_kg.queries import StoredQuery, bind, fill, find, table_of
from cscip_kg.remote import Credentials, Endpoint, pull, push, way_of
from cscip_kg.store import Limits, build_of, describe, open_store
from server_process import running
from stores_process import Elsewhere, oxigraph
from test_cli import Cscip, cscip, refused
from test_queries import NAMES, answer, read_expected, required, rows_as_text

__all__ = ["cscip"]
pytestmark = pytest.mark.stores

ENGINES = ("oxigraph", "virtuoso")
LIMITS = Limits(seconds=60, max_bytes=256 * 1024 * 1024)


def filled(one: Elsewhere, built: Path) -> Endpoint:
    """Return a store that holds the project's graph, and two statements of somebody else's."""
    who = Credentials(*one.account.values()) if one.account else Credentials()
    endpoint = Endpoint(one.url, LIMITS, who)
    way = way_of(endpoint, "auto")
    way.add(
        "http://example.org/neighbour",
        [
            f"<http://example.org/x> {TYPE} {term('Intervention')} .\n",
            '<http://example.org/x> <http://www.w3.org/2000/01/rdf-schema#label> "Not of this graph" .\n',
        ],
    )
    push(way, graph_of(open_store(built)), describe(built))
    return Endpoint(one.url, LIMITS, who)


@pytest.fixture(scope="session")
def endpoints(built: Path, request: pytest.FixtureRequest) -> Callable[[str], Endpoint]:
    """Returns a filled store by the name of its engine, started when it is first asked for."""
    known: dict[str, Endpoint] = {}

    def named(engine: str) -> Endpoint:
        if engine not in known:
            known[engine] = filled(request.getfixturevalue(f"{engine}_server"), built)
        return known[engine]

    return named


def choices(query: StoredQuery) -> Iterator[dict[str, str]]:
    """Yield the parameters of the expected rows, the least, and the least with each example."""
    yield read_expected(query.name).values
    yield required(query)
    examples = {p.name: p.example for p in query.parameters}
    for p in query.parameters:
        yield required(query) | {p.name: p.example} | ({p.needs: examples[p.needs]} if p.needs else {})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_the_store_gives_the_same_rows(
    engine: str,
    name: str,
    built: Path,
    endpoints: Callable[[str], Endpoint],
    record_property: Callable[[str, object], None],
) -> None:
    """Rows and order are those of the embedded store, for every way to leave out or choose a parameter."""
    record_property("agreement", (name, engine))
    query, endpoint = find(name), endpoints(engine)
    for values in choices(query):
        found = table_of(endpoint.ask(fill(query.text, bind(query, values, built))))
        assert found.columns == query.columns
        assert rows_as_text(query, found.columns, found.rows) == answer(query, values, built)


@pytest.mark.parametrize("engine", ENGINES)
def test_names_are_looked_up_in_the_store(
    engine: str, endpoints: Callable[[str], Endpoint], built: Path
) -> None:
    """A parameter's name is known from the store itself; a wrong one is answered with the nearest there."""
    endpoint, values = endpoints(engine), {"theme": "Residential care"}
    theirs = queries.run("interventions-by-theme", values, folder=endpoint)
    assert table_of(theirs) == table_of(queries.run("interventions-by-theme", values, folder=built))
    with pytest.raises(UnknownNameError, match="residential-care"):
        queries.run("interventions-by-theme", {"theme": "residental-care"}, folder=endpoint)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_else_lies_in_the_store_is_not_asked(engine: str, endpoints: Callable[[str], Endpoint]) -> None:
    """Another's graph is no part of an answer, unless FROM names it."""
    endpoint, text = endpoints(engine), "SELECT ?x {} {{ ?x rdfs:label 'Not of this graph' }}"
    assert table_of(endpoint.ask(text.format(""))).rows == []
    assert len(table_of(endpoint.ask(text.format("FROM <http://example.org/neighbour>"))).rows) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_graphs_can_be_asked_for_by_name(engine: str, endpoints: Callable[[str], Endpoint]) -> None:
    """GRAPH finds the project's graphs, and those only."""
    found = table_of(endpoints(engine).ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")).rows
    names = [queries.cell_value(row[0]).rpartition("/")[2] for row in found]
    assert names == sorted(["data", "inferred", "ontology", "vocabularies", *(f"links-{x}" for x in TARGETS)])


@pytest.mark.parametrize("engine", ENGINES)
def test_each_form_of_query_is_answered(
    engine: str, endpoints: Callable[[str], Endpoint], built: Path
) -> None:
    """ASK, CONSTRUCT and DESCRIBE come back as the embedded store gives them; SERVICE is not sent."""
    endpoint, pattern = endpoints(engine), f"{{ <{ID}intervention/pause> rdfs:label ?o }}"
    assert endpoint.ask(f"ASK {pattern}").body == b'{"head": {}, "boolean": true}'
    made = f"CONSTRUCT {{ <http://e/x> rdfs:label ?o }} WHERE {pattern}"
    assert table_of(endpoint.ask(made)) == table_of(store.ask(made, folder=built))
    assert len(table_of(endpoint.ask(f"DESCRIBE <{ID}intervention/pause>")).rows) > 5
    with pytest.raises(QueryError, match="SERVICE"):
        endpoint.ask("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_store_is_read_back_whole(engine: str, endpoints: Callable[[str], Endpoint], built: Path) -> None:
    """What is pulled is what was pushed, though a store may give 10,000 rows at most."""
    assert canonical(pull(endpoints(engine))) == canonical(graph_of(open_store(built)))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_map_of_the_store_is_the_map(
    engine: str, endpoints: Callable[[str], Endpoint], built: Path
) -> None:
    """Table, numbers and the id of the build are those of the embedded store."""
    ours, theirs = gapmap.gap_map("theme", built), gapmap.gap_map("theme", endpoints(engine))
    assert gapmap.csv_of(theirs) == gapmap.csv_of(ours)
    assert gapmap.svg_of(theirs) == gapmap.svg_of(ours)
    assert theirs.build == ours.build


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "what-reduced", "-p", "measure=missing-episodes", "-f", "csv"),
        ("query", "what-reduced", "-p", "measure=missing-episodes", "-f", "json"),
        ("sparql", "SELECT ?n { ?x a cscip:Intervention ; rdfs:label ?n } ORDER BY STR(?n)", "-f", "tsv"),
        ("map", "theme", "-f", "csv"),
    ],
)
def test_a_command_asks_the_store(  # noqa: PLR0917 - fixtures
    engine: str,
    arguments: tuple[str, ...],
    endpoints: Callable[[str], Endpoint],
    cscip: Cscip,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --endpoint a command needs no build of its own and writes what it writes without."""
    ours = cscip(*arguments)
    monkeypatch.setenv("CSCIP_BUILD_DIR", str(tmp_path / "none"))
    theirs = cscip(*arguments, "--endpoint", endpoints(engine).url)
    assert (ours.code, theirs.code) == (0, 0)
    if arguments[-1] == "json":
        assert table_of(store.Answer("rows", ours.out.encode())) == table_of(
            store.Answer("rows", theirs.out.encode())
        )
    else:
        assert list(csv.reader(io.StringIO(theirs.out))) == list(csv.reader(io.StringIO(ours.out)))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_store_is_exported_and_pulled(  # noqa: PLR0917 - fixtures
    engine: str,
    endpoints: Callable[[str], Endpoint],
    quads: list[Quad],
    built: Path,
    cscip: Cscip,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Export and pull write the same N-Quads as an export of the build, and name the same build."""
    assert cscip("export", "-f", "nquads", "-o", str(tmp_path / "ours")).code == 0
    monkeypatch.setenv("CSCIP_BUILD_DIR", str(tmp_path / "none"))
    url = endpoints(engine).url
    assert cscip("export", "-f", "nquads", "-o", str(tmp_path / "theirs"), "--endpoint", url).code == 0
    assert cscip("pull", url, "-o", str(tmp_path / "pulled.nq")).code == 0
    ours = (tmp_path / "ours" / "cscip.nq").read_bytes()
    assert ours.count(b"\n") == len({*quads})
    assert (tmp_path / "theirs" / "cscip.nq").read_bytes() == ours
    assert (tmp_path / "pulled.nq").read_bytes() == ours
    for name in ("ours", "theirs"):
        assert describe(built).id in (tmp_path / name / "READ-ME.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_store_holds_is_served(
    engine: str, endpoints: Callable[[str], Endpoint], quads: list[Quad], tmp_path: Path
) -> None:
    """The explorer, its search and its endpoint answer from the store's graphs, without a build."""
    with running(tmp_path, endpoints(engine).url) as one:
        page = one.ask("/intervention/pause/")
        assert (page.status, b"Pause" in page.body) == (200, True)
        assert b"No Wrong Door" in one.ask("/search/?q=teenagers+going+missing").body
        asked = one.ask("/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))
        assert json.loads(asked.body)["results"]["bindings"][0]["n"]["value"] == str(len({*quads}))


def test_a_store_without_the_graph_is_not_served(cscip: Cscip, tmp_path: Path) -> None:
    """The message says what is lacking and how it comes there; a build beside it is refused."""
    with oxigraph(tmp_path) as one:
        refused(cscip("serve", "--endpoint", one.url), "no graph whose name begins with", "cscip push")
        endpoint = Endpoint(one.url, LIMITS, Credentials(*one.account.values()))
        push(way_of(endpoint, "auto"), ontology_quads(), build_of(ontology_quads()))
        refused(cscip("serve", "--endpoint", one.url), "lacks", "graph/data", f"cscip push {one.url}")
        refused(cscip("serve", "--endpoint", one.url, "--build-dir", str(tmp_path)), "not both")
