"""The store: published whole or not at all, and asked within limits that no query gets round."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import SystemRandom
from typing import Any

import pyoxigraph as ox
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from cscip_kg import __version__, gate, store, worker
from cscip_kg.errors import LimitError, NoStoreError, QueryError
from cscip_kg.gate import check_query
from cscip_kg.namespaces import DATA_GRAPH, INFERRED_GRAPH, PREFIXES
from cscip_kg.store import Build, Limits, ask, describe, open_store, publish

P = NamedNode("http://probe/p")


def numbered(count: int, word: str = "v") -> list[Quad]:
    """Return `count` statements about as many things."""
    return [Quad(NamedNode(f"http://probe/{n}"), P, Literal(f"{word} {n}"), DATA_GRAPH) for n in range(count)]


def held(folder: Path) -> set[Quad]:
    return set(open_store(folder).quads_for_pattern(None, None, None, None))


def builds(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "builds").iterdir())


# --- publishing -----------------------------------------------------------------------------------------


def test_what_is_published_is_what_is_read(tmp_path: Path) -> None:
    """The store holds the very quads, and the description says how many each graph has."""
    inferred = Quad(NamedNode("http://probe/1"), P, NamedNode("http://probe/2"), INFERRED_GRAPH)
    quads = [*numbered(3), inferred]
    build = publish(quads, tmp_path)
    assert held(tmp_path) == set(quads)
    assert build == describe(tmp_path) == Build(build.id, __version__, {"data": 3, "inferred": 1})


def test_the_id_of_a_build_is_that_of_its_statements(tmp_path: Path) -> None:
    """Order and the labels of blank nodes do not change the id; one letter more does."""

    def build_id(*quads: Quad) -> str:
        return publish(quads, tmp_path).id

    blank = [Quad(BlankNode(n), P, Literal("x"), DATA_GRAPH) for n in ("a", "b")]
    first = build_id(*numbered(2), blank[0])
    assert first == build_id(blank[1], *numbered(2)[::-1])
    assert first != build_id(*numbered(2, "w"), blank[0])
    assert len(first) == 16


def test_a_build_is_on_disk_before_it_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file and folder of the build is flushed before the link names it."""
    flushed = set[str]()

    def flush(handle: int) -> None:
        assert not (tmp_path / "current").exists()
        flushed.add(Path(f"/proc/self/fd/{handle}").readlink().name)

    monkeypatch.setattr(os, "fsync", flush)
    publish(numbered(3), tmp_path)
    needed = {path.name for path in store.current(tmp_path).rglob("*")}
    assert flushed >= {"build.json", "store", "builds", *needed}


def test_two_may_read_at_a_time(tmp_path: Path) -> None:
    """Readers open the store read-only: none shuts another out, and none leaves a file."""
    publish(numbered(3), tmp_path)
    before = sorted(store.current(tmp_path).rglob("*"))
    first, second = open_store(tmp_path), open_store(tmp_path)
    assert len(list(first)) == len(list(second)) == 3
    assert sorted(store.current(tmp_path).rglob("*")) == before


def test_a_second_build_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """After publishing, only the new build is there."""
    first, second = publish(numbered(2), tmp_path), publish(numbered(3), tmp_path)
    assert describe(tmp_path).id == second.id != first.id
    assert held(tmp_path) == set(numbered(3))
    assert builds(tmp_path) == [second.id]


def test_the_same_statements_can_be_published_again(tmp_path: Path) -> None:
    """A build does not stand in the way of its own repetition."""
    for _ in range(3):
        publish(numbered(2), tmp_path)
    assert held(tmp_path) == set(numbered(2))
    assert len(builds(tmp_path)) == 1


def test_a_reader_keeps_the_store_that_it_opened(tmp_path: Path, quads: list[Quad]) -> None:
    """A store held open goes on giving all of the old build after a new one has replaced it."""
    publish(quads, tmp_path)
    before = held(tmp_path)
    reader = open_store(tmp_path)
    publish(numbered(2), tmp_path)
    assert held(tmp_path) == set(numbered(2))
    assert len(before) == len(set(quads))
    assert set(reader.quads_for_pattern(None, None, None, None)) == before


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    """Half-written folders, a link and a build that never became current are gone after the next one."""
    publish(numbered(1), tmp_path)
    for name in (".aside-abc", "0123456789abcdef"):
        left = tmp_path / "builds" / name / "store"
        left.mkdir(parents=True)
        (left / "part").write_text("half", encoding="utf-8")
    (tmp_path / "builds" / ".link-abc").symlink_to("builds/abc")
    build = publish(numbered(2), tmp_path)
    assert builds(tmp_path) == [build.id]


