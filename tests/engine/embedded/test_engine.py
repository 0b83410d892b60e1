"""The embedded engine with the real small model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from ragft.engine.base import ChatRequest, Engine, Message, ModelSpec, Options, collect_reply
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.embedded.registered_models import Files
from ragft.errors import ContextOverflow, EngineError, ModelNotFound
from ragft.workspace import Workspace
from tests.engine.gguf_maker import write_gguf

SHORT = Options(num_predict=16, num_ctx=512)


def _ask(text: str, options: Options = SHORT, *, system: str = "You are brief.", model: str = "smollm2") -> ChatRequest:
    return ChatRequest(model, (Message("system", system), Message("user", text)), options)


def test_it_is_an_engine(embedded_engine: EmbeddedEngine) -> None:
    assert isinstance(embedded_engine, Engine)
    assert embedded_engine.version().startswith("xllamacpp 20")


def test_an_answer_is_streamed_with_its_metrics(embedded_engine: EmbeddedEngine) -> None:
    request = _ask("Name the capital of France in one word.")
    chunks = list(embedded_engine.chat(request))
    assert "Paris" in "".join(chunk.content for chunk in chunks)
    assert len([chunk for chunk in chunks if chunk.content]) > 1
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    metrics = chunks[-1].metrics
    assert metrics is not None
    assert metrics.prompt_tokens == len(embedded_engine.tokenize("smollm2", embedded_engine.render(request)))
    assert 0 < metrics.generated_tokens <= 16
    assert metrics.prompt_seconds > 0
    assert metrics.total_seconds >= metrics.generate_seconds > 0


def test_the_reason_an_answer_ended(embedded_engine: EmbeddedEngine) -> None:
    _, cut = collect_reply(embedded_engine, _ask("Tell a long story.", SHORT.with_(num_predict=5)))
    assert cut.done_reason == "length"
    assert cut.metrics is not None
    assert cut.metrics.generated_tokens == 5
    whole, _ = collect_reply(embedded_engine, _ask("Tell a long story."))
    middle = whole.split()[4]
    text, stopped = collect_reply(embedded_engine, _ask("Tell a long story.", SHORT.with_(stop=(middle,))))
    assert stopped.done_reason == "stop"
    assert text == whole[: whole.index(middle)]


def test_the_same_question_has_the_same_answer_whatever_came_before(embedded_engine: EmbeddedEngine) -> None:
    system = "Answer from the passages. " + "The passage speaks of retrieval and of language models. " * 4
    request = _ask("What does the passage speak of?", SHORT.with_(num_predict=10), system=system)
    first, _ = collect_reply(embedded_engine, request)
    again, _ = collect_reply(embedded_engine, request)
    collect_reply(embedded_engine, _ask("And of what not?", system=system))
    after_a_shared_start, _ = collect_reply(embedded_engine, request)
    collect_reply(embedded_engine, _ask("Something else entirely."))
    after_another, _ = collect_reply(embedded_engine, request)
    assert first == again == after_a_shared_start == after_another


def test_a_seed_fixes_a_sampled_answer(embedded_engine: EmbeddedEngine) -> None:
    def write(seed: int) -> str:
        options = SHORT.with_(temperature=1.2, seed=seed, top_k=0, top_p=1.0, num_predict=10)
        return collect_reply(embedded_engine, _ask("Write a line of poetry.", options))[0]

    assert write(1) == write(1)
    assert write(1) != write(2)


def test_an_answer_follows_a_schema(embedded_engine: EmbeddedEngine) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "green"]}, "count": {"type": "integer", "maximum": 9, "minimum": 0}},
        "required": ["colour", "count"],
        "additionalProperties": False,
    }
    request = ChatRequest("smollm2", (Message("user", "Pick."),), SHORT.with_(num_predict=60), format=schema)
    parsed = json.loads(collect_reply(embedded_engine, request)[0])
    assert parsed["colour"] in {"red", "green"}
    assert isinstance(parsed["count"], int)


def test_a_schema_that_is_none_is_refused(embedded_engine: EmbeddedEngine) -> None:
    request = ChatRequest("smollm2", (Message("user", "Pick."),), SHORT, format={"type": "nonsense"})
    with pytest.raises(EngineError, match="refuses"):
        collect_reply(embedded_engine, request)


def test_the_prompt_as_it_is_fed(embedded_engine: EmbeddedEngine) -> None:
    turns = (Message("system", "S"), Message("user", "U"), Message("assistant", "A"), Message("user", "V"))
    assert embedded_engine.render(ChatRequest("smollm2", turns)) == (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"
        "<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n"
    )


def test_special_tokens_are_parsed(embedded_engine: EmbeddedEngine) -> None:
    ids = embedded_engine.tokenize("smollm2", "<|im_start|>hello<|im_end|>")
    assert (ids[0], ids[-1]) == (1, 2)
    assert len(ids) == 3
    assert embedded_engine.tokenize("smollm2", "") == []


def test_a_prompt_that_does_not_fit_is_refused_before_it_is_read(embedded_engine: EmbeddedEngine) -> None:
    began = time.monotonic()
    with pytest.raises(ContextOverflow, match=r"the prompt has \d+ tokens and num_ctx is 512"):
        embedded_engine.chat(_ask("word " * 600))
    assert time.monotonic() - began < 5


def test_a_model_is_loaded_once_for_requests_of_every_size(embedded_engine: EmbeddedEngine) -> None:
    embedded_engine.tokenize("smollm2", "Hello")
    first = list(embedded_engine._loaded.values())
    embedded_engine.load("smollm2")
    collect_reply(embedded_engine, _ask("Say hello.", SHORT))
    collect_reply(embedded_engine, _ask("Say hello.", Options(num_predict=1)))
    assert list(embedded_engine._loaded.values()) == first


def test_what_the_model_expects_next_is_what_it_writes(embedded_engine: EmbeddedEngine) -> None:
    request = _ask("What is the capital of France?", Options(num_predict=1))
    prompt = embedded_engine.render(request)
    found = embedded_engine.next_tokens("smollm2", prompt, top=5)
    assert len(found) == 5
    assert found[0].text == collect_reply(embedded_engine, request)[0]
    assert [one.logprob for one in found] == sorted((one.logprob for one in found), reverse=True)
    with pytest.raises(ContextOverflow):
        embedded_engine.next_tokens("smollm2", "word " * 20_000)


def test_a_small_num_ctx_counts_even_where_more_is_loaded(embedded_engine: EmbeddedEngine) -> None:
    collect_reply(embedded_engine, _ask("Hello", SHORT.with_(num_predict=1)))
    tight = SHORT.with_(num_ctx=64, num_predict=-1)
    with pytest.raises(ContextOverflow, match="num_ctx is 64"):
        embedded_engine.chat(_ask("word " * 80, tight))
    _, last = collect_reply(embedded_engine, _ask("Tell a story. " + "word " * 30, tight))
    assert last.metrics is not None
    assert last.metrics.prompt_tokens + last.metrics.generated_tokens <= 64


def test_more_than_the_model_was_trained_for_is_not_loaded(embedded_engine: EmbeddedEngine) -> None:
    with pytest.raises(ContextOverflow, match="num_ctx is 8192"):
        embedded_engine.chat(_ask("word " * 9000, SHORT.with_(num_ctx=1_000_000)))


def test_closing_the_iterator_stops_the_generation(embedded_engine: EmbeddedEngine) -> None:
    answer = embedded_engine.chat(_ask("Tell a very long story.", Options(num_predict=2000, num_ctx=4096)))
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    began = time.monotonic()
    collect_reply(embedded_engine, _ask("Hello", SHORT.with_(num_predict=1)))
    assert time.monotonic() - began < 5, "the next answer waited for the abandoned one"


def test_threads_may_share_the_engine(embedded_engine: EmbeddedEngine) -> None:
    questions = [f"What is {number} plus {number}?" for number in range(4)]
    alone = {text: collect_reply(embedded_engine, _ask(text))[0] for text in questions}
    together: dict[str, str] = {}

    def ask(text: str) -> None:
        together[text] = collect_reply(embedded_engine, _ask(text))[0]

    threads = [threading.Thread(target=ask, args=(text,)) for text in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_two_streams_of_two_models_in_turn(embedded_engine: EmbeddedEngine, smollm2: Path) -> None:
    alone, _ = collect_reply(embedded_engine, _ask("Say hello."))
    template = embedded_engine.show("smollm2").template
    for name in ("a", "b"):  # an own template, or one load would do for all
        embedded_engine.create(ModelSpec(f"copy:{name}", gguf=smollm2, template=f"{template}{{# {name} #}}"))
    streams = [embedded_engine.chat(_ask("Say hello.", model=name)) for name in ("smollm2", "copy:a", "copy:b")]
    heard = ["", "", ""]
    for round_ in range(40):  # the third model unloads the first while its answer is still being read
        for place, stream in enumerate(streams):
            heard[place] += getattr(next(stream, None), "content", "")
        assert round_ < 40
    assert heard == [alone, alone, alone]
    embedded_engine.delete("copy:a")
    embedded_engine.delete("copy:b")


def test_a_registered_model_has_its_own_system_text_and_template(
    embedded_engine: EmbeddedEngine, smollm2: Path
) -> None:
    turns = "{% for m in messages %}[{{ m.role }}] {{ m.content }} {% endfor %}"
    template = turns + "{% if add_generation_prompt %}[assistant]{% endif %}"
    embedded_engine.create(ModelSpec("own", gguf=smollm2, template=template, system="Be kind."))
    asked = ChatRequest("own", (Message("user", "Hi"),))
    assert embedded_engine.render(asked) == "[system] Be kind. [user] Hi [assistant]"
    given = ChatRequest("own", (Message("system", "Be harsh."), Message("user", "Hi")))
    assert embedded_engine.render(given) == "[system] Be harsh. [user] Hi [assistant]"
    embedded_engine.create(ModelSpec("own", gguf=smollm2))
    assert embedded_engine.render(given).startswith("<|im_start|>system\nBe harsh.")
    embedded_engine.delete("own")
    with pytest.raises(ModelNotFound):
        embedded_engine.render(asked)


def test_what_may_follow_each_token(embedded_engine: EmbeddedEngine) -> None:
    ids = embedded_engine.tokenize("smollm2", "The capital of France is")
    positions = embedded_engine.logprobs("smollm2", ids, top=3)
    assert len(positions) == len(ids)
    assert positions[-1][0].text == " Paris"
    assert all(len(position) == 3 for position in positions)
    assert all(a.logprob >= b.logprob for position in positions for a, b in pairwise(position))


def test_half_a_character_may_follow(embedded_engine: EmbeddedEngine) -> None:
    """The likeliest token here is the first part of a character of several."""
    ids = embedded_engine.tokenize("smollm2", "Emoji 😀 and 日本語")
    positions = embedded_engine.logprobs("smollm2", ids, top=5)
    assert len(positions) == len(ids)
    assert any("\ufffd" in position[0].text for position in positions), "no such place in this text"


def test_thinking_is_refused_where_the_model_cannot(embedded_engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match="does not support thinking"):
        embedded_engine.chat(ChatRequest("smollm2", (Message("user", "?"),), SHORT, think=True))


def test_thoughts_are_kept_apart(embedded_engine: EmbeddedEngine, smollm2: Path) -> None:
    template = (
        "{%- for m in messages %}{%- if m.role == 'assistant' %}{{- '<|im_start|>assistant\n' }}"
        "{%- if m.reasoning_content %}{{- '<think>\n' + m.reasoning_content + '\n</think>\n\n' }}{%- endif %}"
        "{{- m.content + '<|im_end|>\n' }}"
        "{%- else %}{{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{%- endif %}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
        "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}"
        "{%- else %}{{- '<think>\n' }}{%- endif %}{%- endif %}"
    )
    embedded_engine.create(ModelSpec("thinker", gguf=smollm2, template=template))
    turns = (Message("user", "What is two plus two?"),)
    assert embedded_engine.render(ChatRequest("thinker", turns, SHORT, think=False)).endswith("<think>\n\n</think>\n\n")
    assert embedded_engine.render(ChatRequest("thinker", turns, SHORT, think=True)).endswith("assistant\n<think>\n")
    aloud = list(embedded_engine.chat(ChatRequest("thinker", turns, SHORT, think=True)))
    assert "".join(chunk.thinking for chunk in aloud)
    quiet = list(embedded_engine.chat(ChatRequest("thinker", turns, SHORT, think=False)))
    assert "".join(chunk.thinking for chunk in quiet) == ""
    assert "".join(chunk.content for chunk in quiet)
    embedded_engine.delete("thinker")


def test_an_unknown_model(embedded_engine: EmbeddedEngine) -> None:
    with pytest.raises(ModelNotFound, match="it has: smollm2"):
        embedded_engine.chat(_ask("?", model="nope"))


def test_a_file_llama_cpp_cannot_load_is_an_error_not_a_crash(tmp_path: Path) -> None:
    engine = EmbeddedEngine(Workspace(tmp_path))
    engine.create(ModelSpec("odd", gguf=write_gguf(tmp_path / "odd.gguf")))
    with pytest.raises(EngineError, match=r"llama\.cpp cannot load"):
        engine.chat(_ask("?", model="odd"))


def test_a_closed_engine_loads_nothing_again(tmp_path: Path, smollm2: Path) -> None:
    engine = EmbeddedEngine(Workspace(tmp_path), threads=1)
    engine.load("smollm2")
    engine.close()
    for ask in (engine.load, lambda model: engine.tokenize(model, "a"), lambda _: engine.render(_ask("Hello"))):
        with pytest.raises(EngineError, match="smollm2 is not loaded: the engine was closed"):
            ask("smollm2")
    assert not engine._loaded


def test_closing_waits_for_no_load_and_what_is_loaded_meanwhile_is_freed(tmp_path: Path, smollm2: Path) -> None:
    loading, go_on = threading.Event(), threading.Event()

    class Slow(EmbeddedEngine):
        def _make_room(self, files: Files) -> None:
            loading.set()
            assert go_on.wait(20)

    engine = Slow(Workspace(tmp_path), threads=1)
    with ThreadPoolExecutor() as threads:
        load = threads.submit(engine.load, "smollm2")
        assert loading.wait(20)
        threads.submit(engine.close).result(timeout=5)
        go_on.set()
        with pytest.raises(EngineError, match="the engine was closed"):
            load.result(timeout=60)
    assert not engine._loaded


def test_llama_cpp_keeps_quiet(smollm2: Path, tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from ragft.engine.base import ChatRequest, Message, Options, collect_reply
        from ragft.engine.embedded.engine import EmbeddedEngine
        from ragft.workspace import Workspace

        engine = EmbeddedEngine(Workspace(Path({str(tmp_path)!r})))
        request = ChatRequest("smollm2", (Message("user", "Hi"),), Options(num_predict=2, num_ctx=512))
        print("answer:", len(collect_reply(engine, request)[0]) > 0)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert (done.stdout, done.stderr) == ("answer: True\n", "")


@pytest.mark.parametrize("chosen", ["", "active"])
def test_threads_spin_briefly_while_they_wait_unless_the_user_decides(chosen: str, smollm2: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from ragft.engine.embedded.engine import EmbeddedEngine\n"
        "from ragft.workspace import Workspace\n"
        "assert EmbeddedEngine(Workspace(Path('none').absolute()), threads=1).tokenize('smollm2', 'tide')\n"
        "print(os.environ['OMP_WAIT_POLICY'], os.environ.get('GOMP_SPINCOUNT'))"
    )
    environment = {k: v for k, v in os.environ.items() if k not in {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}}
    environment |= {"OMP_WAIT_POLICY": chosen} if chosen else {}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("active None" if chosen else "passive 1000")
