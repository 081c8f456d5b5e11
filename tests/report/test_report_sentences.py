"""What instruments and procedures leave in the record is said in the report's language, and never lost."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from testbench.metrology.repeatability import repeatability
from testbench.metrology.response import step_response
from testbench.report.sentences import sentences
from testbench.report.wording import wording
from testbench.text import Language

CHINESE, ENGLISH = wording(Language.CHINESE), wording(Language.ENGLISH)


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("flow 0", "流量为 0"),
        ("measures sample gas", "测量样气"),
        ("gas mode sample", "气路状态：样气"),
        ("set-point 0, flow 0.002 L/min", "设定值 0，流量 0.002 L/min"),
        ("A: not stable after 1800 s; the readings go on", "A：1800 s 后仍未稳定，继续读数"),
        ("分析仪 1: span not adjusted, there was no reading", "分析仪 1：因无读数，量程未调整"),
        ("voltage is 190 V; the standard asks for 198 to 242 V", "供电电压为 190 V；标准要求 198 ~ 242 V"),
        ("humidity is 90 %; the standard asks for at most 85 %", "相对湿度为 90 %；标准要求不大于 85 %"),
        ("temperature is 3 °C; the standard asks for at least 15 °C", "温度为 3 °C；标准要求不小于 15 °C"),
        ("zero could not be adjusted: there was no reading", "因无读数，零点无法调整"),
        (
            "daq (twin): no answer within 1 s; given up after 5 readings in a row without an answer",
            "daq (twin)：1 s 内无应答；连续 5 次读数无应答，已放弃",
        ),
        (
            "nobody watched the bench for 3 min (bench time 12.0 s to 192.0 s)",
            "台架无人监视 3 min（台架时间 12.0 s 至 192.0 s）",
        ),
        (
            "the process that ran the bench was lost; readings of up to 1 s of real time before may be missing",
            "运行台架的进程已丢失；此前最多 1 s（实际时间）的读数可能缺失",
        ),
        ("no reading on day 3; a reading is infinite", "第 3 日无读数；有读数为无穷大"),
    ],
)
def test_recorded_sentences_are_said_in_chinese(said: str, chinese: str) -> None:
    assert CHINESE.tell(said) == chinese


def test_a_limit_on_one_side_reads_well_in_english_too() -> None:
    said = "humidity is 90 %; the standard asks for at most 85 %"
    assert ENGLISH.tell(said) == "Relative humidity is 90 %; the standard asks for at most 85 %"


@pytest.mark.parametrize("text", ["", "a note of the operator", "看了一下；正常", "a; b", "{text}", "flow 0 again"])
def test_other_texts_are_shown_as_they_are(text: str) -> None:
    assert CHINESE.tell(text) == text
    assert ENGLISH.tell(text) == text


def test_every_sentence_has_a_chinese_text_with_known_places() -> None:
    for sentence in sentences():
        assert Language.CHINESE in sentence.words
        for text in sentence.words.values():
            assert set(re.findall(r"{(\w+)}", text)) <= set(sentence.pieces[1::2]), text


def _response(values: list[float]) -> None:
    times = np.arange(len(values), dtype=float)
    step_response(times, np.array(values), switch_time=0.0, start_value=0.0, nominal_value=20.0)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: repeatability([20.0]),
        lambda: repeatability([-1.0, 0.5, 0.2]),
        lambda: _response([0.0] * 200),
        lambda: _response([20.0] * 200),
        lambda: _response([0.0, np.nan, np.nan, np.nan]),
    ],
)
def test_reasons_why_nothing_could_be_determined_are_said_in_chinese(refused: Callable[[], None]) -> None:
    with pytest.raises(ValueError, match=" ") as error:
        refused()
    assert re.findall("[A-Za-z]{3,}", CHINESE.tell(str(error.value))) == []
