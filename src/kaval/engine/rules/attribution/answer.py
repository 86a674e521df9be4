"""Which customer held an address and port over the whole interval an observation may stand for: one,
several or none.

Interval arithmetic (law_and_procedure.md A-18, A-19, A-22 to A-26): the stated time is widened to its
precision and by the clock uncertainty, 2 s when the source states offset and seconds, else 120 s. A
customer is a candidate when one of its rows *may* touch that interval; the result is unique only when
exactly one customer is a candidate and its rows *certainly* cover the whole of it. A row whose own times
are unknown may touch anything and covers nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from ipaddress import ip_network
from itertools import accumulate
from typing import Protocol

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.attribution.address import Address, parse_address
from kaval.engine.rules.attribution.rows import Lease, Subscriber

_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER_ENDS = datetime.max.replace(tzinfo=UTC)
_SYNCED, _LOOSE = timedelta(seconds=2), timedelta(seconds=120)
_SETTLED = (OffsetSource.IN_VALUE, OffsetSource.HEADER, OffsetSource.PROFILE)


class Seen(Protocol):
    """What resolution reads of an observation."""

    @property
    def observation_id(self) -> str: ...
    @property
    def ip(self) -> str: ...
    @property
    def port(self) -> int | None: ...
    @property
    def time(self) -> StatedTime: ...


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one ISP's answer says about one observation.

    `state` is `unique`, `ambiguous` or `none`; `customer_ref` is set only when unique. `candidates` are all
    customers that may have held the address (sorted); `rows` the lease rows behind them, `near_rows` rows
    of the same address and time whose port block does not hold the port. `window` is the widened UTC
    interval, None when the time is unknown.
    """

    observation_id: str
    isp_id: str
    state: str
    customer_ref: str | None
    candidates: tuple[str, ...]
    rows: tuple[Lease, ...]
    near_rows: tuple[Lease, ...]
    window: tuple[datetime, datetime] | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A lease row with its outer (may hold) and inner (certainly holds) interval."""

    first: datetime
    last: datetime
    inner: tuple[datetime, datetime] | None
    row: Lease


class _Rows:
    """The rows of one address or prefix, sorted, with a running maximum of ends so that a window is two
    bisections."""

    def __init__(self, held: list[_Held]) -> None:
        self._held = sorted(
            held, key=lambda one: (one.first, one.last, one.row.customer_ref, one.row.locator)
        )
        self._starts = [one.first for one in self._held]
        self._ends = list(accumulate((one.last for one in self._held), max))

    def touching(self, first: datetime, last: datetime) -> list[_Held]:
        low, high = bisect_left(self._ends, first), bisect_right(self._starts, last)
        return [one for one in self._held[low:high] if one.last >= first]


class IspAnswer:
    """All rows one ISP has answered, indexed by address; building is linear, a look-up logarithmic in its
    rows."""

    def __init__(self, isp_id: str, leases: Sequence[Lease], subscribers: Sequence[Subscriber] = ()) -> None:
        self.isp_id, self.leases, self.subscribers = isp_id, leases, subscribers
        self.unreadable = tuple(row for row in leases if lease_network(row.address) is None)

    @cached_property
    def _index(self) -> dict[tuple[int, int, int], _Rows]:
        grouped: dict[tuple[int, int, int], list[_Held]] = defaultdict(list)
        for row in self.leases:
            network = lease_network(row.address)
            if network is not None:
                grouped[network].append(_held(row))
        return {key: _Rows(held) for key, held in grouped.items()}

    @cached_property
    def _lengths(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted({(version, length) for version, length, _ in self._index}))

    @cached_property
    def _subscribers(self) -> dict[str, tuple[Subscriber, ...]]:
        grouped: dict[str, list[Subscriber]] = defaultdict(list)
        for row in self.subscribers:
            grouped[row.customer_ref].append(row)
        return {ref: tuple(rows) for ref, rows in grouped.items()}

    def touching(self, address: Address, first: datetime, last: datetime) -> list[_Held]:
        """Rows of every address or prefix that holds `address` and that may touch [first, last]."""
        found: list[_Held] = []
        bits, value = address.max_prefixlen, int(address)
        for version, length in self._lengths:
            if version == address.version:
                rows = self._index.get((version, length, value >> (bits - length) << (bits - length)))
                if rows is not None:
                    found += rows.touching(first, last)
        return found

    def subscriber_rows(self, customer_ref: str) -> tuple[Subscriber, ...]:
        """The address rows the ISP gave for one customer, in the order of the answer; empty when none."""
        return self._subscribers.get(customer_ref, ())


def clock_uncertainty(time: StatedTime) -> timedelta:
    """2 s when the value states its offset and its seconds, else 120 s (A-19)."""
    synced = time.offset_source is OffsetSource.IN_VALUE and time.precision is Precision.SECOND
    return _SYNCED if synced else _LOOSE


def observed_window(time: StatedTime) -> tuple[datetime, datetime] | None:
    """The UTC interval an observation may stand for; None when the instant is unknown or its zone only
    assumed."""
    if time.utc is None or time.offset_source not in _SETTLED:
        return None
    try:
        return time.interval(uncertainty=clock_uncertainty(time))
    except OverflowError:
        return None


def resolve(observation: Seen, answer: IspAnswer) -> Resolution:
    """What the answer says about the observation; never a guess, every other state with its reason."""
    address, window = parse_address(observation.ip), observed_window(observation.time)
    if address is None:
        return _nobody(
            observation, answer, window=window, why=_reason("NO_ADDRESS", "the text states no address")
        )
    if window is None:
        return _nobody(
            observation, answer, window=None, why=_reason("NO_TIME", "the instant or its zone is not known")
        )
    touching = answer.touching(address, *window)
    matching = [one for one in touching if _port_may_match(observation.port, one.row)]
    near = tuple(one.row for one in touching if not _port_may_match(observation.port, one.row))
    candidates = tuple(sorted({one.row.customer_ref for one in matching}))
    rows = tuple(one.row for one in matching)
    if not candidates:
        why = _reason("NO_LEASE", "no lease of this address and port touches the observed interval")
        return Resolution(
            observation.observation_id, answer.isp_id, "none", None, (), (), near, window, (why,)
        )
    certain = [
        one.inner for one in matching if one.inner is not None and _port_certain(observation.port, one.row)
    ]
    reasons = _doubts(candidates, covered=_covered(certain, *window), observation=observation, rows=rows)
    state = "ambiguous" if len(candidates) > 1 else "none" if reasons else "unique"
    customer = candidates[0] if state == "unique" else None
    return Resolution(
        observation.observation_id,
        answer.isp_id,
        state,
        customer,
        candidates,
        rows,
        near,
        window,
        tuple(reasons),
    )


def resolve_all(
    observations: Iterable[Seen], answers: dict[str, IspAnswer], *, isp_of: dict[str, str]
) -> tuple[Resolution, ...]:
    """Resolutions for the observations whose ISP (`isp_of` by observation id) has answered; others are left
    out."""
    return tuple(
        resolve(observation, answers[isp_of[observation.observation_id]])
        for observation in observations
        if isp_of.get(observation.observation_id, "") in answers
    )


def lease_bounds(row: Lease) -> tuple[datetime, datetime] | None:
    """The interval the row certainly covers, open ends of static lines as far away; None when it covers
    nothing."""
    return _held(row).inner


def twelve_hour_drift(rows: Iterable[Lease], *, enough: int = 20) -> bool:
    """True when an answer of at least `enough` stated starts never shows an hour of 13 or later (A-33).

    Such an answer may have lost its AM/PM mark; the hour is that of the offset the row used.
    """
    hours = [
        (row.start.utc + timedelta(minutes=row.start.offset_minutes or 0)).hour
        for row in rows
        if row.start.utc is not None
    ]
    return len(hours) >= enough and max(hours) < 13


@lru_cache(maxsize=262144)
def lease_network(text: str) -> tuple[int, int, int] | None:
    """(version, prefix length, network) of a lease row's address or prefix; None when it states neither."""
    if "/" not in text:
        address = parse_address(text.strip())
        return None if address is None else (address.version, address.max_prefixlen, int(address))
    try:
        network = ip_network(text.strip())
    except ValueError:
        return None
    return network.version, network.prefixlen, int(network.network_address)


