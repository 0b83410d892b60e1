from __future__ import annotations

import pytest

from ragft.index.search.paper_parts import part_of

SECTIONS = (
    "Abstract",
    "1 Introduction",
    "2 Method",
    "3 Results",
    "4 Discussion",
    "5 Limitations",
    "6 Future Work",
    "7 Conclusion",
)


def sections_for(question: str) -> list[str]:
    part = part_of(question, {"lora"})
    return [SECTIONS[row] for row in part.rows(list(enumerate(SECTIONS)))] if part else []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What are the limitations of LoRA?", "5 Limitations"),
        ("What weaknesses do the authors of the LoRA paper admit?", "5 Limitations"),
        ("What are the contributions of LoRA?", "Abstract"),
        ("What future work does LoRA suggest?", "6 Future Work"),
        ("How does LoRA work?", "Abstract"),
        ("What method does the LoRA paper propose?", "Abstract"),
        ("What are the results of LoRA?", "Abstract"),
        ("Was sind die Grenzen von LoRA?", "5 Limitations"),
        ("Welche Beiträge leistet das LoRA-Paper?", "Abstract"),
        ("Quelles sont les limites de LoRA ?", "5 Limitations"),
        ("¿Cuáles son las contribuciones de LoRA?", "Abstract"),
        ("LoRA论文的主要贡献是什么?", "Abstract"),
        ("LoRAの限界は何ですか？", "5 Limitations"),
        ("LoRA 논문의 주요 기여는 무엇인가요?", "Abstract"),
    ],
)
def test_the_sections_of_the_part_come_first(question: str, first: str) -> None:
    assert sections_for(question)[0] == first


@pytest.mark.parametrize(
    "question",
    [
        "What are the limitations of LoRA on long texts?",
        "What are the results of LoRA on TriviaQA?",
        "Which method trains the adapters of LoRA?",
        "How many parameters does LoRA train?",
        "Was sind die Grenzen von LoRA bei langen Texten?",
        "What is LoRA?",
        "",
    ],
)
def test_a_question_about_anything_else_asks_for_no_part(question: str) -> None:
    assert part_of(question, {"lora"}) is None


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Was sind die Grenzen von LoRA?", "5 Einschränkungen"),
        ("Quelles sont les limites de LoRA ?", "Limites"),
        ("¿Cuáles son las contribuciones de LoRA?", "1 Introducción"),
        ("¿Cuáles son las contribuciones de LoRA?", "Conclusión"),
        ("What are the limitations of LoRA?", "Limitações"),
        ("What are the limitations of LoRA?", "Limitazioni"),
        ("What are the results of LoRA?", "Résumé"),
        ("What are the results of LoRA?", "4. Résultats"),
        ("How does LoRA work?", "Método"),
        ("LoRAの限界は何ですか？", "限界"),
        ("LoRA 논문의 주요 기여는 무엇인가요?", "초록"),
    ],
)
def test_sections_are_found_in_the_language_of_the_paper(question: str, section: str) -> None:
    part = part_of(question, {"lora"})
    assert part is not None
    assert part.rows([(0, "Related work"), (1, section)]) == [1]


def test_where_no_section_is_called_so_search_decides() -> None:
    part = part_of("What are the limitations of LoRA?", {"lora"})
    assert part is not None
    assert part.rows([(7, "1 Introduction"), (8, "4 Discussion"), (9, "Conclusions")]) == []


def test_a_part_leaves_room_for_other_passages() -> None:
    part = part_of("What are the results of LoRA?", {"lora"})
    assert part is not None
    assert len(part.rows([(n, name) for n, name in enumerate(["Abstract", "Results", "Conclusion"] * 5)])) == 4
