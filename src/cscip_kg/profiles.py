"""Interventions → what the sources say of one on a page, or of two to six side by side.

In: names of interventions and the built graph. Out: `Document`. A profile has the shape of EMMIE (effect,
mechanism, moderators, implementation, economics); each of its panels is a stored query of the topic
`profile`. A comparison sets the same panels side by side and adds up nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Store

from cscip_kg import queries, store
from cscip_kg.document import Document, Panel, Part, citations_of, heading, panel, told_cell
from cscip_kg.engine import select
from cscip_kg.errors import QueryError
from cscip_kg.gapmap import OUTSIDE
from cscip_kg.namespaces import ID, LABEL, value_of
from cscip_kg.output import citations_text
from cscip_kg.pages import cite_as
from cscip_kg.queries import StoredQuery, Table

# The parts of a profile: heading, and its panels by short name, each with a heading where it needs one.
PARTS: Final = (
    ("What it is", {"descriptions": "In our own words", "names": "Names", "lineage": "What it builds on"}),
    ("Where, when and by whom", {"projects": ""}),
    ("How it was studied", {"evaluations": ""}),
    ("Effect: what was found", {"effect": ""}),
    ("Mechanism: how it is meant to help", {"mechanism": ""}),
    ("Moderators: for whom, and when", {"moderators": ""}),
    ("Implementation: putting it into practice", {"implementation": ""}),
    ("Economics: costs and savings", {"economics": ""}),
    ("What is not known", {"unknown": ""}),
    ("Contradictions and open identities", {"cautions": ""}),
    ("Reports", {"reports": ""}),
)
FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class Subject:
    """An intervention with its name and the rows of each of its panels, by the panel's short name."""

    iri: str
    name: str
    tables: Mapping[str, tuple[StoredQuery, Table]]


def panels() -> dict[str, StoredQuery]:
    """Return the stored queries that make up a profile, in order, by short name (`effect`, …)."""
    found = [q for q in queries.catalogue().values() if q.topic == "profile"]
    return {q.name.split("-", 2)[2]: q for q in found}


def _rows(opened: Store, query: StoredQuery, term: NamedNode) -> Table:
    (parameter,) = query.parameters
    result = select(opened, queries.fill(query.text, {parameter.variable: term}))
    return Table(query.columns, [tuple(row) for row in result])


def subject(name: str, folder: Path | None = None) -> Subject:
    """Return the intervention called `name` (slug, IRI or any printed name) with all that is said of it.

    Raises:
        UnknownNameError: no intervention goes by that name; the nearest are listed.
    """
    found = panels()
    bound = queries.bind(found["names"], {"intervention": name}, folder)
    (thing,) = (term for term in bound.values() if isinstance(term, NamedNode))
    opened = store.open_store(folder)
    label = next(opened.quads_for_pattern(thing, LABEL, None, None)).object
    return Subject(
        thing.value,
        value_of(label),
        {key: (query, _rows(opened, query, thing)) for key, query in found.items()},
    )


_SOURCES: Final = """SELECT ?short ?title ?issued (GROUP_CONCAT(?name; SEPARATOR=" and ") AS ?by) WHERE {
  { SELECT ?short ?title ?issued ?name WHERE {
    ?source a cscip:Source ; dcterms:identifier ?short ; dcterms:title ?title .
    OPTIONAL { ?source dcterms:issued ?issued }
    OPTIONAL { ?source dcterms:publisher/rdfs:label ?name }
  } ORDER BY DESC(?name) }
} GROUP BY ?short ?title ?issued ORDER BY ?short"""


def sources_cited(opened: Store, parts: Iterable[Part]) -> tuple[tuple[str, str], ...]:
    """Return short id and reference of each source that the parts cite."""
    texts = "\n".join(cell for part in parts for p in part.panels for row in p.rows for cell in row)
    found = []
    for row in select(opened, _SOURCES):
        short, title, issued, by = (value_of(row[n]) if row[n] else "" for n in range(4))
        if f"{short}#L" in texts:
            found.append((short, f"{title}. {', '.join(filter(None, (by, issued)))}."))
    return tuple(found)


