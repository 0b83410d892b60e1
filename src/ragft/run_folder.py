"""The folder of a run and its files. Training, export, registration, benchmark and pipeline share it.

files = RunFolder(workspace.run("latest"))
files.adapter_weights.is_file()      # whether it was trained
BenchmarkFolder(files.benchmark).rows
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ADAPTER_WEIGHTS = "adapter_model.safetensors"
"""The file of an adapter's tensors, named as PEFT names it."""
ADAPTER_CONFIG = "adapter_config.json"
"""The file of an adapter's settings, named as PEFT names it."""


@dataclass(frozen=True)
class RunFolder:
    """The paths in the folder of one run; whether there is anything at one of them is another question."""

    path: Path

    @property
    def manifest(self) -> Path:
        """The stages of `build-model`, with the digests of what they read and made."""
        return self.path / "manifest.json"

    @property
    def train_settings(self) -> Path:
        """What the run was begun with."""
        return self.path / "train.json"

    @property
    def train_curve(self) -> Path:
        """The losses, a JSON object a line."""
        return self.path / "train.jsonl"

    @property
    def train_report(self) -> Path:
        """The report of a training that has ended."""
        return self.path / "training.json"

    @property
    def loss_picture(self) -> Path:
        """The losses as a picture."""
        return self.path / "loss.png"

    @property
    def checkpoints(self) -> Path:
        """The folder from which a killed training goes on."""
        return self.path / "checkpoints"

    @property
    def supervised(self) -> RunFolder:
        """Where the adapter is kept that preference tuning begins with; it is the run's own where there is none."""
        return RunFolder(self.path / "supervised")

    @property
    def preference(self) -> RunFolder:
        """Where preference tuning keeps its checkpoints and what it compares with."""
        return RunFolder(self.path / "preference")

    @property
    def reference(self) -> Path:
        """The log-probabilities of the pairs' answers before preference tuning, a pair a line."""
        return self.path / "reference.jsonl"

    @property
    def teacher(self) -> Path:
        """What the base says with help in its prompt, a row a line."""
        return self.path / "teacher.jsonl"

    @property
    def launch(self) -> Path:
        """What was given to the processes of a training that several share, and what they wrote on stderr."""
        return self.path / "launch"

    @property
    def outcome(self) -> Path:
        """What a stage of the training came to that another follows; written last."""
        return self.path / "outcome.json"

    @property
    def adapter(self) -> Path:
        """The folder of the trained adapter, in PEFT's form."""
        return self.path / "adapter"

    @property
    def adapter_weights(self) -> Path:
        """The file with the tensors of the adapter."""
        return self.adapter / ADAPTER_WEIGHTS

    @property
    def adapter_config(self) -> Path:
        """The adapter's configuration, which names its base model."""
        return self.adapter / ADAPTER_CONFIG

    @property
    def prompt(self) -> Path:
        """The prompt policy of the rows that the run was trained on, and its models are asked by."""
        return self.path / "prompt.json"

    @property
    def questions(self) -> Path:
        """The benchmark's questions that were made for the run, and a user's own before them."""
        return self.path / "questions.jsonl"

    @property
    def library(self) -> Path:
        """A workspace of the run's own, with what its task searches; where there is none, the user's is searched."""
        return self.path / "library"

    @property
    def registration(self) -> Path:
        """Under which names which engine serves the run's two models."""
        return self.path / "registration.json"

    @property
    def registered_names(self) -> Path:
        """Every name that the run has registered; `registration` has the pair that counts."""
        return self.path / "registered-names.json"

    @property
    def served(self) -> Path:
        """The digest of the adapter that was exported and registered, of a run that an ablation made."""
        return self.path / "served.txt"

    @property
    def question_making(self) -> Path:
        """The folder in which the run's own questions are made: replies, rejected questions."""
        return self.path / "questions"

    @property
    def benchmark(self) -> Path:
        """The folder of the benchmark of these models."""
        return self.path / "benchmark"

    @property
    def report(self) -> Path:
        """The benchmark's page, beside the model for people to find."""
        return self.path / "report.html"

    @property
    def adapter_gguf(self) -> Path:
        """The adapter alone, which llama.cpp puts over the base when it loads it."""
        return self.path / "adapter-f16.gguf"

    def modelfile(self, kind: Literal["", "base", "lora"] = "") -> Path:
        """What registered the tuned model with Ollama, its base, or the adapter over its base."""
        return self.path / f"Modelfile.{kind}" if kind else self.path / "Modelfile"

    def gguf(self, outtype: str, *, base: bool = False) -> Path:
        """The exported model, or its base."""
        return self.path / f"{'base' if base else 'model'}-{outtype.lower()}.gguf"


@dataclass(frozen=True)
class BenchmarkFolder:
    """The paths in the folder of one benchmark."""

    path: Path

    @property
    def protocol(self) -> Path:
        """What is measured, written before the first answer."""
        return self.path / "protocol.json"

    @property
    def answers(self) -> Path:
        """Every answer that was ever given, a line each."""
        return self.path / "answers.jsonl"

    @property
    def judgements(self) -> Path:
        """The judgements of a judge model on pairs of answers, a line each."""
        return self.path / "judgements.jsonl"

    @property
    def rows(self) -> Path:
        """The scored rows of the comparison, a line each."""
        return self.path / "rows.jsonl"

    @property
    def metrics(self) -> Path:
        """The file with all metrics of the benchmark, as JSON."""
        return self.path / "metrics.json"

    @property
    def page(self) -> Path:
        """The result to look at in a browser."""
        return self.path / "report.html"

    @property
    def markdown(self) -> Path:
        """The result as a table in Markdown."""
        return self.path / "report.md"

    @property
    def table(self) -> Path:
        """The table for a spreadsheet."""
        return self.path / "report.csv"

    @property
    def questions_table(self) -> Path:
        """A line a question for a spreadsheet."""
        return self.path / "questions.csv"

    @property
    def lock(self) -> Path:
        """Held by the process that is at work in the folder."""
        return self.path / "benchmark.lock"
