"""What the report says, seen as the tree that the template sets."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from testbench.errors import InputError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.report import device_section
from testbench.report.content import EvidenceMark, LimitKind, ReportContent, ReportDevice, ReportVerdict, SettingWords
from testbench.report.document import Document, build_document
from testbench.report.wording import Wording
from testbench.text import Language, Text


def strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value)


BUILT: list[tuple[ReportContent, Language, Document]] = []  # each content is built once


@pytest.fixture(scope="module", autouse=True)
def pictures_drawn_once() -> Iterator[None]:
    """Pictures take time: those of a device are drawn once in a language, however many contents it stands in."""
    draw: Callable[[ReportDevice, Wording], list[Any]] = device_section._pictures
    drawn: dict[tuple[str, Language], list[Any]] = {}

    def pictures(device: ReportDevice, wording: Wording) -> list[Any]:
        key = repr(device), wording.language
        if key not in drawn:
            drawn[key] = draw(device, wording)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_section, "_pictures", pictures)
        yield


def built(content: ReportContent, language: Language) -> Document:
    for known, its_language, document in BUILT:
        if known is content and its_language is language:
            return document
    BUILT.append((content, language, build_document(content, language)))
    return BUILT[-1][2]


def blocks(content: ReportContent, kind: str, language: Language = Language.ENGLISH) -> list[dict[str, Any]]:
    return [b for b in built(content, language).tree["blocks"] if b["block"] == kind]


def table(content: ReportContent, caption: str, language: Language = Language.ENGLISH) -> dict[str, Any]:
    return next(b for b in blocks(content, "table", language) if b["caption"].startswith(caption))


def row_of(block: dict[str, Any], name: str) -> list[Any]:
    return next(r for r in block["rows"] if (r[0]["main"] if isinstance(r[0], dict) else r[0]) == name)


@pytest.fixture(scope="module")
def matrix(example: ReportContent) -> dict[str, Any]:
    return table(example, "Verdicts by characteristic")


def test_the_matrix_says_each_verdict_by_word_and_value(matrix: dict[str, Any]) -> None:
    a, b, c = row_of(matrix, "One-week span drift")[2:]
    assert [cell["word"] for cell in (a, b, c)] == ["pass", "fail", "pass"]
    assert b["outcome"] == "fail"
    assert b["second"].startswith("+4.3")
    assert b["marks"] == "°"


def test_a_limit_within_the_uncertainty_is_marked_and_explained(example: ReportContent, matrix: dict[str, Any]) -> None:
    assert row_of(matrix, "Linearity error")[4]["marks"] == "°*"
    small = [b["text"] for b in blocks(example, "paragraph") if b["small"]]
    assert any(text.startswith("* Limit within uncertainty") for text in small)


def test_marks_that_do_not_occur_are_not_explained(bare: ReportContent) -> None:
    assert [b for b in blocks(bare, "paragraph") if b["small"]] == []


def test_no_finding_and_no_criterion_are_told_apart_from_verdicts(example: ReportContent, matrix: dict[str, Any]) -> None:
    assert row_of(matrix, "Influence of supply voltage")[2]["word"] == "inconclusive"
    assert row_of(matrix, "Detection limit")[2]["word"] == "no criterion"
    assert [row[0] for row in table(example, "Criteria of the standard for which")["rows"]] == ["A, B, C"]
    assert table(example, "Findings for which")["rows"][0][2] == "0.0210\u00a0±\u00a00.0060\u00a0%"


def test_the_overall_result_is_the_devices_own_and_not_made_here(example: ReportContent) -> None:
    device = replace(example.devices[0], outcome=Outcome.ABORTED)
    last = table(replace(example, devices=(device,)), "Verdicts by")["rows"][-1]
    assert last[2]["word"] == "aborted"


def test_more_devices_than_a_page_is_wide_make_more_matrices(example: ReportContent) -> None:
    unpictured = tuple(v for v in example.devices[0].verdicts if v.characteristic == "repeatability")
    devices = tuple(replace(example.devices[0], name=f"D{number}", verdicts=unpictured) for number in range(7))
    matrices = [b for b in blocks(replace(example, devices=devices), "table") if b["caption"].startswith("Verdicts by")]
    assert [len(block["columns"]) - 2 for block in matrices] == [3, 4]


def test_value_and_uncertainty_have_the_same_last_digit(example: ReportContent) -> None:
    row = row_of(table(example, "Findings and verdicts of device B"), "One-week span drift")
    assert row[1]["text"].startswith("+4.3")
    assert (row[2]["text"], row[3]["text"], row[4], row[5]) == ("0.17", "2", "%F.S.", "±2\u00a0%F.S.".replace("2", "3"))
    assert len(row[1]["text"].split(".")[1]) == 2


def test_a_standard_deviation_is_given_with_its_interval(example: ReportContent) -> None:
    row = row_of(table(example, "Findings and verdicts of device A"), "Repeatability")
    assert "judged as 0.1 %" in row[0]["second"]
    assert "95 %: 0.0" in row[0]["second"]


def test_an_interval_takes_the_place_of_plus_or_minus(example: ReportContent) -> None:
    finding = Finding("A", "repeatability", 0.061, "%", 0.088, None, (0.032, 0.149))
    verdict = ReportVerdict("repeatability", finding, Outcome.PASS, 2.0, LimitKind.MAXIMUM)
    content = replace(example, devices=(replace(example.devices[0], verdicts=(verdict,)),))
    row = table(content, "Findings and verdicts")["rows"][0]
    assert (row[1]["text"], row[2], row[3]) == ("0.061", "–", "–")
    assert row[0]["second"] == "95 %: 0.032 to 0.149"
    assert table(content, "Verdicts by")["rows"][0][2]["second"] == "0.061\u00a0%"


def test_runs_are_named_without_the_evaluation(example: ReportContent) -> None:
    run = replace(example.runs[0], identifier="E-2026-0012-R07")
    event = replace(example.events[0], run="E-2026-0012-R07")
    content = replace(example, devices=(), runs=(run,), events=(event,))
    assert table(content, "Runs of the evaluation")["rows"][0][0] == "R07"
    assert table(content, "Events during")["rows"][0][1] == "R07"


def test_a_long_clause_stands_in_the_table_of_evidence_alone(example: ReportContent) -> None:
    verdict = replace(example.devices[0].verdicts[0], clause="HJ 76-2017, laboratory items: linearity error (Le)")
    content = replace(example, devices=(replace(example.devices[0], verdicts=(verdict,)),))
    assert "HJ 76" not in table(content, "Findings and verdicts")["rows"][0][0]["second"]
    assert table(content, "Criteria, their limits")["rows"][0][1] == verdict.clause


def test_days_are_named_in_the_language_of_the_report(example: ReportContent) -> None:
    chinese = "".join(strings(built(example, Language.CHINESE).tree))
    assert "第 7 日" in chinese
    assert "day " not in chinese


def test_a_limit_is_written_from_its_kind_where_no_text_is_given(example: ReportContent) -> None:
    verdicts = tuple(
        ReportVerdict(kind.value, Finding("A", kind.value, 1.0, "%", 0.1, 2.0), Outcome.PASS, 2.5, kind)
        for kind in LimitKind
    )
    content = replace(example, devices=(replace(example.devices[0], verdicts=verdicts),))
    rows = table(content, "Findings and verdicts")["rows"]
    assert [row[5] for row in rows] == ["±2.5\u00a0%", "≤\u00a02.5\u00a0%", "≥\u00a02.5\u00a0%"]


def test_the_budget_is_largest_first_and_its_sum_is_the_root_of_squares(example: ReportContent) -> None:
    budget = Finding("A", "x", 1.0, "%", 1.0, 2.0, details={"budget": {"small": 0.3, "large": -0.4, "none": "?"}})
    verdict = ReportVerdict("x", budget, Outcome.PASS, 2.0)
    content = replace(example, devices=(replace(example.devices[0], verdicts=(verdict,)),))
    rows = table(content, "Uncertainty budget of device A")["rows"]
    assert [row[0] for row in rows] == ["large", "small", "Combined standard uncertainty", "Expanded uncertainty U (k = 2)"]
    assert rows[2][1]["text"] == "0.50"  # 0.3² + 0.4² = 0.5²
    assert [rows[0][3]["text"], rows[1][3]["text"]] == ["64.0", "36.0"]


def test_negligible_influences_share_a_line_of_the_budget(example: ReportContent) -> None:
    details = {"budget": {"large": 1.0, "a": 0.003, "b": 0.004, "none": 0.0}}
    verdict = ReportVerdict("x", Finding("A", "x", 1.0, "%", 2.0, 2.0, details=details), Outcome.PASS, 2.0)
    content = replace(example, devices=(replace(example.devices[0], verdicts=(verdict,)),))
    rows = table(content, "Uncertainty budget of device A")["rows"]
    assert [row[0] for row in rows[:2]] == ["large", "2 others, each below 0.05 % of the variance"]
    assert rows[1][1]["text"] == "0.005"  # 0.003² + 0.004² = 0.005², three decimals at most beside a total of 1.0
    assert rows[2][0] == "Combined standard uncertainty"


def test_raw_data_are_complete(example: ReportContent) -> None:
    assert len(table(example, "Levels, device A")["rows"]) == 5
    assert len(table(example, "Single passes, device A")["rows"]) == 15
    assert len(table(example, "Daily readings, device A: 24 h span drift, One-week span drift")["rows"]) == 8
    assert len(table(example, "Step responses, device A: Response time, rise")["rows"]) == 3
    captions = [b["caption"] for b in blocks(example, "table") if b["caption"].startswith("Daily readings, device A")]
    assert len(captions) == 2


def test_an_expired_certificate_and_an_unverified_safe_state_are_warned_of(example: ReportContent) -> None:
    gases = table(example, "Gases and measurement standards")["rows"]
    assert gases[1][5] == {"cell": "warning", "main": "2026-01-31", "second": "expired"}
    assert gases[0][5] == "2028-12-31"
    instruments = table(example, "Instruments of the bench")["rows"]
    assert instruments[1][5]["cell"] == "warning"
    assert "not verified" in instruments[1][5]["main"]


def test_without_a_line_delay_it_is_the_response_of_the_system(bare: ReportContent) -> None:
    assert any("whole system" in b["text"] for b in blocks(bare, "paragraph"))


def test_only_a_real_evaluation_has_lines_to_sign(example: ReportContent) -> None:
    assert blocks(example, "cover")[0]["signatures"] == []
    assert blocks(replace(example, simulated=False), "cover")[0]["signatures"] == [
        {"role": role, "name": ""} for role in ("Tested by", "Checked by", "Approved by")
    ]


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"levels": None, "days": 3, "curves": "x", "budget": [], "readings": "1"},
        {"levels": [{}], "days": [{}], "repeats": [{}], "curves": [{"time_s": [0]}, 7]},
        {"levels": [{"reference": "x", "error_percent_fs": float("nan")}], "budget": {"a": None}},
    ],
)
def test_findings_without_usable_details_make_a_report_all_the_same(example: ReportContent, details: dict[str, Any]) -> None:
    device = example.devices[0]
    verdicts = tuple(replace(v, finding=v.finding and replace(v.finding, details=details)) for v in device.verdicts)
    document = build_document(replace(example, devices=(replace(device, verdicts=verdicts),)), Language.ENGLISH)
    json.dumps(document.tree, allow_nan=False)
    assert document.pictures == ()


def test_characters_that_were_replaced_are_named_at_the_end(example: ReportContent) -> None:
    document = build_document(replace(example, identifier="E🙂"), Language.ENGLISH)
    assert document.tree["head"]["identifier"] == "E□"
    assert document.tree["blocks"][-1]["text"].endswith("U+1F642.")


def test_a_time_without_offset_is_refused(example: ReportContent) -> None:
    with pytest.raises(InputError, match="finished has no offset"):
        replace(example, finished=dt.datetime(2026, 3, 9, 17, 0))  # noqa: DTZ001


def test_devices_of_which_the_same_is_said_share_a_remark(example: ReportContent) -> None:
    missing = ReportVerdict("supply_voltage", None, Outcome.INCONCLUSIVE, reason=Text("没有测试结果。", "No finding."))
    devices = tuple(replace(device, verdicts=(missing,)) for device in example.devices)
    (remarks,) = [b["items"] for b in blocks(replace(example, devices=devices), "bullets")][:1]
    assert remarks == ["Device A, B, C – Influence of supply voltage: inconclusive. No finding."]


def test_devices_are_not_judged_where_no_standard_judged(example: ReportContent) -> None:
    finding = Finding("A", "linearity_error", 0.5, "%F.S.", 0.1, 2.0)
    verdicts = (ReportVerdict("linearity_error", finding, None),)
    device = replace(example.devices[0], outcome=Outcome.INCONCLUSIVE, verdicts=verdicts)
    last = table(replace(example, devices=(device,)), "Verdicts by")["rows"][-1]
    assert (last[2]["word"], last[2]["outcome"]) == ("not judged", "")


def test_settings_are_named_for_people_with_value_and_unit(example: ReportContent) -> None:
    labels = {
        "levels": SettingWords(Text("测试点", "levels"), "F.S."),
        "average_s": SettingWords(Text("平均时间", "averaging time"), "s"),
        "zero_between": SettingWords(Text("中间通零点气", "zero gas between")),
    }
    settings = {"levels": [0.07, 0.8], "average_s": 60.0, "zero_between": True, "other": "x"}
    run = replace(example.runs[0], settings=settings, labels=labels, evidence=EvidenceMark.MEMORY, evidence_percent=65)
    content = replace(example, runs=(run,))
    row = table(content, "Runs of the evaluation")["rows"][0]
    assert row[2] == "levels: 7, 80\u00a0%F.S.; averaging time: 60\u00a0s; zero gas between: yes; other: x"
    assert row[1]["second"].endswith("M, memory, 65 %")
    chinese = table(content, "本次评价的各项测试", Language.CHINESE)["rows"][0]
    assert chinese[2] == "测试点：7、80\u00a0%F.S.；平均时间：60\u00a0s；中间通零点气：是；other：x"


def test_why_a_run_ended_early_is_said_below_the_runs(example: ReportContent) -> None:
    run = replace(example.runs[0], identifier="R03", state=RunState.ABORTED, reason="aborted from the keyboard")
    items = [b["items"] for b in blocks(replace(example, runs=(run,)), "bullets", Language.CHINESE)]
    assert ["R03，已中止：由键盘中止"] in items


def test_what_instruments_said_is_put_into_the_language_of_the_report(example: ReportContent) -> None:
    safe = replace(
        example.instruments[0], safe_state="flow 0", safe_verified=True, safe_read_back="set-point 0, flow 0 L/min"
    )
    event = replace(example.events[0], text="A: not stable after 1800 s; the readings go on")
    content = replace(example, instruments=(safe,), events=(event,))
    chinese = "".join(strings(built(content, Language.CHINESE).tree))
    assert "流量为 0，已核实" in chinese
    assert "回读：设定值 0，流量 0 L/min" in chinese
    assert "A：1800 s 后仍未稳定，继续读数" in chinese
    assert "flow 0, verified" in "".join(strings(built(content, Language.ENGLISH).tree))


def test_a_note_within_a_reason_is_said_in_the_language_of_the_report(example: ReportContent) -> None:
    finding = Finding("A", "linearity_error", None, "%F.S.", notes=("no reading on day 3",))
    reason = Text("结果未能测定（no reading on day 3）。", "The value was not determined (no reading on day 3).")
    verdict = ReportVerdict("linearity_error", finding, Outcome.INCONCLUSIVE, 2.0, reason=reason)
    content = replace(example, devices=(replace(example.devices[0], verdicts=(verdict,)),))
    items = [item for b in blocks(content, "bullets", Language.CHINESE) for item in b["items"]]
    assert "线性误差：结果未能测定（第 3 日无读数）。" in items
    assert not any("no reading" in item for item in items)
