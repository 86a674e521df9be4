"""What the pages of triage say, in English and Malayalam side by side: every sentence has both.

Reasons and their explanations come with their own words from the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.leads.quality import WORDS
from kaval.engine.rules.triage import bands_on
from kaval.station.views.frame import is_malayalam

TRIAGE: Final[dict[str, tuple[str, str]]] = {
    "triage": ("Triage", "മുൻഗണന"),
    "queue": ("Queue", "വരി"),
    "what_if": ("What if", "മാറ്റിയാലോ"),
    "calibration": ("Calibration", "കൃത്യത"),
    "samples": ("Parked samples", "മാറ്റിവച്ചവയുടെ പരിശോധന"),
    "quality": ("Report quality", "റിപ്പോർട്ടിന്റെ ഗുണനിലവാരം"),
    "side": (
        "The most urgent first: band, points, records that expire first, longest wait",
        "ഏറ്റവും അടിയന്തരമായത് ആദ്യം: സമയപരിധി, പോയിന്റ്, ആദ്യം ഇല്ലാതാകുന്ന രേഖകൾ, കൂടുതൽ കാത്തത്",
    ),
    "before": ("Before attribution", "ആളെ അറിയുംമുമ്പ്"),
    "after": ("After attribution", "വിലാസം അറിഞ്ഞശേഷം"),
    "parked": ("Parked", "മാറ്റിവച്ചവ"),
    "overdue": ("Overdue", "സമയം കഴിഞ്ഞത്"),
    "mine": ("Mine", "എന്റേത്"),
    "untaken": ("With nobody", "ആരും ഏറ്റെടുക്കാത്തത്"),
    "unassessed": ("Not assessed yet", "ഇതുവരെ വിലയിരുത്താത്തത്"),
    "band": ("Band", "സമയപരിധി"),
    "source": ("Source", "ഉറവിടം"),
    "provider": ("Internet provider", "ഇന്റർനെറ്റ് സേവനദാതാവ്"),
    "district": ("District", "ജില്ല"),
    "expiring": ("Records end within days", "രേഖകൾ തീരാൻ ബാക്കി ദിവസം"),
    "only": ("Only", "ഇവ മാത്രം"),
    "all": ("All", "എല്ലാം"),
    "show": ("Show", "കാണിക്കുക"),
    "show_all": ("Show the whole queue", "വരി മുഴുവൻ കാണിക്കുക"),
    "subject": ("Subject", "ലീഡ് കൂട്ടം"),
    "why": ("Why here", "എന്തുകൊണ്ട് ഇവിടെ"),
    "points": ("points", "പോയിന്റ്"),
    "clock": ("Clock", "സമയം"),
    "records": ("Provider records", "സേവനദാതാവിന്റെ രേഖകൾ"),
    "reports": ("Reports", "റിപ്പോർട്ടുകൾ"),
    "with": ("With", "ആരുടെ പക്കൽ"),
    "nobody": ("nobody yet", "ആരും ഏറ്റെടുത്തിട്ടില്ല"),
    "you": ("you", "നിങ്ങൾ"),
    "set_by_person": ("set by an officer", "ഉദ്യോഗസ്ഥൻ നിശ്ചയിച്ചത്"),
    "selected": ("With those selected:", "തിരഞ്ഞെടുത്തവ:"),
    "select": ("Select", "തിരഞ്ഞെടുക്കുക"),
    "all_on_page": ("all on this page", "ഈ താളിലെ എല്ലാം"),
    "take": ("Take", "ഏറ്റെടുക്കുക"),
    "give_back": ("Give back", "തിരികെ നൽകുക"),
    "park": ("Park", "മാറ്റിവയ്ക്കുക"),
    "park_reason": ("Reason for parking", "മാറ്റിവയ്ക്കാനുള്ള കാരണം"),
    "bring_back": ("Bring back", "വരിയിലേക്ക് തിരികെ"),
    "parked_because": ("Parked because", "മാറ്റിവച്ചതിന്റെ കാരണം"),
    "by_rule": ("by rule", "നിയമപ്രകാരം"),
    "by_officer": ("by an officer", "ഉദ്യോഗസ്ഥൻ"),
    "keys": ("Keys", "കീകൾ"),
    "key_move": ("move", "നീങ്ങുക"),
    "key_select": ("selects", "തിരഞ്ഞെടുക്കുക"),
    "key_open": ("opens", "തുറക്കുക"),
    "key_help": ("shows the keys", "കീകൾ കാണിക്കുക"),
    "key_take": ("takes", "ഏറ്റെടുക്കുക"),
    "key_park": ("to the reason for parking", "മാറ്റിവയ്ക്കാനുള്ള കാരണത്തിലേക്ക്"),
    "views": ("My views", "എന്റെ അരിപ്പകൾ"),
    "view_name": ("Name of this view", "ഈ അരിപ്പയുടെ പേര്"),
    "keep_view": ("Keep this view", "ഈ അരിപ്പ സൂക്ഷിക്കുക"),
    "drop_view": ("Drop", "നീക്കുക"),
    "empty_queue": (
        "The queue is empty. Subjects come into it when an analyst links accepted leads and assesses them.",
        "വരി ശൂന്യമാണ്. അനലിസ്റ്റ് ലീഡുകൾ ബന്ധിപ്പിച്ച് വിലയിരുത്തുമ്പോൾ അവ ഇവിടെ വരും.",
    ),
    "empty_after": (
        "Nobody stands here yet. A subject comes here when its addresses were resolved and it was assessed again.",
        "ഇവിടെ ഒന്നുമില്ല. വിലാസം കണ്ടെത്തി വീണ്ടും വിലയിരുത്തുമ്പോൾ ലീഡ് കൂട്ടം ഇവിടെ വരും.",
    ),
    "empty_parked": ("Nothing is parked.", "ഒന്നും മാറ്റിവച്ചിട്ടില്ല."),
    "empty_filter": (
        "No subject fits this filter. Take a part of it away.",
        "ഈ അരിപ്പയ്ക്ക് ചേരുന്ന ഒന്നുമില്ല. അരിപ്പയുടെ ഒരു ഭാഗം മാറ്റുക.",
    ),
    "no_clock": ("no clock", "സമയപരിധിയില്ല"),
    "no_records": ("no usable time of an address", "വിലാസത്തിന് ഉപയോഗിക്കാവുന്ന സമയമില്ല"),
    "records_gone": ("can no longer be asked for", "ഇനി ചോദിക്കാനാവില്ല"),
    "choose_some": ("Choose at least one subject first.", "ആദ്യം ഒരു ലീഡ് കൂട്ടമെങ്കിലും തിരഞ്ഞെടുക്കുക."),
    # why
    "why_title": ("Why this place", "എന്തുകൊണ്ട് ഈ സ്ഥാനം"),
    "place": ("Place in the queue", "വരിയിലെ സ്ഥാനം"),
    "of": ("of", "/"),
    "waits_outside": ("waits outside the queue", "വരിക്ക് പുറത്ത് കാത്തിരിക്കുന്നു"),
    "would_be": ("would be", "ആകുമായിരുന്നു"),
    "reasons": ("The reasons, heaviest first", "കാരണങ്ങൾ, ഏറ്റവും പ്രധാനമായത് ആദ്യം"),
    "sum": ("Sum of the reasons", "കാരണങ്ങളുടെ ആകെത്തുക"),
    "from_source": ("Rests on", "ആധാരം"),
    "missing_title": ("What nobody stated", "ആരും പറയാത്തത്"),
    "missing_note": (
        "What is missing counts neither way. It is not zero: the place may change when it becomes known.",
        "പറയാത്തത് കണക്കിലെടുത്തിട്ടില്ല. അത് പൂജ്യമല്ല: അറിയുമ്പോൾ സ്ഥാനം മാറാം.",
    ),
    "may_rise": ("May rise when it is known", "അറിയുമ്പോൾ ഉയരാം"),
    "may_fall": ("May fall when it is known", "അറിയുമ്പോൾ താഴാം"),
    "ask_senders": ("Who reported can be asked:", "റിപ്പോർട്ട് ചെയ്തവരോട് ചോദിക്കാം:"),
    "ask_station": (
        "The local station, the unit's own records and the register can answer.",
        "സ്ഥലത്തെ സ്റ്റേഷനും യൂണിറ്റിന്റെ രേഖകൾക്കും രജിസ്റ്ററിനും ഉത്തരം നൽകാം.",
    ),
    "now_to_then": ("Place now, and without it", "ഇപ്പോഴത്തെ സ്ഥാനം, അതില്ലെങ്കിൽ"),
    "missing_none": ("Every question of this stage was answered.", "ഈ ഘട്ടത്തിലെ എല്ലാ ചോദ്യങ്ങൾക്കും ഉത്തരമുണ്ട്."),
    "without_title": ("Without the heaviest reason", "ഏറ്റവും പ്രധാന കാരണം ഇല്ലെങ്കിൽ"),
    "quality_title": ("How complete the reports are", "റിപ്പോർട്ടുകൾ എത്ര പൂർണമാണ്"),
    "quality_note": (
        "This number is never added to the points: a thin report may hide a child.",
        "ഈ സംഖ്യ പോയിന്റിനോട് കൂട്ടാറില്ല: കുറച്ചുമാത്രം പറയുന്ന റിപ്പോർട്ടിനു പിന്നിലും ഒരു കുട്ടിയുണ്ടാകാം.",
    ),
    "least": ("least complete report", "ഏറ്റവും അപൂർണമായ റിപ്പോർട്ട്"),
    "complete": ("complete", "പൂർണം"),
    "missing_fields": ("Missing", "ഇല്ലാത്തത്"),
    "nothing_missing": ("nothing", "ഒന്നുമില്ല"),
    "history": ("Earlier assessments", "മുമ്പത്തെ വിലയിരുത്തലുകൾ"),
    "stage_1": ("Stage 1: what the reports say", "ഘട്ടം 1: റിപ്പോർട്ടുകൾ പറയുന്നത്"),
    "stage_2": ("Stage 2: what is known of the person", "ഘട്ടം 2: ആളെക്കുറിച്ച് അറിയുന്നത്"),
    "assessed_at": ("Assessed (IST)", "വിലയിരുത്തിയത് (IST)"),
    "rule": ("Rule version", "നിയമപ്പതിപ്പ്"),
    "change": ("Change", "മാറ്റം"),
    "first_one": ("first assessment", "ആദ്യ വിലയിരുത്തൽ"),
    "not_assessed": (
        "Not assessed yet. An analyst runs triage after leads are linked.",
        "ഇതുവരെ വിലയിരുത്തിയിട്ടില്ല. ലീഡുകൾ ബന്ധിപ്പിച്ചശേഷം അനലിസ്റ്റ് വിലയിരുത്തും.",
    ),
    "subject_note": (
        "A subject is a group of reports that seem to be about one person. A place in the queue says what to look at "
        "first. It says nothing about what anybody did.",
        "ഒരാളെക്കുറിച്ചെന്നു തോന്നുന്ന റിപ്പോർട്ടുകളുടെ കൂട്ടമാണിത്. ഏത് ആദ്യം നോക്കണം എന്നു മാത്രമാണ് വരിയിലെ സ്ഥാനം "
        "പറയുന്നത്. ആരെങ്കിലും എന്തെങ്കിലും ചെയ്തെന്ന് അതു പറയുന്നില്ല.",
    ),
    "set_title": ("Set the band yourself", "സമയപരിധി സ്വയം നിശ്ചയിക്കുക"),
    "set_reason": ("Why", "കാരണം"),
    "set_do": ("Set", "നിശ്ചയിക്കുക"),
    "set_none": ("as the rules say", "നിയമങ്ങൾ പറയുന്നതുപോലെ"),
    "set_note": (
        "It goes before the band of the rules until somebody takes it away. Your name and reason stay on record.",
        "ആരെങ്കിലും മാറ്റുംവരെ ഇതാണ് ബാധകം. നിങ്ങളുടെ പേരും കാരണവും രേഖയിലുണ്ടാകും.",
    ),
    "first_report": ("First report", "ആദ്യ റിപ്പോർട്ട്"),
    "sheet": ("Whole sheet", "മുഴുവൻ വിവരം"),
    "received": ("Received (IST)", "ലഭിച്ചത് (IST)"),
    "report": ("Report", "റിപ്പോർട്ട്"),
    "reported_by": ("Reported by", "റിപ്പോർട്ട് ചെയ്തത്"),
    # what if
    "wi_note": (
        "Choose other weights and see how last month would have stood. Nothing is stored: weights change in the "
        "reviewed table only.",
        "മൂല്യങ്ങൾ മാറ്റി കഴിഞ്ഞ മാസം എങ്ങനെയാകുമായിരുന്നു എന്നു കാണുക. ഒന്നും സൂക്ഷിക്കുന്നില്ല: പരിശോധിച്ച പട്ടികയിൽ മാത്രമേ മൂല്യങ്ങൾ മാറൂ.",
    ),
    "wi_days": ("Subjects with a report in the last days", "ഇത്ര ദിവസത്തിനിടെ റിപ്പോർട്ടുള്ളവ"),
    "wi_weight": ("Weight", "മൂല്യം"),
    "wi_now": ("Now", "ഇപ്പോൾ"),
    "wi_new": ("New", "പുതിയത്"),
    "wi_try": ("Try it", "പരീക്ഷിക്കുക"),
    "wi_csv": ("Download as CSV", "CSV ആയി എടുക്കുക"),
    "wi_table": ("Weight table", "മൂല്യപ്പട്ടിക"),
    "wi_same_place": ("Same place, another band", "സ്ഥാനം അതുതന്നെ, സമയപരിധി വേറെ"),
    "wi_up": ("Up", "മുകളിലേക്ക്"),
    "wi_down": ("Down", "താഴേക്ക്"),
    "wi_from": ("Place before", "മുമ്പത്തെ സ്ഥാനം"),
    "wi_to": ("Place after", "പുതിയ സ്ഥാനം"),
    "wi_because": ("Because", "കാരണം"),
    "wi_bands": ("Bands", "സമയപരിധികൾ"),
    "wi_before": ("Before", "മുമ്പ്"),
    "wi_after": ("After", "ശേഷം"),
    "wi_none": ("Change a weight above to see what would move.", "എന്തു മാറുമെന്നു കാണാൻ മുകളിൽ ഒരു മൂല്യം മാറ്റുക."),
    "wi_same": ("Nothing would move.", "ഒന്നും മാറില്ല."),
    "wi_outcomes": ("Known outcomes", "അറിയാവുന്ന ഫലങ്ങൾ"),
    "wi_outcome": ("Outcome", "ഫലം"),
    "wi_moved_up": ("would have moved up", "മുകളിലേക്ക് മാറുമായിരുന്നു"),
    "wi_moved_down": ("would have moved down", "താഴേക്ക് മാറുമായിരുന്നു"),
    "wi_stayed": ("would have stayed", "അവിടെത്തന്നെ നിൽക്കുമായിരുന്നു"),
    "wi_bad": ("This is no number", "ഇതൊരു സംഖ്യയല്ല"),
    "wi_lot": ("drawn by lot", "നറുക്കെടുത്തത്"),
    "wi_limits": ("From how many points a band begins", "എത്ര പോയിന്റ് മുതൽ ഏതു സമയപരിധി"),
    "wi_empty": ("No subject had a report in this time.", "ഈ സമയത്ത് റിപ്പോർട്ടുള്ള ഒന്നുമില്ല."),
    # calibration
    "cal_note": (
        "How often a visited place confirmed what the reports said, by source, band and rule version. Only places that "
        "were visited can say anything; an interval that is wide says that too few were.",
        "ഉറവിടം, സമയപരിധി, നിയമപ്പതിപ്പ് എന്നിവ അനുസരിച്ച്, റിപ്പോർട്ടിൽ പറഞ്ഞത് സന്ദർശിച്ച സ്ഥലത്ത് എത്ര തവണ ശരിയായി എന്ന്. "
        "സന്ദർശിച്ച സ്ഥലങ്ങൾ മാത്രമേ കണക്കിലുള്ളൂ; പരിധി വിശാലമാണെങ്കിൽ എണ്ണം കുറവാണെന്നർഥം.",
    ),
    "cal_n": ("Subjects", "ലീഡ് കൂട്ടങ്ങൾ"),
    "cal_decided": ("With an outcome", "ഫലം അറിഞ്ഞവ"),
    "cal_found": ("Confirmed", "സ്ഥിരീകരിച്ചവ"),
    "cal_share": ("Share", "അനുപാതം"),
    "cal_interval": ("95 % interval", "95 % പരിധി"),
    "cal_unknown": ("no outcome yet", "ഫലം അറിഞ്ഞിട്ടില്ല"),
    "cal_empty": ("Nothing was assessed yet.", "ഇതുവരെ ഒന്നും വിലയിരുത്തിയിട്ടില്ല."),
    "cal_twice": (
        "A subject with reports of two sources counts once in the rows of each.",
        "രണ്ട് ഉറവിടങ്ങളിൽ റിപ്പോർട്ടുള്ളത് ഓരോന്നിന്റെയും വരിയിൽ ഒരു തവണ എണ്ണും.",
    ),
    # samples
    "smp_note": (
        "What a rule takes out of the queue is itself checked: draw some by lot, read them, say whether the rule was "
        "right. What was wrongly parked comes back at once.",
        "ഒരു നിയമം മാറ്റിവയ്ക്കുന്നതും പരിശോധിക്കണം: നറുക്കെടുത്ത് ചിലതു വായിച്ച്, നിയമം ശരിയായിരുന്നോ എന്നു പറയുക. തെറ്റായി "
        "മാറ്റിവച്ചത് ഉടൻ തിരികെ വരും.",
    ),
    "smp_size": ("How many", "എത്ര എണ്ണം"),
    "smp_draw": ("Draw a sample", "നറുക്കെടുക്കുക"),
    "smp_left": ("parked by rule and not checked yet", "നിയമപ്രകാരം മാറ്റിവച്ച, പരിശോധിക്കാത്തവ"),
    "smp_right": ("Rightly parked", "മാറ്റിവച്ചത് ശരി"),
    "smp_wrong": ("Wrongly parked", "മാറ്റിവച്ചത് തെറ്റ്"),
    "smp_text": ("Reason (needed for wrong)", "കാരണം (തെറ്റെങ്കിൽ വേണം)"),
    "smp_open": ("To be judged", "തീർപ്പാക്കാനുള്ളവ"),
    "smp_judged": ("Judged", "തീർപ്പാക്കിയവ"),
    "smp_none": ("No sample waits.", "പരിശോധിക്കാനൊന്നും ബാക്കിയില്ല."),
    "smp_rates": ("Share of wrong parks", "തെറ്റായി മാറ്റിവച്ചവയുടെ അനുപാതം"),
    "smp_drawn": ("Draw", "നറുക്ക്"),
    "smp_verdict": ("Verdict", "തീർപ്പ്"),
    "smp_by": ("By", "ആര്"),
    "smp_nothing": ("Nothing was judged yet.", "ഇതുവരെ ഒന്നും തീർപ്പാക്കിയിട്ടില്ല."),
    # quality
    "q_note": (
        "How complete reports arrive, by who reported. A low number is a matter to raise with the sender; it never "
        "lowers a priority.",
        "റിപ്പോർട്ടുകൾ എത്ര പൂർണമായി വരുന്നു, അയച്ചയാൾ അനുസരിച്ച്. സംഖ്യ കുറവാണെങ്കിൽ അയച്ചയാളോട് പറയേണ്ട കാര്യമാണ്; അത് "
        "മുൻഗണന കുറയ്ക്കില്ല.",
    ),
    "q_days": ("Reports received in the last days", "ഇത്ര ദിവസത്തിനിടെ ലഭിച്ചവ"),
    "q_mean": ("Complete on average", "ശരാശരി പൂർണത"),
    "q_low": ("Below half", "പകുതിയിൽ താഴെ"),
    "q_empty": ("No report arrived in this time.", "ഈ സമയത്ത് റിപ്പോർട്ടൊന്നും വന്നില്ല."),
}


def words_here() -> dict[str, str]:
    """The words of triage in the language of the request."""
    column = int(is_malayalam())
    return {key: pair[column] for key, pair in TRIAGE.items()}


def part_words(part: str, *, malayalam: bool) -> str:
    """A part that a report lacks, in words; one that nobody named yet as it is."""
    return WORDS[part][malayalam] if part in WORDS else part.replace("_", " ")


def band_words(code: str, at: datetime) -> str:
    """A band in the language of the request, in the words of the clock table of that day."""
    day = at.astimezone(IST).date()
    found = next((band for band in bands_on(day) if band.code == code), None)
    if found is None:
        return code.removeprefix("band_").replace("_", " ")
    return found.text_ml if is_malayalam() else found.text


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock in words. `state`: `late`, `soon` (less than a day), `runs`; empty: there is no clock."""

    text: str
    state: str
    at: datetime | None


