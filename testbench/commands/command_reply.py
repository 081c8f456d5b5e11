"""A command to a running evaluation: given through the record, and what its process says to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testbench.commands.choose_run import Chosen
from testbench.engine import commanding
from testbench.engine.person import present_person
from testbench.office.reply_words import reply_words
from testbench.record.model import CommandKind


def person(chosen: Chosen) -> str:
    """Who gives the command."""
    process = chosen.stand.process
    return present_person("" if process is None else process.host)


def give(chosen: Chosen, kind: CommandKind, document: Mapping[str, Any]) -> int:
    """Give a command and print what came of it; return the exit status."""
    chosen.require_going()
    reply = commanding.give(chosen.record, chosen.evaluation, kind, document, by=person(chosen))
    print(f"{chosen.evaluation}: {reply_words(reply)}")
    return 0
