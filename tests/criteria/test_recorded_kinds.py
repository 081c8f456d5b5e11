"""Kinds of recorded test data: told apart by their columns, computed as worked out by hand, judged with uncertainty."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from testbench.criteria.recorded import kinds, parse_recorded, score_recorded
from testbench.criteria.recorded.kind import FIRST
from testbench.criteria.result import Result
from testbench.criteria.standard import DecisionRule, Standard, parse_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
HEAD = """
[standard]
name = "example"
title = { zh = "示例", en = "Example" }
edition = "1"
basis = { zh = "示例", en = "example" }
"""


def standard(*limits: tuple[str, str, str, str, str]) -> Standard:
    """A standard from (characteristic, metric, unit, limit, sided)."""
    criteria = "".join(
        f"""
[[criterion]]
characteristic = "{name}"
title = {{ zh = "示例", en = "Example" }}
clause = {{ zh = "1", en = "1" }}
requirement = {{ metric = "{metric}", unit = "{unit}", limit = {limit}, sided = "{sided}", comparison = "full-value",
    evidence = {{ mark = "P" }} }}
""".replace(",\n   ", ",")
        for name, metric, unit, limit, sided in limits
    )
    return parse_standard(HEAD + criteria, "example.toml")


def of_full_scale(*names: str, limit: str = "2") -> Standard:
    return standard(*((name, "percent_of_full_scale", "%F.S.", limit, "two") for name in names))


def scored(text: str, by: Standard) -> tuple[Result, ...]:
    return score_recorded(parse_recorded(text, "data.csv"), by)


def brief(results: tuple[Result, ...]) -> list[tuple[str, Decimal | None, Outcome]]:
    return [(r.characteristic, None if r.value is None else round(r.value, 6), r.outcome) for r in results]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_kind_begins_with_the_same_columns_and_is_recognised(kind: object) -> None:
    assert kind in kinds()
    (own,) = (each for each in kinds() if each is kind)
    assert own.names[:3] == tuple(column.name for column in FIRST)
    assert len(set(own.names)) == len(own.names)
    for names in (own.required, own.names):
        with pytest.raises(InputError, match="no rows"):
            parse_recorded(",".join(names), "f")
        with pytest.raises(InputError, match=f"{own.name}|is empty"):
            parse_recorded(",".join((*names, "colour")) + "\n" + "," * len(names), "f")


def test_no_two_kinds_can_be_mixed_up() -> None:
    for one, other in itertools.combinations(kinds(), 2):
        assert one.name != other.name
        both = {*one.required, *other.required}
        assert not both <= {*one.names} & {*other.names}, (one.name, other.name)


def test_what_was_determined_elsewhere_is_judged_as_it_stands() -> None:
    text = """test,parameter,unit,characteristic,value,expanded_uncertainty
T,SO2,MΩ,insulation_resistance,25,
T,SO2,%F.S.,vibration_influence,-2.1,0.05
T,SO2,%F.S.,vibration_influence,1.9,0.3
T,SO2,%F.S.,vibration_influence,1.9,0.8
T,SO2,mV,vibration_influence,1.9,
T,SO2,%,colour,1,
"""
    by = standard(
        ("insulation_resistance", "absolute", "MΩ", "20", "lower"),
        ("vibration_influence", "percent_of_full_scale", "%F.S.", "2", "two"),
    )
    results = scored(text, by)
    assert [r.outcome for r in results] == [PASS, FAIL, PASS, INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE]
    assert [r.details.get("limit_within_uncertainty") for r in results[1:4]] == [False, True, True]
    assert any("in mV, the limit in %F.S." in note for note in results[4].notes)
    assert any("no criterion for colour" in note for note in results[5].notes)


def test_a_tier_of_a_value_determined_elsewhere_is_chosen_by_the_column_of_its_selector() -> None:
    by = parse_standard(
        HEAD
        + """
