"""Every statement about a thing and about what belongs to it, record by record.

In: a thing. Out: `Record`s for its page, each with its citations, and the sections of a source. The rows are
those of one stored query, so that the file of values holds the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from markupsafe import Markup
from pyoxigraph import NamedNode

from cscip_kg import queries
from cscip_kg.document import heading
from cscip_kg.namespaces import CSCIP, ID, RDF, SKOS, short
from cscip_kg.output import citations_text
from cscip_kg.queries import Cell, Table, cell_value
from cscip_kg.site.cells import Here, citations, listed, outward, thing_link
from cscip_kg.site.known import Known

STATEMENTS: Final = "statements-about"
_LABELS: Final = {
    SKOS + "prefLabel": "Name",
    SKOS + "altLabel": "Other name",
    SKOS + "inScheme": "In the list",
    SKOS + "topConceptOf": "At the top of",
    SKOS + "scopeNote": "Note",
}
# So many things are asked about at once.
_AT_ONCE: Final = 60
_UNSHOWN: Final = {SKOS + "hiddenLabel", CSCIP + "position", CSCIP + "hasSection"}


@dataclass(frozen=True)
class Record:
    """All statements about one thing.

    Attributes:
        id: where a link to it leads; empty for the thing that the page is about.
        title: what it is called.
        kind: its classes in words.
        facts: property and values as HTML, the citations apart.
        cited: the citations as HTML.
    """

    id: str
    title: str
    kind: str
    facts: tuple[tuple[str, Markup], ...]
    cited: Markup


def statements(known: Known, path: str) -> Table:
    """Return every statement about the thing at `path` and about what belongs to it."""
    iri = ID + path
    things = [iri, *known.parts.get(iri, ())]
    query = queries.find(STATEMENTS)
    tables = [
        known.rows(query, {"things": ",".join(things[n : n + _AT_ONCE])})
        for n in range(0, len(things), _AT_ONCE)
    ]
    return Table(query.columns, [row for table in tables for row in table.rows])


@dataclass(frozen=True)
class Part:
    """One section of a source: its place on the page, heading, lines, printed page, and what it is."""

    id: str
    heading: str
    lines: str
    page: str
    role: str


def parts_of(path: str, table: Table) -> list[Part]:
    """Return the sections of the source at `path` in the order of their lines, from all said about it."""
    facts: dict[str, dict[str, str]] = {}
    for thing, prop, _, value, name, _ in table.rows:
        if cell_value(thing) != ID + path:
            told = cell_value(name) or cell_value(value)
            facts.setdefault(cell_value(thing), {})[cell_value(prop).removeprefix(CSCIP)] = told
    made = [
        (int(said["startLine"]), int(said["endLine"]), iri.partition("#")[2], said)
        for iri, said in facts.items()
        if "startLine" in said
    ]
    return [
        Part(
            name,
            said.get("heading", ""),
            f"{first}\N{EN DASH}{last}",
            said.get("printedPage", ""),
            said.get("sectionRole", said.get("role", "")),
        )
        for first, last, name, said in sorted(made, key=lambda part: part[:3])
    ]


def records(known: Known, here: Here, path: str, table: Table) -> list[Record]:
    """Return every statement about the thing at `path` and what belongs to it, thing by thing.

    The sections of a source have a table of their own.
    """
    if path.startswith("source/"):
        table = Table(table.columns, [row for row in table.rows if cell_value(row[0]) == ID + path])
    made = [
        _record(known, here, thing, list(rows))
        for thing, rows in groupby(table.rows, key=lambda row: cell_value(row[0]))
    ]
    return sorted(made, key=lambda record: record.id)


def _record(known: Known, here: Here, thing: str, rows: Sequence[Sequence[Cell]]) -> Record:
    facts: dict[str, list[str]] = {}
    cited, classes = [], []
    for _, prop, name, value, _, how in rows:
        at = cell_value(prop)
        if at in _UNSHOWN:
            continue
        if at == CSCIP + "citation":
            cited.append(short(cell_value(value)).removeprefix("source/"))
            continue
        if at == RDF + "type":
            classes.append(known.name(cell_value(value)) if cell_value(value) in known.names else "")
            continue
        label = cell_value(name) or _LABELS.get(at) or heading(short(at).partition(":")[2])
        label = label[:1].upper() + label[1:]
        key = label + ("" if cell_value(how) == "stated" else " (inferred)")
        facts.setdefault(key, []).append(_fact(known, here, value))
    hash_ = thing.partition("#")[2]
    return Record(
        id=hash_,
        title=known.name(thing),
        kind=", ".join(dict.fromkeys(filter(None, classes))),
        facts=tuple((key, _joined(values)) for key, values in facts.items()),
        cited=Markup(citations(known, here, citations_text(cited))),  # noqa: S704 - escaped there
    )


def _fact(known: Known, here: Here, value: Cell) -> str:

    if isinstance(value, NamedNode):
        return thing_link(known, here, value.value)
    text = cell_value(value)
    return outward(text) if text.startswith(("https://", "http://")) and " " not in text else escape(text)


def _joined(values: Sequence[str]) -> Markup:
    return Markup(listed(values))  # noqa: S704 - each value has been escaped
