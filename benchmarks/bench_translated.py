"""How much of the evidence is found for questions in other languages, as they are and translated by a model.

    python benchmarks/bench_translated.py WORKSPACE --model qwen [--questions data/natural/languages.jsonl]

The model is asked once a question, as `ragft ask` asks it.
Prints each question with its translation and the rank of its evidence before and after, then the shares.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from ragft.answer.prompts.rewrite import standalone
from ragft.answer.prompts.translation import Translator
from ragft.answer.session import open_session
from ragft.benchmark.retrieval.natural import NaturalReport, history_of, measure_retrieval
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion, load_natural
from ragft.config import load_settings
from ragft.engine.base import Options
from ragft.workspace import Workspace


def main() -> None:
    """Measure twice and print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--questions", type=Path, default=Path("data/natural/languages.jsonl"))
    given = parser.parse_args()
    questions = load_natural(given.questions)
    workspace = Workspace(given.workspace)
    with open_session(workspace, load_settings(), model=given.model) as session:
        index = session.index
        before = measure_retrieval(questions, index)
        translator = Translator(session.engine, session.model.name, index.reads, index.languages, able=True)
        started = time.monotonic()
        asked = _translated(questions, translator)
        seconds = (time.monotonic() - started) / len(questions)
        after = measure_retrieval(asked, index)
    for question, one, old, new in zip(questions, asked, _ranks(before), _ranks(after), strict=True):
        print(f"{question.language} {old or '–':>3} {new or '–':>3}  {question.question}\n{'':11}{one.question}")
    print(f"{seconds:.1f} s a question")
    for name, report in (("as asked", before), ("translated", after)):
        print(name, {f"evidence@{depth}": f"{share or 0:.3f}" for depth, share in report.all.evidence_at.items()})


def _translated(questions: Sequence[NaturalQuestion], translator: Translator) -> list[NaturalQuestion]:
    """The questions, made to stand alone, in English where the model gives a translation."""
    known = {question.id: question for question in questions}
    found = []
    for question in questions:
        text = standalone(question.question, history_of(question, known))
        english = translator.translate(text, Options()) if translator.is_foreign(text) else None
        found.append(question.model_copy(update={"question": english, "follow_up_of": ""}) if english else question)
    return found


def _ranks(report: NaturalReport) -> list[int | None]:
    return [one.evidence for one in report.placed]


if __name__ == "__main__":
    main()
