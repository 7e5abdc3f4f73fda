"""The server: its settings, its processes, what it keeps and whom it lets in; what every answer carries."""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from apart import run_apart
from cscip_kg.errors import NoStoreError, ServeError
from cscip_kg.namespaces import DATA_GRAPH
from cscip_kg.reply import Reply, Request, takes_gzip
from cscip_kg.server import budget, serve
from cscip_kg.server.budget import Budget
from cscip_kg.server.cache import Cache
from cscip_kg.server.engine import Engine
from cscip_kg.server.pool import BusyError, CrashError, LateError, Pool
from cscip_kg.server.settings import Settings, described, from_environment
from cscip_kg.server.shield import kind_of
from cscip_kg.store import DUMP, dump, publish
from server_process import Running, running
from test_described import HOST, RULES, redirected

Result = TypeVar("Result")

# --- settings -----------------------------------------------------------------------------------------------


def test_every_setting_has_a_meaning_and_a_variable() -> None:
    """The list that `cscip serve --limits` prints is the list of the settings."""
    told = described()
    assert len(told) == len(fields(Settings))
    assert told["CSCIP_SERVE_SECONDS"] == ("10.0", "seconds of the clock for one query or page")
    assert all(meaning for _, meaning in told.values())


def test_the_environment_changes_a_setting() -> None:
    """Variables without our prefix are nobody's business."""
    found = from_environment({"CSCIP_SERVE_SECONDS": "2.5", "CSCIP_SERVE_QUEUE": "7", "PATH": "x"})
    assert (found.seconds, found.queue, found.url) == (2.5, 7, Settings().url)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CSCIP_SERVE_SECONDS", "soon", "takes a number"),
        ("CSCIP_SERVE_QUEUE", "1.5", "takes a whole number"),
        ("CSCIP_SERVE_QUEUE", "-1", "from 0 on"),
        ("CSCIP_SERVE_SECONDS", "nan", "from 0 on"),
        ("CSCIP_SERVE_SECOND", "1", "no setting CSCIP_SERVE_SECOND"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, message: str) -> None:
    """The message says what is taken, or lists the settings."""
    with pytest.raises(ServeError, match=message):
        from_environment({name: value})


def test_nothing_built_cannot_be_served(tmp_path: Path) -> None:
    """Then the message says what to run."""
    with pytest.raises(NoStoreError, match="cscip build"):
        serve(tmp_path, "127.0.0.1", 1, print)


def test_an_address_that_cannot_be_listened_on_is_refused(built: Path) -> None:
    """The server would share a busy port with another, and each answer half."""
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"Cannot listen on 127\.0\.0\.1:{port} .*in use.*--port"):
            serve(built, "127.0.0.1", port, told.append)
    with pytest.raises(ServeError, match=r"Cannot listen on no\.such\.invalid:8000"):
        serve(built, "no.such.invalid", 8000, told.append)
    assert told == []


# --- what is kept, and whom it lets in ----------------------------------------------------------------------


def reply(size: int) -> Reply:
    return Reply(200, "text/plain", b"x" * size)


def test_the_longest_unused_answer_goes_first() -> None:
    """Ten answers of 9,000 bytes fill 100,000; the eleventh takes the place of the one not asked for."""
    cache = Cache(101_000)
    for number in range(10):
        cache.put(number, reply(9_000))
    assert cache.get(0)
    cache.put(10, reply(9_000))
    assert cache.get(1) is None
    assert all(cache.get(number) for number in (0, 2, 10))


def test_a_large_answer_is_not_kept() -> None:
    """One that would take an eighth of the room would drive out too many others."""
    cache = Cache(80_000)
    cache.put("large", reply(9_000))
    cache.put("small", reply(8_000))
    assert cache.get("large") is None
    assert cache.get("small")


def test_who_has_used_up_its_share_must_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds of work may be used up, half a second a second comes back; others are not concerned."""
    now = 1000.0
    monkeypatch.setattr(budget.time, "monotonic", lambda: now)
    shares = Budget(10, 0.5)
    shares.spend("a", 9)
    assert shares.pause("a") == 0
    shares.spend("a", 3)
    assert shares.pause("a") == 4
    assert shares.pause("b") == 0
    now += 5
    assert shares.pause("a") == 0


@pytest.mark.parametrize(
    ("accepted", "can"),
    [("", False), ("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False)],
)
def test_who_can_unpack(accepted: str, can: bool) -> None:
    """A quality of nothing means no."""
    assert takes_gzip(accepted) is can


def test_the_kinds_that_are_counted_are_few() -> None:
    """Whatever path is asked for falls under one of a handful, so that nobody can fill the memory."""
    assert {kind_of(f"/{name}/x") for name in ("sparql", "a", "b", "..", "%00")} == {"sparql", "page"}


# --- processes ----------------------------------------------------------------------------------------------

WORKER = """
import json, os, sys, time
def say(**header):
    print(json.dumps({"size": 2, **header}), flush=True); sys.stdout.write("ok"); sys.stdout.flush()
