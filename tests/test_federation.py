"""Federated queries: joined with real endpoints on loopback, and with endpoints that do all they should not.

The reference for the join is Oxigraph's own server, which follows SERVICE by itself.
"""

from __future__ import annotations

import csv
import io
import json
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pyoxigraph import Literal, NamedNode

from cscip_kg import federation, queries, store
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.federation import Choice, Federated, FederatedQuery
from cscip_kg.federation.asking import BATCH
from cscip_kg.federation.reading import parts, with_answers
from cscip_kg.gate import check_query
from cscip_kg.queries import Table, bind, cell_value, fill, table_of
from cscip_kg.remote import Credentials, Endpoint, way_of
from cscip_kg.store import DUMP, Limits
from federated_extracts import CUBE, MADE_UP, TWICE, UNKNOWN, ons, statistics, wikidata
from server_process import free_port
from stores_process import oxigraph, virtuoso
from stub_store import JSON, Answering, Asked, Stub, answer, saying, stub
from test_cli import Cscip, cscip, refused
from test_remote_hostile import (
    BOMB,
    GRACE,
    SENTENCE,
    XML,
    endless,
    silence,
    trickle_body,
    trickle_head,
)

__all__ = ["cscip"]

NAMES = list(federation.catalogue())
SECONDS = 1.5
EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'


def rows(done: Federated | Table) -> list[dict[str, str]]:
    """Return the rows as text, by column."""
    table = table_of(done.answer) if isinstance(done, Federated) else done
    return [dict(zip(table.columns, map(cell_value, row), strict=True)) for row in table.rows]


def away(url: str, seconds: float = SECONDS) -> Choice:
    """Return the choice to ask one address in place of every endpoint."""
    return Choice((), dict.fromkeys(federation.endpoints(), url), seconds)


def bindings(*found: Mapping[str, Any]) -> bytes:
    """Return a document of rows; a cell that is text is a plain literal."""
    made = [
        {k: {"type": "literal", "value": v} if isinstance(v, str) else v for k, v in one.items()}
        for one in found
    ]
    return json.dumps({"head": {"vars": []}, "results": {"bindings": made}}).encode()


def slough(one: Stub | str, built: Path, seconds: float = SECONDS) -> Federated:
    """Ask about one area, whose code the good endpoints do not know; all endpoints are at one address."""
    url = one if isinstance(one, str) else one.url
    query = federation.find("areas-on-wikidata")
    return federation.run(query, {"area": "slough"}, away(url, seconds), built)


# --- real endpoints -------------------------------------------------------------------------------------


def filled(url: str, lines: Iterator[str]) -> None:
    """Put lines into the default graph of an Oxigraph server."""
    request = urllib.request.Request(  # noqa: S310 - a server of the test's own
        url.replace("/query", "/store?default"),
        "".join(lines).encode(),
        {"Content-Type": "application/n-triples"},
        method="POST",
    )
    urllib.request.urlopen(request, timeout=60).close()  # noqa: S310


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Three endpoints at work, each with its extract: two of Oxigraph, one of Virtuoso."""
    make = tmp_path_factory.mktemp
    with oxigraph(make("w")) as one, virtuoso(make("o")) as two, oxigraph(make("s")) as three:
        filled(one.url, wikidata())
        way = way_of(Endpoint(two.url, credentials=Credentials(*two.account.values())), "auto")
        way.add(MADE_UP + "graph", [*ons(), *wikidata(), *statistics()])
        filled(three.url, statistics())
        # Oxigraph asks anew for each row, which takes Virtuoso a minute: the reference asks a copy.
        filled(three.url, ons())
        yield {"wikidata": one.url, "ons": two.url, "statistics": three.url}


def least(query: FederatedQuery) -> dict[str, str]:
    """Return values for what a query needs: the data cube of the extract."""
    return {p.name: CUBE for p in query.stored.parameters if p.required}


@pytest.fixture(scope="module")
def home(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Table]]:
    """The project's graph in an Oxigraph server, which follows SERVICE: it answers whole queries."""
    with oxigraph(tmp_path_factory.mktemp("home")) as one:
        body = (built / "current" / DUMP).read_bytes()
        kind = {"Content-Type": "application/n-quads"}
        request = urllib.request.Request(one.url.replace("/query", "/store"), body, kind, method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=120).close()  # noqa: S310

        def ask(text: str) -> Table:
            kind = {"Content-Type": "application/sparql-query", "Accept": JSON}
            url = f"{one.url}?union-default-graph"
            request = urllib.request.Request(url, text.encode(), kind)  # noqa: S310
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                return table_of(store.Answer("rows", answer.read()))

        yield ask


