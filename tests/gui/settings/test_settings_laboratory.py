"""The laboratory's template as it is edited: read, assessed field by field, written with a person's comments kept."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.settings.laboratory_draft import LaboratoryDraft, assess, load, save
from gui.settings.laboratory_form import LaboratoryForm
from gui.settings.laboratory_section import LaboratorySection
from testbench.errors import InputError
from testbench.report.laboratory import read_laboratory
from testbench.text import Language

TODAY = dt.date(2026, 3, 4)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10" fill="#234"/></svg>'
WAIT_MS = 20_000


@pytest.fixture
def section(qtbot: QtBot, desk: Desk) -> LaboratorySection:
    """The section, shown, with the template read and assessed."""
    section = LaboratorySection(desk)
    qtbot.addWidget(section)
    section.retranslate()
    section.resize(1000, 700)
    section.show()
    section.arrive()
    qtbot.waitUntil(lambda: section.page.shown, timeout=WAIT_MS)
    return section


def field(form: LaboratoryForm, name: str) -> QLineEdit:
    found = form._fields[name]
    assert isinstance(found, QLineEdit)
    return found


def type_into(qtbot: QtBot, section: LaboratorySection, name: str, text: str) -> None:
    line = field(section.form, name)
    line.clear()
    qtbot.keyClicks(line, text)


def test_without_a_file_the_example_is_edited(tmp_path: Path) -> None:
    draft = load(tmp_path / "laboratory.toml")
    assert draft.number_scheme == "{year}-CEMS-{number:04}"
    assert draft.name_en == "Name of the laboratory"
    assert not (tmp_path / "laboratory.toml").exists()


def test_what_is_saved_is_read_back_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "laboratory.toml"
    path.write_text('# ours\n[laboratory]\nname = { en = "Old" }  # as registered\n', encoding="utf-8")
    draft = replace(
        load(path), name_zh="计量院", statements_zh="一\n二", statements_en="one", client_name='A "B"', number_from="12"
    )
    kept = save(draft, path)
    assert kept == draft
    assert load(path) == draft
    text = path.read_text(encoding="utf-8")
    assert "# ours" in text
    template = read_laboratory(path)
    assert [statement.zh for statement in template.letterhead.statements] == ["一", "二"]
    assert template.letterhead.statements[1].en == "二"
    assert template.client.name == 'A "B"'
    assert template.scheme.next([], TODAY, template.file.report.number_from) == "2026-CEMS-0012"


def test_a_picture_from_elsewhere_is_copied_beside_the_template(tmp_path: Path) -> None:
    picture = tmp_path / "elsewhere" / "Our Logo.SVG"
    picture.parent.mkdir()
    picture.write_text(LOGO, encoding="utf-8")
    path = tmp_path / "state" / "laboratory.toml"
    kept = save(replace(load(path), logo=str(picture)), path)
    assert kept.logo == "laboratory-logo.svg"
    picture.unlink()
    assert read_laboratory(path).letterhead.logo == LOGO
    assert save(kept, path) == kept


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"name_zh": "", "name_en": " "}, "name_zh"),
        ({"number_scheme": "{year}"}, "number_scheme"),
        ({"number_from": "0"}, "number_from"),
        ({"number_from": "ten"}, "number_from"),
        ({"cnas_mark": "logo.svg"}, "cnas_number"),
        ({"logo": "gone.png"}, "logo"),
    ],
)
def test_a_mistake_is_found_at_its_field_and_not_written(tmp_path: Path, changes: dict[str, str], at: str) -> None:
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    path = tmp_path / "laboratory.toml"
    draft = replace(load(path), **changes)
    found = assess(draft, path, Language.ENGLISH, TODAY)
    assert list(found.errors) == [at]
    assert found.page == b""
    with pytest.raises(InputError):
        save(draft, path)
    assert not path.exists()


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "laboratory.toml"
    path.write_text("[laboratory", encoding="utf-8")
    with pytest.raises(InputError, match="is not TOML"):
        load(path)


def test_the_first_page_and_the_next_number_are_shown(section: LaboratorySection) -> None:
    assert "-CEMS-0001" in section._number.text()
    assert not section.save_button.isEnabled()
    assert section.unsaved() is None


def test_what_is_typed_is_saved_by_save_alone(section: LaboratorySection, qtbot: QtBot, state: Path) -> None:
    type_into(qtbot, section, "name_en", "Example Institute")
    assert section.unsaved() is not None
    assert not (state / "laboratory.toml").exists()
    qtbot.waitUntil(section.save_button.isEnabled, timeout=WAIT_MS)
    section.save_button.click()
    qtbot.waitUntil(lambda: section.unsaved() is None, timeout=WAIT_MS)
    assert read_laboratory(state / "laboratory.toml").letterhead.name.en == "Example Institute"


def test_a_mistake_is_shown_beneath_its_field_in_the_language_of_the_window(
    make_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    section = LaboratorySection(make_desk(Language.CHINESE))
    qtbot.addWidget(section)
    section.retranslate()
    section.show()
    section.arrive()
    qtbot.waitUntil(lambda: section.page.shown, timeout=WAIT_MS)
    type_into(qtbot, section, "number_scheme", "{year}")
    problem = section.form._problems["number_scheme"]
    qtbot.waitUntil(lambda: bool(problem.text()), timeout=WAIT_MS)
    assert "编号规则中须有且只有一个" in problem.text()
    assert not section.save_button.isEnabled()
    section.revert()
    qtbot.waitUntil(lambda: not problem.text(), timeout=WAIT_MS)
    assert section.form.draft() == section._saved
    assert section.unsaved() is None


def test_every_field_of_the_form_has_a_name_for_those_who_cannot_see_it(section: LaboratorySection) -> None:
    buddies = {label.buddy() for label in [*section.form._labels.values(), section.form._chinese_statements]}
    buddies.add(section.form._english_statements.buddy())
    for name, part in section.form._fields.items():
        assert part in buddies or part.accessibleName(), name
    assert set(section.form._fields) == set(LaboratoryDraft.__dataclass_fields__)
