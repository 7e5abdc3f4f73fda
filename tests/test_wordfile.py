"""The Word file, opened again: headings, marked header rows, language, pages that fit, steady bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from cscip_kg import profiles
from cscip_kg.document import Document, Panel, Part
from cscip_kg.output import CAUTION
from cscip_kg.wordfile import word_file


def opened(document: Document) -> Any:
    return docx.Document(io.BytesIO(word_file(document)))


@pytest.fixture(scope="module")
def page(built: Path) -> Document:
    """The profile of Pause."""
    return profiles.profile("pause", built)


@pytest.fixture(scope="module")
def file(page: Document) -> Any:
    """The profile of Pause as a Word file, opened again."""
    return opened(page)


def document_of(*panels: Panel) -> Document:
    return Document("T", "About.", (Part("P", "Note.", panels),), "Cite.", "cscip show t")


def table_of(columns: int, rows: int = 2) -> Panel:
    return Panel("", "", tuple("ABCDEF"[:columns]), (("text",) * columns,) * rows)


def test_headings_are_headings(page: Document, file: Any) -> None:
    """Title, parts and panels stand in the styles that Word builds its outline from, in order."""
    found = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    wanted = [("Title", page.title)]
    for part in page.parts:
        wanted.append(("Heading 1", part.title))
        wanted += [("Heading 2", panel.title) for panel in part.panels if panel.title]
    assert found == [*wanted, ("Heading 1", "Sources and how to cite")]


def rows_of(file: Any) -> list[list[Any]]:
    """Return the rows of each table as elements of the file format."""
    return [list(table.iter(qn("w:tr"))) for table in file.element.body.iter(qn("w:tbl"))]


def test_tables_hold_what_the_panels_hold(page: Document, file: Any) -> None:
    """Each panel that is a table is one, with its columns as bold headings and its rows below."""
    tables = [panel for part in page.parts for panel in part.panels if panel.is_table and panel.rows]
    assert len(file.tables) == len(tables) > 5
    for table, panel in zip(file.tables, tables, strict=True):
        head, *rows = ([cell.text for cell in row.cells] for row in table.rows)
        assert tuple(head) == panel.columns
        assert [tuple(row) for row in rows] == list(panel.rows)
        runs = [run for cell in table.rows[0].cells for p in cell.paragraphs for run in p.runs]
        assert all(run.bold for run in runs)


def test_header_rows_are_marked_and_repeat(file: Any) -> None:
    """Each table's first row, and no other, is marked as a header, and is not cut by the end of a page.

    The marks stand in the order that the format prescribes: Word refuses files with another.
    """
    for head, *rows in rows_of(file):
        assert [(mark.tag, mark.get(qn("w:val"))) for mark in head.find(qn("w:trPr"))] == [
            (qn("w:cantSplit"), "true"), (qn("w:tblHeader"), "true")
        ]  # fmt: skip
        assert not any(True for row in rows for _ in row.iter(qn("w:tblHeader")))
        for properties in head.iter(qn("w:tcPr")):
            assert [child.tag for child in properties] == [qn("w:tcW"), qn("w:shd")]


def test_the_language_is_british_english(file: Any) -> None:
    """Styles, settings and properties say en-GB, so that spelling is checked and text read out as such."""
    languages = [element.get(qn("w:val")) for element in file.styles.element.iter(qn("w:lang"))]
    assert languages
    assert set(languages) == {"en-GB"}
    assert [e.get(qn("w:val")) for e in file.settings.element.iter(qn("w:themeFontLang"))] == ["en-GB"]
    assert file.core_properties.language == "en-GB"


def test_properties_name_the_page_and_no_tool(page: Document, file: Any) -> None:
    """Title and author are the page's and the project's; nothing is left of the template's."""
    properties = file.core_properties
    assert (properties.title, properties.author, properties.comments) == (page.title, "cscip-kg", "")
    assert properties.created == properties.modified


