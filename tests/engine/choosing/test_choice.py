"""Which of the models at hand is asked where nobody has named one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.engine.base import ModelInfo
from ragft.engine.choosing.choice import (
    ModelChoice,
    fits,
    model_warnings,
    most_capable,
    only_thinks,
    require_chat,
    runs_elsewhere,
    template_problem,
    unfit,
)
from ragft.errors import UsageError

GO = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}"
GB = 10**9
MEMORY = 16 * GB


def model(name: str, billions: float = 3.0, **facts: Any) -> ModelInfo:
    """A chat model in four bits, unless `facts` says otherwise."""
    known: dict[str, Any] = {
        "digest": "sha256:0",
        "size": int(billions * 0.62e9),
        "engine": "ollama",
        "capabilities": ("completion",),
        "template": GO,
        "context_length": 131072,
        "parameter_size": int(billions * 1e9),
    }
    return ModelInfo(name, **(known | facts))


def chosen(*models: ModelInfo, memory: int | None = MEMORY) -> str | None:
    choice = most_capable(models, memory)
    return choice.model.name if choice else None


EMBEDDING = model("all-minilm:latest", 0.02, capabilities=("embedding",), template="{{ .Prompt }}", context_length=512)
CLOUD = model("gpt-oss:120b-cloud", 117, size=384)
LLAMA = model("llama3.2:latest", 3.2)


def test_the_larger_model_is_taken() -> None:
    assert chosen(model("llama3.2:1b", 1.2), LLAMA, model("qwen2.5:0.5b", 0.5)) == "llama3.2:latest"


def test_what_does_not_fit_the_memory_is_not() -> None:
    assert chosen(model("llama3.1:70b", 70), LLAMA) == "llama3.2:latest"
    assert chosen(model("llama3.1:70b", 70), LLAMA, memory=96 * GB) == "llama3.1:70b"


def test_on_another_machine_the_memory_is_not_known_and_everything_fits() -> None:
    assert chosen(model("llama3.1:70b", 70), LLAMA, memory=None) == "llama3.1:70b"


@pytest.mark.parametrize(
    "never",
    [
        EMBEDDING,
        CLOUD,
        model("raw:latest", 8, template="{{ .Prompt }}"),
        model("empty:latest", 8, template=""),
        model("huge:latest", 400),
    ],
    ids=lambda each: each.name,
)
def test_what_is_never_chosen(never: ModelInfo) -> None:
    assert chosen(never) is None
    assert chosen(never, model("tiny:latest", 0.1)) == "tiny:latest"
    assert unfit(never, MEMORY)


@pytest.mark.parametrize(
    "last",
    [
        "qwen2.5-coder:7b",
        "hf.co/bartowski/Codestral-22B-GGUF:Q2_K",
        "devstral:latest",
        "llama-guard3:8b",
        "qwen2.5-math:7b",
        "bge-rerank:latest",
        "mxbai-embed-large:latest",
    ],
)
def test_models_for_code_and_other_special_uses_come_last(last: str) -> None:
    assert chosen(model(last, 7), model("smollm2:360m", 0.36)) == "smollm2:360m"
    assert chosen(model(last, 7)) == last


def test_a_coder_comes_before_a_model_that_only_judges_or_reads_images() -> None:
    assert chosen(model("llama-guard3:8b", 8), model("qwen2.5-coder:1.5b", 1.5)) == "qwen2.5-coder:1.5b"


def test_the_namespace_of_a_model_does_not_make_it_a_coder() -> None:
    assert chosen(model("codefuse/llama3:8b", 8), LLAMA) == "codefuse/llama3:8b"


def test_a_model_that_only_thinks_ranks_below_one_of_similar_size_that_need_not() -> None:
    thinker = model("deepseek-r1:7b", 7.6, capabilities=("completion", "thinking"))
    assert chosen(thinker, model("qwen2.5:7b", 7.6)) == "qwen2.5:7b"
    assert chosen(thinker, model("gemma3:4b", 4.3)) == "gemma3:4b"
    assert chosen(thinker, model("llama3.2:1b", 1.2)) == "deepseek-r1:7b"


@pytest.mark.parametrize(
    ("name", "template", "only"),
    [
        ("mine:latest", "<|im_start|>assistant\n<think>\n", True),
        ("mine:latest", "{{- '<|im_start|>assistant\\n<think>\\n' }}\n{%- endif %}", True),
        ("mine:latest", "<think>{{ .Thinking }}</think> … {{ if not .Think }}<think>\n\n</think>{{ end }}", False),
        ("mine:latest", GO, False),
        ("qwen3:4b-thinking-2507-q4_K_M", GO, True),
        ("gpt-oss:20b", GO, True),
        ("qwen3:8b", GO, False),
    ],
)  # fmt: skip
def test_a_model_that_thinks_in_spite_of_its_settings(name: str, template: str, only: bool) -> None:
    assert only_thinks(model(name, template=template)) is only


def test_images_do_no_harm() -> None:
    assert chosen(model("gemma3:4b", 4.3, capabilities=("completion", "vision")), LLAMA) == "gemma3:4b"


def test_a_short_context_ranks_below_one_of_similar_size() -> None:
    assert chosen(model("llama2:7b", 6.7, context_length=4096), model("phi3:3.8b", 3.8)) == "phi3:3.8b"


def test_of_one_size_the_smaller_file_of_four_bits_or_more() -> None:
    half, eight, two = (model(f"m:{bits}", 8, size=bits * GB) for bits in (16, 8, 2))
    four = model("m:4", 8, size=int(4.9 * GB))
    assert chosen(half, eight, four, two, memory=64 * GB) == "m:4"


def test_a_model_of_unknown_size_is_judged_by_its_file() -> None:
    assert chosen(model("a:latest", 8, parameter_size=0), LLAMA) == "a:latest"


def test_nothing_to_choose() -> None:
    assert most_capable([], MEMORY) is None


def test_the_choice_is_explained() -> None:
    def why(*models: ModelInfo, memory: int | None = MEMORY) -> str:
        choice = most_capable(models, memory)
        assert isinstance(choice, ModelChoice)
        return choice.why

    small = model("llama3.2:1b", 1.2)
    assert why(LLAMA, small, EMBEDDING) == (
        "the most capable of 2 chat models that can be used here; 3.2B weights, 2.0 GB"
    )
    tiny = model("smollm2:135m", 0.135)
    assert why(tiny, CLOUD) == "the only chat model that can be used here; 135M weights, 0.1 GB"
    assert why(model("a:latest", parameter_size=0)).endswith("; 1.9 GB")


NAMES = st.sampled_from(["llama3.2", "qwen3:8b", "qwen2.5-coder:7b", "deepseek-r1:7b", "gpt-oss:120b-cloud", "guard"])
MODELS = st.builds(
    model,
    NAMES,
    st.floats(0.1, 100),
    template=st.sampled_from([GO, "", "{{ .Prompt }}"]),
    capabilities=st.sampled_from([("completion",), ("embedding",), ("completion", "thinking"), ()]),
    context_length=st.sampled_from([0, 2048, 32768]),
    parameter_size=st.sampled_from([0, 10**9, 8 * 10**9]),
)


@given(st.lists(MODELS, max_size=8), st.sampled_from([None, 4 * GB, 16 * GB]), st.randoms())
def test_the_order_of_the_list_decides_nothing(models: list[ModelInfo], memory: int | None, random: Any) -> None:
    choice = most_capable(models, memory)
    shuffled = list(models)
    random.shuffle(shuffled)
    again = most_capable(shuffled, memory)
    assert (choice and (choice.model.name, choice.why)) == (again and (again.model.name, again.why))
    assert (choice is None) == all(unfit(each, memory) for each in models)


def test_context_and_buffers_count_as_memory() -> None:
    assert fits(model("m", size=10 * GB), MEMORY)
    assert not fits(model("m", size=11 * GB), MEMORY)
    assert fits(model("m", size=11 * GB), None)


@pytest.mark.parametrize(
    "cloud",
    [CLOUD, model("mine:latest", 480, size=400), model("x:latest", size=384, details={"remote_host": "https://o.com"})],
)
def test_a_model_whose_weights_are_elsewhere(cloud: ModelInfo) -> None:
    assert runs_elsewhere(cloud)
    assert any("leave this machine" in text for text in model_warnings(cloud))
    assert not runs_elsewhere(LLAMA)


def test_an_embedding_model_is_refused() -> None:
    with pytest.raises(UsageError, match="all-minilm:latest cannot chat"):
        require_chat(EMBEDDING)
    assert require_chat(LLAMA) is LLAMA


def test_a_model_without_a_template_is_warned_of_with_the_remedy() -> None:
    raw = model("raw:latest", template="{{ .Prompt }}")
    (warning,) = model_warnings(raw)
    assert "no chat template" in warning
    assert "ollama create raw:latest -f Modelfile" in warning
    assert "without the system text" in warning
    (warning,) = model_warnings(model("raw:latest", template="{{ .System }} {{ .Prompt }}"))
    assert "without the system text" not in warning
    assert template_problem(LLAMA) is None
    assert template_problem(EMBEDDING) is None, "what cannot chat is told otherwise"
