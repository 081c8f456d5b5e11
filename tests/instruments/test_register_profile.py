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


# What manuals, public clients and programs have: function, order of bytes, registers counted from 0. Written down here a
# second time, so that a slip in a profile is noticed; a server that is filled from the profile would not show it.
MAPS: dict[str, tuple[int, str, dict[str, int]]] = {
    "vaisala-gmp252": (3, "CDAB", {"CO2": 0}),
    "fpi-cems-2000d": (3, "CDAB", {"SO2": 0, "NOx": 0, "NO": 2, "NO2": 4}),
    "tl-gas280": (3, "CDAB", {"NO": 0, "SO2": 2, "O2": 4, "CO": 6, "CO2": 8}),
    "kailan": (3, "ABCD", {"SO2": 0, "NO": 2, "O2": 4, "CO": 12, "CO2": 14}),
    "gasmet-cx4000": (
        3,
        "CDAB",
        {"SO2": 0, "NOx": 2, "NO2": 4, "NH3": 6, "CO": 8, "CO2": 10, "HCl": 12, "HF": 14, "H2O": 16},
    ),
    "sick-mcs100ft": (4, "CDAB", {"HCl": 0x8A, "NOx": 0x8A + 0x22 - 2}),
    "sdl-scs900c": (4, "ABCD", {"SO2": 0x0C, "NO": 0x0E, "O2": 0x10, "NO2": 0x12, "NOx": 0x14}),
    "sdl-plc": (3, "ABCD", {f"AI{number}": 0x0FA0 + number - 1 for number in range(1, 10)}),
    "thermo-42i-modbus": (3, "CDAB", {"NO": 0, "NO2": 2, "NOx": 4}),
    "thermo-49iq": (3, "CDAB", {"O3": 2100, "flow": 1413, "pressure": 1441}),
    "teledyne-t300": (4, "ABCD", {"CO": 18, "CO range 2": 20, "stability": 22, "O2": 100, "CO2": 200}),
    "teledyne-t101": (4, "ABCD", {"SO2": 34, "SO2 range 2": 36}),
    "suto-s430": (3, "CDAB", {"temperature": 0, "pressure": 2, "velocity": 4, "flow": 6}),
}
STATUS = {"tl-gas280": 103, "kailan": 0x64, "gasmet-cx4000": 20}


def test_the_maps_of_all_instruments_are_written_down() -> None:
    assert set(MAPS) == {name for name in profile_names() if not name.startswith("generic")}


@pytest.mark.parametrize("name", MAPS)
def test_a_profile_has_the_registers_of_its_source(name: str) -> None:
    profile, (function, order, registers) = read_profile(name), MAPS[name]
    entries = {quantity: profile.quantity(quantity) for quantity in registers}
    assert {quantity: entry.register_ for quantity, entry in entries.items()} == registers
    assert {(entry.function, str(entry.order)) for entry in entries.values()} == {(function, order)}
    assert {str(entry.type) for entry in entries.values()} == {"int16" if name == "sdl-plc" else "float32"}
    assert (None if profile.status is None else profile.status.register_) == STATUS.get(name)


def test_a_plc_s_counts_are_the_current_of_a_loop() -> None:
    """(count - 5530) / 22118 of 16 mA above 4 mA: 5530 is 4 mA, 27648 is 20 mA."""
    for number in range(1, 10):
        entry = read_profile("sdl-plc").quantity(f"AI{number}")
        current = [count * entry.scale + entry.offset for count in (5530, 16589, 27648)]
        assert current == pytest.approx([4.0, 12.0, 20.0], abs=1e-6)


def test_an_iq_analyser_has_its_texts_where_the_client_reads_them() -> None:
    profile = read_profile("thermo-49iq")
    assert [text.register_ for text in profile.texts] == [515, 523, 7555]


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
