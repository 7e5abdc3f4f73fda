"""The ontology: its house style, its agreement with the record context, its profile, what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import owlrl
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

ONTOLOGY = Path(__file__).parents[1] / "ontology"
CSCIP = Namespace("https://w3id.org/cscip/ontology#")
HOUSE = Namespace("https://w3id.org/cscip/shape/house-style#")
ID = Namespace("https://w3id.org/cscip/id/")
SCHEMA = Namespace("https://schema.org/")
HEADER = URIRef("https://w3id.org/cscip/ontology")
PREFIXES = f"""
    @prefix cscip: <{CSCIP}> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix id: <{ID}> .
    @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix schema: <{SCHEMA}> . @prefix skos: <{SKOS}> .
    @prefix xsd: <{XSD}> .
"""


def read(*files: Path) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    return graph


def turtle(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text, format="turtle")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read(ONTOLOGY / "cscip.ttl")


@pytest.fixture(scope="module")
def house_style() -> Graph:
    return read(ONTOLOGY / "house-style.ttl")


@pytest.fixture(scope="module")
def vocabularies() -> Graph:
    return read(*sorted((ONTOLOGY / "vocabularies").glob("*.ttl")))


@pytest.fixture(scope="module")
def context() -> dict[str, Any]:
    document = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    return dict(document["@context"])


# --- house style ----------------------------------------------------------------------------------------

SMALL = """
    <https://w3id.org/cscip/ontology> a owl:Ontology ;
        owl:versionIRI <https://w3id.org/cscip/ontology/0.1.0> ;
        owl:versionInfo "0.1.0" ;
        dcterms:title "A title"@en ;
        dcterms:description "A description."@en ;
        dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
        dcterms:created "2026-11-23"^^xsd:date .
    cscip:Thing a owl:Class ;
        rdfs:label "thing"@en ;
        skos:definition "What a thing is."@en ;
        rdfs:isDefinedBy <https://w3id.org/cscip/ontology> .
    cscip:hasThing a owl:ObjectProperty ;
        rdfs:label "has thing"@en ;
        skos:definition "What having is."@en ;
        schema:domainIncludes cscip:Thing ;
        schema:rangeIncludes cscip:Thing ;
        rdfs:isDefinedBy <https://w3id.org/cscip/ontology> .
    [ a owl:Class ; owl:intersectionOf ( cscip:Thing ) ] rdfs:subClassOf cscip:Thing .
    skos:Concept a owl:Class .
    skos:broader a owl:ObjectProperty .
"""

# What to change in SMALL, the shape that must object, and the node that it must name.
PLANTED = [
    ('rdfs:label "thing"@en ;', "", "OneLabel", CSCIP.Thing),
    ('rdfs:label "thing"@en ;', 'rdfs:label "thing" ;', "OneLabel", CSCIP.Thing),
    ('rdfs:label "thing"@en ;', 'rdfs:label "thing"@en , "object"@en ;', "OneLabel", CSCIP.Thing),
    ('rdfs:label "has thing"@en ;', "", "OneLabel", CSCIP.hasThing),
    ('skos:definition "What a thing is."@en ;', "", "OneDefinition", CSCIP.Thing),
    ('"What having is."@en ;', '"What having is."@en , "Else."@en ;', "OneDefinition", CSCIP.hasThing),
    ("cscip:Thing", "cscip:thing", "ClassName", CSCIP.thing),
    ("cscip:Thing", "cscip:Any_Thing", "ClassName", CSCIP.Any_Thing),
    ("cscip:hasThing", "cscip:HasThing", "PropertyName", CSCIP.HasThing),
    (
        '.\n    cscip:hasThing a owl:ObjectProperty ;\n        rdfs:label "has thing"@en ;',
        '.\n    cscip:hasThing a owl:ObjectProperty ;\n        rdfs:label "thing"@en ;',
        "OwnLabel",
        CSCIP.hasThing,
    ),
    (
        '"What a thing is."@en ;\n        rdfs:isDefinedBy <https://w3id.org/cscip/ontology>',
        '"What a thing is."@en',
        "DefinedHere",
        CSCIP.Thing,
    ),
    ("schema:domainIncludes cscip:Thing ;", "", "SaysWhereItStands", CSCIP.hasThing),
    ("schema:rangeIncludes cscip:Thing ;", "", "SaysWhereItStands", CSCIP.hasThing),
    ("schema:domainIncludes cscip:Thing", "rdfs:domain cscip:Thing", "InfersNoType", CSCIP.hasThing),
    ("schema:rangeIncludes cscip:Thing", "rdfs:range cscip:Thing", "InfersNoType", CSCIP.hasThing),
    ("cscip/ontology> a owl:Ontology", "cscip/ontolgoy> a owl:Ontology", "Header", HEADER),
    ("owl:versionIRI <https://w3id.org/cscip/ontology/0.1.0> ;", "", "HeaderVersionIri", HEADER),
    ("cscip/ontology/0.1.0>", "cscip/ontology/latest>", "HeaderVersionIri", HEADER),
    ('owl:versionInfo "0.1.0" ;', "", "HeaderVersionInfo", HEADER),
    ('owl:versionInfo "0.1.0" ;', 'owl:versionInfo "0.2.0" ;', "VersionsAgree", HEADER),
    ('dcterms:title "A title"@en ;', "", "HeaderTitle", HEADER),
    ('dcterms:description "A description."@en ;', "", "HeaderDescription", HEADER),
    ("licenses/by/4.0/", "licenses/by-nc/4.0/", "HeaderLicence", HEADER),
    ('"2026-11-23"^^xsd:date', '"23 November 2026"', "HeaderCreated", HEADER),
    ("a owl:Ontology ;", "a owl:Ontology ; owl:imports skos: ;", "HeaderImports", HEADER),
    ("rdfs:subClassOf cscip:Thing", "rdfs:subClassOf cscip:Thign", "NoUndeclaredTerm", HEADER),
    ("skos:broader a", "skos:Concept cscip:likes skos:broader . skos:broader a", "NoUndeclaredTerm", HEADER),
]


def complaints(graph: Graph, shapes: Graph) -> set[tuple[Node, Node]]:
    """Return (shape, focus node) for each violation; shapes within a named shape go by its name."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True)
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceShape)
        while isinstance(shape, BNode):
            shape = shapes.value(predicate=SH.property, object=shape)
        focus = report.value(result, SH.focusNode)
        assert shape is not None
        assert focus is not None
        found.add((shape, focus))
    return found


