"""One evaluation as the screen shows it: verdicts with their attempts, runs with their steps, channels. Without Qt.

Everything is read from the record in one go, in a thread; readings themselves are asked for when they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gui.plots.limit_bar import LimitBar
from testbench.criteria.judge import Verdict
from testbench.engine.amending import repeats_of, results_of
from testbench.engine.request import Repeats
from testbench.engine.standing import Stand, stand
from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.record.attempts import Attempt, Result
from testbench.record.model import ChannelRow, DeviceEntry, EvaluationRow, RunRow, StepRow
from testbench.record.pairing import Pairing
from testbench.record.store import Record
from testbench.report.content import LimitKind, ReportVerdict
from testbench.report.from_record import KINDS
from testbench.report.numbers import NOTHING, places_for, rounded, with_unit
from testbench.report.phrases import value_and_uncertainty
from testbench.station import parse_station


def printed(
    finding: Finding | None, characteristic: str, limit: float | None, kind: LimitKind = LimitKind.SYMMETRIC
) -> tuple[str, str]:
    """Value and U, or the 95 % interval where it is not value ± U, as reports print them; dashes for what is not there."""
    verdict = ReportVerdict(characteristic, finding, None, limit=limit, limit_kind=kind)
    value, uncertainty = value_and_uncertainty(verdict)
    if finding is None or finding.interval is None or finding.value is None:
        return value, uncertainty
    low, high = finding.interval
    places = places_for((high - low) / 2) if high > low else 4
    return value, f"{rounded(low, places)}…{rounded(high, places)}"


def printed_whole(
    finding: Finding | None, characteristic: str, limit: float | None, kind: LimitKind = LimitKind.SYMMETRIC
) -> str:
    """Value ± U, or value and 95 % interval, with the unit."""
    value, uncertainty = printed(finding, characteristic, limit, kind)
    if value == NOTHING or finding is None:
        return NOTHING
    if uncertainty == NOTHING:
        return with_unit(value, finding.unit)
    both = f"{value} ± {uncertainty}" if finding.interval is None else f"{value} ({uncertainty})"
    return with_unit(both, finding.unit)


@dataclass(frozen=True, slots=True)
class Line:
    """One result of one device: its verdict where a standard judged, and all attempts at it.

    `criterion` is false where the standard has no criterion for it; `result` is None where nothing was found.
    """

    device: str
    characteristic: str
    verdict: Verdict | None
    criterion: bool
    result: Result | None

    @property
    def standard(self) -> str:
        """The standard that judged, where several do."""
        return "" if self.verdict is None else self.verdict.standard

    @property
    def attempt(self) -> Attempt | None:
        """The attempt that counts."""
        return None if self.result is None else self.result.counting

    @property
    def finding(self) -> Finding | None:
        """The finding of the attempt that counts, without a value where it is excluded."""
        return None if self.attempt is None else self.attempt.as_counted.finding

    @property
    def outcome(self) -> Outcome | None:
        """The verdict; None where there is no criterion."""
        return self.verdict.outcome if self.verdict is not None and self.criterion else None

    @property
    def unit(self) -> str:
        """The unit of value and limit."""
        if self.finding is not None and self.finding.unit:
            return self.finding.unit
        return "" if self.verdict is None else self.verdict.unit

    @property
    def kind(self) -> LimitKind:
        """On which side the limit is."""
        return KINDS[self.verdict.sided] if self.verdict is not None and self.verdict.sided else LimitKind.SYMMETRIC

    @property
    def value_and_uncertainty(self) -> tuple[str, str]:
        """Value and U, or the 95 % interval, as reports print them, without unit; a dash for what is not there."""
        return printed(self.finding, self.characteristic, self.limit, self.kind)

    @property
    def value_text(self) -> str:
        """Value, U and unit in one piece."""
        return printed_whole(self.finding, self.characteristic, self.limit, self.kind)

    @property
    def limit(self) -> float | None:
        """The limit in the unit of the finding; None where it is in another."""
        verdict, finding = self.verdict, self.finding
        if verdict is None or not self.criterion or finding is None or verdict.by_alternative:
            return None
        return verdict.limit

    @property
    def bar(self) -> LimitBar | None:
        """Value ± U against the limit, to be drawn."""
        finding = self.finding
        if finding is None or finding.value is None:
            return None
        return LimitBar(finding.value, finding.expanded_uncertainty, self.limit, self.kind, finding.interval)


@dataclass(frozen=True, slots=True)
class StepSpan:
    """A step on the time axis: bench time in s, the end None while it goes on.

    `levels` are the gases that it set, as bench time and share of the full scale.
    """

    start: float
    end: float | None
    call: str
    arguments: Mapping[str, Any]
    levels: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class RunSpan:
    """A run on the time axis, of this evaluation or of one that repeats an item of it."""

    record: Path
    evaluation: str
    run: RunRow
    steps: tuple[StepSpan, ...]
    channels: tuple[ChannelRow, ...]

    @property
    def end(self) -> float:
        """Its end, or that of its last step, in s of bench time."""
        ends = [self.run.ended_at, *(step.end for step in self.steps)]
        return max((end for end in ends if end is not None), default=self.run.began_at)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation with its results; `repeats` are the evaluations that repeat items of it, `original` what it repeats."""

    path: Path
    stand: Stand
    station: str
    lines: tuple[Line, ...]
    runs: Mapping[str, RunSpan]
    repeats: tuple[EvaluationRow, ...] = ()
    original: Repeats | None = None
    unread: tuple[str, ...] = ()
    amendments: int = 0

    @property
    def row(self) -> EvaluationRow:
        """Its row in the record."""
        return self.stand.row

    @property
    def identifier(self) -> str:
        """How it is called."""
        return self.row.identifier

    @property
    def devices(self) -> Sequence[DeviceEntry]:
        """Its devices under test."""
        return self.row.start.devices

    @property
    def amendable(self) -> bool:
        """Whether results can be excluded, restored or repeated."""
        return self.row.finished is not None and self.original is None

    @property
    def standards(self) -> tuple[str, ...]:
        """The standards that judged, where several do."""
        return tuple(dict.fromkeys(line.standard for line in self.lines if line.standard))

    def outcome_of(self, device: str, standard: str = "") -> Outcome | None:
        """The worst verdict on a device, by one of several standards or by all; None where no standard judged."""
        outcomes = [
            line.outcome
            for line in self.lines
            if line.device == device and line.outcome is not None and standard in ("", line.standard)
        ]
        return Outcome.worst(outcomes) if outcomes else None


