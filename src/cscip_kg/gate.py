"""The gate before the engine: what no query of a stranger's may hold is refused unread.

In: the text of a query. Out: nothing, or a `QueryError` that names the limit. It works on the text, as the
engine's own parser is what it protects: too deep or too long a query ends the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from cscip_kg.errors import QueryError
from cscip_kg.namespaces import PREFIXES

MAX_QUERY: Final = 64 * 1024
MAX_DEPTH: Final = 100
# Three fifths of what the least deep chain (of MINUS) needs to overflow the stack of the engine.
MAX_TOKENS: Final = 5000
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_STRING: Final = (
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*'"
)
_IRI: Final = r"<(?:[^<>\"{}|^`\\\s]|\\[uU])*>"
# Where a keyword cannot stand: escaped signs, strings, IRIs, comments, variables and local names.
_OPAQUE = re.compile(rf"\\.|{_STRING}|{_IRI}|#[^\r\n]*|[?$]\w+|:[\w%-]*", re.DOTALL | re.ASCII)
_TOKEN = re.compile(rf"{_STRING}|{_IRI}|#[^\r\n]*|[\w?$:.%-]+|\S", re.DOTALL)
_FROM = re.compile(r"(?i)(?<![\w-])FROM(?![\w-]*:)")
_FORM = re.compile(r"(?i)(?<![\w-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w-]*:)(?![\w-])")
_DATASET = re.compile(rf"(?i)(?<![\w:?$-])FROM(?:\s+NAMED)?\s*(?:({_IRI})|([\w-]*):([\w/-]*))")
_PREFIX = re.compile(rf"(?i)(?<![\w:?$-])PREFIX\s+([\w-]*):\s*({_IRI})")
_MASKED = re.compile(rf"{_STRING}|{_IRI}|#[^\r\n]*", re.DOTALL)
_UNREAD = re.compile(rf"{_STRING}|({_IRI})|#[^\r\n]*", re.DOTALL)


def _bare(text: str) -> str:
    """Return the query with blanks for all in which a keyword cannot stand; a name keeps its colon."""
    return _OPAQUE.sub(lambda m: ":" if m[0].startswith(":") else " ", text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16) % 0x110000), text)


def masked(text: str) -> str:
    """Return the query, as long as it was, with blanks for its strings, IRIs and comments."""
    return _MASKED.sub(lambda m: " " * len(m[0]), text)


def names_its_graphs(text: str) -> bool:
    """Return whether a query says by FROM which graphs it reads."""
    return bool(_FROM.search(_bare(text)))


def form_of(text: str) -> str:
    """Return the form of a query, in upper case: its first word of these four. Empty when it has none."""
    found = _FORM.search(_bare(text))
    return found[1].upper() if found else ""


def with_prefixes(text: str) -> str:
    """Return the query with those of the project's prefixes declared that it does not declare itself."""
    declared = {m[1] for m in _PREFIX.finditer(_UNREAD.sub(lambda m: m[1] or " ", text))}
    missing = (f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items() if name not in declared)
    return "".join(missing) + text


def check_query(text: str) -> None:
    """Refuse a query that must not reach the engine.

    Raises:
        QueryError: it is too long, nested too deeply, of too many words, or asks for SERVICE, in whatever
            spelling.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryError("The query is not text in UTF-8.") from error
    if size > MAX_QUERY:
        raise QueryError(f"The query is longer than {MAX_QUERY} bytes.")
    # Engines undo escapes before they read the query or, like Oxigraph, within strings: both readings count.
    for read in dict.fromkeys((text, _unescaped(text))):
        bare = _bare(read)
        # No word boundary: Oxigraph reads `1SERVICE<http://…>` and `SERVICESILENT`.
        if "service" in bare.casefold():
            raise QueryError("SERVICE is refused: a query here reads this graph only.")
        depth = 0
        for mark in re.findall(r"[{(\[\])}]", bare):
            depth += 1 if mark in "{([" else -1
            if depth > MAX_DEPTH:
                raise QueryError(f"The query is nested more than {MAX_DEPTH} deep.")
        if sum(1 for _ in _TOKEN.finditer(read)) > MAX_TOKENS:
            raise QueryError(f"The query has more than {MAX_TOKENS} words and signs.")


def check_dataset(text: str, graphs: Collection[str]) -> None:
    """Refuse a query whose FROM names what is no graph here: nothing is fetched for a query.

    Args:
        text: the query.
        graphs: the IRIs of the graphs that there are.

    Raises:
        QueryError: FROM names another; the message lists the graphs.
    """
    if not names_its_graphs(_unescaped(text)):
        return
    plain = _UNREAD.sub(lambda m: m[1] or " ", _unescaped(text))
    known = PREFIXES | {m[1]: m[2][1:-1] for m in _PREFIX.finditer(plain)}
    for found in _DATASET.finditer(plain):
        name = found[1][1:-1] if found[1] else known.get(found[2], "") + found[3]
        if name not in graphs:
            raise QueryError(
                f"FROM <{name}> is refused: nothing is fetched for a query. Graphs here: "
                f"{', '.join(sorted(graphs))}."
            )
