"""Hostile and broken XML ends in a clear error, quickly; odd encodings are read."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import pytest

from kaval.engine.formats import _xml
from kaval.engine.formats._spec import LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake import ncmec_report_xml
from kaval.engine.kernel.errors import ReaderError

_ENTITIES = "".join(
    f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("abcdefghi", "bcdefghiz", strict=True)
)
LAUGHS = f'<!DOCTYPE report [<!ENTITY a "ha">{_ENTITIES}]><report>&z;</report>'
BODY = "<report><incidentSummary/><additionalInfo>{}</additionalInfo></report>"


def read(content: bytes) -> Reading[LeadRecord]:
    return ncmec_report_xml.read(ReceivedFile("CT-7.xml", content))


@pytest.mark.parametrize(
    "content, problem",
    [
        (LAUGHS.encode(), "DOCTYPE"),
        (LAUGHS.encode("utf-16"), "DOCTYPE"),
        (b"\xef\xbb\xbf" + LAUGHS.encode(), "DOCTYPE"),
        (b"<!DOCTYPE report [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><report>&x;</report>", "DOCTYPE"),
        (b"<!DOCTYPE report SYSTEM 'http://example.org/a.dtd'><report/>", "DOCTYPE"),
        (b"<!DOCTYPE report [<!ENTITY % x SYSTEM 'http://example.org/a'>%x;]><report/>", "DOCTYPE"),
        (b"<report>&unknown;</report>", "not well-formed"),
        (b"<report>" * 100_000 + b"</report>" * 100_000, "deeper"),
        (b"<report>" * 100_000, "deeper"),
        (b"<report><a>" + b"<b>" * 60 + b"</b>" * 60 + b"</a></report>", "deeper"),
        (b"<report " + b" ".join(b"a%d='x'" % n for n in range(100_000)) + b"/>", "attributes"),
        (b"<report a='1' a='2'/>", "not well-formed"),
        (b"<report>\x00</report>", "not well-formed"),
        (b"", "not well-formed"),
    ],
)  # fmt: skip
def test_what_could_hurt_is_refused_within_a_second(content: bytes, problem: str) -> None:
    start = time.process_time()
    with pytest.raises(ReaderError, match=problem) as caught:
        read(content)
    assert caught.value.mend
    assert time.process_time() - start < 1.0


def test_a_document_above_the_size_limit_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = BODY.format("x" * 200).encode()
    monkeypatch.setattr(_xml, "MAX_BYTES", 100)
    with pytest.raises(ReaderError, match="larger than 100 bytes"):
        read(content)


def test_many_elements_with_few_attributes_each_are_no_crowd() -> None:
    inside = (
        "<personOrUserReported>"
        + "<displayName a='1' b='2'>n</displayName>" * 400
        + "</personOrUserReported>"
    )
    (record,) = read(f"<report><incidentSummary/>{inside}</report>".encode()).records
    assert record.fields["personOrUserReported/displayName[400]/@b"] == "2"


@pytest.mark.parametrize("at", [1, 7, 60, 75, 80])
def test_a_truncated_file_says_that_it_may_be_cut_off(at: int) -> None:
    content = BODY.format("some words that end early").encode()
    with pytest.raises(ReaderError, match="not well-formed") as caught:
        read(content[: -len(content) * at // 100])
    assert "cut off" in caught.value.mend


WORD = "വാക്ക് é"


@pytest.mark.parametrize(
    "head, encoding, trouble",
    [
        ("", "utf-8", []),
        ("", "utf-8-sig", []),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16", []),
        ("", "utf-16", []),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-16", []),
        ("", "utf-16-le", ["encoding"]),
        ("", "utf-16-be", ["encoding"]),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-8", ["encoding"]),
        ('<?xml version="1.0" encoding="no-such"?>', "utf-8", ["encoding"]),
        ('<?xml version="1.0" encoding="us-ascii"?>', "utf-8", ["encoding"]),
    ],
)
def test_the_bytes_decide_when_the_label_is_wrong(head: str, encoding: str, trouble: list[str]) -> None:
    reading = read((head + BODY.format(WORD)).encode(encoding))
    assert reading.records[0].fields["additionalInfo"] == WORD
    assert [warning.code for warning in reading.warnings] == trouble


def test_latin_letters_with_or_without_a_false_mark_are_read_with_a_warning() -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        reading = read(mark + BODY.format("café").encode("latin-1"))
        assert reading.records[0].fields["additionalInfo"] == "café"
        (warning,) = reading.warnings
        assert warning.code == "encoding"
        assert warning.place == f"byte {len(mark) + 45}"


def test_a_labelled_one_byte_encoding_is_read_as_labelled() -> None:
    content = ('<?xml version="1.0" encoding="windows-1252"?>' + BODY.format("5 €")).encode("cp1252")
    reading = read(content)
    assert (reading.records[0].fields["additionalInfo"], reading.warnings) == ("5 €", ())


@dataclass(frozen=True)
class Lying:
    """Bytes that lie elsewhere and can be opened only once."""

    content: bytes
    opened: list[int]

    @property
    def size(self) -> int:
        return len(self.content)

    def open(self) -> io.BytesIO:
        self.opened.append(1)
        return io.BytesIO(self.content)


def test_a_stored_file_is_read_once_for_parsing() -> None:
    stored = Lying(BODY.format("x").encode(), [])
    ncmec_report_xml.read(ReceivedFile("CT-7.xml", stored))
    assert len(stored.opened) == 1
