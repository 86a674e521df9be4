"""A second opinion on whom an answer names, reached another way: from what was asked, row by row, without an index.

It shares no code with `answer.resolve`, so that a mistake in one is not a mistake in both (A-38). It starts from the
row as it was sent to the ISP, not from the observation, and reads the ISP's rows in the order they stand in. It names
a customer only where every row that may hold the address and port then is that customer's and those that certainly do
leave no gap; in any doubt it names nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Lease

_Ip = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network
# A row may hold the port, and certainly does.
_NOT, _PERHAPS, _SURELY = range(3)


def second_look(asked: Iterable[RequestRow], rows: Iterable[Lease]) -> dict[str, str]:
    """The customer of every row asked, by observation; empty: nobody, or nobody for certain."""
    wanted: dict[_Ip, list[RequestRow]] = defaultdict(list)
    for question in asked:
        wanted[ip_address(question.ip)].append(question)
    lengths: set[tuple[int, int]] = set()
    under: dict[_Network, list[RequestRow]] = {}
    held: dict[str, list[Lease]] = {one.observation_id: [] for each in wanted.values() for one in each}
    for row in rows:
        for question in _about(row, wanted, lengths=lengths, under=under):
            if _port(row, question.port) and _perhaps(row, question):
                held[question.observation_id].append(row)
    questions = {one.observation_id: one for each in wanted.values() for one in each}
    return {key: _named(questions[key], found) for key, found in held.items()}


def _about(
    row: Lease,
    wanted: dict[_Ip, list[RequestRow]],
    *,
    lengths: set[tuple[int, int]],
    under: dict[_Network, list[RequestRow]],
) -> list[RequestRow]:
    """The questions about an address that the row's address is, or that its prefix holds."""
    try:
        if "/" not in row.address:
            return wanted.get(ip_address(row.address), [])
        network = ip_network(row.address, strict=False)
    except ValueError:
        return []
    if (network.version, network.prefixlen) not in lengths:
        lengths.add((network.version, network.prefixlen))
        for address, questions in wanted.items():
            if address.version == network.version:
                around = ip_network((address, network.prefixlen), strict=False)
                under.setdefault(around, []).extend(questions)
    return under.get(network, [])


def _port(row: Lease, port: int | None) -> int:
    if row.port_low is None:
        return _SURELY
    if port is None:
        return _PERHAPS
    last = row.port_low if row.port_high is None else row.port_high
    return _SURELY if row.port_low <= port <= last else _NOT


def _perhaps(row: Lease, question: RequestRow) -> bool:
    """Whether the row may hold the address at some moment of the interval asked; unknown times may be any."""
    if not _known(row.start) or (row.end is not None and not _known(row.end)):
        return True
    first, last = row.start.utc, None if row.end is None else _latest(row.end)
    if first is not None and last is not None and last < first:
        return True
    return (first is None or first <= question.to_at) and (last is None or last >= question.from_at)


def _named(question: RequestRow, rows: list[Lease]) -> str:
    customers = {row.customer_ref for row in rows}
    if len(customers) != 1 or any(_port(row, question.port) != _SURELY for row in rows):
        return ""
    reached = question.from_at
    for first, last in sorted(_certain(row, question.to_at) for row in rows if _settled(row)):
        if first > reached or last < reached:
            continue
        reached = max(reached, last)
        if reached >= question.to_at:
            return customers.pop()
    return ""


def _settled(row: Lease) -> bool:
    """A row whose start is known, and whose end is, or which is a static line that has none yet."""
    if not _known(row.start):
        return False
    return row.static is True if row.end is None else _known(row.end)


def _certain(row: Lease, until: datetime) -> tuple[datetime, datetime]:
    """From the latest the start may mean to the earliest the end may mean."""
    end = row.end.utc if row.end is not None else until
    start = _latest(row.start)
    return (start, end) if end is not None and end >= start else (start, start)


def _known(time: StatedTime) -> bool:
    return time.utc is not None and time.offset_source in (
        OffsetSource.IN_VALUE,
        OffsetSource.HEADER,
        OffsetSource.PROFILE,
    )


def _latest(time: StatedTime) -> datetime:
    """The last moment a stated time may mean."""
    if time.utc is None:
        raise ValueError("a time that is not known has no last moment")
    return time.utc if time.precision is Precision.SECOND else time.utc + time.precision.width
