"""What else is known of the thing that is meant → the candidates that agree with it come before the others.

In: candidates, and values of properties as somebody has them in other columns. Out: candidates. A column may
part two that come near each other; it never makes a match of a name that is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cscip_kg.reconcile.kinds import agrees
from cscip_kg.reconcile.matching import Candidate, judged
from cscip_kg.reconcile.properties import Property, bearers, values
from cscip_kg.reconcile.register import Register
from cscip_kg.reconcile.weighing import MATCH, Evidence

_FOR, _AGAINST = 4.0, 15.0
Wanted = Sequence[tuple[Property, frozenset[str]]]


def _agreement(one: Candidate, wanted: Wanted, folder: Path | None) -> dict[str, bool]:
    """Return for each property that the thing has whether one of its values is among those given."""
    found = {}
    for prop, given in wanted:
        if own := values(prop, one.entity.iri, folder):
            found[prop.id] = any(v.text.casefold() in given or (v.id and v.id in given) for v in own)
    return found


def refined(
    found: Iterable[Candidate], wanted: Wanted, asked: Sequence[str], folder: Path | None = None
) -> list[Candidate]:
    """Return candidates in the order that other columns speak for.

    Args:
        found: what a name was found to mean, whole.
        wanted: properties with the values that were given, in small letters.
        asked: ids of the kinds that are meant.
        folder: the build folder.
    """
    made = []
    for one in found:
        agreement = _agreement(one, wanted, folder)
        score = one.evidence.score
        for agrees_with in agreement.values():
            score += _FOR if agrees_with else -_AGAINST
        most = 100.0 if one.evidence.score >= MATCH else MATCH - 1
        evidence = replace(one.evidence, score=max(0.0, min(score, most)))
        made.append(Candidate(one.entity, evidence, columns=agreement))
    return judged(made, asked)


def by_columns(
    known: Register, wanted: Wanted, asked: Sequence[str], folder: Path | None = None
) -> list[Candidate]:
    """Return the things that have all the values given, where no name was; a code of one thing is a match."""
    sets = [{iri for one in given for iri in bearers(prop, one, folder)} for prop, given in wanted]
    shared = sorted(set.intersection(*sets)) if sets else []
    told: Mapping[str, bool] = {prop.id: True for prop, _ in wanted}
    sure = any(prop.identifies for prop, _ in wanted)
    evidence = Evidence(100.0 if sure else MATCH - 1, wanted[0][0].name if wanted else "", "columns", False)
    found = [Candidate(known.entities[iri], evidence, columns=told) for iri in shared]
    return judged([one for one in found if agrees(one.entity.kinds, asked)], asked)
