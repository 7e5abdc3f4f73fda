"""Profiles and comparisons: shaped as EMMIE, each panel a stored query, each fact as the sources have it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from cscip_kg import __version__, profiles, queries, store
from cscip_kg.document import NOTHING, SOURCES, Document, markdown
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.output import CAUTION
from cscip_kg.profiles import MONEY, NOTHING_STATED

EMMIE = ["Effect", "Mechanism", "Moderators", "Implementation", "Economics"]
# Long and short ones; with several evaluations, one, none; with a second name; adapted from others.
SOME = (
    "pause",
    "no-wrong-door",
    "inside-out",
    "residential-migration",
    "mockingbird-family-model",
    "signs-of-safety",
    "family-safeguarding",
    "national-female-genital-mutilation-centre",
    "back-on-track-and-leaving-care",
    "b-positive-pathways",
)
A_CITATION = re.compile(
    r"[a-z-]+[a-z0-9-]*#L\d+(-\d+)?( L\d+(-\d+)?)*(; [a-z-]+[a-z0-9-]*#L\d+(-\d+)?( L\d+(-\d+)?)*)*"
)

Row = dict[str, str]


def panel_rows(document: Document, key: str) -> list[Row]:
    """Return the rows of a profile's panel as cells by heading."""
    name = profiles.panels()[key].name
    (panel,) = (p for part in document.parts for p in part.panels if p.query == name)
    return [dict(zip(panel.columns, row, strict=True)) for row in panel.rows]


def cites(row: Row, *citations: str) -> bool:
    """Return whether a row cites each of these lines, whatever it cites besides."""
    found = {
        f"{s.partition('#')[0]}#{line}"
        for s in row[SOURCES].split("; ")
        for line in s.partition("#")[2].split()
    }
    return set(citations) <= found


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[str, Document]:
    """The profiles of some interventions by slug."""
    return {slug: profiles.profile(slug, built) for slug in SOME}


# --- shape ----------------------------------------------------------------------------------------------


def test_the_parts_are_those_of_emmie_in_order(pages: dict[str, Document]) -> None:
    """Effect, mechanism, moderators, implementation, economics follow what it is and how it was studied."""
    titles = [part.title for part in pages["pause"].parts]
    places = [next(n for n, title in enumerate(titles) if title.startswith(name)) for name in EMMIE]
    assert all(b - a == 1 for a, b in pairwise(places))
    assert titles[: places[0]] == ["What it is", "Where, when and by whom", "How it was studied"]
    assert titles[places[-1] + 1 :] == ["What is not known", "Contradictions and open identities", "Reports"]


def test_every_query_of_the_topic_is_a_panel_and_every_panel_a_query(pages: dict[str, Document]) -> None:
    """The panels of a profile are the stored queries of the topic `profile`, each once, in order."""
    wanted = [query.name for query in queries.catalogue().values() if query.topic == "profile"]
    assert len(wanted) == 13
    for page in pages.values():
        assert [panel.query for part in page.parts for panel in part.panels] == wanted
        assert all(panel.note == queries.find(panel.query).description
                   for part in page.parts for panel in part.panels)  # fmt: skip


def test_every_row_cites_its_lines(pages: dict[str, Document]) -> None:
    """The last column of each panel with rows names source and lines in each of its rows."""
    rows = 0
    for page in pages.values():
        for panel in (panel for part in page.parts for panel in part.panels if panel.rows):
            assert panel.columns[-1] == SOURCES
            for row in panel.rows:
                assert A_CITATION.fullmatch(row[-1]), (page.title, panel.query, row)
                rows += 1
    assert rows > 500


@pytest.mark.parametrize("key", ["effect", "implementation", "unknown", "cautions"])
def test_a_panel_shows_every_row_of_its_query(key: str, built: Path, pages: dict[str, Document]) -> None:
    """No finding, lesson, open question or contradiction of the query's answer is left out."""
    name = profiles.panels()[key].name
    answer = queries.table_of(queries.run(name, {"intervention": "pause"}, folder=built))
    assert len(panel_rows(pages["pause"], key)) == len(answer.rows)


