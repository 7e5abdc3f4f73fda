"""The server for assistants: typed read-only tools whose every answer has citations, build and caution."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import INVALID_PARAMS, CallToolResult, ListToolsResult, TextContent
from pyoxigraph import Literal, NamedNode, Quad

from apart import run_apart
from cscip_kg import gapmap, queries, store
from cscip_kg.cli import main
from cscip_kg.errors import NoStoreError
from cscip_kg.mcp_server import INSTRUCTIONS, answers, make_server, serve, tools
from cscip_kg.mcp_server.arguments import PARTS
from cscip_kg.namespaces import DATA_GRAPH, ID, LABEL, term
from cscip_kg.output import CAUTION
from cscip_kg.profiles import MONEY, NOTHING_STATED

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).parent / "cscip")
TOOLS = [
    "ask",
    "search",
    "profile",
    "compare",
    "list_queries",
    "named_query",
    "gap_map",
    "gap_map_cell",
    "sparql",
]
FINDING = f"<{ID}evaluation/no-wrong-door#missing-episodes>"

Result = TypeVar("Result")

# One call of each tool, and whether its answer makes statements, which must then be cited.
CALLS: list[tuple[str, dict[str, Any], bool]] = [
    ("ask", {"question": "Which projects reduced missing episodes?"}, True),
    ("ask", {"question": "Which intervention is best?"}, False),
    ("search", {"text": "teenagers going missing"}, True),
    ("search", {"text": "qqqqqq zzzzzz"}, False),
    ("profile", {"intervention": "no-wrong-door"}, True),
    ("profile", {"intervention": "No Wrong Door", "part": "effect"}, True),
    ("compare", {"interventions": ["no-wrong-door", "pause"]}, True),
    ("list_queries", {}, False),
    ("list_queries", {"topic": "map"}, False),
    ("named_query", {"name": "what-reduced", "parameters": {"measure": "missing-episodes"}}, True),
    ("named_query", {"name": "interventions-by-theme", "parameters": {"theme": "residential-care"}}, True),
    ("named_query", {"name": "findings"}, True),
    ("named_query", {"name": "region-counts"}, False),
    ("gap_map", {"rows": "theme"}, False),
    ("gap_map", {"rows": "intervention", "by": "design"}, False),
    (
        "gap_map_cell",
        {"rows": "theme", "row": "Residential care", "outcome": "outside-the-seven"},
        True,
    ),
    ("sparql", {"query": "SELECT ?f ?c { ?f a cscip:Finding ; cscip:citation ?c } LIMIT 5"}, True),
    ("sparql", {"query": "ASK { ?s a cscip:Finding }"}, False),
]
FIRST = [[name for name, _, _ in CALLS].index(tool) for tool in TOOLS]
NAMES = [f"{name}-{n}" for n, (name, _, _) in enumerate(CALLS)]


def talk(folder: Path, talking: Callable[[Client], Awaitable[Result]], mode: str = "legacy") -> Result:
    """Return what comes of a conversation with a server over `folder` in this process."""

    async def conversation() -> Result:
        async with Client(make_server(folder), mode=mode, read_timeout_seconds=60) as client:
            return await talking(client)

    return run_apart(conversation)


def call(folder: Path, tool: str, /, **arguments: Any) -> CallToolResult:
    """Return the result of one call, right or wrong."""
    return talk(folder, lambda client: client.call_tool(tool, arguments))


def told(result: CallToolResult) -> str:
    """Return the text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def content(result: CallToolResult) -> dict[str, Any]:
    """Return the structured content of a result that is no error."""
    assert not result.is_error, told(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def rows(result: CallToolResult) -> list[dict[str, str]]:
    """Return the rows of an answer of one table by column."""
    (table,) = content(result)["tables"]
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


@pytest.fixture(scope="session")
def cited(built: Path) -> set[str]:
    """Every citation of the graph, as people write it."""
    found = store.open_store(built).quads_for_pattern(None, term("citation"), None, None)
    return {str(q.object.value).removeprefix(f"{ID}source/") for q in found}


@pytest.fixture(scope="module")
def answered(built: Path) -> list[CallToolResult]:
    """What came of all of `CALLS` in one session."""

    async def talking(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(tool, arguments) for tool, arguments, _ in CALLS]

    return talk(built, talking)


@pytest.fixture(scope="module")
def listed(built: Path) -> ListToolsResult:
    """What a client is told of the tools."""
    return talk(built, lambda client: client.list_tools())


# --- what a client is told ------------------------------------------------------------------------------


def test_the_tools_are_these_and_read_only(listed: ListToolsResult) -> None:
    """Each tool has a title, a description and the marks of one that changes nothing and asks nobody else."""
    assert [tool.name for tool in listed.tools] == TOOLS
    for tool in listed.tools:
        assert tool.title
        assert tool.description
        assert "  " not in tool.description
        assert tool.annotations is not None
        marks = tool.annotations.model_dump(by_alias=True, exclude_none=True)
        assert marks == {
            "readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False
        }  # fmt: skip


def test_every_argument_is_typed_bounded_and_described(listed: ListToolsResult) -> None:
    """A schema takes no other arguments than its own, explains each, and bounds every text."""
    for tool in listed.tools:
        schema = tool.input_schema
        assert schema["additionalProperties"] is False
        for name, argument in schema["properties"].items():
            assert argument["description"], f"{tool.name}.{name}"
            text = json.dumps(argument)
            assert text.count('"type": "string"') <= text.count("maxLength") + text.count('"enum"')
    by_name = {tool.name: tool.input_schema["properties"] for tool in listed.tools}
    assert by_name["profile"]["part"]["enum"] == ["all", *PARTS]
    assert by_name["gap_map"]["rows"]["enum"] == list(gapmap.TITLES)
    assert by_name["gap_map"]["by"]["enum"] == list(gapmap.COUNTED)
    compared = by_name["compare"]["interventions"]
    assert (compared["minItems"], compared["maxItems"]) == (2, 6)


def test_every_answer_is_promised_with_what_it_must_carry(listed: ListToolsResult) -> None:
    """The published schema of every tool's structured content requires caution, build and citations."""
    for tool in listed.tools:
        assert tool.output_schema is not None
        required = {"caution", "build", "version", "cite", "citations", "sources"}
        assert required <= set(tool.output_schema["required"]), tool.name


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_server_says_what_it_is_and_warns(built: Path, mode: str) -> None:
    """By the old handshake and the new: the caution, whose it is, and that nothing is ranked."""

    async def talking(client: Client) -> tuple[str | None, str]:
        assert client.server_info is not None
        return client.instructions, client.server_info.name

    instructions, name = talk(built, talking, mode)
    assert name == "cscip-kg"
    assert instructions == INSTRUCTIONS
    for words in (CAUTION, "Foundations", "What Works for Children's Social Care", "Nothing is ranked"):
        assert words in INSTRUCTIONS
    assert [tool for tool in TOOLS if f"`{tool}`" not in INSTRUCTIONS] == ["compare", "gap_map_cell"]


# --- what every answer carries --------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(len(CALLS)), ids=NAMES)
def test_every_answer_carries_caution_build_and_citations(
    built: Path, cited: set[str], answered: list[CallToolResult], place: int
) -> None:
    """In the text and in the structured content; and each citation is one of the graph's own."""
    text, body = told(answered[place]), content(answered[place])
    made = store.describe(built)
    assert body["caution"] == CAUTION
    assert CAUTION in text
    assert (body["build"], body["version"]) == (made.id, made.version)
    assert f"version {made.version}, build {made.id}" in text
    assert body["cite"] in text
    assert bool(body["citations"]) == CALLS[place][2]
    assert set(body["citations"]) <= cited
    assert set(body["sources"]) == {citation.partition("#")[0] for citation in body["citations"]}
    for short in body["sources"]:
        assert f"- **{short}:** " in text


@pytest.mark.parametrize("place", [n for n, (_, _, states) in enumerate(CALLS) if states])
def test_every_row_of_statements_has_its_own_citation(answered: list[CallToolResult], place: int) -> None:
    """Wherever rows state something, each names its lines; a comparison's entries do so one by one."""
    body = content(answered[place])
    hits = [hit["citations"] for hit in body.get("hits", [])]
    rows = [row for table in body.get("tables", []) for row in table["rows"]]
    if CALLS[place][0] == "compare":
        entries = [entry for row in rows for cell in row[1:] for entry in cell.split("\n")]
        rows = [[entry] for entry in entries if entry not in (NOTHING_STATED, MONEY)]
    assert hits or rows
    assert all(hits)
    assert [row for row in rows if not any(re.search(r"#L\d", cell) for cell in row)] == []


def test_an_answer_without_lines_says_so(built: Path) -> None:
    """Who asks for counts is sent to the statements behind them."""
    assert "These rows name no lines" in told(call(built, "named_query", name="region-counts"))
    assert "These rows name no lines" not in told(call(built, "profile", intervention="pause"))


# --- what the tools answer, held to the sources ---------------------------------------------------------


def test_a_question_is_answered_or_refused_with_its_reason(
    built: Path, answered: list[CallToolResult]
) -> None:
    """Episodes of missingness fell in Inside Out (wwcsc-2021, lines 1031-1035); what is best is not told."""
    right, refused = content(answered[0]), content(answered[1])
    assert right["answered"]
    again = content(call(built, "named_query", name=right["query"], parameters=right["parameters"]))
    assert (again["tables"], again["rows_in_all"]) == (right["tables"], right["rows_in_all"])
    (found,) = [row for row in rows(answered[0]) if row["Name"] == "Inside Out"]
    assert found["Source and lines"] == "wwcsc-2021#L1031-1035"
    assert right["why"]
    assert right["why"][0] in told(answered[0])
    assert (refused["answered"], refused["tables"]) == (False, [])
    assert "ranks nothing" in refused["reason"]
    assert "No answer. The graph ranks nothing" in told(answered[1])


def test_search_finds_what_the_report_tells(built: Path) -> None:
    """No Wrong Door comes first for missing teenagers: 503 incidents fell to 253 (rees-2017, line 585)."""
    body = content(call(built, "search", text="teenagers going missing", kind="intervention", limit=3))
    first = body["hits"][0]
    assert (first["id"], first["kind"]) == ("intervention/no-wrong-door", "intervention")
    assert "rees-2017#L585" in first["citations"]
    assert len(body["hits"]) == 3
    assert {hit["kind"] for hit in body["hits"]} == {"intervention"}


def test_search_tells_of_words_that_it_did_not_take_as_typed(built: Path) -> None:
    """A slip that was mended and a word that stands nowhere are both told."""
    body = content(call(built, "search", text="mentel health qqzzqq"))
    assert body["read_as"] == {"mentel": "mental"}
    assert body["unknown"] == ["qqzzqq"]
    nothing = call(built, "search", text="qqqqqq zzzzzz")
    assert content(nothing)["hits"] == []
    assert "Nothing was found" in told(nothing)


def test_a_part_of_a_profile_is_that_part_alone(built: Path) -> None:
    """No Wrong Door's effects: 503 missing incidents before, 253 after (rees-2017, lines 585, 931)."""
    result = call(built, "profile", intervention="NWD", part="effect")
    (found,) = [row for row in rows(result) if row["Measure"] == "Missing episodes"]
    assert (found["Figure before"], found["Figure after"]) == ("503", "253")
    assert (found["Direction"], found["Effect"]) == ("Decrease", "Favourable")
    assert "rees-2017#L585" in found["Source and lines"]
    assert "L931" in found["Source and lines"]
    assert "## Effect" in told(result)
    assert "## Economics" not in told(result)


def test_a_whole_profile_has_every_part(built: Path) -> None:
    """All parts come, in order, as text and as tables, those on which nothing is stated too."""
    result = call(built, "profile", intervention="pause")
    tables = content(result)["tables"]
    assert [table["query"].split("-", 2)[2] for table in tables] == list(PARTS)
    assert content(result)["rows_in_all"] == sum(len(table["rows"]) for table in tables)
    for part in ("names", "effect", "reports"):
        (table,) = content(call(built, "profile", intervention="pause", part=part))["tables"]
        assert table in tables


def test_a_comparison_keeps_each_to_its_own_column(built: Path) -> None:
    """Missing episodes stand with No Wrong Door (rees-2017, line 585), domestic violence with Pause (849)."""
    body = content(call(built, "compare", interventions=["No Wrong Door", "Pause"]))
    (effects,) = [table for table in body["tables"] if "what was found" in table["title"]]
    assert effects["columns"] == ["", "No Wrong Door", "Pause"]
    (risk,) = [row for row in effects["rows"] if row[0] == "Reduced risk for children"]
    assert "Missing episodes" in risk[1]
    assert "L585" in risk[1]
    assert "Missing episodes" not in risk[2]
    assert "Domestic violence" in risk[2]


def test_a_stored_question_gives_its_rows(built: Path) -> None:
    """Episodes of missingness fell in Inside Out (wwcsc-2021, lines 1031 to 1035)."""
    parameters = {"measure": "missing-episodes"}
    result = call(built, "named_query", name="what-reduced", parameters=parameters)
    (found,) = [row for row in rows(result) if row["Name"] == "Inside Out"]
    assert found["Source and lines"] == "wwcsc-2021#L1031-1035"
    assert found["Intervention"] == "intervention/inside-out"
    table = queries.table_of(queries.run("what-reduced", parameters, folder=built))
    assert content(result)["rows_in_all"] == len(table.rows) == len(rows(result))
    assert "`cscip query what-reduced -p measure=missing-episodes`" in told(result)


def test_sources_in_a_column_of_their_own_stand_with_their_lines(built: Path) -> None:
    """Face to Face Pathways: ages 14 to 25 (wwcsc-2021, 2077) against 11 to 24 (dfe-insights, 324)."""
    table = rows(call(built, "named_query", name="discrepancies"))
    (found,) = [row for row in table if row["Id"] == "discrepancy/ages-in-face-to-face-pathways"]
    assert found["Source and lines"] == "dfe-insights#L324; wwcsc-2021#L2077"
    assert "Source" not in found
    names = rows(call(built, "named_query", name="names-of", parameters={"thing": "intervention/pause"}))
    printed = [row for row in names if row["Kind"] == "printed"]
    assert printed
    for row in printed:
        assert row["Source and lines"].startswith(f"{row['Source']}#L")


def test_the_pages_of_a_long_answer_are_the_whole_answer(built: Path) -> None:
    """Page by page, no row is lost or told twice, no page is over the limit, and the last says that it is."""
    total = len(queries.table_of(queries.run("discrepancies", folder=built)).rows)
    found: list[str] = []
    pages = 0
    following: int | None = 1
    while following is not None:
        assert following == len(found) + 1
        result = call(built, "named_query", name="discrepancies", first_row=following)
        body = content(result)
        assert body["rows_in_all"] == total
        assert len(told(result).encode()) < 1.2 * answers.MAX_PAGE
        found += [row["Id"] for row in rows(result)]
        following = body["next_row"]
        assert ("with first\\_row=" in told(result)) == (following is not None)
        pages += 1
    assert pages > 1
    assert len(found) == len(set(found)) == total


def test_sparql_answers_rows_graphs_and_yes_or_no(built: Path) -> None:
    """SELECT, CONSTRUCT and ASK; the finding of line 585 has 503 before and 253 after."""
    where = f"{FINDING} cscip:valueBefore ?before ; cscip:valueAfter ?after"
    assert rows(call(built, "sparql", query=f"SELECT ?before ?after {{ {where} }}")) == [
        {"before": "503", "after": "253"}
    ]
    graph = call(
        built,
        "sparql",
        query=f"CONSTRUCT {{ {FINDING} cscip:citation ?c }} {{ {FINDING} cscip:citation ?c }}",
    )
    assert "rees-2017#L585" in [row["object"] for row in rows(graph)]
    assert rows(call(built, "sparql", query=f"ASK {{ {FINDING} a cscip:Finding }}")) == [{"answer": "true"}]


def test_stored_questions_are_listed_as_they_are(built: Path) -> None:
    """All of them, by topic, with parameters; those of one topic with columns and how to read them."""
    every = content(call(built, "list_queries"))["queries"]
    assert [(q["topic"], q["name"]) for q in every] == [
        (path.parent.name, path.stem) for path in sorted((ROOT / "queries").glob("*/*.rq"))
    ]
    assert {q["description"] for q in every} == {""}
    result = call(built, "list_queries", topic="money")
    (costs,) = [q for q in content(result)["queries"] if q["name"] == "costs-of"]
    assert costs["parameters"][0]["name"] == "intervention"
    assert costs["parameters"][0]["required"] is True
    assert "citation" in costs["columns"]
    assert costs["description"]
    assert {q["topic"] for q in content(result)["queries"]} == {"money"}
    assert "costs-of" in told(result)


def test_the_gap_map_tells_empty_cells(built: Path) -> None:
    """Its numbers are those of the stored query; a cell behind which nothing stands says none in the text."""
    made = gapmap.gap_map("theme", built)
    result = call(built, "gap_map", rows="theme", by="design")
    body = content(result)
    assert len(body["rows"]) * len(body["outcomes"]) == len(made.cells)
    found = {(cell["row"], cell["outcome"]): cell for cell in body["cells"]}
    for (row, outcome), cell in made.cells.items():
        given = found.get((row.removeprefix(ID), outcome.removeprefix(ID)))
        assert (given["findings"] if given else 0) == cell.findings
        assert (sum(given["counts"].values()) if given else 0) == cell.findings
    assert told(result).count(": none\n") == len(made.cells) - len(found) > 0
    assert set(body["process"]) == set(body["rows"])
    assert "A count is no score" in told(result)


def test_behind_a_cell_stand_its_findings(built: Path) -> None:
    """Building My Future: no change in education (wwcsc-2021, 2819-2823) or care status (2831-2835)."""
    given = {"rows": "theme", "row": "residential-care"}
    result = call(built, "gap_map_cell", **given, outcome="outside-the-seven")
    found = [row for row in rows(result) if row["Name"] == "Building My Future"]
    assert [(row["Effect"], row["Source and lines"]) for row in found] == [
        ("No change", "wwcsc-2021#L2819-2823"),
        ("No change", "wwcsc-2021#L2831-2835"),
    ]
    assert {row["Comparison"] for row in found} == {"No comparison stated"}
    cells = content(call(built, "gap_map", rows="theme"))["cells"]
    (counted,) = [
        cell
        for cell in cells
        if (cell["row"], cell["outcome"]) == ("theme/residential-care", "outcome-scope/outside-the-seven")
    ]
    assert counted["findings"] == len([row for row in rows(result) if row["What"] == "finding"])
    by_name = call(
        built, "gap_map_cell", rows="theme", row="Residential care", outcome="outcome-scope/outside-the-seven"
    )
    assert rows(by_name) == rows(result)


def test_a_passage_on_what_helped_is_not_said_to_lack_a_comparison(built: Path) -> None:
    """Only findings are set against something; the number of passages is the map's."""
    given = {"row": "adolescents-facing-complex-risks", "outcome": "reduced-risk-for-children"}
    behind = rows(call(built, "gap_map_cell", rows="theme", **given))
    passages = [row for row in behind if row["What"] != "finding"]
    assert passages
    assert {row["Comparison"] for row in passages} == {""}
    assert "" not in {row["Comparison"] for row in behind if row["What"] == "finding"}


def test_resources_are_the_questions_and_the_profiles(built: Path) -> None:
    """The list of stored questions and any intervention's profile can be read as pages."""

    async def talking(client: Client) -> tuple[list[str], list[str], str, str]:
        fixed = [str(r.uri) for r in (await client.list_resources()).resources]
        open_ = [t.uri_template for t in (await client.list_resource_templates()).resource_templates]
        texts = []
        for uri in ("cscip://queries", "cscip://intervention/no-wrong-door"):
            (page,) = (await client.read_resource(uri)).contents
            texts.append(str(getattr(page, "text", "")))
        return fixed, open_, texts[0], texts[1]

    fixed, open_, catalogue, profile = talk(built, talking)
    assert (fixed, open_) == (["cscip://queries"], ["cscip://intervention/{slug}"])
    assert "what-reduced" in catalogue
    assert CAUTION in profile
    assert profile == told(call(built, "profile", intervention="no-wrong-door"))


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("cscip://intervention/no-wrng-door", "no-wrong-door"),
        ("cscip://intervention/" + "a" * 1000, "more than 300"),
        ("cscip://intervention/..%2f..%2fetc", "Unknown resource"),
        ("cscip://intervention/%ED%A0%80", "no such|has such a name"),
        ("file:///etc/passwd", "Unknown resource"),
    ],
)
def test_a_resource_that_is_not_there_is_refused(built: Path, uri: str, words: str) -> None:
    """With a message, shorter than what was asked for is long; nothing but the graph is read."""
    with pytest.raises(ExceptionGroup) as caught:
        talk(built, lambda client: client.read_resource(uri))
    error: BaseException = caught.value
    while isinstance(error, ExceptionGroup):
        (error,) = error.exceptions
    assert isinstance(error, MCPError)
    assert error.error.code == INVALID_PARAMS
    assert re.search(words, error.error.message)
    assert "`cscip" not in error.error.message


