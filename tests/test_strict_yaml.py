"""The strict reader of YAML: what it takes, what it refuses, on which line, and that it never breaks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cscip_kg.errors import RecordError
from cscip_kg.strict_yaml import MAX_BYTES, MAX_DEPTH, Located, parse

often = settings(deadline=None, database=None, max_examples=250)


def refused(raw: bytes) -> RecordError:
    with pytest.raises(RecordError) as caught:
        parse(raw, "file.yaml")
    assert caught.value.file == "file.yaml"
    assert caught.value.remedy != ""
    return caught.value


ACCEPTED: list[tuple[str, object]] = [
    ("a: word", {"a": "word"}),
    ("a: several words, with a comma", {"a": "several words, with a comma"}),
    ("a: 'yes'", {"a": "yes"}),
    ('a: "2026-01-02"', {"a": "2026-01-02"}),
    ("a: '96.0'", {"a": "96.0"}),
    ("a: ''", {"a": ""}),
    ("a: 12", {"a": 12}),
    ("a: -3", {"a": -3}),
    ("a: 0", {"a": 0}),
    ("a: true", {"a": True}),
    ("a: false", {"a": False}),
    ("a: truely", {"a": "truely"}),
    ("a: [b, 'c']", {"a": ["b", "c"]}),
    ("- a\n- b: c", ["a", {"b": "c"}]),
    ("a: >-\n  one\n  two\n", {"a": "one two"}),
    ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
    ("a: caf\u00e9 £5 \U0001f600", {"a": "caf\u00e9 £5 \U0001f600"}),
    ("\ufeffa: b", {"a": "b"}),
    ("a: |\r\n  one\r\n  two\r\nb: c\r\n", {"a": "one\ntwo\n", "b": "c"}),
    ("--- \na: b  # a remark\n...\n", {"a": "b"}),
    ('"two words": b', {"two words": "b"}),
    ("a: wwcsc-2021#L12-13", {"a": "wwcsc-2021#L12-13"}),
    ("a: 1.2.3", {"a": "1.2.3"}),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_plain_yaml_is_read(text: str, value: object) -> None:
    """Mappings, lists, quoted and bare strings, whole numbers and true/false are read as written."""
    found = parse(text.encode(), "file.yaml")
    assert found == value
    assert json.dumps(found) == json.dumps(value), "a boolean is not a number"


# Text, the line of the fault, the key concerned, a word of the problem.
REFUSED: list[tuple[bytes, int, str, str]] = [
    (b"", 1, "", "empty"),
    (b"# only a remark\n", 1, "", "empty"),
    (b"a: 1\nb: *x\n", 2, "b", "anchor"),
    (b"a: 1\nb: &x c\n", 2, "b", "anchor"),
    (b"a: &x\n  b: c\n", 1, "a", "anchor"),
    (b"a:\n  - &x b\n", 2, "a", "anchor"),
    (b"a: 1\nb: !!str c\n", 2, "b", "tag"),
    (b"a: !x [b]\n", 1, "a", "tag"),
    (b"a: 1\n!!str b: c\n", 2, "", "plain word"),
    (b"a: 1\n&x b: c\n", 2, "", "plain word"),
    (b"a: 1\n*x : c\n", 2, "", "plain word"),
    (b"a: 1\n? [b]\n: c\n", 2, "", "plain word"),
    (b"%YAML 1.1\n---\na: b\n", 1, "", "directive"),
    (b"%TAG ! tag:x,2026:\n---\na: b\n", 1, "", "directive"),
    (b"a: 1\nb: 2\n\na: 3\n", 4, "a", "first on line 1"),
    (b"x:\n  a: 1\n  b:\n    c: 1\n    c: 2\n", 5, "c", "first on line 4"),
    (b"a: 1\nb:\nc: 2\n", 2, "b", "no value"),
    (b"a: 1\nb: ~\n", 2, "b", "no value"),
    (b"a: 1\nb: [c, null]\n", 2, "b", "no value"),
    (b"a: 1\n---\nb: 2\n", 2, "", "second YAML document"),
    (b"a: 1\n\tb: 2\n", 2, "", "Not valid YAML"),
    (b"a: 1\n b: 2\n", 2, "", "Not valid YAML"),
    (b"a: 'open\n", 2, "", "Not valid YAML"),
    (b"a: one: two\n", 1, "", "Not valid YAML"),
    (b"a: 1\nb: \xff\n", 2, "", "UTF-8"),
    (b"\xef\xbb\xbfa: 1\nb: \xff\n", 2, "", "UTF-8"),
    (b"a: 1\nb: \x07\n", 2, "", "control character"),
    ("a: ééé\nb: ééé\nc: \x07\nd: 1\n".encode(), 3, "", "control character"),
    ("a: 1\nb: one\u2028two\n".encode(), 2, "", "control character"),
    ("a: 1\nb: one\x85two\n".encode(), 2, "", "control character"),
    (b'a: 1\nb: "\\0"\n', 2, "b", "control character"),
    (b'a: 1\nb: "\\u2029"\n', 2, "b", "control character"),
    (b'a: 1\nb: "one\\rtwo"\n', 2, "b", "control character"),
]


@pytest.mark.parametrize(("raw", "line", "field", "problem"), REFUSED)
def test_a_surprise_is_refused_on_its_line(raw: bytes, line: int, field: str, problem: str) -> None:
    """Each refused feature is named with the line it stands on and the key concerned."""
    error = refused(raw)
    assert (error.line, error.field) == (line, field)
    assert problem in error.problem


AMBIGUOUS = [
    *("y", "Y", "yes", "Yes", "YES", "n", "no", "No", "NO", "on", "On", "off", "OFF"),
    *("True", "TRUE", "False", "FALSE", "tRuE"),
    *("2026-01-02", "2026-1-2", "2026-01-02T10:00:00Z", "2026-01-02 10:00:00"),
    *("1.5", "-1.5", "1.", ".5", "1e3", "1.5e-3", "1_0.5", ".inf", "-.INF", ".NaN"),
    *("1:30", "190:20:30", "1:30.5", "1_0:30"),
    *("012", "0o17", "0x1F", "0b11", "007", "-0x1f"),
    *("1_000", "1_", "+1", "9" * 19, "9" * 5000),
    *("=", "<<"),
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_bare_value_that_readers_disagree_about_is_refused(text: str) -> None:
    """What YAML 1.1 and 1.2 read differently must stand in quotes; the message says so."""
    error = refused(f"a: 1\nb: {text}\n".encode())
    assert (error.line, error.field) == (2, "b")
    assert text in error.problem
    assert error.remedy == f'Put it in quotes: "{text}".'


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_in_quotes_it_is_a_string(text: str) -> None:
    """The remedy for a bare value that readers disagree about is accepted, and gives the text itself."""
    assert parse(f'b: "{text}"'.encode(), "file.yaml") == {"b": text}


def test_every_key_knows_its_line() -> None:
    """A mapping knows the line that it begins on, and the line of each of its keys."""
    found = parse(b"# remark\na: 1\n\nb:\n  - c: 2\n    d: >-\n      long\n      text\n    e: 3\n", "f")
    assert isinstance(found, Located)
    assert found.line == 2
    assert found.key_lines == {"a": 2, "b": 4}
    inner = found["b"][0]
    assert inner.line == 5
    assert inner.key_lines == {"c": 5, "d": 6, "e": 9}


def test_a_file_may_be_as_long_as_the_limit_and_no_longer() -> None:
    """A file of the allowed size is read; one byte more is refused before it is parsed."""
    room = MAX_BYTES - len("a: ")
    assert len(parse(b"a: " + b"x" * room, "f")["a"]) == room
    error = refused(b"a: " + b"x" * (room + 1))
    assert (error.line, error.problem) == (1, f"The file is larger than {MAX_BYTES} bytes.")


def test_nesting_has_a_limit() -> None:
    """Lists may be nested as deep as the limit; one more is refused on its line."""
    assert parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "f") is not None
    error = refused(b"a: 1\nb: " + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert (error.line, error.field) == (2, "b")
    assert str(MAX_DEPTH) in error.problem


def test_the_message_reads_as_one_line() -> None:
    """The text of the error gives file, line, key, problem and remedy."""
    assert str(refused(b"a: 1\nb: yes\n")) == (
        'file.yaml:2 (b): YAML readers disagree about the bare value yes. Put it in quotes: "yes".'
    )


# --- for any input --------------------------------------------------------------------------------------

printable = st.text(
    st.characters(
        min_codepoint=0x20,
        exclude_categories=("Cs", "Cc", "Zl", "Zp"),
        exclude_characters="\ufeff\ufffe\uffff",
    ),
    max_size=20,
)
whole = st.integers(-(10**17), 10**17)
values = st.recursive(
    printable | whole | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=4),
    max_leaves=12,
)


@often
@given(st.dictionaries(printable, values, max_size=5))
def test_what_json_writes_is_read_back(value: dict[str, Any]) -> None:
    """Any mapping of printable text, whole numbers and booleans comes back from quoted YAML as it was."""
    assert parse(json.dumps(value, ensure_ascii=False).encode(), "f") == value


words = st.from_regex(r"[a-z][a-z-]{2,12}( [a-z]{3,8}){0,3}", fullmatch=True).filter(
    lambda w: w not in ("yes", "off", "true", "false", "null")
)


@often
@given(st.dictionaries(words, words | st.lists(words, min_size=1, max_size=3), min_size=1, max_size=5))
def test_a_plain_mapping_of_safe_strings_is_read_back(value: dict[str, Any]) -> None:
    """Bare words in block style, as a curator writes them, come back as they were."""
    text = yaml.safe_dump(value, default_flow_style=False, width=1000)
    assert "'" not in text, "the writer saw a need for quotes"
    assert parse(text.encode(), "f") == value


def line_of_fault(raw: bytes) -> int:
    """Return the line of the RecordError, or 1 when the text is read; any other error comes through."""
    try:
        json.dumps(parse(raw, "f"))
    except RecordError as error:
        return error.line
    return 1


@often
@given(st.binary(max_size=60))
@example(b"\xff")
@example(b"a: \x00")
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    """Whatever the bytes, the reader answers, or refuses with a line of the file."""
    assert 1 <= line_of_fault(raw) <= raw.count(b"\n") + raw.count(b"\r") + 2


@often
@given(
    st.text(
        st.sampled_from(list(" \n\t-:?,[]{}#&*!|>'\"%@`~=<.+_0189aeinosuxyzTN\\\r\u00e9\u2028")), max_size=40
    )
)
@example("a: " + "9" * 5000)
@example("a: " + "[" * 5000)
@example("? " * 3000)
@example('a: "\\ud800"')
def test_no_yaml_breaks_the_reader(text: str) -> None:
    """Whatever the signs of YAML, the reader answers, or refuses with a line of the file."""
    raw = text.encode()
    assert 1 <= line_of_fault(raw) <= raw.count(b"\n") + raw.count(b"\r") + 2


def core_schema(text: str) -> object:
    """Return what a bare scalar means by the core schema of YAML 1.2.2, section 10.3.2."""
    if re.fullmatch(r"null|Null|NULL|~|", text):
        return None
    if re.fullmatch(r"true|True|TRUE|false|False|FALSE", text):
        return text.lower() == "true"
    for pattern, base in ((r"[-+]?[0-9]+", 10), (r"0o[0-7]+", 8), (r"0x[0-9a-fA-F]+", 16)):
        if re.fullmatch(pattern, text):
            return int(text, base)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(text.replace(".", ""))
    return text


scalars = st.text(
    st.sampled_from(list("0123456789+-._:eExXobBnNyYtTruUfFaAlLsSoOiI~=<")), min_size=1, max_size=9
)


@settings(often, max_examples=1500)
@given(scalars)
@example("TRUE")
@example("1_0:30")
@example("0o17")
@example("=")
def test_every_reader_agrees_on_what_is_accepted(text: str) -> None:
    """An accepted bare scalar means the same to a YAML 1.1 reader and by the YAML 1.2 core schema."""
    raw = f"k: {text}"
    try:
        found = parse(raw.encode(), "f")["k"]
    except RecordError:
        return
    if isinstance(found, str | int):
        for other in (yaml.safe_load(raw)["k"], core_schema(text)):
            assert (type(found), found) == (type(other), other)
