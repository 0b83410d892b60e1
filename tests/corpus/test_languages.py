from __future__ import annotations

import pytest

from ragft.corpus.languages import language_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much memory does it need?", "en"),
        ("Wie viel Speicher braucht das Modell?", "de"),
        ("De combien de mémoire le modèle a-t-il besoin ?", "fr"),
        ("¿Cuánta memoria necesita el modelo?", "es"),
        ("需要多少内存?", "zh"),
        ("LLaMA2-7B 每个 token 的 KV 缓存要多大?", "zh"),
        ("メモリはどのくらい必要ですか?", "ja"),
        ("메모리가 얼마나 필요한가요?", "ko"),
        ("Сколько нужно памяти?", "ru"),
        ("كم من الذاكرة يحتاج؟", "ar"),
        ("The loss is α + β, where α is small, and the 注意力 is attention.", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_in(text) == language
