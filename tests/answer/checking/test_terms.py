"""What a sentence claims: stems and quantities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.support import support_score
from ragft.answer.checking.terms import Quantity, content_terms, missing_quantities, quantities
from ragft.corpus.stems import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantisation", "quantized"),
        ("training", "trained"),
        ("adapters", "adapter"),
        ("memories", "memory"),
        ("running", "run"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(word) for word in ("model", "memory", "method", "metric", "merge")}) == 5


def test_stop_words_and_numbers_are_no_content() -> None:
    assert content_terms("How much memory does it need for 65 of them?") == [stem("memory")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48 GB", Quantity("48", "gb")),
        ("48GB", Quantity("48", "gb")),
        ("5,048 MB", Quantity("5048", "mb")),
        ("a 65B model", Quantity("65", "b")),
        ("99.3%", Quantity("99.3", "%")),
        ("a rate of 2e-4", Quantity("2e-4")),
        ("four bits", Quantity("4", "bit")),
        ("four-bit", Quantity("4", "bit")),
        ("0.370 bits", Quantity("0.37", "bit")),
        ("a rate of 3 × 10⁻⁴", Quantity("3e-4")),
        ("$3 \\times 10^{-4}$", Quantity("3e-4")),
        ("10^6 cells", Quantity("1e6")),
        ("fell to −5 °C", Quantity("-5", "°c")),
        ("a loss of -$5 million", Quantity("-5000000", "dollar")),
        ("fell to minus 5", Quantity("-5")),
        ("56 м²", Quantity("56", "m^2")),
        ("between 3 and -5", Quantity("-5")),
        ("between 3–5", Quantity("5")),
        ("the gates —5 of them— opened", Quantity("5")),
        ("the ^14C date", Quantity("14")),
    ],
)
def test_quantities_are_read_with_their_unit(text: str, expected: Quantity) -> None:
    assert expected in quantities(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.50 euros", "1.5 euros"),
        ("1,5 Meter", "1.50 Meter"),
        ("1.234,5 Meter", "1234.5 Meter"),
        ("1 000 steps", "1000 steps"),
        ("1_000 steps", "1,000 steps"),
        ("1e3 steps", "1000 steps"),
        ("10^3 steps", "1000 steps"),
        ("10³ steps", "1E3 steps"),
        ("2.5k steps", "2,500 steps"),
        (".5 of it", "0.50 of it"),
    ],
)
def test_numbers_that_are_equal_state_each_other(one: str, other: str) -> None:
    assert quantities(one)
    assert not missing_quantities(one, other)
    assert not missing_quantities(other, one)


def test_a_number_with_another_unit_is_missing() -> None:
    assert missing_quantities("It takes 48 MB.", "It takes 48 GB.") == {Quantity("48", "mb")}


def test_a_number_without_unit_matches_one_with_it() -> None:
    assert missing_quantities("48", "48 GB") == set()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The rate is 10^4.", "The rate is 10^-4."),
        ("The rate is 3 × 10^4.", "The rate is 3 × 10^−4."),
        ("The rate is 3 × 10^4.", "The rate is 3 × 10^(-4)."),
        ("The rate is 3 × 10⁴.", "The rate is 3 × 10⁵."),
        ("It holds 10 litres.", "It holds 10^4 litres."),
        ("It weighs 2 tonnes.", "It weighs 57^2 tonnes."),
        ("It weighs 57^3 tonnes.", "It weighs 57^2 tonnes."),
        ("It has 2 gates.", "It is 56 m^2 wide."),
        ("It has 4 gates.", "It runs at 9.81 m s^-4."),
        ("It covers 56 m².", "It covers 56 m."),
        ("It covers 56 m.", "It covers 56 m²."),
        ("It covers 56 m³.", "It covers 56 m²."),
        ("It fell to 5 °C.", "It fell to −5 °C."),
        ("It fell to −5 °C.", "It fell to 5 °C."),
    ],
)
def test_a_number_with_another_sign_or_exponent_is_missing(claim: str, source: str) -> None:
    assert missing_quantities(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It weighs 57 tonnes.", "It weighs 57^2 tonnes."),
        ("It weighs 57^2 tonnes.", "It weighs 57^2 tonnes."),
        ("3 days later", "3 days^2 later"),
        ("The rate is 3e-4.", "The rate is 3 × 10⁻⁴."),
        ("The rate is $3 \\cdot 10^{-4}$.", "The rate is 3·10^−4."),
        ("There are 5 million.", "There are 5 × 10^6."),
        ("It covers 56 square metres.", "It covers 56 m²."),
        ("It covers 56 m².", "It covers 56 square metres."),
        ("It fell to minus 5 °C.", "It fell to −5 °C."),
        ("It takes 3-5 days.", "It takes 3 -5 days."),
        ("It gained 5 points.", "a change of +5 points"),
    ],
)
def test_another_way_of_writing_a_number_states_it(claim: str, source: str) -> None:
    assert missing_quantities(claim, source) == set()


SAME = [
    ("£1.2 million", "It cost 1.2 million pounds."),
    ("It weighs 320 kg.", "It weighs $320 \\pm 3$ kg."),
    ("It cost 1,200,000 pounds.", "It cost 1.2 million pounds."),
    ("two million pounds", "2,000,000 pounds"),
    ("11.3 billion operations", "the deep ResNet (11.3 billion operations)"),
    ("15.3 billion operations", "Both nets (15.3/19.6 billion operations) are larger."),
    ("10 Millionen Tonnen", "10–20 Millionen Tonnen"),
    ("1,2 Millionen", "1.2 million"),
    ("65 billion parameters", "a 65B model"),
    ("45.5 metres", "45.5 m"),
    ("50 percent of it", "50 per cent of it"),
    ("50", "50 % of the bolts"),
    ("It was minus 5 degrees.", "It was −5 °C."),
    ("25 °C", "25 degrees Celsius"),
    ("3/4 of the bolts", "¾ of the bolts"),
    ("three quarters of the bolts", "3/4 of the bolts"),
    ("two-thirds of the bolts", "67% of the bolts"),
    ("66.7% of the bolts", "two thirds of the bolts"),
    ("a quarter of the bolts", "25% of the bolts"),
    ("3 of 4 bolts", "3/4 of the bolts"),
    ("from 10 to 20", "10-20"),
    ("有12000个", "有1.2万个"),
    ("有1.2万个", "有12000个"),
    ("3만 5천 명", "35,000명"),
    ("이백이십삼 개의 볼트", "223개의 볼트"),
    ("볼트 223개", "볼트 이백이십삼개"),
]
DIFFERENT = [
    ("It cost 1.2 pounds.", "It cost 1.2 million pounds."),
    ("It cost 1.2 million dollars.", "It cost 1.2 million pounds."),
    ("It cost €1.2 million.", "It cost $1.2 million."),
    ("65 million parameters", "a 65B model"),
    ("It weighs 320 tonnes.", "It weighs 320 kg."),
    ("It weighs 320 g.", "It weighs 320 kg."),
    ("45 km", "45 m"),
    ("4/3 of the bolts", "3/4 of the bolts"),
    ("three quarters of the bolts", "a quarter of the bolts"),
    ("two thirds of the bolts", "68% of the bolts"),
    ("12 bolts", "bolts as in [12]"),
    ("3 bolts", "bolts (see the work of Doe [3, 8])"),
    ("It was 5 degrees.", "It was −5 degrees."),
    ("It was −5 degrees.", "It was 5 degrees."),
    ("25 °F", "25 degrees Celsius"),
    ("50 bolts broke.", "50 % of the bolts broke."),
    ("有1.2个", "有1.2万个"),
    ("이백이십사 개의 볼트", "223개의 볼트"),
]


@pytest.mark.parametrize(("claim", "source"), SAME)
def test_one_quantity_in_two_spellings_is_stated(claim: str, source: str) -> None:
    assert quantities(claim)
    assert missing_quantities(claim, source) == set()


@pytest.mark.parametrize(("claim", "source"), DIFFERENT)
def test_another_magnitude_unit_sign_or_order_is_not_stated(claim: str, source: str) -> None:
    assert missing_quantities(claim, source)
    assert missing_quantities(claim, claim) == set()


@given(st.text(st.sampled_from("0123456789.,/-−%£ kmgbe천백십만억일이삼万亿千一二 million"), max_size=40))
def test_a_text_states_its_own_quantities(text: str) -> None:
    assert missing_quantities(text, text) == set()


@pytest.mark.parametrize(("claim", "source"), DIFFERENT)
def test_a_sentence_with_another_quantity_is_not_supported(claim: str, source: str) -> None:
    assert support_score(claim, source) <= 0.25


@pytest.mark.parametrize(
    ("written", "value"), [("10^3.5", "1e3.5"), ("10^−3.5", "1e-3.5"), ("10^(5)", "1e5"), ("2^(n+1)", "2^n+1")]
)
def test_a_number_with_its_exponent_is_one_quantity(written: str, value: str) -> None:
    assert quantities(f"It has {written} of them") == {Quantity(value)}


@pytest.mark.parametrize("claim", ["103.5 kelvin", "10 kelvin", "3.5 kelvin"])
def test_a_part_of_a_number_with_an_exponent_is_not_stated(claim: str) -> None:
    source = "The gas has a temperature of 10^3.5 kelvin"
    assert missing_quantities(f"The gas has {claim}", source)
    assert not missing_quantities("The gas has 10^3.5 kelvin", source)


def test_a_year_with_a_mark_behind_it_is_stated() -> None:
    assert not missing_quantities("It began in 2019", "It began in 2019^4, they say.")


PARTS = [
    ("345 metres", "It is 12 345 metres long."),
    ("345 metres", "It is 12\u00a0345 metres long."),
    ("345 metres", "It is 12\u202f345 metres long."),
    ("345 metres", "It is 12\u2009345 metres long."),
    ("345.6 metres", "It is 12\u2009345.6 metres long."),
    ("890 tonnes", "It weighs 67 890 tonnes."),
    ("345 metres", "The 12 345-metre tunnel"),
    ("345 °C", "It fell to −12 345 °C."),
    ("321 gates", "| Gates | 4 321 |"),
    ("567 gates", "It has 1 234 567 gates."),
    ("1.234 gates", "It has 1.234.567 gates."),
    ("1/2 metres", "It is 3 1/2 metres long."),
    ("2 metres", "It is 3 1/2 metres long."),
    ("3 metres", "It is 3½ metres long."),
    ("3 metres", "It is 3 and a half metres long."),
    ("2 metres", "It is 3-1/2 metres long."),
    ("2 metres", "It is 3_1/2 metres long."),
    ("3 of a metre", "It is 2/3 of a metre long."),
    ("3 metres", "It is ⅔ metres long."),
    ("3/2 of a metre", "It is 2/3 of a metre long."),
    ("10 cells", "It has 10^5 cells."),
    ("5 cells", "It has 10^5 cells."),
    ("1.5 cells", "It has 1.5×10^4 cells."),
    ("3 metres", "It is 1e-3 metres long."),
]
WHOLE = [
    ("12,345 metres", "It is 12 345 metres long."),
    ("12345 metres", "It is 12\u202f345 metres long."),
    ("12 345 metres", "It is 12,345 metres long."),
    ("67890 tonnes", "It weighs 67 890 tonnes."),
    ("4,321 gates", "| Gates | 4 321 |"),
    ("12,345.6 metres", "It is 12 345.6 metres long."),
    ("1,234,567 gates", "It has 1.234.567 gates."),
    ("1.2 million", "It has 1 200 000 gates."),
    ("3.5 metres", "It is 3 1/2 metres long."),
    ("3½ metres", "It is 3 1/2 metres long."),
    ("3.5 metres", "It is 3 and a half metres long."),
    ("3 1/2 metres", "It is 3.5 metres long."),
    ("3 1/3 metres", "It is 3⅓ metres long."),
    ("0.5 metres", "It is 1/2 metres long."),
    ("2/3 of a metre", "It is ⅔ of a metre long."),
    ("2 of 3 bolts", "It lost 2/3 of the bolts."),
    ("2/3 of the bolts", "It lost 2 out of 3 bolts."),
    ("15,000 cells", "It has 1.5×10^4 cells."),
]
SEVERAL = [
    ("345 people came", "In 2019 345 people came."),
    ("120 patients", "Table 3 120 patients were seen."),
    ("120 patients", "| 3 | 120 | patients |"),
    ("345 people came", "On March 12 345 people came."),
    ("100, 200 and 300 steps", "after 50 100 200 300 steps"),
    ("768 units", "layers 12, 768 units"),
    ("45 tests passed", "45/50 tests passed"),
    ("top-5 accuracy", "top-1/5 accuracy"),
    ("open 7 days", "open 24/7"),
    ("6 patients", "60% of the patients (6/10)"),
    ("12 females", "all females: 12/12"),
    ("from 10 to 20", "10–20"),
    ("1 to 10", "a scale of 1:10"),
    ("in 2019", "on 2019-03-04"),
    ("5 kg", "It weighs 5kg."),
]


@pytest.mark.parametrize(("claim", "source"), PARTS)
def test_a_part_of_a_number_is_not_stated(claim: str, source: str) -> None:
    assert missing_quantities(claim, source)


@pytest.mark.parametrize(("claim", "source"), WHOLE)
def test_a_number_of_several_parts_is_stated_as_one(claim: str, source: str) -> None:
    assert quantities(claim)
    assert missing_quantities(claim, source) == set()


@pytest.mark.parametrize(("claim", "source"), SEVERAL)
def test_numbers_side_by_side_stay_apart(claim: str, source: str) -> None:
    assert missing_quantities(claim, source) == set()


def test_a_letter_is_a_magnitude_or_a_unit() -> None:
    assert missing_quantities("The dam is 5 metres long.", "The dam is 5,000,000 metres long.")
    assert missing_quantities("The dam is 5,000,000 metres long.", "The dam is 5 m long.")
    assert not missing_quantities("It has 5M rows.", "It has 5,000,000 rows.")
    assert not missing_quantities("It has 65B parameters.", "It has 65 billion parameters.")
    assert not missing_quantities("It is 5 m long.", "It is 5 metres long.")


@given(st.integers(1000, 10**9 - 1), st.sampled_from(" \u00a0\u202f\u2009"))
def test_spaced_thousands_are_the_number_and_not_its_groups(number: int, space: str) -> None:
    source = f"The dam is {number:,} metres long.".replace(",", space)
    assert not missing_quantities(f"{number} metres", source)
    for group in f"{number:,}".split(","):
        assert missing_quantities(f"{group} metres", source)


@given(st.integers(1, 999), st.sampled_from("½ ¼ ¾ ⅓ ⅔ ⅛ 1/2 2/3 3/4 5/8".split()))
def test_a_mixed_number_is_none_of_its_parts(whole: int, part: str) -> None:
    source = f"The dam is {whole} {part} metres long."
    assert not missing_quantities(f"{whole} {part} metres", source)
    assert missing_quantities(f"{whole} metres", source)
    assert missing_quantities(f"{part} metres", source)


@pytest.mark.parametrize(
    ("text", "number"), [("step 3 1/2 metres", "3.5"), ("section 2/3 metres", "2/3"), ("table 12 345 metres", "12345")]
)
def test_the_number_of_a_label_is_no_part_of_the_number_behind_it(text: str, number: str) -> None:
    _, _, plain = text.partition(" ")
    assert Quantity(number, "m") in quantities(plain)
    assert Quantity(number, "m") not in quantities(text)


COUNTING = "a an one two quarter third thirds half of out six million minus fifty 第三 and months may in"


@given(st.lists(st.sampled_from([*COUNTING.split(), "GPUs", "x", "—", "May"]), max_size=12))
def test_a_text_without_digits_states_what_it_states_beside_one_with_digits(chosen: list[str]) -> None:
    text = " ".join(chosen)
    assert quantities(text) == quantities(f"{text} . 987654 .") - {Quantity("987654")}
