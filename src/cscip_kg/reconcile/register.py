"""A build → everything that lists are matched with: each thing with its names, ready to be compared.

In: the names of the search index and a few facts of the store. Out: a `Register`, made once a build and
process. Nothing is looked up on the network, and nothing of what is matched is kept.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode

from cscip_kg import store
from cscip_kg.described import opened
from cscip_kg.lexicon import stem
from cscip_kg.namespaces import DCTERMS, ID, LABEL, OWL, TYPE, term, value_of
from cscip_kg.reconcile.councils import read
from cscip_kg.reconcile.kinds import AREA, COUNCIL, INTERVENTION, KINDS, MEASURE, ORGANISATION
from cscip_kg.reconcile.words import EMPTY, NOISE, initials, keys, spellings, worded
from cscip_kg.search_index import open_index
from cscip_kg.search_words import Speller

# How a name is borne: as search has it; a part of a name; or how a source prints a finding on a measure.
Form = Literal["preferred", "alternative", "printed", "part", "finding", "hidden"]
_ORDER: Final[tuple[Form, ...]] = ("preferred", "alternative", "printed", "part", "finding", "hidden")
_LEAST_JOINED: Final = 5
_LONGEST_SHORT: Final = 8

# What goes with a thing in lists though it is no part of its name: where it ran, by whom, whose unit it is.
_BESIDE: Final = ("deliveredInRegion", "unitOf")
_BESIDE_PROJECTS: Final = ("deliveredIn", "ledBy")


@dataclass(frozen=True)
class Entity:
    """One thing that can be matched.

    Attributes:
        iri: its whole IRI.
        name: what people call it.
        kinds: ids of `KINDS`, the narrowest first.
        context: for each name of what goes with it, its stems.
        code: the GSS code of the area that it is or serves; empty for others.
        area: the IRI of the area that a council serves.
        served: whether an area has its council among the entities.
        succeeded: whether another authority has come after the one of that code.
    """

    iri: str
    name: str
    kinds: tuple[str, ...]
    context: frozenset[frozenset[str]] = frozenset()
    code: str = ""
    area: str = ""
    served: bool = False
    succeeded: bool = False

    @property
    def id(self) -> str:
        """The id without the part that all have in common."""
        return self.iri.removeprefix(ID)


@dataclass(frozen=True)
class Words:
    """A name or a text as words.

    Attributes:
        every: each word's stem with the word itself.
        core: the stems that tell which thing is meant.
    """

    every: Mapping[str, str]
    core: frozenset[str]

    @property
    def noise(self) -> frozenset[str]:
        """The stems that tell little."""
        return frozenset(self.every) - self.core


@dataclass(frozen=True)
class Name:
    """One name of one thing, as text and as words."""

    entity: Entity
    text: str
    form: Form
    words: Words


@dataclass
class Register:
    """The entities, and the ways in which they are found by a name."""

    entities: dict[str, Entity] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    by_key: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    by_initials: dict[str, list[Entity]] = field(default_factory=lambda: defaultdict(list))
    by_stem: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    vocabulary: Counter[str] = field(default_factory=Counter)
    elsewhere: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Make ready to correct slips by the words of the names."""
        self._speller = Speller(lambda: self.vocabulary)
        self._stems: frozenset[str] = frozenset()
        self._authorities: list[Name] | None = None

    def words(self, text: str, kind: str) -> Words:
        """Return a text as words; two that the names write as one become that one."""
        found = worded(text)
        joined: list[str] = []
        for word in found:
            both = f"{joined[-1]}{word}" if joined else ""
            if len(both) >= _LEAST_JOINED and both in self.vocabulary:
                joined[-1] = both
            else:
                joined.append(word)
        every = {stem(word): word for word in joined if word not in EMPTY}
        core = frozenset(s for s, word in every.items() if word not in NOISE[kind])
        return Words(every, core or frozenset(every))

    def slips(self, word: str) -> list[tuple[str, ...]]:
        """Return the stems of the words that an unknown word may stand for; none where it is known."""
        if not self._stems:
            self._stems = frozenset(map(stem, self.vocabulary))
        if word in self.elsewhere or stem(word) in self._stems:
            return []
        return [near.stems for near in self._speller.nearest(word) if near.weight >= 0.8]

    def authorities(self) -> list[Name]:
        """Return the names of councils and of the areas of authorities."""
        if self._authorities is None:
            self._authorities = [n for n in self.names if n.entity.kinds[0] in (COUNCIL, AREA)]
        return self._authorities

    def weight(self, one: str) -> float:
        """Return how much a stem tells: the fewer names have it, the more."""
        return math.log(1 + len(self.names) / (1 + len(self.by_stem.get(one, ()))))


def _pairs(folder: Path | None, predicate: NamedNode) -> Iterator[tuple[str, str]]:
    """Yield subject and object of each statement with a predicate; each once."""
    quads = opened(folder).quads_for_pattern(None, predicate, None, None)
    yield from dict.fromkeys((value_of(q.subject), value_of(q.object)) for q in quads)


