"""The CSV tables: the contract that their readers rely on, and counts made in the sources by hand."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from cscip_kg.exports import TABLE_TOPIC, arranged, rows_of, tables
from cscip_kg.namespaces import DATA_GRAPH, ID
from cscip_kg.queries import StoredQuery, catalogue, cell_value, find, read_query

Rows = list[dict[str, str]]

COLUMNS = {
    "interventions": "id name names themes rounds regions local_authorities lead_organisations summary"
    " adapted_from incorporates sources",
    "evaluations": "id intervention intervention_name round evaluators aim_impact aim_process aim_cost"
    " methods designs publication_status report_titles source lines",
    "findings": "id intervention intervention_name evaluation round outcome_measure dfe_outcome direction"
    " effect value_before value_after value unit comparator sample_size population significance caveat"
    " source section page lines figures knowledge_level",
    "economic_findings": "id intervention intervention_name evaluation method effect amount_gbp ratio per"
    " projected caveat source section page lines figures",
    "practice_features": "id intervention intervention_name practice_measure basis source lines",
    "statistics": "id table row column value source lines",
    "lessons": "id topic stance text source lines",
    "recommendations": "id topic audience text source lines",
    "discrepancies": "id kind statement_a statement_b recomputed source lines",
}
MAY_BE_EMPTY = {
    "interventions": {"adapted_from", "incorporates"},
    "evaluations": {"aim_impact", "aim_process", "aim_cost"},
    "findings": {"unit", "figures"},
    "economic_findings": {"projected", "figures"},
    "discrepancies": {"statement_b", "recomputed"},
}
SOURCES = {"wwcsc-2021", "rees-2017", "dfe-insights", "thematic-briefing", "foundations-lessons"}
DIRECTIONS = {"increase", "decrease", "no change", "mixed", "inconclusive", "not stated"}
EFFECTS = {"favourable", "unfavourable", "no change", "mixed", "unclear"}
ANSWERS = {"yes", "no", "not stated", "lost in extraction", ""}
# Line numbers and runs of lines of one source; a bar between the sources.
LINES = re.compile(r"\d+(-\d+)?(;\d+(-\d+)?)*(\|\d+(-\d+)?(;\d+(-\d+)?)*)*", re.ASCII)
FIGURES = re.compile(r"(\d+([.,]\d+)*(;\d+([.,]\d+)*)*)?", re.ASCII)
TEXTS = Path(__file__).parents[2] / "shared" / "sources"


@pytest.fixture(scope="session")
def written(quads: list[Quad]) -> dict[str, bytes]:
    """The tables as files."""
    return tables(quads)


@pytest.fixture(scope="session")
def read(written: dict[str, bytes]) -> dict[str, Rows]:
    """The tables as rows."""
    return {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        for name, content in written.items()
    }


# --- the contract ---------------------------------------------------------------------------------------


def test_there_is_a_file_for_each_table(written: dict[str, bytes]) -> None:
    """The tables are those of the contract, one CSV file each."""
    assert set(written) == {f"{name}.csv" for name in COLUMNS}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_those_of_the_contract(name: str, written: dict[str, bytes]) -> None:
    """The header row is the contract's, in its order, in UTF-8 with CRLF as RFC 4180 has it."""
    head, _, _ = written[f"{name}.csv"].partition(b"\r\n")
    assert head.decode("utf-8").split(",") == COLUMNS[name].split(" ")


@pytest.mark.parametrize("name", COLUMNS)
def test_no_row_stands_twice(name: str, read: dict[str, Rows]) -> None:
    """One row per id; of evaluations one per id and source."""
    keys = Counter((row["id"], row["source"] if name == "evaluations" else "") for row in read[name])
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_are_sorted_and_whole(name: str, read: dict[str, Rows]) -> None:
    """Rows stand in the order of their cells, and each has a cell for every column."""
    rows = [list(row.values()) for row in read[name]]
    assert rows == sorted(rows)
    assert all(cell is not None for row in rows for cell in row)


