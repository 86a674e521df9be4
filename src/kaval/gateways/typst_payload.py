"""A document as the JSON the page template reads: languages chosen, hidden characters made visible, sources
numbered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from kaval.engine.documents._spec import (
    ColumnKind,
    Document,
    FieldList,
    Label,
    Part,
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

Language = Literal["en", "ml", "both"]
Json = dict[str, Any]

TRAINING_MARK = "TRAINING — synthetic data"

_WORDS = {
    "page": Label("Page", "പേജ്"),
    "facts": Label("Facts SHA-256", "വസ്തുതകളുടെ SHA-256"),
    "missing": NOT_RECORDED,
    "gaps": Label("Missing facts", "ലഭ്യമല്ലാത്ത വസ്തുതകൾ"),
    "sources": Label(
        "Sources (SHA-256 of the sealed record, place in it)", "ഉറവിടങ്ങൾ (മുദ്രവച്ച രേഖയുടെ SHA-256, അതിലെ സ്ഥാനം)"
    ),
    "signature": Label("Signature", "ഒപ്പ്"),
    "name": Label("Name", "പേര്"),
}
_LAW_NOTICE = Label(
    "Law text not signed off by a lawyer: the provisions cited were not checked against the Gazette.",
    "നിയമഭാഗം അഭിഭാഷകൻ പരിശോധിച്ച് അംഗീകരിച്ചിട്ടില്ല: പറഞ്ഞിരിക്കുന്ന വകുപ്പുകൾ ഗസറ്റുമായി ഒത്തുനോക്കിയിട്ടില്ല.",
)
_TRANSLATION_NOTICE = Label(
    "The Malayalam text is a translation that no lawyer has signed off.",
    "മലയാളം പാഠം അഭിഭാഷകൻ അംഗീകരിച്ചിട്ടില്ലാത്ത പരിഭാഷയാണ്.",
)


def payload(document: Document, *, language: Language, drawable: Callable[[str], str]) -> Json:
    """The document in one language or both; `drawable` replaces characters the fonts cannot draw."""
    return _Writer(document, language, drawable).document()


class _Writer:
    def __init__(self, document: Document, language: Language, drawable: Callable[[str], str]) -> None:
        self._document, self._language, self._drawable = document, language, drawable
        self._numbers = {source: number for number, source in enumerate(document.sources, start=1)}

    def document(self) -> Json:
        document = self._document
        return {
            "lang": "ml" if self._language == "ml" else "en",
            "title": self._say(document.title),
            "unit": self._say(document.unit),
            "number": self._line(document.number),
            "prepared_at": ist_text(document.prepared_at),
            "training": document.training,
            "training_mark": TRAINING_MARK,
            "notices": [self._say(notice) for notice in self._notices()],
            "gaps": [self._say(gap.text) for gap in document.gaps],
            "sections": [
                {"title": self._say(section.title), "parts": [self._part(part) for part in section.parts]}
                for section in document.sections
            ],
            "sources": [
                {"number": number, "sha256": self._line(source.sha256), "locator": self._line(source.locator)}
                for source, number in self._numbers.items()
            ],
            "facts_digest": document.facts_digest,
            "words": {key: self._say(label) for key, label in _WORDS.items()},
        }

    def _notices(self) -> list[Label]:
        notices = [] if self._document.law_signed_off else [_LAW_NOTICE]
        return notices if self._language == "en" else [*notices, _TRANSLATION_NOTICE]

    def _part(self, part: Part) -> Json:
        if isinstance(part, Statement):
            return {"kind": "statement", **self._statement(part)}
        if isinstance(part, FieldList):
            return {
                "kind": "fields",
                "fields": [
                    {
                        "label": self._say(field.label),
                        "value": self._value(field.value),
                        "sources": self._refs(field.sources),
                    }
                    for field in part.fields
                ],
            }
        if isinstance(part, Ticks):
            return {
                "kind": "ticks",
                "label": self._say(part.label),
                "sources": self._refs(part.sources),
                "options": [
                    {"text": self._say(option), "ticked": index in part.ticked}
                    for index, option in enumerate(part.options)
                ],
            }
        if isinstance(part, Sketch):
            return self._sketch(part)
        return self._table(part) if isinstance(part, Table) else self._signatures(part)

    def _sketch(self, part: Sketch) -> Json:
        return {
            "kind": "sketch",
            "label": self._say(part.label),
            "ratio": part.ratio,
            "outlines": part.outlines,
            "way": part.way,
            "marks": [
                {"x": mark.x, "y": mark.y, "text": self._line(mark.text), "kind": mark.kind}
                for mark in part.marks
            ],
            "scale": {"width": part.scale[0], "text": self._line(part.scale[1])},
            "sources": self._refs(part.sources),
        }

    def _table(self, part: Table) -> Json:
        columns = [
            {"title": self._say(c.title), "weight": c.weight, "kind": c.kind.value} for c in part.columns
        ]
        rows = [
            {
                "cells": [self._value(cell) for cell in row.cells],
                "sources": self._refs(row.sources),
                "total": row.total,
            }
            for row in part.rows
        ]
        return {
            "kind": "table",
            "columns": columns,
            "rows": rows,
            "empty": self._statement(part.when_empty),
            "sign": any(c.kind is ColumnKind.SIGN for c in part.columns),
        }

    def _signatures(self, part: Signatures) -> Json:
        return {
            "kind": "signatures",
            "places": [
                {
                    "role": self._say(place.role),
                    "name": self._value(place.name),
                    "beside": [self._say(b) for b in place.beside],
                }
                for place in part.places
            ],
        }

    def _statement(self, part: Statement) -> Json:
        return {"text": self._say(Label(part.text_en, part.text_ml)), "sources": self._refs(part.sources)}

    def _value(self, value: Value | None) -> list[Json] | None:
        return None if value is None else self._say(value)

    def _say(self, value: Value) -> list[Json]:
        if isinstance(value, str):
            return [{"lang": "en", "text": self._line(value)}]
        both = [{"lang": "en", "text": self._line(value.en)}, {"lang": "ml", "text": self._line(value.ml)}]
        if self._language == "both":
            return both[:1] if value.en == value.ml else both
        return both[:1] if self._language == "en" else both[1:]

    def _line(self, text: str) -> str:
        return self._drawable(visible(text))

    def _refs(self, sources: tuple[SourceRef, ...]) -> list[int]:
        return [self._numbers[source] for source in dict.fromkeys(sources)]
