"""Values → HTML: links to pages, citations, effects, lists; every text escaped, every address relative.

In: a value and the page that it will stand on. Out: HTML. Only web addresses become links; an effect tells by
word and sign, not by colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from pyoxigraph import Literal

from cscip_kg.document import told_cell
from cscip_kg.gapmap import EFFECTS
from cscip_kg.namespaces import ID
from cscip_kg.site.known import Known

# Whose names stand in a column.
_KINDS: Final = {
    "approach": ("practice-approach",),
    "areas": ("area",),
    "audience": ("audience",),
    "contributor": ("practice-approach", "practice-measure"),
    "effect": ("effect",),
    "evaluation": ("evaluation",),
    "evaluator": ("organisation",),
    "evaluators": ("organisation",),
    "intervention": ("intervention",),
    "interventionName": ("intervention",),
    "lead": ("organisation",),
    "leads": ("organisation",),
    "measure": ("outcome-measure", "practice-measure"),
    "method": ("economic-method", "method"),
    "methods": ("method",),
    "outcome": ("dfe-outcome", "outcome-scope"),
    "outcomes": ("dfe-outcome", "outcome-scope"),
    "population": ("population",),
    "populations": ("population",),
    "project": ("project",),
    "region": ("area",),
    "regions": ("area",),
    "round": ("round",),
    "rounds": ("round",),
    "source": ("source",),
    "theme": ("theme",),
    "themes": ("theme",),
    "thing": ("evaluation", "intervention", "project"),
    "topic": ("topic",),
    "area": ("area",),
    "local_authorities": ("area",),
    "lead_organisations": ("organisation",),
}
_COLOURS: Final = {
    "favourable": "blue",
    "unfavourable": "orange",
    "no change": "grey",
    "mixed": "purple",
    "unclear": "grey",
}
_SIGNS: Final = {words: sign for _, words, sign in EFFECTS}
# Joined values that a query's header does not declare: one a line, as the profiles have them.
_LINE = re.compile(r"\n|\|")


@dataclass(frozen=True)
class Here:
    """The page that is being made: its path, and whether it will be a file without a server behind it."""

    path: str
    static: bool = False

    def to(self, path: str) -> str:
        """Return the relative address of another page of the site."""
        return "../" * self.path.count("/") + path or "./"


def link(here: Here, path: str, text: str) -> str:
    """Return a link to a page, or the text alone where there is none."""
    return (
        f'<a class="govuk-link" href="{escape(here.to(path))}">{escape(text)}</a>' if path else escape(text)
    )


def outward(iri: str, text: str = "") -> str:
    """Return a link to an address elsewhere; what is no web address stays text."""
    if iri.startswith(("https://", "http://")):
        return f'<a class="govuk-link" href="{escape(iri)}">{escape(text or iri)}</a>'
    return escape(text or iri)


def thing_link(known: Known, here: Here, iri: str, text: str = "") -> str:
    """Return a link to the page of a thing, called by its name."""
    if path := known.path(iri):
        return link(here, path, text or known.name(iri))
    return outward(iri, text)


def citations(known: Known, here: Here, text: str) -> str:
    """Return citations as text, each set of lines a link to them: `rees-2017#L5 L7; wwcsc-2021#L9`."""
    made = []
    for group in filter(None, text.split("; ")):
        source, _, lines = group.partition("#")
        links = [
            link(here, known.path(f"{ID}source/{source}#{one}"), one if n else f"{source}#{one}")
            for n, one in enumerate(lines.split())
        ]
        made.append(" ".join(links))
    return f'<span class="app-cite">{"; ".join(made)}</span>' if made else ""


def effect(text: str) -> str:
    """Return an effect as a tag that tells by word and sign, not by colour alone."""
    word = text.casefold()
    if word not in _COLOURS:
        return escape(text)
    sign = f'<span aria-hidden="true">{_SIGNS[word]} </span>'
    return f'<strong class="govuk-tag govuk-tag--{_COLOURS[word]}">{sign}{escape(text)}</strong>'


def listed(lines: Sequence[str]) -> str:
    """Return lines of HTML as a list when there are several."""
    if len(lines) < 2:
        return "".join(lines)
    return '<ul class="app-list">' + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def value_html(known: Known, here: Here, column: str, raw: str, *, joined: bool = False) -> str:
    """Return the text of a cell as HTML, names of things linked, several values as a list."""
    if column == "effect":
        return effect(raw)
    if column == "amount":
        return escape(told_cell(column, Literal(raw)))
    parts = _LINE.split(raw) if joined or column in _KINDS else raw.split("\n")
    lines = []
    for part in filter(None, parts):
        if part.startswith(ID):
            lines.append(thing_link(known, here, part))
            continue
        found = (known.called.get((kind, part.casefold())) for kind in _KINDS.get(column, ()))
        iri = next(filter(None, found), "")
        lines.append(thing_link(known, here, iri, part) if iri else escape(part))
    return listed(lines)
