"""A plain list of addresses and ranges, one a line, is a list of ranges without a kind or a date of its own.

The first field of a line is the address or range; what follows after a comma, a semicolon or a space is passed over
(so that files with a country and a town behind it, as address tables of relays have, are read too: places are never
taken, A-09). Versions tried: ranges with comments, bare addresses, geofeed lines (RFC 8805) of an egress list.
Not supported: ranges written as first and last address. Missing values: a list states neither kind nor date.
Sources: RFC 4632 (notation), RFC 8805 section 2.1 (lines of a geofeed).
"""

from __future__ import annotations

import re

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, first_line, lines, range_of
from kaval.engine.formats.network.prefix_to_as import is_route
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="range_list", version="1", kind="network", title="List of addresses and ranges")
_FIELD = re.compile(r"[\s,;]")


def claims(file: ReceivedFile) -> bool:
    """True when the first line that is no comment begins with an address or range and is no line of a routing table."""
    first = first_line(file)
    return bool(first) and range_of(_FIELD.split(first, maxsplit=1)[0]) is not None and not is_route(first)


def read(file: ReceivedFile) -> Reading[RangeRecord]:
    """The ranges in file order; a line that begins with none is a warning.

    Raises:
        ReaderError: not one line begins with an address or range.
    """
    records: list[RangeRecord] = []
    warnings: list[ReadWarning] = []
    for place, line in lines(file):
        cidr = range_of(_FIELD.split(line, maxsplit=1)[0])
        if cidr is None:
            warnings.append(
                ReadWarning(place, "no-range", f"{line[:60]!r} begins with no range; it was left out")
            )
        else:
            records.append(RangeRecord(cidr, place))
    if not records:
        raise ReaderError("not one line begins with a range", file=file.name, place="line 1")
    return Reading(SPEC, tuple(records), tuple(warnings))
