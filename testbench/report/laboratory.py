"""The laboratory's own template: what its reports carry, in one TOML file with its pictures beside it.

    [laboratory]                                   name, address, telephone, logo
    [cnas] [cma]                                   number and mark of an accreditation or approval
    [report]                                       scheme of the report numbers, statements
    [client]                                       who is named where nobody else is
    [people]                                       the names of the signature lines

Pictures are PNG, JPEG or SVG; a path is relative to the file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from testbench.errors import InputError, explain
from testbench.report.letterhead import Accreditation, Client, Letterhead
from testbench.report.number_scheme import NumberScheme
from testbench.report.picture import picture_as_svg
from testbench.state_folder import state_folder
from testbench.text import Text

FILE_NAME = "laboratory.toml"
DEFAULT_SCHEME = "{year}-CEMS-{number:04}"


def _checked_scheme(text: str) -> str:
    return NumberScheme(text).text


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Scheme = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_checked_scheme)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TwoLanguages(_Table):
    """A text in Chinese, in English, or both; one that is missing is said by the other."""

    zh: Line = ""
    en: Line = ""

    @property
    def text(self) -> Text:
        """In both languages."""
        return Text(zh=self.zh or self.en, en=self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


class NameTable(_Table):
    """The laboratory: its name is needed, in one language at least."""

    name: TwoLanguages
    address: TwoLanguages = TwoLanguages()
    phone: Line = ""
    logo: Line = ""

    @model_validator(mode="after")
    def _named(self) -> NameTable:
        if not self.name:
            raise ValueError("the laboratory needs a name, in Chinese or in English")
        return self


class AccreditationTable(_Table):
    """An accreditation (CNAS) or approval (CMA): its number as the certificate writes it, and the file of its mark."""

    number: Line = ""
    mark: Line = ""

    @model_validator(mode="after")
    def _numbered(self) -> AccreditationTable:
        if self.mark and not self.number:
            raise ValueError("a mark is printed with its number only: give the number too, or leave the mark out")
        return self


class ReportTable(_Table):
    """Scheme of the report numbers, the count that it begins with, and statements for the first page."""

    number_scheme: Scheme = DEFAULT_SCHEME
    number_from: int = Field(default=1, ge=1, le=10**9)
    statements: tuple[TwoLanguages, ...] = Field(default=(), max_length=6)


class ClientTable(_Table):
    """The client that is named where no other is given."""

    name: Line = ""
    address: Line = ""
    contact: Line = ""


class PeopleTable(_Table):
    """The people of the signature lines; an empty name is filled in by hand."""

    tested: Line = ""
    checked: Line = ""
    approved: Line = ""


class LaboratoryFile(_Table):
    """The file as it is written; `read_laboratory` reads it with its pictures."""

    laboratory: NameTable
    cnas: AccreditationTable = AccreditationTable()
    cma: AccreditationTable = AccreditationTable()
    report: ReportTable = ReportTable()
    client: ClientTable = ClientTable()
    people: PeopleTable = PeopleTable()


@dataclass(frozen=True, slots=True)
class LaboratoryTemplate:
    """A template that was read: where, what it says, and the head of its reports with the pictures."""

    path: Path
    file: LaboratoryFile
    letterhead: Letterhead

    @property
    def scheme(self) -> NumberScheme:
        """How its reports are numbered."""
        return NumberScheme(self.file.report.number_scheme)

    @property
    def client(self) -> Client:
        """The client that is named where no other is given."""
        return Client(**self.file.client.model_dump())


def default_path() -> Path:
    """Where this user's template is."""
    return state_folder() / FILE_NAME


def default_laboratory() -> LaboratoryTemplate | None:
    """This user's template; None where there is none yet, InputError where it cannot be used."""
    path = default_path()
    return read_laboratory(path) if path.is_file() else None


def read_laboratory(path: Path) -> LaboratoryTemplate:
    """Read a template and its pictures; InputError says what is wrong, where."""
    return parse_laboratory(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a template's file; InputError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"laboratory file {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"laboratory file {path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def parse_laboratory(text: str, path: Path) -> LaboratoryTemplate:
    """Read a template from its text, its pictures from beside `path`."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"laboratory file {path} is not TOML: {error}") from error
    try:
        file = LaboratoryFile.model_validate(data)
    except ValidationError as error:
        raise InputError(f"laboratory file {path}: {explain(error)}") from error
    return with_pictures(file, path)


def with_pictures(file: LaboratoryFile, path: Path) -> LaboratoryTemplate:
    """Read the pictures that a template names; InputError says which one cannot be used."""

    def picture(name: str, key: str) -> str:
        return picture_as_svg(path.parent / name, f"laboratory file {path}: {key}") if name else ""

    head = file.laboratory
    letterhead = Letterhead(
        name=head.name.text,
        address=head.address.text if head.address else None,
        phone=head.phone,
        logo=picture(head.logo, "laboratory.logo"),
        cnas=Accreditation(file.cnas.number, picture(file.cnas.mark, "cnas.mark")),
        cma=Accreditation(file.cma.number, picture(file.cma.mark, "cma.mark")),
        people=(file.people.tested, file.people.checked, file.people.approved),
        statements=tuple(statement.text for statement in file.report.statements if statement),
    )
    return LaboratoryTemplate(path, file, letterhead)
