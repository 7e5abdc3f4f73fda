"""Where stores differ, and the only place that knows of it.

In: what a store calls itself, a query, a cell. Out: its addresses, the query as it understands it, the cell
as all others write it. Tested stores have an entry; every other is taken for one that keeps to SPARQL 1.1 as
it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, Triple

from cscip_kg.namespaces import BASE, XSD

GENID: Final = BASE + ".well-known/genid/"
_BOOLEAN: Final = XSD + "boolean"
_INTEGER: Final = XSD + "integer"
_DECIMAL: Final = XSD + "decimal"
_STRING: Final = XSD + "string"
# Citations joined by blanks: lines of one source, or each with its source.
_LINES = re.compile(r"(?:[\w-]+#)?L\d+(?:-\d+)?(?: (?:[\w-]+#)?L\d+(?:-\d+)?)+")
_UNDEF = re.compile(r"VALUES\s+\?_[a-z_]+\s*\{\s*UNDEF\s*\}")


def _same(text: str) -> str:
    return text


def _without_undef(text: str) -> str:
    """Return the query less each `VALUES ?_x { UNDEF }`, which joins nothing."""
    return _UNDEF.sub("", text)


@dataclass(frozen=True)
class Engine:
    """What is particular to one kind of store.

    Attributes:
        name: of the kind.
        update: where it takes updates, relative to the address of its endpoint.
        graphs: where it speaks the Graph Store Protocol, relative to the same.
        understood: the query as this store understands it.
        update_size: how many bytes of triples one update may hold.
        keeps_order: whether GROUP_CONCAT joins in the order of its rows, which SPARQL leaves open.
        most_triples: from how many on an answer to CONSTRUCT may be a part without a word; 0 for never.
        best: the way of writing that is tried first.
    """

    name: str
    update: str
    graphs: str
    understood: Callable[[str], str] = _same
    update_size: int = 512 * 1024
    keeps_order: bool = True
    most_triples: int = 0
    best: Literal["update", "graph-store"] = "update"


OTHER: Final = Engine("SPARQL 1.1", "", "")
# What it calls itself in the header `Server` → what is known of it.
ENGINES: Final = (
    (re.compile(r"oxigraph/", re.IGNORECASE), Engine("Oxigraph", "update", "store")),
    (
        re.compile(r"virtuoso/", re.IGNORECASE),
        # An update of more than some thousand statements overflows its compiler of SQL.
        Engine(
            "Virtuoso",
            update="sparql-auth",
            graphs="sparql-graph-crud-auth",
            understood=_without_undef,
            update_size=48 * 1024,
            keeps_order=False,
            most_triples=10_000,
            best="graph-store",
        ),
    ),
)


def engine_of(server: str) -> Engine:
    """Return what is known of a store by the name that it gives itself."""
    return next((engine for pattern, engine in ENGINES if pattern.search(server)), OTHER)


def _by_line(mark: str) -> tuple[str, int, str]:
    source, _, lines = mark.rpartition("#")
    return source, int(re.findall(r"\d+", lines)[0]), mark


def cell_mended(cell: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """Return a cell of SPARQL JSON as written today, joined citations in the order of their lines."""
    made = dict(cell)
    if made.get("type") == "typed-literal":
        made["type"] = "literal"
    if made.get("datatype") == _BOOLEAN:
        made["value"] = {"1": "true", "0": "false"}.get(made["value"], made["value"])
    if made.get("datatype") == _STRING:
        del made["datatype"]
    if not engine.keeps_order and made.get("type") == "literal" and _LINES.fullmatch(made["value"]):
        made["value"] = " ".join(sorted(made["value"].split(" "), key=_by_line))
    return made


def document_mended(document: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """Return a document of SPARQL JSON with every cell mended; see `cell_mended`."""
    if "boolean" in document:
        return {"head": {}, "boolean": document["boolean"]}
    bindings = [
        {name: cell_mended(cell, engine) for name, cell in row.items()}
        for row in document["results"]["bindings"]
    ]
    return {"head": {"vars": document.get("head", {}).get("vars", [])}, "results": {"bindings": bindings}}


Node = NamedNode | BlankNode | ox.Literal | Triple


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def by_value(node: Node) -> Node:
    """Return a literal in one form for each value: some stores keep values and not how they were written.

    Integers, decimals and booleans are the datatypes of this graph for which that makes a difference; tags of
    languages are compared without regard to case.
    """
    if not isinstance(node, ox.Literal):
        return node
    if node.language is not None:
        return ox.Literal(node.value, language=node.language.casefold())
    kind = node.datatype.value
    if kind in {_INTEGER, _DECIMAL}:
        return ox.Literal(_number(node.value), datatype=node.datatype)
    if kind == _BOOLEAN:
        return ox.Literal({"1": "true", "0": "false"}.get(node.value, node.value), datatype=node.datatype)
    return node


def triple_by_value(triple: Triple) -> Triple:
    """Return a triple with its literal in one form for each value."""
    return Triple(triple.subject, triple.predicate, by_value(triple.object))


def named(node: Any) -> Any:
    """Return an IRI in place of a blank node (RDF 1.1, 3.5): what has no name cannot be sent twice."""
    return NamedNode(GENID + node.value) if isinstance(node, BlankNode) else node


def unnamed(node: Any) -> Any:
    """Return the blank node that an IRI made by `named` stands for; anything else as it is."""
    if isinstance(node, NamedNode) and node.value.startswith(GENID):
        return BlankNode(node.value.removeprefix(GENID))
    return node
