"""A question as typed → its words, each mended where it is misspelt, and the things that it names.

In: text, and the names of the search index. Out: a `Reading`. A name is found whole (any name that the graph
knows) or by enough of its words to mean one thing only; the longest name wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from cscip_kg.ask.english import is_spelt
from cscip_kg.lexicon import Form, Label, spelled, stem, words

# Words that may stand in a name or be left out of it.
LIGHT: Final = frozenset("a an and at by for from in of on or s the their to with".split())
# A part of a name is enough for these: a person says "Staying Close Bristol".
_PROPER: Final = frozenset(("intervention", "organisation", "area", "programme"))
# A source that speaks of "the Borough" gives it no name.
_NO_NAMES: Final = frozenset((stem(word),) for word in ("borough", "council", "authority"))
_OF_PLACES: Final = frozenset(
    stem(word) for word in ("council", "area", "city", "county", "local", "authority")
)
# A part of these is enough, too, when it is most of the name; of several, the one with the least left over.
_MEASURE: Final = "outcome-measure"
_LOOSE: Final = frozenset((_MEASURE, "population"))
_MOST: Final = 0.6
_FEWEST: Final = 2
# What a word to find things by, and a part of a name, weigh less than a whole name of the same length.
_HIDDEN, _HIDDEN_LONG, _PARTIAL = 1.5, 0.9, 0.75
_LONGEST: Final = 10
_SURE: Final = 84.0
_SURER: Final = 92.0
_SHORTEST_MENDED: Final = 4
_FORMS: Final = ("preferred", "alternative", "printed", "hidden")


@dataclass(frozen=True)
class Word:
    """One word: as typed, as understood, and its stem."""

    typed: str
    word: str
    stem: str


@dataclass(frozen=True)
class Mention:
    """A run of words that names something.

    Attributes:
        start: index of its first word.
        end: index after its last word.
        things: the IRIs that it may mean, by kind, the likeliest first.
        strong: the kinds of which it is a name, and not only a word to find them by.
        weight: how much it stands above other readings of the same words.
    """

    start: int
    end: int
    things: Mapping[str, tuple[str, ...]]
    strong: frozenset[str]
    weight: float


@dataclass(frozen=True)
class Reading:
    """A question, read: its words and its mentions, in order."""

    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]

    def text(self, mention: Mention) -> str:
        """Return the words of a mention."""
        return " ".join(word.word for word in self.words[mention.start : mention.end])

    def rest(self) -> list[Word]:
        """Return the words outside all mentions."""
        taken = {n for m in self.mentions for n in range(m.start, m.end)}
        return [word for n, word in enumerate(self.words) if n not in taken]


class Names:
    """The names of all things, ready to be found in text."""

    def __init__(
        self,
        labels: Sequence[Label],
        known: Mapping[str, str],
        plain: Iterable[str],
        passed: Iterable[str],
        evaluators: Iterable[str],
    ) -> None:
        """Take the labels of a build, words that are no misspelling with their stems, and stems too plain.

        And who evaluates anything: any other organisation is never asked for as an evaluator.
        """
        self.evaluators = frozenset(evaluators)
        self._plain = frozenset(plain)
        self._passed = self._plain | frozenset(passed)
        self._whole: dict[tuple[str, ...], list[Label]] = defaultdict(list)
        self._having: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._measures: dict[str, list[frozenset[str]]] = defaultdict(list)
        self._ways_of: dict[str, set[frozenset[str]]] = defaultdict(set)
        self._words_of: dict[str, frozenset[str]] = {}
        spoken: set[str] = set()
        self._ways: set[str] = set()
        for label in labels:
            if label.kind in ("direction", "effect") and len(label.stems) == 1:
                self._ways.update(label.stems)
            self._ways_of[label.iri].add(frozenset(label.stems) - LIGHT or frozenset(label.stems))
            core = tuple(s for s in label.stems if s not in LIGHT)
            if not core or core in _NO_NAMES:
                continue
            self._whole[core].append(label)
            spoken.update(words(label.text))
            if label.kind in _PROPER | _LOOSE:
                for part in core:
                    self._having[part].add((label.kind, label.iri))
            if label.kind in _LOOSE:
                self._measures[label.iri].append(frozenset(core))
        self._known = frozenset(known) | spoken
        self._stems = frozenset(known.values()) | frozenset(s for label in labels for s in label.stems)
        self._choices = sorted(w for w in self._known if len(w) >= _SHORTEST_MENDED)

    def ways_of(self, iri: str) -> set[frozenset[str]]:
        """Return the stems of each name of a thing."""
        return self._ways_of[iri]

    def words_of(self, iri: str) -> frozenset[str]:
        """Return the stems of all names of a thing."""
        if iri not in self._words_of:
            self._words_of[iri] = frozenset().union(*self._ways_of.get(iri, ()))
        return self._words_of[iri]

    def _mended(self, word: str) -> str:
        if word in self._known or len(word) < _SHORTEST_MENDED or any(c.isdigit() for c in word):
            return word
        if is_spelt(word):
            return word
        # A form of a known word is seldom a misspelling of another.
        least = _SURER if stem(word) in self._stems else _SURE
        found = process.extractOne(word, self._choices, scorer=fuzz.ratio, score_cutoff=least)
        return found[0] if found else word

    def read(self, text: str) -> Reading:
        """Return the reading of a question."""
        found = []
        for typed in spelled(text):
            word = self._mended(typed.casefold())
            found.append(Word(typed, word, stem(word)))
        core = [n for n, word in enumerate(found) if word.stem not in LIGHT]
        runs = sorted(self._runs(found, core), key=lambda m: (-m.weight, m.start))
        taken: set[int] = set()
        kept = []
        for mention in runs:
            span = set(range(mention.start, mention.end))
            if not span & taken:
                taken |= span
                kept.append(mention)
        return Reading(tuple(found), tuple(sorted(kept, key=lambda m: m.start)))

    def _runs(self, found: list[Word], core: list[int]) -> Iterator[Mention]:
        for first in range(len(core)):
            for last in range(first, min(first + _LONGEST, len(core))):
                places = core[first : last + 1]
                stems = tuple(found[n].stem for n in places)
                start, end = places[0], places[-1] + 1
                labels = self._fitting(self._whole.get(stems, []), found[start:end])
                if labels:
                    strong = frozenset(
                        label.kind for label in labels if self._is_strong(label, found[start:end])
                    )
                    found_by = {label.kind for label in labels if label.form == "hidden"}
                    weaker = _HIDDEN_LONG if len(stems) > 1 and found_by - _PROPER else _HIDDEN
                    weight = len(stems) - (0.0 if strong else weaker)
                    yield Mention(start, end, _by_kind(labels), strong, weight)
                    continue
                joined = any(word.word == "and" for word in found[start:end])
                if not joined and (things := self._meant(stems)):
                    # "Project" makes a part of a name no likelier.
                    told = sum(one not in self._plain for one in stems)
                    yield Mention(start, end, things, frozenset(things), told - _PARTIAL)

    def _fitting(self, labels: list[Label], said: Sequence[Word]) -> list[Label]:
        """Return the labels that may be meant: a name of plain words only where it stands as it is written.

        One plain word must even be spelled like the name RESuLT.
        """
        core = {one for one in labels[0].stems if one not in LIGHT} if labels else set()
        if any(word.word == "and" for word in said):
            labels = [label for label in labels if "and" in label.stems]
        if core and core <= self._passed:
            stems = tuple(word.stem for word in said)
            labels = [label for label in labels if tuple(label.stems)[-len(stems) :] == stems]
            if len(core) == 1:
                typed = said[0].typed
                labels = [label for label in labels if label.text == typed and not typed.islower()]
        return labels

    def _is_strong(self, label: Label, said: Sequence[Word]) -> bool:
        """Return whether a label is a name by itself; "CSE project" is one in its own source only.

        So it is where it is typed with its capitals ("Safe Families").
        """
        generic = label.form == "printed" and label.stems[-1] in self._plain
        as_printed = " ".join(word.typed for word in said) == label.text and label.text.istitle()
        few = len(set(label.stems) - self._plain) < _FEWEST
        return label.form != "hidden" and not (generic and few and not as_printed)

    def _meant(self, stems: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return the one thing of a kind whose name has all these stems, for each kind that has one."""
        telling = set(stems) - self._plain - self._ways - _OF_PLACES
        # One word of a name may be any word; a word that comes twice is no name.
        if len(telling) < _FEWEST or len(set(stems)) < len(stems):
            return {}
        sharing = [self._having.get(part, set()) for part in stems]
        common = set.intersection(*sharing)
        by_kind: dict[str, set[str]] = defaultdict(set)
        for kind, iri in common:
            by_kind[kind].add(iri)
        loose = {kind: by_kind.pop(kind) for kind in _LOOSE & by_kind.keys()}
        found = {kind: tuple(iris) for kind, iris in by_kind.items() if len(iris) == 1}
        for kind, iris in loose.items():
            near = sorted((self._left_over(iri, frozenset(stems)), iri) for iri in iris)
            if near[0][0] <= 1 - _MOST:
                found[kind] = tuple(iri for left, iri in near if left == near[0][0])
        return found

    def _left_over(self, measure: str, stems: frozenset[str]) -> float:
        """Return which share of the nearest name of a measure these stems leave out."""
        return min(
            (1 - len(stems & name) / len(name) for name in self._measures[measure] if stems <= name),
            default=1.0,
        )


def _by_kind(labels: Iterable[Label]) -> dict[str, tuple[str, ...]]:
    """Return the things that go by these names, by kind: who has it as a better name stands alone."""
    ranked = sorted(labels, key=lambda label: (_FORMS.index(label.form), label.iri))
    forms: dict[str, Form] = {}
    things: dict[str, list[str]] = defaultdict(list)
    for label in ranked:
        alike = label.kind == _MEASURE or forms.setdefault(label.kind, label.form) == label.form
        if alike and label.iri not in things[label.kind]:
            things[label.kind].append(label.iri)
    return {kind: tuple(iris) for kind, iris in things.items()}
