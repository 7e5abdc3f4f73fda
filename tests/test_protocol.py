"""SPARQL 1.1 Protocol at /sparql: the W3C's own requests, what is offered in which form, and real clients."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad
from rdflib import Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS

from cscip_kg.errors import QueryError
from cscip_kg.gate import MAX_TOKENS, check_dataset, check_query
from cscip_kg.links import TARGETS
from cscip_kg.server.protocol import RefusedError, operation, parameters, plain_path
from cscip_kg.store import publish
from server_process import Answered, Running, running

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"
MANIFEST = CONFORMANCE / "sparql11-protocol" / "manifest.ttl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"),
    "RDF": ("text/turtle", "application/rdf+xml", "application/n-triples"),
}


@dataclass(frozen=True)
class Exchange:
    """One request of the manifest and what must come back."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    form: str
    boolean: bool | None

    @property
    def is_update(self) -> bool:
        """Whether this request, of those of its test, is the one that wants to write."""
        sent = f"{self.path} {self.headers} {(self.body or b'').decode('latin-1')}"
        return self.name.startswith("bad_update") or "sparql-update" in sent or "update=" in sent

    @property
    def follows_an_update(self) -> bool:
        """Whether this request asks what an update has done, which here has done nothing."""
        return self.name.startswith("update") and not self.is_update


def exchanges() -> list[Exchange]:
    """Return the requests of the W3C's manifest; without the manifest there are none."""
    if not MANIFEST.is_file():
        return []
    graph = Graph().parse(MANIFEST)
    found = []
    (entries,) = graph.objects(None, MF.entries)
    for entry in Collection(graph, entries):
        action = graph.value(entry, MF.action)
        for request in Collection(graph, graph.value(action, HT.requests)):
            content = graph.value(request, HT.body)
            body = None
            if content is not None:
                coding = str(graph.value(content, CNT.characterEncoding) or "UTF-8")
                body = str(graph.value(content, CNT.chars)).encode(coding)
            listed = graph.value(request, HT.headers)
            headers = {
                str(graph.value(h, HT.fieldName)): str(graph.value(h, HT.fieldValue))
                for h in (Collection(graph, listed) if listed is not None else ())
            }
            answer = graph.value(request, HT.resp)
            boolean = graph.value(answer, MF.expectedBoolean)
            found.append(
                Exchange(
                    entry.rpartition("#")[2],
                    str(graph.value(request, HT.methodName)),
                    str(graph.value(request, HT.absolutePath)),
                    headers,
                    body,
                    tuple(s[-3] for s in graph.objects(answer, MF.expectedStatus)),
                    str(graph.value(answer, MF.expectedFormat) or ""),
                    None if boolean is None else bool(boolean.toPython()),
                )
            )
    return found


def preloaded() -> list[Quad]:
    """Return the graphs that the manifest's requests are put to."""
    graph = Graph().parse(MANIFEST)
    found: dict[str, list[Quad]] = {}
    for data in graph.objects(None, UT.graphData):
        name = NamedNode(str(graph.value(data, RDFS.label)))
        file = MANIFEST.parent / str(graph.value(data, UT.graph)).rpartition("/")[2]
        found[name.value] = [
            Quad(t.subject, t.predicate, t.object, name)
            for t in ox.parse(file.read_bytes(), format=ox.RdfFormat.N_TRIPLES)
        ]
    return [quad for quads in found.values() for quad in quads]


@pytest.fixture(scope="module")
def conforming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The shipped server over the manifest's graphs."""
    if not MANIFEST.is_file():
        pytest.skip("../shared/conformance is not beside the checkout: the W3C's requests are not run")
    folder = tmp_path_factory.mktemp("protocol")
    publish(preloaded(), folder)
    with running(folder) as one:
        yield one


def boolean_of(answer: Answered) -> bool:
    if answer.headers["content-type"].startswith("application/sparql-results+json"):
        return bool(json.loads(answer.body)["boolean"])
    return b"<boolean>true</boolean>" in answer.body.replace(b" ", b"")


def test_the_manifest_is_whole() -> None:
    """The W3C has 34 tests; each has at least one request."""
    if not MANIFEST.is_file():
        pytest.skip("../shared/conformance is not beside the checkout: the W3C's requests are not run")
    assert len({e.name for e in exchanges()}) == 34


