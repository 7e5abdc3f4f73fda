"""The commands that ask the graph: query, sparql, explain, search.

In: names, parameters, SPARQL, words. Out: rows and things, each with its citations, in the form asked for.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

import typer
from pyoxigraph import Literal
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import queries, search, show, store
from cscip_kg.cli.shared import (
    BuildFolder,
    EndpointUrl,
    Form,
    Timeout,
    app,
    err,
    form_named,
    out,
    print_answer,
    source_of,
    values_of,
)
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.output import CAUTION, as_csv
from cscip_kg.queries import StoredQuery, Table


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
    endpoint: EndpointUrl = None,
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
    values, form = values_of(param), form_named(form)
    source = source_of(endpoint, build_dir, timeout)
    print_answer(queries.run(name, values, store.Limits(seconds=timeout), source), form)


@app.command()
def sparql(
    text: Annotated[
        str, typer.Argument(help="SPARQL 1.1 query, a file that holds one, or - for standard input.")
    ],
    form: Form = "table",
    timeout: Timeout = 10.0,
    endpoint: EndpointUrl = None,
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
    form, limits = form_named(form), store.Limits(seconds=timeout)
    source = source_of(endpoint, build_dir, timeout)
    if source is None or isinstance(source, Path):
        print_answer(store.ask(text, limits, source), form)
    else:
        print_answer(source.ask(text, limits), form)


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


SEARCH_FORMS: Final = ("table", "json", "csv")
_HIT_COLUMNS: Final = ("id", "name", "kind", "score", "why", "citations")
_CITATIONS_SHOWN: Final = 3


def _print_hits(hits: tuple[search.Hit, ...]) -> None:
    for kind, run in groupby(hits, key=lambda hit: hit.kind):
        shown = RichTable(title=search.plural(kind), title_justify="left", title_style="bold",
                          header_style="bold", pad_edge=False, expand=True)  # fmt: skip
        shown.add_column("name", overflow="fold", ratio=2)
        shown.add_column("why", overflow="fold", ratio=3)
        # A citation is there to be copied: it is never broken.
        shown.add_column("citations", no_wrap=True)
        for hit in run:
            cited, more = hit.citations[:_CITATIONS_SHOWN], len(hit.citations) - _CITATIONS_SHOWN
            lines = [*cited, f"and {more} more"] if more > 0 else cited
            name = f"[bold]{escape(hit.name)}[/bold]\n[dim]{escape(hit.id)}[/dim]"
            shown.add_row(name, escape("; ".join(hit.why)), "\n".join(lines))
        out.print(shown)


def _tell_of(found: search.Found) -> None:
    for typed, known in found.read_as.items():
        err.print(f'"{typed}" was read as {known}.', markup=False, highlight=False)
    if found.unknown:
        words = ", ".join(f'"{word}"' for word in found.unknown)
        err.print(f"These words stand nowhere: {words}.", markup=False, highlight=False)
    if not found.hits:
        err.print("Nothing was found.")
    elif any(hit.kind == "finding" or "finding" in hit.fields for hit in found.hits):
        err.print(f"[italic]{CAUTION}[/italic]")


@app.command("search")
def search_command(
    text: Annotated[str, typer.Argument(help="What you look for, in your own words.")],
    kind: Annotated[
        str | None, typer.Option("--kind", "-k", help=f"Only one kind: {', '.join(search.KINDS)}.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=150, help="How many at most.")] = 20,
    form: Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(SEARCH_FORMS)}.")] = "table",
    build_dir: BuildFolder = None,
) -> None:
    """Find interventions and all else by words: synonyms and slips are understood, and it says why.

    Example: [bold]cscip search "teenagers going missing"[/bold]
    """
    if form not in SEARCH_FORMS:
        raise UnknownNameError(f"There is no format {form!r}. Formats: {', '.join(SEARCH_FORMS)}.")
    found = search.find(text, limit, kind, build_dir)
    if form == "json":
        sys.stdout.write(json.dumps([asdict(hit) for hit in found.hits], ensure_ascii=False, indent=2) + "\n")
    elif form == "csv":
        rows = [(h.id, h.name, h.kind, f"{h.score:g}", "; ".join(h.why), "|".join(h.citations))
                for h in found.hits]  # fmt: skip
        sys.stdout.write(as_csv(Table(_HIT_COLUMNS, [tuple(map(Literal, row)) for row in rows])))
    else:
        _print_hits(found.hits)
    _tell_of(found)
