"""A file of figures, from a path or, when the user names one, a web address → an open file.

In: a path, or an address that the user gave. Out: `Source`. An address is asked by the client for machines
that are not trusted, within a deadline and a size, over TLS or on this machine; the answer goes to a
temporary file that has no name. No credentials are sent: those of the environment are for stores.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import SplitResult

from cscip_kg.errors import (
    FiguresError,
    RemoteCutError,
    RemoteError,
    RemoteFormatError,
    RemoteRedirectError,
    RemoteRefusedError,
)
from cscip_kg.remote.client import Client
from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.transport import Budget, Request, split
from cscip_kg.store import Limits

_THIS_MACHINE: Final = {"localhost", "127.0.0.1", "::1"}
# What servers call a CSV file; all else is another thing.
_MEDIA: Final = (
    "text/csv",
    "application/csv",
    "text/plain",
    "application/octet-stream",
    "binary/octet-stream",
)


@dataclass(frozen=True)
class Source:
    """A file of figures, open for reading.

    Attributes:
        stream: its bytes.
        file: its name, or its address without what follows a question mark.
        retrieved: the day on which it was fetched; empty for a file of this machine.
    """

    stream: BinaryIO
    file: str
    retrieved: str


def is_address(text: str) -> bool:
    """Return whether the user named a web address, not a file."""
    return "://" in text


def _safe(url: str) -> SplitResult:
    """Return the parts of an address that may be asked."""
    try:
        parts = split(url)
    except RemoteError as error:
        raise RemoteError(
            "No file is fetched from such an address: write https://host/path, without name or password."
        ) from error
    if parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
        raise RemoteError(f"{_shown(parts)} is plain http. Use https, or download the file and name it.")
    return parts


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path}{'?…' if parts.query else ''}"


def _told(error: RemoteError) -> str:
    """Return the words of an error of the client, which speaks of stores: it was made for them."""
    if isinstance(error, RemoteRefusedError):
        return f"The server refuses ({error.status}). Download the file and name it."
    hint = " Download the file and name it." if isinstance(error, RemoteRedirectError) else ""
    return str(error).replace("The store", "The server").replace("the store", "the server") + hint


def _fetch(url: str, sink: BinaryIO, budget: Budget) -> None:
    client = Client(url, Credentials())
    reply = client.send(Request("GET", url, {"Accept": "text/csv, */*;q=0.1"}), budget, sink=sink)
    media = reply.header("content-type").partition(";")[0].strip().casefold()
    if media not in _MEDIA:
        raise RemoteFormatError(
            f"The store sent {media or 'something of no media type'}, not a CSV file (text/csv). "
            "Name the address of the data file itself."
        )
    if not reply.framed:
        raise RemoteCutError("The store did not say how long the file is, so that it may be cut off.")


@contextmanager
def _fetched(url: str, limits: Limits) -> Iterator[Source]:
    parts = _safe(url)
    with tempfile.TemporaryFile() as aside:
        try:
            _fetch(url, aside, Budget(limits.seconds, limits.max_bytes))
        except RemoteError as error:
            error.args = (f"{_shown(parts)}: {_told(error)}",)
            raise
        aside.seek(0)
        yield Source(aside, _shown(parts), datetime.now(UTC).date().isoformat())


@contextmanager
def opened(source: str, limits: Limits) -> Iterator[Source]:
    """Give a file of figures, open for as long as the block runs.

    Args:
        source: a path, or an address with https (http on this machine only).
        limits: seconds after which fetching is given up, and how large the file may be.

    Raises:
        FiguresError: there is no such file, or it cannot be read.
        RemoteError: the address gives no CSV file within the limits.
    """
    if is_address(source):
        with _fetched(source, limits) as found:
            yield found
        return
    path = Path(source)
    if not path.is_file():
        raise FiguresError(
            source, 1, "", "There is no such file.", "Name a CSV file, or an https address of one."
        )
    with path.open("rb") as stream:
        yield Source(stream, path.name, "")
