"""What presses a server, and what shows how it bears it: raw bytes over sockets, its processes, a listener.

In: a running server. Out: whatever it answers to bytes that no proper client would send; the processor's
seconds and the memory of all its processes together; whether anything called on the listener.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Heard:
    """What came back over a socket: no status when the server closed without a word.

    Attributes:
        status: of the first answer.
        headers: its headers in lower case.
        body: all that came after them.
        whole: whether the body is as long as was said.
    """

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = True


def message(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """Return a request as bytes; the connection is to be closed after it."""
    lines = [f"{method} {target} HTTP/1.1"]
    given = {"Host": "localhost", "Connection": "close", **(headers or {})}
    if body is not None:
        given.setdefault("Content-Length", str(len(body)))
    lines += [f"{name}: {value}" for name, value in given.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def parsed(data: bytes) -> Heard:
    """Return what the bytes of an answer say."""
    if not data.startswith(b"HTTP/1.1 "):
        return Heard(None, body=data)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        return Heard(int(lines[0].split()[1]), headers, body, body.endswith(b"0\r\n\r\n"))
    return Heard(int(lines[0].split()[1]), headers, body, len(body) == int(headers.get("content-length", 0)))


def exchange(port: int, data: bytes, timeout: float = 30.0) -> Heard:
    """Send bytes and return what comes back until the server closes; too long a silence is an error."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as one:
        with suppress(ConnectionError):
            one.sendall(data)
        return parsed(received(one))


def received(one: socket.socket) -> bytes:
    """Return all that comes over a socket until the other side closes it."""
    found = bytearray()
    with suppress(ConnectionError):
        while piece := one.recv(1 << 16):
            found += piece
    return bytes(found)


def tree(pid: int) -> list[int]:
    """Return the numbers of a process and of all that descend from it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found.extend(int(child) for child in task.read_text(encoding="ascii").split())
    return found


def cpu_seconds(pid: int) -> dict[int, float]:
    """Return the processor's seconds of each process of a tree."""
    found = {}
    for one in tree(pid):
        with suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            found[one] = (int(stat[11]) + int(stat[12])) / TICK
    return found


def memory(pid: int) -> int:
    """Return the bytes that the processes of a tree hold in memory, what they share counted each time."""
    found = 0
    for one in tree(pid):
        with suppress(OSError):
            found += int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    return found


def seconds_until_quiet(pid: int, patience: float, window: float = 0.25) -> float | None:
    """Return after how long no process of a tree works any more; None when that does not come.

    Args:
        pid: the first process of the tree.
        patience: seconds to wait.
        window: seconds in which they may use a fifth of one core.
    """
    begun = time.monotonic()
    while (at := time.monotonic() - begun) < patience:
        before = cpu_seconds(pid)
        time.sleep(window)
        used = sum(spent - before.get(one, 0.0) for one, spent in cpu_seconds(pid).items())
        if used <= window / 5:
            return at
    return None


class Listener:
    """A server that nobody should call: it keeps what it hears."""

    def __init__(self, listening: socket.socket) -> None:
        """Take a listening socket."""
        self._socket, self.calls = listening, list[bytes]()
        self.port: int = listening.getsockname()[1]

    def listen(self) -> None:
        """Note every call until the socket is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                with caller:
                    caller.settimeout(1)
                    with suppress(OSError):
                        self.calls.append(caller.recv(4096))
                        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def listener() -> Iterator[Listener]:
    """Listen on loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = Listener(listening)
        thread = threading.Thread(target=one.listen, daemon=True)
        thread.start()
        yield one
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


class Peak:
    """The most memory that the processes of a tree held while it was watched."""

    def __init__(self, pid: int) -> None:
        """Take the first process of the tree."""
        self._pid, self._stop, self.bytes = pid, threading.Event(), 0

    def watch(self) -> None:
        """Look again and again until told to stop."""
        while not self._stop.wait(0.1):
            self.bytes = max(self.bytes, memory(self._pid))

    @contextmanager
    def watching(self) -> Iterator[Peak]:
        """Watch until the block ends."""
        thread = threading.Thread(target=self.watch, daemon=True)
        thread.start()
        yield self
        self._stop.set()
        thread.join(5)
