"""A climate chamber, an AC source or another instrument that sets a condition, told in lines of text by a text profile.

    [environment.source]
    driver = "text-condition"
    resource = "TCPIP::192.168.1.60::5025::SOCKET"
    profile = "scpi-ac-source"
    quantity = "voltage"
    unit = "V"
    limits = [180.0, 260.0]               # narrower than what the instrument can
    leave_at = 220.0

It sets the condition as the profile's `[control.QUANTITY]` says and reads it as the profile's quantity. At every end of a
run it is set to `leave_at`; it is not switched off, since devices may hang on it.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from instruments.condition_control import ControlledCondition, LeavingControlKeys
from instruments.condition_units import unit_line
from instruments.text_sensor import TextSensor, TextSensorSettings
from testbench.engine.roles import Parts
from testbench.errors import InputError


class TextConditionSettings(TextSensorSettings, LeavingControlKeys):
    """Keys of an `[environment.NAME]` table with driver "text-condition"."""


class TextCondition(ControlledCondition, TextSensor):
    """A condition that is set and read over one session."""

    driver: ClassVar[str] = "text-condition"
    summary: ClassVar[str] = "climate chamber, AC source or other control of a condition, told by a text profile"
    Settings: ClassVar[type[BaseModel]] = TextConditionSettings

    def __init__(self, name: str, settings: TextConditionSettings, parts: Parts) -> None:
        super().__init__(name, settings, parts)
        control = self.profile.control.get(settings.quantity)
        if control is None:
            there = ", ".join(self.profile.control) or "nothing"
            raise InputError(f"profile {self.profile.name!r} does not set {settings.quantity}; it sets {there}")
        self._control = control
        self._entry = self.profile.setting(control.setting)
        self._set_gain, self._set_offset = unit_line(self._entry.unit, settings.unit)
        self.take(settings.terms(control.converted(self._set_gain, self._set_offset)))

    def _put(self, value: float) -> float | None:
        for setting in self._control.before:
            self._client.set(setting)
        sent = self._client.set(self._control.setting, (value - self._set_offset) / self._set_gain)
        for setting in self._control.after:
            self._client.set(setting)
        return None if self._entry.read_back is None else sent * self._set_gain + self._set_offset
