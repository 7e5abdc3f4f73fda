"""The API: each stored query by its name, in the form that is asked for; what cannot be served is told.

Expected rows are those of tests/expected, which people worked out from the sources.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from pyoxigraph import Literal, NamedNode, Triple
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from cscip_kg import ask, gapmap, profiles, queries, rest, search, store
from cscip_kg.namespaces import ID, LABEL
from cscip_kg.queries import StoredQuery
from cscip_kg.reply import Reply, Request
from cscip_kg.rest.values import MOST_ALLOWED

EXPECTED = Path(__file__).parent / "expected"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
CITATION = re.compile(re.escape(ID) + r"source/[a-z0-9-]+#L\d+(-\d+)?")
CATALOGUE = queries.catalogue()

Get = Callable[..., Reply]


@pytest.fixture(scope="session")
def get(built: Path) -> Get:
    """Ask for a path under api/ that must be answered."""

    def ask_for(path: str, accept: str = "", /, origin: str = "", **params: str) -> Reply:
        found = rest.reply(Request(f"api/{path}", tuple(params.items()), accept, origin), built)
        assert found is not None
        return found

    return ask_for


def content(reply: Reply, status: int = 200) -> Any:
    """Return the JSON of a reply that has this status."""
    assert reply.status == status, reply.body
    assert reply.media == ("application/json" if status == 200 else "application/problem+json")
    return json.loads(reply.body)


def problem(reply: Reply, status: int = 400) -> dict[str, Any]:
    """Return the problem details of a reply, which have all that RFC 9457 names."""
    told: dict[str, Any] = content(reply, status)
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"]
    return told


def expected(name: str) -> list[dict[str, str]]:
    """Return the rows that people worked out for a query, things by kind/slug."""
    lines = (EXPECTED / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def shortened(row: dict[str, Any]) -> dict[str, str]:
    texts = {key: "|".join(value) if isinstance(value, list) else str(value) for key, value in row.items()}
    return {key: text.replace(ID, "") for key, text in texts.items()}


# --- a stored query in each form ----------------------------------------------------------------------------


def test_rows_as_json(get: Get, built: Path) -> None:
    """Each row is an object by column: whole IRIs, names, citations in an array; with caution and build."""
    told = content(get("queries/what-reduced", measure="missing-episodes"))
    rows = expected("what-reduced")
    assert [shortened(row) for row in told["rows"]] == rows
    assert len(rows) == told["count"] == 5
    assert told["columns"] == list(CATALOGUE["what-reduced"].columns)
    assert told["rows"][1]["citation"] == [f"{ID}source/rees-2017#L585"]
    assert "cannot show what caused" in told["caution"]
    assert told["build"] == store.describe(built).id
    assert (told["page"], told["pages"], told["next"], told["previous"]) == (1, 1, None, None)
    assert told["parameters"] == {"measure": ["outcome-measure/missing-episodes"]}


def test_rows_as_csv(get: Get) -> None:
    """The same rows, a header row, lines that end as RFC 4180 has it."""
    reply = get("queries/what-reduced", "text/csv", measure="missing-episodes")
    assert (reply.status, reply.media.partition(";")[0]) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode(), newline="")))
    assert [shortened(row) for row in rows] == expected("what-reduced")
    assert reply.body.count(b"\r\n") == 6


def test_rows_as_turtle(get: Get) -> None:
    """The W3C's result set: every row with its number, every cell as the term that it is."""
    reply = get("queries/what-reduced", "text/turtle", measure="missing-episodes")
    found = [
        Triple(q.subject, q.predicate, q.object) for q in ox.parse(reply.body, format=ox.RdfFormat.TURTLE)
    ]

    def of(subject: Any, name: str) -> list[Any]:
        return [t.object for t in found if t.subject == subject and t.predicate == NamedNode(RS + name)]

    (whole,) = (t.subject for t in found if t.object == NamedNode(RS + "ResultSet"))
    assert {v.value for v in of(whole, "resultVariable")} == set(CATALOGUE["what-reduced"].columns)
    made = {}
    for solution in of(whole, "solution"):
        cells = {of(b, "variable")[0].value: of(b, "value")[0] for b in of(solution, "binding")}
        made[int(of(solution, "index")[0].value)] = cells
    rows = [made[number] for number in sorted(made)]
    assert [{k: v.value.replace(ID, "") for k, v in row.items()} for row in rows] == expected("what-reduced")
    assert rows[0]["intervention"] == NamedNode(ID + "intervention/inside-out")
    assert rows[0]["name"] == Literal("Inside Out", language="en")


