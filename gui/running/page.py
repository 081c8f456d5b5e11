"""The Run screen: follows one evaluation, shows what it does, and lets a person steer it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local, now
from gui.desk import Desk
from gui.page import Page
from gui.plots.channel import Band, Channel, LineKind, StepLine
from gui.plots.trace_plot import TracePlot
from gui.running import actions
from gui.running.alarm_panel import AlarmPanel
from gui.running.course import Course
from gui.running.event_list import EventList
from gui.running.feed import Feed, News
from gui.running.headline import Headline
from gui.running.prompt_panel import PromptPanel
from gui.running.situation import Situation, situation, times
from gui.running.steering_bar import AbortQuestion, SteeringBar
from gui.running.step_list import StepList
from gui.running.verdict_table import VerdictTable
from gui.tasks import Progress
from gui.watched import Standing
from gui.widgets.empty_state import EmptyState
from testbench.engine.entering import Entered
from testbench.engine.watching import Sight
from testbench.record.model import PromptRow
from testbench.report.wording import wording

_LEAST_PLOT, _LEAST_TABS = 190, 80  # px
PAUSE = "pause"  # the kind of event that says why it is paused
RECENT = 12  # evaluations that are over and still in the list
OVER = (Situation.FINISHED, Situation.ABORTED, Situation.CLOSED)


class RunPage(Page):
    """Follows the evaluation that is chosen, or the latest one that goes on."""

    name: ClassVar[str] = "run"
    icon: ClassVar[str] = "run"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._feed: Feed | None = None
        self._course: Course | None = None
        self._sight: Sight | None = None
        self._situation: Situation | None = None
        self._pausing = self._busy = self._here = False
        self._why = ""
        self._listed: tuple[tuple[Path, str, str], ...] = ()
        self._build()
        desk.lookout.changed.connect(self._list)
        application = QApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close_feed)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show_headline)
        self._clock.start()
        self.restyle()
        self.retranslate()
        self._list(desk.lookout.standings)

    # ---- what a page can do -------------------------------------------------------------------------------------------

    def arrive(self, **target: Any) -> None:
        """Show an evaluation (`record`, `evaluation`), or go on with the one that is shown."""
        self._here = True
        record, evaluation = target.get("record"), target.get("evaluation")
        if record is not None and evaluation:
            self.follow(Path(record), str(evaluation))
        elif self._feed is None or self._situation in OVER:
            self._follow_latest()
        self._announce()
        if self._prompts.prompt is not None:
            self._prompts.give_focus()

    def leave(self) -> None:
        """What is shown goes on being watched."""
        self._here = False
        self._remember()

    def retranslate(self) -> None:
        """Set all texts."""
        self._choice_label.setText(self.tr("&Evaluation"))
        self._choice.setAccessibleName(self.tr("Evaluation to follow"))
        self._empty.say(
            self.tr("No evaluation goes on"),
            self.tr("Start one, and this screen shows what it does; evaluations go on when the window is closed."),
        )
        self._new_button.setText(self.tr("New evaluation"))
        self._results_button.setText(self.tr("Show the results"))
        self._results_button.setShortcut("Ctrl+Return")
        self._results_button.setToolTip(self.tr("Verdicts, plots and report of this evaluation") + " (Ctrl+Return)")
        self._tabs.setTabText(0, self.tr("Results so far"))
        self._tabs.setTabText(1, self.tr("Events"))
        for part in (
            self._plot,
            self._steps,
            self._verdicts,
            self._events,
            self._alarms,
            self._prompts,
            self._bar,
            self._question,
        ):
            part.retranslate()
        self._list(self.desk.lookout.standings, again=True)
        self._show_course_words()
        self._show_headline()

    def restyle(self) -> None:
        """Take the present colours."""
        self._empty.restyle()
        self._plot.restyle()
        self._steps.steps.restyle()
        self._verdicts.viewport().update()
        self._bar.restyle()

    # ---- following ----------------------------------------------------------------------------------------------------

    def follow(self, record: Path, evaluation: str) -> None:
        """Follow an evaluation from now on."""
        if self._feed is not None and (self._feed.record, self._feed.evaluation) == (record, evaluation):
            self._feed.look_now()
            return
        self.close_feed()
        self._course = self._sight = self._situation = None
        self._pausing = self._busy = False
        self._why = ""
        self._plot.set_channels(())
        self._steps.set_runs(())
        self._verdicts.verdicts.set_verdicts(())
        self._events.events.clear()
        self._alarms.show_alarms(())
        self._prompts.show_prompts(())
        self._question.hide()
        self._results_button.hide()
        self._headline.show_nothing()
        self._feed = Feed(record, evaluation)
        self._feed.fed.connect(self._take)
        self._feed.failed.connect(self.desk.fail)
        self._feed.start()
        self._stack.setCurrentWidget(self._scroll)
        self._list(self.desk.lookout.standings, again=True)
        self._bar.show_situation(None)
        if self._here:
            self._announce()

    def end(self) -> None:
        """End the feed, and wait for its thread."""
        self.close_feed()

    def close_feed(self) -> None:
        """Follow nothing any more; the record is closed when this returns."""
        if self._feed is not None:
            self._remember()
            self._plot.close_source()
            self._feed.close()
            self._feed.deleteLater()
            self._feed = None

    @property
    def situation(self) -> Situation | None:
        """What the followed evaluation is doing; None before the first look."""
        return self._situation

    def _take(self, news: News) -> None:
        """What a look brought; the last one of a feed that is closed comes too late."""
        feed = self._feed
        if feed is None or (feed.record, feed.evaluation) != (news.record, news.sight.stand.row.identifier):
            return
        self._sight, self._pausing = news.sight, news.pausing
        if news.course is not None:
            self._course = news.course
        if news.channels is not None:
            self._begin_plot(news)
        for name, (time, value) in news.readings.items():
            self._plot.append(name, time, value)
        if news.course is not None:
            self._show_course_words()
        if news.sight.stand.standing.goes_on:
            self._plot.reach(news.sight.bench_s)
        self._events.add(news.events)
        self._why = next((event.text for event in reversed(news.events) if event.kind == PAUSE), self._why)
        self._alarms.show_alarms(news.sight.alarms)
        before = self._prompts.prompt
        self._prompts.show_prompts(news.sight.prompts)
        if self._here and self._prompts.prompt is not None and self._prompts.prompt is not before:
            self._prompts.offer_focus()
        self._show_headline()
        if self._here:
            self._announce()

    def _begin_plot(self, news: News) -> None:
        assert self._feed is not None
        assert news.channels is not None
        self._plot.set_channels([Channel.of(channel) for channel in news.channels])
        self._plot.set_source(self._feed.overview, 0.0, news.stored_until)
        real = self._course is not None and not self._course.jumps
        self._plot.set_origin(news.sight.stand.row.start.started.astimezone() if real else None)
        try:
            kept = json.loads(self.desk.preferences.get("run.plot", "{}"))
        except ValueError:
            kept = {}
        if isinstance(kept, dict):
            if kept.get("mode") == "free":  # a span of another evaluation says nothing here
                kept["mode"] = "all"
            self._plot.restore(kept)

    def _remember(self) -> None:
        self.desk.preferences.set("run.plot", json.dumps(self._plot.state()))
        self.desk.preferences.save_layout("run.across", self._across)
        self.desk.preferences.save_layout("run.down", self._down)

    def _follow_latest(self) -> None:
        """Follow the evaluation that needs somebody first, else the latest that goes on, else nothing."""
        standings = self.desk.lookout.standings
        going = [one for one in standings if one.stand.standing.goes_on]
        wanted = [one for one in going if one.prompts or one.alarms] or going
        if wanted:
            latest = max(wanted, key=lambda one: one.stand.row.start.started)
            self.follow(latest.record, latest.evaluation)

    def _announce(self) -> None:
        """Say whether the station is simulated: as the feed saw it, before its first look as the lookout did."""
        feed = self._feed
        known = [
            one.stand.row for one in self.desk.lookout.standings if feed is not None and one.evaluation == feed.evaluation
        ]
        row = self._sight.stand.row if self._sight is not None else known[0] if known else None
        self.desk.set_simulated(self, None if row is None else row.start.simulated)

    # ---- showing ------------------------------------------------------------------------------------------------------

    def _show_headline(self) -> None:
        if self._sight is None:
            self._headline.show_nothing()
            return
        state = situation(self._sight, pausing=self._pausing)
        self._situation = state
        self._headline.show_all(state, self._course, times(self._sight, self._course, now()), self._why)
        self._bar.show_situation(state, busy=self._busy)
        self._results_button.setVisible(state in OVER)
        if state in OVER:
            self._question.hide()

    def _show_course_words(self) -> None:
        """Steps, bands, set-points and verdicts, in the present language."""
        course = self._course
        if course is None:
            return
        self._steps.set_runs(course.runs)
        self._verdicts.verdicts.set_verdicts(course.verdicts)
        self._plot.set_bands([Band(shade.start, shade.end, self.desk.say(shade.text)) for shade in course.shades])
        lines = []
        for gas in course.gas:
            lines.append(StepLine.of(LineKind.SET_POINT, gas.channel, gas.times, gas.set_points))
            lines.append(StepLine.of(LineKind.REFERENCE, gas.channel, gas.times, gas.references))
        self._plot.set_step_lines(lines)

    def _list(self, standings: tuple[Standing, ...], *, again: bool = False) -> None:
        """The evaluations to choose from: those that go on or can be gone on with, then the latest ones."""
        newest = sorted(standings, key=lambda one: one.stand.row.start.started, reverse=True)
        live = [one for one in newest if one.stand.standing.goes_on or one.stand.standing.resumable]
        over = [one for one in newest if one not in live][:RECENT]
        feed = self._feed
        if feed is None and self._here:
            self._follow_latest()
            feed = self._feed
        entries = [(one.record, one.evaluation, self._entry(one)) for one in (*live, *over)]
        if feed is not None and not any((path, name) == (feed.record, feed.evaluation) for path, name, _ in entries):
            entries.insert(0, (feed.record, feed.evaluation, feed.evaluation))
        if tuple(entries) == self._listed and not again:
            return
        self._listed = tuple(entries)
        self._choice.blockSignals(True)
        self._choice.clear()
        for path, name, words in entries:
            self._choice.addItem(words, (path, name))
        chosen = [n for n, (p, e, _) in enumerate(entries) if feed is not None and (p, e) == (feed.record, feed.evaluation)]
        self._choice.setCurrentIndex(chosen[0] if chosen else -1)
        self._choice.blockSignals(False)
        self._choice.setEnabled(bool(entries))
        if feed is None:
            self._stack.setCurrentWidget(self._empty)

    def _entry(self, one: Standing) -> str:
        row = one.stand.row
        word = wording(self.desk.language).name("run_state", one.stand.standing.value)
        if one.stand.standing.value == "lost":
            word = self.tr("process lost")
        if one.stand.standing.value == "closed":
            word = self.tr("closed")
        return f"{word} · {local(row.start.started)} · {row.identifier}"

    def _chosen(self, index: int) -> None:
        data = self._choice.itemData(index)
        if data is not None:
            self.follow(*data)

    # ---- acting -------------------------------------------------------------------------------------------------------

    def _act(self, act: Callable[[Path, str, str], str | None], title: str) -> None:
        """Do something to the evaluation in a thread, and tell what came of it."""
        feed = self._feed
        if feed is None:
            return
        path, evaluation, by = feed.record, feed.evaluation, self.desk.person
        self._set_busy(True)

        def work(progress: Progress) -> str | None:
            return act(path, evaluation, by)

        def done(said: str | None) -> None:
            self._set_busy(False)
            if said:
                self.desk.inform(f"{evaluation}: {self.desk.tell(said)}")
            self._look_now()

        def failed(error: Exception) -> None:
            self._set_busy(False)
            self.desk.fail(error, title)
            self._look_now()

        self.desk.tasks.start(work, owner=self, done=done, failed=failed)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._bar.show_situation(self._situation, busy=busy)

    def _look_now(self) -> None:
        if self._feed is not None:
            self._feed.look_now()
        self.desk.lookout.look_now()

    def pause(self, at_once: bool = False) -> None:
        """Have it pause."""
        self._act(lambda path, name, by: actions.pause(path, name, by, at_once=at_once), self.tr("Pausing"))

    def resume(self) -> None:
        """Have it go on."""
        self._act(actions.resume, self.tr("Going on"))

    def abort(self, reason: str) -> None:
        """Abort it."""
        self._act(lambda path, name, by: actions.abort(path, name, by, reason), self.tr("Aborting"))

    def acknowledge(self, number: int | None) -> None:
        """Acknowledge an alarm, or all."""
        self._act(lambda path, name, by: actions.acknowledge(path, name, by, number), self.tr("Acknowledging"))

    def write_note(self) -> None:
        """Ask for a note, and enter it."""
        text, given = QInputDialog.getText(self, self.tr("Note"), self.tr("Note for the record:"))
        if given and text.strip():
            self._act(lambda path, name, by: actions.note(path, name, by, text.strip()), self.tr("Writing a note"))

    def _answer(self, prompt: PromptRow, text: str, picture: Path | None) -> None:
        feed = self._feed
        if feed is None:
            return
        path, by = feed.record, self.desk.person
        self.desk.tasks.start(
            lambda progress: actions.answer(path, prompt, text, picture, by),
            owner=self,
            done=lambda _: self._look_now(),
            failed=lambda error: self._prompts.refuse(self.desk.tell(str(error))),
        )

    def _fill_in(self, prompt: PromptRow, entered: Entered) -> None:
        feed = self._feed
        if feed is None:
            return
        path = feed.record
        self.desk.tasks.start(
            lambda progress: actions.enter(path, prompt, entered),
            owner=self,
            done=lambda _: self._look_now(),
            failed=lambda error: self._prompts.refuse(self.desk.tell(str(error))),
        )

    def _fetch_picture(self, prompt: PromptRow) -> None:
        feed = self._feed
        if feed is not None:
            path = feed.record
            self.desk.tasks.start(
                lambda progress: actions.shown_picture(path, prompt),
                owner=self,
                done=lambda picture: self._prompts.show_picture(prompt, picture),
            )

    def _show_results(self) -> None:
        if self._feed is not None:
            self.desk.go("results", record=self._feed.record, evaluation=self._feed.evaluation)

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._choice_label = QLabel()
        self._choice = QComboBox()
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.setMinimumContentsLength(30)
        self._choice.activated.connect(self._chosen)
        self._choice_label.setBuddy(self._choice)
        self._bar = SteeringBar(self.desk)
        self._bar.pause_wanted.connect(self.pause)
        self._bar.resume_wanted.connect(self.resume)
        self._bar.note_wanted.connect(self.write_note)
        self._results_button = QPushButton()
        self._results_button.setProperty("kind", "primary")
        self._results_button.clicked.connect(self._show_results)
        self._results_button.hide()
        self._headline = Headline(self.desk)
        self._question = AbortQuestion(self.desk)
        self._question.confirmed.connect(self.abort)
        self._bar.abort_wanted.connect(self._question.ask)
        self._prompts = PromptPanel(self.desk)
        self._prompts.answered.connect(self._answer)
        self._prompts.filled_in.connect(self._fill_in)
        self._prompts.picture_wanted.connect(self._fetch_picture)
        self._alarms = AlarmPanel(self.desk)
        self._alarms.wanted.connect(self.acknowledge)
        self._steps = StepList(self.desk)
        self._plot = TracePlot(self.desk.theme)
        self._plot.failed.connect(self.desk.fail)
        self._verdicts = VerdictTable(self.desk)
        self._events = EventList(self.desk)
        self._tabs = QTabWidget()
        self._tabs.addTab(self._verdicts, "")
        self._tabs.addTab(self._events, "")
        self._plot.setMinimumHeight(_LEAST_PLOT)
        self._tabs.setMinimumHeight(_LEAST_TABS)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.addWidget(self._plot)
        self._down.addWidget(self._tabs)
        self._down.setSizes([430, 150])
        self._down.setStretchFactor(0, 1)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.addWidget(self._steps)
        self._across.addWidget(self._down)
        self._across.setSizes([290, 860])
        self._across.setStretchFactor(1, 1)
        for splitter, key in ((self._down, "run.down"), (self._across, "run.across")):
            splitter.setChildrenCollapsible(False)
            self.desk.preferences.restore_layout(key, splitter)
        self._across.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._across.setMinimumHeight(_LEAST_PLOT + _LEAST_TABS + self._down.handleWidth())
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._choice_label)
        top.addWidget(self._choice, 1)
        top.addWidget(self._bar)
        top.addWidget(self._results_button)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(top)
        for part in (self._question, self._alarms, self._prompts, self._headline):
            column.addWidget(part)
        column.addWidget(self._across, 1)
        self._scroll = QScrollArea()  # alarms and questions together may need more than a small screen has
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        self._scroll.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self._empty = EmptyState("run")
        self._new_button = QPushButton()
        self._new_button.setProperty("kind", "primary")
        self._new_button.clicked.connect(lambda: self.desk.go("new"))
        self._empty.add_button(self._new_button)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)
        QWidget.setTabOrder(self._choice, self._bar.resume)
