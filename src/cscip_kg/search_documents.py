"""The graph → what can be found: each thing with the passages that speak of it.

In: the quads of a build. Out: `Thing`s of `Passage`s, each with its citations, in a fixed order. An
intervention's passages are all that its accounts, projects, evaluations, findings and features say, because
that is what people look for; every other thing has its own words only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import NamedNode, Quad

from cscip_kg.lexicon import kind_of, stems
from cscip_kg.namespaces import CSCIP, DCTERMS, ID, INFERRED_GRAPH, RDFS, SKOS, TYPE, short, value_of

# What a match in each field is worth: a name says more about a thing than a word in passing.
FIELDS: Final[dict[str, float]] = {
    "name": 2.4,
    "printed name": 2.2,
    "aim or description": 2.2,
    "place": 2.0,
    "organisation": 2.0,
    "concept": 2.0,
    "theme": 1.5,
    "report": 1.7,
    "finding": 1.6,
    "practice measure": 1.4,
    "related intervention": 1.4,
    "wider concept": 1.2,
    "study": 1.2,
    "guidance": 1.1,
}
# Kinds whose names are words that people also use for one another.
NAMED_KINDS: Final = (
    "intervention", "outcome-measure", "dfe-outcome", "theme", "population", "practice-approach",
    "practice-measure", "topic", "study-design", "method", "economic-method", "organisation", "area",
    "programme", "round",
)  # fmt: skip
KINDS: Final = (
    *NAMED_KINDS, "finding", "lesson", "recommendation", "consideration", "contribution", "note",
    "statistic", "discrepancy", "report", "project", "evaluation",
)  # fmt: skip
_SHOWN: Final = 120
_CITED = re.compile(r"(.*#L)(\d+)(?:-(\d+))?")

# Where an account points: the property, the field, and how a sentence calls the thing there.
_LINKS: Final = (
    ("statesTheme", "theme", "theme"),
    ("statesPopulation", "concept", "population"),
    ("statesApproach", "concept", "practice approach"),
    ("statesArea", "place", "place"),
    ("statesRegion", "place", "region"),
    ("statesLead", "organisation", "lead"),
    ("statesEvaluator", "organisation", "evaluator"),
    ("statesAdaptedFrom", "related intervention", "intervention it was adapted from,"),
    ("statesIncorporates", "related intervention", "intervention it takes in,"),
    ("statesStrandOf", "related intervention", "intervention it is a strand of,"),
    ("statesContinues", "related intervention", "intervention it continues,"),
    ("statesRound", "study", "round"),
    ("statesContinuation", "study", "continuation"),
    ("statesMethod", "study", "method"),
    ("statesDesign", "study", "study design"),
)
# Words of an account itself: the property, the field, and how a sentence calls them.
_TEXTS: Final = (
    ("printedName", "printed name", "the printed name"),
    ("statesAim", "aim or description", "the aim"),
    ("statesDescription", "aim or description", "the description"),
    ("reportTitle", "report", "a report's title"),
    ("evaluatorsAsPrinted", "organisation", "the evaluators as printed"),
    ("methodsAsPrinted", "study", "the methods as printed"),
    ("regionAsPrinted", "place", "the region as printed"),
)
_FINDING_WORDS: Final = ("printedLabel", "text", "populationNote", "strandNote", "attribution", "perUnit")
_STATEMENT_WORDS: Final = ("text", "statementA", "statementB", "table", "row", "column")
_STATEMENT_LINKS: Final = (
    "topic", "audience", "stance", "contributor", "contributesTo", "measuresOutcome", "aboutThing"
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Passage:
    """One stretch of words about a thing.

    Attributes:
        field: one of `FIELDS`.
        what: how a sentence calls it: `the finding Missing episodes`.
        texts: its own words; a phrase never runs on from one of them to the next.
        citations: where it stands, short: `wwcsc-2021#L1031-1035`.
        about: the IRI of the concept, place, organisation or other thing that it names; else empty.
        names: every name of that thing.
    """

    field: str
    what: str
    texts: tuple[str, ...]
    citations: tuple[str, ...]
    about: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Thing:
    """One thing that can be found: its IRI, kind and name, and the passages about it."""

    iri: str
    kind: str
    name: str
    passages: tuple[Passage, ...]


def kind_words(kind: str) -> str:
    """Return a kind as a sentence has it: `outcome measure`, `DfE outcome`."""
    return kind.replace("dfe-", "DfE ").replace("-", " ")


def _cited_order(citation: str) -> tuple[str, int, int]:
    match = _CITED.fullmatch(citation)
    return (match[1], int(match[2]), int(match[3] or match[2])) if match else (citation, 0, 0)


def _in_order(citations: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(citations), key=_cited_order))


def _shortened(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return text[:_SHOWN].rpartition(" ")[0].rstrip(" ,;:") + " …"


class _Facts:
    """What is stated, by subject and by the last part of the property's name, in a fixed order."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._to: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.types: dict[str, set[str]] = defaultdict(set)
        for q in quads:
            if q.graph_name == INFERRED_GRAPH or not isinstance(q.subject, NamedNode):
                continue
            subject, value = q.subject.value, value_of(q.object)
            if not subject.startswith(ID):
                continue
            if q.predicate == TYPE:
                self.types[subject].add(short(value).rpartition(":")[2])
            for space in (CSCIP, RDFS, SKOS, DCTERMS):
                if q.predicate.value.startswith(space):
                    name = q.predicate.value.removeprefix(space)
                    self._of[subject][name].add(value)
                    self._to[value][name].add(subject)

    def of(self, subject: str, *names: str) -> list[str]:
        """Return the values of these properties, property by property."""
        facts = self._of.get(subject, {})
        return [value for name in names for value in sorted(facts.get(name, ()))]

    def to(self, thing: str, name: str) -> list[str]:
        """Return what points at a thing."""
        return sorted(self._to.get(thing, {}).get(name, ()))

    def name(self, thing: str) -> str:
        return next(iter(self.of(thing, "label", "prefLabel", "title")), short(thing))

    def cited(self, *subjects: str) -> tuple[str, ...]:
        return _in_order(short(c).removeprefix("source/") for s in subjects for c in self.of(s, "citation"))

    def accounts(self, thing: str) -> list[str]:
        return self.to(thing, "accountOf")

    def names(self, thing: str) -> tuple[str, ...]:
        """Return every name of a thing, the preferred first; a council's names are its area's too."""
        found: list[str] = []
        for one in [thing, *self.to(thing, "serves")]:
            found += self.of(one, "label", "prefLabel", "altLabel", "hiddenLabel")
            found += [name for account in self.accounts(one) for name in self.of(account, "printedName")]
        return tuple(dict.fromkeys(found))

    def above(self, thing: str) -> list[str]:
        """Return all that a concept, area or organisation lies within, the nearest first."""
        found: list[str] = []
        waiting = [thing]
        while waiting:
            for wider in self.of(waiting.pop(0), "broader", "within", "unitOf"):
                if wider != thing and wider not in found:
                    found.append(wider)
                    waiting.append(wider)
        return found


