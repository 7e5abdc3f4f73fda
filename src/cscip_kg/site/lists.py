"""The pages that list things: outcomes, measures, practice, evaluations, places, costs, lessons and others.

In: nothing but names of stored queries. Out: `LISTS`, a page by its path. The list of interventions, which
can be narrowed, has a module of its own.
"""

from __future__ import annotations

from typing import Final

from cscip_kg.site.panels import Page, Section, Spec


def _one(title: str, key: str, query: str, note: str = "", **values: str) -> Section:
    return Section(title, (Spec(key, query, values),), note)


_PAGES: Final = (
    Page(
        "outcomes/",
        "Outcomes",
        "The seven outcomes of the Department for Education, how often something was found on each, and what "
        "lies outside them.",
        (
            _one("The seven outcomes", "outcomes", "concepts-in-scheme", scheme="dfe-outcome"),
            _one("Findings of each direction", "directions", "direction-counts"),
            _one("Findings about money", "money", "money-by-outcome"),
            _one("Measures that none of the seven covers", "outside", "measures-outside-the-seven"),
            _one("Findings whose measure is contested", "contested", "contested-measures"),
        ),
    ),
    Page(
        "measures/",
        "Measures",
        "What was counted or asked, which outcome each measure stands for, and which direction is "
        "desired of it.",
        (_one("All measures", "measures", "measures-of-outcome"),),
    ),
    Page(
        "practice/",
        "Practice",
        "The seven features of practice that the final evaluation of the first round names, and the "
        "approaches that "
        "interventions use.",
        (
            _one("The seven practice measures", "measures", "practice-counts"),
            _one("Practice measures and outcomes", "outcomes", "practice-by-outcome"),
            _one("Practice approaches", "approaches", "approach-counts"),
            _one(
                "What is said to have contributed to which outcome",
                "contributions",
                "contributions-to-outcome",
            ),
        ),
    ),
    Page(
        "evaluations/",
        "Evaluations",
        "Every study of a project that the sources name: who carried it out, with what aims and "
        "methods, and whether "
        "a report is published.",
        (
            _one("All evaluations", "evaluations", "evaluations-where"),
            _one("Evaluations with a randomised trial", "randomised", "randomised-evaluations"),
            _one("Longitudinal evaluations", "longitudinal", "longitudinal-evaluations"),
        ),
    ),
    Page(
        "organisations/",
        "Organisations",
        "Who led, delivered, paid for, studied or published.",
        (
            _one("All organisations", "organisations", "organisations-list"),
            _one("Councils and their projects", "councils", "councils-and-projects"),
        ),
    ),
    Page(
        "places/",
        "Places",
        "Where projects ran, as far as a source names a place.",
        (
            _one("Regions", "regions", "evidence-by-region"),
            _one("Places", "places", "area-counts"),
        ),
    ),
    Page(
        "costs/",
        "Costs and savings",
        "What the sources report about money. Amounts are printed ones, of different years and "
        "methods: they cannot be "
        "added up or ranked.",
        (
            _one("Return for each pound", "returns", "returns-per-pound"),
            _one("Savings and costs", "savings", "savings-by-method"),
            _one("Forecasts", "forecasts", "projected-savings"),
            _one("Findings about money by theme", "themes", "economics-by-theme"),
        ),
    ),
    Page(
        "lessons/",
        "Lessons",
        "What helped, what hindered, what is recommended and what planners are asked to weigh, by topic.",
        (_one("Topics", "topics", "topics-of-lessons"),),
    ),
    Page(
        "discrepancies/",
        "Contradictions",
        "Where sources disagree, or one of them with itself. Both sides stay in the graph; nothing is "
        "settled silently.",
        (
            _one("All contradictions", "contradictions", "discrepancies"),
            _one("Figures that do not add up", "arithmetic", "arithmetic"),
            _one("Printed counts of themes against their rows", "recount", "theme-recount"),
            _one("Judgements on which two coders differed", "codings", "codings-that-differ"),
        ),
    ),
    Page(
        "sources/",
        "Sources",
        "The five documents that were read whole, and how much of the graph rests on each.",
        (
            Section("The documents", (Spec("sources", "sources-read", cards=True),)),
            _one("What the graph holds from each", "coverage", "source-contributions"),
            _one("What they do not answer", "unknown", "what-is-not-known"),
        ),
    ),
    Page(
        "vocabulary/",
        "Vocabulary",
        "The lists of terms that statements are made with. Each term has a definition, and where it "
        "comes from a "
        "source, its lines.",
        (_one("All lists of terms", "schemes", "schemes-list"),),
    ),
)
LISTS: Final = {page.path: page for page in _PAGES}
