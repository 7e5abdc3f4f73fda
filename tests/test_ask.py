"""Ask: a plain question reaches the stored query that answers it, or gets a reason; nothing is dropped.

Measured on lists of phrasings in `tests/phrasings`: those that may be looked at while it is tuned, and those
that are held back, of which nothing is ever shown but how many come out right.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cscip_kg import ask, cli, queries
from cscip_kg.ask import Answer, as_json
from cscip_kg.ask.choosing import choices
from cscip_kg.ask.phrasing import phrasings
from cscip_kg.ask.plain import asked_for, parts_of, refusal
from cscip_kg.ask.weighing import told
from cscip_kg.errors import NoStoreError, QueryError
from cscip_kg.output import cell_text
from cscip_kg.queries import cell_value

PHRASINGS = Path(__file__).parent / "phrasings"
# The lists held back, the share of them that is to come out right, and how many may be confidently wrong.
HELD_BACK = (8, 9)
AIM, WRONG = 0.85, 0
# Of the lists tuned on, the first and last of a run and the share that is to come out right: those from 17 on
# mostly ask for two things at once, in slang or in riddles.
TUNED_ON = ((1, 16, 0.9), (17, 99, 0.84))
SHAPE = set("question answered query parameters why columns rows alternatives reason caution".split())

Asker = Callable[[str], Answer]


@pytest.fixture(scope="session")
def put(built: Path) -> Asker:
    """Put a question to the project's graph."""
    return lambda question: ask.ask(question, built)


def text_of(answer: Answer) -> str:
    return "\n".join(" ".join(f"{cell_value(c)} {cell_text(c)}" for c in row) for row in answer.table.rows)


# --- reading ------------------------------------------------------------------------------------------------


def mentions(question: str, built: Path) -> dict[str, set[str]]:
    reading = ask.read(question, built)
    return {
        reading.text(m): {iri.rpartition("/id/")[2] for iris in m.things.values() for iri in iris}
        for m in reading.mentions
    }


@pytest.mark.parametrize(
    ("question", "words", "thing"),
    [
        ("What did FACT22 find?", "fact22", "intervention/families-achieving-change-together"),
        ("who evalauted Mockingbrid", "mockingbird", "intervention/mockingbird-family-model"),
        ("Staying Close Bristol results", "staying close bristol", "intervention/staying-close-bristol"),
        ("what was there in the 2nd wave", "round 2", "round/round-2"),
        ("Who used restorative practise?", "restorative practice", "practice-approach/restorative-practice"),
    ],
)
def test_names_are_found(question: str, words: str, thing: str, built: Path) -> None:
    """A thing is found by any of its names, by part of one, with a slip, and by how people number rounds."""
    found = mentions(question, built)
    assert any(thing.startswith(one) or one.startswith(thing) for one in found[words]), found


def test_the_words_around_tell_a_group_from_a_measure(built: Path) -> None:
    """Domestic violence is a measure where it fell, and a group of people where something was for them."""
    assert (
        "outcome-measure/domestic-violence"
        in mentions("where did domestic violence fall", built)["domestic violence"]
    )
    groups = mentions("what is there for families with domestic violence", built)
    assert [one.partition("/")[0] for things in groups.values() for one in sorted(things)] == ["population"]


def test_one_group_is_named_once(built: Path) -> None:
    """Teenagers who are sexually exploited are one group, not two."""
    found = mentions("projects for teenagers who are sexually exploited", built)
    assert list(found) == ["teenagers who are sexually exploited"]


def test_a_plain_word_is_no_name(built: Path) -> None:
    """`share` is a word of every day, SHARE an intervention."""
    assert "share" not in mentions("what share of projects", built)
    assert mentions("what did SHARE find", built)["share"] == {"intervention/share"}


def test_what_is_set_aside_is_not_asked_for() -> None:
    """What follows "rather than" is set aside; short forms and pairs of rounds are written out."""
    assert asked_for("more rather than fewer").strip() == "more"
    assert asked_for("rounds 2 and 3") == "round 2 and round 3"
    assert asked_for("EIF rating") == "early intervention foundation rating"


# --- choosing -----------------------------------------------------------------------------------------------


def test_every_query_with_phrasings_has_parameters_that_they_name() -> None:
    """A phrasing names only parameters that its query has, and chooses only values that there are."""
    for name, texts in phrasings().items():
        known = {p.name for p in queries.find(name).parameters}
        for text in texts:
            assert text.slots | text.given.keys() <= known, name


