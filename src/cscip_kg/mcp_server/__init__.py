"""The graph for assistants: a read-only server of the Model Context Protocol.

In: a build, and calls over standard input. Out: answers, each with citations, build and caution. Needs the
extra `mcp`, so that only `cscip mcp` imports this room, and that when it is called.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations
from pydantic import ValidationError

from cscip_kg import __version__, store
from cscip_kg.document import markdown
from cscip_kg.errors import CscipError, UnknownNameError
from cscip_kg.mcp_server.arguments import LONGEST_NAME
from cscip_kg.mcp_server.tools import Desk, message_of
from cscip_kg.namespaces import BASE, ID
from cscip_kg.output import CAUTION

__all__ = ["INSTRUCTIONS", "Desk", "make_server", "serve"]

INSTRUCTIONS: Final = f"""\
An evidence graph of the English Children's Social Care Innovation Programme: what five published documents
say of some hundred interventions, where each was tried, how it was studied, what was found. Read-only.

- {CAUTION} Foundations and What Works for Children's Social Care both
  warn of this. Pass the caution on with every result that you report.
- Nothing is ranked, scored or added up, and nothing here says that an intervention works; do not rank.
- Statements have citations: `rees-2017#L585` is line 585 of the text of that source. Give them with what you
  say, and the build, which every answer names.
- `direction` is what the source reports; `effect` (favourable, unfavourable, no change, mixed, unclear)
  follows by a published rule, or is the source's own judgement. "Not stated", "lost in extraction" and "no
  change" are three different things. An empty cell or answer means that these sources state nothing, not
  that there is nothing.
- An id such as intervention/pause stands for {ID}intervention/pause;
  it may be given wherever a name is asked for.

Begin with `ask`, `search` or `profile`. `list_queries` shows the questions that `named_query` answers;
`gap_map` shows where there are findings and where there are none; `sparql` takes what is left."""

_LONGEST_MESSAGE: Final = 2000
_READ_ONLY: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


class CarefulTool(Tool):
    """A tool that says plainly what is wrong with its arguments, and takes none that it does not know."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """Run the tool; see the class above."""
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            faults = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}." for e in error.__cause__.errors())
            message = f"The arguments do not fit the tool {self.name}. {' '.join(faults)}"
            raise ToolError(message[:_LONGEST_MESSAGE]) from error.__cause__


def _tools(desk: Desk) -> list[Tool]:
    """Return the tools in the order in which they are shown; one more is one more line here."""
    methods = (
        (desk.ask, "Ask a question"),
        (desk.search, "Search the evidence"),
        (desk.profile, "Profile of an intervention"),
        (desk.compare, "Interventions side by side"),
        (desk.list_queries, "List the stored questions"),
        (desk.named_query, "Answer a stored question"),
        (desk.gap_map, "Evidence gap map"),
        (desk.gap_map_cell, "Behind a cell of the gap map"),
        (desk.sparql, "SPARQL over the graph"),
    )
    made: list[Tool] = []
    for method, title in methods:
        tool = CarefulTool.from_function(
            method,
            title=title,
            description=cleandoc(method.__doc__ or ""),
            annotations=_READ_ONLY,
            structured_output=True,
        )
        # A misspelt argument must not be passed over: the answer would be one to another question.
        arguments = tool.fn_metadata.arg_model
        arguments.model_config["extra"] = "forbid"
        arguments.model_rebuild(force=True)
        tool.parameters = arguments.model_json_schema(by_alias=True)
        made.append(tool)
    return made


def make_server(folder: Path | None = None) -> MCPServer:
    """Return a server over the builds of `folder`, by default the project's own, not yet running."""
    desk = Desk(folder)
    server = MCPServer(
        name="cscip-kg",
        title="Children's Social Care Innovation Programme: the evidence",
        instructions=INSTRUCTIONS,
        website_url=BASE,
        version=__version__,
        tools=_tools(desk),
        # Standard error is the client's log: only what goes wrong belongs there.
        log_level="WARNING",
    )

    @server.resource("cscip://queries", title="Stored questions", mime_type="text/markdown")
    def stored_queries() -> str:
        """The stored questions by topic, with their parameters."""
        try:
            return markdown(desk.catalogue_page(None))
        except CscipError as error:
            raise ResourceError(message_of(error)) from error

    @server.resource(
        "cscip://intervention/{slug}", title="Profile of an intervention", mime_type="text/markdown"
    )
    def intervention_profile(slug: str) -> str:
        """What the sources say of one intervention, each row with its citations."""
        if len(slug) > LONGEST_NAME:
            raise ResourceNotFoundError(f"No name has more than {LONGEST_NAME} characters.")
        try:
            return markdown(desk.profile_page(slug))
        except UnknownNameError as error:
            raise ResourceNotFoundError(message_of(error)) from error
        except CscipError as error:
            raise ResourceError(message_of(error)) from error

    return server


def serve(folder: Path | None = None) -> None:
    """Answer calls on standard input until it closes.

    Raises:
        NoStoreError: nothing has been built.
    """
    store.describe(folder)
    make_server(folder).run("stdio")
