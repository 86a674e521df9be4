"""A-30 to A-39, A-43, A-44: the answer answers what was asked, in a stated zone and known form, and is read twice; the
lead says how it was seen."""

from __future__ import annotations

from kaval.engine.kernel.instant import OffsetSource, StatedTime
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.answer import lease_network
from kaval.engine.rules.attribution.case import (
    NO_ANSWER,
    NO_CUSTOMER,
    NO_PORT,
    NO_REQUEST,
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
from kaval.engine.rules.attribution.facts import AnswerFileFacts
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Lease

_SETTLED = (OffsetSource.IN_VALUE, OffsetSource.HEADER, OffsetSource.PROFILE)
_NO_FILE = fixed(
    unknown(
        "The answer file behind it is not described.",
        "ഇതിനു പിന്നിലെ മറുപടി ഫയലിന്റെ വിവരം രേഖയിലില്ല.",
        follows=True,
    )
)


def _echoes(case: ObservationCase) -> Finding:
    asked, found = case.request, case.resolution
    if asked is None:
        return NO_REQUEST
    if found is None or not found.rows:
        return NO_ANSWER
    if case.no_port:
        return NO_PORT
    # Where the request itself is not what the source says, A-01 and A-15 name it.
    strayed = asked.utc != case.at or asked.ip != case.ip or asked.port != case.observation.port
    for row in found.rows:
        if not _same_address(asked, row):
            return failed(
                f"The answer speaks of {row.address}, asked was {asked.ip}.",
                f"മറുപടി {row.address}-നെപ്പറ്റി, ചോദിച്ചത് {asked.ip}.",
                follows=strayed,
            )
        if not _same_port(asked, row):
            return failed(
                f"The answer speaks of other ports than {asked.port}.",
                f"മറുപടിയിലെ പോർട്ട് {asked.port} അല്ല.",
                follows=strayed,
            )
        if not _same_time(asked, row):
            return failed(
                "The answer speaks of another time than was asked.",
                "മറുപടിയിലെ സമയം ചോദിച്ചതല്ല.",
                follows=strayed,
            )
    return PASSED


def _zone_of_reply(case: ObservationCase) -> Finding:
    found = case.resolution
    drifted = min((one.zone_drift for one in case.answers if one.zone_drift), default=None)
    if drifted is not None:
        return failed(
            f"The clock of the answer stands {drifted} minutes off what was asked.",
            f"മറുപടിയിലെ ഘടികാരം ചോദിച്ച സമയത്തിൽനിന്ന് {drifted} മിനിറ്റ് മാറിയാണ്.",
        )
    if found is None or not found.rows:
        return NO_ANSWER
    for row in found.rows:
        for time in (row.start, row.end):
            if time is not None and (time.utc is None or time.offset_source not in _SETTLED):
                return failed(
                    f"{time.as_received!r} of the answer has no settled zone.",
                    f"മറുപടിയിലെ {time.as_received!r} എന്ന സമയത്തിന്റെ മേഖല വ്യക്തമല്ല.",
                )
    return PASSED


def _files(case: ObservationCase) -> tuple[AnswerFileFacts, ...]:
    """The files looked at for their form; empty when there is no answer or it is not described."""
    return () if case.resolution is None or case.unsealed else case.answers


def _known_form(case: ObservationCase) -> Finding:
    files = _files(case)
    if not files:
        return NO_ANSWER if case.resolution is None else _NO_FILE
    if any(one.template_accepted is False for one in files):
        return _NEW_FORM
    return PASSED if all(one.template_accepted for one in files) else _FORM_UNKNOWN


_NEW_FORM = fixed(
    failed(
        "The form of the answer is not the one last accepted for this ISP: a person must look.",
        "മറുപടിയുടെ രൂപം മുമ്പ് അംഗീകരിച്ചതല്ല: ഒരാൾ പരിശോധിക്കണം.",
    )
)
_FORM_UNKNOWN = fixed(
    unknown("Nobody has accepted the form of the answer.", "മറുപടിയുടെ രൂപം ആരും അംഗീകരിച്ചിട്ടില്ല.")
)


def _no_half_day(case: ObservationCase) -> Finding:
    files = _files(case)
    if any(one.half_day for one in files):
        return _HALF_DAY
    if not files:
        return NO_ANSWER if case.resolution is None else _NO_FILE
    return PASSED


_HALF_DAY = fixed(
    failed(
        "The answer never shows an afternoon hour: AM/PM may be lost.",
        "മറുപടിയിൽ ഉച്ചകഴിഞ്ഞുള്ള സമയമില്ല: AM/PM നഷ്ടപ്പെട്ടിരിക്കാം.",
    )
)


def _caveats(case: ObservationCase) -> Finding:
    """What the ISP warns of, and what the register knows of its answers at that time, for the approver to read."""
    files = _files(case)
    if not files:
        return NO_ANSWER if case.resolution is None else _NO_FILE
    said = sorted({text.strip() for one in files for text in one.caveats or () if text.strip()})
    quirks = () if case.isp is None else case.isp.quirks
    said += sorted(one.text for one in quirks if case.at is not None and one.valid.covers(case.at, case.at))
    if said:
        return failed(f"To be weighed: {' | '.join(said)}", f"കണക്കിലെടുക്കേണ്ടത്: {' | '.join(said)}")
    if any(one.caveats is None for one in files):
        return _NOT_LOOKED
    return _NO_CAVEAT


_NOT_LOOKED = fixed(
    unknown("Nobody looked for caveats in the answer.", "മറുപടിയിൽ മുന്നറിയിപ്പുകളുണ്ടോ എന്ന് ആരും നോക്കിയിട്ടില്ല.")
)
_NO_CAVEAT = fixed(passed("The answer carries no caveat.", "മറുപടിയിൽ മുന്നറിയിപ്പുകളില്ല."))


_NO_SECOND = fixed(
    unknown(
        "No second officer has read source, request and reply.",
        "രണ്ടാമതൊരു ഉദ്യോഗസ്ഥൻ ഉറവിടവും അപേക്ഷയും മറുപടിയും വായിച്ചിട്ടില്ല.",
    )
)
_SECOND_DIFFERS = fixed(failed("The second reader came to another customer.", "രണ്ടാം വായനയിൽ മറ്റൊരു വരിക്കാരനാണ്."))


def _second_reader(case: ObservationCase) -> Finding:
    place = case.place
    if place is None:
        return NO_CUSTOMER
    # Without a name for the first reader nobody can say that the second is another.
    first = case.analyst_id.strip()
    others = [one for one in case.second_readings if first and one.read_by.strip() not in ("", first)]
    if not others:
        return _NO_SECOND
    same = all((one.isp_id, one.customer_ref) == place for one in others)
    return PASSED if same else _SECOND_DIFFERS


def _agreed_way(case: ObservationCase) -> Finding:
    files = _files(case)
    if not files:
        return NO_ANSWER if case.resolution is None else _NO_FILE
    if any(one.channel_agreed is False for one in files):
        return _OTHER_WAY
    if any(one.certificate not in ("received", "asked") for one in files):
        return _NO_CERTIFICATE
    return PASSED if all(one.channel_agreed for one in files) else _WAY_UNKNOWN


_OTHER_WAY = fixed(
    failed(
        "The answer did not come the agreed way from the agreed sender.", "മറുപടി സമ്മതിച്ച വഴിയിലൂടെയല്ല വന്നത്."
    )
)
_NO_CERTIFICATE = fixed(
    failed(
        "No certificate (Part A) came with the answer, and none was asked for.",
        "മറുപടിക്കൊപ്പം സാക്ഷ്യപത്രം (Part A) ഇല്ല, ചോദിച്ചിട്ടുമില്ല.",
    )
)
_WAY_UNKNOWN = fixed(
    unknown("Which way the answer came is not on record.", "മറുപടി ഏതു വഴി വന്നു എന്ന് രേഖയിലില്ല.")
)


_NO_CHANNEL = fixed(
    unknown("Which kind of source the lead has is not on record.", "ലീഡ് ഏതുതരം ഉറവിടത്തിൽനിന്നെന്ന് രേഖയിലില്ല.")
)
_NOT_PEER = fixed(passed("Not a file-sharing lead.", "ഫയൽ പങ്കിടൽ ശൃംഖലയിലെ ലീഡല്ല."))
_NOT_PLATFORM = fixed(passed("Not a platform's lead.", "പ്ലാറ്റ്ഫോമിന്റെ ലീഡല്ല."))


def _one_peer(case: ObservationCase) -> Finding:
    seen, peer = case.observation, case.observation.peer
    if seen.channel != "p2p":
        return _NOT_PEER if seen.channel else _NO_CHANNEL
    if peer is None:
        return _PEER_UNKNOWN
    if peer.single_peer is False or peer.verified is False:
        return _MANY_PEERS
    if peer.share == 0 or peer.sightings == 0:
        return failed("The export shows nothing that this peer held.", "ഈ കമ്പ്യൂട്ടറിൽ ഒന്നും കണ്ടതായി രേഖയില്ല.")
    if None in (peer.single_peer, peer.verified, peer.share, peer.sightings):
        return _PEER_UNKNOWN
    return passed(
        f"One peer, pieces verified, {round(100 * (peer.share or 0))} % of the file, seen {peer.sightings} times.",
        f"ഒരൊറ്റ കമ്പ്യൂട്ടർ, ഭാഗങ്ങൾ ഒത്തുനോക്കി, ഫയലിന്റെ {round(100 * (peer.share or 0))} %, {peer.sightings} തവണ കണ്ടു.",
    )


_PEER_UNKNOWN = fixed(
    unknown(
        "The export does not say whether one peer held it, verified, how much and how often.",
        "ഒരൊറ്റ കമ്പ്യൂട്ടറിൽനിന്നോ, ഒത്തുനോക്കിയോ, എത്ര, എത്ര തവണ എന്ന് രേഖയിലില്ല.",
    )
)
_MANY_PEERS = fixed(
    failed(
        "The data did not come from this one peer alone, or its pieces were not verified.",
        "വിവരം ഈ ഒരൊറ്റ കമ്പ്യൂട്ടറിൽനിന്നല്ല, അല്ലെങ്കിൽ ഭാഗങ്ങൾ ഒത്തുനോക്കിയിട്ടില്ല.",
    )
)


def _viewing_stated(case: ObservationCase) -> Finding:
    seen, viewing = case.observation, case.observation.viewing
    if seen.channel != "platform":
        return _NOT_PLATFORM if seen.channel else _NO_CHANNEL
    if viewing is None or viewing.viewed is None:
        return _VIEWING_UNKNOWN
    if viewing.viewed:
        return _VIEWED
    if not viewing.hash_list.strip():
        return _NO_LIST
    return passed(
        f"Nobody viewed it; its hash matched list {viewing.hash_list}.",
        f"ആരും കണ്ടിട്ടില്ല; ഹാഷ് {viewing.hash_list} പട്ടികയുമായി ഒത്തു.",
    )


_VIEWING_UNKNOWN = fixed(
    unknown(
        "The provider does not say whether a person viewed the file.", "ഫയൽ ഒരാൾ കണ്ടോ എന്ന് പ്ലാറ്റ്ഫോം പറയുന്നില്ല."
    )
)
_VIEWED = fixed(passed("A person at the provider viewed the file.", "പ്ലാറ്റ്ഫോമിലെ ഒരാൾ ഫയൽ കണ്ടു."))
_NO_LIST = fixed(
    failed(
        "Nobody viewed it, and the list its hash matched is not named.",
        "ആരും കണ്ടിട്ടില്ല; ഹാഷ് ഏതു പട്ടികയുമായി ഒത്തു എന്നില്ല.",
    )
)


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
        behind=("A-32",),
        examine=_echoes,
    ),
    ObservationCheck(
        "A-31",
        _BLOCK,
        _ANSWER,
        "The zone of the answer is explicit or from a dated profile.",
        "മറുപടിയിലെ സമയമേഖല വ്യക്തമാണ്.",
        behind=("A-32",),
        examine=_zone_of_reply,
    ),
    ObservationCheck(
        "A-32",
        CheckKind.HOLD,
        _ANSWER,
        "The form of the answer (headers, order, formats) is the one last accepted for this ISP.",
        "മറുപടിയുടെ രൂപം ഈ സേവനദാതാവിന്റേതായി അവസാനം അംഗീകരിച്ചതു തന്നെ.",
        gates=2,
        examine=_known_form,
    ),
    ObservationCheck(
        "A-33",
        CheckKind.HOLD,
        _ANSWER,
        "The answer has not lost its AM/PM mark.",
        "മറുപടിയിൽ AM/PM നഷ്ടപ്പെട്ടിട്ടില്ല.",
        examine=_no_half_day,
    ),
    ObservationCheck(
        "A-37",
        CheckKind.WARN,
        _ANSWER,
        "The ISP's own caveats are looked for and shown; there is none.",
        "സേവനദാതാവിന്റെ മുന്നറിയിപ്പുകൾ നോക്കി; ഒന്നുമില്ല.",
        gates=2,
        examine=_caveats,
    ),
    ObservationCheck(
        "A-38",
        _BLOCK,
        _ANSWER,
        "A second officer, not shown the first result, reads the same customer.",
        "ആദ്യഫലം കാണാതെ രണ്ടാമതൊരു ഉദ്യോഗസ്ഥൻ അതേ വരിക്കാരനെ കണ്ടെത്തി.",
        gates=2,
        behind=("A-31", "A-32", "A-33"),
        examine=_second_reader,
    ),
    ObservationCheck(
        "A-39",
        CheckKind.WARN,
        _ANSWER,
        "The answer came the agreed way, its certificate (Part A) received or asked for.",
        "മറുപടി സമ്മതിച്ച വഴിയിലൂടെ വന്നു; സാക്ഷ്യപത്രം (Part A) കിട്ടി അല്ലെങ്കിൽ ചോദിച്ചു.",
        "law_and_procedure.md 3.4; BSA 63(4)",
        gates=2,
        examine=_agreed_way,
    ),
    ObservationCheck(
        "A-43",
        CheckKind.HOLD,
        _ANSWER,
        "A file-sharing export says: from this one peer, pieces verified, how much, how often.",
        "ഫയൽ പങ്കിടൽ രേഖ പറയുന്നു: ഒരൊറ്റ കമ്പ്യൂട്ടർ, ഭാഗങ്ങൾ ഒത്തുനോക്കി, എത്ര, എത്ര തവണ.",
        gates=2,
        examine=_one_peer,
    ),
    ObservationCheck(
        "A-44",
        CheckKind.WARN,
        _ANSWER,
        "The platform says whether a person viewed the file or a hash matched, and which list.",
        "ഒരാൾ ഫയൽ കണ്ടോ, അതോ ഏതു പട്ടികയിലെ ഹാഷ് ഒത്തോ എന്ന് പ്ലാറ്റ്ഫോം പറയുന്നു.",
        gates=2,
        examine=_viewing_stated,
    ),
)
