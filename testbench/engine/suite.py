"""The runs of an evaluation's suite in their order: begun, gone on with, or known as finished; each with its end entered."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from testbench.engine.clock import Clock
from testbench.engine.journal import Remembered, RunJournal
from testbench.engine.live import LiveBench
from testbench.engine.observer import EvaluationObserver
from testbench.engine.past import Past
from testbench.engine.prompting import folder_of
from testbench.engine.request import EvaluationRequest
from testbench.engine.room import in_spite_of, with_room
from testbench.engine.suite_item import SuiteItem
from testbench.errors import AbortedError, EndedError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record


class Suite:
    """Carries out the runs of one evaluation; `findings` are those of all runs so far, `numbers` the runs' of each."""

    def __init__(
        self,
        request: EvaluationRequest,
        record: Record,
        evaluation: str,
        clock: Clock,
        observer: EvaluationObserver,
        *,
        past: Past | None,
        memory: Remembered | None,
    ) -> None:
        self.findings: list[Finding] = []
        self.numbers: list[int] = []
        self._request = request
        self._record = record
        self._evaluation = evaluation
        self._clock = clock
        self._observer = observer
        self._past = past
        self._memory = memory

    def carry_out(self, bench: LiveBench, check: Callable[[], None]) -> None:
        """Carry out what is not finished; `check` is asked between runs, and raises AbortedError."""
        for number, item in enumerate(self._request.items, start=1):
            check()  # a pause is for the first step of the run, which can be held
            past = self._past
            before = past.runs.get(number) if past is not None else None
            recorded = None
            if past is None or before is None:
                run = with_room(partial(self._begin, number, item), self._clock, self._observer.notice, bench.quieten)
            elif before.state is RunState.FINISHED:
                self._keep(number, past.findings.get(before.identifier, ()))
                continue
            else:
                cold_after_s = self._request.station.station.faults.cold_after_s
                run, recorded = before.identifier, past.recorded(self._record, before, cold_after_s)
                reopen = partial(self._record.reopen_run, run)
                with_room(reopen, self._clock, self._observer.notice, bench.quieten)
            self._observer.run_began(number, item)
            journal = RunJournal(self._record, self._evaluation, run, self._clock, memory=self._memory, recorded=recorded)
            bench.begin_run(journal, folder_of(item.procedure.function))
            with self._ending(number, run, bench, journal):
                item.procedure.function(bench, item.settings)
                journal.check_complete()

    def _begin(self, number: int, item: SuiteItem) -> str:
        return self._record.begin_run(
            self._evaluation,
            item.procedure.name,
            item.settings.model_dump(mode="json"),
            clause=item.clause.zh if self._request.language == "zh" else item.clause.en,
            number=number,
            bench_time=self._clock.now(),
            started=self._clock.wall(),
        )

    @contextlib.contextmanager
    def _ending(self, number: int, run: str, bench: LiveBench, journal: RunJournal) -> Iterator[None]:
        """Enter how a run ended, whatever ends it."""

        def finish(state: RunState, outcome: Outcome | None, reason: str) -> None:
            now, wall = self._clock.now(), self._clock.wall()
            self._record.finish_run(run, state=state, outcome=outcome, bench_time=now, finished=wall, reason=reason)

        try:
            yield
            bench.keep(lambda: finish(RunState.FINISHED, None, ""))
        except AbortedError as error:
            ended, reason = isinstance(error, EndedError), str(error)
            bench.stop(reason)
            state, outcome = (RunState.INTERRUPTED, Outcome.ERROR) if ended else (RunState.ABORTED, Outcome.ABORTED)
            told = type(error)(f"{self._evaluation}: {reason}; what was measured is in the record")
            in_spite_of(told, lambda: finish(state, outcome, reason))
            raise told from None
        except BaseException as error:
            reason = str(error) or type(error).__name__
            in_spite_of(error, lambda: finish(RunState.INTERRUPTED, Outcome.ERROR, reason))
            raise
        finally:
            self._keep(number, journal.findings)

    def _keep(self, number: int, findings: Iterable[Finding]) -> None:
        self.findings += findings
        self.numbers += [number] * (len(self.findings) - len(self.numbers))
