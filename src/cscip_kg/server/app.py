"""The routes: each hands a request to where it is answered, and holds no logic of its own.

In: requests over HTTP (ASGI). Out: answers. Nothing that a stranger asks runs in this process: queries and
pages are worked on in processes of their own (`pool`), and only their whole results are sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Asked
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from cscip_kg import __version__
from cscip_kg.assets import static_dir
from cscip_kg.described.writing import FORMS, VOID
from cscip_kg.namespaces import PREFIXES
from cscip_kg.reply import Reply, Request, negotiated, refusal
from cscip_kg.server import protocol
from cscip_kg.server.budget import Budget
from cscip_kg.server.engine import PASSING, Current, lasts
from cscip_kg.server.protocol import RefusedError
from cscip_kg.server.sending import give
from cscip_kg.server.service import SD, description
from cscip_kg.server.settings import Settings
from cscip_kg.server.shield import Numbers, Shield

_DESCRIBED = {form.media: form.rdf for form in FORMS.values()}
_EDITOR = "sparql-editor/"


class Service:
    """What the routes need: the current engine, the limits, what clients have used up, the numbers."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Take the build folder and the limits."""
        self.settings, self.numbers = settings, Numbers()
        self.budget = Budget(settings.client_seconds, settings.client_refill)
        self.current = Current(folder, settings)

    def client(self, asked: Asked) -> str:
        """Return the address of a client, as the outermost trusted proxy saw it."""
        proxies = self.settings.proxies
        if proxies:
            hops = [h.strip() for h in asked.headers.get("x-forwarded-for", "").split(",") if h.strip()]
            if len(hops) >= proxies:
                return hops[-proxies]
        return asked.client.host if asked.client else ""

    def origin(self, asked: Asked) -> str:
        """Return scheme and host by which the client reaches this service."""
        if self.settings.origin:
            return self.settings.origin.rstrip("/")
        found = urlsplit(f"{asked.url.scheme}://{asked.headers.get('host', '')}")
        try:
            port = f":{found.port}" if found.port else ""
        except ValueError as error:
            raise RefusedError(400, "The header Host is no host.") from error
        host = found.hostname or "localhost"
        if not host.replace("-", "").replace(".", "").replace(":", "").isalnum() or not host.isascii():
            raise RefusedError(400, "The header Host is no host.")
        return f"{found.scheme}://{f'[{host}]' if ':' in host else host}{port}"

    def admitted(self, asked: Asked) -> str:
        """Return the client's address, unless it must pause.

        Raises:
            RefusedError: it has used up its share.
        """
        client = self.client(asked)
        if pause := self.budget.pause(client):
            raise RefusedError(
                429,
                f"You have used up {self.settings.client_seconds:g} seconds of work (limit: client_seconds). "
                f"Go on in {pause:.0f} seconds.",
                {"Retry-After": f"{pause:.0f}"},
            )
        return client

    def tag(self, *parts: str) -> dict[str, str]:
        """Return `ETag` and `Last-Modified` of what is made from the current build alone."""
        engine = self.current.engine
        digest = hashlib.sha256("\0".join((__version__, *parts)).encode("utf-8", "replace")).hexdigest()[:16]
        return {
            "ETag": f'W/"{engine.build.id}-{digest}"',
            "Last-Modified": formatdate(engine.since, usegmt=True),
            "Cache-Control": "no-cache",
        }


Answer = Callable[[Service, Asked], Awaitable[Reply]]


async def _body(asked: Asked, settings: Settings) -> bytes:
    """Return the body of a request within its limits of size and time.

    Raises:
        RefusedError: it is too long or too slow.
    """
    found = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for piece in asked.stream():
                found += piece
                if len(found) > settings.body:
                    raise RefusedError(413, f"The body is longer than {settings.body} bytes (limit: body).")
    except TimeoutError as error:
        raise RefusedError(
            408,
            f"The body did not arrive in {settings.body_seconds:g} seconds (limit: body_seconds).",
            {"Connection": "close"},
        ) from error
    except ClientDisconnect as error:
        raise RefusedError(400, "The client left.") from error
    return bytes(found)


async def _sparql(service: Service, asked: Asked) -> Reply:
    body = await _body(asked, service.settings) if asked.method == "POST" else b""
    accept = ", ".join(asked.headers.getlist("accept"))
    wanted = protocol.operation(
        asked.method,
        asked.scope["query_string"].decode("latin-1"),
        accept,
        asked.headers.get("content-type", ""),
        body,
    )
    if wanted is None:
        return _service(service, asked, accept)
    wanted = replace(wanted, base=f"{service.origin(asked)}/sparql")
    client = service.admitted(asked)
    tag = service.tag("sparql", repr(wanted)) | {"Vary": "Accept"}
    if asked.headers.get("if-none-match") == tag["ETag"]:
        return Reply(304, "", b"", tag)
    made = await service.current.engine.query(wanted, lambda s: service.budget.spend(client, s))
    return replace(made, headers={**made.headers, **tag})


