"""pymodbus's own server holds the registers of a fan drive; our driver starts, sets and stops it there."""

import pytest
from pymodbus import FramerType

from instruments.fan_drive import FanDrive, FanDriveSettings
from instruments.fan_drive_profile import fan_drive_names, read_fan_drive
from testbench.engine.roles import Parts
from testbench.errors import InstrumentError

EITHER_FRAMING = pytest.mark.parametrize("framer", [FramerType.SOCKET, FramerType.RTU], ids=["tcp", "rtu"])
EVERY_PROFILE = pytest.mark.parametrize("name", fan_drive_names())


@pytest.fixture
def drive(modbus_peer):
    """A drive on registers that keep what is written; its status word says that it runs, or what is told."""
    opened = []

    def make(name, framer, status=None):
        profile = read_fan_drive(name)
        places = {
            profile.control.register_: 0,
            profile.reference.register_: 0,
            profile.status.register_: profile.status.running if status is None else status,
            profile.actual.register_: profile.actual.words(37.5),
        }
        first = min(places)
        block = [places.get(register, 0) for register in range(first, max(places) + 1)]
        peer = modbus_peer(profile.transport.address, holding={first: block}, framer=framer)
        fan = FanDrive("fan", FanDriveSettings(resource=peer.resource, profile=name, timeout_s=5.0, tries=1), Parts({}, {}))
        fan.open()
        opened.append(fan)
        return fan, peer, profile

    yield make
    for fan in opened:
        fan.close()


@EVERY_PROFILE
@EITHER_FRAMING
def test_speed_and_control_word_stand_where_the_profile_says(drive, name, framer):
    fan, peer, profile = drive(name, framer)
    fan.set_speed(25.0)
    assert peer.registers(profile.reference.register_, 1) == [round(0.25 * profile.reference.full)]
    fan.stop()
    assert peer.registers(profile.control.register_, 1) == [profile.control.stop]
    assert peer.registers(profile.reference.register_, 1) == [0]


@EVERY_PROFILE
def test_the_speed_is_read_as_the_drive_says_it(drive, name):
    fan, _, _ = drive(name, FramerType.SOCKET)
    fan.request()
    (sample,) = fan.collect()
    assert sample.value == pytest.approx(37.5, abs=0.01)


@EVERY_PROFILE
def test_a_drive_that_does_not_run_was_told_every_start_word(drive, name):
    fan, peer, profile = drive(name, FramerType.SOCKET, status=0)
    with pytest.raises(InstrumentError, match="does not start"):
        fan.set_speed(25.0)
    assert peer.registers(profile.control.register_, 1) == [profile.control.start[-1]]
