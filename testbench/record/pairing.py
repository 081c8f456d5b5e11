"""Pairs verdicts with the results that they judge: in order, each result once for every standard that judges it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from testbench.record.attempts import Result
from testbench.record.model import EvaluationRow, RunRow


class Pairing:
    """The results of an evaluation, to be paired with its verdicts in their order."""

    def __init__(self, row: EvaluationRow, results: Sequence[Result], runs: Iterable[RunRow]) -> None:
        suite = row.start.request.get("suite", ())
        self._serves: Mapping[str, Sequence[str]] = {
            run.identifier: suite[run.number - 1].get("standards", ()) for run in runs if run.number <= len(suite)
        }
        self._results = results
        self._taken: set[tuple[int, str]] = set()

    def take(self, device: str, characteristic: str, standard: str = "") -> Result | None:
        """The next result that a verdict of `standard` on a characteristic judges; None where nothing was found.

        `standard` is empty where one standard judges, and for a finding that none asks for.
        """
        for number, result in enumerate(self._results):
            finding = result.counting.stored.finding
            serves = self._serves.get(result.run, ())
            if (finding.device, finding.characteristic) != (device, characteristic) or (number, standard) in self._taken:
                continue
            if standard and serves and standard not in serves:
                continue
            if not standard and any(taken == number for taken, _ in self._taken):
                continue  # another standard asks for it
            self._taken.add((number, standard))
            return result
        return None

    def left(self, device: str) -> Iterator[Result]:
        """The results of a device that no verdict judges."""
        taken = {number for number, _ in self._taken}
        for number, result in enumerate(self._results):
            if number not in taken and result.counting.stored.finding.device == device:
                yield result
