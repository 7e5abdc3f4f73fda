"""A choice → its rows.

In: a `Choice`. Out: a `Table`. What a query has no parameter for is kept by the interventions in its rows:
the dashboards without outcomes of round 2 are those of interventions that were in round 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from cscip_kg import queries, store
from cscip_kg.ask.choosing import Choice
from cscip_kg.engine import select
from cscip_kg.namespaces import ID
from cscip_kg.queries import Cell, Parameter, StoredQuery, Table, cell_value

KEPT_BY: Final = "interventions-where"


@cache
def _store(build: Path) -> Store:
    """Return the store of a build; it is opened once, as a question may need several queries."""
    return store.open_store(build.parent.parent)


def _terms(parameter: Parameter, value: str) -> list[NamedNode]:
    """Return the things that a value names; the labels and phrasings that it comes from know no others."""
    start = ID if parameter.kind == "thing" else f"{ID}{parameter.kind}/"
    return [NamedNode(start + one) for one in value.split(",")]


@cache
def _selected(query: StoredQuery, values: tuple[tuple[str, str], ...], build: Path) -> Table:
    given = dict(values)
    bound = {p.variable: _terms(p, given[p.name]) for p in query.parameters if p.name in given}
    result = select(_store(build), queries.fill(query.text, bound))
    sums = [n for n, name in enumerate(query.columns) if name == "ratio"]
    return Table(query.columns, [_in_pence(tuple(row), sums) for row in result])


def _in_pence(row: tuple[Cell, ...], sums: list[int]) -> tuple[Cell, ...]:
    """Return a row with what came back for a pound in pounds and pence: the store drops a last zero.

    It says nothing of how a source prints the sum, though all that the records hold so far are printed so.
    """
    cells = list(row)
    for n in sums:
        cell = cells[n]
        if isinstance(cell, Literal) and re.fullmatch(r"\d+\.\d", cell.value):
            cells[n] = Literal(f"{cell.value}0", datatype=cell.datatype)
    return tuple(cells)


def _each(query: StoredQuery, values: Mapping[str, str], build: Path) -> Table:
    """Return the rows for each of several values of a parameter that takes one."""
    several = next((name for name, value in values.items() if "|" in value), None)
    if several is None:
        return _selected(query, tuple(values.items()), build)
    found: dict[tuple[Cell, ...], None] = {}
    for value in values[several].split("|"):
        found.update(dict.fromkeys(_each(query, {**values, several: value}, build).rows))
    return Table(query.columns, list(found))


def rows(choice: Choice, folder: Path | None = None) -> Table:
    """Return the rows of a choice.

    Args:
        choice: the choice.
        folder: the build folder.
    """
    build = store.current(folder)
    table = _each(choice.query, choice.values, build)
    if not choice.kept:
        return table
    kept = _each(queries.find(KEPT_BY), choice.kept, build)
    place = kept.columns.index("intervention")
    among = {cell_value(row[place]) for row in kept.rows}
    if "intervention" not in table.columns:
        whole = f"{ID}intervention/{choice.values.get('intervention', '')}" in among
        return table if whole else Table(table.columns, [])
    place = table.columns.index("intervention")
    return Table(table.columns, [row for row in table.rows if set(cell_value(row[place]).split("|")) & among])
