"""The truth tables of a simulated flow rig: fan, duct, reference, and velocity devices under test."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from instruments.twin.truth import Drawn, Finite, NotNegative, Positive, Truth

Update = Annotated[float, Field(ge=0.01, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class FanTruth(Truth):
    """The fan: the mean velocity in the duct at full speed, m/s, and the time constant of its speed, s."""

    full_speed_velocity: Positive = 30.0
    time_constant_s: NotNegative = 6.0


class DuctTruth(Truth):
    """The duct between the reference and the devices under test.

    Mean velocity at the devices = velocity at the reference x (1 + homogeneity error); "drawn" is normal, half of the stated
    expanded uncertainty. Velocity at distance y from the wall of a duct of radius R: mean x (y/R)^(1/n) / factor(n). The
    whole flow wanders by `unsteadiness_percent`, every place by `turbulence_percent` of its own (standard deviations of the
    velocity, correlated over `turbulence_time_s`). Swirl of the flow, rotation of the probes about their axis (yaw) and skew
    of the profile are those it begins with; the operator can set each anew, as the conditions "swirl", "yaw" and "skew".
    """

    homogeneity_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = "drawn"
    area_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = "drawn"
    profile_exponent: Positive = 7.0
    swirl_degrees: Annotated[float, Field(ge=-60, le=60, allow_inf_nan=False)] = 0.0
    yaw_degrees: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] = 0.0
    skew_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    turbulence_percent: Annotated[float, Field(ge=0, le=30, allow_inf_nan=False)] = 0.0
    unsteadiness_percent: Annotated[float, Field(ge=0, le=30, allow_inf_nan=False)] = 0.0
    turbulence_time_s: Positive = 1.0


class ReferenceVelocityTruth(Truth):
    """The reference: relative error and zero error, "drawn" from its stated uncertainty (normal, k = 2); noise in m/s."""

    error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = "drawn"
    zero_error_m_per_s: Finite | Drawn = "drawn"
    noise_m_per_s: NotNegative = 0.0
    t90_s: NotNegative = 0.0
    update_s: Update = 1.0
    turbulence_share: Share = 0.2


class DifferentialPressureTruth(Truth):
    """The reference's Pitot tube and its transmitter: error of the coefficient, of the pressure (Pa), and noise (Pa)."""

    coefficient_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = "drawn"
    error_pa: Finite | Drawn = "drawn"
    noise_pa: NotNegative = 0.0
    t90_s: NotNegative = 0.0
    update_s: Update = 1.0
    turbulence_share: Share = 1.0


class VelocityDeviceTruth(Truth):
    """A velocity or flow device under test.

    It sees the velocity at `position` (distance from the wall over the radius; left out: the mean over the area) and a
    `turbulence_share` of the turbulence. With s = what it sees x [1 + (k + w x swirl + y x yaw + q x skew)/100] over full
    scale, its indication in percent of full scale is 100 s + z + 4 L s (1 - s): k `coefficient_error_percent`,
    w `swirl_percent_per_degree`, y `yaw_percent_per_degree`, q `skew_percent_per_percent`,
    z `zero_offset_percent_fs`, L `linearity_percent_fs`. Positive reads high.
    """

    coefficient_error_percent: Annotated[Finite, Field(gt=-100)] = 0.0
    swirl_percent_per_degree: Finite = 0.0
    yaw_percent_per_degree: Finite = 0.0
    skew_percent_per_percent: Finite = 0.0
    position: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    turbulence_share: Share = 1.0
    zero_offset_percent_fs: Finite = 0.0
    linearity_percent_fs: Finite = 0.0
    noise_percent_fs: NotNegative = 0.0
    t90_s: NotNegative = 0.0
    update_s: Update = 1.0
