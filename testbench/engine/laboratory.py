"""The simulated laboratory as the engine sees it: where its instruments are, its clock, and its operator.

Found through the entry points of group `testbench.laboratories`; the engine never imports the twin. One owner, the run,
advances bench time, and only when all reads of a tick are done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from testbench.engine.roles import Adjustment
from testbench.station import StationFile


class Laboratory(Protocol):
    """A laboratory that was started or found running, and is owned until `close`.

    `resources` gives the VISA resource name of every simulated instrument and device by its name in the station file.
    `reset` starts it anew: bench time 0, every drawn truth drawn from `seed`. `advance` moves bench time to `to_s`
    (seconds since reset, never backwards) and returns when the plant is there. `adjust_by_hand` is the simulated
    operator at a device's keys; `set_condition` sets an ambient or supply condition. `connect_gas` connects a gas of these
    contents (mol/mol by component) to the line by hand, in place of the divider; without any the divider feeds it again.

    With its seed, what was done to the laboratory since the reset is all that its state is made of. `history` gives it as
    JSON documents, in order, from number `since` on (0 is the first). `restore` goes on with the world of a seed and a
    history at bench time `at_s` or later: True if the laboratory is that world still (it has the seed, its history begins
    with `history`, and its time is not before `at_s`), which is then left as it is; otherwise it is reset to the seed, the
    history is done again, time is brought to `at_s`, and the answer is False. A laboratory that outlived its run has
    followed real time and may have been driven safe: it is the same world.
    """

    resources: Mapping[str, str]

    def reset(self, seed: int) -> None: ...
    def now(self) -> float: ...
    def advance(self, to_s: float) -> None: ...
    def adjust_by_hand(self, device: str, point: Adjustment, indicated: float, target: float) -> None: ...
    def set_condition(self, quantity: str, value: float) -> None: ...
    def connect_gas(self, contents: Mapping[str, float]) -> None: ...
    def history(self, since: int = 0) -> list[dict[str, Any]]: ...
    def restore(self, seed: int, history: Sequence[Mapping[str, Any]], at_s: float) -> bool: ...
    def close(self) -> None: ...


class LaboratoryStarter(Protocol):
    """What the entry point `twin` names: starts the laboratory of a station, or finds the one that is running."""

    def __call__(self, station: StationFile) -> Laboratory: ...
