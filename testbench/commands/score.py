"""`testbench score`: score test data measured elsewhere against a standard."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.commands.options import add_language, add_standards
from testbench.outcome import Outcome

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.criteria.result import Result

DESCRIPTION = """\
Scores recorded test data without a bench. The file is comma-separated, one row an injection, a reading or a run in the order
of time; `#` starts a comment. What it holds is told from its columns, for example:

  linearity                test,parameter,unit,span,level,reference,measured        level: low, mid, high
  calibration error        test,parameter,unit,span,date,level,reference,measured   level: zero, upscale
  relative accuracy audit  test,parameter,unit,run,used,cems,reference              used: 1, or 0 for a discarded run

`testbench score --columns` lists all kinds of data with their columns. A value is rounded as the standard says and then
compared; of a level with more injections than the standard asks for, the last ones count. Where the file states an expanded
uncertainty, the standard's decision rule weighs it. A parameter that the standard does not know is computed, and its verdict
is inconclusive.

example:
  testbench score linearity.csv --standard epa-part75
  testbench score linearity.csv --standard epa-part75 --json > scored.json
  testbench score --columns
  testbench score --columns drift

exit status: 0 scored, whatever the verdicts; 2 the file, the standard or an option is wrong (one line says where).
"""

MOST_DIGITS_SHOWN = 10
_STYLES = {Outcome.FAIL: "bold red", Outcome.INCONCLUSIVE: "yellow"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, --standard, --json, --columns and --language."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="test data, comma-separated (CSV, UTF-8)")
    add_standards(parser, required=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object with every value at full precision")
    parser.add_argument(
        "--columns",
        nargs="?",
        const="",
        metavar="KIND",
        help="print the columns of every kind of data, or what each column of one kind holds",
    )
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read, score, print."""
    if arguments.columns is not None:
        from testbench.commands.score_columns import print_columns
        from testbench.commands.terminal import Terminal

        print_columns(Terminal(), arguments.columns, arguments.language, as_json=arguments.json)
        return 0
    from testbench.errors import InputError

    if arguments.file is None:
        raise InputError(
            "which file? `testbench score FILE --standard NAME`; `testbench score --columns` lists what it may hold"
        )
    if not arguments.standard:
        raise InputError("by which standard? add --standard NAME; `testbench standards` lists them")
    return _score(arguments)


def _score(arguments: argparse.Namespace) -> int:
    from testbench.criteria.recorded import read_recorded, score_recorded
    from testbench.criteria.standard import load_standard

    standards = [load_standard(name) for name in arguments.standard]
    recorded = read_recorded(arguments.file)
    scored = [(standard.name, score_recorded(recorded, standard)) for standard in standards]
    if arguments.json:
        objects = [{"standard": name, "results": [result.to_json() for result in results]} for name, results in scored]
        print(json.dumps(objects[0] if len(objects) == 1 else {"standards": objects}, indent=2, allow_nan=False))
        return 0
    from testbench.commands.terminal import Terminal

    for name, results in scored:
        _print_results(Terminal(), results, name)
    return 0


def _print_results(terminal: Terminal, results: Sequence[Result], standard: str) -> None:
    audits = any("bias_adjustment_factor" in result.details for result in results)
    several = len({result.characteristic for result in results}) > 1
    characteristic = ("characteristic",) if several else ()
    middle = ("tier", "bias test", "factor") if audits else ("level", "date")
    headings = ("test", "parameter", *characteristic, *middle, "value", "limit", "metric", "verdict")
    table = terminal.table(*headings, right=(headings.index("value"),))
    for result in results:
        if audits:
            words = [result.details.get("tier") or "", result.details.get("bias_test") or ""]
            factor = result.details.get("bias_adjustment_factor")
            words.append("" if factor is None else f"{factor}")
        else:
            words = [result.level or "", result.date.isoformat() if result.date else ""]
        value = "-" if result.value is None else f"{_shown(result.value, result.limit)} {result.unit}"
        verdict = f"{result.outcome.value} (provisional)" if result.provisional else result.outcome.value
        style = _STYLES.get(result.outcome, "")
        words = [result.characteristic, *words] if several else words
        cells = (result.test, result.parameter, *words, value, result.limit_text, result.metric, verdict)
        terminal.row(table, *cells, style=style)
    terminal.print(table)
    terminal.line()
    for note in _notes(results):
        terminal.line(note)
    counts = ", ".join(
        f"{sum(result.outcome is outcome for result in results)} {outcome.value}"
        for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)
    )
    terminal.line(f"{standard}: {len(results)} results: {counts}")


def _shown(value: Decimal, limit: Decimal | None) -> str:
    """The value with the digits it was rounded to; one that was not rounded with four, or with all where it needs them."""
    from testbench.criteria.reasons import number

    return f"{value:f}" if len(value.as_tuple().digits) <= MOST_DIGITS_SHOWN else number(value, limit)


def _notes(results: Sequence[Result]) -> list[str]:
    """Every note once, with the place it belongs to: a test or a level where all of its results have the note."""
    by_test: dict[str, list[Result]] = {}
    by_level: dict[tuple[str, str | None], list[Result]] = {}
    for result in results:
        by_test.setdefault(result.test, []).append(result)
        by_level.setdefault((result.test, result.level), []).append(result)
    of_test = {test: _common_notes(own) for test, own in by_test.items()}
    of_level = {place: _common_notes(own) for place, own in by_level.items()}
    lines: dict[str, None] = {}
    for result in results:
        for note in result.notes:
            place = result.test
            if note not in of_test[result.test]:
                place += f", {result.level}"
                if note not in of_level[result.test, result.level] and result.date is not None:
                    place += f", {result.date.isoformat()}"
            lines[f"{place}: {note}"] = None
    return list(lines)


def _common_notes(results: Sequence[Result]) -> set[str]:
    return set(results[0].notes).intersection(*(result.notes for result in results))
