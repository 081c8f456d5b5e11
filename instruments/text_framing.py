"""How the texts of a profile are packed on the line: plain lines, and protocols that put something around them.

A profile names its framing (`[transport] framing = "line"`). A further one is a class with these six methods, named in
`FRAMINGS`. The first three are used by the driver, the others by the simulated instrument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from instruments import tapi
from instruments.clink import Answer, CLinkFraming, checksum, encode
from instruments.framing import Framing, LineFraming

LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Ends:
    """What the framings are told: how lines end, both ways, and the address on the line ("" for none)."""

    request: bytes = b"\n"
    answer: bytes = b"\n"
    address: str = ""


class TextFraming(Protocol):
    """Packs commands and answers."""

    def __init__(self, ends: Ends) -> None:
        """Raise ValueError for an address that it cannot have."""
        ...

    def request(self, command: str) -> bytes:
        """The bytes that ask or tell."""
        ...

    def answers(self) -> Framing:
        """What finds an answer in the bytes that arrive."""
        ...

    def text(self, command: str, frame: bytes) -> str | None:
        """The text of an answer; None if it says itself that it answers another command."""
        ...

    def requests(self) -> Framing:
        """What finds a request in the bytes that arrive."""
        ...

    def command(self, frame: bytes) -> str | None:
        """The command of a request; None if it is for another address."""
        ...

    def answer(self, command: str, text: str) -> bytes:
        """The bytes that answer a command."""
        ...


class PlainLines:
    """Text and the end of the line, nothing else; an address, if any, stands in the commands themselves."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends

    def request(self, command: str) -> bytes:
        """See TextFraming."""
        return command.encode("latin-1") + self._ends.request

    def answers(self) -> Framing:
        """See TextFraming."""
        return LineFraming(self._ends.answer, longest=LONGEST_LINE)

    def text(self, command: str, frame: bytes) -> str | None:
        """See TextFraming."""
        return frame.decode("latin-1").strip()

    def requests(self) -> Framing:
        """See TextFraming."""
        return LineFraming(self._ends.request, longest=LONGEST_LINE)

    def command(self, frame: bytes) -> str | None:
        """See TextFraming."""
        return frame.decode("latin-1").strip()

    def answer(self, command: str, text: str) -> bytes:
        """See TextFraming."""
        return text.encode("latin-1") + self._ends.answer


class CLinkLines:
    """Thermo C-Link: a byte of 128 + instrument id in front, the command repeated in the answer, and its sum if it has one.

    What ends a line is the protocol's. Patterns are of what follows the repeated command.
    """

    def __init__(self, ends: Ends) -> None:
        try:
            self._id = int(ends.address or "0")
        except ValueError:
            self._id = -1
        if not 0 <= self._id <= 127:
            raise ValueError(f"address {ends.address!r} is no instrument id; give one from 0 to 127")

    def request(self, command: str) -> bytes:
        """See TextFraming."""
        return encode(command, self._id)

    def answers(self) -> Framing:
        """See TextFraming."""
        return CLinkFraming()

    def text(self, command: str, frame: bytes) -> str | None:
        """See TextFraming."""
        answer = Answer.to(command, frame)
        return None if answer is None else answer.rest

    def requests(self) -> Framing:
        """See TextFraming."""
        return LineFraming(b"\r", longest=LONGEST_LINE)

    def command(self, frame: bytes) -> str | None:
        """See TextFraming."""
        if self._id:
            if frame[:1] != bytes([128 + self._id]):
                return None
            frame = frame[1:]
        return frame.decode("ascii", "replace").strip()

    def answer(self, command: str, text: str) -> bytes:
        """See TextFraming."""
        line = f"{command} {text}\n".encode("ascii")
        return line + f"sum {checksum(line):04x}\r".encode()


class TapiLines:
    """Teledyne API: an answer has letter, day and time, and ID in front; patterns are of the text behind them.

    A message of another letter than the command's (warnings come unasked) is no answer to it. What ends a line is the
    protocol's.
    """

    SIMULATED_TIME = "194:11:29"

    def __init__(self, ends: Ends) -> None:
        self._id = ends.address or "0000"

    def request(self, command: str) -> bytes:
        """See TextFraming."""
        return command.encode("latin-1") + b"\r"

    def answers(self) -> Framing:
        """See TextFraming."""
        return tapi.LINE

    def text(self, command: str, frame: bytes) -> str | None:
        """See TextFraming."""
        message = tapi.Message.read(frame)
        return None if message is None or message.letter != command[:1].upper() else message.text

    def requests(self) -> Framing:
        """See TextFraming."""
        return LineFraming(b"\r", skip=b"\n", longest=LONGEST_LINE)

    def command(self, frame: bytes) -> str | None:
        """See TextFraming."""
        return frame.decode("latin-1").strip()

    def answer(self, command: str, text: str) -> bytes:
        """See TextFraming."""
        return f"{command[:1].upper()} {self.SIMULATED_TIME} {self._id} {text}\r\n".encode("latin-1")


FRAMINGS: Mapping[str, type[TextFraming]] = {"line": PlainLines, "c-link": CLinkLines, "tapi": TapiLines}
