"""Which findings of an evaluation count, after some were excluded and some items were repeated; all attempts are kept.

A result is what an item determines of one characteristic of one device. Its attempts are the first finding, then those of
every finished repeat, in their order. The last attempt counts, unless it is excluded: then the result could not be
determined, and an earlier attempt does not come back. So nobody can choose among attempts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from testbench.findings import EXCLUDED, Finding
from testbench.record.model import AmendmentKind, AmendmentRow, StoredFinding
from testbench.record.rows import finding_columns, stored_finding


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a finding was excluded, by whom and when; also one that was taken back, with the words to that."""

    reason: str
    by: str
    at: dt.datetime
    taken_back: AmendmentRow | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One finding of a result, and what was decided about it.

    `repeat` is the amendment that brought it, None for the first one. `exclusions` are all that were made, in order; the
    last one holds where it was not taken back.
    """

    stored: StoredFinding
    evaluation: str
    repeat: AmendmentRow | None = None
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def excluded(self) -> Exclusion | None:
        """The exclusion that holds."""
        last = self.exclusions[-1] if self.exclusions else None
        return None if last is None or last.taken_back is not None else last

    @property
    def as_counted(self) -> StoredFinding:
        """The finding as it is judged: without a value, and what it would draw, where it is excluded."""
        if self.excluded is None:
            return self.stored
        notes = (EXCLUDED + self.excluded.reason,)
        found = self.stored.finding
        bare = Finding(found.device, found.characteristic, None, found.unit, index=found.index, notes=notes)
        return replace(self.stored, finding=bare)


@dataclass(frozen=True, slots=True)
class Result:
    """All attempts at one characteristic of one device by one item, whose run is `run`; the last one counts."""

    attempts: tuple[Attempt, ...]
    run: str = ""

    @property
    def counting(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]

    @property
    def amended(self) -> bool:
        """Whether anything was excluded or repeated."""
        return len(self.attempts) > 1 or any(attempt.exclusions for attempt in self.attempts)


def results(evaluation: str, findings: Sequence[StoredFinding], amendments: Sequence[AmendmentRow]) -> list[Result]:
    """The results of an evaluation, in the order of its findings; what only a repeat determined comes last."""
    exclusions = _exclusions(amendments)

    def attempt(stored: StoredFinding, found_by: str, repeat: AmendmentRow | None = None) -> Attempt:
        return Attempt(stored, found_by, repeat, tuple(exclusions.get(stored.number, ())))

    chains: dict[tuple[Any, ...], list[Attempt]] = {}
    for key, stored in _keyed((stored.run, stored) for stored in findings):
        chains[key] = [attempt(stored, evaluation)]
    for amendment in amendments:
        if amendment.kind is AmendmentKind.REPEAT:
            run, by = amendment.document["run"], amendment.document["evaluation"]
            for key, stored in _keyed((run, stored) for stored in repeated_findings(amendment)):
                chains.setdefault(key, []).append(attempt(stored, by, amendment))
    return [Result(tuple(chain), str(run)) for (run, *_), chain in chains.items()]


def counting(found: Iterable[Result]) -> list[StoredFinding]:
    """The findings that are judged, one a result."""
    return [result.counting.as_counted for result in found]


def repeat_document(evaluation: str, run: str, head: str, findings: Iterable[StoredFinding]) -> dict[str, Any]:
    """What an amendment keeps of a repeat: the evaluation with the head of its chain, the run of the original that it
    repeated, and what it found.
    """
    found = [{"number": stored.number, **finding_columns(stored.run, stored.finding)} for stored in findings]
    return {"evaluation": evaluation, "run": run, "head": head, "findings": found}


def repeated_findings(amendment: AmendmentRow) -> list[StoredFinding]:
    """The findings of a repeat, as they were taken."""
    rows: Sequence[Mapping[str, Any]] = amendment.document["findings"]
    return [stored_finding(row) for row in rows]


def _keyed(findings: Iterable[tuple[str, StoredFinding]]) -> Iterable[tuple[tuple[Any, ...], StoredFinding]]:
    """Each finding with what it is a result of: run, device, characteristic, and its place among those that are alike."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for run, stored in findings:
        key = (run, stored.finding.device, stored.finding.characteristic)
        seen[key] += 1
        yield (*key, seen[key]), stored


def _exclusions(amendments: Iterable[AmendmentRow]) -> dict[int, list[Exclusion]]:
    made: dict[int, list[Exclusion]] = {}
    for amendment in amendments:
        if amendment.finding is None:
            continue
        own = made.setdefault(amendment.finding, [])
        if amendment.kind is AmendmentKind.EXCLUDE:
            own.append(Exclusion(amendment.reason, amendment.by, amendment.at))
        elif amendment.kind is AmendmentKind.RESTORE and own:
            own[-1] = replace(own[-1], taken_back=amendment)
    return made
