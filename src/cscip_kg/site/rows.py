"""Rows of a stored query → rows of HTML: which columns are shown, which names are links, what is shown once.

In: a table and the page that it will stand on. Out: `Shown`. A name beside the IRI that it belongs to becomes
the link; what has no name of its own is reached by a link beside the citation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from cscip_kg.document import SOURCES, cited, heading, told_cell
from cscip_kg.namespaces import ID
from cscip_kg.queries import Cell, StoredQuery, Table, cell_value
from cscip_kg.site.cells import Here, citations, thing_link, value_html
from cscip_kg.site.known import Known, shortened

_CITATIONS: Final = ("citation", "citations", "otherCitation")
# A cell of these columns that is empty says something.
_OPEN: Final = ("comparatorKind", "comparison")
_SAID_OPEN: Final = {"comparison": "No comparison stated"}
_RECORD: Final = "Record"
# The topic of the queries whose rows have source and lines apart.
_EXPORTED: Final = "tables"


@dataclass(frozen=True)
class Shown:
    """A table ready to be laid out.

    Attributes:
        headings: of the columns.
        rows: their cells as HTML.
        ids: for each row the place that a link to its record leads to; empty for most.
        data: for each row what a script can narrow the rows by; empty for most.
        total: the number of rows in all, of which these may be a part.
    """

    headings: tuple[str, ...]
    rows: list[tuple[Markup, ...]]
    ids: list[str] = field(default_factory=list)
    data: list[dict[str, str]] = field(default_factory=list)
    total: int = 0


class _Columns:
    """Which columns are shown, and how."""

    def __init__(self, known: Known, here: Here, query: StoredQuery, table: Table) -> None:
        self.known, self.here, self.query, self.table = known, here, query, table
        self.names = table.columns
        self.cite = next((n for n, c in enumerate(self.names) if c in _CITATIONS), -1)
        self.iris = [
            n
            for n, c in enumerate(self.names)
            if c not in _CITATIONS and any(isinstance(row[n], NamedNode) for row in table.rows)
        ]
        self.partner = {n: self._partner(n) for n in self.iris}
        # What has no name to click on and no label: its record is linked beside the citation.
        self.records = [n for n in self.iris if self.partner[n] < 0 and self._unnamed(n)]

    def _partner(self, place: int) -> int:
        """Return the column of text that holds the names of the IRIs in another; -1 when none does."""
        for n, column in enumerate(self.names):
            if n in self.iris or column in _CITATIONS:
                continue
            pairs = [(row[place], row[n]) for row in self.table.rows[:60]]
            if pairs and all(
                cell_value(a) == "" or cell_value(b).casefold() == self._label(a).casefold() for a, b in pairs
            ):
                return n
        return -1

    def _label(self, cell: Cell) -> str:
        return self.known.names.get(cell_value(cell), "\0")

    def _unnamed(self, place: int) -> bool:
        kinds = {
            cell_value(row[place]).removeprefix(ID).partition("/")[0] for row in self.table.rows if row[place]
        }
        iris = [cell_value(row[place]) for row in self.table.rows if row[place]]
        return place == self.iris[0] and (
            any("#" in iri and iri.startswith(ID) for iri in iris) or bool(kinds & _STATEMENTS)
        )

    def shown(self) -> list[int]:
        """Return the places of the columns that are shown, in order."""
        kept = []
        for n, column in enumerate(self.names):
            if n == self.cite or (column == "source" and self.cite >= 0 and self._is_merged(n)):
                continue
            if n in self.iris and (self.partner[n] >= 0 or n in self.records):
                continue
            if column in _OPEN or any(cell_value(row[n]) for row in self.table.rows):
                kept.append(n)
        return [*kept, self.cite] if self.cite >= 0 else kept

    def _is_merged(self, place: int) -> bool:
        return all("#" not in cell_value(row[self.cite]) or cell_value(row[place]) for row in self.table.rows)

    def owner(self, place: int, row: Sequence[Cell]) -> str:
        """Return the IRI of the thing whose name stands in a cell; empty when it is nobody's."""
        return next((cell_value(row[n]) for n in self.iris if self.partner[n] == place and row[n]), "")


