"""A reading → the stored queries that could be meant, the likeliest first.

In: a `Reading`. Out: `Choice`s. A query is meant the more, the more of its phrasings' telling words stand in the
question and the more of the things named it takes as parameters. What neither a parameter nor a phrasing
accounts for is told, and such a choice does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.mentions import LIGHT, Mention, Names, Reading
from cscip_kg.ask.plain import CUES, JOINING, SOFT
from cscip_kg.lexicon import stem, words
from cscip_kg.namespaces import ID
from cscip_kg.queries import Parameter, StoredQuery

_SLOT = re.compile(r"\{(\w+)\}")
# What any thing may be given for, the likeliest first.
_THINGS: Final = ("intervention", "programme", "round", "organisation", "area", "theme", "source")
# Kinds whose names are words of every day: they may be meant as words only.
_EVERYDAY: Final = frozenset(
    """answer approach comparator-kind direction effect economic-method method outcome-kind practice-approach
    significance stance study-design topic audience publication-status continuation-status beneficiary
    discrepancy-kind outcome-measure dfe-outcome scheme coded-field""".split()
)
# What one thing taken as a parameter, and one word not accounted for, are worth against the telling words.
_TAKEN, _FOUND_BY, _ODD, _UNSAID, _SLOT_FITS, _SLOT_LACKS, _PASSED = 2.2, 1.2, 2.0, 0.45, 0.6, 1.2, 1.6
# Queries that answer about the graph itself come last when all else is equal.
_PRIOR: Final = {"provenance": -0.8, "gaps": -0.2, "find": 0.2}
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
    unexplained: tuple[str, ...] = ()
    proper: int = 0

    @property
    def fits(self) -> bool:
        """Return whether every word and every thing named in the question is accounted for."""
        return not self.unexplained

    def command(self) -> str:
        """Return the choice as a command."""
        given = "".join(f" -p {name}={value}" for name, value in self.values.items())
        return f"cscip query {self.query.name}{given}"


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(_SLOT.sub(" ", text)))


@cache
def phrasings() -> dict[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    """Return for each query its phrasings: the telling stems and the parameters of each."""
    return {
        query.name: tuple(
            (_stems(text) - SOFT - LIGHT, frozenset(_SLOT.findall(text))) for text in query.asks
        )
        for query in queries.catalogue().values()
        if query.asks
    }


@cache
def _weights() -> Mapping[str, float]:
    """Return what each stem of the phrasings tells: the fewer queries use it, the more."""
    used: dict[str, set[str]] = {}
    for name, texts in phrasings().items():
        for one in frozenset().union(*(stems for stems, _ in texts)):
            used.setdefault(one, set()).add(name)
    return {one: log(1 + len(phrasings()) / len(names)) for one, names in used.items()}


@cache
def explained(name: str) -> frozenset[str]:
    """Return every stem that a query accounts for: its phrasings, summary, tags and columns, plain words."""
    query = queries.find(name)
    columns = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " ".join(query.columns))
    own = map(_stems, (*query.asks, query.summary, " ".join(query.tags), columns))
    return frozenset().union(*own) | SOFT | CUES | LIGHT


def _value(parameter: Parameter, mention: Mention) -> str | None:
    if parameter.kind == "thing":
        found = next((mention.things[kind][0] for kind in _THINGS if kind in mention.things), None)
        return found.removeprefix(ID) if found else None
    if parameter.kind in mention.things:
        return mention.things[parameter.kind][0].removeprefix(f"{ID}{parameter.kind}/")
    return None


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
        used = []
        for mention in some:
            for parameter in sorted(query.parameters, key=lambda p: p.kind not in mention.strong):
                value = _value(parameter, mention)
                if value is not None and values.get(parameter.name, value) == value:
                    values[parameter.name] = value
                    used.append(mention)
                    break
        for parameter in query.parameters:
            if parameter.needs and parameter.needs not in values and parameter.name in values:
                value = values.pop(parameter.name)
                used = [m for m in used if _value(parameter, m) != value]
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
    known, weights = explained(query.name), _weights()
    for filled, taken in _ways(query, reading):
        against = _either(query, reading, taken)
        used = [m for m in taken if m not in against]
        values = {
            name: value
            for name, value in filled.items()
            if any(_value(p, m) == value for m in used for p in query.parameters if p.name == name)
        }
        if any(p.required and p.name not in values for p in query.parameters):
            continue
        silent = {n for m in (*used, *against) for n in range(m.start, m.end)}
        rest = [word for n, word in enumerate(reading.words) if n not in silent]
        of_these = frozenset().union(
            *(names.words_of(i) for m in used for ii in m.things.values() for i in ii[:1])
        )
        not_of = _NOT_OF.get(query.topic, frozenset())
        odd = tuple(w.typed for w in rest if w.stem in not_of or w.stem not in known | of_these)
        asked = {word.stem for word in rest} - SOFT - LIGHT
        slots = frozenset(values)
        best = max(
            sum(weights[s] for s in asked & stems)
            - _UNSAID * sum(weights[s] for s in stems - asked)
            + _SLOT_FITS * len(slots & wanted)
            - _SLOT_LACKS * len(wanted - slots)
            for stems, wanted in phrasings()[query.name]
        )
        covered = 0.4 * sum(weights.get(s, 0.0) for s in asked & known)
        kinds = {p.name: p.kind for p in query.parameters}
        taken_for = [kinds[n] for n in values]
        worth = sum(
            _TAKEN if any(k == "thing" or k in m.strong for k in taken_for) else _FOUND_BY for m in used
        )
        passed = sum(
            _PASSED if m.strong else _PASSED / 2 for m in reading.mentions if m not in used + against
        )
        score = best + covered + worth - passed - _ODD * len(odd) + _PRIOR.get(query.topic, 0.0)
        score += _OPEN_HANDED if query.name.endswith("-where") else 0.0
        score -= _COUNTED if "counts" in query.tags else 0.0
        proper = sum(not set(m.things) <= _EVERYDAY for m in used)
        order = [parameter.name for parameter in query.parameters]
        yield Choice(query, dict(sorted(values.items(), key=lambda i: order.index(i[0]))), score, odd, proper)


def choices(reading: Reading, names: Names) -> list[Choice]:
    """Return every stored query that could be meant, those that fit first, then the likeliest."""
    found: dict[str, Choice] = {}
    for name in phrasings():
        for choice in _choices(queries.find(name), reading, names):
            key = choice.command()
            if key not in found or found[key].score < choice.score:
                found[key] = choice
    return sorted(found.values(), key=lambda c: (not c.fits, -c.score, c.command()))
