"""The `cscip` command: one thin command per stage.

Exit codes: 0 fine; 1 the data do not conform; 2 the command could not run; 3 an endpoint of others did
not answer, the rest did. Results go to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

from cscip_kg import __version__
from cscip_kg.cli import (
    asking,
    federating,
    linking,
    making,
    official,
    questions,
    reconciling,
    releasing,
    serving,
    showing,
    stores,
)
from cscip_kg.cli.shared import app, err, out
from cscip_kg.errors import CscipError, RecordsError

# Each of these registers its commands with `app`; help lists them in this order.
COMMANDS = (
    making, releasing, linking, reconciling, federating, official,
    asking, questions, showing, serving, stores,
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"cscip-kg {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command and turn the project's errors into messages and exit codes."""
    try:
        app(prog_name="cscip")
    except RecordsError as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        err.print(f"[bold red]{len(error.errors)} faults in the records.[/bold red] Nothing was written.")
        sys.exit(1)
    except CscipError as error:
        err.print(f"[bold red]cscip:[/bold red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        err.print(f"[bold red]cscip:[/bold red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
