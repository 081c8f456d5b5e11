"""How a measurand is named for people: chemical symbols as they are, a velocity or a flow in words."""

from __future__ import annotations

from testbench.report.wording import wording
from testbench.text import Language, Text


def measurand_words(measurand: str) -> Text:
    """The measurand of a device in both languages."""
    return Text(
        zh=wording(Language.CHINESE).name("measurand", measurand), en=wording(Language.ENGLISH).name("measurand", measurand)
    )
