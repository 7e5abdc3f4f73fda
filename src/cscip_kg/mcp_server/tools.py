"""The tools: each takes typed arguments, asks one room of the project, and hands its answer on.

In: names, words, SPARQL. Out: results with text and structured content; the project's errors as messages.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Concatenate, Final, ParamSpec

from mcp_types import CallToolResult, TextContent

from cscip_kg import ask, gapmap, profiles, queries, search, store
from cscip_kg.document import Document, Panel, Part, heading, markdown
from cscip_kg.errors import CscipError, LimitError, UnknownNameError
from cscip_kg.mcp_server import answers, maps
from cscip_kg.mcp_server.arguments import (
    OUTSIDE,
    PARTS,
    By,
    FirstRow,
    Intervention,
    Interventions,
    Kind,
    Limit,
    Outcome,
    ProfilePart,
    QueryName,
    Question,
    Row,
    Rows,
    Sparql,
    Topic,
    Values,
    Words,
)
from cscip_kg.namespaces import ID
from cscip_kg.output import cell_text, citations_text
from cscip_kg.pages import cite_as

SECONDS: Final = 10.0
# Bytes of one answer: well below what common assistants can read at once.
MAX_ANSWER: Final = 200_000
# A stored answer is cut into pages; the longest has two and a half million bytes before that.
_STORED: Final = store.Limits(seconds=SECONDS, max_bytes=16 * 1024 * 1024)
# What messages say of commands, and what they are to say of tools.
_COMMANDS: Final = (
    ("Run `cscip query` for the catalogue.", "The tool list_queries shows them all."),
    ("`cscip search`", "the tool search"),
    (" --param ", " "),
    (" (--timeout)", ""),
)
_ROW_KINDS: Final[dict[gapmap.Rows, str]] = {
    "practice": "practice-measure",
    "theme": "theme",
    "intervention": "intervention",
}

_P = ParamSpec("_P")


def message_of(error: CscipError) -> str:
    """Return the message of an error, with tools where it speaks of commands."""
    message = str(error)
    for command, words in _COMMANDS:
        message = message.replace(command, words)
    return message


def _kept(
    tool: Callable[Concatenate[Desk, _P], CallToolResult],
) -> Callable[Concatenate[Desk, _P], CallToolResult]:
    """Let a tool give the project's errors as its answer: their messages are written for whoever asked."""

    @wraps(tool)
    def kept(desk: Desk, /, *args: _P.args, **kwargs: _P.kwargs) -> CallToolResult:
        try:
            return tool(desk, *args, **kwargs)
        except CscipError as error:
            return CallToolResult(content=[TextContent(type="text", text=message_of(error))], is_error=True)

    return kept


def _options(values: Mapping[str, str]) -> str:
    return "".join(f" -p {shlex.quote(f'{name}={value}')}" for name, value in values.items())


def _page(query: queries.StoredQuery, table: queries.Table, first: int) -> tuple[Part, int | None]:
    """Return the rows of an answer from number `first` on that fit on a page, and the first that does not."""
    total, panel = len(table.rows), answers.page(answers.whole_panel(query, table), first)
    last = first + len(panel.rows) - 1
    following = last + 1 if last < total else None
    whole = len(panel.rows) == total
    title = answers.counted(total, "row") if whole else f"Rows {first} to {last} of {total}"
    note = f"More from named_query with first_row={following}." if following else ""
    return Part(title, note, (panel,)), following


