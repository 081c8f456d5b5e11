"""Measurement standards of a flow rig in a report, and the roles of its instruments."""

import datetime as dt
from dataclasses import replace

import pytest

from testbench.engine.evaluation import check_validity
from testbench.errors import InputError
from testbench.report.bench_section import bench_section
from testbench.report.bench_standards import measurement_standards, place_of
from testbench.report.content import InstrumentRole, MeasurementStandard, ReportContent, StandardKind
from testbench.report.wording import wording
from testbench.text import Language


def test_a_rig_and_its_reference_stand_with_their_certificates(flow_station):
    meter, rig = measurement_standards(flow_station().station, {})
    assert (meter.name, meter.kind, meter.certificate) == ("ultrasonic", StandardKind.VELOCITY_METER, "SIM-USM-0001")
    assert meter.uncertainty_text.en == "0.6\u00a0% of reading and 0.02\u00a0m/s (k\u00a0=\u00a02)"
    assert (rig.kind, rig.content, rig.unit, rig.valid_until) == (StandardKind.FLOW_RIG, 0.7854, "m²", dt.date(2028, 12, 31))
    assert "0.3\u00a0%" in rig.uncertainty_text.zh


def test_a_pitot_tube_stands_with_its_coefficient(flow_station):
    def pitot(data):
        rig = data["flow_rig"]
        del rig["reference"]
        rig |= {"differential_pressure": "dp", "pitot_coefficient": 0.84, "pitot_uncertainty_percent": 0.6}
        rig |= {"temperature": "duct-temperature", "pressure": "duct-pressure", "humidity": "duct-humidity"}
        data["environment"]["dp"] = data["environment"]["temperature"] | {
            "quantity": "differential pressure",
            "unit": "Pa",
            "certificate": "SIM-PT-1",
        }

    tube, _ = measurement_standards(flow_station(pitot).station, {})
    assert (tube.name, tube.certificate) == ("dp", "SIM-PT-1")
    assert "coefficient 0.84" in tube.uncertainty_text.en


@pytest.mark.parametrize(
    ("name", "driver", "role"),
    [
        ("fan", "fan-drive", InstrumentRole.FLOW_RIG),
        ("ultrasonic", "modbus-velocity", InstrumentRole.FLOW_RIG),
        ("flow_rig", "flow-rig", InstrumentRole.FLOW_RIG),
        ("daq", "keysight-daq", InstrumentRole.SCANNER),
        ("P", "current-loop", InstrumentRole.DEVICE),
        ("environment.temperature", "current-loop-sensor", InstrumentRole.SENSOR),
        ("nobody", "", InstrumentRole.OTHER),
    ],
)
def test_each_instrument_has_its_role(flow_station, name, driver, role):
    assert place_of(flow_station().station, name, {}) == (driver, role)


@pytest.mark.parametrize("language", list(Language))
def test_the_kinds_of_standards_have_words(language):
    for kind in StandardKind:
        assert wording(language)[f"standard_kind.{kind.value}"]


def test_an_expired_certificate_of_the_rig_is_refused(flow_station):
    check_validity(flow_station())
    with pytest.raises(InputError, match="flow_rig"):
        check_validity(flow_station(lambda data: data["flow_rig"].update(valid_until=dt.date(2020, 1, 1))))


@pytest.mark.parametrize(("language", "gas"), [(Language.CHINESE, "气"), (Language.ENGLISH, "gas")])
def test_the_bench_section_of_a_flow_rig_has_no_gas(example: ReportContent, language: Language, gas: str) -> None:
    rig = MeasurementStandard("flow_rig", StandardKind.FLOW_RIG, content=0.7854, unit="m²")
    flow = replace(example, measurement_standards=(rig,), line_delay=None, instruments=(), conditions=())

    def headings(content: ReportContent) -> str:
        blocks = bench_section(content, wording(language))
        return " ".join(b["text"] if b["block"] == "heading" else b.get("caption", "") for b in blocks).lower()

    assert gas not in headings(flow)
    assert gas in headings(example)
