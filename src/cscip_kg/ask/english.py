"""Ordinary English: words that may stand in any question.

In: nothing. Out: sets of stems. Verbs, qualities and abstract nouns that name no person, place, time, sum,
statistic or trade; whatever would change a question (a year, an author, an interval, a salary) is not here.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from spellchecker import SpellChecker

from cscip_kg.lexicon import stem


def stems_of_words(text: str) -> frozenset[str]:
    """Return the stems of words with spaces between them."""
    return frozenset(map(stem, text.split()))


# What turns a question round.
NEGATIONS: Final = stems_of_words(
    """no not never none nobody nothing neither nor without isnt arent wasnt werent dont doesnt didnt cant
    cannot couldnt wont wouldnt hasnt havent hadnt lack lacked lacking fail failed"""
)
# What any question may call the things of this evidence, and what is done to know of them.
GENERIC: Final = stems_of_words(
    """project projects intervention interventions scheme schemes programme model models service services
    initiative initiatives pilot pilots innovation innovations innovative work worked working approach
    study studies studied evaluation evaluations evaluated evaluate evidence report reports reported
    finding findings result results outcome outcomes source sources data effort efforts site sites
    support supports help helped helps run ran start started try tried use used say said show
    see saw where who whom why case cases number achieve achieved difference measure lesson lessons england"""
)
_VERBS: Final = """
abandon abide absorb accept accompany accomplish account achieve acknowledge acquire act activate adapt add
address adhere adjust admit adopt advance advertise affect afford agree aim alert allocate allow alter amend
amount analyse announce answer anticipate appear apply appoint appraise approach approve argue arise arrange
arrive ask assemble assess assign assist associate assume assure attach attain attempt attend attract
attribute avert avoid await award back balance ban base bear beat become begin behave believe belong benefit
bet bid bind block blow board boast book boost borrow bother break bring broaden build bump burn buy call
calm cancel capture care carry catch categorise cater cause cease celebrate certify challenge champion
characterise chase check cherish choose cite claim clarify classify clear climb cling close cluster
collaborate collapse collate collect combine come comment commence commend commit communicate compile
complain complete complement comply compose comprehend comprise compromise compute conceive concentrate
concern conclude condense conduct confess confine confirm conform confront confuse connect consent consider
consist consolidate constitute construct consult consume contact contain contemplate contend contest contrast
contribute convene convert convey convince cooperate coordinate cope copy correct correspond counter couple
cover crack crave create credit criticise cross cry curb cure curtail damage dare date deal decide declare
decline deem deepen defend define delegate delete deliver demand demonstrate deny depart depend depict deploy
derive describe deserve design desire detach detail detect deter determine devise devote dictate differ
differentiate diminish direct disappear disappoint disclose discourage discover discuss disengage dismiss
display dispute disrupt distinguish distribute disturb dive divide do document dominate doubt downplay draft
drag draw dream drift drive drop dwell earn ease echo edit effect elaborate elect elevate eliminate embark
embed embrace emerge emphasise employ empower enable encounter encourage end endure enforce engage enhance
enjoy enlarge enlist enquire enrich ensue ensure entail enter entitle envisage equip eradicate erode escalate
establish estimate examine exceed exchange exclude excuse execute exercise exert exhaust exhibit exist expand
expect experience experiment explain exploit explore expose express extend extract face facilitate fade fall
familiarise fare favour fear feature feed feel figure fill filter finalise find finish fit fix flag flatten
flourish flow fluctuate focus fold follow forbid force foresee forget forgive form formalise formulate foster
found frame free freeze fulfil function fund furnish gain gather gauge gear generate get give go govern grab
grant grasp greet grow guarantee guess guide halt halve hamper hand handle hang happen harm harness hasten
head hear heighten help hesitate hide highlight hinder hint hit hold honour hook hope host hunt hurt identify
ignore illustrate imagine imitate impact impair impede implement imply impose impress improve include
incorporate incur indicate induce influence inform infer inherit inhibit initiate inject innovate inquire
insert insist inspect inspire install instigate institute instruct integrate intend intensify interact
interest interfere interpret intervene introduce invent invest investigate invite invoke involve isolate
issue join judge jump justify keep kick knock know label land last launch lay lead lean leap learn leave lend
lessen let level lie lift like limit link list live load locate lock lodge log long look lose love lower
mainstream maintain make manage mandate manifest map mark mask master match matter maximise mean measure meet
mend mention merge merit mind minimise mirror misread miss mistake misunderstand mix mobilise model moderate
modify monitor motivate mount move muddle name narrow need neglect negotiate nominate normalise note notice
notify nurture object oblige observe obtain occupy occur offer offset omit open operate oppose opt order
organise originate outline outperform outweigh overcome overhaul overlap overlook oversee overtake overturn
overview owe own pack paint pair participate partner pass pause pay peak penetrate perceive perform permit
persevere persist persuade pick pilot pin pinpoint place plan play please plead pledge plot point pop portray
pose position possess postpone pour practise praise precede predate prefer prepare prescribe present preserve
press presume pretend prevail prevent print prioritise probe proceed process proclaim produce progress
project prolong promise promote prompt propose prosper protect prove provide provoke publish pull punish
purchase pursue push put puzzle qualify question quit quote raise range rate reach react read realise
rearrange reason reassure rebuild recall receive reckon recognise recommend reconcile reconsider record
recover recruit rectify recur redesign redirect redo refer refine reflect reform refrain refresh refuse
regain regard register regret regulate reinforce reject rejoin relate relaunch relax release relieve rely
remain remedy remember remind remove renew reorganise repair repeat replace replicate reply report represent
reproduce request require rescue research resemble resent reserve reshape reside resist resolve resort
respect respond rest restart restore restrain restrict restructure result resume retain rethink retire
retreat retrieve reveal reverse review revise revisit revive revolve reward rid rise risk roll rotate round
rule run rush safeguard satisfy save say scale scan scatter schedule scope score scrap scrape screen
scrutinise seal search secure see seek seem select sell send sense separate serve set settle shape share shed
shelve shift shine shorten show shrink shut shy sign signal simplify sit situate skip slide slip slow smooth
snap soar soften solve sort sound span spark speak specialise specify speed spell spend spill split sponsor
spot spread spring squeeze stabilise stack stall stand start state stay steer stem step stick stimulate stop
store strengthen stress stretch strike strive structure struggle study stumble submit substitute succeed
suffer suffice suggest suit sum summarise supersede supplement supply support suppose suppress surface surge
surpass surprise surround survey survive suspect suspend sustain swap sweep swing switch symbolise tackle
tail tailor take talk tally tap target taste teach tear tell tempt tend term terminate test thank think
thrive throw tick tie tighten time tip tolerate top total touch tour trace track trade trail train transfer
transform translate transmit transport travel treat trend trial trigger trim trip trouble trust try tuck turn
tweak twist uncover undergo underline undermine underpin understand undertake undo unfold unify unite unlock
unpick unveil update upgrade uphold urge use utilise value vanish vary venture verify view violate visualise
voice void volunteer vote wait wake walk wander want warn warrant wash waste watch water weaken wear weave
weigh welcome widen win wind wipe wish withdraw withhold withstand witness wonder word work worry worsen wrap
write yield zoom brought bought built caught chose chosen dealt drawn drew driven drove fallen fed fell felt
fought gave given gone grew grown held hung kept knew known laid led left lent lost made meant met paid ran
rang rose risen sat sold sent shown shrank sought spent spoke spoken stood struck stuck swept swung taken
taught thought threw thrown told took torn understood undergone undertook won worn withdrew withdrawn written
wrote arisen begun began bore broke broken came forgot forgotten froze frozen got hid hidden shook shaken
sank stole wound tag tagged file filed bucket
"""
_QUALITIES: Final = """
able abrupt absolute abstract abundant acceptable accessible accidental accurate active actual acute adequate
advanced adverse aggregate alike alive alone ambitious ample annoying anxious apparent appropriate
approximate arguable attractive available average aware awful awkward bad bare basic beautiful beneficial
better big bigger biggest blank bleak blind bold bound bright brief broad busy candid capable careful
careless casual central certain cheap chief civil clean clever closer closest coherent cold collective
comfortable common comparable compelling competent complex complicated comprehensive concise concrete
confident confusing conscious consistent constant constructive contemporary content continuous contrary
convenient conventional cool core costly credible critical crucial curious current daily damaging dangerous
dead decent deep deeper definite deliberate delicate dense dependent desirable desperate detailed different
difficult disappointing discrete distinct distinctive diverse dominant double downright dramatic dry dual due
durable dynamic eager earlier earliest early earnest easier easiest easy economical effective efficient
elementary emotional empty encouraging endless entire equal equivalent essential eventual everyday evident
exact excellent excessive exciting exclusive existing exotic expected experienced explicit extensive external
extra extraordinary extreme fair faithful false familiar famous fancy far fast faster fatal favourite
feasible fierce final fine firm flat flawed flexible fond foolish foreign formal forward fragile frank
frequent fresh friendly front fruitful full fuller fullest fundamental funny further futile general generic
gentle genuine gigantic glad global good gradual grand grateful grave great greater greatest gross grounded
handy happy hard harder hardest harmful harsh hasty healthy heavy helpful high higher highest holistic honest
hopeful horrible huge ideal identical immediate immense imminent impartial imperfect important impossible
impressive inadequate inappropriate inconclusive incorrect incredible independent indirect individual
inevitable inferior influential informal informative inherent initial inner innocent insightful instant
instrumental intact intellectual intense intensive intentional interesting interim intermediate internal
intimate intriguing invisible involved isolated joint keen key kind large larger largest lasting late later
latest lengthy less lesser light likely limited linear literal little lively local logical lone longer
longest loose loud lovely low lowest lucky mad main major marginal marked massive mature maximum meaningful
mere messy mild minimal minimum minor mixed mobile modern modest mutual mysterious naive nasty native natural
near nearby nearest neat necessary negative net neutral new newer newest next nice noble noisy normal notable
noteworthy noticeable notional novel numerous objective obscure obvious occasional odd official ok old older
operational opposite optimistic optional orderly ordinary original outdated outright outstanding overall
overdue painful partial particular passive past patchy peculiar perfect permanent persistent pertinent plain
plausible pleasant pleased plenty plural poor poorer poorest popular positive possible potent potential
powerful practical precious precise predictable preferable preliminary premature pressing presumable pretty
previous primary prime principal prior private proactive probable problematic productive profitable profound
progressive prominent promising proper proportionate proposed prospective proud proven provisional prudent
public pure quick quicker quiet radical random rapid rare rational raw ready real realistic reasonable recent
reckless recognisable recurrent redundant regrettable regular relative relevant reliable reluctant remarkable
remote repeated representative respective responsible responsive rich rigid rigorous ripe robust rough
routine rubbish rude sad safe satisfactory satisfied scarce scary secondary secret selective sensible
sensitive serious severe shallow sharp sheer short shorter shortest sick significant silent silly similar
simple simpler simplest simultaneous sincere single sizeable skilled skilful slight slim slower small smaller
smallest smart sober soft sole solid sophisticated sorry spare sparse special specific spectacular stable
standard stark static steady steep sticky stiff straight straightforward strange strategic strict striking
strong stronger strongest structural stubborn subsequent substantial subtle successful sudden sufficient
suitable superb superficial superior supportive supposed sure surprised surprising suspicious sustainable
sweet swift systematic tangible technical temporary tentative terrible terrific thick thin thorough tidy
tight timely tiny tired tough traditional transparent tremendous tricky trivial true typical ugly ultimate
unable unanswered unaware uncertain unchanged unclear uncommon underlying understandable uneven unexpected
unfair unfamiliar unfinished unfortunate unhappy uniform unimportant unique universal unknown unlike unlikely
unnecessary unofficial unpopular unrelated unresolved unsuccessful unsure untested untouched unusual
unwilling upper urgent useful useless usual vague valid valuable variable varied various vast very viable
vibrant virtual visible vital vivid vulnerable warm weak weaker weakest weird whole wholesale wide wider
widest widespread wild willing wise wonderful worse worst worthwhile worthy wrong muddled
"""
_SMALL: Final = """
absolutely accordingly actually afterwards ahead alas albeit almost alright altogether always amid amidst
amongst anyhow anymore anyway anyways apart approximately aside astray away aye backwards barely basically
beforehand behind below beneath beside besides best beyond briefly bye certainly cheers chiefly clearly
closely commonly completely concerning considerably considering consequently conversely curiously deeply
definitely despite directly downwards duly e eg easily effectively elsewhere entirely equally especially
essentially etc eventually everybody everyone everything everywhere evidently exactly except exclusively
explicitly extremely fairly ff finally firstly firmly folk folks following forever formally formerly forth
fortunately forwards frankly frequently fully furthermore generally genuinely gently gladly gonna gotta
gradually greatly guys half halfway hardly hence hereby hey highly hopefully however ie i.e e.g imho
immediately inc incidentally indeed initially inside instead inter ish jointly just kinda largely lately
lastly lots likewise literally locally loosely lot mainly many maybe meantime meanwhile merely might mine
mostly much must namely nearly necessarily nevertheless newly nonetheless normally notably notwithstanding
now nowadays nowhere obviously occasionally oddly off often oh okay once oneself only onto onwards opposed
originally otherwise ought outside outwards overly partially particularly partly per perhaps personally plus
possibly potentially practically precisely predominantly presently presumably previously primarily probably
promptly properly purely quickly quietly quite rarely rather readily really reasonably recently regarding
regardless regularly relatively respectively roughly sadly scarcely secondly seldom seriously seemingly
separately several severely shortly sideways significantly similarly simply simultaneously since slightly
slowly solely somebody somehow someone something sometimes somewhat somewhere soon specifically strictly
strongly subsequently substantially successfully suddenly sufficiently supposedly surely swiftly thanks
thereafter thereby therefore therein thereof thirdly thoroughly though thus thusly til till together toward
towards truly twice typically ultimately unfortunately unless until upfront upon upwards usually versus via
vice virtually wanna well whatever whatsoever whenever whereabouts whereas whereby wherein wherever whereupon
whichever whilst whoever wholly whom widely with within worldwide yeah yep yet yours hows whos thats whats
theyre theyve weve youve ive id ill im youre dont wed hes shes heres wheres whys lets
"""
_ABSTRACT: Final = """
ability absence abundance accident advantage aftermath agenda alternative ambition angle argument array
aspect attention attitude awareness background basis batch beginning behalf belief bit blueprint bottom
boundary brand bunch capacity category caveat chance change characteristic choice circumstance clue
collection combination commentary comparison complexity component concept conclusion condition confidence
confusion consequence contents context contradiction counterpart course crux cue curiosity debate decision
degree description dimension direction disadvantage discussion distinction domain dozen drawback edge element
emphasis entry error essence event example exception existence expectation explanation extent fact factor
failure fashion fate feedback field flavour flaw format fraction framework fuss gap gist glance goal group
handful heading headline idea illustration implication importance impression improvement inclusion indication
info information ingredient input insight inspiration instance intention interpretation item journey jury
justification knowledge lack landscape layer likelihood line location majority manner meaning means mechanism
message method middle minority misunderstanding mixture mode moment mood mystery nature notion observation
obstacle occasion odds omission opinion opportunity option origin outlook outset part pattern picture piece
portion possibility practice presence pressure principle priority problem procedure proof property proportion
prospect purpose quality query ratio reaction reality reasoning recognition reference reflection relation
relationship relevance reminder response restriction role route row sake scenario section selection sequence
series setup shortage shortcoming side similarity situation solution spirit stage stance standpoint status
stories story strand strength stuff subject substance success suggestion summary table tendency theme theory
thing thinking threat title tone topic trait truth type uncertainty understanding unit usefulness validity
variation variety version viewpoint way weakness wisdom wording world yes same one two three four five six
seven eight nine ten column cell page passage paragraph sentence text lines summaries briefing alias
canonical sir madam mate colleague boss minister meeting deck paper desk
"""
# These sound ordinary and yet change a question: when, how much, of whom.
_CHANGING: Final = """
pay paid salary price spend spent save employ recruit train visit volunteer date year month weekly daily rate
score vulnerable publish reply trouble troubled cut drop reduce rise lower increase decrease worsen improve
travel travelled transport survey foster adopt birth contact author vote walk water tour store sleep hurt
harm exploit page pages screen private public local english foreign native emotional health healthy sick risk
best worst worse rank future predict evict randomise random longitudinal experience retire weight ratio
percentage column median mean apply interval average independent pilot trial test board lodge partner trade
trust minister paper intervals salaries wage wages phone telephone email address website deviation ethnicity
ethnic religion gender nationality postcode acronym abbreviation apps app tablet smartphone complaint
complaints audit ofsted lawsuit election budget inflation pension vacancy bonus
"""
_TELLING: Final = stems_of_words(_CHANGING)
# All of them, with their stems: words that are spelt as they should be.
SPELT: Final = {
    word: stem(word) for word in f"{_VERBS} {_QUALITIES} {_SMALL} {_ABSTRACT} {_CHANGING}".split()
}
ORDINARY: Final = stems_of_words(f"{_VERBS} {_QUALITIES} {_SMALL} {_ABSTRACT}") - _TELLING
# Words that are neither verb, quality nor thing; as they are spelt, since "firms" is no form of "firmly".
SMALL: Final = frozenset(_SMALL.split())

# Nouns that are spelt as ordinary verbs are, and change a question.
_NOUNS: Final = frozenset("file files size follow lead leads set charge charges".split())
_NOUN: Final = ("ance", "ances", "ence", "ences", "ment", "ments", "tion", "tions", "sion", "sions")


@cache
def _dictionary() -> SpellChecker:
    """Return a dictionary of English; it takes a fifth of a second, so only an odd word asks for it."""
    return SpellChecker(language="en")


def is_spelt(word: str) -> bool:
    """Return whether a word is spelt as English is, known here or not: then it is no slip of another."""
    return word in _dictionary()


def is_noun(word: str) -> bool:
    """Return whether a word is a noun made of a verb, which may be a subject of its own (adoption)."""
    return word.endswith(_NOUN) and stem(word) != word


def is_ordinary(word: str, one: str) -> bool:
    """Return whether a word is ordinary English; a noun made of an ordinary verb is not (attendances)."""
    return one in ORDINARY and word not in _NOUNS and (word in SPELT or not word.endswith(_NOUN))
