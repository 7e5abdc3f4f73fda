"""Pages that are no plain list: home, search, a question, the comparison, downloads, and those of prose.

In: a request. Out: `Page`. What a page says in figures comes from stored queries or from the build itself.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from cscip_kg import ask, described, profiles, search
from cscip_kg.errors import QueryError
from cscip_kg.namespaces import ID, PREFIXES
from cscip_kg.queries import cell_value, find
from cscip_kg.reply import Request
from cscip_kg.site.cells import Here
from cscip_kg.site.known import Known
from cscip_kg.site.panels import Page, Section, Spec
from cscip_kg.site.rows import shown

PROSE: Final = {
    "about": ("About", "What this is, what it is for, and what it cannot tell."),
    "method": ("Method", "How sources were read, how statements are checked, how an effect is worked out."),
    "cite": ("How to cite", "The dataset, one page, or one statement."),
    "contribute": ("How to contribute", "Point out a mistake, or add a source, a term or a question."),
    "accessibility": (
        "Accessibility statement",
        "How far everybody can use these pages, and what falls short.",
    ),
}
_COUNTED: Final = (
    ("Intervention", "interventions", "interventions/"),
    ("Evaluation", "evaluations", "evaluations/"),
    ("Finding", "findings", "outcomes/"),
    ("Lesson", "lessons", "lessons/"),
    ("Discrepancy", "contradictions", "discrepancies/"),
    ("Citation", "cited places", "sources/"),
)
# What people come for, in their words, and where it is.
TASKS: Final = (
    ("Find what has been tried", "By theme, region, outcome, practice or evaluator.", "interventions/"),
    ("See where evidence is missing", "Practice and themes against outcomes, empty cells included.", "map/"),
    ("Compare interventions", "Two to six side by side; nothing is ranked.", "compare/"),
    ("Learn from others", "What helped, what hindered, what is recommended, by topic.", "lessons/"),
    ("Look at costs and savings", "Every printed amount with its method.", "costs/"),
    ("Check a statement", "From a page to the lines of its source and back.", "sources/"),
    ("Ask a question", "In plain words; it says how it was understood.", "ask/"),
    ("Use the data", "Stored questions, SPARQL, files in every common format.", "queries/"),
)
_KINDS: Final = (("", "Everything"), *((kind, search.plural(kind)) for kind in search.KINDS))


def dataset(known: Known) -> Markup:
    """Return the dataset as Schema.org has it, safe to stand in a data block of a page."""
    text = json.dumps(described.schema_org(known.folder), ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - JSON without a sign that could end the block


def _counts(known: Known) -> list[tuple[str, str, str]]:
    query = find("how-many")
    made = []
    for name, words, path in _COUNTED:
        table = known.rows(query, {"class": name})
        place = table.columns.index("number")
        made.append((words, f"{int(cell_value(table.rows[0][place])):,}" if table.rows else "0", path))
    return made


def home(known: Known) -> Page:
    """Return the home page."""
    return Page(
        "",
        "Evidence of the Children's Social Care Innovation Programme",
        "What was tried in England, where, by whom it was studied and what was found. Each statement "
        "names the lines "
        "of its source.",
        template="home.html",
        values={"counts": _counts(known), "tasks": TASKS, "dataset": dataset(known)},
    )


def downloads(known: Known) -> Page:
    """Return the page of files."""
    files = [(one.name, one.title) for one in described.offered()]
    return Page(
        "downloads/",
        "Downloads",
        "The whole graph in every format that it is given away in.",
        template="downloads.html",
        values={"files": files, "dataset": dataset(known)},
    )


def searched(known: Known, request: Request) -> Page:
    """Return the page of the search with its results."""
    text, kind = request.first("q").strip(), request.first("kind")
    found, error = None, ""
    if text:
        try:
            found = search.find(text, 30, kind or None, known.folder)
        except QueryError as problem:
            error = str(problem)
    return Page(
        "search/",
        f"Results for “{text}”" if text else "Search",
        template="search.html",
        values={
            "text": text,
            "kind": kind,
            "kinds": _KINDS,
            "found": found,
            "error": error,
            "plural": search.plural,
        },
    )


def asked(known: Known, here: Here, request: Request) -> Page:
    """Return the page of a question with its answer, or why there is none."""
    text = request.first("q").strip()
    answer, error, table = None, "", None
    if text:
        try:
            answer = ask.ask(text, known.folder)
            if answer.answered:
                table = shown(known, here, find(answer.query), answer.table)
        except QueryError as problem:
            error = str(problem)
    return Page(
        "ask/",
        "Ask a question",
        "Questions are matched with stored questions; nothing is made up. It says how it understood "
        "you, and says so "
        "when it did not.",
        template="ask.html",
        values={"text": text, "answer": answer, "error": error, "table": table, "most": ask.MAX_QUESTION},
    )


def wanted(request: Request) -> list[str]:
    """Return the interventions that a request wants compared."""
    return [value for name, value in request.params if name == "intervention" and value]


def compared(known: Known, names: Sequence[str]) -> Page:
    """Return the page of the comparison; with two to six names, the interventions side by side."""
    options = sorted(
        ((slug, known.name(f"{ID}intervention/{slug}")) for slug in known.kinds["intervention"]),
        key=lambda option: option[1].casefold(),
    )
    document, error = None, ""
    # One alone is no comparison yet: somebody came from its page and has still to choose the others.
    if len(names) > 1:
        try:
            document = profiles.comparison(list(names), known.folder)
        except QueryError as problem:
            error = str(problem)
    return Page(
        "compare/",
        document.title if document else "Compare interventions",
        ""
        if document
        else "Set two to six interventions side by side. The sources warn against ranking them: they differ "
        "in whom they serve, how they were studied and when.",
        template="compare.html",
        values={"options": options, "names": [*names, *[""] * 6][:6], "document": document, "error": error},
    )


def prose(name: str) -> Page | None:
    """Return a page of prose; None when there is none of that name."""
    if name not in PROSE:
        return None
    title, lead = PROSE[name]
    specs = (Spec("agreement", "agreement"),) if name == "method" else ()
    sections = (Section("Agreement between two readers", specs),) if specs else ()
    return Page(f"{name}/", title, lead, sections, template=f"{name}.html")


def editor() -> Page:
    """Return the page of the SPARQL editor; a script builds it, without one there is a plain form."""
    return Page(
        "sparql-editor/",
        "SPARQL editor",
        "Ask the graph in SPARQL 1.1. It can be read only; a query that takes too long is ended.",
        template="editor.html",
        values={"prefixes": json.dumps(PREFIXES)},
        crumbs=(("Query library", "queries/"),),
    )


def comparison_csv(known: Known, request: Request) -> bytes | None:
    """Return a comparison as CSV: part, row, and a column for each intervention; None when there is none."""
    document = compared(known, wanted(request)).values["document"]
    if document is None:
        return None
    panels = [(part.title, panel) for part in document.parts for panel in part.panels]
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(["part", "row", *panels[0][1].columns[1:]])
    writer.writerows([title, *row] for title, panel in panels for row in panel.rows)
    return sink.getvalue().encode()
