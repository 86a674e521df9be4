"""The plain-text form of a document: what the golden files hold and what a person can read without a PDF
reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from kaval.engine.documents._spec import (
    ColumnKind,
    Document,
    FieldList,
    Label,
    Part,
    Section,
    Signatures,
    Sketch,
    Statement,
    Table,
    Ticks,
    Value,
)
from kaval.engine.documents._visible import visible
from kaval.engine.documents._wording import NOT_RECORDED
from kaval.engine.kernel.instant import ist_text
from kaval.engine.kernel.reference import SourceRef

Language = Literal["en", "ml"]


def plain_text(document: Document, *, language: Language) -> str:
    """The document line by line in one language; `[1 2]` after a line are the numbers of its sources."""
    return "\n".join(_Writer(document, language).lines()) + "\n"


class _Writer:
    def __init__(self, document: Document, language: Language) -> None:
        self._document, self._ml = document, language == "ml"
        self._numbers = {source: number for number, source in enumerate(document.sources, start=1)}

    def lines(self) -> Iterator[str]:
        document = self._document
        yield f"{self._say(document.unit)} | {document.number} | {ist_text(document.prepared_at)}"
        yield f"# {self._say(document.title)}"
        if document.training:
            yield "TRAINING — synthetic data"
        if not document.law_signed_off:
            yield "law text not signed off by a lawyer"
        for gap in document.gaps:
            yield f"! {self._say(gap.text)}"
        for section in document.sections:
            yield from self._section(section)
        for number, source in enumerate(document.sources, start=1):
            yield f"[{number}] {source.sha256} {source.locator}".rstrip()
        yield f"facts sha256 {document.facts_digest}"

    def _section(self, section: Section) -> Iterator[str]:
        yield ""
        yield f"## {self._say(section.title)}"
        for part in section.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[str]:
        if isinstance(part, Statement):
            yield self._say(Label(part.text_en, part.text_ml)) + self._refs(part.sources)
        elif isinstance(part, FieldList):
            for field in part.fields:
                yield f"{self._say(field.label)}: {self._value(field.value)}{self._refs(field.sources)}"
        elif isinstance(part, Ticks):
            marks = (
                f"[{'x' if i in part.ticked else ' '}] {self._say(o)}" for i, o in enumerate(part.options)
            )
            yield f"{self._say(part.label)}: {'  '.join(marks)}{self._refs(part.sources)}"
        elif isinstance(part, Table):
            yield from self._table(part)
        elif isinstance(part, Sketch):
            shown = ", ".join(visible(mark.text) for mark in part.marks)
            yield f"({self._say(part.label)}: {shown}; {part.scale[1]}){self._refs(part.sources)}"
        else:
            yield from self._signatures(part)

    def _table(self, table: Table) -> Iterator[str]:
        if not table.rows:
            yield self._say(Label(table.when_empty.text_en, table.when_empty.text_ml)) + self._refs(
                table.when_empty.sources
            )
            return
        yield "| " + " | ".join(self._say(column.title) for column in table.columns) + " |"
        for row in table.rows:
            cells = (
                "" if value is None and column.kind is ColumnKind.SIGN else self._value(value)
                for column, value in zip(table.columns, row.cells, strict=True)
            )
            yield "| " + " | ".join(cells) + " |" + self._refs(row.sources)

    def _signatures(self, part: Signatures) -> Iterator[str]:
        for place in part.places:
            name = "____" if place.name is None else self._value(place.name)
            yield f"{self._say(place.role)}: ____ ({name}) " + " ".join(
                f"{self._say(b)}: ____" for b in place.beside
            )

    def _value(self, value: Value | None) -> str:
        return self._say(NOT_RECORDED if value is None else value)

    def _say(self, value: Value) -> str:
        return visible((value.ml if self._ml else value.en) if isinstance(value, Label) else value)

    def _refs(self, sources: tuple[SourceRef, ...]) -> str:
        return " [" + " ".join(str(self._numbers[s]) for s in dict.fromkeys(sources)) + "]"
