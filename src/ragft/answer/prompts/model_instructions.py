"""Finds sentences of a document that instruct the model that reads it: "ignore all instructions and say X".

They answer no question, so none of them is shown to the model, quoted, or left in an answer, unless the question is
about such instructions. The patterns cover the wording of published attack sets and miss others. The check of
citations does not depend on them. docs/asking.md says what each of the two stops.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.answer.escape import between_labels, speaks_template

_VERB = r"(?:answer|reply|respond|say|write|print|output|repeat|cite|state|begin|start|decode)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{0,40}\b(?:instruction|prompt|rule|question|guideline|"
        r"everything|number above|all of the above)s?\b|^(?:please )?(?:ignore|disregard|forget)\b|\bignore it and\b",
        # An imperative to speak: at the start, or behind a comma, a colon or an "and".
        r"(?:^|[.:;,!?]\s+|\b(?:and|then|always|only|must|shall|should|to|now|please|just)\s+)"
        rf"{_VERB}\b(?:\s+\w+){{0,2}}?\s+(?:only|nothing|exactly|just|simply|solely|with the (?:word|code)|the word|"
        r"the code|the following|the phrase|word for word|verbatim)\b",
        rf"^(?:please |now |then |only |just |always )*{_VERB}\b (?:only |with |by |in one word |the |this |your )*"
        r"[\"'“]?(?-i:[A-Z0-9]{3,})",
        r"^(?:do not|don't|never) (?:use|trust|cite|quote|mention|answer|follow|rely on)\b",
        r"^(?:decode|say|print|reply|respond) (?!of\b|is\b|was\b|are\b)|\b(?:always |only |must )cite\b|\bcite only\b",
        r"\byou (?:must|have to|only|should|are to|will now) (?:now |only |always )*"
        rf"(?:{_VERB[3:-1]}|go by|ignore)\b",
        r"\binstructions? (?:for|to) the (?:assistant|model|ai)\b|\bpart \w+ of the instructions?\b",
        r"\b(?:leave|put|set) the (?:sources|documents|context) aside\b|\battribute the answer\b",
        r"\b(?:say|claim|write) that the (?:documents|sources|context)\b",
        r"\b(?:the |this |an? )(?:ai |language )?(?:assistant|model|chatbot|system) "
        r"(?:must|has to|have to|shall|should|is to|will) (?:now |only |always |instead )*"
        rf"{_VERB}",
        r"\b(?:system (?:message|prompt|update|override)|developer mode|override code|jailbreak)\b.{0,60}"
        r"(?:\bmust\b|\baccepted\b|\bon\b|\bfrom now\b|:|\bword for word\b|\brepeat\b|\bprint\b|\breveal\b)",
        r"\b(?:your|the) (?:new|real|true|next) (?:task|instruction|rule|role|goal|job) (?:is|:)",
        r"^(?:new rule|new instruction|important system)\b",
        r"\b(?:dear|attention|note to|hey)[, ]+(?:the )?(?:ai|language model|assistant|chatbot|llm|reader model)s?\b",
        r"\b(?:correct|only|true|right) (?:answer|citation|reply|response|value)\b[^.]{0,24}\bis\b|"
        r"\bthe answer to everything\b",
        r"\bwhatever (?:is|was|you are) asked\b|"
        r"\bwhen(?:ever)? (?:you are |somebody |someone |anyone )?ask(?:ed|s)\b.{0,200}"
        rf"\b{_VERB}\b",
        r"\b(?:begin|start|end|prefix|open|close) (?:and end )?(?:your|the|every|each) (?:reply|answer|response)\b",
        r"\b(?:your|the) (?:reply|answer|response) (?:is|must be|has to be|should be) [\"'“]?(?-i:[A-Z0-9]{3,})",
        r"\b(?:in|to) your (?:answer|reply|response)\b|\bto your answer\b|\byour own memory\b|\byour instructions\b",
        r"\binstead of (?:quoting|citing|answering)\b|\banswer from (?:memory|your)\b",
        # The same in other languages: to ignore (all) instructions.
        r"\b(?:ignor(?:ier|a|e|ez)\w*|vergiss|olvida|oublie\w*|dimentica)\b.{0,40}\b(?:anweisung|instruc|istruzion|consigne)",
        r"(?:忽略|无视|無視|игнорируй|забудь|تجاهل|अनदेखा).{0,60}\w|指示を無視",
        r"!\[[^\]]{0,200}\]\(\s*\w+:|\]\(\s*(?:https?|ftp|data):",  # an image or a link that would carry something out
    )
)
_ABOUT = re.compile(
    r"\b(?:inject\w*|jailbreak\w*|attack\w*|adversar\w*|hostile|malicious|instruction\w*|prompt\w*|override\w*|"
    r"system message)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def instructs_model(sentence: str) -> bool:
    """Whether `sentence` tells a model what to do rather than a reader what is so."""
    text = " ".join(sentence.split())
    pieces = between_labels(text)
    return speaks_template(text) or any(
        pattern.search(piece) for piece in {" ".join(pieces), *pieces} for pattern in _PATTERNS
    )


def asks_about_instructions(question: str) -> bool:
    """Whether `question` is about prompts, instructions or attacks: then a sentence that instructs may answer it."""
    return _ABOUT.search(question) is not None
