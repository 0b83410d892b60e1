"""Two short papers, a question that one of them answers, and what the model says to it."""

from __future__ import annotations

QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
ANSWER = "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory [1]."
PAPERS = {
    "qlora.md": "# Fine-tuning on one card\n\nQLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 "
    "GB of memory. A regular fine-tune takes more than 780 GB. Its base weights are frozen in four bits.\n",
    "tides.md": "# Tides at the coast\n\nSpring tides come shortly after full and new moon, when the pulls of sun and "
    "moon add up. The largest tidal range of the world, about 16 metres, is found in the Bay of Fundy.\n",
}
SCRIPT = {
    "models": ["scripted", "base-model", "tuned-model"],
    "rules": [
        {"match": "Question: .*QLoRA", "reply": ANSWER},
        {"match": "Question: .*Oberon", "reply": "The waggle dance of Oberon gives 2,345 m as the distance [1]."},
    ],
    "default": {"reply": "The documents do not answer this question."},
}
