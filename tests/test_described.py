"""Linked data: each address answers people and programs, each document says what it is and where it stands.

The project's graph stands for the data; the records of tests/fixture, quickly built, for the files.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from cscip_kg import described, store
from cscip_kg.assets import ontology_dir
from cscip_kg.described import downloads, schema_org
from cscip_kg.described.things import MOST_INCOMING
from cscip_kg.errors import NoStoreError
from cscip_kg.formats import FORMATS
from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.namespaces import CSCIP, DATA_GRAPH, ID, LABEL, TYPE, XSD, term
from cscip_kg.records import load_records
from cscip_kg.reply import Reply, Request
from cscip_kg.store import publish
from cscip_kg.terms import unknown_terms

ROOT = Path(__file__).parents[1]
FIXTURE = Path(__file__).parent / "fixture"
DCAT_AP = ROOT.parent / "shared" / "conformance" / "dcat-ap" / "dcat-ap-3.0.1-shapes.ttl"
BASE = "https://w3id.org/cscip/"
DCT, DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
VOID, FOAF = "http://rdfs.org/ns/void#", "http://xmlns.com/foaf/0.1/"
PROV, SPDX = "http://www.w3.org/ns/prov#", "http://spdx.org/rdf/terms#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MEDIA = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

Get = Callable[..., Reply]


def asking(folder: Path) -> Get:
    def get(path: str, accept: str = "", origin: str = "") -> Reply:
        found = described.reply(Request(path, (), accept, origin), folder)
        assert found is not None, path
        return found

    return get


@pytest.fixture(scope="session")
def get(built: Path) -> Get:
    """Ask the project's graph for a path that must be answered."""
    return asking(built)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build of the few records of tests/fixture, with its files to download."""
    folder = tmp_path_factory.mktemp("few")
    asserted = build_graph(load_records(FIXTURE))
    publish([*asserted, *infer(asserted)], folder)
    described.prepare(folder)
    return folder


def triples(reply: Reply) -> set[Triple]:
    """Return the triples of a reply in whichever form; nodes without a name are called by their place."""
    form = next(rdf for media, rdf in MEDIA.values() if reply.media.startswith(media))
    found = ox.Dataset(ox.parse(reply.body, format=form))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {Triple(q.subject, q.predicate, q.object) for q in found}


def plain(quad: Quad | Triple) -> Triple:
    """Return a statement with its figures as stores keep them: 3.80 as 3.8."""
    value = quad.object
    if isinstance(value, Literal) and value.datatype.value == XSD + "decimal":
        value = Literal(f"{Decimal(value.value).normalize():f}", datatype=value.datatype)
    return Triple(quad.subject, quad.predicate, value)


def node(path: str) -> NamedNode:
    return NamedNode(BASE + path)


def values(found: set[Triple], subject: NamedNode, predicate: str) -> set[Any]:
    return {t.object for t in found if t.subject == subject and t.predicate == NamedNode(predicate)}


# --- things and their data ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("", "intervention/pause/"),
        ("*/*", "intervention/pause/"),
        (BROWSER, "intervention/pause/"),
        ("text/html", "intervention/pause/"),
        ("text/turtle", "data/intervention/pause.ttl"),
        ("application/ld+json", "data/intervention/pause.jsonld"),
        ("application/json", "data/intervention/pause.jsonld"),
        ("application/n-triples", "data/intervention/pause.nt"),
        ("application/rdf+xml", "data/intervention/pause.rdf"),
        ("text/html;q=0.5, text/turtle", "data/intervention/pause.ttl"),
        ("text/turtle;q=0.2, application/rdf+xml;q=0.9", "data/intervention/pause.rdf"),
        ("image/png, */*;q=0.1", "intervention/pause/"),
    ],
)
@pytest.mark.parametrize("prefix", ["/", "/behind/a/proxy/"])
def test_a_thing_points_to_its_page_or_its_data(get: Get, accept: str, target: str, prefix: str) -> None:
    """303 by what the client likes best; the place holds under any prefix, and caches are told."""
    for path in ("id/intervention/pause", "id/intervention/pause/"):
        reply = get(path, accept)
        assert (reply.status, reply.headers["Vary"]) == (303, "Accept")
        assert (
            urljoin(f"http://host{prefix}{path}", reply.headers["Location"]) == f"http://host{prefix}{target}"
        )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("code/dfe-la/830", "links-dfe-codes"),
        ("code/org-id/GB-LAE-BRD", "links-org-id"),
        ("code/charity-ew/1144091", "links-charity-commission"),
    ],
)
def test_a_code_of_others_points_to_its_links(get: Get, path: str, name: str) -> None:
    """What has no address elsewhere is told of in the graph of its links, which names it."""
    reply = get(path)
    assert reply.status == 303
    target = urljoin(f"http://host/{path}", reply.headers["Location"])
    assert target == f"http://host/graph/{name}"
    assert (BASE + path).encode() in get(f"graph/{name}.nt").body


@pytest.mark.parametrize(
    "path", ["code/dfe-la/999", "code/dfe-la/", "code/other/1", "code", "code/dfe-la/8>0", "code/../id"]
)
def test_a_code_that_nothing_is_linked_to_is_not_found(get: Get, path: str) -> None:
    """Whatever else is asked for there gets a plain 404."""
    assert get(path).status == 404


def test_a_client_that_accepts_nothing_we_have_is_told_what_there_is(get: Get) -> None:
    """406 with every media type on offer."""
    for path in ("id/theme/residential-care", "data/theme/residential-care", "ontology", "graph/data"):
        reply = get(path, "image/png")
        assert (reply.status, reply.headers["Vary"]) == (406, "Accept")
        for media in ("text/html", *(media for media, _ in MEDIA.values())):
            assert media in reply.body.decode()


def test_unknown_things_get_a_404_that_helps(get: Get) -> None:
    """The nearest names of the kind, or the kinds there are; for the thing and for its data."""
    for start, end in (("id/", ""), ("data/", ".ttl"), ("data/", "")):
        near = get(f"{start}intervention/no-wrong-dor{end}", "text/turtle")
        assert (near.status, "intervention/no-wrong-door?" in near.body.decode()) == (404, True)
        kinds = get(f"{start}interventions/pause{end}", "text/turtle")
        assert (kinds.status, " intervention," in kinds.body.decode()) == (404, True)
    for path in (
        "id",
        "id/",
        "id/pause",
        "id/intervention/pause/more",
        "data",
        "data/.ttl",
        "id/intervention/",
    ):
        assert get(path).status == 404, path


def test_every_thing_of_the_graph_answers(get: Get, quads: list[Quad]) -> None:
    """Each described thing of each kind, none left out: 303 at its address, and a document of its own."""
    whole = {
        q.subject.value.removeprefix(ID).partition("#")[0]
        for q in quads
        if q.predicate == TYPE and isinstance(q.subject, NamedNode) and q.subject.value.startswith(ID)
    }
    assert len(whole) > 1500
    kinds: dict[str, str] = {}
    for path in sorted(whole):
        assert get(f"id/{path}").status == 303
        kinds.setdefault(path.partition("/")[0], path)
    for path in kinds.values():
        found = triples(get(f"data/{path}.nt"))
        assert node(f"id/{path}") in values(found, node(f"data/{path}"), FOAF + "primaryTopic")


def test_the_data_of_a_thing_hold_all_that_is_stated_of_it(get: Get, quads: list[Quad]) -> None:
    """Of the thing and of what its address contains, asserted or inferred, each statement."""
    for path in (
        "intervention/pause",
        "evaluation/pause-round-1",
        "area/north-east",
        "theme/residential-care",
    ):
        iri = ID + path
        stated = {
            plain(q)
            for q in quads
            if isinstance(q.subject, NamedNode) and q.subject.value.partition("#")[0] == iri
        }
        assert len(stated) > 5
        assert stated <= triples(get(f"data/{path}.ttl"))


def test_a_finding_as_its_source_has_it(get: Get) -> None:
    """Lines 479 and 603 of the final report: of 125 women 2 became pregnant, an estimate says 21 to 36."""
    found = triples(get("data/evaluation/pause-round-1.ttl"))
    finding = node("id/evaluation/pause-round-1#further-pregnancies")
    assert {v.value for v in values(found, finding, CSCIP + "value")} == {"2"}
    assert {v.value for v in values(found, finding, CSCIP + "sampleSize")} == {"125"}
    assert {v.value for v in values(found, finding, CSCIP + "citedFigure")} == {"2", "21", "36", "125"}
    cited = values(found, finding, CSCIP + "citation")
    assert cited == {node("id/source/rees-2017#L479"), node("id/source/rees-2017#L603")}
    for passage, line in zip(sorted(cited, key=str), ("479", "603"), strict=True):
        assert {v.value for v in values(found, passage, CSCIP + "startLine")} == {line}
        assert values(found, passage, CSCIP + "source") == {node("id/source/rees-2017")}
    title = "Children's Social Care Innovation Programme: final evaluation report"
    assert {v.value for v in values(found, node("id/source/rees-2017"), DCT + "title")} == {title}


def test_what_a_thing_is_linked_to_has_a_name(get: Get) -> None:
    """Labels of what it names, and of what names it: the theme of Pause, the evaluations of its project."""
    found = triples(get("data/intervention/pause.ttl"))
    theme = node("id/theme/support-for-parents-facing-complex-risks")
    assert theme in values(found, node("id/intervention/pause"), CSCIP + "hasTheme")
    name = "http://www.w3.org/2004/02/skos/core#prefLabel"
    assert {v.value for v in values(found, theme, name)} == {"Support for parents facing complex risks"}
    # The theme says nothing of its interventions: they name it.
    of_theme = triples(get("data/theme/care-leavers-and-staying-close.ttl"))
    shared_lives = node("id/intervention/shared-lives-care-leavers")
    assert values(of_theme, shared_lives, CSCIP + "hasTheme")
    assert {v.value for v in values(of_theme, shared_lives, LABEL.value)} == {"Shared Lives Care Leavers"}


def test_links_from_elsewhere_are_bounded_and_it_says_so(get: Get, quads: list[Quad]) -> None:
    """A document stays of a size to be read: of many links some are given, and how many there are."""
    iri = ID + "outcome-scope/outside-the-seven"
    links = {
        Triple(q.subject, q.predicate, q.object)
        for q in quads
        if q.object == NamedNode(iri) and q.subject != NamedNode(iri)
    }
    assert len(links) > MOST_INCOMING
    found = triples(get("data/outcome-scope/outside-the-seven.nt"))
    assert len(links & found) == MOST_INCOMING
    (told,) = values(found, node("data/outcome-scope/outside-the-seven"), DCT + "description")
    assert f"Of the {len(links)} links from elsewhere, {MOST_INCOMING} are given" in told.value
    (all_told,) = values(
        triples(get("data/intervention/pause.nt")), node("data/intervention/pause"), DCT + "description"
    )
    assert "links from elsewhere" not in all_told.value


def test_a_document_says_what_it_is(get: Get, built: Path) -> None:
    """Its topic, licence, dataset, sources, other forms, page, version and the caution on effects."""
    found, document = triples(get("data/intervention/pause.ttl")), node("data/intervention/pause")
    assert values(found, document, FOAF + "primaryTopic") == {node("id/intervention/pause")}
    assert values(found, document, DCT + "license") == {
        NamedNode("https://creativecommons.org/licenses/by/4.0/")
    }
    assert values(found, document, VOID + "inDataset") == {node("dcat#dataset")}
    sources = {
        f"id/source/{name}" for name in ("wwcsc-2021", "rees-2017", "dfe-insights", "foundations-lessons")
    }
    assert values(found, document, PROV + "wasDerivedFrom") == set(map(node, sources))
    assert values(found, document, DCT + "hasFormat") == {node(f"data/intervention/pause.{e}") for e in MEDIA}
    assert values(found, document, RDFS + "seeAlso") == {node("intervention/pause/")}
    (version,) = values(found, document, "https://schema.org/version")
    assert version.value.endswith("+" + store.describe(built).id)
    (caution,) = values(found, document, RDFS + "comment")
    assert "cannot show what caused" in caution.value


@pytest.mark.parametrize(
    "path", ["intervention/pause", "source/thematic-briefing", "scheme/theme", "area/england"]
)
def test_every_form_holds_the_same(get: Get, path: str) -> None:
    """Turtle, JSON-LD, N-Triples and RDF/XML of a thing hold the same triples under their media types."""
    forms = {ending: get(f"data/{path}.{ending}") for ending in MEDIA}
    for ending, reply in forms.items():
        assert reply.media.partition(";")[0] == MEDIA[ending][0]
    first, *others = (triples(reply) for reply in forms.values())
    assert len(first) > 20
    assert all(other == first for other in others)


def test_json_ld_fetches_nothing(get: Get) -> None:
    """The context stands in the file, whole; the terms in it are those of the records."""
    document = json.loads(get("data/intervention/pause.jsonld").body)
    assert isinstance(document["@context"], dict)
    assert not [v for v in document["@context"].values() if isinstance(v, str) and v.endswith(".jsonld")]
    (pause,) = (n for n in document["@graph"] if n["id"] == "intervention/pause")
    assert "Intervention" in pause["type"]


def test_data_without_an_ending_is_chosen_by_accept(get: Get) -> None:
    """The document's own address: the page for people, RDF with its place for programs."""
    page = get("data/intervention/pause", BROWSER)
    assert (page.status, page.headers["Location"]) == (303, "../../intervention/pause/")
    reply = get("data/intervention/pause", "application/n-triples")
    assert (reply.status, reply.media) == (200, "application/n-triples")
    assert (reply.headers["Content-Location"], reply.headers["Vary"]) == ("pause.nt", "Accept")
    assert reply.body == get("data/intervention/pause.nt").body


