"""One item of a suite: a procedure with its settings, the clause it follows, and the standards that it serves."""

from __future__ import annotations

from dataclasses import dataclass

from testbench.engine.procedure import Procedure, Settings
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class SuiteItem:
    """One procedure of a suite with its checked settings; `standards` names those that it serves, none stands for all."""

    procedure: Procedure
    settings: Settings
    clause: Text
    standards: tuple[str, ...] = ()

    def serves(self, standard: str) -> bool:
        """Whether its findings are judged by a standard."""
        return not self.standards or standard in self.standards
