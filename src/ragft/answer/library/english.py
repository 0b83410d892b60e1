"""The forms in which English asks about a collection."""

from __future__ import annotations

import re

from ragft.answer.library.grammar import YEAR, Grammar, field_frames, question_frames
from ragft.answer.library.intent import Ask

PAPERS = r"(?:(?:research |scientific )?(?:papers?|documents?|docs?|articles?|pdfs?|publications?|preprints?|files?))"
_PAPER = r"(?:paper|document|article|pdf|publication|preprint|survey|study|file|one)"
_LIBRARY = r"(?:library|collection|index|catalogue|catalog|workspace|corpus|shelf)"
_THIS_LIBRARY = rf"(?:(?:my|our) {_LIBRARY}|(?:this|the) (?:library|workspace|catalogue|catalog|shelf)|this collection)"
"""A corpus or an index that is not said to be one's own may be one that a paper describes."""
_HERE = rf"(?:(?:in|of) {_THIS_LIBRARY}|here|in total|overall|altogether|in all)"
_I_HAVE = (
    r"(?:(?:that )?(?:i|we) (?:have|own|got|saved|ingested|indexed|collected)(?: got)?|i've (?:got|ingested|indexed)|"
    r"of mine|there are|are there|(?:do|have) (?:i|we|you)(?: (?:have|own|got|ingested|indexed))?(?: got)?)"
)
_MINE = rf"(?:of )?(?:all )?(?:(?:of )?(?:my|our|these|the))?(?: own| indexed| ingested)? ?{PAPERS}"
_SET = rf"{_MINE}(?: {_I_HAVE})?(?: {_HERE})?(?: {_I_HAVE})?"
"""Papers of one's own: "of my papers", "papers do I have", "the papers in my library"."""
_OWN = rf"(?:(?:of )?(?:all )?(?:of )?(?:my|our|these) ?{PAPERS}(?: {_HERE})?|{PAPERS} (?:{_I_HAVE}|{_HERE}))"
"""The same where it is said that they are one's own."""
_BE = r"(?:is|are|was|were)"
_BY = r"(?:(?:co-?)?(?:written|authored)|published|made)? ?by"
_VERB = (
    r"(?:discuss(?:es)?|mentions?|talks? (?:about|of)|speaks? of|refers? to|contains?|says? (?:something|anything) "
    r"(?:about|on)|touch(?:es)? (?:on|upon))"
)
_USING = (
    r"(?:uses?|appl(?:y|ies)|evaluates?|compares?(?: (?:with|to|against))?|reports?|proposes?|introduces?|cites?|"
    r"tests?|includes?)"
)
_DEALING = (
    r"(?:deals? with|covers?|treats?|address(?:es)?|stud(?:y|ies)|investigates?|describes?|explains?|focus(?:es)? on|"
    r"(?:is|are) (?:mainly |mostly )?(?:about|on|concerned with))"
)
_NAMING = rf"(?:{_VERB}|{_USING}|discussing|mentioning|using|citing)"
_ABOUT = r"(?:about|on|regarding|concerning|related to|dealing with|covering|that (?:deal|deals) with)"
_WHICH = r"(?:which|what)(?: ones)?"
_SHOW = r"(?:list|show|name|give|enumerate|display|find|get)(?: me)?(?: a list of)?(?: every| each)?"
_HAVE = (
    r"(?:(?:do|did|have) (?:i|we|you) (?:(?:have|own|got|keep) )?(?:got )?|(?:is|are) there |(?:i|we) have |"
    r"(?:does|do) (?:my|the|our) (?:library|collection|papers) (?:have|contain|include) )"
)
_ANYTHING = rf"(?:any(?:thing)?|something|an?|one|some|more)?(?: other)?(?: of my)? ?(?:{PAPERS})?(?: {_HERE})?"
_PUBLISHED = r"(?:published|written|released|printed|out|made available|come out|appear(?:ed)?|submitted|dated)"
_IT = r"it|this|that|they|them|(?:this|that|the|the same) (?:paper|one|article|document|study|survey|report)"
_WROTE = (
    r"(?:wrote|published|has (?:written|published)|have (?:written|published)|authored|has authored|"
    r"(?:is|are|was|were) (?:the |an? )?authors? of)"
)
_FIRST = r"(?:first|lead|main)"
_LAST = r"(?:last|senior)"
_NEWEST = r"(?:newest|latest|most recent|most recently published|youngest)"
_OLDEST = r"(?:oldest|earliest)"
_LONGEST = r"(?:longest|biggest)"
_SHORTEST = r"(?:shortest|smallest)"

