"""Answers → text: a table for people, CSV, JSON or Turtle for programs.

In: an `Answer` or `Table`. Out: text. Tables show short names; the other formats keep every IRI whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox
from pyoxigraph import NamedNode

from cscip_kg.errors import QueryError
from cscip_kg.namespaces import ID, PREFIXES, short
from cscip_kg.queries import Cell, Table, cell_value, table_of
from cscip_kg.store import Answer

# Stands wherever effects are shown.
CAUTION: Final = (
    "Most of these studies cannot show what caused a result: the sources warn against reading weak designs "
    "as proof. An aim to study impact is not an impact design."
)
_JUDGED: Final = {"effect", "direction", "favourable", "unfavourable", "otherDirection"}
GRAPH_FORMATS: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
FORMATS: Final = ("table", "csv", "tsv", "json", *GRAPH_FORMATS)


def cell_text(cell: Cell) -> str:
    """Return a cell as people read it, IRIs shortened, also within joined text; an open cell is empty."""
    if not isinstance(cell, NamedNode):
        text = cell_value(cell)
        return text.replace(f"{ID}source/", "").replace(ID, "").replace("|", " ") if ID in text else text
    name = short(cell.value)
    return name.removeprefix("source/") if "#L" in name else name


def _place(citation: str) -> tuple[str, int, str]:
    source, _, lines = citation.partition("#")
    first = re.search(r"\d+", lines)
    return source, int(first[0]) if first else 0, lines


def citations_text(citations: Iterable[str]) -> str:
    """Return citations in order, each source named once: `rees-2017#L341 L479; wwcsc-2021#L2501-2503`."""
    sources: dict[str, list[str]] = {}
    for citation in sorted(set(citations), key=_place):
        source, _, lines = citation.partition("#")
        sources.setdefault(source, []).append(lines)
    return "; ".join(f"{source}#{' '.join(lines)}" for source, lines in sources.items())


def caution_of(columns: Iterable[str]) -> str:
    """Return what to bear in mind: the caution where one of the columns tells of effects, else nothing."""
    return CAUTION if _JUDGED & set(columns) else ""


def narrowed(table: Table, width: int) -> Table:
    """Return the table as it is when it fits into `width` signs, else without its columns of bare IRIs.

    Citations stay, and so does everything when nothing else would be left: a name says more to a reader
    than the IRI beside it, and the other formats keep both.
    """
    texts = [table.columns, *([cell_text(cell) for cell in row] for row in table.rows)]
    if sum(max(len(t) for t in column) + 3 for column in zip(*texts, strict=True)) <= width:
        return table
    kept = [
        n
        for n in range(len(table.columns))
        if not all(isinstance(row[n], NamedNode) and "#L" not in cell_value(row[n]) for row in table.rows)
    ]
    if not kept:
        return table
    rows = [tuple(row[n] for n in kept) for row in table.rows]
    return Table(tuple(table.columns[n] for n in kept), rows)


def as_csv(table: Table) -> str:
    """Return the table as CSV (SPARQL 1.1 Query Results CSV: plain values, header row, CRLF)."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[cell_value(cell) for cell in row] for row in table.rows])
    return sink.getvalue()


def written(answer: Answer, form: str) -> str:
    """Return the answer in one of `FORMATS` other than `table`.

    Raises:
        QueryError: the format does not fit the kind of answer.
    """
    if form in GRAPH_FORMATS:
        if answer.kind != "graph":
            raise QueryError(f"{form} is for CONSTRUCT and DESCRIBE; use table, csv, tsv or json for rows.")
        triples = ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES)
        made = ox.serialize(triples, format=GRAPH_FORMATS[form], prefixes=PREFIXES) or b""
        return made.decode()
    if form == "csv":
        return as_csv(table_of(answer))
    if answer.kind == "graph":
        raise QueryError(f"{form} is for rows; use ttl, nt, rdf, jsonld, csv or table for a graph.")
    if form == "tsv":
        result = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
        return (result.serialize(format=ox.QueryResultsFormat.TSV) or b"").decode()
    return answer.body.decode() + "\n"
