"""The metrics, each one a small pure function. docs/metrics.md has the same list for readers of a report.

All return a value in [0, 1] unless they say otherwise, and None where the metric does not apply to the answer, so
that a question without keywords cannot count as a question answered without them.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

from ragft.answer.checking.magnitudes import SMALL_NUMBERS
from ragft.corpus.fold import fold
from ragft.corpus.words import count_words
from ragft.corpus.writing_systems import MARKS, PAIRED, UNSPACED

SUBSTANTIVE_WORDS = 8
"""An answer of fewer words is not substantive. The experiment this metric is taken from does not give its limit;
the only answer it counted as empty had three words, and a full sentence seldom has fewer than eight."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_VALUE_WORD = re.compile(
    rf"(?P<number>(?:(?<!\w)-)?(?:\d+(?:[.,]\d+)*|(?<![\w.])\.\d+))|\^-?\d+|[\uac00-\ud7a3]+|[{UNSPACED}][{MARKS}]*"
    rf"|[^\W_{PAIRED}](?:[^\W_{PAIRED}]|[{MARKS}])*"
)
"""A number with its sign, an exponent, a word in Hangul, a character of a script without spaces, any other word."""
_SMALL = {word: str(number) for word, number in SMALL_NUMBERS.items() if number > 1}
_SMALL_NUMBER = re.compile(rf"(?<![\w-])(?:{'|'.join(_SMALL)})(?![\w-]|\s+(?:hundred|thousand|[bm]illion))")
"""A number from two to twelve in words, where it is not part of a larger one; "one" is mostly no number."""
_PARTICLE = re.compile(
    "(?:씨|님|들)?(?:(?:에서|에게|한테|께서|으로|로|까지|부터|처럼|보다|에)?(?:은|는|도|만|의)?"
    "|이|가|을|를|과|와|이나|나|이며|며|이고|고|이라고|라고|이라는|라는|이란|란"
    "|입니다|이다|다|이에요|예요|이었다|였다|이었습니다|였습니다|인|이죠|죠|요)"
)
"""What may stand behind a Korean noun in the same word."""
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_UNSPACED = re.compile(f"[{UNSPACED}][{MARKS}]*")


def keyword_coverage(answer: str, keywords: Sequence[str]) -> float | None:
    """Share of the keywords that occur in the answer: |{k : k in answer}| / |keywords|.

    A keyword occurs where it is a substring once both are folded (`ragft.corpus.fold`: case, typography, runs of white
    space); "low-rank" is not "low rank", and a number is not part of a longer one: 320 is not in 3,201 nor in 320.5.
    Source: the 15-question comparison this project starts from (80.2 % before, 71.1 % after tuning).
    """
    if not keywords:
        return None
    text = _plain(answer)
    return sum(bool(_keyword(_plain(keyword)).search(text)) for keyword in keywords) / len(keywords)


def _keyword(plain: str) -> re.Pattern[str]:
    before = r"(?<!\d)(?<!\d[.,])" if plain[:1].isdigit() else ""
    behind = r"(?!\d)(?![.,]\d)" if plain[-1:].isdigit() else ""
    return re.compile(before + re.escape(plain) + behind)


def substantive(answer: str, *, refused: bool) -> float:
    """1 where the answer is not a refusal and has at least `SUBSTANTIVE_WORDS` words, else 0. Its mean is the rate.

    Where a script has no spaces, two characters count as a word.
    """
    return float(not refused and count_words(answer) >= SUBSTANTIVE_WORDS)


def source_hit(retrieved: Sequence[str], right: Collection[str]) -> float | None:
    """1 where a right document is among those retrieved, else 0. Its mean is the source hit rate (recall@k of one)."""
    if not right:
        return None
    return float(any(document in right for document in retrieved))


def reciprocal_rank(retrieved: Sequence[str], right: Collection[str]) -> float | None:
    """1 / rank of the first chunk that comes from a right document, 0 where none does. Its mean is MRR.

    `retrieved` holds one document a chunk, best first. Source: Voorhees, TREC-8 question answering track, 1999.
    """
    if not right:
        return None
    return next((1 / rank for rank, document in enumerate(retrieved, start=1) if document in right), 0.0)


