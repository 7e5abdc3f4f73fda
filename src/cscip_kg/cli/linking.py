"""The commands on links to other datasets: check and refresh.

In: the link files and a folder of extracts. Out: faults or changes on standard output, counts on standard
error. Exit code 1 where a link is not borne out, or where there is something to review.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from cscip_kg import links, pipeline
from cscip_kg.cli.shared import DataFolder, app, err, out, tell
from cscip_kg.errors import ExportError, UnknownNameError
from cscip_kg.graph import build_graph
from cscip_kg.links.targets import LEVELS
from cscip_kg.records import load_records

# The largest of the sources has some hundred kilobytes.
_LARGEST: Final = 32 * 1024 * 1024

links_app = typer.Typer(
    help="""Links to other datasets: check what proves them, or ask their sources what changed.

    Example: [bold]cscip links check --snapshots ../shared/links/snapshots[/bold]
    """,
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


def _list_sources() -> None:
    for source in links.SOURCES.values():
        out.print(
            f"[bold]{source.name}[/bold]  {source.url} ({source.licence})", highlight=False, soft_wrap=True
        )
    err.print("Nothing was fetched. Name sources, or all, with --snapshots and -o.")


def _chosen(names: list[str], at: list[str]) -> dict[links.Source, str]:
    """Return the sources that the user named, each with the address to fetch it from."""
    elsewhere = dict(pair.partition("=")[::2] for pair in at)
    wanted = list(links.SOURCES) if names == ["all"] else names
    for name in (*wanted, *elsewhere):
        if name not in links.SOURCES:
            raise UnknownNameError(
                f"There is no source {name!r}. Sources: {', '.join(links.SOURCES)}, or all."
            )
    return {links.SOURCES[name]: elsewhere.get(name) or links.SOURCES[name].url for name in wanted}


@links_app.command("refresh")
def refresh(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources to fetch, or all; none: a list.")
    ] = None,
    snapshots: Annotated[
        Path | None, typer.Option("--snapshots", help="Folder of the extracts with their MANIFEST.csv.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--out", "-o", help="New folder for the extracts of today and the changes.")
    ] = None,
    at: Annotated[
        list[str] | None, typer.Option("--at", help="name=URL: fetch a source from there; may be repeated.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which a source is given up.")
    ] = 60.0,
    data: DataFolder = None,
) -> None:
    """Fetch today's extracts of the sources you name, and list what changed; no link is edited.

    Only this command fetches, and only what is named. Exit codes: 0 nothing changed, 1 there are changes to
    review, 3 a source did not answer and nothing changed in the others.

    Example: [bold]cscip links refresh dfe_las --snapshots ../shared/links/snapshots -o extracts-today[/bold]
    """
    from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed when something is fetched only

    if not sources:
        _list_sources()
        return
    chosen = _chosen(sources, at or [])
    if snapshots is None or target is None:
        raise UnknownNameError(
            "A refresh needs --snapshots, the extracts to compare with, and -o, a new folder."
        )
    if target.exists():
        raise ExportError(f"{target} is there already. Name a new folder: an extract is never written over.")
    sets = links.load_links(data)

    def start() -> links.Fetch:
        budget = remote.Budget(timeout, _LARGEST)
        return lambda url, types: remote.fetch(url, types, budget)

    done = links.refresh(sets, snapshots, chosen, start, tell)
    for name, fault in done.faults.items():
        err.print(f"{name}: not fetched. {fault}", markup=False, highlight=False, soft_wrap=True)
    if done.extracts:
        links.write(done, chosen, target)
        err.print(f"{len(done.extracts)} extracts and {links.CHANGES} are in {target}.", soft_wrap=True)
    sys.stdout.write(links.changes_csv(done.changes))
    total, seen = sum(len(one.links) for one in sets), len(done.looked_at)
    err.print(
        f"{seen} of {total} links have evidence in what was fetched; changes to review: {len(done.changes)}. "
        "The others are proved by no source that answered: see `verification` in their rows.",
        soft_wrap=True,
    )
    raise typer.Exit(1 if done.changes else 3 if done.faults else 0)
