"""Whether a template of Ollama is not a real chat template: it prints the texts of a conversation without their roles.

    is_plain("{{ .System }} {{ .Prompt }}")                     # True
    is_plain("{{ if .System }}System: {{ .System }}{{ end }}")  # False

Decided without running it: every piece of text outside of the actions is blank, and every action that prints something
prints one of the conversation's texts. Any other action counts as a part of a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FILL_IN = re.compile(r"if\s+\.Suffix")
"""What code models print where code is to be put between two pieces; no conversation has a suffix."""
_FILLED = re.compile(r"(?:else|end)\b")
_PRINTS_NOTHING = re.compile(
    r"/\*|(?:if|else|end|range|with|break|continue|define|block)\b|\$\w*\s*(?:,\s*\$\w+\s*)?:?="
)
_PRINTS_A_TEXT = re.compile(r"\$?(?:\.Message)?\.(?:Prompt|System|Response|Content)|\$\w+\.Content")


def is_plain(template: str) -> bool:
    """Whether `template` (Go) adds nothing to the texts it is given; an empty one does not."""
    filling_in = False
    for action, text in _pieces(template):
        filling_in = _FILL_IN.fullmatch(action) is not None or (filling_in and not _FILLED.match(action))
        if not filling_in and (text.strip() or not _is_plain_action(action)):
            return False
    return True


def _pieces(template: str) -> Iterator[tuple[str, str]]:
    """Each action, and the text after it; the first text has an empty action."""
    first, *others = template.split("{{")
    yield "", first
    for piece in others:
        action, closed, text = piece.partition("}}")
        yield action.strip().removeprefix("-").removesuffix("-").strip(), text if closed else piece


def _is_plain_action(action: str) -> bool:
    return not action or bool(_PRINTS_NOTHING.match(action) or _PRINTS_A_TEXT.fullmatch(action))
