"""`testbench runs`: the evaluations of a record, where they stand and how far they are."""

from __future__ import annotations

import argparse
import contextlib
import json
from typing import TYPE_CHECKING, Any

from testbench.commands.choose_run import add_record, open_records, searched
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.engine.headway import Headway
    from testbench.engine.standing import Stand
    from testbench.record.store import Record

DESCRIPTION = """\
Lists evaluations with their state and progress, the oldest first:
  running, paused   a process runs it: `testbench watch`, `pause`, `resume`, `abort`, `answer`
  lost              its process is gone: `testbench resume` goes on with it, `testbench close` closes it
  interrupted       it ended early, for example because an instrument failed: as lost
  closed            a person closed it after it had been lost or interrupted
  finished, aborted it is over

  testbench runs
  testbench runs --record result/record.sqlite --json
"""
HEADINGS = {
    "en": ("evaluation", "state", "progress", "started", "standard", "station", "devices", "outcome"),
    "zh": ("测试评价", "状态", "进度", "开始时间", "标准", "工位", "被测仪器", "判定"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_record(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """List them."""
    from testbench.commands.terminal import Terminal

    with contextlib.ExitStack() as opened:
        records = open_records(searched(arguments.record), opened, strict=arguments.record is not None)
        if arguments.json:
            listed = [_document(record, *entry) for record in records for entry in _entries(record)]
            print(json.dumps({"evaluations": listed}, ensure_ascii=False, indent=2))
            return 0
        terminal = Terminal()
        for record in records:
            _print(terminal, record, arguments.language)
    return 0


def _entries(record: Record) -> list[tuple[Stand, Headway | None]]:
    from testbench.engine.headway import headway
    from testbench.engine.standing import stand

    found = []
    for row in record.evaluations():
        step = record.glances.last_step(row.identifier)
        progress = headway(row.start.request, step, record.last_bench_time(row.identifier))
        found.append((stand(record, row.identifier), progress))
    return found


def _print(terminal: Terminal, record: Record, language: str) -> None:
    from testbench.office.outcome_words import WORDS as OUTCOMES
    from testbench.office.standing_words import STYLES, WORDS, percent, station_name

    entries = _entries(record)
    chinese = language == "zh"
    if not entries:
        terminal.line(f"{record.path}：没有测试评价" if chinese else f"{record.path}: no evaluation")
        return
    terminal.line(f"{record.path}:")
    table = terminal.table(*HEADINGS["zh" if chinese else "en"], right=(2,))
    for at, progress in entries:
        row = at.row
        terminal.row(
            table,
            row.identifier,
            WORDS[at.standing].say(language),
            percent(progress, at.standing),
            f"{row.start.started:%Y-%m-%d %H:%M}",
            row.start.standard or "–",
            station_name(row),
            ", ".join(device["name"] for device in row.start.devices),
            "" if row.outcome is None else OUTCOMES[row.outcome].say(language),
            style=STYLES.get(at.standing, ""),
        )
    terminal.print(table)


def _document(record: Record, at: Stand, progress: Headway | None) -> dict[str, Any]:
    from testbench.engine.standing import Standing
    from testbench.office.standing_words import station_name

    row = at.row
    percent = 100 if at.standing is Standing.FINISHED else None if progress is None else progress.percent
    return {
        "evaluation": row.identifier,
        "state": at.standing,
        "progress_percent": percent,
        "started": row.start.started.isoformat(),
        "standard": row.start.standard or None,
        "station": station_name(row),
        "devices": [device["name"] for device in row.start.devices],
        "simulated": row.start.simulated,
        "outcome": row.outcome,
        "reason": row.reason,
        "finished": None if row.finished is None else row.finished.isoformat(),
        "process": None if at.process is None else at.process.pid,
        "record": str(record.path.absolute()),
    }
