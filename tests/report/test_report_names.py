"""Whatever a shipped criteria file or an installed procedure names has a name for people in both languages."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

import procedures
from testbench.criteria import reasons
from testbench.criteria.recorded import kinds
from testbench.criteria.standard import list_standards, load_standard
from testbench.engine.registry import find_procedure, procedure_names
from testbench.report.wording import wording
from testbench.text import Language

CHINESE_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
ENGLISH_WORD = re.compile(r"\b(?!sqrt\b)[a-z]{3,}\b")


@cache
def characteristics() -> dict[str, str]:
    """Every characteristic, and one place that names it."""
    found = {name: f"kind {kind.name}" for kind in kinds() for name in kind.characteristics}
    found |= {name: f"procedure {one}" for one in procedure_names() for name in find_procedure(one).characteristics}
    found |= {
        criterion.characteristic: f"standard {one}" for one in list_standards() for criterion in load_standard(one).criteria
    }
    return found


@pytest.mark.parametrize("language", Language)
def test_every_characteristic_has_a_name(language: Language) -> None:
    entries = wording(language).entries
    assert {name: place for name, place in characteristics().items() if not entries.get(f"characteristic.{name}")} == {}


@pytest.mark.parametrize("language", Language)
def test_different_characteristics_have_different_names(language: Language) -> None:
    words = wording(language)
    names: dict[str, list[str]] = {}
    for characteristic in characteristics():
        names.setdefault(words.name("characteristic", characteristic), []).append(characteristic)
    assert {name: own for name, own in names.items() if len(own) > 1} == {}


def test_every_procedure_and_setting_has_a_title_in_both_languages() -> None:
    for name in procedure_names():
        procedure = find_procedure(name)
        labels = procedure.labels
        titles = {name: procedure.title} | {f"{name}: {key}": label.title for key, label in labels.items()}
        for place, title in titles.items():
            assert CHINESE_CHARACTER.search(title.zh), place
            assert title.en, place
            assert not CHINESE_CHARACTER.search(title.en), place


@pytest.mark.parametrize("name", list_standards())
def test_every_text_of_a_criteria_file_is_there_in_both_languages(name: str) -> None:
    standard = load_standard(name)
    texts = {"title": standard.standard.title, "basis": standard.standard.basis}
    for criterion in standard.criteria:
        texts[f"{criterion.characteristic} title"] = criterion.title
        texts[f"{criterion.characteristic} clause"] = criterion.clause
        texts |= {f"{criterion.characteristic} step {number}": mark.text for number, mark in enumerate(criterion.procedure)}
    for place, text in texts.items():
        formula_alone = " step " in place and not ENGLISH_WORD.search(text.zh)
        assert CHINESE_CHARACTER.search(text.zh) or text.zh == text.en or formula_alone, place
        assert text.zh, place
        assert text.en, place
        assert not CHINESE_CHARACTER.search(text.en), place


def test_every_condition_of_a_criteria_file_has_a_word() -> None:
    quantities = {condition.quantity for one in list_standards() for condition in load_standard(one).conditions}
    for language in Language:
        entries = wording(language).entries
        assert {one for one in quantities if f"condition.{one.replace(' ', '_')}" not in entries} == set()


@pytest.mark.parametrize("language", Language)
def test_every_choice_of_a_setting_and_every_edition_in_words_has_a_word(language: Language) -> None:
    entries = wording(language).entries
    extras = [find_procedure(one).settings.model_fields.values() for one in procedure_names()]
    choices = {
        choice
        for fields in extras
        for field in fields
        if isinstance(field.json_schema_extra, dict)
        for choice in field.json_schema_extra.get("choices", {})
    }
    assert choices
    assert {choice for choice in choices if f"setting_value.{choice}" not in entries} == set()
    editions = {load_standard(one).standard.edition for one in list_standards()}
    worded = {edition.replace(" ", "_") for edition in editions if re.search(r"[a-z]{3}", edition)}
    assert {edition for edition in worded if f"edition.{edition}" not in entries} == set()


def test_every_reason_of_a_verdict_is_told_in_chinese_as_it_is_written() -> None:
    """Results of recorded data keep their reasons in English; the catalogue says them as the verdicts do."""
    standard = load_standard("epa-part75")
    given = {
        "evidence": standard.criteria[0].requirements[0].evidence,
        "alternative": standard.criteria[0].alternatives[0],
        "notes": (),
        "missing": ("A", "B"),
        "done": 3,
        "least": 7,
        "value": "3 %",
        "limit": "±2 %",
    }
    told = wording(Language.CHINESE).tell
    makers = [one for name, one in inspect.getmembers(reasons, inspect.isfunction) if name[0] != "_"]
    made = [
        one(**{name: given.get(name, "span") for name in inspect.signature(one).parameters})
        for one in makers
        if one not in (reasons.number, reasons.limit_text)
    ]
    assert len(made) > 20
    assert {text.en: told(text.en) for text in made} == {text.en: text.zh for text in made}


def test_every_key_of_raw_rows_that_a_procedure_writes_has_a_name() -> None:
    """Rows are tables in lists: their keys are read from the sources."""
    keys: set[str] = set()
    for file in Path(procedures.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            listed = [node.elt] if isinstance(node, ast.ListComp) else node.elts if isinstance(node, ast.List) else []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
                listed = node.args
            for row in listed:
                if isinstance(row, ast.Dict):
                    keys |= {key.value for key in row.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    assert {"interferent", "set", "cems"} <= keys
    for language in Language:
        entries = wording(language).entries
        assert {key for key in keys if f"raw_column.{key}" not in entries} == set()
