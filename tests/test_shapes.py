"""The shapes: each constraint is seen to fail, both engines agree, and no term is misspelt.

tests/shapes/<name>.pass.ttl conforms; <name>.fail.ttl names each result that it must give, and gives no
other, in lines `# expect: <focus> <path or -> <component> <severity>`. Every file leans on ground.ttl.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import shacl
from pyoxigraph import NamedNode, Quad
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from cscip_kg.context import load_context
from cscip_kg.graph import build_graph, ontology_quads, turtle_quads, vocabulary_quads
from cscip_kg.namespaces import CSCIP, DATA_GRAPH, ID, short
from cscip_kg.records import load_records
from cscip_kg.terms import unknown_terms
from cscip_kg.validation import Result, as_ntriples, shacl_fast, shacl_reference, shape_files

ONTOLOGY = Path(__file__).parents[1] / "ontology"
EXAMPLES = Path(__file__).parent / "shapes"
GROUND = EXAMPLES / "ground.ttl"
PASSING = sorted(EXAMPLES.glob("*.pass.ttl"))
FAILING = sorted(EXAMPLES.glob("*.fail.ttl"))
EXPECTATION = re.compile(r"^# expect: (\S+) (\S+) (\S+) (\S+)$", re.MULTILINE)
SCHEMA = Namespace("https://schema.org/")
SUBCLASS = NamedNode(str(RDFS.subClassOf))

# The parameters whose components the shapes use; another one must be added here, or it goes unproved.
PARAMETERS = (
    *("class", "closed", "datatype", "disjoint", "equals", "in", "lessThan", "lessThanOrEquals", "maxCount"),
    *("minCount", "minExclusive", "minInclusive", "node", "nodeKind", "not", "or", "pattern"),
    *("qualifiedMaxCount", "qualifiedMinCount"),
)
# What a shape may hold that is no constraint of its own.
OTHERS = {
    *("flags", "ignoredProperties", "message", "path", "property", "qualifiedValueShape", "severity"),
    *("targetClass", "targetNode", "targetSubjectsOf"),
}

Row = tuple[str, str, str, str]


def row(result: Result) -> Row:
    inverse = "^" if result.path.startswith("^") else ""
    path = inverse + short(result.path.removeprefix("^")) or "-"
    return short(result.focus), path, result.component.removesuffix("ConstraintComponent"), result.severity


def expected(file: Path) -> list[Row]:
    found = [match.groups() for match in EXPECTATION.finditer(file.read_text(encoding="utf-8"))]
    return sorted((focus, path, component, severity) for focus, path, component, severity in found)


def example(file: Path) -> list[Quad]:
    return list(turtle_quads([file], DATA_GRAPH))


def rows_of(results: Iterable[Result], file: Path) -> list[Row]:
    """Return the results on the nodes that `file` itself describes."""
    own = {quad.subject.value for quad in example(file)}
    return sorted(row(result) for result in results if result.focus in own)


@pytest.fixture(scope="session")
def base() -> list[Quad]:
    return [*ontology_quads(), *vocabulary_quads()]


@pytest.fixture(scope="session")
def base_text(base: list[Quad]) -> str:
    return as_ntriples(base)


@pytest.fixture(scope="session")
def shapes() -> Graph:
    graph = Graph()
    for path in shape_files():
        graph.parse(path, format="turtle")
    return graph


def mentioned(base: list[Quad], seeds: list[Quad]) -> list[Quad]:
    """Return the class tree and what `base` says of all that `seeds` lead to: enough for their results."""
    by_subject: dict[object, list[Quad]] = {}
    for quad in base:
        by_subject.setdefault(quad.subject, []).append(quad)
    kept = [quad for quad in base if quad.predicate == SUBCLASS]
    seen: set[object] = set()
    waiting: list[object] = [quad.object for quad in seeds]
    while waiting:
        node = waiting.pop()
        if node in seen or not (isinstance(node, NamedNode) and node.value.startswith(ID)):
            continue
        seen.add(node)
        kept += by_subject.get(node, [])
        waiting += [quad.object for quad in by_subject.get(node, [])]
    return kept


def fast(file: Path, base_text: str) -> list[Row]:
    data = base_text + as_ntriples([*example(GROUND), *example(file)])
    return rows_of(shacl_fast(data, shape_files()), file)


def reference(file: Path, base: list[Quad]) -> list[Row]:
    quads = list(dict.fromkeys([*example(GROUND), *example(file)]))
    return rows_of(shacl_reference(as_ntriples([*quads, *mentioned(base, quads)]), shape_files()), file)


# --- examples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [GROUND, *PASSING], ids=lambda f: f.name)
def test_what_is_right_passes(file: Path, base: list[Quad], base_text: str) -> None:
    """A passing file gives no result on its own nodes, by neither engine."""
    assert fast(file, base_text) == []
    assert reference(file, base) == []


@pytest.mark.parametrize("file", FAILING, ids=lambda f: f.name)
def test_what_is_wrong_fails(file: Path, base: list[Quad], base_text: str) -> None:
    """A failing file gives the results that it names and no others, by both engines alike."""
    assert expected(file) != []
    assert fast(file, base_text) == expected(file)
    assert reference(file, base) == expected(file)


def test_every_example_has_its_counterpart() -> None:
    """A passing file and a failing one stand side by side."""
    assert [f.name.split(".")[0] for f in PASSING] == [f.name.split(".")[0] for f in FAILING]


# --- the shapes themselves ------------------------------------------------------------------------------


def constraints(shapes: Graph, shape: Node, root: URIRef) -> Iterator[tuple[str, str, str]]:
    """Yield (named shape, message, component) for each constraint that `shape` can report."""
    message = str(shapes.value(shape, SH.message) or "")
    for parameter in PARAMETERS:
        if (shape, SH[parameter], None) in shapes:
            yield short(str(root)), message, parameter[0].upper() + parameter[1:]
    for nested in shapes.objects(shape, SH.property):
        if isinstance(nested, BNode):
            yield from constraints(shapes, nested, root)


def reporting(shapes: Graph) -> list[URIRef]:
    """Return the named shapes that report: those with a target, and the shared property shapes."""
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf)
    found = {s for target in targets for s in shapes.subjects(target)}
    return sorted(
        s for s in found | set(shapes.subjects(RDF.type, SH.PropertyShape)) if isinstance(s, URIRef)
    )


@pytest.fixture(scope="session")
def promised(shapes: Graph) -> set[tuple[str, str, str]]:
    return {found for shape in reporting(shapes) for found in constraints(shapes, shape, shape)}


def test_every_constraint_was_seen_to_fail(promised: set[tuple[str, str, str]], base_text: str) -> None:
    """Each constraint of each shape gives at least one result on the failing files."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in shape_files())
    compiled = shacl.Shapes.from_turtle(text)
    seen = set()
    for file in FAILING:
        own = {quad.subject.value for quad in example(file)}
        for r in compiled.validate_turtle(
            base_text + as_ntriples([*example(GROUND), *example(file)])
        ).results:
            if r.focus_node[1:-1] in own:
                component = r.component.removesuffix("ConstraintComponent")
                seen.add((short((r.root_shape or "")[1:-1]), r.message or "", component))
    assert sorted(promised - seen) == []


