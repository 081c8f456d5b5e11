"""Where everything of a station stands in its picture, in points; any number of cylinders, sensors and devices. Without Qt.

cylinders ─ controllers ─ divider ─┬─ device ─┬─ exhaust
                                   └─ device ─┘
fan ────┬─────────── flow rig ─────┬─ device ─┬─ exhaust
reference                          └─ device ─┘
scanner ┄ sensors
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from gui.bench.plan import StationPlan
from testbench.engine.manual.parts import Ability, Part, Place

ROW, GAP = 92.0, 16.0
CYLINDER_X, CYLINDER_W = 0.0, 134.0
CONTROLLER_X, CONTROLLER_W = 156.0, 176.0
DIVIDER_X, DIVIDER_W = 368.0, 148.0
MANIFOLD_X = 538.0
DEVICE_X, DEVICE_W = 560.0, 250.0
COLLECTOR_X = 828.0
EXHAUST_X, EXHAUST_W = 836.0, 62.0
WIDTH = EXHAUST_X + EXHAUST_W
SENSOR_W, SENSOR_H, SENSOR_GAP = 152.0, 68.0, 12.0
SECTION_GAP = 30.0
EXHAUST = "exhaust"


class NodeKind(StrEnum):
    """What is drawn."""

    CYLINDER = "cylinder"
    CONTROLLER = "controller"
    DIVIDER = "divider"
    DEVICE = "device"
    SCANNER = "scanner"
    SENSOR = "sensor"
    FLOW_RIG = "flow rig"
    EXHAUST = "exhaust"


@dataclass(frozen=True, slots=True)
class Node:
    """One box: which part, and its place (left, top, width, height)."""

    key: str
    kind: NodeKind
    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.h / 2

    @property
    def centre(self) -> float:
        """Its middle from the left."""
        return self.x + self.w / 2

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        return self.x <= x <= self.x + self.w and self.y <= y <= self.y + self.h


@dataclass(frozen=True, slots=True)
class Pipe:
    """A line between boxes; gas flows in it while any of `flows` (controllers, or the flow rig) passes some."""

    points: tuple[tuple[float, float], ...]
    flows: tuple[str, ...] = ()
    signal: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes and lines, and how much room they take."""

    nodes: tuple[Node, ...]
    pipes: tuple[Pipe, ...]
    width: float
    height: float

    def node(self, key: str) -> Node | None:
        """The box of a part."""
        return next((node for node in self.nodes if node.key == key), None)

    @property
    def selectable(self) -> tuple[Node, ...]:
        """Boxes of parts, in the order of reading: by columns from the left, each downwards."""
        nodes = [node for node in self.nodes if node.kind is not NodeKind.EXHAUST]
        return tuple(sorted(nodes, key=lambda node: (node.kind in (NodeKind.SCANNER, NodeKind.SENSOR), node.x, node.y)))

    def at(self, x: float, y: float) -> Node | None:
        """The box of a part at a point."""
        return next((node for node in self.selectable if node.holds(x, y)), None)


