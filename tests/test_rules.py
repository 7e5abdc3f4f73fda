"""Each axiom kind: what the compiled rule infers, what owlrl infers, and what a person expects, agree."""

from __future__ import annotations

import re

import owlrl
import pyoxigraph as ox
import pytest
from pyoxigraph import Quad
from rdflib import RDF, Graph

from cscip_kg.errors import AxiomError
from cscip_kg.graph import ontology_quads
from cscip_kg.inference import clashes, infer
from cscip_kg.namespaces import DATA_GRAPH, ONTOLOGY_GRAPH
from cscip_kg.rules import compile_rules, disjoint_classes

O, I = "http://probe/ontology#", "http://probe/thing/"  # noqa: E741 - two namespaces, read together
PREFIXES = f"""
@prefix : <{O}> . @prefix i: <{I}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


def quads_of(text: str, graph: ox.NamedNode) -> list[Quad]:
    triples = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def told(subject: str, predicate: str, value: str) -> str:
    """Write a statement about the probe's things as `a p b` or `a a C`."""
    link = "a" if predicate == str(RDF.type) else predicate.removeprefix(O)
    return f"{subject.removeprefix(I)} {link} {value.removeprefix(O).removeprefix(I)}"


def by_rules(ontology: str, things: str) -> set[str]:
    quads = quads_of(ontology, ONTOLOGY_GRAPH) + quads_of(things, DATA_GRAPH)
    return {told(*(str(node)[1:-1] for node in (q.subject, q.predicate, q.object))) for q in infer(quads)}


def close(ontology: str, things: str) -> Graph:
    graph = Graph().parse(data=PREFIXES + ontology + things, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def by_owlrl(ontology: str, things: str) -> set[str]:
    """Return what owlrl adds about the probe's things in the probe's terms, without its axiomatic noise."""
    stated = Graph().parse(data=PREFIXES + things, format="turtle")
    return {
        told(str(s), str(p), str(o))
        for s, p, o in close(ontology, things)
        if (s, p, o) not in stated
        and str(s).startswith(I)
        and (str(o).startswith(O) if p == RDF.type else str(p).startswith(O) and str(o).startswith(I))
    }


HAS_RED = "[ a owl:Restriction ; owl:onProperty :colour ; owl:hasValue i:red ]"
SOME_B = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ]"
SOME_C = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :C ]"
SOME_THING = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom owl:Thing ]"

