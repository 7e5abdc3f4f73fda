"""A text beside one name → how well they go together, with what speaks for it and against it.

In: both as words. Out: `Evidence` with a score of 100. Above `MATCH` comes only what leaves no word that
matters unexplained on either side; the points below tell how much else goes together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cscip_kg.reconcile.kinds import INTERVENTION, ORGANISATION
from cscip_kg.reconcile.register import Form, Name, Register, Words
from cscip_kg.reconcile.words import NEVER_PASSED

# From here on a candidate may be taken without a person's look, if no other comes within `APART`.
MATCH: Final = 85.0
APART: Final = 6.0
SAME: Final[Mapping[Form, float]] = {
    "preferred": 100,
    "alternative": 98,
    "printed": 98,
    "part": 94,
    "finding": 90,
    "hidden": 75,
}
# What a label of a finding in one word is worth: Turnover, Arrests. They tell of less than the measure.
SHORT_LABEL: Final = 75.0
INITIALS: Final = 70.0
ALL_WORDS: Final = 95.0
LABEL_WORDS: Final = 88.0
ALL_BUT_ONE: Final = 87.0
PARTLY: Final = 84.0
LOOSE: Final = 60.0
_SLIP, _NOISE, _MOST_NOISE, _CONTEXT = 4.0, 2.0, 4.0, 3.0
_LIGHT: Final = 0.2
_LONG_LABEL: Final = 3
_LEAST: Final = 30.0
_LONG_NAME, _LONG_WORD, _SHORT_WORD = 4, 6, 3
_NAMES: Final = ("preferred", "alternative", "printed", "part")


@dataclass(frozen=True)
class Evidence:
    """What speaks for one thing.

    Attributes:
        score: of 100.
        name: the name that it was found by.
        form: how the thing bears that name; "place" and "initials" besides those of the register.
        same: whether text and name are spelt alike but for capitals, accents, spaces and signs.
        of_text: the share of the words that matter of the text which the name has.
        of_name: the share of the words that matter of the name which the text has.
        slips: how many words were read as others.
        kind: whether the text names a thing of that kind: false for an area named as a council.
    """

    score: float
    name: str
    form: str
    same: bool = False
    of_text: float = 0.0
    of_name: float = 0.0
    slips: int = 0
    kind: bool = True


@dataclass(frozen=True)
class Reading:
    """A text as words, with what the words may stand for that no name has."""

    words: Words
    slips: Mapping[str, list[tuple[str, ...]]]


def read(known: Register, text: str, kind: str) -> Reading:
    """Return a text as it is to be compared with names of a kind."""
    words = known.words(text, kind)
    unknown = {one for one in words.core if one not in known.by_stem}
    return Reading(words, {one: found for one in unknown if (found := known.slips(words.every[one]))})


def same(name: Name) -> Evidence:
    """Return the evidence that a text is spelt as a name."""
    score = SAME[name.form]
    if name.form == "finding" and len(name.words.every) < 2:
        score = SHORT_LABEL
    return Evidence(score, name.text, name.form, same=True, of_text=1, of_name=1)


def _share(known: Register, some: Iterable[str], words: Words) -> float:
    """Return what share of the weight of words some of them have; words that tell little weigh little."""
    light = words.noise

    def weight(stems: Iterable[str]) -> float:
        return sum(known.weight(one) * (_LIGHT if one in light else 1) for one in stems)

    return weight(some) / (weight(words.every) or 1)


@dataclass(frozen=True)
class _Fit:
    """Which words of a text and of a name go together.

    Attributes:
        mine: those words of the text that the name has.
        theirs: those words of the name that the text has.
        slipped: those of the text that were read as others.
        beside: those of the text that name what goes with the thing.
    """

    mine: frozenset[str]
    theirs: frozenset[str]
    slipped: frozenset[str]
    beside: frozenset[str]


def _one_slip(known: Register, typed: str, word: str) -> bool:
    """Return whether a short word that stands nowhere is a slip for the one that is left of a name."""
    if typed in known.elsewhere or min(len(typed), len(word)) < _SHORT_WORD or word.isdigit():
        return False
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - slow to load, and most words are spelt well

    return OSA.distance(typed, word, score_cutoff=1) == 1


def _fit(known: Register, text: Reading, name: Name) -> _Fit:
    core, every = text.words.core, name.words.every
    mine, theirs, slipped = set[str](), set[str](), set[str]()
    for one in core:
        if one in every:
            mine.add(one)
            theirs.add(one)
        elif spelt := next((alt for alt in text.slips.get(one, ()) if set(alt) <= set(every)), None):
            mine.add(one)
            slipped.add(one)
            theirs.update(spelt)
    extra, missing = core - mine, name.words.core - theirs
    if len(mine) > 1 and len(extra) == len(missing) == 1:
        (typed,), (word,) = extra, missing
        if _one_slip(known, text.words.every[typed], every[word]):
            mine.add(typed)
            slipped.add(typed)
            theirs.add(word)
    beside = (one for one in name.entity.context if one <= set(text.words.every))
    named = (core - mine) & frozenset().union(*beside)
    return _Fit(frozenset(mine), frozenset(theirs), frozenset(slipped), frozenset(named))


def _may_be_left(one: str, words: Words) -> bool:
    word = words.every[one]
    return word not in NEVER_PASSED and not any(sign.isdigit() for sign in word)


def _doubtful(text: Reading, name: Name, slipped: frozenset[str]) -> bool:
    """Return whether all words fit and yet the name may be another's: one word that is spelt differently."""
    if len(name.words.core) > 1:
        return False
    (one,) = name.words.core
    if not slipped:
        return text.words.every.get(one) != name.words.every[one]
    typed = text.words.every[next(iter(slipped))]
    return len(typed) < _LONG_WORD or typed[0] != name.words.every[one][0]


