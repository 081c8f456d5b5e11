"""New evaluation, clicked through: settings, suite, problems, dry run, start."""

from importlib.resources import files

from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from gui.planning.problem_list import ProblemModel
from gui.planning.step_table import StepModel
from gui.planning.suite_list import MIME, SuiteModel
from gui.theme import Choice, Tone
from testbench.engine.checking.problem import Place, PlaceKind, blocking
from testbench.engine.clock import wall_now
from testbench.record.store import Record
from testbench.register.entries import RegisteredDevice
from testbench.register.store import Register
from testbench.text import Language, Text


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.settled, timeout=10_000)


def titles(page):
    model = page.editor.model
    return [model.index(row).data() for row in range(model.rowCount())]


def test_the_page_shows_the_suite_the_plan_and_that_it_can_start(page):
    assert titles(page) == [
        "1. Preparation and warm-up",
        "2. Linearity error",
        "3. Repeatability",
        "4. Response time",
        "5. Drift over 24 h and a week",
    ]
    assert page.begin.isEnabled()
    assert page.look.simulated
    assert page.desk.simulated("new")
    assert page.plan.model.rowCount() == len(page.look.examination.plan.steps)
    assert "8 d 08 h" in page.plan.totals.text()
    assert "731 / 8,000 L" in page.plan.needs.text()
    assert page.setup.folder.text().endswith("-hj76-core")


def test_a_wrong_setting_is_told_at_the_field_and_blocks_the_start(page, qtbot):
    page.editor.choose_row(1)
    editor = page.editor.form.rows["passes"].editor
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "0")
    assert not page.begin.isEnabled()  # at once, before the dry run
    settle(qtbot, page)
    assert page.editor.form.rows["passes"]._wrong.text() == "✕ 0 is out of range; allowed: 1 … 20"
    assert not page.begin.isEnabled()
    (problem,) = page.problem_model.problems
    assert (problem.place.kind, problem.place.name, problem.place.item) == (PlaceKind.SETTING, "passes", 2)
    qtbot.mouseClick(page.editor.form.rows["passes"].back, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert editor.text() == "3"
    assert page.begin.isEnabled()


def test_choosing_a_problem_leads_to_the_setting(page, qtbot):
    page.editor.choose_row(4)
    editor = page.editor.form.rows["days"].editor
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "x")
    settle(qtbot, page)
    page.editor.choose_row(0)
    page.problem_view.setFocus()
    page.problem_view.setCurrentIndex(page.problem_model.index(0))
    page.problem_view.activated.emit(page.problem_model.index(0))
    assert page.editor.row == 4
    assert page.focusWidget() is page.editor.form.rows["days"].editor


def test_every_problem_leads_somewhere(page):
    for kind, name in (
        (PlaceKind.STATION, ""),
        (PlaceKind.DEVICE, "B"),
        (PlaceKind.DEVICE, ""),
        (PlaceKind.CYLINDER, "zero"),
        (PlaceKind.INSTRUMENT, "mfc-co2"),
        (PlaceKind.INTERLOCK, "x"),
        (PlaceKind.FOLDER, ""),
        (PlaceKind.STANDARD, ""),
        (PlaceKind.SUITE, ""),
    ):
        page.begin.setFocus()
        page.go_to(blocking(Place(kind, name), Text("", "")))
        assert page.focusWidget() is not page.begin
    page.go_to(blocking(Place(PlaceKind.STANDARD, "repeatability"), Text("", "")))
    assert page.editor.row == 2


def test_a_dry_run_that_is_cancelled_can_be_made_again(page, qtbot):
    page.dry_run()
    assert not page.settled
    page.desk.tasks.going[-1].cancel()
    qtbot.waitUntil(lambda: not page.desk.tasks.going)
    assert not page.begin.isEnabled()
    assert "Ctrl+D" in page._state.word
    page.run_dry.click()
    settle(qtbot, page)
    assert page.begin.isEnabled()