def test_nodes_without_a_name_come_along(tmp_path: Path) -> None:
    """What a thing says through nodes that have no address is part of it, in circles too."""
    thing, inner, deep = NamedNode(ID + "theme/t"), BlankNode("a"), BlankNode("b")
    says = [
        Triple(thing, TYPE, term("Theme")),
        Triple(thing, term("x"), inner),
        Triple(inner, term("y"), deep),
        Triple(deep, term("y"), inner),
        Triple(deep, LABEL, Literal("deep")),
    ]
    publish([Quad(t.subject, t.predicate, t.object, DATA_GRAPH) for t in says], tmp_path)
    found = triples(asking(tmp_path)("data/theme/t.ttl"))
    assert {t.object for t in found if t.predicate == LABEL} == {Literal("deep")}
    assert len([t for t in found if t.predicate in (term("x"), term("y"))]) == 3


def test_what_is_not_ours_is_left_alone(built: Path) -> None:
    """Pages and services of other rooms get no answer from this one."""
    paths = (
        "",
        "intervention/pause/",
        "ontology/",
        "vocabulary/",
        "downloads/",
        "queries/",
        "search/",
        "sparql",
    )
    for path in (
        *paths,
        "queries/what-reduced/",
        "api/queries",
        "static/x.css",
        "ontology/terms.csv",
        "health",
    ):
        assert described.reply(Request(path), built) is None, path


