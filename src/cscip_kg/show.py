"""One intervention on one page, and one link explained.

In: a name and the built graph. Out: text. Each panel of the page is a stored query of the topic `profile`,
so that the same panels serve a web page.
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import inference, queries, store
from cscip_kg.errors import UnknownNameError
from cscip_kg.exports import graph_of
from cscip_kg.namespaces import CSCIP, ID, SKOS
from cscip_kg.output import cell_text, narrowed
from cscip_kg.queries import StoredQuery, Table

CAUTION = (
    "Most of these studies cannot show what caused a result: the sources warn against reading weak designs "
    "as proof. An aim to study impact is not an impact design."
)


def panels() -> list[StoredQuery]:
    """Return the stored queries that make up a profile, in the order of their names."""
    return [q for q in queries.catalogue().values() if q.topic == "profile"]


def profile(intervention: str, folder: Path | None = None) -> list[tuple[StoredQuery, Table]]:
    """Return each panel with its rows.

    Args:
        intervention: slug, IRI or any printed name.
        folder: the build folder.

    Raises:
        UnknownNameError: no intervention goes by that name; the nearest are listed.
    """
    found = panels()
    (thing,) = queries.bind(found[0], {"intervention": intervention}, folder).values()
    values = {"intervention": thing.value}
    return [(q, queries.table_of(queries.run(q.name, values, folder=folder))) for q in found]


def print_profile(intervention: str, console: Console, folder: Path | None = None) -> None:
    """Write the profile of an intervention to `console`; a panel without rows says so."""
    found = profile(intervention, folder)
    console.rule(f"[bold]{escape(intervention)}[/bold]")
    for query, answer in found:
        table = narrowed(answer, console.width)
        console.print(f"\n[bold]{escape(query.summary)}[/bold]")
        if not table.rows:
            console.print("  Not stated in the sources read so far.")
            continue
        shown = RichTable(header_style="bold", pad_edge=False)
        for column in table.columns:
            shown.add_column(column, overflow="fold")
        for row in table.rows:
            shown.add_row(*(escape(cell_text(cell)) for cell in row))
        console.print(shown)
    console.print(f"\n[italic]{CAUTION}[/italic]")


def _node(text: str) -> NamedNode:
    prefixes = {"cscip:": CSCIP, "skos:": SKOS}
    for prefix, namespace in prefixes.items():
        if text.startswith(prefix):
            return NamedNode(namespace + text.removeprefix(prefix))
    try:
        return NamedNode(text if "://" in text else ID + text)
    except ValueError as error:
        raise UnknownNameError(f"{text!r} is not an IRI or kind/slug.") from error


def explanation(subject: str, target: str, folder: Path | None = None) -> list[str]:
    """Return why `subject` is linked to `target`, as indented lines.

    Raises:
        UnknownNameError: the graph holds no link between the two.
    """
    explainer = inference.Explainer(graph_of(store.open_store(folder)))
    reasons = explainer.between(_node(subject), _node(target))
    if not reasons:
        raise UnknownNameError(f"No statement links {subject} to {target}. Try the other order.")
    return inference.told(reasons)
