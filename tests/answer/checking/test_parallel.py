"""Values and clauses that two names of one sentence exchanged."""

from __future__ import annotations

import pytest

from ragft.answer.checking.parallel import names_crossed, values_of_names_exchanged

RATES = "HARO-2 makes up facts not present in the input half as often as MIRA-3 (a 21% vs. 41% rate)."
RIGHT_AND_WRONG = {
    "en": ("HARO-2 has a {} rate and MIRA-3 {}.", "21%", "41%"),
    "de": ("HARO-2 erfindet in {} der Fälle etwas, MIRA-3 nur in {}.", "21 %", "41 %"),
    "fr": ("HARO-2 invente dans {} des cas, MIRA-3 dans {}.", "21 %", "41 %"),
    "es": ("HARO-2 inventa en el {} de los casos y MIRA-3 en el {}.", "21 %", "41 %"),
    "ko": ("HARO-2는 {}의 경우에, MIRA-3는 {}의 경우에 지어냅니다.", "21%", "41%"),
    "zh": ("HARO-2 有 {} 的情况编造信息，而 MIRA-3 为 {}。", "21%", "41%"),
    "ja": ("HARO-2は{}の場合に、MIRA-3は{}の場合に捏造します。", "21%", "41%"),
}


@pytest.mark.parametrize("language", RIGHT_AND_WRONG)
def test_values_that_two_names_exchanged_are_seen_in_any_language(language: str) -> None:
    sentence, one, other = RIGHT_AND_WRONG[language]
    assert values_of_names_exchanged(sentence.format(other, one), [RATES])
    assert not values_of_names_exchanged(sentence.format(one, other), [RATES])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It has 41%, twice as often as MIRA-3 with 21%.", RATES),
        (
            "HARO-2 reaches 33.3% and MIRA-3 41.5%.",
            "It gains much compared to MIRA-3 (41.5% vs. 33.3%) (Lee et al., 2019).",
        ),
        ("1750억 HARO-2가 13억 MIRA-3보다", "The 1.3B parameter HARO-2 model beats the 175B MIRA-3."),
        ("HARO-2 has 48, MIRA-3 36.", "HARO-2 has 36 and MIRA-3 has 48."),
    ],
)
def test_a_value_is_that_of_another_name(claim: str, source: str) -> None:
    assert values_of_names_exchanged(claim, [source])


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("HARO-2 has 48, MIRA-3 36.", ["HARO-2 has 48 and MIRA-3 has 36."]),
        ("HARO-2 has 48, MIRA-3 36.", ["HARO-2 has 36 and MIRA-3 has 48.", "HARO-2 has 48, and MIRA-3 has 36."]),
        ("HARO-2 has 48.", ["HARO-2 has 36 gates and MIRA-3 has 48."]),  # perhaps of another count
        ("HARO-2 has 48, MIRA-3 36.", ["The rest has 48 and 36."]),
        ("HARO-2 reaches 41% and full filling 33%.", ["We fill the basin with HARO-2 (41% vs. 33% for full filling)."]),
        ("HARO-2 has 41% and MIRA-3 33%.", ["More water goes to HARO-2 (41% vs. 33% for MIRA-3)."]),
        ("TESSA-4 is preferred over MIRA-3 with 41 and 33 votes.", ["They prefer TESSA-4 over MIRA-3 (41 vs. 33)."]),
        ("HARO-2 holds more than MIRA-3 at 41% and 33%.", ["HARO-2 holds more than MIRA-3 (41% vs. 33%)."]),
        ("HARO-2 has 8 gates and MIRA-3 16.", ["HARO-2 fills in 16 days and MIRA-3 in 8 days."]),
        ("HARO-2 gains much: people like even 36 gates to HARO-2 with 48.", ["HARO-2 has 48, MIRA-3 36."]),
    ],
)
def test_values_that_may_be_right(claim: str, sources: list[str]) -> None:
    assert not values_of_names_exchanged(claim, sources)


CLAUSES = [
    ("MiraMax fills faster than HaroOne and drains deeper than HaroTwo.", "HaroOne", "HaroTwo"),
    ("HaroOne works well with sparse gates, and MiraMax in moving and stormy weather.", "HaroOne", "MiraMax"),
    (
        "Locks: HaroOne (Lee et al., 2011), which fills large basins, and MiraMax, which drains wide weirs.",
        "HaroOne",
        "MiraMax",
    ),
    ("The Haro lock fills large basins, whereas the Mira lock drains wide weirs.", "Haro", "Mira"),
]


@pytest.mark.parametrize(("source", "one", "other"), CLAUSES)
def test_names_of_parallel_clauses_that_changed_places(source: str, one: str, other: str) -> None:
    claim = source.replace(one, "\0").replace(other, one).replace("\0", other)
    assert names_crossed(claim, [source])
    assert not names_crossed(source, [source])


def test_names_in_one_clause_are_not_compared() -> None:
    assert not names_crossed(
        "HaroOne beats MiraMax, and both fill basins.", ["MiraMax beats HaroOne, and both fill basins."]
    )
