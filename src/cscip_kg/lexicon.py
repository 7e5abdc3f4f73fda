"""Words as people write them → words that can be compared; and every name that a thing goes by.

In: text, or the quads of a build. Out: stems, and labels. Search and ask share them, so that both understand
the same words: capitals, accents, dashes and endings do not matter, names and synonyms do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import snowballstemmer
from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, Quad

from cscip_kg.namespaces import CSCIP, ID, RDFS, SKOS

Form = Literal["preferred", "alternative", "hidden", "printed"]

_FORMS: Final[dict[str, Form]] = {
    RDFS + "label": "preferred",
    SKOS + "prefLabel": "preferred",
    SKOS + "altLabel": "alternative",
    SKOS + "hiddenLabel": "hidden",
    CSCIP + "printedName": "printed",
}
_ACCOUNT_OF: Final = CSCIP + "accountOf"
_APOSTROPHE = re.compile("['\u2019]s\\b|['\u2019]")
_WORD = re.compile(r"[a-z0-9£%]+(?:[.,][0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Label:
    """One name of one thing.

    Attributes:
        iri: the thing.
        kind: what it is, as in its IRI: `intervention`, `outcome-measure`, `population`, …
        text: the name as it stands.
        form: preferred, alternative or hidden as SKOS has them, or printed: as a source prints it.
        stems: the name for comparison.
    """

    iri: str
    kind: str
    text: str
    form: Form
    stems: tuple[str, ...]


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def spelled(text: str) -> list[str]:
    """Return the words of `text` as they are spelled, without accents; possessives lose their ending."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(_APOSTROPHE.sub("", plain))


def words(text: str) -> list[str]:
    """Return the words of `text` in small letters; see `spelled`."""
    return [word.casefold() for word in spelled(text)]


@cache
def stem(word: str) -> str:
    """Return the stem of one word in small letters (Snowball's English stemmer)."""
    return str(_stemmer().stemWord(word))


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of `text`, in order."""
    return tuple(stem(word) for word in words(text))


def kind_of(iri: str) -> str:
    """Return the kind of a thing, as its IRI has it; nothing for other IRIs and for parts of things."""
    path = iri.removeprefix(ID)
    return path.partition("/")[0] if path != iri and "/" in path and "#" not in path else ""


def labels(quads: Iterable[Quad]) -> list[Label]:
    """Return every name of every thing, sorted; what sources print of a thing is among its names."""
    accounts: dict[str, str] = {}
    found: list[tuple[str, str, Form]] = []
    for q in quads:
        if not isinstance(q.subject, NamedNode):
            continue
        if q.predicate.value == _ACCOUNT_OF and isinstance(q.object, NamedNode):
            accounts[q.subject.value] = q.object.value
        elif (form := _FORMS.get(q.predicate.value)) and isinstance(q.object, Text):
            found.append((q.subject.value, q.object.value, form))
    named = {(accounts.get(iri, iri), text, form) for iri, text, form in found}
    return sorted(
        Label(iri, kind, text, form, stems(text))
        for iri, text, form in named
        if (kind := kind_of(iri)) and stems(text)
    )
