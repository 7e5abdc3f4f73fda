"""Pushing: a store ends with the same graph, however it is written to and however often it breaks off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg.errors import RemoteError, RemoteRefusedError
from cscip_kg.graph import canonical, ontology_quads, vocabulary_quads
from cscip_kg.namespaces import GRAPH, LABEL
from cscip_kg.remote import Credentials, Endpoint, digest, pull, push, way_of
from cscip_kg.store import Build, Limits, build_of
from stores_process import Elsewhere, oxigraph, virtuoso
from test_cli import Cscip, cscip

__all__ = ["cscip"]
pytestmark = pytest.mark.stores

LIMITS = Limits(seconds=60, max_bytes=64 * 1024 * 1024)
BOTH = ("oxigraph", "virtuoso")
WAYS = ("update", "graph-store")


@pytest.fixture(scope="module")
def some() -> list[Quad]:
    """The ontology, which has things without a name, and the vocabularies."""
    return [*ontology_quads(), *vocabulary_quads()]


@pytest.fixture(scope="module")
def build(some: list[Quad]) -> Build:
    """The description of these quads."""
    return build_of(some)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Elsewhere]]:
    """Both stores, for these tests alone."""
    folders = [tmp_path_factory.mktemp(name) for name in BOTH]
    with oxigraph(folders[0]) as one, virtuoso(folders[1]) as other:
        yield {"oxigraph": one, "virtuoso": other}


Emptied = Callable[[str], Endpoint]


@pytest.fixture
def emptied(stores: dict[str, Elsewhere]) -> Emptied:
    """Returns a store by its name, with none of the project's graphs in it."""

    def named(name: str) -> Endpoint:
        one = stores[name]
        endpoint = Endpoint(one.url, LIMITS, Credentials(*one.account.values()))
        way = way_of(endpoint, "auto")
        for graph in [*endpoint.graphs(), GRAPH + "pushed"]:
            way.clear(graph)
        endpoint.forget()
        return endpoint

    return named


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("name", BOTH)
def test_a_push_fills_the_store_and_a_second_sends_nothing(
    name: str, by: str, emptied: Emptied, some: list[Quad], build: Build
) -> None:
    """Both sides have one canonical hash; repeated, a push changes nothing."""
    endpoint = emptied(name)
    first = push(way_of(endpoint, by), some, build)
    assert (first.added, first.removed) == (len({*canonical(some)}), 0)
    assert first.digest == digest(some)
    assert digest(pull(endpoint), values=True) == digest(some, values=True)
    again = push(way_of(endpoint, by), some, build)
    assert (again.added, again.removed, again.requests) == (0, 0, 0)
    assert endpoint.build_id() == build.id


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("name", BOTH)
def test_what_is_too_much_is_taken_out(
    name: str, by: str, emptied: Emptied, some: list[Quad], build: Build
) -> None:
    """Statements and whole graphs that the build has no more are gone; other people's graphs stay."""
    endpoint = emptied(name)
    way = way_of(endpoint, by)
    foreign = "http://example.org/foreign"
    way.add(foreign, ["<http://e/a> <http://e/b> <http://e/c> .\n"])
    old = Quad(NamedNode("http://e/old"), LABEL, Literal("old"), some[0].graph_name)
    gone = Quad(NamedNode("http://e/old"), LABEL, Literal("old"), NamedNode(GRAPH + "gone"))
    push(way, [*some, old, gone], build)
    done = push(way, some, build)
    assert done.removed >= 2
    assert digest(pull(endpoint), values=True) == digest(some, values=True)
    assert len(endpoint.graph(foreign)) == 1
    assert GRAPH + "gone" not in endpoint.graphs()


@pytest.mark.parametrize("name", BOTH)
def test_only_the_graphs_that_are_named_are_touched(
    name: str, emptied: Emptied, some: list[Quad], build: Build
) -> None:
    """A graph that is not among those to push stays as it is."""
    endpoint = emptied(name)
    way = way_of(endpoint, "auto")
    push(way, some, build, only=[GRAPH + "vocabularies"])
    assert endpoint.graphs() == (GRAPH + "vocabularies",)
    push(way, some, build, only=[GRAPH + "ontology"])
    endpoint.forget()
    assert digest(pull(endpoint), values=True) == digest(some, values=True)


