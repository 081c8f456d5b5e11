"""Excluding and repeating results from the command line, on the simulated bench over sockets."""

import json

import pytest

from testbench import cli
from testbench.engine.anew.recompute import recompute
from testbench.record.store import Record

SHORT = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=20"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A short evaluation of one device that has ended."""
    folder = tmp_path_factory.mktemp("amending")
    station = folder / "station.toml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TESTBENCH_STATE_DIR", str(folder / "state"))
        text = cli_output(["station", "new", "--simulated"])
        station.write_text(text, encoding="utf-8")
        more = ["--devices", "A", "--standard", "hj76-2017", "--output", str(folder), "--language", "en"]
        assert cli.main(["run", "linearity", "--station", str(station), *SHORT, *more]) == 0
    return folder


def cli_output(words):
    import contextlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert cli.main(words) == 0
    return said.getvalue()


def test_a_result_is_excluded_restored_and_repeated_and_all_of_it_is_reported(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(folder / "state"))
    record = ["--record", str(folder / "record.sqlite")]
    assert cli.main(["exclude", "last", *record]) == 0
    assert capsys.readouterr().out.split()[1:3] == ["A", "linearity_error"]
    assert cli.main(["exclude", "last", "1", *record]) == 2
    assert "only with a reason" in capsys.readouterr().err
    assert cli.main(["exclude", "last", "1", "--reason", "the line was leaking", *record]) == 0
    assert "finding 1 is excluded; judged anew: inconclusive" in capsys.readouterr().out
    assert cli.main(["exclude", "last", "1", "--restore", "--reason", "it was not", *record]) == 0
    assert "finding 1 counts again; judged anew: pass" in capsys.readouterr().out
    again = ["repeat", "last", "linearity", "--reason", "to be sure", "--language", "en", *record]
    assert cli.main(again) == 0
    shown = capsys.readouterr()
    with Record.open(folder / "record.sqlite") as opened:
        first, second = (row.identifier for row in opened.evaluations())
        assert f"{first} was judged anew with the findings of {second}: pass" in shown.err + shown.out
        (_, _, taken) = opened.amendments.of(first)
        assert (taken.reason, taken.document["evaluation"]) == ("to be sure", second)
        before, after = (opened.findings(name)[0].finding.value for name in (first, second))
        assert before != after, "noise of its own"
        assert opened.verdicts(first)[0]["value"] == pytest.approx(after, abs=0.006), "rounded"
        for name in (first, second):
            recomputed = recompute(opened, name)
            assert recomputed.agrees, recomputed.differences
    assert (folder / f"{first}-repeat-1" / "report.pdf").is_file()
    assert cli.main(["repeat", second, "--take", *record]) == 2
    assert "has been taken already" in capsys.readouterr().err
    written = ["report", *record, "--evaluation", first, "--output", str(tmp_path), "--language", "en"]
    assert cli.main(written) == 0
    document = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    (device,) = document["devices"]
    (shown,) = device["amended"]
    assert [attempt["value"] for attempt in shown["attempts"]] == [before, after]
    assert shown["attempts"][0]["exclusions"][0]["reason"] == "the line was leaking"
    assert shown["attempts"][0]["exclusions"][0]["taken_back"]["reason"] == "it was not"
    assert shown["attempts"][1]["repeat"]["reason"] == "to be sure"
    assert [attempt["counts"] for attempt in shown["attempts"]] == [False, True]
