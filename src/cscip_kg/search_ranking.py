"""How well each thing fits what is looked for: by its best passage for each word, and by words together.

In: a `Reading` and the index. Out: a `Ranking`: things with their rank, and what each passage counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final

from cscip_kg.search_index import thing_of, weight_of
from cscip_kg.search_words import Alternative, Reading, Word, named_so

# What the passage that holds most of the words adds to the sum over words, and a phrase in it to that.
_TOGETHER: Final = 1.0
_PHRASE: Final = 1.0
# How much it costs a thing to lack a word: the share that it has, weighed by rarity, to this power.
_LACKING: Final = 2.0
# What a second passage that holds a word adds.
_AGAIN: Final = 0.2
_LONGEST_PHRASE: Final = 4
# Only the likeliest by their words are looked at more closely.
_CLOSER: Final = 150
_SAID: Final = "SELECT rowid FROM said WHERE said MATCH ?"


class _Scores:
    """What a phrase counts in each passage that holds it; each phrase is looked up once."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self._known: dict[str, dict[int, float]] = {}
        (self._all,) = base.execute("SELECT sum(passages) FROM kind").fetchone()

    def of(self, phrase: str) -> dict[int, float]:
        """Return passage → score: the rarity of the phrase, as BM25 has it, times the passage's weight."""
        if phrase not in self._known:
            numbers = [number for (number,) in self._base.execute(_SAID, (phrase,))]
            rarity = log(1 + (self._all - len(numbers) + 0.5) / (len(numbers) + 0.5))
            self._known[phrase] = {number: rarity * weight_of(number) for number in numbers}
        return self._known[phrase]

    def of_word(self, word: Word) -> dict[int, float]:
        """Return what a word counts in each passage, by whichever alternative counts most."""
        found: dict[int, float] = {}
        for a in word.alternatives:
            if not found and a.weight == 1:
                found = dict(self.of(a.match))
                continue
            for number, score in self.of(a.match).items():
                if score * a.weight > found.get(number, 0.0):
                    found[number] = score * a.weight
        return found


@dataclass(frozen=True)
class Ranking:
    """The things found.

    Attributes:
        things: number → rank, for the likeliest things; more is better.
        words: for each word of the reading, passage → what the word counts there.
        together: passage → what all words count there, for those things.
        named: the things of which the whole text is a name.
    """

    things: dict[int, float]
    words: tuple[dict[int, float], ...]
    together: dict[int, float]
    named: frozenset[int]
    _scores: _Scores

    def alternative(self, word: Word, place: int, passage: int) -> Alternative:
        """Return the way in which a word, by its place in the reading, was found in a passage."""
        best = self.words[place][passage]
        return next(
            a
            for a in word.alternatives
            if (score := self._scores.of(a.match).get(passage)) and score * a.weight >= best
        )


def _phrases(reading: Reading) -> Iterable[str]:
    """Yield each run of the text that begins and ends with words that matter, with none between."""
    matter = {word.stem for word in reading.words}
    places = [n for n, said in enumerate(reading.stems) if said in matter]
    for first, last in pairwise(places):
        if last - first < _LONGEST_PHRASE:
            yield '"' + " ".join(reading.stems[first : last + 1]) + '"'


def _by_thing(passages: dict[int, float]) -> dict[int, float]:
    """Return the best score that a passage of each thing has, and a little for the next best."""
    best: dict[int, float] = {}
    next_best: dict[int, float] = {}
    for number, score in passages.items():
        thing = thing_of(number)
        if score > (before := best.get(thing, 0.0)):
            best[thing], next_best[thing] = score, before
        elif score > next_best[thing]:
            next_best[thing] = score
    return {thing: score + _AGAIN * next_best[thing] for thing, score in best.items()}


class _Things:
    """What each thing has of the words: their best scores, and which of the needed words it holds."""

    def __init__(self, reading: Reading, words: Iterable[dict[int, float]]) -> None:
        self._best = [_by_thing(passages) for passages in words]
        self._needed = [n for n, word in enumerate(reading.words) if word.needed and word.alternatives]
        self._top = [max(found.values(), default=0.0) for found in self._best]
        self._total = sum(self._top[n] for n in self._needed) or 1.0

    def whole(self, thing: int) -> bool:
        return all(thing in self._best[n] for n in self._needed)

    def score(self, thing: int, together: float = 0.0) -> float:
        """Return the sum over words, less for what is lacking: a rare word is missed the most."""
        has = sum(self._top[n] for n in self._needed if thing in self._best[n]) / self._total
        return float((sum(found.get(thing, 0.0) for found in self._best) + together) * has**_LACKING)

    def likeliest(self, among: range) -> list[int]:
        """Return the things to be looked at more closely; none that lacks all the needed words."""
        scores = {t: self.score(t) for t in {t for found in self._best for t in found if t in among}}
        ranked = sorted(scores, key=lambda t: (not self.whole(t), -scores[t], t))
        return [thing for thing in ranked[:_CLOSER] if scores[thing]]


def _named(base: sqlite3.Connection, reading: Reading) -> frozenset[int]:
    iris = {iri for iri, _ in named_so(base, " ".join(reading.stems))}
    sql = "SELECT number FROM thing WHERE iri = ?"
    return frozenset(number for iri in iris for (number,) in base.execute(sql, (iri,)))


def rank(base: sqlite3.Connection, reading: Reading, among: Iterable[range]) -> Ranking:
    """Rank things: those of exactly that name first, then those that hold all words, then the rest.

    Args:
        base: the index.
        reading: what is looked for.
        among: ranges of things, of each of which only the likeliest count.
    """
    scores = _Scores(base)
    words = tuple(map(scores.of_word, reading.words))
    things = _Things(reading, words)
    closer = {thing for span in among for thing in things.likeliest(span)}
    together: dict[int, float] = {}
    if len(reading.words) > 1:
        phrases = [scores.of(phrase) for phrase in dict.fromkeys(_phrases(reading))]
        for passages, counts in [*((w, 1.0) for w in words), *((p, _PHRASE) for p in phrases)]:
            for number, score in passages.items():
                if thing_of(number) in closer:
                    together[number] = together.get(number, 0.0) + counts * score
    fullest = _by_thing(together)
    ranks = {thing: things.score(thing, _TOGETHER * fullest.get(thing, 0.0)) for thing in closer}
    highest = max(ranks.values(), default=1.0)
    named = _named(base, reading)
    ranks = {t: score / highest + things.whole(t) + (t in named) for t, score in ranks.items()}
    return Ranking(ranks, words, together, named, scores)
