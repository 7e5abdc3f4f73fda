"""A store is told who asks when it wants to know, on a safe line only; queries and cells are carried over."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode

from cscip_kg.errors import RemoteCutError, RemoteError, RemoteRefusedError
from cscip_kg.gate import form_of, with_prefixes
from cscip_kg.namespaces import PREFIXES, XSD
from cscip_kg.remote import Credentials, Endpoint
from cscip_kg.remote.credentials import Challenge, challenge_of, from_environment
from cscip_kg.remote.engines import by_value, cell_mended, engine_of, named, unnamed
from cscip_kg.remote.writing import batches
from cscip_kg.store import Limits
from stub_store import Asked, Stub, answer, saying, stub

TEXT = "SELECT ?x FROM <http://example.org/g> { ?x ?y ?z }"
ANN = Credentials("ann", "open sesame")
SECRET = re.compile(r"sesame|YW5uOm9wZW4gc2VzYW1l|t0ken")
DIGEST = 'Digest realm="SPARQL", nonce="abc", opaque="xyz", qop="auth", algorithm="MD5"'


def asked_by(credentials: Credentials, challenge: str) -> list[Asked]:
    """Return the requests that one question makes to a store that asks once who we are."""
    refused = answer(b"", status="401 Unauthorized", www_authenticate=challenge)
    with stub(saying(refused, answer())) as one:
        Endpoint(one.url, Limits(seconds=5), credentials).ask(TEXT)
        return one.asked


def test_credentials_come_from_the_environment_only() -> None:
    """Name, password and token are read from their variables; without any there are none."""
    assert not from_environment({})
    full = from_environment(
        {"CSCIP_STORE_USER": "ann", "CSCIP_STORE_PASSWORD": "open sesame", "CSCIP_STORE_TOKEN": "t0ken"}
    )
    assert (full.user, full.password, full.token, full.plain) == ("ann", "open sesame", "t0ken", False)


def test_credentials_do_not_show_themselves() -> None:
    """Printed, in whatever form, they hold nothing secret."""
    shown = f"{Credentials('ann', 'open sesame', 't0ken')!r} {Credentials('ann', 'open sesame')}"
    assert not SECRET.search(shown)


def test_nothing_is_sent_before_the_store_asks() -> None:
    """A name and password go out after a challenge, never before."""
    first, second, *_ = asked_by(ANN, 'Basic realm="x"')
    assert "authorization" not in first.headers
    assert second.headers["authorization"] == "Basic " + base64.b64encode(b"ann:open sesame").decode()


def test_digest_goes_before_basic() -> None:
    """Where a store takes either, the password itself is not sent."""
    both = challenge_of(['Basic realm="x"', DIGEST])
    assert both is not None
    assert both.scheme == "digest"


def test_the_digest_is_that_of_the_specification() -> None:
    """The answer to the example of RFC 2617, 3.5, is the one printed there, but for the nonce of our own."""
    asked = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    )
    challenge = challenge_of([asked])
    assert challenge is not None
    sent = challenge.answer(Credentials("Mufasa", "Circle Of Life"), "GET", "/dir/index.html")
    own = re.search(r'cnonce="([0-9a-f]+)"', sent)
    assert own is not None
    first, second = "939e7578ed9e3c518a452acee763bce9", "39aff3a2bab6126f332b942af96d3366"
    whole = f"{first}:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:{own[1]}:auth:{second}"
    assert f'response="{hashlib.md5(whole.encode(), usedforsecurity=False).hexdigest()}"' in sent
    assert "qop=auth, nc=00000001" in sent
    assert "nc=00000002" in challenge.answer(Credentials("Mufasa", "x"), "GET", "/")


def test_the_digest_of_old_servers_is_that_of_the_specification() -> None:
    """Without a quality of protection the answer is that of RFC 2069."""
    challenge = Challenge(
        "digest", {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    )
    sent = challenge.answer(Credentials("Mufasa", "CircleOfLife"), "GET", "/dir/index.html")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in sent


def test_a_token_is_sent_at_once() -> None:
    """A token is for the address that the user gave, and there with the first request."""
    with stub(saying(answer())) as one:
        Endpoint(one.url, Limits(seconds=5), Credentials("", "", "t0ken")).ask(TEXT)
        assert {asked.headers["authorization"] for asked in one.asked} == {"Bearer t0ken"}


def test_a_wrong_password_is_refused_once_and_not_repeated() -> None:
    """The store is asked twice for one request, not for ever; the message tells what to set and no secret."""
    refused = answer(b"no", "text/plain", status="401 Unauthorized", www_authenticate=DIGEST)
    with stub(saying(refused)) as one:
        with pytest.raises(RemoteRefusedError, match="CSCIP_STORE_USER") as caught:
            Endpoint(one.url, Limits(seconds=5), ANN).ask(TEXT)
        assert len(one.asked) == 2
    assert caught.value.status == 401
    assert not SECRET.search(str(caught.value))


def test_credentials_are_not_sent_over_a_line_that_others_read() -> None:
    """Plain http to another machine is refused with credentials, unless the user allows it."""
    with pytest.raises(RemoteError, match="CSCIP_STORE_PLAIN_HTTP"):
        Endpoint("http://store.example.org/sparql", credentials=ANN)
    assert Endpoint("https://store.example.org/sparql", credentials=ANN)
    assert Endpoint("http://store.example.org/sparql", credentials=Credentials("a", "b", plain=True))
    assert Endpoint("http://store.example.org/sparql", credentials=Credentials())


def test_a_server_that_speaks_no_tls_is_an_error_of_its_own() -> None:
    """A server without TLS at an address of https is a named error, and no request is sent in the clear."""
    heard = []

    def answering(_: Stub, asked: Asked, line: socket.socket) -> None:
        heard.append(asked)
        line.sendall(answer())

    with stub(answering) as one:
        url = one.url.replace("http:", "https:")
        with pytest.raises(RemoteError):
            Endpoint(url, Limits(seconds=2), Credentials("", "", "t0ken")).ask(TEXT)
    assert heard == []


# --- queries and cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("PREFIX select: <http://construct/> # ask\nSELECT ?x { ?x ?y 'describe' }", "SELECT"),
        ("ask {}", "ASK"),
        ("CONSTRUCT { ?ask ?y ?z } WHERE { SELECT ?x {} }", "CONSTRUCT"),
        ("DESCRIBE <http://e/select>", "DESCRIBE"),
        ("LOAD <http://e/select>", ""),
    ],
)
def test_the_form_of_a_query_is_its_keyword(text: str, form: str) -> None:
    """Names, comments, strings and prefixes that look like a keyword are none."""
    assert form_of(text) == form


def test_prefixes_are_declared_once() -> None:
    """The project's prefixes are there unless the query gives them another meaning."""
    made = with_prefixes("PREFIX id: <http://other/>\nSELECT * { id:x a skos:Concept }")
    assert made.count("PREFIX id:") == 1
    assert f"PREFIX skos: <{PREFIXES['skos']}>" in made
    ox.Store().query(made)