@pytest.mark.parametrize("name", COLUMNS)
def test_ids_are_iris(name: str, read: dict[str, Rows]) -> None:
    """Ids are IRIs of this project; interventions named by other tables stand in their own table."""
    known = {row["id"] for row in read["interventions"]}
    for row in read[name]:
        assert row["id"].startswith(ID)
        if "intervention" in row:
            assert set(row["intervention"].split("|")) <= known
            assert len(row["intervention"].split("|")) == len(row["intervention_name"].split("|"))


@pytest.mark.parametrize("name", COLUMNS)
def test_empty_means_not_applicable(name: str, read: dict[str, Rows]) -> None:
    """Only cells to which the question may not apply are empty; the others say `not stated`."""
    for row in read[name]:
        assert {column for column, cell in row.items() if cell == ""} <= MAY_BE_EMPTY.get(name, set())


@pytest.mark.parametrize("name", COLUMNS)
def test_lines_and_sources_run_in_parallel(name: str, read: dict[str, Rows]) -> None:
    """`lines` are numbers or runs of lines, in order; beside each source stand its own."""
    for row in read[name]:
        if "lines" not in row:
            continue
        assert LINES.fullmatch(row["lines"]), row
        assert len(row["source"].split("|")) == len(row["lines"].split("|"))
        for part in row["lines"].split("|"):
            starts = [int(run.split("-")[0]) for run in part.split(";")]
            assert starts == sorted(starts)
        assert set(row["source"].split("|")) <= SOURCES


@pytest.mark.parametrize("name", [n for n, columns in COLUMNS.items() if "figures" in columns.split(" ")])
def test_figures_are_numerals(name: str, read: dict[str, Rows]) -> None:
    """`figures` are numerals joined by semicolons, and nothing else."""
    for row in read[name]:
        assert FIGURES.fullmatch(row["figures"]), row


def test_joined_cells_hold_each_value_once(read: dict[str, Rows]) -> None:
    """The values of a joined cell are sorted and none stands twice."""
    for query in (q for q in catalogue().values() if q.topic == TABLE_TOPIC):
        for row in read[query.name.replace("-", "_")]:
            for column in query.lists:
                parts = row[column].split("|")
                assert parts == sorted(set(parts))


def test_two_exports_are_alike_byte_for_byte(quads: list[Quad]) -> None:
    """Whatever the order of the statements, the files are the same."""
    one = tables(quads)
    assert len(one) == len(COLUMNS)
    assert tables(quads[::-1]) == one


# --- what the sources hold ------------------------------------------------------------------------------


def test_every_intervention_of_the_two_sources_is_there(read: dict[str, Rows]) -> None:
    """103 interventions have a row in the theme tables, 44 a dashboard, 37 both: 110 in all."""
    sources = Counter(source for row in read["interventions"] for source in row["sources"].split("|"))
    assert len(read["interventions"]) >= 110
    assert sources["foundations-lessons"] == 103
    assert sources["wwcsc-2021"] == 44


def test_every_evaluation_of_the_two_sources_is_there(read: dict[str, Rows]) -> None:
    """Each of the 103 rows and each of the 44 dashboards gives one row."""
    sources = Counter(row["source"] for row in read["evaluations"])
    assert sources["foundations-lessons"] == 103
    assert sources["wwcsc-2021"] == 44


def test_dashboards_say_that_their_icons_are_lost(read: dict[str, Rows]) -> None:
    """On all 44 dashboards the icons are lost, process is not asked for and methods are not printed."""
    for row in read["evaluations"]:
        if row["source"] == "wwcsc-2021":
            assert (row["aim_impact"], row["aim_cost"]) == ("lost in extraction", "lost in extraction")
            assert (row["aim_process"], row["methods"], row["designs"]) == ("not stated",) * 3
            assert row["round"] == "Round 2"
            assert row["evaluators"] != "not stated"


