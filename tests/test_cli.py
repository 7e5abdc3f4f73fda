"""The command line: help with an example, exit codes 0, 1 and 2, and messages that say what is allowed."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox
import pytest
import typer
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg import assets, cli, profiles, queries, store
from cscip_kg.document import NOTHING
from cscip_kg.links import TARGETS
from cscip_kg.namespaces import DATA_GRAPH
from cscip_kg.output import CAUTION

THEME = "adolescents-facing-complex-risks"
_GROUPED = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
# Every command by its words; a group of commands gives way to its own.
COMMANDS = {
    f"{name} {inner}".strip(): found
    for name, command in _GROUPED.items()
    for inner, found in getattr(command, "commands", {"": command}).items()
}


@dataclass(frozen=True)
class Result:
    """What a command came to: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Cscip = Callable[..., Result]


@pytest.fixture
def cscip(built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cscip:
    """Runs the command in this process over the project's graph, 200 columns wide."""
    monkeypatch.setenv("CSCIP_BUILD_DIR", str(built))
    monkeypatch.setenv("COLUMNS", "200")
    for console in ("out", "err"):
        monkeypatch.setattr(f"cscip_kg.cli.shared.{console}.width", 200)

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["cscip", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return Result(int(ended.value.code or 0), written.out, written.err)

    return run


def refused(result: Result, *words: str) -> None:
    """Check that the command could not run, wrote nothing as a result, and said these words."""
    assert (result.code, result.out) == (2, "")
    for word in words:
        assert word in result.err


# --- help -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(cscip: Cscip, name: str) -> None:
    """Its help says what it does and shows one way to call it, and each option has a line."""
    result = cscip(*name.split(), "--help")
    assert result.code == 0
    assert f"Example: cscip {name}" in " ".join(result.out.split())
    assert cscip(*name.split(), "-h").out == result.out
    for parameter in COMMANDS[name].params:
        assert parameter.name == "help" or parameter.help, f"{parameter.name} is not explained"


@pytest.mark.parametrize("name", ["query", "sparql", "explain"])
def test_the_example_of_the_help_works(cscip: Cscip, name: str) -> None:
    """A reader who copies the example gets an answer."""
    match = re.search(r"Example: \[bold\]cscip (.*)\[/bold\]", COMMANDS[name].help)
    assert match is not None
    result = cscip(*shlex.split(match[1]))
    assert result.code == 0
    assert len(result.out.splitlines()) > 2


@pytest.mark.parametrize("name", ["show", "compare", "map"])
def test_the_example_that_writes_a_file_works(
    cscip: Cscip, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who copies the example gets the file that it names, whole, and nothing else."""
    monkeypatch.chdir(tmp_path)
    match = re.search(r"Example: \[bold\]cscip (.*-o (\S+))\[/bold\]", COMMANDS[name].help)
    assert match is not None
    result = cscip(*shlex.split(match[1]))
    assert (result.code, result.out) == (0, "")
    (file,) = tmp_path.iterdir()
    assert file.name == match[2]
    assert file.stat().st_size > 10_000


def test_without_a_command_the_help_is_shown(cscip: Cscip) -> None:
    """Called alone, it lists its commands and reports wrong use."""
    result = cscip()
    assert result.code == 2
    for name in _GROUPED:
        assert name in result.out + result.err


def test_the_version_is_that_of_the_package(cscip: Cscip) -> None:
    """--version tells the one version number that there is."""
    assert cscip("--version") == Result(0, f"cscip-kg {version('cscip-kg')}\n", "")


@pytest.mark.parametrize("arguments", [["nonsense"], ["query", "--nonsense"], ["show"], ["explain", "a"]])
def test_wrong_use_is_code_2(cscip: Cscip, arguments: list[str]) -> None:
    """An unknown command or option and a missing argument are told as such."""
    refused(cscip(*arguments), "Try 'cscip")


# --- build and validate ---------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the project's records."""
    return shutil.copytree(assets.data_dir(), tmp_path / "data")


def test_build_publishes_the_projects_graph(cscip: Cscip, tmp_path: Path) -> None:
    """The project's own records conform, and the build says what it holds and what to do next."""
    result = cscip("build", "--build-dir", str(tmp_path / "new"))
    assert (result.code, result.out) == (0, ""), result.err
    build = store.describe(tmp_path / "new")
    assert f"Built {sum(build.graphs.values()):,} statements" in result.err
    core = {name for name in build.graphs if not name.startswith("links-")}
    assert core == {"ontology", "vocabularies", "data", "inferred"}
    assert {f"links-{name}" for name in TARGETS} == build.graphs.keys() - core
    assert f"{sum(n for name, n in build.graphs.items() if name not in core):,} links" in result.err
    assert "Next: cscip query" in result.err


def test_a_fault_in_a_record_is_code_1_and_leaves_the_old_build(
    cscip: Cscip, data: Path, tmp_path: Path
) -> None:
    """A record that cannot be read is named with its line; what was built before stays."""
    old = store.publish(
        [Quad(NamedNode("http://a"), NamedNode("http://b"), Literal("c"), DATA_GRAPH)], tmp_path
    )
    (data / "broken.yaml").write_text(
        '"@context": ../ontology/context.jsonld\nid: note/broken\ntype: Note\ntext: yes\n', encoding="utf-8"
    )
    result = cscip("build", "--data", str(data), "--build-dir", str(tmp_path))
    assert (result.code, result.out) == (1, "")
    assert "data/broken.yaml:4 (text): YAML readers disagree about the bare value yes." in result.err
    assert "1 faults in the records. Nothing was written." in result.err
    assert store.describe(tmp_path) == old


def test_data_that_do_not_conform_are_code_1_and_leave_the_old_build(
    cscip: Cscip, data: Path, tmp_path: Path
) -> None:
    """A record that points at nothing is named with its line; what was built before stays."""
    old = store.publish(
        [Quad(NamedNode("http://a"), NamedNode("http://b"), Literal("c"), DATA_GRAPH)], tmp_path
    )
    (data / "astray.yaml").write_text(
        '"@context": ../ontology/context.jsonld\nid: note/astray\ntype: Note\n'
        "aboutThing: [intervention/pauze]\n",
        encoding="utf-8",
    )
    result = cscip("build", "--data", str(data), "--build-dir", str(tmp_path))
    assert (result.code, result.out) == (1, "")
    assert (
        "Violation data/astray.yaml:4 (aboutThing): This intervention is not described anywhere."
        in result.err
    )
    assert "Did you mean" in result.err
    assert "The data do not conform. Nothing was published." in result.err
    assert store.describe(tmp_path) == old


def test_a_draft_is_validated_beside_the_records(cscip: Cscip, tmp_path: Path) -> None:
    """The faults of a draft are told under its own path, and the exit code is 1."""
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        '"@context": ../ontology/context.jsonld\nid: note/draft\ntype: Note\naboutThing: [theme/pauze]\n',
        encoding="utf-8",
    )
    result = cscip("validate", str(draft))
    assert result.code == 1
    assert f"{draft}:4 (aboutThing): This theme is not described anywhere." in result.err
    assert "The data do not conform" in result.err


def test_validate_of_the_projects_records_is_code_0(cscip: Cscip) -> None:
    """The project's own records conform."""
    result = cscip("validate")
    assert (result.code, result.out) == (0, ""), result.err
    assert "The data conform: " in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["validate", "nowhere.yaml"], ["There is no file nowhere.yaml"]),
        (["validate", "--data", "nowhere"], ["There is no folder nowhere"]),
        (["validate", "--engine", "quick"], ["There is no engine 'quick'", "fast, reference"]),
        (["build", "--engine", "quick"], ["There is no engine 'quick'", "fast, reference"]),
    ],
)
def test_what_cannot_be_checked_is_code_2(cscip: Cscip, arguments: list[str], words: list[str]) -> None:
    """A missing file or folder and an unknown engine are no faults of the data."""
    refused(cscip(*arguments), *words)


