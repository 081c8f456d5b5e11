"""What the tests of the window share: a desk with a state folder of its own, and a real record of a short evaluation."""

import gc
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest

from gui.surroundings import install, missing_packages

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if missing := missing_packages():
    pytest.exit(f"the window's tests need libraries of the system; {install(missing)}", returncode=3)

from PySide6.QtWidgets import QApplication

from gui.application import make_application
from gui.desk import Desk
from gui.theme import Choice
from testbench.engine.clock import pause
from testbench.engine.file_lock import FileLock, HeldError
from testbench.text import Language


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application with its fonts."""
    application = make_application()
    gc.collect()
    gc.freeze()  # what stays for all tests need not be looked through after each
    return application


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder and a folder for evaluations of the test's own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(folder))
    return folder


@pytest.fixture
def make_desk(qapp: QApplication, state: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Make a desk; in English and light unless said otherwise. Its threads end with the test."""
    made: list[Desk] = []

    def make(language: Language = Language.ENGLISH, choice: Choice = Choice.LIGHT) -> Desk:
        desk = Desk(qapp, language=language, choice=choice)
        desk.preferences.set("folders.evaluations", str(tmp_path / "evaluations"))
        desk.folder = tmp_path / "evaluations"
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.close()
        desk.deleteLater()
    qapp.processEvents()
    gc.collect()  # what a test has left goes here, while no thread of it works any more


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk in English."""
    return make_desk()


@pytest.fixture
def simulated_station(tmp_path: Path) -> Path:
    """The station file of the simulated bench."""
    path = tmp_path / "station.toml"
    text = resources.files("testbench").joinpath("stations", "simulated.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The record of a whole simulated evaluation by HJ 76-2017, made by a process of its own; not to be written.

    Its devices are quick, so that it is soon made. Test processes that work side by side share it: the first that takes
    the lock makes it.
    """
    alone = worker_id == "master"
    root = tmp_path_factory.mktemp("evaluated") if alone else tmp_path_factory.getbasetemp().parent
    record = root / "evaluated" / "record.sqlite"
    lock = _lock(root / "evaluated.lock")
    try:
        if not record.with_name("evaluation.json").is_file():
            _evaluate(record.parent)
    finally:
        lock.release()
    return record


def _lock(path: Path) -> FileLock:
    """The lock of a file, as soon as the test process that has it gives it up."""
    while True:
        try:
            return FileLock(path, "evaluating", mode=0o600)
        except HeldError:
            pause(0.1)


def _evaluate(folder: Path) -> None:
    folder.mkdir()
    station = folder / "station.toml"
    text = resources.files("testbench").joinpath("stations", "simulated.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^response_time_s = .*", "response_time_s = 40.0", text)
    station.write_text(re.sub(r"(?m)^(t90_\w+_s) = .*", r"\1 = 30.0", text), encoding="utf-8")
    standard = Path(__file__).parents[1] / "standards" / "hj76-core.toml"
    words = ["evaluate", "--station", str(station), "--standard", str(standard), "--output", str(folder), "--language", "en"]
    environment = os.environ | {"TESTBENCH_STATE_DIR": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "testbench.cli", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