sys.stdin.readline()
say(kind="ready")
for line in sys.stdin:
    do = json.loads(line)["do"]
    if do == "sleep": time.sleep(60)
    if do == "spin":
        while True: pass
    if do == "die": os.abort()
    if do == "nap": time.sleep(0.3)
    say(kind="done", pid=os.getpid(), rss=2**40 if do == "grow" else 1)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def with_pool(work: Callable[[Pool], Awaitable[Result]], **limits: Any) -> Result:
    """Give work a pool of one process and a spare."""

    async def whole() -> Result:
        pool = Pool([sys.executable, "-c", WORKER], {}, 1, Settings(**limits))
        await pool.start()
        try:
            return await work(pool)
        finally:
            await pool.close()

    return run_apart(whole)


async def done(pool: Pool, do: str = "", seconds: float = 5) -> dict[str, Any]:
    header, body = await pool.run({"do": do}, seconds, lambda _: None)
    assert body == b"ok"
    return header


def test_a_process_works_again_and_again() -> None:
    """One after the other the same requests reach the processes that are there."""

    async def work(pool: Pool) -> set[int]:
        return {(await done(pool))["pid"] for _ in range(6)}

    assert len(with_pool(work)) <= 2


@pytest.mark.parametrize("do", ["sleep", "spin"])
def test_late_work_is_ended_and_the_next_goes_on(do: str) -> None:
    """Whether it sleeps or spins, its process is gone, and a spare takes the next request."""

    async def work(pool: Pool) -> tuple[float, float, int]:
        await done(pool)
        processes = {worker.process.pid for worker in pool._all}  # noqa: SLF001
        begun = time.monotonic()
        with pytest.raises(LateError):
            await done(pool, do, 0.5)
        ended = time.monotonic()
        await done(pool)
        again = time.monotonic()
        while sum(map(alive, processes)) == len(processes) and time.monotonic() < again + 5:
            await asyncio.sleep(0.02)
        return ended - begun, again - ended, len(processes) - sum(map(alive, processes))

    ended, again, gone = with_pool(work)
    assert ended < 1.0
    assert again < 1.0
    assert gone >= 1


def test_a_crash_is_told_and_the_next_goes_on() -> None:
    """The process that died is replaced; what it cost is counted."""

    async def work(pool: Pool) -> int:
        for _ in range(3):
            with pytest.raises(CrashError):
                await done(pool, "die")
            await done(pool)
        return pool.crashed

    assert with_pool(work) == 3


def test_a_process_that_has_grown_fat_is_replaced() -> None:
    """It gives its answer, and is not asked again."""

    async def work(pool: Pool) -> tuple[int, set[int]]:
        fat = (await done(pool, "grow"))["pid"]
        return fat, {(await done(pool))["pid"] for _ in range(4)}

    fat, others = with_pool(work)
    assert fat not in others


def test_the_queue_has_an_end() -> None:
    """One works, two wait, the fourth is sent away at once."""

    async def work(pool: Pool) -> list[str]:
        tasks = []
        for _ in range(4):
            tasks.append(asyncio.create_task(done(pool, "nap")))
            await asyncio.sleep(0.02)
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return ["busy" if isinstance(one, BusyError) else one["kind"] for one in found]

    assert with_pool(work, queue=2) == ["done", "done", "done", "busy"]


def test_the_wait_has_an_end() -> None:
    """Who has waited for as long as one may is sent away."""

    async def work(pool: Pool) -> list[str]:
        tasks = [asyncio.create_task(done(pool, "nap")) for _ in range(2)]
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return ["busy" if isinstance(one, BusyError) else one["kind"] for one in found]

    assert with_pool(work, wait=0.1) == ["done", "busy"]


def test_work_that_does_not_start_is_told() -> None:
    """A command that is none, or ends at once, is no pool."""

    async def start(command: list[str]) -> None:
        await Pool(command, {}, 1, Settings()).start()

    with pytest.raises(CrashError):
        run_apart(lambda: start([sys.executable, "-c", "pass"]))
    with pytest.raises(CrashError):
        run_apart(lambda: start(["no-such-program"]))