def test_no_shape_is_without_use(shapes: Graph) -> None:
    """A named node shape has a target, or another shape that reports refers to it."""
    reached: set[Node] = set(reporting(shapes))
    waiting = list(reached)
    while waiting:
        for node in shapes.objects(waiting.pop()):
            if not isinstance(node, Literal) and node not in reached:
                reached.add(node)
                waiting.append(node)
    assert sorted(set(shapes.subjects(RDF.type, SH.NodeShape)) - reached) == []


def test_every_constraint_speaks_to_the_curator(promised: set[tuple[str, str, str]]) -> None:
    """Each constraint that reports has a message of its own."""
    assert sorted((shape, component) for shape, message, component in promised if not message) == []


def test_every_parameter_is_known(shapes: Graph) -> None:
    """The lists above hold every SHACL property that the shapes use."""
    used = {str(p).removeprefix(str(SH)) for p in shapes.predicates() if p in SH}
    nested_only = {"alternativePath", "hasValue", "inversePath", "languageIn", "minLength"}
    assert used - {*PARAMETERS, *OTHERS} == nested_only


def test_each_message_names_the_key(shapes: Graph) -> None:
    """A message holds the name of the key it is about; what is made from a citation speaks of citation."""
    silent = []
    for shape, path in shapes.subject_objects(SH.path):
        names = [key.name for key in load_context().keys.values() if key.iri == str(path)]
        message = str(shapes.value(shape, SH.message) or "")
        if message and names and not any(re.search(rf"\b{n}\b", message) for n in (*names, "citation")):
            silent.append((short(str(path)), message))
    assert silent == []


def test_every_code_of_the_shapes_exists(shapes: Graph, base: list[Quad]) -> None:
    """A concept, scheme or source that a shape names is described; a misspelt one would check nothing."""
    described = {q.subject.value for q in base} | {q.subject.value for q in build_graph(load_records())}
    named = {str(n) for triple in shapes for n in triple if isinstance(n, URIRef) and n.startswith(ID)}
    assert named - described == set()


# --- agreement with the ontology and the context --------------------------------------------------------


def allowed(shapes: Graph, shape: Node) -> set[str]:
    """Return the properties that a closed shape lets stand."""
    paths = {shapes.value(prop, SH.path) for prop in shapes.objects(shape, SH.property)}
    ignored = shapes.value(shape, SH.ignoredProperties)
    return {str(p) for p in (*paths, *Collection(shapes, ignored)) if isinstance(p, URIRef)}


