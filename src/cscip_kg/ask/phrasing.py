"""How people put the questions that the stored queries answer, as their headers say.

In: the lines `asks` of each query. Out: phrasings, as stems that tell something, and how like a question is
to one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import log
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.english import NEGATIONS
from cscip_kg.ask.mentions import LIGHT
from cscip_kg.ask.plain import MONEY, SOFT, reworded
from cscip_kg.ask.synonyms import alike
from cscip_kg.lexicon import stem, words

NOT: Final = "not"
_SLOT = re.compile(r"\{(\w+)\}")
_GIVEN = re.compile(r"\[(\w+)=([\w/-]+)\]")
# What one word that only the phrasing says, a parameter it has and one it lacks are worth.
UNSAID, SLOT_FITS, SLOT_LACKS = 0.45, 0.6, 1.2
# Queries of a topic answer only where one of its words is said.
SPOKEN: Final = {
    "money": MONEY,
    "discrepancies": frozenset(
        map(
            stem,
            """source sources contradict contradiction contradictory disagree agree figure figures sum sums
            discrepancy discrepancies error errors conflict conflicting coder coding arithmetic add
            number numbers percentage name names merge merged look identity differ inconsistent printed
            count counts recount table""".split(),
        )
    ),
}


@cache
def said(one: str) -> str:
    """Return a stem as it is compared: words that questions put for one another are one, and so is "no"."""
    return NOT if one in NEGATIONS else alike(one)


def telling(stems: frozenset[str]) -> frozenset[str]:
    """Return what stems tell, as they are compared: without the words that stand in any question."""
    return frozenset(said(one) for one in stems if one in NEGATIONS or one not in SOFT | LIGHT)


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a phrasing, without what stands in braces and brackets."""
    return frozenset(stem(word) for word in words(_GIVEN.sub(" ", _SLOT.sub(" ", reworded(text)))))


@dataclass(frozen=True)
class Phrasing:
    """One way to put a question: its telling stems, its parameters, and what it chooses by its words alone.

    `projects that cost more [effect=unfavourable]` means the effect without naming it; then all words must be
    said.
    """

    stems: frozenset[str]
    slots: frozenset[str]
    given: Mapping[str, str]

    @cached_property
    def weight(self) -> float:
        """Return what all its stems tell."""
        return sum(weights()[one] for one in self.stems)


@cache
def phrasings() -> dict[str, tuple[Phrasing, ...]]:
    """Return the phrasings of each query that has any."""
    return {
        query.name: tuple(
            Phrasing(telling(stems_of(text)), frozenset(_SLOT.findall(text)), dict(_GIVEN.findall(text)))
            for text in query.asks
        )
        for query in queries.catalogue().values()
        if query.asks
    }


@cache
def weights() -> Mapping[str, float]:
    """Return what each stem of the phrasings tells: the fewer queries use it, the more."""
    used: dict[str, set[str]] = {}
    for name, texts in phrasings().items():
        for one in frozenset().union(*(text.stems for text in texts)):
            used.setdefault(one, set()).add(name)
    return {one: log(1 + len(phrasings()) / len(names)) for one, names in used.items()}


def likeness(one: Phrasing, asked: frozenset[str], slots: frozenset[str], told: Mapping[str, float]) -> float:
    """Return how like a question is to a phrasing: by what both say, and by what only the phrasing says."""
    shared = sum([told[s] for s in asked & one.stems])
    fitting = len(slots & one.slots)
    unsaid = UNSAID * (one.weight - shared)
    return shared - unsaid + SLOT_FITS * fitting - SLOT_LACKS * (len(one.slots) - fitting)


@cache
def headed(name: str) -> frozenset[str]:
    """Return the stems that a query accounts for however it is asked: its summary, tags and columns."""
    query = queries.find(name)
    columns = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " ".join(query.columns))
    own = map(stems_of, (query.summary, " ".join(query.tags), columns))
    return telling(frozenset().union(*own))


@cache
def spoken(name: str) -> frozenset[str]:
    """Return the stems of all phrasings of a query."""
    return frozenset().union(*(one.stems for one in phrasings()[name]))
