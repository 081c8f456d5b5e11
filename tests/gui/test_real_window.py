"""A real window on a real X server: Xvfb, a screen in memory, and the command as a person types it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SHOWN = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gui.application import make_application, open_window
from gui.desk import Desk
from testbench.text import Language

application = make_application()
desk = Desk(application, language=Language.CHINESE)
window = open_window(desk, page="settings")

def look():
    if not window.windowHandle().isExposed():
        QTimer.singleShot(20, look)
        return
    picture = application.primaryScreen().grabWindow(0).toImage()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    said = {"platform": application.platformName(), "colours": len(colours), "title": window.windowTitle()}
    print(json.dumps(said, ensure_ascii=True))
    window.close()

QTimer.singleShot(0, look)
status = application.exec()
desk.close()
sys.exit(status)
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a program on an X server of its own."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield os.environ | {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "TESTBENCH_STATE_DIR": str(tmp_path / "state"),
        }
    finally:
        server.terminate()
        server.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X server belongs to Linux")
def test_a_real_window_is_drawn_on_an_x_server(display: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], env=display, capture_output=True, text=True, check=False, timeout=99
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["platform"] == "xcb"
    assert said["colours"] > 4
    assert "测试台" in said["title"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X server belongs to Linux")
def test_the_command_opens_and_closes_it(display: dict[str, str]) -> None:
    words = ["gui", "--quit-when-shown", "--page", "settings", "--language", "zh"]
    done = _run(["-P", "-m", "testbench.cli", *words], display)
    assert (done.returncode, done.stderr) == (0, "")


def _run(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
