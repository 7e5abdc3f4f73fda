"""The commands that serve the graph to people and to other programs: serve, site and mcp.

In: the current build. Out: a server, a folder of pages for any web host, or answers on standard output.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from cscip_kg import store
from cscip_kg.assets import static_dir
from cscip_kg.cli.shared import BuildFolder, app, tell
from cscip_kg.errors import ServeError, UnknownNameError
from cscip_kg.namespaces import DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, VOCABULARY_GRAPH
from cscip_kg.pipeline import COMPANIONS

# Without any of these there are no pages; links to other datasets may be left out.
_NEEDED = (DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, VOCABULARY_GRAPH)


@app.command("serve")
def serve_command(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    quiet: Annotated[bool, typer.Option("--quiet", help="Keep no log of requests.")] = False,
    limits: Annotated[bool, typer.Option("--limits", help="List the limits and how to change them.")] = False,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="Serve what this SPARQL store holds of the graph.")
    ] = None,
    build_dir: BuildFolder = None,
) -> None:
    """Serve the explorer, the data and a SPARQL endpoint over HTTP.

    With --endpoint the project's graphs are read out of that store once, at the start. A new build is picked
    up by itself. Limits are set by environment variables: see --limits.

    Example: [bold]cscip serve --port 8000[/bold]
    """
    from cscip_kg import server  # noqa: PLC0415 - brings in the web libraries, needed here only

    if limits:
        for name, (default, told) in server.described().items():
            typer.echo(f"{name}={default}\n    {told}")
        return
    if not (static_dir() / "site.css").is_file():
        tell("The pages will have no style, as it has not been built; for that run: make web")
    if endpoint is None:
        server.serve(build_dir, host, port, tell, quiet=quiet)
        return
    if build_dir is not None:
        raise ServeError("Give --endpoint or --build-dir, not both: what is read from a store is kept apart.")
    with TemporaryDirectory(prefix="cscip-serve-") as name:
        _read_out(endpoint, Path(name))
        server.serve(Path(name), host, port, tell, quiet=quiet)


def _read_out(endpoint: str, folder: Path) -> None:
    """Publish in a folder what a store holds of the project's graphs."""
    from cscip_kg import remote  # noqa: PLC0415 - an HTTP library, needed for other people's stores only

    tell(f"Reading the graphs of {endpoint}")
    quads = remote.pull(remote.Endpoint(endpoint, remote.LARGE))
    held = {quad.graph_name for quad in quads}
    lacking = [graph.value for graph in _NEEDED if graph not in held]
    if lacking:
        raise ServeError(f"The store lacks {', '.join(lacking)}. Put the graph there: cscip push {endpoint}")
    tell("Making the store and the search index of the server")
    store.publish(quads, folder, COMPANIONS)


@app.command("site")
def site_command(
    out_dir: Annotated[Path, typer.Option("-o", "--out", help="Folder for the pages; made if missing.")],
    build_dir: BuildFolder = None,
) -> None:
    """Write the explorer as static pages, which any web host can serve.

    Example: [bold]cscip site -o public[/bold]
    """
    from cscip_kg import site  # noqa: PLC0415 - all pages, needed here only

    site.write(out_dir, build_dir, tell)


@app.command("mcp")
def mcp_command(build_dir: BuildFolder = None) -> None:
    """Serve the graph to an assistant: a read-only server of the Model Context Protocol on standard input.

    A desktop client starts it by itself. In the client's configuration:

    {"mcpServers": {"cscip": {"command": "cscip", "args": ["mcp"]}}}

    Example: [bold]cscip mcp[/bold]
    """
    if find_spec("mcp") is None:
        raise UnknownNameError('The server needs one more package: pip install "cscip-kg[mcp]"')
    from cscip_kg import mcp_server  # noqa: PLC0415 - brings in the extra, which few have

    tell("Serving on standard input until that is closed; Ctrl-D ends it")
    mcp_server.serve(build_dir)
