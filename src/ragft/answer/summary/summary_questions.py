"""Which questions ask for what a whole text says, and which of them want more than its gist."""

from __future__ import annotations

import re

from ragft.answer.prompts.rewrite import is_follow_up
from ragft.corpus.fold import fold, without_accents
from ragft.corpus.words import words
from ragft.index.search.paper_parts import part_of

_SUMMARY = re.compile(
    r"\bsummari[sz]e\b|\bsummary\b(?! statistic| table)|\btl;?dr\b|\bzusammenfass|\bfass\w*\b.*\bzusammen\b"
    r"|^\W*resum|\bresum(?:en|er|ir)\b|요약|总结|總結|概括|摘要|要約|まとめ"
)
_BRIEF = re.compile(
    r"\btl;?dr\b|\bin (?:a|one|two|1|2|a few) (?:short )?(?:sentences?|lines?|words)\b|\b(?:brief|briefly|short)\b"
    r"|\bin (?:einem|zwei) satz|\bkurz\b|\ben (?:une|deux|una|dos) (?:phrases?|frases?)\b|\bbreve|\bbref\b"
    r"|한 ?문장|간단히|짧게|一句话|简短|一文で|短く"
)


def asks_for_summary(question: str) -> bool:
    """Whether `question` asks for a summary, in one of seven languages."""
    return _SUMMARY.search(_plain(question)) is not None


def points_at_text(question: str) -> bool:
    """Whether `question` only points at a text ("Summarise this"): then its words say nothing of what that holds."""
    return is_follow_up(question) or asks_for_summary(question)


def asks_for_whole(question: str) -> bool:
    """Whether `question` asks for a summary that the opening of a text does not give: neither in a sentence or two, nor
    of a part such as its results."""
    plain = _plain(question)
    return bool(_SUMMARY.search(plain)) and not _BRIEF.search(plain) and part_of(question, words(question)) is None


def _plain(text: str) -> str:
    return without_accents(fold(text))
