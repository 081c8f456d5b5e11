"""A divider in one box, and a selector of cylinders, in the picture of a station."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from gui.bench.layout import draw_up
from gui.bench.live import Live, Mode, Value, flow_unit_of, flowing, made
from gui.bench.plan import StationPlan, read_plan
from testbench.engine.manual.parts import Ability, Place

STATIONS = Path(__file__).parents[2] / "instruments" / "stations"


def station(name: str) -> StationPlan:
    return read_plan(STATIONS / f"{name}.toml")


def known(**values: float | None) -> Live:
    return Live(Mode.HAND, {name.replace("__", "."): Value(value) for name, value in values.items()})


@pytest.mark.parametrize("name", ["alicat-mixer", "modbus-divider", "ascii-divider", "modbus-selector"])
def test_every_part_has_its_place_and_gas_goes_from_cylinders_to_devices(name: str) -> None:
    plan = station(name)
    picture = draw_up(plan)
    assert {node.key for node in picture.selectable} == set(plan.parts)
    assert not [
        (one.key, other.key)
        for one, other in combinations(picture.nodes, 2)
        if one.x < other.x + other.w and other.x < one.x + one.w and one.y < other.y + other.h and other.y < one.y + one.h
    ]
    lefts = [picture.node(key).x for key in ("co2", "divider", "A", "exhaust")]  # type: ignore[union-attr]
    assert lefts == sorted(lefts)


def test_the_divider_has_its_own_connection_and_channels() -> None:
    (part,) = station("alicat-mixer").of(Place.DIVIDER)
    assert part.own_session
    assert [channel.name for channel in part.channels] == ["divider.port1", "divider.port2"]
    assert part.abilities == (Ability.GAS,)
    assert part.certificate == "SIM-3"


def test_what_it_makes_follows_from_the_flows_of_its_ports() -> None:
    plan = station("alicat-mixer")
    assert made(plan, known(divider__port1=1.6, divider__port2=2.4)) == (pytest.approx(4.0), pytest.approx(0.12))
    assert made(plan, known(divider__port1=0.0, divider__port2=0.0)) == (0.0, 0.0)
    assert made(plan, known(divider__port1=1.6)) is None
    assert flow_unit_of(plan) == "SLPM"


def test_or_is_what_it_says_itself() -> None:
    plan = station("ascii-divider")
    live = known(divider__port1=20000.0, divider__flow=4.0)
    assert made(plan, live) == (4.0, pytest.approx(0.02))
    assert flow_unit_of(plan) == "L/min"


def test_a_line_flows_while_its_port_passes_gas() -> None:
    plan = station("alicat-mixer")
    live = known(divider__port1=0.0, divider__port2=4.0)
    assert flowing(plan, live, ("divider",))
    assert flowing(plan, live, ("zero",))
    assert not flowing(plan, live, ("co2",))
    lines = [pipe.flows for pipe in draw_up(plan).pipes]
    assert {("co2",), ("zero",), ("divider",)} == set(lines)


def test_behind_a_valve_the_gas_is_that_of_its_position() -> None:
    plan = station("modbus-selector")
    flows = {"mfc-co2.flow": Value(2.0), "mfc-n2.flow": Value(2.0)}
    for position, content in ((1.0, 0.15), (2.0, 0.04)):
        live = Live(Mode.HAND, flows | {"valve.position": Value(position)})
        assert made(plan, live) == (4.0, pytest.approx(content))
