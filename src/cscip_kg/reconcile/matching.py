"""A text and the kinds asked for → the things that it may name, the likeliest first, each with its score.

In: text as people type it. Out: `Candidate`s. The same text gives the same answer for the same build. One is
a match only when its score reaches `MATCH`, the next stands `APART`, and its kind is the one that is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from cscip_kg.lexicon import stem
from cscip_kg.reconcile import councils
from cscip_kg.reconcile.councils import Authority
from cscip_kg.reconcile.kinds import AREA, COUNCIL, KINDS, USUAL, agrees
from cscip_kg.reconcile.register import Entity, Register
from cscip_kg.reconcile.weighing import (
    ALL_WORDS,
    APART,
    INITIALS,
    LOOSE,
    MATCH,
    PARTLY,
    Evidence,
    compare,
    read,
    same,
)
from cscip_kg.reconcile.words import EMPTY, MOST_SIGNS, MOST_WORDS, NOISE, initials, key, keys, parts, worded

_BARE_PLACE: Final = 90.0
_SLIP: Final = 4.0
_IN_PARTS: Final = 96.0
_WITH_CONTEXT: Final = 93.0
_SHORTEST_SLIP: Final = 6


@dataclass(frozen=True)
class Candidate:
    """One thing that a text may name.

    Attributes:
        entity: the thing.
        evidence: what speaks for it.
        match: whether it may be taken without a person's look.
        ahead: by how many points the first is ahead of the next; nothing for the others.
        columns: by the id of a property whether what was given for it agrees.
    """

    entity: Entity
    evidence: Evidence
    match: bool = False
    ahead: float = 0.0
    columns: Mapping[str, bool] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The score, of 100, to one decimal."""
        return round(self.evidence.score, 1)


class _Found:
    """The best evidence for each thing."""

    def __init__(self) -> None:
        self.best: dict[str, tuple[Entity, Evidence]] = {}

    def add(self, entity: Entity, evidence: Evidence | None, most: float = 100.0) -> None:
        if evidence is None:
            return
        if evidence.score > most:
            evidence = replace(evidence, score=most, kind=False)
        known = self.best.get(entity.iri)
        if known is None or evidence.score > known[1].score:
            self.best[entity.iri] = entity, evidence


@lru_cache(maxsize=4096)
def _authority(words: tuple[str, ...]) -> tuple[Authority, frozenset[str]]:
    read_as = councils.read(words)
    return read_as, frozenset(stem(word) for word in read_as.place if word not in EMPTY)


def _spelt(known: Register, text: str) -> tuple[str, ...]:
    """Return the words of a text; those that are a slip away from council, county and the like as these."""
    found = []
    for word in worded(text):
        near = known.slips(word) if len(word) >= _SHORTEST_SLIP else []
        found.append(next((one for one in councils.SPELT if (stem(one),) in near), word))
    return tuple(found)


def _placed(
    known: Register, words: tuple[str, ...], name: str, entity: Entity, asked: Sequence[str]
) -> Evidence | None:
    """Return the evidence that a text names an authority, or its area, by the place."""
    mine, place = _authority(words)
    written, theirs = _authority(worded(name))
    if not place or not theirs:
        return None
    slips, sure = 0, True
    if place != theirs:
        spelt = set(place)
        for word in mine.place:
            near = known.slips(word) if len(word) >= _SHORTEST_SLIP else []
            if found := next((alt for alt in near if set(alt) <= theirs), None):
                spelt = (spelt - {stem(word)}) | set(found)
                slips += 1
                sure = sure and any(councils.misspelt(word, one) for one in written.place)
        if spelt != theirs:
            both = len(spelt & theirs)
            share = both / len(spelt), both / len(theirs)
            score = LOOSE * 2 * share[0] * share[1] / (sum(share) or 1)
            return Evidence(score, name, "place", False, *share, slips) if score > LOOSE / 2 else None
    most, kind = _most(mine, entity, asked)
    if not sure:
        most = min(most, PARTLY - APART)
    score = ALL_WORDS if mine.body or AREA in entity.kinds else _BARE_PLACE
    return Evidence(min(score - _SLIP * slips, most), name, "place", False, 1, 1, slips, kind)


def _most(text: Authority, entity: Entity, asked: Sequence[str]) -> tuple[float, bool]:
    """Return the most that the place alone is worth, and whether the text names a thing of that kind."""
    if not councils.fits(text.status, entity.code):
        return LOOSE, False
    if AREA in entity.kinds:
        # A council is not its area, even where the graph has no council of that name.
        return (PARTLY - APART, False) if text.body else (100.0, True)
    if text.land or not (text.body or COUNCIL in asked):
        return LOOSE, False
    # Without its kind the name may be that of the authority which came after.
    if entity.succeeded and not {"county", "cc"} & {*text.status, *text.words}:
        return PARTLY, True
    return 100.0, True


def _limit(entity: Entity, name: str, asked: Sequence[str]) -> float:
    """Return the most that a name can be worth for a thing: an area is not what is meant by a council."""
    if AREA not in entity.kinds:
        return 100.0
    if AREA not in asked:
        return LOOSE
    return LOOSE if entity.served and _authority(worded(name))[0].body else 100.0


