"""Problems of a suite: settings that are not allowed, roles not filled, gas that cannot be made, criteria left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from testbench.criteria.standard import Standard
from testbench.engine.assembly import Equipment
from testbench.engine.checking.draft import Draft, DraftItem
from testbench.engine.checking.problem import Place, PlaceKind, Problem, blocking, told, warning
from testbench.engine.dry import PlannedStep
from testbench.engine.forms import FRACTION_OF_FULL_SCALE, Fault, FormField, Kind, faults, form_fields
from testbench.engine.plan import Plan, SuiteItem, make_plan
from testbench.errors import TestbenchError, UnsuppliableError
from testbench.metrology.amount import UnitError, to_fraction
from testbench.text import Text

ROLE_NAMES = {
    "divider": Text(zh="配气仪", en="gas divider"),
    "flow_rig": Text(zh="烟道流量标准装置", en="flow rig"),
}


def settings_problems(number: int, item: DraftItem) -> Iterator[Problem]:
    """What is wrong with the settings of the suite's item `number`."""
    titles = {field.name: field.title for field in form_fields(item.procedure)}
    for fault in faults(item.procedure, item.values):
        yield setting_problem(number, item, fault, titles.get(fault.name))


def setting_problem(number: int, item: DraftItem, fault: Fault, title: Text | None) -> Problem:
    """A wrong setting as a problem; `title` is what the setting is called, None for one that is not known."""
    words = title or Text(zh=fault.name, en=fault.name)
    procedure = item.procedure.title
    return blocking(
        Place(PlaceKind.SETTING, fault.name, number),
        Text(
            zh=f"{number}. {procedure.zh}，{words.zh}：{fault.text.zh}",
            en=f"{number}. {procedure.en}, {words.en}: {fault.text.en}",
        ),
        Text(zh="请修改此项设置", en="correct this setting"),
    )


def role_problems(number: int, item: DraftItem, equipment: Equipment) -> Iterator[Problem]:
    """Roles that a procedure needs and the station does not fill."""
    held: Mapping[str, object] = {"divider": equipment.divider, "flow_rig": equipment.flow_rig}
    for role in item.procedure.roles:
        if held.get(role) is not None:
            continue
        name = ROLE_NAMES.get(role, Text(zh=role, en=role))
        yield blocking(
            Place(PlaceKind.SUITE, item=number),
            Text(
                zh=f"{number}. {item.procedure.title.zh}：需要{name.zh}，而工位没有",
                en=f"{number}. {item.procedure.title.en}: needs a {name.en}, which the station does not have",
            ),
            Text(
                zh=f"请去掉此程序，或在工位文件中加入 [{role}]",
                en=f"leave this procedure out, or add a [{role}] table to the station file",
            ),
        )


def level_problems(number: int, item: DraftItem, equipment: Equipment) -> Iterator[Problem]:
    """Levels in the settings that the divider cannot make from the cylinders that are fitted, or the flow rig not at all."""
    info = next(iter(equipment.information.values()))
    if equipment.divider is None or info.kind.moves:
        return  # velocities are told by the plan of the procedure itself
    for field in form_fields(item.procedure):
        if field.unit != f"%{FRACTION_OF_FULL_SCALE}" or field.name not in item.values:
            continue
        for level in _levels(field, item):
            try:
                equipment.divider.check(info.measurand, to_fraction(info.at(level), info.unit))
            except UnsuppliableError as error:
                reason = told(error)
                shown = f"{field.show([level] if field.kind is Kind.NUMBERS else level)} {field.unit}"
                yield blocking(
                    Place(PlaceKind.SETTING, field.name, number),
                    Text(
                        zh=f"{number}. {item.procedure.title.zh}，{field.title.zh} {shown}：{reason.zh}",
                        en=f"{number}. {item.procedure.title.en}, {field.title.en} {shown}: {reason.en}",
                    ),
                    Text(
                        zh="请更改浓度点，或换一瓶浓度合适的气体",
                        en="change the level, or fit a cylinder of a suitable content",
                    ),
                )
            except UnitError:
                return  # told of the device


def _levels(field: FormField, item: DraftItem) -> Sequence[float]:
    value = item.values[field.name]
    return list(value) if field.kind is Kind.NUMBERS else [value]


def trial(draft: Draft, item: SuiteItem) -> Text | None:
    """Why a procedure cannot be planned by itself; None where it can. A laboratory's own may fail in any way."""
    try:
        make_plan(draft.station, [item], None, devices=draft.devices)
    except TestbenchError as error:
        return told(error)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        return Text(zh=f"此程序出错，无法计划（{said}）", en=f"the procedure fails and cannot be planned ({said})")
    return None


def reference_problems(plan: Plan, numbers: Mapping[int, int]) -> Iterator[Problem]:
    """Levels at which the reference is too uncertain for the limit; `numbers` are the items' numbers by run of the plan."""
    seen: set[tuple[int, float]] = set()
    for step in plan.steps:
        if step.level is None or not plan.flagged(step) or (step.run, step.level) in seen:
            continue
        seen.add((step.run, step.level))
        yield _reference_problem(plan, step, numbers[step.run])


def _reference_problem(plan: Plan, step: PlannedStep, number: int) -> Problem:
    level, limit = f"{100 * (step.level or 0.0):g} %F.S.", plan.limits_percent_fs[step.procedure]
    uncertainty = f"{step.reference_uncertainty_percent_fs:.2f} %F.S."
    return warning(
        Place(PlaceKind.SUITE, item=number),
        Text(
            zh=f"{number}. {level}：参考值 U（k=2）= {uncertainty}，超过限值 ±{limit:g} %F.S. 的三分之一",
            en=f"{number}. {level}: the reference's U (k=2), {uncertainty}, exceeds a third of the limit ±{limit:g} %F.S.",
        ),
        Text(
            zh="不确定度超过限值三分之一时，接近限值的结果无法判定；请使用不确定度更小的标准气体",
            en="results near the limit will be inconclusive; use a gas or controllers of smaller uncertainty",
        ),
    )


def criterion_problems(standard: Standard, items: Sequence[DraftItem], measurand: str, named: str = "") -> Iterator[Problem]:
    """Criteria of the standard that nothing in the suite determines; `named` is its name, where several judge."""
    if standard.parts:
        for part in standard.parts:
            own = [item for item in items if not item.standards or part.name in item.standards]
            yield from criterion_problems(part, own, measurand, f"{part.name}: ")
        return
    found = {name for item in items for name in item.procedure.characteristics}
    for criterion in standard.criteria:
        if criterion.characteristic in found or not criterion.applies_to(measurand, None):
            continue
        yield warning(
            Place(PlaceKind.STANDARD, criterion.characteristic),
            Text(
                zh=f"{named}{criterion.title.zh}：测试项目中没有程序测定它，报告中将判为“无法判定”",
                en=f"{named}{criterion.title.en}: no procedure of the suite determines it; the report will say inconclusive",
            ),
            Text(
                zh="如需判定，请加入相应的程序",
                en="add the procedure that determines it if it is to be judged",
            ),
        )
