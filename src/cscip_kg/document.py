"""What a page says, before anybody decides how it looks: a title, panels of rows, how to cite it.

In: text and rows of stored queries. Out: `Document`, its Markdown and its HTML page. The terminal and Word
are written from the same document by rooms of their own, so that all say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg.output import CAUTION, cell_text, citations_text
from cscip_kg.pages import render
from cscip_kg.queries import Cell, StoredQuery, Table, cell_value

NOTHING: Final = "Nothing is stated in the sources read."
SOURCES: Final = "Source and lines"
# Rows of more columns than this are told one under the other: a table of them cannot be read on paper.
WIDEST_TABLE: Final = 6
_CITATIONS: Final = ("citation", "citations")
_HEADINGS: Final = {
    "": "",
    "after": "Figure after",
    "before": "Figure before",
    "citation": SOURCES,
    "citations": SOURCES,
    "comparator": "The comparison in words",
    "comparatorKind": "Set against",
    "printed": "What was found",
    "projected": "A forecast",
    "said": "What the source says of it",
    "sample": "Sample size",
    "size": "File size",
    "sort": "Kind",
    "value": "Figure",
}
# An open cell of these says more than a gap would.
_OPEN: Final = {"comparatorKind": "No comparison stated"}


@dataclass(frozen=True)
class Panel:
    """One part of a document.

    Attributes:
        title: its heading.
        note: how to read it.
        columns: headings of the columns, in words; a first one without words is that of row headings.
        rows: the cells as text, one statement a line; an open cell is empty.
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
        """Return heading and text of each cell of a row that is not empty, the citations last.

        The first tells what the row is about: its kind alone would not.
        """
        pairs = [(name, text) for name, text in zip(self.columns, row, strict=True) if text]
        pairs.sort(key=lambda pair: pair[0] == SOURCES)
        if pairs[0][0] == heading("sort") and len(pairs) > 2:
            (_, kind), (name, text), *rest = pairs
            return [(name, f"{text} ({kind})"), *rest]
        return pairs


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
        caution: what stands wherever effects are shown.
        sources: short id and full title of each source that it cites.
    """

    title: str
    about: str
    parts: tuple[Part, ...]
    cite: str
    rerun: str
    caution: str = CAUTION
    sources: tuple[tuple[str, str], ...] = ()


def heading(column: str) -> str:
    """Return the name of a query's column in words: `impactAim` is "Impact aim"."""
    if column in _HEADINGS:
        return _HEADINGS[column]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).replace("_", " ").casefold()
    return words[:1].upper() + words[1:]


def citations_of(row: Sequence[Cell], columns: Sequence[str]) -> list[str]:
    """Return the citations of a row, with their source where the query gives it in a column of its own."""
    place = next((n for n, column in enumerate(columns) if column in _CITATIONS), None)
    if place is None:
        return []
    source = cell_text(row[columns.index("source")]) if "source" in columns else ""
    return [part if "#" in part else f"{source}#{part}" for part in cell_text(row[place]).split()]


def cited(row: Sequence[Cell], columns: Sequence[str]) -> str:
    """Return the citations of a row as text, in order, each source named once."""
    return citations_text(citations_of(row, columns))


def told_cell(column: str, cell: Cell) -> str:
    """Return a cell as a document shows it: pounds as such, and where a gap would mislead, in words."""
    text = cell_text(cell)
    if column == "amount" and text:
        return f"£{Decimal(text):,f}"
    return text or _OPEN.get(column, "")


def panel(query: StoredQuery, table: Table, title: str = "") -> Panel:
    """Return the rows of a stored query as a panel, without columns of bare IRIs and without empty ones."""
    kept = [
        n
        for n, column in enumerate(table.columns)
        if column != "source"
        and (column in _OPEN or any(cell_value(row[n]) for row in table.rows))
        and (column in _CITATIONS or not any(isinstance(row[n], NamedNode) for row in table.rows))
    ]
    rows = tuple(
        tuple(
            cited(row, table.columns)
            if table.columns[n] in _CITATIONS
            else told_cell(table.columns[n], row[n])
            for n in kept
        )
        for row in table.rows
    )
    columns = tuple(heading(table.columns[n]) for n in kept)
    return Panel(title, query.description, columns, tuple(dict.fromkeys(rows)), query.name)


def html(document: Document) -> str:
    """Return the document as a page that stands alone."""
    return render("document.html", document=document, nothing=NOTHING, sources_heading=SOURCES)


# --- Markdown -------------------------------------------------------------------------------------------

_MARKS = re.compile(r"([\\`*_\[\]<>|~&])")
# What makes a heading, a list or a rule of a line that begins with it.
_BEGINNINGS = re.compile(r"^([0-9]{1,9}(?=[.)](?:\s|$))|(?=[#+=-]))")


def plain(text: str) -> str:
    """Return text in which no sign has a meaning in Markdown, on one line."""
    text = _BEGINNINGS.sub(r"\1\\", _MARKS.sub(r"\\\1", text.strip()))
    return re.sub(r"\r\n?|\n", "<br>", text)


def _title(text: str) -> str:
    """Return `plain` text that keeps the hashes at its end, too."""
    return re.sub(r"(?<= )(#+)$", r"\\\1", plain(text))


def _code(text: str) -> str:
    text = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def _markdown_table(found: Panel) -> Iterable[str]:
    yield "| " + " | ".join(map(plain, found.columns)) + " |"
    yield "|" + " --- |" * len(found.columns)
    for row in found.rows:
        yield "| " + " | ".join(map(plain, row)) + " |"


def _markdown_list(found: Panel) -> Iterable[str]:
    for row in found.rows:
        (name, lead), *rest = found.told(row)
        yield f"- **{plain(name)}:** {plain(lead)}" if name else f"- **{plain(lead)}**"
        for name, text in rest:
            first, *more = text.split("\n")
            yield f"  - {plain(name)}:" if more else f"  - {plain(name)}: {plain(first)}"
            yield from (f"    - {plain(line)}" for line in (first, *more) if more)


def markdown(document: Document) -> str:
    """Return the document as Markdown (CommonMark with tables)."""
    caution = f"> **{plain(document.caution)}**"
    lines = [f"# {_title(document.title)}", "", plain(document.about), "", caution, ""]
    for part in document.parts:
        lines += [f"## {_title(part.title)}", ""]
        lines += [plain(part.note), ""] if part.note else []
        for found in part.panels:
            lines += [f"### {_title(found.title)}", ""] if found.title else []
            if not found.rows:
                lines += [NOTHING, ""]
                continue
            lines += [plain(found.note), ""] if found.note else []
            lines += [*(_markdown_table(found) if found.is_table else _markdown_list(found)), ""]
    lines += ["## Sources and how to cite", ""]
    lines += [f"- **{plain(short)}:** {plain(title)}" for short, title in document.sources]
    lines += ["", caution, "", f"To cite: {plain(document.cite)}", ""]
    lines += [f"To make it again: {_code(document.rerun)}", ""]
    return "\n".join(lines)
