"""Other people's stores: asking them, filling them, reading them back; none of them is trusted.

In: the address of a SPARQL 1.1 store, what is to be asked of it or put there. Out: answers like those of the graph of
our own, or a named error within the deadline (decision 0013).
"""

from __future__ import annotations

from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.endpoint import Endpoint

__all__ = ["Credentials", "Endpoint"]
