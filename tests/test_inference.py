"""What follows from the data: what owlrl infers, by the published effect rule, and truly explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import owlrl
import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad, Triple
from rdflib import RDF, Graph, URIRef

from cscip_kg.graph import build_graph, ontology_quads
from cscip_kg.inference import Explainer, Reason, clashes, infer, told
from cscip_kg.namespaces import CSCIP, DATA_GRAPH, ID, INFERRED_GRAPH, ONTOLOGY_GRAPH, SKOS, TYPE, term
from cscip_kg.records import load_records
from cscip_kg.validation import as_ntriples

PREFIXES = f"""
@base <{ID}> . @prefix cscip: <{CSCIP}> . @prefix skos: <{SKOS}> .
"""
# A world with one instance of each thing that is explained below.
WORLD = """
<intervention/plan> a cscip:Intervention .
<intervention/plan#a> a cscip:InterventionAccount ; cscip:accountOf <intervention/plan> ;
    cscip:statesTheme <theme/t> ; cscip:statesAdaptedFrom <intervention/model> .
<intervention/model#a> cscip:accountOf <intervention/model> ;
    cscip:statesAdaptedFrom <intervention/origin> .
<intervention/origin#a> cscip:accountOf <intervention/origin> ;
    cscip:statesAdaptedFrom <intervention/first> .
<evaluation/e#f> a cscip:Finding ; cscip:effectBasis <effect-basis/by-rule> ;
    cscip:direction <direction/decrease> ; cscip:aboutMeasure <outcome-measure/moves> .
<evaluation/e#g> a cscip:Finding ; cscip:effectBasis <effect-basis/by-source> ;
    cscip:sourceEffect <effect/unclear> .
<outcome-measure/moves> cscip:desiredDirection <desired-direction/decrease> .
"""


def quads_of(text: str) -> list[Quad]:
    triples = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    return [Quad(t.subject, t.predicate, t.object, DATA_GRAPH) for t in triples]


def closed(text: str) -> list[Quad]:
    """Return our ontology, the statements of `text`, and what follows."""
    quads = ontology_quads() + quads_of(text)
    return quads + infer(quads)


def thing(name: str) -> NamedNode:
    return NamedNode(ID + name)


@pytest.fixture(scope="module")
def world() -> Explainer:
    """The small world, closed and ready to be explained."""
    return Explainer(closed(WORLD))


# --- what is inferred -----------------------------------------------------------------------------------


def test_only_what_is_new_is_inferred() -> None:
    """Nothing asserted comes back, everything lies in the inferred graph, and nothing more follows."""
    quads = ontology_quads() + quads_of(WORLD)
    found = infer(quads)
    assert found == sorted(set(found), key=str)
    assert {q.graph_name for q in found} == {INFERRED_GRAPH}
    asserted = {(q.subject, q.predicate, q.object) for q in quads}
    assert not asserted & {(q.subject, q.predicate, q.object) for q in found}
    assert infer(quads + found) == []


def test_the_order_of_the_data_does_not_matter() -> None:
    """The same statements in another order give the same list."""
    quads = ontology_quads() + quads_of(WORLD)
    assert infer(quads) == infer(quads[::-1]) != []


def test_the_ontology_is_no_data() -> None:
    """A statement about things that stands in the ontology graph takes part in no conclusion."""
    (about,) = quads_of("<intervention/x#a> cscip:accountOf <intervention/x> .")
    astray = Quad(about.subject, about.predicate, about.object, ONTOLOGY_GRAPH)
    assert infer([*ontology_quads(), astray]) == []
    assert len(infer([*ontology_quads(), about])) == 1


def test_a_clash_is_named() -> None:
    """A thing in two classes that exclude each other is reported with both, also by inference."""
    quads = ontology_quads() + quads_of(
        "<a> a cscip:Project , cscip:Finding . <b> a cscip:Council , cscip:Region . <c> a cscip:Region ."
    )
    found = [(c.thing.removeprefix(ID), *c.classes) for c in clashes(quads, infer(quads))]
    assert found == [
        ("a", "cscip:Project", "cscip:Finding"),
        ("b", "cscip:Organisation", "cscip:Area"),
    ]


# --- the effect rule ------------------------------------------------------------------------------------

# Rows: direction as reported; columns: the measure is to increase, to decrease, contested, or not judged.
# Written by hand from the evidence model, honesty rule 3.
DESIRED = ("increase", "decrease", "contested", None)
EFFECTS: dict[str, tuple[str | None, ...]] = {
    "increase": ("favourable", "unfavourable", "unclear", None),
    "decrease": ("unfavourable", "favourable", "unclear", None),
    "no-change": ("no-change", "no-change", "no-change", "no-change"),
    "mixed": ("mixed", "mixed", "mixed", "mixed"),
    "inconclusive": ("unclear", "unclear", "unclear", "unclear"),
    "not-stated": ("unclear", "unclear", "unclear", "unclear"),
}
CELLS = [(d, w, e) for d, row in EFFECTS.items() for w, e in zip(DESIRED, row, strict=True)]


def effects(quads: Iterable[Quad]) -> dict[str, set[str]]:
    """Return the effects of each finding, by the finding's id."""
    found: dict[str, set[str]] = defaultdict(set)
    for q in quads:
        if q.predicate == term("effect"):
            found[str(q.subject)[1:-1].removeprefix(ID)].add(str(q.object)[1:-1].removeprefix(ID + "effect/"))
    return found


