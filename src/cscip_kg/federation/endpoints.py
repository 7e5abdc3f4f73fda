"""Who may be asked: the endpoints of the list, those that the user adds, and where each is really found.

In: `queries/federated/endpoints.yaml` and what the user chose. Out: the address to ask for an IRI of SERVICE,
or a refusal. A query cannot name a new address by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml

from cscip_kg.assets import queries_dir
from cscip_kg.errors import QueryError, RemoteError, UnknownNameError
from cscip_kg.remote.transport import split

FOLDER: Final = "federated"
LIST: Final = "endpoints.yaml"
_FIELDS: Final = ("title", "url", "licence", "asked", "standing")


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the list.

    Attributes:
        name: a short name: of the option that sends it elsewhere, and of the column that tells of it.
        title: who runs it.
        url: its address, as queries name it.
        licence: of what it publishes.
        asked: what the stored queries ask it for.
        standing: what is known of whether it answers.
    """

    name: str
    title: str
    url: str
    licence: str
    asked: str
    standing: str


@dataclass(frozen=True)
class Asked:
    """An endpoint that may be asked: what it is called, and the address at which it is."""

    name: str
    title: str
    url: str
    standing: str = ""


@cache
def endpoints(path: Path | None = None) -> dict[str, Endpoint]:
    """Return the endpoints of the list by name.

    Raises:
        QueryError: the list cannot be read, or an entry lacks something.
    """
    place = path or queries_dir() / FOLDER / LIST
    try:
        found = yaml.safe_load(place.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise QueryError(f"{place}: the list of endpoints cannot be read ({error}).") from error
    if not isinstance(found, dict):
        raise QueryError(f"{place}: the list of endpoints is empty. Write name: {{title, url, …}}.")
    made = {}
    for name, entry in found.items():
        wrong = set(_FIELDS) ^ set(entry if isinstance(entry, dict) else ())
        if wrong or not re.fullmatch(r"[a-z]+", str(name)):
            raise QueryError(f"{place}: {name} should have {', '.join(_FIELDS)}, each once. Mend the entry.")
        made[str(name)] = Endpoint(str(name), **{key: str(entry[key]).strip() for key in _FIELDS})
    return made


def _checked(url: str, option: str) -> str:
    try:
        return split(url).geturl()
    except RemoteError as error:
        raise UnknownNameError(f"{option}: {url!r} is no web address: write https://host/path.") from error


@dataclass(frozen=True)
class Choice:
    """What the user chose.

    Attributes:
        allowed: addresses beside those of the list.
        elsewhere: name of an endpoint → the address to ask in its place, such as a copy of one's own.
        seconds: after which an endpoint is given up, all its requests together.
    """

    allowed: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30.0

    @classmethod
    def of(cls, allow: list[str], endpoint_for: list[str], seconds: float = 30.0) -> Choice:
        """Return the choice made by options: addresses, pairs `name=address`, a limit of time.

        Raises:
            UnknownNameError: an address is none, or there is no endpoint of that name.
        """
        elsewhere = {}
        for pair in endpoint_for:
            name, equals, url = pair.partition("=")
            if not equals or name not in endpoints():
                known = ", ".join(endpoints())
                raise UnknownNameError(f"--endpoint-for takes name=URL, not {pair!r}. Names: {known}.")
            elsewhere[name] = _checked(url, "--endpoint-for")
        return cls(tuple(_checked(url, "--allow") for url in allow), elsewhere, seconds)

    def asked(self, iri: str) -> Asked:
        """Return the endpoint that stands behind an IRI of SERVICE.

        Raises:
            QueryError: it is neither on the list nor allowed by the user.
        """
        for one in endpoints().values():
            if one.url == iri:
                return Asked(one.name, one.title, self.elsewhere.get(one.name, one.url), one.standing)
        if iri in self.allowed:
            host = urlsplit(iri).netloc
            return Asked("at_" + re.sub(r"\W+", "_", host), host, iri)
        known = ", ".join(one.url for one in endpoints().values())
        raise QueryError(
            f"The query wants to ask {iri}, which is not on the list, and nothing was asked. Trust it with "
            f"--allow {iri} (listed: {known})."
        )
