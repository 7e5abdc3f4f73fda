"""The files of every export format, made once a build and kept beside its store.

In: a build folder. Out: which files there are, their sizes, digests and bytes. Files appear a format at a
time, whole or not at all; they go with their build. `prepare` makes them all, so that no request has to wait.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from cscip_kg import store
from cscip_kg.described.opened import opened
from cscip_kg.exports import graph_of, table_queries
from cscip_kg.formats import FORMATS, read_me

FOLDER: Final = "downloads"
READ_ME: Final = "READ-ME.txt"
_TURTLE, _CSV = "text/turtle", "text/csv"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Name of the file, its format, its media type, what the EU's list of file types calls it, what it holds.
_SINGLE: Final = (
    ("cscip.ttl", "turtle", _TURTLE, "RDF_TURTLE", "Data and vocabularies as Turtle"),
    ("cscip.trig", "trig", "application/trig", "RDF_TRIG", "All named graphs as TriG"),
    ("cscip.nq", "nquads", "application/n-quads", "RDF_N_QUADS", "All named graphs as N-Quads"),
    ("cscip.jsonld", "jsonld", "application/ld+json", "JSON_LD", "Data and vocabularies as JSON-LD"),
    ("cscip.rdf", "rdfxml", "application/rdf+xml", "RDF_XML", "Data and vocabularies as RDF/XML"),
    ("cscip.xlsx", "xlsx", _XLSX, "XLSX", "All tables as a workbook"),
    ("cscip-queries.ttl", "queries", _TURTLE, "RDF_TURTLE", "The stored queries as Turtle"),
)


@dataclass(frozen=True)
class Download:
    """One file that is given away.

    Attributes:
        name: of the file.
        format: the key of `formats.FORMATS` that makes it.
        media: its media type.
        file_type: its code in the EU's list of file types.
        title: what it holds.
    """

    name: str
    format: str
    media: str
    file_type: str
    title: str

    @property
    def is_rdf(self) -> bool:
        """Return whether it holds the graph, or a part of it, as RDF."""
        return self.format not in ("csv", "xlsx", "queries")


@dataclass(frozen=True)
class Made:
    """A file that lies ready: where, of what size, with which sha256."""

    download: Download
    path: Path
    size: int
    sha256: str


@cache
def offered() -> tuple[Download, ...]:
    """Return every file of every format, in the order of the formats."""
    tables = [
        Download(f"{q.name.replace('-', '_')}.csv", "csv", _CSV, "CSV", f"Table: {q.summary}")
        for q in table_queries()
    ]
    found = [*(Download(*row) for row in _SINGLE), *tables]
    return tuple(sorted(found, key=lambda one: (list(FORMATS).index(one.format), one.name)))


def _make(form: str, folder: Path | None) -> Path:
    """Return the folder of the files of a format, made now if they are not there yet."""
    build = store.current(folder)
    place = build / FOLDER / form
    if place.is_dir():
        return place
    files = FORMATS[form](graph_of(opened(folder)), store.describe(folder))
    place.parent.mkdir(exist_ok=True)
    aside = Path(mkdtemp(prefix=".aside-", dir=place.parent))
    try:
        for name, content in files.items():
            (aside / name).write_bytes(content)
        aside.chmod(0o755)
        aside.rename(place)
    except OSError:
        # Another process was first, or the folder cannot be written.
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place


@lru_cache(maxsize=256)
def _made(download: Download, path: Path) -> Made:
    content = path.read_bytes()
    return Made(download, path, len(content), hashlib.sha256(content).hexdigest())


def files(folder: Path | None = None) -> Iterator[Made]:
    """Yield every file with its size and digest; what does not lie ready is made first.

    Raises:
        NoStoreError: nothing has been built.
        OSError: the build folder cannot be written.
    """
    for download in offered():
        yield _made(download, _make(download.format, folder) / download.name)


def prepare(folder: Path | None = None) -> None:
    """Make every file of the current build that does not lie ready; see `files` for errors."""
    for _ in files(folder):
        pass


def path_of(name: str, folder: Path | None = None) -> tuple[Download, Path] | None:
    """Return a file by its name, made now if need be; None when there is no such file."""
    for download in offered():
        if download.name == name:
            return download, _make(download.format, folder) / name
    return None


def read_me_of(folder: Path | None = None) -> bytes:
    """Return what a reader of any of the files must know."""
    return read_me(store.describe(folder))
