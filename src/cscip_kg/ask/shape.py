"""What comes of a question, and the same as plain values, as `cscip ask -f json` writes it.

In: a question and what answers it. Out: `Answer`; text, lists and maps only, every cell as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cscip_kg.output import CAUTION
from cscip_kg.queries import Table, cell_value


@dataclass(frozen=True)
class Answer:
    """What came of a question.

    Attributes:
        question: as it was put.
        answered: whether there is an answer.
        query: the name of the stored query that was run; empty when none was.
        parameters: its parameters, as `cscip query` takes them.
        why: how the question was understood.
        table: the rows; without rows when not answered.
        alternatives: other queries that come near, as commands.
        reason: why there is no answer.
        caution: what the evidence cannot show.
        asked: the stems that the phrasings of its queries account for.
        taken: the IRIs that their parameters name, and the last parts of what their rows were kept by.
    """

    question: str
    answered: bool
    query: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    table: Table = field(default_factory=lambda: Table((), []))
    alternatives: tuple[str, ...] = ()
    reason: str = ""
    caution: str = CAUTION
    asked: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def as_json(answer: Answer) -> dict[str, object]:
    """Return an answer as values that JSON knows; without an answer it holds the reason and no rows."""
    return {
        "question": answer.question,
        "answered": answer.answered,
        "query": answer.query,
        "parameters": dict(answer.parameters),
        "why": list(answer.why),
        "columns": list(answer.table.columns),
        "rows": [[cell_value(cell) for cell in row] for row in answer.table.rows],
        "alternatives": list(answer.alternatives),
        "reason": answer.reason,
        "caution": answer.caution,
    }
