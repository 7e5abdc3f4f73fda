"""A reading → the stored queries that could be meant, the likeliest first.

In: a `Reading`. Out: `Choice`s. A query is meant the more, the more of one phrasing's telling words stand in
the question and the more of the things named it takes as parameters. What neither a parameter nor that
phrasing accounts for is told, and such a choice does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.binding import kept_by, opposed, value_for, ways
from cscip_kg.ask.english import GENERIC, NEGATIONS, ORDINARY, is_noun, is_ordinary
from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading, Word
from cscip_kg.ask.phrasing import (
    SPOKEN,
    Phrasing,
    headed,
    likeness,
    phrasings,
    said,
    spoken,
    telling,
    weights,
)
from cscip_kg.ask.plain import CUES, NEVER, PASSED, SOFT
from cscip_kg.namespaces import ID
from cscip_kg.queries import StoredQuery

# What one thing taken as a parameter, and one word not accounted for, are worth against the telling words.
_TAKEN, _FOUND_BY, _ODD, _LEFT = 2.2, 1.2, 2.0, 1.6
# Queries that answer about the graph itself come last when all else is equal.
_PRIOR: Final = {"provenance": -0.8, "gaps": -0.2, "find": 0.2}
# Of the queries about the graph, those that people ask about an intervention or a vocabulary.
ASKED_ALIKE: Final = frozenset(("names-of", "reports-of-intervention", "concepts-in-scheme"))
_KEPT: Final = 0.6  # a thing that the query has no parameter for
_NOT_TAKEN: Final = 6.0  # a thing named that the query could take
_OVER: Final = 0.25  # a plain word that is passed over
_ELSEWHERE: Final = 0.5  # a word of another phrasing of the same query
_TURNED: Final = 1.5  # "not", where the phrasing does not have it
_OPEN_HANDED: Final = 1.1  # for the queries that take any choice and answer with the most columns
_DOUBTED: Final = 4.0  # a figure or place is doubted: contradictions answer
_DOUBT: Final = re.compile(
    r"\b(?:adds? up|muddled|mistakes?|typos?|looks? (?:wrong|odd)|contradict\w*|inconsisten\w*"
    r"|(?:not|doesn'?t|don'?t|didn'?t) (?:\w+ )?(?:match|tally|square|add))\b"
)
# Days and times are measured, and no sample.
_SAMPLES: Final = "sample-sizes"
_MEASURED: Final = re.compile(r"\bhow many (?:days|weeks|months|years|times|hours)\b")
_COUNTED: Final = 0.8  # a number is asked for with "how many"
# What a printed count cannot answer.
_NOT_OF: Final = dict.fromkeys(("statistics", "provenance"), frozenset(("evalu", "find", "result")))
# Queries that choose a way of change by themselves.
CHANGES: Final = frozenset(
    ("what-got-worse", "what-improved", "what-increased", "what-reduced", "what-did-not-change")
)
_PROGRAMME: Final = f"{ID}programme/childrens-social-care-innovation-programme"
_FUNDER: Final = f"{ID}organisation/department-for-education"
_EASY: Final = SOFT | LIGHT | GENERIC | NEGATIONS
_WEAK: Final = 0.7  # what a thing that is only found by a word explains, beside one that is named
_SHARE: Final = 0.5  # so much must be explained for each plain word that is passed over
_LIKELIEST: Final = 5  # so many phrasings of a query are looked at closely
PASSED_OVER: Final = PASSED | ORDINARY | CUES
_TOLD_ALWAYS: Final = frozenset(said(one) for one in GENERIC | CUES | NEGATIONS)


@dataclass(frozen=True)
class Choice:
    """A stored query with parameters that may answer a question, and how well it fits.

    Attributes:
        query: the query.
        values: its parameters.
        score: how likely it is meant, against others.
        odd: words that nothing accounts for.
        met: telling words of the question that the phrasing has, as they are compared.
        passed: plain words that were passed over.
        kept: what only the interventions in the rows tell, as parameters of the query that finds those.
    """

    query: StoredQuery
    values: Mapping[str, str]
    score: float
    odd: tuple[Word, ...] = ()
    met: frozenset[str] = frozenset()
    passed: tuple[Word, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Return the words that neither a parameter nor a phrasing accounts for."""
        return tuple(word.typed for word in self.odd)

    @property
    def fits(self) -> bool:
        """Return whether every word and every thing named in the question is accounted for."""
        return not self.odd

    def command(self) -> str:
        """Return the choice as a command."""
        given = "".join(f" -p {name}={value}" for name, value in self.values.items())
        return f"cscip query {self.query.name}{given}"


