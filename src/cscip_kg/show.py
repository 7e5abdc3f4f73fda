"""A document on a terminal, and one link explained.

In: a `Document`, or two things of the graph. Out: text for people.
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from cscip_kg import inference, store
from cscip_kg.document import NOTHING, Document, Panel
from cscip_kg.errors import UnknownNameError
from cscip_kg.exports import graph_of
from cscip_kg.namespaces import CSCIP, ID, SKOS


def print_document(document: Document, console: Console) -> None:
    """Write a document to `console`; a panel without rows says so."""
    console.rule(Text(document.title, "bold"))
    console.print(Text(document.about))
    console.print(Text(document.caution, "italic"))
    for part in document.parts:
        console.print()
        console.print(Text(part.title, "bold"))
        if part.note:
            console.print(Text(part.note, "italic"))
        for panel in part.panels:
            _print_panel(panel, console)
    console.print()
    for short, title in document.sources:
        console.print(Text.assemble((f"{short}: ", "bold"), title))
    console.print()
    console.print(Text(document.caution, "italic"))
    console.print(Text(f"To cite: {document.cite}", "dim"))
    console.print(Text(f"To make it again: {document.rerun}", "dim"))


def _print_panel(panel: Panel, console: Console) -> None:
    if panel.title:
        console.print(Text(panel.title, "underline"))
    if not panel.rows:
        console.print(Text(f"  {NOTHING}"))
        return
    if panel.note:
        console.print(Text(panel.note, "dim italic"))
    if panel.is_table:
        console.print(_table(panel))
        return
    for row in panel.rows:
        (_, lead), *rest = panel.told(row)
        console.print(Text.assemble("• ", (lead, "bold")))
        for name, text in rest:
            lines = text if "\n" not in text else "\n- " + text.replace("\n", "\n- ")
            console.print(Padding(Text.assemble((f"{name}: ", "dim"), lines), (0, 0, 0, 4), expand=False))


def _table(panel: Panel) -> RichTable:
    # Cells of several lines run into those of the next row without a rule between them.
    several = any("\n" in cell for row in panel.rows for cell in row)
    shown = RichTable(header_style="bold", pad_edge=False, show_lines=several)
    for column in panel.columns:
        shown.add_column(Text(column), overflow="fold")
    for row in panel.rows:
        shown.add_row(*map(Text, row))
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
