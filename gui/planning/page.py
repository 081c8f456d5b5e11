"""New evaluation: what is evaluated and how, the dry run of it with every problem, and the start."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local
from gui.desk import Desk
from gui.icons import icon
from gui.page import Page
from gui.planning.looking import Look, Wanted, look
from gui.planning.plan_picture import ends_at, gas_words, picture
from gui.planning.plan_view import PlanView
from gui.planning.problem_list import PROBLEM, ProblemModel, ProblemView
from gui.planning.settings_form import SettingsForm
from gui.planning.setup_form import SetupForm
from gui.planning.starting import Order, Started, start
from gui.planning.step_table import StepModel
from gui.planning.suite_lines import Suite, new_line, save
from gui.planning.suite_list import SuiteModel, SuiteView
from gui.tasks import Task
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.checking.folder import megabytes
from testbench.engine.checking.problem import PlaceKind, Problem
from testbench.engine.clock import wall_now
from testbench.engine.registry import find_procedure, procedure_names
from testbench.engine.wording import duration
from testbench.text import Text

REST_MS = 250  # after the last change, before the dry run
AGEING_MS = 20_000  # the end of what is begun now moves on
MARGIN, SPACING = 12, 8


class NewEvaluationPage(Page):
    """The screen. `arrive(station=…, standard=…, suite=…)` fills it in; `suite` is the path of a suite file."""

    name: ClassVar[str] = "new"
    icon: ClassVar[str] = "new"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._suite: Suite | None = None
        self._suite_file: Path | None = None
        self._look: Look | None = None
        self._looking: Task | None = None
        self._starting: Task | None = None
        self._stale = True
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.dry_run)
        ageing = QTimer(self, interval=AGEING_MS)
        ageing.timeout.connect(self._show_totals)
        ageing.start()
        self.setup = SetupForm(desk)
        self.suite_model = SuiteModel(desk, self)
        self.suite_view = SuiteView(desk)
        self.suite_view.setModel(self.suite_model)
        self.form = SettingsForm(desk)
        self.plan_view = PlanView(desk)
        self.step_model = StepModel(desk, self)
        self.step_view = QTableView()
        self.step_view.setModel(self.step_model)
        self.problem_model = ProblemModel(desk, self)
        self.problem_view = ProblemView(desk, self.problem_model)
        self._build()
        self._connect()
        self._arrange_keys()
        self.restyle()
        self.retranslate()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._suite_heading, self._problem_heading = QLabel(), StateLabel(self.desk.theme)
        self._suite_heading.setProperty("level", "3")
        self._suite_heading.setBuddy(self.suite_view)
        self.up, self.down, self.add, self.remove, self.restore, self.files = (QToolButton() for _ in range(6))
        for button in (self.add, self.files):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(QMenu(button))
        self._open_file, self._save_file = QAction(self), QAction(self)
        self.files.menu().addActions([self._open_file, self._save_file])
        self.restore_settings = QPushButton()
        self._totals, self._gas = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._gas.setProperty("tone", "muted")
        self.whole, self.closer, self.wider = (QToolButton() for _ in range(3))
        self._key = QLabel()
        self._key.setProperty("tone", "muted")
        self.run_dry, self.begin = QPushButton(), QPushButton()
        self.begin.setProperty("kind", "primary")
        self._state = StateLabel(self.desk.theme)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._plan_tab(), "")
        self.tabs.addTab(self.step_view, "")
        self._set_up_steps()

        upper = self._split(Qt.Orientation.Horizontal, self._suite_panel(), self._settings_panel(), sizes=(330, 500))
        lower = self._split(Qt.Orientation.Horizontal, self._plan_panel(), self._problem_panel(), sizes=(510, 320))
        right = self._split(Qt.Orientation.Vertical, upper, lower, sizes=(340, 330))
        whole = self._split(Qt.Orientation.Horizontal, self.setup, right, sizes=(310, 840))
        whole.setStretchFactor(0, 0)
        self._splitters = {"upper": upper, "lower": lower, "right": right, "whole": whole}
        for name, splitter in self._splitters.items():
            self.desk.preferences.restore_layout(f"new.{name}", splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        column.addWidget(whole, 1)
        foot = QHBoxLayout()
        foot.setSpacing(SPACING)
        foot.addWidget(self._state, 1)
        foot.addWidget(self.run_dry)
        foot.addWidget(self.begin)
        column.addLayout(foot)

    @staticmethod
    def _split(orientation: Qt.Orientation, *parts: QWidget, sizes: tuple[int, ...]) -> QSplitter:
        splitter = QSplitter(orientation)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        for number, part in enumerate(parts):
            splitter.addWidget(part)
            splitter.setStretchFactor(number, sizes[number])
        splitter.setSizes(list(sizes))
        return splitter

    def _suite_panel(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._suite_heading, 1)
        for button in (self.up, self.down, self.add, self.remove, self.restore, self.files):
            button.setAutoRaise(True)
            head.addWidget(button)
        return _panel(head, self.suite_view)

    def _settings_panel(self) -> QWidget:
        head = QHBoxLayout()
        self._settings_heading = QLabel()
        self._settings_heading.setProperty("level", "3")
        head.addWidget(self._settings_heading, 1)
        head.addWidget(self.restore_settings)
        return _panel(head, self.form)

    def _plan_tab(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 6, 4)
        foot.addWidget(self._key, 1)
        for button in (self.closer, self.wider, self.whole):
            button.setAutoRaise(True)
            foot.addWidget(button)
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.plan_view, 1)
        column.addLayout(foot)
        return tab

    def _plan_panel(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._totals)
        column.addWidget(self._gas)
        column.addWidget(self.tabs, 1)
        return panel

    def _problem_panel(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._problem_heading, 1)
        return _panel(head, self.problem_view)

    def _set_up_steps(self) -> None:
        view = self.step_view
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(24)
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _connect(self) -> None:
        self.setup.chosen.connect(self._begin_anew)
        self.setup.changed.connect(self._change)
        self.suite_model.edited.connect(self._edit_suite)
        self.suite_view.move_wanted.connect(self._move)
        self.suite_view.removal_wanted.connect(self._remove)
        self.suite_view.selectionModel().currentChanged.connect(lambda *_: self._show_line())
        self.form.typed.connect(self._type)
        self.form.reset.connect(self._reset)
        self.restore_settings.clicked.connect(lambda: self._reset(""))
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.remove.clicked.connect(self._remove)
        self.restore.clicked.connect(self._begin_anew)
        self._open_file.triggered.connect(self._open_suite)
        self._save_file.triggered.connect(self._save_suite)
        self.problem_view.clicked.connect(self._go_to_problem)
        self.problem_view.activated.connect(self._go_to_problem)
        self.plan_view.chosen.connect(self._choose_step)
        self.step_view.selectionModel().currentRowChanged.connect(lambda now, _: self.plan_view.choose(now.row()))
        self.closer.clicked.connect(lambda: self.plan_view.zoom(1 / 1.6))
        self.wider.clicked.connect(lambda: self.plan_view.zoom(1.6))
        self.whole.clicked.connect(self.plan_view.show_all)
        self.run_dry.clicked.connect(self.dry_run)
        self.begin.clicked.connect(self.start)
        self.desk.stations_changed.connect(self._know_stations)
        self.desk.person_changed.connect(self._show_state)

    def _arrange_keys(self) -> None:
        self.run_dry.setShortcut(QKeySequence("Ctrl+D"))
        self.begin.setShortcut(QKeySequence("Ctrl+Return"))
        chain = [self.setup, self.suite_view, self.up, self.down, self.add, self.remove, self.restore, self.files, self.form]
        chain += [self.restore_settings, self.tabs, self.plan_view, self.closer, self.wider, self.whole, self.step_view]
        chain += [self.problem_view, self.run_dry, self.begin]
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    # ---- coming and going ---------------------------------------------------------------------------------------------

    def arrive(self, **target: Any) -> None:
        """See Page. Without a target the screen is as it was left; files and registers are looked at anew."""
        if "station" in target:
            self.setup.choose_station(Path(target["station"]))
        if "standard" in target:
            self.setup.choose_standard(str(target["standard"]))
        if "suite" in target:
            self._suite, self._suite_file = None, Path(target["suite"])
        elif "standard" in target:
            self._suite, self._suite_file = None, None
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
            self._suite,
            self._suite_file,
            setup.devices.left_out,
            setup.measurand.currentText(),
            setup.devices.fitted | setup.cylinders.fitted,
            setup.folder_path,
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
        self._stale = True
        self._show_state()
        self._rest.start()

    def _begin_anew(self) -> None:
        """Take the suite of the standard, as it stands there."""
        self._suite, self._suite_file = None, None
        self._change()

    def dry_run(self) -> None:
        """Look at what is chosen, in the background."""
        self._rest.stop()
        if self._looking is not None:
            self._looking.cancel()
        self._stale = True
        wanted = self.wanted
        self._looking = self.desk.tasks.start(
            lambda progress: look(wanted, progress.check),
            owner=self,
            done=self._have_looked,
            failed=self._could_not_look,
            title=self.tr("Dry run"),
        )
        self._show_state()

    def _have_looked(self, found: Look) -> None:
        self._looking = None
        self._stale = self._rest.isActive()
        self._look = found
        if self._suite is None:
            self._suite, self._suite_file = found.suite, None
        self.setup.show_look(found)
        self.desk.set_simulated(self, found.simulated if found.base is not None else None)
        self._show_suite()
        self._show_plan()
        self.problem_model.show_problems(found.problems)
        self._show_state()

    def _could_not_look(self, error: Exception) -> None:
        self._looking = None
        self.desk.fail(error, self.tr("The dry run could not be made"))
        self._show_state()

    # ---- the suite ----------------------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        """The chosen line of the suite, −1 for none."""
        return self.suite_view.currentIndex().row()

    def choose_row(self, row: int) -> None:
        """Choose a line of the suite."""
        self.suite_view.setCurrentIndex(self.suite_model.index(row))

    def _edit_suite(self, suite: Suite) -> None:
        """Take a changed suite; the line that was chosen stays chosen, wherever it is now."""
        row = self.row
        chosen = self._suite.lines[row] if self._suite is not None and 0 <= row < len(self._suite.lines) else None
        self._suite = suite
        self._show_suite()
        if chosen is not None:
            self.choose_row(
                next((i for i, line in enumerate(suite.lines) if line is chosen), min(row, len(suite.lines) - 1))
            )
        self._show_line()
        self._change()

    def _move(self, by: int) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit_suite(self._suite.moved(self.row, self.row + by))

    def _remove(self) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit_suite(self._suite.removed(self.row))

    def add_procedure(self, name: str) -> None:
        """Add a procedure after the chosen line, and choose it."""
        suite = self._suite or Suite()
        after = self.row if self.row >= 0 else len(suite.lines) - 1
        standard = self._look.standard if self._look is not None else None
        self._edit_suite(suite.added(new_line(name, standard), after))
        self.choose_row(after + 1)

    def _type(self, name: str, text: str) -> None:
        if self._suite is not None and self.row >= 0:
            line = self._suite.lines[self.row].typed(name, text)
            self._suite = self._suite.changed(self.row, line)
            self._show_suite()
            self._show_line()
            self._change()

    def _reset(self, name: str) -> None:
        if self._suite is not None and self.row >= 0:
            row = self.row
            self._suite = self._suite.changed(row, self._suite.lines[row].reset(name or None))
            self._show_suite()
            self._show_line()
            self._change()

    def _show_suite(self) -> None:
        suite = self._suite or Suite()
        row = self.row
        found = self._look
        self.suite_model.show_suite(
            suite, found.standard if found is not None else None, found.measurand if found is not None else ""
        )
        if self.row < 0 and suite.lines:
            self.choose_row(min(max(row, 0), len(suite.lines) - 1))
        self._show_line()

    def _show_line(self) -> None:
        suite, row = self._suite or Suite(), self.row
        line = suite.lines[row] if 0 <= row < len(suite.lines) else None
        self.form.show_line(line, self._told_of(row))
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(suite.lines) - 1)
        self.remove.setEnabled(line is not None and (line.taken or not line.of_standard))
        self.restore_settings.setEnabled(line is not None and bool(line.texts))

    def _told_of(self, row: int) -> dict[str, Text]:
        """What the dry run found in the settings of a line, while it is of what is shown."""
        found, suite = self._look, self._suite
        if found is None or suite is None or row not in suite.taken or found.suite is not suite:
            return {}
        number = suite.taken.index(row) + 1
        told = {p.place.name: p.text for p in found.problems if p.place.kind is PlaceKind.SETTING and p.place.item == number}
        return told

    def _open_suite(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a suite file"), str(self.desk.folder), "TOML (*.toml)")
        if name:
            self._suite, self._suite_file = None, Path(name)
            self._change()

    def _save_suite(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the suite"), str(self.desk.folder), "TOML (*.toml)")
        if name:
            self.save_suite(Path(name))

    def save_suite(self, path: Path) -> None:
        """Save the suite as a file for the command line and for the next time; one with wrong settings is refused."""
        suite = self._suite or Suite()
        self.desk.tasks.start(
            lambda _: save(suite, path),
            owner=self,
            done=lambda _: self.desk.inform(self.tr("Saved: {path}").format(path=path)),
            title=self.tr("Save the suite"),
        )

    # ---- problems -----------------------------------------------------------------------------------------------------

    def _go_to_problem(self, index: QModelIndex) -> None:
        self.go_to(index.data(PROBLEM))

    def go_to(self, problem: Problem) -> None:
        """Put the keyboard where a problem lies."""
        place = problem.place
        if place.item is not None and self._suite is not None and 1 <= place.item <= len(self._suite.taken):
            self.choose_row(self._suite.taken[place.item - 1])
            if place.kind is PlaceKind.SETTING:
                self.form.focus(place.name)
            else:
                self.suite_view.setFocus(Qt.FocusReason.OtherFocusReason)
        elif place.kind is PlaceKind.STANDARD and place.name and self._suite is not None:
            lines = enumerate(self._suite.lines)
            row = next((i for i, line in lines if place.name in line.procedure.characteristics), -1)
            if row >= 0:
                self.choose_row(row)
            self.suite_view.setFocus(Qt.FocusReason.OtherFocusReason)
        elif place.kind is PlaceKind.SUITE:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setup.focus(place.kind, place.name)

    # ---- the plan -----------------------------------------------------------------------------------------------------

    def _choose_step(self, step: int) -> None:
        index = self.step_model.index(step, 0)
        if index.isValid() and self.step_view.currentIndex().row() != step:
            self.step_view.setCurrentIndex(index)

    def _show_plan(self) -> None:
        found = self._look
        drawn = picture(found.examination if found is not None else None)
        begins = wall_now().astimezone()
        step = self.plan_view.step
        self.plan_view.show_picture(drawn, begins)
        self.step_model.show_picture(drawn, begins)
        if 0 <= step < len(drawn.steps):
            self._choose_step(step)
        self._show_totals()

    def _show_totals(self) -> None:
        found = self._look
        examination = found.examination if found is not None else None
        plan = examination.plan if examination is not None else None
        if found is None or examination is None or plan is None or not plan.steps:
            self._totals.setText(self.tr("Nothing can be planned yet"))
            self._gas.setText("")
            return
        ends = local(ends_at(plan.duration_s, wall_now()))
        parts = [
            self.tr("Takes {duration}").format(duration=duration(plan.duration_s, self.desk.language.value)),
            self.tr("begun now, ends {time} at the earliest").format(time=ends),
        ]
        if examination.disk is not None:
            parts.append(self.tr("{count} readings").format(count=f"{examination.disk.readings:,}"))
        separator = "；" if self.desk.language.value == "zh" else "; "
        self._totals.setText(separator.join(parts))
        needs = []
        if examination.disk is not None:
            free = self.tr("unknown") if examination.free_bytes is None else megabytes(examination.free_bytes)
            words = self.tr("disk {needed}, {free} free")
            needs.append(words.format(needed=megabytes(examination.disk.bytes), free=free))
        cylinders = found.station.station.cylinders if found.station is not None else {}
        contents = {name: cylinder.content_litres for name, cylinder in cylinders.items()}
        for name, text, enough in gas_words(plan.gas_litres, contents):
            words = self.tr("gas {name} {amount}") if enough else self.tr("▲ gas {name} {amount}")
            needs.append(words.format(name=name, amount=text))
        self._gas.setText(separator.join(needs))

    # ---- the start ----------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        found = self._look
        blocking = sum(problem.blocks for problem in found.problems) if found is not None else 0
        minding = len(found.problems) - blocking if found is not None else 0
        self.begin.setEnabled(self.settled and found is not None and found.can_begin and self._starting is None)
        if self._starting is not None:
            self._state.show_state(Shape.DISC, self.tr("Starting …"))
        elif not self.settled:
            self._state.show_state(Shape.RING, self.tr("The dry run is being made …"), Tone.MUTED)
        elif blocking:
            self._state.show_state(
                Shape.CROSS, self.tr("Cannot start: {count} in the way").format(count=blocking), Tone.ALARM
            )
        else:
            words = self.tr("Can start; {person} starts it").format(person=self.desk.person)
            self._state.show_state(Shape.CHECK, words, Tone.TEXT)
        if found is None or not (blocking or minding):
            shape, tone = (Shape.RING, Tone.MUTED) if found is None else (Shape.CHECK, Tone.TEXT)
            self._problem_heading.show_state(shape, self.tr("No problem found") if found is not None else "", tone)
        else:
            words = self.tr("Problems: {blocking} in the way, {minding} to mind")
            tone = Tone.ALARM if blocking else Tone.ATTENTION
            shape = Shape.CROSS if blocking else Shape.TRIANGLE
            self._problem_heading.show_state(shape, words.format(blocking=blocking, minding=minding), tone)

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
            title=self.tr("Starting the evaluation"),
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
        self._suite_heading.setText(self.tr("S&uite"))
        self._settings_heading.setText(self.tr("Settings"))
        self.restore_settings.setText(self.tr("&Reset all"))
        self.restore_settings.setToolTip(self.tr("Settings of this procedure as they were given"))
        for button, text, key in (
            (self.up, self.tr("Earlier"), "Alt+Up"),
            (self.down, self.tr("Later"), "Alt+Down"),
            (self.add, self.tr("Add a procedure"), ""),
            (self.remove, self.tr("Leave out, or remove what was added"), self.tr("Del")),
            (self.restore, self.tr("The standard's own suite again"), ""),
            (self.files, self.tr("Suite files"), ""),
            (self.closer, self.tr("Closer"), "+"),
            (self.wider, self.tr("Wider"), "−"),
            (self.whole, self.tr("Whole plan"), "0"),
        ):
            button.setToolTip(f"{text} ({key})" if key else text)
            button.setAccessibleName(text)
        self.suite_view.setAccessibleName(self.tr("Suite"))
        self.problem_view.setAccessibleName(self.tr("Problems"))
        self.plan_view.setAccessibleName(self.tr("Plan on a time axis"))
        self.step_view.setAccessibleName(self.tr("Steps"))
        self._fill_menu()
        self._open_file.setText(self.tr("Open a suite file …"))
        self._save_file.setText(self.tr("Save as a suite file …"))
        self.tabs.setTabText(0, self.tr("Time axis"))
        self.tabs.setTabText(1, self.tr("Steps"))
        self._key.setText(self.tr("◆ adjustment   ? a person is asked   ← → steps"))
        self.run_dry.setText(self.tr("Dry run"))
        self.run_dry.setShortcut(QKeySequence("Ctrl+D"))
        self.begin.setText(self.tr("Start the evaluation"))
        self.begin.setShortcut(QKeySequence("Ctrl+Return"))
        for pressed in (self.run_dry, self.begin):
            native = pressed.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            pressed.setToolTip(f"{pressed.text()} ({native})")
        self.suite_model.tell_change()
        self.problem_model.tell_change()
        self.form.retranslate()
        self._show_plan()
        self._show_state()

    def _fill_menu(self) -> None:
        menu = self.add.menu()
        menu.clear()
        for name in procedure_names():
            action = QAction(self.desk.say(find_procedure(name).title), menu)
            action.triggered.connect(lambda _=False, name=name: self.add_procedure(name))
            menu.addAction(action)

    def restyle(self) -> None:
        """Set the colours."""
        colour = self.desk.theme.colour(Tone.TEXT)
        for button, name in (
            (self.up, "up"),
            (self.down, "down"),
            (self.add, "add"),
            (self.remove, "remove"),
            (self.restore, "undo"),
            (self.files, "open"),
            (self.closer, "add"),
            (self.wider, "remove"),
            (self.whole, "search"),
        ):
            button.setIcon(icon(name, colour))
        self.setup.restyle()
        self.form.restyle()


def _panel(head: QHBoxLayout, body: QWidget) -> QWidget:
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(body, 1)
    return panel
