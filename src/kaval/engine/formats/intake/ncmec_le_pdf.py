"""A CyberTipline report as law enforcement downloads it (PDF): one lead, by headings and labels, with confidence.

The second choice after the JSON: a PDF only shows its values. Each has its page and line and a confidence: `high`,
`medium`, `low` (see `_ncmec_le_pages`). Report number, received date and summary come from the cover; persons, files
and addresses from Section A; what Section B places by geolocation is kept as fields and never observed; Section C is
read like running text of NCMEC's staff; Section D is whom to call, and nobody is reported by it. A date that could be
two dates is refused unless another date of the same document settles the order. Pictures in the PDF are not decoded.

Versions tried: our own synthetic download only. The labels are those of public parsers and general knowledge.
Not supported: encrypted PDFs, scans without a text layer, tables drawn across columns, reports of several numbers.
Sources: formats.md 1.2 (PDF).
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReceivedFile
from kaval.engine.formats.intake._ncmec_le import (
    handling_of,
    incident_of,
    is_number,
    number_in_name,
    title_of,
)
from kaval.engine.formats.intake._ncmec_le_pages import Pages
from kaval.engine.formats.intake._ncmec_le_pdf_text import lines_of
from kaval.engine.formats.intake._ncmec_le_values import date_order, time_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import StatedTime, iso_utc

SPEC = FormatSpec(
    name="ncmec_le_pdf",
    version="1",
    kind="intake",
    title="NCMEC CyberTipline report, law-enforcement download (PDF)",
)

_MAGIC, _MAGIC_WITHIN = b"%PDF-", 1024


def claims(file: ReceivedFile) -> bool:
    """True for a PDF."""
    return _MAGIC in file.head(_MAGIC_WITHIN)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead.

    Raises:
        ReaderError: no readable PDF, encrypted, too large, without text, or without a report number.
    """
    lines = lines_of(file)
    pages = Pages(order=date_order([line.text for line in lines]))
    pages.read(lines)
    number = _number(pages, file)
    record = _lead(pages, number)
    return Reading(SPEC, (record,), tuple(pages.harvest.warnings))


def _number(pages: Pages, file: ReceivedFile) -> str:
    numbers = [number for number in pages.numbers if is_number(number)]
    if not numbers:
        raise ReaderError(
            "no CyberTipline report number in the text",
            file=file.name,
            mend="If it is another letter, register it as what it is; else ask for the JSON download",
        )
    if not pages.sections and "incident_type" not in pages.scalars:
        raise ReaderError(
            "names a report number but has neither a summary nor a Section A: no CyberTipline report",
            file=file.name,
            mend="If it is another letter, register it as what it is; else ask for the JSON download",
        )
    first = numbers[0]
    for other in numbers[1:]:
        text = f"the report number {other} stands beside {first}: the first counts"
        pages.harvest.warn(pages.numbers[other], "number_differs", text, mend="Ask which report this is")
    named = number_in_name(file.base_name)
    if named and named != first:
        text = f"the text says {first}, the file name {named}: the text counts"
        pages.harvest.warn(pages.numbers[first], "number_differs", text, mend="Ask which report this is")
    return first


def _lead(pages: Pages, number: str) -> LeadRecord:
    harvest = pages.harvest
    signal, words = incident_of(_said(pages, "incident_type"))
    if signal:
        harvest.signals[signal] = None
    else:
        harvest.warn("cover", "no_summary", "no incident type on the cover", mend="Read it in the PDF")
    if pages.people.get("reported", 0) > 1:
        harvest.signals["several_reported"] = None
    _count(pages)
    incident, received = _time(pages, "incident_time"), _time(pages, "received")
    _fields(pages, incident, received, number=number)
    return LeadRecord(
        source_system="ncmec",
        source_id=number,
        kind="cybertip",
        title=title_of(number, words),
        incident=incident,
        observations=tuple(harvest.observations),
        identifiers=tuple(harvest.identifiers),
        files=tuple(pages.files),
        signals=tuple(harvest.signals),
        fields=harvest.fields,
        restricted=harvest.restricted,
        locator=pages.numbers[number],
        handling=handling_of(_said(pages, "handling")),
    )


def _said(pages: Pages, what: str) -> str:
    found = pages.scalars.get(what)
    return "" if found is None else found.text


def _time(pages: Pages, what: str) -> StatedTime | None:
    found = pages.scalars.get(what)
    if found is None:
        return None
    time, problem = time_of(found.text, pages.order)
    if problem:
        pages.harvest.warn(found.at, problem[0], problem[1], mend=problem[2])
    return time


def _count(pages: Pages) -> None:
    found = pages.scalars.get("files_stated")
    if found is None:
        return
    text = found.text.split()[0]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        pages.harvest.warn(found.at, "count_unreadable", f"{found.text!r} is no number of files")
    elif int(text) != len(pages.files):
        said = f"the summary says {text} files, {len(pages.files)} were found"
        pages.harvest.warn(
            found.at, "files_differ", said, mend="Read Section A in the PDF, or ask for the JSON"
        )


def _fields(pages: Pages, incident: StatedTime | None, received: StatedTime | None, *, number: str) -> None:
    """The values of the cover under the paths they have in the JSON, so that the two can be compared."""
    summary = "reportedInformation/incidentSummary"
    texts = {
        "reportId": number,
        "dateReceived": _instant(received),
        f"{summary}/incidentType": _said(pages, "incident_type"),
        f"{summary}/incidentDateTime": _instant(incident),
        "reportedInformation/reportingEsp/espName": _said(pages, "esp"),
        "reportType": _said(pages, "handling"),
        "Cover/files_stated": _said(pages, "files_stated"),
    }
    pages.harvest.fields.update({key: text for key, text in texts.items() if text})


def _instant(time: StatedTime | None) -> str:
    if time is None:
        return ""
    return time.as_received if time.utc is None else iso_utc(time.utc)
