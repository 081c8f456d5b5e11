"""Entering, changing, retiring and attaching in the registers, and what their file refuses."""

import datetime as dt
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from testbench.errors import InputError, RecordError
from testbench.record.store import Record
from testbench.register.entries import RegisteredCylinder, RegisteredDevice, RegisteredStandard, StandardKind
from testbench.register.history import Deed
from testbench.register.opening import default_place
from testbench.register.store import LARGEST_FILE, Register

ANALYSER = RegisteredDevice(
    maker="雪迪龙", model="SCS-900", serial="A-001", range_high=20.0, driver="modbus-profile", options={"address": 1}
)
CYLINDER = RegisteredCylinder(
    component="CO2",
    fraction_percent=30.0,
    certificate="GBW-1",
    valid_until=dt.date(2027, 6, 30),
    nominal_litres=8000.0,
    full_pressure_mpa=12.0,
)


def test_what_was_entered_is_read_back(register: Register, at: dt.datetime) -> None:
    standard = RegisteredStandard(kind=StandardKind.FLOW_RIG, maker="M", model="R", valid_until=dt.date(2027, 1, 2))
    for entry in (ANALYSER, CYLINDER, standard):
        stored = register.add(entry, by="李工", at=at)
        assert stored.content() == entry.content()
        assert (stored.entered, stored.entered_by, stored.revision) == (at, "李工", 1)
        assert register.entry(type(entry), stored.identifier) == stored
    assert [len(found) for found in (register.devices(), register.cylinders(), register.standards())] == [1, 1, 1]


def test_times_keep_their_offset(register: Register, at: dt.datetime) -> None:
    stored = register.add(ANALYSER, by="li", at=at)
    assert stored.entered is not None
    assert stored.entered.utcoffset() == dt.timedelta(hours=8)


def test_a_change_tells_who_when_and_what(register: Register, at: dt.datetime) -> None:
    stored = register.add(CYLINDER, by="li", at=at)
    later = at + dt.timedelta(days=1)
    moved = {"valid_until": dt.date(2028, 6, 30), "note": "recertified"}
    changed = register.change(stored.model_copy(update=moved), by="wang", at=later)
    assert (changed.valid_until, changed.changed, changed.changed_by, changed.entered_by) == (
        dt.date(2028, 6, 30),
        later,
        "wang",
        "li",
    )
    first, second = register.history(changed)
    assert (first.deed, first.by) == (Deed.ENTERED, "li")
    assert (second.deed, second.by, second.at) == (Deed.CHANGED, "wang", later)
    assert second.values == {"valid_until": ("2027-06-30", "2028-06-30"), "note": ("", "recertified")}


def test_a_change_of_nothing_leaves_no_trace(register: Register, at: dt.datetime) -> None:
    stored = register.add(CYLINDER, by="li", at=at)
    assert register.change(stored, by="wang", at=at) == stored
    assert len(register.history(stored)) == 1


