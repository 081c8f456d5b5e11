"""How a watched evaluation is written: as a view that is kept up to date, or as a line for every change."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text as Line

from testbench.commands.terminal import Terminal
from testbench.engine.entering import Form
from testbench.engine.form_file import columns_in_words
from testbench.engine.prompting import answer_words, asked_for
from testbench.engine.standing import Standing
from testbench.engine.watching import Sight
from testbench.engine.wording import Language, describe, duration, moment
from testbench.office.event_words import event_words, reason_words
from testbench.office.going_on import what_then
from testbench.office.outcome_words import WORDS as OUTCOMES
from testbench.office.standing_words import STYLES, WORDS, percent, station_name
from testbench.record.model import AlarmRow, EventRow, PromptRow
from testbench.report.wording import wording
from testbench.text import Language as ReportLanguage


class View:
    """Writes sights in one language."""

    def __init__(self, terminal: Terminal, language: Language) -> None:
        self._terminal = terminal
        self._language: Language = language
        self._chinese = language == "zh"

    def whole(self, sight: Sight) -> RenderableType:
        """Everything, for a screen."""
        row = sight.stand.row
        title = f"{row.identifier}  {row.start.standard or '–'}  {station_name(row)}"
        parts: list[RenderableType] = [self._line(title, "bold")]
        parts.append(self._line(self._standing(sight), STYLES.get(sight.stand.standing, "")))
        parts += [self._line(self._step(sight)), self._line(self._times(sight))]
        parts += [self._line(self._prompt(sight, prompt), "bold yellow") for prompt in sight.prompts]
        parts += [self._line(self._alarm(sight, alarm), "bold red") for alarm in sight.alarms]
        if sight.readings:
            table = self._terminal.table(*(("通道", "读数", "单位", "台架时间") if self._chinese else _READINGS), right=(1,))
            for reading in sight.readings:
                value = ("无" if self._chinese else "gap") if reading.value is None else f"{reading.value:.5g}"
                cells = (reading.channel.name, value, reading.channel.unit, moment(reading.time, self._language))
                self._terminal.row(table, *cells)
            parts.append(table)
        parts += [self._line(self._event(event), "dim") for event in sight.events]
        return Group(*parts)

    def changes(self, sight: Sight, before: Sight | None) -> Iterator[str]:
        """A line for everything that is different now, for a pipe."""
        if before is None or sight.stand.standing is not before.stand.standing:
            yield f"{sight.stand.row.identifier}: {self._standing(sight)}"
        for event in sight.new_events:
            yield self._event(event)
        if sight.step is not None and (before is None or _key(sight) != _key(before)):
            yield f"{self._step(sight)}  ({self._times(sight)})"
        known = () if before is None else before.prompts
        yield from (self._prompt(sight, prompt) for prompt in sight.prompts if prompt not in known)
        alarms = () if before is None else before.alarms
        yield from (self._alarm(sight, alarm) for alarm in sight.alarms if alarm not in alarms)

    def end(self, sight: Sight) -> str:
        """Why there is nothing more to watch."""
        row, standing = sight.stand.row, sight.stand.standing
        word = WORDS[standing].say(self._language)
        if standing is Standing.FINISHED and row.outcome is not None and row.start.standard:
            outcome = OUTCOMES[row.outcome].say(self._language)
            word += f"，判定：{outcome}" if self._chinese else f", outcome: {outcome}"
        reason = f": {reason_words(row, self._language)}" if row.reason else ""
        if standing.resumable:
            then = what_then(row.identifier, self._language)
            return (
                f"{row.identifier}：{word}{reason}；{then}"
                if self._chinese
                else f"{row.identifier} is {word}{reason}; {then}"
            )
        return f"{row.identifier}：{word}{reason}" if self._chinese else f"{row.identifier} is over: {word}{reason}"

    # ---- lines --------------------------------------------------------------------------------------------------------

    def _line(self, text: str, style: str = "") -> Line:
        return Line(self._terminal.plain(text), style=style)

    def _standing(self, sight: Sight) -> str:
        word, done = WORDS[sight.stand.standing].say(self._language), percent(sight.headway, sight.stand.standing)
        process = sight.stand.process
        where = "" if process is None else f"  ({'进程' if self._chinese else 'process'} {process.pid})"
        simulated = "" if not sight.stand.row.start.simulated else "  模拟" if self._chinese else "  SIMULATED"
        return f"{word}  {done}{where}{simulated}"

    def _step(self, sight: Sight) -> str:
        step = sight.step
        if step is None:
            return "尚未开始测试步骤" if self._chinese else "no step has begun"
        text = f"[{step.run}] {step.procedure}, {step.number}: {describe(step.call, step.arguments, self._language)}"
        if step.attempts > 1:
            text += f"（第 {step.attempts} 次）" if self._chinese else f" (attempt {step.attempts})"
        return text

    def _times(self, sight: Sight) -> str:
        elapsed = duration(sight.bench_s, self._language)
        if sight.headway is None or sight.stand.standing in (Standing.FINISHED, Standing.ABORTED, Standing.CLOSED):
            return f"台架时间 {elapsed}" if self._chinese else f"{elapsed} of bench time"
        left = duration(sight.headway.left_s, self._language)
        return f"台架时间 {elapsed}，剩 {left}" if self._chinese else f"{elapsed} of bench time, {left} left"

    def _prompt(self, sight: Sight, prompt: PromptRow) -> str:
        wanted = asked_for(prompt.unit, prompt.choices)
        value = answer_words(prompt.unit, prompt.choices, wants_picture=prompt.wants_picture)
        text = prompt.text
        if prompt.form is not None:
            form = Form.of(prompt.form)
            text = f"{form.title.say(self._language)}. {form.instruction.say(self._language)}"
            wanted, value = f" [{columns_in_words(form)}]", "--csv FILE"
        command = f"`testbench answer {sight.stand.row.identifier} --prompt {prompt.number} {value}`"
        return f"{'问题' if self._chinese else 'question'} {prompt.number}: {text}{wanted}  {command}"

    def _alarm(self, sight: Sight, alarm: AlarmRow) -> str:
        if self._chinese:
            states = ("报警中" if alarm.released is None else "已恢复", "未确认" if alarm.acknowledged is None else "已确认")
        else:
            states = (
                "tripped" if alarm.released is None else "released",
                "not acknowledged" if alarm.acknowledged is None else f"acknowledged by {alarm.by}",
            )
        words = wording(ReportLanguage(self._language)).tell(alarm.text)
        text = f": {words}" if words else ""
        value = "" if alarm.value is None else f" = {alarm.value:.4g}"
        how = f"  `testbench acknowledge {sight.stand.row.identifier} {alarm.name}`" if alarm.acknowledged is None else ""
        word = "报警" if self._chinese else "alarm"
        return f"{word} {alarm.number} {alarm.name}{text} ({alarm.channel}{value}; {', '.join(states)}){how}"

    def _event(self, event: EventRow) -> str:
        return f"{moment(event.bench_time, self._language)}  {event_words(event, self._language)}"


_READINGS = ("channel", "reading", "unit", "bench time")


def _key(sight: Sight) -> tuple[int, int, int]:
    step = sight.step
    return (0, 0, 0) if step is None else (step.run, step.number, step.attempts)
