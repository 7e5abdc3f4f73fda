"""Hostile stores: whatever one does, the client ends in a named error in time, and calls nobody else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from cscip_kg.errors import (
    RemoteBusyError,
    RemoteCutError,
    RemoteError,
    RemoteFormatError,
    RemoteLateError,
    RemoteRedirectError,
    RemoteRefusedError,
    RemoteSizeError,
)
from cscip_kg.queries import table_of
from cscip_kg.remote import Credentials, Endpoint, reading
from cscip_kg.remote.client import Client
from cscip_kg.remote.transport import Budget, Reply, Request
from cscip_kg.store import Limits
from server_pressure import Listener, listener
from stub_store import JSON, ROWS, Answering, Asked, Stub, answer, saying, stub

SECONDS = 1.5
# What the machine may add to the deadline when it is busy.
GRACE = 1.5
CAP = 200_000
XML = "application/sparql-results+xml"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results>'
    '<result><binding name="x"><literal>&i;</literal></binding></result></results></sparql>'
).encode()
SENTENCE = "The SPARQL operation has been cancelled"


def ask(one: Stub, text: str = "SELECT ?x FROM <http://example.org/g> { ?x ?y ?z }") -> list[str]:
    """Ask the store and return the first column; the graphs are named, so that nothing else is asked."""
    endpoint = Endpoint(one.url, Limits(seconds=SECONDS, max_bytes=CAP), Credentials())
    return [str(row[0]) for row in table_of(endpoint.ask(text)).rows]


def reply(body: bytes, kind: str = JSON, *, framed: bool = True, **headers: str) -> Reply:
    """Return an answer that was heard whole."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply("http://example.org/sparql", 200, (("content-type", kind), *named), body, framed)


