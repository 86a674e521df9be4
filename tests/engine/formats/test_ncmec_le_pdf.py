"""The law-enforcement PDF: values by label with their page, line and confidence; and the same report as JSON."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from kaval.engine.formats._spec import LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake import _ncmec_le_pdf_text as pdf_text
from kaval.engine.formats.intake import ncmec_le_json, ncmec_le_pdf
from kaval.engine.formats.intake._ncmec_le_labels import LABELS
from kaval.engine.formats.intake._ncmec_le_pages import Pages
from kaval.engine.formats.intake._ncmec_le_values import date_order, time_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.leads import Difference, Joined, join
from kaval.engine.testing import outcome_of
from kaval.simulation.le_download import Download, Person, UploadedFile, example, le_json, le_pdf

A = "reportedInformation/uploadedFiles/uploadedFiles"


def pdf_of(*pages: str) -> bytes:
    """A plain PDF with these lines of text on its pages."""
    writer = pypdf.PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject(
        {NameObject("/F"): DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})}
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in text.splitlines())
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F 10 Tf 14 TL 40 800 Td\n{shown}ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    return _written(writer)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


COVER = (
    "CyberTipline Report 190000078\nExecutive Summary\n"
    "Incident Type: Child Sex Trafficking\nNumber of Files: {files}"
)


def read(content: bytes, *, name: str = "report.pdf") -> Reading[LeadRecord]:
    return ncmec_le_pdf.read(ReceivedFile(name, content))


def report(text: str, *, files: int = 0) -> Reading[LeadRecord]:
    return read(pdf_of(COVER.format(files=files), text))


def section_a(text: str, *, files: int = 0) -> LeadRecord:
    (record,) = report(f"Section A: Reported Information\n{text}", files=files).records
    return record


# ---------------------------------------------------------------- JSON and PDF of one report


@cache
def both(download: Download) -> tuple[LeadRecord, LeadRecord]:
    (by_json,) = ncmec_le_json.read(ReceivedFile("a.json", le_json(download))).records
    (by_pdf,) = read(le_pdf(download)).records
    return by_json, by_pdf


def joined(by_json: LeadRecord, by_pdf: LeadRecord) -> Joined[LeadRecord]:
    return join(by_json, by_pdf, held_rank=0, arrived_rank=2)


def test_json_and_pdf_of_one_report_say_the_same() -> None:
    by_json, by_pdf = both(example())
    result = joined(by_json, by_pdf)
    assert result.differences == ()
    assert (
        result.added.observations
        == result.added.identifiers
        == result.added.files
        == result.added.signals
        == ()
    )
    assert result.record.observations == by_json.observations
    assert join(by_pdf, by_json, held_rank=2, arrived_rank=0).differences == ()


def test_what_only_the_pdf_says_differently_is_shown() -> None:
    report = example()
    (person,), (first, second) = report.reported, report.files
    login, other = person.captures
    planted = replace(
        report,
        esp="Another Chat",
        incident_at=report.incident_at + timedelta(minutes=5),
        reported=(replace(person, captures=(replace(login, port=51235), other)),),
        files=(replace(first, viewed=False, name="pattern-0009.png"), second),
    )
    differences = joined(both(report)[0], both(planted)[1]).differences
    at = "2024-01-14T18:45:10Z"
    assert set(differences) >= {
        Difference("field reportedInformation/reportingEsp/espName", "Example Chat", "Another Chat", False),
        Difference("incident time", at, "2024-01-14 18:50:10 UTC", False),
        Difference(f"port of 198.51.100.44 at {at}", "51234", "51235", False),
        Difference("file s-0001: viewed by provider", "yes", "no", False),
        Difference(f"restricted field {A}/0/filename", "pattern-0001.png", "pattern-0009.png", True),
    }
    assert len(differences) == 6  # the incident's time is a field too


names = st.text("abcdefghijklmnop_", min_size=3, max_size=12)
downloads = st.builds(
    lambda handles, viewed, handling: replace(
        example(),
        reported=tuple(
            Person(service="Example Chat", handle=h, emails=(f"{h}@example.org",)) for h in handles
        ),
        files=tuple(
            UploadedFile(f"s-{n}", f"pattern-{n:04d}.png", f"{n + 1:032x}", v) for n, v in enumerate(viewed)
        ),
        handling=handling,
    ),
    st.lists(names, max_size=3, unique=True),
    st.lists(st.sampled_from([True, False, None]), max_size=3),
    st.sampled_from(["", "Referral", "Informational"]),
)


@settings(max_examples=12)
@given(download=downloads)
def test_json_and_pdf_agree_for_any_report(download: Download) -> None:
    by_json, by_pdf = both(download)
    result = joined(by_json, by_pdf)
    assert result.differences == ()
    assert result.added.identifiers == result.added.files == result.added.signals == ()
    assert (by_pdf.handling, by_pdf.title, by_pdf.signals) == (
        by_json.handling,
        by_json.title,
        by_json.signals,
    )
    assert [f.viewed_by_esp for f in by_pdf.files] == [f.viewed_by_esp for f in by_json.files]


# ---------------------------------------------------------------- places and confidence


def test_every_value_has_its_page_and_line() -> None:
    record = both(example())[1]
    places = [i.locator for i in record.identifiers] + [o.locator for o in record.observations]
    assert all(place.startswith("page ") and ", line " in place and "char" not in place for place in places)
    assert record.locator == "page 1, line 1"
    assert next(i.locator for i in record.identifiers if i.kind == "name") == "page 2, line 7"


def test_a_label_at_home_is_high_elsewhere_or_broken_medium_and_no_label_low() -> None:
    record = section_a(
        "Suspect\nEmail Address: a1@example.org\nEmail Address:\na2@example.org\na3@example.org\n"
        "Incident Information\nEmail Address: a4@example.org\n"
        "Additional Information\nsays a5@example.org\nNote: a6@example.org"
    )
    assert [(i.value[:2], i.confidence, i.party, i.origin) for i in record.identifiers] == [
        ("a1", "high", "reported", "field"),
        ("a2", "medium", "reported", "field"),
        ("a3", "medium", "reported", "field"),
        ("a4", "medium", "mentioned", "field"),
        ("a5", "low", "mentioned", "free_text"),
        ("a6", "low", "mentioned", "free_text"),
    ]


def test_several_values_of_one_label_on_one_line() -> None:
    record = section_a("Suspect\nEmail Address: a1@example.org, a2@example.org")
    assert [i.value for i in record.identifiers] == ["a1@example.org", "a2@example.org"]


def test_an_address_line_may_hold_port_event_and_time() -> None:
    record = section_a(
        "Suspect\nIP Address: 192.0.2.1:51234 (Login) 2024-01-14 18:45:10 UTC\n[2001:db8::1]:443\n"
        "IP Address: 2001:db8::2\nPort: 8080\nEvent: Upload\nDate/Time: 2024-01-14 18:45 UTC"
    )
    seen = [(o.ip, o.port, o.event, str(o.time.utc)[:16], o.confidence) for o in record.observations]
    assert seen == [
        ("192.0.2.1", 51234, "Login", "2024-01-14 18:45", "high"),
        ("2001:db8::1", 443, "", "None", "medium"),
        ("2001:db8::2", 8080, "Upload", "2024-01-14 18:45", "high"),
    ]


def test_geolocation_is_kept_and_nobody_is_observed_by_it() -> None:
    text = "Section B: Automated Information\nIP Address: 192.0.2.1\nISP: Example Net\nseen at 192.0.2.9"
    (record,) = report(text).records
    assert record.observations == ()
    assert "192.0.2.1" in record.fields.values()
    assert "Example Net" in record.fields.values()


def test_whom_to_call_is_nobody_reported() -> None:
    text = (
        "Section D: Contact\nName: Invented Officer\nEmail Address: desk@example.net\nPhone: +91 90000 00009"
    )
    (record,) = report(text).records
    assert record.identifiers == ()
    assert "desk@example.net" in record.fields.values()


def test_ncmec_staff_only_mention() -> None:
    text = "Section C: Additional Information Provided by NCMEC\nEmail Address: a@example.org\nalso b@example.org"
    (record,) = report(text).records
    assert {(i.party, i.confidence) for i in record.identifiers} == {
        ("mentioned", "medium"),
        ("mentioned", "low"),
    }


def test_a_victims_block_is_restricted() -> None:
    record = section_a("Victim\nName: Invented Child\nSchool: Invented School\nwrites from v@example.org")
    assert record.identifiers == ()
    assert {"Invented Child", "Invented School", "writes from v@example.org"} <= set(
        record.restricted.values()
    )
    assert not {"Invented Child", "Invented School"} & set(record.fields.values())


def test_two_persons_are_marked_and_a_heading_alone_is_nobody() -> None:
    one = "Suspect\nScreen Name: a1"
    assert "several_reported" in section_a(f"{one}\nSuspect 2\nScreen Name: a2").signals
    assert "several_reported" not in section_a(f"Suspect\n{one}").signals


# ---------------------------------------------------------------- files


def test_files_of_one_block_are_told_apart_and_a_broken_digest_is_mended() -> None:
    record = section_a(
        "Uploaded File Information\nFilename: pattern-0001.png\nMD5: 0cc175b9c0f1b6a8\n31c399e269772661\n"
        "Viewed by ESP? No\nFilename: pattern-0002.png\nMD5: 92eb5ffee6ae2fec3ad71c777531578f",
        files=2,
    )
    assert [(f.name, f.hashes[0][1][:4], f.viewed_by_esp) for f in record.files] == [
        ("file 1", "0cc1", False),
        ("file 2", "92eb", None),
    ]
    assert record.restricted[f"{A}/1/filename"] == "pattern-0002.png"


def test_a_count_that_differs_from_the_files_found_is_a_warning() -> None:
    text = "Section A: Reported Information\nUploaded File Information\nFilename: pattern-0001.png"
    assert "files_differ" in [w.code for w in report(text, files=2).warnings]
    assert "files_differ" not in [w.code for w in report(text, files=1).warnings]


def test_a_digest_of_another_length_is_kept_as_text() -> None:
    reading = report("Section A: x\nUploaded File Information\nMD5: abc123", files=1)
    assert reading.records[0].files[0].hashes == ()
    assert "hash_unreadable" in [w.code for w in reading.warnings]


# ---------------------------------------------------------------- times


def test_a_date_that_could_be_two_dates_is_refused_with_both_readings() -> None:
    reading = report("Section A: x\nIncident Information\nIncident Time: 01-05-2024 10:00:00 UTC")
    incident = reading.records[0].incident
    assert incident is not None
    assert (incident.utc, incident.as_received) == (None, "01-05-2024 10:00:00 UTC")
    (warning,) = [w for w in reading.warnings if w.code == "ambiguous_date"]
    assert "2024-01-05" in warning.text
    assert "2024-05-01" in warning.text


def test_another_date_of_the_same_document_settles_the_order() -> None:
    assert date_order(["x 01-25-2024", "01-05-2024"]) == "mdy"
    assert date_order(["25.01.2024"]) == "dmy"
    assert date_order(["25.01.2024", "01-25-2024"]) == date_order(["01-05-2024"]) == ""
    time, problem = time_of("01-05-2024 10:00:00 UTC", "mdy")
    assert (str(time.utc), time.as_received, problem) == (
        "2024-01-05 10:00:00+00:00",
        "01-05-2024 10:00:00 UTC",
        (),
    )


# ---------------------------------------------------------------- bounds and refusals


def test_a_pdf_without_a_report_number_is_refused() -> None:
    with pytest.raises(ReaderError, match="report number") as caught:
        read(pdf_of("A letter about something else"))
    assert caught.value.mend


def test_a_letter_that_only_names_a_report_is_not_that_report() -> None:
    with pytest.raises(ReaderError, match="no CyberTipline report"):
        read(pdf_of("Dear colleague, about CyberTipline Report 190000077 we ask for an update."))


def test_a_second_number_and_a_differing_file_name_are_warnings() -> None:
    content = pdf_of(COVER.format(files=0) + "\nReport Number: 190000079")
    assert [w.code for w in read(content, name="CT-190000080.pdf").warnings] == ["number_differs"] * 2
    assert read(content).records[0].source_id == "190000078"


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_pdf_is_refused_clearly(password: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(COVER)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    with pytest.raises(ReaderError, match="encrypted"):
        read(_written(writer))


def test_a_scan_without_text_is_refused_with_a_way_out() -> None:
    with pytest.raises(ReaderError, match="no text") as caught:
        read(pdf_of(""))
    assert "JSON" in caught.value.mend


def test_too_many_pages_and_too_much_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf_of(COVER, "x", "y")
    monkeypatch.setattr(pdf_text, "MAX_PAGES", 2)
    with pytest.raises(ReaderError, match="pages"):
        read(content)
    monkeypatch.setattr(pdf_text, "MAX_CHARACTERS", 20)
    with pytest.raises(ReaderError, match="characters"):
        read(content)


def test_a_stream_that_unpacks_to_far_more_is_refused() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(COVER)))
    stream = DecodedStreamObject()
    stream.set_data(b"BT " + b" " * 40_000_000 + b"ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    content = _written(writer)
    assert len(content) < 200_000
    with pytest.raises(ReaderError, match="not a readable PDF"):
        read(content)


@given(data=st.data())
def test_a_damaged_pdf_ends_in_a_reading_or_a_reader_error(data: st.DataObject) -> None:
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=12))
    outcome_of(ncmec_le_pdf, ReceivedFile("x.pdf", bytes(content)))


SMALL = pdf_of(COVER.format(files=0), "Section A: x\nSuspect\nIP Address: 192.0.2.1 (Login)")


@given(
    st.lists(
        st.sampled_from(
            [*LABELS, "Suspect", "Victim", "Section A: x", "Section B", "192.0.2.1", "a@example.org", "", "x"]
        )
    )
)
def test_any_order_of_headings_labels_and_values_is_read(words: list[str]) -> None:
    pages = Pages()
    pages.read(
        [
            pdf_text.Line(1, n + 1, f"{word}: 192.0.2.1" if word in LABELS and n % 2 else word)
            for n, word in enumerate(words)
            if word
        ]
    )
    assert all(o.locator.startswith("page 1, line ") for o in pages.harvest.observations)


def test_only_a_pdf_is_claimed() -> None:
    assert ncmec_le_pdf.claims(ReceivedFile("x.pdf", SMALL))
    assert not ncmec_le_pdf.claims(ReceivedFile("x.pdf", b"no PDF at all"))
