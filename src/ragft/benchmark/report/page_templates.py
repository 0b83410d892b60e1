"""The templates of the report pages, compiled once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ragft.console import safe

if TYPE_CHECKING:
    from jinja2 import Template


@lru_cache(16)
def page_template(name: str) -> Template:
    """The template of that name in `templates`. It escapes HTML, and an unknown variable is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ragft.benchmark.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = safe
    return environment.get_template(name)