def test_a_panel_without_rows_says_so(pages: dict[str, Document]) -> None:
    """Nothing stands on the costs of Residential Migration: the page says so, and not how to read costs."""
    assert panel_rows(pages["residential-migration"], "economics") == []
    text = markdown(pages["residential-migration"])
    after = text.split("## Economics: costs and savings\n\n")[1]
    assert after.startswith(f"{NOTHING}\n\n## ")


def test_no_cell_shows_an_iri(pages: dict[str, Document]) -> None:
    """Cells are words; nothing stands in the short or the long form of an IRI."""
    for page in pages.values():
        for row in (row for part in page.parts for panel in part.panels for row in panel.rows):
            assert not any(re.search(r"https?:|\b(intervention|project|finding)/", cell) for cell in row), row


def test_no_comparison_is_said_only_where_there_is_none(pages: dict[str, Document]) -> None:
    """A finding that says in words what it is set against has a kind of comparison, too."""
    found = [row for page in pages.values() for row in panel_rows(page, "effect")]
    none = [row for row in found if row["Set against"] == "No comparison stated"]
    assert 0 < len(none) < len(found)
    assert [row for row in none if row.get("The comparison in words")] == []


def test_a_page_says_how_to_cite_it_and_to_make_it_again(built: Path, pages: dict[str, Document]) -> None:
    """Version, build and command stand on it, and the full titles of the sources that it cites, no other."""
    page = pages["inside-out"]
    assert page.cite.startswith(
        f"Inside Out. cscip-kg, version {__version__}, build {store.describe(built).id}."
    )
    assert page.rerun == "cscip show inside-out"
    assert page.caution == CAUTION
    assert [short for short, _ in page.sources] == ["dfe-insights", "foundations-lessons", "wwcsc-2021"]
    assert page.sources[2][1].endswith("round 2 evaluations. What Works for Children's Social Care, 2021-07.")


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Pause",
        "PAUSE",
        "creating space for change",
        "intervention/pause",
        "https://w3id.org/cscip/id/intervention/pause",
    ],
)
def test_an_intervention_goes_by_any_of_its_names(name: str, built: Path, pages: dict[str, Document]) -> None:
    """Slug, kind and slug, IRI, name and any printed name in any case give the same page."""
    assert profiles.profile(name, built) == pages["pause"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("pausee", "pause"), ("wrong door", "no-wrong-door"), ("mocking bird", "mockingbird-family-model"),
     ("creating spaces for change", "pause"), ("FGM centre", "national-female-genital-mutilation-centre")],
)  # fmt: skip
def test_an_unknown_name_brings_the_nearest(name: str, nearest: str, built: Path) -> None:
    """Near in its slug or in a printed name; a few, the nearest first."""
    with pytest.raises(UnknownNameError, match=rf"Did you mean: {nearest}[,.]") as caught:
        profiles.profile(name, built)
    assert len(str(caught.value)) < 300


# --- facts, read in the sources by hand -------------------------------------------------------------------


def the(rows: list[Row], **wanted: str) -> Row:
    """Return the one row whose cell under each heading (underscores for blanks) is as wanted."""
    pairs = {name.replace("_", " "): text for name, text in wanted.items()}
    (row,) = (row for row in rows if pairs.items() <= row.items())
    return row


