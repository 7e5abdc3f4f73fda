"""What stands in a cell of figures: a number, or a sign that says why there is none.

In: the text of a cell. Out: a `Figure`, which keeps that text. A sign is never a number and never zero. The
signs and their meanings are those of the Department for Education's open data standards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_OLDER: Final = "no figure: an older sign, whose meaning the publication tells"
SIGNS: Final[Mapping[str, str]] = {
    "": "no figure: the cell is empty and says nothing",
    "z": "not applicable",
    "x": "not available for other reasons",
    "c": "confidential: suppressed by the publisher",
    "low": "rounds to 0, but is not 0",
    "k": "rounds to 0, but is not 0",
    "u": "of low reliability: left out by the publisher",
    "~": "rounds to 0, but is not 0 (an older sign)",
    ":": "not available (an older sign)",
    **dict.fromkeys(("..", ".", "-", "n/a", "na", "null"), _OLDER),
}
# Longer ones are no statistics, and have no room in a number of JSON.
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Figure:
    """One cell of figures.

    Attributes:
        text: as published, to the letter.
        number: its value; None where the cell holds a sign.
        meaning: what the sign says; empty for a number.
    """

    text: str
    number: Decimal | None
    meaning: str


def is_number(text: str) -> bool:
    """Return whether a cell holds a number as statistics write it: no separators, no unit."""
    return len(text) <= _LONGEST and _NUMBER.fullmatch(text) is not None


def is_figure(text: str) -> bool:
    """Return whether a cell holds a number or one of the signs for none."""
    return is_number(text) or text.casefold() in SIGNS


def figure(text: str) -> Figure:
    """Return a cell as a figure.

    Raises:
        ValueError: it is neither a number nor a known sign.
    """
    if is_number(text):
        return Figure(text, Decimal(text), "")
    if text.casefold() not in SIGNS:
        raise ValueError(text)
    return Figure(text, None, SIGNS[text.casefold()])