def _in_parts(known: Register, text: str, found: _Found, wanted: Sequence[str], asked: Sequence[str]) -> None:
    """Add the things that each part of a text names: `Rees Centre, University of Oxford`, `Pause (pilot)`."""
    divided = parts(text)
    if len(divided) < 2:
        return
    named = [{name.entity.iri for one in keys(part) for name in known.by_key.get(one, ())
              if name.form in ("preferred", "alternative", "printed")} for part in divided]  # fmt: skip
    for iri in sorted(set().union(*named)):
        entity = known.entities[iri]
        if entity.kinds[0] not in wanted:
            continue
        score, whole = _IN_PARTS, True
        for part, own in zip(divided, named, strict=True):
            said = {stem(w) for w in worded(part) if w not in EMPTY and w not in NOISE[entity.kinds[0]]}
            short = any(key(part) == initials(other) for other in divided)
            if iri in own or not said or short:
                continue
            score, whole = _WITH_CONTEXT, whole and said in entity.context
        if whole:
            found.add(entity, Evidence(score, entity.name, "part", False, 1, 1), _limit(entity, text, asked))


def _by_words(known: Register, text: str, found: _Found, wanted: Sequence[str]) -> None:
    for kind in wanted:
        if kind in (COUNCIL, AREA):
            continue
        reading = read(known, text, kind)
        stems = {*reading.words.core, *(s for alts in reading.slips.values() for alt in alts for s in alt)}
        for number in sorted({n for one in stems for n in known.by_stem.get(one, ())}):
            name = known.names[number]
            if name.entity.kinds[0] == kind:
                found.add(name.entity, compare(known, reading, name))


def _by_place(known: Register, text: str, found: _Found, wanted: Sequence[str], asked: Sequence[str]) -> None:
    if not {COUNCIL, AREA} & set(wanted):
        return
    words = _spelt(known, text)
    for name in known.authorities():
        if name.entity.kinds[0] in wanted:
            evidence = _placed(known, words, name.text, name.entity, asked)
            found.add(name.entity, evidence, _limit(name.entity, name.text, asked))


def judged(found: Iterable[Candidate], asked: Sequence[str]) -> list[Candidate]:
    """Return candidates in order, the first marked as a match where it is one.

    Args:
        found: one for each thing, in any order.
        asked: ids of the kinds that are meant; none for any but areas.
    """
    order = list(KINDS)
    ranked = sorted(
        (replace(one, match=False, ahead=0.0) for one in found),
        key=lambda one: (-one.score, order.index(one.entity.kinds[0]), one.entity.iri),
    )
    if not ranked:
        return []
    first = ranked[0]
    # A council by its very name need not be told from its area, which bears the name of the place only.
    rivals = [o for o in ranked[1:] if not (first.evidence.same and o.entity.iri == first.entity.area)]
    ahead = first.score - rivals[0].score if rivals else first.score
    # Where both a council and its area are asked for, a bare name tells not which.
    torn = any(
        other.score >= MATCH
        and (other.entity.iri == first.entity.area or first.entity.iri == other.entity.area)
        for other in rivals
    )
    sure = first.score >= MATCH and ahead >= APART and first.evidence.kind and not torn
    ranked[0] = replace(first, ahead=round(ahead, 1), match=sure and agrees(first.entity.kinds, asked))
    return ranked


def candidates(known: Register, text: str, kinds: Iterable[str] = (), limit: int = 10) -> list[Candidate]:
    """Return what a text may name, the likeliest first.

    Args:
        known: what it is matched with.
        text: a name as somebody typed it.
        kinds: ids of the kinds that are meant; none for any but areas.
        limit: how many at most.
    """
    named = tuple(kinds)
    asked = named or USUAL
    said = worded(text) if len(text) <= MOST_SIGNS else []
    if not said or len(said) > MOST_WORDS:
        return []
    found = _Found()
    wanted = [kind.id for kind in KINDS.values() if kind.id in asked or kind.broader in asked]
    # Who asks for a council is shown the area of that name, as something else.
    if COUNCIL in asked and AREA not in wanted:
        wanted.append(AREA)
    for one in keys(text):
        for name in known.by_key.get(one, ()):
            if name.entity.kinds[0] in wanted:
                found.add(name.entity, same(name), _limit(name.entity, name.text, asked))
        for entity in known.by_initials.get(one, ()):
            if entity.kinds[0] in wanted:
                evidence = Evidence(INITIALS, entity.name, "initials", False, 1, 1)
                found.add(entity, evidence, _limit(entity, "", asked))
    for name in known.by_key.get(initials(text), ()):
        if name.text.isupper() and name.entity.kinds[0] in wanted:
            found.add(name.entity, Evidence(INITIALS, name.text, "initials", False, 1, 1), INITIALS)
    _in_parts(known, text, found, wanted, asked)
    _by_words(known, text, found, wanted)
    _by_place(known, text, found, wanted, named)
    return judged((Candidate(*one) for one in found.best.values()), asked)[:limit]


_FORMS: Final = {
    "preferred": "its name",
    "alternative": "another of its names",
    "printed": "a name that a source prints",
    "part": "a part of its name",
    "finding": "the label of a finding on it",
    "hidden": "a word by which it is searched for",
    "place": "the place",
    "initials": "initials",
    "columns": "a column",
}


def why(one: Candidate) -> str:
    """Return in words what a candidate was found by."""
    evidence = one.evidence
    how = "" if evidence.same or evidence.form in ("place", "initials", "columns") else "words of "
    told = f"{how}{_FORMS[evidence.form]}: {evidence.name}"
    if evidence.slips:
        told += f"; {evidence.slips} word{'s' if evidence.slips > 1 else ''} read as spelt otherwise"
    if not evidence.kind:
        kind = KINDS[one.entity.kinds[0]]
        told += f"; that may not be meant: {kind.description[0].lower()}{kind.description[1:-1]}"
    return told
