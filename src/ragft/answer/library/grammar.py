"""A question about the collection must fit a frame of its language from the first word to the last.

    parse("which of my papers are by gao", ENGLISH)   ->  [Intent("list", author="gao")]
    parse("how many papers were retrieved", ENGLISH)  ->  []

That a frame must fit the whole question is what keeps questions about the contents of papers out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.answer.library.intent import Ask, Intent, Years
from ragft.corpus.fold import fold

LONGEST = 300
"""Characters of a question about the collection; a longer text is about something else."""
YEAR = r"(?:1[89]|20)\d\d"
"""The pattern of a year in which a paper can be from."""
_EDGE = re.compile(r"^[\s\"'¿¡(]+|[\s\"'?!.,;:)？。！…]+$")
_CONTRACTED = re.compile(r"\b(what|who|when|where)'?s\b")


@dataclass(frozen=True)
class QuestionFrame:
    """A form that a whole question can have.

    Named groups: `paper` (the name of one), `rest` (what narrows a set of papers), `author`, `in_year`, `about` (what
    they deal with), `mention` (what they name). `refers_back`: it has a pronoun in place of the paper. `guarded`: it is
    a question of ours only where the author is one of the papers'.
    """

    ask: Ask
    pattern: re.Pattern[str]
    refers_back: bool = False
    single_author: bool = False
    surveys: bool = False
    guarded: bool = False


@dataclass(frozen=True)
class Grammar:
    """The frames of a language, tried in order, and what can narrow a set of papers.

    `lead` is what politeness puts before a question and `tail` behind it. `years` have the groups `in_year`, `before`,
    `after`, `since`, `until`, `first` and `last`; `by` has `author`, or `known` where only an author of the papers can
    be meant ("from Gao", but "from Google"); `about` and `mention` have `about`. `joint` is what may stand before each
    part that narrows ("and", "that").
    """

    language: str
    frames: Sequence[QuestionFrame]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    years: Sequence[re.Pattern[str]] = ()
    by: Sequence[re.Pattern[str]] = ()
    about: Sequence[re.Pattern[str]] = ()
    mention: Sequence[re.Pattern[str]] = ()
    joint: re.Pattern[str] | None = None
    surveys: re.Pattern[str] | None = None
    single_author: re.Pattern[str] | None = None


def question_frames(
    forms: Sequence[tuple[Ask, str]], *, surveys: bool = False, single_author: bool = False, guarded: bool = False
) -> list[QuestionFrame]:
    """Frames of (what is asked, pattern)."""
    return [
        QuestionFrame(ask, re.compile(pattern), surveys=surveys, single_author=single_author, guarded=guarded)
        for ask, pattern in forms
    ]


def field_frames(forms: Sequence[tuple[Ask, str]], pronoun: str) -> list[QuestionFrame]:
    """Frames of patterns with `{}` where the paper is named: one with a pronoun there, one with a name."""
    back = [
        QuestionFrame(ask, re.compile(form.replace("{}", f"(?:{pronoun})")), refers_back=True) for ask, form in forms
    ]
    return back + [QuestionFrame(ask, re.compile(form.replace("{}", "(?P<paper>.+?)"))) for ask, form in forms]


def plain_question(question: str) -> str:
    """`question` folded, on one line, without punctuation around it and contractions ("what's", "whats")."""
    text = " ".join(fold(question).split())
    while (shorter := _EDGE.sub("", text)) != text:
        text = shorter
    return _CONTRACTED.sub(r"\1 is", text)


def parse(text: str, grammar: Grammar) -> list[Intent]:
    """What `text` (as `plain` gives it) may ask in this language, by the frames that fit all of it, in their order."""
    text = grammar.tail.sub("", grammar.lead.sub("", text)).strip(" ,")
    fitting = ((frame, frame.pattern.fullmatch(text)) for frame in grammar.frames)
    found = [_intent(frame, match, grammar) for frame, match in fitting if match is not None]
    return list(dict.fromkeys(intent for intent in found if intent is not None))


def _intent(frame: QuestionFrame, match: re.Match[str], grammar: Grammar) -> Intent | None:
    groups = {name: value.strip(" \"',:") for name, value in match.groupdict().items() if value}
    intent = Intent(
        frame.ask,
        paper=groups.get("paper", ""),
        author=groups.get("author", ""),
        about=groups.get("about") or groups.get("mention", ""),
        central="about" in groups,
        years=Years(int(groups["in_year"]), int(groups["in_year"])) if "in_year" in groups else Years(),
        refers_back=frame.refers_back,
        single_author=frame.single_author,
        surveys=frame.surveys,
        guarded=frame.guarded,
        language=grammar.language,
    )
    return _narrow(intent, groups.get("rest", ""), grammar)


def _narrow(intent: Intent, rest: str, grammar: Grammar) -> Intent | None:
    """`intent` with all that `rest` says; None where a part of it says nothing known."""
    rest = rest.strip(" ,")
    if grammar.joint is not None:
        rest = grammar.joint.sub("", rest)
    if not rest:
        return intent
    for pattern in grammar.years:
        match = pattern.match(rest) or pattern.search(rest)
        if match is not None and (match.start() == 0 or match.end() == len(rest)):
            without = f"{rest[: match.start()]} {rest[match.end() :]}"
            return _narrow(replace(intent, years=_years(match)), without, grammar)
    if grammar.surveys is not None and (match := grammar.surveys.match(rest)):
        return _narrow(replace(intent, surveys=True), rest[match.end() :], grammar)
    if grammar.single_author is not None and (match := grammar.single_author.match(rest)):
        return _narrow(replace(intent, single_author=True), rest[match.end() :], grammar)
    for pattern in grammar.by:
        if match := pattern.fullmatch(rest):
            groups = match.groupdict()
            author, known = groups.get("author"), groups.get("known")
            found = replace(intent, author=author or known or "", guarded=intent.guarded or author is None)
            return _narrow(found, groups.get("rest") or "", grammar)
    for central, patterns in ((True, grammar.about), (False, grammar.mention)):
        for pattern in patterns:
            if match := pattern.fullmatch(rest):
                return replace(intent, about=match["about"], central=central)
    return None


def _years(match: re.Match[str]) -> Years:
    given = {name: int(value) for name, value in match.groupdict().items() if value}
    if "in_year" in given:
        return Years(given["in_year"], given["in_year"])
    if "first" in given:
        low, high = sorted((given["first"], given["last"]))
        return Years(low, high)
    if "before" in given:
        return Years(None, given["before"] - 1)
    if "until" in given:
        return Years(None, given["until"])
    return Years(given["after"] + 1 if "after" in given else given["since"], None)
