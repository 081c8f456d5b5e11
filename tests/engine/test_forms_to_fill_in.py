"""Tables that a person fills in: what a cell may be, CSV files, and how they are asked for and kept."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.engine import commanding
from testbench.engine.clock import RealClock
from testbench.engine.discarding import Discarding
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.form_file import FormText, file_text, parse_form, read_form, typed_form
from testbench.engine.operator import RecordOperator, SimulatedOperator
from testbench.engine.steps import from_json, to_json
from testbench.errors import InputError, RecordError
from testbench.text import Text

COLUMNS = (
    Column("device", Text(zh="被测仪器", en="device"), kind="text"),
    Column("resistance", Text(zh="绝缘电阻", en="insulation resistance"), "MΩ", lower=0.0, upper=1e5),
    Column("day", Text(zh="日期", en="date"), kind="date", optional=True),
    Column("at", Text(zh="时刻", en="time of day"), kind="time", optional=True),
    Column("dry", Text(zh="干燥", en="dry"), kind="yes-no", optional=True),
)
FORM = Form(
    title=Text(zh="绝缘电阻", en="Insulation resistance"),
    instruction=Text(zh="在 500 V 下测量。", en="Measure at 500 V."),
    columns=COLUMNS,
    given=({"device": "A"}, {"device": "B"}),
    expected=({"resistance": 100.0}, {"resistance": 50.0}),
)
ONE_ROW = Form(
    FORM.title, FORM.instruction, (COLUMNS[1], Column("note", Text(zh="备注", en="note"), kind="text", optional=True))
)


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "answer.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "cell"),
    [(" 1,5 ", 1.5), ("１２", 12.0), ("1e3", 1000.0)],
)
def test_numbers_are_read_as_people_type_them(text, cell):
    assert COLUMNS[1].read(text) == cell


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        ("day", "2026/03/01", "2026-03-01"),
        ("day", "2026/3/1", "2026-03-01"),
        ("day", "2026-03-01", "2026-03-01"),
        ("day", "2026年3月1日", "2026-03-01"),
        ("day", "2026.3.1", "2026-03-01"),
        ("at", "08:30", "08:30:00"),
        ("at", "8:30:05", "08:30:05"),
        ("dry", "是", True),
        ("dry", "No", False),
        ("dry", "", None),
    ],
)
def test_dates_times_and_yes_and_no_are_kept_in_one_way(column, text, cell):
    assert FORM.column(column).read(text) == cell


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("resistance", "much", "'much' is not a number; give a number in MΩ"),
        ("resistance", "1,000.5", "is not a number"),
        ("resistance", "-1", "less than 0, the least"),
        ("resistance", "1e6", "more than 100000, the largest"),
        ("resistance", "", "the cell is empty; give a number in MΩ"),
        ("day", "1.3.2026", "is not a date; give a date as 2026-03-01"),
        ("day", "2026-02-30", "is not a date"),
        ("day", "2026-W10-1", "is not a date"),
        ("day", "3/1/2026", "is not a date"),
        ("at", "half past", "is not a time of day"),
        ("at", "08.30", "is not a time of day; give a time of day as 08:30"),
        ("at", "24:00", "is not a time of day"),
        ("at", "08:30+08:00", "is not a time of day"),
        ("device", "A\0", "has signs that cannot be printed"),
        ("dry", "perhaps", "neither yes nor no"),
    ],
)
def test_a_cell_that_is_not_what_is_asked_for_is_refused(column, text, why):
    with pytest.raises(InputError, match=why):
        FORM.column(column).read(text)


def test_a_form_is_complete_with_its_given_cells():
    rows = FORM.complete([{"resistance": 100}, {"device": "B", "resistance": 50.0, "dry": True}])
    assert rows[0] == {"device": "A", "resistance": 100.0, "day": None, "at": None, "dry": None}
    assert rows[1]["dry"] is True


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([{"resistance": 1.0}], "1 rows are entered, 2 are asked for"),
        ([{"resistance": 1.0}, {}], "row 2: resistance: the cell is empty"),
        ([{"device": "B", "resistance": 1.0}, {"resistance": 1.0}], "row 1: device is given as A, not B"),
        ([{"resistance": True}, {"resistance": 1.0}], "row 1: resistance: True is not what is asked for"),
        ([{"resistance": float("nan")}, {"resistance": 1.0}], "row 1: resistance: nan is not"),
        ([{"ohm": 1.0}, {"resistance": 1.0}], "has no column 'ohm'"),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_row_and_column(rows, why):
    with pytest.raises(InputError, match=why):
        FORM.complete(rows)


def test_a_form_that_cannot_be_is_refused_where_it_is_written():
    with pytest.raises(InputError, match="no column 'ohm'"):
        Form(FORM.title, FORM.instruction, COLUMNS, given=({"ohm": 1.0},))
    with pytest.raises(InputError, match="two of one name"):
        Form(FORM.title, FORM.instruction, (COLUMNS[0], COLUMNS[0]))
    with pytest.raises(InputError, match="only numbers have a unit"):
        Column("device", FORM.title, "MΩ", kind="text")


def test_a_form_goes_through_the_record_and_comes_back():
    assert Form.of(FORM.document()) == Form(**{name: getattr(FORM, name) for name in FORM.__slots__} | {"expected": ()})


# ---- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("device,resistance\nA,100\nB,50.5\n", "utf-8"),
        ("# measured by hand\nresistance / MΩ\n100\n\n50.5\n", "utf-8-sig"),
        ("被测仪器;绝缘电阻 (MΩ)\nA;100\nB;50,5\n", "utf-8"),
        ("被测仪器\t绝缘电阻\n\t100\n\t50,5\n", "gb18030"),
        ('Insulation Resistance,"device"\n100,A\n"50.5",B\n', "utf-8"),
        ("sep=;\ndevice;resistance;;\nA;100;;\nB;50,5;;\n", "utf-8"),
    ],
)
def test_columns_are_called_by_name_or_title_and_given_cells_may_be_left_out(tmp_path, text, encoding):
    path = written(tmp_path, text, encoding)
    entered = read_form(FORM, path, "li")
    assert entered.numbers("resistance") == (100.0, 50.5)
    assert entered.column("device") == ("A", "B")
    assert (entered.by, entered.source) == ("li", "answer.csv")
    assert entered.digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "answer.csv: is empty; its first line names the columns: device, resistance \\(MΩ\\)"),
        ("device,ohm\nA,1\nB,2", "line 1, column 2: 'ohm' is no column of it"),
        ("device,device\nA,1\nB,2", "line 1, column 2: 'device' is there twice"),
        ("device\nA\nB", "line 1: the column 'resistance' is missing"),
        ("resistance\n1", "has 1 rows, 2 are asked for"),
        ("resistance\n1\n#\nx", "line 4, column resistance: 'x' is not a number"),
        ("device,resistance\nA,1\nC,2", "line 3, column device: C stands where B is given; keep the order"),
        ("device,resistance\nA,1\nB", "line 3, column resistance: the cell is empty"),
        ("device,resistance\nA,1,3\nB,1", "line 2: has 3 cells, the first line names 2 columns"),
        ('device,resistance\nA,"1\nB,1', "cannot be read as CSV"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_line_and_column(tmp_path, text, why):
    with pytest.raises(InputError, match=why):
        read_form(FORM, written(tmp_path, text), "li")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        file_text(tmp_path / "none.csv")


@given(st.text(max_size=60))
def test_no_text_is_read_but_right_or_refused(text):
    try:
        entered = parse_form(FORM, FormText("t", text, ""), "li")
    except InputError:
        return
    assert FORM.complete(entered.rows) == entered.rows


def test_one_row_may_be_typed(tmp_path):
    assert typed_form(ONE_ROW, "200; all terminals", "li").rows == ({"resistance": 200.0, "note": "all terminals"},)
    assert typed_form(ONE_ROW, "200", "li").rows == ({"resistance": 200.0, "note": None},)
    with pytest.raises(InputError, match="3 cells are typed, 2 are asked for"):
        typed_form(ONE_ROW, "1;2;3", "li")
    one = Form(FORM.title, FORM.instruction, COLUMNS[1:2])
    assert typed_form(one, "12,5", "li").numbers("resistance") == (12.5,)
    path = written(tmp_path, "resistance\n7\n8\n")
    assert typed_form(FORM, str(path), "li").numbers("resistance") == (7.0, 8.0)


# ---- asked for ------------------------------------------------------------------------------------------------------


def test_what_was_entered_is_kept_in_the_journal_without_loss():
    entered = Entered(FORM.complete([{"resistance": 100.0, "dry": False}, {"resistance": 1.0}]), "li", "answer.csv", "ab")
    assert from_json(Entered, to_json(entered)) == entered
    with pytest.raises(InputError, match="no number in row 2 of column 'dry'"):
        Entered(({"dry": 1.0}, {"dry": True}), "li", "x").numbers("dry")
    assert [row["device"] for row in entered.of("device", "A")] == ["A"]


class Typing:
    """A keyboard at which is typed what `lines` gives, a line each time it is looked at."""

    def __init__(self, *texts):
        self.texts = list(texts)

    def begin(self):
        pass

    def lines(self):
        return [self.texts.pop(0)] if self.texts else []


def test_a_table_is_asked_for_in_the_record_and_filled_in_from_elsewhere(going):
    told = []

    def answer(seconds):
        (row,) = going.record.prompts.open(going.evaluation)
        form = Form.of(row.form)
        commanding.enter(going.record, row, Entered(form.complete([{"resistance": 1.5}, {"resistance": 2.5}]), "li", "grid"))

    made = RecordOperator(going.record, going.evaluation, RealClock(), idle=answer, tell=told.append)
    entered = made.enter(FORM)
    assert entered.numbers("resistance") == (1.5, 2.5)
    assert (entered.by, entered.source) == ("li", "grid")
    (row,) = going.record.prompts.of(going.evaluation)
    assert (row.text, row.answer_text) == ("Insulation resistance. Measure at 500 V.", "2 rows from grid")
    assert "--csv FILE" in told[0]
    assert "[device, resistance (MΩ), day, at, dry]" in told[0]
    assert going.record.verify().passed


def test_the_keyboard_fills_in_by_the_path_of_a_file(going, tmp_path):
    path, told = written(tmp_path, "resistance\n7\n8\n"), []
    keyboard = Typing(str(tmp_path / "none.csv"), str(path))
    made = RecordOperator(
        going.record, going.evaluation, RealClock(), idle=lambda s: None, keyboard=keyboard, tell=told.append
    )
    assert made.enter(FORM).numbers("resistance") == (7.0, 8.0)
    assert "cannot be read" in told[1]


def test_a_table_is_not_answered_with_a_text_nor_a_question_with_a_table(going):
    ask = going.record.prompts.ask
    common = {"unit": "", "expected": None, "bench_time": 0.0, "at": going.at}
    table = ask(going.evaluation, going.run, text="t", form=FORM.document(), **common)
    question = ask(going.evaluation, going.run, text="q", **common)
    with pytest.raises(RecordError, match="asks for a table"):
        going.record.prompts.answer(table, text="yes", value=None, by="li", at=going.at)
    with pytest.raises(InputError, match="asks for no table"):
        commanding.enter(going.record, going.record.prompts.get(question), Entered((), "li", "x"))
    with pytest.raises(InputError, match="0 rows are entered"):
        commanding.enter(going.record, going.record.prompts.get(table), Entered((), "li", "x"))
    assert len(going.record.prompts.open(going.evaluation)) == 2


def test_the_simulated_operator_enters_what_is_expected():
    assert SimulatedOperator(None).enter(FORM).numbers("resistance") == (100.0, 50.0)
    with pytest.raises(InputError, match="0 rows are entered, 1 to 200 are asked for"):
        SimulatedOperator(None).enter(ONE_ROW)


def test_a_plan_fills_in_cells_that_would_be_taken():
    assert FORM.complete(FORM.sampled())
    assert ONE_ROW.complete(ONE_ROW.sampled())[0]["resistance"] == 0.0


# ---- Runs that are discarded ------------------------------------------------------------------------------------------

RUNS = Form(
    FORM.title,
    FORM.instruction,
    columns=(
        Column("device", Text(zh="被测仪器", en="device"), kind="text", among=("A",)),
        Column("run", Text(zh="序号", en="run"), lower=1),
        Column("cems", Text(zh="示值", en="reading"), "ppm", optional=True),
        Column("discarded", Text(zh="舍弃", en="discarded"), kind="yes-no", optional=True),
        Column("reason", Text(zh="舍弃原因", en="reason"), kind="text", optional=True),
    ),
    given=({"device": "A", "run": 1.0}, {"device": "A", "run": 2.0}),
    further_rows=2,
    once=("device", "run"),
    discarding=Discarding("discarded", "reason", ("cems",), of="device", least=2, most=1),
)
FULL = "device,run,cems,discarded,reason\n"


def test_a_run_is_discarded_with_a_reason_and_another_is_added(tmp_path):
    text = FULL + "A,1,,yes,probe blocked\nA,2,5,,\nA,3,6,no,\n"
    entered = read_form(RUNS, written(tmp_path, text), "li")
    assert entered.column("discarded") == (True, None, False)
    assert read_form(RUNS, written(tmp_path, "cems\n5\n6\n"), "li").numbers("cems") == (5.0, 6.0)
    assert Form.of(RUNS.document()) == RUNS


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("A,1,,yes,\nA,2,5,,\nA,3,6,,", "answer.csv: Insulation resistance: row 1: reason is empty; say why"),
        ("A,1,,yes,leak\nA,2,5,,", "A: 1 runs count, at least 2 are asked for"),
        ("A,1,,yes,a\nA,2,5,yes,b\nA,3,5,,\nA,4,5,,", "A: 2 runs are discarded, at most 1 may be"),
        ("A,1,,,\nA,2,5,,", "row 1: cems is empty; enter it, or discard the run"),
        ("A,1,5,,\nA,2,5,,\nA,2,5,,", "row 3: device A, run 2, as in row 2; number the rows once"),
        ("A,1,5,,\nA,2,5,,\nB,3,5,,", "line 4, column device: 'B' is none of A"),
        ("A,1,5,,\nA,2,5,,\n,3,5,,", "line 4, column device: the cell is empty"),
        ("A,1,5,,\nA,2,5,,\nA,3,5,,\nA,4,5,,\nA,5,5,,", "has 5 rows, 2 to 4 are asked for"),
        ('A,1,"1,200",,\nA,2,5,,', "line 2, column cems: '1,200' may be thousands or a decimal"),
    ],
)
def test_what_is_wrong_with_discarded_and_added_runs_is_said(tmp_path, rows, why):
    with pytest.raises(InputError, match=why):
        read_form(RUNS, written(tmp_path, FULL + rows), "li")


def test_only_texts_are_chosen_among_some():
    with pytest.raises(InputError, match="only texts are chosen"):
        Column("run", FORM.title, among=("A",))


@pytest.mark.parametrize("cell", [None, "5", True])
def test_a_cell_without_a_number_is_refused_and_not_taken_for_zero(cell):
    assert number_in({"reference": 5}, "reference") == 5.0
    with pytest.raises(InputError, match="no number in column 'reference'"):
        number_in({"reference": cell}, "reference")
