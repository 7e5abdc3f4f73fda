"""data/ → linked-data documents, every fault named with file, line, field and remedy.

In: YAML-LD files. Out: a `Corpus`: the documents as they stand, and where each node and field was written.
All faults of a run are gathered, so that a curator mends them in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cscip_kg.assets import data_dir
from cscip_kg.context import Context, Key, load_context
from cscip_kg.errors import RecordError, RecordsError, UnknownNameError
from cscip_kg.namespaces import ID
from cscip_kg.strict_yaml import Located, parse

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CITATION = re.compile(r"[a-z0-9-]+#L([1-9][0-9]*)(-([1-9][0-9]*))?")
_NODE_ID = re.compile(r"[a-z-]+/[a-z0-9]+(-[a-z0-9]+)*(#[a-z0-9]+(-[a-z0-9]+)*)?")
_CONTEXT = re.compile(r"(\.\./)+ontology/context\.jsonld")
_RECORDLIKE = {".yaml", ".yml", ".json", ".jsonld"}
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Place:
    """Where a node is written: its file, its first line, and the line of each of its keys."""

    file: str
    line: int
    key_lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """Return the line of `key`, or the node's own line when the key is absent."""
        return self.key_lines.get(key, self.line)


@dataclass(frozen=True)
class Record:
    """One file: its name and its document, ready to be read as JSON-LD with the shared context."""

    file: str
    document: Located


@dataclass
class Corpus:
    """All records of a run, and the place of every node by IRI."""

    records: list[Record] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)


