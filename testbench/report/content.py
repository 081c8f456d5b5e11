"""What a report is made of: a finished evaluation as plain frozen data, free of the record, the engine and the criteria.

Everything a report prints is in `ReportContent`. Whoever has an evaluation (the record, recorded test data, an example)
builds one; documents are made from it alone. Texts that a person reads may be given in both languages (`Text`) or as a
plain string, which is then printed as it is in either language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from testbench.errors import InputError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.report.letterhead import Issue, Letterhead
from testbench.text import Language, Text

Words = str | Text
"""A text in both languages, or one that is the same in both."""


def say(words: Words, language: Language) -> str:
    """Return a text in one language; a plain string is the same in both."""
    if isinstance(words, str):
        return words
    return words.say(language)


class LimitKind(StrEnum):
    """On which side of a value its limit lies."""

    SYMMETRIC = "symmetric"  # |value| must not exceed the limit: ±limit
    MAXIMUM = "maximum"  # value must not exceed the limit
    MINIMUM = "minimum"  # value must not fall below the limit


class EvidenceMark(StrEnum):
    """How a limit is known; only what was read in the standard's own text is not provisional."""

    PRIMARY = "P"
    SECONDARY = "S"
    MEMORY = "M"
    COMPUTED = "C"


class ConditionState(StrEnum):
    """Whether a condition was kept over the whole evaluation."""

    KEPT = "kept"
    LEFT = "left"
    NOT_REQUIRED = "not_required"


class InstrumentRole(StrEnum):
    """What an instrument did on the bench."""

    DIVIDER = "divider"
    FLOW_RIG = "flow_rig"
    CONTROLLER = "controller"
    SELECTOR = "selector"
    SCANNER = "scanner"
    SENSOR = "sensor"
    DEVICE = "device"
    OTHER = "other"


