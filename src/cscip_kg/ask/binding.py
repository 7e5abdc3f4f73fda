"""A reading and a stored query → the ways to take the things named as parameters.

In: a `Reading` and a query. Out: values of parameters with the mentions that they come from. A thing may be
meant as a choice or as a word only; two that are joined by "and" are both chosen, two that are set against
each other ("round 1 or round 2") are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cscip_kg.ask.mentions import Mention, Reading
from cscip_kg.ask.plain import JOINING
from cscip_kg.namespaces import ID
from cscip_kg.queries import Parameter, StoredQuery

_JOINED: Final = frozenset("and or with v vs versus against plus".split())
# Of some queries only these.
_ONLY: Final = {"programme-accounts": ("programme", "round")}
# What any thing may be given for, the likeliest first.
_THINGS: Final = ("intervention", "programme", "round", "organisation", "area", "theme", "source")
# Kinds whose names are words of every day: they may be meant as words only.
_EVERYDAY: Final = frozenset(
    """answer approach comparator-kind direction effect economic-method method outcome-kind practice-approach
    significance stance study-design topic audience publication-status continuation-status beneficiary
    discrepancy-kind outcome-measure dfe-outcome scheme coded-field""".split()
)


# Kinds that interventions are found by, and the parameter that takes each; counts and codings have none.
_KEPT: Final = {
    "round": "round", "area": "area", "population": "population", "theme": "theme",
    "practice-approach": "approach", "practice-measure": "practice", "organisation": "lead",
}  # fmt: skip
_OF_THE_GRAPH: Final = frozenset(("provenance", "tables", "map", "profile", "discrepancies"))


def value_for(query: str, parameter: Parameter, mention: Mention, evaluators: frozenset[str]) -> str | None:
    """Return what a mention gives for a parameter; nothing of another kind, or who evaluates nothing."""
    if parameter.kind == "thing":
        kinds = _ONLY.get(query, _THINGS)
        found = next((mention.things[kind][0] for kind in kinds if kind in mention.things), None)
        return found.removeprefix(ID) if found else None
    if parameter.kind in mention.things:
        iris = mention.things[parameter.kind][: None if parameter.many else 1]
        if parameter.name == "evaluator" and evaluators.isdisjoint(iris):
            return None
        return ",".join(iri.removeprefix(f"{ID}{parameter.kind}/") for iri in iris)
    return None


def _joined(reading: Reading, one: Mention, other: Mention) -> bool:
    """Return whether two mentions are joined by a word such as "and"."""
    left, right = sorted((one, other), key=lambda m: m.start)
    between = {word.word for word in reading.words[left.end : right.start]}
    return bool(between & _JOINED) or not between


def _filled(
    query: StoredQuery,
    reading: Reading,
    some: list[Mention],
    meant: dict[int, str],
    evaluators: frozenset[str],
) -> tuple[dict[str, str], list[Mention]]:
    """Return the parameters as these mentions fill them, each for the kind that it is meant for."""
    values: dict[str, str] = {}
    used: list[Mention] = []
    for mention in some:
        kind = meant.get(mention.start, "")
        order = sorted(query.parameters, key=lambda p: (p.kind != kind, p.kind not in mention.strong))
        joined = bool(used) and _joined(reading, used[-1], mention)
        # A parameter that is open comes before one that would have to take several, one by one.
        for parameter, more in [*((p, p.many) for p in order), *((p, not p.required) for p in order)]:
            value = value_for(query.name, parameter, mention, evaluators)
            before = values.get(parameter.name, value)
            if value is not None and (before == value or (more and joined)):
                between = "," if parameter.many else "|"
                values[parameter.name] = value if before == value else f"{before}{between}{value}"
                used.append(mention)
                break
    for parameter in query.parameters:
        if parameter.needs and parameter.needs not in values and parameter.name in values:
            value = values.pop(parameter.name)
            used = [m for m in used if value_for(query.name, parameter, m, evaluators) != value]
    return values, used


def _meanings(query: StoredQuery, mentions: list[Mention]) -> Iterator[dict[int, str]]:
    """Yield what each mention may be meant for: as it comes first, then each of several kinds in turn."""
    yield {}
    kinds = {p.kind for p in query.parameters}
    for mention in mentions:
        open_kinds = [kind for kind in mention.things if kind in kinds]
        if len(open_kinds) > 1:
            for kind in open_kinds:
                yield {mention.start: kind}


def ways(
    query: StoredQuery, reading: Reading, evaluators: frozenset[str]
) -> Iterator[tuple[dict[str, str], list[Mention]]]:
    """Yield the ways to fill the parameters: with everything named, then with the proper names only."""
    mentions = sorted(reading.mentions, key=lambda m: (m.start - m.end, m.start))
    proper = [m for m in mentions if not set(m.things) <= _EVERYDAY]
    plain = [m for m in mentions if m.strong or not set(m.things) <= _EVERYDAY]
    seen: list[tuple[dict[str, str], list[Mention]]] = []
    for some in (mentions, plain, proper):
        for meant in _meanings(query, some):
            found = _filled(query, reading, some, meant, evaluators)
            if found not in seen:
                seen.append(found)
                yield found


def opposed(query: StoredQuery, reading: Reading, used: list[Mention]) -> list[Mention]:
    """Return mentions that a question sets against each other ("round 1 or round 2"): neither is a choice."""
    found = []
    for left, right in zip(reading.mentions, reading.mentions[1:], strict=False):
        between = {word.word for word in reading.words[left.end : right.start]}
        kinds = set(left.things) & set(right.things) & {p.kind for p in query.parameters}
        if between and between <= JOINING and kinds and len([m for m in (left, right) if m in used]) == 1:
            found += [left, right]
    return found


def kept_by(
    query: StoredQuery, reading: Reading, taken: list[Mention], evaluators: frozenset[str]
) -> list[tuple[Mention, str, str]]:
    """Return what a query has no parameter for, yet the interventions in its rows tell: where, when.

    Each is a mention, the parameter of the query that finds interventions, and its value.
    """
    kinds_of = {p.kind for p in query.parameters}
    of_one = any(p.name == "intervention" and p.required for p in query.parameters)
    if not of_one and ("intervention" not in query.columns or query.topic in _OF_THE_GRAPH):
        return []
    found = []
    evaluator = {p.kind for p in query.parameters if p.name == "evaluator"}
    for mention in reading.mentions:
        # Who evaluates nothing is not asked for as an evaluator, and may have led.
        idle = evaluators.isdisjoint(mention.things.get("organisation", ()))
        own = kinds_of - evaluator if idle else kinds_of
        kinds = [kind for kind in _KEPT if kind in mention.things and kind not in own]
        if mention not in taken and kinds and mention.strong and not own & set(mention.things):
            kind = kinds[0]
            iris = mention.things[kind][: None if kind == "population" else 1]
            found.append((mention, _KEPT[kind], ",".join(i.removeprefix(f"{ID}{kind}/") for i in iris)))
    return found
