"""The maker's own client (bronkhorst-propar) reads and sets our simulated controller, and names what it refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import propar
import pytest
from serial import serial_for_url

from instruments.bronkhorst_propar import BronkhorstProparSettings
from instruments.twin.bronkhorst_propar import BronkhorstProparServer

FSETPOINT, FMEASURE = 206, 205  # numbers of the maker's list of parameters


class Flow:
    """A controller in a plant that follows at once."""

    def __init__(self) -> None:
        self.flow = 0.0

    def set_flow(self, flow: float) -> None:
        self.flow = flow

    def setpoint(self) -> float:
        return self.flow

    def indicated_flow(self) -> float:
        return self.flow


PATIENT_S = 10.0  # a busy machine answers late


class _EndError(Exception):
    """Ends the client's thread of messages, which has no end of its own."""


@pytest.fixture(params=["binary", "ascii"])
def client(
    request: pytest.FixtureRequest, served: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """`client(node)` is the maker's instrument at that node, and `flow` of it is the plant's controller."""
    flow = Flow()
    settings = BronkhorstProparSettings(
        resource="twin", node=3, full_scale=5.0, flow_unit="NL/min", uncertainty_percent=0.4, reproducibility_percent=0.03
    )
    port = served(BronkhorstProparServer("mfc-co2", settings, flow))
    masters: list[Any] = []

    def make(node: int = 3) -> Any:
        instrument = propar.instrument(f"socket://127.0.0.1:{port}", address=node, serial_class=serial_for_url)
        if request.param == "ascii":
            instrument.master.propar.mode = propar.PP_MODE_ASCII
        instrument.master.response_timeout = PATIENT_S
        masters.append(instrument.master)
        instrument.flow = flow
        return instrument

    monkeypatch.setattr(threading, "excepthook", _unless_ended(threading.excepthook))
    yield make

    def end() -> None:
        raise _EndError

    for master in {id(master): master for master in masters}.values():
        master.propar.run = False
        master.propar.serial_read_thread.join()
        master.propar.serial._socket.close()  # its own close waits for 0.3 s
        master.propar.read_propar_message = end
        master.msg_handler_thread.join()
    propar._PROPAR_MASTERS.clear()


def _unless_ended(hook: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda arguments: None if arguments.exc_type is _EndError else hook(arguments)


def test_it_reads_and_sets_the_setpoint_in_32000ths(client: Callable[..., Any]) -> None:
    instrument = client()
    instrument.setpoint = 16000
    assert instrument.flow.flow == 2.5
    assert (instrument.setpoint, instrument.measure) == (16000, 16000)


def test_it_reads_and_sets_flows_in_the_instruments_unit(client: Callable[..., Any]) -> None:
    instrument = client()
    assert instrument.writeParameter(FSETPOINT, 1.25)
    assert instrument.flow.flow == 1.25
    assert (instrument.readParameter(FSETPOINT), instrument.readParameter(FMEASURE)) == (1.25, 1.25)


def test_it_knows_the_instrument(client: Callable[..., Any]) -> None:
    instrument = client()
    names = {"BHT Model Number": "F-201CV (simulated)", "Serial Number": "SIM-mfc-co2", "Capacity Unit": "ln/min"}
    for name, value in names.items():
        (parameter, *_) = [p for p in instrument.db.get_all_parameters() if p["parm_name"] == name]
        assert instrument.readParameter(parameter["dde_nr"]) == value
    assert instrument.readParameter(21) == 5.0  # capacity


def test_it_reads_a_chain_of_parameters_of_several_processes(client: Callable[..., Any]) -> None:
    instrument = client()
    instrument.writeParameter(FSETPOINT, 2.0)
    answers = instrument.read_parameters(instrument.db.get_parameters([8, 9, 21, 129, FMEASURE, 142, 92]))
    assert [answer["status"] for answer in answers] == [propar.PP_STATUS_OK] * 7
    assert [answer["data"] for answer in answers] == [12800, 12800, 5.0, "ln/min", 2.0, 23.0, "SIM-mfc-co2"]


def test_it_names_what_is_refused(client: Callable[..., Any]) -> None:
    instrument = client()

    def written(process: int, number: int, kind: int, data: object) -> int:
        parameter = {"proc_nr": process, "parm_nr": number, "parm_type": kind, "data": data}
        return int(instrument.write_parameters([parameter]))

    assert written(33, 3, propar.PP_TYPE_FLOAT, 6.0) == propar.PP_STATUS_PARM_VALUE
    assert written(33, 0, propar.PP_TYPE_FLOAT, 1.0) == propar.PP_STATUS_READONLY
    assert written(33, 3, propar.PP_TYPE_INT16, 1) == propar.PP_STATUS_PARM_TYPE
    assert written(33, 20, propar.PP_TYPE_FLOAT, 1.0) == propar.PP_STATUS_PARM_NUMBER
    assert written(5, 0, propar.PP_TYPE_INT16, 1) == propar.PP_STATUS_PROC_NUMBER
    (answer,) = instrument.read_parameters([{"proc_nr": 5, "parm_nr": 0, "parm_type": propar.PP_TYPE_INT16}])
    assert answer["status"] == propar.PP_STATUS_PROC_NUMBER


def test_a_purge_and_its_end_are_set_over_the_control_mode(client: Callable[..., Any]) -> None:
    instrument = client()
    instrument.writeParameter(FSETPOINT, 2.0)
    assert instrument.writeParameter(12, 8)
    assert instrument.flow.flow == 5.0
    assert instrument.writeParameter(12, 0)
    assert instrument.flow.flow == 2.0


def test_another_node_is_silent(client: Callable[..., Any]) -> None:
    instrument = client(node=9)
    instrument.master.response_timeout = 0.05
    (answer,) = instrument.read_parameters([{"proc_nr": 1, "parm_nr": 0, "parm_type": propar.PP_TYPE_INT16}])
    assert answer["status"] == propar.PP_STATUS_TIMEOUT_ANSWER
    instrument.master.response_timeout = PATIENT_S


def test_the_instrument_alone_on_the_line_is_found_at_128(client: Callable[..., Any]) -> None:
    assert client(node=128).readParameter(92) == "SIM-mfc-co2"
