"""One request to another machine and its whole answer, within seconds and bytes.

In: a request and a budget. Out: status, headers and body, or a named error. Nothing that the other side does
puts the deadline off: not a name that does not resolve, not a handshake, header or body that comes by the
byte. Redirects are not followed and nothing is unpacked here.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from urllib.parse import SplitResult, urlsplit

import h11

from cscip_kg import __version__
from cscip_kg.errors import (
    RemoteCutError,
    RemoteError,
    RemoteFormatError,
    RemoteLateError,
    RemoteSizeError,
)

PORTS: Final = {"http": 80, "https": 443}
_MAX_HEAD: Final = 64 * 1024
_PIECE: Final = 64 * 1024


class Budget:
    """What an answer may cost: seconds, redirects, waits and repeated requests included, and bytes."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        """Count from now."""
        self.seconds, self.max_bytes, self._end = seconds, max_bytes, time.monotonic() + seconds

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            RemoteLateError: none is.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise RemoteLateError(f"The store did not answer to the end within {self.seconds:g} seconds.")
        return left


@dataclass(frozen=True)
class Request:
    """What is sent.

    Attributes:
        method: GET, POST and so on.
        url: the whole address.
        headers: all but Host, length, connection, encoding and the program's name.
        body: may be empty.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Return path and query of the address."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True)
class Reply:
    """What a store answered.

    Attributes:
        url: the address that answered.
        status: of the answer.
        headers: name in lower case and value, in the order they came.
        body: the whole of it.
        framed: whether the answer said how long it is; else its end is only where the connection closed.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    framed: bool

    def header(self, name: str) -> str:
        """Return the first header of a name; empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")


def split(url: str) -> SplitResult:
    """Return the parts of an address, checked.

    Raises:
        RemoteError: it is no address of a store, or holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RemoteError("This is no address: write it as https://host/path.") from error
    if parts.username is not None or parts.password is not None:
        raise RemoteError(
            "An address must not hold a name or password. Set CSCIP_STORE_USER and CSCIP_STORE_PASSWORD."
        )
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or not plain:
        raise RemoteError(f"{url!r} is no address of a store: write it as https://host/path.")
    return parts


def port_of(parts: SplitResult) -> int:
    """Return the port of an address, that of its scheme when it names none."""
    return parts.port or PORTS[parts.scheme]


def _resolved(host: str, port: int, budget: Budget) -> list[Any]:
    """Return the addresses of a host; the system's resolver knows no deadline: late, it is left behind."""
    found: list[Any] = []
    fault: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            fault.append(error)
        except UnicodeError:
            fault.append(OSError("no name of a host"))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(budget.left())
    if fault:
        raise RemoteError(f"The host {host} is not known ({fault[0]}).")
    budget.left()
    return found


def _connected(host: str, port: int, budget: Budget) -> socket.socket:
    fault = "no address"
    for family, kind, protocol, _, address in _resolved(host, port, budget):
        one = socket.socket(family, kind, protocol)
        try:
            one.settimeout(budget.left())
            one.connect(address)
        except OSError as error:
            one.close()
            fault = error.strerror or str(error)
        except BaseException:
            one.close()
            raise
        else:
            return one
    budget.left()
    raise RemoteError(f"{host}:{port} cannot be reached ({fault}).")


@contextmanager
def _line(parts: SplitResult, budget: Budget) -> Iterator[socket.socket]:
    """Give a connection, under TLS where the address asks for it; closed at the end."""
    host = str(parts.hostname)
    one = _connected(host, port_of(parts), budget)
    try:
        if parts.scheme == "https":
            one.settimeout(budget.left())
            one = ssl.create_default_context().wrap_socket(one, server_hostname=host)
        yield one
    except ssl.SSLError as error:
        raise RemoteError(f"No safe connection to {host}: {error.reason}.") from error
    finally:
        one.close()


def _send(one: socket.socket, data: bytes, budget: Budget) -> None:
    rest = memoryview(data)
    while rest:
        one.settimeout(budget.left())
        rest = rest[one.send(rest[:_PIECE]) :]


