"""Which template the fake Ollama gives a model, by the rules of its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.engine.base import ChatRequest, Message, ModelSpec, Options
from ragft.engine.ollama.engine import OllamaEngine
from tests.engine.fake_ollama import FakeOllama
from tests.engine.gguf_maker import write_gguf
from tests.engine.ollama_templates import INDEX, MOST_EDITS, capabilities, detect, edits, shown_template
from tests.engine.recorded import SMOL_JINJA

FAR = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}" + "{# far from all #}" * 9
THINKS = FAR + "<think></think>"
ASKED = ChatRequest("made", (Message("user", "Hi"),), Options())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("kitten", "sitting", 3),
        ("abc", "", 3),
        ("a" * 200, "", 100),
        ("a", "b" * 101, 100),
    ],
)
def test_edits_are_counted_up_to_the_limit(one: str, other: str, expected: int) -> None:
    assert edits(one, other, MOST_EDITS) == edits(other, one, MOST_EDITS) == expected


def test_a_template_within_a_hundred_edits_is_found() -> None:
    found = detect(SMOL_JINJA)
    assert found is not None
    assert found.name == "chatml"
    assert "SmolLM" not in found.template
    assert detect(SMOL_JINJA + " " * 99) is None
    assert detect(FAR) is None
    assert [entry for entry in INDEX if detect(entry.jinja) != entry] == []


def test_the_template_in_the_file_counts_from_the_new_engine_on() -> None:
    assert shown_template({"jinja": FAR}, native=False) == "{{ .Prompt }}"
    assert shown_template({"jinja": FAR}, native=True) == FAR
    assert shown_template({"jinja": FAR, "template": "go"}, native=True) == "go"
    assert shown_template({"jinja": THINKS, "template": "go"}, native=True) == THINKS, "it can do more"


def test_capabilities_are_read_from_the_template() -> None:
    assert capabilities({"jinja": THINKS}, native=True) == ["thinking", "completion"]
    assert capabilities({"jinja": THINKS}, native=False) == ["completion"]
    go = "{{ range .Messages }}{{ .Thinking }}{{ end }}{{ .Tools }}"
    assert capabilities({"template": go}, native=True) == ["completion", "tools", "thinking"]
    assert capabilities({"info": {"bert.pooling_type": 1}}, native=True) == ["embedding"]


def made(fake: FakeOllama, folder: Path, jinja: str, template: str = "") -> str:
    """Create a model over HTTP; the prompt that it makes of "Hi"."""
    gguf = write_gguf(folder / "model.gguf", template=jinja)
    engine = OllamaEngine(fake.url, timeout=10)
    engine.create(ModelSpec("made", gguf=gguf, template=template))
    prompt = engine.render(ASKED)
    engine.close()
    return prompt


@pytest.mark.parametrize("version", ["0.24.0", "0.33.0"])
def test_a_model_near_chatml_loses_its_default_system_text(fake: FakeOllama, tmp_path: Path, version: str) -> None:
    fake.version = version
    assert made(fake, tmp_path, SMOL_JINJA) == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    assert fake.models["made:latest"]["parameters"] == {"stop": ["<|im_start|>", "<|im_end|>"]}


@pytest.mark.parametrize(("version", "prompt"), [("0.24.0", "Hi"), ("0.33.0", "[user] Hi\n")])
def test_a_model_near_none_is_rendered_by_its_own_template_or_not_at_all(
    fake: FakeOllama, tmp_path: Path, version: str, prompt: str
) -> None:
    fake.version = version
    assert made(fake, tmp_path, FAR) == prompt


@pytest.mark.parametrize("version", ["0.24.0", "0.33.0"])
def test_a_template_that_is_given_counts(fake: FakeOllama, tmp_path: Path, version: str) -> None:
    fake.version = version
    assert made(fake, tmp_path, SMOL_JINJA, "{{ range .Messages }}<{{ .Content }}>{{ end }}") == "<Hi>"
