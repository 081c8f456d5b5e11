"""Processes that are watched: ended, and seen to be gone, with the system's handle on them and without."""

import subprocess
import sys

import pytest

from testbench.engine.guard import watched as watched_process
from testbench.engine.guard.watched import WatchedProcess

PATIENCE_S = 30.0


@pytest.fixture
def waiting():
    """A process that waits for ever."""
    process = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
    yield process
    process.kill()
    process.wait(PATIENCE_S)


@pytest.fixture(params=["handle", "number"])
def watched(request, waiting, monkeypatch):
    if request.param == "number":
        if sys.platform == "win32":
            pytest.skip("Windows always gives a handle")
        monkeypatch.setattr(watched_process, "_handle", lambda pid: None)
    return WatchedProcess(waiting.pid)


def test_a_process_is_ended_and_seen_to_be_gone(watched):
    assert not watched.gone(0.05)
    watched.end()
    assert watched.gone(PATIENCE_S)  # although nobody has asked for its exit status yet


def test_a_process_that_is_gone_can_be_ended_again(watched, waiting):
    waiting.kill()
    waiting.wait(PATIENCE_S)
    watched.end()
    assert watched.gone(0.0)


def test_a_process_that_was_gone_before_counts_as_gone(waiting):
    waiting.kill()
    waiting.wait(PATIENCE_S)
    watched = WatchedProcess(waiting.pid)
    watched.end()
    assert watched.gone(0.0)
