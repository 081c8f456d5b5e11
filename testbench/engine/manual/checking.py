"""Checks a station: asks every instrument who it is, reads everything once, and says in words what is wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from testbench.engine.assembly import assemble
from testbench.engine.clock import wall_now
from testbench.engine.manual.parts import Part, Place, parts_of
from testbench.engine.ownership import own_soon, real_resources
from testbench.engine.registry import find_laboratory
from testbench.engine.roles import Identity, Instrument, Sample, Source, Status
from testbench.errors import InstrumentError
from testbench.station import StationFile

SOON_DAYS = 30


class Severity(StrEnum):
    """How much a problem matters: a fault keeps an evaluation from beginning or a device from being read."""

    FAULT = "fault"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and what to do."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One part of the station: who it says it is (None: it was not asked, or did not answer), and what is wrong with it."""

    part: Part
    identity: Identity | None
    problems: tuple[Problem, ...]
    silent: bool = False  # its session, or the scanner that reads it, gives no answer

    @property
    def fault(self) -> bool:
        """Whether anything keeps it from being used."""
        return any(problem.severity is Severity.FAULT for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an instrument with a session said: its identity and the samples of its channels, or why it did not."""

    identity: Identity | None = None
    samples: Mapping[str, Sample] | None = None
    problem: str = ""


def check_station(file: StationFile, person: str, *, told: Callable[[str], None] = lambda _: None) -> tuple[Checked, ...]:
    """Own a station, ask every instrument one after the other, read it once, disconnect; nothing is set.

    `told` hears the name of each instrument before it is asked. Raises StationError for a file that cannot be assembled,
    InstrumentError when a run or a person has the station.
    """
    assemble(file)
    with contextlib.ExitStack() as stack:
        own_soon(stack, real_resources(file.station), file.path, 0.0).by_hand(person)
        resources: Mapping[str, str] = {}
        if file.station.simulated:
            laboratory = find_laboratory()(file)
            stack.callback(laboratory.close)
            resources = laboratory.resources
        equipment = assemble(file, resources=resources)
        stack.callback(equipment.close)
        asked: dict[str, Asked] = {}
        for instrument in equipment.instruments:
            told(instrument.name)
            asked[instrument.name] = ask(instrument)
        return judged(parts_of(file, equipment), asked, wall_now().date())


def ask(instrument: Instrument) -> Asked:
    """Connect to an instrument, ask who it is, and read it once where it can be read."""
    try:
        instrument.open()
        identity = instrument.identify()
    except InstrumentError as error:
        return Asked(problem=str(error))
    if not isinstance(instrument, Source):
        return Asked(identity)
    try:
        instrument.request()
        samples = instrument.collect()
    except InstrumentError as error:
        return Asked(identity, problem=f"says who it is, but gives no reading: {error}")
    return Asked(identity, {channel.name: s for channel, s in zip(instrument.channels, samples, strict=True)})


def judged(parts: tuple[Part, ...], asked: Mapping[str, Asked], today: dt.date) -> tuple[Checked, ...]:
    """Every part with what is wrong with it; `asked` by the name of the session."""
    mixed = len({part.simulated for part in parts if part.resource}) > 1
    return tuple(
        Checked(
            part,
            asked[part.key].identity if part.own_session and part.key in asked else None,
            (*_of_answers(part, asked), *_of_certificate(part, today), *_of_simulation(part, mixed)),
            silent=part.session in asked and bool(asked[part.session].problem),
        )
        for part in parts
    )


def _of_answers(part: Part, asked: Mapping[str, Asked]) -> Iterator[Problem]:
    answer = asked.get(part.session)
    if answer is None:
        return
    if answer.problem:
        text = answer.problem if part.own_session else f"{part.session}, which reads it, does not: {answer.problem}"
        yield Problem(Severity.FAULT, text)
    if part.own_session and answer.identity is not None:
        said = answer.identity.serial
        if said and part.serial and said != part.serial:
            yield Problem(
                Severity.ATTENTION,
                f"says that its serial number is {said}, the station file says {part.serial}; is it the right instrument?",
            )
    for channel in part.channels:
        sample = (answer.samples or {}).get(channel.name)
        if sample is not None and sample.status is Status.FLAGGED:
            yield Problem(
                Severity.ATTENTION,
                f"marks its reading as doubtful ({sample.raw or 'without saying why'}); look at it and at its wiring",
            )


def _of_certificate(part: Part, today: dt.date) -> Iterator[Problem]:
    if part.valid_until is not None:
        number = part.certificate or "no number"
        if part.valid_until < today:
            yield Problem(
                Severity.FAULT,
                f"its certificate ({number}) was valid until {part.valid_until}; no evaluation begins with it: use one with "
                "a valid certificate, or correct valid_until",
            )
        elif (part.valid_until - today).days <= SOON_DAYS:
            yield Problem(
                Severity.ATTENTION, f"its certificate ({number}) is valid only until {part.valid_until}; have it renewed"
            )
    if part.place is Place.CYLINDER and not part.certificate:
        yield Problem(Severity.ATTENTION, "has no certificate number in the station file; a report cannot name it")


def _of_simulation(part: Part, mixed: bool) -> Iterator[Problem]:
    if mixed and part.simulated:
        yield Problem(
            Severity.ATTENTION,
            f"is simulated (resource {part.resource!r}) beside real instruments; nothing made here can be signed",
        )
