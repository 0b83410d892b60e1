"""The inputs of the parity checks: conversations, strings and a text, made here and the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ragft.engine.base import Message

STRINGS = 2000
_SEED = 20

_WORDS = (
    "the quantised model reads eight-bit blocks of thirty-two weights and one scale it cannot won't they'll we've "
    "GPU LoRA ∑ µm naïve Straße œuvre coöperate résumé 3.14159 1e-4 65B 0x1F #42 $9.99 50% e.g. arXiv:2305.14314"
).split()
_SCRIPTS = (
    "日本語の文章です。",
    "中文分词测试",
    "한국어 문장입니다",
    "Привет, мир!",
    "Γειά σου Κόσμε",
    "مرحبا بالعالم",
    "שלום עולם",
    "नमस्ते दुनिया",
    "สวัสดีชาวโลก",
    "Việt Nam ơi",
    "ﬁne oﬃce",
    "e\u0301 vs é",
    "🙂🚀👩‍👩‍👧‍👦🏳️‍🌈",
    "𝒜𝓁𝓅𝒽𝒶 𝟘𝟙𝟚",
)
_CODE = (
    "def f(x: int) -> int:\n    return x ** 2\n",
    "for (int i = 0; i < n; ++i) { a[i] += b[i]; }",
    '{"key": [1, 2.5, null], "s": "a\\"b"}',
    "SELECT * FROM t WHERE a <> 'b';",
    "\\begin{equation} E = mc^2 \\end{equation}",
    "https://example.org/a?b=c&d=%20#e",
    "\t\tif\t(x)\r\n\r\n",
    "$ grep -rn '<|' . | wc -l",
)
_SPACES = ("", " ", "  ", "   ", "\n", "\n\n", "\t", " \n ", "\r\n", "\u00a0", "\u3000", "a  b   c    d")

CONVERSATIONS: tuple[tuple[Message, ...], ...] = (
    (Message("user", "What is LoRA?"),),
    (Message("system", "Answer briefly."), Message("user", "What is LoRA?")),
    (Message("user", "Hi"), Message("assistant", "Hello."), Message("user", "  spaces kept?  ")),
    (
        Message("system", "Two\nlines."),
        Message("user", "First"),
        Message("assistant", "One."),
        Message("user", "Second"),
        Message("assistant", "Two."),
        Message("user", "Third: é 日本 🙂"),
    ),
    (Message("system", ""), Message("user", "An empty system text.")),
)
"""One turn and several, with and without a system text, with blanks and other scripts."""

LATER_SYSTEM = (
    Message("system", "Be brief."),
    Message("user", "First"),
    Message("assistant", "One."),
    Message("system", "Now be polite."),
    Message("user", "Second"),
)
PAST_THOUGHTS = (
    Message("user", "First"),
    Message("assistant", "One.", thinking="The first is one."),
    Message("user", "Second"),
)
UNUSUAL: tuple[tuple[Message, ...], ...] = (LATER_SYSTEM, PAST_THOUGHTS)
"""Many templates refuse these conversations, or leave a part of them out."""

STOP_QUESTIONS: tuple[str, ...] = (
    "Say hello.",
    "What is the capital of Japan?",
    "Name a primary colour.",
    "What is 2 + 2?",
    "Which planet is closest to the sun?",
    "Is water wet? Answer yes or no.",
    "What is the opposite of hot?",
    "Name an animal that can fly.",
    "How many days are in a week?",
    "What language is spoken in France?",
    "Give one synonym of happy.",
    "What do bees make?",
    "Who wrote Hamlet?",
    "What is the chemical symbol of gold?",
    "Name a fruit.",
    "What is the largest ocean?",
    "Spell the word cat.",
    "What colour is grass?",
    "Name a month with 31 days.",
    "What is the first letter of the alphabet?",
)


def strings(added_tokens: Sequence[str] = ()) -> list[str]:
    """At least `STRINGS` texts: scripts, code, digits, blanks, emoji, and every added token alone and inside a text."""
    draw = random.Random(_SEED)  # noqa: S311  reproducible, not secret
    pieces = [*_WORDS, *_SCRIPTS, *_CODE, *_SPACES]
    found = [*pieces, *(str(n) for n in range(0, 1200, 7)), *("9" * n for n in range(1, 20))]
    for token in added_tokens:
        found += [token, f"before{token}after", f" {token} "]
    while len(found) < STRINGS:
        joint = draw.choice(("", " ", "  ", "\n", "-", "/"))
        found.append(joint.join(draw.choices(pieces, k=draw.randint(2, 9))))
    return found


def text() -> str:
    """A passage of more than 500 tokens in any vocabulary: for logits."""
    draw = random.Random(_SEED)  # noqa: S311  reproducible, not secret
    plain = [word for word in _WORDS if word.isascii()]
    return " ".join(" ".join(draw.choices(plain, k=12)) + "." for _ in range(60))
