"""A chat format written as a Go template, for Ollama servers that do not use the Jinja template inside a GGUF.

    text = go_template(ChatShape.of_tokenizer(tokenizer))

All fixed text is in quoted strings, so that line breaks and blanks of the layout never reach a prompt. Ollama
gives the template `.Messages` (neighbours of one role are merged), `.Think` and `.IsThinkSet` (server/template.go).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ragft.export.chat_shape import Around, ChatShape


def go_template(shape: ChatShape) -> str:
    """The template; `shape.limits` says what it leaves out."""
    return "\n".join(_lines(shape))


def _lines(shape: ChatShape) -> Iterator[str]:
    inside = shape.system_place in ("next_user", "last_user")
    if inside:
        yield '{{- $system := "" }}{{ $waits := false }}'
    if shape.system_place == "last_user" or shape.thoughts is not None:
        yield "{{- $question := -1 }}"
        yield '{{- range $i, $_ := .Messages }}{{ if eq .Role "user" }}{{ $question = $i }}{{ end }}{{ end }}'
    if shape.system_place == "front":
        yield from _front(shape)
    yield "{{- range $i, $_ := .Messages }}"
    yield "{{- $last := eq (len (slice $.Messages $i)) 1 }}"
    if shape.default_system and shape.system_place != "front":
        yield f"{{{{- if {_no_system(shape)} }}}}{_text(shape.default_system)}{{{{ end }}}}"
    if shape.system_place == "front":
        yield '{{- if eq .Role "user" }}'
    else:
        yield '{{- if eq .Role "system" }}'
        yield from [_kept_system(shape)] if inside else _system_turn(shape)
        yield '{{- else if eq .Role "user" }}'
    yield from _user_turn(shape)
    yield '{{- else if eq .Role "assistant" }}'
    yield from _answer_turn(shape)
    yield "{{- end }}"
    yield '{{- if and $last (ne .Role "assistant") }}' + _prompt(shape) + "{{ end }}"
    yield "{{- end }}"


def _front(shape: ChatShape) -> Iterator[str]:
    """All system texts, as Ollama joins them, in front of the conversation."""
    written = _content(shape.first_system).replace(".Content", ".System") if shape.first_system else ""
    yield f"{{{{- if .System }}}}{written}{{{{ else }}}}{_text(shape.default_system)}{{{{ end }}}}"


def _no_system(shape: ChatShape) -> str:
    """The condition that the conversation begins with no system turn (or, to some templates, with an empty one)."""
    if shape.system_place != "turn":
        return "eq $i 0"  # fixed text in front of every conversation
    if shape.empty_system:
        return 'and (eq $i 0) (ne .Role "system")'
    return 'and (eq $i 0) (or (ne .Role "system") (not .Content))'


def _kept_system(shape: ChatShape) -> str:
    """A system text is kept until the user turn that it is in."""
    kept = "{{- $system = .Content }}{{ $waits = true }}"
    return kept if shape.empty_system else f"{{{{- if .Content }}}}{kept}{{{{ end }}}}"


def _system_turn(shape: ChatShape) -> Iterator[str]:
    first, later = shape.first_system, shape.later_system
    there = "eq $i 0" if shape.empty_system else "and (eq $i 0) .Content"
    yield f"{{{{- if {there} }}}}" + (_content(first) if first else "")
    if later is not None:
        yield "{{- else if gt $i 0 }}" + _content(later)
    yield "{{- end }}"


def _user_turn(shape: ChatShape) -> Iterator[str]:
    if shape.system_place in ("turn", "front"):
        yield f"{{{{- {_quoted(shape.user.before)} }}}}{{{{ .Content }}}}{_text(shape.user.after)}"
        return
    here = "$waits" if shape.system_place == "next_user" else "and $waits (eq $i $question)"
    yield f"{{{{- {_quoted(shape.user.before)} }}}}"
    yield f"{{{{- if {here} }}}}{{{{ $system }}}}{_text(shape.system_gap)}{{{{ $waits = false }}}}{{{{ end }}}}"
    yield f"{{{{- .Content }}}}{_text(shape.user.after)}"


def _answer_turn(shape: ChatShape) -> Iterator[str]:
    yield f"{{{{- {_quoted(shape.assistant.before)} }}}}"
    if (thoughts := shape.thoughts) is not None:
        # Ollama reads the tags off the plain text around `.Thinking`, so this text is not quoted.
        around = f"{thoughts.before}{{{{ .Thinking }}}}{thoughts.after}"
        yield f"{{{{- if and .Thinking (gt $i $question) }}}}{around}{{{{ end }}}}"
    yield f"{{{{- .Content }}}}{{{{ if not $last }}}}{_text(shape.assistant.after)}{{{{ end }}}}"


def _prompt(shape: ChatShape) -> str:
    if shape.prompt == shape.prompt_thinking or not shape.thinks:
        return _text(shape.prompt)
    unasked = "{{ if and $.IsThinkSet (not $.Think) }}"
    return f"{unasked}{_text(shape.prompt)}{{{{ else }}}}{_text(shape.prompt_thinking)}{{{{ end }}}}"


def _content(around: Around) -> str:
    return f"{_text(around.before)}{{{{ .Content }}}}{_text(around.after)}"


def _text(text: str) -> str:
    return f"{{{{ {_quoted(text)} }}}}" if text else ""


def _quoted(text: str) -> str:
    """A Go string literal: JSON's escapes are among Go's. A Modelfile loses what is not print: that is escaped."""
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in json.dumps(text, ensure_ascii=False))


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