def test_a_query_that_makes_a_graph_gives_it(get: Get) -> None:
    """Turtle is the graph itself; JSON and CSV are its triples."""
    reply = get("queries/describe-intervention", "text/turtle", intervention="pause")
    found = {
        Triple(q.subject, q.predicate, q.object) for q in ox.parse(reply.body, format=ox.RdfFormat.TURTLE)
    }
    assert Triple(NamedNode(ID + "intervention/pause"), LABEL, Literal("Pause", language="en")) in found
    told = content(get("queries/describe-intervention", intervention="pause", per_page="1000"))
    assert {(r["subject"], r["predicate"]) for r in told["rows"]} == {
        (t.subject.value, t.predicate.value)
        for t in found  # type: ignore[union-attr]
    }
    assert told["count"] == len(found)
    assert len(
        get("queries/describe-intervention", "text/csv", intervention="pause").body.splitlines()
    ) > len(found)


def test_cells_have_the_types_that_they_have(get: Get) -> None:
    """Numbers are numbers, what is not stated is told so, an open cell is null, lists are arrays."""
    rows = {row["id"]: row for row in content(get("queries/findings", per_page="1000"))["rows"]}
    pregnancies = rows[f"{ID}evaluation/pause-round-1#further-pregnancies"]
    assert (pregnancies["value"], pregnancies["value_before"]) == (2, "not stated")
    assert pregnancies["outcome_measure"] == ["Further pregnancies"]
    assert pregnancies["lines"] == "479;603"
    # What a query leaves open: a finding without a comparison.
    open_cells = [r["comparison"] for r in content(get("queries/findings-where", per_page="1000"))["rows"]]
    assert None in open_cells
    counts = content(get("queries/effect-counts", intervention="pause"))["rows"]
    assert {type(value) for row in counts for key, value in row.items() if key == "findings"} <= {int}


@pytest.mark.parametrize(
    ("accept", "form", "media"),
    [
        ("", "", "application/json"),
        ("*/*", "", "application/json"),
        ("text/html, */*;q=0.1", "", "application/json"),
        ("text/csv", "", "text/csv"),
        ("application/json;q=0.1, text/turtle", "", "text/turtle"),
        ("text/csv", "json", "application/json"),
        ("image/png", "csv", "text/csv"),
        ("text/csv", "ttl", "text/turtle"),
    ],
)
def test_the_form_is_chosen_by_format_then_by_accept(get: Get, accept: str, form: str, media: str) -> None:
    """`format` wins; without it the client's first wish; JSON for whoever takes anything."""
    params = {"format": form} if form else {}
    reply = get("queries/what-reduced", accept, measure="missing-episodes", **params)
    assert (reply.status, reply.media.partition(";")[0], reply.headers["Vary"]) == (200, media, "Accept")


def test_forms_that_there_are_not(get: Get) -> None:
    """406 for a client that takes none of them, 400 for a format of another name; both list what there is."""
    told = problem(get("queries/themes-compared", "image/png"), 406)
    assert told["allowed"] == ["application/json", "text/csv", "text/turtle"]
    told = problem(get("queries/themes-compared", format="cvs"))
    assert (told["parameter"], told["allowed"], told["nearest"]) == (
        "format",
        ["json", "csv", "ttl"],
        ["csv"],
    )


def example(query: StoredQuery) -> dict[str, str]:
    """Return parameters that give an answer: the required ones, or the first with what it needs."""
    wanted = [p for p in query.parameters if p.required] or list(query.parameters[:1])
    return {p.name: p.example for p in wanted}


@pytest.fixture(scope="session")
def described(get: Get) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = content(get("openapi.json"))
    return found