def test_facts_of_pause(pages: dict[str, Document]) -> None:
    """Its second name, an estimate, a mixed finding, savings of a garbled range, an icon that is lost."""
    page = pages["pause"]
    assert cites(the(panel_rows(page, "names"), Name="Creating Space for Change",
                     Source_and_lines="foundations-lessons#L739"), "foundations-lessons#L739")  # fmt: skip
    effect = panel_rows(page, "effect")
    # In rees-2017#L603, 2 women became pregnant; 21 to 36 pregnancies had been estimated for the 125.
    pregnancies = the(effect, Measure="Further pregnancies")
    assert (pregnancies["Figure"], pregnancies["Sample size"]) == ("2", "125")
    assert pregnancies["Set against"] == "Estimate of what would have happened"
    assert cites(pregnancies, "rees-2017#L603")
    # In rees-2017#L689, 21 women with more resilience, 8 with no change, 16 with less.
    resilience = the(effect, Measure="Women's feelings of resilience")
    assert (resilience["Direction"], resilience["Effect"], resilience["Figure"]) == ("Mixed", "Mixed", "21")
    # In wwcsc-2021#L2692-2698, rates of infants under 12 months entering care, Decrease.
    assert the(effect, Source_and_lines="wwcsc-2021#L2692-2698")["Direction"] == "Decrease"
    # In rees-2017#L792, 1.2 to 2.1 million a year; printed as £628-732,000, put on record as garbled.
    money = panel_rows(page, "economics")
    assert [row["Amount"] for row in money] == ["£732,000", "£628,000", "£2,100,000", "£1,200,000"]
    assert all(cites(row, "rees-2017#L792") for row in money)
    garbled = the(panel_rows(page, "cautions"), Kind="Garbled text")
    assert cites(garbled, "rees-2017#L792")
    assert "£628-732,000" in garbled["Text"]
    # University of Sussex (wwcsc-2021#L2665); the icons below it are not in the text.
    assert (
        the(panel_rows(page, "evaluations"), Evaluators="University of Sussex")["Impact evaluation"]
        == "lost in extraction"
    )
    # In dfe-insights#L530, 128 pages.
    report = the(panel_rows(page, "reports"), Pages="128")
    assert (report["File size"], report[SOURCES]) == ("1.66 MB", "dfe-insights#L530")


def test_facts_of_no_wrong_door(pages: dict[str, Document]) -> None:
    """Figures before and after, what they are set against, who led it, two percentages that do not agree."""
    page = pages["no-wrong-door"]
    effect = panel_rows(page, "effect")
    for measure, before, after, lines, against in (
        # In rees-2017#L585, 503 incidents, then 253; a matched cohort went from 1318 to 1231.
        ("Missing episodes", "503", "253", ("rees-2017#L585", "rees-2017#L931"), "Matched comparison group"),
        # In rees-2017#L595, arrests from 63 to 39; all young people of North Yorkshire from 687 to 693.
        ("Offending behaviour", "63", "39", ("rees-2017#L595", "rees-2017#L930"), "Wider area"),
        # In rees-2017#L641, 19.5 to 16.8; a comparison cohort 11.7 and 11.5.
        ("Strengths and Difficulties Questionnaire score", "19.5", "16.8",
         ("rees-2017#L641", "rees-2017#L932"), "Comparison group, matching not stated"),
    ):  # fmt: skip
        row = the(effect, Measure=measure)
        assert (row["Figure before"], row["Figure after"], row["Direction"]) == (before, after, "Decrease")
        assert cites(row, *lines)
        assert row["Set against"] == against
    # In rees-2017#L601, 21 presentations, then 9, then one in six months.
    visits = [row for row in effect if row["Measure"] == "Accident and emergency presentations"]
    assert [(row["Figure before"], row["Figure after"], row["Figure"]) for row in visits] == [
        ("21", "9", ""),
        ("", "", "1"),
    ]
    # In rees-2017#L788, five sums; 440,000 is for each person and year.
    amounts = {row["Amount"]: row["Per"] for row in panel_rows(page, "economics")}
    assert set(amounts) == {"£200,000", "£160,000", "£300,000", "£440,000", "£20,000"}
    assert amounts["£440,000"].startswith("per person per year")
    # In rees-2017#L261, North Yorkshire County Council's.
    assert the(panel_rows(page, "projects"), Round="Round 1")["Leads"] == "North Yorkshire County Council"
    # A fall from 503 to 253 is printed as 54 per cent, one from 63 to 39 as 29.
    recomputed = [row["Recomputed"] for row in panel_rows(page, "cautions")]
    assert {"(503 - 253) / 503 = 49.7%", "(63 - 39) / 63 = 38.1%"} <= set(recomputed)
    # wwcsc-2021#L939 takes it in; wwcsc-2021#L678 extends it to two more groups.
    lineage = {row["Relation"]: row for row in panel_rows(page, "lineage")}
    assert lineage["is taken in by"]["Name"] == "B Positive Pathways"
    assert cites(lineage["is taken in by"], "wwcsc-2021#L939", "dfe-insights#L109")
    assert lineage["was adapted as"]["Name"] == "Back on Track and Leaving Care"
    assert cites(lineage["was adapted as"], "wwcsc-2021#L678")


