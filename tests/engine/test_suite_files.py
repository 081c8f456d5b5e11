"""Suite files: read with clear errors, and written so that they are read back as they were."""

from pathlib import Path

import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.plan import suite_of
from testbench.engine.suite_file import parse_suite, read_suite, suite_text
from testbench.errors import InputError

TRIMMED = """
[[suite]]
procedure = "repeatability"
settings = { repeats = 3, zero_between = false }

[[suite]]
procedure = "linearity"
settings.levels = [0.25, 0.75]
clause = { zh = "第 1 条", en = "clause 1" }
evidence = { mark = "P" }
"""


def test_a_suite_keeps_its_order_settings_and_clauses():
    first, second = parse_suite(TRIMMED, "my.toml")
    assert (first.procedure.name, first.settings.repeats, first.clause.en) == ("repeatability", 3, "")
    assert second.settings.levels == (0.25, 0.75)
    assert second.clause.zh == "第 1 条"


def test_what_is_written_is_read_back():
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    items = (*suite_of(standard)[::-1], *parse_suite(TRIMMED, "my.toml"))
    assert parse_suite(suite_text(items), "again.toml") == items


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"my.toml has no \[\[suite\]\] entry"),
        ("suite = []", r"has no \[\[suite\]\] entry"),
        ("suite = 3", "my.toml: suite: "),
        ("[[suite]", "my.toml is not valid TOML"),
        ('[[suite]]\nprocedure = "drift"\nsetting = {}', r"suite\[1\].setting: no such key"),
        ("[[suite]]\nsettings = {}", r"suite\[1\].procedure: is missing"),
        (
            '[[suite]]\nprocedure = "drift"\n[[suite]]\nprocedure = "drft"',
            r"suite\[2\]: unknown procedure 'drft'; did you mean",
        ),
        ('[[suite]]\nprocedure = "drift"\nsettings.days = 0', r"suite\[1\]: settings of procedure 'drift': days"),
        ('[[suite]]\nprocedure = "drift"\nsettings.span = nan', r"suite\[1\]: settings of procedure 'drift': span"),
        ('[[suite]]\nprocedure = "drift"\nclause = { zh = "x" }', r"suite\[1\].clause.en: is missing"),
        ("x = 1\n[[suite]]\nprocedure = 'drift'", "x: no such key"),
    ],
)
def test_a_wrong_suite_file_is_refused_by_file_and_key(text, told):
    with pytest.raises(InputError, match=told):
        parse_suite(text, "my.toml")


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_suite(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_suite(tmp_path)
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="save it as UTF-8"):
        read_suite(tmp_path / "odd.toml")
