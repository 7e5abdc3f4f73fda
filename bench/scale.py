"""Makes the built graph larger and keeps its shape.

In: the quads of a build and a size. Out: a lazy stream of quads: the graph itself and `size - 1` copies of
all that the records tell of interventions and of the evidence, under new IRIs. What any number of
interventions would share stays single: ontology, vocabularies, sources and their citations, places, bodies,
programmes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from cscip_kg.namespaces import DATA_GRAPH, DCTERMS, ID, LABEL, value_of

# Kinds of things in the records that a larger programme would not have more of.
SHARED = frozenset({"source", "area", "organisation", "programme", "round"})
# By these people tell things apart: a copy's carries its number.
_NAMES = frozenset({LABEL, NamedNode(DCTERMS + "title")})
_MARK = "-copy-"

Node = NamedNode | BlankNode | Literal | Triple


def is_copied(node: Node) -> bool:
    """Return whether a thing that the records describe is of a kind that is copied."""
    return (
        isinstance(node, NamedNode)
        and node.value.startswith(ID)
        and node.value.removeprefix(ID).partition("/")[0] not in SHARED
    )


def copy_of(node: Node, number: int) -> NamedNode:
    """Return the IRI of a copy: `intervention/pause#aim` becomes `intervention/pause-copy-2#aim`."""
    slug, hash_sign, fragment = value_of(node).partition("#")
    return NamedNode(f"{slug}{_MARK}{number}{hash_sign}{fragment}")


def _numbered(name: Node, number: int) -> Node:
    if not isinstance(name, Literal):
        return name
    text = f"{name.value} {number}"
    return Literal(text, language=name.language) if name.language else Literal(text, datatype=name.datatype)


def scaled(quads: Iterable[Quad], size: int) -> Iterator[Quad]:
    """Yield the quads of the graph at `size` times its own size, none twice.

    A quad is copied when its subject or its object is. The links among copied things are those of the
    original, within one copy; links to shared things stay. The inferred graph is copied like the others,
    which gives the same as inferring anew (a test holds that).

    Args:
        quads: a whole build, or its asserted part; none twice.
        size: how many times; 1 gives the graph itself.
    """
    kept = list(quads)
    described = {q.subject for q in kept if q.graph_name == DATA_GRAPH}
    things = {node for node in described if is_copied(node)}
    if any(_MARK in value_of(node) for node in things):
        raise ValueError(f"An IRI of the graph holds {_MARK!r} already: copies could fall on it.")
    moving = [
        (q, q.subject in things, q.object in things, q.predicate in _NAMES)
        for q in kept
        if q.subject in things or q.object in things
    ]
    yield from kept
    del kept, described
    for number in range(2, size + 1):
        names = {node: copy_of(node, number) for node in things}
        for q, moves, points, is_name in moving:
            yield Quad(
                names[q.subject] if moves else q.subject,
                q.predicate,
                names[q.object] if points else _numbered(q.object, number) if is_name else q.object,
                q.graph_name,
            )
