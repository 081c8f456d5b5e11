"""Numbers as people type them: a decimal comma or point, full-width signs, a true minus."""

from __future__ import annotations

import re
import unicodedata

_THOUSAND_OR_DECIMAL = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


def plain_signs(text: str) -> str:
    """Full-width signs as plain ones, a true minus as hyphen, no blanks around."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("。", ".").strip()


def plain_number(text: str) -> str | None:
    """What was typed, as `float` and `Decimal` read it: "１２，５" is "12.5"; None if it is no number.

    A comma is the decimal sign; one that groups thousands ("1,000.5" or "1,000,000"), or may do so ("1,200"), is no number
    rather than guessed at. The number may still be too large for a float.
    """
    plain = plain_signs(text)
    return plain.replace(",", ".") if _NUMBER.fullmatch(plain) and not may_group_thousands(plain) else None


def may_group_thousands(text: str) -> bool:
    """Whether a comma may be that of a thousand as well as the decimal sign: "1,200"."""
    return _THOUSAND_OR_DECIMAL.fullmatch(plain_signs(text)) is not None
