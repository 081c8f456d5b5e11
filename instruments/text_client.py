"""The client of a text profile: asks quantities, makes settings and sees that they are taken, over one link.

One question may be sent and its answer fetched later (`send`, `receive`), so that many instruments are read at once. An
answer is recognised by its pattern; a line that fits no pattern is passed over and named in the error if no other comes.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from instruments.condition_control import NotTakenError
from instruments.session import SerialSettings
from instruments.station_keys import DriverSettings, ResourceName, Timeout, Tries
from instruments.text_framing import FRAMINGS
from instruments.text_grammar import filled, fits
from instruments.text_profile import QuantityEntry, TextProfile
from instruments.transport import Link
from testbench.engine.roles import Identity, Listener, SafeOutcome, Sample, Status
from testbench.errors import InputError, InstrumentError

READ_ONLY = "none: read only"
MOST_ERRORS = 20  # that are fetched from an instrument at one time


class TextKeys(DriverSettings):
    """Keys of a table whose instrument is reached by a text profile; what is not given is taken from the profile."""

    resource: ResourceName
    profile: str = Field(description="name of a shipped text profile, or path of a profile file")
    address: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{0,16}$", description="address on the line")
    baud_rate: int | None = Field(default=None, gt=0, description="speed of a serial line, baud")
    data_bits: Literal[7, 8] | None = Field(default=None, description="data bits of a serial line")
    parity: Literal["none", "even", "odd"] | None = Field(default=None, description="parity of a serial line")
    stop_bits: Literal[1, 2] | None = Field(default=None, description="stop bits of a serial line")
    command_gap_s: float | None = Field(default=None, ge=0, le=60, description="pause between two commands, s")
    timeout_s: Timeout = 1.0
    tries: Tries = 3

    def address_with(self, profile: TextProfile) -> str:
        """The address: as stated here, or the profile's."""
        return profile.transport.address if self.address is None else self.address

    def patience_with(self, profile: TextProfile) -> tuple[float, int]:
        """Longest time for one answer, s, and number of tries: as stated here, or the profile's."""
        usual, stated = profile.transport, self.model_fields_set
        return (
            self.timeout_s if "timeout_s" in stated else usual.timeout_s,
            self.tries if "tries" in stated else usual.tries,
        )


