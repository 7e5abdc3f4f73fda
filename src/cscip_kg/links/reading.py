"""SSSOM files → link sets; every fault named with file, line, field and remedy.

In: the folder of the link files. Out: `LinkSet`s in the order of their names. A file that cannot be read as
its target allows is refused as a whole run of faults, as records are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from cscip_kg.assets import data_dir
from cscip_kg.errors import RecordError, RecordsError
from cscip_kg.links.targets import LEVELS, TARGETS
from cscip_kg.namespaces import GRAPH, ID

FOLDER: Final = "links"
ENDING: Final = ".sssom.tsv"
COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_id",
    "confidence",
    "mapping_date",
    "comment",
    "valid_from",
    "valid_to",
    "evidence",
    "evidence_version",
    "verification",
)
_MAY_BE_EMPTY: Final = {"comment", "valid_from", "valid_to"}
_DATES: Final = ("mapping_date", "valid_from", "valid_to")
_CURIES: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id")
_CURIE: Final = re.compile(r"([a-z][a-z0-9]*):(\S+)")
_CONFIDENCE: Final = re.compile(r"0\.\d{1,2}|1\.0")


@dataclass(frozen=True)
class Link:
    """One row: a link, who made it when and how sure, and what proves it.

    Attributes:
        file: the file, as it is shown to people.
        line: its line there.
        subject: IRI of the thing of ours.
        subject_label: its name, as it was read when the link was made.
        predicate: IRI of the predicate.
        object: IRI of the thing linked to.
        object_label: its name there.
        justification: IRI of the way in which the link came about.
        author: IRI of who made it.
        confidence: from 0 to 1, as written.
        made: the day, as ISO 8601.
        comment: what a reader should know, or an empty string.
        valid: the first and last day on which the object's code is in force, or empty strings.
        evidence: what proves it: rows of extracts, or addresses of pages.
        versions: for each piece of evidence its version, or the day on which it was seen.
        verification: how well it is proved; see `LEVELS`.
    """

    file: str
    line: int
    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    justification: str
    author: str
    confidence: str
    made: str
    comment: str
    valid: tuple[str, str]
    evidence: tuple[str, ...]
    versions: tuple[str, ...]
    verification: str


@dataclass(frozen=True)
class LinkSet:
    """One file: the links to one target, with the licence and date of the set.

    Attributes:
        name: the target's name, a key of `TARGETS`.
        file: the file, as it is shown to people.
        title: what it links.
        description: what to know of it.
        licence: IRI of the licence of the links.
        rights: whose the other data are, and under which licence.
        published: the day on which the set was published, as ISO 8601.
        links: its rows.
    """

    name: str
    file: str
    title: str
    description: str
    licence: str
    rights: str
    published: str
    links: tuple[Link, ...]


class _File:
    """Reads one file and gathers its faults."""

    def __init__(self, path: Path, shown: str) -> None:
        self.shown = shown
        self.name = path.name.removesuffix(ENDING)
        self.faults: list[RecordError] = []
        lines = path.read_text(encoding="utf-8").split("\n")
        self.start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        self.header = self.parsed("\n".join(line[1:] for line in lines[: self.start]))
        prefixes = self.header.get("curie_map")
        self.prefixes: Mapping[str, str] = prefixes if isinstance(prefixes, dict) else {}
        self.rows = lines[self.start :]

    def fault(self, line: int, field: str, problem: str, remedy: str) -> None:
        self.faults.append(RecordError(self.shown, line, field, problem, remedy))

    def parsed(self, text: str) -> dict[str, Any]:
        try:
            # Every scalar stays the text that it is.
            found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds nothing but text
        except yaml.YAMLError as error:
            self.fault(
                1, "", f"The header cannot be read as YAML: {error}.", "Mend the lines that begin with #."
            )
            return {}
        if not isinstance(found, dict):
            self.fault(1, "", "There is no header.", "Begin with lines '#key: value', as SSSOM asks.")
            return {}
        return found

    def told(self, key: str) -> str:
        value = self.header.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(1, key, "The header does not say this.", f"Add a line #{key}: …")
            return ""
        return value

    def iri(self, curie: str, line: int, field: str) -> str:
        match = _CURIE.fullmatch(curie)
        if match is None or match[1] not in self.prefixes:
            known = ", ".join(sorted(self.prefixes)) or "none"
            self.fault(line, field, f"{curie!r} has no known prefix.", f"Use a prefix of curie_map: {known}.")
            return ""
        return f"{self.prefixes[match[1]]}{match[2]}"

    def read(self) -> LinkSet:
        title, about = self.told("mapping_set_title"), self.told("mapping_set_description")
        licence, rights = self.told("license"), self.told("comment")
        published = self.day(self.told("publication_date"), 1, "publication_date")
        if self.name not in TARGETS:
            self.fault(1, "", f"There is no target {self.name!r}.", f"Targets: {', '.join(sorted(TARGETS))}.")
        expected = f"{GRAPH}links-{self.name}"
        if self.told("mapping_set_id") != expected:
            self.fault(1, "mapping_set_id", "It is not the address of the graph.", f"Write {expected}.")
        links = tuple(self.links())
        return LinkSet(self.name, self.shown, title, about, licence, rights, published, links)

    def links(self) -> Iterator[Link]:
        if not self.rows or tuple(self.rows[0].split("\t")) != COLUMNS:
            self.fault(self.start + 1, "", "The columns are not as agreed.", f"Write: {', '.join(COLUMNS)}.")
            return
        seen: dict[tuple[str, ...], int] = {}
        for number, text in enumerate(self.rows[1:], self.start + 2):
            if not text and number == self.start + len(self.rows):
                continue
            cells = text.split("\t")
            if len(cells) != len(COLUMNS):
                self.fault(
                    number, "", f"{len(cells)} cells stand here, not {len(COLUMNS)}.", "Mend the tabs."
                )
                continue
            row = dict(zip(COLUMNS, cells, strict=True))
            key = tuple(cells[COLUMNS.index(c)] for c in ("subject_id", "predicate_id", "object_id"))
            if key in seen:
                self.fault(
                    number, "", f"The link stands at line {seen[key]} already.", "Keep one of the two."
                )
            seen.setdefault(key, number)
            yield self.link(row, number)

    def link(self, row: dict[str, str], line: int) -> Link:
        for column, value in row.items():
            if not value.strip() and column not in _MAY_BE_EMPTY:
                self.fault(line, column, "The cell is empty.", "Fill it, or remove the row.")
        iris = {c: self.iri(row[c], line, c) if row[c] else "" for c in _CURIES}
        self.allowed(iris, line)
        if not iris["subject_id"].startswith(ID):
            self.fault(line, "subject_id", "The subject is no thing of ours.", "Write id:kind/slug.")
        for column in _DATES:
            self.day(row[column], line, column)
        if not _CONFIDENCE.fullmatch(row["confidence"]):
            self.fault(
                line, "confidence", f"{row['confidence']!r} is no confidence.", "Write 0.95, at most 1.0."
            )
        if row["verification"] not in LEVELS:
            self.fault(line, "verification", "This is no level.", f"Levels: {', '.join(LEVELS)}.")
        evidence, versions = tuple(row["evidence"].split("|")), tuple(row["evidence_version"].split("|"))
        if len(evidence) != len(versions):
            self.fault(
                line, "evidence_version", "Not every piece of evidence has one.", "Write one for each."
            )
        return Link(
            self.shown,
            line,
            iris["subject_id"],
            row["subject_label"],
            iris["predicate_id"],
            iris["object_id"],
            row["object_label"],
            iris["mapping_justification"],
            iris["author_id"],
            row["confidence"],
            row["mapping_date"],
            row["comment"],
            (row["valid_from"], row["valid_to"]),
            evidence,
            versions,
            row["verification"],
        )

    def allowed(self, iris: Mapping[str, str], line: int) -> None:
        target = TARGETS.get(self.name)
        if target is None:
            return
        if iris["predicate_id"] and iris["predicate_id"] not in target.predicates:
            names = ", ".join(sorted(re.split("[#/]", p)[-1] for p in target.predicates))
            self.fault(
                line, "predicate_id", "Links of this file have another predicate.", f"Use one of {names}."
            )
        if iris["object_id"] and not iris["object_id"].startswith(target.spaces):
            self.fault(
                line,
                "object_id",
                "The object is of another dataset.",
                f"Begin with {' or '.join(target.spaces)}.",
            )

    def day(self, text: str, line: int, field: str) -> str:
        try:
            if text and len(text) != 10:
                raise ValueError  # noqa: TRY301 - the short forms of ISO 8601 are refused too
            date.fromisoformat(text or "2000-01-01")
        except ValueError:
            self.fault(line, field, f"{text!r} is no day.", "Write the year, month and day: 2026-11-28.")
        return text


def link_files(folder: Path) -> list[Path]:
    """Return the link files of a data folder, in the order of their names."""
    return sorted((folder / FOLDER).glob(f"*{ENDING}"))


def load_links(folder: Path | None = None) -> list[LinkSet]:
    """Read the link files.

    Args:
        folder: the data folder; by default the project's own. Without a folder `links` in it there are none.

    Raises:
        RecordsError: one or more faults, all of them listed.
    """
    base = folder or data_dir()
    files = [_File(path, f"{base.name}/{FOLDER}/{path.name}") for path in link_files(base)]
    sets = [file.read() for file in files]
    faults = [fault for file in files for fault in file.faults]
    if faults:
        raise RecordsError(faults)
    return sets