def checker(document: dict[str, Any], path: str) -> OAS31Validator:
    """Return what checks a JSON answer against the schema that the document has for it."""
    root = Resource.from_contents(document, default_specification=DRAFT202012)
    pointer = path.replace("~", "~0").replace("/", "~1")
    where = f"urn:api#/paths/{pointer}/get/responses/200/content/application~1json/schema"
    where = where.replace("{", "%7B").replace("}", "%7D")
    return OAS31Validator({"$ref": where}, registry=Registry().with_resource("urn:api", root))


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_stored_query_answers_as_it_is_described(
    get: Get, described: dict[str, Any], name: str
) -> None:
    """With its own example: rows by the header's columns, after the schema; citations are whole IRIs."""
    query = CATALOGUE[name]
    told = content(get(f"queries/{name}", **example(query), per_page="1000"))
    assert told["columns"] == list(query.columns)
    assert told["count"] > 0
    checker(described, f"/api/queries/{name}").validate(told)
    for row in told["rows"]:
        assert list(row) == list(query.columns)
        for column in ("citation", "citations", "otherCitation"):
            assert all(CITATION.fullmatch(one) for one in row.get(column, [])), row


# --- pages --------------------------------------------------------------------------------------------------


def test_pages_make_up_the_whole(get: Get) -> None:
    """Following `next` gives every row once, in order; each page tells how many there are."""
    whole = content(get("queries/findings-where", per_page="1000"))
    rows: list[Any] = []
    place: str | None = "findings-where?per_page=100"
    pages = 0
    while place:
        at = urlsplit(urljoin("http://host/api/queries/findings-where", place))
        assert at.path == "/api/queries/findings-where"
        told = content(get("queries/findings-where", **dict(parse_qsl(at.query))))
        pages += 1
        assert (told["page"], told["count"], told["per_page"]) == (pages, whole["count"], 100)
        rows += told["rows"]
        place = told["next"]
    assert pages == told["pages"] == -(-whole["count"] // 100) > 1
    assert rows == whole["rows"]


def links(reply: Reply) -> dict[str, str]:
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', reply.headers.get("Link", ""))
    return {rel: dict(parse_qsl(urlsplit(place).query)).get("page", "") for place, rel in found}


def test_links_name_the_neighbouring_pages(get: Get) -> None:
    """The header Link, in every form; parameters stay; a single page has none."""
    for form in ("json", "csv", "ttl"):
        reply = get("queries/what-reduced", measure="missing-episodes", per_page="2", page="2", format=form)
        assert links(reply) == {"first": "1", "prev": "1", "next": "3", "last": "3"}
        assert reply.headers["Link"].count("measure=missing-episodes") == 4
    first = get("queries/what-reduced", measure="missing-episodes", per_page="2")
    assert links(first) == {"first": "1", "next": "2", "last": "3"}
    assert links(get("queries/what-reduced", measure="missing-episodes")) == {}


def test_csv_and_turtle_are_whole_unless_a_page_is_asked_for(get: Get) -> None:
    """A table that is saved is no first part of one; a page of it has that page's rows."""
    count = content(get("queries/findings-where"))["count"]
    assert count > 100
    text = get("queries/findings-where", format="csv").body.decode()
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == count + 1
    text = get(
        "queries/what-reduced", measure="missing-episodes", format="csv", per_page="2", page="3"
    ).body.decode()
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 2
    turtle = get(
        "queries/what-reduced", measure="missing-episodes", format="ttl", per_page="2", page="3"
    ).body.decode()
    assert re.findall(r"rs:index (\d+)", turtle) == ["5"]


def test_pages_that_there_are_not(get: Get) -> None:
    """After the last page there is none: 404; what is no number of a page is 400."""
    assert problem(get("queries/themes-compared", page="999"), 404)["parameter"] == "page"
    for name, value in (("page", "0"), ("page", "-1"), ("page", "x"), ("page", "1e3"), ("page", "\u0661"),
                        ("per_page", "0"), ("per_page", "1001"), ("per_page", "9" * 30)):  # fmt: skip
        assert problem(get("queries/themes-compared", **{name: value}))["parameter"] == name
    empty = content(get("queries/lessons-mentioning", text="zzzzqqq"))
    assert (empty["count"], empty["pages"], empty["rows"]) == (0, 1, [])


# --- parameters ---------------------------------------------------------------------------------------------


def test_a_value_is_a_slug_an_address_or_a_name(get: Get) -> None:
    """All of them mean the same thing; several stand with commas between; what is empty is left out."""
    rows = content(get("queries/what-reduced", measure="missing-episodes"))["rows"]
    same = (
        f"{ID}outcome-measure/missing-episodes",
        "outcome-measure/missing-episodes",
        "Missing episodes",
        "missing-episodes, missing-episodes",
    )
    for value in same:
        assert content(get("queries/what-reduced", measure=value))["rows"] == rows
    everything = content(get("queries/what-reduced"))["count"]
    assert content(get("queries/what-reduced", measure=" "))["count"] == everything > len(rows)


@pytest.mark.parametrize(
    ("name", "params", "parameter", "nearest"),
    [
        ("what-reduced", {"measure": "missing-episods"}, "measure", "missing-episodes"),
        ("what-reduced", {"measure": "missing-episodes,missing-episods"}, "measure", "missing-episodes"),
        ("findings-of", {"intervention": "No Wrong Dor"}, "intervention", "no-wrong-door"),
        ("findings-where", {"theme": "residental-care"}, "theme", "residential-care"),
        ("findings-where", {"evaluator": "University of Oxfrd"}, "evaluator", "university-of-oxford"),
        ("what-reduced", {"mesure": "missing-episodes"}, "mesure", "measure"),
    ],
)
def test_a_slip_is_told_with_what_comes_near(
    get: Get, name: str, params: dict[str, str], parameter: str, nearest: str
) -> None:
    """400 that names the parameter, the nearest right one first."""
    told = problem(get(f"queries/{name}", **params))
    assert (told["parameter"], told["nearest"][0]) == (parameter, nearest)
    assert nearest in told["detail"]


def test_what_is_allowed_is_listed_where_it_is_short(get: Get) -> None:
    """Seven outcomes are listed, hundreds of measures are not; an example always is."""
    few = problem(get("queries/findings-on-outcome", outcome="xyzzy"))
    assert len(few["allowed"]) == 7
    assert few["example"] in few["allowed"]
    many = problem(get("queries/what-reduced", measure="xyzzy"))
    assert "allowed" not in many
    assert many["example"]
    unknown = problem(get("queries/what-reduced", colour="red"))
    assert unknown["allowed"] == ["format", "measure", "page", "per_page", "theme"]


def test_what_is_missing_is_told(get: Get) -> None:
    """A required parameter, one that another needs: 400 that names it."""
    told = problem(get("queries/findings-of"))
    assert (told["parameter"], told["example"]) == (
        "intervention",
        CATALOGUE["findings-of"].parameters[0].example,
    )
    assert problem(get("queries/evaluations-where", answer="answered-yes"))["parameter"] == "aim"
    assert (
        content(get("queries/evaluations-where", answer="answered-yes", aim="impact-evaluation"))["count"] > 0
    )


@pytest.mark.parametrize(
    "value",
    ["x" * 501, "a\x00b", "a\nb", "\ud800", "caf\ufffd", "\x1b[31m", "\udcff\udcfe", "\x7f", "\ufffe"],
)
def test_odd_text_is_refused(get: Get, value: str) -> None:
    """Too long, control characters, what is left of bytes that were no UTF-8: 400, in names and paths too."""
    problem(get("queries/lessons-mentioning", text=value))
    problem(get("queries/lessons-mentioning", **{value: "x"}))
    problem(get("search", q=value))
    problem(get("ask", q=value))
    for path in ("queries/", "interventions/", "map/", ""):
        problem(get(path + value), 404)


def test_a_parameter_given_twice_is_refused(built: Path) -> None:
    """Which of the two would count is a guess: 400."""
    params = (("measure", "missing-episodes"), ("measure", "children-going-missing"))
    found = rest.reply(Request("api/queries/what-reduced", params), built)
    assert found is not None
    assert problem(found)["parameter"] == "measure"


@pytest.mark.parametrize(
    "value",
    ['" } #', "') } UNION { ?s ?p ?o } #", '\\" . ?x ?y ?z', "<http://x>", "?_text", "\\u0022 } #", "care\\"],
)
def test_values_are_bound_and_never_spliced(get: Get, value: str) -> None:
    """SPARQL in a value is text to look for, and no kind of thing: it changes no query."""
    assert content(get("queries/lessons-mentioning", text=value))["count"] == 0
    problem(get("queries/findings-of", intervention=value))
    for name, parameter in things_wanted():
        assert (
            problem(get(f"queries/{name}", **given_too(name) | {parameter: value}))["parameter"] == parameter
        )


def given_too(name: str) -> dict[str, str]:
    """Return the parameters that a query cannot do without."""
    return {p.name: p.example for p in CATALOGUE[name].parameters if p.required}


def things_wanted() -> list[tuple[str, str]]:
    return [(q.name, p.name) for q in CATALOGUE.values() for p in q.parameters if p.kind == "thing"]


@pytest.mark.parametrize(("name", "parameter"), things_wanted())
def test_any_thing_is_looked_up_in_the_index(
    get: Get, monkeypatch: pytest.MonkeyPatch, name: str, parameter: str
) -> None:
    """A made-up kind costs no scan of the graph; a slip within a kind is told with what comes near."""

    def scan(*_: object) -> dict[str, tuple[str, ...]]:
        pytest.fail("the graph was scanned")

    monkeypatch.setattr(queries, "allowed_values", scan)
    for value in ("nothing/pause", "evaluation/", "evaluation", "evaluation/pause-round-1#none", "a/b/c"):
        told = problem(get(f"queries/{name}", **given_too(name) | {parameter: value}))
        assert told["parameter"] == parameter
    told = problem(get(f"queries/{name}", **given_too(name) | {parameter: "evaluation/pause-round-11"}))
    assert "evaluation/pause-round-1" in told["nearest"]


def test_numbers_are_whole_and_of_a_size(get: Get) -> None:
    """What is no whole number, or too long a one, is 400 with an example."""
    name, parameter = next(
        (q.name, p) for q in CATALOGUE.values() for p in q.parameters if p.kind == "integer"
    )
    for value in ("1.5", "x", "9" * 40, "0x10", "\u0663"):
        told = problem(get(f"queries/{name}", **given_too(name) | {parameter.name: value}))
        assert (told["parameter"], told["example"]) == (parameter.name, parameter.example)
    content(get(f"queries/{name}", **given_too(name) | {parameter.name: parameter.example}))


def test_an_unknown_query_is_told_with_the_nearest(get: Get) -> None:
    """404, names that come near; only the plain name is one."""
    assert "what-reduced" in problem(get("queries/what-reduce"), 404)["nearest"]
    for path in (
        "queries/outcomes/what-reduced",
        "queries/",
        "queries/what-reduced/",
        "nothing",
        "",
        "map/",
        "openapi",
    ):
        assert problem(get(path), 404)["detail"]


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(exclude_categories=[]), max_size=12),
    st.sampled_from(
        ["missing-episodes", "pause", "json", "1", "-1", "a,b,,", ",", "' OR 1=1", "*", '"', "NOT", "NEAR("]
    ),
    st.integers().map(str),
)
NAMES = st.one_of(
    st.sampled_from(
        ["measure", "q", "kind", "limit", "page", "per_page", "format", "text", "topic", "theme", "thing"]
    ),
    st.text(max_size=8),
)
PATHS = st.one_of(
    st.sampled_from(
        ["queries", "search", "ask", "interventions", "openapi.json", "map/practice", "interventions/pause"]
    ),
    st.sampled_from(
        [f"queries/{name}" for name in ("what-reduced", "lessons-mentioning", "themes-compared")]
    ),
    st.builds("{}/{}".format, st.sampled_from(["queries", "interventions", "map"]), TEXTS),
    st.text(max_size=20),
)


