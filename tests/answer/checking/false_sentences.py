"""False sentences made by code: those of the sample papers with one thing changed, each beside its passage.

    python -m tests.answer.checking.false_sentences > tests/answer/checking/false_sentences_shown.txt

keeps the list of those that the check shows as supported; it should only become shorter.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ragft.answer.checker import check
from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.support import Supporter, sentence_spans
from ragft.answer.checking.terms import quantities
from ragft.answer.prompts.prompt import assign_keys
from tests.answer.fakes import hit

ROOT = Path(__file__).parents[3]
LEAST_CHARACTERS = 400
"""Of a passage: a shorter paragraph is joined with the next."""
EACH = 4
"""Most sentences of one kind from one paper."""
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d(?![\w-])|(?<![\w.,-])\d(?![\w.-])")
_VERB = re.compile(r"\b(?:is|are|was|were|can|does|do|has|have|must|should)\b(?! not\b| never\b| no\b)")
_OPPOSITES = (
    ("more", "less"), ("larger", "smaller"), ("higher", "lower"), ("before", "after"), ("first", "last"),
    ("increases", "decreases"), ("with", "without"), ("better", "worse"), ("above", "below"), ("most", "least"),
)  # fmt: skip
_MARK = re.compile(r"\s*\[[\d, -]+\]")


@dataclass(frozen=True)
class FalseSentence:
    """A sentence that `passage` does not say, how it was made (`kind`), and the one it was made of, which it says."""

    kind: str
    passage: str
    true: str
    false: str


def made_false_sentences() -> Iterator[FalseSentence]:
    """Changes of the sentences of the sample papers, and those of data/judge."""
    for path in sorted((ROOT / "corpus" / "sources").glob("*.md")):
        made: Counter[str] = Counter()
        for passage in _passages(path.read_text("utf-8")):
            for start, end in sentence_spans(passage):
                for kind, false in _changes(passage[start:end], passage):
                    if made[kind] < EACH and false != passage[start:end]:
                        made[kind] += 1
                        yield FalseSentence(kind, passage, passage[start:end], false)
    pairs = [json.loads(line) for line in (ROOT / "data" / "judge" / "pairs.jsonl").read_text("utf-8").splitlines()]
    right = {pair["of"]: pair["sentence"] for pair in pairs if pair["supported"]}
    for pair in pairs:
        if not pair["supported"] and pair["sentence"] != right[pair["of"]]:
            yield FalseSentence(f"written, {pair['change']}", pair["evidence"], right[pair["of"]], pair["sentence"])


def is_shown(sentence: str, passage: str) -> bool:
    """Whether the check shows all of `sentence` as supported by `passage`."""
    evidence = assign_keys([hit(passage, title="Notes")])
    checked = check(sentence, evidence, question="What is said?", supporter=Supporter(), threshold=0.6)
    return bool(checked.sentences) and all(one.supported for one in checked.sentences)


def _passages(text: str) -> Iterator[str]:
    """Paragraphs of prose on one line each, short ones joined, without marks of references."""
    passage = ""
    for paragraph in text.split("---", 2)[2].split("\n\n"):
        line = _MARK.sub("", " ".join(paragraph.split())).replace("**", "").replace("*", "")
        if line.startswith("## References"):
            return
        if line and not line.startswith(("#", "|", "-", "!", "Table", "Figure")):
            passage = f"{passage} {line}".strip()
        if len(passage) >= LEAST_CHARACTERS:
            yield passage
            passage = ""


def _changes(sentence: str, passage: str) -> Iterator[tuple[str, str]]:
    """The kind of each change that applies, and the sentence with it."""
    for match in _NUMBER.finditer(sentence):
        others = [other for other in _NUMBER.findall(passage) if not quantities(other) <= quantities(sentence)]
        if others:
            yield "number", sentence[: match.start()] + others[0] + sentence[match.end() :]
            break
    names = names_in(sentence)
    for name in names:
        other = next((one for one in names_in(passage) if not is_named_in(one, sentence) and one.isalpha()), "")
        if other:
            yield "name", _replaced(sentence, {name: other})
            break
    if " not " in sentence:
        yield "negation", sentence.replace(" not ", " ", 1)
    elif verb := _VERB.search(sentence):
        yield "negation", f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
    for one, other in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)):
        if re.search(rf"\b{one}\b", sentence):
            yield "opposite", _replaced(sentence, {one: other})
            break
    if len(names) == 2 and " and " not in sentence:
        yield "roles", _replaced(sentence, {names[0]: names[1], names[1]: names[0]})


def _replaced(sentence: str, words: dict[str, str]) -> str:
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words))
    return pattern.sub(lambda match: words[match.group()], sentence)


if __name__ == "__main__":
    print("\n".join(dict.fromkeys(one.false for one in made_false_sentences() if is_shown(one.false, one.passage))))