def _beside(folder: Path | None) -> dict[str, set[frozenset[str]]]:
    """Return for each thing the names of what goes with it, each as stems."""
    names = dict(_pairs(folder, LABEL))
    others: dict[str, list[str]] = defaultdict(list)
    for name in _BESIDE_PROJECTS:
        for project, other in _pairs(folder, term(name)):
            others[project].append(other)
    links = [pair for name in _BESIDE for pair in _pairs(folder, term(name))]
    links += [(i, other) for project, i in _pairs(folder, term("delivers")) for other in others[project]]
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for thing, other in links:
        if called := names.get(other):
            found[thing].add(frozenset(stem(word) for word in worded(called) if word not in EMPTY))
    return found


def _entities(folder: Path | None, named: Iterable[tuple[str, str, str, Form]]) -> dict[str, Entity]:
    """Return the entities of a build by their IRIs, in the order of those."""
    councils = {iri for iri, kind in _pairs(folder, TYPE) if kind == term(COUNCIL).value}
    areas = {iri for iri, kind in _pairs(folder, TYPE) if kind == term(AREA).value}
    served = {who: area for who, area in _pairs(folder, term("serves")) if who in councils}
    same = dict(_pairs(folder, NamedNode(OWL + "sameAs")))
    replaced = {code for code, _ in _pairs(folder, NamedNode(DCTERMS + "isReplacedBy"))}
    codes = {area: same[area].rpartition("/")[2] for area in areas if area in same}
    ended = {area for area in areas if same.get(area) in replaced}
    context = _beside(folder)
    found: dict[str, Entity] = {}
    for iri, kind, text, form in named:
        if form != "preferred" or (kind == "area" and iri not in codes):
            continue
        if kind == "organisation":
            kinds = (COUNCIL, ORGANISATION) if iri in served else (ORGANISATION,)
        else:
            kinds = {"intervention": (INTERVENTION,), "outcome-measure": (MEASURE,), "area": (AREA,)}[kind]
        area = served.get(iri, "")
        found[iri] = Entity(
            iri,
            text,
            kinds,
            frozenset(context.get(iri, ())),
            codes.get(area or iri, ""),
            area,
            iri in served.values(),
            (area or iri) in ended,
        )
    return found


def _parts(text: str) -> list[str]:
    """Return what a name with brackets has before them, and capitals within: `SHARE`, `MST-CAN`."""
    before, bracket, after = text.partition("(")
    within = after.partition(")")[0]
    short = [within] if within.isupper() and len(within) <= _LONGEST_SHORT else []
    return [before, *short] if bracket and not before.isupper() else short


def _named(folder: Path | None) -> list[tuple[str, str, str, Form]]:
    kinds = sorted({kind.folder for kind in KINDS.values()})
    marks = ", ".join("?" for _ in kinds)
    with closing(open_index(folder)) as base:
        sql = f"SELECT iri, kind, text, form FROM label WHERE kind IN ({marks})"  # noqa: S608 - marks only
        found = set(base.execute(sql, kinds))
    about = dict(_pairs(folder, term("aboutMeasure")))
    printed = _pairs(folder, term("printedLabel"))
    found |= {(about[one], "outcome-measure", text, "finding") for one, text in printed if one in about}
    own = {one for _, _, text, form in found for one in keys(text) if form != "hidden"}
    found |= {
        (iri, kind, part, "part")
        for iri, kind, text, form in found
        if form in ("preferred", "alternative", "printed")
        for part in _parts(text)
        if not keys(part) & own
    }
    return sorted(found, key=lambda row: (row[0], _ORDER.index(row[3]), row[2]))


@lru_cache(maxsize=2)
def _register(build: Path) -> Register:
    folder = build.parent.parent
    named = _named(folder)
    with closing(open_index(folder)) as base:
        elsewhere = frozenset(word for (word,) in base.execute("SELECT word FROM word"))
    made = Register(elsewhere=elsewhere)
    made.entities = _entities(folder, named)
    kept = [row for row in named if row[0] in made.entities]
    made.vocabulary.update(word for _, _, text, _ in kept for way in spellings(text) for word in worded(way))
    seen: set[tuple[str, str]] = set()
    for iri, _, text, form in kept:
        entity = made.entities[iri]
        # "the Borough" names no place.
        if AREA in entity.kinds and not set(read(worded(text)).place) - EMPTY:
            continue
        fresh = [one for one in sorted(keys(text)) if (iri, one) not in seen]
        if not fresh:
            continue
        seen.update((iri, one) for one in fresh)
        name = Name(entity, text, form, made.words(text, entity.kinds[0]))
        for one in fresh:
            made.by_key[one].append(name)
        if not name.words.every:
            continue
        for one in name.words.every:
            made.by_stem[one].append(len(made.names))
        made.names.append(name)
        if form in ("preferred", "alternative", "printed") and (short := initials(text)):
            made.by_initials[short].append(entity)
    return made


def register(folder: Path | None = None) -> Register:
    """Return the register of the current build; it is made once a process.

    Raises:
        NoStoreError: nothing has been built.
    """
    return _register(store.current(folder))
