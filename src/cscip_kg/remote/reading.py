"""What a store sent → rows or triples, or the reason why it is neither.

In: an answer that was read whole. Out: SPARQL JSON or N-Triples as the store of our own gives them. A status
of success proves nothing: an answer may be a web page, cut off within, or end with the sentence of a store
that has given up. What has a document type is refused unread.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, Final, Literal

import pyoxigraph as ox
from werkzeug.http import parse_options_header

from cscip_kg.errors import RemoteCutError, RemoteFormatError
from cscip_kg.remote.transport import Reply

ROWS: Final = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/tab-separated-values": "tsv",
    "text/csv": "csv",
}
GRAPHS: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
ACCEPT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.7"
ACCEPT_GRAPH: Final = "application/n-triples, text/turtle;q=0.7, application/rdf+xml;q=0.5"
# How stores tell in the middle of an answer that there will be no more of it.
_GIVEN_UP = re.compile(
    r"operation has been cancell?ed|quer(?:y|ies) (?:was|has been|timed?) ?(?:out|abort|cancel|interrupt)|"
    r"timed ?out|time limit|execution time|TimeoutException|OutOfMemory|Virtuoso \w{5} Error|\bException\b",
    re.IGNORECASE,
)
# The whole of such a line, where it could be a row: a row may well speak of time limits.
_SENTENCE = re.compile(
    r'"?(?:the )?(?:sparql )?(?:operation|query|request) (?:has been |was |is )?'
    r'(?:cancell?ed|timed ?out|interrupted|aborted)[^,\t]*"?',
    re.IGNORECASE,
)
_ENCODING = re.compile(r"<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_TAIL: Final = 400
# Virtuoso says in a header that it left rows out, and with which limit.
_LEFT_OUT: Final = ("x-sparql-anytime", "x-sparql-maxrows", "x-sql-state")


def media_type(reply: Reply) -> str:
    """Return the media type of an answer, without its parameters."""
    return parse_options_header(reply.header("content-type"))[0].casefold()


def _text(reply: Reply) -> str:
    try:
        return reply.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RemoteFormatError("The store's answer is not text in UTF-8.") from error


def _given_up(text: str) -> str:
    """Return the line near the end of a text in which a store says that it gave up; empty when none does."""
    for line in reversed(text[-_TAIL:].splitlines()):
        if _GIVEN_UP.search(line):
            return line.strip()[:_TAIL]
    return ""


def _cut(text: str, otherwise: str) -> RemoteCutError:
    said = _given_up(text)
    return RemoteCutError(f"The store gave up and said so in its answer: {said!r}" if said else otherwise)


def _is_page(text: str) -> bool:
    return text[:_TAIL].lstrip("\ufeff \t\r\n").casefold().startswith(("<!doctype html", "<html"))


def check_whole(reply: Reply) -> None:
    """Refuse an answer of which the store itself says that it is not all.

    Raises:
        RemoteCutError: a header says so.
    """
    for name in _LEFT_OUT:
        if said := reply.header(name):
            raise RemoteCutError(f"The store left out a part of the answer ({name}: {said}): ask for less.")


def check_xml(text: str) -> None:
    """Refuse XML that could grow when it is read.

    Raises:
        RemoteFormatError: it has a document type or entities, or claims another encoding.
    """
    if _is_page(text):
        raise RemoteFormatError("The store sent a web page in place of an answer.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "\0" in text:
        raise RemoteFormatError("The store's XML has a document type, which may hold entities without end.")
    if (found := _ENCODING.match(text.lstrip("\ufeff"))) and found[1].casefold() not in {"utf-8", "us-ascii"}:
        raise RemoteFormatError(f"The store's XML is in {found[1]}; UTF-8 was asked for.")


def _json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise RemoteFormatError("The store's JSON is nested too deeply.") from error
    except ValueError as error:
        if text.lstrip().startswith("<"):
            raise RemoteFormatError("The store sent a web page in place of JSON.") from error
        raise _cut(text, "The store's JSON does not close: it was cut off.") from error
    boolean = isinstance(document, dict) and isinstance(document.get("boolean"), bool)
    results = document.get("results") if isinstance(document, dict) else None
    if not boolean and not (isinstance(results, dict) and isinstance(results.get("bindings"), list)):
        raise RemoteFormatError("The store's JSON holds no results of a query.")
    return dict(document)


def _reread(text: str, form: ox.QueryResultsFormat) -> dict[str, Any]:
    try:
        result = ox.parse_query_results(text.encode(), format=form)
        made = (
            json.dumps({"head": {}, "boolean": bool(result)}).encode()
            if isinstance(result, ox.QueryBoolean)
            else result.serialize(format=ox.QueryResultsFormat.JSON)
        )
    except (SyntaxError, ValueError, OSError) as error:
        raise _cut(text, f"The store's answer is not whole or not well formed ({error}).") from error
    return dict(json.loads(made or b"{}"))


def _check_last_line(text: str) -> None:
    if not text.endswith("\n") or _SENTENCE.fullmatch(text.rstrip().rpartition("\n")[2].strip()):
        raise _cut(text, "The last line of the store's table is no row: it was cut off.")


def _csv(text: str) -> dict[str, Any]:
    """Return the rows of CSV, which tells nothing of types: every cell is plain text, an empty one open.

    Each row must end its line and have a cell for each column. The sentence of a store that gives up may well
    be a row of one cell, but it ends no line.
    """
    _check_last_line(text)
    try:
        header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise _cut(text, f"The store's table is not whole ({error}).") from error
    if any(len(row) != len(header) for row in rows):
        raise _cut(text, "A line of the store's table is no row: it was cut off.")
    bindings = [
        {
            name: {"type": "literal", "value": cell}
            for name, cell in zip(header, row, strict=True)
            if cell != ""
        }
        for row in rows
    ]
    return {"head": {"vars": header}, "results": {"bindings": bindings}}


def _tsv(text: str) -> dict[str, Any]:
    _check_last_line(text)
    header, *rows = text.split("\n")
    if any(row.count("\t") != header.count("\t") for row in rows[:-1]):
        raise _cut(text, "The last line of the store's table is no row: it was cut off.")
    return _reread(text, ox.QueryResultsFormat.TSV)


def rows(reply: Reply) -> dict[str, Any]:
    """Return the answer to SELECT or ASK as the document of SPARQL 1.1 Query Results JSON.

    Raises:
        RemoteFormatError: it is something else.
        RemoteCutError: it is not whole.
    """
    check_whole(reply)
    form = ROWS.get(media_type(reply))
    if form is None:
        raise _unfit(reply, "rows")
    text = _text(reply)
    if form == "json":
        return _json(text)
    if form == "csv":
        return _csv(text)
    if form == "tsv":
        return _tsv(text)
    check_xml(text)
    return _reread(text, ox.QueryResultsFormat.XML)


def triples(reply: Reply) -> list[ox.Triple]:
    """Return the triples of the answer to CONSTRUCT or DESCRIBE, or of a whole graph.

    Raises:
        RemoteFormatError: it is something else.
        RemoteCutError: it is not whole, or nothing tells whether it is.
    """
    check_whole(reply)
    form = GRAPHS.get(media_type(reply))
    if form is None:
        raise _unfit(reply, "a graph")
    if not reply.framed:
        raise RemoteCutError("The store says neither how long the graph is nor where it ends.")
    text = _text(reply)
    if form == ox.RdfFormat.RDF_XML:
        check_xml(text)
    try:
        return [quad.triple for quad in ox.parse(text.encode(), format=form, base_iri=reply.url)]
    except SyntaxError as error:
        raise _cut(text, f"The store's graph is not whole or not well formed ({error}).") from error


def _unfit(reply: Reply, wanted: Literal["rows", "a graph"]) -> RemoteFormatError:
    kind = media_type(reply)
    if "html" in kind or _is_page(reply.body[:_TAIL].decode("utf-8", "replace")):
        return RemoteFormatError("The store sent a web page, not an answer. Is this its SPARQL endpoint?")
    return RemoteFormatError(f"The store sent {kind or 'no media type'} where {wanted} were asked for.")
