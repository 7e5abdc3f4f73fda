"""What strangers may send to the shipped server: each is answered for what it is, and the server stays up.

After every input the next `ASK {}` is answered within a second, nothing has called out, no process is still
at work on what was asked, and the memory of all processes together keeps within the bound of THREAT_MODEL.md.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest

from hostile_inputs import BODY, CHUNKED, DIRECT, HOSTILE, PORT, POSTED, TOO_COSTLY, Input
from server_pressure import (
    Listener,
    Peak,
    exchange,
    listener,
    message,
    parsed,
    received,
    seconds_until_quiet,
    tree,
)
from server_process import Running, running

pytestmark = pytest.mark.server

SECONDS, MEMORY, RESULT, URL = 1.0, 1 << 30, 2 << 20, 16 * 1024
# Well below what the limits allow: six processes at their most, and two GiB (THREAT_MODEL.md).
BOUND = 4 << 30


@pytest.fixture(scope="module")
def attacked(built: Path) -> Iterator[Running]:
    """A server with the limits of this file; clients may use up more, as all inputs come from one."""
    limits = {"seconds": SECONDS, "memory": MEMORY, "result": RESULT, "body": BODY, "url": URL}
    times = {"body_seconds": 2, "header_seconds": 2, "outgoing_seconds": 2, "client_seconds": 1_000_000}
    with running(built, **limits, **times, outgoing=12 << 20) as one:
        # Until the spares stand, too.
        assert seconds_until_quiet(one.process.pid, 90, 2) is not None
        yield one


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Listener]:
    """What a query would call if it could."""
    with listener() as one:
        yield one


@pytest.fixture(scope="module")
def peak(attacked: Running) -> Iterator[Peak]:
    """The most memory of the server, watched while all inputs come."""
    with Peak(attacked.process.pid).watching() as one:
        yield one


def seconds_to_answer(server: Running) -> float:
    """Return how long an `ASK {}` takes that no cache can answer; the best of three on a shared machine."""
    found = []
    for _ in range(3):
        begun = time.monotonic()
        answer = exchange(server.port, message("GET", f"/sparql?query=ASK{{}}%23{time.monotonic_ns()}"))
        assert (answer.status, answer.body) == (200, b'{"head":{},"boolean":true}')
        found.append(time.monotonic() - begun)
        if found[-1] < 1:
            break
    return min(found)


def bears(server: Running, elsewhere: Listener, peak: Peak) -> None:
    """Assert that the server stands as it stood."""
    quiet = seconds_until_quiet(server.process.pid, 10, 0.1)
    assert quiet is not None, "a process is still at work"
    assert quiet < 2 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), quiet
    assert seconds_to_answer(server) < 1
    assert elsewhere.calls == []
    assert peak.bytes < BOUND


@pytest.mark.parametrize("one", HOSTILE, ids=lambda one: one.name.replace(" ", "-"))
def test_a_hostile_input_is_answered_for_what_it_is(
    attacked: Running, elsewhere: Listener, peak: Peak, one: Input
) -> None:
    """Its status and reason are the intended ones, no answer is cut short, and the server bears it."""
    data = one.data.replace(PORT.encode(), str(elsewhere.port).encode())
    answer = exchange(attacked.port, data)
    assert answer.status in one.statuses, answer
    assert one.says in answer.body.decode("utf-8", "replace")
    assert answer.whole
    bears(attacked, elsewhere, peak)


def test_the_set_is_large() -> None:
    """Sixty inputs and more, each under a name of its own."""
    assert len({one.name for one in HOSTILE}) == len(HOSTILE) > 60


# --- slow, many, and gone -----------------------------------------------------------------------------------


def opened(server: Running, data: bytes = b"") -> socket.socket:
    one = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    one.sendall(data)
    return one


@pytest.mark.parametrize(
    "data", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX: "], ids=["nothing", "line", "header"]
)
def test_headers_must_arrive_in_time(attacked: Running, elsewhere: Listener, peak: Peak, data: bytes) -> None:
    """Who sends no whole head in `header_seconds` is cut off, a byte now and then is no help."""
    begun = time.monotonic()
    with opened(attacked, data) as one, suppress(ConnectionError):
        one.settimeout(0.4)
        while time.monotonic() - begun < 20:
            with suppress(TimeoutError):
                if not one.recv(100):
                    break
                continue
            if data:
                one.sendall(b"x")
    assert 1.5 < time.monotonic() - begun < 6
    bears(attacked, elsewhere, peak)


@pytest.mark.parametrize(
    "head", [POSTED + b"Content-Length: 9999\r\n\r\n", CHUNKED + b"\r\n"], ids=["length", "chunks"]
)
def test_a_body_must_arrive_in_time(attacked: Running, elsewhere: Listener, peak: Peak, head: bytes) -> None:
    """A body that trickles is given up after `body_seconds`, and the answer says so."""
    begun = time.monotonic()
    with opened(attacked, head) as one:
        one.settimeout(0.3)
        answer = b""
        while time.monotonic() - begun < 20 and not answer:
            with suppress(TimeoutError):
                answer = one.recv(4096)
                break
            one.sendall(b"1\r\n#\r\n" if b"chunked" in head else b"#")
    assert time.monotonic() - begun < 6
    answered = parsed(answer)
    assert (answered.status, b"limit: body_seconds" in answered.body) == (408, True)
    bears(attacked, elsewhere, peak)


def test_a_body_without_end_is_cut(attacked: Running, elsewhere: Listener, peak: Peak) -> None:
    """Chunk after chunk, at full speed: refused at the limit, and no more is read for ever."""
    with opened(attacked, CHUNKED + b"\r\n") as one:
        chunk, sent = b"10000\r\n" + b"#" * 65_536 + b"\r\n", 0
        with suppress(ConnectionError, TimeoutError):
            one.settimeout(3)
            while sent < 64 << 20:
                one.sendall(chunk)
                sent += len(chunk)
        answer = parsed(received(one))
    assert answer.status in (413, None)
    assert sent < 64 << 20
    bears(attacked, elsewhere, peak)


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\nHost: x\r\nX: ", POSTED + b"Content-Length: 99\r\n\r\n#"],
    ids=["heads", "bodies"],
)
def test_three_hundred_slow_sockets_keep_nobody_out(
    attacked: Running, elsewhere: Listener, peak: Peak, data: bytes
) -> None:
    """While they hang, others are served at once; after the limit they are gone."""
    with ExitStack() as stack:
        many = [stack.enter_context(opened(attacked, data)) for _ in range(300)]
        assert seconds_to_answer(attacked) < 1
        deadline = time.monotonic() + 10
        for one in many:
            one.settimeout(max(0.1, deadline - time.monotonic()))
            received(one)
    bears(attacked, elsewhere, peak)


def test_nine_hundred_idle_connections_keep_nobody_out(
    attacked: Running, elsewhere: Listener, peak: Peak
) -> None:
    """Connections that wait for nothing are closed after `header_seconds`, and others come in meanwhile."""
    with ExitStack() as stack:
        many = [stack.enter_context(opened(attacked)) for _ in range(900)]
        assert seconds_to_answer(attacked) < 1
        many[0].settimeout(10)
        assert received(many[0]) == b""
    bears(attacked, elsewhere, peak)


def test_clients_that_leave_cost_no_more_than_their_deadline(
    attacked: Running, elsewhere: Listener, peak: Peak
) -> None:
    """Six ask what has no end and leave at once: when the deadlines are over nobody works for them."""
    costly = next(one for one in TOO_COSTLY if one.name == "count of a product")
    for number in range(6):
        opened(
            attacked, costly.data.replace(b"AS ?n", b"AS ?n%d" % number).replace(b"?n)", b"?n )", 1)
        ).close()
    time.sleep(SECONDS * 3 + 1)
    bears(attacked, elsewhere, peak)


def test_others_are_served_while_two_run_away(attacked: Running) -> None:
    """Pages come at once though both query processes are taken; each of those ends at its deadline."""
    costly = next(one for one in TOO_COSTLY if one.name == "count of a product").data
    begun = time.monotonic()
    with opened(attacked, costly) as first, opened(attacked, costly) as second:
        time.sleep(0.1)
        health = exchange(attacked.port, message("GET", "/health"))
        page = exchange(attacked.port, message("GET", "/about/"))
        assert (health.status, page.status) == (200, 200)
        assert [parsed(received(one)).status for one in (first, second)] == [504, 504]
    assert time.monotonic() - begun < SECONDS + 1.5


def test_a_hundred_requests_in_a_row_are_answered_in_order(attacked: Running) -> None:
    """Requests sent before the answers came are answered one after the other, none is lost."""
    asks = b"".join(
        f"GET /sparql?query=SELECT+({n}+AS+%3Fn){{}}&format=csv HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for n in range(100)
    )
    with opened(attacked, asks + b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as one:
        answers = received(one).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200"] * 101
    assert [int(answer.split(b"\r\n\r\n")[1].split()[1]) for answer in answers[:100]] == list(range(100))


# About ten megabytes, more than the kernel holds for a client that does not read.
LARGE = message("POST", "/sparql", DIRECT, b"SELECT * { ?s ?p ?o } LIMIT 40000")


@pytest.fixture(scope="module")
def generous(built: Path) -> Iterator[Running]:
    """A server of large answers, of which it has room for three on their way."""
    with running(built, result=64 << 20, cache=512 << 20, outgoing=35 << 20, outgoing_seconds=2) as one:
        answer = exchange(one.port, LARGE)
        assert answer.whole
        assert 8 << 20 < len(answer.body) < 11 << 20
        yield one


def unread(server: Running) -> socket.socket:
    """Ask for the large answer on a connection that has little room, and do not read."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    one.settimeout(20)
    one.connect(("127.0.0.1", server.port))
    one.sendall(LARGE)
    return one


