"""Pages → HTML: runs the panels of a page and fills its template.

In: a `Page` and the request. Out: HTML. All links are relative, so that a page reads the same on a server,
under a prefix, and as a file.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from cscip_kg.document import NOTHING
from cscip_kg.output import citations_text
from cscip_kg.pages import render
from cscip_kg.queries import find
from cscip_kg.reply import HTML, Reply, Request
from cscip_kg.site import interventions, library, maps, statements
from cscip_kg.site.cells import Here, citations, listed
from cscip_kg.site.known import Known, words_of
from cscip_kg.site.panels import MOST, Page, Panel, Section, needs_caution, panel, panel_of, rows
from cscip_kg.site.rows import Shown
from cscip_kg.site.special import PROSE

MENU: Final = (
    ("Interventions", "interventions/"),
    ("Outcomes", "outcomes/"),
    ("Practice", "practice/"),
    ("Gap map", "map/"),
    ("Lessons", "lessons/"),
    ("Costs", "costs/"),
    ("Ask", "ask/"),
    ("Queries", "queries/"),
    ("Search", "search/"),
)
FOOT: Final = (
    ("About", "about/"),
    ("Method", "method/"),
    ("Sources", "sources/"),
    ("Contradictions", "discrepancies/"),
    ("Measures", "measures/"),
    ("Evaluations", "evaluations/"),
    ("Organisations", "organisations/"),
    ("Places", "places/"),
    ("Compare", "compare/"),
    ("Vocabulary", "vocabulary/"),
    ("Ontology", "ontology/"),
    ("SPARQL", "sparql-editor/"),
    ("Downloads", "downloads/"),
    ("How to cite", "cite/"),
    ("Contribute", "contribute/"),
    ("Accessibility", "accessibility/"),
)


def _sections(known: Known, here: Here, page: Page, number: int) -> list[tuple[Section, list[Panel]]]:
    """Return the panels of each section; on further pages only those that go on there."""
    made = []
    taken: set[str] = set()
    for section in page.sections:
        panels = [_once(panel(known, here, spec, number), taken) for spec in section.specs]
        panels = [p for p in panels if p.pages >= number]
        if panels:
            made.append((section, panels))
    return made


def _once(made: Panel, taken: set[str]) -> Panel:
    """Return the panel with each place on the page named once: several rows may tell of one record."""
    ids = []
    for name in made.shown.ids:
        ids.append("" if name in taken else name)
        taken.add(name)
    return replace(made, shown=replace(made.shown, ids=ids))


def lines_html(known: Known, here: Here, cell: str) -> Markup:
    """Return the lines of a comparison's cell as HTML, the citations that they end with as links."""
    made = []
    for line in cell.split("\n"):
        words, _, cites = line.rpartition(" [")
        if words and "#L" in cites:
            made.append(f"{escape(words)} {citations(known, here, cites.removesuffix(']'))}")
        else:
            made.append(escape(line))
    return Markup(listed(made))  # noqa: S704 - each part has been escaped


def _command(here: Here, command: str) -> tuple[str, str]:
    """Return a command for a stored query as the query's summary and the address of its page."""
    _, _, name, *given = shlex.split(command)
    pairs = [pair.split("=", 1) for pair in given if "=" in pair]
    values = dict(pairs)
    again = f"?{urlencode(values)}" if values else ""
    told = f": {', '.join(values.values())}" if values else ""
    return f"{find(name).summary}{told}", here.to(f"queries/{name}/") + again


def _narrowed(known: Known, here: Here, page: Page, _: Request) -> dict[str, Any]:
    table = interventions.narrowed(known, rows(known, interventions.SPEC), page.values["wanted"])
    made = panel_of(known, here, interventions.SPEC, table, (1, len(table.rows) or 1))
    made = replace(made, shown=replace(made.shown, data=interventions.data_of(known, table)))
    return {"panel": made, "query": urlencode(page.values["wanted"])}


def _asked(_: Known, here: Here, page: Page, __: Request) -> dict[str, Any]:
    answer = page.values["answer"]
    return {
        "again": urlencode(dict(answer.parameters)) if answer else "",
        "alternatives": [_command(here, text) for text in answer.alternatives] if answer else [],
        "first_of": lambda table: Shown(table.headings, table.rows[:MOST]),
    }


def _searched(known: Known, here: Here, _: Page, __: Request) -> dict[str, Any]:
    def cite(found: list[str]) -> Markup:
        return Markup(citations(known, here, citations_text(found)))  # noqa: S704 - escaped there

    return {"words": words_of, "cite": cite}


# What a template needs beside the page.
_MORE: Final[dict[str, Callable[[Known, Here, Page, Request], dict[str, Any]]]] = {
    "home.html": lambda known, *_: {"map": maps.made(known, "practice"), "cell_path": maps.cell_path},
    "map.html": lambda *_: {"cell_path": maps.cell_path},
    "interventions.html": _narrowed,
    "search.html": _searched,
    "ask.html": _asked,
    "compare.html": lambda known, here, _, request: {
        "lines": lambda cell: lines_html(known, here, cell),
        "query": urlencode(request.params),
    },
}


def _answer(known: Known, here: Here, page: Page, request: Request, number: int) -> dict[str, Any]:
    """Return what the page of a stored query shows of its answer."""
    spec = page.values["spec"]
    if spec is None:
        return {"panel": None, "bars": [], "forms": (), "plain_pages": True}
    table = rows(known, spec)
    given = any(value for name, value in request.params if name != "page")
    number = int(request.first("page")) if request.first("page").isdecimal() and given else number
    made = panel_of(known, here, spec, table, (max(1, number), MOST))
    return {
        "panel": made,
        "bars": library.bars(table) if number <= 1 else [],
        "forms": _FORMS,
        "plain_pages": not given,
    }


def laid_out(known: Known, here: Here, page: Page, request: Request, number: int = 1) -> Reply | None:
    """Return a page as a reply; None when it has no such further page of rows."""
    values: dict[str, Any] = {"sections": [], "panel": None}
    if page.template in _PANELS:
        values["sections"] = _sections(known, here, page, number)
        if number > 1 and not values["sections"]:
            return None
    if page.template == "thing.html":
        path = page.path.rstrip("/")
        taken = {i for _, ps in values["sections"] for p in ps for i in p.shown.ids if i}
        values |= {"records": [], "parts_of_source": [], "taken": taken}
        if number == 1:
            table = statements.statements(known, path)
            values["records"] = statements.records(known, here, path, table)
            values["parts_of_source"] = statements.parts_of(path, table) if path.startswith("source/") else []
    if page.template == "query.html":
        values |= _answer(known, here, page, request, number)
        if number > 1 and (values["panel"] is None or number > values["panel"].pages):
            return None
    elif number > 1 and page.template not in _PANELS:
        return None
    if more := _MORE.get(page.template):
        values |= more(known, here, page, request)
    specs = list(page.specs())
    if page.template == "query.html" and values["panel"]:
        specs = [page.values["spec"]]
    text = render(
        f"site/{page.template}",
        page=page,
        here=here,
        known=known,
        number=number,
        base=here.to(page.path) if number > 1 else "",
        menu=MENU,
        foot=FOOT,
        silent=NOTHING,
        most=MOST,
        cautious=needs_caution(specs),
        **values,
    )
    return Reply(200, HTML, text.encode())


_PANELS: Final = ("page.html", "thing.html", *(f"{name}.html" for name in PROSE))
_FORMS: Final = ("CSV", "JSON", "Turtle")
