"""The commands that show: one intervention on a page.

In: names of interventions. Out: pages for people.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cscip_kg import show
from cscip_kg.cli.shared import BuildFolder, app, out


@app.command("show")
def show_command(
    intervention: Annotated[str, typer.Argument(help="Slug or name, for instance pause or 'No Wrong Door'.")],
    build_dir: BuildFolder = None,
) -> None:
    """Show one intervention on a page: names, places, evaluations, findings, each with its lines.

    Example: [bold]cscip show no-wrong-door[/bold]
    """
    show.print_profile(intervention, out, build_dir)
