"""Councils and years + rows of a file → which published figures stand beside which council and year.

In: `Places`, a `Wish` and a `Table`. Out: `Joined`. Each council's row has those of its region and of England
at its side, where the file has them. Codes are of their time, so a row says which code it came by and what to
know of it. Where several rows would stand for one place and year, the reader has to choose.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cscip_kg.errors import FiguresError
from cscip_kg.official import columns
from cscip_kg.official.places import Code, Council, Places
from cscip_kg.official.reading import Row, Table, Wanted
from cscip_kg.official.signs import Figure, figure

BEFORE, DURING, BETWEEN, AFTER = "before", "during", "between", "after"
NOT_STATED: Final = "period not stated"
_NO_ROW: Final = "no row of this council in the file"
_VALUES_SHOWN: Final = 8
Moment = tuple[str, str]


@dataclass(frozen=True)
class Wish:
    """What the reader wants to see.

    Attributes:
        where: columns of the file and the one value that each must have.
        indicators: columns of figures; none is all.
        before: how many years before those of the projects, too.
        after: how many years after them.
        measure: a measure whose findings stand beside the figures; empty for none.
    """

    where: Mapping[str, str] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    measure: str = ""


@dataclass(frozen=True)
class Line:
    """The figures of one council and time, with those beside them.

    Attributes:
        period: the time period, as published.
        identifier: what kind of time that is.
        when: before, during or after the years that sources give for the projects, or that they give none.
        own: the council's row; None where the file has none for that time.
        region: the row of its region.
        england: the row of England.
        notes: what to know of the council's row: another code, a figure of several councils, filters.
    """

    period: str
    identifier: str
    when: str
    own: Row | None
    region: Row | None
    england: Row | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """What a file holds for an intervention.

    Attributes:
        places: where and when.
        table: the file.
        lines: for each council its times in order; none for one that the file has no row of.
        chosen: filters that have one value in all rows shown, with it.
        missing: what is not there, in sentences.
    """

    places: Places
    table: Table
    lines: tuple[tuple[Council, tuple[Line, ...]], ...]
    chosen: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    def figure(self, row: Row | None, indicator: str) -> Figure | None:
        """Return a row's figure in a column; None where there is no row.

        Raises:
            FiguresError: the cell holds neither a number nor a known sign.
        """
        if row is None:
            return None
        text = row.cells[self.table.columns[indicator]]
        try:
            return figure(text)
        except ValueError as error:
            raise FiguresError(
                self.table.file,
                row.line,
                indicator,
                f"{text!r} is neither a number nor a known sign.",
                "Write numbers without separators or units; for none: z, x, c, low, k or u.",
            ) from error


def wanted(places: Places, wish: Wish) -> Wanted:
    """Return what is wanted of a file: the codes of all councils, and the years of all projects."""
    spans = [span for council in places.councils for span in council.spans]
    undated = not spans or any(council.undated for council in places.councils)
    years = {year for first, last in spans for year in range(first - wish.before, last + wish.after + 1)}
    return Wanted(
        codes=frozenset(code.code for council in places.councils for code in council.codes),
        regions=frozenset(council.region for council in places.councils if council.region),
        years=None if undated else frozenset(years),
        where=wish.where,
        indicators=wish.indicators,
    )


def _when(council: Council, years: tuple[int, ...], wish: Wish) -> str:
    """Return how a time stands to the years of a council's projects; empty where it is not wanted."""
    if any(first <= year <= last for first, last in council.spans for year in years):
        return DURING
    if council.undated or not council.spans:
        return NOT_STATED
    near = any(first - wish.before <= y <= last + wish.after for first, last in council.spans for y in years)
    if not near:
        return ""
    if max(years) < min(first for first, _ in council.spans):
        return BEFORE
    return AFTER if min(years) > max(last for _, last in council.spans) else BETWEEN


def _differing(rows: Iterable[Row], table: Table) -> dict[str, list[str]]:
    """Return the filters in which rows differ, with their values in the order of the file."""
    kept = list(rows)
    found = {name: dict.fromkeys(row.cells[table.columns[name]] for row in kept) for name in table.filters}
    return {name: list(values) for name, values in found.items() if len(values) > 1}


def _place(row: Row) -> str:
    return " / ".join(row.codes)


def _duplicate(table: Table, first: Row, second: Row) -> FiguresError:
    differing = [name for name, at in table.columns.items() if first.cells[at] != second.cells[at]]
    told = f"with other {', '.join(differing)}" if differing else "with the same figures"
    number = (
        " If a number of these is a filter, such as an age, choose one with --where." if differing else ""
    )
    return FiguresError(
        table.file,
        second.line,
        "new_la_code, time_period",
        f"{_place(second)} in {second.period} stands at line {first.line} too, {told}.",
        f"Remove one of the two rows.{number}",
    )


