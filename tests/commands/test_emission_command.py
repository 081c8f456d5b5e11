"""`testbench emission`: hours and a budget in, amount and uncertainty out; a wrong file is refused with the place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from testbench.carbon.budget_file import parse_budget
from testbench.carbon.example import BUDGET, hours_text, write_example
from testbench.carbon.hours_file import doubts, parse_hours
from testbench.cli import main
from testbench.errors import InputError

SITE = '[site]\ncontent_basis = "wet"\n'
WET = parse_budget(SITE, "budget.toml")
HEADER = "hour,co2_percent,flow_m3_per_h,temperature_c,pressure_pa\n"


def test_the_example_is_computed_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emission", "--example", str(tmp_path / "stack")]) == 0
    hours, budget = (Path(line) for line in capsys.readouterr().out.splitlines())

    assert main(["emission", str(hours), "--budget", str(budget), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert (found["hours"], found["operating_hours"], found["substituted_hours"]) == (48, 46, 3)
    assert found["amount_t"] == pytest.approx(9898.27, abs=0.01)
    assert found["gum"]["expanded_uncertainty_percent"] == pytest.approx(3.78, abs=0.01)
    assert found["monte_carlo"]["half_width_percent"] == pytest.approx(3.78, abs=0.02)
    assert found["validation"]["validated"]
    assert found["tier"] == 3
    assert found["judged"] == {
        "standard": "mrr-tiers",
        "verdict": "pass",
        "provisional": False,
        "grade": "tier 3",
        "limit": "≤ 10.0 %",
    }
    assert {"influence": "area of the duct", "kind": "systematic"}.items() <= next(
        line.items() for line in found["budget"] if line["influence"].startswith("area")
    )


def test_the_text_names_amount_tier_and_every_influence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hours, budget = write_example(tmp_path)
    assert main(["emission", str(hours), "--budget", str(budget)]) == 0
    told = capsys.readouterr().out
    for words in ("9898.27 t CO2", "U = 374", "tier               3", "substituted hours: content", "velocity coefficient"):
        assert words in told


@pytest.mark.parametrize(("content", "doubted"), [("0.123", True), ("0.5", False), ("12.3", False), ("", False)])
def test_contents_that_may_be_fractions_are_doubted(content: str, doubted: bool) -> None:
    rows = "".join(f"2025-01-01 0{hour}:00,{content},1000,100,100000\n" for hour in range(2))
    hours = parse_hours(HEADER + rows, "hours.csv", WET)
    assert bool(doubts(hours)) is doubted


def test_chinese_text_is_chinese_but_for_names_and_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hours, budget = write_example(tmp_path)
    assert main(["emission", str(hours), "--budget", str(budget), "--language", "zh"]) == 0
    told = capsys.readouterr().out
    for words in ("共 48 小时，其中运行 46 小时", "U = 374", "级别：3", "替代小时：含量", "合格，第 3 级，限值 ≤ 10.0 %"):
        assert words in told
    own = {influence.name for influence in parse_budget(BUDGET, "budget.toml").influences}
    for name in ("Example stack", "mrr-tiers", *own):
        told = told.replace(name, "")
    assert set(re.findall(r"[A-Za-z]{2,}", told)) == {"CO", "kg", "GUM", "MRR", "VIII"}


def test_an_example_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_example(tmp_path)
    assert main(["emission", "--example", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_both_files_are_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emission"]) == 2
    assert "which files?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no hours"),
        ("hour,co2\n", "line 1, column co2: no such column"),
        ("hour,co2_percent,temperature_c,pressure_pa\n", "column flow_m3_per_h: give either"),
        ("hour,co2_percent,flow_m3_per_h,temperature_c\n", "column pressure_pa: is missing"),
        ("hour,hour,flow_m3_per_h\n", "column hour: this column stands twice"),
        ("hour,co2_percent,velocity_m_per_s,temperature_c,pressure_pa\n", "needs `area_m2` of the site in budget.toml"),
        (HEADER + "2025-01-01 00:00,12,1000,100\n", "line 2: 5 cells are needed, got 4"),
        (HEADER + "2025-01-01 00:30,12,1000,100,1e5\n", "line 2, column hour: '2025-01-01 00:30' is no full hour"),
        (HEADER + "yesterday,12,1000,100,1e5\n", "column hour: 'yesterday' is not a time"),
        (HEADER + "2025-01-01 00:00,12,x,100,1e5\n", "line 2, column flow_m3_per_h: 'x' is not a number"),
        (HEADER + "2025-01-01 00:00,120,1,100,1e5\n", "column co2_percent: 120 is outside 0 to 100"),
        (
            HEADER + "2025-01-01 00:00,12,1,100,1e5\n2025-01-01 02:00,12,1,100,1e5\n",
            "line 3, column hour: 2025-01-01 01:00 is expected",
        ),
    ],
)
def test_what_is_wrong_in_the_hours_is_told_with_line_and_column(text: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        parse_hours(text, "hours.csv", WET)
    assert words in str(told.value)
    assert str(told.value).startswith("hours.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site", "not valid TOML"),
        ("", "site: is missing"),
        ('[site]\ncontent_basis = "moist"\n', "site.content_basis"),
        (SITE + 'flow_basis = "dry"\n', "a flow in the duct holds its water"),
        (SITE + "colour = 1\n", "site.colour: no such key"),
        (SITE + '[[influence]]\nname = "a"\nof = "flow"\n', "either relative or absolute"),
        (
            SITE + '[[influence]]\nname = "a"\nof = "water"\nabsolute = 1\n',
            "absolute uncertainty of the water: %",
        ),
        (SITE + '[[influence]]\nname = "a"\nof = "flow"\nabsolute = 1\nunit = "m/s"\n', "needs `area_m2`"),
        (SITE + '[[influence]]\nname = "a"\nof = "flow"\nrelative_percent = nan\n', "influence[1].relative_percent"),
    ],
)
def test_what_is_wrong_in_the_budget_is_told_with_its_key(text: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        parse_budget(text, "budget.toml")
    assert words in str(told.value)


def test_columns_may_stand_in_any_order_and_comments_are_left_out() -> None:
    text = "# hours\npressure_pa,hour,flow_m3_per_h,co2_percent,temperature_c\n1e5,2025-01-01 00:00,1000,,100\n"
    (hour,) = parse_hours(text, "hours.csv", WET).hours
    assert (hour.content, hour.flow, hour.temperature_c, hour.pressure_pa) == (None, 1000.0, 100.0, 1e5)


def test_a_velocity_becomes_a_flow_by_area_and_coefficient() -> None:
    budget = parse_budget(BUDGET, "budget.toml")
    first = parse_hours(hours_text(), "hours.csv", budget).hours[0]
    assert first.flow == pytest.approx(14.20 * 3600 * 28.27 * 0.98)
    noise = next(each for each in budget.influences if each.name == "noise of the velocity")
    assert noise.absolute == pytest.approx(0.2 * 3600 * 28.27 * 0.98)


def test_a_budget_made_elsewhere_is_scored_with_the_tier_it_reaches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "budget.csv"
    parts = (("C", 1.0, 1), ("Q", 2.0, 1), ("water", 0.5, 1), ("T and p", 0.3, 1), ("area", 0.3, 1), ("gaps", 0.3, 1))
    rows = "".join(f"year,CO2,%,{name},{u},{n}\n" for name, u, n in parts)
    file.write_text("test,parameter,unit,contribution,relative_u_percent,independent_values\n" + rows, encoding="utf-8")

    assert main(["score", str(file), "--standard", "mrr-tiers", "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]

    assert (result["characteristic"], result["verdict"]) == ("emission_uncertainty", "pass")
    assert float(result["value"]) == pytest.approx(4.699, abs=0.001)
    assert result["details"]["tier"] == "tier 3"