@pytest.mark.parametrize(("direction", "desired", "effect"), CELLS)
def test_effect_follows_from_direction_and_desire(
    direction: str, desired: str | None, effect: str | None
) -> None:
    """Each cell of the table gives the one effect that it says; without a desired direction often none."""
    text = f"""<f> a cscip:Finding ; cscip:effectBasis <effect-basis/by-rule> ; cscip:aboutMeasure <m> ;
        cscip:direction <direction/{direction}> . <m> a skos:Concept ."""
    if desired:
        text += f" <m> cscip:desiredDirection <desired-direction/{desired}> ."
    assert effects(closed(text)) == ({"f": {effect}} if effect else {})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("cscip:effectBasis <effect-basis/by-source>", {}),
        ("cscip:remark 'no basis'", {}),
        ("cscip:effectBasis <effect-basis/by-source> ; cscip:sourceEffect <effect/mixed>", {"f": {"mixed"}}),
    ],
)
def test_the_rule_keeps_silent_where_the_source_judges(change: str, expected: dict[str, set[str]]) -> None:
    """Only a finding marked by-rule is judged by the rule; the source's own judgement stands alone."""
    text = f"""<f> a cscip:Finding ; cscip:aboutMeasure <m> ; {change} ;
        cscip:direction <direction/increase> . <m> cscip:desiredDirection <desired-direction/increase> ."""
    assert effects(closed(text)) == expected


def test_the_effects_of_our_findings_follow_the_table(quads: list[Quad]) -> None:
    """Each finding of the data has the effect of its cell, or the one that its source gives, and no other."""
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    names = {
        term(n): n for n in ("direction", "effectBasis", "aboutMeasure", "sourceEffect", "desiredDirection")
    }
    for q in quads:
        if (name := names.get(q.predicate)) is not None and isinstance(q.object, NamedNode):
            key = str(q.subject)[1:-1].removeprefix(ID)
            facts[key][name] = q.object.value.removeprefix(ID).partition("/")[2]
    expected: dict[str, set[str]] = {}
    for finding, fact in facts.items():
        if fact.get("effectBasis") == "by-rule":
            measure = facts[f"outcome-measure/{fact['aboutMeasure']}"]
            effect = EFFECTS[fact["direction"]][DESIRED.index(measure.get("desiredDirection"))]
            expected |= {finding: {effect}} if effect else {}
        elif "sourceEffect" in fact:
            expected[finding] = {fact["sourceEffect"]}
    assert effects(quads) == expected
    assert {e for one in expected.values() for e in one} >= {"favourable", "unfavourable", "unclear"}


# --- explanations ---------------------------------------------------------------------------------------


def explained(explainer: Explainer, subject: str, target: str) -> str:
    return "\n".join(told(explainer.between(thing(subject), thing(target))))


def test_what_is_stated_needs_no_reason(world: Explainer) -> None:
    """A statement of the data says so."""
    assert explained(world, "intervention/plan#a", "theme/t") == (
        "intervention/plan#a  cscip:statesTheme  theme/t  [stated in the data]"
    )


