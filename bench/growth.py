"""Measures how the cost of every stored query grows with the graph: at 1, 10, when asked 100 times its size.

Prints a line for each topic, and the queries whose cost grows faster than the work or was ended; `--table`
writes all of them, worst growth first. The store is in memory; each query runs in a worker process that is
killed at the limit. Times are the processor's. `with the graph`: cheap growth for a count, a sign of a bad
plan for a narrow question.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
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

# The processor's seconds that one run of a query may take.
LIMIT = 60.0
# So many runs, or fewer when those so far took this long.
RUNS, ENOUGH = 3, 0.5
MEMORY = 10 * 1024**3
# What is over sooner is mostly start-up and noise.
FLOOR = 0.02
FASTER = 3.0
_console = Console(stderr=True, soft_wrap=True)
_spawned = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Case:
    """One stored query with one choice of parameters."""

    name: str
    text: str

    @property
    def topic(self) -> str:
        """The folder of the query."""
        return self.name.partition("/")[0]


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
        text, limit = asked.recv()
        # The signal ends us, wherever we are.
        signal.setitimer(signal.ITIMER_PROF, limit)
        # The processor's time: whoever else is at work on the machine disturbs it less. That of the thread,
        # since a timer on the process makes the clock of the process coarse.
        start = time.thread_time()
        rows = count_rows(data, text)
        spent = time.thread_time() - start
        signal.setitimer(signal.ITIMER_PROF, 0)
        asked.send((spent, rows))


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
                self._asks.send((case.text, LIMIT))
                took, rows = self._asks.recv()
                spent.append(took)
        except EOFError:
            self._process.join()
            # Python's own end is an error in the query; the engine's is another signal, for want of memory.
            if self._process.exitcode == 1:
                raise RuntimeError(f"{case.name} failed, as told above.") from None
            late = self._process.exitcode == -signal.SIGPROF
            ended = f"> {LIMIT:g} s" if late else f"> {MEMORY / 1024**3:g} GiB"
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
    def slow(self) -> bool:
        """Whether its cost at the largest size is more than start-up and noise."""
        return (self.costs[-1].seconds or 0.0) > FLOOR

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
    def against_work(self) -> float:
        """How many times as fast the cost grew as the graph or the rows did, whichever grew more."""
        return self.times / max(self.data, self.rows)

    @property
    def too_fast(self) -> bool:
        """Whether the cost grew more than `FASTER` times as much as data and rows did."""
        return self.ended or (self.slow and self.against_work > FASTER)

    @property
    def mark(self) -> str:
        """A word on growth that is faster than the work, or goes with the graph but not with the answer."""
        if self.too_fast:
            return "faster than the work"
        return "with the graph" if self.slow and self.times > FASTER * self.rows else ""


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
            costs.append(cost := worker.cost(case))
            told = cost.ended or f"{(cost.seconds or 0.0) * 1000:,.1f} ms, {cost.rows:,} rows"
            _console.print(f"· {size}x {number}/{len(chosen)} {case.name}: {told}", highlight=False)
        worker.end()
    grown = [
        Growth(case, tuple(costs), counts[-1] / counts[-2]) for case, costs in zip(chosen, found, strict=True)
    ]
    _console.print("· " + ", ".join(f"{s}x: {c:,} statements" for s, c in zip(sizes, counts, strict=True)))
    return sorted(grown, key=lambda g: (-g.against_work, g.case.name))


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


def summary(grown: list[Growth], sizes: list[int]) -> str:
    """Return the measurements by topic: the median case, the worst, and how they grew against work."""
    each = (f"{s}x, ms: median, worst" for s in sizes)
    heads = ["topic", "cases", *each, "cost against work: median, worst"]
    lines = [f"| {' | '.join(heads)} |", f"|---|--:|{'--:|' * len(sizes)}--:|"]
    for topic in [*sorted({g.case.topic for g in grown}), ""]:
        among = [g for g in grown if g.case.topic.startswith(topic)]
        cells = [
            _median_and_worst([g.costs[n].seconds for g in among], 1000, f"> {LIMIT * 1000:,.0f}")
            for n in range(len(sizes))
        ]
        # What is told in a moment grows by chance.
        each = [None if g.ended else g.against_work for g in among if g.ended or g.slow]
        cells.append(_median_and_worst(each, 1, "?") if each else "")
        lines.append(f"| {' | '.join([topic or 'all', f'{len(among)}', *cells])} |")
    return "\n".join(lines)


def _median_and_worst(values: list[float | None], times: int, ended: str) -> str:
    """Return both as text; a case that was ended counts as worse than any other."""
    known = [float("inf") if v is None else v * times for v in values]
    both = (statistics.median(known), max(known))
    return ", ".join(ended if v == float("inf") else f"{v:,.1f}" for v in both)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("query", nargs="*", help="names of stored queries; by default all")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10], help="two or more, rising")
    parser.add_argument("--table", type=Path, help="a file for the table of all cases")
    chosen = parser.parse_args()
    if len(chosen.sizes) < 2:
        parser.error("growth needs two sizes")
    asserted = graph.build_graph(records.load_records())
    quads = [*asserted, *inference.infer(asserted)]
    grown = measured(quads, chosen.sizes, chosen.query)
    if chosen.table:
        chosen.table.write_text(table(grown, chosen.sizes) + "\n", encoding="utf-8")
    print(summary(grown, chosen.sizes))
    fast = [g for g in grown if g.too_fast or any(c.ended for c in g.costs)]
    print(f"\n{len(fast)} of {len(grown)} grow faster than the work, or were ended.")
    if fast:
        print(f"\n{table(fast, chosen.sizes)}")


if __name__ == "__main__":
    main()
