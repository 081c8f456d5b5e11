"""The dialogue with the instruments: kept by a run through real VISA sessions, printed from the record."""

import re

import pytest

from testbench import cli
from testbench.errors import InputError
from testbench.record.store import Record

SHORT = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=20"]
LINE = re.compile(r" *(?P<bench>-?[\d.]+) +(?P<real>[\d.]+)  (?P<name>\S+) +(?P<way>[<>])  (?P<bytes>.+)")

# What each driver is published to ask: maker's manuals, and for Modbus the checksum of the serial line guide.
REQUESTS = [
    ("mfc-co2", r"'A\r'"),
    ("mfc-co2", r"'A??M*\r'"),
    ("mfc-n2", r"'BS4.000\r'"),
    ("daq", r"'*IDN?\n'"),
    ("daq", r"'ROUT:SCAN (@101,102,103,104,121)\n'"),
    ("daq", r"'READ?\n'"),
    ("A", r"'set mode remote\r'"),
    ("A", r"'co2\r'"),
    ("B", "01 03 00 08 00 02 45 C9"),
]
ANSWERS = [
    ("mfc-n2", r"'B \+014\.70 \+025\.00 \+004\.000 \+004\.000 4\.000 N2\\r'"),
    ("daq", r"'Agilent Technologies,34972A,.*\\n'"),
    ("A", r"'co2 \d\.\d+E\+\d ppm\\r'"),
    ("B", r"01 03 04( [0-9A-F]{2}){6}"),
]


def run_linearity(folder, text, *more):
    folder.mkdir()
    station = folder / "station.toml"
    station.write_text(text, encoding="utf-8")
    arguments = ["run", "linearity", "--station", str(station), *SHORT, "--output", str(folder), "--language", "en"]
    assert cli.main([*arguments, *more]) == 0
    return folder / "record.sqlite"


@pytest.fixture(scope="module")
def traced(tmp_path_factory, simulated_text):
    return run_linearity(tmp_path_factory.mktemp("bench") / "traced", simulated_text, "--trace")


@pytest.fixture
def printed(traced, capsys):
    """Lines of `testbench trace` on the traced run, taken apart."""

    def lines(*options):
        capsys.readouterr()
        assert cli.main(["trace", "--record", str(traced), *options]) == 0
        return [LINE.fullmatch(line).groupdict() for line in capsys.readouterr().out.splitlines()]

    return lines


def test_the_dialogue_holds_what_each_driver_is_published_to_ask(printed):
    lines = printed()
    sent = {(line["name"], line["bytes"]) for line in lines if line["way"] == ">"}
    assert [request for request in REQUESTS if request not in sent] == []
    received = [(line["name"], line["bytes"]) for line in lines if line["way"] == "<"]
    for name, pattern in ANSWERS:
        assert any(who == name and re.fullmatch(pattern, data) for who, data in received), (name, pattern)


def test_it_begins_with_connecting_and_ends_with_the_safe_state(printed):
    lines = printed("--instrument", "A")
    assert lines[0]["bytes"] == r"'set mode remote\r'"
    assert [line["bytes"] for line in lines[-4:] if line["way"] == ">"] == [r"'set sample\r'", r"'gas mode\r'"]
    real = [float(line["real"]) for line in printed()]
    assert real == sorted(real)
    assert real[0] >= 0


def test_every_reading_of_the_record_has_its_answer_in_the_trace(traced, printed):
    with Record.open(traced) as record:
        (evaluation,) = record.evaluations()
        times = record.load(evaluation.identifier, "A").time
    asked = [float(line["bench"]) for line in printed("--instrument", "A") if line["bytes"] == r"'co2\r'"]
    assert set(times.round(3)) <= set(asked)


def test_one_instrument_and_a_span_of_bench_time_are_cut_out(printed):
    everything = printed()
    lines = printed("--instrument", "B", "--from", "5", "--to", "30.5")
    assert lines == [line for line in everything if line["name"] == "B" and 5 <= float(line["bench"]) <= 30.5]
    assert lines


def test_without_the_option_nothing_is_kept(tmp_path, simulated_text, capsys):
    record = run_linearity(tmp_path / "plain", simulated_text)
    with Record.open(record) as opened:
        (evaluation,) = opened.evaluations()
        assert list(opened.trace(evaluation.identifier)) == []
    capsys.readouterr()
    assert cli.main(["trace", "--record", str(record)]) == InputError.exit_status
    assert "was not traced; run it with --trace" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--instrument", "mfc-c02"], "did you mean 'mfc-co2'"), (["--evaluation", "E1"], "there is no evaluation E1")],
)
def test_names_that_are_not_in_the_record_are_refused(traced, options, told, capsys):
    assert cli.main(["trace", "--record", str(traced), *options]) != 0
    assert told in capsys.readouterr().err
