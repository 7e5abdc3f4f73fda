"""A reading → the same reading, with words that can mean several things taken as the words around them say.

In: a `Reading`. Out: a `Reading`. "Domestic violence" is a measure where it fell, and a group of people where
something was done "for families with" it; "teenagers who are exploited" are one group, not two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading, Word
from cscip_kg.ask.plain import CUES, FOR_WHOM, PASSED, SOFT
from cscip_kg.namespaces import ID

_GROUPS: Final = frozenset(("population", "theme"))
_SUBJECTS: Final = frozenset(("outcome-measure", "dfe-outcome", "topic"))
_WAYS: Final = frozenset(("direction", "effect"))
# Groups that hold nearly everybody: beside another group they add nothing.
_EVERYBODY: Final = frozenset(
    f"{ID}population/{slug}"
    for slug in """families children-and-young-people parents adolescents young-people-at-risk professionals
    carers social-workers""".split()
)
_ANYBODY: Final = frozenset(
    f"{ID}population/{slug}" for slug in ("families", "children-and-young-people", "adolescents")
)
_PROPER: Final = frozenset(("intervention",))
_COUNTED: Final = frozenset("number numbers rate rates level levels count counts proportion".split())
_NEAR: Final = 5
_BEFORE: Final = 4
_PLAIN: Final = SOFT | CUES | LIGHT | PASSED | frozenset(("who", "where"))


def _for_people(mention: Mention, words: Sequence[Word]) -> Mention:
    """Return a mention as a group of people, where the words before it say that something is for them."""
    kinds = set(mention.things)
    before = {word.word for word in words[max(0, mention.start - _BEFORE) : mention.start]}
    if not kinds & _GROUPS or not kinds & _SUBJECTS or mention.strong & {"dfe-outcome"}:
        return mention
    if not before & FOR_WHOM:
        return mention
    things = {kind: iris for kind, iris in mention.things.items() if kind not in _SUBJECTS}
    return replace(mention, things=things, strong=frozenset(things))


def _as_measure(mention: Mention, words: Sequence[Word]) -> Mention:
    """Return a mention as a measure, where a number or rate of it is spoken of."""
    before = {word.word for word in words[max(0, mention.start - _BEFORE) : mention.start]}
    measures = mention.things.get("outcome-measure", ())
    if not measures or not before & _COUNTED:
        return mention
    things = {"outcome-measure": measures}
    return replace(mention, things=things, strong=frozenset(things))


def _is_everybody(mention: Mention) -> bool:
    return bool(_EVERYBODY.intersection(mention.things.get("population", ())))


def is_anybody(mention: Mention) -> bool:
    """Return whether a mention says no more than that it is about children or families."""
    return set(mention.things) <= _GROUPS and bool(
        _ANYBODY.intersection(mention.things.get("population", ()))
    )


def _joined(first: Mention, second: Mention, words: Sequence[Word]) -> Mention | None:
    """Return two mentions as one, where one is of everybody and the other says which of them."""
    if _is_everybody(first) and first.end == second.start and "outcome-measure" in second.things:
        return replace(second, start=first.start)
    wide, narrow = (first, second) if _is_everybody(first) else (second, first)
    if not _is_everybody(wide) or _is_everybody(narrow) or not set(narrow.things) & _GROUPS:
        return None
    between = words[first.end : second.start]
    if len(between) > _NEAR or any(word.stem not in _PLAIN for word in between):
        return None
    things = {kind: iris for kind, iris in narrow.things.items() if kind not in _SUBJECTS}
    return replace(narrow, start=first.start, end=second.end, things=things, strong=frozenset(things))


def _adds_nothing(mention: Mention, others: Sequence[Mention], words: Sequence[Word], names: Names) -> bool:
    """Return whether a mention is a part of the name of a group that is named: babies in "foster care"."""
    said = {word.stem for word in words[mention.start : mention.end]}
    return bool(_GROUPS & set(mention.things)) and any(
        said < way and "population" in other.things
        for other in others
        if other is not mention
        for way in names.ways_of(other.things.get("population", ("",))[0])
    )


def settled(reading: Reading, names: Names) -> Reading:
    """Return a reading whose mentions mean what the words around them say.

    Args:
        reading: as read, word by word.
        names: the names of the build.
    """
    mentions = list(reading.mentions)
    if not any(_WAYS & set(m.things) for m in mentions):
        mentions = [_for_people(m, reading.words) for m in mentions]
    mentions = [_as_measure(m, reading.words) for m in mentions]
    found: list[Mention] = []
    for mention in mentions:
        one = _joined(found[-1], mention, reading.words) if found else None
        if one:
            found[-1] = one
        else:
            found.append(mention)
    if any(_PROPER & set(m.things) & m.strong for m in found):
        found = [m for m in found if not is_anybody(m)]
    kept = [m for m in found if not _adds_nothing(m, found, reading.words, names)]
    return Reading(reading.words, tuple(kept))
