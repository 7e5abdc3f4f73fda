"""Citations hold against the texts, and the texts against the citations: planted faults in both directions.

A graph of a few statements and texts of a few lines stand for the project; then the project itself is held
to the source texts.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg import cli
from cscip_kg.citations import Fault, Gap, TextsError, coverage, number, verify
from cscip_kg.graph import build_graph
from cscip_kg.namespaces import CSCIP, DATA_GRAPH, ID, PREFIXES, value_of
from cscip_kg.records import Corpus, Place, load_records
from cscip_kg.store import publish

ROOT = Path(__file__).parents[1]
SOURCES = ROOT.parent / "shared" / "sources"
FIXTURE = Path(__file__).parent / "fixture"
FINDING = ID + "evaluation/compass-services#entries-into-care"

LINES = (
    "Booklet of small things",
    "Of the 22 families, 122 hours and 2.2 visits (p.34) were counted.",
    "",
    "   ",
    "It cost £1.2m, or £1,253 a head; 22.5 on average, and 7,000 in all.",
    "Forty-five came; none left; two of the Lanterns stayed. It was about 60%.",
    "Version 12.10.2016 of the Lighthouse has 9 pages.",
)
TEXT = "\n".join(LINES)
NOTE = "note/planted"


def prefixes() -> str:
    return f"@base <{ID}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())


def described(text: bytes, evidence: str = "") -> str:
    """Return a source whose text is `text`, with an evidence section over the lines `evidence`."""
    source = (
        f'<source/tiny> dcterms:identifier "tiny" ; cscip:fileName "tiny.txt" ;'
        f' cscip:sha256 "{hashlib.sha256(text).hexdigest()}" .\n'
    )
    first, _, last = evidence.partition("-")
    section = (
        "<source/tiny#all> cscip:sectionOf <source/tiny> ; cscip:sectionRole <section-role/evidence> ;"
        f" cscip:startLine {first} ; cscip:endLine {last} .\n"
    )
    return source + (section if evidence else "")


def quads_of(turtle: str) -> list[Quad]:
    triples = ox.parse(prefixes() + turtle, format=ox.RdfFormat.TURTLE)
    return [Quad(t.subject, t.predicate, t.object, DATA_GRAPH) for t in triples]


CORPUS = Corpus(places={ID + NOTE: Place("data/notes.yaml", 3, {"citation": 7})})


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with the tiny text."""
    (tmp_path / "tiny.txt").write_bytes(TEXT.encode())
    return tmp_path


def faults(texts: Path, lines: str, says: str = 'cscip:text "Words."') -> list[str]:
    """Return what is wrong with a statement that cites `lines` of the tiny text."""
    turtle = f"<{NOTE}> cscip:citation <source/tiny#{lines}> ; {says} .\n"
    return [f.problem for f in verify(quads_of(described(TEXT.encode()) + turtle), CORPUS, texts)]


def gaps(texts: Path, evidence: str, turtle: str = "") -> list[tuple[int, str, str]]:
    """Return what the lines `evidence` of the tiny text say and the statements in `turtle` do not."""
    raw = (texts / "tiny.txt").read_bytes()
    return [(g.line, g.kind, g.what) for g in coverage(quads_of(described(raw, evidence) + turtle), texts)]


def note(lines: str, says: str) -> str:
    return f"<{NOTE}> cscip:citation <source/tiny#{lines}> ; {says} .\n"


# --- what a figure stands for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("22", "22"),
        ("1,253", "1253"),
        ("1,166,854", "1166854"),
        ("£1.2m", "1.2"),
        ("22%", "22"),
        ("2,5", "2.5"),
        ("1,2534", "1.2534"),
        ("p.34", "34"),
        ("forty-five", "45"),
        (" Two ", "2"),
        ("none", "0"),
        ("half", "0.5"),
    ],
)
def test_a_figure_stands_for_its_number(printed: str, expected: str) -> None:
    """Signs and units do not count; commas part thousands or stand for the point; words are numbers too."""
    assert str(number(printed)) == expected


@pytest.mark.parametrize("printed", ["", "many", "two thirds", "12.10.2016", "£"])
def test_what_is_no_number_stands_for_none(printed: str) -> None:
    """Nothing is guessed."""
    assert number(printed) is None


# --- citations against the text -------------------------------------------------------------------------


