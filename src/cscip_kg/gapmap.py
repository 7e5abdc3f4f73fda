"""The evidence gap map: what has been found, how it was studied, and where there is nothing.

In: a built store. Out: a `GapMap`, each number of which is a stored query's (topic `map`), and its forms:
CSV, an accessible page, a picture. Empty cells stay; process evidence and lessons have columns of their own,
since maps of effects leave them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup
from pyoxigraph import NamedNode

from cscip_kg import queries, store
from cscip_kg.engine import Queryable, select
from cscip_kg.errors import UnknownNameError
from cscip_kg.exports import rows_of
from cscip_kg.namespaces import ID
from cscip_kg.output import as_csv, cell_text, citations_text
from cscip_kg.pages import render
from cscip_kg.queries import Table, cell_value
from cscip_kg.store import Source

Rows = Literal["practice", "theme", "intervention"]
By = Literal["effect", "design"]

TITLES: Final[dict[Rows, str]] = {
    "practice": "Practice measures and outcomes",
    "theme": "Themes and outcomes",
    "intervention": "Interventions and outcomes",
}
# What a finding is counted by: column of the query, words, sign. The signs stand beside the colours.
EFFECTS: Final = (
    ("favourable", "favourable", "+"),
    ("unfavourable", "unfavourable", "\N{MINUS SIGN}"),
    ("noChange", "no change", "="),
    ("mixed", "mixed", "\N{PLUS-MINUS SIGN}"),
    ("unclear", "unclear", "?"),
)
DESIGNS: Final = (
    ("otherPeople", "against other people or places", "P"),
    ("earlierTime", "against an earlier time", "T"),
    ("otherService", "against another service or an estimate", "S"),
    ("noComparison", "no comparison stated", "N"),
)
COUNTED: Final[dict[By, tuple[tuple[str, str, str], ...]]] = {"effect": EFFECTS, "design": DESIGNS}
OUTSIDE: Final = ID + "outcome-scope/outside-the-seven"


@dataclass(frozen=True)
class Heading:
    """The heading of a row or column: a thing and its name."""

    iri: str
    name: str


@dataclass(frozen=True)
class Cell:
    """One cell: how many interventions have how many findings there, counted in two ways.

    Attributes:
        row: the row's heading.
        outcome: the column's heading.
        counts: number by column of the stored query (`interventions`, `findings`, `favourable`, …).
    """

    row: Heading
    outcome: Heading
    counts: Mapping[str, int]

    @property
    def findings(self) -> int:
        """Return the number of findings."""
        return self.counts["findings"]

    def parts(self, by: By) -> list[tuple[str, str, int]]:
        """Return words, sign and number of each way of counting that is not zero."""
        return [(words, sign, self.counts[key]) for key, words, sign in COUNTED[by] if self.counts[key]]


@dataclass(frozen=True)
class GapMap:
    """A whole map.

    Attributes:
        kind: what its rows are.
        table: the rows of the stored query, as it gave them.
        rows: headings from top to bottom.
        outcomes: headings from left to right, what lies outside the seven last.
        cells: every cell by the IRIs of row and outcome.
        process: process evidence by the row's IRI: counts by column of `map-process`.
        build: the id of the build.
    """

    kind: Rows
    table: Table
    rows: tuple[Heading, ...]
    outcomes: tuple[Heading, ...]
    cells: Mapping[tuple[str, str], Cell]
    process: Mapping[str, Mapping[str, int]]
    build: str

    @property
    def query(self) -> str:
        """Return the name of the stored query that gives the numbers."""
        return f"map-{self.kind}-by-outcome"

    @property
    def title(self) -> str:
        """Return the title of the map."""
        return f"Evidence gap map: {TITLES[self.kind][0].lower()}{TITLES[self.kind][1:]}"


@dataclass(frozen=True)
class Detail:
    """What lies behind a cell or a row: the stored query to run again, and its rows as text by column."""

    query: str
    parameters: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def kind_named(name: str) -> Rows:
    """Return the kind of rows called `name`.

    Raises:
        UnknownNameError: there is none; the message lists them.
    """
    for kind in TITLES:
        if name == kind:
            return kind
    raise UnknownNameError(f"There is no map with rows {name!r}. Rows: {', '.join(TITLES)}.")


def by_named(name: str) -> By:
    """Return the way of counting called `name`.

    Raises:
        UnknownNameError: there is none; the message lists them.
    """
    for by in COUNTED:
        if name == by:
            return by
    raise UnknownNameError(f"Findings are counted by {' or '.join(COUNTED)}, not by {name!r}.")


def _dicts(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table.columns, map(cell_value, row), strict=True)) for row in table.rows]


def gap_map(kind: Rows = "practice", folder: Source = None) -> GapMap:
    """Return the map with rows of `kind` over the current build in `folder`, or a store elsewhere."""
    opened = store.opened(folder)
    table = rows_of(opened, queries.find(f"map-{kind}-by-outcome"))
    found = _dicts(table)
    rows = dict.fromkeys(Heading(r["row"], r["rowName"]) for r in found)
    outcomes = dict.fromkeys(Heading(r["outcome"], r["outcomeName"]) for r in found)
    cells = {
        (r["row"], r["outcome"]): Cell(
            Heading(r["row"], r["rowName"]),
            Heading(r["outcome"], r["outcomeName"]),
            {key: int(value) for key, value in r.items() if not key.startswith(("row", "outcome"))},
        )
        for r in found
    }
    process = {
        r["row"]: {key: int(value) for key, value in r.items() if not key.startswith("row")}
        for r in _dicts(rows_of(opened, queries.find("map-process")))
    }
    return GapMap(
        kind=kind,
        table=table,
        rows=tuple(rows),
        outcomes=tuple(sorted(outcomes, key=lambda heading: heading.iri == OUTSIDE)),
        cells=cells,
        process={heading.iri: process[heading.iri] for heading in rows},
        build=store.build_id(folder),
    )


def detail(opened: Queryable, query: str, **things: str) -> Detail:
    """Return the rows of a stored query of the map for the given things (parameter=IRI)."""
    stored = queries.find(query)
    terms = {parameter.variable: NamedNode(things[parameter.name]) for parameter in stored.parameters}
    result = select(opened, queries.fill(stored.text, terms))
    texts = ({c: cell_text(cell) for c, cell in zip(stored.columns, row, strict=True)} for row in result)
    rows = tuple(row | {"citations": citations_text(row["citations"].split())} for row in texts)
    return Detail(query, {name: iri.removeprefix(ID) for name, iri in things.items()}, rows)


def csv_of(made: GapMap) -> str:
    """Return the map as CSV: the rows of the stored query, one for each cell, empty ones included."""
    return as_csv(made.table)


def html_of(made: GapMap, folder: Source = None) -> str:
    """Return the map as one page that stands alone: tables to read, and behind each cell its findings."""
    opened = store.opened(folder)
    cells = {
        key: detail(opened, "map-cell", row=cell.row.iri, outcome=cell.outcome.iri)
        for key, cell in made.cells.items()
        if cell.findings or cell.counts["contributions"]
    }
    lessons = {
        heading.iri: detail(opened, "map-lessons", row=heading.iri)
        for heading in made.rows
        if made.process[heading.iri]["lessons"]
    }
    # A picture of more than a hundred rows shows nothing at a glance.
    picture = Markup(svg_of(made)) if made.kind != "intervention" else ""  # noqa: S704 - our own template, escaped
    return render("gapmap.html", map=made, cells=cells, lessons=lessons, picture=picture)


def svg_of(made: GapMap, by: By = "effect") -> str:
    """Return the map as a picture, findings counted by effect or by design."""
    return render("gapmap.svg", map=made, by=by, legend=COUNTED[by])


def png_of(made: GapMap, by: By = "effect", scale: float = 2.0) -> bytes:
    """Return the picture as PNG, `scale` pixels for each of its units.

    Raises:
        UnknownNameError: the package that draws it is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 - large, and wanted by few
    except ImportError as error:
        raise UnknownNameError('PNG needs one more package: pip install "cscip-kg[png]"') from error
    return bytes(vl_convert.svg_to_png(svg_of(made, by), scale=scale))
