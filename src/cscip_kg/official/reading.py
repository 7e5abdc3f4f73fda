"""A file of figures → the few rows that are wanted of it, in one pass and little memory.

In: lines, which places, years and filters are wanted. Out: `Table`. Every row is read and checked for its
time and place; only wanted rows are kept, and no more than a fixed number of them.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cscip_kg.errors import UnknownNameError
from cscip_kg.official import columns
from cscip_kg.official.lines import Lines
from cscip_kg.official.signs import is_figure, is_number

MOST_KEPT: Final = 20_000
_REMEMBERED: Final = 100_000
_VALUES_TOLD: Final = 40


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a file.

    Attributes:
        codes: GSS codes of councils.
        regions: GSS codes of regions.
        years: only time periods that touch one of these; None is every year.
        where: columns and the one value that each must have.
        indicators: the columns of figures to show; none is all of them.
    """

    codes: frozenset[str]
    regions: frozenset[str] = frozenset()
    years: frozenset[int] | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row that was kept.

    Attributes:
        line: where it stands in the file.
        level: its geographic level.
        codes: GSS codes of its place; several for a figure of several councils together.
        name: the council's name as published; empty for others.
        period: its time period.
        identifier: what kind of time that is.
        cells: all of it.
    """

    line: int
    level: str
    codes: tuple[str, ...]
    name: str
    period: str
    identifier: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What was found in a file.

    Attributes:
        file: its name.
        sha256: of all its bytes.
        size: in bytes.
        rows: how many stand below the header.
        columns: name → place.
        filters: columns of text that part its figures.
        indicators: columns of figures to show, in order.
        kept: the rows wanted, in the order of the file.
        met: the codes wanted that stand anywhere in it.
        uncoded: how many rows of councils have no code.
        periods: its time periods, in order.
    """

    file: str
    sha256: str
    size: int
    rows: int
    columns: Mapping[str, int]
    filters: tuple[str, ...]
    indicators: tuple[str, ...]
    kept: tuple[Row, ...]
    met: frozenset[str]
    uncoded: int
    periods: tuple[str, ...]


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()


