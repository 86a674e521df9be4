"""A-21 to A-29: exactly one customer held the address and port over the whole interval, well inside the lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address

from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.answer import lease_bounds, lease_network
from kaval.engine.rules.attribution.case import (
    NO_ADDRESS,
    NO_ANSWER,
    NO_CUSTOMER,
    NO_INSTANT,
    NO_PORT,
    PASSED,
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    fixed,
    passed,
    unknown,
)
from kaval.engine.rules.attribution.rows import Lease

_WORDS_NO_PORT = (
    "Many customers share this address and the source states no port: not attributable.",
    "ഈ വിലാസം പലരും പങ്കിടുന്നു, പോർട്ട് ഇല്ല: ആരെന്നു പറയാനാവില്ല.",
)
_PORTLESS = fixed(failed(*_WORDS_NO_PORT))
_PORTLESS_BY_TRANSLATION = fixed(failed(*_WORDS_NO_PORT, follows=True))
_SIX = fixed(passed("An IPv6 address is not shared by translation.", "IPv6 വിലാസം പങ്കിടുന്നില്ല."))
_SHARING_UNKNOWN = fixed(
    unknown("Whether the address is shared is not known.", "വിലാസം പങ്കിട്ടതാണോ എന്നറിയില്ല.", follows=True)
)
_SEVERAL_WITHOUT_PORT = fixed(
    failed(
        "The answer names several customers and the source states no port.",
        "മറുപടിയിൽ പല വരിക്കാരുണ്ട്, ഉറവിടത്തിൽ പോർട്ട് ഇല്ല.",
        follows=True,
    )
)


def _port_where_shared(case: ObservationCase) -> Finding:
    """PASS on an unshared address or with a port in source and request; translation alone is A-28's to name."""
    if case.no_port:
        return _PORTLESS_BY_TRANSLATION if case.nat64 else _PORTLESS
    if _is_v6(case):
        return PASSED if case.nat64 else _SIX
    if case.address is None or (case.allocation is None and case.resolution is None):
        return _SHARING_UNKNOWN
    found = case.resolution
    if found is not None and len(found.candidates) > 1 and case.observation.port is None:
        return _SEVERAL_WITHOUT_PORT
    return PASSED


# Follows, so that it is named only where nothing else explains why there is no answer.
_UNANSWERED = fixed(
    unknown(
        "The ISP has not answered about this observation.",
        "ഈ നിരീക്ഷണത്തെപ്പറ്റി സേവനദാതാവ് മറുപടി നൽകിയിട്ടില്ല.",
        follows=True,
    )
)
_RIVALS = fixed(
    failed("Two answers on record name different customers.", "രേഖയിലെ രണ്ടു മറുപടികളിൽ വ്യത്യസ്ത വരിക്കാരാണ്.")
)
_NAMELESS = fixed(unknown("The answering row names no customer.", "മറുപടിയിലെ വരിയിൽ വരിക്കാരന്റെ പേരില്ല."))


