"""The papers for MCP hosts, by the SDK's own client, over streamable HTTP and stdio."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.papers import ANSWER, QUESTION

if TYPE_CHECKING:
    from mcp.client.client import Client

    Use = Callable[[Client], Awaitable[Any]]


def _over_http(url: str, use: Use) -> Any:
    from mcp.client.client import Client

    async def run() -> Any:
        async with Client(f"{url}/mcp") as client:
            return await use(client)

    return asyncio.run(run())


def _over_stdio(workspace: Path, use: Use, *flags: str) -> Any:
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = ["-m", "ragft", "mcp", "--workspace", str(workspace), *flags]
    server = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))

    async def run() -> Any:
        async with Client(stdio_client(server)) as client:
            return await use(client)

    return asyncio.run(run())


async def _names(client: Client) -> set[str]:
    return {tool.name for tool in (await client.list_tools()).tools}


def _text(result: Any) -> Any:
    assert not result.is_error, result
    (item,) = result.content
    return json.loads(item.text)


def test_search_and_fetch_have_the_form_that_chatgpt_asks_for(url: str) -> None:
    async def use(client: Client) -> None:
        found = _text(await client.call_tool("search", {"query": "memory of QLoRA"}))
        assert list(found) == ["results"]
        first = found["results"][0]
        assert set(first) == {"id", "title", "url"} and first["title"] == "Fine-tuning on one card"
        assert first["url"].startswith(f"{url}/documents/{first['id']}/file")
        fetched = _text(await client.call_tool("fetch", {"id": first["id"]}))
        assert set(fetched) == {"id", "title", "text", "url", "metadata"}
        assert fetched["id"] == first["id"] and "48 GB of memory" in fetched["text"]

    _over_http(url, use)


def test_a_paper_is_in_the_results_once(url: str) -> None:
    async def use(client: Client) -> None:
        found = _text(await client.call_tool("search", {"query": "the"}))["results"]
        assert len({one["id"] for one in found}) == len(found)

    _over_http(url, use)


def test_a_question_is_answered_with_checked_citations(url: str) -> None:
    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": QUESTION})
        assert result.structured_content is not None
        assert result.structured_content["answer"] == ANSWER
        (citation,) = result.structured_content["citations"]
        assert (citation["number"], citation["quote"]) == ("1", ANSWER.replace(" [1]", ""))
        refused = await client.call_tool("ask", {"question": "How do I cook a mushroom risotto?"})
        assert refused.structured_content is not None and refused.structured_content["refused"] is True

    _over_http(url, use)


def test_papers_are_listed_and_read_by_pages_and_as_resources(url: str) -> None:
    from mcp.shared.exceptions import MCPError

    async def use(client: Client) -> None:
        papers = (await client.call_tool("list_papers", {})).structured_content
        assert papers is not None
        titles = {paper["title"]: paper["id"] for paper in papers["papers"]}
        assert set(titles) == {"Fine-tuning on one card", "Tides at the coast"}
        pages = (await client.call_tool("read_pages", {"document": titles["Tides at the coast"]})).structured_content
        assert pages is not None and "Bay of Fundy" in pages["pages"][0]["text"]
        resources = (await client.list_resources()).resources
        assert {one.name for one in resources} == set(titles)
        for one in resources:
            (content,) = (await client.read_resource(one.uri)).contents
            assert content.text  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="no document"):
            await client.read_resource("ragft://documents/nothing")

    _over_http(url, use)


def test_what_goes_wrong_is_said_with_what_helps(url: str) -> None:
    async def use(client: Client) -> None:
        result = await client.call_tool("fetch", {"id": "nothing"})
        assert result.is_error
        assert "no document 'nothing'" in result.content[0].text  # type: ignore[union-attr]

    _over_http(url, use)


def test_nothing_is_read_into_the_library_unless_it_was_allowed(
    url: str, serve: Callable[..., Any], tmp_path: Path
) -> None:
    assert _over_http(url, _names) == {"search", "fetch", "ask", "list_papers", "read_pages"}
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "moon.md").write_text("# On moons\n\nThe moon pulls the oceans, and so tides rise.\n")

    async def use(client: Client) -> None:
        assert "ingest" in await _names(client)
        refused = await client.call_tool("ingest", {"paths": [str(tmp_path)]})
        assert refused.is_error and "--allow-ingest" in refused.content[0].text  # type: ignore[union-attr]
        done = await client.call_tool("ingest", {"paths": [str(folder)]})
        assert done.structured_content is not None and done.structured_content["added"] == 1

    _over_http(serve(folders=(folder,)).url, use)


@pytest.mark.slow  # starts `ragft mcp`
def test_over_stdio_links_lead_to_the_files(papers: Path, scripted_engine: None) -> None:
    async def use(client: Client) -> None:
        found = _text(await client.call_tool("search", {"query": "memory of QLoRA"}))
        assert found["results"][0]["url"] == (papers / "qlora.md").as_uri()
        result = await client.call_tool("ask", {"question": QUESTION})
        assert result.structured_content is not None and result.structured_content["answer"] == ANSWER

    _over_stdio(papers / "ws", use)
