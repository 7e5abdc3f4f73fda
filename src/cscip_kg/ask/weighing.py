"""Queries that come near, and statements → the one whose rows hold the most of what a question tells.

In: a reading, and the queries that could be meant. Out: candidates with their rows and the words that they
leave out. Every candidate is run: what its parameters, its phrasing and one row together hold is weighed, the
rarer a word the more. A name, a figure and a word that no source uses must be held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Final

from cscip_kg import queries
from cscip_kg.ask import passages
from cscip_kg.ask.choosing import ASKED_ALIKE, Choice
from cscip_kg.ask.english import is_ordinary
from cscip_kg.ask.mentions import Names, Reading
from cscip_kg.ask.passages import Unit
from cscip_kg.ask.plain import PASSED
from cscip_kg.ask.running import KEPT_BY, rows
from cscip_kg.ask.statements import EASY, of_mention, of_words, says_little
from cscip_kg.lexicon import stems
from cscip_kg.namespaces import ID
from cscip_kg.queries import Cell, Table, cell_value

# So many queries are run, fewer without a choice; with more rows they say too little of a question.
_TRIED, _LIKELIEST, _MOST_ROWS = 8, 1, 60
# What an ordinary word, and a mention of everybody, weigh beside a telling one.
_PLAIN, _EVERYBODY = 0.35, 0.5
# What a point of likeness adds to the share that is held, and what many rows take from it.
_LIKELY, _WIDE = 0.015, 0.02
# Statements that hold nearly as much as the best stand beside it.
_NEAR, _MOST_STATEMENTS = 0.92, 12
# The share of the weight, and the number of telling things, that an answer must hold.
_LEAST, _FEWEST = 0.7, 2
_EVEN: Final = 1e-9
_LISTED: Final = "statements-listed"
# Of what is named, free text says nearly any word somewhere: it is no answer there.
_FREE_TEXT: Final = frozenset(
    (_LISTED, "programme-accounts", "contributions-of", "contributions-where", "lessons-of")
)


@dataclass(frozen=True)
class Told:
    """One thing that a question tells.

    Attributes:
        unit: the words, and what means the same.
        typed: as it was put.
        weight: the fewer statements speak of it, the more.
        hard: whether an answer must hold it: a name, a figure, a word that no source uses.
        plain: whether it is ordinary English or about everybody.
        used: how many statements speak of it.
    """

    unit: Unit
    typed: str
    weight: float
    hard: bool
    plain: bool
    used: int


@dataclass(frozen=True)
class Weighed:
    """A candidate: its rows, the share of the question they hold, its worth, what is left out and held."""

    choice: Choice
    table: Table
    share: float
    worth: float
    missing: tuple[Told, ...]
    held: tuple[Told, ...]

    @property
    def enough(self) -> bool:
        """Return whether it holds enough to be an answer: all, where a name stands; else nearly all."""
        telling = [one for one in self.held if not one.plain]
        if any(one.hard for one in telling):
            free = self.choice.query.name in _FREE_TEXT
            return not self.missing and len(telling) >= _FEWEST and not free
        if self.share < _LEAST or not all(one.plain for one in self.missing):
            return False
        return len(telling) >= _FEWEST or any(one.unit.things for one in telling)


def weight_of(units: Iterable[Told]) -> float:
    """Return what all these weigh together."""
    return sum(one.weight for one in units)


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def is_figure(word: str) -> bool:
    """Return whether a figure stands in a word."""
    return any(one.isdigit() for one in word)


def told(reading: Reading, names: Names, folder: Path | None = None) -> list[Told]:
    """Return what a question tells, with its weight: the fewer statements speak of it, the more.

    Args:
        reading: the question.
        names: the names of the build.
        folder: the build folder.
    """
    found: list[tuple[Unit, str, float, bool]] = []
    for mention in reading.mentions:
        little, unit = says_little(mention), of_mention(mention, reading, names)
        hard = (unit.needed or "round" in mention.things) and not little
        found.append((unit, reading.text(mention), _EVERYBODY if little else 1.0, hard))
    for word in reading.rest():
        if word.stem not in EASY:
            plain = word.stem in PASSED or is_ordinary(word.word, word.stem)
            found.append((of_words([word]), word.word, _PLAIN if plain else 1.0, is_figure(word.word)))
    uses, whole = passages.uses([unit for unit, *_ in found], names, folder)
    return [
        Told(
            unit,
            typed,
            part * log(1 + whole / (used or 1)),
            hard or (not used and part == 1.0),
            part < 1.0,
            used,
        )
        for (unit, typed, part, hard), used in zip(found, uses, strict=True)
    ]


def chosen_by(choice: Choice) -> frozenset[str]:
    """Return what a choice takes as parameters: IRIs, and the last parts of what is kept."""
    kinds = {p.name: p.kind for p in choice.query.parameters}
    found = {one for value in choice.kept.values() for one in re.split(r"[|,]", value)}
    for name, value in choice.values.items():
        start = ID if kinds[name] == "thing" else f"{ID}{kinds[name]}/"
        found |= {start + one for one in re.split(r"[|,]", value)}
    return frozenset(found)


def by_choice(one: Told, choice: Choice, chosen: frozenset[str]) -> bool:
    """Return whether a choice takes a thing as a parameter, or its phrasing accounts for the words."""
    if one.unit.things & chosen or any(iri.rpartition("/")[2] in chosen for iri in one.unit.things):
        return True
    return not one.hard and one.unit.typed.isdisjoint(word.stem for word in choice.odd)


def of_row(row: tuple[Cell, ...], names: Names, folder: Path | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of a row, names of its things and words of its statement included; and its things."""
    held = set(passages.words_of(cell_value(row[0]), names, folder))
    things: set[str] = set()
    for value in map(cell_value, row):
        if value.startswith(ID):
            things.update(value.split("|"))
        else:
            held |= _stems(value)
    held -= passages.EDITIONS
    return frozenset(held).union(*map(names.words_of, things)), frozenset(things)


