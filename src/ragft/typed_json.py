"""JSON read into the dataclass that it was written from, its types checked by pydantic.

manifest = parsed(Manifest, path.read_bytes())
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


def parsed(kind: type[T], text: bytes | str) -> T:
    """The `kind`, a dataclass or another type that pydantic knows, in a JSON text; fields it does not have are ignored.

    Raises:
        ValueError: the text is not JSON, or something else; the message names the first problem in one line.
    """
    found: T = _checked(_adapter(cast("Any", kind)).validate_json, text)
    return found


def typed(kind: type[T], value: object) -> T:
    """The same for a value that has been read from JSON already.

    Raises:
        ValueError: it is something else; the message names the first problem in one line.
    """
    found: T = _checked(_adapter(cast("Any", kind)).validate_python, value)
    return found


def parsed_or_none(kind: type[T], text: bytes | str) -> T | None:
    """The same as `parsed`; None where the text is not JSON, or something else, as a model may write."""
    try:
        return parsed(kind, text)
    except ValueError:
        return None


def _checked(validate: Callable[[Any], Any], value: object) -> Any:
    from pydantic import ValidationError

    try:
        return validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error


@lru_cache(64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