def test_what_a_phrasing_chooses_exists(built: Path) -> None:
    """`[status=…]` in a phrasing is a value that the query takes."""
    chosen = {
        (name, *item) for name, texts in phrasings().items() for text in texts for item in text.given.items()
    }
    assert chosen
    for name, parameter, value in sorted(chosen):
        assert queries.bind(queries.find(name), {parameter: value}, built)


def test_a_choice_accounts_for_every_word(built: Path) -> None:
    """A word that neither a parameter nor a phrasing accounts for makes a choice unfit, and is told."""
    reading = ask.read("which projects reduced missing episodes on Mars", built)
    found = choices(reading, ask.names(built))
    assert found
    assert not any(choice.fits for choice in found)
    assert all("Mars" in choice.unexplained for choice in found)


# --- answers worked out by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "query", "held", "citation"),
    [
        ("Number of arrests before and after No Wrong Door", "findings-where", "63", "rees-2017#L595"),
        ("Who evaluated the Bristol Staying Close pilot?", "evaluations-where",
         "Manchester Metropolitan University", "wwcsc-2021#L1709"),
        ("Which projects were dropped over cost?", "continuation", "Belhaven Services", "rees-2017#L"),
        ("How many evaluation plans got an EIF rating of 2?", "statements-listed", "23", "rees-2017#L1191"),
        ("What became of Aycliffe?", "continuation-of", "Ended over outcomes", "rees-2017#L1014-1018"),
        ("Which interventions were in both round 1 and round 2?", "interventions-in-both-rounds", "Pause",
         "wwcsc-2021#L2659"),
        ("Do the sources disagree about what wave 1 cost?", "", "£100 million", "thematic-briefing#L6"),
    ],
)  # fmt: skip
def test_answers(question: str, query: str, held: str, citation: str, put: Asker) -> None:
    """An answer holds what the cited line says."""
    answer = put(question)
    assert answer.answered, answer.reason
    assert query in ("", answer.query)
    lines = [line for line in text_of(answer).splitlines() if held in line]
    assert any(citation in line for line in lines), text_of(answer)


def test_rows_are_narrowed_by_words_and_it_says_so(put: Asker) -> None:
    """A word that is no parameter is looked for in the rows, never dropped."""
    answer = put("Daybreak family group conferencing saving per child per week")
    assert "65.86" in text_of(answer)
    whole = put("what was SHARE's pessimistic return per pound")
    assert whole.answered
    assert any("of its rows" in why for why in whole.why)


# --- more than one query ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "held", "told"),
    [
        ("Why did Enfield's FASH stop even though it saved money?", "rees-2017#L", "together with"),
        ("Compass versus SHARE, savings for every pound spent", "3.39", ""),
        ("Which three models does Strengthening Families, Protecting Children roll out?",
         "Family Safeguarding", "together with"),
        ("Who set up Firstline and how many findings does it have?", "Frontline", ""),
    ],
)  # fmt: skip
def test_answers_stand_together(question: str, held: str, told: str, put: Asker) -> None:
    """What one query leaves unexplained another may answer beside it, and the answer says so.

    Worked out by hand: rees-2017#L1014-1018, what became of FASH; L806 and L808, the two returns;
    dfe-insights#L67-73, the models.
    """
    answer = put(question)
    assert answer.answered, answer.reason
    assert held in text_of(answer)
    assert told in " ".join(answer.why)


def test_what_no_parameter_takes_is_kept_by_the_interventions(put: Asker) -> None:
    """Dashboards without outcomes take no round: those of its interventions are kept, and it says so."""
    answer = put("Which of the round 2 dashboards show no outcomes at all?")
    assert "SafeCORE" in text_of(answer)
    assert any("round=round-2" in why for why in answer.why)


def test_either_of_two_ways_of_work_will_do(put: Asker) -> None:
    """Where "or" stands between two kinds of choice, what is of one or the other is asked for."""
    found = text_of(put("Which projects used group case discussion or group supervision?"))
    assert "Family Safeguarding" in found
    assert "Scaling and Deepening the Reclaiming Social Work Model" in found


def test_statements_hold_every_telling_word(put: Asker) -> None:
    """Where no query fits, statements answer that hold all telling words; with one word more they do not."""
    assert "Exploring How Technology" in text_of(put("use of apps or digital tools with kids in care"))
    assert not put("use of apps or digital tools with giraffes in care").answered