class _Reader:
    """Checks one file after another against the context and gathers the faults."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.corpus = Corpus()
        self.errors: list[RecordError] = []
        self.file = ""

    def fault(self, line: int, name: str, problem: str, remedy: str) -> None:
        self.errors.append(RecordError(self.file, line, name, problem, remedy))

    def read(self, path: Path, shown: str) -> None:
        self.file = shown
        try:
            document = parse(path.read_bytes(), shown)
        except RecordError as error:
            self.errors.append(error)
            return
        if not isinstance(document, Located):
            self.fault(1, "", "The file is not one mapping of keys.", "Start with @context, id and type.")
            return
        self.check_context(document)
        nodes = document.get("@graph", [document])
        line = document.key_lines.get("@graph", document.line)
        if not isinstance(nodes, list):
            self.fault(line, "@graph", "@graph is not a list.", "Begin items with '- '.")
            return
        for node in nodes:
            self.check_node(node, line, "@graph", top=node is document)
        self.corpus.records.append(Record(shown, document))

    def check_context(self, document: Located) -> None:
        given = document.get("@context")
        if not isinstance(given, str) or not _CONTEXT.fullmatch(given):
            self.fault(
                document.key_lines.get("@context", 1),
                "@context",
                "The context is missing, remote or inline; only the shared one is read.",
                'Write "@context": ../ontology/context.jsonld (one ../ per folder).',
            )
        for key in document:
            if "@graph" in document and key not in ("@context", "@graph"):
                self.fault(
                    document.key_lines[key], key, "A key stands beside @graph.", "Move it into an item."
                )

    def check_node(self, node: Any, line: int, name: str, *, top: bool = False) -> None:
        if not isinstance(node, Located):
            self.fault(line, name, "A node with id and type is wanted here.", "Write a mapping, not a value.")
            return
        self.check_identity(node)
        for key, value in node.items():
            if key in ("id", "type") or (top and key == "@context"):
                continue
            spec = self.context.keys.get(key)
            if spec is None:
                near = [] if key.startswith("@") else get_close_matches(key, self.context.keys, 1)
                remedy = f"Did you mean {near[0]}?" if near else "See ontology/context.jsonld for the keys."
                self.fault(node.key_lines[key], key, "The key is not known.", remedy)
            else:
                self.check_value(spec, value, node.key_lines[key])

    def check_identity(self, node: Located) -> None:
        identifier, kind = node.get("id"), node.get("type")
        if not isinstance(identifier, str) or not _NODE_ID.fullmatch(identifier):
            self.fault(
                node.key_lines.get("id", node.line),
                "id",
                f"The id {identifier!r} is missing or malformed." if identifier else "The id is missing.",
                "Write kind/slug or kind/slug#part in lower case with hyphens.",
            )
            return
        if not isinstance(kind, str) or kind not in self.context.classes:
            near = get_close_matches(kind, self.context.classes, 1) if isinstance(kind, str) else []
            remedy = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(self.context.classes)}."
            problem = f"{kind} is not a class of the ontology." if kind else "The type is missing."
            self.fault(node.key_lines.get("type", node.line), "type", problem, remedy)
        place = self.corpus.places.get(ID + identifier)
        if place is not None:
            self.fault(
                node.key_lines["id"],
                "id",
                f"{identifier} is already described at {place.file}:{place.line}.",
                "Give one of the two another id, or join them.",
            )
            return
        self.corpus.places[ID + identifier] = Place(self.file, node.line, node.key_lines)

    def check_value(self, key: Key, value: Any, line: int) -> None:
        if key.many != isinstance(value, list):
            shape, remedy = (
                ("a list", f"Write {key.name}: [ … ].") if key.many else ("one value", "Keep one.")
            )
            self.fault(line, key.name, f"{key.name} takes {shape}.", remedy)
            return
        values = value if key.many else [value]
        if not values:
            self.fault(line, key.name, "The list is empty.", "Fill it or remove the key.")
        for item in values:
            if key.kind == "nested":
                self.check_node(item, line, key.name)
            elif problem := _CHECKS[key.kind](item, key):
                self.fault(line, key.name, *problem)
        if key.kind != "nested" and len({str(v) for v in values}) < len(values):
            self.fault(line, key.name, "A value stands twice in the list.", "Keep it once.")


Fault = tuple[str, str]


def _whole_number(value: Any, _: Key) -> Fault | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    return f"{value!r} is not a whole number.", "Write digits without quotes."


def _exact_decimal(value: Any, _: Key) -> Fault | None:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return None
    return f"{value!r} is not an exact decimal.", 'Write digits in quotes: "96.0".'


def _words(value: Any, _: Key) -> Fault | None:
    if isinstance(value, str) and value.strip():
        return None
    return f"{value!r} is not text.", "Write words; put numbers and yes/no in quotes."


def _thing(value: Any, _: Key) -> Fault | None:
    if isinstance(value, str) and _NODE_ID.fullmatch(value):
        return None
    return f"{value!r} is not the id of a thing.", "Write kind/slug or kind/slug#part."


def _code(value: Any, key: Key) -> Fault | None:
    if key.name != "citation":
        if isinstance(value, str) and _SLUG.fullmatch(value):
            return None
        return f"{value!r} is not a code of {key.codes}.", "Write its slug: lower case with hyphens."
    match = _CITATION.fullmatch(value) if isinstance(value, str) else None
    if match and not (match[3] and int(match[3]) <= int(match[1])):
        return None
    return f"{value!r} is not a citation.", "Write source#L12 or source#L12-15, first line first."


_CHECKS: dict[str, Callable[[Any, Key], Fault | None]] = {
    "integer": _whole_number,
    "decimal": _exact_decimal,
    "text": _words,
    "string": _words,
    "link": _thing,
    "code": _code,
}


def record_files(folder: Path) -> Iterator[Path]:
    """Yield every record file below `folder` in a fixed order; other files are passed over."""
    yield from sorted(p for p in folder.rglob("*.yaml") if p.is_file())


def stray_files(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder` that look like records and would be passed over for their name."""
    found = (p for p in folder.rglob("*") if p.suffix != ".yaml" and p.suffix.lower() in _RECORDLIKE)
    yield from sorted(p for p in found if p.is_file())


def load_records(folder: Path | None = None, files: Iterable[Path] | None = None) -> Corpus:
    """Read records.

    Args:
        folder: the data folder; by default the project's own.
        files: further files to read beside the folder's, for instance a draft. A file that lies in the
            folder is not read twice.

    Returns:
        The corpus, records in the order of their file names.

    Raises:
        RecordsError: one or more faults, all of them listed.
        UnknownNameError: there is no such folder.
    """
    base = folder or data_dir()
    if not base.is_dir():
        raise UnknownNameError(f"There is no folder {base}. Name the folder of the records with --data.")
    reader = _Reader(load_context())
    known = {p.resolve() for p in record_files(base)}
    for path in record_files(base):
        reader.read(path, f"{base.name}/{path.relative_to(base).as_posix()}")
    for path in stray_files(base):
        reader.file = f"{base.name}/{path.relative_to(base).as_posix()}"
        reader.fault(1, "", "This file is not read: the name of a record ends in .yaml.", "Rename it.")
    for path in files or ():
        if path.resolve() not in known:
            reader.read(path, path.as_posix())
    if reader.errors:
        raise RecordsError(reader.errors)
    return reader.corpus