_STATEMENTS: Final = {
    "check", "coding", "consideration", "contribution", "discrepancy", "identity", "lesson", "note",
    "omission", "recommendation", "statistic",
}  # fmt: skip


def _value(columns: _Columns, place: int, row: Sequence[Cell]) -> str:
    known, here, column = columns.known, columns.here, columns.names[place]
    cell = row[place]
    if isinstance(cell, NamedNode):
        return thing_link(known, here, cell.value)
    raw = cell_value(cell)
    if not raw:
        return _SAID_OPEN.get(column) or told_cell(column, cell)
    if iri := columns.owner(place, row):
        return thing_link(known, here, iri, raw)
    return value_html(known, here, column, raw, joined=column in columns.query.lists)


def _record(columns: _Columns, row: Sequence[Cell]) -> str:
    links = []
    for n in columns.records:
        if path := columns.known.path(cell_value(row[n])):
            name = escape(shortened(columns.known.name(cell_value(row[n])), 60))
            links.append(
                f'<a class="govuk-link app-record" href="{escape(columns.here.to(path))}">{_RECORD}'
                f'<span class="govuk-visually-hidden"> of {name}</span></a>'
            )
    return " ".join(links)


def _with_citations(table: Table) -> Table:
    """Return a table of the exports, which has sources and lines apart, with both as citations at its end."""
    if not {"source", "lines"} <= set(table.columns) or set(_CITATIONS) & set(table.columns):
        return table
    source, lines = (table.columns.index(name) for name in ("source", "lines"))
    kept = [n for n in range(len(table.columns)) if n not in (source, lines)]
    rows: list[tuple[Cell, ...]] = []
    for row in table.rows:
        pairs = zip(cell_value(row[source]).split("|"), cell_value(row[lines]).split("|"), strict=False)
        text = " ".join(f"{name}#L{one}" for name, all_of in pairs for one in all_of.split(";") if one)
        rows.append((*(row[n] for n in kept), Literal(text)))
    return Table((*(table.columns[n] for n in kept), "citations"), rows)


def _key(columns: _Columns, places: Sequence[int], row: Sequence[Cell]) -> tuple[str, ...]:
    """Return all that a row will show: what is the same is shown once."""
    both = (*places, *columns.records)
    return tuple(cited(row, columns.names) if n == columns.cite else cell_value(row[n]) for n in both)


def shown(
    known: Known, here: Here, query: StoredQuery, table: Table, part: tuple[int, int | None] = (0, None)
) -> Shown:
    """Return rows of a stored query as HTML, without columns that say nothing, none twice.

    Args:
        known: the build.
        here: the page that they will stand on.
        query: the stored query.
        table: all rows.
        part: the first row wanted, and the one after the last; by default all.
    """
    if query.topic == _EXPORTED:
        table = _with_citations(table)
    columns = _Columns(known, here, query, table)
    places = columns.shown()
    different: dict[tuple[str, ...], tuple[Cell, ...]] = {}
    for row in table.rows:
        different.setdefault(_key(columns, places, row), row)
    kept = list(different.values())
    own = f"{ID}{here.path.rstrip('/')}#"
    rows, ids = [], []
    for row in kept[part[0] : part[1]]:
        rows.append(tuple(map(Markup, _cells(columns, places, row))))
        first = cell_value(row[columns.records[0]]) if columns.records else ""
        ids.append(first.removeprefix(own) if first.startswith(own) else "")
    headings = tuple(SOURCES if n == columns.cite else heading(table.columns[n]) for n in places)
    return Shown(headings, rows, ids, total=len(kept))


def _cells(columns: _Columns, places: Sequence[int], row: Sequence[Cell]) -> list[str]:
    """Return the cells of a row as HTML."""
    cells = []
    for n in places:
        if n == columns.cite:
            text = citations(columns.known, columns.here, cited(row, columns.names))
            cells.append(f"{text} {_record(columns, row)}".strip())
        else:
            cells.append(_value(columns, n, row))
    if columns.cite < 0 and columns.records:
        cells[-1] = f"{cells[-1]} {_record(columns, row)}"
    return cells
