"""A training script of benchmarks/, run on a tiny random encoder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.index.encoders.local_models import find_sentence_model
from tests.benchmarks.conftest import BENCHMARKS

STEPS = 60


@dataclass(frozen=True)
class Training:
    """A script, the folder with its encoder and data, and its options."""

    script: str
    place: Path
    options: tuple[str, ...]

    def start(self, out: str) -> subprocess.Popen[str]:
        """Train into the folder `out` of `place`, in a process of its own."""
        rates = ["--rate", "0.01", "--head-rate", "0.01"]
        given = ["--data", self.place, "--encoder", self.place / "encoder", "--steps", STEPS, "--every", 2, *rates]
        command = [sys.executable, BENCHMARKS / f"{self.script}.py", self.place / out, *given, *self.options]
        return subprocess.Popen(list(map(str, command)), cwd=BENCHMARKS.parent, stdout=subprocess.PIPE, text=True)

    def run(self, out: str) -> Path:
        """Train to the end; the folder."""
        with self.start(out) as process:
            process.communicate()
        assert process.returncode == 0
        return self.place / out


def training_on(
    place: Path, script: str, sources: Iterable[Any], rows: Mapping[str, Iterable[Any]], *options: str
) -> Training:
    """The script in `place`, with a random encoder and these rows in the files of its sources."""
    tiny_encoder(place)
    write_sources(place, sources)
    for file, those in rows.items():
        (place / file).write_text("\n".join(map(json.dumps, those)))
    return Training(script, place, options)


def tiny_encoder(place: Path) -> None:
    """A random encoder in the folder `encoder` of `place`, with the tokenizer of a real one."""
    from transformers import BertConfig, BertModel, set_seed

    set_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=30522, **sizes)).save_pretrained(place / "encoder")
    for file in find_sentence_model("minilm").folder.glob("*token*"):
        shutil.copy(file, place / "encoder")


def write_sources(place: Path, sources: Iterable[Any]) -> None:
    """The files of all sources, without a row."""
    for source in sources:
        (place / source.file).parent.mkdir(exist_ok=True)
        (place / source.file).write_text('{"data": []}' if source.file.startswith("squad2/") else "")
        (place / source.file).with_name("queries.jsonl").touch()
