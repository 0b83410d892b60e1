"""The HTTP side of Ollama: its official client, with the calls it has no method for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from ragft import ollama_package


class Client(ollama_package.Client):
    """The official client, with the calls it has no method for."""

    @property
    def address(self) -> str:
        """The server's address, without a slash at the end."""
        return str(self._client.base_url).rstrip("/")

    @property
    def closed(self) -> bool:
        """Whether `close` was called on this client."""
        return bool(self._client.is_closed)

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request, its errors as the client's own."""
        response: httpx.Response = self._request_raw(method, path, **arguments)  # type: ignore[no-untyped-call]
        return response

    def has_blob(self, digest: str) -> bool:
        """Whether the server holds a file of that digest."""
        reply = self._client.request("HEAD", f"/api/blobs/{digest}")
        if reply.status_code not in (200, 404):
            reply.raise_for_status()
        return bool(reply.status_code == 200)

    def stream(self, path: str, body: Mapping[str, Any], **arguments: Any) -> Iterator[dict[str, Any]]:
        """The lines of a streamed reply; an `error` line raises as an error status does.

        They stay dictionaries, as any number may be left out of them.
        """
        yield from self._request(dict[str, Any], "POST", path, json=body, stream=True, **arguments)

    def close(self) -> None:
        """Close the connections to the server."""
        self._client.close()
