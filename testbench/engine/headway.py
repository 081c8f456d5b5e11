"""How far an evaluation has come: the share of the plan's bench time, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testbench.record.glance import LastStep


@dataclass(frozen=True, slots=True)
class Headway:
    """Share of the planned bench time that is done (0 to 1), and the bench time that is left, s."""

    share: float
    left_s: float

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down; 100 is left to an evaluation that is finished."""
        return min(99, int(100.0 * self.share))


def headway(request: Mapping[str, Any], step: LastStep | None, now: float) -> Headway | None:
    """How far the plan in a recorded request is done, with its last step and the present bench time; None without a plan.

    What is left is the rest of the present step and all later ones as they were planned; so a step that takes longer than
    planned holds it up, and one that ends early brings it forward.
    """
    plan = request.get("plan") or {}
    total = float(plan.get("duration_s") or 0.0)
    if total <= 0.0:
        return None
    if step is None:
        return Headway(0.0, total)
    planned = {(run, number): (start_s, duration_s) for run, number, _, start_s, duration_s, *_ in plan.get("steps") or ()}
    if (step.run, step.number) not in planned:
        return None
    start_s, duration_s = planned[step.run, step.number]
    left = total - (start_s + duration_s)
    if step.ended_at is None or step.error is not None:
        until = now if step.ended_at is None else step.ended_at
        left += max(0.0, duration_s - max(0.0, until - step.began_at))
    left = max(0.0, left)
    return Headway(1.0 - left / total, left)
