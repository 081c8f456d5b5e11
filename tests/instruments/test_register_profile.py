"""Register profiles: what the shipped ones say, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from instruments.modbus import rtu_frame
from instruments.register_profile import parse_profile, profile_names, read_profile
from testbench.errors import InputError

PROFILE = 'name = "x"\nmaker = "m"\nmodel = "n"\ndocumented_by = "d"\nevidence = "e"\n'


@pytest.mark.parametrize("name", profile_names())
def test_every_shipped_profile_says_what_it_is_and_how_far_it_was_checked(name: str) -> None:
    profile = read_profile(name)
    assert profile.name == name
    assert profile.maker
    assert profile.documented_by
    assert "unverified against hardware" in profile.evidence or name.startswith("generic")


def test_the_profiles_of_the_analysers_that_are_known() -> None:
    expected = {
        "fpi-cems-2000d",
        "tl-gas280",
        "kailan",
        "gasmet-cx4000",
        "sick-mcs100ft",
        "sdl-scs900c",
        "thermo-42i-modbus",
    }
    assert expected | {"vaisala-gmp252", "generic"} <= set(profile_names())


@pytest.mark.parametrize(
    ("name", "quantity", "request_"),
    [
        ("tl-gas280", "CO2", "01 03 00 08 00 02 45 C9"),
        ("vaisala-gmp252", "CO2", "F0 03 00 00 00 02 D1 2A"),
        ("fpi-cems-2000d", "SO2", "01 03 00 00 00 02 C4 0B"),
    ],
)
def test_requests_of_shipped_profiles_byte_by_byte(name: str, quantity: str, request_: str) -> None:
    profile = read_profile(name)
    made = profile.joint_request(profile.quantity(quantity))
    assert made is not None
    assert rtu_frame(profile.transport.address, made.encode()).hex(" ").upper() == request_


def test_an_unknown_profile_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no Modbus profile 'tl-gas80'.*fpi-cems-2000d.*tl-gas280"):
        read_profile("tl-gas80")


def test_an_unknown_quantity_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'sdl-scs900c' has no quantity 'CO2'; it has SO2, NO, O2, NO2, NOx"):
        read_profile("sdl-scs900c").quantity("CO2")


def test_a_profile_file_of_the_lab_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    text = PROFILE + 'quantities.CO2 = { register = 7, function = 4, type = "uint16", unit = "ppm", scale = 10 }\n'
    for encoding in ("utf-8", "utf-8-sig"):  # some editors write a byte order mark
        path.write_text(text, encoding=encoding)
        assert read_profile(str(path)).quantity("CO2").scale == 10.0
    with pytest.raises(InputError, match=r"nowhere\.toml does not exist; shipped profiles: "):
        read_profile(str(tmp_path / "nowhere.toml"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "not valid TOML"),
        (PROFILE, "quantities: is missing"),
        (PROFILE + "quantities = {}", "quantities"),
        (PROFILE + 'quantities.CO2 = { register = 1, unit = "%", odrer = "CDAB" }', "quantities.CO2.odrer: no such key"),
        (PROFILE + 'quantities.CO2 = { register = 1, unit = "%", order = "DABC" }', "order"),
        (PROFILE + 'quantities.CO2 = { register = 65535, unit = "%" }', "register 65535 has no room"),
        (PROFILE + 'quantities.CO2 = { register = 1, unit = "%", scale = 0 }', "scale must not be 0"),
        (
            PROFILE + 'quantities.CO2 = { register = 1, unit = "%" }\nadjustment.zero = [{ register = 1, value = "span" }]',
            'must be a number or "target"',
        ),
        (
            PROFILE
            + 'quantities.CO2 = { register = 1, unit = "%" }\nadjustment.zero = [{ register = 1, function = 6, value = 1 }]',
            "function 6 writes one register",
        ),
        (
            PROFILE
            + 'quantities.CO2 = { register = 1, unit = "%" }\nadjustment.zero = [{ register = 1, function = 5, value = 2 }]',
            "takes 0 or 1",
        ),
    ],
)
def test_a_wrong_profile_is_refused_with_place_and_reason(text: str, why: str) -> None:
    with pytest.raises(InputError, match=r"profile ours\.toml") as caught:
        parse_profile(text, "ours.toml")
    assert why in str(caught.value)


@pytest.mark.parametrize("bits", ["{ 1 = 'one', 3 = 'three' }", "{}", "{ -1 = 'none' }"])
def test_flags_are_bits_that_follow_each_other(bits: str) -> None:
    with pytest.raises(InputError, match="flags"):
        parse_profile(f"{PROFILE}[quantities]\nCO2 = {{ register = 0, unit = '%' }}\n[flags]\nbits = {bits}\n", "here.toml")
