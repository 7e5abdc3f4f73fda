"""What can be matched: interventions, organisations, councils, the areas of authorities, and measures.

In: nothing. Out: `KINDS` by their ids, as a reconciliation service tells them and `cscip link --to` takes
them. A council is an organisation; the area that it serves is another thing with another kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """One kind of thing that lists are matched with.

    Attributes:
        id: as queries name it; but for measures the name of a class of the ontology.
        name: as people call it.
        description: what belongs to it.
        plural: as `cscip link --to` takes it.
        folder: the first part of the ids of its things.
        broader: the kind that takes it in, or an empty string.
    """

    id: str
    name: str
    description: str
    plural: str
    folder: str
    broader: str = ""


INTERVENTION: Final = "Intervention"
ORGANISATION: Final = "Organisation"
COUNCIL: Final = "Council"
AREA: Final = "LocalAuthorityArea"
MEASURE: Final = "OutcomeMeasure"

KINDS: Final[dict[str, Kind]] = {
    kind.id: kind
    for kind in (
        Kind(
            INTERVENTION, "Intervention", "A model of practice or service.", "interventions", "intervention"
        ),
        Kind(
            ORGANISATION,
            "Organisation",
            "Evaluators, delivery bodies, funders; councils too.",
            "organisations",
            "organisation",
        ),
        Kind(
            COUNCIL,
            "Council",
            "A local authority as a body; it is not the area that it serves.",
            "councils",
            "organisation",
            ORGANISATION,
        ),
        Kind(
            AREA,
            "Local authority area",
            "The area of a local authority; it is not the council.",
            "areas",
            "area",
        ),
        Kind(MEASURE, "Outcome measure", "What was counted or asked.", "measures", "outcome-measure"),
    )
}
# What is looked for when no kind is named: an area only answers to those who ask for one.
USUAL: Final = (INTERVENTION, ORGANISATION, COUNCIL, MEASURE)


def kind_named(name: str) -> Kind | None:
    """Return a kind by its id, its name or its plural, capitals aside; None when there is none."""
    wanted = name.strip().casefold()
    for kind in KINDS.values():
        if wanted in (kind.id.casefold(), kind.name.casefold(), kind.plural):
            return kind
    return None


def agrees(own: Iterable[str], asked: Iterable[str]) -> bool:
    """Return whether a thing of these kinds is of one of those asked for; no kind asks for the usual ones."""
    return bool(set(own) & (set(asked) or set(USUAL)))
