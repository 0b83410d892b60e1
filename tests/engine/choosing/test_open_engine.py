"""Which engine and which model are taken, what is said of it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ragft.engine.base import ModelSpec
from ragft.engine.choosing.default import set_default
from ragft.engine.choosing.open_engine import Opened, find_model, generator_model, locate, open_engine, open_model
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.embedded.registered_models import Registry
from ragft.errors import EngineError, EngineUnavailable, ModelNotFound, UsageError, WorkspaceError
from ragft.setting_sections import OLLAMA_MODEL, EngineSettings
from ragft.workspace import Workspace, write_json
from tests.engine.fake_ollama import FakeOllama
from tests.engine.gguf_maker import write_gguf

NOWHERE = "http://127.0.0.1:9"
EMBEDDING = {"capabilities": ["embedding"], "template": "{{ .Prompt }}", "parameter_size": "22.7M", "size": 45_960_996}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose embedded engine has no model but those that a test adds."""
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path / "cache"))
    return Workspace(tmp_path / "ws")


@pytest.fixture
def add(workspace: Workspace, tmp_path: Path) -> Iterator[None]:
    """The embedded engine has a model called `mine`."""
    gguf = write_gguf(tmp_path / "mine.gguf", template="{{ messages }}")
    Registry(workspace).create(ModelSpec("mine", gguf=gguf))
    yield None


def weights(millions: float) -> dict[str, Any]:
    """What a fake Ollama tells of a model with so many millions of weights in four bits."""
    return {"parameter_size": f"{millions}M", "size": int(millions * 620_000)}


def names(opened: Opened) -> tuple[str, str]:
    opened.engine.close()
    return opened.engine.name, opened.model.name


# --- nobody has named a model --------------------------------------------------------------------------------------


def test_the_recommended_model_is_taken_where_ollama_has_it(
    fake: FakeOllama, workspace: Workspace, logged: Callable[[], str]
) -> None:
    fake.add(OLLAMA_MODEL, **weights(4.0))
    fake.add("larger:latest", **weights(8.0))
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace)) == ("ollama", OLLAMA_MODEL)
    said = logged()
    assert f"engine: ollama at {fake.url}" in said
    assert "model:" not in said


@pytest.mark.parametrize("engine", ["auto", "ollama"])
def test_the_most_capable_model_of_ollama_answers_where_it_lacks_the_recommended_one(
    fake: FakeOllama, workspace: Workspace, logged: Callable[[], str], add: None, engine: str
) -> None:
    fake.add("all-minilm:latest", **EMBEDDING)
    fake.add("llama3.2:1b", **weights(1.2))
    fake.add("llama3.2:latest", **weights(3.2))
    settings = EngineSettings(name=engine, ollama_host=fake.url)
    assert names(open_model(settings, workspace)) == ("ollama", "llama3.2:latest")
    said = logged()
    assert "model: llama3.2, the most capable of 2 chat models that can be used here" in said
    assert "ragft models default llama3.2)" in said


def test_without_any_ollama_the_embedded_engine_answers(
    workspace: Workspace, logged: Callable[[], str], add: None
) -> None:
    settings = EngineSettings(ollama_host=NOWHERE)
    assert names(open_model(settings, workspace)) == ("embedded", "mine")
    assert "embedded llama.cpp (no Ollama answers" in logged()


def test_an_ollama_without_a_chat_model_leaves_it_to_the_embedded_engine(
    fake: FakeOllama, workspace: Workspace, logged: Callable[[], str], add: None
) -> None:
    fake.add("all-minilm:latest", **EMBEDDING)
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace)) == ("embedded", "mine")
    assert "has no chat model to choose" in logged()


def test_a_sick_ollama_leaves_it_to_the_embedded_engine(fake: FakeOllama, workspace: Workspace, add: None) -> None:
    fake.failures["/api/show"] = (500, "disk on fire")
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace)) == ("embedded", "mine")


