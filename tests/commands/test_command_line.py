"""The command line as a person meets it: help at once, clear refusals, exit statuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from testbench import cli

CORE = str(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
HEAVY = ("numpy", "scipy", "sqlalchemy", "pyvisa", "typst", "matplotlib", "rich", "pydantic", "PySide6")
FOR_RESULTS = ("GTC", "scipy", "matplotlib", "typst", "pyarrow", "PySide6")


def test_help_imports_nothing_heavy():
    program = (
        "import sys, testbench.cli\n"
        "try: testbench.cli.main(['--help'])\n"
        f"except SystemExit: print('loaded:', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "a first evaluation, on a simulated bench" in done.stdout
    assert "loaded: []" in done.stdout


def test_guard_and_laboratory_start_without_what_only_evaluating_needs():
    program = (
        "import sys, testbench.engine.guard.process, instruments.twin.__main__\n"
        "from testbench.engine.registry import driver_names, find_driver\n"
        "for name in driver_names(): find_driver(name, 'here')\n"
        f"print([name for name in {FOR_RESULTS} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: testbench {command}")
    assert len(text.splitlines()) > 8


@pytest.mark.parametrize(
    ("name", "listed"), [("procedures", "linearity"), ("standards", "hj76-2017"), ("instruments", "alicat")]
)
def test_lists_list_what_is_there(name, listed, capsys):
    assert cli.main([name]) == 0
    assert listed in capsys.readouterr().out


def test_a_new_station_is_one_that_checks(tmp_path, capsys):
    assert cli.main(["station", "new", "--simulated"]) == 0
    file = tmp_path / "my.toml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert cli.main(["station", "check", str(file)]) == 0
    assert "devices A, B, C" in capsys.readouterr().out


@pytest.fixture
def station(tmp_path, simulated_text):
    """Write the simulated station with replacements."""

    def write(*replacements):
        text = simulated_text
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "station.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def without_divider(text):
    return text[: text.index("[divider]")] + text[text.index("# ---- Scanner") :]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('driver = "alicat"', 'driver = "alicatt"', "did you mean 'alicat'"),
        ('unit_id = "A"', 'unit = "A"', "no such key"),
        ('driver = "mfc-blend"', 'driver = "alicat"', "is of kind 'instrument', this table wants one of kind 'divider'"),
        ("fraction_percent = 30.0", "fraction_percent = 15.0", "20 % CO2 cannot be made"),
        ("range = [0.0, 20.0]", "range = [20.0, 0.0]", "low < high"),
        ("channel = 121\nmaker", "channel = 131\nmaker", "131"),
        ("noise_percent_fs = 0.10", "noise = 0.10", "noise: no such key"),
        ("[station]", "[station", "not valid TOML"),
        ('serial = "A-001"', 'serial = "A-001"\nunit_price = 3', "unit_price: no such key"),
    ],
)
def test_a_wrong_station_is_refused_with_place_and_reason(station, capsys, old, new, told):
    file = station((old, new))
    assert cli.main(["plan", "--station", str(file), "--standard", "hj76-2017"]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("testbench: ")
    assert len(err.splitlines()) == 1
    assert "station" in err or "divider" in err
    assert told in err
    assert "Traceback" not in err + out


def test_a_missing_role_is_named(tmp_path, simulated_text, capsys):
    file = tmp_path / "station.toml"
    file.write_text(without_divider(simulated_text), encoding="utf-8")
    assert cli.main(["run", "linearity", "--station", str(file), "--output", str(tmp_path)]) == 2
    assert "needs the role 'divider'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--standard", "hj76"], "did you mean 'hj76-2017'"),
        (["--standard", "en14181-operation"], "has no suite"),
        (["--standard", "nothing.toml"], "does not exist"),
        (["--standard", "hj76-2017", "--devices", "A,Z"], "no device 'Z'"),
        (["--standard", "hj76-2017", "--set", "levels=0.5"], "--set needs --procedure"),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(station, capsys, arguments, told):
    assert cli.main(["plan", "--station", str(station()), *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_plan_lists_steps_gas_end_and_the_uncertainty_of_the_reference(station, capsys):
    assert cli.main(["plan", "--station", str(station()), "--standard", CORE, "--language", "en"]) == 0
    text = capsys.readouterr().out
    for part in ("5.", "wait until stable", "supply gas, 40 %F.S.", "0.29 %F.S.", "cylinder co2:", "it ends "):
        assert part in text


def test_a_plan_flags_a_reference_that_is_too_uncertain(station, capsys):
    file = station(("expanded_uncertainty_percent = 0.6", "expanded_uncertainty_percent = 2.0"))
    assert cli.main(["plan", "--station", str(file), "--standard", CORE, "--language", "en"]) == 0
    text = capsys.readouterr().out
    assert "linearity: at 80 %F.S. the reference's expanded uncertainty exceeds a third of the limit" in text
    assert "linearity: at 20 %F.S." not in text


def test_a_plan_is_told_in_chinese(station, capsys):
    assert cli.main(["plan", "--station", str(station()), "--standard", CORE, "--language", "zh"]) == 0
    text = capsys.readouterr().out
    assert "等待读数稳定" in text
    assert "wait until stable" not in text


@pytest.mark.parametrize("certificate", ["SIM-CO2-0001", "SIM-MFC-0002"])
def test_an_expired_certificate_is_refused_before_anything_is_touched(station, tmp_path, capsys, certificate):
    old = f'certificate = "{certificate}"\nvalid_until = '
    file = station((old + "2028-12-31", old + "2020-12-31"))
    assert cli.main(["run", "linearity", "--station", str(file), "--output", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert f"({certificate}) was valid until 2020-12-31" in error


def test_output_that_is_not_read_is_no_crash(station):
    pipe = subprocess.Popen(
        [sys.executable, "-m", "testbench.cli", "plan", "--station", str(station()), "--standard", CORE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    pipe.stdout.close()
    assert b"Traceback" not in pipe.stderr.read()
    pipe.stderr.close()
    pipe.wait()