# --- what it refuses ------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("ask", {"question": "?"}, "Ask in up to 500 characters"),
    ("ask", {"question": "why " * 200}, "question: String should have at most 500 characters"),
    ("search", {"text": ""}, "no word to search for"),
    ("search", {"text": "pause", "kind": "nonsense"}, "Kinds: intervention"),
    ("search", {"text": "pause", "limit": 0}, "limit: Input should be greater than or equal to 1"),
    ("search", {"text": "pause", "limt": 5}, "limt: Extra inputs are not permitted"),
    ("search", {"text": 5}, "text: Input should be a valid string"),
    ("search", {}, "text: Field required"),
    ("profile", {"intervention": "no wrng door"}, "no-wrong-door"),
    ("profile", {"intervention": "pause", "part": "rank"}, "Parts: all, descriptions"),
    ("compare", {"interventions": ["pause"]}, "at least 2"),
    ("compare", {"interventions": list("abcdefg")}, "at most 6"),
    ("compare", {"interventions": ["pause", "Pause"]}, "stands twice"),
    ("list_queries", {"topic": "nonsense"}, "Topics: compare"),
    ("named_query", {"name": "what-reducd"}, "Did you mean what-reduced"),
    ("named_query", {"name": "qqqqqqqqqqqqqqqqqq"}, "list_queries"),
    ("named_query", {"name": "costs-of"}, "costs-of needs intervention"),
    ("named_query", {"name": "what-reduced", "parameters": {"colour": "red"}}, "Its parameters: measure"),
    ("named_query", {"name": "costs-of", "parameters": {"intervention": "Pawse"}}, "pause"),
    ("named_query", {"name": "costs-of", "parameters": {"intervention": "qqqqqqqq"}}, "the tool search"),
    ("named_query", {"name": "costs-of", "parameters": ["pause"]}, "valid dictionary"),
    ("named_query", {"name": "findings", "first_row": 100_000}, "none is number 100000"),
    ("gap_map", {"rows": "outcome"}, "'practice', 'theme' or 'intervention'"),
    ("gap_map_cell", {"rows": "theme", "row": "x", "outcome": "y"}, "residential-care"),
    ("gap_map_cell", {"rows": "theme", "row": "residential-care", "outcome": "y"}, "better-value-for-money"),
    ("sparql", {"query": "SELECT * { ?s ?p ?o }"}, "larger than 200000 bytes. Add LIMIT"),
    ("sparql", {"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"}, "SERVICE is refused"),
    (
        "sparql",
        {"query": "SELECT * { \\u0053ERVICE <http://example.org/> { ?s ?p ?o } }"},
        "SERVICE is refused",
    ),
    ("sparql", {"query": "INSERT DATA { <a:b> <a:b> <a:b> }"}, "failed"),
    ("sparql", {"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o } LIMIT"}, "failed"),
    ("sparql", {"query": "SELECT * " + "{" * 3000 + "}" * 3000}, "nested more than 100 deep"),
    ("nonsense", {}, "Unknown tool"),
]
HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("search", {"text": "x" * 5_000_000}),
    ("search", {"text": '" OR 1=1; DROP TABLE thing; --'}),
    ("search", {"text": "NEAR(a b) AND col:* ^ \x00 \u202e {{7*7}} %s ${x}"}),
    ("search", {"text": "\ud800"}),
    ("search", {"text": "pause", "limit": 10**30}),
    ("search", {"text": ["pause"], "kind": {"a": None}}),
    ("profile", {"intervention": "../../etc/passwd"}),
    ("profile", {"intervention": "pause> } ; DROP ALL #"}),
    ("profile", {"intervention": "[bold]x[/bold]\r\n# A heading"}),
    ("compare", {"interventions": ["pause"] * 100_000}),
    ("compare", {"interventions": '["pause", "pause"'}),
    ("named_query", {"name": "x" * 1_000_000}),
    ("named_query", {"name": "../../../etc/passwd"}),
    ("named_query", {"name": "costs-of", "parameters": {"x" * 100_000: "y"}}),
    ("named_query", {"name": "costs-of", "parameters": {str(n): "y" for n in range(10_000)}}),
    ("named_query", {"name": "costs-of", "parameters": {"intervention": "pause } SERVICE <http://x/> {"}}),
    ("named_query", {"name": "costs-of", "parameters": "[" * 100_000}),
    ("gap_map", {"rows": True, "by": -1}),
    ("gap_map_cell", {"rows": "theme", "row": "\n", "outcome": ID}),
    ("sparql", {"query": "(" * 60_000}),
    ("sparql", {"query": "SELECT" + " ?x" * 1_000_000}),
    ("sparql", {"query": "SELECT (STRDT(?s, ?s) AS ?t) { ?s ?p '" + "\\" * 1000}),
    ("sparql", {"query": ""}),
]


