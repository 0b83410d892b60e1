"""docs/python.md from its first block to its last, in one namespace, as a notebook would run it."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ragft
from ragft.answer.prompts.policy import RANKING, read_policy
from ragft.run_folder import RunFolder

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = {
    "rules": [
        {"match": r"Question: ([^\n]*) …$", "template": r'{"question": "\g<1>?"}'},
        {"match": "Oberon", "reply": "It gives 2,345 metres as the distance of the flowers [1]."},
        {"match": "Sources:", "reply": "QLoRA needs a single GPU with 48 GB of memory [1]."},
    ],
    "default": {"reply": "A short and plain answer."},
}
# A random model never ends its turn: the other three proofs hold for it as for any.
SETTINGS = {"RAGFT_ENGINE__NAME": "scripted", "RAGFT_EXPORT__CHECKS": '["prompt", "tokenizer", "logits"]'}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT))
    (tmp_path / "papers").mkdir()
    for name in ("qlora", "lora", "rag"):
        shutil.copy(ROOT / "corpus" / "papers" / f"{name}.pdf", tmp_path / "papers")
    for key, value in {**SETTINGS, "RAGFT_SCRIPT": str(tmp_path / "script.json")}.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("RAGFT_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    log = logging.getLogger("ragft")
    level = log.level
    yield tmp_path
    log.setLevel(level)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_tour_runs_from_its_first_block_to_its_last(place: Path, tiny_base: Path) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 15
    names: dict[str, Any] = {}
    try:
        for block in blocks:
            code = block.replace('base="smollm2"', f"base={str(tiny_base)!r}")
            exec(compile(code, "docs/python.md", "exec"), names)  # noqa: S102
    finally:
        if isinstance(app := names.get("app"), ragft.Application):
            app.close()
    assert names["report"].documents == 3
    with ragft.open("tour", answer={"k": 12, "style": "full"}) as precise:
        assert "48 GB" in precise.ask("How much GPU memory does QLoRA need?").answer
    assert names["refused"].refused
    assert len(names["conversation"].exchanges) == 2
    assert names["trained"].steps == 4
    policy = read_policy(RunFolder(place / "tour" / "runs" / "tour").prompt)
    assert policy is not None
    assert (policy.evidence_tokens, policy.num_predict, policy.ranking) == (320, 256, RANKING)
    policies = json.loads((place / "tour" / "policies.json").read_text(encoding="utf-8"))
    stored = {"evidence_tokens": 320, "num_predict": 256, "ranking": RANKING}
    (kept,) = policies.values()
    assert stored.items() <= kept.items(), "kept with the registered model"
    assert names["result"].report.verdict in ("better", "worse", "mixed", "undecided")