def test_the_ontology_keeps_the_house_style(ontology: Graph, house_style: Graph) -> None:
    """Every term has a label, a definition and the right letter case, and the header is complete."""
    assert complaints(ontology, house_style) == set()


def test_a_small_ontology_in_house_style_passes(house_style: Graph) -> None:
    """The graph that errors are planted in is without fault, terms of others and blank nodes included."""
    assert complaints(turtle(SMALL), house_style) == set()


@pytest.mark.parametrize(("old", "new", "shape", "focus"), PLANTED)
def test_house_style_finds_what_was_planted(
    house_style: Graph, old: str, new: str, shape: str, focus: URIRef
) -> None:
    """Each house-style shape fails on its own mistake, and names the node to mend."""
    assert old in SMALL
    assert (HOUSE[shape], focus) in complaints(turtle(SMALL.replace(old, new)), house_style)


def test_every_house_style_shape_was_seen_to_fail(house_style: Graph) -> None:
    """No shape stands in the file without a planted mistake that it finds."""
    shapes = {s for kind in (SH.NodeShape, SH.PropertyShape) for s in house_style.subjects(RDF.type, kind)}
    assert shapes - {HOUSE.OutsideTerm} == {HOUSE[shape] for _, _, shape, _ in PLANTED}


def test_every_house_style_shape_says_what_to_do(house_style: Graph) -> None:
    """Each shape that can fail has an English message of its own."""
    for shape in {HOUSE[name] for _, _, name, _ in PLANTED}:
        source = house_style.value(shape, SH.sparql) or shape
        message = house_style.value(source, SH.message)
        assert isinstance(message, Literal), shape
        assert message.language == "en", shape


# --- agreement with the record context ------------------------------------------------------------------


def terms_of_records(context: dict[str, Any]) -> Iterator[tuple[str, URIRef, dict[str, Any] | None]]:
    """Yield (key, IRI, its definition) for each key that means a term of ours; None for a class name."""
    for key, value in context.items():
        if key.startswith("@"):
            continue
        iri = value if isinstance(value, str) else value.get("@id", value.get("@reverse", ""))
        prefix, _, name = iri.partition(":")
        if prefix == "cscip" and not name.startswith("//"):
            yield key, CSCIP[name], None if isinstance(value, str) else value


def takes_kind(ontology: Graph, term: URIRef, kind: str) -> bool:
    """Say whether the ontology documents that the values of `term` are things, or concepts, of this kind."""
    ranges = set(ontology.objects(term, SCHEMA.rangeIncludes))
    # The bare value of this one key is a place in a source, not the source itself.
    of_kind = CSCIP.Citation if term == CSCIP.citation else CSCIP[kind.capitalize()]
    if (of_kind, RDF.type, OWL.Class) in ontology:
        return any(of_kind in ontology.transitive_objects(r, RDFS.subClassOf) for r in ranges)
    return SKOS.Concept in ranges and (term, RDFS.seeAlso, ID[f"scheme/{kind}"]) in ontology


def disagreement(ontology: Graph, term: URIRef, definition: dict[str, Any] | None) -> str:
    """Return what the ontology does not bear out of one key of the context, or nothing."""
    links = definition is not None and (
        "@reverse" in definition or definition.get("@type") in {"@vocab", "@id"}
    )
    declared = OWL.Class if definition is None else OWL.ObjectProperty if links else OWL.DatatypeProperty
    if (term, RDF.type, declared) not in ontology:
        return f"not declared as {declared}"
    if definition is None:
        return ""
    if not links:
        plain = URIRef(XSD + definition.get("@type", "xsd:string").removeprefix("xsd:"))
        datatype = RDF.langString if "@language" in definition else plain
        ranges = set(ontology.objects(term, SCHEMA.rangeIncludes))
        return "" if ranges == {datatype} else f"not documented as taking {datatype} and nothing else"
    kind = definition.get("@context", {}).get("@vocab", "").removeprefix(str(ID)).rstrip("/")
    return f"not documented as taking {kind}" if kind and not takes_kind(ontology, term, kind) else ""


