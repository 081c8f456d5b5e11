"""The simulated reference of a flow rig: a velocity meter that serves the registers of its profile."""

from __future__ import annotations

from typing import ClassVar

from instruments.twin.modbus_profile import ModbusProfileServer


class ModbusVelocityServer(ModbusProfileServer):
    """The simulated meter."""

    port_kind: ClassVar[str] = "velocity"
