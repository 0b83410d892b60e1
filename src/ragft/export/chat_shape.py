"""The prompt format of a chat template, found by rendering conversations of known words with it.

    shape = ChatShape.of_tokenizer(tokenizer)
    shape.system, shape.user, shape.assistant      # the text before and after each role's turn
    shape.limits                                   # what such a description leaves out, in words

A Jinja template is a program; no list of names and no reading of its text says what it does. Its output on chosen
conversations does. `go_template` writes the description down as a Go template, which older Ollama servers need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any, Literal

from ragft.engine.base import Message
from ragft.engine.chat_template import accepts_system
from ragft.export.trained import TemplateRefusal, added_bos, trained_prompt

SYSTEM, USER, ANSWER, THOUGHT = "Qsystem{}q", "Quser{}q", "Qanswer{}q", "Qthought{}q"
"""Words that no template writes itself; numbered, so that every turn of a conversation is another text."""

SystemPlace = Literal["turn", "front", "next_user", "last_user"]
"""Where a system text goes: a turn of its own; at the front, all of them as one; inside a user turn before its text."""

_DATE = re.compile(r"strftime_now\(\s*(['\"])(.+?)\1")


class UnsupportedTemplate(Exception):
    """The template's output cannot be described as turns with fixed text around them; the message says why."""


@dataclass(frozen=True)
class Around:
    """The fixed text on both sides of a content."""

    before: str
    after: str


@dataclass(frozen=True)
class ChatShape:
    """The prompt format. A BOS at the very front is left out where llama.cpp's tokenizer adds it.

    `default_system` stands at the front of a conversation that does not begin with a system turn. `first_system` is
    a system turn at the front, `later_system` one further down, None where it is dropped or refused. With
    `system_place` other than "turn", a system text is in a user turn, followed by `system_gap`.
    `empty_system` is whether an empty system text at the front counts as one, `later_systems` whether a system text
    further down is written as the template does. `prompt` ends a prompt for an answer,
    `prompt_thinking` one for an answer with thoughts. `thoughts` stand around the thoughts of an answer that is
    continued, None where the template has no place for them.
    """

    user: Around
    assistant: Around
    prompt: str
    prompt_thinking: str
    default_system: str = ""
    first_system: Around | None = None
    later_system: Around | None = None
    system_place: SystemPlace = "turn"
    system_gap: str = ""
    empty_system: bool = True
    later_systems: bool = True
    thoughts: Around | None = None
    strips: bool = False
    limits: tuple[str, ...] = ()

    @classmethod
    def of_tokenizer(cls, tokenizer: Any) -> ChatShape:
        """That of the tokenizer's chat template.

        Raises:
            UnsupportedTemplate: its prompts are not turns with fixed text around them.
        """
        try:
            return _Probe(tokenizer, added_bos(tokenizer)).shape()
        except TemplateRefusal as error:
            raise UnsupportedTemplate(f"the template refuses a plain conversation ({error})") from error

    @property
    def thinks(self) -> bool:
        """Ollama tells thoughts from answers only where a template has a place for them."""
        return self.thoughts is not None


