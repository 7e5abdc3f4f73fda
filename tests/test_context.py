"""`cscip context`: published figures beside councils and years, as context, never as evidence of effect.

The figures of `figures/` are made up: only the columns and codes are those of published files.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cscip_kg.errors import (
    FiguresError,
    RemoteCutError,
    RemoteError,
    RemoteFormatError,
    RemoteLateError,
    RemoteRedirectError,
    RemoteRefusedError,
    RemoteSizeError,
    UnknownNameError,
)
from cscip_kg.official import CONTEXT, NEEDED
from cscip_kg.official.columns import years
from cscip_kg.official.fetching import opened
from cscip_kg.official.findings import findings_on
from cscip_kg.official.joining import NOT_STATED, Joined, Line, Wish, joined, wanted
from cscip_kg.official.lines import MEGABYTE, Lines
from cscip_kg.official.places import Code, Council, Period, Places, places_of
from cscip_kg.official.reading import MOST_KEPT, Table, read
from cscip_kg.official.signs import SIGNS, figure, is_figure
from cscip_kg.output import CAUTION
from cscip_kg.store import Limits
from stub_store import Asked, Stub, answer, saying, stub
from test_cli import Cscip, cscip, refused

__all__ = ["cscip"]

FILE = Path(__file__).parent / "figures" / "made-up-referrals.csv"
TEXT = FILE.read_text(encoding="utf-8")
HEADER, *LINES = TEXT.splitlines()
LIMITS = Limits(10.0, 16 * MEGABYTE)

NEWCASTLE = Council(
    "Newcastle", (Code("E08000021", "2009-01-01", "", later=False),), "E12000001", ("P",), ((2014, 2016),), ()
)
NORTH_YORKSHIRE = Council(
    "North Yorkshire",
    (
        Code("E10000023", "2009-01-01", "2023-03-31", later=False),
        Code("E06000065", "2023-04-01", "", later=True),
    ),
    "E12000003",
    ("P",),
    ((2014, 2016),),
    (),
)


def places(*councils: Council, without_code: tuple[str, ...] = ()) -> Places:
    return Places("https://example.org/i", "I", councils, without_code, (), (Period("P", "", "", None, ()),))


def table(content: str | bytes, at: Places | None = None, wish: Wish | None = None, most: int = 0) -> Table:
    """Read content as a file called f.csv for some places, by default Newcastle's."""
    raw = content.encode() if isinstance(content, str) else content
    lines = Lines(io.BytesIO(raw), "f.csv", most or LIMITS.max_bytes)
    return read(lines, wanted(at or places(NEWCASTLE), wish or Wish()))


def beside(content: str, *councils: Council, wish: Wish | None = None) -> Joined:
    at, wished = places(*councils), wish or Wish()
    return joined(at, table(content, at, wished), wished)


def only(found: Joined) -> tuple[Line, ...]:
    ((_, lines),) = found.lines
    return lines


def texts(found: Joined, indicator: str = "rereferral_percent") -> list[tuple[str, ...]]:
    """Return time, relation to the projects, and the three figures of each line; '-' for no row."""
    shown = []
    for line in only(found):
        figures = (found.figure(row, indicator) for row in (line.own, line.region, line.england))
        shown.append((line.period, line.when, *("-" if f is None else f.text for f in figures)))
    return shown


def row(la_code: str = "E08000021", period: str = "2015", name: str = "N", figures: str = "1,2.0") -> str:
    area = f"E12000001,North East,391,{la_code},{name},Made-up figures for tests,Total,{figures}"
    return f"{period},Reporting year,Local authority,E92000001,England,{area}"


