"""`testbench qal3`: zero and span readings of a registered device kept over months, and what its control charts say."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testbench.commands.choose_run import add_record
from testbench.commands.options import add_language
from testbench.errors import InputError

if TYPE_CHECKING:
    from testbench.register.control import ControlChart, ControlEntry
    from testbench.register.entries import RegisteredDevice

DESCRIPTION = """\
QAL3 of EN 14181: readings of zero and span gas of a registered device, kept over months, on CUSUM, EWMA and Shewhart charts.

  testbench qal3 set  "A-001" --zero 0.05 --span 0.12              s_AMS, in the unit of the device
  testbench qal3 add  "A-001" --date 2026-03-01 --zero 0.02,0 --span 18.1,18.0
  testbench qal3 add  "A-001" --csv readings.csv                   columns date,gas,reading,reference[,deed]
  testbench qal3 add  "A-001" --from-run last                      readings of a drift or maintenance run
  testbench qal3 add  "A-001" --date 2026-03-08 --adjusted span    the device was adjusted: its drift sums begin anew
  testbench qal3 show "A-001"

DEVICE is the serial number of a registered device, its number in the register, or words that only it has.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, summary in (
        ("set", "set s_AMS of a device"),
        ("add", "enter readings, adjustments and repairs"),
        ("show", "show the charts' state and what to do"),
        ("withdraw", "withdraw an entry that was wrong"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument(
            "device", metavar="DEVICE", help="serial number, number in the register, or words that only it has"
        )
        action.add_argument("--register", metavar="FILE", type=Path, help="the registers' file (default: this user's)")
        add_language(action)
        action.set_defaults(action=name)
        if name == "set":
            for gas in ("zero", "span"):
                action.add_argument(f"--{gas}", metavar="S_AMS", help=f"s_AMS of {gas} gas, in the device's unit")
        elif name == "add":
            _add_readings(action)
        elif name == "withdraw":
            action.add_argument("entry", metavar="NUMBER", type=int, help="number of the entry, as `show` lists it")
            action.add_argument("--reason", required=True, help="why")
        else:
            action.add_argument("--json", action="store_true", help="print one JSON document")
        if name != "show":
            action.add_argument("--by", metavar="NAME", help="who enters it (default: this user)")


def _add_readings(action: argparse.ArgumentParser) -> None:
    action.add_argument("--date", metavar="DATE", help="day of the readings (default: today)")
    for gas in ("zero", "span"):
        action.add_argument(f"--{gas}", metavar="READING,REFERENCE", help=f"reading and reference of {gas} gas")
    gases = ("zero", "span", "both")
    action.add_argument("--adjusted", choices=gases, help="the device was adjusted after the readings of that day")
    action.add_argument("--repaired", action="store_true", help="the device was repaired: all sums begin anew")
    action.add_argument("--csv", metavar="FILE", type=Path, help="enter the readings of a CSV file")
    action.add_argument("--from-run", metavar="RUN", dest="wanted", help="take over the readings of an evaluation")
    action.add_argument("--station-device", metavar="NAME", help="its name in the station of that evaluation, if not clear")
    add_record(action)


def run(arguments: argparse.Namespace) -> int:
    """Do one action."""
    from testbench.register.opening import default_place
    from testbench.register.store import Register

    place: Path = arguments.register or default_place()
    with Register.open(place, create=arguments.register is None) as register:
        device = _device(register.devices(), arguments.device)
    deeds = {"set": _set, "add": _add, "withdraw": _withdraw, "show": _show}
    return deeds[arguments.action](arguments, place, device)


def _device(devices: tuple[RegisteredDevice, ...], wanted: str) -> RegisteredDevice:
    """The device that is meant; InputError where none or several are."""
    from testbench.engine.clock import wall_now
    from testbench.register.searching import searched

    typed = wanted.strip().casefold()
    for found in (
        [device for device in devices if device.serial.casefold() == typed],
        [device for device in devices if device.name.casefold() == typed],
        [device for device in devices if str(device.identifier) == typed],
        list(searched(devices, wanted, today=wall_now().date())) if typed else [],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{device.identifier}: {device.name}" for device in found)
            raise InputError(f"{wanted!r} can mean several devices: {names}; give the number in the register")
    names = ", ".join(device.name for device in devices) or "none"
    raise InputError(f"no registered device is {wanted!r}; registered are: {names}")


def _set(arguments: argparse.Namespace, place: Path, device: RegisteredDevice) -> int:
    from testbench.engine.clock import wall_now
    from testbench.register.control import ControlGas
    from testbench.register.control_book import ControlBook
    from testbench.register.control_csv import read_control_number

    given = {gas: getattr(arguments, gas.value) for gas in ControlGas if getattr(arguments, gas.value) is not None}
    if not given:
        raise InputError("give s_AMS with --zero, --span or both")
    with ControlBook.open(place) as book:
        for gas, text in given.items():
            book.set_deviation(device, gas, read_control_number(text, f"--{gas}"), by=_by(arguments), at=wall_now())
    words = [f"s_AMS {_gas(gas, arguments)} {text} {device.unit}" for gas, text in given.items()]
    print(device.name + _word(arguments, "：", ": ") + _word(arguments, "，", ", ").join(words))
    return 0


def _add(arguments: argparse.Namespace, place: Path, device: RegisteredDevice) -> int:
    from testbench.engine.clock import wall_now
    from testbench.register.control_book import ControlBook
    from testbench.register.control_csv import read_control_csv

    entries = list(_typed(arguments))
    if arguments.csv is not None:
        try:
            content = arguments.csv.read_bytes()
        except OSError as error:
            raise InputError(f"{arguments.csv} cannot be read: {error.strerror or error}") from error
        entries += read_control_csv(content, arguments.csv.name)
    if arguments.wanted is not None:
        entries += _from_run(arguments, device)
    if not entries:
        raise InputError("nothing to add: give --zero, --span, --adjusted, --repaired, --csv or --from-run")
    with ControlBook.open(place) as book:
        new = book.add(device, entries, by=_by(arguments), at=wall_now())
        gases = sorted({entry.gas for entry in entries} & set(book.deviations(device)))
        charts = [book.chart(device, gas) for gas in gases]
    old = len(entries) - new
    left = _word(arguments, f"，{old} 条已有", f", {old} were there already") if old else ""
    print(_word(arguments, f"{device.name}：增加 {new} 条{left}", f"{device.name}: {new} entries added{left}"))
    for chart in charts:
        print("  " + _said(chart, device.unit, arguments.language))
    return 0


def _typed(arguments: argparse.Namespace) -> list[ControlEntry]:
    """The entries of the options: readings, then that the device was adjusted or repaired."""
    from testbench.engine.clock import wall_now
    from testbench.register.control import ControlDeed, ControlEntry, ControlGas
    from testbench.register.control_csv import read_control_number
    from testbench.register.typed import read_date

    date = read_date(arguments.date) if arguments.date else wall_now().date()
    entries = []
    for gas in ControlGas:
        text = getattr(arguments, gas.value)
        if text is None:
            continue
        parts = text.split(",")
        if len(parts) != 2:
            raise InputError(f"--{gas} {text!r}: write reading and reference, such as --{gas} 0.02,0")
        reading, reference = (read_control_number(part, f"--{gas}") for part in parts)
        entries.append(ControlEntry(date, gas, reading=reading, reference=reference))
    for gas in ControlGas:
        if arguments.repaired:
            entries.append(ControlEntry(date, gas, ControlDeed.REPAIRED))
        elif arguments.adjusted in (gas.value, "both"):
            entries.append(ControlEntry(date, gas, ControlDeed.ADJUSTED))
    return entries


def _from_run(arguments: argparse.Namespace, device: RegisteredDevice) -> tuple[ControlEntry, ...]:
    from testbench.commands.choose_run import chosen
    from testbench.record.attempts import counting, results
    from testbench.register.control_taking import taken_over

    with chosen(arguments) as choice:
        start = choice.stand.row.start
        name = arguments.station_device or next(
            (entry["name"] for entry in start.devices if entry["serial"] and entry["serial"] == device.serial), None
        )
        names = ", ".join(entry["name"] for entry in start.devices)
        entry = next((entry for entry in start.devices if entry["name"] == name), None)
        if entry is None:
            raise InputError(
                f"{choice.evaluation} has no device with serial number {device.serial!r}; its devices are {names}: "
                "say which with --station-device"
            )
        if entry["unit"] != device.unit:
            raise InputError(f"{name} was read in {entry['unit']}, {device.name} is registered in {device.unit}")
        record = choice.record
        found = counting(
            results(choice.evaluation, record.findings(choice.evaluation), record.amendments.of(choice.evaluation))
        )
        taken = taken_over(
            [stored.finding for stored in found], device=str(name), started=start.started, source=choice.evaluation
        )
    if not taken:
        raise InputError(
            f"{choice.evaluation} has no zero or span readings of {name}; a drift or maintenance run keeps them"
        )
    return taken


def _withdraw(arguments: argparse.Namespace, place: Path, device: RegisteredDevice) -> int:
    from testbench.engine.clock import wall_now
    from testbench.register.control_book import ControlBook

    with ControlBook.open(place) as book:
        book.withdraw(device, arguments.entry, by=_by(arguments), at=wall_now(), reason=arguments.reason)
    number = arguments.entry
    print(_word(arguments, f"{device.name}：第 {number} 条已撤回", f"{device.name}: entry {number} withdrawn"))
    return 0


def _show(arguments: argparse.Namespace, place: Path, device: RegisteredDevice) -> int:
    from testbench.register.control import ControlGas
    from testbench.register.control_book import ControlBook

    with ControlBook.open(place) as book:
        deviations, entries = book.deviations(device), book.entries(device)
        charts = {gas: book.chart(device, gas) for gas in ControlGas if gas in deviations}
    if arguments.json:
        document = {"device": device.name, "unit": device.unit, "charts": [_document(chart) for chart in charts.values()]}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(f"{device.name} / {device.unit}")
    for gas in ControlGas:
        if gas in charts:
            _print(charts[gas], device.unit, arguments.language)
        elif any(entry.gas is gas for entry in entries):
            zh = f"{_gas(gas, arguments)}：未设定 s_AMS；请用 `testbench qal3 set` 设定"
            print(_word(arguments, zh, f"{gas}: s_AMS is not set; set it with `testbench qal3 set`"))
    if not charts and not entries:
        zh = "没有 QAL3 读数；请用 `testbench qal3 add` 录入"
        print(_word(arguments, zh, "no QAL3 readings; enter them with `testbench qal3 add`"))
    return 0


def _word(arguments: argparse.Namespace, zh: str, en: str) -> str:
    """One of two words."""
    return zh if arguments.language == "zh" else en


def _gas(gas: str, arguments: argparse.Namespace) -> str:
    """The gas in words in Chinese; in English by its name, as options have it."""
    from testbench.register.control import GAS_WORDS, ControlGas

    return GAS_WORDS[ControlGas(gas)].zh if arguments.language == "zh" else str(gas)


def _said(chart: ControlChart, unit: str, language: str) -> str:
    """What the charts of one gas ask for, in one line."""
    from testbench.register.control import ACTION_WORDS, GAS_WORDS
    from testbench.text import Text

    words = ACTION_WORDS[chart.gravest].say(language)
    by = chart.advice.adjust_by
    amount = "" if by is None else Text(zh=f"，调整量 {by:+.4g} {unit}", en=f", by {by:+.4g} {unit}").say(language)
    colon = "：" if language == "zh" else ": "
    return f"{GAS_WORDS[chart.gas].say(language)}{colon}{words}{amount}"


def _print(chart: ControlChart, unit: str, language: str) -> None:
    from testbench.commands.terminal import Terminal
    from testbench.register.control import CONTROL_DEED_WORDS

    terminal = Terminal()
    print(f"{_said(chart, unit, language)}  (s_AMS {chart.s_ams:g} {unit})")
    numbers = tuple(range(2, 10))
    words = ("序号", "日期", "读数", "参比值") if language == "zh" else ("No.", "date", "reading", "reference")
    table = terminal.table(*words, "d", "Σ+", "Σ−", "Σs", "EWMA", "N", right=numbers)
    points = {point.entry.identifier: point.charted for point in chart.points}
    for entry in chart.entries:
        charted = points.get(entry.identifier)
        if charted is None:
            deed = CONTROL_DEED_WORDS[entry.deed].say(language)
            terminal.row(table, str(entry.identifier), str(entry.date), deed, *[""] * 7)
            continue
        cusum = charted.cusum
        terminal.row(
            table,
            str(entry.identifier),
            str(entry.date),
            *(f"{number:.5g}" for number in (entry.reading or 0.0, entry.reference or 0.0, charted.deviation)),
            *(f"{number:.4g}" for number in (cusum.up, cusum.down, cusum.spread, charted.ewma.average)),
            str(max(cusum.n_up, cusum.n_down)),
        )
    terminal.print(table)


def _document(chart: ControlChart) -> dict[str, Any]:
    def advice(given: Any) -> dict[str, Any]:
        return {"action": given.action.value, "adjust_by": given.adjust_by}

    return {
        "gas": chart.gas.value,
        "s_ams": chart.s_ams,
        "action": chart.gravest.value,
        "adjust_by": chart.advice.adjust_by,
        "readings": [
            {
                "number": point.entry.identifier,
                "date": point.entry.date.isoformat(),
                "reading": point.entry.reading,
                "reference": point.entry.reference,
                "deviation": point.charted.deviation,
                "source": point.entry.source,
                "cusum": {
                    "up": point.charted.cusum.up,
                    "n_up": point.charted.cusum.n_up,
                    "down": point.charted.cusum.down,
                    "n_down": point.charted.cusum.n_down,
                    "spread": point.charted.cusum.spread,
                    **advice(point.charted.cusum_advice),
                },
                "ewma": {
                    "average": point.charted.ewma.average,
                    "limit": point.charted.ewma.limit(chart.s_ams),
                    **advice(point.charted.ewma_advice),
                },
                "shewhart": advice(point.charted.shewhart_advice),
            }
            for point in chart.points
        ],
        "deeds": [
            {"number": entry.identifier, "date": entry.date.isoformat(), "deed": entry.deed.value}
            for entry in chart.entries
            if entry.deed.value != "reading"
        ],
    }


def _by(arguments: argparse.Namespace) -> str:
    from testbench.engine.person import present_person

    return str(arguments.by or present_person())