# --- query ----------------------------------------------------------------------------------------------


def test_the_catalogue_names_every_query_whole(cscip: Cscip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, all stored queries are listed with topic, name, question and parameters."""
    result = cscip("query")
    assert result.code == 0
    head = next(line for line in result.out.splitlines() if "topic" in line)
    assert re.findall(r"\w+", head) == ["topic", "name", "question", "parameters"]
    monkeypatch.setattr("cscip_kg.cli.shared.out.width", 80)
    narrow = cscip("query").out.split()
    for query in queries.catalogue().values():
        assert query.name in narrow
    assert "cscip query NAME --param name=value" in result.err


def test_a_query_tells_about_itself(cscip: Cscip) -> None:
    """--about gives question, parameters with an example each, and columns, and runs nothing."""
    result = cscip("query", "interventions-by-theme", "--about")
    query = queries.find("interventions-by-theme")
    assert result.code == 0
    assert query.summary in result.out
    assert f"--param theme=… (theme, optional): {query.parameters[0].summary}" in result.out
    assert f"Columns: {', '.join(query.columns)}" in result.out


def columns_of(table: str) -> tuple[str, ...]:
    head = next(line for line in table.splitlines() if "┃" in line)
    return tuple(re.findall(r"\w+", head))


def test_the_columns_of_an_answer_are_those_promised(cscip: Cscip, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each format for rows, the columns are the ones that the query's header promises, in its order."""
    monkeypatch.setattr("cscip_kg.cli.shared.out.width", 400)
    query = queries.find("interventions-by-theme")
    slug = query.parameters[0].example
    run = ("query", query.name, "-p", f"theme={slug}", "-f")
    table = cscip(*run, "table")
    assert columns_of(table.out) == query.columns
    rows = list(csv.reader(io.StringIO(cscip(*run, "csv").out, newline="")))
    assert tuple(rows[0]) == query.columns
    assert table.err == f"{len(rows) - 1} rows\n"
    assert len(rows) > 2
    lines = cscip(*run, "tsv").out.splitlines()
    assert lines[0] == "\t".join(f"?{c}" for c in query.columns)
    found = json.loads(cscip(*run, "json").out)
    assert tuple(found["head"]["vars"]) == query.columns
    assert len(found["results"]["bindings"]) == len(lines) - 1 == len(rows) - 1


def test_a_narrow_table_leaves_out_bare_iris_and_says_so(
    cscip: Cscip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no room, names and citations stay, and the message names what is not shown."""
    monkeypatch.setattr("cscip_kg.cli.shared.out.width", 80)
    query = queries.find("interventions-by-theme")
    table = cscip("query", query.name, "-p", f"theme={THEME}")
    shown = columns_of(table.out)
    left_out = [column for column in query.columns if column not in shown]
    assert left_out == ["intervention"]
    assert "not shown for want of room: intervention (--format csv has all)" in table.err
    assert "name" in shown


def test_a_narrow_table_of_bare_iris_keeps_them(cscip: Cscip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing else would be left, the IRIs are shown."""
    monkeypatch.setattr("cscip_kg.cli.shared.out.width", 12)
    table = cscip("sparql", "SELECT ?thing { VALUES ?thing { <https://w3id.org/cscip/id/project/pause> } }")
    assert columns_of(table.out) == ("thing",)
    assert table.err == "1 rows\n"


def test_a_parameter_takes_a_slug_an_iri_or_a_name(cscip: Cscip) -> None:
    """The same thing by its slug, its kind and slug, its IRI or its label gives the same answer."""
    answers = {
        cscip("query", "interventions-by-theme", "-f", "csv", "-p", f"theme={value}").out
        for value in (
            THEME,
            f"theme/{THEME}",
            f"https://w3id.org/cscip/id/theme/{THEME}",
            "Adolescents facing complex risks",
        )
    }
    (answer,) = answers
    assert len(answer.splitlines()) > 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["zzz"], ["no stored query called 'zzz'", "cscip query"]),
        (["interventions-by-them"], ["Did you mean interventions-by-theme"]),
        (["interventions-by-theme", "-p", "colour=red"], ["no parameter 'colour'", "Its parameters: theme."]),
        (["interventions-by-theme", "-p", "theme"], ["--param takes name=value, not 'theme'"]),
        (["interventions-by-theme", "-p", f"theme={THEME}x"], ["not a value of theme", f"mean: {THEME}"]),
        (["interventions-by-theme", "-p", "theme=zzz"], ["Allowed: ", THEME, "partners-in-practice"]),
        (["interventions-by-theme", "-f", "word"], ["no format 'word'", "table, csv, tsv, json, ttl"]),
        (["interventions-by-theme", "-f", "ttl"], ["ttl is for CONSTRUCT and DESCRIBE"]),
        (["interventions-by-theme", "--timeout", "0"], ["--timeout"]),
        (["interventions-by-theme", "--timeout", "inf"], ["--timeout"]),
        (["profile-02-names"], ["needs intervention", "--param intervention=pause"]),
    ],
)
def test_a_bad_name_is_answered_with_the_allowed_ones(
    cscip: Cscip, arguments: list[str], words: list[str]
) -> None:
    """A name that does not exist is told together with those that do, or with the nearest."""
    refused(cscip("query", *arguments), *words)


