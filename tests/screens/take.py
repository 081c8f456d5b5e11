"""Takes a picture of every screen in both languages and both themes: `make screenshots`, or take.py FOLDER [SCENE …].

Everything on the pictures is real: a simulated station, an evaluation that was carried through, one that goes on in a
process of its own and waits for an answer, one whose process was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gui.application import make_application, open_window
from gui.dates import now
from gui.desk import Desk
from gui.theme import Choice
from gui.window import MainWindow
from testbench.engine.control import find_process
from testbench.office.detached import start_detached
from testbench.record.store import Record
from testbench.text import Language

SIZE = (1280, 800)
WAIT_MS = 60_000
Scene = Callable[["Studio"], QWidget]


class Studio:
    """The window, what is on its screens, and how to wait for it."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application = application
        self.folder = folder
        self.desk = Desk(application, language=Language.ENGLISH, choice=Choice.LIGHT)
        self.desk.folder = folder / "evaluations"
        self.desk.person = "Li Hua"
        self.station = self.desk.stations.new_simulated()
        self.window: MainWindow = open_window(self.desk, page="settings")
        self.window.resize(*SIZE)
        QCursor.setPos(self.window.mapToGlobal(self.window.rect().bottomRight()))  # it hovers over nothing

    def until(self, wanted: Callable[[], Any], what: str) -> None:
        """Let the window work until something is so."""
        loop = QEventLoop()
        late = QTimer(interval=WAIT_MS, singleShot=True)
        late.timeout.connect(loop.quit)
        look = QTimer(interval=20)
        look.timeout.connect(lambda: loop.quit() if wanted() else None)
        late.start()
        look.start()
        loop.exec()
        if not late.isActive():
            raise SystemExit(f"waited in vain: {what}")

    def rest(self, milliseconds: int = 300) -> None:
        """Let the window work for a moment, and until no task goes on."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
        self.until(lambda: not self.desk.tasks.going, "the end of the tasks")
        self.application.processEvents()

    def page(self, name: str, **target: Any) -> Any:
        """Show a screen."""
        self.window.go(name, target)
        self.rest()
        return self.window.page(name)

    def release(self) -> None:
        """Take the bench out of the person's hand."""
        bench = self.window.page("bench")
        if bench.hand.busy:
            bench.hand.release()
            self.until(lambda: not bench.hand.busy, "the release of the bench")

    def start(self, *words: str) -> str:
        """Start an evaluation as a process of its own."""
        self.release()
        output = Path(tempfile.mkdtemp(prefix="run-", dir=self.folder))
        begun = ["evaluate", "--station", str(self.station), "--standard", "hj76-2017", "--output", str(output)]
        return start_detached([*begun, "--record", str(self.desk.record), "--by", "Li Hua", *words], output)

    def standing(self, evaluation: str) -> str:
        """Where an evaluation stands, as the window has heard."""
        found = [one for one in self.desk.lookout.standings if one.evaluation == evaluation]
        return found[0].stand.standing.value if found else ""

    def asked(self, evaluation: str, after: int = 0) -> int:
        """The number of the question that waits, once there is one after another; 0 where there is none."""
        found = 0

        def look() -> int:
            nonlocal found
            with Record.open(self.desk.record) as record:
                found = max((prompt.number for prompt in record.prompts.open(evaluation)), default=0)
            return found > after

        if not after:
            self.until(look, "a question")
        else:
            look()
        return found if found > after else 0

    def answer(self, evaluation: str) -> None:
        """Answer its question with what is expected."""
        with Record.open(self.desk.record) as record:
            (prompt,) = record.prompts.open(evaluation)
            text = "done" if prompt.expected is None else f"{prompt.expected:g}"
            record.prompts.answer(prompt.number, text=text, value=prompt.expected, by=self.desk.person, at=now())

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.desk.close()


@contextmanager
def studio() -> Iterator[Studio]:
    """A studio in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="screens-"))
    os.environ["TESTBENCH_STATE_DIR"] = str(folder / "state")
    made = Studio(make_application(), folder)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def take(studio: Studio, scenes: dict[str, Scene], into: Path) -> None:
    """Take each scene in both languages and both themes."""
    into.mkdir(parents=True, exist_ok=True)
    for name, scene in scenes.items():
        shown = scene(studio)
        for language in Language:
            for choice in (Choice.LIGHT, Choice.DARK):
                studio.desk.set_language(language)
                studio.desk.set_theme(choice)
                if name in MADE_ANEW:
                    shown.close()
                    shown = scene(studio)
                studio.window.statusBar().clearMessage()
                studio.rest()
                shown.grab().save(str(into / f"{name}-{language}-{choice}.png"))
        studio.desk.set_language(Language.ENGLISH)
        studio.desk.set_theme(Choice.LIGHT)
        if shown is not studio.window:
            shown.close()
        print(name, flush=True)


def bench(studio: Studio) -> QWidget:
    """The bench in a person's hand, gas flowing."""
    page = studio.page("bench")
    studio.until(lambda: page.plan is not None, "the station")
    page.top.connect_button.click()
    studio.until(lambda: page.live.values, "values of the bench")
    page.mimic.select("divider")
    studio.rest()
    (half,) = [button for button in page.panel.findChildren(QPushButton) if button.text() == "50 %"]
    half.click()
    studio.rest(40_000)  # the gas comes, and the devices follow it
    return studio.window


