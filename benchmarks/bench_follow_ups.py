"""The rank of the evidence of follow-up questions, made to stand alone by code and by a model.

    python benchmarks/bench_follow_ups.py WORKSPACE --model qwen [--questions FILE …]

The model is asked once a question, as `ragft ask` asks a capable one, with the reference answers as the conversation.
Prints each follow-up with both texts and the rank of its evidence for each (–: not in the first 20), then the shares.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from question_files import all_questions, question_parser

from ragft.answer.prompts.follow_ups import FollowUpRewriter
from ragft.answer.prompts.rewrite import standalone
from ragft.answer.session import open_session
from ragft.benchmark.retrieval.natural import DEPTHS, AnswerRanks, history_of, measure_retrieval, scores
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.config import load_settings
from ragft.engine.base import Options
from ragft.index.index import Index
from ragft.workspace import Workspace


def main() -> None:
    """Search for each in both forms and print both."""
    parser = question_parser(__doc__)
    parser.add_argument("--model", required=True)
    given = parser.parse_args()
    questions = all_questions(given.questions)
    known = {question.id: question for question in questions}
    before, after, seconds = [], [], 0.0
    with open_session(Workspace(given.workspace), load_settings(), model=given.model) as session:
        rewriter = FollowUpRewriter(session.engine, session.model.name, able=True)
        for question in questions:
            history = history_of(question, known)
            by_code = standalone(question.question, history)
            if by_code == question.question or not (old := _ranked(question, by_code, session.index)):
                continue
            started = time.monotonic()
            by_model = rewriter.rewrite(question.question, history, Options())
            seconds += time.monotonic() - started
            new = _ranked(question, by_model, session.index) if by_model else old
            before += old
            after += new
            print(f"{_rank(old):>3} {_rank(new):>3}  {by_code}\n{'':9}{by_model or '(by code)'}", flush=True)
    print(f"{len(before)} follow-ups, {seconds / max(1, len(before)):.1f} s of the model each")
    for name, placed in (("by code", before), ("by model", after)):
        found = scores(placed)
        shares = ", ".join(f"in {depth} {found.evidence_at[depth] or 0:.3f}" for depth in DEPTHS)
        print(f"{name}: evidence {shares}, mean reciprocal rank {found.mrr or 0:.3f}")


def _ranked(question: NaturalQuestion, text: str, index: Index) -> Sequence[AnswerRanks]:
    """Where its evidence is for `text`; empty where the index lacks its documents."""
    return measure_retrieval(
        [question.model_copy(update={"question": text, "kind": "list", "follow_up_of": ""})], index
    ).placed


def _rank(placed: Sequence[AnswerRanks]) -> str:
    return str(placed[0].evidence or "–")


if __name__ == "__main__":
    main()
