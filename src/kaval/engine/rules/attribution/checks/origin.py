"""A-01 to A-09: the address is what the sealed source says, is a public one, is the client's, belongs to who is asked,
and leads to a home."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.instant import utc_text
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.address import canonical_text, parse_address, special_range
from kaval.engine.rules.attribution.case import (
    NO_ADDRESS,
    NO_CUSTOMER,
    NO_INSTANT,
    NO_REQUEST,
    PASSED,
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    SubjectCase,
    SubjectCheck,
    failed,
    fixed,
    unknown,
)
from kaval.engine.rules.attribution.intelligence import OURS

_BROKEN_SOURCE = fixed(
    failed(
        "Broken seal: the source is not the file that was sealed.",
        "മുദ്ര തകർന്നു: ഉറവിടം മുദ്രവെച്ച ഫയലല്ല.",
    )
)
_BROKEN_PROFILE = fixed(
    failed(
        "Broken seal: a reading profile is not the one that was checked.",
        "മുദ്ര തകർന്നു: വായനാ പ്രൊഫൈൽ പരിശോധിച്ചതല്ല.",
    )
)
_SEAL_UNKNOWN = fixed(
    unknown(
        "Nobody compared the source with its seal and read it again.",
        "ഉറവിടം മുദ്രയുമായി ഒത്തുനോക്കി വീണ്ടും വായിച്ചിട്ടില്ല.",
    )
)
_ANSWER_UNSEALED = fixed(
    unknown(
        "The seal of an answer file it rests on is not on record.",
        "ആധാരമായ മറുപടി ഫയലിന്റെ മുദ്ര രേഖയിലില്ല.",
    )
)
_PROFILE_UNKNOWN = fixed(
    unknown(
        "Nobody compared the reading profiles with their seal.",
        "വായനാ പ്രൊഫൈലുകൾ മുദ്രയുമായി ഒത്തുനോക്കിയിട്ടില്ല.",
    )
)
_NOWHERE = fixed(
    unknown("The allocation at the event date is not known.", "സംഭവദിവസം വിലാസം ആർക്കായിരുന്നു എന്നറിയില്ല.")
)
_NOBODY_TO_ASK = fixed(
    unknown(
        "Nobody holds this address, so nothing more can be said of it.",
        "ഈ വിലാസം ആരുടേതുമല്ല, കൂടുതൽ പറയാനില്ല.",
        follows=True,
    )
)
_KIND_UNKNOWN = fixed(unknown("The kind of the range is not known.", "ശ്രേണിയുടെ ഇനം അറിയില്ല.", follows=True))
_NO_LISTS = fixed(
    unknown("No list dated near the event was looked at.", "സംഭവത്തോടടുത്ത തീയതിയുള്ള പട്ടിക നോക്കിയിട്ടില്ല.")
)
_NO_OWN_LIST = fixed(
    unknown("The list of our own lines was not looked at.", "നമ്മുടെ സ്വന്തം ലൈനുകളുടെ പട്ടിക നോക്കിയിട്ടില്ല.")
)


def _seals(case: ObservationCase) -> Finding:
    """Every sealed thing the observation rests on: what is broken first, then what nobody looked at."""
    seen = case.observation
    if seen.intact is False:
        return _BROKEN_SOURCE
    broken = min((one.sha256 for one in case.answers if one.intact is False), default=None)
    if broken is not None:
        return failed(
            f"Broken seal: answer file {broken[:12]} is not the one that was sealed.",
            f"മുദ്ര തകർന്നു: മറുപടി ഫയൽ {broken[:12]} മുദ്രവെച്ചതല്ല.",
        )
    if case.profiles_intact is False and not case.asking:
        return _BROKEN_PROFILE
    different = _differs(case)
    if different is not None:
        return different
    if seen.intact is None or seen.reread is None:
        # Nothing rests on an observation that names nobody: what keeps it from naming one is the cause.
        return _SEAL_UNKNOWN if case.asking or case.place is not None else NO_CUSTOMER
    if case.asking:
        return PASSED
    if case.unsealed or any(one.intact is None for one in case.answers):
        return _ANSWER_UNSEALED
    if case.profiles_intact is None:
        return _PROFILE_UNKNOWN
    return NO_REQUEST if case.request is None else PASSED


def _differs(case: ObservationCase) -> Finding | None:
    """What the sealed bytes or the request say otherwise than the observation; the time asked is A-15."""
    seen, again, asked = case.observation, case.observation.reread, case.request
    ip = case.ip
    if (
        again is not None
        and again.ip != seen.ip
        and (canonical_text(again.ip) or again.ip) != (ip or seen.ip)
    ):
        return failed(
            f"Read again, the source says {again.ip}, not {seen.ip}.",
            f"വീണ്ടും വായിച്ചപ്പോൾ ഉറവിടത്തിൽ {again.ip}, {seen.ip} അല്ല.",
        )
    if again is not None and again.port != seen.port:
        return failed(
            f"Read again, the source says port {_port(again.port)}, not {_port(seen.port)}.",
            f"വീണ്ടും വായിച്ചപ്പോൾ ഉറവിടത്തിൽ പോർട്ട് {again.port or '-'}, {seen.port or '-'} അല്ല.",
        )
    if again is not None and again.utc != seen.time.utc:
        return failed(
            f"Read again, the source says {_instant(again.utc)}, not {_instant(seen.time.utc)}.",
            f"വീണ്ടും വായിച്ചപ്പോൾ സമയം {_instant(again.utc, '-')}, {_instant(seen.time.utc, '-')} അല്ല.",
        )
    if asked is not None and asked.ip != ip:
        return failed(
            f"Asked about {asked.ip}, the source says {seen.ip}.",
            f"ചോദിച്ചത് {asked.ip}, ഉറവിടത്തിൽ {seen.ip}.",
            follows=ip is None,
        )
    if asked is not None and asked.port != seen.port:
        return failed(
            f"Asked about port {_port(asked.port)}, the source says {_port(seen.port)}.",
            f"ചോദിച്ച പോർട്ട് {asked.port or '-'}, ഉറവിടത്തിൽ {seen.port or '-'}.",
        )
    return None


def _port(port: int | None) -> str:
    return "none" if port is None else str(port)


def _instant(at: datetime | None, nothing: str = "no time") -> str:
    return nothing if at is None else utc_text(at)


def _not_typed(case: ObservationCase) -> Finding:
    origin = "machine" if case.request is None else case.request.origin
    if (case.observation.typed and not case.observation.double_entry) or origin == "typed":
        return _TYPED
    return PASSED if origin in ("machine", "double") else _ORIGIN_UNKNOWN


_TYPED = fixed(failed("A field was typed by one officer only.", "ഒരു ഉദ്യോഗസ്ഥൻ മാത്രം കൈകൊണ്ട് ടൈപ്പ് ചെയ്തതാണ്."))
_ORIGIN_UNKNOWN = fixed(
    unknown(
        "How the fields of the request came about is not on record.",
        "അപേക്ഷയിലെ വിവരങ്ങൾ എങ്ങനെ വന്നു എന്ന് രേഖയിലില്ല.",
    )
)


def _readable(case: ObservationCase) -> Finding:
    text = case.observation.ip
    if not text.strip():
        return unknown("The source states no address.", "ഉറവിടത്തിൽ വിലാസമില്ല.")
    if case.address is None:
        return failed(f"{text!r} is no IP address.", f"{text!r} ഐപി വിലാസമല്ല.")
    if parse_address(case.ip or "") != case.address:
        return failed(f"{text!r} does not survive the round trip.", f"{text!r} തിരിച്ചെഴുതുമ്പോൾ മാറുന്നു.")
    return PASSED


def _global_unicast(case: ObservationCase) -> Finding:
    if case.address is None:
        return NO_ADDRESS
    if case.refused is None:
        return PASSED
    if case.at is None and special_range(case.address) == (case.refused, True):
        return NO_INSTANT  # a training table may open the range, on dates nobody can look up
    return failed(
        f"{case.address} lies in a range nobody can be asked about: {case.refused}.",
        f"{case.address} ആരോടും ചോദിക്കാനാവാത്ത ശ്രേണിയിലാണ് ({case.refused}).",
    )


def _client_side(case: ObservationCase) -> Finding:
    role = case.observation.role
    if role == "client":
        return PASSED
    if not role:
        return unknown("The source does not say whose address this is.", "വിലാസം ആരുടേതെന്ന് ഉറവിടം പറയുന്നില്ല.")
    return failed(f"The address is the side of: {role}.", f"ഇത് ഉപയോക്താവിന്റെ വശത്തെ വിലാസമല്ല ({role}).")


def _belongs_to_asked(case: ObservationCase) -> Finding:
    held = case.allocation
    if held is None:
        return _unheld(case, otherwise=_NOWHERE)
    for one in (case.request, case.resolution):
        if one is not None and one.isp_id != held.isp_id:
            return failed(
                f"On the event date the range belonged to {held.isp_id}, not {one.isp_id}.",
                f"സംഭവദിവസം ഈ ശ്രേണി {held.isp_id} എന്ന സേവനദാതാവിന്റേതാണ്, {one.isp_id} അല്ല.",
            )
    return _announced(case)


def _announced(case: ObservationCase) -> Finding:
    """The routing table of that time agrees, where there is one and the ISP's networks are known."""
    if case.intelligence is None or case.isp is None or case.address is None or case.at is None:
        return PASSED
    origin = case.intelligence.origin(case.address, case.at) if case.isp.as_numbers else None
    if origin is None or origin <= case.isp.as_numbers:
        return PASSED
    networks = ", ".join(f"AS{number}" for number in sorted(origin))
    return failed(
        f"At the event the range was announced by {networks}, not by {case.isp.isp_id} alone.",
        f"സംഭവസമയത്ത് ഈ ശ്രേണി പരസ്യപ്പെടുത്തിയത് {networks}; {case.isp.isp_id} മാത്രമല്ല.",
    )


