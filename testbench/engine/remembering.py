"""Keeps a simulated laboratory's commands in step with the journal, so that its world can be brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testbench.engine.laboratory import Laboratory


class LaboratoryMemory:
    """Which of a laboratory's commands are in the record (`Remembered`)."""

    def __init__(self, laboratory: Laboratory, kept: int = 0) -> None:
        self._laboratory = laboratory
        self._kept = kept

    def new(self) -> Sequence[Mapping[str, Any]]:
        """The commands that are not in the record yet."""
        return self._laboratory.history(self._kept)

    def kept(self, count: int) -> None:
        """So many of them are there now."""
        self._kept += count
