"""The button to export an evaluation: report, findings, readings; with progress, and what was written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.results.doing import Export, proposed_name, write_export
from gui.results.reading import Evaluated
from gui.tasks import Task
from gui.theme import Tone
from gui.widgets.message_bar import MessageBar

OF_VERDICTS = (Export.REPORT_CHINESE, Export.REPORT_ENGLISH, Export.JSON)


class Exporter(QPushButton):
    """A button with a menu. `said` carries the message bar to be shown, None to put the last one away."""

    said = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.going: Task | None = None
        self._evaluated: Evaluated | None = None
        self._menu = QMenu(self)
        self.actions_of = {export: self._action(export) for export in Export}
        self._menu.addSeparator()
        self.issue = QAction(self._menu)
        self.issue.triggered.connect(self._issue)
        self._menu.addAction(self.issue)
        self.setMenu(self._menu)

    def _action(self, export: Export) -> QAction:
        action = QAction(self._menu)
        action.triggered.connect(lambda: self._ask(export))
        self._menu.addAction(action)
        return action

    def show_evaluation(self, evaluated: Evaluated | None) -> None:
        """Be about an evaluation."""
        self._evaluated = evaluated
        self._enable()

    def _enable(self) -> None:
        judged = self._evaluated is not None and self._evaluated.row.outcome is not None
        for export in OF_VERDICTS:
            self.actions_of[export].setEnabled(judged)
        self.issue.setEnabled(judged)
        self.setEnabled(self._evaluated is not None and self.going is None)

    def _ask(self, export: Export) -> None:
        """Ask where the file is to go."""
        evaluated = self._evaluated
        if evaluated is None or self.going is not None:
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

    def export(self, export: Export, path: Path) -> None:
        """Write a file of the evaluation, with progress; it can be cancelled."""
        evaluated = self._evaluated
        if evaluated is None or self.going is not None:
            return
        self.said.emit(None)
        self.desk.preferences.set("results.folder", str(path.parent))
        record, identifier = evaluated.path, evaluated.identifier
        doing = self.tr("Exporting {name}").format(name=path.name)
        self.going = self.desk.tasks.start(
            lambda progress: write_export(record, identifier, export, path, progress),
            owner=self,
            done=self._exported,
            failed=lambda error: self.desk.fail(error, doing),
            title=doing,
        )
        self.going.over.connect(self._over)
        self._enable()

    def _exported(self, path: Path) -> None:
        message = MessageBar(self.desk.theme, Tone.MUTED)
        message.say(self.tr("Exported"), str(path), self.tr("Put away (Esc)"))
        message.add_button(self.tr("Open &file"), lambda: _open_outside(path))
        message.add_button(self.tr("Open f&older"), lambda: _open_outside(path.parent))
        message.put_away.connect(lambda: self.said.emit(None))
        self.said.emit(message)

    def _issue(self) -> None:
        """Ask what the issued report is to carry; the dialog says where it cannot be issued."""
        from gui.issuing.dialog import IssueDialog  # draws reports, which takes long to load

        if self._evaluated is not None:
            dialog = IssueDialog(self.desk, self._evaluated.path, self._evaluated.identifier, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _over(self) -> None:
        self.going = None
        self._enable()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setText(self.tr("E&xport"))
        names = {
            Export.REPORT_CHINESE: self.tr("Report in Chinese (PDF) …"),
            Export.REPORT_ENGLISH: self.tr("Report in English (PDF) …"),
            Export.JSON: self.tr("Findings and verdicts (JSON) …"),
            Export.CSV: self.tr("Readings (CSV) …"),
            Export.PARQUET: self.tr("Readings (Parquet) …"),
        }
        for export, name in names.items():
            self.actions_of[export].setText(name)
        self.issue.setText(self.tr("&Issue the report under a number …"))

    def restyle(self) -> None:
        """Set what the palette does not."""
        self.setIcon(icon("export"))


def _open_outside(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
