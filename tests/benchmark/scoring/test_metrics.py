"""Every expected value here was worked out by hand; fractions are written as such."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.benchmark.scoring.analysis import shown_name
from ragft.benchmark.scoring.metrics import (
    SUBSTANTIVE_WORDS,
    citation_precision,
    citation_recall,
    citation_validity,
    contains,
    cosine,
    groundedness,
    holds_value,
    keyword_coverage,
    reciprocal_rank,
    source_hit,
    substantive,
    token_f1,
)
from ragft.benchmark.studies.study import Facts
from ragft.tasks import SUITES

COVERAGE = [
    ("QLoRA uses NF4 and double quantization.", ["NF4"], 1),
    ("QLoRA uses NF4 and double quantization.", ["nf4", "double quantization"], 1),
    ("QLoRA uses NF4 and double quantization.", ["NF4", "paged"], 1 / 2),
    ("QLoRA uses NF4 and double quantization.", ["NF4", "paged", "48GB"], 1 / 3),
    ("QLoRA uses NF4 and double quantization.", ["paged", "48GB"], 0),
    ("QLoRA uses NF4 and double quantization.", ["LoRA"], 1),
    ("", ["LoRA"], 0),
    ("", ["LoRA", "NF4"], 0),
    ("LoRA", ["LoRA+"], 0),
    ("LoRA+ sets two rates", ["LoRA", "LoRA+"], 1),
    ("low-rank", ["low rank"], 0),
    ("low  rank", ["low rank"], 1),
    ("low\nrank", ["low rank"], 1),
    ("low rank", ["low\trank"], 1),
    ("LOW RANK", ["low rank"], 1),
    ("low rank", ["LOW RANK"], 1),
    ("ﬁne-tuning", ["fine-tuning"], 1),
    ("Straße", ["STRASSE"], 1),
    ("faithfulness, answer relevance", ["faithfulness", "answer relevance", "context relevance"], 2 / 3),
    ("faithfulness", ["faithfulness", "answer relevance", "context relevance", "reference", "human"], 1 / 5),
    ("a b c d", ["a", "b", "c", "d", "e"], 4 / 5),
    ("a b c d", ["a", "b", "c", "x", "e"], 3 / 5),
    ("a b c d", ["a", "b", "y", "x", "e"], 2 / 5),
    ("a b c d e", ["a", "b", "c", "d", "e", "f"], 5 / 6),
    ("repeat repeat repeat", ["repeat", "once"], 1 / 2),
    ("one", ["one", "one"], 1),
    ("parameters", ["parameter"], 1),
    ("parameter", ["parameters"], 0),
    ("65B model on 48 GB", ["48GB", "65B"], 1 / 2),
    *((f"low{hyphen}rank", ["low-rank"], 1) for hyphen in "‐‑‒–—−"),
    ("they don’t change", ["don't"], 1),
    ("they don't change", ["don’t"], 1),
    ("“quoted”", ['"quoted"'], 1),
    ("adap\u00adter", ["adapter"], 1),
    ("key\u200bword", ["keyword"], 1),
    ("10–20", ["10-20"], 1),
    ("İstanbul", ["istanbul"], 1),
    ("1,410 pounds", ["1410"], 1),
    ("1\u202f410 pounds", ["1,410"], 1),
    ("3.14", ["314"], 0),
    ("10²", ["102"], 0),
    ("It costs $3,201.", ["320"], 0),
    ("It costs $320.", ["320"], 1),
    ("In 2019, 20 of 320.5", ["320", "0.5", "2019", "20"], 0.5),
    ("GPT-3.5 and GPT-3", ["GPT-3"], 1),
    ("GPT-3.5 alone", ["GPT-3"], 0),
    ("哈罗水闸有二百二十三个螺栓", ["水闸"], 1),
    ("हैरो के जलद्वार", ["जलद्वार"], 1),
    ("Ragas evaluates R", ["faithfulness", "relevance", "precision", "recall", "reference"], 0),
]


@pytest.mark.parametrize(("answer", "keywords", "expected"), COVERAGE)
def test_keyword_coverage(answer: str, keywords: list[str], expected: float) -> None:
    assert keyword_coverage(answer, keywords) == expected


F1 = [
    ("a cat sat", "cat sat", 1),
    ("cat", "cat", 1),
    ("The cat.", "cat", 1),
    ("cat", "dog", 0),
    ("", "dog", 0),
    ("the", "dog", 0),
    ("the", "an", 1),
    ("cat dog", "cat", 2 / 3),
    ("cat", "cat dog", 2 / 3),
    ("cat dog", "dog cat", 1),
    ("cat dog bird", "cat", 1 / 2),
    ("cat dog bird fish", "cat", 2 / 5),
    ("cat dog bird fish", "cat dog", 2 / 3),
    ("cat dog", "cat bird", 1 / 2),
    ("cat dog fish", "cat bird owl", 1 / 3),
    ("cat cat", "cat", 2 / 3),
    ("cat cat", "cat cat", 1),
    ("cat cat dog", "cat dog dog", 2 / 3),
    ("cat cat cat", "cat dog dog", 1 / 3),
    ("CAT", "cat", 1),
    ("cat, dog!", "cat dog", 1),
    ("48 GB", "48GB", 0),
    ("low‑rank “adapters”", 'low-rank "adapters"', 1),
    ("水闸有螺栓", "螺栓", 4 / 7),
    ("水闸有螺栓。", "水闸有螺栓", 1),
    ("हैरो के बोल्ट", "हैरो", 1 / 2),
    ("48 GB of memory", "48 GB", 2 / 3),
    ("it needs 48 GB", "48 GB", 2 / 3),
    ("it needs about 48 GB", "48 GB", 4 / 7),
    ("x y z", "x y z w", 6 / 7),
    ("x y z w", "x y z", 6 / 7),
    ("x y z w v", "x y z", 3 / 4),
    ("an x of the y", "x of y", 1),
    ("low-rank", "lowrank", 1),
]


@pytest.mark.parametrize(("answer", "reference", "expected"), F1)
def test_token_f1(answer: str, reference: str, expected: float) -> None:
    assert token_f1(answer, reference) == pytest.approx(expected, abs=1e-15)


RANKS = [
    ("a", "a", 1),
    ("ba", "a", 1 / 2),
    ("bca", "a", 1 / 3),
    ("bcda", "a", 1 / 4),
    ("bcdea", "a", 1 / 5),
    ("bcdefa", "a", 1 / 6),
    ("bcdefga", "a", 1 / 7),
    ("bcdefgha", "a", 1 / 8),
    ("b", "a", 0),
    ("", "a", 0),
    ("bcd", "a", 0),
    ("aa", "a", 1),
    ("baa", "a", 1 / 2),
    ("aba", "a", 1),
    ("bbba", "a", 1 / 4),
    ("ab", "ab", 1),
    ("ba", "ab", 1),
    ("cab", "ab", 1 / 2),
    ("cdb", "ab", 1 / 3),
    ("cdba", "ab", 1 / 3),
    ("cdef", "ab", 0),
    ("cccc", "c", 1),
    ("dcccc", "c", 1 / 2),
    ("ddcccc", "c", 1 / 3),
    ("dddcccc", "c", 1 / 4),
    ("abc", "c", 1 / 3),
    ("abc", "b", 1 / 2),
    ("abc", "bc", 1 / 2),
    ("abc", "xyz", 0),
    ("abcdefghij", "j", 1 / 10),
]


@pytest.mark.parametrize(("retrieved", "right", "expected"), RANKS)
def test_reciprocal_rank_and_source_hit(retrieved: str, right: str, expected: float) -> None:
    assert reciprocal_rank(list(retrieved), set(right)) == expected
    assert source_hit(list(retrieved), set(right)) == float(expected > 0)


# cited, right, precision, recall
CITATIONS = [
    ("a", "a", 1, 1),
    ("ab", "a", 1 / 2, 1),
    ("abc", "a", 1 / 3, 1),
    ("abcd", "a", 1 / 4, 1),
    ("b", "a", 0, 0),
    ("bc", "a", 0, 0),
    ("aa", "a", 1, 1),
    ("aab", "a", 1 / 2, 1),
    ("abb", "a", 1 / 2, 1),
    ("", "a", None, 0),
    ("", "ab", None, 0),
    ("a", "ab", 1, 1 / 2),
    ("ab", "ab", 1, 1),
    ("ba", "ab", 1, 1),
    ("ac", "ab", 1 / 2, 1 / 2),
    ("abc", "ab", 2 / 3, 1),
    ("abcd", "ab", 1 / 2, 1),
    ("acde", "ab", 1 / 4, 1 / 2),
    ("cd", "ab", 0, 0),
    ("a", "abc", 1, 1 / 3),
    ("ab", "abc", 1, 2 / 3),
    ("abd", "abc", 2 / 3, 2 / 3),
    ("abcd", "abc", 3 / 4, 1),
    ("defa", "abc", 1 / 4, 1 / 3),
    ("a", "abcd", 1, 1 / 4),
    ("abcdefgh", "a", 1 / 8, 1),
    ("abcdefgh", "abcdefgh", 1, 1),
    ("a", "", None, None),
    ("", "", None, None),
    ("abcde", "cdefg", 3 / 5, 3 / 5),
]


@pytest.mark.parametrize(("cited", "right", "precision", "recall"), CITATIONS)
def test_citation_precision_and_recall(cited: str, right: str, precision: float | None, recall: float | None) -> None:
    assert citation_precision(list(cited), set(right)) == precision
    assert citation_recall(list(cited), set(right)) == recall


# "y" for a supported sentence, "n" for one that is not
GROUNDED = [
    ("y", 1),
    ("n", 0),
    ("yy", 1),
    ("yn", 1 / 2),
    ("ny", 1 / 2),
    ("nn", 0),
    ("yyy", 1),
    ("yyn", 2 / 3),
    ("nyy", 2 / 3),
    ("nyn", 1 / 3),
    ("nnn", 0),
    ("yyyy", 1),
    ("yyyn", 3 / 4),
    ("ynyn", 1 / 2),
    ("nnny", 1 / 4),
    ("nnnn", 0),
    ("yyyyn", 4 / 5),
    ("ynyyn", 3 / 5),
    ("nynyn", 2 / 5),
    ("nnynn", 1 / 5),
    ("yyyyyn", 5 / 6),
    ("yynnyn", 1 / 2),
    ("nnnnny", 1 / 6),
    ("yyyyyyn", 6 / 7),
    ("yynyynn", 4 / 7),
    ("nnnnnny", 1 / 7),
    ("yyyynnny", 5 / 8),
    ("nnnnynnnn", 1 / 9),
    ("yyynnnnnnn", 3 / 10),
    ("nnnnnnnnnnnn", 0),
]


# Keys that the model wrote; then for each sentence the keys kept of it ("-": none) and whether they support it.
VALID: list[tuple[str, str, float]] = [
    ("", "", 0),
    ("1", "", 0),
    ("1", "1y", 1),
    ("1", "1n", 0),
    ("", "1y", 0),  # aligned, not cited
    ("2", "1y", 0),  # another key than it wrote
    ("12", "1y", 1),
    ("1", "12y", 1),
    ("3", "12y", 0),
    ("1", "-n", 0),
    ("1", "-y", 0),
    ("1", "1y 1y", 1),
    ("1", "1y 1n", 1 / 2),
    ("1", "1y -n", 1 / 2),
    ("1", "1n -n", 0),
    ("1", "1y 2y", 1 / 2),
    ("12", "1y 2y", 1),
    ("12", "1y 2n", 1 / 2),
    ("", "1y 2y", 0),
    ("12", "1y 2y 3y", 2 / 3),
    ("123", "1y 2y 3y", 1),
    ("123", "1y 2n 3n", 1 / 3),
    ("1", "1y 2y 3y", 1 / 3),
    ("4", "1y 2y 3y", 0),
    ("1", "12y 2y 13y", 2 / 3),
    ("1", "1y 1y 1y -n", 3 / 4),
    ("1", "1y -n -n -n", 1 / 4),
    ("12", "1y 2y 1n 2n", 1 / 2),
    ("1", "1y 1y 1y 1y 1n", 4 / 5),
    ("9", "9y 9n 8y 8n -n -n", 1 / 6),
]


@pytest.mark.parametrize(("written", "sentences", "expected"), VALID)
def test_validity_is_the_share_of_sentences_on_a_key_the_model_wrote(
    written: str, sentences: str, expected: float
) -> None:
    parsed = [(set(part[:-1]) - {"-"}, part[-1] == "y") for part in sentences.split()]
    assert citation_validity(set(written), parsed) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("sentences", "expected"), GROUNDED)
def test_groundedness_is_the_share_of_supported_sentences(sentences: str, expected: float) -> None:
    assert groundedness([sentence == "y" for sentence in sentences]) == expected


def test_groundedness_does_not_apply_to_a_refusal_or_to_silence() -> None:
    assert groundedness([True], refused=True) is None
    assert groundedness([]) is None


SUBSTANTIVE = [
    ("", 0),
    (" ", 0),
    ("Yes.", 0),
    ("NF4", 0),
    ("65B on 48 GB", 0),
    ("QLoRA uses NF4.", 0),
    ("It has a rank of 8.", 0),
    ("one two three four five six seven", 0),
    ("one two three four five six seven eight", 1),
    ("one two three four five six seven eight nine", 1),
    ("one  two\nthree\tfour five six seven", 0),
    ("one  two\nthree\tfour five six seven eight", 1),
    ("1 2 3 4 5 6 7", 0),
    ("1 2 3 4 5 6 7 8", 1),
    ("a b c d e f g -", 0),
    ("a b c d e f g - h", 1),
    ("a, b, c, d, e, f, g.", 0),
    ("a, b, c, d, e, f, g, h.", 1),
    ("low-rank adaptation of large-language models is cheap", 0),
    ("low-rank adaptation of large language models is cheap", 1),
    ("... ... ... ... ... ... ... ...", 0),
    ("* one * two * three * four", 0),
    ("é ü ß ø å ñ ç", 0),
    ("é ü ß ø å ñ ç ł", 1),
    ("word word word word word word word word", 1),
    ("wordwordwordwordwordwordwordword", 0),
    ("The adapter is trained while the base stays frozen.", 1),
    ("The adapter is trained; the base is not.", 1),
    ("Only the adapter is trained, nothing else", 0),
    ("The paper says so on page 3", 0),
]


@pytest.mark.parametrize(("answer", "expected"), SUBSTANTIVE)
def test_substantive_needs_eight_words_and_no_refusal(answer: str, expected: float) -> None:
    assert SUBSTANTIVE_WORDS == 8
    assert substantive(answer, refused=False) == expected
    assert substantive(answer, refused=True) == 0.0


def test_the_cut_off_answer_of_the_original_experiment_is_not_substantive() -> None:
    assert substantive("Ragas evaluates R", refused=False) == 0.0


def test_punctuation_alone_is_no_word() -> None:
    assert substantive("- - - - - - - - - -", refused=False) == 0.0


@pytest.mark.parametrize(
    ("answer", "reference", "inside"),
    [
        ("Paris", "paris", 1),
        ("The Paris.", "Paris", 1),
        ("It is Paris.", "Paris", 1),
        ("Parisian", "Paris", 0),
        ("New York City", "New York", 1),
        ("York, New", "New York", 0),
        ("", "Paris", 0),
        ("7", "7", 1),
        ("17", "7", 0),
        ("7 July", "7", 1),
        ("On 7 July 1969.", "7 July", 1),
        ("July 7", "7 July", 0),
        ("the the Paris", "Paris", 1),
        ("a New York", "New the York", 1),  # articles count on neither side
        ("New, York", "New York", 1),
        ("New big York", "New York", 0),
        ("NewYork", "New York", 0),
        ("New-York", "New York", 0),  # punctuation goes without a trace: one word
        ("New-York", "NewYork", 1),
        ("o'clock", "oclock", 1),
        ("U.S.", "US", 1),
        ("48 GB", "48GB", 0),
        ("48GB", "48 GB", 0),
        ("two two three", "two three", 1),
        ("two three two", "three two", 1),
        ("two three", "two three four", 0),
        ("PARIS", "paris", 1),
        ("paris", "PARIS!", 1),
        ("Größe 7", "größe", 1),
        ("9.8 metres", "98", 1),  # a decimal point is punctuation, too
    ],
)
def test_contains(answer: str, reference: str, inside: float) -> None:
    assert contains(answer, reference) == inside


@pytest.mark.parametrize(
    ("text", "value", "there"),
    [
        ("It is 5.0 m/s².", "5.0", 1),
        ("It is 5 m/s².", "5.0", 1),
        ("It is 50 newtons.", "5.0", 0),
        ("F = 10 kg × 5.0 m/s² = 50 N", "50", 1),
        ("about 9.81 m/s²", "9.8", 0),
        ("98 m/s²", "9.8 m/s²", 0),
        ("It is 9.80 m/s^2", "9.8 m/s²", 1),
        ("9.8 m/s²", "2", 0),  # an exponent
        ("299,792 km/s", "299792", 1),
        ("version 1.5.0", "5.0", 0),
        ("45 tonnes", "4.5 tonnes", 0),
        ("450 tonnes", "45.0 tonnes", 0),
        ("4,5 Tonnen", "4.5 Tonnen", 1),
        (".5 or so", "0.5", 1),
        ("from 10-20km", "20 km", 1),
        ("at -20 °C", "20 °C", 0),
        ("at −20 °C", "-20 °C", 1),
        ("4.5 wooden tonnes", "4.5 tonnes", 0),
        ("It is worth Five US dollars.", "5", 1),
        ("12 US dollars", "twelve US dollars", 1),
        ("twenty-five dollars", "5", 0),
        ("five hundred dollars", "5", 0),
        ("a five-year plan", "5", 0),
        ("one of them", "1", 0),
        ("The neelam, of course", "neelam", 1),
        ("neelams", "neelam", 0),
        ("rusty", "Rust", 0),
        ("Sie ist in Rust.", "Rust", 1),
        ("Into the Caspian sea.", "the Caspian Sea", 1),
        ("Sea, Caspian", "Caspian Sea", 0),
        ("O'Brien's idea", "O’Brien", 1),
        ("首都是北京。", "北京", 1),
        ("고향은 목포입니다.", "목포", 1),
        ("고향은 부산입니다.", "목포", 0),
        ("서울에", "서울", 1),
        ("서울에서는 비가 온다", "서울", 1),
        ("남서울", "서울", 0),
        ("서울대학교", "서울", 0),
        ("무게는 12톤이다", "12톤", 1),
        ("무게는 112톤이다", "12톤", 0),
        ("Rust로 작성되었다", "Rust", 1),
        ("김 하나는", "김 하나", 1),
        ("김 하나 씨는", "김 하나", 1),
        ("김 하나씨는", "김 하나", 1),
        ("김 하나로호", "김 하나", 0),
        ("", "5", 0),
        ("anything", "?", 0),
    ],
)
def test_a_value_is_whole_words_and_numbers(text: str, value: str, there: int) -> None:
    assert holds_value(text, value) is bool(there)


@given(st.text(), st.text())
def test_no_text_breaks_the_search_for_a_value(text: str, value: str) -> None:
    assert holds_value(text, value) in (True, False)


@given(st.lists(st.text("bc5", min_size=1), min_size=1))
def test_words_are_found_between_others_and_not_where_one_is_longer(parts: list[str]) -> None:
    value = " ".join(parts)
    assert holds_value(f"so {value}, then", value)
    assert not holds_value(f"x{value}z", f"{value}")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, 0], [1, 0], 1),
        ([1, 0], [0, 1], 0),
        ([1, 0], [-1, 0], -1),
        ([3, 4], [4, 3], 24 / 25),
        ([3, 4], [6, 8], 1),
        ([1, 1], [1, 0], 0.5**0.5),
        ([0, 0], [1, 0], 0),
        ([1, 2, 2], [2, 1, 2], 8 / 9),
        ([2, 3, 6], [6, 2, 3], 36 / 49),
        ([2, 3, 6], [-2, -3, -6], -1),
        ([2, 3, 6], [3, -6, 2], 0),
        ([2, 3, 6], [0, 0, 0], 0),
        ([0, 0, 0], [0, 0, 0], 0),
        ([1], [5], 1),
        ([1], [-5], -1),
        ([5, 12], [12, 5], 120 / 169),
        ([5, 12], [-12, 5], 0),
        ([8, 15], [15, 8], 240 / 289),
        ([7, 24], [24, 7], 336 / 625),
        ([20, 21], [21, 20], 840 / 841),
        ([3, 4], [5, 12], 63 / 65),
        ([3, 4], [12, 5], 56 / 65),
        ([3, 4], [-5, 12], 33 / 65),
        ([3, 4], [8, 15], 84 / 85),
        ([1, 1], [1, -1], 0),
        ([1, 1, 1, 1], [1, 1, 1, -1], 1 / 2),
        ([1, 1, 1, 1], [1, 0, 0, 0], 1 / 2),
        ([1, 1, 1, 1], [1, -1, -1, -1], -1 / 2),
        ([1, 4, 8], [8, 4, 1], 32 / 81),
        ([1, 4, 8], [4, -1, 0], 0),
    ],
)
def test_cosine(left: list[float], right: list[float], expected: float) -> None:
    assert cosine(left, right) == pytest.approx(expected, abs=1e-12)


def test_metrics_without_ground_truth_do_not_apply() -> None:
    assert keyword_coverage("x", []) is None
    assert token_f1("x", "") is None
    assert contains("x", "") is None
    assert source_hit(["a"], set()) is None
    assert reciprocal_rank(["a"], set()) is None


def test_the_documented_metrics_are_those_of_the_code_by_label_and_key() -> None:
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
    suites = page.partition("## The objectives")[2].partition("## Hostile documents")[0]
    documented = re.findall(r"^\| (.+?) \| `([a-z0-9_.]+)` \| .", suites, re.MULTILINE)
    known = {name: found.metrics for name, found in SUITES.items()} | {Facts.name: Facts.metrics}
    assert documented.count(("Completeness *", "objectives.completeness")) == 1
    assert sorted(documented) == sorted(
        (metric.label + " *" * metric.primary, shown_name(suite, metric))
        for suite, metrics in known.items()
        for metric in metrics
    )
