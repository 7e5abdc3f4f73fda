"""The rows of an answer → those that hold what else was asked.

In: the rows of a stored query, and words of the question that no parameter takes. Out: the rows that hold
them all. So "arrests" finds its row among the findings of an intervention.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.synonyms import SAME
from cscip_kg.lexicon import stems
from cscip_kg.queries import Cell, Table, cell_value

# Columns in which words of the question are looked for: what was measured, how, per what. Never those with
# names of organisations and places, where half a name would pass for another.
WORDED: Final = frozenset(
    """printed text measure measureName per unit method comparison comparator outcome topic stance
    design designs aims methods relation title what status about""".split()
)
# Queries about findings with fewer columns than the one that takes any choice, and what each chooses itself.
_FULLEST: Final = "findings-where"
# Findings about money are told in full, with sums, by a query of their own.
_ECONOMIC: Final = "economics-where"
_MONEY: Final = frozenset(("value-for-money", "better-value-for-money"))
_KEPT: Final = frozenset(("approach", "practice", "round", "population", "theme", "area"))
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
WHETHER: Final = frozenset("did does do has have was were is are".split())
_WHETHER: Final = re.compile(
    rf"(?:^|[,:;.?-]\s*)(?:and |but )?(?:{'|'.join(sorted(WHETHER))})\b", re.IGNORECASE
)


def asks_whether(question: str) -> bool:
    """Return whether a question, or a part of it, asks if something is so."""
    return bool(_WHETHER.search(question))


def fuller(choice: Choice, reading: Reading | None = None) -> Choice:
    """Return a choice of findings as one of the query that says the most of each finding.

    Args:
        choice: any choice; one that is not of findings comes back as it is.
        reading: the question; where it asks whether an intervention brought a change, the way is no choice.
    """
    if choice.query.name not in _FINDINGS:
        return choice
    values = {**choice.values, **_FINDINGS[choice.query.name]}
    if _MONEY & {values.get("measure"), values.get("outcome")}:
        economic = queries.find(_ECONOMIC)
        own = {p.name for p in economic.parameters}
        asked = {name: value for name, value in values.items() if name not in ("measure", "outcome")}
        if asked.keys() <= own | _KEPT:
            kept = {name: value for name, value in asked.items() if name in _KEPT - own}
            given = {name: value for name, value in asked.items() if name in own}
            return replace(choice, query=economic, values=given, kept={**choice.kept, **kept})
    if reading and reading.words[0].word in WHETHER and "intervention" in values:
        values = {name: value for name, value in values.items() if name not in ("direction", "effect")}
    return replace(choice, query=queries.find(_FULLEST), values=values)


@cache
def held_in(text: str) -> frozenset[str]:
    """Return the stems of a cell."""
    return frozenset(stems(text))


def holds(held: frozenset[str], word: str) -> bool:
    """Return whether a stem, or one that means nearly the same, is among those held."""
    return not held.isdisjoint(SAME.get(word, frozenset((word,))) | {word})


def holding(table: Table, wanted: Iterable[str], own: Callable[[str], frozenset[str]]) -> Table:
    """Return the rows in whose wording, or in that of the statement they tell of, all these stems stand.

    Args:
        table: the rows.
        wanted: stems; words that mean nearly the same will do.
        own: the stems of a statement's own words, by its IRI.
    """
    columns = [n for n, name in enumerate(table.columns) if name in WORDED]
    needed = list(wanted)

    def fits(row: tuple[Cell, ...]) -> bool:
        held = frozenset().union(own(cell_value(row[0])), *(held_in(cell_value(row[n])) for n in columns))
        return all(holds(held, word) for word in needed)

    return Table(table.columns, [row for row in table.rows if fits(row)] if columns else [])


def joined(first: Table, second: Table) -> Table:
    """Return the rows of two tables as one: a column that one of them lacks is open in its rows."""
    more = tuple(name for name in second.columns if name not in first.columns)
    columns = first.columns + more
    places = {name: n for n, name in enumerate(second.columns)}
    rows = [row + (None,) * len(more) for row in first.rows]
    for row in second.rows:
        cells = tuple(row[places[name]] if name in places else None for name in columns)
        if cells not in rows:
            rows.append(cells)
    return Table(columns, rows)