def _held(row: Lease) -> _Held:
    start = _settled(row.start)
    end = _settled(row.end) if row.end is not None else None
    open_end = row.end is None
    if (start and end and end[1] < start[0]) or (end is None and not open_end):
        start = None  # a row that contradicts itself may stand for any time and proves none
    if start is None:
        return _Held(_EVER, _NEVER_ENDS, None, row)
    if end is None:
        inner = (start[1], _NEVER_ENDS) if row.static else None
        return _Held(start[0], _NEVER_ENDS, inner, row)
    inner = (start[1], end[0]) if start[1] <= end[0] else None
    return _Held(start[0], end[1], inner, row)


def _settled(time: StatedTime) -> tuple[datetime, datetime] | None:
    try:
        return time.interval() if time.offset_source in _SETTLED else None
    except OverflowError:
        return None


def _port_may_match(port: int | None, row: Lease) -> bool:
    if port is None or row.port_low is None:
        return True
    return row.port_low <= port <= (row.port_high if row.port_high is not None else row.port_low)


def _port_certain(port: int | None, row: Lease) -> bool:
    return row.port_low is None or port is not None


def _covered(spans: list[tuple[datetime, datetime]], first: datetime, last: datetime) -> bool:
    """True when the spans together cover [first, last] without a gap: a lease renewed at once is one
    tenancy."""
    reached: datetime | None = None
    for start, end in sorted(spans):
        if reached is None:
            if start <= first <= end:
                reached = end
        elif start <= reached:
            reached = max(reached, end)
    return reached is not None and reached >= last