def test_ticks_of_the_theme_tables_are_counted(read: dict[str, Rows]) -> None:
    """The 103 rows have 82 ticks for impact, 93 for process (one answers NA) and 55 for cost."""
    rows = [row for row in read["evaluations"] if row["source"] == "foundations-lessons"]
    assert Counter(row["aim_impact"] for row in rows) == {"yes": 82, "no": 21}
    assert Counter(row["aim_process"] for row in rows) == {"yes": 93, "no": 9, "": 1}
    assert Counter(row["aim_cost"] for row in rows) == {"yes": 55, "no": 48}
    assert Counter(row["publication_status"] for row in rows) == {"published": 92, "unpublished": 11}
    assert {row["round"] for row in rows} == {"not stated"}
    for row in rows:
        assert {row["aim_impact"], row["aim_process"], row["aim_cost"]} <= ANSWERS


def test_outcomes_of_the_dashboards_are_counted(read: dict[str, Rows]) -> None:
    """The 44 dashboards print 105 outcomes: 39 increases, 20 decreases, 42 of no change, 4 inconclusive."""
    rows = [row for row in read["findings"] if row["source"] == "wwcsc-2021"]
    assert len(rows) == 105
    assert Counter(row["direction"] for row in rows) == {
        "increase": 39, "decrease": 20, "no change": 42, "inconclusive": 4,
    }  # fmt: skip
    assert len({row["evaluation"] for row in rows}) == 34


def test_findings_use_the_words_of_the_contract(read: dict[str, Rows]) -> None:
    """Direction and effect are among the words agreed; a unit stands only beside a figure."""
    for row in read["findings"]:
        assert row["direction"] in DIRECTIONS
        assert row["effect"] in EFFECTS
        if {row["value_before"], row["value_after"], row["value"]} == {"not stated"}:
            assert row["unit"] == ""


@pytest.mark.sources
def test_figures_are_the_numerals_of_their_lines(read: dict[str, Rows]) -> None:
    """The figures of a dashboard's outcome are the numerals that its lines print, all of them."""
    if not TEXTS.is_dir():
        pytest.skip("the source texts are not beside the checkout")
    (text,) = TEXTS.glob("000_*.txt")
    lines = text.read_text(encoding="utf-8").split("\n")
    for row in read["findings"]:
        if row["source"] != "wwcsc-2021":
            continue
        first, _, last = row["lines"].partition("-")
        passage = " ".join(lines[int(first) - 1 : int(last or first)])
        printed = re.findall(r"\d+(?:[.,]\d+)*", passage, re.ASCII)
        assert row["figures"] == ";".join(printed), row["id"]
        assert re.search(rf"(?i)\b{row['direction']}$", passage.strip()), row["id"]


@pytest.mark.sources
def test_ticks_are_where_the_source_has_them(read: dict[str, Rows]) -> None:
    """The three columns of ticks in the text, read anew, are those of the table."""
    if not TEXTS.is_dir():
        pytest.skip("the source texts are not beside the checkout")
    (text,) = TEXTS.glob("004_*.txt")
    printed = {}
    for number, line in enumerate(text.read_text(encoding="utf-8").split("\n"), 1):
        cells = line.split("\t")
        if number > 540 and len(cells) == 8 and cells[2] not in {"Region", ""}:
            printed[str(number)] = [
                "yes" if c == "✓" else "" if c.startswith("NA") else "no" for c in cells[3:6]
            ]
    assert len(printed) == 103
    for row in read["evaluations"]:
        if row["source"] == "foundations-lessons":
            first = row["lines"].split(";")[0]
            assert [row["aim_impact"], row["aim_process"], row["aim_cost"]] == printed[first], row["id"]


# --- a small graph of each kind --------------------------------------------------------------------------

