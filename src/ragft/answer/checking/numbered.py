"""Things with a number or letter of their own, and whether two changed their values: β_1 and β_2, top-1 and top-5.

numbered_in("In Table 2, β₁ = 0.9")[0].name                                    ->  "2"
values_exchanged("β1 = 0.999 and β2 = 0.9.", ["with β_1 = 0.9, β_2 = 0.999"])  ->  True

A number that is such a name is no value, so `values` does not look at it; and each of them is written in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragft.answer.checking.support import sentences_in
from ragft.answer.checking.terms import Quantity, is_stated, quantities
from ragft.corpus.fold import fold

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
        "chi psi omega".split(),
        strict=True,
    )
) | {"ς": "sigma", "∊": "epsilon"}
_KINDS = {
    "table": "table tables tab tab. tabelle tabellen tableau tableaux tabla tablas cuadro cuadros 表 表格 표",
    "figure": "figure figures fig fig. figs abbildung abbildungen abb abb. figura figuras 图 圖 図 그림",
    "section": "section sections sec. abschnitt abschnitte abschnitten sección secciones 절",
    "equation": "equation equations eq. eqs. gleichung gleichungen équation équations ecuación ecuaciones 公式 式 수식",
    "algorithm": "algorithm algorithms algorithmus algorithme algorithmes algoritmo algoritmos 算法 알고리즘",
    "epoch": "epoch epochs epoche epochen époque époques época épocas エポック 에폭",
    "step": "step steps schritt schritte schritten étape étapes paso pasos 步骤 步驟 ステップ 단계",
    "layer": "layer layers schicht schichten couche couches capa capas 層",
    "phase": "phase phases phasen fase fases stage stages stufe stufen 阶段 階段 フェーズ",
    "experiment": "experiment experiments experimente expérience expériences experimento experimentos 实验 實驗 実験",
    "group": "group groups gruppe gruppen groupe groupes grupo grupos",
    "type": "type types typ typen tipo tipos",
    "theorem": "theorem theorems satz théorème théorèmes teorema teoremas 定理 정리",
    "task": "task tasks aufgabe aufgaben tâche tâches tarea tareas 任务 任務 タスク",
    "round": "round rounds runde runden",
}
"""Words that a number is the name of, by their kind."""
_KIND_OF = {word: kind for kind, line in _KINDS.items() for word in line.split()}
_IN_PARTS = frozenset("table figure section equation theorem".split())
"""Kinds whose numbers may have parts: Section 3.2."""
_COUNTED_BY = {
    "轮": "round",
    "輪": "round",
    "层": "layer",
    "層": "layer",
    "步": "step",
    "节": "section",
    "節": "section",
}
_RANKS = {"r": "recall", "p": "precision", "hit": "hits", "acc": "accuracy", "rank": "top"}
"""What is measured among the first few, in short; R@5 is recall@5."""
_WORDS = "|".join(re.escape(word) for word in sorted(_KIND_OF, key=len, reverse=True))
_NUMBER = r"\d+(?:\.\d+)*"
_ONE_OF = re.compile(
    r"(?<![^\W\d])\\?(?P<greek>[α-ω∊]|\b(?:" + "|".join(_GREEK.values()) + r")(?![^\W\d_]))"
    r"(?:_?\{?\(?(?P<index>(?<=[_{(])\w{1,8}|(?<![\s\d])\d{1,2})\)?\}?|[\s-](?P<apart>\d)(?![\w.,-]*\d))?(?!\w)"
    r"|(?<![\w\\])(?P<letter>[a-z])_[{(]?(?P<letter_index>[a-z0-9]{1,8})[)}]?(?!\w)"
    r"|(?<![\w\\])(?P<symbol>[^\W\d_]\w{0,15})(?=\s?(?:=|:=|←)\s?-?\d)"
    r"|(?<!\w)(?P<top>top|rank)[\s_-]?(?P<first>\d{1,3})(?!\w|[.,]\d|\s?%)"
    r"|(?<!\w)(?P<measure>[a-z]+)\s?@\s?(?P<at>\d{1,4})(?!\w|[.,]\d)"
    r"|(?<!\w)(?P<measured>recall|precision|hits?|pass|ndcg|accuracy) at (?:rank )?(?P<of_rank>\d{1,4})(?!\w|[.,]\d)"
    rf"|(?<![a-zà-ÿ])(?P<word>{_WORDS})\s?(?P<number>{_NUMBER})"
    rf"(?P<more>(?:\s?(?:,|and|or|&|und|oder|et|y|to|[-/])\s?{_NUMBER})*)(?![a-z\d_]|[.,]\d|\s?%)"
    r"|第\s?(?P<nth>\d+)\s?(?P<counted>[轮輪层層步节節])"
)
_VALUE = re.compile(
    r"(?<![\w.^])-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?(?:\^[({]?[-+]?\d+[)}]?)?(?:\s?[x×*·⋅]\s?10\s?\^?[({]?[-+]?\d+[)}]?)?(?:\s?%)?"
)
_LISTED = re.compile(
    r"[\s(){}\[\]]*(?:(?:[,;/&|、]|\b(?:and|or|und|oder|et|ou|y|o|vs\.?)\b|[和与與と및])[\s(){}\[\]]*){1,2}"
)
"""What stands between two items of a list."""
_EQUALS = re.compile(r"\s*(?:=|:=|←)\s*")
_BREAK = re.compile(
    r"[,;|、。；，]|\.\s|\b(?:and|but|while|whereas|und|aber|während|et|mais|tandis|y|pero|mientras)\b|[和而]"
)
_MOST_BETWEEN = 6
"""Words between such a thing and its value."""
_LONGEST = 2000
"""Characters of a sentence that is read; what is longer is a table or no text."""


@dataclass(frozen=True)
class Numbered:
    """Such a thing: its kind, the name that tells it from others of its kind, and its place in the folded text."""

    kind: str
    name: str
    start: int
    end: int

    @property
    def family(self) -> str:
        """What it may be exchanged with: any symbol with any other."""
        return "symbol" if self.kind == "letter" else self.kind

    @property
    def is_rank(self) -> bool:
        """Whether it tells among how many something is measured: top-5, recall@10."""
        return self.family != "symbol" and self.kind not in _KINDS


@dataclass(frozen=True)
class _Run:
    """Neighbouring things of one family, or neighbouring numbers: "β1 and β2", "0.9 and 0.999"."""

    things: tuple[Numbered, ...]
    values: tuple[frozenset[Quantity], ...]
    start: int
    end: int

    def joins(self, other: _Run) -> bool:
        """Whether both are things of one family, or both are numbers."""
        families = {thing.family for thing in (*self.things, *other.things)}
        return bool(self.things) == bool(other.things) and len(families) < 2

    def joined_with(self, other: _Run) -> _Run:
        """Both as one."""
        return _Run(self.things + other.things, self.values + other.values, self.start, other.end)


@lru_cache(maxsize=8192)
def numbered_in(text: str) -> tuple[Numbered, ...]:
    """The numbered things of `text`, in order; places are those in the folded text."""
    return tuple(one for match in _ONE_OF.finditer(fold(text)) for one in _read(match))


def values_exchanged(claim: str, passages: Sequence[str]) -> bool:
    """Whether `claim` gives a numbered thing the value that `passages` give another of its family, and not it."""
    here = _values(claim)
    there = [pair for text in passages if here for sentence in sentences_in(text) for pair in _values(sentence)]
    for thing, value in here:
        alike = [(one, stated) for one, stated in there if one.family == thing.family]
        own = [stated for one, stated in alike if one.name == thing.name]
        others = [stated for one, stated in alike if one.name != thing.name]
        if own and not any(_same(value, stated) for stated in own) and any(_same(value, one) for one in others):
            return True
    return False


def _read(match: re.Match[str]) -> Iterator[Numbered]:
    """What a match of `_ONE_OF` names; "Tables 2 and 3" are two."""
    start, end = match.span()
    if greek := match["greek"]:
        yield Numbered("letter", _GREEK.get(greek, greek) + (match["index"] or match["apart"] or ""), start, end)
    elif match["letter"]:
        index = match["letter_index"]  # d_model is dmodel, and x_i is not xi, the Greek letter
        joint = "_" if len(index) == 1 and index.isalpha() else ""
        yield Numbered("letter", match["letter"] + joint + index, start, end)
    elif match["symbol"]:
        yield Numbered("symbol", match["symbol"].replace("_", ""), start, end)
    elif measure := match["top"] or match["measure"] or match["measured"]:
        rank = match["first"] or match["at"] or match["of_rank"]
        yield Numbered(_RANKS.get(measure, measure), rank, start, end)
    elif match["word"]:
        yield from _numbers_behind(match)
    else:
        yield Numbered(_COUNTED_BY[match["counted"]], match["nth"], start, end)


def _numbers_behind(match: re.Match[str]) -> Iterator[Numbered]:
    """The things that a word and its numbers name; only a word in the plural has several."""
    word, number = match["word"], match["number"]
    kind = _KIND_OF[word]
    if "." in number and kind not in _IN_PARTS:
        return
    yield Numbered(kind, number, match.start(), match.end("number"))
    if match["more"] and word[-1] in "snx":
        for more in re.finditer(_NUMBER, match["more"]):
            yield Numbered(kind, more[0], match.start("more") + more.start(), match.start("more") + more.end())


@lru_cache(maxsize=8192)
def _values(text: str) -> tuple[tuple[Numbered, frozenset[Quantity]], ...]:
    """The numbered things of `text` with their values: "β1 = 0.9", "7.8 % top-5", "β1 and β2 are 0.9 and 0.999"."""
    things = numbered_in(text) if len(text) <= _LONGEST else ()
    if not things:
        return ()
    folded = fold(text)
    runs = _runs(folded, things)
    found: list[tuple[Numbered, frozenset[Quantity]]] = []
    used: set[int] = set()
    equal = [(at, at + 1) for at in range(len(runs) - 1) if _EQUALS.fullmatch(folded, runs[at].end, runs[at + 1].start)]
    linked = [(at, at + 1) for at in range(len(runs) - 1) if _is_link(folded[runs[at].end : runs[at + 1].start])]
    for one, other in (*equal, *linked):
        first, second = runs[one], runs[other]
        things, values = first.things + second.things, first.values + second.values
        if len(things) == len(values) and bool(first.things) != bool(second.things) and not used & {one, other}:
            used |= {one, other}
            found += zip(things, values, strict=True)
    return tuple(found)


def _runs(folded: str, things: Sequence[Numbered]) -> list[_Run]:
    """The things and numbers of a folded text in order, those of a list together."""
    inside = [(one.start, one.end) for one in things]
    items = [_Run((one,), (), one.start, one.end) for one in things]
    for match in _VALUE.finditer(folded):
        value = quantities(match[0])
        if value and not any(start < match.end() and match.start() < end for start, end in inside):
            items.append(_Run((), (value,), *match.span()))
    runs: list[_Run] = []
    for item in sorted(items, key=lambda one: one.start):
        if runs and runs[-1].joins(item) and _LISTED.fullmatch(folded, runs[-1].end, item.start):
            runs[-1] = runs[-1].joined_with(item)
        else:
            runs.append(item)
    return runs


def _is_link(between: str) -> bool:
    """Whether what stands between a thing and a number lets them belong together."""
    return not _BREAK.search(between) and len(between.split()) <= _MOST_BETWEEN


def _same(one: Iterable[Quantity], other: frozenset[Quantity]) -> bool:
    return any(is_stated(number, other) for number in one)
