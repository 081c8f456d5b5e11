"""Asks an unknown instrument what the installed drivers know to be safe, and says which of them its answers fit.

Each question goes out once, over a session of its own, so that what one protocol leaves on the line spoils no other's. Text
that ends with a carriage return goes first: it empties the input of instruments that wait for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyvisa import rname

from instruments.deadline import monotonic
from instruments.probing import Found, Medium, Probe, Probing, ProbingAt
from instruments.session import LostError, SerialSettings, SessionError, Stream, open_stream
from testbench.engine.roles import DriverClass
from testbench.errors import InputError, InstrumentError

QUIET_S = 0.15  # an answer is over when nothing has come for so long
ENDS = (b"\r", b"\r\n", b"\n", b"\x03")  # of questions, in the order in which they are asked; binary ones are last


@dataclass(frozen=True, slots=True)
class Knock:
    """One question and the bytes that came; `fits` are the drivers that know the answer, `problem` why there was none."""

    request: bytes
    serial: SerialSettings | None
    answer: bytes
    fits: tuple[tuple[DriverClass, Found], ...] = ()
    problem: str = ""


def knock(
    resource: str,
    drivers: Iterable[DriverClass],
    *,
    baud: int | None = None,
    address: int | None = None,
    timeout_s: float = 0.6,
    told: Callable[[Knock], None] = lambda _: None,
) -> list[Knock]:
    """Ask until an answer can only come from one driver's instrument, or all was asked; `told` hears of each question.

    On a serial line every driver's own setting is tried, or `baud` alone. With an address only drivers that know addresses
    ask, at this one. Raises InstrumentError where there is nobody.
    """
    knocks: list[Knock] = []
    for request, serial, offers in _questions(resource, drivers, baud, address):
        made = _ask(resource, request, serial, timeout_s)
        found = [(driver, known) for driver, probe in offers if (known := probe.recognise(made.answer)) is not None]
        knocks.append(replace(made, fits=tuple(found)))
        told(knocks[-1])
        if any(known.certain for _, known in found):
            break
    return knocks


def _questions(
    resource: str, drivers: Iterable[DriverClass], baud: int | None, address: int | None
) -> Iterator[tuple[bytes, SerialSettings | None, list[tuple[DriverClass, Probe]]]]:
    """Each question once, with the drivers that offer it."""
    medium = medium_of(resource)
    offers: dict[tuple[bytes, SerialSettings | None], list[tuple[DriverClass, Probe]]] = {}
    for driver in drivers:
        for probe in _probes(driver, address):
            if medium in probe.over:
                line = (replace(probe.serial, baud=baud) if baud else probe.serial) if medium is Medium.SERIAL else None
                asking = offers.setdefault((probe.request, line), [])
                if all(other is not driver for other, _ in asking):  # at several speeds, over what has none
                    asking.append((driver, probe))
    for request, line in sorted(offers, key=lambda key: _turn(key[0])):
        yield request, line, offers[request, line]


def _probes(driver: DriverClass, address: int | None) -> Iterable[Probe]:
    if address is not None:
        return driver.probes_at(address) if isinstance(driver, ProbingAt) else ()
    return driver.probes() if isinstance(driver, Probing) else ()


def _turn(request: bytes) -> int:
    text = all(byte >= 32 or byte in b"\r\n\x02\x03" for byte in request)
    return max((number for number, end in enumerate(ENDS) if text and request.endswith(end)), default=len(ENDS))


def medium_of(resource: str) -> Medium:
    """What carries the bytes of a resource; raise InputError for what is no resource name."""
    if resource.upper().startswith("HJ212::"):
        raise InputError(
            f"{resource}: a data logger connects to this computer by itself and is not asked who it is; "
            "`testbench instruments hj212-listen` shows what it sends"
        )
    try:
        parsed = rname.parse_resource_name(resource)
    except rname.InvalidResourceName:
        raise InputError(
            f"{resource!r} is not a VISA resource name; write for example 'TCPIP::192.168.1.21::9880::SOCKET' or "
            "'ASRL3::INSTR'"
        ) from None
    if isinstance(parsed, rname.TCPIPSocket):
        return Medium.SOCKET
    return Medium.SERIAL if isinstance(parsed, rname.ASRLInstr) else Medium.MESSAGES


def _ask(resource: str, request: bytes, serial: SerialSettings | None, timeout_s: float) -> Knock:
    try:
        stream = open_stream(resource, max(timeout_s, 1.0), serial)
    except SessionError as error:
        raise InstrumentError(f"{resource}: {error}") from error
    try:
        stream.discard()
        stream.write(request, timeout_s)
        return Knock(request, serial, _answer(stream, timeout_s))
    except LostError as error:
        return Knock(request, serial, b"", problem=f"the instrument {error}")
    finally:
        stream.close()


def _answer(stream: Stream, timeout_s: float) -> bytes:
    """All that comes until the line is quiet, or an endless talker has had ten times the time."""
    answer = b""
    began = monotonic()
    try:
        while monotonic() - began < 10 * timeout_s:
            piece = stream.read(QUIET_S if answer else timeout_s)
            if not piece:
                break
            answer += piece
    except LostError:
        if not answer:
            raise
    return answer


def fits(knocks: Sequence[Knock]) -> list[tuple[DriverClass, Found]]:
    """Each driver that fits, once, with what is known best; certain ones first."""
    best: dict[str, tuple[DriverClass, Found]] = {}
    for one in knocks:
        for driver, found in one.fits:
            known = best.get(driver.driver)
            if known is None or (found.identity.maker and not known[1].identity.maker):
                best[driver.driver] = (driver, found)
    return sorted(best.values(), key=lambda pair: not pair[1].certain)
