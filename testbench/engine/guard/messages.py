"""What the guard and the process that it watches say to each other: an assignment at the start, then words and beats.

guard ──► its token, once, when it is ready; a line feed for what it heard
guard ◄── `Word`s, each a line of JSON; in between a line feed now and then: a beat, the sign of life
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from testbench.station import StationFile, parse_station

BEAT = b"\n"


class Message(BaseModel):
    """One line of JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def line(self) -> bytes:
        """As it is sent."""
        return self.model_dump_json().encode() + b"\n"


class Assignment(Message):
    """What a guard has to know: the bench, the record, the process that it watches and how it is reached.

    `resources` are the VISA resource names of simulated instruments, `hang_s` how long that process may be without a beat.
    `takes_over` says that the instruments may be driving something already, because this guard stands in for a lost one: it
    then acts also if that process has died before they met. `evaluation` is what the record calls the run, once it does.
    """

    station: Path
    text: str
    resources: dict[str, str]
    devices: tuple[str, ...] | None
    record: Path
    hang_s: float
    pid: int
    port: int
    token: str
    takes_over: bool = False
    evaluation: str | None = None

    @property
    def file(self) -> StationFile:
        """The station; raise StationError."""
        return parse_station(self.text, self.station)


class Word(Message):
    """All that the guard has to know at this moment.

    `patient`: a person is waited for, so there may be no beat. `released`: the bench was left safe, the guard may go.
    """

    token: str
    evaluation: str | None = None
    patient: bool = False
    released: bool = False
