"""The tables as one workbook for people who work in spreadsheets.

In: the quads of a build. Out: the bytes of an .xlsx file, the same for the same build: a sheet to read first,
the tables with the same cells as the CSV files, what the columns mean, and the sources.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from pyoxigraph import Quad

from cscip_kg.columns import meaning
from cscip_kg.exports import table_queries, table_rows
from cscip_kg.namespaces import ID
from cscip_kg.queries import StoredQuery
from cscip_kg.spreadsheet.book import SOURCE_COLUMNS, SOURCES, Book, Sheet
from cscip_kg.spreadsheet.first import TITLE, write_first
from cscip_kg.store import Build

README: Final = "Read me"
COLUMNS: Final = "Columns"
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_OPEN: Final = {"", "not stated"}
# A workbook carries a date; that of the day would make every file another.
_CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones


def sheet_name(query: StoredQuery) -> str:
    """Return the name of a table's sheet: `economic-findings` becomes `Economic findings`."""
    return query.name.replace("-", " ").capitalize()


def numeric_columns(query: StoredQuery, rows: Sequence[Sequence[str]]) -> set[str]:
    """Return the columns in which every stated cell is one number."""
    joined = {*query.lists, *query.series, *(column for group in query.together for column in group)}
    found = set()
    for place, column in enumerate(query.columns):
        stated = [row[place] for row in rows if row[place] not in _OPEN]
        if column not in joined and stated and all(map(_NUMBER.fullmatch, stated)):
            found.add(column)
    return found


def _link(book: Book, column: str, row: dict[str, str]) -> str | None:
    """Return where a cell leads: an IRI to itself, a run of lines to its citation, others to the sources."""
    text = row[column]
    if column in {"source", "lines"} and {"source", "lines"} <= row.keys() and text:
        cited = f"{ID}source/{row['source']}#L{row['lines']}"
        return cited if column == "lines" and cited in book.citations else book.source_link(row["source"])
    return text if text.startswith(ID) and "|" not in text else None


def _table(book: Book, query: StoredQuery, rows: Sequence[Sequence[str]]) -> None:
    sheet = Sheet(book, sheet_name(query))
    sheet.framed(query.columns, rows)
    numeric = numeric_columns(query, rows)
    for place, column in enumerate(query.columns):
        if says := meaning(book.store, query.name, column):
            sheet.sheet.write_comment(0, place, says, {"x_scale": 2})
    for line, cells in enumerate(rows, 1):
        row = dict(zip(query.columns, cells, strict=True))
        for place, (column, text) in enumerate(row.items()):
            if column in numeric and text not in _OPEN:
                sheet.figure(line, place, text)
            elif address := _link(book, column, row):
                sheet.linked(line, place, text, address)
            else:
                sheet.text(line, place, text)


def _columns(book: Book, rows: Sequence[Sequence[str]]) -> None:
    sheet = Sheet(book, COLUMNS)
    sheet.framed(("Sheet", "Column", "What it holds"), rows)
    for line, cells in enumerate(rows, 1):
        for place, text in enumerate(cells):
            sheet.text(line, place, text)


def _sources(book: Book) -> None:
    sheet = Sheet(book, SOURCES)
    rows = [[text or "not stated" for text in source.values()] for source in book.sources]
    sheet.framed(list(SOURCE_COLUMNS.values()), rows)
    for line, cells in enumerate(rows, 1):
        for place, (column, text) in enumerate(zip(SOURCE_COLUMNS, cells, strict=True)):
            if column == "lines":
                sheet.figure(line, place, text)
            elif column == "iri":
                sheet.linked(line, place, text, text)
            else:
                sheet.text(line, place, text)


def workbook(quads: Iterable[Quad], build: Build) -> bytes:
    """Return the workbook of all exported tables.

    Args:
        quads: all quads of a build.
        build: which build they are.
    """
    sink = io.BytesIO()
    book = Book(sink, list(quads))
    comments = f"Build {build.id}, version {build.version}. CC BY 4.0."
    author = "The cscip-kg contributors"
    book.book.set_properties({"title": TITLE, "author": author, "comments": comments, "created": _CREATED})
    tables = [(query, table_rows(book.store, query)) for query in table_queries()]
    about = [(sheet_name(q), c, meaning(book.store, q.name, c)) for q, _ in tables for c in q.columns]
    listed = [
        *((sheet_name(query), f"{query.summary}. {query.description}", len(rows)) for query, rows in tables),
        (COLUMNS, "What each column of these sheets means.", len(about)),
        (SOURCES, "The documents read, with the digest that line numbers hold for.", len(book.sources)),
    ]
    write_first(Sheet(book, README), build, listed)
    for query, rows in tables:
        _table(book, query, rows)
    _columns(book, about)
    _sources(book)
    book.book.close()
    return sink.getvalue()
