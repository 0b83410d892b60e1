"""The Modelfile is what `ollama create` takes."""

from __future__ import annotations

from pathlib import Path

from ragft.export.modelfile import render_modelfile


def test_the_whole_file() -> None:
    text = render_modelfile(
        name="papers:q8_0",
        run="demo-1",
        gguf=Path("/runs/model-q8_0.gguf"),
        parameters={"temperature": 0, "stop": ["<|im_end|>", 'a"b']},
    )
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == [
        "FROM /runs/model-q8_0.gguf",
        "PARAMETER temperature 0",
        'PARAMETER stop "<|im_end|>"',
        'PARAMETER stop "a\\"b"',
    ]
