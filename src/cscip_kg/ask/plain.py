"""Words of a question that name nothing: those to pass over, those that hint at the kind of question.

In: nothing. Out: sets of stems, and the questions that the graph refuses on principle. They are words of plain
English, no knowledge of the evidence.
"""

from __future__ import annotations

import re
from typing import Final

from cscip_kg.lexicon import stem, words

# Words that carry no meaning of their own in a question about this evidence.
SOFT: Final = frozenset(
    map(
        stem,
        """a about actually all also am among an and any anybody anyone anything anywhere are aren arent as ask at
        because been be being between both but by can could couldnt current currently day days describe did didnt
        do does doesnt doing done dont during each else enough ever every experience find for from get give given
        go goes going got had has have havent having hello here hi how i if in initiative instead into is isnt it
        its itself just kind let like list little look looked made make managed may me might more most much
        my need of ok on one ones only or other our ourselves out over overview own particular people per person
        please pls provide rather really said same say says see seem seen show so some sort spend spent still such
        take tell than thanks that the their them then there theres these they thing things this those through
        time to too took try trying under up us use used using v vs versus very view want wanted was wasnt way
        we well went were werent what whats when whether which while whole whose will with within would yes
        yet you your yours s t re ve""".split(),
    )
)
# Words that help to tell one question from another, yet may stand in any.
CUES: Final = frozenset(
    map(
        stem,
        """achieve approach case children child data difference evaluate evaluation evidence family finding help intervention
        lesson measure model number outcome pilot programme project report reported result run saw scheme service
        source start started study support tried where who whom why work worked wave young""".split(),
    )
)
# Words that join a choice of two: "round 1 or round 2".
JOINING: Final = frozenset(("or", "and"))

_RANKS = "The graph ranks nothing: the sources warn against it"
_ADVICE = "The graph gives no advice on a choice or a case: it says what sources report"
_FUTURE = "The graph makes no predictions: it says what sources report"
# Questions that the sources refuse to answer, and so does the graph: who asks them is told why.
_REFUSED: Final = {
    r"best|worst|rank|ranked|ranking|better than|most effective|most successful|top (three|five|ten|\d+)": _RANKS,
    r"should (i|we|it be|they|our)|recommend (for|to) (me|us|our)|worth (it|doing|buying)": _ADVICE,
    r"would|will|predict|forecast for|in future|next year": _FUTURE,
}
# What follows these is set aside, not asked for: "more rather than fewer".
_SET_ASIDE: Final = re.compile(r"\b(?:rather than|instead of)\s+\w+", re.IGNORECASE)


def refusal(question: str) -> str:
    """Return why a question is refused on principle; nothing when it is not."""
    plain = " ".join(words(question))
    return next((why for cue, why in _REFUSED.items() if re.search(rf"\b(?:{cue})\b", plain)), "")


def asked_for(question: str) -> str:
    """Return a question without what it sets aside."""
    return _SET_ASIDE.sub(" ", question)
