"""EPA's ECMPS test data of real plants: every value and metric as EPA's own check program computed it."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from testbench.criteria.recorded import read_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import load_standard
from testbench.metrology.rounding import round_decimal


def expected_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def scored(path: Path) -> tuple[Result, ...]:
    return score_recorded(read_recorded(path), load_standard("epa-part75"))


def places(text: str) -> int:
    return len(text.partition(".")[2])


def test_linearity(shared_data: Path) -> None:
    results = {(result.test, result.level): result for result in scored(shared_data / "epa_linearity.csv")}
    rows = expected_rows(shared_data / "epa_linearity.expected.csv")
    assert len(rows) == len(results) > 20
    for row in rows:
        result = results[row["test"], row["level"]]
        assert (result.value, result.metric) == (Decimal(row["error"]), row["metric"]), row
        for key in ("mean_reference", "mean_measured"):
            assert round_decimal(result.details[key], 3) == Decimal(row[key]), row


def test_calibration_error(shared_data: Path) -> None:
    results = {(r.test, str(r.date), r.level): r for r in scored(shared_data / "epa_calibration_error.csv")}
    rows = expected_rows(shared_data / "epa_calibration_error.expected.csv")
    assert len(rows) == len(results) > 150
    for row in rows:
        result = results[row["test"], row["date"], row["level"]]
        assert (result.value, result.metric) == (Decimal(row["error"]), row["metric"]), row


def test_relative_accuracy(shared_data: Path) -> None:
    results = {result.test: result for result in scored(shared_data / "epa_rata.csv")}
    rows = expected_rows(shared_data / "epa_rata.expected.csv")
    assert len(rows) == len(results) == 6
    for row in rows:
        details = results[row.pop("test")].details
        for key, written in row.items():
            # A number that was stored to 3 decimals may have lost its last zeros.
            decimals = max(places(written), 2 if key == "relative_accuracy" else 3)
            assert round_decimal(details[key], decimals) == Decimal(written), (row, key)
