"""A reading → the statements that speak of what it tells, where no stored question of its own fits.

In: a `Reading` and the names. Out: a `Choice` of the query that lists statements, or none. The words say
which kind is asked for: lessons and advice, counts, or contradictions between sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cscip_kg import queries
from cscip_kg.ask import passages
from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading
from cscip_kg.ask.passages import Unit
from cscip_kg.ask.plain import CUES, PASSED, SAME, SOFT
from cscip_kg.lexicon import stem
from cscip_kg.namespaces import ID

_GUIDANCE: Final = frozenset(("lesson", "recommendation", "consideration", "note"))
_COUNTS: Final = frozenset(("statistic",))
_CONTRADICTIONS: Final = frozenset(("discrepancy",))


@dataclass(frozen=True)
class _Cue:
    """How a kind of question is put, the kinds of statement that answer it, and the words that say so."""

    put: re.Pattern[str]
    kinds: frozenset[str]
    words: frozenset[str]


def _cue(put: str, kinds: frozenset[str], words: str = "") -> _Cue:
    return _Cue(re.compile(rf"\b(?:{put})\b"), kinds, frozenset(map(stem, words.split())))


_CUES: Final = (
    _cue(
        r"(?:dis)?agree\w*|contradict\w*|discrepanc\w*|inconsisten\w*|conflict(?:ing|s)?|at odds"
        r"|(?:sources?|reports?|figures?|numbers?) (?:\w+ )?differ|two different"
        r"|different (?:\w+ ){0,2}figures?",
        _CONTRADICTIONS,
        """agree disagree agreement contradict contradiction contradictory discrepancy discrepancies
        inconsistent inconsistency conflict conflicting odds differ different source two figure""",
    ),
    _cue(
        r"recommend\w*|advice|advise\w*|suggest(?:ions?|ed)?",
        frozenset(("recommendation", "consideration")),
        "recommend recommendation advice advise suggest suggestion",
    ),
    _cue(
        r"(?:ask|consider|weigh|think about|bear in mind|check|plan for|watch(?: out)?) "
        r".*\b(?:before|when|while|if)\b"
        r"|before (?:we|you|i|commissioning|starting|setting)|checklist"
        r"|questions (?:to|should|for)|ask ourselves",
        frozenset(("consideration",)),
        "ask consider weigh think watch check checklist before question plan commission start new something",
    ),
    _cue(
        r"how many|how much of|what share|what proportion|what percentage|per ?cent\w*|percentage|proportion"
        r"|out of",
        _COUNTS,
        "many share proportion percentage percent number often",
    ),
    _cue(
        r"why|lessons?|learn(?:ed|nt|t)?|learning from|barriers?|obstacles?|challenges?|hinder\w*"
        r"|enablers?|facilitators?|in the way|go(?:es)? wrong"
        r"|went wrong|what (?:made|makes) it|difficult|problems?|hold up|held up|pitfalls?|worked well|tips"
        r"|how (?:do|can|should|could|to|did they)|what (?:helps|helped|matters|do you need)|any use"
        r"|received",
        _GUIDANCE,
        """why lesson learn barrier obstacle challenge hinder enabler facilitator problem pitfall tip way
        wrong difficult matter helps""",
    ),
)
_STRICT, _CUED, _UNCUED = 0.72, 0.5, 0.8
_YEAR: Final = 4
# One word alone does not say which count is asked for.
_FEWEST: Final = 2
# What the statements must name, when a question names it.
_NAMED: Final = frozenset(("intervention", "organisation", "area", "programme"))


def _first(reading: Reading) -> _Cue | None:
    plain = " ".join(word.word for word in reading.words)
    return next((cue for cue in _CUES if cue.put.search(plain)), None)


def asks_for_guidance(reading: Reading) -> bool:
    """Return whether a question is put as one about lessons."""
    cue = _first(reading)
    return cue is not None and cue.kinds == _GUIDANCE


def _of_mention(mention: Mention, reading: Reading, names: Names) -> Unit:
    typed = frozenset(w.stem for w in reading.words[mention.start : mention.end]) - LIGHT
    ways = {way for iris in mention.things.values() for iri in iris for way in names.ways_of(iri)}
    if len(typed) == 1:
        ways |= {frozenset((one,)) for one in SAME.get(min(typed), frozenset())}
    return Unit(
        typed - SOFT or typed, frozenset(ways), needed=bool(_NAMED & set(mention.things) & mention.strong)
    )


def _units(reading: Reading, names: Names, cue: _Cue | None) -> list[Unit]:
    said = cue.words if cue else frozenset()
    found = []
    for mention in reading.mentions:
        stems = {w.stem for w in reading.words[mention.start : mention.end]}
        if not stems <= said | SOFT | {"programm"}:
            found.append(_of_mention(mention, reading, names))
    taken = {n for m in reading.mentions for n in range(m.start, m.end)}
    for n, word in enumerate(reading.words):
        if n in taken or word.stem in SOFT | CUES | LIGHT | PASSED | said:
            continue
        year = word.word.isdigit() and len(word.word) == _YEAR
        ways = {frozenset((one,)) for one in SAME.get(word.stem, frozenset()) | {word.stem}}
        found.append(
            Unit(frozenset((word.stem,)), frozenset(ways), needed=year or (n > 0 and word.typed[0].isupper()))
        )
    return found


def comes_first(reading: Reading) -> bool:
    """Return whether a question is put as one about lessons, advice, counts or contradictions in general."""
    cue = _first(reading)
    named = {kind for m in reading.mentions for kind in _NAMED & set(m.things) & m.strong}
    if cue is None:
        return False
    return not named or (cue.kinds == _CONTRADICTIONS and "intervention" not in named)


def listed(reading: Reading, names: Names, *, sure: bool, folder: Path | None = None) -> Choice | None:
    """Return the statements that speak of what a question tells; nothing when they hold too little of it.

    Args:
        reading: the question.
        names: the names of the build.
        sure: whether they must hold nearly all of it.
        folder: the build folder.
    """
    cue = _first(reading)
    if cue is None and any(_NAMED & set(m.things) for m in reading.mentions):
        return None
    units = _units(reading, names, cue)
    if sure and cue and cue.kinds == _COUNTS and len(units) < _FEWEST:
        return None
    least = _STRICT if sure else _CUED if cue and len(units) > 1 else _UNCUED
    topics = frozenset(iri for m in reading.mentions for iri in m.things.get("topic", ()))
    kinds = cue.kinds if cue else frozenset()
    found = passages.about(units, kinds, least, topics if kinds == _GUIDANCE else frozenset(), folder)
    if not found and kinds == frozenset(("consideration",)):
        found = passages.about(units, _GUIDANCE, least, topics, folder)
    if not found:
        return None
    values = {"statements": ",".join(iri.removeprefix(ID) for iri in found)}
    return Choice(queries.find("statements-listed"), values, 0.0)
