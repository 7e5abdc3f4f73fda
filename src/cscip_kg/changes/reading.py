"""One version of the data, from a dump, an export or a release.

In: a path: N-Quads, TriG, Turtle or N-Triples; a folder or ZIP archive of a release, or a folder of exports.
Out: the quads and what to call them. Of a release the checksum of the dump is looked at first. Nothing is
fetched.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from pyoxigraph import Quad

from cscip_kg.errors import ExportError
from cscip_kg.package import SUMS, VERSION_IN

# A version of this size takes some ten times as much memory while two are compared.
MAX_BYTES: Final = 1024 * 1024 * 1024
# Where the dump lies in a release, and in a folder of exports.
_DUMPS: Final = ("graph/cscip.nq", "cscip.nq")
_FORMS: Final = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
}


@dataclass(frozen=True)
class Version:
    """One version: what it is called, and its statements."""

    name: str
    quads: list[Quad]


def _parsed(content: bytes, form: ox.RdfFormat, place: str) -> list[Quad]:
    try:
        return list(ox.parse(content, format=form))
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise ExportError(
            f"{place}{line}: this cannot be read as RDF ({error}). Fetch the file again, or name another."
        ) from error


def _checked(content: bytes, name: str, sums: bytes | None, place: str) -> bytes:
    """Return the content of a release's file if it is as it was released."""
    if sums is None:
        return content
    digest = hashlib.sha256(content).hexdigest()
    if f"{digest}  {name}" not in sums.decode("utf-8", "replace").splitlines():
        raise ExportError(
            f"{place}: {name} is not the file of the release ({SUMS} has another sha256). Fetch it again."
        )
    return content


def _of_release(read: Callable[[str], bytes | None], place: str, name: str) -> Version:
    """Return the version that lies in a folder or archive.

    Args:
        read: returns the bytes of a file by its path there; None when there is none.
        place: what to call the folder or archive in messages.
        name: what to call the version when it tells no number.
    """
    for dump in _DUMPS:
        content = read(dump)
        if content is not None:
            break
    else:
        raise ExportError(
            f"{place} holds no {' or '.join(_DUMPS)}. Name a release, or a dump as N-Quads or TriG."
        )
    quads = _parsed(_checked(content, dump, read(SUMS), place), ox.RdfFormat.N_QUADS, f"{place}/{dump}")
    try:
        told = json.loads(read(VERSION_IN) or b"{}")
    except (ValueError, RecursionError) as error:
        raise ExportError(
            f"{place}/{VERSION_IN}: this is no JSON ({error}). Fetch the release again."
        ) from error
    number = told.get("version") if isinstance(told, dict) else None
    return Version(number if isinstance(number, str) else name, quads)


def _bounded(size: int, place: str) -> None:
    if size > MAX_BYTES:
        raise ExportError(f"{place} has {size:,} bytes; versions of at most {MAX_BYTES:,} are compared.")


def _in_folder(folder: Path) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        path = folder / name
        if not path.is_file():
            return None
        _bounded(path.stat().st_size, str(path))
        return path.read_bytes()

    return read


def _in_archive(archive: zipfile.ZipFile, place: str) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        if name not in archive.namelist():
            return None
        # What the archive says of the size is what is unpacked at most.
        _bounded(archive.getinfo(name).file_size, f"{place}/{name}")
        return archive.read(name)

    return read


def version(path: Path) -> Version:
    """Return the version at a path.

    Raises:
        ExportError: nothing that can be read lies there; the message says what and where.
    """
    try:
        if path.is_dir():
            return _of_release(_in_folder(path), str(path), path.name)
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                return _of_release(_in_archive(archive, str(path)), str(path), path.stem)
        if path.suffix not in _FORMS:
            raise ExportError(
                f"How {path.name} ends names no format. Let it end in {', '.join(_FORMS)}, .zip."
            )
        _bounded(path.stat().st_size, str(path))
        return Version(path.name, _parsed(path.read_bytes(), _FORMS[path.suffix], str(path)))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        # RuntimeError: packed in a way, or with a password, that is not known here.
        raise ExportError(f"{path} is no ZIP archive, or a damaged one ({error}). Fetch it again.") from error
    except OSError as error:
        raise ExportError(f"Cannot read {path}: {error.strerror}.") from error
