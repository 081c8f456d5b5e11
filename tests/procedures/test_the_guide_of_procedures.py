"""The example of docs/procedures.md runs as it stands there: procedure, criteria, recorded data."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from testbench.criteria.judge import judge
from testbench.criteria.recorded import parse_recorded, reading, score_recorded
from testbench.criteria.recorded.registry import kinds
from testbench.criteria.standard import Standard, parse_standard
from testbench.engine.procedure import Procedure
from testbench.engine.roles import Adjustment
from testbench.outcome import Outcome

GUIDE = Path(__file__).resolve().parents[2] / "docs/procedures.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def block(language: str, beginning: str) -> str:
    """The one block of the guide that begins so."""
    (text,) = [text for kind, text in BLOCKS if kind == language and text.startswith(beginning)]
    return text


def module_of(text: str, folder: Path, name: str) -> Iterator[ModuleType]:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture
def procedure(tmp_path: Path) -> Iterator[Procedure]:
    for module in module_of(block("python", '"""Zero return: change'), tmp_path, "guide_zero_return"):
        yield module.zero_return


@pytest.fixture
def kind(tmp_path: Path) -> Iterator[Any]:
    for module in module_of(block("python", '"""Zero return: readings'), tmp_path, "guide_recorded_zero_return"):
        yield module.KIND


@pytest.fixture
def standard() -> Standard:
    return parse_standard(block("toml", "[standard]"), "our-instruction.toml")


def one_sound_device(data: dict[str, Any]) -> None:
    data["devices"] = {"A": data["devices"]["A"]}
    data["devices"]["A"]["truth"] = {"t90_rise_s": 20.0, "t90_fall_s": 20.0, "noise_percent_fs": 0.05}


def found(procedure: Procedure, made: Any, **settings: Any) -> Any:
    procedure.function(made.bench, procedure.configure(settings))
    (finding,) = made.ledger.findings
    return finding


def test_a_sound_device_passes(procedure, standard, simulated_station, direct_bench):
    finding = found(procedure, direct_bench(simulated_station(one_sound_device)))
    assert abs(finding.value) <= finding.expanded_uncertainty < 0.5
    assert judge(finding, standard).outcome is Outcome.PASS


def test_a_zero_that_does_not_come_back_is_found_and_fails(
    procedure, standard, simulated_station, direct_bench, monkeypatch
):
    made = direct_bench(simulated_station(one_sound_device))
    wait = made.bench.wait

    def shift(duration_s: float) -> Any:
        made.plant.adjust("A", Adjustment.ZERO, 0.0, 20.0 * 3.0 / 100.0)
        return wait(duration_s)

    monkeypatch.setattr(made.bench, "wait", shift)
    finding = found(procedure, made, exposure_s=60)
    assert finding.value == pytest.approx(3.0, abs=2.0 * finding.expanded_uncertainty)
    assert finding.details["expressed"]["absolute"]["value"] == pytest.approx(0.2 * finding.value)
    assert judge(finding, standard).outcome is Outcome.FAIL


def test_the_suite_of_the_example_fits_the_procedure(procedure, standard):
    (item,) = standard.suite
    assert item.procedure == procedure.name
    assert procedure.configure(item.settings).exposure_s == 600


def test_recorded_data_of_the_example_are_judged_as_it_says(kind, standard, monkeypatch):
    monkeypatch.setattr(reading, "kinds", lambda: (*kinds(), kind))
    results = score_recorded(parse_recorded(block("csv", "test,parameter"), "zero.csv"), standard)
    assert [(result.value, result.outcome) for result in results] == [
        (Decimal("0.15"), Outcome.PASS),
        (Decimal("1.45"), Outcome.FAIL),
    ]


def test_the_example_is_told_from_all_other_kinds(kind):
    assert [other.name for other in kinds() if set(other.required) <= set(kind.names)] == []
    assert all("zero_after" not in other.names for other in kinds())