def file(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


# --- signs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["z", "x", "c", "low", "k", "u", "~", ":", "", "..", "LOW", "N/A"])
def test_a_sign_stays_a_sign(sign: str) -> None:
    """A sign for no figure keeps its letters and its meaning, and is no number, least of all zero."""
    found = figure(sign)
    assert (found.text, found.number) == (sign, None)
    assert found.meaning == SIGNS[sign.casefold()]


@pytest.mark.parametrize(
    ("text", "number"), [("0", "0"), ("22.60", "22.60"), ("-3", "-3"), ("1e+05", "100000")]
)
def test_a_number_keeps_its_letters(text: str, number: str) -> None:
    """A number is read exactly, and shown as it is published; zero is a number."""
    found = figure(text)
    assert (found.text, found.number, found.meaning) == (text, Decimal(number), "")


@pytest.mark.parametrize(
    "text", ["1,234", "12%", "£5", "Total", "nan", "inf", "1_000", "٣", "0x10", "1e999", "9" * 41]
)
def test_other_text_is_no_figure(text: str) -> None:
    """What Python might take for a number, and what a person might, is none in a file of statistics."""
    assert not is_figure(text)
    with pytest.raises(ValueError, match=re.escape(text)):
        figure(text)


# --- files that are not as agreed -----------------------------------------------------------------------


def _without(column: str) -> str:
    rows = list(csv.reader(io.StringIO(TEXT)))
    at = rows[0].index(column)
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows([r[:at] + r[at + 1 :] for r in rows])
    return sink.getvalue()


@pytest.mark.parametrize("column", NEEDED)
def test_a_missing_column_is_named_with_what_it_holds(column: str) -> None:
    """The message names file, line and column, what stands in it, and the columns that there are."""
    with pytest.raises(FiguresError, match="Missing") as caught:
        table(_without(column))
    error = caught.value
    assert (error.file, error.line, error.field) == ("f.csv", 1, column)
    assert f"{column} ({NEEDED[column]})" in error.problem
    assert "'rereferral_percent'" in error.remedy


BAD: list[tuple[str | bytes, int, str, str]] = [
    ("", 1, "", "empty"),
    (HEADER.replace(",", ";") + "\n", 1, "", "parted by ';'"),
    (HEADER.replace(",", "\t") + "\n", 1, "", "parted by '\\t'"),
    (f"{HEADER},category\n", 1, "category", "Two columns"),
    (HEADER + "\n", 1, "geographic_level", "No row has the level 'Local authority'"),
    (file(LINES[0]), 2, "geographic_level", "Levels: 'National'"),
    (file(row() + ",9"), 2, "", "15 cells stand here, not 14"),
    (file(row(), row(period="2016").rpartition(",")[0]), 3, "", "13 cells stand here, not 14"),
    (file(row(), row(name='"N')), 3, "", "cannot be read as CSV"),
    (file(row(name='N"x"')).replace('N"x"', '"N"x'), 2, "", "cannot be read as CSV"),
    (file(row(), row(period="2016/17")), 3, "time_period", "'2016/17' is no year"),
    (file(row(period="201618")), 2, "time_period", "'201618' is no year"),
    (file(row(period="")), 2, "time_period", "'' is no year"),
    (file(row("391")), 2, "new_la_code", "it belongs in old_la_code"),
    (file(row("Newcastle")), 2, "new_la_code", "'Newcastle' is no GSS code"),
    (file(row("E0800002")), 2, "new_la_code", "is no GSS code"),
    (file(row("E08000021 and E08000022")), 2, "new_la_code", "is no GSS code"),
    (
        file(row(), row("E08000022", name="A\x1b[2Jb"), row(name="A\x1b[2Jb", period="2016")),
        4,
        "la_name",
        "control",
    ),
    (file(row() + ",1", header=HEADER + ",a\x1b[2Jb"), 1, "a\\x1b[2Jb", "control"),
    (file(row(), row(name="N\0")), 3, "", "zero byte"),
    (file(row(figures="one,two")), 1, "", "No column holds figures"),
    (file(row(), row("E08000022", name="Caf£")).encode("latin-1"), 3, "", "0xa3 is not UTF-8"),
    (TEXT.encode("utf-16"), 1, "", "UTF-16"),
    (b"PK\x03\x04rest", 1, "", "zip archive"),
    (b"\x1f\x8brest", 1, "", "gzip"),
    (b"%PDF-1.7", 1, "", "PDF"),
    (b"\n <!DOCTYPE html><html>", 2, "", "Missing"),
    (b" <!DOCTYPE html><html>", 1, "", "web page"),
    (b'{"a": 1}', 1, "", "JSON"),
    (file(row(), "x" * (MEGABYTE + 1)), 3, "", "no end within a megabyte"),
    (TEXT.replace("\n", "\r"), 1, "", "cannot be read as CSV"),
]


@pytest.mark.parametrize(("content", "line", "field", "words"), BAD, ids=[case[3] for case in BAD])
def test_a_bad_file_is_told_with_line_field_and_remedy(
    content: str | bytes, line: int, field: str, words: str
) -> None:
    """Each fault names the file, the line where it stands, the column where there is one, and what to do."""
    with pytest.raises(FiguresError) as caught:
        table(content)
    error = caught.value
    assert words in str(error)
    if words != "Missing":
        assert (error.file, error.line, error.field) == ("f.csv", line, field)
    assert error.remedy.endswith(".")
    assert str(error).isprintable()


def test_a_file_that_is_too_large_is_told() -> None:
    """The limit is that of the user, and the message says how to move it."""
    with pytest.raises(FiguresError, match="larger than") as caught:
        table(TEXT, most=1000)
    assert "--max-megabytes" in caught.value.remedy


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n\n"])
def test_marks_and_line_ends_of_published_files_are_read(end: str) -> None:
    """A byte order mark, either kind of line end and empty lines at the end change nothing."""
    plain = table(TEXT)
    marked = table(b"\xef\xbb\xbf" + TEXT.replace("\n", end).encode())
    assert [r.cells for r in marked.kept] == [r.cells for r in plain.kept]
    assert marked.rows == plain.rows == len(LINES)


def test_the_digest_is_of_the_whole_file() -> None:
    """Size, rows and SHA-256 are of all bytes, though only rows of these places and years are kept."""
    found = table(TEXT)
    assert found.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (found.size, found.rows) == (len(TEXT.encode()), len(LINES))
    assert {one.period for one in found.kept} == {"2014", "2015", "2016"}
    assert {one.codes for one in found.kept} == {("E08000021",), ("E12000001",), ("E92000001",)}


def test_memory_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are not wanted cost no more memory than a line and what is remembered of cells."""
    monkeypatch.setattr("cscip_kg.official.reading._REMEMBERED", 100)
    others = [row("E08000022", figures=f"{n},{n}.5") for n in range(16_000)]
    stream = io.BytesIO(file(row(), *others).encode())
    tracemalloc.start()
    try:
        found = read(Lines(stream, "f.csv", LIMITS.max_bytes), wanted(places(NEWCASTLE), Wish()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.size > 2 * MEGABYTE
    assert peak < MEGABYTE / 4


def test_too_many_rows_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of which too much fits is refused with the columns that part it, before memory runs out."""
    assert MOST_KEPT == 20_000
    monkeypatch.setattr("cscip_kg.official.reading.MOST_KEPT", 3)
    rows = [row().replace("Total", f"Part {n}") for n in range(5)]
    with pytest.raises(FiguresError, match="More than 3 rows fit") as caught:
        table(file(*rows))
    assert caught.value.line == 5
    assert "breakdown" in caught.value.remedy


# --- filters and indicators -----------------------------------------------------------------------------


def test_figures_are_told_from_filters_by_the_whole_file() -> None:
    """A column is of figures when every cell of the file is a number or a sign, and one is a number."""
    found = table(TEXT)
    assert found.indicators == ("rereferral_count", "rereferral_percent")
    assert found.filters == ("category", "breakdown")
    aged = file(row().replace("Total", "5"), row("E08000022", period="2016").replace("Total", "Total"))
    assert "breakdown" in table(aged).filters, (
        "the 5 is kept and looks like a figure; a later row says it is not"
    )
    assert table(file(row(figures="z,2.0"))).indicators == ("rereferral_percent",)


PARTED = file(row().replace("Total", "Boys"), row().replace("Total", "Girls"), row(period="2014"))


def test_several_rows_for_one_place_and_year_are_for_the_reader_to_choose() -> None:
    """Nothing is added up or picked: the message names the filter, its values, and how to choose."""
    with pytest.raises(FiguresError, match="Several rows stand for E08000021 in 2015") as caught:
        beside(PARTED, NEWCASTLE)
    assert (caught.value.line, caught.value.field) == (3, "breakdown")
    assert "breakdown ('Boys', 'Girls')" in caught.value.problem
    assert caught.value.remedy == "Choose one value of each: --where breakdown=Boys"


def test_the_usual_total_is_the_example() -> None:
    """Where there is a Total, which the standards take for the default, the example chooses it."""
    with pytest.raises(FiguresError, match="Several rows") as caught:
        beside(file(row().replace("Total", "Boys"), row()), NEWCASTLE)
    assert caught.value.remedy.endswith("--where breakdown=Total")


def test_a_filter_chooses_whatever_its_case_and_spaces() -> None:
    """A value fits as the service itself compares labels."""
    found = beside(PARTED, NEWCASTLE, wish=Wish(where={"breakdown": " girls "}))
    assert [(line.period, line.own.line) for line in only(found) if line.own] == [("2015", 3)]
    assert dict(found.chosen)["breakdown"] == "Girls"


def test_filters_that_vary_between_rows_are_told_beside_them() -> None:
    """One row a year, but not of the same filter: the reader sees which."""
    found = beside(file(row().replace("Total", "Boys"), row(period="2014")), NEWCASTLE)
    assert [line.notes for line in only(found)] == [("breakdown: Total",), ("breakdown: Boys",)]
    assert "breakdown" not in dict(found.chosen)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(where={"colour": "red"}), ["--where", "no column 'colour'", "category, breakdown"]),
        (Wish(where={"breakdown": "Dogs"}), ["no row has 'Dogs' in breakdown", "Values: 'Total'"]),
        (Wish(indicators=("rate",)), ["--indicator", "no column 'rate'", "rereferral_percent"]),
        (Wish(indicators=("time_period",)), ["--indicator", "no column 'time_period'"]),
    ],
)
def test_an_unknown_column_or_value_is_answered_with_those_there_are(wish: Wish, words: list[str]) -> None:
    """What was asked for and is not in the file is told with what is."""
    with pytest.raises(UnknownNameError) as caught:
        table(TEXT, wish=wish)
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("figures", "words"), [("1,2.0", "the same figures"), ("1,3.0", "other rereferral_percent")]
)
def test_a_duplicate_is_told_with_both_lines(figures: str, words: str) -> None:
    """Two rows that no filter tells apart are a fault of the file, whether their figures agree or not."""
    with pytest.raises(FiguresError, match="stands at line 2 too") as caught:
        beside(file(row(), row("E08000022"), row(figures=figures)), NEWCASTLE)
    assert (caught.value.line, words in caught.value.problem) == (4, True)


