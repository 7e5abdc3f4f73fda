"""The catalogue of stored queries as RDF: other people's readers find each query in it, and how to run it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.plugins.sparql import prepareQuery

from cscip_kg.assets import queries_dir
from cscip_kg.catalogue import turtle
from cscip_kg.engine import construct, select
from cscip_kg.namespaces import ID
from cscip_kg.queries import allowed_values, bind, fill, find
from cscip_kg.store import open_store

QUERY = Namespace("https://w3id.org/cscip/queries/")
SCHEMA = Namespace("https://schema.org/")
SKOS_EXAMPLE = URIRef("http://www.w3.org/2004/02/skos/core#example")
FILES = {path.stem: path for path in queries_dir().glob("*/*.rq")}
FORMS = {"Select": SH.select, "Construct": URIRef(str(SH) + "construct"), "Ask": URIRef(str(SH) + "ask")}


@pytest.fixture(scope="module")
def written() -> Graph:
    """What rdflib reads from the file."""
    return Graph().parse(data=turtle(), format="turtle")


def texts(graph: Graph, name: str) -> dict[str, str]:
    """Return the SPARQL of a query by the form that it is filed under."""
    return {
        form: str(text) for form, predicate in FORMS.items() for text in graph.objects(QUERY[name], predicate)
    }


def test_every_file_is_there_letter_for_letter(written: Graph) -> None:
    """Each stored query is an executable, nothing else is, and its text is the file's."""
    named = {str(node).removeprefix(QUERY) for node in written.subjects(RDF.type, SH.SPARQLExecutable)}
    assert named == set(FILES)
    for name, path in FILES.items():
        assert list(texts(written, name).values()) == [path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", FILES)
def test_the_type_is_that_of_the_text(written: Graph, name: str) -> None:
    """A SELECT is filed as a SELECT and a CONSTRUCT as a CONSTRUCT, as rdflib's parser sees the text."""
    ((form, text),) = texts(written, name).items()
    assert (QUERY[name], RDF.type, SH[f"SPARQL{form}Executable"]) in written
    assert prepareQuery(text).algebra.name == f"{form}Query"


@pytest.mark.parametrize("name", FILES)
def test_what_the_sib_form_asks_for(written: Graph, name: str) -> None:
    """A query has a question with a language tag, a target, keywords, and prefixes that are declared."""
    node = QUERY[name]
    comments = list(written.objects(node, RDFS.comment))
    assert [(c.language, bool(str(c))) for c in comments if isinstance(c, Literal)] == [("en", True)]
    assert list(written.objects(node, SCHEMA.target)) == [URIRef("https://w3id.org/cscip/")]
    assert set(map(str, written.objects(node, SCHEMA.keywords))) >= {FILES[name].parent.name}
    assert list(written.objects(node, SCHEMA.keyword)) == []
    (prefixes,) = written.objects(node, SH.prefixes)
    declared = {
        str(written.value(d, SH.prefix)): str(written.value(d, SH.namespace))
        for d in written.objects(prefixes, SH.declare)
    }
    assert declared["cscip"] == "https://w3id.org/cscip/ontology#"
    assert declared["schema"] == "https://schema.org/"


def columns_of(graph: Graph, name: str) -> tuple[str, ...]:
    """Return the columns that the catalogue gives for a query, in their order."""
    run = graph.value(QUERY[name], SCHEMA.potentialAction)
    found = [
        (graph.value(column, SCHEMA.position), graph.value(column, SCHEMA.valueName))
        for column in graph.objects(run, SCHEMA["result-output"])
    ]
    return tuple(str(column) for _, column in sorted(found))  # type: ignore[type-var]


def test_each_text_runs_as_it_stands(written: Graph, built: Path) -> None:
    """Taken from the catalogue, a text is answered in the columns named there; what is required is given."""
    store, seen = open_store(built), 0
    for name in FILES:
        ((form, text),) = texts(written, name).items()
        values = {p.name: p.example for p in find(name).parameters if p.required}
        text = fill(text, bind(find(name), values, built)) if values else text
        if form == "Construct":
            assert next(iter(construct(store, text)))
            assert columns_of(written, name) == ("subject", "predicate", "object")
        else:
            answer = select(store, text)
            assert tuple(v.value for v in answer.variables) == columns_of(written, name), name
            assert next(answer, None) is not None, name
        seen += not values
    assert seen > 50


def test_the_parameters_of_a_query(written: Graph) -> None:
    """`findings-on-outcome` takes an outcome, an effect and a theme, as the head of its file says."""
    found = written.query(
        """SELECT ?name ?kind ?required ?example ?variable ?says WHERE {
             query:findings-on-outcome schema:potentialAction/schema:query-input ?p .
             ?p schema:valueName ?name ; schema:additionalType ?kind ; schema:valueRequired ?required ;
                skos:example ?example ; schema:alternateName ?variable ; schema:description ?says
           } ORDER BY ?name""",
        initNs={
            "schema": SCHEMA,
            "query": QUERY,
            "skos": Namespace(str(SKOS_EXAMPLE).rpartition("#")[0] + "#"),
        },
    )
    assert [tuple(str(cell) for cell in row) for row in found] == [  # type: ignore[union-attr]
        ("effect", "effect", "false", "favourable", "?_effect_iri", "one effect only"),
        ("outcome", "dfe-outcome", "false", "reduced-days-in-state-care", "?_outcome_iri", "the outcome"),
        ("theme", "theme", "false", "care-leavers-and-staying-close", "?_theme_iri", "one theme only"),
    ]


def test_a_required_parameter_says_so(written: Graph) -> None:
    """`names-of` cannot do without its thing, and only what needs a value is required."""
    required = {str(p) for p in written.subjects(SCHEMA.valueRequired, Literal(True))}
    assert f"{QUERY}names-of#parameter-thing" in required
    assert f"{QUERY}what-reduced#parameter-measure" not in required


def test_examples_and_values_fit_the_pattern(written: Graph, built: Path) -> None:
    """The pattern of a parameter takes its example and every value there is, and no IRI of another kind."""
    values_of = cache(lambda kind: allowed_values(kind, built))
    seen = 0
    for node, _, pattern in written.triples((None, SCHEMA.valuePattern, None)):
        kind = str(written.value(node, SCHEMA.additionalType))
        example = str(written.value(node, SKOS_EXAMPLE))
        if kind == "integer":
            assert re.fullmatch(str(pattern), example)
            continue
        values = [example] if kind == "thing" else [example, *values_of(kind)]
        start = ID if kind == "thing" else f"{ID}{kind}/"
        assert [v for v in values if not re.fullmatch(str(pattern), start + v)] == []
        assert not re.fullmatch(str(pattern), f"{ID}elsewhere")
        assert not re.fullmatch(str(pattern), start.replace(".", "x") + example)
        seen += 1
    assert seen > 50


def test_a_query_is_found_by_a_keyword(written: Graph) -> None:
    """SPARQL over the catalogue finds the queries in whose head a keyword stands, with their questions."""
    found = written.query(
        """SELECT ?query ?question WHERE {
             ?query a sh:SPARQLExecutable ; rdfs:comment ?question ; schema:keywords "costs"
           } ORDER BY ?query""",
        initNs={"schema": SCHEMA, "sh": SH},
    )
    told = {str(row[0]).removeprefix(QUERY): str(row[1]) for row in found}  # type: ignore[index]
    head = re.compile(r"(?m)^#\+ tags: \[(?:.*, )?costs[,\]]")
    assert set(told) == {
        name for name, path in FILES.items() if head.search(path.read_text(encoding="utf-8"))
    }
    assert told["economic-findings"] == "Every finding about cost, saving or return, one row each"


def test_the_same_queries_give_the_same_bytes() -> None:
    """Written twice, the file is the same to the byte, and says that queries are under the data's licence."""
    first, second = turtle(), turtle()
    assert first == second
    assert b"dcterms:license <https://creativecommons.org/licenses/by/4.0/>" in first
