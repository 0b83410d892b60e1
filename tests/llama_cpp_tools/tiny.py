"""Tiny random models, the same on every machine: weights from numpy's frozen RandomState, files written by hand.

Each has what makes its architecture awkward: fewer key heads than query heads, a head width that is not hidden/heads,
biases, tied and untied heads, rotary scaling, rows that are not whole quantisation blocks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from llama_cpp_tools.tokenizer.pretokenizer import definition

DATA = Path(__file__).parent / "data"
HIDDEN, HEADS, KV_HEADS, WIDTH, FEED = 64, 4, 2, 32, 80
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_STORED = {"F32": np.float32, "F16": np.float16}

_BASE = {
    "hidden_size": HIDDEN,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "head_dim": WIDTH,
    "intermediate_size": FEED,
    "num_hidden_layers": 2,
    "max_position_embeddings": 512,
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": 0,
    "eos_token_id": 2,
}
_GEMMA = {
    **_BASE,
    "hidden_activation": "gelu_pytorch_tanh",
    "tie_word_embeddings": True,
    "sliding_window": 16,
    "query_pre_attn_scalar": WIDTH,
}

# name -> (config, tokenizer). Old and new spellings of the rotary settings both occur, as in the wild.
MODELS: Mapping[str, tuple[dict[str, Any], str]] = {
    "llama": (
        {
            **_BASE,
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "rope_theta": 10000.0,
            "tie_word_embeddings": True,
            "attention_bias": True,
        },
        "smollm",
    ),
    "llama3": (
        {
            **_BASE,
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "rope_theta": 500000.0,
            "rope_scaling": {
                "rope_type": "llama3",
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
            },
        },
        "llama-bpe",
    ),
    "mistral": (
        {
            **_BASE,
            "architectures": ["MistralForCausalLM"],
            "model_type": "mistral",
            "sliding_window": None,
            "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"},
        },
        "spm",
    ),
    "qwen2": (
        {
            **_BASE,
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "head_dim": None,
            "rope_theta": 1000000.0,
            "use_sliding_window": False,
        },
        "qwen2",
    ),
    "qwen2-yarn": (
        {
            **_BASE,
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "head_dim": None,
            "rope_parameters": {
                "rope_theta": 1000000.0,
                "rope_type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": 128,
            },
        },
        "qwen2",
    ),
    "qwen3": (
        {
            **_BASE,
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "tie_word_embeddings": True,
            "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "default"},
        },
        "qwen2",
    ),
    "gemma2": (
        {
            **_GEMMA,
            "architectures": ["Gemma2ForCausalLM"],
            "model_type": "gemma2",
            "rope_theta": 10000.0,
            "attn_logit_softcapping": 50.0,
            "final_logit_softcapping": 30.0,
        },
        "spm",
    ),
    "gemma3": (
        {
            **_GEMMA,
            "architectures": ["Gemma3ForCausalLM"],
            "model_type": "gemma3_text",
            "num_hidden_layers": 7,
            "rope_theta": 1000000.0,
            "rope_local_base_freq": 10000.0,
            "rope_scaling": {"rope_type": "linear", "factor": 8.0},
        },
        "spm",
    ),
    "phi3": (
        {
            **_BASE,
            "architectures": ["Phi3ForCausalLM"],
            "model_type": "phi3",
            "head_dim": None,
            "rope_theta": 10000.0,
            "pad_token_id": 2,
            "original_max_position_embeddings": 512,
            "sliding_window": 511,
        },
        "phi3",
    ),
    "phi3-longrope": (
        {
            **_BASE,
            "architectures": ["Phi3ForCausalLM"],
            "model_type": "phi3",
            "head_dim": None,
            "pad_token_id": 2,
            "rope_theta": 10000.0,
            "original_max_position_embeddings": 256,
            "sliding_window": None,
            "rope_scaling": {
                "type": "longrope",
                "long_factor": [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0],
                "short_factor": [1.0, 1.0, 1.1, 1.1, 1.2, 1.2, 1.3, 1.3],
            },
        },
        "phi3",
    ),
}


def write_model(folder: Path, name: str, *, dtype: str = "F32", shards: int = 1, **changes: Any) -> Path:
    """Write the model `name` into `folder`, weights stored as `dtype` (F32, F16, BF16); `changes` go to the config."""
    config, tokenizer = MODELS[name]
    folder.mkdir(parents=True, exist_ok=True)
    count = write_tokenizer(folder, tokenizer)
    # Phi 3's embedding is padded past its vocabulary.
    config = {"vocab_size": count + (11 if tokenizer == "phi3" else 0), **config, **changes}
    config = {key: value for key, value in config.items() if value is not None or key == "sliding_window"}
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    # Gemma stores its norms as weight - 1.
    middle = 0.0 if name.startswith("gemma") else 1.0
    tensors = {
        tensor: random_tensor(tensor, shape) + (middle if tensor.endswith("norm.weight") else 0.0)
        for tensor, shape in shapes(config).items()
    }
    write_shards(folder, tensors, dtype, shards)
    return folder


def write_shards(folder: Path, tensors: Mapping[str, np.ndarray], dtype: str, shards: int = 1) -> None:
    """model.safetensors, or `shards` of them with an index."""
    if shards == 1:
        write_safetensors(folder / "model.safetensors", tensors, dtype)
        return
    index = {}
    for i in range(shards):
        file = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        part = {tensor: values for n, (tensor, values) in enumerate(tensors.items()) if n % shards == i}
        write_safetensors(folder / file, part, dtype)
        index |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Every tensor of the model and its shape, spelt as transformers spells them."""
    kind = config["architectures"][0].removesuffix("ForCausalLM")
    width = config.get("head_dim") or HIDDEN // HEADS
    queries, keys = HEADS * width, KV_HEADS * width
    found: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (config["vocab_size"], HIDDEN),
        "model.norm.weight": (HIDDEN,),
    }
    if not config["tie_word_embeddings"]:
        found["lm_head.weight"] = (config["vocab_size"], HIDDEN)
    norms = ["input_layernorm", "post_attention_layernorm"]
    if kind.startswith("Gemma"):
        norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
    for i in range(config["num_hidden_layers"]):
        layer = f"model.layers.{i}."
        found |= {f"{layer}{norm}.weight": (HIDDEN,) for norm in norms}
        found[f"{layer}self_attn.o_proj.weight"] = (HIDDEN, queries)
        found[f"{layer}mlp.down_proj.weight"] = (HIDDEN, FEED)
        if kind == "Phi3":
            found[f"{layer}self_attn.qkv_proj.weight"] = (queries + 2 * keys, HIDDEN)
            found[f"{layer}mlp.gate_up_proj.weight"] = (2 * FEED, HIDDEN)
            continue
        for part, rows in (("q", queries), ("k", keys), ("v", keys)):
            found[f"{layer}self_attn.{part}_proj.weight"] = (rows, HIDDEN)
            if kind == "Qwen2" or config.get("attention_bias"):
                found[f"{layer}self_attn.{part}_proj.bias"] = (rows,)
        if config.get("attention_bias"):
            found[f"{layer}self_attn.o_proj.bias"] = (HIDDEN,)
        found |= {f"{layer}mlp.{part}_proj.weight": (FEED, HIDDEN) for part in ("gate", "up")}
        if kind in ("Qwen3", "Gemma3"):
            found |= {f"{layer}self_attn.{part}_norm.weight": (width,) for part in ("q", "k")}
    return found


