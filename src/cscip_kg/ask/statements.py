"""A reading → the statements that speak of what it tells, where no stored question of its own fits.

In: a `Reading` and the names. Out: a `Choice` of the query that lists statements, or none. The words say
which kind is asked for: lessons and advice, counts, or contradictions between sources.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cscip_kg import queries
from cscip_kg.ask import passages
from cscip_kg.ask.choosing import Choice, is_all
from cscip_kg.ask.english import GENERIC, NEGATIONS, ORDINARY, is_ordinary
from cscip_kg.ask.meaning import is_anybody
from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading, Word
from cscip_kg.ask.passages import Unit
from cscip_kg.ask.plain import CUES, NEVER, PASSED, SOFT
from cscip_kg.ask.synonyms import SAME
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
        r"|different (?:\w+ ){0,2}figures?|add(?:s|ed)? up|muddled|mistakes?|errors?|typos?|looks? wrong",
        _CONTRADICTIONS,
        """agree disagree agreement contradict contradiction contradictory discrepancy discrepancies
        inconsistent inconsistency conflict conflicting odds differ different source two figure
        add muddle mistake error typo wrong""",
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
        r"how many|how much of|(?:what|a|the) share|what proportion|what percentage|per ?cent\w*|percentage"
        r"|proportion|out of|number of",
        _COUNTS,
        "many share proportion percentage percent number often",
    ),
    _cue(
        r"why|lessons?|learn(?:ed|nt|t)?|learning from|barriers?|obstacles?|challenges?|hinder\w*"
        r"|enablers?|facilitators?|in the way|go(?:es)? wrong"
        r"|went wrong|what (?:made|makes) it|difficult|problems?|hold up|held up|pitfalls?|worked well|tips"
        r"|how (?:do|can|should|could|to|did they)|what (?:helps|helped|matters|do you need)|any use"
        r"|received|(?:what|which things) (?:stops?|stopped|prevents?|prevented)|how important"
        r"|risks? (?:to|of)",
        _GUIDANCE,
        """why lesson learn barrier obstacle challenge hinder enabler facilitator problem pitfall tip way
        wrong difficult matter helps stop prevent important risk""",
    ),
)
EASY: Final = SOFT | LIGHT | CUES | GENERIC | NEGATIONS
_STRICT, _CUED, _UNCUED, _WHOLE = 0.72, 0.5, 0.8, 0.99
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


def of_mention(mention: Mention, reading: Reading, names: Names) -> Unit:
    """Return one unit of what is named, by any of its names."""
    typed = frozenset(w.stem for w in reading.words[mention.start : mention.end]) - LIGHT
    ways = {way for iris in mention.things.values() for iri in iris for way in names.ways_of(iri)}
    if len(typed) == 1:
        ways |= {frozenset((one,)) for one in SAME.get(min(typed), frozenset())}
    return Unit(
        typed - SOFT or typed,
        frozenset(ways),
        needed=bool(_NAMED & set(mention.things) & mention.strong),
        things=frozenset(iri for iris in mention.things.values() for iri in iris),
    )


def _units(reading: Reading, names: Names, cue: _Cue | None) -> list[Unit]:
    said = cue.words if cue else frozenset()
    found = []
    for mention in reading.mentions:
        stems = {w.stem for w in reading.words[mention.start : mention.end]}
        if not stems <= said | SOFT | {"programm"}:
            found.append(of_mention(mention, reading, names))
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
    if cue is None and len(units) < _FEWEST:
        return None
    if sure and cue and cue.kinds == _COUNTS and len(units) < _FEWEST:
        return None
    least = _STRICT if sure else _CUED if cue and len(units) > 1 else _UNCUED
    if cue and cue.kinds == _COUNTS and not sure:
        if len(units) < _FEWEST:
            return None
        least = _WHOLE
    topics = frozenset(iri for m in reading.mentions for iri in m.things.get("topic", ()))
    kinds = cue.kinds if cue else frozenset()
    on_topic = topics if kinds == _GUIDANCE else frozenset()
    found = passages.about(units, kinds, least, names, topics=on_topic, folder=folder)
    if not found and kinds == frozenset(("consideration",)):
        found = passages.about(units, _GUIDANCE, least, names, topics=topics, folder=folder)
    if not found:
        return None
    values = {"statements": ",".join(iri.removeprefix(ID) for iri in found)}
    return Choice(queries.find("statements-listed"), values, 0.0)


def says_little(mention: Mention) -> bool:
    """Return whether a mention is of children, families or people at large, or of the whole programme."""
    of_all = set(mention.things) <= {"population", "audience", "theme", "beneficiary"} and not mention.strong
    return of_all or is_anybody(mention) or is_all(mention)


def of_words(said: Sequence[Word]) -> Unit:
    """Return one unit of a word, or of several of which one will do."""
    ways = {frozenset((one,)) for word in said for one in SAME.get(word.stem, frozenset()) | {word.stem}}
    return Unit(frozenset((said[0].stem,)), frozenset(ways))


def _either(reading: Reading, telling: Sequence[Word]) -> list[list[Word]]:
    """Return the telling words, those together that "or" joins: one of "apps or tools" will do."""
    groups: list[list[Word]] = []
    joined = False
    for word in reading.words:
        if word.word == "or":
            joined = bool(groups)
        elif word in telling:
            if joined:
                groups[-1].append(word)
            else:
                groups.append([word])
            joined = False
    return groups


def holding_all(
    reading: Reading, names: Names, folder: Path | None = None, *, wished: bool = False
) -> Choice | None:
    """Return the statements or interventions that hold all that a question tells; nothing without any.

    Args:
        reading: the question.
        names: the names of the build.
        folder: the build folder.
        wished: whether they must hold a plain word of the question, too.
    """
    taken = {n for m in reading.mentions for n in range(m.start, m.end)}
    rest = [word for n, word in enumerate(reading.words) if n not in taken]
    told = [m for m in reading.mentions if not says_little(m)]
    units = [
        replace(of_mention(mention, reading, names), needed="intervention" in mention.strong)
        for mention in told
    ]
    strange = [
        word for word in rest if word.stem not in EASY | PASSED and not is_ordinary(word.word, word.stem)
    ]
    units += [of_words(words) for words in _either(reading, strange)]
    plain = frozenset(word.stem for word in rest) & (PASSED | ORDINARY | CUES) - SOFT - GENERIC
    # Of one intervention nearly any word is said somewhere: one word beside its name is not enough.
    of_one = any("intervention" in mention.strong for mention in told)
    if len(units) < _FEWEST + of_one and not wished:
        # Of few telling words, the others must stand in the statement, too.
        easy = {w.stem for w in rest} & (PASSED | ORDINARY | GENERIC) - SOFT - CUES
        units += [Unit(frozenset((one,)), frozenset()) for one in sorted(easy)]
    if len(units) + wished * bool(plain) < _FEWEST + (of_one and not wished) or any(
        word.word in NEVER for word in reading.words
    ):
        return None
    found = passages.holding_all(units, plain, names, folder, least=int(wished))
    if not found:
        return None
    start = f"{ID}intervention/"
    statements = passages.accounts(found, folder)
    if statements:
        values = {"statements": ",".join(iri.removeprefix(ID) for iri in statements)}
        return Choice(queries.find("statements-listed"), values, 0.0)
    values = {"intervention": ",".join(iri.removeprefix(start) for iri in found if iri.startswith(start))}
    if not values["intervention"]:
        return None
    return Choice(queries.find("interventions-where"), values, 0.0)


def counted_in(reading: Reading, names: Names, folder: Path | None = None) -> Choice | None:
    """Return the printed counts that hold all that a question with "how many" tells; nothing without any.

    Args:
        reading: the question.
        names: the names of the build.
        folder: the build folder.
    """
    cue = _first(reading)
    if cue is None or cue.kinds != _COUNTS:
        return None
    units = _units(reading, names, cue)
    wished = frozenset(word.stem for word in reading.words) - SOFT - LIGHT - cue.words
    found = passages.holding_all(units, wished, names, folder, least=1, kinds=_COUNTS) if units else []
    if not found:
        return None
    values = {"statements": ",".join(iri.removeprefix(ID) for iri in found)}
    return Choice(queries.find("statements-listed"), values, 0.0)


def accounts_of(choice: Choice, folder: Path | None = None) -> Choice:
    """Return what sources say of the programme or round that a choice is about.

    Args:
        choice: a choice of the query about programmes and rounds.
        folder: the build folder.
    """
    things = [f"{ID}{one}" for value in choice.values.values() for one in value.split("|")]
    values = {"statements": ",".join(i.removeprefix(ID) for i in passages.accounts(things, folder))}
    return Choice(queries.find("statements-listed"), values, 0.0)
