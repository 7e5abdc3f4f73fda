"""An answer, its rows read against the question → the words that nothing in it speaks of.

In: a question and what answers it. Out: words. A query may fit by its parameters and its phrasing, and a
plain word be passed over ("courts", "couples") which makes it another question. So the whole answer is read
again at the end: each word that tells something must be a parameter, a word of the stored question or stand
in one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cscip_kg.ask.english import NEGATIONS, SMALL, stems_of_words
from cscip_kg.ask.mentions import Names, Reading
from cscip_kg.ask.needed import asks_sum
from cscip_kg.ask.phrasing import said
from cscip_kg.ask.rows import asks_whether
from cscip_kg.ask.shape import Answer
from cscip_kg.ask.weighing import Told, of_row, told

# What may be said of any answer: how much is asked for, how people ask, what tables and texts are.
_LIGHT: Final = NEGATIONS | stems_of_words(
    """across add advice after afterwards aged agree aim alone already alternative analyse another anything
    authorities authority available back before booklet borough bottom came canonical carried carry
    choose close column come commission compare compared cover covered define design dfe document eight
    end ended even everything fell figure file fill filled first five flag found foundations four funded
    gave give good got group growing hand happen head held hold honest important invested join keep kept
    last later lead learnt leave led level list local locally log logged long look lot lots lowest many
    mark match matter mention muddled national new nine number numbers offer old older over page part
    pick problem put quoted receive region rely scale second sending separate set setting settled seven
    share shown six someone something spot spread stop sum summary sums table tag ten though three
    ticked told tool two watch weve wrong"""
)


_YEAR: Final = 4  # digits
# Of the small words, these tell what became of people.
_TOGETHER: Final = frozenset(("together", "apart"))
# So many ordinary words may lack where no intervention is named.
_FEW: Final = 1


def _takes(answer: Answer, things: frozenset[str]) -> bool:
    """Return whether an answer takes what a mention names; of findings, the intervention itself."""
    named = frozenset(iri for iri in things if "/intervention/" in iri)
    if named and "direction" in answer.table.columns:
        return not named.isdisjoint(answer.taken)
    ends = {one.rpartition("/")[2] for one in answer.taken}
    return any(iri.rpartition("/")[2] in ends for iri in things)


def _left(answer: Answer, reading: Reading, names: Names, folder: Path | None) -> Iterator[Told]:
    """Yield what neither a parameter nor the phrasing of a query accounts for."""
    for one in told(reading, names, folder):
        taken = _takes(answer, one.unit.things)
        asked = not one.hard and all(said(stem) in answer.asked for stem in one.unit.typed)
        of_round = any("/round/" in iri for iri in one.unit.things)
        small = one.typed in SMALL - _TOGETHER or (one.typed.isdigit() and len(one.typed) < _YEAR)
        light = small or one.unit.typed <= _LIGHT
        if not (taken or asked or of_round or light):
            yield one


def unheld(answer: Answer, reading: Reading, names: Names, folder: Path | None = None) -> tuple[str, ...]:
    """Return the telling words of a question that an answer says nothing of, as they were put.

    Where no intervention is named, and neither a sum nor whether something is so is asked, one ordinary
    word may lack.
    """
    left = list(_left(answer, reading, names, folder))
    texts = [of_row(row, names, folder) for row in answer.table.rows] if left else []
    each = ([one for one in left if not one.unit.spoken(*text)] for text in texts)
    lacking: list[Told] = min(each, key=len, default=[])
    strict = (
        asks_whether(answer.question)
        or asks_sum(reading)
        or any("intervention" in m.strong for m in reading.mentions)
    )
    if not strict and len(lacking) <= _FEW and all(one.plain for one in lacking):
        return ()
    return tuple(one.typed for one in lacking)
