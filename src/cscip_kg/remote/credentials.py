"""Who we are to a store: a name and password or a token, from the environment and from nowhere else.

In: what the environment holds and how a store asks for it. Out: the header that answers. What is secret
stands in no message, log or printed object; it is sent under TLS or to this machine only, unless the user
allows else.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult

from werkzeug.datastructures import WWWAuthenticate

from cscip_kg.errors import RemoteError

USER: Final = "CSCIP_STORE_USER"
PASSWORD: Final = "CSCIP_STORE_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN: Final = "CSCIP_STORE_TOKEN"  # noqa: S105 - the name of a variable
PLAIN: Final = "CSCIP_STORE_PLAIN_HTTP"
_OWN: Final = {"127.0.0.1", "::1", "localhost"}
_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True)
class Credentials:
    """Name and password, or a token; printed, it shows neither."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    plain: bool = False

    def __bool__(self) -> bool:
        """Return whether there is anything to send."""
        return bool(self.token or self.user)


def from_environment(environment: Mapping[str, str] | None = None) -> Credentials:
    """Return what the environment holds; nothing in it makes empty credentials."""
    known = os.environ if environment is None else environment
    return Credentials(
        known.get(USER, ""), known.get(PASSWORD, ""), known.get(TOKEN, ""), known.get(PLAIN, "") == "1"
    )


def check_safe(credentials: Credentials, parts: SplitResult) -> None:
    """Refuse to send a secret over a line that others can read.

    Raises:
        RemoteError: the address is plain http to another machine, and the user has not allowed that.
    """
    if credentials and parts.scheme != "https" and parts.hostname not in _OWN and not credentials.plain:
        raise RemoteError(
            f"Credentials are not sent to {parts.hostname} over plain http. Use https, or allow it for a "
            f"network that you trust: {PLAIN}=1"
        )


@dataclass
class Challenge:
    """How a store asks who we are, kept so that only the first request is sent twice."""

    scheme: str
    parameters: Mapping[str, str | None]
    count: int = 0

    def answer(self, credentials: Credentials, method: str, target: str) -> str:
        """Return the header `Authorization` for one request."""
        if self.scheme == "basic":
            pair = f"{credentials.user}:{credentials.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return self._digest(credentials, method, target)

    def _digest(self, credentials: Credentials, method: str, target: str) -> str:
        """Return the answer of RFC 7616 with the quality of protection `auth`, or that of RFC 2069."""
        asked = {key: value or "" for key, value in self.parameters.items()}
        algorithm = asked.get("algorithm", "MD5").upper()

        def hashed(*parts: str) -> str:
            name = _HASHES[algorithm]
            return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

        first = hashed(credentials.user, asked.get("realm", ""), credentials.password)
        second = hashed(method, target)
        self.count += 1
        sent = {"username": credentials.user, "realm": asked.get("realm", ""), "nonce": asked["nonce"]}
        sent |= {"uri": target}
        bare = {"algorithm": algorithm}
        if "auth" in [part.strip() for part in asked.get("qop", "").split(",")]:
            own, number = secrets.token_hex(8), f"{self.count:08x}"
            sent |= {"cnonce": own, "response": hashed(first, asked["nonce"], number, own, "auth", second)}
            bare |= {"qop": "auth", "nc": number}
        else:
            sent |= {"response": hashed(first, asked["nonce"], second)}
        if "opaque" in asked:
            sent |= {"opaque": asked["opaque"]}
        quoted = [f'{key}="{value}"' for key, value in sent.items()]
        return "Digest " + ", ".join([*quoted, *(f"{key}={value}" for key, value in bare.items())])


def challenge_of(headers: list[str]) -> Challenge | None:
    """Return the challenge that can be answered, Digest before Basic; None when there is none."""
    read = [WWWAuthenticate.from_header(header) for header in headers]
    for kind in ("digest", "basic"):
        for one in read:
            if one is None or one.type != kind:
                continue
            known = str(one.parameters.get("algorithm") or "MD5").upper() in _HASHES
            if kind == "basic" or (one.parameters.get("nonce") and known):
                return Challenge(kind, dict(one.parameters))
    return None
