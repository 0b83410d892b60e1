"""Preferences: two answers to one prompt; the model shall prefer the first.

A data set keeps them in `preferences.jsonl`, for `ragft train --preference dpo`. Which of them validate follows from
the rows: a pair of a held-out row's document (or group) is held out as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragft.dataset.base import Row
from ragft.dataset.fields import assistant_messages, messages_of, provenance_of
from ragft.errors import DatasetError
from ragft.workspace import digest_json, short_digest


@dataclass(frozen=True)
class Preference:
    """Chat messages up to the answer (`prompt`), the better answer (`chosen`) and the worse one (`rejected`).

    `kind`, `document_ids`, `groups` and `chat_template_kwargs` mean what they mean in `Row`. The scores come
    from the comparison of the answers (higher is better; both 0: not scored), `faults` are those of the rejected one.
    """

    prompt: tuple[Mapping[str, str], ...]
    chosen: tuple[Mapping[str, str], ...]
    rejected: tuple[Mapping[str, str], ...]
    kind: str = "grounded"
    id: str = ""
    groups: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    chosen_score: float = 0.0
    rejected_score: float = 0.0
    faults: tuple[str, ...] = ()
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kept_together(self) -> tuple[str, ...]:
        """What must be on one side of a split as a whole."""
        return self.groups or self.document_ids

    def as_row(self, answer: Sequence[Mapping[str, str]]) -> Row:
        """The row that teaches `answer`, which is `chosen` or `rejected`."""
        return Row(
            self.prompt, tuple(answer), self.kind, self.id, document_ids=self.document_ids, groups=self.groups,
            chat_template_kwargs=self.chat_template_kwargs,
        )  # fmt: skip


def preference_from_dict(value: Mapping[str, Any]) -> Preference:
    """A pair from its JSON form; fields not known here are ignored, as other tools add their own.

    Raises:
        DatasetError: what is missing or of the wrong form.
    """
    given = provenance_of(value, Preference)
    given["prompt"] = messages_of(value.get("prompt"), "prompt")
    for name in ("chosen", "rejected"):
        given[name] = assistant_messages(value.get(name), name)
        if len(given[name]) > 1:
            raise DatasetError(f"has a {name} of {len(given[name])} messages; one answer is compared with another")
    return Preference(**given)


def preference_to_dict(pair: Preference) -> dict[str, Any]:
    """The JSON form of a pair: what TRL reads (`prompt`, `chosen`, `rejected`) plus provenance."""
    value = dataclasses.asdict(pair)
    return {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}


def preference_id(pair: Preference) -> str:
    """16 hex digits over what the pair teaches: the same pair has the same id wherever it was made."""
    parts = {"prompt": list(pair.prompt), "chosen": list(pair.chosen), "rejected": list(pair.rejected)}
    return short_digest(parts)


def preference_problem(pair: Preference) -> str | None:
    """What is wrong with a pair that reads: its answers are the same, or its scores say the opposite."""
    if pair.chosen[0]["content"].strip() == pair.rejected[0]["content"].strip():
        return "has the same text as chosen and as rejected answer"
    if pair.chosen_score < pair.rejected_score:
        return (
            f"scores its rejected answer higher ({pair.rejected_score:g}) than the chosen one ({pair.chosen_score:g})"
        )
    return None


def distinct_preferences(pairs: Iterable[Preference]) -> list[Preference]:
    """`pairs` without those that teach what an earlier one teaches; each has an id."""
    first: dict[str, Preference] = {}
    for pair in pairs:
        name = preference_id(pair)
        first.setdefault(name, pair if pair.id else dataclasses.replace(pair, id=name))
    return list(first.values())


def grouped(pairs: Iterable[Preference]) -> list[Preference]:
    """`pairs` with a group for those that name none and no document: those of one prompt are split together."""
    return [
        pair if pair.kept_together else dataclasses.replace(pair, groups=(digest_json(list(pair.prompt))[:23],))
        for pair in pairs
    ]


def divided(pairs: Sequence[Preference], held_out: Sequence[Row]) -> tuple[list[Preference], list[Preference]]:
    """(training, held-out) pairs: held out are those of a document or group of a held-out row."""
    groups = {group for row in held_out for group in row.kept_together}
    train = [pair for pair in pairs if not groups.intersection(pair.kept_together)]
    return train, [pair for pair in pairs if groups.intersection(pair.kept_together)]