def _weigh(choice: Choice, units: Sequence[Told], names: Names, folder: Path | None) -> Weighed | None:
    table = rows(choice, folder)
    if not table.rows or len(table.rows) > _MOST_ROWS:
        return None
    chosen = chosen_by(choice)
    left = [one for one in units if not by_choice(one, choice, chosen)]
    best, most = table.rows, list[Told]()
    if left:
        texts = [of_row(row, names, folder) for row in table.rows]
        said = [[one for one in left if one.unit.spoken(*text)] for text in texts]
        most = max(said, key=weight_of)
        # Ordinary words tell too little to narrow an answer.
        worths = [weight_of(one for one in some if not one.plain) for some in said]
        best = [row for row, one in zip(table.rows, worths, strict=True) if one >= max(worths) - _EVEN]
    missing = tuple(one for one in left if one not in most)
    share = 1 - weight_of(missing) / (weight_of(units) or 1.0)
    worth = share + _LIKELY * choice.score - _WIDE * log(len(best))
    held = tuple(one for one in units if one not in missing)
    return Weighed(choice, Table(table.columns, best), share, worth, missing, held)


def _statements(units: Sequence[Told], names: Names, folder: Path | None) -> Iterator[Weighed]:
    """Yield the statements, and the interventions, that hold the most."""
    ranked = passages.ranked([(one.unit, one.weight) for one in units], names, folder)
    if not ranked:
        return
    top, _, spoken = ranked[0]
    share = top / weight_of(units)
    found = [iri for weight, iri, _ in ranked if weight >= top * _NEAR][:_MOST_STATEMENTS]
    start = f"{ID}intervention/"
    held = tuple(one for one in units if one.unit in spoken)
    missing = tuple(one for one in units if one.unit not in spoken)
    for name, key, values in (
        (_LISTED, "statements", [iri.removeprefix(ID) for iri in passages.accounts(found, folder)]),
        (KEPT_BY, "intervention", [iri.removeprefix(start) for iri in found if iri.startswith(start)]),
    ):
        choice = Choice(queries.find(name), {key: ",".join(values)}, 0.0)
        if values and (table := rows(choice, folder)).rows:
            worth = share - _WIDE * log(len(table.rows))
            yield Weighed(choice, table, share, worth, missing, held)


def candidates(
    reading: Reading, found: Sequence[Choice], names: Names, folder: Path | None = None
) -> list[Weighed]:
    """Return the candidates, run and weighed, the best first, without those that lack what must be held.

    Args:
        reading: the question.
        found: the queries that could be meant; those about the graph itself are left out.
        names: the names of the build.
        folder: the build folder.
    """
    units = told(reading, names, folder)
    if any(one.hard and not one.unit.things and not one.used for one in units):
        # No source uses the word: nothing need be run to know that it is not held.
        return []
    about = [c for c in found if c.query.topic != "provenance" or c.query.name in ASKED_ALIKE]
    near = sorted(about, key=lambda c: (-c.score, c.command()))[:_TRIED]
    near = [c for n, c in enumerate(near) if c.values or n < _LIKELIEST]
    weighed = [one for choice in near if (one := _weigh(choice, units, names, folder))]
    weighed += _statements(units, names, folder)
    fit = [one for one in weighed if not any(part.hard for part in one.missing)]
    return sorted(fit, key=lambda one: (-one.worth, one.choice.command()))
