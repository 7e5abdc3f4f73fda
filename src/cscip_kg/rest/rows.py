"""The rows of an answer → JSON, CSV and Turtle.

In: a table of terms. Out: values that JSON knows, text, triples. A number is a number; a thing is its whole
IRI; an open cell is null; a column of lists, and every column of citations, is an array in every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Final

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cscip_kg.exports import arranged
from cscip_kg.namespaces import ID, PREFIXES, TYPE, XSD
from cscip_kg.queries import Cell, StoredQuery, Table, cell_value

RESULT_SET: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_CITING: Final = ("citation", "citations", "otherCitation")
_WHOLE: Final = {XSD + "integer", XSD + "nonNegativeInteger", XSD + "int", XSD + "long"}
_BROKEN: Final = {XSD + "decimal", XSD + "double", XSD + "float"}

Value = str | int | float | bool | None | list[str]


def is_list(query: StoredQuery, column: str) -> bool:
    """Return whether a column holds arrays."""
    return column in query.lists or column in _CITING


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        made = float(text)
        return made if isfinite(made) else text


def plain(cell: Cell) -> str | int | float | bool | None:
    """Return a cell as a value that JSON knows."""
    if cell is None:
        return None
    if isinstance(cell, Literal):
        kind = cell.datatype.value
        if kind in _WHOLE or kind in _BROKEN:
            return _number(cell.value)
        if kind == XSD + "boolean":
            return cell.value in ("true", "1")
    return cell_value(cell)


def _citation(part: str, source: str) -> str:
    """Return a citation as its whole IRI; some queries give the source in a column of its own."""
    place = part if "#" in part or not source else f"{source}#{part}"
    return place if "://" in place else f"{ID}source/{place}"


def _parts(query: StoredQuery, column: str, texts: Mapping[str, str]) -> list[str]:
    text = texts[column]
    if column in _CITING:
        source = texts.get("source", "").removeprefix(ID).removeprefix("source/")
        return [_citation(part, source) for part in text.replace("|", " ").split()]
    return [part for part in text.split("|") if part] if column not in _together(query) else text.split("|")


def _together(query: StoredQuery) -> set[str]:
    return {column for group in query.together for column in group}


def _texts(query: StoredQuery, columns: Sequence[str], row: Iterable[Cell]) -> dict[str, str]:
    """Return a row as text, the parts of its joined cells in a fixed order."""
    return arranged(dict(zip(columns, map(cell_value, row), strict=True)), query)


def objects(query: StoredQuery, table: Table) -> Iterator[Mapping[str, Value]]:
    """Yield each row as an object by column."""
    for row in table.rows:
        texts = _texts(query, table.columns, row)
        yield {
            column: _parts(query, column, texts)
            if is_list(query, column)
            else texts[column]
            if column in query.series
            else plain(cell)
            for column, cell in zip(table.columns, row, strict=True)
        }


def as_text(query: StoredQuery, table: Table) -> Table:
    """Return a table of plain text for CSV, the parts of its joined cells in a fixed order."""
    rows = [_texts(query, table.columns, row) for row in table.rows]
    return Table(table.columns, [tuple(Literal(row[c]) for c in table.columns) for row in rows])


def _result_set(table: Table, first: int) -> Iterator[Triple]:
    def rs(name: str) -> NamedNode:
        return NamedNode(RESULT_SET + name)

    whole = BlankNode("results")
    yield Triple(whole, TYPE, rs("ResultSet"))
    for column in table.columns:
        yield Triple(whole, rs("resultVariable"), Literal(column))
    for number, row in enumerate(table.rows, first):
        solution = BlankNode(f"row{number}")
        yield Triple(whole, rs("solution"), solution)
        yield Triple(solution, rs("index"), Literal(number))
        for column, cell in zip(table.columns, row, strict=True):
            if cell is not None:
                binding = BlankNode(f"row{number}{column}")
                yield Triple(solution, rs("binding"), binding)
                yield Triple(binding, rs("variable"), Literal(column))
                yield Triple(binding, rs("value"), cell)


def turtle(table: Table, first: int, is_graph: bool) -> bytes:
    """Return rows as Turtle.

    Args:
        table: the rows.
        first: the number of the first of them in the whole answer.
        is_graph: whether the rows are triples, to be written as themselves; others are written in the W3C's
            result set vocabulary, which keeps every term and the order.
    """
    if is_graph:
        triples = (Triple(*row) for row in table.rows)  # type: ignore[arg-type]
        return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    results, prefixes = _result_set(table, first), PREFIXES | {"rs": RESULT_SET}
    return ox.serialize(results, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
