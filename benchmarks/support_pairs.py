"""Pairs of a source and a claim for benchmarks/train_verifier.py: supported, contradicted, or not there.

They come from sets whose repositories state a permissive or share-alike licence (`SOURCES`); some give passages only.
Code makes pairs of the sentences of these: rewritten but true; with another number, name, negation or opposite, or two
names exchanged; with a clause that was added or spliced; and whole, beside a source without them. A changed sentence is
also a source, of which its own rewriting is true, so that the claim alone tells little.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentence_changes import OPPOSITES, changed, names_exchanged
from training_sources import TrainingSource, rows_of

from ragft.answer.checking.same_meaning import GROUPS
from ragft.answer.checking.support import coverage, sentences_in
from ragft.corpus.stems import stem
from ragft.corpus.words import words
from ragft.index.search.closest import best_window

LABELS = ("entailment", "contradiction", "neutral")
HELD_OUT = 50
"""Every so many of the passages of a source is not trained on."""
UNSUPPORTED = 3
"""The label of a claim of which the set says only that it is not supported."""
WINDOW = 300
"""Characters of a source that code makes: a sentence with its neighbours."""
_LONGEST_SOURCE = 500
_SENTENCE = range(40, 260)
"""Characters of a sentence that is changed."""
_EACH = 2
"""Most sentences of a passage."""
_LEAST_FOREIGN = 0.6
"""Coverage from which the neighbours of a sentence may say the same."""
_MORE_OPPOSITES = (
    *OPPOSITES, ("increase", "decrease"), ("increased", "decreased"), ("increases", "decreases"), ("better", "worse"),
    ("above", "below"), ("improves", "degrades"), ("positive", "negative"), ("high", "low"), ("large", "small"),
    ("always", "never"), ("faster", "slower"), ("best", "worst"), ("longer", "shorter"), ("similar", "different"),
    ("early", "late"),
)  # fmt: skip
_SPLICE = re.compile(r" (?:because|which|that|by|for|with|when|than|from|to) ")
_BRACKETS = re.compile(r"\s+[(\[][^()\[\]]*[)\]]")
_TAIL = re.compile(r"(?:, (?:which|and|but|while|where|because)|;) .*$")
_LEAD = re.compile(r"^(In|On|For|With|At|During|After|Under) ([^,]{5,60}), (.{20,})[.]$")
_SPEAKERS = (("We ", "The authors "), ("Our ", "Their "), (" we ", " they "), (" our ", " their "))
_OPENINGS = ("According to the paper, ", "The authors say that ", "As reported, ", "It is stated that ", "Here, ")


@dataclass(frozen=True)
class SupportPair:
    """A claim beside a source; `label` is a place in `LABELS`, or `UNSUPPORTED`. `origin` is the text it comes from."""

    source: str
    claim: str
    label: int
    origin: str


def divided_pairs(pairs: Sequence[SupportPair]) -> tuple[list[SupportPair], list[SupportPair]]:
    """Those to train on, and every `HELD_OUT`th passage's pairs, of which neither source nor claim is trained on."""
    origins = {origin: place for place, origin in enumerate(dict.fromkeys(one.origin for one in pairs))}
    held_out = [one for one in pairs if origins[one.origin] % HELD_OUT == 0]
    texts = {text for one in held_out for text in (one.source, one.claim)}
    return [one for one in pairs if not texts & {one.source, one.claim} and origins[one.origin] % HELD_OUT], held_out


def made_pairs(passages: Sequence[str], draw: random.Random) -> Iterator[SupportPair]:
    """Those that code makes of the sentences of the passages."""
    for number, passage in enumerate(passages):
        sentences = sentences_in(passage)
        able = [place for place, one in enumerate(sentences) if len(one) in _SENTENCE and one[0].isupper()]
        others = sentences_in(passages[number - 1])
        for place in draw.sample(able, min(_EACH, len(able))):
            yield from (SupportPair(*made, passage) for made in _of_sentence(sentences, place, others, draw))


