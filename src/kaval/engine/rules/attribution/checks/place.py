"""A-34 to A-36, A-46 to A-48: the customer's line stands in one verified household, then and now."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from unicodedata import category, normalize

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.case import (
    PASSED,
    Finding,
    ObservationCase,
    Stage,
    SubjectCase,
    SubjectCheck,
    failed,
    fixed,
    passed,
    unknown,
)
from kaval.engine.rules.attribution.rows import Subscriber

_NO_GROUND = (
    "Local police have not verified the address on the ground.",
    "ലോക്കൽ പൊലീസ് നേരിട്ട് വിലാസം പരിശോധിച്ചിട്ടില്ല.",
)
_UNVERIFIED = fixed(unknown(*_NO_GROUND))
_NOT_SEEN = fixed(unknown(*_NO_GROUND, follows=True))


def _installation(case: SubjectCase) -> Finding:
    if not case.subscribers:
        return unknown("The ISP named no address for the customer.", "സേവനദാതാവ് വിലാസം നൽകിയിട്ടില്ല.")
    if not case.installs:
        kinds = ", ".join(sorted({row.address_kind or "unlabelled" for row in case.subscribers}))
        return failed(
            f"No installation address in force; the answer gives: {kinds}.",
            f"കണക്ഷൻ സ്ഥാപിച്ച വിലാസമില്ല; മറുപടിയിലുള്ളത്: {kinds}.",
        )
    if len({(*_parts(row), _plain(row.locality), _plain(row.pincode)) for row in case.installs}) > 1:
        return failed("The customer has several installation addresses.", "ഒന്നിലധികം ഇൻസ്റ്റലേഷൻ വിലാസങ്ങളുണ്ട്.")
    house, _, door = _parts(case.installs[0])
    if not (house or door):
        return unknown(
            "The installation address names neither house nor door.", "ഇൻസ്റ്റലേഷൻ വിലാസത്തിൽ വീടോ ഡോർ നമ്പറോ ഇല്ല."
        )
    return PASSED


def _located(case: SubjectCase) -> Finding:
    """A SIM is used anywhere: its place at the event needs evidence that is not the form's address."""
    if not any(_mobile(one) for one in case.evidence):
        if any(one.allocation is None for one in case.evidence):
            return unknown("Whether the line is mobile is not known.", "മൊബൈൽ ലൈനാണോ എന്നറിയില്ല.", follows=True)
        return PASSED
    where = [one for one in case.facts.corroborations if one.kind == "location" and one.by.strip()]
    if any(one.text.strip() and one.at <= case.facts.as_of for one in where):
        return passed(
            "A mobile line; its place at the event stands on other evidence.",
            "മൊബൈൽ ലൈൻ; സംഭവസമയത്തെ സ്ഥലത്തിന് മറ്റു തെളിവുണ്ട്.",
        )
    return failed(
        "A SIM's registered address is not the place of use.", "സിം രജിസ്റ്റർ ചെയ്ത വിലാസം ഉപയോഗസ്ഥലമല്ല."
    )


def _mobile(case: ObservationCase) -> bool:
    return (case.allocation is not None and case.allocation.mobile) or (
        case.isp is not None and case.isp.kind == "mobile"
    )


def _single_household(case: SubjectCase) -> Finding:
    if not case.subscribers:
        return unknown(
            "The ISP named no address for the customer.", "സേവനദാതാവ് വിലാസം നൽകിയിട്ടില്ല.", follows=True
        )
    # One row that calls the line a business or hostel is enough, whatever the others say.
    others = {row.segment for row in case.subscribers} - {"HOME", ""}
    if others:
        kinds = ", ".join(sorted(others))
        return failed(
            f"The line is shared by more than a household: {kinds}.", f"ഇത് ഒരു വീടിന്റെ മാത്രം കണക്ഷനല്ല: {kinds}."
        )
    if any(not row.segment for row in case.installs or case.subscribers):
        return unknown("The ISP does not say what kind of line it is.", "കണക്ഷന്റെ ഇനം മറുപടിയിലില്ല.")
    return PASSED


def _verified(case: SubjectCase) -> Finding:
    ground = case.ground
    if ground is None or ground.verified_at is None or not ground.verified_by.strip():
        return _UNVERIFIED
    if ground.verified_at > case.facts.as_of:
        return failed("The verification is dated in the future.", "പരിശോധനാ തീയതി ഭാവിയിലാണ്.")
    age = case.facts.entry_at - ground.verified_at
    if not timedelta(0) <= age <= timedelta(days=case.facts.limits.ground_days):
        return failed(
            f"Verified {age.days} days before the entry; {case.facts.limits.ground_days} are allowed.",
            f"പരിശോധന കഴിഞ്ഞ് {age.days} ദിവസം; അനുവദനീയം {case.facts.limits.ground_days}.",
        )
    if ground.unit_found is None or ground.single_match is None:
        return unknown(
            "Whether exactly one such house was found is not stated.", "വീട് കണ്ടെത്തിയോ എന്ന് രേഖപ്പെടുത്തിയിട്ടില്ല."
        )
    if not ground.unit_found or not ground.single_match:
        return failed(
            "The house was not found, or more than one fits.", "വീട് കണ്ടെത്തിയില്ല, അല്ലെങ്കിൽ ഒന്നിലധികമുണ്ട്."
        )
    found = (_plain(ground.house_name), _plain(ground.ward), _plain(ground.door_number))
    if not all(found):
        return failed("House name, ward or door number is missing.", "വീട്ടുപേര്, വാർഡ്, ഡോർ നമ്പർ ഇവയിലൊന്നില്ല.")
    if case.installs and not any(_same_house(_parts(row), found) for row in case.installs):
        return failed(
            "The house found is not the one the ISP gave: ward and door number must agree, and the house name where "
            "one of them is not given.",
            "കണ്ടെത്തിയ വീട് സേവനദാതാവ് നൽകിയതല്ല: വാർഡും ഡോർ നമ്പറും ഒത്തുപോകണം; അവയിലൊന്നില്ലെങ്കിൽ വീട്ടുപേരും.",
        )
    return PASSED


