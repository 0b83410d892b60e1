"""Ollama's own description of its API, to hold the requests of ragft and the replies of the fake server to.

The file lies at shared/data/ollama/openapi.yaml beside the repository (or under RAGFT_SHARED_DATA). It leaves out some
fields that Ollama's source has (`EXTENSIONS`); any other field it does not know is a problem.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

EXTENSIONS = {
    "ChatRequest": {"truncate", "shift", "_debug_render_only"},
    "ChatMessage": {"thinking"},
    "ChatResponse": {"_debug_info"},
    "GenerateRequest": {"truncate", "shift"},
    "CreateRequest": {"files", "adapters"},
    "ShowResponse": {"modelfile", "system", "messages", "renderer", "parser", "tensors"},
    "ModelSummary": {"capabilities"},
}
"""Fields of Ollama's api/types.go that its OpenAPI file does not list."""


def openapi_file() -> Path:
    """Where Ollama's description of its API should lie."""
    return shared_data() / "ollama" / "openapi.yaml"


def shared_data() -> Path:
    """Where files lie that cannot be shipped with the project."""
    shared = os.environ.get("RAGFT_SHARED_DATA")
    return Path(shared) if shared else Path(__file__).resolve().parents[3] / "shared" / "data"


def problems(schema: str, data: Any) -> list[str]:
    """How `data` differs from the named schema; nothing where the file is absent (a test says so)."""
    validator = _validators().get(schema)
    if validator is None:
        return []
    return [f"{schema}{error.json_path.removeprefix('$')}: {error.message}" for error in validator.iter_errors(data)]


@cache
def _validators() -> dict[str, Any]:
    if not openapi_file().is_file():
        return {}
    import yaml
    from jsonschema import Draft202012Validator

    document = yaml.safe_load(openapi_file().read_text("utf-8"))
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema:
            for extra in EXTENSIONS.get(name, ()):
                schema["properties"][extra] = {}
            schema.setdefault("additionalProperties", False)
    return {
        name: Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})
        for name in schemas
    }
