"""Recorded data of EN 14181, EN 15267-3, EN ISO 14956 and OIML R 144: by hand from the rows, judged by their standards."""

import math
from decimal import Decimal

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def scored(text, standard):
    return {
        (result.characteristic, result.level): result
        for result in score_recorded(parse_recorded(text, "data.csv"), load_standard(standard))
    }


def table(columns, *rows):
    return "\n".join([f"test,parameter,unit,{columns}", *(f"T,{row}" for row in rows)])


def test_lack_of_fit_is_judged_by_the_limit_of_each_standard_and_oxygen_in_percent():
    """References 0, 50, 100 and readings 0, 53, 100: the line through them leaves −1, 2 and −1."""
    rows = [("0", "0", "0"), ("50", "50", "53"), ("100", "100", "100")]
    text = table(
        "full_scale,visit,nominal,reference,measured",
        *(f"SO2,ppm,100,{visit},{n},{r},{m}" for visit, (n, r, m) in enumerate(rows)),
    )
    (key, result) = next(iter(scored(text, "en15267-3").items()))
    assert key == ("lack_of_fit", "50 %")
    assert float(result.value) == pytest.approx(2)
    assert result.outcome is PASS
    assert scored(text.replace(",53", ",53.1"), "en15267-3")["lack_of_fit", "50 %"].outcome is FAIL
    assert scored(text.replace(",53", ",57"), "en14181")["lack_of_fit", "50 %"].outcome is PASS
    oxygen = scored(
        text.replace("SO2,ppm,100", "O2,%,25").replace(",50,53", ",12.5,12.875").replace(",100,100,100", ",100,25,25"),
        "en15267-3",
    )["lack_of_fit", "50 %"]
    assert float(oxygen.value) == pytest.approx(0.25)
    assert oxygen.unit == "%"
    assert oxygen.outcome is FAIL


QAL2 = "date,limit_value,permitted,signal,reference"


def test_qal2_of_fifteen_pairs_by_hand():
    """Five signals three times, y = 20·x with D = 0.6, −1.2, 0, 1.2, −0.6 about the line 0.6 + 19.8·x; Σ D² = 10.8."""
    five = [(1, 21), (2, 39), (3, 60), (4, 81), (5, 99)]
    rows = [f"NOx,mg/m3,2026-03-0{day},100,20,{x},{y}" for day in (1, 2, 3) for x, y in five]
    found = scored(table(QAL2, *rows), "en14181")
    variability = found["qal2_variability", None]
    expected = 100 * math.sqrt(10.8 / 14) / (20 / 1.96 * 0.9761)
    assert float(variability.value) == pytest.approx(expected, rel=1e-4)
    assert variability.outcome is PASS
    assert variability.details["method"] == "A"
    assert float(variability.details["slope"]) == pytest.approx(19.8)
    assert found["calibration_pairs", None].outcome is PASS
    assert found["calibration_r_squared", None].outcome is INCONCLUSIVE  # guidance, no criterion of this standard
    few = scored(table(QAL2, *rows[:14]), "en14181")
    assert few["calibration_pairs", None].outcome is FAIL
    assert float(few["calibration_pairs", None].value) == 14


def test_a_small_spread_needs_the_signal_at_zero():
    rows = [f"SO2,mg/m3,2026-03-01,100,,{x},{y}" for x, y in ((11, 48), (12, 50), (13, 52))]
    with pytest.raises(InputError, match="line 2, column signal: method B"):
        scored(table(QAL2, *rows), "en14181")
    found = scored(table(QAL2 + ",zero_signal", *(f"{row},2" for row in rows)), "en14181")
    assert found["qal2_variability", None].details["method"] == "B"
    assert found["calibration_slope", None].value == pytest.approx(Decimal(5))


def test_a_component_without_a_permitted_uncertainty_needs_one():
    rows = [f"CO2,%,2026-03-01,10,,{x},{x}" for x in (1, 5, 9)]
    with pytest.raises(InputError, match="column permitted: is needed for CO2"):
        scored(table(QAL2, *rows), "en14181")


def test_ast_by_hand():
    """Function 0.6 + 19.8·x, references shifted by +4: D̄ = 4, s_D = sqrt(0.9), t = 2.1318, σ0 = 20/1.96."""
    five = [(1, 25), (2, 43), (3, 64), (4, 85), (5, 103)]
    rows = [f"NOx,mg/m3,19.8,0.6,100,20,{x},{y}" for x, y in five]
    found = scored(table("slope,intercept,limit_value,permitted,signal,reference", *rows), "en14181")
    permitted = 2.1318 * math.sqrt(0.9 / 5) + 20 / 1.96
    assert float(found["ast_validity", None].value) == pytest.approx(400 / permitted, rel=1e-4)
    assert found["ast_validity", None].outcome is PASS
    assert found["ast_variability", None].outcome is PASS
    few = scored(table("slope,intercept,limit_value,permitted,signal,reference", *rows[:4]), "en14181")
    assert few["ast_validity", None].outcome is INCONCLUSIVE


