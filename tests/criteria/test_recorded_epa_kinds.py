"""Recorded data of 40 CFR 60 and 75: what is computed from the columns, worked by hand, and how it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def scored(standard: str, header: str, rows: Sequence[str]) -> tuple[Result, ...]:
    return score_recorded(parse_recorded("\n".join([header, *rows]), "data.csv"), load_standard(standard))


def brief(results: Sequence[Result]) -> list[tuple[str | None, str, Outcome]]:
    return [(result.level, plain(result.value), result.outcome) for result in results]


def plain(value: Decimal | None) -> str:
    """A number without zeros at its end."""
    return "None" if value is None else f"{value.normalize():f}"


CYCLE = "test,parameter,unit,span,direction,gas,start,end,minutes"


def test_the_longest_cycle_time_counts_and_a_wrong_gas_hinders() -> None:
    up, down = "C,SO2,ppm,100,upscale,90,1,89,{}", "C,SO2,ppm,100,downscale,0,89,1,{}"
    assert brief(scored("epa-part75", CYCLE, [up.format(7), down.format(9)])) == [("downscale", "9", PASS)]
    assert brief(scored("epa-part75", CYCLE, [up.format("15"), down.format(9)])) == [("upscale", "15", PASS)]
    assert brief(scored("epa-part75", CYCLE, [up.format("15.1"), down.format(9)])) == [("upscale", "15.1", FAIL)]
    (result,) = scored("epa-part75", CYCLE, [up.format(7).replace("90", "70"), down.format(9)])
    assert result.outcome is INCONCLUSIVE
    assert any("80 to 100 %" in note for note in result.notes)
    (alone,) = scored("epa-part75", CYCLE, [up.format(7)])
    assert (alone.value, alone.outcome) == (None, INCONCLUSIVE)


LOAD = "test,parameter,unit,hour,flow,load,adjusted,reference_flow,reference_load"


@pytest.mark.parametrize(
    ("unit", "load", "adjusted", "flow", "value", "outcome"),
    [
        ("MW", 500, 1, 66_000_000, "10.0", PASS),  # 1.32 against 1.20
        ("MW", 500, 1, 66_030_000, "10.1", FAIL),  # 10.05 is rounded first
        ("MW", 500, 0, 69_000_000, "15.0", PASS),
        ("MW", 500, 0, 69_060_000, "15.1", FAIL),
        ("klb/h", 500, 1, 66_030_000, "10.1", FAIL),
        ("klb/h", 499, 1, 66_000_000, "10.2", PASS),  # 1.20240 is rounded to 1.20; 1.322645…
    ],
)
def test_flow_to_load_depends_on_load_and_bias_adjustment(
    unit: str, load: int, adjusted: int, flow: int, value: str, outcome: Outcome
) -> None:
    rows = [f"F,flow,{unit},{hour},{flow},{load},{adjusted},60000000,{load}" for hour in range(168)]
    (result,) = scored("epa-part75-operation", LOAD, rows)
    assert (str(result.value), result.outcome) == (value, outcome)
    assert result.details["hours"] == 168
    (short,) = scored("epa-part75-operation", LOAD, rows[1:])
    assert short.outcome is INCONCLUSIVE


def test_daily_calibration_error_has_alternatives_by_span() -> None:
    header = "test,parameter,unit,span,date,level,reference,measured"

    def outcome(parameter: str, unit: str, span: int, measured: str) -> Outcome:
        (result,) = scored("epa-part75-operation", header, [f"D,{parameter},{unit},{span},2024-01-01,zero,0,{measured}"])
        return result.outcome

    assert outcome("SO2", "ppm", 1000, "50.4") is PASS  # 5.04 % is 5.0 %
    assert outcome("SO2", "ppm", 1000, "50.5") is FAIL
    assert outcome("SO2", "ppm", 50, "5.4") is PASS  # 10.8 %, but 5 ppm
    assert outcome("SO2", "ppm", 50, "5.5") is FAIL
    assert outcome("SO2", "ppm", 51, "10.4") is PASS
    assert outcome("SO2", "ppm", 200, "10.5") is FAIL
    assert outcome("SO2", "ppm", 201, "10.2") is FAIL  # 5.07 % and no alternative
    assert outcome("CO2", "%", 20, "1.04") is PASS
    assert outcome("CO2", "%", 20, "1.05") is FAIL


FLOW = "test,parameter,unit,load,normal,run,used,cems,reference"


def _runs(load: str, normal: int, cems: Sequence[int], extra: str = "") -> list[str]:
    return [f"R,flow,scfh,{load},{normal},{n},1,{c},{1000 + 10 * (n % 2)}{extra}" for n, c in enumerate(cems, start=1)]


def test_a_flow_audit_has_a_result_a_load_and_the_largest_factor_of_the_normal_loads() -> None:
    low = _runs("low", 0, [900] * 9)
    mid = _runs("mid", 1, [960] * 9)
    high = _runs("high", 1, [1004, 1006, 1005, 1004, 1006, 1005, 1004, 1006, 1005])
    results = scored("epa-part75", FLOW, [*low, *mid, *high])
    # reference mean 1010·5/9 + 1000·4/9 = 1005.56; d = 45.56 at mid: 1 + 45.56/960 = 1.047; at high no bias
    assert [(r.characteristic, r.level) for r in results[:3]] == [
        ("relative_accuracy", load) for load in ("low", "mid", "high")
    ]
    assert [r.outcome for r in results] == [FAIL, PASS, PASS, PASS]
    assert results[1].details["mean_difference"] == pytest.approx(Decimal("45.5556"), abs=Decimal("1e-4"))
    assert str(results[3].value) == "1.047"
    assert results[3].details["factors"]["high"] == 1
    assert results[3].details["normal_loads"] == ["mid", "high"]


def test_a_recorded_velocity_serves_the_alternative_of_flow() -> None:
    rows = _runs("low", 1, [850] * 9, ",9.9")
    (result, _) = scored("epa-part75", FLOW + ",velocity", rows)
    assert (result.metric, str(result.value), result.outcome) == ("difference", "1.5", PASS)  # 9.9·0.1547
    assert result.details["tier"] == "annual"
    (fast, _) = scored("epa-part75", FLOW + ",velocity", [row.replace("9.9", "10.1") for row in rows])
    assert fast.outcome is FAIL


def test_a_load_is_normal_in_all_its_runs_or_in_none() -> None:
    rows = _runs("low", 1, [900] * 9)
    with pytest.raises(InputError, match="column normal"):
        scored("epa-part75", FLOW, [*rows, rows[0].replace(",1,1,1,", ",0,10,1,")])


CGA = "test,parameter,unit,span,point,injection,certified,response"


def test_a_cylinder_gas_audit_keeps_15_percent_or_5_ppm() -> None:
    def three(parameter: str, unit: str, response: str, certified: str) -> list[str]:
        return [f"A,{parameter},{unit},100,low,{n},{certified},{response}" for n in (1, 2, 3)]

    assert brief(scored("epa-procedure1", CGA, three("SO2", "ppm", "115", "100")))[0][1:] == ("15", PASS)
    assert brief(scored("epa-procedure1", CGA, three("SO2", "ppm", "84", "100")))[0][1:] == ("-16", FAIL)
    assert brief(scored("epa-procedure1", CGA, three("SO2", "ppm", "20", "25")))[0][1:] == ("5", PASS)
    assert brief(scored("epa-procedure1", CGA, three("O2", "%", "4", "5")))[0][1:] == ("-20", FAIL)
    assert scored("epa-procedure1", CGA, three("SO2", "ppm", "100", "100")[:2])[0].outcome is INCONCLUSIVE
    with pytest.raises(InputError, match="column certified"):
        scored("epa-procedure1", CGA, [*three("SO2", "ppm", "20", "25"), "A,SO2,ppm,100,low,4,26,25"])


RAA = "test,parameter,unit,audit_run,measured,reference,applicable_standard"


@pytest.mark.parametrize(
    ("measured", "standard", "outcome"),
    [("115", "", PASS), ("84", "", INCONCLUSIVE), ("84", "200", FAIL), ("84", "214", PASS)],  # −16 %; 8 % and 7.48 %
)
def test_a_relative_accuracy_audit_may_be_of_the_standard(measured: str, standard: str, outcome: Outcome) -> None:
    rows = [f"A,SO2,ppm,{n},{measured},100,{standard}" for n in (1, 2, 3)]
    (result,) = scored("epa-procedure1", RAA, rows)
    assert result.outcome is outcome


RATA = "test,parameter,unit,run,used,cems,reference,applicable_standard"


@pytest.mark.parametrize(
    ("standard", "cems", "applicable", "outcome"),
    [
        ("epa-ps2", "80", "150", PASS),  # 20 % of the reference mean
        ("epa-ps2", "79", "150", FAIL),  # 21 %; the reference mean is 67 % of the standard
        ("epa-ps2", "79", "210", PASS),  # 10 % of the standard, the reference mean 48 % of it
        ("epa-ps2", "79", "201", FAIL),  # 10.4 %
        ("epa-ps2", "79", "", INCONCLUSIVE),
        ("epa-ps4", "89", "220", PASS),  # 5 % of the standard
        ("epa-ps4a", "95", "", PASS),
    ],
)
def test_relative_accuracy_by_the_performance_specifications(
    standard: str, cems: str, applicable: str, outcome: Outcome
) -> None:
    parameter = "SO2" if standard == "epa-ps2" else "CO"
    rows = [f"R,{parameter},ppm,{n},1,{cems},100,{applicable}" for n in range(1, 10)]
    (result,) = scored(standard, RATA, rows)
    assert result.outcome is outcome


def test_ps4a_has_an_absolute_alternative() -> None:
    rows = [f"R,CO,ppm,{n},1,{10},15,1000" for n in range(1, 10)]
    (result,) = scored("epa-ps4a", RATA, rows)  # 33 %, 0.5 % of the standard, 5 ppm
    assert result.outcome is PASS


DRIFT = "test,parameter,unit,span,day,drift_gas,reference,measured"


def test_the_days_that_may_exceed_are_those_of_the_specification() -> None:
    def week(parameter: str, unit: str, values: Sequence[float]) -> list[str]:
        return [f"D,{parameter},{unit},100,{day},high,90,{90 + value}" for day, value in enumerate(values, start=1)]

    assert brief(scored("epa-ps2", DRIFT, week("SO2", "ppm", [0, 1, -2.5, 2, 1, 0, 1]))) == [("day 3", "2.5", PASS)]
    assert brief(scored("epa-ps2", DRIFT, week("SO2", "ppm", [0, 1, -2.6, 2, 1, 0, 1]))) == [("day 3", "2.6", FAIL)]
    assert brief(scored("epa-ps4", DRIFT, week("CO", "ppm", [0, 1, 9, 5, 1, 0, 1]))) == [("day 4", "5", PASS)]
    assert brief(scored("epa-ps4", DRIFT, week("CO", "ppm", [0, 1, 9, 5.1, 1, 0, 1]))) == [("day 4", "5.1", FAIL)]
    assert brief(scored("epa-ps3", DRIFT, week("O2", "%", [0, 0, 0.5, 0, 0, 0, 0]))) == [("day 3", "0.5", PASS)]
    assert scored("epa-ps2", DRIFT, week("SO2", "ppm", [0] * 6))[0].outcome is INCONCLUSIVE
    # 2.7 of a high-level value of 90
    assert brief(scored("epa-ps6", DRIFT, week("flow", "scfh", [0, 0, 2.7, 0, 0, 0, 0]))) == [("day 3", "3", PASS)]


CHECKS = "test,parameter,unit,span,check,calibration_gas,certified,response"


def test_the_checks_of_a_reference_method_and_the_corrected_run() -> None:
    rows = [
        "M,NOx,ppm,100,direct,low,0,0",
        "M,NOx,ppm,100,direct,mid,50,52.1",
        "M,NOx,ppm,100,direct,high,100,98",
        "M,NOx,ppm,100,before,low,,2",
        "M,NOx,ppm,100,before,mid,,47",
        "M,NOx,ppm,100,run,,,29.5",
        "M,NOx,ppm,100,after,low,,2",
        "M,NOx,ppm,100,after,mid,,43.9",
    ]
    results = {(r.characteristic, r.level): r for r in scored("epa-method7e", CHECKS, rows)}
    found = {key: (plain(r.value), r.outcome) for key, r in results.items()}
    assert found == {
        ("calibration_error_direct", "low"): ("0", PASS),
        ("calibration_error_direct", "mid"): ("2.1", FAIL),
        ("calibration_error_direct", "high"): ("-2", PASS),
        ("system_bias", "low, before"): ("2", PASS),
        ("system_bias", "mid, before"): ("-5.1", FAIL),
        ("system_bias", "low, after"): ("2", PASS),
        ("system_bias", "mid, after"): ("-8.2", FAIL),
        ("system_drift", "low"): ("0", PASS),
        ("system_drift", "mid"): ("3.1", FAIL),
    }
    # (29.5 − 2)·50/(45.45 − 2)
    corrected = results["system_drift", "mid"].details["corrected_concentration"]
    assert corrected == pytest.approx(Decimal("31.6456"), abs=Decimal("1e-4"))
    with pytest.raises(InputError, match="direct response to the high gas is missing"):
        scored("epa-method7e", CHECKS, [rows[0], "M,NOx,ppm,100,before,high,,99"])
    with pytest.raises(InputError, match="a run has none"):
        scored("epa-method7e", CHECKS, [rows[0], "M,NOx,ppm,100,run,low,,99"])


def test_half_a_ppm_serves_where_the_percentage_does_not() -> None:
    rows = ["M,NOx,ppm,10,direct,low,0,0.5", "M,NOx,ppm,10,direct,mid,5,5.51"]
    assert [r.outcome for r in scored("epa-method7e", CHECKS, rows)] == [PASS, FAIL]


INTERFERENCE = "test,parameter,unit,span,interference_gas,change"


def test_interference_is_summed_by_magnitude() -> None:
    rows = ["I,NOx,ppm,100,CO2 5 %,1.5", "I,NOx,ppm,100,H2O 25 %,{}"]
    assert brief(scored("epa-method7e", INTERFERENCE, [rows[0], rows[1].format("-1")]))[0][1:] == ("2.5", PASS)
    assert brief(scored("epa-method7e", INTERFERENCE, [rows[0], rows[1].format("-1.1")]))[0][1:] == ("2.6", FAIL)
    small = ["I,NOx,ppm,8,CO2 5 %,0.5"]  # 6.25 %, but 0.5 ppm on a span of 5 to 10 ppm
    assert scored("epa-method7e", INTERFERENCE, small)[0].outcome is PASS
    hcl = ["I,HCl,ppm,100,CO2 15 %,2.4,80"]
    assert brief(scored("epa-ps18", INTERFERENCE + ",measurand_content", hcl))[0][1:] == ("3", PASS)
    with pytest.raises(InputError, match="stands twice"):
        scored("epa-method7e", INTERFERENCE, [rows[0], rows[0]])


DILUTION = "test,parameter,unit,dilution,diluted,predicted,injected"


def test_dilutions_against_their_mean_and_the_prediction() -> None:
    rows = [
        *(f"V,CO2,%,low,1,5,{value}" for value in ("5.1", "5.1", "5.1")),
        *(f"V,CO2,%,high,1,12,{value}" for value in ("11.7", "12", "12.3")),
        *(f"V,CO2,%,protocol,0,11,{value}" for value in ("11.1", "11.2", "11.3")),
    ]
    results = scored("epa-method205", DILUTION, rows)
    assert [(r.characteristic, r.level, r.outcome) for r in results] == [
        ("dilution_repeatability", "low", PASS),
        ("dilution_accuracy", "low", PASS),
        ("dilution_repeatability", "high", FAIL),
        ("dilution_accuracy", "high", PASS),
        ("protocol_gas_accuracy", "protocol", PASS),
    ]
    assert results[1].value == pytest.approx(Decimal(2))
    assert results[2].value == pytest.approx(Decimal("-2.5"))
    far = scored("epa-method205", DILUTION, [*rows[:6], *(row.replace(",11,", ",9,") for row in rows[6:])])
    assert far[-1].outcome is INCONCLUSIVE
    single = scored("epa-method205", DILUTION, rows[:3])
    assert {r.outcome for r in single} == {INCONCLUSIVE}


OUT = "test,parameter,unit,date,check_gas,drift,drift_limit"


def test_days_out_of_control_are_told_with_their_dates() -> None:
    rows = [f"O,SO2,%,2024-03-{day:02},high,{drift},2.5" for day, drift in enumerate((0, 6, 6, 6, 6, 6, 0), start=1)]
    (result,) = scored("epa-procedure1", OUT, rows)
    assert (result.value, result.outcome) == (1, FAIL)
    (period,) = result.details["periods"]
    assert (period["begins"], period["ends"]) == ("2024-03-06", "2024-03-07")
    (good,) = scored("epa-procedure1", OUT, rows[:5])
    assert (good.value, good.outcome) == (0, PASS)
    with pytest.raises(InputError, match="day after 2024-03-01"):
        scored("epa-procedure1", OUT, [rows[0], rows[2]])
