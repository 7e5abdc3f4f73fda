"""Panels and pages as plain values: which stored query, for which parameters, under which heading.

In: nothing but names. Out: `Spec`, `Section`, `Page`, and the rows and the HTML of a panel. A page is
described before anything is asked of the store, so that the file of one table costs one query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from cscip_kg import queries
from cscip_kg.output import as_csv, caution_of, cell_text
from cscip_kg.queries import StoredQuery, Table
from cscip_kg.site.cells import Here
from cscip_kg.site.known import Known
from cscip_kg.site.known import known as known_of
from cscip_kg.site.rows import Shown, shown

# Rows of more columns are told one under the other.
WIDEST: Final = 7
# So many rows of a panel stand on one page.
MOST: Final = 100


@dataclass(frozen=True)
class Spec:
    """One panel: a stored query for given parameters.

    Attributes:
        key: its short name on the page, and that of its file of values.
        query: the name of the stored query.
        values: its parameters.
        title: a heading, where the section has several panels.
        where: a column and what it must hold, where only some of the rows are wanted.
        cards: whether each row is told for itself; None decides by the number of columns.
        hidden: columns left out, such as that of the thing the page is about.
        note: how to read it; None takes the query's own description.
    """

    key: str
    query: str
    values: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    where: tuple[str, str] = ("", "")
    cards: bool | None = None
    hidden: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Section:
    """Panels that belong together under one heading."""

    title: str
    specs: tuple[Spec, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Page:
    """One page before it is laid out.

    Attributes:
        path: where it stands, with a slash at its end; empty for the home page.
        title: its heading.
        lead: what it is, in a sentence or two.
        sections: its panels.
        crumbs: text and path of what it stands under.
        template: what lays it out.
        values: what the template needs beside the panels.
        kind: what the page is about, in small type above the heading.
    """

    path: str
    title: str
    lead: str = ""
    sections: tuple[Section, ...] = ()
    crumbs: tuple[tuple[str, str], ...] = ()
    template: str = "page.html"
    values: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""

    def specs(self) -> Sequence[Spec]:
        """Return all panels of the page."""
        return [spec for section in self.sections for spec in section.specs]


@dataclass(frozen=True)
class Panel:
    """One panel with its rows, as the template takes it.

    Attributes:
        spec: what it is.
        query: the stored query.
        shown: the cells of this page of rows.
        total: the number of rows in all.
        note: how to read it.
        number, pages: which page of rows this is, of how many.
        rerun: the command that gives the rows again.
        again: the query string that gives them on the query's own page.
    """

    spec: Spec
    query: StoredQuery
    shown: Shown
    total: int
    note: str
    number: int
    pages: int
    rerun: str
    again: str

    @property
    def as_cards(self) -> bool:
        """Return whether each row is told for itself."""
        return len(self.shown.headings) > WIDEST if self.spec.cards is None else self.spec.cards


def rows(known: Known, spec: Spec) -> Table:
    """Return all rows of a panel."""
    return _rows(known.folder, known.build.id, spec.query, tuple(spec.values.items()), spec.where)


# The page of a panel, its further pages and its file of values are often asked for one after the other.
@lru_cache(maxsize=32)
def _rows(
    folder: Path | None, _build: str, name: str, values: tuple[tuple[str, str], ...], where: tuple[str, str]
) -> Table:
    table = known_of(folder).rows(queries.find(name), dict(values))
    column, wanted = where
    if not column:
        return table
    place = table.columns.index(column)
    return Table(table.columns, [row for row in table.rows if cell_text(row[place]) == wanted])


def csv_of(known: Known, spec: Spec) -> bytes:
    """Return all rows of a panel as CSV."""
    return as_csv(rows(known, spec)).encode()


def without(table: Table, hidden: Sequence[str]) -> Table:
    """Return a table without some of its columns."""
    kept = [n for n, column in enumerate(table.columns) if column not in hidden]
    return Table(tuple(table.columns[n] for n in kept), [tuple(row[n] for n in kept) for row in table.rows])


def panel(known: Known, here: Here, spec: Spec, number: int = 1) -> Panel:
    """Return a panel with the rows of one page of it."""
    return panel_of(known, here, spec, rows(known, spec), (number, MOST))


def panel_of(known: Known, here: Here, spec: Spec, table: Table, part: tuple[int, int]) -> Panel:
    """Return a panel for rows that are at hand; `part` is which page of them, and how many stand on one."""
    number, most = part
    query = queries.find(spec.query)
    first = (number - 1) * most
    made = shown(known, here, query, without(table, spec.hidden), (first, first + most))
    total = made.total
    given = "".join(f" -p {name}={value}" for name, value in spec.values.items())
    return Panel(
        spec=spec,
        query=query,
        shown=made,
        total=total,
        note=query.description if spec.note is None else spec.note,
        number=number,
        pages=max(1, -(-total // most)),
        rerun=f"cscip query {query.name}{given}",
        again=urlencode(dict(spec.values)),
    )


def needs_caution(specs: Sequence[Spec]) -> bool:
    """Return whether one of the panels tells of effects."""
    return any(caution_of(queries.find(spec.query).columns) for spec in specs)