def random_tensor(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Normal values whose seed is the tensor's name."""
    return _random_tensor(name, shape).copy()


@lru_cache(maxsize=1024)
def _random_tensor(name: str, shape: tuple[int, ...]) -> np.ndarray:
    random = np.random.RandomState(sum(ord(c) * (i + 1) for i, c in enumerate(name)) % 2**32)
    return (0.1 * random.standard_normal(shape)).astype(np.float32)


def write_safetensors(path: Path, tensors: Mapping[str, np.ndarray], dtype: str) -> None:
    """A safetensors file with everything stored as `dtype`; bfloat16 by dropping the low bits."""
    header, parts, offset = {}, [], 0
    for name, values in tensors.items():
        if dtype == "BF16":
            raw = (np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
        else:
            raw = np.ascontiguousarray(values, _STORED[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [offset, offset + len(raw)]}
        parts.append(raw)
        offset += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))


# --- tokenizers -------------------------------------------------------------------------------------------------------


def write_tokenizer(folder: Path, kind: str) -> int:
    """Tokenizer files of `kind` ("spm" or a pre-tokenizer's name) into `folder`; returns the number of tokens."""
    template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    (folder / "chat_template.jinja").write_text(template)
    if kind in ("spm", "phi3"):
        shutil.copy(DATA / "tiny.model", folder / "tokenizer.model")
        decoder = {
            "0": {"content": "<unk>", "special": True},
            "1": {"content": "<s>", "special": True},
            "2": {"content": "</s>", "special": True},
            "3": {"content": "▁▁▁", "special": False},
        }
        if kind == "phi3":  # llama.cpp looks this one up in every model whose name has "phi3" in it
            decoder[str(SPM_SIZE)] = {"content": "<|endoftext|>", "special": True}
        _dump(
            folder / "tokenizer_config.json",
            {
                "added_tokens_decoder": decoder,
                "bos_token": "<s>",
                "eos_token": "</s>",
                "unk_token": "<unk>",
                "add_bos_token": True,
                "add_eos_token": False,
                "tokenizer_class": "LlamaTokenizer",
            },
        )
        return SPM_SIZE + (kind == "phi3")
    tokenizer = byte_level_tokenizer(kind)
    _dump(folder / "tokenizer.json", tokenizer)
    _dump(
        folder / "tokenizer_config.json",
        {
            "eos_token": SPECIAL[2],
            "bos_token": SPECIAL[0],
            "pad_token": SPECIAL[2],
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    )
    return len(tokenizer["model"]["vocab"]) + len(SPECIAL)


# data/tiny.model: SentencePiece 0.2.3, BPE with byte fallback, "▁▁▁" user-defined, trained on 400 lines of 21 words.
SPM_SIZE = 380


def byte_level_tokenizer(pre: str) -> dict[str, Any]:
    """A tokenizer.json with the 256 bytes, a few merges and three special tokens, cut by the rules named `pre`."""
    merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("Ġ", "Ġ"), ("i", "n"), ("3", "3"), ("Ċ", "Ċ"), ("ĠĠ", "ĠĠ")]
    tokens = [*_byte_letters(), *(left + right for left, right in merges)]
    rules = definition(pre)
    added = [
        {
            "id": len(tokens) + i,
            "content": text,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, text in enumerate(SPECIAL)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": rules["normalizer"],
        "pre_tokenizer": rules["pre_tokenizer"],
        "post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": rules["ignore_merges"],
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [list(pair) for pair in merges],
        },
    }


def _byte_letters() -> list[str]:
    """GPT-2's letter for each byte: itself where it prints, else the next letter from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(spare)) for byte in range(256)]


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
