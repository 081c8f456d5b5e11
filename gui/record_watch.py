"""Looks at the evaluations of one record again and again, reading only what may have changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gui.watched import Standing
from testbench.engine.headway import headway
from testbench.engine.standing import stand
from testbench.record.store import Record


class RecordWatch:
    """Looks at the evaluations of one record; those that are over are read once."""

    def __init__(self, path: Path) -> None:
        self.record = Record.open(path)
        self._over: dict[str, tuple[object, Standing]] = {}

    def look(self) -> list[Standing]:
        """All evaluations, the oldest first."""
        found = []
        amended = self.record.glances.amendments()
        for name, stands in sorted(self.record.glances.states().items()):
            state = (*stands, amended.get(name, 0))
            known = self._over.get(name)
            if known is not None and known[0] == state:
                found.append(known[1])
                continue
            seen = replace(self._one(name), amendments=amended.get(name, 0))
            if not seen.stand.standing.goes_on and not seen.stand.standing.resumable:
                self._over[name] = (state, seen)
            found.append(seen)
        return found

    def _one(self, name: str) -> Standing:
        record = self.record
        at = stand(record, name)
        if not at.standing.goes_on and not at.standing.resumable:
            return Standing(record.path, at)
        step = record.glances.last_step(name)
        done = headway(at.row.start.request, step, record.last_bench_time(name))
        latched = sum(alarm.latched for alarm in record.alarms.of(name))
        open_prompts = len(record.prompts.open(name)) if at.standing.goes_on else 0
        return Standing(record.path, at, done, open_prompts, latched)
