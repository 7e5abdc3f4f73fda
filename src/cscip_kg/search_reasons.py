"""Why a thing was found: which word stands in which passage, and through which synonym or spelling.

In: a ranking and some of its things. Out: a `Because` for each: parts of a sentence, with citations.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cscip_kg.search_documents import kind_words
from cscip_kg.search_index import field_of, thing_of
from cscip_kg.search_ranking import Ranking
from cscip_kg.search_words import Alternative, Reading

_FORMS: Final = {"hidden": "a search word for", "alternative": "a synonym of", "printed": "a printed name of"}
_NAMES: Final = ("name", "printed name")
_PASSAGE: Final = "SELECT what, texts, stems, citations, about FROM passage WHERE number = ?"

# For one thing and the place of each word: the passages that hold it, and what it counts there.
_Held = dict[int, dict[int, float]]


@dataclass(frozen=True)
class Because:
    """Why one thing was found: parts of a sentence, the citations, and the fields of the passages."""

    parts: tuple[str, ...]
    citations: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Words:
    """Words that one passage explains in one manner."""

    passage: int
    typed: tuple[str, ...]
    alternatives: tuple[Alternative, ...]

    def some(self, places: list[int]) -> _Words:
        return _Words(
            self.passage,
            tuple(self.typed[n] for n in places),
            tuple(self.alternatives[n] for n in places),
        )


@dataclass(frozen=True)
class _Text:
    """One text of a passage, with its stems, and the words found in it."""

    text: str
    stems: str
    words: _Words

    @property
    def whole(self) -> bool:
        """Whether the words are all of it."""
        return " ".join(dict.fromkeys(s for a in self.words.alternatives for s in a.stems)) == self.stems


def _quoted(words: Iterable[str]) -> str:
    *before, last = [f'"{word}"' for word in words]
    return f"{', '.join(before)} and {last}" if before else last


def _called(base: sqlite3.Connection, iri: str) -> str:
    """Return a thing as a sentence calls it: `the population Adolescents`."""
    sql = "SELECT kind, text FROM label WHERE iri = ? ORDER BY form <> 'preferred', text LIMIT 1"
    kind, name = base.execute(sql, (iri,)).fetchone()
    return f"the {kind_words(kind)} {name}"


def _form(base: sqlite3.Connection, iri: str, stems: str) -> str:
    """Return how a text names a thing, when it is not its chosen name; else nothing."""
    sql = "SELECT form FROM label WHERE iri = ? AND stems = ?"
    forms = {form for (form,) in base.execute(sql, (iri, stems))}
    return "" if "preferred" in forms else next((_FORMS[f] for f in reversed(_FORMS) if f in forms), "")


def _texts(base: sqlite3.Connection, words: _Words) -> list[_Text]:
    """Return the texts of a passage that hold the words, as few as will do."""
    _, texts, stems, _, _ = base.execute(_PASSAGE, (words.passage,)).fetchone()
    pairs = list(zip(texts.split("\n"), stems.split("\n"), strict=True))
    phrases = [" ".join(a.stems) for a in words.alternatives]
    left = set(range(len(phrases)))
    found = []
    while left:
        held = [[n for n in sorted(left) if f" {phrases[n]} " in f" {said} "] for _, said in pairs]
        most = max(range(len(pairs)), key=lambda n: (len(held[n]), -n))
        if not held[most]:
            raise AssertionError("The index and its passages do not agree.")
        found.append(_Text(*pairs[most], words.some(held[most])))
        left.difference_update(held[most])
    return found


def _where(base: sqlite3.Connection, text: _Text, verb: str = "stands") -> str:
    """Return where words stand: in a passage, or in another name of the thing that the passage names."""
    what, _, _, _, about = base.execute(_PASSAGE, (text.words.passage,)).fetchone()
    form = _form(base, about, text.stems) if about else ""
    if not form:
        return f"{verb} in {what}"
    thing = _called(base, about)
    known = what.endswith(thing.partition(" ")[2]) or what.startswith("the other names")
    inside = "" if known else f", in {what}"
    return f"is {form} {thing}{inside}" if text.whole else f'{verb} in "{text.text}", {form} {thing}{inside}'


def _itself(base: sqlite3.Connection, text: _Text) -> str:
    typed = list(dict.fromkeys(text.words.typed))
    if text.whole:
        typed = [" ".join(typed)]
    return f"{_quoted(typed)} {_where(base, text, 'stands' if len(typed) == 1 else 'stand')}"


def _parts(base: sqlite3.Connection, words: _Words) -> list[str]:
    """Return what one passage explains, as parts of a sentence."""
    a = words.alternatives[0]
    texts = _texts(base, words if a.manner == "itself" else words.some([0]))
    if a.manner == "itself":
        return [_itself(base, text) for text in texts]
    where = _where(base, texts[0])
    if a.name is None:
        return [f'"{" ".join(words.typed)}", read as "{a.shown}", {where}']
    means = f'"{a.name.typed}" is {_form(base, a.name.iri, a.name.stems) or "the name of"}'
    like = f', like "{a.shown}"' if _form(base, a.name.iri, " ".join(a.stems)) else ""
    return [f"{means} {_called(base, a.name.iri)}{like}, which {where}"]


def _held(ranking: Ranking, things: Iterable[int]) -> dict[int, _Held]:
    found: dict[int, _Held] = {thing: {} for thing in things}
    for place, passages in enumerate(ranking.words):
        for number, score in passages.items():
            if (held := found.get(thing_of(number))) is not None:
                held.setdefault(place, {})[number] = score
    return found


def _by_name(reading: Reading, ranking: Ranking, held: _Held) -> _Held:
    """Leave only the passages in which the words are a name: nothing else is needed to say why."""
    found: _Held = {}
    for place, passages in held.items():
        for number, score in passages.items():
            manner = ranking.alternative(reading.words[place], place, number).manner
            if field_of(number) in _NAMES and manner == "itself":
                found.setdefault(place, {})[number] = score
    return found or held


def _grouped(reading: Reading, ranking: Ranking, held: _Held) -> list[_Words]:
    """Return the words by the passage and the manner that explain them, the fullest passage first."""
    numbers = sorted({number for passages in held.values() for number in passages})
    fullest = max(numbers, key=lambda n: ranking.together.get(n, 0.0))
    found: dict[tuple[int, str], list[tuple[str, Alternative]]] = {}
    for place, passages in held.items():
        word = reading.words[place]
        number = fullest if fullest in passages else max(sorted(passages), key=passages.__getitem__)
        a = ranking.alternative(word, place, number)
        key = (number, "" if a.manner == "itself" else a.shown)
        found.setdefault(key, []).append((a.shown if a.manner == "itself" else word.typed, a))
    ordered = sorted(found.items(), key=lambda item: item[0][0] != fullest)
    return [_Words(number, *map(tuple, zip(*pairs, strict=True))) for (number, _), pairs in ordered]


def _because(base: sqlite3.Connection, grouped: list[_Words]) -> Because:
    passages = list(dict.fromkeys(words.passage for words in grouped))
    citations = [c for n in passages for c in base.execute(_PASSAGE, (n,)).fetchone()[3].split()]
    return Because(
        tuple(dict.fromkeys(part for words in grouped for part in _parts(base, words))),
        tuple(dict.fromkeys(citations)),
        tuple(dict.fromkeys(map(field_of, passages))),
    )


def reasons(
    base: sqlite3.Connection, reading: Reading, ranking: Ranking, things: Iterable[int]
) -> dict[int, Because]:
    """Return why these things of the ranking were found."""
    held = _held(ranking, things)
    for thing in ranking.named & held.keys():
        held[thing] = _by_name(reading, ranking, held[thing])
    return {thing: _because(base, _grouped(reading, ranking, held[thing])) for thing in held}
