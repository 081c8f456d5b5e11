"""The settings of a procedure as fields of a form: what each one is, what it allows, and how its text is read.

Made from the typed settings (`testbench.engine.procedure.setting`), for any window or terminal that asks a person.
Fractions of full scale ("F.S.") are shown and typed in percent of full scale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types as at
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from testbench.engine.procedure import Procedure
from testbench.errors import InputError
from testbench.text import Text
from testbench.typed_number import plain_number

FRACTION_OF_FULL_SCALE = "F.S."
PERCENT_OF_FULL_SCALE = "%F.S."
SEPARATORS = "，、；;"


class Kind(StrEnum):
    """What a field takes."""

    NUMBER = "number"
    WHOLE = "whole number"
    NUMBERS = "numbers"
    CHOICE = "choice"
    YES_NO = "yes or no"
    TEXT = "text"
    OTHER = "other"  # anything else, typed as JSON


class FieldError(InputError):
    """A text that is no value of its field; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a number, and whether the limit itself is allowed."""

    value: float
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a choice, and what it is called."""

    value: str | int
    title: Text


@dataclass(frozen=True, slots=True)
class FormField:
    """One setting: kind, title, unit as shown, default, and what is allowed.

    `lower` and `upper` limit the number, or every number of a list, as the procedure takes it; `least` and `most` the length
    of a list or text. `scale` turns the procedure's value into the shown one: 100 for a fraction shown in percent, else 1.
    `optional`: an empty text stands for None.
    """

    name: str
    kind: Kind
    title: Text
    unit: str
    default: Any
    lower: Bound | None = None
    upper: Bound | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[Choice, ...] = ()
    scale: int = 1
    optional: bool = False

    def show(self, value: Any) -> str:
        """The value as the form shows it; `read` gives it back."""
        if value is None:
            return ""
        match self.kind:
            case Kind.NUMBER | Kind.WHOLE:
                return self._number(value)
            case Kind.NUMBERS if isinstance(value, list | tuple):
                return ", ".join(self._number(item) for item in value)
            case Kind.YES_NO:
                return "true" if value else "false"
            case Kind.OTHER:
                return json.dumps(value, ensure_ascii=False)
        return str(value)

    def read(self, text: str) -> Any:
        """Read what a person typed; FieldError where it is no value of this kind. Limits are not looked at (`faults`)."""
        text = text.strip()
        if not text and self.optional:
            return None
        match self.kind:
            case Kind.NUMBER:
                return self._read_number(text)
            case Kind.WHOLE:
                return self._read_whole(text)
            case Kind.NUMBERS:
                for separator in SEPARATORS:
                    text = text.replace(separator, ",")
                return tuple(self._read_number(part) for part in text.split(",") if part.strip())
            case Kind.YES_NO:
                return self._read_yes_or_no(text)
            case Kind.CHOICE:
                return self._read_choice(text)
            case Kind.OTHER:
                return _read_json(text)
        return text

    @property
    def allowed(self) -> Text | None:
        """What is allowed, in words: "10 … 3600 s"; None where nothing is stated."""
        parts = [part for part in (self._range(), self._length()) if part is not None]
        if not parts:
            return None
        return Text(zh="，".join(part.zh for part in parts), en=", ".join(part.en for part in parts))

    # ---- words --------------------------------------------------------------------------------------------------------

    def _number(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return str(value)
        scaled = Decimal(repr(value)) * self.scale
        return f"{scaled:f}".rstrip("0").rstrip(".") if scaled != scaled.to_integral_value() else str(int(scaled))

    def _with_unit(self, text: str) -> str:
        return f"{text} {self.unit}" if self.unit else text

    def _range(self) -> Text | None:
        lower, upper = self.lower, self.upper
        if lower is not None and upper is not None and lower.inclusive and upper.inclusive:
            text = self._with_unit(f"{self._number(lower.value)} … {self._number(upper.value)}")
            return Text(zh=text, en=text)
        parts = [
            f"{sign}{'=' if bound.inclusive else ''} {self._number(bound.value)}".replace(">=", "≥").replace("<=", "≤")
            for sign, bound in ((">", lower), ("<", upper))
            if bound is not None
        ]
        if not parts:
            return None
        return Text(zh=self._with_unit("，".join(parts)), en=self._with_unit(", ".join(parts)))

    def _length(self) -> Text | None:
        if self.kind is Kind.NUMBERS:
            words = Text(zh="{count} 个数", en="{count} numbers")
        elif self.kind is Kind.TEXT:
            words = Text(zh="{count} 个字符", en="{count} characters")
        else:
            return None
        if self.least is not None and self.most is not None:
            return words.format(count=f"{self.least} … {self.most}")
        if self.least is not None:
            return words.format(count=f"≥ {self.least}")
        return words.format(count=f"≤ {self.most}") if self.most is not None else None

    # ---- reading ------------------------------------------------------------------------------------------------------

    def _read_number(self, text: str) -> float:
        text = text.strip()
        bare = text.removesuffix(self.unit).strip() if self.unit else text
        if self.scale == 100:
            bare = bare.removesuffix("%").removesuffix("％").strip()
        if not bare:
            raise FieldError(Text(zh="请填写数值", en="enter a number"))
        if "," in bare or "，" in bare:
            raise FieldError(Text(zh="请用小数点，不要用逗号", en="write a decimal point, not a comma"))
        try:
            number = Decimal(plain_number(bare) or bare)  # which also knows "nan" and "inf"
            value = float(number / self.scale) if number.is_finite() else math.inf
        except ArithmeticError:
            raise FieldError(Text(zh=f"“{_quoted(text)}”不是数值", en=f"“{_quoted(text)}” is not a number")) from None
        if not math.isfinite(value):
            raise FieldError(Text(zh="请填写有限的数值", en="enter a finite number"))
        return value

    def _read_whole(self, text: str) -> int:
        value = self._read_number(text)
        if value != int(value):
            raise FieldError(Text(zh=f"请填写整数，不能是 {value:g}", en=f"enter a whole number, not {value:g}"))
        return int(value)

    def _read_yes_or_no(self, text: str) -> bool:
        words = {True: ("true", "yes", "1", "是"), False: ("false", "no", "0", "否")}
        for value, known in words.items():
            if text.casefold() in known:
                return value
        raise FieldError(Text(zh="请填写“是”或“否”", en="enter yes or no"))

    def _read_choice(self, text: str) -> str | int:
        for choice in self.choices:
            if text in (str(choice.value), choice.title.zh, choice.title.en):
                return choice.value
        known = Text(
            zh="、".join(choice.title.zh for choice in self.choices),
            en=", ".join(choice.title.en for choice in self.choices),
        )
        raise FieldError(Text(zh=f"请选择：{known.zh}", en=f"choose one of: {known.en}"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value of one setting; `name` is empty where the settings do not fit together."""

    name: str
    text: Text


def form_fields(procedure: Procedure) -> tuple[FormField, ...]:
    """The fields of a procedure's settings in their order."""
    return tuple(_field(name, info, procedure) for name, info in procedure.settings.model_fields.items())


def faults(procedure: Procedure, values: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with a procedure's settings, in words; empty where `Procedure.configure` takes them."""
    try:
        procedure.settings.model_validate(dict(values))
    except ValidationError as error:
        fields = {field.name: field for field in form_fields(procedure)}
        found: dict[str, Fault] = {}
        for item in error.errors():
            name = str(item["loc"][0]) if item["loc"] else ""
            if name not in found:  # what follows from the first error says nothing new
                found[name] = Fault(name, _words(item, fields.get(name)))
        return tuple(found.values())
    return ()


# ---- from the settings model ------------------------------------------------------------------------------------------


def _field(name: str, info: FieldInfo, procedure: Procedure) -> FormField:
    label = procedure.labels[name]
    annotation, optional = _without_none(info.annotation)
    kind = _kind(annotation)
    element = _element_metadata(annotation) if kind is Kind.NUMBERS else ()
    lower, upper = _bounds((*info.metadata, *element))
    fraction = label.unit == FRACTION_OF_FULL_SCALE and kind in (Kind.NUMBER, Kind.NUMBERS)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return FormField(
        name,
        kind,
        label.title,
        PERCENT_OF_FULL_SCALE if fraction else label.unit,
        default,
        lower,
        upper,
        next((m.min_length for m in info.metadata if isinstance(m, at.MinLen)), None),
        next((m.max_length for m in info.metadata if isinstance(m, at.MaxLen)), None),
        _choices(annotation, info) if kind is Kind.CHOICE else (),
        100 if fraction else 1,
        optional,
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, UnionType):
        kept = [part for part in get_args(annotation) if part is not NoneType]
        if len(kept) == 1:
            return kept[0], True
    return annotation, False


def _kind(annotation: Any) -> Kind:
    plain = {bool: Kind.YES_NO, int: Kind.WHOLE, float: Kind.NUMBER, str: Kind.TEXT}
    if annotation in plain:
        return plain[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal and all(isinstance(value, str | int) and not isinstance(value, bool) for value in arguments):
        return Kind.CHOICE
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Kind.CHOICE
    if origin in (tuple, list) and arguments and _bare(arguments[0]) is float and set(arguments[1:]) <= {...}:
        return Kind.NUMBERS
    return Kind.OTHER


def _bare(annotation: Any) -> Any:
    """An annotation without `Annotated`."""
    return annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation


def _element_metadata(annotation: Any) -> tuple[Any, ...]:
    """What limits the numbers of a list: the metadata of `Annotated`, with that inside pydantic's fields."""
    found: list[Any] = []
    for one in getattr(get_args(annotation)[0], "__metadata__", ()):
        found += one.metadata if isinstance(one, FieldInfo) else [one]
    return tuple(found)


def _bounds(metadata: tuple[Any, ...]) -> tuple[Bound | None, Bound | None]:
    lower = upper = None
    for one in metadata:
        match one:
            case at.Ge():
                lower = Bound(_limit(one.ge), True)
            case at.Gt():
                lower = Bound(_limit(one.gt), False)
            case at.Le():
                upper = Bound(_limit(one.le), True)
            case at.Lt():
                upper = Bound(_limit(one.lt), False)
            case at.Interval():
                inner = _bounds(tuple(part for part in one if part is not None))
                lower, upper = inner[0] or lower, inner[1] or upper
    return lower, upper


def _limit(value: Any) -> float:
    return value if isinstance(value, int) else float(value)


def _choices(annotation: Any, info: FieldInfo) -> tuple[Choice, ...]:
    values = get_args(annotation) if get_origin(annotation) is Literal else tuple(str(member) for member in annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    words: Any = extra.get("choices") or {}
    return tuple(
        Choice(value, Text(**words[value]) if value in words else Text(zh=str(value), en=str(value))) for value in values
    )


# ---- what is wrong ----------------------------------------------------------------------------------------------------


def _words(item: Any, field: FormField | None) -> Text:
    """One error of pydantic in words, with what is allowed."""
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return Text(zh="没有此项设置", en="there is no such setting")
    if kind == "missing":
        return Text(zh="缺少此项", en="is missing")
    if field is None:
        message = str(item["msg"]).removeprefix("Value error, ")
        return Text(zh=message, en=message)
    shown = field._number(given) if isinstance(given, int | float) else str(given)
    allowed = field.allowed or Text(zh="", en="")
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        place = item["loc"][1] + 1 if len(item["loc"]) > 1 and isinstance(item["loc"][1], int) else None
        which = Text(zh=f"第 {place} 个数 {shown}", en=f"number {place}, {shown},") if place else Text(zh=shown, en=shown)
        limits = field._range() or allowed
        return Text(zh=f"{which.zh} 超出范围；允许 {limits.zh}", en=f"{which.en} is out of range; allowed: {limits.en}")
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        count = len(given) if isinstance(given, list | tuple | str) else 0
        length = field._length() or allowed
        return Text(zh=f"给出 {count} 个；允许 {length.zh}", en=f"{count} given; allowed: {length.en}")
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return Text(zh="请填写整数", en="enter a whole number")
    if kind in ("tuple_type", "list_type") and field.kind is Kind.NUMBERS:
        return Text(zh="请填写数值，用逗号分隔", en="enter numbers, with commas between them")
    if kind in ("float_parsing", "float_type", "finite_number"):
        return Text(zh="请填写数值", en="enter a number")
    if kind in ("bool_parsing", "bool_type"):
        return Text(zh="请填写“是”或“否”", en="enter yes or no")
    if kind in ("literal_error", "enum"):
        names = ", ".join(str(choice.value) for choice in field.choices)
        return Text(zh=f"请选择：{names}", en=f"choose one of: {names}")
    message = str(item["msg"]).removeprefix("Value error, ")
    return Text(zh=message, en=message)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError:
        raise FieldError(Text(zh="请按 JSON 格式填写", en="write it as JSON")) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _quoted(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