def _same_house(given: tuple[str, str, str], found: tuple[str, str, str]) -> bool:
    """True when the ward and the door number agree; where the ISP does not give one of them, the house name as well.

    A ward alone is hundreds of houses, a name stands over every flat of a building and returns in the next ward.
    """
    house, ward, door = given
    agrees = ward in ("", found[1]) and door in ("", found[2])
    return agrees and (bool(ward and door) or house == found[0])


def _same_occupant(case: SubjectCase) -> Finding:
    ground, events = case.ground, sorted(one.at for one in case.named_by if one.at is not None)
    if ground is None:
        return _NOT_SEEN
    if ground.occupant_at_event == "other":
        return failed("Others lived there at the time of the event.", "സംഭവസമയത്ത് അവിടെ താമസിച്ചത് മറ്റുള്ളവരാണ്.")
    until, entry = ground.resident_until, case.facts.entry_at.astimezone(IST).date()
    if until is not None and until <= entry:
        return failed(
            f"Those who lived there at the event moved out on {until.isoformat()}.",
            f"സംഭവസമയത്ത് താമസിച്ചിരുന്നവർ {until.isoformat()}-ന് ഒഴിഞ്ഞു.",
        )
    first = events[0].astimezone(IST).date() if events else None
    since = ground.resident_since
    if since is not None and first is not None and since > first:
        return failed(
            f"The occupants moved in on {since.isoformat()}, after the event.",
            f"സംഭവത്തിനു ശേഷം {since.isoformat()}-നാണ് താമസം തുടങ്ങിയത്.",
        )
    if ground.occupant_at_event != "same":
        return unknown("Who lived there at the event is not known.", "സംഭവസമയത്തെ താമസക്കാർ ആരെന്നറിയില്ല.")
    if since is not None and since == first:
        return unknown("The occupants moved in on the day of the event.", "സംഭവദിവസം തന്നെയാണ് താമസം തുടങ്ങിയത്.")
    return PASSED


def _wifi_closed(case: SubjectCase) -> Finding:
    if case.ground is None:
        return _NOT_SEEN
    if case.ground.wifi == "secured":
        return PASSED
    if case.ground.wifi in ("open", "shared"):
        return failed(
            f"The Wi-Fi is {case.ground.wifi}: the user is unknown.",
            "വൈ-ഫൈ തുറന്നതോ പങ്കിട്ടതോ ആണ്: ഉപയോഗിച്ചത് ആരെന്നറിയില്ല.",
        )
    return unknown("The state of the Wi-Fi is not known.", "വൈ-ഫൈ സുരക്ഷിതമാണോ എന്നറിയില്ല.")


def _parts(row: Subscriber) -> tuple[str, str, str]:
    return _plain(row.house_name), _plain(row.ward), _plain(row.door_number)


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    """Letters, marks and digits only: Malayalam vowel signs are marks, and without them names would fall together."""
    return "".join(
        one for one in normalize("NFC", text).casefold() if one.isalnum() or category(one)[0] == "M"
    )


_S, _BLOCK, _HOLD = Stage.SUBJECT, CheckKind.BLOCK, CheckKind.HOLD
CHECKS = (
    SubjectCheck(
        "A-34",
        _BLOCK,
        _S,
        "The address is labelled as the place of installation, one and in force.",
        "കണക്ഷൻ സ്ഥാപിച്ച വിലാസം ഒന്നു മാത്രം, സംഭവസമയത്ത് നിലവിലുള്ളത്.",
        gates=2,
        examine=_installation,
    ),
    SubjectCheck(
        "A-35",
        _HOLD,
        _S,
        "The line is no mobile SIM, or its place at the event stands on other evidence.",
        "ഇത് മൊബൈൽ സിം അല്ല, അല്ലെങ്കിൽ സംഭവസമയത്തെ സ്ഥലത്തിന് മറ്റു തെളിവുണ്ട്.",
        gates=2,
        examine=_located,
    ),
    SubjectCheck(
        "A-36",
        _HOLD,
        _S,
        "The line serves a single household.",
        "ഒരു വീടിന്റെ മാത്രം കണക്ഷനാണ്.",
        gates=2,
        examine=_single_household,
    ),
    SubjectCheck(
        "A-46",
        _BLOCK,
        _S,
        "Local police found exactly this unit within the last 14 days.",
        "കഴിഞ്ഞ 14 ദിവസത്തിനുള്ളിൽ ലോക്കൽ പൊലീസ് ഈ വീട് നേരിട്ട് കണ്ടെത്തി.",
        gates=2,
        examine=_verified,
    ),
    SubjectCheck(
        "A-47",
        _BLOCK,
        _S,
        "Those who live there now lived there at the event.",
        "ഇപ്പോഴത്തെ താമസക്കാർ തന്നെയാണ് സംഭവസമയത്തും.",
        gates=2,
        examine=_same_occupant,
    ),
    SubjectCheck(
        "A-48",
        _HOLD,
        _S,
        "The Wi-Fi is secured and not shared outside the household.",
        "വൈ-ഫൈ സുരക്ഷിതമാണ്, പുറത്തുള്ളവർ ഉപയോഗിക്കുന്നില്ല.",
        gates=2,
        examine=_wifi_closed,
    ),
)