def kinds(ontology: Graph, kind: Node) -> set[Node]:
    return set(ontology.transitive_objects(kind, RDFS.subClassOf))


@pytest.fixture(scope="session")
def closed(shapes: Graph) -> dict[str, set[str]]:
    """What each class of the records may have, by its closed shape or by that of the class above it."""
    ontology = Graph().parse(ONTOLOGY / "cscip.ttl", format="turtle")
    plain = next(s for s in shapes.subjects(RDF.type, SH.NodeShape) if str(s).endswith("#PlainAccount"))
    found = {}
    for name, iri in load_context().classes.items():
        above = kinds(ontology, URIRef(iri))
        by_shape = [
            allowed(shapes, shape)
            for shape, target in shapes.subject_objects(SH.targetClass)
            if target in above and (shape, SH.closed, Literal(True)) in shapes
        ]
        found[name] = by_shape[0] if by_shape else allowed(shapes, plain) if name == "Account" else set()
        assert len(by_shape) == (name != "Account"), name
    return found


def test_a_key_stands_where_the_ontology_says(closed: dict[str, set[str]]) -> None:
    """Where the ontology says that a property of the records stands, the class's closed shape allows it."""
    ontology = Graph().parse(ONTOLOGY / "cscip.ttl", format="turtle")
    refused = []
    for key in load_context().keys.values():
        domains = set(ontology.objects(URIRef(key.iri), SCHEMA.domainIncludes))
        for name, iri in load_context().classes.items():
            if kinds(ontology, URIRef(iri)) & domains and key.iri not in closed[name]:
                refused.append((key.name, name))
    economic = {"economicMethod", "amountGBP", "ratio", "per", "projected", "priceYear", "perspective"}
    assert [r for r in refused if r[0] not in economic and r != ("stance", "Lesson")] == []


def test_every_key_can_be_used(closed: dict[str, set[str]]) -> None:
    """Each key of the context is allowed on some class, but for `summary`: it could carry no citation."""
    usable = set().union(*closed.values())
    unusable = {key.name for key in load_context().keys.values() if key.iri not in usable}
    assert unusable <= {"summary"}


# --- terms ----------------------------------------------------------------------------------------------


def test_no_term_is_misspelt(base: list[Quad]) -> None:
    """Shapes, ontology, vocabularies and mappings use declared terms only."""
    files = [*shape_files(), ONTOLOGY / "mappings.ttl", ONTOLOGY / "house-style.ttl"]
    assert unknown_terms([*base, *turtle_quads(files, DATA_GRAPH)]) == []


@pytest.mark.parametrize(
    ("text", "term", "near"),
    [
        ("cscip:A a sh:NodeShape ; sh:nodeType sh:IRI .", "sh:nodeType", "sh:node"),
        ("cscip:A a sh:NodeShap .", "sh:NodeShap", "sh:NodeShape"),
        ("cscip:A a sh:NodeShape ; sh:path cscip:direktion .", "cscip:direktion", "cscip:direction"),
        ("cscip:A a cscip:Findign .", "cscip:Findign", "cscip:Finding"),
        ("cscip:A a owl:Class ; rdfs:subclassOf cscip:A .", "rdfs:subclassOf", "rdfs:subClassOf"),
        ("cscip:A a owl:Klass .", "owl:Klass", "owl:Class"),
    ],
)
def test_a_misspelt_term_is_found(text: str, term: str, near: str, base: list[Quad]) -> None:
    """A term that its vocabulary does not have is reported, with the nearest that it has."""
    prefixes = {"cscip": CSCIP, "owl": OWL, "rdfs": RDFS, "sh": SH}
    head = "".join(f"@prefix {prefix}: <{space}> . " for prefix, space in prefixes.items())
    quads = [Quad(*t) for t in ox.parse(head + text, format=ox.RdfFormat.TURTLE)]
    found = [(f.term.replace(str(SH), "sh:"), (f.nearest or "").replace(str(SH), "sh:"))
             for f in unknown_terms(quads, base)]  # fmt: skip
    assert [(short(unknown), nearest) for unknown, nearest in found] == [(term, near)]


# --- the whole data -------------------------------------------------------------------------------------


@pytest.mark.reference
@pytest.mark.parametrize("gap", [0, 7], ids=["as it stands", "every seventh statement missing"])
def test_both_engines_agree_on_the_whole_data(gap: int) -> None:
    """On the project's own records, whole and spoilt, both engines give the same results."""
    quads = build_graph(load_records())
    data = as_ntriples(quad for number, quad in enumerate(quads, 1) if not gap or number % gap)
    fast_rows = sorted(row(result) for result in shacl_fast(data, shape_files()))
    assert fast_rows == sorted(row(result) for result in shacl_reference(data, shape_files()))
    assert bool(fast_rows) or not gap