@pytest.mark.server
@pytest.mark.parametrize("exchange", exchanges(), ids=lambda e: e.name)
def test_the_w3c_protocol(exchange: Exchange, conforming: Running) -> None:
    """Status class, boolean and form are what the W3C expects; an update is refused with a status 4xx."""
    answer = conforming.ask(exchange.path, exchange.method, exchange.body, exchange.headers)
    if exchange.is_update:
        assert 400 <= answer.status < 500, answer
        assert answer.body
        return
    assert str(answer.status)[0] in exchange.statuses, answer
    if exchange.form:
        assert answer.headers["content-type"].partition(";")[0] in FORMS[exchange.form]
    if exchange.boolean is not None and not exchange.follows_an_update:
        assert boolean_of(answer) is exchange.boolean
    if answer.status >= 400:
        assert answer.headers["content-type"].startswith("text/plain")
        assert 10 < len(answer.body) < 1000


# --- a request, read ----------------------------------------------------------------------------------------


def refused(*arguments: object) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        operation(*arguments)  # type: ignore[arg-type]
    return raised.value


ROWS, XML = "application/sparql-results+json", "application/sparql-results+xml"


@pytest.mark.parametrize(
    ("accept", "rows", "graph"),
    [
        ("", ROWS, "text/turtle"),
        ("*/*", ROWS, "text/turtle"),
        ("text/csv", "text/csv", None),
        ("text/*", "text/csv", "text/turtle"),
        (XML + ";q=0.5, text/csv;q=0.4", XML, None),
        ("application/*;q=0.1, text/csv", "text/csv", "application/n-triples"),
        (ROWS + ";q=0, */*", XML, "text/turtle"),
        ("application/json", "application/json", "application/json"),
        ("application/rdf+xml, application/sparql-results+xml", XML, "application/rdf+xml"),
    ],
)  # fmt: skip
def test_the_wanted_form(accept: str, rows: str | None, graph: str | None) -> None:
    """Quality values, wildcards and a quality of nothing are heeded; RFC 9110, section 12.5.1."""
    found = operation("GET", "query=ASK%20%7B%7D", accept, "", b"")
    assert found
    assert (found.rows, found.graph) == (rows, graph)


def test_the_form_in_the_address_stands_above_the_header() -> None:
    """A plain link cannot say what it accepts: `format=csv` does. What is no form is passed over."""
    found = operation("GET", "query=ASK%20%7B%7D&format=csv", XML, "", b"")
    assert found
    assert found.rows == "text/csv"
    other = operation("GET", "query=ASK%20%7B%7D&format=pdf", XML, "", b"")
    assert other
    assert other.rows == XML


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("request_", "status", "message"),
    [
        (("GET", "query=a&query=b", "", "", b""), 400, "there are 2"),
        (("POST", "", "", FORM, b"x=1"), 400, "there are 0"),
        (("POST", "", "", "", b"query=a"), 415, "without a Content-Type"),
        (("POST", "", "", "text/plain", b"ASK {}"), 415, "not text/plain"),
        (("POST", "", "", "application/sparql-update", b"CLEAR ALL"), 403, "only reads"),
        (("POST", "", "", FORM, b"update=CLEAR%20ALL"), 403, "only reads"),
        (("GET", "update=CLEAR%20ALL", "", "", b""), 400, "only reads"),
        (("POST", "", "", FORM + "; charset=utf-16", b"query=a"), 400, "UTF-8"),
        (("POST", "", "", "application/sparql-query", b"\xff\xfe"), 400, "UTF-8"),
        (("GET", "query=%ff", "", "", b""), 400, "cannot be read"),
        (("GET", "&".join(["a=1"] * 200), "", "", b""), 400, "cannot be read"),
        (("GET", "query=a", "image/png", "", b""), 406, "Offered: application/sparql-results"),
        (("GET", "query=a&default-graph-uri=file:///etc/passwd", "", "", b""), 400, "is refused"),
        (("GET", "query=a&named-graph-uri=no%20iri", "", "", b""), 400, "no IRI"),
    ],
)
def test_a_bad_request_is_refused(request_: tuple[object, ...], status: int, message: str) -> None:
    """Each has its own status and a short reason."""
    error = refused(*request_)
    assert (error.status, message in str(error)) == (status, True), str(error)


def test_without_a_query_the_service_is_to_be_described() -> None:
    """A GET without a query asks what this is."""
    assert operation("GET", "", "", "", b"") is None