def _doubts(
    candidates: tuple[str, ...], *, covered: bool, observation: Seen, rows: tuple[Lease, ...]
) -> list[Reason]:
    doubts = []
    if len(candidates) > 1:
        doubts.append(
            _reason("SEVERAL", f"{len(candidates)} customers may have held it: {', '.join(candidates)}")
        )
    if observation.port is None and any(row.port_low is not None for row in rows):
        doubts.append(_reason("NO_PORT", "the answer names port blocks and the source states no port"))
    elif not covered:
        doubts.append(
            _reason("NOT_COVERED", "the lease does not certainly cover the whole observed interval")
        )
    return doubts


def _nobody(
    observation: Seen, answer: IspAnswer, *, window: tuple[datetime, datetime] | None, why: Reason
) -> Resolution:
    return Resolution(observation.observation_id, answer.isp_id, "none", None, (), (), (), window, (why,))


_MALAYALAM = {
    "NO_ADDRESS": "ഈ വാചകം ഒരു ഐപി വിലാസമല്ല",
    "NO_TIME": "സമയമോ സമയമേഖലയോ വ്യക്തമല്ല",
    "NO_LEASE": "ആ സമയത്ത് ഈ വിലാസവും പോർട്ടും ആർക്കും നൽകിയതായി മറുപടിയിലില്ല",
    "SEVERAL": "ഒന്നിലധികം വരിക്കാർ ഈ വിലാസം ഉപയോഗിച്ചിരിക്കാം",
    "NO_PORT": "മറുപടിയിൽ പോർട്ട് ശ്രേണിയുണ്ട്, ഉറവിടത്തിൽ പോർട്ട് ഇല്ല",
    "NOT_COVERED": "നിരീക്ഷിച്ച ഇടവേള മുഴുവൻ ലീസ് ഉറപ്പായി ഉൾക്കൊള്ളുന്നില്ല",
}


def _reason(code: str, text: str) -> Reason:
    return Reason(code, text, _MALAYALAM[code])
