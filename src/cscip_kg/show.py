"""A document on a terminal, and one link explained.

In: a `Document`, or two things of the graph. Out: text for people.
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table as RichTable

from cscip_kg import inference, store
from cscip_kg.document import NOTHING, Document, Panel
from cscip_kg.errors import UnknownNameError
from cscip_kg.exports import graph_of
from cscip_kg.namespaces import CSCIP, ID, SKOS


def print_document(document: Document, console: Console) -> None:
    """Write a document to `console`; a panel without rows says so."""
    console.rule(f"[bold]{escape(document.title)}[/bold]")
    console.print(escape(document.about))
    for part in document.parts:
        console.print(f"\n[bold]{escape(part.title)}[/bold]")
        if part.note:
            console.print(f"[italic]{escape(part.note)}[/italic]")
        for panel in part.panels:
            if panel.title:
                console.print(f"[underline]{escape(panel.title)}[/underline]")
            if not panel.rows:
                console.print(f"  {NOTHING}")
            elif panel.is_table:
                console.print(_table(panel))
            else:
                for row in panel.rows:
                    (_, lead), *rest = panel.told(row)
                    console.print(f"• [bold]{escape(lead)}[/bold]")
                    for name, text in rest:
                        console.print(Padding(f"[dim]{escape(name)}:[/dim] {escape(text)}", (0, 0, 0, 4)))
    console.print(f"\n[italic]{document.caution}[/italic]")
    console.print(f"[dim]To cite: {escape(document.cite)}[/dim]")


def _table(panel: Panel) -> RichTable:
    shown = RichTable(header_style="bold", pad_edge=False)
    for column in panel.columns:
        shown.add_column(escape(column), overflow="fold")
    for row in panel.rows:
        shown.add_row(*map(escape, row))
    return shown


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
