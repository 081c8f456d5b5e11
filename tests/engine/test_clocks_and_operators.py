"""Bench time on a bench that is partly real, and who adjusts which device there."""

import pytest

from testbench.engine.clock import AccompaniedClock
from testbench.engine.operator import AttendedOperator, SharedOperator
from testbench.engine.roles import Adjustment


class FollowingLaboratory:
    def __init__(self):
        self.times = []

    def now(self):
        return self.times[-1] if self.times else 0.0

    def advance(self, to_s):
        self.times.append(to_s)


class Person:
    def __init__(self, name):
        self.name = name
        self.adjusted = []

    def adjust(self, device, point, indicated, target, unit):
        self.adjusted.append(device)
        return self.name


def test_a_bench_of_simulated_instruments_alone_may_jump(simulated_station):
    assert simulated_station().station.jumps


@pytest.mark.parametrize("resource", ["ASRL3::INSTR", "TCPIP::192.168.1.21::4001::SOCKET", "GPIB0::9::INSTR"])
def test_one_real_instrument_keeps_the_bench_at_real_time(simulated_station, resource):
    def change(data):
        data["instruments"]["mfc-co2"]["resource"] = resource

    station = simulated_station(change).station
    assert station.simulated
    assert not station.jumps


@pytest.mark.parametrize("resource", ["TCPIP::127.0.0.1::4001::SOCKET", "ASRLsocket://127.0.0.1:4001::INSTR"])
def test_a_server_on_this_machine_does_not(simulated_station, resource):
    def change(data):
        data["devices"]["A"]["resource"] = resource

    assert simulated_station(change).station.jumps


def test_the_laboratory_keeps_up_with_real_time():
    laboratory = FollowingLaboratory()
    clock = AccompaniedClock(laboratory)
    clock.wait_until(clock.now() + 0.01)
    clock.wait_until(clock.now() + 0.01)
    assert 0.02 <= laboratory.times[-1] <= clock.now()
    assert laboratory.times == sorted(laboratory.times)
    assert not clock.simulated


def test_a_device_is_adjusted_by_whoever_can_reach_it(simulated_station):
    def change(data):
        data["devices"]["B"]["resource"] = "ASRL4::INSTR"

    station = simulated_station(change).station
    operator = SharedOperator(Person("person"), Person("simulated"), station.simulates)
    by = {name: operator.adjust(name, Adjustment.ZERO, 0.1, 0.0, "%") for name in "ABC"}
    assert by == {"A": "simulated", "B": "person", "C": "simulated"}


def test_an_attended_person_adjusts_simulated_devices_too_and_their_keys_follow(simulated_station):
    station = simulated_station().station
    simulated = Person("simulated")
    operator = AttendedOperator(Person("person"), simulated, station.simulates)
    assert operator.adjust("C", Adjustment.ZERO, 0.1, 0.0, "%") == "person"
    assert simulated.adjusted == ["C"]
