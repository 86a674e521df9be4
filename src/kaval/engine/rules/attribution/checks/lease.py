"""A-21 to A-29: exactly one customer held the address and port over the whole interval, well inside the
lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address

from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.answer import Resolution, lease_bounds, lease_network
from kaval.engine.rules.attribution.case import (
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    passed,
    unknown,
)
from kaval.engine.rules.attribution.rows import Lease

_NO_ANSWER = unknown("No answer is on record for this observation.", "ഈ നിരീക്ഷണത്തിന് മറുപടി രേഖയിലില്ല.")


def _port_where_shared(case: ObservationCase) -> Finding:
    if case.allocation is None and case.resolution is None:
        return unknown("Whether the address is shared is not known.", "വിലാസം പങ്കിട്ടതാണോ എന്നറിയില്ല.")
    if isinstance(case.address, IPv6Address):
        return passed("An IPv6 address is not shared by translation.", "IPv6 വിലാസം പങ്കിടുന്നില്ല.")
    if not _shared(case) or _port_stated(case):
        return passed()
    return failed(
        "Many customers share this address and the source states no port: not attributable.",
        "ഈ വിലാസം പലരും പങ്കിടുന്നു, പോർട്ട് ഇല്ല: ആരെന്നു പറയാനാവില്ല.",
    )


def _one_customer(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None:
        return _NO_ANSWER
    if len(found.candidates) == 1:
        return passed()
    why = found.reasons[0]
    return failed(why.text, why.text_ml)


def _port_in_block(case: ObservationCase) -> Finding:
    found, port = case.resolution, case.observation.port
    if found is None:
        return _NO_ANSWER
    if found.near_rows and not found.rows:
        return failed(
            f"Port {port} lies in no block that the answer states.", f"പോർട്ട് {port} മറുപടിയിലെ ശ്രേണിയിലില്ല."
        )
    blocks = [row for row in found.rows if row.port_low is not None]
    if blocks and port is None:
        return failed(
            "The answer states port blocks, the source no port.", "മറുപടിയിൽ പോർട്ട് ശ്രേണിയുണ്ട്, ഉറവിടത്തിൽ ഇല്ല."
        )
    if case.allocation is not None and case.allocation.shared and not blocks and not _is_v6(case):
        return unknown(
            "The address is shared and the answer states no port block.",
            "വിലാസം പങ്കിട്ടതാണ്, മറുപടിയിൽ പോർട്ട് ശ്രേണിയില്ല.",
        )
    return passed()


def _inside_lease(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None:
        return _NO_ANSWER
    if found.state == "unique" or _some_row_covers(found):
        return passed()
    return failed(
        "The lease does not cover the whole observed interval.", "നിരീക്ഷിച്ച ഇടവേള മുഴുവൻ ലീസിനുള്ളിലല്ല."
    )


def _away_from_ends(case: ObservationCase) -> Finding:
    found, stated = case.resolution, case.observation.time.interval()
    if found is None or stated is None:
        return _NO_ANSWER
    margin = _margin(found.rows, *stated)
    if margin is None:
        return unknown("No lease with known ends covers the instant.", "അറിയുന്ന അറ്റങ്ങളുള്ള ലീസ് ഇല്ല.")
    needed = timedelta(seconds=case.limits.lease_margin_s)
    if margin < needed:
        return failed(
            f"The event is {int(margin.total_seconds())} s from a lease end; {case.limits.lease_margin_s} s are asked.",
            f"ലീസിന്റെ അറ്റത്തുനിന്ന് {int(margin.total_seconds())} സെക്കൻഡ് മാത്രം അകലെ.",
        )
    return passed()


def _prefix_holds(case: ObservationCase) -> Finding:
    if not _is_v6(case):
        return passed("Not an IPv6 address.", "IPv6 വിലാസമല്ല.")
    if case.resolution is None:
        return _NO_ANSWER
    if not case.resolution.rows:
        return failed("No prefix of the answer holds the address.", "മറുപടിയിലെ ഒരു പ്രിഫിക്സിലും വിലാസമില്ല.")
    if any("/" not in row.address for row in case.resolution.rows):
        return unknown("The answer states no prefix length.", "പ്രിഫിക്സിന്റെ നീളം മറുപടിയിലില്ല.")
    return passed()


def _prefix_sane(case: ObservationCase) -> Finding:
    if not _is_v6(case):
        return passed("Not an IPv6 address.", "IPv6 വിലാസമല്ല.")
    if case.resolution is None or not case.resolution.rows:
        return _NO_ANSWER
    lowest = 64 if case.allocation is not None and case.allocation.mobile else 48
    for row in case.resolution.rows:
        network = lease_network(row.address)
        if network is None or not lowest <= network[1] <= 64:
            return failed(
                f"{row.address} is no usual prefix of one customer.", f"{row.address} സാധാരണ പ്രിഫിക്സല്ല."
            )
    return passed()


def _static_in_service(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None or case.at is None:
        return _NO_ANSWER
    static = any(row.static for row in found.rows)
    if not static and (case.allocation is None or case.allocation.kind != "fixed_static"):
        return passed("Not a static line.", "സ്ഥിരം വിലാസമല്ല.")
    rows = [
        row
        for row in case.subscribers
        if row.customer_ref == found.customer_ref and row.active_from is not None
    ]
    if not rows:
        return unknown("When the line came into service is not stated.", "കണക്ഷൻ തുടങ്ങിയ തീയതി മറുപടിയിലില്ല.")
    for row in rows:
        if row.active_from is not None and Interval(
            row.active_from, _not_before(row.active_from, row.active_to)
        ).covers(case.at, case.at):
            return passed()
    return failed("The line was not in service at the event.", "സംഭവസമയത്ത് കണക്ഷൻ നിലവിലില്ല.")


def _shared(case: ObservationCase) -> bool:
    if case.allocation is not None and case.allocation.shared:
        return True
    found = case.resolution
    if found is None:
        return False
    rows = found.rows + found.near_rows
    return len(found.candidates) > 1 or any(row.port_low is not None or row.inner for row in rows)


def _port_stated(case: ObservationCase) -> bool:
    port = case.observation.port
    asked = case.request.port if case.request is not None else port
    return port is not None and asked is not None and 0 < port < 65536


def _is_v6(case: ObservationCase) -> bool:
    return isinstance(case.address, IPv6Address)


def _some_row_covers(found: Resolution) -> bool:
    if found.window is None:
        return False
    first, last = found.window
    bounds = [lease_bounds(row) for row in found.rows]
    return any(one is not None and one[0] <= first and last <= one[1] for one in bounds)


def _margin(rows: tuple[Lease, ...], first: datetime, last: datetime) -> timedelta | None:
    """The distance to the nearer end of the best row that covers the instant; None when none does."""
    margins = [
        Interval(*bounds).margin(first, last) for bounds in map(lease_bounds, rows) if bounds is not None
    ]
    best = max(margins, default=None)
    return None if best is None or best < timedelta(0) else best


def _not_before(start: datetime, end: datetime | None) -> datetime | None:
    return None if end is None else max(start, end)


_ANSWER, _BLOCK = Stage.ANSWER, CheckKind.BLOCK
CHECKS = (
    ObservationCheck(
        "A-21",
        _BLOCK,
        Stage.ASK,
        "Where addresses are shared, the source port is in source and request.",
        "വിലാസം പങ്കിടുന്നിടത്ത് സോഴ്സ് പോർട്ട് ഉണ്ട്.",
        "law_and_procedure.md 3.4; RFC 6302",
        examine=_port_where_shared,
    ),
    ObservationCheck(
        "A-22",
        _BLOCK,
        _ANSWER,
        "Exactly one customer may have held address and port.",
        "ഒരൊറ്റ വരിക്കാരൻ മാത്രമേ ഈ വിലാസവും പോർട്ടും ഉപയോഗിച്ചിരിക്കാൻ ഇടയുള്ളൂ.",
        examine=_one_customer,
    ),
    ObservationCheck(
        "A-23",
        _BLOCK,
        _ANSWER,
        "The port lies inside the block the answer states.",
        "പോർട്ട് മറുപടിയിലെ ശ്രേണിക്കുള്ളിലാണ്.",
        examine=_port_in_block,
    ),
    ObservationCheck(
        "A-24",
        _BLOCK,
        _ANSWER,
        "The lease covers the whole observed interval, uncertainty included.",
        "അനിശ്ചിതത്വം ഉൾപ്പെടെ ഇടവേള മുഴുവൻ ലീസിനുള്ളിലാണ്.",
        examine=_inside_lease,
    ),
    ObservationCheck(
        "A-25",
        CheckKind.HOLD,
        _ANSWER,
        "The event is well away from either end of the lease.",
        "സംഭവം ലീസിന്റെ രണ്ടറ്റത്തുനിന്നും അകലെയാണ്.",
        examine=_away_from_ends,
    ),
    ObservationCheck(
        "A-26",
        _BLOCK,
        _ANSWER,
        "An IPv6 address lies in a stated prefix that held over the interval.",
        "IPv6 വിലാസം മറുപടിയിലെ പ്രിഫിക്സിലാണ്.",
        examine=_prefix_holds,
    ),
    ObservationCheck(
        "A-27",
        CheckKind.HOLD,
        _ANSWER,
        "The prefix length is usual for one customer.",
        "പ്രിഫിക്സിന്റെ നീളം ഒരു വരിക്കാരനു ചേർന്നതാണ്.",
        examine=_prefix_sane,
    ),
    ObservationCheck(
        "A-29",
        _BLOCK,
        _ANSWER,
        "A static line was in service from before to after the event.",
        "സ്ഥിരം കണക്ഷൻ സംഭവസമയത്ത് നിലവിലുണ്ട്.",
        examine=_static_in_service,
    ),
)
