"""How a simulated instrument reads SCPI: headers in short and long form, compound commands, and the error queue.

A command is written as manuals write it, "ROUTe:SCAN:SIZE?": capitals are the short form, nodes in brackets may be left out.
Within one line, a command after a semicolon continues on the path of the one before unless it begins with a colon or an
asterisk (SCPI-99, volume 1, 6.2.4). Answers of one line are joined by semicolons.
"""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Callable, Sequence

Action = Callable[[str], str | None]

# Texts of SCPI-99, volume 2, 21.8.
_TEXTS = {
    -102: "Syntax error",
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -113: "Undefined header",
    -221: "Settings conflict",
    -222: "Data out of range",
    -224: "Illegal parameter value",
    -230: "Data corrupt or stale",
    -350: "Queue overflow",
    -363: "Input buffer overrun",
}
_LONGEST_LINE = 65536
_CHANNEL_LIST = re.compile(r"\(@([0-9:,\s]*)\)")
_NODE = re.compile(r"\[:?([^\]]+?):?\]|([^:\[\]]+)")


class CommandError(Exception):
    """A command cannot be carried out; the number goes to the error queue."""

    def __init__(self, number: int) -> None:
        super().__init__(f'{number},"{_TEXTS[number]}"')
        self.number = number


class ErrorQueue:
    """Errors, the oldest first; when it is full the newest becomes "Queue overflow"."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._errors: deque[int] = deque()

    @property
    def waiting(self) -> int:
        """How many errors there are."""
        return len(self._errors)

    def add(self, number: int) -> None:
        """Put an error at the end."""
        if len(self._errors) >= self._length:
            self._errors[-1] = -350
        else:
            self._errors.append(number)

    def take(self) -> str:
        """Remove the oldest error and return it as SYSTem:ERRor? prints it."""
        if not self._errors:
            return '+0,"No error"'
        number = self._errors.popleft()
        return f'{number:+d},"{_TEXTS[number]}"'

    def clear(self) -> None:
        """Forget all."""
        self._errors.clear()


class CommandTree:
    """The commands of an instrument, found by every spelling of their headers."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}

    def add(self, pattern: str, action: Action) -> None:
        """Add a command; `action` takes the text of its arguments and returns an answer or None."""
        query = "?" if pattern.endswith("?") else ""
        choices: list[tuple[str, ...]] = []
        for found in _NODE.finditer(pattern.removesuffix("?")):
            word = found[1] or found[2]
            spellings = {word.upper(), re.sub("[a-z]", "", word)}
            choices.append((*sorted(spellings), *(("",) if found[1] else ())))
        for spelling in itertools.product(*choices):
            self._actions[":".join(filter(None, spelling)) + query] = action

    def find(self, header: str) -> Action:
        """Return the action of a header; raises CommandError -113."""
        try:
            return self._actions[header.upper()]
        except KeyError:
            raise CommandError(-113) from None

    def execute(self, line: str, errors: ErrorQueue) -> str | None:
        """Carry out a line of commands; return its answers, or None. After an error the rest of the line is dropped."""
        answers: list[str] = []
        path = ""
        for command in line.split(";"):
            words = command.split(None, 1)
            if not words:
                continue
            header, arguments = words[0], words[1].strip() if len(words) > 1 else ""
            if header.startswith(":"):
                path, header = "", header[1:]
            try:
                full = header if header.startswith("*") else path + header
                answer = self.find(full)(arguments)
            except CommandError as error:
                errors.add(error.number)
                break
            if not header.startswith("*"):
                path = full.rpartition(":")[0] + ":" if ":" in full else ""
            if answer is not None:
                answers.append(answer)
        return ";".join(answers) if answers else None


class ScpiConnection:
    """One client's lines, which end with a line feed."""

    def __init__(self, tree: CommandTree, errors: ErrorQueue) -> None:
        self._tree = tree
        self._errors = errors
        self._buffer = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Carry out every whole line and return the answers."""
        self._buffer += data
        reply = b""
        while (end := self._buffer.find(b"\n")) >= 0:
            line = self._buffer[:end].decode("latin-1").strip()
            del self._buffer[: end + 1]
            answer = self._tree.execute(line, self._errors)
            if answer is not None:
                reply += answer.encode("latin-1") + b"\n"
        if len(self._buffer) > _LONGEST_LINE:
            self._buffer.clear()
            self._errors.add(-363)
        return reply


def listed_channels(arguments: str, exists: Callable[[int], bool], *, empty_allowed: bool = False) -> tuple[int, ...]:
    """The channels of a list `(@101,103:105)` within arguments, ascending as a scanner scans them."""
    found = _CHANNEL_LIST.search(arguments)
    if found is None:
        raise CommandError(-109)
    channels: set[int] = set()
    for text in filter(None, (part.strip() for part in found[1].split(","))):
        ends = [int(end) if end.strip().isdecimal() and len(end.strip()) == 3 else 0 for end in text.split(":")]
        if len(ends) > 2 or not all(exists(end) for end in ends):
            raise CommandError(-222)
        channels.update(channel for channel in range(ends[0], ends[-1] + 1) if exists(channel))
    if not channels and not empty_allowed:
        raise CommandError(-109)
    return tuple(sorted(channels))


def scientific(value: float) -> str:
    """A number as scanners print it: +4.00000000E-03."""
    return f"{value:+.8E}"


def finite(text: str) -> float:
    """The number of an argument."""
    try:
        value = float(text)
    except ValueError:
        raise CommandError(-104 if text.strip() else -109) from None
    if value != value:
        raise CommandError(-222)
    return value


def chosen_range(text: str, ranges: Sequence[float]) -> float | None:
    """The range that an argument chooses, None for automatic."""
    if text in ("AUTO", "DEF"):
        return None
    if text in ("MIN", "MAX"):
        return ranges[0] if text == "MIN" else ranges[-1]
    wanted = abs(finite(text))
    for reach in ranges:
        if wanted <= reach * (1 + 1e-9):
            return reach
    raise CommandError(-222)