def test_a_figure_with_separators_is_refused_where_it_is_shown() -> None:
    """A column that is asked for and holds text among its numbers is told with the line."""
    wish = Wish(indicators=("rereferral_count",))
    found = beside(file(row(), row(period="2016", figures='"1,234",2.0')), NEWCASTLE, wish=wish)
    with pytest.raises(FiguresError, match="'1,234' is neither a number nor a known sign") as caught:
        texts(found, "rereferral_count")
    assert (caught.value.line, caught.value.field) == (3, "rereferral_count")


# --- places and years -----------------------------------------------------------------------------------


def test_a_filter_of_numbers_can_be_chosen_from() -> None:
    """A column of ages looks like figures: the message names it, and --where takes it."""
    rows = [row() + f",{age}" for age in (10, 11)]
    aged = file(*rows, header=HEADER + ",age")
    with pytest.raises(FiguresError, match="with other age") as caught:
        beside(aged, NEWCASTLE)
    assert "choose one with --where" in caught.value.remedy
    found = beside(aged, NEWCASTLE, wish=Wish(where={"age": "11"}))
    assert [line.own.line for line in only(found) if line.own] == [3]


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2016", (2016,)), ("201516", (2015, 2016)), ("199900", (1999, 2000)), ("201517", ()), ("16", ())],
)
def test_a_period_is_a_year_or_two_in_a_row(period: str, expected: tuple[int, ...]) -> None:
    """Four digits, or six for two years in a row, as the standards have it."""
    assert years(period) == expected