def test_qal3_gives_the_largest_of_each_chart_and_its_date():
    """s_AMS 2: Σ⁺ = 1.998, 3.996, 5.994 of h_x = 5.7; after the adjustment it begins anew."""
    rows = [f"SO2,ppm,2,span,2026-01-0{day},21,18," for day in (1, 2, 3)]
    rows += ["SO2,ppm,2,span,2026-01-03,,,adjusted", "SO2,ppm,2,span,2026-01-04,18,18,reading"]
    found = scored(table("s_ams,gas,date,reading,reference,deed", *rows), "en14181-operation")
    drift = found["qal3_drift_span", "span"]
    assert float(drift.value) == pytest.approx(100 * 5.994 / 5.7)
    assert drift.outcome is FAIL
    assert drift.date.day == 3
    assert float(drift.details["adjust_by"]) == pytest.approx(-2.1)
    assert drift.details["last"] == "none"
    assert found["qal3_precision_span", "span"].outcome is PASS
    assert found["qal3_shewhart_span", "span"].outcome is INCONCLUSIVE  # its limit is known too weakly
    assert not any(level == "zero" for _, level in found)
    with pytest.raises(InputError, match="line 3, column date"):
        scored(table("s_ams,gas,date,reading,reference", rows[1][:-1], rows[0][:-1]), "en14181-operation")
    with pytest.raises(InputError, match="column reading: is empty"):
        scored(table("s_ams,gas,date,reading,reference", "SO2,ppm,2,span,2026-01-01,,1"), "en14181-operation")


def test_the_valid_range_is_used_up_by_a_sixth_week_above_five_percent():
    rows = [f"SO2,mg/m3,{week},1000,51" for week in range(1, 6)]
    assert scored(table("week,values,outside", *rows), "en14181-operation")["valid_range_weeks", None].outcome is PASS
    found = scored(table("week,values,outside", *rows, "SO2,mg/m3,6,1000,401"), "en14181-operation")
    assert found["valid_range_weeks", None].outcome is FAIL
    assert found["valid_range_week", "week 6"].outcome is FAIL


def test_a_qal1_budget_is_combined_and_compared_with_the_permitted_uncertainty():
    """u = 3/√3, 4: u² = 3 + 16, U = 1.96·√19 = 8.543 of 20 % of 50 = 10; 85.4 % are above 75 %."""
    columns = "limit_value,permitted,contribution,lower,upper,standard_uncertainty,range_upper,waste_incineration"
    rows = ["SO2,mg/m3,50,,drift,-3,3,,75,1", "SO2,mg/m3,50,,pairs,,,4,75,1"]
    found = scored(table(columns, *rows), "iso14956")
    assert float(found["qal1_uncertainty", None].value) == pytest.approx(19.6 * math.sqrt(19), rel=1e-9)
    assert found["qal1_uncertainty", None].outcome is FAIL
    ranges = scored(table(columns, *rows), "en15267-3")["certified_range", None]
    assert (ranges.value, ranges.outcome) == (Decimal("1.5"), PASS)
    other = scored(table(columns, *(row.replace(",75,", ",120,") for row in rows)), "en15267-3")["certified_range", None]
    assert (other.value, other.outcome) == (Decimal("2.4"), FAIL)
    with pytest.raises(InputError, match="either deviations"):
        scored(table(columns, "SO2,mg/m3,50,,drift,-3,3,1,75,1"), "iso14956")


def test_every_reading_counts_against_the_larger_permissible_error():
    """At 20 ppm ±2 ppm is the larger one, at 100 ppm ±5 %."""
    at_20 = [f"NO,ppm,intrinsic,20,{v}" for v in (21, 18, 20)]
    rows = [*at_20, "NO,ppm,intrinsic,100,104", "NO,ppm,intrinsic,100,94.9"]
    found = scored(table("item,reference,measured", *rows), "oiml-r144")
    assert found["intrinsic_error", "20 ppm"].value == -2  # µmol/mol: by the absolute branch
    assert found["intrinsic_error", "20 ppm"].outcome is PASS
    assert found["intrinsic_error", "100 ppm"].outcome is FAIL  # two readings of three can fail
    two = scored(table("item,reference,measured", *at_20[:2]), "oiml-r144")["intrinsic_error", "20 ppm"]
    assert two.outcome is INCONCLUSIVE  # but not pass
    assert not found["intrinsic_error", "100 ppm"].provisional
    spread = scored(table("item,reference,measured", *(f"NO,ppm,warm-up,40,{v}" for v in (38, 41, 43, 40))), "oiml-r144")
    assert spread["warm_up_spread", "40 ppm"].value == 5  # µmol/mol; 12.5 % of the value are above 10 %
    assert spread["warm_up_spread", "40 ppm"].outcome is PASS
    repeats = scored(
        table("item,reference,measured", *(f"NO,ppm,repeatability,100,{v}" for v in (99, 100, 101))), "oiml-r144"
    )
    assert repeats["repeatability_3s", "100 ppm"].value == 3
    with pytest.raises(InputError, match="no unit of amount fraction"):
        scored(table("item,reference,measured", "NO,mg/m3,intrinsic,20,21"), "oiml-r144")


def test_reproducibility_maintenance_and_availability():
    """Pairs that differ by 1, −1, 2, 0 ppm of 100: s_D = sqrt(6/8), t(0.975; 3) = 3.1824."""
    pairs = [(11, 10), (9, 10), (12, 10), (10, 10)]
    text = table("full_scale,pair,first,second", *(f"SO2,ppm,100,{n},{a},{b}" for n, (a, b) in enumerate(pairs)))
    result = scored(text, "en15267-3")["reproducibility", None]
    assert float(result.value) == pytest.approx(3.1824 * math.sqrt(6 / 8), rel=1e-4)
    assert result.outcome is PASS
    checks = ["SO2,ppm,100,0,0,80", "SO2,ppm,100,7,1,81", "SO2,ppm,100,14,-1,84"]
    found = scored(table("full_scale,check_day,zero,span", *checks), "en15267-3")
    assert found["maintenance_interval", None].value == 7
    assert found["maintenance_interval", None].outcome is FAIL
    assert found["span_drift_maintenance", "day 14"].value == 4
    assert found["zero_drift_maintenance", "day 7"].outcome is PASS
    hours = table("total_hours,outage", "O2,%,2000,20", "O2,%,2000,21")
    availability = scored(hours, "en15267-3")["availability", None]
    assert (availability.value, availability.outcome) == (Decimal("97.95"), FAIL)
