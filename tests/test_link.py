"""`cscip link`: a list becomes an SSSOM table, each row with its thing or the reason why none; or nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cscip_kg import store
from cscip_kg.reconcile import linking
from test_cli import Cscip, Result, cscip

__all__ = ["cscip"]

NOTHING = "sssom:NoTermFound"
LIST = """No,Name,Remark
1,no wrong dor,a slip
2,"Name #1, ""quoted""\tand tabbed",signs that tables and readers take for their own
3,,nothing
4,Staying Close,several
5,"Pause
",two lines
6,NA,a word that readers take for an empty cell
7,Pauze,near
8,NWD,as a source prints it
"""


Link = Callable[..., Result]


@pytest.fixture
def link(cscip: Cscip) -> Link:
    """Run `cscip link` in this process over the project's graph."""
    return lambda *arguments: cscip("link", *map(str, arguments))


def linked(link: Link, folder: Path, text: str, to: str = "interventions", column: str = "Name") -> list[Any]:
    """Return the rows of the table that a list becomes."""
    given, made = folder / "list.csv", folder / "list.sssom.tsv"
    given.write_text(text, encoding="utf-8")
    result = link(given, "--column", column, "--to", to, "--out", made)
    assert (result.code, result.out) == (0, ""), result.err
    lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
    return list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t"))


def test_every_row_is_there_with_its_thing_or_the_reason(link: Link, tmp_path: Path) -> None:
    """Rows are named by their lines; what is matched says by what, what is not says why."""
    rows = linked(link, tmp_path, LIST)
    assert [row["subject_id"] for row in rows] == [f"row:{n}" for n in (2, 3, 4, 5, 6, 8, 9, 10)]
    assert [row["object_id"].rpartition("/")[2] for row in rows] == [
        "no-wrong-door", NOTHING, NOTHING, NOTHING, "pause", NOTHING, NOTHING, "no-wrong-door",
    ]  # fmt: skip
    assert rows[1]["subject_label"] == 'Name #1, "quoted" and tabbed'
    assert [row["comment"].partition(":")[0] for row in rows] == [
        "Found by words of its name",
        "Nothing among the interventions comes near.",
        "The cell is empty.",
        "5 come equally near",
        "Found by its name",
        "Nothing among the interventions comes near.",
        "None comes near enough (85 of 100)",
        "Found by a name that a source prints",
    ]
    assert "Pause (intervention/pause, 84)" in rows[6]["comment"]
    assert [row["predicate_id"] for row in rows if row["object_id"] != NOTHING] == [
        "skos:closeMatch",
        "skos:exactMatch",
        "skos:exactMatch",
    ]
    assert [row["confidence"] for row in rows if row["confidence"]] == ["0.910", "1.000", "0.980"]
    assert all(bool(row["confidence"]) == (row["object_id"] != NOTHING) for row in rows)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom")
@pytest.mark.parametrize("to", ["interventions", "organisations", "councils", "areas", "measures"])
def test_the_table_is_valid_sssom(link: Link, tmp_path: Path, to: str) -> None:
    """The format's own tool reads every row, unmatched ones too, and finds no fault."""
    from sssom.parsers import parse_sssom_table  # noqa: PLC0415 - slow to import, needed here only
    from sssom.validators import validate  # noqa: PLC0415

    rows = linked(link, tmp_path, LIST + "9,Hampshire County Council,\n10,Missing episodes,\n", to)
    parsed = parse_sssom_table(tmp_path / "list.sssom.tsv")
    reports = validate(parsed, fail_on_error=False)
    assert [result.message for report in reports.values() for result in report.results] == []
    assert len(parsed.df) == len(rows) == 10
    labels = dict(zip(parsed.df["subject_id"], parsed.df["subject_label"], strict=True))
    # The tool takes NA for an empty cell.
    assert labels == {row["subject_id"]: row["subject_label"].replace("NA", "") for row in rows}
    assert (parsed.df["object_id"] == NOTHING).sum() >= 5


def test_the_head_says_what_was_matched_with_what(link: Link, tmp_path: Path, built: Path) -> None:
    """Tool, day and build; the same list gives the same name for the set, another column another."""
    linked(link, tmp_path, LIST)
    first = (tmp_path / "list.sssom.tsv").read_bytes()
    head = first.decode().partition("subject_id")[0]
    for part in (f'"{store.describe(built).id}"', "cscip-kg", "matched with interventions", "urn:uuid:"):
        assert part in head
    linked(link, tmp_path, LIST)
    assert (tmp_path / "list.sssom.tsv").read_bytes() == first
    linked(link, tmp_path, LIST, column="Remark")
    assert (tmp_path / "list.sssom.tsv").read_text(encoding="utf-8").splitlines()[0] != head.splitlines()[0]