def test_the_councils_row_stands_beside_its_region_and_england() -> None:
    """For each year of the projects: signs as published, zero as zero, the region of the code, England."""
    assert texts(beside(TEXT, NEWCASTLE)) == [
        ("2014", "during", "c", "14.1", "14.0"),
        ("2015", "during", "0", "15.1", "15.0"),
        ("2016", "during", "k", "16.1", "16.0"),
    ]


def test_years_before_and_after_are_shown_when_asked_for() -> None:
    """They are marked, so that nobody takes them for years of the project."""
    found = texts(beside(TEXT, NEWCASTLE, wish=Wish(before=1, after=1)))
    assert [shown[:2] for shown in found] == [
        ("2013", "before"), ("2014", "during"), ("2015", "during"), ("2016", "during"), ("2017", "after"),
    ]  # fmt: skip


def test_a_gap_between_two_projects_is_neither() -> None:
    """A year between two projects that is asked for is told as such."""
    twice = replace(NEWCASTLE, spans=((2013, 2013), (2016, 2016)))
    found = texts(beside(TEXT, twice, wish=Wish(after=1, before=1)))
    assert [shown[1] for shown in found] == ["during", "between", "between", "during", "after"]


def test_two_years_in_one_period_touch_the_project_with_either() -> None:
    """A year that straddles the first or the last year of the projects is shown."""
    rows = [row(period=period) for period in ("201213", "201314", "201617", "201718")]
    assert [shown[:2] for shown in texts(beside(file(*rows), NEWCASTLE))] == [
        ("201314", "during"),
        ("201617", "during"),
    ]


