"""A simulated Alicat gas mixer: what `instruments.alicat_mixer` describes, from the mixer's side.

A mixture is taken while it stands still or mixes, and is mixed from MXRS 1 on. A line for another unit id is not answered.
"""

from __future__ import annotations

import math
import re

from instruments.alicat_mixer import CONSTANT_FLOW, SLPM, START, STOP, WHOLE, AlicatMixerSettings, State
from instruments.twin.peer import DividerPort

GAS_NUMBERS = {"CO2": 4, "O2": 11, "": 8}  # of the maker's list; nitrogen for zero gas, air for others


class AlicatMixerServer:
    """The mixer and its state; connections share it."""

    def __init__(self, name: str, settings: AlicatMixerSettings, port: DividerPort) -> None:
        self.name = name
        self._unit_id = settings.unit_id.upper()
        self._settings = settings
        self._port = port
        self._state = State.STOPPED
        self._flow = 0.0
        self._fractions = [0] * port.ports

    def connect(self) -> AlicatMixerConnection:
        """Begin a conversation."""
        return AlicatMixerConnection(self)

    def answer(self, line: str) -> str:
        """Return the answer to one command line, without its end; empty for a line to another unit."""
        if line[:1].upper() != self._unit_id:
            return ""
        command = line[1:].strip().upper()
        said = self._obey(command)
        return "?" if said is None else f"{self._unit_id} {said}"

    def _obey(self, command: str) -> str | None:
        """Do what the command says and return the answer; None for one that is not known or not allowed."""
        if command == "QMXS":
            return self._mixture()
        if command == "MXFG":
            return " ".join(str(GAS_NUMBERS.get(component, 0)) for component in self._port.components)
        if command == f"MXRM {CONSTANT_FLOW}":
            return str(CONSTANT_FLOW)
        if found := re.fullmatch(r"MXRFF (\d+\.?\d*)", command):
            return self._set_flow(float(found.group(1)))
        if re.fullmatch(r"MXMF( \d+)+", command):
            return self._set_fractions([int(word) for word in command.split()[1:]])
        if found := re.fullmatch(r"MXRS (\d)", command):
            return self._run(int(found.group(1)))
        return None

    def _set_flow(self, flow: float) -> str | None:
        if not 0.0 < flow <= math.fsum(self._settings.full_scale):
            return None
        self._flow = flow
        self._follow()
        return f"{flow:.2f} {SLPM} SLPM"

    def _set_fractions(self, fractions: list[int]) -> str | None:
        if len(fractions) != self._port.ports or sum(fractions) != WHOLE:
            return None
        self._fractions = fractions
        self._follow()
        return " ".join(str(fraction) for fraction in fractions)

    def _run(self, what: int) -> str | None:
        if what not in (START, STOP):
            return None
        self._state = State.STOPPED
        if what == START:
            self._state = State.MIXING if sum(self._fractions) == WHOLE and self._flow else State.INVALID_MIXTURE
        self._follow()
        return str(int(self._state))

    def _follow(self) -> None:
        """Have the plant mix what was told."""
        for number, fraction in enumerate(self._fractions, start=1):
            flow = self._flow * fraction / WHOLE if self._state is State.MIXING else 0.0
            if flow != self._port.setpoint(number):
                self._port.set_flow(number, flow)

    def _mixture(self) -> str:
        mixing = self._state is State.MIXING
        flows = [self._port.indicated_flow(number) if mixing else 0.0 for number in range(1, self._port.ports + 1)]
        head = [0, int(self._state), 4096, 14, SLPM, 4, len(flows), "Y", "-", "+00.19", f"{math.fsum(flows):+06.2f}"]
        words = [*head, "+0000000", "----------"]
        for flow, step, fraction in zip(flows, self._settings.steps, self._fractions, strict=True):
            decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
            words += ["04096", "+020.6", f"{flow:+0{4 + decimals}.{decimals}f}", "+000", f"{fraction:+011d}"]
        return " ".join(str(word) for word in words)


class AlicatMixerConnection:
    """One client; a command may arrive in pieces."""

    def __init__(self, server: AlicatMixerServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every line that is complete."""
        *lines, self._buffer = (self._buffer + data).split(b"\r")
        answers = (self._server.answer(line.decode("ascii", "replace").strip()) for line in lines)
        return b"".join(answer.encode() + b"\r" for answer in answers if answer)
