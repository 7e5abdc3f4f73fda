"""One question, read → its answer: the stored query that fits, with what else is needed to leave nothing out.

In: a question and the build. Out: an `Answer`. What fits comes first; then a query whose rows hold the other
words; then, where nothing is of all the groups and ways of work that are named, what is of some of them; at
last the statements that hold every telling word, or what holds the most of the question when it is run. Each
of these is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from cscip_kg import queries
from cscip_kg.ask.choosing import PASSED_OVER, Choice, choices, is_all, is_telling
from cscip_kg.ask.mentions import Reading
from cscip_kg.ask.needed import says, tells_what
from cscip_kg.ask.passages import words_of
from cscip_kg.ask.phrasing import headed, said
from cscip_kg.ask.plain import NEVER, refusal
from cscip_kg.ask.ranking import likeliest
from cscip_kg.ask.reading import names, read, unknown_name
from cscip_kg.ask.rows import WHETHER, fuller, holding
from cscip_kg.ask.running import KEPT_BY, rows
from cscip_kg.ask.shape import Answer
from cscip_kg.ask.statements import accounts_of, comes_first, counted_in, holding_all, listed
from cscip_kg.ask.telling import (
    left_out,
    not_understood,
    of_rows,
    of_words,
    tells_of_rows,
    together,
    understood,
    untold,
    without,
)
from cscip_kg.ask.trying import tried
from cscip_kg.ask.weighing import candidates, chosen_by
from cscip_kg.ask.witness import unheld
from cscip_kg.namespaces import ID
from cscip_kg.queries import Table, cell_value

_MOST_ALTERNATIVES: Final = 3
_MOST_TRIED: Final = 12
_NEAR: Final = 3.0
# So many words may be looked for in the rows of a query, and so many queries are tried with them.
_MOST_LOOKED_FOR, _MOST_LOOKED_IN = 3, 6
# An answer from elsewhere stands beside the first when it is nearly as likely, or explains what that passes
# over and is not much less likely; and when it is short.
_AS_LIKELY, _LESS_LIKELY, _MOST_BESIDE, _BESIDE = 1.5, 4.0, 40, 2
# Statements that hold all words stand beside an answer that passes some over, when they are few.
_FEW: Final = 12
_MOST_OF_ONE: Final = 200
# What may be left out, when nothing is of all that is named: who or what it is for, and how it is done.
_WIDENED: Final = ("theme", "practice", "approach", "population")
_CHANGE: Final = frozenset(("direction", "effect"))
_TWO: Final = 2
# Of what holds the most of a question, so many stand together, when they hold about as much.
_PARTS, _ALIKE = 3, 0.05
# Who asks whether an intervention did something is told so by a finding, a statement or what became of it.
_OF_CHANGE: Final = frozenset(("direction", "effect", "statement", "status", "amount"))
_ABLE: Final = frozenset(("can", "could", "may"))
_PROFILES: Final = frozenset(("interventions-where", "about-intervention"))
_SILENT: Final = "The five sources read say nothing of this."


class Asked:
    """One question over a build."""

    def __init__(self, question: str, folder: Path | None = None) -> None:
        """Read the question and look for the queries that could be meant."""
        self._question = question
        self._folder = folder
        self._names = names(folder)
        self._reading: Reading = read(question, folder)
        self._found = choices(self._reading, self._names)
        self._near = [c.command() for c in self._found if c.score > 0][: _MOST_ALTERNATIVES + 1]

    @property
    def names_any(self) -> bool:
        """Return whether the question names anything."""
        return bool(self._reading.mentions)

    @property
    def intervention(self) -> str:
        """Return the words that name an intervention, the first of them; nothing without one."""
        named = [m for m in self._reading.mentions if "intervention" in m.strong]
        return self._reading.text(named[0]) if named else ""

    @property
    def _whether(self) -> bool:
        """Return whether it is asked if an intervention did something: a profile of it is no answer."""
        return self._reading.words[0].word in WHETHER and bool(self.intervention)

    def answer(self) -> Answer:
        """Return the answer, or the reason why there is none.

        Where there is one, what ranks highest by what it holds is told, and what is nearly as likely.
        """
        first = self._accounted_for()
        if not first.answered:
            return first
        ranked = self._ranked(first)
        lacking = self._lacking(ranked)
        if not lacking and says(ranked.table, self._reading):
            return ranked
        if not self._lacking(first) and says(first.table, self._reading):
            return first
        reason = untold(lacking) if lacking else _SILENT
        return replace(ranked, answered=False, table=Table((), []), reason=reason)

    def _lacking(self, answer: Answer) -> tuple[str, ...]:
        return unheld(answer, self._reading, self._names, self._folder)

    def _ranked(self, first: Answer) -> Answer:
        """Return the likeliest answer with its parts; of what was found first, all that belongs to it."""
        if first.query == KEPT_BY and "," in first.parameters.get("intervention", ""):
            # Interventions that were found one by one stand for more than any one query holds.
            return first
        parts = likeliest(tried(self._reading, self._found, self._names, self._folder), self._reading)
        own = (first.query, dict(first.parameters))
        same = [one for one in parts if (one.run.query.name, dict(one.run.values)) == own]
        if tells_of_rows(first):
            # What was kept by words is not joined again by what was left out; what is lacking is told first.
            parts = [one for one in parts if one.narrowed or one.choice.fits]
            same = [one for one in parts if one.run.query.name == first.query]
        answer = first if same or not parts or tells_of_rows(first) else None
        for one in parts:
            if one not in same:
                more = self._told(one.run, one.table, *of_rows(one))
                answer = together(answer, more) if answer else more
        return answer or first

    def _accounted_for(self) -> Answer:
        """Return an answer that accounts for every word, or the reason why there is none."""
        silent = Answer(self._question, answered=False, alternatives=tuple(self._near[:-1]))
        name = unknown_name(self._reading, self._folder)
        if reason := refusal(self._question) or (name and f"No source read knows the name “{name}”."):
            return replace(silent, reason=reason)
        fitting = self._fitting()
        if found := self._that_fits(fitting) or self._looked_for():
            return found
        silence = self._silence(fitting, silent) if fitting else None
        if silence and (silence.answered or self._names_what_it_takes(fitting[0])):
            return silence
        last = listed(self._reading, self._names, sure=False, folder=self._folder)
        if last and (table := self._rows(last)):
            return self._told(last, table)
        found = self._that_holds_all() or self._weighed()
        return found or silence or replace(silent, reason=not_understood(self._found))

    def _silence(self, fitting: list[Choice], silent: Answer) -> Answer:
        """Return what comes near where what fits has no rows, or that the sources say nothing."""
        first = fitting[0]
        # Of an intervention, silence is an answer; of what is told in general, words may find it. Rows
        # that do not say what is asked for are silence, too.
        untold = any(rows(one, self._folder).rows for one in fitting[:_TWO])
        found = self._widened(first) or (None if self.intervention or untold else self._that_holds_all())
        if found:
            return found
        why = tuple(understood(self._reading, first))
        return replace(silent, query=first.query.name, parameters=first.values, why=why, reason=_SILENT)

    def _names_what_it_takes(self, choice: Choice) -> bool:
        """Return whether a choice rests on a name; a word that things are found by may have meant another."""
        chosen = chosen_by(choice)
        weak = [m for m in self._reading.mentions if not m.strong]
        found = any(chosen & set(iris) for m in weak for iris in m.things.values())
        named = any(m.strong for m in self._reading.mentions)
        return named or not found

    def _weighed(self) -> Answer | None:
        """Return what holds nearly all that is told, with what holds as much; what is left out is told."""
        if any(word.word in NEVER for word in self._reading.words):
            return None
        measured = any("outcome-measure" in m.strong for m in self._reading.mentions)
        found = [
            one
            for one in candidates(self._reading, self._found, self._names, self._folder)
            if one.enough
            and says(one.table, self._reading)
            and tells_what(one.choice, self._reading)
            and not (self._whether and _OF_CHANGE.isdisjoint(one.table.columns))
            and not (measured and one.choice.query.name in _PROFILES)
        ]
        answer: Answer | None = None
        for one in [one for one in found if one.share >= found[0].share - _ALIKE][:_PARTS]:
            left = [left_out(part.typed for part in one.missing)] if one.missing else []
            more = self._told(one.choice, one.table, *left)
            if answer is None or len(one.table.rows) <= _MOST_BESIDE:
                answer = together(answer, more) if answer else more
        return answer

    def _that_holds_all(self) -> Answer | None:
        choice = holding_all(self._reading, self._names, self._folder)
        table = self._rows(choice) if choice else None
        if choice and self._whether and _OF_CHANGE.isdisjoint(choice.query.columns):
            return None
        return self._told(choice, table) if choice and table else None

    def _own(self, iri: str) -> frozenset[str]:
        return words_of(iri, self._names, self._folder)

    def _rows(self, choice: Choice) -> Table | None:
        """Return the rows of a choice, if it has any and they say what is asked for."""
        table = rows(choice, self._folder)
        fit = tells_what(choice, self._reading) and says(table, self._reading)
        return table if table.rows and fit else None

    def _told(self, choice: Choice, table: Table, *more: str) -> Answer:
        others = tuple(c for c in self._near if c != choice.command())[:_MOST_ALTERNATIVES]
        why = (*understood(self._reading, choice), *more)
        asked = choice.met | headed(choice.query.name)
        answer = Answer(self._question, True, choice.query.name, choice.values, why, table, others)
        return replace(answer, asked=asked, taken=chosen_by(choice))

    def _fitting(self) -> list[Choice]:
        """Return the choices that account for the whole question, the likeliest first."""
        fitting = [c for c in self._found[:_MOST_TRIED] if c.fits and (c.score > 0 or c.values)]
        return [fuller(c, self._reading) for c in fitting]

    def _that_fits(self, fitting: list[Choice]) -> Answer | None:
        sure = None
        if comes_first(self._reading):
            sure = listed(self._reading, self._names, sure=True, folder=self._folder)
        # No other takes the place of the first that is much less likely or takes less of what is named.
        near = [
            c
            for c in fitting
            if c.score > fitting[0].score - _NEAR
            and len(c.values) + len(c.kept) >= len(fitting[0].values) + len(fitting[0].kept)
        ]
        for one in [*([sure] if sure else []), *near]:
            choice = self._either(one)
            if not self._by_profile(choice) and (table := self._rows(choice)):
                return self._with_beside(choice, self._told(choice, table), fitting, counted=choice == sure)
        return None

    def _by_profile(self, choice: Choice) -> bool:
        """Return whether a profile of an intervention would stand for what it did: that is no answer."""
        asked = self._reading.words[0].word in WHETHER | _ABLE and bool(self.intervention)
        return asked and bool(choice.passed) and _OF_CHANGE.isdisjoint(choice.query.columns)

    def _either(self, choice: Choice) -> Choice:
        """Return interventions that are of one or the other, where "or" stands between two choices."""
        if choice.query.name != KEPT_BY or not any(word.word == "or" for word in self._reading.words):
            return choice
        named = [name for name in _WIDENED if name in choice.values]
        if len(named) < _TWO:
            return choice
        found: dict[str, None] = {}
        for name in named:
            values = {key: value for key, value in choice.values.items() if key == name or key not in named}
            place = choice.query.columns.index("intervention")
            rest = rows(replace(choice, values=values), self._folder).rows
            found.update(dict.fromkeys(cell_value(row[place]) for row in rest))
        start = f"{ID}intervention/"
        return replace(choice, values={"intervention": ",".join(one.removeprefix(start) for one in found)})

    def _with_beside(self, first: Choice, answer: Answer, fitting: list[Choice], *, counted: bool) -> Answer:
        """Return an answer with what stands beside it: what is as likely, or explains what it passes over."""
        passed = {said(word.stem) for word in first.passed}
        seen = {first.query.name}
        start = fitting[0].score if counted and fitting else first.score
        # What the first explains the other need not.
        partly = [c for c in self._found if not c.fits and {said(word.stem) for word in c.odd} <= first.met]
        for other in [*fitting, *partly]:
            if other.query.name in seen or len(seen) > _BESIDE:
                continue
            explains = bool(passed & other.met) and other.score >= start - _LESS_LIKELY
            # What chooses less than the first says more than was asked for.
            likely = other.score >= start - _AS_LIKELY and len(other.values) >= len(first.values) > 0
            more = self._joined(answer, other, _MOST_BESIDE) if likely or explains else answer
            if more is not answer:
                answer = more
                passed -= other.met
                seen.add(other.query.name)
        for more_of, most in self._further(first, counted=counted, passed=bool(passed)):
            answer = self._joined(answer, more_of, most)
        return answer

    def _joined(self, answer: Answer, other: Choice | None, most: int) -> Answer:
        """Return an answer with the rows of another choice, if it has any and not too many."""
        table = self._rows(other) if other else None
        if other is None or table is None or len(table.rows) > most:
            return answer
        return together(answer, self._told(other, table))

    def _further(self, first: Choice, *, counted: bool, passed: bool) -> Iterator[tuple[Choice | None, int]]:
        """Yield what belongs to an answer whatever else was likely, and how many rows it may have."""
        one = "," not in first.values.get("intervention", ",")
        if first.query.name in _PROFILES and one and len(first.values) == 1 and not first.passed:
            # Who asks what something is wants to know what came of it, too.
            yield replace(first, query=queries.find("findings-where"), kept={}), _MOST_OF_ONE
        beside = [
            m.things["programme"][0]
            for m in self._reading.mentions
            if "programme" in m.strong and not is_all(m)
        ]
        if beside and first.query.name != "programme-accounts":
            # Of a programme that ran beside this one, all that is said of it is little.
            values = {"thing": beside[0].removeprefix(ID)}
            yield accounts_of(replace(first, values=values), self._folder), _MOST_BESIDE
        if first.query.name == "programme-accounts" and first.values:
            yield accounts_of(first, self._folder), _MOST_BESIDE
        if not counted:
            yield counted_in(self._reading, self._names, self._folder), _MOST_BESIDE
            if passed:
                yield holding_all(self._reading, self._names, self._folder, wished=True), _FEW

    def _looked_for(self) -> Answer | None:
        """Return the choice whose rows hold the words that no parameter takes, with those rows."""
        near = [c for c in self._found if not c.fits and c.values and len(c.odd) <= _MOST_LOOKED_FOR]
        # A plain word says too little to be looked for.
        near = [c for c in near if PASSED_OVER.isdisjoint(word.stem for word in c.odd)]
        # Of one intervention nearly any word is said somewhere: then none is passed over besides. That
        # something rose or fell is told by a finding alone.
        near = [c for c in near if not (self.intervention and any(is_telling(word) for word in c.passed))]
        changes = {
            word.stem
            for m in self._reading.mentions
            if not _CHANGE.isdisjoint(m.things)
            for word in self._reading.words[m.start : m.end]
        }
        near = [
            c
            for c in near
            if changes.isdisjoint(word.stem for word in c.odd) or not _CHANGE.isdisjoint(c.query.columns)
        ]
        for choice in sorted(near, key=lambda c: (-c.score - len(c.odd), c.command()))[:_MOST_LOOKED_IN]:
            full = fuller(choice, self._reading)
            table = holding(rows(full, self._folder), [word.stem for word in choice.odd], self._own)
            if table.rows and says(table, self._reading) and tells_what(full, self._reading):
                return self._told(full, table, of_words(choice.unexplained))
        return None

    def _widened(self, choice: Choice) -> Answer | None:
        """Return what is of some of the groups, themes and ways of work named, where nothing is of all."""
        change = any(not _CHANGE.isdisjoint(m.things) for m in self._reading.mentions)
        for name in _WIDENED:
            values = {key: value for key, value in choice.values.items() if key != name}
            # Where a change is asked for, it must be of the same measure; else another group or way of work
            # must stand, as a place or an intervention alone is not what was asked for.
            same = "measure" in values and name == "population" if change else _widens(values)
            if name in choice.values and same:
                one = replace(choice, values=values)
                if table := self._rows(one):
                    return self._told(one, table, without(name, choice.values[name]))
        return None


def _widens(values: Mapping[str, str]) -> bool:
    """Return whether a group or a way of work stands among values."""
    return any(name in values for name in _WIDENED)
