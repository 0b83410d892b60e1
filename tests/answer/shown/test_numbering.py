"""Numbers in order of use: the same wherever a source is named, and none lost."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Answer, Sentence
from ragft.answer.shown.numbering import numbered, numbered_draft, source_numbers
from ragft.answer.written.citation_keys import cite
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, evidence


def answer_of(keys: list[str]) -> Answer:
    items = evidence(QLORA, NF4, OPTIMISERS, QLORA, NF4)
    by_key = {item.key: item for item in items}
    used = list(dict.fromkeys(keys))
    citations = [cite("QLoRA: 48 GB, four bits, optimisers.", by_key[key]) for key in used]
    text = "".join(f"Sentence [{key}]. " for key in keys)
    sentences = tuple(Sentence("Sentence.", (key,), 1.0, True) for key in keys)
    return Answer("Q?", text, False, None, tuple(c for c in citations if c), sentences, items, "tiny", "scripted")


@given(st.lists(st.sampled_from("12345"), max_size=8))
def test_sources_are_numbered_in_order_of_use_and_none_is_lost(keys: list[str]) -> None:
    before = answer_of(keys)
    after, numbers = numbered(before), source_numbers(before)
    shown = re.findall(r"\[(\d)\]", after.answer)
    assert list(dict.fromkeys(shown)) == [str(n) for n in range(1, len(set(keys)) + 1)]
    assert [item.key for item in after.evidence] == ["1", "2", "3", "4", "5"]
    chunks = {item.key: item.hit.chunk_id for item in after.evidence}
    assert all(chunks[one.key] == one.chunk_id for one in after.citations)
    assert [sentence.keys[0] for sentence in after.sentences] == shown
    assert [numbers[key] for key in keys] == shown
    assert numbered(after) == after
    assert numbered_draft(before.answer) == after.answer


def test_a_bracket_that_is_no_source_stays() -> None:
    assert numbered_draft("In [2] of [a], see [2] and [7].") == "In [1] of [a], see [1] and [2]."
    assert numbered(answer_of(["3"])).answer == "Sentence [1]. "
