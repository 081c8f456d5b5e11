"""Criteria files: what stands in those of the product, and what is said about a wrong one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from testbench.criteria.standard import Standard, list_standards, load_standard, parse_standard
from testbench.errors import StandardError

MakeStandard = Callable[..., Standard]
GOOD = 'requirement = { metric = "percent", unit = "%", limit = 2, sided = "two", comparison = "full-value", evidence = E }'


@pytest.mark.parametrize("name", list_standards())
def test_every_standard_of_the_product_loads_under_its_own_name(name: str) -> None:
    standard = load_standard(name)
    assert standard.name == name
    assert standard.criteria or name in {"flow-bench", "controlled-release"}  # protocols without limits
    for criterion in standard.criteria:
        assert criterion.title.zh != criterion.title.en
        assert all(requirement.evidence.source for requirement in criterion.requirements)


def test_hj76_has_the_laboratory_items_in_the_order_of_an_evaluation() -> None:
    standard = load_standard("hj76-2017")
    assert [entry.procedure for entry in standard.suite] == [
        "warm-up",
        "linearity",
        "repeatability",
        "response-time",
        "temperature-influence",
        "sample-flow-influence",
        "voltage-influence",
        "interference",
        "vibration",
        "converter-efficiency",
        "parallelism",
        "drift",
    ]
    assert standard.suite[1].settings == {"levels": [0.2, 0.4, 0.6, 0.8], "passes": 3, "zero_between": True, "span": 1.0}
    assert all(type(level) is float for level in standard.suite[1].settings["levels"])
    limits = {
        c.characteristic: (c.requirements[0].limit, c.requirements[0].sided.value)
        for c in standard.criteria
        if c.applies_to("NOx", None)
    }
    assert limits == {
        "linearity_error": (2, "two"),
        "repeatability": (2, "upper"),
        "response_time_rise": (120, "upper"),
        "response_time_fall": (120, "upper"),
        "zero_drift_24h": (2, "two"),
        "span_drift_24h": (2, "two"),
        "zero_drift_week": (3, "two"),
        "span_drift_week": (3, "two"),
        "temperature_influence_span": (5, "two"),
        "sample_flow_influence_span": (2, "two"),
        "voltage_influence_span": (2, "two"),
        "interference_positive_zero": (5, "two"),
        "interference_negative_zero": (5, "two"),
        "vibration_influence": (2, "two"),
        "converter_efficiency": (95, "lower"),
        "parallelism": (5, "upper"),
    }
    assert standard.provisional_figures == len(standard.criteria)


def test_limits_are_the_decimal_numbers_of_the_file(make_standard: MakeStandard) -> None:
    standard = make_standard(GOOD.replace("limit = 2", "limit = 0.1").replace("E", '{ mark = "P" }'))
    assert standard.criteria[0].requirements[0].limit == Decimal("0.1")


def test_a_laboratorys_own_file_is_loaded_by_its_path(tmp_path: Path, one_limit: MakeStandard) -> None:
    from importlib import resources

    text = (resources.files("testbench.criteria") / "standards" / "hj76-2017.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('name = "hj76-2017"', 'name = "ours"'), encoding="utf-8")
    for path in (own, str(own)):
        assert load_standard(path).name == "ours"
    assert load_standard(own).digest == hashlib.sha256(own.read_text(encoding="utf-8").encode()).hexdigest()
    assert load_standard(own).digest != load_standard("hj76-2017").digest


@pytest.mark.parametrize("name", ["hj76", "HJ76-2017", "hj-76-2017"])
def test_an_unknown_name_gets_the_known_ones_and_the_nearest(name: str) -> None:
    with pytest.raises(StandardError, match="did you mean 'hj76-2017'") as caught:
        load_standard(name)
    assert "epa-part75" in str(caught.value)
    assert caught.value.exit_status == 2


def test_a_name_like_none_gets_the_known_ones_only() -> None:
    with pytest.raises(StandardError) as caught:
        load_standard("zzz")
    assert "did you mean" not in str(caught.value)
    assert "epa-part75" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match=r"none\.toml does not exist"):
        load_standard(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StandardError, match=r"binary\.toml: not UTF-8 text"):
        load_standard(tmp_path / "binary.toml")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("requirement = ", "not valid TOML"),
        (GOOD.replace("limit = 2", "limit = -2"), "criterion[1].requirement.limit"),
        (GOOD.replace("limit = 2", "limit = nan"), "criterion[1].requirement.limit"),
        (GOOD.replace('"two"', '"both"'), "criterion[1].requirement.sided"),
        (GOOD.replace("unit", "units"), "criterion[1].requirement.units: no such key"),
        (GOOD.replace("E", '{ mark = "M" }'), "needs a confidence"),
        (GOOD.replace("E", '{ mark = "X" }'), "criterion[1].requirement.evidence.mark"),
        (GOOD.replace('comparison = "full-value"', "rounding = { decimals = 1 }, " + 'comparison = "full-value"'), "either"),
        ('selector = "x"', "either a requirement or tiers"),
        (GOOD + '\nselector = "x"', "selector"),
        (GOOD.replace("sided", 'grades = [{ name = "a", limit = 1 }], sided'), "best first"),
        (GOOD + '\nexemption = { when = { variable = "x" }, clause = "1", evidence = E }', "give lower, upper or both"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_key(make_standard: MakeStandard, body: str, problem: str) -> None:
    with pytest.raises(StandardError) as caught:
        make_standard(body.replace("evidence = E", 'evidence = { mark = "P" }'))
    message = str(caught.value)
    assert message.startswith("criteria file example.toml")
    assert problem in message
    assert "\n" not in message


def test_two_criteria_for_one_thing_are_refused(make_standard: MakeStandard) -> None:
    good = GOOD.replace("E", '{ mark = "P" }')
    second = f"""
[[criterion]]
characteristic = "error"
title = {{ zh = "误差", en = "Error" }}
clause = {{ zh = "1", en = "1" }}
measurands = ["SO2"]
{good}
"""
    with pytest.raises(StandardError, match="two criteria for error"):
        make_standard(f"{good}\n{second}")
    assert len(make_standard(f'{good}\nmeasurands = ["NOx"]\n{second}').criteria) == 2


def test_an_empty_file_says_what_is_missing() -> None:
    with pytest.raises(StandardError, match="standard: is missing"):
        parse_standard("", "empty.toml")
    with pytest.raises(StandardError, match="digest: no such key"):
        parse_standard('digest = "x"', "forged.toml")


def test_a_criterion_is_found_by_measurand_and_unit() -> None:
    standard = load_standard("epa-part75")
    concentration = standard.criterion_for("relative_accuracy", "nox", "PPM")
    rate = standard.criterion_for("relative_accuracy", "NOx", "lb/mmBtu")
    assert concentration is not None
    assert rate is not None
    assert concentration.alternatives[0].limit == 15
    assert rate.alternatives[0].limit == Decimal("0.020")
    assert standard.criterion_for("relative_accuracy", "Hg", "ug/m3") is None
    assert standard.criterion_for("relative_accuracy", "NOx", "mg/m3") is None
