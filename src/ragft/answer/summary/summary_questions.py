"""Which questions ask for what a whole text says, and which of them want more than its gist in a sentence or two.

What a summary question is, the search knows (`ragft.index.search.question.aim_of`), and says so of a paper that is
named (`Hit.wanted`). A text that comes with the question is named by nothing, so any other word may be the detail that
is asked for: "What did Tessa find?" Of such a text a summary is asked for by a word for it, or by no other words.
"""

from __future__ import annotations

import re

from ragft.answer.prompts.rewrite import is_follow_up
from ragft.corpus.fold import fold, without_accents
from ragft.corpus.words import words
from ragft.index.search.foreign_question import rests_of
from ragft.index.search.paper_parts import part_of
from ragft.index.search.question import aim_of, rest_of

_SUMMARY = re.compile(
    r"\bsummari[sz]e\b|\bsummary\b(?! statistic| table)|\btl;?dr\b|\bzusammenfass|\bfass\w*\b.*\bzusammen\b"
    r"|^\W*resum|\bresum(?:en|er|ir)\b|요약|总结|總結|概括|摘要|要約|まとめ"
    r"|\b(?:overview|gist)\b|\b(?:main|key) (?:points|takeaways)\b|\b(?:u|ue)berblick\b|\bl['’]essentiel\b"
    r"|\bpuntos (?:principales|clave)\b|요점|大意|要点"
)
_DETAIL = re.compile(r"\W*(?:how|is|are|was|were|do|does|did|which|who|where|when|why)\b")
"""How a question begins that a word for a summary is only in: "Is there an overview of fees?"."""
_BRIEF = re.compile(
    r"\b(?:main|key|central|core|principal) (?:idea|point|message|claim)\b|\b(?:brief|briefly|short)\b"
    r"|\bin (?:a|one|two|1|2|a few) (?:short )?(?:sentences?|lines?|words)\b"
    r"|\bin (?:einem|zwei) satz|\bkurz\b|\b(?:haupt|kern)aussage"
    r"|\ben (?:une|deux|una|dos) (?:phrases?|frases?)\b|\bbreve|\bbref\b|\bide[ea] principale?\b"
    r"|한 ?문장|간단히|짧게|一句话|简短|一文で|短く"
)
_POINTING = re.compile(
    r"\b(?:texte?s?|textos?|attached|attachments?|documents?|documentos?|dokuments?|datei|files?|fichier|archivo|pages?"
    r"|results?|conclusions?|contents?|inhalt\w*|conten[ui]\w*|lines?|words?|bullets?|paragraphs?|zeilen|worten?|lignes"
    r"|mots|lineas|palabras|kannst|konnt\w*|konnen|peux|pouvez|pourr\w+|puedes?|podrias?|drei|zwei|trois|deux|tres|dos"
    r"|plait|favor|\d+)\b"
    r"|[\d一二三四五六七八九十两兩]+ ?(?:行|文|句|句话|段落|[点點])で?"
    r"|이것|텍스트|문서|파일|글|것|\d* ?(?:문장|줄)(?:으로|로)?"
    r"|这个|這個|[段个個]|文字|文本|全文|文件|内容|內容|これ|この|それ|文書|文章|テキスト|ファイル|内容|全体|で"
)
"""Words that point at a text, or say how much is wanted, and name nothing."""
_ANY = re.compile("^")


def asks_for_summary(question: str) -> bool:
    """Whether `question`, about a text that comes with it, asks for a summary of it, in one of seven languages."""
    if aim_of(question, ()) == "summary" and not rest_of(question, ()):
        return True
    plain = _plain(question)
    return _SUMMARY.search(plain) is not None and not _DETAIL.match(plain)


def names_no_text(question: str) -> bool:
    """Whether `question` asks for a summary and does not say of what: "Summarise this", "Summarise the paper", "TL;DR".

    In any language: without the words for a summary, those that point, and stop words, nothing is left of it.
    """
    if not asks_for_summary(question):
        return False
    if all(_POINTING.fullmatch(word) for word in rest_of(question, ())):
        return True
    return not all(rests_of(question, _ANY, _POINTING, named=()))


def points_at_text(question: str) -> bool:
    """Whether `question` only points at a text ("Summarise this"): then its words say nothing of what that holds."""
    return is_follow_up(question) or asks_for_summary(question)


def wants_few_words(question: str) -> bool:
    """Whether `question` wants no more than a sentence or two, or one idea, which the opening of a text gives."""
    return _BRIEF.search(_plain(question)) is not None


def asks_for_whole(question: str) -> bool:
    """Whether `question`, about a text that comes with it, asks for a summary of all of it: neither in few words, nor
    of a part such as its results."""
    return asks_for_summary(question) and not wants_few_words(question) and part_of(question, words(question)) is None


def _plain(text: str) -> str:
    return without_accents(fold(text))
