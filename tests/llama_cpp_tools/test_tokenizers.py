"""llama.cpp cuts texts from our metadata as it does from its own, and as the tokenizers library does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from llama_cpp_tools.config import read_json
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.tokenizer import read_vocabulary
from llama_cpp_tools.tokenizer.pretokenizer import definition, identify
from tests.llama_cpp_tools.engine import LlamaCpp
from tests.llama_cpp_tools.tiny import byte_level_tokenizer, write_tokenizer

_DATA = os.environ.get("RAGFT_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
SHARED = Path(_DATA) / "tokenizers"


def tokenizer_json(vocabulary: Path, pre: str) -> dict[str, Any]:
    """The tokenizer.json that the model of a vocabulary file has: its tokens, merges, control tokens and rules."""
    with GGUFFile(vocabulary) as file:
        tokens, types = file.metadata["tokenizer.ggml.tokens"], file.metadata["tokenizer.ggml.token_type"]
        merges = file.metadata["tokenizer.ggml.merges"]
    added = [i for i, kind in enumerate(types) if kind in (gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED)]
    rules = definition(pre)
    return {
        "normalizer": rules["normalizer"],
        "pre_tokenizer": rules["pre_tokenizer"],
        "added_tokens": [
            {
                "id": i,
                "content": tokens[i],
                "special": types[i] == gguf.TokenType.CONTROL,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
            }
            for i in added
        ],
        "model": {
            "type": "BPE",
            "ignore_merges": rules["ignore_merges"],
            "byte_fallback": False,
            "vocab": {token: i for i, token in enumerate(tokens) if types[i] == gguf.TokenType.NORMAL},
            "merges": merges,
        },
    }


def write_untrained(path: Path, folder: Path, vocab_size: int) -> None:
    """A GGUF with the tokenizer of `folder` and the smallest llama that loads, for llama.cpp to tokenise with."""
    width = 32
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(width)
    writer.add_head_count(1)
    writer.add_rope_dimension_count(width)
    writer.add_layer_norm_rms_eps(1e-5)
    read_vocabulary(folder, vocab_size).write(writer)
    names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    for name in names:
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((width, width), np.float16))
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(width, np.float32))
    writer.add_tensor("token_embd.weight", np.zeros((vocab_size, width), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gpt-2", "llama-bpe", "qwen2"])
def test_the_46_texts_of_each_vocabulary(name: str, tmp_path: Path) -> None:
    vocabulary = SHARED / f"ggml-vocab-{name}.gguf"
    if not vocabulary.is_file():
        pytest.skip(f"{vocabulary} is not there (shared data are not part of the project)")
    texts = Path(f"{vocabulary}.inp").read_text("utf-8").split("\n__ggml_vocab_test__\n")[:-1]
    expected = [
        [int(i) for i in line.split()] for line in Path(f"{vocabulary}.out").read_text(encoding="utf-8").splitlines()
    ]
    assert len(texts) == len(expected) == 46
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer_json(vocabulary, name)))
    with GGUFFile(vocabulary) as file:
        vocab_size = len(file.metadata["tokenizer.ggml.tokens"])
    assert read_vocabulary(tmp_path, vocab_size).pre == name
    write_untrained(tmp_path / "model.gguf", tmp_path, vocab_size)
    with LlamaCpp(tmp_path / "model.gguf") as engine:
        for text, ids in zip(texts, expected, strict=True):
            assert engine.tokenize(text) == ids, repr(text)


TEXTS = [
    "the thing in the inn",
    "a  3",
    "in 33 333\n\n\n the",
    " 12\t3  4",
    "naïve — façade 🙂 日本語",
    "don't I'LL we've",
    "",
]
PRE_TOKENIZERS = ["gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "deepseek-r1-qwen", "tekken", "gpt-4o"]


@pytest.mark.parametrize("pre", PRE_TOKENIZERS)
def test_llama_cpp_cuts_as_the_tokenizers_library(pre: str, tmp_path: Path) -> None:
    """Every definition we can write means the same to both."""
    from tokenizers import Tokenizer

    count = write_tokenizer(tmp_path, pre)
    reference = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    write_untrained(tmp_path / "model.gguf", tmp_path, count)
    with LlamaCpp(tmp_path / "model.gguf") as engine:
        for text in TEXTS:
            assert engine.tokenize(text) == reference.encode(text, add_special_tokens=False).ids, repr(text)


@pytest.mark.parametrize("normalizer", [None, {"type": "NFC"}])
@pytest.mark.parametrize(("bos", "name"), [(False, "qwen2"), (True, "deepseek-r1-qwen")])
def test_qwens_cut_has_the_name_that_llama_cpps_converter_gives_it(
    normalizer: dict[str, str] | None, bos: bool, name: str, tmp_path: Path
) -> None:
    """By the token before every text, which its digest of a tokenised text holds; NFC changes nothing of that text."""
    write_tokenizer(tmp_path, "qwen2")
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    start = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    template = {"type": "TemplateProcessing", "single": [start, text], "pair": [], "special_tokens": {}}
    changes = {"normalizer": normalizer, "post_processor": template if bos else {"type": "ByteLevel"}}
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer | changes), encoding="utf-8")
    assert read_vocabulary(tmp_path, None).pre == name


def test_sentencepiece_cut_as_the_library_does(tmp_path: Path) -> None:
    from sentencepiece import SentencePieceProcessor

    count = write_tokenizer(tmp_path, "spm")
    processor = SentencePieceProcessor(model_file=str(tmp_path / "tokenizer.model"))
    write_untrained(tmp_path / "model.gguf", tmp_path, count)
    with LlamaCpp(tmp_path / "model.gguf") as engine:
        for text in ("the quick fox", "reading papers 12 é", "a language model"):
            assert engine.tokenize(text) == processor.encode(text), repr(text)


def test_tokenizer_json_stands_in_for_tokenizer_model(tmp_path: Path) -> None:
    """transformers 5 saves no tokenizer.model; order of scores and kinds must survive the detour over merges."""
    write_tokenizer(tmp_path, "spm")
    original = read_vocabulary(tmp_path, None)
    vocab, merges = _extract(tmp_path / "tokenizer.model")
    added = [
        {"id": i, "content": text, "special": special}
        for i, text, special in ((0, "<unk>", True), (1, "<s>", True), (2, "</s>", True), (3, "▁▁▁", False))
    ]
    (tmp_path / "tokenizer.model").unlink()
    (tmp_path / "tokenizer.json").write_text(
        json.dumps(
            {
                "added_tokens": added,
                "normalizer": {"type": "Prepend", "prepend": "▁"},
                "pre_tokenizer": None,
                "model": {"type": "BPE", "byte_fallback": True, "unk_token": "<unk>", "vocab": vocab, "merges": merges},
            }
        )
    )
    found = read_vocabulary(tmp_path, None)
    assert found.tokens == original.tokens
    assert found.add_space_prefix is True
    ordinary = [i for i, kind in enumerate(original.types) if kind == gguf.TokenType.NORMAL]
    assert original.scores is not None and found.scores is not None
    assert sorted(ordinary, key=lambda i: -original.scores[i]) == sorted(ordinary, key=lambda i: -found.scores[i])


def _extract(model: Path) -> tuple[dict[str, int], list[list[str]]]:
    """Vocabulary and merges of a SentencePiece model: every split of a piece into two pieces, by the piece's id."""
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(model))
    vocab = {processor.IdToPiece(i): i for i in range(processor.vocab_size())}
    merges = [
        (i, [piece[:cut], piece[cut:]])
        for piece, i in vocab.items()
        for cut in range(1, len(piece))
        if piece[:cut] in vocab and piece[cut:] in vocab and i > 3 and not piece.startswith("<0x")
    ]
    return vocab, [pair for _, pair in sorted(merges, key=lambda merge: merge[0])]