# --- sparql ---------------------------------------------------------------------------------------------

ROWS = "SELECT ?x ?name { VALUES ?x { <https://w3id.org/cscip/id/intervention/pause> } ?x rdfs:label ?name }"
GRAPH = "CONSTRUCT { ?x rdfs:label ?name } WHERE { ?x a cscip:Intervention ; rdfs:label ?name }"


def test_rows_in_each_format(cscip: Cscip) -> None:
    """The same row as a table for people, and with whole IRIs as CSV, TSV and JSON."""
    iri = "https://w3id.org/cscip/id/intervention/pause"
    table = cscip("sparql", ROWS)
    assert "│intervention/pause │ Pause│" in table.out
    assert cscip("sparql", ROWS, "-f", "csv") == Result(0, f"x,name\r\n{iri},Pause\r\n", "")
    assert cscip("sparql", ROWS, "-f", "tsv").out == f'?x\t?name\n<{iri}>\t"Pause"@en\n'
    (row,) = json.loads(cscip("sparql", ROWS, "-f", "json").out)["results"]["bindings"]
    assert row["name"] == {"type": "literal", "xml:lang": "en", "value": "Pause"}


@pytest.mark.parametrize(
    ("form", "syntax"),
    [
        ("nt", ox.RdfFormat.N_TRIPLES),
        ("ttl", ox.RdfFormat.TURTLE),
        ("rdf", ox.RdfFormat.RDF_XML),
        ("jsonld", ox.RdfFormat.JSON_LD),
    ],
)
def test_a_graph_in_each_format(cscip: Cscip, form: str, syntax: ox.RdfFormat) -> None:
    """Each graph format holds the statements that were constructed."""
    result = cscip("sparql", GRAPH, "-f", form)
    assert (result.code, result.err) == (0, "")
    found = {(q.subject, q.object) for q in ox.parse(result.out, format=syntax)}
    assert (
        NamedNode("https://w3id.org/cscip/id/intervention/pause"),
        Literal("Pause", language="en"),
    ) in found
    assert len(found) > 50


