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
    from testbench.criteria.standard import Standard
    from testbench.engine.rescoring import Change, Judgement, Rescored

DESCRIPTION = """\
Judges what an evaluation has found by another standard, or another version of one, and shows what changes: outcome, limit
or grade of each verdict, and why. The record keeps its verdicts. Results that were excluded or repeated count as they do in
the record. For one run the standard is restricted to what the run determined.

  testbench rescore last --standard our-hj76
  testbench rescore 4f2a 7b01-R02 --standard our-hj76@1 --json
  testbench rescore --all --standard ./draft.toml --record bench.sqlite
  testbench rescore --all --standard our-hj76 --output changes.csv

With --output every change is also written as comma-separated text (UTF-8), one row a verdict.

exit status: 0 judged, whatever the verdicts; 2 the standard or an identifier is wrong; 4 the record cannot be read.
"""


@dataclass(slots=True)
class _Wanted:
    """What is meant in one record: evaluations in their order, and the runs of those that count only in part."""

    evaluations: dict[str, None] = field(default_factory=dict)
    runs: dict[str, tuple[str, ...]] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add RUN …, --all, --standard, --record, --json, --output, --bom and --language."""
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
    parser.add_argument("--output", type=Path, metavar="FILE", help="write every change into this file, too (CSV)")
    parser.add_argument("--bom", action="store_true", help="begin CSV with a byte order mark, as Excel wants it")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge again and print what changes."""
    from testbench.criteria.standard import load_standard
    from testbench.errors import InputError

    if bool(arguments.wanted) == arguments.all:
        raise InputError("which evaluations? `testbench rescore RUN … --standard NAME`, or --all for every one")
    standard = load_standard(arguments.standard)
    found = _rescored(arguments, standard)
    if arguments.output is not None:
        found = _kept(found, arguments)
    if arguments.json:
        _print_json(standard, list(found))
        return 0
    from testbench.commands.rescore_printing import RescorePrinter
    from testbench.commands.terminal import Terminal

    RescorePrinter(Terminal(), arguments.language, standard).print(found)
    return 0


def _kept(found: Iterator[Rescored], arguments: argparse.Namespace) -> Iterator[Rescored]:
    """All of them, written into --output as well."""
    from testbench.errors import InputError
    from testbench.office.rescored_csv import changes_as_csv
    from testbench.whole_file import write_whole

    everything = list(found)
    text = changes_as_csv(everything, arguments.standard, arguments.language)
    try:
        write_whole(arguments.output, ("\ufeff" if arguments.bom else "") + text)
    except OSError as error:
        raise InputError(
            f"{arguments.output} cannot be written: {error.strerror}; choose another file with --output"
        ) from None
    return iter(everything)


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
        "why": [{"zh": reason.zh, "en": reason.en} for reason in change.why],
    }
