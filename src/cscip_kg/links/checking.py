"""Link sets + extracts of other datasets → what is proved and what is not, without a network.

In: link sets and a folder of extracts with its `MANIFEST.csv`. Out: a fault for each link whose extract does
not hold what the link says, with file, line, field and remedy. The extracts are no part of the project.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cscip_kg.errors import RecordError, TextsError
from cscip_kg.links.reading import Link, LinkSet
from cscip_kg.links.targets import SNAPSHOT, SNAPSHOT_CODE

MANIFEST: Final = "MANIFEST.csv"
_PROVABLE: Final = (SNAPSHOT, SNAPSHOT_CODE)
Row = dict[str, set[str]]


@dataclass(frozen=True)
class Checked:
    """What a check came to: the faults, how many links stand at each level, how many cells were looked up."""

    faults: list[RecordError]
    levels: Counter[str]
    looked_up: int


def _texts(value: Any) -> set[str]:
    """Return every text in a value of JSON, however deep."""
    if isinstance(value, dict):
        return {text for part in value.values() for text in _texts(part)}
    if isinstance(value, list):
        return {text for part in value for text in _texts(part)}
    return set() if value is None else {str(value)}


def _names(value: Any) -> set[str]:
    """Return names without what else is said of them, such as their languages."""
    entries = value if isinstance(value, list) else [value]
    return {text for one in entries for text in _texts(one.get("value") if isinstance(one, dict) else one)}


def json_rows(document: dict[str, Any]) -> list[Row]:
    """Return a record and each of its relations as rows; names stand together, however kept."""
    whole = {key: _texts(value) for key, value in document.items()}
    whole["names"] = set().union(
        *(_names(document.get(key)) for key in ("names", "name", "aliases", "acronyms"))
    )
    related = document.get("relationships") or []
    return [whole, *({f"relationships.{k}": _texts(v) for k, v in one.items()} for one in related)]


def table_rows(text: str) -> list[Row]:
    """Return the rows of a table, each cell a set of one text."""
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True)
    return [{str(k): {v or ""} for k, v in row.items()} for row in reader]


class Snapshots:
    """The extracts of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        """Take a folder with a manifest.

        Raises:
            TextsError: there is no manifest in it.
        """
        self.folder = folder
        path = folder / MANIFEST
        if not path.is_file():
            raise TextsError(f"There is no {MANIFEST} in {folder}. Name the folder of the extracts.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            self.listed = {row["file"]: row for row in csv.DictReader(file)}
        self._rows: dict[str, list[Row]] = {}

    @cached_property
    def altered(self) -> set[str]:
        """The files that are missing, or are not what the manifest says."""
        return {
            name
            for name, row in self.listed.items()
            if not (self.folder / name).is_file()
            or hashlib.sha256((self.folder / name).read_bytes()).hexdigest() != row["extract_sha256"]
        }

    def rows(self, name: str) -> list[Row]:
        """Return the rows of an extract: for each column the texts of the cell."""
        if name not in self._rows:
            self._rows[name] = self._read(self.folder / name)
        return self._rows[name]

    @staticmethod
    def _read(path: Path) -> list[Row]:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".jsonl":
            return [row for line in text.splitlines() if line for row in json_rows(json.loads(line))]
        if path.suffix == ".txt":
            return [{"line": {line}} for line in text.splitlines() if line]
        return table_rows(text)


def _code(link: Link) -> set[str]:
    """Return how an extract may write the object: its whole IRI, or the code at its end."""
    return {link.object, link.object.rpartition("/")[2]}


def _days(day: str) -> set[str]:
    """Return how an extract may write a day: as ISO 8601, or the British way."""
    return {day, "/".join(reversed(day.split("-")))}


def _prove(link: Link, extracts: Snapshots) -> Iterable[tuple[str, str, str]]:
    """Yield field, problem and remedy for each thing that the extracts do not bear out."""
    held: set[str] = set()
    for piece, version in zip(link.evidence, link.versions, strict=True):
        name, cells = urlsplit(piece).path, dict(parse_qsl(urlsplit(piece).query, keep_blank_values=True))
        if name not in extracts.listed or not cells:
            yield "evidence", f"{name or piece} is no extract of the manifest.", "Name a file and its cells."
            continue
        if name in extracts.altered:
            yield "evidence", f"{name} is missing or altered.", "Fetch the extract again."
            continue
        if extracts.listed[name]["commit_or_version"] != version:
            yield (
                "evidence_version",
                f"{name} has another version now.",
                "Read the link again, then write it.",
            )
        if not any(all(v in row.get(k, ()) for k, v in cells.items()) for row in extracts.rows(name)):
            told = ", ".join(f"{key}={value}" for key, value in cells.items())
            yield "evidence", f"No row of {name} has {told}.", "Look the row up; mend or remove the link."
        held.update(cells.values())
    if not held & _code(link):
        yield (
            "object_id",
            "The evidence does not hold this identifier.",
            "Mend the identifier or the evidence.",
        )
    for name, day in zip(("valid_from", "valid_to"), link.valid, strict=True):
        if day and not held & _days(day):
            yield name, "The evidence does not hold this day.", "Mend the day, or name the cell that has it."
    if link.object_label not in held:
        yield "object_label", "The evidence does not hold this name.", "Write the name as the extract has it."


def check_snapshots(sets: Iterable[LinkSet], folder: Path) -> Checked:
    """Check every link that an extract is said to prove.

    Args:
        sets: the link sets.
        folder: the folder of the extracts.

    Raises:
        TextsError: the folder holds no manifest.
    """
    extracts = Snapshots(folder)
    faults: list[RecordError] = []
    levels: Counter[str] = Counter()
    looked_up = 0
    for link in (link for one in sets for link in one.links):
        levels[link.verification] += 1
        if link.verification in _PROVABLE:
            looked_up += sum(len(parse_qsl(urlsplit(piece).query)) for piece in link.evidence)
            faults += [RecordError(link.file, link.line, *fault) for fault in _prove(link, extracts)]
    return Checked(faults, levels, looked_up)
