"""A plain question → a stored query and its parameters, or the reason why there is no answer.

In: a question, and the names and queries of the current build. Out: `Answer`. Deterministic and offline: the
headers of the stored queries say how people put each question (`asks`); things named in the question become
parameters; a word that neither explains is a word not understood, and then there is no answer. So it is with
an empty result: nothing is dropped from a question to make it answerable.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from cscip_kg.ask.answering import Asked
from cscip_kg.ask.choosing import Choice
from cscip_kg.ask.plain import parts_of, refusal
from cscip_kg.ask.reading import MAX_QUESTION, names, read
from cscip_kg.ask.shape import Answer, as_json
from cscip_kg.ask.telling import together

_IT: Final = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)


def carried(parts: list[str], folder: Path | None = None) -> list[str]:
    """Return questions with "it" and "they" replaced by the intervention that the first of them names."""
    named = Asked(parts[0], folder).intervention
    if not named:
        return parts
    return [parts[0], *(_IT.sub(named, part, count=1) for part in parts[1:])]


def ask(question: str, folder: Path | None = None) -> Answer:
    """Answer a plain question from the stored queries, or say why not.

    Questions that are put in one ("and how much …") are answered together, when each has an answer. What is
    told before a question is set aside when it is not understood, and the answer says so.

    Args:
        question: in English, up to 500 characters.
        folder: the build folder.

    Raises:
        QueryError: the question is empty or too long.
        NoStoreError: nothing has been built.
    """
    asides, parts = parts_of(question)
    if asides and len(parts) == 1 and not refusal(question):
        alone = Asked(parts[0], folder)
        answer = alone.answer() if alone.names_any else None
        if answer and answer.answered:
            told = f"what was said before the question was set aside: “{asides}”"
            return replace(answer, question=question, why=(*answer.why, told))
    whole = Asked(question, folder).answer()
    if refusal(question) or len(parts) == 1:
        return whole
    if len(parts) > 1:
        answers = [Asked(part, folder).answer() for part in carried(parts, folder)]
        if all(answer.answered for answer in answers):
            first = whole if whole.answered else answers[0]
            for answer in answers:
                first = together(first, answer)
            return replace(first, question=question)
    return whole


__all__ = ["MAX_QUESTION", "Answer", "Choice", "as_json", "ask", "names", "read"]
