"""A-30 to A-38: the answer answers what was asked, in a stated zone, and a second officer reads the same."""

from __future__ import annotations

from kaval.engine.kernel.instant import OffsetSource, StatedTime
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.answer import lease_network
from kaval.engine.rules.attribution.case import (
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    passed,
    unknown,
)
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Lease

_SETTLED = (OffsetSource.IN_VALUE, OffsetSource.HEADER, OffsetSource.PROFILE)


def _echoes(case: ObservationCase) -> Finding:
    asked, found = case.request, case.resolution
    if asked is None or found is None or not found.rows:
        return unknown(
            "There is no request or no answering row to compare.", "താരതമ്യത്തിന് അപേക്ഷയോ മറുപടിയോ ഇല്ല."
        )
    for row in found.rows:
        if not _same_address(asked, row):
            return failed(
                f"The answer speaks of {row.address}, asked was {asked.ip}.",
                f"മറുപടി {row.address}-നെപ്പറ്റി, ചോദിച്ചത് {asked.ip}.",
            )
        if not _same_port(asked, row):
            return failed(
                f"The answer speaks of other ports than {asked.port}.", f"മറുപടിയിലെ പോർട്ട് {asked.port} അല്ല."
            )
        if not _same_time(asked, row):
            return failed("The answer speaks of another time than was asked.", "മറുപടിയിലെ സമയം ചോദിച്ചതല്ല.")
    return passed()


def _zone_of_reply(case: ObservationCase) -> Finding:
    if case.resolution is None or not case.resolution.rows:
        return unknown("No answering row is on record.", "മറുപടി രേഖയിലില്ല.")
    for row in case.resolution.rows:
        for time in (row.start, row.end):
            if time is not None and (time.utc is None or time.offset_source not in _SETTLED):
                return failed(
                    f"{time.as_received!r} of the answer has no settled zone.",
                    f"മറുപടിയിലെ {time.as_received!r} എന്ന സമയത്തിന്റെ മേഖല വ്യക്തമല്ല.",
                )
    return passed()


def _no_drift(case: ObservationCase) -> Finding:
    if case.drifting:
        return failed(
            "The answer never shows an afternoon hour: AM/PM may be lost.",
            "മറുപടിയിൽ ഉച്ചകഴിഞ്ഞുള്ള സമയമില്ല: AM/PM നഷ്ടപ്പെട്ടിരിക്കാം.",
        )
    return passed()


def _second_reader(case: ObservationCase) -> Finding:
    if case.place is None:
        return unknown(
            "No customer resolved that could be read again.", "വീണ്ടും വായിക്കാൻ ഒരു വരിക്കാരനെ കിട്ടിയിട്ടില്ല."
        )
    others = [one for one in case.second_readings if one.read_by and one.read_by != case.analyst_id]
    if not others:
        return unknown(
            "No second officer has read source, request and reply.",
            "രണ്ടാമതൊരു ഉദ്യോഗസ്ഥൻ ഉറവിടവും അപേക്ഷയും മറുപടിയും വായിച്ചിട്ടില്ല.",
        )
    for reading in others:
        if (reading.isp_id, reading.customer_ref) != case.place:
            return failed("The second reader came to another customer.", "രണ്ടാം വായനയിൽ മറ്റൊരു വരിക്കാരനാണ്.")
    return passed()


def _same_address(asked: RequestRow, row: Lease) -> bool:
    address, network = parse_address(asked.ip), lease_network(row.address)
    if address is None or network is None or network[0] != address.version:
        return False
    shift = address.max_prefixlen - network[1]
    return int(address) >> shift << shift == network[2]


def _same_port(asked: RequestRow, row: Lease) -> bool:
    if row.port_low is None:
        return True
    high = row.port_high if row.port_high is not None else row.port_low
    return asked.port is not None and row.port_low <= asked.port <= high


def _same_time(asked: RequestRow, row: Lease) -> bool:
    return _edge(row.start, last=False, asked=asked) and (
        row.end is None or _edge(row.end, last=True, asked=asked)
    )


def _edge(time: StatedTime, *, last: bool, asked: RequestRow) -> bool:
    span = time.interval()
    if span is None:
        return False
    return asked.from_at <= span[1] if last else span[0] <= asked.to_at


_ANSWER, _BLOCK = Stage.ANSWER, CheckKind.BLOCK
CHECKS = (
    ObservationCheck(
        "A-30",
        _BLOCK,
        _ANSWER,
        "The answer echoes the address, port and time of the request.",
        "മറുപടി ചോദിച്ച വിലാസം, പോർട്ട്, സമയം എന്നിവയെക്കുറിച്ചു തന്നെ.",
        examine=_echoes,
    ),
    ObservationCheck(
        "A-31",
        _BLOCK,
        _ANSWER,
        "The zone of the answer is explicit or from a dated profile.",
        "മറുപടിയിലെ സമയമേഖല വ്യക്തമാണ്.",
        examine=_zone_of_reply,
    ),
    ObservationCheck(
        "A-33",
        CheckKind.HOLD,
        _ANSWER,
        "The answer has not lost its AM/PM mark.",
        "മറുപടിയിൽ AM/PM നഷ്ടപ്പെട്ടിട്ടില്ല.",
        examine=_no_drift,
    ),
    ObservationCheck(
        "A-38",
        _BLOCK,
        _ANSWER,
        "A second officer, not shown the first result, reads the same customer.",
        "ആദ്യഫലം കാണാതെ രണ്ടാമതൊരു ഉദ്യോഗസ്ഥൻ അതേ വരിക്കാരനെ കണ്ടെത്തി.",
        gates=2,
        examine=_second_reader,
    ),
)
