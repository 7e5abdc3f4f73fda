"""What can be found, on disk: one SQLite file with full-text search, made with the build and then only read.

In: the quads of a build. Out: a file that is the same to the byte for the same quads. It holds stems, not
words, so that a query and the index agree whatever the tokenizer does; and every name of every thing
(`label`), for those who read questions.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from cscip_kg.errors import NoStoreError
from cscip_kg.lexicon import labels, stem, stems, words
from cscip_kg.search_documents import FIELDS, Passage, things
from cscip_kg.store import current

FILE: Final = "search.sqlite"
# Raised whenever the tables change, so that an older build asks to be made again instead of failing.
VERSION: Final = 1
# Stands between two texts of one passage, so that no phrase runs on from one to the next.
_BREAK: Final = "|"
_NAMES: Final = tuple(FIELDS)
# BM25's constants: how soon a word more counts no more, and how much length takes away.
_K1: Final = 1.2
_B: Final = 0.5
# How many words the text of a passage has as a rule, and a name.
_USUAL: Final = 12
_SHORT: Final = 4

_TABLES: Final = f"""
CREATE TABLE thing (number INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  name TEXT NOT NULL);
CREATE TABLE kind (kind TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
  passages INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE passage (number INTEGER PRIMARY KEY, what TEXT NOT NULL, texts TEXT NOT NULL,
  stems TEXT NOT NULL, citations TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE label (iri TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, form TEXT NOT NULL,
  stems TEXT NOT NULL);
CREATE TABLE word (word TEXT PRIMARY KEY, stem TEXT NOT NULL, uses INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE said USING fts5(stems, content='',
  tokenize="unicode61 remove_diacritics 0 tokenchars '£%.,{_BREAK}'");
"""
_INDEXES: Final = """
CREATE INDEX word_stem ON word(stem);
CREATE INDEX label_stems ON label(stems);
CREATE INDEX label_iri ON label(iri);
"""


def _weight(passage: Passage) -> int:
    """Return what a word in a passage is worth: by its field, and less the longer its own text is (BM25).

    A thing is no less about a concept because that has many names: names do not count as length.
    """
    length = sum(len(stems(text)) for text in passage.texts) or _SHORT
    saturation = (_K1 + 1) / (1 + _K1 * (1 - _B + _B * length / _USUAL))
    return min(255, round(32 * FIELDS[passage.field] * saturation))


def _passage_number(thing: int, nth: int, passage: Passage) -> int:
    """Return a number that tells thing, field and weight, so that scoring need look into no other table."""
    return (thing << 24) + (nth << 12) + (_NAMES.index(passage.field) << 8) + _weight(passage)


def thing_of(passage: int) -> int:
    """Return the number of the thing that a passage is about."""
    return passage >> 24


def field_of(passage: int) -> str:
    """Return the field of a passage, one of `FIELDS`."""
    return _NAMES[passage >> 8 & 15]


def weight_of(passage: int) -> float:
    """Return what a word in a passage is worth."""
    return (passage & 255) / 32


def _fill(base: sqlite3.Connection, quads: list[Quad]) -> None:
    uses: Counter[str] = Counter()
    found = things(quads)
    for place, thing in enumerate(found, 1):
        base.execute("INSERT INTO thing VALUES (?, ?, ?, ?)", (place, thing.iri, thing.kind, thing.name))
        for nth, p in enumerate(thing.passages):
            number = _passage_number(place, nth, p)
            texts = (*p.texts, *p.names)
            said = [" ".join(stems(text)) for text in texts]
            row = (number, p.what, "\n".join(texts), "\n".join(said), " ".join(p.citations), p.about)
            base.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)", row)
            base.execute("INSERT INTO said(rowid, stems) VALUES (?, ?)", (number, f" {_BREAK} ".join(said)))
            uses.update(word for text in texts for word in words(text))
    for kind, run in groupby(enumerate(found, 1), key=lambda pair: pair[1].kind):
        placed = list(run)
        count = sum(len(thing.passages) for _, thing in placed)
        base.execute("INSERT INTO kind VALUES (?, ?, ?, ?)", (kind, placed[0][0], placed[-1][0], count))
    base.executemany("INSERT INTO word VALUES (?, ?, ?)", ((w, stem(w), uses[w]) for w in sorted(uses)))
    base.executemany(
        "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
        ((n.iri, n.kind, n.text, n.form, " ".join(n.stems)) for n in labels(quads)),
    )


def build_index(quads: Iterable[Quad], path: Path) -> None:
    """Write the index of a build.

    Args:
        quads: the whole dataset, in any order.
        path: the file to write; it must not exist.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        # A crash leaves a folder that nobody reads: neither journal nor waiting for the disk is needed.
        base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        base.execute("BEGIN")
        _fill(base, list(quads))
        base.execute("INSERT INTO said(said) VALUES ('optimize')")
        base.execute("COMMIT")
        base.executescript(_INDEXES)
        base.execute(f"PRAGMA user_version = {VERSION}")
        base.execute("VACUUM")


def index_path(folder: Path | None = None) -> Path:
    """Return where the index of the current build is.

    Raises:
        NoStoreError: nothing has been built there.
    """
    return current(folder) / FILE


def open_index(folder: Path | None = None) -> sqlite3.Connection:
    """Open the index of the current build, read-only; the caller closes it.

    Raises:
        NoStoreError: nothing has been built there, or by a version that made another index or none.
    """
    path = index_path(folder)
    problem = "is missing"
    if path.is_file():
        # A published build never changes: SQLite need neither lock it nor write beside it.
        base = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            if base.execute("PRAGMA user_version").fetchone() == (VERSION,):
                return base
            problem = "was made by another version"
        except sqlite3.DatabaseError as error:
            problem = f"cannot be read ({error})"
        base.close()
    raise NoStoreError(f"The search index {path} {problem}. Run: cscip build")
