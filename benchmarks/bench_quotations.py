"""What is quoted where a model writes nothing usable: the best sentence alone, and with up to two more.

    python benchmarks/bench_quotations.py --workspace WORKSPACE      (of corpus/papers)

No model is asked. For the questions with keywords that the sample papers answer, printed are how many get a quotation,
the completeness (share of a question's keywords in the quotes), and the number of sentences. The questions that they
do not answer get the same number of quotations either way, which is printed, too.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from statistics import mean

from ragft.answer.base import Citation, Evidence
from ragft.answer.checking.support import Supporter
from ragft.answer.decision import Verdict
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.quotation import quotable
from ragft.answer.refusal.features import Closest, question_features
from ragft.answer.refusal.shipped import SHIPPED
from ragft.benchmark.questions import load_questions
from ragft.benchmark.scoring.metrics import keyword_coverage
from ragft.config import Settings
from ragft.data import shipped
from ragft.index.index import open_index
from ragft.setting_sections import AnswerSettings
from ragft.workspace import open_workspace

HITS = 8


def main() -> None:
    """Print both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workspace", type=Path, required=True)
    questions = [
        one
        for name in ("questions", "answerable", "unanswerable")
        for one in load_questions(shipped(f"benchmark/{name}.jsonl"))
    ]
    found: dict[str, tuple[tuple[Citation, ...], tuple[Citation, ...]]] = {}
    with open_index(open_workspace(parser.parse_args().workspace), Settings().index) as index:
        supporter = Supporter(index.embed, reads=index.reads)
        for question in questions:
            evidence = assign_keys(index.search(question.question, HITS))
            found[question.id] = _quoted(evidence, Closest(question.question, supporter))
    answerable = [one for one in questions if one.answerable and one.keywords]
    quoted = [one for one in answerable if found[one.id][0]]
    for number, name in enumerate(("best sentence", "up to three")):
        texts = {one.id: "\n".join(citation.quote for citation in found[one.id][number]) for one in quoted}
        said = mean(keyword_coverage(texts[one.id], one.keywords) for one in quoted)
        sentences = mean(len(found[one.id][number]) for one in quoted)
        print(
            f"{name:14} quoted {len(quoted)} of {len(answerable)}  completeness {said:.3f}  sentences {sentences:.2f}"
        )
    others = [one for one in questions if not one.answerable]
    print(f"not answered   quoted {sum(bool(found[one.id][0]) for one in others)} of {len(others)}")


def _quoted(evidence: tuple[Evidence, ...], closest: Closest) -> tuple[tuple[Citation, ...], tuple[Citation, ...]]:
    """The best sentence, and it with others; none where the evidence is not judged to hold an answer."""
    verdict = Verdict(AnswerSettings(), SHIPPED, quote=True, capable=False)
    features = question_features(closest, [item.hit for item in evidence])
    least = SHIPPED.quote_threshold
    if SHIPPED.gate.probability(features) < SHIPPED.gate_threshold or SHIPPED.answer.probability(features) < least:
        return (), ()
    answers = partial(verdict.answers, closest, least)
    return quotable(evidence, closest, answers, most=1), quotable(evidence, closest, answers)


if __name__ == "__main__":
    main()