def test_facts_of_inside_out(pages: dict[str, Document]) -> None:
    """The six results of its dashboard, one of them a change (wwcsc-2021#L1031-1065); nothing on money."""
    page = pages["inside-out"]
    found = [(row["Direction"], row[SOURCES], row["What was found"]) for row in panel_rows(page, "effect")]
    assert found == [
        ("Decrease", "wwcsc-2021#L1031-1035", "Episodes of missingness"),
        ("No change", "wwcsc-2021#L1037-1041", "Placement stability"),
        ("No change", "wwcsc-2021#L1043-1047", "Wellbeing"),
        ("No change", "wwcsc-2021#L1049-1053",
         "Young people who are not in education, employment or training (NEET)"),
        ("No change", "wwcsc-2021#L1055-1059", "Offending behaviour"),
        ("No change", "wwcsc-2021#L1061-1065", "Exploitation risk"),
    ]  # fmt: skip
    assert panel_rows(page, "economics") == []
    # East of England, three ticks, mixed methods (foundations-lessons#L554); by whom (wwcsc-2021#L1004-1005).
    assert the(panel_rows(page, "projects"), Region="East of England")[SOURCES] == "foundations-lessons#L554"
    studied = panel_rows(page, "evaluations")
    row = the(studied, Source_and_lines="foundations-lessons#L554")
    assert [row[f"{aim} aim"] for aim in ("Impact", "Process", "Cost")] == ["yes"] * 3
    assert cites(the(studied, Evaluators="Tavistock Institute of Human Relations"), "wwcsc-2021#L1004-1005")
    lost = {row["Question"] for row in panel_rows(page, "unknown") if row["Answer"] == "lost in extraction"}
    assert lost == {
        "Was there an impact evaluation?", "What was the quality of the evaluation?",
        "Was there a cost benefit analysis?", "What was the cost benefit effect?",
    }  # fmt: skip


def test_facts_of_residential_migration(pages: dict[str, Document]) -> None:
    """No finding is told; one tick of three and qualitative work (foundations-lessons#L761); two counties."""
    page = pages["residential-migration"]
    assert panel_rows(page, "effect") == []
    row = the(panel_rows(page, "evaluations"), Methods="Qualitative")
    assert [row[f"{aim} aim"] for aim in ("Impact", "Process", "Cost")] == ["no", "yes", "no"]
    assert row[SOURCES] == "foundations-lessons#L761"
    # In dfe-insights#L653, Hertfordshire and Staffordshire; L655: 336 KB, 33 pages.
    assert cites(the(panel_rows(page, "projects"), Areas="Hertfordshire, Staffordshire"), "dfe-insights#L653")
    (report,) = panel_rows(page, "reports")
    assert (report["Pages"], report["File size"], report[SOURCES]) == ("33", "336 KB", "dfe-insights#L655")
    # Not the Residential Innovation project of north London, whatever the names.
    assert {row["Kind"] for row in panel_rows(page, "cautions")} == {"Kept apart"}


