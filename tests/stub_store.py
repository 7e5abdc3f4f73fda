"""A store on loopback that answers what a test tells it to, byte by byte, and keeps what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

JSON = "application/sparql-results+json"
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"one"}}]}}'


@dataclass(frozen=True)
class Asked:
    """One request: its first line, headers in lower case, body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """A store at work.

    Attributes:
        port: where it listens.
        asked: the requests so far.
        stopping: set when the test is over, for answers that never end.
    """

    port: int
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The address of its endpoint."""
        return f"http://127.0.0.1:{self.port}/sparql"


Answering = Callable[[Stub, Asked, socket.socket], None]


def answer(
    body: bytes = ROWS, kind: str = JSON, status: str = "200 OK", length: int | None = None, **headers: str
) -> bytes:
    """Return a whole answer as bytes; a false length may be claimed."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(*answers: bytes) -> Answering:
    """Return what answers one request after the other with these bytes, the last one for ever."""

    def answering(stub: Stub, _: Asked, line: socket.socket) -> None:
        line.sendall(answers[min(len(stub.asked), len(answers)) - 1])

    return answering


def _heard(line: socket.socket) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(1 << 16)
        if not piece:
            raise ConnectionError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += line.recv(1 << 16)
    return Asked(first, headers, body)


def _serve(stub: Stub, line: socket.socket, answering: Answering) -> None:
    with line, suppress(OSError):
        line.settimeout(20)
        asked = _heard(line)
        stub.asked.append(asked)
        answering(stub, asked, line)


@contextmanager
def stub(answering: Answering) -> Iterator[Stub]:
    """Listen until the block ends; each connection is one request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = Stub(listening.getsockname()[1])

        def listen() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    threading.Thread(target=_serve, args=(one, line, answering), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield one
        finally:
            one.stopping.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)