@dataclass(frozen=True)
class _Taken:
    """What of a question a query takes: values, the mentions they come from, those left, the other words."""

    values: Mapping[str, str]
    kept: Mapping[str, str]
    used: tuple[Mention, ...]
    against: tuple[Mention, ...]
    rest: tuple[Word, ...]
    left: frozenset[str]
    names: frozenset[str]


def _by_name(kept: list[tuple[Mention, str, str]]) -> dict[str, str]:
    """Return what is kept, by parameter: of two of a kind either will do."""
    found: dict[str, str] = {}
    for _, name, value in kept:
        found[name] = f"{found[name]}|{value}" if name in found else value
    return found


def is_all(mention: Mention) -> bool:
    """Return whether a mention is of the whole programme, or of the department whose programme it is."""
    return mention.things.get("programme") == (_PROGRAMME,) or mention.things.get("organisation") == (
        _FUNDER,
    )


def _taken(query: StoredQuery, reading: Reading, names: Names) -> Iterator[_Taken]:
    for filled, taken in ways(query, reading, names.evaluators):
        against = opposed(query, reading, taken)
        used = [m for m in taken if m not in against]
        values = {
            name: value
            for name, value in filled.items()
            if any(
                (value_for(query.name, p, m, names.evaluators) or "\0") in value
                for m in used
                for p in query.parameters
                if p.name == name
            )
        }
        if any(p.required and p.name not in values for p in query.parameters):
            continue
        funder = [m for m in reading.mentions if m not in used and is_all(m)]
        kept = kept_by(query, reading, [*used, *against, *funder], names.evaluators)
        used += [m for m, _, _ in kept]
        silent = {n for m in (*used, *against) for n in range(m.start, m.end)}
        # All that is here is about the programme: to name it tells nothing, unless it is what is asked for.
        against += [m for m in reading.mentions if m not in used and is_all(m)]
        left = {
            word.word
            for m in reading.mentions
            if m not in used + against and m.strong
            for word in reading.words[m.start : m.end]
        }
        yield _Taken(
            values,
            _by_name(kept),
            tuple(used),
            tuple(against),
            tuple(word for n, word in enumerate(reading.words) if n not in silent),
            frozenset(left),
            frozenset().union(*(names.words_of(i) for m in used for ii in m.things.values() for i in ii[:1])),
        )


@dataclass(frozen=True)
class _Account:
    """How one phrasing accounts for the words of a question."""

    phrasing: Phrasing
    worth: float
    odd: tuple[Word, ...]
    passed: tuple[Word, ...]


def _may_pass(word: Word) -> bool:
    """Return whether a word is plain enough to be passed over; a mended name is not."""
    if word.typed[0].isupper() and word.typed.casefold() != word.word:
        return False
    plain = word.stem in PASSED and not is_noun(word.word)
    return plain or word.stem in CUES or is_ordinary(word.word, word.stem)


def is_telling(word: Word) -> bool:
    """Return whether a word that may be passed over tells something of its own."""
    return word.stem not in CUES | SOFT | GENERIC


def _too_much(query: StoredQuery, taken: _Taken, passed: int, met: int, named: float) -> bool:
    """Return whether more is passed over than is understood.

    A query that chooses a way of change is met by a word for it; one without any choice by most of its words.
    """
    if query.name in CHANGES and not met:
        return True
    bare = not taken.values and not taken.kept and (not met or 2 * passed > met)
    return bool(passed) and (bare or _SHARE * passed > met + named)


