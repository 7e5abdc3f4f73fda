"""The query library: every stored question by topic, and a page for each with form, answer and text.

In: a stored query and the values that somebody gave. Out: `Page`. Without values the examples of its header
stand in, so that every page shows an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import Literal, NamedNode

from cscip_kg import queries
from cscip_kg.namespaces import ID
from cscip_kg.queries import Parameter, StoredQuery, Table, cell_value
from cscip_kg.rest.problems import MAX_VALUE, Refusal, is_odd
from cscip_kg.rest.values import bound
from cscip_kg.site.known import Known, words_of
from cscip_kg.site.panels import Page, Spec

CRUMB: Final = ("Query library", "queries/")
# A choice of up to so many values is a list to pick from; of more, a field with suggestions.
_FEW: Final = 40
_MOST_BARS: Final = 30
# Without a choice these give thousands of rows that answer no question.
_WIDE: Final = ("cited-from-lines",)
TOPICS: Final = {
    "find": "Find interventions",
    "outcomes": "What was found",
    "strength": "How it was studied",
    "practice": "Practice",
    "money": "Money",
    "lessons": "Lessons",
    "organisations": "Organisations",
    "places": "Places",
    "gaps": "What is missing",
    "compare": "Compare",
    "discrepancies": "Contradictions",
    "statistics": "Printed counts",
    "provenance": "Where statements come from",
    "profile": "Panels of a profile",
    "map": "Cells of the gap map",
    "tables": "Whole tables",
}


@dataclass(frozen=True)
class Field:
    """One field of a query's form.

    Attributes:
        parameter: the parameter that it fills.
        options: values with their names, where one is picked or suggested.
        pick: whether it is a list to pick from.
        value: what stands in it.
    """

    parameter: Parameter
    options: tuple[tuple[str, str], ...]
    pick: bool
    value: str

    @property
    def label(self) -> str:
        """Return its label."""
        words = words_of(self.parameter.name.replace("_", "-"))
        return words if self.parameter.required else f"{words} (optional)"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its label, its number as printed, and its length of 1."""

    label: str
    number: str
    length: float


def _fields(known: Known, query: StoredQuery, values: Mapping[str, str]) -> list[Field]:
    made = []
    for p in query.parameters:
        options = tuple((slug, known.name(f"{ID}{p.kind}/{slug}")) for slug in known.kinds.get(p.kind, ()))
        options = tuple(sorted(options, key=lambda option: option[1].casefold()))
        made.append(
            Field(p, options, bool(options) and len(options) <= _FEW and not p.many, values.get(p.name, ""))
        )
    return made


def examples(query: StoredQuery) -> dict[str, str]:
    """Return the values that a query's page shows when nobody gave any: those it cannot do without."""
    return {p.name: p.example for p in query.parameters if p.required or query.name in _WIDE}


def checked(known: Known, query: StoredQuery, given: Mapping[str, str]) -> dict[str, str]:
    """Return given values in the form that the graph knows them by.

    Raises:
        Refusal: a value is not allowed, or one is missing; the message tells which are.
    """
    values = {p.name: given[p.name].strip() for p in query.parameters if given.get(p.name, "").strip()}
    for name, value in values.items():
        if len(value) > MAX_VALUE or is_odd(value):
            raise Refusal(400, f"{name} takes plain text of up to {MAX_VALUE} characters.")
    terms = bound(query, values, known.folder)
    made = {}
    for p in query.parameters:
        if p.name not in values:
            continue
        term = terms[p.variable]
        several = [term] if isinstance(term, NamedNode | Literal) else term
        start = "" if p.kind in ("string", "integer") else ID if p.kind == "thing" else f"{ID}{p.kind}/"
        made[p.name] = ",".join(cell_value(t).removeprefix(start) for t in several)
    return made


def bars(table: Table) -> list[Bar]:
    """Return the rows as bars where each is one name and one number; else nothing."""
    if not 1 < len(table.rows) <= _MOST_BARS:
        return []
    texts = [n for n, c in enumerate(table.columns) if all(_is_text(row[n]) for row in table.rows)]
    numbers = [
        n for n, c in enumerate(table.columns) if all(_number(row[n]) is not None for row in table.rows)
    ]
    if len(numbers) != 1 or len(texts) != 1:
        return []
    found = [(cell_value(row[texts[0]]), _number(row[numbers[0]]) or Decimal(0)) for row in table.rows]
    if len({label for label, _ in found}) != len(found) or (most := max(n for _, n in found)) <= 0:
        return []
    return [Bar(label, f"{n:f}", round(float(n / most), 4)) for label, n in found]


def _number(cell: queries.Cell) -> Decimal | None:
    kind = getattr(getattr(cell, "datatype", None), "value", "")
    if not kind.endswith(("#integer", "#decimal")):
        return None
    try:
        return Decimal(cell_value(cell))
    except InvalidOperation:
        return None


def _is_text(cell: queries.Cell) -> bool:
    kind = getattr(getattr(cell, "datatype", None), "value", "")
    return kind.endswith(("#string", "#langString")) and bool(cell_value(cell))


def index() -> Page:
    """Return the list of all stored queries by topic."""
    by_topic: dict[str, list[StoredQuery]] = {topic: [] for topic in TOPICS}
    for query in queries.catalogue().values():
        by_topic.setdefault(query.topic, []).append(query)
    topics = [
        (topic, TOPICS.get(topic, words_of(topic)), found) for topic, found in by_topic.items() if found
    ]
    return Page(
        CRUMB[1],
        CRUMB[0],
        f"{len(queries.catalogue())} questions that can be asked of the graph, each with its form, its "
        "answer, the SPARQL "
        "behind it and its data.",
        template="queries.html",
        values={"topics": topics},
    )


def page(known: Known, name: str, given: Mapping[str, str]) -> Page | None:
    """Return the page of one stored query; None when there is none of that name.

    Args:
        known: the build.
        name: the query.
        given: parameters as somebody typed them; empty for the examples.
    """
    if name not in queries.catalogue():
        return None
    query = queries.find(name)
    asked = {n: v for n, v in given.items() if n in {p.name for p in query.parameters}}
    error, values = "", asked
    try:
        values = checked(known, query, asked or examples(query))
    except Refusal as found:
        error = str(found)
    spec = Spec("result", query.name, values, note="")
    return Page(
        f"queries/{name}/",
        query.summary,
        query.description,
        crumbs=(CRUMB,),
        template="query.html",
        values={
            "query": query,
            "spec": None if error else spec,
            "fields": _fields(known, query, values),
            "error": error,
            "topic": TOPICS.get(query.topic, words_of(query.topic)),
        },
    )
