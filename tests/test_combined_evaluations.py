"""Whole evaluations by several standards: each judges its own runs; gone on with, amended, repeated, computed anew."""

import json
from dataclasses import replace

import pytest

from testbench import cli
from testbench.criteria.combined import combined_standard
from testbench.criteria.standard import parse_standard
from testbench.engine.amending import exclude, repeat_request, restore
from testbench.engine.anew.recompute import recompute
from testbench.engine.evaluation import EvaluationRequest, close, evaluate, resume
from testbench.engine.plan import suite_of
from testbench.engine.request import request_of
from testbench.errors import InstrumentError
from testbench.office.result_files import write_results
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.report.from_record import content_from_record

TEXT = """
[standard]
name = "{name}"
title = {{ zh = "{name} 标准", en = "Standard {name}" }}
edition = "{name} of 2026"
basis = {{ zh = "试", en = "test" }}

[[suite]]
procedure = "linearity"
clause = {{ zh = "{name} 1", en = "{name} 1" }}
evidence = {{ mark = "P", source = "own" }}
settings = {{ levels = [0.3, 0.6], passes = {passes}, zero_between = false }}

[[suite]]
procedure = "repeatability"
clause = {{ zh = "{name} 2", en = "{name} 2" }}
evidence = {{ mark = "P", source = "own" }}
settings = {{ level = {level}, repeats = 8, zero_between = false, interval_s = 1 }}

[[criterion]]
characteristic = "linearity_error"
title = {{ zh = "线性", en = "Linearity" }}
clause = {{ zh = "{name} 1", en = "{name} 1" }}
requirement.metric = "percent_of_full_scale"
requirement.unit = "%F.S."
requirement.limit = {limit}
requirement.sided = "two"
requirement.comparison = "full-value"
requirement.evidence = {{ mark = "P", source = "own" }}

[[criterion]]
characteristic = "repeatability"
title = {{ zh = "重复性", en = "Repeatability" }}
clause = {{ zh = "{name} 2", en = "{name} 2" }}
requirement.metric = "percent_of_mean_indication"
requirement.unit = "%"
requirement.limit = 2
requirement.sided = "upper"
requirement.comparison = "full-value"
requirement.evidence = {{ mark = "P", source = "own" }}
"""
MILD = TEXT.format(name="mild", passes=1, level=1.0, limit=3)
STRICT = TEXT.format(name="strict", passes=2, level=0.5, limit=0.1)


class Onlooker:
    """Sees an evaluation go by; may end it with an error at the begin of a run."""

    def __init__(self, fails_at=None):
        self._fails_at = fails_at

    def run_began(self, number, item):
        if number == self._fails_at:
            raise InstrumentError("the divider does not answer")

    def __getattr__(self, name):
        return lambda *_: None


def standards():
    return [parse_standard(MILD, "mild.toml"), parse_standard(STRICT, "strict.toml")]


@pytest.fixture
def request_for(simulated_station, tmp_path):
    def make(standard, name):
        return EvaluationRequest(
            simulated_station(),
            standard,
            suite_of(standard),
            tmp_path / f"{name}.sqlite",
            devices=("A", "B"),
            output=tmp_path,
        )

    return make


def judged(verdicts):
    """Standard, device, characteristic and outcome of recorded verdicts."""
    return [(v.get("standard", ""), v["device"], v["characteristic"], v["outcome"]) for v in verdicts]


def test_each_standard_judges_its_own_runs_as_it_does_alone(request_for):
    both = combined_standard(standards())
    request = request_for(both, "both")
    result = evaluate(request, Onlooker())
    assert [item.standards for item in request.items] == [("mild", "strict"), ("mild",), ("strict",)]
    alone = {part.name: evaluate(request_for(part, part.name), Onlooker()).scorecard for part in both.parts}
    for part in result.scorecard.parts:
        own = alone[part.standard]
        assert [score.outcome for score in part.devices] == [score.outcome for score in own.devices]
        for score, by_itself in zip(part.devices, own.devices, strict=True):
            for verdict, lone in zip(score.verdicts, by_itself.verdicts, strict=True):
                assert (verdict.characteristic, verdict.outcome) == (lone.characteristic, lone.outcome)
                assert verdict.standard == part.standard
                assert abs(verdict.value - lone.value) <= verdict.expanded_uncertainty + lone.expanded_uncertainty
    assert [score.outcome for score in result.scorecard.parts[0].devices] == [Outcome.PASS, Outcome.PASS]
    assert result.outcome is result.scorecard.parts[1].outcome
    with Record.open(request.record) as record:
        row = record.evaluation(result.evaluation)
        content = content_from_record(record, result.evaluation)
        runs = {run.number: run.identifier for run in record.runs(result.evaluation)}
        assert recompute(record, result.evaluation).agrees
    assert row.start.standard == "mild+strict"
    assert request_of(row, request.record).standard == both
    assert [standard.digest for standard in content.standards] == [part.digest for part in both.parts]
    linearity, repeats = (
        [(v.standard, v.run) for v in content.devices[0].verdicts if v.characteristic == name]
        for name in ("linearity_error", "repeatability")
    )
    assert linearity == [("mild", runs[1]), ("strict", runs[1])]
    assert repeats == [("mild", runs[2]), ("strict", runs[3])]
    assert content.runs[0].clause.en == "mild 1; strict 1"
    (once,) = (v for v in content.devices[0].once if v.characteristic == "linearity_error")
    assert once.standard == "mild"


