"""Signals while an evaluation runs: noted while the bench is driven, at once before that."""

import signal

import pytest

from testbench.engine.clock import RealClock
from testbench.engine.interruption import Interruption
from testbench.errors import AbortedError


def test_a_signal_strikes_at_once_before_the_bench_is_touched():
    with Interruption() as interruption:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(AbortedError, match="SIGTERM"):
            interruption.check()


def test_a_signal_is_only_noted_while_the_bench_is_driven():
    with Interruption() as interruption:
        interruption.hold()
        interruption.check()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(AbortedError, match="from the keyboard"):
            interruption.check()


def test_a_waiting_clock_feels_an_abort():
    with Interruption() as interruption:
        interruption.hold()
        clock = RealClock(interruption.check)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(AbortedError):
            clock.wait_until(3600.0)


def test_handlers_are_given_back_and_what_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Interruption():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
