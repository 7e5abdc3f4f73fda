"""What each client has used up: a few heavy askers leave the others their share.

In: a client's address and the seconds of work it has cost. Out: whether it may go on, or for how long it
must pause. Nothing is written down: the addresses stand in memory only, and are forgotten.
"""

from __future__ import annotations

import time
from collections import OrderedDict

_MOST_CLIENTS = 20_000


class Budget:
    """Seconds of work that each client has left."""

    def __init__(self, seconds: float, refill: float) -> None:
        """Take how much a client may use up at once, and how much it regains each second."""
        self._seconds, self._refill = seconds, refill
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def _now(self, client: str) -> float:
        used, at = self._used.get(client, (0.0, 0.0))
        return max(0.0, used - (time.monotonic() - at) * self._refill)

    def pause(self, client: str) -> float:
        """Return for how many seconds a client must wait; nothing when it may go on."""
        over = self._now(client) - self._seconds
        return 0.0 if over < 0 else max(1.0, over / self._refill if self._refill else 3600.0)

    def spend(self, client: str, seconds: float) -> None:
        """Charge a client with seconds of work."""
        self._used[client] = (self._now(client) + seconds, time.monotonic())
        self._used.move_to_end(client)
        if len(self._used) > _MOST_CLIENTS:
            self._used.popitem(last=False)
