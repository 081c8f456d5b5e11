"""One standard readably: what it is, its limits with what they are worth, its suite, and what checking it found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.standards.listing import Listed, State
from gui.standards.rows import SHAPES, TableRow, rows_of_flaws, rows_of_limits, rows_of_suite
from gui.standards.table import RowsTable
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.criteria.flaws import Flaw, Weight
from testbench.criteria.standard import Standard
from testbench.office.standard_words import RULES, LimitRow, scope_words, version_words

SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class StandardView(QWidget):
    """Shows a standard; the buttons are wired by the page. `figure_chosen` comes when another limit is selected."""

    figure_chosen = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.listed: Listed | None = None
        self._flaws: tuple[Flaw, ...] | None = None
        self._title = QLabel(wordWrap=True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("level", "2")
        self._state = StateLabel(desk.theme)
        self._fault = QLabel(wordWrap=True)
        self._fault.setTextFormat(Qt.TextFormat.PlainText)
        self._fault.setTextInteractionFlags(SELECTABLE)
        self._fault.setProperty("tone", "alarm")
        self.copy, self.check, self.confirm, self.lock, self.renew, self.open = (QPushButton() for _ in range(6))
        self.limits = RowsTable(desk, (150, 110, 175, 130, 150), shaped=4)
        self.limits.chosen.connect(lambda _: self._choose_figure())
        self._detail = QLabel(wordWrap=True)
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setTextInteractionFlags(SELECTABLE)
        self._detail.setMinimumHeight(4 * self._detail.fontMetrics().lineSpacing())
        self._detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.suite = RowsTable(desk, (150, 100, 170, 170, 180), shaped=-1)
        self.flaws = RowsTable(desk, (80, 360, 280))
        self._checked = StateLabel(desk.theme)
        self._about = QFormLayout()
        self.tabs = QTabWidget()
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.copy, self.check, self.confirm, self.lock, self.renew, self.open):
            buttons.addWidget(button)
        buttons.addStretch()
        about = QWidget()
        self._about.setContentsMargins(12, 12, 12, 12)
        self._about.setVerticalSpacing(8)
        self._about.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        about.setLayout(self._about)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(about)
        limits = QWidget()
        column = QVBoxLayout(limits)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.limits, 1)
        column.addWidget(self._detail)
        checked = QWidget()
        column = QVBoxLayout(checked)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._checked)
        column.addWidget(self.flaws, 1)
        for part in (limits, self.suite, scroll, checked):
            self.tabs.addTab(part, "")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self._fault)
        whole.addLayout(buttons)
        whole.addWidget(self.tabs, 1)

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def show_listed(self, listed: Listed) -> None:
        """Show a standard; what checking another one found goes."""
        if self.listed is None or listed.name != self.listed.name or listed.standard != self.listed.standard:
            self._flaws = None
        before = self.figure
        self.listed = listed
        standard = listed.standard
        self.limits.rows.show_rows(() if standard is None else rows_of_limits(standard))
        self.suite.rows.show_rows(())
        if standard is not None:
            self._read_suite(listed, standard)
        if before is not None:
            self.limits.choose(lambda item: isinstance(item, LimitRow) and item.figure == before.figure)
        if self.figure is None:
            self.limits.choose(lambda item: True)
        self._say()

    def _read_suite(self, listed: Listed, standard: Standard) -> None:
        """Show the suite as soon as the procedures that name it are loaded."""

        def show(rows: tuple[TableRow, ...]) -> None:
            if self.listed is listed:
                self.suite.rows.show_rows(rows)

        self.desk.tasks.start(lambda progress: rows_of_suite(standard), owner=self, done=show)

    def show_flaws(self, flaws: tuple[Flaw, ...]) -> None:
        """Show what checking found."""
        self._flaws = flaws
        self._say_flaws()
        self.tabs.setCurrentIndex(self.tabs.count() - 1)

    @property
    def figure(self) -> LimitRow | None:
        """The limit that is selected."""
        item = self.limits.item
        return item if isinstance(item, LimitRow) else None

    def _choose_figure(self) -> None:
        self._say_detail()
        self.figure_chosen.emit()

    # ---- words --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.copy.setText(self.tr("&Copy …"))
        self.copy.setToolTip(self.tr("Make a copy of it that is the laboratory's own and can be changed"))
        self.check.setText(self.tr("Chec&k"))
        self.check.setToolTip(self.tr("Look for tiers that overlap, gaps, limits without unit, unknown names"))
        self.confirm.setText(self.tr("Con&firm the figure …"))
        self.lock.setText(self.tr("&Lock …"))
        self.renew.setText(self.tr("New &version"))
        self.open.setText(self.tr("&Open the file"))
        for number, text in enumerate((self.tr("Limits"), self.tr("Suite"), self.tr("About"), self.tr("Check"))):
            self.tabs.setTabText(number, text)
        self.limits.set_headings(
            self.tr("Characteristic"),
            self.tr("For"),
            self.tr("Limit"),
            self.tr("Where"),
            self.tr("Figure"),
        )
        self.suite.set_headings(
            self.tr("Procedure"), self.tr("For"), self.tr("Settings"), self.tr("Clause"), self.tr("Source")
        )
        self.flaws.set_headings(self.tr("Weight"), self.tr("What is wrong"), self.tr("Where in the file"))
        for table, name in (
            (self.limits, self.tr("Limits")),
            (self.suite, self.tr("Suite")),
            (self.flaws, self.tr("Flaws")),
        ):
            table.setAccessibleName(name)
        self._say()

    def _say(self) -> None:
        listed = self.listed
        if listed is None:
            return
        self._title.setText(self.desk.say(listed.title))
        shape, tone = SHAPES[listed.state]
        self._state.show_state(shape, self.desk.say(listed.state.value), tone)
        self._fault.setText(self.desk.tell(listed.fault))
        self._fault.setVisible(bool(listed.fault))
        self._say_facts(listed)
        self._say_detail()
        self._say_flaws()
        self._enable(listed)

    def _say_facts(self, listed: Listed) -> None:
        while self._about.rowCount():
            self._about.removeRow(0)
        for heading, text in self._said(listed):
            if text:
                name, value = QLabel(heading), QLabel(text, wordWrap=True)
                name.setProperty("tone", "muted")
                value.setTextFormat(Qt.TextFormat.PlainText)
                value.setTextInteractionFlags(SELECTABLE)
                self._about.addRow(name, value)

    def _said(self, listed: Listed) -> tuple[tuple[str, str], ...]:
        standard = listed.standard
        file = "" if listed.file is None else str(listed.file)
        if standard is None:
            return ((self.tr("Name"), listed.name), (self.tr("File"), file))
        head = standard.standard
        everything = self.tr("all measurands")
        return (
            (self.tr("Name"), listed.name),
            (self.tr("Edition"), head.edition),
            (self.tr("Criteria file"), self.desk.say(version_words(standard))),
            (self.tr("Copied from"), head.copied_from),
            (self.tr("Made from"), self.desk.say(head.basis)),
            (self.tr("Written for"), self.desk.say(scope_words(head.measurands, ())) or everything),
            (self.tr("Decision rule"), self.desk.say(RULES[head.decision])),
            (self.tr("SHA-256"), standard.digest),
            (self.tr("File"), file),
        )

    def _say_detail(self) -> None:
        row = self.figure
        if row is None:
            self._detail.setText(self.tr("Select a limit to see its clause, and where the figure comes from."))
            return
        said = [self.desk.say(row.clause), self.desk.say(row.source), *(self.desk.say(one) for one in row.confirmations)]
        self._detail.setText("\n".join(line for line in said if line))

    def _say_flaws(self) -> None:
        flaws = self._flaws
        self.flaws.rows.show_rows(() if flaws is None else rows_of_flaws(flaws))
        if flaws is None:
            self._checked.show_state(Shape.RING, self.tr("Not checked yet"), Tone.MUTED)
            return
        errors = sum(flaw.weight is Weight.ERROR for flaw in flaws)
        words = self.tr("Errors: {errors}; notes: {notes}").format(errors=errors, notes=len(flaws) - errors)
        self._checked.show_state(Shape.CROSS if errors else Shape.CHECK, words, Tone.ALARM if errors else Tone.TEXT)

    def _enable(self, listed: Listed) -> None:
        state = listed.state
        self.copy.setEnabled(listed.standard is not None)
        self.lock.setEnabled(state is State.OPEN)
        self.renew.setEnabled(listed.own and state in (State.LOCKED, State.FAULTY))
        self.open.setEnabled(listed.own)
        own = self.tr("Only the laboratory's own standards are changed; copy it first")
        locked = self.tr("It is locked; make a new version first")
        hint = own if not listed.own else locked if state is State.LOCKED else ""
        self.lock.setToolTip(hint or self.tr("From then on a change to the file is refused; this version is kept"))
        self.renew.setToolTip("" if listed.own else own)
        self.open.setToolTip(own if not listed.own else "")
        self.enable_confirming(hint)

    def enable_confirming(self, hint: str | None = None) -> None:
        """A figure is confirmed where one is selected in a file that can be changed; else the button says why not."""
        changeable = self.listed is not None and self.listed.state is State.OPEN
        self.confirm.setEnabled(changeable and self.figure is not None)
        if hint:
            self.confirm.setToolTip(hint)
        elif changeable:
            self.confirm.setToolTip(self.tr("Say who has read the selected limit in the standard's own text, and where"))
