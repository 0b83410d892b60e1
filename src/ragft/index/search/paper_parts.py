"""The part of a paper that a question asks for as such: its contributions, method, results, limitations.

part_of("What are the limitations of DPO?", {"dpo"})                 ->  the part with sections called "Limitations"
part_of("What are the limitations of DPO on long texts?", {"dpo"})   ->  None
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.sections import plain_name
from ragft.index.search.foreign_question import rests_of
from ragft.index.search.question import rest_of

EACH = 2
"""Chunks of the sections of one kind."""
MOST = 4
"""Chunks of a part, so that other passages find room beside them."""


@dataclass(frozen=True)
class PaperPart:
    """How questions ask for a part of a paper, and how the sections that hold it are called.

    A section that may hold other things, too, is not listed ("Discussion", for limitations): search finds the passage.
    """

    asked: re.Pattern[str]
    sections: Sequence[re.Pattern[str]]

    def rows(self, sections: Sequence[tuple[int, str]]) -> list[int]:
        """The rows of its chunks, by row and section of every chunk of a document."""
        names = [(row, bare_name(section)) for row, section in sections]
        found = [[row for row, name in names if pattern.search(name)][:EACH] for pattern in self.sections]
        return list(dict.fromkeys(row for rows in found for row in rows))[:MOST]


def _part(asked: str, *sections: str) -> PaperPart:
    return PaperPart(re.compile(asked), [re.compile(section) for section in sections])


_ABSTRACT = r"abstract|zusammenfassung|resume|resumo|riassunto|摘要|要旨|초록"
INTRODUCTION = r"introdu(?:ction|ccion|zione|cao)|einleitung|引言|はじめに|서론"
CONCLUSION = r"conclu|schluss|fazit|结论|結論|결론"
_PARTS = (
    _part(
        r"\b(?:limitations?|limits|weakness\w*|shortcomings?|drawbacks?|caveats?|disadvantages?|downsides?"
        r"|grenzen|einschrankung\w*|schwach\w*|nachteile?|limites?|faiblesses?|inconvenients?|limitacion\w*"
        r"|debilidad\w*|desventajas?|limitazion\w*|limiti|limitac\w*)\b|局限|不足|缺点|缺點|限界|欠点|한계|단점",
        r"limita[tcz]|einschrankung|grenzen|limites|局限|限界|한계",
    ),
    _part(
        r"\b(?:future (?:work|directions?|research|plans?)|open (?:questions?|problems?|challenges?)|next steps?"
        r"|ausblick|perspectives|trabajos? futuros?|lavori futuri)\b|未来|今後|향후",
        r"future|openquestions|openproblems|outlook|ausblick|challenge|未来|今後|향후",
    ),
    _part(
        r"\b(?:contributions?|contributes?|beitrag\w*|hauptbeitrag\w*|contribucion\w*|aportacion\w*|aportes?"
        r"|contribut[oi]|contribuic\w*)\b|贡献|貢獻|貢献|기여",
        _ABSTRACT,
        INTRODUCTION,
        CONCLUSION,
    ),
    _part(
        r"\b(?:results?|findings?|conclusions?|outcomes?|ergebniss\w*|ergebnis|schlussfolgerung\w*|resultat\w*"
        r"|resultados?|conclusion\w*|risultati|conclusioni|conclusoes)\b|结果|结论|結果|結論|결과|결론",
        _ABSTRACT,
        r"results|findings|evaluation|experiment|ergebnis|resulta[td]|risultat|结果|結果|결과",
        CONCLUSION,
    ),
    _part(
        r"\b(?:methods?|methodology|approach(?:es)?|technique|algorithm|works?|methoden?|verfahren|ansatz|funktionier\w*"
        r"|methodes?|approche|fonctionne\w*|metodos?|enfoque|funciona\w*|metod[oi]|approccio)\b|方法|手法|방법",
        _ABSTRACT,
        r"method|approach|algorithm|overview|ansatz|verfahren|metodo|方法|手法|방법",
        r"architecture|design|model|framework|system",
    ),
)
"""A question may fit two of them ("results and limitations"): the first counts."""
_ASKING = frozenset(
    "authors author own state stated list describe report reported admit acknowledge acknowledged discuss mention "
    "suggest suggested propose proposed present presented major biggest important general".split()
)
"""Words of a question that say nothing of what it asks for beside the part."""
_BESIDE = re.compile(
    r"\b(?:leist\w*|liefer\w*|nenn\w*|wichtigst\w*|zentral\w*|autor\w*|auteurs?|principa\w*|apport\w*|presenta\w*"
    r"|tiene\w*|hace\w*)\b|主要|有哪些|哪些|有什么|主な|何か|주요"
)
"""The same in other languages, as far as their lists of such words lack them."""


def bare_name(section: str) -> str:
    """The name of a section as the patterns have it: without number, case, spaces, punctuation and accents."""
    return without_accents(plain_name(section))


def part_of(question: str, named: Collection[str]) -> PaperPart | None:
    """The part of the paper called `named` that `question` asks for; None where it asks for anything else as well."""
    return next((part for part in _PARTS if _asks_for(question, part.asked, named)), None)


def _asks_for(question: str, asked: re.Pattern[str], named: Collection[str]) -> bool:
    text = fold(question)
    if asked.search(text) and not set(rest_of(asked.sub(" ", text), named)) - _ASKING:
        return True
    return any(not rest for rest in rests_of(question, asked, _BESIDE, named=named))