def disagreements(context: dict[str, Any], ontology: Graph) -> list[str]:
    """Return a sentence for each key of the context that the ontology does not bear out."""
    found = ((key, term, disagreement(ontology, term, d)) for key, term, d in terms_of_records(context))
    return [f"{key}: {term} is {fault}" for key, term, fault in found if fault]


def test_the_record_context_agrees_with_the_ontology(context: dict[str, Any], ontology: Graph) -> None:
    """Every key of a record is a declared term, and its values are what the ontology says they are."""
    assert disagreements(context, ontology) == []


@pytest.mark.parametrize(
    ("key", "definition"),
    [
        ("Idea", "cscip:Idea"),
        ("thought", {"@id": "cscip:thought", "@type": "@id"}),
        ("ideas", {"@reverse": "cscip:ideaOf"}),
        ("unit", {"@id": "cscip:unit", "@type": "@id"}),
        ("between", {"@id": "cscip:between", "@language": "en"}),
        ("unit", {"@id": "cscip:unit", "@language": "en"}),
        ("value", {"@id": "cscip:value", "@type": "xsd:integer"}),
        ("method", {"@id": "cscip:statesMethod", "@type": "@vocab", "@context": {"@vocab": f"{ID}theme/"}}),
        ("lead", {"@id": "cscip:statesLead", "@type": "@vocab", "@context": {"@vocab": f"{ID}round/"}}),
    ],
)
def test_a_key_that_the_ontology_does_not_bear_out_is_found(
    ontology: Graph, key: str, definition: str | dict[str, Any]
) -> None:
    """A key whose term is undeclared, or takes other values, is reported by name."""
    assert any(line.startswith(f"{key}: ") for line in disagreements({key: definition}, ontology))


def shadowed(names: Iterable[str], concepts: Iterable[str]) -> list[str]:
    """Return the concepts whose slug is also a name in the context."""
    taken = set(names)
    return sorted(iri for iri in concepts if iri.rpartition("/")[2] in taken)


def test_no_concept_is_shadowed_by_a_record_key(context: dict[str, Any], vocabularies: Graph) -> None:
    """No concept's slug is a name in the context: JSON-LD would read the bare slug as that name."""
    concepts = {str(concept) for concept in vocabularies.subjects(RDF.type, SKOS.Concept)}
    assert concepts, "no concepts were found under ontology/vocabularies"
    assert shadowed(context, concepts) == [], "choose another slug for these concepts"


def test_a_shadowed_concept_is_found(context: dict[str, Any]) -> None:
    """A concept called like a key of a record is reported."""
    concepts = [f"{ID}theme/adolescents", f"{ID}coded-field/direction"]
    assert shadowed(context, concepts) == [f"{ID}coded-field/direction"]


def dangling(ontology: Graph, vocabularies: Graph) -> set[Node]:
    """Return the concepts and schemes that the ontology names and no vocabulary holds."""
    concepts = set(ontology.objects(predicate=OWL.hasValue))
    schemes = set(ontology.objects(predicate=RDFS.seeAlso))
    return {c for c in concepts if (c, RDF.type, SKOS.Concept) not in vocabularies} | {
        s for s in schemes if (s, RDF.type, SKOS.ConceptScheme) not in vocabularies
    }


def test_axioms_name_only_concepts_that_exist(ontology: Graph, vocabularies: Graph) -> None:
    """Every concept in an axiom and every scheme of a property is held: a misspelt one kills its rule."""
    assert dangling(ontology, vocabularies) == set()


def test_a_concept_that_no_vocabulary_holds_is_found() -> None:
    """A misspelt concept in an axiom, or a scheme that is not there, is reported."""
    planted = turtle("[] owl:hasValue <effect/good> . cscip:effect rdfs:seeAlso <scheme/efect> .")
    assert len(dangling(planted, Graph())) == 2


# --- profile --------------------------------------------------------------------------------------------

ALLOWED = {
    *(OWL[name] for name in ("Ontology", "versionIRI", "versionInfo", "Class", "Thing", "Restriction")),
    *(OWL[name] for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "onProperty")),
    *(OWL[name] for name in ("equivalentClass", "intersectionOf", "someValuesFrom", "hasValue", "inverseOf")),
    *(OWL[name] for name in ("TransitiveProperty", "propertyChainAxiom", "AllDisjointClasses", "members")),
    OWL.disjointWith,
    *(RDFS[name] for name in ("label", "isDefinedBy", "seeAlso", "subClassOf", "subPropertyOf")),
}


def beyond_the_allowed_axioms(graph: Graph) -> set[Node]:
    """Return every OWL or RDFS term in the graph that is not on the list of what may be used."""
    used: set[Node] = {node for triple in graph for node in triple if isinstance(node, URIRef)}
    return {node for node in used if str(node).startswith((str(OWL), str(RDFS))) and node not in ALLOWED}