def test_an_inverse_is_explained(world: Explainer) -> None:
    """The inverse names its axiom and the statement that it turns round."""
    assert explained(world, "intervention/plan", "intervention/plan#a") == (
        "intervention/plan  cscip:hasAccount  intervention/plan#a  "
        "[by inverse: ?s cscip:hasAccount ?o ← ?o cscip:accountOf ?s]\n"
        "  intervention/plan#a  cscip:accountOf  intervention/plan  [stated in the data]"
    )


def test_a_chain_is_explained_down_to_the_data(world: Explainer) -> None:
    """Each link of a chain is told, and an inferred link with its own reason."""
    assert explained(world, "intervention/plan", "theme/t") == (
        "intervention/plan  cscip:hasTheme  theme/t  [by property chain: "
        "?s cscip:hasTheme ?o ← ?s cscip:hasAccount ?c1 , ?c1 cscip:statesTheme ?o]\n"
        "  intervention/plan  cscip:hasAccount  intervention/plan#a  "
        "[by inverse: ?s cscip:hasAccount ?o ← ?o cscip:accountOf ?s]\n"
        "    intervention/plan#a  cscip:accountOf  intervention/plan  [stated in the data]\n"
        "  intervention/plan#a  cscip:statesTheme  theme/t  [stated in the data]"
    )


def test_an_effect_is_explained_by_the_rule_and_not_by_its_own_consequence(world: Explainer) -> None:
    """An effect rests on direction and desired direction, not on the class that follows from it."""
    assert explained(world, "evaluation/e#f", "effect/favourable") == (
        "evaluation/e#f  cscip:effect  effect/favourable  [by sub-class: ?s cscip:effect effect/favourable ← "
        "?s a cscip:FindingJudgedByRule , ?s cscip:direction direction/decrease , "
        "?s cscip:aboutMeasure ?v1 , ?v1 a cscip:MeasureToDecrease]\n"
        "  evaluation/e#f  rdf:type  cscip:FindingJudgedByRule  [by equivalent class: "
        "?s a cscip:FindingJudgedByRule ← ?s a cscip:Finding , ?s cscip:effectBasis effect-basis/by-rule]\n"
        "    evaluation/e#f  rdf:type  cscip:Finding  [stated in the data]\n"
        "    evaluation/e#f  cscip:effectBasis  effect-basis/by-rule  [stated in the data]\n"
        "  evaluation/e#f  cscip:direction  direction/decrease  [stated in the data]\n"
        "  evaluation/e#f  cscip:aboutMeasure  outcome-measure/moves  [stated in the data]\n"
        "  outcome-measure/moves  rdf:type  cscip:MeasureToDecrease  [by equivalent class: "
        "?s a cscip:MeasureToDecrease ← ?s cscip:desiredDirection desired-direction/decrease]\n"
        "    outcome-measure/moves  cscip:desiredDirection  desired-direction/decrease  [stated in the data]"
    )


def test_two_links_have_two_reasons(world: Explainer) -> None:
    """Every statement between the two things is explained, in the order of predicates."""
    found = world.between(thing("evaluation/e#g"), thing("effect/unclear"))
    assert [r.statement.predicate for r in found] == [term("effect"), term("sourceEffect")]
    assert [r.rule.kind if r.rule else None for r in found] == ["sub-property", None]


def test_a_class_is_explained(world: Explainer) -> None:
    """Membership of a defined class is a link to that class like any other."""
    (reason,) = world.between(thing("evaluation/e#f"), term("FavourableFinding"))
    assert reason.rule is not None
    assert reason.rule.kind == "equivalent class"
    assert [p.statement.predicate for p in reason.premises] == [TYPE, term("effect")]


def leaves(reason: Reason) -> Iterator[Triple]:
    if reason.rule is None:
        yield reason.statement
    for premise in reason.premises:
        yield from leaves(premise)


