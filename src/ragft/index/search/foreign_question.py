"""The aim of a question in a language other than English, and whether it compares."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.stopwords import is_stop_word
from ragft.corpus.words import words

Aim = Literal["definition", "summary", "detail"]

_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
}
"""Letters that identify a language: only it has them, or no language before it in the list."""
_COMPARISON = re.compile(
    r"\b(?:unterschied\w*|unterscheid\w*|vergl(?:eich|ich)\w*|gegenuber|differ\w+|compar\w+|diferenc\w+|diferent\w+"
    r"|confront\w+|par rapport|rispetto|versus|vs|beide|les deux|ambos|ambas|entrambi)\b"
    "|不同|区别|區別|差异|差異|差别|差別|比较|比較|相比|对比|對比|違い|違う|異なる|比べ|차이|비교|다른 ?점|다르"
)


@dataclass(frozen=True)
class _Asking:
    """How a language asks for a summary, a definition or a detail, and words that say nothing of the subject."""

    summary: re.Pattern[str]
    definition: re.Pattern[str]
    detail: re.Pattern[str]
    aside: re.Pattern[str]


def _latin(summary: str, definition: str, detail: str, aside: str) -> _Asking:
    around = (rf"\b(?:{summary})", rf"^\W*(?:{definition})\b|\bdefini\w+", rf"^\W*(?:{detail})\b", rf"\b(?:{aside})\b")
    return _Asking(*map(re.compile, around))


def _east_asian(summary: str, definition: str, detail: str, aside: str) -> _Asking:
    return _Asking(*(re.compile(pattern) for pattern in (summary, definition, detail, aside)))


_ASKING = {
    "de": _latin(
        r"zusammenfass\w*|fass\w*(?=.*\bzusammen\b)|worum geht|wovon handel\w*|uberblick|kurz gesagt|das wesentliche"
        r"|(?:haupt|kern)(?:aussage|punkt)\w*|(?:wichtigste|zentrale)\w* (?:punkte|aussage)\w*|tl;?dr"
        r"|was steht(?= i[nm]\b.*(?:paper|artikel|aufsatz|arbeit|studie)\W*$)",
        r"und was|was|erklar\w*|was versteht man",
        r"wie ?viele?|wie lange|wie oft|welche\w*(?! sind die (?:haupt|kern|wichtigst|zentral))|wann|wo|wer"
        r"|wie (?:gross|hoch|schnell)",
        r"fass\w*|zusammen|papers?|artikel|aufsatz|arbeit|studie|kurz\w*|bitte|bedeutet|heisst|satz\w*|versteht|genau",
    ),
    "fr": _latin(
        r"resum\w*|de quoi (?:parle|traite|s'agit)|en bref|apercu|idees? principales?"
        r"|points? (?:principaux|cles?|essentiels?)|principaux points|l'essentiel|grandes lignes"
        r"|vue d'ensemble|synthese|tl;?dr"
        r"|que dit(?= l'? ?(?:article|papier|etude)\b)(?!.*\b(?:sur|propos)\b)",
        r"c'est quoi|quoi|qu'est[ -]ce que?|qu'est[ -]ce qu'un\w*|expliqu\w*|que signifie",
        r"combien|quel\w*(?! sont les (?:points|principaux|idees|grandes))|quand|ou|qui",
        r"article|papier|etude|bref|brievement|court|phrases?|parle|traite|c|quoi|est|signifie|veut dire",
    ),
    "es": _latin(
        r"resum\w*|de que (?:trata|va)|en breve|ideas? principal\w*|puntos? (?:principal\w*|claves?|esencial\w*)"
        r"|principales puntos|lo esencial|(?:vision|panorama) general|sintesis|tl;?dr"
        r"|que dice(?= el (?:articulo|paper|estudio|trabajo)\b)(?!.*\bsobre\b)",
        r"que (?:es|son|significa)|explica\w*",
        r"cuant\w+|cual\w*(?! son (?:los|las) (?:puntos|principales|ideas))|cuando|donde|quien\w*",
        r"articulo|paper|estudio|trabajo|breve\w*|frases?|trata|significa|por favor",
    ),
    "it": _latin(
        r"riassum\w*|riassunto|sintesi|di cosa (?:parla|tratta)|in breve",
        r"(?:che )?cos'?e|cosa|che cosa|spiega\w*",
        r"quant\w+|quale|quali|quando|dove|chi",
        r"articolo|paper|studio|lavoro|breve\w*|frasi|parla|tratta|significa|per favore",
    ),
    "pt": _latin(
        r"resum\w*|do que trata|em resumo|ideia principal",
        r"o? ?que (?:e|sao|significa)|explique\w*",
        r"quant\w+|qual|quais|quando|onde|quem",
        r"artigo|paper|estudo|trabalho|breve\w*|frases?|trata|significa|por favor|o",
    ),
    "zh": _east_asian(
        "总结|總結|概括|概述|摘要|主要内容|主要內容|讲了什么|講了什麼|讲的是什么"
        "|[要重][点點](?=[是有]|[^\u4e00-\u9fff]|$)|大意|主旨|主要观点|主要觀點|关于什么|關於什麼|介绍一下(?=.*(?:论文|文章))|tl;?dr",
        "什么是|甚么是|什麼是|是什么|是什麼|定义|定義|解释|解釋|什么意思",
        "多少|几个|幾個|哪(?!些(?:要|重|主))|谁|誰|何时|什么时候|多大|多长",
        "请|請|一下|简单|簡單|简要|用|几句话|一句话|这|這|那|篇|论文|論文|文章|的|了|吗|呢|一|把|是|什么|什麼",
    ),
    "ja": _east_asian(
        "要約|まとめ|概要|要点|要旨|全体像|主な内容|どんな論文|どういう論文|何について(?!評|使|学|訓|実)|何が書か|tl;?dr"
        "|(?<!何)ポイント(?=を|は)",
        "とは|って何|は何|何です|何でしょう|定義|説明",
        "いくつ|どの|どれ|誰|いつ|どこ|何人|何個|何枚|いくら|どのくらい|何日",
        "論文|簡単に|短く|手短に|して|てください|下さい|ください|教え|について|とは|って|です|でしょう|何|か|を|の|は|が|に|て|め",
    ),
    "ko": _east_asian(
        "요약|정리해|개요|무슨 ?내용|어떤 ?내용|주요 ?내용|핵심(?: ?내용|을|은|만)|요점"
        "|무엇에 (?:관한|대한)|전반적|tl;?dr",
        "무엇|뭐|뭔가|정의|설명|무슨 ?뜻",
        "몇|얼마|어느|어떤(?! ?내용)|누가|누구|언제|어디",
        "논문|짧게|간단히|간략히|인가요?|이에요|예요|입니까|이란|란|해 ?주세요|해 ?줘|해줘요|에 ?대해서?"
        "|주세요|은|는|이|가|을|를|의|해",
    ),
}


_LATIN = [language for language in _ASKING if language not in _SCRIPTS]


def foreign_aim(question: str, named: Collection[str]) -> Aim:
    """As `aim_of`, of a question in any of these languages: a question has too few words to tell which."""
    text, languages = _read(question)
    aims = (_aim(text, named, language) for language in languages)
    return next((aim for aim in aims if aim != "detail"), "detail")


def foreign_asks_what(question: str) -> bool:
    """Whether a question in any of these languages asks what something is or means."""
    text, languages = _read(question)
    return any(_ASKING[language].definition.search(text) for language in languages)


def _read(question: str) -> tuple[str, Sequence[str]]:
    """The question as the patterns have it, and the languages that it may be in."""
    script = next((name for name, letters in _SCRIPTS.items() if letters.search(question)), "")
    return (fold(question), [script]) if script else (without_accents(fold(question)), _LATIN)


def _aim(text: str, named: Collection[str], language: str) -> Aim:
    asking = _ASKING[language]
    if asking.detail.search(text):
        return "detail"
    rest = _rest(text, (asking.summary, asking.definition, asking.aside), named, language)
    if asking.summary.search(text) and len(rest) <= 2:
        return "summary"
    return "definition" if asking.definition.search(text) and not rest else "detail"


def rests_of(
    question: str, asked: re.Pattern[str], *aside: re.Pattern[str], named: Collection[str]
) -> Iterator[list[str]]:
    """For each language that `question` may be in, its words without `asked`, the names and the words that any question
    may have, also those of `aside`. No list at all if `asked` does not occur."""
    text, languages = _read(question)
    for language in languages if asked.search(text) else ():
        asking = _ASKING[language]
        patterns = (asked, *aside, asking.detail, asking.summary, asking.definition, asking.aside)
        yield _rest(text, patterns, named, language)


def _rest(text: str, patterns: Iterable[re.Pattern[str]], named: Collection[str], language: str) -> list[str]:
    """The words of `text` that no pattern has, without names and stop words."""
    for pattern in patterns:
        text = pattern.sub(" ", text)
    return [word for word in words(text) if word not in named and not is_stop_word(word, language)]


def foreign_compares(question: str) -> bool:
    """Whether a question in any of these languages compares something."""
    return _COMPARISON.search(_read(question)[0]) is not None
