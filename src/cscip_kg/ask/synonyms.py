"""Words that mean nearly the same, in rows and where a stored question is looked for.

In: nothing. Out: for a stem, those that may stand for it in a row, and the one that stands for it among the
phrasings of the stored questions.
"""

from __future__ import annotations

from typing import Final

from cscip_kg.ask.english import stems_of_words
from cscip_kg.lexicon import stem

# Words that mean nearly the same, one group a line: a question may use any of them for another.
_SAME: Final = """cost costs price spend money funding fund sum expensive
hard difficult difficulty problem challenge barrier obstacle
referral refer referred
recruit recruitment hire hiring employ
turnover leave left retention retain keep
online virtual remote digital
share percentage percent proportion
disagree contradict differ conflict inconsistent
staff worker practitioner workforce employee
train training trained
volunteer mentor
family parent
young teenager adolescent youth
authority council
plan plans planned
lowest lower low
rating rate rated
lose loss lost
fewer fall reduction reduce reduced decrease drop cut decline
rise increase increased more grow growth
trial experiment randomised
researcher evaluator
short small little
engage engagement involve involvement
delay late slow
confidential privacy
trust relationship
sustain sustainable continue
carry continue continued
suit suitable
kid child children
crime offend offending criminal
school education pupil
violence abuse
absence sickness
happy satisfied satisfaction
weekly week
yearly annual year
monthly month
house home
army military armed
suicide suicidal
teach teacher
doctor gp
mother mum mums
father dad dads
jail prison custody
mental psychological
job employment work
spread scale roll rollout
stop hinder barrier obstacle prevent
pitfall risk challenge problem
budget fund funding
invest investment
learnt learn lesson
settle stable stability
proportion percentage percent per cent
pa admin administrative
canonical preferred alias aliases alternative name
route pathway
apps app digital
drink alcohol
national england government
mixed unclear
range age
strong stronger impact
weak compromised weaker
slice share part proportion
downside drawback disadvantage problem risk barrier challenge
sign signed recruit recruited
random randomised chance
allocate allocation allocated
reckon estimate reckoned estimated
computer digital it technology""".strip()


def _same() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _SAME.splitlines():
        group = stems_of_words(line)
        for one in group:
            found[one] = found.get(one, frozenset()) | group
    return found


SAME: Final = _same()
# Words that questions put for one another where a stored question is looked for; the first stands for all.
_ALIKE: Final = """project intervention scheme initiative pilot programme service innovation
stop end close fold cancel axe scrap discontinue abandon shut cease finish terminate wind
continue carry sustain survive persist keep
save saving savings
evaluate evaluation assess assessed research study studied review
evaluator researcher
lead run deliver manage provide operate host
show display
name call title label
alias aka
report publication document
agree consistent match tally
contradict disagree conflict inconsistent differ discrepancy clash
recommend recommendation advise advice
learn lesson
expensive dear costly
price cost
loss lose lost
council authority
spread scale roll rollout replicate adopt
base build built
help aid assist
find found
result finding
unpublished
hinder hindered obstacle barrier
warn warning caution caveat limitation
wrong error mistake
list
many number count
trial rct randomised
who whose whom
place location area
largest biggest highest most
money funding fund grant budget
forecast projected estimate prediction
icon symbol
missing lost absent
merge merged same""".strip()


def _first_of_alike() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _ALIKE.splitlines():
        group = line.split()
        for one in group:
            found.setdefault(stem(one), stem(group[0]))
    return found


_FIRST: Final = _first_of_alike()


def alike(one: str) -> str:
    """Return the stem that stands for all stems which questions put for this one."""
    return _FIRST.get(one, one)
