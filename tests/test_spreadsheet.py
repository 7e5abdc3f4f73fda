"""The workbook: the cells of the CSV tables, links that lead somewhere, no text that runs as a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg.columns import meaning
from cscip_kg.exports import in_memory, tables
from cscip_kg.namespaces import DATA_GRAPH, DCTERMS, ID, TYPE, term
from cscip_kg.spreadsheet import workbook
from cscip_kg.store import Build

BUILD = Build("0123456789abcdef", "9.9.9", {"data": 1})
TABLES = {
    "Discrepancies": "discrepancies.csv",
    "Economic findings": "economic_findings.csv",
    "Evaluations": "evaluations.csv",
    "Findings": "findings.csv",
    "Interventions": "interventions.csv",
    "Lessons": "lessons.csv",
    "Practice features": "practice_features.csv",
    "Recommendations": "recommendations.csv",
    "Statistics": "statistics.csv",
}
NUMERIC = {
    "Economic findings": {"amount_gbp", "ratio"},
    "Findings": {"value_before", "value_after", "value", "sample_size"},
    "Statistics": {"value"},
}
SOURCE = NamedNode(ID + "source/s")
CITATION = NamedNode(ID + "source/s#L1-2")


@pytest.fixture(scope="module")
def made(quads: list[Quad]) -> bytes:
    """The workbook of the project's graph."""
    return workbook(quads, BUILD)


@pytest.fixture(scope="module")
def book(made: bytes) -> Workbook:
    """The same, as another library reads it."""
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.fixture(scope="module")
def written(quads: list[Quad]) -> dict[str, list[list[str]]]:
    """The rows of the CSV export by file name, header row first."""
    found = tables(quads)
    return {name: list(csv.reader(io.StringIO(data.decode(), newline=""))) for name, data in found.items()}


def cells(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows()]


def address(cell: Cell) -> str | None:
    """Return where the link of a cell leads, the part after # included."""
    link = cell.hyperlink
    if link is None:
        return None
    return "#".join(part for part in (link.target, link.location) if part)


def row_of(sheet: Worksheet, name: str) -> dict[str, Cell]:
    """Return the cells of the row about a thing, by column."""
    header, *rows = cells(sheet)
    (found,) = [row for row in rows if row[0].value == ID + name]
    return {str(head.value): cell for head, cell in zip(header, found, strict=True)}


# --- what is there --------------------------------------------------------------------------------------


def test_the_sheets_stand_in_the_order_of_the_tables(
    book: Workbook, written: dict[str, list[list[str]]]
) -> None:
    """First the sheet to read, then each table of the CSV export, then columns and sources."""
    assert book.sheetnames == ["Read me", *TABLES, "Columns", "Sources"]
    assert list(TABLES.values()) == list(written)


@pytest.mark.parametrize("name", [*TABLES, "Columns", "Sources"])
def test_header_rows_are_frozen_and_filtered(book: Workbook, name: str) -> None:
    """The header stays in sight, and the filter takes in every row and column."""
    sheet = book[name]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert all(5 < width <= 61 for width in widths)
    assert all(cell.alignment.wrap_text for cell in sheet[1])


@pytest.mark.parametrize(("name", "file"), TABLES.items())
def test_cells_are_those_of_the_csv(
    book: Workbook, written: dict[str, list[list[str]]], name: str, file: str
) -> None:
    """Cell for cell the sheet holds what the CSV file holds, numbers by value."""
    rows = cells(book[name])
    assert len(rows) == len(written[file]) > 50
    for row, expected in zip(rows, written[file], strict=True):
        for cell, text in zip(row, expected, strict=True):
            if cell.data_type == "n" and cell.value is not None:
                assert Decimal(repr(cell.value)) == Decimal(text)
            else:
                assert (cell.value or "") == text


@pytest.mark.parametrize("name", TABLES)
def test_numbers_are_numbers_where_a_column_is_numeric(book: Workbook, name: str) -> None:
    """Figures can be reckoned with; "not stated" beside them, and line and page numbers, stay texts."""
    header, *rows = cells(book[name])
    found = {
        str(head.value)
        for row in rows
        for head, cell in zip(header, row, strict=True)
        if cell.data_type == "n" and cell.value is not None
    }
    assert found == NUMERIC.get(name, set())
    for place, head in enumerate(header):
        if head.value in NUMERIC.get(name, set()):
            texts = {row[place].value for row in rows if row[place].data_type == "s"}
            assert texts <= {"not stated"}


