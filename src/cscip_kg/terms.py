"""Every term used must be declared: a misspelt class or property is an error, not a new one.

In: quads. Out: the IRIs that stand for a term of a known namespace and are not one. SHACL alone does not
see this: data typed with a misspelt class conforms to every shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from keyword import kwlist

from pyoxigraph import NamedNode, Quad

from cscip_kg.namespaces import CSCIP, TYPE, short, value_of


@dataclass(frozen=True)
class UnknownTerm:
    """One use of an undeclared term: the subject that uses it, the term, and the nearest declared one."""

    subject: str
    term: str
    nearest: str | None


@cache
def _published() -> Mapping[str, frozenset[str]]:
    """Return the terms of the well-known vocabularies, by namespace, as rdflib lists them."""
    from rdflib import namespace  # noqa: PLC0415 - rdflib is slow to import and not always needed

    names = ("DCAT DCTERMS FOAF ORG OWL PROV QB RDF RDFS SDO SH SKOS VANN VOID XSD").split(" ")
    found = (getattr(namespace, name) for name in names)
    # Names that Python reserves, such as sh:class and sh:in, are no attributes and not in dir().
    return {
        str(space): frozenset(map(str, (*dir(space), *(space[word] for word in kwlist if word in space))))
        for space in found
    }


def _namespace(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut]


def unknown_terms(quads: Iterable[Quad], declarations: Iterable[Quad] = ()) -> list[UnknownTerm]:
    """Return the undeclared terms among `quads`.

    A term is an IRI of our ontology's namespace or of a well-known vocabulary, wherever it stands. Ours
    must be declared (have a type) in `quads` or `declarations`; the others must be in their published list.
    """
    kept = list(quads)
    declared = {q.subject.value for q in (*kept, *declarations)
                if q.predicate == TYPE and isinstance(q.subject, NamedNode)}  # fmt: skip
    published = _published()
    found: dict[tuple[str, str], UnknownTerm] = {}
    for quad in kept:
        for node in (quad.subject, quad.predicate, quad.object):
            if not isinstance(node, NamedNode):
                continue
            space = _namespace(node.value)
            if node.value == space or (space != CSCIP and space not in published):
                continue
            if node.value in (declared if space == CSCIP else published[space]):
                continue
            if space != CSCIP and node == quad.subject:
                continue
            subject = value_of(quad.subject)
            pool = [i for i in declared if i.startswith(CSCIP)] if space == CSCIP else published[space]
            near = get_close_matches(node.value, pool, 1, 0.8)
            found[subject, node.value] = UnknownTerm(subject, node.value, short(near[0]) if near else None)
    return [found[key] for key in sorted(found)]
