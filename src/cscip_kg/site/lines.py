"""Pages of lines of a source: every place that is cited there, and the statements that rest on it.

In: a source and a run of lines. Out: `Page`. The text itself is not shown: it is not part of the project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import queries
from cscip_kg.namespaces import CSCIP, ID
from cscip_kg.queries import cell_value
from cscip_kg.site.known import Known
from cscip_kg.site.panels import Page, Section, Spec

_BLOCK: Final = re.compile(r"lines-(\d+)-(\d+)")
_CITED: Final = re.compile(r".*#(L(\d+)(?:-(\d+))?)")


@dataclass(frozen=True)
class Place:
    """One cited place: its name such as `L585`, heading, printed page, and the statements that cite it."""

    id: str
    heading: str
    page: str
    statements: tuple[str, ...]


def _one(known: Known, subject: str, name: str) -> str:
    quads = known.store.quads_for_pattern(NamedNode(subject), NamedNode(CSCIP + name), None, None)
    return next((cell_value(quad.object) for quad in quads), "")


def places(known: Known, spec: Spec) -> list[Place]:
    """Return the places that begin in a run of lines, in the order of the lines."""
    table = known.rows(queries.find(spec.query), spec.values)
    first, last = int(spec.values["from"]), int(spec.values["to"])
    found: dict[tuple[int, int, str], set[str]] = {}
    for statement, _, citation in table.rows:
        if match := _CITED.fullmatch(cell_value(citation)):
            start, end = int(match[2]), int(match[3] or match[2])
            if first <= start <= last:
                found.setdefault((start, end, cell_value(citation)), set()).add(cell_value(statement))
    return [
        Place(
            citation.partition("#")[2],
            _one(known, citation, "heading"),
            _one(known, citation, "printedPage"),
            tuple(sorted(statements)),
        )
        for (_, _, citation), statements in sorted(found.items())
    ]


def page(known: Known, slug: str, block: str) -> Page | None:
    """Return the page of a run of lines; None when the source has no such run."""
    path = f"source/{slug}/{block}/"
    if not (match := _BLOCK.fullmatch(block)) or not known.is_thing(f"source/{slug}"):
        return None
    source = known.name(f"{ID}source/{slug}")
    spec = Spec("lines", "cited-from-lines", {"source": slug, "from": match[1], "to": match[2]}, cards=False)
    return Page(
        path,
        f"{slug}, lines {match[1]} to {match[2]}",
        f"Every place in these lines of “{source}” that a statement of the graph rests on.",
        (Section("", (spec,)),),
        (("Sources", "sources/"), (source, f"source/{slug}/")),
        template="lines.html",
        values={"places": places(known, spec)},
    )
