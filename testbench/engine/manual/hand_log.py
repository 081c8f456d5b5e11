"""The log of what was set by hand: who, when, on which station, what, and what came of it; one line each, only appended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from testbench.engine.clock import wall_now
from testbench.errors import RecordError
from testbench.state_folder import state_folder

NAME = "by-hand.jsonl"


@dataclass(frozen=True, slots=True)
class HandLog:
    """A file of JSON lines; `write` raises RecordError, so that nothing is set that cannot be logged."""

    path: Path
    station: str
    by: str

    @classmethod
    def of_user(cls, station: Path, by: str) -> HandLog:
        """The log in this user's state folder."""
        return cls(state_folder() / NAME, str(station.absolute()), by)

    def write(self, what: str, came_of_it: str = "") -> None:
        """Append one entry."""
        entry = {"at": wall_now().isoformat(timespec="milliseconds"), "by": self.by, "station": self.station}
        line = json.dumps(entry | {"what": what, "came_of_it": came_of_it}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
        except OSError as error:
            raise RecordError(
                f"the log of what is set by hand, {self.path}, cannot be written: {error.strerror or error}; "
                "make room, or give the right to write there"
            ) from error
