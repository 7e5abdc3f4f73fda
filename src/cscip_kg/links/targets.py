"""The targets of links: what of ours may be linked to each, by which predicates, to which addresses.

In: nothing. Out: `TARGETS`, by the name of the file. A link that its target does not allow is a fault: so a
council cannot become its area, nor a unit the body it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cscip_kg.namespaces import BASE, OWL, RDFS, SKOS

SAME: Final = OWL + "sameAs"
EXACT: Final = SKOS + "exactMatch"
CLOSE: Final = SKOS + "closeMatch"
NARROW: Final = SKOS + "narrowMatch"
BROAD: Final = SKOS + "broadMatch"
SEE: Final = RDFS + "seeAlso"
UNIT_OF: Final = "http://www.w3.org/ns/org#unitOf"

# How well a link is proved. A link of the last level is kept in its file and not published.
SNAPSHOT: Final = "snapshot"
SNAPSHOT_CODE: Final = "snapshot-code"
READ_ONCE: Final = "read-once"
TO_CONFIRM: Final = "to-confirm"
LEVELS: Final[Mapping[str, str]] = {
    SNAPSHOT: "rows of an extract hold the identifier and the name together",
    SNAPSHOT_CODE: "rows of an extract hold the code; its address follows the pattern of others",
    READ_ONCE: "read once in the page or file that is named; no extract holds it",
    TO_CONFIRM: "seen on a host that is not public; not published before someone has confirmed it",
}

_ONS: Final = "http://statistics.data.gov.uk/id/statistical-geography/"
_CODE: Final = BASE + "code/"
_PAGE: Final = ("http://", "https://")
_WORK: Final = frozenset({"Intervention", "Project", "Evaluation", "Programme", "Concept"})
_MODEL: Final = frozenset({"Intervention", "Concept"})
_BODY: Final = frozenset({"Organisation", "Council"})
_CONCEPT: Final = frozenset({"Concept"})


@dataclass(frozen=True)
class Target:
    """One dataset that ours is linked to.

    Attributes:
        classes: the classes, as they are stated in the records, of which a subject may be.
        predicates: the predicates that a link may have.
        spaces: what the IRI of an object may begin with.
        same: the classes whose things may be the same as the object; `owl:sameAs` is refused to others.
        codes: whether the last part of the object's IRI is a code, which is published as its notation.
    """

    classes: frozenset[str]
    predicates: frozenset[str]
    spaces: tuple[str, ...] = _PAGE
    same: frozenset[str] = frozenset()
    codes: bool = False


def _target(
    classes: frozenset[str],
    predicates: set[str],
    *spaces: str,
    same: frozenset[str] = frozenset(),
    codes: bool = False,
) -> Target:
    return Target(classes, frozenset(predicates), spaces or _PAGE, same, codes)


_AREA: Final = frozenset({"LocalAuthorityArea"})
_PLACE: Final = frozenset({"LocalAuthorityArea", "Region"})
_OWN_RECORD: Final = frozenset({"Organisation"})

TARGETS: Final[Mapping[str, Target]] = {
    "ons-geography": _target(_PLACE, {SAME, SEE}, _ONS, same=_PLACE, codes=True),
    "ons-regions": _target(_AREA, {BROAD}, _ONS),
    "dfe-codes": _target(_AREA, {EXACT}, _CODE + "dfe-la/", codes=True),
    "org-id": _target(frozenset({"Council"}), {EXACT}, _CODE + "org-id/", codes=True),
    "ror": _target(_BODY, {SAME, CLOSE, UNIT_OF}, "https://ror.org/", same=_OWN_RECORD),
    "wikidata": _target(_BODY, {EXACT, CLOSE}, "http://www.wikidata.org/entity/"),
    "companies-house": _target(_BODY, {EXACT, CLOSE}, "http://business.data.gov.uk/id/company/", codes=True),
    "charity-commission": _target(_BODY, {EXACT, CLOSE}, _CODE + "charity-ew/", codes=True),
    "govuk": _target(_BODY, {EXACT}, "https://www.gov.uk/government/organisations/"),
    "foundations-guidebook": _target(
        _MODEL, {EXACT, CLOSE}, "https://foundations.org.uk/", "https://guidebook.eif.org.uk/"
    ),
    "cebc": _target(
        _MODEL,
        {EXACT, CLOSE, SEE},
        "https://www.cebc4cw.org/program/",
        "http://www.cebc4cw.org/program/",
        "https://cebc4cw.org/program/",
    ),
    "title-iv-e": _target(
        _MODEL,
        {EXACT, CLOSE, SEE},
        "https://preventionservices.acf.hhs.gov/",
        "https://ffpsc-stage.abtsites.com/",
    ),
    "blueprints": _target(_MODEL, {EXACT, CLOSE, SEE}, "https://www.blueprintsprograms.org/"),
    "other-registries": _target(_MODEL, {EXACT, CLOSE, SEE}),
    "doi": _target(_WORK, {SEE}, "https://doi.org/10."),
    "later-studies": _target(_MODEL, {SEE}),
    "programme-pages": _target(_WORK, {SEE}),
    "report-pages": _target(_WORK, {SEE}),
    "snomed-ct": _target(_CONCEPT, {EXACT, NARROW}, "http://snomed.info/id/", codes=True),
    "instrument-pages": _target(_CONCEPT, {SEE}),
    "evaluation-registry": _target(
        _CONCEPT, {EXACT, CLOSE}, _CODE + "evaluation-registry-design/", codes=True
    ),
}