PARENT = """
import asyncio, sys
from cscip_kg.server.pool import Pool
from cscip_kg.server.settings import Settings
from cscip_kg.store import WORKER
async def main():
    first = {"store": sys.argv[1], "memory": 2**31, "dump": sys.argv[2] or None}
    pool = Pool([sys.executable, "-P", str(WORKER)], first, 1, Settings())
    await pool.start()
    await pool.full()
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    asked = {"query": query, "seconds": 60, "prefixes": {}, "union": True, "max_bytes": 1000}
    endless = asyncio.create_task(pool.run(asked, 60, print))
    await asyncio.sleep(0.5)
    print("at work", flush=True)
    await endless
asyncio.run(main())
"""


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and those that they have."""
    found = set[int]()
    for task in Path(f"/proc/{pid}/task").iterdir():
        found |= set(map(int, (task / "children").read_text(encoding="ascii").split()))
    return found.union(*map(descendants, found))


@pytest.mark.parametrize("held", [True, False], ids=["in memory, by copies", "on the disk"])
def test_no_process_outlives_the_server(held: bool, tmp_path: Path) -> None:
    """When the server is killed without a word, its query processes end at once, those at work too."""
    said = NamedNode("http://x/p")
    quads = [Quad(NamedNode(f"http://x/{n}"), said, Literal(str(n)), DATA_GRAPH) for n in range(400)]
    publish(quads, tmp_path, {DUMP: dump})
    place = (tmp_path / "current").resolve()
    command = [sys.executable, "-c", PARENT, str(place / "store"), str(place / DUMP) if held else ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "at work\n"
        children = descendants(parent.pid)
        assert len(children) == (4 if held else 2)
        assert all(map(alive, children))
        parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while any(map(alive, children)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not any(map(alive, children))


class _Pages:
    """Page processes that say of which build their answer is."""

    def __init__(self, build: str) -> None:
        self.build, self.asked = build, 0

    async def run(self, *_: object) -> tuple[dict[str, Any], bytes]:
        self.asked += 1
        return {"build": self.build, "status": 200, "media": "text/html", "headers": {}}, b"page"


@pytest.mark.parametrize(("of", "asked", "kept"), [("this", 1, True), ("another", 2, False)])
def test_a_page_of_another_build_is_not_kept(of: str, asked: int, kept: bool, tmp_path: Path) -> None:
    """Between a publication and the change to it: such a page is made anew, and says that it is passing."""
    publish([Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), Literal("o"), DATA_GRAPH)], tmp_path)

    async def work() -> tuple[int, bool]:
        engine = Engine(tmp_path, Settings())
        pages = _Pages(engine.path.name if of == "this" else of)
        engine.pages = pages  # type: ignore[assignment]
        for _ in range(2):
            made = await engine.page(Request("about/"), lambda _: None)
        return pages.asked, "Cache-Control" not in made.headers

    assert run_apart(work) == (asked, kept)


# --- what every answer carries ------------------------------------------------------------------------------

CARRIED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
}
EVERYWHERE = [
    "/",
    "/sparql",
    "/sparql?query=nonsense",
    "/no-such-page/",
    "/health",
    "/metrics",
    "/static/no",
    "/%ff",
]


@pytest.mark.server
@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_headers(served: Running, path: str) -> None:
    """Pages, data, refusals and what is not there: a strict policy of content, and no way to frame it."""
    answer = served.ask(path)
    assert {name: answer.headers.get(name) for name in CARRIED} == CARRIED
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.server
def test_a_page_is_packed_for_who_can_unpack_it(served: Running) -> None:
    """The same page, with and without gzip; the tag serves for both."""
    plain = served.ask("/")
    packed = served.ask("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert "Accept-Encoding" in packed.headers["vary"]
    assert served.ask("/", headers={"If-None-Match": plain.headers["etag"]}).status == 304


@pytest.mark.server
def test_the_head_of_a_page(served: Running) -> None:
    """HEAD gives what GET gives, without the body."""
    whole, head = served.ask("/"), served.ask("/", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


@pytest.mark.server
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_but_reading(served: Running, method: str) -> None:
    """Other methods are refused, and the answer says which there are."""
    answer = served.ask("/", method)
    assert (answer.status, answer.headers.get("allow")) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.server
def test_a_page_takes_no_post(served: Running) -> None:
    """Only the endpoint does."""
    assert served.ask("/interventions/", "POST", b"x").status == 405


@pytest.mark.server
def test_health_and_numbers(served: Running) -> None:
    """What is served is told, and requests are counted by kind and status, without names of anybody."""
    health = json.loads(served.ask("/health").body)
    assert (health["status"], len(health["build"])) == ("ok", 16)
    served.ask("/sparql?query=nonsense")
    numbers = served.ask("/metrics").body.decode()
    assert 'cscip_requests_total{kind="sparql",status="400"}' in numbers
    assert "127.0.0.1" not in numbers


@pytest.mark.server
def test_the_log_names_nobody(served: Running) -> None:
    """A line for each request, without the client's address and without what was asked."""
    served.ask("/sparql?query=ASK%20%7B%20%3Fmarker%20a%20%3Fb%20%7D")
    log = served.log.read_text(encoding="utf-8")
    assert " GET sparql 200 " in log
    assert "marker" not in log
    lines = [line for line in log.splitlines() if " GET " in line]
    assert not any("127.0.0.1" in line for line in lines)