@settings(max_examples=300, deadline=None)
@given(
    path=st.one_of(
        st.text(max_size=60),
        st.builds(
            "{}/{}/{}{}".format,
            st.sampled_from(
                ["id", "data", "graph", "vocabulary", "ontology", "downloads", "queries", ".well-known"]
            ),
            st.one_of(st.sampled_from(["intervention", "theme", "..", "%2e"]), st.text(max_size=20)),
            st.one_of(st.sampled_from(["pause", ".", "..", "pause#x", "pause\x00"]), st.text(max_size=20)),
            st.sampled_from(["", "/", ".ttl", ".jsonld", ".TTL"]),
        ),
    ),
    accept=st.one_of(st.text(max_size=40), st.sampled_from([BROWSER, "text/turtle;q=x", ",,;=", "*/*;q=-1"])),
    origin=st.text(max_size=30),
)
def test_no_path_breaks_it(built: Path, path: str, accept: str, origin: str) -> None:
    """Whatever is asked for, and however: an answer or none, never an error of ours; no file but ours."""
    found = described.reply(Request(path, (), accept, origin), built)
    assert found is None or found.status in (200, 303, 404, 406)
    assert found is None or not found.headers.get("Location", "").startswith(("/", "http"))


# --- ontology, vocabularies, graphs -------------------------------------------------------------------------


