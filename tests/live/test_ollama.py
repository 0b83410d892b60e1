"""What ragft needs of an Ollama, asked of a live one. docs/engines.md says which versions passed, and when."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest

from ragft.answer.written.thinking_models import thinks_unasked
from ragft.benchmark.base import Verdict
from ragft.engine.base import ChatRequest, Message, ModelSpec, Options, collect_reply
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.run_models import Registration
from ragft.errors import ContextOverflow, EngineError, GenerationError, InputError
from ragft.export.base import RegisterReport
from ragft.export.registration import register_adapter, register_run
from ragft.export.templates import check_model_prompts, choose_template
from ragft.export.trained import Trained
from ragft.train.base_model import resolve_base
from tests.live.conftest import PREFIX

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ROOT / "corpus" / "papers"
NAME = f"{PREFIX}-run"
REFUSES_TO_ENCODE = (0, 30, 0)
"""The version from which on a server encodes with embedding models only."""
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


def user(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


def ragft(*arguments: str, stdin: str = "", workspace: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ragft", *arguments, "--workspace", str(workspace)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=3600, check=False)


# --- answers ------------------------------------------------------------------------------------------------------


def test_an_imported_model_answers_and_counts(live: OllamaEngine, smol: str) -> None:
    text, last = collect_reply(live, ChatRequest(smol, user("What is the capital of France?")))
    assert "Paris" in text
    assert last.done_reason in ("stop", "length")
    assert last.metrics is not None
    assert last.metrics.prompt_tokens > 0 < last.metrics.generated_tokens


def test_the_same_question_has_the_same_answer(live: OllamaEngine, smol: str) -> None:
    request = ChatRequest(smol, user("Name three colours."), Options(num_predict=40))
    assert collect_reply(live, request)[0] == collect_reply(live, request)[0]


def test_json_by_schema(live: OllamaEngine, smol: str) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    request = ChatRequest(smol, user("Name a city in Italy as JSON."), Options(num_predict=60), format=schema)
    assert set(json.loads(collect_reply(live, request)[0])) == {"city"}


def test_next_tokens_with_their_log_probabilities(live: OllamaEngine, smol: str) -> None:
    found = live.next_tokens(smol, "The capital of France is", top=10)
    assert len(found) == 10
    assert found[0].text.strip() == "Paris"
    assert [token.logprob for token in found] == sorted((token.logprob for token in found), reverse=True)
    assert found[0].logprob < 0


def test_a_prompt_that_does_not_fit_is_an_error(live: OllamaEngine, smol: str) -> None:
    with pytest.raises(ContextOverflow, match="num_ctx"):
        collect_reply(live, ChatRequest(smol, user("word " * 6000)))


THINKER = (
    "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ if .Thinking }}<think>\n{{ .Thinking }}\n</think>\n\n{{ end }}"
    "{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n{{ if .Think }}<think>\n{{ end }}"
)


def test_a_model_that_thinks_is_known_and_its_thoughts_come_apart(live: OllamaEngine, packaged: Path) -> None:
    name = live.create(ModelSpec(f"{PREFIX}-thinker", gguf=packaged, template=THINKER)).name
    assert live.show(name).thinks
    options = Options(num_predict=60)
    chunks = list(live.chat(ChatRequest(name, user("What is LoRA?"), options, think=True)))
    assert "".join(chunk.thinking for chunk in chunks)


UNASKED = THINKER.replace("{{ if .Think }}<think>\n{{ end }}", "<think>\nSix.\n</think>\n\n6\n" * 3 + "<think>\n")
"""Opens a thought whatever is asked; the thoughts before it lead even a small model to close it."""


def test_thoughts_that_nobody_asked_for_come_apart(live: OllamaEngine, packaged: Path) -> None:
    name = live.create(ModelSpec(f"{PREFIX}-unasked", gguf=packaged, template=UNASKED)).name
    request = ChatRequest(name, user("What is two times three?"), Options(num_predict=20, stop=("\n<think",)))
    assert "</think>" in "".join(part.content for part in live._chat(request)), "the server itself splits nothing"
    text, last = collect_reply(live, request)
    assert (text.strip(), last.thinking.strip()) == ("6", "Six.")


def test_a_prompt_that_opens_a_thought_is_known_before_the_first_answer(live: OllamaEngine, packaged: Path) -> None:
    name = live.create(ModelSpec(f"{PREFIX}-opens", gguf=packaged, template=UNASKED)).name
    assert thinks_unasked(live, name)
    text, last = collect_reply(live, ChatRequest(name, user("What is two times three?"), Options(num_predict=1)))
    assert (text, last.done_reason) == ("", "length")
    assert last.thinking, "a thought that is cut is no answer"


def test_a_model_without_the_capability_is_not_asked_to_think(live: OllamaEngine, smol: str) -> None:
    with pytest.raises(EngineError, match="think"):
        collect_reply(live, ChatRequest(smol, user("Hi"), think=True))


def test_a_runner_killed_in_the_middle_of_an_answer_is_an_error(live: OllamaEngine, smol: str) -> None:
    request = ChatRequest(smol, user("Write a long story about a dragon."), Options(num_predict=2000, temperature=1.0))
    chunks = live.chat(request)
    next(chunks)
    if not (runners := _runners(live)):
        pytest.skip("the server is not a process of this user's on this machine")
    for runner in runners:
        runner.kill()
    with pytest.raises(GenerationError):
        list(chunks)
    assert collect_reply(live, ChatRequest(smol, user("Hello"), Options(num_predict=8)))[0]


def _runners(live: OllamaEngine) -> list[psutil.Process]:
    """The processes in which this very server runs its models."""
    port = urlsplit(live.host).port
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in process.net_connections()):
                return process.children()
    return []


def test_a_chat_model_encodes(live: OllamaEngine, smol: str) -> None:
    from ragft.index.encoders.ollama import OllamaEncoder

    if live.release() >= REFUSES_TO_ENCODE:
        pytest.skip(f"from 0.30 on a chat model does not encode, and this is {live.version()}")
    vectors = np.asarray(OllamaEncoder(smol).encode(["LoRA adapters", "A chicken in the oven"]))
    assert vectors.shape[0] == 2
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)


def test_a_chat_model_that_does_not_encode_says_so(live: OllamaEngine, smol: str) -> None:
    from ragft.index.encoders.ollama import OllamaEncoder

    if live.release() < REFUSES_TO_ENCODE:
        pytest.skip(f"before 0.30 a chat model encodes, and this is {live.version()}")
    with pytest.raises(InputError, match="is not an embedding model"):
        OllamaEncoder(smol)


# --- registration -------------------------------------------------------------------------------------------------


def test_the_prompts_are_those_that_are_trained(live: OllamaEngine) -> None:
    choice = choose_template(live, resolve_base("smollm2"))
    assert choice.limits == ()
    assert not any("template-check" in model.name for model in live.models())


def test_a_pair_is_registered(live: OllamaEngine, trained: Path) -> None:
    report = register_run(trained, live, name=NAME, outtype="q8_0")
    for model in (report.model, report.base_model):
        shown = live.show(model)
        assert shown.quantization == "Q8_0"
        assert "candidate" not in shown.details.get("parent_model", "")  # 0.24 shows the file it was made of
        assert {"<|im_end|>", "<|endoftext|>"} <= set(shown.parameters["stop"])
    assert RegisterReport.of(Registration.of_run(trained)) == report


def test_further_types_are_made_by_the_server(live: OllamaEngine, trained: Path) -> None:
    report = register_run(trained, live, name=NAME, outtype="q4_K_M")
    shown = live.show(report.model)
    assert shown.quantization == "Q4_K_M"
    assert "candidate" not in shown.details.get("parent_model", "")


def test_an_adapter_says_what_it_stands_over(live: OllamaEngine, trained: Path) -> None:
    register_run(trained, live, name=NAME, outtype="q8_0")
    report = register_adapter(trained, live, name=NAME, outtype="q8_0")
    assert report.model == f"{NAME}:lora-q8_0"
    assert live.show(report.model).adapter


def test_the_modelfile_by_hand_makes_the_same_model(live: OllamaEngine, trained: Path) -> None:
    command = os.environ.get("RAGFT_OLLAMA_COMMAND") or shutil.which("ollama")
    if command is None:
        pytest.skip("no ollama command: put it on the PATH or into RAGFT_OLLAMA_COMMAND")
    report = register_run(trained, live, name=NAME, outtype="q8_0")
    by_hand = f"{PREFIX}-by-hand"
    environment = os.environ | {"OLLAMA_HOST": live.host}
    subprocess.run([command, "create", by_hand, "-f", trained / "Modelfile"], env=environment, check=True, timeout=600)
    one, other = live.show(report.model), live.show(by_hand)
    assert (one.template, one.parameters, one.system) == (other.template, other.parameters, other.system)
    choice = choose_template(live, resolve_base("smollm2"))
    assert check_model_prompts(live, by_hand, Trained.of_run(trained).tokenizer, choice).ok


# --- the commands -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample papers."""
    workspace = tmp_path_factory.mktemp("papers") / ".ragft"
    done = ragft("ingest", str(PAPERS), workspace=workspace)
    assert done.returncode == 0, done.stderr
    return workspace


def test_ask(papers: Path, smol: str) -> None:
    done = ragft("ask", QUESTION, "--json", "--engine", "ollama", "-m", smol, workspace=papers)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["engine"] == "ollama"
    assert answer["citations"]
    assert "48 GB" in answer["answer"]


def test_chat(papers: Path, smol: str) -> None:
    talk = f"{QUESTION}\n/sources\nHow long should I roast a chicken?\n/quit\n"
    done = ragft("ask", "--engine", "ollama", "-m", smol, stdin=talk, workspace=papers)
    assert done.returncode == 0, done.stderr
    assert "48 GB" in done.stdout
    assert "do not answer" in done.stdout


@pytest.mark.timeout(5400)
def test_build_model_ends_registered_and_judged(smol: str, live: OllamaEngine, tmp_path: Path) -> None:
    arguments = ("build-model", str(PAPERS), "--preset", "demo", "--engine", "ollama", "--model", smol, "--json")
    done = ragft(*arguments, "--name", f"{PREFIX}-demo", workspace=tmp_path / ".ragft")
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["verdict"] in get_args(Verdict)
    assert live.show(report["model"]).quantization == "Q8_0"
    if report["verdict"] != "better":
        assert report["default"] == ""
