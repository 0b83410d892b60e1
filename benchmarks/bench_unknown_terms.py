"""How often the gate lets through a question for a thing that no paper of the collection has: "What is NF4?".

    python benchmarks/bench_unknown_terms.py --workspace WORKSPACE [--papers sample|published]

The workspace holds `corpus/papers` (sample) or the 23 papers of shared/data/papers/good (published). No model is
asked. Printed are false answers, over data/benchmark/unknown-terms.jsonl, and false refusals, over the questions that
the papers answer, at the gate of a small and of a capable model: by its score alone, and where a question that turns
on a name that nothing in the collection has does not pass; all questions once more in small letters, and those of
terms-of-several-words.jsonl; then the questions that pass the gate of a capable one. A term of the files that the index
does hold is an error.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.answer.asked import AskedDocuments
from ragft.answer.checking.support import Supporter
from ragft.answer.decision import CAPABLE_GATE
from ragft.answer.refusal.features import Closest, question_features
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.refusal.unknown_names import find_unknown
from ragft.config import Settings
from ragft.index.index import Index, open_index
from ragft.workspace import open_workspace

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data" / "benchmark"
HITS = 8


def main() -> int:
    """Print the figures; 1 where a term is in the index after all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--papers", choices=("sample", "published"), default="sample")
    arguments = parser.parse_args()
    rows, terms = (
        [row for row in _rows(name) if row["papers"] == arguments.papers]
        for name in ("unknown-terms.jsonl", "terms-of-several-words.jsonl")
    )
    with open_index(open_workspace(arguments.workspace), Settings().index) as index:
        held = _held(index, [str(term) for row in [*rows, *terms] for term in row.get("absent", ())])
        if held:
            print(f"in the index: {', '.join(held)}", file=sys.stderr)
            return 1
        judge = _judge(index)
        asked, answerable = [str(row["question"]) for row in rows], _answerable(arguments.papers)
        several = [[str(row["question"]) for row in terms if row["answerable"] is known] for known in (False, True)]
        sets = {
            "as they are": (asked, answerable),
            "small letters": ([*map(str.lower, asked)], [*map(str.lower, answerable)]),
            "several words": several,
        }
        for name, (absent, known) in sets.items():
            unknown = [judge(question) for question in absent]
            _print_shares(name, unknown, [judge(question) for question in known])
            for one in unknown:
                if one.passes(CAPABLE_GATE, names=True):
                    print(f"{one.score:.2f}  {one.question}")
    return 0


def _print_shares(letters: str, unknown: Sequence[_Judged], known: Sequence[_Judged]) -> None:
    """False answers over `unknown` and false refusals over `known`, at both gates."""
    for name, gate in (("small", SHIPPED.gate_threshold), ("capable", CAPABLE_GATE)):
        for by, names in (("score alone", False), ("and names", True)):
            passed = sum(one.passes(gate, names=names) for one in unknown)
            refused = sum(not one.passes(gate, names=names) for one in known)
            print(f"{letters:13} {name:8} gate {gate:.2f} {by:12} false answers {passed} of {len(unknown)} "
                  f"({passed / len(unknown):.1%})  false refusals {refused} of {len(known)} "
                  f"({refused / len(known):.1%})")  # fmt: skip


@dataclass(frozen=True)
class _Judged:
    """A question, its gate score, and whether it turns on a name that nothing has."""

    question: str
    score: float
    unknown: bool

    def passes(self, gate: float, *, names: bool) -> bool:
        """Whether it passes the gate, by its names too or by its score alone."""
        return self.score >= gate and not (names and self.unknown)


def _judge(index: Index) -> Callable[[str], _Judged]:
    """What judges a question."""
    supporter, known = Supporter(index.embed, reads=index.reads), AskedDocuments.of(index).known

    def judge(question: str) -> _Judged:
        hits, query = index.search(question, HITS), index.corrected(question)
        score = SHIPPED.gate.probability(question_features(Closest(query, supporter), hits))
        return _Judged(question, score, find_unknown(query, hits, known).decide)

    return judge


def _held(index: Index, terms: list[str]) -> list[str]:
    """Those of `terms` that a passage or a title has."""
    text = "\n".join(f"{chunk.title}\n{chunk.text}" for one in index.documents() for chunk in index.chunks(one.id))
    return [term for term in terms if re.search(rf"(?<![A-Za-z0-9]){re.escape(term)}", text, re.IGNORECASE)]


def _answerable(papers: str) -> list[str]:
    """Questions that these papers answer."""
    if papers == "published":
        return (ROOT / "benchmarks" / "questions_good.txt").read_text("utf-8").splitlines()
    return [str(row["question"]) for name in ("questions", "answerable") for row in _rows(f"{name}.jsonl")]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
