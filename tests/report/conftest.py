"""A synthetic evaluation of three CO2 analysers for the tests of the report; unit B drifts too far in a week."""

import datetime as dt
import math
import random
from dataclasses import replace

import pytest

from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.report.content import (
    ConditionState,
    EvidenceMark,
    InstrumentRole,
    LimitKind,
    LineDelay,
    MeasurementStandard,
    RawTable,
    ReportCondition,
    ReportContent,
    ReportDevice,
    ReportEvent,
    ReportInstrument,
    ReportRun,
    ReportStandard,
    ReportStation,
    ReportVerdict,
    StandardKind,
)
from testbench.text import Text

CHINA = dt.timezone(dt.timedelta(hours=8))
START = dt.datetime(2026, 3, 2, 9, 0, 0, tzinfo=CHINA)
SPAN = 20.0
CHARACTER = {
    "A": {"bow": 0.6, "zero": 0.05, "span": -0.10, "noise": 0.10, "lag": 3.0, "rise": 45.0, "fall": 48.0},
    "B": {"bow": -1.1, "zero": -0.12, "span": 0.62, "noise": 0.20, "lag": 5.0, "rise": 72.0, "fall": 80.0},
    "C": {"bow": 1.93, "zero": 0.03, "span": 0.08, "noise": 0.05, "lag": 2.0, "rise": 30.0, "fall": 31.0},
}


def linearity(device: str) -> Finding:
    character, chance = CHARACTER[device], random.Random(f"linearity {device}")
    levels, passes = [], []
    for fraction in (0.0, 0.2, 0.4, 0.6, 0.8):
        reference = SPAN * fraction * 1.0012
        bow = 4 * character["bow"] * fraction * (1 - fraction)
        singles = [bow + chance.gauss(0, character["noise"] / 3) for _ in range(3)]
        for number, error in enumerate(singles, 1):
            indication = reference + error * SPAN / 100
            passes.append({"pass": number, "nominal_fraction": fraction, "reference": reference, "indication": indication})
        error, u = sum(singles) / 3, 0.05 + 0.18 * fraction
        levels.append(
            {
                "nominal_fraction": fraction,
                "reference": reference,
                "indication": reference + error * SPAN / 100,
                "error_percent_fs": error,
                "error_percent_nominal": error / fraction if fraction else None,
                "expanded_uncertainty_percent_fs": 2 * u,
                "standard_uncertainty_percent_fs": u,
            }
        )
    worst = max(levels, key=lambda level: abs(level["error_percent_fs"]))
    u = worst["standard_uncertainty_percent_fs"]
    weights = {
        "cylinder.co2": 0.72,
        "controller.mfc-co2": 0.52,
        "controller.mfc-n2": 0.4,
        "divider.setting.mfc-co2": 0.16,
        f"{device}.reading.repeatability": 0.14,
    }
    norm = math.sqrt(sum(weight**2 for weight in weights.values()))
    return Finding(
        device,
        "linearity_error",
        worst["error_percent_fs"],
        "%F.S.",
        2.37 * u,
        2.37,
        index=f"{100 * worst['nominal_fraction']:.0f} %F.S.",
        details={"levels": levels, "passes": passes, "unit": "%", "budget": {n: w / norm * u for n, w in weights.items()}},
    )


def drift(device: str, point: str) -> tuple[Finding, Finding]:
    character, chance = CHARACTER[device], random.Random(f"drift {device} {point}")
    base = 0.0 if point == "zero" else 90.0
    readings = [base + character[point] * day + chance.gauss(0, character["noise"] / 6) for day in range(8)]
    days = []
    for index, reading in enumerate(readings):
        change = None if index == 0 else reading - readings[index - 1]
        days.append(
            {
                "index": index,
                "bench_time_h": 30.5 + 24 * index,
                "reading": reading * SPAN / 100,
                "reference": base * SPAN / 100,
                "reading_percent_fs": reading,
                "drift_percent_fs": change,
                "expanded_uncertainty_percent_fs": None if index == 0 else 0.16,
            }
        )
    worst = max(days[1:], key=lambda day: abs(day["drift_percent_fs"]))
    daily = Finding(
        device,
        f"{point}_drift_24h",
        worst["drift_percent_fs"],
        "%F.S.",
        0.21,
        2.69,
        index=f"day {worst['index']}",
        details={"days": days, "unit": "%"},
    )
    week = Finding(
        device, f"{point}_drift_week", readings[7] - readings[0], "%F.S.", 0.17, 2.0, details={"days": days, "unit": "%"}
    )
    return daily, week