def test_without_a_stated_period_all_years_are_shown_and_marked() -> None:
    """Where no source says when a project ran, no year is guessed at."""
    undated = replace(NEWCASTLE, spans=(), undated=("P",))
    found = texts(beside(TEXT, undated))
    assert [shown[0] for shown in found] == ["2013", "2014", "2015", "2016", "2017", "2024"]
    assert {shown[1] for shown in found} == {NOT_STATED}
    both = texts(beside(TEXT, replace(NEWCASTLE, undated=("Q",))))
    assert {shown[1] for shown in both if shown[0] in ("2014", "2015", "2016")} == {"during"}
    assert {shown[1] for shown in both if shown[0] in ("2013", "2017", "2024")} == {NOT_STATED}


def test_a_council_is_followed_to_its_later_code_and_told_so() -> None:
    """North Yorkshire's rows stand under the code of their time; the new one may stand for another area."""
    found = beside(TEXT, NORTH_YORKSHIRE, wish=Wish(after=8))
    assert texts(found)[-1] == ("2024", "after", "24.22", "24.2", "24.0")
    assert [line.notes for line in only(found)][:-1] == [()] * 4
    (note,) = only(found)[-1].notes
    assert "E06000065, in force from 2023-04-01" in note
    assert "may stand for another area" in note


def test_a_code_out_of_its_time_is_told() -> None:
    """A file may put old years under a new code, or keep an old code after its end: both are said."""
    recoded = beside(file(row("E06000065", name="North Yorkshire")), NORTH_YORKSHIRE)
    assert "in force only from 2023-04-01" in only(recoded)[0].notes[0]
    kept = beside(file(row("E10000023", "2024")), NORTH_YORKSHIRE, wish=Wish(after=8))
    assert only(kept)[0].notes == ("under the code E10000023, which ended on 2023-03-31",)


def test_the_year_in_which_a_code_changes_may_have_either() -> None:
    """A year ends in March for most of these figures, so that the old code's last year is no fault."""
    found = beside(file(row("E10000023", "2023")), NORTH_YORKSHIRE, wish=Wish(after=8))
    assert only(found)[0].notes == ()


def test_a_council_that_was_divided_has_a_row_for_each_part() -> None:
    """Two later codes are two rows of the same year, each with its published name."""
    codes = (
        *NEWCASTLE.codes,
        Code("E06000061", "2021-04-01", "", True),
        Code("E06000062", "2021-04-01", "", True),
    )
    divided = replace(NEWCASTLE, codes=codes)
    rows = (row("E06000061", "2022", "North"), row("E06000062", "2022", "West"))
    found = only(beside(file(*rows), divided, wish=Wish(after=8)))
    assert [line.own.name for line in found if line.own] == ["North", "West"]
    assert [line.notes[1] for line in found] == ["published as North", "published as West"]


def test_one_figure_of_two_councils_is_told_as_that() -> None:
    """A published row of two codes stands for each of them, and says that it is of both together."""
    kingston = replace(NEWCASTLE, codes=(Code("E09000021", "2009-01-01", "", False),), region="E12000007")
    found = beside(TEXT, kingston)
    assert texts(found)[0] == ("2014", "during", "14.55", "14.3", "14.0")
    (note,) = only(found)[0].notes
    assert note.startswith("one figure for 2 councils together (Kingston upon Thames / Richmond upon Thames")


def test_a_row_without_a_code_is_counted_and_matched_with_nothing() -> None:
    """Legacy councils may have no code, and unknown places x or z: they are passed over, and that is said."""
    found = beside(file(row(), row(""), row("x"), row("z")), NEWCASTLE)
    assert len(only(found)) == 1
    assert "3 rows of local authorities have no code and were passed over." in found.missing


def test_what_is_not_there_is_said() -> None:
    """A council not in the file, one without rows in these years, an area without a code, no England."""
    absent = replace(NEWCASTLE, name="Absent", codes=(Code("E08000099", "2009-01-01", "", False),))
    late = replace(NEWCASTLE, name="Late", spans=((1990, 1991),))
    at = places(absent, late, without_code=("Scarborough",))
    found = joined(at, table(file(row()), at), Wish())
    assert [lines for _, lines in found.lines] == [(), ()]
    told = "\n".join(found.missing)
    assert "Absent (E08000099): the file holds no row with its code." in told
    assert "Late (E08000021): the file holds rows, but none for these years and filters." in told
    assert "run from 2015 to 2015" in told
    assert "Scarborough: no code of a council is linked to it" in told
    assert "no row of England" in told
    assert "no rows of the regions" in told
    assert "No source names a council's area" in "".join(
        joined(places(), table(TEXT, places()), Wish()).missing
    )


