"""The list of interventions, whole or narrowed by theme, round, region, outcome, practice, design, evaluator.

In: the build and the chosen values. Out: `Page`, its table and its form. Which interventions a value holds
for is told by stored queries; each row carries its values, so that a script can narrow without a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from cscip_kg import queries, store
from cscip_kg.namespaces import ID
from cscip_kg.queries import Table, cell_value
from cscip_kg.reply import Request
from cscip_kg.site.known import Known, known
from cscip_kg.site.panels import Page, Spec

# Name of the filter: its label, the stored query, the columns of intervention and value, the value's kind,
# and a column that must be more than 0.
_FACETS: Final = {
    "theme": ("Theme", "interventions-by-theme", "intervention", "theme", "theme", ""),
    "round": ("Round", "interventions-in-round", "intervention", "round", "round", ""),
    "region": ("Region", "interventions", "id", "regions", "area", ""),
    "outcome": (
        "Outcome with a finding",
        "map-intervention-by-outcome",
        "row",
        "outcomeName",
        "dfe-outcome",
        "findings",
    ),
    "practice": (
        "Practice measure",
        "interventions-with-practice-measure",
        "intervention",
        "measure",
        "practice-measure",
        "",
    ),
    "design": ("Study design", "evaluations", "intervention", "designs", "study-design", ""),
    "evaluator": ("Evaluator", "evaluations", "intervention", "evaluators", "organisation", ""),
}
_HIDDEN: Final = ("names", "adapted_from", "incorporates", "lead_organisations")
SPEC: Final = Spec("list", "interventions", hidden=_HIDDEN)


@dataclass(frozen=True)
class Choice:
    """One field of the form: its name, label, values with their labels, and the one chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Facets:
    """For each filter, label by value, and the values of each intervention."""

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)


@lru_cache(maxsize=2)
def _facets(build: Path) -> Facets:
    found = known(build.parent.parent)
    tables: dict[str, Table] = {}
    labels: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, set[str]]] = {}
    for name, (_, query, about, column, kind, least) in _FACETS.items():
        if query not in tables:
            tables[query] = found.rows(queries.find(query), {})
        table = tables[query]
        places = {c: n for n, c in enumerate(table.columns)}
        for row in table.rows:
            if least and int(cell_value(row[places[least]])) < 1:
                continue
            for text in cell_value(row[places[column]]).split("|"):
                iri = found.called.get((kind, text.casefold()))
                if iri is None and kind == "dfe-outcome":
                    iri = found.called.get(("outcome-scope", text.casefold()))
                if iri is None:
                    continue
                slug = iri.removeprefix(ID).partition("/")[2]
                labels.setdefault(name, {})[slug] = found.name(iri)
                values.setdefault(name, {}).setdefault(cell_value(row[places[about]]), set()).add(slug)
    return Facets(
        labels,
        {name: {i: frozenset(v) for i, v in by.items()} for name, by in values.items()},
    )


def facets(found: Known) -> Facets:
    """Return the values of every intervention for every filter."""
    return _facets(store.current(found.folder))


def chosen(request: Request) -> dict[str, str]:
    """Return the filters that a request asks for."""
    return {name: value for name in _FACETS if (value := request.first(name))}


def narrowed(found: Known, table: Table, wanted: Mapping[str, str]) -> Table:
    """Return the rows of the interventions for which every wanted value holds."""
    values = facets(found).values
    place = table.columns.index("id")
    rows = [
        row
        for row in table.rows
        if all(
            slug in values.get(name, {}).get(cell_value(row[place]), frozenset())
            for name, slug in wanted.items()
        )
    ]
    return Table(table.columns, rows)


def choices(found: Known, wanted: Mapping[str, str]) -> list[Choice]:
    """Return the fields of the form with their values."""
    labels = facets(found).labels
    return [
        Choice(
            name,
            label,
            tuple(sorted(labels.get(name, {}).items(), key=lambda option: option[1].casefold())),
            wanted.get(name, ""),
        )
        for name, (label, *_) in _FACETS.items()
    ]


def data_of(found: Known, table: Table) -> list[dict[str, str]]:
    """Return the values of each row by filter, as the attributes of a row."""
    values = facets(found).values
    place = table.columns.index("id")
    return [
        {name: " ".join(sorted(values.get(name, {}).get(cell_value(row[place]), ()))) for name in _FACETS}
        for row in table.rows
    ]


def page(found: Known, request: Request) -> Page:
    """Return the page of the list, narrowed as the request asks."""
    wanted = chosen(request)
    return Page(
        "interventions/",
        "Interventions",
        "Every model of practice or service that a source names as part of the programme, in the order "
        "of the alphabet.",
        template="interventions.html",
        values={"wanted": wanted, "choices": choices(found, wanted)},
    )
