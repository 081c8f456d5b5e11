"""Options of a run that cannot be used, and how they are refused."""

import argparse

import pytest

from testbench import cli
from testbench.commands.options import chosen_devices
from testbench.errors import InputError


def test_devices_given_twice_count_once():
    assert chosen_devices(argparse.Namespace(devices=" B, A,B,")) == ("B", "A")
    assert chosen_devices(argparse.Namespace(devices=None)) is None


@pytest.mark.parametrize("text", ["", " ", ",,"])
def test_devices_that_name_none_are_refused(text):
    with pytest.raises(InputError, match="--devices names no device"):
        chosen_devices(argparse.Namespace(devices=text))


@pytest.mark.parametrize(("seed", "told"), [("9" * 30, "too large"), ("x", "not a whole number"), ("1.5", "not a whole")])
def test_seeds_that_no_record_holds_are_refused(seed, told, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "repeatability", "--station", "my.toml", "--seed", seed])
    assert caught.value.code == InputError.exit_status
    assert told in capsys.readouterr().err
