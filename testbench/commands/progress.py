"""Progress of an evaluation on the terminal: step, elapsed and remaining time of the bench and of the wait.

On a terminal one line is kept up to date; in a pipe each run gets a line of its own. Remaining bench time follows the plan;
remaining time of the wait follows how fast bench time has gone so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.live import Live
from rich.text import Text

from testbench.commands.terminal import Terminal
from testbench.engine.clock import monotonic
from testbench.engine.plan import Plan, SuiteItem
from testbench.engine.wording import Language, describe, duration
from testbench.report.wording import wording
from testbench.text import Language as ReportLanguage

REFRESH_S = 0.2


class Progress:
    """Observes an evaluation and shows it; fits `EvaluationObserver`. It is gone on with at bench time `elapsed_s`."""

    def __init__(self, terminal: Terminal, language: Language, elapsed_s: float = 0.0) -> None:
        self._terminal = terminal
        console = terminal.console
        self._language: Language = language
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._plan: Plan | None = None
        self._index = -1
        self._began = monotonic()
        self._shown = 0.0
        self._now = elapsed_s
        self._first: float | None = None  # bench time at which this process began to work
        self._step_began = 0.0
        self._step = ""

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def planned(self, plan: Plan) -> None:
        """Say how long it will take, and what is wrong with it."""
        self._plan = plan
        self._began = monotonic()
        chinese = self._language == "zh"
        took = duration(plan.duration_s, self._language)
        self._terminal.line(
            f"计划：{len(plan.steps)} 步，台架时间 {took}"
            if chinese
            else f"plan: {len(plan.steps)} steps, {took} of bench time"
        )
        for warning in plan.warnings:
            self.notice(warning)

    def begun(self, evaluation: str) -> None:
        """Say what it is called in the record."""
        self._terminal.line(evaluation)

    def run_began(self, number: int, item: SuiteItem) -> None:
        """Say which run begins."""
        if self._plan is not None:  # runs that were finished before are left out where an evaluation is gone on with
            self._index = next((i for i, step in enumerate(self._plan.steps) if step.run == number), 0) - 1
        title = item.procedure.title.zh if self._language == "zh" else item.procedure.title.en
        self._terminal.line(f"[{number}] {title}  ({self._clock()})")

    def step_began(self, call: str, arguments: Mapping[str, Any]) -> None:
        """Keep what is being done."""
        self._index += 1
        self._step_began = self._now
        self._step = describe(call, arguments, self._language)
        self._show()

    def step_ended(self) -> None:
        """Nothing to show: the next step follows at once."""

    def tick(self, now: float) -> None:
        """Bench time has come to `now`."""
        self._now = now
        if self._first is None:
            self._first = now
        if self._live is not None and monotonic() - self._shown >= REFRESH_S:
            self._show()

    def notice(self, text: str) -> None:
        """Show something that a person should read."""
        self._terminal.line(f"! {wording(ReportLanguage(self._language)).tell(text)}", style="yellow")

    def _clock(self) -> str:
        """Elapsed and remaining time of the bench and of the wait, short enough for the narrowest terminal."""
        waited, left = monotonic() - self._began, self._remaining()
        bench = self._pair(self._now, left)
        done = self._now - self._first if self._first is not None else 0.0
        wait = self._pair(waited, waited / done * left if left is not None and done > 0 else None)
        return f"台架 {bench} | 等待 {wait}" if self._language == "zh" else f"bench {bench} | wait {wait}"

    def _pair(self, elapsed_s: float, left_s: float | None) -> str:
        elapsed = duration(elapsed_s, self._language)
        if left_s is None:
            return elapsed
        left = duration(left_s, self._language)
        return f"{elapsed}，剩 {left}" if self._language == "zh" else f"{elapsed}, {left} left"

    def _remaining(self) -> float | None:
        """Bench time that the plan still has, s: the rest of this step and all later ones."""
        if self._plan is None or not 0 <= self._index < len(self._plan.steps):
            return self._plan.duration_s if self._plan is not None and self._index < 0 else None
        step = self._plan.steps[self._index]
        later = self._plan.duration_s - (step.start_s + step.duration_s)
        return later + max(0.0, step.duration_s - (self._now - self._step_began))

    def _show(self) -> None:
        if self._live is None:
            return
        self._shown = monotonic()
        self._live.update(Text(f"{self._step} | {self._clock()}", no_wrap=True, overflow="ellipsis"), refresh=True)
