"""A-40 to A-42, A-45, A-49 to A-52: several sound observations, none elsewhere, more than an address, fresh, no child,
nobody else's matter, not searched before.

A-51 on a birth year nobody stated: the line's holder is rarely the person seen, and Indian ISPs often give
no year. A stated year under 18 at the event blocks; a year that leaves 17 or 18 open is UNKNOWN and blocks
too; no year at all is UNKNOWN shown as a warning, because a block would only teach officers to invent
years.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kaval.engine.kernel.reason import CheckKind, Verdict
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

_BEYOND_ADDRESS = frozenset(
    {"phone", "email_recovery", "device", "second_report", "payment_delivery", "profile"}
)
_REGISTRATION = frozenset({"registration", "card", "email", "phone"})
_DEED = frozenset({"content", "transfer", "login", "upload"})


def _independent(case: SubjectCase) -> Finding:
    limits = case.facts.limits
    gap, needed = timedelta(hours=limits.independent_h), limits.needed_observations
    count = _apart(case.support, gap)
    if count >= needed:
        return passed(
            f"{count} sound observations, each {limits.independent_h} h or more apart, name this customer.",
            f"{limits.independent_h} മണിക്കൂറിലേറെ ഇടവിട്ട {count} നിരീക്ഷണങ്ങൾ ഇതേ വരിക്കാരനിലെത്തുന്നു.",
        )
    words = (
        f"{count} of {needed} sound observations of different leases, {limits.independent_h} h apart.",
        f"വ്യത്യസ്ത ലീസിലുള്ള, {limits.independent_h} മണിക്കൂർ ഇടവിട്ട {needed} നിരീക്ഷണങ്ങൾ വേണ്ടിടത്ത് {count} മാത്രം.",
    )
    if count:
        return failed(*words)
    # No officer lifts this: without one sound observation there is nothing the exception could rest on. What keeps
    # the observations from being sound is the cause, unless there were too few of them anyhow.
    return failed(*words, kind=CheckKind.BLOCK, follows=_apart(case.named_by, gap) >= needed)


def _apart(cases: Iterable[ObservationCase], gap: timedelta) -> int:
    """How many can be chosen so that each is `gap` or more after the one before and of another lease or address.

    Two sightings in one lease rest on one line of the ISP's record: were it wrong, both would be. A static line has
    one for years, and its service is checked by itself (A-29).
    """
    known = ((one.at, _lease(one)) for one in cases if one.at is not None)
    timed = sorted(known, key=lambda one: (one[0], repr(one[1])))
    reached: list[int] = []
    best: tuple[int, object] = (0, None)  # the longest chain that may be continued, and its last lease
    second = 0  # the longest chain that ends in another lease
    ripe = 0
    for at, lease in timed:
        while timed[ripe][0] <= at - gap:
            count, last = reached[ripe], timed[ripe][1]
            if last is None or last != best[1]:
                best, second = ((count, last), best[0]) if count > best[0] else (best, max(second, count))
            elif count > best[0]:
                best = (count, last)
            ripe += 1
        reached.append(1 + (second if lease is not None and lease == best[1] else best[0]))
    return max(reached, default=0)


def _lease(case: ObservationCase) -> object:
    """What tells one lease from another: the address seen and the starts of its rows; None for a static line."""
    rows = () if case.resolution is None else case.resolution.rows
    if rows and all(row.static for row in rows):
        return None
    return case.ip, tuple(sorted({row.start.as_received for row in rows}))


def _nowhere_else(case: SubjectCase) -> Finding:
    explained = {one.observation_id for one in case.facts.explanations if one.by.strip() and one.text.strip()}
    others = [one for one in case.contradicting if one.observation.observation_id not in explained]
    if not others:
        return PASSED
    names = ", ".join(sorted(one.observation.observation_id for one in others))
    if any(one.place is not None for one in others):
        return failed(
            f"Observations of the same subject point elsewhere: {names}.",
            f"ഇതേ ആളിന്റെ മറ്റു നിരീക്ഷണങ്ങൾ വേറെ വരിക്കാരനിലെത്തുന്നു: {names}.",
        )
    return unknown(
        f"Observations of the same subject may point elsewhere: {names}.",
        f"ഇതേ ആളിന്റെ മറ്റു നിരീക്ഷണങ്ങൾ വേറെ വരിക്കാരനിലാകാം: {names}.",
    )


def _beyond_address(case: SubjectCase) -> Finding:
    links = case.facts.corroborations
    if not links:
        return _NO_LINK
    sound = {
        one.kind
        for one in links
        if one.kind in _BEYOND_ADDRESS and one.by.strip() and one.text.strip() and one.at <= case.facts.as_of
    }
    if not sound:
        return _NO_SOUND_LINK
    kinds = ", ".join(sorted(sound))
    return passed(f"Linked without an address by: {kinds}.", f"ഐപി വിലാസമില്ലാതെ ബന്ധിപ്പിക്കുന്നത്: {kinds}.")


_NO_LINK = fixed(unknown("No link beyond the address is on record.", "ഐപി വിലാസത്തിനപ്പുറം ഒരു ബന്ധവും രേഖയിലില്ല."))
_NO_SOUND_LINK = fixed(
    failed(
        "What is on record is no link beyond the address, by a named person and in words.",
        "രേഖയിലുള്ളത് ഐപി വിലാസത്തിനപ്പുറമുള്ള, പേരും വിവരണവുമുള്ള ബന്ധമല്ല.",
    )
)


def _more_than_registration(case: SubjectCase) -> Finding:
    basis = case.facts.lead_basis
    if not basis or not basis & (_DEED | _REGISTRATION):
        return unknown("What the leads rest on is not on record.", "ലീഡുകളുടെ അടിസ്ഥാനം രേഖയിലില്ല.")
    if basis & _DEED:
        return PASSED
    return failed(
        "The leads rest on a registration, card, e-mail or phone alone: others may have used them.",
        "ലീഡുകൾ രജിസ്ട്രേഷൻ, കാർഡ്, ഇ-മെയിൽ, ഫോൺ ഇവ മാത്രം അടിസ്ഥാനമാക്കി: മറ്റാരെങ്കിലും ഉപയോഗിച്ചതാകാം.",
    )


def _nobody_elses(case: SubjectCase) -> Finding:
    asked = case.facts.deconfliction
    if asked is None or not asked.by.strip() or asked.checked_at > case.facts.as_of:
        return unknown(
            "Nobody has asked whether another unit, state or undercover officer holds the identifiers.",
            "മറ്റൊരു യൂണിറ്റോ സംസ്ഥാനമോ ഇതേ വിവരങ്ങൾ കൈവശം വെച്ചിട്ടുണ്ടോ എന്നു ചോദിച്ചിട്ടില്ല.",
        )
    if asked.conflict is None:
        return unknown(
            "The question to other units is not answered yet.", "മറ്റു യൂണിറ്റുകളുടെ മറുപടി കിട്ടിയിട്ടില്ല."
        )
    if asked.conflict:
        return failed(
            f"Another matter holds the identifiers: ask {asked.reference or 'the unit named there'} first.",
            f"മറ്റൊരു അന്വേഷണത്തിൽ ഇതേ വിവരങ്ങളുണ്ട്: ആദ്യം {asked.reference or 'ആ യൂണിറ്റി'}നോട് ചോദിക്കുക.",
        )
    return PASSED


def _fresh(case: SubjectCase) -> Finding:
    events, limits = case.events(), case.facts.limits
    if not events:
        return unknown(
            "No observation with an instant.", "സമയമുള്ള നിരീക്ഷണമില്ല.", kind=CheckKind.BLOCK, follows=True
        )
    age = case.facts.entry_at - events[-1]
    if age < timedelta(0):
        return failed(
            "The last observation lies after the entry.",
            "അവസാന നിരീക്ഷണം പരിശോധനയ്ക്കു ശേഷമാണ്.",
            kind=CheckKind.BLOCK,
        )
    if age <= timedelta(days=limits.fresh_days):
        return PASSED
    kind = CheckKind.HOLD if age <= timedelta(days=limits.stale_days) else CheckKind.BLOCK
    return failed(
        f"The last observation is {age.days} days before the entry.",
        f"അവസാന നിരീക്ഷണത്തിന് {age.days} ദിവസം പഴക്കം.",
        kind=kind,
    )


def _no_child(case: SubjectCase) -> Finding:
    if case.facts.likely_child:
        return failed(
            "The account holder is likely a child: victim path first.", "അക്കൗണ്ട് ഉടമ കുട്ടിയാകാം: ആദ്യം ഇരയുടെ വഴി."
        )
    events = sorted(one.at for one in case.named_by if one.at is not None)
    holders = [row.holder_birth_year for row in case.subscribers] + [case.facts.account_birth_year]
    years = [year for year in holders if year is not None]
    if not years or not events:
        return unknown(
            "No birth year of the holder is stated.", "ഉടമയുടെ ജനനവർഷം രേഖപ്പെടുത്തിയിട്ടില്ല.", kind=CheckKind.WARN
        )
    turned = events[0].year - max(years)
    adult = case.facts.limits.adult_years
    if turned < adult:
        return failed(
            f"The holder was {turned} or younger at the event: victim path first.",
            "സംഭവസമയത്ത് ഉടമ കുട്ടിയായിരുന്നു: ആദ്യം ഇരയുടെ വഴി.",
        )
    if turned == adult:
        return unknown(f"The holder was {adult - 1} or {adult} at the event.", "ഉടമയ്ക്ക് 18 തികഞ്ഞോ എന്നുറപ്പില്ല.")
    return PASSED


def _not_searched(case: SubjectCase) -> Finding:
    searched = case.facts.searched_observations
    if searched is None:
        return unknown("Nobody looked for earlier searches.", "മുൻ പരിശോധനകൾ നോക്കിയിട്ടില്ല.")
    again = sorted(searched & {one.observation.observation_id for one in case.named_by})
    if again:
        return failed(
            f"An earlier search already rested on {', '.join(again)}.",
            "ഇതേ നിരീക്ഷണങ്ങളുടെ അടിസ്ഥാനത്തിൽ മുമ്പ് പരിശോധന നടന്നിട്ടുണ്ട്.",
        )
    return PASSED


_S, _BLOCK, _HOLD = Stage.SUBJECT, CheckKind.BLOCK, CheckKind.HOLD
CHECKS = (
    SubjectCheck(
        "A-40",
        _HOLD,
        _S,
        "Two sound observations of different leases, 24 hours apart, name the customer separately.",
        "വ്യത്യസ്ത ലീസിൽ 24 മണിക്കൂർ ഇടവിട്ട രണ്ടു നിരീക്ഷണങ്ങൾ വെവ്വേറെ ഇതേ വരിക്കാരനിലെത്തുന്നു.",
        gates=2,
        never=(Verdict.UNKNOWN,),  # it counts what is on record, and a count is always known
        examine=_independent,
    ),
    SubjectCheck(
        "A-41",
        _BLOCK,
        _S,
        "No observation of the subject points elsewhere without an explanation on record.",
        "രേഖപ്പെടുത്തിയ വിശദീകരണമില്ലാതെ ഒരു നിരീക്ഷണവും മറ്റൊരിടത്തെത്തുന്നില്ല.",
        gates=2,
        examine=_nowhere_else,
    ),
    SubjectCheck(
        "A-42",
        _HOLD,
        _S,
        "At least one link is not built on an address: phone, e-mail, device, second report, payment, profile.",
        "ഐപി വിലാസത്തെ ആശ്രയിക്കാത്ത ഒരു ബന്ധമെങ്കിലുമുണ്ട്: ഫോൺ, ഇ-മെയിൽ, ഉപകരണം, രണ്ടാം റിപ്പോർട്ട്, പണമിടപാട്, പ്രൊഫൈൽ.",
        gates=2,
        examine=_beyond_address,
    ),
    SubjectCheck(
        "A-45",
        _BLOCK,
        _S,
        "The lead rests on more than a card, e-mail or phone registration.",
        "ലീഡ് കാർഡ്, ഇ-മെയിൽ, ഫോൺ രജിസ്ട്രേഷൻ മാത്രമല്ല.",
        gates=2,
        examine=_more_than_registration,
    ),
    SubjectCheck(
        "A-49",
        _BLOCK,
        _S,
        "The last observation is at most 90 days before the entry.",
        "അവസാന നിരീക്ഷണം 90 ദിവസത്തിനുള്ളിലാണ്.",
        gates=2,
        examine=_fresh,
    ),
    SubjectCheck(
        "A-50",
        _BLOCK,
        _S,
        "No other unit, state, undercover or victim account holds the identifiers.",
        "മറ്റൊരു യൂണിറ്റോ സംസ്ഥാനമോ രഹസ്യ ഉദ്യോഗസ്ഥനോ ഇരയോ അല്ല ഈ വിവരങ്ങളുടെ ഉടമ.",
        gates=2,
        examine=_nobody_elses,
    ),
    SubjectCheck(
        "A-51", _BLOCK, _S, "The holder is not a child.", "ഉടമ കുട്ടിയല്ല.", gates=2, examine=_no_child
    ),
    SubjectCheck(
        "A-52",
        _HOLD,
        _S,
        "No earlier search rested on the same observations.",
        "ഇതേ നിരീക്ഷണങ്ങളിൽ മുമ്പ് പരിശോധന നടന്നിട്ടില്ല.",
        gates=2,
        examine=_not_searched,
    ),
)
