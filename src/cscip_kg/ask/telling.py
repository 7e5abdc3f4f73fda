"""What came of a question, in words: how it was understood, what stands together, why there is no answer.

In: a reading, choices and what was tried. Out: lines for `why`, an answer of two, a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.rows import joined
from cscip_kg.ask.shape import Answer
from cscip_kg.ask.trying import Tried
from cscip_kg.namespaces import ID

_SPEAK: Final = "of its rows, those that speak of"
_NOTHING: Final = "nothing is also of"
_LEFT: Final = "ordinary words left out:"


def of_words(words: Iterable[str]) -> str:
    """Return what is told where rows were kept that speak of words."""
    return f"{_SPEAK} {', '.join(f'“{word}”' for word in words)}"


def without(name: str, value: str) -> str:
    """Return what is told where nothing is of all that is named, and one of it was left out."""
    return f"{_NOTHING} the {name} {value}: this is without it"


def left_out(words: Iterable[str]) -> str:
    """Return what is told where ordinary words are not held."""
    return f"{_LEFT} {', '.join(f'“{word}”' for word in words)}"


def tells_of_rows(answer: Answer) -> bool:
    """Return whether an answer tells which rows were kept by words, or what was left out."""
    return any(why.startswith((_SPEAK, _NOTHING, _LEFT)) for why in answer.why)


def together(first: Answer, second: Answer) -> Answer:
    """Return an answer together with another, which says so."""
    if (first.query, dict(first.parameters)) == (second.query, dict(second.parameters)):
        return first
    given = "".join(f" -p {name}={value}" for name, value in second.parameters.items())
    told = f"together with: cscip query {second.query}{given}"
    if told in first.why:
        return first
    return replace(
        first,
        why=(*first.why, told),
        table=joined(first.table, second.table),
        asked=first.asked | second.asked,
        taken=first.taken | second.taken,
    )


def of_rows(one: Tried) -> Iterator[str]:
    """Yield what was looked for in rows, and what they do not hold."""
    if one.narrowed and (
        sought := ", ".join(f"“{part.typed}”" for part in one.untaken if part in one.spoken)
    ):
        yield f"of its rows, those that speak of {sought}"
    if left := ", ".join(f"“{part.typed}”" for part in one.missing):
        yield f"words that these rows do not hold: {left}"


def understood(reading: Reading, choice: Choice) -> Iterator[str]:
    """Yield how a question was understood."""
    for word in reading.words:
        if word.word != word.typed.casefold():
            yield f"“{word.typed}” was read as “{word.word}”"
    given = (*choice.values.values(), *choice.kept.values())
    taken = {value for values in given for value in values.replace("|", ",").split(",")}
    for mention in reading.mentions:
        for kind, iris in mention.things.items():
            path = iris[0].removeprefix(ID)
            if path in taken or path.removeprefix(f"{kind}/") in taken:
                yield f"“{reading.text(mention)}” was taken for {path}"
    yield f"the stored question that fits: {choice.query.summary}"
    for name, value in choice.kept.items():
        yield f"of its rows, those of interventions with {name}={value}"
    if choice.passed:
        yield f"passed over: {', '.join(f'“{word.typed}”' for word in choice.passed)}"


def untold(words: Iterable[str]) -> str:
    """Return why there is no answer where what comes near says nothing of some words."""
    told = ", ".join(f"“{word}”" for word in words)
    return (
        f"The five sources read say nothing of {told} here; nothing is left out of a question to answer it."
    )


def not_understood(found: Sequence[Choice]) -> str:
    """Return why there is no answer: the words that the likeliest query does not account for."""
    if not found or not found[0].odd:
        return "No stored question comes near this one."
    odd = ", ".join(f"“{word}”" for word in found[0].unexplained)
    return f"No stored question accounts for {odd}; nothing is left out of a question to answer it."
