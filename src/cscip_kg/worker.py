"""Queries in a process of its own, which can be killed.

In: JSON requests on standard input, one a line. Out: for each, one JSON line that says what follows and how
long it is, then the result. The process opens the store read-only, gives up every right to open files or
sockets, and only then reads a query: whatever the query says, it can neither fetch nor write, and its crash
is not the caller's. Where the graph lies in memory a copy of the process does the work, so that the next is
ready in no time. Run by its path, so it imports nothing of the package; not meant for people.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import signal
import sys
from typing import Any, Final, cast

import pyoxigraph as ox

_PR_SET_PDEATHSIG: Final = 1
# Steps of courtesy to the process that answers clients: a runaway must not slow the others down.
_YIELD: Final = 5
_LAST: Final = 19
# A copy whose memory has once grown beyond this makes room for a new one: it may not give back what it freed.
_FAT: Final = 512 * 1024 * 1024
_AGAIN: Final = 3
_ROWS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPH: Final = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class _Full(Exception):  # noqa: N818 - not an error of the project: it ends the writing
    """The result has reached its limit."""


class _Capped(io.RawIOBase):
    """Collects bytes up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.parts, self.size = limit, list[bytes](), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.size += len(piece)
        if self.size > self.limit:
            raise _Full
        self.parts.append(piece)
        return len(piece)


def die_with_parent(parent: int) -> None:
    """End this process when the one that started it ends.

    Args:
        parent: the number of that process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)


def _give_up_rights(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _opened(path: str, dump: str | None) -> ox.Store:
    """Return a store for reading; held in memory it answers several times faster than from the disk."""
    if dump is None:
        return ox.Store.read_only(path)
    held = ox.Store()
    held.bulk_load(path=dump, format=ox.RdfFormat.N_QUADS)
    return held


def _graphs(names: list[str] | None) -> list[Any] | None:
    return None if names is None else [ox.NamedNode(name) for name in names]


def _answer(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    # The union of all graphs would override a query's own FROM.
    result = store.query(
        request["query"],
        base_iri=request.get("base"),
        prefixes=request["prefixes"],
        use_default_graph_as_union=request["union"],
        default_graph=_graphs(request.get("default_graphs")),
        named_graphs=_graphs(request.get("named_graphs")),
    )
    sink = _Capped(request["max_bytes"])
    if isinstance(result, ox.QueryTriples):
        if (form := request.get("graph_form", "nt")) is None:
            return {"kind": "unacceptable", "message": "graph"}, b""
        ox.serialize(
            result,
            cast("Any", sink),
            format=_GRAPH[form],
            prefixes=request["prefixes"] if form in {"ttl", "rdf"} else None,
        )
        return {"kind": "graph", "form": form}, b"".join(sink.parts)
    kind = "boolean" if isinstance(result, ox.QueryBoolean) else "rows"
    if (form := request.get("rows_form", "json")) is None:
        return {"kind": "unacceptable", "message": kind}, b""
    result.serialize(cast("Any", sink), format=_ROWS[form])
    return {"kind": kind, "form": form}, b"".join(sink.parts)


def _told(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the answer to a request; every failure is told in the header."""
    if "query" not in request:
        return {"kind": "ready"}, b""
    try:
        return _answer(store, request)
    except _Full:
        return {"kind": "full"}, b""
    except SyntaxError as error:
        return {"kind": "syntax", "message": str(error)}, b""
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return {"kind": "failed", "message": str(error)}, b""


def _say(header: dict[str, Any], body: bytes) -> None:
    header["size"], header["pid"] = len(body), os.getpid()
    header["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _is_spent() -> bool:
    """Return whether this process is of little further use: grown fat, or put behind all others for good."""
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > _FAT
    return grown or os.getpriority(os.PRIO_PROCESS, 0) >= _LAST


def _serve(store: ox.Store, *, copy: bool = False) -> None:
    """Answer requests until there are none; one that is late ends the process, wherever it is.

    Args:
        store: the graph.
        copy: whether another copy of the same process can take the place of this one.
    """
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request.get("seconds", 0))
        header, body = _told(store, request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        header["again"] = spent = copy and _is_spent()
        _say(header, body)
        if spent:
            os._exit(_AGAIN)


def _breed(store: ox.Store) -> None:
    """Let a copy of this process answer, and another when that one has ended; it tells what became of it."""
    news: dict[str, Any] | None = {"kind": "ready"}
    while True:
        mother = os.getpid()
        if not (copy := os.fork()):
            die_with_parent(mother)
            if news:
                _say(news, b"")
            _serve(store, copy=True)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        if not code:
            return
        ended = {"kind": "late" if code == -signal.SIGALRM else "crashed"}
        news = None if code == _AGAIN else ended


def main() -> None:
    """Answer the requests on standard input until it ends; the first says which store to open."""
    first = json.loads(sys.stdin.buffer.readline())
    if parent := first.get("parent"):
        die_with_parent(parent)
        os.nice(_YIELD)
    try:
        store = _opened(first["store"], first.get("dump"))
        seconds = int(first["seconds"]) + 1 if "seconds" in first else 0
        _give_up_rights(first["memory"], seconds)
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        _say({"kind": "failed", "message": str(error)}, b"")
        return
    # A store on disk has threads, which no copy would have.
    if first.get("dump"):
        _breed(store)
    else:
        _say(*_told(store, first))
        _serve(store)


if __name__ == "__main__":
    main()
