"""Link sets → quads, a named graph for each target, with what is to be known of each link.

In: link sets and the quads they are about. Out: quads, and faults where a link speaks of what the records do
not describe or may not be linked so. Nothing is inferred from links: they are added after inference.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from cscip_kg.errors import RecordError
from cscip_kg.links.reading import Link, LinkSet
from cscip_kg.links.targets import CLOSE, EXACT, SAME, SEE, TARGETS, TO_CONFIRM, Target
from cscip_kg.namespaces import BASE, CSCIP, DCTERMS, GRAPH, ID, OWL, RDFS, SKOS, TYPE, XSD, value_of

PREFIX: Final = "links-"
DATASET: Final = NamedNode(BASE + "dcat#dataset")
_VOID: Final = "http://rdfs.org/ns/void#"
_SSSOM: Final = "https://w3id.org/sssom/"
_PAV: Final = "http://purl.org/pav/"
# By these a thing here is taken to be the thing there, more or less.
_IDENTITY: Final = {SAME, EXACT, CLOSE}


def linkset_graph(name: str) -> NamedNode:
    """Return the IRI of the named graph, and of the link set, of a target."""
    return NamedNode(f"{GRAPH}{PREFIX}{name}")


def published(links: Iterable[Link]) -> list[Link]:
    """Return the links that are published: all but those that someone has to confirm first."""
    return [link for link in links if link.verification != TO_CONFIRM]


def _space(objects: Iterable[str]) -> set[str]:
    """Return what the addresses of objects begin with: the scheme and host, or more where a code follows."""
    return {"/".join(iri.split("/")[:3]) + "/" for iri in objects}


def _described(one: LinkSet, links: list[Link]) -> Iterator[Triple]:
    node = linkset_graph(one.name)

    def say(predicate: str, value: NamedNode | Literal) -> Triple:
        return Triple(node, NamedNode(predicate), value)

    target = TARGETS[one.name]
    places = target.spaces if target.spaces[0].count("/") > 2 else sorted(_space(x.object for x in links))
    day = Literal(one.published, datatype=NamedNode(XSD + "date"))
    yield Triple(node, TYPE, NamedNode(_VOID + "Linkset"))
    yield say(DCTERMS + "title", Literal(one.title, language="en"))
    yield say(DCTERMS + "description", Literal(one.description, language="en"))
    yield say(DCTERMS + "license", NamedNode(one.licence))
    yield say(DCTERMS + "rights", Literal(one.rights, language="en"))
    yield say(DCTERMS + "modified", day)
    yield say(_VOID + "subjectsTarget", DATASET)
    for place in places:
        if any(link.object.startswith(place) for link in links):
            yield say(_VOID + "objectsTarget", NamedNode(place))
    for predicate in sorted({link.predicate for link in links}):
        yield say(_VOID + "linkPredicate", NamedNode(predicate))
    yield say(_VOID + "triples", Literal(str(len(links)), datatype=NamedNode(XSD + "integer")))


def _link(one: LinkSet, link: Link) -> Iterator[Triple]:
    subject, predicate, other = map(NamedNode, (link.subject, link.predicate, link.object))
    yield Triple(subject, predicate, other)
    if TARGETS[one.name].codes:
        yield Triple(other, NamedNode(SKOS + "notation"), Literal(link.object.rpartition("/")[2]))
    digest = hashlib.sha256(" ".join((link.subject, link.predicate, link.object)).encode()).hexdigest()[:16]
    node = NamedNode(f"{linkset_graph(one.name).value}#{digest}")
    facts: list[tuple[str, NamedNode | Literal]] = [
        (OWL + "annotatedSource", subject),
        (OWL + "annotatedProperty", predicate),
        (OWL + "annotatedTarget", other),
        (_SSSOM + "subject_label", Literal(link.subject_label)),
        (_SSSOM + "object_label", Literal(link.object_label)),
        (_SSSOM + "mapping_justification", NamedNode(link.justification)),
        (_SSSOM + "confidence", Literal(link.confidence, datatype=NamedNode(XSD + "decimal"))),
        (_PAV + "authoredBy", NamedNode(link.author)),
        (_PAV + "authoredOn", Literal(link.made, datatype=NamedNode(XSD + "date"))),
        (CSCIP + "linkVerification", Literal(link.verification)),
        *((CSCIP + "linkEvidence", Literal(piece)) for piece in link.evidence),
        *((CSCIP + "linkEvidenceVersion", Literal(version)) for version in dict.fromkeys(link.versions)),
    ]
    for name, day in zip(("linkValidFrom", "linkValidTo"), link.valid, strict=True):
        if day:
            facts.append((CSCIP + name, Literal(day, datatype=NamedNode(XSD + "date"))))
    if link.comment:
        facts.append((RDFS + "comment", Literal(link.comment, language="en")))
    yield Triple(node, TYPE, NamedNode(OWL + "Axiom"))
    for fact, value in facts:
        yield Triple(node, NamedNode(fact), value)


def _replaced(links: Iterable[Link]) -> Iterator[Triple]:
    """Yield which code came after which: a link beside the one in force, whose code began later."""
    before: dict[str, Link] = {link.subject: link for link in links if link.predicate == SAME}
    for link in links:
        old = before.get(link.subject)
        if link.predicate == SEE and old is not None and old.valid[1] and link.valid[0] > old.valid[1]:
            yield Triple(NamedNode(old.object), NamedNode(DCTERMS + "isReplacedBy"), NamedNode(link.object))


def link_quads(sets: Iterable[LinkSet]) -> list[Quad]:
    """Return the links as quads, each target's in its own graph, with a description of each link and set."""
    found: list[Quad] = []
    for one in sets:
        links = published(one.links)
        triples = [*_described(one, links), *(t for link in links for t in _link(one, link))]
        if one.name == "ons-geography":
            triples += _replaced(links)
        graph = linkset_graph(one.name)
        found += [Quad(t.subject, t.predicate, t.object, graph) for t in dict.fromkeys(triples)]
    return found


