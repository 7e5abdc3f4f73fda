"""A plain question → a stored query and its parameters, or the reason why there is no answer.

In: a question, and the names and queries of the current build. Out: `Answer`. Deterministic and offline: the
headers of the stored queries say how people put each question (`asks`); things named in the question become
parameters; a word that neither explains is a word not understood, and then there is no answer. So it is with
an empty result: nothing is dropped from a question to make it answerable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Store

from cscip_kg import queries, search_index, store
from cscip_kg.ask.choosing import Choice, choices
from cscip_kg.ask.meaning import settled
from cscip_kg.ask.mentions import Names, Reading
from cscip_kg.ask.phrasing import explained
from cscip_kg.ask.plain import CUES, PASSED, SOFT, asked_for, refusal
from cscip_kg.ask.rows import fuller, holding, says
from cscip_kg.ask.shape import as_json
from cscip_kg.ask.statements import comes_first, listed
from cscip_kg.engine import select
from cscip_kg.errors import QueryError
from cscip_kg.lexicon import Label, stem, words
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION
from cscip_kg.queries import Parameter, Table

MAX_QUESTION: Final = 500
_MOST_ALTERNATIVES: Final = 3
_MOST_TRIED: Final = 8
_NEAR: Final = 3.0
# So many words may be looked for in the rows of a query, and so many queries are tried with them.
_MOST_LOOKED_FOR, _MOST_LOOKED_IN = 3, 6
_SILENT: Final = "The five sources read say nothing of this."


@dataclass(frozen=True)
class Answer:
    """What came of a question.

    Attributes:
        question: as it was put.
        answered: whether there is an answer.
        query: the name of the stored query that was run; empty when none was.
        parameters: its parameters, as `cscip query` takes them.
        why: how the question was understood.
        table: the rows; without rows when not answered.
        alternatives: other queries that come near, as commands.
        reason: why there is no answer.
        caution: what the evidence cannot show.
    """

    question: str
    answered: bool
    query: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    table: Table = field(default_factory=lambda: Table((), []))
    alternatives: tuple[str, ...] = ()
    reason: str = ""
    caution: str = CAUTION


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
    texts = [text for q in queries.catalogue().values() for text in (*q.asks, q.summary)]
    known |= {word: stem(word) for text in texts for word in words(text)}
    return Names(labels, known, SOFT | CUES, PASSED)


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


def names(folder: Path | None = None) -> Names:
    """Return the names of the current build."""
    return _names(store.current(folder))


@cache
def _store(build: Path) -> Store:
    """Return the store of a build; it is opened once, as a question may need several queries."""
    return store.open_store(build.parent.parent)


def _terms(parameter: Parameter, value: str) -> list[NamedNode]:
    """Return the things that a value names; the labels and phrasings that it comes from know no others."""
    start = ID if parameter.kind == "thing" else f"{ID}{parameter.kind}/"
    return [NamedNode(start + one) for one in value.split(",")]


def _rows(choice: Choice, folder: Path | None) -> Table:
    bound = {
        p.variable: _terms(p, choice.values[p.name])
        for p in choice.query.parameters
        if p.name in choice.values
    }
    result = select(_store(store.current(folder)), queries.fill(choice.query.text, bound))
    return Table(choice.query.columns, [tuple(row) for row in result])


def _understood(reading: Reading, choice: Choice) -> Iterable[str]:
    for word in reading.words:
        if word.word != word.typed.casefold():
            yield f"“{word.typed}” was read as “{word.word}”"
    taken = {value for given in choice.values.values() for value in given.split(",")}
    for mention in reading.mentions:
        for kind, iris in mention.things.items():
            path = iris[0].removeprefix(ID)
            if path in taken or path.removeprefix(f"{kind}/") in taken:
                yield f"“{reading.text(mention)}” was taken for {path}"
    yield f"the stored question that fits: {choice.query.summary}"


def _unknown_name(reading: Reading, folder: Path | None) -> str:
    """Return a name in capitals that stands in no name and no passage of the build; nothing without one."""
    taken = {n for m in reading.mentions for n in range(m.start, m.end)}
    capital = [n for n, w in enumerate(reading.words) if w.typed[0].isupper()]
    if len(capital) * 2 > len(reading.words):
        return ""
    plain = SOFT | CUES
    for n in capital[:1] * (capital[:1] != [0]) + capital[1:]:
        word = reading.words[n]
        if n not in taken and word.stem not in plain and not _stands(word.typed, folder):
            return word.typed
    return ""


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


def _fitting(found: list[Choice]) -> list[Choice]:
    """Return the choices that account for the whole question, the likeliest first, none with less named."""
    fitting = [c for c in found[:_MOST_TRIED] if c.fits and (c.score > 0 or c.values)]
    return [
        c for c in fitting if c.score > fitting[0].score - _NEAR and len(c.values) >= len(fitting[0].values)
    ]


def _looked_for(
    found: list[Choice], reading: Reading, folder: Path | None
) -> Iterator[tuple[Choice, Table, tuple[str, ...]]]:
    """Yield the choices whose rows hold the words that no parameter takes, with those rows and words."""
    near = [c for c in found if not c.fits and c.values and len(c.odd) <= _MOST_LOOKED_FOR]
    # A plain word says too little to be looked for.
    near = [c for c in near if PASSED.isdisjoint(word.stem for word in c.odd)]
    for choice in sorted(near, key=lambda c: (-c.score - len(c.odd), c.command()))[:_MOST_LOOKED_IN]:
        full = fuller(choice, reading)
        table = holding(_rows(full, folder), [word.stem for word in choice.odd])
        if table.rows:
            yield full, table, choice.unexplained


def _not_understood(found: list[Choice]) -> str:
    if not found or not found[0].odd:
        return "No stored question comes near this one."
    odd = ", ".join(f"“{word}”" for word in found[0].unexplained)
    return f"No stored question accounts for {odd}; nothing is left out of a question to answer it."


def ask(question: str, folder: Path | None = None) -> Answer:
    """Answer a plain question from the stored queries, or say why not.

    Args:
        question: in English, up to 500 characters.
        folder: the build folder.

    Raises:
        QueryError: the question is empty or too long.
        NoStoreError: nothing has been built.
    """
    reading, known = read(question, folder), names(folder)
    found = choices(reading, known)
    near = [c.command() for c in found if c.score > 0][: _MOST_ALTERNATIVES + 1]
    silent = Answer(question, answered=False, alternatives=tuple(near[:-1]))
    name = _unknown_name(reading, folder)
    if reason := refusal(question) or (name and f"No source read knows the name “{name}”."):
        return replace(silent, reason=reason)
    fitting = [fuller(choice, reading) for choice in _fitting(found)]
    sure = listed(reading, known, sure=True, folder=folder) if comes_first(reading) else None
    tried = [*([sure] if sure else []), *fitting]
    for choice in tried:
        table = _rows(choice, folder)
        if table.rows and says(table, reading):
            return _answer(reading, question, choice, table, near)
    for choice, table, wanted in _looked_for(found, reading, folder):
        if says(table, reading):
            answer = _answer(reading, question, choice, table, near)
            told = f"of its rows, those that speak of {', '.join(f'“{word}”' for word in wanted)}"
            return replace(answer, why=(*answer.why, told))
    if fitting:
        first = fitting[0]
        why = tuple(_understood(reading, first))
        return replace(silent, query=first.query.name, parameters=first.values, why=why, reason=_SILENT)
    if said := listed(reading, known, sure=False, folder=folder):
        return _answer(reading, question, said, _rows(said, folder), near)
    return replace(silent, reason=_not_understood(found))


def _answer(reading: Reading, question: str, choice: Choice, table: Table, near: list[str]) -> Answer:
    others = tuple(c for c in near if c != choice.command())[:_MOST_ALTERNATIVES]
    why = tuple(_understood(reading, choice))
    return Answer(question, True, choice.query.name, choice.values, why, table, others)


__all__ = ["MAX_QUESTION", "Answer", "Choice", "as_json", "ask", "explained", "read"]
