"""Work that needs an event loop, in a thread of its own: the browser of other tests keeps one in the main."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import anyio

Result = TypeVar("Result")


def run_apart(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what the work comes to."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, work).result()
