"""The journal of one run: what a bench needs of it, and the one that is kept in the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from testbench.engine.clock import Clock
from testbench.findings import Finding
from testbench.record.store import Record


class Journal(Protocol):
    """Where the steps and findings of one run are kept; durable when a call returns."""

    run: str

    def begin(self, call: str, arguments: Mapping[str, Any]) -> int:
        """Keep that a step begins; return its number."""
        ...

    def finish(self, step: int, result: Mapping[str, Any]) -> None:
        """Keep a step's result, with its readings."""
        ...

    def fail(self, step: int, error: str) -> None:
        """Keep that a step failed, and why."""
        ...

    def find(self, finding: Finding) -> None:
        """Keep a finding."""
        ...

    def event(self, kind: str, text: str) -> None:
        """Keep an event."""
        ...


class RunJournal:
    """Writes one run's steps, findings and events to the record, dated by the bench's clock."""

    def __init__(self, record: Record, evaluation: str, run: str, clock: Clock) -> None:
        self.run = run
        self._record = record
        self._evaluation = evaluation
        self._clock = clock
        self.findings: list[Finding] = []

    def begin(self, call: str, arguments: Mapping[str, Any]) -> int:
        """Keep that a step begins; return its number."""
        return self._record.begin_step(self.run, call, arguments, bench_time=self._clock.now(), started=self._clock.wall())

    def finish(self, step: int, result: Mapping[str, Any]) -> None:
        """Keep a step's result, with its readings."""
        self._end(step, result, None)

    def fail(self, step: int, error: str) -> None:
        """Keep that a step failed, and why, with its readings."""
        self._end(step, None, error)

    def _end(self, step: int, result: Mapping[str, Any] | None, error: str | None) -> None:
        self._record.finish_step(
            self.run, step, result=result, error=error, bench_time=self._clock.now(), finished=self._clock.wall()
        )

    def find(self, finding: Finding) -> None:
        """Keep a finding."""
        self._record.add_findings(self.run, [finding])
        self.findings.append(finding)

    def event(self, kind: str, text: str) -> None:
        """Keep an event."""
        self._record.event(self._evaluation, self.run, kind, text, bench_time=self._clock.now(), at=self._clock.wall())
