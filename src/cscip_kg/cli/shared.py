"""What the commands share: the app itself, the two consoles, options that several take, tables on a terminal.

Results go to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import queries, store
from cscip_kg.errors import UnknownNameError
from cscip_kg.output import FORMATS, caution_of, cell_text, narrowed, written
from cscip_kg.queries import Table

app = typer.Typer(
    name="cscip",
    help="Build, check and ask the evidence graph of the Children's Social Care Innovation Programme.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
out = Console(soft_wrap=False)
err = Console(stderr=True)

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of records, in place of the project's.")
]
BuildFolder = Annotated[Path | None, typer.Option("--build-dir", help="Folder of built graphs.")]
EngineName = Annotated[str, typer.Option("--engine", help="SHACL engine: fast, or reference (pySHACL).")]
Form = Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")]
EndpointUrl = Annotated[
    str | None, typer.Option("--endpoint", help="Ask this SPARQL store, not the built graph.")
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which the query is ended.")
]


def values_of(param: list[str] | None) -> dict[str, str]:
    """Return parameters by name, each given as name=value."""
    values: dict[str, str] = {}
    for item in param or []:
        key, equals, value = item.partition("=")
        if not equals:
            raise UnknownNameError(f"--param takes name=value, not {item!r}.")
        values[key] = value
    return values


def form_named(name: str) -> str:
    """Return the name of a form of output, or refuse it with those there are."""
    if name not in FORMATS:
        raise UnknownNameError(f"There is no format {name!r}. Formats: {', '.join(FORMATS)}.")
    return name


def source_of(endpoint: str | None, build_dir: Path | None, seconds: float = 60.0) -> store.Source:
    """Return where the graph is asked: the store at an address, else the build in a folder."""
    if endpoint is None:
        return build_dir
    from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    return remote.Endpoint(endpoint, store.Limits(seconds=seconds))


def tell(stage: str) -> None:
    """Say on standard error what is being done."""
    err.print(f"[dim]·[/dim] {stage} …")


def print_table(answer: Table) -> None:
    """Write rows as a table that fits the terminal; what it leaves out is said on standard error."""
    table = narrowed(answer, out.width)
    shown = RichTable(show_lines=False, header_style="bold", pad_edge=False)
    for column in table.columns:
        shown.add_column(column, overflow="fold")
    for row in table.rows:
        shown.add_row(*(escape(cell_text(cell)) for cell in row))
    out.print(shown)
    left_out = [column for column in answer.columns if column not in table.columns]
    more = f"; not shown for want of room: {', '.join(left_out)} (--format csv has all)" if left_out else ""
    err.print(f"[dim]{len(table.rows)} rows{more}[/dim]")


def print_answer(answer: store.Answer, form: str) -> None:
    """Write the answer to a query in the form asked for."""
    table = queries.table_of(answer)
    if form == "table":
        print_table(table)
    else:
        sys.stdout.write(written(answer, form))
    if caution := caution_of(table.columns):
        err.print(f"[italic]{caution}[/italic]")
