"""False sentences that once got a checked citation, each beside the true one."""

from __future__ import annotations

import pytest

from ragft.answer.checker import check
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.prompt import assign_keys
from tests.answer.fakes import hit

GPT3 = "We train GPT-3, an autoregressive language model with 175 billion parameters, and measure it."
SCORES = "On MMLU, code-davinci-002 reaches 77.4, whereas LLaMA-65B reaches 68.9 after instruction tuning."
OVERTAKEN = "RoBERTa has been overtaken by newer models on all tasks."
ADAMAX = "Finally, we discuss AdaMax, a variant of the Adam algorithm based on the infinity norm."
CHAINS = (
    "Chain-of-thought prompting does not positively impact performance for small models, and only yields gains with "
    "models of about 100B parameters."
)


@pytest.mark.parametrize(
    ("text", "false", "true"),
    [
        (GPT3, "The model GPT-4 has 175B parameters.", "The model GPT-3 has 175B parameters."),
        (SCORES, "LLaMA-65B reaches 77.4 on MMLU.", "code-davinci-002 reaches 77.4 on MMLU."),
        (OVERTAKEN, "RoBERTa and LLaMA have been overtaken by newer models.", OVERTAKEN),
        (
            ADAMAX,
            "Adam is a variant of the Adam algorithm based on the infinity norm.",
            "AdaMax is a variant of the Adam algorithm based on the infinity norm.",
        ),
        (
            CHAINS,
            "Chain of thought positively impacts performance for small models.",
            "Chain of thought does not positively impact performance for small models.",
        ),
        (CHAINS, "Chain of thought helps small models.", "Chain of thought yields gains with models of about 100B."),
    ],
)  # fmt: skip
def test_the_false_sentence_is_not_supported_and_the_true_one_is(text: str, false: str, true: str) -> None:
    evidence = assign_keys([hit(text, title="On language models")])
    for sentence, supported in ((false, False), (true, True)):
        question = "What is said of these models?"
        checked = check(f"{sentence} [1]", evidence, question=question, supporter=Supporter(), threshold=0.6)
        assert [one.supported for one in checked.sentences] == [supported]