def check(studio: Studio) -> QWidget:
    """The check of the station."""
    page = studio.page("bench")
    page.top.check.click()
    studio.rest(1500)
    return page.check_dialog


def new(studio: Studio) -> QWidget:
    """A new evaluation with its dry run."""
    studio.release()
    page = studio.page("new", station=studio.station, standard="hj76-2017")
    studio.until(lambda: page.look is not None, "the dry run")
    return studio.window


def registers(studio: Studio) -> QWidget:
    """The register of devices, as taken from the station file."""
    page = studio.page("registers")
    page.import_station(studio.station)
    studio.rest(800)
    return studio.window


def gases(studio: Studio) -> QWidget:
    """The register of gases."""
    page = studio.page("registers")
    page.tabs.setCurrentIndex(1)
    studio.rest()
    return studio.window


def standards(studio: Studio) -> QWidget:
    """A standard with its limits, and what their figures are worth."""
    page = studio.page("standards", standard="hj76-2017")
    studio.until(lambda: page.view.suite.rows.rowCount(), "the standard")
    return studio.window


def settings(studio: Studio) -> QWidget:
    """The settings: the laboratory's template."""
    studio.page("settings")
    return studio.window


def stations(studio: Studio) -> QWidget:
    """The settings: the text of a station file."""
    studio.page("settings", section="stations")
    return studio.window


def keys(studio: Studio) -> QWidget:
    """The keys of a screen."""
    from gui.shortcuts import ShortcutsDialog

    studio.page("new")
    dialog = ShortcutsDialog(studio.window, studio.window.present)
    dialog.show()
    return dialog


def results(studio: Studio) -> QWidget:
    """The results of an evaluation that was carried through."""
    evaluation = studio.start()
    studio.until(lambda: studio.standing(evaluation) == "finished", "the end of the evaluation")
    studio.page("results", record=studio.desk.record, evaluation=evaluation)
    studio.rest(1000)
    return studio.window


def readings(studio: Studio) -> QWidget:
    """The readings behind a result."""
    page = studio.window.page("results")
    page.evaluation_view.choose("A", "response_time_rise")
    page.evaluation_view.evidence.setCurrentIndex(1)
    studio.rest(1500)
    return studio.window


def comparison(studio: Studio) -> QWidget:
    """The devices of an evaluation side by side."""
    page = studio.window.page("results")
    page.evaluation_view.compare_button.click()
    studio.rest(1000)
    return studio.window


def evaluations(studio: Studio) -> QWidget:
    """The list of evaluations."""
    page = studio.page("results")
    page.show_list()
    studio.rest(1000)
    return studio.window


def run(studio: Studio) -> QWidget:
    """A run that waits for an answer."""
    evaluation = studio.start("--attended")
    for _ in range(3):  # the frequency of the supply, the flow at the exhaust, the frequency again
        asked = studio.asked(evaluation)
        studio.answer(evaluation)
        studio.until(lambda asked=asked: studio.asked(evaluation, after=asked), "the next question")
    studio.page("run", record=studio.desk.record, evaluation=evaluation)
    studio.rest(2000)
    return studio.window


def recovery(studio: Studio) -> QWidget:
    """What is offered after a crash."""
    from gui.recovery.offer import OfferDialog

    going = [one for one in studio.desk.lookout.standings if one.stand.standing.goes_on]
    evaluation = going[0].evaluation if going else studio.start("--attended")
    process = find_process(studio.desk.record, evaluation)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    studio.until(lambda: studio.standing(evaluation) == "interrupted", "the guard to have acted")
    studio.rest(2000)
    (dialog,) = [child for child in studio.window.findChildren(OfferDialog) if child.isVisible()]
    return dialog


SCENES: dict[str, Scene] = {
    "bench": bench,
    "check": check,
    "new": new,
    "registers": registers,
    "gases": gases,
    "standards": standards,
    "settings": settings,
    "stations": stations,
    "keys": keys,
    "results": results,
    "readings": readings,
    "comparison": comparison,
    "run": run,
    "evaluations": evaluations,
    "recovery": recovery,
}
MADE_ANEW = ("keys",)  # its words are those of the moment at which it was opened


def main(words: list[str]) -> int:
    """Take the scenes that are asked for, or all."""
    into, wanted = Path(words[0]), words[1:] or list(SCENES)
    with studio() as made:
        take(made, {name: SCENES[name] for name in wanted}, into)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
