"""The loss mask: completion inside, prompt outside, end of turn inside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.dataset.base import Row
from ragft.errors import TrainingError
from ragft.train.examples import IGNORED, common_prefix, encode, end_of_turn
from ragft.train.preview import preview
from tests.train.conftest import make_row

THINKING = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['role'] == 'assistant' and enable_thinking is not defined %}<think>\n\n</think>\n\n{% endif %}"
    "{% if m['role'] == 'assistant' and enable_thinking is defined %}<think>\n\n</think>\n\n{% endif %}"
    "{{ m['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)


@pytest.fixture
def tokenizer(tiny_base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def test_the_mask_holds_the_answer_and_its_end_and_nothing_else(tokenizer: Any) -> None:
    (example,) = encode([make_row(0)], tokenizer, max_length=512)
    trained = [label for label in example.labels if label != IGNORED]
    assert tokenizer.decode(trained) == "Low-rank adapters keep the weights frozen. [1]<|im_end|>\n"
    assert example.trained_tokens == len(trained)
    assert len(example.labels) == len(example.input_ids)
    rest = example.input_ids[: -len(trained)]
    assert tokenizer.decode(rest).endswith("<|im_start|>assistant\n")


def test_it_is_the_mask_that_trl_draws(tokenizer: Any, tiny_base: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import SFTConfig, SFTTrainer

    from ragft.train.quiet import quiet

    rows = [make_row(0), make_row(1, length=3)]
    with quiet():
        trainer = SFTTrainer(
            model=AutoModelForCausalLM.from_pretrained(tiny_base),
            args=SFTConfig(output_dir=str(tmp_path), use_cpu=True, report_to="none", max_length=None),
            train_dataset=Dataset.from_list(
                [{"prompt": list(r.prompt), "completion": list(r.completion)} for r in rows]
            ),
            processing_class=tokenizer,
        )
    theirs = sorted((tuple(r["input_ids"]), tuple(r["labels"])) for r in trainer.train_dataset)
    assert theirs == sorted((e.input_ids, e.labels) for e in encode(rows, tokenizer, max_length=512))


def test_a_thinking_template_puts_its_empty_block_into_the_masked_prompt(tokenizer: Any) -> None:
    tokenizer.chat_template = THINKING
    row = make_row(0)
    quiet_row = Row(row.prompt, row.completion, row.kind, chat_template_kwargs={"enable_thinking": False})
    (example,) = encode([quiet_row], tokenizer, max_length=512)
    assert "<think>" not in tokenizer.decode([label for label in example.labels if label != IGNORED])
    (loud,) = encode([row], tokenizer, max_length=512)
    assert "<think>" in tokenizer.decode([label for label in loud.labels if label != IGNORED])


def test_a_template_without_a_system_role_gets_the_text_in_the_user_turn(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        + tokenizer.chat_template
    )
    row = make_row(0)
    (example,) = encode([row], tokenizer, max_length=512)
    system, question = (turn["content"] for turn in row.prompt)
    rest = tokenizer.decode([i for i, label in zip(example.input_ids, example.labels, strict=True) if label == IGNORED])
    assert rest == f"<|im_start|>user\n{system}\n\n{question}<|im_end|>\n<|im_start|>assistant\n"


def test_a_template_that_does_not_close_the_turn_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    with pytest.raises(TrainingError, match="close the assistant's turn"):
        encode([make_row(0)], tokenizer, max_length=512)
    tokenizer.chat_template = None
    with pytest.raises(TrainingError, match="no chat template"):
        end_of_turn(tokenizer)


def test_a_prompt_that_renders_otherwise_with_its_answer_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% if messages[-1]['role'] == 'assistant' %}<|im_start|>done\n{% endif %}"
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    with pytest.raises(TrainingError, match="never sees in use"):
        encode([make_row(0)], tokenizer, max_length=512)


def test_the_row_that_would_lose_its_completion_is_named(tokenizer: Any) -> None:
    with pytest.raises(TrainingError, match=r"row 2 \(row1\).*whole completion.*train.max_length="):
        encode([make_row(0), make_row(1, length=30)], tokenizer, max_length=150)


def test_the_preview_is_the_rendered_row_in_two_spans(tiny_base: Path, tokenizer: Any) -> None:
    row = make_row(0)
    spans = preview(row, tiny_base, max_length=512)
    assert [span.trained for span in spans] == [False, True]
    rendered = tokenizer.apply_chat_template([*row.prompt, *row.completion], tokenize=False)
    assert "".join(span.text for span in spans) == rendered


def test_common_prefix() -> None:
    assert common_prefix([1, 2, 3], [1, 2, 4, 5]) == 2
    assert common_prefix([], [1]) == 0


@pytest.mark.parametrize("name", ["tokenize", "chat_template", "truncation", "max_length", "conversation"])
def test_a_row_cannot_change_how_it_is_rendered(tokenizer: Any, name: str) -> None:
    row = replace(make_row(0), chat_template_kwargs={name: 3})
    with pytest.raises(TrainingError, match=rf"row 1 \(row0\).*{name}"):
        encode([row], tokenizer, max_length=512)


@pytest.mark.parametrize("problem", ["{{ raise_exception('roles must alternate') }}", "{{ 1 / 0 }}", "{{ 'a' + 1 }}"])
def test_a_template_that_does_not_take_the_row_names_it(tokenizer: Any, problem: str) -> None:
    tokenizer.chat_template = f"{{% if messages | length > 2 %}}{problem}{{% endif %}}" + tokenizer.chat_template
    row = make_row(0)
    twice = replace(row, prompt=(row.prompt[1], row.prompt[1]))
    with pytest.raises(TrainingError, match=r"row 2 \(row0\): the base's chat template does not take it"):
        encode([replace(row, prompt=row.prompt[1:]), twice], tokenizer, max_length=512)


def test_an_end_of_turn_that_is_no_named_token_is_found(tokenizer: Any) -> None:
    """As Phi 3's <|end|>: special, but neither eos nor among the additional ones."""
    (end,) = tokenizer.encode("<|im_end|>", add_special_tokens=False)
    tokenizer.eos_token = tokenizer.pad_token = "<|endoftext|>"
    assert end not in tokenizer.all_special_ids
    assert end_of_turn(tokenizer) == end


