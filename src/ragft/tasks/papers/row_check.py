"""Whether a row of this task contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.dataset.base import Row


def check_row(row: Row) -> str | None:
    """What is wrong with a row whose prompt offers passages: its answer cites a key that the prompt does not offer, or
    nothing, or it is a refusal that answers. None where nothing is, and for rows without passages.
    """
    from ragft.answer.prompts.prompt import is_refusal
    from ragft.answer.written.citation_keys import parse_keys

    if row.kind == "replay" or not row.chunk_ids:
        return None
    answer = row.completion[0]["content"]
    keys = {key for group in parse_keys(answer) for key in group.keys}
    offered = {str(number) for number in range(1, len(row.chunk_ids) + 1)}
    if keys - offered:
        return f"cites {', '.join(sorted(keys - offered))}, which its prompt does not offer"
    if row.kind == "refusal":
        return None if is_refusal(answer) and not keys else "is a refusal that answers"
    if is_refusal(answer):
        return f"is {row.kind} but refuses"
    if not keys and row.oracle_ids:
        return "answers without citing"
    return None
