"""What a page says, before anybody decides how it looks: a title, panels of rows, how to cite it.

In: text and rows of stored queries. Out: `Document`, and its Markdown. The terminal, HTML and Word are
written from the same document by rooms of their own, so that all say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg.output import CAUTION, cell_text
from cscip_kg.queries import Cell, StoredQuery, Table, cell_value

NOTHING: Final = "Nothing is stated in the sources read."
# Rows of more columns than this are told one under the other: a table of them cannot be read on paper.
WIDEST_TABLE: Final = 6
_CITATIONS: Final = ("citation", "citations")
_HEADINGS: Final = {
    "": "",
    "citation": "Source and lines",
    "citations": "Source and lines",
    "printed": "What was found",
    "said": "What the source says of it",
    "sort": "Kind",
}


@dataclass(frozen=True)
class Panel:
    """One part of a document.

    Attributes:
        title: its heading.
        note: how to read it.
        columns: headings of the columns, in words.
        rows: the cells as text, line breaks kept; an open cell is empty.
        query: the name of the stored query that gives the rows; empty for what is put together from several.
    """

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    query: str = ""

    @property
    def is_table(self) -> bool:
        """Return whether the rows can be read as a table; else each is told for itself."""
        return len(self.columns) <= WIDEST_TABLE

    def told(self, row: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return heading and text of each cell of a row that is not empty, the citations last."""
        pairs = [(heading, text) for heading, text in zip(self.columns, row, strict=True) if text]
        return sorted(pairs, key=lambda pair: pair[0] == "Source and lines")


@dataclass(frozen=True)
class Part:
    """Panels that belong together under one heading."""

    title: str
    note: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Document:
    """A whole page.

    Attributes:
        title: what it is about.
        about: what it is, in a sentence or two.
        parts: its parts in order.
        cite: how to cite it, version and build included.
        rerun: the command that makes it again.
    """

    title: str
    about: str
    parts: tuple[Part, ...]
    cite: str
    rerun: str
    caution: str = CAUTION


def heading(column: str) -> str:
    """Return the name of a query's column in words: `impactAim` is "Impact aim"."""
    if column in _HEADINGS:
        return _HEADINGS[column]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).replace("_", " ").casefold()
    return words[:1].upper() + words[1:]


def cited(row: Sequence[Cell], columns: Sequence[str]) -> str:
    """Return the citations of a row with their source, which some queries give in a column of its own."""
    place = next((n for n, column in enumerate(columns) if column in _CITATIONS), None)
    if place is None:
        return ""
    text = cell_text(row[place])
    source = cell_text(row[columns.index("source")]) if "source" in columns else ""
    return f"{source} {text}" if source and "#" not in text else text


def panel(query: StoredQuery, table: Table, title: str = "") -> Panel:
    """Return the rows of a stored query as a panel, without columns of bare IRIs and without empty ones."""
    kept = [
        n
        for n, column in enumerate(table.columns)
        if column != "source"
        and any(cell_value(row[n]) for row in table.rows)
        and (column in _CITATIONS or not all(isinstance(row[n], NamedNode) for row in table.rows if row[n]))
    ]
    rows = tuple(
        tuple(
            cited(row, table.columns) if table.columns[n] in _CITATIONS else cell_text(row[n]) for n in kept
        )
        for row in table.rows
    )
    columns = tuple(heading(table.columns[n]) for n in kept)
    return Panel(title, query.description, columns, tuple(dict.fromkeys(rows)), query.name)


_MARKS = re.compile(r"([\\`*_\[\]<>|])")


def _plain(text: str) -> str:
    """Return text in which no sign has a meaning in Markdown, on one line."""
    return _MARKS.sub(r"\\\1", text.strip()).replace("\n", "<br>")


def _markdown_table(found: Panel) -> Iterable[str]:
    yield "| " + " | ".join(map(_plain, found.columns)) + " |"
    yield "|" + " --- |" * len(found.columns)
    for row in found.rows:
        yield "| " + " | ".join(map(_plain, row)) + " |"


def _markdown_list(found: Panel) -> Iterable[str]:
    for row in found.rows:
        (first, lead), *rest = found.told(row)
        yield f"- **{_plain(first)}:** {_plain(lead)}"
        yield from (f"  - {_plain(name)}: {_plain(text)}" for name, text in rest)


def markdown(document: Document) -> str:
    """Return the document as Markdown (CommonMark with tables)."""
    lines = [f"# {_plain(document.title)}", "", document.about, "", f"> {document.caution}", ""]
    for part in document.parts:
        lines += [f"## {_plain(part.title)}", ""]
        lines += [part.note, ""] if part.note else []
        for found in part.panels:
            lines += [f"### {_plain(found.title)}", ""] if found.title else []
            lines += [_plain(found.note), ""] if found.note else []
            if not found.rows:
                lines += [NOTHING, ""]
                continue
            lines += [*(_markdown_table(found) if found.is_table else _markdown_list(found)), ""]
    lines += ["---", "", document.caution, "", f"To cite: {document.cite}", ""]
    lines += [f"To make it again: `{document.rerun}`", ""]
    return "\n".join(lines)
