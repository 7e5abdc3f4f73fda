"""The documentation of the ontology: every class and property as the ontology graph of the build has it.

In: the build. Out: `Page`. The place of a term on the page is its name, so that the term's IRI leads to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup
from pyoxigraph import BlankNode, NamedNode

from cscip_kg.namespaces import CSCIP, ONTOLOGY_GRAPH, OWL, RDF, RDFS, SKOS, TYPE, short, value_of
from cscip_kg.site.cells import Here, listed, thing_link
from cscip_kg.site.known import Known
from cscip_kg.site.panels import Page, Section, Spec

_SCHEMA: Final = "https://schema.org/"
_SORTS: Final = (
    ("Classes", OWL + "Class"),
    ("Object properties", OWL + "ObjectProperty"),
    ("Datatype properties", OWL + "DatatypeProperty"),
    ("Annotation properties", OWL + "AnnotationProperty"),
)
_FACTS: Final = (
    (RDFS + "subClassOf", "Kind of"),
    (RDFS + "subPropertyOf", "Narrower than"),
    (_SCHEMA + "domainIncludes", "Stands on"),
    (_SCHEMA + "rangeIncludes", "Takes"),
    (OWL + "inverseOf", "Inverse of"),
    (RDFS + "seeAlso", "Values from"),
    (SKOS + "scopeNote", "Note"),
    (SKOS + "example", "Example"),
)


@dataclass(frozen=True)
class Term:
    """One class or property: name, label, definition, and facts as HTML."""

    name: str
    label: str
    definition: str
    facts: tuple[tuple[str, Markup], ...]


def _values(known: Known, subject: NamedNode | BlankNode, prop: str) -> list[NamedNode | BlankNode | str]:
    found: list[NamedNode | BlankNode | str] = []
    for quad in known.store.quads_for_pattern(subject, NamedNode(prop), None, ONTOLOGY_GRAPH):
        at = quad.object
        found.append(at if isinstance(at, NamedNode | BlankNode) else value_of(at))
    return sorted(found, key=str)


def _members(known: Known, node: NamedNode | BlankNode) -> list[NamedNode | BlankNode]:
    made: list[NamedNode | BlankNode] = []
    at: NamedNode | BlankNode | str = node
    while isinstance(at, BlankNode):
        made += [v for v in _values(known, at, RDF + "first") if not isinstance(v, str)]
        (at,) = _values(known, at, RDF + "rest") or [""]
    return made


def _said(known: Known, here: Here, value: NamedNode | BlankNode | str) -> str:
    """Return a value of the ontology in words: terms as links, restrictions spelled out."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, NamedNode):
        text = short(value.value)
        return thing_link(
            known,
            here,
            value.value,
            text if value.value.startswith(CSCIP) else known.names.get(value.value, text),
        )
    if both := _values(known, value, OWL + "intersectionOf"):
        parts = (
            [_said(known, here, member) for member in _members(known, both[0])]
            if not isinstance(both[0], str)
            else []
        )
        return " and ".join(parts)
    on = _values(known, value, OWL + "onProperty")
    for prop, word in ((OWL + "someValuesFrom", "some"), (OWL + "hasValue", "with the value")):
        if on and (at := _values(known, value, prop)):
            return f"{_said(known, here, on[0])} {word} {_said(known, here, at[0])}"
    return ""


def terms(known: Known, here: Here) -> list[tuple[str, list[Term]]]:
    """Return the terms of the ontology by sort, in the order of their names."""
    made = []
    for title, sort in _SORTS:
        quads = known.store.quads_for_pattern(None, TYPE, NamedNode(sort), ONTOLOGY_GRAPH)
        nodes = sorted(
            {q.subject for q in quads if isinstance(q.subject, NamedNode)}, key=lambda n: n.value.casefold()
        )
        made.append((title, [_term(known, here, n) for n in nodes if n.value.startswith(CSCIP)]))
    return [(title, found) for title, found in made if found]


def _term(known: Known, here: Here, node: NamedNode) -> Term:
    facts = []
    for prop, title in _FACTS:
        said = [text for v in _values(known, node, prop) if (text := _said(known, here, v))]
        if said:
            facts.append((title, _marked(said)))
    if same := [
        text for v in _values(known, node, OWL + "equivalentClass") if (text := _said(known, here, v))
    ]:
        facts.append(("Whatever is", _marked(same)))
    for chain in _values(known, node, OWL + "propertyChainAxiom"):
        if not isinstance(chain, str):
            steps = [_said(known, here, member) for member in _members(known, chain)]
            facts.append(("Follows from", _marked([" then ".join(steps)])))
    texts = [next(iter(_values(known, node, p)), "") for p in (RDFS + "label", SKOS + "definition")]
    return Term(node.value.removeprefix(CSCIP), str(texts[0]), str(texts[1]), tuple(facts))


def _marked(lines: Sequence[str]) -> Markup:
    return Markup(listed(lines))  # noqa: S704 - each line has been escaped


def page(known: Known, here: Here) -> Page:
    """Return the documentation of the ontology."""
    return Page(
        "ontology/",
        "Ontology",
        "The classes and properties that the graph is made with, each with its definition and where "
        "it stands.",
        (Section("", (Spec("terms", "ontology-terms"),)),),
        template="ontology.html",
        values={"sorts": terms(known, here), "namespace": CSCIP},
    )