_UNITS: Final = (
    (86400, "day", "days", "ദിവസം"),
    (3600, "hour", "hours", "മണിക്കൂർ"),
    (60, "minute", "minutes", "മിനിറ്റ്"),
)


def clock_words(due_at: datetime | None, *, now: datetime, malayalam: bool) -> Clock:
    """How long is left, or how long it is overdue."""
    if due_at is None:
        return Clock(TRIAGE["no_clock"][malayalam], "", None)
    length = span_words(abs(due_at - now), malayalam=malayalam)
    if due_at < now:
        return Clock(f"{length} വൈകി" if malayalam else f"{length} overdue", "late", due_at)
    state = "soon" if due_at - now < timedelta(days=1) else "runs"
    return Clock(f"{length} ബാക്കി" if malayalam else f"{length} left", state, due_at)


def records_words(until: datetime | None, *, now: datetime, malayalam: bool) -> Clock:
    """For how long provider records can still be asked for."""
    if until is None:
        return Clock(TRIAGE["no_records"][malayalam], "", None)
    if until < now:
        return Clock(TRIAGE["records_gone"][malayalam], "late", until)
    day = until.astimezone(IST).date().isoformat()
    state = "soon" if until - now < timedelta(days=30) else "runs"
    return Clock(f"{day} വരെ" if malayalam else f"until {day}", state, until)