@pytest.mark.stores
@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_those_of_an_engine_that_follows_service(
    name: str, built: Path, elsewhere: dict[str, str], home: Callable[[str], Table]
) -> None:
    """Each stored query, as it stands, gives the same rows on a store that federates by itself."""
    query = federation.find(name)
    free = [p for p in query.stored.parameters if not p.required]
    for values in (least(query), *(least(query) | {p.name: p.example} for p in free)):
        done = federation.run(query, values, Choice(elsewhere=elsewhere), folder=built)
        assert done.whole
        text = fill(query.stored.text, bind(query.stored, values, built))
        for one in federation.endpoints().values():
            copy = elsewhere["statistics" if one.name == "ons" else one.name]
            text = text.replace(f"SERVICE <{one.url}>", f"SERVICE <{copy}>")
        reference = home(text)
        told = [one.asked.name for one in done.outcomes]
        mine = [{k: v for k, v in row.items() if k not in told} for row in rows(done)]
        assert mine == rows(reference)
        if values == least(query):
            assert any(row[gives] for row in mine for part in parts(text, name) for gives in part.gives)


@pytest.mark.stores
@pytest.mark.parametrize("name", NAMES)
def test_every_part_is_understood_by_virtuoso_too(name: str, built: Path, elsewhere: dict[str, str]) -> None:
    """The parts are written in what all engines share: the rows are those that Oxigraph's server gives."""
    query = federation.find(name)
    first = federation.run(query, least(query), away(elsewhere["ons"], 60), built)
    other = Choice(elsewhere=elsewhere | {"ons": elsewhere["statistics"]})
    second = federation.run(query, least(query), other, built)
    assert (first.whole, second.whole) == (True, True)
    assert rows(first) == rows(second)


@pytest.mark.stores
def test_codes_at_the_office_for_national_statistics(built: Path, elsewhere: dict[str, str]) -> None:
    """North Yorkshire changed its code on 1 April 2023: both stand, each with what the endpoint says."""
    query = federation.find("areas-at-ons")
    done = federation.run(query, {"area": "north-yorkshire"}, Choice(elsewhere=elsewhere), folder=built)
    keys = ("role", "code", "official", "status", "began", "ended", "ons")
    found = [tuple(row[key].rpartition("/")[2] for key in keys) for row in rows(done)]
    name = "North Yorkshire"
    assert found == [
        ("in force at the time", "E10000023", name, "terminated", "2009-01-01", "2023-03-31", "answered"),
        ("came after", "E06000065", name, "live", "2023-04-01", "", "answered"),
    ]  # fmt: skip


@pytest.mark.stores
def test_nothing_there_is_told_from_what_was_answered(built: Path, elsewhere: dict[str, str]) -> None:
    """An area that the endpoint has not is `nothing there`; one with two items has two rows."""
    done = federation.run(federation.find("areas-on-wikidata"), {}, Choice(elsewhere=elsewhere), folder=built)
    by_code: dict[str, list[dict[str, str]]] = {}
    for row in rows(done):
        by_code.setdefault(row["gss"], []).append(row)
    (empty,) = by_code[UNKNOWN]
    assert (empty["wikidata"], empty["item"], empty["population"]) == ("nothing there", "", "")
    assert [row["item"] for row in by_code[TWICE]] == [f"{MADE_UP}area/{TWICE}", f"{MADE_UP}council/{TWICE}"]
    assert {row["label"] for row in by_code[TWICE]} == {f"Made-up name of {TWICE}"}
    assert len(by_code) > 60
    assert {row["wikidata"] for code, found in by_code.items() if code != UNKNOWN for row in found} == {
        "answered"
    }


