"""Text is made showable: nothing the font lacks reaches the page, and nothing is dropped in silence."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.report.glyphs import FAMILY, Clean, covered, face_index, font_path


@given(st.text(st.characters(), max_size=60))
def test_whatever_is_written_the_font_can_show_it(text: str) -> None:
    shown = Clean().text(text)
    assert all(ord(character) in covered() for character in shown)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("CO₂", "CO2"),
        ("10⁻⁶ mol", "10^−6 mol"),
        ("mg/m³", "mg/m³"),  # the font has this one
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("thin\u2009space", "thin space"),
        ("µmol/mol ± 2 °C ≤ Ω", "µmol/mol ± 2 °C ≤ Ω"),
        ("烟气 #strong[x] $1$", "烟气 #strong[x] $1$"),
    ],
)
def test_plain_forms_replace_what_the_font_lacks(written: str, shown: str) -> None:
    clean = Clean()
    assert clean.text(written) == shown
    assert clean.code_points() == []


def test_what_cannot_be_shown_becomes_a_box_and_is_remembered() -> None:
    clean = Clean()
    assert clean.text("a🙂b\x07c\ud800\u202ed") == "a□b□c□□d"
    assert clean.code_points() == ["U+0007", "U+202E", "U+D800", "U+1F642"]


def test_a_whole_tree_is_cleaned_and_keeps_its_shape() -> None:
    tree = Clean().tree({"a\x00": ["CO₂", 1.5, None, True, {"b": ("x\u200b",)}]})
    assert tree == {"a□": ["CO2", 1.5, None, True, {"b": ["x□"]}]}


def test_the_font_is_the_simplified_chinese_face_of_the_installed_collection() -> None:
    assert font_path().is_file()
    assert face_index() >= 0
    assert FAMILY == "Noto Sans CJK SC"
