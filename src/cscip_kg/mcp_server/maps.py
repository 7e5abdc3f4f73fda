"""The gap map in words, and what is behind one of its cells.

In: a `GapMap`, or the `Detail` of a cell. Out: panels for the text, models for the structured content.
"""

from __future__ import annotations

from collections.abc import Mapping

from cscip_kg import queries
from cscip_kg.document import Panel, heading
from cscip_kg.gapmap import By, Cell, Detail, GapMap
from cscip_kg.mcp_server.answers import ToldCell, counted
from cscip_kg.namespaces import ID


def is_empty(cell: Cell) -> bool:
    """Return whether nothing at all stands behind a cell of the map."""
    return not cell.findings and not cell.counts["contributions"]


def cell_words(cell: Cell, by: By) -> str:
    """Return a cell of the map in words; an empty one says so."""
    if is_empty(cell):
        return "none"
    parts = []
    if cell.findings:
        counts = [f"{number} {words}" for words, _, number in cell.parts(by)]
        if by == "design" and cell.counts["randomised"]:
            counts.append(f"{cell.counts['randomised']} from a randomised trial")
        place = counted(cell.counts["interventions"], "intervention")
        parts.append(f"{counted(cell.findings, 'finding')} in {place} ({', '.join(counts)})")
    if cell.counts["contributions"]:
        parts.append(f"{counted(cell.counts['contributions'], 'passage')} on what helped")
    return "; ".join(parts)


def process_words(counts: Mapping[str, int]) -> str:
    """Return the process evidence of a row of the map in words."""
    return (
        f"{counted(counts['evaluations'], 'evaluation')}, {counts['processAims']} aimed at process, "
        f"{counts['qualitative']} with qualitative data; {counted(counts['lessons'], 'lesson')}"
    )


def map_panel(made: GapMap, by: By) -> Panel:
    """Return the whole map, one row a row, empty cells included."""
    columns = ("Row", *(outcome.name for outcome in made.outcomes), "Process evidence and lessons")
    rows = tuple(
        (
            row.name,
            *(cell_words(made.cells[row.iri, outcome.iri], by) for outcome in made.outcomes),
            process_words(made.process[row.iri]),
        )
        for row in made.rows
    )
    return Panel("", "", columns, rows, made.query)


def told_cells(made: GapMap, by: By) -> list[ToldCell]:
    """Return the cells behind which there is anything."""
    return [
        ToldCell(
            row=cell.row.iri.removeprefix(ID),
            outcome=cell.outcome.iri.removeprefix(ID),
            interventions=cell.counts["interventions"],
            findings=cell.findings,
            counts={words: number for words, _, number in cell.parts(by)},
            passages_on_what_helped=cell.counts["contributions"],
        )
        for cell in made.cells.values()
        if not is_empty(cell)
    ]


def cell_panel(detail: Detail) -> Panel:
    """Return the rows behind a cell; a finding without a comparison says so, a passage has none to state."""
    stored = queries.find(detail.query)

    def text(row: Mapping[str, str], column: str) -> str:
        is_open = column == "comparison" and row["what"] == "finding" and not row[column]
        return "No comparison stated" if is_open else row[column]

    rows = tuple(tuple(text(row, column) for column in stored.columns) for row in detail.rows)
    return Panel("", stored.description, tuple(map(heading, stored.columns)), rows, detail.query)
