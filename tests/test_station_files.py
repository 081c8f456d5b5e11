"""Station files as people write them: byte order marks, other line ends, names in any script, meaningless numbers."""

import codecs

import pytest

from testbench.errors import StationError
from testbench.station import read_station


@pytest.fixture
def written(tmp_path, simulated_text):
    """Write the simulated station, changed, as bytes."""

    def write(change=lambda text: text, mark=b""):
        changed = change(simulated_text)
        file = tmp_path / "station.toml"
        file.write_bytes(mark + changed.encode())
        return file

    return write


def test_byte_order_marks_and_windows_line_ends_are_read(written):
    file = read_station(written(lambda text: text.replace("\n", "\r\n"), codecs.BOM_UTF8))
    assert list(file.station.devices) == ["A", "B", "C"]


def test_names_may_be_chinese(written):
    file = read_station(written(lambda text: text.replace("devices.A", "devices.'甲 号/仪器'")))
    assert "甲 号/仪器" in file.station.devices


@pytest.mark.parametrize("name", ["", " ", "A,B", "A\\nB", " A", "A\\u001b[31m"])
def test_names_that_cannot_be_shown_or_chosen_are_refused(written, name):
    with pytest.raises(StationError, match=r"devices: .* is no name"):
        read_station(written(lambda text: text.replace("devices.A", f'devices."{name}"')))


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(
    ("old", "place"),
    [
        ("delay_s = 4.0", "line.delay_s"),
        ("range = [0.0, 20.0]", r"devices.A.range.2"),
        ("content_litres = 8000", "cylinders.co2.content_litres"),
        ("total_flow = 4.0", "divider.total_flow"),
        ("noise_percent_fs = 0.10", "devices.A.truth.noise_percent_fs"),
    ],
)
def test_numbers_without_end_are_refused_with_their_place(written, old, number, place):
    new = f"range = [0.0, {number}]" if old.startswith("range") else f"{old.split(' = ')[0]} = {number}"
    with pytest.raises(StationError, match=rf"{place}: must be a finite number"):
        read_station(written(lambda text: text.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("delay_s = 4.0", "delay_s = 1e12", "line.delay_s"),
        ("response_time_s = 120.0", "response_time_s = 1e12", "devices.A.response_time_s"),
        ("impurity_umol_per_mol = 1.0", "impurity_umol_per_mol = 1e9", "cylinders.zero.impurity_umol_per_mol"),
    ],
)
def test_numbers_beyond_any_bench_are_refused(written, old, new, place):
    with pytest.raises(StationError, match=f"{place}: Input should be less than"):
        read_station(written(lambda text: text.replace(old, new, 1)))


def test_a_file_that_is_not_text_is_refused(tmp_path):
    file = tmp_path / "station.toml"
    file.write_bytes("[station]\nname = '工位'".encode("gbk"))
    with pytest.raises(StationError, match="save it as UTF-8"):
        read_station(file)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StationError, match=r"cannot be read: Is a directory|cannot be read: Permission denied"):
        read_station(tmp_path)


INTERLOCK = '[interlocks.room]\nchannel = "temperature"\ntrip = 40.0\nrelease = 35.0\n'


def with_interlock(old="", new=""):
    return lambda text: f"{text}\n{INTERLOCK.replace(old, new) if old else INTERLOCK}"


def test_an_interlock_says_by_its_levels_on_which_side_it_trips(written):
    assert read_station(written(with_interlock())).station.interlocks["room"].upper
    lower = with_interlock("release = 35.0", "release = 45.0")
    assert not read_station(written(lower)).station.interlocks["room"].upper


def test_an_interlock_aborts_and_minds_silence_unless_it_is_told_otherwise(written):
    room = read_station(written(with_interlock())).station.interlocks["room"]
    assert (room.action, room.delay_s, room.silence_s) == ("abort", 0.0, 60.0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("release = 35.0", "release = 40.0", "trip and release must differ, so that it does not chatter; both are 40"),
        ("release = 35.0\n", "", r"interlocks.room.release: is missing"),
        ("trip = 40.0", "trip = nan", "interlocks.room.trip: must be a finite number"),
        ("release = 35.0", "release = 35.0\ndelay_s = -1", "interlocks.room.delay_s: Input should be greater than"),
        ("release = 35.0", 'release = 35.0\naction = "stop"', "interlocks.room.action: Input should be 'warn', 'pause' or"),
        ("release = 35.0", "release = 35.0\nhysteresis = 2", "interlocks.room.hysteresis: no such key"),
    ],
)
def test_interlocks_that_mean_nothing_are_refused_with_their_place(written, old, new, message):
    with pytest.raises(StationError, match=message):
        read_station(written(with_interlock(old, new)))


def test_faults_of_instruments_drop_a_device_and_wait_ten_minutes_unless_told_otherwise(written):
    faults = read_station(written()).station.faults
    assert (faults.dead_device, faults.wait_s) == ("drop", 600.0)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('dead_device = "ask"', "faults.dead_device: Input should be 'drop' or 'pause'"),
        ("wait_s = -1.0", "faults.wait_s: Input should be greater than or equal to 0"),
    ],
)
def test_faults_that_mean_nothing_are_refused_with_their_place(written, table, message):
    with pytest.raises(StationError, match=message):
        read_station(written(lambda text: f"{text}\n[faults]\n{table}\n"))


def test_the_interlock_of_the_example_only_warns(written):
    assert {table.action for table in read_station(written()).station.interlocks.values()} == {"warn"}
