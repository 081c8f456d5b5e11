"""What an evaluation was asked to be: station, standard, suite; kept in the record, so that it can be gone on with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from testbench.criteria.combined import only_parts
from testbench.criteria.standard import Standard, parse_standard
from testbench.engine.plan import Plan, SuiteItem
from testbench.engine.registry import find_procedure
from testbench.errors import InputError, RecordError, TestbenchError
from testbench.record.model import EvaluationRow
from testbench.station import StationFile, parse_station
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Repeats:
    """That an evaluation repeats a run, by its number, of another one that has ended: why, and who wants it."""

    evaluation: str
    run: int
    reason: str
    by: str

    @classmethod
    def read(cls, request: Mapping[str, Any]) -> Repeats | None:
        """Read it from a recorded request; None for an evaluation that repeats nothing."""
        document = request.get("repeats")
        return None if document is None else cls(**document)


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is asked for: station, standard, suite, where the record is, and for a simulated station the seed.

    With `restricted` the standard was restricted to what the suite determines. `output` is the folder for the results,
    `notes` what the lab notes down beforehand, `by` who asks for it.
    """

    station: StationFile
    standard: Standard | None
    items: tuple[SuiteItem, ...]
    record: Path
    seed: int = 1
    language: str = "en"
    devices: tuple[str, ...] | None = None
    trace: bool = False  # whether every byte to and from the instruments is kept
    restricted: bool = False
    output: Path | None = None
    repeats: Repeats | None = None  # what of another evaluation it repeats
    notes: str = ""
    by: str = ""
    attended: bool = False  # whether a person is asked also where everything is simulated

    def document(self, plan: Plan) -> dict[str, Any]:
        """What the record keeps of it beside the texts of station and standard, and the plan that progress is told by."""
        return {
            "suite": [
                {
                    "procedure": item.procedure.name,
                    "settings": item.settings.model_dump(mode="json"),
                    "clause": {"zh": item.clause.zh, "en": item.clause.en},
                    **({"standards": list(item.standards)} if item.standards else {}),
                }
                for item in self.items
            ],
            "devices": None if self.devices is None else list(self.devices),
            "trace": self.trace,
            "restricted": self.restricted,
            "output": "" if self.output is None else str(self.output.absolute()),
            "by": self.by,
            **({"attended": True} if self.attended else {}),
            **({} if self.repeats is None else {"repeats": asdict(self.repeats)}),
            "plan": {
                "duration_s": plan.duration_s,
                "steps": [
                    [step.run, step.number, step.call, step.start_s, step.duration_s, dict(step.arguments)]
                    for step in plan.steps
                ],
            },
        }


def request_of(row: EvaluationRow, record: Path) -> EvaluationRequest:
    """Read from the record what an evaluation was asked to be.

    Raises InputError where the installed procedures do not take the recorded settings any more, naming what differs.
    """
    start, document = row.start, row.start.request
    if not document.get("suite"):
        raise RecordError(
            f"{row.identifier} was begun by an earlier version of this program, which did not keep what was asked for; "
            f"`testbench close {row.identifier}` closes it"
        )
    try:
        items = tuple(_item(entry) for entry in document["suite"])
    except TestbenchError as error:
        raise InputError(f"{row.identifier} cannot be gone on with: {error}") from error
    standard = recorded_standard(row, {name for item in items for name in item.procedure.characteristics})
    devices = document.get("devices")
    return EvaluationRequest(
        parse_station(start.station_text, Path(start.station_path)),
        standard,
        items,
        record=record,
        seed=start.seed if start.seed is not None else 1,
        language=start.language,
        devices=None if devices is None else tuple(devices),
        trace=bool(document.get("trace")),
        restricted=bool(document.get("restricted")),
        output=Path(document["output"]) if document.get("output") else None,
        repeats=Repeats.read(document),
        notes=start.notes,
        by=str(document.get("by", "")),
        attended=bool(document.get("attended")),
    )


def recorded_standard(row: EvaluationRow, characteristics: Collection[str]) -> Standard | None:
    """The standard that an evaluation was begun with; one that was restricted to its suite is restricted again.

    `characteristics` are those that the suite determines. None where no standard judges.
    """
    start = row.start
    if not start.standard_text:
        return None
    standard = parse_standard(start.standard_text, f"{start.standard} (as recorded)")
    if not start.request.get("restricted"):
        return standard
    serves = [entry.get("standards", ()) for entry in start.request.get("suite", ())]
    names = {name for own in serves for name in own} if all(serves) else ()
    return only_parts(standard, names).restricted_to(characteristics)


def serves_by_run(row: EvaluationRow) -> dict[int, tuple[str, ...]]:
    """The standards that each run of a recorded evaluation serves, by its number; none stands for all."""
    return {
        number: tuple(entry.get("standards", ())) for number, entry in enumerate(row.start.request.get("suite", ()), start=1)
    }


def _item(entry: Mapping[str, Any]) -> SuiteItem:
    """A procedure of the suite with its recorded settings; InputError where they would mean something else today."""
    procedure = find_procedure(entry["procedure"])
    settings = procedure.configure(entry["settings"])
    today = settings.model_dump(mode="json")
    if today != entry["settings"]:
        names = sorted(name for name in {*today, *entry["settings"]} if today.get(name) != entry["settings"].get(name))
        raise InputError(f"the settings of procedure {procedure.name!r} have changed since: {', '.join(names)}")
    return SuiteItem(procedure, settings, Text(**entry["clause"]), tuple(entry.get("standards", ())))
