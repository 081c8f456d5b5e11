"""What a report says of results that were excluded or repeated: every attempt, why, by whom, when."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from testbench.outcome import RunState
from testbench.report.content import (
    AmendedResult,
    Decision,
    ReportContent,
    ReportExclusion,
    ResultAttempt,
    UnfinishedRepeat,
)
from testbench.report.document import build_document
from testbench.report.evaluation_json import evaluation_document
from testbench.text import Language

AT = dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def amended(bare: ReportContent, example: ReportContent) -> ReportContent:
    """An evaluation of which a result was excluded, that was taken back, and it was repeated; another repeat was aborted."""
    verdict = next(v for v in example.devices[0].verdicts if v.finding is not None and v.finding.value is not None)
    assert verdict.finding is not None
    exclusion = ReportExclusion(Decision("管路漏气", "li", AT), Decision("not this line", "wang", AT))
    repeat = Decision("to be sure", "zhao", AT)
    identifier = bare.identifier
    attempts = (
        ResultAttempt(4, f"{identifier}-R02", replace(verdict.finding, value=1.25), False, exclusions=(exclusion,)),
        ResultAttempt(91, "E99-R01", replace(verdict.finding, value=0.75), True, repeat=repeat),
    )
    device = replace(example.devices[0], verdicts=(verdict,), amended=(AmendedResult(verdict.characteristic, attempts),))
    unfinished = UnfinishedRepeat("E77", f"{identifier}-R03", RunState.ABORTED, Decision("again", "li", AT))
    return replace(bare, devices=(device,), unfinished_repeats=(unfinished,))


def said(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from said(value)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            Language.ENGLISH,
            ["Excluded: 管路漏气 (li, ", "Taken back: not this line (wang, ", "Replaced by the repeat below.", "Counts."],
        ),
        (Language.CHINESE, ["剔除：管路漏气（li，", "撤销剔除：not this line（wang，", "由其后的重测代替。", "采用。"]),
    ],
)
def test_every_attempt_is_printed_with_what_was_decided(
    amended: ReportContent, language: Language, lines: list[str]
) -> None:
    tree = build_document(amended, language).tree
    table = next(b for b in tree["blocks"] if b["block"] == "table" and any("1.25" in text for text in said(b["rows"])))
    texts = list(said(table["rows"]))
    for line in lines:
        assert any(text.startswith(line) for text in texts), (line, texts)
    assert any("2026-11-22" in text for text in texts)
    runs = [row[0]["second"] for row in table["rows"]]
    assert "R02" in runs[0]
    assert amended.identifier not in runs[0]
    assert "E99-R01" in runs[1]


def test_a_repeat_that_was_not_finished_is_listed_too(amended: ReportContent) -> None:
    texts = list(said(build_document(amended, Language.ENGLISH).tree["blocks"]))
    assert "Repeats that did not come to their end" in texts
    assert "E77" in texts
    assert "again (li)" in texts


def test_a_report_without_amendments_says_nothing_of_them(bare: ReportContent) -> None:
    texts = list(said(build_document(bare, Language.ENGLISH).tree))
    assert "Excluded and repeated results" not in texts
    assert evaluation_document(bare)["unfinished_repeats"] == []


def test_the_json_has_every_attempt(amended: ReportContent) -> None:
    document = evaluation_document(amended)
    (result,) = document["devices"][0]["amended"]
    first, second = result["attempts"]
    assert (first["finding"], first["value"], first["counts"], first["repeat"]) == (4, 1.25, False, None)
    (exclusion,) = first["exclusions"]
    assert (exclusion["reason"], exclusion["by"], exclusion["at"]) == ("管路漏气", "li", AT.isoformat())
    assert exclusion["taken_back"]["by"] == "wang"
    assert (second["counts"], second["repeat"]["reason"]) == (True, "to be sure")
    (repeat,) = document["unfinished_repeats"]
    assert (repeat["evaluation"], repeat["state"], repeat["by"]) == ("E77", "aborted", "li")
