"""Trusted queries, run in this process on an open store.

In: a store and a query of the project's own. Out: typed results. Queries that people write go through
`store.ask`, which bounds them.
"""

from __future__ import annotations

from typing import cast

import pyoxigraph as ox

from cscip_kg.namespaces import PREFIXES


def select(store: ox.Store, text: str) -> ox.QuerySolutions:
    """Return the solutions of a SELECT query over all graphs of `store`."""
    return cast("ox.QuerySolutions", store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True))


def construct(store: ox.Store, text: str) -> ox.QueryTriples:
    """Return the triples of a CONSTRUCT query over all graphs of `store`."""
    return cast("ox.QueryTriples", store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True))
