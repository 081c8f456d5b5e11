"""Both catalogues say the same things, each in its own language."""

import re
import string
from enum import StrEnum

import pytest

from testbench.outcome import Outcome, RunState
from testbench.report.content import ConditionState, EvidenceMark, InstrumentRole, StandardKind
from testbench.report.glyphs import covered
from testbench.report.wording import wording
from testbench.text import Language

CHINESE, ENGLISH = wording(Language.CHINESE), wording(Language.ENGLISH)
# Symbols and names that are the same in Chinese text.
INTERNATIONAL = {
    "SIMULATED",
    "SHA",
    "JCGM",
    "U",
    "R",
    "K",
    "k",
    "u",
    "P",
    "S",
    "M",
    "C",
    "s",
    "h",
    "F",
    "T90",
    "CO2",
    "EPA",
    "QAL2",
    "QAL3",
    "m",
}


def test_both_catalogues_have_the_same_keys() -> None:
    assert CHINESE.entries.keys() == ENGLISH.entries.keys()


def test_entries_have_the_same_places_to_fill_in_both_languages() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    differing = [key for key in ENGLISH.entries if places(ENGLISH[key]) != places(CHINESE[key])]
    assert differing == []


def test_english_entries_hold_no_chinese() -> None:
    foreign = [k for k, text in ENGLISH.entries.items() if re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)]
    assert foreign == ["document.simulated"]


def test_chinese_entries_hold_no_english_words() -> None:
    for key, text in CHINESE.entries.items():
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]*", re.sub(r"\{.*?\}", "", text)))
        assert words <= INTERNATIONAL, key


def test_the_font_shows_every_entry() -> None:
    for words in (CHINESE, ENGLISH):
        assert {
            character for text in words.entries.values() for character in text if ord(character) not in covered()
        } == set()


@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("outcome", Outcome),
        ("run_state", RunState),
        ("condition_state", ConditionState),
        ("evidence", EvidenceMark),
        ("role", InstrumentRole),
        ("standard_kind", StandardKind),
    ],
)
def test_every_member_of_an_enumeration_has_a_word(group: str, members: type[StrEnum]) -> None:
    for member in members:
        assert CHINESE[f"{group}.{member.value}"]
        assert ENGLISH[f"{group}.{member.value}"]


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("controller.mfc-co2", "Flow controller mfc-co2, calibration", "流量控制器 mfc-co2，校准"),
        ("controller.mfc-co2.resolution", "Flow controller mfc-co2, resolution", "流量控制器 mfc-co2，分辨力"),
        ("divider.setting.mfc-n2", "Flow controller mfc-n2, setting to setting", "流量控制器 mfc-n2，重复设定"),
        ("cylinder.co2", "Cylinder co2, content", "气瓶 co2，含量"),
        ("cylinder.zero.impurity", "Cylinder zero, impurity", "气瓶 zero，杂质"),
        ("A.reading.repeatability", "Readings, repeatability", "读数，重复性"),
        ("B 2.1.reading.before.resolution", "Readings at the adjustment, resolution", "调整时的读数，分辨力"),
        ("scatter between readings.2", "Scatter between readings", "各次读数间的分散"),
        ("scatter between readings.0/0/0-16", "Scatter between readings, 16 m/s", "各次读数间的分散，16 m/s"),
        (
            "scatter between readings.10/0/0-5",
            "Scatter between readings, distorted flow, 5 m/s",
            "各次读数间的分散，畸变流场，5 m/s",
        ),
        ("profile and swirl", "Profile and swirl", "速度剖面与旋流"),
        ("line delay", "Gas line, delay", "气路，延迟"),
        ("something.else", "something.else", "something.else"),
    ],
)
def test_an_influence_is_named_in_words_and_unknown_names_stay(name: str, english: str, chinese: str) -> None:
    assert ENGLISH.influence(name) == english
    assert CHINESE.influence(name) == chinese


def test_names_that_the_catalogue_does_not_know_are_shown_as_they_are() -> None:
    assert CHINESE.name("characteristic", "zero_drift_24h") == "24 h 零点漂移"
    assert CHINESE.name("characteristic", "of_another_package") == "of_another_package"
    assert CHINESE.name("event", "safe state") == "安全状态"
