"""Ontology → rules: each axiom compiled to one SPARQL CONSTRUCT.

In: the ontology's triples. Out: `Rule`s for the OWL 2 RL axiom kinds that the ontology uses, and the
pairs of classes that nothing may belong to both of. An axiom kind that is not known here raises an
AxiomError, so that the ontology can never promise more than the fast path infers
(OWL 2 Profiles, section 4.3, tables 5 to 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, Quad

from cscip_kg.errors import AxiomError
from cscip_kg.namespaces import OWL, RDF, RDFS, TYPE, short

Node = NamedNode | BlankNode

_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")
_SUBPROPERTY: Final = NamedNode(RDFS + "subPropertyOf")
_EQUIVALENT: Final = NamedNode(OWL + "equivalentClass")
_INVERSE: Final = NamedNode(OWL + "inverseOf")
_CHAIN: Final = NamedNode(OWL + "propertyChainAxiom")
_INTERSECTION: Final = NamedNode(OWL + "intersectionOf")
_ON: Final = NamedNode(OWL + "onProperty")
_SOME: Final = NamedNode(OWL + "someValuesFrom")
_HAS: Final = NamedNode(OWL + "hasValue")
_MEMBERS: Final = NamedNode(OWL + "members")
_DISJOINT: Final = NamedNode(OWL + "disjointWith")
_DOMAIN: Final = NamedNode(RDFS + "domain")
_RANGE: Final = NamedNode(RDFS + "range")
_TRANSITIVE: Final = NamedNode(OWL + "TransitiveProperty")
_ALL_DISJOINT: Final = NamedNode(OWL + "AllDisjointClasses")
_THING: Final = NamedNode(OWL + "Thing")
_FIRST, _REST, _NIL = NamedNode(RDF + "first"), NamedNode(RDF + "rest"), NamedNode(RDF + "nil")

_KNOWN_PREDICATES: Final = {
    _EQUIVALENT, _INVERSE, _CHAIN, _INTERSECTION, _ON, _SOME, _HAS, _MEMBERS, _DISJOINT,
    *(NamedNode(OWL + n) for n in ("versionIRI", "versionInfo", "priorVersion", "backwardCompatibleWith",
                                   "deprecated")),
}  # fmt: skip
_OF_EXPRESSIONS: Final = {_INTERSECTION, _ON, _SOME, _HAS}
_KNOWN_TYPES: Final = {
    _TRANSITIVE,
    _ALL_DISJOINT,
    *(
        NamedNode(OWL + n)
        for n in (
            "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology", "Restriction",
            "NamedIndividual",
        )
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One axiom as a rule.

    Attributes:
        name: the axiom in words, for instance `cscip:hasTheme ← cscip:hasAccount / cscip:statesTheme`.
        kind: the axiom kind, such as `property chain`.
        head: the triple pattern that follows, with variables ?s and ?o.
        body: the SPARQL patterns that it follows from, in order.
        reads: the predicates, and classes after rdf:type, that the body matches; used to rerun a rule only
            when something it reads has changed.
        writes: the predicate or class that the head states.
    """

    name: str
    kind: str
    head: str
    body: tuple[str, ...]
    reads: frozenset[str]
    writes: str

    @property
    def construct(self) -> str:
        """The rule as a SPARQL query."""
        return f"CONSTRUCT {{ {self.head} }} WHERE {{ {' . '.join(self.body)} }}"