def outside_owl_2_rl(graph: Graph) -> list[str]:
    """Return where a someValuesFrom stands although OWL 2 RL allows it on the left of a sub-class only."""
    waiting = list(graph.objects(predicate=RDFS.subClassOf))
    for pair in graph.subject_objects(OWL.equivalentClass):
        waiting += pair
    found = []
    while waiting:
        node = waiting.pop()
        if (node, OWL.someValuesFrom, None) in graph:
            found.append(f"someValuesFrom on the right, on {graph.value(node, OWL.onProperty)}")
        for members in graph.objects(node, OWL.intersectionOf):
            waiting += Collection(graph, members)
    return found


def undeclared_entities(graph: Graph) -> set[Node]:
    """Return predicates and class names that OWL 2 DL asks to be declared and that are not."""
    used: set[Node] = set(graph.predicates())
    for axiom in (RDFS.subClassOf, RDFS.subPropertyOf, OWL.inverseOf):
        for pair in graph.subject_objects(axiom):
            used.update(pair)
    for restricted in (OWL.onProperty, OWL.someValuesFrom):
        used.update(graph.objects(predicate=restricted))
    for listed in (OWL.propertyChainAxiom, OWL.intersectionOf, OWL.members):
        for members in graph.objects(predicate=listed):
            used.update(Collection(graph, members))
    built_in = (str(OWL), str(RDF), str(RDFS))
    named: set[Node] = {n for n in used if isinstance(n, URIRef) and not str(n).startswith(built_in)}
    return named - set(graph.subjects(RDF.type))


def test_only_the_allowed_axiom_kinds_are_used(ontology: Graph) -> None:
    """An axiom kind that inference has no rule for may not stand in the ontology."""
    assert beyond_the_allowed_axioms(ontology) == set()


def test_the_ontology_stays_within_owl_2_rl(ontology: Graph) -> None:
    """A someValuesFrom stands among conditions only: nothing is concluded to have some unknown value."""
    assert outside_owl_2_rl(ontology) == []


def test_everything_an_axiom_needs_is_declared(ontology: Graph) -> None:
    """Every predicate, and every class and property in an axiom, is declared, those of others included."""
    assert undeclared_entities(ontology) == set()


@pytest.mark.parametrize(
    "axiom",
    [
        "cscip:x a owl:FunctionalProperty .",
        "cscip:x a owl:SymmetricProperty .",
        "cscip:X owl:unionOf ( cscip:Y ) .",
        "cscip:x rdfs:domain cscip:X .",
        "cscip:x rdfs:subClassOf [ owl:allValuesFrom cscip:X ] .",
        "id:a owl:sameAs id:b .",
        "<https://w3id.org/cscip/ontology> owl:imports skos: .",
        "cscip:X a owl:Clas .",
    ],
)
def test_another_axiom_kind_is_found(axiom: str) -> None:
    """Each axiom outside the list is reported."""
    assert len(beyond_the_allowed_axioms(turtle(axiom))) == 1


@pytest.mark.parametrize(
    "axiom",
    [
        "cscip:X rdfs:subClassOf [ owl:onProperty cscip:p ; owl:someValuesFrom cscip:Y ] .",
        "cscip:X owl:equivalentClass [ owl:onProperty cscip:p ; owl:someValuesFrom cscip:Y ] .",
        "[ owl:onProperty cscip:p ; owl:someValuesFrom cscip:Y ] owl:equivalentClass cscip:X .",
        "cscip:X owl:equivalentClass [ owl:intersectionOf ( cscip:Z [ owl:someValuesFrom cscip:Y ] ) ] .",
    ],
)
def test_an_axiom_outside_the_profile_is_found(axiom: str) -> None:
    """A someValuesFrom in the place of a conclusion is reported."""
    assert len(outside_owl_2_rl(turtle(axiom))) == 1


@pytest.mark.parametrize(
    "axiom",
    [
        "cscip:X a owl:Class ; dcterms:rights 'none' .",
        "cscip:X a owl:Class ; rdfs:subClassOf cscip:Y .",
        "[] a owl:Restriction ; owl:onProperty cscip:p .",
        "[] a owl:Restriction ; owl:someValuesFrom cscip:X .",
        "cscip:p a owl:ObjectProperty ; owl:inverseOf cscip:q .",
        "cscip:p a owl:ObjectProperty ; rdfs:subPropertyOf cscip:q .",
        "cscip:p a owl:ObjectProperty ; owl:propertyChainAxiom ( cscip:p cscip:q ) .",
        "[] a owl:Class ; owl:intersectionOf ( cscip:X [ a owl:Restriction ] ) .",
        "[] a owl:AllDisjointClasses ; owl:members ( cscip:X ) .",
    ],
)
def test_an_undeclared_entity_is_found(axiom: str) -> None:
    """A predicate, class or property without a declaration is reported, wherever it stands."""
    assert len(undeclared_entities(turtle(axiom))) == 1