def _unheld(case: ObservationCase, *, otherwise: Finding) -> Finding:
    """Why nothing is known of the range: no address, no instant, nobody can hold it, or the register is silent."""
    if case.address is None:
        return NO_ADDRESS
    if case.at is None:
        return NO_INSTANT
    return otherwise if case.refused is None else _NOBODY_TO_ASK


def _leads_home(case: ObservationCase) -> Finding:
    held = case.allocation
    if held is not None and held.kind == "hosting":
        return _HOSTING
    listed = next((one for one in case.listed if one.kind != OURS), None)
    if listed is not None:
        return failed(
            f"It stands on list {listed.name} ({listed.kind}) of {listed.dated.isoformat()}: it leads to no home.",
            f"{listed.dated.isoformat()}-ലെ {listed.name} ({listed.kind}) പട്ടികയിലുള്ള വിലാസം: ഒരു വീട്ടിലേക്കും നയിക്കില്ല.",
            kind=CheckKind.BLOCK,
        )
    if held is None:
        return _unheld(case, otherwise=_KIND_UNKNOWN)
    known = case.intelligence
    if known is None or case.at is None or not known.covers(case.at, within_days=case.limits.list_age_days):
        return _NO_LISTS
    return PASSED


# No officer can make a home of it: it takes another workflow, so the hold is a block (3.4, "no residence plan").
_HOSTING = fixed(
    failed(
        "The range is hosting, VPN or proxy: it leads to no home.",
        "ഇത് ഹോസ്റ്റിങ്/വിപിഎൻ/പ്രോക്സി ശ്രേണിയാണ്: ഒരു വീട്ടിലേക്കും നയിക്കില്ല.",
        kind=CheckKind.BLOCK,
    )
)