def _one_customer(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None:
        return NO_ANSWER if case.request is None else _UNANSWERED
    if case.no_port:
        return NO_PORT
    if case.window is None or case.address is None:
        return NO_INSTANT if case.address is not None else NO_ADDRESS
    if case.rival:
        return _RIVALS
    if len(found.candidates) == 1:
        return PASSED if found.candidates[0].strip() else _NAMELESS
    # A port outside every stated block is A-23's to name.
    beside = bool(found.near_rows) and not found.rows
    if not found.reasons:
        return failed(
            f"{len(found.candidates)} customers may have held it.",
            f"{len(found.candidates)} വരിക്കാർ ഈ വിലാസം ഉപയോഗിച്ചിരിക്കാം.",
            follows=beside,
        )
    return failed(found.reasons[0].text, found.reasons[0].text_ml, follows=beside)


_NO_BLOCK = fixed(
    unknown(
        "The address is shared and the answer states no port block.",
        "വിലാസം പങ്കിട്ടതാണ്, മറുപടിയിൽ പോർട്ട് ശ്രേണിയില്ല.",
    )
)


def _port_in_block(case: ObservationCase) -> Finding:
    found, port = case.resolution, case.observation.port
    if found is None:
        return NO_ANSWER
    if case.no_port:
        return NO_PORT
    if not found.rows:
        if not found.near_rows:
            return NO_CUSTOMER if case.shared else PASSED
        return failed(
            f"Port {port} lies in no block that the answer states.", f"പോർട്ട് {port} മറുപടിയിലെ ശ്രേണിയിലില്ല."
        )
    blocks = any(row.port_low is not None for row in found.rows)
    return _NO_BLOCK if case.shared and not blocks and not case.nat64 else PASSED


_OTHER_INTERVAL = fixed(
    failed(
        "The answer was read for another interval than the source states.",
        "ഉറവിടത്തിലേതല്ലാത്ത ഇടവേളയ്ക്കാണ് മറുപടി വായിച്ചത്.",
    )
)
_UNCOVERED = fixed(
    failed("The lease does not cover the whole observed interval.", "നിരീക്ഷിച്ച ഇടവേള മുഴുവൻ ലീസിനുള്ളിലല്ല.")
)


def _inside_lease(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None:
        return NO_ANSWER
    if case.window is None:
        return NO_INSTANT
    if found.window != case.window:
        return _OTHER_INTERVAL
    if case.no_port:
        return NO_PORT
    if len(found.candidates) != 1:
        return NO_CUSTOMER  # who held it is A-22's question; whose lease to measure is open until then
    return PASSED if found.state == "unique" else _UNCOVERED


def _away_from_ends(case: ObservationCase) -> Finding:
    found, stated = case.resolution, case.observation.time.interval()
    if found is None:
        return NO_ANSWER
    if stated is None or case.place is None:
        return NO_CUSTOMER
    margin = _margin((*found.rows, *found.adjoining), *stated)
    if margin is None:
        return unknown("No lease with known ends covers the instant.", "അറിയുന്ന അറ്റങ്ങളുള്ള ലീസ് ഇല്ല.")
    needed = timedelta(seconds=case.limits.lease_margin_s)
    if margin < needed:
        return failed(
            f"The event is {int(margin.total_seconds())} s from a lease end; {case.limits.lease_margin_s} s are asked.",
            f"ലീസിന്റെ അറ്റത്തുനിന്ന് {int(margin.total_seconds())} സെക്കൻഡ് മാത്രം അകലെ.",
        )
    return PASSED


_SEAM = timedelta(seconds=1)
_NOT_SIX = fixed(passed("Not an IPv6 address.", "IPv6 വിലാസമല്ല."))


def _prefix_holds(case: ObservationCase) -> Finding:
    """The whole prefix decides; equal lower 64 bits mean nothing, devices change them by design."""
    if case.address is None:
        return NO_ADDRESS
    if not _is_v6(case):
        return _NOT_SIX
    if case.resolution is None:
        return NO_ANSWER
    if not case.resolution.rows:
        return failed("No prefix of the answer holds the address.", "മറുപടിയിലെ ഒരു പ്രിഫിക്സിലും വിലാസമില്ല.")
    if any("/" not in row.address for row in case.resolution.rows):
        return unknown("The answer states no prefix length.", "പ്രിഫിക്സിന്റെ നീളം മറുപടിയിലില്ല.")
    for row in case.resolution.rows:
        if not _inside(case.address, row.address):
            return failed(
                f"{row.address} does not hold the address.", f"വിലാസം {row.address} എന്ന പ്രിഫിക്സിലല്ല."
            )
    return PASSED


def _inside(address: object, prefix: str) -> bool:
    network = lease_network(prefix)
    if network is None or not isinstance(address, IPv6Address) or network[0] != 6:
        return False
    shift = 128 - network[1]
    return int(address) >> shift << shift == network[2]


def _prefix_sane(case: ObservationCase) -> Finding:
    if case.address is None:
        return NO_ADDRESS
    if not _is_v6(case):
        return _NOT_SIX
    if case.resolution is None or not case.resolution.rows:
        return NO_ANSWER
    lowest = 64 if case.allocation is not None and case.allocation.mobile else 48
    for row in case.resolution.rows:
        network = lease_network(row.address)
        if network is None or "/" not in row.address:
            return unknown(
                "The answer states no prefix length.", "പ്രിഫിക്സിന്റെ നീളം മറുപടിയിലില്ല.", follows=True
            )
        if not lowest <= network[1] <= 64:
            return failed(
                f"{row.address} is no usual prefix of one customer.", f"{row.address} സാധാരണ പ്രിഫിക്സല്ല."
            )
    return PASSED


_TRANSLATION_UNKNOWN = fixed(
    unknown(
        "The ISP is not in the register: whether it translates addresses is not known.",
        "സേവനദാതാവ് പട്ടികയിലില്ല: വിലാസമാറ്റം (NAT64) ഉണ്ടോ എന്നറിയില്ല.",
    )
)
_TRANSLATION_OPEN = fixed(
    unknown("Whose address it was is not known.", "വിലാസം ആരുടേതെന്നറിയില്ല.", follows=True)
)
_TRANSLATED = (
    "The address is one of translation (NAT64), shared by many, and there is no port: not attributable.",
    "ഇത് പലരും പങ്കിടുന്ന NAT64 വിലാസമാണ്, പോർട്ട് ഇല്ല: ആരെന്നു പറയാനാവില്ല.",
)


def _not_translated(case: ObservationCase) -> Finding:
    if case.nat64:
        return failed(*_TRANSLATED, follows=case.refused is not None) if case.no_port else PASSED
    if case.nat64 is None:
        return _TRANSLATION_OPEN if case.allocation is None else _TRANSLATION_UNKNOWN
    return PASSED


_NOT_STATIC = fixed(passed("Not a static line.", "സ്ഥിരം വിലാസമല്ല."))


def _static_in_service(case: ObservationCase) -> Finding:
    found = case.resolution
    if found is None:
        return NO_ANSWER
    static = any(row.static for row in found.rows)
    if not static and (case.allocation is None or case.allocation.kind != "fixed_static"):
        return _NOT_STATIC
    if case.window is None:
        return NO_INSTANT
    if case.place is None:
        return NO_CUSTOMER
    rows = [row for row in case.subscribers if row.customer_ref == found.customer_ref]
    if all(row.active_from is None for row in rows):
        return unknown("When the line came into service is not stated.", "കണക്ഷൻ തുടങ്ങിയ തീയതി മറുപടിയിലില്ല.")
    for row in rows:
        if row.active_from is not None and Interval(
            row.active_from, _not_before(row.active_from, row.active_to)
        ).covers(*case.window):
            return PASSED
    return failed("The line was not in service at the event.", "സംഭവസമയത്ത് കണക്ഷൻ നിലവിലില്ല.")


def _is_v6(case: ObservationCase) -> bool:
    return isinstance(case.address, IPv6Address)


def _margin(rows: tuple[Lease, ...], first: datetime, last: datetime) -> timedelta | None:
    """The distance to the nearer end of the tenancy that covers the instant; None when none does.

    Rows that follow each other within a second are one tenancy: a lease renewed at once does not end there.
    """
    tenancies: list[tuple[datetime, datetime]] = []
    for start, end in sorted(bounds for bounds in map(lease_bounds, rows) if bounds is not None):
        if tenancies and start - tenancies[-1][1] <= _SEAM:
            tenancies[-1] = tenancies[-1][0], max(tenancies[-1][1], end)
        else:
            tenancies.append((start, end))
    margins = [Interval(*one).margin(first, last) for one in tenancies]
    best = max(margins, default=None)
    return None if best is None or best < timedelta(0) else best


def _not_before(start: datetime, end: datetime | None) -> datetime | None:
    return None if end is None else max(start, end)


# When the address, the instant or the reading of the answer is known to be wrong, no row need fit.
MISREAD = tuple(
    f"A-{number:02}" for number in (1, 2, 3, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 30, 31, 32, 33)
)

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
        behind=MISREAD,
        examine=_one_customer,
    ),
    ObservationCheck(
        "A-23",
        _BLOCK,
        _ANSWER,
        "The port lies inside the block the answer states.",
        "പോർട്ട് മറുപടിയിലെ ശ്രേണിക്കുള്ളിലാണ്.",
        behind=MISREAD,
        examine=_port_in_block,
    ),
    ObservationCheck(
        "A-24",
        _BLOCK,
        _ANSWER,
        "The lease covers the whole observed interval, uncertainty included.",
        "അനിശ്ചിതത്വം ഉൾപ്പെടെ ഇടവേള മുഴുവൻ ലീസിനുള്ളിലാണ്.",
        behind=MISREAD,
        examine=_inside_lease,
    ),
    ObservationCheck(
        "A-25",
        CheckKind.HOLD,
        _ANSWER,
        "The event is well away from either end of the lease.",
        "സംഭവം ലീസിന്റെ രണ്ടറ്റത്തുനിന്നും അകലെയാണ്.",
        behind=MISREAD,
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
        "A-28",
        _BLOCK,
        Stage.ASK,
        "An address of translation (NAT64) is asked about with its port only.",
        "NAT64 വിലാസം പോർട്ടോടുകൂടി മാത്രം ചോദിക്കുന്നു.",
        "law_and_procedure.md 3.4; RFC 6052; RFC 6877",
        examine=_not_translated,
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
