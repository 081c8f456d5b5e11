"""Asks many instruments at the same moment: line beside line, and those that share a line one after another.

A line is asked in a thread of its own, which only puts the questions and waits, however many a reading takes. The answers
are taken in the thread that asked, when it likes: it may go on while one is outstanding, and take it later.

    inquiry.ask([[a], [b, c]])                # a and b at once, c when b has answered
    while (answer := inquiry.take(wait_s)) is not None:
        ...

Who waits for all answers anyway (`stay`) asks those that answered swiftly the last time itself, all questions first: a
thread costs more than such an answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import NamedTuple

from testbench.engine.clock import monotonic
from testbench.engine.roles import Sample, Source
from testbench.errors import InstrumentError

SWIFT_S = 0.02  # an answer within this time is not worth a thread


class Answer(NamedTuple):
    """What one source answered, or why it did not; `at` is when, in real monotonic time, s.

    `defect` is what a driver raised that is no InstrumentError.
    """

    source: Source
    at: float
    samples: Sequence[Sample] = ()
    failure: str | None = None
    defect: BaseException | None = None


class Inquiry:
    """Asks at most `lines` lines at once. A line is not to be asked again before all its answers were taken."""

    def __init__(self, lines: int) -> None:
        self._threads = ThreadPoolExecutor(max(1, lines), thread_name_prefix="line")
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._asked_here: deque[tuple[Source, Answer | None]] = deque()
        self._swift: set[int] = set()  # identities of sources

    def ask(self, lines: Sequence[Sequence[Source]], *, stay: bool = False) -> None:
        """Put a question to every source; with `stay` the caller is going to wait for all answers."""
        here: list[Source] = []
        for line in lines:
            if stay and self._swift.issuperset(map(id, line)):
                here += line
            else:
                self._threads.submit(self._ask_line, line)
        for source in here:
            self._asked_here.append((source, _request(source)))

    def answers(self, lines: Sequence[Sequence[Source]]) -> list[Answer]:
        """Ask, and wait for all answers; raises what a driver raised that is no InstrumentError."""
        self.ask(lines, stay=True)
        came = [self.take(None) for line in lines for _ in line]
        answers = [answer for answer in came if answer is not None]
        for answer in answers:
            if answer.defect is not None:
                raise answer.defect
        return answers

    def take(self, wait_s: float | None) -> Answer | None:
        """The next answer, waited for at most `wait_s` of real time (None: as long as it takes); None if none has come."""
        if self._asked_here:
            source, failed = self._asked_here.popleft()
            return failed or self._collect(source, monotonic())
        try:
            return self._answers.get(timeout=None if wait_s is None else max(0.0, wait_s))
        except Empty:
            return None

    def _ask_line(self, line: Sequence[Source]) -> None:
        for source in line:
            began = monotonic()
            self._answers.put(_request(source) or self._collect(source, began))

    def _collect(self, source: Source, began: float) -> Answer:
        """Wait for an answer, and note whether it came swiftly."""
        try:
            samples = source.collect()
            answer = Answer(source, monotonic(), samples)
        except InstrumentError as error:
            answer = Answer(source, monotonic(), failure=str(error))
        except BaseException as defect:  # raised where the answer is taken
            answer = Answer(source, monotonic(), defect=defect)
        if answer.at - began < SWIFT_S:
            self._swift.add(id(source))
        else:
            self._swift.discard(id(source))
        return answer


def _request(source: Source) -> Answer | None:
    """Put a question; return what came of it if it could not be put."""
    try:
        source.request()
    except InstrumentError as error:
        return Answer(source, monotonic(), failure=str(error))
    except BaseException as defect:
        return Answer(source, monotonic(), defect=defect)
    return None
