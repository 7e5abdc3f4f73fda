"""Queries that come near, and statements → the one whose rows hold the most of what a question tells.

In: a reading, and the queries that could be meant. Out: a choice with its rows, and the words that they leave
out; nothing where they hold too little. Every candidate is run: what its parameters, its phrasings and one
row together hold is weighed, the rarer a word the more; a name, a figure and a word that no source uses must
be held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from cscip_kg.ask.running import rows
from cscip_kg.ask.statements import EASY, of_mention, of_words, says_little
from cscip_kg.lexicon import stems
from cscip_kg.namespaces import ID
from cscip_kg.queries import Cell, Table, cell_value

_TRIED: Final = 15
_MOST_ROWS: Final = 200
_PLAIN: Final = 0.35
_LITTLE: Final = 0.5
_LIKELY: Final = 0.015
_WIDE: Final = 0.02
_NEAR: Final = 0.92
_MOST_STATEMENTS: Final = 12
LEAST: Final = 0.7
_EVEN: Final = 1e-9
_FEWEST: Final = 2
_LISTED: Final = "statements-listed"
_TELLING: Final = frozenset((_LISTED, "programme-accounts"))


@dataclass(frozen=True)
class Told:
    """One thing that a question tells, what it weighs, and whether an answer must hold it."""

    unit: Unit
    typed: str
    weight: float
    hard: bool
    plain: bool


@dataclass(frozen=True)
class Weighed:
    """A candidate: its rows, the share of the question's weight that they hold, and what they leave out."""

    choice: Choice
    table: Table
    share: float
    worth: float
    missing: tuple[Told, ...]
    held: tuple[Told, ...]

    @property
    def enough(self) -> bool:
        """Return whether it holds enough: of what is named by its name nearly any word is said somewhere."""
        strong = [one for one in self.held if not one.plain]
        if any(one.hard for one in strong):
            listed = self.choice.query.name in _TELLING
            return not self.missing and len(strong) >= _FEWEST and not listed
        lost = any(not one.plain for one in self.missing)
        return self.share >= LEAST and not lost and (
            len(strong) >= _FEWEST or any(one.unit.things for one in strong)
        )


def _weight(units: Sequence[Told]) -> float:
    return sum(one.weight for one in units)


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def _is_figure(word: str) -> bool:
    return any(one.isdigit() for one in word)


def told(reading: Reading, names: Names, folder: Path | None = None) -> list[Told]:
    """Return what a question tells, with its weight: the fewer statements hold it, the more."""
    found: list[tuple[Unit, str, float, bool]] = []
    taken: set[int] = set()
    for mention in reading.mentions:
        little = says_little(mention)
        unit = of_mention(mention, reading, names)
        found.append((unit, reading.text(mention), _LITTLE if little else 1.0, (unit.needed or "round" in mention.things) and not little))
        taken |= set(range(mention.start, mention.end))
    for n, word in enumerate(reading.words):
        if n in taken or word.stem in EASY:
            continue
        plain = word.stem in PASSED or is_ordinary(word.word, word.stem)
        figure = _is_figure(word.word)
        found.append((of_words([word]), word.word, _PLAIN if plain else 1.0, figure))
    uses, whole = passages.uses([unit for unit, *_ in found], names, folder)
    return [
        Told(unit, typed, share * log(1 + whole / (used or 1)), hard or (not used and share == 1.0), share < 1.0)
        for (unit, typed, share, hard), used in zip(found, uses, strict=True)
    ]


def _chosen(choice: Choice) -> frozenset[str]:
    kinds = {p.name: p.kind for p in choice.query.parameters}
    found = set()
    for name, value in choice.values.items():
        start = ID if kinds[name] == "thing" else f"{ID}{kinds[name]}/"
        found |= {start + one for many in value.split("|") for one in many.split(",")}
    for value in choice.kept.values():
        found |= {one for many in value.split("|") for one in many.split(",")}
    return frozenset(found)


