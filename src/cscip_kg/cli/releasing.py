"""The commands that give a version away and tell it from the one before: release and changes.

In: the built graph; two versions. Out: a folder or archive to deposit; what changed, for people and programs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import Quad

from cscip_kg import changes, exports, package
from cscip_kg.cli.shared import BuildFolder, DataFolder, app, err, out, tell
from cscip_kg.errors import ExportError

# Where the changes lie in a release, and what each file of them is.
_FOLDER = "changes"
_KINDS = {
    ".md": ("text/markdown", "for people"),
    ".csv": ("text/csv", "as a table"),
    ".ttl": ("text/turtle", "as RDF"),
}


@app.command("release")
def release_command(
    target: Annotated[
        Path, typer.Option("--out", "-o", help="New folder to write, or archive where it ends in .zip.")
    ],
    since: Annotated[
        Path | None,
        typer.Option(
            "--since", help="Add what changed since this version: a release, or a dump (.nq, .trig)."
        ),
    ] = None,
    data: DataFolder = None,
    build_dir: BuildFolder = None,
) -> None:
    """Write everything of the built graph as one package to deposit, with descriptions and checksums.

    The same data give the same bytes; the day is that of the data, or of SOURCE_DATE_EPOCH.

    Example: [bold]cscip release -o cscip-0.1.0[/bold]
    """
    package.check_target(target)
    old = changes.version(since) if since else None

    def more(quads: list[Quad], told: package.About) -> list[package.Item]:
        if old is None:
            return []
        tell(f"Comparing with {old.name}")
        found = changes.compare(old, changes.Version(told.version, quads))
        return [
            package.Item(f"{_FOLDER}/{name}", write(found), media, f"What changed since {old.name}, {how}")
            for name, write in changes.FILES.items()
            for media, how in [_KINDS[Path(name).suffix]]
        ]

    items = package.release(build_dir, data, more, tell)
    package.write(items, target)
    out.print(str(target), markup=False, highlight=False, soft_wrap=True)
    err.print(f"{len(items):,} files, {sum(item.size for item in items):,} bytes.")
    if target.suffix != package.ARCHIVE:
        err.print(f"Check it there with: [bold]sha256sum -c {package.SUMS}[/bold]")


@app.command("changes")
def changes_command(
    old: Annotated[Path, typer.Argument(help="The earlier version: a release, or a dump (.nq, .trig).")],
    new: Annotated[Path, typer.Argument(help="The later version.")],
    folder: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to write Markdown, CSV and Turtle into.")
    ] = None,
) -> None:
    """Tell what was added, changed and withdrawn between two versions of the data.

    Example: [bold]cscip changes cscip-0.1.0 cscip-0.2.0 -o changes[/bold]
    """
    if folder is not None and folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is a file. Name a folder with -o.")
    tell("Reading both versions")
    versions = changes.version(old), changes.version(new)
    tell("Comparing them")
    found = changes.compare(*versions)
    if folder is None:
        sys.stdout.write(changes.markdown(found).decode())
    else:
        made = {name: write(found) for name, write in changes.FILES.items()}
        for name, content in made.items():
            exports.write_whole(folder / name, content)
            out.print(str(folder / name), markup=False, highlight=False, soft_wrap=True)
    err.print(f"{found.added:,} statements are new, {found.withdrawn:,} are there no more.")