def rewritten(sentence: str, draw: random.Random) -> str:
    """The same, or less, in other words."""
    text = _BRACKETS.sub("", sentence)
    for one, other in _SPEAKERS:
        text = text.replace(one, other)
    if draw.random() < 0.4 and len(shorter := _TAIL.sub(".", text)) in _SENTENCE:
        text = shorter
    if draw.random() < 0.5 and (lead := _LEAD.match(text)):
        text = f"{lead[3][0].upper()}{lead[3][1:]} {lead[1].lower()} {lead[2]}."
    elif draw.random() < 0.2:
        text = draw.choice(_OPENINGS) + (text if text[1:2].isupper() else text[0].lower() + text[1:])
    found = [match for match in re.finditer(r"[a-z]+", text) if match.group() in _ALIKE]
    for match in reversed(draw.sample(found, min(2, len(found)))):
        text = re.sub(rf"\b{match.group()}\b", draw.choice(_ALIKE[match.group()]), text, count=1)
    return text


def _both_rewritten(one: str, other: str, draw: random.Random) -> tuple[str, str]:
    """Both, with the same draws."""
    state = draw.getstate()
    first = rewritten(one, draw)
    draw.setstate(state)
    return first, rewritten(other, draw)


def _of_sentence(
    sentences: Sequence[str], place: int, others: Sequence[str], draw: random.Random
) -> Iterator[tuple[str, str, int]]:
    """Source, claim and label of what one sentence gives."""
    sentence, passage = sentences[place], " ".join(draw.sample(list(sentences), len(sentences)))
    source, bare = _around(sentences, place, draw), _around(sentences, place, draw, without=True)
    yield (source, rewritten(sentence, draw), 0)
    false = [*changed(sentence, passage, _MORE_OPPOSITES), *names_exchanged(sentence)]
    for kind, other in draw.sample(false, min(2, len(false))):
        label = UNSUPPORTED if kind == "name" else 1
        claim, true = _both_rewritten(other, sentence, draw)
        if claim == true:  # what was changed is left out
            continue
        yield (source, claim, label)
        turned = source.replace(sentence, other)
        yield (turned, claim, 0)
        yield (turned, true, label)
    if bare and draw.random() < 0.5 and coverage(sentence, bare) < _LEAST_FOREIGN:
        yield (bare, rewritten(sentence, draw), 2)
    added = _added(sentence, [one for n, one in enumerate(sentences) if n != place], others, draw)
    if added and coverage(added, source) < 1:
        yield (source, added, 2)
        yield (source.replace(sentence, added), rewritten(added, draw), 0)


def _added(sentence: str, near: Sequence[str], far: Sequence[str], draw: random.Random) -> str:
    """The sentence with an end that is not its own; nothing if none fits."""
    ends = [(match, one) for one in (*near, *far) for match in [_SPLICE.search(one, 15)] if match]
    if not ends:
        return ""
    match, other = draw.choice(ends)
    end = other[match.start() :]
    own = _SPLICE.search(sentence, 15)
    added = sentence[: own.start()] + end if own and draw.random() < 0.6 else sentence.rstrip(".") + end
    return added if len(added) in _SENTENCE and end not in sentence else ""


def _around(sentences: Sequence[str], place: int, draw: random.Random, *, without: bool = False) -> str:
    """The sentence with neighbours, as many as fit; or those alone."""
    first = last = place
    while True:
        grown = [(first - 1, last), (first, last + 1)]
        fits = [
            (a, b)
            for a, b in grown
            if a >= 0 and b < len(sentences) and len(" ".join(sentences[a : b + 1])) <= WINDOW + 100 * without
        ]
        if not fits or (not without and draw.random() < 0.2):
            break
        first, last = draw.choice(fits)
    return " ".join(one for n, one in enumerate(sentences[first : last + 1], first) if not (without and n == place))