def of_files(*paths: Path) -> set[Triple]:
    found = ox.Dataset()
    for path in paths:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            found.add(quad)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {Triple(q.subject, q.predicate, q.object) for q in found}


SHAPES = sorted((ontology_dir() / "shapes").glob("*.ttl"))
SCHEMES = sorted((ontology_dir() / "vocabularies").glob("*.ttl"))


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("ontology", [ontology_dir() / "cscip.ttl"]),
        ("ontology/0.1.0", [ontology_dir() / "cscip.ttl"]),
        ("ontology/mappings", [ontology_dir() / "mappings.ttl"]),
        ("ontology/shapes", SHAPES),
        *((f"ontology/shapes/{path.stem}", [path]) for path in SHAPES[:2]),
        *((f"vocabulary/{path.stem}", [path]) for path in SCHEMES),
    ],
)
def test_terms_stand_at_their_addresses(get: Get, path: str, files: list[Path]) -> None:
    """In each form, the statements of the files and no others."""
    wanted = of_files(*files)
    for ending in MEDIA:
        assert triples(get(f"{path}.{ending}")) == wanted, ending


@pytest.mark.parametrize(
    ("path", "page", "place"),
    [
        ("ontology", "ontology/", "ontology.ttl"),
        ("ontology/0.1.0", "ontology/", "ontology/0.1.0.ttl"),
        ("vocabulary/theme", "scheme/theme/", "vocabulary/theme.ttl"),
        ("graph/vocabularies", "downloads/", "graph/vocabularies.ttl"),
        ("dcat", "downloads/", "dcat.ttl"),
    ],
)
def test_documents_are_chosen_by_accept(few: Path, path: str, page: str, place: str) -> None:
    """People come to a page, programs get RDF and are told where that form lies."""
    get = asking(few)
    for accept in ("", BROWSER):
        reply = get(path, accept)
        assert reply.status == 303
        assert urljoin(f"http://host/x/{path}", reply.headers["Location"]) == f"http://host/x/{page}"
    reply = get(path, "text/turtle")
    assert (reply.status, reply.headers["Vary"]) == (200, "Accept")
    assert urljoin(f"http://host/{path}", reply.headers["Content-Location"]) == f"http://host/{place}"
    assert get(place).body == reply.body


def test_another_version_is_not_given_out_as_this_one(get: Get) -> None:
    """A version IRI stands for one version: another is not here, and it says which is."""
    reply = get("ontology/0.0.9", "text/turtle")
    assert (reply.status, "0.1.0" in reply.body.decode()) == (404, True)