def test_who_does_not_take_an_answer_is_left(generous: Running) -> None:
    """Answers above a quarter of a megabyte wait for the client for `outgoing_seconds`, then the line is cut.

    What came is shorter than its `Content-Length` says: no client takes it for the whole.
    """
    with unread(generous) as one:
        time.sleep(5)
        answer = parsed(received(one))
    assert (answer.status, answer.whole) == (200, False)
    assert len(answer.body) < int(answer.headers["content-length"])
    assert exchange(generous.port, LARGE).whole


def test_large_answers_on_their_way_have_a_bound(generous: Running) -> None:
    """Three do not read what they asked for: the fourth is told the limit in place of one more answer."""
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(unread(generous))
        time.sleep(1)
        refused = exchange(generous.port, LARGE)
        assert (refused.status, b"limit: outgoing" in refused.body) == (503, True)
        assert int(refused.headers["retry-after"]) > 0
        assert exchange(generous.port, message("GET", "/health")).status == 200


# --- what comes back as it was sent -------------------------------------------------------------------------

MARK = "<script>alert(1)</script>"
REFLECTING = [
    "/search/?q=" + quote(MARK),
    "/ask/?q=" + quote(MARK),
    "/compare/?a=" + quote(MARK) + "&b=" + quote("\"'><img src=x onerror=alert(1)>"),
    "/queries/what-reduced/?measure=" + quote(MARK),
    "/queries/" + quote(MARK, safe="") + "/",
    "/" + quote(MARK, safe="") + "/",
    "/intervention/" + quote(MARK, safe="") + "/",
    "/interventions/?theme=" + quote(MARK) + "&region=" + quote(MARK),
    "/map/?by=" + quote(MARK),
    "/sparql?query=" + quote(MARK),
    "/sparql?query=ASK{}&default-graph-uri=" + quote(MARK),
    "/id/" + quote(MARK, safe=""),
    "/data/" + quote(MARK, safe="") + ".ttl",
    "/api/queries/what-reduced?measure=" + quote(MARK),
    "/static/" + quote(MARK, safe=""),
]


