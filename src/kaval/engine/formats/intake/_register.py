"""What a row of the register of handles says, kept whole in a lead's fields and taken out of them again.

A handle is one lead however often it is counted, so each of its rows is a field of its own, `register row <digest>`:
two counts never stand in each other's place when the rows are joined, and the same row sent twice is the same field.
Its text is `name: value; name: value` in alphabetical order, with `\\`, `;` and (in names) `:` escaped by `\\`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import OffsetSource, StatedTime, iso_utc, parse_iso

ROW = "register row "
NAME = "group_display_name"
TIMES = ("counted_at", "first_seen", "last_seen")
TIME_COLUMNS = frozenset(
    f"{column}_{part}" for column in TIMES for part in ("utc", "offset_minutes", "offset_source")
)
_SINGLE = ("members_counted", "members_in_state", "counted_by", "authority", *TIMES)
_MAX_COUNT = 2_000_000_000
_SAID = re.compile(r"((?:[^\\:;]|\\.)+): ((?:[^\\;]|\\.)*)(?:; |\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One row: an account in a group (`group_code` empty: none named), what an officer counted, and what they believe.

    Counts None: not counted, or no whole number. `links` are (platform, handle), the platform empty when it is not
    stated. `group_name` is restricted.
    """

    platform: str
    group_code: str
    group_name: str
    members: int | None
    members_in_state: int | None
    counted_at: StatedTime
    counted_by: str
    authority: str
    links: tuple[tuple[str, str], ...]
    first_seen: StatedTime
    last_seen: StatedTime


def whole_number(text: str) -> int | None:
    """A count of people; None for an empty text and for what is no whole number from 0.

    >>> whole_number("120"), whole_number("0"), whole_number("-1"), whole_number("1.5"), whole_number("")
    (120, 0, None, None, None)
    """
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        return None
    return int(text) if int(text) <= _MAX_COUNT else None


def links_of(text: str) -> tuple[tuple[str, str], ...]:
    """The linked handles of a cell, separated by `;`, each as (platform, handle); no platform stated: empty.

    >>> links_of("Example Chat:@blue_kite; red_kite;")
    (('Example Chat', '@blue_kite'), ('', 'red_kite'))
    """
    found = []
    for each in text.split(";"):
        platform, colon, handle = each.partition(":")
        pair = (platform.strip(), handle.strip()) if colon else ("", each.strip())
        if pair[1] and pair not in found:
            found.append(pair)
    return tuple(found)


def name_key(group_code: str) -> str:
    """The restricted value under which a lead keeps the display name of a group."""
    return f"{NAME} {group_code}".strip()


def time_columns(column: str, time: StatedTime) -> dict[str, str]:
    """The four columns of a time as text: as received, UTC, offset in minutes, and where the offset came from."""
    if not time.as_received:
        return {}
    said = {column: time.as_received, f"{column}_offset_source": time.offset_source.value}
    if time.utc is not None:
        said |= {f"{column}_utc": iso_utc(time.utc), f"{column}_offset_minutes": str(time.offset_minutes)}
    return said


def row_field(said: Mapping[str, str]) -> tuple[str, str]:
    """Name and text of the field that keeps a row; empty values are left out."""
    stated = {name: value for name, value in sorted(said.items()) if value}
    text = "; ".join(
        f"{_escape(name).replace(':', chr(92) + ':')}: {_escape(v)}" for name, v in stated.items()
    )
    return f"{ROW}{content_digest(stated)[:12]}", text


def row_columns(text: str) -> dict[str, str]:
    """What `row_field` was given.

    >>> row_columns(row_field({"notes": "a; b: c", "x:y": "1"})[1])
    {'notes': 'a; b: c', 'x:y': '1'}
    """
    return {_ESCAPED.sub(r"\1", name): _ESCAPED.sub(r"\1", value) for name, value in _SAID.findall(text)}


def entries_of(record: LeadRecord) -> tuple[RegisterEntry, ...]:
    """All rows of a handle's lead, the oldest count first.

    A lead of another layout of the register, which keeps its one row in single fields, gives that row.
    """
    found = [
        _entry(row_columns(text), record) for name, text in record.fields.items() if name.startswith(ROW)
    ]
    if any(record.fields.get(name) for name in ("members_counted", "members_in_state", *TIMES)) or not found:
        found.append(_single(record))
    return tuple(sorted(found, key=_order))


def _order(entry: RegisterEntry) -> tuple[str, ...]:
    counted = entry.counted_at
    when = iso_utc(counted.utc) if counted.utc else counted.as_received
    seen = entry.last_seen.as_received
    return (when, entry.group_code, entry.counted_by, str(entry.members), seen, repr(entry.links))


def _entry(said: Mapping[str, str], record: LeadRecord) -> RegisterEntry:
    code = said.get("group_code", "")
    return RegisterEntry(
        platform=record.fields.get("platform", ""),
        group_code=code,
        group_name=record.restricted.get(name_key(code), "") if code else "",
        members=whole_number(said.get("members_counted", "")),
        members_in_state=whole_number(said.get("members_in_state", "")),
        counted_at=_time(said, "counted_at"),
        counted_by=said.get("counted_by", ""),
        authority=said.get("authority", ""),
        links=links_of(said.get("linked_handle", "")),
        first_seen=_time(said, "first_seen"),
        last_seen=_time(said, "last_seen"),
    )


def _single(record: LeadRecord) -> RegisterEntry:
    code = next((one.value for one in record.identifiers if one.kind == "group_code"), "")
    said = {name: record.fields.get(name, "") for name in _SINGLE}
    entry = _entry({**said, "group_code": code, "linked_handle": ";".join(_linked(record))}, record)
    return entry if entry.group_name or not code else _named(entry, record.restricted.get(NAME, ""))


def _named(entry: RegisterEntry, name: str) -> RegisterEntry:
    values = {each: getattr(entry, each) for each in RegisterEntry.__slots__}
    return RegisterEntry(**{**values, "group_name": name})


def _linked(record: LeadRecord) -> Iterator[str]:
    for one in record.identifiers:
        if (one.kind, one.party, one.origin) == ("handle", "mentioned", "field"):
            yield f"{one.scope}:{one.value}" if one.scope else one.value


def _time(said: Mapping[str, str], column: str) -> StatedTime:
    """The time as its four columns keep it; ones that cannot be ours are not trusted, and the text is read again."""
    plain = parse_iso(said.get(column, ""))
    try:
        utc = datetime.fromisoformat(said[f"{column}_utc"])
        offset = int(said[f"{column}_offset_minutes"])
        source = OffsetSource(said[f"{column}_offset_source"])
    except (KeyError, ValueError):
        return plain
    if utc.tzinfo is None:
        return plain
    return StatedTime(plain.as_received, utc, offset, source, plain.precision)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;")
