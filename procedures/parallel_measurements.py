"""Parallel measurements of QAL2 and AST: signals read on the bench or entered, references entered, pairs made of both.

EN 14181:2014: each measurement lasts at least 30 min, they begin at least 1 h apart, and those of QAL2 spread over three
days. On the bench gas of changing content is supplied and the devices are read; a person enters what the reference method
found, and the conditions that turn it into standard conditions. Data of a stack are entered as a whole, for QAL2 with the
signal at zero and readings of reference gas, which the methods B and C of the calibration function need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field

from procedures.reach import reach
from testbench.engine.bench import DAY_S, Bench
from testbench.engine.entering import Column, Entered, Form
from testbench.engine.procedure import Settings, Text, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.metrology.qal2 import PERMITTED_PERCENT, Pair, standard_conditions

HOUR_S = 3600.0
GAS_ROWS = 10
"""Readings of reference gas that may be entered for a device."""
ZERO_SIGNAL, REFERENCE_GAS = "zero_signal", "reference_gas"


class ParallelSettings(Settings):
    """Limit value, permitted uncertainty, and where the signals come from."""

    limit_value: float = setting(
        0.0,
        title=Text(
            zh="排放限值（被测仪器的单位，标准状态；0：满量程的 2/3）",
            en="limit value, unit of the device (0: 2/3 of the range)",
        ),
        ge=0,
    )
    permitted: float = setting(
        0.0,
        unit="%",
        title=Text(zh="允许不确定度（限值的百分数；0：按组分）", en="permitted uncertainty (0: by component)"),
        ge=0,
        le=100,
    )
    reference_oxygen: float = setting(
        0.0, unit="%", title=Text(zh="基准含氧量（0：不折算）", en="reference oxygen (0: none)"), ge=0, lt=21
    )
    signals: Literal["read", "entered"] = setting(
        "read",
        title=Text(zh="仪器信号来源", en="signals of the AMS"),
        choices={
            "read": Text(zh="在台架上读取", en="read on the bench"),
            "entered": Text(zh="录入", en="entered"),
        },
    )
    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.3, 0.6, 0.15, 0.75, 0.45),
        unit="F.S.",
        title=Text(zh="台架配气浓度", en="gases on the bench"),
        min_length=1,
        max_length=30,
    )
    average_s: float = setting(
        1800.0, unit="s", title=Text(zh="每次测量时长", en="duration of a measurement"), ge=60, le=36_000
    )
    apart_h: float = setting(1.0, unit="h", title=Text(zh="测量起始间隔", en="time between starts"), ge=0.5, le=24)

    def permitted_for(self, device: DeviceInfo) -> float:
        """Permitted uncertainty in percent of the limit value; ValueError where none is known for the measurand."""
        known = self.permitted or PERMITTED_PERCENT.get(device.measurand, 0.0)
        if not known:
            raise ValueError(
                f"no permitted uncertainty is known for {device.measurand}; state it in the setting 'permitted'"
            )
        return known

    def limit_for(self, device: DeviceInfo) -> float:
        """Limit value in the device's unit."""
        return self.limit_value or 2.0 / 3.0 * device.full_scale


@dataclass(frozen=True, slots=True)
class Parallel:
    """What was read and entered: the bench's readings (none where signals were entered), and the table.

    `gas` are the readings of zero gas and of gas near the limit value, none where they were not taken.
    """

    readings: tuple[Averages, ...]
    gas: tuple[Averages, ...]
    entered: Entered

    def pairs(self, device: DeviceInfo, settings: ParallelSettings) -> list[Pair]:
        """The pairs of one device, in the order of the measurements; ValueError for a signal that is missing."""
        rows = [row for row in self.entered.of("device", device.name) if not row.get(REFERENCE_GAS)]
        pairs = []
        for number, row in enumerate(rows):
            signal = row["signal"] if not self.readings else _indication(device, self.readings[number])
            if signal is None:
                raise ValueError(f"no signal of measurement {number + 1}")
            oxygen = row["oxygen"]
            factor = standard_conditions(
                temperature_c=_or(row["temperature"], 0.0),
                pressure_kpa=_or(row["pressure"], 101.325),
                moisture_percent=_or(row["moisture"], 0.0),
                oxygen_percent=float(oxygen) if settings.reference_oxygen and oxygen is not None else None,
                reference_oxygen_percent=settings.reference_oxygen
                if settings.reference_oxygen and oxygen is not None
                else None,
            )
            pairs.append(Pair(float(signal), _or(row["reference"], 0.0), factor))
        return pairs

    def zero_signal(self, device: DeviceInfo) -> float | None:
        """The signal at zero: as it was entered, else that of zero gas; None where neither is known."""
        cells = [row.get(ZERO_SIGNAL) for row in self.entered.of("device", device.name)]
        stated = sorted({float(cell) for cell in cells if cell is not None})
        if len(stated) > 1:
            raise ValueError(f"the signal at zero is entered as {', '.join(f'{each:g}' for each in stated)}")
        if stated:
            return stated[0]
        gas = self.reference_gas(device)
        if self.readings:
            return gas[0].signal if gas else None
        return next((pair.signal for pair in gas if pair.reference == 0.0), None)

    def reference_gas(self, device: DeviceInfo) -> list[Pair]:
        """Zero gas and gas near the limit value as the device read them or as entered; none where they were not taken."""
        rows = [row for row in self.entered.of("device", device.name) if row.get(REFERENCE_GAS)]
        found = [Pair(_or(row["signal"], 0.0), _or(row["reference"], 0.0)) for row in rows]
        for averages in self.gas:
            reading = averages.readings[device.name]
            if reading.indication is None or reading.reference is None:
                raise ValueError("no reading of zero gas or of gas near the limit value")
            found.append(Pair(reading.indication.value, reading.reference.value))
        return found


