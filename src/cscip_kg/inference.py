"""asserted + ontology → inferred graph, kept apart; explains a statement.

In: asserted quads. Out: the quads of the inferred graph. The ontology's axioms, compiled to rules, run on
Oxigraph until nothing new follows; a rule runs again only when something it reads has changed. owlrl is
the reference that tests hold this to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Store, Triple

from cscip_kg.engine import construct, select
from cscip_kg.namespaces import INFERRED_GRAPH, ONTOLOGY_GRAPH, TYPE, short, value_of
from cscip_kg.rules import Rule, compile_rules, disjoint_classes


@dataclass(frozen=True)
class Clash:
    """A thing that belongs to two classes that exclude each other."""

    thing: str
    classes: tuple[str, str]


@dataclass(frozen=True)
class Reason:
    """Why one statement holds: asserted, or by a rule from other statements, each with its own reason."""

    statement: Triple
    rule: Rule | None
    premises: tuple[Reason, ...] = ()


def _split(quads: Iterable[Quad]) -> tuple[list[Quad], Store]:
    ontology: list[Quad] = []
    instances: list[Quad] = []
    for q in quads:
        (ontology if q.graph_name == ONTOLOGY_GRAPH else instances).append(q)
    store = Store()
    store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in instances)
    return ontology, store


def _written(triple: Triple) -> str:
    return value_of(triple.object if triple.predicate == TYPE else triple.predicate)


def infer(quads: Iterable[Quad]) -> list[Quad]:
    """Return what follows from the data and vocabularies by the ontology's axioms.

    Args:
        quads: the asserted dataset, ontology graph included.

    Returns:
        New quads only, all in the inferred graph, sorted.

    Raises:
        AxiomError: the ontology uses an axiom kind without a rule.
    """
    ontology, store = _split(quads)
    waiting = compile_rules(ontology)
    rules = list(waiting)
    inferred: list[Triple] = []
    while waiting:
        changed: set[str] = set()
        for rule in waiting:
            drawn = construct(store, rule.construct)
            fresh = list(dict.fromkeys(t for t in drawn if Quad(*t) not in store))
            if fresh:
                store.extend(Quad(*t) for t in fresh)
                inferred += fresh
                changed.update(map(_written, fresh))
        waiting = [r for r in rules if r.reads & changed]
    found = [Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in inferred]
    return sorted(found, key=str)


def clashes(quads: Iterable[Quad], inferred: Iterable[Quad] = ()) -> list[Clash]:
    """Return every thing that the statements put into two disjoint classes."""
    ontology, store = _split(quads)
    store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in inferred)
    found = [
        Clash(value_of(row["s"]), (short(first.value), short(second.value)))
        for first, second in disjoint_classes(ontology)
        for row in select(store, f"SELECT DISTINCT ?s WHERE {{ ?s a {first} . ?s a {second} }}")
    ]
    return sorted(found, key=lambda c: (c.thing, c.classes))


class Explainer:
    """Answers why links hold, over one built dataset."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Take all quads of a built dataset, the inferred graph among them."""
        kept = list(quads)
        self._ontology = [q for q in kept if q.graph_name == ONTOLOGY_GRAPH]
        self._inferred = {
            Triple(q.subject, q.predicate, q.object) for q in kept if q.graph_name == INFERRED_GRAPH
        }
        self._store = Store()
        self._store.bulk_extend(
            Quad(q.subject, q.predicate, q.object) for q in kept if q.graph_name != ONTOLOGY_GRAPH
        )
        self._rules = compile_rules(self._ontology)

    def between(self, subject: NamedNode, target: NamedNode) -> list[Reason]:
        """Return a reason for each statement that links `subject` to `target`, in the order of predicates."""
        links = sorted(
            (Triple(q.subject, q.predicate, q.object)
             for q in self._store.quads_for_pattern(subject, None, target, None)),
            key=str,
        )  # fmt: skip
        return [reason for link in links if (reason := self._reason(link, frozenset()))]

    def _reason(self, statement: Triple, above: frozenset[Triple]) -> Reason | None:
        """Return why `statement` holds without help from `above`, or None when nothing else gives it."""
        if statement in above:
            return None
        if statement not in self._inferred:
            return Reason(statement, None)
        for rule in self._rules:
            if rule.writes != _written(statement):
                continue
            for premises in self._premises(rule, statement):
                reasons = self._reasons(premises, above | {statement})
                if reasons is not None:
                    return Reason(statement, rule, reasons)
        return None

    def _reasons(self, statements: Iterable[Triple], above: frozenset[Triple]) -> tuple[Reason, ...] | None:
        found: list[Reason] = []
        for statement in statements:
            if (reason := self._reason(statement, above)) is None:
                return None
            found.append(reason)
        return tuple(found)

    def _premises(self, rule: Rule, statement: Triple) -> Iterator[list[Triple]]:
        """Yield the statements from which `rule` draws `statement`, once for each way to match its body."""
        if rule.head.split(" ")[-1] not in ("?o", str(statement.object)):
            return
        fixed = {"?s": statement.subject, "?o": statement.object}
        body = [" ".join(str(fixed.get(p, p)) for p in pattern.split(" ")) for pattern in rule.body]
        rows = select(self._store, f"SELECT * WHERE {{ {' . '.join(body)} }}")
        yield from sorted(([_fill(pattern, row) for pattern in body] for row in rows), key=str)


def _fill(pattern: str, row: ox.QuerySolution) -> Triple:
    def node(text: str) -> Any:
        if text == "a":
            return TYPE
        return row[text[1:]] if text.startswith("?") else NamedNode(text[1:-1])

    return Triple(*map(node, pattern.split(" ")))


def told(reasons: Sequence[Reason], depth: int = 0) -> list[str]:
    """Return the reasons as indented lines of text, each statement with the rule it follows from."""
    lines = []
    for reason in reasons:
        s, p, o = (short(value_of(node)) for node in reason.statement)
        because = f"by {reason.rule.kind}: {reason.rule.name}" if reason.rule else "stated in the data"
        lines.append(f"{'  ' * depth}{s}  {p}  {o}  [{because}]")
        lines += told(reason.premises, depth + 1)
    return lines