class Direction(Enum):
    """Of an arrow key."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


def neighbour(picture: Picture, key: str, direction: Direction) -> str:
    """The nearest box in a direction, what lies straight ahead first; the same where there is none."""
    here = picture.node(key)
    if here is None:
        return picture.selectable[0].key if picture.selectable else key
    dx, dy = direction.value
    best, nearest = key, float("inf")
    for node in picture.selectable:
        along = dx * (node.centre - here.centre) + dy * (node.middle - here.middle)
        aside = abs(dy * (node.centre - here.centre)) + abs(dx * (node.middle - here.middle))
        if node.key != key and along > 1.0 and along + 2.0 * aside < nearest:
            best, nearest = node.key, along + 2.0 * aside
    return best


def draw_up(plan: StationPlan) -> Picture:
    """Place everything."""
    nodes: list[Node] = []
    pipes: list[Pipe] = []
    devices = plan.of(Place.DEVICE)
    in_duct = [part for part in devices if plan.measures_velocity(part) and plan.of(Place.FLOW_RIG)]
    in_gas = [part for part in devices if part not in in_duct]
    bottom = _gas_section(plan, in_gas, nodes, pipes)
    if rig := plan.of(Place.FLOW_RIG):
        bottom = _duct_section(plan, rig[0], in_duct, bottom, nodes, pipes)
    bottom = _sensor_section(plan, bottom, nodes, pipes)
    return Picture(tuple(nodes), tuple(pipes), WIDTH, max(bottom, ROW))


def _gas_section(plan: StationPlan, devices: list[Part], nodes: list[Node], pipes: list[Pipe]) -> float:
    controllers = [part for part in plan.of(Place.INSTRUMENT) if Ability.FLOW in part.abilities]
    fed = set(plan.feeds.values())
    rows: list[tuple[str, str]] = [(plan.feeds.get(part.key, ""), part.key) for part in controllers]
    rows += [(part.key, "") for part in plan.of(Place.CYLINDER) if part.key not in fed]
    count = max(len(rows), len(devices), 1)
    height = count * ROW + (count - 1) * GAP
    middle = height / 2
    divider = bool(plan.of(Place.DIVIDER))
    placed: dict[str, Node] = {}
    join = DIVIDER_X if divider else MANIFOLD_X
    for top, (cylinder, controller) in zip(_tops(len(rows), height), rows, strict=True):
        if cylinder and cylinder not in placed and cylinder in plan.parts:
            placed[cylinder] = Node(cylinder, NodeKind.CYLINDER, CYLINDER_X, top, CYLINDER_W, ROW)
        if controller:
            placed[controller] = Node(controller, NodeKind.CONTROLLER, CONTROLLER_X, top, CONTROLLER_W, ROW)
        if cylinder in placed and controller:
            pipes.append(_pipe(placed[cylinder], CONTROLLER_X, top + ROW / 2, controller))
    nodes += placed.values()
    names = tuple(part.key for part in controllers) or ((plan.of(Place.DIVIDER)[0].key,) if plan.ports else ())
    if divider:
        tall = min(height, 2 * ROW + GAP)
        nodes.append(Node(plan.of(Place.DIVIDER)[0].key, NodeKind.DIVIDER, DIVIDER_X, middle - tall / 2, DIVIDER_W, tall))
        if devices:
            pipes.append(Pipe(((DIVIDER_X + DIVIDER_W, middle), (MANIFOLD_X, middle)), names))
    inlets = [placed[part.key] for part in controllers] or [
        node for node in placed.values() if node.kind is NodeKind.CYLINDER
    ]
    pipes += _inlets(inlets, join, middle, divider)
    _branch(devices, _tops(len(devices), height), middle, names, nodes, pipes)
    return height


def _inlets(inlets: list[Node], join: float, middle: float, divider: bool) -> Iterable[Pipe]:
    """Lines into the divider, side by side; without one, into the manifold."""
    reach = min(ROW, 24.0 * (len(inlets) - 1)) if divider else 0.0
    for number, node in enumerate(inlets):
        offset = 0.0 if len(inlets) < 2 else reach * (number / (len(inlets) - 1) - 0.5)
        bend = (CONTROLLER_X + CONTROLLER_W + join) / 2
        right = node.x + node.w
        yield Pipe(
            ((right, node.middle), (bend, node.middle), (bend, middle + offset), (join, middle + offset)), (node.key,)
        )


def _duct_section(
    plan: StationPlan, rig: Part, devices: list[Part], bottom: float, nodes: list[Node], pipes: list[Pipe]
) -> float:
    top = bottom + SECTION_GAP
    members = [plan.parts[name] for name in plan.rig]
    count = max(len(devices), 1)
    height = max(count * ROW + (count - 1) * GAP, len(members) * (SENSOR_H + SENSOR_GAP) - SENSOR_GAP)
    middle = top + height / 2
    _members(members, middle, nodes, pipes)
    nodes.append(Node(rig.key, NodeKind.FLOW_RIG, CONTROLLER_X, middle - ROW / 2, DIVIDER_X + DIVIDER_W - CONTROLLER_X, ROW))
    if devices:
        pipes.append(Pipe(((DIVIDER_X + DIVIDER_W, middle), (MANIFOLD_X, middle)), (rig.key,)))
    _branch(devices, [top + y for y in _tops(len(devices), height)], middle, (rig.key,), nodes, pipes)
    return top + height


def _members(members: list[Part], middle: float, nodes: list[Node], pipes: list[Pipe]) -> None:
    """The instruments of a flow rig, one above the other beside it; what goes to and from them are signals."""
    first = middle - (len(members) * (SENSOR_H + SENSOR_GAP) - SENSOR_GAP) / 2
    bend = (CYLINDER_X + CYLINDER_W + CONTROLLER_X) / 2
    for number, part in enumerate(members):
        node = Node(part.key, NodeKind.SCANNER, CYLINDER_X, first + number * (SENSOR_H + SENSOR_GAP), CYLINDER_W, SENSOR_H)
        nodes.append(node)
        way = ((CYLINDER_X + CYLINDER_W, node.middle), (bend, node.middle), (bend, middle), (CONTROLLER_X, middle))
        pipes.append(Pipe(way, signal=True))


def _branch(
    devices: list[Part], tops: list[float], middle: float, flows: tuple[str, ...], nodes: list[Node], pipes: list[Pipe]
) -> None:
    """Devices in parallel between a manifold and the exhaust."""
    if not devices:
        return
    middles = [top + ROW / 2 for top in tops]
    for part, top in zip(devices, tops, strict=True):
        nodes.append(Node(part.key, NodeKind.DEVICE, DEVICE_X, top, DEVICE_W, ROW))
        pipes.append(Pipe(((MANIFOLD_X, top + ROW / 2), (DEVICE_X, top + ROW / 2)), flows))
        pipes.append(Pipe(((DEVICE_X + DEVICE_W, top + ROW / 2), (COLLECTOR_X, top + ROW / 2)), flows))
    low, high = min([*middles, middle]), max([*middles, middle])
    pipes.append(Pipe(((MANIFOLD_X, low), (MANIFOLD_X, high)), flows))
    pipes.append(Pipe(((COLLECTOR_X, low), (COLLECTOR_X, high)), flows))
    pipes.append(Pipe(((COLLECTOR_X, middle), (EXHAUST_X, middle)), flows))
    key = EXHAUST if all(node.key != EXHAUST for node in nodes) else f"{EXHAUST} 2"
    nodes.append(Node(key, NodeKind.EXHAUST, EXHAUST_X, middle - 28, EXHAUST_W, 56))


def _sensor_section(plan: StationPlan, bottom: float, nodes: list[Node], pipes: list[Pipe]) -> float:
    scanners = [p for p in plan.of(Place.INSTRUMENT) if Ability.FLOW not in p.abilities and p.key not in plan.rig]
    sensors = plan.of(Place.SENSOR)
    if not scanners and not sensors:
        return bottom
    top = bottom + SECTION_GAP
    groups: list[tuple[Part | None, list[Part]]] = [
        (scanner, [part for part in sensors if part.session == scanner.key]) for scanner in scanners
    ]
    known = {scanner.key for scanner in scanners}
    if alone := [part for part in sensors if part.session not in known]:
        groups.append((None, alone))
    left = CONTROLLER_X
    across = max(1, int((WIDTH - left + SENSOR_GAP) // (SENSOR_W + SENSOR_GAP)))
    for scanner, read in groups:
        if scanner is not None:
            nodes.append(Node(scanner.key, NodeKind.SCANNER, CYLINDER_X, top, CYLINDER_W, SENSOR_H))
            if read:
                pipes.append(Pipe(((CYLINDER_W, top + SENSOR_H / 2), (left, top + SENSOR_H / 2)), signal=True))
        for number, part in enumerate(read):
            row, column = divmod(number, across)
            x, y = left + column * (SENSOR_W + SENSOR_GAP), top + row * (SENSOR_H + SENSOR_GAP)
            nodes.append(Node(part.key, NodeKind.SENSOR, x, y, SENSOR_W, SENSOR_H))
            if column:
                pipes.append(Pipe(((x - SENSOR_GAP, y + SENSOR_H / 2), (x, y + SENSOR_H / 2)), signal=True))
        rows = max(1, -(-len(read) // across))
        top += rows * (SENSOR_H + SENSOR_GAP)
    return top - SENSOR_GAP


def _tops(count: int, height: float) -> list[float]:
    """Tops of `count` boxes in the middle of a height."""
    taken = count * ROW + max(0, count - 1) * GAP
    return [(height - taken) / 2 + number * (ROW + GAP) for number in range(count)]


def _pipe(left: Node, x: float, y: float, controller: str) -> Pipe:
    right = left.x + left.w
    bend = (right + x) / 2
    return Pipe(((right, left.middle), (bend, left.middle), (bend, y), (x, y)), (controller,))
