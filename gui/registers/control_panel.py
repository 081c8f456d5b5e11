"""The QAL3 tab of a device: its control charts with limits and alarms, what to do, and a line to enter a reading."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.registers import control_deeds
from gui.registers.control_deeds import Controlled
from gui.registers.control_picture import CHART_WORDS, Chart, control_picture
from gui.registers.control_plot import ControlPlot
from gui.registers.date_box import DateBox
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.clock import wall_now
from testbench.errors import InputError
from testbench.metrology.control_charts import Action
from testbench.register.control import (
    ACTION_WORDS,
    GAS_WORDS,
    ControlChart,
    ControlDeed,
    ControlEntry,
    ControlGas,
)
from testbench.register.entries import RegisteredDevice
from testbench.register.typed import read_date, read_number

SHOWN = {
    Action.NONE: (Shape.CHECK, Tone.GOOD),
    Action.WATCH: (Shape.TRIANGLE, Tone.ATTENTION),
    Action.ADJUST: (Shape.TRIANGLE, Tone.ALARM),
    Action.REPAIR: (Shape.CROSS, Tone.ALARM),
}


class ControlPanel(QWidget):
    """Shows the charts of one device; `shown` says that they were read anew."""

    shown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._device: RegisteredDevice | None = None
        self._data: Controlled | None = None
        self.gas = QComboBox()
        self.chart = QComboBox()
        self.state = StateLabel(desk.theme)
        self.plot = ControlPlot(desk.theme)
        self.date = DateBox(desk.theme)
        self.reading = QLineEdit()
        self.reference = QLineEdit()
        self.s_ams = QLineEdit()
        self.add = QPushButton()
        self.set_s = QPushButton()
        self.adjusted = QPushButton()
        self.repaired = QPushButton()
        self._labels = {name: QLabel() for name in ("date", "reading", "reference", "s_ams")}
        self._build()
        self._wire()

    def _build(self) -> None:
        for gas in ControlGas:
            self.gas.addItem("", gas)
        for chart in Chart:
            self.chart.addItem("", chart)
        choice = QHBoxLayout()
        choice.addWidget(self.gas)
        choice.addWidget(self.chart, 1)
        line = QGridLayout()
        line.setHorizontalSpacing(8)
        line.setVerticalSpacing(4)
        fields = {"date": self.date, "reading": self.reading, "reference": self.reference, "s_ams": self.s_ams}
        for place, (name, field) in enumerate(fields.items()):
            self._labels[name].setBuddy(field)
            line.addWidget(self._labels[name], 0, place)
            line.addWidget(field, 1, place)
        buttons = QHBoxLayout()
        for button in (self.add, self.adjusted, self.repaired, self.set_s):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(choice)
        column.addWidget(self.state)
        column.addWidget(self.plot, 1)
        column.addLayout(line)
        column.addLayout(buttons)

    def _wire(self) -> None:
        self.gas.currentIndexChanged.connect(self._show)
        self.chart.currentIndexChanged.connect(self._show)
        self.add.clicked.connect(self.enter_reading)
        self.reading.returnPressed.connect(self.enter_reading)
        self.reference.returnPressed.connect(self.enter_reading)
        self.adjusted.clicked.connect(lambda: self.note(ControlDeed.ADJUSTED))
        self.repaired.clicked.connect(lambda: self.note(ControlDeed.REPAIRED))
        self.set_s.clicked.connect(self.set_deviation)
        self.s_ams.returnPressed.connect(self.set_deviation)

    # ---- texts and colours --------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.gas.setAccessibleName(self.tr("Gas"))
        self.chart.setAccessibleName(self.tr("Chart"))
        for number, gas in enumerate(ControlGas):
            self.gas.setItemText(number, self.desk.say(GAS_WORDS[gas]))
        for number, chart in enumerate(Chart):
            self.chart.setItemText(number, self.desk.say(CHART_WORDS[chart]))
        self.add.setText(self.tr("Enter reading"))
        self.adjusted.setText(self.tr("Was adjusted"))
        self.adjusted.setToolTip(self.tr("The drift sums begin anew"))
        self.repaired.setText(self.tr("Was repaired"))
        self.repaired.setToolTip(self.tr("All sums begin anew"))
        self.set_s.setText(self.tr("Set s_AMS"))
        self.plot.setAccessibleName(self.tr("Control chart"))
        self.date.retranslate()
        self._show()

    def restyle(self) -> None:
        """Take the present colours."""
        self.plot.restyle()

    def _name_fields(self) -> None:
        unit = "" if self._device is None else f" / {self._device.unit}"
        for name, text, field in (
            ("date", self.tr("Date"), self.date.line),
            ("reading", self.tr("Reading") + unit, self.reading),
            ("reference", self.tr("Reference") + unit, self.reference),
            ("s_ams", "s_AMS" + unit, self.s_ams),
        ):
            self._labels[name].setText(text)
            field.setAccessibleName(text)

    # ---- the device ---------------------------------------------------------------------------------------------------

    def show_device(self, device: RegisteredDevice | None) -> None:
        """Show the charts of a device; None for one that is not in the register yet."""
        if device is None or self._device is None or device.identifier != self._device.identifier:
            self._data = None
            self.reading.clear()
            self.reference.clear()
            self.date.set_text(wall_now().date().isoformat())
        self._device = device
        self.setEnabled(device is not None)
        self._show()
        if device is not None:
            self._start(lambda: control_deeds.load(device))

    @property
    def _gas(self) -> ControlGas:
        return ControlGas(self.gas.currentData())

    @property
    def drawn(self) -> ControlChart | None:
        """The charts of the gas that is chosen."""
        return None if self._data is None else self._data.charts.get(self._gas)

    def enter_reading(self) -> None:
        """Enter the reading that was typed."""

        def entry() -> ControlEntry:
            return ControlEntry(
                read_date(self.date.line.text()),
                self._gas,
                reading=read_number(self.reading.text()),
                reference=read_number(self.reference.text()),
            )

        self._enter(entry)

    def note(self, deed: ControlDeed) -> None:
        """Note that the device was adjusted or repaired on the day that was typed."""
        self._enter(lambda: ControlEntry(read_date(self.date.line.text()), self._gas, deed))

    def set_deviation(self) -> None:
        """Set s_AMS of the gas that is chosen."""
        device, gas, by = self._device, self._gas, self.desk.person
        if device is None:
            return
        try:
            s_ams = read_number(self.s_ams.text())
        except InputError as error:
            self.desk.fail(error, self.tr("s_AMS could not be set"))
            return
        self._start(lambda: control_deeds.set_deviation(device, gas, s_ams, by))

    def _enter(self, make: Callable[[], ControlEntry]) -> None:
        device, by = self._device, self.desk.person
        if device is None:
            return
        try:
            entry = make()
        except InputError as error:
            self.desk.fail(error, self.tr("The reading could not be entered"))
            return
        self._start(lambda: control_deeds.add(device, [entry], by))

    def _start(self, work: Callable[[], Controlled]) -> None:
        device = self._device

        def done(data: Controlled) -> None:
            if device is not None and self._device is not None and device.identifier == self._device.identifier:
                self._data = data
                self._show()
                self.shown.emit()

        self.desk.tasks.start(lambda progress: work(), owner=self, done=done, title=self.tr("Control charts"))

    def _show(self) -> None:
        self._name_fields()
        drawn, device = self.drawn, self._device
        if drawn is None or device is None:
            self.plot.show_picture(None, self.desk.language)
            self.state.show_state(Shape.RING, self._missing(), Tone.MUTED)
            return
        if not self.s_ams.hasFocus():
            self.s_ams.setText(f"{drawn.s_ams:g}")
        self.plot.show_picture(control_picture(drawn, Chart(self.chart.currentData()), device.unit), self.desk.language)
        shape, tone = SHOWN[drawn.gravest]
        words = self.desk.say(ACTION_WORDS[drawn.gravest])
        by = drawn.advice.adjust_by
        if by is not None:
            words += self.tr(", by {amount} {unit}").format(amount=f"{by:+.4g}", unit=device.unit)
        if not drawn.points:
            shape, tone, words = Shape.RING, Tone.MUTED, self.tr("no readings yet")
        self.state.show_state(shape, words, tone)

    def _missing(self) -> str:
        if self._device is None:
            return self.tr("Save the device first.")
        return "" if self._data is None else self.tr("Set s_AMS of this gas; the charts are drawn with it.")
