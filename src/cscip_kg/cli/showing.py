"""The commands that show: one intervention on a page, some side by side, the evidence gap map.

In: names of interventions, what the map is to have as rows. Out: pages for people, pictures, tables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import gapmap, profiles, show
from cscip_kg.cli.shared import BuildFolder, EndpointUrl, app, err, out, source_of, tell
from cscip_kg.document import Document, html, markdown
from cscip_kg.errors import ExportError
from cscip_kg.exports import write_whole
from cscip_kg.gapmap import By, GapMap
from cscip_kg.output import CAUTION
from cscip_kg.store import Source
from cscip_kg.wordfile import word_file

PAGE_FORMS: Final[dict[str, Callable[[Document], bytes]]] = {
    "md": lambda document: markdown(document).encode(),
    "html": lambda document: html(document).encode(),
    "docx": word_file,
}
NO_TEXT: Final = ("docx", "png")
PageForm = Annotated[
    str | None,
    typer.Option("--format", "-f", help=f"terminal, {', '.join(PAGE_FORMS)}; else as the file's name ends."),
]
Target = Annotated[Path | None, typer.Option("--out", "-o", help="File to write.")]


def chosen_form(form: str | None, target: Path | None, plain: str, forms: Iterable[str]) -> str:
    """Return the form asked for, by name or by the ending of the file; `plain` is for the terminal only.

    All that can be refused is refused here, before anything is read or written.
    """
    endings = ", ".join(f".{name}" for name in forms)
    if target and target.is_dir():
        raise ExportError(f"{target} is a folder. Name a file in it that ends in {endings}.")
    wanted = form or (target.suffix.removeprefix(".").casefold() if target else plain)
    if wanted not in (plain, *forms):
        if target and not form:
            raise ExportError(f"How {target.name} ends names no format. Let it end in {endings}.")
        raise ExportError(f"There is no format {wanted!r} here. Formats: {plain}, {', '.join(forms)}.")
    if wanted == plain and target:
        raise ExportError(f"{plain} is for the screen. Name a file that ends in {endings}.")
    if wanted in NO_TEXT and not target:
        raise ExportError(f"{wanted} is no text for the terminal. Name a file: -o file.{wanted}")
    return wanted


def give(content: bytes, target: Path | None) -> None:
    """Write content to a file, or text to standard output."""
    if target:
        tell(f"Writing {target}")
        write_whole(target, content)
    else:
        sys.stdout.write(content.decode())


def _show(made: Callable[[], Document], form: str | None, target: Path | None) -> None:
    wanted = chosen_form(form, target, "terminal", PAGE_FORMS)
    if wanted == "terminal":
        show.print_document(made(), out)
    else:
        give(PAGE_FORMS[wanted](made()), target)


@app.command("show")
def show_command(
    intervention: Annotated[str, typer.Argument(help="Slug or name, for instance pause or 'No Wrong Door'.")],
    form: PageForm = None,
    target: Target = None,
    build_dir: BuildFolder = None,
) -> None:
    """Show one intervention on a page: what it is, how it was studied, what was found, what is not known.

    Example: [bold]cscip show no-wrong-door -o no-wrong-door.docx[/bold]
    """
    _show(lambda: profiles.profile(intervention, build_dir), form, target)


@app.command("compare")
def compare_command(
    interventions: Annotated[list[str], typer.Argument(help="Two to six slugs or names.")],
    form: PageForm = None,
    target: Target = None,
    build_dir: BuildFolder = None,
) -> None:
    """Set two to six interventions side by side; nothing is ranked or added up.

    Example: [bold]cscip compare no-wrong-door step-change -o comparison.html[/bold]
    """
    _show(lambda: profiles.comparison(interventions, build_dir), form, target)


MAP_FORMS: Final[dict[str, Callable[[GapMap, By, Source], str | bytes]]] = {
    "csv": lambda made, _by, _folder: gapmap.csv_of(made),
    "html": lambda made, _by, folder: gapmap.html_of(made, folder),
    "svg": lambda made, by, _folder: gapmap.svg_of(made, by),
    "png": lambda made, by, _folder: gapmap.png_of(made, by),
}


def _print_map(made: GapMap, by: By) -> None:
    shown = RichTable(title=made.title, header_style="bold", pad_edge=False, show_lines=True)
    shown.add_column("", overflow="fold")
    for outcome in made.outcomes:
        shown.add_column(escape(outcome.name), overflow="fold")
    for row in made.rows:
        cells = [made.cells[row.iri, outcome.iri] for outcome in made.outcomes]
        texts = [
            f"[bold]{c.findings}[/bold] " + " ".join(f"{number}{sign}" for _, sign, number in c.parts(by))
            if c.findings
            else "[dim]none[/dim]"
            for c in cells
        ]
        shown.add_row(escape(row.name), *texts)
    out.print(shown)
    out.print("  ".join(f"[bold]{sign}[/bold] {words}" for _, words, sign in gapmap.COUNTED[by]))
    out.print(f"[italic]{CAUTION}[/italic]")


@app.command("map")
def map_command(
    rows: Annotated[str, typer.Argument(help=f"What the rows are: {', '.join(gapmap.TITLES)}.")] = "practice",
    by: Annotated[str, typer.Option("--by", help="Count findings by effect, or by design.")] = "effect",
    form: Annotated[
        str | None,
        typer.Option("--format", "-f", help=f"table, {', '.join(MAP_FORMS)}; else as the file's name ends."),
    ] = None,
    target: Target = None,
    endpoint: EndpointUrl = None,
    build_dir: BuildFolder = None,
) -> None:
    """Draw the evidence gap map: findings for each row and outcome, empty cells included.

    Example: [bold]cscip map theme -o gap-map.html[/bold]
    """
    kind, counted = gapmap.kind_named(rows), gapmap.by_named(by)
    wanted = chosen_form(form, target, "table", MAP_FORMS)
    source = source_of(endpoint, build_dir)
    made = gapmap.gap_map(kind, source)
    if wanted == "table":
        _print_map(made, counted)
        err.print(f"[dim]The numbers: cscip query {made.query}; a page: cscip map {kind} -o map.html[/dim]")
        return
    content = MAP_FORMS[wanted](made, counted, source)
    give(content if isinstance(content, bytes) else content.encode(), target)