def test_a_boolean_has_a_column(cscip: Cscip) -> None:
    """ASK answers true or false in every format for rows."""
    assert cscip("sparql", "ASK {}", "-f", "csv").out == "answer\r\ntrue\r\n"
    assert "false" in cscip("sparql", "ASK { ?x cscip:noSuchThing ?y }").out
    assert json.loads(cscip("sparql", "ASK {}", "-f", "json").out)["boolean"] is True


def test_a_query_comes_from_a_file_or_standard_input(
    cscip: Cscip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that ends in .rq is read as a file, and - as standard input."""
    file = tmp_path / "mine.rq"
    file.write_text(ROWS, encoding="utf-8")
    expected = cscip("sparql", ROWS, "-f", "csv")
    assert cscip("sparql", str(file), "-f", "csv") == expected
    monkeypatch.setattr(sys, "stdin", io.StringIO(ROWS))
    assert cscip("sparql", "-", "-f", "csv") == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["SELECT"], ["The query failed"]),
        (["SELECT * { SERVICE <http://x/> {} }"], ["SERVICE is refused"]),
        (["INSERT DATA { <a:a> <a:b> <a:c> }"], ["The query failed"]),
        (["nowhere.rq"], ["Cannot read nowhere.rq: No such file"]),
        (["ASK {}", "-f", "word"], ["no format 'word'", "table, csv, tsv, json, ttl, nt, rdf, jsonld"]),
        ([ROWS, "-f", "rdf"], ["rdf is for CONSTRUCT and DESCRIBE"]),
        ([GRAPH, "-f", "json"], ["json is for rows"]),
        (["SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.3"], ["after 0.3 seconds"]),
    ],
)
def test_a_query_that_cannot_be_answered_is_code_2(
    cscip: Cscip, arguments: list[str], words: list[str]
) -> None:
    """A malformed, refused or endless query, or a format that does not fit, is told in one message."""
    refused(cscip("sparql", *arguments), *words)


# --- show, explain, export ------------------------------------------------------------------------------


def test_an_intervention_is_shown_by_slug_and_by_printed_name(cscip: Cscip) -> None:
    """Slug, name and any printed name, in any case, give the same page, under the intervention's name."""
    by_slug = cscip("show", "pause")
    assert (by_slug.code, by_slug.err) == (0, "")
    assert " Pause " in by_slug.out.splitlines()[0]
    assert "Creating Space for Change" in by_slug.out
    assert "wwcsc-2021#L2692-2698" in by_slug.out
    for name in ("Pause", "creating space for change"):
        assert cscip("show", name) == by_slug


def test_a_page_has_every_part_and_the_caution(cscip: Cscip) -> None:
    """Each part has its heading, an empty one says so, and the studies' limits stand above and below."""
    page = " ".join(cscip("show", "residential-migration").out.split())
    for title, _ in profiles.PARTS:
        assert title in page
    assert f"Economics: costs and savings {NOTHING}" in page
    assert page.count(CAUTION) == 2
    assert page.endswith("To make it again: cscip show residential-migration")


def test_an_intervention_that_is_not_there_is_code_2(cscip: Cscip) -> None:
    """A name that is nearly right brings the right one; one that is like none, how to look for others."""
    refused(cscip("show", "pausee"), "Did you mean: pause.")
    refused(cscip("show", "wrong door", "-f", "html"), "Did you mean: no-wrong-door.")
    unknown = cscip("show", "[bold]")
    refused(unknown, "'[bold]' is not a value of intervention", "for example, pause", "cscip search")
    assert len(unknown.err) < 300


def test_interventions_are_compared(cscip: Cscip) -> None:
    """Names and slugs may be mixed; the order is that of the command, which the page gives again."""
    page = cscip("compare", "No Wrong Door", "step-change")
    assert (page.code, page.err) == (0, "")
    text = " ".join(page.out.split())
    assert "Comparison: No Wrong Door, Step Change" in text
    assert text.count(CAUTION) == 2
    assert text.endswith("To make it again: cscip compare no-wrong-door step-change")
    assert store.describe(None).id in text


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["pause"], ["A comparison takes 2 to 6 interventions, not 1"]),
        (["pause"] * 7, ["not 7"]),
        (["pause", "Creating Space for Change"], ["Pause stands twice"]),
        (["pause", "insideout"], ["'insideout' is not", "Did you mean: inside-out"]),
    ],
)
def test_a_comparison_that_makes_no_sense_is_code_2(
    cscip: Cscip, tmp_path: Path, names: list[str], words: list[str]
) -> None:
    """Too few, too many, the same twice and unknown names are told, and no file is written."""
    refused(cscip("compare", *names, "-o", str(tmp_path / "x.md")), *words)
    assert list(tmp_path.iterdir()) == []


