"""The trusty code of a nanopublication: what its address ends in, made from what it says.

In: quads under a base address. Out: the code (`RA…`, module RA of the trusty URIs), by the reference library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg.errors import ExportError
from cscip_kg.namespaces import value_of

if TYPE_CHECKING:
    from rdflib.term import Node


def _term(node: object) -> Node:
    """Return a node as rdflib has it, a literal letter for letter."""
    from rdflib import Literal as Text  # noqa: PLC0415 - as above
    from rdflib import URIRef  # noqa: PLC0415 - slow to import, needed here only

    if isinstance(node, NamedNode):
        return URIRef(node.value)
    if isinstance(node, Literal):
        kind = None if node.language else URIRef(node.datatype.value)
        return Text(node.value, lang=node.language, datatype=kind, normalize=False)
    raise ExportError("A nanopublication can only be made of things with a name.")


def library() -> Callable[..., str]:
    """Return what makes a code, of the reference library.

    Raises:
        ExportError: it is not installed.
    """
    import rdflib  # noqa: PLC0415 - slow to import, needed here only

    before = rdflib.NORMALIZE_LITERALS
    try:
        from nanopub.trustyuri.rdf import RdfHasher  # noqa: PLC0415 - wanted by those who release only
    except ImportError as error:
        raise ExportError('A release needs one more package: pip install "cscip-kg[release]"') from error
    finally:
        # The library turns this off for the whole program.
        rdflib.NORMALIZE_LITERALS = before
    make: Callable[..., str] = RdfHasher.make_hash
    return make


def code_of(quads: Iterable[Quad], base: str) -> str:
    """Return the trusty code of quads.

    Args:
        quads: the nanopublication, without blank nodes.
        base: its address, a code of any kind at the end; where this address stands in the quads it is left
            out of what the code is made from.

    Raises:
        ExportError: the library is not installed.
    """
    terms = [tuple(map(_term, (q.graph_name, q.subject, q.predicate, q.object))) for q in quads]
    return library()(terms, hashstr=" ", baseuri=f"{base}#")


def renamed(quads: Iterable[Quad], old: str, new: str) -> list[Quad]:
    """Return quads with one address, and all that begins with it and a hash sign, in the place of another."""

    def name(node: NamedNode) -> NamedNode:
        if node.value == old or node.value.startswith(f"{old}#"):
            return NamedNode(new + node.value.removeprefix(old))
        return node

    made = []
    for q in quads:
        if not (isinstance(q.subject, NamedNode) and isinstance(q.graph_name, NamedNode)):
            raise ExportError(f"{value_of(q.subject)} has no name.")
        other = name(q.object) if isinstance(q.object, NamedNode) else q.object
        made.append(Quad(name(q.subject), name(q.predicate), other, name(q.graph_name)))
    return made
