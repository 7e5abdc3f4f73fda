"""The findings of an intervention on one measure, with how they were come by.

In: names of an intervention and a measure, the built graph. Out: rows of the stored query of findings, and a
line on the design of each evaluation. Narrower measures count, as in the stored query.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import queries, store
from cscip_kg.document import citations_of
from cscip_kg.engine import select
from cscip_kg.queries import StoredQuery, Table, cell_value

FINDINGS: Final = "profile-06-effect"
_ON_MEASURE: Final = "findings-by-measure"
_STUDIED: Final = "how-studied"


@dataclass(frozen=True)
class Studied:
    """What one source says of how an evaluation was done, in words, with its lines."""

    evaluation: str
    impact_aim: str
    designs: str
    methods: str
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """Findings on a measure.

    Attributes:
        measure: its name.
        query: the stored query of the rows.
        table: the rows.
        studied: how the evaluations that report them were done.
    """

    measure: str
    query: StoredQuery
    table: Table
    studied: tuple[Studied, ...]


def _table(name: str, values: dict[str, NamedNode], folder: Path | None) -> Table:
    query = queries.find(name)
    bound = {p.variable: values[p.name] for p in query.parameters if p.name in values}
    result = select(store.open_store(folder), queries.fill(query.text, bound))
    return Table(query.columns, [tuple(row) for row in result])


def _studied(thing: NamedNode, evaluations: set[str], folder: Path | None) -> tuple[Studied, ...]:
    table = _table(_STUDIED, {"intervention": thing}, folder)
    place = {name: n for n, name in enumerate(table.columns)}

    def words(row: tuple[queries.Cell, ...], column: str) -> str:
        parts = filter(None, cell_value(row[place[column]]).split("|"))
        return ", ".join(sorted(parts)) or "not stated"

    return tuple(
        Studied(
            cell_value(row[place["name"]]),
            words(row, "impactAim"),
            words(row, "designs"),
            words(row, "methods"),
            tuple(citations_of(row, table.columns)),
        )
        for row in table.rows
        if cell_value(row[place["name"]]) in evaluations
    )


def findings_on(intervention: str, measure: str, folder: Path | None = None) -> Findings:
    """Return what was found about an intervention on a measure.

    Raises:
        UnknownNameError: no intervention or measure goes by that name; the nearest are listed.
    """
    thing = queries.named("intervention", intervention, folder)
    counted = queries.named("outcome-measure", measure, folder)
    on = _table(_ON_MEASURE, {"measure": counted}, folder)
    wanted = {row[on.columns.index("finding")] for row in on.rows}
    table = _table(FINDINGS, {"intervention": thing}, folder)
    rows = [row for row in table.rows if row[table.columns.index("finding")] in wanted]
    evaluations = {cell_value(row[table.columns.index("evaluation")]) for row in rows}
    names = queries.allowed_values("outcome-measure", folder)
    slug = counted.value.rpartition("/")[2]
    return Findings(
        names[slug][0] if names[slug] else slug,
        queries.find(FINDINGS),
        Table(table.columns, rows),
        _studied(thing, evaluations, folder),
    )
