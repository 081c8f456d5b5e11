"""Reading blocks: what goes in comes out, bit by bit, and damage is noticed."""

import hashlib
import math
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from testbench.errors import RecordError
from testbench.record.blocks import (
    BLOCK_SIZE,
    condense,
    decode_block,
    decode_level,
    decode_tail,
    encode_block,
    encode_level,
    encode_tail,
)
from testbench.record.model import Readings

TEXTS = st.one_of(
    st.just(""), st.sampled_from(["15.20 %", "故障 E07", "\ufeff", "\udc80\x00", '"', "null"]), st.text(max_size=8)
)
DECIMALS = st.integers(-(10**7), 10**7).map(lambda n: n / 1000)
VALUES = st.one_of(st.floats(width=64), DECIMALS, st.just(math.nan), st.sampled_from([0.0, -0.0, math.inf, -math.inf]))


@st.composite
def readings(draw: st.DrawFn) -> Readings:
    count = draw(st.integers(1, 60))
    times = draw(hnp.arrays(np.float64, count, elements=st.floats(allow_nan=False, allow_infinity=False)))
    values = np.array(draw(st.lists(draw(st.sampled_from([VALUES, DECIMALS])), min_size=count, max_size=count)))
    status = draw(hnp.arrays(np.uint8, count))
    raw = draw(st.dictionaries(st.integers(0, count - 1), TEXTS, max_size=count))
    return Readings(times, values.astype(np.float64), status, raw)


def same(one: Readings, other: Readings) -> bool:
    """Equal to the last bit, the sign of zero and the payload of NaN included."""
    bits = all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        and getattr(one, name).dtype == getattr(other, name).dtype
        for name in ("time", "value", "status")
    )
    return bits and dict(one.raw) == dict(other.raw)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(readings())
def test_a_block_gives_back_every_bit_and_every_raw_text(given_readings: Readings) -> None:
    assert same(decode_block(encode_block(given_readings)), given_readings)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(readings())
def test_a_tail_row_gives_back_every_bit_and_every_raw_text(given_readings: Readings) -> None:
    compressed, data = encode_tail(given_readings)
    assert same(decode_tail(len(given_readings), compressed, data), given_readings)


@pytest.mark.parametrize(
    "values",
    [[15.21, 15.22, math.nan, 15.2], [-0.0, 1.5], [0.1 + 0.2, 0.3], [math.inf, 1.0], [1e300, 1.0], [2.0**60, 1.0], [5e-324]],
)
def test_values_that_only_look_like_decimals_keep_their_bits(values: list[float]) -> None:
    count = len(values)
    block = Readings(np.arange(count, dtype=float), np.array(values), np.zeros(count, np.uint8))
    assert same(decode_block(encode_block(block)), block)


def test_the_digest_covers_the_plain_columns_in_a_documented_order() -> None:
    block = Readings(np.array([0.0, 0.5]), np.array([1.0, math.nan]), np.array([0, 1], np.uint8), {1: "??"})
    content = (
        (2).to_bytes(8, "little")
        + np.array([0.0, 0.5], "<f8").tobytes()
        + np.array([1.0, math.nan], "<f8").tobytes()
        + b"\x00\x01"
        + b'[null,"??"]'
    )
    assert encode_block(block).digest == hashlib.sha256(content).hexdigest()


def test_a_reading_that_was_changed_is_noticed() -> None:
    block = encode_block(Readings(np.arange(3.0), np.array([1.0, 2.0, 3.0]), np.zeros(3, np.uint8)))
    other = encode_block(Readings(np.arange(3.0), np.array([1.0, 2.0, 3.1]), np.zeros(3, np.uint8)))
    with pytest.raises(RecordError, match="block 7 does not match its digest"):
        decode_block(replace(block, value=other.value), "block 7")


@pytest.mark.parametrize("damage", [b"", b"0", b"Fnothing", b"0" + zlib.compress(b"123")])
def test_a_column_that_cannot_be_unpacked_is_reported_as_damage(damage: bytes) -> None:
    block = encode_block(Readings(np.arange(3.0), np.ones(3), np.zeros(3, np.uint8)))
    with pytest.raises(RecordError, match="damaged"):
        decode_block(replace(block, value=damage))


def test_condensing_takes_finite_values_only_and_counts_the_doubtful() -> None:
    values = np.array([3.0, math.nan, 1.0, math.nan, math.nan, math.inf, 7.0])
    status = np.array([0, 1, 0, 1, 1, 2, 0], np.uint8)
    points = condense(Readings(np.arange(7.0), values, status), np.array([0, 3, 5]))
    np.testing.assert_array_equal(points.time, [0, 3, 5])
    np.testing.assert_array_equal(points.minimum, [1, math.nan, 7])
    np.testing.assert_array_equal(points.maximum, [3, math.nan, 7])
    np.testing.assert_array_equal(points.count, [3, 2, 2])
    np.testing.assert_array_equal(points.doubtful, [1, 2, 1])


def test_a_level_gives_back_its_points() -> None:
    values = np.sin(np.arange(100.0))
    points = condense(Readings(np.arange(100.0), values, np.zeros(100, np.uint8)), np.arange(0, 100, 16))
    back = decode_level(encode_level(points))
    for name in ("time", "minimum", "maximum", "count", "doubtful"):
        np.testing.assert_array_equal(getattr(back, name), getattr(points, name))


def test_a_full_block_of_an_ordinary_analyser_takes_under_two_bytes_a_reading() -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.03, BLOCK_SIZE)
    full = Readings(np.arange(BLOCK_SIZE) * 0.1, np.round(15.2 + noise, 2), np.zeros(BLOCK_SIZE, np.uint8))
    block = encode_block(full)
    assert len(block.time) + len(block.value) + len(block.status) < 2 * BLOCK_SIZE
