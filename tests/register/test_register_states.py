"""When an entry is expired, about to expire, nearly empty; and how the search finds it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.register.entries import Entry, RegisteredCylinder, RegisteredDevice, RegisteredStandard, StandardKind
from testbench.register.searching import searched
from testbench.register.states import WEIGHTS, WORDS, State, Weight, explained, states, weight

TODAY = dt.date(2026, 11, 22)
GOOD = RegisteredCylinder(
    component="CO2", fraction_percent=30.0, certificate="GBW-1", valid_until=dt.date(2028, 1, 1), nominal_litres=1000.0
)


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, State.EXPIRED), (0, State.EXPIRES_SOON), (30, State.EXPIRES_SOON), (31, State.READY)],
)
def test_a_certificate_holds_to_the_end_of_its_last_day(days: int, state: State) -> None:
    entry = GOOD.model_copy(update={"valid_until": TODAY + dt.timedelta(days=days)})
    assert states(entry, TODAY) == (state,)


@pytest.mark.parametrize(
    ("left", "state"), [(0.0, State.EMPTY), (99.9, State.NEARLY_EMPTY), (100.0, State.READY), (None, State.READY)]
)
def test_a_cylinder_is_nearly_empty_below_a_tenth(left: float | None, state: State) -> None:
    assert states(GOOD.model_copy(update={"present_litres": left}), TODAY) == (state,)


def test_the_share_that_counts_as_nearly_empty_can_be_stated() -> None:
    half = GOOD.model_copy(update={"present_litres": 500.0})
    assert states(half, TODAY, nearly_empty=0.6) == (State.NEARLY_EMPTY,)


def test_all_states_are_told_the_gravest_first() -> None:
    entry = GOOD.model_copy(update={"valid_until": TODAY - dt.timedelta(days=1), "present_litres": 1.0})
    assert states(entry, TODAY) == (State.EXPIRED, State.NEARLY_EMPTY)
    assert weight(entry, TODAY) is Weight.REFUSED
    assert states(entry.model_copy(update={"retired": True}), TODAY) == (State.RETIRED,)


def test_a_device_has_no_certificate_to_expire() -> None:
    assert states(RegisteredDevice(maker="A", model="B", range_high=1.0), TODAY) == (State.READY,)


def test_states_are_explained_with_their_figures() -> None:
    soon = GOOD.model_copy(update={"valid_until": TODAY + dt.timedelta(days=1), "present_litres": 50.0})
    assert explained(soon, State.EXPIRES_SOON, TODAY).en == "valid until 2026-11-23, 1 day left"
    assert explained(soon, State.NEARLY_EMPTY, TODAY).zh == "即将用完：剩余 50 L（5 %）"
    assert set(WORDS) == set(WEIGHTS) == set(State)


def test_pressure_tells_the_content_of_a_cylinder() -> None:
    cylinder = GOOD.model_copy(update={"full_pressure_mpa": 12.0})
    assert cylinder.litres_at(6.0) == pytest.approx(500.0)
    assert cylinder.litres_at(13.0) == 1000.0
    assert GOOD.litres_at(6.0) is None


ENTRIES: tuple[Entry, ...] = (
    RegisteredDevice(maker="雪迪龙", model="SCS-900", serial="A-001", range_high=20.0, note="二号烟道"),
    RegisteredDevice(maker="Thermo", model="410i", serial="B-002", range_high=25.0, driver="thermo-iseries"),
    GOOD,
    RegisteredStandard(kind=StandardKind.FLOW_RIG, maker="聚光", model="R-1", uncertainty="0.8 %"),
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("雪迪", [0]),
        ("烟道", [0, 3]),
        ("ｔｈｅｒｍｏ ４１０", [1]),
        ("THERMO-ISERIES", [1]),
        ("410i 雪迪龙", []),
        ("2028-01", [2]),
        ("未注明有效期", [3]),
        ("0.8 flow", [3]),
    ],
)
def test_every_word_of_a_query_is_in_what_is_found(query: str, found: list[int]) -> None:
    assert searched(ENTRIES, query, today=TODAY) == tuple(ENTRIES[number] for number in found)


def test_entries_of_a_state_are_found() -> None:
    assert searched(ENTRIES, today=TODAY, wanted={State.UNDATED}) == (ENTRIES[3],)
    assert searched(ENTRIES, "聚光", today=TODAY, wanted={State.READY}) == ()


@given(st.text("雪迪龙烟道氧ABCabcß019ＡＢ１－-./%µ", min_size=1, max_size=12), st.data())
def test_any_part_of_a_text_finds_its_entry(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    entry = RegisteredDevice(maker=text, model="X", range_high=1.0)
    assert searched([entry], text[start:end], today=TODAY) == (entry,)
    assert searched([entry], text[start:end].upper(), today=TODAY) == (entry,)
    assert searched([entry], text + "X", today=TODAY) == ()
