"""Which stored queries make up the page of a thing of each kind.

In: nothing. Out: `SECTIONS`, by kind: headings with panels. In a parameter, `{slug}` stands for the thing's
slug and `{path}` for kind and slug. Every page ends with all statements about the thing, whatever its kind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cscip_kg import profiles
from cscip_kg.queries import StoredQuery
from cscip_kg.site.panels import Section, Spec

_ABOUT: Final = ("intervention", "name")


def _spec(key: str, query: str, title: str = "", hide: str = "", **values: str) -> Spec:
    return Spec(
        key=key,
        query=query,
        title=title,
        values={name: value or "{slug}" for name, value in values.items()},
        hidden=tuple(hide.split()),
    )


def _one(title: str, key: str, query: str, hide: str = "", **values: str) -> Section:
    return Section(title, (_spec(key, query, hide=hide, **values),))


# Of whatever kind a thing is that is linked.
LINKS: Final = Section("In other datasets", (_spec("links", "links-of", thing="{path}"),))

_WHO: Final = "evaluation intervention name"

SECTIONS: Final[dict[str, tuple[Section, ...]]] = {
    "dfe-outcome": (
        _one("Measures of this outcome", "measures", "measures-of-outcome", "outcome", outcome=""),
        _one("What was found", "findings", "findings-on-outcome", "outcome", outcome=""),
        _one(
            "What is said to have contributed",
            "contributions",
            "contributions-to-outcome",
            "outcome",
            outcome="",
        ),
        _one("Practice measures and this outcome", "practice", "practice-by-outcome", "outcome", outcome=""),
        _one("Findings about money", "money", "money-by-outcome", "outcome", outcome=""),
        _one("Themes with nothing found", "gaps", "outcomes-by-theme", "outcome outcomeName", outcome=""),
    ),
    "outcome-scope": (
        _one("Measures that none of the seven outcomes covers", "measures", "measures-outside-the-seven"),
    ),
    "outcome-measure": (
        _one("What was found", "findings", "findings-where", "measure", measure=""),
        _one("Sizes of samples", "samples", "sample-sizes", "measure", measure=""),
    ),
    "practice-measure": (
        _one("Counts", "counts", "practice-counts", "measure name", measure=""),
        _one(
            "Interventions that show it",
            "interventions",
            "interventions-with-practice-measure",
            "measure",
            measure="",
        ),
        _one("Outcomes of these interventions", "outcomes", "practice-by-outcome", "measure", measure=""),
        _one("What it is said to have contributed to", "contributions", "contributions-where", practice=""),
        _one("Outcomes with nothing found", "gaps", "practice-outcome-gaps", "measure name", measure=""),
    ),
    "practice-approach": (
        _one("Interventions that use it", "interventions", "interventions-with-approach", approach=""),
        _one(
            "What it is said to have contributed to", "contributions", "approach-contributions", approach=""
        ),
    ),
    "theme": (
        _one("Counts", "counts", "themes-compared", "theme name", theme=""),
        _one("Interventions", "interventions", "interventions-by-theme", "theme", theme=""),
        _one("Findings by outcome", "outcomes", "outcomes-by-theme", "theme themeName", theme=""),
        _one("What improved", "improved", "what-improved", theme=""),
        _one("What got worse", "worse", "what-got-worse", theme=""),
        _one("What did not change", "no-change", "what-did-not-change", theme=""),
        _one("Costs and savings", "money", "economics-where", theme=""),
        _one("Interventions with nothing found", "gaps", "interventions-without-findings", theme=""),
        _one("Counts printed in the source", "recount", "theme-recount", "theme name", theme=""),
    ),
    "topic": (
        _one("What helped and what hindered", "lessons", "lessons-by-topic", "topic", topic=""),
        _one("Recommendations", "recommendations", "advice-for-audience", "topic", topic=""),
        _one("Questions for those who plan", "questions", "questions-for-planners", "topic", topic=""),
        _one("Cautions of the sources", "notes", "cautions-of-sources", "topic", topic=""),
    ),
    "population": (
        _one("Interventions", "interventions", "interventions-for-population", population=""),
        _one("What was found", "findings", "findings-for-population", population=""),
        _one("What was tried, by whom", "tried", "tried-for", population=""),
    ),
    "organisation": (
        _one("Counts", "counts", "organisations-list", "organisation name", organisation=""),
        _one("Projects that it leads", "projects", "projects-led-by", "lead", organisation=""),
        _one("Studies that it carried out", "studies", "studies-by-evaluator", "evaluator", organisation=""),
        _one("Its part as a council", "council", "councils-and-projects", "council name", organisation=""),
        Section("Names", (_spec("names", "names-of", thing="{path}"),)),
    ),
    "area": (
        _one("Counts", "counts", "area-counts", "area name", area=""),
        _one("Projects here", "projects", "projects-in-area", "area", area=""),
        _one("What was found about interventions delivered here", "findings", "findings-where", area=""),
        _one("Costs and savings", "money", "economics-where", area=""),
        Section("Names", (_spec("names", "names-of", thing="{path}"),)),
    ),
    "project": (Section("Names", (_spec("names", "names-of", thing="{path}"),)),),
    "round": (
        Section("Money and length", (_spec("accounts", "programme-accounts", thing="{path}"),)),
        _one("Interventions", "interventions", "interventions-in-round", "round", round=""),
        _one("Evaluations", "evaluations", "evaluations-where", round=""),
    ),
    "programme": (Section("Money and length", (_spec("accounts", "programme-accounts", thing="{path}"),)),),
    "source": (
        Section(
            "What was read",
            (replace(_spec("read", "sources-read", hide="source title", source=""), cards=True),),
        ),
        _one("What the graph holds from it", "coverage", "source-contributions", "source", source=""),
        _one("What it does not answer", "unknown", "what-is-not-known", "source", source=""),
        _one("Contradictions", "contradictions", "discrepancies-by-source", source=""),
        _one("Recomputed figures", "checks", "checks", source=""),
    ),
    "scheme": (_one("Concepts", "concepts", "concepts-in-scheme", "broader", scheme=""),),
    "effect": (_one("Findings of this effect", "findings", "findings-by-effect", "effect", effect=""),),
    "direction": (_one("Findings of this direction", "findings", "findings-where", direction=""),),
    "comparator-kind": (
        _one("Findings set against this", "findings", "findings-by-comparator", "comparator", comparator=""),
    ),
    "significance": (_one("Findings", "findings", "significant-findings", significance=""),),
    "study-design": (_one("Evaluations", "evaluations", "evaluations-where", design=""),),
    "method": (_one("Evaluations", "evaluations", "evaluations-by-method", "method", method=""),),
    "research-aim": (_one("Evaluations", "evaluations", "evaluations-by-aim", "aim", aim=""),),
    "publication-status": (
        _one("Evaluations", "evaluations", "evaluations-by-publication", "status", status=""),
    ),
    "economic-method": (_one("Findings about money", "money", "savings-by-method", "method", method=""),),
    "stance": (_one("Lessons", "lessons", "lessons-by-topic", "stance", stance=""),),
    "audience": (
        _one("Recommendations", "recommendations", "advice-for-audience", "audience", audience=""),
        _one("Questions", "questions", "questions-for-planners", "audience", audience=""),
    ),
    "continuation-status": (_one("Projects", "projects", "continuation", "status", status=""),),
    "discrepancy-kind": (
        _one("Contradictions", "contradictions", "discrepancies-by-source", "kind", kind=""),
    ),
    "identity-decision": (
        _one("Decisions", "decisions", "identity-decisions", "decision between", decision=""),
    ),
    "certainty": (_one("Decisions", "decisions", "identity-decisions", "certainty between", certainty=""),),
    "coded-field": (
        _one("Agreement between two coders", "agreement", "agreement", "field name", field=""),
        _one("Where they differed", "codings", "codings-that-differ", "field", field=""),
    ),
    "outcomes-panel": (_one("Dashboards", "dashboards", "dashboards-without-outcomes", panel=""),),
    "beneficiary": (
        _one("Measures outside the seven", "measures", "measures-outside-the-seven", beneficiary=""),
    ),
    "feature-basis": (
        _one("Interventions", "interventions", "interventions-with-practice-measure", basis=""),
    ),
    "answer": (_one("Questions that this answers", "questions", "answers-lost", answer=""),),
}
for _kind in ("lesson", "recommendation", "consideration", "note", "statistic", "discrepancy"):
    SECTIONS[_kind] = (
        Section("What is stated", (_spec("statement", "statements-listed", statements="{path}"),)),
    )

_EXTRA: Final = {
    "Effect: what was found": _spec(
        "outcomes", "outcomes-of-intervention", "Counts by outcome", intervention=""
    ),
    "What it is": _spec("approaches", "approaches-of", "Practice approaches", intervention=""),
    "Implementation: putting it into practice": _spec(
        "contributions", "contributions-of", "What is said to have contributed", intervention=""
    ),
}
# Panels of many columns, told card by card however few columns a thing fills.
_CARDS: Final = {"evaluations", "effect", "economics", "projects"}


def intervention(found: dict[str, StoredQuery]) -> tuple[Section, ...]:
    """Return the sections of a profile; `found` are its queries by short name."""
    sections = []
    for title, keys in profiles.PARTS:
        specs = [
            Spec(
                key, found[key].name, {"intervention": "{slug}"}, below, cards=True if key in _CARDS else None
            )
            for key, below in keys.items()
        ]
        if extra := _EXTRA.get(title):
            specs = [extra, *specs] if extra.key == "outcomes" else [*specs, extra]
            specs = [spec if spec.title else replace(spec, title="Finding by finding") for spec in specs]
        sections.append(Section(title, tuple(specs)))
    return tuple(sections)