def test_the_projects_graphs_are_asked_together() -> None:
    """A query that names no graph is asked of the project's graphs that the store holds, and of no other."""
    names = ["data", "inferred", "pushed"]
    rows = ",".join(
        f'{{"g":{{"type":"uri","value":"https://w3id.org/cscip/graph/{name}"}}}}' for name in names
    )
    graphs = answer(f'{{"head":{{"vars":["g"]}},"results":{{"bindings":[{rows}]}}}}'.encode())
    with stub(saying(answer(), graphs, answer())) as one:
        Endpoint(one.url, Limits(seconds=5), Credentials()).ask("SELECT * { ?s ?p ?o }")
        sent = parse_qs(one.asked[-1].body.decode())
    wanted = [f"https://w3id.org/cscip/graph/{name}" for name in names[:2]]
    assert sent["default-graph-uri"] == sent["named-graph-uri"] == wanted


VIRTUOSO = engine_of("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu")


@pytest.mark.parametrize(
    ("cell", "mended"),
    [
        (
            {"type": "typed-literal", "value": "1", "datatype": XSD + "integer"},
            ("literal", "1", XSD + "integer"),
        ),
        (
            {"type": "literal", "value": "1", "datatype": XSD + "boolean"},
            ("literal", "true", XSD + "boolean"),
        ),
        ({"type": "literal", "value": "a", "datatype": XSD + "string"}, ("literal", "a", None)),
        ({"type": "literal", "value": "L1012 L561-563 L86"}, ("literal", "L86 L561-563 L1012", None)),
        ({"type": "literal", "value": "b#L9 a#L10 a#L2"}, ("literal", "a#L2 a#L10 b#L9", None)),
        ({"type": "literal", "value": "L10 and L2"}, ("literal", "L10 and L2", None)),
        ({"type": "uri", "value": "http://e/1"}, ("uri", "http://e/1", None)),
    ],
)
def test_a_cell_is_mended(cell: dict[str, str], mended: tuple[str, str, str | None]) -> None:
    """What a store writes in its own way comes out as all others write it; text is left alone."""
    made = cell_mended(cell, VIRTUOSO)
    assert (made["type"], made["value"], made.get("datatype")) == mended


