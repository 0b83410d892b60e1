"""The Hugging Face side of a parity check: tokenizer and model as they were trained, in float32."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.engine.base import Message
from ragft.errors import ExportError
from ragft.export.convert import adapter_of, base_of
from ragft.extras import need

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Trained:
    """The Hugging Face side: the base folder with the run's adapter. The model is loaded when it is first needed."""

    base: Path
    adapter: Path

    @classmethod
    def of_run(cls, run_dir: Path) -> Trained:
        """That of a run.

        Raises:
            NotFoundError, ExportError: there is no adapter, or its base is gone.
        """
        need("train", "comparing the exported model with the trained one")
        adapter = adapter_of(run_dir)
        return cls(base_of(adapter), adapter)

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer of the base folder, loaded when first needed."""
        from transformers import AutoTokenizer

        with _readable(self.base):
            return AutoTokenizer.from_pretrained(self.base)

    @cached_property
    def _model(self) -> Any:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # ours is on the terminal already
        with warnings.catch_warnings(), _readable(self.base):
            warnings.simplefilter("ignore", FutureWarning)  # the libraries' own business with one another
            base = AutoModelForCausalLM.from_pretrained(self.base, dtype=torch.float32)
            return PeftModel.from_pretrained(base, self.adapter).eval()

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`, with a BOS in front where the tokenizer adds one."""
        tokens = self.tokenizer.encode(text, add_special_tokens=False)
        bos = self.tokenizer.bos_token_id
        return list(tokens) if not added_bos(self.tokenizer) or tokens[:1] == [bos] else [bos, *tokens]

    def logprobs(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Log-probabilities [len(tokens), vocabulary] of the next token at each position, in float32."""
        import torch

        with torch.inference_mode():
            logits = self._model(torch.tensor([list(tokens)])).logits[0]
            found: NDArray[np.float32] = torch.log_softmax(logits.float(), dim=-1).numpy()
        return found


class TemplateRefusal(Exception):
    """The chat template does not take a conversation; the message is its own."""


def trained_prompt(tokenizer: Any, messages: Sequence[Message], *, prompt: bool = True, thinking: bool = False) -> str:
    """The text that the tokenizer's chat template makes of `messages`, with the prompt for an answer at its end.

    Raises:
        TemplateRefusal: the template raises an error of any kind.
    """
    turns = [
        message.to_dict() | ({"reasoning_content": message.thinking} if message.thinking else {})
        for message in messages
    ]
    try:
        text: str = tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=prompt, enable_thinking=thinking
        )
    except Exception as error:  # a stranger's template raises what it likes; there may be none at all
        raise TemplateRefusal(str(error).split("\n")[0] or type(error).__name__) from error
    return text


def added_bos(tokenizer: Any) -> str:
    """The BOS that the tokenizer, and so llama.cpp, puts in front of every text; empty where it adds none.

    A prompt may leave it out. It may not leave out a BOS that is not added: SmolLM2's is the start of a turn.
    """
    tokens = tokenizer.encode("a")
    return str(tokenizer.bos_token) if tokens and tokens[0] == tokenizer.bos_token_id else ""


@contextlib.contextmanager
def _readable(base: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a damaged folder makes the libraries raise nearly anything
        problem = str(error).strip().split("\n")[0] or type(error).__name__
        raise ExportError(
            f"the trained side cannot be loaded from {base}: {problem}", fix="put the base back as it was in training"
        ) from error