class _Ontology:
    """The triples of the ontology, looked up by subject."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = list(quads)
        self.by_subject: dict[object, dict[NamedNode, list[ox.Literal | Node]]] = {}
        for q in self.quads:
            self.by_subject.setdefault(q.subject, {}).setdefault(q.predicate, []).append(q.object)  # type: ignore[arg-type]

    def one(self, subject: object, predicate: NamedNode) -> Node | None:
        values = self.by_subject.get(subject, {}).get(predicate, [])
        return values[0] if values else None  # type: ignore[return-value]

    def items(self, head: object) -> list[Node]:
        found: list[Node] = []
        while head is not None and head != _NIL:
            found.append(self.one(head, _FIRST))  # type: ignore[arg-type]
            head = self.one(head, _REST)
        return found


class _Compiler:
    """Writes class expressions and axioms as graph patterns."""

    def __init__(self, ontology: _Ontology) -> None:
        self.ontology = ontology
        self.reads: set[str] = set()
        self.counter = 0

    def pattern(self, expression: Node, subject: str) -> list[str]:
        """Return the patterns under which `subject` belongs to the class `expression`."""
        if expression == _THING:
            return []
        if isinstance(expression, NamedNode):
            self.reads.add(expression.value)
            return [f"{subject} a {expression}"]
        if (members := self.ontology.one(expression, _INTERSECTION)) is not None:
            return [p for m in self.ontology.items(members) for p in self.pattern(m, subject)]
        on = self.ontology.one(expression, _ON)
        if not isinstance(on, NamedNode):
            raise AxiomError(
                f"A class expression is of a kind that has no rule: {self._describe(expression)}."
            )
        self.reads.add(on.value)
        if (value := self.ontology.one(expression, _HAS)) is not None:
            if not isinstance(value, NamedNode):
                raise AxiomError(f"hasValue takes a thing, not {value} (on {short(on.value)}).")
            return [f"{subject} {on} {value}"]
        filler = self.ontology.one(expression, _SOME)
        if filler is None:
            raise AxiomError(
                f"The restriction on {short(on.value)} has no rule: {self._describe(expression)}."
            )
        self.counter += 1
        variable = f"?v{self.counter}"
        return [f"{subject} {on} {variable}", *self.pattern(filler, variable)]

    def heads(self, expression: Node) -> Iterator[tuple[str, str]]:
        """Yield (pattern, what it writes) for each thing that membership of `expression` implies."""
        if isinstance(expression, NamedNode):
            yield f"?s a {expression}", expression.value
        elif (members := self.ontology.one(expression, _INTERSECTION)) is not None:
            for member in self.ontology.items(members):
                yield from self.heads(member)
        else:
            on, value = self.ontology.one(expression, _ON), self.ontology.one(expression, _HAS)
            if not isinstance(on, NamedNode) or not isinstance(value, NamedNode):
                raise AxiomError(f"Nothing follows by rule from membership of {self._describe(expression)}.")
            yield f"?s {on} {value}", on.value

    def _describe(self, expression: Node) -> str:
        facts = self.ontology.by_subject.get(expression, {})
        return ", ".join(f"{short(p.value)} {v}" for p, values in facts.items() for v in values)

    def implication(self, narrow: Node, wide: Node, kind: str) -> Iterator[Rule]:
        self.reads, self.counter = set(), 0
        body = tuple(self.pattern(narrow, "?s"))
        if not body:
            raise AxiomError(f"The ontology says of everything that it is {self._describe(wide) or wide}.")
        for head, writes in self.heads(wide):
            yield Rule(_name(head, body), kind, head, body, frozenset(self.reads), writes)


def _name(head: str, body: tuple[str, ...]) -> str:
    def plain(pattern: str) -> str:
        return " ".join(short(part[1:-1]) if part.startswith("<") else part for part in pattern.split(" "))

    return f"{plain(head)} ← {' , '.join(map(plain, body))}"


def _property_rule(kind: str, head: str, body: tuple[str, ...], reads: Iterable[Node], writes: Node) -> Rule:
    used = {writes, *reads}
    if any(isinstance(p, BlankNode) for p in used):
        raise AxiomError(f"The {kind} axiom about {writes} uses a property without a name. Name it.")
    return Rule(_name(head, body), kind, head, body, frozenset(p.value for p in reads), writes.value)


def _without_rule(q: Quad) -> NamedNode | None:
    """Return the term of `q` that says more than any rule here, if there is one."""
    s, p, o = q.subject, q.predicate, q.object
    if p in (_DOMAIN, _RANGE) or (p.value.startswith(OWL) and p not in _KNOWN_PREDICATES):
        return p
    if isinstance(s, NamedNode) and s.value.startswith(OWL):
        return s
    # On a class with a name these would be one more way to write owl:equivalentClass.
    if isinstance(s, NamedNode) and p in _OF_EXPRESSIONS:
        return p
    if isinstance(o, NamedNode) and o.value.startswith(OWL):
        return None if o in (_KNOWN_TYPES if p == TYPE else {_THING}) else o
    return None


def _check_known(quads: Iterable[Quad]) -> None:
    for q in quads:
        if (term := _without_rule(q)) is not None:
            raise AxiomError(
                f"The ontology uses {short(term.value)} (at {q.subject}), for which there is no rule. "
                "Express it in SHACL, or add the rule to rules.py with a probe in test_rules.py."
            )


def compile_rules(ontology: Iterable[Quad]) -> list[Rule]:
    """Compile every axiom of the ontology.

    Args:
        ontology: the quads of the ontology graph.

    Returns:
        One rule per axiom and implied statement, in a fixed order.

    Raises:
        AxiomError: the ontology uses an axiom kind without a rule.
    """
    source = _Ontology(ontology)
    _check_known(source.quads)
    compiler = _Compiler(source)
    rules: list[Rule] = []
    for q in source.quads:
        s, p, o = q.subject, q.predicate, q.object
        if p == _SUBCLASS:
            rules += compiler.implication(s, o, "sub-class")  # type: ignore[arg-type]
        elif p == _EQUIVALENT:
            rules += compiler.implication(s, o, "equivalent class")  # type: ignore[arg-type]
            rules += compiler.implication(o, s, "equivalent class")  # type: ignore[arg-type]
        elif p == _SUBPROPERTY:
            rules.append(_property_rule("sub-property", f"?s {o} ?o", (f"?s {s} ?o",), [s], o))  # type: ignore[list-item, arg-type]
        elif p == _INVERSE:
            rules.append(_property_rule("inverse", f"?s {s} ?o", (f"?o {o} ?s",), [o], s))  # type: ignore[list-item, arg-type]
            rules.append(_property_rule("inverse", f"?s {o} ?o", (f"?o {s} ?s",), [s], o))  # type: ignore[list-item, arg-type]
        elif p == TYPE and o == _TRANSITIVE:
            body = (f"?s {s} ?m", f"?m {s} ?o")
            rules.append(_property_rule("transitive", f"?s {s} ?o", body, [s], s))  # type: ignore[list-item, arg-type]
        elif p == _CHAIN:
            links = source.items(o)
            steps = ["?s", *(f"?c{i}" for i in range(1, len(links))), "?o"]
            path = tuple(f"{a} {link} {b}" for a, link, b in zip(steps, links, steps[1:], strict=False))
            rules.append(_property_rule("property chain", f"?s {s} ?o", path, links, s))  # type: ignore[arg-type]
    return sorted(set(rules), key=lambda r: (r.writes, r.name))


def disjoint_classes(ontology: Iterable[Quad]) -> list[tuple[NamedNode, NamedNode]]:
    """Return the pairs of classes that the ontology declares disjoint.

    Raises:
        AxiomError: one of them is an expression, not a class with a name.
    """
    source = _Ontology(ontology)
    pairs: list[tuple[Node, Node]] = []
    for q in source.quads:
        if q.predicate == _DISJOINT:
            pairs.append((q.subject, q.object))  # type: ignore[arg-type]
        elif q.predicate == _MEMBERS:
            pairs += combinations(source.items(q.object), 2)
    named = [(a, b) for a, b in pairs if isinstance(a, NamedNode) and isinstance(b, NamedNode)]
    if len(named) < len(pairs):
        raise AxiomError("The ontology declares a class without a name disjoint. Name it.")
    return named