class _Kinds:
    """Tells columns of figures from columns of text: one odd cell makes a filter."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.open = {place: name for name, place in places.items() if name not in columns.STANDARD}
        self.numeric: set[int] = set()
        self._seen: set[str] = set()

    def look(self, cells: Sequence[str]) -> None:
        odd = []
        for place in self.open:
            cell = cells[place]
            if place not in self.numeric and is_number(cell):
                self.numeric.add(place)
            if cell not in self._seen:
                if not is_figure(cell):
                    odd.append(place)
                elif len(self._seen) < _REMEMBERED:
                    self._seen.add(cell)
        for place in odd:
            del self.open[place]

    def figures(self) -> tuple[str, ...]:
        return tuple(name for place, name in self.open.items() if place in self.numeric)


class _Reader:
    def __init__(self, lines: Lines, wanted: Wanted) -> None:
        self.lines, self.wanted = lines, wanted
        self.kept: list[Row] = []
        self.met: set[str] = set()
        self.levels: Counter[str] = Counter()
        self.uncoded, self.count, self.met_where = 0, 0, set[str]()
        self.values: dict[str, set[str]] = {name: set() for name in wanted.where}
        self._codes: dict[str, tuple[str, ...]] = {}
        self._periods: dict[str, bool] = {}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self.lines, strict=True)
        try:
            for cells in reader:
                if cells:
                    yield self.lines.number, cells
        except csv.Error as error:
            raise self.lines.fault(
                "", f"The line cannot be read as CSV ({error}).", "Mend its quotes and line ends."
            ) from error

    def header(self, cells: Sequence[str]) -> None:
        columns.check_commas(cells, self.lines)
        for name in cells:
            self.readable(name, name, 1)
        self.places = columns.positions(cells, self.lines)
        self.region = self.places.get(columns.REGION_CODE)
        own = [name for name in self.places if name not in columns.STANDARD]
        for option, names in (("--where", self.wanted.where), ("--indicator", self.wanted.indicators)):
            for name in names:
                known = own if option == "--indicator" else list(self.places)
                if name not in known:
                    raise UnknownNameError(
                        f"{option}: {self.lines.file} has no column {name!r}. Columns: {', '.join(known)}."
                    )
        self.kinds = _Kinds(self.places)
        self.filters = [(self.places[name], name, _same(value)) for name, value in self.wanted.where.items()]

    def readable(self, text: str, name: str, line: int) -> None:
        """Refuse what could act on a terminal."""
        if any(unicodedata.category(sign).startswith("C") for sign in text):
            raise self.lines.fault(
                ascii(name)[1:-1], "The cell holds a control character.", "Remove it.", line
            )

    def in_time(self, period: str) -> bool:
        if period not in self._periods:
            columns.check_period(period, self.lines)
            years, wanted = columns.years(period), self.wanted.years
            self._periods[period] = wanted is None or not wanted.isdisjoint(years)
        return self._periods[period]

    def periods(self) -> tuple[str, ...]:
        return tuple(sorted(self._periods))

    def codes(self, cells: Sequence[str], level: str) -> tuple[str, ...]:
        """Return the codes of a row's place, none where it is not wanted; check that of a council."""
        if level == columns.COUNCIL:
            text = cells[self.places["new_la_code"]]
            if text not in self._codes:
                self._codes[text] = columns.council_codes(text, self.lines)
            codes = self._codes[text]
            self.uncoded += not codes
            found = self.wanted.codes.intersection(codes)
            self.met |= found
            return codes if found else ()
        if level == columns.REGIONAL and self.region is not None:
            code = cells[self.region]
            return (code,) if code in self.wanted.regions else ()
        if level == columns.NATIONAL and cells[self.places["country_code"]] == columns.ENGLAND:
            return (columns.ENGLAND,)
        return ()

    def chosen(self, cells: Sequence[str]) -> bool:
        """Return whether a row has the values of all filters; note which values there are."""
        fits = True
        for place, name, value in self.filters:
            if _same(cells[place]) == value:
                self.met_where.add(name)
            else:
                fits = False
                if len(self.values[name]) < _VALUES_TOLD:
                    self.values[name].add(cells[place])
        return fits

    def take(self, line: int, cells: list[str]) -> None:
        if len(cells) != len(self.places):
            raise self.lines.fault(
                "",
                f"{len(cells)} cells stand here, not {len(self.places)}.",
                "Mend the commas and quotes.",
                line,
            )
        self.count += 1
        self.kinds.look(cells)
        level, period = cells[self.places["geographic_level"]], cells[self.places["time_period"]]
        self.levels[level] += 1
        in_time, codes, chosen = self.in_time(period), self.codes(cells, level), self.chosen(cells)
        if not (codes and in_time and chosen):
            return
        for name, place in self.places.items():
            self.readable(cells[place], name, line)
        if len(self.kept) == MOST_KEPT:
            raise self.lines.fault(
                "",
                f"More than {MOST_KEPT:,} rows fit.",
                f"Choose with --where COLUMN=VALUE; columns: {', '.join(self.kinds_of_text())}.",
                line,
            )
        name = cells[self.places["la_name"]] if level == columns.COUNCIL else ""
        identifier = cells[self.places["time_identifier"]]
        self.kept.append(Row(line, level, codes, name, period, identifier, tuple(cells)))

    def kinds_of_text(self) -> tuple[str, ...]:
        known = {*columns.STANDARD, *self.kinds.figures(), *self.wanted.indicators}
        return tuple(name for name in self.places if name not in known)

    def check_whole(self) -> None:
        """Refuse a file without rows of councils, and a filter that nothing has."""
        if not self.levels[columns.COUNCIL]:
            levels = ", ".join(sorted(map(repr, self.levels))[:_VALUES_TOLD]) or "none"
            raise self.lines.fault(
                "geographic_level",
                f"No row has the level {columns.COUNCIL!r}. Levels: {levels}.",
                "Take a data file of local authorities.",
            )
        for name, value in self.wanted.where.items():
            if name not in self.met_where:
                known = ", ".join(sorted(map(repr, self.values[name])))
                raise UnknownNameError(f"--where: no row has {value!r} in {name}. Values: {known}.")


def read(lines: Lines, wanted: Wanted) -> Table:
    """Read a file to its end.

    Raises:
        FiguresError: something in it is not as agreed; the message names line, field and remedy.
        UnknownNameError: a column or value that was asked for is not in it.
    """
    reader = _Reader(lines, wanted)
    rows = reader.rows()
    first = next(rows, None)
    if first is None:
        raise lines.fault("", "The file is empty.", "Take the data file as published.", 1)
    reader.header(first[1])
    for line, cells in rows:
        reader.take(line, cells)
    reader.check_whole()
    found = reader.kinds.figures()
    if not found and not wanted.indicators:
        raise lines.fault("", "No column holds figures.", "Name one with --indicator.", 1)
    return Table(
        lines.file,
        lines.sha256,
        lines.size,
        reader.count,
        reader.places,
        reader.kinds_of_text(),
        wanted.indicators or found,
        tuple(reader.kept),
        frozenset(reader.met),
        reader.uncoded,
        reader.periods(),
    )