def response(device: str, side: str) -> Finding:
    character, chance = CHARACTER[device], random.Random(f"response {device} {side}")
    start, end = (0.0, 18.0) if side == "rise" else (18.0, 0.0)
    threshold = 16.2 if side == "rise" else 1.8
    repeats, curves = [], []
    for _ in range(3):
        t90 = character[side] + chance.gauss(0, 0.4)
        tau = (t90 - character["lag"]) / math.log(10)
        times = [second / 2 for second in range(-20, 401)]
        values = []
        for time in times:
            share = 0.0 if time < character["lag"] else 1 - math.exp(-(time - character["lag"]) / tau)
            values.append(start + (end - start) * share + chance.gauss(0, character["noise"] * SPAN / 100 / 2))
        curves.append({"time_s": times, "value": values})
        repeats.append({"response_time_s": t90, "lag_s": character["lag"], "rise_s": t90 - character["lag"]})
    mean = sum(repeat["response_time_s"] for repeat in repeats) / 3
    details = {
        "repeats": repeats,
        "curves": curves,
        "nominal": end,
        "start": start,
        "end_point": "nominal",
        "threshold": threshold,
        "unit": "%",
        "line_delay_s": 4.0,
    }
    return Finding(device, f"response_time_{side}", mean, "s", 1.1, 2.0, details=details)


def repeatability(device: str) -> Finding:
    character, chance = CHARACTER[device], random.Random(f"repeatability {device}")
    readings = [18.0 + chance.gauss(0, character["noise"] * SPAN / 100) for _ in range(6)]
    mean = sum(readings) / 6
    deviation = math.sqrt(sum((reading - mean) ** 2 for reading in readings) / 5)
    value = 100 * deviation / mean
    details = {"readings": readings, "mean": mean, "standard_deviation": deviation, "unit": "%"}
    return Finding(device, "repeatability", value, "%", interval=(0.624 * value, 2.453 * value), details=details)


def judge(finding: Finding, limit: float, kind: LimitKind = LimitKind.SYMMETRIC, percent: int = 85, **more) -> ReportVerdict:
    inside = abs(finding.value) <= limit
    spread = finding.expanded_uncertainty or 0.0
    if abs(abs(finding.value) - limit) < spread:
        reason = Text("限值位于不确定度区间内。", "The limit lies within the uncertainty of the value.")
        more = {"limit_within_uncertainty": True, "reason": reason} | more
    return ReportVerdict(
        finding.characteristic,
        finding,
        more.pop("outcome", Outcome.PASS if inside else Outcome.FAIL),
        limit,
        kind,
        unit=finding.unit,
        clause=more.pop("clause", "5.1"),
        provisional=True,
        evidence=EvidenceMark.MEMORY,
        evidence_percent=percent,
        run=more.pop("run", "R1"),
        **more,
    )


