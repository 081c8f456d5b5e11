"""Safe state at every end: all instruments at the same moment, and one's failure never keeps another from being driven."""

import socket
import threading
from contextlib import ExitStack, suppress

import pytest

from instruments.alicat import Alicat, AlicatSettings
from testbench.engine.clock import monotonic
from testbench.engine.roles import Parts, SafeOutcome
from testbench.engine.safe import drive_safe, unverified
from testbench.errors import InstrumentError


class Valve:
    """An instrument that is driven safe, or fails to be."""

    def __init__(self, name, error=None, safe_state="flow 0", together=None):
        self.name = name
        self.safe_state = safe_state
        self.error = error
        self.together = together

    def drive_safe(self):
        if self.together is not None:
            self.together.wait()
        if self.error is not None:
            raise self.error
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="flow 0")


def alicat(name, port):
    settings = AlicatSettings(
        resource=f"TCPIP::127.0.0.1::{port}::SOCKET",
        full_scale=5.0,
        flow_unit="L/min",
        uncertainty_percent=0.4,
        reproducibility_percent=0.03,
    )
    return Alicat(name, settings, Parts({}, {}))


class Controllers:
    """Mass flow controllers on loopback that answer every line with a state of no flow; counts who was told to close."""

    def __init__(self):
        self.closed = []
        self.refused = 0  # how many connections are still hung up on
        self.stack = ExitStack()
        self.parties = []

    def controller(self, name, *, answers=True):
        """A driver, and the controller that it speaks to."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.stack.callback(listener.close)
        thread = threading.Thread(target=self._serve, args=(name, listener, answers))
        thread.start()
        self.parties.append((listener, thread))
        driver = alicat(name, listener.getsockname()[1])
        self.stack.callback(driver.close)
        return driver

    def _serve(self, name, listener, answers):
        with suppress(OSError), ExitStack() as stack:
            while True:
                connection, _ = listener.accept()
                stack.callback(connection.close)
                if self.refused:
                    self.refused -= 1
                    connection.close()
                    continue
                with suppress(OSError):
                    while answers and (data := connection.recv(100)):
                        if data.startswith(b"AS0."):
                            self.closed.append(name)
                        connection.sendall(b"A +014.70 +025.00 +00.000 +00.000 +00.000 N2\r")

    def end(self):
        for listener, _ in self.parties:
            with suppress(OSError):  # wakes who waits for connections
                listener.shutdown(socket.SHUT_RDWR)
        self.stack.close()
        for _, thread in self.parties:
            thread.join()


@pytest.fixture
def controllers():
    made = Controllers()
    yield made
    made.end()


def test_instruments_after_one_that_fails_are_driven_too():
    outcomes = drive_safe([Valve("a", InstrumentError("a (ASRL3): is off")), Valve("b", ValueError("a defect")), Valve("c")])
    assert [(outcome.instrument, outcome.verified) for outcome in outcomes] == [("a", False), ("b", False), ("c", True)]
    text = unverified(outcomes)
    assert text.startswith("safe state not verified: a (ASRL3): is off; b (")
    assert "b (ValueError: a defect)" in text
    assert "close the gas by hand" in text


def test_an_instrument_that_drives_nothing_is_listed_but_not_asked():
    outcomes = drive_safe([Valve("analyser", InstrumentError("is off"), safe_state="none: read only"), Valve("valve")])
    assert [(outcome.instrument, outcome.state) for outcome in outcomes] == [
        ("analyser", "none: read only"),
        ("valve", "flow 0"),
    ]
    assert unverified(outcomes) is None


def test_all_are_driven_at_the_same_moment():
    together = threading.Barrier(8, timeout=10.0)  # nobody passes before all are there
    outcomes = drive_safe([Valve(f"v{number}", together=together) for number in range(8)], within_s=10.0)
    assert all(outcome.verified for outcome in outcomes)


def test_one_that_does_not_come_back_is_listed_and_the_others_are_safe():
    stuck = threading.Event()

    class Stuck(Valve):
        def drive_safe(self):
            stuck.wait()
            return super().drive_safe()

    try:
        outcomes = drive_safe([Stuck("stuck"), Valve("valve")], within_s=0.1)
    finally:
        stuck.set()
    assert outcomes[0] == SafeOutcome("stuck", "flow 0", verified=False, read_back="no answer within 0.1 s")
    assert outcomes[1].verified
    assert "stuck (no answer within 0.1 s)" in unverified(outcomes)


def test_sessions_of_eight_instruments_are_opened_at_once(controllers):
    drivers = [controllers.controller(f"c{number}") for number in range(8)]
    outcomes = drive_safe(drivers, connect=True)
    assert [outcome.instrument for outcome in outcomes] == [f"c{number}" for number in range(8)]
    assert all(outcome.verified for outcome in outcomes), unverified(outcomes)
    assert sorted(controllers.closed) == [f"c{number}" for number in range(8)]


def test_a_silent_instrument_does_not_delay_the_others(controllers):
    drivers = [controllers.controller("silent", answers=False), *(controllers.controller(f"c{n}") for n in range(4))]
    began = monotonic()
    outcomes = drive_safe(drivers, connect=True, within_s=3.0)
    assert monotonic() - began < 4.0
    assert [outcome.verified for outcome in outcomes] == [False, True, True, True, True]
    assert "silent (TCPIP::" in unverified(outcomes)


def test_an_instrument_that_still_holds_the_old_connection_is_tried_again(controllers):
    controllers.refused = 4
    (outcome,) = drive_safe([controllers.controller("one-connection")], connect=True, within_s=10.0)
    assert outcome.verified, outcome.read_back


def test_an_instrument_that_is_not_there_is_listed_with_what_was_met():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (outcome,) = drive_safe([alicat("gone", port)], connect=True, within_s=0.5)
    assert not outcome.verified
    assert "connection refused" in outcome.read_back


def test_a_question_that_was_asked_before_does_not_keep_an_instrument_from_being_driven(controllers):
    driver = controllers.controller("asked")
    driver.open()
    driver.request()  # and then the run is aborted
    (outcome,) = drive_safe([driver])
    assert outcome.verified, outcome.read_back
