"""What is handed out of an answer while it is written is the beginning of the finished, checked one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ragft.answer.checked_parts import CheckedParts
from ragft.answer.checker import Checked, check
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.prompt import evidence_line
from ragft.answer.shown.numbering import numbered_draft
from ragft.answer.written.recital import Recital
from tests.answer.fakes import evidence

SOURCES = evidence(
    "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory. It took 24 hours.",
    "The Bay of Fundy has the largest tidal range of the world, about 16 metres. Tides come twice a day.",
    "Double quantisation saves about 0.37 bits per parameter, which is 3 GB of the memory of a model with 65B weights.",
)
RECITAL = Recital(SOURCES)
QUESTION = "Is the memory of QLoRA smaller than the tidal range?"
SENTENCES = (
    "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory [1].",
    "The Bay of Fundy has the largest tidal range of the world. [2]",
    "It took 24 hours.[1]",
    "It took 25 hours [1].",
    "Tides come twice a day [2][1], e.g. in the Bay of Fundy.",
    "Yes.",
    "No!",
    "Bananas are rich in potassium [2].",
    "The tidal ranges are:",
    "- about 16 metres [2]",
    "| Bay | Range |\n| --- | --- |\n| Fundy | 16 metres [2] |",
    "The answer is: 48 GB [1].",
    "See [3] (Fig. 2) of Smith et al. [1].",
    "Sources: [1], [2]",
    "ok [",
    "1.5 million",
    *(f"\n{evidence_line(source)}\n" for source in SOURCES),
)


def _check(raw: str) -> Checked:
    return check(raw, SOURCES, question=QUESTION, supporter=Supporter(), threshold=0.6)


def _settled(raw: str, size: int) -> str:
    parts = CheckedParts(_check, lambda checked: checked.grounded, RECITAL)
    return "".join(parts.feed(raw[:end]) for end in range(1, len(raw) + 1, size))


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from((" ", "\n", "\n\n"))), max_size=6), st.integers(1, 9)
)
@example([(SENTENCES[0], " "), (SENTENCES[1], " "), (SENTENCES[5], " ")], 3)
@example([(line, "") for line in SENTENCES[-3:]], 1)
@settings(max_examples=150)
def test_it_is_a_beginning_of_the_answer(parts: list[tuple[str, str]], size: int) -> None:
    raw = "".join(sentence + space for sentence, space in parts)
    assert numbered_draft(_check(RECITAL.before(raw)).text).startswith(_settled(raw, size))


def test_a_supported_sentence_leaves_when_the_next_begins() -> None:
    raw = f"{SENTENCES[0]} {SENTENCES[1]}"
    assert _settled(raw, 1) == SENTENCES[0]


def test_the_keys_behind_a_sentence_leave_with_it() -> None:
    assert _settled(f"{SENTENCES[1]} It took 24 hours [1].", 1) == f"{SENTENCES[1][:-5]} [1]."


def test_nothing_unsupported_leaves_before_the_end() -> None:
    assert _settled("Bananas are rich in potassium [2]. Bananas are yellow. And sweet.", 1) == ""
