"""Measures what people wait for, as the graph grows: index, search, question, map, profile.

Prints a table of the processor's seconds. The graph is published on disk, as the commands read it, and made
larger by `scale`. Run: `python bench/answers.py --sizes 1 10 100`; the largest takes many minutes to publish.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from scale import scaled

from cscip_kg import ask, gapmap, graph, inference, pipeline, profiles, records, search, store

RUNS = 3
_console = Console(stderr=True)


def cpu_seconds(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Return the least of a few runs' processor time: whoever else is at work disturbs it less."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def costs(folder: Path) -> dict[str, float]:
    """Return the processor's seconds of each piece of work over the build in `folder`."""
    made = gapmap.gap_map("theme", folder)
    return {
        "search, two words": cpu_seconds(lambda: search.search("teenagers going missing", folder=folder)),
        "ask, one question": cpu_seconds(lambda: ask.ask("which projects reduced missing episodes?", folder)),
        "map, numbers": cpu_seconds(lambda: gapmap.gap_map("theme", folder)),
        "map, picture": cpu_seconds(lambda: gapmap.svg_of(made)),
        "map, page with every finding": cpu_seconds(lambda: gapmap.html_of(made, folder), 1),
        "profile": cpu_seconds(lambda: profiles.profile("no-wrong-door", folder)),
    }


def main() -> None:
    """Measure at each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10])
    sizes = parser.parse_args().sizes
    asserted = graph.build_graph(records.load_records())
    quads = [*asserted, *inference.infer(asserted)]
    found: list[dict[str, float]] = []
    for size in sizes:
        _console.print(f"· {size} times the graph …")
        with TemporaryDirectory() as name:
            folder, larger = Path(name), list(scaled(quads, size))
            start = time.process_time()
            store.publish(larger, folder, pipeline.COMPANIONS)
            found.append({"publish, with the index": time.process_time() - start, **costs(folder)})
    print(f"| processor's ms | {' | '.join(f'{size}x' for size in sizes)} |")
    print("|---|" + "--:|" * len(sizes))
    for work in found[0]:
        print(f"| {work} | {' | '.join(f'{one[work] * 1000:,.0f}' for one in found)} |")


if __name__ == "__main__":
    main()
