"""llama.cpp computes from our f32 files what transformers computes from the model folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from tests.llama_cpp_tools.engine import LlamaCpp
from tests.llama_cpp_tools.tiny import MODELS, write_model

# Tokens 4 to 250 are bytes in every vocabulary of tiny.py.
IDS = [int(i) for i in np.random.RandomState(0).randint(4, 250, size=60)]
# ggml looks GELU up in a table of float16, which Gemma's feed-forward goes through; everything else is plain float32.
TOLERANCE = {"gemma2": 2e-3, "gemma3": 2e-3}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_same_probabilities_as_transformers(name: str, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    folder = write_model(tmp_path / name, name)
    convert(folder, tmp_path / "model.gguf", outtype="f32")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        expected = torch.log_softmax(model(torch.tensor([IDS])).logits[0].double(), -1).numpy()
    # llama.cpp chooses Phi 3's long or short factors by the size of the context, transformers by the text's length.
    with LlamaCpp(tmp_path / "model.gguf", context=256 if name == "phi3-longrope" else 512) as engine:
        for length in (1, 9, 22, 41, 60):
            found = engine.log_probabilities(IDS[:length], expected.shape[1])
            assert found.argmax() == expected[length - 1].argmax()
            np.testing.assert_allclose(found, expected[length - 1], atol=TOLERANCE.get(name, 5e-5), rtol=0)
