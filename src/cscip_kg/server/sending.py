"""An answer → the messages that send it, whole or not at all.

In: a reply. Out: its head, with the headers that every answer carries, and its body; a large body piece by
piece as the client takes it, within a time, and of all large bodies together only so much at once.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterable, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Scope, Send

from cscip_kg.reply import Reply, takes_gzip, text
from cscip_kg.server.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Anybody may read from anywhere, without credentials: there is nothing but reading.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Location, Retry-After",
}
_RAW: Final = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
_LEAST_PACKED, _PACKED_ASIDE = 1024, 64 * 1024
# A body up to this size is handed over whole; of a larger one the client takes piece by piece.
_PIECE: Final = 256 * 1024
_PACKABLE: Final = ("text/", "application/json", "application/ld+json", "application/problem", "image/svg")
_ALSO_PACKABLE: Final = ("application/sparql-results", "application/rdf+xml", "application/n-triples")


class SlowClientError(Exception):
    """A client does not take its answer."""


async def _packed(made: Reply, accepted: str) -> tuple[bytes, dict[str, str]]:
    """Return the body as it is sent, with the headers that say so."""
    packable = made.media.startswith((*_PACKABLE, *_ALSO_PACKABLE))
    if not packable or len(made.body) < _LEAST_PACKED or made.headers.get("Content-Encoding"):
        return made.body, {}
    if not takes_gzip(accepted):
        return made.body, {"Vary": "Accept-Encoding"}
    if len(made.body) < _PACKED_ASIDE:
        body = gzip.compress(made.body, 5, mtime=0)
    else:
        body = await asyncio.to_thread(gzip.compress, made.body, 5, mtime=0)
    return body, {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}


def _merged(many: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return headers in one; those of `Vary` are joined."""
    found: dict[str, str] = {}
    for some in many:
        for name, value in some.items():
            joined = name == "Vary" and name in found
            found[name] = f"{found[name]}, {value}" if joined else value
    return found


async def give(made: Reply, scope: Scope, send: Send) -> None:
    """Send a reply, whole: its length stands before its first byte."""
    body, packing = await _packed(made, Headers(scope=scope).get("accept-encoding", ""))
    found = _merged(({"Content-Type": made.media, "Content-Length": str(len(body))}, made.headers, packing))
    if made.status == 304:
        found.pop("Content-Type"), found.pop("Content-Length")
        body = b""
    raw = [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in found.items()]
    await send({"type": "http.response.start", "status": made.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _too_many(limit: Settings) -> Reply:
    return text(
        503,
        f"More than {limit.outgoing} bytes of answers are on their way (limit: outgoing). Try again shortly, "
        "or ask for less.",
        {"Retry-After": "5"},
    )


class Outgoing:
    """The large answers that are on their way."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits."""
        self.settings, self.bytes = settings, 0


class Sender:
    """Sends the messages of one answer.

    Attributes:
        status: what was sent; nothing before that.
    """

    def __init__(self, scope: Scope, send: Send, outgoing: Outgoing) -> None:
        """Take the request, where to send, and what is on its way to others."""
        self._scope, self._send, self._outgoing = scope, send, outgoing
        self._head: Message | None = None
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Send one message; the head waits for the body, which may be too much.

        Raises:
            SlowClientError: the client does not take it.
        """
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            # What has a policy of its own says there who may frame it.
            present |= {b"x-frame-options"} if b"content-security-policy" in present else set()
            more = [(k, v) for k, v in _RAW if k.lower() not in present]
            self._head = {**message, "headers": [*message["headers"], *more]}
            return
        limit, size = self._outgoing.settings, len(message.get("body", b""))
        if self._head:
            if size > _PIECE and self._outgoing.bytes + size > limit.outgoing:
                self._head = None
                await give(_too_many(limit), self._scope, self)
                return
            self.status = self._head["status"]
            await self._send(self._head)
            self._head = None
        if size > _PIECE or message.get("more_body"):
            await self._piecewise(message)
        else:
            await self._send(message)

    async def _piecewise(self, message: Message) -> None:
        """Send a body as fast as the client takes it; one too slow sees that it is shorter than was said."""
        body, more = memoryview(message.get("body", b"")), message.get("more_body", False)
        self._outgoing.bytes += len(body)
        try:
            async with asyncio.timeout(self._outgoing.settings.outgoing_seconds):
                for at in range(0, len(body) or 1, _PIECE):
                    follows = more or at + _PIECE < len(body)
                    await self._send({**message, "body": bytes(body[at : at + _PIECE]), "more_body": follows})
        except TimeoutError as error:
            raise SlowClientError from error
        finally:
            self._outgoing.bytes -= len(body)
