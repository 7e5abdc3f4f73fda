"""Federated queries: the graph joined with what others publish, one SERVICE of SPARQL 1.1 for each of them.

In: a stored federated query, values of its parameters, endpoints that the user lets be asked. Out: rows with
a column for each endpoint that tells what became of it. Nothing is asked of anybody unless these functions
are called (decision 0016).
"""

from __future__ import annotations

from cscip_kg.federation.asking import request_text
from cscip_kg.federation.endpoints import Asked, Choice, Endpoint, endpoints
from cscip_kg.federation.reading import FederatedQuery, Part, catalogue, find, read
from cscip_kg.federation.running import Federated, Outcome, planned, run

__all__ = [
    "Asked",
    "Choice",
    "Endpoint",
    "Federated",
    "FederatedQuery",
    "Outcome",
    "Part",
    "catalogue",
    "endpoints",
    "find",
    "planned",
    "read",
    "request_text",
    "run",
]