def test_a_citation_that_holds_gives_no_fault(texts: Path) -> None:
    """Lines, figures and values that are there pass."""
    assert faults(texts, "L2-5", 'cscip:citedFigure "22", "122", "£1,253" ; cscip:statisticValue 22.5') == []


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("L8", "tiny has 7 lines, but L8 is cited."),
        ("L6-9", "tiny has 7 lines, but L6-9 is cited."),
        ("L3", "tiny#L3 is blank."),
        ("L4", "tiny#L4 is blank."),
        ("L3-4", "tiny#L3-4 is blank."),
    ],
)
def test_lines_that_say_nothing_are_faults(texts: Path, lines: str, problem: str) -> None:
    """Lines beyond the end, empty lines and lines of blanks cannot be cited."""
    assert faults(texts, lines) == [problem]


def test_one_line_with_words_is_enough(texts: Path) -> None:
    """A passage may have empty lines in it, and may end with the text."""
    assert faults(texts, "L2-4") == []
    assert faults(texts, "L7") == []


@pytest.mark.parametrize(
    ("lines", "figure", "stands"),
    [
        ("L2", "22", True),
        ("L5", "22", False),  # 22.5
        ("L2", "2", False),  # 22, 122 and 2.2
        ("L2", "2.2", True),
        ("L2", "12", False),  # 122
        ("L2", "34", True),  # p.34
        ("L2", "4", False),
        ("L5", "£1.2m", True),
        ("L5", "£1", False),  # £1.2m and £1,253
        ("L5", "253", False),  # £1,253
        ("L5", "1,253", True),
        ("L5", "1253", False),
        ("L5", "22.5", True),
        ("L6", "60%", True),
        ("L6", "60", True),
        ("L6", "forty-five", True),
        ("L6", "forty", False),
        ("L6", "five", False),
        ("L6", "Lantern", False),
        ("L6", "two", True),
        ("L6", "None", True),
        ("L6", "on", False),  # none
        ("L6", "wo", False),  # two
        ("L7", "12", False),  # 12.10.2016
        ("L2-5", "7,000", True),
    ],
)
def test_a_figure_stands_on_its_lines_as_a_whole(texts: Path, lines: str, figure: str, stands: bool) -> None:
    """A part of a longer number or word is not the figure."""
    problem = f"The figure {figure} does not stand on the cited lines."
    assert faults(texts, lines, f'cscip:citedFigure "{figure}"') == ([] if stands else [problem])


def test_a_figure_may_stand_in_any_of_the_passages(texts: Path) -> None:
    """All lines that a statement cites are searched."""
    says = 'cscip:citation <source/tiny#L5> ; cscip:citedFigure "22", "22.5"'
    assert faults(texts, "L2", says) == []


@pytest.mark.parametrize(
    ("lines", "says", "follows"),
    [
        ("L2", "cscip:statisticValue 22", True),
        ("L2", "cscip:statisticValue 22.0", True),
        ("L2", "cscip:statisticValue -22", True),
        ("L2", "cscip:statisticValue 23", False),
        ("L5", "cscip:statisticValue 22", False),
        ("L2", "cscip:statisticValue 22000", True),
        ("L5", "cscip:statisticValue 1200000", True),
        ("L5", "cscip:statisticValue 1200000.00", True),
        ("L5", "cscip:statisticValue 12000", False),
        ("L5", "cscip:statisticValue 1253", True),
        ("L5", "cscip:statisticValue 7000", True),
        ("L5", "cscip:statisticValue 253", False),
        ("L6", 'cscip:citedFigure "Forty-five" ; cscip:statisticValue 45', True),
        ("L6", "cscip:statisticValue 45", False),
        ("L6", 'cscip:citedFigure "none" ; cscip:statisticValue 0', True),
        ("L6", "cscip:statisticValue 0", False),
        ("L2", "cscip:position 5", True),
    ],
)
def test_a_value_follows_from_a_figure(texts: Path, lines: str, says: str, follows: bool) -> None:
    """It is a number of the lines, as such or in thousands or millions; words of number must be cited."""
    found = faults(texts, lines, says)
    assert [p.partition(" follows")[2] for p in found] == (
        [] if follows else [" from no figure on the cited lines."]
    )


def test_a_fault_names_the_record(texts: Path) -> None:
    """File and line are those of the citation in the record; a concept has none."""
    says = note("L9", 'cscip:text "Words."') + note("L9", 'cscip:text "Words."').replace(
        NOTE, "topic/planted"
    )
    found = verify(quads_of(described(TEXT.encode()) + says), CORPUS, texts)
    assert [str(f) for f in found] == [
        "(vocabulary):0: tiny has 7 lines, but L9 is cited. — topic/planted",
        "data/notes.yaml:7: tiny has 7 lines, but L9 is cited. — note/planted",
    ]


