"""QAL1 (EN ISO 14956, EN 15267-3): expanded uncertainty of a device from its influences, percent of the permitted one.

The certification range is at most 1.5 times the limit value for waste incineration, 2.5 times for other plants. A person
enters, influence by influence, the largest deviations to either side as the suitability test found them, in percent of full
scale; u = sqrt((x⁺² + x⁺·x⁻ + x⁻²)/3), U = 1.96·sqrt(Σ u²). A standard deviation is entered as such. EN 15267-1 asks that U
is 75 % of what the law permits at most.
"""

from __future__ import annotations

from collections.abc import Mapping

from testbench.engine.bench import Bench
from testbench.engine.entering import Cell, Column, Entered, Form
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.qal1 import (
    Contribution,
    combine,
    deviation_uncertainty,
    percent_of_permitted,
    reference_material_uncertainty,
)
from testbench.metrology.qal2 import PERMITTED_PERCENT

INFLUENCES = (
    "paired measurements",
    "lack of fit",
    "zero drift in the field",
    "span drift in the field",
    "ambient temperature",
    "sample pressure",
    "sample flow",
    "supply voltage",
    "cross-sensitivity",
)


class Qal1UncertaintySettings(Settings):
    """Limit value, permitted uncertainty, and the kind of plant."""

    limit_value: float = setting(
        0.0,
        title=Text(
            zh="排放限值（被测仪器的单位；0：满量程的 2/3）", en="limit value, unit of the device (0: 2/3 of the range)"
        ),
        ge=0,
    )
    permitted: float = setting(
        0.0,
        unit="%",
        title=Text(zh="允许不确定度（限值的百分数；0：按组分）", en="permitted uncertainty (0: by component)"),
        ge=0,
        le=100,
    )
    waste_incineration: bool = setting(
        False,
        title=Text(
            zh="垃圾焚烧厂（认证量程上限为限值的 1.5 倍，否则 2.5 倍）", en="the limit value is that of a waste incinerator"
        ),
    )


@procedure(
    "qal1-uncertainty",
    title=Text(zh="QAL1 测量不确定度", en="QAL1 measurement uncertainty"),
    roles=("divider",),
    characteristics=("qal1_uncertainty", "certified_range"),
)
def qal1_uncertainty(bench: Bench, settings: Qal1UncertaintySettings) -> None:
    """Expanded uncertainty from the influences of the suitability test, percent of the permitted one."""
    entered = bench.enter(_form(bench))
    for device in bench.devices:
        bench.determine(device, "qal1_uncertainty", "%", _uncertainty, entered, settings)
        bench.determine(device, "certified_range", "1", _certified_range, settings)


def _form(bench: Bench) -> Form:
    rows = [(device, influence) for device in bench.devices for influence in INFLUENCES]
    return Form(
        title=Text(zh="QAL1 影响量", en="Influences of QAL1"),
        instruction=Text(
            zh="填写各影响量引起的最大负偏差和正偏差（满量程的百分数）；由标准偏差给出的影响量填写标准偏差，偏差栏留空。",
            en="Enter the largest deviations to either side that each influence causes, percent of full scale; where a "
            "standard deviation is known enter that and leave the deviations empty.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("influence", Text(zh="影响量", en="influence"), kind="text"),
            Column("lower", Text(zh="最大负偏差", en="deviation to one side"), "%F.S.", optional=True),
            Column("upper", Text(zh="最大正偏差", en="deviation to the other side"), "%F.S.", optional=True),
            Column("deviation", Text(zh="标准偏差", en="standard deviation"), "%F.S.", optional=True, lower=0),
        ),
        given=tuple({"device": device.name, "influence": influence} for device, influence in rows),
        expected=tuple(
            {"device": device.name, "influence": influence, "lower": -0.5, "upper": 0.5, "deviation": None}
            for device, influence in rows
        ),
    )


def _uncertainty(device: DeviceInfo, characteristic: str, entered: Entered, settings: Qal1UncertaintySettings) -> Finding:
    contributions = [_contribution(row) for row in entered.of("device", device.name)]
    contributions.append(Contribution("reference material", reference_material_uncertainty(100.0)))
    budget = combine(contributions)
    limit = settings.limit_value or 2.0 / 3.0 * device.full_scale
    permitted = settings.permitted or PERMITTED_PERCENT.get(device.measurand, 0.0)
    if not permitted:
        raise ValueError(f"no permitted uncertainty is known for {device.measurand}; state it in the setting 'permitted'")
    expanded = budget.expanded * device.full_scale / 100.0
    return Finding(
        device.name,
        characteristic,
        percent_of_permitted(expanded, limit_value=limit, permitted_percent=permitted),
        "%",
        details={
            "unit": device.unit,
            "budget": {each.name: each.standard_uncertainty for each in budget.contributions},
            "combined_percent_fs": budget.combined,
            "expanded_percent_fs": budget.expanded,
            "expanded": expanded,
            "limit_value": limit,
            "permitted_percent": permitted,
        },
    )


def _certified_range(device: DeviceInfo, characteristic: str, settings: Qal1UncertaintySettings) -> Finding:
    """Upper limit of the range over the limit value; the kind of plant chooses how large it may be."""
    limit = settings.limit_value or 2.0 / 3.0 * device.full_scale
    variables = {"waste_incineration": 1.0 if settings.waste_incineration else 0.0}
    return Finding(device.name, characteristic, device.high / limit, "1", details={"variables": variables})


def _contribution(row: Mapping[str, Cell]) -> Contribution:
    name, lower, upper, deviation = (row[key] for key in ("influence", "lower", "upper", "deviation"))
    if deviation is not None:
        return Contribution(str(name), float(deviation))
    if lower is None and upper is None:
        raise ValueError(f"influence {name!r} has neither deviations nor a standard deviation")
    low = 0.0 if lower is None else float(lower)
    return Contribution(str(name), deviation_uncertainty(low, 0.0 if upper is None else float(upper)))
