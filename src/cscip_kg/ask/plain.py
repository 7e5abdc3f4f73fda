"""Words of a question that name nothing: those to pass over, those that hint at the kind of question.

In: nothing. Out: sets of stems, and the questions that the graph refuses on principle. They are words of
plain English, no knowledge of the evidence.
"""

from __future__ import annotations

import re
from typing import Final

from cscip_kg.lexicon import stem, words


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, text.split()))


# Words that carry no meaning of their own in a question about this evidence.
SOFT: Final = _stems(
    """a about actually all also am among an and any anybody anyone anything anywhere are aren arent as
    ask at because been be being between both but by can could couldnt current currently day days
    describe did didnt do does doesnt doing done dont during each else enough ever every experience
    find for from get give given go goes going got had has have havent having hello here hi how i if
    in initiative instead into is isnt it its itself just kind let like list little look looked made
    make managed may me might more most much my need of ok on one ones only or other our ourselves out
    over overview own particular people per person please pls provide rather really said say says
    shall should must see seem seen show so some sort still such take tell than thanks that the their
    them themselves then there theres these they thing things this those through time to too took try
    trying under up us use used using v vs versus very view want wanted was wasnt way we well went
    were werent what whats when whether which while whole whose will with within would yes yet you
    your yours s t re ve"""
)
# Words that help to tell one question from another, yet may stand in any.
CUES: Final = _stems(
    """achieve approach case children child data difference evaluate evaluation evidence family finding
    help innovation innovative intervention lesson measure model number outcome pilot programme
    project report reported result run same saw spend spent staff parent carer scheme service source
    start started study support tried where who whom why work worked wave young"""
)
# Who says none of these does not ask about money; they are never passed over.
MONEY: Final = _stems(
    """cost costs saving save money pound pounds return value economic price expensive budget cheap
    financial pay payback invest benefit spend spent sum dear afford worth forecast loss estimate fund"""
)
# Plain words that name no thing, place, time, sum or statistic: passed over where no phrasing knows them.
# Whatever would change a question (a year, an author, an interval, a salary) is not among them.
PASSED: Final = (
    _stems(
        """able above additional county another booklet document honest across act acted actual add after
        again against ago aim aimed allow alone along already although altogether always answer anyway
        apart appear area around aside asked available away back based basically before began begin
        behind below beside beyond bit bring broad broadly brought call called came cannot card care
        careful carried carry certain certainly chance change changed choose clear clearly come common
        compare complete concerned concerning consider contain count country cover covered curious deal
        decide deliver delivered depend designed despite detail details directly discover doc document
        down early easily easy either end ended ending english entire especially even everybody everyone
        everything exactly exist explain face faced fact far feel felt few figure fine first focus
        focused focusing folk folks follow following form former found full fully fund funded further
        gather gave general generally getting good great group guess guys happen happened happening hard
        heard held hold idea identified identify include included including individual info information
        inform interested interesting involve involved job keep kept kinda knew know known lads last
        later lead learn learned learnt least left less lets life likely line listed live long looking
        lots main mainly make making many matter mean meant mention mentioned might mind mine moment
        must name named necessarily never new next nice nobody none normal normally note noted notice
        now nowhere number off offer offered often old once onto open operate operated order originally
        otherwise our overall part parts past perhaps pick picked piece place places plain point
        possible possibly present pretty probably properly provided pull purpose put question questions
        quick quickly quite range ran reach reached read reading real reason record recorded refer
        regard regarding related relevant remind round row sadly second seek seeking sense separate set
        sets several sharing she short shown side similar simply since site sites situation small
        somebody someone something somewhere soon specific specifically specify stand stated step stop
        straight stuff such suggest suggested sum summarise supposed sure table taken taking talk team
        test tested thank therefore think though three throughout till together told toward towards
        trial true turn turned two type types typical typically undertaken unless until upon usual
        usually various visible wanting ways week weekly whatever wherever whichever whoever wide widely
        wider without wonder wondering word words working world worth write writing accept accomplish
        account adapt add address adjust adopt advance affect afford agree aid amount announce approve
        argue arise arrange arrive assess assign assist assume attempt attend attract avoid backed base
        battle become benefit blame block boost break build burden cancel capture cause celebrate centre
        check cite claim clash close combine commission commit compete complain concentrate conclude
        conduct confirm connect consist construct contact contribute control convert convince cope
        correct create credit cross damage decided decline dedicate define delay demonstrate deny
        describe deserve determine develop devote differ direct disappear disappoint discuss drag draw
        drive drop earn embed emerge employ enable encourage engage ensure enter escape establish exceed
        exclude expand expect explore express extend fail favour feature feed fight fill finalise fit
        fix fold force form free fresh gain generate grab grant grow guide halt handle hang headline
        heavy hinder hire hit host house illustrate impose impress inspire install intend intended
        introduce invest investigate invite join judge jump justify kick lack lacking land launch lay
        lean leave lend lie limit link list live living lose lost lower maintain manage map match
        measured meet merge miss monitor motivate mount move nail narrow necessary negotiate notice
        observe obtain occur offset oppose outline owe own pair pass pay pend perform permit persist
        persuade pilot plan play plead plug popular position praise prefer prepare press prevent proceed
        produce promise promote prompt propose protect prove pursue push quit rare rate react realise
        reason recall receive recognise reduce reflect refuse regular reject rely rely remain remove
        repeat replace represent request require resolve respond rest restore restrict retain retire
        reveal review revise roll rolled save secure select sell send settle shape share shift shut sign
        sit solve sorted source spark speak split spot spread stage stay steer stick strike strong
        struggle submit succeed suffer suit supply survive switch target teach tend throw tick tie touch
        track train transfer think thought transform travel treat trigger trust tweak uncover unfold
        unlock update uphold verify visit vary wait warn waste watch weigh willing win wind withdraw won
        yield"""
    )
    - _stems(
        """trial wrong hard change figure sum table wider country english second first last next long often
    old recent rate control contact visit train house source week weekly cut drop reduce lower"""
    )
    - (MONEY - _stems("fund"))
)
# Words that are never passed over, though others of their stem are: who somebody is changes a question.
NEVER: Final = frozenset(
    """manager author authors named names leader director founder contact contacts chief executive
    executives ceo chair chairman chairwoman president trustee trustees""".split()
)
# Words that join a choice of two: "round 1 or round 2".
JOINING: Final = frozenset(("or", "and"))
# Before a mention, these say that it is about people; after it, that it is a subject of work.
FOR_WHOM: Final = frozenset(
    """for with help helping helps support supporting supports serve serves serving affected experiencing
    facing families parents people children kids young those who whom women mothers adults teenagers
    """.split()
)
# Short forms that people write of words which the sources write out.
SHORT: Final = {
    "eif": "early intervention foundation",
    "la": "local authority",
    "las": "local authorities",
    "las'": "local authorities",
    "yp": "young people",
    "cyp": "children and young people",
    "sw": "social worker",
    "sws": "social workers",
    "dept": "department",
    "eval": "evaluation",
    "evals": "evaluations",
    "avg": "average",
    "info": "information",
    "nwd": "no wrong door",
    "lads": "young people",
    "lincs": "lincolnshire",
    "yorks": "yorkshire",
    "notts": "nottinghamshire",
    "cambs": "cambridgeshire",
    "kids": "children",
    "kid": "child",
    "youngsters": "young people",
    "practise": "practice",
    "program": "programme",
    "behavior": "behaviour",
    "counseling": "counselling",
    "centers": "centres",
}
_RANKS = "The graph ranks nothing: the sources warn against it"
_ADVICE = "The graph gives no advice on a choice or a case: it says what sources report"
_FUTURE = "The graph makes no predictions: it says what sources report"
_WEIGH = (
    "ask|consider|think|weigh|know|look|bear|check|plan|remember|watch|be aware|avoid|expect"
    "|have [a-z]+(?:ed|en)"
)
# Questions that the sources refuse to answer, and so does the graph: who asks them is told why.
_REFUSED: Final = {
    r"best (?!practice)|best$|worst|rank|ranked|ranking|better than": _RANKS,
    r"(?:biggest|largest|greatest|strongest|most) (?:fall|drop|impact|effect|reduction|improvement)": _RANKS,
    r"(?:is|are|was|were|which)\b.{3,80}\bor\b.{3,60}\bbetter\b": _RANKS,
    r"most effective|top (three|five|ten|\d+)|most successful(?!.*common)": _RANKS,
    rf"should (i|we|it be|they|our) (?!{_WEIGH})|should (i|we)$|recommend (for|to) (me|us|our)": _ADVICE,
    r"worth (it|doing|buying)|do you (recommend|advise|think)": _ADVICE,
    r"would (?!you|like)|will (?!have to|need to|be needed|it reach|it cover|they reach)": _FUTURE,
    r"predict(?!ive|or)|in future|next year": _FUTURE,
}
# What follows these is set aside, not asked for: "more rather than fewer".
_SET_ASIDE: Final = re.compile(
    r"\b(?:rather than|instead of"
    r"|not(?= (?:fewer|more|less|lower|higher|down|up|just|only)\b(?! than)))\s+\w+",
    re.IGNORECASE,
)
# "Rounds 2 and 3", "first or second round": each is named.
_ROUNDS: Final = re.compile(r"\b(?:rounds?|waves?) (\d) (and|or|&) (\d)\b", re.IGNORECASE)
_ORDINALS: Final = re.compile(
    r"\b(first|second|third) (and|or) (first|second|third) (round|wave)s?\b", re.IGNORECASE
)
_NUMBERS: Final = {"first": 1, "second": 2, "third": 3, "1st": 1, "2nd": 2, "3rd": 3}
_NTH: Final = re.compile(rf"\b({'|'.join(_NUMBERS)})[ -](?:rounds?|waves?)\b", re.IGNORECASE)
# "Went down well" is no fall.
_LIKED: Final = re.compile(r"\b(?:go|goes|went|gone|going) down (well|badly)\b", re.IGNORECASE)
_EG: Final = re.compile(r"\b(?:e\.g\.|i\.e\.|etc\b\.?)", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(?<![\d.]) %")
_POUNDS: Final = re.compile(r"£(?! ?\d)")
_SUM: Final = re.compile(r"£ ?(\d+) ?mn?\b", re.IGNORECASE)
# "Five years on": how long is a figure, however it is written.
_LONG: Final = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten)(?=[ -](?:years?|months?|weeks?|days?)\b)",
    re.IGNORECASE,
)
_DIGITS: Final = {w: str(n) for n, w in enumerate("two three four five six seven eight nine ten".split(), 2)}
_LOST: Final = "cost more than they saved"
# What people say in several small words, in one that the stored questions use.
_IDIOMS: Final = {
    r"(?:does|did|do) (?:the )?(?:foundations|department|dfe) (?:count|list|print|show|record|put)": "there",
    r"(?:is|are|was|were) (.{2,40}?)(?<!getting) (?:still )?"
    r"(?:going|running|operating|around)(?= or |$|\?)": (r"did \1 continue"),
    r"(?:still|keep|keeps|kept|keeping) (?:going|running|operating|on)": "continue",
    r"carr(?:y|ies|ied|ying) on": "continued",
    r"(?:money|funding|funds|grant|cash) (?:ran|runs|had run|running) out": "funding ended",
    r"(?:money|funding|funds|grant|cash) (?:dried up|stopped|was gone|ended|came to an end)": "funding ended",
    r"(?:short for|stands? for)": "also known as",
    r"(?:go|goes|went) by": "known as",
    r"(?:(?:go|went|gone|going) )?(?:up or down|down or up)": "change",
    r"(?:rise or fall|fall or rise|increase or decrease)": "change",
    r"(?:tell|tells|give|gives|say|says) the same (?:story|thing|figure|number)s?": "agree",
    r"the year before": "before",
    r"members of staff": "staff",
    r"(?:in|from) the (?:2021|round (?:2|two)) (?:summaries|booklet|dashboards)": "in round 2",
    r"in charge of coordinating": "coordinated",
    r"(?:in|over|within|during) (?:the|that|its|a) year(?! of|\w)": "",
    r"(were|was|are|is|be|still|back) in work(?! with)": r"\1 in employment",
    r"during the (?:year of (?:the |its |their )?evaluation|evaluation(?: year)?)": "",
    r"^which (?:organisation|body|company) (?=[a-z-]+ed\b)": "who ",
    r"according to (?:the )?(?:what works|foundations|rees centre|final|dfe|department|thematic)"
    r"(?:'s?)? (?:[a-z]+ ){0,3}(?:booklet|report|review|page|briefing|table|list)s?(?= |,|\?|$),?": "",
    r"(?:the )?rees centre(?:'?s)? (?=final)": "the ",
    r"(?:which|what|whose) borough": "which council",
    r"paid for": "funded",
    r"(which|many) london boroughs": r"\1 councils",
    r"(?<!london )boroughs": "councils",
    r"in (?:what|which) part of (?:the country|england)": "where",
    r"does the foundations (?:summary|report|review) say": "do the sources say",
    r"(?:best|worst)(?: (?:and|or) (?:best|worst))? case": "range",
    r"(?:turn|turns|turned|turning) up at": "at",
    r"(into|find|found|finding|back to|out of) work(?=$|\?|,| and| or| after)": r"\1 employment",
    r"(?:did|does|do) (?:the )?(?:foundations|department|dfe|rees centre|authors?) use": "was used",
    r"(\d) ?%": r"\1 per cent",
    r"(?:the )?(?:foundations|what works|dfe|department)(?:'s?)? "
    r"(?=(?:table|list|booklet|review|page)s?\b)": "the ",
    r"(?:hang|hold|hanging|holding|hung|held) on ?to|keep(?:ing)? hold of": "retain",
    r"(?:look|looking|watch|watching) out for|(?:bear|keep|have) in mind": "consider",
    r"be (?:careful|wary) (?:of|about)": "consider",
    r"(?:do|done|doing) differently(?: next time)?": "recommended",
    r"(?:lost|losing|lose) money|(?:made|making|make) a loss|(?:in|into) the red": _LOST,
    r"cost(?:ing|s)? more than (?!£|\d|an?\b|said|report)[^?,.]*": _LOST,
    r"(?:weren'?t|wasn'?t|were not|was not|not) good enough|not up to scratch": "poor",
    r"(?:get|gets|got|getting|stood|stand) in the way(?: of)?": "hinder",
    r"(?:roll|rolled|rolling|scale|scaled|scaling) (?:out|up)": "spread",
    r"(?:go|goes|gone|went|going) wrong": "barriers",
    r"(?:look|looks|looked|looking) into": "studied",
    r"(north|south|east|midlands|west)( east| west)? (?:of|in) england": r"\1\2",
    r"more (?:of the )?(?:innovation )?(?:programme )?(?=(?:grant|money|funding)s?\b)": "further ",
    r"projects? (?:that |which )?(?:were |was )?(?:dropped|drop)(?: out)?": "projects ended",
    r"(rounds?|waves?) one\b": r"\1 1",
    r"(rounds?|waves?) two\b": r"\1 2",
    r"(rounds?|waves?) three\b": r"\1 3",
    r"(?:got|get|gets|getting|bring|brings|brought|bringing) (.{3,40}?) down\b": r"reduced \1",
    r"(?:got|get|gets|getting|bring|brings|brought|bringing) (.{3,40}?) up\b": r"increased \1",
    r"(?:the )?children'?s social care(?! innovation)(?= |$|\?)": "",
    r"A ?& ?E\b": "accident and emergency",
    r"([A-Z])&([A-Z])\b": r"\1\2",
    r"(?:never|not|(?:were|was|have|has)n'?t) (?:yet )?(?:been |got |get |made )?(?:published|public)\b": (
        "unpublished"
    ),
    r"(?:turned out|turn out|ended up|end up|worked out|proved|proving|came out|were|was) (?:to be )?"
    r"(?:dearer|costlier|pricier|more expensive|more costly)(?: than [^?,.]*)?": _LOST,
    r"(?:another|a second|a new|fresh) (?=(?:innovation |programme )*(?:grant|funding)\b)": "further ",
    r"on ?board\b": "engaged",
    r"(?:went|gone|goes|go) missing": "going missing",
    r"behind(?= (?:the )?[a-z]+)": "led",
}
_IDIOM: Final = [(re.compile(rf"\b(?:{put})", re.IGNORECASE), plain) for put, plain in _IDIOMS.items()]
_SHORT: Final = re.compile(rf"\b(?:{'|'.join(map(re.escape, SHORT))})\b", re.IGNORECASE)