def analyser(device: str) -> ReportDevice:
    zero_daily, zero_week = drift(device, "zero")
    span_daily, span_week = drift(device, "span")
    too_large = Text("变化超过 ±3 %F.S.。", "The change exceeds ±3 %F.S.")
    week = judge(span_week, 3.0, percent=80, clause="5.1.4", run="R4", **({"reason": too_large} if device == "B" else {}))
    verdicts = [
        judge(linearity(device), 2.0, clause="5.1.3", run="R1"),
        judge(
            repeatability(device),
            2.0,
            LimitKind.MAXIMUM,
            clause="5.1.2",
            run="R2",
            judged_text="0.1 %" if device == "A" else "",
        ),
        judge(response(device, "rise"), 120.0, LimitKind.MAXIMUM, clause="5.1.1", run="R3"),
        judge(response(device, "fall"), 120.0, LimitKind.MAXIMUM, clause="5.1.1", run="R3"),
        judge(zero_daily, 2.0, clause="5.1.4", run="R4"),
        judge(zero_week, 3.0, percent=80, clause="5.1.4", run="R4"),
        judge(span_daily, 2.0, clause="5.1.4", run="R4"),
        week,
        ReportVerdict(
            "vibration",
            Finding(device, "vibration", 0.31, "%F.S.", 0.22, 2.0),
            Outcome.INCONCLUSIVE,
            2.0,
            unit="%F.S.",
            clause="5.1.9",
            provisional=True,
            evidence=EvidenceMark.MEMORY,
            evidence_percent=50,
            reason=Text("限值的把握程度低于 60 %。", "The limit is known with less than 60 % confidence."),
            run="R5",
        ),
        ReportVerdict(
            "supply_voltage",
            None,
            Outcome.INCONCLUSIVE,
            2.0,
            unit="%F.S.",
            clause="5.1.7",
            provisional=True,
            evidence=EvidenceMark.MEMORY,
            evidence_percent=85,
            reason=Text("本次评价未进行该项测试。", "Not tested in this evaluation."),
        ),
        ReportVerdict("detection_limit", Finding(device, "detection_limit", 0.021, "%", 0.006, 2.0), None, run="R2"),
    ]
    return ReportDevice(
        device,
        f"Maker {device}",
        {"A": "410i", "B": "GAS280", "C": "IR-4"}[device],
        f"{device}-001",
        "CO2",
        0.0,
        SPAN,
        "%",
        Outcome.FAIL if device == "B" else Outcome.INCONCLUSIVE,
        tuple(verdicts),
    )