@pytest.fixture(scope="module")
def narrow(built: Path) -> Iterator[Running]:
    """A server with small limits."""
    limits = {"url": 500, "body": 600, "body_seconds": 1, "seconds": 1, "result": 2000, "client_seconds": 3}
    with running(built, **limits, client_refill=0, wait=60, cache=0) as one:
        yield one


RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.server
def test_each_limit_is_named_when_it_is_met(narrow: Running) -> None:
    """Address, body, result, time, share: each has its status, and the answer calls the limit by its name."""
    long = narrow.ask("/?x=" + "y" * 600)
    assert (long.status, b"limit: url" in long.body) == (414, True)
    form = {"Content-Type": "application/sparql-query"}
    big = narrow.ask("/sparql", "POST", b"ASK {} #" + b"x" * 700, form)
    assert (big.status, b"limit: body" in big.body) == (413, True)
    full = narrow.ask("/sparql", "POST", b"SELECT * { ?s ?p ?o }", form)
    assert (full.status, b"limit: result" in full.body) == (422, True)
    late = narrow.ask("/sparql", "POST", RUNAWAY.encode(), form)
    assert (late.status, b"limit: seconds" in late.body) == (504, True)
    statuses = [narrow.ask("/sparql", "POST", RUNAWAY.encode(), form) for _ in range(4)]
    assert statuses[-1].status == 429
    assert b"limit: client_seconds" in statuses[-1].body
    assert int(statuses[-1].headers["retry-after"]) >= 1


@pytest.mark.server
def test_a_new_build_is_served_without_a_restart(tmp_path: Path) -> None:
    """What is published is what is answered, soon after; the tag changes with it."""

    def said(number: int) -> list[Quad]:
        thing = NamedNode("http://probe/s")
        return [Quad(thing, NamedNode("http://probe/p"), Literal(str(number)), DATA_GRAPH)]

    publish(said(1), tmp_path)
    query = "/sparql?query=SELECT%20%3Fo%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D&format=csv"
    with running(tmp_path) as one:
        first = one.ask(query)
        assert first.body == b"o\r\n1\r\n"
        publish(said(2), tmp_path)
        deadline = time.monotonic() + 30
        while (second := one.ask(query)).body != b"o\r\n2\r\n" and time.monotonic() < deadline:
            assert (second.status, second.body) == (200, first.body)
            time.sleep(0.1)
        assert second.body == b"o\r\n2\r\n"
        assert second.headers["etag"] != first.headers["etag"]


@pytest.mark.server
@pytest.mark.parametrize(
    ("path", "accept", "statuses"),
    [
        ("id/intervention/pause", "text/html", [303, 200]),
        ("id/intervention/pause", "text/turtle", [303, 200]),
        ("ontology", "text/turtle", [200]),
        ("vocabulary/theme", "application/ld+json", [200]),
        ("graph/vocabularies", "text/turtle", [200]),
        (".well-known/void", "text/turtle", [200]),
        ("intervention/pause/", "text/html", [200]),
        ("api/queries", "application/json", [200]),
        ("sparql?query=ASK%7B%7D", "text/csv", [200]),
        ("", "text/html", [200]),
    ],
)
def test_a_lasting_address_leads_here(served: Running, path: str, accept: str, statuses: list[int]) -> None:
    """What the rules for w3id.org make of an address, this server answers, after one more step at most."""
    target, _, query = path.partition("?")
    _, place = redirected(RULES, target)
    asked = "/" + place.removeprefix(HOST) + (f"?{query}" if query else "")
    found = []
    for _ in statuses:
        answer = served.ask(asked, headers={"Accept": accept})
        found.append(answer.status)
        asked = urljoin(asked, answer.headers.get("location", asked))
    assert found == statuses
    assert answer.headers["content-type"].startswith(accept)
