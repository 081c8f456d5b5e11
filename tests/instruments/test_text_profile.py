"""Text profiles: what a profile file may say, and an instrument that is added by one without code."""

import re

import pytest

from instruments.profile_files import parse_profile_text
from instruments.text_client import TextClient, TextKeys
from instruments.text_profile import TextProfile, read_text_profile, text_profile_names
from instruments.twin.text_profile import TextServer
from testbench.engine.roles import Identity, Sample, Status
from testbench.errors import InputError, InstrumentError

HEAD = 'name = "x"\nmaker = "m"\nmodel = "n"\ndocumented_by = "d"\nevidence = "e"\n'
GENERIC = read_text_profile("generic", TextProfile)


@pytest.fixture
def client(request):
    """`client(resource)` is an open client of the generic profile, or of another."""

    def start(resource, profile=GENERIC, **keys):
        made = TextClient("chamber", TextKeys(resource=resource, profile=profile.name, timeout_s=0.2, **keys), profile)
        request.addfinalizer(made.close)
        made.open()
        return made

    return start


def test_every_shipped_profile_can_be_read():
    assert "generic" in text_profile_names()
    for name in text_profile_names():
        profile = read_text_profile(name, TextProfile)
        assert profile.name == name
        assert profile.documented_by
        assert profile.evidence


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[quantities.T]\nask = "T?"\nanswer = "(a+)+"', "quantities.T.answer: repeats a group"),
        ('[quantities.T]\nask = "T?"\nanswer = "[0-9]+"', "quantities.T.answer: has no group that gives the value"),
        (
            '[quantities.T]\nask = "T?"\nreply = "T={value}"',
            "quantities.T: answer: the pattern does not fit the reply 'T=1'",
        ),
        ('[quantities.T]\nask = "T?"\nreply = "1"', "quantities.T: reply: has no place for the value"),
        ('[quantities.T]\nask = "T?"\nscale = 0.0', "quantities.T: scale must not be 0"),
        ('[quantities.T]\nask = "T?"\nflags = { A = "a" }', "has no group (?P<status>"),
        ('[quantities.T]\nask = "T?\\n"', "quantities.T.ask: holds a control character"),
        (
            '[quantities.T]\nask = "T?"\nanswer = \'(?P<value>\\d)(\\d*)\'\nreply = "{value:d}"\nvalid = [0.0, 50.0]',
            "the pattern reads '2' out of it, not the value 25",
        ),
        ('[settings.T]\nsend = "T {volt}"', "settings.T: 'send': nothing is known to stand at the place 'volt'"),
        ('[settings.T]\nsend = "T {value!r}"', "settings.T.send: has a single"),
        ('[settings.T]\nsend = "T {value}"\nread_back = "T"', "'settings.T.read_back': there is no quantity 'T'"),
        ('[settings.T]\nsend = "T {value}"\nreply = "OK"', "acknowledge and reply go together"),
        ('[settings.on]\nsend = "ON"\nread_back = "on"', "say what is read back after this setting"),
        ('[safe]\nstate = "off"\nsettings = ["off"]', "safe.settings: there is no setting 'off'"),
        ('[errors]\nreply = "1,\\"bad\\""', "errors: reply: must be the answer where there is no error"),
        ('[transport]\nframing = "lines"', "transport.framing: there is no framing 'lines'"),
        ('[identity]\nask = "*IDN?"\nanswer = "(?P<who>.*)"\nreply = "x"', "group 'who' is not known"),
        ("[quantities.T]\nasks = 1", "quantities.T.asks"),
        ("[", "not valid TOML"),
    ],
)
def test_a_profile_that_cannot_work_is_refused_by_file_and_key(text, why):
    with pytest.raises(InputError, match=r"profile ours\.toml") as caught:
        parse_profile_text(HEAD + text, "ours.toml", TextProfile)
    assert why in str(caught.value)


def test_an_unknown_profile_is_named_with_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"there is no text profile 'nobody'; shipped profiles: .*generic"):
        read_text_profile("nobody", TextProfile)
    with pytest.raises(InputError, match="does not exist"):
        read_text_profile(str(tmp_path / "ours.toml"), TextProfile)


