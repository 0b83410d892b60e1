"""Questions that the documents of the shelf answer, as lines of a file of questions, and right answers to them."""

from __future__ import annotations

from typing import Any

QLORA: dict[str, Any] = {
    "id": "qlora",
    "question": "How large a model does QLoRA finetune on a single 48 GB GPU?",
    "keywords": ["65B", "48 GB"],
    "reference": "QLoRA finetunes a 65B model on a single 48 GB GPU.",
    "documents": ["qlora.pdf"],
}
RAG: dict[str, Any] = {
    "id": "rag",
    "question": "What does retrieval-augmented generation read passages from?",
    "keywords": ["dense", "Wikipedia"],
    "reference": "From a dense vector index of Wikipedia.",
    "documents": ["rag.pdf"],
}
BREAD: dict[str, Any] = {
    "id": "bread",
    "question": "How long does sourdough bread rise in a cool room?",
    "keywords": ["twelve hours"],
    "reference": "Twelve hours.",
    "documents": ["bread.pdf"],
}
RIGHT = {
    "QLoRA": "QLoRA finetunes a 65B parameter model on a single 48 GB GPU [1].",
    "retrieval": "Retrieval-augmented generation reads passages from a dense vector index of Wikipedia [1].",
    "sourdough": "Sourdough bread rises for twelve hours in a cool room [1].",
}
"""By a word of the question."""
