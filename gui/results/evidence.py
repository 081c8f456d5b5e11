"""What lies behind a result: its picture, the readings with their steps, notes and reasons, and every attempt at it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QLabel, QScrollArea, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.plots.channel import Band, Channel, LineKind, StepLine
from gui.plots.finding_plot import FindingPlot
from gui.plots.trace_plot import TracePlot
from gui.results.reading import Evaluated, Line, RunSpan, printed, printed_whole
from gui.results.words import decisions, evidence_words, marks, outcome_word, run_name, title
from testbench.engine.wording import describe
from testbench.record.attempts import Attempt
from testbench.record.model import Overview
from testbench.record.store import Record
from testbench.report.numbers import with_unit
from testbench.report.wording import wording
from testbench.text import Language

Index = QModelIndex | QPersistentModelIndex
FLOW = "mass flow"
PICTURE, READINGS, NOTES = range(3)


class Evidence(QTabWidget):
    """Three tabs about one result; readings are asked for when their tab is shown. `failed` carries what a plot met."""

    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._evaluated: Evaluated | None = None
        self._line: Line | None = None
        self._drawn: tuple[str, str] | None = None  # run and device whose readings are drawn
        self.picture = FindingPlot(desk.theme)
        self.trace = TracePlot(desk.theme)
        self.trace.failed.connect(self.failed)
        self._no_readings = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._no_readings.setProperty("tone", "muted")
        readings = QWidget()
        column = QVBoxLayout(readings)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.trace, 1)
        column.addWidget(self._no_readings, 1)
        self.notes = QTextBrowser()
        self.notes.setOpenLinks(False)
        self.notes.setFrameShape(QScrollArea.Shape.NoFrame)
        for part in (self.picture, readings, self.notes):
            self.addTab(part, "")
        self.setDocumentMode(True)
        self.setCurrentIndex(desk.preferences.get("results.tab", PICTURE))
        self.currentChanged.connect(self._turned)

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def show_line(self, evaluated: Evaluated | None, line: Line | None) -> None:
        """Show what lies behind a result; None for nothing."""
        self._evaluated, self._line = evaluated, line
        shown = None if line is None or line.attempt is None else line.attempt.stored.finding
        self.picture.show_finding(shown, None if line is None else line.limit)
        self._write_notes()
        self._show_readings()

    def _turned(self, tab: int) -> None:
        self.desk.preferences.set("results.tab", tab)
        self._show_readings()

    @property
    def _span(self) -> RunSpan | None:
        if self._evaluated is None or self._line is None or self._line.attempt is None:
            return None
        return self._evaluated.runs.get(self._line.attempt.stored.run)

    def _show_readings(self) -> None:
        """Draw the readings of the run, where they are to be seen and not drawn already."""
        span, line = self._span, self._line
        self.trace.setVisible(span is not None)
        self._no_readings.setVisible(span is None)
        if self.currentIndex() != READINGS or span is None or line is None:
            return
        if self._drawn == (span.run.identifier, line.device):
            return
        self._drawn = (span.run.identifier, line.device)
        rows = [row for row in span.channels if row.device == line.device]
        rows += [row for row in span.channels if row.device is None and row.quantity == FLOW]
        self.trace.set_channels([Channel.of(row) for row in rows])
        self._set_bands(span)
        self._set_gas(span, line.device)
        self.trace.set_source(_source(span), span.run.began_at, span.end)
        self.trace.show_all()

    def _set_bands(self, span: RunSpan) -> None:
        said: Literal["zh", "en"] = "zh" if self.desk.language is Language.CHINESE else "en"
        bands = [Band(step.start, step.end, describe(step.call, step.arguments, said)) for step in span.steps]
        self.trace.set_bands(bands)

    def _set_gas(self, span: RunSpan, device: str) -> None:
        """The content that was set, in the device's unit, in the lane of its readings."""
        channel = next((row.name for row in span.channels if row.device == device), None)
        devices = () if self._evaluated is None else self._evaluated.devices
        entry = next((entry for entry in devices if entry["name"] == device), None)
        levels = sorted(level for step in span.steps for level in step.levels)
        if channel is None or entry is None or not levels:
            return
        low, high = entry["range"]
        times, values = zip(*((time, low + share * (high - low)) for time, share in levels), strict=True)
        self.trace.set_step_lines([StepLine.of(LineKind.SET_POINT, channel, times, values)])

    def forget(self) -> None:
        """Show nothing, and let go of the readings."""
        self.show_line(None, None)
        self._drawn = None
        self.trace.set_channels([])

    # ---- notes and attempts -------------------------------------------------------------------------------------------

    def _write_notes(self) -> None:
        line, evaluated = self._line, self._evaluated
        if line is None or evaluated is None:
            self.notes.setHtml("")
            return
        desk = self.desk
        head = self.tr("Device {name}: {characteristic}")
        parts = [_heading(head.format(name=line.device, characteristic=title(desk, line)))]
        facts = []
        if line.verdict is not None and line.outcome is not None:
            words = [outcome_word(desk, line.outcome), *marks(desk, line)]
            facts.append((self.tr("Verdict"), wording(desk.language).join(words)))
            facts.append((self.tr("Reason"), desk.say(line.verdict.reason)))
            facts.append((self.tr("Limit"), line.verdict.limit_text))
            facts.append((self.tr("Clause"), desk.say(line.verdict.clause)))
            facts.append((self.tr("How the limit is known"), evidence_words(desk, line.verdict)))
            procedure = [desk.say(mark) for mark in line.verdict.procedure_marks]
            facts.append((self.tr("Of the procedure"), "; ".join(procedure)))
        if line.attempt is not None:
            finding = line.attempt.stored.finding
            facts.append((self.tr("Belongs to"), finding.index or ""))
            if finding.interval is not None and finding.value is not None:
                _, interval = printed(finding, line.characteristic, line.limit, line.kind)
                facts.append((self.tr("95 % interval"), with_unit(interval, finding.unit)))
            facts.append((self.tr("Notes"), "; ".join(desk.tell(note) for note in finding.notes)))
        parts.append(_table((name, html.escape(text)) for name, text in facts if text))
        if line.result is not None:
            rows = [self._attempt(number, attempt, line) for number, attempt in enumerate(line.result.attempts, 1)]
            attempts = [_heading(self.tr("All attempts")), _table(rows)]
            parts = [parts[0], *attempts, *parts[1:]] if line.result.amended else [*parts, *attempts]
        self.notes.setHtml("".join(parts))

    def _attempt(self, number: int, attempt: Attempt, line: Line) -> tuple[str, str]:
        finding = attempt.stored.finding
        said = [printed_whole(finding, line.characteristic, line.limit, line.kind), *decisions(attempt)]
        if attempt is line.attempt and attempt.excluded is None:
            said.append(self.tr("counts"))
        elif attempt is not line.attempt:
            said.append(self.tr("replaced by the repeat after it"))
        name = "" if self._evaluated is None else self._evaluated.identifier
        head = self.tr("{number}. run {run}, finding {finding}")
        run = run_name(attempt.stored.run, name)
        return head.format(number=number, run=run, finding=attempt.stored.number), "<br>".join(map(html.escape, said))

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.setTabText(PICTURE, self.tr("Pi&cture"))
        self.setTabText(READINGS, self.tr("Rea&dings"))
        self.setTabText(NOTES, self.tr("Reason and &attempts"))
        self.setAccessibleName(self.tr("What lies behind the result"))
        self.notes.setAccessibleName(self.tr("Reason and attempts"))
        self._no_readings.setText(self.tr("No readings lie behind this result here."))
        self.picture.retranslate()
        self.trace.retranslate()
        if self._span is not None and self._drawn is not None:
            self._set_bands(self._span)
        self._write_notes()

    def restyle(self) -> None:
        """Set what the palette does not."""
        self.picture.restyle()
        self.trace.restyle()


def _source(span: RunSpan) -> Callable[[str, float, float, int], Overview]:
    """Asks the record for readings, in the plot's own thread; the record is open for as long as it answers."""

    def ask(channel: str, start: float, end: float, points: int) -> Overview:
        with Record.open(span.record) as record:
            return record.overview(span.evaluation, channel, start, end, points)

    return ask


def _heading(text: str) -> str:
    return f"<p><b>{html.escape(text)}</b></p>"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td style='padding: 2px 16px 2px 0'>{html.escape(name)}</td><td style='padding: 2px 0'>{text}</td></tr>"
        for name, text in rows
    )
    return f"<table>{cells}</table>"
