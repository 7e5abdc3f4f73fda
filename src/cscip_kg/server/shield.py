"""What every answer carries and every request must keep to, whatever it is about.

In: an ASGI application. Out: the same, with limits on URL and body before it, and headers, compression, a
line in the log and numbers behind it. The log holds no address and no question of anybody.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cscip_kg.reply import Reply, refusal
from cscip_kg.server.sending import Outgoing, Sender, SlowClientError, give
from cscip_kg.server.settings import Settings

log = logging.getLogger("cscip_kg.server")
_FAULT: Final = "Something is wrong with this service; it has been noted."
_PREFLIGHT: Final = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
# Part of the path by which requests are told apart in the numbers.
_KINDS: Final = frozenset(("api", "data", "downloads", "id", "reconcile", "sparql", "static"))


class Numbers:
    """What is counted, for `/metrics`."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self.requests = Counter("cscip_requests", "Answers", ["kind", "status"], registry=self.registry)
        self.seconds = Histogram("cscip_seconds", "Seconds to an answer", ["kind"], registry=self.registry)
        self.processes = Gauge("cscip_pool", "Work in hand", ["pool", "state"], registry=self.registry)


def kind_of(path: str) -> str:
    """Return the kind of thing that a path asks for: a handful, so that nobody can fill the numbers."""
    first = path.strip("/").partition("/")[0]
    return first if first in _KINDS else "page"


def methods(path: str) -> str:
    """Return the methods that a path takes: a query may be sent by POST, all else is only read."""
    asked = kind_of(path) == "sparql" or path.strip("/") == "reconcile"
    return "GET, HEAD, POST, OPTIONS" if asked else "GET, HEAD, OPTIONS"


class Shield:
    """The application behind its limits."""

    def __init__(self, app: ASGIApp, settings: Settings, numbers: Numbers) -> None:
        """Take the application, the limits and where to count."""
        self._app, self._settings, self._numbers = app, settings, numbers
        self._outgoing = Outgoing(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, sender = time.perf_counter(), Sender(scope, send, self._outgoing)
        try:
            if refused := self._refused(scope):
                await give(refused, scope, sender)
            else:
                await self._app(scope, receive, sender)
        except SlowClientError:
            log.info("a client did not take its answer (limit: outgoing_seconds)")
        except Exception:
            log.exception("a request failed")
            if not sender.status:
                await give(refusal(scope["path"], 500, _FAULT), scope, sender)
        finally:
            taken = time.perf_counter() - begun
            kind = kind_of(scope["path"])
            self._numbers.requests.labels(kind, str(sender.status)).inc()
            self._numbers.seconds.labels(kind).observe(taken)
            log.info("%s %s %d %.0f ms", scope["method"], kind, sender.status, taken * 1000)

    def _refused(self, scope: Scope) -> Reply | None:
        limit = self._settings
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > limit.url:
            return refusal(
                scope["path"],
                414,
                f"The address is longer than {limit.url} bytes (limit: url). Send it by POST.",
            )
        if refused := self._refused_headers(scope):
            return refused
        allowed = methods(scope["path"])
        if scope["method"] == "OPTIONS":
            also = {"Allow": allowed, "Access-Control-Allow-Methods": allowed}
            return Reply(204, "text/plain", b"", {**_PREFLIGHT, **also})
        if scope["method"] not in allowed.split(", "):
            return refusal(scope["path"], 405, f"This service only reads: {allowed}.", {"Allow": allowed})
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > limit.body:
            return refusal(
                scope["path"],
                413,
                f"The body is longer than {limit.body} bytes (limit: body).",
                {"Connection": "close"},
            )
        return None

    def _refused_headers(self, scope: Scope) -> Reply | None:
        limit, size, hosts, accepted = self._settings, 0, 0, 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            hosts += name == b"host" and value != b""
            accepted += len(value) if name == b"accept" else 0
        if size > limit.headers:
            return refusal(
                scope["path"], 431, f"The headers are longer than {limit.headers} bytes (limit: headers)."
            )
        if accepted > limit.accept:
            return refusal(
                scope["path"], 431, f"The header Accept is longer than {limit.accept} bytes (limit: accept)."
            )
        if hosts > 1 or (not hosts and scope["http_version"] == "1.1"):
            return refusal(scope["path"], 400, "A request names one Host.")
        return None
