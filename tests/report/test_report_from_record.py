"""What a report says of the bench comes from the record: the station as it was, and what was recorded of each instrument."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from testbench.criteria.judge import judge_all
from testbench.criteria.standard import parse_standard
from testbench.engine.judging import verdict_documents
from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.report.bench_section import _condition_state, _reading
from testbench.report.content import ConditionState, InstrumentRole, ReportCondition, ReportContent, StandardKind, say
from testbench.report.details import budget
from testbench.report.document import build_document
from testbench.report.evaluation_json import evaluation_document
from testbench.report.from_record import _read, content_from_record
from testbench.report.wording import wording
from testbench.text import Language

MOMENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def evaluation_start() -> EvaluationStart:
    """An evaluation on the simulated station, without a standard."""
    return EvaluationStart(
        standard="",
        standard_text="",
        standard_digest="",
        station_path="station.toml",
        station_text=(resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8"),
        station_digest="7" * 64,
        seed=1,
        language="en",
        simulated=True,
        software={},
        measurand="CO2",
        devices=[],
        started=MOMENT,
    )


def reported(path: Path, instruments: list[str], channels: dict[str, tuple[str, str]]) -> ReportContent:
    """The content of an evaluation on the simulated station with these instruments, and channels (quantity, unit)."""
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(evaluation_start())
        for name, (quantity, unit) in channels.items():
            record.channel(evaluation, name, quantity=quantity, unit=unit, resolution=0.001, device=None)
        for name in instruments:
            identity = {"name": name, "maker": "", "model": "", "serial": "", "firmware": ""}
            record.event(evaluation, None, "instrument", json.dumps(identity), bench_time=0.0, at=MOMENT)
        record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=MOMENT)
        return content_from_record(record, evaluation)


def test_an_instrument_whose_mass_flow_was_recorded_is_a_flow_controller(tmp_path: Path) -> None:
    flows = {"mfc-co2.flow": ("mass flow", "mL/min"), "mfc-n2.flow": ("mass flow", "L/min")}
    others = {"mfc-co2.temperature": ("temperature", "°C"), "A.CO2": ("CO2", "%")}
    content = reported(tmp_path / "record.sqlite", ["mfc-co2", "daq", "divider", "A"], others | flows)
    assert {instrument.name: instrument.role for instrument in content.instruments} == {
        "mfc-co2": InstrumentRole.CONTROLLER,
        "daq": InstrumentRole.SCANNER,
        "divider": InstrumentRole.DIVIDER,
        "A": InstrumentRole.DEVICE,
    }
    controllers = [item for item in content.measurement_standards if item.kind is StandardKind.CONTROLLER]
    assert [(item.name, item.content, item.unit) for item in controllers] == [
        ("mfc-co2", 5.0, "mL/min"),
        ("mfc-n2", 5.0, "L/min"),
    ]


@pytest.mark.parametrize(
    ("channels", "of"),
    [({"divider.port1": ("mass flow", "SLPM")}, "a flow"), ({"divider.port1": ("CO2", "µmol/mol")}, "the content")],
)
def test_a_divider_with_a_session_of_its_own_is_a_measurement_standard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: dict[str, tuple[str, str]], of: str
) -> None:
    start = evaluation_start()
    old = start.station_text[start.station_text.index("[divider]") : start.station_text.index("# ---- Scanner")]
    new = (
        '[divider]\ndriver = "alicat-mixer"\nresource = "twin"\ngases = ["co2", "zero"]\ntotal_flow = 4.0\n'
        "full_scale = [5.0, 5.0]\nuncertainty_percent = 0.6\nreproducibility_percent = 0.05\n"
        'certificate = "DIV-7"\nvalid_until = 2027-01-31\n\n'
    )
    changed = replace(start, station_text=start.station_text.replace(old, new))
    monkeypatch.setitem(reported.__globals__, "evaluation_start", lambda: changed)
    content = reported(tmp_path / "record.sqlite", ["divider"], channels)
    (divider,) = [item for item in content.measurement_standards if item.kind is StandardKind.DIVIDER]
    assert (divider.certificate, divider.valid_until) == ("DIV-7", dt.date(2027, 1, 31))
    assert say(divider.uncertainty_text, Language.ENGLISH) == (
        f"0.6\u00a0% of {of} (k\u00a0=\u00a02), setting to setting 0.05\u00a0%"
    )


def test_an_instrument_of_the_station_file_without_a_flow_is_no_measurement_standard(tmp_path: Path) -> None:
    content = reported(tmp_path / "record.sqlite", [], {})
    assert {item.kind for item in content.measurement_standards} == {StandardKind.CYLINDER}


def test_a_valve_that_chooses_cylinders_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = evaluation_start()
    text = start.station_text.replace("controllers = {", 'selectors = { mfc-co2 = "valve" }\ncontrollers = {')
    text += '\n[instruments.valve]\ndriver = "modbus-selector"\nresource = "twin"\npositions = { co2 = 1 }\n'
    monkeypatch.setitem(reported.__globals__, "evaluation_start", lambda: replace(start, station_text=text))
    content = reported(tmp_path / "record.sqlite", ["valve"], {"valve.position": ("position", "position")})
    assert [(item.name, item.role) for item in content.instruments] == [("valve", InstrumentRole.SELECTOR)]


LATER = MOMENT + dt.timedelta(seconds=90)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.sqlite", create=True) as opened:
        yield opened


def begin(record: Record) -> tuple[str, str]:
    """An evaluation whose first step was cut once, finished, and whose second is open."""
    evaluation = record.begin_evaluation(evaluation_start())
    run = record.begin_run(evaluation, "drift", {}, clause="", number=1, bench_time=0.0, started=MOMENT)
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=MOMENT)
    record.retry_step(run, step, reason="pause", ended_at=30.0, ended=MOMENT, bench_time=60.0, started=LATER)
    record.finish_step(run, step, result={}, error=None, bench_time=90.0, finished=LATER)
    record.begin_step(run, "wait", {}, bench_time=90.0, started=LATER)
    return evaluation, run


def printed(content: ReportContent, language: Language) -> str:
    return json.dumps(build_document(content, language).tree, ensure_ascii=False)


def test_an_evaluation_without_an_outcome_has_no_report_and_says_what_to_do(record: Record) -> None:
    evaluation, _ = begin(record)
    with pytest.raises(RecordError, match=f"`testbench resume {evaluation}` .* `testbench close {evaluation}`"):
        content_from_record(record, evaluation)


@pytest.mark.parametrize(
    ("closed", "english", "chinese"),
    [(False, "the evaluation can be resumed", "评价可以恢复"), (True, "closed before its end", "未完成即结束")],
)
def test_an_interrupted_evaluation_says_so_at_the_front(record: Record, closed: bool, english: str, chinese: str) -> None:
    evaluation, _ = begin(record)
    reason = "the process that ran the bench was lost"
    record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason=reason, at=LATER)
    if closed:
        record.finish_evaluation(
            evaluation, outcome=Outcome.ERROR, finished=LATER, state=RunState.INTERRUPTED, reason=reason
        )
    content = content_from_record(record, evaluation)
    assert (content.state, content.final, content.finished) == (RunState.INTERRUPTED, closed, LATER)
    document = evaluation_document(content)
    assert (document["state"], document["reason"]) == ("interrupted", reason)
    assert document["finished"] == (LATER.isoformat() if closed else None)
    for language, words, why in ((Language.ENGLISH, english, reason), (Language.CHINESE, chinese, "运行台架的进程已丢失")):
        blocks = build_document(content, language).tree["blocks"]
        notice = blocks[0]["notice"]
        assert words in notice
        assert why in notice
        assert any(block.get("text") == notice for block in blocks[1:4]), "the summary says it too"


def test_attempts_that_were_cut_and_the_head_of_the_record_stand_with_the_raw_data(record: Record) -> None:
    evaluation, run = begin(record)
    record.event(evaluation, None, "process lost", "lost", bench_time=90.0, at=LATER)
    record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason="power cut", at=LATER)
    content = content_from_record(record, evaluation)
    assert [(a.run, a.step, a.call, a.number, a.reason) for a in content.attempts] == [
        (run, 1, "average", 1, "pause"),
        (run, 2, "wait", 1, "power cut"),
    ]
    head = record.head(evaluation)
    assert content.record_head == evaluation_document(content)["record_head"] == head
    for language, words in (
        (Language.ENGLISH, ["Attempts that were cut short", "power cut", "process lost", "Head of the hash chain", head]),
        (Language.CHINESE, ["被打断的步骤执行", "进程丢失", "哈希链末值", head]),
    ):
        text = printed(content, language)
        assert [word for word in words if word not in text] == []


def test_an_evaluation_that_finished_bears_no_notice(record: Record) -> None:
    evaluation = record.begin_evaluation(evaluation_start())
    record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=LATER)
    content = content_from_record(record, evaluation)
    assert build_document(content, Language.ENGLISH).tree["blocks"][0]["notice"] == ""
    assert "cut short" not in printed(content, Language.ENGLISH)


def test_an_instrument_that_was_identified_again_is_listed_once(record: Record) -> None:
    evaluation = record.begin_evaluation(evaluation_start())
    for firmware in ("1", "2"):
        identity = {"name": "A", "maker": "", "model": "", "serial": "", "firmware": firmware}
        record.event(evaluation, None, "instrument", json.dumps(identity), bench_time=0.0, at=MOMENT)
    record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=LATER)
    (instrument,) = content_from_record(record, evaluation).instruments
    assert instrument.firmware == "2"


def test_who_began_it_and_what_was_noted_down_stand_on_the_first_page(record: Record) -> None:
    start = replace(evaluation_start(), notes="  after the repair of pump 2\n", request={"by": "Li Wei"})
    evaluation = record.begin_evaluation(start)
    record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=MOMENT)
    content = content_from_record(record, evaluation)
    for language, names in ((Language.ENGLISH, ("Begun by", "Notes")), (Language.CHINESE, ("开始人", "备注"))):
        rows = build_document(content, language).tree["blocks"][0]["facts"]["rows"]
        said = dict(rows)
        assert [said[name] for name in names] == ["Li Wei", "after the repair of pump 2"]
    silent = replace(content, begun_by="", notes="")
    assert "Begun by" not in printed(silent, Language.ENGLISH)


def test_a_value_stands_in_the_unit_of_its_limit_with_u_and_budget(record: Record) -> None:
    """A difference of −0.17 m/s that is judged as −1.4 % is printed as −1.4 %, beside ±10 %."""
    device = {"name": "A", "maker": "", "model": "", "serial": "", "range": [0, 30], "unit": "m/s", "channel": "A"}
    evaluation = record.begin_evaluation(replace(evaluation_start(), devices=[device], measurand="velocity"))
    run = record.begin_run(evaluation, "velocity-error", {}, clause="", number=1, bench_time=0.0, started=MOMENT)
    expressed = {"percent_of_nominal": {"value": -1.4, "unit": "%", "expanded_uncertainty": 0.7}}
    details = {"expressed": expressed, "budget": {"pitot.coefficient": 0.03, "duct.pressure": 0.04}}
    found = Finding("A", "velocity_error", -0.17, "m/s", expanded_uncertainty=0.1, coverage_factor=2.0, details=details)
    record.add_findings(run, [found])
    record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=MOMENT, reason="")
    judged = parse_standard(
        """
