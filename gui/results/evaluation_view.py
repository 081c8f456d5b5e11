"""One evaluation: its head, the verdict table, what lies behind a result, and what can be done with both."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local
from gui.desk import Desk
from gui.icons import icon
from gui.results.doing import Export, exclude_finding, proposed_name, restore_finding, start_repeat, write_export
from gui.results.evidence import Evidence
from gui.results.reading import Evaluated, Line
from gui.results.reason_dialog import ReasonDialog
from gui.results.verdict_table import VerdictTable
from gui.results.words import outcome_shape, outcome_word, standing_word, title
from gui.tasks import Task
from gui.theme import Tone
from gui.widgets.message_bar import MessageBar
from gui.widgets.state_label import StateLabel
from testbench.engine.amending import Amended
from testbench.engine.wording import duration
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
        self.exporting: Task | None = None
        self.amending: Task | None = None
        self._saved: Path | None = None
        self.table = VerdictTable(desk)
        self.evidence = Evidence(desk)
        self.evidence.failed.connect(desk.fail)
        self.table.chosen.connect(self._choose)
        self._build()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.back = QPushButton()
        self.back.clicked.connect(self.left)
        self._name = QLabel()
        self._name.setProperty("level", "2")
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._outcome = StateLabel(self.desk.theme)
        self._facts = QLabel(wordWrap=True)
        self._remarks = QLabel(wordWrap=True)
        self._remarks.setProperty("tone", "attention")
        self.compare_button, self.watch_button, self.export_button = QPushButton(), QPushButton(), QPushButton()
        self.compare_button.clicked.connect(self.compared)
        self.watch_button.clicked.connect(self._watch)
        self.export_menu = QMenu(self.export_button)
        self.issue_action = self.export_menu.addAction("")
        self.issue_action.triggered.connect(self._issue)
        self.export_menu.addSeparator()
        self.export_actions = {export: self._export_action(export) for export in Export}
        self.export_button.setMenu(self.export_menu)
        self.device = QComboBox()
        self.device.activated.connect(lambda _: self.table.show_device(self.device.currentData() or ""))
        self._device_label = QLabel()
        self._device_label.setBuddy(self.device)
        self.exclude, self.restore, self.repeat = QPushButton(), QPushButton(), QPushButton()
        self.exclude.clicked.connect(self._ask_exclude)
        self.restore.clicked.connect(self._ask_restore)
        self.repeat.clicked.connect(self._ask_repeat)

        head = QHBoxLayout()
        head.setSpacing(SPACING)
        for part in (self.back, self._name, self._outcome):
            head.addWidget(part)
        head.addStretch()
        for part in (self.watch_button, self.compare_button, self.export_button):
            head.addWidget(part)
        tools = QHBoxLayout()
        tools.setSpacing(SPACING)
        tools.addWidget(self._device_label)
        tools.addWidget(self.device)
        tools.addStretch()
        for button in (self.exclude, self.restore, self.repeat):
            tools.addWidget(button)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(tools)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(6)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.evidence)
        self.splitter.setSizes([330, 270])
        self.desk.preferences.restore_layout("results.splitter", self.splitter)
        self.splitter.splitterMoved.connect(lambda *_: self.desk.preferences.save_layout("results.splitter", self.splitter))
        self._messages = QVBoxLayout()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        whole.setSpacing(SPACING)
        whole.addLayout(head)
        whole.addWidget(self._facts)
        whole.addWidget(self._remarks)
        whole.addLayout(self._messages)
        whole.addWidget(self.splitter, 1)

    def _export_action(self, export: Export) -> QAction:
        action = QAction(self.export_menu)
        action.triggered.connect(lambda: self._ask_file(export))
        self.export_menu.addAction(action)
        return action

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def show_evaluation(self, evaluated: Evaluated) -> None:
        """Show an evaluation; the same one again keeps what is chosen."""
        same = self.evaluated is not None and self.evaluated.identifier == evaluated.identifier
        if not same:
            self._put_away()
            self.evidence.forget()
            self.table.show_device("")
        self.evaluated = evaluated
        self._offer_devices("" if not same else str(self.device.currentData() or ""))
        self._say()
        self.table.show_lines(evaluated.lines)
        self._choose(self.table.line)
        if not same:
            self.table.setFocus()

    def forget(self) -> None:
        """Show nothing."""
        self.evaluated = None
        self.evidence.forget()
        self.table.show_lines(())

    def choose(self, device: str, characteristic: str) -> None:
        """Select a result."""
        for number in range(self.table.proxy.rowCount()):
            index = self.table.proxy.index(number, 0)
            line = self.table.verdicts.lines[self.table.proxy.mapToSource(index).row()]
            if (line.device, line.characteristic) == (device, characteristic):
                self.table.selectRow(number)
                return

    def _choose(self, line: object) -> None:
        shown = line if isinstance(line, Line) else None
        self.evidence.show_line(self.evaluated, shown)
        self._enable()

    def _enable(self) -> None:
        line, evaluated = self.table.line, self.evaluated
        may = evaluated is not None and evaluated.amendable and self.amending is None
        attempt = None if line is None else line.attempt
        self.exclude.setEnabled(may and attempt is not None and attempt.excluded is None)
        self.restore.setEnabled(may and attempt is not None and attempt.excluded is not None)
        self.repeat.setEnabled(may and self._run_number() is not None)
        judged = evaluated is not None and evaluated.row.outcome is not None
        for export in (Export.REPORT_CHINESE, Export.REPORT_ENGLISH, Export.JSON):
            self.export_actions[export].setEnabled(judged)
        signable = judged and evaluated is not None and evaluated.row.finished is not None
        self.issue_action.setEnabled(signable and evaluated is not None and not evaluated.row.start.simulated)
        self.export_button.setEnabled(evaluated is not None and self.exporting is None)

    def _run_number(self) -> int | None:
        """The run of this evaluation that determined, or should have, the chosen result."""
        line, evaluated = self.table.line, self.evaluated
        if line is None or evaluated is None or line.result is None:
            return None
        first = line.result.attempts[0]
        run = str(first.repeat.document["run"]) if first.repeat is not None else first.stored.run
        span = evaluated.runs.get(run)
        return None if span is None else span.run.number

    def _offer_devices(self, chosen: str) -> None:
        self.device.clear()
        self.device.addItem(self.tr("all"), "")
        for entry in self.evaluated.devices if self.evaluated is not None else ():
            name = f"{entry['maker']} {entry['model']}".strip()
            self.device.addItem(f"{entry['name']}  {name}".strip(), entry["name"])
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def _say(self) -> None:
        """Write the head."""
        evaluated = self.evaluated
        if evaluated is None:
            return
        row = evaluated.row
        self._name.setText(row.identifier)
        shape, tone = outcome_shape(row.outcome)
        self._outcome.show_state(shape, outcome_word(self.desk, row.outcome), tone)
        self._outcome.setVisible(row.outcome is not None)
        self.watch_button.setVisible(evaluated.stand.standing.goes_on or evaluated.stand.standing.resumable)
        self._facts.setText("  ·  ".join(self._said(evaluated)))
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

    def _remarked(self, evaluated: Evaluated) -> list[str]:
        """What must be known before a verdict is read."""
        said = []
        row = evaluated.row
        if row.reason:
            said.append(self.desk.tell(row.reason))
        if evaluated.original is not None:
            text = self.tr("It repeats run {run} of {original}: {reason} ({by}). What counts is decided there.")
            original = evaluated.original
            run, name = f"R{original.run:02d}", original.evaluation
            said.append(text.format(run=run, original=name, reason=original.reason, by=original.by))
        taken = {attempt.evaluation for line in evaluated.lines if line.result for attempt in line.result.attempts}
        open_repeats = [repeat for repeat in evaluated.repeats if repeat.identifier not in taken]
        if open_repeats:
            names = ", ".join(repeat.identifier for repeat in open_repeats)
            said.append(self.tr("Repeats that do not count (not finished): {names}").format(names=names))
        if evaluated.unread:
            names = ", ".join(evaluated.unread)
            said.append(self.tr("Repeats that are in another record: {names}").format(names=names))
        return said

    def _watch(self) -> None:
        if self.evaluated is not None:
            self.desk.go("run", record=self.evaluated.path, evaluation=self.evaluated.identifier)

    # ---- excluded, restored, repeated ---------------------------------------------------------------------------------

    def _ask_exclude(self) -> None:
        line = self.table.line
        if line is None or line.attempt is None or not self.exclude.isEnabled():
            return
        what = self.tr("Exclude {characteristic} of device {name} ({value})?")
        follows = self.tr(
            "The evaluation is judged anew. Without a repeat the verdict is then inconclusive. The value stays in the "
            "record and in the report, with your reason."
        )
        dialog = self._ask(line, self.tr("Exclude a result"), what, follows, self.tr("Exclude"))
        dialog.accepted.connect(lambda: self.amend(line, dialog.reason, restoring=False))

    def _ask_restore(self) -> None:
        line = self.table.line
        if line is None or line.attempt is None or not self.restore.isEnabled():
            return
        what = self.tr("Let {characteristic} of device {name} count again?")
        follows = self.tr(
            "The evaluation is judged anew. The exclusion and both reasons stay in the record and in the report."
        )
        dialog = self._ask(line, self.tr("Take back an exclusion"), what, follows, self.tr("Take back"))
        dialog.accepted.connect(lambda: self.amend(line, dialog.reason, restoring=True))

    def _ask_repeat(self) -> None:
        line, number = self.table.line, self._run_number()
        if line is None or number is None or not self.repeat.isEnabled() or self.evaluated is None:
            return
        what = self.tr("Repeat the item that determines {characteristic}?")
        follows = self.tr(
            "An evaluation of its own begins on the station now: this item alone, same settings, all devices. When it is "
            "finished its results take the place of these; all attempts stay in the report."
        )
        dialog = self._ask(line, self.tr("Repeat an item"), what, follows, self.tr("Begin the repeat"))
        dialog.accepted.connect(lambda: self.begin_repeat(number, dialog.reason))

    def _ask(self, line: Line, heading: str, what: str, follows: str, confirm: str) -> ReasonDialog:
        finding = line.attempt.stored.finding if line.attempt is not None else None
        value = "" if finding is None or finding.value is None else f"{finding.value:.4g} {finding.unit}"
        said = what.format(characteristic=title(self.desk, line), name=line.device, value=value)
        dialog = ReasonDialog(heading, said, follows, confirm, self.desk.person, self)
        dialog.open()
        return dialog

    def amend(self, line: Line, reason: str, *, restoring: bool) -> None:
        """Exclude the result that counts, or take that back; with a reason."""
        evaluated, attempt = self.evaluated, line.attempt
        if evaluated is None or attempt is None or self.amending is not None:
            return
        change = restore_finding if restoring else exclude_finding
        number, by = attempt.stored.number, self.desk.person
        path, identifier = evaluated.path, evaluated.identifier
        self.amending = self.desk.tasks.start(
            lambda progress: change(path, identifier, number, reason, by),
            owner=self,
            done=self._amended,
            title=self.tr("Judging {name} anew").format(name=identifier),
        )
        self.amending.over.connect(self._amending_over)
        self._enable()

    def _amended(self, amended: Amended) -> None:
        word = outcome_word(self.desk, amended.after)
        self.desk.inform(self.tr("Judged anew: {outcome}").format(outcome=word))
        self.desk.lookout.look_now()
        self.changed.emit()

    def _amending_over(self) -> None:
        self.amending = None
        self._enable()

    def begin_repeat(self, number: int, reason: str) -> None:
        """Start the repeat of a run, and go to where it is watched."""
        evaluated = self.evaluated
        if evaluated is None or self.amending is not None:
            return
        path, identifier, by, language = evaluated.path, evaluated.identifier, self.desk.person, self.desk.language
        self.amending = self.desk.tasks.start(
            lambda progress: start_repeat(path, identifier, number, reason, by, language),
            owner=self,
            done=lambda repeat: self._repeating(path, repeat),
            failed=lambda error: self.desk.fail(error, self.tr("Beginning a repeat")),
            title=self.tr("Beginning a repeat of {name}").format(name=identifier),
        )
        self.amending.over.connect(self._amending_over)
        self._enable()

    def _repeating(self, path: Path, repeat: str) -> None:
        self.desk.know(path)
        self.desk.inform(self.tr("The repeat {name} has begun").format(name=repeat))
        self.desk.go("run", record=path, evaluation=repeat)

    # ---- files --------------------------------------------------------------------------------------------------------

    def _ask_file(self, export: Export) -> None:
        evaluated = self.evaluated
        if evaluated is None or self.exporting is not None:
            return
        kept = self.desk.preferences.get("results.folder", "")
        folder = Path(kept) if kept and Path(kept).is_dir() else evaluated.path.parent
        name = proposed_name(evaluated.identifier, export, simulated=evaluated.row.start.simulated)
        dialog = QFileDialog(self, self.tr("Export"), str(folder / name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(export.suffix)
        dialog.setNameFilter(f"*.{export.suffix}")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.export(export, Path(path)))
        dialog.open()

    def _issue(self) -> None:
        """Issue the report under a number; a simulated evaluation has none."""
        from gui.issuing.dialog import IssueDialog

        if self.evaluated is not None:
            dialog = IssueDialog(self.desk, self.evaluated.path, self.evaluated.identifier, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def export(self, export: Export, path: Path) -> None:
        """Write a file of the evaluation, with progress; it can be cancelled."""
        evaluated = self.evaluated
        if evaluated is None or self.exporting is not None:
            return
        self._put_away()
        self.desk.preferences.set("results.folder", str(path.parent))
        record, identifier = evaluated.path, evaluated.identifier
        self.exporting = self.desk.tasks.start(
            lambda progress: write_export(record, identifier, export, path, progress),
            owner=self,
            done=self._exported,
            failed=lambda error: self.desk.fail(error, self.tr("Exporting {name}").format(name=path.name)),
            title=self.tr("Exporting {name}").format(name=path.name),
        )
        self.exporting.over.connect(self._export_over)
        self._enable()

    def _exported(self, path: Path) -> None:
        self._saved = path
        self.message = MessageBar(self.desk.theme, Tone.MUTED)
        self.message.say(self.tr("Exported"), str(path), self.tr("Put away (Esc)"))
        self.message.add_button(self.tr("Open &file"), lambda: _open_outside(path))
        self.message.add_button(self.tr("Open f&older"), lambda: _open_outside(path.parent))
        self.message.put_away.connect(self._put_away)
        self._messages.addWidget(self.message)

    def _export_over(self) -> None:
        self.exporting = None
        self._enable()

    def _put_away(self) -> None:
        while (item := self._messages.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.back.setText(self.tr("&Back"))
        self.back.setShortcut("Alt+Left")
        self.back.setToolTip(self.tr("Back to the list (Alt+Left)"))
        self.watch_button.setText(self.tr("&Watch"))
        self.watch_button.setToolTip(self.tr("Show how it goes on"))
        self.compare_button.setText(self.tr("Co&mpare devices"))
        self.compare_button.setToolTip(self.tr("Put the devices of this evaluation side by side"))
        self.export_button.setText(self.tr("E&xport"))
        self.issue_action.setText(self.tr("Issue the report under a number …"))
        names = {
            Export.REPORT_CHINESE: self.tr("Report in Chinese (PDF) …"),
            Export.REPORT_ENGLISH: self.tr("Report in English (PDF) …"),
            Export.JSON: self.tr("Findings and verdicts (JSON) …"),
            Export.CSV: self.tr("Readings (CSV) …"),
            Export.PARQUET: self.tr("Readings (Parquet) …"),
        }
        for export, name in names.items():
            self.export_actions[export].setText(name)
        self._device_label.setText(self.tr("De&vice"))
        self.exclude.setText(self.tr("&Exclude …"))
        self.exclude.setToolTip(self.tr("Exclude the chosen result, with a reason"))
        self.restore.setText(self.tr("&Take back …"))
        self.restore.setToolTip(self.tr("Let the chosen result count again, with a reason"))
        self.repeat.setText(self.tr("&Repeat …"))
        self.repeat.setToolTip(self.tr("Repeat the item that determines the chosen result, with a reason"))
        self._offer_devices(str(self.device.currentData() or ""))
        self.table.retranslate()
        self.evidence.retranslate()
        self._say()
        self._enable()

    def restyle(self) -> None:
        """Set what the palette does not."""
        pairs = (
            (self.back, "back"), (self.export_button, "export"), (self.exclude, "remove"), (self.restore, "undo"),
            (self.repeat, "refresh"), (self.watch_button, "run"),
        )  # fmt: skip
        for button, name in pairs:
            button.setIcon(icon(name))
        self.evidence.restyle()


def _open_outside(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
