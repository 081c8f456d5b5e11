"""What a report says of the bench comes from the record: the station as it was, and what was recorded of each instrument."""

import datetime as dt
import json
from importlib import resources
from pathlib import Path

from testbench.outcome import Outcome
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.report.content import InstrumentRole, ReportContent, StandardKind
from testbench.report.from_record import content_from_record

MOMENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def reported(path: Path, instruments: list[str], channels: dict[str, tuple[str, str]]) -> ReportContent:
    """The content of an evaluation on the simulated station with these instruments, and channels (quantity, unit)."""
    start = EvaluationStart(
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
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(start)
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


def test_an_instrument_of_the_station_file_without_a_flow_is_no_measurement_standard(tmp_path: Path) -> None:
    content = reported(tmp_path / "record.sqlite", [], {})
    assert {item.kind for item in content.measurement_standards} == {StandardKind.CYLINDER}
