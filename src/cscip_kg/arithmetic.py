"""Sums of the sources, worked out again.

In: an expression over numbers that a source prints, and the result it prints. Out: whether the one gives
the other at the printed precision. Checks and discrepancies in the data carry both, and validation holds
each to this.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

_OPERATORS: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
MAX_LENGTH: Final = 300
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def evaluate(expression: str) -> Decimal:
    """Return the value of `expression`: numbers, + - * / and brackets, nothing else.

    Raises:
        ValueError: it holds anything else, is longer than `MAX_LENGTH`, or divides by nothing.
    """
    if len(expression) > MAX_LENGTH:
        raise ValueError(f"The expression is longer than {MAX_LENGTH} characters.")
    try:
        return _value(ast.parse(expression, mode="eval").body, expression)
    except (SyntaxError, ArithmeticError) as error:
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

    Raises:
        ValueError: the expression is no sum, or `printed` no plain number.
    """
    if not _NUMBER.fullmatch(printed):
        raise ValueError(f"{printed!r} is no plain number.")
    result, wanted = evaluate(expression), Decimal(printed)
    return wanted in {_rounded(result, wanted, way) for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)}


def told(expression: str, printed: str) -> str:
    """Return what `expression` gives, with one digit more than `printed` has."""
    return f"{_rounded(evaluate(expression), Decimal(printed).scaleb(-1), ROUND_HALF_UP):f}"


def _rounded(result: Decimal, like: Decimal, way: str) -> Decimal:
    step = Decimal(1).scaleb(int(like.as_tuple().exponent))
    try:
        return result.quantize(step, way)
    except ArithmeticError as error:
        raise ValueError(f"{result} has too many digits.") from error
