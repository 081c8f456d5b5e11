"""Audits of 40 CFR 60: relative accuracy of the performance specifications (Appendix B), and Appendix F, Procedure 1.

Decimal from what was recorded; nothing is rounded. Differences of a relative accuracy are reference − CEMS; the accuracy of
a cylinder gas audit and of a relative accuracy audit is CEMS − reference, in percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from testbench.metrology.accuracy import AccuracyAudit
from testbench.metrology.arguments import checked

_PRECISION = 60
DRIFT_DAYS = 7


@dataclass(frozen=True, slots=True)
class AuditAccuracy:
    """Accuracy of an audit: means in the data's unit, difference = mean of the CEMS − reference, percent of it."""

    mean_measured: Decimal
    reference: Decimal
    difference: Decimal
    percent: Decimal

    def percent_of(self, standard: Decimal) -> Decimal:
        """The difference in percent of the applicable standard; ValueError where that is not above zero."""
        return _percent(self.difference, standard, "the applicable standard")


@checked
def cylinder_gas_accuracy(measured: Sequence[Decimal], certified: Decimal) -> AuditAccuracy:
    """Accuracy at one audit point, A = (C_m − C_a)/C_a·100 (App. F Procedure 1, equation 1-1).

    `measured` are the responses (three), `certified` the gas, in one unit. Raises ValueError for no response or a gas that
    is not above zero.
    """
    mean = _mean(measured)
    return AuditAccuracy(mean, certified, mean - certified, _percent(mean - certified, certified, "the audit gas"))


@checked
def relative_accuracy_audit(measured: Sequence[Decimal], reference: Sequence[Decimal]) -> AuditAccuracy:
    """Accuracy of a relative accuracy audit of (three) runs: (mean CEMS − mean RM)/mean RM·100 (Procedure 1, 5.1.3).

    One number a run, in one unit. Raises ValueError for no runs, sequences of different length, or a reference mean that is
    not above zero.
    """
    if len(measured) != len(reference):
        raise ValueError(f"{len(measured)} and {len(reference)} numbers do not make pairs")
    cems, rm = _mean(measured), _mean(reference)
    return AuditAccuracy(cems, rm, cems - rm, _percent(cems - rm, rm, "the reference mean"))


@checked
def relative_accuracy_of(audit: AccuracyAudit, denominator: Decimal) -> Decimal:
    """RA = (|d| + |cc|)/denominator·100 % (PS-2, equation 2-6): of the reference mean, or of the applicable standard."""
    return _percent(absolute_accuracy(audit), denominator, "the denominator")


def absolute_accuracy(audit: AccuracyAudit) -> Decimal:
    """|d| + |cc| in the data's unit, which PS-4A limits in ppm."""
    return abs(audit.mean_difference) + abs(audit.confidence_coefficient)


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    if not numbers:
        raise ValueError("an audit needs at least one value")
    with localcontext(prec=_PRECISION):
        return sum(numbers, Decimal(0)) / len(numbers)


def _percent(part: Decimal, of: Decimal, name: str) -> Decimal:
    if not of > 0:
        raise ValueError(f"{name} is {of:f}; it must be above zero")
    with localcontext(prec=_PRECISION):
        return part / of * 100


class Reason(StrEnum):
    """Why a monitor is out of control."""

    FIVE_DAYS = "drift above twice the limit on five consecutive days"
    ONCE = "drift above four times the limit"


FIVE_DAYS_FACTOR = 2
ONCE_FACTOR = 4
CONSECUTIVE_DAYS = 5


@dataclass(frozen=True, slots=True)
class OutOfControl:
    """A period out of control, by the indices of the daily checks.

    It begins with the check `begins` (for one excess above four times the limit: after the last check that was good, None
    where there was none before) and ends with the check `ends`, None where it lasts on.
    """

    reason: Reason
    found: int
    begins: int | None
    ends: int | None


@checked
def out_of_control_periods(drifts: Sequence[Decimal], limit: Decimal) -> tuple[OutOfControl, ...]:
    """Periods out of control by daily calibration drift (40 CFR 60 App. F Procedure 1, 4.3).

    `drifts` are the drifts of consecutive days (any sign, unit of `limit`). Above twice the limit on five consecutive days:
    out of control from the fifth. Above four times the limit once: from the last check within twice the limit before it. A
    period ends with the first later check within twice the limit. A value equal to the bound is not above it. Raises
    ValueError for a limit that is not above zero.
    """
    if not limit > 0:
        raise ValueError(f"the drift limit must be above zero, got {limit:f}")
    periods: list[OutOfControl] = []
    beyond = [abs(drift) > FIVE_DAYS_FACTOR * limit for drift in drifts]
    day = run = 0
    while day < len(drifts):
        run = run + 1 if beyond[day] else 0
        once = abs(drifts[day]) > ONCE_FACTOR * limit
        if not once and run < CONSECUTIVE_DAYS:
            day += 1
            continue
        end = next((later for later in range(day + 1, len(drifts)) if not beyond[later]), None)
        if once:
            good = next((earlier for earlier in range(day - 1, -1, -1) if not beyond[earlier]), None)
            periods.append(OutOfControl(Reason.ONCE, day, good, end))
        else:
            periods.append(OutOfControl(Reason.FIVE_DAYS, day, day, end))
        if end is None:
            break
        day, run = end + 1, 0
    return tuple(periods)