@pytest.mark.parametrize("target", REFLECTING)
def test_hostile_signs_come_back_escaped(served: Running, target: str) -> None:
    """In HTML no sign that was sent is markup; what is no HTML says so, and no browser guesses otherwise."""
    answer = exchange(served.port, message("GET", target, {"Accept": "text/html"}))
    assert answer.status in (200, 400, 404, 406)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.headers["content-type"].startswith("text/html"):
        assert b"<script>alert" not in answer.body
        assert b"<img src=x" not in answer.body
    assert "script-src 'self'" in answer.headers["content-security-policy"]


INJECTED = "x%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<html>"
DIVIDED = [
    f"/id/intervention/{INJECTED}",
    f"/{INJECTED}/",
    f"/data/intervention/{INJECTED}.ttl",
    f"/downloads/{INJECTED}",
    f"/static/{INJECTED}",
    f"/search/?q={INJECTED}",
    f"/sparql?query=ASK{{}}&format={INJECTED}",
    f"/sparql?query={INJECTED}",
    f"/api/queries/what-reduced?measure={INJECTED}&format={INJECTED}",
    f"/intervention/pause?{INJECTED}={INJECTED}",
]


@pytest.mark.parametrize("target", DIVIDED)
def test_no_parameter_adds_a_header(served: Running, target: str) -> None:
    """Ends of lines in paths and parameters stay where they are, or are refused."""
    answer = exchange(served.port, message("GET", target))
    assert answer.status is not None
    assert answer.status < 500
    assert "set-cookie" not in answer.headers
    assert answer.whole


