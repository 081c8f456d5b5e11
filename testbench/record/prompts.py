"""Questions to the operator, answered from any terminal through the record."""

from __future__ import annotations

import datetime as dt
import math

from sqlalchemy import select, update

from testbench.record import schema
from testbench.record.access import Access
from testbench.record.chain import Kind
from testbench.record.model import PromptRow
from testbench.record.rows import prompt_row


class Prompts(Access):
    """The prompts of the record."""

    def ask(
        self,
        evaluation: str,
        run: str | None,
        *,
        text: str,
        unit: str,
        expected: float | None,
        bench_time: float,
        at: dt.datetime,
    ) -> int:
        """Enter a question; where `unit` is not empty a number in that unit is asked for. Return its number."""
        row = {
            "evaluation": evaluation,
            "run": run,
            "text": text,
            "unit": unit,
            "expected": expected,
            "bench_time": bench_time,
            "asked": at,
            "by": "",
        }
        missing = f"there is no evaluation {evaluation} or no run {run}"
        return self._insert(evaluation, schema.prompt, Kind.PROMPT, [row], missing)[0]

    def answer(self, number: int, *, text: str, value: float | None, by: str, at: dt.datetime) -> None:
        """Enter an answer; RecordError when there is one already, when it is withdrawn, or when it lacks the number."""
        prompt = self.get(number)
        if prompt.unit and (value is None or not math.isfinite(value)):
            raise self._refusal(f"prompt {number} asks for a number in {prompt.unit}, not {text!r}")
        if value is not None and not math.isfinite(value):
            raise self._refusal(f"the answer to prompt {number} is {value}, which cannot be recorded")
        self._close(prompt, answer_text=text, answer_number=value, by=by, answered=at)

    def withdraw(self, number: int, *, at: dt.datetime) -> None:
        """Enter that no answer is awaited any more; RecordError when it is answered or withdrawn."""
        self._close(self.get(number), withdrawn=at)

    def open(self, evaluation: str) -> list[PromptRow]:
        """Prompts of an evaluation that await an answer, in order."""
        return [prompt for prompt in self.of(evaluation) if prompt.open]

    def of(self, evaluation: str) -> list[PromptRow]:
        """All prompts of an evaluation in order."""
        columns = schema.prompt.c
        wanted = select(schema.prompt).where(columns.evaluation == evaluation).order_by(columns.number)
        return [prompt_row(row) for row in self._rows(wanted)]

    def get(self, number: int) -> PromptRow:
        """One prompt; RecordError if there is none of that number."""
        rows = self._rows(select(schema.prompt).where(schema.prompt.c.number == number))
        if not rows:
            raise self._refusal(f"there is no prompt {number}")
        return prompt_row(rows[0])

    def _close(self, prompt: PromptRow, **changes: str | float | dt.datetime | None) -> None:
        columns = schema.prompt.c
        is_open = (columns.number == prompt.number, columns.answered.is_(None), columns.withdrawn.is_(None))
        with self._entering(prompt.evaluation) as links:
            change = update(schema.prompt).where(*is_open).values(**changes)
            self._change_one(links.connection, change, f"prompt {prompt.number} was answered or withdrawn already")
            links.row(Kind.ANSWER, prompt.number)
