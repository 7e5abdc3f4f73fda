"""Measures what people wait for, as the graph grows: publishing, index, search, question, map, profile.

Prints a table of the processor's seconds, and how each cost grew from the first size to the last. The graph
is published on disk, as the commands read it, and made larger by `scale`; each size has a process of its own,
which is ended at the limit. Run: `python bench/answers.py --sizes 1 10 100`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from growth import ENOUGH
from pyoxigraph import Quad
from rich.console import Console
from scale import scaled

from cscip_kg import ask, gapmap, graph, inference, pipeline, profiles, records, search, store

RUNS = 3
# Seconds of the clock for all the work at one size.
LIMIT = 600.0
MEMORY = 17 * 1024**3
_console = Console(stderr=True, soft_wrap=True)
_spawned = multiprocessing.get_context("spawn")


def cpu_seconds(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Return the least of a few runs' processor time, of one when it is slow: others disturb it less."""
    spent: list[float] = []
    while len(spent) < runs and sum(spent) < ENOUGH:
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def _publishing(quads: list[Quad], folder: Path) -> Iterator[tuple[str, float]]:
    """Publish, and tell what the store and what the search index beside it cost."""
    beside: list[float] = []

    def timed(write: Callable[[list[Quad], Path], None], kept: list[Quad], path: Path) -> None:
        beside.append(cpu_seconds(lambda: write(kept, path), 1))

    companions = {name: partial(timed, write) for name, write in pipeline.COMPANIONS.items()}
    whole = cpu_seconds(lambda: store.publish(quads, folder, companions), 1)
    yield "publish the store", whole - sum(beside)
    yield "build the search index", sum(beside)


def costs(quads: list[Quad], folder: Path) -> Iterator[tuple[str, float]]:
    """Publish `quads` into `folder` and yield each piece of work with the processor's seconds it took."""
    yield from _publishing(quads, folder)
    yield "search, three words", cpu_seconds(lambda: search.search("teenagers going missing", folder=folder))
    question = "which projects reduced missing episodes?"
    yield "ask, one question", cpu_seconds(lambda: ask.ask(question, folder))
    yield "profile", cpu_seconds(lambda: profiles.profile("no-wrong-door", folder))
    both = ("no-wrong-door", "step-change")
    yield "comparison of two", cpu_seconds(lambda: profiles.comparison(both, folder))
    for kind in gapmap.TITLES:
        yield f"map by {kind}, numbers", cpu_seconds(partial(gapmap.gap_map, kind, folder))
    made = gapmap.gap_map("theme", folder)
    yield "map by theme, picture", cpu_seconds(lambda: gapmap.svg_of(made))
    yield "map by theme, page with every finding", cpu_seconds(lambda: gapmap.html_of(made, folder))


def _measure(quads: list[Quad], size: int, folder: Path, told: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for cost in costs(list(scaled(quads, size)), folder):
        told.send(cost)


def measured(quads: list[Quad], size: int, limit: float) -> dict[str, float]:
    """Return the costs at one size; those that were not reached within the limit are not among them."""
    found: dict[str, float] = {}
    end = time.monotonic() + limit
    tells, told = _spawned.Pipe(duplex=False)
    with TemporaryDirectory() as name:
        process = _spawned.Process(target=_measure, args=(quads, size, Path(name), told), daemon=True)
        process.start()
        told.close()
        try:
            while tells.poll(max(0.0, end - time.monotonic())):
                work, spent = tells.recv()
                found[work] = spent
                _console.print(f"· {size}x {work}: {spent:,.3f} s", highlight=False)
            _console.print(f"· {size}x was ended after {limit:g} s", highlight=False)
        except EOFError:
            # The pipe is closed: all is done, or memory was short.
            process.join()
            if process.exitcode:
                _console.print(f"· {size}x ended itself (exit {process.exitcode})", highlight=False)
        process.kill()
        process.join()
    return found


def table(found: list[dict[str, float]], sizes: list[int]) -> str:
    """Return the costs as a table in Markdown, with a word where the limit was met before."""
    lines = [
        f"| processor's ms | {' | '.join(f'{size}x' for size in sizes)} | growth |",
        f"|---|{'--:|' * len(sizes)}--:|",
    ]
    for work in dict.fromkeys(name for one in found for name in one):
        cells = [f"{one[work] * 1000:,.0f}" if work in one else "not reached" for one in found]
        first, last = found[0].get(work), found[-1].get(work)
        growth = f"{last / first:,.1f}" if first and last else "?"
        lines.append(f"| {work} | {' | '.join(cells)} | {growth} |")
    return "\n".join(lines)


def main() -> None:
    """Measure at each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds of the clock for each size")
    chosen = parser.parse_args()
    asserted = graph.build_graph(records.load_records())
    quads = [*asserted, *inference.infer(asserted)]
    found = []
    for size in chosen.sizes:
        _console.print(f"· {size} times the graph, for {chosen.limit:g} s at most …")
        found.append(measured(quads, size, chosen.limit))
    print(table(found, chosen.sizes))


if __name__ == "__main__":
    main()
