"""A document → a Word file that can be attached to a paper.

In: a `Document`. Out: the bytes of a .docx with real headings, tables with header rows that repeat, and the
caution on the first page; the same bytes for the same document. python-docx writes it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from cscip_kg.document import NOTHING, SOURCES, Document, Panel

# Fixed, so that the same build gives the same file.
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format has no time zone
_STAMP: Final = (2000, 1, 1, 0, 0, 0)
_LANGUAGE: Final = "en-GB"
_A4: Final = (210, 297)
_MARGIN: Final = 20
_BLACK: Final = RGBColor(0x0B, 0x0C, 0x0C)
_GREY: Final = RGBColor(0x50, 0x5A, 0x5F)
_SIZES: Final = {
    "Title": 22, "Heading 1": 15, "Heading 2": 12, "Normal": 10,
    "List Bullet": 10, "List Continue": 9, "Footer": 7,
}  # fmt: skip
# Rows longer than this may be cut by the end of a page: kept whole, they would leave half pages empty.
_WHOLE_ROW: Final = 600
_SHORT_CELL: Final = 60
_WIDE: Final = 3


def _set(parent: Any, name: str, **values: str) -> Any:
    """Add an element of the file format that python-docx has no words for."""
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    parent.append(made)
    return made


def _styled(file: Any) -> None:
    """Set fonts, sizes, colours and language in the styles, where whoever edits the file can change them."""
    for name, size in _SIZES.items():
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), _BLACK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:cs"), "Arial")
        style.paragraph_format.space_after = Pt(3)
    file.styles["Title"].font.bold = True
    for root, name in ((file.styles.element, "w:lang"), (file.settings.element, "w:themeFontLang")):
        for language in root.iter(qn(name)):
            language.set(qn("w:val"), _LANGUAGE)


def _page(file: Any, wide: bool, cite: str) -> int:
    """Set up A4 pages with their number below, and return the width of the text in millimetres."""
    section, (narrow, long) = file.sections[0], _A4
    width, height = (long, narrow) if wide else (narrow, long)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.add_run(f"{cite}   Page ")
    number = foot.add_run()._r  # noqa: SLF001 - python-docx has no fields
    _set(number, "w:fldChar", fldCharType="begin")
    _set(number, "w:instrText").text = "PAGE"
    _set(number, "w:fldChar", fldCharType="end")
    return width - 2 * _MARGIN


def _line(paragraph: Any, text: str, size: float, *, bold: bool = False) -> None:
    """Write a line of text, the citations that it ends with in grey."""
    cut = re.fullmatch(r"(.+)( \[[a-z0-9-]+#L[^\[\]]*\])", text, re.DOTALL)
    for part, grey in ((cut[1], False), (cut[2], True)) if cut else ((text, False),):
        run = paragraph.add_run(part)
        run.font.size, run.bold = Pt(size), bold
        if grey:
            run.font.color.rgb = _GREY


def _widths(panel: Panel, room: int) -> list[float]:
    """Return the width of each column in millimetres: more for what is longer, but none without room."""
    columns = zip(panel.columns, *panel.rows, strict=True)
    longest = [max(*map(len, column), 3 * max(map(len, " ".join(column).split()))) for column in columns]
    shares = [max(min(length, 400), 20) ** 0.5 for length in longest]
    if not panel.columns[0]:
        shares = [0.45, *[1.0] * (len(shares) - 1)]
    return [room * share / sum(shares) for share in shares]


def _table(file: Any, panel: Panel, room: int) -> None:
    table = file.add_table(rows=1, cols=len(panel.columns), style="Table Grid")
    table.autofit = False
    widths = _widths(panel, room)
    for texts in (panel.columns, *panel.rows):
        head = texts is panel.columns
        row = table.rows[0] if head else table.add_row()
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no words for these marks
        if head or sum(map(len, texts)) < _WHOLE_ROW:
            _set(properties, "w:cantSplit", val="true")
        if head:
            _set(properties, "w:tblHeader", val="true")
        for n, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Mm(width)
            if head:
                shade = cell._tc.get_or_add_tcPr()  # noqa: SLF001
                _set(shade, "w:shd", val="clear", color="auto", fill="F3F2F1")
            for number, line in enumerate(text.split("\n")):
                paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(2)
                _line(paragraph, line, 8.5, bold=head or n == 0)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    file.add_paragraph()


def _labelled(paragraph: Any, label: str, text: str) -> None:
    name, told = paragraph.add_run(f"{label}: "), paragraph.add_run(text)
    name.font.size, name.font.color.rgb, told.font.size = Pt(9), _GREY, Pt(9)


def _entry(file: Any, pairs: Sequence[tuple[str, str]]) -> None:
    """Write a row that is told for itself: its lead in bold, short cells in one line, long ones below."""
    (_, lead), *rest = pairs
    top = file.add_paragraph(style="List Bullet")
    top.paragraph_format.keep_with_next = True
    _line(top, lead, 10, bold=True)
    short = [p for p in rest if len(p[1]) <= _SHORT_CELL and p[0] != SOURCES and not p[1].endswith(".")]
    told = file.add_paragraph(style="List Continue")
    for place, (label, text) in enumerate([*short, *(pair for pair in rest if pair not in short)]):
        if place:
            told.add_run("; " if place < len(short) else "\n").font.size = Pt(9)
        _labelled(told, label, text)


def _side(file: Any, pairs: Sequence[tuple[str, str]]) -> None:
    """Write a row of a comparison that is too wide for a table: one thing below the other."""
    (_, lead), *rest = pairs
    file.add_heading(lead, level=2)
    for label, text in rest:
        first, *more = text.split("\n")
        top = file.add_paragraph()
        _line(top, f"{label}: ", 9, bold=True)
        if more:
            top.paragraph_format.keep_with_next = True
            for line in (first, *more):
                _line(file.add_paragraph(style="List Bullet"), line, 9)
        else:
            _line(top, first, 9)


def _note(file: Any, text: str) -> None:
    if text:
        paragraph = file.add_paragraph()
        paragraph.add_run(text).italic = True
        paragraph.paragraph_format.keep_with_next = True


def _panel(file: Any, panel: Panel, room: int) -> None:
    if panel.title:
        file.add_heading(panel.title, level=2)
    if not panel.rows:
        file.add_paragraph(NOTHING)
        return
    _note(file, panel.note)
    if panel.is_table:
        _table(file, panel, room)
        return
    for row in panel.rows:
        pairs = panel.told(row)
        (_entry if pairs[0][0] else _side)(file, pairs)


def _steady(content: bytes) -> bytes:
    """Return the file with a fixed time on each of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            stamped = zipfile.ZipInfo(item.filename, _STAMP)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(stamped, old.read(item))
    return made.getvalue()


