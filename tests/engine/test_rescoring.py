"""Old evaluations judged by another standard: what changes is told, the record stays as it is."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.cli import main
from testbench.criteria.combined import combined_standard
from testbench.criteria.judge import judge_all
from testbench.criteria.judge_combined import judge_combined
from testbench.criteria.standard import Standard, parse_standard
from testbench.engine.amending import exclude
from testbench.engine.judging import verdict_documents
from testbench.engine.rescoring import Change, Rescored, rescore
from testbench.errors import InputError, RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import EvaluationStart
from testbench.record.store import Record

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
STARTED = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def standard(name: str = "first", **limits: str) -> Standard:
    criteria = "".join(
        f"""
[[criterion]]
characteristic = "{characteristic}"
title = {{ zh = "示例", en = "Example" }}
clause = {{ zh = "1", en = "1" }}
[criterion.requirement]
metric = "percent_of_full_scale"
unit = "%F.S."
limit = {limit}
sided = "two"
comparison = "full-value"
evidence = {{ mark = "P" }}
"""
        for characteristic, limit in limits.items()
    )
    head = f"""
[standard]
name = "{name}"
title = {{ zh = "示例", en = "Example" }}
edition = "1"
basis = {{ zh = "示例", en = "example" }}
"""
    return parse_standard(head + criteria, f"{name}.toml")


FIRST = standard(linearity_error="2", zero_drift_24h="2")


def enter(record: Record, by: Standard = FIRST, *, restricted: bool = False) -> str:
    """An evaluation of two devices and two runs: linearity errors 1 and 1.5 %F.S., zero drifts 0.5 and -2.5 %F.S."""
    start = EvaluationStart(
        standard=by.name,
        standard_text=by.text,
        standard_digest=by.digest,
        station_path="s.toml",
        station_text="",
        station_digest=hashlib.sha256().hexdigest(),
        seed=1,
        language="en",
        simulated=True,
        software={},
        measurand="SO2",
        devices=[
            {"name": name, "maker": "", "model": "", "serial": "", "range": [0, 20], "unit": "%", "channel": name}
            for name in "AB"
        ],
        started=STARTED,
        request={"restricted": True} if restricted else {},
    )
    evaluation = record.begin_evaluation(start)
    values = {"linearity_error": (1.0, 1.5), "zero_drift_24h": (0.5, -2.5)}
    findings: list[Finding] = []
    for number, (characteristic, (a, b)) in enumerate(values.items(), start=1):
        run = record.begin_run(evaluation, characteristic, {}, clause="1", number=number, bench_time=0.0, started=STARTED)
        own = [Finding("A", characteristic, a, "%F.S."), Finding("B", characteristic, b, "%F.S.", index="day 3")]
        record.add_findings(run, own)
        record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=STARTED, reason="")
        findings += own
    card = judge_all(findings, by, "SO2", devices=("A", "B"))
    documents = verdict_documents(card)
    record.finish_evaluation(evaluation, outcome=card.outcome, finished=STARTED, verdicts=documents)
    return evaluation


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.sqlite"


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    with Record.open(path, create=True) as opened:
        yield opened


def brief(change: Change) -> tuple[object, ...]:
    before, after = change.before, change.after
    return (
        change.device,
        change.characteristic,
        None if before is None else (before.outcome, before.limit),
        None if after is None else (after.outcome, after.limit),
    )


def one(record: Record, by: Standard, evaluation: str, runs: tuple[str, ...] = ()) -> Rescored:
    (found,) = rescore(record, by, [evaluation], {evaluation: runs})
    return found


def test_the_same_standard_changes_nothing(record: Record) -> None:
    found = one(record, FIRST, enter(record))
    assert (found.before, found.after, found.changes, found.unchanged, found.undetermined) == (FAIL, FAIL, (), 4, ())


def test_a_limit_that_differs_is_told_with_its_verdict_before_and_after(record: Record) -> None:
    found = one(record, standard("second", linearity_error="1.2", zero_drift_24h="2"), enter(record))
    assert [brief(change) for change in found.changes] == [
        ("A", "linearity_error", (PASS, "±2 %F.S."), (PASS, "±1.2 %F.S.")),
        ("B", "linearity_error", (PASS, "±2 %F.S."), (FAIL, "±1.2 %F.S.")),
    ]
    assert (found.unchanged, found.changes[1].index) == (2, "day 3")


def test_what_only_one_of_both_asks_for_is_told(record: Record) -> None:
    found = one(record, standard("second", zero_drift_24h="3", span_drift_24h="3"), enter(record))
    assert [brief(change) for change in found.changes] == [
        ("A", "zero_drift_24h", (PASS, "±2 %F.S."), (PASS, "±3 %F.S.")),
        ("B", "zero_drift_24h", (FAIL, "±2 %F.S."), (PASS, "±3 %F.S.")),
        ("A", "linearity_error", (PASS, "±2 %F.S."), None),
        ("B", "linearity_error", (PASS, "±2 %F.S."), None),
    ]
    assert (found.undetermined, found.after) == (("span_drift_24h",), INCONCLUSIVE)


def test_one_run_is_judged_by_what_it_determined(record: Record) -> None:
    evaluation = enter(record)
    first, _ = (run.identifier for run in record.runs(evaluation))
    found = one(record, standard("second", linearity_error="1.2", span_drift_24h="3"), evaluation, (first,))
    assert (found.before, found.after, found.undetermined, len(found.changes)) == (PASS, FAIL, (), 2)


def test_a_run_of_its_own_misses_nothing_that_it_was_not_for(record: Record) -> None:
    found = one(record, standard("second", zero_drift_24h="3", span_drift_24h="3"), enter(record, restricted=True))
    assert (found.after, found.undetermined) == (PASS, ())


def test_what_was_excluded_counts_as_the_record_has_it(record: Record) -> None:
    evaluation = enter(record)
    number = next(stored.number for stored in record.findings(evaluation) if stored.finding.value == -2.5)
    exclude(record, evaluation, number, "leak", "Li", STARTED)
    found = one(record, FIRST, evaluation)
    assert (found.before, found.after, found.changes) == (INCONCLUSIVE, INCONCLUSIVE, ())


@pytest.mark.parametrize(
    ("ended", "after"), [("'aborted'", Outcome.ABORTED), ("'error'", Outcome.ERROR), ("null", Outcome.INCONCLUSIVE)]
)
def test_an_evaluation_that_was_cut_short_does_not_pass(record: Record, path: Path, ended: str, after: Outcome) -> None:
    wide = standard("wide", linearity_error="9", zero_drift_24h="9")
    evaluation = enter(record, restricted=True)
    assert one(record, wide, evaluation).after is PASS
    with closing(sqlite.connect(path)) as connection, connection:
        connection.execute(f"update evaluation set outcome = {ended}")
    assert one(record, wide, evaluation).after is after
    assert one(record, wide, evaluation, (f"{evaluation}-R01",)).after is PASS


def test_the_record_is_not_touched(record: Record) -> None:
    evaluation = enter(record)
    before = (record.head(evaluation), record.verdicts(evaluation), record.evaluation(evaluation))
    one(record, standard("second", linearity_error="1.2"), evaluation)
    assert (record.head(evaluation), record.verdicts(evaluation), record.evaluation(evaluation)) == before


def test_many_evaluations_are_judged_in_the_order_they_are_named(record: Record) -> None:
    names = [enter(record) for _ in range(3)]
    wanted = [names[2], names[0], names[1]]
    assert [found.evaluation for found in rescore(record, FIRST, [*wanted, "none"])] == wanted


def test_several_standards_at_once_are_refused(record: Record) -> None:
    both = combined_standard([FIRST, standard("second", linearity_error="1")])
    with pytest.raises(InputError, match="one standard at a time"):
        list(rescore(record, both, [enter(record)]))


def test_the_command_prints_what_changes_and_json_has_it_all(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "second.toml"
    other.write_text(standard("second", linearity_error="1.2", zero_drift_24h="2").text, encoding="utf-8")
    with Record.open(path, create=True) as record:
        evaluation, _ = enter(record), enter(record)
    options = ["--standard", str(other), "--record", str(path), "--language", "en"]
    assert main(["rescore", evaluation, *options]) == 0
    out = capsys.readouterr().out
    assert f"{evaluation}  first -> second: FAIL" in out
    assert "linearity_error (day 3)" in out
    assert "second@1: 1 evaluations, 2 of 4 verdicts change, the outcome of 0 changes" in out
    assert main(["rescore", f"{evaluation}-R02", *options]) == 0
    assert "all 2 verdicts stay" in capsys.readouterr().out
    assert main(["rescore", "--all", *options, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["standard"], document["version"], len(document["evaluations"])) == ("second", 1, 2)
    change = document["evaluations"][0]["changes"][1]
    assert (change["device"], change["before"]["verdict"], change["after"]["verdict"]) == ("B", "pass", "fail")
    assert {"zh": "限值由 ±2 %F.S. 改为 ±1.2 %F.S.", "en": "limit ±1.2 %F.S. instead of ±2 %F.S."} in change["why"]
    assert main(["rescore", "--all", *options[:-1], "zh", "--output", str(tmp_path / "changes.csv")]) == 0
    out = capsys.readouterr().out
    assert "2 次评价，8 项判定中 4 项改变" in out
    assert "线性误差（A）：限值由 ±2 %F.S. 改为 ±1.2 %F.S.\n" in out
    assert "线性误差（B 第 3 日）：限值由 ±2 %F.S. 改为 ±1.2 %F.S.；1.5 %F.S. 超出限值 ±1.2 %F.S.。" in out
    with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["device"], row["verdict_before"], row["verdict"], row["limit"]) for row in rows[:2]] == [
        ("A", "pass", "pass", "±1.2 %F.S."),
        ("B", "pass", "fail", "±1.2 %F.S."),
    ]
    assert "超出限值" in rows[1]["why"]


def test_the_command_asks_for_what_is_missing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Record.open(path, create=True) as record:
        enter(record)
    options = ["--standard", "hj76-2017", "--record", str(path)]
    assert main(["rescore", *options]) == 2
    assert main(["rescore", "last", "--all", *options]) == 2
    assert main(["rescore", "none", *options]) == 2
    assert capsys.readouterr().err.count("which evaluations?") == 2


@pytest.mark.parametrize(
    "change",
    [
        "finding set details = '{'",
        "finding set details = '[]'",
        "finding set value = 'x'",
        "evaluation set devices = '[1]'",
        "evaluation set request = 'x'",
        "evaluation set outcome = 'great'",
        """verdict set document = '{"outcome": "x"}'""",
        """verdict set document = '{"outcome": "pass"}'""",
    ],
)
def test_a_record_that_was_changed_by_hand_is_told_not_judged(record: Record, path: Path, change: str) -> None:
    evaluation = enter(record)
    with closing(sqlite.connect(path)) as connection, connection:
        connection.execute(f"update {change}")
    with pytest.raises(RecordError, match="was changed and cannot be read; `testbench record verify` says what"):
        list(rescore(record, FIRST, [evaluation]))


def enter_for_two(record: Record) -> tuple[str, Standard, Standard]:
    """An evaluation by two standards: one run of linearity for each of them, as their settings differ."""
    first, second = standard("first", linearity_error="2", repeatability="1"), standard("second", linearity_error="1")
    both = combined_standard([first, second])
    suite = [{"procedure": "linearity", "standards": [name]} for name in ("first", "second")]
    start = EvaluationStart(
        standard=both.name,
        standard_text=both.text,
        standard_digest=both.digest,
        station_path="s.toml",
        station_text="",
        station_digest=hashlib.sha256().hexdigest(),
        seed=1,
        language="en",
        simulated=True,
        software={},
        measurand="SO2",
        devices=[{"name": "A", "maker": "", "model": "", "serial": "", "range": [0, 20], "unit": "%", "channel": "A"}],
        started=STARTED,
        request={"suite": suite},
    )
    evaluation = record.begin_evaluation(start)
    findings = [
        Finding("A", "linearity_error", value, "%F.S.", index=index) for value, index in ((1.5, "low"), (0.5, "mid"))
    ]
    for number, finding in enumerate(findings, start=1):
        run = record.begin_run(evaluation, "linearity", {}, clause="1", number=number, bench_time=0.0, started=STARTED)
        record.add_findings(run, [finding])
        record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=STARTED, reason="")
    card = judge_combined(findings, [("first",), ("second",)], both, "SO2", devices=["A"])
    record.finish_evaluation(evaluation, outcome=card.outcome, finished=STARTED, verdicts=verdict_documents(card))
    return evaluation, first, second


def test_what_was_found_for_one_standard_is_not_judged_by_the_other(record: Record) -> None:
    evaluation, first, second = enter_for_two(record)
    for own in (first, second):
        rescored = one(record, own, evaluation)
        assert (rescored.changes, rescored.unchanged) == ((), 1)
    assert one(record, second, evaluation).after is PASS  # the 1.5 %F.S. of the other run would fail its 1 %F.S.


def test_a_third_standard_judges_the_runs_of_the_one_that_asks_for_most_of_the_same(record: Record) -> None:
    evaluation, _, _ = enter_for_two(record)
    (change,) = one(record, standard("third", linearity_error="0.8"), evaluation).changes
    assert change.index == "low"
    run = f"{evaluation}-R02"
    (rescored,) = rescore(record, standard("third", linearity_error="0.8"), [evaluation], {evaluation: [run]})
    assert [change.index for change in rescored.changes] == ["mid"]


def test_what_differs_is_said_for_every_change(record: Record) -> None:
    changes = one(record, standard("second", linearity_error="1.2", span_drift_24h="3"), enter(record)).changes
    assert all(change.why for change in changes)
    gone = next(change for change in changes if change.after is None)
    assert [reason.en for reason in gone.why] == ["the new standard does not ask for it"]
    failed = next(change for change in changes if change.device == "B" and change.characteristic == "linearity_error")
    assert [reason.en for reason in failed.why] == [
        "limit ±1.2 %F.S. instead of ±2 %F.S.",
        "1.5 %F.S. does not keep the limit ±1.2 %F.S.",
    ]
