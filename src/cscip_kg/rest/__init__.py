"""The stored queries, search, questions, the gap map and profiles over HTTP, described by OpenAPI.

In: a `Request` under `api/`. Out: a `Reply`, or None where the path is another room's. What cannot be served
is told in problem details (RFC 9457), which name the parameter, what is allowed and what comes near.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cscip_kg.described.dataset import is_address
from cscip_kg.reply import Reply, Request
from cscip_kg.rest.openapi import openapi
from cscip_kg.rest.others import asked, found, interventions, mapped, profile
from cscip_kg.rest.problems import Refusal, read_params, shown
from cscip_kg.rest.stored import answered, listed

__all__ = ["openapi", "reply"]


def _description(request: Request, folder: Path | None) -> Reply:
    read_params(request, ())
    made = openapi(folder, request.origin if is_address(request.origin) else "..")
    return Reply(200, "application/json", json.dumps(made, ensure_ascii=False).encode())


_WHOLE: Final[dict[str, Callable[[Request, Path | None], Reply]]] = {
    "api/openapi.json": _description,
    "api/queries": listed,
    "api/search": found,
    "api/ask": asked,
    "api/interventions": interventions,
}
_UNDER: Final[dict[str, Callable[[Request, str, Path | None], Reply]]] = {
    "api/queries/": answered,
    "api/map/": mapped,
    "api/interventions/": profile,
}


def _made(request: Request, folder: Path | None) -> Reply:
    if request.path in _WHOLE:
        return _WHOLE[request.path](request, folder)
    for start, make in _UNDER.items():
        if request.path.startswith(start):
            return make(request, request.path.removeprefix(start), folder)
    places = ["/" + path for path in (*_WHOLE, *(f"{start}…" for start in _UNDER))]
    raise Refusal(404, f"Nothing is at {shown('/' + request.path)}. There are: {', '.join(places)}.")


def reply(request: Request, folder: Path | None = None) -> Reply | None:
    """Answer a request to the API.

    Args:
        request: what is asked for.
        folder: the build folder.

    Returns:
        The reply; None when the path is not under `api/`.

    Raises:
        NoStoreError: nothing has been built.
    """
    if request.path != "api" and not request.path.startswith("api/"):
        return None
    try:
        return _made(request, folder)
    except Refusal as refusal:
        return refusal.reply
