"""Everything that is wrong with an evaluation is told at once, before a valve opens, with the place it lies in."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.checking import folder as folders
from testbench.engine.checking.draft import Draft, DraftItem, draft_of, suggested
from testbench.engine.checking.examination import examine
from testbench.engine.checking.problem import PlaceKind, Severity
from testbench.engine.clock import wall_now
from testbench.engine.ownership import owning
from testbench.engine.plan import make_plan, suite_of
from testbench.engine.registry import find_procedure
from testbench.report.wording import wording
from testbench.text import Language

STANDARD = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")


def item(name, **settings):
    return DraftItem(find_procedure(name), settings)


def problems(draft, kind=None, severity=Severity.BLOCKS):
    found = [problem for problem in examine(draft).problems if problem.severity is severity]
    return [problem for problem in found if kind is None or problem.place.kind is kind]


def test_the_standards_suite_on_the_simulated_station_has_no_problem(simulated_station):
    station = simulated_station()
    found = examine(Draft(station, STANDARD, suggested(STANDARD)))
    assert found.problems == ()
    assert found.can_begin
    assert found.plan == make_plan(station, suite_of(STANDARD), STANDARD)
    assert found.numbers == (1, 2, 3, 4, 5)


def test_wrong_settings_of_several_procedures_are_told_together_and_the_others_are_planned(simulated_station):
    items = (item("warm-up", duration_h=-1), item("repeatability"), item("linearity", passes=0, levels=[0.5]))
    found = examine(Draft(simulated_station(), STANDARD, items))
    blocked = {(problem.place.item, problem.place.name) for problem in found.problems if problem.blocks}
    assert blocked == {(1, "duration_h"), (3, "passes"), (3, "levels")}
    assert found.numbers == (2,)
    assert {step.procedure for step in found.plan.steps} == {"repeatability"}
    assert not found.can_begin
    assert found.problems[0].blocks  # what blocks comes first
    assert found.problems[0].text.en == "1. Preparation and warm-up, warm-up: -1 is out of range; allowed: 0 … 240 h"


def test_levels_that_cannot_be_made_are_told_each_at_its_setting(simulated_station):
    draft = Draft(simulated_station(), None, (item("linearity", levels=[0.001, 0.5, 0.002]), item("drift", days=1)))
    found = problems(draft)
    assert [(problem.place.kind, problem.place.name, problem.place.item) for problem in found] == [
        (PlaceKind.SETTING, "levels", 1)
    ] * 2
    assert "levels 0.1 %F.S.: divider: 0.02 % CO2 cannot be made" in found[0].text.en
    assert "不能配出 0.02 % CO2：mfc-co2 的流量须为" in found[0].text.zh
    assert "cannot" not in found[0].text.zh


def test_a_station_without_a_divider_lacks_a_role_in_every_procedure(simulated_station):
    def bare(data):
        del data["divider"]

    found = problems(Draft(simulated_station(bare), None, (item("repeatability"), item("drift"))))
    assert [problem.place.item for problem in found] == [1, 2]
    assert found[0].text.zh == "1. 重复性：需要配气仪，而工位没有"


def test_ranges_and_components_that_differ_are_told_of_each_device(simulated_station):
    def change(data):
        data["devices"]["B"]["range"] = [0.0, 15.0]
        data["devices"]["C"]["measurand"] = "SO2"

    station = simulated_station(change)
    found = problems(Draft(station, None, (item("repeatability"),)), PlaceKind.DEVICE)
    assert [problem.place.name for problem in found] == ["B", "C"]
    assert "one gas stream cannot test them" in found[0].text.en
    assert examine(Draft(station, None, (item("repeatability"),), devices=("A",))).can_begin


def test_every_device_that_cannot_be_built_is_told(simulated_station):
    def change(data):
        data["devices"]["A"]["driver"] = "thermo"
        data["devices"]["B"]["profil"] = "x"

    found = problems(Draft(simulated_station(change), None, (item("repeatability"),)))
    assert {problem.place.name for problem in found if problem.place.kind is PlaceKind.DEVICE} >= {"B"}
    assert any("unknown driver 'thermo'" in problem.text.en for problem in found)
    assert any("profil" in problem.text.en for problem in found)


def test_certificates_are_refused_flagged_and_asked_for(simulated_station):
    today = wall_now().date()

    def change(data):
        data["cylinders"]["co2"]["valid_until"] = today - dt.timedelta(days=1)
        data["instruments"]["mfc-co2"]["valid_until"] = today
        del data["cylinders"]["zero"]["valid_until"]

    draft = Draft(simulated_station(change), None, (item("drift", days=3),))
    (expired,) = problems(draft)
    assert (expired.place.kind, expired.place.name) == (PlaceKind.CYLINDER, "co2")
    assert "SIM-CO2-0001" in expired.text.en
    warned = {(problem.place.kind, problem.place.name) for problem in problems(draft, severity=Severity.WARNS)}
    assert warned == {(PlaceKind.INSTRUMENT, "mfc-co2"), (PlaceKind.CYLINDER, "zero")}


def test_gas_that_does_not_suffice_and_a_reference_too_uncertain_are_warned_of(simulated_station):
    def change(data):
        data["cylinders"]["co2"]["content_litres"] = 10.0
        data["cylinders"]["co2"]["expanded_uncertainty_percent"] = 1.5

    found = problems(Draft(simulated_station(change), STANDARD, suggested(STANDARD)), severity=Severity.WARNS)
    assert [problem.text.zh for problem in found if problem.place.kind is PlaceKind.CYLINDER] == [
        "气瓶 co2：需要 731 L，瓶内有 10 L"
    ]
    levels = {
        (problem.place.item, problem.text.en.split(":")[0]) for problem in found if problem.place.kind is PlaceKind.SUITE
    }
    assert (2, "2. 60 %F.S.") in levels
    assert (2, "2. 40 %F.S.") not in levels


def test_criteria_that_a_trimmed_suite_leaves_are_named(simulated_station):
    found = problems(Draft(simulated_station(), STANDARD, (item("drift"),)), severity=Severity.WARNS)
    assert [problem.place.name for problem in found] == [
        "linearity_error",
        "repeatability",
        "response_time_rise",
        "response_time_fall",
    ]


def test_interlocks_that_watch_nothing_are_warned_of_and_unknown_channels_block(simulated_station):
    def change(data):
        data["interlocks"] = {
            name: {"channel": channel, "trip": 40.0, "release": 35.0}
            for name, channel in {"one": "humidty", "two": "presure", "three": "B"}.items()
        }

    draft = Draft(simulated_station(change), None, (item("repeatability"),), devices=("A",))
    assert [problem.place.name for problem in problems(draft, PlaceKind.INTERLOCK)] == ["one", "two"]
    assert [problem.place.name for problem in problems(draft, PlaceKind.INTERLOCK, Severity.WARNS)] == ["three"]


def test_a_station_that_another_run_owns_blocks(simulated_station, tmp_path):
    station = simulated_station().model_copy(update={"path": tmp_path / "my.toml"})
    draft = Draft(station, None, (item("repeatability"),))
    with owning((), station.path) as ownership:
        ownership.belongs_to("E1")
        (found,) = problems(draft)
        assert "is in use by evaluation E1" in found.text.en
        assert "正由测试评价 E1" in found.text.zh
    assert examine(draft).can_begin


def test_no_device_an_unknown_device_and_an_empty_suite_block(simulated_station):
    assert {p.place.kind for p in problems(Draft(simulated_station(), None, (), devices=()))} == {
        PlaceKind.DEVICE,
        PlaceKind.SUITE,
    }
    (unknown,) = problems(Draft(simulated_station(), None, (item("drift"),), devices=("X",)))
    assert unknown.place.name == "X"


def test_a_folder_that_is_full_or_cannot_be_written_to_blocks(simulated_station, tmp_path, monkeypatch):
    draft = Draft(simulated_station(), None, (item("repeatability"),), folder=tmp_path / "new" / "deep")
    found = examine(draft)
    assert found.can_begin
    needed = found.disk.bytes
    for free, severity in ((needed - 1, Severity.BLOCKS), (needed, Severity.WARNS), (2 * needed, None)):
        monkeypatch.setattr(folders, "free_bytes", lambda _, free=free: free)
        assert [p.severity for p in examine(draft).problems if p.place.kind is PlaceKind.FOLDER] == (
            [severity] if severity else []
        )
    file = tmp_path / "file"
    file.write_text("")
    assert [p.place.kind for p in problems(replace(draft, folder=file / "x"))] == [PlaceKind.FOLDER]


def test_a_procedure_that_fails_by_itself_is_told_and_the_others_are_planned(simulated_station):
    def faulty(bench, settings):
        raise ZeroDivisionError("division by zero")

    broken = replace(find_procedure("repeatability"), function=faulty)
    found = examine(Draft(simulated_station(), None, (DraftItem(broken, {}), item("repeatability"))))
    (problem,) = [problem for problem in found.problems if problem.blocks]
    assert problem.place.item == 1
    assert "ZeroDivisionError: division by zero" in problem.text.en
    assert found.numbers == (2,)


def test_a_check_between_the_parts_can_end_it(simulated_station):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(Draft(simulated_station(), None, (item("drift"),)), check=stop)


def test_a_draft_of_checked_items_is_those_items(simulated_station):
    items = suite_of(STANDARD)
    assert tuple(one.checked() for one in draft_of(simulated_station(), STANDARD, items).items) == items
    assert tuple(one.checked() for one in suggested(STANDARD)) == items


def test_refusals_of_the_divider_are_said_in_chinese():
    told = wording(Language.CHINESE).tell(
        "divider: 31 % CO2 cannot be made: cylinder co2 has 30 %, the zero gas 0 %. At 4 L/min it makes 0.4 to 29 %, "
        "30 % undiluted, and zero gas; change the level, total_flow, minimum_flow_percent or a cylinder"
    )
    assert told == (
        "divider：不能配出 31 % CO2：气瓶 co2 的浓度为 30 %，零点气为 0 %。总流量 4 L/min 时可配 0.4 ~ 29 %、"
        "不稀释的 30 % 和零点气；可更改浓度点、total_flow、minimum_flow_percent 或气瓶"
    )


def test_the_certificate_of_a_divider_in_one_box_is_looked_at_as_well(simulated_station):
    def change(data):
        for name in ("mfc-co2", "mfc-n2"):
            del data["instruments"][name]
        data["divider"] = {
            "driver": "alicat-mixer",
            "resource": "twin",
            "gases": ["co2", "zero"],
            "total_flow": 4.0,
            "full_scale": [5.0, 5.0],
            "uncertainty_percent": 0.5,
            "reproducibility_percent": 0.05,
            "certificate": "DIV-1",
            "valid_until": wall_now().date() - dt.timedelta(days=1),
        }

    (found,) = problems(Draft(simulated_station(change), STANDARD, (item("linearity"),)), PlaceKind.INSTRUMENT)
    assert found.place.name == "divider"
    assert "the certificate of instrument divider (DIV-1) was valid until" in found.text.en