# Axioms, things, and what must follow: no more and no less.
PROBES: dict[str, tuple[str, str, set[str]]] = {
    "sub-class": (":A rdfs:subClassOf :B .", "i:x a :A . i:y a :B .", {"x a B"}),
    "sub-class, twice over": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .",
        "i:x a :A . i:y a :B .",
        {"x a B", "x a C", "y a C"},
    ),
    "sub-class of an intersection": (
        f":A rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( :B {HAS_RED} ) ] .",
        "i:x a :A .",
        {"x a B", "x colour red"},
    ),
    "intersection beneath a class": (
        "[ a owl:Class ; owl:intersectionOf ( :A :B ) ] rdfs:subClassOf :C .",
        "i:both a :A , :B . i:one a :A . i:other a :B .",
        {"both a C"},
    ),
    "intersection within an intersection": (
        f"[ owl:intersectionOf ( :A [ owl:intersectionOf ( :B {HAS_RED} ) ] ) ] rdfs:subClassOf :C .",
        "i:x a :A , :B ; :colour i:red . i:y a :A ; :colour i:red . i:z a :A , :B ; :colour i:blue .",
        {"x a C"},
    ),
    "someValuesFrom beneath a class": (
        f"{SOME_B} rdfs:subClassOf :A .",
        "i:x :p i:b . i:b a :B . i:y :p i:c . i:z :q i:b .",
        {"x a A"},
    ),
    "someValuesFrom anything": (
        f"{SOME_THING} rdfs:subClassOf :A .",
        "i:x :p i:b . i:y :q i:b .",
        {"x a A"},
    ),
    "someValuesFrom within an intersection": (
        f"[ owl:intersectionOf ( :C {SOME_B} ) ] rdfs:subClassOf :A .",
        "i:x a :C ; :p i:b . i:b a :B . i:y :p i:b .",
        {"x a A"},
    ),
    "two someValuesFrom need not meet in one value": (
        f"[ owl:intersectionOf ( {SOME_B} {SOME_C} ) ] rdfs:subClassOf :A .",
        "i:x :p i:b , i:c . i:b a :B . i:c a :C . i:y :p i:b .",
        {"x a A"},
    ),
    "someValuesFrom of an expression": (
        f"[ owl:onProperty :p ; owl:someValuesFrom {HAS_RED} ] rdfs:subClassOf :A .",
        "i:x :p i:y . i:y :colour i:red . i:z :p i:x .",
        {"x a A"},
    ),
    "hasValue beneath a class": (
        f"{HAS_RED} rdfs:subClassOf :Red .",
        "i:x :colour i:red . i:y :colour i:blue .",
        {"x a Red"},
    ),
    "hasValue above a class": (f":Red rdfs:subClassOf {HAS_RED} .", "i:x a :Red .", {"x colour red"}),
    "equivalent class, named": (
        ":A owl:equivalentClass :B .",
        "i:x a :A . i:y a :B .",
        {"x a B", "y a A"},
    ),
    "equivalent class, expression": (
        f":Red owl:equivalentClass [ owl:intersectionOf ( :A {HAS_RED} ) ] .",
        "i:x a :A ; :colour i:red . i:y a :Red . i:z :colour i:red .",
        {"x a Red", "y a A", "y colour red"},
    ),
    "equivalent class, expression first": (
        f"{HAS_RED} owl:equivalentClass :Red .",
        "i:x :colour i:red . i:y a :Red .",
        {"x a Red", "y colour red"},
    ),
    "sub-property": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        "i:x :p i:y . i:y :q i:x .",
        {"x q y", "x r y", "y r x"},
    ),
    "inverse": (
        ":p owl:inverseOf :q .",
        "i:x :p i:y . i:a :q i:b .",
        {"y q x", "b p a"},
    ),
    "inverse of itself": (":p owl:inverseOf :p .", "i:x :p i:y .", {"y p x"}),
    "transitive": (
        ":p a owl:TransitiveProperty .",
        "i:a :p i:b . i:b :p i:c . i:c :p i:d . i:c :q i:e .",
        {"a p c", "a p d", "b p d"},
    ),
    "transitive in a circle": (
        ":p a owl:TransitiveProperty .",
        "i:a :p i:b . i:b :p i:a .",
        {"a p a", "b p b"},
    ),
    "chain of two": (
        ":p owl:propertyChainAxiom ( :q :r ) .",
        "i:a :q i:b . i:b :r i:c . i:b :q i:d .",
        {"a p c"},
    ),
    "chain of three": (
        ":p owl:propertyChainAxiom ( :q :r :s ) .",
        "i:a :q i:b . i:b :r i:c . i:c :s i:d . i:b :s i:e .",
        {"a p d"},
    ),
    "two chains to one property": (
        ":p owl:propertyChainAxiom ( :q :r ) , ( :s :p ) .",
        "i:a :q i:b . i:b :r i:c . i:z :s i:a .",
        {"a p c", "z p c"},
    ),
    "a chain through inferred links": (
        ":p owl:propertyChainAxiom ( :q :r ) . :q owl:inverseOf :of . :r a owl:TransitiveProperty .",
        "i:b :of i:a . i:b :r i:c . i:c :r i:d .",
        {"a q b", "b r d", "a p c", "a p d"},
    ),
    "a rule that waits for another": (
        f"{SOME_B} rdfs:subClassOf :Z . :A rdfs:subClassOf :B . :p owl:propertyChainAxiom ( :q :r ) .",
        "i:x :q i:y . i:y :r i:b . i:b a :A .",
        {"x p b", "b a B", "x a Z"},
    ),
    "no axiom": (":p a owl:ObjectProperty . :A a owl:Class .", "i:x :p i:y .", set()),
}


@pytest.mark.parametrize("name", PROBES)
def test_an_axiom_gives_what_it_says(name: str) -> None:
    """The compiled rules infer exactly the statements written beside the axiom."""
    ontology, things, expected = PROBES[name]
    assert by_rules(ontology, things) == expected


@pytest.mark.parametrize("name", PROBES)
def test_owlrl_agrees(name: str) -> None:
    """The reference engine draws the same conclusions from the same axiom."""
    ontology, things, expected = PROBES[name]
    assert by_owlrl(ontology, things) == expected


