"""An answer → plain values, as `cscip ask -f json` writes them.

In: an `Answer`. Out: text, lists and maps only, every cell as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cscip_kg.queries import cell_value

if TYPE_CHECKING:
    from cscip_kg.ask import Answer


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