def test_a_failed_build_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses, the error comes through and the current build stays."""
    old = publish(numbered(1), tmp_path)

    def refuse(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_sync", refuse)
    with pytest.raises(OSError, match="No space left"):
        publish(numbered(2), tmp_path)
    assert held(tmp_path) == set(numbered(1))
    assert builds(tmp_path) == [old.id]


PUBLISHER = """
import sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from cscip_kg.namespaces import DATA_GRAPH
from cscip_kg.store import publish
p = NamedNode("http://probe/p")
quads = [Quad(NamedNode(f"http://probe/{n}"), p, Literal(f"new {n}"), DATA_GRAPH) for n in range(20_000)]
print("ready", flush=True)
publish(quads, Path(sys.argv[1]))
"""


def publisher(folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that publishes; it has said `ready` when this returns."""
    process = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_a_build_killed_at_any_moment_leaves_a_whole_one(tmp_path: Path) -> None:
    """After kill -9, the current build is the old or the new one, complete; leftovers go with the next."""
    old, new = set(numbered(5, "old")), set(numbered(20_000, "new"))
    with publisher(tmp_path / "measured") as process:
        begun = time.monotonic()
        assert process.wait() == 0
        needed = time.monotonic() - begun
    publish(old, tmp_path)
    found, halves = old, 0
    for _ in range(12):
        if found == new:
            publish(old, tmp_path)
        with publisher(tmp_path) as process:
            time.sleep(SystemRandom().uniform(0, needed))
            process.send_signal(signal.SIGKILL)
        halves += any(n.startswith(".aside-") for n in builds(tmp_path))
        found = held(tmp_path)
        assert found in (old, new)
        assert describe(tmp_path).graphs == {"data": len(found)}
    assert halves > 0, "no kill fell into the writing: the test has shown nothing"
    last = publish(old, tmp_path)
    assert [name.partition("-")[0] for name in builds(tmp_path)] == [last.id]


@pytest.mark.parametrize("read", [open_store, describe, store.current])
def test_without_a_build_the_reader_says_what_to_run(tmp_path: Path, read: Any) -> None:
    """Each way to read names the folder and the command that builds."""
    with pytest.raises(NoStoreError, match=f"{tmp_path}.*cscip build"):
        read(tmp_path)


def test_a_question_without_a_build_says_what_to_run(tmp_path: Path) -> None:
    """Asking names the folder and the command that builds."""
    with pytest.raises(NoStoreError, match="cscip build"):
        ask("ASK {}", folder=tmp_path)


# --- asking ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published build of 300 statements."""
    folder = tmp_path_factory.mktemp("small")
    publish(numbered(300), folder)
    return folder


def rows(body: bytes) -> list[dict[str, str]]:
    found = json.loads(body)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in found]


def test_the_kinds_of_answer(small: Path) -> None:
    """SELECT gives rows, ASK a boolean, CONSTRUCT and DESCRIBE a graph; our prefixes are known."""
    answer = ask("SELECT ?o { <http://probe/7> ?p ?o }", folder=small)
    assert (answer.kind, rows(answer.body)) == ("rows", [{"o": "v 7"}])
    answer = ask("ASK { ?x cscip:name 'no such thing' }", folder=small)
    assert (answer.kind, json.loads(answer.body)["boolean"]) == ("boolean", False)
    line = b'<http://probe/7> <http://probe/p> "v 7" .\n'
    answer = ask("CONSTRUCT { ?s ?p ?o } { VALUES ?s { <http://probe/7> } ?s ?p ?o }", folder=small)
    assert (answer.kind, answer.body) == ("graph", line)
    answer = ask("DESCRIBE <http://probe/7>", folder=small)
    assert (answer.kind, answer.body) == ("graph", line)


def test_asking_changes_no_file(small: Path) -> None:
    """A query only reads: every file of the build is the same afterwards, and none has come."""

    def files() -> dict[str, tuple[int, int]]:
        folder = store.current(small)
        return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}

    before = files()
    ask("SELECT * { ?s ?p ?o }", folder=small)
    assert files() == before


