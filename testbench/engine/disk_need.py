"""How much disk an evaluation will take, estimated from its plan.

Basis, measured on records of this product: packed times, values and statuses with the levels for drawing take 13 bytes a
reading where a real clock scatters the times and the values have full precision (8 bytes less where the instrument gives
few digits), and 4 where simulated time keeps the grid; rows and indexes come on top. A step with its journal, links and
findings takes 5 kB. The rest is the write-ahead log, the report and the process's messages. What settles later than the plan
reckons with, the trace of bytes and pictures are not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from testbench.engine.assembly import Equipment
from testbench.engine.dry import PlannedStep
from testbench.engine.plan import Plan

BYTES_A_READING = 15
BYTES_A_READING_ON_THE_GRID = 5
BYTES_A_STEP = 5_000
BYTES_BESIDE = 12_000_000
ONCE = frozenset(("read", "check_conditions"))
"""Calls that read everything once."""


@dataclass(frozen=True, slots=True)
class DiskNeed:
    """How many readings a plan takes, and how many bytes record, report and log are going to need for them."""

    readings: int
    bytes: int


def disk_need(plan: Plan, equipment: Equipment, *, on_the_grid: bool = False) -> DiskNeed:
    """Estimate it; `on_the_grid` where bench time jumps."""
    readings = sum(readings_of(step, equipment) for step in plan.steps)
    each = BYTES_A_READING_ON_THE_GRID if on_the_grid else BYTES_A_READING
    return DiskNeed(readings, BYTES_BESIDE + each * readings + BYTES_A_STEP * len(plan.steps))


def readings_of(step: PlannedStep, equipment: Equipment) -> int:
    """Readings of all channels in a step, both ends included; a slower source is read at a multiple of the interval."""
    if step.every_s is None:
        return sum(len(source.channels) for source in equipment.sources) if step.call in ONCE else 0
    ticks = math.floor(step.duration_s / step.every_s + 1e-9)
    total = 0
    for source in equipment.sources:
        multiple = max(1, math.ceil(source.interval_s / step.every_s - 1e-9))
        total += (ticks // multiple + 1) * len(source.channels)
    return total
