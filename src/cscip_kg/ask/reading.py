"""A question as typed → its reading over the names of the current build.

In: text, and the search index. Out: a `Reading`, and the names in capitals that no source prints.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import queries, search_index, store
from cscip_kg.ask.english import SPELT
from cscip_kg.ask.meaning import settled
from cscip_kg.ask.mentions import Names, Reading
from cscip_kg.ask.phrasing import weights
from cscip_kg.ask.plain import CUES, PASSED, SOFT, asked_for
from cscip_kg.errors import QueryError
from cscip_kg.lexicon import Label, stem, stems, words
from cscip_kg.namespaces import CSCIP, value_of

_BRACKETED: Final = re.compile(r"([^()]+) \(([A-Z][A-Z0-9]+)\)")
MAX_QUESTION: Final = 500
_NTH: Final = re.compile(r"\b(?:round|wave|phase) (\d+|four|five)\b")


def _parts(label: Label) -> list[Label]:
    """Return the two names of an intervention that stand in one: "Our Way of Working (OWOW)"."""
    both = _BRACKETED.fullmatch(label.text) if label.kind == "intervention" else None
    return [replace(label, text=one, stems=stems(one)) for one in both.groups()] if both else []


@cache
def _names(build: Path) -> Names:
    kinds = {p.kind for q in queries.catalogue().values() for p in q.parameters} | {"programme", "round"}
    with closing(search_index.open_index(build.parent.parent)) as base:
        labels = [
            Label(iri, kind, text, form, tuple(stems.split(" ")))
            for iri, kind, text, form, stems in base.execute("SELECT iri, kind, text, form, stems FROM label")
            if kind in kinds
        ]
        known = dict(base.execute("SELECT word, stem FROM word"))
    labels += [part for label in labels for part in _parts(label)]
    texts = [text for q in queries.catalogue().values() for text in (*q.asks, q.summary)]
    known |= {word: stem(word) for text in texts for word in words(text)} | SPELT
    evaluates = NamedNode(f"{CSCIP}statesEvaluator")
    quads = store.open_store(build.parent.parent).quads_for_pattern(None, evaluates, None, None)
    return Names(labels, known, SOFT | CUES, PASSED, {value_of(quad.object) for quad in quads})


def names(folder: Path | None = None) -> Names:
    """Return the names of the current build."""
    return _names(store.current(folder))


def read(question: str, folder: Path | None = None) -> Reading:
    """Return a question, read over the names of the current build.

    Raises:
        QueryError: it is empty or too long.
    """
    if not words(question) or len(question) > MAX_QUESTION:
        raise QueryError(
            f"Ask in up to {MAX_QUESTION} characters, for example: which projects reduced missing episodes?"
        )
    known = names(folder)
    return settled(known.read(asked_for(question)), known)


def _stands(word: str, folder: Path | None) -> bool:
    """Return whether a word stands, spelled so, in a name or a passage."""
    with closing(search_index.open_index(folder)) as base:
        spelled = f"*{word}*"
        return any(
            base.execute(sql, (spelled,)).fetchone()
            for sql in (
                "SELECT 1 FROM label WHERE text GLOB ? LIMIT 1",
                "SELECT 1 FROM passage WHERE texts GLOB ? LIMIT 1",
            )
        )


def unknown_name(reading: Reading, folder: Path | None = None) -> str:
    """Return a name that stands in no name and no passage of the build; nothing without one.

    A name is a word in capitals, or a round that the programme did not have.
    """
    plain = " ".join(word.word for word in reading.words)
    if (nth := _NTH.search(plain)) and not any("round" in m.things for m in reading.mentions):
        return nth[0]
    taken = {n for m in reading.mentions for n in range(m.start, m.end)}
    capital = [n for n, w in enumerate(reading.words) if w.typed[0].isupper()]
    if len(capital) * 2 > len(reading.words):
        return ""
    for n in capital[:1] * (capital[:1] != [0]) + capital[1:]:
        word = reading.words[n]
        # Capitals alone ("ISBN") are no name where a stored question has the word.
        spoken = word.typed.isupper() and word.stem in weights()
        plain_word = word.stem in SOFT | CUES or spoken
        if n not in taken and not plain_word and not _stands(word.typed, folder):
            return word.typed
    return ""
