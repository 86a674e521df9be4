"""A hosting or delivery company's published ranges: JSON with a list of prefixes and the day it was made.

`prefixes` and `ipv6_prefixes` hold objects with `ip_prefix`, `ipv6_prefix`, `ipv4Prefix` or `ipv6Prefix`, or plain
texts; `createDate` (`2026-02-01-10-00-00`) or `creationTime` (ISO 8601) is the day. Versions tried: both spellings.
Not supported: nested lists by service. Missing values: without a day, whoever imports it states it.
Sources: the two spellings as hosting companies document them for their published ranges.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, day_of, range_of
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="published_ranges_json", version="1", kind="network", title="Published ranges (JSON)")
_LISTS = ("prefixes", "ipv6_prefixes")
_NAMES = ("ip_prefix", "ipv6_prefix", "ipv4Prefix", "ipv6Prefix")


def claims(file: ReceivedFile) -> bool:
    """True when a JSON object names a list of prefixes near its beginning."""
    head = file.head()
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(
        f'"{name}"'.encode() in head for name in _LISTS
    )


def read(file: ReceivedFile) -> Reading[RangeRecord]:
    """The ranges in file order.

    Raises:
        ReaderError: no JSON object, or it lists no range.
    """
    try:
        whole = json.loads(file.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ReaderError(f"no JSON: {type(problem).__name__}", file=file.name, place="/") from problem
    if not isinstance(whole, dict):
        raise ReaderError("no JSON object", file=file.name, place="/")
    dated = _day(whole)
    records: list[RangeRecord] = []
    warnings: list[ReadWarning] = []
    for place, text in _texts(whole):
        cidr = range_of(text)
        if cidr is None:
            warnings.append(ReadWarning(place, "no-range", f"{text[:60]!r} is no range; it was left out"))
        else:
            records.append(RangeRecord(cidr, place, dated=dated))
    if not records:
        raise ReaderError("it lists no range", file=file.name, place="/prefixes")
    return Reading(SPEC, tuple(records), tuple(warnings))


def _texts(whole: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _LISTS:
        listed = whole.get(name)
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, str):
                yield f"/{name}/{number}", entry
            elif isinstance(entry, dict):
                yield from (
                    (f"/{name}/{number}/{key}", str(entry[key]))
                    for key in _NAMES
                    if isinstance(entry.get(key), str)
                )


def _day(whole: dict[str, Any]) -> date | None:
    said = (day_of(str(whole.get(name, ""))[:10]) for name in ("createDate", "creationTime"))
    return next((day for day in said if day is not None), None)