def test_the_context_and_the_unknown(get: Get) -> None:
    """The context of the records is there letter for letter; unknown names are told what there is."""
    reply = get("ontology/context.jsonld")
    assert (reply.status, reply.media) == (200, "application/ld+json")
    assert reply.body == (ontology_dir() / "context.jsonld").read_bytes()
    for path, told in (
        ("vocabulary/themes", " theme,"),
        ("graph/all.ttl", "graph/inferred"),
        ("graph", "graph/data"),
    ):
        assert get(path).status == 404
        assert told in get(path).body.decode()


@pytest.mark.parametrize("name", ["data", "inferred", "links-ror", "ontology", "vocabularies"])
def test_a_named_graph_is_given_whole(get: Get, quads: list[Quad], name: str) -> None:
    """All of its statements and none of another graph, in each form."""
    graph = NamedNode(f"{BASE}graph/{name}")
    kept = (plain(q) for q in quads if q.graph_name == graph)
    wanted = ox.Dataset(Quad(t.subject, t.predicate, t.object) for t in kept)
    wanted.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert len(wanted) > 300
    forms = MEDIA if len(wanted) < 5000 else ("nt",)
    for ending in forms:
        assert triples(get(f"graph/{name}.{ending}")) == {
            Triple(q.subject, q.predicate, q.object) for q in wanted
        }


def test_a_stored_query_has_an_address(get: Get) -> None:
    """Its page for people; for programs the file that describes them all."""
    assert get("queries/what-reduced", BROWSER).headers["Location"] == "what-reduced/"
    assert get("queries/what-reduced", "text/turtle").headers["Location"] == "../downloads/cscip-queries.ttl"


# --- VoID ---------------------------------------------------------------------------------------------------


def test_void_counts_right(get: Get, quads: list[Quad], built: Path) -> None:
    """Each number is that of the statements themselves, counted without the engine's queries."""
    found, data = triples(get(".well-known/void")), node("dcat#dataset")

    def number(name: str, subject: NamedNode = data) -> int:
        (value,) = values(found, subject, VOID + name)
        return int(value.value)

    stated = set(map(plain, quads))
    assert number("triples") == len(stated)
    assert number("distinctSubjects") == len({t.subject for t in stated})
    assert number("distinctObjects") == len({t.object for t in stated})
    assert number("properties") == len({t.predicate for t in stated})
    assert number("classes") == len({t.object for t in stated if t.predicate == TYPE})
    named = {t.subject for t in stated if t.predicate == TYPE and t.subject.value.startswith(ID)}  # type: ignore[union-attr]
    assert number("entities") == len(named)
    for name in ("data", "inferred", "links-ons-geography", "links-ror", "ontology", "vocabularies"):
        graph = NamedNode(f"{BASE}graph/{name}")
        assert graph in values(found, data, VOID + "subset")
        assert number("triples", graph) == sum(q.graph_name == graph for q in quads)
    (part,) = (
        t.subject for t in found if t.object == term("Intervention") and t.predicate.value == VOID + "class"
    )
    assert number("entities", part) == sum(
        t.predicate == TYPE and t.object == term("Intervention") for t in stated
    )
    (part,) = (
        t.subject for t in found if t.object == term("citation") and t.predicate.value == VOID + "property"
    )
    assert number("triples", part) == sum(t.predicate == term("citation") for t in stated)
    (version,) = values(found, data, DCAT + "version")
    assert version.value.endswith("+" + store.describe(built).id)


def test_void_leads_on(get: Get) -> None:
    """Where to ask, what to load, one thing to look at: each address answers, under the server's own name."""
    here = "http://127.0.0.1:8000"
    found, data = triples(get(".well-known/void", origin=here)), node("dcat#dataset")
    assert values(found, data, VOID + "sparqlEndpoint") == {NamedNode(f"{here}/sparql")}
    (example,) = values(found, data, VOID + "exampleResource")
    assert get(example.value.removeprefix(BASE)).status == 303
    dumps = {urlsplit(dump.value).path for dump in values(found, data, VOID + "dataDump")}
    assert dumps == {f"/downloads/cscip.{ending}" for ending in ("ttl", "trig", "nq", "jsonld", "rdf")}
    assert values(found, data, VOID + "uriSpace") == {Literal(ID)}
    assert values(found, node(".well-known/void"), FOAF + "primaryTopic") == {data}


def test_void_is_turtle_unless_another_form_is_liked(get: Get) -> None:
    """Programs ask for it: Turtle for whoever takes anything, all forms with the same triples."""
    for accept in ("", "*/*", BROWSER):
        assert get(".well-known/void", accept).media.startswith("text/turtle")
    wanted = triples(get(".well-known/void"))
    for ending, (media, _) in MEDIA.items():
        reply = get(".well-known/void", media)
        assert (
            urljoin("http://host/.well-known/void", reply.headers["Content-Location"])
            == f"http://host/void.{ending}"
        )
        assert triples(reply) == triples(get(f"void.{ending}")) == wanted
    assert get(".well-known/void", "text/html").status == 406


