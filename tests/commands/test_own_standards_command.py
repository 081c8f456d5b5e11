"""`testbench standards copy, confirm, lock, new-version, check`: what is said, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testbench.cli import main
from testbench.criteria.folder import VARIABLE
from testbench.criteria.standard import load_standard

CONFIRM = ("standards", "confirm", "ours", "--criterion", "linearity_error", "--measurand", "SO2", "--language", "en")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_a_figure_is_confirmed_locked_and_shown(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["standards", "copy", "hj76-2017", "--as", "ours", "--language", "en"]) == 0
    assert main([*CONFIRM, "--by", "Li Wei", "--edition", "HJ 76-2017, page 12", "--limit", "2.5"]) == 0
    assert "confirmed, ±2 %F.S. [M 85 %] -> ±2.5 %F.S. [P]" in capsys.readouterr().out
    assert main(["standards", "lock", "ours", "--by", "Li Wei", "--language", "en"]) == 0
    assert load_standard("ours").digest in capsys.readouterr().out
    assert main(["standards", "show", "ours", "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "criteria file: version 1, locked by Li Wei on " in out
    assert "copied from: hj76-2017@1 sha256:" in out
    assert ": HJ 76-2017, page 12 (before: M 85 %, 2)" in out
    assert main(["standards", "show", "ours", "--language", "zh"]) == 0
    assert "此前 M 85 %, 2" in capsys.readouterr().out
    assert main(["standards", "list", "--language", "en"]) == 0
    assert any(line.startswith("ours ") for line in capsys.readouterr().out.splitlines())


def test_a_locked_file_asks_for_a_new_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "copy", "hj76-2017", "--as", "ours"]) == 0
    assert main(["standards", "lock", "ours", "--by", "Li"]) == 0
    assert main([*CONFIRM, "--by", "Li", "--edition", "page 12"]) == 2
    assert "testbench standards new-version ours" in capsys.readouterr().err
    assert main(["standards", "new-version", "ours", "--language", "en"]) == 0
    assert "is version 2 now" in capsys.readouterr().out
    assert main([*CONFIRM, "--by", "Li", "--edition", "page 12"]) == 0


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["confirm", "ours", "--by", "Li", "--edition", "p"], "which figure? --criterion"),
        ([*CONFIRM[1:], "--edition", "p"], "say who confirms"),
        ([*CONFIRM[1:], "--by", "Li", "--edition", "p", "--limit", "2,5"], "write a number from 0 on"),
        (["lock", "ours"], "say who locks"),
        (["copy"], "which standard?"),
        (["burn", "ours"], "'burn' is none of list, show, check"),
    ],
)
def test_what_is_missing_is_asked_for(capsys: pytest.CaptureFixture[str], options: list[str], problem: str) -> None:
    assert main(["standards", "copy", "hj76-2017", "--as", "ours"]) == 0
    assert main([options[0] if options[0] == "standards" else "standards", *options]) == 2
    assert problem in capsys.readouterr().err


def test_check_tells_every_flaw_and_ends_with_status_2(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["standards", "copy", "epa-ps2", "--as", "ours"]) == 0
    assert main(["standards", "check", "ours", "--language", "en"]) == 0
    path = folder / "ours.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"relative_accuracy"', '"relative_acuracy"'), encoding="utf-8")
    capsys.readouterr()
    assert main(["standards", "check", "ours", "--language", "en"]) == 2
    assert "did you mean relative_accuracy? [error]" in capsys.readouterr().out
    assert main(["standards", "check", str(path), "--json"]) == 2
    flaws = json.loads(capsys.readouterr().out)["flaws"]
    assert {"place", "weight", "zh", "en"} == set(flaws[0])


@pytest.mark.parametrize(
    ("written", "instead", "english", "chinese"),
    [
        ("limit = 2.5", "limit = -2.5", "Input should be greater than or equal to 0 [error]", "须大于或等于 0 [错误]"),
        ("settings.days", "settings.dayz", "dayz: no such key; did you mean 'days'?", "没有此项"),
        ('unit = "%"\n', "", ".unit: is missing [error]", "缺少此项 [错误]"),
    ],
)
def test_what_is_wrong_in_the_form_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, written: str, instead: str, english: str, chinese: str
) -> None:
    path = tmp_path / "draft.toml"
    text = load_standard("epa-ps2").text
    assert written in text
    path.write_text(text.replace(written, instead), encoding="utf-8")
    for language, words in (("en", english), ("zh", chinese)):
        assert main(["standards", "check", str(path), "--language", language]) == 2
        assert words in capsys.readouterr().out


def test_a_criteria_file_that_is_not_there_or_not_utf_8_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    assert main(["standards", "check", str(path), "--language", "en"]) == 2
    assert "draft.toml does not exist" in capsys.readouterr().err
    path.write_bytes("# 标准".encode("gbk"))
    assert main(["standards", "check", str(path), "--language", "zh"]) == 2
    assert "不是 UTF-8 文本" in capsys.readouterr().err


def test_a_file_under_the_name_of_a_standard_of_the_program_is_refused_not_taken_for_it(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "epa-ps2.toml").write_text(load_standard("epa-ps2").text, encoding="utf-8")
    assert main(["standards", "show", "epa-ps2", "--language", "en"]) == 2
    assert "epa-ps2.toml would stand for it unseen; rename this file" in capsys.readouterr().err
    assert main(["standards"]) == 2
    assert "epa-ps3" in capsys.readouterr().out


def test_a_broken_file_of_the_laboratory_hides_no_other(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "broken.toml").write_text("[standard", encoding="utf-8")
    assert main(["standards"]) == 2
    out = capsys.readouterr().out
    assert "hj76-2017" in out
    assert "broken.toml is not valid TOML" in out
