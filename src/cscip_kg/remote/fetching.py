"""One file from the web: whole, of a media type that was asked for, within a deadline and a cap.

In: an address, media types. Out: the bytes, or a named error. No credentials are sent, and it is the client
of other people's stores that sends: redirects lead to the same host only.
"""

from __future__ import annotations

from cscip_kg.errors import RemoteCutError, RemoteFormatError
from cscip_kg.remote.client import Client
from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.reading import media_type
from cscip_kg.remote.transport import Budget, Request


def fetch(url: str, types: tuple[str, ...], budget: Budget) -> bytes:
    """Return what stands at an address.

    Args:
        url: the address.
        types: the media types that are taken, the best first.
        budget: what it may cost; several files may share one deadline.

    Raises:
        RemoteError: there is no whole answer, or it is of another type.
    """
    request = Request("GET", url, {"Accept": ", ".join(types)})
    reply = Client(url, Credentials()).send(request, budget)
    if (kind := media_type(reply)) not in types:
        raise RemoteFormatError(f"{url} is {kind or 'of no media type'}, not {' or '.join(types)}.")
    if not reply.framed:
        raise RemoteCutError(f"{url} says neither how long it is nor where it ends.")
    return reply.body
