"""The unit's own register of handles seen in groups, as CSV, one lead per row.

Identity is `register` + `<platform>:<handle>`. Handle and user id are strong on their platform; a linked
handle is what an officer believes and is only `mentioned`, so it links nothing by itself. The group's code
is a container, its display name restricted. Counts, authority and notes are kept as text.

Versions tried: the columns of the unit's template, UTF-8 with and without byte-order mark, comma.
Not supported: exports of messaging applications.
Sources: the build's own template (no outside standard is known).
"""

from __future__ import annotations

from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats._text import has_columns, read_table, rest_of
from kaval.engine.formats.intake._row import RowTrouble, time_of

SPEC = FormatSpec(name="handle_register_csv", version="1", kind="intake", title="Register of handles (CSV)")

COLUMNS = (
    "platform",
    "handle",
    "user_id",
    "group_code",
    "group_display_name",
    "members_counted",
    "members_in_state",
    "counted_at",
    "counted_by",
    "authority",
    "linked_handle",
    "first_seen",
    "last_seen",
    "notes",
)
_TYPED = frozenset(("platform", "handle", "user_id", "group_code", "group_display_name", "linked_handle"))


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("platform", "handle", "group_code"))


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row that names a handle on a platform.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    warnings: list[ReadWarning] = []
    table = read_table(file, COLUMNS, warnings)
    records = []
    for number, row in table:
        trouble = RowTrouble(f"row {number}", warnings)
        if row["platform"] and row["handle"]:
            records.append(_lead(row, trouble))
        else:
            trouble.warn(
                "no_identity",
                "platform or handle is empty: the row was not read",
                "Ask the officer who counted",
            )
    return Reading(SPEC, tuple(records), tuple(warnings))


def _lead(row: dict[str, str], trouble: RowTrouble) -> LeadRecord:
    platform = row["platform"]
    fields = {"platform": platform, **rest_of(row, _TYPED)}
    for column in ("counted_at", "first_seen", "last_seen"):
        time_of(row[column], trouble, column=column)
    incident = time_of(
        row["last_seen"] or row["first_seen"], RowTrouble(trouble.place, []), column="last_seen"
    )
    return LeadRecord(
        source_system="register",
        source_id=f"{platform}:{row['handle']}",
        kind="handle",
        title=f"Handle on {platform}",
        incident=incident if incident.as_received else None,
        observations=(),
        identifiers=_identifiers(row, trouble.place),
        files=(),
        signals=("group_member",) if row["group_code"] else (),
        fields=fields,
        restricted={"group_display_name": row["group_display_name"]} if row["group_display_name"] else {},
        locator=trouble.place,
    )


def _identifiers(row: dict[str, str], place: str) -> tuple[IdentifierRecord, ...]:
    platform = row["platform"]
    found = [IdentifierRecord("handle", row["handle"], platform, "reported", place)]
    if row["user_id"]:
        found.append(IdentifierRecord("esp_account", row["user_id"], platform, "reported", place))
    if row["linked_handle"]:
        other, colon, handle = row["linked_handle"].partition(":")
        scope, value = (other, handle) if colon else ("", row["linked_handle"])
        found.append(IdentifierRecord("handle", value.strip(), scope.strip(), "mentioned", place))
    if row["group_code"]:
        found.append(IdentifierRecord("group_code", row["group_code"], platform, "reported", place))
    return tuple(found)
