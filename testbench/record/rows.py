"""Between rows of the tables and the types of `model`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.documents import plain
from testbench.record.model import (
    AlarmRow,
    AmendmentKind,
    AmendmentRow,
    AttemptRow,
    ChannelRow,
    CommandKind,
    CommandRow,
    EvaluationRow,
    EvaluationStart,
    EventRow,
    PictureRow,
    PromptRow,
    RunRow,
    StepRow,
    StoredFinding,
)

Row = Mapping[str, Any]


def start_columns(start: EvaluationStart) -> dict[str, Any]:
    """Columns of a beginning evaluation."""
    columns = {field.name: getattr(start, field.name) for field in fields(start)}
    columns["software"] = plain(start.software, "software")
    columns["devices"] = plain(start.devices, "devices")
    columns["request"] = plain(start.request, "request")
    return columns


def evaluation_row(row: Row) -> EvaluationRow:
    """Read an evaluation."""
    start = EvaluationStart(**{field.name: row[field.name] for field in fields(EvaluationStart)})
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return EvaluationRow(
        identifier=row["identifier"],
        start=start,
        outcome=outcome,
        finished=row["finished"],
        state=RunState(row["state"]),
        reason=row["reason"],
    )


def run_row(row: Row) -> RunRow:
    """Read a run."""
    columns = {field.name: row[field.name] for field in fields(RunRow)}
    columns["state"] = RunState(row["state"])
    columns["outcome"] = None if row["outcome"] is None else Outcome(row["outcome"])
    return RunRow(**columns)


def step_row(row: Row) -> StepRow:
    """Read a step."""
    return StepRow(**{field.name: row[field.name] for field in fields(StepRow)})


def attempt_row(row: Row) -> AttemptRow:
    """Read an attempt."""
    return AttemptRow(**{field.name: row[field.name] for field in fields(AttemptRow)})


def command_row(row: Row) -> CommandRow:
    """Read a command."""
    columns = {field.name: row[field.name] for field in fields(CommandRow)}
    columns["kind"] = CommandKind(row["kind"])
    return CommandRow(**columns)


def prompt_row(row: Row, pictures: Sequence[PictureRow] = ()) -> PromptRow:
    """Read a prompt, with its pictures."""
    columns = {field.name: row[field.name] for field in fields(PromptRow) if field.name != "pictures"}
    columns["choices"] = tuple(row["choices"] or ())
    columns["wants_picture"] = bool(row["wants_picture"])
    return PromptRow(**columns, pictures=tuple(pictures))


def picture_row(row: Row) -> PictureRow:
    """Read a picture, without its bytes."""
    return PictureRow(**{field.name: row[field.name] for field in fields(PictureRow)})


def alarm_row(row: Row) -> AlarmRow:
    """Read an alarm."""
    return AlarmRow(**{field.name: row[field.name] for field in fields(AlarmRow)})


def amendment_row(row: Row) -> AmendmentRow:
    """Read an amendment."""
    columns = {field.name: row[field.name] for field in fields(AmendmentRow)}
    columns["kind"] = AmendmentKind(row["kind"])
    return AmendmentRow(**columns)


def channel_row(row: Row) -> ChannelRow:
    """Read a channel."""
    return ChannelRow(**{field.name: row[field.name] for field in fields(ChannelRow)})


def event_row(row: Row) -> EventRow:
    """Read an event."""
    return EventRow(**{field.name: row[field.name] for field in fields(EventRow)})


def finding_columns(run: str, finding: Finding) -> dict[str, Any]:
    """Columns of a finding; its numbers must be finite, None is what could not be determined."""
    where = f"finding {finding.characteristic} of {finding.device}"
    low, high = finding.interval or (None, None)
    numbers = {
        "value": finding.value,
        "expanded_uncertainty": finding.expanded_uncertainty,
        "coverage_factor": finding.coverage_factor,
        "interval_low": low,
        "interval_high": high,
    }
    for name, number in numbers.items():
        if number is not None and not math.isfinite(number):
            raise RecordError(f"{where}: {name} is {number}, which cannot be recorded; give None and say why in the notes")
    return {
        "run": run,
        "device": finding.device,
        "characteristic": finding.characteristic,
        "unit": finding.unit,
        "index": finding.index,
        "details": plain(finding.details, f"{where}: details"),
        "notes": plain(finding.notes, f"{where}: notes"),
        **{name: None if number is None else float(number) for name, number in numbers.items()},
    }


def stored_finding(row: Row) -> StoredFinding:
    """Read a finding."""
    low, high = row["interval_low"], row["interval_high"]
    if not isinstance(row["details"], Mapping) or not isinstance(row["notes"], list):
        raise ValueError(f"finding {row['number']} has no details or notes")
    if any(isinstance(row[name], str) for name in ("value", "expanded_uncertainty", "coverage_factor")):
        raise ValueError(f"finding {row['number']} has a text for a number")
    finding = Finding(
        device=row["device"],
        characteristic=row["characteristic"],
        value=row["value"],
        unit=row["unit"],
        expanded_uncertainty=row["expanded_uncertainty"],
        coverage_factor=row["coverage_factor"],
        interval=None if low is None or high is None else (low, high),
        index=row["index"],
        details=row["details"],
        notes=tuple(row["notes"]),
    )
    return StoredFinding(run=row["run"], finding=finding, number=row["number"])
