"""A federated query run: what is known here, then what each endpoint says, joined by our own engine.

In: a federated query, values, the user's choice of endpoints, limits. Out: rows, with a column for each
endpoint that tells apart what was answered, what it has nothing on, what could not be asked, and what was not
answered and why. The join is the query's own: the answers stand as VALUES where SERVICE stood.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeGuard

from pyoxigraph import Literal, NamedNode

from cscip_kg.errors import (
    QueryError,
    RemoteBusyError,
    RemoteCutError,
    RemoteError,
    RemoteFormatError,
    RemoteLateError,
    RemoteRedirectError,
    RemoteRefusedError,
    RemoteSizeError,
)
from cscip_kg.federation.asking import BATCH, ask, request_text
from cscip_kg.federation.endpoints import Asked, Choice
from cscip_kg.federation.reading import FederatedQuery, Key, Part, Row, parts, with_answers
from cscip_kg.queries import Cell, Table, bind, fill, table_of
from cscip_kg.remote.transport import Budget
from cscip_kg.store import Answer, Limits, answered

ANSWERED: Final = "answered"
NOTHING: Final = "nothing there"
NOT_ASKED: Final = "not asked: no code to ask by"
NOT_ANSWERED: Final = "not answered"
# An answer of all that is asked here is some hundred rows.
MOST_BYTES: Final = 8 * 1024 * 1024
_FAULTS: Final = (
    (RemoteLateError, "too late"),
    (RemoteSizeError, "too large"),
    (RemoteRedirectError, "points elsewhere"),
    (RemoteFormatError, "no rows"),
    (RemoteCutError, "cut off"),
    (RemoteBusyError, "busy"),
)
_LOCAL: Final = Limits(seconds=60.0)


def _silent(_: str) -> None:
    pass


def _is_key(cell: Cell) -> TypeGuard[Key]:
    """Return whether a cell is sent: a term with a name, and no empty text."""
    return isinstance(cell, NamedNode | Literal) and bool(cell.value)


@dataclass
class Outcome:
    """What became of one endpoint.

    Attributes:
        asked: the endpoint.
        sent: how many keys it was asked for.
        rows: what it answered.
        found: the keys on which it has something.
        answered: the keys that it was asked for and has answered, be it with nothing.
        fault: why it did not answer, or not to the end, in a word or two; empty when it did.
        why: the same in a sentence.
    """

    asked: Asked
    sent: int = 0
    rows: list[Row] = field(default_factory=list)
    found: set[Cell] = field(default_factory=set)
    answered: set[Key] = field(default_factory=set)
    fault: str = ""
    why: str = ""

    def of(self, key: Cell) -> str:
        """Return what became of one key."""
        if not _is_key(key):
            return NOT_ASKED
        if key not in self.answered:
            return f"{NOT_ANSWERED}: {self.fault}" if self.fault else NOT_ASKED
        return ANSWERED if key in self.found else NOTHING


@dataclass(frozen=True)
class Federated:
    """The answer to a federated query: rows as SPARQL JSON, and what became of each endpoint."""

    answer: Answer
    outcomes: tuple[Outcome, ...]

    @property
    def whole(self) -> bool:
        """Whether every endpoint answered all that it was asked."""
        return not any(one.fault for one in self.outcomes)


def _reason(error: RemoteError) -> tuple[str, str]:
    """Return why there is no answer: in a word or two for the cell, and in a sentence."""
    if isinstance(error, RemoteRefusedError):
        # The message of a store of one's own speaks of credentials, which nobody sends here.
        return f"refused ({error.status})", f"it refuses (status {error.status})"
    kind = next((words for kind, words in _FAULTS if isinstance(error, kind)), "not reached")
    return kind, str(error).rstrip(".")


def _keys(table: Table, part: Part) -> list[Key]:
    """Return what is sent to an endpoint: the keys of all rows, each once.

    Raises:
        QueryError: the key of a row is open: SPARQL joins such a row with every answer, whatever it is about.
    """
    found = list(dict.fromkeys(row[table.columns.index(part.key)] for row in table.rows))
    if None in found:
        raise QueryError(
            f"?{part.key} is open in some rows, and SERVICE <{part.iri}> would answer for all of those. "
            f'Write BIND(COALESCE(?known, "") AS ?{part.key}) before it: an empty text is not sent.'
        )
    return [key for key in found if _is_key(key)]


def _prepared(
    query: FederatedQuery, values: Mapping[str, str], folder: Path | None
) -> tuple[str, list[Part]]:
    text = fill(query.stored.text, bind(query.stored, values, folder))
    return text, parts(text, query.stored.name)


def _asked(query: FederatedQuery, found: Sequence[Part], choice: Choice) -> list[Asked]:
    asked = [choice.asked(part.iri) for part in found]
    if missing := {one.name for one in asked} - set(query.sends):
        raise QueryError(
            f"{query.stored.name}: the header's `sends` does not tell what goes to {min(missing)}."
        )
    return asked


def planned(
    query: FederatedQuery, values: Mapping[str, str], choice: Choice, folder: Path | None = None
) -> list[tuple[Asked, list[str]]]:
    """Return what would be sent to whom, without sending it; keys that others would give are not known.

    Args:
        query: the query.
        values: of its parameters.
        choice: which endpoints may be asked, and where they are.
        folder: the build folder; by default the project's own.
    """
    text, found = _prepared(query, values, folder)
    table = table_of(answered(with_answers(text, found, {}), _LOCAL, folder))
    plan = []
    for part, asked in zip(found, _asked(query, found, choice), strict=True):
        keys = _keys(table, part)
        batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
        plan.append((asked, [request_text(text, part, batch) for batch in batches]))
    return plan


def _put(text: str, part: Part, keys: Sequence[Key], one: Outcome, seconds: float) -> None:
    """Ask one endpoint for all keys, some at a time; what it said before it failed stays."""
    budget = Budget(seconds, MOST_BYTES)
    one.sent = len(keys)
    try:
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            rows = ask(one.asked.url, text, part, batch, budget)
            one.rows += rows
            one.found.update(row[0] for row in rows)
            one.answered.update(batch)
    except RemoteError as error:
        one.fault, one.why = _reason(error)


def _told(answer: Answer, found: Sequence[Part], outcomes: Sequence[Outcome]) -> Answer:
    """Return the answer with a column for each endpoint."""
    document = json.loads(answer.body)
    table = table_of(answer)
    names = [one.asked.name for one in outcomes]
    document["head"]["vars"] = [*table.columns, *names]
    for binding, row in zip(document["results"]["bindings"], table.rows, strict=True):
        for part, one in zip(found, outcomes, strict=True):
            key = row[table.columns.index(part.key)]
            binding[one.asked.name] = {"type": "literal", "value": one.of(key)}
    return Answer("rows", json.dumps(document, ensure_ascii=False).encode())


def run(
    query: FederatedQuery,
    values: Mapping[str, str],
    choice: Choice,
    folder: Path | None = None,
    tell: Callable[[str], None] = _silent,
) -> Federated:
    """Run a federated query: this sends keys to others.

    Args:
        query: the query.
        values: of its parameters; see `queries.bind`.
        choice: which endpoints may be asked, where they are, and for how long.
        folder: the build folder; by default the project's own.
        tell: is told who is being asked for how much.

    Raises:
        QueryError: an endpoint is not allowed, a value is not known, or the query fails here. What endpoints
            do wrong is no error but told in the answer.
    """
    text, found = _prepared(query, values, folder)
    outcomes = [Outcome(asked) for asked in _asked(query, found, choice)]
    answers: dict[str, list[Row]] = {}
    answer = answered(with_answers(text, found, answers), _LOCAL, folder)
    for part, one in zip(found, outcomes, strict=True):
        if not (keys := _keys(table_of(answer), part)):
            continue
        tell(f"Asking {one.asked.title} at {one.asked.url} for {len(keys)}: {query.sends[one.asked.name]}")
        _put(text, part, keys, one, choice.seconds)
        try:
            answer = answered(with_answers(text, found, answers | {part.iri: one.rows}), _LOCAL, folder)
        except QueryError as error:
            # What one endpoint says must not cost what the others said.
            one.fault, one.why = "too much to join", str(error).rstrip(".")
            one.found.clear()
            one.answered.clear()
        else:
            answers[part.iri] = one.rows
    return Federated(_told(answer, found, outcomes), tuple(outcomes))
