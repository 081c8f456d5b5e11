"""What a device measures, told from its unit: gas, velocity or volume flow; and conversions within a kind."""

from __future__ import annotations

from enum import StrEnum

from testbench.metrology.amount import UnitError, from_fraction, units_of_amount

_PER_M_PER_S = {"m/s": 1.0, "km/h": 3.6, "ft/s": 1.0 / 0.3048}
_PER_M3_PER_S = {"m³/s": 1.0, "m³/min": 60.0, "m³/h": 3600.0}


class MeasurandKind(StrEnum):
    """Kinds of measurand; devices of one evaluation are of one kind."""

    GAS = "gas"  # amount fraction
    VELOCITY = "velocity"
    FLOW = "flow"  # volume flow at the conditions in the duct, wet

    @property
    def moves(self) -> bool:
        """Whether it is measured in a moving gas: the reference is a flow rig's, not a gas divider's."""
        return self is not MeasurandKind.GAS

    @property
    def si_unit(self) -> str:
        """The unit that references of this kind are kept in."""
        return {MeasurandKind.GAS: "mol/mol", MeasurandKind.VELOCITY: "m/s", MeasurandKind.FLOW: "m³/s"}[self]


def kind_of(unit: str) -> MeasurandKind:
    """The kind of measurand that a unit is of; raise UnitError naming the units that are known."""
    bare = unit.strip()
    if bare in _PER_M_PER_S:
        return MeasurandKind.VELOCITY
    if bare in _PER_M3_PER_S:
        return MeasurandKind.FLOW
    try:
        from_fraction(1.0, unit)
    except UnitError:
        known = ", ".join((*units_of_amount(), *_PER_M_PER_S, *_PER_M3_PER_S))
        raise UnitError(f"{unit!r} is no unit of gas content, velocity or volume flow; known are {known}") from None
    return MeasurandKind.GAS


def from_si(unit: str) -> float:
    """The factor from the SI unit of the kind (mol/mol, m/s, m³/s) to `unit`; raise UnitError."""
    kind, bare = kind_of(unit), unit.strip()
    if kind is MeasurandKind.GAS:
        return from_fraction(1.0, unit)
    return (_PER_M_PER_S if kind is MeasurandKind.VELOCITY else _PER_M3_PER_S)[bare]


def conversion(from_unit: str, to_unit: str) -> float:
    """The factor that turns a number in `from_unit` into one in `to_unit`; raise UnitError, also where the kinds differ."""
    kinds = kind_of(from_unit), kind_of(to_unit)
    if kinds[0] is not kinds[1]:
        raise UnitError(f"{from_unit} is a unit of {kinds[0]}, {to_unit} one of {kinds[1]}: give both in units of one kind")
    return from_si(to_unit) / from_si(from_unit)
