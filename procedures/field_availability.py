"""Availability (有效率) of a device in a field test, from the hours that a person enters.

EN 15267-3: share of the field test in which usable values came; outages, maintenance and checks count as lost. At least 95 %
(oxygen 98 %) of at least three months.
"""

from __future__ import annotations

from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.suitability import availability_percent


class FieldAvailabilitySettings(Settings):
    """How long the field test lasted."""

    hours: float = setting(2160.0, unit="h", title=Text(zh="现场试验总时间", en="time of the field test"), gt=0, le=50_000)


@procedure(
    "field-availability",
    title=Text(zh="现场有效率", en="Availability in the field"),
    roles=("divider",),
    characteristics=("availability",),
)
def field_availability(bench: Bench, settings: FieldAvailabilitySettings) -> None:
    """Share of the field test in which the device gave usable values, percent."""
    form = Form(
        title=Text(zh="现场停用时间", en="Outages in the field"),
        instruction=Text(
            zh="填写现场试验期间各仪器的故障、维护和检查停用小时数。",
            en="Enter for each device the hours that were lost during the field test.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("malfunction", Text(zh="故障", en="malfunction"), "h", lower=0),
            Column("maintenance", Text(zh="维护", en="maintenance"), "h", lower=0),
            Column("checks", Text(zh="检查与校准", en="checks and calibration"), "h", lower=0),
        ),
        given=tuple({"device": device.name} for device in bench.devices),
        expected=tuple(
            {"device": device.name, "malfunction": 12.0, "maintenance": 8.0, "checks": 1.6} for device in bench.devices
        ),
    )
    entered = bench.enter(form)
    for device in bench.devices:
        bench.determine(device, "availability", "%", _availability, entered, settings)


def _availability(device: DeviceInfo, characteristic: str, entered: Entered, settings: FieldAvailabilitySettings) -> Finding:
    lost = {
        name: number_in(row, name)
        for row in entered.of("device", device.name)
        for name in ("malfunction", "maintenance", "checks")
    }
    value = availability_percent(settings.hours, list(lost.values()))
    return Finding(device.name, characteristic, value, "%", details={"hours": settings.hours, "lost_h": lost})