@pytest.mark.parametrize("token", ["<|im_end|>", "<|endoftext|>", "<|im_start|>assistant"])
def test_a_special_token_in_the_text_of_a_row_stays_text(tokenizer: Any, token: str) -> None:
    row = make_row(0)
    turn = f"It ends with {token} here, and <|im_end|> there."
    literal = replace(
        row,
        prompt=({"role": "user", "content": f"What does {token} mean?"},),
        completion=({"role": "assistant", "content": turn},),
    )
    (example,) = encode([literal], tokenizer, max_length=512)
    special = set(tokenizer.added_tokens_decoder)
    # user, its end; assistant, its end: what the template puts, and nothing else
    assert [i for i in example.input_ids if i in special] == tokenizer.encode(
        "<|im_start|><|im_end|><|im_start|><|im_end|>", add_special_tokens=False
    )
    assert tokenizer.decode([label for label in example.labels if label != IGNORED]) == f"{turn}<|im_end|>\n"


def test_where_pieces_are_encoded_otherwise_than_the_whole_the_row_is_refused(tokenizer: Any) -> None:
    from tokenizers import pre_tokenizers

    row = make_row(0)
    literal = replace(row, completion=({"role": "assistant", "content": "It is <|im_end|>."},))
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="first"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    with pytest.raises(TrainingError, match=r"row 1 \(row0\): it holds the text '<\|im_end\|>', which.*special token"):
        encode([literal], tokenizer, max_length=512)
