"""Words → the statements that speak of them: findings, accounts, lessons, counts, contradictions.

In: what a question tells, each with the other words that mean the same. Out: the statements that hold most of
it, by weight, and those that stand beside them; or those that hold all of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from math import log
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Store

from cscip_kg.ask.mentions import LIGHT, Names
from cscip_kg.lexicon import stems
from cscip_kg.namespaces import CSCIP, ID, value_of
from cscip_kg.search_index import field_of, open_index
from cscip_kg.store import current, open_store

# A statement is about the words when it holds this share of their weight; of several, those near the best.
_NEAR: Final = 0.75
_BEST: Final = 0.95
_MOST: Final = 30
# What stands this many lines from a statement of the same kind and topic belongs to it.
_BESIDE: Final = 4
_FEW_BEST: Final = 4
_MOST_IN_TABLE: Final = 12
_MOST_ON_TOPIC: Final = 40
_MOST_IN_ALL: Final = 60
_FIRST_REPORT: Final = "rees-2017"
_FIRST_ROUND: Final = f"{ID}round/round-1"
# The kinds of statement that speak of the programme at large, and what else is looked through.
GENERAL: Final = frozenset("lesson recommendation consideration note statistic discrepancy".split())
_INDEXED: Final = (
    *sorted(GENERAL),
    *"finding contribution intervention programme round evaluation project".split(),
)
# Of these, what can be listed is what sources say of them.
_BY_ACCOUNT: Final = ("programme", "round", "evaluation", "project")
# Of an intervention itself, what it is; its findings and lessons are statements of their own.
_OF_ITSELF: Final = frozenset(
    ("name", "printed name", "aim or description", "place", "organisation", "concept", "theme", "study",
     "related intervention")
)  # fmt: skip
# What the index does not hold of a statement: words, and things by their names.
_UNNAMED: Final = frozenset(("not", "name"))
# Remarks speak of "the 2017 report": the year of a source is none of what it tells.
EDITIONS: Final = frozenset(("2017", "2021"))
_IDENTITY: Final = frozenset(("same", "merg", "identic", "confus"))
_WORDS: Final = ("remark", "caveat", "comparator", "reason", "fundingAsPrinted", "periodAsPrinted")
_THINGS: Final = ("direction", "effect", "comparatorKind", "economicMethod", "isProjected")


@dataclass(frozen=True)
class Unit:
    """One thing that a question tells.

    Attributes:
        typed: its stems as they were put.
        ways: sets of stems, any of which will do when all of it stands in a text.
        needed: whether a text without it says nothing of the question: a name, a figure.
        things: the IRIs that it names.
    """

    typed: frozenset[str]
    ways: frozenset[frozenset[str]]
    needed: bool = False
    things: frozenset[str] = frozenset()

    def held(self, by: frozenset[str]) -> bool:
        """Return whether a text with these stems speaks of it."""
        return self.typed <= by or any(way <= by for way in self.ways)

    def spoken(self, by: frozenset[str], about: frozenset[str]) -> bool:
        """Return whether a text with these stems and about these things speaks of it."""
        return bool(self.things & about) or self.held(by)

    def said(self, own: frozenset[str], about: frozenset[str]) -> bool:
        """Return whether a statement says it in its own words, or is about a thing that it names."""
        return bool(self.things & about) or (not self.needed and self.held(own))


@dataclass(frozen=True)
class _Passage:
    """A statement: its kind, its stems, those of its own words, what it is about and where it stands."""

    iri: str
    kind: str
    stems: frozenset[str]
    own: frozenset[str]
    topics: frozenset[str] = field(default_factory=frozenset)
    things: frozenset[str] = field(default_factory=frozenset)
    source: str = ""
    line: int = 0


def _more(names: Names, store: Store) -> dict[str, set[str]]:
    """Return the stems of what the index does not hold, by statement; those of an account are its thing's."""
    found: dict[str, set[str]] = defaultdict(set)
    about = NamedNode(f"{CSCIP}accountOf")
    for name in _WORDS:
        for quad in store.quads_for_pattern(None, NamedNode(CSCIP + name), None, None):
            iri = value_of(quad.subject)
            thing = next(store.quads_for_pattern(quad.subject, about, None, None), None)
            found[value_of(thing.object) if thing else iri].update(stems(value_of(quad.object)))
    for name in _THINGS:
        for quad in store.quads_for_pattern(None, NamedNode(CSCIP + name), None, None):
            found[value_of(quad.subject)].update(names.words_of(value_of(quad.object)))
    for quad in store.quads_for_pattern(None, NamedNode(CSCIP + "heading"), None, None):
        found[value_of(quad.subject).removeprefix(f"{ID}source/")].update(stems(value_of(quad.object)))
    return found


