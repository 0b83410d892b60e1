"""A claim that fills one of two like clauses with what the other has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.slots import slots_mixed

MORTALITY = "Mortality was 8% in the Zelmor group and 12% in the aspirin group."
SCORES = "On GLUE, Orin scores 88.1 and Mira scores 85.4."
APPROVED = "The drug was approved in Canada in 2018 and in Norway in 2021."
BUILT = "The drill was built by Kessler GmbH; the camera was built by Ito Optics."
STUDY = "Dr Amari designed the study; Dr Beck analysed the data."
SORTING = "QuickMerge uses 12 GB of memory and finishes in 41 s, whereas RadixTree uses 30 GB and finishes in 18 s."


@pytest.mark.parametrize(
    ("source", "claim", "mixed"),
    [
        (MORTALITY, "Mortality was 12% in the Zelmor group.", "number"),
        (MORTALITY, "In the aspirin group mortality was 8%.", "number"),
        (SCORES, "Mira scores 88.1 on GLUE.", "number"),
        (APPROVED, "The drug was approved in Norway in 2018.", "number"),
        (SORTING, "QuickMerge uses 30 GB of memory.", "number"),
        (BUILT, "The drill was built by Ito Optics.", "word"),
        (STUDY, "Dr Beck designed the study.", "word"),
    ],
)
def test_a_claim_that_mixes_two_clauses(source: str, claim: str, mixed: str) -> None:
    assert slots_mixed(claim, [source]) == mixed


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        (MORTALITY, "Mortality was 12% in the aspirin group."),
        (MORTALITY, "The Zelmor group had a mortality of 8%, the aspirin group one of 12%."),
        (SCORES, "With 88.1 on GLUE, Orin is ahead of Mira."),
        (APPROVED, "Norway approved the drug in 2021."),
        (SORTING, "QuickMerge finishes in 41 s."),
        (SORTING, "RadixTree uses 30 GB and takes 18 s."),
        (BUILT, "Ito Optics built the camera."),
        (STUDY, "Amari designed the study, and Beck analysed the data."),
        ("LoRA learns less than full training in these domains and also forgets less of what it knew.",
         "On these domains LoRA learns less than full training and also forgets less."),
        ("Precision rose from 71% to 80% and recall fell from 80% to 65%.", "Precision rose to 80%."),
        ("Phase 1 ran from 2001 to 2005 and phase 2 ran from 2005 to 2010.", "Phase 1 ended in 2005."),
        ("Plants turn light into sugar, and animals turn sugar into heat.", "Plants make sugar."),
        ("Sales grew by 3% in 2019 and fell by 2% in 2020.", "After they had grown in 2019, sales fell by 2%."),
        ("Norway joined in 1960 and Finland joined in 1986.", "Finland had not joined in 1960."),
        ("It lasted 6 weeks in Berlin and 8 weeks in Paris.", "The Paris part lasted longer than the 6 weeks."),
        ("Mira scores 85.4 on GLUE, and Orin scores 88.1 on GLUE.", "Mira scores below 88.1 on GLUE."),
        ("Dense search finds synonyms and sparse search finds names.", "Sparse search does not find synonyms."),
        ("Adam uses two moments, and AdaMax uses the infinity norm.", "AdaMax uses the infinity norm."),
    ],
)  # fmt: skip
def test_a_claim_that_does_not(source: str, claim: str) -> None:
    assert slots_mixed(claim, [source]) == ""


def test_another_sentence_may_say_it() -> None:
    claim = "Mira scores 88.1 on GLUE."
    assert slots_mixed(claim, [SCORES, "Larger, Mira scores 88.1 on GLUE, too."]) == ""


@given(st.lists(st.sampled_from("the in Orin Mira scores 88.1 85.4 GLUE and ; , 12%".split()), max_size=12))
def test_no_sentence_mixes_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert slots_mixed(text, [text]) == ""
