"""The commands that fill other people's stores and read them back: push and pull.

In: the address of a SPARQL 1.1 store; what may write there stands in the environment. Out: a store that holds
the graph, proved by its canonical hash; or a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cscip_kg import exports, store
from cscip_kg.cli.shared import BuildFolder, app, err, tell
from cscip_kg.errors import ExportError, UnknownNameError

Address = Annotated[str, typer.Argument(help="The store's SPARQL endpoint, as its documentation calls it.")]
Patience = Annotated[
    float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds after which one request is given up.")
]
_FILES: Final = {
    ".nq": exports.nquads,
    ".trig": exports.trig,
    ".ttl": exports.turtle,
    ".jsonld": exports.json_ld,
    ".rdf": exports.rdf_xml,
}


@app.command("push")
def push_command(
    url: Address,
    by: Annotated[str, typer.Option("--by", help="auto, update (SPARQL Update) or graph-store.")] = "auto",
    write_url: Annotated[
        str | None, typer.Option("--write-url", help="Where the store is written to, if not found by itself.")
    ] = None,
    graph: Annotated[
        list[str] | None,
        typer.Option("--graph", "-g", help="Push this graph only (data, ontology, …); may be repeated."),
    ] = None,
    timeout: Patience = 60.0,
    build_dir: BuildFolder = None,
) -> None:
    """Put the graph into a store, and prove that it is there.

    What the store lacks is sent and what it holds too much is taken out, in the project's graphs alone.
    Broken off, the same command goes on. Who may write is told by the environment: CSCIP_STORE_USER and
    CSCIP_STORE_PASSWORD, or CSCIP_STORE_TOKEN.

    Example: [bold]cscip push http://localhost:7878/query[/bold]
    """
    from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    build = store.describe(build_dir)
    known = build.named()
    for name in graph or []:
        if name not in known:
            raise UnknownNameError(f"There is no graph {name!r}. Graphs: {', '.join(known)}.")
    quads = exports.graph_of(store.open_store(build_dir))
    endpoint = remote.Endpoint(url, store.Limits(timeout, remote.LARGE.max_bytes))
    way = remote.way_of(endpoint, by, write_url)
    tell(f"Writing to {endpoint.engine().name} by {way.name}")
    only = [known[name] for name in graph] if graph else None
    done = remote.push(way, quads, build, only=only, tell=tell)
    how = "to the letter" if done.to_the_letter else "by value (it writes some literals in another form)"
    err.print(
        f"Sent {done.added:,} statements, took out {done.removed:,}, in {done.requests:,} requests. "
        f"The store holds the same graph, {how}: sha256 {done.digest}",
        soft_wrap=True,
    )


@app.command("pull")
def pull_command(
    url: Address,
    target: Annotated[
        Path, typer.Option("--out", "-o", help=f"File to write; it ends in {', '.join(_FILES)}.")
    ],
    timeout: Patience = 60.0,
) -> None:
    """Read the project's graphs out of a store into a file.

    Example: [bold]cscip pull http://localhost:7878/query -o cscip.nq[/bold]
    """
    from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    if target.suffix not in _FILES:
        raise ExportError(f"How {target.name} ends names no format. Let it end in {', '.join(_FILES)}.")
    quads = remote.pull(remote.Endpoint(url, store.Limits(timeout, remote.LARGE.max_bytes)))
    exports.write_whole(target, _FILES[target.suffix](quads))
    err.print(f"{len(quads):,} statements, sha256 {remote.digest(quads)}", soft_wrap=True)
