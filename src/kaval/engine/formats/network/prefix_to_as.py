"""A prefix-to-AS table is a routing table of one day: prefix, length, and the networks that announced it.

Three fields with tabs between. Several networks for one range are joined by `_` (each announced it) or `,` (announced
as a set): all are kept, because any of them may be right. Versions tried: daily tables of IPv4 and of IPv6 in this
layout. Not supported: raw routing dumps. Missing values: the table states no date; whoever imports it does.
Sources: CAIDA, Routeviews Prefix to AS mappings, README of the dataset.
"""

from __future__ import annotations

import re

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.network._record import RouteRecord, first_line, lines, range_of
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="prefix_to_as", version="1", kind="network", title="Prefix-to-AS table")
_LINE = re.compile(r"([0-9A-Fa-f.:]+)\t(\d{1,3})\t(\d+(?:[_,]\d+)*)", re.ASCII)


def is_route(line: str) -> bool:
    """True when a line has the three fields of this layout."""
    return _LINE.fullmatch(line) is not None


def claims(file: ReceivedFile) -> bool:
    """True when the first line that is no comment has the three fields."""
    return is_route(first_line(file))


def read(file: ReceivedFile) -> Reading[RouteRecord]:
    """The announced ranges in file order; another line is a warning.

    Raises:
        ReaderError: not one line is of this layout.
    """
    records: list[RouteRecord] = []
    warnings: list[ReadWarning] = []
    for place, line in lines(file):
        match = _LINE.fullmatch(line)
        prefix = range_of(f"{match[1]}/{match[2]}") if match else None
        if match is None or prefix is None:
            warnings.append(
                ReadWarning(place, "no-route", f"{line[:60]!r} is no prefix, length and AS; left out")
            )
            continue
        numbers = tuple(dict.fromkeys(int(text) for text in re.split("[_,]", match[3]) if len(text) <= 10))
        records.append(RouteRecord(prefix, numbers, place))
    if not records:
        raise ReaderError("not one line is a route", file=file.name, place="line 1")
    return Reading(SPEC, tuple(records), tuple(warnings))
