"""The command that matches other people's lists with the graph: link.

In: a CSV file, a column, a kind of thing. Out: an SSSOM file, whole or not at all; what it came to is told on
standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscip_kg.cli.shared import BuildFolder, app, err, tell
from cscip_kg.errors import ExportError, UnknownNameError
from cscip_kg.exports import write_whole
from cscip_kg.reconcile.kinds import KINDS
from cscip_kg.reconcile.linking import linked

_PLURALS = {kind.plural: kind for kind in KINDS.values()}


@app.command("link")
def link(
    file: Annotated[Path, typer.Argument(help="CSV file in UTF-8 with a header row.")],
    column: Annotated[str, typer.Option("--column", "-c", help="Head of the column that holds the names.")],
    to: Annotated[str, typer.Option("--to", help=f"What they name: {', '.join(_PLURALS)}.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="SSSOM file to write.")],
    build_dir: BuildFolder = None,
) -> None:
    """Match the names in a list with the graph; rows without a match are in the file too, with the reason.

    Example: [bold]cscip link projects.csv --column Name --to interventions --out projects.sssom.tsv[/bold]
    """
    if to not in _PLURALS:
        raise UnknownNameError(f"There is no kind {to!r}. Kinds: {', '.join(_PLURALS)}.")
    if out.is_dir():
        raise ExportError(f"{out} is a folder. Name a file in it, such as {file.stem}.sssom.tsv.")
    if out.exists() and file.exists() and out.samefile(file):
        raise ExportError(f"{out} is the list itself. Name another file with --out.")
    tell(f"Matching {file} with the {to}")
    rows, table = linked(file, column, _PLURALS[to], build_dir)
    write_whole(out, table.encode())
    found = [row.match for row in rows if row.match]
    matched = sum(one.match for one in found)
    related = f"{len(found) - matched} related, " if len(found) > matched else ""
    err.print(
        f"{len(rows)} rows: {matched} matched, {related}{len(rows) - len(found)} without; {out} says why.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
