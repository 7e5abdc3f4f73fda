"""Sums are worked out exactly, and only sums; the sums of the records come out as their kind says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Quad

from cscip_kg.arithmetic import MAX_LENGTH, agrees, evaluate, told
from cscip_kg.namespaces import ID, TYPE, term, value_of
from cscip_kg.pipeline import check
from cscip_kg.validation import Problem

FIXTURE = Path(__file__).parent / "fixture"
FALL = "(503 - 253) / 503 * 100"


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
        ("2 - 5", "-3", True),
        ("0.1 + 0.2", "0.3000000000000000000", True),
        ("3.0 * 50 / 100", "1.50", True),
    ],
)
def test_a_sum_agrees_at_the_printed_precision(expression: str, printed: str, expected: bool) -> None:
    """The result is rounded as far as the printed one; a half may go either way."""
    assert agrees(expression, printed) is expected


@pytest.mark.parametrize(
    "expression",
    [
        "2 ** 9",
        "5 // 2",
        "5 % 2",
        "abs(-1)",
        "x",
        "1 if 1 else 2",
        "True",
        "'1'",
        "1j",
        "1,000",
        "1 +",
        "1 / 0",
        "0 / 0",
        "(1",
        "",
        "[1]",
        "9e999999 * 9e999999",
    ],
)
def test_anything_but_a_sum_is_refused(expression: str) -> None:
    """Numbers, the four signs and brackets are all there is."""
    with pytest.raises(ValueError, match=r"holds more than|cannot be worked out"):
        evaluate(expression)


def test_a_long_expression_is_refused() -> None:
    """An expression has an end."""
    with pytest.raises(ValueError, match="longer"):
        evaluate("1" + "+1" * MAX_LENGTH)


@pytest.mark.parametrize("printed", ["half", "", "1,000", "50%", "NaN", "Infinity", "1e2", " 1"])
def test_a_printed_result_is_a_plain_number(printed: str) -> None:
    """Digits, a point and a minus sign are all there is."""
    with pytest.raises(ValueError, match="is no plain number"):
        agrees("1", printed)


def test_a_result_beyond_all_digits_is_refused() -> None:
    """A number too long to be rounded is a fault of the expression, not of the program."""
    with pytest.raises(ValueError, match="too many digits"):
        agrees("1e30", "1.00")


@pytest.mark.parametrize(
    ("expression", "printed", "expected"),
    [
        (FALL, "54", "49.7"),
        (FALL, "50", "49.7"),
        ("(1055 - 962) / 1055 * 100", "8.8", "8.82"),
        ("1+1", "3", "2.0"),
    ],
)
def test_a_result_is_told_a_digit_finer(expression: str, printed: str, expected: str) -> None:
    """What the sum gives is told with one digit more than is printed, so that roundings show."""
    assert told(expression, printed) == expected


# --- in the records -------------------------------------------------------------------------------------

CHECK = """\
  - id: check/planted
    type: Check
    text: The fall in per cent.
    recomputed: Half, or nearly.
{keys}    citation: [rees-2017#L585]
"""
DISCREPANCY = """\
  - id: discrepancy/planted
    type: Discrepancy
    discrepancyKind: {kind}
    statementA: One number in the text.
    statementB: Another number in the table.
{keys}    citation: [rees-2017#L585]
"""


def keys(expression: str, printed: str) -> str:
    return f'    expression: "{expression}"\n    printedResult: "{printed}"\n'


def problems(folder: Path, record: str) -> list[Problem]:
    """Return what is said of the records of the fixture with one more."""
    copy = shutil.copytree(FIXTURE, folder / "fixture")
    path = copy / "discrepancies.yaml"
    path.write_text(path.read_text(encoding="utf-8") + record, encoding="utf-8")
    return check(copy)[0].problems


@pytest.mark.parametrize(
    "record",
    [
        CHECK.format(keys=keys(FALL, "50")),
        CHECK.format(keys=keys(FALL, "49.7")),
        CHECK.format(keys=""),
        DISCREPANCY.format(kind="arithmetic", keys=keys(FALL, "54")),
        DISCREPANCY.format(kind="arithmetic", keys=""),
        DISCREPANCY.format(kind="count-mismatch", keys=keys("12 + 29", "44")),
        DISCREPANCY.format(kind="count-mismatch", keys=keys("12 + 29", "41")),
    ],
)
def test_a_sum_that_does_as_its_record_says_passes(record: str, tmp_path: Path) -> None:
    """A check comes out, an arithmetic discrepancy does not; those of other kinds may do either."""
    assert problems(tmp_path, record) == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (CHECK.format(keys=keys(FALL, "54")), ("gives 49.7", "54 is printed", "make it a Discrepancy")),
        (CHECK.format(keys=keys("12 / 49 * 100", "25")), ("gives 24.5", "25 is printed")),
        (
            DISCREPANCY.format(kind="arithmetic", keys=keys(FALL, "50")),
            ("gives 49.7", "printed 50", "make it a Check"),
        ),
        (CHECK.format(keys=keys("1 / 0", "54")), ("'1 / 0' cannot be worked out", "one sum")),
        (CHECK.format(keys=keys("(1 + 2", "3")), ("'(1 + 2' cannot be worked out", "one sum")),
        (CHECK.format(keys=keys("2 ** 3", "8")), ("'2 ** 3' holds more than", "one sum")),
        (
            DISCREPANCY.format(kind="count-mismatch", keys=keys("007", "8")),
            ("'007' cannot be worked out", "one sum"),
        ),
        (CHECK.format(keys=keys("1" + " + 1" * 100, "101")), ("longer than 300",)),
    ],
)
def test_a_sum_that_belies_its_record_is_a_violation(
    record: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    """It is told on the line of the expression, with what the sum gives and what is printed."""
    found = [p for p in problems(tmp_path, record) if p.component == "Arithmetic"]
    assert [(p.severity, p.file) for p in found] == [("Violation", "fixture/discrepancies.yaml")]
    lines = (tmp_path / "fixture/discrepancies.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[found[0].line - 1].startswith("    expression: ")
    assert "(expression)" in str(found[0])
    for words in said:
        assert words in found[0].message


def test_a_printed_result_in_words_is_a_violation(tmp_path: Path) -> None:
    """The shapes and the sum both refuse it."""
    found = problems(tmp_path, CHECK.format(keys=keys("1 + 1", "two")))
    assert {p.component for p in found} == {"Arithmetic", "PatternConstraintComponent"}


@pytest.mark.parametrize("key", ["expression", "printedResult"])
def test_half_a_sum_is_left_to_the_shapes(key: str, tmp_path: Path) -> None:
    """An expression without a result, or a result without an expression, is told once."""
    (found,) = problems(tmp_path, CHECK.format(keys=f'    {key}: "49"\n'))
    assert (found.severity, found.component) == ("Violation", "MinCountConstraintComponent")


def test_the_project_holds_sums_of_both_kinds(quads: list[Quad]) -> None:
    """Dozens of printed sums are worked out again; each of the arithmetic slips with one is among them."""
    having = {value_of(q.subject) for q in quads if q.predicate == term("expression")}
    checks = {value_of(q.subject) for q in quads if q.predicate == TYPE and q.object == term("Check")}
    slips = {value_of(q.subject) for q in quads if value_of(q.object) == ID + "discrepancy-kind/arithmetic"}
    assert having <= checks | slips
    assert len(having & checks) >= 50
    assert len(having & slips) >= 15
