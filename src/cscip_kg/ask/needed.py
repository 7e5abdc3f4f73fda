"""The rows of an answer → whether they tell what is asked for.

In: rows, and a question. Out: yes or no. "Who evaluated" is no answer without a name, "how many couples" none
without a number of couples, "when" none without a date: whatever else a row holds of the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.plain import SOFT
from cscip_kg.ask.rows import WORDED, held_in, holds
from cscip_kg.lexicon import stem
from cscip_kg.queries import Table, cell_value

# What is asked for by which words, and the columns that answer it.
_STUDIED: Final = "evaluated|assessed|studied|researched"
# How many there were of whom or what, unless records are asked for, which are counted here.
_PEOPLE: Final = re.compile(
    r"^(?:(?!how many|\b(?:did|does) it\b).)*\bhow many "
    r"|^(?:what (?:is|was) the )?(?:total )?number of "
    r"(?=(?:\w+ ){1,3}(?:who|signed|that|trained|taking|helped))"
)
_SPANS: Final = frozenset(map(stem, "hour day week month year session".split()))
_ANYBODY: Final = frozenset(("people", "them", "individuals"))
_HEAD: Final = 3  # the words of what is counted, the noun among them
# What is counted here; no source need say how many.
_RECORDS: Final = frozenset(
    map(
        stem,
        """project intervention evaluation study finding council area authority place report programme scheme
        lesson measure outcome source statement organisation round region theme dashboard row pilot evaluator
        recommendation innovation university service approach page""".split(),
    )
)
_WANTED: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    (
        (
            rf"who (?:\w+ )?(?:{_STUDIED})|who did the (?:evaluation|study|research)|(?:{_STUDIED}) by whom"
            rf"|which (?:university|company|firm|organisation|team|research team) (?:{_STUDIED})"
            r"|evaluators?\b(?! (?:put|say|said|think|thought|credit|recommend|learn|find|found))"
        ),
        frozenset(("evaluator", "evaluators", "printed")),
    ),
    (
        (
            r"who (?:led|leads|ran|runs|run|delivered|delivers|provided|provides|hosted|set up)"
            r"|who (?:was|is|were|are) (?:the )?(?:\w+ )?leads?\b|lead (?:organisation|authority)"
        ),
        frozenset(("lead", "leads")),
    ),
    (
        r"returns? (?:on|for|per) (?:each |every |the |an? )?(?:pound|investment)",
        frozenset(("ratio", "text")),
    ),
    (
        r"what (?:did|does|do) (?:\w+ ){0,7}evaluations? (?:of \w+ )?(?:find|conclude)",
        frozenset(("direction", "favourable")),
    ),
    # No source says this of any of them.
    (
        (
            r"(?:evaluation|study|research|report)s? (?:of (?:\w+ ){1,5})?cost"
            r"|cost of (?:the |its )?(?:evaluation|study)|written by"
            r"|how much (?:did|does|do|was|were|is|are) (?:\w+ ){1,5}(?:pay|paid)\b(?! (?:back|off))"
            r"|(?:who|which \w+) (?:trained|trains|taught|teaches|owns|owned|appointed|hired)"
            r"|who (?:wrote|authored|funded|funds|paid|invented|designed|chairs|chaired|managed)"
        ),
        frozenset(),
    ),
    # No source prints these.
    (r"effect sizes?|p values?|confidence intervals?|standard deviations?|response rates?", frozenset()),
    (r"how many pages|number of pages|page counts?", frozenset(("pages",))),
)
# Who asks what it cost or saved asks for money, and no profile of an intervention is an answer.
_SUM_ASKED: Final = re.compile(
    r"\b(?:costs?|costing|price|pounds?|£\d*|savings?|saves?|saved|spen[dt]s?|cheaper|dearer)\b"
    r"(?! (?:analys|benefit|effect|evidence|data|stud|finding|of the eval))"
)
_SUM: Final = re.compile(
    r"£|\b(?:million|pounds?|costs?|savings?|spent|spending|funds|funding|money|cheaper)\b"
)
_FIGURE: Final = re.compile(r"-?\d+(?:\.\d+)?")
# A figure in words.
_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen)\b"
)
# How many records there are, which no source counts.
_COUNTS: Final = frozenset(("interventions", "projects", "evaluations", "said", "studies", "reports"))
_IN_SUMS: Final = frozenset(("amount", "ratio", "pounds", "saving"))
_HOW_LONG: Final = re.compile(
    r"\bhow (?:long (?:does|did|do|is|was|were|are|has|have)|much time)\b"
    r"|\bin (?:days|weeks|months|hours)\b|\bwaiting times?\b"
)
_WHEN: Final = re.compile(
    r"^when\b|\bwhen (?:did|was|were|does|do|has|have)\b|\b(?:what|which) (?:year|month|date)\b"
)
_DATED: Final = frozenset(("period", "years", "year", "date", "published", "funded"))
_DATE: Final = re.compile(r"\b(?:19|20)\d\d\b")
_TIME: Final = re.compile(r"\b(?:days?|weeks?|months?|years?|hours?|duration|length|time)\b")
# A sum is asked for, not whether money was looked at.
_HOW_MUCH: Final = re.compile(
    r"\bhow (?:much|big|large) (?:\w+ ){0,6}"
    r"(?:grant|funding|budget|spen[dt]|money|given|costs?|sav(?:e|ed|ing))\b"
    r"|\bwhat (?:was|were|is) the (?:\w+ ){0,3}(?:grant|funding|budget)\b"
    r"|\bcosts? (?:\w+ ){0,2}per\b|\bcosts? of (?!living|the evaluation)"
)
# By how much, or what part: a direction alone is no answer.
_SHARE: Final = re.compile(r"\bby (?:what|how)\b|\bwhat (?:percentage|proportion|share|fraction|per cent)\b")
# Whether something was brought about, for which a group of people is not enough.
_BROUGHT: Final = re.compile(
    r"^(?:(?:was|were|is|are) there (?:any )?|(?:did|does|do) )(?:less|fewer|more)\b"
    r"|^(?:did|does|do|has|have)\b.*\b(?:reduce|cut|lower|lessen|decrease|increase|raise|improve|boost|prevent|stop"
    r"|get|got|bring|lead|result)"
)
_WHAT: Final = frozenset(("measure", "outcome"))
_GROUPS: Final = frozenset(("population", "theme"))
# For whom a sum is asked: one that is printed for another is no answer.
_FOR_EACH: Final = re.compile(r"\b(?:per|each|every|sav(?:e|ed|es|ing) (?:for )?the) (\w+)")
_ANY_SUM: Final = frozenset(
    stem(word) for word in "pound cent council authority state public system local time one".split()
)
# Where what is counted ends: a verb, or where and of whom.
_NO_MORE_COUNTED: Final = frozenset(
    """of did do does were was are is have had has took take in on at for from to with who that went got over
    across through by came come coming can could can will would been be under left moved stayed carried
    started each before after missing measured continued down there said out times""".split()
)
# "Which three councils": so many are to be named, and where nothing is said of how many, one.
_MANY: Final = {w: n for n, w in enumerate("two three four five six seven eight nine ten".split(), 2)}
_PLACES: Final = re.compile(
    r"\b(?:which|what|who|name|list|names of)(?: are| were)?(?: the)? "
    rf"(?:({'|'.join(_MANY)}|\d+) )?(?:(?:local|london|pilot|english|other) )?"
    r"(?:councils?|authorities|authority|boroughs?|areas?|places)\b"
)
_FIGURES: Final = frozenset(("value", "before", "after", "statementA"))
# No organisation that the sources name is one of these, except by its name.
_BODIES: Final = re.compile(
    r"\b(?:which|what|name the) (?:\w+ )?(?:schools|firms|employers|companies|hospitals)\b"
)
_TOTAL: Final = re.compile(
    r"\b(?:total number|all told how many|how many .{0,60}(?:in total|all told|altogether))\b"
)
# That a source does not name them is no answer to which they are.
_THE_FOUR: Final = re.compile(rf"\b(?:what|which) (?:are|were) the (?:{'|'.join(_MANY)})\b")
_UNNAMED: Final = re.compile(r"\bnot named\b")
_IN_YEAR: Final = re.compile(r"\b(?:in|by|since|during|after) ((?:19|20)\d\d)\b")
_HOW_OLD: Final = re.compile(r"\bhow old\b|\bwhat ages?\b")
_AGE: Final = re.compile(
    r"\b(?:ages?|aged|years old|year-olds?)\b|\b\d\d (?:to|and|or) \d\d\b", re.IGNORECASE
)
_WHOLE: Final = re.compile(r"\b(?:total|altogether|in all|whole)\b", re.IGNORECASE)
_ISBN: Final = re.compile("ISBN")
_BODY: Final = re.compile(r"\b(?:School|Academy|College|Hospital|Infirmary|Ltd|Limited|plc|Company)\b")
_CAPITAL: Final = re.compile(
    r"(?:(?<=[a-z,;] )|^)[A-Z][a-z]+(?: (?:of |for )?[A-Z][a-z]+)+|(?<=[a-z,;] )[A-Z][a-z]+"
)
_PLACED: Final = frozenset(("area", "areas", "place", "places"))


def _of_money(table: Table) -> bool:
    """Return whether rows speak of money; what an intervention is must name a sum."""
    if table.columns[:1] == ("intervention",) and "about" in table.columns:
        return _tells_sum(table)
    sums = [n for n, name in enumerate(table.columns) if name in _IN_SUMS]
    return any(
        any(cell_value(row[n]) for n in sums) or any(_SUM.search(cell_value(cell)) for cell in row)
        for row in table.rows
    )


def asks_sum(reading: Reading) -> bool:
    """Return whether a question asks what something cost or saved."""
    return bool(_SUM_ASKED.search(" ".join(word.word for word in reading.words)))


def _tells_date(table: Table) -> bool:
    """Return whether rows tell a date, outside names and citations."""
    told = [n for n, name in enumerate(table.columns) if name in WORDED | _DATED and name != "title"]
    return any(_DATE.search(cell_value(row[n])) for row in table.rows for n in told)


def _tells_year(table: Table, plain: str) -> bool:
    """Return whether rows tell of the years asked for, in words or as a date: 2,022 children are none."""
    told = [n for n, name in enumerate(table.columns) if name in WORDED | _DATED]
    texts = " ".join(cell_value(row[n]) for row in table.rows for n in told)
    return all(year in texts for year in _IN_YEAR.findall(plain))


def _tells_time(table: Table) -> bool:
    """Return whether rows tell how long something took or lasted."""
    # What an intervention is tells nothing of it.
    own = WORDED if table.columns[:1] == ("statement",) else WORDED - {"text", "about"}
    told = [n for n, name in enumerate(table.columns) if name in own]
    return any(_TIME.search(cell_value(row[n]).casefold()) for row in table.rows for n in told)


def _for_each(table: Table, plain: str) -> bool:
    """Return whether a row tells a sum for what it is asked for: per child is not per year."""
    asked = _FOR_EACH.search(plain)
    if not asked or stem(asked[1]) in _ANY_SUM:
        return True
    told = [n for n, name in enumerate(table.columns) if name in WORDED]
    for row in table.rows:
        # What was saved by whom may stand in the finding's own name alone.
        own = cell_value(row[0]).rpartition("#")[2].replace("-", " ")
        said = (own, *(cell_value(row[n]) for n in told))
        if _of_money(Table(table.columns, [row])) and any(
            holds(held_in(one), stem(asked[1])) for one in said
        ):
            return True
    return False


def _has_figure(table: Table) -> bool:
    """Return whether rows hold a figure, or words with one; counts of our own records are none."""
    if "findings" in table.columns:
        return False
    worded = [n for n, name in enumerate(table.columns) if name in ("text", "printed", "statementA")]
    plain = [n for n, name in enumerate(table.columns) if name not in _COUNTS]
    return any(
        any(_NUMBER.search(cell_value(row[n])) for n in worded)
        or any(_FIGURE.fullmatch(cell_value(row[n])) for n in plain)
        for row in table.rows
    )


def _counted(plain: str) -> list[str] | None:
    """Return the stems of what is counted: "how many youth workers were" counts youth workers.

    Of people at large it is an empty list; where nothing is counted ("how many managed it"), nothing.
    """
    found: list[str] = []
    anybody = False
    for nth, word in enumerate(_PEOPLE.split(plain, maxsplit=1)[-1].split()):
        if word in _NO_MORE_COUNTED and nth and word != "the":
            break
        anybody = anybody or word in _ANYBODY
        one = stem(word)
        if (
            one in _SPANS
            or word == "managers"
            or not (word in _NO_MORE_COUNTED or word.isdigit() or one in SOFT)
        ):
            found.append(one)
    return found if found or anybody else None


def _counts(table: Table, plain: str) -> bool:
    """Return whether a row tells a number of what is counted, which is no number of our records."""
    wanted = _counted(plain)
    if wanted is None or not _RECORDS.isdisjoint(wanted[:_HEAD]):
        return True
    if table.columns[:2] == ("thing", "name") or not _has_figure(table):
        return False
    # What an intervention is tells how long it takes, and counts nobody.
    own = WORDED | _FIGURES if _SPANS.issuperset(wanted) else WORDED - {"about"} | _FIGURES
    own |= frozenset(("name",)) if table.columns[0] == "finding" else frozenset()
    told = [n for n, name in enumerate(table.columns) if name in own]
    texts = [" ".join(cell_value(row[n]) for n in told) for row in table.rows]
    return any(_NUMBER.search(text) and all(holds(held_in(text), one) for one in wanted) for text in texts)


def _prints(table: Table, put: re.Pattern[str]) -> bool:
    """Return whether a cell prints something of a form."""
    return any(put.search(cell_value(cell)) for row in table.rows for cell in row)


def _named(table: Table, plain: str) -> set[str]:
    """Return the names in rows, which have capitals; those of the question are none of an answer."""
    cells = (cell_value(cell) for row in table.rows for cell in row)
    return {one for cell in cells for one in _CAPITAL.findall(cell) if one.casefold() not in plain}


def _names_places(table: Table, plain: str) -> bool:
    """Return whether rows name as many places as are asked for; "multiple" is none."""
    asked = _PLACES.search(plain)
    asked_for = (asked[1] if asked else None) or "1"
    least = int(asked_for) if asked_for.isdigit() else _MANY[asked_for]
    told = [n for n, name in enumerate(table.columns) if name in _PLACED]
    places = {one for row in table.rows for n in told for one in cell_value(row[n]).split("|") if one}
    return len(places if told else _named(table, plain)) >= least


def _tells_sum(table: Table) -> bool:
    """Return whether rows hold a sum of money in figures."""
    sums = [n for n, name in enumerate(table.columns) if name in _IN_SUMS | {"funding"}]
    return any(
        any(cell_value(row[n]) for n in sums) or any("£" in cell_value(cell) for cell in row)
        for row in table.rows
    )


# What is asked for by which words, and what tells whether rows hold it.
_NEEDED: Final[tuple[tuple[re.Pattern[str], Callable[[Table], bool]], ...]] = (
    (_SHARE, _has_figure),
    (_WHEN, _tells_date),
    (_HOW_LONG, _tells_time),
    (_HOW_MUCH, _tells_sum),
    (re.compile(r"\bisbn\b"), lambda table: _prints(table, _ISBN)),
    (_BODIES, lambda table: _prints(table, _BODY)),
    (_TOTAL, lambda table: _prints(table, _WHOLE)),
    (_THE_FOUR, lambda table: not _prints(table, _UNNAMED)),
    (_HOW_OLD, lambda table: _prints(table, _AGE)),
)
# The same, where it depends on the question what they must hold.
_ASKED_OF: Final[tuple[tuple[re.Pattern[str], Callable[[Table, str], bool]], ...]] = (
    (_PEOPLE, _counts),
    (_PLACES, _names_places),
    (_IN_YEAR, _tells_year),
)


def says(table: Table, reading: Reading) -> bool:
    """Return whether rows hold what a question asks for, such as a name for "who"."""
    plain = " ".join(word.word for word in reading.words)
    if re.search(r"\bhow (?:much|many)\b", plain) and table.columns[:2] == ("statement", "kind"):
        # A number is asked for: a statement without one is no answer.
        told = [n for n, name in enumerate(table.columns) if name in ("text", "value")]
        if not any(re.search(r"\d", cell_value(row[n])) for row in table.rows for n in told):
            return False
    if any(put.search(plain) and not tells(table) for put, tells in _NEEDED):
        return False
    if any(put.search(plain) and not tells(table, plain) for put, tells in _ASKED_OF):
        return False
    if _SUM_ASKED.search(plain) and not (_of_money(table) and _for_each(table, plain)):
        return False
    for put, columns in _WANTED:
        if re.search(rf"\b(?:{put})", plain):
            places = [n for n, name in enumerate(table.columns) if name in columns]
            return any(cell_value(row[n]) for row in table.rows for n in places)
    return True


def tells_what(choice: Choice, reading: Reading) -> bool:
    """Return whether a choice says what an intervention is asked to have brought about."""
    chosen = {**choice.kept, **choice.values}.keys()
    plain = " ".join(word.word for word in reading.words)
    of_a_group = "intervention" in chosen and _GROUPS & chosen and not _WHAT & chosen
    return not (of_a_group and _BROUGHT.search(plain))