def check_single(table: Table) -> None:
    """Refuse rows of which several stand for one place and time.

    Raises:
        FiguresError: they differ in filters, which the message names with their values; or they are
            duplicates, whose lines it names.
    """
    groups: dict[tuple[str, Moment], list[Row]] = {}
    for row in table.kept:
        groups.setdefault((_place(row), (row.period, row.identifier)), []).append(row)
    parted: dict[str, dict[str, None]] = {}
    clash: Row | None = None
    for rows in groups.values():
        # Rows that no filter tells apart are duplicates, however the others differ.
        first: dict[tuple[str, ...], Row] = {}
        for row in rows:
            other = first.setdefault(tuple(row.cells[table.columns[name]] for name in table.filters), row)
            if other is not row:
                raise _duplicate(table, other, row)
        for name, values in _differing(rows, table).items():
            parted.setdefault(name, {}).update(dict.fromkeys(values))
            clash = clash or rows[1]
    if clash is not None:
        told = "; ".join(_values(name, list(values)) for name, values in parted.items())
        example = next(iter(parted))
        value = next((v for v in parted[example] if v.casefold() == "total"), next(iter(parted[example])))
        raise FiguresError(
            table.file,
            clash.line,
            ", ".join(parted),
            f"Several rows stand for {_place(clash)} in {clash.period}. They differ in {told}.",
            f"Choose one value of each: --where {shlex.quote(f'{example}={value}')}",
        )


def _values(name: str, values: list[str]) -> str:
    more = f" and {len(values) - _VALUES_SHOWN} more" if len(values) > _VALUES_SHOWN else ""
    return f"{name} ({', '.join(map(repr, values[:_VALUES_SHOWN]))}{more})"


def _code_notes(code: Code, row: Row) -> list[str]:
    years = columns.years(row.period)
    if code.later and max(years) < int(code.begins[:4]):
        return [
            f"under the code {code.code}, in force only from {code.begins}; it may stand for another area"
        ]
    if code.later:
        return [f"under the code {code.code}, in force from {code.begins}; it may stand for another area"]
    if code.ends and max(years) > int(code.ends[:4]):
        return [f"under the code {code.code}, which ended on {code.ends}"]
    return []


def _notes(council: Council, row: Row, varying: Iterable[str], table: Table) -> tuple[str, ...]:
    codes = [code for code in council.codes if code.code in row.codes]
    found = [note for one in codes for note in _code_notes(one, row)]
    if len(row.codes) > 1:
        found.append(f"one figure for {len(row.codes)} councils together ({row.name}, {_place(row)})")
    elif codes[0].later and row.name != council.name:
        found.append(f"published as {row.name}")
    found += [f"{name}: {row.cells[table.columns[name]]}" for name in varying]
    return tuple(found)


def _lines(council: Council, table: Table, wish: Wish, varying: list[str]) -> Iterable[Line]:
    rows: dict[str, dict[Moment, list[Row]]] = {}
    for kept in table.kept:
        for code in kept.codes:
            rows.setdefault(code, {}).setdefault((kept.period, kept.identifier), []).append(kept)
    own: dict[Moment, dict[int, Row]] = {}
    for known in council.codes:
        for moment, found in rows.get(known.code, {}).items():
            own.setdefault(moment, {}).update({one.line: one for one in found})
    region, england = rows.get(council.region, {}), rows.get(columns.ENGLAND, {})
    for moment in sorted({*own, *region, *england}):
        if when := _when(council, columns.years(moment[0]), wish):
            beside = [next(iter(found.get(moment, ())), None) for found in (region, england)]
            for one in own[moment].values() if moment in own else (None,):
                notes = _notes(council, one, varying, table) if one else (_NO_ROW,)
                yield Line(*moment, when, one, beside[0], beside[1], notes)


def _missing(places: Places, table: Table, found: dict[str, int]) -> Iterable[str]:
    if not places.councils:
        yield "No source names a council's area for its projects, so that no council can be looked up."
    for name in places.without_code:
        yield f"{name}: no code of a council is linked to it, so that it was not looked up."
    for council in places.councils:
        codes = ", ".join(code.code for code in council.codes)
        if not table.met.intersection(code.code for code in council.codes):
            yield f"{council.name} ({codes}): the file holds no row with its code."
        elif not found[council.name]:
            yield (
                f"{council.name} ({codes}): the file holds rows, but none for these years and filters. "
                f"Its times run from {table.periods[0]} to {table.periods[-1]}; --before and --after widen "
                "the years."
            )
    levels = {row.level for row in table.kept}
    if columns.REGIONAL not in levels:
        yield "The file holds no rows of the regions of these councils for these years and filters."
    if columns.NATIONAL not in levels:
        yield "The file holds no row of England for these years and filters."
    if table.uncoded:
        yield f"{table.uncoded} rows of local authorities have no code and were passed over."


def joined(places: Places, table: Table, wish: Wish) -> Joined:
    """Return the published figures beside each council and year of a file that was read for these places.

    Raises:
        FiguresError: several rows stand for one place and time.
    """
    check_single(table)
    varying = list(_differing(table.kept, table))
    lines = tuple((c, tuple(_lines(c, table, wish, varying))) for c in places.councils)
    found = {council.name: sum(line.own is not None for line in own) for council, own in lines}
    chosen = [
        (name, table.kept[0].cells[table.columns[name]])
        for name in table.filters
        if table.kept and name not in varying
    ]
    shown = tuple((council, own if found[council.name] else ()) for council, own in lines)
    return Joined(places, table, shown, tuple(chosen), tuple(_missing(places, table, found)))
