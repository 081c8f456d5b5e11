"""`testbench acknowledge`: acknowledge alarms of an evaluation."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.choose_run import Chosen, add_run, chosen

if TYPE_CHECKING:
    from testbench.record.model import AlarmRow

DESCRIPTION = """\
Acknowledges alarms: a person has seen them. An alarm stands until the value is back and it is acknowledged.

  testbench acknowledge last              all alarms of the evaluation
  testbench acknowledge last room-co2     the alarms of one interlock, or the one of a number
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("alarm", nargs="?", metavar="ALARM", help="name of an interlock, or number of an alarm (all)")


def run(arguments: argparse.Namespace) -> int:
    """Acknowledge them: by the process that runs the evaluation, else in the record."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine import commanding
        from testbench.office.reply_words import reply_words

        alarms, by = _meant(found, arguments.alarm), person(found)
        if found.stand.standing.goes_on and arguments.alarm is None:
            replies = [commanding.acknowledge_all(found.record, found.evaluation, by=by)]
        else:
            replies = commanding.acknowledge(found.record, found.stand, alarms, by=by)
        for reply in replies:
            print(f"{found.evaluation}: {reply_words(reply)}")
        if not found.stand.standing.goes_on:
            for alarm in alarms:
                print(f"{found.evaluation}: acknowledged: {alarm.name} ({alarm.number})")
    return 0


def _meant(found: Chosen, name: str | None) -> list[AlarmRow]:
    """The alarms that are meant and not acknowledged yet; InputError says which ones there are."""
    from testbench.errors import InputError, suggest

    alarms = found.record.alarms.of(found.evaluation)
    meant = [alarm for alarm in alarms if name in (None, alarm.name, str(alarm.number))]
    if not meant and name is not None:
        known = {alarm.name for alarm in alarms}
        raise InputError(f"{found.evaluation} has no alarm {name!r}; {suggest(name, known) if known else 'it has none'}")
    waiting = [alarm for alarm in meant if alarm.acknowledged is None]
    if not waiting:
        raise InputError(f"{found.evaluation} has no alarm to acknowledge")
    return waiting