def test_an_unknown_pre_tokenizer_is_refused_and_shown(tmp_path: Path) -> None:
    tokenizer = byte_level_tokenizer("qwen2")
    tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = r"\p{L}+|\S+"
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(TokenizerError, match=r"\\\\p\{L\}\+\|"):
        read_vocabulary(tmp_path, None)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        {"type": "Whitespace"},
        {"type": "Digits"},
        None,
    ],
)
def test_rules_that_are_nearly_known_are_refused(change: Any, tmp_path: Path) -> None:
    tokenizer = {**byte_level_tokenizer("gpt-2"), "pre_tokenizer": change}
    with pytest.raises(TokenizerError, match=r"llama\.cpp has no name for"):
        identify(tmp_path, tokenizer, ("a b",))


def test_a_known_vocabulary_with_lost_rules_keeps_its_name_and_warns(tmp_path: Path) -> None:
    """transformers forgets SmolLM2's digit splitting when it reads the tokenizer from a GGUF file."""
    vocabulary = SHARED / "ggml-vocab-qwen2.gguf"
    if not vocabulary.is_file():
        pytest.skip(f"{vocabulary} is not there (shared data are not part of the project)")
    tokenizer = tokenizer_json(vocabulary, "gpt-2")
    found = identify(tmp_path, tokenizer, tokenizer["model"]["merges"])
    assert found.name == "qwen2"
    assert "'gpt-2'" in found.warnings[0]


def test_ids_beyond_the_embedding_are_refused(tmp_path: Path) -> None:
    count = write_tokenizer(tmp_path, "qwen2")
    with pytest.raises(TokenizerError, match=f"beyond the model's vocab_size {count - 1}"):
        read_vocabulary(tmp_path, count - 1)


def test_padding_special_tokens_and_template(tmp_path: Path) -> None:
    count = write_tokenizer(tmp_path, "qwen2")
    vocabulary = read_vocabulary(tmp_path, count + 2)
    assert vocabulary.tokens[-2:] == (f"[PAD{count}]", f"[PAD{count + 1}]")
    assert vocabulary.types[-3:] == (gguf.TokenType.CONTROL, gguf.TokenType.UNUSED, gguf.TokenType.UNUSED)
    assert vocabulary.special.ids == {"bos": count - 3, "eos": count - 1, "pad": count - 1}
    assert vocabulary.special.added == {"bos": False, "eos": False}
    assert vocabulary.special.template == (tmp_path / "chat_template.jinja").read_text()


def test_the_template_file_wins_over_the_config_as_in_transformers(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, "qwen2")
    path = tmp_path / "tokenizer_config.json"
    path.write_text(json.dumps({**read_json(path), "chat_template": "old"}))
    assert "old" not in str(read_vocabulary(tmp_path, None).special.template)
    (tmp_path / "chat_template.jinja").unlink()
    assert read_vocabulary(tmp_path, None).special.template == "old"


def test_no_tokenizer_at_all_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=r"copy the tokenizer files of the base model"):
        read_vocabulary(tmp_path, None)