def test_an_ollama_without_a_chat_model_asked_for_by_name_says_why(fake: FakeOllama, workspace: Workspace) -> None:
    fake.add("all-minilm:latest", **EMBEDDING)
    with pytest.raises(ModelNotFound, match=r"all-minilm:latest cannot chat.*ollama pull qwen3:4b-instruct"):
        open_model(EngineSettings(name="ollama", ollama_host=fake.url), workspace)


def test_with_no_model_at_all_the_pull_is_named(workspace: Workspace) -> None:
    with pytest.raises(ModelNotFound, match="ragft models pull smollm2"):
        open_model(EngineSettings(ollama_host=NOWHERE), workspace)


def test_models_of_runs_are_not_chosen(fake: FakeOllama, workspace: Workspace) -> None:
    fake.add("papers:q8_0", **weights(8.0))
    fake.add("papers-base:q8_0", **weights(8.0))
    fake.add("llama3.2:latest", **weights(3.2))
    record = {"model": "papers:q8_0", "base_model": "papers-base:q8_0"}
    write_json(workspace.runs / "a" / "registration.json", record)
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace)) == ("ollama", "llama3.2:latest")


# --- a model was named ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["thinker", "thinker:latest", "Thinker", "library/thinker"])
def test_a_model_is_found_by_any_of_its_names(fake: FakeOllama, workspace: Workspace, name: str) -> None:
    fake.add("thinker:latest")
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace, name)) == ("ollama", "thinker:latest")


def test_auto_finds_it_in_the_embedded_engine(
    fake: FakeOllama, workspace: Workspace, logged: Callable[[], str], add: None
) -> None:
    fake.add(OLLAMA_MODEL)
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace, "mine")) == ("embedded", "mine")
    assert "does not have mine" in logged()


def test_the_setting_comes_before_the_default(fake: FakeOllama, workspace: Workspace, add: None) -> None:
    fake.add("a:latest")
    fake.add("b:latest")
    set_default(workspace, "a")
    settings = EngineSettings(ollama_host=fake.url)
    assert names(open_model(settings, workspace)) == ("ollama", "a:latest")
    set_model = settings.model_copy(update={"model": "b"})
    assert names(open_model(set_model, workspace)) == ("ollama", "b:latest")
    assert names(open_model(set_model, workspace, "mine")) == ("embedded", "mine")


def test_a_model_in_no_engine_is_an_error_with_the_model_to_pull(
    fake: FakeOllama, workspace: Workspace, add: None
) -> None:
    with pytest.raises(ModelNotFound) as caught:
        open_model(EngineSettings(ollama_host=fake.url), workspace, "qwen2.5:7b")
    assert caught.value.message == (
        f"no model 'qwen2.5:7b': Ollama at {fake.url} does not have it; the embedded engine does not have it"
    )
    assert "ollama pull qwen2.5:7b, or ragft models add qwen2.5:7b PATH.gguf" in (caught.value.fix or "")


@pytest.mark.parametrize("settings", [{"model": "gone"}, {}])
def test_a_chosen_model_that_is_gone_is_an_error_and_no_other_answers(
    fake: FakeOllama, workspace: Workspace, add: None, settings: dict[str, str]
) -> None:
    fake.add("llama3.2:latest")
    set_default(workspace, "gone")
    with pytest.raises(ModelNotFound, match="no model 'gone'"):
        open_model(EngineSettings(ollama_host=fake.url, **settings), workspace)


def test_a_default_in_an_ollama_that_is_off_is_an_error_with_three_remedies(workspace: Workspace, add: None) -> None:
    set_default(workspace, "llama3.2")
    with pytest.raises(ModelNotFound) as caught:
        open_model(EngineSettings(ollama_host=NOWHERE), workspace)
    assert "the default model of this workspace: no Ollama answers" in caught.value.message
    for remedy in ("ollama serve", "ragft models default NAME", "engine.name=embedded"):
        assert remedy in (caught.value.fix or "")


def test_the_embedded_engine_asked_for_by_name_answers_with_its_own_and_says_so(
    workspace: Workspace, logged: Callable[[], str], add: None
) -> None:
    set_default(workspace, "llama3.2")
    settings = EngineSettings(name="embedded", ollama_host=NOWHERE)
    assert names(open_model(settings, workspace)) == ("embedded", "mine")
    assert "llama3.2, is not in the embedded engine; mine answers" in logged()


