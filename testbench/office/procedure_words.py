"""How the installed procedures and their settings are named for people, as reports need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from testbench.engine.registry import find_procedure, procedure_names
from testbench.errors import InputError
from testbench.report.content import ProcedureWords, SettingWords


class InstalledProcedureWords(Mapping[str, ProcedureWords]):
    """Titles of the installed procedures and their settings, by name; a procedure is loaded when it is asked for.

    One that cannot be loaded has no words and goes by its name alone.
    """

    def __init__(self) -> None:
        self._names = procedure_names()

    def __getitem__(self, name: str) -> ProcedureWords:
        if name not in self._names:
            raise KeyError(name)
        try:
            procedure = find_procedure(name)
        except InputError:
            raise KeyError(name) from None
        labels = {key: SettingWords(label.title, label.unit) for key, label in procedure.labels.items()}
        return ProcedureWords(procedure.title, labels)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
