"""True sentences in other words than their source, which no rule of the check may doubt."""

from __future__ import annotations

import pytest

from ragft.answer.checker import check
from ragft.answer.checking.doubts import doubts
from ragft.answer.checking.support import Supporter
from tests.answer.fakes import evidence, hit

ENGLISH = [
    ("Some keepers agreed with the plan.", "Not all keepers agreed with the plan."),
    ("A wide gate often lowers leaks.", "A wide gate does not always lower leaks, but it often does."),
    ("A low gate lowers leaks in some cases.", "A low gate does not necessarily lower leaks; in some cases it does."),
    (
        "Unlike Mira, Haro has 12 gates, and Tessa has 48 gates.",
        "Haro has 12 gates, and Tessa has 48 gates. Mira has 2.",
    ),
    ("Mira lowers leaks in winter.", "Mira reduces leaks in winter. Haro does not lower leaks there."),
    ("Few keepers objected to the plan.", "Keepers rarely objected to the plan."),
    (
        "Leaks were smaller in young gates than in gates above 60.",
        "Leaks were larger in gates above 60 than in young gates.",
    ),
    ("Norway approved the gate in 2021.", "The gate was approved in Canada in 2018 and in Norway in 2021."),
    (
        "With 88.1 in summer, Orin is ahead of Mira.",
        "In summer, Orin fills 88.1 tons and Mira fills 85.4 tons; so Orin is ahead of Mira with 88.1.",
    ),
    ("The two gauges differ on 3% of the days.", "The two gauges rarely differ, on 3% of the days."),
    ("Filling the lock in a day exceeds its pump.", "It is impossible to fill the lock in a day: it exceeds its pump."),
    ("The sieve drops stones of low weight.", "The sieve drops unlikely stones, those of low weight."),
    ("Small keepers struggle to lift the beam.", "Small keepers are unable to lift the beam."),
    ("The keeper and the guard stay out.", "Neither the keeper nor the guard is let in; both stay out."),
    (
        "With Haro 81.3 is reached, and with full filling 79.0.",
        "We use Haro (81.3 vs. 79.0 for full filling).",
    ),
    ("Haro holds more than Mira at 41% and 33%.", "Haro holds more than Mira (41% vs. 33%)."),
    (
        "Haro has 8 gates and Mira 16.",
        "Haro fills in 16 days and Mira in 8 days. Haro has 8 gates; Mira has 16.",
    ),
    ("Maxlock is a generalization of Haro.", "Haro is a special case of Maxlock."),
    ("A canal is a generalization of a ditch.", "A ditch is an instance of a canal with width 1."),
    (
        "Unlike Tessa, Haro has 12 gates, and Mira has 48 gates.",
        "Haro has 12 gates, and Mira has 48. Tessa has 2.",
    ),
    ("Every third boat is painted.", "Boats 3, 6, 9 are painted; one boat in three."),
    ("Pumps run together, whereas gates open one by one.", "While gates are sequential, pumps run simultaneously."),
    ("With a weir, a pump is unnecessary.", "A weir obviates the need for a pump."),
]
FOREIGN = [
    ("LoRA trainiert die Gewichte von GPT-3 nicht", "LoRA keeps the weights of GPT-3 frozen."),
    ("Der Transformer kommt ohne RNNs und ohne CNNs aus", "The Transformer dispenses with RNNs and CNNs."),
    ("BERT nutzt nicht nur MLM, sondern auch NSP", "BERT uses MLM and NSP."),
    ("LoRA ne met à jour que 0,01 % des poids de GPT-3, pas plus", "LoRA updates 0.01% of the weights of GPT-3."),
    ("LoRA apenas entrena el 0,01 % de los pesos de GPT-3", "LoRA trains only 0.01% of the weights of GPT-3."),
    ("LoRA 不需要更新 GPT-3 的参数", "LoRA freezes the weights of GPT-3."),
    ("GPT-3 非常大，有 1750 亿参数", "GPT-3 is very large and has 175 billion parameters."),
    ("未来 GPT-4 和 BERT 会结合", "GPT-4 and BERT will be combined in the future."),
    ("BERT 不仅用 MLM，还用 NSP", "BERT uses MLM and also NSP."),
    ("BERTは少ないデータでも80.5%になる", "BERT reaches 80.5% with little data."),
    ("GPT-3では1750億の重みを学習しなければならない", "In GPT-3, 175 billion weights must be trained."),
    ("BERT는 GLUE뿐만 아니라 SQuAD에서도 최고이다", "BERT is best on both GLUE and SQuAD."),
]


@pytest.mark.parametrize(("claim", "source"), ENGLISH)
def test_a_true_sentence_is_not_contradicted(claim: str, source: str) -> None:
    passage = hit(source, title="On locks")
    assert not set(doubts(claim, [passage], [passage])) - {"words_missing"}


@pytest.mark.parametrize(("claim", "source"), FOREIGN)
def test_a_true_sentence_in_another_language_is_cited(claim: str, source: str) -> None:
    checked = check(f"{claim} [1].", evidence(source), question=claim, supporter=Supporter(), threshold=0.6)
    assert [one.verdict for one in checked.sentences] == ["other_language"]
    assert checked.citations