@settings(max_examples=250, deadline=None)
@given(
    path=PATHS,
    params=st.lists(st.tuples(NAMES, TEXTS), max_size=3),
    accept=st.one_of(
        st.sampled_from(["", "*/*", "text/csv", "text/turtle", ";;", "a/b;q=2"]), st.text(max_size=20)
    ),
    origin=st.text(max_size=10),
)
def test_no_request_breaks_it(
    built: Path, path: str, params: list[tuple[str, str]], accept: str, origin: str
) -> None:
    """Whatever is sent: an answer, or problem details of the 400s that are JSON; never an error of ours."""
    found = rest.reply(Request(f"api/{path}", tuple(params), accept, origin), built)
    assert found is not None
    assert found.status in (200, 400, 404, 406)
    if found.status != 200:
        problem(found, found.status)


# --- the description ----------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    """Another project's validator takes it for OpenAPI 3.1; with a fault planted it does not."""
    validate(described)
    assert described["openapi"].startswith("3.1")
    broken = json.loads(json.dumps(described))
    broken["paths"]["/api/ask"]["get"]["parameters"][0]["in"] = "nowhere"
    with pytest.raises(Exception, match="nowhere"):
        validate(broken)


def test_every_stored_query_has_an_operation(described: dict[str, Any]) -> None:
    """Its parameters are those of the header, required where the header says so, with types and examples."""
    paths = described["paths"]
    assert {p.removeprefix("/api/queries/") for p in paths if p.startswith("/api/queries/")} == set(CATALOGUE)
    ids = [path["get"]["operationId"] for path in paths.values()]
    assert len(ids) == len(set(ids))
    for name, query in CATALOGUE.items():
        operation = paths[f"/api/queries/{name}"]["get"]
        own = {p["name"]: p for p in operation["parameters"] if "name" in p}
        assert {n: p["required"] for n, p in own.items()} == {p.name: p.required for p in query.parameters}
        assert operation["summary"] == query.summary
        assert set(operation["responses"]) == {"200", "400", "404", "406"}
        for parameter in query.parameters:
            schema = own[parameter.name]["schema"]
            taken = schema if parameter.required else schema["anyOf"][0]
            assert (taken.get("type") == "array") is parameter.many
            assert {"example", "description"} <= set(own[parameter.name])


