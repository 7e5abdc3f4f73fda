"""What is asked for over HTTP and what is given back, as plain values.

In: the path, parameters and wishes of a request. Out: status, media type, headers and bytes. The rooms that
make pages, data and answers speak in these, so that a static site, a worker process and a server share them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

TEXT: Final = "text/plain; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True)
class Request:
    """One request to read something.

    Attributes:
        path: the path without its leading slash, percent-decoded, such as `intervention/pause/`.
        params: names and values of the query string, in order.
        accept: the header `Accept`; empty accepts anything.
        origin: scheme and host under which the server is reached, such as `http://127.0.0.1:8000`.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    origin: str = ""

    def first(self, name: str) -> str:
        """Return the first value of a parameter; empty without one."""
        return next((value for key, value in self.params if key == name), "")


@dataclass(frozen=True)
class Reply:
    """What is given back: status, media type, bytes, and further headers."""

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def negotiated(accept: str, offered: Sequence[str]) -> str | None:
    """Return which of the media types on offer serves a client best (RFC 9110, section 12.5.1).

    Args:
        accept: the header `Accept`; empty accepts anything.
        offered: media types, the one that we like best first: it wins where the client has no preference.

    Returns:
        A member of `offered`, or None when the client accepts none of them: status 406.
    """
    return _best(accept, tuple(offered)) if accept.strip() else offered[0]


# Few headers are in use, and reading one costs as much as the rest of a small answer.
@lru_cache(maxsize=256)
def _best(accept: str, offered: tuple[str, ...]) -> str | None:
    return parse_accept_header(accept, MIMEAccept).best_match(list(offered))


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Return whether a client with this `Accept-Encoding` can unpack gzip (RFC 9110, section 12.5.3)."""
    return bool(accepted) and parse_accept_header(accepted).quality("gzip") > 0


def problem(status: int, title: str, detail: str) -> Reply:
    """Return an error as problem details (RFC 9457)."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Reply(status, PROBLEM, (json.dumps(told, ensure_ascii=False) + "\n").encode())


def refusal(path: str, status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return why a request is not served: problem details under `/api` and `/reconcile`, else a short text.

    Args:
        path: what was asked for.
        status: of HTTP.
        message: for people.
        headers: to go with it.
    """
    if path.strip("/").partition("/")[0] not in ("api", "reconcile"):
        return text(status, message, headers)
    made = problem(status, HTTPStatus(status).phrase, message)
    return replace(made, headers=headers or {})


def text(status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a short message as plain text."""
    return Reply(status, TEXT, (message + "\n").encode(), headers or {})
