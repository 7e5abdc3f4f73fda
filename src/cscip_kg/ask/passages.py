"""Words → the lessons, recommendations, cautions, counts and contradictions that speak of them.

In: the telling words of a question. Out: the statements that hold most of them, by weight. It serves questions
that name no thing of the vocabularies, such as why something went wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
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
_ABOUT: Final = 0.62
_NEAR: Final = 0.7
_MOST: Final = 12

_TEXTS: Final = """SELECT ?statement (GROUP_CONCAT(DISTINCT STR(?said); SEPARATOR=" ") AS ?text) WHERE {
  {
    VALUES ?class { cscip:Lesson cscip:Recommendation cscip:Consideration cscip:Note }
    ?statement a ?class .
    { ?statement cscip:text ?said } UNION { ?statement cscip:topic/skos:prefLabel ?said }
    UNION { ?statement cscip:stance/skos:prefLabel ?said } UNION { ?statement cscip:remark ?said }
  } UNION {
    ?statement a cscip:Statistic . ?statement cscip:table|cscip:row|cscip:column ?said
  } UNION {
    ?statement a cscip:Discrepancy . ?statement cscip:statementA|cscip:statementB ?said
  }
} GROUP BY ?statement ORDER BY ?statement"""


@dataclass(frozen=True)
class _Passages:
    """The stems of each statement, and what each stem tells."""

    stems: dict[str, frozenset[str]]
    weights: dict[str, float]


@cache
def _passages(build: Path) -> _Passages:
    rows = select(open_store(build.parent.parent), _TEXTS)
    found = {value_of(row["statement"]): frozenset(stems(value_of(row["text"]))) for row in rows}
    uses: dict[str, int] = {}
    for held in found.values():
        for one in held:
            uses[one] = uses.get(one, 0) + 1
    return _Passages(found, {one: log(1 + len(found) / number) for one, number in uses.items()})


def about(telling: Iterable[str], kinds: frozenset[str], folder: Path | None = None) -> list[str]:
    """Return the statements that speak of these stems, the fullest first.

    Args:
        telling: stems that tell something; one that no statement holds weighs as much as the rarest.
        kinds: kinds of statement to look among, as in their IRIs; none means all.
        folder: the build folder.
    """
    held = _passages(current(folder))
    rarest = max(held.weights.values())
    weights = {one: held.weights.get(one, rarest) for one in telling}
    whole = sum(weights.values())
    if not whole:
        return []
    shares = {
        iri: sum(weights[one] for one in weights if one in words) / whole
        for iri, words in held.stems.items()
        if not kinds or iri.removeprefix(ID).partition("/")[0] in kinds
    }
    best = max(shares.values(), default=0.0)
    if best < _ABOUT:
        return []
    found = [iri for iri, share in shares.items() if share >= max(_ABOUT, best * _NEAR)]
    return sorted(found, key=lambda iri: (-shares[iri], iri))[:_MOST]