def test_no_parameter_has_a_name_that_the_api_uses() -> None:
    """`page`, `per_page` and `format` are the API's own."""
    names = {p.name for q in CATALOGUE.values() for p in q.parameters}
    assert not names & {"page", "per_page", "format"}


def test_allowed_values_are_listed_up_to_forty(described: dict[str, Any], built: Path) -> None:
    """Fourteen themes are; two hundred measures have a pattern and an example instead."""
    assert MOST_ALLOWED == 40
    schemas = described["components"]["schemas"]
    assert len(schemas["kind-theme"]["enum"]) == 14
    assert schemas["kind-practice-measure"]["enum"] == sorted(
        queries.allowed_values("practice-measure", built)
    )
    assert "kind-outcome-measure" not in schemas
    for query in CATALOGUE.values():
        for one in described["paths"][f"/api/queries/{query.name}"]["get"]["parameters"]:
            if "example" not in one:
                continue
            schema = one["schema"].get("items", one["schema"])
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rpartition("/")[2]]
            for value in one["example"] if isinstance(one["example"], list) else [one["example"]]:
                assert value in schema.get("enum", [value]), (query.name, one["name"])
                assert re.fullmatch(schema.get("pattern", ".*"), str(value)), (query.name, one["name"])


def test_the_description_knows_where_it_is_served(get: Get) -> None:
    """Under the server's address; without one, or with what is none, as seen from the document."""
    for origin, url in (
        ("https://evidence.example.org", "https://evidence.example.org"),
        ("", ".."),
        ("x y", ".."),
    ):
        assert content(get("openapi.json", origin=origin))["servers"] == [{"url": url}]
    assert urljoin("http://host/x/api/openapi.json", "..") == "http://host/x/"


