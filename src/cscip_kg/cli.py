"""The `cscip` command: one thin command per stage.

Exit codes: 0 fine; 1 the data do not conform; 2 the command could not run. Results go to standard output,
progress and messages to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from cscip_kg import __version__, citations, exports, pipeline, queries, records, show, store
from cscip_kg.errors import CscipError, ExportError, QueryError, RecordsError, UnknownNameError
from cscip_kg.output import FORMATS, cell_text, narrowed, written
from cscip_kg.queries import StoredQuery, Table
from cscip_kg.validation import Engine, Report

app = typer.Typer(
    name="cscip",
    help="Build, check and ask the evidence graph of the Children's Social Care Innovation Programme.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_out = Console(soft_wrap=False)
_err = Console(stderr=True)

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of records, in place of the project's.")
]
BuildFolder = Annotated[Path | None, typer.Option("--build-dir", help="Folder of built graphs.")]
EngineName = Annotated[str, typer.Option("--engine", help="SHACL engine: fast, or reference (pySHACL).")]
Form = Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which the query is ended.")
]


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"cscip-kg {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def _engine(name: str) -> Engine:
    if name == "fast":
        return "fast"
    if name == "reference":
        return "reference"
    raise UnknownNameError(f"There is no engine {name!r}. Engines: fast, reference.")


def _form(name: str) -> str:
    if name not in FORMATS:
        raise UnknownNameError(f"There is no format {name!r}. Formats: {', '.join(FORMATS)}.")
    return name


def _tell(stage: str) -> None:
    _err.print(f"[dim]·[/dim] {stage} …")


def _tell_problems(report: Report) -> None:
    for problem in report.problems:
        _err.print(f"[bold]{problem.severity}[/bold] {escape(str(problem))}", soft_wrap=True)


def _print_table(answer: Table) -> None:
    table = narrowed(answer, _out.width)
    shown = RichTable(show_lines=False, header_style="bold", pad_edge=False)
    for column in table.columns:
        shown.add_column(column, overflow="fold")
    for row in table.rows:
        shown.add_row(*(escape(cell_text(cell)) for cell in row))
    _out.print(shown)
    left_out = [column for column in answer.columns if column not in table.columns]
    more = f"; not shown for want of room: {', '.join(left_out)} (--format csv has all)" if left_out else ""
    _err.print(f"[dim]{len(table.rows)} rows{more}[/dim]")


def _print_answer(answer: store.Answer, form: str) -> None:
    if form == "table":
        _print_table(queries.table_of(answer))
    else:
        sys.stdout.write(written(answer, form))


@app.command()
def build(data: DataFolder = None, build_dir: BuildFolder = None, engine: EngineName = "fast") -> None:
    """Read the records, check them, infer what follows and publish the graph.

    Example: [bold]cscip build[/bold]
    """
    outcome = pipeline.build(data, build_dir, _engine(engine), _tell)
    _tell_problems(outcome.report)
    if outcome.build is None:
        _err.print("[bold red]The data do not conform.[/bold red] Nothing was published.")
        raise typer.Exit(1)
    total = sum(outcome.build.graphs.values())
    parts = ", ".join(f"{count:,} {name}" for name, count in outcome.build.graphs.items())
    _err.print(f"[green]Built[/green] {total:,} statements ({parts}); build {outcome.build.id}.")
    _err.print("Next: [bold]cscip query[/bold] for the questions it answers.")


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
    report, quads = pipeline.check(data, files, _engine(engine), _tell)
    _tell_problems(report)
    verdict = (
        "[green]The data conform[/green]"
        if report.conforms
        else "[bold red]The data do not conform[/bold red]"
    )
    _err.print(f"{verdict}: {len(quads):,} statements, {len(report.problems)} problems.")
    raise typer.Exit(0 if report.conforms else 1)


def _print_catalogue() -> None:
    shown = RichTable(title="Stored queries", header_style="bold", pad_edge=False)
    for column in ("topic", "name", "question", "parameters"):
        # A name is there to be copied: it is never broken.
        shown.add_column(column, overflow="fold", no_wrap=column == "name")
    for query in queries.catalogue().values():
        names = ", ".join(f"{p.name}{'' if p.required else '?'}" for p in query.parameters)
        shown.add_row(query.topic, f"[bold]{query.name}[/bold]", escape(query.summary), names)
    _out.print(shown)
    _err.print("Run one: [bold]cscip query NAME --param name=value[/bold]; about one: [bold]--about[/bold].")


def _print_about(query: StoredQuery) -> None:
    _out.print(f"[bold]{query.name}[/bold] ({query.topic}): {escape(query.summary)}")
    _out.print(escape(query.description))
    for p in query.parameters:
        need = "required" if p.required else "optional"
        _out.print(
            f"  --param {p.name}=… ({p.kind}, {need}): {escape(p.summary)}; for example {escape(p.example)}"
        )
    _out.print(f"Columns: {', '.join(query.columns)}")


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(help="Name of a stored query; none: the catalogue.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value; may be repeated.")
    ] = None,
    form: Form = "table",
    timeout: Timeout = 10.0,
    about: Annotated[bool, typer.Option("--about", help="Describe the query instead of running it.")] = False,
    build_dir: BuildFolder = None,
) -> None:
    """Run a stored query, or list them all.

    Example: [bold]cscip query findings-on-outcome -p outcome=reduced-days-in-state-care[/bold]
    """
    if name is None:
        _print_catalogue()
        return
    if about:
        _print_about(queries.find(name))
        return
    values: dict[str, str] = {}
    for item in param or []:
        key, equals, value = item.partition("=")
        if not equals:
            raise UnknownNameError(f"--param takes name=value, not {item!r}.")
        values[key] = value
    _print_answer(queries.run(name, values, store.Limits(seconds=timeout), build_dir), _form(form))


@app.command()
def sparql(
    text: Annotated[
        str, typer.Argument(help="SPARQL 1.1 query, a file that holds one, or - for standard input.")
    ],
    form: Form = "table",
    timeout: Timeout = 10.0,
    build_dir: BuildFolder = None,
) -> None:
    """Run your own SPARQL over the graph; the project's prefixes are known.

    Example: [bold]cscip sparql 'SELECT ?name { ?x a cscip:Intervention ; rdfs:label ?name } LIMIT 5'[/bold]
    """
    if text == "-":
        text = sys.stdin.read()
    elif text.endswith((".rq", ".sparql")):
        try:
            text = Path(text).read_text(encoding="utf-8")
        except OSError as error:
            raise QueryError(f"Cannot read {text}: {error.strerror}.") from error
    _print_answer(store.ask(text, store.Limits(seconds=timeout), build_dir), _form(form))


@app.command("show")
def show_command(
    intervention: Annotated[str, typer.Argument(help="Slug or name, for instance pause or 'No Wrong Door'.")],
    build_dir: BuildFolder = None,
) -> None:
    """Show one intervention on a page: names, places, evaluations, findings, each with its lines.

    Example: [bold]cscip show no-wrong-door[/bold]
    """
    show.print_profile(intervention, _out, build_dir)


@app.command()
def export(
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            help=f"One of {', '.join(exports.FORMATS)}; repeat for several; without it, all.",
        ),
    ] = None,
    folder: Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")] = Path("exports"),
    build_dir: BuildFolder = None,
) -> None:
    """Write the graph as Turtle, TriG, N-Quads, JSON-LD, RDF/XML and CSV tables.

    Example: [bold]cscip export --format csv -o tables[/bold]
    """
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is a file. Name a folder with -o.")
    wanted = list(form or exports.FORMATS)
    exports.check_formats(wanted)
    quads = exports.graph_of(store.open_store(build_dir))
    for name in wanted:
        _tell(f"Writing {name}")
        for path in exports.export(quads, [name], folder):
            _out.print(str(path), markup=False, highlight=False, soft_wrap=True)


@app.command()
def explain(
    subject: Annotated[str, typer.Argument(help="IRI or kind/slug of the thing.")],
    target: Annotated[str, typer.Argument(help="IRI or kind/slug of what it is linked to.")],
    build_dir: BuildFolder = None,
) -> None:
    """Show why a link holds: the rule, and the statements it follows from.

    Example: [bold]cscip explain intervention/pause theme/support-for-parents-facing-complex-risks[/bold]
    """
    for line in show.explanation(subject, target, build_dir):
        _out.print(line, markup=False, highlight=False, soft_wrap=True)


Texts = Annotated[Path, typer.Option("--texts", help="Folder of the source texts.")]


@app.command()
def verify(texts: Texts, data: DataFolder = None, build_dir: BuildFolder = None) -> None:
    """Check every citation against the source texts: the text, the lines, the figures.

    Example: [bold]cscip verify --texts ../shared/sources[/bold]
    """
    quads = exports.graph_of(store.open_store(build_dir))
    faults = citations.verify(quads, records.load_records(data), texts)
    for fault in faults:
        _out.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    _err.print(f"{len(faults)} faults.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def coverage(texts: Texts, build_dir: BuildFolder = None) -> None:
    """List every numeral and project of the evidence sections that no statement speaks of.

    Example: [bold]cscip coverage --texts ../shared/sources[/bold]
    """
    gaps = citations.coverage(exports.graph_of(store.open_store(build_dir)), texts)
    for gap in gaps:
        _out.print(str(gap), markup=False, highlight=False, soft_wrap=True)
    _err.print(f"{len(gaps)} gaps.")
    raise typer.Exit(1 if gaps else 0)


def main() -> None:
    """Run the command and turn the project's errors into messages and exit codes."""
    try:
        app(prog_name="cscip")
    except RecordsError as error:
        _err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        _err.print(f"[bold red]{len(error.errors)} faults in the records.[/bold red] Nothing was written.")
        sys.exit(1)
    except CscipError as error:
        _err.print(f"[bold red]cscip:[/bold red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        _err.print(f"[bold red]cscip:[/bold red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
