"""A workbook and its sheets while they are made.

In: quads; then cells, one by one. Out: a workbook whose texts stay texts, whose links and texts keep within
the limits of the format, and whose bytes depend on nothing but what is written.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from pyoxigraph import Quad, Store

from cscip_kg.engine import select
from cscip_kg.exports import in_memory
from cscip_kg.namespaces import TYPE, term, value_of
from cscip_kg.queries import cell_value

MAX_TEXT: Final = 32_767
MAX_LINKS: Final = 65_530
SOURCES: Final = "Sources"
# Columns of the sheet of sources, each with its heading.
SOURCE_COLUMNS: Final = {
    "source": "Short name",
    "title": "Title",
    "creators": "Authors",
    "publishers": "Publisher",
    "issued": "Published",
    "lines": "Lines of its text",
    "sha256": "SHA-256 of its text",
    "iri": "Name in the graph",
}
_SOURCES: Final = """SELECT ?source ?title ?creators ?publishers ?issued ?lines ?sha256 ?iri WHERE {
  ?iri a cscip:Source ; dcterms:identifier ?source ; dcterms:title ?title ; cscip:lineCount ?lines ;
    cscip:sha256 ?sha256 .
  OPTIONAL { ?iri dcterms:issued ?issued }
  OPTIONAL { SELECT ?iri (GROUP_CONCAT(STR(?name); SEPARATOR="; ") AS ?creators) WHERE {
    { SELECT DISTINCT ?iri ?name WHERE { ?iri dcterms:creator ?name } ORDER BY STR(?name) } } GROUP BY ?iri }
  OPTIONAL { SELECT ?iri (GROUP_CONCAT(STR(?name); SEPARATOR="; ") AS ?publishers) WHERE {
    { SELECT DISTINCT ?iri ?name WHERE { ?iri dcterms:publisher/rdfs:label ?name } ORDER BY STR(?name) }
  } GROUP BY ?iri }
} ORDER BY STR(?source)"""
_CUT: Final = " … (cut here; the CSV file has the whole text)"
_WIDEST: Final = 60


def fitted(text: str) -> str:
    """Return the text, cut with a note where a cell cannot hold it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(_CUT)] + _CUT


class Book:
    """The workbook, with what all its sheets share.

    Attributes:
        store: the graph.
        citations: the IRIs of all citations.
        sources: the sources, each by the columns of `SOURCE_COLUMNS`.
        book: the workbook of XlsxWriter.
    """

    def __init__(self, sink: io.BytesIO, quads: Sequence[Quad]) -> None:
        """Begin a workbook that is written to `sink` when it is closed."""
        import xlsxwriter  # noqa: PLC0415 - slow to import, needed here only

        self.store: Store = in_memory(quads)
        self.citations = {
            value_of(q.subject) for q in quads if q.predicate == TYPE and q.object == term("Citation")
        }
        self.sources = [
            dict(zip(SOURCE_COLUMNS, map(cell_value, tuple(row)), strict=True))
            for row in select(self.store, _SOURCES)
        ]
        self.book = xlsxwriter.Workbook(
            sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.plain = self.book.add_format({"valign": "top", "text_wrap": True})
        self.head = self.book.add_format({"bold": True, "valign": "top", "bottom": 1, "text_wrap": True})
        self.title = self.book.add_format({"bold": True, "font_size": 16})
        self.link = self.book.add_format({"valign": "top", "font_color": "#1155cc", "underline": 1})
        self._numbers: dict[int, Any] = {}

    def number(self, places: int) -> Any:
        """Return the format of a number with so many decimal places."""
        if places not in self._numbers:
            pattern = "0." + "0" * places if places else "0"
            self._numbers[places] = self.book.add_format({"valign": "top", "num_format": pattern})
        return self._numbers[places]

    def source_link(self, source: str) -> str:
        """Return the link to a source's row in the sheet of sources, or to its top for several at once."""
        rows = {row["source"]: n for n, row in enumerate(self.sources, 2)}
        return f"internal:'{SOURCES}'!A{rows.get(source, 1)}"


class Sheet:
    """One sheet: cells by row and column, both counted from 0."""

    def __init__(self, book: Book, name: str) -> None:
        """Add a sheet to the workbook."""
        self.book, self.links = book, 0
        self.sheet = book.book.add_worksheet(name)

    def text(self, row: int, column: int, text: str, style: Any = None) -> None:
        """Write a text, whatever sign it begins with."""
        self.sheet.write_string(row, column, fitted(text), style or self.book.plain)

    def linked(self, row: int, column: int, text: str, address: str) -> None:
        """Write a text that leads to an address, as long as the sheet has room for links."""
        if self.links >= MAX_LINKS:
            self.text(row, column, text)
            return
        self.links += 1
        self.sheet.write_url(row, column, address, self.book.link, fitted(text))

    def figure(self, row: int, column: int, text: str) -> None:
        """Write a number, shown with the decimal places that it is printed with."""
        places = len(text.partition(".")[2])
        self.sheet.write_number(row, column, float(Decimal(text)), self.book.number(places))

    def framed(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write the header row, freeze it, set the filter, and the widths by what `rows` hold."""
        for place, column in enumerate(columns):
            self.text(0, place, column, self.book.head)
            longest = max((len(row[place]) for row in rows), default=0)
            # The button of the filter takes the room of some signs.
            self.sheet.set_column(place, place, min(max(longest, len(column) + 4) + 1, _WIDEST))
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        # Line and page numbers are names of places: no need to warn that they are texts.
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
