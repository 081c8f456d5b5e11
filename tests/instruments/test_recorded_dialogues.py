"""Recorded dialogues: every file in `traces` is what its driver says and reads today; a byte that differs is named."""

from pathlib import Path

import pytest

from instruments.tools import trace as trace_tool
from instruments.tools.dialogue import Dialogue, Entry, Kind, read, told, write
from instruments.tools.replaying import exchanges, replay
from instruments.tools.talking import talk
from testbench.cli import main
from testbench.engine.registry import find_driver
from testbench.engine.roles import Channel, Direction, Identity, Sample
from testbench.errors import InputError

HERE = Path(__file__).parent
TRACES = sorted((HERE / "traces").glob("*.trace"))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_a_driver_says_and_reads_what_was_recorded(path):
    head, recorded = read(path)
    assert replay(head, recorded) == ""
    assert find_driver(head.driver, "here").driver == head.driver


@pytest.fixture
def alicat():
    return read(HERE / "traces" / "alicat.trace")


def test_the_first_byte_that_differs_is_named(alicat):
    head, recorded = alicat
    recorded.of(Kind.SENT)[2].data = b"B\r"
    assert replay(head, recorded).splitlines() == [
        "question 3, byte 1: 41 is said, recorded is 42",
        "  said      41 0D  'A\\r'",
        "  recorded  42 0D  'B\\r'",
    ]


def test_a_question_that_is_not_asked_is_named(alicat):
    head, recorded = alicat
    recorded.entries.append(Entry(Kind.SENT, 1.0, b"AX\r"))
    recorded.entries.append(Entry(Kind.RECEIVED, 1.0, b"?\r"))
    assert replay(head, recorded) == "question 5 was not asked; recorded is 41 58 0D  'AX\\r'"


def test_a_question_that_was_not_recorded_is_named(alicat):
    head, recorded = alicat
    assert replay(head.model_copy(update={"readings": 3}), recorded) == (
        "after the last question, 41 0D  'A\\r' is said, which is not recorded"
    )


def test_a_reading_that_the_driver_makes_otherwise_is_named(alicat):
    head, recorded = alicat
    recorded.of(Kind.MADE)[-1].words = "mfc-co2.flow 0.5 L/min VALID"
    assert replay(head, recorded) == (
        "result 4: the driver makes 'mfc-co2.flow 0.0 L/min VALID' of the answers, "
        "recorded is 'mfc-co2.flow 0.5 L/min VALID'"
    )


def test_a_file_is_read_as_it_was_written(alicat, tmp_path):
    head, recorded = alicat
    write(tmp_path / "again.trace", head, recorded)
    again, dialogue = read(tmp_path / "again.trace")
    assert again == head
    assert [(e.kind, e.data, e.words) for e in dialogue.entries] == [(e.kind, e.data, e.words) for e in recorded.entries]
    assert (tmp_path / "again.trace").read_text(encoding="utf-8").startswith("testbench dialogue 1\n")


def test_answers_in_pieces_are_one_and_questions_without_an_answer_stand_before_the_next():
    dialogue = Dialogue()
    for direction, data in [
        (Direction.SENT, b"*RST\n"),
        (Direction.SENT, b"*IDN?\n"),
        (Direction.RECEIVED, b"A"),
        (Direction.RECEIVED, b"B\n"),
        (Direction.SENT, b"?\n"),
    ]:
        dialogue.hear(direction, 0.0, data)
    assert [entry.data for entry in dialogue.entries] == [b"*RST\n", b"*IDN?\n", b"AB\n", b"?\n"]
    assert [(one.question, one.answer) for one in exchanges(dialogue)] == [(b"*RST\n*IDN?\n", b"AB\n"), (b"?\n", b"")]


