"""The built graph on disk: published whole, read by many, queried within limits.

In: quads. Out: a folder `builds/<id>/` that holds an Oxigraph store and a note of what it is, reached
through the link `current`, which is changed only when the new build is complete and on disk. Readers see
the old build or the new one, never a half. The store is a cache: the records can always rebuild it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Literal, Protocol

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Store

from cscip_kg import __version__
from cscip_kg.assets import build_dir
from cscip_kg.engine import Queryable
from cscip_kg.errors import LimitError, NoStoreError, QueryError
from cscip_kg.gate import check_query, names_its_graphs
from cscip_kg.graph import hash_of
from cscip_kg.namespaces import GRAPH, PREFIXES

# Run by its path: neither the caller's folder (-P) nor the rest of the package is imported.
# The name of what `dump` writes, where it is published beside the store.
DUMP: Final = "quads.nq"
WORKER: Final = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Limits:
    """What one query may cost: seconds of the clock, bytes of result, bytes of memory."""

    seconds: float = 10.0
    max_bytes: int = 32 * 1024 * 1024
    memory: int = 4 * 1024 * 1024 * 1024


@dataclass(frozen=True)
class Build:
    """What one build is: its id (a digest of all statements), the program's version, triples per graph."""

    id: str
    version: str
    graphs: dict[str, int]

    def named(self) -> dict[str, str]:
        """Return the IRI of each named graph by its short name."""
        return {name: name if ":" in name else GRAPH + name for name in self.graphs if name != "default"}


@dataclass(frozen=True)
class Answer:
    """The result of a query: SPARQL JSON for rows and booleans, N-Triples for graphs."""

    kind: Literal["rows", "boolean", "graph"]
    body: bytes


class Elsewhere(Queryable, Protocol):
    """A store that is not a build in a folder, asked in the place of one."""

    def ask(self, text: str, limits: Limits | None = None) -> Answer:
        """Run one query within limits."""

    def build_id(self) -> str:
        """Return the id of the build that it holds."""

    def __hash__(self) -> int:
        """Return a hash: what was looked up there is kept."""


# Where the graph is: a build folder, the project's own for None, or a store elsewhere.
Source = Path | Elsewhere | None


def build_of(quads: list[Quad]) -> Build:
    """Return the description of a build of these quads."""
    graphs: dict[str, int] = {}
    for q in quads:
        name = q.graph_name.value.removeprefix(GRAPH) if isinstance(q.graph_name, NamedNode) else "default"
        graphs[name] = graphs.get(name, 0) + 1
    return Build(hash_of(quads)[:16], __version__, dict(sorted(graphs.items())))


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder, folder.parent]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def dump(quads: list[Quad], path: Path) -> None:
    """Write quads as N-Quads: reading them into memory takes a third of copying the store."""
    with path.open("wb") as file:
        ox.serialize(quads, file, format=ox.RdfFormat.N_QUADS)


def publish(
    quads: Iterable[Quad],
    folder: Path | None = None,
    companions: Mapping[str, Callable[[list[Quad], Path], None]] | None = None,
) -> Build:
    """Write a store aside, with what belongs to it, and swap them in together.

    Args:
        quads: the whole dataset.
        folder: the build folder; by default the project's own.
        companions: files to lie beside the store: name → what writes it from the quads to a path.

    Returns:
        The description of the build that is now current. A crash at any moment leaves the build that was
        current before.
    """
    base = folder or build_dir()
    builds = base / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    kept = list(quads)
    build = build_of(kept)
    aside = Path(mkdtemp(prefix=".aside-", dir=builds))
    try:
        store = Store(str(aside / "store"))
        store.bulk_extend(kept)
        store.flush()
        del store
        for name, write in (companions or {}).items():
            write(kept, aside / name)
        (aside / "build.json").write_text(json.dumps(asdict(build), indent=2) + "\n", encoding="utf-8")
        _sync(aside)
        final = builds / build.id
        if final.exists():
            final = builds / f"{build.id}-{aside.name.removeprefix('.aside-')}"
        aside.rename(final)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    link = builds / f".link-{final.name}"
    with suppress(FileNotFoundError):
        link.unlink()
    link.symlink_to(Path("builds") / final.name)
    link.rename(base / "current")
    for old in builds.iterdir():
        if old.is_symlink():
            old.unlink()
        elif old.name != final.name:
            shutil.rmtree(old, ignore_errors=True)
    return build


def current(folder: Path | None = None) -> Path:
    """Return the folder of the current build.

    Raises:
        NoStoreError: nothing has been built there.
    """
    link = (folder or build_dir()) / "current"
    if not (link / "build.json").is_file():
        raise NoStoreError(f"No built graph in {link.parent}. Run: cscip build")
    return link.resolve()


def open_store(folder: Path | None = None) -> Store:
    """Open the current build's store, read-only.

    Raises:
        NoStoreError: nothing has been built there, or it is damaged.
    """
    path = current(folder) / "store"
    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError) as error:
        raise NoStoreError(f"The built graph in {path} cannot be read ({error}). Run: cscip build") from error


def opened(source: Source) -> Queryable:
    """Return what answers the project's own queries: the current build's store, or the store elsewhere."""
    return open_store(source) if source is None or isinstance(source, Path) else source


def build_id(source: Source) -> str:
    """Return the id of the build that is asked."""
    return describe(source).id if source is None or isinstance(source, Path) else source.build_id()


def describe(folder: Path | None = None) -> Build:
    """Return the description of the current build."""
    return Build(**json.loads((current(folder) / "build.json").read_text(encoding="utf-8")))


def ask(text: str, limits: Limits | None = None, folder: Path | None = None) -> Answer:
    """Run one SPARQL query over the current build, in a process of its own.

    All named graphs together are the default graph, unless FROM names others. The project's prefixes need
    not be declared.

    Args:
        text: SELECT, ASK, CONSTRUCT or DESCRIBE.
        limits: what the query may cost.
        folder: the build folder; by default the project's own.

    Raises:
        QueryError: the query is refused, malformed or fails.
        LimitError: it met a limit, which the message names.
        NoStoreError: nothing has been built.
    """
    check_query(text)
    return answered(text, limits, folder)


def answered(text: str, limits: Limits | None = None, folder: Path | None = None) -> Answer:
    """Run a query that has passed the gate, with values in it that may make it longer than the gate allows.

    For values that a library has written, as terms within VALUES; all else goes through `ask`.

    Raises:
        QueryError: the query fails; see `ask`.
        LimitError: it met a limit.
        NoStoreError: nothing has been built.
    """
    limit = limits or Limits()
    request: dict[str, Any] = {
        "store": str(current(folder) / "store"),
        "query": text,
        "prefixes": PREFIXES,
        "union": not names_its_graphs(text),
        "max_bytes": limit.max_bytes,
        "memory": limit.memory,
        "seconds": limit.seconds,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and program, no shell
            [sys.executable, "-P", str(WORKER)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=limit.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LimitError(f"The query was ended after {limit.seconds:g} seconds (--timeout).") from error
    head, _, body = done.stdout.partition(b"\n")
    if not head:
        raise QueryError(
            f"The query ended the engine (exit {done.returncode}): it is too deep or too costly."
        )
    header = json.loads(head)
    if header["kind"] == "full":
        raise LimitError(f"The result is larger than {limit.max_bytes} bytes. Add LIMIT or narrow the query.")
    if header["kind"] in ("syntax", "failed"):
        raise QueryError(f"The query failed: {header['message']}")
    return Answer(header["kind"], body)
