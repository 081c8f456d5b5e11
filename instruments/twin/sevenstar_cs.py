"""A simulated Sevenstar CS controller that speaks the grammar of its profile, which is provisional.

It answers from its own address, or from that of the host where the profile says so. What it does not know is refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from instruments.framing import FrameError
from instruments.sevenstar import HOST, AttributePath, Frame, Service, SevenstarFraming, read_sevenstar_profile
from instruments.sevenstar_cs import CLOSED_LOOP, SevenstarCsSettings
from instruments.twin.peer import Connection, ControllerPort


class SevenstarCsServer:
    """The simulated controller; `mode` and `alarm` are those a person would find at it."""

    def __init__(self, name: str, settings: SevenstarCsSettings, port: ControllerPort) -> None:
        self.name = name
        self.profile = read_sevenstar_profile(settings.profile)
        self.address = settings.address
        self.mode = CLOSED_LOOP
        self.alarm = 0
        self._full_scale = settings.full_scale
        self._port = port

    def connect(self) -> Connection:
        """Return a new conversation."""
        return SevenstarConnection(self)

    def answer(self, frame: Frame) -> bytes:
        """What is said to one request."""
        rules = self.profile.frame
        known = self._attributes()
        path: AttributePath = (frame.path[0], frame.path[1], frame.path[2])
        if path not in known or not (frame.service == Service.READ or self._write(path, frame.data)):
            return bytes((rules.refuse,))
        source = HOST if rules.answer_address == "host" else self.address
        if frame.service == Service.READ:
            lead = bytes((rules.acknowledge,)) if rules.read_answer == "acknowledge and frame" else b""
            return lead + self.profile.frame_of(source, Service.READ, path, known[path])
        if rules.write_answer == "acknowledge":
            return bytes((rules.acknowledge,))
        return self.profile.frame_of(source, Service.WRITE, path)

    def _attributes(self) -> Mapping[AttributePath, bytes]:
        where, packed = self.profile.attributes, self.profile.packed_fraction
        flow = self._port.indicated_flow() if self._port.setpoint() != 0.0 else 0.0  # a valve closes at once
        return {
            where.flow: packed(flow / self._full_scale),
            where.setpoint: packed(self._port.setpoint() / self._full_scale),
            where.mode: bytes((self.mode,)),
            where.alarm: bytes((self.alarm,)),
            where.temperature: round((23.0 + 50.0) / 0.0806).to_bytes(
                2, "big" if self.profile.numbers.order == "ABCD" else "little"
            ),
            where.serial: f"SIM-{self.name}".encode(),
            where.model: b"CS200 (simulated, provisional grammar)",
            where.firmware: b"SIM1",
            where.full_scale: self.profile.packed_real(self._full_scale),
        }

    def _write(self, path: AttributePath, data: bytes) -> bool:
        """Take a set-point; False for what cannot be."""
        if path != self.profile.attributes.setpoint or len(data) != 4:
            return False
        flow = self.profile.fraction(data) * self._full_scale
        if not 0.0 <= flow <= self._full_scale:
            return False
        if self.mode == CLOSED_LOOP:
            self._port.set_flow(flow)
        return True


class SevenstarConnection:
    """One client; a frame may arrive in pieces. Frames with a wrong checksum get no answer."""

    def __init__(self, server: SevenstarCsServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._framing = SevenstarFraming(server.profile, (server.address,))

    def receive(self, data: bytes) -> bytes:
        """Answer every whole request."""
        self._buffer += data
        reply = b""
        while self._buffer:
            with contextlib.suppress(FrameError):
                frame = self._framing.extract(self._buffer)
                if frame is None:
                    break
                reply += self._server.answer(Frame.of(frame))
                continue
            del self._buffer[:1]
        return reply
