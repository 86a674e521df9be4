"""A-01 to A-08: the address is what the source says, is a public one, is the client's, and belongs to who
is asked."""

from __future__ import annotations

from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.address import canonical_text, parse_address
from kaval.engine.rules.attribution.allocation import refused_range
from kaval.engine.rules.attribution.case import (
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    passed,
    unknown,
)


def _request_equals_source(case: ObservationCase) -> Finding:
    asked, seen = case.request, case.observation
    if asked is None:
        return unknown("No request is on record for this observation.", "ഈ നിരീക്ഷണത്തിന് അപേക്ഷ രേഖയിലില്ല.")
    if asked.ip != canonical_text(seen.ip):
        return failed(
            f"Asked about {asked.ip}, the source says {seen.ip}.", f"ചോദിച്ചത് {asked.ip}, ഉറവിടത്തിൽ {seen.ip}."
        )
    if asked.port != seen.port:
        return failed(
            f"Asked about port {asked.port}, the source says {seen.port}.",
            f"ചോദിച്ച പോർട്ട് {asked.port}, ഉറവിടത്തിൽ {seen.port}.",
        )
    return passed()


def _not_typed(case: ObservationCase) -> Finding:
    if case.observation.typed and not case.observation.double_entry:
        return failed("A field was typed by one officer only.", "ഒരു ഉദ്യോഗസ്ഥൻ മാത്രം കൈകൊണ്ട് ടൈപ്പ് ചെയ്തതാണ്.")
    return passed()


def _readable(case: ObservationCase) -> Finding:
    text = case.observation.ip
    canonical = canonical_text(text)
    if canonical is None:
        return failed(f"{text!r} is no IP address.", f"{text!r} ഐപി വിലാസമല്ല.")
    address = parse_address(text)
    if address is None or parse_address(canonical) != address:
        return failed(f"{text!r} does not survive the round trip.", f"{text!r} തിരിച്ചെഴുതുമ്പോൾ മാറുന്നു.")
    return passed()


def _global_unicast(case: ObservationCase) -> Finding:
    if case.address is None:
        return unknown("There is no address to look at.", "പരിശോധിക്കാൻ വിലാസമില്ല.")
    label = refused_range(case.address, case.allocation)
    if label is not None:
        return failed(
            f"{case.address} lies in a range nobody can be asked about: {label}.",
            f"{case.address} ആരോടും ചോദിക്കാനാവാത്ത ശ്രേണിയിലാണ് ({label}).",
        )
    return passed()


def _client_side(case: ObservationCase) -> Finding:
    role = case.observation.role
    if role == "client":
        return passed()
    if not role:
        return unknown("The source does not say whose address this is.", "വിലാസം ആരുടേതെന്ന് ഉറവിടം പറയുന്നില്ല.")
    return failed(f"The address is the side of: {role}.", f"ഇത് ഉപയോക്താവിന്റെ വശത്തെ വിലാസമല്ല ({role}).")


def _belongs_to_asked(case: ObservationCase) -> Finding:
    if case.allocation is None:
        return unknown(
            "The allocation at the event date is not known.", "സംഭവദിവസം വിലാസം ആർക്കായിരുന്നു എന്നറിയില്ല."
        )
    asked = case.request.isp_id if case.request is not None else case.allocation.isp_id
    answered = case.resolution.isp_id if case.resolution is not None else case.allocation.isp_id
    for isp in (asked, answered):
        if isp != case.allocation.isp_id:
            return failed(
                f"On the event date the range belonged to {case.allocation.isp_id}, not {isp}.",
                f"സംഭവദിവസം ഈ ശ്രേണി {case.allocation.isp_id} എന്ന സേവനദാതാവിന്റേതാണ്, {isp} അല്ല.",
            )
    return passed()


def _no_hosting(case: ObservationCase) -> Finding:
    if case.allocation is None:
        return unknown("The kind of the range is not known.", "ശ്രേണിയുടെ ഇനം അറിയില്ല.")
    if case.allocation.kind == "hosting":
        return failed(
            "The range is hosting, VPN or proxy: it leads to no home.",
            "ഇത് ഹോസ്റ്റിങ്/വിപിഎൻ/പ്രോക്സി ശ്രേണിയാണ്: ഒരു വീട്ടിലേക്കും നയിക്കില്ല.",
        )
    return passed()


def _not_ours(case: ObservationCase) -> Finding:
    if case.allocation is not None and case.allocation.kind == "own":
        return failed("The address is police or monitoring infrastructure.", "ഇത് പൊലീസിന്റെ സ്വന്തം വിലാസമാണ്.")
    return passed()


_ASK, _BLOCK = Stage.ASK, CheckKind.BLOCK
CHECKS = (
    ObservationCheck(
        "A-01",
        _BLOCK,
        Stage.ANSWER,
        "The request's address and port equal the sealed source.",
        "അപേക്ഷയിലെ വിലാസവും പോർട്ടും മുദ്രവെച്ച ഉറവിടത്തിലേതു തന്നെ.",
        examine=_request_equals_source,
    ),
    ObservationCheck(
        "A-02",
        _BLOCK,
        _ASK,
        "No field was typed, or two officers typed it blind with equal result.",
        "ഒന്നും കൈകൊണ്ട് ടൈപ്പ് ചെയ്തിട്ടില്ല, അല്ലെങ്കിൽ രണ്ടുപേർ വെവ്വേറെ ഒരേപോലെ ടൈപ്പ് ചെയ്തു.",
        examine=_not_typed,
    ),
    ObservationCheck(
        "A-03",
        _BLOCK,
        _ASK,
        "The address text reads and writes back unchanged.",
        "വിലാസം വായിച്ചു തിരിച്ചെഴുതുമ്പോൾ മാറുന്നില്ല.",
        "law_and_procedure.md 3.4; RFC 5952",
        examine=_readable,
    ),
    ObservationCheck(
        "A-04",
        _BLOCK,
        _ASK,
        "The address is global unicast, or opened by the training table.",
        "വിലാസം പൊതുവായി ഉപയോഗിക്കാവുന്നതാണ്.",
        "law_and_procedure.md 3.4; RFC 6890; RFC 6598",
        examine=_global_unicast,
    ),
    ObservationCheck(
        "A-05",
        _BLOCK,
        _ASK,
        "The source documents the address as the client's side.",
        "വിലാസം ഉപയോക്താവിന്റേതാണെന്ന് ഉറവിടം രേഖപ്പെടുത്തുന്നു.",
        examine=_client_side,
    ),
    ObservationCheck(
        "A-06",
        _BLOCK,
        _ASK,
        "At the event date the range belonged to the ISP that is asked.",
        "സംഭവദിവസം ഈ ശ്രേണി ചോദിക്കുന്ന സേവനദാതാവിന്റേതായിരുന്നു.",
        examine=_belongs_to_asked,
    ),
    ObservationCheck(
        "A-07",
        CheckKind.HOLD,
        _ASK,
        "The address is on no hosting, VPN, proxy or relay list.",
        "വിലാസം ഹോസ്റ്റിങ്, വിപിഎൻ, പ്രോക്സി പട്ടികയിലില്ല.",
        examine=_no_hosting,
    ),
    ObservationCheck(
        "A-08",
        _BLOCK,
        _ASK,
        "The address is not our own infrastructure.",
        "വിലാസം പൊലീസിന്റെ സ്വന്തമല്ല.",
        examine=_not_ours,
    ),
)
