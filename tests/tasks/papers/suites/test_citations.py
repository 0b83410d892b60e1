"""The scores of the suite `citations`."""

from __future__ import annotations

from typing import Any

import pytest

from ragft.answer.base import AnswerMetrics, Citation, Sentence
from ragft.benchmark.base import PlacedQuestion
from ragft.tasks.papers.suites.citations import Citations
from tests.benchmark.recordings import passage, recorded


def test_citation_scores_by_hand() -> None:
    found = (passage("1", "a", 1), passage("2", "a", 5), passage("3", "b", 1))
    answer = recorded(
        raw="One [1]. Two.",
        retrieved=found,
        evidence=found,
        citations=tuple(
            Citation(item.key, "", (1, 1), "", "text", item.hit.chunk_id, item.hit.document_id, 0, 4) for item in found
        ),
        sentences=(Sentence("One.", ("1",), 0.9, True), Sentence("Two.", (), 0.1, False)),
        metrics=AnswerMetrics(unknown_keys=2),
    )

    asked = PlacedQuestion("q", "?", documents=("a.pdf",), pages=(2,), right_documents=frozenset({"a"}))
    scores = Citations().score(asked, answer)
    assert scores == {
        "precision": 1 / 2,
        "recall": 1.0,
        "validity": 1 / 2,
        "right_page": 1 / 3,
        "groundedness": 1 / 2,
        "cited_sentences": 1 / 2,
        "unknown_keys": 2.0,
    }


@pytest.mark.parametrize(
    ("values", "validity"),
    [
        ({"raw": "One."}, 0.0),  # the check aligned it, the model cited nothing
        ({"raw": "One [2]."}, 0.0),  # the check put another key
        ({"raw": "One [1]."}, 1.0),
        ({"raw": "One [1].", "sentences": (), "refused": True, "reason": "unsupported"}, 0.0),
        ({"raw": "They do not say.", "sentences": (), "refused": True, "reason": "model_refused"}, None),
        ({"raw": "", "sentences": (), "refused": True, "reason": "weak_evidence"}, None),  # never asked
    ],
)
def test_only_a_models_own_citation_is_its_merit(values: dict[str, Any], validity: float | None) -> None:
    answer = recorded(
        **{"sentences": (Sentence("One.", ("1",), 0.9, True),), "retrieved": (passage("1", "a"),), **values}
    )
    asked = PlacedQuestion("q", "?", documents=("a.pdf",), right_documents=frozenset({"a"}))
    assert Citations().score(asked, answer)["validity"] == validity