@pytest.mark.parametrize(("columns", "wide"), [(2, False), (3, False), (4, True), (6, True)])
def test_wide_tables_turn_the_page(columns: int, wide: bool) -> None:
    """A4, in landscape where a table has more than three columns; its columns fill the line and no more."""
    made = opened(document_of(table_of(2), table_of(columns)))
    section = made.sections[0]
    assert section.orientation == (WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT)
    size = tuple(round(side / Mm(1)) for side in (section.page_width, section.page_height))
    assert size == ((297, 210) if wide else (210, 297))
    room = section.page_width - section.left_margin - section.right_margin
    for table in made.tables:
        for row in table.rows:
            assert sum(cell.width for cell in row.cells) == pytest.approx(room, rel=0.01)


def test_a_long_column_is_wider_than_a_short_one_and_none_is_a_sliver(built: Path) -> None:
    """Widths follow what stands in the columns, with room for the longest word of each."""
    made = opened(document_of(Panel("", "", ("Kind", "Text"), (("lesson", "word " * 80),))))
    narrow, broad = (cell.width for cell in made.tables[0].rows[0].cells)
    assert narrow * 2 < broad
    for slug in ("pause", "no-wrong-door"):
        for table in opened(profiles.profile(slug, built)).tables:
            assert min(cell.width for cell in table.rows[0].cells) > Mm(13)


def test_a_comparison_sets_subjects_in_columns_of_one_width(built: Path) -> None:
    """Up to five stand side by side in a table; six, for want of room, below one another under headings."""
    two = opened(profiles.comparison(["pause", "inside-out"], built))
    label, *cells = (cell.width for cell in two.tables[1].rows[0].cells)
    assert label < cells[0]
    assert len({round(width / Mm(1)) for width in cells}) == 1
    slugs = [
        "pause",
        "no-wrong-door",
        "inside-out",
        "residential-migration",
        "step-change",
        "signs-of-safety",
    ]
    six = opened(profiles.comparison(slugs, built))
    assert six.tables == []
    headings = [p.text for p in six.paragraphs if p.style.name == "Heading 2"]
    assert headings[:3] == ["Aim and description", "Themes", "Lineage"]
    assert "Reduced risk for children" in headings


def test_the_caution_is_on_the_first_page(file: Any) -> None:
    """It stands in bold above everything that is told, and once more at the end."""
    places = [n for n, p in enumerate(file.paragraphs) if p.text == CAUTION]
    first_heading = next(n for n, p in enumerate(file.paragraphs) if p.style.name == "Heading 1")
    assert len(places) == 2
    assert places[0] < first_heading < places[1]
    assert all(run.bold for run in file.paragraphs[places[0]].runs)


def test_each_page_has_its_number_and_how_to_cite(page: Document, file: Any) -> None:
    """The foot of the page holds version and build, and a field for the number."""
    foot = file.sections[0].footer.paragraphs[0]
    assert foot.text.startswith(page.cite)
    assert [e.text for e in file.sections[0].footer.part.element.iter(qn("w:instrText"))] == ["PAGE"]


def test_text_is_dark_and_of_one_family(file: Any) -> None:
    """Headings keep no colour or font of the template's theme; citations are grey enough to read."""
    for name in ("Title", "Heading 1", "Heading 2", "Normal"):
        font = file.styles[name].font
        assert (font.name, str(font.color.rgb)) == ("Arial", "0B0C0C"), name
        assert not [key for key in file.styles[name].element.rPr.rFonts.attrib if "Theme" in key], name


def test_the_same_document_gives_the_same_bytes(page: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made twice, at different times, the file is the same to the byte, and without a date of today."""
    first = word_file(page)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert word_file(page) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_lines_of_a_cell_are_paragraphs() -> None:
    """Each statement of a cell has a paragraph of its own, its citation in grey."""
    text = "one; direction: Decrease [rees-2017#L5 L7]\ntwo [no citation]"
    made = opened(document_of(Panel("", "", ("", "X"), (("label", text),))))
    one, two = made.tables[0].rows[1].cells[1].paragraphs
    assert [(run.text, run.font.color.rgb and str(run.font.color.rgb)) for run in one.runs] == [
        ("one; direction: Decrease", None), (" [rees-2017#L5 L7]", "505A5F")
    ]  # fmt: skip
    assert [run.text for run in two.runs] == ["two [no citation]"]
