"""Gas of the simulated bench: mass flow controllers, blending of cylinders, and the line to the devices' inlets.

Contents are tuples of amount fractions (mol/mol), one for each component that the plant knows, in the plant's order.
Between two changes everything is a closed form of the time since the change, so nothing depends on how often it is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.twin.noise import Stream
from instruments.twin.tick import SAME_TICK_S, Commanded

Content = tuple[float, ...]

AMBIENT_AIR = {"CO2": 420e-6, "O2": 0.2095}
"""Amount fractions in ambient air, mol/mol; the components not named are absent."""

SUMS = {"NOx": ("NO", "NO2")}
"""What stands for several components at once."""


class Controller:
    """A mass flow controller that follows its set-point at once.

    It indicates the set-point; the true flow is set-point x (1 + error) x (1 + reproducibility), where the error is common
    to all settings and the reproducibility is drawn anew for each command. Flows are in the controller's own unit.
    """

    def __init__(self, name: str, error: float, reproducibility: float, chance: Stream) -> None:
        """`error` and `reproducibility` (standard deviation) are relative."""
        self.name = name
        self.error = error
        self.reproducibility = reproducibility
        self.settings = 0
        self.true_flow = 0.0
        self.fed = True  # a valve before it may be closed: then nothing flows, whatever is set
        self._chance = chance
        self._flow = Commanded(0.0)

    @property
    def setpoint(self) -> float:
        """The set-point last commanded."""
        return self._flow.latest

    def set_flow(self, flow: float, now: float) -> None:
        """Follow a command given at bench time `now`."""
        self._flow.set(flow, now)
        self.settings += 1
        scatter = self.reproducibility * self._chance.normal(self.settings) if self.reproducibility else 0.0
        self.true_flow = flow * (1.0 + self.error) * (1.0 + scatter)

    def indicated_flow(self, now: float) -> float:
        """The flow it shows at bench time `now`; on the tick of a command still the flow before it."""
        return self._flow.shown(now) if self.fed else 0.0


@dataclass(slots=True)
class Valve:
    """A valve before a controller: the cylinder at each of its positions; 0 is closed."""

    controller: str
    cylinders: Mapping[int, str]
    position: int = 0


class Box:
    """A divider in one box: its ports are controllers in L/min, each with a cylinder of stated content (mol/mol).

    `components` are the gases of the ports, "" for zero gas.

    Told flows, it is its controllers. Told a content, it makes content x (1 + error) x (1 + reproducibility) of an exact
    cylinder, drawn anew for each command, and its zero gas makes up the total flow.
    """

    def __init__(
        self,
        ports: Sequence[Controller],
        components: Sequence[str],
        stated: Sequence[float],
        error: float,
        reproducibility: float,
        chance: Stream,
    ) -> None:
        self.ports = tuple(ports)
        self.components = tuple(components)
        self.stated = tuple(stated)
        self.error = error
        self.reproducibility = reproducibility
        self.made = 0
        self._chance = chance

    def make(self, port: int, content: float, total_flow: float, now: float) -> None:
        """Follow a command given at bench time `now`; ports count from 0. Zero gas alone for a content of 0."""
        share = min(content / self.stated[port], 1.0) if self.stated[port] > 0.0 else 0.0
        zero = self.stated.index(0.0)
        flows = dict.fromkeys(range(len(self.ports)), 0.0) | {zero: (1.0 - share) * total_flow}
        if port != zero:
            flows[port] = share * total_flow
        self.made += 1
        scatter = self.reproducibility * self._chance.normal(self.made) if self.reproducibility else 0.0
        for number, flow in flows.items():
            self.ports[number].set_flow(flow, now)
        true_share = min(share * (1.0 + self.error) * (1.0 + scatter), 1.0)
        for number, controller in enumerate(self.ports):
            controller.true_flow = 0.0
            if number == zero:
                controller.true_flow = (1.0 - true_share) * total_flow
            elif number == port:
                controller.true_flow = true_share * total_flow

    def indicated_content(self, now: float) -> float:
        """Content that its indicated flows make of cylinders as stated, mol/mol; 0 where nothing flows."""
        flows = [controller.indicated_flow(now) for controller in self.ports]
        return blend(flows, [(content,) for content in self.stated], (0.0,))[0]


def blend(flows: Sequence[float], contents: Sequence[Content], without_flow: Content) -> Content:
    """Content of joined streams: sum(x q) / sum(q) for each component; `without_flow` where nothing flows."""
    total = math.fsum(flows)
    if total <= 0.0:
        return without_flow
    return tuple(
        math.fsum(q * x for q, x in zip(flows, column, strict=True)) / total for column in zip(*contents, strict=True)
    )


@dataclass(slots=True)
class Change:
    """From `time_s` on the divider gives `target`; `start` is the content of the mixing volume at that moment."""

    time_s: float
    start: Content
    target: Content


class Line:
    """The line from divider to inlets: a pure delay, then a mixed volume (first order, time constant `mixing_s`)."""

    def __init__(self, delay_s: float, mixing_s: float, content: Content) -> None:
        self.delay_s = delay_s
        self.mixing_rate = 1.0 / mixing_s if mixing_s > 0.0 else math.inf
        self.changes = [Change(-math.inf, content, content)]

    def supply(self, content: Content, now: float) -> None:
        """Let the divider give `content` from bench time `now` on."""
        last = self.changes[-1]
        if now <= last.time_s + SAME_TICK_S:
            last.target = content
        elif content != last.target:
            self.changes.append(Change(now, self._mixed(last, now - last.time_s), content))

    def content(self, now: float) -> Content:
        """Content at the end of the line, where the inlets are, at bench time `now`."""
        for change in reversed(self.changes):
            if now > change.time_s + self.delay_s + SAME_TICK_S:
                return self._mixed(change, now - self.delay_s - change.time_s)
        return self.changes[0].start

    def _mixed(self, change: Change, elapsed_s: float) -> Content:
        left = math.exp(-self.mixing_rate * elapsed_s)
        return tuple(end + (start - end) * left for start, end in zip(change.start, change.target, strict=True))
