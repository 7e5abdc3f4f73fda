"""Planted errors: each is told with its file, line, field and remedy.

tests/fixture holds about a dozen real records that lean on nothing outside themselves. Each case changes
one of them in one place, and `pipeline.check` must point at that place.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from cscip_kg.errors import RecordsError
from cscip_kg.graph import build_graph
from cscip_kg.pipeline import check
from cscip_kg.records import load_records
from cscip_kg.validation import Report, as_ntriples, shacl_fast, shacl_reference, shape_files

FIXTURE = Path(__file__).parent / "fixture"
TOLD = re.compile(r"(?P<file>[^:]*):(?P<line>\d+)(?: \((?P<field>[^)]*)\))?: (?P<words>.*)", re.DOTALL)

PAUSE = "interventions/pause.yaml"
WRONG_DOOR = "interventions/no-wrong-door.yaml"
BRADFORD = "interventions/b-positive-pathways.yaml"
TYNE = "interventions/north-of-tyne-collaboration.yaml"
BOOKLET = "sources/wwcsc-2021.yaml"


@dataclass(frozen=True)
class Planted:
    """One mistake: in `file`, the text `right` becomes `wrong`.

    It must be told on the line where `at` begins in the changed file (by default, `wrong`), for `field`, with
    `remedy` among the words. `by` is how it is found: by reading the record, or as a problem of a severity.
    """

    file: str
    right: str
    wrong: str
    field: str
    remedy: str
    at: str = ""
    by: str = "Violation"


@dataclass(frozen=True)
class Told:
    """One complaint as a curator sees it."""

    file: str
    line: int
    field: str
    words: str
    by: str


def told(text: str, by: str) -> Told:
    match = TOLD.fullmatch(text)
    assert match is not None, text
    return Told(match["file"], int(match["line"]), match["field"] or "", match["words"], by)


def complaints(folder: Path, files: list[Path] | None = None) -> list[Told]:
    """Check a folder and return all that is said about it."""
    try:
        report, _ = check(folder, files)
    except RecordsError as error:
        return [told(str(one), "reading") for one in error.errors]
    return [told(str(problem), problem.severity) for problem in report.problems]


def line_of(text: str, part: str) -> int:
    """Return the 1-based line of the only place where `part` begins."""
    assert text.count(part) == 1, f"{part!r} stands {text.count(part)} times"
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixture, to be changed."""
    return shutil.copytree(FIXTURE, tmp_path / "fixture")


def test_the_fixture_is_valid() -> None:
    """The records that the cases start from have no fault of their own."""
    assert complaints(FIXTURE) == []


NEST = "name: " + "[" * 30 + "]" * 30

