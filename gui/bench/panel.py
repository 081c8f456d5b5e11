"""The panel beside the picture: all that is known of the part that is selected, and what can be done with it by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.bench.controls import Form, forms_for
from gui.bench.live import NOTHING, Live, Mode, PartState, standing
from gui.bench.plan import StationPlan
from gui.bench.trend_plot import TrendPlot
from gui.bench.trends import Trends
from gui.bench.words import LOOKS, Words
from gui.desk import Desk
from gui.fonts import fixed_font
from gui.widgets.state_label import StateLabel
from testbench.engine.clock import wall_now
from testbench.engine.manual.parts import Part, Place
from testbench.engine.manual.sight import Exchange, spelled
from testbench.engine.roles import Identity

ROWS = ("driver", "verified", "resource", "identity", "certificate", "asked", "answer")


class Panel(QScrollArea):
    """`ordered` carries an action; `read_asked` and `identify_asked` are the two questions that set nothing."""

    ordered = Signal(object)
    read_asked = Signal()
    identify_asked = Signal(str)

    def __init__(self, desk: Desk, words: Words, trends: Trends, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._words = words
        self._trends = trends
        self._plan: StationPlan | None = None
        self._part: Part | None = None
        self._live: Live = NOTHING
        self._result = ""
        self.forms: list[Form] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(340)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._title = _label(level="2")
        self._sort = _label(tone="muted")
        self._state = StateLabel(self._desk.theme)
        self._problem = _label(tone="fault")
        for widget in (self._title, self._sort, self._state, self._problem):
            self._column.addWidget(widget)
        self._values = QVBoxLayout()
        self._values.setSpacing(4)
        self._column.addLayout(self._values)
        self._value_labels: list[tuple[QLabel, QLabel, TrendPlot]] = []
        self.by_hand = QGroupBox()
        hand = QVBoxLayout(self.by_hand)
        hand.setSpacing(8)
        self._locked = _label(tone="muted")
        hand.addWidget(self._locked)
        self._forms = QVBoxLayout()
        self._forms.setSpacing(12)
        hand.addLayout(self._forms)
        self.read = QPushButton()
        self.read.setShortcut("F5")
        self.identify = QPushButton()
        questions = QHBoxLayout()
        questions.setSpacing(4)
        questions.addWidget(self.read, 1)
        questions.addWidget(self.identify, 1)
        hand.addLayout(questions)
        self._came_of_it = _label()
        hand.addWidget(self._came_of_it)
        self._column.addWidget(self.by_hand)
        self._details = QGroupBox()
        form = QFormLayout(self._details)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(6)
        self._form = form
        self._names = {row: _label(tone="muted") for row in ROWS}
        self._texts = {row: _label() for row in ROWS}
        for row in ROWS:
            self._names[row].setWordWrap(False)
            self._names[row].setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            form.addRow(self._names[row], self._texts[row])
        for row in ("asked", "answer"):
            self._texts[row].setFont(fixed_font())
        self._column.addWidget(self._details)
        self._column.addStretch()
        self.setWidget(inside)
        self.read.clicked.connect(self.read_asked)
        self.identify.clicked.connect(self._ask_identity)

    # ---- what is shown -------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        names = {
            "driver": self.tr("Driver"),
            "verified": self.tr("Driver verified"),
            "resource": self.tr("Resource"),
            "identity": self.tr("Says it is"),
            "certificate": self.tr("Certificate"),
            "asked": self.tr("Last question"),
            "answer": self.tr("Last answer"),
        }
        for row, name in names.items():
            self._names[row].setText(name)
        self._details.setTitle(self.tr("Instrument"))
        self.by_hand.setTitle(self.tr("By hand"))
        self.read.setText(self.tr("Read now"))
        self.read.setShortcut("F5")
        self.read.setToolTip(self.tr("Read every instrument now (F5)"))
        self.identify.setText(self.tr("Ask who it is"))
        for form in self.forms:
            form.retranslate()
        self._show_all()

    def show_part(self, plan: StationPlan | None, key: str) -> None:
        """Show another part; an empty key for none."""
        self._plan = plan
        self._part = plan.parts.get(key) if plan is not None else None
        self._result = ""
        while self.forms:
            form = self.forms.pop()
            self._forms.removeWidget(form)
            form.hide()
            form.deleteLater()
        for _, _, plot in self._value_labels:
            plot.hide()
        while (item := self._values.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._value_labels = []
        if self._part is not None:
            self._build_values(self._part)
            for form in forms_for(self._part, self._words, self._desk.preferences):
                form.ordered.connect(self.ordered)
                self._forms.addWidget(form)
                self.forms.append(form)
        self._show_all()

    def show_live(self, live: Live) -> None:
        """Show other values."""
        self._live = live
        self._show_live()

    def say_result(self, text: str, *, wrong: bool) -> None:
        """Say what came of the last order."""
        self._result = text
        self._came_of_it.setProperty("tone", "attention" if wrong else "")
        self._came_of_it.style().unpolish(self._came_of_it)
        self._came_of_it.style().polish(self._came_of_it)
        self._came_of_it.setText(f"▲ {text}" if wrong else text)
        self._came_of_it.setVisible(bool(text))

    @property
    def result(self) -> str:
        """What came of the last order, as it is said."""
        return self._result

    @property
    def locked(self) -> str:
        """Why nothing can be set; empty where it can."""
        return self._locked.text() if not self._locked.isHidden() else ""

    def enter(self) -> None:
        """Go to the first thing that can be done."""
        target = self.forms[0] if self.forms and self._live.mode is Mode.HAND else None
        if target is not None:
            target.setFocus()
            target.focusNextChild()
        elif self.read.isEnabled():
            self.read.setFocus()

    def _build_values(self, part: Part) -> None:
        for channel in part.channels:
            value, when, plot = _label(level="2"), _label(tone="muted"), TrendPlot(self._desk.theme)
            plot.setAccessibleName(channel.name)
            for widget in (value, when, plot):
                self._values.addWidget(widget)
            self._value_labels.append((value, when, plot))

    def _show_all(self) -> None:
        part = self._part
        self._details.setVisible(part is not None)
        self.by_hand.setVisible(part is not None and part.place is not Place.CYLINDER)
        self._state.setVisible(part is not None and part.place is not Place.CYLINDER)
        if part is None:
            self._title.setText(self.tr("Choose a part of the station"))
            self._sort.show()
            self._sort.setText(self.tr("Click it, or go to it with the arrow keys."))
            self._problem.hide()
            self.say_result("", wrong=False)
            return
        self._title.setText(self._words.name(part))
        named = part.place in (Place.DIVIDER, Place.FLOW_RIG)
        told = ["" if named else self._words.place(part.place), part.maker, part.model, part.serial]
        if part.low is not None and part.high is not None and part.place is Place.DEVICE:
            told.append(f"{part.low:g} … {part.high:g} {part.unit} {part.component}")
        self._sort.setText("  ·  ".join(filter(None, told)))
        self._sort.setVisible(bool(self._sort.text()))
        self._texts["driver"].setText(f"{part.driver}: {self._desk.tell(part.summary)}" if part.driver else "")
        self._texts["verified"].setText(self._desk.tell(part.verified) if part.verified else "")
        self._texts["certificate"].setText(self._certificate(part))
        self.say_result("", wrong=False)
        self._show_live()

    def _show_live(self) -> None:
        part, plan = self._part, self._plan
        if part is None or plan is None:
            return
        live = self._live
        state = standing(plan, part, live, wall_now().date())
        shape, tone = LOOKS[state]
        self._state.show_state(shape, self._words.state(state), tone)
        instrument = live.instruments.get(part.session)
        problem = self._desk.tell(instrument.problem) if instrument is not None and instrument.problem else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        for channel, (value, when, plot) in zip(part.channels, self._value_labels, strict=True):
            known = live.values.get(channel.name)
            value.setText(self._words.value(None if known is None else known.value, channel.unit, channel.resolution))
            words = [self._words.quantity(channel.quantity)]
            if known is not None and known.at is not None:
                words.append(known.at.astimezone().strftime("%H:%M:%S"))
            if known is not None and known.doubtful:
                words.append(f"▲ {self._words.state(PartState.DOUBTFUL)} {known.raw}".strip())
            when.setText("  ·  ".join(words))
            plot.show_points(channel, self._trends.of(channel.name))
        self._texts["resource"].setText(self._resource(part))
        identity = instrument.identity if instrument is not None else None
        self._texts["identity"].setText(self._identity(identity))
        exchange = instrument.exchange if instrument is not None else Exchange()
        self._texts["asked"].setText(_breakable(spelled(exchange.sent)))
        self._texts["answer"].setText(_breakable(spelled(exchange.received)))
        for row in ROWS:
            self._form.setRowVisible(self._texts[row], bool(self._texts[row].text()))
        self._details.setVisible(any(self._texts[row].text() for row in ROWS))
        self._show_lock(part)

    def _show_lock(self, part: Part) -> None:
        mode = self._live.mode
        reason = {
            Mode.NOBODY: self.tr("Connect to the station (F6) to read and set it by hand."),
            Mode.CONNECTING: self.tr("The instruments are being connected."),
            Mode.RELEASING: self.tr("The bench is going to its safe state."),
            Mode.RUN: self.tr("Locked: evaluation {name} has the station. Its readings are shown here.").format(
                name=self._live.evaluation
            ),
            Mode.HAND: "",
        }[mode]
        if mode is Mode.HAND and not self.forms:
            reason = self.tr("This part is only read.")
        self._locked.setText(reason)
        self._locked.setVisible(bool(reason))
        held = mode is Mode.HAND
        for form in self.forms:
            form.setEnabled(held)
        self.read.setEnabled(held)
        self.identify.setEnabled(held and bool(part.session))
        self.identify.setVisible(bool(part.session))

    def _certificate(self, part: Part) -> str:
        told = [part.certificate]
        if part.valid_until is not None:
            expired = part.valid_until < wall_now().date()
            words = self.tr("▲ expired {date}") if expired else self.tr("valid until {date}")
            told.append(words.format(date=part.valid_until.isoformat()))
        return ", ".join(filter(None, told))

    def _resource(self, part: Part) -> str:
        if part.resource:
            return self.tr("{name} (simulated)").format(name=part.resource) if part.simulated else part.resource
        return self.tr("read by {name}").format(name=part.session) if part.session else ""

    def _identity(self, identity: Identity | None) -> str:
        if identity is None:
            return ""
        told = " ".join(filter(None, (identity.maker, identity.model, identity.serial, identity.firmware)))
        return told or self.tr("answers, but says no name")

    def _ask_identity(self) -> None:
        if self._part is not None and self._part.session:
            self.identify_asked.emit(self._part.session)


def _label(*, level: str = "", tone: str = "") -> QLabel:
    label = QLabel(wordWrap=True)
    if level:
        label.setProperty("level", level)
    if tone:
        label.setProperty("tone", tone)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _breakable(text: str) -> str:
    """Bytes that a label may break into lines anywhere after a comma, a colon or a blank."""
    return text.replace(",", ",\u200b").replace("::", "::\u200b")
