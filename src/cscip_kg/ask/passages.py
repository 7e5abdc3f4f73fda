"""Words → the lessons, recommendations, cautions, counts and contradictions that speak of them.

In: what a question tells, each with the other words that mean the same. Out: the statements that hold most of
it, by weight, and those that stand beside them. It serves questions such as why something went wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Final

from cscip_kg.engine import select
from cscip_kg.lexicon import stems
from cscip_kg.namespaces import ID, value_of
from cscip_kg.store import current, open_store

# A statement is about the words when it holds this share of their weight; of several, those near the best.
_NEAR: Final = 0.75
_BEST: Final = 0.95
_MOST: Final = 30
# What stands this many lines from a statement of the same kind and topic belongs to it.
_BESIDE: Final = 4
_FEW_BEST: Final = 4
_MOST_IN_TABLE: Final = 12
_MOST_ON_TOPIC: Final = 40
_FIRST_REPORT: Final = f"{ID}source/rees-2017"

_TEXTS: Final = """SELECT ?statement (GROUP_CONCAT(DISTINCT STR(?said); SEPARATOR=" ") AS ?text)
  (GROUP_CONCAT(DISTINCT COALESCE(STR(?about), ""); SEPARATOR="|") AS ?topics)
  (MIN(STR(?in)) AS ?source) (MIN(?start) AS ?line) WHERE {
  {
    VALUES ?class { cscip:Lesson cscip:Recommendation cscip:Consideration cscip:Note }
    ?statement a ?class .
    { ?statement cscip:text ?said } UNION { ?statement cscip:topic ?about . ?about skos:prefLabel ?said }
    UNION { ?statement cscip:stance/skos:prefLabel ?said } UNION { ?statement cscip:remark ?said }
    UNION { ?statement cscip:audience/skos:prefLabel ?said }
    UNION { ?statement cscip:citation/cscip:heading ?said }
  } UNION {
    ?statement a cscip:Statistic ; cscip:table ?table ; cscip:row ?row .
    ?statement cscip:table|cscip:row|cscip:column|cscip:text|cscip:remark ?said .
    ?statement cscip:table|cscip:row ?about .
  } UNION {
    ?statement a cscip:Discrepancy . ?statement cscip:statementA|cscip:statementB|cscip:remark ?said
  }
  OPTIONAL { ?statement cscip:citation ?cite . ?cite cscip:startLine ?start ; cscip:source ?in }
} GROUP BY ?statement ORDER BY ?statement"""


@dataclass(frozen=True)
class Unit:
    """One thing that a question tells.

    Attributes:
        typed: its stems as they were put.
        ways: sets of stems, any of which will do when all of it stands in a text.
        needed: whether a text without it says nothing of the question: a name, a figure.
    """

    typed: frozenset[str]
    ways: frozenset[frozenset[str]]
    needed: bool = False

    def held(self, by: frozenset[str]) -> bool:
        """Return whether a text with these stems speaks of it."""
        return self.typed <= by or any(way <= by for way in self.ways)


@dataclass(frozen=True)
class _Passage:
    """A statement: its kind, its stems, what it is about and where it stands."""

    iri: str
    kind: str
    stems: frozenset[str]
    topics: frozenset[str]
    source: str
    line: int


def _stems(text: str, source: str) -> frozenset[str]:
    """Return the stems of a statement; a sum is money, and the first report is about the first wave."""
    found = set(stems(text))
    if any(one.startswith("£") for one in found):
        found.add("money")
    if source == _FIRST_REPORT:
        found.update(("first", "wave", "round", "1"))
    return frozenset(found)


@cache
def _passages(build: Path) -> tuple[_Passage, ...]:
    rows = select(open_store(build.parent.parent), _TEXTS)
    return tuple(
        _Passage(
            value_of(row["statement"]),
            value_of(row["statement"]).removeprefix(ID).partition("/")[0],
            _stems(value_of(row["text"]), value_of(row["source"]) if row["source"] else ""),
            frozenset(value_of(row["topics"]).split("|")) - {""},
            value_of(row["source"]) if row["source"] else "",
            int(value_of(row["line"])) if row["line"] else 0,
        )
        for row in rows
    )


def about(
    units: Sequence[Unit],
    kinds: frozenset[str],
    least: float,
    topics: frozenset[str] = frozenset(),
    folder: Path | None = None,
) -> list[str]:
    """Return the statements that speak of these units, the fullest first, with what belongs to the best.

    Args:
        units: what the question tells; one that no statement holds weighs as much as the rarest.
        kinds: kinds of statement to look among, as in their IRIs; none means all.
        least: the share of the weight that a statement must hold.
        topics: IRIs of topics that are named: all that is said on them belongs to the answer.
        folder: the build folder.
    """
    needed = [unit for unit in units if unit.needed]
    among = [p for p in _passages(current(folder)) if not kinds or p.kind in kinds]
    holding = [[unit.held(p.stems) for unit in units] for p in among]
    uses = [sum(held[n] for held in holding) for n in range(len(units))]
    weights = [log(1 + len(among) / (number or 1)) for number in uses]
    whole = sum(weights)
    if not whole:
        return []
    said = frozenset().union(*(unit.typed for unit in units))
    ranked = sorted(
        (
            (
                -sum(w for w, h in zip(weights, held, strict=True) if h) / whole,
                -len(said & p.stems),
                p.iri,
                p,
            )
            for held, p in zip(holding, among, strict=True)
            if all(unit.held(p.stems) for unit in needed)
        ),
        key=lambda one: one[:3],
    )
    best = -ranked[0][0] if ranked else 0.0
    if best < least:
        return []
    found = [p for share, _, _, p in ranked if -share >= max(least, best * _NEAR)][:_MOST]
    top = [p for share, _, _, p in ranked if -share >= best * _BEST][:_FEW_BEST]
    on_topic = [p for _, _, _, p in ranked if p.topics & topics][:_MOST_ON_TOPIC]
    return list(dict.fromkeys(p.iri for p in (*found, *_beside(top, among), *on_topic)))


def _beside(top: Sequence[_Passage], among: Sequence[_Passage]) -> list[_Passage]:
    """Return what stands next to the best statements and is about the same; small tables are whole."""
    sizes = Counter(topic for p in among for topic in p.topics)

    def belongs(p: _Passage, t: _Passage) -> bool:
        shared = p.topics & t.topics
        if p.source != t.source or not shared:
            return False
        if p.kind == "statistic":
            return p.kind == t.kind and any(sizes[topic] <= _MOST_IN_TABLE for topic in shared)
        return abs(p.line - t.line) <= _BESIDE

    return [p for p in among if any(p != t and belongs(p, t) for t in top)]