def _wider(facts: _Facts, thing: str, cited: tuple[str, ...]) -> Iterator[Passage]:
    for wider in facts.above(thing):
        field = "place" if kind_of(wider) == "area" else "wider concept"
        what = f"the wider {kind_words(kind_of(wider))} {facts.name(wider)}"
        yield Passage(field, what, (), cited, wider, facts.names(wider))


def _account(facts: _Facts, account: str) -> Iterator[Passage]:
    cited = facts.cited(account)
    for name, field, what in _TEXTS:
        for text in facts.of(account, name):
            yield Passage(field, what, (text,), cited)
    for name, field, called in _LINKS:
        for thing in facts.of(account, name):
            yield Passage(field, f"the {called} {facts.name(thing)}", (), cited, thing, facts.names(thing))
            yield from _wider(facts, thing, cited)


def _accounts(facts: _Facts, thing: str) -> Iterator[Passage]:
    for account in facts.accounts(thing):
        yield from _account(facts, account)


def _finding(facts: _Facts, finding: str) -> Iterator[Passage]:
    cited = facts.cited(finding)
    label = next(iter(facts.of(finding, "printedLabel")), "")
    own = tuple(facts.of(finding, *_FINDING_WORDS))
    for measure in facts.of(finding, "aboutMeasure"):
        yield Passage("finding", f"the finding {label}", own, cited, measure, facts.names(measure))
        yield from _wider(facts, measure, cited)
        for outcome in facts.of(measure, "measuresOutcome"):
            if kind_of(outcome) == "dfe-outcome":
                what = f"the DfE outcome {facts.name(outcome)}"
                yield Passage("wider concept", what, (), cited, outcome, facts.names(outcome))


def _feature(facts: _Facts, feature: str) -> Iterator[Passage]:
    for measure in facts.of(feature, "practiceMeasure"):
        texts, cited = tuple(facts.of(feature, "text")), facts.cited(feature)
        what = f"the practice measure {facts.name(measure)}"
        yield Passage("practice measure", what, texts, cited, measure, facts.names(measure))


def _statement(facts: _Facts, statement: str) -> Iterator[Passage]:
    texts = tuple(facts.of(statement, *_STATEMENT_WORDS))
    yield Passage("guidance", f"a {kind_of(statement)}", texts, facts.cited(statement))


