"""Nodes without a name, told apart by what is said of them.

In: quads. Out: those without such nodes, and the others in components: what hangs together by nodes without a
name, each with a digest that is the same for the same component whatever its nodes are called. Colours are
refined round by round (each node by what stands around it), which decides all but rings of nodes that look
alike; these go to the canonical algorithm (RDFC-1.0) while they are few, as its cost is exponential, and are
refused above that.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from cscip_kg.errors import ExportError
from cscip_kg.graph import canonical

# Nodes of one ring that may look alike: RDFC-1.0 tries their orders.
MOST_ALIKE: Final = 6
# Statements looked at while one component is coloured; a second or two.
MOST_WORK: Final = 1_000_000


@dataclass(frozen=True)
class Component:
    """What hangs together by nodes without a name: its digest, and its statements with names for them."""

    digest: str
    quads: tuple[Quad, ...]


def _blanks(quad: Quad) -> list[BlankNode]:
    nodes = (quad.subject, quad.object, quad.graph_name)
    if any(isinstance(node, Triple) for node in nodes):
        raise ExportError(
            "The data hold triple terms (statements about statements); they cannot be compared yet."
        )
    return [node for node in nodes if isinstance(node, BlankNode)]


def _components(quads: Iterable[Quad]) -> list[list[Quad]]:
    """Return quads in groups that share no node without a name."""
    parent: dict[BlankNode, BlankNode] = {}

    def top(node: BlankNode) -> BlankNode:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    kept = [(quad, _blanks(quad)) for quad in quads]
    for _, nodes in kept:
        for node in nodes:
            parent.setdefault(node, node)
            parent[top(node)] = top(nodes[0])
    groups: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad, nodes in kept:
        groups[top(nodes[0])].append(quad)
    return list(groups.values())


def _line(quad: Quad, colours: dict[BlankNode, str], own: BlankNode | None = None) -> str:
    def shown(node: object) -> str:
        if not isinstance(node, BlankNode):
            return str(node)
        return "_:own" if node == own else f"_:{colours[node]}"

    return " ".join(map(shown, (quad.subject, quad.predicate, quad.object, quad.graph_name)))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _coloured(quads: list[Quad]) -> dict[BlankNode, str]:
    """Return a colour for each node: two nodes of one colour look alike however far one looks."""
    around: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in dict.fromkeys(_blanks(quad)):
            around[node].append(quad)
    colours, kinds, work = dict.fromkeys(around, ""), 1, 0
    while True:
        work += len(quads)
        if work > MOST_WORK:
            raise ExportError(
                f"{len(around):,} nodes without a name hang together and look too much alike to be compared. "
                "Give them names."
            )
        colours = {node: _digest(_line(q, colours, node) for q in own) for node, own in around.items()}
        found = len(set(colours.values()))
        if found in (kinds, len(colours)):
            return colours
        kinds = found


def renamed(quads: Iterable[Quad], name: Callable[[BlankNode], BlankNode]) -> tuple[Quad, ...]:
    """Return quads with other labels for the nodes without a name."""

    def shown(node: NamedNode | BlankNode) -> NamedNode | BlankNode:
        return name(node) if isinstance(node, BlankNode) else node

    made = []
    for q in quads:
        subject, graph = q.subject, q.graph_name
        made.append(
            Quad(
                shown(subject) if isinstance(subject, NamedNode | BlankNode) else subject,
                q.predicate,
                name(q.object) if isinstance(q.object, BlankNode) else q.object,
                shown(graph) if isinstance(graph, NamedNode | BlankNode) else graph,
            )
        )
    return tuple(made)


def _component(quads: list[Quad]) -> Component:
    colours = _coloured(quads)
    alike = len(colours) - len(set(colours.values()))
    ties = sum(len(set(_blanks(quad))) - 1 for quad in quads)
    if 0 < alike < MOST_ALIKE:
        quads = canonical(quads)
        digest = _digest(map(str, quads))
        order = sorted({node for quad in quads for node in _blanks(quad)}, key=lambda node: node.value)
    elif not alike or ties < len(colours):
        # Without a ring there is one statement fewer than nodes that it joins, and colours decide. Which of
        # the leaves that look alike has which label is left to chance.
        digest = _digest(_line(quad, colours) for quad in quads)
        order = sorted(colours, key=lambda node: (colours[node], node.value))
    else:
        raise ExportError(
            f"{alike + 1:,} nodes without a name stand in a ring and look alike; to compare them takes "
            "too long. Give them names."
        )
    names = {node: BlankNode(f"c{digest[:16]}n{place}") for place, node in enumerate(order)}
    return Component(digest, renamed(quads, names.__getitem__))


def parted(quads: Iterable[Quad]) -> tuple[set[Quad], list[Component]]:
    """Return the statements whose nodes all have names, and the components of the others.

    Raises:
        ExportError: nodes without a name look too much alike to be compared within bounds.
    """
    named, others = set(), []
    for quad in dict.fromkeys(quads):
        if _blanks(quad):
            others.append(quad)
        else:
            named.add(quad)
    return named, [_component(group) for group in _components(others)]
