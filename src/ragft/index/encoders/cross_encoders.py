"""Cross-encoders: models that read a question and a passage together and give one score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ragft.errors import InputError, RagftError
from ragft.extras import need
from ragft.index.encoders.bert_graph import UnsupportedEncoder
from ragft.index.encoders.local_models import CrossModel, find_cross_model
from ragft.index.encoders.pair_models import check_reads_pairs
from ragft.machine import cores

if TYPE_CHECKING:
    from tokenizers import Encoding

_FIX = "give another index.rerank"
PAIR_TOKENS = 128
"""Most tokens of a question and a passage together; what is longer is cut at its end."""

Scorer = Callable[[str, Sequence[str]], list[float]]
"""(question, passages) to a score for each passage, higher is better, without bounds."""


def open_scorer(name: str) -> Scorer:
    """The cross-encoder `name`: a folder, or a hub name that lies in the Hugging Face cache.

    ONNX Runtime runs models of BERT's form in int8, torch all others.

    Raises:
        NotFoundError: there is none on this machine.
        InputError: it gives more than one score a pair, scores single texts, or cannot be read.
        MissingExtra: only torch can run it, and is not installed.
    """
    model = find_cross_model(name)
    check_reads_pairs(model.folder, "index.rerank", _FIX)
    try:
        if model.weights.is_file() and (model.folder / "tokenizer.json").is_file():
            return OnnxScorer(model).scores
    except UnsupportedEncoder:
        pass
    except RagftError:
        raise
    except Exception as error:  # tokenizers and safetensors have no narrower class for a damaged file
        raise InputError(f"the cross-encoder in {model.folder} cannot be read: {error}", fix=_FIX) from error
    return _of_torch(model)


class OnnxScorer:
    """Runs the exported graph in int8, a pair a run on one thread, as many runs as there are cores."""

    def __init__(self, model: CrossModel) -> None:
        from tokenizers import Tokenizer

        from ragft.index.encoders.onnx import open_graph

        _, self._session = open_graph(model, "int8")
        self._tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(min(PAIR_TOKENS, model.max_length))

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """A score for each of `passages`."""
        pairs = self._tokenizer.encode_batch([(question, passage) for passage in passages])
        with ThreadPoolExecutor(cores()) as pool:
            return list(pool.map(self._score, pairs))

    def _score(self, pair: Encoding) -> float:
        import numpy as np

        parts = {"input_ids": pair.ids, "attention_mask": pair.attention_mask, "token_type_ids": pair.type_ids}
        given = {name: np.array([values], np.int64) for name, values in parts.items()}
        return float(self._session.run(["scores"], given)[0][0, 0])


def _of_torch(model: CrossModel) -> Scorer:
    need("encoders", "index.rerank")
    import torch
    from sentence_transformers import CrossEncoder

    try:
        opened: Any = CrossEncoder(str(model.folder), device="cpu", trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError) as error:
        raise InputError(f"the cross-encoder in {model.folder} cannot be read: {error}", fix=_FIX) from error
    if opened.num_labels != 1:
        raise InputError(f"the model in {model.folder} gives {opened.num_labels} scores a pair, not one", fix=_FIX)
    opened.max_seq_length = min(PAIR_TOKENS, model.max_length)

    def scores(question: str, passages: Sequence[str]) -> list[float]:
        pairs = [(question, passage) for passage in passages]
        return [float(s) for s in opened.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)]

    return scores