def test_text_stands_beside_the_bytes_only_where_there_is_some():
    assert told(b"A\r") == "41 0D  'A\\r'"
    assert told(b"\x01\x03\x00\x08") == "01 03 00 08"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("dialogue 1", "dialogue 2"), "line 1: no dialogue of version 1"),
        (lambda text: text.replace("---", ""), "no line '---'"),
        (lambda text: text.replace("readings", "reedings"), "head: "),
        (lambda text: text.replace('driver = "alicat"', "driver = alicat"), "head: "),
        (lambda text: text.replace(">  41 0D", ">  zz"), "line 20: no bytes in hexadecimal"),
        (lambda text: text.replace("  >  ", "  ?  "), "line 20: no time and one of '>', '<', '='"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line(change, says, tmp_path):
    path = tmp_path / "odd.trace"
    path.write_text(change((HERE / "traces" / "alicat.trace").read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match=says.replace("?", r"\?")) as refused:
        read(path)
    assert str(path) in str(refused.value)


def test_what_is_recorded_of_a_simulated_instrument_replays(tmp_path, capsys):
    path = tmp_path / "new.trace"
    station = str(HERE / "stations" / "modbus-profile.toml")
    asked = ["instruments", "trace", "--station", station, "--instrument", "A", "--readings", "2", "--output", str(path)]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert shown.count("  =  ") == len(read(path)[1].of(Kind.MADE))
    assert main(["instruments", "replay", str(path)]) == 0
    assert "as recorded" in capsys.readouterr().out
    assert main(asked) == 2
    assert f"{path} exists" in capsys.readouterr().err


def test_a_file_that_differs_gives_exit_status_1(tmp_path, capsys):
    path = tmp_path / "odd.trace"
    path.write_text((HERE / "traces" / "alicat.trace").read_text(encoding="utf-8").replace(">  41 0D", ">  42 0D"), "utf-8")
    assert main(["instruments", "replay", str(path)]) == 1
    assert "question 1, byte 1: 41 is said, recorded is 42" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mfc-blend", "has no instrument 'mfc-blend'"),
        ("divider", "'divider' has no session of its own to listen to"),
    ],
)
def test_only_what_has_a_session_can_be_listened_to(name, says, capsys):
    station = str(HERE / "stations" / "alicat.toml")
    assert main(["instruments", "trace", "--station", station, "--instrument", name]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("length", [["--readings", "0"], ["--seconds", "-1"], ["--seconds", "nan"]])
def test_a_length_that_is_none_is_refused(length, capsys):
    station = str(HERE / "stations" / "alicat.toml")
    assert main(["instruments", "trace", "--station", station, "--instrument", "mfc-co2", *length]) == 2
    assert length[0] in capsys.readouterr().err


def test_who_interrupts_it_keeps_what_is_complete():
    class Interrupted:
        name = "it"
        channels = (Channel("it", "content", "%"),)

        def __init__(self):
            self.asked = 0

        def trace(self, listener):
            self.listener = listener or (lambda *_: None)

        def open(self):
            pass

        def close(self):
            self.closed = True

        def identify(self):
            return Identity()

        def request(self):
            self.asked += 1
            self.listener(Direction.SENT, 0.0, b"?")
            if self.asked == 3:
                raise KeyboardInterrupt

        def collect(self):
            return (Sample(1.0),)

    instrument = Interrupted()
    dialogue = talk(instrument, 1000)
    assert dialogue.readings == 2
    assert len(dialogue.of(Kind.SENT)) == 2
    assert [entry.words for entry in dialogue.of(Kind.MADE)] == ["connected", "answers", *["it 1.0 % VALID"] * 2]
    assert instrument.closed


def test_an_instrument_that_does_not_answer_is_told_and_kept_as_such(tmp_path, capsys, fault_peer):
    peer = fault_peer(lambda talk: talk.hear())
    station = tmp_path / "station.toml"
    text = (HERE / "stations" / "thermo-iseries.toml").read_text(encoding="utf-8")
    station.write_text(
        text.replace('resource = "twin"', f'resource = "{peer.resource()}"\ntimeout_s = 0.05\ntries = 1'), "utf-8"
    )
    head, dialogue = trace_tool.record(trace_tool.read_station(station), "A", 1, None)
    assert dialogue.of(Kind.MADE)[-1].words == "no answer"
    assert head.readings == 0
    assert "no answer" in capsys.readouterr().out
