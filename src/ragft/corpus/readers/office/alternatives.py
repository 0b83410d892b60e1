"""Content that Office files hold in several forms (`mc:AlternateContent`), of which a program shows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES = f"{_MC}AlternateContent"
"""The element that holds the forms."""


def chosen_form(alternatives: Any, holds: Callable[[Any], bool]) -> Any:
    """The first form with an element that `holds` something to read, else the first; empty if there is none."""
    forms = [form for form in alternatives if form.tag in {f"{_MC}Choice", f"{_MC}Fallback"}]
    return next((form for form in forms if any(map(holds, form.iter()))), forms[0] if forms else ())


def put_first_forms(root: Any) -> None:
    """Put what the first form holds in the place of all forms, for readers that know of none."""
    for alternatives in list(root.iter(ALTERNATIVES)):
        for held in list(chosen_form(alternatives, lambda _: True)):
            alternatives.addprevious(held)
        alternatives.getparent().remove(alternatives)
