"""Gas made by blending flows (ISO 6145-7): the content of the blend with every influence kept by its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.uncertain import Influences


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a blend: its flow (mass or molar, at common reference conditions) and its content of the component."""

    flow: Quantity
    content: Quantity


@checked
def blend(streams: Sequence[Stream]) -> Quantity:
    """Return the content of the component in the blend, x = Σ x_i·q_i/Σ q_i, in the unit of the contents (ISO 6145-7).

    Flows must be in one unit and contents in one unit. What two flows have in common (one flow standard) is named equal in
    both and cancels. Raises ValueError without streams, for differing units, a negative or undefined flow, or no flow.
    """
    if not streams:
        raise ValueError("a blend needs at least one stream")
    for what, units in (
        ("flows", {stream.flow.unit for stream in streams}),
        ("contents", {stream.content.unit for stream in streams}),
    ):
        if len(units) > 1:
            raise ValueError(f"the {what} of a blend must be in one unit, got {', '.join(sorted(units))}")
    for number, stream in enumerate(streams, start=1):
        if not (stream.flow.value >= 0 and math.isfinite(stream.flow.value)):
            raise ValueError(f"flow of stream {number} must be 0 or more, got {stream.flow.value} {stream.flow.unit}")
    if not any(stream.flow.value for stream in streams):
        raise ValueError("nothing flows: the content of a blend of no flow has no meaning")
    influences = Influences()
    flows = [influences.number(stream.flow) for stream in streams]
    contents = [influences.number(stream.content) for stream in streams]
    carried = sum((x * q for x, q in zip(contents[1:], flows[1:], strict=True)), contents[0] * flows[0])
    return influences.quantity(carried / sum(flows[1:], flows[0]), streams[0].content.unit)


@checked
def zero_gas_content(impurity_limit: float, unit: str, influence: str) -> Quantity:
    """Return the content of a zero gas whose certificate admits at most `impurity_limit` of the component (in `unit`).

    Nothing else is known, so it is rectangular from 0 to the limit (GUM 4.3.7): value limit/2, u = limit/(2·√3). To call it
    0 would make every blend read low by half the limit on average. Raises ValueError for a negative or undefined limit.
    """
    if not (impurity_limit >= 0 and math.isfinite(impurity_limit)):
        raise ValueError(f"the largest impurity of a zero gas must be 0 or more, got {impurity_limit} {unit}")
    if impurity_limit == 0:
        return Quantity(0.0, unit)
    return Quantity(impurity_limit / 2, unit, {influence: Component(impurity_limit / (2 * math.sqrt(3)))})
