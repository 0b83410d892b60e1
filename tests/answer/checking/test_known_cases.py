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


SETS = (
    "We train on GateNet-9k with 9k kinds and 12M photos (Roe et al., 2009), and LOCK (Doe et al., 2017) with 4k kinds "
    "and 250M coloured photos."
)
AGREED = (
    "For leakage and wall seepage, the two inspectors agreed in around 95% of cases. For gate seepage, they agreed in "
    "around 90% of the cases."
)
ENSEMBLE = (
    "LK-x5 needs fewer steps. Gates rise slowly. For our ensemble, we used 6 networks. Each was based on LK-x30, "
    "modified in the last layer."
)
DROPOUT = "For the base model, a dropout rate of 0.1 is used during the training of all layers."
RAM = (
    "It was trained on 8 GPUs. Searching is fast, so we store the index on CPU, requiring 90 GB of CPU memory for "
    "all of Locks."
)
REPLACED = "Detection stays above 0.8 even when nearly a quarter of the text has been replaced."
STAGES = "The research on locks has three stages: Naive LOCKS, Advanced LOCKS, and Modular LOCKS."
MARKED = "The original network uses parallel attention heads as in [12] and in the work of Doe [3, 8]."


@pytest.mark.parametrize(
    ("text", "false", "true"),
    [
        (
            SETS,
            "GateNet-9k has 250 million photos of 4 thousand kinds.",
            "LOCK has 250 million photos of 4 thousand kinds.",
        ),
        (
            SETS,
            "LOCK has 12 million photos of 4 thousand kinds.",
            "GateNet-9k has 12 million photos of 9 thousand kinds.",
        ),
        (
            AGREED,
            "For gate seepage the two inspectors agreed in around 95% of the cases.",
            "For gate seepage the inspectors agreed in around 90% of the cases.",
        ),
        (
            ENSEMBLE,
            "The ensemble consists of six networks, each based on LK-x5.",
            "The ensemble consists of six networks, each based on LK-x30.",
        ),
        (
            DROPOUT,
            "The big model was trained with a dropout rate of 0.1.",
            "The base model was trained with a dropout rate of 0.1.",
        ),
        (
            RAM,
            "The index of all locks takes about 90 GB of GPU memory.",
            "The index of all locks takes about 90 GB of CPU memory.",
        ),
        (
            REPLACED,
            "Detection stays above 0.8 even when almost three quarters of the text has been replaced.",
            "Detection stays above 0.8 even when 25% of the text has been replaced.",
        ),
        (
            STAGES,
            "Yes, the research divides LOCKS into naive, advanced and graph LOCKS.",
            "Yes, the research divides LOCKS into naive, advanced and modular LOCKS.",
        ),
        (
            MARKED,
            "The original network uses 12 parallel attention heads.",
            "The original network uses parallel attention heads.",
        ),
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
)
def test_the_false_sentence_is_not_supported_and_the_true_one_is(text: str, false: str, true: str) -> None:
    evidence = assign_keys([hit(text, title="On language models")])
    for sentence, supported in ((false, False), (true, True)):
        question = "What is said of these models?"
        checked = check(f"{sentence} [1]", evidence, question=question, supporter=Supporter(), threshold=0.6)
        assert [one.supported for one in checked.sentences] == [supported]
