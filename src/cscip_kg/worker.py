"""One query in a process of its own, which can be killed.

In: one JSON request on standard input. Out: one JSON line that says what follows, then the result.
The process opens the store read-only, gives up every right to open files or sockets, and only then reads
the query: whatever the query says, it can neither fetch nor write, and its crash is not the caller's.
Run by `store.py` by its path, so it imports nothing of the package; not meant for people.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any, cast

import pyoxigraph as ox


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


def _give_up_rights(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _answer(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    # The union of all graphs would override a query's own FROM.
    result = store.query(
        request["query"], prefixes=request["prefixes"], use_default_graph_as_union=request["union"]
    )
    sink = _Capped(request["max_bytes"])
    if isinstance(result, ox.QueryTriples):
        ox.serialize(result, cast("Any", sink), format=ox.RdfFormat.N_TRIPLES)
        return {"kind": "graph"}, b"".join(sink.parts)
    kind = "boolean" if isinstance(result, ox.QueryBoolean) else "rows"
    result.serialize(cast("Any", sink), format=ox.QueryResultsFormat.JSON)
    return {"kind": kind}, b"".join(sink.parts)


def main() -> None:
    """Answer the request on standard input; every failure is told in the header line."""
    request = json.load(sys.stdin)
    try:
        store = ox.Store.read_only(request["store"])
        _give_up_rights(request["memory"], int(request["seconds"]) + 1)
        header, body = _answer(store, request)
    except _Full:
        header, body = {"kind": "full"}, b""
    except SyntaxError as error:
        header, body = {"kind": "syntax", "message": str(error)}, b""
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        header, body = {"kind": "failed", "message": str(error)}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