def test_no_probe_is_idle() -> None:
    """Every kind of rule that our own ontology compiles to was tried above."""
    used = {rule.kind for rule in compile_rules(ontology_quads())}
    tried = {
        rule.kind
        for axioms, _, _ in PROBES.values()
        for rule in compile_rules(quads_of(axioms, ONTOLOGY_GRAPH))
    }
    assert used <= tried
    assert tried == {
        "sub-class",
        "equivalent class",
        "sub-property",
        "inverse",
        "transitive",
        "property chain",
    }


def test_a_rule_tells_what_it_is() -> None:
    """A rule has the axiom in words, the query that runs it, what it reads and what it writes."""
    (rule,) = compile_rules(quads_of(":p owl:propertyChainAxiom ( :q :r ) .", ONTOLOGY_GRAPH))
    assert rule.name == f"?s {O}p ?o \u2190 ?s {O}q ?c1 , ?c1 {O}r ?o"
    assert rule.construct == f"CONSTRUCT {{ ?s <{O}p> ?o }} WHERE {{ ?s <{O}q> ?c1 . ?c1 <{O}r> ?o }}"
    assert rule.reads == {f"{O}q", f"{O}r"}
    assert rule.writes == f"{O}p"


def test_rules_come_in_a_fixed_order_and_once() -> None:
    """The order of the axioms in the file does not matter, and saying one twice adds nothing."""
    one = ":A rdfs:subClassOf :B . :p rdfs:subPropertyOf :q ."
    other = ":p rdfs:subPropertyOf :q . :A rdfs:subClassOf :B . :A rdfs:subClassOf :B ."
    first, second = (compile_rules(quads_of(text, ONTOLOGY_GRAPH)) for text in (one, other))
    assert [r.kind for r in first] == ["sub-class", "sub-property"]
    assert first == second


# --- classes that exclude each other --------------------------------------------------------------------

DISJOINT: dict[str, tuple[str, str, set[tuple[str, str, str]]]] = {
    "disjointWith": (":A owl:disjointWith :B .", "i:x a :A , :B . i:y a :A .", {("x", "A", "B")}),
    "AllDisjointClasses": (
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) .",
        "i:x a :A , :C . i:y a :B . i:z a :B , :C .",
        {("x", "A", "C"), ("z", "B", "C")},
    ),
    "beneath a disjoint class": (
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B ) . :Sub rdfs:subClassOf :A .",
        "i:x a :Sub , :B . i:y a :Sub .",
        {("x", "A", "B")},
    ),
    "disjoint and kept apart": (":A owl:disjointWith :B .", "i:x a :A . i:y a :B .", set()),
}


@pytest.mark.parametrize("name", DISJOINT)
def test_a_thing_of_two_disjoint_classes_is_a_clash(name: str) -> None:
    """Each thing in two classes that exclude each other is reported with both, inferred types included."""
    ontology, things, expected = DISJOINT[name]
    quads = quads_of(ontology, ONTOLOGY_GRAPH) + quads_of(things, DATA_GRAPH)
    found = clashes(quads, infer(quads))
    assert {(c.thing.removeprefix(I), *(x.removeprefix(O) for x in c.classes)) for c in found} == expected


@pytest.mark.parametrize("name", DISJOINT)
def test_owlrl_finds_the_same_clashes(name: str) -> None:
    """The reference engine reports a contradiction for just these things."""
    ontology, things, expected = DISJOINT[name]
    error = "http://www.daml.org/2002/03/agents/agent-ont#error"
    reports = " ".join(str(o) for _, p, o in close(ontology, things) if str(p) == error)
    assert set(re.findall(f"{I}([a-z]+)", reports)) == {thing for thing, *_ in expected}


# --- what has no rule -----------------------------------------------------------------------------------

