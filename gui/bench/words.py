"""The bench screen's words for places, states and what was typed wrong, in the present language."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.bench.live import MORE_DIGITS, Mode, PartState, shown
from gui.bench.plan import StationPlan
from gui.bench.typed import TypingError, Typo
from gui.theme import Tone
from gui.widgets.state_label import Shape
from testbench.engine.manual.actions import (
    Action,
    Adjust,
    DriveSafe,
    Rest,
    SetCondition,
    SetFlow,
    SetVelocity,
    StopFlowRig,
    StopGas,
    SupplyGas,
    ZeroGas,
)
from testbench.engine.manual.parts import ENVIRONMENT, Part, Place
from testbench.engine.roles import Adjustment
from testbench.metrology.amount import from_fraction

LOOKS = {
    PartState.UNKNOWN: (Shape.RING, Tone.MUTED),
    PartState.WAITING: (Shape.RING, Tone.MUTED),
    PartState.ANSWERS: (Shape.DISC, Tone.MUTED),
    PartState.SILENT: (Shape.CROSS, Tone.FAULT),
    PartState.DOUBTFUL: (Shape.TRIANGLE, Tone.ATTENTION),
    PartState.NO_VALUE: (Shape.CROSS, Tone.FAULT),
    PartState.EXPIRED: (Shape.TRIANGLE, Tone.ATTENTION),
}


class Words(QObject):
    """Says things; nothing is kept, so that a change of language needs no more than saying them again."""

    def place(self, place: Place) -> str:
        """What kind of part it is."""
        return {
            Place.CYLINDER: self.tr("gas cylinder"),
            Place.INSTRUMENT: self.tr("instrument"),
            Place.DIVIDER: self.tr("gas divider"),
            Place.FLOW_RIG: self.tr("flow rig"),
            Place.SENSOR: self.tr("sensor"),
            Place.DEVICE: self.tr("device under test"),
        }[place]

    def name(self, part: Part) -> str:
        """What a part is called: its name in the station file, or the role where there is only one."""
        if part.place in (Place.DIVIDER, Place.FLOW_RIG):
            return self.place(part.place).capitalize()
        if part.place is Place.SENSOR:
            return self.quantity(part.key.removeprefix(ENVIRONMENT))
        return part.key

    def quantity(self, name: str) -> str:
        """A quantity, where it is a known one; else as it is."""
        return {
            "temperature": self.tr("temperature"),
            "humidity": self.tr("humidity"),
            "pressure": self.tr("pressure"),
            "voltage": self.tr("voltage"),
            "supply": self.tr("supply voltage"),
            "frequency": self.tr("supply frequency"),
            "sample flow": self.tr("sample flow"),
            "supply voltage": self.tr("supply voltage"),
            "cell temperature": self.tr("cell temperature"),
            "cell pressure": self.tr("cell pressure"),
            "box temperature": self.tr("box temperature"),
            "PMT temperature": self.tr("PMT temperature"),
            "room gas": self.tr("gas in the room"),
            "mass flow": self.tr("mass flow"),
            "setpoint": self.tr("set-point"),
            "velocity": self.tr("velocity"),
            "current": self.tr("current"),
        }.get(name, name)

    def state(self, state: PartState) -> str:
        """A state in one or two words."""
        return {
            PartState.UNKNOWN: self.tr("not connected"),
            PartState.WAITING: self.tr("connecting …"),
            PartState.ANSWERS: self.tr("answers"),
            PartState.SILENT: self.tr("no answer"),
            PartState.DOUBTFUL: self.tr("doubtful"),
            PartState.NO_VALUE: self.tr("no reading"),
            PartState.EXPIRED: self.tr("certificate expired"),
        }[state]

    def mode(self, mode: Mode, evaluation: str) -> tuple[Shape, str, Tone]:
        """Who has the station."""
        return {
            Mode.NOBODY: (Shape.RING, self.tr("not connected"), Tone.MUTED),
            Mode.CONNECTING: (Shape.RING, self.tr("connecting …"), Tone.MUTED),
            Mode.HAND: (Shape.DISC, self.tr("in your hand"), Tone.TEXT),
            Mode.RELEASING: (Shape.RING, self.tr("going to the safe state …"), Tone.MUTED),
            Mode.RUN: (
                Shape.DISC,
                self.tr("evaluation {name} has it").format(name=evaluation) if evaluation else self.tr("a run has it"),
                Tone.TEXT,
            ),
        }[mode]

    def action(self, action: Action, plan: StationPlan) -> str:
        """An action that was carried out."""
        match action:
            case SupplyGas(component, fraction):
                unit = "%" if fraction >= 1e-3 else "µmol/mol"
                return self.tr("{value} {unit} {gas} is supplied").format(
                    value=f"{from_fraction(fraction, unit):.6g}", unit=unit, gas=component
                )
            case ZeroGas():
                return self.tr("zero gas is supplied")
            case Rest():
                return self.tr("the gas rests: a little zero gas flows")
            case StopGas():
                return self.tr("no gas flows")
            case SetFlow(name, flow):
                unit = plan.parts[name].unit if name in plan.parts else ""
                return self.tr("{name} is set to {value} {unit}").format(name=name, value=f"{flow:g}", unit=unit)
            case SetVelocity(velocity):
                return self.tr("the flow rig is set to {value} m/s").format(value=f"{velocity:g}")
            case StopFlowRig():
                return self.tr("the flow rig stands still")
            case Adjust(device, point, target):
                unit = plan.parts[device].unit if device in plan.parts else ""
                sentence = (
                    self.tr("the zero of {name} is adjusted to {value} {unit}")
                    if point is Adjustment.ZERO
                    else self.tr("the span of {name} is adjusted to {value} {unit}")
                )
                return sentence.format(name=device, value=f"{target:g}", unit=unit)
            case SetCondition(quantity, value):
                return self.tr("{name} is set to {value}").format(name=self.quantity(quantity), value=f"{value:g}")
            case DriveSafe():
                return self.tr("everything is in its safe state")

    def resting(self, state: str) -> str:
        """What flows while the gas rests."""
        return self.tr("What flows while a run is paused: {state}").format(state=state)

    def typo(self, error: TypingError, unit: str) -> str:
        """What is wrong with a number that was typed."""
        if error.typo is Typo.OUTSIDE:
            low, high = error.low, error.high
            if low is not None and high is not None:
                return self.tr("from {low} to {high} {unit}, please").format(low=f"{low:g}", high=f"{high:g}", unit=unit)
            return self.tr("{low} {unit} or more, please").format(low=f"{low or 0.0:g}", unit=unit)
        if error.typo is Typo.EMPTY:
            return self.tr("type a number first")
        return self.tr("this is no number; write it like 12.5")

    def value(self, value: float | None, unit: str, resolution: float = 0.0) -> str:
        """A value with its unit, all digits that mean something; a dash for none."""
        return f"{shown(value, resolution, MORE_DIGITS)} {unit}".strip()
