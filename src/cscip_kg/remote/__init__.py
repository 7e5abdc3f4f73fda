"""Other people's stores: asking them, filling them, reading them back; none of them is trusted.

In: the address of a SPARQL 1.1 store, what is to be asked of it or put there. Out: answers like those of the
graph of our own, or a named error within the deadline (decision 0013).
"""

from __future__ import annotations

from typing import Final

from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.endpoint import Endpoint
from cscip_kg.remote.fetching import fetch
from cscip_kg.remote.pushing import Pushed, digest, pull, push
from cscip_kg.remote.transport import Budget
from cscip_kg.remote.writing import WAYS, way_of
from cscip_kg.store import Limits

# What reading a whole graph may cost; a query's answer costs less.
LARGE: Final = Limits(60.0, 1024 * 1024 * 1024)

__all__ = [
    "LARGE",
    "WAYS",
    "Budget",
    "Credentials",
    "Endpoint",
    "Pushed",
    "digest",
    "fetch",
    "pull",
    "push",
    "way_of",
]
