"""Accuracy against a reference method (准确度): pairs of reference and device, as RA, RE and AE.

HJ 75-2017 and HJ 76-2017, field items: at least 9 pairs of 5 to 15 min means; RA = (|d̄| + |cc|)/RM̄·100 %,
RE = (CEMS̄ − RM̄)/RM̄·100 %, AE = CEMS̄ − RM̄. Which of them is judged depends on RM̄; the criterion takes its own. 40 CFR 75,
relative accuracy test audit, has the same RA. The reference is the gas of the bench's divider, or what a reference method
gave in a stack: then both are entered, run by run, and runs may be discarded with a reason where the standard lets so
(40 CFR 75 App. A 6.5.9: of more than nine runs up to three, which are reported). Differences and contents are in % for CO2,
O2 and H2O, else in µmol/mol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.level_error import IN_PERCENT
from procedures.reach import reach
from testbench.engine.bench import Bench
from testbench.engine.discarding import Discarding
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.accuracy import AccuracyAudit, bias_adjustment_factor
from testbench.metrology.amount import conversion
from testbench.metrology.coverage import Expanded
from testbench.metrology.measurand import MeasurandKind
from testbench.metrology.pair_accuracy import Pair, PairAccuracy, exact_pair, pair_accuracy
from testbench.metrology.part60_audits import absolute_accuracy, relative_accuracy_of
from testbench.metrology.rounding import decimal_of

BIAS_TESTED = frozenset({"SO2", "NOx"})
DISCARDED, REASON = "discarded", "reason"
_INSTRUCTION = Text(
    zh="逐次录入参比方法与被测仪器在同一时段、同一状态（干/湿基）下的平均值。",
    en="Enter for each run the means of reference method and device over the same time, on one basis.",
)
_DISCARDING_INSTRUCTION = Text(
    zh=f"{_INSTRUCTION.zh}舍弃的数据对标记“舍弃”并写明原因，再增加一行补做的数据对。",
    en=f"{_INSTRUCTION.en} Mark a run that does not count as discarded, say why, and add a row for the run in its place.",
)


class RelativeAccuracySettings(Settings):
    """Where the reference comes from, how many runs of which length, and the gases of the bench."""

    source: Literal["divider", "entered"] = setting(
        "divider",
        title=Text(zh="参比来源", en="the reference is"),
        choices={
            "divider": Text(zh="配气仪的标准气体", en="the gas of the divider"),
            "entered": Text(zh="录入的参比方法数据", en="a reference method, entered"),
        },
    )
    runs: int = setting(9, title=Text(zh="数据对数", en="runs"), ge=2, le=100, join="most")
    run_s: float = setting(
        300.0, unit="s", title=Text(zh="每次测量时间", en="length of a run"), ge=60, le=21_600, join="most"
    )
    most_discarded: int = setting(
        0,
        title=Text(zh="录入时最多可舍弃的数据对数", en="runs that may be discarded, of those that are entered"),
        ge=0,
        le=20,
    )
    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.4, 0.5, 0.6), unit="F.S.", title=Text(zh="依次通入的标准气体", en="gases, in turn"), min_length=1, max_length=20
    )
    applicable_standard: float = setting(
        0.0,
        unit="F.S.",
        title=Text(zh="适用排放限值（0：未给出）", en="applicable emission standard, share of full scale; 0: not stated"),
        ge=0,
        le=10,
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "relative-accuracy",
    title=Text(zh="准确度（与参比比对）", en="Accuracy against a reference method"),
    roles=(),
    characteristics=("relative_accuracy",),
)
def relative_accuracy(bench: Bench, settings: RelativeAccuracySettings) -> None:
    """RA, RE and AE of pairs of reference and device, from the bench's gas or from an entered reference method."""
    if moving := [device.name for device in bench.devices if device.kind is not MeasurandKind.GAS]:
        raise InputError(f"{', '.join(moving)}: measures no gas; velocities are tested on a flow rig")
    if settings.source == "entered":
        entered = bench.enter(pairs_form(bench.devices, settings.runs, settings.most_discarded))
        for device in bench.devices:
            bench.determine(device, "relative_accuracy", "%", _from_entered, entered, settings)
        return
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, 1.0)
    readings: list[Averages] = []
    for number in range(settings.runs):
        bench.supply(settings.levels[number % len(settings.levels)])
        bench.settle()
        readings.append(bench.average(settings.run_s))
    for device in bench.devices:
        bench.determine(device, "relative_accuracy", "%", _from_bench, readings, settings)


