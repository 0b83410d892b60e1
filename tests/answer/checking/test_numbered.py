"""Things with a number or letter of their own: in any form, with their values."""

from __future__ import annotations

import pytest

from ragft.answer.checking.doubts import doubts
from ragft.answer.checking.numbered import numbered_in, values_exchanged
from tests.answer.fakes import hit

SETTINGS = "We fill the chamber with α = 0.001, β1 = 0.9, β2 = 0.999 and ε = 10⁻⁸. Each gate has two beams."


@pytest.mark.parametrize(
    "written",
    ["β1", "β₁", "β_1", "β_{1}", "\\beta_1", "$\\beta_{1}$", "beta1", "beta_1", "Beta 1", "beta-1", "𝛽₁"],
)
def test_a_symbol_is_the_same_in_any_form(written: str) -> None:
    assert [one.name for one in numbered_in(f"The rate {written} is small.")] == ["beta1"]
    assert values_exchanged(f"The gate uses {written} = 0.999.", [SETTINGS])
    assert not values_exchanged(f"The gate uses {written} = 0.9.", [SETTINGS])


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("Top-5, top 1 and Top1", "top", ["5", "1", "1"]),
        ("R@1, Recall@10 and recall at 100", "recall", ["1", "10", "100"]),
        ("Tables 2 and 3, Tab. 4", "table", ["2", "3", "4"]),
        ("Tabelle 2, tableau 3, Tabla 4, 表5, 如表6所示, 표 7", "table", ["2", "3", "4", "5", "6", "7"]),
        ("Section 3.2 and section 4", "section", ["3.2", "4"]),
        ("epoch 5, epochs 10-50, Epoche 7", "epoch", ["5", "10", "50", "7"]),
        ("第5轮, 第 6 輪", "round", ["5", "6"]),
    ],
)
def test_numbered_things_are_read(text: str, kind: str, names: list[str]) -> None:
    assert [one.name for one in numbered_in(text) if one.kind == kind] == names


@pytest.mark.parametrize("text", ["5 epochs", "step 0.5", "a top 5% of locks", "the model 3B", "table 3x4", "a table"])
def test_what_has_no_name(text: str) -> None:
    assert numbered_in(text) == ()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("β1 = 0.999 and β2 = 0.9.", SETTINGS),
        ("β₁ and β₂ are 0.999 and 0.9, respectively.", SETTINGS),
        ("It uses beta_2 of 0.9.", "The rates (β1, β2) = (0.9, 0.999) are kept."),
        ("α is set to 0.9.", SETTINGS),
        ("d_model = 2048 and d_ff = 512.", "with dmodel = 512 and dff = 2048"),
        ("k = 20 and n = 5 locks.", "We take n = 20 and k = 5."),
        ("The top-1 error is 7.8%.", "The top-1 and top-5 errors are 24.7% and 7.8%."),
        ("It has a top-5 error of 24.7%.", "It has 24.7% top-1 and 7.8% top-5 error."),
        ("R@1 is 80.1 and R@10 is 45.2.", "Recall@1 of 45.2 and Recall@10 of 80.1."),
        ("At epoch 5 the loss is 0.1.", "At epoch 5 the loss is 0.3, at epoch 50 it is 0.1."),
        ("Layer 2 has 64 and layer 3 has 32 beams.", "Layer 2 has 32 beams, and layer 3 has 64."),
    ],
)
def test_values_that_changed_places(claim: str, source: str) -> None:
    assert values_exchanged(claim, [source])
    assert not values_exchanged(claim, [source, claim])
    assert not values_exchanged(source, [source])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("ε is 1e-8.", SETTINGS),
        ("β2, the slower one, is 0.999; β1 is 0.9.", SETTINGS),
        ("γ = 0.9.", SETTINGS),  # the source does not say what it is
        ("Haro has a top-5 error of 24.7%.", "Mira has 24.7% top-1 error."),
        ("With k = 5 it fills.", "We tried k = 1, 5, 10 and n = 5."),
    ],
)
def test_values_that_did_not(claim: str, source: str) -> None:
    assert not values_exchanged(claim, [source])


def test_an_index_makes_no_greek_letter() -> None:
    assert values_exchanged("π = 0.3.", ["The prior is π = 0.5 and the share is p_i = 0.3."])


def test_a_table_on_one_line_is_not_read() -> None:
    assert not values_exchanged("β1 = 0.999.", [f"β1 = 0.9, β2 = 0.999 {'and tables 1, 2, 2 ' * 300}"])


def test_the_check_doubts_exchanged_values() -> None:
    settings = hit(SETTINGS, title="On locks")
    claim = "The chamber is filled with β1 = 0.999 and β2 = 0.9."
    assert "number_of_another" in doubts(claim, [settings], [settings])
    assert doubts("The chamber is filled with β_1 = 0.9 and β_2 = 0.999.", [settings], [settings]) == ()
