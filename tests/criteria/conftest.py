"""Criteria files and test data that several tests of this folder use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import Standard, load_standard, parse_standard

HEAD = """
[standard]
name = "example"
title = { zh = "示例", en = "Example" }
edition = "1"
basis = { zh = "示例", en = "example" }
decision = "DECISION"

[[criterion]]
characteristic = "error"
title = { zh = "误差", en = "Error" }
clause = { zh = "1", en = "1" }
"""


@pytest.fixture
def make_standard() -> Callable[..., Standard]:
    """A standard with one criterion for "error", from the TOML of its body."""

    def make(body: str, decision: str = "simple-acceptance") -> Standard:
        return parse_standard(HEAD.replace("DECISION", decision) + body, "example.toml")

    return make


@pytest.fixture
def one_limit(make_standard: Callable[..., Standard]) -> Callable[..., Standard]:
    """A standard with one limit for "error" in percent."""

    def make(
        limit: str = "2",
        sided: str = "two",
        mark: str = 'mark = "P"',
        rounding: str = "",
        decision: str = "simple-acceptance",
    ) -> Standard:
        compared = rounding or 'comparison = "full-value"'
        return make_standard(
            f'requirement = {{ metric = "percent", unit = "%", limit = {limit}, sided = "{sided}", {compared}, '
            f"evidence = {{ {mark} }} }}\n",
            decision,
        )

    return make


@pytest.fixture
def score() -> Callable[..., tuple[Result, ...]]:
    """Score text as it would stand in a file."""

    def make(text: str, standard: str = "epa-part75") -> tuple[Result, ...]:
        return score_recorded(parse_recorded(text, "data.csv"), load_standard(standard))

    return make


@pytest.fixture
def shared_data() -> Path:
    """Published test data beside the working tree; tests that need them are skipped without them."""
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the published test data are not here")
    return folder
