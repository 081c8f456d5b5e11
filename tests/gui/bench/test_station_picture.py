"""Where the parts of a station stand in its picture: nothing on top of anything, every part reached by arrows."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from gui.bench.layout import Direction, Node, NodeKind, Picture, draw_up, neighbour
from gui.bench.plan import StationPlan, read_plan
from testbench.errors import StationError

DEVICE = """
[devices.{name}]
driver = "thermo-iseries"
resource = "twin"
maker = "Maker"
model = "410i"
measurand = "CO2"
range = [0.0, 20.0]
unit = "%"
[devices.{name}.truth]
t90_rise_s = 30.0
t90_fall_s = 30.0
"""


def overlap(one: Node, other: Node) -> bool:
    return one.x < other.x + other.w and other.x < one.x + one.w and one.y < other.y + other.h and other.y < one.y + one.h


def reached(picture: Picture) -> set[str]:
    """Parts that arrow keys lead to from the first one."""
    found, waiting = set(), [picture.selectable[0].key]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += [neighbour(picture, key, direction) for direction in Direction]
    return found


def check(plan: StationPlan) -> Picture:
    picture = draw_up(plan)
    assert {node.key for node in picture.selectable} == set(plan.parts)
    assert not [(one.key, other.key) for one, other in combinations(picture.nodes, 2) if overlap(one, other)]
    for node in picture.nodes:
        assert node.x >= 0
        assert node.y >= 0
        assert node.x + node.w <= picture.width
        assert node.y + node.h <= picture.height
    assert reached(picture) == set(plan.parts)
    return picture


def test_gas_goes_from_the_left_to_the_right(plan: StationPlan) -> None:
    picture = check(plan)
    order = ["co2", "mfc-co2", "divider", "A", "exhaust"]
    lefts = [picture.node(key).x for key in order]  # type: ignore[union-attr]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == len(order)
    kinds = {node.key: node.kind for node in picture.nodes}
    assert kinds["daq"] is NodeKind.SCANNER
    assert kinds["environment.temperature"] is NodeKind.SENSOR


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_any_number_of_devices_finds_room(change: Callable[..., Path], count: int) -> None:
    check(read_plan(change(more="".join(DEVICE.format(name=f"X{number}") for number in range(count)))))


def test_one_cylinder_may_feed_two_controllers_and_another_none(change: Callable[..., Path]) -> None:
    more = '\n[cylinders.spare]\ncomponent = "CO2"\nfraction_percent = 5.0\n'
    third = (
        '[instruments.mfc-low]\ndriver = "alicat"\nresource = "twin"\nfull_scale = 0.5\nuncertainty_percent = 0.4\n'
        "reproducibility_percent = 0.03\n\n[divider]"
    )
    plan = read_plan(change(("[divider]", third), ('{ mfc-co2 = "co2"', '{ mfc-low = "co2", mfc-co2 = "co2"'), more=more))
    picture = check(plan)
    into_low = [pipe for pipe in picture.pipes if pipe.flows == ("mfc-low",)]
    assert len(into_low) == 2, "from the shared cylinder, and into the divider"


def test_lines_show_by_which_controllers_they_flow(plan: StationPlan) -> None:
    picture = draw_up(plan)
    device = picture.node("A")
    assert device is not None
    inlet = next(pipe for pipe in picture.pipes if pipe.points[-1] == (device.x, device.middle))
    assert set(inlet.flows) == {"mfc-co2", "mfc-n2"}


def test_a_wrong_station_is_refused_in_words(change: Callable[..., Path]) -> None:
    with pytest.raises(StationError, match="did you mean 'alicat'"):
        read_plan(change(('driver = "alicat"', 'driver = "alicad"')))


def test_an_arrow_without_anything_in_its_direction_stays(plan: StationPlan) -> None:
    picture = draw_up(plan)
    assert neighbour(picture, "co2", Direction.LEFT) == "co2"
    assert neighbour(picture, "co2", Direction.RIGHT) == "mfc-co2"
    assert neighbour(picture, "co2", Direction.DOWN) == "zero"
    assert neighbour(picture, "", Direction.DOWN) == picture.selectable[0].key


def test_what_a_flow_rig_is_made_of_stands_beside_it() -> None:
    import testbench.stations

    station = Path(next(iter(testbench.stations.__path__))) / "simulated-flow.toml"
    picture = check(read_plan(station))
    fan, rig, device = (picture.node(key) for key in ("fan", "flow_rig", "U"))
    assert fan is not None
    assert rig is not None
    assert device is not None
    assert fan.x + fan.w < rig.x
    assert rig.x + rig.w < device.x
