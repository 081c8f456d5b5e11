"""New evaluation: what is evaluated and how, the dry run of it with every problem, and the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.page import Page
from gui.planning.looking import Look, Wanted, look
from gui.planning.plan_panel import PlanPanel
from gui.planning.problem_list import PROBLEM, ProblemModel, ProblemView
from gui.planning.setup_form import SetupForm
from gui.planning.starting import Order, Started, start
from gui.planning.suite_editor import SuiteEditor
from gui.tasks import Task
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.checking.problem import PlaceKind, Problem

REST_MS = 250  # after the last change, before the dry run
MARGIN, SPACING = 12, 8


class NewEvaluationPage(Page):
    """The screen. `arrive(station=…, standard=…, suite=…)` fills it in; `suite` is the path of a suite file."""

    name: ClassVar[str] = "new"
    icon: ClassVar[str] = "new"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._suite_file: Path | None = None
        self._look: Look | None = None
        self._looking: Task | None = None
        self._starting: Task | None = None
        self._stale = True
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.setup = SetupForm(desk)
        self.editor = SuiteEditor(desk)
        self.plan = PlanPanel(desk)
        self.problem_model = ProblemModel(desk, self)
        self.problem_view = ProblemView(desk, self.problem_model)
        self.run_dry, self.begin = QPushButton(), QPushButton()
        self.begin.setProperty("kind", "primary")
        self._state, self._problem_heading = StateLabel(desk.theme), StateLabel(desk.theme)
        self._build()
        self._connect()
        self.restyle()
        self.retranslate()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        problems = QWidget()
        column = QVBoxLayout(problems)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._problem_heading)
        column.addWidget(self.problem_view, 1)
        lower, right, whole = QSplitter(), QSplitter(Qt.Orientation.Vertical), QSplitter()
        _divide(self.editor, (330, 500))
        _divide(lower, (510, 320), self.plan, problems)
        _divide(right, (340, 330), self.editor, lower)
        _divide(whole, (310, 840), self.setup, right)
        whole.setStretchFactor(0, 0)
        self._splitters = {"upper": self.editor, "lower": lower, "right": right, "whole": whole}
        for name, splitter in self._splitters.items():
            self.desk.preferences.restore_layout(f"new.{name}", splitter)
        foot = QHBoxLayout()
        foot.setSpacing(SPACING)
        foot.addWidget(self._state, 1)
        foot.addWidget(self.run_dry)
        foot.addWidget(self.begin)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.setSpacing(SPACING)
        outer.addWidget(whole, 1)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self.rest.timeout.connect(self.dry_run)
        self.setup.chosen.connect(lambda: self._begin_anew(None))
        self.setup.changed.connect(self._change)
        self.editor.edited.connect(self._change)
        self.editor.anew.connect(self._begin_anew)
        self.problem_view.clicked.connect(self._go_to_problem)
        self.problem_view.activated.connect(self._go_to_problem)
        self.run_dry.clicked.connect(self.dry_run)
        self.begin.clicked.connect(self.start)
        self.desk.stations_changed.connect(self._know_stations)
        self.desk.person_changed.connect(self._show_state)

    # ---- coming and going ---------------------------------------------------------------------------------------------

    def arrive(self, **target: Any) -> None:
        """See Page. Without a target the screen is as it was left; files and registers are looked at anew."""
        if "station" in target:
            self.setup.choose_station(Path(target["station"]))
        if "standard" in target:
            self.setup.choose_standard(str(target["standard"]))
        if "suite" in target or "standard" in target:
            self.editor.forget()
            self._suite_file = Path(target["suite"]) if "suite" in target else None
        self.dry_run()

    def leave(self) -> None:
        """See Page."""
        for name, splitter in self._splitters.items():
            self.desk.preferences.save_layout(f"new.{name}", splitter)
        self.setup.keep()

    def _know_stations(self) -> None:
        before = self.setup.station_path
        self.setup.show_stations()
        if self.setup.station_path != before:
            self._change()

    # ---- the dry run --------------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """What is chosen at this moment."""
        setup = self.setup
        return Wanted(
            setup.station_path,
            str(setup.standard.currentData()),
            self.desk.folder,
            self.editor.own_suite,
            self._suite_file,
            setup.devices.left_out,
            str(setup.measurand.currentData() or ""),
            setup.devices.fitted | setup.cylinders.fitted,
            setup.folder_path,
            setup.standards[1:],
        )

    @property
    def look(self) -> Look | None:
        """What the last dry run found; None before the first."""
        return self._look

    @property
    def settled(self) -> bool:
        """Whether what is shown is of what is chosen: no dry run goes on or is due."""
        return self._look is not None and not self._stale

    def _change(self) -> None:
        """Something that the dry run depends on has changed."""
        self._forget_looking()
        self.rest.start()
        self._show_state()

    def _begin_anew(self, suite: Path | None) -> None:
        """Take the suite of a file, or that of the standard as it stands there."""
        self.editor.forget()
        self._suite_file = suite
        self._change()

    def _forget_looking(self) -> None:
        """Nothing that was begun before now is of what is chosen."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._stale = True

    def dry_run(self) -> None:
        """Look at what is chosen, in the background."""
        self.rest.stop()
        self._forget_looking()
        wanted = self.wanted
        task = self.desk.tasks.start(
            lambda progress: look(wanted, progress.check),
            owner=self,
            done=self._have_looked,
            failed=self._could_not_look,
            title=self.tr("Dry run"),
        )
        self._looking = task
        task.over.connect(lambda: self._look_is_over(task))
        self._show_state()

    def _have_looked(self, found: Look) -> None:
        self._looking, self._stale = None, False
        self._look, self._suite_file = found, None
        self.setup.show_look(found)
        self.desk.set_simulated(self, found.simulated if found.base is not None else None)
        self.editor.show_look(found)
        self.plan.show_look(found)
        self.problem_model.show_problems(found.problems)
        self._show_state()

    def _could_not_look(self, error: Exception) -> None:
        self.desk.fail(error, self.tr("The dry run could not be made"))

    def _look_is_over(self, task: Task) -> None:
        """A dry run ended, perhaps because a person cancelled it."""
        if self._looking is task:
            self._looking = None
            self._show_state()

    # ---- problems -----------------------------------------------------------------------------------------------------

    def _go_to_problem(self, index: QModelIndex) -> None:
        self.go_to(index.data(PROBLEM))

    def go_to(self, problem: Problem) -> None:
        """Put the keyboard where a problem lies."""
        place = problem.place
        if place.item is not None:
            self.editor.focus(place.item, place.name if place.kind is PlaceKind.SETTING else "")
        elif place.kind is PlaceKind.SUITE or (place.kind is PlaceKind.STANDARD and place.name):
            self.editor.focus_characteristic(place.name)
        else:
            self.setup.focus(place.kind, place.name)

    def _show_state(self) -> None:
        found = self._look
        blocking = sum(problem.blocks for problem in found.problems) if found is not None else 0
        minding = len(found.problems) - blocking if found is not None else 0
        self.begin.setEnabled(self.settled and found is not None and found.can_begin and self._starting is None)
        if self._starting is not None:
            self._state.show_state(Shape.DISC, self.tr("Starting …"))
        elif not self.settled and (self._looking is not None or self.rest.isActive()):
            self._state.show_state(Shape.RING, self.tr("The dry run is being made …"), Tone.MUTED)
        elif not self.settled:
            self._state.show_state(Shape.RING, self.tr("There is no dry run of this yet (Ctrl+D)"), Tone.MUTED)
        elif blocking:
            words = self.tr("Cannot start: {count} in the way").format(count=blocking)
            self._state.show_state(Shape.CROSS, words, Tone.ALARM)
        else:
            words = self.tr("Can start; {person} starts it").format(person=self.desk.person)
            self._state.show_state(Shape.CHECK, words, Tone.TEXT)
        if found is None or not (blocking or minding):
            shape, tone = (Shape.RING, Tone.MUTED) if found is None else (Shape.CHECK, Tone.TEXT)
            self._problem_heading.show_state(shape, self.tr("No problem found") if found is not None else "", tone)
        else:
            words = self.tr("Problems: {blocking} in the way, {minding} to mind")
            shape, tone = (Shape.CROSS, Tone.ALARM) if blocking else (Shape.TRIANGLE, Tone.ATTENTION)
            self._problem_heading.show_state(shape, words.format(blocking=blocking, minding=minding), tone)

    # ---- the start ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start what is shown, in a process of its own."""
        found = self._look
        if found is None or not self.settled or not found.can_begin or self._starting is not None:
            return
        setup = self.setup
        order = Order(
            found,
            self.desk.record,
            str(setup.language.currentData()),
            self.desk.person,
            setup.notes.toPlainText().strip(),
            setup.seed.value(),
            setup.attended.isChecked(),
        )
        setup.keep()
        self._starting = self.desk.tasks.start(
            lambda _: start(order),
            owner=self,
            done=self._have_started,
            failed=self._could_not_start,
        )
        self._starting.over.connect(self._no_start_goes_on)
        self._show_state()

    def _have_started(self, started: Started) -> None:
        self.desk.know(started.record)
        if started.trouble:
            self.desk.inform(self.desk.tell(started.trouble))
        self.setup.forget_folder()
        self.setup.notes.clear()
        self._stale = True
        self.desk.go("run", record=started.record, evaluation=started.evaluation)

    def _could_not_start(self, error: Exception) -> None:
        self.desk.fail(error, self.tr("The evaluation could not be started"))
        self._change()

    def _no_start_goes_on(self) -> None:
        self._starting = None
        self._show_state()

    # ---- words and colours --------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set the texts."""
        self.setup.retranslate()
        self.editor.retranslate()
        self.plan.retranslate()
        self.problem_view.setAccessibleName(self.tr("Problems"))
        for button, text, key in (
            (self.run_dry, self.tr("Dry run"), "Ctrl+D"),
            (self.begin, self.tr("Start the evaluation"), "Ctrl+Return"),
        ):
            button.setText(text)
            button.setShortcut(QKeySequence(key))
            native = button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{text} ({native})")
        self.problem_model.tell_change()
        self._show_state()

    def restyle(self) -> None:
        """Set the colours."""
        for part in (self.setup, self.editor, self.plan):
            part.restyle()


def _divide(splitter: QSplitter, sizes: tuple[int, ...], *parts: QWidget) -> None:
    """Set up a splitter: its parts, their sizes, and how they share what becomes free."""
    for part in parts:
        splitter.addWidget(part)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(6)
    for number, size in enumerate(sizes):
        splitter.setStretchFactor(number, size)
    splitter.setSizes(list(sizes))