def test_a_year_of_the_region_alone_says_that_the_council_has_none() -> None:
    """The council's cell is no row, not a zero and not a sign."""
    found = beside(file(row(period="2014"), *[line for line in LINES if ",National," in line]), NEWCASTLE)
    assert texts(found)[1] == ("2015", "during", "-", "-", "15.0")
    assert only(found)[1].notes == ("no row of this council in the file",)


# --- places of the graph --------------------------------------------------------------------------------


def test_places_come_from_sources_and_links(built: Path) -> None:
    """No Wrong Door: one area with a council's codes, two without, a round that three sources date alike."""
    found = places_of("No Wrong Door", built)
    (council,) = found.councils
    assert (council.name, council.codes, council.region) == (
        "North Yorkshire", NORTH_YORKSHIRE.codes, "E12000003",
    )  # fmt: skip
    assert found.without_code == ("Harrogate", "Scarborough")
    assert council.spans == ((2014, 2016),)
    assert {(p.how, p.name) for p in found.named if p.name == "North Yorkshire"} == {
        ("delivered there", "North Yorkshire"),
        ("led by its council", "North Yorkshire"),
    }
    assert all(p.citations for p in (*found.named, *found.periods))


def test_a_region_is_that_of_the_code_not_of_the_print(built: Path) -> None:
    """One source puts North East Lincolnshire into the South East; its code lies elsewhere."""
    (council,) = places_of("creating-strong-communities", built).councils
    assert (council.name, council.region) == ("North East Lincolnshire", "E12000003")


def test_a_project_that_no_source_dates_has_no_years(built: Path) -> None:
    """Its council is told as undated."""
    (council,) = places_of("camden-digital-innovation-project", built).councils
    assert (council.name, council.spans) == ("Camden", ())
    assert council.undated == council.projects


def test_findings_of_narrower_measures_stand_with_the_measure(built: Path) -> None:
    """Motivational Practice counted re-referrals within 12 and 24 months; how it was studied comes too."""
    found = findings_on("motivational-practice", "re-referrals", built)
    at = found.table.columns.index("measure")
    assert sorted(str(r[at].value) for r in found.table.rows) == [  # type: ignore[union-attr]
        "Re-referrals within 12 months",
        "Re-referrals within 24 months",
    ]
    assert found.studied
    assert all(s.citations for s in found.studied)
    assert findings_on("pause", "re-referrals", built).table.rows == []


# --- the command ----------------------------------------------------------------------------------------

RUN = ("context", "family-insights", str(FILE), "-i", "rereferral_percent")


@pytest.mark.parametrize("form", ["table", "csv", "json", "html", "md"])
def test_every_form_says_that_it_is_context(cscip: Cscip, form: str) -> None:
    """In words, whoever gets the output without the command around it; signs stand as signs."""
    result = cscip(*RUN, "-f", form)
    assert result.code == 0, result.err
    plain = " ".join(result.out.replace("\\", "").split())
    assert "Context, not evidence of effect" in plain
    assert "confidential: suppressed by the publisher" in plain
    assert hashlib.sha256(TEXT.encode()).hexdigest() in result.out
    assert "Newcastle" in plain


def test_a_finding_stands_before_the_figures_with_its_lines_and_cautions(cscip: Cscip) -> None:
    """Newcastle: the finding with its citation and caveat, the caution on designs, then the figures."""
    out = " ".join(cscip(*RUN, "-m", "re-referrals").out.split())
    order = [
        "What evaluations found on re-referrals",
        CAUTION,
        "rees-2017#L523",
        "Published figures, for context",
    ]
    assert [out.index(words) for words in order] == sorted(out.index(words) for words in order)
    assert "Caveat:" in out
    assert "Meant to study impact" in out


def test_csv_has_a_row_for_each_figure(cscip: Cscip) -> None:
    """Council, region and country, each with file, line and digest; the caution is a column."""
    rows = list(csv.DictReader(io.StringIO(cscip(*RUN, "-f", "csv").out, newline="")))
    assert len(rows) == 9
    assert {r["reading"] for r in rows} == {CONTEXT}
    first = rows[0]
    assert (first["place_kind"], first["place"], first["place_code"]) == (
        "council", "Newcastle upon Tyne", "E08000021",
    )  # fmt: skip
    assert (first["value"], first["sign_meaning"]) == ("c", "confidential: suppressed by the publisher")
    assert TEXT.splitlines()[int(first["file_line"]) - 1].split(",")[9] == "Newcastle upon Tyne"


