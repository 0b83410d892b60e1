"""Asks five plain questions of a model that was just registered: whether it answers, and in words."""

from __future__ import annotations

from ragft.answer.written.degenerate import Fault, fault
from ragft.answer.written.thinking_models import thinking_tokens, thinks_unasked
from ragft.engine.base import ChatRequest, Engine, Message, Options, collect_reply
from ragft.errors import EngineError, ExportError
from ragft.setting_sections import AnswerSettings

QUESTIONS = (
    "What is the capital of France?",
    "Name one colour of the rainbow.",
    "Say hello in one short sentence.",
    "What is two plus three?",
    "Which is larger, a mouse or an elephant?",
)
NUM_PREDICT = 160
"""Tokens of an answer; a model that thinks has those for thoughts beside them, as it has in `ask`."""

_BROKEN: dict[Fault, str] = {
    "empty": "nothing",
    "template_token": "a token of its chat template",
    "think_block": "its thoughts, which were not asked for",
}
"""Signs of a wrong template or a lost end of turn. A wrong answer, a circle or a long one is the model's own doing."""


def smoke_test(engine: Engine, model: str) -> None:
    """Ask `model` the questions, without thinking, greedily.

    A model that thinks anyway and is cut before it answers passes: it speaks, and its thoughts are kept apart.

    Raises:
        ExportError: an answer is empty, or holds what belongs to the template.
        EngineError: the engine failed.
    """
    options = Options(num_predict=NUM_PREDICT + _thinking_tokens(engine, model))
    for question in QUESTIONS:
        try:
            text, last = collect_reply(engine, ChatRequest(model, (Message("user", question),), options))
        except EngineError as error:
            raise EngineError(f"{model} failed on {question!r}: {error.message}", fix=error.fix) from error
        found = fault(text, last.done_reason)
        if found == "empty" and last.thinking.strip() and last.done_reason == "length":
            continue
        if problem := _BROKEN.get(found):
            raise ExportError(
                f"{model} answered {question!r} with {problem}: {text[:80]!r}",
                fix="ragft export verify shows whether the file is at fault; if not, train for longer or on more rows",
            )


def _thinking_tokens(engine: Engine, model: str) -> int:
    if not engine.show(model).thinks and not thinks_unasked(engine, model):
        return 0
    settings = AnswerSettings(num_predict=NUM_PREDICT)
    return thinking_tokens(settings.model_copy(update={"num_ctx": engine.num_ctx}))
