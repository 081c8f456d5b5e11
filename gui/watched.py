"""An evaluation as the window watches it: a snapshot that any thread may hold. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbench.engine.headway import Headway
    from testbench.engine.standing import Stand


@dataclass(frozen=True, slots=True)
class Standing:
    """An evaluation of a record: where it stands, how far it has come, and what of it waits for a person.

    `amendments` counts how often its results were excluded, restored or repeated since it has ended.
    """

    record: Path
    stand: Stand
    headway: Headway | None = None
    prompts: int = 0
    alarms: int = 0
    amendments: int = 0

    @property
    def evaluation(self) -> str:
        """Its identifier."""
        return self.stand.row.identifier

    @property
    def needs_somebody(self) -> bool:
        """Whether it goes on and waits for a person: with a question, an alarm, or paused."""
        paused = self.stand.standing.value == "paused"
        return self.stand.standing.goes_on and bool(self.prompts or self.alarms or paused)
