"""A-34 to A-36, A-46 to A-48: the customer's line stands in one verified household, then and now."""

from __future__ import annotations

from datetime import timedelta

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.case import (
    Finding,
    Stage,
    SubjectCase,
    SubjectCheck,
    failed,
    passed,
    unknown,
)

_NO_GROUND = unknown(
    "Local police have not verified the address on the ground.", "ലോക്കൽ പൊലീസ് നേരിട്ട് വിലാസം പരിശോധിച്ചിട്ടില്ല."
)


def _installation(case: SubjectCase) -> Finding:
    if not case.subscribers:
        return unknown("The ISP named no address for the customer.", "സേവനദാതാവ് വിലാസം നൽകിയിട്ടില്ല.")
    if not case.installs:
        kinds = ", ".join(sorted({row.address_kind or "unlabelled" for row in case.subscribers}))
        return failed(
            f"No installation address in force; the answer gives: {kinds}.",
            f"കണക്ഷൻ സ്ഥാപിച്ച വിലാസമില്ല; മറുപടിയിലുള്ളത്: {kinds}.",
        )
    places = {(_plain(row.house_name), _plain(row.ward), _plain(row.door_number)) for row in case.installs}
    if len(places) > 1:
        return failed("The customer has several installation addresses.", "ഒന്നിലധികം ഇൻസ്റ്റലേഷൻ വിലാസങ്ങളുണ്ട്.")
    return passed()


def _not_mobile(case: SubjectCase) -> Finding:
    if any(one.allocation is not None and one.allocation.mobile for one in case.evidence):
        return failed(
            "A SIM's registered address is not the place of use.", "സിം രജിസ്റ്റർ ചെയ്ത വിലാസം ഉപയോഗസ്ഥലമല്ല."
        )
    return passed()


def _single_household(case: SubjectCase) -> Finding:
    segments = {row.segment for row in case.installs or case.subscribers}
    if segments == {"HOME"}:
        return passed()
    if not segments or "" in segments:
        return unknown("The ISP does not say what kind of line it is.", "കണക്ഷന്റെ ഇനം മറുപടിയിലില്ല.")
    kinds = ", ".join(sorted(segments - {"HOME"}))
    return failed(
        f"The line is shared by more than a household: {kinds}.", f"ഇത് ഒരു വീടിന്റെ മാത്രം കണക്ഷനല്ല: {kinds}."
    )


def _verified(case: SubjectCase) -> Finding:
    ground = case.ground
    if ground is None or ground.verified_at is None or not ground.verified_by:
        return _NO_GROUND
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
    if not (ground.house_name.strip() and ground.ward.strip() and ground.door_number.strip()):
        return failed("House name, ward or door number is missing.", "വീട്ടുപേര്, വാർഡ്, ഡോർ നമ്പർ ഇവയിലൊന്നില്ല.")
    if case.installs and not any(_shares(case, index) for index in range(3)):
        return failed(
            "The house found has neither the name, ward nor door number the ISP gave.",
            "കണ്ടെത്തിയ വീട് സേവനദാതാവ് നൽകിയ വിലാസവുമായി ഒത്തുപോകുന്നില്ല.",
        )
    return passed()


def _same_occupant(case: SubjectCase) -> Finding:
    ground, events = case.ground, case.events()
    if ground is None:
        return _NO_GROUND
    if ground.occupant_at_event == "other":
        return failed("Others lived there at the time of the event.", "സംഭവസമയത്ത് അവിടെ താമസിച്ചത് മറ്റുള്ളവരാണ്.")
    if ground.resident_since and events and ground.resident_since > events[0].astimezone(IST).date():
        return failed(
            f"The occupants moved in on {ground.resident_since.isoformat()}, after the event.",
            f"സംഭവത്തിനു ശേഷം {ground.resident_since.isoformat()}-നാണ് താമസം തുടങ്ങിയത്.",
        )
    if ground.occupant_at_event != "same":
        return unknown("Who lived there at the event is not known.", "സംഭവസമയത്തെ താമസക്കാർ ആരെന്നറിയില്ല.")
    return passed()


def _wifi_closed(case: SubjectCase) -> Finding:
    if case.ground is None:
        return _NO_GROUND
    if case.ground.wifi == "secured":
        return passed()
    if case.ground.wifi in ("open", "shared"):
        return failed(
            f"The Wi-Fi is {case.ground.wifi}: the user is unknown.",
            "വൈ-ഫൈ തുറന്നതോ പങ്കിട്ടതോ ആണ്: ഉപയോഗിച്ചത് ആരെന്നറിയില്ല.",
        )
    return unknown("The state of the Wi-Fi is not known.", "വൈ-ഫൈ സുരക്ഷിതമാണോ എന്നറിയില്ല.")


def _shares(case: SubjectCase, index: int) -> bool:
    ground = case.ground
    if ground is None:
        return False
    found = (ground.house_name, ground.ward, ground.door_number)[index]
    return any(
        _plain((row.house_name, row.ward, row.door_number)[index]) == _plain(found) != ""
        for row in case.installs
    )


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


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
        "A-35", _HOLD, _S, "The line is not a mobile SIM.", "ഇത് മൊബൈൽ സിം അല്ല.", gates=2, examine=_not_mobile
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
