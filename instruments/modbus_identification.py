"""Who a Modbus server is: function 43 / 14, read device identification, and one register, as probes for `identify`.

    request   2B 0E 01 00                       basic identification from object 0 on
    answer    2B 0E 01 conformity more next n, then n times: object id, length, text      0 maker, 1 product code, 2 revision

After the Modbus Application Protocol V1.1b3, section 6.21. A server that does not know the function refuses it with an
exception, and so says that it speaks Modbus; one that is silent to it is asked for holding register 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from instruments.modbus import EXCEPTION_BIT, crc16, rtu_frame, tcp_frame
from instruments.probing import Found, Medium, Probe
from instruments.session import SerialSettings
from testbench.engine.roles import Identity

DEVICE_IDENTIFICATION = bytes.fromhex("2B0E0100")
ONE_REGISTER = bytes.fromhex("0300000001")


def modbus_probes(address: int, serial: SerialSettings) -> Iterator[Probe]:
    """The questions to a server of this address: RTU frames over any line, TCP frames over a connection."""
    for pdu in (DEVICE_IDENTIFICATION, ONE_REGISTER):
        yield Probe(tcp_frame(1, address, pdu), _recognise_tcp, serial, Medium.SOCKET)
        yield Probe(rtu_frame(address, pdu), _recognise_rtu, serial, Medium.BYTES)


def device_identification(pdu: bytes) -> Identity:
    """Maker, product code and revision of an answer to function 43 / 14; empty where it does not say."""
    texts: dict[int, str] = {}
    if pdu[:2] == DEVICE_IDENTIFICATION[:2] and len(pdu) >= 7:
        at = 7
        for _ in range(pdu[6]):
            if at + 2 > len(pdu):
                break
            number, length = pdu[at], pdu[at + 1]
            texts[number] = pdu[at + 2 : at + 2 + length].decode("utf-8", "replace")
            at += 2 + length
    return Identity(maker=texts.get(0, ""), model=texts.get(1, ""), firmware=texts.get(2, ""))


def _recognise_tcp(answer: bytes) -> Found | None:
    if len(answer) < 9 or answer[:4] != b"\0\1\0\0" or int.from_bytes(answer[4:6], "big") != len(answer) - 6:
        return None
    return _found(answer[7:], {"address": answer[6]})


def _recognise_rtu(answer: bytes) -> Found | None:
    if len(answer) < 5 or crc16(answer) != 0:
        return None
    return _found(answer[1:-2], {"address": answer[0], "transport": "rtu"})


def _found(pdu: bytes, keys: dict[str, object]) -> Found | None:
    if pdu[0] & ~EXCEPTION_BIT not in (DEVICE_IDENTIFICATION[0], ONE_REGISTER[0]):
        return None
    return Found(device_identification(pdu), keys, certain=False)