def children() -> set[str]:
    found = set[str]()
    for task in Path("/proc/self/task").iterdir():
        found |= set((task / "children").read_text(encoding="ascii").split())
    return found


RUNAWAYS = [
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?l ?i ?f ?c",
    "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(?c, ?f, ?i, ?l) = 'no') }",
]


@pytest.mark.parametrize("query", RUNAWAYS)
def test_a_runaway_query_is_ended_at_its_deadline(small: Path, query: str) -> None:
    """It ends within half a second of the limit, names the limit, and leaves no process behind."""
    before = children()
    begun = time.monotonic()
    with pytest.raises(LimitError, match=r"after 1 seconds \(--timeout\)"):
        ask(query, Limits(seconds=1), small)
    assert time.monotonic() - begun < 1.5
    assert children() == before


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "SELECT * { ?a ?b ?c . ?d ?e ?f }"],
)
def test_a_result_has_a_limit_of_bytes(small: Path, query: str) -> None:
    """A larger result is refused, not cut; the message names the limit and the way out."""
    with pytest.raises(LimitError, match=r"larger than 5000 bytes\. Add LIMIT"):
        ask(query, Limits(max_bytes=5000), small)


def test_a_result_of_just_the_limit_is_given(small: Path) -> None:
    """The limit itself is allowed; one byte less is too little."""
    query = "SELECT ?o { ?s ?p ?o } ORDER BY ?o LIMIT 9"
    body = ask(query, folder=small).body
    assert ask(query, Limits(max_bytes=len(body)), small).body == body
    with pytest.raises(LimitError):
        ask(query, Limits(max_bytes=len(body) - 1), small)


def test_memory_has_a_limit(small: Path) -> None:
    """A query that would fill the memory ends itself, not its caller."""
    query = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with pytest.raises(QueryError, match=r"too costly|failed"):
        ask(query, Limits(seconds=60, memory=300 * 1024 * 1024), small)


@pytest.mark.parametrize(("opening", "closing"), ["{}", "()", "[]"])
def test_nesting_has_a_limit(opening: str, closing: str) -> None:
    """A hundred levels are let through to the engine, one more is refused before it."""
    used = {"{": 1, "(": 2, "[": 1}[opening]

    def nested(levels: int) -> str:
        inner = {"{": "", "(": "true", "[": ""}[opening]
        deep = opening * levels + inner + closing * levels
        return {"{": f"SELECT * {{{deep}}}", "(": f"SELECT * {{ FILTER({deep}) }}",
                "[": f"SELECT * {{ ?s ?p {deep} }}"}[opening]  # fmt: skip

    check_query(nested(100 - used))
    with pytest.raises(QueryError, match="nested more than 100 deep"):
        check_query(nested(101 - used))


def test_length_has_a_limit() -> None:
    """A query may have 64 KiB, counted in bytes."""
    room = 64 * 1024 - len("ASK {} #")
    check_query("ASK {} #" + "x" * room)
    for text in ("x" * (room + 1), "é" * (room // 2 + 1)):
        with pytest.raises(QueryError, match="longer than 65536 bytes"):
            check_query("ASK {} #" + text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT nonsense", "The query failed"),
        ("SELECT * { ?s ?p", "The query failed"),
        ("SELECT * { ?s unknown:p ?o }", "The query failed"),
        ("", "The query failed"),
        ("SELECT '\udcff' {}", "not text in UTF-8"),
    ],
)
def test_a_malformed_query_is_the_askers_error(small: Path, text: str, message: str) -> None:
    """What cannot be read as a query becomes a QueryError with the engine's message."""
    with pytest.raises(QueryError, match=message):
        ask(text, folder=small)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://a> <http://b> <http://c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP ALL",
        "LOAD <file:///etc/passwd>",
        "ASK {} ; CLEAR ALL",
    ],
)
def test_an_update_is_refused(small: Path, update: str) -> None:
    """No text that changes a graph is run."""
    with pytest.raises(QueryError, match="The query failed"):
        ask(update, folder=small)
    assert held(small) == set(numbered(300))