def test_a_row_worked_out_by_hand(book: Workbook) -> None:
    """Missing incidents in No Wrong Door: 503, then 253 (rees-2017, lines 585, 921-923 and 931)."""
    row = row_of(book["Findings"], "evaluation/no-wrong-door#missing-episodes")
    expected = {
        "intervention_name": "No Wrong Door",
        "outcome_measure": "Missing episodes",
        "direction": "decrease",
        "effect": "favourable",
        "value_before": 503,
        "value_after": 253,
        "value": "not stated",
        "unit": "incidents",
        "sample_size": "not stated",
        "source": "rees-2017",
        "lines": "585;921-923;931",
        "figures": "9;54;253;503;1231;1318",
    }
    assert {column: row[column].value for column in expected} == expected
    assert address(row["id"]) == ID + "evaluation/no-wrong-door#missing-episodes"
    assert address(row["intervention"]) == ID + "intervention/no-wrong-door"
    assert row["caveat"].hyperlink is None


def test_a_figure_keeps_its_decimal_places(book: Workbook) -> None:
    """The SDQ scores of rees-2017, line 641, are 19.5 and 16.8 and are shown so."""
    row = row_of(book["Findings"], "evaluation/no-wrong-door#sdq-score")
    assert [(row[c].value, row[c].number_format) for c in ("value_before", "value_after")] == [
        (19.5, "0.0"),
        (16.8, "0.0"),
    ]


# --- links ----------------------------------------------------------------------------------------------


def test_one_run_of_lines_leads_to_its_citation(book: Workbook) -> None:
    """The line 607 of rees-2017 is a citation of its own; several runs lead to the row of their source."""
    row = row_of(book["Findings"], "evaluation/achieving-change-together#exploitation-risk")
    assert row["lines"].value == "607"
    assert address(row["lines"]) == ID + "source/rees-2017#L607"
    several = row_of(book["Findings"], "evaluation/no-wrong-door#missing-episodes")
    for cell in (row["source"], several["source"], several["lines"]):
        place = str(address(cell))
        assert place.startswith("'Sources'!A")
        assert book["Sources"][place.rpartition("!")[2]].value == "rees-2017"


def test_every_link_leads_somewhere(book: Workbook, quads: list[Quad]) -> None:
    """A link of a table leads to the IRI that it shows, to a declared citation or to a source's row."""
    things = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
    citations = {q.subject.value for q in quads if q.object == term("Citation")}
    short_names = {cell.value for cell in book["Sources"]["A"]}
    count = {"thing": 0, "citation": 0, "sources": 0}
    for name in TABLES:
        header = [cell.value for cell in book[name][1]]
        for row in cells(book[name])[1:]:
            for column, cell in zip(header, row, strict=True):
                place = address(cell)
                if place is None:
                    assert not str(cell.value).startswith(ID) or "|" in str(cell.value)
                    continue
                if column == "lines" and place.startswith(ID):
                    assert place in citations
                    assert place.endswith(f"#L{cell.value}")
                    count["citation"] += 1
                elif column in {"source", "lines"}:
                    sheet, _, at = place.partition("!")
                    assert sheet == "'Sources'"
                    assert book["Sources"][at].value in short_names
                    count["sources"] += 1
                else:
                    assert place == cell.value
                    assert place in things
                    count["thing"] += 1
    assert min(count.values()) > 100
    assert all(cell.hyperlink for cell in book["Findings"]["S"][1:])


