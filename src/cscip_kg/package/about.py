"""What every description of the package says: title, licence, makers, version, day, sources.

In: the current build and its quads. Out: an `About`. Its day is that of `SOURCE_DATE_EPOCH`, or else the
latest day that the data name of themselves: never that of the clock, so that the same data give the same
bytes.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg.described.dataset import ABOUT, CREATORS, KEYWORDS, TITLE
from cscip_kg.described.things import DATASET
from cscip_kg.described.writing import LICENCE
from cscip_kg.errors import ExportError
from cscip_kg.namespaces import DCTERMS, LABEL, TYPE, XSD, term, value_of
from cscip_kg.store import Build

EPOCH: Final = "SOURCE_DATE_EPOCH"
LICENCE_NAME: Final = "Creative Commons Attribution 4.0 International"
LICENCE_SPDX: Final = "CC-BY-4.0"
RIGHTS: Final = (
    "Data, ontology and queries: CC BY 4.0, with credit to the sources. What the sources say is theirs; "
    "their texts are no part of this package. See LICENSE."
)
# Days on which something of the data was made or last changed; other days are facts about the world.
_OWN_DAYS: Final = {
    NamedNode(DCTERMS + "created"),
    NamedNode(DCTERMS + "modified"),
    NamedNode("http://purl.org/pav/authoredOn"),
}


@dataclass(frozen=True)
class Source:
    """One source document, as its record tells of it.

    Attributes:
        iri: its name in the graph.
        short: its short id.
        title: as printed, or ours where its record says so.
        creators: its authors as printed; empty where none are.
        publishers: the organisations that published it, their names by their IRIs.
        issued: year, or year and month; empty where the text prints none.
    """

    iri: str
    short: str
    title: str
    creators: tuple[str, ...]
    publishers: dict[str, str]
    issued: str


@dataclass(frozen=True)
class About:
    """What is said of the whole package.

    Attributes:
        version: of the program and the data, with the id of the build.
        build: the id of the build.
        day: on which the data stood as they are.
        sources: the documents that the statements were read in.
        title: of the dataset.
        description: of the dataset, the caution included.
        creator: who made it, as CITATION.cff has it.
        keywords: of the dataset.
        place: what it is about.
        iri: the name of the dataset.
        licence: the address of the licence.
    """

    version: str
    build: str
    day: date
    sources: tuple[Source, ...]
    title: str = TITLE
    description: str = ABOUT
    creator: str = CREATORS
    keywords: tuple[str, ...] = KEYWORDS
    place: str = "England"
    iri: str = DATASET.value
    licence: str = LICENCE.value


def _day(quads: Iterable[Quad]) -> date:
    if chosen := os.environ.get(EPOCH):
        try:
            return datetime.fromtimestamp(int(chosen), UTC).date()
        except (ValueError, OverflowError, OSError) as error:
            raise ExportError(
                f"{EPOCH} is {chosen!r}. Set it to seconds since 1970 as a whole number, or unset it."
            ) from error
    days = [
        q.object.value
        for q in quads
        if q.predicate in _OWN_DAYS
        and isinstance(q.object, Literal)
        and q.object.datatype.value == XSD + "date"
    ]
    if not days:
        raise ExportError(f"The data name no day on which they were made. Set {EPOCH}.")
    return date.fromisoformat(max(days))


def _sources(quads: Iterable[Quad]) -> tuple[Source, ...]:
    kept = list(quads)
    iris = {q.subject for q in kept if q.predicate == TYPE and q.object == term("Source")}
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    names = {value_of(q.subject): value_of(q.object) for q in kept if q.predicate == LABEL}
    for q in kept:
        if q.subject in iris:
            facts[value_of(q.subject)][q.predicate.value.removeprefix(DCTERMS)].append(value_of(q.object))

    def made(iri: str, fact: dict[str, list[str]]) -> Source:
        return Source(
            iri,
            short=fact["identifier"][0],
            title=fact["title"][0],
            creators=tuple(sorted(fact["creator"])),
            publishers={one: names.get(one, one) for one in sorted(set(fact["publisher"]))},
            issued="".join(fact["issued"][:1]),
        )

    return tuple(made(iri, facts[iri]) for iri in sorted(facts))


def about(quads: Iterable[Quad], build: Build) -> About:
    """Return what is said of the package of a build.

    Args:
        quads: all quads of the build.
        build: its description.

    Raises:
        ExportError: there is no day to date it by.
    """
    kept = list(quads)
    return About(f"{build.version}+{build.id}", build.id, _day(kept), _sources(kept))


def year_of(issued: str) -> str:
    """Return the year that a date begins with, or nothing."""
    match = re.match(r"\d{4}", issued)
    return match[0] if match else ""