# --- DCAT, schema.org, files --------------------------------------------------------------------------------


@pytest.mark.sources
def test_dcat_conforms_to_the_european_profile(few: Path) -> None:
    """No violation of the SHACL shapes of DCAT-AP 3.0.1; a catalogue without its publisher's name has one."""
    from pyshacl import validate  # noqa: PLC0415 - slow to import
    from rdflib import Graph  # noqa: PLC0415 - slow to import

    assert DCAT_AP.is_file(), f"The shapes of DCAT-AP are not at ../{DCAT_AP.relative_to(ROOT.parent)}."
    shapes = Graph().parse(DCAT_AP, format="turtle")
    text = asking(few)("dcat.ttl").body.decode()
    for data, conforms in ((text, True), (text.replace('foaf:name "', 'foaf:nick "'), False)):
        done, _, told = validate(
            Graph().parse(data=data, format="turtle"), shacl_graph=shapes, advanced=False
        )
        assert done is conforms, told


def test_every_file_of_every_format_is_a_distribution(few: Path) -> None:
    """Size and sha256 are those of the bytes that its address gives; nothing is left out."""
    get, here = asking(few), "https://evidence.example.org/graph"
    found = triples(get("dcat.ttl", origin=here))
    named = values(found, node("dcat#dataset"), DCAT + "distribution")
    files = list((store.current(few) / "downloads").glob("*/*"))
    assert {p.parent.name for p in files} == set(FORMATS)
    assert len(named) == len(files) == len(downloads.offered())
    for one in named:
        (place,) = values(found, one, DCAT + "downloadURL")
        assert place.value.startswith(f"{here}/downloads/")
        reply = get(place.value.removeprefix(f"{here}/"))
        (size,), (checksum,) = values(found, one, DCAT + "byteSize"), values(found, one, SPDX + "checksum")
        assert int(size.value) == len(reply.body) > 20
        assert {v.value for v in values(found, checksum, SPDX + "checksumValue")} == {
            hashlib.sha256(reply.body).hexdigest()
        }
        (media,) = values(found, one, DCAT + "mediaType")
        assert media.value.endswith(f"/media-types/{reply.media}")


def test_dcat_tells_what_a_catalogue_asks(few: Path) -> None:
    """Title, licence, publisher, version, dates, theme, place, language, sources and both services."""
    found = triples(asking(few)("dcat.jsonld"))
    data, made = node("dcat#dataset"), store.describe(few)
    for predicate in (
        "title",
        "description",
        "license",
        "publisher",
        "issued",
        "modified",
        "language",
        "spatial",
    ):
        assert values(found, data, DCT + predicate), predicate
    assert values(found, data, DCAT + "version") == {Literal(f"{made.version}+{made.id}")}
    assert values(found, data, DCT + "conformsTo") == {node("ontology")}
    assert values(found, data, DCT + "spatial") == {node("id/area/england")}
    sources = {path.stem for path in (FIXTURE / "sources").glob("*.yaml")}
    assert values(found, data, DCT + "source") == {node(f"id/source/{name}") for name in sources}
    services = values(found, node("dcat#catalogue"), DCAT + "service")
    ends = {v.value for s in services for v in values(found, s, DCAT + "endpointURL")}
    assert ends == {f"{BASE}sparql", f"{BASE}api/queries"}
    (publisher,) = values(found, data, DCT + "publisher")
    (name,) = values(found, publisher, FOAF + "name")
    assert f'name: "{name.value}"' in (ROOT / "CITATION.cff").read_text()
    words = {
        str(line)
        for line in re.findall(r"keywords: \[(.*)\]", (ROOT / "CITATION.cff").read_text())[0].split(", ")
    }
    assert {v.value for v in values(found, data, DCAT + "keyword")} == words


def test_no_term_is_made_up(few: Path) -> None:
    """Every class and property of VoID, DCAT and the data documents is in its vocabulary's own list."""
    get = asking(few)
    every = [t for path in ("dcat.nt", "void.nt", "data/intervention/pause.nt") for t in triples(get(path))]
    quads = [Quad(t.subject, t.predicate, t.object) for t in every]
    declared = [Quad(t.subject, t.predicate, t.object) for t in triples(get("ontology.nt"))]
    # DCAT 3 has it; rdflib's list is that of DCAT 2.
    assert {u.term for u in unknown_terms(quads, declared)} == {DCAT + "version"}
    wrong = Quad(node("dcat#dataset"), NamedNode(DCAT + "distributoin"), Literal("x"))
    assert wrong.predicate.value in {u.term for u in unknown_terms([*quads, wrong], declared)}


