"""Both answers of a pair in one pass: the numbers are those of each answer read alone."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ragft.train.pairs import PreferencePair


@pytest.fixture(scope="module")
def pairs(slow: None) -> ModuleType:
    """What is tested; it imports torch, which a worker that only collects these tests does not need."""
    from ragft.train import pairs

    return pairs


@pytest.fixture(scope="module")
def pair(pairs: ModuleType) -> PreferencePair:
    made: PreferencePair = pairs.PreferencePair("p", tuple(range(10, 40)), (50, 51, 52, 53, 2), (60, 51, 2))
    return made


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_base).eval()


def alone(model: Any, pair: PreferencePair, answer: tuple[int, ...]) -> float:
    """The sum of the answer's log-probabilities by the whole logits of an ordinary pass."""
    import torch

    ids = torch.tensor([[*pair.prompt, *answer]])
    with torch.no_grad():
        scores = model(input_ids=ids).logits[0].log_softmax(-1)
    return sum(float(scores[len(pair.prompt) - 1 + i, token]) for i, token in enumerate(answer))


@pytest.mark.parametrize("together", [True, False])
def test_each_answer_is_as_likely_as_alone(pairs: ModuleType, pair: PreferencePair, model: Any, together: bool) -> None:
    chosen, rejected = pairs.log_probabilities(model, pair, together=together)
    assert chosen == pytest.approx(alone(model, pair, pair.chosen), abs=1e-4)
    assert rejected == pytest.approx(alone(model, pair, pair.rejected), abs=1e-4)


def test_the_loss_and_its_gradient_are_those_of_two_passes(pairs: ModuleType, pair: PreferencePair, model: Any) -> None:
    import torch

    grads = []
    for together in (True, False):
        said = pairs.PairModel(model, together=together)(**batch(pair))
        assert said.log_probs.shape == (2, len(pair.prompt) + len(pair.chosen) - 1)
        chosen, rejected = said.log_probs.sum(dim=1)
        assert chosen.item() == pytest.approx(alone(model, pair, pair.chosen), abs=1e-4)
        model.zero_grad()
        torch.nn.functional.softplus(rejected - chosen).backward()
        grads.append([parameter.grad.clone() for parameter in model.parameters()])
    for first, second in zip(*grads, strict=True):
        torch.testing.assert_close(first, second, rtol=1e-3, atol=1e-5)


def test_what_trl_logs_beside_the_loss_is_that_of_its_own_head(
    pairs: ModuleType, pair: PreferencePair, tiny_base: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM
    from trl.trainer.utils import add_fused_lm_head

    theirs = AutoModelForCausalLM.from_pretrained(tiny_base).eval()
    add_fused_lm_head(theirs, outputs=("log_probs", "entropy", "mean_logits", "is_top1"))
    inputs = batch(pair)
    with torch.no_grad():
        expected = theirs(**inputs, fused_lm_head=True)
        found = pairs.PairModel(theirs, together=True)(**inputs)
    for name in ("log_probs", "entropy", "mean_logits"):
        torch.testing.assert_close(getattr(found, name), getattr(expected, name), rtol=1e-3, atol=1e-4)
    assert torch.equal(found.is_top1, expected.is_top1)


def test_a_model_that_reads_otherwise_with_a_mask_is_found_out(
    pairs: ModuleType, pair: PreferencePair, model: Any
) -> None:
    class Deaf:
        """It passes over the mask, as one with recurrent layers would."""

        device, dtype = model.device, model.dtype

        def __call__(self, **given: Any) -> Any:
            return model(**{name: value for name, value in given.items() if name != "attention_mask"})

    def refusing(**given: Any) -> Any:
        if "position_ids" in given:
            raise TypeError("forward() got an unexpected keyword argument 'position_ids'")
        return model(**given)

    refuser = type("Refuser", (SimpleNamespace,), {"__call__": lambda _, **given: refusing(**given)})
    assert pairs.reads_together(model, pair)
    assert not pairs.reads_together(Deaf(), pair)
    assert not pairs.reads_together(refuser(device=model.device, dtype=model.dtype), pair)


def batch(pair: PreferencePair) -> dict[str, Any]:
    """The pair as TRL's collator makes it."""
    from trl.trainer.dpo_trainer import DataCollatorForPreference

    rows = [{"prompt_ids": [*pair.prompt], "chosen_ids": [*pair.chosen], "rejected_ids": [*pair.rejected]}]
    made = DataCollatorForPreference(pad_token_id=2)(rows)
    labels = made["input_ids"].masked_fill(made.pop("completion_mask") == 0, -100)
    return {**made, "labels": labels}
