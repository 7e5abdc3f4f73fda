"""A request over HTTP → a query as the SPARQL 1.1 Protocol has it, or why it is refused.

In: method, parameters, headers and body. Out: `Operation`, with the forms in which its result may be given.
Updates are refused: the service only reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote

from pyoxigraph import NamedNode
from werkzeug.http import parse_options_header

from cscip_kg.reply import negotiated

# Media types in the order in which we like to give them: media type → form.
ROWS: Final = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
GRAPH: Final = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "text/plain": "nt",
    "application/x-turtle": "ttl",
    "application/xml": "rdf",
    "application/json": "jsonld",
}
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MOST_PARAMETERS: Final = 100
READ_ONLY: Final = "Updates are refused: this service only reads."


class RefusedError(Exception):
    """A request that is not served.

    Attributes:
        status: of HTTP.
        headers: to go with it.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Keep the status and the headers; the message is for people."""
        super().__init__(message)
        self.status, self.headers = status, headers or {}


@dataclass(frozen=True)
class Operation:
    """One query with its dataset and the wanted forms of its result.

    Attributes:
        query: the text.
        default_graphs: IRIs of `default-graph-uri`; with neither these nor those the service's own dataset.
        named_graphs: IRIs of `named-graph-uri`.
        rows: media type for rows and booleans; None when the client accepts none.
        graph: media type for graphs; None when the client accepts none.
        base: the address of the endpoint, against which relative IRIs are read.
    """

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    rows: str | None
    graph: str | None
    base: str = ""

    @property
    def has_dataset(self) -> bool:
        """Return whether the request names the graphs to be read."""
        return bool(self.default_graphs or self.named_graphs)


def parameters(text: str, charset: str = "utf-8") -> tuple[tuple[str, str], ...]:
    """Return names and values of a query string or form.

    Raises:
        RefusedError: it is no text in its encoding, or holds too many.
    """
    try:
        found = parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except (ValueError, LookupError) as error:
        raise RefusedError(400, f"The parameters cannot be read: {error}.") from error
    return tuple(found)


def _decoded(body: bytes, options: Mapping[str, str]) -> str:
    charset = options.get("charset", "utf-8")
    if charset.casefold() not in ("utf-8", "utf8"):
        raise RefusedError(400, f"The text must be in UTF-8, not {charset[:40]}.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(400, "The body is not text in UTF-8.") from error


def form(method: str, query_string: str, content_type: str, body: bytes) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a request whose POST sends a form.

    Args:
        method: GET, HEAD or POST.
        query_string: as it stands in the URL.
        content_type: the header `Content-Type`.
        body: of the request.

    Raises:
        RefusedError: the body is no form.
    """
    in_url = parameters(query_string)
    if method != "POST":
        return in_url
    kind, options = parse_options_header(content_type)
    if kind != _FORM:
        raise RefusedError(415, f"Send {_FORM}, not {kind[:80] or 'a body without a Content-Type'}.")
    return (*in_url, *parameters(_decoded(body, options)))


def _graphs(params: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(value for key, value in params if key == name))
    for iri in found:
        try:
            NamedNode(iri)
        except ValueError as error:
            raise RefusedError(400, f"{name} is no IRI: {iri[:200]!r}.") from error
        if not iri.startswith(("http://", "https://", "urn:")):
            raise RefusedError(400, f"{name}={iri[:200]} is refused: graphs here have IRIs of http or urn.")
    return found


def _asked(params: Sequence[tuple[str, str]], accept: str) -> tuple[str | None, str | None]:
    """Return the media types for rows and for graphs; the parameter `format` stands above the header."""
    wanted = next((value for key, value in params if key == "format"), "")
    rows = next((media for media, form in ROWS.items() if form == wanted), None)
    graph = next((media for media, form in GRAPH.items() if form == wanted), None)
    found = rows or negotiated(accept, list(ROWS)), graph or negotiated(accept, list(GRAPH))
    if found == (None, None):
        raise RefusedError(
            406, f"None of what you accept is on offer. Offered: {', '.join({**ROWS, **GRAPH})}."
        )
    return found


def _body(method: str, content_type: str, body: bytes) -> tuple[tuple[str, str], ...]:
    """Return the parameters that the body of a request holds."""
    if method != "POST":
        return ()
    kind, options = parse_options_header(content_type)
    if kind == _FORM:
        return parameters(_decoded(body, options))
    if kind == _QUERY:
        return (("query", _decoded(body, options)),)
    if kind == _UPDATE:
        raise RefusedError(403, READ_ONLY)
    raise RefusedError(415, f"Send {_FORM} or {_QUERY}, not {kind[:80] or 'a body without a Content-Type'}.")


def operation(
    method: str, query_string: str, accept: str, content_type: str, body: bytes
) -> Operation | None:
    """Return the query of a request (SPARQL 1.1 Protocol, section 2.1).

    Args:
        method: GET, HEAD or POST.
        query_string: as it stands in the URL.
        accept: the header `Accept`.
        content_type: the header `Content-Type`.
        body: of the request.

    Returns:
        None when a GET holds no query at all: the client wants the service described.

    Raises:
        RefusedError: it is no query as the protocol has it.
    """
    in_url = parameters(query_string)
    params = (*in_url, *_body(method, content_type, body))
    names = [name for name, _ in params]
    if "update" in names or "using-graph-uri" in names or "using-named-graph-uri" in names:
        raise RefusedError(403 if method == "POST" else 400, READ_ONLY)
    found = [value for name, value in params if name == "query"]
    if not found and method != "POST":
        return None
    if len(found) != 1:
        raise RefusedError(400, f"One parameter query is needed; there are {len(found)}.")
    rows, graph = _asked(params, accept)
    return Operation(
        found[0],
        _graphs(params, "default-graph-uri"),
        _graphs(params, "named-graph-uri"),
        rows,
        graph,
    )


def plain_path(raw: str) -> str:
    """Return a path percent-decoded.

    Raises:
        RefusedError: it is no UTF-8, or holds what no path here can.
    """
    try:
        path = unquote(raw, errors="strict")
    except UnicodeDecodeError as error:
        raise RefusedError(400, "The path is not text in UTF-8.") from error
    if any(ord(c) < 32 or ord(c) == 127 or c == "\\" for c in path) or ".." in path.split("/"):
        raise RefusedError(400, "The path holds signs that no path here has.")
    return path
