"""Excursion of the measuring beam (光束偏移): an in-situ device turned out of its axis step by step, readings entered.

EN 15267-3: transmitter and receiver are turned within the angle that the maker allows, in both planes; the largest change of
the reading from that in the axis, percent of full scale.
"""

from __future__ import annotations

from procedures.in_device_unit import absolute
from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding


class BeamExcursionSettings(Settings):
    """The angles at which a reading is taken beside that in the axis."""

    angles: tuple[float, ...] = setting(
        (-0.3, -0.15, 0.15, 0.3), unit="°", title=Text(zh="偏转角", en="angles"), min_length=1, max_length=20
    )


@procedure(
    "beam-excursion",
    title=Text(zh="光束偏移的影响", en="Excursion of the measuring beam"),
    roles=("divider",),
    characteristics=("beam_excursion",),
)
def beam_excursion(bench: Bench, settings: BeamExcursionSettings) -> None:
    """Largest change of the reading when the measuring beam is turned out of its axis, percent of full scale."""
    unit = bench.devices[0].unit if len({device.unit for device in bench.devices}) == 1 else ""
    rows = [(device, angle) for device in bench.devices for angle in (0.0, *settings.angles)]
    form = Form(
        title=Text(zh="光束偏移", en="Excursion of the measuring beam"),
        instruction=Text(
            zh="逐个角度转动发射端或接收端，稳定后填写读数；0 为对准光轴。",
            en="Turn the transmitter or receiver to each angle, wait for a stable reading, and enter it; 0 is the axis.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("angle", Text(zh="偏转角", en="angle"), "°"),
            Column("reading", Text(zh="读数", en="reading"), unit),
        ),
        given=tuple({"device": device.name, "angle": angle} for device, angle in rows),
        expected=tuple({"device": device.name, "angle": angle, "reading": device.at(0.7)} for device, angle in rows),
    )
    entered = bench.enter(form)
    for device in bench.devices:
        bench.determine(device, "beam_excursion", "%F.S.", _excursion, entered)


def _excursion(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    rows = [(number_in(row, "angle"), number_in(row, "reading")) for row in entered.of("device", device.name)]
    axis = rows[0][1]
    angle, reading = max(rows[1:], key=lambda row: abs(row[1] - axis))
    percent = 100.0 * (reading - axis) / device.full_scale
    return Finding(
        device.name,
        characteristic,
        percent,
        "%F.S.",
        index=f"{angle:g}°",
        details={
            "unit": device.unit,
            "readings": [{"angle": angle, "reading": reading} for angle, reading in rows],
            "expressed": absolute(device, percent),
        },
    )
