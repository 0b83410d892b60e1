"""A tiny random model whose tokenizer knows the sample corpus: every part of the pipeline real, and done in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny_tokenizer import CHATML, byte_level

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny_base(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer llama of 32 dimensions with a byte-level BPE vocabulary of 2,048 tokens."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("base") / "tiny"
    bpe, trainer = byte_level(2048)
    bpe.train([str(path) for path in sorted((ROOT / "corpus" / "sources").glob("*.md"))], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = CHATML
    torch.manual_seed(0)
    size = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = LlamaConfig(
        vocab_size=len(bpe.get_vocab()), **size, num_key_value_heads=1, max_position_embeddings=4096,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