@pytest.mark.parametrize(
    ("path", "params", "pattern"),
    [
        ("queries", {}, "/api/queries"),
        ("search", {"q": "missing episodes"}, "/api/search"),
        ("ask", {"q": "which projects reduced missing episodes?"}, "/api/ask"),
        ("ask", {"q": "what is the weather"}, "/api/ask"),
        ("map/theme", {}, "/api/map/{rows}"),
        ("interventions", {}, "/api/interventions"),
        ("interventions/pause", {}, "/api/interventions/{slug}"),
    ],
)
def test_the_other_answers_are_as_described(
    get: Get, described: dict[str, Any], path: str, params: dict[str, str], pattern: str
) -> None:
    """Each has all the fields of its schema and each of the type that it says."""
    checker(described, pattern).validate(content(get(path, **params)))


# --- the list, search, questions, maps, profiles ------------------------------------------------------------


def test_the_list_of_queries(get: Get) -> None:
    """Every query with its parameters and addresses, or those of one topic; no other topic."""
    told = content(get("queries"))
    assert [q["name"] for q in told["queries"]] == list(CATALOGUE)
    one = next(q for q in told["queries"] if q["name"] == "what-reduced")
    assert (
        one["parameters"][0] | {"name": "measure", "kind": "outcome-measure", "many": True}
        == one["parameters"][0]
    )
    assert (
        urljoin("http://host/x/api/queries", one["links"]["answer"])
        == "http://host/x/api/queries/what-reduced"
    )
    assert urljoin("http://host/x/api/queries", one["links"]["page"]) == "http://host/x/queries/what-reduced/"
    assert {q["topic"] for q in content(get("queries", topic="money"))["queries"]} == {"money"}
    assert "money" in problem(get("queries", topic="gold"))["allowed"]