def _by_choice(one: Told, choice: Choice, chosen: frozenset[str]) -> bool:
    """Return whether a choice takes a thing as a parameter, or its phrasing accounts for the words."""
    things = one.unit.things
    if things & chosen or any(iri.rpartition("/")[2] in chosen for iri in things):
        return True
    return not one.hard and one.unit.typed.isdisjoint(word.stem for word in choice.odd)


def _row_stems(row: tuple[Cell, ...], names: Names, folder: Path | None) -> tuple[frozenset[str], frozenset[str]]:
    held: set[str] = set(passages.words_of(cell_value(row[0]), names, folder))
    things = set()
    for cell in row:
        value = cell_value(cell)
        if value.startswith(ID):
            for one in value.split("|"):
                things.add(one)
                held |= names.words_of(one)
        else:
            held |= _stems(value)
    return frozenset(held), frozenset(things)


def _weigh(choice: Choice, units: Sequence[Told], names: Names, folder: Path | None) -> Weighed | None:
    table = rows(choice, folder)
    if not table.rows or len(table.rows) > _MOST_ROWS:
        return None
    chosen = _chosen(choice)
    whole = sum(one.weight for one in units) or 1.0
    left = [one for one in units if not _by_choice(one, choice, chosen)]
    got: list[list[Told]] = []
    for row in table.rows if left else ():
        held, things = _row_stems(row, names, folder)
        got.append([one for one in left if one.unit.things & things or one.unit.held(held)])
    most = max(got, key=_weight, default=[])
    # Plain words tell too little to narrow an answer.
    strong = [[one for one in held if not one.plain] for held in got]
    top = max(map(_weight, strong), default=0.0)
    best = [row for row, held in zip(table.rows, strong, strict=True) if _weight(held) >= top - _EVEN] if top else list(table.rows)
    missing = tuple(one for one in left if one not in most)
    held = tuple(one for one in units if one not in missing)
    share = 1 - _weight(missing) / whole
    worth = share + _LIKELY * choice.score - _WIDE * log(len(best))
    return Weighed(choice, Table(table.columns, best), share, worth, missing, held)


def _statements(units: Sequence[Told], names: Names, folder: Path | None) -> Iterator[Weighed]:
    """Yield the statements, and the interventions, that hold the most."""
    whole = _weight(units) or 1.0
    ranked = passages.ranked([(one.unit, one.weight) for one in units], names, folder)
    if not ranked:
        return
    top = ranked[0][0]
    found = [iri for share, iri in ranked if share >= top * _NEAR][:_MOST_STATEMENTS]
    start = f"{ID}intervention/"
    listed = [iri.removeprefix(ID) for iri in passages.accounts(found, folder)]
    others = [iri.removeprefix(start) for iri in found if iri.startswith(start)]
    held = passages.held([one.unit for one in units], ranked[0][1], names, folder)
    got = tuple(one for one in units if one.unit in held)
    missing = tuple(one for one in units if one.unit not in held)
    for name, key, values in (
        (_LISTED, "statements", listed),
        ("interventions-where", "intervention", others),
    ):
        if values:
            choice = Choice(queries.find(name), {key: ",".join(values)}, 0.0)
            table = rows(choice, folder)
            if table.rows:
                share = top / whole
                yield Weighed(choice, table, share, share - _WIDE * log(len(table.rows)), missing, got)


def candidates(
    reading: Reading, found: Sequence[Choice], names: Names, folder: Path | None = None
) -> list[Weighed]:
    """Return the candidates, run and weighed, the fullest first; those that lack what they must hold left out."""
    units = told(reading, names, folder)
    about = [choice for choice in found if choice.query.topic != "provenance" or choice.query.name in ASKED_ALIKE]
    near = sorted(about, key=lambda c: (-c.score, c.command()))[:_TRIED]
    weighed = [one for choice in near if (one := _weigh(choice, units, names, folder))]
    weighed = [one for one in weighed if not any(part.hard for part in one.missing)]
    if not any(one.hard and not one.unit.things and not _is_figure(one.typed) for one in units):
        weighed += _statements(units, names, folder)
    return sorted(weighed, key=lambda one: (-one.worth, one.choice.command()))
