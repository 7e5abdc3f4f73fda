"""Search, plain questions, the gap map and the profiles over HTTP.

In: a request. Out: a `Reply` in JSON, the gap map also as CSV: the same values that the commands write.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode

from cscip_kg import ask, gapmap, profiles, queries, search, store
from cscip_kg.described import opened, things
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.namespaces import ID, LABEL, value_of
from cscip_kg.output import CAUTION
from cscip_kg.reply import Reply, Request
from cscip_kg.rest import rows
from cscip_kg.rest.problems import MAX_VALUE, Refusal, form_of, is_odd, read_params, shown, whole
from cscip_kg.rest.stored import FORMS, csv_reply, json_reply
from cscip_kg.rest.values import nearest

MOST_HITS: Final = 150
_JSON: Final = {"json": FORMS["json"]}
_NO_SCORE: Final = (
    "A count is no score. Where nothing is counted, these sources report nothing; that is not to say that "
    "nothing was done, studied or achieved."
)


def _wanted(values: dict[str, str], example: str) -> str:
    if "q" not in values:
        raise Refusal(400, f"Say what you look for: q={example}", parameter="q", example=example)
    return values["q"]


def found(request: Request, folder: Path | None = None) -> Reply:
    """Answer a search by words.

    Raises:
        Refusal: the request cannot be served.
    """
    values = read_params(request, ("q", "kind", "limit", "format"))
    form_of(request, _JSON, values.get("format", ""))
    text = _wanted(values, "missing episodes")
    limit = whole(values, "limit", 20, MOST_HITS)
    if values.get("kind", search.KINDS[0]) not in search.KINDS:
        raise Refusal(
            400, f"There is no kind {shown(values['kind'])}.", parameter="kind", allowed=list(search.KINDS)
        )
    try:
        made = search.find(text, limit, values.get("kind"), folder)
    except QueryError as error:
        raise Refusal(400, str(error), parameter="q") from error
    return json_reply(
        {
            "hits": [asdict(hit) for hit in made.hits],
            "unknown": list(made.unknown),
            "read_as": made.read_as,
            "caution": CAUTION,
            "build": store.describe(folder).id,
        }
    )


def asked(request: Request, folder: Path | None = None) -> Reply:
    """Answer a plain question, or say why there is no answer; both are 200.

    Raises:
        Refusal: the request cannot be served.
    """
    values = read_params(request, ("q", "format"))
    form_of(request, _JSON, values.get("format", ""))
    question = _wanted(values, "which projects reduced missing episodes?")
    try:
        answer = ask.ask(question, folder)
    except QueryError as error:
        raise Refusal(400, str(error), parameter="q") from error
    return json_reply({**ask.as_json(answer), "build": store.describe(folder).id})


def mapped(request: Request, name: str, folder: Path | None = None) -> Reply:
    """Answer for the gap map with rows of the kind `name`, every cell of it, empty ones included.

    Raises:
        Refusal: the request cannot be served.
    """
    values = read_params(request, ("format",))
    form = form_of(request, {"json": FORMS["json"], "csv": FORMS["csv"]}, values.get("format", ""))
    try:
        kind = gapmap.kind_named(name)
    except UnknownNameError as error:
        detail = f"There is no map with rows {shown(name)}."
        raise Refusal(404, detail, allowed=list(gapmap.TITLES)) from error
    made = gapmap.gap_map(kind, folder)
    if form == "csv":
        return csv_reply(gapmap.csv_of(made), made.query)
    return json_reply(
        {
            "map": kind,
            "title": made.title,
            "query": made.query,
            "rows": {row.iri.removeprefix(ID): row.name for row in made.rows},
            "outcomes": {outcome.iri.removeprefix(ID): outcome.name for outcome in made.outcomes},
            "cells": [
                {"row": c.row.iri.removeprefix(ID), "outcome": c.outcome.iri.removeprefix(ID), **c.counts}
                for c in made.cells.values()
            ],
            "process": {iri.removeprefix(ID): dict(counts) for iri, counts in made.process.items()},
            "note": _NO_SCORE,
            "caution": CAUTION,
            "build": made.build,
        }
    )


def interventions(request: Request, folder: Path | None = None) -> Reply:
    """Answer with every intervention and its name.

    Raises:
        Refusal: the request cannot be served.
    """
    form_of(request, _JSON, read_params(request, ("format",)).get("format", ""))
    graph = opened(folder)

    def name(slug: str) -> str:
        iri = NamedNode(f"{ID}intervention/{slug}")
        return next((value_of(q.object) for q in graph.quads_for_pattern(iri, LABEL, None, None)), slug)

    slugs = things(folder).by_kind.get("intervention", ())
    told = [
        {
            "id": f"intervention/{slug}",
            "name": name(slug),
            "links": {"profile": f"interventions/{slug}", "page": f"../intervention/{slug}/"},
        }
        for slug in slugs
    ]
    return json_reply({"count": len(told), "interventions": told, "build": store.describe(folder).id})


def profile(request: Request, name: str, folder: Path | None = None) -> Reply:
    """Answer with all that is said of an intervention, panel by panel as on its page.

    Raises:
        Refusal: no intervention goes by that slug or name; the nearest are named.
    """
    form_of(request, _JSON, read_params(request, ("format",)).get("format", ""))
    if is_odd(name) or len(name) > MAX_VALUE:
        raise Refusal(
            404, f"There is no intervention {shown(name)}. /api/interventions lists them.", nearest=[]
        )
    try:
        subject = profiles.subject(name, folder)
    except UnknownNameError as error:
        near = nearest(name, queries.allowed_values("intervention", folder))
        hint = f" Did you mean {', '.join(near)}?" if near else " /api/interventions lists them."
        raise Refusal(404, f"There is no intervention {shown(name)}.{hint}", nearest=near) from error
    document = profiles.profile(subject.iri, folder)
    panels: dict[str, Any] = {
        key: {
            "query": query.name,
            "summary": query.summary,
            "columns": list(table.columns),
            "rows": list(rows.objects(query, table)),
        }
        for key, (query, table) in subject.tables.items()
    }
    return json_reply(
        {
            "id": subject.iri.removeprefix(ID),
            "iri": subject.iri,
            "name": subject.name,
            "panels": panels,
            "sources": dict(document.sources),
            "caution": document.caution,
            "cite": document.cite,
            "build": store.describe(folder).id,
        }
    )
