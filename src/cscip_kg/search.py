"""Words → the things that are about them, the likeliest first, each with why and where it was found.

In: text as people type it, and the index of a build. Out: `Hit`s, interventions before all else.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.namespaces import short
from cscip_kg.search_documents import KINDS, kind_words
from cscip_kg.search_index import build_index, index_path, open_index
from cscip_kg.search_ranking import rank
from cscip_kg.search_reasons import reasons
from cscip_kg.search_words import Reading, read

__all__ = ["KINDS", "Found", "Hit", "build_index", "find", "index_path", "open_index", "plural", "search"]

_FIRST: Final = "intervention"
# Interventions have gathered all that these say; they come when they are asked for.
_GATHERED: Final = ("project", "evaluation")


@dataclass(frozen=True)
class Hit:
    """One thing found.

    Attributes:
        id: kind/slug, as other commands take it.
        iri: the whole IRI.
        name: what people call it, or how its text begins.
        kind: one of `KINDS`.
        score: how well it fits, 1 for the best of its kind.
        why: in words, what was found in which passage, through which synonym or spelling.
        citations: where those passages stand.
        fields: the fields of those passages, such as `name` and `finding`.
    """

    id: str
    iri: str
    name: str
    kind: str
    score: float
    why: tuple[str, ...]
    citations: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    thing: int
    kind: str
    rank: float


@dataclass(frozen=True)
class Found:
    """What a search came to: the hits, the words that stand nowhere, and those read as others."""

    hits: tuple[Hit, ...]
    unknown: tuple[str, ...]
    read_as: dict[str, str]


def plural(kind: str) -> str:
    """Return a kind as a heading has it: `Outcome measures`, `Discrepancies`."""
    words = kind_words(kind)
    many = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return many[0].upper() + many[1:]


def _kinds(base: sqlite3.Connection) -> dict[str, range]:
    """Return the numbers of the things of each kind: they follow one another in the order of `KINDS`."""
    return {kind: range(a, b + 1) for kind, a, b in base.execute("SELECT kind, first, last FROM kind")}


def _spans(kinds: dict[str, range], kind: str | None) -> list[range]:
    """Return the numbers of the things asked for: those of a kind, or interventions, and the others."""
    if kind:
        return [kinds.get(kind, range(0))]
    rest = [numbers for other, numbers in kinds.items() if other not in (_FIRST, *_GATHERED)]
    ends = range(min((r.start for r in rest), default=0), max((r.stop for r in rest), default=0))
    return [kinds.get(_FIRST, range(0)), ends]


def _chosen(ranked: list[_Row], limit: int) -> list[_Row]:
    """Return at most `limit`, interventions first: half for them, the rest for a few of each other kind."""
    theirs = [row for row in ranked if row.kind == _FIRST]
    others = [row for row in ranked if row.kind != _FIRST]
    counts: dict[str, int] = {}
    few: list[_Row] = []
    more: list[_Row] = []
    for row in others:
        counts[row.kind] = counts.get(row.kind, 0) + 1
        (few if counts[row.kind] <= max(1, limit // 5) else more).append(row)
    room = limit - min(len(theirs), max((limit + 1) // 2, limit - len(others)))
    rest = sorted([*few, *more][:room], key=ranked.index)
    order = list(dict.fromkeys(row.kind for row in rest))
    return theirs[: limit - len(rest)] + sorted(rest, key=lambda row: order.index(row.kind))


def _hits(base: sqlite3.Connection, reading: Reading, kind: str | None, limit: int) -> list[Hit]:
    kinds = _kinds(base)
    ranking = rank(base, reading, _spans(kinds, kind))
    ranked = [
        _Row(thing, next(k for k, numbers in kinds.items() if thing in numbers), ranking.things[thing])
        for thing in sorted(ranking.things, key=lambda t: (-ranking.things[t], t))
    ]
    best: dict[str, float] = {}
    for row in ranked:
        best.setdefault(row.kind, row.rank)
    rows = ranked[:limit] if kind else _chosen(ranked, limit)
    because = reasons(base, reading, ranking, [row.thing for row in rows])
    hits = []
    for row in rows:
        iri, name = base.execute("SELECT iri, name FROM thing WHERE number = ?", (row.thing,)).fetchone()
        why = because[row.thing]
        score = round(row.rank / best[row.kind], 3)
        hits.append(Hit(short(iri), iri, name, row.kind, score, why.parts, why.citations, why.fields))
    return hits


def find(text: str, limit: int = 20, kind: str | None = None, folder: Path | None = None) -> Found:
    """Look for things by words, and tell also which words stand nowhere.

    Args:
        text: what somebody typed; capitals, endings and small slips do not matter.
        limit: how many hits at most; more than 150 there never are. Interventions come first, but leave half
            to the other kinds.
        kind: one of `KINDS`, to be told of that kind only.
        folder: the build folder.

    Raises:
        QueryError: the text is empty, too long, or holds no word that tells what is looked for.
        UnknownNameError: there is no such kind; the message lists those there are.
        NoStoreError: nothing has been built.
    """
    if kind is not None and kind not in KINDS:
        raise UnknownNameError(f"There is no kind {kind!r}. Kinds: {', '.join(KINDS)}.")
    if limit < 1:
        raise QueryError(f"The number of hits must be 1 or more, not {limit}.")
    with closing(open_index(folder)) as base:
        reading = read(base, text)
        hits = _hits(base, reading, kind, limit)
    read_as = {
        word.typed: " or ".join(a.shown for a in word.alternatives if a.manner == "spelling")
        for word in reading.words
        if all(a.manner != "itself" for a in word.alternatives)
    }
    return Found(tuple(hits), reading.unknown, {word: shown for word, shown in read_as.items() if shown})


def search(text: str, limit: int = 20, kind: str | None = None, folder: Path | None = None) -> list[Hit]:
    """Return the things that are about `text`, interventions first; see `find` for arguments and errors."""
    return list(find(text, limit, kind, folder).hits)