def _alike() -> dict[str, list[str]]:
    """For each word with an ending those of its meaning that have the same: others may be verbs or nouns."""
    endings = ("ing", "ed", "es", "s", "ly")

    def ending(word: str) -> str:
        return next((one for one in endings if word.endswith(one)), "")

    groups = [line.split() for line in GROUPS]
    found = {w: [o for o in group if o != w and ending(o) == ending(w) != ""] for group in groups for w in group}
    return {word: others for word, others in found.items() if others}


_ALIKE = _alike()


def _window(claim: str, text: str) -> str:
    return (
        text
        if len(text) <= _LONGEST_SOURCE
        else best_window(text, dict.fromkeys(map(stem, words(claim)), 1.0), _LONGEST_SOURCE)
    )


def _claims(path: Path, _: random.Random) -> Iterator[SupportPair]:
    """Of rows with `premise`, `claim` and `label`."""
    places = {"support": 0, "contradict": 1, "neutral": 2}
    for row in rows_of(path):
        label = UNSUPPORTED if "unsupported" in row.get("note", "") else places[row["label"]]
        yield SupportPair(_window(row["claim"], row["premise"]), row["claim"], label, row["premise"])


def _passages(path: Path, draw: random.Random) -> Iterator[SupportPair]:
    """Made of rows with `passage`."""
    yield from made_pairs(list(dict.fromkeys(row["passage"] for row in rows_of(path))), draw)


def _squad(path: Path, draw: random.Random) -> Iterator[SupportPair]:
    """Made of the paragraphs of SQuAD 2."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    yield from made_pairs([one["context"] for article in articles for one in article["paragraphs"]], draw)


def _scifact(path: Path, draw: random.Random) -> Iterator[SupportPair]:
    """The claims of SciFact with the sentences that were marked for them, and what is made of every fourth abstract."""
    abstracts = {row["_id"]: row["text"] for row in rows_of(path)}
    for row in rows_of(path.parent / "queries.jsonl"):
        for mark in row["evidence"]:
            sentences = sentences_in(abstracts[mark["doc_id"]])
            source = " ".join(sentences[place] for place in mark["sentences"] if place < len(sentences))
            if coverage(row["text"], source) >= 0.2:  # another division into sentences than that of the marks
                label = 0 if mark["label"] == "SUPPORT" else 1
                yield SupportPair(_window(row["text"], source), row["text"], label, abstracts[mark["doc_id"]])
    yield from made_pairs(list(abstracts.values())[::4], draw)


SOURCES: tuple[TrainingSource[SupportPair], ...] = (
    TrainingSource("judge/A_begin.en.jsonl", "CC BY 4.0", _claims),
    TrainingSource("judge/A_breaking_nli.en.jsonl", "CC BY-SA 4.0", _claims),
    TrainingSource("judge/A_cad_snli.en.jsonl", "Apache-2.0 (SNLI: CC BY-SA 4.0)", _claims),
    TrainingSource("judge/A_check_covid.en.jsonl", "MIT", _claims),
    TrainingSource("judge/A_fever_symmetric.en.jsonl", "Wikipedia terms or CC BY-SA 3.0", _claims),
    TrainingSource("judge/A_fm2.en.jsonl", "Apache-2.0", _claims),
    TrainingSource("judge/A_med.en.jsonl", "CC BY-SA 4.0", _claims),
    TrainingSource("judge/A_summedits.en.jsonl", "Apache-2.0 (source documents keep their own terms)", _claims),
    TrainingSource("judge/B_qasper_dev.en.jsonl", "MIT (QASPER: CC BY 4.0)", _passages),
    TrainingSource("judge/B_covidqa.en.jsonl", "Apache-2.0 (articles: CORD-19, mostly CC BY)", _passages),
    TrainingSource("squad2/dev-half.json", "CC BY-SA 4.0", _squad),
    TrainingSource("scifact/corpus.jsonl", "CC BY 4.0; abstracts ODC-BY", _scifact),
)
