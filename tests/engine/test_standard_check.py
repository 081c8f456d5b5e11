"""Checking criteria files: what comes with the program is clean, and every flaw of another is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbench.criteria.flaws import Weight
from testbench.criteria.standard import shipped_standards
from testbench.engine.standard_check import check_standard, check_text, errors
from testbench.errors import StandardError

HEAD = """
[standard]
name = "ours"
title = { zh = "示例", en = "Example" }
edition = "1"
basis = { zh = "示例", en = "example" }
"""
SAME = 'sided = "upper", comparison = "full-value", evidence = { mark = "P" }'


def criterion(body: str, characteristic: str = "linearity_error") -> str:
    return f"""
[[criterion]]
characteristic = "{characteristic}"
title = {{ zh = "示例", en = "Example" }}
clause = {{ zh = "1", en = "1" }}
{body}
"""


def requirement(metric: str = "percent", unit: str = "%", limit: str = "2") -> str:
    return f'requirement = {{ metric = "{metric}", unit = "{unit}", limit = {limit}, {SAME} }}'


def tiers(*bounds: str) -> str:
    entries = "".join(f'    {{ {bound}, metric = "percent", unit = "%", limit = 2, {SAME} }},\n' for bound in bounds)
    return f'selector = "reference_mean"\ntiers = [\n{entries}]'


def told(body: str) -> list[str]:
    return [f"{flaw.place}: {flaw.text.en}" for flaw in errors(check_text(HEAD + body, "ours.toml"))]


@pytest.mark.parametrize("name", shipped_standards())
def test_every_standard_that_comes_with_the_program_is_clean(name: str) -> None:
    assert [(flaw.place, flaw.text.en) for flaw in errors(check_standard(name))] == []


@pytest.mark.parametrize(
    ("body", "place", "what"),
    [
        (criterion(tiers("upper = 50", "lower = 40")), ".tiers[1] / tiers[2]", "overlap: 40 ≤ reference_mean ≤ 50"),
        (criterion(tiers("upper = 50, upper_closed = true", "lower = 50")), ".tiers[1] / tiers[2]", "overlap"),
        (criterion(tiers("lower = 10", "upper = 20")), ".tiers[2] / tiers[1]", "overlap: 10 ≤ reference_mean ≤ 20"),
        (criterion(tiers("upper = 50", "lower = 60")), ".tiers[1] / tiers[2]", "gap between the tiers: 50 … 60"),
        (
            criterion(tiers("upper = 50", "lower = 50, lower_closed = false")),
            ".tiers[1]",
            "gap between the tiers: reference_",
        ),
        (criterion(requirement(), "linearity_eror"), ".characteristic", "did you mean linearity_error?"),
        (criterion(requirement(unit="")), ".requirement.unit", "the limit 2 has no unit"),
        (criterion(requirement("percent_of_full_scale", "%")), ".requirement.unit", "% does not fit percent_of_full_scale"),
        (criterion(requirement("seconds", "min")), ".requirement.unit", "min does not fit seconds"),
        (criterion(requirement("percent", "ppm")), ".requirement.unit", "ppm does not fit percent"),
        (criterion(requirement().replace("limit", "limmit")), ".requirement.limit", "is missing"),
        (criterion(requirement(), ""), "criterion[1].characteristic", "at least 1 character"),
        (criterion(requirement().replace("limit = 2", "limit = 1e400")), ".requirement.limit", "less than or equal to"),
        (criterion(requirement().replace("limit = 2", "limit = 1e-40")), ".requirement.limit", "no more than 30 decimal"),
        (criterion('units = ["ppm"]\n' + requirement("absolute", "ppn")), ".requirement.unit", "ppn is no unit of the data"),
        (
            criterion('measurands = ["SO2"]\nnot_for = ["so₂"]\n' + requirement()),
            "criterion[1] (linearity_error).not_for",
            "the criterion never applies",
        ),
        (
            criterion(requirement()) + '[[suite]]\nprocedure = "linearty"\n',
            "suite[1] (linearty).procedure",
            "unknown procedure 'linearty'",
        ),
        (
            criterion(requirement()) + '[[suite]]\nprocedure = "linearity"\nsettings.pases = 3\n',
            "suite[1] (linearity).settings",
            "did you mean 'passes'?",
        ),
    ],
)
def test_a_flaw_is_told_with_its_place(body: str, place: str, what: str) -> None:
    found = [line for line in told(body) if what in line]
    assert found, told(body)
    assert place in found[0]


def alternative(more: str, limit: str = "5") -> str:
    return f'    {{ value = "difference", metric = "absolute", unit = "ppm", limit = {limit}, {SAME}{more} }},\n'


@pytest.mark.parametrize(
    ("units", "alternatives", "what"),
    [
        ("", alternative("") + alternative("", "4"), "alternatives[2]: alternatives[1] allows as much"),
        ('units = ["ppm"]', alternative(', units = ["%"]'), "alternatives[1].units: none of its units"),
        (
            "",
            alternative(', conditions = [{ variable = "span", upper = 5 }, { variable = "span", lower = 5 }]'),
            "alternatives[1].conditions: no span meets all conditions",
        ),
    ],
)
def test_an_alternative_that_is_never_reached_is_told(units: str, alternatives: str, what: str) -> None:
    (line,) = told(criterion(f"{units}\n{requirement()}\nalternatives = [\n{alternatives}]"))
    assert what in line


def test_tiers_and_alternatives_that_fit_are_no_flaws() -> None:
    assert told(criterion(tiers("upper = 50", "lower = 50, upper = 250", "lower = 250"))) == []
    different = alternative("", "4") + alternative("", "5")
    touching = alternative(
        ', conditions = [{ variable = "span", upper = 5, upper_closed = true }, { variable = "span", lower = 5 }]'
    )
    assert told(criterion(f"{requirement()}\nalternatives = [\n{different}{touching}]")) == []


def test_every_flaw_is_told_at_once() -> None:
    body = (
        criterion(tiers("upper = 50", "lower = 40"), "colour")
        + criterion(requirement(unit=""))
        + "[[suite]]\nprocedure = 'x'\n"
    )
    places = [line.partition(": ")[0] for line in told(body)]
    assert "criterion[1] (colour).characteristic" in places
    assert "criterion[1] (colour).tiers[1] / tiers[2]" in places
    assert "criterion[2] (linearity_error).requirement.unit" in places
    assert "suite[1] (x).procedure" in places
    assert "suite[1].clause" in places


def test_a_criterion_that_the_suite_leaves_is_a_note() -> None:
    suite = '[[suite]]\nprocedure = "drift"\nclause = { zh = "1", en = "1" }\nevidence = { mark = "P" }\n'
    (flaw,) = check_text(HEAD + criterion(requirement()) + suite, "ours.toml")
    assert (flaw.weight, flaw.place) == (Weight.NOTE, "criterion[1] (linearity_error)")


def test_a_variable_that_nothing_is_known_to_give_is_a_note() -> None:
    misspelt = tiers("upper = 50", "lower = 50").replace('"reference_mean"', '"refrence_mean"')
    (flaw,) = check_text(HEAD + criterion(misspelt), "ours.toml")
    assert (flaw.weight, flaw.place) == (Weight.NOTE, "criterion[1] (linearity_error).selector")
    assert "the variable refrence_mean; did you mean reference_mean?" in flaw.text.en


def test_a_suite_that_is_no_list_of_tables_is_told() -> None:
    (flaw,) = check_text("suite = [1]\n" + HEAD, "ours.toml")
    assert (flaw.place, "valid dictionary" in flaw.text.en) == ("suite[1]", True)


@pytest.mark.parametrize(
    ("name", "what"),
    [("hj76-2017", "comes with the program"), ("../mine", "letters, digits"), ("", "letters, digits")],
)
def test_a_file_has_a_name_of_its_own(tmp_path: Path, name: str, what: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text((HEAD + criterion(requirement())).replace('name = "ours"', f'name = "{name}"'), encoding="utf-8")
    (flaw,) = check_standard(path)
    assert (flaw.place, what in flaw.text.en) == ("standard.name", True)


def test_a_lock_that_does_not_fit_is_one_flaw() -> None:
    lock = '[lock]\nby = "li"\nat = 2026-11-23T14:10:00+08:00\nsha256 = "00"\n'
    (flaw,) = check_text(HEAD + criterion(requirement()) + lock, "ours.toml")
    assert flaw.place == "lock"
    assert "was changed since" in flaw.text.en


def test_a_file_that_is_no_toml_or_not_there_is_told(tmp_path: Path) -> None:
    (flaw,) = check_text("[standard", "ours.toml")
    assert "not valid TOML" in flaw.text.en
    (flaw,) = check_text("a = " + "[" * 9999, "ours.toml")
    assert "not valid TOML" in flaw.text.en
    with pytest.raises(StandardError, match="does not exist"):
        check_standard(tmp_path / "none.toml")
    with pytest.raises(StandardError, match="no standard 'zzz'"):
        check_standard("zzz")
