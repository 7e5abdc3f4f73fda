"""What each column of the exported tables means, in a sentence.

In: the graph. Out: texts by table and column. A column that holds a property of the ontology is explained by
that property's own definition, so that table and ontology cannot come to say different things.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Store

from cscip_kg.namespaces import SKOS, term, value_of

# The property whose values the column holds, where the column's name is not the property's own.
_PROPERTIES: Final = {
    "adapted_from": "adaptedFrom",
    "aim_cost": "statesCostAim",
    "aim_impact": "statesImpactAim",
    "aim_process": "statesProcessAim",
    "amount_gbp": "amountGBP",
    "designs": "statesDesign",
    "dfe_outcome": "onOutcome",
    "evaluation": "reportedBy",
    "evaluators": "statesEvaluator",
    "figures": "citedFigure",
    "kind": "discrepancyKind",
    "knowledge_level": "knowledgeLevel",
    "lead_organisations": "ledBy",
    "local_authorities": "deliveredIn",
    "method": "economicMethod",
    "methods": "statesMethod",
    "names": "printedName",
    "outcome_measure": "aboutMeasure",
    "page": "printedPage",
    "per": "perUnit",
    "population": "populationNote",
    "practice_measure": "practiceMeasure",
    "projected": "isProjected",
    "publication_status": "statesPublicationStatus",
    "regions": "deliveredInRegion",
    "report_titles": "reportTitle",
    "round": "inRound",
    "rounds": "deliveredInRound",
    "sample_size": "sampleSize",
    "section": "heading",
    "statement_a": "statementA",
    "statement_b": "statementB",
    "themes": "hasTheme",
    "value_after": "valueAfter",
    "value_before": "valueBefore",
    "evaluations.round": "statesRound",
    "statistics.value": "statisticValue",
}
_WORDS: Final = {
    "id": "The name of the thing in the graph: the row is about this.",
    "intervention": "The name in the graph of the intervention that the row is about.",
    "intervention_name": "The intervention as people call it.",
    "lines": "The lines read, counted from 1 in the text of the source; those of one source are joined by ;",
    "name": "The name that the project uses.",
    "source": "The source read, by its short name; the sheet of sources says which document that is.",
    "sources": "The sources that speak of it, by their short names.",
    "summary": "What it is for and does, in our own words.",
}


def meaning(store: Store, table: str, column: str) -> str:
    """Return what a column of a table means.

    Args:
        store: the graph, the ontology included.
        table: the name of the stored query.
        column: one of its columns.

    Returns:
        One or two sentences; empty where neither the ontology nor this module explains the column.
    """
    if column in _WORDS:
        return _WORDS[column]
    name = _PROPERTIES.get(f"{table}.{column}") or _PROPERTIES.get(column, column)
    definition = store.quads_for_pattern(term(name), NamedNode(SKOS + "definition"), None, None)
    return next((value_of(quad.object) for quad in definition), "")