def test_json_holds_numbers_signs_places_periods_and_findings(cscip: Cscip) -> None:
    """A sign has no number; the reading of figures and that of findings both stand in it."""
    found = json.loads(cscip(*RUN, "-f", "json", "-m", "re-referrals").out)
    assert found["reading"] == CONTEXT
    assert found["findings"]["reading"] == CAUTION
    assert found["findings"]["rows"][0]["citations"] == "rees-2017#L523"
    (council,) = found["councils"]
    figures = [line["council"]["figures"]["rereferral_percent"] for line in council["lines"]]
    assert figures == [
        {"text": "c", "number": None, "sign_meaning": "confidential: suppressed by the publisher"},
        {"text": "0", "number": 0.0, "sign_meaning": None},
        {"text": "k", "number": None, "sign_meaning": "rounds to 0, but is not 0"},
    ]
    assert found["periods"][0]["years"] == [2014, 2016]
    assert found["file"]["chosen"] == {"category": "Made-up figures for tests", "breakdown": "Total"}


def test_text_of_the_file_stays_text(cscip: Cscip, tmp_path: Path) -> None:
    """No markup of a name acts in a page or on the terminal, and no name is a formula in a spreadsheet."""
    odd = tmp_path / "odd.csv"
    name = "=HYPERLINK(1) <b>[bold red]x"
    odd.write_text(file(row(name=name), row("E08000022", "2016")), encoding="utf-8")
    run = ("context", "family-insights", str(odd), "-i", "rereferral_percent", "-f")
    assert name in cscip(*run, "table").out
    assert "<b>" not in cscip(*run, "html").out
    assert "&lt;b&gt;" in cscip(*run, "html").out
    (shown, *_) = csv.DictReader(io.StringIO(cscip(*run, "csv").out, newline=""))
    assert shown["place"] == f"'{name}"


def test_the_page_names_no_folder_and_no_secret(cscip: Cscip, tmp_path: Path) -> None:
    """What is written for others names the file, not where it lies on this machine."""
    page = tmp_path / "page.html"
    assert cscip(*RUN, "-o", str(page)).code == 0
    text = page.read_text(encoding="utf-8")
    assert "cscip context family-insights made-up-referrals.csv --indicator rereferral_percent" in text
    assert str(FILE.parent) not in text


def test_a_bad_file_leaves_what_was_there(cscip: Cscip, tmp_path: Path) -> None:
    """An output appears whole or not at all, a cell that is refused while writing included."""
    bad, page = tmp_path / "bad.csv", tmp_path / "page.html"
    page.write_text("before", encoding="utf-8")
    bad.write_text(file(row(figures='"1,234",2.0')), encoding="utf-8")
    result = cscip("context", "family-insights", str(bad), "-i", "rereferral_count", "-o", str(page))
    refused(result, "bad.csv:2 (rereferral_count): '1,234' is neither")
    assert page.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["context", "family-insights", "nowhere.csv"], ["nowhere.csv", "no such file"]),
        (["context", "famly-insights", str(FILE)], ["famly-insights", "family-insights"]),
        ([*RUN, "-m", "rereferalls"], ["re-referrals"]),
        ([*RUN, "-w", "breakdown"], ["--where takes column=value"]),
        ([*RUN, "-w", "a=1", "-w", "a=2"], ["--where names a twice"]),
        ([*RUN, "-f", "csv", "-m", "re-referrals"], ["csv holds published figures only"]),
        ([*RUN, "-f", "xlsx"], ["There is no format 'xlsx' here"]),
        ([*RUN, "-o", "page.doc"], ["names no format"]),
    ],
)
def test_what_cannot_be_done_is_told(cscip: Cscip, arguments: list[str], words: list[str]) -> None:
    """A missing file, an unknown name, a wrong option: code 2, and what there is instead."""
    refused(cscip(*arguments), *words)


def test_a_measure_without_findings_says_so(cscip: Cscip) -> None:
    """No finding on a measure is told as that; the figures stand without it."""
    out = " ".join(cscip(*RUN, "-m", "missing-episodes").out.split())
    assert "No source read reports a finding of Family Insights on this measure." in out
    assert "Published figures, for context" in out


def test_undated_projects_show_all_years(cscip: Cscip) -> None:
    """Camden: no source says when, so all years of the file stand there, marked."""
    out = cscip("context", "camden-digital-innovation-project", str(FILE), "-i", "rereferral_percent").out
    assert out.count("period not stated") == 6
    assert "no source says when it ran" in out
    assert "z (not applicable)" in out


