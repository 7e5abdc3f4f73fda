"""Stored federated queries: files of SPARQL 1.1 → what is asked here and what is asked of others.

In: `queries/federated/<topic>/<name>.rq`, valid as they stand on any engine that follows SERVICE. Out:
`FederatedQuery`. They lie one folder deeper than the stored queries and are no part of their catalogue: the
server, the site and the tools of assistants know nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pyoxigraph import Literal, NamedNode

from cscip_kg.assets import queries_dir
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.federation.endpoints import FOLDER
from cscip_kg.gate import check_query, form_of, masked
from cscip_kg.queries import StoredQuery, read_query

Key = NamedNode | Literal
Row = tuple[Key | None, ...]
_PART = re.compile(r"(?i)\bOPTIONAL\s*\{\s*SERVICE\b")
_ANY: Final = re.compile(r"(?i)service")
_ADDRESS = re.compile(r"\s*<([^<>\s]+)>\s*\{")
_KEYS = re.compile(r"VALUES\s+\?([A-Za-z]\w*)\s*\{\s*UNDEF\s*\}")
_VARIABLE = re.compile(r"[?$]([A-Za-z]\w*)")
_PREFIX = re.compile(r"(?im)^[ \t]*PREFIX\s+([\w-]*:)\s*<[^<>\s]*>")


@dataclass(frozen=True)
class Part:
    """What one SERVICE of a query asks of one endpoint.

    Attributes:
        iri: the address that the query names.
        key: the variable whose values are sent: a column of the answer.
        gives: the variables that come back.
        group: what stands between the braces of SERVICE.
        span: where the whole OPTIONAL stands in the text.
    """

    iri: str
    key: str
    gives: tuple[str, ...]
    group: str
    span: tuple[int, int]


@dataclass(frozen=True)
class FederatedQuery:
    """A federated query.

    Attributes:
        stored: what its header says, and its text.
        sends: name of an endpoint → what is sent there, in words.
        caution: what a reader of the rows must know, or an empty string.
    """

    stored: StoredQuery
    sends: Mapping[str, str]
    caution: str


def _closed(text: str, start: int, path: str) -> int:
    """Return where the group that opens before `start` ends: the place after its brace."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    raise QueryError(f"{path}: a group of SERVICE does not close. Add the brace.")


def _one_part(text: str, bare: str, found: re.Match[str], name: str) -> tuple[str, str, tuple[int, int]]:
    address = _ADDRESS.match(text, found.end())
    if address is None:
        raise QueryError(
            f"{name}: SERVICE names no address. Write SERVICE <https://…> {{ … }}, without SILENT: that "
            "endpoints fail is told, not hidden."
        )
    end = _closed(bare, address.end(), name)
    tail = re.compile(r"\s*\}").match(bare, end)
    if tail is None:
        raise QueryError(
            f"{name}: SERVICE <{address[1]}> is not alone in its OPTIONAL. Put the rest outside."
        )
    return address[1], text[address.end() : end - 1], (found.start(), tail.end())


def parts(text: str, name: str) -> list[Part]:
    """Return what a query asks of others, in the order of its text.

    Raises:
        QueryError: a SERVICE is not written as `OPTIONAL { SERVICE <address> { … } }` with one block
            `VALUES ?key { UNDEF }` for what is sent.
    """
    bare = masked(text)
    found = [_one_part(text, bare, match, name) for match in _PART.finditer(bare)]
    if not found or len(found) != len(_ANY.findall(bare)):
        raise QueryError(f"{name}: each SERVICE stands alone in an OPTIONAL {{ … }}, none within another.")
    made = []
    for iri, group, span in found:
        keys = _KEYS.findall(masked(group))
        if len(keys) != 1:
            raise QueryError(
                f"{name}: SERVICE <{iri}> needs one block VALUES ?key {{ UNDEF }}: what is sent."
            )
        outside = bare[: span[0]] + bare[span[1] :]
        shared = set(_VARIABLE.findall(outside)) - {keys[0]}
        gives = [v for v in dict.fromkeys(_VARIABLE.findall(masked(group))) if v in shared]
        made.append(Part(iri, keys[0], tuple(gives), group, span))
    return made


def prologue(text: str, group: str) -> str:
    """Return the declarations of prefixes of a query that a part of it needs."""
    bare = masked(group)
    return "".join(f"{m[0].strip()}\n" for m in _PREFIX.finditer(text) if re.search(rf"\b{m[1]}", bare))


def _values(part: Part, rows: Sequence[Row]) -> str:
    names = " ".join(f"?{name}" for name in (part.key, *part.gives))
    lines = (f"({' '.join('UNDEF' if cell is None else str(cell) for cell in row)})" for row in rows)
    return f"OPTIONAL {{ VALUES ({names}) {{ {' '.join(lines)} }} }}"


def with_answers(text: str, asked: Sequence[Part], answers: Mapping[str, Sequence[Row]]) -> str:
    """Return the query with a block of values in place of each SERVICE: what came back, or nothing."""
    made = text
    for part in reversed(asked):
        block = _values(part, answers.get(part.iri, ()))
        made = made[: part.span[0]] + block + made[part.span[1] :]
    return made


def _checked(query: StoredQuery, sends: Mapping[str, str]) -> None:
    asked = parts(query.text, query.name)
    for part in asked:
        if part.key not in query.columns:
            raise QueryError(f"{query.name}: ?{part.key} is sent and no column. Show what is sent.")
    if len({part.iri for part in asked}) != len(asked):
        raise QueryError(f"{query.name}: one endpoint is asked twice. Ask it once, or write two queries.")
    if len(sends) != len(asked):
        raise QueryError(
            f"{query.name}: the header's `sends` tells of {len(sends)} of {len(asked)} endpoints."
        )
    if taken := set(sends) & set(query.columns):
        raise QueryError(f"{query.name}: the column {min(taken)} is named as an endpoint is. Rename it.")
    if form_of(query.text) != "SELECT":
        raise QueryError(f"{query.name}: a federated query is a SELECT.")
    check_query(with_answers(query.text, asked, {}))


def read(path: Path) -> FederatedQuery:
    """Read one federated query.

    Raises:
        QueryError: the file is none, or its header says something else than the query.
    """
    try:
        query = read_query(path)
        lines = [line[2:].removeprefix(" ") for line in query.text.splitlines() if line.startswith("#+")]
        header = yaml.safe_load("\n".join(lines))
        sends = {str(name): str(words) for name, words in dict(header["sends"]).items()}
        caution = str(header.get("caution", "")).strip()
    except (OSError, UnicodeError) as error:
        raise QueryError(f"{path} cannot be read ({error}).") from error
    except (KeyError, TypeError, ValueError) as error:
        raise QueryError(f"{path}: the header lacks `sends: {{endpoint: what is sent}}`.") from error
    _checked(query, sends)
    return FederatedQuery(query, sends, caution)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted((folder / FOLDER).glob("*/*.rq"))


@cache
def catalogue() -> dict[str, FederatedQuery]:
    """Return the stored federated queries by name, in the order of topic and name."""
    return {path.stem: read(path) for path in _files(queries_dir())}


def find(name: str) -> FederatedQuery:
    """Return the federated query of a name, or that of a file whose name ends in `.rq`.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name.endswith(".rq"):
        return read(Path(name))
    known = catalogue()
    if name not in known:
        near = get_close_matches(name, known, 3, 0.4)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(known)}."
        raise UnknownNameError(f"There is no federated query called {name!r}. {hint}")
    return known[name]
