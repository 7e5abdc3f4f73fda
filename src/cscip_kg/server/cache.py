"""Answers kept for those who ask the same, up to a number of bytes; the longest unused go first.

In: keys and answers. Out: answers. A key holds the id of the build, so that a new build answers anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from cscip_kg.reply import Reply

# What an entry weighs beside its body.
_OVERHEAD = 1024


class Cache:
    """The answers that were given last."""

    def __init__(self, size: int) -> None:
        """Take the most bytes that all bodies may have together."""
        self._size, self._held = size, 0
        self._kept: OrderedDict[Hashable, Reply] = OrderedDict()

    def get(self, key: Hashable) -> Reply | None:
        """Return what was kept under a key."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Hashable, reply: Reply) -> None:
        """Keep an answer; one larger than an eighth of the room is not kept."""
        weight = len(reply.body) + _OVERHEAD
        if weight > self._size // 8 or key in self._kept:
            return
        self._kept[key] = reply
        self._held += weight
        while self._held > self._size:
            _, old = self._kept.popitem(last=False)
            self._held -= len(old.body) + _OVERHEAD
