"""The client of numat (alicat, GPL, a test tool) polls and sets our simulated controller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from instruments.alicat import AlicatSettings
from instruments.twin.alicat import AlicatServer

driver = pytest.importorskip("alicat.driver", reason="needs the dependency group peers")


class Flow:
    """A controller in a plant that follows at once."""

    def __init__(self) -> None:
        self.flow = 1.25

    def set_flow(self, flow: float) -> None:
        self.flow = flow

    def setpoint(self) -> float:
        return self.flow

    def indicated_flow(self) -> float:
        return self.flow


@pytest.fixture
def talk(served: Callable[..., int]) -> Callable[[Callable[[Any], Awaitable[Any]]], tuple[Any, Flow]]:
    """`talk(dialogue)` runs a dialogue of the client with our controller; returns its result and the plant's controller."""

    def start(dialogue: Callable[[Any], Awaitable[Any]], unit: str = "A") -> tuple[Any, Flow]:
        flow = Flow()
        settings = AlicatSettings(
            resource="twin", unit_id="A", full_scale=5.0, uncertainty_percent=0.4, reproducibility_percent=0.03
        )
        port = served(AlicatServer("mfc-co2", settings, flow))

        async def run() -> Any:
            client = driver.FlowController(f"127.0.0.1:{port}", unit, timeout=0.3)
            try:
                return await dialogue(client)
            finally:
                await client.hw.close()

        return asyncio.run(run()), flow

    return start


def test_it_reads_the_state_that_our_driver_reads(talk: Any) -> None:
    state, _ = talk(lambda client: client.get())
    assert state == {
        "pressure": 14.7,
        "temperature": 25.0,
        "volumetric_flow": 1.25,
        "mass_flow": 1.25,
        "setpoint": 1.25,
        "gas": "N2",
        "control_point": "mass flow",
    }


def test_it_sets_a_flow_and_finds_it_set(talk: Any) -> None:
    async def dialogue(client: Any) -> Any:
        await client.set_flow_rate(3.5)
        return await client.get()

    state, flow = talk(dialogue)
    assert (state["setpoint"], state["mass_flow"], flow.flow) == (3.5, 3.5, 3.5)


def test_it_cannot_set_more_than_full_scale(talk: Any) -> None:
    async def dialogue(client: Any) -> Any:
        await client.set_flow_rate(5.5)  # our answer is "?", in which it finds no set-point to compare
        return await client.get()

    state, flow = talk(dialogue)
    assert (state["setpoint"], flow.flow) == (1.25, 1.25)


def test_it_chooses_a_gas_and_reads_it_back(talk: Any) -> None:
    async def dialogue(client: Any) -> Any:
        await client.set_gas("CO2")
        return await client.get()

    state, _ = talk(dialogue)
    assert state["gas"] == "CO2"


def test_a_gas_that_the_controller_does_not_know_is_an_error_of_the_client(talk: Any) -> None:
    with pytest.raises(OSError, match="Cannot set gas"):
        talk(lambda client: client.set_gas("Kr"))


def test_it_holds_the_valve_and_lets_it_go_again(talk: Any) -> None:
    async def dialogue(client: Any) -> Any:
        await client.hold()
        held = await client.hw.write_and_read("A")
        await client.cancel_hold()
        return held, await client.get()

    (held, state), _ = talk(dialogue)
    assert held.split()[-1] == "HLD"
    assert (state["setpoint"], state["gas"]) == (1.25, "N2")


def test_it_locks_the_keys(talk: Any) -> None:
    async def dialogue(client: Any) -> Any:
        await client.lock()
        locked = await client.is_locked()
        await client.unlock()
        return locked, await client.is_locked()

    assert talk(dialogue)[0] == (True, False)