def test_a_council_without_a_record_is_not_linked_with_its_area(link: Link, tmp_path: Path) -> None:
    """The reason names the area and how to match with areas; a council with a record is linked."""
    leeds, derby = linked(link, tmp_path, "Name\nLeeds City Council\nDerby City Council\n", "councils")
    assert leeds["object_id"] == NOTHING
    assert "area/leeds" in leeds["comment"]
    assert "--to areas" in leeds["comment"]
    assert derby["object_id"] == "id:organisation/derby-city-council"


def test_a_council_is_related_with_its_area_and_not_more(link: Link, tmp_path: Path) -> None:
    """Who asks for areas gets that of a council that is named, as another thing; a place is matched."""
    text = "Name\nLeeds City Council\nLeeds\nLeeds County Council\nLeeds Cathedral\n"
    rows = linked(link, tmp_path, text, "areas")
    assert [(row["predicate_id"], row["object_id"]) for row in rows] == [
        ("skos:relatedMatch", "id:area/leeds"),
        ("skos:exactMatch", "id:area/leeds"),
        ("skos:exactMatch", NOTHING),
        ("skos:exactMatch", NOTHING),
    ]
    assert "The area of the council that is named." in rows[0]["comment"]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_signs_may_part_the_cells(link: Link, tmp_path: Path, sign: str) -> None:
    """Semicolons and tabs are as good as commas; a mark of the encoding before the head does no harm."""
    (row,) = linked(link, tmp_path, f"\ufeffName{sign}No\r\nPause, or not{sign}1\r\n")
    assert row["subject_label"] == "Pause, or not"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"No,Title\n1,Pause\n", ["list.csv:1 (Name)", "'No', 'Title'"]),
        (b"Name,Name\nPause,x\n", ["list.csv:1 (Name)", "Several columns"]),
        (b"No,Name\n1,Pause\n2\n", ["list.csv:3 (Name)", "ends after 1 cells"]),
        (b"No,Name\n1,Pause\n2,caf\xe9\n", ["list.csv:3", "UTF-8"]),
        (b'No,Name\n1,Pause\n2,"a"b\n', ["list.csv:3", "quotation marks"]),
        (b"No,Name\n1," + b"a" * 200_000 + b"\n", ["list.csv:2", "CSV"]),
        (b"", ["list.csv:1 (Name)", "none"]),
    ],
)
def test_a_list_that_cannot_be_read_makes_no_file(
    link: Link, tmp_path: Path, content: bytes, words: list[str]
) -> None:
    """The message names file, line, column and what to do; nothing is written."""
    given, made = tmp_path / "list.csv", tmp_path / "out.tsv"
    given.write_bytes(content)
    result = link(given, "--column", "Name", "--to", "interventions", "--out", made)
    assert (result.code, result.out) == (2, "")
    for word in words:
        assert word in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_what_cannot_be_done_is_told(link: Link, tmp_path: Path) -> None:
    """A kind or file that there is not, a folder as target, the list itself as target."""
    given = tmp_path / "list.csv"
    given.write_text("Name\nPause\n", encoding="utf-8")
    to = ("--column", "Name", "--to", "interventions")
    assert "interventions, organisations, councils, areas, measures" in link(
        given, "--column", "Name", "--to", "churches", "--out", tmp_path / "x"
    ).err  # fmt: skip
    assert "no such file" in link(tmp_path / "other.csv", *to, "--out", tmp_path / "x").err
    assert "is a folder" in link(given, *to, "--out", tmp_path).err
    assert "the list itself" in link(given, *to, "--out", given).err
    assert given.read_text(encoding="utf-8") == "Name\nPause\n"


def test_a_list_has_a_size(link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows or bytes than are taken: told before anything is written."""
    given = tmp_path / "list.csv"
    given.write_text("Name\nPause\nPause\n", encoding="utf-8")
    wanted = (given, "--column", "Name", "--to", "interventions", "--out", tmp_path / "x")
    monkeypatch.setattr(linking, "MOST_ROWS", 1)
    assert "list.csv:3: More than 1 rows" in link(*wanted).err
    monkeypatch.setattr(linking, "MOST_BYTES", 5)
    assert "larger than 5 bytes" in link(*wanted).err
    assert not (tmp_path / "x").exists()
