"""Frames of HJ 212: published ones byte by byte, odd and broken ones, streams, and messages in packets."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.hj212 import (
    Defect,
    DefectKind,
    Flag,
    Frame,
    FrameReader,
    FrameRefusedError,
    Item,
    Joiner,
    Refused,
    Segment,
    build_frame,
    crc,
    parse_frame,
    parse_segment,
)
from instruments.hj212.codes import FACTORS, find_factor
from instruments.hj212.segment import group

INTERVAL = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n"
)
DATA = (
    b"##0173QN=20260101120000000;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260101120000;"
    b"a05001-Rtd=12.340,a05001-Flag=N;a01011-Rtd=10.25,a01011-Flag=N&&0CC0\r\n"
)
ACKNOWLEDGED = b"##0087QN=20260101120000000;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&8F81\r\n"
EXAMPLES = (INTERVAL, DATA, ACKNOWLEDGED)  # the first is published, the others were built

# Frames that loggers really sent, as published with public parsers: frame, whether its sum is right, whether its length is.
SEEN = (
    (
        "##0204QN=20191112091100598;ST=31;CN=2051;PW=123456;MN=14513567846884;PNO=0002;PNUM=0002;CP=&&DataTime=20191112090000;"
        "a01006-Avg=101.85,a01006-Min=101.84,a01006-Max=101.87,a01006-ValidNum=10,a01006-TotalNum=10&&2800",
        True,
        True,
    ),
    (
        "##0318ST=31;CN=2011;PW=123456;MN=44011600300021;CP=&&DataTime=20190821113000;S01-Rtd=20.70,S01-Flag=N;S02-Rtd=11,"
        "S02-Flag=N;S03-Rtd=28.36,S03-Flag=N;S05-Rtd=2.30,S05-Flag=N;S08-Rtd=0.3,S08-Flag=N;01-Rtd=1,01-ZsRtd=12,01-Flag=N;"
        "02-Rtd=2,02-ZsRtd=20,02-Flag=N;03-Rtd=1.75,03-ZsRtd=69.91,03-Flag=N;B02-Rtd=508166.63,B02-Flag=N&&59C0",
        False,
        False,
    ),
    (
        "##0218ST=32;CN=2011;PW=123456;,MN=88888881234567;FLAG=0;CP=&&DataTime=20180306120000;001-Rtd=6.951,001-Flag=N;"
        "060-Rtd=23.400,060-Flag=N;011-Rtd=134.119,011-Flag=N;B01-Rtd=382.222,B01-Flag=N;B00-Rtd=156720160.000,B00-Flag=N&&2940",
        True,
        True,
    ),
)
COLLECTION = Path(__file__).parent / "hj212_frames.json"
"""Frames as published with public parsers and their tests, right and wrong ones, and what is right and wrong in them."""


def kinds(frame: Frame | Refused | FrameRefusedError | Segment) -> set[DefectKind]:
    return {defect.kind for defect in frame.defects}


def whole(segment: str) -> bytes:
    return build_frame(segment)


def refusal(data: bytes) -> FrameRefusedError:
    with pytest.raises(FrameRefusedError) as caught:
        parse_frame(data)
    return caught.value


# ---- Published frames ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", EXAMPLES)
def test_a_frame_is_read_strictly_and_built_again_byte_by_byte(data: bytes) -> None:
    frame = parse_frame(data)
    assert frame.defects == ()
    assert build_frame(frame.segment) == data
    assert crc(data[6:-6]) == int(data[-6:-2], 16)


def test_the_sum_is_not_that_of_modbus() -> None:
    register = 0xFFFF
    for byte in INTERVAL[6:-6]:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    assert register == 0x0759
    assert crc(INTERVAL[6:-6]) == 0x1C80


def test_the_parts_of_a_segment_have_types() -> None:
    segment = parse_frame(DATA).segment
    assert (segment.qn, segment.st, segment.cn, segment.pw) == ("20260101120000000", "31", 2011, "123456")
    assert segment.mn == "010000A8900016F000169DC0"
    assert segment.flag == Flag(5)
    assert (segment.flag.acknowledge, segment.flag.numbered, segment.flag.version) == (True, False, 1)
    assert segment.data_time is not None
    assert segment.data_time.isoformat() == "2026-01-01T12:00:00"
    carbon_dioxide = segment.readings["a05001"]
    assert (carbon_dioxide.number("Rtd"), carbon_dioxide.flag, carbon_dioxide.number("Avg")) == (12.34, "N", None)
    assert list(segment.readings) == ["a05001", "a01011"]


@pytest.mark.parametrize(("text", "crc_ok", "length_ok"), SEEN)
def test_a_frame_that_a_logger_really_sent_is_refused_or_read_with_every_departure(
    text: str, crc_ok: bool, length_ok: bool
) -> None:
    data = text.encode() + b"\r\n"
    frame = parse_frame(data, strict=False)
    assert (frame.crc_ok, frame.length_ok) == (crc_ok, length_ok)
    assert (DefectKind.CRC in kinds(frame)) is not crc_ok
    assert (DefectKind.LENGTH in kinds(frame)) is not length_ok
    assert kinds(refusal(data)) == kinds(frame)


def test_every_departure_of_a_frame_of_2005_is_named() -> None:
    missing_comma, old, stray = (parse_frame(text.encode() + b"\r\n", strict=False) for text, *_ in SEEN)
    assert kinds(missing_comma) == {DefectKind.MISSING, DefectKind.ORDER}
    assert kinds(old) == {DefectKind.LENGTH, DefectKind.CRC, DefectKind.MISSING, DefectKind.OLD_CODE}
    assert kinds(stray) == {DefectKind.STRAY, DefectKind.KEY_CASE, DefectKind.MISSING, DefectKind.VERSION}
    assert stray.segment.mn == "88888881234567"
    assert old.segment.readings["01"].number("ZsRtd") == 12.0


def test_every_frame_of_the_collection_is_judged_as_stated() -> None:
    for stated in json.loads(COLLECTION.read_text(encoding="utf-8")):
        data = stated["frame"].encode() + b"\r\n"
        frame = parse_frame(data, strict=False)
        assert (frame.crc_ok, frame.length_ok) == (stated["crc_ok"], stated["length_ok"]), stated
        assert f"{crc(frame.text.encode()):04X}" == stated["crc"]
        if not frame.defects:
            assert parse_frame(data) == frame
        else:
            assert kinds(refusal(data)) == kinds(frame)


# ---- Odd and broken frames -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (INTERVAL.replace(b"1C80", b"1c80"), DefectKind.CRC_CASE),
        (INTERVAL.replace(b"1C80", b"1C81"), DefectKind.CRC),
        (INTERVAL.replace(b"1C80", b"1C8"), DefectKind.CRC_FORM),
        (INTERVAL.replace(b"0101QN", b"0100QN"), DefectKind.LENGTH),
        (INTERVAL.replace(b"0101QN", b" 101QN"), DefectKind.LENGTH_FORM),
        (INTERVAL.replace(b"0101QN", b"101QN"), DefectKind.LENGTH_FORM),
        (INTERVAL.replace(b"0101QN", b"00101QN"), DefectKind.LENGTH_FORM),
        (b" " + INTERVAL, DefectKind.STRAY),
        (INTERVAL.replace(b"\r\n", b" \r\n"), DefectKind.STRAY),
        (INTERVAL[:-2], DefectKind.END),
        (INTERVAL[:-2] + b"\n", DefectKind.END),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;CP=&&&&"), DefectKind.MISSING),
        (whole("ST=32;CN=1062;PW=100000;MN=1;Flag=5;CP=&&&&"), DefectKind.MISSING),
        (whole("QN=20161301085857223;ST=32;CN=1062;PW=100000;MN=1;Flag=5;CP=&&&&"), DefectKind.FORM),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;Flag=5;CP=&&a=1;&&"), DefectKind.STRAY),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000; MN=1;Flag=5;CP=&&a=1&&"), DefectKind.STRAY),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;MN=2;Flag=5;CP=&&a=1&&"), DefectKind.TWICE),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;Flag=5;Colour=red;CP=&&&&"), DefectKind.UNKNOWN_FIELD),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;Flag=5;CP=a=1"), DefectKind.CP),
        (whole("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=1;Flag=5;CP=&&a&&"), DefectKind.ITEM),
        (whole("QN=20160801085857223;ST=32;CN=2011;PW=1;MN=1;Flag=5;CP=&&a-Rtd=1,a-Rtd=2&&"), DefectKind.TWICE),
        (whole("QN=20160801085857223;ST=32;CN=2011;PW=1;MN=1;Flag=5;CP=&&DataTime=20160230085800&&"), DefectKind.FORM),
        (whole("QN=20160801085857223;ST=32;CN=2011;PW=100000;MN=1;Flag=13;CP=&&&&"), DefectKind.VERSION),
        (whole("QN=20160801085857223;ST=31;CN=2011;PW=100000;MN=1;Flag=5;CP=&&02-Rtd=1&&"), DefectKind.OLD_CODE),
        (whole("QN=20160801085857223;ST=31;CN=2011;PW=100000;MN=1;Flag=7;PNUM=2;PNO=3;CP=&&&&"), DefectKind.PACKET),
        (build_frame("QN=20160801085857223;ST=31;CN=2011;PW=1;MN=1;Flag=5;CP=&&i-Info=烟&&".encode()), DefectKind.NOT_ASCII),
    ],
)
def test_a_departure_is_a_reason_to_refuse_and_leniently_it_is_named(data: bytes, kind: DefectKind) -> None:
    assert kinds(parse_frame(data, strict=False)) == {kind}
    assert kinds(refusal(data)) == {kind}


def test_a_frame_of_2025_is_recognised_by_its_flag() -> None:
    segment = parse_frame(whole("QN=20160801085857223;ST=31;CN=2011;PW=1;MN=1;Flag=9;CP=&&&&")).segment
    assert segment.flag is not None
    assert (segment.flag.version, segment.flag.acknowledge) == (2, True)
    assert Flag.of(acknowledge=True, version=2) == segment.flag


@pytest.mark.parametrize("data", [b"", b"##", b"##0000", b"hello\r\n", INTERVAL[2:], INTERVAL * 2, b"##" + b"0" * 20000])
@pytest.mark.parametrize("strict", [True, False])
def test_what_is_no_single_frame_is_refused_in_words(data: bytes, strict: bool) -> None:
    with pytest.raises(FrameRefusedError, match=r"^HJ 212 frame refused: "):
        parse_frame(data, strict=strict)


def test_a_frame_that_cannot_be_stated_is_not_built() -> None:
    with pytest.raises(FrameRefusedError, match="9999 at most"):
        build_frame("x" * 10000)
    with pytest.raises(FrameRefusedError, match="ASCII"):
        build_frame("烟")


def test_what_is_not_known_is_kept() -> None:
    segment = parse_segment("QN=20160801085857223;ST=31;CN=2011;PW=1;MN=1;Flag=4;CP=&&x1-Odd=7,x1-Flag=Q;Place=A;loose&&")
    assert segment.readings["x1"].fields == {"Odd": "7", "Flag": "Q"}
    assert segment.parameter("Place") == "A"
    assert segment.items[-1] == Item("loose", None)
    assert str(segment).endswith("CP=&&x1-Odd=7,x1-Flag=Q;Place=A;loose&&")


@pytest.mark.parametrize("text", ["nan", "inf", "1_0", "", "1e999", "٣", "0x10", "1,5"])
def test_what_is_no_decimal_number_has_no_value(text: str) -> None:
    assert group(("a-Rtd", text))[0].value == text
    assert Segment(groups=(group(("a-Rtd", text)),)).readings["a"].number("Rtd") is None


def test_codes_of_both_versions_and_names_lead_to_one_pollutant() -> None:
    assert find_factor("CO2") == find_factor("a05001") == find_factor("30") == FACTORS["a05001"]
    assert (find_factor("S01"), find_factor("a99999")) == (FACTORS["a19001"], None)


# ---- Streams -------------------------------------------------------------------------------------------------------------


def taken(*pieces: bytes, strict: bool = False) -> list[Frame | Refused]:
    reader = FrameReader(strict=strict)
    return [found for piece in pieces for found in reader.feed(piece)]


def test_frames_come_in_pieces_and_together() -> None:
    stream = b"".join(EXAMPLES)
    expected = [parse_frame(data) for data in EXAMPLES]
    assert taken(stream) == expected
    assert taken(*(bytes([byte]) for byte in stream)) == expected


@pytest.mark.parametrize("between", [b"OK\r\n", b"#", b"###", b"\x00\xff##\r\n", b"##01\r\n", b"##9999\n", INTERVAL[:40]])
@pytest.mark.parametrize("strict", [True, False])
def test_after_anything_else_the_next_frames_are_found(between: bytes, strict: bool) -> None:
    for stream in ([INTERVAL + between + DATA + ACKNOWLEDGED], [INTERVAL, between, DATA, ACKNOWLEDGED]):
        found = taken(*stream, strict=strict)
        assert [piece for piece in found if isinstance(piece, Frame)] == [parse_frame(data) for data in EXAMPLES]
        refused = [piece for piece in found if isinstance(piece, Refused)]
        assert refused
        assert all(piece.defects for piece in refused)


def test_empty_lines_between_frames_are_nothing() -> None:
    assert taken(b"\r\n" + INTERVAL + b"\r\n\r\n" + DATA) == [parse_frame(INTERVAL), parse_frame(DATA)]


def test_a_frame_cut_off_by_the_next_one_is_refused_as_truncated() -> None:
    refused, frame = taken(INTERVAL[:-30] + DATA)
    assert isinstance(refused, Refused)
    assert DefectKind.TRUNCATED in kinds(refused)
    assert frame == parse_frame(DATA)


def test_a_length_that_is_too_long_does_not_swallow_the_line_after_it() -> None:
    found = taken(INTERVAL.replace(b"##0101", b"##0901"), DATA)
    assert [kinds(frame) for frame in found] == [{DefectKind.LENGTH}, set()]


def test_strictly_a_frame_with_a_departure_is_refused_in_its_place() -> None:
    broken, right = taken(INTERVAL.replace(b"1C80", b"1c80") + DATA, strict=True)
    assert isinstance(broken, Refused)
    assert kinds(broken) == {DefectKind.CRC_CASE}
    assert right == parse_frame(DATA)


def test_a_frame_without_line_end_is_taken_when_another_follows_or_nothing_more_comes() -> None:
    reader = FrameReader()
    assert reader.feed(INTERVAL[:-2]) == []
    (first,) = reader.feed(DATA[:-2])
    assert kinds(first) == {DefectKind.END}
    (second,) = reader.flush()
    assert kinds(second) == {DefectKind.END}
    assert reader.flush() == []


def test_a_peer_that_never_ends_does_not_fill_the_memory() -> None:
    for endless in (b"##9999QN=" + b"x" * 50, b"x" * 50, b"#", b"##", b"##0001"):
        reader = FrameReader()
        for _ in range(200):
            for refused in reader.feed(endless * 20):
                assert isinstance(refused, Refused)
                assert len(refused.data) <= 200
        assert len(reader._buffer) <= 20_200


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("#01239QNSTCPWMFlag=&;,-ab\r\n ", max_size=300).map(str.encode)))
def test_no_bytes_raise_anything_but_the_refusal(data: bytes) -> None:
    for candidate in (data, b"##" + data, build_frame(data)):
        for strict in (True, False):
            with suppress(FrameRefusedError):
                assert parse_frame(candidate, strict=strict).segment.cn is not None
    reader = FrameReader()
    found = reader.feed(data + b"\r\n" + DATA) + reader.flush()
    assert found[-1] == parse_frame(DATA)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_frame_goes_unnoticed(position: int, change: int) -> None:
    broken = bytearray(DATA)
    broken[position] ^= change
    with pytest.raises(FrameRefusedError):
        parse_frame(bytes(broken))


NAMES = st.from_regex(r"[a-z][0-9]{5}-(Rtd|Avg|ZsMax|Flag|SampleTime|Odd)|Info[0-9]", fullmatch=True)
ITEMS = st.builds(Item, NAMES, st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,3})?|[NFMSDCTB]", fullmatch=True))
SEGMENTS = st.builds(
    Segment,
    qn=st.dates(dt.date(2016, 1, 1), dt.date(2099, 1, 1)).map(lambda day: f"{day:%Y%m%d}120000123"),
    st=st.from_regex(r"[0-9]{2}", fullmatch=True),
    cn=st.integers(1000, 9999),
    pw=st.from_regex(r"[0-9]{6}", fullmatch=True),
    mn=st.from_regex(r"[0-9A-F]{14,24}", fullmatch=True),
    flag=st.sampled_from([4, 5, 8, 9]).map(Flag),
    groups=st.lists(st.lists(ITEMS, min_size=1, max_size=4).map(tuple), max_size=6).map(tuple),
).filter(lambda segment: len({item.name for item in segment.items}) == len(segment.items))


@settings(max_examples=50, deadline=None)
@given(SEGMENTS)
def test_a_segment_that_was_built_is_read_as_it_was(segment: Segment) -> None:
    frame = parse_frame(build_frame(segment))
    assert frame.segment == segment
    assert frame.text == str(segment)


# ---- Packets -------------------------------------------------------------------------------------------------------------


def packet(pno: int, pnum: int = 3, *, qn: str = "20260101120000000", **more: Any) -> Segment:
    data = f"DataTime=20260101110000;a0000{pno}-Avg={pno}"
    return parse_segment(f"QN={qn};ST=31;CN=2061;PW=1;MN=M;Flag=7;PNUM={pnum};PNO={pno};CP=&&{data}&&")


def test_packets_in_any_order_and_twice_are_one_message() -> None:
    joiner = Joiner()
    assert [joiner.add(packet(number), 0.0) for number in (3, 1, 3)] == [None, None, None]
    whole_message = joiner.add(packet(2), 1.0)
    assert whole_message is not None
    assert str(whole_message) == (
        "QN=20260101120000000;ST=31;CN=2061;PW=1;MN=M;Flag=5;"
        "CP=&&DataTime=20260101110000;a00001-Avg=1;a00002-Avg=2;a00003-Avg=3&&"
    )
    assert joiner.expire(1000.0) == []


def test_a_message_of_one_packet_waits_for_nothing() -> None:
    alone, unnumbered = packet(1, 1), parse_frame(DATA).segment
    assert Joiner().add(alone, 0.0) is alone
    assert Joiner().add(unnumbered, 0.0) is unnumbered


def test_a_missing_packet_is_given_up_and_named() -> None:
    joiner = Joiner(wait_s=30.0)
    joiner.add(packet(1), 0.0)
    joiner.add(packet(3), 20.0)
    assert joiner.expire(30.0) == []
    (missing,) = joiner.expire(30.1)
    assert (missing.packets, missing.first.mn) == ((2,), "M")
    assert joiner.add(packet(2), 31.0) is None, "it belongs to nothing any more"


def test_messages_that_never_end_do_not_fill_the_memory() -> None:
    joiner = Joiner()
    for number in range(200):
        joiner.add(packet(1, qn=f"20260101120000{number:03}"), 0.0)
        joiner.expire(0.0)
    assert len(joiner._messages) <= 16
    assert joiner.add(packet(1, 9999), 0.0) is not None


def test_a_defect_says_what_was_found() -> None:
    assert str(Defect(DefectKind.CRC, "the sum is wrong")) == "the sum is wrong"
