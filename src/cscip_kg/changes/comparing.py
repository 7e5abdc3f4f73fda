"""Two versions of the data → what was added, changed and withdrawn.

In: two `Version`s. Out: `Changes`. A statement is changed where the same thing has another value for the same
property in the same graph; else it was added or withdrawn. The cost grows with the two versions together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal

from pyoxigraph import BlankNode, NamedNode, Quad

from cscip_kg.changes.blanks import Component, parted, renamed
from cscip_kg.changes.reading import Version

Kind = Literal["added", "changed", "withdrawn"]


@dataclass(frozen=True)
class Change:
    """What became of the values of one property of one thing in one graph.

    Attributes:
        graph: the graph, as N-Triples writes its name; empty for the default graph.
        subject: the thing, written so.
        predicate: the property, written so.
        before: the values that are there no more.
        after: the values that were not there.
    """

    graph: str
    subject: str
    predicate: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """Return whether values were added, withdrawn, or changed for others."""
        if self.before and self.after:
            return "changed"
        return "withdrawn" if self.before else "added"


@dataclass(frozen=True)
class Changes:
    """The whole difference.

    Attributes:
        old: what the earlier version is called.
        new: what the later one is called.
        sizes: how many statements each has.
        changes: every change, in the order of graph, thing and property.
        gone: things that the earlier version describes and the later one does not.
        come: things that only the later version describes.
    """

    old: str
    new: str
    sizes: tuple[int, int]
    changes: tuple[Change, ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def added(self) -> int:
        """Return how many statements the later version has that the earlier has not."""
        return sum(len(change.after) for change in self.changes)

    @property
    def withdrawn(self) -> int:
        """Return how many statements the earlier version has that the later has not."""
        return sum(len(change.before) for change in self.changes)

    @cached_property
    def by_graph(self) -> dict[str, Counter[Kind]]:
        """Return the number of changes of each kind in each graph."""
        found: dict[str, Counter[Kind]] = defaultdict(Counter)
        for change in self.changes:
            found[change.graph][change.kind] += 1
        return dict(sorted(found.items()))


def _numbered(number: int, node: BlankNode) -> BlankNode:
    return BlankNode(f"{node.value}x{number}")


def _only(components: Iterable[Component], others: Iterable[Component]) -> list[Quad]:
    """Return the statements of the components that have no counterpart among the others."""
    there = Counter(component.digest for component in others)
    found: list[Quad] = []
    seen: Counter[str] = Counter()
    for component in components:
        if there[component.digest]:
            there[component.digest] -= 1
            continue
        # Of several that look alike, each has nodes of its own.
        number = seen[component.digest]
        seen[component.digest] += 1
        found += renamed(component.quads, partial(_numbered, number))
    return found


def _graph(quad: Quad) -> str:
    return "" if str(quad.graph_name) == "DEFAULT" else str(quad.graph_name)


def _things(quads: Iterable[Quad]) -> set[str]:
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def compare(old: Version, new: Version) -> Changes:
    """Return what is different between two versions.

    Raises:
        ExportError: nodes without a name cannot be told apart within bounds.
    """
    before, before_parts = parted(old.quads)
    after, after_parts = parted(new.quads)
    values: dict[tuple[str, str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    sides = (
        [*(before - after), *_only(before_parts, after_parts)],
        [*(after - before), *_only(after_parts, before_parts)],
    )
    for side, quads in enumerate(sides):
        for q in quads:
            values[_graph(q), str(q.subject), str(q.predicate)][side].add(str(q.object))
    made = tuple(
        Change(*key, tuple(sorted(gone)), tuple(sorted(come))) for key, (gone, come) in sorted(values.items())
    )
    was, now = _things(old.quads), _things(new.quads)
    sizes = (len(set(old.quads)), len(set(new.quads)))
    return Changes(old.name, new.name, sizes, made, tuple(sorted(was - now)), tuple(sorted(now - was)))
