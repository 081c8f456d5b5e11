"""Problems of a station: what cannot be built, ranges that differ, certificates, gas, interlocks, who owns it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from testbench.engine.assembly import Equipment, assemble
from testbench.engine.checking.draft import Draft
from testbench.engine.checking.problem import Place, PlaceKind, Problem, blocking, told, warning
from testbench.engine.interlocks import watched
from testbench.engine.ownership import present_owner, real_resources
from testbench.engine.plan import Plan
from testbench.engine.registry import check_truth
from testbench.errors import InstrumentError, StationError, TestbenchError
from testbench.metrology.measurand import from_si
from testbench.station import Cylinder, DriverTable
from testbench.text import Text

SAME_RANGE = 1e-9
WHOLE_STATION = Place(PlaceKind.STATION)
ONE_GROUP = Text(
    zh="请分组评价：一次只选一组量程和组分相同的仪器",
    en="evaluate them one group at a time: choose only devices of the same range and component",
)
CORRECT_STATION = Text(zh="请修改工位文件", en="correct the station file")


def device_problems(draft: Draft) -> Iterator[Problem]:
    """No device at all, or one that the station does not have."""
    known = draft.station.station.devices
    if not known:
        yield blocking(
            WHOLE_STATION,
            Text(zh="工位中没有被测仪器", en="the station has no device under test"),
            Text(zh="请在工位文件中加入 [devices.NAME]", en="add a [devices.NAME] table to the station file"),
        )
    elif not draft.taking_part:
        yield blocking(
            Place(PlaceKind.DEVICE),
            Text(zh="没有选择被测仪器", en="no device is chosen"),
            Text(zh="请至少选择一台", en="choose at least one"),
        )
    for name in draft.taking_part:
        if known and name not in known:
            yield blocking(
                Place(PlaceKind.DEVICE, name),
                Text(zh=f"工位中没有被测仪器 {name}", en=f"the station has no device {name}"),
                Text(zh=f"现有：{'、'.join(known)}", en=f"there are: {', '.join(known)}"),
            )


def assembled(draft: Draft) -> tuple[Equipment | None, tuple[Problem, ...]]:
    """The station's equipment, or everything for which it cannot be built."""
    try:
        return assemble(draft.station, devices=draft.taking_part), ()
    except TestbenchError as error:
        found = {str(error): Place(PlaceKind.STATION)}
    for name in draft.taking_part:  # what is wrong with one device is said of it, and does not hide what is with another
        try:
            assemble(draft.station, devices=[name])
        except TestbenchError as error:
            found.setdefault(str(error), Place(PlaceKind.DEVICE, name))
    return None, tuple(blocking(place, told(StationError(said)), CORRECT_STATION) for said, place in found.items())


def truth_problems(draft: Draft) -> Iterator[Problem]:
    """Truth tables of a simulated station that cannot be simulated."""
    try:
        check_truth(draft.station)
    except TestbenchError as error:
        yield blocking(WHOLE_STATION, told(error), CORRECT_STATION)


def range_problems(equipment: Equipment) -> Iterator[Problem]:
    """Devices that cannot share one gas stream: other ranges, other components, a range that does not begin at 0."""
    devices = list(equipment.information.values())
    first = devices[0]
    low, high = (end / from_si(first.unit) for end in (first.low, first.high))
    for other in devices[1:]:
        if other.kind is not first.kind:
            yield blocking(
                Place(PlaceKind.DEVICE, other.name),
                Text(
                    zh=f"{other.name}（{other.unit}）与 {first.name}（{first.unit}）测量的不是同一类量",
                    en=f"{other.name} ({other.unit}) and {first.name} ({first.unit}) measure different kinds of quantity",
                ),
                ONE_GROUP,
            )
            continue
        ends = tuple(end / from_si(other.unit) for end in (other.low, other.high))
        if any(abs(one - two) > SAME_RANGE * high for one, two in zip(ends, (low, high), strict=True)):
            ranges = [f"[{one.low:g}, {one.high:g}] {one.unit}" for one in (first, other)]
            yield blocking(
                Place(PlaceKind.DEVICE, other.name),
                Text(
                    zh=f"{other.name} 的量程 {ranges[1]} 与 {first.name} 的 {ranges[0]} 不同，不能共用一路气体",
                    en=f"the range of {other.name}, {ranges[1]}, is not that of {first.name}, {ranges[0]}: "
                    "one gas stream cannot test them",
                ),
                ONE_GROUP,
            )
        if other.measurand != first.measurand:
            yield blocking(
                Place(PlaceKind.DEVICE, other.name),
                Text(
                    zh=f"{other.name} 测量 {other.measurand}，{first.name} 测量 {first.measurand}",
                    en=f"{other.name} measures {other.measurand}, {first.name} measures {first.measurand}",
                ),
                ONE_GROUP,
            )
    for device in devices:
        if device.low != 0 and not device.kind.moves:
            yield blocking(
                Place(PlaceKind.DEVICE, device.name),
                Text(
                    zh=f"{device.name} 的量程从 {device.low:g} {device.unit} 开始；零点气要求量程从 0 开始",
                    en=f"the range of {device.name} begins at {device.low:g} {device.unit}; "
                    "for zero gas to be its low end it must begin at 0",
                ),
                CORRECT_STATION,
            )


