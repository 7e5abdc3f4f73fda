"""Interventions and findings as typed Python objects.

In: a built graph. Out: frozen dataclasses with words for people and short citations (`rees-2017#L585`). A
None means that the source does not give it; where the graph says "not stated", so does the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cscip_kg.namespaces import ID, LABEL, SKOS, TYPE, term, value_of
from cscip_kg.store import open_store

_PREF_LABEL: Final = NamedNode(SKOS + "prefLabel")
_ALT_LABEL: Final = NamedNode(SKOS + "altLabel")
Node = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True)
class Values:
    """The figures of a finding, as the source gives them.

    Attributes:
        before: the figure at the start.
        after: the figure at the end.
        value: the figure of the result itself.
        amount_gbp: a sum of money, in pounds.
        ratio: what came back for each pound spent.
    """

    before: Decimal | None = None
    after: Decimal | None = None
    value: Decimal | None = None
    amount_gbp: Decimal | None = None
    ratio: Decimal | None = None


@dataclass(frozen=True)
class Finding:
    """One reported result. Several values of one field are joined by `|`, as in the tables.

    Attributes:
        iri: the finding itself.
        intervention: the name of the intervention it is about.
        measure: what was counted or asked.
        printed: what the source calls it.
        outcome: the outcome that the measure stands for.
        direction: which way the measure moved, as the source reports it; says nothing of good or bad.
        effect: whether that was to be wished for, by the published rule or the source's own judgement.
        values: the figures.
        unit: what the figures count; for money, what the sum is for.
        comparator: what it was compared with.
        sample_size: how many people, cases or bodies it rests on.
        significance: what the source says of statistical significance.
        caveat: a caution that goes with it.
        evaluation: the name of the evaluation that reported it.
        round: the round of the programme.
        citations: the lines it was read from, `rees-2017#L585`.
    """

    iri: str
    intervention: str
    measure: str
    printed: str | None
    outcome: str
    direction: str
    effect: str
    values: Values
    unit: str | None
    comparator: str | None
    sample_size: int | None
    significance: str | None
    caveat: str | None
    evaluation: str
    round: str | None
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What one source says that an intervention is for or does, in the project's own words."""

    text: str
    source: str
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Intervention:
    """A model of practice or a service.

    Attributes:
        iri: the intervention itself.
        name: the name the project uses.
        names: that and every name a source prints.
        themes: the themes under which some source places it.
        summaries: what each source says of it, with its lines.
        folder: the build folder that it was read from; None is the project's own.
    """

    iri: str
    name: str
    names: tuple[str, ...]
    themes: tuple[str, ...]
    summaries: tuple[Summary, ...]
    folder: Path | None = field(default=None, repr=False, compare=False)

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about it, those about money included."""
        return Reader(self.folder).findings(intervention=NamedNode(self.iri))


def _cited(iri: str) -> str:
    return iri.removeprefix(f"{ID}source/")


def _in_order(citation: str) -> tuple[str, list[int]]:
    source, _, lines = citation.partition("#")
    return source, [int(number) for number in re.findall(r"\d+", lines)]


class Reader:
    """Reads things from one opened build."""

    def __init__(self, folder: Path | None) -> None:
        """Open the current build of `folder`."""
        self.folder = folder
        self.store = open_store(folder)

    def _objects(self, subject: NamedNode, *names: str) -> list[Node]:
        """Return the values of a thing's properties of our ontology, each once."""
        found = [
            quad.object
            for name in names
            for quad in self.store.quads_for_pattern(subject, term(name), None, None)
        ]
        return sorted(dict.fromkeys(found), key=value_of)

    def _subjects(self, name: str, thing: Node) -> list[NamedNode]:
        found = self.store.quads_for_pattern(None, term(name), thing, None)
        return sorted({q.subject for q in found if isinstance(q.subject, NamedNode)}, key=value_of)

    def _label(self, thing: Node) -> str:
        if isinstance(thing, NamedNode):
            # Some vocabularies word it with their own noun, "direction not stated".
            if thing.value.endswith("/not-stated"):
                return "not stated"
            for predicate in (LABEL, _PREF_LABEL):
                for quad in self.store.quads_for_pattern(thing, predicate, None, None):
                    return value_of(quad.object)
        return value_of(thing)

    def _words(self, things: Iterable[Node]) -> str | None:
        return "|".join(dict.fromkeys(map(self._label, things))) or None

    def _said(self, subject: NamedNode, *names: str) -> str | None:
        return self._words(self._objects(subject, *names))

    def _known(self, subject: NamedNode, name: str) -> str:
        return self._said(subject, name) or "not stated"

    def _number(self, subject: NamedNode, name: str) -> Decimal | None:
        return next((Decimal(value_of(found)) for found in self._objects(subject, name)), None)

    def _citations(self, subject: NamedNode) -> tuple[str, ...]:
        cited = {_cited(value_of(found)) for found in self._objects(subject, "citation")}
        return tuple(sorted(cited, key=_in_order))

    def _finding(self, thing: NamedNode) -> Finding:
        evaluations = self._objects(thing, "reportedBy")
        projects = [p for e in evaluations if isinstance(e, NamedNode) for p in self._objects(e, "evaluates")]
        rounds = [r for p in projects if isinstance(p, NamedNode) for r in self._objects(p, "inRound")]
        size = self._number(thing, "sampleSize")
        significance = self._said(thing, "significance")
        return Finding(
            iri=thing.value,
            intervention=self._words(self._subjects("hasFinding", thing)) or "not stated",
            measure=self._known(thing, "aboutMeasure"),
            printed=self._said(thing, "printedLabel"),
            outcome=self._known(thing, "onOutcome"),
            direction=self._known(thing, "direction").lower(),
            effect=self._known(thing, "effect").lower(),
            values=Values(
                before=self._number(thing, "valueBefore"),
                after=self._number(thing, "valueAfter"),
                value=self._number(thing, "value"),
                amount_gbp=self._number(thing, "amountGBP"),
                ratio=self._number(thing, "ratio"),
            ),
            unit=self._said(thing, "unit", "perUnit"),
            comparator=self._said(thing, "comparator") or self._said(thing, "comparatorKind"),
            sample_size=None if size is None else int(size),
            significance=significance and significance.lower(),
            caveat=self._said(thing, "caveat"),
            evaluation=self._words(evaluations) or "not stated",
            round=self._words(rounds),
            citations=self._citations(thing),
        )

    def findings(
        self,
        intervention: NamedNode | None = None,
        outcome: NamedNode | None = None,
        measure: NamedNode | None = None,
    ) -> Iterator[Finding]:
        """Yield the findings that fit, in the order of their IRIs."""
        found = {quad.subject for quad in self.store.quads_for_pattern(None, TYPE, term("Finding"), None)}
        if intervention:
            found &= set(self._objects(intervention, "hasFinding"))
        for name, thing in (("onOutcome", outcome), ("aboutMeasure", measure)):
            if thing:
                found &= set(self._subjects(name, thing))
        for subject in sorted(found, key=value_of):
            if isinstance(subject, NamedNode):
                yield self._finding(subject)

    def intervention(self, thing: NamedNode) -> Intervention:
        """Return an intervention."""
        accounts = self._subjects("accountOf", thing)
        other = [q.object for q in self.store.quads_for_pattern(thing, _ALT_LABEL, None, None)]
        printed = [name for account in accounts for name in self._objects(account, "printedName")]
        names = [self._label(thing), *sorted(map(value_of, [*other, *printed]))]
        return Intervention(
            iri=thing.value,
            name=names[0],
            names=tuple(dict.fromkeys(names)),
            themes=tuple(sorted(map(self._label, self._objects(thing, "hasTheme")))),
            summaries=tuple(self._summaries(accounts)),
            folder=self.folder,
        )

    def _summaries(self, accounts: Iterable[NamedNode]) -> Iterator[Summary]:
        for account in accounts:
            citations = self._citations(account)
            for text in self._objects(account, "statesAim", "statesDescription"):
                yield Summary(value_of(text), citations[0].partition("#")[0], citations)

    def interventions(self) -> tuple[Intervention, ...]:
        """Return all interventions, in the order of their names."""
        found = self.store.quads_for_pattern(None, TYPE, term("Intervention"), None)
        things = {quad.subject for quad in found if isinstance(quad.subject, NamedNode)}
        return tuple(sorted(map(self.intervention, things), key=lambda i: (i.name.casefold(), i.iri)))