def irregular(graph: Graph) -> set[Node]:
    """Return properties whose chains go round in a circle, which OWL 2 DL forbids.

    A chain may begin or end with the property that it leads to, and a property may be chained with itself;
    every other link has to come before it in one order of all properties.
    """
    before: dict[Node, set[Node]] = {}
    inverse = {a: b for pair in graph.subject_objects(OWL.inverseOf) for a, b in (pair, pair[::-1])}

    def add(target: Node, link: Node) -> None:
        for node in (target, inverse.get(target, target)):
            before.setdefault(node, set()).update({link, inverse.get(link, link)})

    for target, chain in graph.subject_objects(OWL.propertyChainAxiom):
        links = list(Collection(graph, chain))
        if links == [target, target]:
            continue
        rest = links[1:] if links[0] == target else links[:-1] if links[-1] == target else links
        for link in rest:
            add(target, link)
    for narrow, wide in graph.subject_objects(RDFS.subPropertyOf):
        add(wide, narrow)

    def reachable(start: Node) -> set[Node]:
        seen: set[Node] = set()
        waiting = list(before.get(start, ()))
        while waiting:
            if (node := waiting.pop()) not in seen:
                seen.add(node)
                waiting += before.get(node, ())
        return seen

    return {target for target in before if target in reachable(target)}


def test_chains_are_regular(ontology: Graph) -> None:
    """The property chains, also those that lead to a transitive property, are legal in OWL 2 DL."""
    assert irregular(ontology) == set()


@pytest.mark.parametrize(
    "axioms",
    [
        "cscip:p owl:propertyChainAxiom ( cscip:q cscip:p cscip:q ) .",
        "cscip:p owl:propertyChainAxiom ( cscip:q ) . cscip:q owl:propertyChainAxiom ( cscip:p cscip:r ) .",
        "cscip:p owl:propertyChainAxiom ( cscip:q cscip:r ) ; owl:inverseOf cscip:r .",
        "cscip:p owl:propertyChainAxiom ( cscip:q cscip:r ) ; rdfs:subPropertyOf cscip:q .",
    ],
)
def test_a_circle_of_chains_is_found(axioms: str) -> None:
    """A chain that leads back to one of its own links is reported."""
    assert irregular(turtle(axioms)) != set()


# --- hierarchy ------------------------------------------------------------------------------------------

BENEATH = {
    "Statement": (
        *("Account", "InterventionAccount", "ProjectAccount", "EvaluationAccount", "ProgrammeAccount"),
        *("Finding", "EconomicFinding", "FindingWithComparator", "PracticeFeature", "Contribution"),
        *("Statistic", "Discrepancy", "Omission"),
        *("Guidance", "Lesson", "Recommendation", "Consideration", "Note", "IdentityDecision", "Check"),
    ),
    "Account": ("InterventionAccount", "ProjectAccount", "EvaluationAccount", "ProgrammeAccount"),
    "Guidance": ("Lesson", "Recommendation", "Consideration", "Note"),
    "Finding": ("EconomicFinding", "FindingWithComparator"),
    "Evaluation": ("ImpactAimedEvaluation", "ProcessAimedEvaluation", "CostAimedEvaluation"),
    "Intervention": ("ImpactAimedIntervention",),
    "Organisation": ("Council",),
    "Area": ("LocalAuthorityArea", "Region"),
}


@pytest.mark.parametrize("upper", BENEATH)
def test_classes_stand_beneath_the_right_ones(ontology: Graph, upper: str) -> None:
    """Whatever must carry its own citation is a Statement, and each kind has exactly its own sub-kinds."""
    lower = set(ontology.transitive_subjects(RDFS.subClassOf, CSCIP[upper])) - {CSCIP[upper]}
    named = {c for c in lower if isinstance(c, URIRef)}
    assert named == {CSCIP[name] for name in BENEATH[upper]}


# --- what follows ---------------------------------------------------------------------------------------

# Rows: direction as reported. Columns: what a service would wish for the measure. Written by hand from
# the evidence model, honesty rule 3.
DESIRED = ("increase", "decrease", "contested")
EFFECTS = {
    "increase": ("favourable", "unfavourable", "unclear"),
    "decrease": ("unfavourable", "favourable", "unclear"),
    "no-change": ("no-change", "no-change", "no-change"),
    "mixed": ("mixed", "mixed", "mixed"),
    "inconclusive": ("unclear", "unclear", "unclear"),
    "not-stated": ("unclear", "unclear", "unclear"),
}
EFFECT_ROWS = [(d, w, e) for d, row in EFFECTS.items() for w, e in zip(DESIRED, row, strict=True)]