def _service(service: Service, asked: Asked, accept: str) -> Reply:
    media = negotiated(accept, [*_DESCRIBED, "text/html"])
    if media is None:
        raise RefusedError(406, f"Offered: {', '.join([*_DESCRIBED, 'text/html'])}.")
    if media == "text/html":
        up = "../" if asked.url.path.endswith("/") else ""
        return Reply(303, "text/plain", b"", {"Location": up + _EDITOR, "Vary": "Accept"})
    endpoint = f"{service.origin(asked)}/sparql"
    triples = description(endpoint, service.current.engine.build)
    body = (
        ox.serialize(triples, format=_DESCRIBED[media], prefixes=PREFIXES | {"sd": SD, "void": VOID}) or b""
    )
    return Reply(200, media, body, {"Vary": "Accept"})


async def _reconciled(service: Service, asked: Asked) -> Reply:
    body = await _body(asked, service.settings) if asked.method == "POST" else b""
    query_string = asked.scope["query_string"].decode("latin-1")
    params = protocol.form(asked.method, query_string, asked.headers.get("content-type", ""), body)
    return await _made(service, asked, "reconcile", params)


async def _page(service: Service, asked: Asked) -> Reply:
    raw = asked.scope.get("raw_path") or asked.scope["path"].encode()
    path = protocol.plain_path(raw.decode("latin-1").partition("?")[0]).removeprefix("/")
    params = protocol.parameters(asked.scope["query_string"].decode("latin-1"))
    return await _made(service, asked, path, params)


async def _made(service: Service, asked: Asked, path: str, params: tuple[tuple[str, str], ...]) -> Reply:
    """Return what a page process makes of a request, or that the client has it already."""
    request = Request(path, params, ", ".join(asked.headers.getlist("accept")), service.origin(asked))
    tag = service.tag("page", repr(request))
    if asked.headers.get("if-none-match") == tag["ETag"]:
        return Reply(304, "", b"", tag)
    client = service.admitted(asked)
    made = await service.current.engine.page(request, lambda s: service.budget.spend(client, s))
    return replace(made, headers={**made.headers, **tag}) if made.status == 200 and lasts(made) else made


async def _health(service: Service, _: Asked) -> Reply:
    engine = service.current.engine
    told_of = {
        "status": "ok",
        "version": __version__,
        "build": engine.build.id,
        "statements": sum(engine.build.graphs.values()),
    }
    return Reply(200, "application/json", (json.dumps(told_of) + "\n").encode(), PASSING)


async def _metrics(service: Service, _: Asked) -> Reply:
    engine = service.current.engine
    for name, pool in (("queries", engine.queries), ("pages", engine.pages)):
        for state in ("waiting", "working", "killed", "crashed"):
            service.numbers.processes.labels(name, state).set(getattr(pool, state))
    return Reply(200, CONTENT_TYPE_LATEST, generate_latest(service.numbers.registry), PASSING)


@dataclass(frozen=True)
class _Endpoint:
    """One route: what it answers, and how a refusal is told."""

    service: Service
    answer: Answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            made = await self.answer(self.service, Asked(scope, receive))
        except RefusedError as error:
            made = refusal(scope["path"], error.status, str(error), error.headers)
        await give(made, scope, send)


def make(folder: Path, settings: Settings) -> ASGIApp:
    """Return the application.

    Args:
        folder: the build folder.
        settings: the limits.

    Raises:
        NoStoreError: nothing has been built.
    """
    service = Service(folder, settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.current.start()
        yield
        await service.current.close()

    routes = [
        Route("/sparql", _Endpoint(service, _sparql)),
        Route("/sparql/", _Endpoint(service, _sparql)),
        Route("/reconcile", _Endpoint(service, _reconciled)),
        Route("/reconcile/", _Endpoint(service, _reconciled)),
        Route("/health", _Endpoint(service, _health)),
        Route("/metrics", _Endpoint(service, _metrics)),
        Mount("/static", StaticFiles(directory=static_dir(), check_dir=False)),
        Mount("/", _Endpoint(service, _page)),
    ]
    return Shield(Starlette(routes=routes, lifespan=lifespan), settings, service.numbers)
