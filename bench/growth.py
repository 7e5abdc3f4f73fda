"""Measures how the cost of every stored query grows with the graph: at 1, 10 and 100 times its size.

Prints the table, worst growth first, and marks the queries whose cost grows faster than the work. The
store is in memory; each query runs in a worker process that is killed at the limit. Times are the
processor's. `with the graph`: cheap growth for a count, a sign of a bad plan for a narrow question.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import count_rows, query_text, required
from pyoxigraph import Quad, Store
from rich.console import Console
from scale import scaled

from cscip_kg import graph, inference, queries, records, store

LIMIT = 60.0
# So many runs, or fewer when those so far took this long.
RUNS, ENOUGH = 5, 2.0
MEMORY = 10 * 1024**3
# What is over sooner is mostly start-up and noise.
FLOOR = 0.02
FASTER = 3.0
_console = Console(stderr=True)
_spawned = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Case:
    """One stored query with one choice of parameters."""

    name: str
    text: str


@dataclass(frozen=True)
class Cost:
    """What a case cost at one size: seconds and rows, or neither when it was ended at the limit."""

    seconds: float | None
    rows: int | None
    ended: str = ""


def cases(folder: Path, wanted: list[str]) -> Iterator[Case]:
    """Yield each stored query with what it requires, then with the example of each other parameter beside."""
    for query in queries.catalogue().values():
        if wanted and query.name not in wanted:
            continue
        least = required(query)
        name = " ".join([f"{query.topic}/{query.name}", *(f"{k}={v}" for k, v in least.items())])
        yield Case(name, query_text(query, folder, least))
        for p in query.parameters:
            if not p.required:
                text = query_text(query, folder, {**least, p.name: p.example})
                yield Case(f"{name} {p.name}={p.example}", text)


def _serve(quads: list[Quad], size: int, memory: int, asked: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    data = Store()
    data.bulk_extend(scaled(quads, size))
    asked.send(len(data))
    while True:
        text = asked.recv()
        # The processor's time: whoever else is at work on the machine disturbs it less.
        start = time.process_time()
        rows = count_rows(data, text)
        asked.send((time.process_time() - start, rows))


class Worker:
    """A process that holds the graph at one size and answers; begun anew when a query takes too long.

    The store is made within it: one that came with a fork would be copied page by page while it is read,
    which costs more than most queries.
    """

    def __init__(self, quads: list[Quad], size: int) -> None:
        """Load `size` times the graph of `quads`."""
        self._load = quads, size, MEMORY
        self.count = self._begin()

    def _begin(self) -> int:
        self._asks, asked = _spawned.Pipe()
        self._process = _spawned.Process(target=_serve, args=(*self._load, asked), daemon=True)
        self._process.start()
        asked.close()
        return int(self._asks.recv())

    def end(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.join()

    def cost(self, case: Case) -> Cost:
        """Return the median cost of a few runs, or of one when it is slow.

        Raises:
            RuntimeError: the query is at fault, not its cost.
        """
        spent: list[float] = []
        rows, ended = None, ""
        try:
            while len(spent) < RUNS and sum(spent) < ENOUGH:
                self._asks.send(case.text)
                if not self._asks.poll(LIMIT):
                    ended = f"> {LIMIT:g} s"
                    break
                took, rows = self._asks.recv()
                spent.append(took)
        except EOFError:
            self._process.join()
            # Python's own end is an error in the query; the engine's is a signal, for want of memory.
            if self._process.exitcode == 1:
                raise RuntimeError(f"{case.name} failed, as told above.") from None
            ended = f"> {MEMORY / 1024**3:g} GiB"
        if not ended:
            return Cost(statistics.median(spent), rows)
        self.end()
        self._begin()
        return Cost(None, None, ended)


@dataclass(frozen=True)
class Growth:
    """A case at every size, and how it grew from the last size but one to the last."""

    case: Case
    costs: tuple[Cost, ...]
    data: float

    @property
    def ended(self) -> bool:
        """Whether it met the limit at the largest size."""
        return self.costs[-1].seconds is None

    @property
    def times(self) -> float:
        """How many times it cost more; infinite when it was ended."""
        before, after = self.costs[-2].seconds, self.costs[-1].seconds
        return after / before if before and after else float("inf")

    @property
    def rows(self) -> float:
        """How many times more rows it gave; one when that is not known."""
        before, after = self.costs[-2].rows, self.costs[-1].rows
        return max(after, 1) / max(before, 1) if before is not None and after is not None else 1.0

    @property
    def too_fast(self) -> bool:
        """Whether the cost grew more than `FASTER` times as much as data and rows did."""
        spent = self.costs[-1].seconds
        return spent is None or (spent > FLOOR and self.times > FASTER * max(self.data, self.rows))

    @property
    def mark(self) -> str:
        """A word on growth that is faster than the work, or goes with the graph but not with the answer."""
        if self.too_fast:
            return "faster than the work"
        spent = self.costs[-1].seconds or 0.0
        return "with the graph" if spent > FLOOR and self.times > FASTER * self.rows else ""


def measured(quads: list[Quad], sizes: list[int], wanted: list[str]) -> list[Growth]:
    """Return the growth of every case, worst first."""
    with TemporaryDirectory() as name:
        store.publish(quads, Path(name))
        chosen = list(cases(Path(name), wanted))
    found: list[list[Cost]] = [[] for _ in chosen]
    counts = []
    for size in sizes:
        _console.print(f"· loading {size} times the graph …")
        worker = Worker(quads, size)
        counts.append(worker.count)
        for number, (case, costs) in enumerate(zip(chosen, found, strict=True), 1):
            _console.print(f"· {size}x {number}/{len(chosen)} {case.name}", highlight=False)
            costs.append(worker.cost(case))
        worker.end()
    grown = [
        Growth(case, tuple(costs), counts[-1] / counts[-2]) for case, costs in zip(chosen, found, strict=True)
    ]
    _console.print("· " + ", ".join(f"{s}x: {c:,} statements" for s, c in zip(sizes, counts, strict=True)))
    return sorted(grown, key=lambda g: (-g.times / max(g.rows, g.data), g.case.name))


def table(grown: list[Growth], sizes: list[int]) -> str:
    """Return the measurements as a table in Markdown."""
    last = f"{sizes[-2]}x to {sizes[-1]}x"
    heads = ["query", "rows", *(f"{s}x, ms" for s in sizes), f"growth {last}, per result row", ""]
    lines = [f"| {' | '.join(heads)} |", f"|---|--:|{'--:|' * len(sizes)}--:|---|"]
    for g in grown:
        rows = " · ".join("?" if c.rows is None else f"{c.rows:,}" for c in g.costs)
        spent = " | ".join(c.ended if c.seconds is None else f"{c.seconds * 1000:,.1f}" for c in g.costs)
        each = "?" if g.ended else f"{g.times / g.rows:,.1f}"
        lines.append(f"| {g.case.name} | {rows} | {spent} | {each} | {g.mark} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("query", nargs="*", help="names of stored queries; by default all")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100], help="two or more, rising")
    chosen = parser.parse_args()
    if len(chosen.sizes) < 2:
        parser.error("growth needs two sizes")
    asserted = graph.build_graph(records.load_records())
    quads = [*asserted, *inference.infer(asserted)]
    grown = measured(quads, chosen.sizes, chosen.query)
    fast = [g for g in grown if g.too_fast]
    print(f"{table(grown, chosen.sizes)}\n\n{len(fast)} of {len(grown)} grow faster than the work.")


if __name__ == "__main__":
    main()
