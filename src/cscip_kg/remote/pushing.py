"""The graph → a store, and back: what is missing is added, what is too much taken out, both compared.

In: quads and a store. Out: a store that holds the same graphs, proved by their canonical hash; or quads. A
push keeps no note of how far it came: it asks the store what it holds, so that one that broke off goes on
where it stopped, and one that is repeated sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from cscip_kg.errors import RemoteError
from cscip_kg.graph import canonical, hash_of
from cscip_kg.namespaces import DCTERMS, GRAPH
from cscip_kg.remote.endpoint import MANIFEST, Endpoint
from cscip_kg.remote.engines import named, triple_by_value, unnamed
from cscip_kg.remote.writing import Way, batches
from cscip_kg.store import Build


def _silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Pushed:
    """What a push came to.

    Attributes:
        added: statements sent.
        removed: statements taken out.
        requests: how many requests changed something.
        digest: the canonical hash of what was to be pushed.
        to_the_letter: whether each literal is written there as here; else the store keeps values only.
    """

    added: int
    removed: int
    requests: int
    digest: str
    to_the_letter: bool


def _by_value(quad: Quad) -> Quad:
    triple = triple_by_value(quad.triple)
    return Quad(triple.subject, triple.predicate, triple.object, quad.graph_name)


def digest(quads: Iterable[Quad], *, values: bool = False) -> str:
    """Return the SHA-256 of the canonical N-Quads (RDFC-1.0) of quads.

    Args:
        quads: a dataset.
        values: whether to hash each literal in one form for its value.
    """
    if values:
        quads = [_by_value(quad) for quad in quads]
    return hash_of(quads)


def _sendable(quads: Iterable[Quad]) -> dict[str, dict[Triple, str]]:
    """Return by graph each statement, as it is compared, with the line that is sent for it."""
    made: dict[str, dict[Triple, str]] = {}
    for quad in canonical(quads):
        if not isinstance(quad.graph_name, NamedNode):
            raise RemoteError("Only named graphs can be sent to a store.")
        triple = Triple(named(quad.subject), quad.predicate, named(quad.object))
        made.setdefault(quad.graph_name.value, {})[triple_by_value(triple)] = f"{triple} .\n"
    return made


def manifest(build: Build, graphs: Iterable[str]) -> dict[Triple, str]:
    """Return the statements that tell which build a store holds, whole."""
    about = NamedNode(MANIFEST)
    triples = [
        Triple(about, NamedNode(DCTERMS + "identifier"), Literal(build.id)),
        Triple(about, NamedNode(DCTERMS + "hasVersion"), Literal(build.version)),
        *(Triple(about, NamedNode(DCTERMS + "hasPart"), NamedNode(graph)) for graph in graphs),
    ]
    return {triple: f"{triple} .\n" for triple in triples}


class _Push:
    def __init__(self, way: Way, tell: Callable[[str], None]) -> None:
        self.endpoint, self.way, self.tell = way.endpoint, way, tell
        self.added = self.removed = self.requests = 0

    def _add(self, graph: str, lines: list[str]) -> None:
        sent = 0
        for run in batches(lines, self.way.size):
            self.way.add(graph, run)
            sent, self.requests, self.added = sent + len(run), self.requests + 1, self.added + len(run)
            self.tell(f"{graph.removeprefix(GRAPH)}: {sent:,} of {len(lines):,} statements sent")

    def _clear(self, graph: str, number: int) -> None:
        self.way.clear(graph)
        self.removed, self.requests = self.removed + number, self.requests + 1

    def one(self, graph: str, wanted: dict[Triple, str]) -> None:
        """Make one graph of the store hold what is wanted, and nothing else."""
        held = {triple_by_value(triple): triple for triple in self.endpoint.graph(graph)}
        extra = [triple for key, triple in held.items() if key not in wanted]
        unnamed_extra = any(isinstance(node, BlankNode) for t in extra for node in (t.subject, t.object))
        if extra and (not wanted or unnamed_extra or not self.way.removes):
            self._clear(graph, len(held))
            held, extra = {}, []
        for run in batches([f"{triple} .\n" for triple in extra], self.way.size):
            self.way.remove(graph, run)
            self.removed, self.requests = self.removed + len(run), self.requests + 1
        self._add(graph, [line for key, line in wanted.items() if key not in held])


def push(
    way: Way,
    quads: Iterable[Quad],
    build: Build,
    *,
    only: Iterable[str] | None = None,
    tell: Callable[[str], None] = _silent,
) -> Pushed:
    """Make a store hold the quads: graphs of the project that are not among them are emptied.

    Args:
        way: how the store is written to.
        quads: of named graphs.
        build: which build they are.
        only: the IRIs of the graphs to push; all others of the store are left alone.
        tell: is told how far it has come.

    Raises:
        RemoteError: the store refuses or breaks off, or holds something else afterwards.
    """
    kept, endpoint = list(quads), way.endpoint
    if only is not None:
        chosen = {NamedNode(iri) for iri in only}
        kept = [quad for quad in kept if quad.graph_name in chosen]
    wanted, work = _sendable(kept), _Push(way, tell)
    endpoint.forget()
    stale = [] if only is not None else [iri for iri in endpoint.graphs() if iri not in wanted]
    note = manifest(build, sorted(wanted))
    if {*endpoint.graph(MANIFEST)} != {*note}:
        # Until all is there the store must not say that it holds a build.
        work.one(MANIFEST, {})
    for graph in [*wanted, *stale]:
        work.one(graph, wanted.get(graph, {}))
    tell("Reading back and comparing")
    endpoint.forget()
    there = pull(endpoint, wanted) if wanted else []
    seal, found = digest(kept), digest(there)
    if seal != found and digest(kept, values=True) != digest(there, values=True):
        raise RemoteError(
            "The store holds another graph than was sent: others write to it, or it alters terms."
        )
    added, removed, requests = work.added, work.removed, work.requests
    if only is None:
        work.one(MANIFEST, note)
    return Pushed(added, removed, requests, seal, seal == found)


def pull(endpoint: Endpoint, graphs: Iterable[str] | None = None) -> list[Quad]:
    """Return the quads of the project's graphs in a store, or of some of them.

    Raises:
        RemoteError: the store gives no whole answer, or holds none of the graphs.
    """
    names = list(endpoint.graphs() if graphs is None else graphs)
    if not names:
        raise RemoteError(f"The store holds no graph whose name begins with {GRAPH}. Fill it: cscip push URL")
    return [
        Quad(unnamed(t.subject), t.predicate, unnamed(t.object), NamedNode(name))
        for name in names
        for t in endpoint.graph(name)
    ]
