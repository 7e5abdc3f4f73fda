"""An intervention → the councils of its projects with their codes, and the years that sources give.

In: a name and the built graph. Out: `Places`. All of it are rows of two stored queries; nothing is added to
what the sources and the links say. A project whose round no source dates has no years.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import queries, store
from cscip_kg.engine import select
from cscip_kg.namespaces import ID, LABEL, value_of
from cscip_kg.queries import cell_value

CODES_QUERY: Final = "council-codes-of"
PERIODS_QUERY: Final = "periods-of"
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Code:
    """A GSS code, the days on which it began and ended, and whether it came after the one of the time."""

    code: str
    begins: str
    ends: str
    later: bool


@dataclass(frozen=True)
class Place:
    """An area that a source names for a project.

    Attributes:
        name: of the area.
        project: of the project.
        how: whether the project was delivered there or is led by its council.
        citations: the lines that say so.
    """

    name: str
    project: str
    how: str
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Period:
    """When a project's round ran, as one source prints it.

    Attributes:
        project: the project's name.
        round: the round's name; empty where no source gives one.
        printed: the source's own words; empty where it gives none.
        years: the first and last year in them; None where there is none.
        citations: the lines that place the project in the round and date the round.
    """

    project: str
    round: str
    printed: str
    years: tuple[int, int] | None
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Council:
    """The area of one council.

    Attributes:
        name: of the area.
        codes: the code of the time and those that came after it.
        region: the GSS code of its region; empty where none is linked.
        projects: the projects there.
        spans: first and last years of those projects, where sources state them.
        undated: the projects that no source dates.
    """

    name: str
    codes: tuple[Code, ...]
    region: str
    projects: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    undated: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where and when an intervention's projects were.

    Attributes:
        iri: the intervention.
        name: its name.
        councils: the areas that have a council's code.
        without_code: the areas that have none.
        named: what each source says of places.
        periods: what each source says of years.
    """

    iri: str
    name: str
    councils: tuple[Council, ...]
    without_code: tuple[str, ...]
    named: tuple[Place, ...]
    periods: tuple[Period, ...]


Rows = list[dict[str, str]]


def _rows(name: str, thing: NamedNode, folder: Path | None) -> Rows:
    query = queries.find(name)
    (parameter,) = query.parameters
    result = select(store.open_store(folder), queries.fill(query.text, {parameter.variable: thing}))
    return [dict(zip(query.columns, map(cell_value, tuple(row)), strict=True)) for row in result]


def _cited(*cells: str) -> tuple[str, ...]:
    parts = (part for cell in cells for part in cell.split("|") if part)
    return tuple(dict.fromkeys(part.removeprefix(f"{ID}source/") for part in parts))


def _span(printed: str) -> tuple[int, int] | None:
    found = [int(year) for year in _YEAR.findall(printed)]
    return (min(found), max(found)) if found else None


def _periods(rows: Rows) -> tuple[Period, ...]:
    return tuple(
        Period(r["name"], r["round"], r["period"], _span(r["period"]), _cited(r["placed"], r["citation"]))
        for r in rows
    )


def _spans(periods: Iterable[Period]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Return the years of each project, one span for each round: as wide as its sources together have it."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for period in periods:
        rounds = found.setdefault(period.project, {})
        if period.years:
            first, last = rounds.get(period.round, period.years)
            rounds[period.round] = (min(first, period.years[0]), max(last, period.years[1]))
    return {project: tuple(rounds.values()) for project, rounds in found.items()}


def _council(rows: Rows, spans: Mapping[str, tuple[tuple[int, int], ...]]) -> Council:
    codes = (Code(r["code"], r["valid_from"], r["valid_to"], r["in_force"] == "later") for r in rows)
    projects = tuple(dict.fromkeys(r["name"] for r in rows))
    return Council(
        name=rows[0]["place"],
        codes=tuple(dict.fromkeys(codes)),
        region=rows[0]["region"],
        projects=projects,
        spans=tuple(sorted({span for project in projects for span in spans.get(project, ())})),
        undated=tuple(project for project in projects if not spans.get(project)),
    )


def places_of(intervention: str, folder: Path | None = None) -> Places:
    """Return where and when an intervention's projects were.

    Args:
        intervention: slug, IRI or any of its names.
        folder: the build folder; by default the project's own.

    Raises:
        UnknownNameError: no intervention goes by that name; the nearest are listed.
    """
    thing = queries.named("intervention", intervention, folder)
    label = next(store.open_store(folder).quads_for_pattern(thing, LABEL, None, None)).object
    periods = _periods(_rows(PERIODS_QUERY, thing, folder))
    rows = _rows(CODES_QUERY, thing, folder)
    areas: dict[str, Rows] = {}
    for row in rows:
        areas.setdefault(row["area"], []).append(row)
    spans = _spans(periods)
    named = (Place(r["place"], r["name"], r["how"], _cited(r["citation"])) for r in rows)
    return Places(
        iri=thing.value,
        name=value_of(label),
        councils=tuple(_council(found, spans) for found in areas.values() if found[0]["code"]),
        without_code=tuple(found[0]["place"] for found in areas.values() if not found[0]["code"]),
        named=tuple(dict.fromkeys(named)),
        periods=periods,
    )
