"""Make data/judge/pairs.jsonl: the written answers to the sample papers' questions, right and with one thing changed.

    python benchmarks/make_judge_pairs.py --workspace WORKSPACE > data/judge/pairs.jsonl    (of the sample papers)

A changed sentence takes the number or the name of its neighbour in the evidence, loses or gains a negation, or says the
opposite. Nothing is drawn at random: each is changed once, in the way that was used least so far.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.support import best_passage, coverage
from ragft.answer.checking.terms import quantities
from ragft.benchmark.questions import load_questions
from ragft.config import Settings
from ragft.data import shipped
from ragft.index.index import open_index
from ragft.workspace import open_workspace

_NUMBER = re.compile(r"(?<![\w.-])\d[\d,.]*\d(?![\w-])|(?<![\w.-])\d(?![\w.-])")
_VERB = re.compile(r"\b(is|are|was|were|can|does|do|has|have|must|should)\b(?! not)")
_OPPOSITES = (("more", "less"), ("larger", "smaller"), ("higher", "lower"), ("before", "after"), ("first", "last"))
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
        changed = sorted(_changed(question.reference, evidence), key=lambda pair: made[pair[0]])[:1]
        for kind, sentence in changed:
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


def _changed(sentence: str, evidence: str) -> Iterator[tuple[str, str]]:
    """The kind of each change that applies, and the sentence with it."""
    for match in _NUMBER.finditer(sentence):
        others = [o for o in _NUMBER.findall(evidence) if not quantities(o) <= quantities(sentence)]
        if others:
            yield "number", sentence[: match.start()] + others[0] + sentence[match.end() :]
            break
    for name in names_in(sentence):
        other = next((o for o in names_in(evidence) if not is_named_in(o, sentence) and o.isalpha()), "")
        if other:
            yield "name", re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", other, sentence)
            break
    if " not " in sentence:
        yield "negation", sentence.replace(" not ", " ", 1)
    elif verb := _VERB.search(sentence):
        yield "negation", f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
    for one, other in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)):
        if re.search(rf"\b{one}\b", sentence):
            yield "opposite", re.sub(rf"\b{one}\b", other, sentence, count=1)
            break


if __name__ == "__main__":
    main()