SMALL = """
@prefix cscip: <https://w3id.org/cscip/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@base <https://w3id.org/cscip/id/> .

<source/one> a cscip:Source ; dcterms:identifier "one" .
<source/two> a cscip:Source ; dcterms:identifier "two" .
<source/one#L9> cscip:source <source/one> ; cscip:heading "Alpha" ; cscip:printedPage "4" .
<source/one#L12-15> cscip:source <source/one> ; cscip:heading "Alpha" ; cscip:printedPage "5" .
<source/two#L9> cscip:source <source/two> .
<source/two#L100> cscip:source <source/two> ; cscip:heading "Beta" .

<intervention/b> a cscip:Intervention ; rdfs:label "A name"@en ; cscip:hasFinding <f>, <m>, <bare> .
<intervention/a> a cscip:Intervention ; rdfs:label "The name"@en ; cscip:hasFinding <f>, <m> .

<f> a cscip:Finding ; cscip:reportedBy <evaluation/e> ; cscip:direction <direction/not-stated> ;
    cscip:aboutMeasure <measure/x> ; cscip:onOutcome <outcome/y> ; cscip:effect <effect/unclear> ;
    cscip:valueBefore 12.5 ; cscip:unit "per cent" ; cscip:comparatorKind <comparator-kind/z> ;
    cscip:sampleSize 120 ; cscip:significance <significance/not-stated> ;
    cscip:citedFigure "1,200", "12.5", "9", "two" ; cscip:knowledgeLevel <knowledge-level/stated> ;
    cscip:citation <source/two#L100>, <source/two#L9>, <source/one#L12-15>, <source/one#L9> .
<bare> a cscip:Finding ; cscip:citation <source/two#L9> .
<m> a cscip:Finding, cscip:EconomicFinding ; cscip:economicMethod <method/r> ; cscip:amountGBP 1500.0 ;
    cscip:ratio 2.5 ; cscip:isProjected <answer/not-applicable> ; cscip:citation <source/one#L9> .

<g> a cscip:PracticeFeature ; cscip:featureOf <intervention/a> ; cscip:practiceMeasure <practice/p> ;
    cscip:basis <basis/described> ; cscip:citation <source/one#L9>, <source/one#L12-15> .
<l> a cscip:Lesson ; cscip:text "Words."@en ; cscip:topic <topic/t>, <topic/s> ;
    cscip:stance <stance/barrier> ; cscip:citation <source/one#L9> .
<n> a cscip:Note ; cscip:text "A note."@en ; cscip:topic <topic/t> ; cscip:citation <source/one#L9> .
<r> a cscip:Recommendation ; cscip:text "Do it."@en ; cscip:audience <audience/a>, <audience/b> ;
    cscip:citation <source/two#L100> .
<d> a cscip:Discrepancy ; cscip:statementA "Eight."@en ; cscip:statementB "Nine."@en ;
    cscip:discrepancyKind <kind/k> ; cscip:citation <source/two#L100>, <source/one#L9>, <source/two#L9> .

<direction/not-stated> skos:prefLabel "Direction not stated"@en .
<measure/x> skos:prefLabel "Measure"@en .
<outcome/y> skos:prefLabel "Outcome"@en .
<effect/unclear> skos:prefLabel "Unclear"@en .
<comparator-kind/z> skos:prefLabel "Earlier period"@en .
<significance/not-stated> skos:prefLabel "Significance not stated"@en .
<knowledge-level/stated> skos:prefLabel "Stated"@en .
<method/r> skos:prefLabel "Fiscal return on investment"@en .
<answer/not-applicable> skos:prefLabel "not applicable"@en .
<practice/p> skos:prefLabel "Family focus"@en .
<basis/described> skos:prefLabel "Described"@en .
<topic/t> skos:prefLabel "Timelines"@en .
<topic/s> skos:prefLabel "Staffing"@en .
<stance/barrier> skos:prefLabel "Barrier"@en .
<audience/a> skos:prefLabel "Funders"@en .
<audience/b> skos:prefLabel "Commissioners"@en .
<kind/k> skos:prefLabel "Count mismatch"@en .
"""


