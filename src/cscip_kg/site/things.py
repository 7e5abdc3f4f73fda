"""The page of each thing of the graph: an intervention's profile, an evaluation, a place, a single lesson.

In: kind and slug. Out: `Page`. What the stored queries of its kind tell comes first; then every statement
about it and about what belongs to it, record by record, each record with its place in a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode

from cscip_kg import profiles
from cscip_kg.namespaces import CSCIP, ID, OWL, SKOS
from cscip_kg.queries import cell_value
from cscip_kg.site.kinds import LINKS, SECTIONS, intervention
from cscip_kg.site.known import BLOCK, Known, block_of, words_of
from cscip_kg.site.panels import Page, Section, Spec

# Under which page of the first level the things of a kind stand.
HOMES: Final = {
    "intervention": ("Interventions", "interventions/"),
    "project": ("Interventions", "interventions/"),
    "dfe-outcome": ("Outcomes", "outcomes/"),
    "outcome-scope": ("Outcomes", "outcomes/"),
    "outcome-measure": ("Measures", "measures/"),
    "practice-measure": ("Practice", "practice/"),
    "practice-approach": ("Practice", "practice/"),
    "evaluation": ("Evaluations", "evaluations/"),
    "report": ("Evaluations", "evaluations/"),
    "organisation": ("Organisations", "organisations/"),
    "area": ("Places", "places/"),
    "topic": ("Lessons", "lessons/"),
    "lesson": ("Lessons", "lessons/"),
    "recommendation": ("Lessons", "lessons/"),
    "consideration": ("Lessons", "lessons/"),
    "note": ("Lessons", "lessons/"),
    "contribution": ("Practice", "practice/"),
    "discrepancy": ("Contradictions", "discrepancies/"),
    "identity": ("Contradictions", "discrepancies/"),
    "check": ("Contradictions", "discrepancies/"),
    "source": ("Sources", "sources/"),
    "omission": ("Sources", "sources/"),
    "statistic": ("Sources", "sources/"),
    "scheme": ("Vocabulary", "vocabulary/"),
}
_VOCABULARY: Final = ("Vocabulary", "vocabulary/")
_DEFINITION: Final = SKOS + "definition"


def _filled(section: Section, kind: str, slug: str) -> Section:
    def one(spec: Spec) -> Spec:
        values = {n: v.format(slug=slug, path=f"{kind}/{slug}") for n, v in spec.values.items()}
        return replace(spec, values=values)

    return replace(section, specs=tuple(map(one, section.specs)))


def _evaluation(known: Known, slug: str) -> tuple[Section, ...]:
    """Return the sections of an evaluation: the rows of the profiles of what it studies that are its own."""
    iri = f"{ID}evaluation/{slug}"
    name = known.name(iri)
    projects = _objects(known, iri, "evaluates")
    studied = dict.fromkeys(i for p in projects for i in _objects(known, p, "delivers"))
    found = profiles.panels()
    sections = []
    for title, key, column in (
        ("How it was studied", "evaluations", "evaluation"),
        ("What was found", "effect", "evaluation"),
        ("Costs and savings", "economics", "evaluation"),
        ("What is not known", "unknown", "thing"),
        ("Reports", "reports", "evaluation"),
    ):
        specs = tuple(
            Spec(
                key if n == 0 else f"{key}-{n + 1}",
                found[key].name,
                {"intervention": i.removeprefix(f"{ID}intervention/")},
                known.name(i) if len(studied) > 1 else "",
                where=(column, name),
                hidden=(column,),
                cards=key in ("evaluations", "effect", "economics"),
            )
            for n, i in enumerate(studied)
        )
        sections.append(Section(title, specs))
    return tuple(sections)


def _project(known: Known, slug: str) -> tuple[Section, ...]:
    iri = f"{ID}project/{slug}"
    query = profiles.panels()["projects"].name
    name = known.name(iri)
    specs = [
        Spec(
            f"project{f'-{n + 1}' if n else ''}",
            query,
            {"intervention": i.removeprefix(f"{ID}intervention/")},
            where=("project", name),
            hidden=("project",),
        )
        for n, i in enumerate(_objects(known, iri, "delivers"))
    ]
    return (Section("Where, when and by whom", tuple(specs)),)


def _objects(known: Known, iri: str, name: str) -> list[str]:
    quads = known.store.quads_for_pattern(NamedNode(iri), NamedNode(CSCIP + name), None, None)
    return sorted({cell_value(quad.object) for quad in quads})


def _linked(known: Known, iri: str) -> bool:
    """Return whether links lead from a thing to other datasets."""
    source = NamedNode(OWL + "annotatedSource")
    return next(known.store.quads_for_pattern(None, source, NamedNode(iri), None), None) is not None


def page(known: Known, kind: str, slug: str) -> Page | None:
    """Return the page of a thing; None when there is no such thing."""
    path = f"{kind}/{slug}"
    if not known.is_thing(path):
        return None
    iri = ID + path
    if kind == "intervention":
        sections = intervention(profiles.panels())
    elif kind == "evaluation":
        sections = _evaluation(known, slug)
    elif kind == "project":
        sections = (*_project(known, slug), *SECTIONS["project"])
    else:
        sections = SECTIONS.get(kind, ())
    if _linked(known, iri):
        sections = (*sections, LINKS)
    return Page(
        path=f"{path}/",
        title=known.name(iri),
        kind=words_of(kind),
        lead=_lead(known, iri, kind),
        sections=tuple(_filled(section, kind, slug) for section in sections),
        crumbs=(HOMES.get(kind, _VOCABULARY), *_scheme(known, kind)),
        template="thing.html",
        values={
            "iri": iri,
            "of": _above(known, iri, kind),
            "blocks": blocks(known, slug) if kind == "source" else (),
        },
    )


def _above(known: Known, iri: str, kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a project delivers, and what an evaluation studies, each with name and path."""

    def told(iris: Sequence[str]) -> list[tuple[str, str]]:
        return [(known.name(one), known.path(one)) for one in iris]

    if kind == "project":
        return [("Delivers", told(_objects(known, iri, "delivers")))]
    if kind != "evaluation":
        return []
    projects = _objects(known, iri, "evaluates")
    studied = list(dict.fromkeys(one for project in projects for one in _objects(known, project, "delivers")))
    return [("Studies", told(studied)), ("As it ran in", told(projects))]


def _scheme(known: Known, kind: str) -> tuple[tuple[str, str], ...]:
    if kind in HOMES or not known.is_thing(f"scheme/{kind}"):
        return ()
    return ((known.name(f"{ID}scheme/{kind}"), f"scheme/{kind}/"),)


def _lead(known: Known, iri: str, kind: str) -> str:
    if kind == "intervention":
        return (
            "What five published sources say of this intervention of the Children's Social Care Innovation "
            "Programme. The words are ours, names and figures theirs."
        )
    quads = known.store.quads_for_pattern(NamedNode(iri), NamedNode(_DEFINITION), None, None)
    return next((cell_value(quad.object) for quad in quads), "")


def blocks(known: Known, slug: str) -> list[tuple[str, str]]:
    """Return text and path of each page of lines of a source."""
    count = known.store.quads_for_pattern(
        NamedNode(f"{ID}source/{slug}"), NamedNode(CSCIP + "lineCount"), None, None
    )
    last = int(cell_value(next(count).object))
    return [
        (f"Lines {first} to {min(last, first + BLOCK - 1)}", f"source/{slug}/{block_of(first)}/")
        for first in range(1, last + 1, BLOCK)
    ]
