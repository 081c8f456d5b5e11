"""Disturbances (干扰试验): shock, voltage dips, bursts, electrostatic discharge and radio fields, made outside the bench.

OIML R 144:2013: after the shock (25 mm drop on each bottom edge) the error stays within the permissible error on
verification; under dips (100 % for 10 ms, 40 % for 30 ms), bursts (1 kV, 5 kHz), discharges (6 kV contact, 8 kV air) and
radio fields (10 V/m, 26 MHz to 3 GHz) with the gas of the top of the range no significant fault occurs. What was read is
entered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from testbench.engine.bench import Bench
from testbench.engine.entering import Cell, Column, Entered, Form
from testbench.engine.procedure import Settings, Text, procedure
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.permissible_error import worst_error

DISTURBANCES = ("shock", "dip 100 %, 10 ms", "dip 40 %, 30 ms", "bursts", "discharge", "radio field")


class DisturbanceSettings(Settings):
    """Nothing is set: the table says what is done."""


@procedure(
    "disturbance-tests",
    title=Text(zh="干扰试验", en="Disturbances"),
    roles=("divider",),
    characteristics=("error_under_disturbance", "significant_faults"),
)
def disturbance_tests(bench: Bench, settings: DisturbanceSettings) -> None:
    """Error of the readings under disturbances, percent of the reference, and the number of significant faults."""
    rows = [(device, name) for device in bench.devices for name in DISTURBANCES]
    unit = bench.devices[0].unit if len({device.unit for device in bench.devices}) == 1 else ""
    form = Form(
        title=Text(zh="干扰试验", en="Disturbances"),
        instruction=Text(
            zh="逐项填写通入量程上端气体时的参比值与读数，以及是否出现显著差错。",
            en="Enter reference and reading with the gas of the top of the range for each disturbance, and whether a "
            "significant fault occurred.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("disturbance", Text(zh="干扰", en="disturbance"), kind="text"),
            Column("reference", Text(zh="参比值", en="reference"), unit, lower=0),
            Column("reading", Text(zh="读数", en="reading"), unit),
            Column("fault", Text(zh="显著差错", en="significant fault"), kind="yes-no"),
        ),
        given=tuple({"device": device.name, "disturbance": name} for device, name in rows),
        expected=tuple(
            {
                "device": device.name,
                "disturbance": name,
                "reference": device.at(0.9),
                "reading": device.at(0.9),
                "fault": False,
            }
            for device, name in rows
        ),
    )
    entered = bench.enter(form)
    for device in bench.devices:
        bench.determine(device, "error_under_disturbance", "%", _error, entered)
        bench.determine(device, "significant_faults", "1", _faults, entered)


def _error(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    rows = entered.of("device", device.name)
    worst = worst_error(_numbers(rows, "reading"), _numbers(rows, "reference"))
    if worst.percent_of_reference is None:
        raise ValueError("the error has no percentage: the reference is not above zero")
    micro = 1e6 * to_fraction(1.0, device.unit)
    return Finding(
        device.name,
        characteristic,
        worst.percent_of_reference,
        "%",
        index=str(rows[worst.reading - 1]["disturbance"]),
        details={
            "unit": device.unit,
            "variables": {"difference": micro * worst.error},
            "expressed": {"absolute": {"value": micro * worst.error, "unit": "µmol/mol", "expanded_uncertainty": None}},
        },
    )


def _faults(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    faults = [str(row["disturbance"]) for row in entered.of("device", device.name) if row["fault"]]
    return Finding(device.name, characteristic, float(len(faults)), "1", details={"faults": faults})


def _numbers(rows: Sequence[Mapping[str, Cell]], name: str) -> list[float]:
    return [float(cell) for row in rows if (cell := row[name]) is not None]
