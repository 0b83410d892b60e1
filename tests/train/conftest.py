"""A tiny random llama with a tokenizer trained on the spot: real parts, small enough to train in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.dataset.base import Row
from ragft.dataset.store import HELD_OUT, TRAIN, write_rows
from tests.tiny_tokenizer import CHATML, byte_level

SENTENCES = (
    "Low-rank adapters keep the weights frozen.",
    "Retrieval finds the passages that answer a question.",
    "A citation names the page where a claim stands.",
    "The gate refuses questions that the papers do not answer.",
)


def make_row(number: int, kind: str = "grounded", length: int = 1) -> Row:
    evidence = " ".join(SENTENCES[(number + i) % len(SENTENCES)] for i in range(length))
    return Row(
        prompt=(
            {"role": "system", "content": "Answer from the evidence."},
            {"role": "user", "content": f"{evidence} Question {number}?"},
        ),
        completion=({"role": "assistant", "content": f"{SENTENCES[number % len(SENTENCES)]} [1]"},),
        kind=kind,
        id=f"row{number}",
    )


@pytest.fixture(scope="session")
def tiny_base(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("base") / "tiny"
    bpe, trainer = byte_level(384)
    bpe.train_from_iterator(SENTENCES, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", bos_token="<|im_start|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = CHATML
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=384,
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            bos_token_id=1,
            eos_token_id=2,
            pad_token_id=2,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    write_rows(folder / TRAIN, [make_row(i, length=1 + i % 3) for i in range(12)])
    write_rows(folder / HELD_OUT, [make_row(100), make_row(101, "refusal")])
    return folder
