"""Relative accuracy audit (相对准确度核查): three runs beside a reference method, as entered.

40 CFR 60 Appendix F, Procedure 1, 5.1.3: A = (mean CEMS − mean RM)/mean RM·100 %, or in percent of the emission standard,
which is a setting.
"""

from __future__ import annotations

from procedures.level_error import rule_unit
from procedures.relative_accuracy import pairs_form
from testbench.engine.bench import Bench
from testbench.engine.entering import Entered, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.part60_audits import relative_accuracy_audit as audit_of
from testbench.metrology.rounding import decimal_of


class RelativeAccuracyAuditSettings(Settings):
    """How many runs, and the emission standard."""

    runs: int = setting(3, title=Text(zh="测试次数", en="runs"), ge=3, le=20, join="most")
    applicable_standard: float = setting(
        0.0,
        unit="F.S.",
        title=Text(zh="适用排放限值（0：未给出）", en="applicable emission standard, share of full scale; 0: not stated"),
        ge=0,
        le=10,
    )


@procedure(
    "relative-accuracy-audit",
    title=Text(zh="相对准确度核查（3 次）", en="Relative accuracy audit, three runs"),
    roles=(),
    characteristics=("relative_accuracy_audit",),
)
def relative_accuracy_audit(bench: Bench, settings: RelativeAccuracyAuditSettings) -> None:
    """Mean of the device against the mean of a reference method over three runs that are entered, percent."""
    entered = bench.enter(pairs_form(bench.devices, settings.runs))
    for device in bench.devices:
        bench.determine(device, "relative_accuracy_audit", "%", _accuracy, entered, settings)


def _accuracy(device: DeviceInfo, characteristic: str, entered: Entered, settings: RelativeAccuracyAuditSettings) -> Finding:
    rows = entered.of("device", device.name)
    measured, reference = ([decimal_of(number_in(row, name)) for row in rows] for name in ("cems", "reference"))
    found = audit_of(measured, reference)
    unit, factor = rule_unit(device)
    variables = {"reference_mean": float(found.reference) * factor, "difference": abs(float(found.difference)) * factor}
    if settings.applicable_standard > 0:
        standard = decimal_of(device.full_scale * settings.applicable_standard)
        variables["percent_of_standard"] = abs(float(found.percent_of(standard)))
    return Finding(
        device.name,
        characteristic,
        float(found.percent),
        "%",
        details={
            "unit": device.unit,
            "mean_cems": float(found.mean_measured),
            "mean_reference": float(found.reference),
            "entered_by": entered.by,
            "source": entered.source,
            "variables": variables,
            "expressed": {"absolute": {"value": float(found.difference) * factor, "unit": unit}},
        },
    )