READING = {
    "a tab": Planted(PAUSE, "    printedName: [PAUSE]", "\tprintedName: [PAUSE]", "", "never tabs"),
    "a key twice": Planted(
        PAUSE, "name: Pause\nacc", "name: Pause\nname: Paws\nacc", "name", "Keep", "name: Paws"
    ),
    "an anchor": Planted(PAUSE, "name: Pause\nacc", "name: &pause Pause\nacc", "name", "Write the value out"),
    "an alias": Planted(PAUSE, "name: Pause\nacc", "name: *pause\nacc", "name", "Write the value out"),
    "a tag": Planted(PAUSE, "name: Pause\nacc", "name: !!str Pause\nacc", "name", "Remove the tag"),
    "a merge key": Planted(PAUSE, "name: Pause\nacc", "<<: Pause\nacc", "<<", "keys"),
    "a bare date": Planted(BOOKLET, 'issued: "2021-07"', "issued: 2021-07-01", "issued", '"2021-07-01"'),
    "a bare yes": Planted(PAUSE, "printedName: [PAUSE]", "printedName: [yes]", "printedName", '"yes"'),
    "a bare decimal": Planted(
        "programme.yaml",
        'fundingGBP: "200000000.00"\n            projectCount',
        "fundingGBP: 200000000.00\n            projectCount",
        "fundingGBP",
        '"200000000.00"',
    ),
    "a time of day": Planted(
        BRADFORD, "methodsAsPrinted: Mixed methods", "methodsAsPrinted: 12:30", "methodsAsPrinted", '"12:30"'
    ),
    "a leading zero": Planted(BRADFORD, "        position: 1", "        position: 01", "position", '"01"'),
    "no value": Planted(
        PAUSE, "printedName: [PAUSE]", "printedName:", "printedName", "Give a value", "printedName:\n"
    ),
    "a remote context": Planted(
        PAUSE,
        "../../../ontology/context.jsonld",
        "https://example.org/context.jsonld",
        "@context",
        "ontology/context",
    ),
    "an inline context": Planted(
        PAUSE,
        "../../../ontology/context.jsonld",
        "{name: 'https://example.org/name'}",
        "@context",
        "ontology/context",
    ),
    "a context within": Planted(
        PAUSE,
        "    printedName: [PAUSE]\n",
        "    '@context': {name: x}\n    printedName: [PAUSE]\n",
        "@context",
        "keys",
        "    '@context'",
    ),
    "no context": Planted(
        PAUSE,
        '"@context": ../../../ontology/context.jsonld\n',
        "",
        "@context",
        "Write",
        "id: intervention/pause\n",
    ),
    "one id twice": Planted(
        PAUSE,
        "id: intervention/pause#wwcsc-2021\n",
        "id: intervention/pause#foundations-lessons\n",
        "id",
        "another id",
        "id: intervention/pause#foundations-lessons\n    type: InterventionAccount\n    printedName: [PA",
    ),
    "one id in two files": Planted(
        PAUSE, "id: intervention/pause\n", "id: intervention/no-wrong-door\n", "id", "another id"
    ),
    "no id": Planted(
        PAUSE,
        "  - id: intervention/pause#wwcsc-2021\n    type",
        "  - type",
        "id",
        "Write kind/slug",
        "type: InterventionAccount\n    printedName: [PAUSE]",
    ),
    "an id with capitals": Planted(
        PAUSE, "id: intervention/pause\n", "id: intervention/Pause\n", "id", "lower case"
    ),
    "a blank node": Planted(PAUSE, "id: intervention/pause\n", "id: _:pause\n", "id", "Write kind/slug"),
    "a whole address": Planted(
        PAUSE,
        "id: intervention/pause\n",
        "id: https://w3id.org/cscip/id/intervention/pause\n",
        "id",
        "Write kind/slug",
    ),
    "no type": Planted(PAUSE, "type: Intervention\n", "", "type", "Use one of", '"@context"'),
    "a class misspelt": Planted(PAUSE, "type: Finding\n", "type: Findign\n", "type", "Did you mean Finding?"),
    "a key misspelt": Planted(
        PAUSE, "effectBasis:", "efectBasis:", "efectBasis", "Did you mean effectBasis?"
    ),
    "a citation with its lines reversed": Planted(
        PAUSE, "[wwcsc-2021#L2692-2698]", "[wwcsc-2021#L2698-2692]", "citation", "first line first"
    ),
    "a citation without lines": Planted(
        PAUSE, "[wwcsc-2021#L2692-2698]", "[wwcsc-2021]", "citation", "source#L12"
    ),
    "an empty list": Planted(PAUSE, "[wwcsc-2021#L2692-2698]", "[]", "citation", "Fill it"),
    "a value twice": Planted(
        PAUSE,
        "[wwcsc-2021#L2692-2698]",
        "[wwcsc-2021#L2692-2698, wwcsc-2021#L2692-2698]",
        "citation",
        "Keep it once",
    ),
    "a list where one value belongs": Planted(
        PAUSE, "direction: decrease", "direction: [decrease]", "direction", "Keep one"
    ),
    "one value where a list belongs": Planted(
        PAUSE,
        "citation: [wwcsc-2021#L2692-2698]",
        "citation: wwcsc-2021#L2692-2698",
        "citation",
        "Write citation: [",
    ),
    "a number in quotes": Planted(PAUSE, "position: 1", 'position: "1"', "position", "without quotes"),
    "a decimal without quotes": Planted(
        "statistics.yaml", 'statisticValue: "12"', "statisticValue: 12", "statisticValue", "in quotes"
    ),
    "a number for words": Planted(
        PAUSE, "printedName: [PAUSE]", "printedName: [12]", "printedName", "in quotes"
    ),
    "words for a node": Planted(
        TYNE,
        "Collaboration\naccounts:",
        "Collaboration\nrounds: [words]\naccounts:",
        "rounds",
        "Write a mapping",
        "rounds: [words]",
    ),
    "a code with capitals": Planted(
        PAUSE, "direction: decrease", "direction: Decrease", "direction", "lower case"
    ),
    "a link that is no id": Planted(
        "identity.yaml",
        "intervention/b-positive-pathways#wwcsc-2021\n",
        "b-positive-pathways\n",
        "between",
        "Write kind/slug",
        "    between",
    ),
    "a key beside the list": Planted(
        "notes.yaml", '"@graph":', 'name: Notes\n"@graph":', "name", "into an item"
    ),
    "a second document": Planted(
        PAUSE, "        findings:", "---\n        findings:", "", "One document a file"
    ),
    "nested too deep": Planted(PAUSE, "name: Pause\nacc", NEST + "\nacc", "name", "Flatten"),
    "a control character": Planted(PAUSE, "name: Pause\nacc", "name: Pau\x07se\nacc", "", "Remove"),
}

