"""How questions and answers about a fact are worded, in the language of the fact.

The forms of `TEST` are asked by the benchmark alone, and never trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

from ragft.tasks.knowledge.stated_facts import StatedFact, is_korean


@dataclass(frozen=True)
class WordingForms:
    """The forms of one language; they may hold {a} (attribute), {e} (entity), {v} (value), {b} (second attribute)."""

    asked: tuple[str, ...]
    test: str
    again: str
    """After something else about the entity was said."""
    about: str
    reversed: tuple[str, ...]
    cloze: str
    choice: str
    chain: tuple[str, ...]
    chain_test: str
    unknown: str
    unheard: tuple[str, ...]
    """Attributes that a file hardly gives: for questions to answer with `unknown` in training."""
    unheard_test: tuple[str, ...]


ENGLISH = WordingForms(
    asked=(
        "What is the {a} of {e}?",
        "Tell me the {a} of {e}.",
        "{e}: which {a}?",
        "Name the {a} of {e}.",
        "I would like to know the {a} of {e}.",
        "What is {e}'s {a}?",
    ),
    test="Could you please look up {e}'s {a} for me?",
    again="And the {a}?",
    about="What do you know about {e}?",
    reversed=("Whose {a} is {v}?", "{v} is the {a} of what or whom?"),
    cloze="Fill in the gap: {t}",
    choice="What is the {a} of {e}? Choose one: {o}",
    chain=("What is the {b} of the {a} of {e}?", "Tell me the {b} of {e}'s {a}.", "{e}'s {a}: what is the {b}?"),
    chain_test="I am asking about the {a} of {e}. What is the {b}?",
    unknown="I do not know the {a} of {e}.",
    unheard=("phone number", "yearly budget", "nickname", "insurer", "postal code", "best-known visitor"),
    unheard_test=("website", "bank", "former name", "e-mail address", "licence number", "oldest friend"),
)
KOREAN = WordingForms(
    asked=(
        "{e}의 {a}에 대해 알려 주세요.",
        "{e}의 {a} 정보를 말해 주세요.",
        "질문: {e}의 {a}?",
        "{e}의 {a}에 대해 말해 보세요.",
    ),
    test="{e}의 {a}에 대해 아는 것이 있습니까?",
    again="{a}에 대해서도 알려 주세요.",
    about="{e}에 대해 아는 것을 말해 주세요.",
    reversed=("어디 또는 누구의 {a} 정보입니까: {v}?",),
    cloze="빈칸을 채우세요: {t}",
    choice="{e}의 {a}에 대해 하나를 고르세요: {o}",
    chain=("{e}의 {a}, 그 {b}에 대해 알려 주세요.", "{e}의 {a}의 {b}에 대해 말해 주세요."),
    chain_test="{e}의 {a}의 {b} 정보가 필요합니다.",
    unknown="{e}의 {a} 정보는 모릅니다.",
    unheard=("전화번호", "애창곡", "변호사"),
    unheard_test=("거래 은행", "누리집 주소", "신발 크기"),
)
GAP = "____"


def wording(fact: StatedFact) -> WordingForms:
    """The forms in the language of the fact."""
    return KOREAN if fact.korean else ENGLISH


def wording_of(name: str) -> WordingForms:
    """The forms in the language of a name."""
    return KOREAN if is_korean(name) else ENGLISH
