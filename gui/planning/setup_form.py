"""What is evaluated, by what, and where the results go: station, devices, gases, standard, folder, language, notes."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.planning.further_standards import FurtherStandards
from gui.planning.looking import Look
from gui.planning.slot_rows import SlotRows
from gui.theme import Tone
from testbench.criteria.standard import Standard, list_standards
from testbench.engine.checking.problem import PlaceKind
from testbench.office.measurand_words import measurand_words
from testbench.text import Language

MOST_SEED = 2**31 - 1
NO_STANDARD = ""


class SetupForm(QScrollArea):
    """The left side of the screen.

    `chosen` comes where another station or standard is chosen (the suite begins anew), `changed` for all else that the dry
    run depends on.
    """

    chosen = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look: Look | None = None
        self.station = QComboBox()
        self.open_station = QPushButton()
        self.simulate = QPushButton()
        self._laboratory = _muted()
        self.measurand = QComboBox()
        self.devices = SlotRows(desk, PlaceKind.DEVICE)
        self.cylinders = SlotRows(desk, PlaceKind.CYLINDER)
        self.standard = QComboBox()
        self.open_standard = QToolButton()
        self.further = FurtherStandards()
        self._standard_text = _muted()
        self.folder = QLineEdit()
        self.open_folder = QToolButton()
        self.language = QComboBox()
        self.seed = QSpinBox()
        self.attended = QCheckBox()
        self.notes = QPlainTextEdit()
        self._labels = {
            name: QLabel() for name in ("station", "measurand", "standard", "folder", "language", "seed", "notes")
        }
        self._headings = [QLabel() for _ in range(3)]
        self._build()
        self._connect()
        self._fill()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for box in (self.station, self.standard):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(14)
        for heading in self._headings:
            heading.setProperty("level", "3")
        for name, buddy in (
            ("station", self.station),
            ("measurand", self.measurand),
            ("standard", self.standard),
            ("folder", self.folder),
            ("language", self.language),
            ("seed", self.seed),
            ("notes", self.notes),
        ):
            self._labels[name].setBuddy(buddy)
        column.addWidget(self._labels["station"])
        column.addWidget(self.station)
        column.addLayout(_row(self.open_station, self.simulate))
        column.addWidget(self._laboratory)
        column.addWidget(self._labels["standard"])
        column.addLayout(_row(self.standard, self.open_standard, stretch=0))
        column.addWidget(self.further)
        column.addWidget(self._standard_text)
        column.addWidget(self._headings[0])
        column.addLayout(_row(self._labels["measurand"], self.measurand, stretch=1))
        column.addWidget(self.devices)
        column.addWidget(self._headings[1])
        column.addWidget(self.cylinders)
        column.addWidget(self._headings[2])
        column.addWidget(self._labels["folder"])
        column.addLayout(_row(self.folder, self.open_folder, stretch=0))
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(self._labels["language"], self.language)
        form.addRow(self._labels["seed"], self.seed)
        column.addLayout(form)
        column.addWidget(self.attended)
        column.addWidget(self._labels["notes"])
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(56)
        self.notes.setMaximumHeight(90)
        column.addWidget(self.notes)
        column.addStretch()
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _connect(self) -> None:
        self.station.activated.connect(self._take_station)
        self.standard.activated.connect(self._take_standard)
        self.further.changed.connect(self.chosen)
        self.measurand.activated.connect(self.changed)
        self.devices.changed.connect(self.changed)
        self.cylinders.changed.connect(self.changed)
        self.folder.textEdited.connect(lambda _: self.changed.emit())
        self.open_station.clicked.connect(self.ask_for_station)
        self.simulate.clicked.connect(self._new_simulated)
        self.open_standard.clicked.connect(self.ask_for_standard)
        self.open_folder.clicked.connect(self.ask_for_folder)

    def _fill(self) -> None:
        preferences = self._desk.preferences
        for name in list_standards():
            self.standard.addItem(name, name)
            self.further.offer(name)
        self.standard.addItem("", NO_STANDARD)
        self.choose_standard(preferences.get("new.standard", "hj76-2017"))
        for language, words in ((Language.CHINESE, "中文"), (Language.ENGLISH, "English")):
            self.language.addItem(words, language.value)
        kept = preferences.get("new.language", self._desk.language.value)
        self.language.setCurrentIndex(max(0, self.language.findData(kept)))
        self.seed.setRange(0, MOST_SEED)
        self.seed.setValue(preferences.get("new.seed", 1))
        self.attended.setChecked(preferences.get("new.attended", False))
        self.show_stations()

    def show_stations(self) -> None:
        """Show the stations that are known, the chosen one in front."""
        chosen = self._desk.stations.chosen
        paths = self._desk.stations.paths()
        self.station.clear()
        for path in paths:
            self.station.addItem(path.stem, str(path))
            self.station.setItemData(self.station.count() - 1, str(path), Qt.ItemDataRole.ToolTipRole)
        self.station.setCurrentIndex(-1 if chosen is None else self.station.findData(str(chosen)))
        self.station.setEnabled(bool(paths))

    # ---- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def station_path(self) -> Path | None:
        """The station file; None where none is chosen."""
        data = self.station.currentData()
        return Path(data) if data else None

    @property
    def folder_path(self) -> Path | None:
        """The folder that a person typed or chose, a short name beside the others; None leaves it to date and standard."""
        text = self.folder.text().strip()
        if not text or not self.folder.isModified():
            return None
        return self._desk.folder / os.path.expanduser(text)  # noqa: PTH111  (which takes "~nobody" as it is)

    def choose_station(self, path: Path) -> None:
        """Choose a station file, known until now or not."""
        if path.absolute() != self.station_path:
            self._forget_slots()
        if path.absolute() not in self._desk.stations.paths():
            self._desk.stations.add(path)
            self._desk.stations.chosen = path
            self._desk.stations_changed.emit()
        self._desk.stations.chosen = path
        self.show_stations()

    def choose_standard(self, name: str) -> None:
        """Choose a standard by its name, or a criteria file by its path."""
        if self.standard.findData(name) < 0:
            self.standard.addItem(Path(name).name, name)
            self.further.offer(name)
        self.standard.setCurrentIndex(self.standard.findData(name))
        self.further.leave_out(name)

    @property
    def standards(self) -> tuple[str, ...]:
        """The standards that judge, by name or path: the chosen one, then the further ones; none for findings only."""
        chosen = str(self.standard.currentData() or "")
        return (chosen, *self.further.names) if chosen else ()

    def forget_folder(self) -> None:
        """Let the next evaluation have a folder of its own."""
        self.folder.setModified(False)

    def keep(self) -> None:
        """Remember the choices for the next time."""
        preferences = self._desk.preferences
        preferences.set("new.standard", self.standard.currentData())
        preferences.set("new.language", self.language.currentData())
        preferences.set("new.seed", self.seed.value())
        preferences.set("new.attended", self.attended.isChecked())

    def _forget_slots(self) -> None:
        self._look = None
        self.devices.forget()
        self.cylinders.forget()

    def _take_station(self) -> None:
        if self.station_path != self._desk.stations.chosen:
            self._forget_slots()
        self._desk.stations.chosen = self.station_path
        self.chosen.emit()

    def _take_standard(self) -> None:
        self.further.leave_out(str(self.standard.currentData() or ""))
        self.chosen.emit()

    def _new_simulated(self) -> None:
        self._desk.tasks.start(lambda _: self._desk.stations.new_simulated(), owner=self, done=self._have_station)

    def _have_station(self, path: Path) -> None:
        self.choose_station(path)
        self._desk.stations_changed.emit()
        self.chosen.emit()

    def ask_for_station(self) -> None:
        """Let a person open a station file."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a station file"), str(self._desk.folder), "TOML (*.toml)")
        if name:
            self._have_station(Path(name))

    def ask_for_standard(self) -> None:
        """Let a person open a criteria file."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a criteria file"), str(self._desk.folder), "TOML (*.toml)")
        if name:
            self.choose_standard(name)
            self.chosen.emit()

    def ask_for_folder(self) -> None:
        """Let a person choose the folder for the results."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for the results"), str(self._desk.folder))
        if name:
            self.folder.setText(name)
            self.folder.setModified(True)
            self.changed.emit()

    # ---- showing ------------------------------------------------------------------------------------------------------

    def show_look(self, look: Look) -> None:
        """Show what was found of the choice."""
        self._look = look
        self.devices.show_look(look)
        self.cylinders.show_look(look)
        controls = (self.measurand, *self.devices.controls, *self.cylinders.controls, self.folder)
        for before, after in itertools.pairwise(controls):
            QWidget.setTabOrder(before, after)
        if not self.folder.isModified():
            self.folder.setText(str(look.folder))
            self.folder.setModified(False)
        self._show_texts()

    def _show_texts(self) -> None:
        look = self._look
        file = None if look is None else look.station or look.base
        head = None if file is None else file.station.station
        parts = [] if head is None else [part for part in (head.name, head.laboratory) if part]
        self._laboratory.setText(" · ".join(parts))
        self._laboratory.setVisible(bool(parts))
        measurands = list(dict.fromkeys(t.measurand for t in file.station.devices.values())) if file is not None else []
        offered = [(self._desk.say(measurand_words(name)), name) for name in measurands]
        if [(self.measurand.itemText(i), self.measurand.itemData(i)) for i in range(self.measurand.count())] != offered:
            self.measurand.clear()
            for words, name in offered:
                self.measurand.addItem(words, name)
        if look is not None and look.measurand:
            self.measurand.setCurrentIndex(self.measurand.findData(look.measurand))
        self.measurand.setEnabled(len(measurands) > 1)
        self._standard_text.setText(self._about(look.standard if look is not None else None))
        simulated = look is not None and look.simulated
        for part in (self._labels["seed"], self.seed, self.attended):
            part.setVisible(simulated)
        self.folder.setToolTip(self.folder.text())
        self._widen()

    def _about(self, standard: Standard | None) -> str:
        if standard is None:
            unjudged = self.tr("Add procedures to the suite. Their findings are reported, and nothing is judged.")
            return unjudged if self.standard.currentData() == NO_STANDARD else ""
        head = standard.standard
        words = self.tr("{title}, edition {edition}")
        if standard.parts:
            lines = [words.format(title=part.name, edition=part.standard.edition) for part in standard.parts]
        else:
            lines = [words.format(title=self._desk.say(head.title), edition=head.edition)]
        figures = standard.provisional_figures
        if figures:
            lines.append(self.tr("▲ {count} limits are provisional: nobody has read them in its text").format(count=figures))
        analogy = standard.analogy_for(self._look.measurand) if self._look is not None and self._look.measurand else None
        if analogy is not None:
            lines.append("▲ " + self._desk.say(analogy))
        return "\n".join(lines)

    def focus(self, kind: PlaceKind, name: str) -> None:
        """Put the keyboard where a problem of a kind lies; on the station where only its file can be mended."""
        slots = {PlaceKind.DEVICE: self.devices, PlaceKind.CYLINDER: self.cylinders}.get(kind)
        shown = slots.focus(name) if slots is not None else None
        if shown is None:
            fields: dict[PlaceKind, QWidget] = {PlaceKind.STANDARD: self.standard, PlaceKind.FOLDER: self.folder}
            shown = fields.get(kind, self.station if self.station.isEnabled() else self.simulate)
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(shown)

    def retranslate(self) -> None:
        """Set the texts."""
        self._labels["station"].setText(self.tr("S&tation"))
        self._labels["measurand"].setText(self.tr("&Measurand"))
        self._labels["standard"].setText(self.tr("Stan&dard"))
        self.standard.setItemText(self.standard.findData(NO_STANDARD), self.tr("no standard: findings only"))
        self._labels["folder"].setText(self.tr("&Folder for the results"))
        self._labels["language"].setText(self.tr("&Language of the report"))
        self._labels["seed"].setText(self.tr("S&eed of the simulation"))
        self._labels["notes"].setText(self.tr("&Notes, kept in the record"))
        self.notes.setPlaceholderText(self.tr("Sample, client, order number …"))
        for heading, text in zip(
            self._headings,
            (self.tr("Devices under test"), self.tr("Gases"), self.tr("Results")),
            strict=True,
        ):
            heading.setText(text)
        self.open_station.setText(self.tr("&Open …"))
        self.open_station.setToolTip(self.tr("Open a station file"))
        self.simulate.setText(self.tr("New &simulated"))
        self.simulate.setToolTip(self.tr("Make a station that is simulated, to try things out"))
        for button, text in (
            (self.open_standard, self.tr("Open a criteria file")),
            (self.open_folder, self.tr("Choose another folder")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.attended.setText(self.tr("&Attended: a person answers"))
        self.seed.setToolTip(self.tr("The same seed gives the same numbers"))
        self.attended.setToolTip(self.tr("On a simulated station, too, a person answers the questions to the operator"))
        self.further.retranslate()
        self.devices.retranslate()
        self.cylinders.retranslate()
        self._show_texts()

    def _widen(self) -> None:
        """Be as wide as the widest part needs, so that nothing is cut."""
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(self._inside.minimumSizeHint().width() + bar + 2 * self.frameWidth())

    def restyle(self) -> None:
        """Set the colours."""
        colour = self._desk.theme.colour(Tone.TEXT)
        for button in (self.open_standard, self.open_folder):
            button.setIcon(icon("open", colour))


def _muted() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("tone", "muted")
    return label


def _row(*widgets: QWidget, stretch: int | None = None) -> QHBoxLayout:
    """Widgets side by side; the one of number `stretch` takes the room, all alike where it is None."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if stretch is None or number == stretch else 0)
    return row
