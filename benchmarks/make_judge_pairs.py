"""Make data/judge/pairs.jsonl: the written answers to the sample papers' questions, right and with one thing changed.

    python benchmarks/make_judge_pairs.py --workspace WORKSPACE > data/judge/pairs.jsonl    (of the sample papers)

A changed sentence takes the number or the name of its neighbour in the evidence, loses or gains a negation, or says the
opposite. Nothing is drawn at random: each is changed once, in the way that was used least so far.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from sentence_changes import changed

from ragft.answer.checking.support import best_passage, coverage
from ragft.benchmark.questions import load_questions
from ragft.config import Settings
from ragft.data import shipped
from ragft.index.index import open_index
from ragft.workspace import open_workspace

_MOST_EVIDENCE = 1200
"""Characters."""


def main() -> None:
    """Print the pairs, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workspace", type=Path, required=True)
    with open_index(open_workspace(parser.parse_args().workspace), Settings().index) as index:
        chunks = {Path(one.path).name: [chunk.text for chunk in index.chunks(one.id)] for one in index.documents()}
    made: Counter[str] = Counter()
    for question in load_questions(shipped("benchmark/answerable.jsonl")):  # those that one place answers
        texts = [text for name in question.documents for text in chunks.get(name, ())]
        if not question.reference or not texts:
            continue
        evidence = _excerpt(question.reference, max(texts, key=lambda text: coverage(question.reference, text)))
        _print(question.id, question.reference, evidence, "", supported=True)
        changes = sorted(changed(question.reference, evidence), key=lambda pair: made[pair[0]])[:1]
        for kind, sentence in changes:
            made[kind] += 1
            _print(question.id, sentence, evidence, kind, supported=False)


def _print(of: str, sentence: str, evidence: str, change: str, *, supported: bool) -> None:
    row = {"of": of, "sentence": sentence, "supported": supported, "change": change, "evidence": evidence}
    print(json.dumps(row, ensure_ascii=False))


def _excerpt(sentence: str, text: str) -> str:
    if len(text) <= _MOST_EVIDENCE:
        return text
    best = best_passage(sentence, text)
    middle = (best.start + best.end) // 2 if best else 0
    start = max(0, text.rfind(". ", 0, max(1, middle - _MOST_EVIDENCE // 2)) + 2)
    end = text.find(". ", min(len(text), start + _MOST_EVIDENCE))
    return text[start : end + 1 if end > 0 else len(text)]


if __name__ == "__main__":
    main()
