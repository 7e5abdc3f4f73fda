"""Documents and rows → what a client is given: structured content, citations written out, pages of rows.

In: documents and tables of the other rooms. Out: models whose schemas the client is told, and panels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel, Field
from pyoxigraph import Store

from cscip_kg.document import Document, Panel, heading, told_cell
from cscip_kg.engine import select
from cscip_kg.output import cell_text, citations_text
from cscip_kg.queries import Cell as Term
from cscip_kg.queries import StoredQuery, Table, cell_value
from cscip_kg.search import Hit

# Bytes of rows on one page: a good tenth of what common assistants can read at once.
MAX_PAGE: Final = 50_000


class Answered(BaseModel):
    """What every answer carries."""

    title: str
    caution: str = Field(description="What to bear in mind, and to pass on with every result.")
    build: str = Field(description="The build that answered: a digest of all its statements.")
    version: str = Field(description="The version of cscip-kg that made the build.")
    cite: str = Field(description="How to cite this answer.")
    citations: list[str] = Field(
        description="Source and lines of all that is stated here, in order; none for counts and bare lists."
    )
    sources: dict[str, str] = Field(description="Titles of the sources cited, by short id.")


class ToldTable(BaseModel):
    """Rows of an answer. An open cell is empty text: the sources read state nothing there."""

    title: str
    note: str = Field(description="How to read it.")
    query: str = Field(description="The stored query that gives these rows, if one does.")
    columns: list[str]
    rows: list[list[str]]


class Tables(Answered):
    """An answer in tables."""

    tables: list[ToldTable]
    rows_in_all: int = Field(description="How many rows the answer has, those of other pages counted.")
    next_row: int | None = Field(description="The first_row that gives the rows after these, if any.")


class Asked(Tables):
    """What came of a plain question: rows and how it was understood, or the reason why there is no answer."""

    answered: bool
    query: str = Field(description="The stored query that was run, if any.")
    parameters: dict[str, str]
    why: list[str] = Field(description="How the question was understood.")
    alternatives: list[str] = Field(description="Other stored queries that come near, with parameters.")
    reason: str = Field(description="Why there is no answer.")


class Hits(Answered):
    """What a search found. `score` tells how well words fit; it weighs no evidence."""

    hits: list[Hit]
    unknown: list[str] = Field(description="Words that stand nowhere.")
    read_as: dict[str, str] = Field(description="Words that were read as others.")


class ToldParameter(BaseModel):
    """A parameter of a stored query."""

    name: str
    kind: str
    required: bool
    many: bool = Field(description="Whether it takes several values, with commas between them.")
    summary: str
    example: str


class ToldQuery(BaseModel):
    """A stored query."""

    name: str
    topic: str
    question: str
    parameters: list[ToldParameter]
    description: str = Field(description="How to read the answer; given with a topic only.")
    columns: list[str] = Field(description="Given with a topic only.")


class Catalogue(Answered):
    """Stored queries."""

    queries: list[ToldQuery]


class ToldCell(BaseModel):
    """A cell of the gap map: findings, what they are counted by, and passages that say what helped."""

    row: str
    outcome: str
    interventions: int
    findings: int
    counts: dict[str, int]
    passages_on_what_helped: int


class Map(Answered):
    """A gap map. Where a row and an outcome have no cell, these sources report nothing."""

    rows: dict[str, str] = Field(description="Id and name of each row.")
    outcomes: dict[str, str] = Field(description="Id and name of each column.")
    cells: list[ToldCell]
    process: dict[str, dict[str, int]] = Field(description="Process evidence and lessons by the row's id.")


_LINES: Final = r"L\d+(?:-\d+)?"
_CITED: Final = re.compile(rf"([a-z0-9-]+)#({_LINES}(?:,? {_LINES})*)")


def citations(document: Document) -> list[str]:
    """Return every citation in a document, each once, `wwcsc-2021#L12, L14` written out."""
    cells = (cell for part in document.parts for panel in part.panels for row in panel.rows for cell in row)
    found = (match for cell in cells for match in _CITED.finditer(cell))
    return list(dict.fromkeys(f"{m[1]}#{lines}" for m in found for lines in re.findall(_LINES, m[2])))


def tables(document: Document) -> list[ToldTable]:
    """Return the panels of a document, each under the titles that it stands under."""
    return [
        ToldTable(
            title=": ".join(filter(None, (part.title, panel.title))),
            note=panel.note,
            query=panel.query,
            columns=list(panel.columns),
            rows=[list(row) for row in panel.rows],
        )
        for part in document.parts
        for panel in part.panels
    ]


def _cited(table: Table, row: Sequence[Term], place: int) -> list[str]:
    """Return the citations of a cell; some queries give their source in a column of its own."""
    source = cell_text(row[table.columns.index("source")]) if "source" in table.columns else ""
    return [part if "#" in part else f"{source}#{part}" for part in cell_text(row[place]).split()]


def _parallel(table: Table, row: Sequence[Term]) -> list[str]:
    """Return the citations of a row that has its sources and their lines in two lists."""
    sources, lines = (cell_value(row[table.columns.index(name)]) for name in ("source", "lines"))
    pairs = zip(sources.split("|"), lines.split("|"), strict=True)
    return [f"{source}#L{line}" for source, several in pairs for line in several.split(";") if line]


def whole_panel(query: StoredQuery, table: Table) -> Panel:
    """Return all columns of a stored query's answer as text, with citations that stand for themselves."""
    names = table.columns
    parallel = ("source", "lines") in query.together
    kept = [n for n, name in enumerate(names) if not (parallel and name in ("source", "lines"))]

    def text(row: Sequence[Term], n: int) -> str:
        if names[n] in ("citation", "citations"):
            return citations_text(_cited(table, row, n))
        found = told_cell(names[n], row[n])
        return found.replace("|", "; ") if names[n] in query.lists else found

    columns = tuple(heading(names[n]) for n in kept)
    rows = tuple(tuple(text(row, n) for n in kept) for row in table.rows)
    if parallel:
        columns = (*columns, heading("citations"))
        rows = tuple(
            (*texts, citations_text(_parallel(table, row)))
            for texts, row in zip(rows, table.rows, strict=True)
        )
    return Panel("", query.description, columns, rows, query.name)