[[criterion]]
characteristic = "relative_accuracy"
title = { zh = "示例", en = "Example" }
clause = { zh = "1", en = "1" }
selector = "reference_mean"
tiers = [
    { upper = 50, metric = "absolute", unit = "ppm", limit = 5, SAME },
    { lower = 50, metric = "percent", unit = "%", limit = 15, SAME },
]
""".replace("SAME", 'sided = "upper", comparison = "full-value", evidence = { mark = "P" }'),
        "example.toml",
    )
    columns = "test,parameter,unit,characteristic,value,reference_mean\n"
    assert scored(columns + "T,SO2,%,relative_accuracy,14,50", by)[0].outcome is PASS
    assert scored(columns + "T,SO2,ppm,relative_accuracy,14,49.9", by)[0].outcome is FAIL
    (unknown,) = scored(columns + "T,SO2,%,relative_accuracy,14,", by)
    assert unknown.outcome is INCONCLUSIVE
    assert any("reference_mean" in note for note in unknown.notes)


def test_repeatability_is_relative_to_the_mean_or_to_full_scale_as_the_standard_asks() -> None:
    # 98, 100, 102: mean 100, s = 2; full scale 400, so 0.5 %F.S.; zero 0, 1, 2: s = 1, 0.25 %F.S.
    rows = "".join(f"T,SO2,ppm,400,{n},100,{v},span\n" for n, v in enumerate((98, 100, 102), 1))
    zeros = "".join(f"T,SO2,ppm,400,{n},0,{v},zero\n" for n, v in enumerate((0, 1, 2), 1))
    text = "test,parameter,unit,full_scale,repeat,reference,measured,gas\n" + rows + zeros
    by = standard(
        ("repeatability", "percent_of_mean_indication", "%", "2", "upper"),
        ("repeatability_zero", "percent_of_full_scale", "%F.S.", "0.2", "upper"),
        ("repeatability_span", "percent_of_full_scale", "%F.S.", "0.5", "upper"),
    )
    assert brief(scored(text, by)) == [
        ("repeatability", 2, PASS),
        ("repeatability_span", Decimal("0.5"), PASS),
        ("repeatability_zero", Decimal("0.25"), FAIL),
    ]
    alone = "test,parameter,unit,full_scale,repeat,reference,measured\n" + rows.replace(",span", "")
    assert brief(scored(alone, of_full_scale("zero_drift_24h"))) == [("repeatability", 2, INCONCLUSIVE)]


def test_response_times_are_averaged_and_a_system_has_the_slower_direction() -> None:
    text = """test,parameter,unit,direction,run,seconds,system
