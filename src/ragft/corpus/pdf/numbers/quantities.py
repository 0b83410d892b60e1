"""Numbers and short quantities, as they fill the cells of invoices, statements and stock lists."""

from __future__ import annotations

import re

_CURRENCY = r"(?:[^\W\d_]{1,3}\.?\s|[^\W\d_]{0,3}[$€£¥₹])"
_NUMBER = r"\d[\d.,:/'’\u00a0\u202f -]*"
_UNIT = r"[^\W\d_]{1,6}\.?(?:/[^\W\d_]{1,6})?[²³]?|[%‰°€$£¥₹]\w?"
_QUANTITY = re.compile(rf"\(?[-+−–±]?\s?{_CURRENCY}?\s?[-+−–±]?{_NUMBER}\)?[-+−–]?\s?(?:{_UNIT})?|[-–—]")


def is_quantity(text: str) -> bool:
    """Whether this is a number alone, with a sign, a currency or a unit: `1.234,05 €`, `(300)`, `1 pcs`; or a dash."""
    return _QUANTITY.fullmatch(text.strip()) is not None