def test_only_known_stores_are_mended() -> None:
    """A store that says nothing of itself is asked in SPARQL 1.1 as written, at its one address."""
    other = engine_of("nginx")
    assert (other.update, other.graphs) == ("", "")
    text = "VALUES ?_theme_iri { UNDEF } ?x a ?_theme_iri"
    assert other.understood(text) == text
    assert VIRTUOSO.understood(text).strip() == "?x a ?_theme_iri"
    assert VIRTUOSO.understood("VALUES ?_theme_iri { <http://e/x> }") == "VALUES ?_theme_iri { <http://e/x> }"


def test_a_graph_that_may_be_a_part_is_refused() -> None:
    """Virtuoso gives 10,000 rows of CONSTRUCT and no word: so many statements are not taken for the whole."""
    lines = "".join(f"<http://e/{n}> <http://e/p> <http://e/o> .\n" for n in range(10_000)).encode()
    kind, server = "application/n-triples", "Virtuoso/07.20"
    for body, refused in ((lines, True), (lines[: lines.index(b"\n") + 1], False)):
        with stub(saying(answer(server=server), answer(body, kind, server=server))) as one:
            endpoint = Endpoint(one.url, Limits(seconds=20), Credentials())
            text = "CONSTRUCT { ?s ?p ?o } FROM <http://e/g> WHERE { ?s ?p ?o }"
            if refused:
                with pytest.raises(RemoteCutError, match="cscip pull"):
                    endpoint.ask(text)
            else:
                assert endpoint.ask(text).body == body


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            Literal("1.50", datatype=NamedNode(XSD + "decimal")),
            Literal("1.5", datatype=NamedNode(XSD + "decimal")),
            True,
        ),
        (
            Literal("007", datatype=NamedNode(XSD + "integer")),
            Literal("7", datatype=NamedNode(XSD + "integer")),
            True,
        ),
        (
            Literal("1", datatype=NamedNode(XSD + "boolean")),
            Literal("true", datatype=NamedNode(XSD + "boolean")),
            True,
        ),
        (Literal("a", language="en-GB"), Literal("a", language="en-gb"), True),
        (Literal("1.5"), Literal("1.50"), False),
        (
            Literal("1", datatype=NamedNode(XSD + "integer")),
            Literal("1", datatype=NamedNode(XSD + "decimal")),
            False,
        ),
        (NamedNode("http://e/1.50"), NamedNode("http://e/1.5"), False),
    ],
)
def test_literals_are_compared_by_value(one: Literal, other: Literal, same: bool) -> None:
    """One value in two spellings is one; text, IRIs and other datatypes are compared as they stand."""
    assert (by_value(one) == by_value(other)) is same


def test_a_thing_without_a_name_gets_one_and_gives_it_back() -> None:
    """A blank node goes out as an IRI and comes back as the same blank node; other nodes stay."""
    blank, iri = ox.BlankNode("c14n7"), NamedNode("https://w3id.org/cscip/id/x")
    assert isinstance(named(blank), NamedNode)
    assert unnamed(named(blank)) == blank
    assert unnamed(named(iri)) == iri


def test_lines_are_sent_in_batches_of_bytes() -> None:
    """No batch is longer than it may be unless it is one line; none is lost."""
    lines = ["é" * 10, "b" * 5, "c" * 5, "d" * 100, "e"]
    made = list(batches(lines, 25))
    assert made == [["é" * 10, "b" * 5], ["c" * 5], ["d" * 100], ["e"]]
