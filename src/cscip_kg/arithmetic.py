"""Sums of the sources, worked out again.

In: an expression over numbers that a source prints, and the result it prints. Out: whether the one gives
the other at the printed precision. Checks and discrepancies in the data carry both, and validation holds
each to this.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from typing import Final

_OPERATORS: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
MAX_LENGTH: Final = 300


def evaluate(expression: str) -> Decimal:
    """Return the value of `expression`: numbers, + - * / and brackets, nothing else.

    Raises:
        ValueError: it holds anything else, is longer than `MAX_LENGTH`, or divides by nothing.
    """
    if len(expression) > MAX_LENGTH:
        raise ValueError(f"The expression is longer than {MAX_LENGTH} characters.")
    try:
        return _value(ast.parse(expression, mode="eval").body, expression)
    except (SyntaxError, DivisionByZero, InvalidOperation) as error:
        raise ValueError(f"{expression!r} cannot be worked out.") from error


def _value(node: ast.expr, text: str) -> Decimal:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Decimal(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, text)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, text), _value(node.right, text))
    raise ValueError(f"{text!r} holds more than numbers, + - * / and brackets.")


def agrees(expression: str, printed: str) -> bool:
    """Return whether `expression` gives `printed` when rounded as far as that is printed.

    A half may have been rounded up or to the even digit: either agrees.
    """
    result, wanted = evaluate(expression), Decimal(printed)
    step = Decimal(1).scaleb(wanted.as_tuple().exponent)  # type: ignore[arg-type]
    return wanted in {result.quantize(step, rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