[standard]
name = "example"
title = { zh = "示例", en = "Example" }
edition = "1"
basis = { zh = "示例", en = "example" }
[[criterion]]
characteristic = "velocity_error"
title = { zh = "示例", en = "Example" }
clause = { zh = "1", en = "1" }
[criterion.requirement]
metric = "percent_of_nominal"
unit = "%"
limit = 10
sided = "two"
comparison = "full-value"
evidence = { mark = "P" }
""",
        "example.toml",
    )
    card = judge_all([found], judged, "velocity", devices=["A"])
    record.finish_evaluation(evaluation, outcome=card.outcome, finished=LATER, verdicts=verdict_documents(card))
    (verdict,) = content_from_record(record, evaluation).devices[0].verdicts
    assert verdict.finding is not None
    assert (verdict.finding.value, verdict.finding.unit, verdict.finding.expanded_uncertainty) == (-1.4, "%", 0.7)
    assert dict(budget(verdict.finding)) == {"duct.pressure": pytest.approx(0.28), "pitot.coefficient": pytest.approx(0.21)}


def test_a_condition_at_the_end_of_its_range_keeps_it_and_one_beyond_is_printed_so() -> None:
    assert _read(241.99999999) == _read(242.0000001) == 242.0
    assert _read(242.001) > 242.0
    assert _reading(242.0000001, 242.0) == "242.0"
    assert _reading(242.04, 242.0) == "242.04"
    assert _reading(-5.001, -5.0) == "−5.001"
    varied = ReportCondition("voltage", "V", 198.0, 220.0, 242.0, 198.0, 242.0, ConditionState.KEPT, varied=True)
    assert _condition_state(varied, wording(Language.CHINESE)) == "符合；试验中改变"
