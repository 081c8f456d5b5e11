"""Errors are printed in the language that was asked for, else in that of the system."""

import pytest

from testbench import cli
from testbench.commands import options


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("zh", "testbench: 工位文件 no.toml 不存在；`testbench station new --simulated > no.toml` 可输出一份作为起点\n"),
        (
            "en",
            "testbench: station file no.toml does not exist; "
            "`testbench station new --simulated > no.toml` prints one to start from\n",
        ),
    ],
)
def test_an_error_is_told_in_the_language_of_the_command(
    language: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.main(["plan", "--station", "no.toml", "--standard", "hj76-2017", "--language", language])
    assert (status, capsys.readouterr().err) == (2, printed)


@pytest.mark.parametrize(("language", "word"), [("zh", "不存在"), ("en", "does not exist")])
def test_a_command_without_a_language_speaks_that_of_the_system(
    language: str, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "default_language", lambda: language)
    assert cli.main(["score", "no.csv", "--standard", "hj76-2017"]) == 2
    assert word in capsys.readouterr().err