def test_silence_is_widened_only_for_groups_and_ways_of_work(put: Asker) -> None:
    """Nothing is of both: one of the two is left out and told; a measure or an intervention never is."""
    answer = put("What has been tried for care leavers moving out of residential children's homes?")
    assert answer.answered, answer.reason
    assert any("without it" in why for why in answer.why)
    assert not put("Did Lifelong Links cut homelessness among care leavers?").answered


def test_what_is_told_before_a_question_is_set_aside() -> None:
    """A question is what ends in a question mark; two put in one are two."""
    assert parts_of("We have a problem. Who ran Pause?") == ("We have a problem.", ["Who ran Pause?"])
    assert parts_of("who ran Pause and what did it cost")[1] == ["who ran Pause", "what did it cost"]


def test_idioms_are_read_as_one_word() -> None:
    """What people say in several small words is read as the word that stored questions use."""
    assert asked_for("which projects lost money") == "which projects cost more than they saved"
    assert asked_for("what got absences down") == "what reduced absences"


# --- weighed by what they answer --------------------------------------------------------------------------


def test_what_is_weighed_holds_what_is_told(put: Asker) -> None:
    """Where no query fits, what holds the most answers; an ordinary word left out is told, a name never.

    Worked out by hand: foundations-lessons#L721 and dfe-insights#L532-536 name the courts.
    """
    answer = put(
        "we've a lot of parents with drink and drug problems going through the courts - any projects?"
    )
    assert "Family Drug and Alcohol Courts" in text_of(answer)
    left = put("which projects gave each young person or family one consistent key worker")
    assert any("left out" in why and "gave" in why for why in left.why)
    assert not put("Which project in Sunderland is there for parents with drink and drug problems?").answered


def test_the_rarer_a_word_the_more_it_weighs(built: Path) -> None:
    """A word that few statements hold weighs more than one of many; one that none holds must be held."""
    asked = ask.read("army giraffes and referrals", built)
    known = {one.typed: one for one in told(asked, ask.names(built), built)}
    assert known["army"].weight > known["referrals"].weight
    assert known["giraffes"].hard
    assert not known["army"].hard


@pytest.mark.parametrize(
    "question",
    [
        "what did Right Home in Calderdale cost",
        "how much did round 3 cost",
        "how many foster carers left in Leeds",
        "did No Wrong Door train its staff in first aid",
        "results of the adoption project in Cornwall",
        "Which practice model causes the biggest fall in care numbers?",
    ],
)
def test_a_profile_is_no_answer_to_how_much_and_whether(question: str, put: Asker) -> None:
    """Who asks for a sum, a number of people or an effect is not told where and by whom it was run."""
    assert not put(question).answered


def test_sums_are_read_and_told_as_they_are_printed(put: Asker) -> None:
    """`£100m` is £100 million, and what came back for a pound is told in pounds and pence.

    Worked out by hand: thematic-briefing#L4 and rees-2017#L86; rees-2017#L804-805.
    """
    assert asked_for("is it £100m") == "is it £100 million"
    assert "3.80" in text_of(put("return on investment for Enfield versus North East Lincolnshire"))


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Which project is the best?",
        "Rank the interventions",
        "Is motivational interviewing or restorative practice better?",
        "Should we buy Pause?",
        "Would No Wrong Door take him?",
        "How many children will be in care next year?",
    ],
)
def test_refused_on_principle(question: str, put: Asker) -> None:
    """The graph ranks nothing, gives no advice and makes no predictions, and says so."""
    answer = put(question)
    assert not answer.answered
    assert answer.reason == refusal(question) != ""


def test_weighing_is_no_advice() -> None:
    """What planners should ask themselves is in the sources; what to buy is not."""
    assert refusal("What should we ask ourselves before we start?") == ""
    assert refusal("Should we ask for Pause or for Mockingbird, which is better than the other?") != ""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What did the Troubled Families programme achieve?", "Troubled"),
        ("is Pause still going in 2024?", "2024"),
        ("what was the confidence interval for re-referrals", "interval"),
        ("who was the manager of the House Project", "manager"),
        ("How many staff did Pause employ?", "employ"),
        ("Can I visit No Wrong Door?", "visit"),
        ("what was tried for young carers?", "carers"),
        ("What share of round 4 projects had a trial?", "round 4"),
    ],
)
def test_what_is_not_understood_is_told(question: str, told: str, put: Asker) -> None:
    """An unknown name, a year or a statistic that no source has is never left out of a question."""
    answer = put(question)
    assert not answer.answered
    assert told in answer.reason