def test_the_engines_crash_is_not_the_callers(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that kills the engine's process, were the gate open to it, becomes a QueryError."""
    monkeypatch.setattr(gate, "MAX_TOKENS", 10**6)
    with pytest.raises(QueryError, match="ended the engine"):
        ask("SELECT * { FILTER(" + "!" * 60_000 + "true) }", folder=small)


def test_the_folder_that_one_stands_in_is_not_imported(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file there that is named like a library takes no part in answering."""
    for name in ("json", "io", "resource", "typing", "pyoxigraph"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert ask("ASK {}", folder=small).kind == "boolean"


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    """Files that are not those of a store make an error of ours, not a crash."""
    publish(numbered(2), tmp_path)
    for path in (store.current(tmp_path) / "store").iterdir():
        path.write_bytes(b"garbage")
    with pytest.raises(QueryError):
        ask("SELECT * { ?s ?p ?o }", folder=tmp_path)
    with pytest.raises(NoStoreError, match=r"cannot be read .*Run: cscip build"):
        open_store(tmp_path)


# --- reaching out ---------------------------------------------------------------------------------------


class _Listener(ThreadingHTTPServer):
    """A server on this machine that counts who called."""

    calls = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.calls += 1
        super().process_request(request, client_address)


class _Refusal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(500)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def listener() -> Iterator[_Listener]:
    """A listening server; `calls` says how many connections it has had."""
    with _Listener(("127.0.0.1", 0), _Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


# Queries that call out when Oxigraph runs them: URL stands for the address of the listener.
CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service <URL> { ?s ?p ?o } }",
    "SELECT * { SerVice SILENT <URL> { ?s ?p ?o } }",
    "SELECT * {\nSERVICE\n<URL>{}}",
    "SELECT * { SERVICE#\n<URL> {} }",
    "SELECT * { SERVICE\t<URL> {} }",
    "PREFIX : <URL> SELECT * { SERVICE: {} }",
    "PREFIX ex: <URL> SELECT * { SERVICEex: {} }",
    "SELECT * { SERVICESILENT<URL> {} }",
    "SELECT * { BIND(1 AS ?x) FILTER(?x<5)SERVICE<URL> {} }",
    "SELECT * { OPTIONAL { SERVICE <URL> {} } }",
    "ASK { FILTER EXISTS { SERVICE <URL> {} } }",
    "SELECT * { { SELECT * { SERVICE <URL> {} } } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { BIND('it''s' AS ?x) SERVICE <URL> {} }".replace("''", "\\'"),
    "SELECT * { BIND('\\\\' AS ?x) SERVICE <URL> {} BIND('' AS ?y) }",
    "SELECT * { BIND('\"' AS ?x) SERVICE <URL> {} BIND('\"' AS ?y) }",
    'SELECT * { BIND("""a"b""" AS ?x) SERVICE <URL> {} BIND("" AS ?y) }',
    "SELECT * { BIND('''it's''' AS ?x) SERVICE <URL> {} }",
    'SELECT * { BIND("\\u0022" AS ?x) SERVICE <URL> {} #"\n}',
    "SELECT * { # a remark\rSERVICE <URL> {} }",
    "PREFIX ex: <http://x/> SELECT * { { BIND(ex:a\\#b AS ?x) SERVICE <URL> {} } }",
    "PREFIX ex: <http://x/> SELECT * { BIND(ex:it\\'s AS ?x) SERVICE <URL> {} BIND('' AS ?y) }",
    "SELECT * { BIND(<http://x/\\u0041#f> AS ?x) SERVICE <URL> {} }",
    'SELECT * { BIND("\\u0022" AS ?x) BIND(<http://x/\\u0041#f> AS ?y) SERVICE <URL> {} #"\n}',
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_to_another_endpoint_is_refused(listener: _Listener, small: Path, call: str) -> None:
    """However SERVICE is written, the gate refuses a query that the engine would go out with."""
    text = call.replace("URL", f"http://127.0.0.1:{listener.server_port}/")
    try:
        answer = ox.Store().query(text)
        if not isinstance(answer, ox.QueryBoolean):
            list(answer)
    except OSError:
        pass
    assert listener.calls > 0, "this query calls nobody: it is no probe"
    listener.calls = 0
    with pytest.raises(QueryError, match="SERVICE is refused"):
        ask(text, folder=small)
    assert listener.calls == 0


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERV\\u0049CE <http://x/> {} }",
        "SELECT * { \\U00000053ERVICE <http://x/> {} }",
        "SELECT * { \\u0053\\u0045\\u0052\\u0056\\u0049\\u0043\\u0045 <http://x/> {} }",
        "SELECT * { BIND('a\\u0027 AS ?x) SERVICE <http://x/> {} BIND('' AS ?y) }",
        "SELECT * { ?s ?p 1SERVICE <http://x/> {} }",
    ],
)
def test_spellings_that_other_engines_read_are_refused_too(text: str) -> None:
    """Escapes are undone over the whole query first (SPARQL 1.1, 19.2), whatever this engine does."""
    with pytest.raises(QueryError, match="SERVICE is refused"):
        check_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
        "# it's a SERVICE\nSELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
        'SELECT * { ?s ?p "a \\" SERVICE " }',
        'SELECT * { ?s ?p """a "SERVICE" b""" }',
        "SELECT * { ?s ?p '''SERVICE\nSERVICE''' }",
        "SELECT * { ?s <http://x/SERVICE> ?o }",
        "SELECT * { ?s <http://x/#SERVICE> ?o }",
        "SELECT * { ?service ?p ?SERVICE }",
        "SELECT $service { $service ?p ?o }",
        "SELECT * { ?s a cscip:Service }",
        "SELECT * { ?s a cscip:SERVICE }",
        "SELECT * { _:service ?p ?o }",
        "SELECT * { ?s ?p 'SERV\\u0049CE' }",
    ],
)
def test_the_word_alone_is_not_refused(small: Path, text: str) -> None:
    """In a remark, a string, an IRI, a variable or a name it is only a word, and the query runs."""
    assert ask(text, folder=small).kind == "rows"


