"""`testbench instruments identify`: what is behind a resource name, asked safely."""

from __future__ import annotations

import argparse

from instruments.probing import Found
from instruments.tools.dialogue import told
from instruments.tools.knocking import Knock, fits, knock
from testbench.commands.instruments import PLACES
from testbench.engine.registry import driver_names, find_driver
from testbench.engine.roles import DriverClass, Identity
from testbench.errors import InputError, InstrumentError
from testbench.station import DeviceTable

DESCRIPTION = """\
Asks whatever is behind a resource name the questions that the installed drivers know to be safe: identity and readings,
never a setting. Prints what was sent, what came, which drivers fit, and a table for the station file.

  testbench instruments identify TCPIP::192.168.1.21::9880::SOCKET
  testbench instruments identify ASRL3::INSTR --baud 9600
  testbench instruments identify ASRL3::INSTR --address 3

On a serial line every driver's usual speed is tried, unless one is given. Instruments with an address (Modbus and others)
are asked at the usual ones; one that was set to another answers when --address says it. A question in a wrong protocol or
at a wrong speed is noise to an instrument: do not ask one that controls something dangerous while it does. No station that
is running may use the resource.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("resource", help="VISA resource name")
    parser.add_argument("--baud", type=int, metavar="N", help="speed of a serial line (each driver's usual one)")
    parser.add_argument(
        "--address", type=int, metavar="N", help="address of an instrument on its line, 0 to 255 (the usual ones)"
    )
    parser.add_argument("--timeout", type=float, default=0.6, metavar="S", help="longest time for an answer, s (0.6)")
    parser.add_argument("--driver", action="append", metavar="NAME", help="only this driver's questions; may be repeated")


def run(arguments: argparse.Namespace) -> int:
    """Ask and tell."""
    if not 0 < arguments.timeout <= 60:
        raise InputError(f"--timeout: {arguments.timeout:g} s is no time to wait; give more than 0 and at most 60")
    if arguments.baud is not None and arguments.baud < 1:
        raise InputError(f"--baud: {arguments.baud} is no speed; usual are 9600, 19200, 38400, 115200")
    if arguments.address is not None and not 0 <= arguments.address <= 255:
        raise InputError(f"--address: {arguments.address} is no address; give one from 0 to 255")
    drivers = [find_driver(name, "testbench instruments identify") for name in arguments.driver or driver_names()]
    keys = {"baud": arguments.baud, "address": arguments.address, "timeout_s": arguments.timeout}
    knocks = knock(arguments.resource, drivers, **keys, told=_tell)
    if not knocks:
        raise InputError(f"{arguments.resource}: no driver that was named knows a safe question for this kind of resource")
    if not any(one.answer for one in knocks):
        raise InstrumentError(
            f"{arguments.resource}: no answer to {len(knocks)} questions; is it switched on, is the cable right (crossed or "
            "straight), and are speed, parity and address as they are set at the instrument (--baud, --address)?"
        )
    found = fits(knocks)
    if not found:
        if any(one.answer.startswith((b"HTTP/", b"<!DOCTYPE", b"<html")) for one in knocks):
            print("\na web server answers there: the instrument's own protocol has another port; see its manual")
            return 0
        print("\nsomething answers, but no installed driver knows it (`testbench instruments new` begins one)")
        return 0
    for driver, known in found:
        _tell_fit(driver, known, arguments.resource, arguments.baud)
    return 0


def _tell(one: Knock) -> None:
    at = f"  at {one.serial}" if one.serial is not None else ""
    names = ", ".join(driver.driver for driver, _ in one.fits)
    print(f"  > {told(one.request)}{at}")
    answer = told(one.answer) if one.answer else one.problem or "nothing"
    print(f"  < {answer}" + (f"  fits {names}" if names else ""), flush=True)


def _tell_fit(driver: DriverClass, known: Found, resource: str, baud: int | None) -> None:
    says = " ".join(
        filter(None, (known.identity.maker, known.identity.model, known.identity.serial, known.identity.firmware))
    )
    sure = "fits" if known.certain else "may fit: this protocol is spoken by instruments of several makers"
    print(f"\n{driver.driver} {sure}: {driver.summary}{f' ({says})' if says else ''}")
    print(f"  verified: {driver.verified}")
    print("  for the station file, to complete:\n")
    for line in table(driver, known, resource, baud):
        print(f"  {line}")


def table(driver: DriverClass, known: Found, resource: str, baud: int | None) -> list[str]:
    """Lines of the table for the station file: what is known as it is, what is required and not known as a comment."""
    keys: dict[str, object] = {"driver": driver.driver, "resource": resource}
    if driver.kind == "device":
        keys |= _named(known.identity)
    keys |= known.keys
    fields = driver.Settings.model_fields
    if baud is not None and "baud_rate" in fields:
        keys["baud_rate"] = baud
    lines = [PLACES.get(driver.kind, f"[{driver.kind}]"), *(f"{key} = {_toml(value)}" for key, value in keys.items())]
    required = {name: field.description or "" for name, field in fields.items() if field.is_required()}
    if driver.kind == "device":
        common = {name: field for name, field in DeviceTable.model_fields.items() if field.is_required()}
        required = {name: field.description or "" for name, field in common.items()} | required
    return lines + [f"# {name} =   {text}".rstrip() for name, text in required.items() if name not in keys]


def _named(identity: Identity) -> dict[str, str]:
    named = {"maker": identity.maker, "model": identity.model, "serial": identity.serial}
    return {key: value for key, value in named.items() if value}


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