def test_the_help_describes_the_needed_columns(cscip: Cscip) -> None:
    """A reader of the help knows what the file must have; so does a reader of the documentation."""
    told = cscip("context", "--help").out
    page = (Path(__file__).parents[1] / "docs" / "official-statistics.md").read_text(encoding="utf-8")
    for column in NEEDED:
        assert column in told
        assert f"`{column}`" in page
    for sign in ("c", "z", "x", "low", "k", "u", "~"):
        assert f"`{sign}`" in page


# --- addresses ------------------------------------------------------------------------------------------

Fetch = Callable[[str], str]


def fetched(url: str, limits: Limits = LIMITS) -> str:
    with opened(url, limits) as source:
        return source.stream.read().decode()


def csv_answer(**more: str) -> bytes:
    return answer(TEXT.encode(), "text/csv; charset=utf-8", **more)


def test_an_address_is_fetched_with_digest_and_day(cscip: Cscip, monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback: the page names address, digest and day; what may be secret in the address is not told."""
    monkeypatch.setenv("CSCIP_STORE_TOKEN", "hush")
    with stub(saying(csv_answer())) as one:
        url = f"http://127.0.0.1:{one.port}/data/csv?key=hidden"
        result = cscip("context", "family-insights", url, "-f", "json", "-i", "rereferral_percent")
        assert result.code == 0, result.err
    found = json.loads(result.out)["file"]
    assert found["name"] == f"http://127.0.0.1:{one.port}/data/csv?…"
    assert found["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert len(found["retrieved"]) == 10
    assert "hidden" not in result.out + result.err
    (asked,) = one.asked
    assert asked.line == "GET /data/csv?key=hidden HTTP/1.1"
    assert "authorization" not in asked.headers
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("url", ["http://example.org/a.csv", "http://127.0.0.1.example.org/a.csv"])
def test_plain_http_is_for_this_machine_only(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked, not even for the host's address."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a host was looked up"))
    with pytest.raises(RemoteError, match="plain http"):
        fetched(url)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/a.csv", "https://u:p@example.org/a"]
)
def test_other_addresses_are_refused(url: str) -> None:
    """Only web addresses are fetched, and none that holds a password, which no message repeats."""
    with pytest.raises(RemoteError) as caught:
        fetched(url)
    assert "u:p" not in str(caught.value)


def late(one: Stub, _: Asked, line: object) -> None:
    one.stopping.wait(20)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (answer(b"<html>", "text/html"), RemoteFormatError, "text/html, not a CSV file"),
        (answer(b"PK", "application/zip"), RemoteFormatError, "application/zip"),
        (csv_answer(Content_Encoding="gzip"), RemoteFormatError, "packed"),
        (answer(b"no", "text/plain", "404 Not Found"), RemoteRefusedError, "404"),
        (
            answer(b"", status="302 Found", Location="https://example.org/x"),
            RemoteRedirectError,
            "Download the file",
        ),
        (answer(b"", status="302 Found", Location="file:///etc/passwd"), RemoteRedirectError, "points at"),
        (answer(TEXT.encode()[:100], "text/csv", length=5000), RemoteCutError, "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + TEXT.encode(), RemoteCutError, "how long"),
        (answer(b"x" * 110_000, "text/csv"), RemoteSizeError, "larger than 100000 bytes"),
    ],
)
def test_an_answer_that_is_no_whole_file_is_a_named_error(
    given: bytes, error: type[RemoteError], words: str
) -> None:
    """Whatever the server sends, nothing is made of half a file, and the message speaks of the address."""
    with stub(saying(given)) as one, pytest.raises(error) as caught:
        fetched(f"http://127.0.0.1:{one.port}/a.csv", Limits(5.0, 100_000))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"http://127.0.0.1:{one.port}/a.csv: ")
    assert "store" not in str(caught.value).casefold().replace("cscip_store", "")


def test_a_silent_server_is_given_up_in_time() -> None:
    """The deadline is one for all of it."""
    with stub(late) as one, pytest.raises(RemoteLateError, match=r"within 0\.5 seconds"):
        fetched(f"http://127.0.0.1:{one.port}/a.csv", Limits(0.5, 100_000))


def test_a_redirect_to_the_same_host_is_followed() -> None:
    """As the client does for stores: same host and port, and the body is that of the last answer alone."""
    moved = answer(b"moved", "text/plain", "307 Temporary Redirect", Location="/other.csv")
    with stub(saying(moved, csv_answer())) as one:
        assert fetched(f"http://127.0.0.1:{one.port}/a.csv") == TEXT
    assert [asked.line.split()[1] for asked in one.asked] == ["/a.csv", "/other.csv"]