WITHOUT_RULE = [
    (":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .", "owl:unionOf"),
    ("[ owl:unionOf ( :B :C ) ] rdfs:subClassOf :A .", "owl:unionOf"),
    (":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .", "owl:allValuesFrom"),
    (":p a owl:FunctionalProperty .", "owl:FunctionalProperty"),
    (":p a owl:InverseFunctionalProperty .", "owl:InverseFunctionalProperty"),
    (":p a owl:SymmetricProperty .", "owl:SymmetricProperty"),
    (":p a owl:AsymmetricProperty .", "owl:AsymmetricProperty"),
    (":p a owl:IrreflexiveProperty .", "owl:IrreflexiveProperty"),
    (":A owl:hasKey ( :p ) .", "owl:hasKey"),
    (":A owl:equivalentClass [ owl:oneOf ( i:x ) ] .", "owl:oneOf"),
    (":A rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 1 ] .", "owl:minCardinality"),
    (":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .", "owl:maxCardinality"),
    (":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf true ] .", "owl:hasSelf"),
    ("i:x owl:sameAs i:y .", "owl:sameAs"),
    ("i:x owl:differentFrom i:y .", "owl:differentFrom"),
    (":A owl:complementOf :B .", "owl:complementOf"),
    (":A owl:disjointUnionOf ( :B :C ) .", "owl:disjointUnionOf"),
    (":p owl:equivalentProperty :q .", "owl:equivalentProperty"),
    (":p owl:propertyDisjointWith :q .", "owl:propertyDisjointWith"),
    ("[] a owl:AllDisjointProperties ; owl:members ( :p :q ) .", "owl:AllDisjointProperties"),
    ("[] a owl:AllDifferent ; owl:members ( i:x i:y ) .", "owl:AllDifferent"),
    ("<http://probe/ontology> owl:imports <http://probe/other> .", "owl:imports"),
    (":p rdfs:domain :A .", "rdfs:domain"),
    (":p rdfs:range :A .", "rdfs:range"),
    (":A a owl:Clas .", "owl:Clas"),
    (":A rdfs:subClassOf owl:Nothing .", "owl:Nothing"),
    ("owl:Thing rdfs:subClassOf :A .", "owl:Thing"),
    (":A owl:intersectionOf ( :B :C ) .", "owl:intersectionOf"),
    (":A a owl:Restriction ; owl:onProperty :p ; owl:hasValue i:x .", "owl:onProperty"),
    (f":A rdfs:subClassOf {SOME_B} .", "owl:someValuesFrom"),
    (f":A owl:equivalentClass {SOME_B} .", "owl:someValuesFrom"),
    (":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue 3 ] . ", "owl:hasValue"),
    ('[ owl:onProperty :p ; owl:hasValue "x" ] rdfs:subClassOf :A .', "hasValue takes a thing"),
    ("[ a owl:Restriction ; owl:onProperty :p ] rdfs:subClassOf :A .", "restriction on .*#p has no rule"),
    ("[ a owl:Class ] rdfs:subClassOf :A .", "class expression"),
    (":A owl:equivalentClass owl:Thing .", "everything"),
    ("[ owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom :B ] rdfs:subClassOf :A .", "inverse"),
    (":p owl:propertyChainAxiom ( [ owl:inverseOf :q ] :r ) .", "without a name"),
    (":p rdfs:subPropertyOf [ owl:inverseOf :q ] .", "without a name"),
]


@pytest.mark.parametrize(("axiom", "name"), WITHOUT_RULE)
def test_an_axiom_without_a_rule_is_refused_by_name(axiom: str, name: str) -> None:
    """The ontology cannot promise more than is inferred: whatever no rule expresses is an error."""
    with pytest.raises(AxiomError, match=name):
        infer(quads_of(axiom, ONTOLOGY_GRAPH))


def test_a_disjoint_class_without_a_name_is_refused() -> None:
    """A disjointness that would not be looked for is an error."""
    axiom = f":A owl:disjointWith {HAS_RED} ."
    with pytest.raises(AxiomError, match="without a name"):
        disjoint_classes(quads_of(axiom, ONTOLOGY_GRAPH))


def test_words_about_terms_are_no_axioms() -> None:
    """Declarations, labels, versions and seeAlso are taken without a rule."""
    header = """
        <http://probe/o> a owl:Ontology ; owl:versionInfo "1" ; owl:versionIRI <http://probe/o/1> ;
            owl:priorVersion <http://probe/o/0> ; owl:backwardCompatibleWith <http://probe/o/0> .
        :A a owl:Class ; rdfs:label "A" ; rdfs:seeAlso :B ; owl:deprecated true .
        :p a owl:ObjectProperty . :q a owl:DatatypeProperty . :r a owl:AnnotationProperty .
        i:x a owl:NamedIndividual .
    """
    assert compile_rules(quads_of(header, ONTOLOGY_GRAPH)) == []