def profile(name: str, folder: Path | None = None) -> Document:
    """Return the profile of an intervention; see `subject` for `name` and errors."""
    found = subject(name, folder)
    slug = found.iri.removeprefix(f"{ID}intervention/")
    parts = tuple(
        Part(title, "", tuple(panel(*found.tables[key], below) for key, below in keys.items()))
        for title, keys in PARTS
    )
    return Document(
        title=found.name,
        about=(
            "What five published sources say of this intervention of the Children's Social Care Innovation "
            "Programme. Each row names its source and lines; the words are ours, names and figures theirs."
        ),
        parts=parts,
        sources=sources_cited(store.open_store(folder), parts),
        cite=cite_as(found.name, store.describe(folder).id),
        rerun=f"cscip show {slug}",
    )


# --- comparison -----------------------------------------------------------------------------------------

NOTHING_STATED: Final = "Nothing stated"
NO_CONTEST: Final = (
    "Each finding with its direction, its effect and what it is set against; the profiles have the figures. "
    "Studies differ in design, people and time: this is no contest, and nothing is added up."
)
MONEY: Final = "Findings about money stand under economics."


def _evaluations(found: Subject) -> int:
    _, table = found.tables["evaluations"]
    return len({row[table.columns.index("evaluation")] for row in table.rows})


def _lines(found: Subject, key: str, leads: str, labelled: str = "", beside: str = "") -> list[str]:
    """Return the rows of a panel as lines that end with their citations; what reads alike is one line.

    Args:
        found: the intervention.
        key: the panel.
        leads: the columns that a line begins with.
        labelled: the columns told after them, each with its heading.
        beside: a column whose texts stand together where all else is alike, such as whom a question is about.
    """
    _, table = found.tables[key]
    # With one evaluation there is nothing to tell apart.
    aside = beside if beside != "evaluation" or _evaluations(found) > 1 else ""
    merged: dict[str, tuple[list[str], list[str]]] = {}
    for row in table.rows:
        texts = {c: told_cell(c, cell) for c, cell in zip(table.columns, row, strict=True)}
        names: dict[str, str] = {}
        for column in leads.split():
            names.setdefault(texts[column].casefold(), texts[column])
        lead = ": ".join(filter(None, names.values())).replace("?: ", "? ")
        rest = [f"{heading(c).casefold()}: {texts[c]}" for c in labelled.split() if texts[c]]
        if text := "; ".join([lead, *rest] if lead else rest):
            about, citations = merged.setdefault(text, ([], []))
            citations += citations_of(row, table.columns)
            about += [texts[aside]] if aside and texts[aside] else []
    return [
        text + (f" ({', '.join(dict.fromkeys(about))})" if about else "") + f" [{citations_text(citations)}]"
        for text, (about, citations) in merged.items()
    ]


def _by_outcome(found: Subject, outcome: str) -> list[str]:
    """Return the findings of an intervention on one outcome, a line each."""
    query, table = found.tables["effect"]
    place = table.columns.index("outcome")
    rows = [row for row in table.rows if told_cell("outcome", row[place]) == outcome]
    part = Subject(found.iri, found.name, {**found.tables, "effect": (query, Table(table.columns, rows))})
    return _lines(part, "effect", "measure printed", _EFFECT, "evaluation")


_EFFECT: Final = "direction effect basis comparatorKind comparator caveat"
_MONEY: Final = "method amount ratio per projected priceYear comparator period effect caveat"
_OUTCOMES: Final = """SELECT ?name ?outcome WHERE {
  VALUES ?scheme { <https://w3id.org/cscip/id/scheme/dfe-outcome>
                   <https://w3id.org/cscip/id/scheme/outcome-scope> }
  ?outcome skos:inScheme ?scheme ; skos:prefLabel ?name } ORDER BY STR(?name)"""
_VALUE: Final = ID + "dfe-outcome/better-value-for-money"


