"""The commands that serve the graph to people and to other programs: serve, site and mcp.

In: the current build. Out: a server, a folder of pages for any web host, or answers on standard output.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cscip_kg.assets import static_dir
from cscip_kg.cli.shared import BuildFolder, app, tell
from cscip_kg.errors import UnknownNameError


@app.command("serve")
def serve_command(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    quiet: Annotated[bool, typer.Option("--quiet", help="Keep no log of requests.")] = False,
    limits: Annotated[bool, typer.Option("--limits", help="List the limits and how to change them.")] = False,
    build_dir: BuildFolder = None,
) -> None:
    """Serve the explorer, the data and a SPARQL endpoint over HTTP.

    A new build is picked up by itself. Limits are set by environment variables: see --limits.

    Example: [bold]cscip serve --port 8000[/bold]
    """
    from cscip_kg import server  # noqa: PLC0415 - brings in the web libraries, needed here only

    if limits:
        for name, (default, told) in server.described().items():
            typer.echo(f"{name}={default}\n    {told}")
        return
    if not (static_dir() / "site.css").is_file():
        tell("The pages will have no style, as it has not been built; for that run: make web")
    server.serve(build_dir, host, port, tell, quiet=quiet)


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
