"""What a paper says of its making and not of its subject: thanks, funding, who did what, interests.

is_back_matter("Author Contributions")          ->  True
back_matter("The gate closes.\\nFunding. By the harbour board.")  ->  ((17, 48),)
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.corpus.fold import letters_and_digits
from ragft.corpus.sections import heading_number, is_appendix, is_known_name, is_references

_NAMES = frozenset(
    letters_and_digits(name)
    for name in """acknowledgement acknowledgements acknowledgment acknowledgments specialthanks authorcontribution
    authorcontributions authorscontribution authorscontributions contributionsoftheauthors contributionofauthors
    contributionstatement authorcontributionstatement authorscontributionstatement creditauthorshipcontributionstatement
    authorship authorshipstatement funding fundingsources fundingsource fundingstatement fundinginformation
    sourcesoffunding financialsupport disclosureoffunding disclosure disclosures financialdisclosure conflictofinterest
    conflictsofinterest conflictofintereststatement conflictofinterestdisclosure declarationofinterest
    declarationsofinterest declarationofcompetinginterest declarationofcompetinginterests
    declarationofconflictinginterests competinginterest competinginterests competingfinancialinterests
    competinginterestsstatement abouttheauthor abouttheauthors authorinformation authorbiographies neuripspaperchecklist
    danksagung danksagungen dank autorenbeitrag autorenbeitrage beitragederautoren beitragederautorinnenundautoren
    finanzierung forderung forderhinweis drittmittel interessenkonflikt interessenkonflikte uberdieautoren
    remerciement remerciements contributiondesauteurs contributionsdesauteurs financement financements
    conflitdinteret conflitsdinteret conflitdinterets conflitsdinterets declarationdinterets declarationdesinterets
    proposdesauteurs
    agradecimiento agradecimientos contribuciondelosautores contribucionesdelosautores contribuciondeautores
    contribucionesdeautores financiacion financiamiento fuentesdefinanciacion conflictodeinteres conflictodeintereses
    conflictosdeinteres conflictosdeintereses declaraciondeintereses sobrelosautores
    감사의글 감사의말 감사의말씀 사사 사사표기 저자기여 저자기여도 저자의기여 연구비 연구비지원 재정지원
    이해상충 이해충돌 이해관계 이해상충선언
    致谢 致謝 鸣谢 鳴謝 谢辞 作者贡献 作者貢獻 作者贡献声明 作者貢獻聲明 基金项目 基金項目 基金资助 基金資助 资助
    资助信息 资金支持 利益冲突 利益衝突 利益冲突声明 利益衝突聲明 作者简介 作者簡介
    謝辞 著者貢献 著者の貢献 著者の役割 研究資金 助成 研究助成 資金提供 利益相反 利益相反の開示 著者紹介""".split()
)
"""Names of such sections without spaces, punctuation and accents, in seven languages."""
_BESIDE = frozenset(
    letters_and_digits(name)
    for name in "contributions creditattribution credits beitrage contribuciones 贡献 貢献 기여".split()
)
"""Names that are such only beside one of the others: "Contributions" alone may hold those of the paper."""
_AND = re.compile(r"\s*(?:[,;/&+]|\b(?:and|und|et|y|e)\b|(?<=\S)[和与與及と](?=\S)|(?<=\S)및(?=\S)|\s및\s)\s*")
_LONGEST = 100
_RUN_IN = re.compile(r"[.:：。]\s*|\s+[–—-]\s+")
"""What parts a heading from the text that follows it on its line."""
_HEADING_ENDS = re.compile(r"[.!?…。！？:：;,]$")
_MOST_WORDS = 8
"""Words of a numbered line that may be a heading."""


def is_back_matter(heading: str) -> bool:
    """Whether this heading opens such a section, or one of several such things: "Acknowledgements and Funding"."""
    if len(heading) > _LONGEST:
        return False
    parts = [letters_and_digits(part) for part in _AND.split(heading_number(heading)[1])]
    names = [part for part in parts if part]
    return any(name in _NAMES for name in names) and all(name in _NAMES | _BESIDE for name in names)


@lru_cache(maxsize=1024)
def back_matter(text: str, section: str = "") -> tuple[tuple[int, int], ...]:
    """The lines of `text` that such a section holds, as offsets; it begins in `section`.

    A heading may also stand at the beginning of a paragraph ("Funding. This work …"), and then holds only that.
    """
    found: list[tuple[int, int]] = []
    inside, start = is_back_matter(section), 0
    for line in text.split("\n"):
        end = start + len(line)
        heading = _RUN_IN.split(line[:_LONGEST], maxsplit=1)
        if is_back_matter(line):
            inside = True
        elif _is_heading(line):
            inside = False
        if inside or (len(heading) > 1 and is_back_matter(heading[0])):
            found.append((start, end))
        start = end + 1
    return tuple(found)


def in_back_matter(place: int, text: str, section: str = "") -> bool:
    """Whether what stands at offset `place` of `text`, which begins in `section`, belongs to such a section."""
    return any(start <= place < end for start, end in back_matter(text, section))


def _is_heading(line: str) -> bool:
    """Whether a line that names nothing of the kind opens another section."""
    if is_known_name(line) or is_references(line) or is_appendix(line):
        return True
    number, name = heading_number(line)
    return bool(number and name) and len(line.split()) <= _MOST_WORDS and not _HEADING_ENDS.search(line)