def word_file(document: Document) -> bytes:
    """Return the document as a Word file, in landscape where its tables are wide."""
    file = docx.Document()
    _styled(file)
    panels = [panel for part in document.parts for panel in part.panels if panel.is_table and panel.rows]
    room = _page(file, any(len(panel.columns) > _WIDE for panel in panels), document.cite)
    properties = file.core_properties
    properties.title, properties.author, properties.language = document.title, "cscip-kg", _LANGUAGE
    properties.comments, properties.last_modified_by = "", "cscip-kg"
    properties.created = properties.modified = _MADE
    file.add_heading(document.title, level=0)
    file.add_paragraph(document.about)
    file.add_paragraph().add_run(document.caution).bold = True
    for part in document.parts:
        file.add_heading(part.title, level=1)
        _note(file, part.note)
        for panel in part.panels:
            _panel(file, panel, room)
    file.add_heading("Sources and how to cite", level=1)
    for short, title in document.sources:
        source = file.add_paragraph(style="List Bullet")
        source.add_run(f"{short}: ").bold = True
        source.add_run(title)
    file.add_paragraph(document.caution)
    file.add_paragraph(f"To cite: {document.cite}")
    file.add_paragraph(f"To make it again: {document.rerun}")
    target = io.BytesIO()
    file.save(target)
    return _steady(target.getvalue())
