"""The bench screen: which station, its picture with live values, and the part that is selected with what can be done.

Who has the station decides where the values come from: a run (its record is followed), this person's hand, or nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui.bench.check_dialog import CheckDialog
from gui.bench.confirm import ConfirmAdjustment
from gui.bench.hand import SAFE_WITHIN_S, Hand
from gui.bench.live import NOTHING, Live, Mode, of_hand, of_run
from gui.bench.mimic import Mimic
from gui.bench.panel import Panel
from gui.bench.plan import StationPlan, read_plan
from gui.bench.top_bar import TopBar
from gui.bench.trends import Trends
from gui.bench.words import Words
from gui.desk import Desk
from gui.page import Page
from gui.watched import Standing
from gui.widgets.empty_state import EmptyState
from testbench.engine.manual.actions import Action, Adjust, DriveSafe
from testbench.engine.manual.checking import Checked, check_station
from testbench.engine.manual.sight import Done, HandSight, Phase
from testbench.engine.safe import unverified
from testbench.engine.watching import Sight
from testbench.errors import InstrumentError

SPLIT_KEY = "bench.split"
PART_KEY = "bench.part"


class BenchPage(Page):
    """The screen "bench"."""

    name = "bench"
    icon = "bench"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.words = Words(self)
        self.hand = Hand(self)
        self.trends = Trends()
        self.plan: StationPlan | None = None
        self.live: Live = NOTHING
        self._reading: Path | None = None  # the station file that is being read
        self._run: Standing | None = None
        self._present = False
        self._checking: StationPlan | None = None
        self._build()
        self._connect()
        self.retranslate()
        self.restyle()
        self._show_stations()

    # ---- building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.top = TopBar(self.desk.theme, self.words)
        self.mimic = Mimic(self.desk.theme, self.words, self.trends)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.mimic)
        self.panel = Panel(self.desk, self.words, self.trends)
        self.split = QSplitter()
        self.split.addWidget(scroll)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([820, 360])
        self.desk.preferences.restore_layout(SPLIT_KEY, self.split)
        self._alarm = QLabel(wordWrap=True)
        self._alarm.setProperty("tone", "alarm")
        self._alarm.setTextFormat(Qt.TextFormat.PlainText)
        self._alarm.hide()
        bench = QWidget()
        column = QVBoxLayout(bench)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.top)
        column.addWidget(self._alarm)
        self._body = QWidget()
        self._bodies = QStackedLayout(self._body)
        self._trouble = EmptyState("warning")
        self._bodies.addWidget(self.split)
        self._bodies.addWidget(self._trouble)
        column.addWidget(self._body, 1)
        self.empty = EmptyState("bench")
        self.new_button, self.open_button = QPushButton(), QPushButton()
        self.new_button.setProperty("kind", "primary")
        self.empty.add_button(self.new_button)
        self.empty.add_button(self.open_button)
        self._screens = QStackedLayout(self)
        self._screens.addWidget(self.empty)
        self._screens.addWidget(bench)
        self.check_dialog = CheckDialog(self.desk, self.words, self)
        self.setTabOrder(self.top.safe, self.mimic)
        self.setTabOrder(self.mimic, self.panel)

    def _connect(self) -> None:
        desk = self.desk
        desk.stations_changed.connect(self._show_stations)
        desk.lookout.changed.connect(self._find_run)
        desk.lookout.sighted.connect(self._see_run)
        self.top.picked.connect(self._pick)
        self.top.new_asked.connect(self._new_station)
        self.top.open_asked.connect(self._open_station)
        self.new_button.clicked.connect(self._new_station)
        self.open_button.clicked.connect(self._open_station)
        self.top.connect_asked.connect(self._connect_or_release)
        self.top.run_asked.connect(self._show_run)
        self.top.check_asked.connect(self._check)
        self.top.safe_asked.connect(lambda: self._order(DriveSafe()))
        self.mimic.chosen.connect(self._choose_part)
        self.mimic.entered.connect(lambda _: self.panel.enter())
        self.panel.ordered.connect(self._order)
        self.panel.read_asked.connect(self.hand.read_now)
        self.panel.identify_asked.connect(self.hand.identify)
        self.hand.sighted.connect(self._see_hand)
        self.hand.done.connect(self._tell_done)
        self.hand.refused.connect(self._tell_refused)
        self.hand.asking.connect(self.check_dialog.say_asked)
        self.hand.checked.connect(self._tell_checked)
        self.check_dialog.again.connect(self._check)
        self.check_dialog.chosen.connect(self.mimic.select)
        self.split.splitterMoved.connect(lambda *_: desk.preferences.save_layout(SPLIT_KEY, self.split))

    # ---- the page ------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """What the screen is called."""
        return self.tr("Bench")

    def retranslate(self) -> None:
        """Set all texts."""
        self.empty.say(
            self.tr("No station yet"),
            self.tr(
                "A station file describes a bench: its instruments, gases and devices under test.\n"
                "Begin with a simulated bench, or open the file of a real one."
            ),
        )
        self.new_button.setText(self.tr("&New simulated station"))
        self.open_button.setText(self.tr("&Open a station file …"))
        self.mimic.setAccessibleName(self.tr("Picture of the station; arrow keys choose a part, Enter opens it"))
        self.top.retranslate()
        self.panel.retranslate()
        self.check_dialog.retranslate()
        self.mimic.update()
        self._show_live()

    def restyle(self) -> None:
        """Set all colours that the palette does not set by itself."""
        self.top.restyle()
        self.empty.restyle()
        self._trouble.restyle()
        self.mimic.update()

    def arrive(self, **target: Any) -> None:
        """Show a station (`station`, a path), or the one that was chosen last."""
        self._present = True
        station = target.get("station")
        if isinstance(station, Path) and not self.hand.busy:
            self.desk.stations.add(station)
            self.desk.stations.chosen = station
        self._show_stations()
        self._find_run(self.desk.lookout.standings)

    def leave(self) -> None:
        """The bench stays in the hand while another screen is shown."""
        self._present = False

    def end(self) -> None:
        """Leave the bench safe, and give it up."""
        self.hand.wait_released(SAFE_WITHIN_S)

    def may_close(self) -> str | None:
        """The bench in the hand is released and made safe when the window closes: say so."""
        if self.hand.busy:
            return self.tr("The bench is in your hand. When the window is closed it goes to its safe state and is given up.")
        return None

    # ---- stations ------------------------------------------------------------------------------------------------------

    def _show_stations(self) -> None:
        shelf = self.desk.stations
        paths, chosen = shelf.paths(), shelf.chosen
        if self.hand.busy and self.plan is not None:
            chosen = self.plan.path.absolute()
        self.top.show_stations(paths, chosen)
        self._screens.setCurrentIndex(1 if paths else 0)
        if chosen is None:
            self._show_plan(None)
        elif not self.hand.busy:
            self._read(chosen)

    def _pick(self, path: Path) -> None:
        self.desk.stations.chosen = path
        self.desk.stations_changed.emit()

    def _new_station(self) -> None:
        shelf = self.desk.stations
        self.desk.tasks.start(lambda _: shelf.new_simulated(), owner=self, done=self._pick)

    def _open_station(self) -> None:
        caption, kinds = self.tr("Open a station file"), self.tr("Station files (*.toml);;All files (*)")
        chosen = self.desk.stations.chosen
        dialog = QFileDialog(self, caption, str(chosen.parent if chosen else self.desk.folder), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.add_station(Path(name)))
        dialog.open()

    def add_station(self, path: Path) -> None:
        """Put a station file on the list and show it."""
        self.desk.stations.add(path)
        self._pick(path.absolute())

    def _read(self, path: Path, then: Callable[[], object] = lambda: None) -> None:
        """Read a station file, and show it if it is another one than before; then go on."""
        self._reading = path

        def failed(error: Exception) -> None:
            if self._reading == path:
                self._show_plan(None)
                self._trouble.say(self.tr("This station cannot be used"), self.desk.tell(str(error)))
                self._bodies.setCurrentIndex(1)

        def done(plan: StationPlan) -> None:
            if self._reading != path:
                return
            if self.plan is None or (self.plan.path, self.plan.file.text) != (plan.path, plan.file.text):
                self._show_plan(plan)
            then()

        self.desk.tasks.start(lambda _: read_plan(path), owner=self, done=done, failed=failed)

    def _show_plan(self, plan: StationPlan | None) -> None:
        if self.hand.busy:
            return
        self.plan = plan
        self._run = None
        self.trends.clear()
        self._bodies.setCurrentIndex(0)
        self.mimic.show_plan(plan)
        selected = self.mimic.selected or self.desk.preferences.get(PART_KEY, "")
        if plan is not None and selected in plan.parts:
            self.mimic.select(selected)
        self.panel.show_part(plan, self.mimic.selected)
        self.desk.set_simulated(self, None if plan is None else plan.file.station.simulated)
        self._set_live(NOTHING)
        self._find_run(self.desk.lookout.standings)

    def _choose_part(self, key: str) -> None:
        self.desk.preferences.set(PART_KEY, key)
        self.panel.show_part(self.plan, key)
        self.panel.show_live(self.live)

    # ---- a run that has the station ------------------------------------------------------------------------------------

    def _find_run(self, standings: tuple[Standing, ...]) -> None:
        plan = self.plan
        if plan is None or self.hand.busy or self.live.mode is Mode.CONNECTING:
            return
        going = [one for one in standings if one.stand.standing.goes_on and plan.used_by(one.stand.row.start)]
        run = going[-1] if going else None
        changed = (run and run.evaluation) != (self._run and self._run.evaluation)
        self._run = run
        if run is None:
            if self.live.mode is Mode.RUN:
                self._set_live(NOTHING)
            return
        if changed:
            self.trends.clear()
            self._set_live(Live(Mode.RUN, evaluation=run.evaluation))
        if self._present:
            self.desk.lookout.follow(run.record, run.evaluation)

    def _see_run(self, sight: Sight) -> None:
        if self._run is None or self.hand.busy or sight.stand.row.identifier != self._run.evaluation:
            return
        if not sight.stand.standing.goes_on:
            self.desk.lookout.look_now()
            return
        self._set_live(of_run(sight))

    def _show_run(self) -> None:
        if self._run is not None:
            self.desk.go("run", record=self._run.record, evaluation=self._run.evaluation)

    # ---- the hand ------------------------------------------------------------------------------------------------------

    def _connect_or_release(self) -> None:
        if self.hand.busy:
            self.hand.release()
        elif self.plan is not None and self.live.mode is Mode.NOBODY:
            self._set_live(Live(Mode.CONNECTING))
            self._read(self.plan.path, self._take)  # somebody may have edited it since

    def _take(self) -> None:
        if self.plan is not None and not self.hand.busy:
            self.trends.clear()
            self.hand.take(self.plan.file, self.desk.person)
            self._set_live(Live(Mode.CONNECTING))

    def _see_hand(self, sight: HandSight) -> None:
        if sight.phase is Phase.RELEASED:
            self._set_live(NOTHING)
            self._tell_released(sight)
            self._find_run(self.desk.lookout.standings)
            return
        if sight.phase is Phase.RELEASING or self.hand.busy:
            self._set_live(of_hand(sight))

    def _tell_released(self, sight: HandSight) -> None:
        if sight.problem:
            self.panel.say_result(self.desk.tell(sight.problem), wrong=True)
            self.desk.fail(InstrumentError(sight.problem), self.tr("The station is not in your hand"))
        trouble = unverified(sight.safe)
        if trouble:
            self.desk.fail(InstrumentError(trouble), self.tr("The safe state is not verified"))
        elif sight.safe and not sight.problem:
            self.desk.inform(self.tr("The bench is safe, verified by reading back, and given up."))

    def _order(self, action: Action) -> None:
        if isinstance(action, Adjust):
            self._confirm(action)
        else:
            self.hand.carry_out(action)

    def _confirm(self, action: Adjust) -> None:
        """Ask before a device is changed."""
        part = self.plan.parts.get(action.device) if self.plan is not None else None
        if part is not None:
            question = ConfirmAdjustment(action, part, self.live, self.words, self)
            question.agreed.connect(self.hand.carry_out)
            question.open()

    def _tell_done(self, done: Done) -> None:
        if self.plan is None:
            return
        told = [self.words.action(done.action, self.plan)]
        if done.note:
            told.append(self.desk.tell(done.note))
        back = [
            f"{r.channel.name} {self.words.value(r.value, r.channel.unit, r.channel.resolution)}"
            for r in done.readings
            if not isinstance(done.action, DriveSafe)
        ]
        text = self.tr("{time}  {what}").format(time=done.at.strftime("%H:%M:%S"), what="; ".join(told))
        if back:
            text += "\n" + self.tr("read back: {values}").format(values=", ".join(back))
        self.panel.say_result(text, wrong=False)

    def _tell_refused(self, error: BaseException) -> None:
        if self._checking is not None:
            self._checking = None
            self.check_dialog.show_failure(error)
        self.panel.say_result(self.desk.tell(str(error)), wrong=True)

    # ---- checking ------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        plan = self.plan
        if plan is None or self.live.mode not in (Mode.NOBODY, Mode.HAND) or self._checking is not None:
            return
        self._checking = plan
        dialog = self.check_dialog
        dialog.begin(f"{plan.title}  ·  {plan.path}", simulated=plan.file.station.simulated)
        dialog.show()
        if self.hand.holds:
            self.hand.check()
            return
        person, file = self.desk.person, plan.file
        task = self.desk.tasks.start(
            lambda progress: check_station(file, person, told=progress.say),
            owner=self,
            done=self._tell_checked,
            failed=self._tell_unchecked,
        )
        task.progressed.connect(lambda name, _: dialog.say_asked(name) if self._checking is plan else None)

    def _tell_checked(self, rows: tuple[Checked, ...]) -> None:
        self._checking = None
        self.check_dialog.show_result(rows)

    def _tell_unchecked(self, error: Exception) -> None:
        self._checking = None
        self.check_dialog.show_failure(error)

    # ---- live values ---------------------------------------------------------------------------------------------------

    def _set_live(self, live: Live) -> None:
        self.live = live
        self.trends.add(live.values)
        self._show_live()

    def _show_live(self) -> None:
        live = self.live
        self.top.show_live(live, ready=self.plan is not None)
        self.mimic.show_live(live)
        self.panel.show_live(live)
        self._alarm.setText("\n".join(f"▲ {self.desk.tell(alarm)}" for alarm in live.alarms))
        self._alarm.setVisible(bool(live.alarms))
