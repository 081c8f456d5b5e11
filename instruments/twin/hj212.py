"""A simulated CEMS with its data logger: HJ 212 from the logger's side (`instruments.hj212.answering`), as a TCP client.

It connects to the port on which the driver listens. Its clock follows bench time, from midnight of 2026-01-01 on, until the
platform sets it. Asked, it answers with its present value; listened to, it uploads when bench time has passed a multiple of
its interval (`update_s` of the device's table). Beside the measurand it sends what the device records, as its sensor sees
it; what the plant does not have (temperature, pressure, humidity …) is constant.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import ClassVar

from instruments.hj212.answering import Groups, LoggerConversation, LoggerSide
from instruments.hj212.codes import Command, Factor, SystemType
from instruments.hj212.device import Hj212Settings
from instruments.hj212.segment import Item, group
from instruments.hj212.units import MOLAR_MASS, sent_unit_factor
from instruments.twin.peer import AnalyserPort

MIDNIGHT = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - HJ 212 states no zone
SAME_PERIOD = 1e-9  # of a period: times are sums of floating-point numbers
CONSTANT = {"a01012": 40.0, "a01013": 0.1, "a01014": 5.0, "a01011": 8.0, "a00000": 12.0}


class Hj212Server:
    """The data logger of one simulated CEMS."""

    listens_as: ClassVar[str] = "HJ212::127.0.0.1::{port}"

    def __init__(self, name: str, settings: Hj212Settings, port: AnalyserPort) -> None:
        self.name = name
        self._settings = settings
        self._port = port
        self._per_sent = sent_unit_factor(settings.sent_unit or settings.unit, settings.unit, settings.measurand)
        further = {
            one.factor.code: one.factor for one in settings.recorded if one.factor and one.command is Command.REALTIME
        }
        self._further = [factor for code, factor in further.items() if code != settings.factor.code]
        self._logger = LoggerSide(
            settings.mn,
            settings.password,
            settings.st or SystemType.AIR_SOURCE,
            self._values,
            lambda: MIDNIGHT + dt.timedelta(seconds=port.updated_s()),
            calibrate_zero=self._calibrate_zero if settings.zero_command else None,
            interval_s=max(1, round(settings.update_s)),
        )

    def connect(self) -> Hj212Connection:
        """Begin a conversation."""
        uploads, interval_s = self._settings.mode == "listen", self._settings.update_s
        return Hj212Connection(self._logger, self._port, uploads=uploads, interval_s=interval_s)

    def _values(self) -> Groups:
        sent = self._port.indication() / self._per_sent
        own = _group(self._settings.factor, f"{sent:.{self._settings.sent_decimals}f}")
        return (own, *(_group(factor, self._shown(factor)) for factor in self._further))

    def _shown(self, factor: Factor) -> str:
        if factor.name in MOLAR_MASS:
            value = self._port.content(factor.name) / sent_unit_factor(factor.unit, "mol/mol", factor.name)
        else:
            value = CONSTANT.get(factor.code, 0.0)
        return f"{value:.{2 if factor.decimals is None else factor.decimals}f}"

    def _calibrate_zero(self) -> None:
        self._port.adjust_zero(self._port.indication(), self._port.low)


class Hj212Connection:
    """One connection of the logger to its platform."""

    def __init__(self, logger: LoggerSide, port: AnalyserPort, *, uploads: bool, interval_s: float) -> None:
        self._logger = logger
        self._conversation: LoggerConversation = logger.connect()
        self._port = port
        self._uploads = uploads
        self._interval_s = interval_s
        self._last = -1

    def receive(self, data: bytes) -> bytes:
        """Answer the platform."""
        return self._conversation.receive(data)

    def tell(self) -> bytes:
        """What it uploads by itself, now that bench time has moved."""
        period = math.floor(self._port.updated_s() / self._interval_s + SAME_PERIOD)
        if not self._uploads or not self._logger.sends or period == self._last:
            return b""
        self._last = period
        return self._logger.upload()


def _group(factor: Factor, text: str) -> tuple[Item, ...]:
    return group((f"{factor.code}-Rtd", text), (f"{factor.code}-Flag", "N"))