def test_facts_of_mockingbird(pages: dict[str, Document]) -> None:
    """Two rounds, two evaluations: a rate against the national one, and then a dashboard."""
    effect = panel_rows(pages["mockingbird-family-model"], "effect")
    # In rees-2017#L561, 4 per cent of placements changed unplanned, 8 per cent nationally.
    rate = the(effect, What_was_found="Rate of unplanned placement change")
    assert (rate["Figure"], rate["Set against"]) == ("4", "National figures")
    assert cites(rate, "rees-2017#L561")
    # In wwcsc-2021#L2472-2491, no change, no change, an increase.
    second = [
        (row["What was found"], row["Direction"]) for row in effect if row["Evaluation"].endswith("round 2")
    ]
    assert second == [
        (label, "Increase" if "retention" in label else "No change")
        for label in ("Unplanned care endings", "Episodes of missingness", "Foster care retention")
    ]


# --- comparison -----------------------------------------------------------------------------------------

SIX = (
    "pause",
    "no-wrong-door",
    "inside-out",
    "residential-migration",
    "mockingbird-family-model",
    "step-change",
)


@pytest.fixture(scope="module")
def two(built: Path) -> Document:
    """No Wrong Door and Step Change side by side."""
    return profiles.comparison(["No Wrong Door", "step-change"], built)


@pytest.fixture(scope="module")
def six(built: Path) -> Document:
    """Six interventions side by side."""
    return profiles.comparison(SIX, built)


def cell(document: Document, label: str, name: str) -> list[str]:
    """Return the lines of one cell of a comparison."""
    (found,) = (
        row[panel.columns.index(name)]
        for part in document.parts for panel in part.panels for row in panel.rows if row[0] == label
    )  # fmt: skip
    return found.split("\n")


def test_facts_of_two_side_by_side(two: Document) -> None:
    """What is told of No Wrong Door and Step Change stands in the cell of its outcome, with its lines."""
    # rees-2017#L585 and L931, L595 and L930; of Step Change no such result is told.
    risk = cell(two, "Reduced risk for children", "No Wrong Door")
    assert [line.partition(";")[0] for line in risk] == [
        "Missing episodes: Missing incidents",
        "Offending behaviour: Arrests",
    ]
    assert "direction: Decrease" in risk[0]
    assert risk[0].endswith("[rees-2017#L585 L921-923 L931]")
    assert cell(two, "Reduced risk for children", "Step Change") == [NOTHING_STATED]
    # In rees-2017#L471, 34 stayed with the same caregiver; whether that is more or fewer is not said.
    (stayed,) = cell(two, "Greater stability for children", "Step Change")
    assert "direction: Direction not stated; effect: Unclear" in stayed
    assert stayed.endswith("set against: No comparison stated [rees-2017#L471]")
    # foundations-lessons#L636 and dfe-insights#L358.
    assert cell(two, "Projects", "Step Change")[:2] == [
        "Step Change; areas: Barnet, Harrow, Hounslow [dfe-insights#L356 L358 L360]",
        "Step Change; region: Greater London [foundations-lessons#L636]",
    ]
    assert cell(two, "Led by", "Step Change") == [
        "Action for Children (Step Change) [rees-2017#L86 L471 L683]"
    ]
    # rees-2017#L788.
    assert any(
        "amount: £440,000; per: per person per year" in line
        for line in cell(two, "Economics", "No Wrong Door")
    )


def test_facts_of_six_side_by_side(six: Document) -> None:
    """One aspect across six: who studied them, with which methods, and what was found on stability."""
    methods = {name: cell(six, "Methods and designs", name)[0] for name in six.parts[0].panels[0].columns[1:]}
    assert methods["Residential Migration"] == "methods: Qualitative [foundations-lessons#L761]"
    assert methods["Inside Out"] == "methods: Mixed methods [foundations-lessons#L554]"
    assert methods["Pause"] == "methods: Mixed methods (Evaluation of Pause) [foundations-lessons#L739]"
    (by,) = cell(six, "Evaluated by", "Inside Out")
    assert by.startswith("Tavistock Institute of Human Relations [wwcsc-2021#L270 L1004-1005")
    stability = "Greater stability for children"
    assert cell(six, stability, "Pause") == cell(six, stability, "Residential Migration") == [NOTHING_STATED]
    (inside_out,) = cell(six, stability, "Inside Out")
    assert inside_out.startswith("Placement stability; direction: No change; effect: No change")
    assert inside_out.endswith("[wwcsc-2021#L1037-1041]")
    mockingbird = cell(six, stability, "Mockingbird Family Model")
    first = [line for line in mockingbird if "(Evaluation of Mockingbird Family Model, round 1)" in line]
    assert any("set against: National figures" in line for line in first)
    assert any(
        "direction: No change" in line and line.endswith("[wwcsc-2021#L2472-2477]") for line in mockingbird
    )