class Desk:
    """Where calls are answered; what a client is told of a tool is the docstring of its method.

    Attributes:
        folder: the folder of builds; each call answers from the build that is current when it is made.
    """

    def __init__(self, folder: Path | None) -> None:
        """Keep the folder."""
        self.folder = folder

    def _document(self, title: str, about: str, parts: Sequence[Part], rerun: str) -> Document:
        """Return a document of the build, with the titles of the sources that it cites."""
        cite = cite_as(title, store.describe(self.folder).id)
        made = Document(title=title, about=about, parts=tuple(parts), cite=cite, rerun=rerun)
        return answers.with_sources(made, store.open_store(self.folder))

    def _told(self, document: Document, model: type[answers.Answered], **content: Any) -> CallToolResult:
        """Return a document as text, and as structured content of the sort `model`."""
        text = markdown(document)
        if (size := len(text.encode())) > MAX_ANSWER:
            raise LimitError(f"The answer is larger than {MAX_ANSWER} bytes ({size}). Ask for less at once.")
        made = store.describe(self.folder)
        told = model(
            title=document.title,
            caution=document.caution,
            build=made.id,
            version=made.version,
            cite=document.cite,
            citations=answers.citations(document),
            sources=dict(document.sources),
            **content,
        )
        return CallToolResult(
            content=[TextContent(type="text", text=text)], structured_content=told.model_dump(mode="json")
        )

    def _tables(
        self,
        document: Document,
        rows: int | None = None,
        following: int | None = None,
        model: type[answers.Tables] = answers.Tables,
        **content: Any,
    ) -> CallToolResult:
        """Return a document as text and tables; of a page, with how many rows there are and what follows."""
        tables = answers.tables(document)
        here = sum(len(table.rows) for table in tables)
        if here and not answers.citations(document):
            note = (
                "These rows name no lines of a source: look at the statements behind them before reporting."
            )
            document = replace(document, about=f"{document.about} {note}".strip())
        return self._told(
            document,
            model,
            tables=tables,
            rows_in_all=here if rows is None else rows,
            next_row=following,
            **content,
        )

    @_kept
    def ask(self, question: Question) -> Annotated[CallToolResult, answers.Asked]:
        """Answer a plain question from the stored questions, or say why there is no answer.

        It tells how the question was understood and which stored query ran. It guesses nothing and drops
        nothing from a question; what is best, or what to choose, it does not answer.
        """
        found = ask.ask(question, self.folder)
        total = len(found.table.rows)
        about, parts, following = f"No answer. {found.reason.rstrip('.')}.", [], None
        if found.answered:
            about = f"How it was understood: {'; '.join(found.why)}."
            part, following = _page(queries.find(found.query), found.table, 1)
            parts = [part]
        near = [command.removeprefix("cscip query ") for command in found.alternatives]
        if near:
            about += f" Stored questions that come near: {'; '.join(near)}."
        rerun = f"cscip query {found.query}{_options(found.parameters)}" if found.query else "cscip query"
        return self._tables(
            self._document(f'Answer to "{" ".join(question.split())}"', about, parts, rerun),
            total,
            following,
            answers.Asked,
            answered=found.answered,
            query=found.query,
            parameters=dict(found.parameters),
            why=list(found.why),
            alternatives=near,
            reason=found.reason,
        )

    @_kept
    def search(
        self, text: Words, kind: Kind = None, limit: Limit = 20
    ) -> Annotated[CallToolResult, answers.Hits]:
        """Find interventions, findings, lessons and all else by words, with why each was found and citations.

        Synonyms and slips of spelling are understood. The order tells how well words fit, not how strong
        evidence is.
        """
        found = search.find(text, limit, kind, self.folder)
        about = [f'"{typed}" was read as {known}.' for typed, known in found.read_as.items()]
        about += [f'"{word}" stands nowhere.' for word in found.unknown]
        about += [] if found.hits else ["Nothing was found."]
        panel = Panel(
            "",
            "The order tells how well words fit.",
            ("Name", "Id", "Kind", "Why", heading("citations")),
            tuple((h.name, h.id, h.kind, "; ".join(h.why), citations_text(h.citations)) for h in found.hits),
        )
        typed = " ".join(text.split())
        document = self._document(
            f"Search: {typed}",
            " ".join(about),
            [Part(answers.counted(len(found.hits), "hit"), "", (panel,))],
            f"cscip search {shlex.quote(typed)}",
        )
        return self._told(
            document, answers.Hits, hits=list(found.hits), unknown=list(found.unknown), read_as=found.read_as
        )

    @_kept
    def profile(
        self, intervention: Intervention, part: ProfilePart = "all"
    ) -> Annotated[CallToolResult, answers.Tables]:
        """Tell what the sources say of one intervention, each row with its citations, in the shape of EMMIE.

        Parts: what it is, where and by whom, how it was studied, effect, mechanism, moderators,
        implementation, economics, what is not known, contradictions, reports.
        """
        return self._tables(self.profile_page(intervention, part))

    def profile_page(self, intervention: str, part: str = "all") -> Document:
        """Return the profile of an intervention, or one part of it.

        Raises:
            UnknownNameError: no intervention or no part goes by that name.
        """
        if part not in ("all", *PARTS):
            raise UnknownNameError(f"A profile has no part {part!r}. Parts: all, {', '.join(PARTS)}.")
        document = profiles.profile(intervention, self.folder)
        if part == "all":
            return document
        wanted = profiles.panels()[part].name
        kept = [replace(p, panels=tuple(x for x in p.panels if x.query == wanted)) for p in document.parts]
        return answers.only_cited(replace(document, parts=tuple(p for p in kept if p.panels)))

    @_kept
    def compare(self, interventions: Interventions) -> Annotated[CallToolResult, answers.Tables]:
        """Set two to six interventions side by side, each entry with its citations.

        Nothing is ranked or added up: they differ in whom they serve, how they were studied and when.
        """
        return self._tables(profiles.comparison(interventions, self.folder))

    @_kept
    def list_queries(self, topic: Topic = None) -> Annotated[CallToolResult, answers.Catalogue]:
        """List the stored questions by topic, with the parameters of each; `named_query` answers them."""
        told = [
            answers.told_query(query, in_full=topic is not None)
            for query in queries.catalogue().values()
            if topic in (None, query.topic)
        ]
        return self._told(self.catalogue_page(topic), answers.Catalogue, queries=told)

    def catalogue_page(self, topic: str | None) -> Document:
        """Return the stored queries, or those of one topic with how to read their answers.

        Raises:
            UnknownNameError: there is no such topic; the message lists them.
        """
        found = list(queries.catalogue().values())
        topics = list(dict.fromkeys(query.topic for query in found))
        if topic not in (None, *topics):
            raise UnknownNameError(f"There is no topic {topic!r}. Topics: {', '.join(topics)}.")
        columns = ("Name", "Question", "Parameters", "How to read the answer")[: 4 if topic else 3]
        parts = []
        for name, group in groupby(found, key=lambda query: query.topic):
            rows = ((q.name, q.summary, answers.parameter_words(q), q.description) for q in group)
            if topic in (None, name):
                cut = tuple(row[: len(columns)] for row in rows)
                parts.append(Part(name, "", (Panel("", "", columns, cut),)))
        return self._document("Stored questions", f"Topics: {', '.join(topics)}.", parts, "cscip query")

    @_kept
    def named_query(
        self, name: QueryName, parameters: Values = None, first_row: FirstRow = 1
    ) -> Annotated[CallToolResult, answers.Tables]:
        """Answer a stored question: rows with their citations, a long answer page by page."""
        query = queries.find(name)
        values = {key: str(value) for key, value in (parameters or {}).items()}
        table = queries.table_of(queries.run(query.name, values, _STORED, self.folder))
        total = len(table.rows)
        if first_row > max(total, 1):
            raise LimitError(f"The answer has {answers.counted(total, 'row')}; none is number {first_row}.")
        part, following = _page(query, table, first_row)
        document = self._document(query.summary, "", [part], f"cscip query {query.name}{_options(values)}")
        return self._tables(document, total, following)

    @_kept
    def gap_map(self, rows: Rows = "practice", by: By = "effect") -> Annotated[CallToolResult, answers.Map]:
        """Show where there are findings and where none, for each row and outcome.

        The outcomes are the seven of the Department, and what lies outside them. A cell counts
        findings, interventions, and passages that say what helped; a count is no score. `gap_map_cell` gives
        the findings behind a cell with their citations.
        """
        made = gapmap.gap_map(rows, self.folder)
        about = (
            "Each cell counts findings. None means that these sources report nothing there, not that nothing "
            "was done, studied or achieved. A count is no score. The tool gap_map_cell gives the findings "
            "behind a cell, with their citations."
        )
        part = Part(f"Findings by {by}", "", (maps.map_panel(made, by),))
        document = self._document(made.title, about, [part], f"cscip map {rows} --by {by}")
        return self._told(
            document,
            answers.Map,
            rows={row.iri.removeprefix(ID): row.name for row in made.rows},
            outcomes={outcome.iri.removeprefix(ID): outcome.name for outcome in made.outcomes},
            cells=maps.told_cells(made, by),
            process={iri.removeprefix(ID): dict(counts) for iri, counts in made.process.items()},
        )

    @_kept
    def gap_map_cell(
        self, rows: Rows, row: Row, outcome: Outcome
    ) -> Annotated[CallToolResult, answers.Tables]:
        """Give what is behind a cell of the gap map: findings, and what is said to have helped.

        Each row has its citations.
        """
        outside = outcome.removeprefix(ID).removeprefix("outcome-scope/") == OUTSIDE
        place = (
            queries.named(_ROW_KINDS[rows], row, self.folder).value,
            gapmap.OUTSIDE if outside else queries.named("dfe-outcome", outcome, self.folder).value,
        )
        cell = gapmap.gap_map(rows, self.folder).cells[place]
        detail = gapmap.detail(
            store.open_store(self.folder), "map-cell", row=cell.row.iri, outcome=cell.outcome.iri
        )
        panel = maps.cell_panel(detail)
        document = self._document(
            f"{cell.row.name}: {cell.outcome.name}",
            f"By effect: {maps.cell_words(cell, 'effect')}. By what findings are set against: "
            f"{maps.cell_words(cell, 'design')}.",
            [Part(answers.counted(len(panel.rows), "row"), "", (panel,))],
            f"cscip query {detail.query}{_options(detail.parameters)}",
        )
        return self._tables(document)

    @_kept
    def sparql(self, query: Sparql) -> Annotated[CallToolResult, answers.Tables]:
        """Run SPARQL 1.1 over the graph, read-only: ten seconds and 200,000 bytes of result at most.

        Known prefixes: cscip (the ontology), id (things), rdf, rdfs, owl, skos, xsd, dcterms, oa, schema.
        What supports a statement is the object of its cscip:citation: ask for it too, and use LIMIT. SERVICE
        is refused. The stored query `ontology-terms` lists classes and properties.
        """
        limits = store.Limits(seconds=SECONDS, max_bytes=MAX_ANSWER)
        table = queries.table_of(store.ask(query, limits, self.folder))
        rows = tuple(tuple(map(cell_text, row)) for row in table.rows)
        part = Part(answers.counted(len(rows), "row"), "", (Panel("", "", table.columns, rows),))
        return self._tables(self._document("Answer to a query", "", [part], "cscip sparql query.rq"))