@pytest.mark.parametrize(
    "origin", ["", "javascript:x", "http://a b", "https://x.org\n", "http://x/<y>", "//x", "x" * 99]
)
def test_what_is_no_address_is_not_taken_for_one(few: Path, origin: str) -> None:
    """A client chooses its Host header: what cannot begin an address gives way to the lasting one."""
    found = triples(asking(few)("dcat.nt", origin=origin))
    assert values(found, node("dcat#dataset"), DCAT + "landingPage") == {node("")}


def test_a_file_is_made_once_and_whole(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again at the next request; of a making that fails nothing stays, and the next one succeeds."""
    folder = tmp_path / "build"
    shutil.copytree(store.current(few), folder / "builds" / "one", ignore=shutil.ignore_patterns("downloads"))
    (folder / "current").symlink_to(Path("builds") / "one")
    made: list[str] = []
    content = {"cscip.ttl": b"whole"}

    def writer(*_: object) -> dict[str, bytes]:
        made.append("x")
        if len(made) == 1:
            raise MemoryError
        return content

    monkeypatch.setitem(FORMATS, "turtle", writer)
    with pytest.raises(MemoryError):
        described.reply(Request("downloads/cscip.ttl"), folder)
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("full")))
    assert asking(folder)("downloads/cscip.ttl").status == 503
    monkeypatch.setattr(Path, "rename", rename)
    assert list((folder / "builds" / "one" / "downloads").iterdir()) == []
    for _ in range(2):
        assert asking(folder)("downloads/cscip.ttl").body == b"whole"
    assert len(made) == 3


def test_of_two_makers_the_first_one_counts(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another process has made the files meanwhile, they are used, and nothing is left lying about."""
    folder = tmp_path / "build"
    shutil.copytree(store.current(few), folder / "builds" / "one", ignore=shutil.ignore_patterns("downloads"))
    (folder / "current").symlink_to(Path("builds") / "one")
    place = folder / "builds" / "one" / "downloads" / "turtle"

    def writer(*_: object) -> dict[str, bytes]:
        place.mkdir(parents=True)
        (place / "cscip.ttl").write_bytes(b"theirs")
        return {"cscip.ttl": b"ours"}

    monkeypatch.setitem(FORMATS, "turtle", writer)
    assert asking(folder)("downloads/cscip.ttl").body == b"theirs"
    assert [p.name for p in place.parent.iterdir()] == ["turtle"]


def test_files_that_cannot_be_made_are_not_promised(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be written, files and DCAT are 503 with a time to come back; the rest answers."""
    folder = tmp_path / "build"
    shutil.copytree(store.current(few), folder / "builds" / "one", ignore=shutil.ignore_patterns("downloads"))
    (folder / "current").symlink_to(Path("builds") / "one")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(downloads, "mkdtemp", refuse)
    get = asking(folder)
    for path in ("downloads/cscip.ttl", "dcat.ttl"):
        assert (get(path).status, get(path).headers["Retry-After"]) == (503, "60")
    assert get("void.ttl").status == get("data/intervention/pause.ttl").status == 200


def test_downloads_by_name(few: Path) -> None:
    """A file comes under its media type and name; unknown ones are told; tables of the page are not ours."""
    get = asking(few)
    reply = get("downloads/findings.csv")
    assert (reply.media, reply.headers["Content-Disposition"]) == (
        "text/csv",
        'attachment; filename="findings.csv"',
    )
    assert reply.body.startswith(b"id,intervention,")
    assert "cscip.trig" in get("downloads/cscip.xml").body.decode()
    assert get("downloads/cscip.xml").status == 404
    assert described.reply(Request("downloads/files.csv"), few) is None
    assert b"CC BY 4.0" in get("downloads/READ-ME.txt").body


def test_schema_org_for_search_engines(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Dataset search asks for; no file is made for it; each address under the server's own."""

    def make(*_: object) -> Path:
        pytest.fail("a file was made for a page")

    monkeypatch.setattr(downloads, "_make", make)
    told = schema_org(built, "https://evidence.example.org")
    assert (told["@context"], told["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(told["description"]) <= 5000
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["version"].endswith("+" + store.describe(built).id)
    assert {d["contentUrl"] for d in told["distribution"]} == {
        f"https://evidence.example.org/downloads/{one.name}" for one in downloads.offered()
    }
    assert json.loads(json.dumps(told)) == told
    assert "<" not in json.dumps(told)


def test_every_document_is_listed_and_answers(few: Path) -> None:
    """For a site of files: each path gives bytes without a choice, and every thing has its data."""
    paths = list(described.documents(few, ["ttl"]))
    assert len(paths) == len(set(paths))
    for path in paths:
        reply = asking(few)(path)
        assert (reply.status, "Location" in reply.headers, bool(reply.body)) == (200, False, True), path
    records = {path.stem for path in (FIXTURE / "interventions").glob("*.yaml")}
    listed = {path.rpartition("/")[2] for path in paths if path.startswith("data/intervention/")}
    assert listed == {f"{slug}.ttl" for slug in records}
    assert {"ontology.ttl", "vocabulary/theme.ttl", "graph/data.ttl", "dcat.ttl", ".well-known/void"} < set(
        paths
    )
    assert "downloads/cscip.xlsx" in paths
    in_all_forms = list(described.documents(few))
    for ending in MEDIA:
        assert f"data/intervention/pause.{ending}" in in_all_forms


# --- w3id ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A line of the rule file: what it matches, where it leads, its flags."""

    pattern: str
    target: str
    flags: tuple[str, ...]


def rules(text: str) -> list[Rule]:
    found = []
    for line in text.splitlines():
        if (
            not line.strip()
            or line.startswith("#")
            or line in ("RewriteEngine on", "Options +FollowSymLinks")
        ):
            continue
        name, pattern, target, flags = line.split(" ")
        assert name == "RewriteRule", line
        assert (flags[0], flags[-1]) == ("[", "]")
        found.append(Rule(pattern, target, tuple(flags[1:-1].split(","))))
    return found


def redirected(found: list[Rule], path: str) -> tuple[int, str]:
    """Return status and place of a path under the folder, as mod_rewrite works per directory."""
    variables: dict[str, str] = {}
    for rule in found:
        match = re.search(rule.pattern, path)
        if not match:
            continue
        for flag in rule.flags:
            name, _, value = flag.partition("=")
            if name == "E":
                key, _, text = value.partition(":")
                variables[key] = text
        if rule.target == "-":
            continue
        place = re.sub(r"%\{ENV:(\w+)\}", lambda m: variables[m[1]], rule.target)
        for number, group in enumerate(match.groups(), 1):
            place = place.replace(f"${number}", group)
        (status,) = (int(flag[2:]) for flag in rule.flags if flag.startswith("R="))
        assert "L" in rule.flags
        return status, place
    raise AssertionError(f"no rule for {path}")


RULES = rules((ROOT / "docs" / "w3id" / ".htaccess").read_text(encoding="utf-8"))
HOST = "https://cscip.example.org/"


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        ("id/intervention/pause", 303, 303),
        ("id/scheme/theme/", 303, 303),
        ("id/evaluation/pause-round-2", 303, 303),
        ("ontology", 302, 200),
        ("ontology/0.1.0", 302, 200),
        ("ontology.ttl", 302, 200),
        ("ontology/context.jsonld", 302, 200),
        ("vocabulary/theme", 302, 200),
        ("graph/vocabularies", 302, 200),
        ("data/intervention/pause", 302, 200),
        ("data/intervention/pause.rdf", 302, 200),
        ("dcat", 302, 200),
        (".well-known/void", 302, 200),
        ("downloads/cscip.nq", 302, 200),
        ("queries/what-reduced", 302, 303),
    ],
)
def test_a_lasting_address_leads_to_one_that_answers(few: Path, path: str, status: int, answer: int) -> None:
    """Things are told apart from documents by 303, and the path that the rule leads to is served."""
    done, place = redirected(RULES, path)
    assert (done, place.startswith(HOST)) == (status, True)
    assert asking(few)(place.removeprefix(HOST), "text/turtle").status == answer


def test_the_rules_lead_pages_and_services_on(few: Path) -> None:
    """Home, pages, endpoint and API keep their paths, for the other rooms to answer."""
    for path in ("", "intervention/pause/", "ontology/", "sparql", "api/queries", "search/"):
        assert redirected(RULES, path) == (302, HOST + path)
        assert described.reply(Request(path), few) is None


def test_one_line_names_the_host() -> None:
    """Moving the graph changes one line of the rules."""
    text = (ROOT / "docs" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    assert text.count("example.org") == 1
    moved = rules(text.replace("https://cscip.example.org", "https://new.example.net/x"))
    assert redirected(moved, "id/theme/t")[1] == "https://new.example.net/x/id/theme/t"


def test_every_kind_of_address_in_the_graph_is_covered(quads: list[Quad]) -> None:
    """Whatever address of ours the graph uses, a rule leads it on; a thing of a kind by 303."""
    ours = {
        n.value.removeprefix(BASE).partition("#")[0]
        for q in quads
        for n in (q.subject, q.predicate, q.object, q.graph_name)
        if isinstance(n, NamedNode) and n.value.startswith(BASE)
    }
    assert len(ours) > 1500
    starts = {path.partition("/")[0] for path in ours}
    assert starts == {"id", "ontology", "graph", "code", "dcat"}
    for path in ours:
        wanted = 303 if path.startswith("id/") else 302
        assert redirected(RULES, path) == (wanted, HOST + path)


def test_nothing_is_known_of_what_was_never_built(tmp_path: Path) -> None:
    """Without a build there is an error that says what to do, not an empty answer."""
    with pytest.raises(NoStoreError, match="cscip build"):
        described.reply(Request("id/intervention/pause"), tmp_path)
