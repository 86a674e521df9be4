"""A document as a page of the console: the very sections of the paper, with verdicts marked and leases drawn.

The words are the document's own, in the language of the request; nothing is told on the screen that the paper does not
tell. Checks that passed are folded away, because what did not pass must be seen first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kaval.engine.documents._spec import (
    Document,
    FieldList,
    Label,
    Part,
    Row,
    Signatures,
    Statement,
    Table,
    Value,
)
from kaval.engine.documents._visible import visible
from kaval.engine.documents._wording import NOT_RECORDED
from kaval.engine.documents.india._sheet_words import VERDICTS
from kaval.engine.kernel.instant import utc_text
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.sheet_facts import SeenFacts

_CHIPS: Final = {VERDICTS["PASS"]: "good", VERDICTS["FAIL"]: "bad", VERDICTS["UNKNOWN"]: "warn"}
WIDTH: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in one language. `chip` names its mark, empty for plain text; `missing`: nobody recorded it."""

    text: str
    title: str = ""
    chip: str = ""
    missing: bool = False
    code: bool = False
    refs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of a section. `kind`: `statement`, `fields`, `table`; `folded` are rows kept out of sight at first."""

    kind: str
    cells: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    folded: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lease as a bar and the observed window in it, in drawing units of `WIDTH`.

    `start` and `end` are the lease's, UTC; `open_end`: nobody stated an end, and the bar runs out of the picture.
    """

    bar_x: str
    bar_width: str
    window_x: str
    window_width: str
    open_end: bool
    outside: bool
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Block:
    """One section of the page; `tone` is `bad` for the warning that stands before everything."""

    anchor: str
    title: str
    parts: tuple[Shown, ...]
    tone: str = ""
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The whole page in one language."""

    title: str
    gaps: tuple[str, ...]
    blocks: tuple[Block, ...]
    sources: tuple[tuple[int, SourceRef], ...] = field(default=())
    law_signed_off: bool = True


def screen_of(
    document: Document,
    *,
    malayalam: bool,
    drawings: Mapping[Label, Drawn] | None = None,
    alarm: Label | None = None,
) -> Screen:
    """The page of a document. `drawings` by the title of their section; `alarm` is the title of the warning."""
    writer = _Writer(document, malayalam)
    return Screen(
        writer.say(document.title),
        tuple(writer.say(gap.text) for gap in document.gaps),
        tuple(writer.blocks(drawings or {}, alarm)),
        tuple((number, source) for source, number in writer.numbers.items()),
        document.law_signed_off,
    )


def drawn(seen: SeenFacts) -> Drawn | None:
    """The lease with the observed window in it; None when either is not known."""
    lease = seen.lease
    if seen.window is None or lease is None or lease.start_at is None:
        return None
    if lease.end_at is not None and lease.end_at < lease.start_at:
        return None
    first, last = seen.window
    end = lease.end_at or max(last, lease.start_at) + max(last - lease.start_at, timedelta(hours=1)) / 3
    left, right = min(first, lease.start_at), max(last, end)
    whole = max((right - left).total_seconds(), 1.0)
    edge, inner = WIDTH * 0.03, WIDTH * 0.94

    def x(at: datetime) -> float:
        return edge + inner * (at - left).total_seconds() / whole

    width = max(x(last) - x(first), 6.0)
    middle = min(max((x(first) + x(last)) / 2, edge + 3.0), WIDTH - edge - 3.0)
    outside = first < lease.start_at or (lease.end_at is not None and last > lease.end_at)
    bar = WIDTH - x(lease.start_at) if lease.end_at is None else max(x(end) - x(lease.start_at), 2.0)
    return Drawn(
        f"{x(lease.start_at):.1f}",
        f"{bar:.1f}",
        f"{middle - width / 2:.1f}",
        f"{width:.1f}",
        lease.end_at is None,
        outside,
        utc_text(lease.start_at),
        "" if lease.end_at is None else utc_text(lease.end_at),
    )


class _Writer:
    def __init__(self, document: Document, malayalam: bool) -> None:
        self._document, self._malayalam = document, malayalam
        self.numbers = {source: number for number, source in enumerate(document.sources, start=1)}

    def blocks(self, drawings: Mapping[Label, Drawn], alarm: Label | None) -> Iterator[Block]:
        for number, section in enumerate(self._document.sections, start=1):
            parts = tuple(shown for part in section.parts if (shown := self._part(part)) is not None)
            if parts:
                yield Block(
                    f"part-{number}",
                    self.say(section.title),
                    parts,
                    "bad" if section.title == alarm else "",
                    drawings.get(section.title),
                )

    def say(self, value: Value) -> str:
        if isinstance(value, Label):
            return visible(value.ml if self._malayalam else value.en)
        return visible(value)

    def _part(self, part: Part) -> Shown | None:
        if isinstance(part, Statement):
            return Shown("statement", (self._statement(part),))
        if isinstance(part, FieldList):
            return Shown(
                "fields",
                tuple(self._cell(one.value, title=one.label, sources=one.sources) for one in part.fields),
            )
        if isinstance(part, Table):
            return self._table(part)
        return None if isinstance(part, Signatures) else Shown("statement", (Cell(self.say(part.label)),))

    def _statement(self, part: Statement) -> Cell:
        return Cell(self.say(Label(part.text_en, part.text_ml)), refs=self._refs(part.sources))

    def _table(self, table: Table) -> Shown:
        if not table.rows:
            return Shown("statement", (self._statement(table.when_empty),))
        passed = [row for row in table.rows if VERDICTS["PASS"] in row.cells]
        shown = [row for row in table.rows if row not in passed] if passed else list(table.rows)
        return Shown(
            "table",
            tuple(Cell(self.say(column.title)) for column in table.columns),
            self._rows(table, shown),
            self._rows(table, passed),
        )

    def _rows(self, table: Table, rows: Iterable[Row]) -> tuple[tuple[Cell, ...], ...]:
        made = []
        for row in rows:
            cells = [
                self._cell(value, title=column.title, code=column.kind.value == "code")
                for column, value in zip(table.columns, row.cells, strict=True)
            ]
            last = cells[-1]
            cells[-1] = Cell(
                last.text, last.title, last.chip, last.missing, last.code, self._refs(row.sources)
            )
            made.append(tuple(cells))
        return tuple(made)

    def _cell(
        self, value: Value | None, *, title: Label, sources: Sequence[SourceRef] = (), code: bool = False
    ) -> Cell:
        text = self.say(NOT_RECORDED if value is None else value)
        chip = _CHIPS.get(value, "") if isinstance(value, Label) else ""
        # Words are never set in the face of codes: it has no Malayalam letters.
        plain = code and isinstance(value, str)
        return Cell(text, self.say(title), chip, value is None, plain, self._refs(sources))

    def _refs(self, sources: Iterable[SourceRef]) -> tuple[int, ...]:
        return tuple(self.numbers[one] for one in dict.fromkeys(sources))
