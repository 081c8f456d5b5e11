"""How the installed procedures and their settings are named for people, as reports need it."""

from __future__ import annotations

from testbench.engine.registry import find_procedure, procedure_names
from testbench.errors import InputError
from testbench.report.content import ProcedureWords, SettingWords


def procedure_words() -> dict[str, ProcedureWords]:
    """Titles of the installed procedures and their settings, by name; one that cannot be loaded goes by its name alone."""
    words = {}
    for name in procedure_names():
        try:
            procedure = find_procedure(name)
        except InputError:
            continue
        labels = {key: SettingWords(label.title, label.unit) for key, label in procedure.labels.items()}
        words[name] = ProcedureWords(procedure.title, labels)
    return words
