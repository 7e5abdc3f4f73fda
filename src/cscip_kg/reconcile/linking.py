"""A list of somebody's own, as CSV → an SSSOM table: every row with the thing that it names, or why none.

In: a file, the column of the names, the kind that is meant. Out: rows, and the text of the table. Rows
without a match have `sssom:NoTermFound` as their object and the reason as their comment.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cscip_kg import __version__, store
from cscip_kg.errors import RecordError
from cscip_kg.namespaces import BASE, ID, SKOS
from cscip_kg.reconcile.kinds import AREA, COUNCIL, Kind
from cscip_kg.reconcile.matching import Candidate, candidates, why
from cscip_kg.reconcile.register import Register, register
from cscip_kg.reconcile.weighing import APART, LOOSE, MATCH
from cscip_kg.reconcile.words import MOST_SIGNS

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_ROWS: Final = 200_000
_NEAR: Final = 3
_WORTH_TELLING: Final = 50
_DELIMITERS: Final = (",", ";", "\t")
COLUMNS: Final = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
    "confidence", "comment",
)  # fmt: skip
_NOTHING: Final = "sssom:NoTermFound"
# A row that names a council, and the area that it serves: two things.
_RELATED: Final = "skos:relatedMatch"
_LEXICAL: Final = "semapv:LexicalMatching"
_PREFIXES: Final = {
    "id": ID,
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": SKOS,
    "sssom": "https://w3id.org/sssom/",
}
_SHOWN_COLUMNS: Final = 20


@dataclass(frozen=True)
class Row:
    """One row of a list.

    Attributes:
        line: the line on which it begins.
        text: what stands in the column, spaces as single ones.
        match: what it was matched with; None for nothing.
        reason: what it was found by, or why nothing was.
    """

    line: int
    text: str
    match: Candidate | None
    reason: str


def _text(path: Path) -> tuple[str, bytes]:
    """Return the text of a file, and its bytes."""
    if not path.is_file():
        raise RecordError(str(path), 1, "", "There is no such file.", "Name a CSV file.")
    if path.stat().st_size > MOST_BYTES:
        raise RecordError(str(path), 1, "", f"It is larger than {MOST_BYTES} bytes.", "Divide it.")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig"), content
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecordError(
            str(path), line, "", "This line is not in UTF-8.", "Save the file as CSV in UTF-8."
        ) from error


def _columns(text: str, column: str, path: Path) -> tuple[str, int]:
    """Return the delimiter and the place of a column."""
    first = text.partition("\n")[0]
    heads = {sign: next(csv.reader([first], delimiter=sign), []) for sign in _DELIMITERS}
    for sign, head in heads.items():
        named = [place for place, one in enumerate(head) if one.strip() == column.strip()]
        if len(named) > 1:
            raise RecordError(
                str(path), 1, column, "Several columns are headed so.", "Give them other names."
            )
        if named:
            return sign, named[0]
    best = max(heads.values(), key=len)
    told = ", ".join(repr(one.strip()) for one in best[:_SHOWN_COLUMNS])
    raise RecordError(str(path), 1, column, "No column is headed so.", f"Name one of: {told or 'none'}.")


def _cells(path: Path, text: str, column: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each row with what stands in the column."""
    sign, place = _columns(text, column, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        next(reader)
        line, count = reader.line_num + 1, 0
        for cells in reader:
            if cells:
                count += 1
                if count > MOST_ROWS:
                    raise RecordError(
                        str(path), line, "", f"More than {MOST_ROWS} rows follow.", "Divide it."
                    )
                if place >= len(cells):
                    raise RecordError(
                        str(path), line, column, f"The row ends after {len(cells)} cells.", "Mend the commas."
                    )
                yield line, " ".join(cells[place].split())
            line = reader.line_num + 1
    except csv.Error as error:
        raise RecordError(
            str(path), reader.line_num, "", f"It cannot be read as CSV: {error}.", "Mend the quotation marks."
        ) from error


def _told(one: Candidate) -> str:
    return f"{one.entity.name} ({one.entity.id}, {one.score:g})"


def _reason(text: str, kind: Kind, found: list[Candidate]) -> str:
    """Return why nothing was taken."""
    if not text:
        return "The cell is empty."
    if len(text) > MOST_SIGNS:
        return f"It is longer than any name: over {MOST_SIGNS} characters."
    near = [one for one in found if one.score >= _WORTH_TELLING]
    if not near:
        return f"Nothing among the {kind.plural} comes near."
    first, told = near[0], "; ".join(_told(one) for one in near[:_NEAR])
    if kind.id == COUNCIL and AREA in first.entity.kinds:
        return (
            f"There is no record of that council. {first.entity.name} ({first.entity.id}) is the area, which "
            "is another thing: --to areas relates rows with those."
        )
    if first.score >= MATCH and first.evidence.kind:
        rivals = sum(first.score - one.score < APART for one in near)
        return f"{rivals} come equally near: {told}{' …' if rivals > _NEAR else ''}."
    return f"None comes near enough ({MATCH:g} of 100): {told}. The first by {why(first)}."


def _serves(one: Candidate, kind: Kind) -> bool:
    """Return whether a text names a council, and the thing is the area that it serves."""
    sure = one.evidence.of_text == one.evidence.of_name == 1 and one.score > LOOSE
    return kind.id == AREA and sure and not one.evidence.kind and one.ahead >= APART


def _judged(known: Register, text: str, kind: Kind) -> tuple[Candidate | None, str]:
    found = candidates(known, text, [kind.id], limit=50)
    if found and found[0].match:
        return found[0], f"Found by {why(found[0])}."
    if found and _serves(found[0], kind):
        return found[0], f"The area of the council that is named. Found by {why(found[0])}."
    return None, _reason(text, kind, found)


def _head(path: Path, column: str, kind: Kind, digest: str, folder: Path | None) -> list[str]:
    """Return the lines of the header: texts as JSON has them, which YAML reads."""
    name = str(uuid5(NAMESPACE_URL, f"{BASE}list/{digest}"))
    said = {
        "mapping_set_id": f"urn:uuid:{name}",
        "mapping_set_title": f"{path.name}, column {column}, matched with {kind.plural}",
        "mapping_set_description": "Names of a list matched by their words with the things of the evidence "
        "graph. A row's number is its line in the list. Rows without a match say why in their comment.",
        "license": "https://w3id.org/sssom/license/unspecified",
        "mapping_tool": "cscip-kg",
        "mapping_tool_version": __version__,
        "mapping_date": datetime.now(UTC).date().isoformat(),
        "object_source_version": store.describe(folder).id,
    }
    lines = [f"#{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
    prefixes = {**_PREFIXES, "row": f"urn:uuid:{name}#row-"}
    return [*lines, "#curie_map:", *(f"#  {key}: {json.dumps(iri)}" for key, iri in sorted(prefixes.items()))]


def _cells_of(row: Row) -> tuple[str, ...]:
    if row.match is None:
        return (f"row:{row.line}", row.text, "skos:exactMatch", _NOTHING, "", _LEXICAL, "", row.reason)
    one = row.match
    # By its name it is taken for the thing; through a slip or other words it comes close to it.
    same = one.evidence.same and one.evidence.form != "finding"
    predicate = "skos:exactMatch" if same else "skos:closeMatch" if one.match else _RELATED
    confidence = f"{one.score / 100:.3f}"
    return (
        f"row:{row.line}", row.text, predicate, f"id:{one.entity.id}", one.entity.name, _LEXICAL, confidence,
        row.reason,
    )  # fmt: skip


def linked(path: Path, column: str, kind: Kind, folder: Path | None = None) -> tuple[list[Row], str]:
    """Match a column of a list.

    Args:
        path: a CSV file in UTF-8 with a header row; commas, semicolons or tabs part the cells.
        column: the head of the column that holds the names.
        kind: what they are names of.
        folder: the build folder.

    Returns:
        The rows, and the SSSOM table as text.

    Raises:
        RecordError: the file cannot be read as that; it names line and remedy.
        NoStoreError: nothing has been built.
    """
    text, content = _text(path)
    known, seen = register(folder), dict[str, tuple[Candidate | None, str]]()
    rows = []
    for line, cell in _cells(path, text, column):
        if cell not in seen:
            seen[cell] = _judged(known, cell, kind)
        rows.append(Row(line, cell, *seen[cell]))
    digest = sha256(content + f"\0{column}\0{kind.id}".encode()).hexdigest()
    sink = io.StringIO()
    sink.write("\n".join(_head(path, column, kind, digest, folder)) + "\n")
    table = csv.writer(sink, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_cells_of(row) for row in rows)
    return rows, sink.getvalue()