class StandardKind(StrEnum):
    """What a measurement standard is."""

    CYLINDER = "cylinder"
    DIVIDER = "divider"
    FLOW_RIG = "flow_rig"
    VELOCITY_METER = "velocity_meter"
    CONTROLLER = "controller"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReportVerdict:
    """One line of judgement for one device.

    With a finding and a limit: a verdict. `finding` None: the standard asks for it, nothing was found. `outcome` None:
    found, but the standard has no criterion. `limit` is in the finding's unit; `limit_text` is printed where given, else it
    is made of `limit`, `limit_kind` and `unit`. `judged_text` is the value as it was compared, rounded as the standard says.
    `evidence_percent` is the confidence in a limit known from memory. `run` is the run that the finding comes from,
    `standard` the name of the standard that judged, where several do.
    """

    characteristic: str
    finding: Finding | None
    outcome: Outcome | None
    limit: float | None = None
    limit_kind: LimitKind = LimitKind.SYMMETRIC
    limit_text: Words = ""
    unit: str = ""
    clause: Words = ""
    provisional: bool = False
    evidence: EvidenceMark | None = None
    evidence_percent: int | None = None
    limit_within_uncertainty: bool = False
    judged_text: str = ""
    reason: Words = ""
    run: str = ""
    standard: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a person excluded, restored or repeated a result, who it was, and when."""

    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReportExclusion:
    """A result that was excluded, and whether that was taken back."""

    made: Decision
    taken_back: Decision | None = None


@dataclass(frozen=True, slots=True)
class ResultAttempt:
    """One attempt at a result: what run `run` found, also where it does not count, and what was decided about it.

    `number` is that of the finding in the record; `repeat` says why it was made, where it is not the first.
    """

    number: int
    run: str
    finding: Finding
    counts: bool
    repeat: Decision | None = None
    exclusions: tuple[ReportExclusion, ...] = ()

    @property
    def excluded(self) -> bool:
        """Whether an exclusion holds."""
        return bool(self.exclusions) and self.exclusions[-1].taken_back is None


@dataclass(frozen=True, slots=True)
class AmendedResult:
    """A result of which something was excluded or repeated, with all its attempts in their order."""

    characteristic: str
    attempts: tuple[ResultAttempt, ...]


@dataclass(frozen=True, slots=True)
class UnfinishedRepeat:
    """A repeat of a run that did not come to its end: the evaluation it is, how it stands, and who wanted it, why."""

    evaluation: str
    run: str
    state: RunState
    wanted: Decision


@dataclass(frozen=True, slots=True)
class ReportDevice:
    """A device under test with its verdicts; `outcome` is the worst of them, decided by the criteria, not here.

    `amended` are the results of which something was excluded or repeated.
    """

    name: str
    maker: str
    model: str
    serial: str
    measurand: str
    low: float
    high: float
    unit: str
    outcome: Outcome
    verdicts: tuple[ReportVerdict, ...] = ()
    amended: tuple[AmendedResult, ...] = ()

    @property
    def once(self) -> tuple[ReportVerdict, ...]:
        """The verdicts with every finding once, where several standards judged it."""
        kept: dict[tuple[str, str, str | None], str] = {}
        verdicts = []
        for verdict in self.verdicts:
            index = None if verdict.finding is None else verdict.finding.index
            if kept.setdefault((verdict.characteristic, verdict.run, index), verdict.standard) == verdict.standard:
                verdicts.append(verdict)
        return tuple(verdicts)

    def by(self, standard: str) -> ReportDevice:
        """The device with the verdicts of one of several standards, and its outcome by that one."""
        verdicts = tuple(verdict for verdict in self.verdicts if verdict.standard == standard)
        outcomes = [verdict.outcome for verdict in verdicts if verdict.outcome is not None]
        ended = self.outcome in (Outcome.ABORTED, Outcome.ERROR)
        return replace(self, verdicts=verdicts, outcome=self.outcome if ended else Outcome.worst(outcomes))


@dataclass(frozen=True, slots=True)
class ReportStandard:
    """Title, edition and digest of the standard that judged, and what may limit its use.

    `analogy` is the sentence that says the standard is applied by analogy (empty where it applies as written), `basis` what
    the criteria rest on, `digest` the SHA-256 of the criteria file and `version` its version. `decision_rule` is stated
    where several judge.
    """

    name: str
    title: Words
    edition: str = ""
    digest: str = ""
    analogy: Words = ""
    basis: Words = ""
    decision_rule: Words = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class ReportStation:
    """The bench: its name, its laboratory and the SHA-256 of the station file's text."""

    name: str
    laboratory: Words = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ReportCondition:
    """An ambient or supply condition over the whole evaluation; `quantity` as in the station file, limits inclusive.

    `stated` says that no sensor measured it: the operator gave it. `varied` says that a test changed it on purpose.
    """

    quantity: str
    unit: str
    minimum: float
    mean: float
    maximum: float
    required_low: float | None = None
    required_high: float | None = None
    state: ConditionState = ConditionState.NOT_REQUIRED
    stated: bool = False
    varied: bool = False


@dataclass(frozen=True, slots=True)
class MeasurementStandard:
    """A cylinder, divider, controller or rig that carries a certificate.

    `content` and `expanded_uncertainty` are in `unit` (for a controller: the full-scale flow); `uncertainty_text` is printed
    in its place where one number does not say it ("0.4 % of reading, k = 2").
    """

    name: str
    kind: StandardKind
    component: str = ""
    balance: str = ""
    content: float | None = None
    unit: str = ""
    expanded_uncertainty: float | None = None
    coverage_factor: float | None = 2.0
    uncertainty_text: Words = ""
    certificate: str = ""
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReportInstrument:
    """An instrument of the bench, and what became of its safe state at the end (`safe_verified` None: it drives nothing)."""

    name: str
    driver: str
    role: InstrumentRole
    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    safe_state: Words = ""
    safe_verified: bool | None = None
    safe_read_back: str = ""


