"""Garbage is collected in the thread of the window, whichever thread makes it."""

import gc
import threading

from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.tasks import Progress

MANY = 20_000


class Cycle:
    """Holds itself, as a closed dialog is held by its own connections; says in which thread it ends."""

    def __init__(self, ended: list[threading.Thread]) -> None:
        self.itself = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread())


def test_what_a_working_thread_leaves_is_collected_by_the_window(desk: Desk, qtbot: QtBot) -> None:
    ended: list[threading.Thread] = []

    def work(progress: Progress) -> None:
        for _ in range(MANY):  # so many that Python would collect by itself
            Cycle(ended)

    task = desk.tasks.start(work, owner=desk, done=lambda _: None)
    with qtbot.waitSignal(task.over):
        pass
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: len(ended) > MANY // 2)
    assert set(ended) == {threading.main_thread()}