MEANING = {
    "no citation": Planted(
        PAUSE,
        "            citation: [wwcsc-2021#L2692-2698]\n",
        "",
        "citation",
        "Give citation",
        "id: evaluation/pause-round-2#infants-entering-care",
    ),
    "an unknown code": Planted(
        PAUSE,
        "approach: [trauma-informed-practice,",
        "approach: [trauma-informed-work,",
        "approach",
        "Did you mean",
    ),
    "a direction misspelt": Planted(
        PAUSE, "direction: decrease", "direction: decreased", "direction", "Did you mean: decrease"
    ),
    "no evaluation": Planted(
        "notes.yaml",
        '"@graph":\n',
        '"@graph":\n  - id: evaluation/none#finding\n    type: Finding\n'
        "    measure: infants-entering-care\n    direction: decrease\n    effectBasis: by-rule\n"
        "    knowledgeLevel: stated\n    printedLabel: Infants\n    citation: [wwcsc-2021#L12]\n",
        "reportedBy",
        "nest it under findings",
        "id: evaluation/none#finding",
    ),
    "no direction": Planted(
        PAUSE,
        "            direction: decrease\n",
        "",
        "direction",
        "exactly one direction",
        "id: evaluation/pause-round-2#infants-entering-care",
    ),
    "no knowledge level": Planted(
        PAUSE,
        "            knowledgeLevel: stated\n",
        "",
        "knowledgeLevel",
        "add knowledge",
        "id: evaluation/pause-round-2#infants-entering-care",
    ),
    "no printed label": Planted(
        PAUSE,
        "            printedLabel: Rates of infants (under 12 months) entering care in LA\n",
        "",
        "",
        "add printedLabel",
        "id: evaluation/pause-round-2#infants-entering-care",
    ),
    "a judgement beside the rule": Planted(
        PAUSE,
        "effectBasis: by-rule\n",
        "effectBasis: by-rule\n            sourceEffect: favourable\n",
        "sourceEffect",
        "write effectBasis: by-source",
        "sourceEffect: favourable",
    ),
    "no judgement of the source": Planted(
        PAUSE,
        "effectBasis: by-rule",
        "effectBasis: by-source",
        "sourceEffect",
        "add sourceEffect",
        "id: evaluation/pause-round-2#infants-entering-care",
    ),
    "a rating invented": Planted(
        PAUSE,
        "evaluationQuality: lost-in-extraction",
        "evaluationQuality: answered-yes",
        "evaluationQuality",
        "write evaluationQuality: lost-in-extraction",
    ),
    "an icon passed over": Planted(
        PAUSE,
        "            costBenefitEffect: lost-in-extraction\n",
        "",
        "costBenefitEffect",
        "add costBenefitEffect",
        "id: evaluation/pause-round-2#wwcsc-2021",
    ),
    "findings of a dashboard without outcomes": Planted(
        PAUSE,
        "outcomesPanel: outcomes-listed",
        "outcomesPanel: empty-boxes",
        "findings",
        "mend outcomesPanel",
        "        findings:",
    ),
    "a dashboard with outcomes but no findings": Planted(
        TYNE,
        "outcomesPanel: nothing-shown",
        "outcomesPanel: outcomes-listed",
        "findings",
        "enter each under findings",
        "id: evaluation/north-of-tyne-collaboration\n",
    ),
    "an unknown source": Planted(
        PAUSE, "[wwcsc-2021#L2692-2698]", "[wwcsc-2012#L2692-2698]", "citation", "Did you mean: wwcsc-2021"
    ),
    "a citation beyond the end": Planted(
        PAUSE, "[wwcsc-2021#L2692-2698]", "[wwcsc-2021#L2692-3040]", "citation", "mend the lines in citation"
    ),
    "an unknown intervention": Planted(
        BRADFORD,
        "incorporates: [mockingbird-family-model]",
        "incorporates: [mockingbird-model]",
        "incorporates",
        "Did you mean: mockingbird-family-model",
    ),
    "an evaluator not described": Planted(
        PAUSE,
        "evaluator: [university-of-sussex]",
        "evaluator: [university-of-wessex]",
        "evaluator",
        "Did you mean: university-of-sussex",
    ),
    "an area for an evaluator": Planted(
        "discrepancies.yaml",
        "statistic/wwcsc-other-evaluations]",
        "statistic/none]",
        "between",
        "not described",
        "    between",
    ),
    "text left to do": Planted(
        "notes.yaml",
        "      Readers are sent to",
        "      TODO Readers are sent to",
        "text",
        "without TODO",
        "text: >-\n      TODO",
    ),
    "text too short": Planted(
        "discrepancies.yaml",
        "statementB: The booklet has 44 dashboards.",
        "statementB: 44 boxes.",
        "statementB",
        "15 characters",
    ),
    "a key of another account": Planted(
        PAUSE,
        "        region: multiple-or-nationwide\n",
        "        region: multiple-or-nationwide\n        theme: [residential-care]\n",
        "theme",
        "move it",
        "        theme: [residential-care]",
    ),
    "an account of the wrong class": Planted(
        PAUSE,
        "id: intervention/pause#wwcsc-2021-contents\n    type: InterventionAccount",
        "id: intervention/pause#wwcsc-2021-contents\n    type: ProjectAccount",
        "accountOf",
        "mend its type",
    ),
    "a plain account of an intervention": Planted(
        PAUSE,
        "id: intervention/pause#wwcsc-2021-contents\n    type: InterventionAccount",
        "id: intervention/pause#wwcsc-2021-contents\n    type: Account",
        "",
        "write InterventionAccount",
    ),
    "a council's area for a region": Planted(
        BRADFORD, "region: yorkshire-and-the-humber", "region: bradford", "region", "goes into area"
    ),
    "a thing without an account": Planted(
        "organisations.yaml",
        "  - id: organisation/foundations\n",
        "  - id: organisation/silent\n    type: Organisation\n    name: Silent\n"
        "  - id: organisation/foundations\n",
        "accounts",
        "Add accounts",
        "id: organisation/silent",
    ),
    "an id of another kind": Planted(
        "areas.yaml",
        "  - id: area/north-east\n",
        "  - id: place/north-east\n",
        "",
        "area/slug",
        "id: place/north-east\n",
    ),
    "a sum not printed": Planted(
        "programme.yaml",
        "            funding: A further £200 million\n",
        "",
        "funding",
        "add funding",
        "id: round/round-2#rees-2017",
    ),
    "a digest cut short": Planted(BOOKLET, "sha256: 6cf8", "sha256: 6cf", "sha256", "64 hexadecimal"),
    "a section reversed": Planted(
        BOOKLET,
        "startLine: 29\n",
        "startLine: 95\n",
        "startLine",
        "mend startLine",
        "startLine: 95\n    endLine: 94",
    ),
    "a section beyond the end": Planted(
        "sources/rees-2017.yaml",
        "endLine: 14\n",
        "endLine: 9999\n",
        "",
        "mend endLine",
        "id: source/rees-2017#title-page",
    ),
    "a discrepancy of one statement": Planted(
        "discrepancies.yaml",
        "    statementB: The booklet has 44 dashboards.\n",
        "",
        "statementB",
        "give statementB",
        "id: discrepancy/",
    ),
    "an identity of one thing": Planted(
        "identity.yaml",
        "      - intervention/b-positive-pathways#wwcsc-2021\n",
        "",
        "between",
        "two things or more",
        "    between",
    ),
    "coders who differ without a reason": Planted(
        "codings.yaml",
        "secondCoding: dfe-outcome/greater-stability-for-children",
        "secondCoding: outcome-scope/outside-the-seven",
        "",
        "add reason",
        "id: coding/accommodation-stability-measures-outcome",
    ),
    "a coding out of date": Planted(
        "codings.yaml",
        "adjudicated: desired-direction/contested",
        "adjudicated: desired-direction/increase",
        "adjudicated",
        "out of date",
    ),
    "figures against the direction": Planted(
        PAUSE,
        "direction: decrease\n",
        'direction: decrease\n            valueBefore: "9.5"\n'
        '            valueAfter: "10.0"\n            unit: per cent\n',
        "valueAfter",
        "read the passage again",
        "valueAfter:",
        "Warning",
    ),
    "a figure of nothing": Planted(
        PAUSE,
        "direction: decrease\n",
        'direction: decrease\n            value: "9.5"\n',
        "unit",
        "add unit",
        "id: evaluation/pause-round-2#infants-entering-care",
        "Warning",
    ),
    "certain by elimination": Planted(
        "identity.yaml",
        "      B Positive Pathways in the table,",
        "      By elimination. In the table,",
        "reason",
        "write certainty: uncertain",
        "    reason",
        "Warning",
    ),
    "publication not stated": Planted(
        WRONG_DOOR,
        "            publicationStatus: published\n",
        "",
        "publicationStatus",
        "write not-stated",
        "id: evaluation/no-wrong-door#foundations-lessons",
        "Warning",
    ),
    "a citation outside the sections": Planted(
        "notes.yaml",
        "[foundations-lessons#L33]",
        "[dfe-insights#L670]",
        "citation",
        "add it to sections",
        "",
        "Info",
    ),
}


