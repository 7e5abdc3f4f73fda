"""What lies in the package, before the files that describe it.

In: the current build and the folders that it was made from. Out: `Item`s: each file with its path, bytes,
media type and title. The exports are those of the downloads, from the one list of them; records and ontology
lie there as they stand, so that the graph can be made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from cscip_kg.assets import data_dir, ontology_dir, root
from cscip_kg.described.downloads import Download, files
from cscip_kg.errors import ExportError

GRAPH, TABLES, QUERIES = "graph", "tables", "queries"
JSON: Final = "application/json"
JSON_LD: Final = "application/ld+json"
TEXT: Final = "text/plain"
MARKDOWN: Final = "text/markdown"
TRIG: Final = "application/trig"
TSV: Final = "text/tab-separated-values"
# Of the files that lie in the package as they stand; an ending that is not here is refused.
_MEDIA: Final = {
    ".jsonld": JSON_LD,
    ".md": MARKDOWN,
    ".tsv": TSV,
    ".ttl": "text/turtle",
    ".yaml": "application/yaml",
}
# The folders that lie there as they stand, each with what it is.
TREES: Final = {
    "data": "The curated records, as YAML that is JSON-LD, and the links to other datasets as SSSOM",
    "ontology": "The ontology, its vocabularies, SHACL shapes, JSON-LD context and mappings",
}


@dataclass(frozen=True)
class Item:
    """One file of the package.

    Attributes:
        path: from the top of the package, with slashes.
        content: its bytes.
        media: its media type.
        title: what it holds.
        download: the entry in the list of downloads that it is; None for other files.
    """

    path: str
    content: bytes
    media: str
    title: str
    download: Download | None = None

    @cached_property
    def sha256(self) -> str:
        """Return its digest in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self.content)

    @property
    def in_tree(self) -> bool:
        """Return whether it belongs to a folder that is described as a whole."""
        return self.path.partition("/")[0] in TREES

    @property
    def is_table(self) -> bool:
        """Return whether it is one of the CSV tables."""
        return self.download is not None and self.download.format == "csv"

    @property
    def name(self) -> str:
        """Return its path as a name of small letters, digits and hyphens."""
        return "".join(sign if sign.isalnum() else "-" for sign in self.path.lower())


def _place(download: Download) -> str:
    if download.is_rdf:
        return f"{GRAPH}/{download.name}"
    return f"{QUERIES if download.format == 'queries' else TABLES}/{download.name}"


def exports(folder: Path | None = None) -> Iterator[Item]:
    """Yield every file of every export format of the current build; what does not lie ready is made first.

    Raises:
        NoStoreError: nothing has been built.
        OSError: the build folder cannot be written.
    """
    for made in files(folder):
        one = made.download
        yield Item(_place(one), made.path.read_bytes(), one.media, one.title, one)


def _tree(name: str, folder: Path) -> Iterator[Item]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        inside = f"{name}/{path.relative_to(folder).as_posix()}"
        media = _MEDIA.get(path.suffix)
        if media is None:
            raise ExportError(
                f"{folder.name}/{path.relative_to(folder).as_posix()} is of no kind that a release holds "
                f"({', '.join(_MEDIA)}). Take it out of the folder."
            )
        yield Item(inside, path.read_bytes(), media, inside)


def trees(data: Path | None = None) -> Iterator[Item]:
    """Yield the files of the records, links, ontology, vocabularies and shapes.

    Args:
        data: the data folder; by default the project's own.

    Raises:
        ExportError: something lies there that is none of them.
    """
    for name, folder in zip(TREES, (data or data_dir(), ontology_dir()), strict=True):
        yield from _tree(name, folder)


def legal() -> Iterator[Item]:
    """Yield the licence of the data."""
    yield Item(
        "LICENSE", (root() / "LICENSE-DATA").read_bytes(), TEXT, "The licence, and whose the sources are"
    )


def sums_size(paths: Iterable[str]) -> int:
    """Return how many bytes the file of checksums of these files has; digests are of one length."""
    return sum(64 + 2 + len(path.encode()) + 1 for path in paths)


def checksums(items: Iterable[Item]) -> bytes:
    """Return the file that `sha256sum -c` reads."""
    return "".join(f"{item.sha256}  {item.path}\n" for item in sorted(items, key=lambda i: i.path)).encode()