def take_parallel(bench: Bench, settings: ParallelSettings, *, title: Text, count: int, days: int, gas: bool) -> Parallel:
    """Read the signals of `count` measurements over `days` days if they come from the bench, and have the rest entered.

    With `gas` zero gas and gas near the limit value are read at the end, or may be entered.
    """
    if settings.signals == "entered":
        form = _form(bench.devices, title, count, ())
        return Parallel((), (), bench.enter(_with_gas(form, bench.devices) if gas else form))
    readings: list[Averages] = []
    start = None
    for number in range(count):
        level = settings.levels[number % len(settings.levels)]
        if start is not None:
            bench.wait_until(start + _start(number, count, days, settings.apart_h))
        bench.supply(level)
        bench.settle()
        readings.append(bench.average(settings.average_s, every_s=60.0))
        start = readings[0].window.start if start is None else start
    reference_gas: list[Averages] = []
    if gas:
        first = bench.devices[0]
        for level in (0.0, min(1.0, settings.limit_for(first) / first.full_scale)):
            bench.supply(level)
            bench.settle()
            reference_gas.append(bench.average(settings.average_s, every_s=60.0))
    form = _form(bench.devices, title, count, [_reference_of(bench.devices, averages) for averages in readings])
    return Parallel(tuple(readings), tuple(reference_gas), bench.enter(form))


def _start(number: int, count: int, days: int, apart_h: float) -> float:
    """When measurement `number` begins, s after the first: as many on each day as on another, `apart_h` apart."""
    each_day = -(-count // days)
    return (number // each_day) * DAY_S + (number % each_day) * apart_h * HOUR_S


def _form(devices: Sequence[DeviceInfo], title: Text, count: int, references: Sequence[dict[str, float]]) -> Form:
    read = bool(references)
    unit = devices[0].unit if len({device.unit for device in devices}) == 1 else ""
    rows = [(device, number) for device in devices for number in range(count)]
    lower, upper = reach(devices)
    return Form(
        title=title,
        instruction=Text(
            zh="逐次填写参比方法在被测仪器工况下的测定值；工况与标准状态不同时填写温度、压力、湿度、含氧量。",
            en="Enter what the reference method found at the conditions of the device, measurement by measurement; "
            "temperature, pressure, moisture and oxygen where these are not standard conditions.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("measurement", Text(zh="测量序号", en="measurement"), lower=1),
            Column("date", Text(zh="日期", en="date"), kind="date", optional=True),
            Column("start", Text(zh="开始时刻", en="start"), kind="time", optional=True),
            Column("signal", Text(zh="仪器信号", en="signal of the device"), unit, optional=read),
            Column("reference", Text(zh="参比方法测定值", en="reference"), unit, lower=lower, upper=upper),
            Column("temperature", Text(zh="温度", en="temperature"), "°C", optional=True, lower=-50, upper=1500),
            Column("pressure", Text(zh="绝对压力", en="absolute pressure"), "kPa", optional=True, lower=10, upper=500),
            Column("moisture", Text(zh="湿度", en="moisture"), "%", optional=True, lower=0, upper=90),
            Column("oxygen", Text(zh="干基含氧量", en="oxygen, dry"), "%", optional=True, lower=0, upper=20.9),
        ),
        given=tuple({"device": device.name, "measurement": number + 1} for device, number in rows),
        expected=tuple(_expected(device, number, references) for device, number in rows),
    )


def _with_gas(form: Form, devices: Sequence[DeviceInfo]) -> Form:
    """The form with the signal at zero, and rows for readings of reference gas behind those of the measurements."""
    device, measurement, *others = form.columns
    more = Text(
        zh="信号零点已知时填写；零点气和接近限值的标准气体读数各增加一行，并标记“标准气体”。",
        en="Enter the signal at zero where it is known; add a row for each reading of zero gas and of gas near the limit "
        "value, and mark it as reference gas.",
    )
    return replace(
        form,
        instruction=Text(zh=form.instruction.zh + more.zh, en=f"{form.instruction.en} {more.en}"),
        columns=(
            replace(device, among=tuple(each.name for each in devices)),
            measurement,
            *others,
            Column(ZERO_SIGNAL, Text(zh="零点信号", en="signal at zero"), form.column("signal").unit, optional=True),
            Column(REFERENCE_GAS, Text(zh="标准气体", en="reference gas"), kind="yes-no", optional=True),
        ),
        further_rows=len(devices) * GAS_ROWS,
        once=("device", "measurement"),
    )


def _expected(device: DeviceInfo, number: int, references: Sequence[dict[str, float]]) -> dict[str, float | str | None]:
    """What the simulated operator enters: the reference content of the gas that was read, or a line of its own."""
    nothing: dict[str, float | str | None] = dict.fromkeys(
        ("date", "start", "signal", "temperature", "pressure", "moisture", "oxygen")
    )
    if references:
        content = references[number][device.name]
    else:
        content = device.at((0.3, 0.6, 0.15, 0.75, 0.45)[number % 5])
        nothing["signal"] = content
    return {"device": device.name, "measurement": number + 1, **nothing, "reference": content}


def _reference_of(devices: Sequence[DeviceInfo], averages: Averages) -> dict[str, float]:
    found = {}
    for device in devices:
        reference = averages.readings[device.name].reference
        found[device.name] = 0.0 if reference is None else reference.value
    return found


def _indication(device: DeviceInfo, averages: Averages) -> float | None:
    indication = averages.readings[device.name].indication
    return None if indication is None else indication.value


def _or(cell: float | str | bool | None, default: float) -> float:
    return default if cell is None else float(cell)
