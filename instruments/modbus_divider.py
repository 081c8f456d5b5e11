"""A gas divider in one box that speaks Modbus, RTU or TCP, by a register profile.

    [divider]
    driver = "modbus-divider"
    resource = "ASRL4::INSTR"                # or "TCPIP::192.168.1.40::502::SOCKET"
    profile = "mcq-gb100"                    # or the path of a profile of your own
    gases = ["co2", "zero"]                  # the cylinders in the order of its ports; one of them is zero gas
    total_flow = 4.0                         # L/min
    full_scale = [5.0, 5.0]                  # of each port, L/min; of a profile that reports flows
    uncertainty_percent = 0.5                # expanded (k = 2), of a flow
    reproducibility_percent = 0.05           # standard deviation from one setting to the next

Of a profile that makes contents (`sms-calibrator`) the uncertainties are those of the content. It has, not `full_scale`,

    source_flow = [0.02, 0.2]                # L/min of source gas that it can dilute: with total_flow, what it can make
    select = { CO2 = 5 }                     # code of the gas in its selection, where the profile does not know it
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.blending import Blending, Flows
from instruments.divider_registers import SHARE, Contents, Ports, Value, read_divider_profile
from instruments.flow_units import flow_unit
from instruments.made_contents import MadeContents, Making
from instruments.modbus import Request
from instruments.modbus_client import Prepared
from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.one_box import OneBox, OneBoxSettings, blending_of, contents_of
from testbench.engine.roles import Identity, Parts, Sample, Status
from testbench.errors import InputError, InstrumentError
from testbench.metrology.amount import from_fraction, to_fraction

NO_FLOW = 0.01  # of full scale: what a closed port may show


class ModbusDividerSettings(ModbusKeys, OneBoxSettings):
    """Keys of the `[divider]` table with driver "modbus-divider"; the line is as the profile says where not given."""

    profile: str = Field(description="name of a shipped divider profile, or path of a profile file")
    full_scale: tuple[float, ...] | None = Field(
        default=None, description="largest flow of each port, L/min; where the divider reports flows"
    )
    minimum_flow_percent: float = Field(
        default=1.0, ge=0, lt=100, description="smallest flow used, percent of full scale; where the divider reports flows"
    )
    source_flow: tuple[float, float] | None = Field(
        default=None,
        description="smallest and largest flow of source gas, L/min; where it makes contents; default: 0 to total_flow",
    )
    select: dict[str, int] = Field(default={}, description="gas → its code in the divider's selection")


class ModbusDivider(OneBox):
    """A gas divider (role `GasDivider`), and its own source."""

    driver: ClassVar[str] = "modbus-divider"
    kind: ClassVar[str] = "divider"
    summary: ClassVar[str] = "gas divider or calibrator over Modbus RTU or TCP by a register profile"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; each profile names who documents its registers"
    verified: ClassVar[str] = (
        "framing checked against published frames and pymodbus's server; each profile states its own evidence, "
        "unverified against hardware"
    )
    Settings: ClassVar[type[BaseModel]] = ModbusDividerSettings

    def __init__(self, name: str, settings: ModbusDividerSettings, parts: Parts) -> None:
        self.profile = read_divider_profile(settings.profile)
        self.settings = settings
        link, self._client = modbus_client(name, settings, self.profile.transport)
        flows = self.profile.ports is not None
        super().__init__(name, self._blending(name, parts) if flows else self._making(name, parts), link)
        self._total_flow = settings.total_flow  # what it was told last, L/min
        self._prepare_readings()

    def _blending(self, name: str, parts: Parts) -> Blending:
        ports, settings = self.profile.ports, self.settings
        assert ports is not None
        if settings.full_scale is None:
            raise InputError(f"profile {self.profile.name!r} reports flows: state full_scale, the largest flow of each port")
        if settings.source_flow is not None or settings.select:
            raise InputError(f"profile {self.profile.name!r} reports flows: leave out source_flow and select")
        if len(settings.gases) > ports.most:
            raise InputError(f"profile {self.profile.name!r} has {ports.most} ports; gases names {len(settings.gases)}")
        step = ports.set_.step
        if ports.set_.unit == SHARE:  # in the unit of the reported flow
            step *= settings.total_flow / 100.0 / flow_unit(ports.actual.unit).litres_per_minute
        else:
            step *= flow_unit(ports.set_.unit).litres_per_minute / flow_unit(ports.actual.unit).litres_per_minute
        return blending_of(
            name,
            settings,
            parts,
            full_scale=settings.full_scale,
            minimum_percent=settings.minimum_flow_percent,
            unit=ports.actual.unit,
            resolution=[_step(ports.actual)] * len(settings.gases),
            set_step=step,
        )

    def _making(self, name: str, parts: Parts) -> MadeContents:
        settings, profile = self.settings, self.profile
        if settings.full_scale is not None:
            raise InputError(f"profile {profile.name!r} makes contents: state source_flow, not full_scale")
        if settings.rest_flow is not None and profile.total_flow is None:
            raise InputError(f"profile {profile.name!r} does not set the total flow: leave out rest_flow")
        if settings.select and profile.select is None:
            raise InputError(f"profile {profile.name!r} knows no register of a gas selection: leave out select")
        components = {parts.cylinders[gas].component for gas in settings.gases if gas in parts.cylinders}
        steps = [to_fraction(_step(entry.reported), entry.reported.unit) for entry in map(profile.contents_of, components)]
        source_flow = settings.source_flow or (0.0, settings.total_flow)
        return contents_of(name, settings, parts, source_flow=source_flow, resolution=max(steps, default=0.0))

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Make sure that it answers; a register profile knows no identity, so there is none to return."""
        self.request()
        self.collect()
        return Identity()

    # ---- source --------------------------------------------------------------------------------------------------------

    def _prepare_readings(self) -> None:
        """One request for every number that is read: the first goes out in `request`, the others follow in `collect`."""
        profile = self.profile
        requests: dict[str, Request] = {"run": profile.run.read()}
        if profile.alarm is not None and profile.alarm.read:
            requests["alarm"] = Value(
                register=profile.alarm.register_, type=profile.alarm.type, function=profile.alarm.function, unit=""
            ).read()
        if profile.ports is not None:
            for index in range(len(self.settings.gases)):
                requests[f"port {index}"] = profile.ports.actual.read(index * profile.ports.stride)
        elif profile.measured_flow is not None:
            requests["flow"] = profile.measured_flow.read()
        self._readings = {what: self._client.prepare(request) for what, request in requests.items()}

    def request(self) -> None:
        """Ask for its state."""
        self._client.send(self._readings["run"])

    def collect(self) -> Sequence[Sample]:
        """Return the flows, or the contents and the total flow; flagged where state or alarm say that they mean nothing."""
        state = int(self.profile.run.format.decode(self._client.receive()))
        trouble = self._trouble(state)
        status = Status.FLAGGED if trouble else Status.VALID
        if (ports := self.profile.ports) is not None:
            return [
                Sample(ports.actual.value(self._ask(self._readings[f"port {index}"])), status, trouble or None)
                for index in range(len(self.settings.gases))
            ]
        runs = state in (self.profile.run.on, self.profile.run.zero)
        content = self._reported() if state == self.profile.run.on else 0.0
        flow = self._measured_flow(runs)
        return self._contents(Sample(content, status, trouble or None), Sample(flow, status, trouble or None))

    def _trouble(self, state: int) -> str:
        """What state and alarm say against the readings; empty where nothing."""
        run, alarm = self.profile.run, self.profile.alarm
        if state not in (run.on, run.off, run.zero):
            return f"state {state}: {run.meaning.get(state, 'meaning not documented')}"
        if alarm is not None and "alarm" in self._readings:
            number = int(alarm.format.decode(self._ask(self._readings["alarm"])))
            if number not in alarm.normal:
                return f"status {number}: {alarm.meaning.get(number, 'meaning not documented')}"
        return ""

    def _reported(self) -> float:
        """The content that it reports, mol/mol."""
        entry = self._entry(self._port).reported
        return to_fraction(entry.value(self._client.query(entry.read())), entry.unit)

    def _measured_flow(self, runs: bool) -> float:
        """Its total flow, L/min: what it measures, or where it measures none what is stated, while it runs."""
        measured = self.profile.measured_flow
        if measured is None:
            return self._total_flow if runs else 0.0
        return measured.value(self._ask(self._readings["flow"])) * flow_unit(measured.unit).litres_per_minute

    def _ask(self, prepared: Prepared) -> bytes:
        self._client.send(prepared)
        return self._client.receive()

    def _entry(self, port: int) -> Contents:
        """Registers for the gas of a port."""
        assert isinstance(self.gas, MadeContents)
        return self.profile.contents_of(list(self.gas.gases.values())[port - 1].component)

    # ---- setting -------------------------------------------------------------------------------------------------------

    def _tell(self, told: Flows | Making) -> None:
        if isinstance(told, Making):
            self._tell_content(told)
        else:
            self._tell_flows(told)

    def _tell_flows(self, flows: Flows) -> None:
        """Write total flow and balance, then what each port makes, then start it."""
        profile, ports = self.profile, self.profile.ports
        assert ports is not None
        assert isinstance(self.gas, Blending)
        total = math.fsum(flows.values())
        balance = 1 + self.gas.legs.index(self.gas.balance)
        if profile.total_flow is not None:
            self._write(profile.total_flow.write(total / flow_unit(profile.total_flow.unit).litres_per_minute))
        if profile.balance is not None:
            self._write(profile.balance.write(balance))
        for index, leg in enumerate(self.gas.legs):
            offset, flow = index * ports.stride, flows[leg.key]
            if not (profile.balance is not None and leg is self.gas.balance):
                self._write(ports.set_.write(self._set_point(ports, flow, total), offset))
            if ports.enable is not None:
                self._write(ports.enable.write(ports.enable.on if flow > 0 else ports.enable.off, offset))
        self._start(profile.run.on)

    def _set_point(self, ports: Ports, flow: float, total: float) -> float:
        """A flow (L/min) as the port is told it."""
        if ports.set_.unit == SHARE:
            return 100.0 * flow / total
        return flow / flow_unit(ports.set_.unit).litres_per_minute

    def _tell_content(self, making: Making) -> None:
        """Write selection, content and total flow, then start it."""
        profile, port = self.profile, making.port if making.content > 0 else self._port
        entry = self._entry(port)
        if profile.select is not None and (code := self._code(port)) is not None:
            self._write(profile.select.write(code))
        if profile.total_flow is not None:
            self._write(profile.total_flow.write(making.total_flow / flow_unit(profile.total_flow.unit).litres_per_minute))
            self._total_flow = making.total_flow
        zero = making.content == 0 and profile.run.zero is not None
        self._write(entry.target.write(from_fraction(making.content, entry.target.unit)))
        self._start(profile.run.zero if zero and profile.run.zero is not None else profile.run.on)

    def _code(self, port: int) -> int | None:
        assert isinstance(self.gas, MadeContents)
        component = list(self.gas.gases.values())[port - 1].component
        return self.settings.select.get(component, self.profile.contents_of(component).select)

    def _write(self, request: Request) -> None:
        self._client.query(request)

    def _start(self, state: int) -> None:
        """Have it run, and make sure that it does."""
        self._write(self.profile.run.write(state))
        found = self._state()
        if found != state:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): was started with state {state}, but its state is {found}; "
                "is it set to remote control?"
            )

    def _state(self) -> int:
        return int(self.profile.run.format.decode(self._client.query(self.profile.run.read())))

    def _halt(self) -> None:
        self._write(self.profile.run.write(self.profile.run.off))

    def _halted(self) -> tuple[bool, str]:
        state = self._state()
        safe, read_back = state == self.profile.run.off, f"state {state}"
        if (ports := self.profile.ports) is not None:
            assert isinstance(self.gas, Blending)
            for index, leg in enumerate(self.gas.legs):
                flow = ports.actual.value(self._ask(self._readings[f"port {index}"]))
                safe = safe and abs(flow) * leg.litres <= NO_FLOW * leg.largest
                read_back += f", port {index + 1}: {flow:g} {ports.actual.unit}"
        elif self.profile.measured_flow is not None:
            flow = self._measured_flow(runs=False)
            safe = safe and abs(flow) <= NO_FLOW * self.settings.total_flow
            read_back += f", flow {flow:g} L/min"
        return safe, read_back


def _step(value: Value) -> float:
    """Step of a reported value, in its unit; 0 (not known) for a float."""
    return value.scale if value.format.integer else 0.0