def _named(facts: _Facts, thing: str, field: str = "name") -> Iterator[Passage]:
    """Yield the chosen name; it is cited by the accounts that print it, or else by all of them."""
    name, accounts = facts.name(thing), facts.accounts(thing)
    prints = [account for account in accounts if name in facts.of(account, "printedName")]
    yield Passage(field, f"the {field}", (name,), facts.cited(*(prints or accounts), thing))


def _intervention(facts: _Facts, thing: str) -> Iterator[Passage]:
    yield from _named(facts, thing)
    yield from _accounts(facts, thing)
    for project in facts.to(thing, "delivers"):
        yield from _named(facts, project, "printed name")
        yield from _accounts(facts, project)
        for evaluation in facts.to(project, "evaluates"):
            yield from _accounts(facts, evaluation)
            for report in facts.to(evaluation, "reportsOn"):
                yield Passage("report", "a report's title", (facts.name(report),), facts.cited(report))
            for finding in facts.to(evaluation, "reportedBy"):
                yield from _finding(facts, finding)
    for feature in facts.to(thing, "featureOf"):
        yield from _feature(facts, feature)
    for statement in facts.to(thing, "aboutThing"):
        if kind_of(statement) in ("lesson", "contribution"):
            yield from _statement(facts, statement)


def _other(facts: _Facts, thing: str) -> Iterator[Passage]:
    """Yield the words of anything that is neither an intervention nor a finding."""
    cited = facts.cited(thing) or facts.cited(*facts.accounts(thing))
    if facts.of(thing, *_STATEMENT_WORDS):
        yield from _statement(facts, thing)
    else:
        yield from _named(facts, thing)
        what = f"the other names of the {kind_words(kind_of(thing))}"
        yield Passage("printed name", what, (), cited, thing, facts.names(thing)[1:])
        for text in facts.of(thing, "definition"):
            yield Passage("aim or description", "the definition", (text,), cited)
        yield from (p for p in _accounts(facts, thing) if p.field != "printed name")
    yield from _wider(facts, thing, cited)
    for linked in facts.of(thing, *_STATEMENT_LINKS):
        kind = kind_of(linked)
        if kind != "outcome-scope":
            field = "related intervention" if kind == "intervention" else "concept"
            what = f"the {kind_words(kind)} {facts.name(linked)}"
            yield Passage(field, what, (), cited, linked, facts.names(linked))


def _apart(texts: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Return the texts by their stems, the first of each; what holds no word is left out."""
    found: dict[tuple[str, ...], str] = {}
    for text in texts:
        found.setdefault(stems(text), text)
    found.pop((), None)
    return found


def _merged(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Join passages that say the same, in whatever letters: one passage, all citations."""
    found: dict[tuple[str, str, str, tuple[tuple[str, ...], ...]], Passage] = {}
    for p in sorted(passages):
        texts, names = _apart(p.texts), _apart(p.names)
        if texts or names:
            key = (p.field, p.what, p.about, (*texts, *names))
            first = replace(p, texts=tuple(texts.values()), names=tuple(names.values()))
            same = found.setdefault(key, first)
            found[key] = replace(same, citations=_in_order((*same.citations, *p.citations)))
    return tuple(sorted(found.values()))


def _name(facts: _Facts, thing: str) -> str:
    if kind_of(thing) == "statistic":
        cell = ", ".join(facts.of(thing, "row", "column"))
        value = "".join(f" = {v}" for v in facts.of(thing, "statisticValue"))
        return _shortened(": ".join([*facts.of(thing, "table"), cell + value]))
    return _shortened(next(iter(facts.of(thing, "label", "prefLabel", "title", "text", "statementA")), thing))


def _finding_thing(facts: _Facts, finding: str) -> Thing:
    label = next(iter(facts.of(finding, "printedLabel")), short(finding))
    projects = [p for e in facts.of(finding, "reportedBy") for p in facts.of(e, "evaluates")]
    owners = sorted({i for project in projects for i in facts.of(project, "delivers")})
    cited = facts.cited(finding)
    passages = list(_finding(facts, finding))
    for i in owners:
        what = f"the intervention {facts.name(i)}"
        passages.append(Passage("related intervention", what, (), cited, i, facts.names(i)))
    name = f"{label} ({', '.join(map(facts.name, owners))})" if owners else label
    return Thing(finding, "finding", name, _merged(passages))


def things(quads: Iterable[Quad]) -> list[Thing]:
    """Return everything that can be found, sorted by kind and IRI."""
    facts = _Facts(quads)
    found: list[Thing] = []
    for subject, types in facts.types.items():
        kind = kind_of(subject)
        if types & {"Finding", "EconomicFinding"}:
            found.append(_finding_thing(facts, subject))
        elif kind in KINDS:
            passages = (_intervention if kind == "intervention" else _other)(facts, subject)
            found.append(Thing(subject, kind, _name(facts, subject), _merged(passages)))
    return sorted((t for t in found if t.passages), key=lambda t: (KINDS.index(t.kind), t.iri))