def test_parts_of_a_cell_stand_in_a_fixed_order(tmp_path: Path) -> None:
    """Lists are sorted, each value once; numbers by size; columns that belong together keep in step."""
    path = tmp_path / "small.rq"
    header = "summary: A\ntags: [x]\ncolumns: [a, s, l]\nlists: [a]\nseries: [l]\ntogether: [[s, l]]"
    path.write_text("#+ " + header.replace("\n", "\n#+ ") + "\nSELECT * WHERE {}\n", encoding="utf-8")
    row = {"a": "b|a|b", "s": "two|one", "l": "100;9;9|12-15;1,200;£9.5m;none"}
    made = arranged(row, read_query(path))
    assert made == {"a": "a|b", "s": "one|two", "l": "none;£9.5m;12-15;1,200|9;100"}


def small_rows(name: str) -> Rows:
    query: StoredQuery = find(name)
    store = Store()
    for q in parse(SMALL, format=RdfFormat.TURTLE, base_iri=ID):
        store.add(Quad(q.subject, q.predicate, q.object, DATA_GRAPH))
    table = rows_of(store, query)
    rows = (dict(zip(table.columns, map(cell_value, cells), strict=True)) for cells in table.rows)
    return sorted((arranged(row, query) for row in rows), key=lambda row: row["id"])


def test_a_finding_of_two_interventions_and_two_sources_is_one_row() -> None:
    """Names and lines keep in step; what is not said is not stated; a word is no figure."""
    bare, row = small_rows("findings")
    assert row["intervention"] == f"{ID}intervention/a|{ID}intervention/b"
    assert row["intervention_name"] == "The name|A name"
    assert (row["source"], row["lines"]) == ("one|two", "9;12-15|9;100")
    assert (row["section"], row["page"], row["figures"]) == ("Alpha|Beta", "4|5", "9;12.5;1,200")
    assert (row["direction"], row["effect"], row["significance"]) == ("not stated", "unclear", "not stated")
    assert (row["value_before"], row["value_after"], row["unit"]) == ("12.5", "not stated", "per cent")
    assert (row["comparator"], row["sample_size"], row["caveat"]) == ("Earlier period", "120", "not stated")
    assert (row["outcome_measure"], row["dfe_outcome"]) == ("Measure", "Outcome")
    assert (bare["unit"], bare["figures"], bare["value"]) == ("", "", "not stated")
    assert (bare["section"], bare["page"], bare["round"]) == ("not stated", "not stated", "not stated")


def test_a_finding_about_money_has_its_own_table() -> None:
    """An economic finding stands in the table of money alone; a question that does not apply stays empty."""
    assert f"{ID}m" not in [row["id"] for row in small_rows("findings")]
    (row,) = small_rows("economic-findings")
    assert row["intervention_name"] == "The name|A name"
    assert (float(row["amount_gbp"]), row["ratio"], row["per"]) == (1500, "2.5", "not stated")
    assert (row["method"], row["projected"], row["effect"]) == (
        "Fiscal return on investment",
        "",
        "not stated",
    )
    assert (row["lines"], row["page"]) == ("9", "4")


def test_practice_features_say_their_basis() -> None:
    """A practice feature names measure, basis and lines."""
    (row,) = small_rows("practice-features")
    assert (row["intervention_name"], row["practice_measure"], row["basis"]) == (
        "The name",
        "Family focus",
        "described",
    )
    assert (row["source"], row["lines"]) == ("one", "9;12-15")


def test_lessons_and_recommendations_are_told_apart_from_notes() -> None:
    """Lessons carry a stance, recommendations an audience; notes are neither."""
    (lesson,) = small_rows("lessons")
    assert (lesson["topic"], lesson["stance"], lesson["text"]) == ("Staffing|Timelines", "barrier", "Words.")
    (advice,) = small_rows("recommendations")
    assert (advice["topic"], advice["audience"], advice["lines"]) == (
        "not stated",
        "Commissioners|Funders",
        "100",
    )


def test_a_discrepancy_keeps_sources_and_lines_in_step() -> None:
    """Where two sources disagree, the lines stand in the order of the sources."""
    (row,) = small_rows("discrepancies")
    assert (row["kind"], row["source"], row["lines"]) == ("count mismatch", "one|two", "9|9;100")
    assert (row["statement_a"], row["statement_b"], row["recomputed"]) == ("Eight.", "Nine.", "")
