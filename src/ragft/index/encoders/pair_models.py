"""Whether a model with one score reads two texts together, as cross-encoders do, as far as its folder says.

reads_pairs(Path("/models/ms-marco-MiniLM-L6-v2"))   ->  True
reads_pairs(Path("/models/toxicity"))                ->  False
reads_pairs(Path("/models/my-finetune"))             ->  None

Only the name of a property of one text (toxic, spam) speaks against a model: a judge of pairs may have any other label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft.corpus.readers.front_matter import split_front_matter
from ragft.errors import InputError
from ragft.index.encoders.local_models import read_settings
from ragft.log import log

_OF_PAIRS = frozenset(
    "text-ranking cross-encoder crossencoder rerank reranker reranking passage-reranking text-reranking "
    "natural-language-inference nli".split()
)
"""Tags of a model card, and tasks, of models that read two texts."""
_OF_ONE_TEXT = frozenset(
    "reward-model reward reward-modeling rlhf sentiment sentiment-analysis emotion toxicity toxic hate-speech "
    "hate-speech-detection formality readability text-quality quality-classifier spam spam-detection".split()
)
"""Those of models that read one."""
_LABELS_OF_ONE_TEXT = _OF_ONE_TEXT | frozenset(
    "positive negative neutral positivity polarity quality formal informal hate hateful offensive insult obscene "
    "profanity threat harmful unsafe nsfw jailbreak injection ham phishing clickbait joy anger sadness fear irony "
    "sarcasm humor valence arousal polite politeness subjective subjectivity fluency grammaticality complexity "
    "difficulty readable educational".split()
)
"""Names of the one label that say that it is a property of one text."""
_AROUND_LABEL = re.compile("^is-|-(?:score|level)$")
"""What may stand around such a name: is_toxic, toxicity_score."""
_RERANKER = re.compile(r"^#.*\bre-?rank", re.IGNORECASE | re.MULTILINE)
"""A heading of a card that speaks of a reranker."""


@dataclass(frozen=True)
class _ScoreConfig:
    """config.json: the label, and what sentence-transformers (before and since 4.0) writes there for cross-encoders."""

    id2label: dict[str, str] = field(default_factory=dict)
    sbert_ce_default_activation_function: str | None = None
    sentence_transformers: dict[str, Any] | None = None


@dataclass(frozen=True)
class _SavedAs:
    """config_sentence_transformers.json: the class that wrote the folder."""

    model_type: str | None = None


def reads_pairs(folder: Path) -> bool | None:
    """Whether a model with one score reads pairs of texts; False for one text, None where its folder does not say.

    Raises:
        InputError: its config.json cannot be read.
    """
    config = read_settings(folder / "config.json", _ScoreConfig())
    saved = read_settings(folder / "config_sentence_transformers.json", _SavedAs())
    tags, body = _card(folder / "README.md")
    if config.sbert_ce_default_activation_function or config.sentence_transformers or tags & _OF_PAIRS:
        return True
    if saved.model_type == "CrossEncoder":
        return True
    labels = {_AROUND_LABEL.sub("", _plain(label)) for label in config.id2label.values()}
    if tags & _OF_ONE_TEXT or (len(labels) == 1 and labels <= _LABELS_OF_ONE_TEXT):
        return False
    return True if _RERANKER.search(body) else None


def check_reads_pairs(folder: Path, setting: str, fix: str) -> None:
    """Refuse a model with one score that reads one text; say what is taken for granted where its folder does not tell.

    Raises:
        InputError: it scores single texts.
    """
    pairs = reads_pairs(folder)
    if pairs is False:
        raise InputError(
            f"the model in {folder} scores single texts, by its label or its card, and not how two belong together",
            fix=fix,
        )
    if pairs is None:
        log.warning(
            f"{setting}: nothing in {folder} tells what its one score means; it is taken for a cross-encoder's, "
            "that is, for how well the second of two texts answers or supports the first"
        )


def _card(path: Path) -> tuple[frozenset[str], str]:
    """The task and the tags at the head of a model card, and the text below; nothing without one."""
    try:
        fields, body, _ = split_front_matter(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return frozenset(), ""
    tags = fields.get("tags") or []
    found = [fields.get("pipeline_tag") or "", *(tags if isinstance(tags, list) else [tags])]
    return frozenset(map(_plain, found)), body


def _plain(name: object) -> str:
    return re.sub(r"[\s_]+", "-", str(name).strip().lower())
