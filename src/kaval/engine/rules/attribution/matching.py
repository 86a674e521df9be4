"""Which rows of an answer answer which rows that were asked, and which answer nothing that was asked.

A row that repeats our reference is matched by it, and its address, port and time must then be those of that row: a
reference beside another row's answer is a conflict, because a misread row has opened wrong doors (A-30, A-02). A row
without a reference is matched by its address, port and time. A row that matches nothing was not asked for: it may be
another person's, so it is counted and shown. Source: law_and_procedure.md 3.2 (the recipient checks every disclosure
against the request before acting), 3.3.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.answer import IspAnswer, holds_port, lease_network
from kaval.engine.rules.attribution.request import RequestRow, reference_is_valid
from kaval.engine.rules.attribution.rows import Lease


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row whose reference is wrong for it.

    `code`: `misread` (the check digit is wrong), `not_asked` (a reference nobody sent), `address`, `port` or `time`
    (the row asked under that reference has another).
    """

    locator: str
    reference: str
    code: str


@dataclass(frozen=True, slots=True)
class Matching:
    """`rows` counts answer rows by reference, `silent` are references without any (both in the order asked).

    `unmatched` are the places of rows that answer nothing asked, in the order of the answer.
    """

    rows: Mapping[str, int]
    silent: tuple[str, ...]
    unmatched: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def match_rows(
    asked: Sequence[RequestRow], leases: Sequence[Lease], *, echoes: Mapping[str, str] | None = None
) -> Matching:
    """Matches the lease rows of one file to the rows asked of that provider; `echoes` are references by place.

    A row may answer several asked rows (one lease over several instants), a row of unknown times any of its address.
    """
    named = echoes or {}
    fitting = _fitting(asked, leases)
    by_reference = {row.reference: row for row in asked}
    counts: Counter[str] = Counter()
    unmatched, conflicts = [], []
    for lease in leases:
        reference = named.get(lease.locator, "")
        fits = fitting.get(lease.locator, set())
        if reference and reference not in fits:
            conflicts.append(
                Conflict(lease.locator, reference, _wrong(by_reference.get(reference), lease, reference))
            )
        elif fits:
            counts.update({reference} if reference else fits)
        else:
            unmatched.append(lease.locator)
    return Matching(
        {row.reference: counts[row.reference] for row in asked if counts[row.reference]},
        tuple(row.reference for row in asked if not counts[row.reference]),
        tuple(unmatched),
        tuple(conflicts),
    )


def _fitting(asked: Sequence[RequestRow], leases: Sequence[Lease]) -> dict[str, set[str]]:
    """References by the place of every row that may be about their address, port and time."""
    answer, found = IspAnswer("", leases), defaultdict(set)
    for row in asked:
        address = parse_address(row.ip)
        for held in answer.touching(address, row.from_at, row.to_at) if address else ():
            if holds_port(held.row, row.port):
                found[held.row.locator].add(row.reference)
    return found


def _wrong(asked: RequestRow | None, lease: Lease, reference: str) -> str:
    if asked is None:
        return "not_asked" if reference_is_valid(reference) else "misread"
    network, address = lease_network(lease.address), parse_address(asked.ip)
    if network is None or address is None:
        return "address"
    version, length, value = network
    shift = address.max_prefixlen - length
    if version != address.version or int(address) >> shift << shift != value:
        return "address"
    return "time" if holds_port(lease, asked.port) else "port"
