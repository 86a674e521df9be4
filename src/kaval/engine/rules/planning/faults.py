"""What no plan can mend: a place that says two things at once, or whose district has nobody at all.

Each is told before anything is planned, one answer for each district and rule, with the places it concerns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.explain_words import Words, district_name, places, put_off, relaxation
from kaval.engine.rules.planning.problem import Lack, Problem, Site
from kaval.engine.rules.planning.sun import daylight

# By what is wrong: the rules that meet, what is said of {places}, and what mends it; English, then Malayalam.
_WORDS: dict[str, tuple[tuple[str, ...], Words, Words]] = {
    "contact": (
        ("P-CHILD",),
        (
            "children are expected at {places}, but no Child Welfare Committee contact is named",
            "{places} കുട്ടികളെ പ്രതീക്ഷിക്കുന്നു, എന്നാൽ ശിശുക്ഷേമ സമിതിയിൽ ബന്ധപ്പെടേണ്ടയാളെ രേഖപ്പെടുത്തിയിട്ടില്ല",
        ),
        ("Name a contact for {places}.", "{places} ബന്ധപ്പെടേണ്ടയാളെ രേഖപ്പെടുത്തുക."),
    ),
    "hours": (
        ("P-WARRANT",),
        (
            "at {places} the hours set end before they begin, or before the first entry",
            "{places} നിശ്ചയിച്ച സമയം തുടങ്ങുന്നതിനു മുമ്പോ ആദ്യ പ്രവേശനത്തിനു മുമ്പോ അവസാനിക്കുന്നു",
        ),
        ("Set other hours for {places}.", "{places} മറ്റൊരു സമയം നിശ്ചയിക്കുക."),
    ),
    "dark": (
        ("P-SUN", "P-WARRANT"),
        ("at {places} the hours set end before sunrise", "{places} നിശ്ചയിച്ച സമയം സൂര്യോദയത്തിനു മുമ്പ് അവസാനിക്കുന്നു"),
        ("Set later hours for {places}.", "{places} വൈകിയ സമയം നിശ്ചയിക്കുക."),
    ),
    "over": (
        ("P-WARRANT", "P-DAY"),
        (
            "{places} may be entered only after the last entry of the operation",
            "{places} ഓപ്പറേഷന്റെ അവസാന പ്രവേശനത്തിനു ശേഷമേ കടക്കാനാവൂ",
        ),
        (
            "Set a later last entry, or earlier hours for {places}.",
            "അവസാന പ്രവേശനം നീട്ടുക, അല്ലെങ്കിൽ {places} നേരത്തെയുള്ള സമയം നിശ്ചയിക്കുക.",
        ),
    ),
    "night": (
        ("P-SUN", "P-DAY"),
        ("at {places} the sun rises after the last entry", "{places} അവസാന പ്രവേശനത്തിനു ശേഷമാണ് സൂര്യോദയം"),
        ("Set a later last entry.", "അവസാന പ്രവേശനം നീട്ടുക."),
    ),
    "nobody": (
        ("P-DISTRICT",),
        ("nobody is posted in the district of {places}", "{places} ജില്ലയിൽ ആർക്കും നിയമനമില്ല"),
        (
            "Correct the district of {places}, or attach officers by order.",
            "{places} ജില്ല തിരുത്തുക, അല്ലെങ്കിൽ ഉത്തരവിലൂടെ ഉദ്യോഗസ്ഥരെ നിയോഗിക്കുക.",
        ),
    ),
    "station": (
        ("P-LIMITS",),
        (
            "section 185 asks for the station of the place, and the map does not know it for {places}",
            "185-ആം വകുപ്പിന് സ്ഥലത്തെ സ്റ്റേഷൻ അറിയണം; {places} അത് ഭൂപടത്തിലില്ല",
        ),
        ("Correct the police station of {places}.", "{places} പൊലീസ് സ്റ്റേഷൻ തിരുത്തുക."),
    ),
}


def faults(problem: Problem) -> tuple[Lack, ...]:
    """Every fault of the problem itself, by district, then by kind; empty when it can be planned as far as is seen."""
    posted = {one.district_id for one in problem.officers}
    stations = {one.station_id for one in problem.stations}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for site in problem.sites:
        for kind in _of(site, problem, posted=site.district_id in posted, known=site.station_id in stations):
            found[site.district_id, kind].append(site.site_id)
    order = list(_WORDS)
    return tuple(
        _lack(problem, district, kind, about=tuple(sorted(found[district, kind])))
        for district, kind in sorted(found, key=lambda key: (key[0], order.index(key[1])))
    )


def _of(site: Site, problem: Problem, *, posted: bool, known: bool) -> Iterator[str]:
    rules = problem.rules
    start, last = rules.first_entry_at, rules.last_entry_at
    rise = _sunrise(site, start) if rules.sun else None
    opens, closes = site.not_before, site.not_after
    if site.children and not site.cwc_contact:
        yield "contact"
    if closes is not None and closes < max(start, opens or start):
        yield "hours"
    elif closes is not None and rise is not None and closes < rise:
        yield "dark"
    if last is not None and opens is not None and last < opens:
        yield "over"
    if last is not None and rise is not None and last < rise:
        yield "night"
    if not posted:
        yield "nobody"
    if site.basis == "POLICE_185" and not known:
        yield "station"


def _sunrise(site: Site, start: datetime) -> datetime | None:
    light = daylight(site.latitude, site.longitude, start.astimezone(IST).date())
    return None if light is None else light.sunrise


def _lack(problem: Problem, district_id: str, kind: str, *, about: tuple[str, ...]) -> Lack:
    rules, (text, text_ml), mends = _WORDS[kind]
    en, ml = places(len(about))
    name = district_name(problem, district_id)
    way = relaxation(kind, len(about), (mends[0].format(places=en), mends[1].format(places=ml)))
    return Lack(
        district_id,
        rules,
        f"{name}: {text.format(places=en)}.",
        f"{name}: {text_ml.format(places=ml)}.",
        about,
        (way, put_off(len(about))),
    )
