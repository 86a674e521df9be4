"""A register of handles seen in groups in any table, by a confirmed profile; one lead per row.

Identity is `register` + `<platform>:<handle>` as in the unit's own template, so a handle counted twice is one lead
with two receipts; a row with a user id and no handle is `<platform>:id:<user id>`. A linked handle is what an officer
believes and is only `mentioned`. The group's code is a container, its display name restricted. Who counted, by what
authority, how many members and how many in the state are kept as text.

Versions tried: invented layouts in CSV and XLSX.
Not supported: a file without a confirmed profile; exports of messaging applications.
Sources: the build's own template (no outside standard is known).
"""

from __future__ import annotations

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

SPEC = FormatSpec(
    name="handle_register_profiled",
    version="1",
    kind="intake",
    title="Register of handles (by a confirmed profile)",
)
NEEDS_PROFILE = True
KIND = "handle_register"
_TIMES = ("last_seen", "first_seen", "counted_at")
_TYPED = frozenset(("handle", "user_id", "group_code", "group_display_name", "linked_handle", *_TIMES))


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of a register of handles fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row that names a handle or a user id on a platform.

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
    platform, handle, user_id = row.text("platform"), row.text("handle"), row.text("user_id")
    if not platform or not (handle or user_id):
        row.warn(
            "no_identity",
            "no platform, or neither handle nor user id: the row was not read",
            "Ask the officer who counted, or fix the platform in the profile",
        )
        return ()
    fields, restricted = row.bags(_TYPED)
    times = {name: row.time(name) for name in _TIMES}
    fields.update({name: time.as_received for name, time in times.items() if time.as_received})
    if row.text("group_display_name"):
        restricted["group_display_name"] = row.text("group_display_name")
    seen = [times[name] for name in ("last_seen", "first_seen") if times[name].as_received]
    return (
        LeadRecord(
            source_system="register",
            source_id=f"{platform}:{handle}" if handle else f"{platform}:id:{user_id}",
            kind="handle",
            title=f"Handle on {platform}",
            incident=seen[0] if seen else None,
            observations=(),
            identifiers=tuple(_identifiers(row, platform)),
            files=(),
            signals=("group_member",) if row.text("group_code") else (),
            fields=fields,
            restricted=restricted,
            locator=row.place,
            profile=row.profile.label,
        ),
    )


def _identifiers(row: ProfiledRow, platform: str) -> Iterator[IdentifierRecord]:
    for name, kind in (("handle", "handle"), ("user_id", "esp_account"), ("group_code", "group_code")):
        if row.text(name):
            yield IdentifierRecord(kind, row.text(name), platform, "reported", f"{row.place} {name}")
    for linked in row.text("linked_handle").split(";"):
        other, colon, handle = linked.partition(":")
        scope, value = (other, handle) if colon else ("", linked)
        if value.strip():
            place = f"{row.place} linked_handle"
            yield IdentifierRecord("handle", value.strip(), scope.strip(), "mentioned", place)
