"""What the bench screen makes of readings and of what is typed, without a window."""

import contextlib
import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.bench.live import NOTHING, Live, Mode, PartState, Value, flowing, made, shown, standing, state_of
from gui.bench.plan import StationPlan
from gui.bench.trends import POINTS, Trends, polyline
from gui.bench.typed import FULL_SCALE, TypingError, Typo, content_units, number, supply
from testbench.engine.manual.sight import Connection, InstrumentSight

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def flows(**values: float | None) -> Live:
    return Live(Mode.HAND, {f"mfc-{name}.flow": Value(value, NOW) for name, value in values.items()})


@pytest.mark.parametrize(
    ("value", "resolution", "text"),
    [
        (None, 0.1, "–"),
        (math.nan, 0.1, "–"),
        (1.6, 0.001, "1.600"),
        (221.00000024, 1e-6, "221.0"),
        (1013.25, 0.01, "1013"),
        (0.0615, 0.0, "0.061"),
        (-0.0004, 0.001, "0.000"),
        (-0.04, 0.01, "-0.04"),
        (12.0, 1.0, "12"),
    ],
)
def test_values_are_shown_to_the_digits_that_mean_something(value: float | None, resolution: float, text: str) -> None:
    assert shown(value, resolution) == text


def test_a_part_stands_as_its_instrument_answers_and_its_reading_is(plan: StationPlan) -> None:
    a, c = plan.parts["A"], plan.parts["C"]
    assert state_of(a, NOTHING, TODAY) is PartState.UNKNOWN
    assert state_of(a, Live(Mode.CONNECTING), TODAY) is PartState.WAITING
    daq = InstrumentSight("daq", Connection.SILENT)
    assert state_of(c, Live(Mode.HAND, {}, {"daq": daq}), TODAY) is PartState.SILENT
    assert state_of(a, Live(Mode.HAND, {"A": Value(5.0, NOW, doubtful=True)}), TODAY) is PartState.DOUBTFUL
    assert state_of(a, Live(Mode.RUN, {"A": Value(None, NOW)}), TODAY) is PartState.NO_VALUE
    assert state_of(a, Live(Mode.RUN, {"A": Value(5.0, NOW)}), TODAY) is PartState.ANSWERS


def test_a_certificate_holds_on_its_last_day(plan: StationPlan) -> None:
    cylinder = plan.parts["co2"]
    assert state_of(cylinder, NOTHING, dt.date(2028, 12, 31)) is PartState.UNKNOWN
    assert state_of(cylinder, NOTHING, dt.date(2029, 1, 1)) is PartState.EXPIRED


def test_a_divider_stands_as_the_worst_of_its_controllers(plan: StationPlan) -> None:
    sights = {
        "mfc-co2": InstrumentSight("mfc-co2", Connection.ANSWERS),
        "mfc-n2": InstrumentSight("mfc-n2", Connection.SILENT),
    }
    live = Live(Mode.HAND, {}, sights)
    assert standing(plan, plan.parts["divider"], live, TODAY) is PartState.SILENT


def test_a_scanner_stands_as_what_a_run_reads_through_it(plan: StationPlan) -> None:
    daq = plan.parts["daq"]
    names = ["environment.temperature", "environment.humidity", "environment.pressure", "environment.supply", "C"]
    values = {name: Value(1.0, NOW) for name in names}
    assert standing(plan, daq, Live(Mode.RUN, values), TODAY) is PartState.ANSWERS
    assert standing(plan, daq, Live(Mode.RUN, values | {"C": Value(None, NOW)}), TODAY) is PartState.NO_VALUE
    assert standing(plan, daq, NOTHING, TODAY) is PartState.UNKNOWN


def test_what_a_divider_makes_follows_from_the_flows(plan: StationPlan) -> None:
    # 30 % in 1.6 of 4.0 L/min is 12 %
    assert made(plan, flows(co2=1.6, n2=2.4)) == (pytest.approx(4.0), pytest.approx(0.12))
    assert made(plan, flows(co2=0.0, n2=0.0)) == (0.0, 0.0)
    assert made(plan, flows(co2=1.6)) is None
    assert made(plan, flows(co2=1.6, n2=None)) is None


def test_a_line_flows_while_any_of_its_controllers_passes_gas(plan: StationPlan) -> None:
    live = flows(co2=0.0, n2=0.4)
    assert flowing(plan, live, ("mfc-co2", "mfc-n2"))
    assert not flowing(plan, live, ("mfc-co2",))
    assert not flowing(plan, NOTHING, ("mfc-co2", "mfc-n2"))


def test_trends_keep_the_last_points_and_no_gaps() -> None:
    trends = Trends()
    for second in range(POINTS + 50):
        trends.add({"A": Value(float(second), NOW + dt.timedelta(seconds=second)), "B": Value(None, NOW)})
    assert len(trends.of("A")) == POINTS
    assert trends.of("A")[-1][1] == POINTS + 49
    assert trends.of("B") == ()
    trends.add({"A": Value(7.0, NOW)})
    assert trends.of("A")[-1][1] == POINTS + 49, "older than what is there"


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.floats(0, 10))
def test_a_trend_stays_in_its_box(values: list[float], least: float) -> None:
    line = polyline(tuple((float(t), value) for t, value in enumerate(values)), 100.0, 20.0, least)
    assert len(line) == len(values)
    assert all(-1e-6 <= x <= 100.0 + 1e-6 and -1e-6 <= y <= 20.0 + 1e-6 for x, y in line)


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", 12.5), (" 12,5 ", 12.5), ("１２．５", 12.5), ("1 200", 1200.0), ("-3", -3.0), ("−3", -3.0)]
)
def test_numbers_are_understood_as_people_type_them(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2,3", "nan", "inf", "1e999", "1_0", "--1", "12 %", "٣x"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(TypingError) as error:
        number(text)
    assert error.value.typo is Typo.NO_NUMBER


def test_an_empty_field_and_a_number_outside_are_told_apart() -> None:
    with pytest.raises(TypingError) as error:
        number("  ")
    assert error.value.typo is Typo.EMPTY
    with pytest.raises(TypingError) as error:
        number("6", 0.0, 5.0)
    assert (error.value.typo, error.value.low, error.value.high) == (Typo.OUTSIDE, 0.0, 5.0)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    with contextlib.suppress(TypingError):
        assert math.isfinite(number(text))


def test_a_content_is_typed_in_percent_of_full_scale_or_in_its_own_unit(plan: StationPlan) -> None:
    divider = plan.parts["divider"]
    assert content_units(divider)[0] == FULL_SCALE
    assert supply(divider, "50", FULL_SCALE).fraction == pytest.approx(0.10)  # of 20 %
    assert supply(divider, "12", "%").fraction == pytest.approx(0.12)
    assert supply(divider, "500", "µmol/mol").fraction == pytest.approx(500e-6)
    with pytest.raises(TypingError):
        supply(divider, "101", FULL_SCALE)
