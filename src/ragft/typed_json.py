"""JSON read into the dataclass that it was written from, its types checked by pydantic.

manifest = parsed(Manifest, path.read_bytes())
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


def parsed(kind: type[T], text: bytes | str) -> T:
    """The `kind`, a dataclass or another type that pydantic knows, in a JSON text; fields it does not have are ignored.

    Raises:
        ValueError: the text is no JSON, or something else; the message names the first problem in one line.
    """
    from pydantic import ValidationError

    try:
        found: T = _adapter(cast("Any", kind)).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error
    return found


@lru_cache(64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
