"""Trusted queries, run in this process on an open store.

In: a store and a query of the project's own. Out: typed results. Queries that people write go through
`store.ask`, which bounds them.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

import pyoxigraph as ox

from cscip_kg.namespaces import PREFIXES


class Queryable(Protocol):
    """What answers queries as a store in this process does."""

    def query(
        self, query: str, /, *, prefixes: dict[str, str] | None, use_default_graph_as_union: bool
    ) -> Any:
        """Run a query over all graphs."""


def select(store: Queryable, text: str) -> ox.QuerySolutions:
    """Return the solutions of a SELECT query over all graphs of `store`."""
    return cast("ox.QuerySolutions", store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True))


def holds(store: Queryable, text: str) -> bool:
    """Return the answer to an ASK query over all graphs of `store`."""
    return bool(store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True))


def construct(store: Queryable, text: str) -> ox.QueryTriples:
    """Return the triples of a CONSTRUCT query over all graphs of `store`."""
    return cast("ox.QueryTriples", store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True))