def trickle_body(stub: Stub, _: Asked, line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nContent-Length: 5000\r\n\r\n")
    while not stub.stopping.wait(0.05):
        line.sendall(b" ")


def trickle_head(stub: Stub, _: Asked, line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stub.stopping.wait(0.05):
        line.sendall(b"X")


def trickle_interim(stub: Stub, _: Asked, line: socket.socket) -> None:
    while not stub.stopping.wait(0.05):
        line.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")


def silence(stub: Stub, _: Asked, line: socket.socket) -> None:
    stub.stopping.wait(30)


def endless(stub: Stub, _: Asked, line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n[")
    while not stub.stopping.is_set():
        line.sendall(b"1," * 10_000)


def endless_chunks(stub: Stub, _: Asked, line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not stub.stopping.is_set():
        line.sendall(b"3E8\r\n" + b"x" * 1000 + b"\r\n")


def endless_interim(stub: Stub, _: Asked, line: socket.socket) -> None:
    while not stub.stopping.is_set():
        line.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


def cut_chunks(stub: Stub, _: Asked, line: socket.socket) -> None:
    line.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%s\r\n" % (len(ROWS), ROWS)
    )


CSV = "text/csv; charset=utf-8"
CASES: dict[str, tuple[Answering, type[RemoteError], str]] = {
    "trickle": (trickle_body, RemoteLateError, "within 1.5 seconds"),
    "trickle of the head": (trickle_head, RemoteLateError, "within 1.5 seconds"),
    "trickle of interim answers": (trickle_interim, RemoteLateError, "within 1.5 seconds"),
    "silence": (silence, RemoteLateError, "within 1.5 seconds"),
    "endless": (endless, RemoteSizeError, "200000 bytes"),
    "endless in chunks": (endless_chunks, RemoteSizeError, "200000 bytes"),
    "endless interim answers": (endless_interim, RemoteSizeError, "200000 bytes"),
    "endless head": (saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000), RemoteFormatError, "no answer"),
    "truncated JSON": (saying(answer(ROWS[:-3])), RemoteCutError, "does not close"),
    "JSON with a sentence": (
        saying(answer(ROWS[:-3] + SENTENCE.encode())),
        RemoteCutError,
        SENTENCE,
    ),
    "shorter than it said": (saying(answer(ROWS, length=len(ROWS) + 1)), RemoteCutError, "cut off"),
    "no last chunk": (cut_chunks, RemoteCutError, "cut off"),
    "cancel sentence in CSV": (
        saying(answer(f"x\r\none\r\n{SENTENCE}".encode(), CSV)),
        RemoteCutError,
        SENTENCE,
    ),
    "cancel sentence as a line of CSV": (
        saying(answer(f"x\r\none\r\n{SENTENCE}\r\n".encode(), CSV)),
        RemoteCutError,
        SENTENCE,
    ),
    "cancel sentence in CSV of two columns": (
        saying(answer(f"x,y\r\none,two\r\n{SENTENCE}\r\n".encode(), CSV)),
        RemoteCutError,
        SENTENCE,
    ),
    "CSV cut in a row": (saying(answer(b"x,y\r\none,two\r\nthr", CSV)), RemoteCutError, "no row"),
    "CSV with a row too short": (
        saying(answer(b"x,y\r\none\r\ntwo,three\r\n", CSV)),
        RemoteCutError,
        "no row",
    ),
    "CSV cut in quotes": (saying(answer(b'x,y\r\none,"two\r\n', CSV)), RemoteCutError, "not whole"),
    "TSV cut in a row": (
        saying(answer(b'?x\t?y\n"one"\t"two"\n"thr', "text/tab-separated-values")),
        RemoteCutError,
        "no row",
    ),
    "HTML": (saying(answer(b"<!DOCTYPE html><html></html>", "text/html")), RemoteFormatError, "web page"),
    "HTML that says it is JSON": (saying(answer(b"<html>x</html>")), RemoteFormatError, "web page"),
    "HTML that says it is XML": (saying(answer(b"<html>x</html>", XML)), RemoteFormatError, "web page"),
    "another media type": (saying(answer(b"x", "application/zip")), RemoteFormatError, "application/zip"),
    "JSON of something else": (saying(answer(b'{"results": []}')), RemoteFormatError, "no results"),
    "JSON nested deep": (saying(answer(b"[" * 100_000)), RemoteFormatError, "nested too deeply"),
    "packed": (saying(answer(ROWS, content_encoding="gzip")), RemoteFormatError, "gzip"),
    "redirect to a file": (
        saying(answer(b"", status="302 Found", location="file:///etc/passwd")),
        RemoteRedirectError,
        "no web address",
    ),
    "redirect in a circle": (
        saying(answer(b"", status="307 Temporary Redirect", location="/sparql")),
        RemoteRedirectError,
        "more than 5 times",
    ),
    "redirect to nowhere": (saying(answer(b"", status="302 Found")), RemoteRedirectError, "where to go"),
    "429 for longer than the deadline": (
        saying(answer(b"", status="429 Too Many Requests", retry_after="3600")),
        RemoteBusyError,
        "3600 seconds",
    ),
    "429 for ever": (
        saying(answer(b"", status="429 Too Many Requests", retry_after="0")),
        RemoteBusyError,
        "busy",
    ),
    "503 that does not say for how long": (
        saying(answer(b"", status="503 Service Unavailable")),
        RemoteBusyError,
        "does not say",
    ),
    "entity bomb": (saying(answer(BOMB, XML)), RemoteFormatError, "document type"),
    "document type elsewhere": (
        saying(answer(b'<!DOCTYPE s SYSTEM "http://127.0.0.1/s.dtd"><sparql/>', XML)),
        RemoteFormatError,
        "document type",
    ),
    "no web server": (saying(b"SSH-2.0-x\r\n\r\n"), RemoteFormatError, "no answer of a web server"),
    "no word": (saying(b""), RemoteCutError, "without an answer"),
    "refusal": (
        saying(answer(b"no such thing", "text/plain", "404 Not Found")),
        RemoteRefusedError,
        "no such",
    ),
    "rows left out": (saying(answer(x_sparql_maxrows="10000")), RemoteCutError, "left out a part"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_store_ends_in_a_named_error(case: str) -> None:
    """Each way in which a store can do harm has its error, raised within the deadline."""
    answering, kind, words = CASES[case]
    with stub(answering) as one:
        begun = time.monotonic()
        with pytest.raises(kind, match=words):
            ask(one)
        assert time.monotonic() - begun < SECONDS + GRACE


def test_the_stub_of_these_tests_can_be_asked() -> None:
    """The same client reads a good answer of the same stub, so that the errors are those of the stores."""
    with stub(saying(answer())) as one:
        assert ask(one) == ['"one"']


@pytest.fixture
def inner() -> Iterator[Listener]:
    """A server of the inner network, which no store may make us call."""
    with listener() as one:
        yield one


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_to_an_internal_host_is_not_followed(status: str, inner: Listener) -> None:
    """A store that points at another host or port is refused, and nothing is asked there."""
    for host in ("localhost", "127.0.0.1", "[::1]"):
        there = f"http://{host}:{inner.port}/latest/meta-data"
        with (
            stub(saying(answer(b"", status=status, location=there))) as one,
            pytest.raises(RemoteRedirectError),
        ):
            ask(one)
    assert inner.calls == []


def test_a_redirect_within_the_store_is_followed() -> None:
    """A store may point at another path of itself; the question is asked there again."""
    with stub(saying(answer(b"", status="308 Permanent Redirect", location="/other"), answer())) as one:
        assert ask(one) == ['"one"']
        assert [asked.line.split()[:2] for asked in one.asked[:2]] == [
            ["POST", "/sparql"],
            ["POST", "/other"],
        ]
        assert one.asked[0].body == one.asked[1].body


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_busy_store_is_asked_again_when_it_says(form: str) -> None:
    """Retry-After is waited for when the deadline allows: seconds or a date."""
    when = (
        "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=1.2), usegmt=True)
    )
    with stub(saying(answer(b"", status="429 Too Many Requests", Retry_After=when), answer())) as one:
        endpoint = Endpoint(one.url, Limits(seconds=6), Credentials())
        begun = time.monotonic()
        assert endpoint.ask("ASK FROM <http://example.org/g> {}").kind == "rows"
        assert time.monotonic() - begun >= (0.9 if form == "seconds" else 0.1)


def test_a_store_that_reads_slowly_does_not_hold_us() -> None:
    """A request of 30 MB to a store that reads none of it ends at the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        client = Client(f"http://127.0.0.1:{deaf.getsockname()[1]}/", Credentials())
        begun = time.monotonic()
        with pytest.raises(RemoteLateError):
            client.send(Request("POST", client.url, {}, b"x" * 30_000_000), Budget(SECONDS, CAP))
        assert time.monotonic() - begun < SECONDS + GRACE


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "example.org/sparql",
        "http://",
        "http://h:99999/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://ann:secret@example.org/",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Only http and https are asked, and no address may hold a password; the message does not repeat it."""
    with pytest.raises(RemoteError) as caught:
        Endpoint(url, credentials=Credentials())
    assert "secret" not in str(caught.value)


def test_a_store_that_is_not_there_is_named() -> None:
    """A closed port and a name that nobody has are errors of their own words."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(RemoteError, match="cannot be reached"):
        Endpoint(f"http://127.0.0.1:{port}/", Limits(seconds=SECONDS), Credentials()).graphs()
    with pytest.raises(RemoteError, match=r"is not known|within 1\.5 seconds"):
        Endpoint("http://nobody.invalid/", Limits(seconds=SECONDS), Credentials()).graphs()


# --- answers read without a line ---------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_document_type_cannot_hide_in_another_encoding(encoding: str) -> None:
    """XML that is not UTF-8 is refused before anybody looks for a document type in it."""
    with pytest.raises(RemoteFormatError):
        reading.rows(reply(BOMB.decode().encode(encoding), XML))


def test_xml_that_claims_another_encoding_is_refused() -> None:
    """What a parser would read in another way than we looked at it is not given to it."""
    with pytest.raises(RemoteFormatError, match="UTF-7"):
        reading.rows(reply(b'<?xml version="1.0" encoding="UTF-7"?><sparql/>', XML))


def test_rdf_xml_with_a_document_type_is_refused() -> None:
    """A graph in RDF/XML is held to the same rule as rows in XML."""
    with pytest.raises(RemoteFormatError, match="document type"):
        reading.triples(reply(BOMB, "application/rdf+xml"))


TRIPLES = b"<http://e/a> <http://e/b> <http://e/c> .\n"


@pytest.mark.parametrize(
    "tail", [b"<http://e/a> <http://e/b> <http://e", SENTENCE.encode(), b'<http://e/a> <http://e/b> "x']
)
def test_a_graph_that_is_cut_off_is_refused(tail: bytes) -> None:
    """N-Triples that break off in a statement, or end with a sentence, are not whole."""
    assert len(reading.triples(reply(TRIPLES, "application/n-triples"))) == 1
    with pytest.raises(RemoteCutError):
        reading.triples(reply(TRIPLES + tail, "application/n-triples"))


def test_a_graph_without_an_end_is_refused() -> None:
    """Where nothing tells how long a graph is, a part of it looks like the whole."""
    with pytest.raises(RemoteCutError, match="neither how long"):
        reading.triples(reply(TRIPLES, "application/n-triples", framed=False))


def test_good_answers_in_each_form_are_the_same_rows() -> None:
    """JSON, XML, TSV and CSV of one answer give one document; CSV tells no types but plain ones."""
    xml = (
        b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>'
        b'<variable name="x"/></head><results>'
        b'<result><binding name="x"><literal>one</literal></binding></result></results></sparql>'
    )
    forms = {JSON: ROWS, XML: xml, "text/tab-separated-values": b'?x\n"one"\n', "text/csv": b"x\r\none\r\n"}
    found = [reading.rows(reply(body, kind)) for kind, body in forms.items()]
    assert found == [found[0]] * 4
    assert found[0]["results"]["bindings"] == [{"x": {"type": "literal", "value": "one"}}]


def test_a_row_that_speaks_of_time_limits_is_a_row() -> None:
    """A table may end with words like those of a store that gives up, if they are not its sentence."""
    text = b"x,y\r\nThey say the query has been cancelled in 2015,Exception\r\n"
    assert len(reading.rows(reply(text, "text/csv"))["results"]["bindings"]) == 1
