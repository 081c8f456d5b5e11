"""Judges old evaluations by another standard, or another edition, and says what changes; nothing is written.

Of an evaluation by several standards the verdicts of one are compared: of the standard itself, else of the one that asks for
most of the same; and only what runs for that one have found is judged. A run for another has other settings.

for rescored in rescore(record, load_standard("our-hj76@2"), ["E20261122-134501-4f2a"]):
    for change in rescored.changes: …
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from testbench.criteria.judge import Verdict, judge_all
from testbench.criteria.standard import Standard
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.record.attempts import counting, results
from testbench.record.judged import JudgedEvaluation
from testbench.record.model import StoredFinding
from testbench.record.store import Record
from testbench.text import Text

_ZEROS = re.compile(r"(\d)\.0+(?!\d)")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verdict came to: the outcome, the limit as it is printed, the grade reached, and the value that was judged.

    `reason` is that of a verdict given now; of a recorded one it is not read.
    """

    outcome: Outcome
    limit: str
    grade: str = ""
    value: float | None = None
    unit: str = ""
    provisional: bool = False
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that another standard gives otherwise; None where one of the two does not ask for the characteristic."""

    device: str
    characteristic: str
    index: str | None
    before: Judgement | None
    after: Judgement | None

    @property
    def why(self) -> tuple[Text, ...]:
        """What makes the difference: unit, limit or grade that is another one; then the reason of the verdict itself."""
        return tuple(_why(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Rescored:
    """An evaluation, or some of its runs, judged again.

    `before` and `after` are the outcomes; `unchanged` counts verdicts that stay as they are. `undetermined` names what the
    standard asks for and the evaluation has not determined.
    """

    evaluation: str
    runs: tuple[str, ...]
    standard_before: str
    digest_before: str
    before: Outcome | None
    after: Outcome
    changes: tuple[Change, ...]
    unchanged: int
    undetermined: tuple[str, ...]


def rescore(
    record: Record, standard: Standard, evaluations: Sequence[str], runs: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Rescored]:
    """Judge evaluations of a record by a standard, in their order.

    `runs` are the only runs of an evaluation that count, by its identifier: the standard is then restricted to what they
    determined. InputError for several standards at once.
    """
    if standard.parts:
        raise InputError("old evaluations are judged again by one standard at a time")
    restricted = cache(standard.restricted_to)
    for row in record.judged.evaluations(evaluations):
        yield _rescored(row, standard, restricted, tuple((runs or {}).get(row.identifier, ())))


def _rescored(
    row: JudgedEvaluation,
    standard: Standard,
    restricted: Callable[[frozenset[str]], Standard],
    runs: tuple[str, ...],
) -> Rescored:
    found = _found(row)
    if runs:
        found = [stored for stored in found if stored.run in runs]
    documents, by = _of_one_standard(row, standard, [row.serves.get(stored.run, ()) for stored in found])
    before = Outcome.worst(Outcome(document["outcome"]) for document in documents) if by else row.outcome
    served = [stored for stored in found if not by or by in (row.serves.get(stored.run) or (by,))]
    findings: list[Finding] = [stored.finding for stored in served]
    there = frozenset(finding.characteristic for finding in findings)
    if runs:
        documents = [document for document in documents if document["characteristic"] in there]
        before = Outcome.worst(Outcome(document["outcome"]) for document in documents) if documents else None
    card = judge_all(findings, restricted(there), row.measurand, devices=row.devices)
    undetermined: dict[str, None] = {}
    if not runs and not row.restricted:
        own = (criterion for criterion in standard.criteria if criterion.applies_to(row.measurand, None))
        undetermined = dict.fromkeys(c.characteristic for c in own if c.characteristic not in there)
    after = Outcome.worst([card.outcome, *([Outcome.INCONCLUSIVE] if undetermined else []), *(() if runs else _ended(row))])
    old = _numbered((_key(document), _recorded(document)) for document in documents)
    new = _numbered((_key_of(verdict), _judgement(verdict)) for score in card.devices for verdict in score.verdicts)
    changes = []
    unchanged = 0
    for key in dict.fromkeys((*new, *(k for k in old if k[1] in there))):
        index, was = old.get(key, (None, None))
        place, now = new.get(key, (index, None))
        if was is not None and now is not None and _same(was, now):
            unchanged += 1
        else:
            changes.append(Change(key[0], key[1], place if now is not None else index, was, now))
    return Rescored(
        evaluation=row.identifier,
        runs=runs,
        standard_before=row.standard,
        digest_before=row.digest,
        before=before,
        after=after,
        changes=tuple(changes),
        unchanged=unchanged,
        undetermined=tuple(undetermined),
    )


def _why(was: Judgement | None, now: Judgement | None) -> Iterator[Text]:
    if now is None:
        yield Text(zh="新标准不要求", en="the new standard does not ask for it")
        return
    if was is None:
        yield Text(zh="原标准不要求", en="the old standard did not ask for it")
    elif was.limit and now.limit and was.unit != now.unit:
        zh = f"按 {_unit(now.unit)} 判定，原按 {_unit(was.unit)}"
        yield Text(zh=zh, en=f"judged in {_unit(now.unit)}, before in {_unit(was.unit)}")
    if was is not None and _plain(was.limit) != _plain(now.limit):
        yield _differs(Text(zh="限值", en="limit"), was.limit, now.limit)
    if was is not None and was.grade != now.grade:
        yield _differs(Text(zh="级别", en="grade"), was.grade, now.grade)
    if was is not None and was.outcome is not now.outcome and was.provisional and not now.provisional:
        yield Text(zh="限值原为暂定", en="the limit was provisional")
    if now.reason is not None and (was is None or was.outcome is not now.outcome):
        yield now.reason


def _differs(what: Text, was: str, now: str) -> Text:
    zh, en = (f"{what.zh}由 {was or '无'} 改为 {now or '无'}", f"{what.en} {now or 'none'} instead of {was or 'none'}")
    return Text(zh=zh, en=en)


def _unit(unit: str) -> str:
    return "1" if unit in ("", "1") else unit


def _ended(row: JudgedEvaluation) -> tuple[Outcome, ...]:
    """How an evaluation ended stays as it is: one that was aborted, or has not ended, does not pass by another standard."""
    if row.outcome is None:
        return (Outcome.INCONCLUSIVE,)
    return (row.outcome,) if row.outcome in (Outcome.ERROR, Outcome.ABORTED) else ()


def _found(row: JudgedEvaluation) -> list[StoredFinding]:
    """The findings that count; one that was repeated belongs to the run that was repeated."""
    if not row.amendments:
        return list(row.findings)
    amended = results(row.identifier, row.findings, row.amendments)
    return [replace(one, run=result.run) for one, result in zip(counting(amended), amended, strict=True)]


Key = tuple[str, str, int]
"""Device, characteristic, and which of several verdicts, counted from 0."""


def _numbered(entries: Iterator[tuple[tuple[str, str, str | None], Judgement]]) -> dict[Key, tuple[str | None, Judgement]]:
    counts: dict[tuple[str, str], int] = {}
    found: dict[Key, tuple[str | None, Judgement]] = {}
    for (device, characteristic, index), judgement in entries:
        number = counts.get((device, characteristic), 0)
        counts[device, characteristic] = number + 1
        found[device, characteristic, number] = index, judgement
    return found


def _same(one: Judgement, other: Judgement) -> bool:
    return (one.outcome, _plain(one.limit), one.grade) == (other.outcome, _plain(other.limit), other.grade)


def _plain(limit: str) -> str:
    """A limit as it is printed, without zeros behind the point that say nothing: ±5.0 %F.S. is ±5 %F.S."""
    return _ZEROS.sub(r"\1", limit)


def _of_one_standard(
    row: JudgedEvaluation, standard: Standard, served: Sequence[Sequence[str]]
) -> tuple[list[Mapping[str, Any]], str]:
    """The recorded verdicts on what was asked for, and the standard they are by; "" where only one judged.

    Of several standards it is the one that is named, else, of those that the findings serve, the one with most
    characteristics in common with `standard`.
    """
    documents = [document for document in row.verdicts if document.get("criterion", True)]
    names = list(dict.fromkeys(document.get("standard", "") for document in documents))
    if len(names) < 2:
        return documents, ""
    candidates = [name for name in names if any(not each or name in each for each in served)] or names
    asked = {criterion.characteristic for criterion in standard.criteria}
    common = {
        name: len({d["characteristic"] for d in documents if d.get("standard", "") == name} & asked) for name in candidates
    }
    chosen = standard.name if standard.name in candidates else max(candidates, key=lambda name: common[name])
    return [document for document in documents if document.get("standard", "") == chosen], chosen


def _key(document: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return document["device"], document["characteristic"], document.get("index")


def _key_of(verdict: Verdict) -> tuple[str, str, str | None]:
    return verdict.device, verdict.characteristic, verdict.index


def _recorded(document: Mapping[str, Any]) -> Judgement:
    return Judgement(
        Outcome(document["outcome"]),
        document.get("limit_text", ""),
        document.get("grade", ""),
        document.get("value"),
        document.get("unit", ""),
        bool(document.get("provisional", False)),
    )


def _judgement(verdict: Verdict) -> Judgement:
    return Judgement(
        verdict.outcome,
        verdict.limit_text,
        verdict.grade,
        verdict.value,
        verdict.unit,
        verdict.provisional,
        verdict.reason,
    )
