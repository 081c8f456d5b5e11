"""Several standards as one: the text of each is kept, and each judges for itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.criteria.combined import combined_standard, combined_text, only_parts
from testbench.criteria.judge import judge_all
from testbench.criteria.judge_combined import judge_combined
from testbench.criteria.standard import load_standard, parse_standard
from testbench.errors import StandardError
from testbench.findings import Finding
from testbench.outcome import Outcome

HEAD = """
[standard]
name = "{name}"
title = {{ zh = "甲", en = "{name} title" }}
edition = "{name} 1"
basis = {{ zh = "试", en = "test" }}
decision = "{decision}"
"""
CRITERION = """
[[criterion]]
characteristic = "{characteristic}"
title = {{ zh = "线性", en = "Linearity" }}
clause = {{ zh = "1", en = "1" }}
[criterion.requirement]
metric = "percent_of_full_scale"
unit = "%F.S."
limit = {limit}
sided = "two"
comparison = "full-value"
evidence = {{ mark = "P", source = "own" }}
"""
CONDITION = """
[[conditions]]
quantity = "temperature"
{bounds}
unit = "{unit}"
evidence = {{ mark = "P", source = "own" }}
"""


def written(name, *criteria, decision="simple-acceptance", bounds="", unit="°C"):
    text = HEAD.format(name=name, decision=decision)
    text += CONDITION.format(bounds=bounds, unit=unit) if bounds else ""
    text += "".join(CRITERION.format(characteristic=characteristic, limit=limit) for characteristic, limit in criteria)
    return parse_standard(text, f"{name}.toml")


def finding(characteristic="linearity_error", value=1.5, device="A"):
    return Finding(device, characteristic, value, "%F.S.", 0.1, 2.0)


def test_the_file_of_several_standards_gives_the_same_standards_back():
    parts = [load_standard("hj76-2017"), written("lab", ("linearity_error", 1))]
    combined = combined_standard(parts)
    assert combined.name == "hj76-2017+lab"
    assert parse_standard(combined.text, "combined.toml") == combined
    assert [part.digest for part in combined.parts] == [part.digest for part in parts]
    assert [part.text for part in combined.parts] == [part.text for part in parts]


@settings(max_examples=100, derandomize=True)
@given(comment=st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from('"\\\t\n#'), max_size=60))
def test_any_text_of_a_standard_is_kept_as_it_is(comment):
    lines = "\n".join(f"# {line}" for line in comment.split("\n"))
    for end in ("\n", "\r\n", ""):
        text = HEAD.format(name="odd", decision="simple-acceptance") + lines + end
        odd = parse_standard(text, "odd.toml")
        combined = combined_standard([odd, written("lab")])
        assert parse_standard(combined.text, "combined.toml").parts[0].text == text


def test_one_standard_stays_as_it_is():
    alone = written("lab")
    assert combined_standard([alone]) is alone


def test_a_standard_that_is_named_twice_is_refused():
    with pytest.raises(StandardError, match="standard lab is named twice"):
        combined_standard([written("lab"), written("lab", ("linearity_error", 1))])


def test_a_text_that_was_changed_is_refused():
    text = combined_text([written("lab", ("linearity_error", 1)), written("other")])
    with pytest.raises(StandardError, match=r"combined\[1\]: the text of lab does not fit its digest"):
        parse_standard(text.replace("limit = 1", "limit = 9"), "combined.toml")
    with pytest.raises(StandardError, match="suite: no such key beside"):
        parse_standard("suite = 1\n" + text, "combined.toml")
    with pytest.raises(StandardError, match=r"combined\[1\]: give `name`, `digest` and `text`"):
        parse_standard('[[combined]]\nname = "lab"\n', "combined.toml")


def test_the_room_must_suit_all_of_them():
    wide, narrow = written("wide", bounds="lower = 5\nupper = 40"), written("narrow", bounds="upper = 25")
    (joint,) = combined_standard([wide, narrow]).conditions
    assert (joint.lower, joint.upper) == (5, 25)
    with pytest.raises(StandardError, match="warm asks for a temperature of at least 30 °C, narrow for at most 25 °C"):
        combined_standard([wide, narrow, written("warm", bounds="lower = 30")])
    with pytest.raises(StandardError, match="wide states its temperature in °C, other in K"):
        combined_standard([wide, written("other", bounds="lower = 280", unit="K")])


def test_each_standard_judges_the_findings_of_the_runs_that_serve_it():
    strict, mild = written("strict", ("linearity_error", 1)), written("mild", ("linearity_error", 2), ("drift", 2))
    findings = [finding(value=0.5), finding(value=1.5), finding("drift", 2.5), finding("repeatability", 1.0)]
    serves = [["strict"], ["mild"], ["mild"], ()]
    scorecard = judge_combined(findings, serves, combined_standard([strict, mild]), "CO2", devices=["A", "B"])
    device, silent = scorecard.devices
    told = [(verdict.standard, verdict.characteristic, verdict.value, verdict.outcome) for verdict in device.verdicts]
    assert told == [
        ("strict", "linearity_error", 0.5, Outcome.PASS),
        ("mild", "linearity_error", 1.5, Outcome.PASS),
        ("mild", "drift", 2.5, Outcome.FAIL),
    ]
    assert [(verdict.standard, verdict.characteristic) for verdict in device.without_criterion] == [("", "repeatability")]
    assert [part.outcome for part in scorecard.parts] == [Outcome.INCONCLUSIVE, Outcome.FAIL]
    assert silent.outcome is Outcome.INCONCLUSIVE
    assert scorecard.outcome is Outcome.FAIL


def test_a_finding_that_serves_all_gets_from_each_the_verdict_that_it_gives_alone():
    parts = [
        written("simple", ("linearity_error", 1.5)),
        written("guarded", ("linearity_error", "1.5"), decision="guarded-acceptance"),
    ]
    scorecard = judge_combined([finding(value=1.45)], [()], combined_standard(parts), "CO2")
    for part, own in zip(parts, scorecard.parts, strict=True):
        (alone,) = judge_all([finding(value=1.45)], part, "CO2").devices[0].verdicts
        (judged,) = own.devices[0].verdicts
        assert (judged.outcome, judged.reason, judged.standard) == (alone.outcome, alone.reason, part.name)
    assert [part.outcome for part in scorecard.parts] == [Outcome.PASS, Outcome.INCONCLUSIVE]


def test_a_part_of_several_standards_asks_for_its_own_criteria_alone():
    combined = combined_standard([written("one", ("linearity_error", 1)), written("two", ("drift", 1))])
    assert [criterion.characteristic for criterion in only_parts(combined, ["two"]).criteria] == ["drift"]
    assert only_parts(combined, ()) is combined
    restricted = combined.restricted_to(["drift"])
    assert [[c.characteristic for c in part.criteria] for part in restricted.parts] == [[], ["drift"]]
