"""Slips of the pen in recorded data of every kind: right data are judged, wrong ones are refused with their place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

import pytest

from testbench.criteria.recorded import kinds, parse_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def table(columns: str, rows: Iterable[str]) -> str:
    return "\n".join([f"test,parameter,unit,{columns}", *(f"T,{row}" for row in rows)])


by_name = cache(load_standard)


def scored(text: str, standard: str) -> tuple[Result, ...]:
    return score_recorded(parse_recorded(text, "data.csv"), by_name(standard))


def refusal(text: str, standard: str) -> str | None:
    """Why data are refused; None where they are scored, in numbers that JSON can hold."""
    try:
        found = scored(text, standard)
    except InputError as error:
        return str(error)
    json.dumps([result.to_json() for result in found], allow_nan=False)
    return None


CURVE = [(1, 21), (2, 39), (3, 60), (4, 81), (5, 99)]
RIGHT: dict[str, tuple[str, str]] = {
    "AST": (
        "en14181",
        table(
            "slope,intercept,limit_value,permitted,signal,reference",
            (f"NOx,mg/m3,19.8,0.6,100,20,{x},{y}" for x, y in CURVE),
        ),
    ),
    "availability": ("en15267-3", table("total_hours,outage", ["SO2,%,2000,20", "SO2,%,2000,15"])),
    "calibration drift": (
        "epa-ps2",
        table(
            "span,day,drift_gas,reference,measured",
            (f"SO2,ppm,500,{d},{gas},{r},{r + 1 + d % 3}" for d in range(1, 8) for gas, r in (("low", 50), ("high", 450))),
        ),
    ),
    "calibration error": (
        "epa-part75",
        table(
            "span,date,level,reference,measured",
            (
                f"SO2,ppm,500,2026-03-0{d},{gas},{r},{r + d}"
                for d in range(1, 8)
                for gas, r in (("zero", 0), ("upscale", 450))
            ),
        ),
    ),
    "characteristic": (
        "hj76-2017",
        table(
            "characteristic,value,expanded_uncertainty", ["SO2,%F.S.,linearity_error,1.2,0.1", "SO2,%,repeatability,0.5,"]
        ),
    ),
    "controlled release": (
        "controlled-release",
        table(
            "release_rate,rate_uncertainty,detected,measured",
            ["CH4,kg/h,0,0,0,", *(f"CH4,kg/h,{r},0.1,{int(r > 1)},{r if r > 1 else ''}" for r in (1, 2, 4, 8))],
        ),
    ),
    "converter": ("hj76-2017", table("repeat,supplied,indicated", (f"NOx,ppm,{n},200,{194 + n}" for n in (1, 2, 3)))),
    "converter titration": (
        "hj76-2017",
        table("repeat,no_without,nox_without,no_with,nox_with", (f"NOx,ppm,{n},200,200,{80 + n},198" for n in (1, 2, 3))),
    ),
    "cycle time": (
        "epa-part75",
        table(
            "span,direction,gas,start,end,minutes",
            ["SO2,ppm,500,upscale,450,0,450,6", "SO2,ppm,500,downscale,0,450,0,7"],
        ),
    ),
    "cylinder gas audit": (
        "epa-procedure1",
        table(
            "span,point,injection,certified,response",
            (f"SO2,ppm,500,{point},{n},{c},{c + n}" for point, c in (("low", 125), ("mid", 275)) for n in (1, 2, 3)),
        ),
    ),
    "dilution": (
        "epa-method205",
        table(
            "dilution,diluted,predicted,injected",
            (
                f"SO2,ppm,{n},{d},{c},{c + i / 4}"
                for n, d, c in (("a", 1, 50), ("b", 1, 99), ("c", 0, 52))
                for i in (0, 1, 2)
            ),
        ),
    ),
    "drift": (
        "hj76-2017",
        table(
            "full_scale,day,gas,reading,reference",
            (f"SO2,ppm,500,{d},{gas},{r + d % 4},{r}" for d in range(8) for gas, r in (("zero", 0), ("span", 400))),
        ),
    ),
    "duct pairs": (
        "hj75-2017-commissioning",
        table("pair,reference,cms", (f"velocity,m/s,{n},{10 + n},{10.2 + n}" for n in range(1, 6))),
    ),
    "emission budget": (
        "mrr-tiers",
        table("contribution,relative_u_percent,independent_values", ["CO2,t,flow,0.8,1", "CO2,t,content,3,8760"]),
    ),
    "field checks": (
        "en15267-3",
        table("full_scale,check_day,zero,span", ["SO2,ppm,100,0,0,80", "SO2,ppm,100,7,1,81", "SO2,ppm,100,14,-1,82"]),
    ),
    "flow audit at several loads": (
        "epa-part75",
        table(
            "load,normal,run,used,cems,reference",
            (
                f"flow,scfh,{load},{int(load == 'mid')},{n},1,{b + n * 10},{b + n * 9}"
                for load, b in (("low", 5000), ("mid", 7000))
                for n in range(9)
            ),
        ),
    ),
    "flow bench": (
        "flow-bench",
        table(
            "set_velocity,direction,bench_reference,indication,swirl",
            (f"velocity,m/s,{v},{way},{v},{v + s / 100},{s}" for v in (5, 10) for way in ("up", "down") for s in (0, 10)),
        ),
    ),
    "flow-to-load ratio": (
        "epa-part75-operation",
        table(
            "hour,flow,load,adjusted,reference_flow,reference_load",
            (f"flow,MW,{n},{1000 + n}000,200,1,1000000,200" for n in range(168)),
        ),
    ),
    "indication error": (
        "hj75-2017-commissioning",
        table(
            "full_scale,point,reference,measured",
            (f"SO2,ppm,500,{point},{r},{r + n}" for point, r in (("low", 100), ("high", 450)) for n in (1, 2, 3)),
        ),
    ),
    "influence": (
        "hj76-2017",
        table(
            "full_scale,influence,gas,condition_value,role,reading",
            [
                "SO2,ppm,500,temperature,span,20,nominal,400",
                "SO2,ppm,500,temperature,span,40,changed,405",
                "SO2,ppm,500,temperature,span,20,nominal,401",
            ],
        ),
    ),
    "interference": (
        "hj76-2017",
        table(
            "full_scale,gas,interferent,repeat,before,after",
            (f"SO2,ppm,500,zero,{gas},{n},0,{change}" for gas, change in (("CO", 1), ("CO2", -2)) for n in (1, 2, 3)),
        ),
    ),
    "interference check": (
        "epa-method7e",
        table("span,interference_gas,change", ["SO2,ppm,500,CO2 15%,2", "SO2,ppm,500,H2O 10%,-3"]),
    ),
    "lack of fit": (
        "en15267-3",
        table("full_scale,visit,nominal,reference,measured", (f"SO2,ppm,100,{n},{n},{n},{n + n % 3}" for n in (0, 50, 100))),
    ),
    "linearity": (
        "epa-part75",
        table(
            "span,level,reference,measured",
            (f"SO2,ppm,500,{lv},{r},{r + n}" for lv, r in (("low", 125), ("mid", 275), ("high", 450)) for n in (1, 2, 3)),
        ),
    ),
    "reference method checks": (
        "epa-method7e",
        table(
            "span,check,calibration_gas,certified,response",
            (
                "SO2,ppm,500,direct,low,0,1",
                "SO2,ppm,500,direct,mid,250,252",
                "SO2,ppm,500,direct,high,500,499",
                *(f"SO2,ppm,500,{when},{gas},,{r}" for when in ("before", "after") for gas, r in (("low", 3), ("mid", 249))),
                "SO2,ppm,500,run,,,200",
            ),
        ),
    ),
    "days out of control": (
        "epa-procedure1",
        table("date,check_gas,drift,drift_limit", (f"SO2,%,2026-03-0{d},low,{1 + d % 2},2.5" for d in range(1, 9))),
    ),
    "parallelism": (
        "hj76-2017",
        table(
            "nominal,device,reading", (f"SO2,ppm,{n},{unit},{n * 5 + i}" for n in (20, 80) for i, unit in enumerate("ABC"))
        ),
    ),
    "particulate correlation": (
        "hj75-2017-commissioning",
        table(
            "full_scale,limit_value,signal,concentration",
            (f"PM,mg/m3,100,30,{4 + n},{8 + 2 * n + n % 2}" for n in range(15)),
        ),
    ),
    "permissible error": (
        "oiml-r144",
        table("item,reference,measured", (f"NO,ppm,intrinsic,100,{v}" for v in (99, 100, 101))),
    ),
    "QAL1 budget": (
        "iso14956",
        table(
            "limit_value,permitted,contribution,lower,upper,standard_uncertainty",
            ["SO2,mg/m3,50,,drift,-1,1,", "SO2,mg/m3,50,,pairs,,,1"],
        ),
    ),
    "QAL2": (
        "en14181",
        table(
            "date,limit_value,permitted,signal,reference",
            (f"NOx,mg/m3,2026-03-0{d},100,20,{x},{y + d}" for d in (1, 2, 3) for x, y in CURVE),
        ),
    ),
    "QAL3": (
        "en14181-operation",
        table(
            "s_ams,gas,date,reading,reference",
            (f"SO2,ppm,2,{gas},2026-01-0{d},{r + d % 2},{r}" for d in range(1, 6) for gas, r in (("zero", 0), ("span", 18))),
        ),
    ),
    "relative accuracy audit": (
        "epa-part75",
        table("run,used,cems,reference", (f"SO2,ppm,{n},1,{300 + n % 4},{302 + n % 3}" for n in range(1, 10))),
    ),
    "relative accuracy audit of three runs": (
        "epa-procedure1",
        table("audit_run,measured,reference,applicable_standard", (f"SO2,ppm,{n},{300 + n},302,500" for n in (1, 2, 3))),
    ),
    "repeatability": (
        "hj76-2017",
        table("full_scale,repeat,reference,measured", (f"SO2,ppm,500,{n},400,{400 + n % 2}" for n in range(1, 8))),
    ),
    "reproducibility": (
        "en15267-3",
        table("full_scale,pair,first,second", (f"SO2,ppm,100,{n},{10 + n % 3},10" for n in range(20))),
    ),
    "response time": (
        "hj76-2017",
        table(
            "direction,run,seconds,system", (f"SO2,s,{way},{n},{80 + n},0" for way in ("rise", "fall") for n in (1, 2, 3))
        ),
    ),
    "section profile": (
        "en16911-2",
        table(
            "half,velocity,swirl",
            (f"velocity,m/s,{half},{v},3" for half, v in (("first", 8), ("first", 9), ("second", 12), ("second", 11))),
        ),
    ),
    "stability": ("jjg968-2002", table("minute,reading", ["SO2,ppm,0,100", "SO2,ppm,30,101", "SO2,ppm,60,100"])),
    "valid range": ("en14181-operation", table("week,values,outside", (f"SO2,mg/m3,{w},1000,40" for w in range(1, 6)))),
    "velocity field": (
        "hj75-2017-commissioning",
        table(
            "day,traverse,fixed_point",
            (f"velocity,m/s,{d},{9 + i},{10 + i + d / 9:.2f}" for d in (1, 2, 3) for i in range(5)),
        ),
    ),
}
UNJUDGED = {"controlled release", "flow bench", "section profile"}  # their standards have no limits that are sure enough


def test_there_are_right_data_of_every_kind() -> None:
    assert set(RIGHT) == {kind.name for kind in kinds()}


@pytest.mark.parametrize("kind", RIGHT)
def test_right_data_pass_and_can_be_written_as_json(kind: str) -> None:
    standard, text = RIGHT[kind]
    found = scored(text, standard)
    json.dumps([result.to_json() for result in found], allow_nan=False)
    outcomes = {result.outcome for result in found}
    assert FAIL not in outcomes
    assert (PASS in outcomes) is (kind not in UNJUDGED)


@pytest.mark.parametrize("kind", RIGHT)
def test_wrong_cells_are_refused_with_their_place_or_give_numbers(kind: str) -> None:
    """A cell of each column is nothing, zero, negative, huge, tiny, no number, or of another column."""
    standard, text = RIGHT[kind]
    head, first, *rows = text.splitlines()
    cells = first.split(",")
    for place, column in enumerate(head.split(",")):
        for written in ("", "0", "-1e15", "1e-30", "nan", '"1,5"', "2026-13-01"):
            row = ",".join([*cells[:place], written, *cells[place + 1 :]])
            problem = refusal("\n".join([head, row, *rows]), standard)
            assert problem is None or problem.startswith("data.csv, line "), (column, written)


@pytest.mark.parametrize("kind", RIGHT)
def test_a_file_of_another_shape_is_refused(kind: str) -> None:
    """A column is missing, stands twice or is unknown; columns are in Chinese, or are separated by semicolons."""
    standard, text = RIGHT[kind]
    head, *rows = text.splitlines()
    last = head.rpartition(",")[2]
    for wrong in (
        text.replace(",", ";"),
        "\n".join(["测试,参数,单位", *rows]),
        "\n".join([f"{head},{last}", *(f"{row},1" for row in rows)]),
        "\n".join([f"{head},colour", *(f"{row},1" for row in rows)]),
        "\n".join(line.replace(",", ",,", 1) for line in text.splitlines()),
        "\n".join([head.replace("unit,", "", 1), *rows]),
    ):
        with pytest.raises(InputError, match=r"data\.csv, line [12]"):
            scored(wrong, standard)


@pytest.mark.parametrize(
    ("kind", "old", "new", "reason"),
    [
        ("drift", "ppm,500,", "ppm,500000,", "span gas reads 0.0806 % of full scale"),
        ("drift", "ppm,500,", "ppm,1,", "span gas reads 4e+04 % of full scale"),
        ("influence", "ppm,500,", "ppm,9000,", "in the same unit"),
        ("repeatability", "ppm,500,", "ppm,9000,", "in the same unit"),
        ("field checks", "ppm,100,", "ppm,1000,", "in the same unit"),
        ("calibration drift", "ppm,500,", "ppm,500000,", "the largest gas is 0.09 % of the span"),
        ("calibration error", "ppm,500,", "ppm,500000,", "the largest gas is 0.09 % of the span"),
        ("reference method checks", "ppm,500,", "ppm,500000,", "the largest gas is 0.1 % of the span"),
        ("lack of fit", "ppm,100,", "ppm,100000,", "the largest gas is 0.1 % of the span"),
        ("reproducibility", "ppm,100,", "ppm,100000,", "the largest gas is 0.012 % of the span"),
        ("converter", ",200,", ",20,", "an efficiency of 985 % cannot be"),
        ("converter titration", ",198", ",498", "% cannot be; are all values in the same unit?"),
        ("converter titration", ",200,200,", ",900,200,", "line 2: NO reads 900 of 200 NOx"),
    ],
)
def test_what_can_hardly_be_right_is_not_judged(kind: str, old: str, new: str, reason: str) -> None:
    standard, text = RIGHT[kind]
    hindered = [result for result in scored(text.replace(old, new), standard) if reason in "; ".join(result.notes)]
    assert hindered
    assert {result.outcome for result in hindered} == {INCONCLUSIVE}


@pytest.mark.parametrize(
    ("columns", "rows", "standard"),
    [
        (
            "full_scale,visit,nominal,reference,measured",
            ["SO2,ppm,100,1,0,0,7", "SO2,ppm,100,2,50,50,7", "SO2,ppm,100,3,100,100,7"],
            "en15267-3",
        ),
        ("nominal,device,reading", [f"SO2,ppm,{n},{unit},99" for n in (20, 80) for unit in "ABC"], "hj76-2017"),
        ("full_scale,day,gas,reading", [f"SO2,ppm,100,{day},span,0" for day in range(8)], "hj76-2017"),
        ("full_scale,day,gas,reading", [f"SO2,ppm,100,{day},zero,99" for day in range(8)], "hj76-2017"),
    ],
)
def test_a_device_that_does_not_measure_does_not_pass(columns: str, rows: list[str], standard: str) -> None:
    assert {result.outcome for result in scored(table(columns, rows), standard)} == {INCONCLUSIVE}


@pytest.mark.parametrize(
    ("kind", "old", "new", "problem"),
    [
        ("indication error", ",high,", ",low,", "line 5, column reference: 450 is another gas than 100 in line 2"),
        ("influence", ",40,changed", ",20,changed", "line 3, column condition_value: 20 is the nominal temperature"),
        ("linearity", "SO2,ppm,", "SO2,12.5,", "line 2, column unit: '12.5' is a number"),
        ("availability", ",2000,", ",200000,", "line 2, column total_hours: '200000' must not be above 100000"),
        ("emission budget", ",8760", ",0", "line 3, column independent_values: must be from 1"),
        ("lack of fit", ",50,50,50,", ",50,5000,50,", "line 3, column nominal: '5000' must not be above 200"),
        ("field checks", ",14,", ",20260114,", "line 4, column check_day: lies more than 3660 days"),
        ("AST", ",100,20,", ",100,200,", "line 2, column permitted: '200' must not be above 100"),
        ("QAL1 budget", ",,,1", ",,,-1", "line 3, column standard_uncertainty: '-1' must not be below zero"),
        ("dilution", ",50,5", ",50,-5", "line 2, column injected: a: mean -50.25 and prediction 50 must be above zero"),
    ],
)
def test_what_is_surely_a_slip_is_refused(kind: str, old: str, new: str, problem: str) -> None:
    standard, text = RIGHT[kind]
    with pytest.raises(InputError) as caught:
        scored(text.replace(old, new), standard)
    assert problem in str(caught.value)


def test_a_negative_error_is_held_against_a_limit_on_one_side_by_its_magnitude() -> None:
    (found,) = scored(table("characteristic,value,difference", ["SO2,%,linearity_error,-10,99"]), "epa-part75")
    assert found.outcome is FAIL


@pytest.mark.parametrize(
    ("parameter", "unit"), [("so2", "PPM"), ("SO₂", "ppm"), ("ＳＯ２", "μmol / mol"), ("SO2", "mg/m^3")]
)
def test_components_and_units_are_known_however_they_are_written(parameter: str, unit: str) -> None:
    rows = (f"{parameter},{unit},{n},1,800,800" for n in range(9))
    (found,) = scored(table("run,used,cems,reference", rows), "hj75-2017-acceptance")
    assert found.outcome is PASS


def test_a_row_that_may_have_been_copied_has_a_note_and_is_judged() -> None:
    standard, text = RIGHT["QAL2"]
    found = scored("\n".join([text, text.splitlines()[-1]]), standard)[0]
    assert found.outcome is PASS
    assert "lines 16 and 17 hold the same; a row that was copied counts twice" in found.notes


@pytest.mark.parametrize(("kind", "column"), [("repeatability", "measured"), ("stability", "reading")])
def test_readings_that_are_all_alike_have_a_note_and_are_judged(kind: str, column: str) -> None:
    standard, text = RIGHT[kind]
    rows = [
        line.rpartition(",")[0] + (f",{column}" if number == 0 else ",100") for number, line in enumerate(text.splitlines())
    ]
    (found,) = scored("\n".join(rows), standard)
    assert (found.value, found.outcome) == (0, PASS)
    assert f"all {len(rows) - 1} readings are alike; is the resolution coarse" in found.notes[-1]


def test_a_characteristic_that_is_misspelt_is_guessed_and_not_judged() -> None:
    (found,) = scored(table("characteristic,value", ["SO2,%F.S.,linearity_eror,1"]), "hj76-2017")
    assert (found.outcome, found.notes[-1]) == (INCONCLUSIVE, "did you mean linearity_error?")


def test_low_gas_alone_is_judged() -> None:
    standard, text = RIGHT["reference method checks"]
    low = [line for line in text.splitlines() if "test,parameter" in line or ",direct,low," in line]
    (found,) = scored("\n".join(low), standard)
    assert found.outcome is PASS


def test_a_flow_audit_without_a_normal_load_has_no_factor_and_says_so() -> None:
    standard, text = RIGHT["flow audit at several loads"]
    factor = scored(text.replace(",mid,1,", ",mid,0,"), standard)[-1]
    assert (factor.characteristic, factor.value, factor.outcome) == ("bias_adjustment_factor", None, INCONCLUSIVE)
    assert "no level is a normal one" in factor.notes[-1]
