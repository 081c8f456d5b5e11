"""Questions to the operator, answered from any terminal through the record."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update

from testbench.record import schema
from testbench.record.access import Access, insert_within
from testbench.record.chain import Kind, Links
from testbench.record.documents import plain
from testbench.record.model import PictureRow, PromptRow
from testbench.record.pictures import Picture
from testbench.record.rows import picture_row, prompt_row

_PICTURE = [column for column in schema.picture.c if column.name != "data"]


class Prompts(Access):
    """The prompts of the record, with their pictures."""

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
        choices: Sequence[str] = (),
        picture: Picture | None = None,
        wants_picture: bool = False,
        form: Mapping[str, Any] | None = None,
    ) -> int:
        """Enter a question; where `unit` is not empty a number in that unit is asked for. Return its number.

        With `choices` one of them is asked for, with `wants_picture` a picture too; `picture` is shown with the question.
        With a `form` (a JSON document) a table is asked for.
        """
        row = {
            "evaluation": evaluation,
            "run": run,
            "text": text,
            "unit": unit,
            "expected": expected,
            "bench_time": bench_time,
            "asked": at,
            "by": "",
            "choices": list(choices) or None,
            "wants_picture": wants_picture or None,
            "form": None if form is None else plain(form, f"the form of the question {text!r}"),
        }
        with self._entering(evaluation, f"there is no evaluation {evaluation} or no run {run}") as links:
            (number,) = insert_within(links, schema.prompt, Kind.PROMPT, [row])
            if choices or wants_picture:
                links.row(Kind.OFFER, number)
            if form is not None:
                links.row(Kind.FORM, number)
            if picture is not None:
                _keep(links, evaluation, number, picture, shown=True, by="", at=at)
        return number

    def answer(
        self, number: int, *, text: str, value: float | None, by: str, at: dt.datetime, picture: Picture | None = None
    ) -> None:
        """Enter an answer, with the picture that was asked for.

        RecordError when there is one already, when it is withdrawn, or when it is not what was asked for.
        """
        prompt = self.get(number)
        if prompt.form is not None:
            raise self._refusal(f"prompt {number} asks for a table, not for {text!r}")
        if prompt.unit and (value is None or not math.isfinite(value)):
            raise self._refusal(f"prompt {number} asks for a number in {prompt.unit}, not {text!r}")
        if value is not None and not math.isfinite(value):
            raise self._refusal(f"the answer to prompt {number} is {value}, which cannot be recorded")
        if prompt.choices and text not in prompt.choices:
            raise self._refusal(f"prompt {number} offers {', '.join(map(repr, prompt.choices))}, not {text!r}")
        if prompt.wants_picture and picture is None:
            raise self._refusal(f"prompt {number} asks for a picture; give one (PNG or JPEG)")
        if picture is not None and not prompt.wants_picture:
            raise self._refusal(f"prompt {number} asks for no picture")
        with self._entering(prompt.evaluation) as links:
            self._close(links, prompt, answer_text=text, answer_number=value, by=by, answered=at)
            if picture is not None:
                _keep(links, prompt.evaluation, number, picture, shown=False, by=by, at=at)

    def fill_in(self, number: int, entered: Mapping[str, Any], *, text: str, by: str, at: dt.datetime) -> None:
        """Enter the table that was asked for, a JSON document; `text` says in words where it came from.

        RecordError when it is answered already, when it is withdrawn, or when no table was asked for.
        """
        prompt = self.get(number)
        if prompt.form is None:
            raise self._refusal(f"prompt {number} asks for no table")
        document = plain(entered, f"what was entered for prompt {number}")
        with self._entering(prompt.evaluation) as links:
            self._close(links, prompt, answer_text=text, by=by, answered=at, entered=document)
            links.row(Kind.ENTERED, number)

    def withdraw(self, number: int, *, at: dt.datetime) -> None:
        """Enter that no answer is awaited any more; RecordError when it is answered or withdrawn."""
        prompt = self.get(number)
        with self._entering(prompt.evaluation) as links:
            self._close(links, prompt, withdrawn=at)

    def open(self, evaluation: str) -> list[PromptRow]:
        """Prompts of an evaluation that await an answer, in order."""
        columns = schema.prompt.c
        return self._found(columns.evaluation == evaluation, columns.answered.is_(None), columns.withdrawn.is_(None))

    def of(self, evaluation: str) -> list[PromptRow]:
        """All prompts of an evaluation in order."""
        return self._found(schema.prompt.c.evaluation == evaluation)

    def get(self, number: int) -> PromptRow:
        """One prompt; RecordError if there is none of that number."""
        found = self._found(schema.prompt.c.number == number)
        if not found:
            raise self._refusal(f"there is no prompt {number}")
        return found[0]

    def picture(self, number: int) -> Picture:
        """A picture with its bytes; RecordError if there is none of that number, or if it was changed."""
        columns = schema.picture.c
        rows = self._rows(
            select(columns.name, columns.media_type, columns.data, columns.digest).where(columns.number == number)
        )
        if not rows:
            raise self._refusal(f"there is no picture {number}")
        picture = Picture(rows[0]["name"], rows[0]["media_type"], rows[0]["data"])
        if picture.digest != rows[0]["digest"]:
            raise self._refusal(f"picture {number} does not agree with its digest: it was changed")
        return picture

    def _found(self, *conditions: ColumnElement[bool]) -> list[PromptRow]:
        prompts = self._rows(select(schema.prompt).where(*conditions).order_by(schema.prompt.c.number))
        pictures = self._pictures([row["number"] for row in prompts])
        return [prompt_row(row, [picture for picture in pictures if picture.prompt == row["number"]]) for row in prompts]

    def _pictures(self, prompts: Sequence[int]) -> list[PictureRow]:
        if not prompts:
            return []
        columns = schema.picture.c
        wanted = select(*_PICTURE).where(columns.prompt.in_(prompts)).order_by(columns.number)
        return [picture_row(row) for row in self._rows(wanted)]

    def _close(self, links: Links, prompt: PromptRow, **changes: Any) -> None:
        columns = schema.prompt.c
        is_open = (columns.number == prompt.number, columns.answered.is_(None), columns.withdrawn.is_(None))
        change = update(schema.prompt).where(*is_open).values(**changes)
        self._change_one(links.connection, change, f"prompt {prompt.number} was answered or withdrawn already")
        links.row(Kind.ANSWER, prompt.number)


def _keep(links: Links, evaluation: str, prompt: int, picture: Picture, *, shown: bool, by: str, at: dt.datetime) -> None:
    """Enter a picture of a prompt."""
    row: Mapping[str, Any] = {
        "evaluation": evaluation,
        "prompt": prompt,
        "shown": shown,
        "name": picture.name,
        "media_type": picture.media_type,
        "digest": picture.digest,
        "by": by,
        "at": at,
        "data": picture.data,
    }
    insert_within(links, schema.picture, Kind.PICTURE, [row])