@dataclass(frozen=True)
class _Probe:
    tokenizer: Any
    bos: str

    def shape(self) -> ChatShape:
        users, answers = [USER.format(n) for n in (1, 2, 3)], [ANSWER.format(n) for n in (1, 2)]
        head, tail = _around(self.render([_user(1)]), users[0])
        talk = self.render([_user(1), _answer(1), _user(2), _answer(2), _user(3)])
        pieces = _pieces(talk, [users[0], answers[0], users[1], answers[1], users[2]])
        if pieces[0] != head or pieces[1] != pieces[3] or pieces[2] != pieces[4]:
            raise UnsupportedTemplate("the text around a turn depends on where the turn stands")
        ends = {thinking: self._end(thinking=thinking) for thinking in (False, True)}
        after_user = _common_start(tail, pieces[1], *ends.values())
        after_answer, before_user = _split_between(pieces[2], self._answered(), head)
        user = Around(before_user, after_user)
        found = ChatShape(
            user=user,
            assistant=Around(pieces[1].removeprefix(after_user), after_answer),
            prompt=ends[False].removeprefix(after_user),
            prompt_thinking=ends[True].removeprefix(after_user),
            default_system=head.removesuffix(before_user),
            thoughts=self._thoughts(pieces[1]),
            strips=self._strips(),
            **self._system(head, user),
        )
        return ChatShape(**{**vars(found), "limits": tuple(self._limits(found))})

    def render(self, messages: Sequence[Message], *, prompt: bool = False, thinking: bool = False) -> str:
        """The template's output without a BOS that the tokenizer adds."""
        return trained_prompt(self.tokenizer, messages, prompt=prompt, thinking=thinking).removeprefix(self.bos)

    def _attempt(self, messages: Sequence[Message]) -> str | None:
        try:
            return self.render(messages)
        except TemplateRefusal:
            return None

    def _end(self, *, thinking: bool) -> str:
        """What follows the last question in a prompt for an answer."""
        return _around(self.render([_user(1)], prompt=True, thinking=thinking), USER.format(1))[1]

    def _answered(self) -> str:
        """What follows the last answer of a conversation that ends with it."""
        return _around(self.render([_user(1), _answer(1)]), ANSWER.format(1))[1]

    def _system(self, head: str, user: Around) -> dict[str, Any]:
        """The fields that say how system texts are written."""
        if not accepts_system(self.tokenizer):  # folded by ragft itself, the same way in training
            return {"system_place": "next_user", "system_gap": "\n\n", "empty_system": False}
        system = SYSTEM.format(1)
        empty = self._attempt([Message("system", ""), _user(1)])
        known = {"empty_system": empty is not None and empty != self.render([_user(1)])}
        long = self.render([_system(1), _user(1), _answer(1), _user(2)])
        if ANSWER.format(1) in long.partition(system)[0]:
            gap = _pieces(long, [system, USER.format(2)])[1]
            return {**known, "system_place": "last_user", "system_gap": gap, "later_systems": False}
        before, between, _ = _pieces(self.render([_system(1), _user(1)]), [system, USER.format(1)])
        if between.endswith(user.before) and user.before:
            first = Around(before, between.removesuffix(user.before))
            if self._hoists():
                return {**known, "first_system": first, "system_place": "front"}
            later = self._later_system(user)
            return {**known, "first_system": first, "later_system": later, "later_systems": later is not None}
        if before != head:
            raise UnsupportedTemplate("a system text changes the text in front of the first user turn")
        return {**known, "system_place": "next_user", "system_gap": between, "later_systems": False}

    def _hoists(self) -> bool:
        """Whether a system text further down is written at the front."""
        system = SYSTEM.format(2)
        text = self._attempt([_user(1), _answer(1), _system(2), _user(2)])
        return text is not None and system in text.partition(USER.format(1))[0]

    def _later_system(self, user: Around) -> Around | None:
        system, answer = SYSTEM.format(2), ANSWER.format(1)
        text = self._attempt([_user(1), _answer(1), _system(2), _user(2)])
        if text is None or text.count(system) != 1:
            return None
        between = _pieces(text, [answer, system, USER.format(2)])
        after_answer = self._after_answer()
        if not (between[1].startswith(after_answer) and between[2].endswith(user.before)):
            return None
        return Around(between[1].removeprefix(after_answer), between[2].removesuffix(user.before))

    def _after_answer(self) -> str:
        talk = self.render([_user(1), _answer(1), _user(2)])
        between = _pieces(talk, [ANSWER.format(1), USER.format(2)])[1]
        return _split_between(between, self._answered(), _around(self.render([_user(1)]), USER.format(1))[0])[0]

    def _thoughts(self, before_answer: str) -> Around | None:
        """Those of an answer after the last question; earlier ones are dropped by every template known here."""
        thought = THOUGHT.format(1)
        text = self._attempt([_user(1), Message("assistant", ANSWER.format(1), thinking=thought)])
        if text is None or thought not in text:
            return None
        before, after = _pieces(text, [USER.format(1), thought, ANSWER.format(1)])[1:3]
        if "{{" in before + after or '"""' in before + after:
            raise UnsupportedTemplate("the text around thoughts would be a command of a Go template or a Modelfile")
        return Around(before.removeprefix(before_answer), after)

    def _strips(self) -> bool:
        """Whether blanks around a content are taken away."""
        blank = Message("user", f"  {USER.format(1)}  ")
        return f"  {USER.format(1)}" not in self.render([blank])

    def _limits(self, found: ChatShape) -> list[str]:
        """What the description leaves out of the template."""
        source = self.tokenizer.chat_template
        text = source.get("default", "") if isinstance(source, dict) else str(source)
        limits = ["tools"] if re.search(r"\btools\b", text) else []
        limits += [f"today's date (it stays {date})" for date in _dates(text, found)]
        limits += ["blanks around a message (they are kept)"] if found.strips else []
        limits += ["images"] if "image" in text else []
        limits += [] if found.later_systems else ["a system text after the first turn"]
        limits += ["thinking (it stays off)"] if found.prompt != found.prompt_thinking and not found.thoughts else []
        limits += ["/no_think in a message"] if "/no_think" in text else []
        return limits


def _dates(template: str, found: ChatShape) -> list[str]:
    """Today's dates that the template has written into fixed text."""
    fixed = found.default_system + (found.first_system.before if found.first_system else "")
    dates = {datetime.now().strftime(match[2]) for match in _DATE.finditer(template)}
    return sorted(date for date in dates if date in fixed)


def _split_between(between: str, answered: str, head: str) -> tuple[str, str]:
    """The text between an answer and the next question, cut into the end of the one and the start of the other."""
    for cut in (len(_common_start(between, answered)), *range(len(between) + 1)):
        if head.endswith(between[cut:]):
            return between[:cut], between[cut:]
    raise AssertionError("every text ends in the empty one")


def _common_start(*texts: str) -> str:
    return "".join(
        letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    )


def _around(text: str, content: str) -> tuple[str, str]:
    before, after = _pieces(text, [content])
    return before, after


def _pieces(text: str, contents: Sequence[str]) -> list[str]:
    """The fixed text between `contents`, which must all come once and in this order."""
    found, rest = [], text
    for content in contents:
        if text.count(content) != 1 or content not in rest:
            raise UnsupportedTemplate("a message does not come once, in its place, in the prompt")
        before, _, rest = rest.partition(content)
        found.append(before)
    return [*found, rest]


def _message(role: Any, form: str, number: int) -> Message:
    return Message(role, form.format(number))


_system = partial(_message, "system", SYSTEM)
_user = partial(_message, "user", USER)
_answer = partial(_message, "assistant", ANSWER)
