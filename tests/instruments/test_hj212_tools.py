"""The tools for HJ 212: frames in words, captured and as they come, and a data logger to try out a platform with."""

from __future__ import annotations

import datetime as dt
import re
import threading
import tomllib
from pathlib import Path

import pytest

from instruments import hj212
from instruments.hj212 import DefectKind, FrameReader, build_frame, logger, parse_frame
from instruments.hj212.answering import LoggerSide
from instruments.hj212.codes import SystemType
from instruments.hj212.decoding import described
from instruments.hj212.device import Hj212Settings
from instruments.tools import hj212_listen
from testbench import cli
from testbench.errors import InputError, InstrumentError
from testbench.text import Language

MN = "010000A8900016F000169DC0"
DATA = build_frame(
    f"QN=20260101120000000;ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime=20260101120000;"
    "a05001-Rtd=12.340,a05001-Flag=D;x9-Odd=1&&"
)
BROKEN = DATA.replace(b"12.340", b"12.341").replace(b"Flag=5", b"FLAG=5")


# ---- In words -----------------------------------------------------------------------------------------------------------


def test_a_frame_is_told_in_both_languages() -> None:
    frame = parse_frame(DATA)
    assert list(described(frame, Language.ENGLISH)) == [
        f"CN 2011 real-time data  ST 31  MN {MN}  QN 20260101120000000  Flag 5 (version 2017, ACK)",
        "    DataTime=20260101120000",
        "    a05001  CO2           Rtd 12.340  Flag D (fault)",
        "    x9                    Odd 1",
    ]
    chinese = list(described(frame, Language.CHINESE))
    assert chinese[0].startswith("CN 2011 实时数据")
    assert "二氧化碳" in chinese[2]
    assert "故障" in chinese[2]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_text_is_shown_as_it_was_written(encoding: str) -> None:
    frame = parse_frame(build_frame("CN=3020;CP=&&i12007-Info=正常;状态=1&&".encode(encoding)), strict=False)
    assert [line.split() for line in described(frame, Language.CHINESE)][1:3] == [["状态=1"], ["i12007", "Info", "正常"]]


def test_every_departure_is_told_in_both_languages() -> None:
    frame = parse_frame(BROKEN, strict=False)
    english = [line for line in described(frame, Language.ENGLISH) if "!" in line]
    assert english[0].startswith("  ! the sum is ")
    assert english[1] == "  ! the field Flag is written FLAG"
    chinese = [line for line in described(frame, Language.CHINESE) if "!" in line]
    assert chinese[1] == "  ! 字段 Flag 写作 FLAG"
    (refused,) = FrameReader().feed(b"hello\r\n##")
    assert list(described(refused, Language.CHINESE))[-1] == "  ! 7 个字节不属于任何帧"


# ---- Captured ------------------------------------------------------------------------------------------------------------


def test_a_file_of_frames_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    captured = tmp_path / "captured.txt"
    captured.write_bytes(DATA.replace(b"\r", b"") + DATA.replace(b"\r\n", b""))
    command = ["instruments", "hj212-check", str(captured), "--language", "en"]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.endswith("frames: 2, as the standard has it: 2; pieces that are no frames: 0\n")
    captured.write_bytes(DATA + b"noise\r\n" + BROKEN)
    assert cli.main(command) == 1
    assert capsys.readouterr().out.endswith("frames: 2, as the standard has it: 1; pieces that are no frames: 1\n")


