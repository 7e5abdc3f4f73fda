"""Sums are worked out exactly, and only sums."""

from __future__ import annotations

import pytest

from cscip_kg.arithmetic import MAX_LENGTH, agrees, evaluate


@pytest.mark.parametrize(
    ("expression", "printed", "expected"),
    [
        ("(503 - 253) / 503 * 100", "54", False),
        ("(503 - 253) / 503 * 100", "50", True),
        ("(63 - 39) / 63 * 100", "29", False),
        ("(1055 - 962) / 1055 * 100", "8.8", True),
        ("(969 - 687) / 969 * 100", "29.1", True),
        ("12 / 49 * 100", "25", False),
        ("12 / 49 * 100", "24", True),
        ("1943 - 1663", "280", True),
        ("1.5 + 1", "2", True),
        ("1.5 + 1", "3", True),
        ("1.5 + 1.1", "2", False),
        ("-(2 - 5)", "3", True),
    ],
)
def test_a_sum_agrees_at_the_printed_precision(expression: str, printed: str, expected: bool) -> None:
    """The result is rounded as far as the printed one; a half may go either way."""
    assert agrees(expression, printed) is expected


@pytest.mark.parametrize(
    "expression", ["2 ** 9", "abs(-1)", "x", "1 if 1 else 2", "True", "'1'", "1 +", "1 / 0", "(1", "", "[1]"]
)
def test_anything_but_a_sum_is_refused(expression: str) -> None:
    """Numbers, the four signs and brackets are all there is."""
    with pytest.raises(ValueError, match=r"holds more than|cannot be worked out"):
        evaluate(expression)


def test_a_long_expression_is_refused() -> None:
    """An expression has an end."""
    with pytest.raises(ValueError, match="longer"):
        evaluate("1" + "+1" * MAX_LENGTH)
