"""Reading recorded test data: what is accepted, and what is refused with its place."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.criteria.recorded import kinds, parse_recorded, read_recorded, score_recorded
from testbench.criteria.standard import load_standard
from testbench.errors import InputError

LINEARITY = "test,parameter,unit,span,level,reference,measured\n"
CALIBRATION = "test,parameter,unit,span,date,level,reference,measured\n"
AUDIT = "test,parameter,unit,run,used,cems,reference\n"


def test_the_kind_is_told_from_the_columns() -> None:
    assert parse_recorded(LINEARITY + "T,SO2,ppm,100,low,25,24", "f").kind.name == "linearity"
    assert parse_recorded(CALIBRATION + "T,SO2,ppm,100,2021-05-03,zero,0,1", "f").kind.name == "calibration error"
    assert parse_recorded(AUDIT + "T,SO2,ppm,1,1,25,24", "f").kind.name == "relative accuracy audit"


def test_numbers_keep_the_digits_that_were_written() -> None:
    test = parse_recorded(LINEARITY + "T,SO2,ppm,100.000,low,25.010,-.5\nT,SO2,ppm,1e2,low,+25.,2.5E1", "f").tests[0]
    assert [str(row.number("reference")) for row in test.rows] == ["25.010", "25"]
    assert [row.number("measured") for row in test.rows] == [Decimal("-0.5"), Decimal(25)]
    assert test.span == 100


def test_comments_blanks_quotes_line_ends_and_column_order_do_not_matter() -> None:
    plain = parse_recorded(LINEARITY + "Unit#1,SO2,ppm,100,low,25,24\nUnit#1,SO2,ppm,100,low,25,26\n", "f")
    dressed = parse_recorded(
        "# exported yesterday\r\n\r\n  Measured , TEST,parameter,unit,span,level,reference # columns\r\n"
        '24,"Unit#1", SO2 ,ppm,100,LOW,25   # first\r\n,,,,,,\r\r\n   \r\n'
        "26,Unit#1,so2,PPM,100.0,low,25\r\n# end",
        "f",
    )
    columns = ("level", "reference", "measured")
    assert [[row.values[column] for column in columns] for row in dressed.tests[0].rows] == [
        [row.values[column] for column in columns] for row in plain.tests[0].rows
    ]
    assert dressed.tests[0].name == "Unit#1"


def test_a_sign_for_comments_inside_quotes_is_text() -> None:
    assert parse_recorded(LINEARITY + '"stack #2, east",SO2,ppm,,low,25,24', "f").tests[0].name == "stack #2, east"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_accepted(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(mark + (LINEARITY + "烟囱,SO2,ppm,,low,25,24").encode())
    assert read_recorded(path).tests[0].name == "烟囱"


def test_what_spreadsheets_add_is_passed_over(tmp_path: Path) -> None:
    """Empty cells behind the last column, the line that names the separator, and Chinese text in GB 18030."""
    path = tmp_path / "gbk.csv"
    path.write_bytes(("sep=,\r\n" + LINEARITY.strip() + ",,\r\n通道一,SO2,μmol/mol,,low,25,24,,\r\n").encode("gb18030"))
    (test,) = read_recorded(path).tests
    assert (test.name, test.unit, test.line, test.rows[0].number("measured")) == ("通道一", "μmol/mol", 3, 24)


def test_a_discarded_run_may_lack_its_values() -> None:
    first, second = parse_recorded(AUDIT + "T,SO2,ppm,1,0,,\nT,SO2,ppm,2,1,5,6", "f").tests[0].rows
    assert (first.flag("used"), first.number_or_empty("cems"), second.number("cems")) == (False, None, 5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no data"),
        ("# only a comment\n\n", "no data"),
        (LINEARITY, "no rows"),
        ("a,b,c\n1,2,3", "line 1: the first row must name the columns"),
        ("test;parameter;unit\n", "separate the columns by commas"),
        ("test,parameter,unit,span,level,reference\nT,SO2,ppm,,low,1", "line 1, column measured: is missing"),
        (LINEARITY.strip() + ",measured\n", "line 1, column measured: this column stands twice"),
        (LINEARITY.strip().replace("span,", "span,,") + "\n", "line 1: column 5 has no name"),
        (LINEARITY.strip() + ",,\nT,SO2,ppm,,low,25,24,7,", "line 2, column 8: the row has 8 cells"),
        (LINEARITY.strip() + ",colour\n", "line 1, column colour: no such column"),
        (LINEARITY.strip() + ",used\n", "line 1, column used: belongs to another kind"),
        (LINEARITY + "T,SO2,ppm,,low,25\n", "line 2, column measured: is missing"),
        (LINEARITY + "T,SO2,ppm,,low,25,1,5\n", "line 2, column 8: the row has 8 cells"),
        (LINEARITY + "T,SO2,ppm,,low,25,24\n\n" + LINEARITY, "line 4: the column names stand a second time"),
        (LINEARITY + "T,SO2,ppm,,low,25,24\n" + AUDIT, "line 3: column names of another kind"),
        (LINEARITY + 'T,SO2,ppm,,low,25,"24\n', "line 2: not comma-separated"),
        (LINEARITY + ",SO2,ppm,,low,25,24\n", "line 2, column test: is empty"),
        (LINEARITY + "T,,ppm,,low,25,24\n", "line 2, column parameter: is empty"),
        (LINEARITY + "T,SO2,,,low,25,24\n", "line 2, column unit: is empty"),
        (LINEARITY + "T,SO2,ppm,,,25,24\n", "line 2, column level: is empty"),
        (LINEARITY + "T,SO2,ppm,,low,,24\n", "line 2, column reference: is empty"),
        (LINEARITY + "T,SO2,ppm,,top,25,24\n", "line 2, column level: unknown level 'top'; linearity has low, mid, high"),
        (LINEARITY + "T,SO2,ppm,,zero,25,24\n", "line 2, column level: unknown level"),
        (LINEARITY + "T,SO2,ppm,0,low,25,24\n", "line 2, column span: '0' must be above zero"),
        (LINEARITY + "T,SO2,ppm,-1,low,25,24\n", "line 2, column span"),
        (
            LINEARITY + "# c\nT,SO2,ppm,,low,25,24\nT,NOx,ppm,,low,25,24\n",
            "line 4, column parameter: 'NOx' differs from 'SO2'",
        ),
        (LINEARITY + "T,SO2,ppm,,low,25,24\nT,SO2,%,,low,25,24\n", "line 3, column unit"),
        (LINEARITY + "T,SO2,ppm,10,low,25,24\nT,SO2,ppm,,low,25,24\n", "line 3, column span"),
        (CALIBRATION + "T,SO2,ppm,10,2021-02-30,zero,0,0\n", "line 2, column date: '2021-02-30' is not a date"),
        (CALIBRATION + "T,SO2,ppm,10,20210203,zero,0,0\n", "line 2, column date"),
        (CALIBRATION + "T,SO2,ppm,10,,zero,0,0\n", "line 2, column date: is empty"),
        (CALIBRATION + "T,SO2,ppm,10,2021-02-03,low,0,0\n", "line 2, column level"),
        (AUDIT + "T,SO2,ppm,1,yes,5,6\n", "line 2, column used: 'yes' must be 1 (used) or 0"),
        (AUDIT + "T,SO2,ppm,one,1,5,6\n", "line 2, column run: 'one' is not a whole number"),
        (AUDIT + "T,SO2,ppm,1,1,5,6\nT,SO2,ppm,1,1,5,6\n", "line 3, column run: run 1 stands already in line 2"),
        (AUDIT + "T,SO2,ppm,1,1,,6\n", "line 2, column cems: is empty"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_recorded(text, "data.csv")
    assert str(caught.value).startswith("data.csv")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "number",
    ["nan", "NaN", "inf", "-Infinity", "1,5", "1.2.3", "abc", "1_000", "٣", "0x10", "1e16", "1e-40", "1e99999", "9" * 31],
)
def test_what_is_no_number_is_refused(number: str) -> None:
    cell = f'"{number}"'
    with pytest.raises(InputError, match=r"data\.csv, line 2, column measured: '.*' (is not a number|has more|is larger)"):
        parse_recorded(LINEARITY + f"T,SO2,ppm,,low,25,{cell}", "data.csv")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv does not exist"):
        read_recorded(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_recorded(tmp_path)
    (tmp_path / "latin.csv").write_bytes(LINEARITY.encode() + "T,SO2,°C,,low,1,2".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.csv, line 2: not UTF-8"):
        read_recorded(tmp_path / "latin.csv")


WORDS = ["", "T", "SO2", "ppm", "low", "zero", "1", "0", "25.0", "2021-05-03", "nan", '"', "#", " # x", "1e9", "-3"]
CELLS = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
ROWS = st.lists(st.lists(CELLS, max_size=9).map(",".join)).map("\n".join)
HEADERS = st.sampled_from([",".join(kind.required) for kind in kinds()])


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.one_of(st.text(), st.builds("{}\n{}".format, HEADERS, ROWS)))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    try:
        recorded = parse_recorded(text, "data.csv")
    except InputError:
        return
    assert all(test.rows for test in recorded.tests)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    st.sampled_from(["zero", "upscale"]),
    st.lists(st.decimals(min_value=-(10**15), max_value=10**15, places=9).map(str), min_size=2, max_size=6),
    st.sampled_from(["SO2", "CO2", "flow", "Hg", "H2O"]),
    st.sampled_from(["1e-3", "1e15", "250"]),
)
def test_whatever_numbers_are_read_are_scored(level: str, numbers: list[str], parameter: str, span: str) -> None:
    rows = [f"T,{parameter},%,{span},2021-05-03,{level},{a},{b}" for a, b in pairwise(numbers)]
    results = score_recorded(parse_recorded(CALIBRATION + "\n".join(rows), "data.csv"), load_standard("epa-part75"))
    assert len(results) == len(rows)
    json.dumps([result.to_json() for result in results], allow_nan=False)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_either_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "data.csv"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_recorded(path)