def _effects(opened: Store, subjects: Sequence[Subject]) -> Iterable[tuple[str, list[list[str]]]]:
    rows = [(value_of(row["outcome"]), value_of(row["name"])) for row in select(opened, _OUTCOMES)]
    for iri, name in sorted(rows, key=lambda row: row[0] == OUTSIDE):
        cells = [_by_outcome(s, name) for s in subjects]
        if iri == _VALUE:
            cells = [
                lines + ([MONEY] if s.tables["economics"][1].rows else [])
                for s, lines in zip(subjects, cells, strict=True)
            ]
        yield name, cells


def _side_by_side(
    title: str, note: str, subjects: Sequence[Subject], lines: Iterable[tuple[str, list[list[str]]]]
) -> Part:
    rows = tuple((label, *("\n".join(texts) or NOTHING_STATED for texts in cells)) for label, cells in lines)
    return Part(title, note, (Panel("", "", ("", *(s.name for s in subjects)), rows),))


def _compared(opened: Store, subjects: Sequence[Subject]) -> tuple[Part, ...]:
    def each(key: str, leads: str, labelled: str = "", beside: str = "") -> list[list[str]]:
        return [_lines(s, key, leads, labelled, beside) for s in subjects]

    return (
        _side_by_side("What they are", "", subjects, (
            ("Aim and description", each("descriptions", "text")),
            ("Themes", each("descriptions", "themes")),
            ("Lineage", each("lineage", "relation name")),
            ("Projects", each("projects", "project", "round region areas continuation")),
            ("Led by", each("projects", "leads", "", "project")),
        )),
        _side_by_side("How they were studied", "An aim is not a design.", subjects, (
            ("Evaluated by", each("evaluations", "evaluators", "", "evaluation")),
            ("Aims of the research", each("evaluations", "", "impactAim processAim costAim", "evaluation")),
            ("Methods and designs", each("evaluations", "", "methods designs", "evaluation")),
            ("Reports", each("reports", "title")),
        )),
        _side_by_side("Effect: what was found, by outcome", NO_CONTEST, subjects, _effects(opened, subjects)),
        _side_by_side("How they are meant to help, for whom, and at what cost", "", subjects, (
            ("Mechanism", each("mechanism", "sort what", "basis outcome caveat")),
            ("Moderators", each("moderators", "sort text", "", "measure")),
            ("Implementation", each("implementation", "sort text", "stance caveat")),
            ("Economics", each("economics", "printed", _MONEY, "evaluation")),
        )),
        _side_by_side("What is not known, and what does not agree", "", subjects, (
            ("Not known", each("unknown", "question answer", "", "thing")),
            ("Contradictions and open identities", each("cautions", "kind text", "recomputed certainty")),
        )),
    )  # fmt: skip


def comparison(names: Sequence[str], folder: Path | None = None) -> Document:
    """Return two to six interventions side by side.

    Args:
        names: slugs, IRIs or printed names.
        folder: the build folder.

    Raises:
        UnknownNameError: one of them is not known.
        QueryError: there are fewer than two or more than six, or one stands twice.
    """
    if not FEWEST <= len(names) <= MOST:
        raise QueryError(f"A comparison takes {FEWEST} to {MOST} interventions, not {len(names)}.")
    subjects = [subject(name, folder) for name in names]
    known = [s.iri for s in subjects]
    if twice := dict.fromkeys(s.name for s in subjects if known.count(s.iri) > 1):
        raise QueryError(f"{', '.join(twice)} stands twice in this comparison. Name each intervention once.")
    title = "Comparison: " + ", ".join(s.name for s in subjects)
    opened = store.open_store(folder)
    parts = _compared(opened, subjects)
    return Document(
        title=title,
        about=(
            "What five published sources say of these interventions, side by side. The sources warn against "
            "ranking them: they differ in whom they serve, how they were studied and when."
        ),
        parts=parts,
        sources=sources_cited(opened, parts),
        cite=cite_as(title, store.describe(folder).id),
        rerun=f"cscip compare {' '.join(iri.removeprefix(f'{ID}intervention/') for iri in known)}",
    )