class _Hearing:
    """Reads one answer off a connection."""

    def __init__(self, one: socket.socket, parser: h11.Connection, budget: Budget) -> None:
        self.one, self.parser, self.budget, self.cap = one, parser, budget, budget.max_bytes
        self.size, self.ended, self.begun = 0, False, False

    def _more(self) -> None:
        self.one.settimeout(self.budget.left())
        try:
            data = self.one.recv(_PIECE)
        except TimeoutError:
            self.budget.left()
            return
        self.size, self.ended = self.size + len(data), not data
        if self.size > self.cap + _MAX_HEAD:
            raise RemoteSizeError(f"The answer of the store is larger than {self.cap} bytes.")
        self.parser.receive_data(data)

    def events(self) -> Iterator[h11.Event]:
        """Yield what is heard until the answer is at its end."""
        while True:
            try:
                event = self.parser.next_event()
            except h11.RemoteProtocolError as error:
                if self.ended and not self.begun:
                    raise RemoteCutError("The store closed the connection without an answer.") from error
                if self.ended:
                    raise RemoteCutError(f"The store's answer was cut off: {error}.") from error
                raise RemoteFormatError(f"This is no answer of a web server: {error}.") from error
            if event is h11.NEED_DATA:
                self._more()
            elif isinstance(event, h11.Event):
                yield event
                if isinstance(event, h11.EndOfMessage):
                    return
            else:
                raise RemoteCutError("The store closed the connection without an answer.")

    def reply(self, url: str, sink: BinaryIO | None) -> Reply:
        """Return the whole answer."""
        status, headers, body, length = 0, tuple[tuple[str, str], ...](), bytearray(), 0
        for event in self.events():
            if isinstance(event, h11.Response):
                status, self.begun = event.status_code, True
                headers = tuple((k.decode("latin-1"), v.decode("latin-1").strip()) for k, v in event.headers)
            elif isinstance(event, h11.Data):
                length += len(event.data)
                if length > self.cap:
                    raise RemoteSizeError(f"The answer of the store is larger than {self.cap} bytes.")
                if sink is not None and 200 <= status < 300:
                    sink.write(event.data)
                else:
                    body += event.data
            elif isinstance(event, h11.ConnectionClosed):
                raise RemoteCutError("The store closed the connection without an answer.")
        names = {name for name, _ in headers}
        framed = bool(names & {"content-length", "transfer-encoding"}) or status == 204
        return Reply(url, status, headers, bytes(body), framed)


def exchange(request: Request, budget: Budget, sink: BinaryIO | None = None) -> Reply:
    """Send one request and return the whole answer.

    Args:
        request: what is sent.
        budget: when to give up, and how long an answer may be.
        sink: takes the body of a success piece by piece, in place of the reply; it may hold a part of one
            when this raises.

    Raises:
        RemoteError: there is no whole answer; the kinds of it say why.
    """
    parts = split(request.url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    sent = {
        "Host": host if parts.port is None else f"{host}:{parts.port}",
        "Connection": "close",
        "Accept-Encoding": "identity",
        "User-Agent": f"cscip-kg/{__version__}",
        **request.headers,
    }
    if request.body or request.method not in {"GET", "HEAD", "DELETE"}:
        sent["Content-Length"] = str(len(request.body))
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
    head = h11.Request(method=request.method, target=request.target, headers=list(sent.items()))
    data = b"".join(
        parser.send(event) or b"" for event in (head, h11.Data(data=request.body), h11.EndOfMessage())
    )
    try:
        with _line(parts, budget) as one:
            # A store that refuses a long body answers and closes before it has read it.
            with suppress(ConnectionError):
                _send(one, data, budget)
            reply = _Hearing(one, parser, budget).reply(request.url, sink)
    except TimeoutError:
        budget.left()
        raise RemoteLateError("The store keeps silent.") from None
    except OSError as error:
        raise RemoteCutError(f"The connection to the store broke ({error.strerror or error}).") from error
    if (coding := reply.header("content-encoding").casefold()) not in {"", "identity"}:
        raise RemoteFormatError(f"The store sent its answer packed ({coding}), which was not asked for.")
    return reply
