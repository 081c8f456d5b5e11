"""`testbench watch`: a running evaluation live, from another terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.choose_run import add_run, chosen
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.commands.watch_view import View
    from testbench.engine.watching import Watcher

DESCRIPTION = """\
Shows a running evaluation: its state and step, progress, the latest reading of every channel, open questions with the
command that answers them, alarms, and the last events. In a pipe it writes a line for every change.

  testbench watch last

It ends when the evaluation is over or its process is lost. Ctrl-C ends the watching only.
"""
EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Watch."""
    with chosen(arguments) as found:
        from testbench.commands.terminal import Terminal
        from testbench.commands.watch_view import View
        from testbench.engine.watching import Watcher

        terminal = Terminal()
        view, watcher = View(terminal, arguments.language), Watcher(found.record, found.evaluation)
        try:
            if terminal.console.is_terminal:
                _keep_up(terminal, view, watcher)
            else:
                _write(terminal, view, watcher)
        except KeyboardInterrupt:
            chinese = arguments.language == "zh"
            terminal.line(
                "不再观看；测试评价不受影响" if chinese else "not watching any more; the evaluation is not touched"
            )
    return 0


def _keep_up(terminal: Terminal, view: View, watcher: Watcher) -> None:
    """Keep a view up to date; it stays when there is nothing more to see."""
    from rich.live import Live

    from testbench.engine.clock import MACHINE

    with Live(console=terminal.console, auto_refresh=False) as live:
        while True:
            sight = watcher.look()
            live.update(view.whole(sight), refresh=True)
            if not sight.stand.standing.goes_on:
                break
            MACHINE.pause(EVERY_S)
    terminal.line(view.end(sight))


def _write(terminal: Terminal, view: View, watcher: Watcher) -> None:
    """Write a line for every change."""
    from testbench.engine.clock import MACHINE

    before = None
    while True:
        sight = watcher.look()
        for line in view.changes(sight, before):
            terminal.line(line)
        terminal.console.file.flush()
        if not sight.stand.standing.goes_on:
            break
        before = sight
        MACHINE.pause(EVERY_S)
    terminal.line(view.end(sight))
