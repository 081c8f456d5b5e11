"""What judging again changes as comma-separated text: a row a verdict, with the old and the new judgement and the reasons.

    evaluation,runs,standard_before,standard,device,characteristic,title,index,value,unit,verdict_before,limit_before,…,why

Verdicts are the words of JSON files; `title` and `why` are in the language that was asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from testbench.engine.rescoring import Change, Judgement, Rescored
from testbench.report.wording import wording
from testbench.text import Language

COLUMNS = (
    *("evaluation", "runs", "standard_before", "standard", "device", "characteristic", "title", "index", "value", "unit"),
    *("verdict_before", "limit_before", "grade_before", "verdict", "limit", "grade", "provisional", "why"),
)


def changes_as_csv(found: Iterable[Rescored], standard: str, language: str) -> str:
    """Every change of every evaluation, numbers with all their digits."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        for change in one.changes:
            writer.writerow([one.evaluation, " ".join(one.runs), one.standard_before, standard, *_cells(change, language)])
    return lines.getvalue()


def _cells(change: Change, language: str) -> Iterator[str]:
    shown = change.after or change.before
    yield change.device
    yield change.characteristic
    yield wording(Language(language)).name("characteristic", change.characteristic)
    yield change.index or ""
    yield "" if shown is None or shown.value is None else repr(shown.value)
    yield "" if shown is None else shown.unit
    yield from _judgement(change.before)
    yield from _judgement(change.after)
    yield "" if change.after is None else str(change.after.provisional).lower()
    yield "; ".join(reason.say(language) for reason in change.why)


def _judgement(judgement: Judgement | None) -> tuple[str, str, str]:
    return ("", "", "") if judgement is None else (judgement.outcome.value, judgement.limit, judgement.grade)
