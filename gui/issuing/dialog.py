"""The dialog that issues a report: what it will carry, and afterwards where it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.issuing.prepared import Prepared, issue, prepare
from gui.theme import Tone
from gui.widgets.simulated_banner import SimulatedBanner
from gui.widgets.state_label import Shape, StateLabel
from testbench.office.issuing import IssueRequest
from testbench.report.letterhead import Client, Issue
from testbench.text import Language

LANGUAGES = {Language.CHINESE: "中文", Language.ENGLISH: "English"}
LONGEST = 200


class IssueDialog(QDialog):
    """Issues the report of one evaluation; `issued` carries the path of the PDF."""

    issued = Signal(object)

    def __init__(self, desk: Desk, record: Path, evaluation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._record = record
        self._evaluation = evaluation
        self._prepared: Prepared | None = None
        self._path: Path | None = None
        self._build()
        self.retranslate()
        desk.language_changed.connect(self.retranslate)
        desk.tasks.start(
            lambda _: prepare(record, evaluation), owner=self, done=self._show_prepared, failed=self._not_possible
        )

    def _build(self) -> None:
        names = ("number", "client", "address", "contact", "received")
        self.fields = {name: QLineEdit() for name in names}
        self._labels = {name: QLabel() for name in (*names, "language")}
        self.language = QComboBox()
        for language, name in LANGUAGES.items():
            self.language.addItem(name, language)
        self.language.setCurrentIndex(list(LANGUAGES).index(self._desk.language))
        self.outside = QCheckBox()
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in self.fields.items():
            field.setMaxLength(LONGEST)
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
        self._labels["language"].setBuddy(self.language)
        form.addRow(self._labels["language"], self.language)
        form.addRow(self.outside)
        self.fields["number"].textChanged.connect(lambda _: self._enable())
        self.simulated = SimulatedBanner()
        self._explanation = QLabel(wordWrap=True)
        self._state = StateLabel(self._desk.theme)
        self._why = QLabel(wordWrap=True)
        self._why.hide()
        self.issue_button, self.open_button, self.close_button = QPushButton(), QPushButton(), QPushButton()
        self.issue_button.setProperty("kind", "primary")
        self.issue_button.setDefault(True)
        self.issue_button.setEnabled(False)
        self.open_button.hide()
        self.issue_button.clicked.connect(self._issue)
        self.open_button.clicked.connect(self._open)
        self.close_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._state)
        row.addStretch()
        for button in (self.close_button, self.open_button, self.issue_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self.simulated)
        column.addWidget(self._explanation)
        column.addLayout(form)
        column.addWidget(self._why)
        column.addStretch()
        column.addLayout(row)
        self.resize(620, 400)

    def retranslate(self) -> None:
        """Set all texts."""
        self.setWindowTitle(self.tr("Issue a report"))
        self.simulated.retranslate()
        replaced = "" if self._prepared is None else self._prepared.replaces
        words = self.tr("The report of {evaluation} gets a number, which is kept in the record with your name, {person}.")
        text = words.format(evaluation=self._evaluation, person=self._desk.person)
        if replaced:
            text += " " + self.tr("It replaces report {number}, and says so.").format(number=replaced)
        self._explanation.setText(text)
        for name, label in (
            ("number", self.tr("&Number")),
            ("client", self.tr("&Client")),
            ("address", self.tr("&Address")),
            ("contact", self.tr("C&ontact")),
            ("received", self.tr("&Receipt of the samples")),
            ("language", self.tr("&Language")),
        ):
            self._labels[name].setText(label)
        self.fields["received"].setPlaceholderText(self.tr("When they came, how many, in which state"))
        self.outside.setText(self.tr("Outside the &scope of the accreditation: no mark is printed"))
        self.issue_button.setText(self.tr("&Issue"))
        self.open_button.setText(self.tr("O&pen the report"))
        self.close_button.setText(self.tr("Close"))

    def _show_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self.fields["number"].setText(prepared.number)
        for name, text in (
            ("client", prepared.client.name),
            ("address", prepared.client.address),
            ("contact", prepared.client.contact),
        ):
            self.fields[name].setText(text)
            self.fields[name].setCursorPosition(0)
        self.outside.setVisible(prepared.marks)
        self.simulated.setVisible(prepared.simulated)
        self.retranslate()
        self._enable()
        self.fields["received"].setFocus()

    def _not_possible(self, error: Exception) -> None:
        self._state.show_state(Shape.CROSS, self.tr("It was not issued"), Tone.ALARM)
        self._why.setText(self._desk.tell(str(error)))
        self._why.show()
        self._enable()

    def _enable(self) -> None:
        number = self.fields["number"].text()
        ready = self._prepared is not None and self._path is None and bool(number) and not any(map(str.isspace, number))
        self.issue_button.setEnabled(ready)

    def _issue(self) -> None:
        prepared = self._prepared
        if prepared is None or not self.issue_button.isEnabled():
            return
        words = {name: " ".join(field.text().split()) for name, field in self.fields.items()}
        request = IssueRequest(
            by=self._desk.person,
            number=None if words["number"] == prepared.number else words["number"],
            client=Client(words["client"], words["address"], words["contact"]),
            received=words["received"],
            outside_scope=self.outside.isChecked() and prepared.marks,
        )
        record, evaluation = self._record, self._evaluation
        language = Language(self.language.currentData())
        self._why.hide()
        self._state.show_state(Shape.RING, self.tr("Issuing …"), Tone.MUTED)
        self.issue_button.setEnabled(False)
        self._desk.tasks.start(
            lambda _: issue(record, evaluation, language, request),
            owner=self,
            done=self._done,
            failed=self._not_possible,
        )

    def _done(self, result: tuple[Issue, Path]) -> None:
        given, path = result
        self._path = path
        for part in (*self.fields.values(), self.language, self.outside):
            part.setEnabled(False)
        self.fields["number"].setText(given.number)
        self.fields["received"].setPlaceholderText("")
        self._state.show_state(Shape.CHECK, self.tr("Issued as {number}").format(number=given.number), Tone.GOOD)
        self._why.setText(str(path))
        self._why.show()
        self.issue_button.hide()
        self.open_button.show()
        self.open_button.setDefault(True)
        self.open_button.setFocus()
        self._desk.inform(self.tr("Report {number} is issued: {path}").format(number=given.number, path=path))
        self.issued.emit(path)

    def _open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))
