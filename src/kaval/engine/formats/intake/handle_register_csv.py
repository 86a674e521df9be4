"""The unit's own register of handles seen in groups, as CSV, one lead per row.

Identity is `register` + `<platform>:<handle>`: all rows of a handle, of other days and other groups, are one report.
Each row is therefore a field of its own (`_register`), so that no count stands in another's place; what a report has
once only (time of the incident, authority) comes from the handle's first row in the file. Handle and user id are
strong on their platform; linked handles, separated by `;`, are what an officer believes and are only `mentioned`, so
they link nothing by themselves. The group's code is a container, its display name restricted.

Versions tried: the columns of the unit's template, UTF-8 with and without byte-order mark, comma.
Not supported: exports of messaging applications.
Sources: the build's own template (no outside standard is known).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from hashlib import blake2b

from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._profiled import is_sensitive
from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
    collect,
)
from kaval.engine.formats._text import has_columns, read_table, rest_of
from kaval.engine.formats.intake._register import (
    TIME_COLUMNS,
    TIMES,
    links_of,
    name_key,
    row_field,
    time_columns,
    whole_number,
)
from kaval.engine.formats.intake._row import RowTrouble, time_of
from kaval.engine.kernel import identifier
from kaval.engine.kernel.instant import StatedTime

SPEC = FormatSpec(name="handle_register_csv", version="2", kind="intake", title="Register of handles (CSV)")

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
# Whose they are, and what is restricted, stands elsewhere in the record.
_ELSEWHERE = frozenset(("platform", "handle", "user_id", "group_display_name", *TIMES))
# Handles remembered while a file is read: a register of any size is read in the same memory. A handle forgotten may
# state its once-only values again, and a difference is then shown to a person.
_REMEMBERED = 50_000


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("platform", "handle", "group_code"))


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row that names a handle on a platform.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeadRecord | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`, before the first record.
    """
    trouble: list[ReadWarning] = []
    table = read_table(file, COLUMNS, trouble)
    recent = _Recent(_REMEMBERED)

    def leads(row: dict[str, str], place: str, warnings: list[ReadWarning]) -> tuple[LeadRecord, ...]:
        return _leads(row, RowTrouble(place, warnings), recent)

    return by_row(((f"row {number}", row) for number, row in table), trouble, leads)


class _Recent:
    """The handles that had a row lately."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._marks: OrderedDict[bytes, None] = OrderedDict()

    def again(self, identity: str) -> bool:
        """True when the handle had a row before; it has one now."""
        mark = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        known = mark in self._marks
        self._marks[mark] = None
        self._marks.move_to_end(mark)
        if len(self._marks) > self._limit:
            self._marks.popitem(last=False)
        return known


def _leads(row: dict[str, str], trouble: RowTrouble, recent: _Recent) -> tuple[LeadRecord, ...]:
    if not row["platform"] or not row["handle"]:
        trouble.warn(
            "no_identity",
            "platform or handle is empty: the row was not read",
            "Ask the officer who counted",
        )
        return ()
    _check(row, trouble)
    times = {column: time_of(row[column], trouble, column=column) for column in TIMES}
    source_id = f"{row['platform']}:{row['handle']}"
    return (_lead(row, times, trouble.place, source_id=source_id, again=recent.again(source_id)),)


def _check(row: dict[str, str], trouble: RowTrouble) -> None:
    """What a count must be to stand for something; nothing is dropped for failing."""
    members, in_state = whole_number(row["members_counted"]), whole_number(row["members_in_state"])
    for column, number in (("members_counted", members), ("members_in_state", in_state)):
        if row[column] and number is None:
            mend = "Ask the officer who counted for a whole number, 0 or more"
            trouble.warn(
                "count_unreadable", f"{column} {row[column]!r} is no count: read as not counted", mend
            )
    if members is not None and in_state is not None and in_state > members:
        text = f"{in_state} members in the state of {members} in all: one of the two is wrong"
        trouble.warn("count_contradicts_itself", text, "Ask the officer who counted; both stay as stated")
    if not row["authority"]:
        mend = "Ask the officer for the number of the written authority"
        trouble.warn("no_authority", "no authority is stated for looking into this group", mend)
    if (row["members_counted"] or row["members_in_state"]) and not row["counted_by"]:
        trouble.warn("no_counting_officer", "a count that does not say who counted", "Ask who counted")
    code = row["group_code"]
    if code and identifier.normalise("group_code", f"{row['platform']}:{code}") is None:
        mend = "Write the unit's internal code of the group, without spaces"
        trouble.warn("group_code_unreadable", f"{code!r} is no group code: the row names no group", mend)


def _lead(
    row: dict[str, str], times: dict[str, StatedTime], place: str, *, source_id: str, again: bool
) -> LeadRecord:
    said = {
        f"column {column}" if column in TIME_COLUMNS else column: value
        for column, value in row.items()
        if value and column not in _ELSEWHERE
    }
    for column, time in times.items():
        said |= time_columns(column, time)
    hidden = [
        name for name in ("notes", *rest_of(row, frozenset(COLUMNS))) if _is_hidden(name, said.get(name, ""))
    ]
    kept_back = {name: said.pop(name) for name in hidden}
    name, text = row_field(said)
    restricted = {f"{name} {column}": value for column, value in kept_back.items()}
    if row["group_display_name"]:
        restricted[name_key(row["group_code"])] = row["group_display_name"]
    fields = {"platform": row["platform"], name: text}
    if not again and row["authority"]:
        fields["authority"] = row["authority"]
    incident = times["last_seen"] if row["last_seen"] else times["first_seen"]
    return LeadRecord(
        source_system="register",
        source_id=source_id,
        kind="handle",
        title=f"Handle on {row['platform']}",
        incident=incident if incident.as_received and not again else None,
        observations=(),
        identifiers=tuple(_identifiers(row, place)),
        files=(),
        signals=("group_member",) if row["group_code"] else (),
        fields=fields,
        restricted=restricted,
        locator=place,
    )


def _is_hidden(column: str, value: str) -> bool:
    return bool(value) and ("://" in value or (column not in COLUMNS and is_sensitive(column)))


def _identifiers(row: dict[str, str], place: str) -> Iterator[IdentifierRecord]:
    platform = row["platform"]
    yield IdentifierRecord("handle", row["handle"], platform, "reported", place)
    if row["user_id"]:
        yield IdentifierRecord("esp_account", row["user_id"], platform, "reported", place)
    for scope, handle in links_of(row["linked_handle"]):
        yield IdentifierRecord("handle", handle, scope, "mentioned", place)
    if row["group_code"]:
        yield IdentifierRecord("group_code", row["group_code"], platform, "reported", place)
