"""The chronicle: what is told of an evaluation beside its steps, and how often."""

import pytest

from testbench.engine.chronicle import REMEMBERED_GAPS, REPORTED_GAPS, Chronicle
from testbench.engine.clock import RealClock, never


class Listener:
    """Hears what people are told."""

    def __init__(self):
        self.told = []

    def notice(self, text):
        self.told.append(text)


@pytest.fixture
def listener():
    return Listener()


def test_a_gap_that_always_reads_the_same_is_told_a_limited_number_of_times(going, listener):
    chronicle = Chronicle(going.record, listener)
    for _ in range(3 * REPORTED_GAPS):
        chronicle.gap("A: no answer")
    assert listener.told == ["A: no answer"] * REPORTED_GAPS


def test_gaps_that_always_read_differently_are_all_told_and_make_nobody_forget_the_frequent_one(going, listener):
    chronicle = Chronicle(going.record, listener)
    for number in range(3 * REMEMBERED_GAPS):
        chronicle.gap(f"A: answered {number}")
        chronicle.gap("A: answers again")
    assert len([text for text in listener.told if text.startswith("A: answered")]) == 3 * REMEMBERED_GAPS
    assert listener.told.count("A: answers again") == REPORTED_GAPS


def test_what_is_remembered_of_gaps_does_not_grow(going, listener):
    chronicle = Chronicle(going.record, listener)
    for number in range(REMEMBERED_GAPS + 1):
        chronicle.gap(f"A: answered {number}")
    for _ in range(REPORTED_GAPS):
        chronicle.gap("A: answered 0")  # forgotten, so it is told anew
    assert listener.told.count("A: answered 0") == 1 + REPORTED_GAPS


def test_a_computer_that_is_not_kept_awake_is_told_and_recorded(going, listener):
    chronicle = Chronicle(going.record, listener)
    chronicle.begin(going.evaluation, RealClock(never))
    chronicle.sleep("Access denied")
    told = "this computer may fall asleep: Access denied; switch its sleep off while evaluations run"
    assert listener.told == [told]
    assert [event.text for event in going.record.events(going.evaluation) if event.kind == "sleep"] == [told]
