"""Independent readings of settled gas: how far apart they are taken, and over what time each is averaged.

EN ISO 9169 and EN 14181: each reading is averaged over at least one response time, and readings are independent when four
response times lie between them. The response time is the longest that the station states for the devices that are read
together. Of how long a reading must at least last (a standard that says "one minute") `least_s` speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from testbench.engine.bench import Bench
from testbench.engine.steps import Averages, DeviceInfo

APART_RESPONSES = 4.0
AVERAGE_RESPONSES = 1.0


def response_s(devices: Sequence[DeviceInfo]) -> float:
    """The longest response time of the devices, s."""
    return max(info.response_time_s for info in devices)


def averaging_s(
    devices: Sequence[DeviceInfo], average_responses: float = AVERAGE_RESPONSES, *, least_s: float = 0.0
) -> float:
    """The time that a reading is averaged over, s: multiples of the response time, at least one update of every device."""
    return max(average_responses * response_s(devices), *(info.update_s for info in devices), least_s)


def independent_readings(
    bench: Bench,
    count: int,
    *,
    apart_responses: float = APART_RESPONSES,
    average_responses: float = AVERAGE_RESPONSES,
    least_s: float = 0.0,
) -> list[Averages]:
    """Take `count` readings of gas that has settled, `apart_responses` response times from the end of one to the next.

    Each is averaged over `average_responses` response times, and over `least_s` at least.
    """
    duration_s = averaging_s(bench.devices, average_responses, least_s=least_s)
    apart_s = apart_responses * response_s(bench.devices)
    readings: list[Averages] = []
    for number in range(count):
        if number and apart_s > 0.0:
            bench.wait(apart_s)
        readings.append(bench.average(duration_s))
    return readings
