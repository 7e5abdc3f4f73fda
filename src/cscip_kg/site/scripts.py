"""What scripts in pages read: things to search, examples and terms for the editor, columns to compare.

In: the build. Out: values to be written as JSON, in the forms that `web/src` asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

from pyoxigraph import NamedNode

from cscip_kg import profiles, queries, search_index
from cscip_kg.namespaces import CSCIP, ID, ONTOLOGY_GRAPH, OWL, SKOS, TYPE, value_of
from cscip_kg.site.known import Known
from cscip_kg.site.library import TOPICS

# What a thing is found by beside its names; an intervention gathers far more than a browser should load.
_LONGEST: Final = 600
_SORTS: Final = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "property",
    OWL + "DatatypeProperty": "property",
}


def as_json(value: object) -> bytes:
    """Return a value as JSON."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def searchable(known: Known) -> list[dict[str, Any]]:
    """Return everything that can be found: path, name, kind, other names, and words."""
    with closing(search_index.open_index(known.folder)) as base:
        things = base.execute("SELECT number, iri, kind, name FROM thing ORDER BY number").fetchall()
        labels: dict[str, list[str]] = {}
        for iri, text in base.execute("SELECT DISTINCT iri, text FROM label ORDER BY iri, text"):
            labels.setdefault(iri, []).append(text)
    texts = _texts(known)
    made = []
    for _, iri, kind, name in things:
        entry = {"path": known.path(iri), "name": name, "kind": kind}
        if names := [text for text in labels.get(iri, ()) if text != name]:
            entry["names"] = names
        if words := texts.get(iri):
            entry["text"] = words[:_LONGEST]
        made.append(entry)
    return made


def _texts(known: Known) -> dict[str, str]:
    """Return the words of each thing: definitions, texts, aims and descriptions, those of accounts too."""
    found: dict[str, list[str]] = {}
    properties = [SKOS + "definition"]
    properties += [
        CSCIP + name for name in ("statesAim", "statesDescription", "text", "statementA", "statementB")
    ]
    for name in properties:
        for quad in known.store.quads_for_pattern(None, NamedNode(name), None, None):
            iri = value_of(quad.subject)
            # An account speaks of the thing that its IRI begins with; a finding is found for itself.
            about = iri.partition("#")[0] if "/intervention/" in iri else iri
            found.setdefault(about, []).append(value_of(quad.object))
    return {iri: " ".join(sorted(set(texts))) for iri, texts in found.items()}


def examples(known: Known) -> list[dict[str, str]]:  # noqa: ARG001 - the same for every build
    """Return the stored queries as examples for the editor."""
    return [
        {"name": q.name, "topic": TOPICS.get(q.topic, q.topic), "summary": q.summary, "text": q.text}
        for q in queries.catalogue().values()
    ]


def terms(known: Known) -> list[dict[str, str]]:
    """Return the terms of the ontology that the editor offers."""
    made = []
    for sort, kind in _SORTS.items():
        for quad in known.store.quads_for_pattern(None, TYPE, NamedNode(sort), ONTOLOGY_GRAPH):
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(CSCIP):
                about = known.store.quads_for_pattern(
                    quad.subject, NamedNode(SKOS + "definition"), None, ONTOLOGY_GRAPH
                )
                name = f"cscip:{quad.subject.value.removeprefix(CSCIP)}"
                text = next((value_of(q.object) for q in about), "")
                made.append({"name": name, "kind": kind, "about": text})
    return sorted(made, key=lambda term: term["name"])


def column(known: Known, slug: str) -> dict[str, Any]:
    """Return one intervention's column of a comparison: parts, rows and lines.

    Its lines do not depend on what it is compared with, so that a script can put columns side by side.
    """
    other = next(s for s in known.kinds["intervention"] if s != slug)
    document = profiles.comparison([slug, other], known.folder)
    parts = [
        {
            "title": part.title,
            "note": part.note,
            "rows": [{"label": row[0], "lines": row[1].split("\n")} for p in part.panels for row in p.rows],
        }
        for part in document.parts
    ]
    return {"id": f"intervention/{slug}", "name": known.name(f"{ID}intervention/{slug}"), "parts": parts}


FILES: Final[dict[str, Callable[[Known], object]]] = {
    "search/index.json": searchable,
    "sparql-editor/examples.json": examples,
    "sparql-editor/terms.json": terms,
}