@pytest.mark.parametrize(("tool", "arguments", "words"), REFUSED)
def test_what_cannot_be_answered_is_an_error_that_helps(
    built: Path, tool: str, arguments: dict[str, Any], words: str
) -> None:
    """Unknown names, wrong arguments, limits and refused queries: a tool error that says what is allowed."""
    result = call(built, tool, **arguments)
    assert result.is_error
    assert words in told(result)
    assert result.structured_content is None
    for trace in ("Traceback", "File ", "`cscip", "--", "https://errors"):
        assert trace not in told(result)


def test_hostile_input_is_refused_and_the_server_stays_up(built: Path) -> None:
    """Huge, malformed and malicious arguments in one session: short messages, and a right answer after."""

    async def talking(client: Client) -> list[CallToolResult]:
        results = [await client.call_tool(tool, arguments) for tool, arguments in HOSTILE]
        return [*results, await client.call_tool("profile", {"intervention": "pause", "part": "names"})]

    *hostile, last = talk(built, talking)
    assert len(hostile) == len(HOSTILE)
    for (tool, arguments), result in zip(HOSTILE, hostile, strict=True):
        assert len(told(result)) < (3000 if result.is_error else tools.MAX_ANSWER), (tool, arguments)
        assert "Traceback" not in told(result)
        # What was no text of a search is looked for, and found nowhere; all the rest is refused.
        assert result.is_error or tool == "search", (tool, str(arguments)[:80])
        assert not told(result).startswith("Error executing tool"), (tool, str(arguments)[:80])
    assert "Pause" in [row["Name"] for row in rows(last)]


