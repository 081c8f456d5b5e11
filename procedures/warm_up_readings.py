"""Warm-up time (预热时间): readings of one gas right after the instrument is ready, and 2, 5 and 15 minutes later.

OIML R 144:2013: the spread of the readings is at most the permissible error on initial verification.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from testbench.engine.bench import Bench
from testbench.engine.operator import Prompt
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.coverage import expand
from testbench.metrology.permissible_error import warm_up_spread
from testbench.metrology.scatter import degrees_of_freedom
from testbench.metrology.uncertain import Influences

FLUSH_S = 120.0  # the gas is at the inlets before the devices are switched on
READING_S = 10.0  # averaging time: short against the time between the readings


class WarmUpReadingsSettings(Settings):
    """Gas, and when it is read after the instrument says that it is ready."""

    level: float = setting(0.9, unit="F.S.", title=Text(zh="测试点", en="level"), gt=0, le=1.0)
    minutes: tuple[Annotated[float, Field(ge=0, le=600)], ...] = setting(
        (0.0, 2.0, 5.0, 15.0), unit="min", title=Text(zh="读数时刻", en="times of the readings"), min_length=2, max_length=20
    )


@procedure(
    "warm-up-readings",
    title=Text(zh="预热时间", en="Warm-up time"),
    roles=("divider",),
    characteristics=("warm_up_spread",),
)
def warm_up_readings(bench: Bench, settings: WarmUpReadingsSettings) -> None:
    """Spread of the readings of one gas in the first minutes after warm-up, percent of the reference."""
    bench.check_conditions()
    bench.supply(settings.level)
    bench.wait(FLUSH_S)
    bench.ask(Prompt("Switch the devices on, and confirm as soon as they say that they are ready"))
    readings: list[Averages] = []
    for minute in settings.minutes:
        if readings:
            bench.wait_until(readings[0].window.start + 60.0 * (minute - settings.minutes[0]))
        readings.append(bench.average(READING_S))
    for device in bench.devices:
        bench.determine(device, "warm_up_spread", "%", _spread, readings, settings)


def _spread(device: DeviceInfo, characteristic: str, readings: list[Averages], settings: WarmUpReadingsSettings) -> Finding:
    shown = [averages.readings[device.name] for averages in readings]
    indications = [reading.indication for reading in shown if reading.indication is not None]
    reference = shown[-1].reference
    if len(indications) < len(shown) or reference is None or not reference.value > 0:
        raise ValueError(f"{len(shown) - len(indications)} of {len(shown)} readings are missing, or the gas is not known")
    values = [indication.value for indication in indications]
    spread = warm_up_spread(values)
    influences = Influences()
    number = influences.number(indications[values.index(max(values))]) - influences.number(
        indications[values.index(min(values))]
    )
    expanded = expand(float(influences.quantity(number, device.unit).standard_uncertainty), degrees_of_freedom(number))
    share, micro = 100.0 / reference.value, 1e6 * to_fraction(1.0, device.unit)
    return Finding(
        device.name,
        characteristic,
        share * spread,
        "%",
        expanded_uncertainty=share * expanded.uncertainty,
        coverage_factor=expanded.factor,
        details={
            "unit": device.unit,
            "minutes": list(settings.minutes),
            "readings": values,
            "variables": {"difference": micro * spread},
            "expressed": {
                "absolute": {
                    "value": micro * spread,
                    "unit": "µmol/mol",
                    "expanded_uncertainty": micro * expanded.uncertainty,
                }
            },
        },
    )
