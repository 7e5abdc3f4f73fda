"""What was joined → rows and JSON for programs.

In: `Told`. Out: CSV with one row for each figure, and JSON with everything. Both say how to read them, keep
every sign as it is, and name the file and the line of each figure.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from cscip_kg.official import columns
from cscip_kg.official.findings import Findings
from cscip_kg.official.joining import Joined, Line
from cscip_kg.official.places import Council
from cscip_kg.official.reading import Row
from cscip_kg.official.signs import is_figure
from cscip_kg.official.telling import CONTEXT, NO_ROW, Told, name_of
from cscip_kg.output import CAUTION
from cscip_kg.queries import cell_value

_COLUMNS: Final = (
    "intervention", "council", "time_period", "time_identifier", "projects_years", "place_kind", "place",
    "place_code", "indicator", "value", "sign_meaning", "notes", "file", "file_line", "file_sha256",
    "retrieved", "reading",
)  # fmt: skip


def _cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_figure(text) else text


def _places(line: Line, joined: Joined) -> Iterator[tuple[str, str, Row | None]]:
    yield "council", line.own.name if line.own else "", line.own
    if line.region:
        yield "region", name_of(line.region, joined), line.region
    if line.england:
        yield "country", "England", line.england


def as_csv(told: Told) -> str:
    """Return one row for each figure; a council without a row in the file has one with an empty value."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    joined, table = told.joined, told.joined.table
    for council, lines in joined.lines:
        for line in lines:
            for kind, name, row in _places(line, joined):
                for indicator in table.indicators:
                    figure = joined.figure(row, indicator)
                    notes = "; ".join(line.notes) if kind == "council" else ""
                    made = (
                        joined.places.name, council.name, line.period, line.identifier, line.when, kind, name,
                        " / ".join(row.codes) if row else "", indicator, figure.text if figure else "",
                        figure.meaning if figure else NO_ROW, notes, table.file, row.line if row else "",
                        table.sha256, told.retrieved, CONTEXT,
                    )  # fmt: skip
                    writer.writerow([_cell(str(cell)) for cell in made])
    return sink.getvalue()


def _row(row: Row | None, joined: Joined) -> dict[str, Any] | None:
    if row is None:
        return None
    figures = {}
    for indicator in joined.table.indicators:
        figure = joined.figure(row, indicator)
        if figure is not None:
            number = None if figure.number is None else float(figure.number)
            figures[indicator] = {
                "text": figure.text,
                "number": number,
                "sign_meaning": figure.meaning or None,
            }
    name = row.name if row.level == columns.COUNCIL else name_of(row, joined) or "England"
    return {"name": name, "codes": list(row.codes), "line": row.line, "figures": figures}


def _council(council: Council, lines: Iterable[Line], joined: Joined) -> dict[str, Any]:
    return {
        "name": council.name,
        "codes": [
            {"code": c.code, "begins": c.begins, "ends": c.ends or None, "later": c.later}
            for c in council.codes
        ],
        "projects": list(council.projects),
        "years": [list(span) for span in council.spans],
        "years_not_stated_for": list(council.undated),
        "lines": [
            {
                "time_period": line.period,
                "time_identifier": line.identifier,
                "projects_years": line.when,
                "notes": list(line.notes),
                "council": _row(line.own, joined),
                "region": _row(line.region, joined),
                "country": _row(line.england, joined),
            }
            for line in lines
        ],
    }


def _findings(found: Findings) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "reading": CAUTION,
        "rows": [
            {name: cell_value(cell) for name, cell in zip(found.table.columns, row, strict=True) if cell}
            for row in found.table.rows
        ],
        "studied": [
            {
                "evaluation": s.evaluation,
                "impact_aim": s.impact_aim,
                "designs": s.designs,
                "methods": s.methods,
                "citations": list(s.citations),
            }
            for s in found.studied
        ],
    }


def as_json(told: Told) -> str:
    """Return everything as JSON; `reading` says how to read it."""
    joined, table = told.joined, told.joined.table
    made: dict[str, Any] = {
        "reading": CONTEXT,
        "intervention": {"iri": joined.places.iri, "name": joined.places.name},
        "file": {
            "name": table.file,
            "sha256": table.sha256,
            "bytes": table.size,
            "rows": table.rows,
            "retrieved": told.retrieved or None,
            "chosen": dict(joined.chosen),
            "indicators": list(table.indicators),
        },
        "councils": [_council(council, lines, joined) for council, lines in joined.lines],
        "not_there": list(joined.missing),
        "places": [
            {"place": p.name, "project": p.project, "how": p.how, "citations": list(p.citations)}
            for p in joined.places.named
        ],
        "periods": [
            {
                "project": p.project,
                "round": p.round or None,
                "printed": p.printed or None,
                "years": list(p.years) if p.years else None,
                "citations": list(p.citations),
            }
            for p in joined.places.periods
        ],
    }
    if told.findings is not None:
        made["findings"] = _findings(told.findings)
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