# A world as small as it can be while every chain, inverse and defined class has something to act on.
WORLD = """
@base <https://w3id.org/cscip/id/> .
<intervention/plan> a cscip:Intervention .
<intervention/plan#a> a cscip:InterventionAccount ; cscip:accountOf <intervention/plan> ;
    cscip:statesTheme <theme/t> ; cscip:statesPopulation <population/p> ;
    cscip:statesAdaptedFrom <intervention/model> ; cscip:statesIncorporates <intervention/part> ;
    cscip:statesStrandOf <intervention/whole> ; cscip:statesContinues <intervention/before> .
<intervention/model#a> a cscip:InterventionAccount ; cscip:accountOf <intervention/model> ;
    cscip:statesAdaptedFrom <intervention/origin> .
<intervention/whole#a> a cscip:InterventionAccount ; cscip:accountOf <intervention/whole> ;
    cscip:statesStrandOf <intervention/umbrella> .
<intervention/part#a> a cscip:InterventionAccount ; cscip:accountOf <intervention/part> ;
    cscip:statesApproach <practice-approach/a> .
<intervention/plan#f> a cscip:PracticeFeature ; cscip:featureOf <intervention/plan> ;
    cscip:practiceMeasure <practice-measure/m> .
<project/run> a cscip:Project ; cscip:delivers <intervention/plan> .
<project/run#a> a cscip:ProjectAccount ; cscip:accountOf <project/run> ; cscip:statesRegion <area/r> ;
    cscip:statesArea <area/la> ; cscip:statesRound <round/two> ; cscip:statesLead <organisation/lead> .
<round/two> a cscip:Round ; cscip:roundOf <programme/p> .
<area/la> a cscip:LocalAuthorityArea ; cscip:within <area/r> .
<area/r> a cscip:Region ; cscip:within <area/england> .
<organisation/unit> a cscip:Organisation ; cscip:unitOf <organisation/university> .
<source/s#x> a cscip:Section ; cscip:sectionOf <source/s> .
<evaluation/study> a cscip:Evaluation ; cscip:evaluates <project/run> .
<evaluation/study#a> a cscip:EvaluationAccount ; cscip:accountOf <evaluation/study> ;
    cscip:statesImpactAim <answer/answered-yes> ; cscip:statesProcessAim <answer/answered-no> ;
    cscip:statesCostAim <answer/lost-in-extraction> ; cscip:statesEvaluator <organisation/unit> ;
    cscip:statesMethod <method/mixed-methods> ;
    cscip:statesDesign <study-design/randomised-controlled-trial> .
<evaluation/costed> a cscip:Evaluation .
<report/r> a cscip:Report ; cscip:reportsOn <evaluation/costed> .
<evaluation/costed#a> a cscip:EvaluationAccount ; cscip:accountOf <evaluation/costed> ;
    cscip:statesImpactAim <answer/answered-no> ; cscip:statesProcessAim <answer/answered-yes> ;
    cscip:statesCostAim <answer/answered-yes> ; cscip:statesDesign <study-design/before-after> .
<evaluation/study#f> a cscip:EconomicFinding ; cscip:reportedBy <evaluation/study> ;
    cscip:aboutMeasure <outcome-measure/narrow> ; cscip:comparatorKind <comparator-kind/c> ;
    cscip:direction <direction/decrease> ; cscip:effectBasis <effect-basis/by-source> ;
    cscip:sourceEffect <effect/favourable> .
<evaluation/study#silent> a cscip:Finding ; cscip:reportedBy <evaluation/study> ;
    cscip:aboutMeasure <outcome-measure/unjudged> ; cscip:direction <direction/decrease> ;
    cscip:effectBasis <effect-basis/by-rule> .
<evaluation/study#bare> a cscip:Finding ; cscip:aboutMeasure <outcome-measure/increase> ;
    cscip:direction <direction/increase> .
<outcome-measure/narrow> a skos:Concept ; skos:broader <outcome-measure/middle> ;
    cscip:measuresOutcome <dfe-outcome/o> ; cscip:desiredDirection <desired-direction/increase> .
<outcome-measure/middle> a skos:Concept ; skos:broader <outcome-measure/wide> .
<outcome-measure/unjudged> a skos:Concept .
<project/misplaced> a cscip:Project ; cscip:hasDesign <study-design/randomised-controlled-trial> ;
    cscip:effect <effect/favourable> .
"""

FOLLOWS = [
    ("intervention/plan", "hasTheme", "theme/t"),
    ("intervention/plan", "servesPopulation", "population/p"),
    ("intervention/plan", "adaptedFrom", "intervention/model"),
    ("intervention/plan", "adaptedFrom", "intervention/origin"),
    ("intervention/plan", "strandOf", "intervention/whole"),
    ("intervention/plan", "strandOf", "intervention/umbrella"),
    ("intervention/plan", "incorporates", "intervention/part"),
    ("intervention/part", "usesApproach", "practice-approach/a"),
    ("intervention/plan", "usesApproach", "practice-approach/a"),
    ("intervention/plan", "hasAccount", "intervention/plan#a"),
    ("intervention/plan", "hasFeature", "intervention/plan#f"),
    ("intervention/plan", "showsPractice", "practice-measure/m"),
    ("intervention/plan", "deliveredBy", "project/run"),
    ("intervention/plan", "deliveredInRegion", "area/r"),
    ("intervention/plan", "deliveredInRound", "round/two"),
    ("intervention/plan", "hasEvaluation", "evaluation/study"),
    ("intervention/plan", "evaluatedByOrganisation", "organisation/unit"),
    ("intervention/plan", "hasFinding", "evaluation/study#f"),
    ("intervention/plan", "hasEvidenceOn", "dfe-outcome/o"),
    ("project/run", "inRegion", "area/r"),
    ("project/run", "deliveredIn", "area/la"),
    ("project/run", "inRound", "round/two"),
    ("project/run", "ledBy", "organisation/lead"),
    ("project/run", "evaluatedBy", "evaluation/study"),
    ("evaluation/study", "conductedBy", "organisation/unit"),
    ("evaluation/study", "usesMethod", "method/mixed-methods"),
    ("evaluation/study", "hasDesign", "study-design/randomised-controlled-trial"),
    ("evaluation/study", "reports", "evaluation/study#f"),
    ("evaluation/study#f", "onOutcome", "dfe-outcome/o"),
    ("evaluation/study#f", "effect", "effect/favourable"),
    ("programme/p", "hasRound", "round/two"),
    ("source/s", "hasSection", "source/s#x"),
    ("evaluation/costed", "reportedIn", "report/r"),
    ("intervention/plan", "continues", "intervention/before"),
    ("organisation/university", "hasUnit", "organisation/unit"),
    ("area/la", "within", "area/england"),
]