@pytest.mark.parametrize(
    "question",
    [
        "Who evaluated Lifelong Links?",
        "What effect did SafeCORE have on re-referrals?",
        # How many interventions, or findings, there are of it is not what was asked.
        "number of young people who took part in Contextual Safeguarding",
        "How many couples finished the group of NewDAy?",
        # That a cost was looked at, without a figure, is no return.
        "What was the return on every pound spent on Mockingbird?",
        "Who was the project lead for Family Valued in Leeds?",
        # A direction is no percentage, and a group of people is not what was brought about.
        "By what percentage did police callouts fall under Family Safeguarding?",
        "Did Hackney's Contextual Safeguarding reduce knife crime",
    ],
)
def test_silence_of_the_sources_is_an_answer(question: str, put: Asker) -> None:
    """Where the query is clear and the sources are silent, the answer says so and has no rows."""
    answer = put(question)
    assert not answer.answered
    assert "say nothing" in answer.reason
    assert answer.table.rows == []


# --- the answer as a whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("How much did No Wrong Door save the courts?", "courts"),
        ("Did fewer couples split up after taking part in Positive Choices?", "couples"),
        ("How often did the Derby coordinators meet each care leaver?", "meet"),
    ],
)
def test_a_plain_word_that_no_row_holds_is_told(question: str, word: str, put: Asker) -> None:
    """A word that makes it another question is held by a row, or the reason says that it is not."""
    answer = put(question)
    assert not answer.answered
    assert f"“{word}”" in answer.reason or "say nothing of this" in answer.reason


@pytest.mark.parametrize(
    ("question", "held"),
    [
        # rees-2017#L533 counts days, wwcsc-2021#L2977 weeks; #L999 gives the ages.
        ("How many days did children wait for an adoptive family with Coram's project?", "246"),
        ("What age group was Inside Out aimed at?", "14.5"),
        # rees-2017#L1204; dfe-insights#L58-63.
        ("What is the ISBN of the final evaluation report?", "978-1-78105-834-3"),
        ("Second round Partners in Practice councils", "Cheshire West and Chester"),
        # rees-2017#L374.
        ("how many families were in the Project Crewe trial", "88"),
    ],
)
def test_what_is_asked_for_stands_in_a_row(question: str, held: str, put: Asker) -> None:
    """A number of days, an age, an ISBN and names of places are told where a source prints them."""
    answer = put(question)
    assert answer.answered, answer.reason
    assert held in text_of(answer)


@pytest.mark.parametrize(
    "question",
    [
        "How many managers from Lewisham went on the supervision pilot?",
        "Which three councils took part in the North of Tyne Collaboration?",
        "How many children were in care in Leeds in 2022?",
        "How old are the people who volunteer for Safe Families?",
        "After Signs of Safety came in, did social workers take fewer sick days?",
        "Which schools declined to host a project because of their behaviour policies?",
        "Trauma Informed Approach - when did it start and finish?",
        "What did it cost to train each worker in the nine edge of care projects?",
    ],
)
def test_what_is_asked_for_is_told_or_there_is_no_answer(question: str, put: Asker) -> None:
    """Rows about the same thing are no answer without the number, the names, the year or the sum."""
    assert not put(question).answered


def test_an_english_word_is_no_slip_of_another(built: Path) -> None:
    """`drivers` is no misspelling of diverse; `refferals` is one of referrals."""
    read = [word.word for word in ask.read("refferals by drivers", built).words]
    assert read == ["referrals", "by", "drivers"]


def test_who_evaluates_nothing_is_no_evaluator(put: Asker) -> None:
    """Coram led a project and evaluated none: its findings are those of what it led (rees-2017#L533)."""
    answer = put("How long did children wait for an adoptive family under Coram's project?")
    assert "113" in text_of(answer)
    assert "evaluator" not in answer.parameters