def test_ollama_asked_for_by_name_answers_with_its_own_only_if_the_default_is_elsewhere(
    fake: FakeOllama, workspace: Workspace, add: None
) -> None:
    fake.add("llama3.2:latest")
    settings = EngineSettings(name="ollama", ollama_host=fake.url)
    set_default(workspace, "mine")
    assert names(open_model(settings, workspace)) == ("ollama", "llama3.2:latest")
    set_default(workspace, "removed-by-hand")
    with pytest.raises(ModelNotFound, match="removed-by-hand"):
        open_model(settings, workspace)


@pytest.mark.parametrize(
    ("engine", "model", "other"), [("embedded", "llama3.2", "ollama"), ("ollama", "mine", "embedded")]
)
def test_a_model_in_the_other_engine_is_an_error_that_says_where_it_is(
    fake: FakeOllama, workspace: Workspace, add: None, engine: str, model: str, other: str
) -> None:
    fake.add("llama3.2:latest")
    settings = EngineSettings(name=engine, ollama_host=fake.url)
    with pytest.raises(ModelNotFound, match=f"it is in .*engine.name={other}"):
        open_model(settings, workspace, model)


def test_a_sick_ollama_is_named_where_the_model_is_nowhere_else(fake: FakeOllama, workspace: Workspace) -> None:
    fake.failures["/api/show"] = (500, "disk on fire")
    with pytest.raises(EngineError, match="disk on fire"):
        open_model(EngineSettings(ollama_host=fake.url), workspace, "llama3.2")


@pytest.mark.parametrize(("status", "remedy"), [(401, "set OLLAMA_API_KEY"), (403, "check OLLAMA_API_KEY")])
def test_an_ollama_that_refuses_access_says_what_to_set(
    fake: FakeOllama, workspace: Workspace, add: None, status: int, remedy: str, logged: Callable[[], str]
) -> None:
    fake.failures["/api/version"] = (status, "no")
    settings = EngineSettings(ollama_host=fake.url)
    assert names(open_model(settings, workspace)) == ("embedded", "mine")
    assert f"refuses access ({status}): no) → {remedy}" in logged()
    set_default(workspace, "llama3.2")
    for use in (settings, EngineSettings(name="embedded", ollama_host=fake.url, model="llama3.2")):
        with pytest.raises(ModelNotFound, match=rf"refuses access \({status}\)") as caught:
            open_model(use, workspace)
        assert remedy in (caught.value.fix or "")
        assert "ollama pull" not in (caught.value.fix or "")


def test_what_answers_and_is_no_ollama_is_said_with_its_remedy(fake: FakeOllama, workspace: Workspace) -> None:
    fake.failures["/api/version"] = (404, "not found")
    with pytest.raises(ModelNotFound) as caught:
        open_model(EngineSettings(ollama_host=fake.url), workspace, "llama3.2")
    assert "check OLLAMA_HOST" in (caught.value.fix or "")


def test_a_damaged_default_is_an_error(workspace: Workspace) -> None:
    set_default(workspace, "m")
    (workspace.models / "default").write_text("no name")
    with pytest.raises(WorkspaceError):
        open_model(EngineSettings(ollama_host=NOWHERE), workspace)


@pytest.mark.parametrize("by", ["name", "setting", "default"])
def test_an_embedding_model_is_refused_at_once(fake: FakeOllama, workspace: Workspace, by: str) -> None:
    fake.add("all-minilm:latest", **EMBEDDING)
    set_default(workspace, "all-minilm" if by == "default" else "other")
    settings = EngineSettings(ollama_host=fake.url, model="all-minilm" if by == "setting" else "")
    with pytest.raises(UsageError, match="all-minilm:latest cannot chat"):
        open_model(settings, workspace, "all-minilm" if by == "name" else None)
    assert fake.bodies("/api/chat") == []


def test_a_model_without_a_chat_template_is_warned_of(
    fake: FakeOllama, workspace: Workspace, logged: Callable[[], str]
) -> None:
    fake.add("raw:latest", template="{{ .Prompt }}")
    assert names(open_model(EngineSettings(ollama_host=fake.url), workspace, "raw")) == ("ollama", "raw:latest")
    assert "raw:latest has no chat template" in logged()


