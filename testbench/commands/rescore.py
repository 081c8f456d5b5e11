"""`testbench rescore`: old evaluations judged by another standard or edition, and what changes."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testbench.commands.choose_run import add_record, chosen, open_records, searched
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.criteria.standard import Standard
    from testbench.engine.rescoring import Change, Judgement, Rescored

DESCRIPTION = """\
Judges what an evaluation has found by another standard, or another version of one, and shows what changes: outcome, limit
or grade of each verdict. Nothing is written: the record keeps its verdicts. Results that were excluded or repeated count as
they do in the record. For one run the standard is restricted to what the run determined.

  testbench rescore last --standard our-hj76
  testbench rescore 4f2a 7b01-R02 --standard our-hj76@1 --json
  testbench rescore --all --standard ./draft.toml --record bench.sqlite

exit status: 0 judged, whatever the verdicts; 2 the standard or an identifier is wrong; 4 the record cannot be read.
"""


@dataclass(slots=True)
class _Wanted:
    """What is meant in one record: evaluations in their order, and the runs of those that count only in part."""

    evaluations: dict[str, None] = field(default_factory=dict)
    runs: dict[str, tuple[str, ...]] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add RUN …, --all, --standard, --record, --json and --language."""
    parser.add_argument(
        "wanted",
        nargs="*",
        metavar="RUN",
        help="identifiers of evaluations or of their runs, parts of them that no other has, or `last`",
    )
    parser.add_argument("--all", action="store_true", help="every evaluation of the records")
    parser.add_argument(
        "--standard",
        required=True,
        metavar="NAME",
        help="the standard to judge by (`testbench standards`), or a criteria file",
    )
    add_record(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object with every change")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge again and print what changes."""
    from testbench.criteria.standard import load_standard
    from testbench.errors import InputError

    if bool(arguments.wanted) == arguments.all:
        raise InputError("which evaluations? `testbench rescore RUN … --standard NAME`, or --all for every one")
    standard = load_standard(arguments.standard)
    found = _rescored(arguments, standard)
    if arguments.json:
        _print_json(standard, list(found))
        return 0
    from testbench.commands.terminal import Terminal

    _Printer(Terminal(), arguments.language, standard).print(found)
    return 0


def _rescored(arguments: argparse.Namespace, standard: Standard) -> Iterator[Rescored]:
    from testbench.engine.rescoring import rescore

    with contextlib.ExitStack() as opened:
        if arguments.all:
            for record in open_records(searched(arguments.record), opened, strict=arguments.record is not None):
                yield from rescore(record, standard, record.judged.identifiers())
            return
        wanted = _wanted(arguments)
        for record, own in zip(open_records(wanted, opened, strict=True), wanted.values(), strict=True):
            yield from rescore(record, standard, list(own.evaluations), own.runs)


def _wanted(arguments: argparse.Namespace) -> dict[Path, _Wanted]:
    """What is meant, by record; an evaluation that is named as a whole counts as a whole."""
    places: dict[Path, _Wanted] = {}
    for name in arguments.wanted:
        with chosen(argparse.Namespace(wanted=name, record=arguments.record)) as found:
            own = places.setdefault(found.record.path, _Wanted())
            whole = name == "last" or name.lower() in found.evaluation.lower()
            if whole:
                own.runs[found.evaluation] = ()
            elif own.runs.get(found.evaluation) != ():
                runs = [run.identifier for run in found.record.runs(found.evaluation)]
                meant = [run for run in runs if run.lower().endswith(name.lower())]
                own.runs[found.evaluation] = (*own.runs.get(found.evaluation, ()), *meant)
            own.evaluations[found.evaluation] = None
    return places


def _print_json(standard: Standard, found: list[Rescored]) -> None:
    import json

    document = {
        "standard": standard.name,
        "version": standard.version,
        "edition": standard.standard.edition,
        "digest": standard.digest,
        "evaluations": [
            {
                "evaluation": one.evaluation,
                "runs": list(one.runs),
                "standard_before": one.standard_before,
                "digest_before": one.digest_before,
                "outcome_before": None if one.before is None else one.before.value,
                "outcome": one.after.value,
                "unchanged": one.unchanged,
                "undetermined": list(one.undetermined),
                "changes": [_change(change) for change in one.changes],
            }
            for one in found
        ],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _change(change: Change) -> dict[str, Any]:
    def of(judgement: Judgement | None) -> dict[str, Any] | None:
        if judgement is None:
            return None
        return {
            "verdict": judgement.outcome.value,
            "limit": judgement.limit,
            "grade": judgement.grade,
            "value": judgement.value,
            "unit": judgement.unit,
            "provisional": judgement.provisional,
        }

    return {
        "device": change.device,
        "characteristic": change.characteristic,
        "index": change.index,
        "before": of(change.before),
        "after": of(change.after),
    }


class _Printer:
    """Prints what changes, in one language: a table an evaluation, one line where nothing does, and a summary."""

    def __init__(self, terminal: Terminal, language: str, standard: Standard) -> None:
        self.terminal = terminal
        self.language = language
        self.standard = standard

    def word(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.language == "zh" else en

    def print(self, found: Iterator[Rescored]) -> None:
        """Print all of them as they come."""
        count = verdicts = changed = outcomes = 0
        for one in found:
            self._one(one)
            count += 1
            verdicts += one.unchanged + len(one.changes)
            changed += len(one.changes)
            outcomes += one.before is not one.after
        name = f"{self.standard.name}@{self.standard.version}"
        self.terminal.line(
            self.word(
                f"{name}：{count} 次评价，{verdicts} 项判定中 {changed} 项改变，{outcomes} 次评价的结论改变",
                f"{name}: {count} evaluations, {changed} of {verdicts} verdicts change, the outcome of {outcomes} changes",
            )
        )

    def _one(self, one: Rescored) -> None:
        name = ", ".join(one.runs) or one.evaluation
        before = self._outcome(one.before)
        after = self._outcome(one.after)
        by = one.standard_before or self.word("未按标准判定", "no standard")
        outcome = before if before == after else f"{before} -> {after}"
        self.terminal.line(f"{name}  {by} -> {self.standard.name}: {outcome}", style="bold")
        if one.changes:
            table = self.terminal.table(
                self.word("仪器", "device"),
                self.word("指标", "characteristic"),
                self.word("数值", "value"),
                self.word("原判定", "before"),
                self.word("新判定", "after"),
            )
            for change in one.changes:
                self._row(table, change)
            self.terminal.print(table)
        else:
            self.terminal.line("  " + self.word(f"{one.unchanged} 项判定均不变", f"all {one.unchanged} verdicts stay"))
        if one.undetermined:
            names = ", ".join(one.undetermined)
            self.terminal.line("  " + self.word(f"本次评价未测定：{names}", f"not determined by this evaluation: {names}"))
        self.terminal.line()

    def _row(self, table: Any, change: Change) -> None:
        from testbench.outcome import Outcome

        place = f"{change.characteristic} ({change.index})" if change.index else change.characteristic
        shown = change.after or change.before
        value = "-" if shown is None or shown.value is None else f"{shown.value:.4g} {shown.unit}"
        style = "bold red" if change.after is not None and change.after.outcome is Outcome.FAIL else ""
        self.terminal.row(
            table, change.device, place, value, self._judgement(change.before), self._judgement(change.after), style=style
        )

    def _judgement(self, judgement: Judgement | None) -> str:
        if judgement is None:
            return self.word("未要求", "not asked for")
        parts = [self._outcome(judgement.outcome), judgement.limit, judgement.grade]
        return " ".join(part for part in parts if part)

    def _outcome(self, outcome: Any) -> str:
        from testbench.office.outcome_words import WORDS

        if outcome is None:
            return self.word("无结论", "no outcome")
        return WORDS[outcome].say(self.language)
