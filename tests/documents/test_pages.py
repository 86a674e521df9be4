"""The pages: PDF/A from data, the same bytes for the same facts, and no text that turns into code."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.typst_payload import Language
from kaval.gateways.typst_renderer import render
from tests.documents import cases

KINDS = sorted(cases.all_facts())
HOSTILE = [
    '#read("/etc/passwd")',
    '=HYPERLINK("x")',
    "*bold* _it_ $x^2$",
    "back\\slash \\u{41}",
    "<img onerror=1> {% raw %}",
]


def rendered(kind: str, facts: object | None = None, *, language: Language = "both") -> bytes:
    """The PDF of a kind."""
    document = spec_of(kind).build(facts or cases.all_facts()[kind], provisions())
    return render(document, language=language, at=cases.at(18))


def text_of(pdf: bytes) -> str:
    """The text a reader finds in a PDF, without any white space."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ml", "both"])
def test_every_document_renders_in_every_language(kind: str, language: Language) -> None:
    pdf = rendered(kind, language=language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b'pdfaid:part="2"' in pdf or b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert PdfReader(io.BytesIO(pdf)).pages


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_facts_give_the_same_bytes(kind: str) -> None:
    assert rendered(kind) == rendered(kind)


def test_the_english_words_can_be_read_back() -> None:
    text = text_of(rendered("in.seizure_list", language="en"))
    for item in cases.SEARCH.items:
        assert str(item.seal) in text
        assert re.sub(r"\s+", "", item.found_at or "") in text
    assert "TRAINING" in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_from_outside_stay_words(hostile: str) -> None:
    pdf = rendered("in.seizure_list", replace(cases.SEARCH, place=hostile, court=hostile), language="en")
    assert re.sub(r"\s+", "", hostile) in text_of(pdf)
    assert b"root:x:0" not in pdf


def test_a_direction_override_is_made_visible() -> None:
    pdf = rendered("in.seizure_list", replace(cases.SEARCH, place="abc\u202edcba"), language="en")
    text = text_of(pdf)
    assert "\u202e" not in text
    assert "202E" in text


def test_missing_fonts_name_the_command_that_brings_them(tmp_path: Path) -> None:
    document = spec_of("in.custody_annex").build(cases.CUSTODY, provisions())
    with pytest.raises(ConfigurationError, match=r"\./dev setup"):
        render(document, language="en", at=cases.at(18), fonts=tmp_path)
