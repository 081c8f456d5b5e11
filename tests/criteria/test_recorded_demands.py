"""What recorded data must hold: readings enough for the standard, units as they are written, rows that are numbered once."""

from __future__ import annotations

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def scored(columns: str, rows: list[str], standard: str) -> dict[str, Result]:
    text = "\n".join([f"test,parameter,unit,{columns}", *(f"T,{row}" for row in rows)])
    return {
        found.characteristic: found for found in score_recorded(parse_recorded(text, "data.csv"), load_standard(standard))
    }


def outcome(columns: str, rows: list[str], standard: str, characteristic: str) -> Outcome:
    return scored(columns, rows, standard)[characteristic].outcome


REPEATS = [f"SO2,ppm,250,{n},200,{200 + n / 10}" for n in range(1, 21)]
RISE = [f"SO2,s,rise,{n},100" for n in range(1, 5)]
ZERO = [f"SO2,ppm,100,{day},zero,1" for day in range(8)]
CONVERTER = [f"NOx,ppm,{n},200,195" for n in range(1, 4)]
CO = [f"SO2,ppm,100,zero,CO,{n},0,1" for n in range(1, 4)]
UNITS = [f"SO2,ppm,25,{unit},50" for unit in "ABC"]
HOUR = ["SO2,ppm,0,100", "SO2,ppm,30,101", "SO2,ppm,60,100"]


@pytest.mark.parametrize(
    ("columns", "rows", "standard", "characteristic"),
    [
        ("full_scale,repeat,reference,measured", REPEATS[:6], "hj76-2017", "repeatability"),
        ("full_scale,repeat,reference,measured", REPEATS[:6], "jjg968-2002", "repeatability"),
        ("full_scale,repeat,reference,measured", REPEATS, "en15267-3", "repeatability_span"),
        ("direction,run,seconds", RISE[:3], "hj76-2017", "response_time_rise"),
        ("direction,run,seconds", RISE, "en15267-3", "response_time_rise"),
        ("full_scale,day,gas,reading", ZERO, "hj76-2017", "zero_drift_24h"),
        ("full_scale,day,gas,reading", ZERO[:4], "hj75-2017-commissioning", "zero_drift_24h"),
        ("repeat,supplied,indicated", CONVERTER, "hj76-2017", "converter_efficiency"),
        ("full_scale,gas,interferent,repeat,before,after", CO, "hj76-2017", "interference_positive_zero"),
        ("nominal,device,reading", UNITS, "hj76-2017", "parallelism"),
        ("minute,reading", HOUR, "jjg968-2002", "stability"),
    ],
)
def test_a_test_with_a_reading_less_than_the_standard_asks_for_does_not_pass(columns, rows, standard, characteristic):
    assert outcome(columns, rows, standard, characteristic) is PASS
    assert outcome(columns, rows[:-1], standard, characteristic) is INCONCLUSIVE


def test_a_drift_beyond_the_limit_fails_however_many_days_are_missing():
    rows = ["SO2,ppm,100,0,zero,0", "SO2,ppm,100,1,zero,2.1"]
    assert outcome("full_scale,day,gas,reading", rows, "hj76-2017", "zero_drift_24h") is FAIL


@pytest.mark.parametrize(
    ("columns", "row", "characteristic", "value"),
    [
        ("full_scale,gas,repeat,reference,measured", "O2,%,25,span,{n},20,{x}", "repeatability_span", 0.1026),
        ("full_scale,influence,gas,condition_value,role,reading", "O2,%,25,voltage,span,{v},{role},{x}", None, 0.2),
        (
            "full_scale,gas,interferent,repeat,before,after",
            "O2,%,25,span,CO2,{n},20,20.4",
            "interference_positive_span",
            0.4,
        ),
    ],
)
def test_oxygen_is_held_against_the_limit_in_percent_by_volume(columns, row, characteristic, value):
    readings = [
        row.format(n=n, x=20 + 0.2 * (n % 2), v=230 + 23 * (n % 2), role=("nominal", "changed")[n % 2]) for n in range(20)
    ]
    found = scored(columns, readings, "en15267-3")[characteristic or "voltage_influence_span"]
    assert float(found.value) == pytest.approx(value, rel=1e-3)
    assert (found.unit, found.outcome) == ("%", PASS)