def interlock_problems(draft: Draft, equipment: Equipment) -> Iterator[Problem]:
    """Interlocks that watch nothing, and those that cannot."""
    station = draft.station.station
    for name, table in station.interlocks.items():
        place = Place(PlaceKind.INTERLOCK, name)
        try:
            if not watched({name: table}, equipment, devices=station.devices):
                yield warning(
                    place,
                    Text(
                        zh=f"联锁 {name}：{table.channel} 不参加测试，因此无人监视",
                        en=f"interlock {name}: {table.channel} does not take part, so nothing watches it",
                    ),
                )
        except StationError as error:
            yield blocking(place, told(error), CORRECT_STATION)


def owner_problems(draft: Draft) -> Iterator[Problem]:
    """Another run that has the station, or one of its instruments."""
    try:
        refusal = present_owner(real_resources(draft.station.station, draft.taking_part), draft.station.path)
    except InstrumentError as error:
        refusal = str(error)
    if refusal:
        yield blocking(
            WHOLE_STATION,
            told(InstrumentError(refusal)),
            Text(zh="请等待其结束，或将其中止", en="wait until it has ended, or abort it"),
        )


def certificate_problems(draft: Draft, today: dt.date, end: dt.date) -> Iterator[Problem]:
    """Certificates that have expired, that expire before the evaluation ends, or that nobody has dated."""
    station = draft.station.station
    certified: dict[Place, Cylinder | DriverTable] = {
        Place(PlaceKind.CYLINDER, name): cylinder for name, cylinder in station.cylinders.items()
    }
    certified |= {Place(PlaceKind.INSTRUMENT, name): table for name, table in station.certified.items()}
    for place, item in certified.items():
        cylinder = place.kind is PlaceKind.CYLINDER
        name = Text(zh=f"{'气瓶' if cylinder else '仪器'} {place.name}", en=f"{place.kind} {place.name}")
        number = Text(zh=item.certificate or "无编号", en=item.certificate or "no number")
        if item.valid_until is None:
            if cylinder:
                yield warning(
                    place,
                    Text(zh=f"{name.zh}：工位文件中没有有效期", en=f"{name.en}: no validity date in the station file"),
                    Text(zh="请核对其证书", en="check its certificate"),
                )
        elif item.valid_until < today:
            yield blocking(
                place,
                Text(
                    zh=f"{name.zh} 的证书（{number.zh}）已于 {item.valid_until} 过期",
                    en=f"the certificate of {name.en} ({number.en}) was valid until {item.valid_until}",
                ),
                Text(
                    zh="请使用证书有效的，或更正 valid_until",
                    en="use one with a valid certificate, or correct valid_until",
                ),
            )
        elif item.valid_until < end:
            yield warning(
                place,
                Text(
                    zh=f"{name.zh} 的证书有效期至 {item.valid_until}，而测试评价预计 {end} 结束",
                    en=f"the certificate of {name.en} is valid until {item.valid_until}; the evaluation is to end {end}",
                ),
                Text(
                    zh="过期后不能恢复中断的测试；请先换用有效的",
                    en="an interrupted evaluation cannot be gone on with after that day; use one that is valid longer",
                ),
            )


def gas_problems(draft: Draft, plan: Plan) -> Iterator[Problem]:
    """Cylinders that do not hold what the plan needs."""
    for name, litres in sorted(plan.gas_litres.items()):
        cylinder = draft.station.station.cylinders.get(name)
        if cylinder is None or cylinder.content_litres is None or litres <= cylinder.content_litres:
            continue
        yield warning(
            Place(PlaceKind.CYLINDER, name),
            Text(
                zh=f"气瓶 {name}：需要 {litres:.0f} L，瓶内有 {cylinder.content_litres:.0f} L",
                en=f"cylinder {name}: {litres:.0f} L are needed, {cylinder.content_litres:.0f} L are in it",
            ),
            Text(
                zh="请备好第二瓶，或减小配气仪的 total_flow",
                en="have a second one ready, or lower the divider's total_flow",
            ),
        )
