"""The course of an evaluation: its runs and steps, done, present and to come, with gas set and findings judged. Without Qt.

Read from the record bit by bit: of the run that goes on only the steps that are new, of the others nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from testbench.criteria.judge import Verdict
from testbench.engine.judging import judge_stored
from testbench.engine.wording import describe, name_of_step
from testbench.errors import TestbenchError
from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import MeasurandKind, from_si, kind_of
from testbench.office.procedure_words import InstalledProcedureWords
from testbench.office.standing_words import station_name
from testbench.outcome import Outcome, RunState
from testbench.record.glance import StepGlance
from testbench.record.model import ChannelRow, EvaluationRow, RunRow
from testbench.record.store import Record
from testbench.station import parse_station
from testbench.text import Text


class StepState(Enum):
    """What became of a step."""

    DONE = "done"
    NOW = "now"
    TO_COME = "to come"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepItem:
    """A step of the list: `start_s` is where it began, or is planned to; `duration_s` what it took, or is planned to."""

    run: int
    number: int
    text: Text
    state: StepState
    start_s: float
    duration_s: float | None
    attempts: int = 1
    error: str = ""


@dataclass(frozen=True, slots=True)
class RunItem:
    """A run of the suite; `state` is None while it is to come."""

    number: int
    title: Text
    state: RunState | None
    outcome: Outcome | None
    steps: tuple[StepItem, ...]


@dataclass(frozen=True, slots=True)
class Shade:
    """A step behind the traces, in bench time; `end` is None while it goes on."""

    start: float
    end: float | None
    text: Text


@dataclass(frozen=True, slots=True)
class GasLine:
    """Gas or velocity that was set, in the unit of a channel: from each time on what was asked for and determined."""

    channel: str
    times: tuple[float, ...]
    set_points: tuple[float, ...]
    references: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """All of it at one moment; `jumps` says that bench time jumps, `resting` that nothing of it is planned any more."""

    row: EvaluationRow
    runs: tuple[RunItem, ...] = ()
    shades: tuple[Shade, ...] = ()
    gas: tuple[GasLine, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    jumps: bool = False
    station: str = ""

    @property
    def steps(self) -> tuple[StepItem, ...]:
        """The steps of all runs."""
        return tuple(step for run in self.runs for step in run.steps)

    @property
    def present(self) -> StepItem | None:
        """The step that goes on, or the last one that was begun."""
        begun = [step for step in self.steps if step.state is not StepState.TO_COME]
        return begun[-1] if begun else None


@dataclass(slots=True)
class _Known:
    """What was read of a run."""

    row: RunRow
    steps: dict[int, StepGlance] = field(default_factory=dict)
    cuts: tuple[Shade, ...] = ()
    over: bool = False


class CourseReader:
    """Reads the course of one evaluation again and again; one thread uses it."""

    def __init__(self, record: Record, evaluation: str) -> None:
        self._record = record
        self._evaluation = evaluation
        self._known: dict[str, _Known] = {}
        self._words = InstalledProcedureWords()
        self._verdicts: tuple[Verdict, ...] = ()
        self._judged: tuple[tuple[str, RunState], ...] = ()
        self._planned: dict[int, list[tuple[int, Text, float, float]]] = {}
        self._jumps, self._station = False, ""
        self._begun = False

    def read(self, channels: Sequence[ChannelRow]) -> Course:
        """Read what is new, and put it together."""
        row = self._record.evaluation(self._evaluation)
        if not self._begun:
            self._begin(row)
        rows = self._record.runs(self._evaluation)
        for run in rows:
            self._read_run(run)
        self._judge(row, rows)
        known = [self._known[run.identifier] for run in rows]
        return Course(
            row=row,
            runs=tuple(self._runs(row, known)),
            shades=tuple(sorted((shade for one in known for shade in _shades(one)), key=lambda shade: shade.start)),
            gas=tuple(_gas(known, channels)),
            verdicts=self._verdicts,
            jumps=self._jumps,
            station=self._station,
        )

    def _begin(self, row: EvaluationRow) -> None:
        """Read what never changes."""
        self._begun = True
        self._station = station_name(row)
        for run, number, call, start_s, duration_s, *arguments in (row.start.request.get("plan") or {}).get("steps") or ():
            text = step_text(str(call), arguments[0] if arguments else None)
            self._planned.setdefault(int(run), []).append((int(number), text, float(start_s), float(duration_s)))
        try:
            station = parse_station(row.start.station_text, Path(row.start.station_path))
        except TestbenchError:  # of an earlier version
            return
        self._jumps = station.station.jumps

    def _read_run(self, run: RunRow) -> None:
        known = self._known.setdefault(run.identifier, _Known(run))
        if known.over and known.row == run:
            return
        known.row = run
        last = max(known.steps, default=0)
        fresh = self._record.glances.steps_from(run.identifier, last)
        if any(step.attempts > 1 for step in fresh) and fresh != [known.steps.get(last)]:
            known.cuts = tuple(
                Shade(cut.began_at, cut.ended_at, Text(zh="被打断的尝试", en="attempt that was cut"))
                for cut in self._record.attempts(run.identifier)
            )
        known.steps.update({step.number: step for step in fresh})
        known.over = run.state.over

    def _judge(self, row: EvaluationRow, rows: Sequence[RunRow]) -> None:
        """Judge by the recorded standard what has been found; anew when a run has ended."""
        ended = tuple((run.identifier, run.state) for run in rows if run.state is not RunState.RUNNING)
        if ended == self._judged:
            return
        self._judged = ended
        known = {run.identifier for run in rows}  # a run that began meanwhile is judged the next time
        findings = [stored for stored in self._record.findings(self._evaluation) if stored.run in known]
        found = {(stored.finding.device, stored.finding.characteristic) for stored in findings}
        scorecard = judge_stored(row, findings, rows) if findings else None
        self._verdicts = tuple(
            verdict
            for device in (scorecard.devices if scorecard is not None else ())
            for verdict in (*device.verdicts, *device.without_criterion)
            if (verdict.device, verdict.characteristic) in found
        )

    def _runs(self, row: EvaluationRow, known: Sequence[_Known]) -> list[RunItem]:
        begun = {one.row.number: one for one in known}
        suite = [str(entry["procedure"]) for entry in row.start.request.get("suite") or ()]
        names = dict(enumerate(suite, 1)) | {n: one.row.procedure for n, one in begun.items()}
        items = []
        for number, name in sorted(names.items()):
            one = begun.get(number)
            steps = _steps(number, one, self._planned.get(number, ()))
            title = _text(words.title if (words := self._words.get(name)) else name)
            state, outcome = (None, None) if one is None else (one.row.state, one.row.outcome)
            items.append(RunItem(number, title, state, outcome, steps))
        return items


def step_text(call: str, arguments: Mapping[str, Any] | None) -> Text:
    """What a step does, in both languages; of one that an earlier version planned only the call is known."""
    if arguments is not None:
        try:
            return Text(zh=describe(call, arguments, "zh"), en=describe(call, arguments, "en"))
        except (KeyError, TypeError, ValueError):  # written by another version
            pass
    return Text(zh=name_of_step(call, "zh"), en=name_of_step(call, "en"))


def _steps(number: int, known: _Known | None, planned: Sequence[tuple[int, Text, float, float]]) -> tuple[StepItem, ...]:
    """Steps of a run: those of the journal, then what the plan has left, moved to where the run is now."""
    done = [] if known is None else [_begun(number, step) for _, step in sorted(known.steps.items())]
    if known is not None and known.row.state.over:
        return tuple(done)
    last = done[-1].number if done else 0
    shift = 0.0
    for place, _, start_s, _ in planned:
        if done and place == last:
            shift = done[-1].start_s - start_s
    to_come = [
        StepItem(number, place, text, StepState.TO_COME, start_s + shift, duration_s)
        for place, text, start_s, duration_s in planned
        if place > last
    ]
    return (*done, *to_come)


def _begun(run: int, step: StepGlance) -> StepItem:
    state = StepState.FAILED if step.error is not None else StepState.NOW if step.ended_at is None else StepState.DONE
    took = None if step.ended_at is None else step.ended_at - step.began_at
    text = step_text(step.call, step.arguments)
    return StepItem(run, step.number, text, state, step.began_at, took, step.attempts, step.error or "")


def _shades(known: _Known) -> list[Shade]:
    """Steps that take time, and attempts that were cut."""
    steps = [
        Shade(step.began_at, step.ended_at, step_text(step.call, step.arguments))
        for step in known.steps.values()
        if step.ended_at is None or step.ended_at > step.began_at
    ]
    return [*steps, *known.cuts]


def _gas(known: Sequence[_Known], channels: Sequence[ChannelRow]) -> list[GasLine]:
    """The gas or velocity of every setting, in each unit that the devices indicate in."""
    made = {
        MeasurandKind.GAS: _settings(known, "gas", "content"),
        MeasurandKind.VELOCITY: _settings(known, "velocity", "velocity"),
    }
    lines = []
    units: set[str] = set()
    for channel in channels:
        if channel.device is None or channel.unit in units:
            continue
        units.add(channel.unit)
        try:
            settings, factor = made.get(kind_of(channel.unit), {}), from_si(channel.unit)
        except UnitError:
            continue
        if settings:
            times, set_points, predicted_ones = zip(*sorted(settings.values()), strict=True)
            determined = tuple(factor * value for value in predicted_ones)
            lines.append(GasLine(channel.name, times, tuple(factor * value for value in set_points), determined))
    return lines


def _settings(known: Sequence[_Known], part: str, key: str) -> dict[int, tuple[float, float, float]]:
    """Time, set-point and determined value of every setting, of one part of what the bench knew after its steps."""
    settings: dict[int, tuple[float, float, float]] = {}
    for one in known:
        for step in one.steps.values():
            made = (step.state or {}).get(part)
            if isinstance(made, Mapping) and made.get("setting") not in settings:
                try:
                    set_point, predicted = float(made[key]), (made.get("predicted") or {}).get("value")
                    determined = set_point if predicted is None else float(predicted)
                    settings[int(made["setting"])] = (float(made["time"]), set_point, determined)
                except (KeyError, TypeError, ValueError):  # written by another version
                    continue
    return settings


def _text(words: object) -> Text:
    """A title in both languages."""
    return words if isinstance(words, Text) else Text(zh=str(words), en=str(words))
