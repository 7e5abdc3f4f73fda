"""What the server allows, and how that is changed: one list of limits with a name, a default and a reason.

In: environment variables `CSCIP_SERVE_<NAME>`. Out: `Settings`. When a limit is met, the answer names it as
it is called here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, Final

from cscip_kg.errors import ServeError

PREFIX: Final = "CSCIP_SERVE_"
_MIB: Final = 1024 * 1024


def _limit(default: Any, told: str) -> Any:
    return field(default=default, metadata={"told": told})


@dataclass(frozen=True)
class Settings:
    """The limits of a server; `described` lists them with their meaning."""

    seconds: float = _limit(10.0, "seconds of the clock for one query or page")
    queries: int = _limit(2, "queries that run at a time, each in a process of its own")
    slow: int = _limit(2, "queries that go on beside those when they take over a quarter of a second")
    pages: int = _limit(2, "pages that are made at a time, each in a process of its own")
    queue: int = _limit(512, "requests that may wait for a free process")
    wait: float = _limit(5.0, "seconds that a request may wait for a free process")
    result: int = _limit(16 * _MIB, "bytes of one result")
    memory: int = _limit(2048 * _MIB, "bytes of memory of one process")
    in_memory: int = _limit(2_000_000, "statements up to which each query process holds the graph in memory")
    url: int = _limit(16 * 1024, "bytes of path and query string")
    headers: int = _limit(16 * 1024, "bytes of the headers of a request")
    accept: int = _limit(2 * 1024, "bytes of the header Accept")
    body: int = _limit(256 * 1024, "bytes of the body of a request")
    body_seconds: float = _limit(10.0, "seconds in which the body of a request must arrive")
    header_seconds: float = _limit(
        10.0, "seconds in which the headers must arrive, and that a connection idles"
    )
    outgoing: int = _limit(256 * _MIB, "bytes of large answers on their way to clients at a time")
    outgoing_seconds: float = _limit(120.0, "seconds in which a client must have taken a large answer")
    connections: int = _limit(1024, "connections at a time")
    client_seconds: float = _limit(120.0, "seconds of work that one client may use up before it must pause")
    client_refill: float = _limit(1.0, "seconds of work that a client regains each second")
    cache: int = _limit(64 * _MIB, "bytes of answers kept for those who ask the same")
    proxies: int = _limit(0, "reverse proxies in front, each adding one address to X-Forwarded-For")
    origin: str = _limit("", "scheme and host by which the server is known; empty takes the header Host")


def described() -> Mapping[str, tuple[str, str]]:
    """Return the settings: environment variable → default, and what it means."""
    return {f"{PREFIX}{f.name.upper()}": (str(f.default), str(f.metadata["told"])) for f in fields(Settings)}


def _read(name: str, text: str, default: Any) -> Any:
    try:
        value = type(default)(text)
    except ValueError as error:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise ServeError(f"{PREFIX}{name.upper()} takes {kind}, not {text!r}.") from error
    if isinstance(value, int | float) and not 0 <= value < inf:
        raise ServeError(f"{PREFIX}{name.upper()} is an ordinary number from 0 on, not {text!r}.")
    return value


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that environment variables ask for.

    Raises:
        ServeError: one is no number, or there is no setting of that name.
    """
    given = os.environ if environment is None else environment
    known = {f"{PREFIX}{f.name.upper()}": f for f in fields(Settings)}
    chosen: dict[str, Any] = {}
    for name, text in given.items():
        if name.startswith(PREFIX):
            if name not in known:
                raise ServeError(f"There is no setting {name}. Settings: {', '.join(known)}.")
            chosen[known[name].name] = _read(known[name].name, text, known[name].default)
    return Settings(**chosen)
