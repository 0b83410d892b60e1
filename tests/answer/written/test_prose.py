"""Thirty answers judged by hand: prose, or what else they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.written.prose import FORMS, not_prose

CASES = (
    # Prose, in many languages and with everything that prose may hold.
    ("QLoRA fine-tunes a 65B model on one GPU with 48 GB of memory [1].", ""),
    ("It saves 0.37 bits per parameter [1]. That is about 3 GB for a 65B model [2, 3].", ""),
    ("The first paragraph answers it [1].\n\nThe second says what is missing.", ""),
    ("Die doppelte Quantisierung spart 0,37 Bit je Parameter [1]; das sind rund 3 GB.", ""),
    ("QLoRA は 48 GB の GPU 一枚で 65B モデルを調整できます [1]。メモリは大きく減ります [2]。", ""),
    ("이 방법은 가중치를 4비트로 저장한다 [1]. 출처에 따르면 성능은 그대로다 [2].", ""),
    ("检索增强生成先检索段落【1】，再由生成器作答【2】。", ""),
    ("1.5 million passages are searched [1].", ""),
    ("The sources do not say which rank was used; they name the training time only.", ""),
    ("Values of p < 0.05 and a > b count; 2 * 3 * 4 = 24 is the number of cells [4].", ""),
    ("In [1] the authors measure recall, and in [2] they measure precision.", ""),
    ("Use the file_name_of_it or snake_case names; f(x) = a_i * b_i holds [1].", ""),
    ("The gain is well-known — and small — in 2023–2024 [2].", ""),
    # No prose.
    ("# Answer\nQLoRA needs 48 GB [1].", "heading"),
    ("Memory\n======\nQLoRA needs 48 GB [1].", "heading"),
    ("**Memory use**\nQLoRA needs 48 GB [1].", "heading"),
    ("It brings three risks:\n- injection [1]\n- poisoning [2]\n- leaks [3]", "list"),
    ("Die Risiken sind:\n• Einschleusung [1]\n• Vergiftung [2]", "list"),
    ("次の手法があります。\n・アダプター [1]\n・LoRA [2]", "list"),
    ("1. Retrieve passages [1].\n2. Write the answer [2].", "list"),
    ("① 索引を作る [1]。\n② 検索する [2]。", "list"),
    ("一、建立索引【1】。\n二、检索【2】。", "list"),
    ("The differences are: 1) the shapes [1], 2) the ratios [2], 3) the rates [3].", "list"),
    ("| Model | Memory |\n|---|---|\n| 65B | 48 GB |", "table"),
    ("Call it like this:\n```python\nload()\n```", "code"),
    ("QLoRA needs **48 GB** of memory [1].", "markup"),
    ("QLoRA needs <b>48 GB</b> of memory [1].", "markup"),
    ("See [the paper](https://example.org/qlora) for the rest.", "markup"),
    ("QLoRA needs 48 GB [1].\n\nQuellen:\n[1] QLoRA, S. 1", "sources"),
    ("[1] QLoRA places the values at quantiles.\n[2] Double quantisation saves 0.37 bits.", "sources"),
    ("It measures three things [1].\n\n参考文献\nRagas, p. 2", "sources"),
    ("Retrieval lets intermediate results become queries. [1] [2] [3] [4] [5] [6] [7]", "sources"),
)


@pytest.mark.parametrize(("text", "form"), CASES)
def test_what_an_answer_is_besides_prose(text: str, form: str) -> None:
    assert not_prose(text) == form


@given(st.lists(st.text(alphabet="abcdefg hij.,", min_size=3), min_size=1, max_size=4))
def test_paragraphs_of_words_are_prose_and_a_bullet_before_each_makes_a_list(parts: list[str]) -> None:
    words = [f"word {part.strip()} end." for part in parts]
    assert not_prose("\n\n".join(words)) == ""
    assert not_prose("\n".join(f"- {word}" for word in words)) == "list"


@given(st.text())
def test_any_text_has_one_of_the_forms(text: str) -> None:
    assert not_prose(text) in ("", *FORMS)