def test_a_query_that_takes_too_long_is_ended(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the seconds that it has; other calls are answered meanwhile."""
    monkeypatch.setattr(tools, "SECONDS", 2.0)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    ended: list[str] = []

    async def talking(client: Client) -> list[CallToolResult]:
        found: list[CallToolResult] = []

        async def one(tool: str, arguments: dict[str, Any]) -> None:
            found.append(await client.call_tool(tool, arguments))
            ended.append(tool)

        async with anyio.create_task_group() as group:
            group.start_soon(one, "sparql", {"query": slow})
            group.start_soon(one, "list_queries", {"topic": "map"})
        return found

    quick, late = talk(built, talking)
    assert ended == ["list_queries", "sparql"]
    assert not quick.is_error
    assert late.is_error
    assert told(late) == "The query was ended after 2 seconds."


def test_an_answer_that_is_too_large_is_refused(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the tool, its text stays under the limit."""
    monkeypatch.setattr(tools, "MAX_ANSWER", 10_000)
    result = call(built, "compare", interventions=["pause", "no-wrong-door"])
    assert result.is_error
    assert "larger than 10000 bytes" in told(result)
    assert not call(built, "profile", intervention="pause", part="names").is_error


def test_each_call_answers_from_the_build_that_is_current(tmp_path: Path) -> None:
    """A graph built while the server runs answers the next call, under its own id."""
    thing = NamedNode(ID + "intervention/first")
    quads = [Quad(thing, LABEL, Literal("First"), DATA_GRAPH)]
    first = store.publish(quads, tmp_path)
    arguments = {"query": "SELECT (COUNT(?name) AS ?n) { ?thing rdfs:label ?name }"}

    async def talking(client: Client) -> tuple[CallToolResult, store.Build, CallToolResult]:
        before = await client.call_tool("sparql", arguments)
        second = store.publish([*quads, Quad(thing, LABEL, Literal("Second"), DATA_GRAPH)], tmp_path)
        return before, second, await client.call_tool("sparql", arguments)

    before, second, after = talk(tmp_path, talking)
    assert (content(before)["build"], rows(before)) == (first.id, [{"n": "1"}])
    assert (content(after)["build"], rows(after)) == (second.id, [{"n": "2"}])


def test_without_a_build_the_server_says_what_to_do(tmp_path: Path) -> None:
    """It does not start; should the graph vanish while it runs, each call says so."""
    with pytest.raises(NoStoreError, match="cscip build"):
        serve(tmp_path)
    result = call(tmp_path, "profile", intervention="pause")
    assert result.is_error
    assert "Run: cscip build" in told(result)


# --- the command ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--build-dir", "nowhere"], []])
def test_the_command_without_a_graph_or_the_package_is_code_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a graph it names the command that builds one; without the extra, how to install it."""
    monkeypatch.setattr(sys, "argv", ["cscip", "mcp", *arguments])
    if not arguments:
        monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(SystemExit) as ended:
        main()
    written = capsys.readouterr()
    assert ended.value.code == 2
    assert written.out == ""
    assert ("Run: cscip build" if arguments else 'pip install "cscip-kg[mcp]"') in written.err


def test_the_other_commands_do_without_the_package() -> None:
    """The command line loads neither the protocol nor what it needs until the server is started."""
    code = "import cscip_kg.cli, sys; print(sorted({'mcp', 'pydantic', 'starlette'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_the_page_about_it_says_what_there_is(listed: ListToolsResult) -> None:
    """docs/mcp.md and the help give the same configuration; the page names every tool and no other."""
    page = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```json\n(.*)\n```", page)
    assert json.loads(snippet)["mcpServers"]["cscip"]["args"] == ["mcp"]
    done = subprocess.run(
        [COMMAND, "mcp", "--help"], capture_output=True, check=True, text=True, env={"COLUMNS": "100"}
    )
    assert snippet in done.stdout
    named = re.findall(r"`(\w+)`", "".join(line for line in page.splitlines() if line.startswith("| `")))
    assert sorted(named) == sorted(tool.name for tool in listed.tools)


def test_a_client_talks_to_the_command(built: Path, answered: list[CallToolResult]) -> None:
    """Over standard input and output: handshake, list, calls of each tool, hostile input, and still alive."""

    async def conversation() -> tuple[list[str], list[CallToolResult], list[CallToolResult], CallToolResult]:
        # The graph comes through the environment, as from a client's configuration.
        server = StdioServerParameters(command=COMMAND, args=["mcp"], env={"CSCIP_BUILD_DIR": str(built)})
        async with Client(server, mode="legacy", read_timeout_seconds=60) as client:
            assert client.instructions == INSTRUCTIONS
            names = [tool.name for tool in (await client.list_tools()).tools]
            right = [await client.call_tool(*CALLS[n][:2]) for n in FIRST]
            wrong = [
                await client.call_tool(tool, arguments)
                for tool, arguments in HOSTILE
                if arguments != {"text": "\ud800"}  # no client can send it: it is no UTF-8
            ]
            return names, right, wrong, await client.call_tool("list_queries", {"topic": "map"})

    names, right, wrong, last = run_apart(conversation)
    assert names == TOOLS
    assert [CALLS[n][0] for n in FIRST] == TOOLS
    for n, result in zip(FIRST, right, strict=True):
        assert content(result) == content(answered[n])
        assert told(result) == told(answered[n])
    assert len(wrong) == len(HOSTILE) - 1
    assert not last.is_error


def message(number: int, method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def test_nothing_but_the_protocol_is_written(built: Path) -> None:
    """Lines that are no message do not stop it; every line it writes is an answer; it ends with its input."""
    hello = message(
        1,
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "t", "version": "1"},
    )
    ask = message(2, "tools/call", name="profile", arguments={"intervention": "pause", "part": "names"})
    lines = [
        "this is no message",
        hello,
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        "[" * 100_000,
        message(5, "tools/call", name="search", arguments={"text": "\ud800"}),
        "\x00\x01",
        message(3, "nonsense/method"),
        message(4, "tools/call", name=5, arguments=[]),
        ask,
    ]
    with subprocess.Popen(
        [COMMAND, "mcp", "--build-dir", str(built)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write("".join(f"{line}\n" for line in lines))
        server.stdin.flush()
        found: dict[Any, dict[str, Any]] = {}
        while 2 not in found:
            answer = json.loads(server.stdout.readline())
            assert answer["jsonrpc"] == "2.0"
            found[answer.get("id")] = answer
        server.stdin.close()
        assert server.stdout.read() == ""
        errors = server.stderr.read()
        assert server.wait(timeout=30) == 0
    assert found[1]["result"]["serverInfo"]["name"] == "cscip-kg"
    assert found[2]["result"]["structuredContent"]["caution"] == CAUTION
    assert "error" in found[3]
    assert "error" in found[4]
    assert "Traceback" not in errors
    assert "Serving on standard input" in errors
