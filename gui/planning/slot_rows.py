"""The slots of a station: which devices take part, and which registered device or gas stands in each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.planning.looking import Look
from testbench.engine.checking.problem import PlaceKind
from testbench.office.measurand_words import measurand_words
from testbench.register.entries import RegisteredCylinder, RegisteredDevice
from testbench.station import Cylinder, DeviceTable

NAME_WIDTH = 240  # of a device's name; a longer one is cut, and whole in the tool tip
Slot = tuple[PlaceKind, str]


class SlotRow(QWidget):
    """One slot: a box for a device under test, what stands in it, and the choice from the register."""

    def __init__(self, slot: Slot, parent: QWidget) -> None:
        super().__init__(parent)
        self.slot = slot
        self.box: QCheckBox | None = QCheckBox() if slot[0] is PlaceKind.DEVICE else None
        self.name = QLabel()
        self.state = QLabel(wordWrap=True)
        self.state.setProperty("tone", "muted")
        self.choice = QComboBox()
        self.choice.setMinimumContentsLength(14)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.box if self.box is not None else self.name)
        column.addWidget(self.state)
        column.addWidget(self.choice)
        if self.box is None:
            self.name.setBuddy(self.choice)

    @property
    def control(self) -> QWidget:
        """What takes the keyboard."""
        return self.box if self.box is not None else self.choice


class SlotRows(QWidget):
    """The slots of one kind. `changed` comes with every choice of a person."""

    changed = Signal()

    def __init__(self, desk: Desk, kind: PlaceKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kind = kind
        self._look: Look | None = None
        self.rows: dict[str, SlotRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    @property
    def left_out(self) -> frozenset[str]:
        """Devices that are not to take part."""
        return frozenset(name for name, row in self.rows.items() if row.box is not None and not row.box.isChecked())

    @property
    def fitted(self) -> dict[Slot, int]:
        """The registered entries that are chosen, by slot."""
        chosen = {(self._kind, name): row.choice.currentData() for name, row in self.rows.items()}
        return {slot: int(identifier) for slot, identifier in chosen.items() if identifier}

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard goes to, in its order."""
        boxes = ((row.box, row.choice) for row in self.rows.values())
        return [control for pair in boxes for control in pair if control is not None]

    def forget(self) -> None:
        """Forget all choices: another station is chosen."""
        self._look = None
        self._build([])

    def show_look(self, look: Look) -> None:
        """Show the slots of the station that was read; a new set of slots is built, choices of the old one are kept."""
        self._look = look
        tables = self._tables()
        if list(tables) != list(self.rows):
            self._build(list(tables))
        self.retranslate()

    def focus(self, name: str) -> QWidget | None:
        """Put the keyboard on a slot (the first one where there is none of that name); None where nothing takes it."""
        row = self.rows.get(name) or next(iter(self.rows.values()), None)
        if row is None or row.control.isHidden() or not row.control.isEnabled():
            return None
        row.control.setFocus(Qt.FocusReason.OtherFocusReason)
        return row

    def _tables(self) -> dict[str, DeviceTable | Cylinder]:
        look = self._look
        file = None if look is None else look.station or look.base
        if file is None:
            return {}
        return dict(file.station.devices) if self._kind is PlaceKind.DEVICE else dict(file.station.cylinders)

    def _build(self, names: list[str]) -> None:
        for old in self.rows.values():
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        wanted = self._look.wanted if self._look is not None else None
        self.rows = {}
        for name in names:
            row = SlotRow((self._kind, name), self)
            if row.box is not None:
                row.box.setChecked(wanted is None or name not in wanted.left_out)
                row.box.clicked.connect(self.changed)
            row.choice.activated.connect(self.changed)
            self._column.addWidget(row)
            self.rows[name] = row

    def retranslate(self) -> None:
        """Set the texts."""
        look = self._look
        if look is None:
            return
        entries = look.registered.of(self._kind)
        for name, table in self._tables().items():
            if name not in self.rows:
                continue
            row = self.rows[name]
            if isinstance(table, DeviceTable):
                self._show_device(row, name, table, look)
            else:
                self._show_cylinder(row, name, table)
            self._show_choice(row, name, entries, look)

    def _show_device(self, row: SlotRow, name: str, table: DeviceTable, look: Look) -> None:
        assert row.box is not None
        title = f"{name}  {table.maker} {table.model}"
        row.box.setText(row.box.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, NAME_WIDTH).replace("&", "&&"))
        row.box.setToolTip(title)
        parts = [f"{table.range[0]:g} … {table.range[1]:g} {table.unit} {self._desk.say(measurand_words(table.measurand))}"]
        if table.serial:
            parts.insert(0, self.tr("No. {serial}").format(serial=table.serial))
        if table.measurand != look.measurand:
            parts.append(self.tr("other measurand, does not take part"))
        row.box.setEnabled(table.measurand == look.measurand)
        row.state.setText(" · ".join(parts))

    def _show_cylinder(self, row: SlotRow, name: str, table: Cylinder) -> None:
        gas = (
            f"{table.component} {table.fraction_percent:g} % / {table.balance}" if table.fraction_percent else table.balance
        )
        row.name.setText(row.name.fontMetrics().elidedText(f"{name}  {gas}", Qt.TextElideMode.ElideRight, NAME_WIDTH))
        parts = []
        if table.certificate:
            parts.append(table.certificate)
        if table.valid_until is not None:
            parts.append(self.tr("valid until {date}").format(date=table.valid_until))
        if table.content_litres is not None:
            parts.append(f"{table.content_litres:,.0f} L")
        row.state.setText(" · ".join(parts))

    def _show_choice(
        self, row: SlotRow, name: str, entries: tuple[RegisteredDevice | RegisteredCylinder, ...], look: Look
    ) -> None:
        """The entries to choose from, as they are in the register now; the choice is kept where it is still there."""
        wanted = row.choice.currentData() if row.choice.count() else look.wanted.fitted.get((self._kind, name), 0)
        row.choice.clear()
        row.choice.addItem(self.tr("as in the station file"), 0)
        for entry in entries:
            row.choice.addItem(entry.name, entry.identifier)
        row.choice.setCurrentIndex(max(0, row.choice.findData(wanted or 0)))
        row.choice.setVisible(bool(entries))
        row.choice.setAccessibleName(self.tr("From the register, for {slot}").format(slot=name))
        row.choice.setToolTip(row.choice.currentText())
