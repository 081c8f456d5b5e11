"""The screen of the registers with a real file: entering, saving, searching, files, history, import and export."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.registers.date_box import DateBox
from gui.registers.page import RegistersPage
from gui.registers.rows import Filter
from gui.registers.section import SectionView
from testbench.register.entries import RegisteredCylinder, RegisteredDevice, Section
from testbench.register.history import Deed
from testbench.register.store import Register
from testbench.text import Language

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DEVICE = RegisteredDevice(maker="雪迪龙", model="SCS-900", serial="7", range_high=20.0)
CYLINDER = RegisteredCylinder(
    component="CO2", fraction_percent=15.5, certificate="GBW-1", valid_until=dt.date(2020, 6, 30), nominal_litres=8000.0
)


@pytest.fixture
def errors(desk: Desk) -> list[str]:
    """Errors that were shown."""
    found: list[str] = []
    desk.failed.connect(lambda error, doing: found.append(f"{doing}: {error}"))
    return found


@pytest.fixture
def open_page(qtbot: QtBot, desk: Desk) -> Iterator[Callable[..., RegistersPage]]:
    """Open the screen, and wait until it has been read."""

    def opened(**target: object) -> RegistersPage:
        page = RegistersPage(desk)
        qtbot.addWidget(page)
        page.resize(1170, 740)
        page.show()
        section = Section(str(target.get("section", Section.DEVICES)))
        with qtbot.waitSignal(page.views[section].loaded):
            page.arrive(**target)
        return page

    return opened


def fill(view: SectionView, **texts: str) -> None:
    """Type into fields as a person does."""
    for name, text in texts.items():
        editor: QWidget = view.panel.form.editor(name)
        if isinstance(editor, DateBox):
            editor = editor.line
        if isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
            continue
        assert isinstance(editor, QLineEdit)
        editor.setText(text)
        editor.textEdited.emit(text)


def save(qtbot: QtBot, view: SectionView) -> None:
    with qtbot.waitSignal(view.loaded):
        view.panel.save.click()


def picture() -> bytes:
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(Qt.GlobalColor.darkCyan))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def test_an_empty_register_leads_to_the_first_entry(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    view = open_page().view
    assert view.list.stack.currentWidget() is view.list.nothing
    assert view.panel.isHidden()
    view.list.first.click()
    fill(view, maker="雪迪龙", model="SCS-900", range_high="20,5", response_time_s="90 s")
    save(qtbot, view)
    with Register.open() as register:
        (stored,) = register.devices()
    assert (stored.maker, stored.range_high, stored.response_time_s) == ("雪迪龙", 20.5, 90.0)
    assert view.draft is not None
    assert view.draft.base == stored
    assert view.list.stack.currentWidget() is view.list.table
    assert not view.unsaved


def test_who_clicks_twice_saves_once(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    view = open_page().view
    view.begin_new()
    fill(view, maker="M", model="N", range_high="1")
    with qtbot.waitSignal(view.loaded):
        view.panel.save.click()
        view.panel.save.click()
    with Register.open() as register:
        assert len(register.devices()) == 1


def test_what_is_typed_while_saving_is_kept(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    view = open_page().view
    view.begin_new()
    fill(view, maker="M", model="N", range_high="1")
    with qtbot.waitSignal(view.loaded):
        view.panel.save.click()
        fill(view, serial="12")
    assert view.draft is not None
    assert (view.draft.texts["serial"], view.draft.dirty) == ("12", True)
    save(qtbot, view)
    with Register.open() as register:
        assert [device.serial for device in register.devices()] == ["12"]


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(open_page: Callable[..., RegistersPage]) -> None:
    view = open_page(section="cylinders").view
    view.list.new.click()
    assert view.panel.form.message("fraction_percent") == ""
    fill(view, valid_until="31 June")
    assert "must be a date" in view.panel.form.message("valid_until")
    assert view.panel.form.message("fraction_percent") == ""  # nobody has come to it yet
    view.panel.save.click()
    assert "is needed" in view.panel.form.message("fraction_percent")
    with Register.open() as register:
        assert not register.cylinders()


def test_a_chosen_day_of_the_calendar_is_taken(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    view = open_page(section="cylinders").view
    view.list.new.click()
    editor = view.panel.form.editor("valid_until")
    assert isinstance(editor, DateBox)
    fill(view, valid_until="2027-12-01")
    calendar = editor.pick()
    assert calendar.selectedDate().toString(Qt.DateFormat.ISODate) == "2027-12-01"
    calendar.clicked.emit(calendar.selectedDate().addDays(5))
    assert view.draft is not None
    assert view.draft.texts["valid_until"] == "2027-12-06"


def test_unsaved_changes_are_kept_for_each_entry(qtbot: QtBot, desk: Desk, open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        one = register.add(DEVICE, by="li", at=NOON)
        other = register.add(DEVICE.model_copy(update={"serial": "8"}), by="li", at=NOON)
    page = open_page(entry=one.identifier)
    view = page.view
    fill(view, note="half done")
    view.list.select(other.identifier)
    assert view.draft is not None
    assert view.draft.texts["note"] == ""
    page.leave()
    assert page.may_close() is not None
    assert one.name in str(page.may_close())
    view.list.select(one.identifier)
    assert view.draft.texts["note"] == "half done"
    view.panel.discard.click()
    assert view.draft.texts["note"] == ""
    assert page.may_close() is None


def test_a_change_by_somebody_else_is_not_overwritten(
    qtbot: QtBot, errors: list[str], open_page: Callable[..., RegistersPage]
) -> None:
    with Register.open() as register:
        stored = register.add(DEVICE, by="li", at=NOON)
    view = open_page(entry=stored.identifier).view
    fill(view, note="mine")
    with Register.open() as register:
        register.change(stored.model_copy(update={"note": "theirs"}), by="wang", at=NOON)
    view.panel.save.click()
    qtbot.waitUntil(lambda: bool(errors))
    assert "changed meanwhile by wang" in errors[0]
    assert view.unsaved == (stored.name,)


def test_a_search_and_a_filter_narrow_the_list(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        register.add(CYLINDER, by="li", at=NOON)
        register.add(CYLINDER.model_copy(update={"certificate": "GBW-2", "valid_until": None}), by="li", at=NOON)
    view = open_page(section="cylinders").view
    assert len(view.list.entries()) == 2
    view.list.search.setText("gbw-2")
    qtbot.waitUntil(lambda: len(view.list.entries()) == 1)
    view.list.search.setText("none like this")
    qtbot.waitUntil(lambda: view.list.stack.currentWidget() is view.list.unfound)
    view.list.all.click()
    assert len(view.list.entries()) == 2
    view.list.filter.setCurrentIndex(view.list.filter.findData(Filter.EXPIRED))
    view.list.filter.activated.emit(view.list.filter.currentIndex())
    assert [entry.name for entry in view.list.entries()] == [CYLINDER.name]
    assert "expired: it was valid until 2020-06-30" in view.panel.state_words


def test_an_entry_is_retired_and_taken_back(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        stored = register.add(DEVICE, by="li", at=NOON)
    view = open_page(entry=stored.identifier).view
    for state in ("retired", "ready"):
        with qtbot.waitSignal(view.loaded):
            view.panel.retire.click()
        assert view.panel.state_words == state
    qtbot.waitUntil(lambda: view.panel.history.rowCount() == 3)


def test_a_duplicate_is_a_new_entry(qtbot: QtBot, open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        stored = register.add(DEVICE, by="li", at=NOON)
    view = open_page(entry=stored.identifier).view
    view.panel.duplicate.click()
    fill(view, serial="8")
    save(qtbot, view)
    with Register.open() as register:
        assert [device.serial for device in register.devices()] == ["7", "8"]


def test_dropped_files_are_kept_and_shown(
    qtbot: QtBot, tmp_path: Path, errors: list[str], open_page: Callable[..., RegistersPage]
) -> None:
    with Register.open() as register:
        stored = register.add(DEVICE, by="li", at=NOON)
    view = open_page(entry=stored.identifier).view
    photo, paper = tmp_path / "正面.png", tmp_path / "manual.pdf"
    photo.write_bytes(picture())
    paper.write_bytes(b"%PDF-1.7")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (photo, paper)])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(view.loaded):
        view.panel.files.dropEvent(event)
    qtbot.waitUntil(lambda: view.panel.files.picture.has_picture)
    qtbot.waitUntil(lambda: not view.panel.thumbnail.isHidden())
    assert view.panel.tabs.tabText(1) == "Files (2)"
    with qtbot.waitSignal(view.loaded):
        view.panel.files.remove.click()
    with Register.open() as register:
        (device,) = register.devices()
        deeds = [change.deed for change in register.history(device)]
    assert [file.name for file in device.attachments] == ["manual.pdf"]
    assert deeds == [Deed.ENTERED, Deed.FILE_ADDED, Deed.FILE_ADDED, Deed.FILE_REMOVED]
    view.attach([tmp_path / "gone.pdf"])
    qtbot.waitUntil(lambda: bool(errors))
    assert "gone.pdf cannot be read" in errors[0]


def test_a_station_file_is_imported(qtbot: QtBot, simulated_station: Path, open_page: Callable[..., RegistersPage]) -> None:
    page = open_page()
    with qtbot.waitSignal(page.view.loaded):
        page.import_station(simulated_station)
    assert len(page.view.list.entries()) == 3
    with qtbot.waitSignal(page.views[Section.CYLINDERS].loaded):
        page.tabs.setCurrentWidget(page.views[Section.CYLINDERS])
    assert len(page.view.list.entries()) == 2


def test_a_list_is_exported_and_imported(
    qtbot: QtBot, tmp_path: Path, errors: list[str], desk: Desk, open_page: Callable[..., RegistersPage]
) -> None:
    with Register.open() as register:
        stored = register.add(DEVICE, by="li", at=NOON)
    page = open_page()
    path = tmp_path / "devices.csv"
    with qtbot.waitSignal(desk.informed):
        page.export_csv(path)
    path.write_bytes(path.read_bytes().replace(b"SCS-900", b"SCS-901").replace(b",7,", b",9,"))
    with qtbot.waitSignal(page.view.loaded):
        page.import_csv(path)
    with Register.open() as register:
        assert [device.model for device in register.devices()] == [stored.model, "SCS-901"]
    path.write_bytes(b"maker\nSomebody\n")
    with qtbot.waitSignal(page.view.loaded):
        page.import_csv(path)
    assert "devices.csv, line 2: Model: is needed" in errors[0]


def test_an_entry_made_by_mistake_is_removed(
    qtbot: QtBot, errors: list[str], open_page: Callable[..., RegistersPage]
) -> None:
    with Register.open() as register:
        used = register.note_use(register.add(DEVICE, by="li", at=NOON), "E1", by="li", at=NOON)
        mistake = register.add(DEVICE.model_copy(update={"serial": "8"}), by="li", at=NOON)
    view = open_page(entry=mistake.identifier).view
    with qtbot.waitSignal(view.loaded):
        view.remove()
    assert [entry.name for entry in view.list.entries()] == [used.name]
    view.remove()
    qtbot.waitUntil(lambda: bool(errors))
    assert "retire it instead" in errors[0]


def test_another_screen_leads_to_an_entry(open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        register.add(CYLINDER, by="li", at=NOON)
        wanted = register.retire(
            register.add(CYLINDER.model_copy(update={"certificate": "GBW-2"}), by="li", at=NOON), by="li", at=NOON
        )
    view = open_page(section="cylinders", entry=wanted.identifier).view
    assert view.draft is not None
    assert view.draft.base is not None
    assert view.draft.base.identifier == wanted.identifier  # though retired ones are not listed else


def test_the_language_changes_at_once(desk: Desk, open_page: Callable[..., RegistersPage]) -> None:
    with Register.open() as register:
        register.add(DEVICE, by="li", at=NOON)
    page = open_page()
    desk.set_language(Language.CHINESE)
    assert page.tabs.tabText(0) == "被测仪器"
    assert page.view.panel.save.text() == "保存(&S)"
    assert page.view.panel.state_words == "可用"
    desk.set_language(Language.ENGLISH)
    assert page.view.list.new.text() == "&New"
    assert page.view.list.new.shortcut().toString() == "Ctrl+N"


def test_what_can_be_typed_into_has_a_name(open_page: Callable[..., RegistersPage]) -> None:
    page = open_page()
    for view in page.views.values():
        view.begin_new()
        for kind in (QLineEdit, QPlainTextEdit):
            for editor in view.findChildren(kind):
                if editor.parentWidget() is not None and not editor.isHidden():
                    assert editor.accessibleName(), editor
