"""The stored queries over HTTP: the list of them, and the answer of one, page by page.

In: a request. Out: a `Reply` in JSON, CSV or Turtle. Values are bound as the engine's own terms, never
spliced. A page of JSON says how many rows there are in all; CSV and Turtle hold every row unless a page is
asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from cscip_kg import queries, store
from cscip_kg.described import opened
from cscip_kg.engine import select
from cscip_kg.errors import UnknownNameError
from cscip_kg.namespaces import short, value_of
from cscip_kg.output import as_csv, caution_of
from cscip_kg.pages import cite_as
from cscip_kg.queries import StoredQuery, Table
from cscip_kg.reply import Reply, Request
from cscip_kg.rest import rows
from cscip_kg.rest.problems import Refusal, form_of, is_odd, read_params, shown, whole
from cscip_kg.rest.values import allowed, bound

FORMS: Final = {"json": "application/json", "csv": "text/csv", "ttl": "text/turtle"}
PER_PAGE, MOST_PER_PAGE, MOST_PAGES = 100, 1000, 1_000_000
_OWN: Final = ("page", "per_page", "format")
_GRAPH: Final = re.compile(r"(?m)^\s*CONSTRUCT\b")


def json_reply(content: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a value as JSON."""
    body = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Reply(200, FORMS["json"], body.encode(), {"Vary": "Accept"} | dict(headers or {}))


def csv_reply(text: str, name: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return CSV as a file of that name."""
    given = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Reply(200, "text/csv; charset=utf-8; header=present", text.encode(), given | dict(headers or {}))


def stored_query(name: str) -> StoredQuery:
    """Return the stored query called `name`.

    Raises:
        Refusal: there is none; the nearest are named.
    """
    known = queries.catalogue()
    if name in known:
        return known[name]
    near: list[str] = []
    if not is_odd(name) and len(name) < 100:
        try:
            queries.find(name)
        except UnknownNameError as error:
            near = [one for one in known if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", str(error))]
    hint = f"Did you mean {', '.join(near)}?" if near else "/api/queries lists them."
    raise Refusal(404, f"There is no stored query called {shown(name)}. {hint}", nearest=near)


def _told(query: StoredQuery, folder: Path | None) -> dict[str, Any]:
    return {
        "name": query.name,
        "topic": query.topic,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [
            {
                "name": p.name,
                "kind": p.kind,
                "summary": p.summary,
                "required": p.required,
                "many": p.many,
                "with": p.needs or None,
                "example": p.example,
                "allowed": allowed(p, folder) or None,
            }
            for p in query.parameters
        ],
        "columns": list(query.columns),
        # As seen from the list.
        "links": {"answer": f"queries/{query.name}", "page": f"../queries/{query.name}/"},
    }


def listed(request: Request, folder: Path | None = None) -> Reply:
    """Answer for the list of stored queries, or those of one topic.

    Raises:
        Refusal: the request cannot be served.
    """
    values = read_params(request, ("topic", "format"))
    form_of(request, {"json": FORMS["json"]}, values.get("format", ""))
    found = list(queries.catalogue().values())
    topics = list(dict.fromkeys(query.topic for query in found))
    topic = values.get("topic")
    if topic not in (None, *topics):
        raise Refusal(400, f"There is no topic {shown(topic or '')}.", parameter="topic", allowed=topics)
    kept = [_told(query, folder) for query in found if topic in (None, query.topic)]
    build = store.describe(folder)
    return json_reply({"count": len(kept), "topics": topics, "queries": kept, "build": build.id})


def is_graph(query: StoredQuery) -> bool:
    """Return whether a query makes a graph instead of rows."""
    return _GRAPH.search(query.text) is not None


def _answer(query: StoredQuery, terms: Mapping[str, Any], folder: Path | None) -> Table:
    result = select(opened(folder), queries.fill(query.text, terms))
    if isinstance(result, ox.QueryTriples):
        triples = sorted(result, key=str)
        return Table(
            ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in triples]
        )
    return Table(tuple(v.value for v in result.variables), [tuple(row) for row in result])


def _links(request: Request, values: Mapping[str, str], page: int, pages: int) -> dict[str, str]:
    """Return the addresses of the first, last and neighbouring pages, as seen from the request's own."""
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    kept = {name: value for name, value in values.items() if name != "page"}
    name = request.path.rpartition("/")[2]
    return {
        rel: f"{name}?{urlencode({**kept, 'page': str(number)})}"
        for rel, number in numbers.items()
        if 1 <= number <= pages
    }


def _bound_told(query: StoredQuery, terms: Mapping[str, Any]) -> dict[str, Any]:
    def told(term: Any) -> Any:
        return [told(one) for one in term] if isinstance(term, list) else short(value_of(term))

    return {p.name: told(terms[p.variable]) for p in query.parameters if p.variable in terms}


def answered(request: Request, name: str, folder: Path | None = None) -> Reply:
    """Answer a stored query.

    Raises:
        Refusal: the request cannot be served; it says why.
    """
    query = stored_query(name)
    values = read_params(request, [*(p.name for p in query.parameters), *_OWN])
    form = form_of(request, FORMS, values.get("format", ""))
    paged = form == "json" or "page" in values or "per_page" in values
    page = whole(values, "page", 1, MOST_PAGES)
    given = {key: value for key, value in values.items() if key not in _OWN}
    terms = bound(query, given, folder)
    table = _answer(query, terms, folder)
    total = len(table.rows)
    size = whole(values, "per_page", PER_PAGE, MOST_PER_PAGE) if paged else max(total, 1)
    pages = max(1, -(-total // size))
    if page > pages:
        raise Refusal(
            404, f"The answer has {pages} pages of {size} rows; none is number {page}.", parameter="page"
        )
    first = (page - 1) * size
    shown_rows = Table(table.columns, table.rows[first : first + size])
    links = _links(request, values, page, pages) if pages > 1 else {}
    headers = {"Link": ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links.items())} if links else {}
    if form == "csv":
        return csv_reply(as_csv(rows.as_text(query, shown_rows)), query.name, headers)
    if form == "ttl":
        body = rows.turtle(shown_rows, first + 1, is_graph(query))
        return Reply(200, "text/turtle; charset=utf-8", body, {"Vary": "Accept"} | headers)
    build = store.describe(folder)
    return json_reply(
        {
            "query": query.name,
            "summary": query.summary,
            "description": query.description,
            "parameters": _bound_told(query, terms),
            "columns": list(table.columns),
            "count": total,
            "page": page,
            "pages": pages,
            "per_page": size,
            "next": links.get("next"),
            "previous": links.get("prev"),
            "rows": list(rows.objects(query, shown_rows)),
            "caution": caution_of(table.columns),
            "cite": cite_as(query.summary, build.id),
            "build": build.id,
            "version": build.version,
        },
        headers,
    )
