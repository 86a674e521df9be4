"""A-40, A-41, A-49, A-51, A-52: several sound observations, none elsewhere, fresh, no child, not searched
before.

A-51 on a birth year nobody stated: the line's holder is rarely the person seen, and Indian ISPs often give
no year. A stated year under 18 at the event blocks; a year that leaves 17 or 18 open is UNKNOWN and blocks
too; no year at all is UNKNOWN shown as a warning, because a block would only teach officers to invent
years.
"""

from __future__ import annotations

from datetime import datetime, timedelta

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


def _independent(case: SubjectCase) -> Finding:
    limits = case.facts.limits
    events = sorted(one.at for one in case.support if one.at is not None)
    count = _spaced(events, timedelta(hours=limits.independent_h))
    if count >= limits.needed_observations:
        return passed(
            f"{count} sound observations, each {limits.independent_h} h or more apart, name this customer.",
            f"{limits.independent_h} മണിക്കൂറിലേറെ ഇടവിട്ട {count} നിരീക്ഷണങ്ങൾ ഇതേ വരിക്കാരനിലെത്തുന്നു.",
        )
    return failed(
        f"{count} of {limits.needed_observations} sound observations {limits.independent_h} h apart.",
        f"വേണ്ട {limits.needed_observations} നിരീക്ഷണങ്ങളിൽ {count} മാത്രം.",
    )


def _nowhere_else(case: SubjectCase) -> Finding:
    explained = {one.observation_id for one in case.facts.explanations if one.by and one.text.strip()}
    others = [
        one.observation.observation_id
        for one in case.contradicting
        if one.observation.observation_id not in explained
    ]
    if not others:
        return passed()
    return failed(
        f"Observations of the same subject point elsewhere: {', '.join(others)}.",
        f"ഇതേ ആളിന്റെ മറ്റു നിരീക്ഷണങ്ങൾ വേറെ വരിക്കാരനിലെത്തുന്നു: {', '.join(others)}.",
    )


def _fresh(case: SubjectCase) -> Finding:
    events, limits = case.events(), case.facts.limits
    if not events:
        return unknown("No observation with an instant.", "സമയമുള്ള നിരീക്ഷണമില്ല.", kind=CheckKind.BLOCK)
    age = case.facts.entry_at - events[-1]
    if age < timedelta(0):
        return failed(
            "The last observation lies after the entry.",
            "അവസാന നിരീക്ഷണം പരിശോധനയ്ക്കു ശേഷമാണ്.",
            kind=CheckKind.BLOCK,
        )
    if age <= timedelta(days=limits.fresh_days):
        return passed()
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
    events = case.events()
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
    return passed()


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
    return passed()


def _spaced(events: list[datetime], gap: timedelta) -> int:
    """How many instants can be chosen so that each is `gap` or more after the one before; duplicates count
    once."""
    count, last = 0, None
    for at in events:
        if last is None or at - last >= gap:
            count, last = count + 1, at
    return count


_S, _BLOCK, _HOLD = Stage.SUBJECT, CheckKind.BLOCK, CheckKind.HOLD
CHECKS = (
    SubjectCheck(
        "A-40",
        _HOLD,
        _S,
        "Two sound observations 24 hours apart name the customer separately.",
        "24 മണിക്കൂർ ഇടവിട്ട രണ്ടു നിരീക്ഷണങ്ങൾ വെവ്വേറെ ഇതേ വരിക്കാരനിലെത്തുന്നു.",
        gates=2,
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
        "A-49",
        _BLOCK,
        _S,
        "The last observation is at most 90 days before the entry.",
        "അവസാന നിരീക്ഷണം 90 ദിവസത്തിനുള്ളിലാണ്.",
        gates=2,
        examine=_fresh,
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
