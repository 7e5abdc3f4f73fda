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
from cscip_kg.document import Document, Panel, Part, cited, panel
from cscip_kg.engine import select
from cscip_kg.errors import QueryError
from cscip_kg.gapmap import EFFECTS, OUTSIDE
from cscip_kg.namespaces import ID, LABEL, value_of
from cscip_kg.output import cell_text
from cscip_kg.pages import cite_as
from cscip_kg.queries import StoredQuery, Table

# The parts of a profile: heading, and its panels by short name, each with a heading where it needs one.
PARTS: Final = (
    ("What it is", {"names": "Names", "descriptions": "In our own words", "lineage": "What it builds on"}),
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
    (term,) = queries.bind(found["names"], {"intervention": name}, folder).values()
    thing = NamedNode(term.value)
    opened = store.open_store(folder)
    label = next(opened.quads_for_pattern(thing, LABEL, None, None)).object
    return Subject(
        thing.value,
        value_of(label),
        {key: (query, _rows(opened, query, thing)) for key, query in found.items()},
    )


def profile(name: str, folder: Path | None = None) -> Document:
    """Return the profile of an intervention; see `subject` for `name` and errors."""
    found = subject(name, folder)
    slug = found.iri.removeprefix(f"{ID}intervention/")
    return Document(
        title=found.name,
        about=(
            "What five published sources say of this intervention of the Children's Social Care Innovation "
            "Programme. Each row names its source and lines; the words are ours, names and figures theirs."
        ),
        parts=tuple(
            Part(title, "", tuple(panel(*found.tables[key], below) for key, below in keys.items()))
            for title, keys in PARTS
        ),
        cite=cite_as(found.name, store.describe(folder).id),
        rerun=f"cscip show {slug}",
    )


# --- comparison -----------------------------------------------------------------------------------------


def _column(found: Subject, key: str, *columns: str) -> list[str]:
    """Return the distinct texts of some columns of a panel, each row's cells joined, with the citations."""
    _, table = found.tables[key]
    places = [table.columns.index(column) for column in columns]
    texts = []
    for row in table.rows:
        text = ", ".join(dict.fromkeys(t for n in places if (t := cell_text(row[n]))))
        if text:
            texts.append(f"{text} [{cited(row, table.columns)}]")
    return list(dict.fromkeys(texts))


def _effects(found: Subject, outcome: str) -> list[str]:
    """Return how many findings of each effect an intervention has on one outcome, with their citations."""
    _, table = found.tables["effect"]
    place = {column: n for n, column in enumerate(table.columns)}
    rows = [row for row in table.rows if cell_text(row[place["outcome"]]) == outcome]
    lines = []
    for _, words, _ in EFFECTS:
        of = [row for row in rows if cell_text(row[place["effect"]]).casefold() == words]
        if of:
            lines_read = " ".join(dict.fromkeys(cell_text(row[place["citations"]]) for row in of))
            measures = ", ".join(dict.fromkeys(cell_text(row[place["measure"]]) for row in of))
            lines.append(f"{len(of)} {words}: {measures} [{lines_read}]")
    return lines


def _outcomes(opened: Store) -> list[str]:
    text = """SELECT ?name ?outcome WHERE {
      VALUES ?scheme { <https://w3id.org/cscip/id/scheme/dfe-outcome>
                       <https://w3id.org/cscip/id/scheme/outcome-scope> }
      ?outcome skos:inScheme ?scheme ; skos:prefLabel ?name } ORDER BY STR(?name)"""
    rows = [(value_of(row["outcome"]), value_of(row["name"])) for row in select(opened, text)]
    return [name for _, name in sorted(rows, key=lambda row: row[0] == OUTSIDE)]


def _side_by_side(
    title: str, note: str, subjects: Sequence[Subject], lines: Iterable[tuple[str, list[list[str]]]]
) -> Panel:
    rows = tuple(
        (label, *("\n".join(texts) or "Nothing stated" for texts in cells)) for label, cells in lines
    )
    return Panel(title, note, ("", *(s.name for s in subjects)), rows)


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
    if len({s.iri for s in subjects}) < len(subjects):
        twice = ", ".join(s.name for s in subjects)
        raise QueryError(f"An intervention stands twice: {twice}. Name each once.")

    def each(key: str, *columns: str) -> list[list[str]]:
        return [_column(s, key, *columns) for s in subjects]

    what = _side_by_side("What they are", "", subjects, (
        ("Aim and description", each("descriptions", "text")),
        ("Themes", each("descriptions", "themes")),
        ("Lineage", each("lineage", "relation", "name")),
        ("Projects", each("projects", "project", "round", "region", "areas")),
        ("Led by", each("projects", "leads")),
    ))  # fmt: skip
    studied = _side_by_side("How they were studied", "An aim is not a design.", subjects, (
        ("Evaluated by", each("evaluations", "evaluators")),
        ("Methods and designs", each("evaluations", "methods", "designs")),
        ("Reports", each("reports", "title")),
    ))  # fmt: skip
    opened = store.open_store(folder)
    effect = _side_by_side(
        "What was found, by outcome",
        "Findings of each effect, counted. Studies differ in design, people and time: this is no contest.",
        subjects,
        [(outcome, [_effects(s, outcome) for s in subjects]) for outcome in _outcomes(opened)],
    )
    rest = _side_by_side("How they are meant to help, and for whom", "", subjects, (
        ("Practice and what is said to have helped", each("mechanism", "sort", "what", "outcome")),
        ("For whom, and when", each("moderators", "sort", "text")),
        ("Putting it into practice", each("implementation", "sort", "text")),
        ("Costs and savings", each("economics", "printed", "method", "amount", "ratio", "per", "projected")),
    ))  # fmt: skip
    unknown = _side_by_side("What is not known, and what does not agree", "", subjects, (
        ("Not known", each("unknown", "question", "answer")),
        ("Contradictions and open identities", each("cautions", "kind", "text")),
    ))  # fmt: skip
    title = "Comparison: " + ", ".join(s.name for s in subjects)
    slugs = " ".join(s.iri.removeprefix(f"{ID}intervention/") for s in subjects)
    return Document(
        title=title,
        about=(
            "What five published sources say of these interventions, side by side. The sources warn against "
            "ranking them: they differ in whom they serve, how they were studied and when."
        ),
        parts=tuple(Part(p.title, p.note, (Panel("", "", p.columns, p.rows),)) for p in
                    (what, studied, effect, rest, unknown)),
        cite=cite_as(title, store.describe(folder).id),
        rerun=f"cscip compare {slugs}",
    )  # fmt: skip
