"""The shipped server, started as a user starts it, on a free port of this machine."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START = 90.0
CSCIP = Path(sys.executable).with_name("cscip")


@dataclass(frozen=True)
class Answered:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Running:
    """A server at work."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """The address of its first page."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Answered:
        """Return the answer to one request, with no header but those given, Host and the body's length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answered(response.status, found, response.read())
        finally:
            connection.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, endpoint: str = "", **limits: object) -> Iterator[Running]:
    """Serve a build until the block ends.

    Args:
        folder: the build folder, or any when a store is served.
        endpoint: the store to serve, in place of the folder's build.
        limits: settings of the server by name, such as `seconds=2`.
    """
    port, log = free_port(), folder / f"server-{time.monotonic_ns()}.log"
    settings = {f"CSCIP_SERVE_{name.upper()}": str(value) for name, value in limits.items()}
    served = ["--endpoint", endpoint] if endpoint else ["--build-dir", str(folder)]
    command = [str(CSCIP), "serve", "--port", str(port), *served]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=out, stderr=out, start_new_session=True
        )
    one = Running(port, process, log)
    try:
        _wait(one)
        yield one
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait(one: Running) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if one.process.poll() is not None:
            break
        try:
            if one.ask("/health", timeout=5).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The server does not answer:\n{one.log.read_text(errors='replace')[-4000:]}")