def token_f1(answer: str, reference: str) -> float | None:
    """F1 of the word multisets of answer and reference, folded, without punctuation and English articles.

    Where a script has no spaces, each character is a word, as in CMRC 2018 (arXiv:1810.07366).

    F1 = 2·P·R / (P + R) with P = overlap / words of the answer, R = overlap / words of the reference.
    Source: Rajpurkar et al., SQuAD, 2016 (arXiv:1606.05250), section 6.1.
    """
    if not reference:
        return None
    given, wanted = squad_words(answer), squad_words(reference)
    if not given or not wanted:
        return float(given == wanted)
    overlap = (Counter(given) & Counter(wanted)).total()
    if not overlap:
        return 0.0
    precision, recall = overlap / len(given), overlap / len(wanted)
    return 2 * precision * recall / (precision + recall)


def contains(answer: str, reference: str) -> float | None:
    """1 where the words of the reference stand in the answer, in order and together, else 0."""
    wanted = squad_words(reference)
    if not wanted:
        return None
    given = squad_words(answer)
    return float(any(given[i : i + len(wanted)] == wanted for i in range(len(given) - len(wanted) + 1)))


def holds_value(text: str, value: str) -> bool:
    """Whether the words of `value` stand in `text`, in order and together, each whole, and numbers as numbers.

    5, 5.0 and five are one number, 4.5 and 45 are two, and -5 is not 5. Behind the last word, if it is Korean, a
    particle may stand. Case, typography, punctuation and English articles do not count.
    """
    wanted, given = _value_words(value), _value_words(text)
    if not wanted:
        return False
    *before, last = wanted
    places = range(len(given) - len(before))
    return any(given[i : i + len(before)] == before and _is_word(given[i + len(before)], last) for i in places)


def groundedness(supported: Sequence[bool], *, refused: bool = False) -> float | None:
    """Share of the answer's sentences that a chunk they cite supports.

    `supported` holds one value a sentence of what the model wrote; a sentence that cites nothing is not supported.
    A refusal claims nothing and is left out. After the attribution score of Rashkin et al., 2021 (arXiv:2112.12870).
    """
    if refused or not supported:
        return None
    return sum(supported) / len(supported)


def citation_validity(written: Collection[str], sentences: Sequence[tuple[Collection[str], bool]]) -> float:
    """Share of the sentences a model wrote that stand on a citation of its own.

    `written` are the keys it wrote itself, `sentences` the keys kept of each sentence and whether they support it. A
    key that the check found for a sentence without one is the check's merit, not the model's, and does not count.
    """
    if not sentences:
        return 0.0
    return sum(supported and bool(set(keys) & set(written)) for keys, supported in sentences) / len(sentences)


def citation_precision(cited: Collection[str], right: Collection[str]) -> float | None:
    """Share of the cited documents that are right ones. None where nothing is cited or nothing is known to be right."""
    distinct = set(cited)
    if not distinct or not right:
        return None
    return len(distinct & set(right)) / len(distinct)


def citation_recall(cited: Collection[str], right: Collection[str]) -> float | None:
    """Share of the right documents that are cited."""
    if not right:
        return None
    return len(set(cited) & set(right)) / len(set(right))


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Cosine of two vectors, −1 to 1: the semantic similarity of two texts once an encoder has read them.

    A zero vector is similar to nothing (0). Source: Reimers and Gurevych, Sentence-BERT, 2019 (arXiv:1908.10084).
    """
    dot = sum(a * b for a, b in zip(left, right, strict=True))
    norm = (sum(a * a for a in left) * sum(b * b for b in right)) ** 0.5
    return dot / norm if norm else 0.0


def squad_words(text: str) -> list[str]:
    """Words as SQuAD's evaluation has them: folded, no ASCII punctuation, no English articles."""
    bare = _UNSPACED.sub(r" \g<0> ", fold(text).translate(_PUNCTUATION))
    return [word for word in _ARTICLES.sub(" ", bare).split() if any(character.isalnum() for character in word)]


def _value_words(text: str) -> list[str | Decimal]:
    """Words and numbers; what has several points, such as 1.5.0, is a word."""
    found: list[str | Decimal] = []
    in_digits = _SMALL_NUMBER.sub(lambda small: _SMALL[small.group()], fold(text))
    for match in _VALUE_WORD.finditer(in_digits):
        word = match.group()
        if match["number"] and len(re.findall("[.,]", word)) <= 1:
            found.append(Decimal(word.replace(",", ".")))
        elif not _ARTICLES.fullmatch(word):
            found.append(word)
    return found


def _is_word(given: str | Decimal, wanted: str | Decimal) -> bool:
    if isinstance(given, Decimal) or isinstance(wanted, Decimal):
        return given == wanted
    is_korean = "\uac00" <= wanted[-1] <= "\ud7a3"
    return given == wanted or (
        is_korean and given.startswith(wanted) and _PARTICLE.fullmatch(given[len(wanted) :]) is not None
    )


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
