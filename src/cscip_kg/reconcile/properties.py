"""Things → what may be added to a list beside their ids: codes, places, themes, how many findings there are.

In: a build. Out: `PROPERTIES`, and for each the values of every thing, read once when they are first wanted.
Only links by which a thing here is the one there are told as its codes; what is merely close is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode

from cscip_kg import store
from cscip_kg.described import opened
from cscip_kg.engine import select
from cscip_kg.namespaces import GRAPH, ID, LABEL, SKOS, short, value_of
from cscip_kg.reconcile.kinds import AREA, COUNCIL, INTERVENTION, KINDS, MEASURE, ORGANISATION
from cscip_kg.reconcile.register import register

Shape = Literal["thing", "text", "number"]
_BODIES: Final = (ORGANISATION, COUNCIL)
_PLACED: Final = (COUNCIL, AREA)


@dataclass(frozen=True)
class Property:
    """One property of things.

    Attributes:
        id: as clients name it; that of the ontology where it has one.
        name: as a column is headed.
        description: what stands in the column.
        kinds: ids of the kinds whose things have it.
        query: SPARQL for `?thing` and `?value`; empty for names, which the register holds.
        shape: what its values are.
        identifies: whether a value belongs to one thing only.
        of: the kind of its values, where lists can be matched with it.
    """

    id: str
    name: str
    description: str
    kinds: tuple[str, ...]
    query: str
    shape: Shape = "text"
    identifies: bool = False
    of: str = ""


@dataclass(frozen=True, order=True)
class Value:
    """One value: a text or number, or a thing with its id."""

    text: str
    id: str = ""


def _path(path: str) -> str:
    return f"SELECT DISTINCT ?thing ?value {{ ?thing {path} ?value }}"


def _code(target: str) -> str:
    """Return the query for identifiers in one other dataset: the last part of the address, or all of it."""
    there = f"GRAPH <{GRAPH}links-{target}> {{ ?thing owl:sameAs|skos:exactMatch ?there "
    code = "OPTIONAL { ?there skos:notation ?code } } BIND(COALESCE(?code, STR(?there)) AS ?value)"
    return f"SELECT DISTINCT ?thing ?value {{ {there} {code} }}"


_CODE_OF: Final = (
    "SELECT DISTINCT ?thing ?value { { ?thing cscip:serves ?area } UNION "
    "{ ?thing a cscip:LocalAuthorityArea BIND(?thing AS ?area) } "
)
_FINDINGS: Final = "SELECT ?thing (COUNT(DISTINCT ?finding) AS ?value) { %s } GROUP BY ?thing"

PROPERTIES: Final[dict[str, Property]] = {
    one.id: one
    for one in (
        Property("otherName", "Other names", "As vocabularies and sources have them.", tuple(KINDS), ""),
        Property("iri", "Lasting address", "The address that names the thing.", tuple(KINDS), ""),
        Property(
            "citation",
            "Where it is named",
            "Short id of a source and lines of its text.",
            tuple(KINDS),
            _path("cscip:hasAccount/cscip:citation|cscip:citation"),
        ),
        Property(
            "hasTheme", "Themes", "Of the sources' tables.", (INTERVENTION,), _path("cscip:hasTheme"), "thing"
        ),
        Property(
            "deliveredIn",
            "Places",
            "Areas in which it ran.",
            (INTERVENTION,),
            _path("^cscip:delivers/cscip:deliveredIn"),
            "thing",
            of=AREA,
        ),
        Property(
            "deliveredInRegion",
            "Regions",
            "Regions in which it ran.",
            (INTERVENTION,),
            _path("cscip:deliveredInRegion"),
            "thing",
        ),
        Property(
            "deliveredInRound",
            "Rounds",
            "Rounds of the programme.",
            (INTERVENTION,),
            _path("cscip:deliveredInRound"),
            "thing",
        ),
        Property(
            "ledBy",
            "Led by",
            "Organisations that led its projects.",
            (INTERVENTION,),
            _path("^cscip:delivers/cscip:ledBy"),
            "thing",
            of=ORGANISATION,
        ),
        Property(
            "evaluatedByOrganisation",
            "Evaluated by",
            "Organisations that studied it.",
            (INTERVENTION,),
            _path("cscip:evaluatedByOrganisation"),
            "thing",
            of=ORGANISATION,
        ),
        Property(
            "servesPopulation",
            "For whom",
            "Whom it is for.",
            (INTERVENTION,),
            _path("cscip:servesPopulation"),
            "thing",
        ),
        Property(
            "usesApproach",
            "Approaches",
            "Approaches of practice in it.",
            (INTERVENTION,),
            _path("cscip:usesApproach"),
            "thing",
        ),
        Property(
            "findings",
            "Findings",
            "How many findings are reported; a count is no score.",
            (INTERVENTION, MEASURE),
            _FINDINGS % "{ ?thing cscip:hasFinding ?finding } UNION { ?finding cscip:aboutMeasure ?thing }",
            "number",
        ),
        Property(
            "unitOf",
            "Unit of",
            "The body that it belongs to.",
            _BODIES,
            _path("cscip:unitOf"),
            "thing",
            of=ORGANISATION,
        ),
        Property(
            "serves",
            "Area",
            "The area that a council serves.",
            (COUNCIL,),
            _path("cscip:serves"),
            "thing",
            of=AREA,
        ),
        Property(
            "servedBy",
            "Council",
            "The council of an area.",
            (AREA,),
            _path("^cscip:serves"),
            "thing",
            of=COUNCIL,
        ),
        Property(
            "gssCode",
            "GSS code",
            "Code of the area, as it was in force when the round began.",
            _PLACED,
            _CODE_OF + "?area owl:sameAs/skos:notation ?value }",
            identifies=True,
        ),
        Property(
            "gssSuccessor",
            "GSS code since",
            "The code that came after; empty while the first is in force.",
            _PLACED,
            _CODE_OF + "?area owl:sameAs/dcterms:isReplacedBy/skos:notation ?value }",
        ),
        Property(
            "dfeCode",
            "DfE code",
            "Code of the local authority in the Department's statistics.",
            _PLACED,
            _CODE_OF + f"GRAPH <{GRAPH}links-dfe-codes> {{ ?area skos:exactMatch/skos:notation ?value }} }}",
            identifies=True,
        ),
        Property(
            "region",
            "Region",
            "The region in which the code lies.",
            _PLACED,
            _CODE_OF + "?area skos:broadMatch ?code . ?value owl:sameAs ?code ; a cscip:Region }",
            "thing",
        ),
        Property(
            "orgId", "org-id", "Identifier of the council.", (COUNCIL,), _code("org-id"), identifies=True
        ),
        Property("ror", "ROR", "Its own record, never its parent's.", _BODIES, _code("ror"), identifies=True),
        Property("wikidata", "Wikidata", "Its own item.", _BODIES, _code("wikidata"), identifies=True),
        Property(
            "companyNumber",
            "Company number",
            "At Companies House.",
            _BODIES,
            _code("companies-house"),
            identifies=True,
        ),
        Property(
            "charityNumber",
            "Charity number",
            "In England and Wales.",
            _BODIES,
            _code("charity-commission"),
            identifies=True,
        ),
        Property("govuk", "GOV.UK", "Its page on GOV.UK.", _BODIES, _code("govuk"), identifies=True),
        Property(
            "registryEntry",
            "In evidence registries",
            "Entries that come close; they speak of a model, not of what the programme did.",
            (INTERVENTION,),
            "SELECT DISTINCT ?thing ?value { ?thing a cscip:Intervention ; skos:closeMatch ?there "
            "BIND(STR(?there) AS ?value) }",
        ),
        Property(
            "measuresOutcome",
            "DfE outcome",
            "The outcome of the Department that it speaks to.",
            (MEASURE,),
            _path("cscip:measuresOutcome"),
            "thing",
        ),
        Property(
            "desiredDirection",
            "Desired direction",
            "Which way is hoped for; contested where opinions differ.",
            (MEASURE,),
            _path("cscip:desiredDirection"),
            "thing",
        ),
        Property("definition", "Definition", "What is meant.", (MEASURE,), _path("skos:definition")),
    )
}
# What a preview shows of a thing, as far as it has it.
TELLING: Final = (
    "hasTheme", "deliveredIn", "deliveredInRound", "unitOf", "serves", "servedBy", "gssCode", "region",
    "measuresOutcome", "definition", "findings",
)  # fmt: skip


@lru_cache(maxsize=2)
def _names(build: Path) -> dict[str, str]:
    graph = opened(build.parent.parent)
    found = {}
    for predicate in (NamedNode(SKOS + "prefLabel"), LABEL):
        for quad in graph.quads_for_pattern(None, predicate, None, None):
            found[value_of(quad.subject)] = value_of(quad.object)
    return found


def name_of(iri: str, folder: Path | None = None) -> str:
    """Return what people call a thing; its short id when it has no name."""
    return _names(store.current(folder)).get(iri, short(iri))


def _read(one: Property, folder: Path) -> Iterator[tuple[str, Value]]:
    known = register(folder)
    if one.id == "iri":
        yield from ((iri, Value(iri)) for iri in known.entities)
    elif one.id == "otherName":
        for name in known.names:
            if name.form in ("alternative", "printed") and name.text != name.entity.name:
                yield name.entity.iri, Value(name.text)
    else:
        for row in select(opened(folder), one.query):
            thing, value = value_of(row["thing"]), value_of(row["value"])
            if one.shape == "thing":
                yield thing, Value(name_of(value, folder), value.removeprefix(ID))
            else:
                yield thing, Value(short(value).removeprefix("source/"))


@lru_cache(maxsize=64)
def _values(one: Property, build: Path) -> Mapping[str, tuple[Value, ...]]:
    entities = register(build.parent.parent).entities
    found: dict[str, set[Value]] = defaultdict(set)
    for iri, value in _read(one, build.parent.parent):
        if iri in entities and set(entities[iri].kinds) & set(one.kinds):
            found[iri].add(value)
    return {iri: tuple(sorted(several)) for iri, several in found.items()}


def values(one: Property, iri: str, folder: Path | None = None) -> tuple[Value, ...]:
    """Return the values that a thing has of a property, sorted.

    Args:
        one: the property.
        iri: the thing.
        folder: the build folder.

    Raises:
        NoStoreError: nothing has been built.
    """
    return _values(one, store.current(folder)).get(iri, ())


def bearers(one: Property, wanted: str, folder: Path | None = None) -> list[str]:
    """Return the IRIs of the things that have a value of a property, given as its text or its id."""
    told = wanted.strip().casefold()
    every = _values(one, store.current(folder))
    return [iri for iri, several in every.items() if any(told in (v.text.casefold(), v.id) for v in several)]