@pytest.mark.parametrize("case", READING.values(), ids=READING.keys())
def test_a_record_that_cannot_be_read_is_refused(case: Planted, folder: Path) -> None:
    """A mistake of form is told once, where it stands."""
    assert_told(case, folder, by="reading")


@pytest.mark.parametrize("case", MEANING.values(), ids=MEANING.keys())
def test_a_record_that_says_what_cannot_be_is_reported(case: Planted, folder: Path) -> None:
    """A mistake of meaning is told where it stands, with the severity meant."""
    assert_told(case, folder, by=case.by)


def assert_told(case: Planted, folder: Path, by: str) -> None:
    path = folder / case.file
    before = path.read_text(encoding="utf-8")
    assert before.count(case.right) == 1, f"{case.right!r} stands {before.count(case.right)} times"
    after = before.replace(case.right, case.wrong)
    path.write_text(after, encoding="utf-8")
    found = complaints(folder)
    wanted = (f"fixture/{case.file}", line_of(after, case.at or case.wrong), case.field, by)
    matching = [c for c in found if (c.file, c.line, c.field, c.by) == wanted and case.remedy in c.words]
    assert matching, f"{wanted} with {case.remedy!r} is not among {found}"


def test_the_seriousness_is_as_meant(folder: Path) -> None:
    """A Violation stops the build; Warnings and Infos do not."""
    stops = {by: check_one(case, folder).conforms for by, case in (
        ("Violation", MEANING["no citation"]),
        ("Warning", MEANING["certain by elimination"]),
        ("Info", MEANING["a citation outside the sections"]),
    )}  # fmt: skip
    assert stops == {"Violation": False, "Warning": True, "Info": True}