# --- hostile input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00\x01", "a" * 501, "什么有效"])
def test_no_words_or_too_many_are_refused(question: str, built: Path) -> None:
    """A question without a word, or longer than allowed, is refused with an example."""
    with pytest.raises(QueryError, match="for example"):
        ask.ask(question, built)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT ?x WHERE { ?x ?p ?o } #",
        'Pause" } ; DROP ALL ; { "',
        "<https://w3id.org/cscip/id/intervention/pause> find",
        "../../etc/passwd",
        "{intervention} [effect=unfavourable]",
        "what did ﷽ Pause \u202e find \x07",
        " ".join(["pause"] * 80),
    ],
)
def test_hostile_text_does_no_harm(question: str, put: Asker) -> None:
    """Text that looks like SPARQL, a path or a template is words like any other: an answer, or a reason."""
    answer = put(question)
    assert answer.answered == bool(answer.table.rows)
    assert answer.answered or answer.reason


def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    """Nothing built: the error says what to do."""
    with pytest.raises(NoStoreError):
        ask.ask("what is Pause", tmp_path)


# --- the command --------------------------------------------------------------------------------------------


def said(
    arguments: Iterable[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["cscip", "ask", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    found = capsys.readouterr()
    return found.out, found.err


def test_json_has_one_shape(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answered or not, the JSON has the same keys; without an answer there are no rows and a reason."""
    for question, answered in (("Who evaluated NewDay?", True), ("What did Scotland try?", False)):
        out, _ = said([question, "-f", "json", "--build-dir", str(built)], monkeypatch, capsys)
        told: dict[str, Any] = json.loads(out)
        assert set(told) == SHAPE
        assert told["answered"] is answered
        assert bool(told["rows"]) is answered
        assert bool(told["reason"]) is not answered
        assert all(len(row) == len(told["columns"]) for row in told["rows"])
        assert told == as_json(ask.ask(question, built))


def test_other_forms(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV has the rows alone; how the question was understood goes to standard error, as a refusal does."""
    out, err = said(["Who evaluated NewDay?", "-f", "csv", "--build-dir", str(built)], monkeypatch, capsys)
    assert out.startswith("evaluation,name,evaluator")
    assert "Cordis Bright" in out
    assert "stored question that fits" in err
    out, err = said(["What did Scotland try?", "--build-dir", str(built)], monkeypatch, capsys)
    assert out == ""
    assert "No answer." in err


# --- measured -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """How many questions came out right, of how many, and how many were answered that have no answer."""

    right: int
    total: int
    wrong: int


def plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", text).casefold()


def is_right(entry: dict[str, Any], answer: Answer) -> bool:
    """Answered as it should be, with all that the rows must hold and nothing that they must not."""
    if not entry["answerable"] or not answer.answered:
        return bool(entry["answerable"]) == answer.answered
    text = plain(text_of(answer))
    needed, barred = entry.get("must") or [], entry.get("must_not") or []
    return all(plain(one) in text for one in needed) and not any(plain(one) in text for one in barred)


def measured(files: Iterable[Path], put: Asker) -> Measured:
    entries = [entry for file in files for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]
    answers = [put(entry["question"]) for entry in entries]
    pairs = list(zip(entries, answers, strict=True))
    right = sum(is_right(entry, answer) for entry, answer in pairs)
    return Measured(right, len(pairs), sum(a.answered and not e["answerable"] for e, a in pairs))


def counts(found: Measured, name: str) -> str:
    # Only the counts are told: a list that is held back stays so.
    return f"{name}: {found.right} of {found.total} right, {found.wrong} confident and wrong"


@pytest.mark.phrasings
@pytest.mark.parametrize(("first", "last", "least"), TUNED_ON)
def test_tuning_lists(first: int, last: int, least: float, put: Asker) -> None:
    """Of the lists that it is tuned on so many come out right, and there is no confident wrong answer."""
    numbered = {int(file.stem.rpartition("-")[2]): file for file in PHRASINGS.glob("ask-tuning-*.yaml")}
    files = [file for number, file in sorted(numbered.items()) if first <= number <= last]
    assert files
    found = measured(files, put)
    assert found.right >= least * found.total, counts(found, "tuning")
    assert found.wrong == 0, counts(found, "tuning")


@pytest.mark.phrasings
def test_held_back_lists(put: Asker) -> None:
    """Of the lists held back at least 85 per cent come out right, and none is confidently wrong."""
    files = [PHRASINGS / f"ask-held-back-{n}.yaml" for n in HELD_BACK]
    found = measured(files, put)
    assert found.right >= AIM * found.total, counts(found, "held back")
    assert found.wrong <= WRONG, counts(found, "held back")