def pairs_form(devices: Sequence[DeviceInfo], runs: int, most_discarded: int = 0) -> Form:
    """The form for the runs of a reference method, one row a device and run.

    With `most_discarded` a run may be discarded with a reason, and as many rows may be added, so that `runs` are left.
    """
    unit = "/".join(sorted({device.unit for device in devices}))
    given = tuple({"device": device.name, "run": float(number)} for device in devices for number in range(1, runs + 1))
    middle = {device.name: device.at(0.5) for device in devices}
    discards = most_discarded > 0
    lower, upper = reach(devices)
    form = Form(
        title=Text(zh="与参比方法比对", en="Comparison with the reference method"),
        instruction=_DISCARDING_INSTRUCTION if discards else _INSTRUCTION,
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("run", Text(zh="序号", en="run")),
            Column(
                "reference", Text(zh="参比方法", en="reference method"), unit, optional=discards, lower=lower, upper=upper
            ),
            Column("cems", Text(zh="被测仪器示值", en="device"), unit, optional=discards, lower=lower, upper=upper),
        ),
        given=given,
        expected=tuple(
            {**row, "reference": middle[str(row["device"])], "cems": middle[str(row["device"])]} for row in given
        ),
    )
    if not discards:
        return form
    device, run, *values = form.columns
    return replace(
        form,
        columns=(
            replace(device, among=tuple(middle)),
            replace(run, lower=1),
            *values,
            Column(DISCARDED, Text(zh="舍弃", en="discarded"), kind="yes-no", optional=True),
            Column(REASON, Text(zh="舍弃原因", en="reason"), kind="text", optional=True),
        ),
        further_rows=len(devices) * most_discarded,
        once=("device", "run"),
        discarding=Discarding(DISCARDED, REASON, ("reference", "cems"), "device", runs, most_discarded),
    )


def _from_entered(device: DeviceInfo, characteristic: str, entered: Entered, settings: RelativeAccuracySettings) -> Finding:
    unit, factor = content_unit(device)
    rows = sorted(entered.of("device", device.name), key=lambda row: number_in(row, "run"))
    used = [row for row in rows if not row.get(DISCARDED)]
    pairs = [exact_pair(factor * number_in(row, "reference"), factor * number_in(row, "cems"), unit) for row in used]
    if len(pairs) < settings.runs:
        raise ValueError(f"{len(pairs)} runs are entered, {settings.runs} are asked for")
    more: dict[str, Any] = {"entered_by": entered.by, "source": entered.source}
    discarded = [row for row in rows if row.get(DISCARDED)]
    if not discarded:
        return _finding(device, characteristic, pairs, unit, more, settings.applicable_standard, exact=True)
    more["discarded"] = [_discarded_run(row, factor) for row in discarded]
    found = _finding(device, characteristic, pairs, unit, more, settings.applicable_standard, exact=True)
    counted = [{**run, "run": int(number_in(row, "run"))} for run, row in zip(found.details["runs"], used, strict=True)]
    notes = tuple(f"run {number_in(row, 'run'):g} is discarded: {row[REASON]}" for row in discarded)
    return replace(found, details={**found.details, "runs": counted}, notes=notes)


