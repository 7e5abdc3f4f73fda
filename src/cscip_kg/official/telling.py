"""What was joined → a document for people.

In: `Told`: figures, and findings where they are wanted. Out: `Document`. It says in words that published
figures are context and no evidence of an effect, names the file by its digest, and keeps every sign as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cscip_kg import store
from cscip_kg.document import SOURCES, Document, Panel, Part, panel
from cscip_kg.official.findings import Findings
from cscip_kg.official.joining import Joined, Line
from cscip_kg.official.places import Council, Period
from cscip_kg.official.reading import Row
from cscip_kg.official.signs import Figure
from cscip_kg.output import CAUTION, citations_text
from cscip_kg.pages import cite_as
from cscip_kg.profiles import sources_cited

CONTEXT: Final = (
    "Context, not evidence of effect: published figures are of whole councils, whomever a project there "
    "reached. That they rose or fell beside a project does not show that it had an effect, or had none."
)
_READ: Final = (
    "The second column tells how a time stands to the years that sources give for the rounds of the projects "
    "there. Figures and signs are as published."
)
NO_ROW: Final = "no row"
_NOT_STATED: Final = "not stated"


@dataclass(frozen=True)
class Told:
    """Everything that is told.

    Attributes:
        joined: the figures.
        retrieved: the day on which the file was fetched; empty for a file of this machine.
        findings: those on the measure asked for; None where none was.
    """

    joined: Joined
    retrieved: str
    findings: Findings | None


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return NO_ROW
    if figure.number is not None:
        return figure.text
    return f"{figure.text} ({figure.meaning})" if figure.text else figure.meaning


def name_of(row: Row, names: Joined) -> str:
    """Return the name of a region as published; empty where the file has no names."""
    place = names.table.columns.get("region_name")
    return row.cells[place] if place is not None else ""


def _figures(told: Joined, council: Council, lines: Iterable[Line], indicator: str) -> Panel:
    own = list(lines)
    region = next((name_of(line.region, told) for line in own if line.region), "") or "Its region"
    names = dict.fromkeys(line.own.name for line in own if line.own)
    heads = ["Time", "Years of the projects", " / ".join(names), region, "England"]
    rows = [
        [
            f"{line.period}, {line.identifier}",
            line.when,
            *(_shown(told.figure(row, indicator)) for row in (line.own, line.region, line.england)),
            "; ".join(line.notes),
        ]
        for line in own
    ]
    if any(row[-1] for row in rows):
        heads.append("To know")
    cut = tuple(tuple(row[: len(heads)]) for row in rows)
    return Panel(f"{council.name}: {indicator}", "", tuple(heads), cut)


def _years(period: Period) -> str:
    return f"{period.years[0]} to {period.years[1]}" if period.years else _NOT_STATED


def _spans(council: Council) -> str:
    spans = ", ".join(f"{first} to {last}" for first, last in council.spans)
    undated = f"{_NOT_STATED} for {', '.join(council.undated)}" if council.undated else ""
    return "; ".join(filter(None, (spans, undated)))


def _where(told: Joined) -> Part:
    places = told.places
    found = []
    if places.councils:
        rows = tuple(
            (
                council.name,
                "\n".join(
                    f"{c.code} from {c.begins}"
                    + (f" to {c.ends}" if c.ends else "")
                    + (", later" if c.later else "")
                    for c in council.codes
                ),
                ", ".join(council.projects),
                _spans(council),
            )
            for council in places.councils
        )
        heads = ("Area of the council", "GSS codes and their days", "Projects", "Years")
        found.append(Panel("Councils and codes", "", heads, rows))
    if places.named:
        named = tuple((p.name, p.project, p.how, citations_text(p.citations)) for p in places.named)
        found.append(Panel("What sources say of places", "", ("Place", "Project", "How", SOURCES), named))
    years = tuple(
        (
            p.project,
            p.round or _NOT_STATED,
            p.printed or _NOT_STATED,
            _years(p),
            citations_text(p.citations) or "no source says when it ran",
        )
        for p in places.periods
    )
    dated = ("Project", "Round", "Years as printed", "Read as", SOURCES)
    found.append(Panel("What sources say of years", "", dated, years))
    note = (
        "A project in a council's area need not be the council's own. Sources date rounds, not single "
        "projects; which months a published year covers is told in its publication, not in the file."
    )
    return Part("Where and when", note, tuple(found))


def _file(told: Told) -> Part:
    table = told.joined.table
    facts = [
        ("File", table.file),
        ("SHA-256", table.sha256),
        ("Size", f"{table.size:,} bytes, {table.rows:,} rows"),
        ("Times", f"{table.periods[0]} to {table.periods[-1]}"),
        ("Retrieved", told.retrieved or "not fetched: a file of this machine"),
        *((f"Chosen: {name}", value) for name, value in told.joined.chosen),
    ]
    seen: dict[str, tuple[str, str]] = {}
    for figure in _all_figures(told.joined):
        if figure.meaning:
            seen[figure.text] = (figure.text or "(empty)", figure.meaning)
    panels = [Panel("", "", ("What", "As read"), tuple(facts))]
    if seen:
        panels.append(Panel("Signs in place of figures", "", ("Sign", "Meaning"), tuple(seen.values())))
    return Part("The file", "", tuple(panels))


def _all_figures(told: Joined) -> Iterator[Figure]:
    for _, lines in told.lines:
        for line in lines:
            for row in (line.own, line.region, line.england):
                for indicator in told.table.indicators:
                    if (figure := told.figure(row, indicator)) is not None:
                        yield figure


def _found(findings: Findings, name: str) -> Part:
    title = f"What evaluations found on {findings.measure.casefold()}"
    if not findings.table.rows:
        return Part(title, f"No source read reports a finding of {name} on this measure.", ())
    rows = tuple(
        (s.evaluation, s.impact_aim, s.designs, s.methods, citations_text(s.citations))
        for s in findings.studied
    )
    heads = ("Evaluation", "Meant to study impact", "Designs", "Methods", SOURCES)
    panels = [
        panel(findings.query, findings.table, "Findings"),
        Panel("How they were come by", "", heads, rows),
    ]
    return Part(title, CAUTION, tuple(panels))


def document(told: Told, rerun: str, folder: Path | None = None) -> Document:
    """Return everything as a document.

    Args:
        told: what was joined.
        rerun: the command that makes it again.
        folder: the build folder; by default the project's own.

    Raises:
        FiguresError: a cell to be shown holds neither a number nor a known sign.
    """
    joined, name = told.joined, told.joined.places.name
    shown = tuple(
        _figures(joined, council, lines, indicator)
        for council, lines in joined.lines
        if lines
        for indicator in joined.table.indicators
    )
    parts = [_found(told.findings, name)] if told.findings else []
    if shown:
        parts.append(Part("Published figures, for context", _READ, shown))
    if joined.missing:
        parts.append(
            Part(
                "What is not there",
                "",
                (Panel("", "", ("Not there, and why",), tuple((m,) for m in joined.missing)),),
            )
        )
    parts += [_where(joined), _file(told)]
    title = f"{name}, beside official statistics"
    return Document(
        title=title,
        about=f"Figures as {joined.table.file} publishes them for councils where sources place the projects.",
        parts=tuple(parts),
        cite=cite_as(title, store.describe(folder).id),
        rerun=rerun,
        caution=CONTEXT,
        sources=sources_cited(store.open_store(folder), parts),
    )