@pytest.mark.stores
def test_who_has_no_identifier_is_not_asked_for(built: Path, elsewhere: dict[str, str]) -> None:
    """An evaluator without a ROR record of its own stays a row that says so; its parent's is not used."""
    done = federation.run(
        federation.find("evaluators-on-wikidata"), {}, Choice(elsewhere=elsewhere), folder=built
    )
    found = {row["evaluator"].rpartition("/")[2]: row for row in rows(done)}
    rees, york = found["rees-centre"], found["university-of-york"]
    assert (rees["ror"], rees["item"]) == ("", "")
    assert rees["wikidata"].startswith("not asked")
    assert (york["ror"], york["wikidata"]) == ("04m01e293", "answered")
    assert york["item"] == "http://www.wikidata.org/entity/Q967165"


@pytest.mark.stores
def test_a_statistic_stands_beside_its_area(cscip: Cscip, elsewhere: dict[str, str]) -> None:
    """A rate by GSS code, by either name of the dimensions, and the warning that it is context."""
    done = cscip(
        "federate", "area-statistic", "-p", "area=derby", "-p", f"dataset={CUBE}", "-f", "csv",
        "--endpoint-for", f"statistics={elsewhere['statistics']}",
    )  # fmt: skip
    assert done.code == 0
    found = [(r["gss"], r["period"], r["measure"]) for r in csv.DictReader(io.StringIO(done.out))]
    years = [f"{MADE_UP}year/{year}" for year in (2015, 2016)]
    assert found == [("E06000015", year, "Made-up rate") for year in years]
    assert "never effect" in done.err


@pytest.mark.stores
def test_one_endpoint_down_takes_nothing_from_the_other(cscip: Cscip, elsewhere: dict[str, str]) -> None:
    """The rows and the other's columns stay, the empty ones say why, and the exit code says partial."""
    gone = f"http://127.0.0.1:{free_port()}/sparql"
    done = cscip(
        "federate", "areas-at-ons-and-wikidata", "-p", "area=derby", "-f", "csv",
        "--endpoint-for", f"wikidata={elsewhere['wikidata']}", "--endpoint-for", f"ons={gone}",
    )  # fmt: skip
    found = list(csv.DictReader(io.StringIO(done.out)))
    assert done.code == 3
    assert {(r["official"], r["ons"], r["wikidata"]) for r in found} == {
        ("", "not answered: not reached", "answered")
    }
    assert {r["item"] for r in found} == {f"{MADE_UP}area/{TWICE}", f"{MADE_UP}council/{TWICE}"}
    assert "ons answered 0 of 1" in done.err
    assert "cannot be reached" in done.err


# --- endpoints that are no friends ----------------------------------------------------------------------

