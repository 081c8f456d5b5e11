"""What a divider asks of a valve that chooses the cylinder in front of a flow controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from testbench.engine.roles import Source


@runtime_checkable
class CylinderSelector(Source, Protocol):
    """A valve of several positions; 0 is closed. Its first channel tells the position, `positions` the cylinder at each."""

    positions: Mapping[str, int]

    def select(self, position: int) -> None:
        """Go to a position and make sure that it is reached; 0 closes all. Raises InstrumentError."""
        ...

    def position(self) -> int:
        """Ask where it stands. Raises InstrumentError."""
        ...