def test_a_sheet_takes_no_more_links_than_it_may(
    quads: list[Quad], written: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit of the format the texts stand there without links, and nothing is lost."""
    monkeypatch.setattr("cscip_kg.spreadsheet.book.MAX_LINKS", 7)
    few = openpyxl.load_workbook(io.BytesIO(workbook(quads, BUILD)))
    linked = [cell for row in cells(few["Lessons"]) for cell in row if cell.hyperlink]
    assert len(linked) == 7
    assert [[cell.value or "" for cell in row] for row in cells(few["Lessons"])] == written["lessons.csv"]


# --- the sheets that explain ----------------------------------------------------------------------------


def test_the_first_sheet_says_what_a_reader_needs(book: Workbook) -> None:
    """What it is, of which build, under which terms, how sure, what the words for the unknown mean."""
    notes = {str(a.value): str(b.value) for a, b, *_ in cells(book["Read me"]) if a.value and b.value}
    assert notes["Build"] == "0123456789abcdef, of version 9.9.9"
    assert "CC BY 4.0" in notes["Licence"]
    assert notes["How to cite"].endswith("version 9.9.9, build 0123456789abcdef")
    assert notes["How sure it is"].startswith("Most of these studies cannot show what caused a result")
    assert notes["How sure it is"].endswith("The graph ranks nothing.")
    assert notes["lost in extraction"].endswith("the answer is unknown, not no.")
    assert len({notes[word] for word in ("not stated", "lost in extraction", "no change")}) == 3
    assert "says nothing of whether that was good" in notes["direction"]


def test_the_first_sheet_lists_the_others_and_the_sources(book: Workbook, quads: list[Quad]) -> None:
    """Each other sheet is named with its rows and linked; each source with title, date and publisher."""
    rows = cells(book["Read me"])
    listed = {row[0].value: row for row in rows if row[0].hyperlink}
    for name in book.sheetnames[1:]:
        assert address(listed[name][0]) == f"'{name}'!A1"
        assert listed[name][2].value == book[name].max_row - 1
    assert [cell.value for cell in listed["rees-2017"]] == [
        "rees-2017",
        "Children's Social Care Innovation Programme: final evaluation report",
        "2017-11",
        "Department for Education; Rees Centre",
    ]
    assert listed["thematic-briefing"][2].value == "not stated"
    sources = {q.subject for q in quads if q.predicate == TYPE and q.object == term("Source")}
    assert len(sources) == book["Sources"].max_row - 1 == 5


def test_every_column_is_explained(book: Workbook, quads: list[Quad]) -> None:
    """Each column has its meaning in a comment on its head and in the sheet of columns."""
    store = in_memory(quads)
    told = {(row[0].value, row[1].value): row[2].value for row in cells(book["Columns"])[1:]}
    for name, file in TABLES.items():
        for cell in book[name][1]:
            says = meaning(store, file.removesuffix(".csv").replace("_", "-"), str(cell.value))
            assert says, f"{name}: nobody says what {cell.value} is"
            assert says == told[name, cell.value] == cell.comment.text.strip()
    assert "judgement" in told["Findings", "effect"]
    assert told["Findings", "effect"] != told["Findings", "direction"]
    assert told["Findings", "value"] != told["Statistics", "value"]


# --- what must not happen -------------------------------------------------------------------------------


def lesson(text: str, citation: NamedNode = CITATION) -> list[Quad]:
    thing = NamedNode(ID + "lesson/l")
    return [
        Quad(thing, TYPE, term("Lesson"), DATA_GRAPH),
        Quad(thing, term("text"), Literal(text, language="en"), DATA_GRAPH),
        Quad(thing, term("citation"), citation, DATA_GRAPH),
        Quad(citation, TYPE, term("Citation"), DATA_GRAPH),
        Quad(citation, term("source"), SOURCE, DATA_GRAPH),
        Quad(SOURCE, NamedNode(DCTERMS + "identifier"), Literal("s"), DATA_GRAPH),
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://example.org","x")', "=1+1", "{=1+1}", "+1", "@SUM(A1)"])
def test_a_text_never_becomes_a_formula(text: str) -> None:
    """Whatever sign a text begins with, it is a text, and the file holds no formula."""
    data = workbook(lesson(text), BUILD)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Lessons"]
    assert (sheet["D2"].value, sheet["D2"].data_type) == (text, "s")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 12
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_an_address_in_a_text_is_no_link() -> None:
    """Only the project's own names are linked, not what happens to look like an address."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(lesson("http://example.org/x"), BUILD)))["Lessons"]
    assert sheet["D2"].value == "http://example.org/x"
    assert sheet["D2"].hyperlink is None
    assert address(sheet["F2"]) == ID + "source/s#L1-2"


def test_the_number_of_a_line_is_no_figure() -> None:
    """Line 7 is the name of a place, also where every row of a sheet cites one line; nobody adds it up."""
    data = workbook(lesson("text", NamedNode(ID + "source/s#L7")), BUILD)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Lessons"]
    assert (sheet["F2"].value, sheet["F2"].data_type) == ("7", "s")


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    """A cell takes 32,767 signs; the last of them say where the rest is."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(lesson("é" * 40_000), BUILD)))["Lessons"]
    assert len(sheet["D2"].value) == 32_767
    assert sheet["D2"].value.endswith("é … (cut here; the CSV file has the whole text)")
    whole = openpyxl.load_workbook(io.BytesIO(workbook(lesson("é" * 32_767), BUILD)))["Lessons"]
    assert whole["D2"].value == "é" * 32_767


def test_the_same_build_gives_the_same_bytes(made: bytes, quads: list[Quad], tmp_path: Path) -> None:
    """Made again, from the statements in another order, the file is the same to the byte, dates included."""
    assert workbook(quads[::-1], BUILD) == made
    properties = openpyxl.load_workbook(io.BytesIO(made)).properties
    assert (properties.created.year, properties.modified.year) == (2000, 2000)
    assert BUILD.id in properties.description
