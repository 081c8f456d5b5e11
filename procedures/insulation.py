"""Insulation resistance (绝缘电阻) between supply terminals and housing, entered by whoever measured it.

JJG 968-2002, JJG 635-2011, JJF 1585: with the device switched off and its supply plug drawn, a direct voltage (500 V) is put
between the joined supply terminals and the protective earth terminal; the resistance is read after it has stood still. The
bench has no insulation tester: the readings are entered as a table, a row for every device.
"""

from __future__ import annotations

from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding

UNIT = "MΩ"
SOUND = 500.0  # MΩ, what the simulated operator reads


class InsulationSettings(Settings):
    """The test voltage, and how long it stands."""

    voltage_v: float = setting(500.0, unit="V", title=Text(zh="试验电压", en="test voltage"), ge=50, le=5000)
    duration_s: float = setting(5.0, unit="s", title=Text(zh="加压时间", en="time under voltage"), ge=0, le=600, join="most")


@procedure(
    "insulation",
    title=Text(zh="绝缘电阻", en="Insulation resistance"),
    roles=(),
    characteristics=("insulation_resistance",),
)
def insulation(bench: Bench, settings: InsulationSettings) -> None:
    """Insulation resistance of every device, as it was measured by hand and entered."""
    entered = bench.enter(_form(bench, settings))
    for device in bench.devices:
        bench.determine(device, "insulation_resistance", UNIT, _resistance, entered, settings)


def _form(bench: Bench, settings: InsulationSettings) -> Form:
    text = Text(
        zh="断开被测仪器电源，在电源端子与保护接地端子之间施加 {voltage:g} V 直流电压，保持 {duration:g} s 后读数。",
        en="Switch each device off and draw its plug; put {voltage:g} V d.c. between the joined supply terminals and the "
        "protective earth, and read after {duration:g} s.",
    )
    return Form(
        title=Text(zh="绝缘电阻", en="Insulation resistance"),
        instruction=text.format(voltage=settings.voltage_v, duration=settings.duration_s),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("resistance", Text(zh="绝缘电阻", en="insulation resistance"), UNIT, lower=0.0),
            Column(
                "expanded",
                Text(zh="扩展不确定度（k = 2）", en="expanded uncertainty (k = 2)"),
                UNIT,
                optional=True,
                lower=0.0,
            ),
            Column("tester", Text(zh="绝缘电阻表", en="insulation tester"), kind="text", optional=True),
        ),
        given=tuple({"device": device.name} for device in bench.devices),
        expected=tuple({"resistance": SOUND} for _ in bench.devices),
    )


def _resistance(device: DeviceInfo, characteristic: str, entered: Entered, settings: InsulationSettings) -> Finding:
    (row,) = entered.of("device", device.name)
    resistance, expanded = row["resistance"], row["expanded"]
    if not isinstance(resistance, float):
        raise ValueError("no resistance was entered")
    return Finding(
        device.name,
        characteristic,
        resistance,
        UNIT,
        expanded_uncertainty=expanded if isinstance(expanded, float) else None,
        coverage_factor=2.0 if isinstance(expanded, float) else None,
        details={
            "voltage_v": settings.voltage_v,
            "tester": row["tester"],
            "entered_by": entered.by,
            "source": entered.source,
            "digest": entered.digest,
        },
    )