def test_the_maintenance_interval_of_oxygen_ends_with_its_own_limit_of_the_drift():
    """0.20 % by volume are 0.8 % of a full scale of 25 %."""
    rows = ["O2,%,25,0,0,20", "O2,%,25,8,0.2,20", "O2,%,25,12,0.21,20"]
    assert scored("full_scale,check_day,zero,span", rows, "en15267-3")["maintenance_interval"].value == 8


@pytest.mark.parametrize(("change", "expected"), [("1.8", PASS), ("1.81", FAIL)])
def test_the_zero_drift_of_a_flow_monitor_may_keep_the_limit_in_metres_per_second(change, expected):
    rows = ["velocity,m/s,20,0,zero,0", f"velocity,m/s,20,1,zero,{change}"]
    assert outcome("full_scale,day,gas,reading", rows, "hj75-2017-operation", "zero_drift_24h") is expected


@pytest.mark.parametrize("parameter", ["velocity", "temperature", "moisture"])
def test_the_drift_limits_of_gases_are_not_those_of_duct_quantities(parameter):
    rows = [f"{parameter},x,20,{day},zero,0" for day in range(4)]
    assert outcome("full_scale,day,gas,reading", rows, "hj75-2017-commissioning", "zero_drift_24h") is INCONCLUSIVE


@pytest.mark.parametrize(("full_scale", "expected"), [("50", FAIL), ("50.1", INCONCLUSIVE)])
def test_the_detection_limit_of_a_dust_monitor_is_asked_of_small_ranges_and_read_in_either_spelling(full_scale, expected):
    rows = [f"PM,mg/m3,detection_limit,1.1,{full_scale}"]
    assert outcome("characteristic,value,full_scale", rows, "hj76-2017", "detection_limit") is expected


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("direction,run,seconds", "SO2,s,rise,1,100"),
        ("full_scale,repeat,reference,measured", "SO2,ppm,250,1,200,200"),
        ("repeat,supplied,indicated", "NOx,ppm,1,200,195"),
        ("full_scale,gas,interferent,repeat,before,after", "SO2,ppm,100,zero,CO,1,0,1"),
        ("span,point,injection,certified,response", "SO2,ppm,100,low,1,25,25"),
        ("audit_run,measured,reference", "SO2,ppm,1,100,100"),
        ("full_scale,pair,first,second", "SO2,ppm,100,1,50,50"),
    ],
)
def test_a_row_that_was_copied_is_refused(columns, row):
    with pytest.raises(InputError, match=r"line 3.*stands already in line 2"):
        scored(columns, [row, row], "hj76-2017")


def test_an_uncertainty_below_zero_is_refused():
    with pytest.raises(InputError, match=r"line 2, column expanded_uncertainty: '-0.3' must not be below zero"):
        scored("characteristic,value,expanded_uncertainty", ["SO2,%F.S.,linearity_error,1.9,-0.3"], "hj76-2017")


def test_the_permitted_uncertainty_of_a_component_is_found_in_any_letter_case():
    rows = ["so2,mg/m3,50,drift,-3,3,"]
    found = scored("limit_value,contribution,lower,upper,standard_uncertainty", rows, "iso14956")["qal1_uncertainty"]
    assert float(found.value) == pytest.approx(100 * 1.96 * 3**0.5 / 10)


def test_velocities_of_a_constant_monitor_have_a_coefficient_but_no_correlation():
    rows = [f"velocity,m/s,{day},{10 + n / 10},10" for day in (1, 2, 3) for n in range(5)]
    found = scored("day,traverse,fixed_point", rows, "hj75-2017-commissioning")
    assert float(found["velocity_field_coefficient"].value) == pytest.approx(1.02)
    assert found["velocity_correlation"].value is None


def test_periods_out_of_control_are_counted():
    found = scored("date,check_gas,drift,drift_limit", ["SO2,%,2024-03-01,low,10.1,2.5"], "epa-procedure1")["out_of_control"]
    assert (found.value, found.metric, found.unit) == (1, "count", "1")
