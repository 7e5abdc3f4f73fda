"""YAML text → plain values that remember their lines; every surprise of YAML is refused.

In: the text of one file. Out: `Located` mappings, lists, strings, whole numbers and booleans.
Anchors, tags, directives, duplicate keys, control characters and scalars that YAML 1.1 and 1.2 read
differently raise a RecordError, so that a record means the same to every reader and cannot grow when it is
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from cscip_kg.errors import RecordError

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_DEPTH: Final = 24

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_AMBIGUOUS = re.compile(
    r"""(?ix)
      y|yes|n|no|on|off|true|false               # booleans of YAML 1.1, and other spellings of ours
    | = | <<                                     # the default value and the merge key
    | \d{4}-\d{1,2}-\d{1,2}([Tt\s].*)?           # dates
    | [-+]?(\d[\d_]*)?\.[\d_]*(e[-+]?\d+)?       # decimals
    | [-+]?\d[\d_]*e[-+]?\d+
    | [-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?      # base 60
    | [-+]?0[0-9_xob][0-9a-f_]*                  # octal, hexadecimal, leading zero
    | [-+]?\d[\d_]*                              # signs, underscores, more digits than a reader may hold
    | [-+]?\.(inf|nan)
    """
)
# Beside control characters: the line breaks that only YAML 1.1 knows (U+0085, U+2028, U+2029).
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NOTHING = {"", "~", "null", "Null", "NULL"}


class Located(dict[str, Any]):
    """A mapping that knows its own line and the line of each key (1-based)."""

    def __init__(self, line: int) -> None:
        """Start an empty mapping that began on `line`."""
        super().__init__()
        self.line = line
        self.key_lines: dict[str, int] = {}


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Turns the events of one document into values."""

    def __init__(self, events: Iterator[yaml.Event], file: str) -> None:
        self.events, self.file = events, file

    def fault(self, line: int, field: str, problem: str, remedy: str) -> RecordError:
        return RecordError(self.file, line, field, problem, remedy)

    def value(self, event: yaml.Event, field: str, depth: int) -> Any:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.fault(
                line, field, "A YAML anchor or alias (& or *) is used.", "Write the value out in full."
            )
        if tag := getattr(event, "tag", None):
            raise self.fault(line, field, f"A YAML tag ({tag}) is used.", "Remove the tag.")
        if depth > MAX_DEPTH:
            raise self.fault(
                line, field, f"Values are nested more than {MAX_DEPTH} deep.", "Flatten the record."
            )
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, field, line)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(event, field, depth + 1))
            return items
        return self.mapping(line, depth)

    def mapping(self, line: int, depth: int) -> Located:
        found = Located(line)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_line = _line(event)
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None or getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise self.fault(key_line, "", "A key is not a plain word.", "Use a key of the context.")
            if key in found:
                first = found.key_lines[key]
                raise self.fault(
                    key_line, key, f"The key stands twice (first on line {first}).", "Keep one of the two."
                )
            found[key] = self.value(next(self.events), key, depth + 1)
            found.key_lines[key] = key_line
        return found

    def scalar(self, event: yaml.ScalarEvent, field: str, line: int) -> str | int | bool:
        text = event.value
        if "\r" in text or _UNPRINTABLE.search(text):  # RDF/XML would change a carriage return
            raise self.fault(line, field, "A control character stands in the text.", "Remove it.")
        if event.style not in (None, ""):
            return text
        if text in _NOTHING:
            raise self.fault(
                line,
                field,
                "The key has no value.",
                "Give a value, or remove the key; what is unknown has a word.",
            )
        if text in ("true", "false"):
            return text == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _AMBIGUOUS.fullmatch(text):
            raise self.fault(
                line,
                field,
                f"YAML readers disagree about the bare value {text}.",
                f'Put it in quotes: "{text}".',
            )
        return text


def parse(raw: bytes, file: str) -> Any:
    """Read one YAML document.

    Args:
        raw: the bytes of the file, UTF-8, at most `MAX_BYTES`.
        file: the name to use in messages.

    Returns:
        The value of the document; mappings are `Located`.

    Raises:
        RecordError: the text is not YAML, or uses a refused feature.
    """
    if len(raw) > MAX_BYTES:
        raise RecordError(file, 1, "", f"The file is larger than {MAX_BYTES} bytes.", "Split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RecordError(file, line, "", "The file is not UTF-8.", "Save it as UTF-8.") from error
    if found := _UNPRINTABLE.search(text):
        line = text[: found.start()].count("\n") + 1
        raise RecordError(file, line, "", "A control character stands in the text.", "Remove it.")
    try:
        events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        while not isinstance(event := next(events), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                raise RecordError(file, 1, "", "The file is empty.", "Write a record or remove the file.")
        if event.version or event.tags:
            raise RecordError(file, 1, "", "A YAML directive (%) is used.", "Remove the line.")
        value = _Builder(events, file).value(next(events), "", 0)
        next(events)
        if not isinstance(event := next(events), yaml.StreamEndEvent):
            line = _line(event)
            raise RecordError(
                file, line, "", "A second YAML document starts here.", "One document a file; remove the ---."
            )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RecordError(
            file,
            line,
            "",
            f"Not valid YAML: {error.problem}.",
            "Check indentation (spaces, never tabs), quotes and colons on this line and the one before.",
        ) from error
    return value