@contextmanager
def breaking(url: str, after: int) -> Iterator[tuple[str, list[int]]]:
    """Relay to a store and break every connection in the middle of a request once `after` have passed."""
    target = urlsplit(url)
    count = [0]

    def pass_on(line: socket.socket) -> None:
        count[0] += 1
        with line, suppress(OSError), socket.create_connection((target.hostname, target.port), 60) as there:
            if count[0] > after:
                there.sendall(line.recv(1 << 16)[: 1 << 12])
                return
            back = threading.Thread(target=copy, args=(there, line), daemon=True)
            back.start()
            while piece := line.recv(1 << 16):
                there.sendall(piece)
            back.join(60)

    def copy(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    threading.Thread(target=pass_on, args=(line,), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{target.path}", count
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("name", BOTH)
def test_a_push_that_breaks_off_goes_on(  # noqa: PLR0917 - fixtures
    name: str, by: str, emptied: Emptied, stores: dict[str, Elsewhere], some: list[Quad], build: Build
) -> None:
    """The line breaks within a batch: no build is said to be there; the next push sends the rest."""
    endpoint, total = emptied(name), len({*canonical(some)})
    with breaking(endpoint.url, 22) as (url, count):
        relayed = Endpoint(url, LIMITS, Credentials(*stores[name].account.values()))
        way = way_of(relayed, by)
        way.size = 64 * 1024
        with pytest.raises(RemoteError):
            push(way, some, build)
        assert count[0] > 22
    assert endpoint.build_id() == "of unknown origin"
    held = sum(len(endpoint.graph(graph)) for graph in endpoint.graphs())
    assert 0 < held < total
    endpoint.forget()
    done = push(way_of(endpoint, by), some, build)
    assert (done.added, done.removed) == (total - held, 0)
    assert done.digest == digest(some)
    assert digest(pull(endpoint), values=True) == digest(some, values=True)
    assert endpoint.build_id() == build.id


def test_without_a_password_nothing_is_written(emptied: Emptied, some: list[Quad], build: Build) -> None:
    """Virtuoso refuses who does not say who he is, or says it wrong, and the message tells what to set."""
    url = emptied("virtuoso").url
    for who in (Credentials(), Credentials("dba", "wrong")):
        with pytest.raises(RemoteRefusedError, match="CSCIP_STORE_USER"):
            push(way_of(Endpoint(url, LIMITS, who), "auto"), some, build)
    assert Endpoint(url, LIMITS, Credentials()).graphs() == ()


def test_a_store_that_takes_nothing_is_refused(emptied: Emptied) -> None:
    """An address that takes no writing is told so; so is a way of writing that nobody knows."""
    endpoint = emptied("oxigraph")
    with pytest.raises(RemoteError, match="--write-url"):
        way_of(endpoint, "update", endpoint.url)
    with pytest.raises(RemoteError, match="auto, update, graph-store"):
        way_of(endpoint, "ftp")


@pytest.mark.parametrize("name", BOTH)
def test_the_commands_push_and_pull(  # noqa: PLR0917 - fixtures
    name: str,
    emptied: Emptied,
    stores: dict[str, Elsewhere],
    cscip: Cscip,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`cscip push` tells how far it is and the hash; `cscip pull` tells the same. Nothing secret is shown."""
    url = emptied(name).url
    for variable, value in stores[name].account.items():
        monkeypatch.setenv(variable, value)
    pushed = cscip("push", url, "--graph", "vocabularies", "--graph", "ontology")
    assert pushed.code == 0
    assert "statements sent" in pushed.err
    pulled = cscip("pull", url, "-o", str(tmp_path / "out.trig"))
    assert pulled.code == 0
    assert pulled.err.split()[-1] == pushed.err.split()[-1]
    assert (tmp_path / "out.trig").stat().st_size > 100_000
    assert "dba" not in pushed.err + pulled.err


def test_wrong_use_of_the_commands_is_code_2(cscip: Cscip, tmp_path: Path) -> None:
    """A graph, an ending of a file or an address that is none is told before any request."""
    for arguments, words in (
        (("push", "http://127.0.0.1:1/", "--graph", "nonsense"), "ontology"),
        (("pull", "http://127.0.0.1:1/", "-o", str(tmp_path / "x.doc")), ".nq"),
        (("pull", "file:///etc/passwd", "-o", str(tmp_path / "x.nq")), "no address"),
        (("query", "what-reduced", "-p", "measure=x", "--endpoint", "nonsense"), "no address"),
    ):
        result = cscip(*arguments)
        assert result.code == 2
        assert words in result.err
