"""The rows of an answer → those that hold what else was asked, and whether they say it.

In: the rows of a stored query, and words of the question that no parameter takes. Out: the rows that hold
them all. So "arrests" finds its row among the findings of an intervention, and "who evaluated" is no answer
without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.plain import SAME
from cscip_kg.lexicon import stems
from cscip_kg.queries import Cell, Table, cell_value

# Columns in which words of the question are looked for: what was measured, how, per what. Never those with
# names of organisations and places, where half a name would pass for another.
_WORDED: Final = frozenset(
    """printed text measure measureName per unit method caveat comparison comparator outcome topic stance
    design designs aims methods relation title what status""".split()
)
# What is asked for by which words, and the columns that answer it.
_STUDIED: Final = "evaluated|assessed|studied|researched"
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
            r"|lead (?:organisation|authority)"
        ),
        frozenset(("lead", "leads")),
    ),
    (r"how (?:much|big|large) (?:\w+ ){0,3}(?:grant|funding|budget)", frozenset(("funding", "pounds"))),
    # No source says this of any of them.
    (
        r"who (?:wrote|authored|funded|funds|paid|invented|designed|chairs|chaired|managed)|written by",
        frozenset(),
    ),
    (r"how many pages|number of pages|page counts?", frozenset(("pages",))),
)
# Queries about findings with fewer columns than the one that takes any choice, and what each chooses itself.
_FULLEST: Final = "findings-where"
_FINDINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "what-got-worse": {"effect": "unfavourable"},
    "what-improved": {"effect": "favourable"},
    "what-increased": {"direction": "increase"},
    "what-reduced": {"direction": "decrease"},
    "what-did-not-change": {"direction": "no-change"},
    "findings-by-measure": {},
    "findings-by-effect": {},
    "findings-of": {},
    "findings-on-outcome": {},
    "findings-where": {},
}
# A question that begins so asks whether it went that way: the answer may be that it did not.
_WHETHER: Final = frozenset("did does do has have was were is are".split())


def fuller(choice: Choice, reading: Reading | None = None) -> Choice:
    """Return a choice of findings as one of the query that says the most of each finding.

    Args:
        choice: any choice; one that is not of findings comes back as it is.
        reading: the question; where it asks whether an intervention brought a change, the way is no choice.
    """
    if choice.query.name not in _FINDINGS:
        return choice
    values = {**choice.values, **_FINDINGS[choice.query.name]}
    if reading and reading.words[0].word in _WHETHER and "intervention" in values:
        values = {name: value for name, value in values.items() if name not in ("direction", "effect")}
    return replace(choice, query=queries.find(_FULLEST), values=values)


@cache
def _held(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def _holds(held: frozenset[str], word: str) -> bool:
    return not held.isdisjoint(SAME.get(word, frozenset((word,))) | {word})


def holding(table: Table, wanted: Iterable[str]) -> Table:
    """Return the rows in whose wording all these stems stand.

    Args:
        table: the rows.
        wanted: stems; words that mean nearly the same will do.
    """
    columns = [n for n, name in enumerate(table.columns) if name in _WORDED]
    needed = list(wanted)

    def fits(row: tuple[Cell, ...]) -> bool:
        held = frozenset().union(*(_held(cell_value(row[n])) for n in columns))
        return all(_holds(held, word) for word in needed)

    return Table(table.columns, [row for row in table.rows if fits(row)] if columns else [])


def says(table: Table, reading: Reading) -> bool:
    """Return whether rows hold what a question asks for, such as a name for "who"."""
    plain = " ".join(word.word for word in reading.words)
    for put, columns in _WANTED:
        if re.search(rf"\b(?:{put})", plain):
            places = [n for n, name in enumerate(table.columns) if name in columns]
            return any(cell_value(row[n]) for row in table.rows for n in places)
    return True
