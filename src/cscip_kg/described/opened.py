"""The current build, opened once a process: its store, which things it holds, when it was made.

In: a build folder. Out: an open store and an index of the things by kind with what each contains, so that a
request costs no scan of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Store

from cscip_kg import store
from cscip_kg.engine import select
from cscip_kg.namespaces import ID, value_of


@dataclass(frozen=True)
class Things:
    """What a build describes.

    Attributes:
        by_kind: the slugs of each kind, sorted.
        parts: the IRIs that a thing contains, by the thing's IRI: its own, with `#` and a fragment.
    """

    by_kind: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]

    def holds(self, kind: str, slug: str) -> bool:
        """Return whether there is such a thing."""
        return slug in self.by_kind.get(kind, ())


# Two at most: a new build and the one before it, which is let go after that.
@lru_cache(maxsize=2)
def _store(build: Path) -> Store:
    return store.open_store(build.parent.parent)


def opened(folder: Path | None = None) -> Store:
    """Return the store of the current build; it is opened once a process.

    Raises:
        NoStoreError: nothing has been built.
    """
    return _store(store.current(folder))


@lru_cache(maxsize=2)
def _things(build: Path) -> Things:
    query = f'SELECT DISTINCT ?thing {{ ?thing a ?type FILTER(STRSTARTS(STR(?thing), "{ID}")) }}'
    iris = sorted(value_of(row["thing"]) for row in select(_store(build), query))
    kinds: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for iri in iris:
        whole, mark, _ = iri.partition("#")
        if mark:
            parts.setdefault(whole, []).append(iri)
            continue
        kind, _, slug = whole.removeprefix(ID).partition("/")
        kinds.setdefault(kind, []).append(slug)
    return Things(
        {kind: tuple(slugs) for kind, slugs in kinds.items()},
        {whole: tuple(found) for whole, found in parts.items()},
    )


def things(folder: Path | None = None) -> Things:
    """Return the things of the current build."""
    return _things(store.current(folder))


def made_at(folder: Path | None = None) -> datetime:
    """Return when the current build was published, to the second, in UTC."""
    written = (store.current(folder) / "build.json").stat().st_mtime
    return datetime.fromtimestamp(int(written), UTC)


def version_of(folder: Path | None = None) -> str:
    """Return the version of the data: that of the program that made the build, and the build's id."""
    made = store.describe(folder)
    return f"{made.version}+{made.id}"
