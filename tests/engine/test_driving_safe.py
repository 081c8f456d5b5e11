"""Safe state at every end: one instrument's failure never keeps the next from being driven."""

from testbench.engine.roles import SafeOutcome
from testbench.engine.safe import drive_safe, unverified
from testbench.errors import InstrumentError


class Valve:
    """An instrument that is driven safe, or fails to be."""

    def __init__(self, name, error=None, safe_state="flow 0"):
        self.name = name
        self.safe_state = safe_state
        self.error = error

    def drive_safe(self):
        if self.error is not None:
            raise self.error
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="flow 0")


def test_instruments_after_one_that_fails_are_driven_too():
    outcomes = drive_safe([Valve("a", InstrumentError("a (ASRL3): is off")), Valve("b", ValueError("a defect")), Valve("c")])
    assert [(outcome.instrument, outcome.verified) for outcome in outcomes] == [("a", False), ("b", False), ("c", True)]
    text = unverified(outcomes)
    assert text.startswith("safe state not verified: a (ASRL3): is off; b (")
    assert "b (ValueError: a defect)" in text
    assert "close the gas by hand" in text


def test_an_instrument_that_drives_nothing_is_safe_when_it_is_silent():
    outcomes = drive_safe([Valve("analyser", InstrumentError("is off"), safe_state="none: read only"), Valve("valve")])
    assert not outcomes[0].verified
    assert unverified(outcomes) is None
