"""The national bureau's list of CyberTipline reports, one row per report, by a confirmed profile.

The report number is NCMEC's, so a row joins the report itself by whatever way that arrived: source system `ncmec`,
kind `cybertip`. The list says few things, and the report says them again; what differs is shown, not overwritten.
`handling` is `referral` or `informational` only when its column says just that. The PDF named in a row is a file of
its own: its name is restricted, and nothing is opened.

Versions tried: invented layouts in XLSX and CSV.
Not supported: a file without a confirmed profile; several reports in one row. What the bureau really hands over is not
public: the columns are the profile's.
Sources: formats.md 1.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaval.engine.formats._profiled import ProfiledRow, is_profiled, profiled
from kaval.engine.formats._spec import (
    FormatSpec,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
    collect,
)
from kaval.engine.formats.intake._ncmec_le import handling_of, title_of

SPEC = FormatSpec(
    name="ncrb_list_profiled",
    version="1",
    kind="intake",
    title="National bureau's list (by a confirmed profile)",
)
NEEDS_PROFILE = True
KIND = "ncrb_list"
_TYPED = frozenset(("report_number", "handling", "file", "received", "incident"))
_NUMBER = re.compile(r"(?:(?:CT|CyberTip|NCMEC|Report)[ #:._-]*)?([1-9]\d{5,11})", re.ASCII | re.IGNORECASE)


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of a bureau's list fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row with a report number.

    Raises:
        ReaderError: no confirmed profile fits, or the file is broken as a whole.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeadRecord | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`.
    """
    return profiled(file, KIND, _leads)


def _leads(row: ProfiledRow) -> tuple[LeadRecord, ...]:
    number = _number(row)
    if not number:
        return ()
    fields, restricted = row.bags(_TYPED)
    received, incident = row.time("received"), row.time("incident")
    if received.as_received:
        fields["received"] = received.as_received
    if row.text("file"):
        restricted["file"] = row.text("file")
    return (
        LeadRecord(
            source_system="ncmec",
            source_id=number,
            kind="cybertip",
            title=title_of(number, ""),
            incident=incident if incident.as_received else None,
            observations=(),
            identifiers=(),
            files=(),
            signals=(),
            fields=fields,
            restricted=restricted,
            locator=row.place,
            handling=_handling(row, fields),
            profile=row.profile.label,
        ),
    )


def _number(row: ProfiledRow) -> str:
    stated = row.text("report_number")
    match = _NUMBER.fullmatch(stated)
    if match:
        return match.group(1)
    mend = "Ask the bureau for the report number as NCMEC wrote it"
    if stated:
        row.warn("number_unreadable", f"{stated!r} is no CyberTipline number: the row was not read", mend)
    else:
        row.warn("no_identity", "no report number: the row was not read", mend)
    return ""


def _handling(row: ProfiledRow, fields: dict[str, str]) -> str:
    """`referral` or `informational`; empty, with the words kept and a warning, when it says neither or both."""
    stated = row.text("handling")
    handling = handling_of(stated)
    if stated and not handling:
        fields["handling"] = stated
        row.warn(
            "handling_unknown",
            f"{stated!r} is neither referral nor informational: read as not stated",
            "Ask the bureau what it means; the two kinds are never added up",
        )
    return handling
