"""What a document is: ordered sections whose every statement points at sealed bytes, with its gaps listed.

A document is one file in a jurisdiction's folder that defines

    SPEC = DocumentSpec(id=…, title=…, jurisdiction=…, facts_type=…, needs=(…), build=build)

It is found by its folder; nothing is registered. Rendering is not done here: a Document is a value, and the
same value gives the English, the Malayalam and the bilingual page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from kaval.engine.documents._law import LawRow, LawTable
from kaval.engine.kernel.reference import SourceRef

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Label:
    """A fixed word or sentence in English and Malayalam; both always present."""

    en: str
    ml: str

    def __post_init__(self) -> None:
        if not self.en or not self.ml:
            raise ValueError(f"a label needs both languages: {self!r}")


Value = str | Label
"""A value as recorded (same in both languages) or a coded value with its two names."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence in both languages and the sources it rests on; without a source it cannot be made."""

    text_en: str
    text_ml: str
    sources: tuple[SourceRef, ...]

    def __post_init__(self) -> None:
        if not self.text_en or not self.text_ml or not self.sources:
            raise ValueError(f"a statement needs both languages and a source: {self.text_en!r}")


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled fact; a value of None is printed as not recorded."""

    label: Label
    value: Value | None
    sources: tuple[SourceRef, ...]

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"a field needs a source: {self.label.en}")
        if self.value == "":
            raise ValueError(f"an empty text is no value: {self.label.en}")


@dataclass(frozen=True, slots=True)
class FieldList:
    """Labelled facts, one per line."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Ticks:
    """A question with tick boxes; `ticked` holds the indexes of the ticked options."""

    label: Label
    options: tuple[Label, ...]
    ticked: frozenset[int]
    sources: tuple[SourceRef, ...]

    def __post_init__(self) -> None:
        if not self.sources or not self.ticked <= set(range(len(self.options))):
            raise ValueError(f"tick boxes need a source and ticks among the options: {self.label.en}")


class ColumnKind(StrEnum):
    """How a column is set: TEXT, NUMBER (right), CODE (small, may break anywhere), SIGN (left empty for a
    pen).
    """

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title and its share of the width (any positive number)."""

    title: Label
    weight: float = 1.0
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table and its sources; a cell of None is printed as not recorded, in a SIGN column left
    for the pen.
    """

    cells: tuple[Value | None, ...]
    sources: tuple[SourceRef, ...]
    total: bool = False

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"a row needs a source: {self.cells!r}")
        if "" in self.cells:
            raise ValueError(f"an empty text is no value: {self.cells!r}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table; when it has no row, `when_empty` is printed in its place."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    when_empty: Statement

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"a row of {len(row.cells)} cells in a table of {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign by hand: who signs, the printed name (None: to be written) and what is written beside
    it.
    """

    role: Label
    name: Value | None
    beside: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign, set side by side and kept on one page."""

    places: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class SketchMark:
    """A place on a sketch. `kind`: place, here, base."""

    x: float
    y: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawn map without tiles: x from 0 (west) to 1 (east), y from 0 (north) to `ratio`; lines outside are cut off.

    `outlines` are limits as rings, `way` the order of the marks as a line; `scale` is a length of `x` and its words.
    """

    label: Label
    ratio: float
    outlines: tuple[tuple[tuple[float, float], ...], ...]
    way: tuple[tuple[float, float], ...]
    marks: tuple[SketchMark, ...]
    scale: tuple[float, str]
    sources: tuple[SourceRef, ...]

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"a sketch needs a source: {self.label.en}")


Part = Statement | FieldList | Ticks | Table | Signatures | Sketch


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a document."""

    title: Label
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact the document needs and nobody recorded: its path in the facts and a sentence in both
    languages.
    """

    fact: str
    text: Label


@dataclass(frozen=True, slots=True)
class Need:
    """A fact a document needs: a path in its facts (`place`, `items[].seal`) and what to call it."""

    path: str
    label: Label


@dataclass(frozen=True, slots=True)
class Document:
    """A finished document as a value. `prepared_at` aware; `facts_digest` is the SHA-256 of the facts it
    was built from.
    """

    spec_id: str
    title: Label
    number: str
    unit: Label
    jurisdiction: str
    prepared_at: datetime
    training: bool
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    law: tuple[LawRow, ...]
    facts_digest: str

    @property
    def law_signed_off(self) -> bool:
        """True when a lawyer checked every provision the document cites."""
        return all(row.signed_off for row in self.law)

    @property
    def sources(self) -> tuple[SourceRef, ...]:
        """Every source of the document once, in order of first use; printed numbers count from 1 in this
        order.
        """
        seen: dict[SourceRef, None] = {}
        for section in self.sections:
            for part in section.parts:
                seen.update(dict.fromkeys(sources_of(part)))
        return tuple(seen)


def sources_of(part: Part) -> tuple[SourceRef, ...]:
    """The sources of one part, in printing order; a place to sign has none."""
    if isinstance(part, Statement | Ticks | Sketch):
        return part.sources
    if isinstance(part, FieldList):
        return tuple(source for field in part.fields for source in field.sources)
    if isinstance(part, Table):
        rows = tuple(source for row in part.rows for source in row.sources)
        return rows if part.rows else part.when_empty.sources
    return ()


@dataclass(frozen=True, slots=True)
class DocumentSpec(Generic[Facts]):
    """A kind of document: stable id, title, jurisdiction, the facts it needs, the provisions it cites, and
    its builder.
    """

    id: str
    title: Label
    jurisdiction: str
    facts_type: type[Facts]
    needs: tuple[Need, ...]
    cites: tuple[str, ...]
    build: Callable[[Facts, LawTable], Document]

    @property
    def need_names(self) -> tuple[str, ...]:
        """The paths of the needed facts."""
        return tuple(need.path for need in self.needs)


AnySpec = DocumentSpec[Any]