class TextClient:
    """Speaks to one instrument as its profile says. Raises InputError when the profile or the address cannot be used."""

    def __init__(self, name: str, keys: TextKeys, profile: TextProfile) -> None:
        self.name = name
        self.profile = profile
        self.resource = keys.resource
        usual = profile.transport
        self.address = keys.address_with(profile)
        try:
            self._framing = FRAMINGS[usual.framing](usual.ends(self.address))
        except ValueError as error:
            raise InputError(str(error)) from None
        line = SerialSettings(
            keys.baud_rate or usual.baud_rate,
            keys.data_bits or usual.data_bits,
            keys.parity or usual.parity,
            keys.stop_bits or usual.stop_bits,
        )
        gap_s = usual.gap_s if keys.command_gap_s is None else keys.command_gap_s
        if "127.0.0.1" in keys.resource and keys.command_gap_s is None:
            gap_s = 0.0  # a peer on this machine needs no rest
        address = f" with address {self.address}" if self.address else ""
        settings = f" at {line}" if keys.resource.upper().startswith("ASRL") else ""
        timeout_s, tries = keys.patience_with(profile)
        self.link = Link(
            name,
            keys.resource,
            timeout_s=timeout_s,
            tries=tries,
            serial=line,
            gap_s=gap_s,
            hint=f"is it switched on{settings}{address}, and is it what profile {profile.name!r} describes?",
        )
        self._sent: tuple[str, QuantityEntry] | None = None

    # ---- session -------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, and send what the profile sends first."""
        self.link.open()
        try:
            for command in self.profile.transport.open:
                self.link.write(self._framing.request(filled(command, address=self.address)))
        except InstrumentError:
            self.link.close()
            raise

    def close(self) -> None:
        """Disconnect."""
        self.link.close()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self.link.trace = listener

    def identify(self) -> Identity:
        """Ask who it is; without such a question make sure that it answers the first of its quantities."""
        entry = self.profile.identity
        if entry is None:
            if self.profile.quantities:
                self.read(next(iter(self.profile.quantities)))
            return Identity()
        text = self._query(filled(entry.ask, address=self.address), entry.answer)
        found = fits(entry.answer, text)
        assert found is not None
        said = {key: (value or "").strip() for key, value in found.groupdict().items()}
        return Identity(
            said.get("maker", self.profile.maker),
            said.get("model", self.profile.model),
            said.get("serial", ""),
            said.get("firmware", ""),
        )

    # ---- quantities ----------------------------------------------------------------------------------------------------

    def send(self, quantity: str) -> None:
        """Ask a quantity; its answer is fetched by `receive`. Raises InputError for one that the profile does not have."""
        entry = self.profile.quantity(quantity)
        command = filled(entry.ask, address=self.address)
        self._sent = (command, entry)
        self.link.send(
            self._framing.request(command), self._framing.answers(), accept=lambda frame: self._fits(command, frame, entry)
        )

    def receive(self) -> Sample:
        """Return the answer to the quantity that was asked, in its unit; raises InstrumentError."""
        if self._sent is None:
            raise RuntimeError(f"{self.name}: receive without send")
        command, entry = self._sent
        text = self._framing.text(command, self.link.receive()) or ""
        self._refuse(command, text)
        return _sample(entry, text)

    def read(self, quantity: str) -> Sample:
        """Ask a quantity and return the answer, in its unit; raises InstrumentError."""
        self.send(quantity)
        return self.receive()

    # ---- settings ------------------------------------------------------------------------------------------------------

    def set(self, setting: str, value: float = 0.0, **fields: str) -> float:
        """Make a setting and see that it is taken; return the value that was really sent, by its digits.

        Raises InputError for a value outside the range or that cannot be written, before anything is sent, and
        InstrumentError if the instrument refuses, reports an error, or reads back something else.
        """
        entry = self.profile.setting(setting)
        self.check(setting, value)
        number = (value - entry.offset) / entry.scale
        try:
            command = filled(entry.send, value=number, address=self.address, **fields)
        except (ValueError, OverflowError) as error:
            raise InputError(f"{self.name}: {setting} cannot be set: {error}") from None
        if entry.acknowledge is None:
            self.link.write(self._framing.request(command))
        else:
            self._query(command, entry.acknowledge)
        self._look_for_errors(command)
        sent = entry.sent(value) if entry.takes_value else value
        if entry.read_back is not None:
            due = sent if entry.expected is None else entry.expected
            self._read_back(setting, entry.read_back, due, entry.tolerance, entry.unit)
        return sent

    def check(self, setting: str, value: float) -> None:
        """Raise InputError for a value that the setting does not take."""
        entry = self.profile.setting(setting)
        low, high = entry.range or (-math.inf, math.inf)
        if not math.isfinite(value) or not low <= value <= high:
            allowed = f"; it takes {low:g} to {high:g} {entry.unit}".rstrip() if entry.range else ""
            raise InputError(f"{self.name}: {setting} cannot be set to {value:g} {entry.unit}".rstrip() + allowed)

    def _read_back(self, setting: str, quantity: str, sent: float, tolerance: float, unit: str) -> None:
        found = self.read(quantity)
        if found.status != Status.VALID or not abs(found.value - sent) <= tolerance + 1e-9 * max(1.0, abs(sent)):
            raise NotTakenError(
                f"{self.name} ({self.resource}): {setting} was set to {sent:g} {unit}, reads back {found.value:g} {unit}; "
                "is it in remote mode, and does no limit of its own stand against it?"
            )

    def drive_safe(self) -> SafeOutcome:
        """Make the settings of the safe state and read back what tells that it is reached."""
        safe = self.profile.safe
        if safe is None:
            state = "none: the profile has no safe state" if self.profile.settings else READ_ONLY
            return SafeOutcome(self.name, state, verified=not self.profile.settings, read_back="")
        for setting in safe.settings:
            self.set(setting)
        if safe.read_back is None:
            return SafeOutcome(self.name, safe.state, verified=False, read_back="")
        found = self.read(safe.read_back)
        reached = found.status == Status.VALID and abs(found.value - safe.expected) <= safe.tolerance
        unit = self.profile.quantity(safe.read_back).unit
        return SafeOutcome(self.name, safe.state, reached, f"{safe.read_back} {found.value:g} {unit}".rstrip())

    @property
    def safe_state(self) -> str:
        """The safe state in words."""
        if self.profile.safe is not None:
            return self.profile.safe.state
        return "none: the profile has no safe state" if self.profile.settings else READ_ONLY

    # ---- lines ---------------------------------------------------------------------------------------------------------

    def _query(self, command: str, pattern: str) -> str:
        """Send a command and return the answer that fits the pattern; raise InstrumentError for one that refuses."""

        def answers(frame: bytes) -> bool:
            text = self._framing.text(command, frame)
            return text is not None and (fits(pattern, text) is not None or self._refuses(text))

        frame = self.link.query(self._framing.request(command), self._framing.answers(), accept=answers)
        text = self._framing.text(command, frame) or ""
        if fits(pattern, text) is None:
            self._refuse(command, text)
        return text

    def _fits(self, command: str, frame: bytes, entry: QuantityEntry) -> bool:
        text = self._framing.text(command, frame)
        return text is not None and (text in entry.no_value or fits(entry.answer, text) is not None or self._refuses(text))

    def _refuses(self, text: str) -> bool:
        return any(fits(pattern, text) is not None for pattern in self.profile.refusals)

    def _refuse(self, command: str, text: str) -> None:
        if self._refuses(text):
            raise NotTakenError(f"{self.name} ({self.resource}): refuses {command!r} with {text!r}")

    def _look_for_errors(self, command: str) -> None:
        """Fetch what the instrument has to complain of after a command; raise InstrumentError if there is something."""
        query = self.profile.errors
        if query is None:
            return
        complaints: list[str] = []
        while len(complaints) < MOST_ERRORS:
            text = self._query(filled(query.ask, address=self.address), query.answer)
            found = fits(query.answer, text)
            if found is None or found["code"] in query.none:
                break
            complaints.append(text)
        if complaints:
            raise NotTakenError(f"{self.name} ({self.resource}): after {command!r} it reports {'; '.join(complaints)}")


def _sample(entry: QuantityEntry, text: str) -> Sample:
    """What an answer says; flagged, with the answer itself, where it cannot be trusted."""
    found = fits(entry.answer, text)
    said = found["value"] if found is not None else text
    if said is None or said.strip() in entry.no_value:
        return Sample(math.nan, Status.FLAGGED, text)
    try:
        value = float(said) * entry.scale + entry.offset
    except ValueError:
        return Sample(math.nan, Status.FLAGGED, text)
    status = found["status"] if found is not None and "status" in found.re.groupindex else None
    if status is not None and status in entry.flags:
        return Sample(value, Status.FLAGGED, f"{status}: {entry.flags[status]}")
    low, high = entry.valid or (-math.inf, math.inf)
    if not math.isfinite(value) or not low <= value <= high:
        return Sample(value if math.isfinite(value) else math.nan, Status.FLAGGED, text)
    return Sample(value)
