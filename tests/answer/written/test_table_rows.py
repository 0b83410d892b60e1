"""What the cells of a table that a model wrote say."""

from __future__ import annotations

import pytest

from ragft.answer.checking.terms import content_terms
from ragft.answer.written.table_rows import CellClaim, cell_claims, has_row

HEAD = "| | HyDE | DPR |\n| --- | :-: | --- |\n"
ROW = "| Encoder | Contriever | two BERT encoders |"


@pytest.mark.parametrize("above", [HEAD, f"Here it is:\n\n{HEAD}| Year | 2022 | 2020 |\n"])
def test_a_cell_is_read_with_the_head_of_its_column_and_the_first_of_its_row(above: str) -> None:
    assert cell_claims(ROW, above) == [
        CellClaim("HyDE", "Encoder: Contriever"),
        CellClaim("DPR", "Encoder: two BERT encoders"),
    ]


def test_bars_at_the_edges_and_bold_letters_are_no_part_of_a_cell() -> None:
    assert cell_claims("**DPR** | 41.5 | 56.8", "Model | NQ | TriviaQA\n---|---|---\n") == [
        CellClaim("NQ", "DPR: 41.5"),
        CellClaim("TriviaQA", "DPR: 56.8"),
    ]


def test_an_empty_cell_says_nothing() -> None:
    assert cell_claims("| Encoder | – | n/a |", HEAD) == []


@pytest.mark.parametrize(
    ("row", "above"),
    [
        ("QLoRA needs 48 GB.", HEAD),
        (ROW, ""),
        (ROW, "A sentence.\n"),
        (ROW, f"{HEAD}\nA sentence.\n"),
        ("| Encoder | Contriever |", HEAD),
        ("| QLoRA | 48 GB |", "| Method | Memory |\n| --- | --- |\n"),
    ],
)
def test_what_is_no_row_below_heads_or_has_one_value_is_a_sentence(row: str, above: str) -> None:
    assert cell_claims(row, above) == []


def test_a_row_of_a_source_is_known_where_its_cells_are_in_order() -> None:
    source = "Table 2: Accuracy.\nSingle | DPR | 41.5 | 56.8 | 34.6\nDPR reaches 56.8 and 41.5."
    assert has_row(source, "| DPR | 41.5 | 34.6 |", "")
    assert not has_row(source, "| DPR | 56.8 | 41.5 |", "")


@pytest.mark.parametrize(
    ("heads", "copied"),
    [("Model | NQ | TriviaQA", True), ("Model | TriviaQA | NQ", False), ("Retriever | First | Second", True)],
)
def test_a_row_under_exchanged_heads_was_not_copied(heads: str, copied: bool) -> None:
    source = "Table 2: Accuracy on TriviaQA and NQ.\nModel | NQ | TriviaQA\nDPR | 41.5 | 56.8"
    assert has_row(source, "| DPR | 41.5 | 56.8 |", f"| {heads} |\n| --- | --- | --- |\n") is copied


@pytest.mark.parametrize(
    ("head", "needed"),
    [("HyDE", True), ("GPT-4", True), ("Recall", True), ("Method", False), ("Key idea", False), ("Novelty", False)],
)
def test_a_head_that_only_says_the_kind_of_its_cells_is_not_looked_for(head: str, needed: bool) -> None:
    known = content_terms("The recall of the method this year")
    assert CellClaim(head, "DPR: 41.5").needs_head(known) is needed
    assert CellClaim(head, "DPR: 41.5").text(known) == (f"{head}: DPR: 41.5" if needed else "DPR: 41.5")
