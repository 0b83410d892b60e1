from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.benchmark.retrieval.evidence import shows


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("a GPU of 48 GB.", "48GB"),
        ("trained on 1,024 examples", "1024"),
        ("Retrieval-\nAugmented generation", "retrieval augmented"),
        ("the ﬁne-tuned model", "fine-tuned"),
        ("reaches 28.4 BLEU", "28.4"),
        ("検索拡張生成は文書を読む", "拡張生成"),
    ],
)
def test_case_punctuation_and_line_breaks_do_not_count(text: str, string: str) -> None:
    assert shows(text, [[string]])


@pytest.mark.parametrize(
    ("text", "string"),
    [("in 1948", "48"), ("reaches 28.4 BLEU", "28"), ("4.5 and 6", "45"), ("adapters", "adapt"), ("48 GB", "…")],
)
def test_a_string_begins_and_ends_at_a_word(text: str, string: str) -> None:
    assert not shows(text, [[string]])


def test_every_string_of_one_alternative_has_to_stand_there() -> None:
    alternatives = [["48", "GB"], ["forty-eight"]]
    assert shows("48 of the 80 GB", alternatives)
    assert shows("forty-eight gigabytes", alternatives)
    assert not shows("48 hours", alternatives)
    assert not shows("48 GB", [])


@given(st.text(), st.text(alphabet="abc 12.,-", min_size=1), st.text())
def test_a_text_shows_what_was_put_between_spaces_into_it(before: str, string: str, after: str) -> None:
    assert shows(f"{before} {string} {after}", [[string]]) == any(c.isalnum() for c in string)
