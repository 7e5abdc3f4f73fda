"""The sheet to read first: what the workbook is, how sure it is, and what each sheet holds.

In: the build, the graph's own definitions, the tables. Out: one sheet, with links to the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import NamedNode

from cscip_kg.namespaces import ID, SKOS, term, value_of
from cscip_kg.output import CAUTION
from cscip_kg.spreadsheet.book import Book, Sheet
from cscip_kg.store import Build

TITLE = "cscip-kg: evidence of the Children's Social Care Innovation Programme"
_WHAT = (
    "Every table of cscip-kg, an open knowledge graph of the evidence from the English Children's Social "
    "Care Innovation Programme: what was tried, where, by whom it was studied and what was found. Each row "
    "says in which lines of which source it was read."
)
_LICENCE = (
    "The data are under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). What the sources say is "
    "theirs; their texts are no part of this file."
)
_CITE = "cscip-kg, an open knowledge graph of the Children's Social Care Innovation Programme's evidence"
_LINKS = (
    "Addresses under https://w3id.org/cscip/ are the names that things have in the graph. They will open in "
    "a browser once the redirect is registered, which it is not yet. A cell with one run of lines leads to "
    "the name of that passage; a source, and several runs of lines, lead to the sheet of sources."
)


def _defined(book: Book, node: NamedNode) -> str:
    found = book.store.quads_for_pattern(node, NamedNode(SKOS + "definition"), None, None)
    return next((value_of(quad.object) for quad in found), "")


def _notes(book: Book, build: Build) -> dict[str, str]:
    return {
        "What this is": _WHAT,
        "Build": f"{build.id}, of version {build.version}",
        "Licence": _LICENCE,
        "How to cite": f"{_CITE}, version {build.version}, build {build.id}",
        "How sure it is": f"{CAUTION} The graph ranks nothing.",
        "direction": _defined(book, term("direction")),
        "effect": _defined(book, term("effect")),
        "not stated": _defined(book, NamedNode(f"{ID}answer/not-stated")),
        "lost in extraction": _defined(book, NamedNode(f"{ID}answer/lost-in-extraction")),
        "no change": _defined(book, NamedNode(f"{ID}effect/no-change")),
        "an empty cell": "The question does not apply, or there is nothing to list.",
        "| and ;": "A vertical bar joins several values of a cell; a semicolon joins lines, or figures.",
        "Links": _LINKS,
    }


def write_first(sheet: Sheet, build: Build, sheets: Sequence[tuple[str, str, int]]) -> None:
    """Write the sheet.

    Args:
        sheet: the empty sheet.
        build: which build the workbook is made from.
        sheets: of each other sheet its name, what it holds, and how many rows.
    """
    book = sheet.book
    for place, width in enumerate((24, 70, 14, 40)):
        sheet.sheet.set_column(place, place, width)
    sheet.text(0, 0, TITLE, book.title)
    line = 2
    for heading, text in _notes(book, build).items():
        sheet.text(line, 0, heading, book.head)
        sheet.text(line, 1, text)
        line += 1
    line += 1
    for place, heading in enumerate(("Sheet", "What it holds", "Rows")):
        sheet.text(line, place, heading, book.head)
    for name, text, count in sheets:
        line += 1
        sheet.linked(line, 0, name, f"internal:'{name}'!A1")
        sheet.text(line, 1, text)
        sheet.figure(line, 2, str(count))
    line += 2
    for place, heading in enumerate(("Source", "Title", "Published", "Publisher")):
        sheet.text(line, place, heading, book.head)
    for source in book.sources:
        line += 1
        sheet.linked(line, 0, source["source"], book.source_link(source["source"]))
        for place, column in enumerate(("title", "issued", "publishers"), 1):
            sheet.text(line, place, source[column] or "not stated")
