"""The command that joins the graph with what others publish, by the user's choice.

In: the name of a federated query, endpoints that may be asked. Out: rows that tell what became of each
endpoint; exit code 3 where one did not answer.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cscip_kg.cli.shared import BuildFolder, Form, app, err, form_named, out, print_answer, values_of
from cscip_kg.errors import UnknownNameError

PARTIAL = 3


def _line(text: str, style: str | None = None) -> None:
    err.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _list() -> None:
    from cscip_kg import federation  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    for name, query in federation.catalogue().items():
        out.print(f"[bold]{name}[/bold]  {query.stored.summary}", highlight=False, soft_wrap=True)
        names = ", ".join(f"{p.name}{'' if p.required else '?'}" for p in query.stored.parameters)
        out.print(f"    parameters: {names or 'none'}", markup=False, highlight=False, soft_wrap=True)
        for endpoint, words in query.sends.items():
            out.print(f"    sends {words} to {endpoint}", markup=False, highlight=False, soft_wrap=True)
    out.print("\nEndpoints that may be asked:", highlight=False)
    for one in federation.endpoints().values():
        for text in (f"{one.name}  {one.title}, {one.url} ({one.licence})", f"    {one.standing}"):
            out.print(text, markup=False, highlight=False, soft_wrap=True)


@app.command("federate")
def federate_command(
    name: Annotated[
        str | None,
        typer.Argument(help="A federated query, or a file .rq of your own; none: what there is."),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value; may be repeated.")
    ] = None,
    form: Form = "table",
    timeout: Annotated[
        float,
        typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which an endpoint is given up."),
    ] = 30.0,
    endpoint_for: Annotated[
        list[str] | None,
        typer.Option("--endpoint-for", help="name=URL: ask this address (a copy of yours) in its place."),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", help="An address that may be asked beside the list.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent to whom; send nothing.")
    ] = False,
    build_dir: BuildFolder = None,
) -> None:
    """Join the graph with what others publish; this sends codes of places and organisations to them.

    Without a name nothing is sent: it lists the queries, what each sends to whom, and the endpoints. What an
    endpoint does not answer stays empty, and its column says so: the exit code is then 3.

    Example: [bold]cscip federate areas-on-wikidata -p intervention=family-safeguarding --dry-run[/bold]
    """
    from cscip_kg import federation  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    if name is None:
        _list()
        return
    query = federation.find(name)
    values, form = values_of(param), form_named(form)
    if form not in ("table", "csv", "tsv", "json"):
        raise UnknownNameError(f"Rows cannot be written as {form}. Formats: table, csv, tsv, json.")
    choice = federation.Choice.of(allow or [], endpoint_for or [], timeout)
    if dry_run:
        for asked, texts in federation.planned(query, values, choice, build_dir):
            _line(f"To {asked.title} at {asked.url}: requests: {len(texts)}.")
            for text in texts:
                out.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    done = federation.run(query, values, choice, folder=build_dir, tell=lambda text: _line(f"· {text}"))
    print_answer(done.answer, form)
    if query.caution:
        _line(query.caution, "italic")
    for one in done.outcomes:
        if one.fault:
            told = f"{one.asked.name} answered {len(one.answered)} of {one.sent} and no more: {one.why}."
            _line(f"{told} {one.asked.standing}".strip())
    raise typer.Exit(0 if done.whole else PARTIAL)
