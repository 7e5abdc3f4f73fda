"""The command that answers a plain question.

In: a question in English. Out: the rows that answer it, how it was understood, or why there is no answer.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final

import typer

from cscip_kg import ask
from cscip_kg.cli.shared import BuildFolder, app, err, print_table
from cscip_kg.errors import UnknownNameError
from cscip_kg.output import as_csv

FORMS: Final = ("table", "json", "csv")


@app.command("ask")
def ask_command(
    question: Annotated[str, typer.Argument(help="The question, in plain English.")],
    form: Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMS)}.")] = "table",
    build_dir: BuildFolder = None,
) -> None:
    """Answer a plain question from the stored queries, or say why not; nothing is guessed.

    Example: [bold]cscip ask "Which projects reduced missing episodes?"[/bold]
    """
    if form not in FORMS:
        raise UnknownNameError(f"There is no format {form!r}. Formats: {', '.join(FORMS)}.")
    answer = ask.ask(question, build_dir)
    if form == "json":
        sys.stdout.write(json.dumps(ask.as_json(answer), ensure_ascii=False, indent=2) + "\n")
        return
    if answer.answered:
        if form == "csv":
            sys.stdout.write(as_csv(answer.table))
        else:
            print_table(answer.table)
        for line in answer.why:
            err.print(f"· {line}", style="dim", markup=False, highlight=False, soft_wrap=True)
        err.print(answer.caution, style="italic", markup=False, highlight=False, soft_wrap=True)
    else:
        err.print(f"No answer. {answer.reason}", markup=False, highlight=False, soft_wrap=True)
    if answer.alternatives:
        err.print("Near it:", *answer.alternatives, sep="\n  ", markup=False, highlight=False, soft_wrap=True)