@dataclass(frozen=True, slots=True)
class LineDelay:
    """Transport delay of the gas line in s, with its standard uncertainty."""

    delay_s: float
    standard_uncertainty_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SettingWords:
    """How a setting of a procedure is named for people, and its unit."""

    title: Words
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureWords:
    """How a procedure and its settings are named for people."""

    title: Words
    settings: Mapping[str, SettingWords] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportRun:
    """One execution of a procedure; `title` is the procedure's name for people (the name itself where empty).

    `labels` name its settings for people; a setting without one is printed by its name. `evidence` says how the standard's
    settings are known, `reason` why a run ended before its end.
    """

    identifier: str
    procedure: str
    state: RunState
    started: dt.datetime
    ended: dt.datetime | None = None
    clause: Words = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    title: Words = ""
    labels: Mapping[str, SettingWords] = field(default_factory=dict)
    evidence: EvidenceMark | None = None
    evidence_percent: int | None = None
    reason: Words = ""


@dataclass(frozen=True, slots=True)
class ReportEvent:
    """Something that happened: an operator's answer, a fault, a condition left, a resumption."""

    time: dt.datetime
    kind: str
    text: Words
    run: str = ""


@dataclass(frozen=True, slots=True)
class ReportAttempt:
    """An attempt of a step that was cut short, `number` counted from 1; `ended` None where that is not known."""

    run: str
    step: int
    call: str
    number: int
    started: dt.datetime
    ended: dt.datetime | None
    reason: Words


@dataclass(frozen=True, slots=True)
class RawTable:
    """A further table of raw data: a heading for each column, cells as numbers or text."""

    title: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[float | int | str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class ReportContent:
    """An evaluation that has an end. Date-times carry an offset; `issued` is when the document is made (`finished` if None).

    `state` says how it ended, `reason` why where it did not simply finish. One that was interrupted and can be resumed is
    not `final`: `finished` is then the date until which it was recorded. `record_head` is the head of the hash chain.
    `letterhead` is the laboratory's own template; `issue` is there where the report was issued under a number, `outdated`
    names the report that was issued before the record changed. `begun_by` is the person who began the evaluation, `notes`
    what was noted down beforehand, as it was written. `standards` are those that judged, where several do; `standard` then
    names them all.
    """

    identifier: str
    standard: ReportStandard
    station: ReportStation
    simulated: bool
    started: dt.datetime
    finished: dt.datetime
    devices: tuple[ReportDevice, ...]
    decision_rule: Words
    language: Language = Language.CHINESE
    issued: dt.datetime | None = None
    bench_duration_s: float | None = None
    seed: int | None = None
    software: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[ReportCondition, ...] = ()
    measurement_standards: tuple[MeasurementStandard, ...] = ()
    instruments: tuple[ReportInstrument, ...] = ()
    line_delay: LineDelay | None = None
    runs: tuple[ReportRun, ...] = ()
    journal_digest: str = ""
    record_head: str = ""
    state: RunState = RunState.FINISHED
    final: bool = True
    reason: Words = ""
    attempts: tuple[ReportAttempt, ...] = ()
    unfinished_repeats: tuple[UnfinishedRepeat, ...] = ()
    events: tuple[ReportEvent, ...] = ()
    raw_tables: tuple[RawTable, ...] = ()
    letterhead: Letterhead | None = None
    issue: Issue | None = None
    outdated: str = ""
    begun_by: str = ""
    notes: str = ""
    standards: tuple[ReportStandard, ...] = ()

    def __post_init__(self) -> None:
        moments = {"started": self.started, "finished": self.finished, "issued": self.issued}
        for run in self.runs:
            moments |= {f"start of run {run.identifier}": run.started, f"end of run {run.identifier}": run.ended}
        for number, event in enumerate(self.events, 1):
            moments[f"time of event {number}"] = event.time
        for attempt in self.attempts:
            moments[f"start of an attempt of step {attempt.step}"] = attempt.started
            moments[f"end of an attempt of step {attempt.step}"] = attempt.ended
        for name, moment in moments.items():
            if moment is not None and moment.utcoffset() is None:
                raise InputError(f"evaluation {self.identifier}: {name} has no offset from UTC; give it a time zone")

    @property
    def issue_time(self) -> dt.datetime:
        """When the document is made."""
        return self.issued or self.finished