def test_who_changes_an_outdated_entry_is_told_who_was_first(register: Register, at: dt.datetime) -> None:
    stored = register.add(ANALYSER, by="li", at=at)
    register.change(stored.model_copy(update={"note": "one"}), by="wang", at=at)
    with pytest.raises(InputError, match="changed meanwhile by wang"):
        register.change(stored.model_copy(update={"note": "two"}), by="li", at=at)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ANALYSER.model_copy(update={"maker": " "}), "Maker: is needed"),
        (ANALYSER.model_copy(update={"range_high": -1.0}), "Range, high end: must be above the low end, 0"),
        (ANALYSER.model_copy(update={"response_time_s": 0.0}), "Response time: must be greater than 0"),
        (ANALYSER.model_copy(update={"driver": ""}), "Driver options: belong to a driver"),
        (CYLINDER.model_copy(update={"fraction_percent": 101.0}), "Content: must not be greater than 100"),
        (CYLINDER.model_copy(update={"fraction_percent": float("nan")}), "Content: must"),
        (
            CYLINDER.model_copy(update={"present_litres": 9000.0}),
            "Present content: is more than the full cylinder holds, 8000 L",
        ),
    ],
)
def test_wrong_entries_are_refused_in_words(register: Register, at: dt.datetime, entry: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        register.add(entry, by="li", at=at)
    assert not register.devices()
    assert not register.cylinders()


def test_the_same_serial_number_is_entered_once(register: Register, at: dt.datetime) -> None:
    register.add(ANALYSER, by="li", at=at)
    twin = ANALYSER.model_copy(update={"model": "ＳＣＳ－９００".replace("－", "-"), "serial": "a-001 "})
    with pytest.raises(InputError, match="in the register already"):
        register.add(twin, by="li", at=at)
    nameless = ANALYSER.model_copy(update={"serial": ""})
    register.add(nameless, by="li", at=at)
    register.add(nameless, by="li", at=at)
    assert len(register.devices()) == 3


def test_a_retired_entry_makes_room_for_its_successor(register: Register, at: dt.datetime) -> None:
    old = register.retire(register.add(ANALYSER, by="li", at=at), by="li", at=at, reason="scrapped")
    assert old.retired
    assert register.history(old)[-1].detail == "scrapped"
    register.add(ANALYSER, by="li", at=at)
    with pytest.raises(InputError, match="in the register already"):
        register.reinstate(old, by="li", at=at)


def test_a_retired_entry_can_be_taken_into_use_again(register: Register, at: dt.datetime) -> None:
    stored = register.add(ANALYSER, by="li", at=at)
    back = register.reinstate(register.retire(stored, by="li", at=at), by="wang", at=at)
    assert not back.retired
    assert [change.deed for change in register.history(back)] == [Deed.ENTERED, Deed.RETIRED, Deed.REINSTATED]


def test_an_entry_that_was_used_is_not_removed(register: Register, at: dt.datetime) -> None:
    mistake = register.add(ANALYSER, by="li", at=at)
    register.remove(mistake)
    assert not register.devices()
    used = register.add(ANALYSER, by="li", at=at)
    assert used.identifier != mistake.identifier
    register.note_use(used, "E1", by="li", at=at)
    with pytest.raises(InputError, match="retire it instead"):
        register.remove(used)


def test_gas_that_an_evaluation_took_is_missing_in_the_cylinder(register: Register, at: dt.datetime) -> None:
    full = register.add(CYLINDER, by="li", at=at)
    once = register.note_use(full, "E1", litres=500.0, by="li", at=at)
    assert once.litres_left == 7500.0
    assert register.note_use(once, "E1", litres=600.0, by="li", at=at).litres_left == 7400.0  # corrected, not added
    emptied = register.note_use(once, "E2", litres=9000.0, by="li", at=at)
    assert emptied.litres_left == 0.0
    assert [(use.evaluation, use.litres) for use in register.uses(full)] == [("E1", 600.0), ("E2", 9000.0)]
    assert register.history(full)[-1].values == {"present_litres": (7400.0, 0.0)}


@pytest.mark.parametrize("litres", [-1.0, float("nan"), float("inf")])
def test_an_impossible_amount_of_gas_is_refused(register: Register, at: dt.datetime, litres: float) -> None:
    stored = register.add(CYLINDER, by="li", at=at)
    with pytest.raises(InputError, match="no amount of gas"):
        register.note_use(stored, "E1", litres=litres, by="li", at=at)


def test_files_are_kept_with_their_digest(register: Register, at: dt.datetime) -> None:
    stored = register.add(CYLINDER, by="li", at=at)
    content = b"%PDF-1.7 certificate"
    attached = register.attach(stored, "C:\\证书\\GBW-1.pdf", content, by="li", at=at)
    attached = register.attach(attached, "GBW-1.pdf", content, by="li", at=at)
    (file,) = attached.attachments
    assert (file.name, file.media_type, file.size) == ("GBW-1.pdf", "application/pdf", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert register.content(file) == content
    assert register.cylinders()[0].attachments == (file,)
    bare = register.detach(attached, file, by="wang", at=at)
    assert not bare.attachments
    assert register.content(file) == content  # the history can still show it
    assert [change.deed for change in register.history(bare)] == [Deed.ENTERED, Deed.FILE_ADDED, Deed.FILE_REMOVED]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("", b"x", "no name"), ("a.png", b"", "is empty"), ("a.png", bytes(LARGEST_FILE + 1), "MB")],
)
def test_files_that_cannot_be_kept_are_refused(
    register: Register, at: dt.datetime, name: str, content: bytes, said: str
) -> None:
    stored = register.add(CYLINDER, by="li", at=at)
    with pytest.raises(InputError, match=said):
        register.attach(stored, name, content, by="li", at=at)


def test_two_programs_use_one_register(register: Register, at: dt.datetime) -> None:
    with Register.open(register.path) as other:
        stored = other.add(ANALYSER, by="li", at=at)
        assert register.devices() == (stored,)


def test_the_default_place_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path / "state" / "deep"))
    with Register.open() as opened:
        assert opened.path == default_place() == tmp_path / "state" / "deep" / "registers.sqlite"


def test_a_record_is_no_register(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    Record.open(path, create=True).close()
    before = path.read_bytes()
    with pytest.raises(RecordError, match=r"register .* is the database of another program"):
        Register.open(path)
    assert path.read_bytes() == before


def test_a_register_of_a_newer_program_is_refused(register: Register) -> None:
    with sqlite3.connect(register.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RecordError, match="update the program"):
        Register.open(register.path)


def test_a_register_on_a_network_is_refused() -> None:
    with pytest.raises(RecordError, match=r"register .* is on a network"):
        Register.open(Path("\\\\server\\share\\registers.sqlite"))


def test_a_register_that_is_not_there_is_not_made_for_looking(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="does not exist"):
        Register.open(tmp_path / "none.sqlite", create=False)
    assert not list(tmp_path.iterdir())