_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", rf"(?:(?:what|who) (?:is|was) )?(?:the )?(?:name of the )?{_FIRST} author (?:of|on|for) {{}}"),
    ("last_author", rf"(?:(?:what|who) (?:is|was) )?(?:the )?(?:name of the )?{_LAST} author (?:of|on|for) {{}}"),
    ("first_author", rf"{{}}(?:'s)? {_FIRST} author"),
    ("last_author", rf"{{}}(?:'s)? {_LAST} author"),
    ("author_count", r"how many (?:authors|people) (?:does|do|did|has) {} have"),
    ("author_count", r"how many (?:authors|people) (?:wrote|authored|(?:are there )?(?:of|on)|has) {}"),
    ("authors", rf"(?:who|which authors|which people) {_WROTE} {{}}"),
    (
        "authors",
        r"(?:(?:who|what) (?:is|are|was|were) )?(?:the |all )?(?:names? of )?(?:the )?authors? (?:of|for|on) {}",
    ),
    ("authors", r"(?:list|show|name|give)(?: me)?(?: all)? (?:the )?authors? (?:of|for|on) {}"),
    ("authors", r"(?:who|by whom) (?:is|was|were) {} (?:(?:written|authored)(?: by)?|by|from)"),
    ("authors", r"who (?:did|has) (?:write|written) {}"),
    ("authors", r"(?:who (?:is|are) )?(?:the )?{}(?:'s)? authors?"),
    ("year", rf"when (?:was|were|is|did|has) {{}} (?:first |originally )?(?:been )?{_PUBLISHED}"),
    (
        "year",
        rf"(?:in |of |from )?(?:what|which) year (?:was|were|is|are|did|does) {{}}"
        rf"(?: (?:from|of|(?:first )?{_PUBLISHED}))?(?: in)?",
    ),
    (
        "year",
        r"(?:what (?:is|was) )?(?:the )?(?:publication |publishing )?(?:year|date)(?: of publication)? (?:of|for) {}",
    ),
    ("year", r"(?:from )?when (?:is|was) {}(?: from)?"),
    ("year", r"how old is {}"),
    ("year", r"{}(?:'s)? (?:publication )?(?:year|date)"),
    ("pages", r"how many pages (?:does|do|has|have|are (?:there )?in|long is|is) {}(?: have| got| long)?"),
    ("pages", r"(?:what is )?(?:the )?(?:number of pages|page count|length) (?:of|in) {}"),
    ("pages", r"how long is {}"),
    ("pages", r"{}(?:'s)? (?:number of pages|page count|pages)"),
    ("doi", r"(?:what (?:is|was) )?(?:the )?doi(?: number)? (?:of|for) {}"),
    ("doi", r"{}(?:'s)? doi"),
    ("title", r"(?:what (?:is|was) )?(?:the )?(?:full |exact |complete )?title of {}"),
    ("title", r"what is {} (?:called|titled|entitled|named)"),
    ("has", r"(?:do|have|did) (?:i|we|you) (?:have|own|got|ingest|index)(?: got)? {}(?: here)?"),
    ("has", rf"is {{}} (?:{_HERE}|indexed|there)"),
    ("file", r"(?:where|in which file|which file) is {}(?: (?:stored|saved|located|on (?:my )?disk))?"),
    ("file", r"(?:what is )?(?:the )?(?:file|path|file name|filename|location) of {}"),
)
_COUNTS: tuple[tuple[Ask, str], ...] = (
    ("count", rf"how many (?:different )?{PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
    ("count", rf"how many {PAPERS} {_BE} (?:there )?(?:indexed|ingested|stored|loaded|available|{_HERE})"),
    (
        "count",
        rf"(?:what is )?(?:the )?(?:total )?(?:number|count|amount) of (?:my )?{PAPERS}"
        rf"(?: (?:that )?{_I_HAVE})?(?: {_HERE})?",
    ),
    ("count", rf"how (?:big|large) is {_THIS_LIBRARY}"),
    ("count", rf"how many {_OWN} (?P<rest>.+)"),
    ("count", rf"how many {PAPERS} (?P<rest>(?:{_VERB}|{_DEALING}) .+)"),
    ("count", rf"how many {PAPERS} (?P<rest>.+?) {_I_HAVE}(?: {_HERE})?"),
)
_EXTREMES: tuple[tuple[Ask, str], ...] = (
    ("newest", _NEWEST),
    ("oldest", _OLDEST),
    ("longest", _LONGEST),
    ("shortest", _SHORTEST),
)


def _extremes() -> list[tuple[Ask, str]]:
    found: list[tuple[Ask, str]] = []
    for ask, word in _EXTREMES:
        found += [
            (ask, rf"{_WHICH} (?:of )?{_SET} {_BE} (?:the )?(?:very )?{word}(?: one| {_PAPER})?"),
            (ask, rf"{_WHICH} {_BE} (?:my|the|our) (?:very )?{word} {PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
            (ask, rf"(?:{_WHICH} {_BE} )?(?:the |my )?(?:very )?{word}(?: ones?)? (?:of|among|in) {_SET}"),
            (ask, rf"(?:my |the |our )?{word} {PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
        ]
    most = rf"{_WHICH} (?:of )?{_SET} (?:has|have) (?:the )?"
    return [
        *found,
        ("longest", most + "most pages"),
        ("shortest", most + "(?:fewest|least) pages"),
        ("most_authors", most + "most authors"),
    ]


_STORED = rf"(?:indexed|ingested|stored|loaded|available|{_HERE})"
_ON = r"(?:on|about|by|from) .+"
_IN_ANY = rf"(?:in|by) (?:any|some|one) of (?:my|our|these|the) {PAPERS}"
_SETS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_SHOW} (?:all )?(?:of )?{_SET}(?: (?P<rest>.+?))?"),
    ("list", rf"{_WHICH} {PAPERS} (?:{_I_HAVE}|{_HERE})"),
    ("list", rf"{_WHICH} {PAPERS} {_BE} (?:there )?{_STORED}"),
    ("list", rf"(?:{_SHOW} |what is in ){_THIS_LIBRARY}"),
    ("list", rf"{_WHICH} of the {PAPERS} (?P<rest>.+)"),
    (
        "list",
        rf"(?:{_WHICH}|{_SHOW}) (?:of )?(?:all )?(?:of )?(?:my|our) (?P<in_year>{YEAR}) {PAPERS}(?: (?P<rest>.+))?",
    ),
    ("list", rf"(?:in |from )?{_WHICH} years? {_BE} {_OWN}(?: (?:from|of|{_PUBLISHED}))?(?: in)?"),
    ("list", rf"what (?:do|have) (?:i|we) (?:have|got) (?P<rest>{_ON})"),
    ("list", rf"{_SHOW} (?:everything|anything|all)(?: {_I_HAVE})? (?P<rest>{_ON})"),
    ("have", rf"(?:do|does) any (?:one )?of (?:my|our|these|the) {PAPERS} (?P<rest>.+)"),
    ("have", rf"(?:is|are) (?P<mention>.+) (?:mentioned|discussed|covered|used|named|cited) {_IN_ANY}"),
    ("list", rf"{_WHICH} {_OWN}(?: (?:that|which))? (?P<rest>.+)"),
    ("list", rf"{_WHICH} {PAPERS} (?P<rest>.+?) {_I_HAVE}(?: {_HERE})?"),
    ("list", rf"(?:all )?(?:of )?(?:my|our) {PAPERS}(?: (?P<rest>.+?))?"),
    ("have", rf"{_HAVE}{_ANYTHING} ?(?:that |which )?(?P<rest>.+?)(?: {_HERE})?"),
    ("have", rf"any(?:thing)?(?: {PAPERS})? (?P<rest>(?:about|on|by|from) .+)"),
    ("have", rf"(?:is|are) any(?:thing)? (?:of|in) my {PAPERS} (?P<rest>.+)"),
    ("list", rf"{_WHICH} {PAPERS} (?P<rest>(?:{_BE} |{_BY} |written |published |{_VERB} |{_DEALING} ).+)"),
    ("list", rf"{PAPERS} (?P<rest>(?:about|on|by|from|published|before|after|since|until|between|newer|older) .+)"),
    ("list", rf"{_WHICH} {PAPERS} (?:did|has|have) (?P<author>.+) (?:write|written|published|publish|authored?)"),
)
_GUARDED: tuple[tuple[Ask, str], ...] = (
    ("list", r"what (?:else )?(?:did|has|have) (?P<author>.+) (?:write|written)"),
    ("list", rf"(?P<author>.+?)(?:'s|s'|') {PAPERS}"),
)
_SURVEYS = r"(?:an? )?(?:surveys?|overviews?|(?:literature )?reviews?)(?: (?:papers?|articles?))?"
_ONE = r"(?:only |just )?(?:one|a single|1) (?:single )?author"
_SURVEY_SETS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_WHICH} (?:of )?{_SET} {_BE} {_SURVEYS}"),
    ("list", rf"{_SHOW} (?:all )?(?:my |the |our )?{_SURVEYS}(?: {_I_HAVE})?(?: {_HERE})?"),
    ("list", rf"{_WHICH} {_SURVEYS} {_I_HAVE}"),
    ("count", rf"how many {_SURVEYS} {_I_HAVE}"),
    ("have", rf"{_HAVE}(?:any )?{_SURVEYS}"),
)
_SINGLE: tuple[tuple[Ask, str], ...] = (
    ("list", rf"(?:{_WHICH} |{_SHOW} )(?:of )?{_SET} (?:that )?(?:has|have|with) {_ONE}"),
)
_TIME = rf"(?:{_BE} )?(?:(?:from|{_PUBLISHED}) )?"

