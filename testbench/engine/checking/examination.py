"""Looks at a whole draft: every problem at once, and the plan of what can be planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from testbench.engine.assembly import Equipment
from testbench.engine.checking.draft import Draft
from testbench.engine.checking.folder import folder_problems, free_bytes
from testbench.engine.checking.problem import Place, PlaceKind, Problem, blocking, told
from testbench.engine.checking.station import (
    assembled,
    certificate_problems,
    device_problems,
    gas_problems,
    interlock_problems,
    owner_problems,
    range_problems,
    truth_problems,
)
from testbench.engine.checking.suite import (
    criterion_problems,
    level_problems,
    reference_problems,
    role_problems,
    settings_problems,
    trial,
)
from testbench.engine.clock import never, wall_now
from testbench.engine.disk_need import DiskNeed, disk_need
from testbench.engine.plan import Plan, SuiteItem, make_plan
from testbench.errors import InputError, TestbenchError
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of it: the plan of the items that can be planned, with their numbers in the suite by run of the plan.

    `plan` is None where the station itself cannot be built. `disk` and `free_bytes` are None where they cannot be told.
    """

    problems: tuple[Problem, ...]
    plan: Plan | None = None
    numbers: tuple[int, ...] = ()
    disk: DiskNeed | None = None
    free_bytes: int | None = None

    @property
    def can_begin(self) -> bool:
        """Whether nothing blocks."""
        return not any(problem.blocks for problem in self.problems)


def examine(draft: Draft, *, check: Callable[[], None] = never) -> Examination:
    """Find everything that is wrong with a draft; nothing is touched. `check` is asked between the parts, and may raise."""
    problems: list[Problem] = [*device_problems(draft), *truth_problems(draft)]
    if not draft.items:
        problems.append(
            blocking(
                Place(PlaceKind.SUITE),
                Text(zh="测试项目是空的", en="the suite is empty"),
                Text(zh="请至少选择一个程序", en="take at least one procedure"),
            )
        )
    wrong = {number: list(settings_problems(number, item)) for number, item in enumerate(draft.items, start=1)}
    equipment: Equipment | None = None
    if not any(problem.blocks for problem in problems if problem.place.kind in (PlaceKind.DEVICE, PlaceKind.STATION)):
        equipment, broken = assembled(draft)
        problems += broken
    check()
    plan: Plan | None = None
    numbers: tuple[int, ...] = ()
    if equipment is not None:
        unfit = [*range_problems(equipment), *interlock_problems(draft, equipment)]
        problems += unfit
        if not any(problem.blocks for problem in unfit):
            plan, numbers = _plan(draft, equipment, wrong, check)
    problems += [problem for found in wrong.values() for problem in found]
    problems += owner_problems(draft)
    today = wall_now().date()
    end = wall_now() + dt.timedelta(seconds=plan.duration_s if plan is not None else 0.0)
    problems += certificate_problems(draft, today, end.date())
    disk = None
    if plan is not None and equipment is not None:
        problems += gas_problems(draft, plan)
        problems += reference_problems(plan, dict(enumerate(numbers, start=1)))
        disk = disk_need(plan, equipment, on_the_grid=draft.station.station.jumps)
    if draft.standard is not None and equipment is not None:
        measurand = next(iter(equipment.information.values())).measurand
        problems += criterion_problems(draft.standard, draft.items, measurand)
    if draft.folder is not None:
        problems += folder_problems(draft.folder, disk.bytes if disk is not None else None)
    problems.sort(key=lambda problem: not problem.blocks)
    free = free_bytes(draft.folder) if draft.folder is not None else None
    return Examination(tuple(problems), plan, numbers, disk, free)


def _plan(
    draft: Draft, equipment: Equipment, wrong: dict[int, list[Problem]], check: Callable[[], None]
) -> tuple[Plan | None, tuple[int, ...]]:
    """The plan of the items that can be carried out, and their numbers; what keeps others from it goes to `wrong`."""
    good: dict[int, SuiteItem] = {}
    for number, item in enumerate(draft.items, start=1):
        check()
        if wrong[number]:
            continue
        wrong[number] += [*role_problems(number, item, equipment), *level_problems(number, item, equipment)]
        if wrong[number]:
            continue
        try:
            checked = item.checked()
        except InputError as error:
            wrong[number].append(blocking(Place(PlaceKind.SUITE, item=number), told(error)))
            continue
        reason = trial(draft, checked)
        if reason is None:
            good[number] = checked
        else:
            title = item.procedure.title
            text = Text(zh=f"{number}. {title.zh}：{reason.zh}", en=f"{number}. {title.en}: {reason.en}")
            wrong[number].append(blocking(Place(PlaceKind.SUITE, item=number), text))
    try:
        return make_plan(draft.station, list(good.values()), draft.standard, devices=draft.devices), tuple(good)
    except TestbenchError as error:
        wrong.setdefault(0, []).append(blocking(Place(PlaceKind.STATION), told(error)))
        return None, ()
