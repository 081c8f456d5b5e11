"""One evaluation: its head, the verdict table, what lies behind a result, and what can be done with both."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from gui.dates import local
from gui.desk import Desk
from gui.icons import icon
from gui.results.amender import Amender
from gui.results.evidence import Evidence
from gui.results.exporter import Exporter
from gui.results.reading import Evaluated, Line
from gui.results.rescore_dialog import RescoreDialog
from gui.results.verdict_table import VerdictTable
from gui.results.words import outcome_shape, outcome_word, standing_word
from gui.widgets.state_label import StateLabel
from testbench.engine.wording import duration
from testbench.outcome import Outcome
from testbench.text import Language

MARGIN, SPACING = 12, 8


class EvaluationView(QWidget):
    """`left` asks to go back, `compared` for the comparison of its devices, `changed` to be read anew."""

    left = Signal()
    compared = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.evaluated: Evaluated | None = None
        self.table = VerdictTable(desk)
        self.evidence = Evidence(desk)
        self.amender = Amender(desk)
        self.exporter = Exporter(desk)
        self.evidence.failed.connect(desk.fail)
        self.table.chosen.connect(self._choose)
        self.amender.changed.connect(self.changed)
        self.exporter.said.connect(self._show_message)
        self._build()

    def _build(self) -> None:
        self.back = QPushButton()
        self.back.clicked.connect(self.left)
        self._name = QLabel()
        self._name.setProperty("level", "2")
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome = StateLabel(self.desk.theme)
        self._facts = QLabel(wordWrap=True)
        self._standards = QLabel(wordWrap=True)
        self._remarks = QLabel(wordWrap=True)
        self._remarks.setProperty("tone", "attention")
        self.compare_button, self.watch_button, self.judge_button = QPushButton(), QPushButton(), QPushButton()
        self.judge_button.clicked.connect(self.judge_again)
        self.compare_button.clicked.connect(self.compared)
        self.watch_button.clicked.connect(self._watch)
        self.device = QComboBox()
        self.device.activated.connect(lambda _: self.table.show_device(self.device.currentData() or ""))
        self._device_label = QLabel()
        self._device_label.setBuddy(self.device)
        self.standard = QComboBox()
        self.standard.activated.connect(lambda _: self.table.show_standard(self.standard.currentData() or ""))
        self._standard_label = QLabel()
        self._standard_label.setBuddy(self.standard)
        head = _row(
            self.back,
            self._name,
            self.outcome,
            None,
            self.watch_button,
            self.judge_button,
            self.compare_button,
            self.exporter,
        )
        tools = _row(self._device_label, self.device, self._standard_label, self.standard, None, self.amender)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(tools)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(upper)
        splitter.addWidget(self.evidence)
        splitter.setSizes([330, 270])
        self.desk.preferences.restore_layout("results.splitter", splitter)
        splitter.splitterMoved.connect(lambda *_: self.desk.preferences.save_layout("results.splitter", splitter))
        self._messages = QVBoxLayout()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        whole.setSpacing(SPACING)
        whole.addLayout(head)
        whole.addWidget(self._facts)
        whole.addWidget(self._standards)
        whole.addWidget(self._remarks)
        whole.addLayout(self._messages)
        whole.addWidget(splitter, 1)
        amend = self.amender
        head_order = (self.back, self.watch_button, self.judge_button, self.compare_button, self.exporter)
        order = (
            *head_order,
            self.device,
            self.standard,
            amend.exclude,
            amend.restore,
            amend.repeat,
            self.table,
            self.evidence,
        )
        for one, other in itertools.pairwise(order):
            QWidget.setTabOrder(one, other)

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def show_evaluation(self, evaluated: Evaluated) -> None:
        """Show an evaluation; the same one again keeps what is chosen."""
        same = self.evaluated is not None and self.evaluated.identifier == evaluated.identifier
        if not same:
            self._show_message(None)
            self.evidence.forget()
            self.table.show_device("")
            self.table.show_standard("")
        self.evaluated = evaluated
        self._offer_devices(str(self.device.currentData() or "") if same else "")
        self._offer_standards(str(self.standard.currentData() or "") if same else "")
        self._say()
        self.table.show_lines(evaluated.lines)
        self._choose(self.table.line)
        self.exporter.show_evaluation(evaluated)
        if not same:
            self.table.setFocus()

    def forget(self) -> None:
        """Show nothing."""
        self.evaluated = None
        self.evidence.forget()
        self.exporter.show_evaluation(None)
        self.table.show_lines(())

    def choose(self, device: str, characteristic: str) -> None:
        """Select a result."""
        for number in range(self.table.proxy.rowCount()):
            index = self.table.proxy.mapToSource(self.table.proxy.index(number, 0))
            line = self.table.verdicts.lines[index.row()]
            if (line.device, line.characteristic) == (device, characteristic):
                self.table.selectRow(number)
                return

    def _choose(self, line: object) -> None:
        shown = line if isinstance(line, Line) else None
        self.evidence.show_line(self.evaluated, shown)
        self.amender.show_line(self.evaluated, shown)

    def _offer_devices(self, chosen: str) -> None:
        self.device.clear()
        self.device.addItem(self.tr("all"), "")
        for entry in self.evaluated.devices if self.evaluated is not None else ():
            name = f"{entry['maker']} {entry['model']}".strip()
            self.device.addItem(f"{entry['name']}  {name}".strip(), entry["name"])
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def _offer_standards(self, chosen: str) -> None:
        """Offer the standards where several judged, each with what came of it."""
        names = self.evaluated.standards if self.evaluated is not None else ()
        self.standard.clear()
        self.standard.addItem(self.tr("all"), "")
        for name in names:
            self.standard.addItem(name, name)
        self.standard.setCurrentIndex(max(0, self.standard.findData(chosen)))
        for part in (self._standard_label, self.standard):
            part.setVisible(bool(names))

    def _show_message(self, message: object) -> None:
        while (item := self._messages.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if isinstance(message, QWidget):
            self._messages.addWidget(message)

    def _watch(self) -> None:
        if self.evaluated is not None:
            self.desk.go("run", record=self.evaluated.path, evaluation=self.evaluated.identifier)

    def judge_again(self) -> None:
        """Show what another standard, or another version, makes of it."""
        if self.evaluated is not None:
            RescoreDialog(self.desk, self.evaluated, self).open()

    # ---- the head -----------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        """Write the head."""
        evaluated = self.evaluated
        if evaluated is None:
            return
        row = evaluated.row
        self._name.setText(row.identifier)
        ended_badly = row.outcome in (Outcome.ABORTED, Outcome.ERROR)
        outcome = row.outcome if row.start.standard or ended_badly else None
        shape, tone = outcome_shape(outcome)
        self.outcome.show_state(shape, outcome_word(self.desk, outcome), tone)
        self.outcome.setVisible(row.outcome is not None)
        self.judge_button.setVisible(not evaluated.stand.standing.goes_on)
        self.watch_button.setVisible(evaluated.stand.standing.goes_on or evaluated.stand.standing.resumable)
        self._facts.setText("  ·  ".join(self._said(evaluated)))
        outcomes = self._by_standards(evaluated)
        self._standards.setText("\n".join(outcomes))
        self._standards.setVisible(bool(outcomes))
        remarks = self._remarked(evaluated)
        self._remarks.setText("\n".join(remarks))
        self._remarks.setVisible(bool(remarks))

    def _said(self, evaluated: Evaluated) -> list[str]:
        row = evaluated.row
        span = local(row.start.started)
        if row.finished is not None:
            span = self.tr("{begun} to {ended}").format(begun=span, ended=local(row.finished))
        bench_s = max((one.end for one in evaluated.runs.values() if one.evaluation == row.identifier), default=0.0)
        chinese = self.desk.language is Language.CHINESE
        time = self.tr("{duration} of bench time").format(duration=duration(bench_s, "zh" if chinese else "en"))
        standard = row.start.standard or self.tr("no standard")
        said = [standing_word(self.desk, evaluated.stand.standing), standard, evaluated.station, span, time]
        return [*said, *([row.start.notes] if row.start.notes else [])]

    def _by_standards(self, evaluated: Evaluated) -> list[str]:
        """What came of every device by each of several standards, a line a standard."""
        said = []
        for standard in evaluated.standards:
            outcomes = [(entry["name"], evaluated.outcome_of(entry["name"], standard)) for entry in evaluated.devices]
            devices = "  ".join(f"{name}: {outcome_word(self.desk, outcome)}" for name, outcome in outcomes)
            said.append(f"{standard}  –  {devices}")
        return said

    def _remarked(self, evaluated: Evaluated) -> list[str]:
        """What must be known before a verdict is read."""
        said = []
        if evaluated.stand.standing.goes_on:
            said.append(self.tr("It goes on. What it has found so far is shown; it is judged at its end."))
        if evaluated.row.reason:
            said.append(self.desk.tell(evaluated.row.reason))
        if (original := evaluated.original) is not None:
            text = self.tr("It repeats run {run} of {original}: {reason} ({by}). What counts is decided there.")
            run, name = f"R{original.run:02d}", original.evaluation
            said.append(text.format(run=run, original=name, reason=original.reason, by=original.by))
        taken = {attempt.evaluation for line in evaluated.lines if line.result for attempt in line.result.attempts}
        left = [repeat.identifier for repeat in evaluated.repeats if repeat.identifier not in taken]
        if left:
            said.append(self.tr("Repeats that do not count (not finished): {names}").format(names=", ".join(left)))
        if evaluated.unread:
            names = ", ".join(evaluated.unread)
            said.append(self.tr("Repeats that are in another record: {names}").format(names=names))
        return said

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.back.setText(self.tr("&Back"))
        self.back.setShortcut("Alt+Left")
        self.back.setToolTip(self.tr("Back to the list (Alt+Left)"))
        self.watch_button.setText(self.tr("&Watch"))
        self.watch_button.setToolTip(self.tr("Show how it goes on"))
        self.judge_button.setText(self.tr("&Judge by another standard …"))
        self.judge_button.setToolTip(
            self.tr("Show what another standard, or another version of it, makes of this evaluation")
        )
        self.compare_button.setText(self.tr("Co&mpare devices"))
        self.compare_button.setToolTip(self.tr("Put the devices of this evaluation side by side"))
        self._device_label.setText(self.tr("De&vice"))
        self._offer_devices(str(self.device.currentData() or ""))
        self._standard_label.setText(self.tr("&Standard"))
        self._offer_standards(str(self.standard.currentData() or ""))
        for part in (self.table, self.evidence, self.amender, self.exporter):
            part.retranslate()
        self._say()

    def restyle(self) -> None:
        """Set what the palette does not."""
        self.back.setIcon(icon("back"))
        self.watch_button.setIcon(icon("run"))
        for part in (self.evidence, self.amender, self.exporter):
            part.restyle()


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None for the room between."""
    row = QHBoxLayout()
    row.setSpacing(SPACING)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
