"""Evaluations that were lost or interrupted: what of them is in the record, and what can be done. No Qt here.

What reads databases is imported where it is used, so that the window's start need not wait for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gui.watched import Standing

Key = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Lost:
    """An evaluation that can be gone on with: where, of what, since when, how far (percent), and why it ended early.

    `process_lost`: its process is gone and could not say why. `output` is the folder of its results.
    """

    record: Path
    evaluation: str
    standard: str
    station: str
    devices: tuple[str, ...]
    started: dt.datetime
    percent: int | None
    process_lost: bool
    reason: str
    output: Path
    language: str
    simulated: bool

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.record, self.evaluation


@dataclass(frozen=True, slots=True)
class Measured:
    """What the record holds of it: runs that were finished of those planned, findings, and the date of the last entry."""

    finished: int
    planned: int
    findings: int
    last: dt.datetime


def lost(standings: tuple[Standing, ...], decided: Collection[Key]) -> tuple[Lost, ...]:
    """Those that nobody has decided on, the newest first."""
    found = [_lost(one) for one in standings if one.stand.standing.resumable and (one.record, one.evaluation) not in decided]
    return tuple(sorted(found, key=lambda one: one.started, reverse=True))


def measured(record: Path, evaluation: str) -> Measured:
    """Read it from the record."""
    from testbench.outcome import RunState
    from testbench.record.store import Record

    with Record.open(record) as opened:
        row = opened.evaluation(evaluation)
        runs = opened.runs(evaluation)
        last = max([row.start.started, *(run.finished or run.started for run in runs)])
        if runs:
            steps = opened.steps(runs[-1].identifier)
            last = max([last, *(step.finished or step.started for step in steps)])
        return Measured(
            finished=sum(run.state is RunState.FINISHED for run in runs),
            planned=max(len(row.start.request.get("suite") or ()), len(runs)),
            findings=len(opened.findings(evaluation)),
            last=last,
        )


def go_on(one: Lost) -> str:
    """Have a process of its own go on with it; return its identifier. StartError says what it said if it did not begin."""
    from testbench.office.detached import start_detached

    words = ["resume", one.evaluation, "--record", str(one.record), "--detach", "--output", str(one.output)]
    return start_detached([*words, "--language", one.language], one.output)


def close_it(one: Lost, reason: str, person: str) -> None:
    """Judge what there is, and end it for good."""
    from testbench.engine.evaluation import close

    close(one.record, one.evaluation, reason, person)


def _lost(one: Standing) -> Lost:
    from testbench.engine.standing import Standing as Stands
    from testbench.office.standing_words import station_name

    row = one.stand.row
    start = row.start
    output = start.request.get("output")
    return Lost(
        record=one.record,
        evaluation=one.evaluation,
        standard=start.standard,
        station=station_name(row),
        devices=tuple(str(device["name"]) for device in start.devices),
        started=start.started,
        percent=None if one.headway is None else one.headway.percent,
        process_lost=one.stand.standing is Stands.LOST,
        reason=row.reason.removeprefix(f"{one.evaluation}: "),
        output=Path(output) if output else one.record.parent,
        language="zh" if start.language == "zh" else "en",
        simulated=start.simulated,
    )
