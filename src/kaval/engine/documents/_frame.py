"""The frame a builder fills: it knows the day, cites provisions in force on it, and closes the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kaval.engine.documents._gaps import facts_digest, missing
from kaval.engine.documents._law import LawRow, LawTable
from kaval.engine.documents._spec import AnySpec, Document, Field, Gap, Label, Section, Statement, Value
from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import HeadFacts


class Frame:
    """Collects cited provisions and extra gaps while one document is built; then makes it.

    `source` is the sealed record the facts come from and stands behind every statement that names no other.
    """

    def __init__(self, head: HeadFacts, law: LawTable, *, source: SourceRef) -> None:
        self._head, self._law, self._source = head, law, source
        self._day = require_aware(head.prepared_at).astimezone(IST).date()
        self._cited: dict[str, LawRow] = {}
        self._gaps: list[Gap] = []

    def law(self, *row_ids: str) -> tuple[SourceRef, ...]:
        """References to provisions in force on the document's day; one that is not becomes a gap."""
        refs: list[SourceRef] = []
        for row_id in row_ids:
            row = self._law.on(row_id, self._day)
            if row is None:
                self.gap(
                    f"law.{row_id}",
                    f"provision {row_id} in force on {self._day.isoformat()}",
                    f"{self._day.isoformat()}-ന് പ്രാബല്യത്തിലുള്ള വകുപ്പ് {row_id}",
                )
            else:
                self._cited[row_id] = row
                refs.append(row.ref)
        return tuple(refs)

    def gap(self, fact: str, text_en: str, text_ml: str) -> None:
        """A missing fact that depends on other facts."""
        gap = Gap(fact, Label(f"missing: {text_en}", f"ലഭ്യമല്ല: {text_ml}"))
        if gap not in self._gaps:
            self._gaps.append(gap)

    def say(
        self, text_en: str, text_ml: str, *, law: Sequence[str] = (), source: SourceRef | None = None
    ) -> Statement:
        """A statement resting on the given source (else the frame's own) and on provisions."""
        return Statement(text_en, text_ml, (source or self._source, *self.law(*law)))

    def field(
        self, label_en: str, label_ml: str, value: Value | None, *, source: SourceRef | None = None
    ) -> Field:
        """A labelled fact resting on the given source, else the frame's own."""
        return Field(Label(label_en, label_ml), value, (source or self._source,))

    def close(self, spec: AnySpec, facts: object, sections: Iterable[Section]) -> Document:
        """The finished document, with the gaps of the spec's needs first and those found on the way after
        them.
        """
        head = self._head
        return Document(
            spec_id=spec.id,
            title=spec.title,
            number=head.number,
            unit=Label(head.unit, head.unit_ml),
            jurisdiction=spec.jurisdiction,
            prepared_at=require_aware(head.prepared_at),
            training=head.training,
            sections=tuple(sections),
            gaps=(*missing(facts, spec.needs), *self._gaps),
            law=tuple(self._cited.values()),
            facts_digest=facts_digest(facts),
        )