DEFINED = {
    "ImpactAimAccount": {"evaluation/study#a"},
    "ProcessAimAccount": {"evaluation/costed#a"},
    "CostAimAccount": {"evaluation/costed#a"},
    "ImpactAimedEvaluation": {"evaluation/study"},
    "ProcessAimedEvaluation": {"evaluation/costed"},
    "CostAimedEvaluation": {"evaluation/costed"},
    "ImpactAimedIntervention": {"intervention/plan"},
    "RandomisedEvaluation": {"evaluation/study"},
    "FindingWithComparator": {"evaluation/study#f"},
    "FavourableFinding": {
        "evaluation/study#f",
        "evaluation/rule#increase-increase",
        "evaluation/rule#decrease-decrease",
    },
    "UnfavourableFinding": {"evaluation/rule#increase-decrease", "evaluation/rule#decrease-increase"},
    "MeasureToIncrease": {"outcome-measure/increase", "outcome-measure/narrow"},
    "MeasureToDecrease": {"outcome-measure/decrease"},
    "ContestedMeasure": {"outcome-measure/contested"},
    "FindingJudgedByRule": {
        "evaluation/study#silent",
        *(f"evaluation/rule#{direction}-{desired}" for direction, desired, _ in EFFECT_ROWS),
    },
}


@dataclass(frozen=True)
class Closure:
    """What owlrl concludes from the ontology and some instances."""

    graph: Graph
    errors: tuple[str, ...]

    def holds(self, subject: str, predicate: URIRef, value: str) -> bool:
        """Say whether the statement is among the conclusions."""
        return (URIRef(ID + subject), predicate, URIRef(ID + value)) in self.graph


def close(*graphs: Graph) -> Closure:
    whole = Graph()
    for graph in graphs:
        whole += graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(whole)
    error = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    return Closure(whole, tuple(str(text) for text in whole.objects(predicate=error)))


@pytest.fixture(scope="module")
def closure(ontology: Graph) -> Closure:
    """The ontology, the small world, and one finding for each cell of the effect table."""
    table = Graph()
    for desired in DESIRED:
        measure = URIRef(f"{ID}outcome-measure/{desired}")
        table.add((measure, RDF.type, SKOS.Concept))
        table.add((measure, CSCIP.desiredDirection, URIRef(f"{ID}desired-direction/{desired}")))
    for direction, desired, _ in EFFECT_ROWS:
        finding = URIRef(f"{ID}evaluation/rule#{direction}-{desired}")
        table.add((finding, RDF.type, CSCIP.Finding))
        table.add((finding, CSCIP.aboutMeasure, URIRef(f"{ID}outcome-measure/{desired}")))
        table.add((finding, CSCIP.direction, URIRef(f"{ID}direction/{direction}")))
        table.add((finding, CSCIP.effectBasis, URIRef(f"{ID}effect-basis/by-rule")))
    return close(ontology, turtle(WORLD), table)


def test_the_ontology_is_consistent(closure: Closure) -> None:
    """The ontology and a small world of instances contradict each other nowhere."""
    assert closure.errors == ()


DISJOINT = [
    *("Programme", "Round", "Intervention", "Project", "Evaluation", "Report", "Organisation", "Area"),
    *("Source", "Account", "Finding", "Citation", "Discrepancy"),
]


def test_nothing_is_of_two_kinds(ontology: Graph) -> None:
    """A thing of any two of the disjoint kinds, or of kinds beneath them, is a contradiction."""
    pairs = [*combinations(DISJOINT, 2), ("Council", "Region")]
    things = "".join(f"<{ID}{a}-{b}> a cscip:{a} , cscip:{b} .\n" for a, b in pairs)
    errors = close(ontology, turtle(things)).errors
    unnoticed = [(a, b) for a, b in pairs if not any(f"{ID}{a}-{b}" in error.split() for error in errors)]
    assert unnoticed == []


@pytest.mark.parametrize(("subject", "name", "value"), FOLLOWS)
def test_what_must_follow_follows(closure: Closure, subject: str, name: str, value: str) -> None:
    """Each inverse, chain, transitive property and sub-property gives what it promises."""
    assert closure.holds(subject, CSCIP[name], value)


