"""Raw rows of one kind of test alone are printed whole: named columns with units, decimals alike within a column."""

from typing import Any

from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.report.blocks import Block
from testbench.report.content import ReportDevice, ReportVerdict
from testbench.report.front import _overall
from testbench.report.raw_rows import further_tables
from testbench.report.raw_section import _tables
from testbench.report.wording import wording
from testbench.text import Language

CHINESE = wording(Language.CHINESE)
VISITS = [
    {"set": 25.0, "reached": 25.1, "reading": 18.0, "reference": 18.0, "change_percent_fs": None},
    {"set": 35.0, "reached": 35.0, "reading": 18.01, "reference": 18.0, "change_percent_fs": 0.05},
]
GASES = [{"interferent": "CO 300 mg/m3", "repeats": 3, "without": 0.001, "with": 0.003, "percent_fs": 0.01}]


def tables(*found: tuple[str, dict[str, Any]], language: Language = Language.ENGLISH) -> list[Block]:
    verdicts = tuple(
        ReportVerdict(name, Finding("A", name, 0.1, "%F.S.", details=details), Outcome.PASS) for name, details in found
    )
    device = ReportDevice("A", "", "", "", "CO2", 0.0, 20.0, "%", Outcome.PASS, verdicts)
    return list(further_tables(device, "%", 3, wording(language)))


def heads(block: Block) -> list[tuple[str, str]]:
    return [(column["title"], column["unit"]) for column in block["columns"]]


def test_columns_are_named_and_have_the_unit_of_readings_or_of_the_condition() -> None:
    details = {"condition_unit": "°C", "visits": VISITS}
    (english,) = tables(("temperature_influence_span", details))
    assert heads(english)[:3] == [("Set", "°C"), ("Reached", "°C"), ("Reading", "%")]
    assert heads(english)[-1] == ("Change", "%F.S.")
    (chinese,) = tables(("temperature_influence_span", details), language=Language.CHINESE)
    assert [title for title, _ in heads(chinese)] == ["设定值", "实际值", "读数", "标准值", "变化"]


def test_rows_that_several_results_rest_on_stand_once() -> None:
    both = [(f"interference_{sign}_zero", {"interferents": GASES}) for sign in ("positive", "negative")]
    (block,) = tables(*both)
    assert block["caption"].count("Interference") == 2


def test_rows_with_a_table_of_their_own_and_what_is_no_table_are_left_out() -> None:
    known = {"levels": [{"nominal_fraction": 0.5, "indication": 10.0}], "curves": [{"time_s": [0.0]}]}
    odd = {"visits": [], "pairs": [{}], "readings": [1.0, 2.0], "digest": "x", "mixed": [{"set": 1.0}, 2]}
    assert tables(("linearity_error", known | odd)) == []


def test_results_of_one_level_each_share_a_table() -> None:
    levels = [(f"{at} %F.S.", {"reference": at / 5, "indication": at / 5 + 0.1, "injections": 3}) for at in (25, 55)]
    verdicts = tuple(
        ReportVerdict("linearity_error", Finding("A", "linearity_error", 1.0, "%", index=at, details=own), Outcome.PASS)
        for at, own in levels
    )
    device = ReportDevice("A", "", "", "", "CO2", 0.0, 20.0, "%", Outcome.PASS, verdicts)
    (block,) = further_tables(device, "%", 3, wording(Language.ENGLISH))
    assert heads(block) == [("At", ""), ("Reference", "%"), ("Indication", "%"), ("Readings", "")]
    assert len(block["rows"]) == 2


def test_days_of_another_kind_are_no_daily_readings() -> None:
    days = [{"day": 1, "sets": 5, "coefficient": 1.013}, {"day": 2, "sets": 5, "coefficient": 1.014}]
    verdict = ReportVerdict("velocity_field_coefficient", Finding("A", "c", 1.0, "1", details={"days": days}), Outcome.PASS)
    assert (
        list(_tables(ReportDevice("A", "", "", "", "", 0.0, 30.0, "m/s", Outcome.PASS, (verdict,)), verdict, CHINESE)) == []
    )
    (block,) = tables(("velocity_field_coefficient", {"days": days}))
    assert heads(block) == [("Day", ""), ("Sets", ""), ("Coefficient", "")]


def test_an_outcome_that_rests_on_provisional_limits_bears_their_mark() -> None:
    def said(provisional: bool) -> str:
        verdict = ReportVerdict("repeatability", None, Outcome.PASS, provisional=provisional)
        return str(_overall(ReportDevice("A", "", "", "", "", 0.0, 30.0, "%", Outcome.PASS, (verdict,)), CHINESE))

    assert "°" in said(True)
    assert "°" not in said(False)
