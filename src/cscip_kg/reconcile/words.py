"""Names as people type them → keys and words that can be compared.

In: text. Out: a key, equal for spellings that differ in capitals, accents, spaces and signs only; stems; and
which words tell little of which kind of thing. The words themselves are the lexicon's, as search has them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cscip_kg.lexicon import words
from cscip_kg.reconcile.kinds import AREA, COUNCIL, INTERVENTION, MEASURE, ORGANISATION

# No name is longer; what is longer is not compared.
MOST_SIGNS: Final = 300
MOST_WORDS: Final = 40

# Words that join others: which of them stands between two names says nothing.
EMPTY: Final = frozenset(
    "a an and are as at by de for from in into is its of on or that the their this to upon who with "
    "within".split()
)
# Left out of a name they leave another: no slip, and never passed over.
NEVER_PASSED: Final = frozenset(
    "after before east lower mid new no non north not south upper west without".split()
)
_USUAL: Final = "evaluation evaluations evaluating final official report reports"
_NOISE: Final = {
    INTERVENTION: "approach approaches initiative innovations model models pilot pilots pilots project "
    "projects programme programmes scheme schemes service services",
    ORGANISATION: "charity cic company inc limited llp ltd plc uk",
    MEASURE: "amount annual average change changes decrease decreased decreases fewer gain gains improve "
    "improved improvement improvements improving increase increased increases increasing level levels mean "
    "measure measured measures number numbers outcome outcomes overall % per percent percentage proportion "
    "rate rates reduce reduced reducing reduction reductions score scores share total",
}
NOISE: Final = {
    kind: frozenset(f"{_NOISE.get(kind, '')} {_USUAL}".split())
    for kind in (INTERVENTION, ORGANISATION, COUNCIL, AREA, MEASURE)
}
# One way to write each word that has several.
_SAME: Final = {
    "assoc": "association",
    "center": "centre",
    "children": "child",
    "centers": "centres",
    "dept": "department",
    "govt": "government",
    "inst": "institute",
    "labor": "labour",
    "program": "programme",
    "programs": "programmes",
    "saint": "st",
    "uni": "university",
    "univ": "university",
}
_ROUND: Final = re.compile(r"\b(?:round|wave|phase)\s+(?:1|2|one|two|i|ii)\b", re.IGNORECASE)
_PARTS: Final = re.compile(r"[()\[\]/:;|\u2013\u2014]|\s-\s|,\s")


@lru_cache(maxsize=16_384)
def worded(text: str) -> tuple[str, ...]:
    """Return the words of a name in small letters, each written in one way; joining words are kept."""
    found = words(_ROUND.sub(" ", text.replace("&", " and "))) or words(text)
    return tuple(_SAME.get(word, word) for word in found)


def key(text: str) -> str:
    """Return what two spellings of one name have in common: its letters, without articles and `and`."""
    return "".join(word for word in worded(text) if word not in ("a", "and", "the"))


def spellings(text: str) -> tuple[str, str]:
    """Return a text as it stands, whose possessives lose their `s`, and with that `s` kept: Barnardos."""
    return text, text.replace("'s", "s").replace("\u2019s", "s")


def keys(text: str) -> set[str]:
    """Return the keys of a name: with the `s` of a possessive, and without."""
    return {key(way) for way in spellings(text)} - {""}


def parts(text: str) -> list[str]:
    """Return the parts that brackets, dashes and the like divide a name into; one when they do not."""
    return [part.strip() for part in _PARTS.split(text) if part.strip()]


def initials(text: str) -> str:
    """Return the first letters of a name of three words or more; joining words may not count."""
    first = [word[0] for word in worded(text) if word not in EMPTY]
    return "".join(first) if len(first) > 2 else ""
