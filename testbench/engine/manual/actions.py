"""What a person may have the bench do by hand: one small value for each, and its words for the log."""

from __future__ import annotations

import math
from dataclasses import dataclass

from testbench.engine.assembly import Equipment
from testbench.engine.roles import Adjustment, Device, FlowController, FlowRig, GasDivider
from testbench.errors import InputError, suggest
from testbench.metrology.amount import from_fraction


@dataclass(frozen=True, slots=True)
class SupplyGas:
    """A content of a component, mol/mol, from the gas divider."""

    component: str
    fraction: float


@dataclass(frozen=True, slots=True)
class ZeroGas:
    """Zero gas at the divider's total flow."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What flows while the bench is paused: a little zero gas."""


@dataclass(frozen=True, slots=True)
class StopGas:
    """No gas at all."""


@dataclass(frozen=True, slots=True)
class SetFlow:
    """The flow of one controller, in its own unit."""

    controller: str
    flow: float


@dataclass(frozen=True, slots=True)
class SetVelocity:
    """The velocity of the flow rig, m/s."""

    velocity: float


@dataclass(frozen=True, slots=True)
class StopFlowRig:
    """The flow rig at a standstill."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """Zero or span of a device: its present indication becomes `target`, in the device's unit."""

    device: str
    point: Adjustment
    target: float


@dataclass(frozen=True, slots=True)
class SetCondition:
    """A condition of the environment, in the unit of its table."""

    quantity: str
    value: float


@dataclass(frozen=True, slots=True)
class DriveSafe:
    """Every instrument in its safe state, now."""


Action = SupplyGas | ZeroGas | Rest | StopGas | SetFlow | SetVelocity | StopFlowRig | Adjust | SetCondition | DriveSafe


def words(action: Action) -> str:
    """The action in a few words, as it is logged."""
    match action:
        case SupplyGas(component, fraction):
            unit = "%" if fraction >= 1e-3 else "µmol/mol"
            return f"supply {from_fraction(fraction, unit):.6g} {unit} {component}"
        case ZeroGas():
            return "supply zero gas"
        case Rest():
            return "let the gas rest"
        case StopGas():
            return "stop the gas"
        case SetFlow(controller, flow):
            return f"set {controller} to a flow of {flow:g}"
        case SetVelocity(velocity):
            return f"set the flow rig to {velocity:g} m/s"
        case StopFlowRig():
            return "stop the flow rig"
        case Adjust(device, point, target):
            return f"adjust {point.value} of {device} to {target:g}"
        case SetCondition(quantity, value):
            return f"set {quantity} to {value:g}"
        case DriveSafe():
            return "drive everything to its safe state"


def divider_of(equipment: Equipment) -> GasDivider:
    """The gas divider; InputError where the station has none."""
    if equipment.divider is None:
        raise InputError("this station has no gas divider; set single controllers, or add a [divider] table")
    return equipment.divider


def flow_rig_of(equipment: Equipment) -> FlowRig:
    """The flow rig; InputError where the station has none."""
    if equipment.flow_rig is None:
        raise InputError("this station has no flow rig; add a [flow_rig] table")
    return equipment.flow_rig


def controller_of(equipment: Equipment, name: str) -> FlowController:
    """A flow controller by its name; InputError where there is none."""
    controllers = {item.name: item for item in equipment.instruments if isinstance(item, FlowController)}
    if name not in controllers:
        raise InputError(f"{name!r} is no flow controller of this station; {suggest(name, controllers)}")
    return controllers[name]


def device_of(equipment: Equipment, name: str) -> Device:
    """A device under test by its name; InputError where there is none."""
    devices = {device.name: device for device in equipment.devices}
    if name not in devices:
        raise InputError(f"{name!r} is no device of this station; {suggest(name, devices)}")
    return devices[name]


def refuse(action: Action, equipment: Equipment) -> None:
    """Raise InputError (UnsuppliableError for a gas), saying what can be set, before anything is touched."""
    match action:
        case SupplyGas(component, fraction):
            divider = divider_of(equipment)
            if not (math.isfinite(fraction) and 0.0 <= fraction <= 1.0):
                raise InputError(f"a content must be from 0 to 100 %, got {100 * fraction:g} %")
            divider.check(component, fraction)
        case ZeroGas() | Rest() | StopGas():
            divider_of(equipment)
        case SetFlow(name, flow):
            controller = controller_of(equipment, name)
            if not 0.0 <= flow <= controller.full_scale:  # NaN is refused as well
                raise InputError(
                    f"{name}: a flow of {flow:g} {controller.flow_unit} is outside its range, 0 to "
                    f"{controller.full_scale:g} {controller.flow_unit}"
                )
        case SetVelocity(velocity):
            flow_rig_of(equipment).check(velocity)
        case StopFlowRig():
            flow_rig_of(equipment)
        case Adjust(name, _, target):
            device = device_of(equipment, name)
            if not device.low <= target <= device.high:
                raise InputError(
                    f"{name}: {target:g} {device.unit} is outside its range, {device.low:g} to {device.high:g} {device.unit}"
                )
        case SetCondition(quantity, value):
            if quantity not in equipment.controls:
                raise InputError(f"nothing on this station sets {quantity!r}; {suggest(quantity, equipment.controls)}")
            if not math.isfinite(value):
                raise InputError(f"{quantity} must be a number, got {value:g}")
            equipment.controls[quantity].check(value)
        case DriveSafe():
            pass