def _whole(text: Reading, name: Name, fit: _Fit) -> float:
    """Return the score where no word that matters is left over, or one of many; nothing otherwise."""
    words = text.words
    if name.form == "finding":
        all_said = words.core == name.words.core and set(words.every) == set(name.words.every)
        return LABEL_WORDS if all_said and len(words.core) >= _LONG_LABEL else 0.0
    # A name that is known with such a word only is not known without it: Frontline is no Frontline programme.
    unsaid = name.words.noise - set(words.every)
    if name.form not in _NAMES or (unsaid and name.form not in ("preferred", "alternative")):
        return 0.0
    extra, missing = words.core - fit.mine - fit.beside, name.words.core - fit.theirs
    if name.form == "part" and fit.beside:
        # Several may share a part, and it is the place that tells them apart: Staying Close in Portsmouth.
        return 0.0
    slips = _SLIP * len(fit.slipped)
    if not extra and not missing:
        noise = len(words.noise - set(name.words.every)), len(unsaid)
        score = ALL_WORDS - sum(min(_MOST_NOISE, _NOISE * n) for n in noise) - slips
        score -= _CONTEXT * bool(fit.beside) + (name.form != "preferred")
        return min(score, PARTLY) if _doubtful(text, name, fit.slipped) else score
    left = [(one, words) for one in extra] + [(one, name.words) for one in missing]
    many = len(fit.theirs) >= _LONG_NAME and name.entity.kinds[0] in (INTERVENTION, ORGANISATION)
    if many and not fit.beside and len(left) == 1 and _may_be_left(*left[0]):
        return ALL_BUT_ONE - slips
    return 0.0


def compare(known: Register, text: Reading, name: Name) -> Evidence | None:
    """Return how well a text goes with a name; None where they have next to nothing in common."""
    words, fit = text.words, _fit(known, text, name)
    if not fit.theirs:
        return None
    of_text = _share(known, [*fit.mine, *fit.beside, *(words.noise & set(name.words.every))], words)
    of_name = _share(known, [*fit.theirs, *(name.words.noise & set(words.every))], name.words)
    partly = 2 * of_text * of_name / (of_text + of_name) * PARTLY
    if name.form not in _NAMES:
        partly = min(partly, LOOSE)
    score = max(_whole(text, name, fit), partly)
    if score < _LEAST:
        return None
    return Evidence(score, name.text, name.form, False, of_text, of_name, len(fit.slipped))