def _discarded_run(row: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """A run that does not count, with what was measured in it (None where nothing was) and the reason."""
    values = {name: None if row[name] is None else factor * float(row[name]) for name in ("reference", "cems")}
    return {"run": int(number_in(row, "run")), **values, "reason": row[REASON]}


def _from_bench(
    device: DeviceInfo, characteristic: str, readings: Sequence[Averages], settings: RelativeAccuracySettings
) -> Finding:
    unit, factor = content_unit(device)
    pairs = []
    for number, averages in enumerate(readings, start=1):
        reading = averages.readings[device.name]
        if reading.indication is None or reading.reference is None:
            raise ValueError(f"no reading in run {number}")
        pairs.append(Pair(reading.reference.scaled(factor, unit), reading.indication.scaled(factor, unit)))
    return _finding(device, characteristic, pairs, unit, {}, settings.applicable_standard, exact=False)


def content_unit(device: DeviceInfo) -> tuple[str, float]:
    """Unit in which standards state contents of the measurand, and the factor into it from the device's."""
    unit = "%" if device.measurand in IN_PERCENT else "µmol/mol"
    return unit, conversion(device.unit, unit)


def _finding(
    device: DeviceInfo,
    characteristic: str,
    pairs: Sequence[Pair],
    unit: str,
    more: dict[str, Any],
    applicable_standard: float,
    *,
    exact: bool,
) -> Finding:
    result = pair_accuracy(pairs)
    audit = result.audit
    reference = float(audit.mean_reference)
    return Finding(
        device.name,
        characteristic,
        result.relative_accuracy,
        "%",
        expanded_uncertainty=None if exact else result.relative_accuracy_expanded.uncertainty,
        coverage_factor=None if exact else result.relative_accuracy_expanded.factor,
        details={
            "unit": unit,
            "runs": [
                {"run": number, "reference": pair.reference.value, "cems": pair.measured.value}
                for number, pair in enumerate(pairs, start=1)
            ],
            "mean_cems": float(audit.mean_cems),
            "mean_reference": reference,
            "mean_difference": float(audit.mean_difference),
            "standard_deviation": float(audit.standard_deviation),
            "runs_done": audit.runs,
            "t": float(audit.t),
            "confidence_coefficient": float(audit.confidence_coefficient),
            "budget": dict(result.budget),
            "variables": {
                "reference_mean": reference,
                "mean_reference": reference,
                "difference": abs(float(audit.mean_difference)),
                "full_scale": device.full_scale * conversion(device.unit, unit),
                **_by_standard(device, audit, applicable_standard, unit),
            },
            "expressed": _expressed(result, unit, exact=exact),
            **_bias(device, audit),
            **more,
        },
    )


def _by_standard(device: DeviceInfo, audit: AccuracyAudit, applicable_standard: float, unit: str) -> dict[str, float]:
    """What 40 CFR 60 asks for beside: |d| + |cc|, and the audit in percent of the emission standard where it is stated."""
    known = {"absolute_accuracy": float(absolute_accuracy(audit))}
    if applicable_standard > 0:
        standard = decimal_of(device.full_scale * applicable_standard * conversion(device.unit, unit))
        known["percent_of_standard"] = float(relative_accuracy_of(audit, standard))
        known["reference_percent_of_standard"] = float(audit.mean_reference / standard * 100)
    return known


def _bias(device: DeviceInfo, audit: AccuracyAudit) -> dict[str, Any]:
    """Bias test and factor of 40 CFR 75 App. A 7.6, which are for SO2 and NOx alone."""
    if device.measurand not in BIAS_TESTED or audit.mean_cems <= 0:
        return {}
    return {
        "bias_test": "fail" if audit.biased_low else "pass",
        "bias_adjustment_factor": float(bias_adjustment_factor(audit)),
    }


def _expressed(result: PairAccuracy, unit: str, *, exact: bool) -> dict[str, dict[str, Any]]:
    def one(value: float, unit: str, expanded: Expanded) -> dict[str, Any]:
        return {"value": value, "unit": unit, "expanded_uncertainty": None if exact else expanded.uncertainty}

    relative = one(result.relative_accuracy, "%", result.relative_accuracy_expanded)
    return {
        "percent_of_reference_mean": relative,
        "mean_error_percent_of_reference_mean": one(result.relative_error, "%", result.relative_error_expanded),
        "absolute": one(result.absolute_error, unit, result.absolute_error_expanded),
    }
