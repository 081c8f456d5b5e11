"""`testbench score`: what stands on the screen and in the JSON, and the exit status."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from testbench.cli import main

LINEARITY = """\
test,parameter,unit,span,level,reference,measured
[bold]Unit#1,SO2,ppm,500,low,125,125
[bold]Unit#1,SO2,ppm,500,low,125,125
[bold]Unit#1,SO2,ppm,500,low,125,125
[bold]Unit#1,SO2,ppm,500,high,450,400
[bold]Unit#1,SO2,ppm,500,high,450,400
[bold]Unit#1,SO2,ppm,500,high,450,400
T2,SO2,ppm,500,mid,270,270
"""
AUDIT = "test,parameter,unit,run,used,cems,reference\n" + "".join(f"R,NOx,ppm,{n},1,85,100\n" for n in range(1, 10))


@pytest.fixture
def linearity(tmp_path: Path) -> str:
    path = tmp_path / "linearity.csv"
    path.write_text(LINEARITY, encoding="utf-8")
    return str(path)


def test_the_table_has_every_result_whole_and_ends_with_a_summary(
    linearity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", linearity, "--standard", "epa-part75"]) == 0
    lines = capsys.readouterr().out.splitlines()
    high = next(line for line in lines if "high" in line)
    assert high.split() == ["[bold]Unit#1", "SO2", "high", "11.1", "%", "≤", "5.0", "%", "percent", "fail"]
    assert "T2: not judged: 1 of 3 injections at this level" in lines
    assert "[bold]Unit#1: the test lacks the level mid" in lines
    assert lines[-1] == "epa-part75: 3 results: 1 pass, 1 fail, 1 inconclusive"


def test_an_audit_shows_tier_bias_test_and_factor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "audit.csv").write_text(AUDIT, encoding="utf-8")
    assert main(["score", str(tmp_path / "audit.csv"), "--standard", "epa-part75"]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("R "))
    assert row.split()[2:5] == ["semi", "fail", "1.111"]
    assert "capped at 1.111" in out


def test_chinese_results_have_no_english_words(linearity: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "audit.csv").write_text(AUDIT + "".join(f"Q,NOx,ppm,{n},1,85,{90 + n}\n" for n in (1, 2)), encoding="utf-8")
    assert main(["score", linearity, "--standard", "epa-part75", "--language", "zh"]) == 0
    assert main(["score", str(tmp_path / "audit.csv"), "--standard", "epa-part75", "--language", "zh"]) == 0
    out = capsys.readouterr().out
    for words in (
        "指标要求",
        "3 个结果：1 合格，1 不合格，1 无法判定",
        "此浓度点只有 1 次通气",
        "缺少浓度点 高, 低",
        "每半年一次",
        "偏差检验",
    ):
        assert words in out
    assert set(re.findall(r"(?<![-#\w.])[a-z]{3,}", out)) == {"epa", "ppm", "bold"}


def test_json_is_one_object_with_full_precision(linearity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", linearity, "--standard", "epa-part75", "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert scored["standard"] == "epa-part75"
    assert [(r["test"], r["level"], r["value"], r["verdict"]) for r in scored["results"]] == [
        ("[bold]Unit#1", "low", 0.0, "pass"),
        ("[bold]Unit#1", "high", 11.1, "fail"),
        ("T2", "mid", 0.0, "inconclusive"),
    ]
    assert scored["results"][1]["details"]["percent_of_reference"] == pytest.approx(100 / 9, abs=1e-12)


def test_an_output_that_knows_only_ascii_gets_only_ascii(linearity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["score", linearity, "--standard", "epa-part75"]) == 0
    out.seek(0)
    written = out.read()
    assert "<= 5.0 %" in written
    assert "\\u" not in written


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_bad_row_gives_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(LINEARITY + "T2,SO2,ppm,500,mid,270,inf\n", encoding="utf-8")
    assert main(["score", str(path), "--standard", "epa-part75", *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith(f"testbench: {path}, line 9, column measured: 'inf' is not a number")


def test_an_unknown_standard_gives_status_2_and_the_known_ones(linearity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", linearity, "--standard", "epa-75"]) == 2
    assert "epa-part75" in capsys.readouterr().err


def test_a_standard_that_is_named_twice_is_refused(linearity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", linearity, "--standard", "epa-part75", "--standard", "epa-part75"]) == 2
    assert "standard epa-part75 is named twice; leave one" in capsys.readouterr().err


def test_the_help_states_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["score", "--help"])
    assert "0 scored, whatever the verdicts" in capsys.readouterr().out
