"""Findings → nanopublications: one each, with its provenance, under an address that proves what it says.

In: quads of a build. Out: TriG. The assertion is what the records state of the finding; the provenance is the
lines of the sources; who publishes it and under which licence stands in the publication info. None is signed:
that is for the person who publishes it. Nothing is asserted that only follows from a rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, Triple

from cscip_kg.described.dataset import PUBLISHER
from cscip_kg.described.things import DATASET
from cscip_kg.described.writing import FOAF, LICENCE, PROV, VOID
from cscip_kg.namespaces import (
    BASE,
    DATA_GRAPH,
    DCTERMS,
    ID,
    LABEL,
    PREFIXES,
    RDFS,
    SKOS,
    TYPE,
    XSD,
    term,
    value_of,
)
from cscip_kg.output import CAUTION
from cscip_kg.package.about import About
from cscip_kg.package.trusty import code_of, renamed

NANOPUBS: Final = BASE + "np/"
_NP: Final = "http://www.nanopub.org/nschema#"
# Stands where the code will stand while it is not known yet.
_NOT_YET: Final = f"{NANOPUBS}RA{'A' * 43}"
_FINDINGS: Final = {term("Finding"), term("EconomicFinding")}
_CITATION: Final = term("citation")
_SOURCE: Final = term("source")
_PREFIXES: Final = {
    "np": _NP,
    "cscip": PREFIXES["cscip"],
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "prov": PROV,
    "rdfs": RDFS,
    "schema": PREFIXES["schema"],
    "void": VOID,
    "xsd": XSD,
}

Value = NamedNode | Literal


class _Facts:
    """What the records state, by subject, and what things are called."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.of: dict[NamedNode, list[Triple]] = defaultdict(list)
        self.names: dict[NamedNode, Literal] = {}
        self.findings: list[NamedNode] = []
        labels = {LABEL, NamedNode(SKOS + "prefLabel")}
        for q in sorted(quads, key=str):
            if not isinstance(q.subject, NamedNode):
                continue
            if q.predicate in labels and isinstance(q.object, Literal):
                self.names.setdefault(q.subject, q.object)
            if q.graph_name == DATA_GRAPH:
                self.of[q.subject].append(Triple(q.subject, q.predicate, q.object))
                if q.predicate == TYPE and q.object in _FINDINGS:
                    self.findings.append(q.subject)
        self.findings = sorted(dict.fromkeys(self.findings), key=lambda node: node.value)

    def named(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        """Yield the name of each thing of the project that the triples point at."""
        pointed = {
            t.object for t in triples if isinstance(t.object, NamedNode) and t.object.value.startswith(ID)
        }
        for node in sorted(pointed, key=lambda one: one.value):
            if node in self.names:
                yield Triple(node, LABEL, self.names[node])


def _provenance(facts: _Facts, finding: NamedNode, assertion: NamedNode) -> Iterator[Triple]:
    """Yield from which lines of which sources the assertion was read, and what those are."""
    cited = [t.object for t in facts.of[finding] if t.predicate == _CITATION]
    sources: set[NamedNode] = set()
    for passage in cited:
        if not isinstance(passage, NamedNode):
            continue
        yield Triple(assertion, NamedNode(PROV + "wasDerivedFrom"), passage)
        yield from facts.of[passage]
        sources |= {
            t.object for t in facts.of[passage] if t.predicate == _SOURCE and isinstance(t.object, NamedNode)
        }
    told = {NamedNode(DCTERMS + name) for name in ("title", "identifier", "issued", "creator", "publisher")}
    for source in sorted(sources, key=lambda node: node.value):
        own = [t for t in facts.of[source] if t.predicate in told or t.predicate == term("sha256")]
        yield Triple(assertion, NamedNode(PROV + "hadPrimarySource"), source)
        yield from own
        yield from facts.named(own)


def _info(told: About, facts: _Facts, node: NamedNode, asserted: list[Triple]) -> Iterator[Triple]:
    """Yield what the nanopublication itself is: whose, when, under which licence, how to read it."""
    moment = Literal(f"{told.day.isoformat()}T00:00:00Z", datatype=NamedNode(XSD + "dateTime"))
    finding = asserted[0].subject
    says: list[tuple[str, Value]] = [
        (RDFS + "label", Literal(f"Finding {value_of(finding).removeprefix(ID)}", language="en")),
        (RDFS + "comment", Literal(CAUTION, language="en")),
        (DCTERMS + "created", moment),
        (DCTERMS + "creator", PUBLISHER),
        (DCTERMS + "license", LICENCE),
        (VOID + "inDataset", DATASET),
        (PREFIXES["schema"] + "version", Literal(told.version)),
    ]
    for predicate, value in says:
        yield Triple(node, NamedNode(predicate), value)
    yield Triple(PUBLISHER, NamedNode(FOAF + "name"), Literal(told.creator))
    yield from facts.named(asserted)


def _quads(told: About, facts: _Facts, finding: NamedNode) -> list[Quad]:
    """Return the four graphs of a nanopublication under the address that is not its own yet."""
    node = NamedNode(_NOT_YET)
    head, assertion, provenance, info = (
        NamedNode(f"{_NOT_YET}#{name}") for name in ("Head", "assertion", "provenance", "pubinfo")
    )
    asserted = [t for t in facts.of[finding] if t.predicate != _CITATION]
    graphs: dict[NamedNode, list[Triple]] = {
        head: [
            Triple(node, TYPE, NamedNode(_NP + "Nanopublication")),
            Triple(node, NamedNode(_NP + "hasAssertion"), assertion),
            Triple(node, NamedNode(_NP + "hasProvenance"), provenance),
            Triple(node, NamedNode(_NP + "hasPublicationInfo"), info),
        ],
        assertion: asserted,
        provenance: list(_provenance(facts, finding, assertion)),
        info: list(_info(told, facts, node, asserted)),
    }
    return [
        Quad(t.subject, t.predicate, t.object, name)
        for name, triples in graphs.items()
        for t in sorted(dict.fromkeys(triples), key=str)
    ]


def nanopubs(quads: Iterable[Quad], told: About) -> list[tuple[str, list[Quad]]]:
    """Return the nanopublication of each finding: its address, and its quads.

    Args:
        quads: all quads of a build.
        told: what is said of the package that they belong to.

    Raises:
        ExportError: the library that makes the addresses is not installed.
    """
    facts, made = _Facts(quads), []
    for finding in facts.findings:
        own = _quads(told, facts, finding)
        address = NANOPUBS + code_of(own, _NOT_YET)
        made.append((address, renamed(own, _NOT_YET, address)))
    return made


def trig(made: Iterable[tuple[str, list[Quad]]]) -> bytes:
    """Return nanopublications as one TriG file, each with its own prefixes: a reader may split it there."""
    parts = []
    for address, quads in made:
        prefixes = {"this": address, "sub": f"{address}#"} | _PREFIXES
        parts.append(ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=prefixes) or b"")
    return b"\n".join(parts)
