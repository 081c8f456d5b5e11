"""What is fixed in the record when an evaluation begins: the texts it rests on, its devices, the software."""

from __future__ import annotations

import datetime as dt

from testbench.engine.assembly import Equipment
from testbench.engine.plan import Plan
from testbench.engine.request import EvaluationRequest
from testbench.engine.software import software
from testbench.record.model import DeviceEntry, EvaluationStart


def evaluation_start(
    request: EvaluationRequest, plan: Plan, equipment: Equipment, *, simulated: bool, started: dt.datetime
) -> EvaluationStart:
    """Gather it."""
    station, standard = request.station, request.standard
    return EvaluationStart(
        standard=standard.name if standard is not None else "",
        standard_text=standard.text if standard is not None else "",
        standard_digest=standard.digest if standard is not None else "",
        station_path=str(station.path),
        station_text=station.text,
        station_digest=station.digest,
        seed=request.seed if simulated else None,
        language=request.language,
        simulated=simulated,
        software=software(request),
        measurand=next(iter(equipment.information.values())).measurand,
        devices=[_entry(request, device.name, device.channel) for device in equipment.devices],
        started=started,
        notes=request.notes,
        request=request.document(plan),
    )


def _entry(request: EvaluationRequest, name: str, channel: str) -> DeviceEntry:
    table = request.station.station.devices[name]
    return DeviceEntry(
        name=name,
        maker=table.maker,
        model=table.model,
        serial=table.serial,
        range=list(table.range),
        unit=table.unit,
        channel=channel,
    )
