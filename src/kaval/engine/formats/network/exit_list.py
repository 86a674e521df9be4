"""A list of the exits of an anonymity network names every address with the time it was last seen.

Blocks of `ExitNode`, `Published`, `LastStatus`, `ExitAddress <address> <date> <time>`; times are UTC. Only the address
and its day are taken. Versions tried: one block with one exit address, and with several. Not supported: consensus
documents. Missing values: an address without a date has none.
Sources: Tor Project, TorDNSEL exit list format (version 1.0).
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, day_of, first_line, lines, range_of
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="exit_list", version="1", kind="network", title="Exit list of an anonymity network")
_KNOWN = ("ExitNode", "Published", "LastStatus", "ExitAddress", "@type", "Downloaded")


def claims(file: ReceivedFile) -> bool:
    """True when it begins with a keyword of the format and names an exit near its beginning."""
    first = first_line(file).split(" ", 1)[0]
    return first in _KNOWN and b"ExitAddress " in file.head()


def read(file: ReceivedFile) -> Reading[RangeRecord]:
    """The exit addresses in file order.

    Raises:
        ReaderError: not one exit address is named.
    """
    records: list[RangeRecord] = []
    warnings: list[ReadWarning] = []
    for place, line in lines(file):
        word, _, rest = line.partition(" ")
        if word != "ExitAddress":
            if word not in _KNOWN:
                warnings.append(
                    ReadWarning(place, "unknown-keyword", f"{word[:40]!r} is no keyword of this list")
                )
            continue
        address, _, seen = rest.partition(" ")
        cidr = range_of(address)
        if cidr is None:
            warnings.append(
                ReadWarning(place, "no-range", f"{address[:60]!r} is no address; it was left out")
            )
        else:
            records.append(RangeRecord(cidr, place, kind="relay", dated=day_of(seen[:10])))
    if not records:
        raise ReaderError("no exit address is named", file=file.name, place="line 1")
    return Reading(SPEC, tuple(records), tuple(warnings))