def span_words(span: timedelta, *, malayalam: bool) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, one, many, both in _UNITS:
        if seconds >= size:
            number = seconds // size
            return f"{number:,} {both}" if malayalam else f"{number:,} {one if number == 1 else many}"
    return "ഒരു മിനിറ്റിൽ താഴെ" if malayalam else "less than a minute"


def said_once(text: str, *, malayalam: bool) -> str:
    """Why something was parked, in one language: a rule says it in both, one line each, an officer in his own."""
    lines = text.splitlines()
    return lines[-1 if malayalam and len(lines) == 2 else 0] if lines else ""


def done_words(done: str, *, malayalam: bool) -> str:
    """What an act did, from the mark that its redirect carries (`taken-3`); nonsense is nothing."""
    kind, _, number = done.partition("-")
    if kind not in _DONE or not (number.isascii() and number.isdigit() and len(number) < 5):
        return ""
    return _DONE[kind][malayalam].format(number)


_DONE: Final[dict[str, tuple[str, str]]] = {
    "taken": ("Taken: {}", "ഏറ്റെടുത്തത്: {}"),
    "given": ("Given back: {}", "തിരികെ നൽകിയത്: {}"),
    "parked": ("Parked: {}", "മാറ്റിവച്ചത്: {}"),
    "back": ("Back in the queue: {}", "വരിയിലേക്ക് തിരികെ: {}"),
    "band": ("The band is set.", "സമയപരിധി നിശ്ചയിച്ചു."),
    "view": ("The view is kept.", "അരിപ്പ സൂക്ഷിച്ചു."),
    "dropped": ("The view is dropped.", "അരിപ്പ നീക്കി."),
    "drawn": ("Drawn: {}", "നറുക്കെടുത്തത്: {}"),
    "judged": ("The verdict is kept.", "തീർപ്പ് രേഖപ്പെടുത്തി."),
}
