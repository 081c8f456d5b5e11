"""Two runs never drive one instrument; the lock ends with its owner."""

import os
import subprocess
import sys
import tempfile

import pytest

from testbench.engine.ownership import owning, real_resources
from testbench.errors import InstrumentError

RESOURCE = "TCPIP::192.168.1.21::4001::SOCKET"
OTHER = "ASRL3::INSTR"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_an_instrument_has_one_owner_whose_process_is_named():
    with owning([RESOURCE]):
        with (
            pytest.raises(InstrumentError, match=rf"socket: is driven by another run \(process {os.getpid()}\)"),
            owning([OTHER, RESOURCE.lower()]),
        ):
            pass
        with owning([OTHER]):
            pass  # what was taken before the refusal was given back
    with owning([RESOURCE]):
        pass


def test_a_station_has_one_owner_by_whatever_path(tmp_path):
    station = tmp_path / "station.toml"
    with (
        owning([], station),
        pytest.raises(InstrumentError, match=rf"the station .* is in use by another run \(process {os.getpid()}\)"),
        owning([OTHER], tmp_path / "folder" / ".." / "station.toml"),
    ):
        pass
    with owning([OTHER], station), owning([RESOURCE], tmp_path / "another.toml"):
        pass


def test_a_refusal_names_the_evaluation_and_how_to_abort_it(tmp_path):
    station = tmp_path / "station.toml"
    with owning([RESOURCE], station) as owned:
        owned.belongs_to("E20261122-090000-4f2a")
        told = rf"evaluation E20261122-090000-4f2a \(process {os.getpid()}\).*`testbench abort E20261122-090000-4f2a`"
        for resources, place in ([], station), ([RESOURCE], None):
            with pytest.raises(InstrumentError, match=told), owning(resources, place):
                pass


def test_a_lock_ends_with_a_process_that_is_killed(tmp_path):
    program = (
        "import sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from testbench.engine.ownership import owning\n"
        "with owning([sys.argv[2]]): print('mine', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), RESOURCE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"mine"
        with pytest.raises(InstrumentError, match=f"process {process.pid}"), owning([RESOURCE]):
            pass
        process.kill()
        process.wait()
    with owning([RESOURCE]):
        pass


def test_simulated_instruments_and_devices_not_chosen_need_no_lock(simulated_station):
    def mixed(data):
        data["devices"]["A"]["resource"] = RESOURCE
        data["instruments"]["daq"]["resource"] = OTHER

    station = simulated_station(mixed).station
    assert real_resources(station) == [OTHER, RESOURCE]
    assert real_resources(station, ("B",)) == [OTHER]
    assert real_resources(simulated_station().station) == []
