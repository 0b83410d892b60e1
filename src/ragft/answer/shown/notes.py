"""Notes to the reader on how an answer was made, the most important first, each with a remedy."""

from __future__ import annotations

from collections.abc import Iterator

from ragft.answer.base import FIRST_TOKEN_SECONDS, Answer
from ragft.answer.shown.messages import language_of_question, say
from ragft.console import safe

_FAULTS = {
    "loop": "repeated_itself",
    "recital": "copied_sources",
    "empty": "wrote_nothing",
    "template_token": "wrote_control_text",
    "think_block": "wrote_thoughts",
    "cut_off": "cut_off",
}
"""Message by what was wrong with the output."""
_DOUBTFUL = frozenset({"partly", "not_found", "contradicted"})


def footer(answer: Answer, *, verbose: bool = False) -> list[str]:
    """The lines below an answer: all that is known with `verbose`, else at most one, and no trifle."""
    everything = notes(answer)
    if verbose:
        return everything
    trifles = len(list(_trifles(answer)))
    return everything[: len(everything) - trifles][:1]


def notes(answer: Answer) -> list[str]:
    """Every remark on `answer`, the most important first, in the language of its question."""
    return [safe(note) for note in (*_important(answer), *_trifles(answer))]


def _important(answer: Answer) -> Iterator[str]:
    metrics, language = answer.metrics, language_of_question(answer.question)
    thought = say("only_thought", language, model=answer.model) if metrics.degenerate == "unfinished_thought" else ""
    yield from [thought] if thought else []
    yield from (warning for warning in metrics.warnings if warning != thought)
    if metrics.quoted:
        yield say("quotation", language)
    elif metrics.degenerate in _FAULTS:
        yield say(_FAULTS[metrics.degenerate], language)
    if not answer.refused and not metrics.quoted:
        yield from _on_sentences(answer, language)
    yield from _on_search(answer, language)
    if metrics.catalogue:
        yield say("catalogue", language)
    if metrics.instructions_withheld:
        yield say("instructions", language, count=metrics.instructions_withheld)
    if metrics.history_dropped:
        yield say("history", language, count=metrics.history_dropped)
    if metrics.evidence_dropped + metrics.evidence_trimmed and metrics.reading_speed is not None:
        yield say(
            "evidence_share",
            language,
            share=f"{metrics.evidence_share:.0%}",
            tokens=metrics.evidence_tokens,
            seconds=f"{FIRST_TOKEN_SECONDS:.0f}",
            speed=f"{metrics.reading_speed:.0f}",
        )


def _on_sentences(answer: Answer, language: str) -> Iterator[str]:
    """How many sentences were marked, and how many left out."""
    doubtful = [one for one in answer.judged if one.verdict in _DOUBTFUL]
    left_out = [one.verdict for one in doubtful if one.shown == "left_out"]
    otherwise = left_out.count("contradicted")
    counts = {
        "unsupported": sum(one.shown == "marked" for one in doubtful),
        "contradicted": otherwise,
        "left_out": len(left_out) - otherwise,
    }
    yield from (say(name, language, count=count) for name, count in counts.items() if count)


def _on_search(answer: Answer, language: str) -> Iterator[str]:
    """What was searched for that was not typed."""
    metrics = answer.metrics
    if metrics.searched_for:
        yield say("searched_for", language, query=metrics.searched_for)
    if metrics.also_searched_for:
        yield say("also_searched_for", language, queries="; ".join(metrics.also_searched_for))


def _trifles(answer: Answer) -> Iterator[str]:
    """Notes that are shown only on request (`verbose`)."""
    metrics, language = answer.metrics, language_of_question(answer.question)
    if not answer.refused and metrics.aligned_sentences and not metrics.quoted:
        yield say("matched", language, count=metrics.aligned_sentences)
    if metrics.unknown_keys:
        yield say("unknown_sources", language, count=metrics.unknown_keys)
    if metrics.evidence_dropped + metrics.evidence_trimmed and metrics.reading_speed is None:
        yield say(
            "evidence_kept",
            language,
            tokens=metrics.evidence_tokens,
            dropped=metrics.evidence_dropped,
            trimmed=metrics.evidence_trimmed,
        )
