"""A gas that holds something beside the measurand: whether the divider makes it, and what a person states of one by hand.

A cylinder that is not connected to the divider is connected to the sample line by hand, in place of the divider. Whoever
does so enters what its certificate says: for every component its content and, where it is stated, the expanded uncertainty
(k = 2). Nothing of it is measured by the bench, so the contents are as they were stated. A component that nobody asked for
is taken to be absent.
"""

from __future__ import annotations

from collections.abc import Mapping

from testbench.engine.entering import Column, Entered, Form
from testbench.engine.prompting import Prompt
from testbench.engine.roles import GasDivider, GasMixer
from testbench.engine.steps import BenchState, Certified, OtherGas
from testbench.engine.wording import content_words
from testbench.errors import InputError, UnsuppliableError
from testbench.metrology.amount import from_fraction, to_fraction
from testbench.metrology.quantity import Component, Quantity
from testbench.text import Text

EXPANDED = "_expanded"  # how the name of the column of an expanded uncertainty ends
LEGIBLE_IN_PERCENT = 1e-3  # mol/mol, from here on a content is written in percent
FRACTION = "mol/mol"


def contents_of(measurand: str, measured: float, component: str, content: float) -> dict[str, float]:
    """The contents of a gas, mol/mol; InputError for what is no other gas."""
    if component == measurand:
        raise InputError(f"{component} is what the devices measure; supply it as a fraction of full scale")
    if not 0.0 < content <= 1.0:
        raise InputError(f"{content:g} mol/mol of {component} cannot be supplied; give a content above 0, up to 1 mol/mol")
    if measured + content > 1.0:
        raise InputError(f"{measured:g} mol/mol {measurand} and {content:g} mol/mol {component} are more than the whole gas")
    return {measurand: measured, component: content}


def makes(divider: GasDivider | None, contents: Mapping[str, float]) -> bool:
    """Whether a divider makes a gas of these contents."""
    if not isinstance(divider, GasMixer):
        return False
    try:
        divider.check_mixture(contents)
    except UnsuppliableError:
        return False
    return True


def unit_for(content: float) -> str:
    """The unit in which a content (mol/mol) is written for people."""
    return "%" if content >= LEGIBLE_IN_PERCENT else "µmol/mol"


def connection_form(contents: Mapping[str, float]) -> Form:
    """What a person enters who connects a gas of these contents (mol/mol) by hand."""
    columns: list[Column] = []
    expected: dict[str, float] = {}
    for component, content in contents.items():
        if content <= 0.0:
            continue
        unit = unit_for(content)
        whole = float(from_fraction(1.0, unit))
        expected[component] = float(from_fraction(content, unit))
        expanded = Text(zh=f"{component} 扩展不确定度（k = 2）", en=f"expanded uncertainty of {component} (k = 2)")
        columns += [
            Column(component, Text(zh=f"{component} 含量", en=f"content of {component}"), unit, lower=0.0, upper=whole),
            Column(component + EXPANDED, expanded, unit, optional=True, lower=0.0, upper=whole),
        ]
    gas = " + ".join(content_words(component, content) for component, content in contents.items() if content > 0.0)
    return Form(
        title=Text(zh=f"手动连接气体：{gas}", en=f"Gas connected by hand: {gas}"),
        instruction=Text(
            zh=f"请在样气管路入口处取下配气仪，手动连接含 {gas} 的气体并通气，然后按证书填写含量。",
            en=f"At the inlet of the sample line take the divider off, connect a gas with {gas} by hand and let it flow; "
            "then enter the contents that its certificate states.",
        ),
        columns=tuple(columns),
        most_rows=1,
        expected=(expected,),
    )


def certified(form: Form, entered: Entered) -> dict[str, Certified]:
    """What was stated of each component, mol/mol."""
    row = entered.rows[0]
    found: dict[str, Certified] = {}
    for column in form.columns:
        content, expanded = row[column.name], row.get(column.name + EXPANDED)
        if column.name.endswith(EXPANDED) or not isinstance(content, float):
            continue
        found[column.name] = Certified(
            float(to_fraction(content, column.unit)),
            float(to_fraction(expanded, column.unit)) if isinstance(expanded, float) else None,
        )
    return found


def stated_content(component: str, stated: Mapping[str, Certified]) -> Quantity:
    """Content of a component in a gas that was connected by hand, mol/mol.

    Its influence is `connected.COMPONENT`: the cylinder's, the same whenever it is connected again. 0 for what was not
    asked for.
    """
    found = stated.get(component)
    if found is None:
        return Quantity(0.0, FRACTION)
    u = (found.expanded or 0.0) / 2.0
    return Quantity(found.content, FRACTION, {f"connected.{component}": Component(u)} if u > 0.0 else {})


def disconnection(other: OtherGas) -> Prompt:
    """What a person is asked before the divider feeds the devices again, and at the end."""
    return Prompt(
        f"The gas with {content_words(other.component, other.predicted.value)} was connected by hand: shut its cylinder, "
        "take it off and connect the divider to the sample line again. Answer when done"
    )


def still_connected(other: OtherGas) -> Prompt:
    """What a person is asked where the bench goes on with a gas that was connected by hand."""
    return Prompt(
        f"The gas with {content_words(other.component, other.predicted.value)} was connected by hand: make sure that it "
        "is connected and flows. Answer when it does"
    )


def connected_by_hand(state: BenchState) -> OtherGas | None:
    """The gas that is connected by hand, by what the bench knows."""
    other = None if state.gas is None else state.gas.other
    return other if other is not None and other.by_hand else None


def left_connected(other: OtherGas) -> str:
    """What is told where an evaluation ended with a gas that was connected by hand."""
    return (
        f"the gas with {content_words(other.component, other.predicted.value)} is connected by hand, and no instrument can "
        "shut it: go to the bench, shut its cylinder and take it off"
    )