HOSTILE: dict[str, tuple[Answering, str]] = {
    "silent": (silence, "too late"),
    "trickle": (trickle_body, "too late"),
    "trickling head": (trickle_head, "too late"),
    "endless": (endless, "too large"),
    "truncated": (saying(answer(EMPTY[:-9])), "cut off"),
    "cut by the length": (saying(answer(EMPTY, length=9000)), "cut off"),
    "cancelled": (saying(answer(f"gss\n{SENTENCE}".encode(), "text/csv")), "cut off"),
    "a web page": (saying(answer(b"<!doctype html><p>Sorry", "text/html")), "no rows"),
    "another type": (saying(answer(b"hello", "text/plain")), "no rows"),
    "entities": (saying(answer(BOMB, XML)), "no rows"),
    "to inside": (saying(answer(b"", status="302 Found", Location="http://10.0.0.1/")), "points elsewhere"),
    "to a file": (saying(answer(b"", status="302 Found", Location="file:///etc/passwd")), "points elsewhere"),
    "busy": (saying(answer(b"", status="429 Too Many Requests", Retry_After="999")), "busy"),
    "forbidden": (saying(answer(b"no", "text/plain", status="403 Forbidden")), "refused (403)"),
    "failing": (saying(answer(b"oh", "text/plain", status="500 Oh")), "refused (500)"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_an_endpoint_does_wrong_is_told_and_costs_its_columns_only(case: str, built: Path) -> None:
    """In time, with the row of our own whole, the column empty and the reason in it."""
    answering, reason = HOSTILE[case]
    began = time.monotonic()
    with stub(answering) as one:
        done = slough(one, built)
    assert time.monotonic() - began < SECONDS + GRACE + 3  # the two queries over our own graph
    (row,) = rows(done)
    assert (row["name"], row["gss"], row["item"]) == ("Slough", UNKNOWN, "")
    assert row["wikidata"] == f"not answered: {reason}"
    assert not done.whole


@pytest.mark.parametrize(
    "cell",
    [
        {"type": "uri", "value": "x> } } DELETE {"},
        {"type": "uri", "value": "not an address"},
        {"type": "uri"},
        {"type": "literal", "value": 7},
        {"type": "literal", "value": "a", "xml:lang": "en> }"},
        {"type": "literal", "value": "a", "datatype": "no iri"},
        "text",
    ],
)
def test_a_cell_that_is_no_term_is_refused(cell: object, built: Path) -> None:
    """Nothing that an endpoint sends gets into a query but terms that the library has written."""
    body = json.dumps(
        {
            "head": {"vars": []},
            "results": {"bindings": [{"gss": {"type": "literal", "value": UNKNOWN}, "item": cell}]},
        }
    ).encode()
    with stub(saying(answer(body))) as one:
        (row,) = rows(slough(one, built))
    assert (row["item"], row["wikidata"]) == ("", "not answered: no rows")


def test_text_that_looks_like_a_query_stays_text(built: Path) -> None:
    """Quotes, braces, keywords and line ends in a value arrive as they were sent."""
    odd = 'a" } } SERVICE <http://x> { \\ \n\t\' ?s <p> "'
    with stub(saying(answer(bindings({"gss": UNKNOWN, "item": odd, "label": "two"})))) as one:
        (row,) = rows(slough(one, built))
    assert (row["item"], row["label"], row["wikidata"]) == (odd, "two", "answered")


def test_what_was_not_asked_for_is_no_answer(built: Path) -> None:
    """Rows for other codes or none, columns that nobody wants and nodes without name are dropped."""
    body = bindings(
        {"gss": "E06000015", "item": "another"},
        {"item": "none"},
        {"gss": UNKNOWN, "item": {"type": "bnode", "value": "b0"}, "area": "ours", "label": "kept"},
    )
    with stub(saying(answer(body))) as one:
        (row,) = rows(slough(one, built))
    assert (row["item"], row["label"], row["gss"]) == ("", "kept", UNKNOWN)
    assert row["area"].endswith("area/slough")


def test_what_is_sent_is_the_part_and_its_keys_alone(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One POST of the protocol with one parameter; no credentials, and a program that says its name."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.setenv(f"CSCIP_STORE_{name}", "secret")
    with stub(saying(answer(EMPTY))) as one:
        slough(one, built)
        (asked,) = one.asked
    assert asked.line == "POST /sparql HTTP/1.1"
    sent = parse_qs(asked.body.decode())
    assert list(sent) == ["query"]
    (text,) = sent["query"]
    assert f'VALUES ?gss {{ "{UNKNOWN}" }}' in text
    assert "wdt:P836" in text
    for word in ("cscip", "Slough", "SERVICE", "#+"):
        assert word not in text
    assert "authorization" not in asked.headers
    assert "secret" not in str(asked)
    assert asked.headers["user-agent"].startswith("cscip-kg/")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


def test_keys_go_out_some_at_a_time_and_a_late_failure_keeps_the_early_rows(built: Path) -> None:
    """What was answered before an endpoint failed stays; the rest says that it was not answered."""

    def answering(one: Stub, asked: Asked, line: socket.socket) -> None:
        (text,) = parse_qs(asked.body.decode())["query"]
        block = text.partition("{ ")[2].partition(" }")[0].partition("{ ")[2] or text
        found = [code.strip('"') for code in block.split() if code.startswith('"E')]
        body = bindings(*({"gss": code, "label": "yes"} for code in found))
        line.sendall(answer(body) if len(one.asked) == 1 else answer(b"no", "text/plain", status="503 No"))

    with stub(answering) as one:
        query = federation.find("areas-on-wikidata")
        done = federation.run(query, {}, away(one.url, 5), built)
        number = len(one.asked)
    (outcome,) = done.outcomes
    assert (number, outcome.sent > BATCH, len(outcome.answered)) == (2, True, BATCH)
    states = [row["wikidata"] for row in rows(done)]
    assert states.count("answered") == BATCH
    assert states.count("not answered: busy") == outcome.sent - BATCH


def test_the_deadline_is_for_all_requests_to_an_endpoint(built: Path) -> None:
    """An endpoint that takes its time for each request is given up when all together are late."""

    def slow(one: Stub, _: Asked, line: socket.socket) -> None:
        one.stopping.wait(1.0)
        line.sendall(answer(EMPTY))

    with stub(slow) as one:
        done = federation.run(federation.find("areas-on-wikidata"), {}, away(one.url), built)
    (outcome,) = done.outcomes
    assert (outcome.fault, len(outcome.answered)) == ("too late", BATCH)


def test_an_answer_too_large_to_join_costs_itself_alone(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other endpoint said stays, and the rows of our own too."""
    monkeypatch.setattr("cscip_kg.federation.running._LOCAL", Limits(60.0, 100_000))
    many = [{"gss": UNKNOWN, "item": f"{number} {'x' * 100}"} for number in range(2000)]
    with (
        stub(saying(answer(bindings({"gss": UNKNOWN, "official": "Slough"})))) as good,
        stub(saying(answer(bindings(*many)))) as bad,
    ):
        choice = Choice((), {"ons": good.url, "wikidata": bad.url}, 10)
        query = federation.find("areas-at-ons-and-wikidata")
        done = federation.run(query, {"area": "slough"}, choice, built)
    (row,) = rows(done)
    assert (row["official"], row["ons"], row["item"]) == ("Slough", "answered", "")
    assert row["wikidata"] == "not answered: too much to join"
    assert not done.whole


def test_many_rows_join_although_no_query_may_be_as_long(built: Path) -> None:
    """The gate's limit on words is for queries of strangers: values that came back may be many."""
    found = [{"gss": UNKNOWN, "item": f"item {number}"} for number in range(4000)]
    with stub(saying(answer(bindings(*found)))) as one:
        done = slough(one, built, 10)
    assert len(rows(done)) == 4000
    query = federation.find("areas-on-wikidata")
    (part,) = parts(query.stored.text, "x")
    text = with_answers(
        query.stored.text, [part], {part.iri: [(Literal("a"), None, None, None, None)] * 4000}
    )
    with pytest.raises(QueryError, match=r"words and signs|longer than"):
        check_query(text)


def test_the_command_tells_of_a_partial_answer(cscip: Cscip) -> None:
    """Exit code 3, the reason in a sentence, what is known of the endpoint, and the caution all the same."""
    with stub(saying(answer(b"", status="503 No"))) as one:
        done = cscip(
            "federate", "area-statistic", "-p", "area=slough", "-p", f"dataset={CUBE}", "-f", "csv",
            "--endpoint-for", f"statistics={one.url}",
        )  # fmt: skip
    assert done.code == 3
    assert done.out.splitlines()[1].endswith(f",Slough,{UNKNOWN},,,,,not answered: busy")
    for words in (
        "statistics answered 0 of 1 and no more: The store is busy",
        "not confirmed here",
        "never effect",
    ):
        assert words in done.err


# --- who may be asked -----------------------------------------------------------------------------------

OWN = """#+ summary: A query of one's own
#+ tags: [own]
#+ sends: {{{name}: codes}}
#+ columns: [gss, found]
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?gss ?found WHERE {{
  VALUES ?gss {{ "a" "b" }}
  OPTIONAL {{ SERVICE <{url}> {{ VALUES ?gss {{ UNDEF }} ?found skos:notation ?gss }} }}
}} ORDER BY ?gss
"""


def own(folder: Path, url: str) -> Path:
    """Write a federated query of a user's own."""
    path = folder / "own.rq"
    name = "at_" + url.split("/")[2].replace(".", "_").replace(":", "_")
    path.write_text(OWN.format(url=url, name=name), encoding="utf-8")
    return path


def test_an_endpoint_that_is_not_listed_is_not_asked(cscip: Cscip, tmp_path: Path) -> None:
    """A file cannot name a new address by itself; the user can."""
    with stub(saying(answer(bindings({"gss": "b", "found": "yes"})))) as one:
        path = own(tmp_path, one.url)
        refused(cscip("federate", str(path)), "not on the list", f"--allow {one.url}")
        refused(cscip("federate", str(path), "--allow", "http://127.0.0.1:1/"), "not on the list")
        assert one.asked == []
        done = cscip("federate", str(path), "--allow", one.url, "-f", "csv")
        assert (done.code, len(one.asked)) == (0, 1)
    name = f"at_127_0_0_1_{one.port}"
    assert done.out.splitlines() == [f"gss,found,{name}", "a,,nothing there", "b,yes,answered"]


@pytest.mark.parametrize(
    "pair", ["wikidata", "wikipedia=http://127.0.0.1:1/", "ons=file:///etc/passwd", "ons="]
)
def test_an_address_in_place_of_an_endpoint_must_be_one(pair: str) -> None:
    """Of a listed endpoint and for the web: anything else is named."""
    with pytest.raises(UnknownNameError, match="--endpoint-for"):
        Choice.of([], [pair])


def test_nothing_is_sent_without_the_user_saying_so(cscip: Cscip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listing and planning open no connection; both say who would be sent what."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    listed = cscip("federate")
    assert listed.code == 0
    assert "parameters: dataset, area?, intervention?" in listed.out
    for one in federation.endpoints().values():
        for words in (one.url, one.licence, one.title):
            assert words in listed.out
    for name in NAMES:
        query = federation.find(name)
        assert all(f"sends {words} to {who}" in listed.out for who, words in query.sends.items())
        values = [f"--param={key}={value}" for key, value in least(query).items()]
        done = cscip("federate", name, *values, "--dry-run")
        assert done.code == 0
        assert "SELECT DISTINCT ?" in done.out
        assert "To " in done.err


def test_the_endpoint_and_the_catalogue_know_nothing_of_them() -> None:
    """What the server and its like answer still follows no SERVICE."""
    assert len(NAMES) >= 4
    assert set(NAMES).isdisjoint(queries.catalogue())
    assert {one for name in NAMES for one in federation.find(name).sends} == set(federation.endpoints())
    for name in NAMES:
        with pytest.raises(QueryError, match="SERVICE is refused"):
            check_query(federation.find(name).stored.text)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_a_value(name: str, built: Path) -> None:
    """What a header gives as an example can be asked."""
    query = federation.find(name)
    for parameter in query.stored.parameters:
        plan = federation.planned(query, least(query) | {parameter.name: parameter.example}, Choice(), built)
        assert all(texts for _, texts in plan)


# --- how they are written -------------------------------------------------------------------------------

FAULTS = {
    "a name taken": (("?gss ?found WHERE", "?gss ?at_e_org WHERE"), "named as an endpoint"),
    "SILENT": (("SERVICE <", "SERVICE SILENT <"), "names no address"),
    "a variable": (("SERVICE <http://e.org/sparql>", "SERVICE ?where"), "names no address"),
    "not optional": (("OPTIONAL { SERVICE", "{ SERVICE"), "alone in an OPTIONAL"),
    "not alone": (("?found skos:notation ?gss } }", "?found skos:notation ?gss } ?a ?b ?c }"), "not alone"),
    "nested": (("?found skos", "SERVICE <http://e.org/x> { ?x ?y ?z } ?found skos"), "none within another"),
    "no keys": (("VALUES ?gss { UNDEF } ?found", "?found"), "VALUES \\?key"),
    "open": (("?gss } }\n", "?gss\n"), "does not close|not alone"),
    "key hidden": (("SELECT ?gss ?found", "SELECT ?found"), "is sent and no column"),
    "tells nothing": (("#+ sends: {at_e_org: codes}\n", ""), "sends"),
    "tells too little": (("{at_e_org: codes}", "{}"), "tells of 0 of 1"),
    "no rows": (("SELECT ?gss ?found WHERE", "CONSTRUCT { ?found skos:notation ?gss } WHERE"), "is a SELECT"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_query_that_cannot_be_split_is_refused(case: str, tmp_path: Path) -> None:
    """Each fault names the file and what to write."""
    (old, new), words = FAULTS[case]
    path = own(tmp_path, "http://e.org/sparql")
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new)
    if case == "a name taken":
        text = text.replace("[gss, found]", "[gss, at_e_org]")
    if case == "key hidden":
        text = text.replace("columns: [gss, found]", "columns: [found]")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QueryError, match=words):
        federation.read(path)


def test_a_row_without_a_key_joins_with_nothing(built: Path, tmp_path: Path) -> None:
    """SPARQL joins a row whose key is open with every answer: that is refused; empty text is not sent."""
    path = own(tmp_path, "http://e.org/sparql")
    text = path.read_text(encoding="utf-8").replace('{ "a" "b" }', '{ "a" UNDEF }', 1)
    path.write_text(text, encoding="utf-8")
    choice = Choice(("http://e.org/sparql",))
    with pytest.raises(QueryError, match="COALESCE"):
        federation.run(federation.read(path), {}, choice, folder=built)
    path.write_text(text.replace("UNDEF }", '"" }', 1), encoding="utf-8")
    ((_, (sent,)),) = federation.planned(federation.read(path), {}, choice, built)
    assert 'VALUES ?gss { "a" }' in sent
    with stub(
        saying(answer(bindings({"gss": "", "found": "for none"}, {"gss": "a", "found": "yes"})))
    ) as one:
        path = own(tmp_path, one.url)
        path.write_text(path.read_text(encoding="utf-8").replace('"b"', '""', 1), encoding="utf-8")
        done = federation.run(federation.read(path), {}, Choice((one.url,)), built)
    assert [row["found"] for row in rows(done)] == ["", "yes"]


def test_one_endpoint_is_asked_once(tmp_path: Path) -> None:
    """Two parts for one endpoint are two queries."""
    path = own(tmp_path, "http://e.org/sparql")
    text = path.read_text(encoding="utf-8")
    start, end = text.index("OPTIONAL"), text.index("\n}")
    path.write_text(text[:end] + "\n  " + text[start:end] + text[end:], encoding="utf-8")
    with pytest.raises(QueryError, match="asked twice"):
        federation.read(path)


def test_what_looks_like_service_in_text_is_none() -> None:
    """Strings, remarks and addresses that speak of services are left alone, braces in them too."""
    text = """SELECT ?k { # SERVICE <http://no.org/> {
      VALUES ?k { "SERVICE {" } <http://example.org/service{> ?p ?o .
      OPTIONAL { SERVICE <http://e.org/q> { VALUES ?k { UNDEF } ?k ?p "} }" } } }"""
    (part,) = parts(text.replace("{>", ">"), "x")
    assert (part.iri, part.key, part.gives) == ("http://e.org/q", "k", ("p",))


def test_a_list_of_endpoints_is_checked(tmp_path: Path) -> None:
    """An entry without licence, or a file that is no list, is named."""
    path = tmp_path / "endpoints.yaml"
    path.write_text("one:\n  title: One\n  url: https://e.org/\n", encoding="utf-8")
    with pytest.raises(QueryError, match="one should have"):
        federation.endpoints(path)
    other = tmp_path / "other.yaml"
    other.write_text("", encoding="utf-8")
    with pytest.raises(QueryError, match="empty"):
        federation.endpoints(other)


def test_a_name_that_is_near_is_offered(cscip: Cscip) -> None:
    """A slip of the pen in the name of a query or a form is answered with what there is."""
    refused(cscip("federate", "areas-on-wikidat"), "areas-on-wikidata")
    refused(cscip("federate", "areas-on-wikidata", "-f", "ttl"), "table, csv, tsv, json")


def test_an_iri_and_a_literal_with_its_text_are_two_keys(built: Path) -> None:
    """A key is compared as a term: an address is no text."""
    outcome = federation.Outcome(Choice().asked("https://query.wikidata.org/sparql"))
    outcome.answered = outcome.found = {NamedNode("http://e.org/")}
    assert outcome.of(NamedNode("http://e.org/")) == "answered"
    assert outcome.of(Literal("http://e.org/")).startswith("not asked")