@pytest.mark.parametrize("content", [None, b"", b"\r\n"])
def test_a_file_without_frames_is_refused(tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    captured = tmp_path / "captured.txt"
    if content is not None:
        captured.write_bytes(content)
    assert cli.main(["instruments", "hj212-check", str(captured)]) == 2
    assert "captured.txt" in capsys.readouterr().err


# ---- As it comes ---------------------------------------------------------------------------------------------------------


def played(port: int, side: LoggerSide, player: logger.Player, count: int) -> list[str]:
    said: list[str] = []
    logger.play(side, player, "127.0.0.1", port, count, True, said.append)
    return said


def test_what_a_logger_sends_is_shown_and_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "values.csv"
    table.write_text("CO2,SO2-Rtd,SO2-Flag\n1.5,7,N\n2.5,8,M\n", encoding="utf-8")
    monkeypatch.setattr(logger, "AGAIN_S", 0.05)
    player = logger.Player(logger.read_rows(table))
    noon = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001 - HJ 212 states no zone
    side = LoggerSide(MN, "123456", SystemType.AIR_SOURCE, player.now, lambda: noon, interval_s=0)
    shown: list[str] = []
    ready = threading.Event()

    def say(line: str) -> None:
        shown.append(line)
        ready.set()

    listening = threading.Thread(target=hj212_listen.listen, args=("127.0.0.1", 0, Language.ENGLISH, 2, say))
    listening.start()
    assert ready.wait(5.0)
    port = int(shown[0].split(":")[1].split(";")[0])
    assert played(port, side, player, 2) == [f"127.0.0.1:{port}: connected", f"127.0.0.1:{port}: disconnected"]
    listening.join(5.0)
    assert not listening.is_alive()
    text = "\n".join(shown)
    assert "a05001  CO2           Rtd 1.5  Flag N" in text
    assert "a21026  SO2           Rtd 8  Flag M (maintenance)" in text
    assert "!" not in text
    assert player.over


def test_listening_where_one_cannot_is_an_error() -> None:
    with pytest.raises(InstrumentError, match=r"cannot listen at 203.0.113.1:9212"):
        hj212_listen.listen("203.0.113.1", 9212, Language.ENGLISH, 1, print)
    assert cli.main(["instruments", "hj212-listen", "--port", "99999"]) == 2


# ---- A data logger -------------------------------------------------------------------------------------------------------


def test_names_and_codes_of_both_versions_can_be_sent() -> None:
    groups = logger.constant(["CO2=12.34", "30=1", "a19001-Avg=8.1", "x1=Q"])
    assert [",".join(map(str, group)) for group in groups] == [
        "a05001-Rtd=12.34,a05001-Flag=N",
        "30-Rtd=1,30-Flag=N",
        "a19001-Avg=8.1,a19001-Flag=N",
        "x1-Rtd=Q,x1-Flag=N",
    ]


@pytest.mark.parametrize("text", ["CO2", "CO2=", "CO2=1;2", "=1", "CO2=1&&", "a-b c=1"])
def test_what_would_break_a_segment_is_not_sent(text: str) -> None:
    with pytest.raises(InputError, match="cannot be sent; write CODE=VALUE"):
        logger.constant([text])


@pytest.mark.parametrize(
    ("text", "words"), [("", "has no values"), ("CO2\n", "has no values"), ("CO2\n1,2\n", "line 2: 2 values for 1")]
)
def test_a_table_that_cannot_be_played_is_refused(tmp_path: Path, text: str, words: str) -> None:
    table = tmp_path / "values.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        logger.read_rows(table)
    assert logger.main(["--port", "1", "--mn", MN, "--csv", str(table)]) == 2


# ---- The document --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> str:
    return (Path(__file__).parents[2] / "docs" / "hj212.md").read_text(encoding="utf-8")


def test_the_document_names_every_defect_and_every_key(document: str) -> None:
    assert [kind for kind in DefectKind if f"`{kind}`" not in document] == []
    own = set(Hj212Settings.model_fields) - set(Hj212Settings.__mro__[1].model_fields)
    assert [key for key in own if key not in document] == []


def test_its_example_is_a_table_of_the_driver(document: str) -> None:
    (table,) = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    keys = tomllib.loads(table)["devices"]["A"]
    own = {key: value for key, value in keys.items() if key in Hj212Settings.model_fields}
    assert Hj212Settings(**own).recorded[2].field == "Avg"


def test_its_example_of_the_grammar_names_what_there_is(document: str) -> None:
    (line,) = re.findall(r"^from instruments.hj212 import (.*)$", document, re.MULTILINE)
    assert set(line.split(", ")) <= set(hj212.__all__)
