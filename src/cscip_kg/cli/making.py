"""The commands that make the graph and what is given away of it: build, validate, verify, coverage, export.

In: records, source texts. Out: a published build, reports, files. Exit code 1 where the data do not conform.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cscip_kg import citations, exports, formats, pipeline, records, store
from cscip_kg.cli.shared import BuildFolder, DataFolder, EndpointUrl, EngineName, app, err, out, tell
from cscip_kg.errors import ExportError, UnknownNameError
from cscip_kg.validation import Engine, Report


def _engine(name: str) -> Engine:
    if name == "fast":
        return "fast"
    if name == "reference":
        return "reference"
    raise UnknownNameError(f"There is no engine {name!r}. Engines: fast, reference.")


def _tell_problems(report: Report) -> None:
    for problem in report.problems:
        err.print(f"[bold]{problem.severity}[/bold] {escape(str(problem))}", soft_wrap=True)


@app.command()
def build(data: DataFolder = None, build_dir: BuildFolder = None, engine: EngineName = "fast") -> None:
    """Read the records, check them, infer what follows and publish the graph.

    Example: [bold]cscip build[/bold]
    """
    outcome = pipeline.build(data, build_dir, _engine(engine), tell)
    _tell_problems(outcome.report)
    if outcome.build is None:
        err.print("[bold red]The data do not conform.[/bold red] Nothing was published.")
        raise typer.Exit(1)
    total = sum(outcome.build.graphs.values())
    kinds: Counter[str] = Counter()
    for name, count in outcome.build.graphs.items():
        kinds["links" if name.startswith("links-") else name] += count
    parts = ", ".join(f"{count:,} {name}" for name, count in kinds.items())
    err.print(f"[green]Built[/green] {total:,} statements ({parts}); build {outcome.build.id}.")
    err.print("Next: [bold]cscip query[/bold] for the questions it answers.")


@app.command()
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Draft records to check with the others.")
    ] = None,
    data: DataFolder = None,
    engine: EngineName = "fast",
) -> None:
    """Check the records against the shapes; every problem names file, line and remedy.

    Example: [bold]cscip validate drafts/new-project.yaml[/bold]
    """
    for path in files or []:
        if not path.is_file():
            raise UnknownNameError(f"There is no file {path}.")
    report, quads = pipeline.check(data, files, _engine(engine), tell)
    _tell_problems(report)
    verdict = (
        "[green]The data conform[/green]"
        if report.conforms
        else "[bold red]The data do not conform[/bold red]"
    )
    err.print(f"{verdict}: {len(quads):,} statements, {len(report.problems)} problems.")
    raise typer.Exit(0 if report.conforms else 1)


Texts = Annotated[Path, typer.Option("--texts", help="Folder of the source texts.")]


@app.command()
def verify(texts: Texts, data: DataFolder = None, build_dir: BuildFolder = None) -> None:
    """Check every citation against the source texts: the text, the lines, the figures.

    Example: [bold]cscip verify --texts ../shared/sources[/bold]
    """
    quads = exports.graph_of(store.open_store(build_dir))
    faults = citations.verify(quads, records.load_records(data), texts)
    for fault in faults:
        out.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    err.print(f"{len(faults)} faults.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def coverage(texts: Texts, build_dir: BuildFolder = None) -> None:
    """List every numeral and project of the evidence sections that no statement speaks of.

    Example: [bold]cscip coverage --texts ../shared/sources[/bold]
    """
    gaps = citations.coverage(exports.graph_of(store.open_store(build_dir)), texts)
    for gap in gaps:
        out.print(str(gap), markup=False, highlight=False, soft_wrap=True)
    err.print(f"{len(gaps)} gaps.")
    raise typer.Exit(1 if gaps else 0)


@app.command()
def export(
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            help=f"One of {', '.join(formats.FORMATS)}; repeat for several; without it, all.",
        ),
    ] = None,
    folder: Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")] = Path("exports"),
    endpoint: EndpointUrl = None,
    build_dir: BuildFolder = None,
) -> None:
    """Write the graph as RDF in five forms, as CSV tables and as a workbook, and the stored queries as RDF.

    Example: [bold]cscip export --format xlsx -o tables[/bold]
    """
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is a file. Name a folder with -o.")
    wanted = list(form or formats.FORMATS)
    formats.check_formats(wanted)
    if endpoint is None:
        quads, made = exports.graph_of(store.open_store(build_dir)), store.describe(build_dir)
    else:
        from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

        tell(f"Reading the graphs of {endpoint}")
        there = remote.Endpoint(endpoint, remote.LARGE)
        quads = remote.pull(there)
        made = replace(store.build_of(quads), id=there.build_id())
    exports.write_whole(folder / "READ-ME.txt", formats.read_me(made))
    for name in wanted:
        tell(f"Writing {name}")
        for path in formats.export(quads, made, [name], folder):
            out.print(str(path), markup=False, highlight=False, soft_wrap=True)
