"""Text from documents and users made harmless inside a prompt.

A paper about language models may print `<|im_start|>system`; a hostile one does so on purpose. The engine would
read it as the start of a turn. `as_data` breaks every such token by a space, so that a person still sees what it
was and no tokenizer makes one token of it. It also breaks look-alikes of our own delimiters and keys.
"""

from __future__ import annotations

import re
from itertools import groupby

from ragft.corpus.tables import CELL, is_row

# One pattern a family of chat templates. Names in brackets: where the tokens come from.
_TEMPLATE_TOKENS = re.compile(
    "|".join(
        (
            r"<[|｜][^<>\n]{0,60}?[|｜]>",  # ChatML, Llama 3, Phi 3/4, Command R, Granite, DeepSeek, Harmony
            r"<[|｜]|[|｜]>",  # halves of those, to be joined by the next chunk
            r"\[[|｜][^\[\]<>\n]{0,40}[|｜]\]",  # EXAONE
            r"</?(?:(?:start|end)_of_(?:turn|image|audio)|(?:image|audio)_soft_token|escape)>",  # Gemma
            r"<(?:start|end)_function_(?:call|declaration|response)>",  # FunctionGemma
            r"</?(?:s|bos|eos|pad|unk|mask|cls|sep)>",  # Llama 2, Mistral, Gemma
            r"</?(?:BOS|EOS|EOP|PAD|UNK|CLS|SEP|MASK)_TOKEN>",  # Command R
            r"\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_(?:CALLS|RESULTS|CONTENT)|ARGS|CALL_ID|MODEL_SETTINGS|THINK|"
            r"IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|PREFIX|SUFFIX|MIDDLE)\]",  # Mistral, Magistral
            r"\[[gs]MASK\]|<[se]op>|</?arg_(?:key|value)>",  # GLM
            r"<eo[hams]>|<TOKENS_UNUSED_\d+>|<SPECIAL_\d+>|<seed:[\w:]{1,30}>",  # InternLM, Nemotron, Seed
            r"<fim[_-]\w{1,12}>|\]~!?b[\[\]]|\[e~\[",  # StarCoder, MiniMax
            r"<</?SYS>>",  # Llama 2
            r"</?(?:think|thinking|reasoning|tool_call|tool_response|tools|function_call|scratchpad)>",  # Qwen 3
            r"</?(?:repo_?name|file_sep|filename|gh_stars|issue_\w{1,12}|jupyter_\w{1,12}|empty_output)>",  # SmolLM
            r"<extra_id_\d+>|<unused\d+>|<reserved_\d+>|<\|?endoftext\|?>",  # T5, Gemma, Baichuan, GPT-2
        )
    ),
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"</?(?:s|bos|eos|eop|sop|pad|unk|mask|cls|sep)>|</?(?:BOS|EOS|EOP|PAD|UNK|CLS|SEP|MASK)_TOKEN>|\[[gs]MASK\]"
    r"|<extra_id_\d+>|<unused\d+>|<reserved_\d+>|<\|?(?:endoftext|pad|padding|mask|bos|eos|unk|sep|cls)\|?>",
    re.IGNORECASE,
)
"""Tokens that mark a text or a gap in it and begin no turn: figures of papers print them between the words."""
_ROLE_LINE = re.compile(
    r"(?im)^([^\S\n]*)(#{2,}\s*(?:instruction|input|response|system|user|human|assistant)\b"
    r"|(?:system|user|human|assistant|ai|bot|question|sources?|answer)\s*(?=:))"
)
_KEY = re.compile(r"\s?[\[【][^\]】\n\d]{0,12}\d{1,3}(?:\s*[,;–-][^\]】\n\d]{0,12}\d{1,3}){0,20}\s*[\]】]")
_SPACE = re.compile(r"\s+")
_QUOTING = " \"'`“‘„«([/,"


def break_tokens(text: str) -> str:
    """`text` with a space inside every chat-template token, repeated until none is left."""
    while (broken := _TEMPLATE_TOKENS.sub(lambda match: match[0][0] + " " + match[0][1:], text)) != text:
        text = broken
    return text


def has_template_token(text: str) -> bool:
    """Whether a token of any known chat template is in `text`."""
    return _TEMPLATE_TOKENS.search(text) is not None


def speaks_template(text: str) -> bool:
    """Whether `text` uses a token of a turn as a template does, at its start or right behind a word or another token;
    a paper that tells of one quotes it, or puts it between spaces. Labels (`<EOS> <pad>`) are no such tokens."""
    return any(
        (match.start() == 0 or text[match.start() - 1] not in _QUOTING) and not _LABELS.fullmatch(match[0])
        for match in _TEMPLATE_TOKENS.finditer(text)
    )


def between_labels(text: str) -> list[str]:
    """The pieces of `text` that labels such as `<EOS>` part."""
    return [piece.strip() for piece in _LABELS.split(text) if piece.strip()]


def strip_tokens(text: str) -> str:
    """`text` without any chat-template token; what is left of a token nested in another goes as well."""
    while (stripped := _TEMPLATE_TOKENS.sub("", text)) != text:
        text = stripped
    return text


def as_data(text: str) -> str:
    """`text` as one line of evidence: template tokens broken; without bracketed numbers (a paper's own
    reference marks, or an imitation of our keys) and without line breaks, so that nothing can imitate our layout."""
    text = _ROLE_LINE.sub(lambda match: match[1] + match[2].replace("#", "").strip() + " ", text)
    text = _KEY.sub("", break_tokens(text))
    return _SPACE.sub(" ", text).strip()


def as_lines(text: str) -> str:
    """As `as_data`, but each row of a table stays a line of its own. A line with a bar in it imitates nothing."""
    pieces: list[str] = []
    for in_table, group in groupby(text.split("\n"), key=lambda line: CELL in line and is_row(line)):
        lines = list(group)
        pieces += map(as_data, lines if in_table else ["\n".join(lines)])
    return "\n".join(filter(None, pieces))


def as_question(text: str) -> str:
    """A user's text with template tokens broken; its line breaks stay."""
    return break_tokens(text).strip()