def _account(query: StoredQuery, taken: _Taken, one: Phrasing, asked: frozenset[str]) -> _Account:
    """Return how a phrasing accounts for the words that are no parameter."""
    own, known = one.stems | headed(query.name), spoken(query.name)
    not_of = _NOT_OF.get(query.topic, frozenset())
    # Of one intervention much may be asked: what is asked must be known before words are passed over.
    blank = any("intervention" in m.things for m in taken.used) and asked & one.stems <= _TOLD_ALWAYS
    odd, passed, cost = [], [], 0.0
    for word in taken.rest:
        held = said(word.stem) in own or word.stem in taken.names
        barred = word.stem in not_of and said(word.stem) not in one.stems
        if barred or (word.word in NEVER and not ("name" in word.stem and "names" in query.tags)):
            odd.append(word)
        elif held or (word.stem in _EASY and (word.stem not in NEGATIONS or word.stem in SOFT)):
            if word.word in taken.left and not held and word.stem not in SOFT | LIGHT:
                odd.append(word)
        elif word.stem in NEGATIONS or (word.word not in taken.left and said(word.stem) in known):
            cost += _TURNED if word.stem in NEGATIONS else _ELSEWHERE
        elif word.word not in taken.left and _may_pass(word) and (not blank or word.stem in CUES):
            cost += _OVER
            passed.append(word)
        else:
            odd.append(word)
    met = len((asked & one.stems) - _TOLD_ALWAYS)
    named = sum(1.0 if m.strong else _WEAK for m in taken.used)
    # Plain words are passed over only beside something that tells more.
    if _too_much(query, taken, len(passed), met, named):
        odd, passed = odd + passed or list(taken.rest), []
    worth = likeness(one, asked, frozenset(taken.values), weights()) - cost - (_ODD + _OVER) * len(odd)
    return _Account(one, worth, tuple(odd), tuple(passed))


def _choices(query: StoredQuery, reading: Reading, names: Names) -> Iterator[Choice]:
    if query.topic in SPOKEN and SPOKEN[query.topic].isdisjoint(w.stem for w in reading.words):
        return
    if query.name == _SAMPLES and _MEASURED.search(" ".join(word.word for word in reading.words)):
        return
    told, known = weights(), spoken(query.name) | headed(query.name)
    doubted = bool(_DOUBT.search(" ".join(word.word for word in reading.words)))
    for taken in _taken(query, reading, names):
        asked = telling(frozenset(word.stem for word in taken.rest))
        slots = frozenset(taken.values)
        put = [
            one
            for one in phrasings()[query.name]
            if not one.given or (one.stems - _TOLD_ALWAYS <= asked and not one.given.keys() & slots)
        ]
        likeliest = sorted(put, key=lambda one: -likeness(one, asked, slots, told))[:_LIKELIEST]
        if not likeliest:
            continue
        best = max(
            (_account(query, taken, one, asked) for one in likeliest), key=lambda account: account.worth
        )
        given = best.phrasing.given
        values = {**given, **taken.values}
        kinds = {p.name: p.kind for p in query.parameters}
        taken_for = [kinds[n] for n in values if n not in given]
        sure = [any(k == "thing" or k in m.strong for k in taken_for) for m in taken.used]
        unused = [m for m in reading.mentions if m not in (*taken.used, *taken.against)]
        open_kinds = {p.kind for p in query.parameters if p.name not in values}
        score = best.worth + 0.4 * sum(told.get(s, 0.0) for s in asked & known)
        score += sum(_TAKEN if one else _FOUND_BY for one in sure)
        score -= _KEPT * len(taken.kept)
        score -= sum(_LEFT if m.strong else _LEFT / 2 for m in unused)
        score -= _NOT_TAKEN * sum(bool(open_kinds & set(m.things)) for m in unused)
        score += 0.0 if query.name in ASKED_ALIKE else _PRIOR.get(query.topic, 0.0)
        score += _DOUBTED if query.topic == "discrepancies" and doubted else 0.0
        score += _OPEN_HANDED if query.name.endswith("-where") else 0.0
        score -= _COUNTED if "counts" in query.tags else 0.0
        order = [parameter.name for parameter in query.parameters]
        met = frozenset(asked & best.phrasing.stems)
        ordered = dict(sorted(values.items(), key=lambda item: order.index(item[0])))
        yield Choice(query, ordered, score, best.odd, met, best.passed, taken.kept)


def choices(reading: Reading, names: Names) -> list[Choice]:
    """Return every stored query that could be meant, those that fit first, then the likeliest."""
    found: dict[str, Choice] = {}
    for name in phrasings():
        for choice in _choices(queries.find(name), reading, names):
            key = f"{choice.command()} {sorted(choice.kept.items())}"
            if key not in found or (not found[key].fits, -found[key].score) > (
                not choice.fits,
                -choice.score,
            ):
                found[key] = choice
    return sorted(found.values(), key=lambda c: (not c.fits, -c.score, c.command()))