def test_a_profile_of_the_lab_is_read_from_its_file(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(HEAD + '[quantities.T]\nask = "T?"', encoding="utf-8")
    assert read_text_profile(str(path), TextProfile).quantity("T").ask == "T?"


def test_an_instrument_is_asked_set_and_left_safe_by_its_profile(kind, loopback, client):
    chamber = client(loopback(TextServer(GENERIC, "", {"temperature": lambda: 21.5}), kind))
    assert chamber.identify() == Identity("Example", "CC-1 (simulated)", "0", "1.0")
    assert chamber.read("temperature") == Sample(21.5)
    assert chamber.set("temperature", -10.006) == -10.01
    assert chamber.read("temperature-setpoint") == Sample(-10.01)
    chamber.set("on")
    assert chamber.read("output").value == 1.0
    outcome = chamber.drive_safe()
    assert (outcome.state, outcome.verified, outcome.read_back) == ("output off", True, "output 0")


def test_the_dialogue_is_what_the_profile_says(fault_peer, client):
    heard = []

    def script(talk):
        for answer in (b"23.10 C,OK\r\n", b"OK\r\n", b'+0,"No error"\r\n', b"5.00\r\n"):
            heard.append(talk.hear())
            talk.say(answer)

    chamber = client(fault_peer(script).resource())
    assert chamber.read("temperature") == Sample(23.1)
    assert chamber.set("temperature", 5.0) == 5.0
    assert heard == [b"MEAS:TEMP?\n", b"TEMP 5.00\n", b"SYST:ERR?\n", b"TEMP?\n"]


@pytest.mark.parametrize(
    ("answer", "value", "raw"),
    [
        (b"---- C,OK\r\n", None, "---- C,OK"),
        (b"23.10 C,DOOR\r\n", 23.1, "DOOR: door open"),
        (b"150.00 C,OK\r\n", 150.0, "150.00 C,OK"),
    ],
)
def test_a_reading_that_cannot_be_trusted_is_flagged(fault_peer, client, answer, value, raw):
    def script(talk):
        talk.hear()
        talk.say(answer)

    sample = client(fault_peer(script).resource()).read("temperature")
    assert (sample.status, sample.raw) == (Status.FLAGGED, raw)
    assert (sample.value == value) is (value is not None)


def test_an_unsolicited_line_is_passed_over(fault_peer, client):
    def script(talk):
        talk.hear()
        talk.say(b"HELLO\r\n23.10 C,OK\r\n")

    assert client(fault_peer(script).resource()).read("temperature").value == 23.1


def test_a_value_outside_the_range_is_refused_before_anything_is_sent(fault_peer, client):
    heard = []
    chamber = client(fault_peer(lambda talk: heard.append(talk.hear())).resource())
    for value in (100.01, -41.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match=r"temperature cannot be set to .*; it takes -40 to 100 °C"):
            chamber.set("temperature", value)
    chamber.close()
    assert not any(heard)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([b"ERR 5\r\n"], "refuses 'TEMP 5.00' with 'ERR 5'"),
        ([b"OK\r\n", b'-222,"Data out of range"\r\n', b'0,"No error"\r\n'], "it reports -222,"),
        ([b"OK\r\n", b'0,"No error"\r\n', b"4.00\r\n"], "temperature was set to 5 °C, reads back 4 °C"),
        ([b"EH\r\n"], "no answer to|answered|chamber"),
    ],
)
def test_a_setting_that_is_not_taken_is_an_error(fault_peer, client, answers, why):
    def script(talk):
        for answer in answers:
            talk.hear()
            talk.say(answer)
        talk.hear()

    chamber = client(fault_peer(script).resource(), tries=1)
    with pytest.raises(InstrumentError, match=why):
        chamber.set("temperature", 5.0)


def test_a_peer_without_end_of_line_does_not_fill_the_memory(fault_peer, client):
    def script(talk):
        talk.hear()
        talk.say(b"1" * 5000)
        talk.hear()

    with pytest.raises(InstrumentError, match=r"without the end of a line|no answer"):
        client(fault_peer(script).resource(), tries=1).read("temperature")


CLINK = """
[transport]
framing = "c-link"
address = "49"
[quantities.o3]
ask = "o3"
answer = '(?P<value>[+-]?\\d+\\.\\d+E[+-]\\d+) ppb'
reply = "{value:.3E} ppb"
unit = "ppb"
"""


def test_a_profile_may_choose_c_link_frames(fault_peer, client, loopback):
    profile = parse_profile_text(HEAD + CLINK, "ours.toml", TextProfile)
    assert client(loopback(TextServer(profile, "49", {"o3": lambda: 72.8})), profile).read("o3") == Sample(72.8)
    heard = []

    def script(talk):
        heard.append(talk.hear())
        talk.say(b"flow 1.0\ro3 7.280E+01 ppb\n" + b"sum %04x\r" % (sum(b"o3 7.280E+01 ppb\n") & 0xFFFF))

    assert client(fault_peer(script).resource(), profile).read("o3") == Sample(72.8)
    assert heard == [b"\xb1o3\r"]
    with pytest.raises(InputError, match="is no instrument id"):
        client("TCPIP::127.0.0.1::1::SOCKET", profile, address="200")


def test_a_command_that_the_profile_does_not_know_stands_in_the_queue_of_errors():
    connection = TextServer(GENERIC, "", {}).connect()
    assert connection.receive(b"NONS") + connection.receive(b"ENSE\nSYST:ERR?\nSYST:ERR?\n") == (
        b'-113,"Undefined header"\r\n0,"No error"\r\n'
    )
    assert re.search(rb"-222", connection.receive(b"TEMP 999.00\nSYST:ERR?\n"))