def read_evaluation(path: Path, evaluation: str) -> Evaluated:
    """Read an evaluation; RecordError if it is not there."""
    with Record.open(path) as record:
        at = stand(record, evaluation)
        results = results_of(record, evaluation)
        runs, unread = _runs(record, evaluation, results)
        station = parse_station(at.row.start.station_text, Path(at.row.start.station_path)).station.station.name
        return Evaluated(
            path,
            at,
            station,
            _grouped(_lines(at.row, results, record.verdicts(evaluation), record.runs(evaluation))),
            runs,
            tuple(repeats_of(record, evaluation)),
            Repeats.read(at.row.start.request),
            unread,
            len(record.amendments.of(evaluation)),
        )


def _grouped(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines standard by standard where several judged, what none asks for last; else as they are."""
    found = tuple(lines)
    order = {name: place for place, name in enumerate(dict.fromkeys(line.standard for line in found if line.standard))}
    return tuple(sorted(found, key=lambda line: order.get(line.standard, len(order))))


def _lines(
    row: EvaluationRow, results: Sequence[Result], verdicts: Sequence[Mapping[str, Any]], runs: Sequence[RunRow]
) -> Iterable[Line]:
    """Verdicts paired with their results in order, device by device; results that nobody judged come last."""
    pairing = Pairing(row, results, runs)
    for entry in row.start.devices:
        device = entry["name"]
        for document in verdicts:
            if document.get("device") != device:
                continue
            verdict = Verdict.from_json(document)
            match = pairing.take(device, verdict.characteristic, verdict.standard)
            yield Line(device, verdict.characteristic, verdict, bool(document.get("criterion", True)), match)
        for result in pairing.left(device):
            yield Line(device, result.counting.stored.finding.characteristic, None, False, result)


def _runs(record: Record, evaluation: str, results: Sequence[Result]) -> tuple[dict[str, RunSpan], tuple[str, ...]]:
    """The runs of the evaluation and of its repeats, by identifier; and repeats that are not in this record."""
    names = dict.fromkeys([evaluation, *(attempt.evaluation for result in results for attempt in result.attempts)])
    known = {row.identifier for row in record.evaluations()}
    found = {}
    for name in (name for name in names if name in known):
        channels = tuple(record.channels(name))
        for run in record.runs(name):
            spans = tuple(_span(step) for step in record.steps(run.identifier))
            found[run.identifier] = RunSpan(record.path, name, run, spans, channels)
    return found, tuple(name for name in names if name not in known)


ZERO_GAS = ("warm_up", "leak_check", "zero_gas", "purge")


def _span(step: StepRow) -> StepSpan:
    """A step with the gases that it set."""
    levels: tuple[tuple[float, float], ...] = ()
    result = step.result or {}
    if step.call == "supply":
        levels = ((float(result.get("time", step.began_at)), float(step.arguments["fraction"])),)
    elif step.call == "transition":
        levels = ((step.began_at, float(step.arguments["before"])),)
        if "switched" in result:
            levels = (*levels, (float(result["switched"]), float(step.arguments["after"])))
    elif step.call in ZERO_GAS:
        levels = ((step.began_at, 0.0),)
    return StepSpan(step.began_at, step.ended_at, step.call, step.arguments, levels)
