"""`testbench record`: check a record, copy it while it is in use, put one evaluation away and take it out again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.commands.choose_run import add_record, add_run
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.record.store import Record
    from testbench.record.verify import EvaluationCheck, Verification

DESCRIPTION = """\
Checks and keeps records.

  testbench record verify                           the database, all readings, journals and hash chains
  testbench record verify last --head 840fb41c…     and that it agrees with a head that was kept outside
  testbench record backup  --to /backup/bench.sqlite      one moment of the record, also while it is written
  testbench record archive last --to E20261122.zip        one evaluation, with its report, in one file
  testbench record restore E20261122.zip --to restored    every file checked against the manifest

Every entry of the record is covered by a hash chain: what is changed, removed, inserted or put in another order afterwards
is found and named. A chain that was cut at its end together with its rows, or computed anew, agrees with itself: only a
head that was kept outside finds that. The head is in evaluation.json (record_head) and in the report, with the raw data;
keep one of them elsewhere. Exit status 4 says that something is wrong, or could not be checked.
"""

PROBLEM = 4  # exit status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `verify`, `backup`, `archive` and `restore`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="check a record, or one evaluation of it")
    verify.add_argument("wanted", nargs="?", metavar="RUN", help="only this evaluation (all of the record)")
    verify.add_argument("--head", metavar="HEAD", help="a head that was kept outside: record_head of evaluation.json")
    add_record(verify)
    backup = actions.add_parser("backup", help="copy a record, also while it is written, and check the copy")
    backup.add_argument("--to", type=Path, required=True, metavar="FILE", help="the new file")
    add_record(backup)
    archive = actions.add_parser("archive", help="put an evaluation that has ended into one file")
    add_run(archive)
    archive.add_argument("--to", type=Path, required=True, metavar="FILE", help="the new file (.zip)")
    restore = actions.add_parser("restore", help="take an archive apart, everything checked")
    restore.add_argument("file", type=Path, metavar="FILE", help="the archive")
    restore.add_argument("--to", type=Path, required=True, metavar="DIR", help="the new folder")
    for action, function in ((verify, _verify), (backup, _backup), (archive, _archive), (restore, _restore)):
        add_language(action)
        action.set_defaults(action=function)


def run(arguments: argparse.Namespace) -> int:
    """Do the action."""
    return int(arguments.action(arguments))


def _verify(arguments: argparse.Namespace) -> int:
    from testbench.commands.choose_run import chosen
    from testbench.record.store import Record

    if arguments.wanted is not None:
        with chosen(arguments) as choice:
            result = choice.record.verify(choice.evaluation, arguments.head)
    else:
        with Record.open(_only_record(arguments.record)) as record:
            result = record.verify(head=arguments.head)
    return _Printer(arguments.language).verification(result)


def _backup(arguments: argparse.Namespace) -> int:
    from testbench.record.store import Record

    with Record.open(_only_record(arguments.record)) as record:
        result = record.back_up(arguments.to)
    return _Printer(arguments.language).verification(result)


def _archive(arguments: argparse.Namespace) -> int:
    from testbench.commands.choose_run import chosen
    from testbench.engine.clock import wall_now

    with chosen(arguments) as choice:
        record, evaluation = choice.record, choice.evaluation
        manifest = record.archive(evaluation, lambda: _results(record, evaluation), arguments.to, created=wall_now())
    _Printer(arguments.language).archived(arguments.to, len(manifest.files), manifest.record_head)
    return 0


def _results(record: Record, evaluation: str) -> dict[str, bytes]:
    """The report in both languages, and the results."""
    from testbench.engine.clock import wall_now
    from testbench.office.procedure_words import InstalledProcedureWords
    from testbench.report.evaluation_json import evaluation_text
    from testbench.report.from_record import content_from_record
    from testbench.report.laboratory import default_laboratory
    from testbench.report.pdf import render_pdf
    from testbench.text import Language

    template = default_laboratory()
    letterhead = None if template is None else template.letterhead
    words = InstalledProcedureWords()
    content = content_from_record(record, evaluation, issued=wall_now(), procedures=words, letterhead=letterhead)
    reports = {f"report-{language.value}.pdf": render_pdf(content, language) for language in Language}
    return {"evaluation.json": evaluation_text(content), **reports}


def _restore(arguments: argparse.Namespace) -> int:
    from testbench.record.archive import unpack

    restored = unpack(arguments.file, arguments.to)
    printer = _Printer(arguments.language)
    status = printer.verification(restored.verification)
    printer.restored(restored.manifest.evaluation, restored.manifest.program, arguments.to)
    return status


def _only_record(record: Path | None) -> Path:
    from testbench.commands.choose_run import searched
    from testbench.errors import InputError

    paths = searched(record)
    if len(paths) > 1:
        listing = ", ".join(map(str, paths))
        raise InputError(f"which record? You used several lately: {listing}; say which with --record")
    return paths[0]


class _Printer:
    """Prints what was found, in one language; problems are told as the record tells them."""

    def __init__(self, language: str) -> None:
        from testbench.commands.terminal import Terminal

        self.terminal: Terminal = Terminal()
        self.chinese = language == "zh"

    def say(self, chinese: str, english: str, style: str = "") -> None:
        """Print one line."""
        self.terminal.line(chinese if self.chinese else english, style=style)

    def verification(self, result: Verification) -> int:
        """Print a verification; return the exit status."""
        for check in result.evaluations:
            self._check(check)
        for problem in result.problems:
            self.say(f"问题：{problem}", f"problem: {problem}", style="bold red")
        if result.agreement:
            self.terminal.line(result.agreement)
        if result.passed:
            checked = len(result.evaluations)
            self.say(
                f"{result.record}：未发现问题（{checked} 次评价）",
                f"{result.record}: nothing wrong found ({checked} evaluation{'' if checked == 1 else 's'})",
            )
            return 0
        count = len(result.all_problems)
        self.say(
            f"{result.record}：发现 {count} 个问题",
            f"{result.record}: {count} problem{'' if count == 1 else 's'} found",
            style="bold red",
        )
        return PROBLEM

    def _check(self, check: EvaluationCheck) -> None:
        self.say(
            f"{check.evaluation}：{check.steps} 个步骤，{check.readings} 个读数，哈希链 {check.entries} 项",
            f"{check.evaluation}: {check.steps} steps, {check.readings} readings, {check.entries} entries in its hash chain",
        )
        if check.head:
            self.say(f"  哈希链末值 {check.head}", f"  head {check.head}")
        if check.since:
            self.say(
                f"  哈希链在更新记录格式时建立（{check.since}），自那时起有效",
                f"  the chain was computed when the record was updated ({check.since}); it protects from then on",
            )
        if check.waiting:
            self.say(
                f"  尚未封存的读数：{check.waiting} 个，哈希链不包括这些读数",
                f"  readings not sealed yet: {check.waiting}; the chain does not cover them",
            )
        for problem in check.problems:
            self.say(f"  问题：{problem}", f"  problem: {problem}", style="bold red")

    def archived(self, path: Path, files: int, head: str) -> None:
        """Print what was archived."""
        self.say(f"归档：{path}（{files} 个文件）", f"archive: {path} ({files} files)")
        self.say(f"  哈希链末值 {head}", f"  head {head}")

    def restored(self, evaluation: str, program: str, folder: Path) -> None:
        """Print what was restored."""
        self.say(
            f"已恢复 {evaluation}（归档程序：{program}）：{folder}",
            f"restored {evaluation} (archived by {program}): {folder}",
        )
        self.say(
            f"`testbench report --record {folder / 'record.sqlite'}` 重新生成报告",
            f"`testbench report --record {folder / 'record.sqlite'}` writes its report again",
        )