def test_every_property_with_an_axiom_was_seen_to_work(ontology: Graph) -> None:
    """No inverse, chain, transitive property or sub-property of ours stands without an example above."""
    promised = {
        *ontology.subjects(OWL.propertyChainAxiom),
        *ontology.subjects(RDF.type, OWL.TransitiveProperty),
        *ontology.objects(predicate=OWL.inverseOf),
        *ontology.objects(predicate=RDFS.subPropertyOf),
    }
    ours = {p for p in promised if str(p).startswith(str(CSCIP))}
    assert ours == {CSCIP[name] for _, name, _ in FOLLOWS}


def test_a_measure_is_narrower_at_any_remove(closure: Closure) -> None:
    """skos:broader leads to skos:broaderTransitive and to skos:narrower."""
    assert closure.holds("outcome-measure/narrow", SKOS.broaderTransitive, "outcome-measure/wide")
    assert closure.holds("outcome-measure/wide", SKOS.narrower, "outcome-measure/middle")
    assert not closure.holds("outcome-measure/narrow", SKOS.broader, "outcome-measure/wide")


@pytest.mark.parametrize("name", DEFINED)
def test_a_defined_class_has_its_members_and_no_others(closure: Closure, name: str) -> None:
    """Membership follows from the definition, and neither a misplaced property nor an unknown gives it."""
    members = set(closure.graph.subjects(RDF.type, CSCIP[name]))
    assert members == {URIRef(ID + member) for member in DEFINED[name]}


def test_every_defined_class_was_seen_to_work(ontology: Graph) -> None:
    """No class with a definition by axiom stands without an example above."""
    by_axiom = set(ontology.subjects(OWL.equivalentClass))
    for expression, named in ontology.subject_objects(RDFS.subClassOf):
        if isinstance(expression, BNode) and isinstance(named, URIRef):
            by_axiom.add(named)
    assert by_axiom == {CSCIP[name] for name in DEFINED}


@pytest.mark.parametrize(("direction", "desired", "effect"), EFFECT_ROWS)
def test_effect_follows_from_direction_and_desire(
    closure: Closure, direction: str, desired: str, effect: str
) -> None:
    """Each cell of the effect table gives the one effect that it says."""
    finding = URIRef(f"{ID}evaluation/rule#{direction}-{desired}")
    assert set(closure.graph.objects(finding, CSCIP.effect)) == {URIRef(f"{ID}effect/{effect}")}


@pytest.mark.parametrize(
    ("finding", "effects"),
    [
        ("evaluation/study#f", {"effect/favourable"}),
        ("evaluation/study#silent", set()),
        ("evaluation/study#bare", set()),
    ],
)
def test_the_effect_rule_keeps_silent(closure: Closure, finding: str, effects: set[str]) -> None:
    """The source's judgement stands alone; without a desired direction or a basis nothing is concluded."""
    found = set(closure.graph.objects(URIRef(ID + finding), CSCIP.effect))
    assert found == {URIRef(ID + effect) for effect in effects}


# --- mappings -------------------------------------------------------------------------------------------


def stray_links(mappings: Graph, known: set[Node]) -> list[str]:
    """Return each statement that is no link from something known of ours to something of others."""
    links = {RDFS.subClassOf, SKOS.broadMatch, SKOS.closeMatch, SKOS.relatedMatch}
    ours = "https://w3id.org/cscip/"
    return [
        f"{s} {p} {o}"
        for s, p, o in mappings
        if not (s in known and p in links and isinstance(o, URIRef) and not str(o).startswith(ours))
    ]


def test_mappings_lead_from_our_terms_to_those_of_others(ontology: Graph, vocabularies: Graph) -> None:
    """Each link starts at a term, scheme or concept that we hold, and leads out of our namespace."""
    mappings = read(ONTOLOGY / "mappings.ttl")
    header = URIRef("https://w3id.org/cscip/mappings")
    known = {*ontology.subjects(RDFS.isDefinedBy), *vocabularies.subjects(RDF.type)}
    assert (header, RDF.type, OWL.Ontology) in mappings
    assert (header, OWL.imports, None) not in mappings
    mappings.remove((header, None, None))
    assert len(mappings) > 0
    assert stray_links(mappings, known) == []


@pytest.mark.parametrize(
    "link",
    [
        "cscip:Findign skos:closeMatch skos:Concept .",
        "cscip:Finding owl:equivalentClass skos:Concept .",
        "cscip:Finding skos:closeMatch cscip:Statement .",
        "cscip:Finding skos:closeMatch 'Finding' .",
    ],
)
def test_a_stray_link_is_found(link: str) -> None:
    """A link from nothing of ours, of another kind, to ourselves or to a word is reported."""
    assert len(stray_links(turtle(link), {CSCIP.Finding})) == 1


def test_mappings_add_no_contradiction(closure: Closure) -> None:
    """Taking the links in beside the ontology breaks nothing."""
    assert close(closure.graph, read(ONTOLOGY / "mappings.ttl")).errors == ()
