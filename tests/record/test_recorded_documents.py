"""JSON documents in the record."""

import json
import math
from enum import StrEnum

import numpy as np
import pytest

from testbench.errors import RecordError
from testbench.record.documents import canonical, dump, plain


class Gas(StrEnum):
    CO2 = "CO2"


def test_mappings_tuples_enums_and_numpy_scalars_become_json_types() -> None:
    document = plain(
        {"gas": Gas.CO2, "levels": (0.2, np.float64(0.5)), "count": np.int64(3), "ok": np.bool_(True)}, "settings"
    )
    assert document == {"gas": "CO2", "levels": [0.2, 0.5], "count": 3, "ok": True}
    assert json.loads(dump(document)) == document


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_no_number_in_json_is_refused_by_its_place(value: float) -> None:
    with pytest.raises(RecordError, match=r"result\.devices\[1\]\.mean is (nan|-?inf).*give None"):
        plain({"devices": [{"mean": 1.0}, {"mean": value}]}, "result")


@pytest.mark.parametrize("value", [object(), {1: "a"}, b"bytes", {"a": {2, 3}}])
def test_what_is_no_document_is_refused(value: object) -> None:
    with pytest.raises(RecordError, match="settings"):
        plain({"x": value}, "settings")


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert (
        canonical({"b": 1, "a": [1.5, None, "气"]})
        == canonical({"a": [1.5, None, "气"], "b": 1})
        == '{"a":[1.5,null,"气"],"b":1}'.encode()
    )


def test_undecodable_bytes_of_an_instrument_survive_as_escapes() -> None:
    text = b"15.2\xff\x00".decode("ascii", "surrogateescape")
    assert json.loads(dump({"raw": text}))["raw"] == text
    canonical({"raw": text}).decode("utf-8")
