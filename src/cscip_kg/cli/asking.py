"""The commands that ask the graph: query, sparql, explain.

In: names, parameters, SPARQL. Out: rows, each with its citations, in the form asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import queries, show, store
from cscip_kg.cli.shared import BuildFolder, Form, Timeout, app, err, form_named, out, print_answer
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.queries import StoredQuery


def _print_catalogue() -> None:
    shown = RichTable(title="Stored queries", header_style="bold", pad_edge=False)
    for column in ("topic", "name", "question", "parameters"):
        # A name is there to be copied: it is never broken.
        shown.add_column(column, overflow="fold", no_wrap=column == "name")
    for query in queries.catalogue().values():
        names = ", ".join(f"{p.name}{'' if p.required else '?'}" for p in query.parameters)
        shown.add_row(query.topic, f"[bold]{query.name}[/bold]", escape(query.summary), names)
    out.print(shown)
    err.print("Run one: [bold]cscip query NAME --param name=value[/bold]; about one: [bold]--about[/bold].")


def _print_about(query: StoredQuery) -> None:
    out.print(f"[bold]{query.name}[/bold] ({query.topic}): {escape(query.summary)}")
    out.print(escape(query.description))
    for p in query.parameters:
        need = "required" if p.required else "optional"
        out.print(
            f"  --param {p.name}=… ({p.kind}, {need}): {escape(p.summary)}; for example {escape(p.example)}"
        )
    out.print(f"Columns: {', '.join(query.columns)}")


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(help="Name of a stored query; none: the catalogue.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value; may be repeated.")
    ] = None,
    form: Form = "table",
    timeout: Timeout = 10.0,
    about: Annotated[bool, typer.Option("--about", help="Describe the query instead of running it.")] = False,
    build_dir: BuildFolder = None,
) -> None:
    """Run a stored query, or list them all.

    Example: [bold]cscip query findings-on-outcome -p outcome=reduced-days-in-state-care[/bold]
    """
    if name is None:
        _print_catalogue()
        return
    if about:
        _print_about(queries.find(name))
        return
    values: dict[str, str] = {}
    for item in param or []:
        key, equals, value = item.partition("=")
        if not equals:
            raise UnknownNameError(f"--param takes name=value, not {item!r}.")
        values[key] = value
    print_answer(queries.run(name, values, store.Limits(seconds=timeout), build_dir), form_named(form))


@app.command()
def sparql(
    text: Annotated[
        str, typer.Argument(help="SPARQL 1.1 query, a file that holds one, or - for standard input.")
    ],
    form: Form = "table",
    timeout: Timeout = 10.0,
    build_dir: BuildFolder = None,
) -> None:
    """Run your own SPARQL over the graph; the project's prefixes are known.

    Example: [bold]cscip sparql 'SELECT ?name { ?x a cscip:Intervention ; rdfs:label ?name } LIMIT 5'[/bold]
    """
    if text == "-":
        text = sys.stdin.read()
    elif text.endswith((".rq", ".sparql")):
        try:
            text = Path(text).read_text(encoding="utf-8")
        except OSError as error:
            raise QueryError(f"Cannot read {text}: {error.strerror}.") from error
    print_answer(store.ask(text, store.Limits(seconds=timeout), build_dir), form_named(form))


@app.command()
def explain(
    subject: Annotated[str, typer.Argument(help="IRI or kind/slug of the thing.")],
    target: Annotated[str, typer.Argument(help="IRI or kind/slug of what it is linked to.")],
    build_dir: BuildFolder = None,
) -> None:
    """Show why a link holds: the rule, and the statements it follows from.

    Example: [bold]cscip explain intervention/pause theme/support-for-parents-facing-complex-risks[/bold]
    """
    for line in show.explanation(subject, target, build_dir):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


Texts = Annotated[Path, typer.Option("--texts", help="Folder of the source texts.")]
