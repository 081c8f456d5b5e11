"""What public functions take as numbers: the same everywhere, told from their annotations, and checked before they compute.

A number is an int, a float, a Decimal, a fraction or a scalar of numpy; text, yes-no values and complex numbers are none.
`float` and `Decimal` take each of them, so a Decimal may be given where a float is asked for and the other way round: a
float is then the decimal that was written (`testbench.metrology.written`). What is neither finite nor a degree of freedom
is refused. A series may be a list, a tuple, an array of one axis or whatever gives its values one by one.

Of an array (`ArrayLike`) NaN, None and masked values are gaps; whether gaps are admitted says the function. Everything that
cannot be taken, and a result beyond double precision, is a ValueError that names the argument.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
import operator
import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from testbench.metrology.written import values_of, written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Checked = TypeVar("Checked", bound=Callable[..., Any])
Taken = Callable[[Any, str], Any]

MAY_BE_INFINITE = frozenset({"degrees_of_freedom", "nu"})


class NotFiniteError(ValueError):
    """A number that is infinite or none (NaN) where a finite one is needed."""


def checked(function: Checked) -> Checked:
    """Check the numbers that a function (or the fields that a dataclass) is given, and turn them into what it asks for."""
    if isinstance(function, type):
        kind = cast("Any", function)
        kind.__init__ = _checking(kind.__init__)
        return function
    return cast("Checked", _checking(function))


def _checking(function: Callable[..., Any]) -> Callable[..., Any]:
    parameters = inspect.signature(function).parameters.values()
    takes = {parameter.name: _taken(parameter) for parameter in parameters}
    places = [(p.name, takes[p.name]) for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next(((p.name, takes[p.name]) for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    with_arrays = any(take is array or "Sequence[" in str(p.annotation) for p in parameters for take in (takes[p.name],))

    @functools.wraps(function)
    def wrapper(*args: Any, **named: Any) -> Any:
        try:
            given, by_name = _all_taken(args, named)
        except NotFiniteError:
            with contextlib.suppress(TypeError, AttributeError, ArithmeticError, Warning):
                function(*args, **named)  # what it says itself of such a number says more
            raise
        numpy = sys.modules.get("numpy") if with_arrays else None
        strict = numpy.errstate(divide="raise", over="raise", invalid="raise") if numpy else contextlib.nullcontext()
        try:
            with strict:
                return function(*given, **by_name)
        except ArithmeticError as error:
            raise ValueError(f"these numbers are beyond what can be computed with: {_words(function.__name__)}") from error

    def _all_taken(args: tuple[Any, ...], named: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        given, by_name = list(args), dict(named)
        for place, (name, take) in enumerate(places[: len(given)]):
            if take is not None:
                given[place] = take(given[place], name)
        if rest is not None and rest[1] is not None:
            given[len(places) :] = [rest[1](value, rest[0]) for value in given[len(places) :]]
        for name in named.keys() & takes.keys():
            if (take := takes[name]) is not None:
                by_name[name] = take(named[name], name)
        return given, by_name

    return wrapper


def _taken(parameter: inspect.Parameter) -> Taken | None:
    """How the value of a parameter is taken; None for one that is no number."""
    if parameter.annotation is parameter.empty:
        return None
    known = str(parameter.annotation)
    optional = known.endswith(" | None")
    known = known.removesuffix(" | None")
    infinite = parameter.name in MAY_BE_INFINITE
    takes: dict[str, Taken] = {
        "float": functools.partial(number, infinite=infinite),
        "Decimal": decimal,
        "int": whole,
        "Sequence[float]": functools.partial(_series, of=number),
        "Sequence[Decimal]": functools.partial(_series, of=decimal),
        "Mapping[str, float]": functools.partial(_named, of=number),
        "Mapping[str, Decimal]": functools.partial(_named, of=decimal),
        "ArrayLike": array,
        "Floats": array,
    }
    take = takes.get(known)
    if take is None or not optional:
        return take
    return functools.partial(_optional, take=take)


def number(value: Any, name: str, *, infinite: bool = False) -> float:
    """The float that a number is; ValueError for what is none or, unless `infinite` is admitted, not finite."""
    found = value
    if type(found) is not float:
        try:
            if isinstance(value, str | bytes | bool) or getattr(value, "ndim", None) or _is_yes_or_no(value):
                raise TypeError
            found = float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{_words(name)}: a number is needed, got {value!r}") from None
    if math.isfinite(found) or (infinite and found == math.inf):
        return found
    raise NotFiniteError(f"{_words(name)}: a finite number is needed, got {value}")


def decimal(value: Any, name: str) -> Decimal:
    """The decimal that was written; ValueError for what is no finite number."""
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise NotFiniteError(f"{_words(name)}: a finite number is needed, got {value}")
        if type(value) is Decimal:
            return value
    try:
        return written(value)
    except ValueError as error:
        raise ValueError(f"{_words(name)}: {error}") from None


def whole(value: Any, name: str) -> int:
    """The whole number; 5.0 is one."""
    if type(value) is int:
        return value
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        found = number(value, name)
    if not found.is_integer():
        raise ValueError(f"{_words(name)}: a whole number is needed, got {value}")
    return int(found)


def array(value: Any, name: str) -> NDArray[np.float64]:
    """An array of floats of the shape of `value`, gaps as NaN."""
    import numpy as np

    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    if isinstance(value, Iterable) and not isinstance(value, np.ndarray | list | tuple | str | bytes):
        value = list(value)
    try:
        found = np.asarray(value)
    except ValueError:
        raise ValueError(f"{_words(name)}: the rows are of different length") from None
    if found.dtype.kind == "O":
        found = np.array([_number_or_gap(each, name) for each in found.flat]).reshape(found.shape)
    if found.dtype.kind not in "iuf" or (isinstance(value, list | tuple) and _has_yes_or_no(value)):
        raise ValueError(f"{_words(name)}: numbers are needed, got {value!r:.60}")
    return found.astype(np.float64, copy=False)


def one_axis(value: Any, name: str) -> NDArray[np.float64]:
    """The same of values along one axis; a table of several rows and columns is refused, not strung together."""
    found = array(value, name)
    if found.size != max(found.shape, default=1):
        raise ValueError(f"{_words(name)}: one series of numbers is needed, got a table of {found.shape}")
    return found.reshape(-1)


def _number_or_gap(value: Any, name: str) -> float:
    if value is None or (isinstance(value, float | Decimal) and math.isnan(value)):
        return math.nan
    return number(value, name)


def _is_yes_or_no(value: Any) -> bool:
    return getattr(getattr(value, "dtype", None), "kind", "") == "b"


def _has_yes_or_no(values: Iterable[Any]) -> bool:
    return any(
        isinstance(each, bool) or _is_yes_or_no(each) or (isinstance(each, list | tuple) and _has_yes_or_no(each))
        for each in values
    )


def _series(values: Any, name: str, *, of: Taken) -> list[Any]:
    return [of(value, f"{name} {place}") for place, value in enumerate(values_of(values, _words(name)), start=1)]


def _named(values: Any, name: str, *, of: Taken) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise ValueError(f"{_words(name)}: numbers by name are needed, got {values!r}")
    return {key: of(value, f"{name}, {key}") for key, value in values.items()}


def _optional(value: Any, name: str, *, take: Taken) -> Any:
    return None if value is None else take(value, name)


def _words(name: str) -> str:
    return name.replace("_", " ")
