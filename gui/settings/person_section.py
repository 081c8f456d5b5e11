"""The section of who acts here, and of what reaches that person away from the window."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.notices.preferences import AWAKE, NOTICES, SOUND
from gui.settings.section import Card, Section
from testbench.engine.person import present_person

LONGEST_NAME = 80


class PersonSection(Section):
    """The name that goes into the record, and the notices; everything is kept at once."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._you, self._notices = Card(), Card()
        self._label = QLabel()
        self.name = QLineEdit(desk.preferences.get("you.name", ""))
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(present_person())
        self.name.editingFinished.connect(self._named)
        self._label.setBuddy(self.name)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._label, self.name)
        self._you.column.addLayout(form)
        self.boxes = {key: QCheckBox() for key in (NOTICES, SOUND, AWAKE)}
        for key, box in self.boxes.items():
            box.setChecked(desk.preferences.get(key.key, key.default))
            box.toggled.connect(lambda on, name=key.key: self.desk.preferences.set(name, on))
            self._notices.column.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._you)
        column.addWidget(self._notices)
        column.addStretch()

    def title(self) -> str:
        """Its name."""
        return self.tr("You")

    def retranslate(self) -> None:
        """Set all texts."""
        self._you.say(
            self.tr("Name in the record"),
            self.tr("Answers, acknowledgements, exclusions and issued reports are kept in the record with this name."),
        )
        self._label.setText(self.tr("&Name"))
        self._notices.say(self.tr("Away from the window"))
        self.boxes[NOTICES].setText(self.tr("A &desktop notice when a run needs somebody, or ends"))
        self.boxes[SOUND].setText(self.tr("With a &sound"))
        self.boxes[AWAKE].setText(self.tr("&Keep this computer from sleeping while a run goes on"))

    def unsaved(self) -> str | None:
        """Keep what was typed when the window closes."""
        self._named()
        return None

    def _named(self) -> None:
        name = " ".join(self.name.text().split())
        if name != self.desk.preferences.get("you.name", ""):
            self.desk.person = name
            self.desk.inform(self.tr("The record will name {person}.").format(person=self.desk.person))
