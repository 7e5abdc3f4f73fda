"""A reading → the stored queries that could be meant, the likeliest first.

In: a `Reading`. Out: `Choice`s. A query is meant the more, the more of its phrasings' telling words stand in
the question and the more of the things named it takes as parameters. What neither a parameter nor a phrasing
accounts for is told, and such a choice does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading, Word
from cscip_kg.ask.phrasing import SPOKEN, explained, likeness, phrasings, weights
from cscip_kg.ask.plain import CUES, JOINING, NEVER, PASSED, SOFT
from cscip_kg.namespaces import ID
from cscip_kg.queries import Parameter, StoredQuery

_JOINED: Final = frozenset("and or with v vs versus against plus".split())
# What any thing may be given for, the likeliest first.
# Of some queries only these.
_ONLY: Final = {"programme-accounts": ("programme", "round")}
_THINGS: Final = ("intervention", "programme", "round", "organisation", "area", "theme", "source")
# Kinds whose names are words of every day: they may be meant as words only.
_EVERYDAY: Final = frozenset(
    """answer approach comparator-kind direction effect economic-method method outcome-kind practice-approach
    significance stance study-design topic audience publication-status continuation-status beneficiary
    discrepancy-kind outcome-measure dfe-outcome scheme coded-field""".split()
)
# What one thing taken as a parameter, and one word not accounted for, are worth against the telling words.
_TAKEN, _FOUND_BY, _ODD, _LEFT = 2.2, 1.2, 2.0, 1.6
# Queries that answer about the graph itself come last when all else is equal.
_PRIOR: Final = {"provenance": -0.8, "gaps": -0.2, "find": 0.2}
_NOT_TAKEN: Final = 6.0  # a thing named that the query could take
_UNSPOKEN: Final = 4.0  # a question without a word of a topic is not about it
_OVER: Final = 0.25  # a plain word that is passed over
_OPEN_HANDED: Final = 1.1  # for the queries that take any choice and answer with the most columns
_COUNTED: Final = 0.8  # a number is asked for with "how many"
# What a printed count cannot answer.
_NOT_OF: Final = dict.fromkeys(("statistics", "provenance"), frozenset(("evalu", "find", "result")))


@dataclass(frozen=True)
class Choice:
    """A stored query with parameters that may answer a question, and how well it fits."""

    query: StoredQuery
    values: Mapping[str, str]
    score: float
    odd: tuple[Word, ...] = ()

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


def _value(query: str, parameter: Parameter, mention: Mention) -> str | None:
    if parameter.kind == "thing":
        kinds = _ONLY.get(query, _THINGS)
        found = next((mention.things[kind][0] for kind in kinds if kind in mention.things), None)
        return found.removeprefix(ID) if found else None
    if parameter.kind in mention.things:
        iris = mention.things[parameter.kind][: None if parameter.many else 1]
        return ",".join(iri.removeprefix(f"{ID}{parameter.kind}/") for iri in iris)
    return None


def _joined(reading: Reading, one: Mention, other: Mention) -> bool:
    """Return whether two mentions are joined by a word such as "and"."""
    left, right = sorted((one, other), key=lambda m: m.start)
    between = {word.word for word in reading.words[left.end : right.start]}
    return bool(between & _JOINED) or not between


def _ways(query: StoredQuery, reading: Reading) -> Iterator[tuple[dict[str, str], list[Mention]]]:
    """Yield the ways to fill the parameters: with everything named, then with the proper names only."""
    mentions = sorted(reading.mentions, key=lambda m: (m.start - m.end, m.start))
    proper = [m for m in mentions if not set(m.things) <= _EVERYDAY]
    plain = [m for m in mentions if m.strong or not set(m.things) <= _EVERYDAY]
    seen: list[list[Mention]] = []
    for some in (mentions, plain, proper):
        if some in seen:
            continue
        seen.append(some)
        values: dict[str, str] = {}
        used: list[Mention] = []
        for mention in some:
            for parameter in sorted(query.parameters, key=lambda p: p.kind not in mention.strong):
                value = _value(query.name, parameter, mention)
                before = values.get(parameter.name, value)
                more = parameter.many and bool(used) and _joined(reading, used[-1], mention)
                if value is not None and (before == value or more):
                    values[parameter.name] = value if before == value else f"{before},{value}"
                    used.append(mention)
                    break
        for parameter in query.parameters:
            if parameter.needs and parameter.needs not in values and parameter.name in values:
                value = values.pop(parameter.name)
                used = [m for m in used if _value(query.name, parameter, m) != value]
        yield values, used


def _either(query: StoredQuery, reading: Reading, used: list[Mention]) -> list[Mention]:
    """Return mentions that a question sets against each other ("round 1 or round 2"): neither is a choice."""
    found = []
    for left, right in zip(reading.mentions, reading.mentions[1:], strict=False):
        between = {word.word for word in reading.words[left.end : right.start]}
        kinds = set(left.things) & set(right.things) & {p.kind for p in query.parameters}
        if between and between <= JOINING and kinds and len([m for m in (left, right) if m in used]) == 1:
            found += [left, right]
    return found


def _choices(query: StoredQuery, reading: Reading, names: Names) -> Iterator[Choice]:
    known, told = explained(query.name), weights()
    for filled, taken in _ways(query, reading):
        against = _either(query, reading, taken)
        used = [m for m in taken if m not in against]
        values = {
            name: value
            for name, value in filled.items()
            if any(
                (_value(query.name, p, m) or "\0") in value
                for m in used
                for p in query.parameters
                if p.name == name
            )
        }
        if any(p.required and p.name not in values for p in query.parameters):
            continue
        silent = {n for m in (*used, *against) for n in range(m.start, m.end)}
        rest = [word for n, word in enumerate(reading.words) if n not in silent]
        of_these = frozenset().union(
            *(names.words_of(i) for m in used for ii in m.things.values() for i in ii[:1])
        )
        not_of = _NOT_OF.get(query.topic, frozenset())
        left = {
            word.word
            for m in reading.mentions
            if m not in used + against and (m.strong or m.end - m.start > 1)
            for word in reading.words[m.start : m.end]
        }
        strange = [w for w in rest if w.word in NEVER or w.stem in not_of or w.stem not in known | of_these]
        asked = frozenset(word.stem for word in rest) - SOFT - LIGHT
        best, nearest = max(
            (
                (likeness(one, asked, frozenset(values), told), one)
                for one in phrasings()[query.name]
                if not one.given or (one.stems <= asked and not one.given.keys() & values.keys())
            ),
            key=lambda pair: pair[0],
        )
        given = nearest.given
        values = {**given, **values}
        kinds = {p.name: p.kind for p in query.parameters}
        # Of one intervention much may be asked: what is asked must be known before words are passed over.
        blank = any("intervention" in m.things for m in used) and asked & nearest.stems <= CUES
        odd = tuple(
            w
            for w in strange
            if w.word in left or w.word in NEVER or w.stem in not_of or blank or w.stem not in PASSED
        )
        covered = 0.4 * sum(told.get(s, 0.0) for s in asked & known)
        taken_for = [kinds[n] for n in values if n not in given]
        worth = sum(
            _TAKEN if any(k == "thing" or k in m.strong for k in taken_for) else _FOUND_BY for m in used
        )
        passed = sum(_LEFT if m.strong else _LEFT / 2 for m in reading.mentions if m not in used + against)
        unused = [m for m in reading.mentions if m not in used + against]
        open_kinds = {p.kind for p in query.parameters if p.name not in values}
        passed += _NOT_TAKEN * sum(bool(open_kinds & set(m.things)) for m in unused)
        score = (
            best
            + covered
            + worth
            - passed
            - _ODD * len(odd)
            - _OVER * len(strange)
            + _PRIOR.get(query.topic, 0.0)
        )
        if query.topic in SPOKEN and SPOKEN[query.topic].isdisjoint(w.stem for w in reading.words):
            score -= _UNSPOKEN
        score += _OPEN_HANDED if query.name.endswith("-where") else 0.0
        score -= _COUNTED if "counts" in query.tags else 0.0
        order = [parameter.name for parameter in query.parameters]
        yield Choice(query, dict(sorted(values.items(), key=lambda i: order.index(i[0]))), score, odd)


def choices(reading: Reading, names: Names) -> list[Choice]:
    """Return every stored query that could be meant, those that fit first, then the likeliest."""
    found: dict[str, Choice] = {}
    for name in phrasings():
        for choice in _choices(queries.find(name), reading, names):
            key = choice.command()
            if key not in found or found[key].score < choice.score:
                found[key] = choice
    return sorted(found.values(), key=lambda c: (not c.fits, -c.score, c.command()))