@pytest.mark.parametrize("raw", ["/a%00b", "/%2e%2e/etc", "/a/..%2fb", "/a%5cb", "/%ff", "/a%0d%0ab"])
def test_a_path_that_no_page_has_is_refused(raw: str) -> None:
    """Control characters, ways out of a folder and bytes that are no text never reach a page."""
    with pytest.raises(RefusedError):
        plain_path(raw)
    assert plain_path("/intervention/no%20such/") == "/intervention/no such/"


def test_parameters_keep_their_order_and_doubles() -> None:
    """What comes twice is seen twice; an empty value stays."""
    assert parameters("b=1&a=&b=%C3%A9") == (("b", "1"), ("a", ""), ("b", "é"))


# --- the gate -----------------------------------------------------------------------------------------------


def test_words_and_signs_have_a_limit() -> None:
    """As many as the limit pass; one more does not; a long string is one."""
    check_query("ASK { FILTER(" + "!" * (MAX_TOKENS - 7) + "true) }")
    with pytest.raises(QueryError, match="words and signs"):
        check_query("ASK { FILTER(" + "!" * (MAX_TOKENS - 6) + "true) }")
    check_query("ASK { FILTER('" + "! " * MAX_TOKENS + "') }")


GRAPHS = ("https://w3id.org/cscip/graph/data", "https://w3id.org/cscip/graph/inferred")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <https://w3id.org/cscip/graph/data> { ?s ?p ?o }",
        "PREFIX g: <https://w3id.org/cscip/graph/> SELECT * FROM g:data FROM NAMED g:inferred { ?s ?p ?o }",
        "SELECT * { ?s ?p 'FROM <http://x/>' } # FROM <http://x/>",
        "SELECT ?from { ?from a <http://x/FROM> }",
        "SELECT * FROM <https://w3id.org/cscip/graph/data> { ?s ?p 'FROM <http://x/>' } # FROM <http://x/>",
    ],
)
def test_from_a_graph_of_ours_passes(query: str) -> None:
    """So does the word where it names no graph."""
    check_dataset(query, GRAPHS)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "select * from named<http://169.254.169.254/x>{ ?s ?p ?o }",
        "PREFIX x: <http://x/> SELECT * FROM x:y { ?s ?p ?o }",
        "SELECT * FR\\u004FM <http://x/> { ?s ?p ?o }",
        "SELECT * FROM#\n<http://x/> { ?s ?p ?o }",
    ],
)
def test_from_elsewhere_is_refused(query: str) -> None:
    """However it is spelled; the message lists the graphs that there are."""
    with pytest.raises(QueryError, match="graph/inferred"):
        check_dataset(query, GRAPHS)


# --- the service at work ------------------------------------------------------------------------------------

COUNT = "SELECT (COUNT(?i) AS ?n) { ?i a cscip:Intervention }"


def put(served: Running, query: str, accept: str = "", **more: str) -> Answered:
    headers = {"Accept": accept} if accept else {}
    return served.ask(f"/sparql?{urlencode({'query': query, **more})}", headers=headers)


@pytest.mark.server
def test_rows_in_each_form(served: Running) -> None:
    """The number of interventions (one record each) is the same in JSON, XML, CSV and TSV."""
    records = len(list((Path(__file__).parents[1] / "data" / "interventions").glob("*.yaml")))
    answer = put(served, COUNT)
    (row,) = json.loads(answer.body)["results"]["bindings"]
    assert int(row["n"]["value"]) == records
    assert put(served, COUNT, "text/csv").body == f"n\r\n{records}\r\n".encode()
    assert put(served, COUNT, "text/tab-separated-values").body == f"?n\n{records}\n".encode()
    xml = put(served, COUNT, "application/sparql-results+xml")
    assert f">{records}</literal>".encode() in xml.body


@pytest.mark.server
@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_graphs_in_each_form(served: Running, media: str, form: ox.RdfFormat) -> None:
    """A CONSTRUCT gives the same triples in every form."""
    query = "CONSTRUCT { id:intervention\\/pause rdfs:label ?l } { id:intervention\\/pause rdfs:label ?l }"
    answer = put(served, query, media)
    assert answer.headers["content-type"].partition(";")[0] == media
    (triple,) = ox.parse(answer.body, format=form)
    assert triple.object.value == "Pause"


@pytest.mark.server
def test_what_fits_no_form_is_406(served: Running) -> None:
    """Rows cannot be Turtle, and a graph no CSV: the answer says what it is."""
    answer = put(served, COUNT, "text/turtle")
    assert (answer.status, b"rows" in answer.body) == (406, True)
    assert put(served, "DESCRIBE id:intervention\\/pause", "text/csv").status == 406


