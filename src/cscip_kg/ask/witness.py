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
from cscip_kg.ask.phrasing import headed, phrasings, said, spoken
from cscip_kg.ask.shape import Answer
from cscip_kg.ask.weighing import Told, of_row, told

# What may be said of any answer: how much is asked for, how people ask, what tables and texts are.
_LIGHT: Final = (
    SMALL
    | NEGATIONS
    | stems_of_words(
        """many lot part something someone anything everything even though already put came come gave give
        got keep kept set told end ended new good mark tag file list figure table summary head column page
        mention flag add match agree important matter rely aim available separate hold held spot watch look
        receive weve problem two three four five six seven eight nine ten before after afterwards across
        happen locally growing setting first second third lots number numbers back lead led learnt log logged
        cover covered alone fell hand foundations dfe share funded alternative advice define muddled lowest
        found analyse region aim settled commission wrong national invested aged canonical design spread
        old older over compare compared choose pick bottom level scale join tool booklet table ticked borough"""
    )
)


def _left(answer: Answer, reading: Reading, names: Names, folder: Path | None) -> Iterator[Told]:
    """Yield what neither a parameter nor the phrasing of a query accounts for."""
    spoken_of = (spoken(name) for name in answer.asked if name in phrasings())
    known = frozenset().union(*map(headed, answer.asked), *spoken_of)
    for one in told(reading, names, folder):
        taken = any(iri.rpartition("/")[2] in answer.taken for iri in one.unit.things)
        asked = not one.hard and all(said(stem) in known for stem in one.unit.typed)
        of_round = any("/round/" in iri for iri in one.unit.things)
        if not (taken or asked or of_round or one.unit.typed <= _LIGHT or one.typed.isdigit()):
            yield one


def unheld(answer: Answer, reading: Reading, names: Names, folder: Path | None = None) -> tuple[str, ...]:
    """Return the telling words of a question that an answer says nothing of, as they were put."""
    left = list(_left(answer, reading, names, folder))
    texts = [of_row(row, names, folder) for row in answer.table.rows] if left else []
    lacking = [[one.typed for one in left if not one.unit.spoken(*text)] for text in texts]
    return tuple(min(lacking, key=len, default=()))