def test_another_text_is_a_fault(texts: Path) -> None:
    """A text that has changed by one sign is not the one on record."""
    (texts / "tiny.txt").write_bytes(TEXT.replace("122", "123").encode())
    found = verify(quads_of(described(TEXT.encode())), CORPUS, texts)
    problem = "The text is not the one whose sha256 is on record."
    assert found == [Fault("tiny.txt", 1, ID + "source/tiny", problem)]


def test_an_unknown_source_is_a_fault(texts: Path) -> None:
    """A citation of a source that no record describes."""
    turtle = described(TEXT.encode()) + f"<{NOTE}> cscip:citation <source/other#L1> ."
    found = verify(quads_of(turtle), CORPUS, texts)
    assert [f.problem for f in found] == ["No source text is known for other."]


@pytest.mark.parametrize("of_windows", [False, True])
@pytest.mark.parametrize("last", ["", "\n"])
def test_line_ends_change_no_line(tmp_path: Path, last: str, of_windows: bool) -> None:
    """A line end after the last line makes no further line; line ends of two characters are no words."""
    text = (TEXT + last).replace("\n", "\r\n" if of_windows else "\n").encode()
    (tmp_path / "tiny.txt").write_bytes(text)
    told = {"L7": [], "L8": ["tiny has 7 lines, but L8 is cited."], "L3": ["tiny#L3 is blank."]}
    for lines, problems in told.items():
        found = verify(quads_of(described(text) + note(lines, 'cscip:text "Words."')), CORPUS, tmp_path)
        assert [f.problem for f in found] == problems
    assert coverage(quads_of(described(text, "7-7")), tmp_path)[0].near.endswith("Lighthouse has 9 pages.")


@pytest.mark.parametrize("check", [lambda q, f: verify(q, CORPUS, f), coverage], ids=["verify", "coverage"])
def test_texts_that_cannot_be_read_are_an_error(
    tmp_path: Path, check: Callable[[list[Quad], Path], object]
) -> None:
    """A missing folder, a missing file and one that is no UTF-8 are told by name, with what to do."""
    quads = quads_of(described(TEXT.encode()))
    with pytest.raises(TextsError, match=r"no folder .*nowhere\. Give .* with --texts"):
        check(quads, tmp_path / "nowhere")
    with pytest.raises(TextsError, match=r"tiny\.txt is missing: it is the text of source tiny"):
        check(quads, tmp_path)
    (tmp_path / "tiny.txt").write_bytes(b"caf\xe9")
    with pytest.raises(TextsError, match=r"tiny\.txt is not UTF-8"):
        check(quads, tmp_path)


# --- the text against the citations ---------------------------------------------------------------------

SECOND = [(2, "numeral", n) for n in ("122", "2.2", "22", "34")]


def test_a_numeral_that_nothing_speaks_of_is_a_gap(texts: Path) -> None:
    """Each numeral is told with its line and the words around it."""
    assert gaps(texts, "2-4") == SECOND
    found = coverage(quads_of(described(TEXT.encode(), "2-2")), texts)
    assert found[0] == Gap(
        "tiny", 2, "numeral", "122", "Of the 22 families, 122 hours and 2.2 visits (p.34) were counte"
    )
    assert str(found[0]).startswith("tiny#L2: numeral 122 … Of the 22")


@pytest.mark.parametrize(
    "says",
    [
        'cscip:citedFigure "22"',
        "cscip:statisticValue 22.0",
        'cscip:text "There were 22 of them."@en',
        'a cscip:Omission ; cscip:reason "The 22 are an example."@en',
    ],
)
def test_a_numeral_is_covered_by_a_figure_a_value_or_words(texts: Path, says: str) -> None:
    """What a statement says in any way, an Omission too, is spoken of; the rest of its line is not."""
    assert gaps(texts, "2-2", note("L2", says)) == [g for g in SECOND if g[2] != "22"]
    assert gaps(texts, "2-2", note("L1-3", says)) == [g for g in SECOND if g[2] != "22"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("L1", 'cscip:citedFigure "22"'),
        ("L5", 'cscip:citedFigure "22"'),
        ("L2", 'cscip:citedFigure "222"'),
        ("L2", 'cscip:text "Some families."@en'),
        ("L2", "cscip:position 22"),
    ],
)
def test_a_numeral_is_not_covered_by_less(texts: Path, lines: str, says: str) -> None:
    """Another line, another number, mere words or a place in a list are not enough."""
    assert gaps(texts, "2-2", note(lines, says)) == SECOND