def test_search_finds_what_the_command_finds(get: Get, built: Path) -> None:
    """The same hits in the same order, with why and where; unknown words are told; limits hold."""
    told = content(get("search", q="teenagers going missing", limit="5"))
    hits = search.search("teenagers going missing", 5, folder=built)
    assert [(h["id"], h["why"], h["citations"]) for h in told["hits"]] == [
        (h.id, list(h.why), list(h.citations)) for h in hits
    ]
    assert len(told["hits"]) == 5
    assert content(get("search", q="zzxqj missing"))["unknown"] == ["zzxqj"]
    assert {h["kind"] for h in content(get("search", q="missing", kind="lesson"))["hits"]} == {"lesson"}
    assert problem(get("search"))["parameter"] == "q"
    assert "lesson" in problem(get("search", q="missing", kind="lessons"))["allowed"]
    assert problem(get("search", q="missing", limit="151"))["parameter"] == "limit"


def test_a_question_gets_its_answer_or_the_reason(get: Get, built: Path) -> None:
    """As `cscip ask -f json` writes it; no answer is 200 too, with the reason."""
    question = "which projects reduced missing episodes?"
    told = content(get("ask", q=question))
    assert {k: v for k, v in told.items() if k != "build"} == json.loads(
        json.dumps(ask.as_json(ask.ask(question, built)))
    )
    assert any("inside-out" in cell for row in told["rows"] for cell in row)
    silent = content(get("ask", q="what is the weather in Leeds today"))
    assert (silent["answered"], silent["rows"]) == (False, [])
    assert silent["reason"]
    assert problem(get("ask"))["parameter"] == "q"
    assert problem(get("ask", q="???"))["parameter"] == "q"


def test_the_gap_map_holds_every_cell(get: Get, built: Path) -> None:
    """Seven practice measures by eight columns, empty cells too; CSV is the query's own; no other rows."""
    told = content(get("map/practice"))
    assert (len(told["rows"]), len(told["outcomes"]), len(told["cells"])) == (7, 8, 56)
    made = gapmap.gap_map("practice", built)
    for cell in told["cells"]:
        assert cell["findings"] == made.cells[ID + cell["row"], ID + cell["outcome"]].findings
    assert "A count is no score" in told["note"]
    assert get("map/practice", "text/csv").body.decode() == gapmap.csv_of(made)
    assert problem(get("map/practices"), 404)["allowed"] == ["practice", "theme", "intervention"]


def test_a_profile_holds_every_panel(get: Get) -> None:
    """By slug or name; each panel is a stored query's rows; sources by their titles; unknown is 404."""
    told = content(get("interventions/pause"))
    assert (told["id"], told["name"]) == ("intervention/pause", "Pause")
    assert set(told["panels"]) == set(profiles.panels())
    effect = told["panels"]["effect"]
    rows = content(get(f"queries/{effect['query']}", intervention="pause"))["rows"]
    assert effect["rows"] == rows
    assert len(rows) == 10
    names = {(r["name"], r["source"]): r["citations"] for r in told["panels"]["names"]["rows"]}
    assert names["PAUSE", "wwcsc-2021"] == [f"{ID}source/wwcsc-2021#L{n}" for n in (2501, 2659, 2661)]
    assert "rees-2017" in told["sources"]
    assert content(get("interventions/Creating Space for Change"))["id"] == "intervention/pause"
    assert problem(get("interventions/pauze"), 404)["nearest"] == ["pause"]
    every = content(get("interventions"))
    assert {"id": "intervention/pause", "name": "Pause"}.items() <= next(
        i for i in every["interventions"] if i["id"] == "intervention/pause"
    ).items()


def test_other_paths_are_left_alone(built: Path) -> None:
    """What is not under api/ gets no answer from this room."""
    for path in ("", "queries/", "apiary", "sparql", "id/intervention/pause", "Api/queries"):
        assert rest.reply(Request(path), built) is None
