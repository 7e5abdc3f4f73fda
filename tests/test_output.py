"""Answers are written for people and for programs."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from cscip_kg.namespaces import ID
from cscip_kg.output import cell_text, narrowed
from cscip_kg.queries import Table

NARROW = Table(
    ("thing", "name", "citation"),
    [
        (
            NamedNode(ID + "intervention/pause"),
            Literal("Pause"),
            NamedNode(ID + "source/wwcsc-2021#L2659"),
        )
    ],
)


@pytest.mark.parametrize(
    ("width", "columns"),
    [(61, ("thing", "name", "citation")), (40, ("name", "citation")), (5, ("name", "citation"))],
)
def test_a_narrow_table_leaves_out_bare_iris(width: int, columns: tuple[str, ...]) -> None:
    """Where the room is too small, the IRI beside a name goes; names and citations stay."""
    assert narrowed(NARROW, width).columns == columns


def test_a_table_of_iris_alone_keeps_them() -> None:
    """A column is left out only when something is left."""
    table = Table(("thing",), [(NamedNode(ID + "intervention/pause"),)])
    assert narrowed(table, 3) == table


def test_a_cell_is_written_as_people_read_it() -> None:
    """IRIs are shortened, citations stand as in the records, an open cell is empty."""
    joined = Literal(f"{ID}source/wwcsc-2021#L1|{ID}source/rees-2017#L2")
    texts = [cell_text(cell) for cell in (*NARROW.rows[0], None, joined)]
    assert texts == ["intervention/pause", "Pause", "wwcsc-2021#L2659", "", "wwcsc-2021#L1 rees-2017#L2"]