def test_a_numeral_is_covered_by_a_number_word_and_in_another_spelling(texts: Path) -> None:
    """`7,000` is 7000, and a figure in words is a number."""
    assert gaps(texts, "5-5", note("L5", 'cscip:text "1.2 and 1253 and 22.50 and 7000"')) == []
    assert gaps(texts, "7-7", note("L7", 'cscip:citedFigure "nine" ; cscip:text "12.10.2016"')) == []
    other = note("L7", 'cscip:citedFigure "nine" ; cscip:text "12.10.2017"')
    assert gaps(texts, "7-7", other) == [(7, "numeral", "12.10.2016")]


def test_only_evidence_sections_must_be_covered(texts: Path) -> None:
    """Lines outside them, and sections of another role, are passed over."""
    other = "<source/tiny#all> cscip:sectionOf <source/tiny> ; cscip:startLine 1 ; cscip:endLine 7 .\n"
    assert gaps(texts, "", other) == []
    assert gaps(texts, "", other.replace(" ;", " ; cscip:sectionRole <section-role/front-matter> ;", 1)) == []
    assert {line for line, _, _ in gaps(texts, "5-6")} == {5, 6}


NAMED = (
    "<intervention/lanterns> a cscip:Intervention . <intervention/lanterns#tiny> "
    'cscip:accountOf <intervention/lanterns> ; cscip:printedName "Lanterns" .\n'
    "<round/beacon> a cscip:Round . <round/beacon#tiny> cscip:accountOf <round/beacon> ;"
    ' cscip:printedName "Forty-five" .\n'
)


def test_a_named_project_on_a_line_without_citation_is_a_gap(texts: Path) -> None:
    """Any statement that cites the line covers it; one elsewhere does not; other names do not count."""
    gap = [(6, "numeral", "60"), (6, "project", "Lanterns")]
    assert gaps(texts, "6-6", NAMED) == gap
    assert gaps(texts, "6-6", NAMED + note("L5", 'cscip:text "60"')) == gap
    assert gaps(texts, "6-6", NAMED + note("L5-6", 'cscip:text "60"')) == []
    assert gaps(texts, "1-1", NAMED) == []


def test_a_text_shorter_than_its_sections_is_an_error(texts: Path) -> None:
    """Coverage of lines that are not there cannot be told."""
    with pytest.raises(TextsError, match="tiny has 7 lines, but its sections go on to L8"):
        gaps(texts, "2-8")


# --- the project itself ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources() -> Path:
    """The folder of the source texts."""
    if not SOURCES.is_dir():
        pytest.fail(f"The source texts are not at {SOURCES}: put them beside the checkout.")
    return SOURCES


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The project's records."""
    return load_records()


@pytest.mark.sources
def test_every_citation_of_the_project_holds(quads: list[Quad], corpus: Corpus, sources: Path) -> None:
    """No lines, figure or value of the whole graph is without its source."""
    assert [str(f) for f in verify(quads, corpus, sources)] == []


@pytest.mark.sources
def test_the_project_leaves_no_evidence_unspoken(quads: list[Quad], sources: Path) -> None:
    """Every numeral and named project of the evidence sections is in a statement, an Omission at least."""
    assert [str(g) for g in coverage(quads, sources)] == []


@pytest.mark.sources
def test_a_finding_taken_away_is_missed(quads: list[Quad], sources: Path) -> None:
    """The number that it alone holds is told with its line."""
    kept = [q for q in quads if value_of(q.subject) != FINDING]
    assert len(kept) < len(quads)
    assert [str(g).partition(" …")[0] for g in coverage(kept, sources)] == ["rees-2017#L473: numeral 152"]


@pytest.mark.sources
def test_a_figure_changed_is_told_with_its_record(quads: list[Quad], corpus: Corpus, sources: Path) -> None:
    """File and line lead to the citation of the record."""
    figure = Quad(NamedNode(FINDING), NamedNode(CSCIP + "citedFigure"), Literal("152"), DATA_GRAPH)
    assert figure in quads
    changed = [
        *(q for q in quads if q != figure),
        Quad(figure.subject, figure.predicate, Literal("153"), DATA_GRAPH),
    ]
    (fault,) = verify(changed, corpus, sources)
    assert fault.file == "data/interventions/compass-services.yaml"
    assert "The figure 153 does not stand" in fault.problem
    text = (ROOT / fault.file).read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r" +citation: .*rees-2017#L473.*", text[fault.line - 1])