def _not_ours(case: ObservationCase) -> Finding:
    if case.allocation is not None and case.allocation.kind == "own":
        return _OURS
    if case.intelligence is None or case.address is None or case.at is None:
        return _unheld(case, otherwise=_NO_OWN_LIST)
    ours = next((one for one in case.listed if one.kind == OURS), None)
    if ours is not None:
        return failed(
            f"The address stands on our own list {ours.name}.", f"നമ്മുടെ സ്വന്തം പട്ടികയിലെ ({ours.name}) വിലാസമാണ്."
        )
    return PASSED


_OURS = fixed(failed("The address is police or monitoring infrastructure.", "ഇത് പൊലീസിന്റെ സ്വന്തം വിലാസമാണ്."))


def _no_geoip(case: SubjectCase) -> Finding:
    origin = case.facts.place_origin
    if origin == "provider":
        return PASSED
    if origin == "geoip":
        return failed(
            "A place came from an address table (geoip): it may only lead to a police district.",
            "സ്ഥലം ഐപി പട്ടികയിൽ (geoip) നിന്നാണ്: അത് പൊലീസ് ജില്ലയിലേക്കു മാത്രമേ നയിക്കാവൂ.",
        )
    return unknown("Where the place comes from is not on record.", "സ്ഥലവിവരം എവിടെനിന്നെന്ന് രേഖയിലില്ല.")


_ASK, _BLOCK = Stage.ASK, CheckKind.BLOCK
CHECKS = (
    ObservationCheck(
        "A-01",
        _BLOCK,
        _ASK,
        "Every seal holds, and the request's address and port equal the sealed source read again.",
        "എല്ലാ മുദ്രകളും ഭദ്രം; അപേക്ഷയിലെ വിലാസവും പോർട്ടും മുദ്രവെച്ച ഉറവിടത്തിലേതു തന്നെ.",
        examine=_seals,
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
        behind=("A-17",),  # what held at a time that cannot be is no matter
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
        behind=("A-17",),  # what held at a time that cannot be is no matter
        examine=_belongs_to_asked,
    ),
    ObservationCheck(
        "A-07",
        CheckKind.HOLD,
        _ASK,
        "The address is on no list of hosting, VPN, proxy, relay, satellite or roaming of that time.",
        "വിലാസം അക്കാലത്തെ ഹോസ്റ്റിങ്, വിപിഎൻ, പ്രോക്സി, റിലേ, സാറ്റലൈറ്റ്, റോമിങ് പട്ടികകളിലില്ല.",
        behind=("A-17",),  # what held at a time that cannot be is no matter
        examine=_leads_home,
    ),
    ObservationCheck(
        "A-08",
        _BLOCK,
        _ASK,
        "The address is not our own infrastructure.",
        "വിലാസം പൊലീസിന്റെ സ്വന്തമല്ല.",
        examine=_not_ours,
    ),
    SubjectCheck(
        "A-09",
        _BLOCK,
        Stage.SUBJECT,
        "No place comes from an address table (geoip).",
        "ഒരു സ്ഥലവും ഐപി പട്ടികയിൽ (geoip) നിന്നല്ല.",
        gates=2,
        examine=_no_geoip,
    ),
)