def page(found: Panel, first: int) -> Panel:
    """Return the rows of a panel from number `first` on that fit on one page, one at the least."""
    size, last = 0, first - 1
    for row in found.rows[first - 1 :]:
        size += sum(len(name) + len(text.encode()) for name, text in found.told(row))
        if size > MAX_PAGE and last >= first:
            break
        last += 1
    return replace(found, rows=found.rows[first - 1 : last])


def parameter_words(query: StoredQuery) -> str:
    """Return the parameters of a stored query in a line."""
    return "; ".join(
        f"{p.name} ({p.kind}, {'required' if p.required else 'optional'}{', several by commas' * p.many}): "
        f"{p.summary}, e.g. {p.example}"
        for p in query.parameters
    )


def told_query(query: StoredQuery, *, in_full: bool) -> ToldQuery:
    """Return what a client is told of a stored query."""
    return ToldQuery(
        name=query.name,
        topic=query.topic,
        question=query.summary,
        parameters=[
            ToldParameter(
                name=p.name,
                kind=p.kind,
                required=p.required,
                many=p.many,
                summary=p.summary,
                example=p.example,
            )
            for p in query.parameters
        ],
        description=query.description if in_full else "",
        columns=list(query.columns) if in_full else [],
    )


def counted(number: int, word: str) -> str:
    """Return a number with its word, in the plural where it is not one."""
    return f"{number} {word}{'' if number == 1 else 's'}"


_SOURCES: Final = """SELECT ?short ?title ?issued WHERE {
  ?source a cscip:Source ; dcterms:identifier ?short ; dcterms:title ?title .
  OPTIONAL { ?source dcterms:issued ?issued }
} ORDER BY ?short"""


def with_sources(document: Document, opened: Store) -> Document:
    """Return a document with the titles of the sources that it cites, as the graph has them."""
    texts = ([cell_text(cell) for cell in row] for row in select(opened, _SOURCES))
    known = tuple((short, ", ".join(filter(None, rest))) for short, *rest in texts)
    return only_cited(replace(document, sources=known))


def only_cited(document: Document) -> Document:
    """Return a document without the sources of which it cites no line."""
    cited = {citation.partition("#")[0] for citation in citations(document)}
    return replace(document, sources=tuple(pair for pair in document.sources if pair[0] in cited))
