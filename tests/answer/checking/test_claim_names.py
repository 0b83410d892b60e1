"""Names of a claim are looked for in its source: in any spelling, but as the whole name."""

from __future__ import annotations

import pytest

from ragft.answer.checking.claim_names import missing_names, names_in


@pytest.mark.parametrize(
    ("claim", "source", "missing"),
    [
        ("GPT-4 has 175B parameters.", "We train GPT-3 with 175 billion parameters, see Table 4.", ("GPT-4",)),
        ("BART reaches 72.5.", "BERT reaches 72.5.", ("BART",)),
        ("Adam uses the infinity norm.", "AdaMax is a variant of Adam.", ()),
        ("RoBERTa and LLaMA have been overtaken.", "RoBERTa matches all of them.", ("LLaMA",)),
        ("GPT3 is large.", "GPT-3 is large.", ()),
        ("RLHF is costly.", "reinforcement learning from human feedback is costly", ()),
        ("Direct Preference Optimization is simple.", "DPO is simple.", ()),
        ("LLaMA-65B reaches 77.4.", "LLaMA: Open Models. The 65B model reaches 77.4.", ()),
        ("ResNet adds the input.", "Deep residual networks add the input.", ()),
        ("Three QA tasks.", "Three question answering tasks.", ()),
        ("It lowers the L2 penalty.", "Reduce the L_2 penalty.", ()),
        ("It is smaller than VGG-19.", "It is smaller than VGG-16/19.", ()),
        ("It is smaller than VGG-11.", "It is smaller than VGG-16/19.", ("VGG-11",)),
        ("Das Modell LoRA nutzt Matrizen.", "LoRA uses matrices.", ()),
        ("It was trained on 64 V100 GPUs of 32 GB.", "We use 64 V100 32GB GPUs.", ()),
    ],
)
def test_a_name_is_found_in_any_spelling(claim: str, source: str, missing: tuple[str, ...]) -> None:
    assert missing_names(claim, source) == missing


def test_a_name_may_stand_in_any_of_the_sources() -> None:
    assert missing_names("DPR beats REALM.", "DPR has 41.5.", "REALM has 39.2.") == ()


def test_words_that_begin_a_sentence_and_sizes_are_no_names() -> None:
    assert names_in("Retrieval helps. Models of 7B forget.") == ()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("GPT-4 has 175B parameters.", "We train GPT-4.1 and GPT-41."),
        ("GPT-3.5 has 175B parameters.", "We train GPT-3.50."),
        ("Qwen2.5 is used.", "Qwen-2.50 is used."),
        ("It needs PyTorch-2.1.", "It needs PyTorch 2.10."),
        ("Llama-2 is used.", "Llama 2.1 is used."),
    ],
)
def test_the_number_of_a_name_is_compared_as_a_whole(claim: str, source: str) -> None:
    assert missing_names(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("GPT-4 has 175B parameters.", "We ask GPT-4 100 times."),
        ("GPT-4 has 175B parameters.", "We use GPT4."),
        ("GPT-3.5 has 175B parameters.", "We train gpt 3.5, and GPT-3.50."),
        ("Qwen2.5 is used.", "Qwen 2.5 is used."),
        ("It needs PyTorch-2.1.", "It needs PyTorch 2.1."),
    ],
)
def test_the_number_of_a_name_may_be_written_apart(claim: str, source: str) -> None:
    assert not missing_names(claim, source)


@pytest.mark.parametrize("text", ["QLoRA는 48 GB가 필요합니다", "QLoRAは48 GBを必要とします", "QLoRA需要48 GB内存"])
def test_endings_of_other_scripts_are_no_part_of_a_name(text: str) -> None:
    assert names_in(text) == ("QLoRA",)
