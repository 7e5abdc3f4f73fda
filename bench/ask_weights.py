"""Makes the weights by which `cscip ask` ranks what it tries, and says how well they do on a list left out.

In: the lists of questions in `tests/phrasings` that are tuned on, never those held back, and the built graph.
Out: `src/cscip_kg/ask/weights.json`. A linear model with a softmax over what was tried for a question (right:
all that the list demands in at most 60 rows), fitted with a penalty. Each list is left out in turn; what is
told is how the rest does on it. Run: `python bench/ask_weights.py`, after `cscip build`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from cscip_kg.ask.choosing import choices
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.ranking import OF_TOPIC, likeliest, traits
from cscip_kg.ask.reading import names, read
from cscip_kg.ask.trying import Tried, tried
from cscip_kg.output import cell_text
from cscip_kg.queries import Table, cell_value

ROOT = Path(__file__).parents[1]
LISTS = sorted((ROOT / "tests" / "phrasings").glob("ask-tuning-*.yaml"))
WEIGHTS = ROOT / "src" / "cscip_kg" / "ask" / "weights.json"
# A right answer of more rows than these is too long to be learned from.
MOST_ROWS = 60
# How dear a weight is: one of the traits at large, and one of a topic and how a question is put.
PENALTY, PENALTY_OF_TOPIC = 0.2, 0.5

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question that has an answer, what was tried for it, and which of that is right."""

    list_: str
    entry: Mapping[str, Any]
    reading: Reading
    found: list[Tried]
    right: list[bool]


def plain(text: str) -> str:
    """Return a text as answers and demands are compared."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text).casefold()


def is_right(entry: Mapping[str, Any], tables: Sequence[Table]) -> bool:
    """Return whether tables hold all that a list demands and nothing that it bars."""
    cells = (cell for table in tables for row in table.rows for cell in row)
    text = plain("\n".join(f"{cell_value(cell)} {cell_text(cell)}" for cell in cells))
    needed, barred = entry.get("must") or [], entry.get("must_not") or []
    return all(plain(one) in text for one in needed) and not any(plain(one) in text for one in barred)


def asked(list_: Path) -> list[Asked]:
    """Return the questions of a list that have an answer."""
    known, found = names(), []
    for entry in yaml.safe_load(list_.read_text(encoding="utf-8")):
        if entry["answerable"]:
            reading = read(entry["question"])
            some = tried(reading, choices(reading, known), known)
            right = [len(one.table.rows) <= MOST_ROWS and is_right(entry, [one.table]) for one in some]
            found.append(Asked(list_.name, entry, reading, some, right))
    return found


def fitted(questions: Sequence[Asked]) -> dict[str, float]:
    """Return the weights under which the right ones are the likeliest."""
    use = [one for one in questions if any(one.right) and not all(one.right)]
    held = [[traits(some, one.reading) for some in one.found] for one in use]
    known = sorted({name for some in held for each in some for name in each})
    places = {name: n for n, name in enumerate(known)}
    counts = np.array([len(some) for some in held])
    values = np.zeros((counts.sum(), len(known)))
    for row, each in enumerate(each for some in held for each in some):
        for name, value in each.items():
            values[row, places[name]] = value
    right = np.array([float(one) for some in use for one in some.right])
    starts = np.concatenate(([0], counts.cumsum()[:-1]))
    dear = np.array([PENALTY_OF_TOPIC if name.startswith(OF_TOPIC) else PENALTY for name in known])

    def loss(weights: Array) -> tuple[float, Array]:
        worth = values @ weights
        worth = np.exp(worth - np.repeat(np.maximum.reduceat(worth, starts), counts))
        whole, good = np.add.reduceat(worth, starts), np.add.reduceat(worth * right, starts)
        slope = worth / np.repeat(whole, counts) - worth * right / np.repeat(good, counts)
        return float(-np.log(good / whole).sum() + (dear * weights**2).sum()), values.T @ slope + (
            2 * dear * weights
        )

    best = minimize(loss, np.zeros(len(known)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(weight), 3) for name, weight in zip(known, best.x, strict=True)}


def held(questions: Sequence[Asked], weights: Mapping[str, float]) -> tuple[int, int]:
    """Return how many the likeliest answers rightly, alone and with its parts."""
    found = [[one.table for one in likeliest(q.found, q.reading, weights)] for q in questions]
    pairs = [(q.entry, some) for q, some in zip(questions, found, strict=True) if some]
    return sum(is_right(e, some[:1]) for e, some in pairs), sum(is_right(e, some) for e, some in pairs)


def main() -> None:
    """Fit, tell how lists that were left out do, and write the weights."""
    questions = [asked(list_) for list_ in LISTS]
    for n, left in enumerate(questions):
        weights = fitted([one for m, some in enumerate(questions) if m != n for one in some])
        alone, together = held(left, weights)
        print(f"{LISTS[n].stem}, left out: {alone} of {len(left)} alone, {together} with parts")
    weights = fitted([one for some in questions for one in some])
    WEIGHTS.write_text(json.dumps(weights, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
