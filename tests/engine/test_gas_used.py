"""Gas that an evaluation took from each cylinder: integrals of recorded flows, and their way into the registers."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.engine.assembly import assemble
from testbench.engine.gas_accounts import GAS_USED, account_for_gas
from testbench.engine.gas_used import gas_used, listed, passed_through
from testbench.record.model import EvaluationStart, Readings
from testbench.record.store import Record
from testbench.register.entries import RegisteredCylinder
from testbench.register.fitting import fitted
from testbench.register.store import Register
from testbench.station import parse_station

STARTED = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
TODAY = STARTED.date()


def readings(*points, gaps=()):
    times, values = (np.array(column, float) for column in zip(*points, strict=True))
    status = np.array([1 if time in gaps else 0 for time in times], "u1")
    return Readings(time=times, value=np.where(status == 1, np.nan, values), status=status, raw={})


def test_a_steady_flow_is_its_value_times_the_minutes():
    assert passed_through([readings((0, 3.0), (60, 3.0), (120, 3.0))]) == pytest.approx(6.0)


def test_between_two_readings_the_flow_goes_straight():
    assert passed_through([readings((0, 0.0), (60, 4.0))]) == pytest.approx(2.0)


def test_a_change_at_one_moment_takes_no_gas():
    assert passed_through([readings((0, 4.0), (60, 4.0), (60, 0.0), (120, 0.0))]) == pytest.approx(4.0)


def test_what_was_set_flows_on_where_readings_are_missing():
    assert passed_through([readings((0, 2.0), (60, 0.0), (600, 2.0), gaps=(60,))]) == pytest.approx(20.0)


def test_while_no_process_watched_nothing_is_counted():
    points = readings((0, 2.0), (60, 2.0), (3660, 2.0), (3720, 2.0))
    assert passed_through([points], resumed=[3659.5]) == pytest.approx(4.0)
    assert passed_through([points], resumed=[60.0, 4000.0]) == pytest.approx(124.0)  # gone on with at once; and much later


@settings(max_examples=30)
@given(st.lists(st.floats(0, 5), min_size=2, max_size=40), st.integers(1, 39))
def test_it_does_not_matter_how_readings_are_cut_into_pieces(flows, cut):
    points = [(10.0 * number, flow) for number, flow in enumerate(flows)]
    parts = [readings(*part) for part in (points[:cut], points[cut:]) if part]
    assert passed_through(parts) == pytest.approx(passed_through([readings(*points)]))


def test_no_reading_is_no_gas():
    assert passed_through([]) == 0.0


def test_amounts_are_told_in_litres():
    assert listed({"co2": 731.4, "zero": 2.04}) == "co2 731 L, zero 2.0 L"


def test_each_cylinder_gets_what_passed_through_its_controller(simulated_station):
    divider = assemble(simulated_station()).divider
    assert divider.drawn({"mfc-co2.flow": 12.0, "mfc-n2.flow": 30.0}) == pytest.approx({"co2": 12.0, "zero": 30.0})
    assert divider.drawn({}) == {"co2": 0.0, "zero": 0.0}


# ---- registers -------------------------------------------------------------------------------------------------------


class Lab:
    """A record whose evaluation took 120 L of the gas in slot co2 in an hour, and registers beside it."""

    def __init__(self, folder, station_text):
        self.record = Record.open(folder / "record.sqlite", create=True)
        self.place = folder / "registers.sqlite"
        self.register = Register.open(self.place)
        self.text = station_text
        self.evaluation = ""

    def enter(self, **changed):
        values = {
            "component": "CO2",
            "fraction_percent": 30.0,
            "expanded_uncertainty_percent": 0.6,
            "certificate": "C-1",
            "valid_until": dt.date(2028, 12, 31),
            "nominal_litres": 8000.0,
            "present_litres": 500.0,
        }
        return self.register.add(RegisteredCylinder(**(values | changed)), by="li", at=STARTED)

    def use(self, cylinders, hours=1.0):
        station = parse_station(self.text, "station.toml")
        self.text = fitted(station, {}, cylinders, today=TODAY)
        self.evaluation = self.record.begin_evaluation(
            EvaluationStart(
                standard="",
                standard_text="",
                standard_digest="",
                station_path="station.toml",
                station_text=self.text,
                station_digest="",
                seed=1,
                language="en",
                simulated=True,
                software={},
                measurand="CO2",
                devices=[],
                started=STARTED,
            )
        )
        for cylinder in cylinders.values():
            self.register.note_use(cylinder, self.evaluation, by="li", at=STARTED)
        self.flow(0.0, 3600.0 * hours)

    def flow(self, start, end):
        named = {"quantity": "mass flow", "unit": "L/min", "resolution": 0.001, "device": None}
        writer = self.record.readings(self.evaluation)
        channel = self.record.channel(self.evaluation, "mfc-co2.flow", **named)
        for time in np.arange(start, end + 1.0, 60.0):
            writer.add(channel, float(time), 2.0, 0)
        writer.flush()

    def account(self):
        account_for_gas(self.record, self.evaluation, self.place)
        return [event.text for event in self.record.events(self.evaluation) if event.kind == GAS_USED]


@pytest.fixture
def lab(tmp_path, simulated_text):
    made = Lab(tmp_path, simulated_text)
    yield made
    made.register.close()
    made.record.close()


def test_litres_are_entered_for_the_cylinder_that_was_noted(lab):
    cylinder = lab.enter()
    lab.use({"co2": cylinder})
    assert gas_used(lab.record, lab.evaluation) == pytest.approx({"co2": 120.0, "zero": 0.0})
    assert lab.account() == ["co2 120 L, zero 0.0 L, by the recorded flows"]
    assert lab.register.entry(RegisteredCylinder, cylinder.identifier).present_litres == pytest.approx(380.0)
    (use,) = lab.register.uses(cylinder)
    assert (use.evaluation, use.by) == (lab.evaluation, "li")
    assert use.litres == pytest.approx(120.0)


def test_an_evaluation_that_ends_again_replaces_what_was_entered_and_one_that_did_not_changes_nothing(lab):
    cylinder = lab.enter()
    lab.use({"co2": cylinder})
    lab.account()
    history = lab.register.history(cylinder)
    assert lab.account() == ["co2 120 L, zero 0.0 L, by the recorded flows"]
    assert lab.register.history(cylinder) == history
    lab.flow(3660.0, 7200.0)
    assert len(lab.account()) == 2
    assert lab.register.entry(RegisteredCylinder, cylinder.identifier).present_litres == pytest.approx(260.0)
    assert [use.litres for use in lab.register.uses(cylinder)] == [pytest.approx(240.0)]


def test_a_cylinder_that_was_not_noted_keeps_its_content(lab):
    cylinder, other = lab.enter(), lab.enter(certificate="C-2")
    lab.use({"co2": cylinder})
    lab.account()
    assert lab.register.entry(RegisteredCylinder, other.identifier).present_litres == 500.0
    assert lab.register.uses(other) == ()


def test_a_cylinder_whose_slot_is_not_clear_is_told_and_left(lab):
    cylinder = lab.enter()
    lab.use({"co2": cylinder})
    known = lab.register.entry(RegisteredCylinder, cylinder.identifier)
    changed = lab.register.change(known.model_copy(update={"certificate": "C-9"}), by="li", at=STARTED)
    assert lab.account()[1:] == [
        f"the gas used is not in the register: it is not clear in which slot {changed.name} stands; "
        "enter what it has left by hand"
    ]
    assert lab.register.entry(RegisteredCylinder, cylinder.identifier).present_litres == 500.0


def test_registers_that_cannot_be_opened_are_told_in_the_record(lab, tmp_path):
    lab.use({"co2": lab.enter()})
    lab.place = tmp_path / "other.sqlite"
    lab.place.write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    told = lab.account()
    assert len(told) == 2
    assert told[1].startswith("the gas used is not in the register: ")


def test_a_station_that_is_not_understood_any_more_is_told(lab):
    lab.text = lab.text.replace('driver = "mfc-blend"', 'driver = "gone"')
    lab.use({})
    (told,) = lab.account()
    assert told.startswith("it is not known how much gas was used: ")
    account_for_gas(lab.record, "", lab.place)  # nothing was begun