def refusal(question: str) -> str:
    """Return why a question is refused on principle; nothing when it is not."""
    plain = " ".join(words(question))
    return next((why for cue, why in _REFUSED.items() if re.search(rf"\b(?:{cue})", plain)), "")


def reworded(text: str) -> str:
    """Return a text with what several small words say together in a word that stored questions use."""
    for put, word in _IDIOM:
        text = put.sub(word, text)
    return text


def asked_for(question: str) -> str:
    """Return a question without what it sets aside, short forms written out."""
    question = _LIKED.sub(r"received \1", reworded(question.replace("\u2019", "'")))
    question = _LONG.sub(lambda m: _DIGITS[m[1].casefold()], question)
    question = _SUM.sub(
        r"£\1 million", _EG.sub(" ", _POUNDS.sub(" pounds ", _PERCENT.sub(" percentage", question)))
    )
    question = re.sub(r"\bco-ordinat", "coordinat", question, flags=re.IGNORECASE)
    question = _ROUNDS.sub(r"round \1 \2 round \3", question)
    question = _ORDINALS.sub(r"\1 \4 \2 \3 \4", question)
    question = _NTH.sub(lambda m: f"round {_NUMBERS[m[1].casefold()]}", question)
    return _SHORT.sub(lambda match: SHORT[match[0].casefold()], _SET_ASIDE.sub(" ", question))


_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_CLAUSE: Final = re.compile(
    r",? (?:and|&) (?=(?:what|how|who|where|which|when|why|did|was|were|is|are|does|do|has|have)\b)",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[str, list[str]]:
    """Return what is told before a question, and the questions that are put in one ("and how much …")."""
    sentences = _SENTENCE.split(question.strip())
    asked = [one for one in sentences if one.endswith("?")] or sentences[-1:]
    told = " ".join(one for one in sentences if one not in asked)
    return told, [clause for one in asked for clause in _CLAUSE.split(one) if len(words(clause)) > 1]