PAGES = {"show": ["show", "inside-out"], "compare": ["compare", "inside-out", "residential-migration"]}


@pytest.mark.parametrize(("ending", "start"), [("md", b"# "), ("HTML", b"<!DOCTYPE html>"), ("docx", b"PK")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_written_as_its_file_ends(
    cscip: Cscip, tmp_path: Path, name: str, ending: str, start: bytes
) -> None:
    """Each ending, in capitals too, gives its form."""
    path = tmp_path / f"page.{ending}"
    result = cscip(*PAGES[name], "-o", str(path))
    assert (result.code, result.out) == (0, "")
    assert f"Writing {path}" in result.err.replace("\n", "")
    assert path.read_bytes().startswith(start)


def test_a_format_goes_before_the_ending_and_text_to_standard_output(cscip: Cscip, tmp_path: Path) -> None:
    """--format settles the form of a file of any name; without a file its text is all that is printed."""
    path = tmp_path / "page.txt"
    assert cscip(*PAGES["show"], "-f", "md", "-o", str(path)).code == 0
    assert cscip(*PAGES["show"], "--format", "md") == Result(0, path.read_text(encoding="utf-8"), "")


def test_the_map_is_shown_with_its_words_and_caution(cscip: Cscip) -> None:
    """On a terminal: rows, outcomes, numbers with signs, what the signs mean, empty cells, the caution."""
    result = cscip("map")
    text = " ".join(result.out.split())
    assert result.code == 0
    assert "Evidence gap map: practice measures and outcomes" in text
    for words in ("Family focus", "13 9+ 1= 3?", "none", "+ favourable", "? unclear", CAUTION):
        assert words in text, words
    assert "cscip query map-practice-by-outcome" in result.err
    by_design = " ".join(cscip("map", "theme", "--by", "design").out.split())
    assert "P against other people or places" in by_design
    assert "+ favourable" not in by_design


@pytest.mark.parametrize(
    ("ending", "start"),
    [("csv", b"row,rowName,"), ("html", b"<!DOCTYPE html>"), ("svg", b"<svg"), ("png", b"\x89PNG")],
)
def test_the_map_is_written_as_its_file_ends(cscip: Cscip, tmp_path: Path, ending: str, start: bytes) -> None:
    """Numbers, a page or a picture, as the file's name ends."""
    path = tmp_path / f"map.{ending}"
    result = cscip("map", "theme", "-o", str(path))
    assert (result.code, result.out) == (0, "")
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


WRITERS = {
    "show": (["show", "inside-out"], ".md, .html, .docx", "terminal, md, html, docx"),
    "compare": (["compare", "inside-out", "pause"], ".md, .html, .docx", "terminal, md, html, docx"),
    "map": (["map", "theme"], ".csv, .html, .svg, .png", "table, csv, html, svg, png"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_cannot_be_made_is_code_2(
    cscip: Cscip, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown ending or format, a folder, a form for the screen only: nothing is read or written."""
    command, endings, formats = WRITERS[name]
    monkeypatch.setattr(store, "open_store", lambda *_: pytest.fail("the graph was read all the same"))
    refused(cscip(*command, "-o", str(tmp_path / "page.pdf")), "How page.pdf ends names no format", endings)
    refused(cscip(*command, "-o", str(tmp_path / "page")), "How page ends names no format", endings)
    refused(cscip(*command, "-o", str(tmp_path)), "is a folder. Name a file in it that ends in", endings)
    (tmp_path / "folder.html").mkdir()
    refused(cscip(*command, "-o", str(tmp_path / "folder.html")), "folder.html is a folder", endings)
    refused(cscip(*command, "-f", "word"), "There is no format 'word' here", formats)
    plain = formats.partition(",")[0]
    refused(cscip(*command, "-f", plain, "-o", str(tmp_path / "x.md")), f"{plain} is for the screen", endings)
    binary = "png" if name == "map" else "docx"
    refused(
        cscip(*command, "-f", binary), f"{binary} is no text for the terminal. Name a file: -o file.{binary}"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_place_that_cannot_be_written_is_code_2(cscip: Cscip, tmp_path: Path, name: str) -> None:
    """Below a file there is no folder: the place is named, and nothing is left behind."""
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    target = tmp_path / "mine" / "page.html"
    refused(cscip(*WRITERS[name][0], "-o", str(target)), f"Cannot write {target}", "another place with -o.")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_appears_whole_or_not_at_all(
    cscip: Cscip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When moving it in fails, what stood there before stays, and no part lies beside it."""
    target = tmp_path / "page.md"
    target.write_text("old", encoding="utf-8")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    refused(cscip("show", "inside-out", "-o", str(target)), "No space left on device")
    assert [(path, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [(target, "old")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["practise"], "Rows: practice, theme, intervention"),
        (["theme", "--by", "colour"], "effect or design"),
    ],
)
def test_a_map_that_does_not_exist_is_code_2(cscip: Cscip, arguments: list[str], words: str) -> None:
    """A misspelt kind of rows or way of counting brings those there are."""
    refused(cscip("map", *arguments), words)


def test_a_link_is_explained(cscip: Cscip) -> None:
    """The rule stands beside the link, and beneath it, indented, the statements of the data."""
    result = cscip("explain", "intervention/pause", "theme/support-for-parents-facing-complex-risks")
    assert (result.code, result.err) == (0, "")
    first, *rest = result.out.splitlines()
    assert first.startswith(
        "intervention/pause  cscip:hasTheme  theme/support-for-parents-facing-complex-risks  [by"
    )
    assert all(line.startswith("  ") for line in rest)
    assert rest[-1].endswith("[stated in the data]")
    whole = cscip("explain", *(f"https://w3id.org/cscip/id/{n}" for n in
                  ("intervention/pause", "theme/support-for-parents-facing-complex-risks")))  # fmt: skip
    assert whole == result


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("intervention/pause", "theme/nonsense"), "No statement links intervention/pause to theme/nonsense"),
        ((f"theme/{THEME}", "intervention/pause"), "Try the other order"),
        (("intervention/no way", f"theme/{THEME}"), "is not an IRI or kind/slug"),
    ],
)
def test_a_link_that_is_not_there_is_code_2(cscip: Cscip, pair: tuple[str, str], words: str) -> None:
    """Nothing is made up for two things without a link."""
    refused(cscip("explain", *pair), words)


def test_exports_are_listed_as_they_are_written(
    cscip: Cscip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output holds the exports, one a line and never broken; how to read them lies beside them."""
    monkeypatch.setattr("cscip_kg.cli.shared.out.width", 40)
    result = cscip("export", "-f", "turtle", "-f", "nquads", "-o", str(tmp_path / "out"))
    assert result.code == 0
    files = [tmp_path / "out" / name for name in ("cscip.ttl", "cscip.nq")]
    assert result.out.splitlines() == [str(f) for f in files]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f.name for f in files} | {"READ-ME.txt"}


def test_an_export_that_cannot_be_written_is_code_2(cscip: Cscip, tmp_path: Path) -> None:
    """An unknown format names the formats before anything is written; a file in the way is named."""
    out = tmp_path / "out"
    refused(
        cscip("export", "-f", "turtle", "-f", "word", "-o", str(out)),
        "no format 'word'",
        "turtle, trig, nquads, jsonld, rdfxml, csv",
    )
    assert not out.exists()
    out.write_text("mine", encoding="utf-8")
    refused(cscip("export", "-f", "turtle", "-o", str(out)), f"{out} is a file")
    refused(cscip("export", "-f", "turtle", "-o", str(out / "below")), "Cannot write", "-o")
    assert out.read_text(encoding="utf-8") == "mine"


# --- nothing built --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "interventions-by-theme"],
        ["query", "interventions-by-theme", "-p", f"theme={THEME}"],
        ["sparql", "ASK {}"],
        ["show", "pause"],
        ["compare", "pause", "inside-out"],
        ["map"],
        ["map", "-f", "html"],
        ["explain", "intervention/pause", f"theme/{THEME}"],
        ["export"],
    ],
)
def test_without_a_build_the_command_to_build_is_named(
    cscip: Cscip, tmp_path: Path, arguments: list[str]
) -> None:
    """Every command that reads the graph says how to make it."""
    refused(
        cscip(*arguments, "--build-dir", str(tmp_path)), f"No built graph in {tmp_path}. Run: cscip build"
    )


def test_a_damaged_build_is_code_2(cscip: Cscip, tmp_path: Path) -> None:
    """A store that cannot be read is told in one line."""
    store.publish([Quad(NamedNode("http://a"), NamedNode("http://b"), Literal("c"), DATA_GRAPH)], tmp_path)
    for path in (store.current(tmp_path) / "store").iterdir():
        path.write_bytes(b"garbage")
    refused(cscip("sparql", "ASK {}", "--build-dir", str(tmp_path)), "cscip:")
    refused(cscip("export", "--build-dir", str(tmp_path)), "cannot be read", "Run: cscip build")


def test_the_command_is_installed() -> None:
    """`cscip` and `python -m cscip_kg` are not two programs: the entry point is `cli.main`."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cscip"), "--version"], capture_output=True, check=True, text=True
    )
    assert done.stdout == f"cscip-kg {version('cscip-kg')}\n"


def test_a_reader_that_stops_early_is_no_error(built: Path) -> None:
    """When the next program of a pipe has read enough, the command ends without a word."""
    command = [str(Path(sys.executable).parent / "cscip"), "sparql", "SELECT * { ?s ?p ?o }", "-f", "csv"]
    with subprocess.Popen(
        [*command, "--build-dir", str(built)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().strip() != b""
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
