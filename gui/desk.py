"""What all screens share: background work, the records that are watched, stations, language, colours, and who acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from gui.failures import log
from gui.language import Translators, system_language
from gui.lookout import Lookout
from gui.preferences import Preferences
from gui.stations import StationShelf
from gui.tasks import Tasks
from gui.theme import Choice, Theme
from testbench.engine.person import present_person
from testbench.office.known_records import remember
from testbench.state_folder import state_folder
from testbench.text import Language, Text


class Desk(QObject):
    """Made once by the application, and given to every screen."""

    language_changed = Signal()
    theme_changed = Signal()
    stations_changed = Signal()
    person_changed = Signal()
    went = Signal(str, dict)  # a screen is asked for, with what it shall show
    failed = Signal(object, str)  # an error, and what was being done
    informed = Signal(str)
    simulated_changed = Signal()

    def __init__(self, application: QApplication, *, language: Language | None = None, choice: Choice | None = None) -> None:
        super().__init__()
        self.state = state_folder()
        self.preferences = Preferences(self.state)
        wanted = self.preferences.get("window.language", "")
        self.language = language or (Language(wanted) if wanted in tuple(Language) else system_language())
        self._translators = Translators(application)
        self._translators.install(self.language)
        kept = self.preferences.get("window.theme", Choice.SYSTEM.value)
        self.theme = Theme(application, choice or (Choice(kept) if kept in tuple(Choice) else Choice.SYSTEM))
        self.theme.changed.connect(self.theme_changed)
        self.tasks = Tasks(self.fail, self)
        self.lookout = Lookout(parent=self)
        self.stations = StationShelf(self.state, self.folder / "stations")
        self._simulated: dict[str, bool] = {}

    # ---- who, where ---------------------------------------------------------------------------------------------------

    @property
    def person(self) -> str:
        """Who acts: the name goes into the record."""
        return self.preferences.get("you.name", "") or present_person()

    @person.setter
    def person(self, name: str) -> None:
        self.preferences.set("you.name", name.strip() or None)
        self.person_changed.emit()

    @property
    def folder(self) -> Path:
        """Where new evaluations and stations go."""
        chosen = self.preferences.get("folders.evaluations", "")
        return Path(chosen) if chosen else platformdirs.user_documents_path() / "testbench"

    @folder.setter
    def folder(self, path: Path) -> None:
        self.preferences.set("folders.evaluations", str(path))
        self.stations = StationShelf(self.state, path / "stations")
        self.stations_changed.emit()

    @property
    def record(self) -> Path:
        """The record that new evaluations are written to: one for all, so that they can be searched and compared."""
        return self.folder / "record.sqlite"

    def know(self, record: Path) -> None:
        """Watch a record from now on, here and on the command line."""
        remember(record)
        self.lookout.look_now()

    # ---- language, colours --------------------------------------------------------------------------------------------

    def set_language(self, language: Language) -> None:
        """Change the language of everything, at once."""
        self.language = language
        self.preferences.set("window.language", language.value)
        self._translators.install(language)
        self.language_changed.emit()

    def set_theme(self, choice: Choice) -> None:
        """Take light, dark, or what the system has."""
        self.preferences.set("window.theme", choice.value)
        self.theme.choose(choice)

    def say(self, text: Text) -> str:
        """A text in the present language."""
        return text.say(self.language)

    def tell(self, sentence: str) -> str:
        """An English sentence of the engine, a driver or a procedure, in the present language where it is known."""
        from testbench.report.wording import wording

        return wording(self.language).tell(sentence)

    # ---- between the screens ------------------------------------------------------------------------------------------

    def go(self, page: str, **target: Any) -> None:
        """Show a screen: "bench", "registers", "new", "run", "results" or "settings"; `target` says what of it."""
        self.went.emit(page, target)

    def fail(self, error: BaseException, doing: str = "") -> None:
        """Show an error without stopping anything; `doing` says what was being done."""
        log(f"{doing}: {type(error).__name__}: {error}" if doing else f"{type(error).__name__}: {error}")
        self.failed.emit(error, doing)

    def inform(self, text: str) -> None:
        """Show a passing notice."""
        self.informed.emit(text)

    def set_simulated(self, page: QObject, simulated: bool | None) -> None:
        """Say whether what a screen shows is of a simulated station; None where it shows nothing of one."""
        name = str(getattr(page, "name", page.objectName()))
        if simulated is None:
            self._simulated.pop(name, None)
        else:
            self._simulated[name] = simulated
        self.simulated_changed.emit()

    def simulated(self, page: str) -> bool:
        """Whether what a screen shows is of a simulated station."""
        return self._simulated.get(page, False)

    def close(self) -> None:
        """End the threads; evaluations that go on are not touched."""
        self.lookout.close()
        self.tasks.close()
        self.preferences.sync()
        self._translators.install(Language.ENGLISH)  # as before it was made: another desk may speak another language