@pytest.mark.parametrize("which", ["two", "six"])
def test_every_statement_of_a_comparison_cites_its_lines(which: str, request: pytest.FixtureRequest) -> None:
    """Each line of each cell ends with source and lines, but for those that say that nothing is stated."""
    document: Document = request.getfixturevalue(which)
    lines = [
        line for part in document.parts for panel in part.panels for row in panel.rows for text in row[1:]
        for line in text.split("\n")
    ]  # fmt: skip
    assert len(lines) > 150
    bare = {line for line in lines if not re.search(rf" \[{A_CITATION.pattern}\]$", line)}
    assert bare == {NOTHING_STATED, MONEY}


def test_a_comparison_adds_nothing_up(six: Document, built: Path) -> None:
    """Each finding of the profiles has its own line under its outcome, with its caveat; none is counted."""
    for slug in SIX:
        page = profiles.profile(slug, built)
        for row in panel_rows(page, "effect"):
            lines = cell(six, row["Outcome"], page.title)
            (line,) = (
                line for line in lines
                if line.startswith(row["Measure"]) and line.endswith(f"[{row[SOURCES]}]")
                and row["What was found"].casefold() in line.casefold()
                and f"direction: {row['Direction']};" in line
            )  # fmt: skip
            assert f"effect: {row['Effect']};" in line
            assert f"set against: {row['Set against']}" in line
            assert row.get("Caveat", "") in line
    found = [
        cell(six, row[0], name)
        for row in six.parts[2].panels[0].rows
        for name in six.parts[2].panels[0].columns[1:]
    ]
    assert not any(re.match(r"\d", line) for lines in found for line in lines)


def test_a_comparison_says_where_the_money_is(two: Document) -> None:
    """All findings on better value for money are sums: its row sends the reader on to them."""
    assert cell(two, "Better value for money", "No Wrong Door") == [MONEY]


def test_a_comparison_has_its_parts_and_how_to_make_it_again(built: Path, six: Document) -> None:
    """Version, build, the command with slugs in the order asked for, and that it is no contest."""
    assert six.rerun == f"cscip compare {' '.join(SIX)}"
    assert f"version {__version__}, build {store.describe(built).id}." in six.cite
    assert six.title.startswith("Comparison: Pause, No Wrong Door, Inside Out, ")
    assert [part.title.partition(":")[0] for part in six.parts] == [
        "What they are", "How they were studied", "Effect",
        "How they are meant to help, for whom, and at what cost",
        "What is not known, and what does not agree",
    ]  # fmt: skip
    assert "no contest" in six.parts[2].note
    labels = [row[0] for row in six.parts[3].panels[0].rows]
    assert labels == EMMIE[1:]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["pause"], "A comparison takes 2 to 6 interventions, not 1"),
        ([], "not 0"),
        (["pause"] * 7, "not 7"),
        (["pause", "inside-out", "Creating Space for Change"], "Pause stands twice"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(names: list[str], words: str, built: Path) -> None:
    """One, none and seven are refused with the bounds; one thing under two names is named."""
    with pytest.raises(QueryError, match=words):
        profiles.comparison(names, built)


def test_an_unknown_name_in_a_comparison_is_named(built: Path) -> None:
    """The one name that is not known is told, with the nearest."""
    with pytest.raises(UnknownNameError, match=r"'insideout' is not .* Did you mean: inside-out"):
        profiles.comparison(["pause", "insideout"], built)