# --- the commands ---------------------------------------------------------------------------------------

Cscip = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cscip(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cscip:
    """Runs the command in this process: its exit code, standard output and standard error."""
    for console in ("out", "err"):
        monkeypatch.setattr(f"cscip_kg.cli.shared.{console}.width", 200)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cscip", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return int(ended.value.code or 0), written.out, written.err

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A build of the fixture's records."""
    publish(build_graph(load_records(FIXTURE)), tmp_path / "small")
    return tmp_path / "small"


@pytest.mark.sources
def test_verify_without_faults_is_code_0(cscip: Cscip, small: Path, sources: Path) -> None:
    """Nothing is written but the count."""
    told = cscip("verify", "--texts", sources, "--data", FIXTURE, "--build-dir", small)
    assert told == (0, "", "0 faults.\n")


@pytest.mark.sources
def test_verify_with_faults_is_code_1(cscip: Cscip, small: Path, sources: Path, tmp_path: Path) -> None:
    """Each fault is a line of standard output with file and line of the record; the count is a message."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for path in sources.glob("*.txt"):
        shutil.copy(path, folder)
    (booklet,) = folder.glob("000_*.txt")
    booklet.write_text("Nothing at all.\n", encoding="utf-8")
    code, out, err = cscip("verify", "--texts", folder, "--data", FIXTURE, "--build-dir", small)
    faulty = out.splitlines()
    assert (code, err) == (1, f"{len(faulty)} faults.\n")
    assert (
        f"{booklet.name}:1: The text is not the one whose sha256 is on record. — source/wwcsc-2021" in faulty
    )
    assert any(
        re.fullmatch(
            r"fixture/interventions/pause\.yaml:\d+: wwcsc-2021 has 1 lines, but L\S+ is cited\. — \S+", line
        )
        for line in faulty
    )


def test_coverage_without_gaps_is_code_0(cscip: Cscip, texts: Path) -> None:
    """Nothing is written but the count."""
    publish(quads_of(described(TEXT.encode(), "1-1")), texts / "build")
    assert cscip("coverage", "--texts", texts, "--build-dir", texts / "build") == (0, "", "0 gaps.\n")


def test_coverage_with_gaps_is_code_1(cscip: Cscip, texts: Path) -> None:
    """Each gap is a line of standard output; the count is a message."""
    publish(quads_of(described(TEXT.encode(), "7-7")), texts / "build")
    assert cscip("coverage", "--texts", texts, "--build-dir", texts / "build") == (
        1,
        (
            "tiny#L7: numeral 12.10.2016 … Version 12.10.2016 of the Lighthouse has 9 pages.\n"
            "tiny#L7: numeral 9 … ersion 12.10.2016 of the Lighthouse has 9 pages.\n"
        ),
        "2 gaps.\n",
    )


@pytest.mark.parametrize("command", ["verify", "coverage"])
def test_a_command_that_cannot_run_is_code_2(cscip: Cscip, command: str, small: Path, tmp_path: Path) -> None:
    """No folder, no text, no build, no option: a message says which, and nothing is written."""
    for texts, build, said in (
        (tmp_path / "nowhere", small, f"There is no folder {tmp_path / 'nowhere'}. Give the source texts"),
        (tmp_path, small, ".txt is missing: it is the text of source"),
        (tmp_path, tmp_path, "Run: cscip build"),
    ):
        code, out, err = cscip(command, "--texts", texts, "--build-dir", build)
        assert (code, out) == (2, "")
        assert said in err
    code, out, err = cscip(command, "--build-dir", small)
    assert (code, out) == (2, "")
    assert "--texts" in err


def test_verify_of_records_that_cannot_be_read_is_code_1(cscip: Cscip, small: Path, tmp_path: Path) -> None:
    """The records are at fault, as in every command that reads them."""
    data = shutil.copytree(FIXTURE, tmp_path / "data")
    (data / "empty.yaml").write_bytes(b"")
    code, out, err = cscip("verify", "--texts", tmp_path, "--data", data, "--build-dir", small)
    assert (code, out) == (1, "")
    assert "1 faults in the records" in err
