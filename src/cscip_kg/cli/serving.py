"""The command that serves the graph to other programs: mcp.

In: calls on standard input. Out: answers on standard output, and nothing else there.
"""

from __future__ import annotations

from importlib.util import find_spec

from cscip_kg.cli.shared import BuildFolder, app, tell
from cscip_kg.errors import UnknownNameError


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