T,SO2,ppm,rise,1,100,0
T,SO2,ppm,rise,2,110,0
T,SO2,ppm,fall,1,130,0
T,SO2,ppm,rise,1,150,1
T,SO2,ppm,fall,1,190.5,1
"""
    by = standard(
        ("response_time_rise", "seconds", "s", "120", "upper"),
        ("response_time_fall", "seconds", "s", "120", "upper"),
        ("system_response_time", "seconds", "s", "200", "upper"),
    )
    results = scored(text, by)
    assert brief(results) == [
        ("response_time_rise", 105, PASS),
        ("response_time_fall", 130, FAIL),
        ("system_response_time", Decimal("190.5"), PASS),
    ]
    assert (results[0].metric, results[2].level) == ("seconds", "fall")


DRIFT = "test,parameter,unit,full_scale,day,gas,reading\n"


def test_drift_is_the_largest_daily_change_and_the_change_of_the_week() -> None:
    # Full scale 200: changes 1, -5, 1, 1, 1, 1, 1 ppm; the largest is -5 ppm = -2.5 %F.S., the week 1 ppm = 0.5 %F.S.
    readings = [0, 1, -4, -3, -2, -1, 0, 1]
    rows = "".join(f"T,SO2,ppm,200,{day},zero,{value}\n" for day, value in enumerate(readings))
    results = scored(DRIFT + rows, of_full_scale("zero_drift_24h", "zero_drift_week"))
    assert brief(results) == [("zero_drift_24h", Decimal("-2.5"), FAIL), ("zero_drift_week", Decimal("0.5"), PASS)]
    assert results[0].level == "day 2"


def test_a_day_that_is_missing_keeps_a_drift_from_passing() -> None:
    rows = "T,SO2,ppm,200,0,span,150\nT,SO2,ppm,200,1,span,151\nT,SO2,ppm,200,3,span,151\n"
    day, week = scored(DRIFT + rows, of_full_scale("span_drift_24h", "span_drift_week"))
    assert (day.value, day.outcome, week.value, week.outcome) == (Decimal("0.5"), INCONCLUSIVE, None, INCONCLUSIVE)
    assert any("day 2" in note for note in day.notes)
    assert any("day 7" in note for note in week.notes)
    assert scored(DRIFT + rows, of_full_scale("span_drift_24h", limit="0.4"))[0].outcome is FAIL


def test_a_signed_value_keeps_a_limit_on_one_side_by_its_magnitude() -> None:
    rows = "T,SO2,ppm,200,0,span,150\nT,SO2,ppm,200,1,span,140\n"
    (result, *_) = scored(DRIFT + rows, standard(("span_drift_24h", "percent_of_full_scale", "%F.S.", "2", "upper")))
    assert (result.value, result.outcome) == (5, FAIL)


def test_an_influence_is_held_against_the_nominal_readings_around_it() -> None:
    # 20 °C: 100; 35 °C: 104; 20 °C: 102; 5 °C: 97; 20 °C: 100. Around 35 °C 101, around 5 °C 101: +3 and -4 ppm of 200.
    columns = "test,parameter,unit,full_scale,influence,gas,condition_value,role,reading\n"
    steps = [
        ("20", "nominal", 100),
        ("35", "changed", 104),
        ("20", "nominal", 102),
        ("5", "changed", 97),
        ("20", "nominal", 100),
    ]
    rows = "".join(f"T,SO2,ppm,200,temperature,span,{at},{role},{value}\n" for at, role, value in steps)
    (result,) = scored(columns + rows, of_full_scale("temperature_influence_span"))
    assert brief((result,)) == [("temperature_influence_span", -2, PASS)]
    assert (result.level, len(result.details["changes"])) == ("5", 2)
    (one_sided,) = scored(columns + "\n".join(rows.splitlines()[:2]), of_full_scale("temperature_influence_span"))
    assert any("no nominal reading before or after 35" in note for note in one_sided.notes)


def test_interference_is_summed_by_sign() -> None:
    # Full scale 100: H2O (2 + 4)/2 = +3, CO2 +1.5, CO -2: +4.5 and -2 %F.S.
    columns = "test,parameter,unit,full_scale,gas,interferent,repeat,before,after\n"
    effects = ("H2O,1,0,2", "H2O,2,1,5", "CO2,1,0,1.5", "CO,1,0,-2")
    rows = "".join(f"T,SO2,ppm,100,zero,{effect}\n" for effect in effects)
    by = of_full_scale("interference_positive_zero", "interference_negative_zero", limit="4")
    results = scored(columns + rows, by)
    assert brief(results) == [
        ("interference_positive_zero", Decimal("4.5"), FAIL),
        ("interference_negative_zero", -2, PASS),
    ]
    assert results[0].details["interferents"] == ["H2O", "CO2"]


def test_a_converter_is_judged_by_a_cylinder_or_by_titration() -> None:
    by = standard(("converter_efficiency", "percent", "%", "95", "lower"))
    direct = "test,parameter,unit,repeat,supplied,indicated\nT,NOx,ppm,1,100,96\nT,NOx,ppm,2,100,94\nT,NOx,ppm,3,100,98\n"
    assert brief(scored(direct, by)) == [("converter_efficiency", 96, PASS)]
    # (1 - (100 - 98)/(100 - 20)) * 100 % = 97.5 %; (1 - 8/80) * 100 % = 90 %; mean 93.75 %
    columns = "test,parameter,unit,repeat,no_without,nox_without,no_with,nox_with\n"
    titrations = "T,NOx,ppm,1,100,100,20,98\nT,NOx,ppm,2,100,100,20,92\n"
    assert brief(scored(columns + titrations, by)) == [("converter_efficiency", Decimal("93.75"), FAIL)]


def test_parallelism_is_the_largest_relative_standard_deviation_of_the_units() -> None:
    # 40, 41, 42: s = 1, mean 41; 90, 100, 110: s = 10, mean 100, 10 %.
    columns = "test,parameter,unit,nominal,device,reading\n"
    rows = "".join(
        f"T,SO2,ppm,{level},{device},{value}\n"
        for level, values in ((40, (40, 41, 42)), (80, (90, 100, 110)))
        for device, value in zip("ABC", values, strict=True)
    )
    (result,) = scored(columns + rows, standard(("parallelism", "percent", "%", "5", "upper")))
    assert brief((result,)) == [("parallelism", 10, FAIL)]
    assert result.level == "80 %"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (DRIFT + "T,SO2,ppm,200,0,zero,0\nT,SO2,ppm,200,0,zero,1\n", "line 3, column day: zero gas of day 0 stands already"),
        (DRIFT + "T,SO2,ppm,200,0,zero,0\n", "line 2, column day: a drift needs readings of two days"),
        (DRIFT + "T,SO2,ppm,200,8,zero,0\n", "line 2, column day: day 8 lies after day 7"),
        (DRIFT + "T,SO2,ppm,0,0,zero,0\n", "line 2, column full_scale: '0' must be above zero"),
        (DRIFT + "T,SO2,ppm,200,0,zero,0\nT,SO2,ppm,300,1,zero,0\n", "line 3, column full_scale: '300' differs"),
        (
            "test,parameter,unit,full_scale,influence,gas,condition_value,role,reading\nT,SO2,ppm,9,voltage,zero,1,nominal,1",
            "line 2, column role: voltage with zero gas has no changed reading",
        ),
        ("test,parameter,unit,nominal,device,reading\nT,SO2,ppm,40,A,1\n", "line 2, column device: parallelism needs two"),
        (
            "test,parameter,unit,nominal,device,reading\nT,SO2,ppm,40,A,1\nT,SO2,ppm,40,B,1\nT,SO2,ppm,80,A,1\n",
            "line 4, column device: at 80 % the unit B has no reading",
        ),
        (
            "test,parameter,unit,nominal,device,reading\nT,SO2,ppm,40,A,-1\nT,SO2,ppm,40,B,1\n",
            "line 2, column reading: the mean of the units at 40 %",
        ),
        (
            "test,parameter,unit,repeat,no_without,nox_without,no_with,nox_with\nT,NOx,ppm,1,20,20,20,20\n",
            "line 2, column no_with: ozone must lower NO",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_recorded(text, "data.csv")
    assert f"data.csv, {problem}" in str(caught.value)


def test_one_repeat_or_a_mean_of_zero_has_no_repeatability() -> None:
    columns = "test,parameter,unit,full_scale,repeat,reference,measured\n"
    by = of_full_scale("zero_drift_24h")
    with pytest.raises(InputError, match="line 2, column repeat: repeatability needs at least 2"):
        scored(columns + "T,SO2,ppm,400,1,100,98\n", by)
    with pytest.raises(InputError, match=r"line 2, column measured: .* mean reading, which must be above zero"):
        scored(columns + "T,SO2,ppm,400,1,100,98\nT,SO2,ppm,400,2,100,-98\n", by)


def test_guarded_acceptance_needs_the_uncertainty() -> None:
    by = of_full_scale("zero_drift_24h")
    guarded = by.model_copy(update={"standard": by.standard.model_copy(update={"decision": DecisionRule.GUARDED})})
    rows = "T,SO2,ppm,200,0,zero,0,0.1\nT,SO2,ppm,200,1,zero,1,0.1\n"
    stated = scored(DRIFT.strip() + ",expanded_uncertainty\n" + rows, guarded)
    assert [result.outcome for result in stated] == [PASS]
    assert scored(DRIFT + rows.replace(",0.1", ""), guarded)[0].outcome is INCONCLUSIVE


def test_the_documentation_lists_the_columns_of_every_kind_in_alphabetical_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data-formats.md").read_text(encoding="utf-8")
    rows = "\n".join(
        f"| {kind.name} | `{kind.header}` | {', '.join(f'`{name}`' for name in kind.characteristics) or 'any'} |"
        for kind in sorted(kinds(), key=lambda kind: kind.name.casefold())
    )
    assert rows in page, f"docs/data-formats.md lacks the rows\n{rows}"
