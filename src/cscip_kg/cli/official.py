"""The command that sets official statistics beside an intervention: context.

In: an intervention, a CSV file or an address of one. Out: published figures for its councils and years, on
the terminal, as a page or as rows. What is written appears whole or not at all.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from cscip_kg import show
from cscip_kg.cli.shared import BuildFolder, app, err, out, tell
from cscip_kg.cli.showing import PAGE_FORMS, Target, chosen_form, give
from cscip_kg.errors import ExportError, UnknownNameError
from cscip_kg.store import Limits

if TYPE_CHECKING:
    from cscip_kg.official import Wish

_ROW_FORMS: Final = ("csv", "json")
_FORMS: Final = (*_ROW_FORMS, *PAGE_FORMS)
_MOST_YEARS: Final = 50


def _where(items: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise UnknownNameError(f"--where takes column=value, not {item!r}.")
        if name in found:
            raise UnknownNameError(f"--where names {name} twice; a column has one value.")
        found[name] = value
    return found


def _again(intervention: str, file: str, wish: Wish) -> str:
    """Return the command that makes it again, without a path of this machine or what may be secret."""
    options = [("--where", f"{name}={value}") for name, value in wish.where.items()]
    options += [("--indicator", name) for name in wish.indicators]
    options += [("--measure", wish.measure)] if wish.measure else []
    years = {"--before": wish.before, "--after": wish.after}
    options += [(name, str(number)) for name, number in years.items() if number]
    return shlex.join(["cscip", "context", intervention, file, *(word for pair in options for word in pair)])


@app.command("context")
def context_command(
    intervention: Annotated[str, typer.Argument(help="Slug or name, for instance family-insights.")],
    source: Annotated[
        str, typer.Argument(help="CSV file, or the https address of one, which is then fetched.")
    ],
    where: Annotated[
        list[str] | None,
        typer.Option("--where", "-w", help="column=value: only such rows of the file; may be repeated."),
    ] = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option("--indicator", "-i", help="Show this column of figures; may be repeated."),
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", "-m", help="Show the findings on this measure first.")
    ] = None,
    before: Annotated[
        int, typer.Option("--before", min=0, max=_MOST_YEARS, help="So many years before the projects, too.")
    ] = 0,
    after: Annotated[
        int, typer.Option("--after", min=0, max=_MOST_YEARS, help="So many years after the projects, too.")
    ] = 0,
    form: Annotated[
        str | None,
        typer.Option("--format", "-f", help=f"table, {', '.join(_FORMS)}; else as the file's name ends."),
    ] = None,
    target: Target = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which fetching is given up.")
    ] = 300.0,
    max_megabytes: Annotated[
        int, typer.Option("--max-megabytes", min=1, max=16_384, help="How large the file may be.")
    ] = 1024,
    build_dir: BuildFolder = None,
) -> None:
    """Set official statistics beside an intervention's councils and years: context, not evidence of effect.

    The file: a CSV of local authorities as explore education statistics publishes it.
    Needed columns: time_period, time_identifier, geographic_level, country_code, new_la_code, la_name.
    Also read: region_code, region_name; each other column of numbers and signs is one of figures.
    Signs for no figure (c, z, x, low, k, u, ~) stay signs and are never zero.
    Where filters leave several rows for a council and year, it says what to choose with --where.
    An address is fetched because you name it, and nothing else is. More: docs/official-statistics.md

    Example: [bold]cscip context family-insights referrals.csv -i rereferral_percent -m re-referrals[/bold]
    """
    from cscip_kg import official  # noqa: PLC0415 - an HTTP library, needed for other people's files only

    wanted = chosen_form(form, target, "table", _FORMS)
    if wanted == "csv" and measure is not None:
        raise ExportError(
            "csv holds published figures only: leave out --measure, or choose json, html, md or docx."
        )
    # An address may hold what is secret; it is told when it has been found safe to.
    tell("Fetching and reading the file" if official.is_address(source) else f"Reading {escape(source)}")
    wish = official.Wish(_where(where or []), tuple(indicator or ()), before, after, measure or "")
    limits = Limits(timeout, max_megabytes * official.MEGABYTE)
    told = official.beside(intervention, source, wish, limits, build_dir)
    rerun = _again(intervention, told.joined.table.file, wish)
    if wanted == "table":
        show.print_document(official.document(told, rerun, build_dir), out)
        return
    if wanted in _ROW_FORMS:
        text = official.as_csv(told) if wanted == "csv" else official.as_json(told)
        give(text.encode(), target)
    else:
        give(PAGE_FORMS[wanted](official.document(told, rerun, build_dir)), target)
    err.print(f"[italic]{official.CONTEXT}[/italic]")