@pytest.mark.server
def test_a_known_answer_is_not_sent_again(served: Running) -> None:
    """The tag names the build; who has the answer is told so, and another form has another tag."""
    answer = put(served, COUNT)
    build = json.loads(served.ask("/health").body)["build"]
    tag = answer.headers["etag"]
    assert tag.startswith(f'W/"{build}-')
    again = served.ask(f"/sparql?query={quote(COUNT)}", headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert put(served, COUNT, "text/csv").headers["etag"] != tag


@pytest.mark.server
def test_the_service_describes_itself(served: Running) -> None:
    """A GET without a query gives RDF: endpoint, language, forms, graphs (W3C service description)."""
    answer = served.ask("/sparql", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.body, format="turtle")
    (endpoint,) = graph.objects(None, SD.endpoint)
    assert str(endpoint) == f"{served.url}sparql"
    assert (endpoint, RDF.type, SD.Service) in graph
    assert (endpoint, SD.supportedLanguage, SD.SPARQL11Query) in graph
    wanted = {"data", "inferred", "ontology", "vocabularies", *(f"links-{name}" for name in TARGETS)}
    assert {str(name).rpartition("/")[2] for name in graph.objects(None, SD.name)} == wanted
    for dataset in graph.objects(endpoint, SD.defaultDataset):
        assert (dataset, RDF.type, SD.Dataset) in graph
        assert graph.value(dataset, SD.defaultGraph) is not None
    page = served.ask("/sparql", headers={"Accept": "text/html"})
    assert (page.status, page.headers["location"]) == (303, "sparql-editor/")


@pytest.mark.server
def test_anybody_may_ask_from_a_page_elsewhere(served: Running) -> None:
    """CORS: any origin, without credentials; the preflight says which methods."""
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = served.ask("/sparql", "OPTIONS", headers=asked)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


# --- real clients -------------------------------------------------------------------------------------------


@pytest.mark.server
def test_sparqlwrapper(served: Running) -> None:
    """SPARQLWrapper reads rows, a boolean and a graph, by GET and by POST."""
    from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper  # noqa: PLC0415

    wrapper = SPARQLWrapper(f"{served.url}sparql")
    wrapper.setQuery("PREFIX cscip: <https://w3id.org/cscip/ontology#> " + COUNT)
    wrapper.setReturnFormat(JSON)
    (row,) = wrapper.query().convert()["results"]["bindings"]
    assert int(row["n"]["value"]) == 115
    wrapper.setMethod(POST)
    wrapper.setReturnFormat(CSV)
    assert list(csv.reader(io.StringIO(wrapper.query().convert().decode()))) == [["n"], ["115"]]
    wrapper.setQuery("ASK { ?s ?p ?o }")
    wrapper.setReturnFormat(XML)
    assert "<boolean>true" in wrapper.query().convert().toxml()
    wrapper.setQuery("DESCRIBE <https://w3id.org/cscip/id/intervention/pause>")
    wrapper.setReturnFormat(TURTLE)
    graph = Graph().parse(data=wrapper.query().convert(), format="turtle")
    assert (URIRef("https://w3id.org/cscip/id/intervention/pause"), None, None) in graph


@pytest.mark.server
def test_the_store_of_rdflib(served: Running) -> None:
    """Rdflib reads the endpoint as a store: a query, and triples by pattern."""
    from rdflib.plugins.stores.sparqlstore import SPARQLStore  # noqa: PLC0415

    graph = Graph(store=SPARQLStore(f"{served.url}sparql"))
    (row,) = graph.query("SELECT (COUNT(?i) AS ?n) { ?i a <https://w3id.org/cscip/ontology#Intervention> }")
    assert row.n.toPython() == 115
    pause = URIRef("https://w3id.org/cscip/id/intervention/pause")
    assert "Pause" in {str(label) for label in graph.objects(pause, RDFS.label)}


@pytest.mark.server
@pytest.mark.outside_tools
def test_comunica(served: Running, npm_packages: Callable[[str], Path]) -> None:
    """A client written by others in another language joins two patterns over the endpoint."""
    query = (
        "SELECT ?name { ?i a <https://w3id.org/cscip/ontology#Intervention> . "
        "?i <http://www.w3.org/2000/01/rdf-schema#label> ?name FILTER(STRSTARTS(?name, 'No Wrong')) }"
    )
    command = ["node", str(npm_packages("comunica") / "ask.mjs"), f"{served.url}sparql", query]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["No Wrong Door"]
