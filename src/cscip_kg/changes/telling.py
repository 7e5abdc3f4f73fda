"""Changes → Markdown for people, CSV for spreadsheets, RDF for programs.

In: `Changes`. Out: bytes, the same for the same two versions. The Markdown counts what is inferred and lists
what is stated; the others have all. The RDF is in the terms of the Changeset vocabulary: a change set for
each thing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cscip_kg.changes.comparing import Change, Changes, Kind
from cscip_kg.document import plain
from cscip_kg.namespaces import BASE, DCTERMS, GRAPH, INFERRED_GRAPH, PREFIXES, RDF, TYPE, short

KINDS: Final[tuple[Kind, ...]] = ("added", "changed", "withdrawn")
COLUMNS: Final = ("change", "graph", "thing", "property", "before", "after")
_CS: Final = "http://purl.org/vocab/changeset/schema#"
_PROV: Final = "http://www.w3.org/ns/prov#"
# Where nodes without a name have one, as RDF 1.1 has it for those that must.
_GENID: Final = BASE + ".well-known/genid/"
_TERM: Final = re.compile(r"<([^>]*)>")


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _shown(term: str) -> str:
    """Return a term as people read it: a short name, or the text with its language or kind."""
    if term.startswith("<"):
        return plain(short(_bare(term)))
    return plain(_TERM.sub(lambda match: short(match[1]), term))


def _graph_name(graph: str) -> str:
    return plain(_bare(graph).removeprefix(GRAPH)) if graph else "no graph of its own"


def _table(found: Changes) -> Iterator[str]:
    yield "| graph | added | changed | withdrawn |"
    yield "| --- | ---: | ---: | ---: |"
    for graph, counts in found.by_graph.items():
        cells = " | ".join(f"{counts[kind]:,}" for kind in KINDS)
        yield f"| {_graph_name(graph)} | {cells} |"


def _named(heading: str, things: tuple[str, ...], note: str) -> Iterator[str]:
    if things:
        yield from (f"## {heading} ({len(things):,})", "", note, "")
        yield from (f"- {plain(short(thing))}" for thing in things)
        yield ""


def _listed(changes: list[Change]) -> Iterator[str]:
    for subject, own in groupby(changes, key=lambda change: change.subject):
        yield from (
            f"### {_shown(subject)}",
            "",
            "| change | property | before | after |",
            "| --- | --- | --- | --- |",
        )
        for change in own:
            before, after = ("<br>".join(map(_shown, values)) for values in (change.before, change.after))
            yield f"| {change.kind} | {_shown(change.predicate)} | {before} | {after} |"
        yield ""


def markdown(found: Changes) -> bytes:
    """Return the changes as Markdown (CommonMark with tables)."""
    inferred = str(INFERRED_GRAPH)
    told = (
        f"{found.sizes[0]:,} statements before, {found.sizes[1]:,} after: {found.added:,} are new and "
        f"{found.withdrawn:,} are there no more. Changed is what has another value for the same property."
    )
    lines = [
        f"# Changes from {plain(found.old)} to {plain(found.new)}",
        "",
        told,
        "",
    ]
    if not found.changes:
        return "\n".join([*lines, "Both say the same.", ""]).encode()
    lines += [*_table(found), ""]
    lines += _named(
        "Things described no more",
        found.gone,
        "A name that was published should not vanish: it is deprecated, with its successor.",
    )
    lines += _named("New things", found.come, "Described for the first time.")
    for graph, own in groupby(found.changes, key=lambda change: change.graph):
        if graph == inferred:
            lines += [
                f"## In {_graph_name(graph)}",
                "",
                "What follows by rule is counted above, not listed.",
                "",
            ]
            continue
        lines += [f"## In {_graph_name(graph)}", "", *_listed(list(own))]
    return "\n".join(lines).encode()


def as_csv(found: Changes) -> bytes:
    """Return the changes as CSV: a row for each property of each thing, its values one a line."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for change in found.changes:
        names = map(_bare, (change.graph, change.subject, change.predicate))
        writer.writerow([change.kind, *names, "\n".join(change.before), "\n".join(change.after)])
    return sink.getvalue().encode()


def _value(term: str) -> NamedNode | Literal:
    """Return a term from how N-Triples writes it; a node without a name gets one."""
    (quad,) = ox.parse(f"<x:s> <x:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    node = quad.object
    if isinstance(node, BlankNode):
        # The label stands in the text: the parser gives the node another.
        return NamedNode(_GENID + term.removeprefix("_:"))
    assert isinstance(node, NamedNode | Literal)  # noqa: S101 - triple terms were refused before
    return node


def _statements(whole: str, change: Change) -> Iterator[tuple[str, NamedNode, list[Triple]]]:
    """Yield of each statement whether it is an addition or removal, its node and what is said of it."""
    for role, values in (("removal", change.before), ("addition", change.after)):
        for value in values:
            line = " ".join((change.subject, change.predicate, value, change.graph))
            node = NamedNode(f"{whole}#{role}-{hashlib.sha256(line.encode()).hexdigest()[:16]}")
            facts = [
                Triple(node, TYPE, NamedNode(RDF + "Statement")),
                Triple(node, NamedNode(RDF + "subject"), _value(change.subject)),
                Triple(node, NamedNode(RDF + "predicate"), _value(change.predicate)),
                Triple(node, NamedNode(RDF + "object"), _value(value)),
            ]
            if change.graph:
                facts.append(Triple(node, NamedNode(DCTERMS + "isPartOf"), _value(change.graph)))
            yield role, node, facts


def turtle(found: Changes) -> bytes:
    """Return the changes as Turtle: a change set for each thing, each statement with its graph."""
    whole = f"{BASE}changes/{quote(found.old, safe='+')}/{quote(found.new, safe='+')}"
    node = NamedNode(whole)
    title = Literal(f"Changes from {found.old} to {found.new}", language="en")
    made = [
        Triple(node, TYPE, NamedNode(_PROV + "Collection")),
        Triple(node, NamedNode(DCTERMS + "title"), title),
    ]
    in_order = sorted(found.changes, key=lambda change: (change.subject, change.predicate, change.graph))
    for subject, own in groupby(in_order, key=lambda change: change.subject):
        place = NamedNode(f"{whole}#{hashlib.sha256(subject.encode()).hexdigest()[:16]}")
        made.append(Triple(node, NamedNode(_PROV + "hadMember"), place))
        made.append(Triple(place, TYPE, NamedNode(_CS + "ChangeSet")))
        made.append(Triple(place, NamedNode(_CS + "subjectOfChange"), _value(subject)))
        for change in own:
            for role, statement, facts in _statements(whole, change):
                made.append(Triple(place, NamedNode(_CS + role), statement))
                made += facts
    prefixes = {**PREFIXES, "cs": _CS, "prov": _PROV}
    return ox.serialize(made, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


# Name of the file → what writes it.
FILES: Final[dict[str, Callable[[Changes], bytes]]] = {
    "CHANGES.md": markdown,
    "changes.csv": as_csv,
    "changes.ttl": turtle,
}
