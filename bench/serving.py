"""Measures how many stored queries a second the server answers, beside Oxigraph's own over the same store.

Prints a table: requests a second, the ratio, and the processor's seconds of the server per thousand. Both
answer the same texts with the same numbers of rows, which is checked first. Run:
`python bench/serving.py --oxigraph PATH` with the program of the PyPI package `oxigraph`, which is no
dependency of the project.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from measure import query_text
from rich.console import Console

from cscip_kg import assets, queries, store
from cscip_kg.namespaces import PREFIXES

TICK = os.sysconf("SC_CLK_TCK")
START = 60.0
ROUNDS = 3
# Where answers are kept, the clients ask so many times as often, or it would be over too soon to measure.
KEPT = 20
ACCEPT = "application/sparql-results+json"
QUERY = "application/sparql-query"
_console = Console(stderr=True)


@dataclass(frozen=True)
class Run:
    """What one server did: answers, the processor's seconds they took, and how long each answer took."""

    name: str
    answers: int
    seconds: float
    cpu: float
    median: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


@dataclass(frozen=True)
class Endpoint:
    """Where a server answers queries, and what clients are to do there."""

    port: int
    path: str
    texts: list[bytes]
    clients: int
    repeats: int


def targets(folder: Path) -> list[bytes]:
    """Return the texts of all stored SELECT queries, with what they require."""
    known = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    texts = [query_text(query, folder) for query in queries.catalogue().values()]
    return [(known + text).encode() for text in texts if "CONSTRUCT" not in text]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found.extend(map(int, task.read_text(encoding="ascii").split()))
    return found


def cpu_seconds(pid: int) -> float:
    """Return the processor's seconds of a process and all that descend from it."""
    total = 0.0
    for one in _tree(pid):
        with suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            total += (int(stat[11]) + int(stat[12])) / TICK
    return total


@contextmanager
def serving(command: list[str], port: int, more: Mapping[str, str]) -> Iterator[int]:
    """Run a server until the block ends; yields the number of its process."""
    process = subprocess.Popen(
        command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"It does not start: {' '.join(command)}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def rows(at: Endpoint, text: bytes) -> int:
    """Return how many rows a server answers."""
    headers = {"Accept": ACCEPT, "Content-Type": QUERY}
    address = f"http://127.0.0.1:{at.port}{at.path}"
    asked = urllib.request.Request(address, data=text, headers=headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return len(json.load(answer)["results"]["bindings"])


async def _client(at: Endpoint, turns: Iterator[int], taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
    head = f"POST {at.path} HTTP/1.1\r\nHost: 127.0.0.1:{at.port}\r\nAccept: {ACCEPT}\r\n"
    head += f"Content-Type: {QUERY}\r\n"
    for turn in turns:
        begun = time.perf_counter()
        text = at.texts[turn % len(at.texts)]
        writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not answer.startswith(b"http/1.1 200"):
            raise SystemExit(f"An answer that is none: {answer[:200]!r}")
        if b"content-length:" in answer:
            await reader.readexactly(int(answer.split(b"content-length:")[1].split()[0]))
        else:
            while size := int((await reader.readline()).strip() or b"0", 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        taken.append(time.perf_counter() - begun)
    writer.close()


async def _clients(at: Endpoint) -> list[float]:
    taken: list[float] = []
    turns = iter(range(at.repeats * len(at.texts)))
    await asyncio.gather(*(_client(at, turns, taken) for _ in range(at.clients)))
    return taken


def measured(name: str, at: Endpoint, pid: int) -> Run:
    """Let clients ask all queries, as often as they are to, when all have been asked once before."""
    before, begun = cpu_seconds(pid), time.monotonic()
    taken = sorted(asyncio.run(_clients(at)))
    lasted, spent = time.monotonic() - begun, cpu_seconds(pid) - before
    return Run(name, len(taken), lasted, spent, statistics.median(taken), taken[len(taken) * 99 // 100])


def runs(oxigraph: str, texts: list[bytes], clients: int, repeats: int) -> list[Run]:
    """Return what each server did: Oxigraph's, ours, and ours without kept answers.

    All three stand at once and take turns, so that whatever else the machine does meets them alike.
    """
    folder = assets.build_dir()
    ours = [str(Path(sys.executable).with_name("cscip")), "serve", "--quiet", "--build-dir", str(folder)]
    theirs = [oxigraph, "serve-read-only", "--location", str(store.current(folder) / "store")]
    # One address asks for all, and the other server lets it wait for as long as it takes.
    free = {"CSCIP_SERVE_CLIENT_SECONDS": "1000000", "CSCIP_SERVE_WAIT": "60"}
    found: dict[str, list[Run]] = {}
    with ExitStack() as stack:
        servers = []
        for name, command, more, often in (
            ("oxigraph server, no time limit", [*theirs, "--union-default-graph", "--bind"], {}, 1),
            ("cscip serve", [*ours, "--port"], free, KEPT),
            ("cscip serve, no kept answers", [*ours, "--port"], {**free, "CSCIP_SERVE_CACHE": "0"}, 1),
        ):
            own = command[0] != oxigraph
            at = Endpoint(_free_port(), "/sparql" if own else "/query", texts, clients, repeats * often)
            address = str(at.port) if own else f"127.0.0.1:{at.port}"
            pid = stack.enter_context(serving([*command, address], at.port, more))
            servers.append((name, at, pid, [rows(at, text) for text in texts]))
        if any(counted != servers[0][3] for *_, counted in servers):
            raise SystemExit("They do not answer the same.")
        for _ in range(ROUNDS):
            for name, at, pid, _counted in servers:
                found.setdefault(name, []).append(measured(name, at, pid))
    return [together(rounds) for rounds in found.values()]


def together(rounds: list[Run]) -> Run:
    """Return several rounds of one server as one."""
    return Run(
        rounds[0].name,
        sum(one.answers for one in rounds),
        sum(one.seconds for one in rounds),
        sum(one.cpu for one in rounds),
        statistics.median(one.median for one in rounds),
        statistics.median(one.p99 for one in rounds),
    )


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="the program to compare with")
    parser.add_argument(
        "--trivial", action="store_true", help="ask what costs nothing, in place of the stored"
    )
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=1, help="how often each query is asked in a round")
    asked = parser.parse_args()
    if not asked.oxigraph:
        raise SystemExit("The program to compare with is missing: pip install oxigraph, then --oxigraph PATH")
    print("| server | requests a second | ratio | CPU s per 1,000 | median ms | p99 ms |")
    print("|---|---|---|---|---|---|")
    base = 0.0
    trivial = [f"SELECT * {{ ?s ?p ?o }} LIMIT 1 # {n}".encode() for n in range(100)]
    texts = trivial if asked.trivial else targets(assets.build_dir())
    for run in runs(asked.oxigraph, texts, asked.clients, asked.repeats):
        base = base or run.rate
        print(
            f"| {run.name} | {run.rate:,.0f} | {run.rate / base:.2f} | {run.cpu / run.answers * 1000:.2f} "
            f"| {run.median * 1000:.1f} | {run.p99 * 1000:.1f} |",
            flush=True,
        )
    _console.print(
        f"{len(texts)} queries, {asked.clients} clients on kept connections, {ROUNDS} rounds in turn"
    )


if __name__ == "__main__":
    main()