def work(folder: Path, query: str) -> tuple[dict[str, str], bytes]:
    """Give the worker a query as `ask` does, but past the gate."""
    request = {
        "store": str(store.current(folder) / "store"),
        "query": query,
        "prefixes": PREFIXES,
        "union": True,
        "max_bytes": 10_000,
        "memory": 2**32,
        "seconds": 10,
    }
    done = subprocess.run(
        [sys.executable, "-P", worker.__file__],
        input=json.dumps(request).encode(),
        capture_output=True,
        timeout=20,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\n")
    return json.loads(head), body


def test_past_the_gate_no_connection_is_made(listener: _Listener, small: Path) -> None:
    """The worker has no right to open a socket: a SERVICE that slips through reaches nobody and fails."""
    header, _ = work(small, f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.server_port}/> {{}} }}")
    assert header["kind"] == "failed"
    header, body = work(small, "SELECT ?o { <http://probe/7> ?p ?o }")
    assert (header["kind"], rows(body)) == ("rows", [{"o": "v 7"}])
    assert listener.calls == 0


@pytest.mark.parametrize(
    "dataset",
    ["FROM <file:///etc/passwd>", "FROM NAMED <file:///etc/passwd>", "FROM <URL>", "FROM NAMED <URL>"],
)
def test_a_dataset_elsewhere_is_empty(listener: _Listener, small: Path, dataset: str) -> None:
    """FROM names a graph of the store and nothing else: no file is read and nobody is called."""
    dataset = dataset.replace("URL", f"http://127.0.0.1:{listener.server_port}/")
    query = f"SELECT * {dataset} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
    assert rows(ask(query, folder=small).body) == []
    assert listener.calls == 0


@pytest.mark.parametrize("word", ["FROM", "from", "FROM NAMED <http://x/> FROM", "FROM#\n"])
def test_from_a_graph_reads_that_graph_only(tmp_path: Path, word: str) -> None:
    """FROM with the IRI of one of our graphs reads it and no other."""
    inferred = Quad(NamedNode("http://probe/1"), P, Literal("inferred"), INFERRED_GRAPH)
    publish([*numbered(2), inferred], tmp_path)
    query = f"SELECT ?o {word}{INFERRED_GRAPH} {{ ?s ?p ?o }}"
    assert rows(ask(query, folder=tmp_path).body) == [{"o": "inferred"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ?p 'v 7' } # FROM <http://x/>",
        "PREFIX from: <http://probe/> SELECT ?s { ?s from:p 'v 7' }",
        "SELECT ?s { ?s ?from 'v 7' FILTER(STR(?s) != 'FROM <http://x/>') }",
        "SELECT ?s { ?s ?p 'v 7' MINUS { ?s a cscip:from } }",
    ],
)
def test_the_word_from_alone_names_no_graph(small: Path, query: str) -> None:
    """Where FROM is only a word, all graphs are read."""
    assert rows(ask(query, folder=small).body) == [{"s": "http://probe/7"}]