OPEN = [
    "//evil.example/",
    "//evil.example",
    "///evil.example/%2e%2e",
    "/\\evil.example/",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example/",
    "/.evil.example",
    "/id//evil.example",
    "/id/https://evil.example/",
    "/sparql//evil.example",
    "/static//evil.example",
    "/static/../../evil.example",
    "/http://evil.example",
    "http://evil.example/interventions",
    "/interventions",
    "/id/intervention/pause",
]


@pytest.mark.parametrize("target", OPEN)
def test_no_redirect_leads_elsewhere(served: Running, target: str) -> None:
    """Wherever a client is sent on, it stays with this server."""
    answer = exchange(served.port, message("GET", target, {"Host": "home.example"}))
    assert answer.status is not None
    assert answer.status < 500
    if location := answer.headers.get("location"):
        at = "http://home.example" + target.removeprefix("http://evil.example")
        assert urljoin(at, location).startswith("http://home.example/"), location


def test_another_host_is_repeated_only_where_it_was_asked(served: Running) -> None:
    """Who names another host in `Host` gets it back; the kept answer of the next client holds none of it."""
    evil = exchange(served.port, message("GET", "/.well-known/void", {"Host": "evil.example"}))
    good = exchange(served.port, message("GET", "/.well-known/void", {"Host": "good.example"}))
    assert (evil.status, good.status) == (200, 200)
    assert b"evil.example" not in good.body


# --- at the end ---------------------------------------------------------------------------------------------


def test_no_process_outlives_the_server_s_own(built: Path) -> None:
    """Killed without a word, it takes all with it: web process, spares, and what works without end."""
    with running(built, seconds=30) as one:
        assert seconds_until_quiet(one.process.pid, 90, 2) is not None
        costly = next(i for i in TOO_COSTLY if i.name == "count of a product").data
        with opened(one, costly):
            time.sleep(0.5)
            all_of_it = tree(one.process.pid)
            assert len(all_of_it) > 6
            one.process.kill()
            deadline = time.monotonic() + 5
            while any(map(works, all_of_it)) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not any(map(works, all_of_it))


def works(pid: int) -> bool:
    """Return whether a process is there and no mere entry in the table."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False


def test_every_promise_names_a_test_that_there_is() -> None:
    """What THREAT_MODEL.md calls a test is one, in the file that it says."""
    root = Path(__file__).parents[1]
    named = re.findall(
        r"`(?:(test_\w+)\.py)?(?:::)?(test_\w+)`", (root / "THREAT_MODEL.md").read_text("utf-8")
    )
    texts = {path.stem: path.read_text("utf-8") for path in (root / "tests").glob("test_*.py")}
    missing = [
        name
        for file, name in named
        if f"def {name}(" not in (texts[file] if file else "".join(texts.values()))
    ]
    assert len(named) > 20
    assert missing == []
