"""A fan's frequency converter: its words on the line, its start sequence, and a drive that does not do what it is told."""

import pytest

from instruments.fan_drive import FanDrive, FanDriveSettings
from instruments.fan_drive_profile import Speed, fan_drive_names, read_fan_drive
from instruments.modbus import Function, crc16
from instruments.twin.fan_drive import DriveRegisters, FanDriveServer
from testbench.engine.roles import Direction, Parts, Status
from testbench.errors import InputError, InstrumentError, UnsuppliableError

NOTHING = Parts({}, {})


class Port:
    """A fan in the plant that follows at once."""

    def __init__(self):
        self.percent = 0.0
        self.commands = []

    def set_speed(self, percent):
        self.percent = percent
        self.commands.append(percent)

    def commanded(self):
        return self.percent

    def speed(self):
        return self.percent


@pytest.fixture
def drive(loopback, kind):
    """A drive on its simulated instrument, the fan behind it, and what is sent."""
    made = []

    def make(profile="abb-drives", **more):
        port = Port()
        rtu = FanDriveSettings(resource="twin:serial", profile=profile, transport="rtu", **more)
        resource = loopback(FanDriveServer("fan", rtu, port), kind)
        settings = FanDriveSettings(resource=resource, profile=profile, transport="rtu", timeout_s=0.3, **more)
        found = FanDrive("fan", settings, NOTHING)
        sent = []
        found.open()
        found.trace(lambda direction, _, data: sent.append(data) if direction is Direction.SENT else None)
        made.append(found)
        return found, port, sent

    yield make
    for found in made:
        found.close()


def written(sent):
    """Register and word of every write, its frame checked."""
    writes = []
    for frame in sent:
        assert crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")
        if frame[1] == Function.WRITE_REGISTER:
            writes.append((int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")))
    return writes


def test_it_is_started_by_the_abb_sequence_after_its_reference(drive):
    fan, port, sent = drive()
    fan.set_speed(50.0)
    # 40002 reference, 20000 is 100 %; then 40001: 0x0476, 0x0477, 0x047F
    assert written(sent) == [(1, 10_000), (0, 0x0476), (0, 0x0477), (0, 0x047F)]
    assert port.percent == 50.0
    assert fan.running


def test_a_running_drive_is_only_told_its_new_speed(drive):
    fan, port, sent = drive()
    fan.set_speed(50.0)
    sent.clear()
    fan.set_speed(60.0)
    assert written(sent) == [(1, 12_000)]
    assert port.commands == [50.0, 60.0]


def test_its_safe_state_is_read_back(drive):
    fan, port, _ = drive()
    fan.set_speed(50.0)
    outcome = fan.drive_safe()
    assert outcome.verified
    assert outcome.read_back == "status word 0x0000, speed 0 %"
    assert port.percent == 0.0


def test_the_danfoss_profile_has_its_own_registers(drive):
    fan, port, sent = drive("danfoss-fc", parity="none")  # a pseudo-terminal has no parity
    fan.set_speed(100.0)
    assert written(sent) == [(50009, 16384), (49999, 0x043C), (49999, 0x047C)]
    fan.request()
    (sample,) = fan.collect()
    assert (sample.value, sample.status) == (100.0, Status.VALID)
    fan.stop()
    assert port.percent == 0.0


@pytest.mark.parametrize("percent", [-1.0, 80.5, float("nan")])
def test_a_speed_outside_its_range_is_refused_before_anything_is_written(drive, percent):
    fan, port, sent = drive(maximum_percent=80.0)
    with pytest.raises(UnsuppliableError, match="0 to 80 %"):
        fan.set_speed(percent)
    assert written(sent) == []
    assert port.commands == []


def test_a_drive_in_local_control_is_told_of(drive, monkeypatch):
    fan, port, _ = drive()
    monkeypatch.setattr(DriveRegisters, "_take", lambda self, word: None)  # it acknowledges and does nothing
    with pytest.raises(InstrumentError, match="does not start"):
        fan.set_speed(10.0)
    assert port.percent == 0.0


def test_a_reference_that_is_not_kept_is_told_of(drive, monkeypatch):
    fan, _, _ = drive()
    monkeypatch.setattr(DriveRegisters, "write_registers", lambda self, address, values: None)
    with pytest.raises(InstrumentError, match="controlled over Modbus"):
        fan.set_speed(10.0)


def test_a_fault_flags_the_speed_with_the_status_word(drive, monkeypatch):
    fan, _, _ = drive()
    words = DriveRegisters._words
    monkeypatch.setattr(DriveRegisters, "_words", lambda self: words(self) | {3: 0x0008})
    fan.request()
    (sample,) = fan.collect()
    assert (sample.status, sample.raw) == (Status.FLAGGED, "status word 0x0008: fault")


def test_a_drive_that_runs_on_is_not_verified(drive, monkeypatch):
    fan, _, _ = drive()
    fan.set_speed(50.0)
    monkeypatch.setattr("instruments.fan_drive.STOPPING_S", 0.1)
    monkeypatch.setattr(DriveRegisters, "_take", lambda self, word: None)
    monkeypatch.setattr(DriveRegisters, "_words", lambda self: {0: 0, 1: 0, 3: 4, 4: 10_000})
    assert not fan.drive_safe().verified


def test_a_drive_that_runs_down_is_safe(drive, monkeypatch):
    fan, _, _ = drive()
    fan.set_speed(50.0)
    speeds = iter([10_000, 9_900, 9_000, 8_000, 7_000, 6_000, 5_000])
    monkeypatch.setattr(DriveRegisters, "_take", lambda self, word: None)
    monkeypatch.setattr(DriveRegisters, "_words", lambda self: {0: 0, 1: 0, 3: 4, 4: next(speeds)})
    monkeypatch.setattr("instruments.fan_drive.pause", lambda _: None)
    assert fan.drive_safe().verified  # it still runs, and its speed has fallen


def test_start_words_count_in_their_order_alone():
    port = Port()
    registers = DriveRegisters(read_fan_drive("abb-drives"), port)
    registers.write_registers(1, [20_000])
    for word in (0x0477, 0x047F, 0x0476, 0x047F):
        registers.write_registers(0, [word])
        assert port.percent == 0.0
    for word in (0x0476, 0x0477, 0x047F):
        registers.write_registers(0, [word])
    assert port.percent == 100.0


def test_a_speed_backwards_is_a_negative_number():
    speed = Speed(register=4, full=20_000)
    assert speed.percent(0xB1E0) == -100.0
    assert speed.words(-100.0) == 0xB1E0


def test_every_shipped_profile_says_what_it_rests_on():
    assert set(fan_drive_names()) == {"abb-drives", "danfoss-fc"}
    for name in fan_drive_names():
        assert "provisional" in read_fan_drive(name).evidence


@pytest.mark.parametrize(("profile", "said"), [("abb", "shipped profiles"), ("nowhere/drive.toml", "does not exist")])
def test_a_profile_that_is_not_there_is_told_of(profile, said):
    with pytest.raises(InputError, match=said):
        read_fan_drive(profile)


def test_a_profile_with_a_wrong_key_is_told_of(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text('name = "x"\nspeed = 1\n', encoding="utf-8")
    with pytest.raises(InputError, match="speed"):
        read_fan_drive(str(file))
