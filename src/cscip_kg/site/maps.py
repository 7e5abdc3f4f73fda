"""The evidence gap map inside the site: its tables, and a page of findings behind each cell.

In: the kind of rows. Out: `Page`. The numbers are those of the stored queries of the topic `map`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from cscip_kg import gapmap, store
from cscip_kg.gapmap import TITLES, GapMap, Rows
from cscip_kg.namespaces import ID
from cscip_kg.site.known import Known
from cscip_kg.site.panels import Page, Section, Spec

CRUMB: Final = ("Gap map", "map/")


@lru_cache(maxsize=6)
def _made(kind: Rows, build: Path) -> GapMap:
    return gapmap.gap_map(kind, build.parent.parent)


def made(known: Known, kind: Rows) -> GapMap:
    """Return a map over the current build; it is worked out once."""
    return _made(kind, store.current(known.folder))


def path_of(kind: Rows) -> str:
    """Return the path of a map."""
    return "map/" if kind == "practice" else f"map/{kind}/"


def cell_path(row: str, outcome: str = "") -> str:
    """Return the path of what lies behind a cell; without an outcome, of the lessons of a row."""
    row_kind, _, slug = row.removeprefix(ID).partition("/")
    return f"map/{row_kind}/{slug}/{outcome.removeprefix(ID).partition('/')[2] or 'lessons'}/"


def page(known: Known, kind: Rows) -> Page:
    """Return the page of a map."""
    found = made(known, kind)
    picture = Markup(gapmap.svg_of(found)) if kind != "intervention" else ""  # noqa: S704 - our own, escaped
    return Page(
        path_of(kind),
        found.title,
        "How many findings stand where, how they turned out, and where the five sources report nothing.",
        (Section("", (Spec("cells", found.query),)),),
        template="map.html",
        crumbs=() if kind == "practice" else (CRUMB,),
        values={"map": found, "kinds": [(k, TITLES[k], path_of(k)) for k in TITLES], "picture": picture},
    )


def filled(found: GapMap) -> dict[str, tuple[str, str]]:
    """Return, by path, row and outcome of each cell that has something behind it; no outcome for lessons."""
    cells = {
        cell_path(row, outcome): (row, outcome)
        for (row, outcome), cell in found.cells.items()
        if cell.findings or cell.counts["contributions"]
    }
    lessons = {cell_path(h.iri): (h.iri, "") for h in found.rows if found.process[h.iri]["lessons"]}
    return cells | lessons


def cell_page(known: Known, path: str) -> Page | None:
    """Return what lies behind a cell; None when there is no such cell, or nothing in it."""
    for kind in TITLES:
        found = made(known, kind)
        if not (behind := filled(found).get(path)):
            continue
        row, outcome = behind
        of = known.name(row)
        crumbs = (CRUMB,) if kind == "practice" else (CRUMB, (TITLES[kind], path_of(kind)))
        short = row.removeprefix(ID)
        if not outcome:
            specs = (Spec("lessons", "map-lessons", {"row": short}),)
            return Page(path, f"{of}: lessons", "", (Section("Lessons", specs),), crumbs)
        values = {"row": short, "outcome": outcome.removeprefix(ID)}
        title = f"{of}: {known.name(outcome)}"
        specs = (Spec("findings", "map-cell", values, cards=False),)
        return Page(path, title, "", (Section("Findings, and what is said to have helped", specs),), crumbs)
    return None