class _Known:
    """What the records say of each thing: its classes and its names."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.classes: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[str]] = defaultdict(set)
        labels = {NamedNode(RDFS + "label"), NamedNode(SKOS + "prefLabel")}
        for q in quads:
            subject = value_of(q.subject)
            if q.predicate == TYPE and subject.startswith(ID):
                self.classes[subject].add(value_of(q.object).rpartition("#")[2])
            elif q.predicate in labels:
                self.names[subject].add(value_of(q.object))

    def against(self, link: Link, target: Target) -> Iterator[tuple[str, str, str]]:
        """Yield field, problem and remedy of what a link says and the records do not bear out."""
        stated, short = self.classes.get(link.subject, set()), link.subject.removeprefix(ID)
        if not stated:
            yield "subject_id", f"{short} is not described anywhere.", "Mend the slug or remove the row."
            return
        if not stated & target.classes:
            allowed = ", ".join(sorted(target.classes))
            yield "subject_id", f"{short} is no {allowed}.", "Link the thing that is meant, not its place."
        if link.predicate == SAME and not stated & target.same:
            yield "predicate_id", f"{short} may not be the same as a thing there.", "Use closeMatch."
        if link.subject_label not in self.names[link.subject]:
            yield "subject_label", f"{short} has another name now.", "Read the link again; then mend it."


def _taken_twice(links: Iterable[Link]) -> Iterator[RecordError]:
    """Yield a fault for each object that two of our things are said to be."""
    first: dict[str, Link] = {}
    for link in links:
        if link.predicate not in _IDENTITY:
            continue
        other = first.setdefault(link.object, link)
        if other.subject != link.subject:
            yield RecordError(
                link.file,
                link.line,
                "object_id",
                f"{other.subject.removeprefix(ID)} is linked to it at {other.file}:{other.line}.",
                "Two things of ours are not one: keep the link of the one that is meant.",
            )


def check_subjects(sets: Iterable[LinkSet], quads: Iterable[Quad]) -> list[RecordError]:
    """Return the faults of links against the things that are described.

    Args:
        sets: the link sets.
        quads: the asserted statements.

    Returns:
        A fault for each subject that is not described, is of a class that its target does not take, or has
        another name; for each identity that its class may not have; and for each object that two of our
        things are said to be.
    """
    known, kept = _Known(quads), list(sets)
    found = [
        RecordError(link.file, link.line, *fault)
        for one in kept
        for link in one.links
        for fault in known.against(link, TARGETS[one.name])
    ]
    return [*found, *_taken_twice(link for one in kept for link in one.links)]