# --- engines -------------------------------------------------------------------------------------------------------


def test_ollama_by_name_must_answer(workspace: Workspace) -> None:
    for function in (open_engine, open_model):
        with pytest.raises(EngineUnavailable, match=r"engine\.name=embedded"):
            function(EngineSettings(name="ollama", ollama_host=NOWHERE), workspace)


def test_the_scripted_engine_by_name(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"default": {"reply": "x"}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    assert names(open_model(EngineSettings(name="scripted"), workspace)) == ("scripted", "scripted")
    set_default(workspace, "tuned")
    assert names(open_model(EngineSettings(name="scripted"), workspace)) == ("scripted", "tuned")


def test_an_engine_alone_needs_no_model(fake: FakeOllama, workspace: Workspace) -> None:
    assert open_engine(EngineSettings(ollama_host=NOWHERE), workspace).name == "embedded"
    assert open_engine(EngineSettings(ollama_host=fake.url), workspace).name == "embedded"
    fake.add("llama3.2:latest")
    assert open_engine(EngineSettings(ollama_host=fake.url), workspace).name == "ollama"


def test_every_request_has_the_window_and_the_life_time_of_the_settings(fake: FakeOllama, workspace: Workspace) -> None:
    fake.add("m:latest", capabilities=["completion"])
    settings = EngineSettings(ollama_host=fake.url, keep_alive="10m")
    opened = open_model(settings, workspace, "m", num_ctx=2048)
    opened.engine.load("m")
    (body,) = fake.bodies("/api/chat")
    assert (body["options"], body["keep_alive"]) == ({"num_ctx": 2048}, "10m")
    assert open_engine(settings, workspace, num_ctx=1024).num_ctx == 1024


def test_the_default_does_not_decide_where_runs_are_registered(
    fake: FakeOllama, workspace: Workspace, add: None
) -> None:
    fake.add("llama3.2:latest")
    set_default(workspace, "mine")
    settings = EngineSettings(ollama_host=fake.url)
    assert open_engine(settings, workspace).name == "ollama"
    assert open_engine(settings.model_copy(update={"model": "mine"}), workspace).name == "embedded"


def test_the_generator_is_never_the_default(fake: FakeOllama, workspace: Workspace, logged: Callable[[], str]) -> None:
    fake.add("llama3.2:latest", **weights(3.2))
    fake.add("papers:latest", **weights(1.0))
    set_default(workspace, "papers")
    settings = EngineSettings(ollama_host=fake.url)
    engine = open_engine(settings, workspace)
    assert generator_model(engine, settings, workspace).name == "llama3.2:latest"
    assert names(open_model(settings, workspace, use_default=False)) == ("ollama", "llama3.2:latest")
    said = logged()
    assert "model: llama3.2," in said
    assert "engine.model=llama3.2, or engine.model in config.toml" in said
    named = settings.model_copy(update={"model": "papers"})
    assert generator_model(engine, named, workspace).name == "papers:latest"
    engine.close()


def test_a_model_of_an_open_engine(fake: FakeOllama, workspace: Workspace, add: None) -> None:
    fake.add("llama3.2:latest")
    settings = EngineSettings(ollama_host=fake.url)
    engine = EmbeddedEngine(workspace)
    assert find_model(engine, "mine:latest", settings, workspace).name == "mine"
    with pytest.raises(ModelNotFound, match=r"engine\.name=ollama"):
        find_model(engine, "llama3.2", settings, workspace)


def test_any_model_can_be_looked_at(fake: FakeOllama, workspace: Workspace) -> None:
    fake.add("all-minilm:latest", **EMBEDDING)
    assert names(locate(EngineSettings(ollama_host=fake.url), workspace, "all-minilm")) == (
        "ollama",
        "all-minilm:latest",
    )
    with pytest.raises(ModelNotFound, match="no model 'nope'"):
        locate(EngineSettings(ollama_host=fake.url), workspace, "nope")
