"""The registers' drafts, rows and models, without a window: what is typed becomes an entry, or is told to be wrong."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from gui.registers.drafts import Draft, blank, draft_of, duplicate, read, rebased
from gui.registers.files import FilesModel, size_words
from gui.registers.history import HistoryModel, history_rows
from gui.registers.rows import FILTER_WORDS, FILTERS, Filter, rows
from gui.registers.states import SHOWN
from gui.registers.table import MARK, EntriesModel, EntriesProxy
from testbench.register.entries import Attachment, Entry, RegisteredCylinder, RegisteredDevice, RegisteredStandard, Section
from testbench.register.history import Change, Deed
from testbench.register.states import State
from testbench.text import Language

TODAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DEVICE = RegisteredDevice(
    identifier=3,
    maker="雪迪龙",
    model="SCS-900",
    serial="7",
    range_high=20.0,
    driver="modbus-profile",
    options={"address": 1},
)
CYLINDER = RegisteredCylinder(
    identifier=4,
    revision=2,
    component="CO2",
    fraction_percent=15.5,
    certificate="GBW-1",
    valid_until=dt.date(2027, 6, 30),
    nominal_litres=8000.0,
    full_pressure_mpa=12.0,
)
STANDARD = RegisteredStandard(identifier=5, maker="Alicat", model="MC")


def typed(draft: Draft, **texts: str) -> Draft:
    for name, text in texts.items():
        draft = draft.typed(name, text)
    return draft


@pytest.mark.parametrize("entry", [DEVICE, CYLINDER, STANDARD], ids=lambda entry: entry.section)
def test_an_entry_comes_back_from_its_form(entry: Entry) -> None:
    draft = draft_of(entry)
    assert not draft.dirty
    assert read(draft).entry == entry


@settings(max_examples=30)
@given(st.floats(0, 100), st.floats(0, 100), st.none() | st.dates(dt.date(1900, 1, 1)), st.text(max_size=30))
def test_any_cylinder_comes_back_from_its_form(content: float, uncertainty: float, until: dt.date | None, note: str) -> None:
    entry = RegisteredCylinder(
        component="CO2", fraction_percent=content, expanded_uncertainty_percent=uncertainty, valid_until=until, note=note
    )
    assert read(draft_of(entry)).entry == entry


def test_numbers_and_dates_are_read_as_they_are_typed() -> None:
    draft = typed(
        blank(Section.CYLINDERS), fraction_percent="15,5 %", valid_until="2027年6月30日", nominal_litres="８０００ L"
    )
    entry = read(draft).entry
    assert isinstance(entry, RegisteredCylinder)
    assert (entry.fraction_percent, entry.valid_until, entry.nominal_litres) == (15.5, dt.date(2027, 6, 30), 8000.0)


def test_a_pressure_is_read_as_a_content() -> None:
    entry = read(typed(draft_of(CYLINDER), present_litres="6 MPa")).entry
    assert isinstance(entry, RegisteredCylinder)
    assert entry.present_litres == 4000.0
    unknown = read(typed(draft_of(CYLINDER), present_litres="6 MPa", full_pressure_mpa=""))
    assert "pressure" in unknown.problems["present_litres"].en


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("maker", "  ", "is needed"),
        ("range_high", "", "is needed"),
        ("range_high", "lots", "must be a number"),
        ("range_high", "1,000.5", "must be a number"),
        ("range_low", "30", None),
        ("response_time_s", "0", "must be greater than 0"),
        ("options", "address = ", "one a line"),
        ("driver", "", None),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field: str, text: str, said: str | None) -> None:
    problems = read(typed(draft_of(DEVICE), **{field: text})).problems
    at = {"range_low": "range_high", "driver": "options"}.get(field, field)
    assert list(problems) == [at]
    assert said is None or said in problems[at].en
    assert problems[at].zh != problems[at].en


def test_a_duplicate_has_no_numbers_of_the_other() -> None:
    draft = duplicate(draft_of(CYLINDER))
    assert (draft.base, draft.texts["certificate"], draft.texts["valid_until"]) == (None, "", "")
    assert draft.texts["fraction_percent"] == "15.5"
    assert draft.dirty


def test_what_is_typed_while_saving_stays_typed() -> None:
    saved = typed(draft_of(DEVICE), note="one")
    later = typed(saved, serial="8")
    stored = DEVICE.model_copy(update={"note": "one", "revision": 1})
    after = rebased(later, stored, saved.texts)
    assert (after.texts["note"], after.texts["serial"], after.base, after.dirty) == ("one", "8", stored, True)


def shown(proxy: EntriesProxy) -> list[str]:
    return [str(proxy.index(row, 1).data()) for row in range(proxy.rowCount())]


@pytest.fixture
def cylinders(qapp: QApplication) -> EntriesModel:
    """Cylinders: valid, expired, nearly empty, retired."""
    model = EntriesModel(Section.CYLINDERS)
    made = [
        CYLINDER.model_copy(update={"identifier": number, "component": component, **change})
        for number, (component, change) in enumerate(
            {
                "CO2": {},
                "SO2": {"valid_until": dt.date(2026, 1, 1), "fraction_percent": 0.05},
                "NO": {"present_litres": 100.0, "fraction_percent": 2.0},
                "CO": {"retired": True, "fraction_percent": 9.0},
            }.items(),
            start=1,
        )
    ]
    model.show_rows(rows(made, TODAY))
    return model


def test_the_lists_keep_the_rules_of_models(cylinders: EntriesModel) -> None:
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    proxy = EntriesProxy(cylinders)
    testers = [QAbstractItemModelTester(model, fatal) for model in (cylinders, proxy)]
    proxy.search("CO2", Filter.ALL)
    proxy.sort(1, Qt.SortOrder.DescendingOrder)
    cylinders.mark_unsaved([1])
    cylinders.set_language(Language.CHINESE)
    cylinders.show_rows(())
    cylinders.show_rows(rows([CYLINDER], TODAY))
    history, files = HistoryModel(), FilesModel()
    testers += [QAbstractItemModelTester(model, fatal) for model in (history, files)]
    history.show_rows(history_rows(Section.DEVICES, [Change(NOON, "li", Deed.ENTERED, "", {})]))
    attachment = Attachment(
        identifier=1, name="a.png", media_type="image/png", sha256="0" * 64, size=10, added=NOON, added_by="li"
    )
    files.show_files((attachment,))
    assert (proxy.rowCount(), history.rowCount(), files.rowCount()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("query", "wanted", "found"),
    [
        ("", Filter.IN_USE, ["CO2", "NO", "SO2"]),
        ("", Filter.ALL, ["CO", "CO2", "NO", "SO2"]),
        ("", Filter.ATTENTION, ["NO", "SO2"]),
        ("", Filter.EXPIRED, ["SO2"]),
        ("", Filter.NEARLY_EMPTY, ["NO"]),
        ("", Filter.RETIRED, ["CO"]),
        ("gbw 0.05", Filter.IN_USE, ["SO2"]),
        ("已过期", Filter.IN_USE, ["SO2"]),
        ("so2", Filter.RETIRED, []),
    ],
)
def test_a_list_shows_what_is_searched(cylinders: EntriesModel, query: str, wanted: Filter, found: list[str]) -> None:
    proxy = EntriesProxy(cylinders)
    proxy.search(query, wanted)
    proxy.sort(1, Qt.SortOrder.AscendingOrder)
    assert shown(proxy) == found


def test_numbers_are_sorted_by_size_and_states_by_gravity(cylinders: EntriesModel) -> None:
    proxy = EntriesProxy(cylinders)
    proxy.search("", Filter.ALL)
    proxy.sort(2, Qt.SortOrder.AscendingOrder)
    assert shown(proxy) == ["SO2", "NO", "CO", "CO2"]
    last = QPersistentModelIndex(proxy.index(3, 1))
    proxy.sort(0, Qt.SortOrder.AscendingOrder)
    assert shown(proxy) == ["CO", "SO2", "NO", "CO2"]
    assert last.data() == "CO2"
    proxy.sort(0, Qt.SortOrder.DescendingOrder)
    assert (shown(proxy)[0], last.row()) == ("CO2", 0)


def test_an_unsaved_entry_is_marked(cylinders: EntriesModel) -> None:
    cylinders.mark_unsaved([2])
    assert [cylinders.index(row, 1).data() for row in range(2)] == ["CO2", f"{MARK}SO2"]


def test_a_list_speaks_both_languages(cylinders: EntriesModel) -> None:
    assert cylinders.index(1, 0).data() == "expired"
    cylinders.set_language(Language.CHINESE)
    assert cylinders.index(1, 0).data() == "已过期"
    assert cylinders.headerData(0, Qt.Orientation.Horizontal) == "状态"


def test_every_state_and_filter_can_be_shown() -> None:
    assert set(SHOWN) == set(State)
    assert set(FILTER_WORDS) == set(Filter)
    assert set(FILTERS) == set(Section)


def test_a_history_tells_values_in_both_languages() -> None:
    change = Change(NOON, "wang", Deed.CHANGED, "", {"response_time_s": (None, 80.0), "options": ({}, {"address": 1})})
    (row,) = history_rows(Section.DEVICES, [change])
    assert row.what.en == "changed\nResponse time: (empty) → 80 s\nDriver options: (empty) → address = 1"
    assert row.what.zh.startswith("修改\n响应时间: （空） → 80 s")


@pytest.mark.parametrize(("size", "words"), [(640, "640 B"), (12_345, "12 kB"), (3_400_000, "3.4 MB")])
def test_sizes_of_files_are_told_shortly(size: int, words: str) -> None:
    assert size_words(size) == words