def _indexed(build: Path) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Yield what the search index holds of each statement: its IRI, kind, and stems, citations and thing."""
    with closing(open_index(build.parent.parent)) as base:
        for kind in _INDEXED:
            held: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
            rows = base.execute(
                "SELECT thing.iri, passage.number, passage.stems, passage.citations, passage.about"
                " FROM kind JOIN thing ON thing.number BETWEEN kind.first AND kind.last"
                " JOIN passage ON passage.number BETWEEN thing.number << 24 AND (thing.number + 1 << 24) - 1"
                " WHERE kind.kind = ? ORDER BY passage.number",
                (kind,),
            )
            for iri, number, said, citations, about in rows:
                if kind != "intervention" or field_of(number) in _OF_ITSELF:
                    held[iri].append((said, citations, about))
            for iri, passages in held.items():
                yield iri, kind, passages


def _own(said: str, about: str, names: Names) -> Iterator[str]:
    """Yield the stems of a passage's own words: the names of what it is about follow them, one a line."""
    ways = names.ways_of(about) if about else set()
    for nth, line in enumerate(said.split("\n")):
        stems_of_line = line.split()
        if nth == 0 or frozenset(stems_of_line) - LIGHT not in ways:
            yield from stems_of_line


def _interventions(store: Store) -> Mapping[str, frozenset[str]]:
    """Return the interventions that each project delivers, and those of the projects of each evaluation."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for quad in store.quads_for_pattern(None, NamedNode(f"{CSCIP}delivers"), None, None):
        found[value_of(quad.subject)] |= {value_of(quad.object)}
    for quad in store.quads_for_pattern(None, NamedNode(f"{CSCIP}evaluates"), None, None):
        found[value_of(quad.subject)] |= found[value_of(quad.object)]
    return found


@cache
def _passages(build: Path, names: Names) -> tuple[_Passage, ...]:
    store = open_store(build.parent.parent)
    more, of = _more(names, store), _interventions(store)
    found = []
    for iri, kind, passages in _indexed(build):
        own = {stem for said, _, about in passages for stem in _own(said, about, names)}
        held = {stem for said, _, _ in passages for stem in said.split()} | more[iri]
        cited = [one for _, citations, _ in passages for one in citations.split()]
        held.update(*(more[one] for one in cited if kind in GENERAL))
        things = frozenset(about for _, _, about in passages if about) | {iri} | of[iri]
        # The table and the row of a count stand one a line.
        lines = frozenset(line for said, _, _ in passages for line in said.split("\n"))
        topics = lines if kind == "statistic" else frozenset(t for t in things if "/topic/" in t)
        source, _, line = min(cited, default="").partition("#L")
        # A sum is money, and the first report is about the first wave.
        if any(one.startswith("£") for one in held):
            held.add("money")
        if source == _FIRST_REPORT and kind in GENERAL:
            held.update(("first", "wave", "round", "1"))
            things |= {_FIRST_ROUND}
        place = int(line.partition("-")[0] or 0)
        # The name of the source in the name of a statement is no word of it.
        own_name = iri.rpartition("#")[2].rpartition("/")[2].removeprefix(f"{source}-")
        own |= more[iri] | set(stems(own_name.replace("-", " ")))
        own -= EDITIONS
        found.append(_Passage(iri, kind, frozenset(held), frozenset(own), topics, things, source, place))
    kept = {passage.iri for passage in found}
    found += [
        _Passage(iri, "identity", frozenset(held), frozenset(held), frozenset(), frozenset((iri,)))
        for iri, held in more.items()
        if iri.startswith(f"{ID}identity/") and iri not in kept
    ]
    return tuple(sorted(found, key=lambda passage: passage.iri))


def accounts(found: Sequence[str], folder: Path | None = None) -> list[str]:
    """Return what of these can be listed: statements, and of programmes and rounds what sources say of them.

    Args:
        found: IRIs; an intervention is left out.
        folder: the build folder.
    """
    store = open_store(current(folder).parent.parent)
    listed: list[str] = []
    for iri in found:
        kind = iri.removeprefix(ID).partition("/")[0]
        if kind in _BY_ACCOUNT and "#" not in iri:
            quads = store.quads_for_pattern(None, NamedNode(CSCIP + "accountOf"), NamedNode(iri), None)
            listed += sorted(value_of(quad.subject) for quad in quads)
            if kind in ("programme", "round"):
                notes = store.quads_for_pattern(None, NamedNode(f"{CSCIP}aboutThing"), NamedNode(iri), None)
                listed += sorted(one for quad in notes if "/note/" in (one := value_of(quad.subject)))
        elif kind != "intervention":
            listed.append(iri)
    return listed


@cache
def _words_of(build: Path, names: Names) -> Mapping[str, frozenset[str]]:
    return {passage.iri: passage.own for passage in _passages(build, names)}


def words_of(iri: str, names: Names, folder: Path | None = None) -> frozenset[str]:
    """Return the stems of a statement's own words; of anything else, none.

    Args:
        iri: the statement.
        names: the names of the build.
        folder: the build folder.
    """
    return _words_of(current(folder), names).get(iri, frozenset())


def holding_all(  # noqa: PLR0913
    units: Sequence[Unit],
    wished: frozenset[str],
    names: Names,
    folder: Path | None = None,
    *,
    least: int = 0,
    kinds: frozenset[str] = frozenset(),
) -> list[str]:
    """Return the statements of any kind that hold all these units, those with most of the other words first.

    Args:
        units: what the question tells; a statement must hold each.
        wished: plain words of the question: they decide between statements.
        names: the names of the build.
        folder: the build folder.
        least: how many of the plain words a statement must hold.
        kinds: kinds of statement to look among; none means all.
    """
    # That something is not named is no answer to what it is.
    identity = not _IDENTITY.isdisjoint(wished)
    among = [
        p
        for p in _passages(current(folder), names)
        if (p.kind in kinds if kinds else identity or p.kind != "identity")
        and all(u.said(p.own, p.things) for u in units)
        and not (p.own >= _UNNAMED and p.kind in ("programme", "round"))
    ]
    ranked = sorted(among, key=lambda p: (-len(wished & p.own), p.iri))
    most = max(least, len(wished & ranked[0].own)) if ranked else 0
    return [p.iri for p in ranked if len(wished & p.own) == most][:_MOST_IN_ALL]


def about(  # noqa: PLR0913
    units: Sequence[Unit],
    kinds: frozenset[str],
    least: float,
    names: Names,
    *,
    topics: frozenset[str] = frozenset(),
    folder: Path | None = None,
) -> list[str]:
    """Return the statements that speak of these units, the fullest first, with what belongs to the best.

    Args:
        units: what the question tells; one that no statement holds weighs as much as the rarest.
        kinds: kinds of statement to look among; none means all that speak of the programme at large.
        least: the share of the weight that a statement must hold.
        names: the names of the build.
        topics: IRIs of topics that are named: all that is said on them belongs to the answer.
        folder: the build folder.
    """
    needed = [unit for unit in units if unit.needed]
    among = [p for p in _passages(current(folder), names) if p.kind in (kinds or GENERAL)]
    holding = [[unit.held(p.stems) for unit in units] for p in among]
    uses = [sum(held[n] for held in holding) for n in range(len(units))]
    weights = [log(1 + len(among) / (number or 1)) for number in uses]
    whole = sum(weights)
    if not whole:
        return []
    said = frozenset().union(*(unit.typed for unit in units))
    ranked = sorted(
        (
            (
                -sum(w for w, h in zip(weights, held, strict=True) if h) / whole,
                -len(said & p.stems),
                p.iri,
                p,
            )
            for held, p in zip(holding, among, strict=True)
            if all(unit.held(p.stems) for unit in needed)
        ),
        key=lambda one: one[:3],
    )
    best = -ranked[0][0] if ranked else 0.0
    if best < least:
        return []
    found = [p for share, _, _, p in ranked if -share >= max(least, best * _NEAR)][:_MOST]
    top = [p for share, _, _, p in ranked if -share >= best * _BEST][:_FEW_BEST]
    on_topic = [p for _, _, _, p in ranked if p.topics & topics][:_MOST_ON_TOPIC]
    return list(dict.fromkeys(p.iri for p in (*found, *_beside(top, among), *on_topic)))


def _beside(top: Sequence[_Passage], among: Sequence[_Passage]) -> list[_Passage]:
    """Return what stands next to the best statements and is about the same; small tables are whole."""
    sizes = Counter(topic for p in among for topic in p.topics)

    def belongs(p: _Passage, t: _Passage) -> bool:
        shared = p.topics & t.topics
        if p.source != t.source or not shared:
            return False
        if p.kind == "statistic":
            return p.kind == t.kind and any(sizes[topic] <= _MOST_IN_TABLE for topic in shared)
        return abs(p.line - t.line) <= _BESIDE

    return [p for p in among if any(p != t and belongs(p, t) for t in top)]


def uses(units: Sequence[Unit], names: Names, folder: Path | None = None) -> tuple[list[int], int]:
    """Return how many statements speak of each unit, and how many statements there are.

    Args:
        units: what a question tells.
        names: the names of the build.
        folder: the build folder.
    """
    among = _passages(current(folder), names)
    return [sum(unit.spoken(p.stems, p.things) for p in among) for unit in units], len(among)


def ranked(
    units: Sequence[tuple[Unit, float]], names: Names, folder: Path | None = None
) -> list[tuple[float, str, frozenset[Unit]]]:
    """Return statements by the weight of the units that they speak of, with these, the shorter first.

    Args:
        units: what a question tells, each with its weight; a statement must speak of what is needed.
        names: the names of the build.
        folder: the build folder.
    """
    needed = {unit for unit, _ in units if unit.needed}
    found = []
    for p in _passages(current(folder), names):
        spoken = {unit: weight for unit, weight in units if unit.spoken(p.stems, p.things)}
        if p.kind != "identity" and spoken and needed <= spoken.keys():
            found.append((sum(spoken.values()), len(p.stems), p.iri, frozenset(spoken)))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [(weight, iri, spoken) for weight, _, iri, spoken in found]
