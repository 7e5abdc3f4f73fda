"""What the measurements share: the clock, a stored query's text with its parameters, and its run.

In: a piece of work, or a stored query and an open store. Out: seconds and numbers of rows, as the tables of
`run.py` and `growth.py` show them.
"""

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from cscip_kg import queries
from cscip_kg.engine import construct, select

# Seconds after which a piece of work is not run once more.
ENOUGH = 10.0


def seconds(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Return the median duration of `work` and its last result; of fewer runs when they take long."""
    spent: list[float] = []
    result: Any = None
    while len(spent) < runs and sum(spent) < ENOUGH:
        start = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent), result


@contextmanager
def ended_after(limit: int) -> Iterator[None]:
    """End what runs within after `limit` seconds, where Python itself does the work.

    Raises:
        TimeoutError: the time was over.
    """

    def end(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, end)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)


def required(query: queries.StoredQuery) -> dict[str, str]:
    """Return the example of each parameter without which the query is refused."""
    return {p.name: p.example for p in query.parameters if p.required}


def query_text(query: queries.StoredQuery, folder: Path, values: Mapping[str, str] | None = None) -> str:
    """Return the query with `values` filled in, by default those that it cannot do without."""
    return queries.fill(
        query.text, queries.bind(query, required(query) if values is None else values, folder)
    )


def count_rows(store: Store, text: str) -> int:
    """Run a query on an open store and return the number of its rows, or triples."""
    return sum(1 for _ in (construct if "CONSTRUCT" in text else select)(store, text))
