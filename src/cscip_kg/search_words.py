"""What somebody typed → what to look for: words that matter, each with the other words that mean the same.

In: text and the index. Out: a `Reading`. Synonyms are the names that the vocabularies give one thing;
spelling is the nearest word that the index knows. Nothing of the text reaches SQLite but as a bound value,
and nothing reaches FTS5's query language but stems in quotation marks.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, Literal

from cscip_kg.errors import QueryError
from cscip_kg.lexicon import Form, stem, words
from cscip_kg.search_documents import NAMED_KINDS

MAX_TEXT: Final = 1000
MAX_WORDS: Final = 40
_LONGEST_NAME: Final = 6
_MOST_NAMES: Final = 8
# A name of more things than this tells too little of any of them.
_CROWDED: Final = 6
_ALONE: Final = 0.5
_ROOT: Final = 5
_EXAMPLE: Final = "Type what you look for, for example: teenagers going missing"

# Words that tell nothing of what is looked for.
_STOP: Final = frozenset(
    """a about above across after again against all along also although am among an and another any anybody
    anyone anything are around as ask asked at away back be became because become been before began being
    below between both but by came can cannot come comes coming could d did do does doing done down during
    each either else even ever every find for from gave get gets getting give gives given go goes going gone
    got had has have having he her here hers herself him himself his how i if in into is it its itself just
    know ll m made make makes making many may me might more most much must my myself need needs neither no
    nor not now of off often on only onto or other ought our ours ourselves out over own please put re really
    s same say says seem seen she should show since so some somebody someone something still such take takes
    taking tell than that the their theirs them themselves then there these they thing things this those
    though through to too toward towards under until up upon us use used uses using ve very want wants was
    way we were what whatever when where whether which while who whoever whom whose why will with within
    without would yes yet you your yours yourself yourselves""".split()
)
# Words that say what kind of thing or which way it went: they count when found, and are not missed.
_SOFT: Final = frozenset(
    map(
        stem,
        """area areas authorities authority bad based best better big bring bringing brings brought change
        changed changes cities city council councils county cut cuts cutting decrease decreased decreasing
        effect effects evaluate evaluated evaluates evaluating evaluation evaluations evaluator evidence fall
        falling fell fewer good happen happened help helped helping helps high impact improve improved
        improves improvement improving increase increased increasing innovation intervention interventions
        less long look looking low lower lowered new old people person pilot programme programmes project
        projects rate rates reduce reduced reduces reducing reduction research result results rise rising
        rose run running runs scheme schemes service services small start started starting stop stopping
        studied studies study support supported supporting town tried try trying work worked working works
        worse""".split(),
    )
)

Manner = Literal["itself", "spelling", "synonym"]


@dataclass(frozen=True)
class Synonym:
    """A name in the text: the thing that goes by it, its stems, and how it was typed."""

    iri: str
    stems: str
    typed: str


@dataclass(frozen=True)
class Alternative:
    """One way to look for a word, or for several words together.

    Attributes:
        stems: what is looked for, as a phrase.
        weight: what a match counts, where the word itself counts 1.
        manner: the word itself, the nearest in spelling, or another name of the same thing.
        shown: the word or name as people write it.
        name: what was typed as a name of what, when the manner is synonym.
    """

    stems: tuple[str, ...]
    weight: float
    manner: Manner
    shown: str
    name: Synonym | None = None

    @property
    def match(self) -> str:
        """The phrase as FTS5 takes it: in quotation marks, of which a stem holds none."""
        return '"' + " ".join(self.stems) + '"'


@dataclass
class Word:
    """One word that matters: as typed, its stem, whether it is missed when absent, how to find it."""

    typed: str
    stem: str
    needed: bool
    alternatives: list[Alternative] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What is looked for: the stems of all words typed, in order, and the words that matter."""

    stems: tuple[str, ...]
    words: tuple[Word, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words that stand nowhere, nor do others that mean the same."""
        return tuple(word.typed for word in self.words if not word.alternatives)


def named_so(base: sqlite3.Connection, stems: str) -> list[tuple[str, Form]]:
    """Return the things that go by a name, given as stems, each with a form of the name.

    Where it is a real name of something, it is not also taken as a mere search word for other things.
    """
    rows = base.execute("SELECT iri, form, kind FROM label WHERE stems = ? ORDER BY iri, form", (stems,))
    found = [(iri, form) for iri, form, kind in rows if kind in NAMED_KINDS]
    return [row for row in found if row[1] != "hidden"] or found


class Speller:
    """The words that are known, with their uses; they are read when the first unknown word asks for them."""

    def __init__(self, load: Callable[[], Mapping[str, int]]) -> None:
        """Take what reads the words."""
        self._load = load
        self._known: Mapping[str, int] = {}

    def nearest(self, word: str) -> list[Alternative]:
        """Return the known words nearest to an unknown one: two written as one, or one with few slips."""
        if not self._known:
            self._known = self._load()
        for cut in range(3, len(word) - 2):
            both = (word[:cut], word[cut:])
            if all(part in self._known for part in both):
                return [Alternative(tuple(map(stem, both)), 0.9, "spelling", " ".join(both))]
        return self._slips(word)

    def _slips(self, word: str) -> list[Alternative]:
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - slow to load, and most words are spelt well
        from rapidfuzz.process import extract  # noqa: PLC0415 - as above

        # Short words have too many neighbours, and figures are what they are.
        slips = 0 if len(word) < 5 or any(c.isdigit() for c in word) else 1 if len(word) < 8 else 2
        if not slips:
            return []
        near = extract(word, sorted(self._known), scorer=OSA.distance, score_cutoff=slips, limit=20)
        least = min((distance for _, distance, _ in near), default=slips + 1)
        nearest = [known for known, distance, _ in near if distance == least]
        if len(word) < 8:
            nearest = [known for known in nearest if known[0] == word[0]]
        weight = 0.8
        if least > 1:
            # Rather of the same root than two slips away: midwives, midwifery.
            root = word[: max(_ROOT, len(word) - 3)] if len(word) > _ROOT else f"{word} "
            if related := [known for known in self._known if known.startswith(root)]:
                nearest, weight = related, 0.6
        nearest.sort(key=lambda known: (known[0] != word[0], -self._known[known], known))
        by_stem: dict[str, str] = {}
        for known in nearest:
            by_stem.setdefault(stem(known), known)
        return [Alternative((s,), weight, "spelling", known) for s, known in list(by_stem.items())[:3]]


def _joined(base: sqlite3.Connection, typed: Sequence[str], found: dict[str, Word]) -> None:
    """Let two words that the index writes as one be found as that one."""
    for first, second in pairwise(typed):
        pair = [found[s] for s in (stem(first), stem(second)) if s in found]
        one = first + second
        if len(pair) == 2 and base.execute("SELECT 1 FROM word WHERE word = ?", (one,)).fetchone():
            for word in pair:
                word.alternatives.append(Alternative((stem(one),), 0.45, "spelling", one))


def _as_phrase(typed: Sequence[str], meant: list[Word]) -> None:
    """Let words that together are a name be missed like others, and be found together.

    Where all but one are words that stand everywhere, that one means something else alone: the `running` of
    running away, the `missing` of going missing. Then it counts less alone.
    """
    run = tuple(stem(word.casefold()) for word in typed)
    if len(meant) == 1:
        meant[0].alternatives = [replace(a, weight=a.weight * _ALONE) for a in meant[0].alternatives]
    for word in meant:
        word.needed = True
        word.alternatives.append(Alternative(run, 1 / len(meant), "itself", " ".join(typed)))


def _others(base: sqlite3.Connection, iri: str, of: Form, run: str) -> Iterator[tuple[str, str, float]]:
    """Yield the other names of a thing, with their stems and how far each stands for `run`.

    Hidden names are looser than the others: one of them stands for another only where it is a name of
    nothing else.
    """
    sql = "SELECT text, form, stems FROM label WHERE iri = ? AND stems <> ? ORDER BY form, stems, text"
    for text, form, stems in base.execute(sql, (iri, run)).fetchall():
        loose = (of == "hidden") + (form == "hidden")
        if loose < 2 or {other for other, _ in named_so(base, stems)} == {iri}:
            yield text, stems, (0.7, 0.5, 0.3)[loose]


def _add_synonyms(base: sqlite3.Connection, typed: Sequence[str], found: dict[str, Word]) -> None:
    """Give each run of words that is a name of something the other names of that thing."""
    said = [stem(word.casefold()) for word in typed]
    for start in range(len(said)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(said)) + 1):
            meant = [found[s] for s in said[start:end] if s in found]
            run = " ".join(said[start:end])
            named = named_so(base, run) if meant else []
            if len({iri for iri, _ in named}) > _CROWDED:
                continue
            best: dict[str, Alternative] = {}
            for iri, of in named:
                for text, stems, weight in _others(base, iri, of, run):
                    if stems not in best or best[stems].weight < weight / len(meant):
                        name = Synonym(iri, run, " ".join(typed[start:end]))
                        best[stems] = Alternative(
                            tuple(stems.split(" ")), weight / len(meant), "synonym", text, name
                        )
            if named and end - start > 1:
                _as_phrase(typed[start:end], meant)
            for word in meant:
                word.alternatives += sorted(best.values(), key=lambda a: (-a.weight, a.stems))[:_MOST_NAMES]


def _worded(text: str) -> list[str]:
    if len(text) > MAX_TEXT:
        raise QueryError(f"The text to search for is longer than {MAX_TEXT} characters. Shorten it.")
    if not (typed := words(text)):
        raise QueryError(f"There is no word to search for. {_EXAMPLE}")
    return typed


def read(base: sqlite3.Connection, text: str) -> Reading:
    """Return what `text` asks for.

    Raises:
        QueryError: the text is empty, too long, or holds no word that tells what is looked for.
    """
    typed = _worded(text)
    said = [stem(word) for word in typed]
    kept = [word for word in typed if word not in _STOP]
    if not kept:
        if not named_so(base, " ".join(said)):
            raise QueryError(f"Words such as {typed[0]!r} stand everywhere. {_EXAMPLE}")
        kept = typed
    # As typed, to be told of in the same letters.
    letters = {m[0].casefold(): m[0] for m in re.finditer(r"\w+", text)}
    missed = {stem(word) for word in kept} - _SOFT or {stem(word) for word in kept}
    found: dict[str, Word] = {}
    for word in kept:
        if len(found) < MAX_WORDS:
            found.setdefault(stem(word), Word(letters.get(word, word), stem(word), stem(word) in missed))
    speller = Speller(lambda: dict(base.execute("SELECT word, uses FROM word")))
    for one in found.values():
        if base.execute("SELECT 1 FROM word WHERE stem = ? LIMIT 1", (one.stem,)).fetchone():
            one.alternatives.append(Alternative((one.stem,), 1.0, "itself", one.typed))
        elif one.needed:
            one.alternatives += speller.nearest(one.typed.casefold())
    _joined(base, typed, found)
    _add_synonyms(base, [letters.get(word, word) for word in typed[: 2 * MAX_WORDS]], found)
    return Reading(tuple(said), tuple(found.values()))