def test_one_that_was_interrupted_is_gone_on_with_to_the_same_verdicts(request_for):
    both = combined_standard(standards())
    whole = evaluate(request_for(both, "whole"), Onlooker())
    request = request_for(both, "cut")
    with pytest.raises(InstrumentError, match="the divider does not answer"):
        evaluate(request, Onlooker(fails_at=3))
    with Record.open(request.record) as record:
        (row,) = record.evaluations()
        assert row.state is RunState.INTERRUPTED
        missing = [v for v in record.verdicts(row.identifier) if v["value"] is None]
    assert {(v["standard"], v["characteristic"]) for v in missing} == {("strict", "repeatability")}
    again = resume(request.record, row.identifier, Onlooker())
    assert again.scorecard.parts[0].devices == whole.scorecard.parts[0].devices
    assert [part.outcome for part in again.scorecard.parts] == [part.outcome for part in whole.scorecard.parts]
    with Record.open(request.record) as record:
        assert recompute(record, row.identifier).differences == ()


def test_one_that_is_closed_is_judged_by_what_there_is(request_for):
    request = request_for(combined_standard(standards()), "closed")
    with pytest.raises(InstrumentError):
        evaluate(request, Onlooker(fails_at=2))
    with Record.open(request.record) as record:
        (row,) = record.evaluations()
    assert close(request.record, row.identifier, "", "li") is Outcome.ERROR
    with Record.open(request.record) as record:
        told = {(v["standard"], v["characteristic"]) for v in record.verdicts(row.identifier) if v["value"] is not None}
    assert told == {("mild", "linearity_error"), ("strict", "linearity_error")}


def test_an_excluded_finding_counts_for_none_of_them_and_a_repeat_for_those_that_it_serves(request_for):
    request = request_for(combined_standard(standards()), "amended")
    result = evaluate(request, Onlooker())
    with Record.open(request.record) as record:
        before = judged(record.verdicts(result.evaluation))
        found = record.findings(result.evaluation)
        number = next(
            one.number for one in found if (one.finding.device, one.finding.characteristic) == ("A", "linearity_error")
        )
        exclude(record, result.evaluation, number, "leak", "li")
        after = judged(record.verdicts(result.evaluation))
        changed = [new for old, new in zip(before, after, strict=True) if old != new]
        assert changed == [(name, "A", "linearity_error", "inconclusive") for name in ("mild", "strict")]
        restore(record, result.evaluation, number, "no leak", "li")
        assert judged(record.verdicts(result.evaluation)) == before
        asked = repeat_request(record, result.evaluation, "3", "again", "li")
    assert asked.items == (request.items[2],)
    assert [part.name for part in asked.standard.parts] == ["strict"]
    repeat = evaluate(replace(asked, output=None), Onlooker())
    assert [part.standard for part in repeat.scorecard.parts] == ["strict"]
    assert {v.characteristic for device in repeat.scorecard.devices for v in device.verdicts} == {"repeatability"}
    with Record.open(request.record) as record:
        assert request_of(record.evaluation(repeat.evaluation), request.record).standard == asked.standard
        assert judged(record.verdicts(result.evaluation)) == before
        values = {
            v["standard"]: v["value"] for v in record.verdicts(result.evaluation) if v["characteristic"] == "repeatability"
        }
        taken = next(f for f in repeat.findings if f.device == "B")
        assert values["strict"] == pytest.approx(taken.value)
        assert values["mild"] != pytest.approx(taken.value)
        assert recompute(record, result.evaluation).agrees


def test_plan_and_evaluation_say_which_standard_says_what(simulated_text, tmp_path, capsys):
    files = {"station": simulated_text, "mild": MILD, "strict": STRICT}
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    words = ["--station", str(tmp_path / "station.toml"), "--devices", "A,B"]
    words += ["--standard", str(tmp_path / "mild.toml"), "--standard", str(tmp_path / "strict.toml")]
    for language, saved, passes in (("en", "saved", "passes 2; mild asks for 1"), ("zh", "节省", "轮数 2；mild 要求 1")):
        assert cli.main(["plan", *words, "--language", language]) == 0
        said = capsys.readouterr().out
        assert saved in said
        assert passes in said
    words += ["--language", "zh"]
    assert cli.main(["plan", *words, "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [item["standards"] for item in plan["items"]] == [["mild", "strict"], ["mild"], ["strict"]]
    assert plan["saving"]["saved_s"] > 0
    assert set(plan["saving"]["alone"]) == {"mild", "strict"}
    assert cli.main(["evaluate", *words, "--output", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "mild (mild of 2026)" in said
    assert "strict (strict of 2026)" in said
    with Record.open(tmp_path / "out" / "record.sqlite") as record:
        (row,) = record.evaluations()
        (tmp_path / "again").mkdir()
        _, report = write_results(record, row.identifier, tmp_path / "again", "zh", None)
    assert report.stat().st_size > 10_000
    document = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in document["standards"]] == ["mild", "strict"]
    device = document["devices"][0]
    assert device["verdict_by"]["mild"] == "pass"
    assert {(f["standard"], f["characteristic"]) for f in device["findings"]} == {
        (name, characteristic) for name in ("mild", "strict") for characteristic in ("linearity_error", "repeatability")
    }
