"""A store at an address: requests that may be sent on, asked to wait or asked who sends them.

In: a request. Out: an answer with a status of success. Sent on to the same host only; `Retry-After` is heeded
as long as the deadline allows; credentials go out when the store asks for them, and to its own host alone.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, Final
from urllib.parse import urljoin

from werkzeug.http import parse_date

from cscip_kg.errors import RemoteBusyError, RemoteError, RemoteRedirectError, RemoteRefusedError
from cscip_kg.remote.credentials import Challenge, Credentials, challenge_of, check_safe, from_environment
from cscip_kg.remote.transport import Budget, Reply, Request, exchange, port_of, split

_MAX_REDIRECTS: Final = 5
_LEAST_WAIT: Final = 0.2
_SHOWN: Final = 300
_REDIRECT: Final = {301, 302, 303, 307, 308}
_BUSY: Final = {429, 503}


class Client:
    """Talks to one store, which is not trusted.

    Attributes:
        server: what the store last called itself.
    """

    def __init__(self, url: str, credentials: Credentials | None = None) -> None:
        """Take an address of the store; credentials are those of the environment unless given."""
        self.url = url
        self._home = split(url)
        self._credentials = from_environment() if credentials is None else credentials
        check_safe(self._credentials, self._home)
        self._challenge: Challenge | None = None
        self.server = ""

    def _next(self, reply: Reply, method: str) -> str:
        """Return the address that an answer points at.

        Raises:
            RemoteRedirectError: it is no address of this store.
        """
        wanted = reply.header("location")
        if not wanted:
            raise RemoteRedirectError(f"The store answers {reply.status} and does not say where to go.")
        if reply.status == 303 and method != "GET":
            raise RemoteRedirectError("The store sends a question on to a page: it is not answered there.")
        try:
            there = split(urljoin(reply.url, wanted))
        except RemoteError as error:
            raise RemoteRedirectError(
                f"The store points at {wanted[:_SHOWN]!r}, which is no web address."
            ) from error
        here = split(reply.url)
        line, other = (here.scheme, port_of(here)), (there.scheme, port_of(there))
        raised = (line, other) == (("http", 80), ("https", 443))
        if here.hostname != there.hostname or not (line == other or raised):
            raise RemoteRedirectError(
                f"The store points at {there.scheme}://{there.netloc}, which is not itself: "
                "nothing was asked there."
            )
        return there.geturl()

    def _wait(self, reply: Reply, budget: Budget) -> None:
        """Wait as long as a busy store asks.

        Raises:
            RemoteBusyError: that is longer than the deadline, or it does not say how long.
        """
        said = reply.header("retry-after")
        if said.isdecimal():
            seconds = float(said)
        elif (moment := parse_date(said)) is not None:
            seconds = (moment - datetime.now(UTC)).total_seconds()
        else:
            raise RemoteBusyError(f"The store is busy ({reply.status}) and does not say for how long.")
        seconds = max(seconds, _LEAST_WAIT)
        if seconds >= budget.left():
            raise RemoteBusyError(
                f"The store is busy ({reply.status}) and asks to come back in {seconds:.0f} seconds, "
                f"which is after the deadline of {budget.seconds:g} seconds (--timeout)."
            )
        time.sleep(seconds)

    def _signed(self, request: Request) -> Request:
        """Return the request with who we are in it, as far as the store has asked."""
        if self._credentials.token:
            who = f"Bearer {self._credentials.token}"
        elif self._challenge is not None and self._credentials.user:
            who = self._challenge.answer(self._credentials, request.method, request.target)
        else:
            return request
        return replace(request, headers={**request.headers, "Authorization": who})

    def _challenged(self, reply: Reply) -> bool:
        """Take up how the store asks who we are; return whether that can be answered."""
        asked = challenge_of([value for name, value in reply.headers if name == "www-authenticate"])
        self._challenge = asked or self._challenge
        return asked is not None and bool(self._credentials.user) and not self._credentials.token

    def send(
        self,
        request: Request,
        budget: Budget,
        fine: frozenset[int] = frozenset(),
        sink: BinaryIO | None = None,
    ) -> Reply:
        """Send a request until it is answered.

        Args:
            request: to an address of the store.
            budget: when to give up, whatever happens, and how long an answer may be.
            fine: statuses beside success that the caller can use.
            sink: takes the body of the answer in place of the reply, so that a long one needs no memory.

        Raises:
            RemoteError: there is no whole answer, or it is a refusal.
        """
        steps, tried = 0, False
        while True:
            reply = exchange(self._signed(request), budget, sink)
            self.server = reply.header("server") or self.server
            if reply.status in fine or 200 <= reply.status < 300:
                return reply
            if reply.status in _REDIRECT:
                request, steps = replace(request, url=self._next(reply, request.method)), steps + 1
                if steps > _MAX_REDIRECTS:
                    raise RemoteRedirectError(f"The store points on more than {_MAX_REDIRECTS} times.")
            elif reply.status in _BUSY:
                self._wait(reply, budget)
            elif reply.status == 401 and not tried and self._challenged(reply):
                # Once for each request: a nonce kept from the last one may be out of date.
                tried = True
            else:
                raise RemoteRefusedError(refusal(reply), reply.status)


def refusal(reply: Reply) -> str:
    """Return what to tell of a refusal: the status and the first words, unless they are a web page."""
    page = "html" in reply.header("content-type").casefold()
    said = "" if page else reply.body[:_SHOWN].decode("utf-8", "replace").strip()
    told = f": {''.join(c if c.isprintable() else ' ' for c in said)}" if said else "."
    hint = ""
    if reply.status in {401, 403}:
        hint = " Set CSCIP_STORE_USER and CSCIP_STORE_PASSWORD, or CSCIP_STORE_TOKEN."
    return f"The store refuses ({reply.status}){told}{hint}"
