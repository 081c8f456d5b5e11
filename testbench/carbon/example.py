"""An example of both files of `testbench emission`: two days of a stack with a gap and a stop, and a budget."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

from testbench.errors import InputError

BUDGET = """\
# The stack and the uncertainty of what is measured at it. All uncertainties are standard uncertainties (k = 1).
# 烟囱的说明及各测量值的不确定度；均为标准不确定度（k = 1）。

[site]
name = "Example stack"
rules = "si"                   # si, hj75 or epa: standard state and mass of a cubic metre of CO2
content_basis = "dry"          # CO2 is measured in dried gas
flow_basis = "wet"
flow_state = "duct"            # flows are at temperature and pressure of the duct
area_m2 = 28.27
velocity_coefficient = 0.98

[[influence]]
name = "calibration of the CO2 analyser"
of = "content"
relative_percent = 0.8

[[influence]]
name = "drift of the CO2 analyser between checks"
of = "content"
relative_percent = 0.5
distribution = "rectangular"
random_hours = 24              # a new error after each daily check

[[influence]]
name = "velocity coefficient (traverses)"
of = "velocity coefficient"
relative_percent = 1.6

[[influence]]
name = "area of the duct"
of = "area"
relative_percent = 0.3

[[influence]]
name = "noise of the velocity"
of = "flow"
absolute = 0.2
unit = "m/s"
random_hours = 1

[[influence]]
name = "temperature"
of = "temperature"
absolute = 1.5
unit = "K"

[[influence]]
name = "pressure"
of = "pressure"
absolute = 150
unit = "Pa"

[[influence]]
name = "water content"
of = "water"
absolute = 0.5
unit = "%"

[[correlation]]
between = ["temperature", "velocity coefficient (traverses)"]
coefficient = 0.2
"""


def hours_text() -> str:
    """Two days of hours: a daily swing, three hours without CO2 content, two hours out of operation."""
    lines = ["hour,co2_percent,velocity_m_per_s,temperature_c,pressure_pa,water_percent,operating"]
    begin = dt.datetime.fromisoformat("2025-01-01")
    for hour in range(48):
        swing = math.sin(2 * math.pi * hour / 24)
        time = (begin + dt.timedelta(hours=hour)).isoformat(" ", "minutes")
        if hour in (30, 31):
            lines.append(f"{time},,,,,,0")
            continue
        content = "" if hour in (12, 13, 14) else f"{12.4 + 0.6 * swing:.2f}"
        velocity, kelvin, pressure = 14.2 + 1.1 * swing, 128 + 4 * swing, 100_900 + 60 * swing
        lines.append(f"{time},{content},{velocity:.2f},{kelvin:.1f},{pressure:.0f},{8.1 + 0.2 * swing:.2f},1")
    return "\n".join(lines) + "\n"


def write_example(folder: Path) -> tuple[Path, Path]:
    """Write hours.csv and budget.toml; raises InputError where a file is there already or cannot be written."""
    paths = folder / "hours.csv", folder / "budget.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, (hours_text(), BUDGET), strict=True):
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already; nothing is overwritten") from None
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    return paths