ENGLISH = Grammar(
    language="en",
    lead=re.compile(
        r"^(?:(?:please|hey|hi|hello|ok|okay|so|well|now|and)[ ,]+)*"
        r"(?:(?:can|could|would|will) you (?:please )?(?:tell|show|give) (?:me|us) |"
        r"(?:do you|d'you) know |(?:please )?tell me |i (?:want|need|would like|'d like) to know |i'd like to know |"
        r"give me (?=the (?:doi|title|full|exact|year|date|authors?|first|last|number|names?)\b)|"
        r"(?:can|could) you (?:please )?(?=list|name|show|find))?(?:please )?"
    ),
    tail=re.compile(r"(?:[ ,]+(?:please|then|again|thanks|thank you))+$"),
    frames=(
        *question_frames(_COUNTS),
        *question_frames(_extremes()),
        *question_frames(_SINGLE, single_author=True),
        *question_frames(_SURVEY_SETS, surveys=True),
        *question_frames(_SETS),
        *question_frames(_GUARDED, guarded=True),
        *field_frames(_FIELDS, _IT),
    ),
    years=(
        re.compile(rf"{_TIME}(?:between )?(?P<first>{YEAR}) ?(?:and|to|until|through|-) ?(?P<last>{YEAR})"),
        re.compile(rf"{_TIME}(?:before|older than|earlier than|prior to) (?P<before>{YEAR})"),
        re.compile(rf"{_TIME}(?:after|newer than|later than) (?P<after>{YEAR})"),
        re.compile(rf"{_TIME}since (?P<since>{YEAR})"),
        re.compile(rf"{_TIME}(?:until|till|up to|no later than) (?P<until>{YEAR})"),
        re.compile(rf"(?:{_BE} )?(?:{_PUBLISHED} )?(?:from|in|of)(?: the year)? (?P<in_year>{YEAR})"),
    ),
    by=(
        re.compile(
            rf"(?:{_BE} )?{_BY} "
            rf"(?P<author>(?:(?! about | on | {_BE} | (?:and |that |which )?(?:{_NAMING}|{_DEALING}) ).)+)"
            r"(?: (?P<rest>.+))?"
        ),
        re.compile(rf"(?:{_BE} )?from (?P<known>.+)"),
        re.compile(r"(?:has|have) (?P<author>.+) as (?:an? |its )?(?:co-?)?author"),
    ),
    about=(
        re.compile(rf"(?:{_BE} )?{_ABOUT} (?P<about>.+)"),
        re.compile(rf"{_DEALING} (?P<about>.+)"),
    ),
    mention=(re.compile(rf"{_NAMING} (?P<about>.+)"),),
    joint=re.compile(r"^(?:and|but|that|which|who)(?: also)? "),
    surveys=re.compile(rf"(?:{_BE} )?{_SURVEYS}(?= |$)"),
    single_author=re.compile(rf"(?:(?:has|have|with) )?{_ONE}(?= |$)|(?:{_BE} )?single[- ]author(?:ed)?(?= |$)"),
)
