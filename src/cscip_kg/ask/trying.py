"""Queries and statements that could be meant → those with rows, run, and what of the question each holds.

In: a reading and its choices. Out: `Tried` ones, as they are ranked. A query is tried with all its rows, and
with those alone that speak of the telling words which it does not take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import Names, Reading
from cscip_kg.ask.rows import fuller
from cscip_kg.ask.running import rows
from cscip_kg.ask.statements import counted_in, holding_all, listed
from cscip_kg.ask.weighing import Told, by_choice, chosen_by, is_figure, of_row, told, weight_of
from cscip_kg.queries import Cell, Table

# So many of the likeliest queries are run; more rows than this say too little of a question.
_LIKELIEST, _MOST_ROWS = 8, 120
_EVEN: Final = 1e-9


@dataclass(frozen=True)
class Tried:
    """A choice with its rows, and what of a question it holds.

    Attributes:
        choice: the query, as it was found.
        run: the query, as it was run: the one that says the most.
        table: its rows.
        found_by: how it was found: `query`, or a way to find statements.
        place: its place among the likeliest.
        narrowed: whether rows were left out that speak less of the question.
        untaken: what neither its parameters nor its phrasing take.
        spoken: what one row speaks of, the best of them.
        common: what every row speaks of.
        told: all that the question tells.
    """

    choice: Choice
    run: Choice
    table: Table
    found_by: str
    place: int
    narrowed: bool
    untaken: tuple[Told, ...]
    spoken: tuple[Told, ...]
    common: tuple[Told, ...]
    told: tuple[Told, ...]

    @property
    def missing(self) -> tuple[Told, ...]:
        """Return what it does not hold at all."""
        return tuple(one for one in self.untaken if one not in self.spoken)

    @property
    def leaves_out_names(self) -> bool:
        """Return whether a name or a figure of the question is not held: that is no answer to it."""
        named = (one.hard and (one.unit.things or is_figure(one.typed)) for one in self.missing)
        return not self.choice.fits and any(named)

    @property
    def put(self) -> str:
        """Return what is run, as text."""
        return f"{self.run.command()} {sorted(self.run.kept.items())}"


class _Texts:
    """What each row says; rows come back in the answers of many queries."""

    def __init__(self, names: Names, folder: Path | None) -> None:
        self._names, self._folder = names, folder
        self._known: dict[tuple[Cell, ...], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, row: tuple[Cell, ...]) -> tuple[frozenset[str], frozenset[str]]:
        if row not in self._known:
            self._known[row] = of_row(row, self._names, self._folder)
        return self._known[row]


def _found(
    reading: Reading, choices: Sequence[Choice], names: Names, folder: Path | None
) -> Iterator[tuple[str, Choice]]:
    """Yield what could be meant, with how it was found."""
    for choice in choices[:_LIKELIEST]:
        yield "query", choice
    for by, some in (
        ("surely", listed(reading, names, sure=True, folder=folder)),
        ("about", listed(reading, names, sure=False, folder=folder)),
        ("all", holding_all(reading, names, folder)),
        ("wished", holding_all(reading, names, folder, wished=True)),
        ("counts", counted_in(reading, names, folder)),
    ):
        if some:
            yield by, some


def tried(
    reading: Reading, choices: Sequence[Choice], names: Names, folder: Path | None = None
) -> list[Tried]:
    """Return what could be meant and has rows, in the order in which it was found.

    Args:
        reading: the question.
        choices: the queries that could be meant, the likeliest first.
        names: the names of the build.
        folder: the build folder.
    """
    units, texts, seen = told(reading, names, folder), _Texts(names, folder), set[tuple[str, int]]()
    found: list[Tried] = []
    for place, (by, choice) in enumerate(_found(reading, choices, names, folder)):
        run = fuller(choice, reading) if choice.fits else choice
        table = rows(run, folder)
        chosen = chosen_by(run)
        left = tuple(one for one in units if not by_choice(one, choice, chosen))
        if not 0 < len(table.rows) <= _MOST_ROWS:
            continue
        held = [texts.of(row) for row in table.rows]
        said = [tuple(one for one in units if one.unit.spoken(*text)) for text in held]
        worths = [weight_of(one for one in some if one in left and not one.plain) for some in said]
        best = [n for n, worth in enumerate(worths) if worth >= max(worths) - _EVEN]
        for narrowed, kept in ((False, range(len(said))), (True, best)):
            spoken = max((said[n] for n in kept), key=weight_of)
            common = tuple(one for one in units if all(one in said[n] for n in kept))
            part = Table(table.columns, [table.rows[n] for n in kept])
            one = Tried(choice, run, part, by, place, narrowed, left, spoken, common, tuple(units))
            key = (one.put, len(kept))
            if key not in seen and not one.leaves_out_names:
                seen.add(key)
                found.append(one)
    return found
