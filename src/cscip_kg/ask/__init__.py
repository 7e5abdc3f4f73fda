"""A plain question → a stored query and its parameters, or the reason why there is no answer.

In: a question, and the names and queries of the current build. Out: `Answer`. Deterministic and offline: the
headers of the stored queries say how people put each question (`asks`); things named in the question become
parameters; a word that neither explains is a word not understood, and then there is no answer. So it is with
an empty result: nothing is dropped from a question to make it answerable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from cscip_kg import queries, search_index, store
from cscip_kg.ask import passages
from cscip_kg.ask.choosing import Choice, choices, explained
from cscip_kg.ask.mentions import LIGHT, Names, Reading
from cscip_kg.ask.plain import CUES, SOFT, asked_for, refusal
from cscip_kg.engine import select
from cscip_kg.errors import QueryError
from cscip_kg.lexicon import Label, words
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION
from cscip_kg.queries import Table

MAX_QUESTION: Final = 500
_MOST_ALTERNATIVES: Final = 3
_MOST_TRIED: Final = 8
_NEAR: Final = 3.0
_SILENT: Final = "The five sources read say nothing of this."
# Questions about one of these are answered from statements about it or not at all.
_PROPER: Final = frozenset(("intervention", "organisation", "area", "round", "programme"))
_KINDS: Final = {
    "recommend": frozenset(("recommendation", "consideration")),
    "lesson": frozenset(("lesson",)),
    "barrier": frozenset(("lesson",)),
    "enabl": frozenset(("lesson",)),
    "agre": frozenset(("discrepancy",)),
    "disagre": frozenset(("discrepancy",)),
    "discrep": frozenset(("discrepancy",)),
    "contradict": frozenset(("discrepancy",)),
    "mani": frozenset(("statistic", "note")),
    "number": frozenset(("statistic", "note")),
    "percentag": frozenset(("statistic", "note")),
}
# Of these, a statement may be about any thing that it names.
_NAMING: Final = frozenset(("discrepancy", "statistic", "note"))


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
        known = [word for (word,) in base.execute("SELECT word FROM word")]
    texts = [text for q in queries.catalogue().values() for text in (*q.asks, q.summary)]
    spoken = [word for text in texts for word in words(text)]
    return Names(labels, (*known, *spoken, *SOFT, *CUES), SOFT | CUES)


def read(question: str, folder: Path | None = None) -> Reading:
    """Return a question, read over the names of the current build.

    Raises:
        QueryError: it is empty or too long.
    """
    if not words(question) or len(question) > MAX_QUESTION:
        raise QueryError(
            f"Ask in up to {MAX_QUESTION} characters, for example: which projects reduced missing episodes?"
        )
    return names(folder).read(asked_for(question))


def names(folder: Path | None = None) -> Names:
    """Return the names of the current build."""
    return _names(store.current(folder))


def _rows(choice: Choice, folder: Path | None) -> Table:
    terms = queries.bind(choice.query, choice.values, folder)
    result = select(store.open_store(folder), queries.fill(choice.query.text, terms))
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


def _by_words(reading: Reading, folder: Path | None) -> Choice | None:
    """Return the statements that speak of the telling words, where the question names no thing of its own."""
    query = queries.find("statements-listed")
    kinds: frozenset[str] = next((_KINDS[w.stem] for w in reading.words if w.stem in _KINDS), frozenset())
    proper = {kind for mention in reading.mentions for kind in _PROPER & set(mention.things)}
    if proper and not (kinds and kinds <= _NAMING and proper.isdisjoint(("intervention", "area"))):
        return None
    telling = {w.stem for w in reading.words} - SOFT - CUES - LIGHT - set(_KINDS)
    found = passages.about(telling, kinds, folder) if telling else []
    if not found:
        return None
    return Choice(query, {"statements": ",".join(iri.removeprefix(ID) for iri in found)}, 0.0)


def _not_understood(found: list[Choice]) -> str:
    if not found or found[0].score <= 0:
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
    reading = read(question, folder)
    found = choices(reading, names(folder))
    near = [c.command() for c in found if c.score > 0][: _MOST_ALTERNATIVES + 1]
    if reason := refusal(question):
        return Answer(question, answered=False, alternatives=tuple(near[:-1]), reason=reason)
    fitting = [c for c in found[:_MOST_TRIED] if c.fits and c.score > 0]
    tried = [
        c for c in fitting if c.score > fitting[0].score - _NEAR and len(c.values) >= len(fitting[0].values)
    ]
    if not tried and (said := _by_words(reading, folder)):
        tried = [said]
    for choice in tried:
        table = _rows(choice, folder)
        if table.rows:
            others = tuple(c for c in near if c != choice.command())[:_MOST_ALTERNATIVES]
            why = tuple(_understood(reading, choice))
            return Answer(question, True, choice.query.name, choice.values, why, table, others)
    if not tried:
        return Answer(question, answered=False, alternatives=tuple(near[:-1]), reason=_not_understood(found))
    first = tried[0]
    return Answer(
        question,
        answered=False,
        query=first.query.name,
        parameters=first.values,
        why=tuple(_understood(reading, first)),
        alternatives=tuple(c for c in near if c != first.command())[:_MOST_ALTERNATIVES],
        reason=_SILENT,
    )


__all__ = ["MAX_QUESTION", "Answer", "Choice", "ask", "explained", "read"]
