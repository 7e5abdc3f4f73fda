"""One endpoint asked through SPARQLWrapper, whose requests go out by the client of our own.

In: a part of a federated query and the keys to send. Out: rows of checked terms, or an error of `remote`.
SPARQLWrapper writes the request and reads the rows; it opens no connection: one deadline for all requests,
the cap on bytes, the rules on redirects and what an answer may be are those of `remote`. No credentials are
sent: those of the environment are for a store of the user's own.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from pyoxigraph import Literal, NamedNode
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from SPARQLWrapper.Wrapper import QueryResult

from cscip_kg import __version__
from cscip_kg.errors import RemoteFormatError
from cscip_kg.federation.reading import Key, Part, Row, prologue
from cscip_kg.namespaces import BASE
from cscip_kg.remote import reading
from cscip_kg.remote.client import Client
from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.engines import OTHER, cell_mended
from cscip_kg.remote.transport import Budget, Request

# What one request holds: short enough for every store's parser, long enough that one or two do.
BATCH: Final = 50
_RESULTS: Final = "application/sparql-results+json"
_NOBODY: Final = Credentials()


class _Read(io.BytesIO):
    """An answer that was read whole, as SPARQLWrapper takes it."""

    def info(self) -> dict[str, str]:
        """Return the headers that SPARQLWrapper looks at."""
        return {"content-type": _RESULTS}


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper without its transport."""

    def __init__(self, url: str, budget: Budget) -> None:
        super().__init__(url, returnFormat=JSON, agent=f"cscip-kg/{__version__} ({BASE}) SPARQLWrapper")
        self._client, self._budget = Client(url, _NOBODY), budget
        self.setMethod(POST)
        # No parameters of its own invention beside those of the protocol.
        self.setOnlyConneg(True)

    def query(self) -> QueryResult:
        """Send the request that SPARQLWrapper makes, and return the answer if it is whole and one."""
        made = self._createRequest()
        headers = {name.title(): value for name, value in made.header_items()}
        body = made.data if isinstance(made.data, bytes) else b""
        reply = self._client.send(Request(made.get_method(), made.full_url, headers, body), self._budget)
        answer = _Read(json.dumps(reading.rows(reply)).encode())
        return QueryResult((cast("Any", answer), JSON))


def request_text(text: str, part: Part, keys: Sequence[Key]) -> str:
    """Return the query that is sent to an endpoint: its own part, for these keys, and no more.

    Args:
        text: the whole federated query, its parameters filled in.
        part: the part that is asked.
        keys: what it is asked for.
    """
    block = f"VALUES ?{part.key} {{ {' '.join(map(str, keys))} }}"
    group = re.sub(rf"VALUES\s+\?{part.key}\s*\{{\s*UNDEF\s*\}}", lambda _: block, part.group)
    wanted = " ".join(f"?{name}" for name in (part.key, *part.gives))
    return f"{prologue(text, part.group)}SELECT DISTINCT {wanted} WHERE {{{group}}}"


def _term(cell: Mapping[str, Any] | None) -> Key | None:
    """Return a cell as a term; what has no name, or is none, is left open."""
    if cell is None:
        return None
    kind, value = cell.get("type"), cell.get("value")
    if not isinstance(value, str):
        raise ValueError("a cell without text")  # noqa: TRY004 - told as the store's fault by the caller
    if kind == "uri":
        return NamedNode(value)
    if kind != "literal":
        return None
    if language := cell.get("xml:lang"):
        return Literal(value, language=language)
    datatype = cell.get("datatype")
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)


def _rows(document: Mapping[str, Any], part: Part, keys: Sequence[Key]) -> Iterator[Row]:
    sent = set(keys)
    try:
        for found in document["results"]["bindings"]:
            cells = {name: cell_mended(cell, OTHER) for name, cell in found.items()}
            row = tuple(_term(cells.get(name)) for name in (part.key, *part.gives))
            # What was not asked for is no answer.
            if row[0] in sent:
                yield row
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RemoteFormatError(f"The store's rows hold what is no term of RDF ({error}).") from error


def ask(url: str, text: str, part: Part, keys: Sequence[Key], budget: Budget) -> list[Row]:
    """Ask an endpoint for some keys.

    Args:
        url: where it is.
        text: the whole federated query, its parameters filled in.
        part: the part that is asked.
        keys: what is sent.
        budget: shared by all requests to this endpoint.

    Returns:
        Rows of the key and what the part gives, in the endpoint's order, each once.

    Raises:
        RemoteError: there is no whole answer that is one.
    """
    wrapper = _Wrapper(url, budget)
    wrapper.setQuery(request_text(text, part, keys))
    document = cast("dict[str, Any]", wrapper.queryAndConvert())
    return list(dict.fromkeys(_rows(document, part, keys)))
