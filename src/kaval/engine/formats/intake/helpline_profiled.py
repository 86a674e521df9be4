"""A helpline's sheet of calls and messages, by a confirmed profile; one lead per row.

The caller's identity and the text are restricted: both may name a child. What a column is confirmed to name counts as
the reported party; what the running text names is only `mentioned` and links nobody by itself. `received_at` is when
the call was taken, not when anything happened. A row that names two values of one kind may speak of two people: the
signal `several_reported` keeps them apart. A row without a number gets one derived from its content, with a warning.
The source system is the profile's, because two helplines may use one number.

Versions tried: invented layouts in CSV and XLSX.
Not supported: a file without a confirmed profile; recordings and attachments.
Sources: the build's own template (no outside standard is known).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kaval.engine.formats._profiled import ProfiledRow, is_profiled, profiled
from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
    collect,
)
from kaval.engine.formats.mining import mine

SPEC = FormatSpec(
    name="helpline_profiled", version="1", kind="intake", title="Helpline's sheet (by a confirmed profile)"
)
NEEDS_PROFILE = True
KIND = "helpline"
_PARTED = re.compile(r"\s*[;,\n]\s*")
_REPORTER = ("reporter_name", "reporter_phone", "reporter_email")
# Canonical field -> (identifier kind, belongs to a platform)
_MENTIONED = {
    "mentioned_handle": ("handle", True),
    "mentioned_phone": ("phone", False),
    "mentioned_email": ("email", False),
    "mentioned_upi": ("upi", False),
}
_TYPED = frozenset(("source_system", "tip_id", "text", "platform", "received_at", *_MENTIONED, *_REPORTER))


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of a helpline's sheet fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row.

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
    platform = row.text("platform")
    number = row.identity("tip_id")
    fields, restricted = row.bags(_TYPED)
    received = row.time("received_at")
    if received.as_received:
        fields["received_at"] = received.as_received
    if platform:
        fields["platform"] = platform
    restricted.update({name: row.text(name) for name in ("text", *_REPORTER) if row.text(name)})
    found = mine(row.text("text"), locator=f"{row.place} text")
    row.warnings.extend(found.warnings)
    reported = tuple(_reported(row, platform))
    counted = Counter((one.kind, one.scope.casefold()) for one in reported)
    return (
        LeadRecord(
            source_system=row.text("source_system") or f"helpline {row.profile.name}",
            source_id=number,
            kind="tip",
            title=f"Helpline {number}",
            incident=None,
            observations=found.observations,
            identifiers=(*reported, *_reporter(row), *found.identifiers),
            files=(),
            signals=("several_reported",) if any(n > 1 for n in counted.values()) else (),
            fields=fields,
            restricted=restricted,
            locator=row.place,
            profile=row.profile.label,
        ),
    )


def _reported(row: ProfiledRow, platform: str) -> Iterator[IdentifierRecord]:
    """What the columns name; several in one cell, parted by `;`, `,` or a line break, are several."""
    for name, (kind, scoped) in _MENTIONED.items():
        for value in _PARTED.split(row.text(name)):
            if value:
                scope = platform if scoped else ""
                yield IdentifierRecord(kind, value, scope, "reported", f"{row.place} {name}")


def _reporter(row: ProfiledRow) -> Iterator[IdentifierRecord]:
    for name, kind in (("reporter_email", "email"), ("reporter_phone", "phone")):
        if row.text(name):
            yield IdentifierRecord(kind, row.text(name), "", "reporter", f"{row.place} {name}")