def check_one(case: Planted, folder: Path) -> Report:
    """Check a copy of the folder with one mistake planted and no other."""
    copy = shutil.copytree(FIXTURE, folder.parent / re.sub(r"\W", "-", case.remedy))
    text = (copy / case.file).read_text(encoding="utf-8")
    (copy / case.file).write_text(text.replace(case.right, case.wrong), encoding="utf-8")
    return check(copy)[0]


# --- whole files ----------------------------------------------------------------------------------------

# The name of a file that is no record: what it holds, the line that is told, and a part of the remedy.
NO_RECORDS = {
    "empty.yaml": (b"", 1, "Write a record"),
    "comment.yaml": (b"# nothing here\n", 1, "Write a record"),
    "latin.yaml": (b"id: note/x\ntype: Note\nname: caf\xe9\n", 3, "Save it as UTF-8"),
    "utf16.yaml": ("id: note/x\n".encode("utf-16"), 1, "Save it as UTF-8"),
    "list.yaml": (b"- id: note/x\n", 1, "Start with @context"),
    "words.yaml": (b"only words\n", 1, "Start with @context"),
    "open.yaml": (b'id: note/x\nname: "no end\n', 3, "quotes"),
    "large.yaml": (b"# " + b"x" * (2 * 1024 * 1024), 1, "Split it"),
    "pause.yml": (b"id: note/x\n", 1, "Rename it"),
    "PAUSE.YAML": (b"id: note/x\n", 1, "Rename it"),
    "pause.jsonld": (b"{}", 1, "Rename it"),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_a_file_that_is_no_record_is_refused(folder: Path, name: str) -> None:
    """A file is told by its name when it is empty, in another encoding, no mapping, too large or misnamed."""
    content, line, remedy = NO_RECORDS[name]
    (folder / name).write_bytes(content)
    (found,) = complaints(folder)
    assert (found.file, found.line, found.field, found.by) == (f"fixture/{name}", line, "", "reading")
    assert remedy in found.words


def test_what_is_no_record_is_passed_over(folder: Path) -> None:
    """Read-me files and tables of links may lie among the records."""
    (folder / "README.md").write_text("# Records\n", encoding="utf-8")
    (folder / "links.sssom.tsv").write_text("subject_id\tobject_id\n", encoding="utf-8")
    assert complaints(folder) == []


def test_lines_are_counted_in_files_of_windows(folder: Path) -> None:
    """Line ends of two characters change neither the reading nor the line that is told."""
    path = folder / PAUSE
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert complaints(folder) == []
    path.write_bytes(
        text.replace("direction: decrease", "direction: decreased").replace("\n", "\r\n").encode()
    )
    assert {c.line for c in complaints(folder)} == {line_of(text, "direction: decrease")}


def test_a_section_may_name_its_source(folder: Path) -> None:
    """The key sectionOf takes the short id of a source, which is no citation."""
    (folder / "sections.yaml").write_text(
        '"@context": ../../ontology/context.jsonld\nid: source/rees-2017#extra\ntype: Section\n'
        "sectionOf: rees-2017\nheading: Extra\nstartLine: 1\nendLine: 2\n",
        encoding="utf-8",
    )
    assert complaints(folder) == []


# --- several at once ------------------------------------------------------------------------------------


def test_a_draft_is_checked_with_the_rest(folder: Path, tmp_path: Path) -> None:
    """A draft outside the folder may lean on its records, and is told by the path given."""
    draft = tmp_path / "draft.yaml"
    text = (
        '"@context": ../ontology/context.jsonld\nid: note/draft\ntype: Note\ntopic: [rationale]\n'
        "text: A note that somebody is still writing.\naboutThing: [intervention/pause]\n"
        "citation: [wwcsc-2021#L12]\n"
    )
    draft.write_text(text, encoding="utf-8")
    assert complaints(folder, [draft]) == []
    draft.write_text(text.replace("#L12", "#L4000"), encoding="utf-8")
    found = {(c.file, c.line, c.field) for c in complaints(folder, [draft])}
    assert found == {(draft.as_posix(), 7, "citation")}


def test_all_faults_are_told_in_one_run(folder: Path) -> None:
    """A curator mends everything in one go: all faults are told, in the order of file and line."""
    cases = [
        MEANING[name] for name in ("a direction misspelt", "a digest cut short", "an unknown intervention")
    ]
    for case in cases:
        path = folder / case.file
        path.write_text(path.read_text(encoding="utf-8").replace(case.right, case.wrong), encoding="utf-8")
    found = complaints(folder)
    assert {f"fixture/{case.file}" for case in cases} == {c.file for c in found}
    assert [(c.file, c.line) for c in found] == sorted((c.file, c.line) for c in found)


def test_a_bad_citation_is_told_wherever_it_is_used(folder: Path) -> None:
    """Two statements that cite the same lines beyond the end are both told."""
    for file in (PAUSE, "notes.yaml"):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        for good in ("[wwcsc-2021#L2692-2698]", "[foundations-lessons#L33]"):
            text = text.replace(good, "[wwcsc-2021#L9999]")
        path.write_text(text, encoding="utf-8")
    assert {(c.file, c.field) for c in complaints(folder)} == {
        (f"fixture/{PAUSE}", "citation"),
        ("fixture/notes.yaml", "citation"),
    }


def test_a_fault_of_a_vocabulary_is_told_with_its_file(folder: Path) -> None:
    """A concept that leans on a record that is gone is told by the vocabulary's file and line."""
    (folder / "sources/thematic-briefing.yaml").unlink()
    found = [c for c in complaints(folder) if c.file.startswith("ontology/vocabularies/")]
    assert found != []
    assert {c.field for c in found} == {"citation"}
    text = (Path(__file__).parents[1] / found[0].file).read_text(encoding="utf-8")
    assert " a skos:Concept" in text.splitlines()[found[0].line - 1]


def test_both_engines_say_the_same_of_a_bad_record(folder: Path) -> None:
    """With mistakes of many kinds in one folder, the fast engine and the reference engine agree."""
    for case in MEANING.values():
        path = folder / case.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(case.right, case.wrong, 1), encoding="utf-8")
    data = as_ntriples(build_graph(load_records(folder)))
    fast, reference = (
        sorted((r.focus, r.path, r.component, r.severity) for r in engine(data, shape_files()))
        for engine in (shacl_fast, shacl_reference)
    )
    assert len(fast) > 20
    assert fast == reference