def build_example() -> ReportContent:
    runs = (
        (
            "R1",
            "linearity",
            "5.1.3",
            Text("线性误差", "Linearity error"),
            {"levels": [0.0, 0.2, 0.4, 0.6, 0.8], "passes": 3},
            0,
            3,
        ),
        ("R2", "repeatability", "5.1.2", Text("重复性", "Repeatability"), {"level": 0.9, "repeats": 6}, 3, 4),
        (
            "R3",
            "response-time",
            "5.1.1",
            Text("响应时间", "Response time"),
            {"level": 0.9, "repeats": 3, "end_point": "nominal"},
            4,
            6,
        ),
        ("R4", "drift", "5.1.4", Text("零点与量程漂移", "Zero and span drift"), {"days": 7, "span_level": 0.9}, 6, 175),
    )
    ends = START + dt.timedelta(hours=176)
    return ReportContent(
        identifier="E-2026-0012",
        standard=ReportStandard(
            "HJ 76-2017",
            Text(
                "固定污染源烟气（SO2、NOx、颗粒物）排放连续监测系统技术要求及检测方法",
                "Specifications and test procedures for continuous emission monitoring systems for SO2, NOx and dust",
            ),
            "2017",
            "8c1f0a6be2b1f4f0c9d7f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2",
            Text("HJ 76-2017 的方法和限值类推适用于 CO2。", "Methods and limits of HJ 76-2017 applied by analogy to CO2."),
            Text("实验室检测项目", "laboratory items"),
        ),
        station=ReportStation("CO2-1", Text("示例实验室", "Example laboratory"), "1f" * 32),
        simulated=True,
        started=START,
        finished=ends,
        issued=ends + dt.timedelta(minutes=20),
        bench_duration_s=176 * 3600.0,
        seed=20260302,
        software={"testbench": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
        decision_rule=Text(
            "简单接受：测得值按标准规定修约后与限值比较，不超过限值即为合格。"
            "限值位于“测得值 ± U”之内时加注“限值位于不确定度区间内”；"
            "此时若 U 还大于限值的三分之一，则无法判定。",
            "Simple acceptance: the value, rounded as the standard says, is compared with the limit and passes if it "
            "does not exceed it. Where the limit lies within value ± U the verdict is marked “limit within uncertainty”; "
            "if U also exceeds a third of the limit the verdict is inconclusive.",
        ),
        devices=tuple(analyser(device) for device in "ABC"),
        conditions=(
            ReportCondition("temperature", "°C", 21.84, 23.02, 24.31, 15.0, 35.0, ConditionState.KEPT),
            ReportCondition("humidity", "%", 38.2, 45.1, 52.7, None, 85.0, ConditionState.KEPT),
            ReportCondition("pressure", "kPa", 100.62, 101.21, 101.83, 80.0, 106.0, ConditionState.KEPT),
            ReportCondition("voltage", "V", 196.3, 220.8, 226.1, 198.0, 242.0, ConditionState.LEFT),
        ),
        measurement_standards=(
            MeasurementStandard(
                "co2", StandardKind.CYLINDER, "CO2", "N2", 30.0, "%", 0.18, 2.0, "", "SIM-CO2-0001", dt.date(2028, 12, 31)
            ),
            MeasurementStandard(
                "zero",
                StandardKind.CYLINDER,
                "CO2",
                "N2",
                0.0,
                "µmol/mol",
                None,
                None,
                Text("杂质 ≤ 1 µmol/mol", "impurity ≤ 1 µmol/mol"),
                "SIM-N2-0001",
                dt.date(2026, 1, 31),
            ),
            MeasurementStandard(
                "mfc-co2",
                StandardKind.CONTROLLER,
                content=5.0,
                unit="L/min",
                uncertainty_text=Text("示值的 0.4 %", "0.4 % of reading"),
                certificate="SIM-MFC-0001",
                valid_until=dt.date(2027, 6, 30),
            ),
        ),
        instruments=(
            ReportInstrument(
                "mfc-co2",
                "alicat",
                InstrumentRole.CONTROLLER,
                "Alicat",
                "MC-5SLPM",
                "112233",
                "10v05",
                Text("流量为 0", "flow 0"),
                True,
                "A +000.00",
            ),
            ReportInstrument(
                "mfc-n2",
                "alicat",
                InstrumentRole.CONTROLLER,
                "Alicat",
                "MC-5SLPM",
                "112234",
                "10v05",
                Text("流量为 0", "flow 0"),
                False,
                "",
            ),
            ReportInstrument(
                "daq", "keysight-daq", InstrumentRole.SCANNER, "Keysight", "34972A", "MY49001234", "1.16-1.12-02-02"
            ),
            ReportInstrument("A", "thermo-iseries", InstrumentRole.DEVICE, "Maker A", "410i", "A-001", "02.01.00"),
        ),
        line_delay=LineDelay(4.0, 0.2),
        runs=tuple(
            ReportRun(
                name,
                procedure,
                RunState.FINISHED,
                START + dt.timedelta(hours=a),
                START + dt.timedelta(hours=b),
                clause,
                settings,
                title,
            )
            for name, procedure, clause, title, settings, a, b in runs
        ),
        journal_digest="0123456789abcdef" * 4,
        record_head="fedcba9876543210" * 4,
        events=(
            ReportEvent(
                START + dt.timedelta(minutes=1),
                "adjustment",
                Text("仪器 A、B、C 调零点、调量程", "Devices A, B, C: zero and span adjusted"),
                "R1",
            ),
            ReportEvent(
                START + dt.timedelta(hours=31),
                "condition",
                Text("供电电压 196.3 V，低于 198 V", "Supply voltage 196.3 V, below 198 V"),
                "R4",
            ),
            ReportEvent(START + dt.timedelta(hours=31, minutes=1), "operator", Text("继续", "go on"), "R4"),
            ReportEvent(
                START + dt.timedelta(hours=80), "resumed", Text("断电后恢复测试", "Run resumed after loss of power"), "R4"
            ),
        ),
        raw_tables=(
            RawTable(
                Text("气体用量。", "Gas used."),
                (Text("气瓶", "Cylinder"), Text("体积 / L", "Volume / L")),
                (("co2", 1234.5), ("zero", 3456.0)),
            ),
        ),
    )


@pytest.fixture(scope="session")
def example() -> ReportContent:
    """The whole synthetic evaluation."""
    return build_example()


@pytest.fixture(scope="session")
def bare(example: ReportContent) -> ReportContent:
    """The same three devices without any finding, run, gas or event."""
    devices = tuple(replace(device, verdicts=(), outcome=Outcome.INCONCLUSIVE) for device in example.devices)
    empty = {"conditions": (), "measurement_standards": (), "instruments": (), "runs": (), "events": (), "raw_tables": ()}
    return replace(example, devices=devices, line_delay=None, journal_digest="", record_head="", software={}, **empty)
