"""A procedure: a plain function that calls a bench, with typed settings and the roles it needs.

Concept. A procedure is written as its clause reads:

    @procedure("linearity", title=Text(zh="线性误差", en="Linearity error"), roles=("divider",),
               characteristics=("linearity_error",))
    def linearity(bench: Bench, settings: LinearitySettings) -> None:
        ...
        bench.supply(level)
        bench.settle()
        reading = bench.average(settings.average_s)

Every call on the bench is a step that is journaled before the procedure goes on. A procedure takes time, chance and
outside facts from the bench alone. Its settings are a pydantic model whose fields carry unit and range in their metadata
(`setting(...)`): forms, `--set` and the journal are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from testbench.errors import InputError, explain, suggest
from testbench.text import Text

if TYPE_CHECKING:
    from testbench.engine.bench import Bench

__all__ = ["Procedure", "SettingLabel", "Settings", "Text", "parse_assignments", "procedure", "setting"]


class Settings(BaseModel):
    """Base of all settings: frozen; unknown keys and numbers that are not finite are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Join = Literal["same", "most", "any", "union", "first"]
"""How two standards join in one setting: equal or not at all, the larger, true if either is, all of both, the first."""


def setting(
    default: Any,
    *,
    unit: str = "",
    title: Text,
    choices: Mapping[str, Text] | None = None,
    join: Join = "same",
    **limits: Any,
) -> Any:
    """Declare a field of settings: default, unit, title, and pydantic's limits (`ge`, `le`, `min_length`, …).

    `choices` gives the words for the values of a field that is one of several texts (`Literal`). `join` says how it is
    joined where two standards are served by one run: "most" where a standard says "at least".
    """
    extra: dict[str, Any] = {"unit": unit, "title_zh": title.zh, "join": join}
    if choices:
        extra["choices"] = {value: {"zh": text.zh, "en": text.en} for value, text in choices.items()}
    return Field(default=default, title=title.en, json_schema_extra=extra, **limits)


@dataclass(frozen=True, slots=True)
class SettingLabel:
    """How one setting is named for people, and its unit ("" for a number without one)."""

    title: Text
    unit: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure as it is registered."""

    name: str
    title: Text
    function: Callable[[Bench, Any], None]
    settings: type[Settings]
    roles: tuple[str, ...]
    characteristics: tuple[str, ...]

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def labels(self) -> Mapping[str, SettingLabel]:
        """Titles and units of the settings, in their order."""
        labels = {}
        for name, field in self.settings.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            title = field.title or name
            labels[name] = SettingLabel(Text(zh=str(extra.get("title_zh") or title), en=title), str(extra.get("unit") or ""))
        return labels

    def configure(self, values: Mapping[str, Any]) -> Settings:
        """Check settings; raise InputError naming the procedure, the setting and what is allowed."""
        try:
            return self.settings.model_validate(dict(values))
        except ValidationError as error:
            unknown = [str(e["loc"][0]) for e in error.errors() if e["type"] == "extra_forbidden"]
            hint = f"; {suggest(unknown[0], self.settings.model_fields)}" if unknown else ""
            raise InputError(f"settings of procedure {self.name!r}: {explain(error)}{hint}") from error


def procedure(
    name: str, *, title: Text, roles: Iterable[str], characteristics: Iterable[str] = ()
) -> Callable[[Callable[[Bench, Any], None]], Procedure]:
    """Register a function as a procedure; its second parameter's annotation is the settings model."""

    def register(function: Callable[[Bench, Any], None]) -> Procedure:
        settings = get_type_hints(function)["settings"]
        return Procedure(name, title, function, settings, tuple(roles), tuple(characteristics))

    return register


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Read `key=value` pairs: a comma makes a list; numbers, true and false are recognised by the settings model."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip().replace("-", "_")
        if not equals or not key:
            raise InputError(f"--set {assignment!r}: write it as key=value, for example --set levels=0,0.25,0.5,0.75,1")
        if key in values:
            raise InputError(f"--set {key}: given twice")
        text = text.strip()
        values[key] = [part.strip() for part in text.split(",") if part.strip()] if "," in text else text
    return values
