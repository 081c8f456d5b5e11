"""What was found and judged in many evaluations at once, for judging them again: a few queries for hundreds of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, func, select

from testbench.outcome import Outcome
from testbench.record import schema
from testbench.record.access import Access
from testbench.record.model import AmendmentRow, StoredFinding
from testbench.record.rows import amendment_row, stored_finding

TOGETHER = 400
"""Evaluations that are read at once: so much stands in memory, and so many identifiers in a query."""


MEMBERS = (
    *("device", "characteristic", "index", "outcome", "limit_text", "grade", "value", "unit", "provisional", "criterion"),
    "standard",
)
"""Members of a verdict's document that tell it from another; one that is null may be left out."""


@dataclass(frozen=True, slots=True)
class JudgedEvaluation:
    """An evaluation's findings, amendments and last verdicts (`MEMBERS` of them), and what it was judged by.

    `restricted` says that the standard was restricted to what the suite determines. `serves` names for each run with
    findings, by its identifier, the standards that it was made for; none stands for all.
    """

    identifier: str
    standard: str
    digest: str
    measurand: str
    devices: tuple[str, ...]
    outcome: Outcome | None
    restricted: bool
    findings: tuple[StoredFinding, ...]
    amendments: tuple[AmendmentRow, ...]
    verdicts: tuple[Mapping[str, Any], ...]
    serves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Judged(Access):
    """Findings and verdicts of many evaluations."""

    def identifiers(self) -> list[str]:
        """All evaluations, the oldest first."""
        columns = schema.evaluation.c
        return [row["identifier"] for row in self._rows(select(columns.identifier).order_by(columns.identifier))]

    def evaluations(self, wanted: Sequence[str]) -> Iterator[JudgedEvaluation]:
        """Evaluations by their identifiers, in that order; an identifier that is not there is left out."""
        for first in range(0, len(wanted), TOGETHER):
            yield from self._together(wanted[first : first + TOGETHER])

    def _together(self, wanted: Sequence[str]) -> Iterator[JudgedEvaluation]:
        one, run, finding, amended = schema.evaluation.c, schema.run.c, schema.finding.c, schema.amendment.c
        columns = (one.identifier, one.standard, one.standard_digest, one.measurand, one.devices, one.outcome, one.request)
        rows = {row["identifier"]: row for row in self._rows(select(*columns).where(one.identifier.in_(wanted)))}
        findings = self._rows(
            select(schema.finding, run.evaluation, run.number.label("run_number"))
            .join(schema.run)
            .where(run.evaluation.in_(wanted))
            .order_by(run.evaluation, finding.number)
        )
        amendments = self._rows(
            select(schema.amendment).where(amended.evaluation.in_(wanted)).order_by(amended.evaluation, amended.number)
        )
        found = _by_evaluation(findings)
        changed = _by_evaluation(amendments)
        judged = _by_evaluation(self._last_verdicts(wanted))
        for identifier in wanted:
            if (row := rows.get(identifier)) is None:
                continue
            own = (found.get(identifier, []), changed.get(identifier, []), judged.get(identifier, []))
            try:
                evaluation = _evaluation(row, *own)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise self._refusal(
                    f"something in {identifier} was changed and cannot be read; `testbench record verify` "
                    f"says what ({error})"
                ) from error
            yield evaluation

    def _last_verdicts(self, wanted: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        verdict = schema.verdict.c
        last = (
            select(verdict.evaluation, func.max(verdict.judging).label("judging"))
            .where(verdict.evaluation.in_(wanted))
            .group_by(verdict.evaluation)
            .subquery()
        )
        joined = schema.verdict.join(last, (last.c.evaluation == verdict.evaluation) & (last.c.judging == verdict.judging))
        wanted_rows = select(verdict.evaluation).select_from(joined).order_by(verdict.evaluation, verdict.number)
        with self._database.reading() as connection:
            if connection.dialect.name != "sqlite":
                return [dict(row) for row in connection.execute(wanted_rows.add_columns(verdict.document)).mappings()]
            # SQLite takes the few members out of the text faster than Python reads all of it.
            members = func.json_extract(verdict.document, *(f"$.{name}" for name in MEMBERS), type_=Text)
            return [
                {"evaluation": name, "document": _document(text)} for name, text in _pairs(connection, wanted_rows, members)
            ]


def _evaluation(
    row: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    amendments: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Mapping[str, Any]],
) -> JudgedEvaluation:
    documents = tuple(each["document"] for each in verdicts)
    for document in documents:
        Outcome(document["outcome"])
        _ = document["device"], document["characteristic"]
    return JudgedEvaluation(
        identifier=row["identifier"],
        standard=row["standard"],
        digest=row["standard_digest"],
        measurand=row["measurand"],
        devices=tuple(device["name"] for device in row["devices"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        restricted=bool(row["request"].get("restricted")),
        findings=tuple(stored_finding(each) for each in findings),
        amendments=tuple(amendment_row(each) for each in amendments),
        verdicts=documents,
        serves=_serves(row["request"].get("suite", ()), findings),
    )


def _serves(suite: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The standards that the run of each finding serves: those of its item in the suite."""
    numbers = {str(finding["run"]): finding["run_number"] for finding in findings}
    return {run: tuple(suite[number - 1].get("standards", ())) for run, number in numbers.items() if number <= len(suite)}


def _pairs(connection: Connection, wanted: Select[Any], members: ColumnElement[str]) -> Iterator[tuple[str, str]]:
    for name, text in connection.execute(wanted.add_columns(members)):
        yield str(name), str(text)


def _document(text: str) -> dict[str, Any]:
    """The members of a verdict that are there."""
    return {name: value for name, value in zip(MEMBERS, json.loads(text), strict=True) if value is not None}


def _by_evaluation(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows that stand in the order of their evaluations."""
    return {name: list(own) for name, own in itertools.groupby(rows, key=lambda row: str(row["evaluation"]))}
