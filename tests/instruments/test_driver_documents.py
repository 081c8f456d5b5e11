"""The documents of drivers and simulated laboratory name all that there is, and their examples are valid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from instruments.condition_registers import condition_profile_names
from instruments.divider_registers import divider_profile_names
from instruments.divider_text import SHIPPED as ascii_dividers  # noqa: N811
from instruments.fan_drive_profile import fan_drive_names
from instruments.register_profile import parse_profile, profile_names
from instruments.text_grammar import fits
from instruments.text_profile import TextProfile, text_profile_names
from instruments.twin import duct_truth, truth
from testbench.engine.registry import driver_names, find_driver

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def drivers() -> str:
    return (DOCS / "drivers.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def laboratory() -> str:
    return (DOCS / "simulated-laboratory.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", driver_names())
def test_every_driver_has_a_row_that_agrees_with_it_about_hardware(name: str, drivers: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", drivers, re.MULTILINE)
    driver = find_driver(name, "here")
    said = [
        bool(re.search("not against hardware|unverified against hardware|none is verified", text))
        for text in (row, driver.verified)
    ]
    assert said[0] is said[1]
    assert said[1] or "resource" not in driver.Settings.model_fields, "no driver has met its instrument"


@pytest.mark.parametrize("name", [*fan_drive_names(), *condition_profile_names()])
def test_every_profile_of_a_fan_drive_and_of_conditions_is_named(name: str, drivers: str) -> None:
    assert f"`{name}`" in drivers


@pytest.mark.parametrize("name", profile_names())
def test_every_shipped_profile_has_a_row(name: str, drivers: str) -> None:
    assert f"| `{name}` |" in drivers


@pytest.mark.parametrize("name", [*divider_profile_names(), *text_profile_names(ascii_dividers), *text_profile_names()])
def test_every_shipped_profile_of_a_divider_and_of_text_has_a_row(name: str, drivers: str) -> None:
    assert f"| `{name}` |" in drivers


def test_the_example_of_a_profile_is_one(drivers: str) -> None:
    example = next(text for text in re.findall(r"```toml\n(.*?)```", drivers, re.DOTALL) if text.startswith("name ="))
    profile = parse_profile(example, "docs/drivers.md")
    assert profile.status is not None
    request = profile.joint_request(profile.quantity("CO2"), profile.status)
    assert request is not None, "value and status come with one request"
    assert (request.address, request.count) == (8, 2)


def test_the_example_of_a_text_profile_is_one_and_reads_what_its_text_says(drivers: str) -> None:
    examples = [text for text in re.findall(r"```toml\n(.*?)```", drivers, re.DOTALL) if text.startswith("name =")]
    (entry,) = TextProfile.model_validate(tomllib.loads(examples[1])).quantities.values()
    for said, value in (("CO2 4.503 % OK", "4.503"), ("CO2 ---- % WARM", "----")):
        assert f"`{said}`" in drivers
        read = fits(entry.answer, said)
        assert read is not None
        assert read["value"] == value
        assert (read["status"] in entry.flags) is (value in entry.no_value)


@pytest.mark.parametrize(
    "table",
    [
        truth.AnalyserTruth,
        truth.ControllerTruth,
        truth.CylinderTruth,
        truth.DividerTruth,
        truth.LineTruth,
        truth.SensorTruth,
        duct_truth.FanTruth,
        duct_truth.DuctTruth,
        duct_truth.ReferenceVelocityTruth,
        duct_truth.DifferentialPressureTruth,
        duct_truth.VelocityDeviceTruth,
    ],
)
def test_every_key_of_a_truth_table_is_listed(table: type[truth.Truth], laboratory: str) -> None:
    assert [key for key in table.model_fields if f"`{key}`" not in laboratory] == []
