"""Other people's stores, each started on a free port of this machine and ended after."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server_process import free_port

START = 120.0
OXIGRAPH = Path(sys.executable).with_name("oxigraph")
# Its own files only, loopback only, no calls of the system; the ways it is started with are Debian's.
VIRTUOSO = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
FileExtend = 200
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
AllowOSCalls = 0
DirsAllowed = {folder}
CheckpointInterval = 0
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 6
MaxClientConnections = 6
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True)
class Elsewhere:
    """A store at work: the addresses that a user would give, and the account that may write.

    Attributes:
        name: what the store is called in the table of agreement.
        url: where it is asked.
        account: what the environment must hold for writing.
        process: its process.
    """

    name: str
    url: str
    process: subprocess.Popen[bytes]
    account: Mapping[str, str] = field(default_factory=dict)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        accept = {"Accept": "application/sparql-results+json"}
        connection.request("GET", f"{path}?query=ASK%7B%7D", headers=accept)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def _running(command: list[str], port: int, path: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=log.parent, start_new_session=True)
    try:
        deadline = time.monotonic() + START
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                told = log.read_text(errors="replace")[-3000:]
                raise AssertionError(f"{command[0]} does not answer:\n{told}")
            time.sleep(0.1)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Elsewhere]:
    """Run Oxigraph's own server over an empty store in memory."""
    port = free_port()
    command = [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}"]
    with _running(command, port, "/query", folder / "oxigraph.log") as process:
        yield Elsewhere("oxigraph", f"http://127.0.0.1:{port}/query", process)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Elsewhere]:
    """Run Virtuoso over an empty store of its own; without it the test fails and says what to install."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.fail("Virtuoso is not installed; it comes with the Debian package virtuoso-opensource-7-bin.")
    port, sql = free_port(), free_port()
    config = folder / "virtuoso.ini"
    config.write_text(VIRTUOSO.format(folder=folder, port=port, sql=sql), encoding="utf-8")
    command = [program, "+foreground", "+configfile", str(config)]
    with _running(command, port, "/sparql", folder / "virtuoso.out") as process:
        # The account that a fresh Virtuoso comes with; it listens on loopback and lives as long as the tests.
        account = {"CSCIP_STORE_USER": "dba", "CSCIP_STORE_PASSWORD": "dba"}
        yield Elsewhere("virtuoso", f"http://127.0.0.1:{port}/sparql", process, account)
