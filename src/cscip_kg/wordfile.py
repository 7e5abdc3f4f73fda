"""A document → a Word file that can be attached to a paper.

In: a `Document`. Out: the bytes of a .docx with real headings, tables with header rows that repeat, and the
caution on the first page; the same bytes for the same document. python-docx writes it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from cscip_kg.document import NOTHING, Document, Panel

# Fixed, so that the same build gives the same file.
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format has no time zone
_STAMP: Final = (2000, 1, 1, 0, 0, 0)


def _repeat_as_header(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to mark a header row
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _table(file: Any, panel: Panel) -> None:
    table = file.add_table(rows=1, cols=len(panel.columns), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, panel.columns, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    _repeat_as_header(table.rows[0])
    for row in panel.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(9)
    file.add_paragraph()


def _list(file: Any, panel: Panel) -> None:
    for row in panel.rows:
        (_, lead), *rest = panel.told(row)
        paragraph = file.add_paragraph(style="List Bullet")
        paragraph.add_run(lead).bold = True
        for name, text in rest:
            paragraph.add_run(f"\n{name}: {text}")


def _panel(file: Any, panel: Panel) -> None:
    if panel.title:
        file.add_heading(panel.title, level=2)
    if not panel.rows:
        file.add_paragraph(NOTHING)
        return
    if panel.note:
        file.add_paragraph(panel.note).italic = True
    (_table if panel.is_table else _list)(file, panel)


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
    file.styles["Normal"].font.name = "Arial"
    file.styles["Normal"].font.size = Pt(11)
    widest = max((len(p.columns) for part in document.parts for p in part.panels if p.is_table), default=0)
    if widest > 3:
        section = file.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    properties = file.core_properties
    properties.title, properties.author, properties.language = document.title, "cscip-kg", "en-GB"
    properties.created = properties.modified = _MADE
    file.add_heading(document.title, level=0)
    file.add_paragraph(document.about)
    file.add_paragraph().add_run(document.caution).bold = True
    for part in document.parts:
        file.add_heading(part.title, level=1)
        if part.note:
            file.add_paragraph(part.note)
        for panel in part.panels:
            _panel(file, panel)
    file.add_heading("How to cite", level=1)
    file.add_paragraph(document.cite)
    file.add_paragraph(f"To make it again: {document.rerun}")
    target = io.BytesIO()
    file.save(target)
    return _steady(target.getvalue())
