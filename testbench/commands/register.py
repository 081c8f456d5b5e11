"""`testbench register`: the registered devices under test, gas cylinders and other measurement standards."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.register.entries import Entry, Section

DESCRIPTION = """\
Lists the laboratory's registers with the state of each entry: ready, expired, nearly empty, retired …

  testbench register devices                      devices under test
  testbench register standards --search CO2       gas cylinders, and the other measurement standards
  testbench register standards --json

Every word of --search must stand somewhere in an entry, in what is written there or in its state.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the registers and their options."""
    actions = parser.add_subparsers(title="registers", metavar="REGISTER", required=True)
    for name, summary in (("devices", "devices under test"), ("standards", "gas cylinders and other measurement standards")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("--search", metavar="TEXT", default="", help="only entries that have all these words")
        action.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
        action.add_argument("--register", metavar="FILE", type=Path, help="the registers' file (default: this user's)")
        add_language(action)
        action.set_defaults(section=name)


def run(arguments: argparse.Namespace) -> int:
    """List one register, or the two of measurement standards."""
    from testbench.commands.terminal import Terminal
    from testbench.engine.clock import wall_now
    from testbench.register.entries import ENTRY_TYPES, Section
    from testbench.register.opening import default_place
    from testbench.register.searching import searched
    from testbench.register.store import Register

    devices = arguments.section == Section.DEVICES
    sections = (Section.DEVICES,) if devices else (Section.CYLINDERS, Section.STANDARDS)
    place = arguments.register or default_place()
    found: dict[Section, tuple[Entry, ...]] = dict.fromkeys(sections, ())
    today = wall_now().date()
    if arguments.register is not None or place.exists():
        with Register.open(place, create=False) as register:
            for section in sections:
                found[section] = searched(register.entries(ENTRY_TYPES[section]), arguments.search, today=today)
    if arguments.json:
        listed = {section.value: [_document(entry, today) for entry in entries] for section, entries in found.items()}
        print(json.dumps(listed, ensure_ascii=False, indent=2))
        return 0
    terminal = Terminal()
    for section, entries in found.items():
        _print(terminal, section, entries, today, arguments.language)
    return 0


def _print(terminal: Terminal, section: Section, entries: tuple[Entry, ...], today: dt.date, language: str) -> None:
    from testbench.register.fields import FIELDS, SECTION_WORDS, Filling
    from testbench.register.listing import shown
    from testbench.register.states import Weight, explained, states, weight
    from testbench.text import Text

    heading = SECTION_WORDS[section].say(language)
    if not entries:
        terminal.line(heading + Text(zh="：没有条目", en=": none").say(language))
        return
    terminal.line(f"{heading}:")
    left_out = (Filling.TEXT, Filling.OPTIONS)
    fields = [field for field in FIELDS[section] if field.filling not in left_out]
    headings = [field.words.say(language) + (f" ({field.unit})" if field.unit else "") for field in fields]
    numbers = tuple(place for place, field in enumerate(fields) if field.filling is Filling.NUMBER)
    table = terminal.table(*headings, Text(zh="状态", en="State").say(language), right=numbers)
    for entry in entries:
        told = (
            Text(zh="；", en="; ")
            .say(language)
            .join(explained(entry, state, today).say(language) for state in states(entry, today))
        )
        style = {Weight.FLAGGED: "yellow", Weight.REFUSED: "red"}.get(weight(entry, today), "")
        terminal.row(table, *(shown(field, entry, language) for field in fields), told, style=style)
    terminal.print(table)


def _document(entry: Entry, today: dt.date) -> dict[str, Any]:
    from testbench.register.states import states

    document = entry.model_dump(mode="json")
    return {"name": entry.name, "states": [state.value for state in states(entry, today)], **document}
