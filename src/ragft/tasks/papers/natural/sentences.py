"""Sentences of a source that an answer can consist of, in any language.

    states("HNSW keeps a layered graph in main memory.")   ->  True
    leans("It offers the best balance of speed.")          ->  True    it needs the sentence before it
    points("Table 3 shows our results.")                   ->  True    it speaks of the paper, not of its subject

`dataset.claims` is stricter, because its sentences have to be an answer alone; these may follow one another.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.answer.checking.terms import content_terms, quantities
from ragft.answer.prompts.model_instructions import instructs_model
from ragft.corpus.words import count_words
from ragft.tasks.papers.recipe.claims import plain_sentence
from ragft.tasks.papers.recipe.verb_forms import IRREGULAR_PAST, LINKING, MODALS

SHORTEST, LONGEST = 5, 60
"""Limits of words in a sentence; two characters of a script without spaces count as one."""
MOST_CHARACTERS = 2_000
"""Limit of characters in a sentence; a longer one has words that are none, such as the blank lines of a form."""
_ENDS = re.compile(r"[.!。！｡।؟۔][\"'”’»)\]」』）]*$")
_DIRT = re.compile(
    r"[=∈∑∏∫√∞≤≥≈∀∃∂∇⊂⊆∪∩⇒⊕⊗{}\\|^~■□▪●◦•†‡§¶\ufffd]|[a-z]\d{3,}|[A-Za-z]{28,}|[a-z]-\s[a-z]"
    r"|\bet al\b|https?:|www\.|@|arXiv|\.\.\.|…|\b[A-Z][\w’'-]+ \(\d{4}\)",
)
_LETTERS = 0.72
_LABEL = re.compile(
    r"(?:highlights?|notes?|remarks?|takeaways?|required abilities|questions?|answers?|inputs?|outputs?|examples?|"
    r"prompts?|instructions?|context|user|assistant|q|a)(?: ?\d{1,2}| \([^()]{0,30}\))?: ",
    re.IGNORECASE,
)
"""What stands before the text of a form or of an example prompt."""
_GLUED_HEADING = re.compile(r"[a-z]{3,}(?<!called)(?<!titled)(?<!named) (?:The|This|These|We|In|Our|It|They) [a-z]")
"""A heading with the sentence below it: "Language model pre-training The goal of …"."""
_VERBAL = frozenset({*LINKING, *MODALS, *IRREGULAR_PAST, "has", "have", "had", "do", "does"})
_PHRASE = re.compile(r"(?P<before>(?:The|An?) (?:[\w-]+ ){1,4})of [\w-]+\.")
"""A text like "The initial query of FLARE."; it is a phrase unless there is a verb before "of"."""
_NOTICE = re.compile(r"\b(?:licen[sc]ed? under|all rights reserved|copyright)\b|©", re.IGNORECASE)
_LEANING = re.compile(
    "|".join(
        (
            # English
            r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|here|there|both|neither|either|each|"
            r"another|others?|the (?:same|latter|former|others?|second|first|third|last|rest|two|three|four|result)|"
            r"first|second|secondly|third|thirdly|finally|moreover|furthermore|however|therefore|thus|hence|instead|"
            r"also|additionally|similarly|likewise|consequently|nevertheless|nonetheless|then|so|but|and|or|yet|again|"
            r"still|otherwise|meanwhile|specifically|notably|one|two|three|four|five|some|all|none|most|many|few|more|"
            r"after(?:wards| that)|for (?:example|instance|this)|in (?:contrast|addition|particular|this|that|these|"
            r"other words|all)|as a result|by contrast|on the other hand|what|which|who|how|why|suppose|note|consider|"
            r"let|see|take|imagine|because of (?:this|that))\b",
            # German: "Das Modell" has a noun with a capital behind the article, "Das zeigt" has none
            r"(?:dies\w*|das (?=[a-zäöü])|er|es|sie|jene\w*|solche\w*|dabei|dadurch|damit|daher|deshalb|dazu|darum|"
            r"hier\w*|dort|außerdem|zudem|ferner|jedoch|aber|und|oder|seine?\w?|ihre?\w?|beide|erstens|zweitens|"
            r"schließlich|also|dann|auch|so|somit|dennoch|allerdings|stattdessen|zum beispiel)\b",
            # French
            r"(?:cela|ceci|c['’]est|ce|cet|cette|ces|ils?|elles?|son|sa|ses|leurs?|celui|celle|ceux|ainsi|donc|"
            r"cependant|toutefois|mais|et|ou|puis|ensuite|enfin|de plus|en outre|par conséquent|par exemple|ici)\b",
            # Spanish
            r"(?:est[aeo]s?|es[aeo]s?|él|ell[ao]s?|sus?|ello|así|por (?:lo tanto|eso|ejemplo)|sin embargo|pero|y|luego|"
            r"además|también|aquí|allí|entonces|finalmente|ambos)\b",
            # Korean, Chinese, Japanese
            r"이는|이것|그것|그(?:는|의|들|런|러|리)|이러한|이런|이 |하지만|따라서|또한|여기|이를|이에|이처럼|즉|반면|한편",  # noqa: E501
            r"[这這那它其此该該]|因此|但|然而|而|并且|並且|另外|同时|同時|首先|其次|最后|最後|例如|所以|于是|於是",
            r"これ|それ|この|その|ここ|そこ|また|しかし|そして|したがって|そのため|一方|さらに|例えば|つまり|なお|こう|そう",
        )
    ),
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:two|three|four|five|six|seven|eight|nine|ten) (?!of )", re.IGNORECASE)
_INNER = re.compile(
    r"\b(?:this|these|of (?:that|those)|the same|all three|all four|both of them|the (?:former|latter|two|three|four)|"
    r"diese[mnrs]?|cette|ces|est[aeo]s)\b|这些|該|该(?!如)|これら|이러한",
    re.IGNORECASE,
)
"""Words inside a sentence that refer to an earlier one."""
_AFTER_OPENING = re.compile(
    r"(?:in|on|with|at|for|after|under|by|from|despite|like|unlike|across|among|within|during|without|through|as|to)\b"
    r"[^,;:]{2,80}?(?:,? (?:it|they|he|she)|, (?:its|their|this|these|that|those)"
    r"|, both(?= (?:of|are|were|have|had|can|do)\b))\b",
    re.IGNORECASE,
)
"""A pronoun that begins the sentence but for an opening: "On 20 of 25 data sets it surpassed GPT-3." """
_OBJECT = re.compile(r"(?:\S+ ){1,3}(?:it|them|him|her)\b")
"""A pronoun so early that it refers to the sentence before: "SelfCheckGPT reads it without …"."""
_POINTING = re.compile(
    r"\b(?:we|our|ours|us|my|I|you|your|wir|uns|unsere\w*|nous|notre|nos|nosotros|nuestr\w+)\b"
    r"|\b(?:this|the|present) (?:paper|section|article|study|overview|survey|chapter|work|note|report|table|figure|"
    r"appendix|authors?)\b|\bthe ragft authors\b"
    r"|\b(?:fig(?:ure|ura|\.)?|tab(?:le|elle|leau|la|\.)?|abbildung|eq(?:uation|\.)?|sect?(?:ion|\.)?|sección|abschnitt|"
    r"appendix|anhang|algorithm|listing|box)s? ?\(?[A-Z]?\d"
    r"|\bdiese\w* (?:arbeit|artikel|studie|abschnitt|beitrag)|\b(?:cet|cette|présent\w*) (?:article|étude|section)"
    r"|\beste (?:artículo|trabajo|estudio)|본 (?:논문|연구|장|글)|우리|저자|(?:표|그림) ?\d"
    r"|本(?:文|研究|稿|論文|章)|我们|我們|我々|私たち|[表图圖図] ?\d"
    r"|\b(?:if not|unless) (?:mentioned|stated|noted|specified) otherwise\b|\bunless otherwise (?:mentioned|stated)\b"
    r"|^(?:an example where|compares|shows|depicts) "
    r"|^\d+ (?:shows|presents|illustrates|summari[sz]es|depicts|compares) (?!of\b)"
    r"|\bcorresponding authors?\b|\bauthors? contributed equally\b"
    r"|\b(?:is|are) with the [^.]{0,60}\b(?:universit|institute|academy|department|laborator|school)"
    r"|\b(?:shown|described|given|see|mentioned|as) (?:above|below)\b|\bthe above\b|\baforementioned\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def states(text: str) -> bool:
    """Whether `text` is one complete statement, without formulas, marks of notes and fragments."""
    if len(text) > MOST_CHARACTERS:
        return False
    text = plain_sentence(text)
    if not SHORTEST <= count_words(text) <= LONGEST or not _ENDS.search(text) or text[0].islower():
        return False
    if not (text[0].isalnum() or text[0] in "\"“„«「『'‘") or _DIRT.search(text) or _NOTICE.search(text):
        return False
    if any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”", "（）", "「」")) or "[" in text:
        return False
    if _LABEL.match(text) or _GLUED_HEADING.search(text) or _lacks_verb(text):
        return False
    letters = sum(c.isalpha() or c.isspace() for c in text)
    if letters < _LETTERS * len(text) or instructs_model(text):
        return False
    return len(content_terms(text)) + len(quantities(text)) >= 3


def _lacks_verb(text: str) -> bool:
    """Whether `text` is a phrase that ends in "of" and one word, without a word before that has the form of a verb."""
    found = _PHRASE.fullmatch(text)
    if found is None:
        return False
    return not any(word in _VERBAL or word.endswith(("s", "ed")) for word in found["before"].lower().split())


@lru_cache(maxsize=16384)
def leans(text: str, *, counted: bool = False) -> bool:
    """Whether `text` needs the sentence before it: "It keeps …", "X measures this in two steps".

    `counted`: it may begin with a number of things: "Four resources are at stake: …".
    """
    if counted and (found := _COUNTED.match(text)):
        text = f"The {text[found.end() :]}"
    return any((_LEANING.match(text), _INNER.search(text), _AFTER_OPENING.match(text), _OBJECT.match(text)))


@lru_cache(maxsize=16384)
def points(text: str) -> bool:
    """Whether `text` speaks of its paper, its authors, a table or a figure."""
    return _POINTING.search(text) is not None


def with_key(sentence: str, key: str) -> str:
    """`sentence` with the key of its source before the mark that ends it, as `ask` shows it."""
    end = _ENDS.search(sentence)
    cut = end.start() if end else len(sentence)
    return f"{sentence[:cut]} [{key}]{sentence[cut:]}"
