"""What was tried → how likely each is the answer, by weights learned from questions with known answers.

In: `Tried` ones and a reading. Out: the likeliest, and what is nearly as likely. A linear model: each trait
of what was tried has a weight in `weights.json`, which `bench/ask_weights.py` makes. The same question gives
the same order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp
from pathlib import Path
from typing import Final

from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.needed import says
from cscip_kg.ask.trying import Tried
from cscip_kg.ask.weighing import chosen_by, weight_of
from cscip_kg.queries import cell_value

_WEIGHTS: Final = Path(__file__).with_name("weights.json")
# So begin the traits of a topic of the stored queries.
OF_TOPIC: Final = "of "
# What is at least this likely beside the best stands with it, when it is short.
_NEARLY, _MOST_BESIDE, _MOST_PARTS = 0.1, 25, 3
# More rows than these are many, and a great many.
_MANY, _VERY_MANY = 25, 60
# How a question is put: it says which topics of the stored queries answer it.
_PUT: Final = {
    "how-many": r"how many|number of|what (?:share|proportion|percentage)|per ?cent|percentage",
    "how-much": r"how much|cost|spend|spent|save|saving|£|pound|budget|money",
    "who": r"\bwho\b|by whom|whose",
    "where": r"\bwhere\b|which (?:areas|councils|places)|council",
    "why": r"\bwhy\b|reason|because",
    "whether": r"^(?:did|does|do|has|have|was|were|is|are)\b",
    "how": r"^how\b",
    "lesson": r"lesson|learn|barrier|challenge|advice|recommend|consider|watch out|ask|help",
    "change": (
        r"fell|fall|reduc|increas|drop|cut|fewer|more|less|rise|rose|improv|worse|effect|impact|result"
        r"|outcome|change|down|up"
    ),
    "study": r"evaluat|stud|research|trial|rct|random|sample|design|method",
    "what-there-is": r"tried|project|scheme|intervention|anything|programme|service|pilot",
    "contradiction": (r"agree|contradict|differ|disagree|add up|conflict|match|same|inconsist|right|correct"),
    "report": r"report|publish|document|link|title",
    "name": r"name|called|known|alias|stand for",
}


def _ways_put(reading: Reading) -> list[str]:
    plain = " ".join(word.word for word in reading.words)
    return [way for way, put in _PUT.items() if re.search(put, plain)] or ["other"]


def traits(one: Tried, reading: Reading) -> dict[str, float]:
    """Return the traits of what was tried that the weights are for.

    Args:
        one: what was tried.
        reading: the question.
    """
    choice, rows, whole = one.choice, len(one.table.rows), weight_of(one.told) or 1.0
    chosen = {iri.rpartition("/")[2] for iri in chosen_by(one.run)}
    used = [
        any(iri.rpartition("/")[2] in chosen for iris in m.things.values() for iri in iris)
        for m in reading.mentions
    ]
    strong = [bool(m.strong) for m in reading.mentions]
    missing = one.missing
    topic = choice.query.topic if one.found_by == "query" else "statements"
    found = {
        "score": choice.score / 5,
        "score above nothing": max(0.0, choice.score) / 5,
        "fits": float(choice.fits),
        "place": 1 / (1 + one.place),
        "words not accounted for": len(choice.odd) / 3,
        "words passed over": len(choice.passed) / 3,
        "words met": len(choice.met) / 3,
        "parameters": float(len(choice.values)),
        "kept": float(len(choice.kept)),
        "many rows": float(rows > _MANY),
        "a great many rows": float(rows > _VERY_MANY),
        "says": float(says(one.table, reading)),
        "narrowed": float(one.narrowed),
        "narrowed, fits": float(one.narrowed and choice.fits),
        "taken": 1 - weight_of(one.untaken) / whole,
        "held": 1 - weight_of(missing) / whole,
        "missing": weight_of(missing) / 5,
        "missing, hard": float(any(part.hard for part in missing)),
        "missing, telling": sum(not part.plain for part in missing) / 2,
        "missing, plain": sum(part.plain for part in missing) / 2,
        "in a row": weight_of(one.spoken) / whole,
        "in every row": weight_of(one.common) / whole,
        "not in a row, telling": sum(not part.plain for part in one.told if part not in one.spoken) / 2,
        "named, taken": float(sum(s and u for s, u in zip(strong, used, strict=True))),
        "found, taken": float(sum(not s and u for s, u in zip(strong, used, strict=True))),
        "named, not taken": float(sum(s and not u for s, u in zip(strong, used, strict=True))),
        "found, not taken": float(sum(not s and not u for s, u in zip(strong, used, strict=True))),
        f"{OF_TOPIC}{topic}": 1.0,
    }
    if one.found_by != "query":
        found[f"found by {one.found_by}"] = 1.0
    return found | {f"{OF_TOPIC}{topic}, {way}": 1.0 for way in _ways_put(reading)}


@cache
def _weights() -> Mapping[str, float]:
    return {str(k): float(v) for k, v in json.loads(_WEIGHTS.read_text(encoding="utf-8")).items()}


def likeliest(
    found: Sequence[Tried], reading: Reading, weights: Mapping[str, float] | None = None
) -> list[Tried]:
    """Return the likeliest of what was tried, with what is nearly as likely and short.

    Args:
        found: what was tried.
        reading: the question.
        weights: of the traits; without them, those that come with the package.
    """
    known = _weights() if weights is None else weights
    worth = [sum(known.get(k, 0.0) * v for k, v in traits(one, reading).items()) for one in found]
    order = sorted(range(len(found)), key=lambda n: -worth[n])
    parts: list[Tried] = []
    things: set[str] = set()
    for n in order:
        if parts and (exp(worth[n] - worth[order[0]]) < _NEARLY or len(parts) == _MOST_PARTS):
            break
        # The same things again, with other columns, say little more.
        about = {cell_value(row[0]) for row in found[n].table.rows}
        if not parts or (len(found[n].table.rows) <= _MOST_BESIDE and not about <= things):
            parts.append(found[n])
            things |= about
    return parts