def test_a_transitive_link_is_explained_over_two_steps(world: Explainer) -> None:
    """From the plan to its model's origin's first form: three stated adaptations bear it."""
    (reason,) = world.between(thing("intervention/plan"), thing("intervention/first"))
    assert reason.rule is not None
    assert reason.rule.kind == "transitive"
    stated = {str(t.object)[1:-1].removeprefix(ID) for t in leaves(reason)
              if t.predicate == term("statesAdaptedFrom")}  # fmt: skip
    assert stated == {"intervention/model", "intervention/origin", "intervention/first"}


def test_things_without_a_link_have_no_reason(world: Explainer) -> None:
    """Nothing is made up between things that no statement links in that direction."""
    assert world.between(thing("theme/t"), thing("intervention/plan")) == []


def test_in_a_circle_each_statement_rests_on_the_data() -> None:
    """Where statements support each other in a circle, the explanation still ends in the data."""
    circle = """
        <intervention/a#x> cscip:accountOf <intervention/a> ; cscip:statesAdaptedFrom <intervention/b> .
        <intervention/b#x> cscip:accountOf <intervention/b> ; cscip:statesAdaptedFrom <intervention/a> .
        <outcome-measure/a> skos:broader <outcome-measure/b> ."""
    explainer = Explainer(closed(circle))
    for pair in (("intervention/a", "intervention/a"), ("intervention/a", "intervention/b"),
                 ("outcome-measure/b", "outcome-measure/a")):  # fmt: skip
        reasons = explainer.between(*map(thing, pair))
        assert reasons != []
        for reason in reasons:
            assert faults(reason, explainer) == []


def faults(reason: Reason, explainer: Explainer, above: frozenset[Triple] = frozenset()) -> list[str]:
    """Return what is wrong with an explanation: a statement under itself, or a conclusion told as data."""
    found = []
    if reason.statement in above:
        found.append(f"{reason.statement} rests on itself")
    inferred = reason.statement in explainer._inferred  # noqa: SLF001 - the test reads what was inferred
    if inferred != (reason.rule is not None):
        found.append(f"{reason.statement} is told as {'stated' if inferred else 'inferred'}")
    if reason.rule and len(reason.premises) != len(reason.rule.body):
        found.append(f"{reason.statement} lacks a premise")
    for premise in reason.premises:
        found += faults(premise, explainer, above | {reason.statement})
    return found


def test_every_inferred_statement_of_ours_is_explained(quads: list[Quad]) -> None:
    """Each conclusion in the graph has an explanation that ends in the data and never uses itself."""
    explainer = Explainer(quads)
    inferred = [q for q in quads if q.graph_name == INFERRED_GRAPH]
    assert len(inferred) > 1000
    wrong = []
    for q in inferred:
        assert isinstance(q.subject, NamedNode)
        assert isinstance(q.object, NamedNode)
        reasons = {r.statement: r for r in explainer.between(q.subject, q.object)}
        reason = reasons.get(Triple(q.subject, q.predicate, q.object))
        wrong += faults(reason, explainer) if reason else [f"{q} is not explained"]
    assert wrong == []


# --- the reference engine -------------------------------------------------------------------------------


def of_our_things(statements: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Keep the statements that link two of our things, or a thing to a class, in our terms or in SKOS."""
    terms = (CSCIP, SKOS)
    return {
        (s, p, o)
        for s, p, o in statements
        if s.startswith(ID)
        and (o.startswith(terms) if p == str(RDF.type) else p.startswith(terms) and o.startswith(ID))
    }


@pytest.mark.reference
def test_owlrl_infers_the_same_from_all_the_data() -> None:
    """On the whole data the fast inference equals owlrl, statement for statement, and nothing clashes."""
    asserted = build_graph(load_records())
    reference = Graph().parse(data=as_ntriples(asserted), format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(reference)
    error = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    assert list(reference.objects(predicate=error)) == []
    assert clashes(asserted, infer(asserted)) == []
    expected = of_our_things((str(s), str(p), str(o)) for s, p, o in reference if isinstance(o, URIRef))
    data = [q for q in (*asserted, *infer(asserted)) if q.graph_name != ONTOLOGY_GRAPH]
    found = of_our_things((q.subject.value, q.predicate.value, q.object.value)  # type: ignore[union-attr]
                          for q in data if isinstance(q.object, NamedNode))  # fmt: skip
    assert len(expected) > 10_000
    assert sorted(found - expected) == []
    assert sorted(expected - found) == []
