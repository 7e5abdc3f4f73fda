"""The commands on links to other datasets: check.

In: the link files and a folder of extracts. Out: faults on standard output, a count of levels on standard
error. Exit code 1 where a link is not borne out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscip_kg import links, pipeline
from cscip_kg.cli.shared import DataFolder, app, err, out, tell
from cscip_kg.graph import build_graph
from cscip_kg.links.targets import LEVELS
from cscip_kg.records import load_records

links_app = typer.Typer(
    help="Links to other datasets: check what proves them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(links_app, name="links")


@links_app.command("check")
def check(
    snapshots: Annotated[
        Path | None, typer.Option("--snapshots", help="Folder of the extracts with their MANIFEST.csv.")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Check every link: the files, the things they speak of and, with extracts, what proves them.

    Nothing is fetched. A link that no extract holds is counted and not checked.

    Example: [bold]cscip links check --snapshots ../shared/links/snapshots[/bold]
    """
    tell("Reading the records and the links")
    sets = pipeline.read_links(data, build_graph(load_records(data)))
    total = sum(len(one.links) for one in sets)
    if snapshots is None:
        err.print(f"{total} links in {len(sets)} files can be read. --snapshots DIR checks what proves them.")
        return
    tell("Looking each link up in the extracts")
    done = links.check_snapshots(sets, snapshots)
    for fault in done.faults:
        out.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    for level, meaning in LEVELS.items():
        err.print(f"{done.levels[level]:5d} {level}: {meaning}.", highlight=False, soft_wrap=True)
    err.print(f"{total} links, {done.looked_up} cells looked up, {len(done.faults)} faults.")
    raise typer.Exit(1 if done.faults else 0)
