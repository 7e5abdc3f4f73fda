"""The bytes of a file of figures → lines of text, one at a time, counted and hashed on the way.

In: an open file. Out: its lines, and after the last of them size and SHA-256. What is no UTF-8 text, or has
no end, is refused with the line: a file of hundreds of megabytes costs no more memory than its longest line.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from cscip_kg.errors import FiguresError

MEGABYTE: Final = 1024 * 1024
_LONGEST: Final = MEGABYTE
_SAVE: Final = "Save it as UTF-8 (in a spreadsheet: Save As, CSV UTF-8)."
_OTHER_KINDS: Final = {
    b"PK\x03\x04": ("It is a zip archive or a spreadsheet.", "Unpack it, and name the CSV file in it."),
    b"\x1f\x8b": ("It is packed with gzip.", "Unpack it first."),
    b"%PDF": ("It is a PDF.", "Take the CSV file of the same data set."),
    codecs.BOM_UTF16_LE: ("It is UTF-16, not UTF-8.", _SAVE),
    codecs.BOM_UTF16_BE: ("It is UTF-16, not UTF-8.", _SAVE),
}
_PAGE: Final = (b"<!doctype", b"<html", b"<?xml", b"{", b"[")


class Lines:
    """Reads a file once.

    Attributes:
        file: its name, as it is shown to people.
        number: the line read last, counted from 1.
        size: bytes read so far.
    """

    def __init__(self, stream: BinaryIO, file: str, max_bytes: int) -> None:
        """Read `stream`, and no more than so many bytes of it."""
        self.file, self.number, self.size = file, 0, 0
        self._stream, self._most, self._digest = stream, max_bytes, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was read so far: of the file, when all lines have been."""
        return self._digest.hexdigest()

    def fault(self, field: str, problem: str, remedy: str, line: int | None = None) -> FiguresError:
        """Return what is wrong at a line, by default the one read last."""
        return FiguresError(self.file, self.number if line is None else line, field, problem, remedy)

    def _begun(self, raw: bytes) -> bytes:
        """Return the first line without its byte order mark, if it can be one of a CSV file."""
        for mark, (problem, remedy) in _OTHER_KINDS.items():
            if raw.startswith(mark):
                raise self.fault("", problem, remedy)
        if raw.lstrip().lower().startswith(_PAGE):
            raise self.fault(
                "",
                "It is a web page, XML or JSON, not a table.",
                "Take the CSV file: its first line names columns.",
            )
        return raw.removeprefix(codecs.BOM_UTF8)

    def __iter__(self) -> Iterator[str]:
        """Yield the lines, their ends included.

        Raises:
            FiguresError: the file is of another kind or encoding, or too large.
        """
        while raw := self._stream.readline(_LONGEST + 1):
            self.number += 1
            self.size += len(raw)
            self._digest.update(raw)
            if self.size > self._most:
                raise self.fault(
                    "",
                    f"The file is larger than {self._most / MEGABYTE:g} megabytes.",
                    "Take a smaller part of it, or allow more with --max-megabytes.",
                )
            if len(raw) > _LONGEST:
                raise self.fault(
                    "", "The line has no end within a megabyte.", "Take the CSV file as published."
                )
            if self.number == 1:
                raw = self._begun(raw)
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise self.fault("", f"The byte {raw[error.start]:#04x} is not UTF-8.", _SAVE) from error
            if "\0" in text:
                raise self.fault(
                    "", "The line holds a zero byte: this is no text.", "Take the CSV file as published."
                )
            yield text
