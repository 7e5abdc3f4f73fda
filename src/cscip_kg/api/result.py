"""The answer to a query as rows of Python values, and as data frames, CSV and a notebook's table.

In: a `Table` of terms. Out: a plain value for each cell, IRIs whole. A frame's column has one type: numbers
where all its stated cells are numbers, else text, since "not stated" is a value too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal

from cscip_kg.namespaces import XSD
from cscip_kg.output import as_csv, caution_of, cell_text
from cscip_kg.queries import Cell, Table, cell_value

if TYPE_CHECKING:
    import pandas
    import polars

Value = str | int | float | Decimal | bool | None

_SHOWN: Final = 20
_INT64: Final = 2**63
_TYPES: Final[dict[str, Any]] = {
    XSD + "integer": int,
    XSD + "decimal": Decimal,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": lambda text: text in ("true", "1"),
}


def _value(cell: Cell) -> Value:
    if isinstance(cell, Literal) and (made := _TYPES.get(cell.datatype.value)):
        return made(cell.value)  # type: ignore[no-any-return]
    return None if cell is None else cell_value(cell)


def _is_whole(value: Value) -> bool:
    """Return whether a number is printed without decimal places, and fits a frame's column."""
    if isinstance(value, Decimal):
        return value.as_tuple().exponent == 0 and abs(value) < _INT64
    return isinstance(value, int) and abs(value) < _INT64


def _column(values: Sequence[Value]) -> tuple[str, list[Any]]:
    """Return the kind of a frame's column and its cells; an empty cell is null."""
    cells = [None if value == "" else value for value in values]
    stated = [value for value in cells if value is not None]
    convert: Any = str
    kind = "text"
    if stated and all(isinstance(value, bool) for value in stated):
        kind, convert = "boolean", bool
    elif stated and all(isinstance(value, int | float | Decimal) for value in stated):
        kind, convert = ("whole", int) if all(map(_is_whole, stated)) else ("number", float)
    return kind, [None if value is None else convert(value) for value in cells]


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f'This needs {name}: pip install "cscip-kg[{name}]"') from error


class Result:
    """Rows of an answer.

    Attributes:
        table: the same rows as RDF terms.
        columns: the names of the columns, in order.
        rows: tuples of str (IRIs whole), int, Decimal, float or bool; None where a cell is open.
        caution: what to bear in mind, where a column tells of effects; else None.
    """

    def __init__(self, table: Table) -> None:
        """Read the cells of `table`."""
        self.table = table
        self.columns: tuple[str, ...] = table.columns
        self.rows: list[tuple[Value, ...]] = [tuple(map(_value, row)) for row in table.rows]
        self.caution = caution_of(self.columns) or None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Yield each row as a dict by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __repr__(self) -> str:
        """Say how many rows there are and which columns."""
        return f"Result({len(self)} rows: {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        """Return the first rows as an HTML table for a notebook."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell_text(cell))}</td>" for cell in row) + "</tr>"
            for row in self.table.rows[:_SHOWN]
        )
        shown = f", the first {_SHOWN} shown" if len(self) > _SHOWN else ""
        caution = f"<p><em>{escape(self.caution)}</em></p>" if self.caution else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{len(self)} rows{shown}</p>{caution}"

    def _columns(self) -> dict[str, tuple[str, list[Any]]]:
        return {name: _column([row[n] for row in self.rows]) for n, name in enumerate(self.columns)}

    def to_csv(self) -> str:
        """Return the rows as CSV (RFC 4180), IRIs whole."""
        return as_csv(self.table)

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame; empty cells are null.

        Raises:
            ImportError: pandas is not installed; the message says how to get it.
        """
        pd = _package("pandas")
        kinds = {"text": "string", "boolean": "boolean", "whole": "Int64", "number": "float64"}
        made = {}
        for name, (kind, cells) in self._columns().items():
            open_cells = None in cells
            plain = {"boolean": "bool", "whole": "int64"}.get(kind) if not open_cells else None
            made[name] = pd.Series(cells, dtype=plain or kinds[kind])
        frame: pandas.DataFrame = pd.DataFrame(made, columns=list(self.columns))
        return frame

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a polars DataFrame; empty cells are null.

        Raises:
            ImportError: polars is not installed; the message says how to get it.
        """
        pl = _package("polars")
        kinds = {"text": pl.String, "boolean": pl.Boolean, "whole": pl.Int64, "number": pl.Float64}
        return pl.DataFrame(  # type: ignore[no-any-return]
            [pl.Series(name, cells, dtype=kinds[kind]) for name, (kind, cells) in self._columns().items()]
        )
