"""The two ways of writing to a store: SPARQL 1.1 Update and the Graph Store Protocol.

In: lines of N-Triples for one graph. Out: requests to the store, each of which may be sent again without
harm: things without a name have been given one before. Which way a store takes is tried out, or chosen by the
user.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol
from urllib.parse import urlencode

from cscip_kg.errors import RemoteError, RemoteFormatError, RemoteRefusedError
from cscip_kg.remote.endpoint import MANIFEST, Endpoint
from cscip_kg.remote.transport import Budget, Request

WAYS: Final = ("auto", "update", "graph-store")
_ANSWER: Final = 4 * 1024 * 1024
_LARGE: Final = 4 * 1024 * 1024
_SECRET: Final = {401, 403}
# What a place answers that takes no such requests.
_ELSEWHERE: Final = {400, 404, 405, 406, 415, 501}


class Way(Protocol):
    """A way of writing to a store."""

    endpoint: Endpoint
    name: str
    size: int
    removes: bool

    def add(self, graph: str, lines: Iterable[str]) -> None:
        """Add statements to a graph; those that are there already stay as they are."""

    def remove(self, graph: str, lines: Iterable[str]) -> None:
        """Take statements out of a graph; those that are not there are no fault."""

    def clear(self, graph: str) -> None:
        """Take everything out of a graph."""


class Updates:
    """SPARQL 1.1 Update: statements are added and taken out one by one."""

    name, removes = "update", True

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        """Take the store and the address at which it takes updates."""
        self.endpoint, self._url, self.size = endpoint, url, endpoint.engine().update_size

    def _run(self, text: str) -> None:
        headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
        request = Request("POST", self._url, headers, text.encode())
        self.endpoint.client.send(request, Budget(self.endpoint.limits.seconds, _ANSWER))

    def probe(self) -> None:
        """Send an update that changes nothing."""
        self._run(f"DROP SILENT GRAPH <{MANIFEST}-probe>")

    def add(self, graph: str, lines: Iterable[str]) -> None:
        """See `Way`."""
        self._run(f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(lines)}}} }}")

    def remove(self, graph: str, lines: Iterable[str]) -> None:
        """See `Way`."""
        self._run(f"DELETE DATA {{ GRAPH <{graph}> {{\n{''.join(lines)}}} }}")

    def clear(self, graph: str) -> None:
        """See `Way`."""
        self._run(f"DROP SILENT GRAPH <{graph}>")


class GraphStore:
    """The Graph Store HTTP Protocol: whole graphs; a statement goes only with its graph."""

    name, removes = "graph-store", False

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        """Take the store and the address at which it speaks the protocol."""
        self.endpoint, self._url, self.size = endpoint, url, _LARGE

    def _send(self, method: str, graph: str, body: bytes = b"", fine: frozenset[int] = frozenset()) -> None:
        kind = {"Content-Type": "text/turtle"} if body else {}
        url = f"{self._url}?{urlencode({'graph': graph})}"
        request = Request(method, url, {"Accept": "*/*", **kind}, body)
        self.endpoint.client.send(request, Budget(self.endpoint.limits.seconds, _ANSWER), fine)

    def probe(self) -> None:
        """Take away a graph that is not there."""
        self._send("DELETE", f"{MANIFEST}-probe", fine=frozenset({404}))

    def add(self, graph: str, lines: Iterable[str]) -> None:
        """See `Way`; N-Triples are Turtle, which every store must read."""
        self._send("POST", graph, "".join(lines).encode())

    def remove(self, graph: str, lines: Iterable[str]) -> None:
        """The protocol has no such request: see `removes`."""
        raise NotImplementedError

    def clear(self, graph: str) -> None:
        """See `Way`."""
        self._send("DELETE", graph, fine=frozenset({404}))


def way_of(endpoint: Endpoint, wanted: str, url: str | None = None) -> Way:
    """Return a way of writing that the store takes.

    Args:
        endpoint: the store.
        wanted: one of `WAYS`.
        url: where it takes it; without it, where this kind of store is known to, or the endpoint itself.

    Raises:
        RemoteError: the store takes neither, or not from us.
    """
    if wanted not in WAYS:
        raise RemoteError(f"There is no way of writing {wanted!r}. Ways: {', '.join(WAYS)}.")
    engine = endpoint.engine()
    updates = Updates(endpoint, url or endpoint.beside(engine.update))
    graphs = GraphStore(endpoint, url or endpoint.beside(engine.graphs))
    order = (graphs, updates) if engine.best == "graph-store" else (updates, graphs)
    faults = []
    for way in order:
        if wanted not in {"auto", way.name}:
            continue
        try:
            way.probe()
        except RemoteFormatError as error:
            faults.append(f"{way.name}: {error}")
        except RemoteRefusedError as error:
            if error.status in _SECRET or error.status not in _ELSEWHERE:
                raise
            faults.append(f"{way.name}: {error}")
        else:
            return way
    raise RemoteError(
        f"Nothing can be written to the store. {' '.join(faults)} "
        "Name the address with --write-url and the way with --by."
    )


def batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield the lines in runs of at most `size` bytes, or of one line."""
    run, used = list[str](), 0
    for line in lines:
        length = len(line.encode())
        if run and used + length > size:
            yield run
            run, used = [], 0
        run.append(line)
        used += length
    if run:
        yield run
