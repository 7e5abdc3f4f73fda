"""The CSV tables as programs need them described: each column with its kind and meaning.

In: the files of the tables, and the graph. Out: a `Described` for each. Kinds follow from the cells that are
there; meanings are those of the ontology.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pyoxigraph import Store

from cscip_kg.columns import meaning
from cscip_kg.exports import table_queries
from cscip_kg.package.contents import Item
from cscip_kg.spreadsheet import numeric_columns

Kind = Literal["text", "number", "integer", "list"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: as in the header row.
        kind: number and integer where every stated cell is one; list where cells join values by `|`.
        meaning: what it holds, in a sentence or two; empty where nothing explains it.
        gaps: the words that stand for a value that is not there, as they occur.
        full: whether every row has a value.
    """

    name: str
    kind: Kind
    meaning: str
    gaps: tuple[str, ...]
    full: bool


@dataclass(frozen=True)
class Described:
    """One table.

    Attributes:
        item: its file.
        description: what it holds and how to read it.
        columns: its columns, in order.
        key: the column whose values name the rows, each another; empty where there is none.
    """

    item: Item
    description: str
    columns: tuple[Column, ...]
    key: str


def _kind(name: str, cells: set[str], numeric: set[str], joined: set[str]) -> Kind:
    if name in joined:
        return "list"
    if name not in numeric:
        return "text"
    return "number" if any("." in cell for cell in cells) else "integer"


def tables(items: Iterable[Item], store: Store) -> list[Described]:
    """Return the description of each table among the files.

    Args:
        items: the files of the package; others than tables are passed over.
        store: the graph, the ontology included.
    """
    queries, made = {f"{q.name.replace('-', '_')}.csv": q for q in table_queries()}, []
    for item in items:
        if not item.is_table:
            continue
        query = queries[item.path.rpartition("/")[2]]
        header, *rows = csv.reader(io.StringIO(item.content.decode(), newline=""))
        numeric = numeric_columns(query, rows)
        joined = {*query.lists, *(column for group in query.together for column in group)}
        columns = []
        for place, name in enumerate(header):
            cells = {row[place] for row in rows}
            gaps = tuple(word for word in ("", "not stated") if word in cells)
            kind = _kind(name, cells, numeric, joined)
            columns.append(Column(name, kind, meaning(store, query.name, name), gaps, "" not in cells))
        ids = [row[header.index("id")] for row in rows]
        key = "id" if len(set(ids)) == len(ids) else ""
        made.append(Described(item, query.description, tuple(columns), key))
    return made