def test_choices_and_boxes_set_their_settings(page, qtbot):
    page.editor.choose_row(3)
    choice, box = page.editor.form.rows["end_point"].editor, page.editor.form.rows["adjust_first"].editor
    assert isinstance(choice, QComboBox)
    assert isinstance(box, QCheckBox)
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    box.click()
    settle(qtbot, page)
    values = page.look.suite.lines[3].values
    assert (values["end_point"], values["adjust_first"]) == ("final", False)
    assert "changed" in page.editor.model.index(3).data(Qt.ItemDataRole.ToolTipRole)


def test_a_procedure_that_is_left_out_says_what_becomes_inconclusive(page, qtbot):
    model = page.editor.model
    assert model.setData(model.index(2), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    settle(qtbot, page)
    assert titles(page)[2:4] == ["Repeatability", "3. Response time"]
    assert model.index(2).data(Qt.ItemDataRole.UserRole) == "left out; inconclusive: Repeatability"
    assert [problem.place.name for problem in page.problem_model.problems] == ["repeatability"]
    assert page.begin.isEnabled()  # it is the laboratory's choice, and visible
    page.editor.choose_row(2)
    qtbot.keyClick(page.editor.view, Qt.Key.Key_Space)
    settle(qtbot, page)
    assert page.problem_model.problems == ()


def test_the_suite_is_reordered_by_keys_and_by_dragging(page, qtbot):
    page.editor.choose_row(4)
    page.editor.view.setFocus()
    qtbot.keyClick(page.editor.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert titles(page)[3] == "4. Drift over 24 h and a week"
    assert page.editor.row == 3
    data = page.editor.model.mimeData([page.editor.model.index(3)])
    assert data.hasFormat(MIME)
    page.editor.model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert titles(page)[0] == "1. Drift over 24 h and a week"
    assert not page.editor.model.dropMimeData(QMimeData(), Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    settle(qtbot, page)
    assert page.look.examination.plan.steps[0].procedure == "drift"
    page.editor.restore.click()
    settle(qtbot, page)
    assert titles(page)[0] == "1. Preparation and warm-up"


def test_a_procedure_is_added_again_and_removed(page, qtbot):
    page.editor.choose_row(2)
    page.editor.add_procedure("repeatability")
    settle(qtbot, page)
    assert titles(page)[2:4] == ["3. Repeatability", "4. Repeatability"]
    assert page.editor.row == 3
    qtbot.keyClick(page.editor.view, Qt.Key.Key_Delete)
    settle(qtbot, page)
    assert len(titles(page)) == 5


def test_devices_that_do_not_take_part_are_left_out_and_none_at_all_blocks(page, qtbot):
    rows = page.setup.devices.rows
    assert rows["B"].box is not None
    rows["B"].box.click()
    settle(qtbot, page)
    assert page.look.devices == ("A", "C")
    for name in ("A", "C"):
        rows[name].box.click()
    settle(qtbot, page)
    assert [problem.text.en for problem in page.problem_model.problems if problem.blocks] == ["no device is chosen"]


def test_another_standard_brings_its_suite_and_its_marks(page, qtbot):
    assert "8 limits are provisional" in page.setup._standard_text.text()
    assert "by analogy to CO2" in page.setup._standard_text.text()
    page.setup.choose_standard("epa-part75")
    page.setup.chosen.emit()
    settle(qtbot, page)
    assert titles(page)[:2] == ["1. Linearity check (40 CFR 75)", "2. Cycle time"]
    assert "provisional" not in page.setup._standard_text.text()


def test_a_standard_without_a_suite_waits_for_procedures(page, qtbot):
    page.setup.choose_standard("en14181-operation")
    page.setup.chosen.emit()
    settle(qtbot, page)
    assert titles(page) == []
    assert not page.begin.isEnabled()
    page.editor.add_procedure("linearity")
    settle(qtbot, page)
    assert titles(page) == ["1. Linearity error"]


def test_without_a_station_the_page_says_what_to_do_and_makes_a_simulated_one(desk, qtbot):
    from gui.planning.page import NewEvaluationPage

    page = NewEvaluationPage(desk)
    qtbot.addWidget(page)
    page.arrive()
    settle(qtbot, page)
    assert [problem.text.en for problem in page.problem_model.problems] == ["no station is chosen"]
    page.setup.simulate.click()
    qtbot.waitUntil(lambda: page.settled and page.look.station is not None, timeout=10_000)
    assert page.begin.isEnabled()


def test_the_keyboard_goes_through_the_plan_and_the_table_follows(page, qtbot):
    view = page.plan.view
    view.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert view.step == 1
    assert page.plan.table.currentIndex().row() == 1
    assert "leak check" in view.accessibleDescription()
    page.plan.table.selectRow(5)
    assert view.step == 5
    whole = view.span
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.span[1] - view.span[0] < whole[1] - whole[0]
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.span[0] <= page.look.examination.plan.steps[-1].start_s <= view.span[1]
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.span == whole


def test_the_tabulator_goes_from_left_to_right_and_down(page):
    page.editor.choose_row(1)
    order, widget = [], page.nextInFocusChain()
    while widget is not page:
        order.append(widget)
        widget = widget.nextInFocusChain()
    setup, editor = page.setup, page.editor
    wanted = [setup.station, setup.standard, setup.devices.rows["A"].box, setup.devices.rows["C"].box, setup.folder]
    wanted += [setup.notes, editor.up, editor.view, editor.form.rows["levels"].editor, editor.form.rows["average_s"].editor]
    wanted += [page.plan.view, page.plan.table, page.problem_view, page.run_dry, page.begin]
    places = [order.index(one) for one in wanted]
    assert places == sorted(places)


def test_language_and_colours_change_at_once(page, qtbot):
    page.editor.choose_row(1)
    page.desk.set_language(Language.CHINESE)
    page.desk.set_theme(Choice.DARK)
    assert titles(page)[1] == "2. 线性误差"
    assert page.editor.form.rows["passes"].title.text() == "轮数"
    assert page.begin.text() == "开始测试评价"
    assert page.desk.theme.colour(Tone.GROUND).lightness() < 100
    page.desk.set_language(Language.ENGLISH)
    assert page.begin.text() == "Start the evaluation"
    assert page.begin.shortcut().toString() == "Ctrl+Return"


def test_the_models_keep_the_rules_of_qt(page, desk):
    for model in (page.editor.model, page.plan.model, page.problem_model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    suite, steps, problems = SuiteModel(desk), StepModel(desk), ProblemModel(desk)
    for empty in (suite, steps, problems):
        QAbstractItemModelTester(empty, QAbstractItemModelTester.FailureReportingMode.Fatal)
    suite.show_suite(page.editor.model.suite, None, "")
    problems.show_problems((blocking(Place(PlaceKind.STATION), Text("甲", "a"), Text("乙", "b")),))
    assert problems.index(0).data() == "Stops it: a\nb"


def test_a_level_that_the_divider_cannot_make_is_told_at_its_field(page, qtbot):
    page.editor.choose_row(1)
    page.editor.form.typed.emit("levels", "0.1, 50")
    settle(qtbot, page)
    assert "0.02 % CO2 cannot be made" in page.editor.form.rows["levels"]._wrong.text()
    page.editor.form.typed.emit("levels", "20, 50")
    assert page.editor.form.rows["levels"]._wrong.text() == ""


def test_a_suite_is_saved_and_taken_up_again(page, make_page, desk, qtbot, tmp_path):
    page.editor.model.setData(page.editor.model.index(0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    page.editor.choose_row(4)
    page.editor.form.typed.emit("days", "2")
    path = tmp_path / "own.toml"
    with qtbot.waitSignal(desk.informed):
        page.editor.save(path)
    again = make_page(desk, suite=path)
    assert again.look.suite.taken == (0, 1, 2, 3)
    assert again.look.suite.lines[3].values["days"] == 2
    page.editor.form.typed.emit("days", "none")
    with qtbot.waitSignal(desk.failed):
        page.editor.save(path)


def test_choices_of_one_station_are_not_taken_to_another(page, qtbot, tmp_path, simulated_station):
    page.setup.devices.rows["B"].box.click()
    settle(qtbot, page)
    other = tmp_path / "other.toml"
    other.write_text(simulated_station.read_text(encoding="utf-8"), encoding="utf-8")
    page.arrive(station=other)
    settle(qtbot, page)
    assert page.look.devices == ("A", "B", "C")
    page.arrive(station=other)
    settle(qtbot, page)
    assert page.look.base.path == other


def test_another_station_brings_what_the_standard_asks_of_its_devices_until_the_suite_is_edited(page, qtbot, tmp_path):
    page.setup.choose_standard("hj75-2017-acceptance")
    page.setup.chosen.emit()
    flow = tmp_path / "flow.toml"
    flow.write_text((files("testbench") / "stations" / "simulated-flow.toml").read_text(encoding="utf-8"), encoding="utf-8")
    page.arrive(station=flow)
    settle(qtbot, page)
    assert titles(page) == ["1. Accuracy of velocity, temperature and moisture"]
    page.editor.add_procedure("velocity-field")
    settle(qtbot, page)
    assert len(titles(page)) == 2


def test_registered_devices_are_chosen_for_a_slot(make_page, desk, qtbot):
    with Register.open() as register:
        device = RegisteredDevice(maker="Jia", model="J1", serial="7", range_high=20.0)
        identifier = register.add(device, by="li", at=wall_now()).identifier
    page = make_page(desk)
    row = page.setup.devices.rows["A"]
    assert not row.choice.isHidden()
    row.choice.setCurrentIndex(row.choice.findData(identifier))
    row.choice.activated.emit(1)
    settle(qtbot, page)
    assert row.box.text() == "A  Jia J1"
    assert page.look.station.station.devices["A"].serial == "7"
    assert page.begin.isEnabled()


def test_choices_are_remembered(page, make_page, desk):
    page.setup.seed.setValue(11)
    page.setup.language.setCurrentIndex(page.setup.language.findData("zh"))
    page.leave()
    again = make_page(desk)
    assert again.setup.seed.value() == 11
    assert again.setup.language.currentData() == "zh"


def test_start_begins_the_evaluation_and_goes_to_the_run(make_page, desk, qtbot, short_suite):
    page = make_page(desk, suite=short_suite)
    assert titles(page)[0] == "1. Repeatability"
    page.setup.notes.setPlainText("sample 3")
    for name in ("B", "C"):
        page.setup.devices.rows[name].box.click()
    settle(qtbot, page)
    folder = page.look.folder
    with qtbot.waitSignal(desk.went, timeout=30_000) as went:
        page.begin.click()
        assert not page.begin.isEnabled()
    name, target = went.args
    assert name == "run"
    assert target["record"] == desk.record
    with Record.open(desk.record) as record:
        row = record.evaluation(target["evaluation"])
        assert row.start.notes == "sample 3"
        assert [device["name"] for device in row.start.devices] == ["A"]
    qtbot.waitUntil(lambda: (folder / "report.pdf").exists(), timeout=60_000)


def test_a_failed_start_shows_what_the_process_said(make_page, desk, qtbot, short_suite, simulated_station):
    page = make_page(desk, suite=short_suite)
    simulated_station.write_text("[station]\n", encoding="utf-8")
    with qtbot.waitSignal(desk.failed, timeout=30_000) as failed:
        page.begin.click()
    assert "name: is missing" in str(failed.args[0])
    settle(qtbot, page)
    assert not page.begin.isEnabled()  # the station was looked at again


def test_a_folder_without_a_path_stands_beside_the_others(page, desk, qtbot):
    for typed, wanted in (("trial 7", desk.folder / "trial 7"), ("~nobody-at-all/x", desk.folder / "~nobody-at-all/x")):
        page.setup.folder.selectAll()
        qtbot.keyClicks(page.setup.folder, typed)
        assert page.setup.folder_path == wanted
    settle(qtbot, page)
